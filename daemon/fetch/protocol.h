/*
 * The talk between hoeringd and one hoering-fetch: fixed records on a SOCK_SEQPACKET pair at descriptor FETCH_FD.
 * Plain data only; the daemon checks every field, because a hostile server may have taken hoering-fetch over.
 *
 *   fetch:  STATE(connecting …) … SELECTED(uidvalidity, uidnext, exists)
 *   daemon: CURSOR(uidvalidity, uid = highest UID already archived, 0 for none)
 *   fetch:  MAIL(uid, internal date, size) + sealed memfd | EXCLUDED(uid, reason)   ascending UID, at most FETCH_WINDOW unanswered
 *   daemon: ARCHIVED(uid) for each MAIL and EXCLUDED, when it is safe on disk
 *   fetch:  ROUND(uid = highest UID on the server seen) when nothing is left: the mailbox is level with the server
 *   daemon: CURSOR with code 1, or LIST at any time: tell all UIDs that the server shows
 *   fetch:  LISTED(words: a set as IMAP writes it) …, LISTED(code 1, exists = how many in all) when the list is whole
 *   daemon: WANT(words: a set): fetch these too, at or below the cursor as they may be; MAIL or EXCLUDED for each, then ROUND
 *   daemon: SETTLE(uid): filed, committed; flag or move it now       fetch: SETTLED(uid) or SETTLED with an error
 *   daemon: QUIT: finish the command under way, log out, exit 0
 *   fetch:  FAILED(retry class, words), then it exits
 *
 * A maildir has no UIDs of its own: its MAIL has uidvalidity 1, uid 0 and in `words` a key of its file's name (32 hex digits);
 * EXCLUDED has the key after the reason and a space;
 * the daemon gives the UID, knows the key again after a restart, and answers ARCHIVED with the same words. CURSOR's uid says nothing there.
 */
#ifndef HOERING_FETCH_PROTOCOL_H
#define HOERING_FETCH_PROTOCOL_H

#include <stdint.h>

#define FETCH_FD	3
#define FETCH_WINDOW	64u	/* mails (and memfds) in flight for one mailbox; also bounds the descriptors of the daemon */
#define FETCH_WANTED	4096u	/* UIDs wanted at a time */
#define FETCH_WINDOW_BYTES (64u << 20)	/* and their bytes; one mail over it travels alone */

enum fetch_record_kind {
	FETCH_STATE = 1,	/* words: "resolving", "connecting", "tls", "login", "selected", "idle", "polling" */
	FETCH_SELECTED,
	FETCH_MAIL,
	FETCH_EXCLUDED,		/* words: "too-large" | "vanished" */
	FETCH_ROUND,		/* exists, uidnext, uid: as the server told at the end of the round */
	FETCH_SETTLED,		/* code 0: done (or was already); else words say why not: it is tried again next round */
	FETCH_FAILED,
	FETCH_LISTED,
	FETCH_CURSOR = 64,	/* from the daemon */
	FETCH_ARCHIVED,
	FETCH_SETTLE,
	FETCH_POLL,		/* look now, do not wait for IDLE or the clock */
	FETCH_QUIT,
	FETCH_LIST,
	FETCH_WANT
};

/* What a failure means for the next try. */
enum fetch_retry {
	RETRY_SOON = 1,		/* network, server busy, BYE, time-out: exponential backoff with jitter */
	RETRY_LATER,		/* server said throttled / unavailable: start from a longer wait */
	RETRY_CONFIG		/* credential refused, certificate, folder missing, secret unreadable: a person must look; long waits */
};

struct fetch_record {
	uint32_t kind;		/* enum fetch_record_kind */
	uint32_t code;		/* FAILED: enum fetch_retry; SETTLED: 0 or 1; CURSOR: 1 asks for a list; LISTED: 1 ends it */
	uint32_t uidvalidity;
	uint32_t uid;
	uint32_t exists, uidnext;	/* FAILED: uidnext is so many seconds as the server wants no other try, 0: it has not said */
	int64_t  internal_at;	/* MAIL: INTERNALDATE, seconds since 1970 UTC; INT64_MIN when the server gave none */
	uint64_t size_bytes;	/* MAIL: of the memfd; EXCLUDED too-large: as the server says */
	char     words[232];	/* NUL-terminated printable ASCII: foreign bytes already escaped with log_quote() */
};

#endif
