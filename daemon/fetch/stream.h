/*
 * The bytes to and from one server, plain or TLS, never past a deadline and never more than a budget.
 * Owns the descriptor and the TLS session; knows nothing of IMAP but that its lines end in LF.
 */
#ifndef HOERING_FETCH_STREAM_H
#define HOERING_FETCH_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/why.h"

struct stream;
struct tls_trust;

/* Takes over `fd` (non-blocking). NULL when there is no memory. */
struct stream *stream_new(int fd);
/* Closes without a word to the server. */
void           stream_close(struct stream **s);

/* From now on: this many milliseconds, and this many bytes read, until stream_limit() is called again. */
void stream_limit(struct stream *s, int64_t patience_ms, uint64_t budget_bytes);
/* Bytes of a body have arrived: they are no charge to the budget, and buy time at SLOWEST_BYTES_A_SECOND. */
void stream_credit(struct stream *s, size_t n);

/* Blocking, at least one byte. -1 at the end of file, the deadline, the budget, and any error: stream_failure() tells. */
ssize_t stream_read(struct stream *s, void *p, size_t n);
/* Blocking, all of it: n, or -1. */
ssize_t stream_write(struct stream *s, const void *p, size_t n);

/* One line without its CR LF, in `line` of `size` bytes, terminated. A longer one, or a NUL in it, is a failure. */
enum outcome stream_line(struct stream *s, char *line, size_t size, struct why *why) MUST_CHECK;
/* The same without waiting: *got is 0 when no whole line has come yet. */
enum outcome stream_line_now(struct stream *s, char *line, size_t size, int *got, struct why *why) MUST_CHECK;

/* Puts bytes back that somebody read too many; 0, or -1 when there is no room. */
int stream_unread(struct stream *s, const void *p, size_t n);

/* Waits for the server, or for `other` (-1: nobody): 1 server, 2 other, 3 both, 0 timeout, -1 error. */
int stream_wait(struct stream *s, int other, int timeout_ms);

/*
 * The handshake, here and now; verified are chain, dates, purpose, and that the certificate is `host`'s (name or address).
 * Bytes that came before it and were not read are refused: somebody put them there. After a failure only stream_close().
 */
enum outcome stream_start_tls(struct stream *s, struct tls_trust *trust, const char *host, struct why *why) MUST_CHECK;

/* Why the last read or write failed: plain words. */
const char *stream_failure(const struct stream *s);

/* Milliseconds of the clock that all deadlines are told by. */
int64_t clock_ms(void);

#endif
