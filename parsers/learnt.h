/*
 * What a short text reads like, by the words it is made of: a second reader beside the phrases, for wordings nobody wrote down.
 * A multinomial logistic regression over words and pairs of words, learnt from sentences that people sorted (config/rules/sentences).
 * Owns the terms and their weights; must not know what a sort of text is for.
 */
#ifndef HOERING_PARSERS_LEARNT_H
#define HOERING_PARSERS_LEARNT_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/why.h"

struct words;

#define LEARNT_SORTS	16	/* at most */
#define LEARNT_SCALE	256	/* a weight of 1.0 */

/* Weights of term i begin at weights[i * n_sorts]. Terms are hashes, rising. */
struct learnt {
	const char *const *sorts;
	const uint32_t    *terms;
	const int16_t     *weights;
	size_t             n_sorts, n_terms;
	uint32_t           print;	/* of the sentences: others have another */
};

/* One word or two that stand together, or the end of a question; `word` is where it begins. */
struct term {
	uint32_t hash;
	size_t   word;
};

/* Adds the terms of words->sentences[first .. first + count), cut from `text`, to `terms` (of struct term). An address counts as one word. */
void learnt_terms(const char *text, const struct words *w, size_t first, size_t count, GArray *terms);

/* Each term once, where it stands first, in the order of their hashes: a text that says something ten times says it once. */
void learnt_once(GArray *terms);

/* Orders hashes (uint32_t), for qsort() and its like. */
int learnt_by_number(const void *a, const void *b);

/* The place of a hash among n rising ones; NULL when it is none of them. */
const uint32_t *learnt_place(const uint32_t *terms, size_t n, uint32_t hash);

/* What the terms read like: the likeliest sort, how sure of 100, and the terms that speak most for it. */
#define READING_TERMS	6
struct reading {
	const char *sort;
	unsigned    percent;
	size_t      n_heaviest, heaviest[READING_TERMS];	/* indexes in `terms`, as it is afterwards: each term once, where it stands first */
};
struct reading learnt_read(const struct learnt *l, GArray *terms);

/*
 * The model of sentences: lines "sort TAB language TAB text". `name` stands for the file in messages. The same sentences give the same model.
 * With `like`, whose sorts somebody counts on: sentences of each of its sorts and of no other, or none at all.
 */
enum outcome learnt_learn(const char *name, const char *p, size_t n, const struct learnt *like_or_null, struct learnt **out, struct why *why) MUST_CHECK;
void         learnt_free(struct learnt *l);

#endif
