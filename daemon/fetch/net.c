#include "daemon/fetch/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/stream.h"

struct answer {
	int                  error;	/* of getaddrinfo */
	struct net_addresses addresses;
};

static void
look_up(const char *host, unsigned port, struct answer *a)
{
	struct addrinfo  hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list = NULL, *i;
	char             service[16];
	struct net_address *one;

	(void)snprintf(service, sizeof service, "%u", port);
	memset(a, 0, sizeof *a);
	a->error = getaddrinfo(host, service, &hints, &list);
	for (i = list; a->error == 0 && i != NULL && a->addresses.n < NET_ADDRESSES; i = i->ai_next) {
		if (i->ai_addrlen > sizeof one->at)
			continue;
		one = &a->addresses.list[a->addresses.n++];
		memcpy(&one->at, i->ai_addr, i->ai_addrlen);
		one->size = i->ai_addrlen;
	}
	if (list != NULL)
		freeaddrinfo(list);
}

/* The child's answer: 1, 0 at the deadline, -1 when the child died without one. */
static int
await(int fd, struct answer *a)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t       deadline_ms = clock_ms() + PATIENCE_RESOLVE_MS, left;

	while ((left = deadline_ms - clock_ms()) > 0) {
		if (poll(&p, 1, (int)left) > 0)
			return fd_read_full(fd, a, sizeof *a) == 0 ? 1 : -1;	/* written at once: below PIPE_BUF */
	}
	return 0;
}

_Static_assert(sizeof(struct answer) <= 4096, "one write to a pipe is whole up to PIPE_BUF");

enum outcome
net_resolve(const char *host, unsigned port, struct net_addresses *out, struct why *why)
{
	struct answer a;
	int           pair[2], got;
	pid_t         child;

	if (pipe2(pair, O_CLOEXEC) == -1)
		return why_errno(why, OUTCOME_DEFER, "resolving %s", host);
	child = fork();
	if (child == 0) {
		look_up(host, port, &a);
		_exit(fd_write_full(pair[1], &a, sizeof a) == 0 ? 0 : 1);
	}
	fd_close(&pair[1]);
	if (child == -1) {
		fd_close(&pair[0]);
		return why_errno(why, OUTCOME_DEFER, "resolving %s", host);
	}
	got = await(pair[0], &a);
	fd_close(&pair[0]);
	if (got != 1)
		(void)kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
	if (got == 0)
		return why_set(why, OUTCOME_LOST, "%s: no answer from the name servers in %d s", host, PATIENCE_RESOLVE_MS / 1000);
	if (got == -1)
		return why_set(why, OUTCOME_LOST, "%s: the resolver failed", host);
	if (a.error != 0 || a.addresses.n == 0)
		return why_set(why, a.error == EAI_NONAME ? OUTCOME_REFUSED : OUTCOME_LOST, "%s: %s", host,
		    a.error != 0 ? gai_strerror(a.error) : "has no address");
	*out = a.addresses;
	return OUTCOME_OK;
}

static int
is_loopback(const struct net_address *a)
{
	const struct sockaddr_in  *v4 = (const void *)&a->at;
	const struct sockaddr_in6 *v6 = (const void *)&a->at;

	if (a->at.ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	if (a->at.ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
		    (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
	return 0;
}

/* One address: the connected descriptor, or -1 with errno. */
static int
connect_one(const struct net_address *a, int64_t deadline_ms)
{
	struct pollfd p = { .fd = -1, .events = POLLOUT };
	socklen_t     size = sizeof(int);
	int64_t       left;
	int           on = 1, err;

	p.fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p.fd == -1)
		return -1;
	if (connect(p.fd, (const struct sockaddr *)&a->at, a->size) == 0)
		goto connected;
	if (errno != EINPROGRESS)
		goto failed;
	while ((left = deadline_ms - clock_ms()) > 0)
		if (poll(&p, 1, (int)left) > 0)
			break;
	errno = ETIMEDOUT;
	if (left <= 0)
		goto failed;
	if (getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &err, &size) == -1 || (errno = err) != 0)
		goto failed;
connected:
	(void)setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(p.fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);	/* a dead server is noticed during IDLE */
	return p.fd;
failed:
	fd_close(&p.fd);
	return -1;
}

enum outcome
net_connect(const struct net_addresses *a, int loopback_only, int *fd, struct why *why)
{
	int64_t all_ms = clock_ms() + PATIENCE_CONNECT_ALL_MS, one_ms;
	size_t  i, tried = 0;
	int     s;

	errno = 0;
	for (i = 0; i < a->n && clock_ms() < all_ms; i++) {
		if (loopback_only && !is_loopback(&a->list[i]))
			continue;
		tried++;
		one_ms = clock_ms() + PATIENCE_CONNECT_MS;
		s = connect_one(&a->list[i], one_ms < all_ms ? one_ms : all_ms);
		if (s != -1) {
			*fd = s;
			return OUTCOME_OK;
		}
	}
	if (tried == 0)
		return why_set(why, OUTCOME_REFUSED, "tls = \"none\", but the server's address is not loopback: refused, nothing was sent");
	return why_errno(why, OUTCOME_LOST, "cannot connect (%zu of %zu addresses tried)", tried, a->n);
}
