/*
 * One mail that a person brings, not a server: checked, archived and filed under a mailbox like any other.
 * Owns who may do it and what identity such a copy has; reads nothing of what the mail says.
 */
#ifndef HOERING_DAEMON_IMPORT_H
#define HOERING_DAEMON_IMPORT_H

#include "daemon/control.h"
#include "daemon/intake.h"

/* Imported copies have no UIDVALIDITY of a server; their identity in it is their SHA-256, so a second import changes nothing. */
#define IMPORT_UIDVALIDITY 0

/*
 * Request: import MAILBOX RECEIVED + descriptor of a regular file. Only root and the daemon's own user may. When it returns 0
 * the mail is archived, and `answer` begins with IMPORT_KNOWN when the same was imported before. Otherwise a sysexits number, and
 * `answer` says why.
 */
#define IMPORT_KNOWN	"known already"
int import_one(struct intake *in, const struct control_request *r, char *answer, size_t answer_size);

#endif
