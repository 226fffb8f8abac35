#include "parsers/learnt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/digest.h"
#include "parsers/signals_words.h"

#define STEM	5u	/* bytes of a word's beginning that count: endings say when and whose, and there are two norms of them */
#define HEAD	5u	/* bytes of a compound's end: "høringsfrist" is a "frist" */
#define ADDRESS_BYTES 100u	/* to either side */
#define LONG	9u	/* bytes of a longer word that count together: a compound has two meanings */

struct stem {
	const char *p;
	size_t      n;
};

/* The word is part of an e-mail address: whose it is says nothing. */
static int
in_address(const char *text, const struct sentence *s, const struct word *w)
{
	static const char joined[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-@";
	size_t start = w->at, end = w->at + w->bytes, limit = MIN(s->end, end + ADDRESS_BYTES);

	while (end < limit && text[end] != '\0' && strchr(joined, text[end]) != NULL)
		end++;
	while (start > s->at && w->at - start < ADDRESS_BYTES && text[start - 1] != '\0' && strchr(joined, text[start - 1]) != NULL)
		start--;
	return memchr(text + start, '@', end - start) != NULL;
}

/* What of a word counts; one number stands for all, and one address; p NULL: nothing. */
static struct stem
stem_at(const char *text, const struct words *w, const struct sentence *s, size_t i)
{
	const char *token = word_token(w, i);

	if (in_address(text, s, words_at(w, i)))
		return (struct stem){ i > s->first && in_address(text, s, words_at(w, i - 1)) ? NULL : "@", 1 };
	return g_ascii_isdigit(token[0]) ? (struct stem){ "0", 1 } : (struct stem){ token, MIN(words_at(w, i)->len, STEM) };
}

static void
add(GArray *terms, const char *before, size_t n, struct stem stem, size_t word)
{
	char        both[STEM + LONG + 2];
	int         bytes = g_snprintf(both, sizeof both, "%.*s %.*s", (int)n, before, (int)stem.n, stem.p);
	struct term one = { (uint32_t)digest_word(both, (size_t)bytes), word };

	g_array_append_val(terms, one);
}

static void
add_word(GArray *terms, const struct words *w, struct stem stem, size_t i)
{
	const char *token = word_token(w, i);
	size_t      n = words_at(w, i)->len;

	add(terms, "", 0, stem, i);
	if (stem.p != token)
		return;
	if (n > STEM + 1)
		add(terms, "*", 1, (struct stem){ token, MIN(n, LONG) }, i);
	if (n >= LONG)
		add(terms, "+", 1, (struct stem){ token + n - HEAD, HEAD }, i);
}

void
learnt_terms(const char *text, const struct words *w, size_t first, size_t count, GArray *terms)
{
	static const struct stem start = { "^", 1 }, stop = { "$", 1 }, question = { "?", 1 };
	size_t k, i, last;

	for (k = first; k < first + count; k++) {
		const struct sentence *s = &g_array_index(w->sentences, struct sentence, k);
		struct stem            before = start, stem;

		for (i = last = s->first; i < s->first + s->count; i++) {
			stem = stem_at(text, w, s, i);
			if (stem.p == NULL)
				continue;
			add_word(terms, w, stem, i);
			add(terms, before.p, before.n, stem, last);
			before = stem;
			last = i;
		}
		add(terms, before.p, before.n, s->asks ? question : stop, last);
		if (s->asks)
			add(terms, "", 0, question, last);
	}
}

static int
by_hash(gconstpointer a, gconstpointer b)
{
	const struct term *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

void
learnt_once(GArray *terms)
{
	guint i, kept = 0;

	g_array_sort(terms, by_hash);
	for (i = 0; i < terms->len; i++)
		if (i == 0 || g_array_index(terms, struct term, i).hash != g_array_index(terms, struct term, kept - 1).hash)
			g_array_index(terms, struct term, kept++) = g_array_index(terms, struct term, i);
	g_array_set_size(terms, kept);
}

int
learnt_by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

const uint32_t *
learnt_place(const uint32_t *terms, size_t n, uint32_t hash)
{
	return n == 0 ? NULL : bsearch(&hash, terms, n, sizeof *terms, learnt_by_number);
}

static const int16_t *
weights_of(const struct learnt *l, uint32_t hash)
{
	const uint32_t *at = learnt_place(l->terms, l->n_terms, hash);

	return at == NULL ? NULL : l->weights + (size_t)(at - l->terms) * l->n_sorts;
}

/* Keeps the terms that weigh most for the sort, the heaviest first. */
static void
find_heaviest(const struct learnt *l, const GArray *terms, size_t sort, struct reading *r)
{
	int16_t weighs[READING_TERMS] = { 0 };
	guint   i;
	size_t  at;

	for (i = 0; i < terms->len; i++) {
		const int16_t *w = weights_of(l, g_array_index(terms, struct term, i).hash);

		if (w == NULL || w[sort] <= 0 || (r->n_heaviest == READING_TERMS && w[sort] <= weighs[READING_TERMS - 1]))
			continue;
		if (r->n_heaviest < READING_TERMS)
			r->n_heaviest++;
		for (at = r->n_heaviest - 1; at > 0 && weighs[at - 1] < w[sort]; at--) {
			weighs[at] = weighs[at - 1];
			r->heaviest[at] = r->heaviest[at - 1];
		}
		weighs[at] = w[sort];
		r->heaviest[at] = i;
	}
}

struct reading
learnt_read(const struct learnt *l, GArray *terms)
{
	long           sums[LEARNT_SORTS] = { 0 };
	struct reading r = { "", 0, 0, { 0 } };
	double         all = 0, per;
	size_t         best = 0, known = 0, k;
	guint          i;

	learnt_once(terms);
	for (i = 0; i < terms->len; i++) {
		const int16_t *w = weights_of(l, g_array_index(terms, struct term, i).hash);

		known += w != NULL;
		for (k = 0; w != NULL && k < l->n_sorts; k++)
			sums[k] += w[k];
	}
	if (known == 0 || l->n_sorts == 0)
		return r;
	for (k = 1; k < l->n_sorts; k++)
		if (sums[k] > sums[best])
			best = k;
	per = 1 / (LEARNT_SCALE * sqrt((double)known));	/* a long text has more of everything */
	for (k = 0; k < l->n_sorts; k++)
		all += exp((double)(sums[k] - sums[best]) * per);
	r.sort = l->sorts[best];
	r.percent = (unsigned)(100 / all);
	find_heaviest(l, terms, best, &r);
	return r;
}
