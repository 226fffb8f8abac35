/*
 * S/MIME: what was signed, out of the envelope it was signed in. Whether the signature is good is not asked.
 * Owns the use of GnuTLS for it; no key is ever here, so what is encrypted stays so.
 */
#ifndef HOERING_PARSERS_PKCS7_H
#define HOERING_PARSERS_PKCS7_H

#include <stddef.h>
#include <stdint.h>

/* The signed content: 1, *out g_free()d by the caller; 0: it is encrypted, or no PKCS #7 at all, or only a signature. */
int pkcs7_content(const uint8_t *p, size_t n, uint8_t **out, size_t *out_n);

/* Outlook and others send it under two names. */
int pkcs7_is_type(const char *type);

#endif
