/*
 * Form letters kept as they are now: every answer that counts is placed behind the letter it repeats, or leads.
 * Owns the order in which letters are placed; what is alike the judge says, where it is kept the store.
 */
#ifndef HOERING_DAEMON_CAMPAIGNS_H
#define HOERING_DAEMON_CAMPAIGNS_H

#include <stddef.h>

#include "base/why.h"
#include "daemon/store/store.h"

/*
 * Places up to `max` of the letters that wait for it, lowest rank first; *more: 1 when some still wait. Inside the caller's
 * transaction. When nobody waits, the campaigns are those that the letters make, in whatever order they came.
 */
enum outcome campaigns_settle(struct store *s, size_t max, int *more, struct why *why) MUST_CHECK;

#endif
