/* hoering restore: the database built again from archive, journal and configuration; the old one is set aside, never deleted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/line.h"

/* Database, write-ahead log and its index: the first without the others would be another database. */
static const char *const parts[] = { "", "-wal", "-shm" };

static int
set_aside(const char *database, const char *stamp)
{
	char from[4200], to[4300];

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		(void)snprintf(from, sizeof from, "%s%s", database, parts[i]);
		(void)snprintf(to, sizeof to, "%s.before-restore-%s%s", database, stamp, parts[i]);
		if (access(to, F_OK) == 0)
			return complain(EX_CANTCREAT, "%s is there already: move it away", to);
		if (rename(from, to) == -1 && errno != ENOENT)
			return complain(EX_CANTCREAT, "renaming %s: %s", from, strerror(errno));
		if (i == 0 && access(to, F_OK) == 0)
			(void)printf("the old database is now %s\n", to);
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
