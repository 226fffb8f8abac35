/*
 * How long each stage of a connection may take and how much a server may say, each number with its reason.
 * Seen only inside hoering-fetch; what one mail may cost stands in parsers/limits.h.
 */
#ifndef HOERING_FETCH_BOUNDS_H
#define HOERING_FETCH_BOUNDS_H

/* A build for tests of silent servers is this many times less patient; everything else about it is the same. */
#ifndef HASTE
#define HASTE 1
#endif

/* The resolver's own patience is 5 s a try and server; 30 s outlasts two dead ones. */
#define PATIENCE_RESOLVE_MS	(30 * 1000 / HASTE)

/* One address, and all of them: an address that drops packets must not use up the time of the one that answers. */
#define PATIENCE_CONNECT_MS	(10 * 1000 / HASTE)
#define PATIENCE_CONNECT_ALL_MS	(40 * 1000 / HASTE)

/* A password or token command asks a key store or a token server. */
#define PATIENCE_COMMAND_MS	(60 * 1000 / HASTE)

/* Greeting and TLS are answered by the server's front; servers slow an attacked LOGIN down by up to a minute. */
#define PATIENCE_GREETING_MS	(60 * 1000 / HASTE)
#define PATIENCE_TLS_MS		(30 * 1000 / HASTE)
#define PATIENCE_LOGIN_MS	(90 * 1000 / HASTE)

/* SELECT and SEARCH of a mailbox nobody has opened for a year read all of its index; a move may copy bytes. */
#define PATIENCE_COMMAND_IMAP_MS (180 * 1000 / HASTE)

/* A fetch may be silent this long; after that each byte of a body buys time at the slowest line we wait for. */
#define PATIENCE_FETCH_MS	(90 * 1000 / HASTE)
#define SLOWEST_BYTES_A_SECOND	(4096 * HASTE)

/* The answer to DONE, and to LOGOUT, which nobody needs. */
#define PATIENCE_DONE_MS	(30 * 1000 / HASTE)
#define PATIENCE_LOGOUT_MS	(5 * 1000 / HASTE)

/* RFC 2177 says renew IDLE within 29 minutes; routers forget a silent connection after 10. */
#define IDLE_RENEW_MS		(9 * 60 * 1000 / HASTE)

/* What a server may say besides bodies: before login, and in answer to one command. */
#define BUDGET_STRANGER		(64u << 10)
#define BUDGET_COMMAND		(1u << 20)
/* One UID in a SEARCH answer is at most 11 bytes; one FETCH answer without its body is under 1 KB. */
#define BUDGET_A_UID		16u
#define BUDGET_A_FETCH		(4u << 10)
/* One greeting, STARTTLS or IDLE line. RFC 7162 asks for 8192. */
#define LINE_BYTES		8192u

/* UIDs asked for by one SEARCH; a larger mailbox is searched in slices of the UID range. */
#define SEARCH_SLICE		200000u
/* Sizes and dates are asked for this many at a time, bodies for half a window, so that the next half is under way. */
#define FACTS_BATCH		100u
#define BODIES_BATCH		(FETCH_WINDOW / 2)
#define BODIES_BATCH_BYTES	(FETCH_WINDOW_BYTES / 2)
/* Mails flagged or moved by one command: a line of that many UIDs stays below 8 KB. */
#define SETTLE_BATCH		500u
/* Settles waiting in memory; the daemon sends the rest again next time. */
#define SETTLE_QUEUE		100000u

/* The whole process. Ten times what it uses on a mailbox of 100,000 mails. */
#define ADDRESS_SPACE		(512u << 20)

/* A secret, its end included; tokens of big directories reach 4 KB. */
#define SECRET_BYTES		(16u << 10)

/* Files of one maildir or folder: their names are held in memory. */
#define MAILDIR_FILES		2000000u
/* A file this young may still be written by who copies it there. */
#define MAILDIR_SETTLED_MS	1000

#endif
