/* hoering restore: the database built again from archive, journal and configuration; the old one is set aside, never deleted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "cli/command.h"
#include "cli/line.h"

/* Database, write-ahead log and its index: the first without the others would be another database. */
static const char *const parts[] = { "", "-wal", "-shm" };
#define N_PARTS	(sizeof parts / sizeof parts[0])

/* A name that none of the three has taken: "DATABASE.before-restore-TIME", with a number when there are several of one second. */
static int
find_free(const char *database, const char *stamp, char *aside, size_t size)
{
	char part[4400];

	for (unsigned n = 1; n < 100; n++) {
		int taken = 0;

		if (n == 1)
			(void)snprintf(aside, size, "%s.before-restore-%s", database, stamp);
		else
			(void)snprintf(aside, size, "%s.before-restore-%s-%u", database, stamp, n);
		for (size_t i = 0; i < N_PARTS; i++) {
			(void)snprintf(part, sizeof part, "%s%s", aside, parts[i]);
			taken |= access(part, F_OK) == 0;
		}
		if (!taken)
			return 0;
	}
	return -1;
}

static int
set_aside(const char *database, const char *stamp)
{
	char from[4200], to[4400], aside[4300];

	if (find_free(database, stamp, aside, sizeof aside) == -1)
		return complain(EX_CANTCREAT, "%s.before-restore-%s: there are too many of these: move them away", database, stamp);
	for (size_t i = 0; i < N_PARTS; i++) {
		(void)snprintf(from, sizeof from, "%s%s", database, parts[i]);
		(void)snprintf(to, sizeof to, "%s%s", aside, parts[i]);
		if (!FAULT("restore-rename") && rename(from, to) == 0) {
			if (i == 0)
				(void)printf("the old database is now %s\n", to);
		} else if (errno != ENOENT)
			return complain(EX_CANTCREAT, "renaming %s: %s", from, strerror(errno));
	}
	return EX_OK;
}

/*
 * Under the daemon's lock (daemon/intake.c: DATABASE.lock). Between this and line_take() a daemon may start: it finds no
 * database either and does the same work.
 */
static int
set_aside_locked(const struct conf *conf)
{
	char      path[4200], stamp[32];
	time_t    now = time(NULL);
	struct tm tm;
	int       lock, status;

	(void)snprintf(path, sizeof path, "%s.lock", conf->database);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock == -1)
		return complain(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	if (flock(lock, LOCK_EX | LOCK_NB) == -1)
		status = complain(EX_TEMPFAIL, "hoeringd is running: stop it first (it holds %s)", path);
	else if (gmtime_r(&now, &tm) == NULL || strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &tm) == 0)
		status = complain(EX_OSERR, "the clock cannot be read");
	else
		status = set_aside(conf->database, stamp);
	fd_close(&lock);
	return status;
}

int
command_restore(struct invocation *in, int argc, char **argv)
{
	struct line line = { .in = in };
	char        journal[4200];
	int         status;

	(void)argv;
	if (argc != 1)
		return usage_error(in);
	/* An empty database in the place of a full one, because the archive is elsewhere, is not what anybody wants. */
	(void)snprintf(journal, sizeof journal, "%s/journal", in->conf->archive);
	if (access(journal, R_OK | X_OK) == -1)
		return complain(EX_NOINPUT, "%s: %s: there is nothing to restore from", journal, strerror(errno));
	status = must_own_database(in->conf);
	if (status == EX_OK)
		status = set_aside_locked(in->conf);
	if (status == EX_OK)
		status = line_take(&line);
	if (status == EX_OK)
		status = line_finish(&line);
	if (status == EX_OK)
		(void)puts("restored; hoering verify holds it against archive and journal");
	return status;
}
