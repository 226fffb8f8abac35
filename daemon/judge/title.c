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
#define JOINED		75	/* what a compound of two of its words is of each: "skolemat" of "Mat i skolen" */
#define JOINED_PART	3	/* letters of each of them at least */
#define EARLY_WORDS	40	/* of a text: where it says what it is about */
#define LAW_WORDS	3	/* before a title, that say a law is cited and not the consultation: "jf.", "etter" */
#define SERIES_COVER	90	/* what a number in a series is of its title: whoever cites it means that one */
#define OTHER_BYTES	32	/* of a part of a word in the other norm, at most */
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
	free(f->others);
	free(f->others_text);
	free(f->weights);
	free(f->is_stop);
}

/* The word with each part that the norms spell differently in the other norm: "skolelov", "skulelov". Returns its length. */
static size_t
other_norm(const struct judge *j, struct token t, char *out, size_t room)
{
	size_t       i = 0, o = 0, at, part = 0;
	const char  *spelt;
	struct token other;

	while (i < t.n && o + OTHER_BYTES < room) {
		for (at = 0; word_lists_next(j->words, "norm:", &at, &spelt, &other);) {
			part = strlen(spelt);
			if (part <= t.n - i && memcmp(t.p + i, spelt, part) == 0)
				break;
			if (other.n <= t.n - i && memcmp(t.p + i, other.p, other.n) == 0) {
				part = other.n;
				other = (struct token){ spelt, strlen(spelt) };
				break;
			}
			part = 0;
		}
		if (part == 0 || other.n > OTHER_BYTES) {
			out[o++] = t.p[i++];
			continue;
		}
		memcpy(out + o, other.p, other.n);
		o += other.n;
		i += part;
	}
	return o;
}

static void
add_others(const struct judge *j, struct title_form *f, size_t room)
{
	size_t i, used = 0;

	for (i = 0; i < f->n; i++) {
		f->others[i] = (struct token){ f->others_text + used, other_norm(j, f->words[i], f->others_text + used, room - used) };
		if (f->others[i].n == f->words[i].n && memcmp(f->others[i].p, f->words[i].p, f->words[i].n) == 0)
			f->others[i] = f->words[i];
		else
			used += f->others[i].n;
	}
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
	f->others = calloc(FORM_WORDS, sizeof f->others[0]);
	f->others_text = malloc(2 * size + OTHER_BYTES);
	j->n_forms++;	/* from here titles_free() knows it */
	if (f->tokens == NULL || f->words == NULL || f->weights == NULL || f->is_stop == NULL || f->others == NULL || f->others_text == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the titles");
	f->n = token_split(f->tokens, tokens_fold(f->tokens, size, (const uint8_t *)title, n, NULL), f->words, FORM_WORDS);
	add_others(j, f, 2 * size + OTHER_BYTES);
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

/* The title, and its first half that tells anything where it has several ("Høring: …" is none, nor is "NOU 2022"). */
static enum outcome
add_title(struct judge *j, size_t consultation, const char *title, struct why *why)
{
	const char        *rest, *whole = title;
	size_t             n;
	struct title_form *f;
	enum outcome       o = add_form(j, consultation, title, strlen(title), why);

	for (n = first_half(title, &rest); o == OUTCOME_OK && (rest != NULL || title != whole); n = first_half(title, &rest)) {
		f = &j->forms[j->n_forms];
		if ((o = add_form(j, consultation, title, n, why)) != OUTCOME_OK || stands_alone(j, f))
			return o;
		free_form(f);
		j->n_forms--;
		if (rest == NULL)
			return o;
		title = rest;
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
near_as_spelt(struct token a, struct token b)
{
	unsigned near = token_near(a, b);
	size_t   shorter = a.n < b.n ? a.n : b.n;

	if (near == 0 && shorter >= COMPOUND && memcmp(a.p, b.p, shorter) == 0)
		return COMPOUND_NEAR;
	return near;
}

/* The title's word i, in either norm, is the word b of somebody's text. */
static unsigned
near_in_title(const struct title_form *f, size_t i, struct token b)
{
	unsigned near = near_as_spelt(f->words[i], b), other;

	if (near == 100 || f->others[i].p == f->words[i].p)
		return near;
	other = near_as_spelt(f->others[i], b);
	return other > near ? other : near;
}

/* Letters that the word, but for its ending, has in common with where `in` begins; 0 when it is another word. */
static size_t
stem_in(struct token word, struct token in)
{
	size_t n = 0;

	while (n < word.n && n < in.n && word.p[n] == in.p[n])
		n++;
	return n >= JOINED_PART && token_ends(word, n) ? n : 0;
}

/* The words i and k of a title in one: "skolemat" of "Mat i skolen", in either norm, with or without an s between them. */
static int
joins(const struct title_form *f, size_t i, size_t k, struct token joined)
{
	const struct token *const firsts[] = { &f->words[i], &f->others[i] }, *const seconds[] = { &f->words[k], &f->others[k] };
	size_t a, b, s, stem, tail;

	for (a = 0; a < 2; a++) {
		stem = joined.n >= 2 * JOINED_PART ? stem_in(*firsts[a], joined) : 0;
		for (b = 0; stem > 0 && b < 2; b++)
			for (s = 0; s < 2 && stem + s < joined.n; s++) {
				struct token rest = { joined.p + stem + s, joined.n - stem - s };

				tail = s == 0 || joined.p[stem] == 's' ? stem_in(*seconds[b], rest) : 0;
				if (tail > 0 && token_ends(rest, tail))
					return 1;
			}
	}
	return 0;
}

/* The word may begin with that of the title: asked of every word of a text, before anything dearer is. */
static int
may_begin(struct token word, struct token with)
{
	return word.n >= 2 * JOINED_PART && with.n >= JOINED_PART && memcmp(word.p, with.p, JOINED_PART) == 0;
}

/* Two telling words of the title in one word: each is as good as there; *of is set for both. */
static int
joined_in(const struct title_form *f, struct token word, unsigned *of)
{
	size_t i, k;
	int    found = 0;

	for (i = 0; i < f->n; i++)
		for (k = 0; !f->is_stop[i] && (may_begin(word, f->words[i]) || may_begin(word, f->others[i])) && k < f->n; k++)
			if (k != i && !f->is_stop[k] && joins(f, i, k, word)) {
				found = 1;
				if (of != NULL)
					of[i] = of[k] = JOINED;
			}
	return found;
}

/* The share of the form that stands in hay[from .. to), and how many of its telling words. */
static unsigned
cover_at(const struct title_form *f, const struct hay *h, size_t from, size_t to, unsigned *found)
{
	unsigned cover = 0, near, best, joined[FORM_WORDS] = { 0 };
	size_t   i, k;

	*found = 0;
	for (k = from; k < to; k++)
		(void)joined_in(f, h->words[k], joined);
	for (i = 0; i < f->n; i++) {
		best = joined[i];
		for (k = from; k < to && best < 100; k++) {
			near = near_in_title(f, i, h->words[k]);
			if (near > best)
				best = near;
		}
		cover += f->weights[i] * best;
		*found += best > 0 && !f->is_stop[i];
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

/* At words [from .. : it stands where a text says what it is about, and not as a law that is cited there. */
static int
is_early(const struct judge *j, const struct hay *h, size_t from)
{
	return from < EARLY_WORDS && !has_word(j, h, "title-law", from > LAW_WORDS ? from - LAW_WORDS : 0, from);
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

static struct token
from_to(const struct hay *h, size_t from, size_t last)
{
	return (struct token){ h->words[from].p, (size_t)(h->words[last].p - h->words[from].p) + h->words[last].n };
}

/* The last word before `to` that is one of the form, and of which one has not been seen since `from`. */
static size_t
last_of(const struct title_form *f, const struct hay *h, size_t from, size_t to)
{
	size_t i, k, last = from;

	for (k = from; k < to; k++)
		for (i = 0; i < f->n; i++)
			if (near_in_title(f, i, h->words[k]) > 0 && (!f->is_stop[i] || k == last + 1))
				last = k;
	return last;
}

/* The first telling word of the form, by whose occurrences the windows are laid. */
static void
find_form(const struct judge *j, const struct title_form *f, const struct hay *h, struct title_hit *hit)
{
	size_t            i, k, to;
	unsigned          cover, found;
	int               cue;
	enum series       series = series_number(j, f, h, &k);

	if (series == SERIES_SAME && hit->cover < SERIES_COVER && !is_aside(j, h, k))
		*hit = (struct title_hit){ .cover = SERIES_COVER, .telling = f->telling, .found = f->telling, .has_cue = has_cue(j, h, k, k + 3) || is_early(j, h, k),
		    .early = is_early(j, h, k), .of = h->of, .word = k, .seen = from_to(h, k, k + 2) };
	for (k = 0; series != SERIES_OTHER && k < h->n; k++) {
		for (i = 0; i < f->n && (f->is_stop[i] || near_in_title(f, i, h->words[k]) == 0); i++)
			;
		if (i == f->n && !joined_in(f, h->words[k], NULL))
			continue;
		i = i == f->n ? 0 : i;
		to = k + f->n + WINDOW_SLACK < h->n ? k + f->n + WINDOW_SLACK : h->n;
		cover = cover_at(f, h, k >= i ? k - i : 0, to, &found);
		if (cover < 40)
			continue;
		if (is_aside(j, h, k))
			continue;
		cue = has_cue(j, h, k, k + f->n - i);
		if (cover < hit->cover && !(cue && !hit->has_cue && cover >= 80))
			continue;
		if (cover == hit->cover && (hit->has_cue || !cue))
			continue;
		*hit = (struct title_hit){ .cover = cover, .telling = f->telling, .found = found, .has_cue = cue, .early = is_early(j, h, k), .of = h->of,
		    .word = k, .seen = from_to(h, k, last_of(f, h, k, to)) };
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

static void
find_everywhere(const struct judge *j, const struct parsed *p, struct title_hit *hits)
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

const struct title_hit *
judge_titles(struct session *s)
{
	if (s->titles == NULL && (s->titles = judge_take(s, (s->j->conf->n_consultations * ZONES + 1) * sizeof s->titles[0])) != NULL)
		find_everywhere(s->j, s->p, s->titles);
	return s->titles;
}
