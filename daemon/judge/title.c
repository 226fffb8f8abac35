/*
 * Titles and aliases of the consultations found in a message's words, whatever their inflection and with slips of the hand.
 * A word that many titles share says little, a word that only one has says much; what is found is a share of the whole.
 */
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define FORM_WORDS	40	/* words of a title that are looked at */
#define WINDOW_SLACK	4	/* words that may stand between those of a title */
#define CUE_WORDS	10	/* before a title, that say the consultation is meant */
#define HEAD_WORDS	60	/* of a document: where a title is its heading */
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

static enum outcome
add_form(struct judge *j, size_t consultation, const char *title, struct why *why)
{
	struct title_form *f = &j->forms[j->n_forms];
	size_t             size = strlen(title) + 1;

	f->consultation = consultation;
	f->tokens = malloc(size);
	f->words = calloc(FORM_WORDS, sizeof f->words[0]);
	f->weights = calloc(FORM_WORDS, sizeof f->weights[0]);
	f->is_stop = calloc(FORM_WORDS, 1);
	j->n_forms++;	/* from here titles_free() knows it */
	if (f->tokens == NULL || f->words == NULL || f->weights == NULL || f->is_stop == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the titles");
	f->n = token_split(f->tokens, tokens_fold(f->tokens, size, (const uint8_t *)title, size - 1, NULL), f->words, FORM_WORDS);
	return OUTCOME_OK;
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
		f->weights[i] = (unsigned)(1000 * shares[i] / total);
}

enum outcome
titles_prepare(struct judge *j, struct why *why)
{
	const struct conf_consultation *c;
	size_t                          i, k, n = 0;
	enum outcome                    o;

	for (i = 0; i < j->conf->n_consultations; i++)
		n += 1 + j->conf->consultations[i].n_aliases;
	j->forms = calloc(n + 1, sizeof j->forms[0]);
	if (j->forms == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the titles");
	for (i = 0; i < j->conf->n_consultations; i++) {
		c = &j->conf->consultations[i];
		if ((o = add_form(j, i, c->title, why)) != OUTCOME_OK)
			return o;
		for (k = 0; k < c->n_aliases; k++)
			if ((o = add_form(j, i, c->aliases[k], why)) != OUTCOME_OK)
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

	for (i = 0; i < j->n_forms; i++) {
		free(j->forms[i].tokens);
		free(j->forms[i].words);
		free(j->forms[i].weights);
		free(j->forms[i].is_stop);
	}
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

/* The share of the form that stands in hay[from .. to). */
static unsigned
cover_at(const struct title_form *f, const struct hay *h, size_t from, size_t to)
{
	unsigned cover = 0, near;
	size_t   i, k, best;

	for (i = 0; i < f->n; i++) {
		best = 0;
		for (k = from; k < to && best < 100; k++) {
			near = token_near(f->words[i], h->words[k]);
			if (near > best)
				best = near;
		}
		cover += (unsigned)(f->weights[i] * best / 1000);
	}
	return cover;	/* of about 100 */
}

static int
has_cue(const struct judge *j, const struct hay *h, size_t from)
{
	size_t k = from > CUE_WORDS ? from - CUE_WORDS : 0;

	if (h->of->zone == ZONE_SUBJECT || h->of->zone == ZONE_FILENAME)
		return 1;
	if (h->of->zone == ZONE_ATTACHMENT && from < HEAD_WORDS)
		return 1;
	for (; k <= from && k < h->n; k++)
		if (word_lists_has(j->words, "title-cue", h->words[k].p, h->words[k].n))
			return 1;
	return 0;
}

/* The first telling word of the form, by whose occurrences the windows are laid. */
static void
find_form(const struct judge *j, const struct title_form *f, const struct hay *h, struct title_hit *hit)
{
	size_t            i, k, to;
	unsigned          cover;
	int               cue;
	const char       *first = f->tokens;
	struct title_hit  now;

	for (k = 0; k < h->n; k++) {
		for (i = 0; i < f->n && (f->is_stop[i] || token_near(f->words[i], h->words[k]) == 0); i++)
			;
		if (i == f->n)
			continue;
		to = k + f->n + WINDOW_SLACK < h->n ? k + f->n + WINDOW_SLACK : h->n;
		cover = cover_at(f, h, k >= i ? k - i : 0, to);
		if (cover < 40)
			continue;
		cue = has_cue(j, h, k);
		if (cover < hit->cover && !(cue && !hit->has_cue && cover >= 80))
			continue;
		if (cover == hit->cover && (hit->has_cue || !cue))
			continue;
		now = (struct title_hit){ .cover = cover, .telling = f->telling, .has_cue = cue, .zone = h->of->zone, .part = h->of->part,
		    .offset = h->of->offset, .form = first };
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
