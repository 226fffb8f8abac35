/*
 * What the files of imap.h share: the session and how libetpan's results become outcomes.
 * Owns nothing of its own; must be included by nobody else.
 */
#ifndef HOERING_FETCH_IMAP_PRIVATE_H
#define HOERING_FETCH_IMAP_PRIVATE_H

#include <libetpan/libetpan.h>

#include "daemon/fetch/body.h"
#include "daemon/fetch/imap.h"

struct imap {
	mailimap          *session;
	struct stream     *stream;
	struct imap_folder folder;
	int                later_s;	/* so long the server wants no other try */

	/* A fetch of bodies under way. */
	struct body     body;
	const uint32_t *asked;
	size_t          n_asked;
	imap_sink      *sink;
	void           *sink_arg;
	enum outcome    end;		/* OUTCOME_OK as long as nothing went wrong in a handler */
	struct why      end_why;
};

/* Puts libetpan's result into words. NO is OUTCOME_BAD (OUTCOME_DEFER when it means "later"); the rest ends the session. */
enum outcome imap_result(struct imap *i, int r, const char *command, struct why *why);

/* After a command: EXISTS may have come along. */
void imap_see_exists(struct imap *i);

/* UIDs as libetpan wants them: runs of neighbours as a range, never over one that is not in the list. NULL: no memory. */
struct mailimap_set *imap_set_of(const uint32_t *uids, size_t n);

#endif
