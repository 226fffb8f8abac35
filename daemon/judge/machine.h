/*
 * Automatic mail: bounces, receipts, automatic replies, newsletters and spam.
 * Owns what tells a machine from a person; must not know what people write for.
 */
#ifndef HOERING_JUDGE_MACHINE_H
#define HOERING_JUDGE_MACHINE_H

#include "daemon/judge/judge_parts.h"

/* 1: the mail is automatic, *kind says which, and the verdict's automatic_why by which mark. */
int machine_kind(struct session *s, enum mail_kind *kind);

#endif
