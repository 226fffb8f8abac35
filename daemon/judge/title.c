/*
 * Titles and aliases of the consultations found in a message's words, whatever their inflection and with slips of the hand.
 * A word that many titles share says little, a word that only one has says much; what is found is a share of the whole.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define FORM_WORDS	40	/* words of a title that are looked at */
#define WINDOW_SLACK	4	/* words that may stand between those of a title */
#define CUE_WORDS	10	/* before a title, that say the consultation is meant */
#define AFTER_WORDS	6	/* after it: "… er sendt på høring" */
#define ASIDE_WORDS	6	/* before it, that say it is only spoken of: "jf. også", "i sammenheng med" */
#define COMPOUND	7	/* letters of a word that may be the first part of a longer one: "jordvern" of "jordvernstrategien" */
#define COMPOUND_NEAR	70	/* what such a part is of the whole: it never makes a title by itself */
#define HEADLINE	8	/* letters of the only telling word of a title's first half, so that it can stand for the whole */
#define HEAD_WORDS	60	/* of a document: where a title is its heading */
#define SERIES_COVER	90	/* what a number in a series is of its title: whoever cites it means that one */
#define STOP_SHARE	0.12	/* of a common word, where a telling one has 1 */
#define ZONE_WORDS	12000	/* of one record that are looked at */

static int
is_stop(const struct judge *j, struct token t)
{
	return t.n <= 1 || word_lists_has(j->words, "title-stop", t.p, t.n);
}

/* How many consultations have the word in a title. */
static unsigned
spread_of(const struct judge *j, struct token t, size_t upto)
{
	unsigned n = 0;
	size_t   i, k, last = (size_t)-1;

	for (i = 0; i < upto; i++)
		for (k = 0; k < j->forms[i].n && j->forms[i].consultation != last; k++)
			if (token_near(t, j->forms[i].words[k]) >= 95) {
				last = j->forms[i].consultation;
				n++;
			}
	return n == 0 ? 1 : n;
}

static void
free_form(struct title_form *f)
{
	free(f->tokens);
	free(f->words);
	free(f->weights);
	free(f->is_stop);
}

static enum outcome
add_form(struct judge *j, size_t consultation, const char *title, size_t n, struct why *why)
{
	struct title_form *f = &j->forms[j->n_forms];
	size_t             size = n + 1;

	f->consultation = consultation;
	f->tokens = malloc(size);
	f->words = calloc(FORM_WORDS, sizeof f->words[0]);
	f->weights = calloc(FORM_WORDS, sizeof f->weights[0]);
	f->is_stop = calloc(FORM_WORDS, 1);
	j->n_forms++;	/* from here titles_free() knows it */
	if (f->tokens == NULL || f->words == NULL || f->weights == NULL || f->is_stop == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the titles");
	f->n = token_split(f->tokens, tokens_fold(f->tokens, size, (const uint8_t *)title, n, NULL), f->words, FORM_WORDS);
	return OUTCOME_OK;
}

/* Bytes up to what divides a title in two: "(", ": ", " - ", " – "; *rest is behind it, NULL when nothing does. */
static size_t
first_half(const char *title, const char **rest)
{
	static const char *const dividers[] = { " (", ": ", " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 " };
	size_t i, n = strlen(title);

	*rest = NULL;
	for (i = 0; i < sizeof dividers / sizeof dividers[0]; i++) {
		const char *at = strstr(title, dividers[i]);

		if (at != NULL && (size_t)(at - title) < n) {
			n = (size_t)(at - title);
			*rest = at + strlen(dividers[i]);
		}
	}
	return n;
}

static int
is_number(struct token t)
{
	size_t i;

	for (i = 0; i < t.n && isdigit((unsigned char)t.p[i]); i++)
		;
	return t.n > 0 && i == t.n;
}

/* Two words that tell, or one long one: few people cite what stands in brackets, or behind the dash. "NOU 2021" tells nothing. */
static int
stands_alone(const struct judge *j, const struct title_form *f)
{
	size_t i, telling = 0, longest = 0;

	for (i = 0; i < f->n; i++)
		if (!is_stop(j, f->words[i]) && !is_number(f->words[i])) {
			telling++;
			longest = f->words[i].n > longest ? f->words[i].n : longest;
		}
	return telling >= 2 || longest >= HEADLINE;
}

/* The title, and its first half that tells anything where it has several ("Høring: …" is none). */
static enum outcome
add_title(struct judge *j, size_t consultation, const char *title, struct why *why)
{
	const char        *rest;
	size_t             n;
	struct title_form *f;
	enum outcome       o = add_form(j, consultation, title, strlen(title), why);

	for (n = first_half(title, &rest); o == OUTCOME_OK && rest != NULL; title = rest, n = first_half(title, &rest)) {
		f = &j->forms[j->n_forms];
		if ((o = add_form(j, consultation, title, n, why)) != OUTCOME_OK || stands_alone(j, f))
			return o;
		free_form(f);
		j->n_forms--;
	}
	return o;
}

/* The share of each word: inverse to how many consultations have it, common words a fraction. */
static void
weigh_form(struct judge *j, struct title_form *f)
{
	double shares[FORM_WORDS], total = 0;
	size_t i;

	f->telling = 0;
	for (i = 0; i < f->n; i++) {
		f->is_stop[i] = (char)is_stop(j, f->words[i]);
		if (f->is_stop[i])
			shares[i] = STOP_SHARE;
		else {
			shares[i] = 0.3 + 1.0 / spread_of(j, f->words[i], j->n_forms);
			f->telling++;
		}
		total += shares[i];
	}
	for (i = 0; i < f->n; i++)
		f->weights[i] = (unsigned)(1000 * shares[i] / total + 0.5);
}

enum outcome
titles_prepare(struct judge *j, struct why *why)
{
	const struct conf_consultation *c;
	size_t                          i, k, n = 0;
	enum outcome                    o;

	for (i = 0; i < j->conf->n_consultations; i++)
		n += 3 + j->conf->consultations[i].n_aliases;	/* the title, its half, one that is tried and dropped */
	j->forms = calloc(n + 1, sizeof j->forms[0]);
	if (j->forms == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the titles");
	for (i = 0; i < j->conf->n_consultations; i++) {
		c = &j->conf->consultations[i];
		if ((o = add_title(j, i, c->title, why)) != OUTCOME_OK)
			return o;
		for (k = 0; k < c->n_aliases; k++)
			if ((o = add_form(j, i, c->aliases[k], strlen(c->aliases[k]), why)) != OUTCOME_OK)
				return o;
	}
	for (i = 0; i < j->n_forms; i++)
		weigh_form(j, &j->forms[i]);
	return OUTCOME_OK;
}

void
titles_free(struct judge *j)
{
	size_t i;

	for (i = 0; i < j->n_forms; i++)
		free_form(&j->forms[i]);
	free(j->forms);
	j->forms = NULL;
	j->n_forms = 0;
}

/* --- finding ------------------------------------------------------------------------------------------------------- */

struct hay {
	const struct tokens *of;
	struct token        *words;
	size_t               n;
};

/* As token_near(); and a long word that begins a longer one, or is begun by it, is partly that. */
static unsigned
near_in_title(struct token a, struct token b)
{
	unsigned near = token_near(a, b);
	size_t   shorter = a.n < b.n ? a.n : b.n;

	if (near == 0 && shorter >= COMPOUND && memcmp(a.p, b.p, shorter) == 0)
		return COMPOUND_NEAR;
	return near;
}

/* The share of the form that stands in hay[from .. to). */
static unsigned
cover_at(const struct title_form *f, const struct hay *h, size_t from, size_t to)
{
	unsigned cover = 0, near;
	size_t   i, k, best;

	for (i = 0; i < f->n; i++) {
		best = 0;
		for (k = from; k < to && best < 100; k++) {
			near = near_in_title(f->words[i], h->words[k]);
			if (near > best)
				best = near;
		}
		cover += (unsigned)(f->weights[i] * best);
	}
	return (cover + 500) / 1000;	/* of about 100 */
}

static int
has_word(const struct judge *j, const struct hay *h, const char *group, size_t from, size_t to)
{
	for (; from < to && from < h->n; from++)
		if (word_lists_has(j->words, group, h->words[from].p, h->words[from].n))
			return 1;
	return 0;
}

/* A title at words [from .. to) is spoken of beside another matter. */
static int
is_aside(const struct judge *j, const struct hay *h, size_t from)
{
	return h->of->zone != ZONE_SUBJECT && h->of->zone != ZONE_FILENAME &&
	    has_word(j, h, "title-aside", from > ASIDE_WORDS ? from - ASIDE_WORDS : 0, from);
}

static int
has_cue(const struct judge *j, const struct hay *h, size_t from, size_t to)
{
	if (h->of->zone == ZONE_SUBJECT || h->of->zone == ZONE_FILENAME)
		return 1;
	if (h->of->zone == ZONE_ATTACHMENT && from < HEAD_WORDS)
		return 1;
	return has_word(j, h, "title-cue", from > CUE_WORDS ? from - CUE_WORDS : 0, from + 1) ||
	    has_word(j, h, "title-cue-after", from + 1, to + AFTER_WORDS);
}

static int
is_same(struct token a, struct token b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

enum series { SERIES_NONE, SERIES_OTHER, SERIES_SAME };

/*
 * The form has a number in a series: "NOU 2021: 8". Where such a number stands in the words, it tells the title (*at is its
 * place), and another one tells that another title is meant.
 */
static enum series
series_number(const struct judge *j, const struct title_form *f, const struct hay *h, size_t *at)
{
	enum series found = SERIES_NONE;
	size_t      i, k;

	for (i = 0; i + 2 < f->n; i++)
		if (word_lists_has(j->words, "title-series", f->words[i].p, f->words[i].n) && is_number(f->words[i + 1]) && is_number(f->words[i + 2]))
			break;
	for (k = 0; i + 2 < f->n && k + 2 < h->n; k++)
		if (is_same(f->words[i], h->words[k]) && is_number(h->words[k + 1]) && is_number(h->words[k + 2])) {
			*at = k;
			if (is_same(f->words[i + 1], h->words[k + 1]) && is_same(f->words[i + 2], h->words[k + 2]))
				return SERIES_SAME;
			found = SERIES_OTHER;
		}
	return found;
}

/* The first telling word of the form, by whose occurrences the windows are laid. */
static void
find_form(const struct judge *j, const struct title_form *f, const struct hay *h, struct title_hit *hit)
{
	size_t            i, k, to;
	unsigned          cover;
	int               cue;
	struct title_hit  now;
	enum series       series = series_number(j, f, h, &k);

	if (series == SERIES_SAME && hit->cover < SERIES_COVER && !is_aside(j, h, k))
		*hit = (struct title_hit){ .cover = SERIES_COVER, .telling = f->telling, .has_cue = has_cue(j, h, k, k + 3), .zone = h->of->zone,
		    .part = h->of->part, .offset = h->of->offset, .form = f->tokens };
	for (k = 0; series != SERIES_OTHER && k < h->n; k++) {
		for (i = 0; i < f->n && (f->is_stop[i] || near_in_title(f->words[i], h->words[k]) == 0); i++)
			;
		if (i == f->n)
			continue;
		to = k + f->n + WINDOW_SLACK < h->n ? k + f->n + WINDOW_SLACK : h->n;
		cover = cover_at(f, h, k >= i ? k - i : 0, to);
		if (cover < 40)
			continue;
		if (is_aside(j, h, k))
			continue;
		cue = has_cue(j, h, k, k + f->n - i);
		if (cover < hit->cover && !(cue && !hit->has_cue && cover >= 80))
			continue;
		if (cover == hit->cover && (hit->has_cue || !cue))
			continue;
		now = (struct title_hit){ .cover = cover, .telling = f->telling, .has_cue = cue, .zone = h->of->zone, .part = h->of->part,
		    .offset = h->of->offset, .form = f->tokens };
		*hit = now;
	}
}

static void
find_all(const struct judge *j, const struct hay *h, struct title_hit *hits)
{
	size_t i;

	for (i = 0; i < j->n_forms; i++)
		if (j->forms[i].telling > 0)
			find_form(j, &j->forms[i], h, &hits[j->forms[i].consultation * ZONES + h->of->zone]);
}

void
titles_find(const struct judge *j, const struct parsed *p, struct title_hit *hits)
{
	struct hay h;
	size_t     i;

	h.words = calloc(ZONE_WORDS, sizeof h.words[0]);
	if (h.words == NULL)
		return;
	for (i = 0; i < p->n_tokens; i++) {
		h.of = &p->tokens[i];
		h.n = token_split(h.of->words.p, h.of->words.n, h.words, ZONE_WORDS);
		find_all(j, &h, hits);
	}
	free(h.words);
}
