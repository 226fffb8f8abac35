/*
 * The phrases people use, by group, and a matcher that finds all of them in one pass over a text's tokens.
 * Owns config/rules/phrases as loaded; must not know what a group means to anybody.
 */
#ifndef HOERING_PARSERS_PHRASES_H
#define HOERING_PARSERS_PHRASES_H

#include <stddef.h>

#include "base/why.h"

struct phrases;

/*
 * Reads DIR/phrases; NULL: the rules built into the program. A mistake is OUTCOME_REFUSED with file and line.
 * Done before the lock is put on; the result is read-only from then on and shared by every child.
 */
enum outcome phrases_load(const char *dir_or_null, struct phrases **out, struct why *why) MUST_CHECK;
void         phrases_free(struct phrases *ph);

#endif
