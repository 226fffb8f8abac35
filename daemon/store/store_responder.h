/*
 * Who a responder is besides what a mail says of him: spellings that a person has joined, and those he has parted.
 * Owns what the rules say of each submission's responder and the decisions about them; must not know how the rules come to it.
 *
 * A join is between responders, not between two mails: every submission whose responder the rules know by the same key goes
 * with it, also one that comes later; to split two that a join has made one takes the join back, for all of them. A split of two that
 * the rules take for one is of that submission.
 */
#ifndef HOERING_STORE_STORE_RESPONDER_H
#define HOERING_STORE_STORE_RESPONDER_H

#include "daemon/store/store.h"

/*
 * Keeps what the rules say of this submission's responder, and tells what an operator has made of it. Whom else that changes
 * is marked to be judged again. *joined: 1 when *out holds another responder than the verdict (or the same under a key of its own).
 */
enum outcome store_responder(struct store *s, int64_t submission, const struct verdict *v, struct joined_responder *out, int *joined,
    struct why *why) MUST_CHECK;

/* Whether the two submissions are one responder's now; 0 also when one of them has none. */
enum outcome store_same_responder(struct store *s, int64_t a, int64_t b, int *same, struct why *why) MUST_CHECK;

/*
 * The joins that have made one responder of these two: without them neither is the other's. None when the rules know both by one key.
 * Fills at most `room` and tells how many.
 */
struct join_made {
	int64_t submission, other;	/* as it was said */
	char    sha256[80], other_sha256[80];
};
enum outcome store_joins_between(struct store *s, int64_t a, int64_t b, struct join_made *out, size_t room, size_t *n, struct why *why) MUST_CHECK;

/* Everybody a decision about the responders of these two may concern is marked to be judged again. For store_apply(). */
enum outcome store_mark_responders(struct store *s, int64_t a, int64_t b, struct why *why) MUST_CHECK;

#endif
