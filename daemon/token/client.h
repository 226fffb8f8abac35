/*
 * Who asks: the client's id and the proof that it is the client, a secret or an assertion signed with its key.
 * Owns the reading of both; knows nothing of flows.
 */
#ifndef HOERING_TOKEN_CLIENT_H
#define HOERING_TOKEN_CLIENT_H

#include <gnutls/gnutls.h>

#include "base/why.h"

struct account;
struct form;

/* Adds client_id, and client_secret or client_assertion (RFC 7523, for the token endpoint). OUTCOME_REFUSED: a file is not as it must be. */
enum outcome client_prove(const struct account *a, struct form *f, struct why *why) MUST_CHECK;

/*
 * assertion.c: the assertion for this account, signed now with the private key in `pem`. *out is to be given back with
 * wipe_free().
 */
enum outcome assertion_make(const struct account *a, const gnutls_datum_t *pem, char **out, struct why *why) MUST_CHECK;

#endif
