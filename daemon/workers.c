#include "daemon/workers.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "daemon/intake.h"
#include "daemon/spawn.h"
#include "parsers/limits.h"

/* The server stops its child at LIMIT_CHILD_WALL_S (LIMIT_OCR_WALL_S); it gets this much longer before it is stopped itself. */
#define GRACE_MS	10000
/* A server that dies without having answered anything is not started again at once. */
#define RESTART_MS	2000
#define MAX_WORKERS	64u

struct worker {
	pid_t    pid;		/* 0: not running */
	int      sock;
	int      outdated;	/* reads old rules: stopped when free */
	int      answered;	/* has answered at least once since it was started */
	int64_t  submission;	/* 0: free */
	unsigned tries;
	uint64_t request;
	int64_t  started_ms;	/* of the request */
	int64_t  not_before_ms;	/* of the next start */
};

struct workers {
	char           path[1024], rules[1024];
	struct worker *all;
	size_t         n;
	uint64_t       requests;
	enum workers_task task;
	int64_t        wall_ms;		/* a mail may take so long, by the clock */
};

enum outcome
workers_new(unsigned n, const char *rules, enum workers_task task, struct workers **out, struct why *why)
{
	struct workers *w = calloc(1, sizeof *w);
	long            cores = sysconf(_SC_NPROCESSORS_ONLN);
	enum outcome    o;
	size_t          i;

	if (n == 0)
		n = cores > 0 ? (unsigned)cores : 1;
	if (n > MAX_WORKERS)
		n = MAX_WORKERS;
	if (w == NULL || (w->all = calloc(n, sizeof *w->all)) == NULL) {
		free(w);
		return why_errno(why, OUTCOME_DEFER, "workers");
	}
	w->n = n;
	w->task = task;
	w->wall_ms = (task == WORKERS_OCR ? LIMIT_OCR_WALL_S : LIMIT_CHILD_WALL_S) * 1000 + GRACE_MS;
	for (i = 0; i < n; i++)
		w->all[i].sock = -1;
	(void)snprintf(w->rules, sizeof w->rules, "%s", rules == NULL ? "" : rules);
	o = spawn_find("hoering-parse", w->path, sizeof w->path, why);
	if (o == OUTCOME_OK)
		*out = w;
	else
		workers_free(&w);
	return o;
}

static void
stop(struct worker *k)
{
	if (k->pid != 0) {
		(void)kill(k->pid, SIGKILL);
		while (waitpid(k->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	k->pid = 0;
	fd_close(&k->sock);
	k->outdated = 0;
}

void
workers_free(struct workers **w)
{
	size_t i;

	if (*w == NULL)
		return;
	for (i = 0; i < (*w)->n; i++)
		stop(&(*w)->all[i]);
	free((*w)->all);
	free(*w);
	*w = NULL;
}

enum outcome
workers_rules(struct workers *w, const char *rules, struct why *why)
{
	size_t i;

	if (rules != NULL && strlen(rules) >= sizeof w->rules)
		return why_set(why, OUTCOME_REFUSED, "the path of the rules is too long");
	(void)snprintf(w->rules, sizeof w->rules, "%s", rules == NULL ? "" : rules);
	for (i = 0; i < w->n; i++) {
		w->all[i].outdated = 1;
		if (w->all[i].submission == 0)
			stop(&w->all[i]);
	}
	return OUTCOME_OK;
}

static struct worker *
free_worker(struct workers *w)
{
	struct worker *idle = NULL;
	int64_t        now = monotonic_ms();
	size_t         i;

	for (i = 0; i < w->n; i++) {
		if (w->all[i].submission != 0)
			continue;
		if (w->all[i].pid != 0)
			return &w->all[i];
		if (idle == NULL && w->all[i].not_before_ms <= now)
			idle = &w->all[i];
	}
	return idle;
}

int
workers_have_room(struct workers *w)
{
	return free_worker(w) != NULL;
}

size_t
workers_busy(const struct workers *w)
{
	size_t i, n = 0;

	for (i = 0; i < w->n; i++)
		n += w->all[i].submission != 0;
	return n;
}

static enum outcome
start(struct workers *w, struct worker *k, struct why *why)
{
	const char *const argv[] = { "hoering-parse", "--server", w->rules[0] != '\0' ? "--rules" : NULL, w->rules, NULL };
	const char *const ocr[] = { "hoering-parse", "--server", "--ocr", argv[2], w->rules, NULL };
	const char *const keep[] = { "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", NULL };
	struct spawn      s = { .path = w->path, .argv = w->task == WORKERS_OCR ? ocr : argv, .keep_env = keep, .extra_fd = -1 };

	enum outcome      o = spawn_start(&s, &k->pid, &k->sock, why);

	k->answered = 0;
	if (o == OUTCOME_OK && w->task == WORKERS_OCR)
		(void)setpriority(PRIO_PROCESS, (id_t)k->pid, 19);	/* its children are born with it */
	return o;
}

enum outcome
workers_give(struct workers *w, int64_t submission, unsigned tries, int fd, struct why *why)
{
	struct parse_request r = { .document = w->task == WORKERS_OCR ? PARSE_MAIL_OCR : PARSE_MAIL };
	struct worker       *k = free_worker(w);
	enum outcome         o;

	if (k == NULL)
		return why_set(why, OUTCOME_DEFER, "every parser is busy");
	if (k->pid == 0) {
		o = start(w, k, why);
		if (o != OUTCOME_OK) {
			k->not_before_ms = monotonic_ms() + RESTART_MS;
			return o;
		}
	}
	r.id = ++w->requests;
	if (fd_send(k->sock, &r, sizeof r, fd) == -1) {
		o = why_errno(why, OUTCOME_DEFER, "giving a mail to hoering-parse");
		stop(k);
		k->not_before_ms = monotonic_ms() + RESTART_MS;
		return o;
	}
	k->submission = submission;
	k->tries = tries;
	k->request = r.id;
	k->started_ms = monotonic_ms();
	return OUTCOME_OK;
}

size_t
workers_poll_set(const struct workers *w, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < w->n && n < max; i++)
		if (w->all[i].sock != -1)
			fds[n++] = (struct pollfd){ .fd = w->all[i].sock, .events = POLLIN };
	return n;
}

int64_t
workers_wait_ms(const struct workers *w)
{
	int64_t now = monotonic_ms(), first = -1, left;
	size_t  i;

	for (i = 0; i < w->n; i++) {
		if (w->all[i].submission != 0)
			left = w->all[i].started_ms + w->wall_ms - now;
		else if (w->all[i].pid == 0 && w->all[i].not_before_ms > now)
			left = w->all[i].not_before_ms - now;
		else
			continue;
		if (left < 0)
			left = 0;
		if (first == -1 || left < first)
			first = left;
	}
	return first;
}

/* The server is gone or not to be trusted any more: what it worked on counts as crashed. */
static void
lose(struct worker *k, enum parse_end end, workers_answered *answered, void *arg)
{
	struct worker_answer a = { .submission = k->submission, .tries = k->tries, .end = end, .records = -1, .started_ms = k->started_ms };

	if (!k->answered)
		k->not_before_ms = monotonic_ms() + RESTART_MS;
	stop(k);
	k->submission = 0;
	if (a.submission != 0)
		answered(arg, &a);
}

static void
read_answer(struct worker *k, workers_answered *answered, void *arg)
{
	struct parse_answer  in;
	struct worker_answer a = { .records = -1 };
	ssize_t              n = fd_recv(k->sock, &in, sizeof in, &a.records);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n != (ssize_t)sizeof in || k->submission == 0 || in.id != k->request || in.end > PARSE_UNABLE) {
		fd_close(&a.records);
		log_warnx("parser-lost", "pid=%ld %s: another is started", (long)k->pid,
		    n == 0 ? "has ended" : "gave an answer that is none");
		lose(k, PARSE_CRASHED, answered, arg);
		return;
	}
	a.submission = k->submission;
	a.tries = k->tries;
	a.end = in.end;
	a.detail = in.detail;
	a.started_ms = k->started_ms;
	k->submission = 0;
	k->answered = 1;
	if (k->outdated)
		stop(k);
	answered(arg, &a);
}

void
workers_run(struct workers *w, const struct pollfd *fds, size_t n, workers_answered *answered, void *arg)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < w->n && fds[i].revents != 0; k++)
			if (w->all[k].sock == fds[i].fd) {
				read_answer(&w->all[k], answered, arg);
				break;
			}
	for (k = 0; k < w->n; k++)
		if (w->all[k].submission != 0 &&
		    monotonic_ms() - w->all[k].started_ms > w->wall_ms) {
			log_warnx("parser-silent", "pid=%ld submission=%" PRId64 " has not answered in time: it is stopped, another started",
			    (long)w->all[k].pid, w->all[k].submission);
			lose(&w->all[k], PARSE_TIMEOUT, answered, arg);
		}
}

const char *
worker_ended(const struct worker_answer *a, char *out, size_t size)
{
	switch (a->end) {
	case PARSE_DONE:
		return "";
	case PARSE_CRASHED:
		(void)snprintf(out, size, "the parser crashed (signal %d)", a->detail);
		return out;
	case PARSE_TIMEOUT:
		return "the parser did not finish in time";
	case PARSE_OVERFLOW:
		return "the parser wrote more than is allowed";
	default:
		return "no parser could be started";
	}
}

int
worker_was_stopped(const struct worker_answer *a)
{
	return a->end == PARSE_CRASHED && (a->detail == 0 || a->detail == SIGKILL);
}
