#include "cli/parser.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/spawn.h"
#include "parsers/limits.h"

#define GRACE_MS	5000	/* beyond the server's own wall limit: then the server itself hangs */

struct parser {
	char     path[1100], rules[1024];
	pid_t    pid;		/* 0: none runs */
	int      sock;
	uint64_t requests;
};

enum outcome
parser_open(const char *rules, struct parser **out, struct why *why)
{
	struct parser *p = calloc(1, sizeof *p);
	enum outcome   o;

	if (p == NULL)
		return why_errno(why, OUTCOME_DEFER, "hoering-parse");
	p->sock = -1;
	(void)snprintf(p->rules, sizeof p->rules, "%s", rules != NULL ? rules : "");
	o = spawn_find("hoering-parse", p->path, sizeof p->path, why);
	if (o == OUTCOME_OK)
		*out = p;
	else
		free(p);
	return o;
}

static void
stop(struct parser *p)
{
	if (p->pid != 0) {
		(void)kill(p->pid, SIGKILL);
		while (waitpid(p->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	p->pid = 0;
	fd_close(&p->sock);
}

void
parser_close(struct parser **p)
{
	if (*p == NULL)
		return;
	stop(*p);
	free(*p);
	*p = NULL;
}

static enum outcome
start(struct parser *p, struct why *why)
{
	const char *const plain[] = { "hoering-parse", "--server", NULL };
	const char *const ruled[] = { "hoering-parse", "--server", "--rules", p->rules, NULL };
	const char *const keep[] = { "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", NULL };
	struct spawn      s = { .path = p->path, .argv = p->rules[0] != '\0' ? ruled : plain, .keep_env = keep, .extra_fd = -1 };

	return p->pid != 0 ? OUTCOME_OK : spawn_start(&s, &p->pid, &p->sock, why);
}

/* Its bytes, when it is a memfd that nobody can change any more and not too large. */
static int
read_sealed(int fd, size_t max, struct parser_answer *out)
{
	struct stat st;

	if (!fd_is_sealed(fd) || fstat(fd, &st) == -1 || st.st_size < 0 || (uint64_t)st.st_size > max)
		return -1;
	out->n = (size_t)st.st_size;
	out->bytes = malloc(out->n + 1);
	if (out->bytes == NULL)
		return -1;
	for (size_t done = 0; done < out->n;) {
		ssize_t got = pread(fd, out->bytes + done, out->n - done, (off_t)done);

		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

/* Waits until the socket can be read. 0 when it never could. */
static int
wait_for(int sock)
{
	struct pollfd wait = { .fd = sock, .events = POLLIN };
	int n;

	do
		n = poll(&wait, 1, (int)(LIMIT_CHILD_WALL_S * 1000 + GRACE_MS));
	while (n == -1 && errno == EINTR);
	return n == 1;
}

enum outcome
parser_ask(struct parser *p, enum parse_mode mode, const char *name, int fd, size_t max_bytes,
    struct parser_answer *out, struct why *why)
{
	struct parse_request r = { .document = (uint32_t)mode };
	struct parse_answer  a;
	int                  records = -1, sound;

	*out = (struct parser_answer){ .end = PARSE_CRASHED };
	if (start(p, why) != OUTCOME_OK)
		return OUTCOME_DEFER;
	r.id = ++p->requests;
	(void)snprintf(r.filename, sizeof r.filename, "%s", name);
	if (fd_send(p->sock, &r, sizeof r, fd) == -1) {
		stop(p);	/* it died since the last answer; this file is not to blame, so once more */
		if (start(p, why) != OUTCOME_OK)
			return OUTCOME_DEFER;
		if (fd_send(p->sock, &r, sizeof r, fd) == -1)
			return why_errno(why, OUTCOME_DEFER, "giving a file to hoering-parse");
	}
	if (!wait_for(p->sock)) {
		out->end = PARSE_TIMEOUT;
		stop(p);
		return OUTCOME_OK;
	}
	sound = fd_recv(p->sock, &a, sizeof a, &records) == (ssize_t)sizeof a && a.id == r.id && a.end <= PARSE_UNABLE;
	if (sound && records != -1)
		sound = read_sealed(records, max_bytes, out) == 0;
	fd_close(&records);
	if (sound) {
		out->end = a.end;
		out->detail = a.detail;
	} else {
		free(out->bytes);
		*out = (struct parser_answer){ .end = PARSE_CRASHED };
		stop(p);
	}
	return OUTCOME_OK;
}

void
parser_failure(const struct parser_answer *a, char *out)
{
	static const char *const words[] = { "", "crashed", "took too long", "wrote more than it may", "could not be started" };

	if (a->end == PARSE_CRASHED && a->detail != 0)
		(void)snprintf(out, 80, "the parser crashed (signal %d)", (int)a->detail);
	else if (a->end == PARSE_DONE)
		out[0] = '\0';
	else
		(void)snprintf(out, 80, "the parser %s", words[a->end]);
}
