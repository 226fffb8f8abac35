/*
 * How a token is come by: from the store while it is good, else from the server, by the account's flow.
 * Owns what is asked when; knows nothing of files, TLS or JSON.
 */
#ifndef HOERING_TOKEN_FLOW_H
#define HOERING_TOKEN_FLOW_H

#include <stdint.h>

#include "base/why.h"

struct account;
struct store;

/*
 * On OUTCOME_OK store_grant(s)->access_token is good for some time yet, and everything that came with it is on disk. `renew`:
 * the server is asked although the old one is good. OUTCOME_DEFER and OUTCOME_LOST: later, OUTCOME_REFUSED: a person must look.
 */
enum outcome flow_token(const struct account *a, struct store *s, int renew, struct why *why) MUST_CHECK;

/* device.c: a person signs in (RFC 8628): tells him where and with which code, and waits until he has. */
enum outcome flow_login(const struct account *a, struct why *why) MUST_CHECK;

#endif
