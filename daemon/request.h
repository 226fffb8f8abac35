/*
 * What may be asked of whoever holds the line, the running daemon or a command under its lock: the verbs of daemon/control.h
 * and who carries each out. Owns the list, so that both answer the same; knows nothing of what any of them does.
 */
#ifndef HOERING_DAEMON_REQUEST_H
#define HOERING_DAEMON_REQUEST_H

#include "daemon/control.h"
#include "daemon/intake.h"

/* Fills `answer` with words for a person. 0 or a sysexits number; -1: not one of these verbs, nothing done. */
int request_carry_out(struct intake *in, const struct control_request *r, char *answer, size_t size);

#endif
