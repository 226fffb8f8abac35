/*
 * SHA-256 of a descriptor's bytes or a buffer, in hex (FIPS 180-4, by nettle).
 * Owns nothing; knows nothing of what the bytes are.
 */
#ifndef HOERING_DAEMON_SHA256_H
#define HOERING_DAEMON_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65	/* with its NUL */

/*
 * Reads `size_bytes` bytes of `in` from offset 0 with pread and, when `out` is not -1, writes them there. 0, or -1 with
 * errno: ENODATA when `in` holds fewer bytes.
 */
int  sha256_copy(int in, uint64_t size_bytes, int out, char hex[SHA256_HEX]);
void sha256_bytes(const void *p, size_t n, char hex[SHA256_HEX]);
/* 1 when `s` is 64 lower-case hex digits. */
int  sha256_is_hex(const char *s);

#endif
