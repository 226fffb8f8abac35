/*
 * One line a message to syslog or stderr, and the two ways to die.
 * Owns the ident, the facility and the destination; must not be given foreign
 * bytes that have not passed through log_quote() or log_hex().
 */
#ifndef HOERING_BASE_LOG_H
#define HOERING_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

/* facility: a syslog facility (LOG_MAIL …); to_stderr: lines go to stderr with a time, for -f and the tools. */
void log_open(const char *ident, int facility, int to_stderr);

/*
 * `id` is the message's stable id as listed in hoeringd(8), for example "filed"
 * or "fetch-lost"; it is the first word of the line. The _warn form adds errno. All keep errno.
 */
void log_info(const char *id, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *id, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_warnx(const char *id, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_debug(const char *id, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_set_debug(int on);
void log_set_quiet(int on);	/* warnings only: for a command whose output is the answer */

/* fatal: our situation (no memory, no disk at start). bug: our mistake. Neither for a stranger's bytes. */
_Noreturn void fatal(int sysexit, const char *fmt, ...) PRINTF_LIKE(2, 3);
_Noreturn void bug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Foreign bytes made safe for a log line: printable ASCII stays, the rest is \xHH, at most
 * `max` bytes of `p` are shown ("…" is written as "..." after them). Returns `out`, always terminated.
 */
char *log_quote(char *out, size_t out_size, const uint8_t *p, size_t n, size_t max);

#endif
