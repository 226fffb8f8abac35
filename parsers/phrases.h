/*
 * The phrases people use, by group, and a matcher that finds all of them in one pass over a text's words.
 * Owns config/rules/phrases as loaded; must not know what a group means to anybody.
 */
#ifndef HOERING_PARSERS_PHRASES_H
#define HOERING_PARSERS_PHRASES_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct phrases;
struct words;

/*
 * Reads rules from memory; `name` stands for the file in messages. A mistake is OUTCOME_REFUSED with file and line. They are read-only from then
 * on, but for what each process remembers for itself of the words it looked up.
 */
enum outcome phrases_parse(const char *name, const char *p, size_t n, struct phrases **out, struct why *why) MUST_CHECK;
void         phrases_free(struct phrases *ph);

/* A number of these very rules: others have another. */
uint32_t phrases_print(const struct phrases *ph);

/* One phrase found: its group, itself as in the rules (tokens, for an id), and the words it stands in. */
struct phrase_hit {
	const char *group, *id;
	size_t      first, count;
	int         slipped;	/* a word of it has a letter wrong */
};
typedef void phrases_each(void *arg, const struct phrase_hit *hit);

/*
 * Calls `each` for every phrase in words[first .. first + count), which is one sentence. The time is at most the number of
 * words times a constant of the rules, whatever the words are. `each` must not search.
 */
void phrases_find(const struct phrases *ph, const struct words *w, size_t first, size_t count, phrases_each *each, void *arg);

/*
 * Sums: a line "group, TAB, +a +b": where phrases of groups "+a" and "+b" stand in one sentence, in whatever order, that is the group.
 * Asks `has` for each group of each sum; it fills *part with the phrase that is there. Calls `each` with the words of the earliest part.
 */
typedef int phrases_part(void *arg, const char *group, struct phrase_hit *part);
void phrases_sums(const struct phrases *ph, phrases_part *has, phrases_each *each, void *arg);

/* 1 when a phrase of the group stands in these words; for one-off questions. */
int phrases_has(const struct phrases *ph, const struct words *w, size_t first, size_t count, const char *group);

#endif
