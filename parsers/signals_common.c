/*
 * Sentences that tell nothing of who wrote them: what stands between quotation marks or below "the ministry writes as follows:", what
 * retells the proposal, and courtesy: thanks, references, offers to talk, headings. Two letters that share them share no text of their own.
 */
#include <string.h>

#include "parsers/signals_parts.h"

#define CITED_WORDS	7	/* fewer between quotation marks are a word somebody puts so, or a name */
#define CITED_BYTES	6000	/* of one quotation; a mark that is closed later was meant otherwise */
#define CITED_SENTENCE	2000	/* words; what has more is no prose, and is not looked through for each mark */
#define INTRODUCING_WORDS 20	/* before the colon */
#define COURTEOUS_WORDS	45	/* of a sentence; a longer one says something */
#define HEADING_WORDS	25

static int
is_space_at(const char *text, size_t at)
{
	return strchr(" \t\r\n", text[at]) != NULL;
}

/* --- courtesy ------------------------------------------------------------------------------------------------------- */

/* Words that turn a courteous sentence to something else; what a reference refers to stands before them. */
static int
turns(const struct words *w, size_t i)
{
	static const char *const words[] = { "og", "men", "samt", "samtidig", "and", "but", "mens", "eller" };

	for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
		if (word_is(w, i, words[k]))
			return 1;
	return 0;
}

/* "Vi viser til at …" gives a reason, and refers to nothing. */
static int
argues(const struct words *w, const struct sentence *one)
{
	static const char *const words[] = { "at", "fordi", "ettersom", "derfor", "because", "that", "therefore" };

	for (size_t i = one->first; i < one->first + one->count; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
			if (word_is(w, i, words[k]))
				return 1;
	return 0;
}

static int
is_one_of(const char *group, const char *const *groups)
{
	for (; *groups != NULL; groups++)
		if (strcmp(group, *groups) == 0)
			return 1;
	return 0;
}

/* What is thought of the matter, unless it is of what the phrase refers to: "viser til høring om rett til barnehage". */
static int
says_more(const struct words *w, const GArray *hits, const struct phrase_hit *polite)
{
	static const char *const matters[] = { "substance", "demand", "opinion", "agrees", "no-remarks", "declines", "endorses", NULL };

	for (guint k = 0; k < hits->len; k++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, k);
		size_t                   i = polite->first + polite->count;

		if (!is_one_of(hit->group, matters))
			continue;
		if (hit->first < polite->first)
			return 1;
		for (; i < hit->first + hit->count; i++)
			if (turns(w, i))
				return 1;
	}
	return 0;
}

/* A line by itself that does not end as a sentence does. */
static int
is_heading(const struct stretch *s, const struct sentence *one)
{
	size_t begin = one->at, end = one->end;

	while (begin < end && is_space_at(s->text, begin))
		begin++;
	while (begin > s->at && strchr(" \t", s->text[begin - 1]) != NULL)
		begin--;
	while (end > begin && is_space_at(s->text, end - 1))
		end--;
	return one->count <= HEADING_WORDS && end > begin && (begin == s->at || s->text[begin - 1] == '\n') &&
	    strchr(".!?:;,", s->text[end - 1]) == NULL && (end == s->end || strchr("\r\n", s->text[end]) != NULL || end < one->end);
}

void
common_note(const struct stretch *s, struct sentence *one, const GArray *hits)
{
	static const char *const refers[] = { "refers", "encloses", "attached", "background", NULL }, *const heads[] = { "answer", "hearing", NULL };

	if (one->asks)
		return;
	for (guint k = 0; k < hits->len; k++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, k);

		int polite = strcmp(hit->group, "courtesy") == 0 || (is_one_of(hit->group, refers) && !argues(s->words, one)) ||
		    (is_one_of(hit->group, heads) && is_heading(s, one));

		if (!says_more(s->words, hits, hit)) {
			one->courteous |= polite && one->count <= COURTEOUS_WORDS;
			one->cited |= strcmp(hit->group, "retells") == 0;
		}
	}
}

/* --- what is cited ---------------------------------------------------------------------------------------------------- */

struct mark { const char *open, *close; };
static const struct mark marks[] = {
	{ "\xc2\xab", "\xc2\xbb" },			/* « » */
	{ "\xe2\x80\x9c", "\xe2\x80\x9d" },		/* “ ” */
	{ "\xe2\x80\x9e", "\xe2\x80\x9c" },		/* „ “ */
	{ "\xe2\x80\x9d", "\xe2\x80\x9d" },		/* ” ” */
	{ "\"", "\"" },
};

/* Where what opens at text[at] ends, 0 when nothing opens there. none[k]: before it no mark of that sort closes, so that nobody is made to look twice. */
static size_t
quotation_end(const struct stretch *s, size_t at, size_t none[G_N_ELEMENTS(marks)])
{
	size_t last = MIN(s->end, at + CITED_BYTES);

	for (size_t k = 0; k < G_N_ELEMENTS(marks); k++) {
		size_t      n = strlen(marks[k].open), from;
		const char *close;

		if (s->end - at <= n || memcmp(s->text + at, marks[k].open, n) != 0)
			continue;
		if (is_space_at(s->text, at + n) || (marks[k].open[0] == '"' && at > s->at && !is_space_at(s->text, at - 1) && s->text[at - 1] != '('))
			return 0;
		from = MAX(at + n, none[k]);
		close = from >= last ? NULL : memmem(s->text + from, last - from, marks[k].close, strlen(marks[k].close));
		if (close != NULL)
			return (size_t)(close - s->text) + strlen(marks[k].close);
		none[k] = MAX(none[k], last - MIN(last, strlen(marks[k].close) - 1));
	}
	return 0;
}

/* The colon at text[at] ends a line of sentence k that says who wrote what follows: the end of the paragraph that does, else 0. */
static size_t
introduced_end(const struct notes *n, const struct stretch *s, const struct sentence *one, size_t at)
{
	size_t i, first = SIZE_MAX, end = at + 1;

	while (end < s->end && (s->text[end] == ' ' || s->text[end] == '\t' || s->text[end] == '\r'))
		end++;
	if (end >= s->end || s->text[end] != '\n')
		return 0;
	for (i = one->first; i < one->first + one->count && words_at(s->words, i)->at < at; i++)
		first = i - one->first < INTRODUCING_WORDS ? one->first : i - INTRODUCING_WORDS + 1;
	if (first == SIZE_MAX || !phrases_has(n->ph, s->words, first, i - first, "cites"))
		return 0;
	while (end < s->end && is_space_at(s->text, end))
		end++;
	for (; end + 1 < s->end; end++)
		if (s->text[end] == '\n' && (s->text[end + 1] == '\n' || s->text[end + 1] == '\r'))
			return end;
	return s->end;
}

/* Words of the sentence that stand in text[from .. to). */
static size_t
words_within(const struct words *w, const struct sentence *one, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = one->first; i < one->first + one->count; i++)
		n += words_at(w, i)->at >= from && words_at(w, i)->at < to;
	return n;
}

/* Sentences most of whose words stand in text[from .. to), when that has words enough to be a quotation. */
static void
mark_cited(const struct stretch *s, size_t first, size_t from, size_t to)
{
	size_t words = 0, k;

	for (k = first; k < s->first + s->count && g_array_index(s->words->sentences, struct sentence, k).at < to; k++)
		words += words_within(s->words, &g_array_index(s->words->sentences, struct sentence, k), from, to);
	if (words < CITED_WORDS)
		return;
	for (k = first; k < s->first + s->count; k++) {
		struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		if (one->at >= to)
			return;
		if (2 * words_within(s->words, one, from, to) > one->count)
			one->cited = 1;
	}
}

void
common_mark_cited(const struct notes *n, const struct stretch *s)
{
	size_t none[G_N_ELEMENTS(marks)] = { 0 }, k = s->first, to;

	for (size_t at = s->at; at < s->end; at++) {
		const struct sentence *one;

		while (k < s->first + s->count && g_array_index(s->words->sentences, struct sentence, k).end <= at)
			k++;
		if (k == s->first + s->count)
			return;
		one = &g_array_index(s->words->sentences, struct sentence, k);
		if (one->count > CITED_SENTENCE)
			continue;
		to = s->text[at] == ':' ? introduced_end(n, s, one, at) : quotation_end(s, at, none);
		if (to > at) {
			mark_cited(s, k, at, to);
			at = to - 1;
		}
	}
}
