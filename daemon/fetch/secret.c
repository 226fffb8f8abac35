#include "daemon/fetch/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/private.h"
#include "config/conf.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/stream.h"

struct secret {
	size_t n;
	char   text[SECRET_BYTES - sizeof(size_t)];
};

const char *
secret_text(const struct secret *s)
{
	return s->text;
}

void
secret_wipe(struct secret **s)
{
	if (*s == NULL)
		return;
	explicit_bzero(*s, sizeof **s);
	(void)munmap(*s, sizeof **s);
	*s = NULL;
}

static struct secret *
secret_new(void)
{
	struct secret *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	(void)mlock(s, sizeof *s);	/* where the limit forbids it, the page may be swapped; better than no mail */
	(void)madvise(s, sizeof *s, MADV_DONTDUMP);
	(void)madvise(s, sizeof *s, MADV_DONTFORK);
	return s;
}

/* Keeps the first line; what cannot be sent to a server is refused. `what` names the source. */
static enum outcome
first_line(struct secret *s, const char *what, struct why *why)
{
	char  *end = memchr(s->text, '\n', s->n);
	size_t i;

	if (end == NULL && s->n == sizeof s->text)
		return why_set(why, OUTCOME_REFUSED, "%s: the secret is longer than %zu bytes", what, sizeof s->text - 1);
	if (end != NULL)
		s->n = (size_t)(end - s->text);
	if (s->n > 0 && s->text[s->n - 1] == '\r')
		s->n--;
	explicit_bzero(s->text + s->n, sizeof s->text - s->n);
	if (s->n == 0)
		return why_set(why, OUTCOME_REFUSED, "%s: the first line is empty; it must be the secret", what);
	for (i = 0; i < s->n; i++)
		if ((unsigned char)s->text[i] < 0x20 || s->text[i] == 0x7f)
			return why_set(why, OUTCOME_REFUSED, "%s: the secret holds a control character", what);
	return OUTCOME_OK;
}

static enum outcome
read_all(int fd, struct secret *s, const char *what, struct why *why)
{
	ssize_t got = 1;

	while (got > 0 && s->n < sizeof s->text) {
		got = read(fd, s->text + s->n, sizeof s->text - s->n);
		if (got == -1 && errno == EINTR)
			got = 1;
		else if (got == -1)
			return why_errno(why, OUTCOME_REFUSED, "%s", what);
		else
			s->n += (size_t)got;
	}
	return first_line(s, what, why);
}

/* What was opened by private_open…(), read and closed. */
static enum outcome
read_opened(int fd, const char *what, struct secret *s, struct why *why)
{
	enum outcome o = read_all(fd, s, what, why);

	fd_close(&fd);
	return o;
}

static enum outcome
read_file(const char *path, struct secret *s, struct why *why)
{
	int          fd = -1;
	enum outcome o = private_open(path, &fd, why);

	return o == OUTCOME_OK ? read_opened(fd, path, s, why) : o;
}

static enum outcome
read_credential(const char *name, struct secret *s, struct why *why)
{
	int          fd = -1;
	enum outcome o = private_open_credential(name, &fd, why);

	return o == OUTCOME_OK ? read_opened(fd, name, s, why) : o;
}

_Noreturn static void
run_shell(const char *command, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	(void)setpgid(0, 0);
	if (null == -1 || dup2(null, 0) == -1 || dup2(out, 1) == -1 || dup2(err, 2) == -1)
		_exit(EX_OSERR);
	fd_close_from(3);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(EX_OSERR);
}

/* What a command says: the secret on stdout; and the beginning of stderr, for a person. */
struct talk {
	int     out, err;
	uint8_t words[200];
	size_t  n_words;
};

/* Reads both until both end. 0, or -1 at the deadline. A secret that is too long is read on and refused later. */
static int
listen_to(struct talk *t, struct secret *s, int64_t deadline_ms)
{
	struct pollfd p[2] = { { .fd = t->out, .events = POLLIN }, { .fd = t->err, .events = POLLIN } };
	uint8_t       spill[512];
	ssize_t       got;
	size_t        room;
	int64_t       left;

	while (p[0].fd != -1 || p[1].fd != -1) {
		left = deadline_ms - clock_ms();
		if (left <= 0 || (poll(p, 2, (int)left) == -1 && errno != EINTR))
			return -1;
		if (p[0].fd != -1 && p[0].revents != 0) {
			room = sizeof s->text - s->n;
			got = room > 0 ? read(t->out, s->text + s->n, room) : read(t->out, spill, sizeof spill);
			if (got <= 0)
				p[0].fd = -1;
			else if (room > 0)
				s->n += (size_t)got;
		}
		if (p[1].fd != -1 && p[1].revents != 0) {
			got = read(t->err, spill, sizeof spill);
			if (got <= 0)
				p[1].fd = -1;
			else if ((room = sizeof t->words - t->n_words) > 0) {
				room = (size_t)got < room ? (size_t)got : room;
				memcpy(t->words + t->n_words, spill, room);
				t->n_words += room;
			}
		}
	}
	explicit_bzero(spill, sizeof spill);
	return 0;
}

/* Waits for the child until the deadline; then it and what it started are killed. Its wait status. */
static int
wait_for(pid_t child, int64_t deadline_ms)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };
	int                   status = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (clock_ms() >= deadline_ms) {
			(void)kill(-child, SIGKILL);
			(void)kill(child, SIGKILL);
			(void)waitpid(child, &status, 0);
			break;
		}
		(void)nanosleep(&pause, NULL);
	}
	return status;
}

static enum outcome
command_failed(const char *what, int status, const struct talk *t, struct why *why)
{
	char words[300];

	(void)log_quote(words, sizeof words, t->words, t->n_words, 120);
	if (WIFSIGNALED(status))
		return why_set(why, OUTCOME_DEFER, "%s: killed by signal %d; it said: %s", what, WTERMSIG(status), words);
	return why_set(why, WEXITSTATUS(status) == EX_TEMPFAIL ? OUTCOME_DEFER : OUTCOME_REFUSED,
	    "%s: exit status %d; it said: %s", what, WEXITSTATUS(status), words);
}

static enum outcome
read_command(const char *command, const char *what, struct secret *s, struct why *why)
{
	struct talk  t = { .out = -1, .err = -1 };
	int64_t      deadline_ms = clock_ms() + PATIENCE_COMMAND_MS;
	int          out[2] = { -1, -1 }, err[2] = { -1, -1 }, late, status;
	enum outcome o;
	pid_t        child;

	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1 || (child = fork()) == -1) {
		o = why_errno(why, OUTCOME_DEFER, "%s", what);
		goto out;
	}
	if (child == 0)
		run_shell(command, out[1], err[1]);
	(void)setpgid(child, child);
	fd_close(&out[1]);
	fd_close(&err[1]);
	t.out = out[0];
	t.err = err[0];
	late = listen_to(&t, s, deadline_ms) == -1;
	status = wait_for(child, late ? 0 : deadline_ms);
	if (late || clock_ms() >= deadline_ms)
		o = why_set(why, OUTCOME_DEFER, "%s: not done after %d s; killed", what, PATIENCE_COMMAND_MS / 1000);
	else if (status != 0)
		o = command_failed(what, status, &t, why);
	else
		o = first_line(s, what, why);
out:
	fd_close(&out[0]);
	fd_close(&out[1]);
	fd_close(&err[0]);
	fd_close(&err[1]);
	return o;
}

/* Blocks up to this size wait in lists of this length, by size, to be given out again: glibc's thread cache, which M_PERTURB passes by. */
#define SMALL_BYTES	1032
#define SMALL_BLOCKS	7

void
secret_wipe_freed(void)
{
	void  *p[SMALL_BLOCKS];
	size_t size, i;

	for (size = 24; size <= SMALL_BYTES; size += 16) {
		for (i = 0; i < SMALL_BLOCKS; i++)
			if ((p[i] = malloc(size)) != NULL)
				explicit_bzero(p[i], size);
		for (i = 0; i < SMALL_BLOCKS; i++)
			free(p[i]);
	}
}

enum outcome
secret_read(const struct conf_mailbox *m, struct secret **out, struct why *why)
{
	struct secret *s = secret_new();
	enum outcome   o = OUTCOME_REFUSED;

	if (s == NULL)
		return why_errno(why, OUTCOME_DEFER, "no memory for the secret");
	switch (m->secret) {
	case SECRET_CREDENTIAL:
		o = read_credential(m->secret_value, s, why);
		break;
	case SECRET_FILE:
		o = read_file(m->secret_value, s, why);
		break;
	case SECRET_COMMAND:
		o = read_command(m->secret_value, "password_command", s, why);
		break;
	case SECRET_TOKEN_COMMAND:
		o = read_command(m->secret_value, "token_command", s, why);
		break;
	case SECRET_NONE:
		o = why_set(why, o, "no password_credential, password_file or password_command is given");
		break;
	}
	if (o == OUTCOME_OK)
		*out = s;
	else
		secret_wipe(&s);
	return o;
}
