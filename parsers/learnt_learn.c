/* Learning: from sentences to weights, by stochastic gradient descent with AdaGrad's steps (Duchi, Hazan, Singer 2011). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/digest.h"
#include "parsers/learnt.h"
#include "parsers/signals_words.h"

#define ROUNDS		12
#define STEP		0.5
#define SHRINK		3e-4	/* what is seen seldom weighs little */
#define SETTLED		0.01	/* of a probability: such a text teaches nothing more */
#define SEEN_IN		2	/* texts; a term of one text only would learn it by heart */
#define LINES_MAX	200000u

/* One text: its sort, and its terms as indexes of the model. */
struct lesson {
	size_t  sort;
	GArray *terms;		/* uint32_t: hashes, then their places among the school's */
};

struct school {
	const char *name;
	const struct learnt *like;	/* NULL, or whose sorts it has to have */
	GPtrArray  *sorts;
	GArray     *lessons;
	uint32_t   *terms;	/* kept, rising */
	size_t      n_terms;
	double     *weights, *steps;	/* n_terms * sorts */
};

static size_t
sort_at(struct school *s, const char *p, size_t n)
{
	guint i;

	for (i = 0; i < s->sorts->len; i++)
		if (strlen(s->sorts->pdata[i]) == n && memcmp(s->sorts->pdata[i], p, n) == 0)
			return i;
	g_ptr_array_add(s->sorts, g_strndup(p, n));
	return i;
}

static int
is_sort(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && (g_ascii_islower(p[i]) || p[i] == '-'); i++)
		;
	return n > 0 && n < 40 && i == n;
}

static int
is_like(const struct learnt *like, const char *p, size_t n)
{
	size_t k;

	for (k = 0; k < like->n_sorts; k++)
		if (strlen(like->sorts[k]) == n && memcmp(like->sorts[k], p, n) == 0)
			return 1;
	return 0;
}

/* What is wrong with a sort, and which there are. */
static enum outcome
refuse_sort(const struct school *s, unsigned number, const char *wrong, const char *p, size_t n, struct why *why)
{
	GString     *sorts = g_string_new(NULL);
	enum outcome o;
	size_t       k;

	for (k = 0; k < s->like->n_sorts; k++)
		g_string_append_printf(sorts, "%s%s", k == 0 ? "" : ", ", s->like->sorts[k]);
	o = why_set(why, OUTCOME_REFUSED, "%s:%u: %s %.*s; the sorts of text are %s", s->name, number, wrong, (int)n, p, sorts->str);
	g_string_free(sorts, TRUE);
	return o;
}

/* A model that lacks a sort would take its mails for something else. */
static enum outcome
have_all_sorts(const struct school *s, unsigned last, struct why *why)
{
	size_t k;
	guint  i;

	for (k = 0; s->like != NULL && s->lessons->len > 0 && k < s->like->n_sorts; k++) {
		for (i = 0; i < s->sorts->len && strcmp(s->sorts->pdata[i], s->like->sorts[k]) != 0; i++)
			;
		if (i == s->sorts->len)
			return refuse_sort(s, last, "no line up to here is of the sort", s->like->sorts[k], strlen(s->like->sorts[k]), why);
	}
	return OUTCOME_OK;
}

/* The terms of p[at .. end) as rising hashes, each once. */
static GArray *
hashes_of(const char *p, size_t at, size_t end)
{
	struct words *w = words_new();
	GArray       *terms = g_array_new(FALSE, FALSE, sizeof(struct term)), *all = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	guint         i;

	words_add(w, p, at, end);
	learnt_terms(p, w, 0, w->sentences->len, terms);
	learnt_once(terms);
	for (i = 0; i < terms->len; i++)
		g_array_append_val(all, g_array_index(terms, struct term, i).hash);
	g_array_unref(terms);
	words_free(w);
	return all;
}

static enum outcome
read_line(struct school *s, unsigned number, const char *p, size_t n, struct why *why)
{
	const char   *tab = memchr(p, '\t', n), *text = tab == NULL ? NULL : memchr(tab + 1, '\t', n - (size_t)(tab + 1 - p));
	struct lesson one;

	if (n == 0 || p[0] == '#')
		return OUTCOME_OK;
	if (text == NULL || !is_sort(p, (size_t)(tab - p)))
		return why_set(why, OUTCOME_REFUSED, "%s:%u: write a sort of text (small letters and -), TAB, a language, TAB, the text", s->name, number);
	if (!g_utf8_validate(p, (gssize)n, NULL))
		return why_set(why, OUTCOME_REFUSED, "%s:%u: the line is not UTF-8", s->name, number);
	if (s->like != NULL && !is_like(s->like, p, (size_t)(tab - p)))
		return refuse_sort(s, number, "there is no sort", p, (size_t)(tab - p), why);
	one.sort = sort_at(s, p, (size_t)(tab - p));
	if (s->sorts->len > LEARNT_SORTS)
		return why_set(why, OUTCOME_REFUSED, "%s:%u: more than %d sorts of text", s->name, number, LEARNT_SORTS);
	if (s->lessons->len >= LINES_MAX)
		return why_set(why, OUTCOME_REFUSED, "%s:%u: more than %u texts", s->name, number, LINES_MAX);
	one.terms = hashes_of(p, (size_t)(text + 1 - p), n);
	g_array_append_val(s->lessons, one);
	return OUTCOME_OK;
}

/* Terms of enough texts, and each lesson's terms as indexes of them. */
static void
number_terms(struct school *s)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	guint   i, k, from, kept;

	for (i = 0; i < s->lessons->len; i++) {
		const GArray *hashes = g_array_index(s->lessons, struct lesson, i).terms;

		if (hashes->len > 0)
			g_array_append_vals(all, hashes->data, hashes->len);
	}
	g_array_sort(all, learnt_by_number);
	for (i = 0, kept = 0; i < all->len; i = k) {
		for (k = i; k < all->len && g_array_index(all, uint32_t, k) == g_array_index(all, uint32_t, i); k++)
			;
		if (k - i >= SEEN_IN)
			g_array_index(all, uint32_t, kept++) = g_array_index(all, uint32_t, i);
	}
	s->n_terms = kept;
	s->terms = (uint32_t *)(void *)g_array_free(all, FALSE);
	for (i = 0; i < s->lessons->len; i++) {
		GArray *terms = g_array_index(s->lessons, struct lesson, i).terms;

		for (from = 0, kept = 0; from < terms->len; from++) {
			const uint32_t *at = learnt_place(s->terms, s->n_terms, g_array_index(terms, uint32_t, from));

			if (at != NULL)
				g_array_index(terms, uint32_t, kept++) = (uint32_t)(at - s->terms);
		}
		g_array_set_size(terms, kept);
	}
}

/* One step: the weights of the text's terms move towards what the text is. */
static void
learn_one(struct school *s, const struct lesson *one)
{
	size_t  k, sorts = s->sorts->len;
	double  chance[LEARNT_SORTS] = { 0 }, all = 0, most, scale = 1 / sqrt(MAX(one->terms->len, 1)), worst = 0;
	guint   i;

	for (i = 0; i < one->terms->len; i++)
		for (k = 0; k < sorts; k++)
			chance[k] += s->weights[g_array_index(one->terms, uint32_t, i) * sorts + k];
	for (most = chance[0], k = 1; k < sorts; k++)
		most = MAX(most, chance[k]);
	for (k = 0; k < sorts; k++)
		all += chance[k] = exp((chance[k] - most) * scale);
	for (k = 0; k < sorts; k++) {
		chance[k] = chance[k] / all - (k == one->sort ? 1 : 0);
		worst = MAX(worst, fabs(chance[k]));
	}
	for (i = 0; worst >= SETTLED && i < one->terms->len; i++) {
		double *w = s->weights + g_array_index(one->terms, uint32_t, i) * sorts, *steps = s->steps + (w - s->weights);

		for (k = 0; k < sorts; k++) {
			double slope = chance[k] * scale + SHRINK * w[k];

			steps[k] += slope * slope;
			w[k] -= STEP * slope / sqrt(steps[k]);
		}
	}
}

/* Fisher and Yates, by a generator of our own (Knuth's MMIX constants): the order is always the same. */
static void
shuffle(GArray *order, uint64_t *state)
{
	guint i, k;

	for (i = order->len; i > 1; i--) {
		uint32_t kept = g_array_index(order, uint32_t, i - 1);

		*state = *state * 6364136223846793005u + 1442695040888963407u;
		k = (guint)((*state >> 33) % i);
		g_array_index(order, uint32_t, i - 1) = g_array_index(order, uint32_t, k);
		g_array_index(order, uint32_t, k) = kept;
	}
}

static void
learn_all(struct school *s)
{
	GArray  *order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint64_t state = 1;
	size_t   i, n = s->n_terms * s->sorts->len;
	uint32_t k;
	int      round;

	s->weights = g_new0(double, n);
	s->steps = g_new(double, n);
	for (i = 0; i < n; i++)
		s->steps[i] = 0.01;
	for (k = 0; k < s->lessons->len; k++)
		g_array_append_val(order, k);
	for (round = 0; round < ROUNDS; round++) {
		shuffle(order, &state);
		for (k = 0; k < order->len; k++)
			learn_one(s, &g_array_index(s->lessons, struct lesson, g_array_index(order, uint32_t, k)));
	}
	g_array_free(order, TRUE);
}

/* Takes the sorts and terms over. */
static struct learnt *
model_of(struct school *s, uint32_t print)
{
	struct learnt *l = g_new0(struct learnt, 1);
	size_t         i, n = s->n_terms * s->sorts->len;
	int16_t       *weights = g_new(int16_t, n);

	for (i = 0; i < n; i++)
		weights[i] = (int16_t)CLAMP(lrint(s->weights[i] * LEARNT_SCALE), -32767, 32767);
	l->n_sorts = s->sorts->len;
	l->n_terms = s->n_terms;
	l->terms = s->terms;
	l->weights = weights;
	l->print = print;
	l->sorts = (const char *const *)g_ptr_array_free(s->sorts, FALSE);
	s->sorts = NULL;
	s->terms = NULL;
	return l;
}

static void
close_school(struct school *s)
{
	guint i;

	for (i = 0; i < s->lessons->len; i++)
		g_array_unref(g_array_index(s->lessons, struct lesson, i).terms);
	g_array_free(s->lessons, TRUE);
	if (s->sorts != NULL) {
		g_ptr_array_set_free_func(s->sorts, g_free);
		g_ptr_array_free(s->sorts, TRUE);
	}
	g_free(s->terms);
	g_free(s->weights);
	g_free(s->steps);
}

enum outcome
learnt_learn(const char *name, const char *p, size_t n, const struct learnt *like_or_null, struct learnt **out, struct why *why)
{
	struct school s = { .name = name, .like = like_or_null };
	enum outcome  result = OUTCOME_OK;
	size_t        at, end;
	unsigned      number;

	s.sorts = g_ptr_array_new();
	s.lessons = g_array_new(FALSE, FALSE, sizeof(struct lesson));
	for (at = 0, number = 1; result == OUTCOME_OK && at < n; at = end + 1, number++) {
		const char *newline = memchr(p + at, '\n', n - at);

		end = newline == NULL ? n : (size_t)(newline - p);
		result = read_line(&s, number, p + at, end - at, why);
	}
	if (result == OUTCOME_OK)
		result = have_all_sorts(&s, number - 1, why);
	if (result == OUTCOME_OK) {
		number_terms(&s);
		learn_all(&s);
		*out = model_of(&s, (uint32_t)digest_word(p, n));
	}
	close_school(&s);
	return result;
}

void
learnt_free(struct learnt *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->n_sorts; i++)
		g_free((char *)(uintptr_t)l->sorts[i]);
	g_free((void *)(uintptr_t)l->sorts);
	g_free((void *)(uintptr_t)l->terms);
	g_free((void *)(uintptr_t)l->weights);
	g_free(l);
}
