/*
 * What a text reads like by what sentences have taught (config/rules/sentences), where no phrase says what it is.
 * Owns how sure that must be; must not know words, and decides nothing that a mark of a mail program does.
 */
#ifndef HOERING_JUDGE_LEARNT_H
#define HOERING_JUDGE_LEARNT_H

#include "daemon/judge/judge_parts.h"
#include "daemon/judge/points.h"

#define LEARNT_OTHER	60	/* the same, to speak against a phrase; */
#define LEARNT_CLEARLY	85	/* and against two */
#define LEARNT_SURE	50	/* of 100, among a dozen sorts */

/* The signal of the group "reads-as-…" or "sentence-as-…" in one of the zones that is at least so sure; *percent (may be NULL) how much. NULL without. */
const struct signal *learnt_reads(const struct session *s, const char *group, unsigned zones, unsigned at_least, unsigned *percent);

/* Adds points where the words, or one sentence of them, read like `own` too. 1: they do. */
int learnt_for(struct points *p, const char *own);

/* Takes points off where the words are at least so sure to read like anything but `own`: what one phrase says, the rest of the text may not. */
void learnt_against(struct points *p, const char *own, unsigned at_least);

/* 1: the words of a short mail read like no answer, and nothing in it is one; *kind says like what. */
int learnt_kind(struct session *s, enum mail_kind *kind);

/* How sure it was, of 100, where what the words read like was the first to speak for the kind; 0: something else was. */
unsigned learnt_decided(const struct session *s, enum mail_kind kind);

#endif
