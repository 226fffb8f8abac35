/*
 * What the daemon looks at now and then: how much waits beside the database and for the parser, and the end of the audit trail.
 * Owns when it is told in the log; pauses nothing and starts nothing.
 */
#ifndef HOERING_DAEMON_WATCH_H
#define HOERING_DAEMON_WATCH_H

#include <stdint.h>

#include "base/why.h"

struct intake;
struct store;

/* Starts zeroed. */
struct watch {
	uint64_t wal_told;	/* what the write-ahead log must pass to be told again */
	int      wal_waits;	/* it could not be shrunk: tried again soon */
	int64_t  audit_at_ms;
	int64_t  backlog_at_ms;
	int      backlog;	/* was told, and not yet that it is over */
};

/*
 * Somebody who reads in one long transaction makes the write-ahead log grow: told, and nothing waits for him until the disk is in
 * danger; that is OUTCOME_DEFER.
 */
enum outcome watch_wal(struct watch *w, struct store *s, struct why *why) MUST_CHECK;
/*
 * The last line and its hash, at the start and once a day: in a log that is kept elsewhere nobody who can write here changes it. With it, when the
 * key by which erased mail is known again is not the right one.
 */
void         watch_audit(struct watch *w, const struct intake *in);
/* How far it is, once a minute, while many mails are archived and wait to be filed; and that none waits any more. */
void         watch_backlog(struct watch *w, struct intake *in);
int64_t      watch_wait_ms(const struct watch *w);

#endif
