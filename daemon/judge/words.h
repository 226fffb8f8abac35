/*
 * The single words and names of config/rules/words, by group, and how near two words are to each other.
 * Owns the lists as loaded; must not know what a group means to a verdict.
 */
#ifndef HOERING_JUDGE_WORDS_H
#define HOERING_JUDGE_WORDS_H

#include <stddef.h>

#include "base/why.h"

struct word_lists;

/* DIR/words when DIR has one, else the lists built into the program. A mistake is OUTCOME_REFUSED with file and line. */
enum outcome word_lists_load(const char *dir_or_null, struct word_lists **out, struct why *why) MUST_CHECK;
void         word_lists_free(struct word_lists *w);

/* 1 when the token is in the group. */
int word_lists_has(const struct word_lists *w, const char *group, const char *token, size_t n);
/* The name of the first group that starts with `prefix` and has the token, behind the prefix; NULL without one. */
const char *word_lists_group(const struct word_lists *w, const char *prefix, const char *token, size_t n);
/* 1 when the string, as it stands in the file, is in the group: for domains. */
int word_lists_has_exactly(const struct word_lists *w, const char *group, const char *string);

/* A word of a token string. */
struct token { const char *p; size_t n; };

/* One after the other, from *at = 0, the words of all groups that start with `prefix`; *group is the name behind it. 0 at the end. */
int word_lists_next(const struct word_lists *w, const char *prefix, size_t *at, const char **group, struct token *word);

/* Cuts a token string; returns how many, at most max. */
size_t token_split(const char *tokens, size_t n, struct token *out, size_t max);

/* 1 when what of the word is behind its first n letters is nothing or an ending of Norwegian. */
int token_ends(struct token word, size_t n);

/* 100: equal; 95: another inflection; 85: a slip of the hand; 0: another word. */
unsigned token_near(struct token a, struct token b);

#endif
