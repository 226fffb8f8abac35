#include "daemon/fetch/stream.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/fd.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/tls.h"

struct stream {
	int              fd;
	gnutls_session_t tls;		/* NULL: plain */
	int64_t          deadline_ms;
	int64_t          credit_bytes;	/* not yet turned into time */
	uint64_t         budget;
	char             failure[200];
	size_t           held;		/* bytes of `hold`, read and not yet used */
	uint8_t          hold[2 * LINE_BYTES];
};

int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct stream *
stream_new(int fd)
{
	struct stream *s = calloc(1, sizeof *s);

	if (s != NULL)
		s->fd = fd;
	return s;
}

void
stream_close(struct stream **s)
{
	if (*s == NULL)
		return;
	if ((*s)->tls != NULL)
		gnutls_deinit((*s)->tls);
	fd_close(&(*s)->fd);
	free(*s);
	*s = NULL;
}

void
stream_limit(struct stream *s, int64_t patience_ms, uint64_t budget_bytes)
{
	s->deadline_ms = clock_ms() + patience_ms;
	s->budget = budget_bytes;
	s->credit_bytes = 0;
}

void
stream_credit(struct stream *s, size_t n)
{
	int64_t ms;

	s->budget += n;
	s->credit_bytes += (int64_t)n;
	ms = s->credit_bytes * 1000 / SLOWEST_BYTES_A_SECOND;
	s->deadline_ms += ms;
	s->credit_bytes -= ms * SLOWEST_BYTES_A_SECOND / 1000;
}

const char *
stream_failure(const struct stream *s)
{
	return s->failure[0] == '\0' ? "the connection failed" : s->failure;
}

/* The first failure is the one that explains the others. */
static ssize_t
failed(struct stream *s, const char *words)
{
	if (s->failure[0] == '\0')
		(void)snprintf(s->failure, sizeof s->failure, "%s", words);
	return -1;
}

/* Waits until the socket is ready for `events`; 0, or -1 at the deadline. */
static int
wait_ready(struct stream *s, short events)
{
	struct pollfd p = { .fd = s->fd, .events = events };
	int64_t       left;
	int           n;

	for (;;) {
		left = s->deadline_ms - clock_ms();
		if (left <= 0)
			return (int)failed(s, "the server was too slow: the time for this step is over");
		n = poll(&p, 1, left > 1000000 ? 1000000 : (int)left);
		if (n > 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return (int)failed(s, strerror(errno));
	}
}

/* One read without waiting: bytes, 0 when nothing is there, -1. */
static ssize_t
read_now(struct stream *s, void *p, size_t n)
{
	ssize_t got;

	if (s->budget == 0)
		return failed(s, "the server said more than any honest answer needs");
	if (n > s->budget)
		n = (size_t)s->budget;
	if (s->tls != NULL)
		got = gnutls_record_recv(s->tls, p, n);
	else
		got = recv(s->fd, p, n, 0);
	if (got > 0) {
		s->budget -= (uint64_t)got;
		return got;
	}
	if (got == 0)
		return failed(s, "the server closed the connection");
	if (s->tls != NULL) {
		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			return 0;
		return failed(s, got == GNUTLS_E_PREMATURE_TERMINATION ? "the server closed the connection" :
		    gnutls_strerror((int)got));
	}
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	return failed(s, strerror(errno));
}

/*
 * Even when bytes are there at once the deadline holds, or a server that trickles would never meet it.
 */
ssize_t
stream_read(struct stream *s, void *p, size_t n)
{
	ssize_t got;

	if (s->held > 0) {
		if (n > s->held)
			n = s->held;
		memcpy(p, s->hold, n);
		s->held -= n;
		memmove(s->hold, s->hold + n, s->held);
		return (ssize_t)n;
	}
	while ((got = read_now(s, p, n)) == 0)
		if (wait_ready(s, POLLIN) == -1)
			return -1;
	if (got > 0 && clock_ms() > s->deadline_ms)
		return failed(s, "the server was too slow: the time for this step is over");
	return got;
}

ssize_t
stream_write(struct stream *s, const void *p, size_t n)
{
	const uint8_t *from = p;
	size_t         left = n;
	ssize_t        put;
	int            again;

	while (left > 0) {
		if (s->tls != NULL) {
			put = gnutls_record_send(s->tls, from, left);
			again = put == GNUTLS_E_AGAIN || put == GNUTLS_E_INTERRUPTED;
		} else {
			put = send(s->fd, from, left, MSG_NOSIGNAL);
			again = put == -1 && (errno == EAGAIN || errno == EINTR);
		}
		if (put > 0) {
			from += put;
			left -= (size_t)put;
		} else if (!again)
			return failed(s, s->tls != NULL ? gnutls_strerror((int)put) : strerror(errno));
		else if (wait_ready(s, POLLOUT) == -1)
			return -1;
	}
	return (ssize_t)n;
}

int
stream_unread(struct stream *s, const void *p, size_t n)
{
	if (n > sizeof s->hold - s->held)
		return -1;
	memmove(s->hold + n, s->hold, s->held);
	memcpy(s->hold, p, n);
	s->held += n;
	return 0;
}

/* Takes one whole line out of what is held: 1, or 0 when there is none, or -1 when it can never be one. */
static int
take_line(struct stream *s, char *line, size_t size)
{
	const uint8_t *end = memchr(s->hold, '\n', s->held);
	size_t         n, used;

	if (end == NULL)
		return s->held == sizeof s->hold ? (int)failed(s, "the server sent a line without an end") : 0;
	used = (size_t)(end - s->hold) + 1;
	n = used - 1;
	if (n > 0 && s->hold[n - 1] == '\r')
		n--;
	if (n >= size || memchr(s->hold, '\0', n) != NULL)
		return (int)failed(s, "the server sent a line that is too long or holds a NUL");
	memcpy(line, s->hold, n);
	line[n] = '\0';
	s->held -= used;
	memmove(s->hold, s->hold + used, s->held);
	return 1;
}

enum outcome
stream_line_now(struct stream *s, char *line, size_t size, int *got, struct why *why)
{
	ssize_t more;
	int     taken;

	taken = take_line(s, line, size);
	if (taken == 0) {
		more = read_now(s, s->hold + s->held, sizeof s->hold - s->held);
		if (more == -1)
			return why_set(why, OUTCOME_LOST, "%s", stream_failure(s));
		s->held += (size_t)more;
		taken = take_line(s, line, size);
	}
	if (taken == -1)
		return why_set(why, OUTCOME_LOST, "%s", stream_failure(s));
	*got = taken;
	return OUTCOME_OK;
}

enum outcome
stream_line(struct stream *s, char *line, size_t size, struct why *why)
{
	enum outcome o;
	int          got = 0;

	for (;;) {
		o = stream_line_now(s, line, size, &got, why);
		if (o != OUTCOME_OK || got)
			return o;
		if (wait_ready(s, POLLIN) == -1)
			return why_set(why, OUTCOME_LOST, "%s", stream_failure(s));
	}
}

int
stream_wait(struct stream *s, int other, int timeout_ms)
{
	struct pollfd p[2] = { { .fd = s->fd, .events = POLLIN }, { .fd = other, .events = POLLIN } };
	int           ready;

	ready = s->held > 0 || (s->tls != NULL && gnutls_record_check_pending(s->tls) > 0);
	if (poll(p, 2, ready ? 0 : timeout_ms) == -1)
		return errno == EINTR ? ready : -1;
	if (p[0].revents != 0)
		ready |= 1;
	if (p[1].revents != 0)
		ready |= 2;
	return ready;
}

enum outcome
stream_start_tls(struct stream *s, struct tls_trust *trust, const char *host, struct why *why)
{
	enum outcome o;
	int          err;

	if (s->held > 0)
		return why_set(why, OUTCOME_LOST, "the server (or somebody on the way) sent plain text where TLS begins: refused");
	o = tls_session_new(trust, host, s->fd, &s->tls, why);
	if (o != OUTCOME_OK)
		return o;
	while ((err = gnutls_handshake(s->tls)) != GNUTLS_E_SUCCESS) {
		if (gnutls_error_is_fatal(err))
			return tls_refused(s->tls, host, err, why);
		if (wait_ready(s, gnutls_record_get_direction(s->tls) == 1 ? POLLOUT : POLLIN) == -1)
			return why_set(why, OUTCOME_LOST, "TLS: %s", stream_failure(s));
	}
	return OUTCOME_OK;
}
