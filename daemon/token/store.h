/*
 * What an account has got from its server, in one file that no other process uses at the same time.
 * Owns the file, its lock, and that a refresh token is never given up before the next one is safe on disk; asks no server.
 */
#ifndef HOERING_TOKEN_STORE_H
#define HOERING_TOKEN_STORE_H

#include <stdint.h>

#include "base/why.h"

struct account;
struct store;

/* All of it may be empty. The strings belong to who holds the grant and are wiped by grant_clear(). */
struct grant {
	char   *refresh_token;			/* NULL: none */
	char   *access_token;			/* NULL: none */
	int64_t obtained_at, expires_at;	/* of the access token, seconds since 1970 */
	int64_t wait_until;			/* the server said: not before this */
};

void grant_clear(struct grant *g);

/*
 * Waits for the lock, finishes what a killed process had begun, and reads. An access token that was got for another endpoint, client
 * or scope is as if it were not there. OUTCOME_REFUSED: a store that others can read, that holds the refresh token of another client,
 * or that is damaged and may have held one.
 */
enum outcome store_open(const struct account *a, struct store **out, struct why *why) MUST_CHECK;
void         store_close(struct store **s);

const struct grant *store_grant(const struct store *s);

/* Takes the room on disk that the next grant needs. Before each request whose answer may make the old refresh token worthless. */
enum outcome store_prepare(struct store *s, struct why *why) MUST_CHECK;
/* After store_prepare(): `g` is the grant from now on, on disk when this returns OUTCOME_OK. The strings move into the store. */
enum outcome store_save(struct store *s, struct grant *g, struct why *why) MUST_CHECK;

#endif
