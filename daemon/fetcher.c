/* One process for one mailbox: started, told, ended, and when the next is due. */
#include "daemon/fetcher.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/spawn.h"

#define SECOND		((int64_t)1000)
#define MINUTE		(60 * SECOND)
/* Waits before another try: from … doubled to … at each failure, ± 20 %. Where a person must look, there is no hurry. */
#define SOON_MS		(2 * SECOND / FAULT_HASTE)
#define SOON_MAX_MS	(5 * MINUTE / FAULT_HASTE)
#define LATER_MS	(1 * MINUTE / FAULT_HASTE)
#define LATER_MAX_MS	(30 * MINUTE / FAULT_HASTE)
/* One told to quit has this long. */
#define QUIT_MS		(20 * SECOND)

void
fetcher_set_state(struct fetcher *f, const char *state)
{
	if (strcmp(f->state, state) != 0) {
		(void)snprintf(f->state, sizeof f->state, "%s", state);
		f->changed = 1;
	}
}

void
fetcher_set_error(struct fetcher *f, const char *words)
{
	(void)snprintf(f->error, sizeof f->error, "%s", words);
	f->changed = 1;
}

static int64_t
jitter(int64_t ms)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		return ms;
	return ms * 4 / 5 + (int64_t)(r % (uint32_t)(ms * 2 / 5 + 1));
}

/* The wait before the next try, by what kind of failure it was and how many there were in a row. */
static int64_t
backoff(const struct fetcher *f, uint32_t retry)
{
	int64_t  first = retry == RETRY_SOON ? SOON_MS : LATER_MS, most = retry == RETRY_SOON ? SOON_MAX_MS : LATER_MAX_MS;
	unsigned i;

	for (i = 1; i < f->failures && first < most; i++)
		first *= 2;
	return jitter(first < most ? first : most);
}

static void
reap(struct fetcher *f, int *status)
{
	int tries;

	*status = 0;
	if (f->pid == 0)
		return;
	for (tries = 0; tries < 20; tries++) {	/* it has closed its socket: it is about to exit by itself */
		if (waitpid(f->pid, status, WNOHANG) == f->pid)
			goto out;
		(void)poll(NULL, 0, 5);
	}
	(void)kill(f->pid, SIGKILL);
	while (waitpid(f->pid, status, 0) == -1 && errno == EINTR)
		;
out:
	f->pid = 0;
}

static void
end_connection(struct fetcher *f)
{
	fd_close(&f->sock);
	f->uidvalidity = 0;
	f->level = 0;
	f->settling = 0;
	f->settle_after = 0;
	f->listed_ms = 0;
	f->listing = 0;
	uid_list_clear(&f->shown);
	f->generation++;
}

/* It has failed: tell it once, with what happens now. */
static void
fail(struct fetcher *f, uint32_t retry, const char *words)
{
	int64_t wait_ms, asked_ms;

	f->failures++;
	f->failed = 1;
	wait_ms = backoff(f, retry);
	asked_ms = f->last_failure.kind == FETCH_FAILED ? f->last_failure.uidnext * SECOND / FAULT_HASTE : 0;
	if (asked_ms > wait_ms)		/* what a server asks for, as far as anybody would wait by himself */
		wait_ms = asked_ms < LATER_MAX_MS ? asked_ms : LATER_MAX_MS;
	fetcher_set_error(f, words);
	if (f->all->once) {
		f->phase = PHASE_DONE;
		fetcher_set_state(f, "failed");
		f->attempt_at = 0;
		log_warnx("fetch-failed", "mailbox=%s %s: not tried again in this round", f->mailbox->name, words);
		return;
	}
	f->phase = PHASE_WAITING;
	f->next_ms = monotonic_ms() + wait_ms;
	f->attempt_at = (int64_t)time(NULL) + wait_ms / SECOND;
	fetcher_set_state(f, retry == RETRY_CONFIG ? "failed" : "waiting");
	log_warnx("fetch-failed", "mailbox=%s %s: %s, next try in %" PRId64 " s", f->mailbox->name, words,
	    retry == RETRY_CONFIG ? "a person must look at it" : "its mail stays on the server", (wait_ms + 999) / SECOND);
}

/* The process has closed its end. */
void
fetcher_lost(struct fetcher *f)
{
	char         words[sizeof f->last_failure.words + 64];
	int          status, quitting = f->phase == PHASE_QUITTING;
	enum phase   after = f->gone || f->all->once ? PHASE_DONE : PHASE_WAITING;

	reap(f, &status);
	end_connection(f);
	if (quitting) {
		f->phase = after;
		f->next_ms = monotonic_ms();
		fetcher_set_state(f, "stopped");
		return;
	}
	if (f->last_failure.kind == FETCH_FAILED)
		(void)snprintf(words, sizeof words, "%s", f->last_failure.words);
	else if (WIFSIGNALED(status))
		(void)snprintf(words, sizeof words, "hoering-fetch was ended by signal %d", WTERMSIG(status));
	else
		(void)snprintf(words, sizeof words, "hoering-fetch ended with status %d", WEXITSTATUS(status));
	fail(f, f->last_failure.kind == FETCH_FAILED ? f->last_failure.code : RETRY_SOON, words);
}

void
fetcher_drop(struct fetcher *f, uint32_t retry, const char *words)
{
	int status;

	if (f->pid != 0)
		(void)kill(f->pid, SIGKILL);
	reap(f, &status);
	end_connection(f);
	if (retry != 0)
		fail(f, retry, words);
}

/* What hoering-fetch is told: the accepted configuration of its mailbox, not the file, which may have become bad since. */
static int
configuration(const struct conf *c, const struct conf_mailbox *m)
{
	int   fd = FAULT("fetcher-conf") ? -1 : memfd_create("mailbox.conf", MFD_CLOEXEC | MFD_ALLOW_SEALING), copy = fd == -1 ? -1 : dup(fd);
	FILE *out = copy == -1 ? NULL : fdopen(copy, "w");
	int   bad;

	if (out == NULL) {
		fd_close(&copy);
		fd_close(&fd);
		return -1;
	}
	bad = conf_mailbox_write(out, c, m) != 0;
	bad |= fclose(out) != 0;
	if (bad || lseek(fd, 0, SEEK_SET) == -1 || fd_seal(fd) == -1)
		fd_close(&fd);
	return fd;
}

void
fetcher_start(struct fetcher *f)
{
	const char *const argv[] = { "hoering-fetch", "-c", "/dev/fd/4", "-m", f->mailbox->name, NULL };
	const char *const keep[] = { FAULT_ENVIRONMENT "CREDENTIALS_DIRECTORY", "PATH", "HOME", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS",
		"LSAN_OPTIONS", NULL };
	struct spawn      s = { .path = f->all->path, .argv = argv, .keep_env = keep };
	struct why        why = { .text = "" };

	memset(&f->last_failure, 0, sizeof f->last_failure);
	f->attempt_at = 0;
	s.extra_fd = configuration(f->all->conf, f->mailbox);
	if (s.extra_fd == -1 || spawn_start(&s, &f->pid, &f->sock, &why) != OUTCOME_OK) {
		fail(f, RETRY_SOON, s.extra_fd == -1 ? "its configuration could not be handed over" : why.text);
		fd_close(&s.extra_fd);
		return;
	}
	fd_close(&s.extra_fd);
	f->phase = PHASE_RUNNING;
	f->heard_ms = monotonic_ms();
	fetcher_set_state(f, "starting");
}

/* One that has ended is told nothing, and that is no failure of the telling: what it said last is still to be read. */
static int
tell(struct fetcher *f, const struct fetch_record *r)
{
	if (f->sock == -1)
		return -1;
	return fd_send(f->sock, r, sizeof *r, -1) == 0 || errno == EPIPE || errno == ECONNRESET ? 0 : -1;
}

int
fetcher_tell(struct fetcher *f, uint32_t kind, uint64_t uid, const char *words)
{
	struct fetch_record r = { .kind = kind, .uidvalidity = f->uidvalidity, .uid = (uint32_t)uid };

	(void)snprintf(r.words, sizeof r.words, "%s", words);
	return tell(f, &r);
}

int
fetcher_tell_cursor(struct fetcher *f, uint64_t uid)
{
	struct fetch_record r = { .kind = FETCH_CURSOR, .code = (uint32_t)f->listing, .uidvalidity = f->uidvalidity, .uid = (uint32_t)uid };

	return tell(f, &r);
}

void
fetcher_let_go(struct fetcher *f)
{
	if (f->phase == PHASE_RUNNING) {
		f->phase = PHASE_QUITTING;
		f->quit_ms = monotonic_ms() + QUIT_MS;
		if (fetcher_tell(f, FETCH_QUIT, 0, "") == -1)
			fetcher_drop(f, 0, "");
	}
	if (f->pid == 0)
		f->phase = PHASE_DONE;
}
