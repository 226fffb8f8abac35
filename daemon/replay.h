/*
 * Judged again (and with `parse` parsed again) because somebody asked: checked, written to the journal, marked in the database.
 * Owns the request; the line does the work itself, a slice in each turn of its loop, so that mail is not kept waiting.
 */
#ifndef HOERING_DAEMON_REPLAY_H
#define HOERING_DAEMON_REPLAY_H

#include "daemon/control.h"
#include "daemon/intake.h"

/*
 * replay  all | open | ID[,ID…]   judge | parse   CONFIGURATION (its digest; "" is not looked at)
 * `open`: what is undecided or in review, as at a reload. A configuration that is not the one in use is refused: who asks
 * would get other verdicts than those expected. Returns 0 or a sysexits number.
 */
int replay_request(struct intake *in, const struct control_request *r, char *answer, size_t size);

/* The marks alone, without journal: for a rehearsal. *n: how many submissions. OUTCOME_REFUSED: no such submission. */
enum outcome replay_mark(struct store *s, const char *scope, int parse, int64_t *n, struct why *why) MUST_CHECK;

#endif
