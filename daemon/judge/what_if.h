/*
 * What would have changed a verdict: the same rules over the same message with one thing left out, or the fewest that matter
 * together. Owns the trying; knows no rule, so that what it tells is true of whatever the rules are.
 */
#ifndef HOERING_JUDGE_WHAT_IF_H
#define HOERING_JUDGE_WHAT_IF_H

#include "daemon/judge/judge.h"

/*
 * `without`: what was left out, in words ("the case reference 2021/4593 (2 places)"; several joined by " and ").
 * `verdict`: "kind", "consultation", …; `from` and `to`: what is said of it with and without, "-" for nothing.
 */
typedef void what_if_each(void *arg, const char *without, const char *verdict, const char *from, const char *to);

/*
 * Phase one. Every single thing whose absence changes a verdict is told; for a verdict that no single one changes, one smallest
 * set that does (none may be put back), of a large one how many they are. Nothing is told of a verdict that stands whatever is left out.
 */
enum outcome what_if_message(const struct judge *j, const struct parsed *p, const struct circumstances *c, what_if_each *each,
    void *arg, struct why *why) MUST_CHECK;

/* Phase two, for the member `id` of its family: without one of its relatives, one of its marks, an operator's word. */
enum outcome what_if_family(const struct judge *j, const struct relative *family, size_t n, int64_t id, what_if_each *each,
    void *arg, struct why *why) MUST_CHECK;

#endif
