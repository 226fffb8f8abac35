/*
 * One connection to one IMAP mailbox, from the first step to LOGOUT, and what its parts share.
 * Owns the stream, the libetpan session and the place reached in the mailbox; knows nothing of mails' contents.
 */
#ifndef HOERING_FETCH_SESSION_H
#define HOERING_FETCH_SESSION_H

#include <stdint.h>

#include "base/why.h"

struct conf;
struct conf_mailbox;
struct imap;
struct report;
struct secret;
struct stream;
struct tls_trust;

/* The keyword of after = "keyword". */
#define FILED_KEYWORD "Hoeringd-Filed"

struct session {
	const struct conf         *conf;
	const struct conf_mailbox *mailbox;
	struct report             *report;
	struct tls_trust          *trust;
	struct secret             *secret;
	struct stream             *stream;
	struct imap               *imap;
	char                       folder[2048], after_folder[2048];	/* modified UTF-7 */
	uint32_t                   highest;	/* UID: it and all below are with hoeringd */
	int                        idle;	/* configured, offered, and not refused */
	int                        news;	/* the server told of new mail */
};

/* Everything up to the selected folder; from the connection on the process is locked. */
enum outcome session_open(struct session *x, struct why *why) MUST_CHECK;
/* Rounds, settles and waiting, until hoeringd says QUIT (with --check: nothing of it); then LOGOUT. */
enum outcome session_serve(struct session *x, struct why *why) MUST_CHECK;
/* Without a word to the server. */
void         session_close(struct session *x);

/* round.c: everything above x->highest goes to hoeringd, ends with ROUND (or early, when it says QUIT). */
enum outcome round_run(struct session *x, struct why *why) MUST_CHECK;
/* list.c: all UIDs that the server shows. */
enum outcome list_run(struct session *x, struct why *why) MUST_CHECK;
/* settle.c: flags or moves what hoeringd has filed. Creates nothing; a mail that is gone is done. */
enum outcome settle_run(struct session *x, struct why *why) MUST_CHECK;
/* settle.c: whether this server can do at all what `after` says; with --check as far as it tells without a change. */
enum outcome settle_possible(const struct session *x, struct why *why) MUST_CHECK;
/* idle.c: returns when hoeringd says something, the server tells of new mail, or the clock says so. */
enum outcome idle_wait(struct session *x, int64_t until_ms, struct why *why) MUST_CHECK;

#endif
