/*
 * The fetcher's end of the talk with hoeringd (protocol.h): what it tells, what it is told, and what is still unanswered.
 * Owns the socket, the window and the list of mails to settle; knows nothing of servers or files.
 *
 * Without a socket (--check) the steps are printed for a person instead.
 */
#ifndef HOERING_FETCH_REPORT_H
#define HOERING_FETCH_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/fetch/protocol.h"

struct settle {
	uint32_t uidvalidity, uid;
};

struct report {
	int sock;			/* -1: --check */
	const char *mailbox;
	int later_s;			/* told with a failure: the server wants no other try before */
	char step[160];			/* --check: what is being tried */

	struct waiting {		/* sent, and not yet answered by ARCHIVED */
		uint32_t uid;
		uint64_t size_bytes;
		char     key[40];	/* of a maildir's mail, else "" */
	} window[FETCH_WINDOW];
	size_t   n_window;
	uint64_t window_bytes;

	struct settle *settles;		/* filed and committed: to flag or move */
	size_t         n_settles, size_settles;

	/* What the daemon said. */
	int      gone;			/* it closed: nothing more to tell to anybody */
	int      quit;
	int      poll;			/* look now */
	int      list;			/* tell all UIDs */
	uint32_t *wanted;		/* to be fetched whatever the cursor says */
	size_t   n_wanted;
	int      has_cursor;
	uint32_t cursor_uidvalidity, cursor_uid;
};

/* `sock` must be a SOCK_SEQPACKET socket, or -1. */
enum outcome report_open(struct report *r, int sock, const char *mailbox, struct why *why) MUST_CHECK;
void         report_close(struct report *r);

/*
 * A step begins, and so the one before went well. `state` is told to the daemon (a word of protocol.h; NULL: none),
 * `step` to a person in --check. A daemon that is gone is noticed at the next record that matters.
 */
void report_step(struct report *r, const char *state, const char *step, ...) PRINTF_LIKE(3, 4);
/* --check: the last step went well; or it did not, and this is why. */
void report_checked(struct report *r, enum outcome o, const struct why *why);
/* --check: the last step could not be tried, and this is why. */
void report_unchecked(struct report *r, const char *words);

enum outcome report_selected(struct report *r, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists,
    struct why *why) MUST_CHECK;
/* There must be room (report_wait_room). `fd` is a sealed memfd and stays the caller's. `key`: of a maildir's mail, else "". */
enum outcome report_mail(struct report *r, const struct fetch_record *mail, const char *key, int fd, struct why *why) MUST_CHECK;
enum outcome report_excluded(struct report *r, const struct fetch_record *mail, const char *key, const char *reason,
    struct why *why) MUST_CHECK;
enum outcome report_round(struct report *r, uint32_t uidvalidity, uint32_t exists, uint32_t uidnext, uint32_t uid,
    struct why *why) MUST_CHECK;
/* Ranges of UIDs, or the end of the list. */
enum outcome report_listed(struct report *r, const struct fetch_record *ranges, struct why *why) MUST_CHECK;
/* `failed` NULL: done, and `how` is "keyword", "moved", "gone" or "left". */
enum outcome report_settled(struct report *r, const struct settle *s, const char *how, const char *failed,
    struct why *why) MUST_CHECK;
void         report_failed(struct report *r, enum outcome o, const struct why *why);

/* Takes in all that the daemon has said, waiting up to `timeout_ms` (-1: for ever) for the first. */
enum outcome report_listen(struct report *r, int timeout_ms, struct why *why) MUST_CHECK;
/* 1 when a mail of so many bytes may be sent now. */
int          report_has_room(const struct report *r, size_t mails, uint64_t size_bytes);
/* Waits for ARCHIVED until there is room, or until QUIT. */
enum outcome report_wait_room(struct report *r, size_t mails, uint64_t size_bytes, struct why *why) MUST_CHECK;
/* Waits until everything sent is answered, or until QUIT. */
enum outcome report_wait_level(struct report *r, struct why *why) MUST_CHECK;

#endif
