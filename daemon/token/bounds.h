/*
 * How long hoering-token waits and how much it believes, each number with its reason.
 * Seen only inside hoering-token.
 */
#ifndef HOERING_TOKEN_BOUNDS_H
#define HOERING_TOKEN_BOUNDS_H

/* A build for tests of silent servers is this many times less patient; everything else about it is the same. */
#ifndef HASTE
#define HASTE 1
#endif

/* hoering-fetch gives its token_command a minute: waiting for another process and one request must fit into it. */
#define PATIENCE_LOCK_MS	(25 * 1000 / HASTE)
#define PATIENCE_CONNECT_MS	(10 * 1000 / HASTE)
#define PATIENCE_REQUEST_MS	(25 * 1000 / HASTE)

/* What a token endpoint may say: two tokens and some words; headers with cookies and policies of big directories. */
#define ANSWER_BYTES		(64u << 10)
#define HEADER_BYTES		(32u << 10)

/* A secret of hoering-fetch has 16 KB; refresh tokens of big directories reach 2 KB. */
#define ACCESS_TOKEN_BYTES	(15u << 10)
#define REFRESH_TOKEN_BYTES	(16u << 10)
/* Both of them, each byte escaped, and the names of the account. The room is taken before the server is asked. */
#define STORE_BYTES		(128u << 10)

/* Client secrets are 40 bytes, keys of 16384 bits 13 KB of PEM, a certificate with its chain some more. */
#define SECRET_FILE_BYTES	(16u << 10)
#define CERTIFICATE_FILE_BYTES	(64u << 10)

/* Renewed when this is left, or a fifth of the lifetime when that is less: a login takes up to three minutes. */
#define MARGIN_S		300
/* When the server does not say how long a token is good; and whatever it says. */
#define LIFETIME_UNTOLD_S	300
#define LIFETIME_MAX_S		(24 * 3600)
/* A clock set back by more than this makes every remembered time worthless. */
#define CLOCK_BACK_S		60

/* After "too many requests" and its like, when the server does not say how long; and whatever it says. */
#define WAIT_UNTOLD_S		60
#define WAIT_MAX_S		3600

/* RFC 8628, 3.2 and 3.5: the pause between two questions, what slow_down adds, how long a person may take at most. */
#define DEVICE_INTERVAL_S	5
#define DEVICE_SLOWER_S		5
#define DEVICE_INTERVAL_MAX_S	120
#define DEVICE_LIFE_MAX_S	1800

/* A signed assertion is used at once; ten minutes allow for clocks that differ (Entra's own libraries do the same). */
#define ASSERTION_LIFE_S	600

#endif
