#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static struct {
	int         to_stderr;
	int         debug, quiet;
	const char *ident;
} state = { 1, 0, 0, "hoering" };

void
log_open(const char *ident, int facility, int to_stderr)
{
	state.ident = ident;
	state.to_stderr = to_stderr;
	if (!to_stderr)
		openlog(ident, LOG_PID | LOG_NDELAY, facility);
}

void
log_set_debug(int on)
{
	state.debug = on;
}

void
log_set_quiet(int on)
{
	state.quiet = on;
}

__attribute__((format(printf, 3, 0))) static void
emit(int priority, const char *id, const char *fmt, va_list ap, int with_errno)
{
	char   line[2048], stamp[32];
	int    saved = errno;
	size_t n;
	time_t now = time(NULL);
	struct tm tm;

	(void)snprintf(line, sizeof line, "%s ", id);
	n = strlen(line);
	(void)vsnprintf(line + n, sizeof line - n, fmt, ap);
	n = strlen(line);
	if (with_errno)
		(void)snprintf(line + n, sizeof line - n, ": %s", strerror(saved));
	if (state.to_stderr) {
		if (gmtime_r(&now, &tm) == NULL || strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
			stamp[0] = '\0';
		(void)fprintf(stderr, "%s %s[%ld]: %s\n", stamp, state.ident, (long)getpid(), line);
	} else
		syslog(priority, "%s", line);
	errno = saved;
}

#define EMIT(priority, with_errno)                          \
	va_list ap;                                         \
	va_start(ap, fmt);                                  \
	emit(priority, id, fmt, ap, with_errno);            \
	va_end(ap)

void
log_info(const char *id, const char *fmt, ...)
{
	if (!state.quiet) {
		EMIT(LOG_INFO, 0);
	}
}

void log_warn(const char *id, const char *fmt, ...) { EMIT(LOG_WARNING, 1); }
void log_warnx(const char *id, const char *fmt, ...) { EMIT(LOG_WARNING, 0); }

void
log_debug(const char *id, const char *fmt, ...)
{
	if (state.debug) {
		EMIT(LOG_DEBUG, 0);
	}
}

_Noreturn void
fatal(int sysexit, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_ERR, "fatal", fmt, ap, 0);
	va_end(ap);
	exit(sysexit);
}

_Noreturn void
bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_CRIT, "bug", fmt, ap, 0);
	va_end(ap);
	exit(EX_SOFTWARE);
}

char *
log_quote(char *out, size_t out_size, const uint8_t *p, size_t n, size_t max)
{
	static const char hex[] = "0123456789abcdef";
	size_t i, o = 0;

	for (i = 0; i < n && i < max; i++) {
		if (o + 8 > out_size)
			break;
		if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\') {
			out[o++] = (char)p[i];
		} else {
			out[o++] = '\\';
			out[o++] = 'x';
			out[o++] = hex[p[i] >> 4];
			out[o++] = hex[p[i] & 15];
		}
	}
	if (i < n && o + 4 <= out_size) {
		memcpy(out + o, "...", 3);
		o += 3;
	}
	if (out_size > 0)
		out[o] = '\0';
	return out;
}
