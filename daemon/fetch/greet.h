/*
 * The first words with an IMAP server, up to a connection on which a credential may be sent: greeting, STARTTLS, handshake.
 * Owns nothing; libetpan has no part in it, so that nobody on the way can reach its parser before TLS.
 */
#ifndef HOERING_FETCH_GREET_H
#define HOERING_FETCH_GREET_H

#include "base/why.h"

struct conf_mailbox;
struct stream;
struct tls_trust;

/* imaps: TLS, then the greeting. imap: greeting, STARTTLS, TLS; without TLS only where the configuration says tls = "none". */
enum outcome greet(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why) MUST_CHECK;

#endif
