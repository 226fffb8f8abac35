/*
 * What the words of a mail read like as a whole, by what sentences have taught (learnt.h); noted as a phrase of the group "reads-as-…", whose
 * id is how sure that is, of 100, and the words that speak most for it.
 */
#include "parsers/learnt.h"
#include "parsers/signals_parts.h"

#define WORDS_MAX	150	/* of a text that is one thing; a longer one has its own words for what it is */
#define SENTENCES	8	/* read by themselves: what a mail is to another stands at its start */
#define SAID_WORDS	3	/* of those that speak most for it */
#define SENTENCE_WORDS	4	/* fewer are a name, a title, a closing */
#define SENTENCE_SURE	55u	/* of 100 */

/* A stretch of the sender's words in that zone, of the text that has the first of them. */
static int
is_of_text(const struct stretch *s, enum zone zone, const struct words *text)
{
	return s->zone == zone && s->role == ROLE_WORDS && s->of_mail && s->source != NULL && (text == NULL || s->words == text);
}

/* The same word weighs more than once where it begins several terms. */
static int
is_said(const struct words *w, const GArray *terms, const struct reading *r, size_t i)
{
	size_t k, word = g_array_index(terms, struct term, r->heaviest[i]).word;
	char   token[100];

	(void)g_snprintf(token, sizeof token, "%.*s", (int)words_at(w, word)->len, word_token(w, word));
	for (k = 0; k < i; k++)
		if (word_is(w, g_array_index(terms, struct term, r->heaviest[k]).word, token))
			return 1;
	return 0;
}

static void
say_words(GString *said, const struct words *w, const GArray *terms, const struct reading *r)
{
	size_t i, said_words = 0;

	for (i = 0; i < r->n_heaviest && said_words < SAID_WORDS; i++) {
		size_t word = g_array_index(terms, struct term, r->heaviest[i]).word;

		if (!is_said(w, terms, r, i))
			g_string_append_printf(said, "%s%.*s", said_words++ == 0 ? ": " : ", ", (int)words_at(w, word)->len, word_token(w, word));
	}
}

/* One reading, at the word that speaks most for it. */
static void
note_reading(struct notes *n, const struct stretch *s, const char *what, GArray *terms, unsigned at_least)
{
	struct reading r = learnt_read(n->learnt, terms);
	GString       *group = g_string_new(what), *said = g_string_new(NULL);
	size_t         at = r.n_heaviest == 0 ? s->at : words_at(s->words, g_array_index(terms, struct term, r.heaviest[0]).word)->at;

	g_string_append(group, r.sort);
	g_string_append_printf(said, "%u", r.percent);
	say_words(said, s->words, terms, &r);
	if (r.sort[0] != '\0' && r.percent >= at_least)
		note(n, SIGNAL_PHRASE, s, at, group->str, said->str);
	g_string_free(group, TRUE);
	g_string_free(said, TRUE);
}

static void
note_sentence(struct notes *n, const struct stretch *s, size_t k)
{
	GArray *terms = g_array_new(FALSE, FALSE, sizeof(struct term));

	learnt_terms(s->text, s->words, k, 1, terms);
	note_reading(n, s, "sentence-as-", terms, SENTENCE_SURE);
	g_array_free(terms, TRUE);
}

struct whole {
	const struct stretch *first;
	GArray               *terms;
	size_t                words, sentences;
};

static void
read_stretch(struct notes *n, const struct stretch *s, struct whole *all, int cited)
{
	size_t k;

	if (all->first == NULL)
		all->first = s;
	for (k = s->first; k < s->first + s->count; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		if (one->cited != cited)
			continue;
		if (one->count >= SENTENCE_WORDS && all->sentences++ < SENTENCES)
			note_sentence(n, s, k);
		all->words += one->count;
		if (all->words <= WORDS_MAX)
			learnt_terms(s->text, s->words, k, 1, all->terms);
	}
}

static void
read_all(struct notes *n, enum zone zone, struct whole *all, int cited)
{
	guint i;

	for (i = 0; i < n->all->len; i++) {
		const struct stretch *s = &g_array_index(n->all, struct stretch, i);

		if (is_of_text(s, zone, all->first == NULL ? NULL : all->first->words))
			read_stretch(n, s, all, cited);
	}
}

void
reads_note(struct notes *n, enum zone zone)
{
	struct whole all = { NULL, g_array_new(FALSE, FALSE, sizeof(struct term)), 0, 0 };

	read_all(n, zone, &all, 0);
	if (all.words == 0)
		read_all(n, zone, &all, 1);	/* nothing but a quotation: what a board decided, in its words */
	if (all.words > 0 && all.words <= WORDS_MAX)
		note_reading(n, all.first, "reads-as-", all.terms, 0);
	g_array_free(all.terms, TRUE);
}
