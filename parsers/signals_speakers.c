/*
 * Who of the persons signed up will speak at the meeting: told beside the name, in a column, or in a sentence further down.
 */
#include <string.h>

#include "parsers/signals_people.h"

#define FIRST_NAME	3	/* bytes of a first name that stands for somebody */
#define TABLE_HEAD	600	/* bytes above the first person in which a table's head stands */
#define WORK_STEM	5	/* letters of a work that tells who is meant: "ordføreren", "leiaren" */
#define WORKS_TRIED	12	/* persons whose work is looked at */
#define WORK_BYTES	300	/* of their own lines */
#define WORK_WORDS	40	/* of a sentence that may tell it */
#define SENTENCES_TRIED	50	/* that say of nobody by name that they speak */
#define MARK_BYTES	40	/* behind an address, that tell who speaks */

static int
is_yes(const struct words *w, size_t i)
{
	return word_is(w, i, "ja") || word_is(w, i, "yes") || word_is(w, i, "x") || word_is(w, i, "gjerne");
}

/* What is told of who speaks: on the person's own lines, or in a sentence with the person's name. */
int
says_speaker(const struct notes *n, const char *text, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        k;
	int           yes = 0;

	words_add(w, text, at, end);
	for (k = 0; k < w->sentences->len; k++) {
		const struct sentence *one = &g_array_index(w->sentences, struct sentence, k);

		if (one->asks && !is_yes(w, one->first + one->count))
			continue;	/* "Vil du holde innlegg? Nei" */
		if (phrases_has(n->ph, w, one->first, one->count, "speaker") && !phrases_has(n->ph, w, one->first, one->count, "speaker!"))
			yes = 1;
	}
	words_free(w);
	return yes;
}

/* Behind the last address of the line text[at .. end): there may be a sentence on who speaks. */
static size_t
behind_addresses(const struct stretch *s, size_t at, size_t end)
{
	const char *last = memrchr(s->text + at, '@', end - at);

	if (last == NULL)
		return at;
	for (at = (size_t)(last - s->text); at < end && s->text[at] != ' ' && s->text[at] != '\t'; at++)
		;
	return at;
}

static int
is_name_byte(char c)
{
	return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

/* The word in text[0 .. n), by itself; NULL without. */
static const char *
word_in(const char *text, size_t n, const char *word, size_t len)
{
	const char *at, *end = text + n;

	for (at = memmem(text, n, word, len); at != NULL; at = memmem(at + 1, (size_t)(end - at) - 1, word, len))
		if ((at == text || !is_name_byte(at[-1])) && (at + len == end || !(is_name_byte(at[len]) || strchr(".-@", at[len]) != NULL)))
			return at;
	return NULL;
}

/* Where text[0 .. n) names the person: in full, or by a first or last name that nobody else on the list has ("Hilde vil ta ordet."). */
const char *
named_at(const GArray *people, const struct person *p, const char *text, size_t n)
{
	const char *last = strrchr(p->name, ' '), *parts[2] = { p->name, last == NULL ? "" : last + 1 };
	const char *at = p->name[0] == '\0' ? NULL : memmem(text, n, p->name, strlen(p->name));
	size_t      k, len;
	guint       i, same;

	for (k = 0; k < 2 && at == NULL; k++) {
		len = strcspn(parts[k], " ");
		if (len < FIRST_NAME)
			continue;
		for (i = same = 0; i < people->len; i++) {
			const char *other = g_array_index(people, struct person, i).name;

			same += word_in(other, strlen(other), parts[k], len) != NULL;
		}
		at = same > 1 ? NULL : word_in(text, n, parts[k], len);
	}
	return at;
}

/* Lines that name somebody and say that he or she speaks: "Kari Berg holder innlegget vårt.", also wrapped onto the next. */
static void
speakers_by_name(const struct notes *n, const struct stretch *s, GArray *people)
{
	size_t      at, end, stop;
	guint       i;
	const char *feed;
	char       *text;

	for (at = s->at; at < s->end; at = end + 1) {
		feed = memchr(s->text + at, '\n', s->end - at);
		end = feed == NULL ? s->end : (size_t)(feed - s->text);
		feed = end < s->end ? memchr(s->text + end + 1, '\n', s->end - end - 1) : NULL;
		stop = feed == NULL ? s->end : (size_t)(feed - s->text);
		at = behind_addresses(s, at, end);
		if (end - at < WRAPPED_LINE || memchr(s->text + end, '@', stop - end) != NULL)
			stop = end;
		if (!says_speaker(n, s->text, at, stop))
			continue;
		text = g_strndup(s->text + at, stop - at);
		g_strdelimit(text, "\n", ' ');
		for (i = 0; i < people->len; i++) {
			struct person *p = &g_array_index(people, struct person, i);

			p->speaker |= named_at(people, p, text, strlen(text)) != NULL;
		}
		g_free(text);
	}
}

/* "Ordføreren" of word i is the "ordfører" on the person's own lines: the same, but for the ending that makes it the one. */
static int
tells_work(const struct words *said, size_t i, const struct words *own)
{
	static const char *const endings[] = { "en", "n", "et", "a" };
	const struct word *one = words_at(said, i);
	size_t             k, e, n;

	for (k = 0; k < own->all->len; k++) {
		n = words_at(own, k)->len;
		if (n < WORK_STEM || n >= one->len || memcmp(word_token(own, k), word_token(said, i), n) != 0)
			continue;
		for (e = 0; e < G_N_ELEMENTS(endings); e++)
			if (n + strlen(endings[e]) == one->len && memcmp(word_token(said, i) + n, endings[e], strlen(endings[e])) == 0)
				return 1;
	}
	return 0;
}

/* The one person of the list whose work the sentence tells; NULL when it may be several. */
static struct person *
person_by_work(const struct stretch *s, GArray *people, const struct sentence *one)
{
	struct person *found = NULL;
	size_t         i, end = one->first + MIN(one->count, WORK_WORDS);
	unsigned       n;
	guint          k;

	for (i = one->first; i < end && found == NULL; i++) {
		for (n = k = 0; k < people->len; k++) {
			struct person *p = &g_array_index(people, struct person, k);

			if (p->lines != NULL && tells_work(s->words, i, p->lines)) {
				found = p;
				n++;
			}
		}
		found = n == 1 ? found : NULL;
	}
	return found;
}

static int
sentence_has(const struct stretch *s, const struct sentence *one, const char *const *of)
{
	size_t i, k;

	for (i = one->first; i < one->first + one->count; i++)
		for (k = 0; of[k] != NULL; k++)
			if (word_is(s->words, i, of[k]))
				return 1;
	return 0;
}

/* "Jeg tar gjerne ordet", "vi vil begge snakke", "varaordføraren vil ha ordet": nobody is named in the sentence that says who speaks. */
static void
speakers_unnamed(const struct notes *n, const struct stretch *s, GArray *people, const struct sentence *one)
{
	static const char *const myself[] = { "jeg", "eg", "undertegnede", "underteikna", "i", NULL };
	static const char *const norwegian[] = { "jeg", "eg", "undertegnede", "underteikna", NULL };
	static const char *const all[] = { "begge", "both", "alle", "all", NULL };
	static const char *const english[] = { "would", "will", "wish", "like", "speak", NULL };
	const char    *writer = n->m->parts[0].mail == NULL ? "" : n->m->parts[0].mail->envelope.from_address.p;
	struct person *p = person_by_work(s, people, one);
	int            me = sentence_has(s, one, sentence_has(s, one, english) ? myself : norwegian);
	guint          i;

	if (p != NULL)
		p->speaker = 1;
	for (i = 0; i < people->len; i++) {
		struct person *other = &g_array_index(people, struct person, i);

		if (p != NULL && other != p && other->at < one->at)
			other->own = MIN(other->own, one->at);	/* what is said of somebody else is not of who stands above it */
	}
	for (i = 0; p == NULL && i < people->len; i++) {
		struct person *other = &g_array_index(people, struct person, i);

		other->speaker |= sentence_has(s, one, all) || (me && g_ascii_strcasecmp(other->email, writer) == 0);
	}
}

/* The same, in sentences that stand before the addresses or apart from them. */
static void
speakers_in_sentences(const struct notes *n, const struct stretch *s, GArray *people)
{
	size_t k;
	guint  i;
	int    named, all, tried = 0;

	for (k = s->first; k < s->first + s->count; k++) {
		static const char *const both[] = { "begge", "both", NULL };
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);
		const char            *text = s->text + one->at;

		if (one->asks || memchr(text, '@', one->end - one->at) != NULL || !phrases_has(n->ph, s->words, one->first, one->count, "speaker") ||
		    phrases_has(n->ph, s->words, one->first, one->count, "speaker!"))
			continue;
		all = sentence_has(s, one, both);
		for (i = 0, named = 0; i < people->len; i++) {
			struct person *p = &g_array_index(people, struct person, i);

			if (named_at(people, p, text, one->end - one->at) != NULL)
				named = p->speaker = 1;
		}
		if ((!named || all) && tried++ < SENTENCES_TRIED)
			speakers_unnamed(n, s, people, one);
	}
}

/* "Førstnevnte holder innlegg": the first or the last of two, and what is said there is of nobody else. */
static void
speaker_by_order(const struct notes *n, const struct stretch *s, GArray *people)
{
	static const struct { const char *word; guint person; } orders[] = { { "forstnevnte", 0 }, { "forstnemnde", 0 }, { "forstnemnte", 0 },
		{ "sistnevnte", 1 }, { "sistnemnde", 1 }, { "sistnemnte", 1 }, { "latter", 1 } };
	size_t k, i, m;

	for (k = s->first; people->len == 2 && k < s->first + s->count; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		for (i = one->first; i < one->first + one->count; i++)
			for (m = 0; m < G_N_ELEMENTS(orders); m++) {
				const size_t   at = words_at(s->words, i)->at;
				struct person *p = &g_array_index(people, struct person, orders[m].person), *other = &g_array_index(people, struct person, 1 - orders[m].person);

				if (!word_is(s->words, i, orders[m].word) || !says_speaker(n, s->text, at, one->end))
					continue;
				p->speaker = 1;
				other->own = other->at < at ? MIN(other->own, at) : other->own;
			}
	}
}

/* The head of a table has a column for who speaks. */
static int
has_speaker_column(const struct notes *n, const struct stretch *s, size_t first)
{
	struct words *w = words_new();
	int           found;

	words_add(w, s->text, first > s->at + TABLE_HEAD ? first - TABLE_HEAD : s->at, first);
	found = phrases_has(n->ph, w, 0, w->all->len, "speaker-column");
	words_free(w);
	return found;
}

/* Behind the first address of text[at .. end); end without one. */
static size_t
behind_address(const struct stretch *s, size_t at, size_t end)
{
	const char *address = memchr(s->text + at, '@', end - at);

	for (at = address == NULL ? end : (size_t)(address - s->text); at < end && strchr(" \t\n|;,)", s->text[at]) == NULL; at++)
		;
	return at;
}

/* A yes behind the address, in the person's row. */
static int
ticks(const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        i;
	int           yes = 0;

	words_add(w, s->text, behind_address(s, at, end), end);
	for (i = 0; i < w->all->len; i++)
		yes |= is_yes(w, i);
	words_free(w);
	return yes;
}

/* "… – kari@berg.no – innlegg": behind the address, in so many words, on the same line. */
static int
is_marked(const struct notes *n, const struct stretch *s, const struct person *p)
{
	const size_t  from = behind_address(s, p->at, p->own);
	const char   *feed = memchr(s->text + from, '\n', p->own - from);
	const size_t  end = feed == NULL ? p->own : (size_t)(feed - s->text);
	struct words *w;
	int           yes;

	if (end - from > MARK_BYTES)
		return 0;
	w = words_new();
	words_add(w, s->text, from, end);
	yes = phrases_has(n->ph, w, 0, w->all->len, "speaker-mark") && !phrases_has(n->ph, w, 0, w->all->len, "speaker!");
	words_free(w);
	return yes;
}

/* "Jeg og Kari Berg (kari@x.no) kommer. Jeg holder innlegg.": it is the writer, whose address is in the mail's head. */
static int
writer_speaks(const struct notes *n, const struct stretch *s, struct person *other)
{
	const char *writer = n->m->parts[0].mail == NULL ? "" : n->m->parts[0].mail->envelope.from_address.p;
	size_t      k;

	for (k = s->first; k < s->first + s->count && g_ascii_strcasecmp(other->email, writer) != 0; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		if (one->count == 0 || !(word_is(s->words, one->first, "jeg") || word_is(s->words, one->first, "eg")) ||
		    memchr(s->text + one->at, '@', one->end - one->at) != NULL || !phrases_has(n->ph, s->words, one->first, one->count, "self-speaks"))
			continue;
		other->own = other->at < one->at ? MIN(other->own, one->at) : other->own;
		return 1;
	}
	return 0;
}

void
speakers_mark(const struct notes *n, const struct stretch *s, GArray *people)
{
	int   column = has_speaker_column(n, s, g_array_index(people, struct person, 0).at);
	guint i;

	for (i = 0; i < people->len && i < WORKS_TRIED; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->lines = words_new();
		words_add(p->lines, s->text, p->at, MIN(p->own, p->at + WORK_BYTES));
	}
	speakers_by_name(n, s, people);
	speakers_in_sentences(n, s, people);
	speaker_by_order(n, s, people);
	if (people->len == 1 && !writer_speaks(n, s, &g_array_index(people, struct person, 0)))	/* "She will speak": only one can be meant */
		g_array_index(people, struct person, 0).speaker |= says_speaker(n, s->text, s->at, s->end);
	for (i = 0; i < people->len; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->speaker |= says_speaker(n, s->text, p->at, p->own) || (column && ticks(s, p->at, p->own)) || is_marked(n, s, p);
		words_free(p->lines);
		p->lines = NULL;
	}
}
