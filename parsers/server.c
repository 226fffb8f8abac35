#include "parsers/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sandbox.h"
#include "parsers/child.h"
#include "parsers/limits.h"

/* Where a child finds the only two descriptors it has. */
#define MAIL_FD   3
#define RESULT_FD 4

struct server {
	const struct rules   *rules;
	struct sandbox       *child_lock;
	struct progress      *progress;
	int                   peer_gone;
};

/* One request being served. */
struct job {
	struct parse_request request;
	struct parse_answer  answer;
	int                  mail, result;
	int64_t              deadline_ms;	/* of the message */
	int64_t              child_ms;		/* of the child at hand */
};

/* How much of the time that is left one child may use up: what it left unread is read, or at least listed, in the rest. */
#define CHILD_SHARE(left) ((left) / 3 * 2)
#define LISTING_MS 5000	/* enough to list all parts of the largest mail */

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- in the child ---- */

static int
limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	const struct rlimit l = { soft, hard };

	return setrlimit(what, &l);
}

static int
limit_child(const struct job *j)
{
	const rlim_t bytes = j->request.document == PARSE_EXTRACT ? EXTRACT_BYTES : LIMIT_RECORDS_BYTES;
	const rlim_t cpu = j->request.document == PARSE_MAIL_OCR ? LIMIT_OCR_CPU_S : LIMIT_CHILD_CPU_S;

	if (limit(RLIMIT_CPU, cpu, cpu + 1) == -1 || limit(RLIMIT_FSIZE, bytes, bytes) == -1 ||
	    limit(RLIMIT_NOFILE, RESULT_FD + 1, RESULT_FD + 1) == -1 || limit(RLIMIT_NPROC, 0, 0) == -1)
		return -1;
	return SANITIZED ? 0 : limit(RLIMIT_AS, LIMIT_CHILD_SPACE, LIMIT_CHILD_SPACE);
}

/* Only the mail and the result stay open, at known numbers; a report of the sanitizer needs stderr too. */
static int
keep_descriptors(const struct job *j)
{
	if (dup2(j->mail, MAIL_FD) == -1 || dup2(j->result, RESULT_FD) == -1)
		return -1;
	fd_close_from(RESULT_FD + 1);
	(void)close(0);
	(void)close(1);
	if (!SANITIZED)
		(void)close(2);
	return 0;
}

_Noreturn static void
run_child(const struct server *s, const struct job *j, pid_t parent)
{
	struct task t = { &j->request, NULL, 0, s->progress, s->rules, NULL };
	struct stat st;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent || keep_descriptors(j) == -1)
		_exit(1);
	t.out = fdopen(RESULT_FD, "w");
	if (t.out == NULL || fstat(MAIL_FD, &st) == -1 || st.st_size > LIMIT_MAIL_BYTES || limit_child(j) == -1)
		_exit(1);
	if (sandbox_lock(s->child_lock, NULL) != OUTCOME_OK)
		_exit(1);
	t.n = (size_t)st.st_size;
	t.p = t.n == 0 ? (const uint8_t *)"" : mmap(NULL, t.n, PROT_READ, MAP_PRIVATE, MAIL_FD, 0);
	if (t.p == MAP_FAILED)
		_exit(1);
	child_run(&t);
	_exit(ferror(t.out) != 0);
}

/* ---- in the server ---- */

/* Waits for the child's end, its deadline, or the end of the daemon, whichever is first. 1: it ended by itself. */
static int
wait_child(struct server *s, const struct job *j, int pidfd)
{
	struct pollfd fds[2] = { { .fd = pidfd, .events = POLLIN }, { .fd = PARSE_FD, .events = 0 } };
	int64_t       left;
	int           n;

	for (;;) {
		left = j->child_ms - now_ms();
		if (left <= 0)
			return 0;
		n = poll(fds, 2, (int)left);
		if (n == -1 && errno != EINTR)
			return 0;
		if (n > 0 && (fds[1].revents & (POLLHUP | POLLERR)) != 0) {
			s->peer_gone = 1;
			return 0;
		}
		if (n > 0 && fds[0].revents != 0)
			return 1;
	}
}

static void
note_end(struct job *j, int in_time, int status, const struct rusage *usage)
{
	struct parse_answer *a = &j->answer;

	a->cpu_ms += (uint32_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
	    (uint32_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
	a->detail = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		a->end = PARSE_DONE;
	else if (!in_time || (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU)))
		a->end = PARSE_TIMEOUT;
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
		a->end = PARSE_OVERFLOW;
	else
		a->end = PARSE_CRASHED;
}

static void
unable(struct job *j, int error)
{
	j->answer.end = PARSE_UNABLE;
	j->answer.detail = error;
}

/* One child from fork to its end; its answer stands in the job. */
static void
run_once(struct server *s, struct job *j)
{
	struct rusage usage;
	pid_t         parent = getpid(), pid;
	int           pidfd = -1, status = 0, in_time;

	fd_close(&j->result);
	j->result = memfd_create("records", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (j->result == -1 || (pid = fork()) == -1) {
		unable(j, errno);
		return;
	}
	if (pid == 0)
		run_child(s, j, parent);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	in_time = pidfd != -1 && wait_child(s, j, pidfd);
	if (!in_time)
		(void)kill(pid, SIGKILL);	/* it has no children: its lock allows none */
	while (wait4(pid, &status, 0, &usage) == -1)
		if (errno != EINTR)
			break;
	note_end(j, in_time, status, &usage);
	if (pidfd == -1)
		unable(j, EMFILE);
	fd_close(&pidfd);
}

/*
 * A child that dies or takes too long while it reads a part costs that part: the next one lists it without reading it. After
 * PROGRESS_SKIPS such parts, or when the time is nearly over, the last child lists all parts and reads none. Outside any part
 * what a child wrote is the answer. SIGKILL comes from outside (an
 * admin, a machine short of memory): the part is read once more before it is to blame.
 */
static void
run_child_until_sound(struct server *s, struct job *j)
{
	struct progress *g = s->progress;
	uint32_t         skipped = 0, reading;
	int64_t          left;
	int              killed = 0;

	memset((void *)(uintptr_t)g, 0, sizeof *g);
	for (;;) {
		left = j->deadline_ms - now_ms();
		g->reading = 0;
		g->lists_only = skipped == PROGRESS_SKIPS || left < LISTING_MS;
		j->child_ms = j->deadline_ms - (g->lists_only ? 0 : left - CHILD_SHARE(left));
		run_once(s, j);
		reading = g->reading;
		if (j->answer.end == PARSE_DONE || j->answer.end == PARSE_UNABLE || s->peer_gone || reading == 0 || g->lists_only)
			return;
		if (j->answer.end == PARSE_CRASHED && j->answer.detail == SIGKILL && killed++ == 0)
			continue;
		if (skipped < PROGRESS_SKIPS) {
			g->was_slow[skipped] = j->answer.end == PARSE_TIMEOUT;
			g->skip[skipped++] = reading;
		}
	}
}

static enum outcome
serve(struct server *s, struct job *j, struct why *why)
{
	struct stat st;
	int         passed;

	j->result = -1;
	memset(&j->answer, 0, sizeof j->answer);
	j->answer.id = j->request.id;
	j->request.filename[sizeof j->request.filename - 1] = '\0';
	j->deadline_ms = now_ms() + (j->request.document == PARSE_MAIL_OCR ? LIMIT_OCR_WALL_S : LIMIT_CHILD_WALL_S) * 1000LL *
	    (SANITIZED ? 10 : 1);	/* a sanitized build takes so much longer */
	if (j->mail == -1)
		unable(j, EBADF);
	else
		run_child_until_sound(s, j);
	if (s->peer_gone)
		return OUTCOME_OK;
	if (j->result != -1 && fd_seal(j->result) == -1)
		unable(j, errno);
	passed = j->answer.end == PARSE_UNABLE || j->result == -1 || fstat(j->result, &st) == -1 || st.st_size == 0 ? -1 : j->result;
	if (fd_send(PARSE_FD, &j->answer, sizeof j->answer, passed) == -1)
		return errno == EPIPE ? OUTCOME_OK : why_errno(why, OUTCOME_LOST, "cannot answer");
	return OUTCOME_OK;
}

static enum outcome
lock_server(struct server *s, struct why *why)
{
	enum outcome o;

	s->progress = mmap(NULL, sizeof *s->progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->progress == MAP_FAILED)
		return why_errno(why, OUTCOME_DEFER, "no shared memory");
	o = sandbox_build(SANDBOX_PARSER, RESULT_FD, &s->child_lock, why);
	if (o == OUTCOME_OK)
		o = sandbox_lock_once(SANDBOX_PARSE_SERVER, why);
	return o;
}

enum outcome
server_run(const struct rules *rules, struct why *why)
{
	struct server s = { .rules = rules };
	struct job    j;
	ssize_t       got;
	enum outcome  o = lock_server(&s, why);

	while (o == OUTCOME_OK && !s.peer_gone) {
		j.mail = j.result = -1;
		got = fd_recv(PARSE_FD, &j.request, sizeof j.request, &j.mail);
		if (got == 0 || (got == -1 && errno == ECONNRESET))
			break;
		if (got != (ssize_t)sizeof j.request)
			o = why_set(why, OUTCOME_LOST, "a request of the wrong size");
		else
			o = serve(&s, &j, why);
		fd_close(&j.mail);
		fd_close(&j.result);
	}
	sandbox_free(s.child_lock);
	return o;
}
