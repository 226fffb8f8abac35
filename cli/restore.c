/*
 * hoering restore: the database built again from archive, journal and configuration. It grows beside the old one and takes its place
 * when it is whole; the old one is renamed then, never deleted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "cli/command.h"
#include "cli/line.h"
#include "cli/rows.h"
#include "daemon/archive.h"
#include "daemon/intake.h"
#include "daemon/journal.h"
#include "daemon/store/registry.h"
#include "daemon/supervise.h"

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

/*
 * All parts from one name to another. The database goes `first` when it is taken away and last when it is put in place, so that whatever
 * cuts this short leaves no database without its log: none at all then, which the daemon builds again as we do.
 */
static int
move_parts(const char *from, const char *to, int first)
{
	char old[4400], new[4400];

	for (size_t i = 0; i < N_PARTS; i++) {
		const char *part = parts[first ? i : N_PARTS - 1 - i];

		(void)snprintf(old, sizeof old, "%s%s", from, part);
		(void)snprintf(new, sizeof new, "%s%s", to, part);
		if ((FAULT("restore-rename") || rename(old, new) == -1) && errno != ENOENT)
			return complain(EX_CANTCREAT, "renaming %s: %s", old, strerror(errno));
	}
	return EX_OK;
}

/* Names are durable when their folder is. */
static int
sync_folder(const char *database)
{
	char folder[4200];
	int  fd, status = EX_OK;

	(void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(database, '/') - database) + 1, database);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || FAULT("restore-fsync") || fsync(fd) == -1)
		status = complain(EX_IOERR, "%s: fsync: %s", folder, strerror(errno));
	fd_close(&fd);
	return status;
}

static int
swap(const char *database, const char *fresh)
{
	char      stamp[32], aside[4300];
	time_t    now = time(NULL);
	struct tm tm;
	int       status;

	if (gmtime_r(&now, &tm) == NULL || strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &tm) == 0)
		return complain(EX_OSERR, "the clock cannot be read");
	if (find_free(database, stamp, aside, sizeof aside) == -1)
		return complain(EX_CANTCREAT, "%s.before-restore-%s: there are too many of these: move them away", database, stamp);
	status = move_parts(database, aside, 1);
	if (status == EX_OK)
		status = move_parts(fresh, database, 0);
	if (status != EX_OK) {
		(void)move_parts(aside, database, 0);
		return status;
	}
	if (access(aside, F_OK) == 0)
		(void)printf("the old database is now %s\n", aside);
	return sync_folder(database);
}

/* What an unfinished one leaves, of this run or of one that was killed. */
static void
remove_unfinished(const char *fresh)
{
	char path[4400];

	for (size_t i = 0; i < N_PARTS; i++) {
		(void)snprintf(path, sizeof path, "%s%s", fresh, parts[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof path, "%s.lock", fresh);
	(void)unlink(path);
}

/* Fills the new database: EX_OK when nothing was put off; *filled: it could be opened and was gone through. */
static int
build(struct conf *conf, const char *database, int *filled)
{
	struct intake *in = NULL;
	struct why     why;
	enum outcome   o;
	int            status;

	(void)umask(0027);
	o = intake_open(conf, &in, &why);
	if (o == OUTCOME_OK) {	/* the register of organisations stands beside the database's own name */
		registry_close(&in->registry);
		o = registry_open(database, &in->registry, &why);
	}
	*filled = o == OUTCOME_OK;
	status = o == OUTCOME_OK ? supervise(&conf, in, SUPERVISE_DRAIN) : conclude(o, &why);
	intake_close(&in);
	return status;
}

/* Why it was not done well: originals that are missing or damaged, by number, or -1: something else. */
static int
count_damaged(const struct conf *conf, long *n)
{
	struct store   *s = NULL;
	struct archive *a = NULL;
	struct rows     backlog = { 0 }, originals = { 0 };
	struct why      why;
	enum outcome    o = read_open(conf->database, &s, &why);

	*n = -1;
	if (o == OUTCOME_OK)
		o = archive_open(conf->archive, 0, &a, &why);
	if (o == OUTCOME_OK)
		o = rows_read(s, READ_BACKLOG, 0, &backlog, &why);
	if (o == OUTCOME_OK && strcmp(rows_cell(&backlog, 0, "unparsed"), "0") == 0 && strcmp(rows_cell(&backlog, 0, "unjudged"), "0") == 0) {
		o = rows_read(s, READ_ARCHIVE, 0, &originals, &why);
		*n = 0;
		for (size_t i = 0; o == OUTCOME_OK && i < originals.n; i++) {
			struct why damage;

			*n += archive_check(a, rows_cell(&originals, i, "sha256"), NULL, &damage) != OUTCOME_OK;
		}
	}
	rows_free(&backlog);
	rows_free(&originals);
	archive_close(&a);
	store_close(&s);
	return conclude(o, &why);
}

/*
 * A database without what stands in damaged originals is better than none, and worse than an old one that has read them: it takes a free
 * place, and no other.
 */
static int
judge_damage(const struct conf *building, const char *database, int *usable)
{
	long n;
	int  status = count_damaged(building, &n);

	if (status != EX_OK)
		return status;
	if (n <= 0)
		return complain(EX_TEMPFAIL, "not everything could be filed; %s stays as it was", database);
	*usable = access(database, F_OK) == -1 && errno == ENOENT;
	if (*usable)
		return complain(EX_DATAERR, "%ld originals are missing from the archive or damaged: they are filed as unparsed; bring them back, "
		    "then restore again", n);
	return complain(EX_DATAERR, "%ld originals are missing from the archive or damaged; %s stays as it was: bring them back, or move it "
	    "away to restore without them", n, database);
}

/* Under the daemon's lock (daemon/intake_open.c: DATABASE.lock), so that nobody writes the old one meanwhile. */
static int
restore(const struct conf *conf)
{
	struct conf building = *conf;
	char        fresh[4200];
	int         filled, usable, swapped, status;

	(void)snprintf(fresh, sizeof fresh, "%s.restoring", conf->database);
	building.database = fresh;
	remove_unfinished(fresh);
	status = build(&building, conf->database, &filled);
	usable = status == EX_OK;
	if (filled && status == EX_TEMPFAIL)
		status = judge_damage(&building, conf->database, &usable);
	if (usable) {
		swapped = swap(conf->database, fresh);
		status = swapped != EX_OK ? swapped : status;
	}
	remove_unfinished(fresh);
	return status;
}

/* For journal_read(). */
static enum outcome
note_found(void *arg, const struct journal_entry *e, struct why *why)
{
	(void)e;
	(void)why;
	*(int *)arg = 1;
	return OUTCOME_OK;
}

/*
 * A journal that has lost lines which the old database still has would give less than there is, and a last line that is cut would be
 * taken for a crash's. A database that cannot be read knows nothing.
 */
static int
must_have_every_line(const struct conf *conf, const char *journal)
{
	struct store *s = NULL;
	struct why    why;
	uint64_t      known = 0;
	char          hash[65];
	int           found = 1;
	enum outcome  o = OUTCOME_OK;

	if (read_open(conf->database, &s, &why) == OUTCOME_OK && store_last_event(s, &known, hash, &why) == OUTCOME_OK && known > 0) {
		found = 0;
		o = journal_read(journal, known - 1, note_found, &found, &why);
	}
	store_close(&s);
	if (o == OUTCOME_OK && !found)
		return complain(EX_NOINPUT, "%s has lost lines: %s knows line %llu; bring them back from a backup, or move the database away to "
		    "restore without them", journal, conf->database, (unsigned long long)known);
	return conclude(o, &why);
}

static int
restore_locked(const struct conf *conf, const char *journal)
{
	char path[4200];
	int  lock, status;

	(void)snprintf(path, sizeof path, "%s.lock", conf->database);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock == -1)
		return complain(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	if (flock(lock, LOCK_EX | LOCK_NB) == -1)
		status = complain(EX_TEMPFAIL, "hoeringd is running: stop it first (it holds %s)", path);
	else {
		status = must_have_every_line(conf, journal);
		if (status == EX_OK)
			status = restore(conf);
	}
	fd_close(&lock);
	return status;
}

int
command_restore(struct invocation *in, int argc, char **argv)
{
	char journal[4200];
	int  status;

	(void)argv;
	if (argc != 1)
		return usage_error(in);
	/* An empty database in the place of a full one, because the archive is elsewhere, is not what anybody wants. */
	(void)snprintf(journal, sizeof journal, "%s/journal", in->conf->archive);
	if (access(journal, R_OK | X_OK) == -1)
		return complain(EX_NOINPUT, "%s: %s: there is nothing to restore from", journal, strerror(errno));
	status = must_own_database(in->conf);
	if (status == EX_OK)
		status = check_rules(in->conf);
	if (status == EX_OK)
		status = restore_locked(in->conf, journal);
	if (status == EX_OK)
		(void)puts("restored; hoering verify holds it against archive and journal");
	return status;
}
