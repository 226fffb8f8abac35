#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum order { UNREAD, NONE, COUNT, KILL, FAIL };

static struct {
	enum order    order;
	unsigned long at, n;	/* the step that is meant, the steps so far */
	int           code;	/* errno or SQLite's */
	char          kind;	/* of the code: 'e' or 's' */
	int           fd;	/* of COUNT */
	int           run_fd;	/* the file of the run of writes that the last step began; -1: it was no write */
} fault = { .fd = -1, .run_fd = -1 };

/* SQLite's numbers: base/ does not include its header. */
static const struct { const char *name; char kind; int code; } codes[] = {
	{ "ENOSPC", 'e', ENOSPC }, { "EIO", 'e', EIO }, { "EDQUOT", 'e', EDQUOT }, { "EMFILE", 'e', EMFILE }, { "ENOMEM", 'e', ENOMEM },
	{ "SQLITE_BUSY", 's', 5 }, { "SQLITE_NOMEM", 's', 7 }, { "SQLITE_IOERR", 's', 10 }, { "SQLITE_CORRUPT", 's', 11 },
	{ "SQLITE_FULL", 's', 13 },
};

static void
read_order(void)
{
	const char *s = getenv("HOERING_FAULT");
	char        program[64], order[16], what[1024], name[32];
	int         n = s == NULL ? 0 : sscanf(s, "%63s %15s %1023s %31s", program, order, what, name);

	fault.order = NONE;
	if (n < 3 || strcmp(program, program_invocation_short_name) != 0)
		return;
	if (strcmp(order, "count") == 0) {
		fault.order = COUNT;
		fault.fd = open(what, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		return;
	}
	fault.order = strcmp(order, "kill") == 0 ? KILL : FAIL;
	fault.at = strtoul(what, NULL, 10);
	for (size_t i = 0; n == 4 && i < sizeof codes / sizeof codes[0]; i++)
		if (strcmp(codes[i].name, name) == 0) {
			fault.kind = codes[i].kind;
			fault.code = codes[i].code;
		}
}

/* 1: this is the step that is meant. */
static int
is_meant(const char *name, char kind)
{
	char line[128];
	int  n;

	if (fault.order == UNREAD)
		read_order();
	fault.n++;
	fault.run_fd = -1;
	if (fault.order == COUNT) {
		n = snprintf(line, sizeof line, "%lu %c %s\n", fault.n, kind, name);
		(void)fd_write_full(fault.fd, line, (size_t)n);
	}
	return fault.n == fault.at && (fault.order == KILL || (fault.order == FAIL && fault.kind == kind));
}

/* A locked hoering-fetch may not kill, not even itself; nothing runs after _exit() either. */
static void
stop_if_told(void)
{
	if (fault.order != KILL)
		return;
	(void)kill(getpid(), SIGKILL);
	_exit(128 + SIGKILL);
}

int
fault_step(const char *name)
{
	if (!is_meant(name, 'e'))
		return 0;
	stop_if_told();
	errno = fault.code;
	return 1;
}

int
fault_half(const char *name, int fd, const void *p, size_t n)
{
	if (!is_meant(name, 'e'))
		return 0;
	(void)fd_write_full(fd, p, n / 2);
	stop_if_told();
	errno = fault.code;
	return 1;
}

int
fault_sqlite(const char *name)
{
	if (!is_meant(name, 's'))
		return 0;
	stop_if_told();
	return fault.code;
}

int
fault_run(const char *name, int fd)
{
	int failed;

	if (fault.run_fd == fd)
		return 0;
	failed = fault_step(name);
	fault.run_fd = fd;
	return failed;
}
