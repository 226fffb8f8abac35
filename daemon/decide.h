/*
 * What a person decides: refile, relate, kind, join, split. Checked, written to the journal, applied, judged again.
 * Owns the rules for what may be decided; the same code runs in the daemon and, when none runs, in `hoering`.
 */
#ifndef HOERING_DAEMON_DECIDE_H
#define HOERING_DAEMON_DECIDE_H

#include "daemon/control.h"
#include "daemon/intake.h"

/*
 * Carries out one request (control.h lists them; `import` and `poll` are not among them). Fills `answer` with words for a
 * person. Returns 0, or a sysexits number and why: EX_USAGE, EX_DATAERR (no such submission …), EX_TEMPFAIL.
 */
int decide(struct intake *in, const struct control_request *r, char *answer, size_t answer_size);

/* 1 when the verb is one that decide() knows. */
int decide_knows(const char *verb);

#endif
