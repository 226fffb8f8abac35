/*
 * A new register of organisations was put beside the database: it is opened, told in the journal, and what is undecided judged again.
 * Owns that request; the register itself is daemon/store/registry.h.
 */
#ifndef HOERING_DAEMON_REGISTRY_H
#define HOERING_DAEMON_REGISTRY_H

#include "daemon/control.h"
#include "daemon/intake.h"

/* registry  SHA-256  ORGANISATIONS. Returns 0 or a sysexits number. */
int registry_request(struct intake *in, const struct control_request *r, char *answer, size_t size);

#endif
