/*
 * The password or token: where it is read, and that nothing is left of it.
 * Owns one locked page that no core dump and no child ever sees; knows nothing of servers.
 */
#ifndef HOERING_FETCH_SECRET_H
#define HOERING_FETCH_SECRET_H

#include "base/why.h"

struct conf_mailbox;
struct secret;

/*
 * The first line of the credential, the file or what the command prints. Runs the command (sh -c) with a deadline; what it
 * says on stderr goes, escaped, into `why` when it fails. OUTCOME_REFUSED when a person must look, OUTCOME_DEFER when the
 * command said "later" (exit status 75) or was too slow.
 */
enum outcome secret_read(const struct conf_mailbox *m, struct secret **out, struct why *why) MUST_CHECK;
const char  *secret_text(const struct secret *s);
/* Overwrites and releases it. */
void         secret_wipe(struct secret **s);

/* What a library has copied into small blocks and given back is overwritten; for large ones there is M_PERTURB of mallopt(3). */
void secret_wipe_freed(void);

#endif
