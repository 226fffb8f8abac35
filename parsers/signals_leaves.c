/*
 * Persons who do not come after all: in whose place another comes, and of whom the mail says that they cannot. Whether they were
 * signed up the daemon looks, so that a name taken by mistake strikes nobody off a list.
 */
#include <string.h>

#include "parsers/signals_parts.h"

#define TITLE_WORDS	3	/* between "i stedet for" and the name: "vår leder" */
#define GROUP_NAMES	8	/* before the words that they cannot come */
#define SUBJECT_REACH	12	/* words between a name and what is said of it */
#define FIRST_NAME	3	/* bytes of a name that stands alone */

struct names {
	size_t first[GROUP_NAMES], length[GROUP_NAMES], n;
};

static void
keep_hit(void *arg, const struct phrase_hit *hit)
{
	static const char *const groups[] = { "leaves-behind", "leaves-before", "leaves-within", "meeting-decline", "stays-away" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(groups); i++)
		if (!hit->slipped && strcmp(hit->group, groups[i]) == 0 && ((GArray *)arg)->len < 50)
			g_array_append_vals(arg, hit, 1);
}

static int
is_any(const struct words *w, size_t i, const char *const *of)
{
	for (; *of != NULL; of++)
		if (word_is(w, i, *of))
			return 1;
	return 0;
}

static int
has_any(const struct words *w, size_t from, size_t to, const char *const *of)
{
	for (; from < to; from++)
		if (is_any(w, from, of))
			return 1;
	return 0;
}

static const char *const joining[] = { "og", "samt", "and", NULL };

/* The address that stands at once behind a name that ends at `at`; "" without one. */
static char *
address_behind(const struct stretch *s, size_t at)
{
	size_t skipped, bytes;

	for (skipped = 0; skipped < 3 && at < s->end && strchr(" (<,:[", s->text[at]) != NULL; skipped++)
		at++;
	return at < s->end && address_at(s->text, at, s->end, &bytes) ? g_utf8_strdown(s->text + at, (gssize)bytes) : g_strdup("");
}

static void
note_leaves(struct notes *n, const struct stretch *s, size_t first, size_t length)
{
	const struct word *from = words_at(s->words, first), *last = words_at(s->words, first + length - 1);
	char              *name = g_strndup(s->text + from->at, last->at + last->bytes - from->at), *email = address_behind(s, last->at + last->bytes);

	note_once(n, SIGNAL_PERSON_LEAVES, s, from->at, name, email);
	g_free(name);
	g_free(email);
}

/* The words of a name from word i on, within `end`; also of one that stands alone where `alone`. */
static size_t
name_at(const struct stretch *s, size_t i, size_t end, int alone)
{
	const struct word *w = words_at(s->words, i);
	size_t             length = MIN(person_name_words(s->text, s->words, i), end - i);

	if (length == 0 && alone && w->bytes >= FIRST_NAME && starts_upper(s->text + w->at, w->bytes))
		return 1;
	return length;
}

/* Between the words and a name that they are of: no mark, and no sign-up that is replaced ("erstatter vår forrige påmelding: …"). */
static int
may_stand_between(const struct stretch *s, size_t i)
{
	static const char *const other[] = { "tidligere", "tidlegare", "forrige", "forre", "pamelding", "pameldingen", "pameldinga", "innsendt",
		"oversendt", "listen", "lista", "liste", "previous", "earlier", "registration", NULL };
	const struct word *w = words_at(s->words, i), *next = i + 1 < s->words->all->len ? words_at(s->words, i + 1) : NULL;

	return !is_any(s->words, i, other) && (next == NULL || next->at < w->at + w->bytes || memchr(s->text + w->at + w->bytes, ':', next->at - w->at - w->bytes) == NULL);
}

/* "i stedet for vår leder Kari Berg og Ola Dahl": the names behind word i. A name that stands alone is the next word. */
static int
names_behind(struct notes *n, const struct stretch *s, size_t i, size_t end, int alone)
{
	size_t start = i, stop = MIN(i + TITLE_WORDS + 1, end), length;
	int    found = 0;

	for (; i < stop; i++) {
		length = name_at(s, i, end, alone && (i == start || found));
		if (length == 0 && (found || !may_stand_between(s, i)))
			break;
		if (length == 0)
			continue;
		note_leaves(n, s, i, length);
		found = 1;
		i += length;
		if (i + 1 >= end || !is_any(s->words, i, joining))
			break;
		stop = i + 2;	/* i is the joining word, the loop goes on behind it */
	}
	return found;
}

static void
names_before(const struct stretch *s, size_t first, size_t end, struct names *out)
{
	size_t i, length;

	out->n = 0;
	for (i = first; i < end; i += length > 0 ? length : 1) {
		length = name_at(s, i, end, 0);
		if (length > 0 && out->n < GROUP_NAMES) {
			out->first[out->n] = i;
			out->length[out->n++] = length;
		}
	}
}

/*
 * Of the names before word `end`, those that it is said of: the last, and others that "og" joins to it. Others yet in the sentence
 * make it doubtful who is meant, unless a new clause begins between.
 */
static int
note_subjects(struct notes *n, const struct stretch *s, const struct names *names, size_t end)
{
	static const char *const we[] = { "vi", "me", "jeg", "eg", "we", "dere", NULL };
	static const char *const but[] = { "men", "mens", "medan", "but", "while", NULL };
	static const char *const save[] = { "enn", "utenom", "unntatt", "unnateke", "foruten", "except", "uten", "utan", NULL };
	size_t k = names->n - 1, after = names->first[k] + names->length[k];

	if (end - after > SUBJECT_REACH || has_any(s->words, after, end, we))
		return 0;
	while (k > 0 && names->first[k - 1] + names->length[k - 1] + 1 == names->first[k] && is_any(s->words, names->first[k] - 1, joining))
		k--;
	if (names->first[k] > 0 && is_any(s->words, names->first[k] - 1, save))
		return 0;
	if (k > 0 && !has_any(s->words, names->first[k - 1] + names->length[k - 1], names->first[k], but))
		return 0;
	for (; k < names->n; k++)
		note_leaves(n, s, names->first[k], names->length[k]);
	return 1;
}

/* "Ikke før kl. 10"; folded, it is the word "for". */
static int
says_before(const struct stretch *s, const struct sentence *one)
{
	size_t i;

	for (i = one->first; i < one->first + one->count; i++)
		if (words_at(s->words, i)->bytes == 4 && memcmp(s->text + words_at(s->words, i)->at, "f\xc3\xb8r", 4) == 0)
			return 1;
	return 0;
}

/* "Kari Berg kan ikke komme", "avbud for Kari Berg", "jeg kan ikke komme": who; the writer is a name without words. */
static void
note_absent(struct notes *n, const struct stretch *s, const struct sentence *one, const struct phrase_hit *hit)
{
	static const char *const i_myself[] = { "jeg", "eg", "undertegnede", "underteikna", NULL };
	static const char *const others[] = { "vi", "me", "we", "hun", "han", "ho", "de", "dei", "ingen", NULL };
	size_t       end = one->first + one->count;
	struct names names;

	if (one->asks || says_before(s, one) || phrases_has(n->ph, s->words, one->first, one->count, "stays-partly"))
		return;
	names_before(s, one->first, hit->first, &names);
	if ((names.n > 0 && note_subjects(n, s, &names, hit->first)) || names_behind(n, s, hit->first + hit->count, MIN(end, hit->first + hit->count + 6), 0))
		return;
	if (names.n == 0 && has_any(s->words, one->first, end, i_myself) && !has_any(s->words, one->first, end, others))
		note_once(n, SIGNAL_PERSON_LEAVES, s, words_at(s->words, hit->first)->at, "", "");
}

static void
read_sentence(struct notes *n, const struct stretch *s, const struct sentence *one, GArray *hits)
{
	static const char *const please[] = { "kan", "kunne", "could", "can", "would", NULL };
	const int    asks = one->asks && !is_any(s->words, one->first, please);	/* "kan dere bytte ut Kari Berg?" asks for it */
	struct names names;
	int          named = 0;
	guint        i;

	g_array_set_size(hits, 0);
	phrases_find(n->ph, s->words, one->first, one->count, keep_hit, hits);
	for (i = 0; i < hits->len && !asks; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (strcmp(hit->group, "leaves-behind") == 0)
			named |= names_behind(n, s, hit->first + hit->count, one->first + one->count, 1);
		else if (strcmp(hit->group, "leaves-within") == 0)
			named |= names_behind(n, s, hit->first + 1, hit->first + hit->count, 1);
		else if (strcmp(hit->group, "leaves-before") == 0) {
			names_before(s, one->first, hit->first, &names);
			named |= names.n > 0 && note_subjects(n, s, &names, hit->first);
		}
	}
	for (i = 0; i < hits->len && !named; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (strcmp(hit->group, "meeting-decline") == 0 || strcmp(hit->group, "stays-away") == 0)
			note_absent(n, s, one, hit);
	}
}

void
leaves_note(struct notes *n, const struct stretch *s)
{
	GArray *hits = g_array_new(FALSE, FALSE, sizeof(struct phrase_hit));
	size_t  k;

	for (k = s->first; k < s->first + s->count; k++)
		read_sentence(n, s, &g_array_index(s->words->sentences, struct sentence, k), hits);
	g_array_free(hits, TRUE);
}
