/*
 * The set of UIDs a server shows, held against the set that is known: what is missing, what is gone, what is there again.
 * Owns the rules of that comparison and the list while it comes in; fetches nothing and talks to nobody.
 *
 * A server that answers oddly never makes anything vanish: what is stored stays stored, and when a list would have most of a
 * mailbox gone at once, it is told in the log and changes nothing.
 */
#ifndef HOERING_DAEMON_LEDGER_H
#define HOERING_DAEMON_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct intake;

struct uid_range {
	uint32_t first, last;
};

/* A list as it comes in, ascending. Starts zeroed. */
struct uid_list {
	uint32_t          uidvalidity;
	struct uid_range *ranges;
	size_t            n, room;
	uint64_t          total;
	int               whole;	/* its end has come */
};

/* Ranges as a set in words. OUTCOME_BAD: they are none, not ascending, or too many. */
enum outcome uid_list_add(struct uid_list *l, const char *words, struct why *why) MUST_CHECK;
void         uid_list_clear(struct uid_list *l);	/* also a zeroed one */

/*
 * Compares a whole list. What is not known is missing until it is archived; what is known and not shown is marked gone, by lines
 * of the journal that the next intake_flush() writes, and so is what was known under an earlier UIDVALIDITY.
 * Nothing may be waiting for intake_flush(). *more: not all could be marked at once, compare again after it.
 */
enum outcome ledger_compare(struct intake *in, const char *mailbox, const struct uid_list *l, int *more, struct why *why) MUST_CHECK;

#endif
