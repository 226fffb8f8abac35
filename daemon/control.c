#include "daemon/control.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "daemon/intake.h"

/* Who is connected at a time, and for how long a silent one is kept: a forgotten shell must not use up the places. */
#define CLIENTS   16
#define CLIENT_MS 30000
#define ASK_WAIT_MS (60 * 1000)

struct client {
	int    fd;
	int64_t since_ms;	/* monotonic */
};

struct control {
	int           fd;
	struct client clients[CLIENTS];
};

static int
set_address(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof a->sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a->sun_path, path, strlen(path) + 1);
	return 0;
}

/* --- the asking side ------------------------------------------------------------------------------------------------ */

int
control_ask(const char *socket_path, const char *const *fields, size_t n_fields, int fd, char *answer, size_t answer_size)
{
	struct sockaddr_un a;
	struct timeval     wait = { .tv_sec = ASK_WAIT_MS / 1000 };
	char               buf[CONTROL_BYTES + 1];
	size_t             i, n = 0, k;
	ssize_t            got;
	int                s, status = EX_UNAVAILABLE;
	char              *words;

	for (i = 0; i < n_fields; i++) {
		k = strlen(fields[i]);
		if (strpbrk(fields[i], "\t\n\r") != NULL || n + k + 1 > CONTROL_BYTES) {
			(void)snprintf(answer, answer_size, "an argument is too long or holds a tabulator or line break");
			return EX_USAGE;
		}
		memcpy(buf + n, fields[i], k);
		n += k;
		buf[n++] = i + 1 < n_fields ? '\t' : '\0';
	}
	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s == -1 || set_address(&a, socket_path) == -1 || connect(s, (struct sockaddr *)&a, sizeof a) == -1) {
		(void)snprintf(answer, answer_size, "%s: %s", socket_path, strerror(errno));
		status = errno == EACCES || errno == EPERM ? EX_NOPERM : EX_UNAVAILABLE;
		goto out;
	}
	if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == -1 || fd_send(s, buf, n, fd) == -1 ||
	    (got = fd_recv(s, buf, CONTROL_BYTES, NULL)) <= 0) {
		(void)snprintf(answer, answer_size, "the daemon at %s did not answer; whether it did what was asked stands in "
		    "the view events", socket_path);
		status = EX_TEMPFAIL;
		goto out;
	}
	buf[got] = '\0';
	words = strchr(buf, '\t');
	words = words == NULL ? buf + got : words + 1;
	status = EX_OK;
	if (strncmp(buf, "error\t", 6) == 0) {
		status = atoi(words);
		words += strcspn(words, "\t");
		words += *words == '\t';
		if (status <= 0)
			status = EX_SOFTWARE;
	}
	(void)snprintf(answer, answer_size, "%s", words);
out:
	fd_close(&s);
	return status;
}

/* --- the daemon's side ---------------------------------------------------------------------------------------------- */

enum outcome
control_listen(const char *socket_path, struct control **out, struct why *why)
{
	struct sockaddr_un a;
	struct control    *c;
	struct stat        st;
	size_t             i;

	if (lstat(socket_path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return why_set(why, OUTCOME_REFUSED, "control: %s is there and is no socket: it is left alone; name another", socket_path);
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return why_errno(why, OUTCOME_DEFER, "control socket");
	for (i = 0; i < CLIENTS; i++)
		c->clients[i].fd = -1;
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* We hold the daemon's lock: a socket file that is there was left by one that is gone. */
	if (c->fd == -1 || set_address(&a, socket_path) == -1 || (unlink(socket_path) == -1 && errno != ENOENT) ||
	    bind(c->fd, (struct sockaddr *)&a, sizeof a) == -1 || chmod(socket_path, 0660) == -1 || listen(c->fd, 8) == -1) {
		enum outcome o = why_errno(why, OUTCOME_REFUSED, "control socket %s", socket_path);

		fd_close(&c->fd);
		free(c);
		return o;
	}
	*out = c;
	return OUTCOME_OK;
}

void
control_close(struct control **c)
{
	size_t i;

	if (*c == NULL)
		return;
	for (i = 0; i < CLIENTS; i++)
		fd_close(&(*c)->clients[i].fd);
	fd_close(&(*c)->fd);
	free(*c);
	*c = NULL;
}

size_t
control_poll_set(const struct control *c, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	if (c == NULL || max < CLIENTS + 1)
		return 0;
	fds[n++] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	for (i = 0; i < CLIENTS; i++)
		if (c->clients[i].fd != -1)
			fds[n++] = (struct pollfd){ .fd = c->clients[i].fd, .events = POLLIN };
	return n;
}

/* A place for one more: a free one, else that of who has been silent longest, if that is long. */
static void
take_client(struct control *c)
{
	struct client *place = &c->clients[0];
	size_t         i;
	int            fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd == -1)
		return;
	for (i = 0; i < CLIENTS && place->fd != -1; i++)
		if (c->clients[i].fd == -1 || c->clients[i].since_ms < place->since_ms)
			place = &c->clients[i];
	if (place->fd != -1 && monotonic_ms() - place->since_ms < CLIENT_MS) {
		fd_close(&fd);
		return;
	}
	fd_close(&place->fd);
	place->fd = fd;
	place->since_ms = monotonic_ms();
}

static void
name_actor(int fd, struct control_request *r)
{
	struct ucred   who;
	socklen_t      size = sizeof who;
	struct passwd  pw, *found = NULL;
	char           buf[4096];

	r->uid = (uid_t)-1;
	(void)snprintf(r->actor, sizeof r->actor, "uid=?");
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
		return;
	r->uid = who.uid;
	(void)snprintf(r->actor, sizeof r->actor, "uid=%lu", (unsigned long)who.uid);
	if (getpwuid_r(who.uid, &pw, buf, sizeof buf, &found) == 0 && found != NULL)
		(void)snprintf(r->actor, sizeof r->actor, "uid=%lu(%.40s)", (unsigned long)who.uid, found->pw_name);
}

static void
answer_client(int fd, control_handler *handler, void *arg)
{
	struct control_request r = { .fd = -1 };
	char                   buf[CONTROL_BYTES + 1], words[1024] = "", line[1100];
	ssize_t                got;
	char                  *p = buf;
	size_t                 i;
	int                    status;

	got = fd_recv(fd, buf, CONTROL_BYTES, &r.fd);
	if (got <= 0)
		return;
	buf[got] = '\0';
	for (i = 0; i < sizeof r.field / sizeof r.field[0]; i++)
		r.field[i] = "";
	for (i = 0; i < sizeof r.field / sizeof r.field[0] && p != NULL; i++) {
		r.field[i] = p;
		r.n_fields = i + 1;
		p = strchr(p, '\t');
		if (p != NULL)
			*p++ = '\0';
	}
	name_actor(fd, &r);
	status = handler(arg, &r, words, sizeof words);
	fd_close(&r.fd);
	if (status == EX_OK)
		(void)snprintf(line, sizeof line, "ok\t%s", words);
	else
		(void)snprintf(line, sizeof line, "error\t%d\t%s", status, words);
	(void)fd_send(fd, line, strlen(line), -1);
}

void
control_run(struct control *c, const struct pollfd *fds, size_t n, control_handler *handler, void *arg)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == c->fd) {
			take_client(c);
			continue;
		}
		for (k = 0; k < CLIENTS; k++)
			if (c->clients[k].fd == fds[i].fd) {
				answer_client(fds[i].fd, handler, arg);
				fd_close(&c->clients[k].fd);
			}
	}
}
