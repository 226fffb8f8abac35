/*
 * The loop that holds the line and the processes together: who is started, read, fed and stopped, and when.
 * Owns the clock and the signals; `hoeringd` runs it for ever or for one round, `hoering` until what waits is filed.
 */
#ifndef HOERING_DAEMON_SUPERVISE_H
#define HOERING_DAEMON_SUPERVISE_H

#include "base/why.h"
#include "config/conf.h"

enum supervise_mode {
	SUPERVISE_RUN,		/* until SIGTERM or SIGINT; SIGHUP reloads */
	SUPERVISE_ONCE,		/* one round of all mailboxes, then all filed and settled; the pass with OCR is RUN's alone */
	SUPERVISE_DRAIN		/* no mailbox: what is archived is parsed, judged and filed */
};

struct intake;

/*
 * Runs with an open intake over *conf, which a reload replaces (the old one is freed). Returns a sysexits number: 0, or
 * EX_TEMPFAIL (75) when in ONCE a mailbox failed or something could not be filed.
 */
int supervise(struct conf **conf, struct intake *in, enum supervise_mode mode);

#endif
