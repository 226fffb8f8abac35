/*
 * Whom we trust, and what a TLS session must satisfy: TLS 1.2 or newer, chain, dates, purpose, name.
 * Owns the credentials and the words for a refusal; reads and writes nothing itself.
 */
#ifndef HOERING_FETCH_TLS_H
#define HOERING_FETCH_TLS_H

#include <gnutls/gnutls.h>

#include "base/why.h"

struct tls_trust;

/* Reads the CA file ("": the system's trust). Everything GnuTLS wants from files is read here, before the lock. */
enum outcome tls_trust_load(const char *ca_file, struct tls_trust **out, struct why *why) MUST_CHECK;
void         tls_trust_free(struct tls_trust *t);

/* A client session on `fd` whose handshake fails unless the server proves to be `host`, which must outlive it. */
enum outcome tls_session_new(struct tls_trust *t, const char *host, int fd, gnutls_session_t *out,
    struct why *why) MUST_CHECK;

/* Says why a handshake failed: OUTCOME_REFUSED when a person must look (certificate, version), else OUTCOME_LOST. */
enum outcome tls_refused(gnutls_session_t session, const char *host, int err, struct why *why);

#endif
