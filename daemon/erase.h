/*
 * Personal data taken out for good: the tombstone in the journal, the rows, the original, and what the files still hold of them;
 * and the mail that comes once more. Owns the order of it; the forgetting of rows is the store's.
 *
 * The journal is never rewritten, because it holds no personal data: a tombstone says what the mail counts as, and what it
 * said and who sent it only as keyed digests (daemon/tombstone.h).
 */
#ifndef HOERING_DAEMON_ERASE_H
#define HOERING_DAEMON_ERASE_H

#include "daemon/control.h"
#include "daemon/intake.h"

/* erase  SUBMISSION  REASON. Returns 0 or a sysexits number. */
int erase_request(struct intake *in, const struct control_request *r, char *answer, size_t size);

/* erase-key  REASON: the key is lost, a new one or the one that is there is right from here on. Returns 0 or a sysexits number. */
int erase_key_request(struct intake *in, const struct control_request *r, char *answer, size_t size);

/* A warning when the key is not the right one. */
void erase_tell_key(const struct intake *in);

/* Once results are filed: those that are the same as what was erased (daemon/tombstone.h) are erased. OUTCOME_DEFER: some are not yet, and come round again. */
enum outcome erase_known(struct intake *in, const struct parse_result *filed, size_t n, struct why *why) MUST_CHECK;

/* At start: originals whose tombstone was written before a crash. */
enum outcome erase_resume(struct intake *in, struct why *why) MUST_CHECK;

/* The archive's and the database's files, once nothing waits to be judged. OUTCOME_DEFER: a reader is in the way; again later. */
enum outcome erase_scrub(struct intake *in, struct why *why) MUST_CHECK;

#endif
