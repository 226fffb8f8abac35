/*
 * What judge_family() asks of two submissions, and how one takes its consultation from kin.
 * Private to daemon/judge/; knows no answer and no decision, only what phase one has stored of each.
 */
#ifndef HOERING_JUDGE_FAMILY_PARTS_H
#define HOERING_JUDGE_FAMILY_PARTS_H

#include <string.h>

#include "daemon/judge/judge_parts.h"

/* Equal, and neither empty nor NULL. */
static inline int
same_string(const char *a, const char *b)
{
	return a != NULL && b != NULL && a[0] != '\0' && strcmp(a, b) == 0;
}

int         by_receipt(const void *a, const void *b);	/* two relatives; for qsort() too */
int         same_digest(const struct relative *a, const struct relative *b, enum digest_kind k);
unsigned    like(const struct relative *a, const struct relative *b);	/* MinHash slots of MINHASH_SIZE that are equal */
int         same_responder(const struct relative *a, const struct relative *b);
/* The rule by which b is the same answer as a, NULL when it is not. */
const char *same_answer(const struct relative *a, const struct relative *b);
int         same_consultation(const struct relative *a, const struct relative *b);
/* r replaces or adds to what the same responder sent before; r answers a mail of its own house. */
int         continues(const struct relative *earlier, const struct relative *r);
int         is_in_thread(const struct relative *earlier, const struct relative *r);

/* r, of the same organisation by its name, comes from an address that says nothing of that: it must not take `earlier` away. */
int         is_of_stranger(const struct judge *j, const struct relative *earlier, const struct relative *r);

/* --- attendance.c: persons signed up who do not come after all --- */
struct struck { struct relative *from; unsigned missing, standing; };	/* the latest mail that lost one; leavers nobody is sure of; who stood there before */
/* r's leavers are struck off the n mails, which are in the order of receipt. */
struct struck attendance_strike(struct relative *const *from, size_t n, const struct relative *r);
void          attendance_strike_all(struct relative *from, int64_t by);
int           attendance_leaves(const struct relative *r);
/* After all is settled: a sign-up of more persons than its house may send is in review. */
void          attendance_places(const struct judge *j, struct relative *family, size_t n);

/* Sets family_consultation (and a doubt as review) of the whole family, which is in the order of receipt. */
void        adopt_consultations(const struct judge *j, struct relative *family, size_t n);

#endif
