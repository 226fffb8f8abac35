#include "daemon/store/changes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/store/sql.h"

/*
 * The verdicts of a submission in words, one column each, so that two of them can be compared and shown. Lists are in a fixed
 * order. Evidence is not among them: it may change while what it speaks for does not.
 */
#define VERDICTS \
	"SELECT s.id AS submission, s.sha256, m.kind, m.consultation, m.responder, v.responder_class AS class, v.orgnr, v.invited," \
	" (SELECT name FROM name WHERE of = 'position' AND number = v.position) AS position, v.language, m.relation, m.related_to," \
	" m.counts, v.head AS answer, v.version, v.deadline_verdict AS deadline, p.failure AS parser," \
	" (SELECT group_concat(reason, ', ') FROM (SELECT reason FROM review WHERE submission = s.id ORDER BY reason)) AS review," \
	" (SELECT group_concat(name || coalesce(' <' || email || '>', '') || ' ' || verdict || iif(left_by IS NULL, '', ' replaced'), ', ') FROM" \
	"  (SELECT * FROM person WHERE submission = s.id ORDER BY n)) AS registrations," \
	" (SELECT campaign FROM campaign_members WHERE submission = s.id) AS campaign" \
	" FROM submission s JOIN submissions m ON m.id = s.id JOIN verdict v ON v.submission = s.id LEFT JOIN records p ON p.submission = s.id"

enum outcome
changes_keep(struct store *s, struct why *why)
{
	enum outcome o = sql_do(s, "DROP TABLE IF EXISTS temp.kept", NO_BINDS, why);

	if (o == OUTCOME_OK)
		o = sql_do(s, "CREATE TEMP TABLE kept AS " VERDICTS, NO_BINDS, why);
	if (o == OUTCOME_OK)
		o = sql_do(s, "CREATE UNIQUE INDEX temp.kept_submission ON kept (submission)", NO_BINDS, why);
	return o;
}

static int
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* One submission: the first half of the columns is as it was, the second as it is. 1 in *differs when any is another. */
static int
tell_one(sqlite3_stmt *q, read_row *each, void *arg, int *differs)
{
	static const char *const names[] = { "submission", "sha256", "verdict", "before", "after" };
	int                      half = sqlite3_column_count(q) / 2, stop = 0;

	for (int i = 2; i < half && !stop; i++) {
		const char *before = (const char *)sqlite3_column_text(q, i), *after = (const char *)sqlite3_column_text(q, half + i);
		const char *row[] = { sql_text(q, 0), sql_text(q, 1), sqlite3_column_name(q, i), before, after };

		if (is_same(before, after))
			continue;
		*differs = 1;
		stop = each(arg, 5, names, row);
	}
	return stop;
}

enum outcome
changes_tell(struct store *s, read_row *each, void *arg, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	size_t        touched = 0;
	int           found = 1, stop = 0, differs;

	o = sql_open(s, "SELECT kept.*, now.* FROM temp.kept JOIN (" VERDICTS ") AS now ON now.submission = kept.submission"
	    " ORDER BY kept.submission", NO_BINDS, &q, why);
	while (o == OUTCOME_OK && !stop && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		differs = 0;
		stop = tell_one(q, each, arg, &differs);
		touched += (size_t)differs;
	}
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = touched;
	return o;
}

/* All in one step: a reader's snapshot, which disturbs no writer. */
static enum outcome
copy_whole(struct store *from, struct store *to, struct why *why)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");

	if (b != NULL)
		(void)sqlite3_backup_step(b, -1);
	return b != NULL && sqlite3_backup_finish(b) == SQLITE_OK ? OUTCOME_OK : sql_failed(to, "copy", why);
}

enum outcome
changes_rehearse(const char *path, struct store **out, struct why *why)
{
	struct store *from = NULL, *copy = NULL;
	enum outcome  o;

	if ((o = read_open(path, &from, why)) != OUTCOME_OK ||
	    (o = sql_connect("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &copy, why)) != OUTCOME_OK)	/* "": SQLite's own, gone when closed */
		goto out;
	if ((o = copy_whole(from, copy, why)) != OUTCOME_OK)
		goto out;
	if (sqlite3_exec(copy->db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -16384", NULL, NULL, NULL) != SQLITE_OK) {
		o = sql_failed(copy, "set up", why);
		goto out;
	}
	*out = copy;
	copy = NULL;
out:
	store_close(&copy);
	store_close(&from);
	return o;
}

enum outcome
changes_backup(const char *path, const char *copy_path, struct why *why)
{
	struct store *from = NULL, *copy = NULL;
	enum outcome  o;
	int           fd = open(copy_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd == -1)
		return why_errno(why, OUTCOME_REFUSED, "%s", copy_path);
	if ((o = read_open(path, &from, why)) != OUTCOME_OK || (o = sql_connect(copy_path, SQLITE_OPEN_READWRITE, &copy, why)) != OUTCOME_OK)
		goto out;
	if (sqlite3_exec(copy->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK)
		o = sql_failed(copy, "set up", why);
	else
		o = copy_whole(from, copy, why);
	store_close(&copy);
	if (o == OUTCOME_OK && fsync(fd) == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s: fsync", copy_path);
out:
	store_close(&copy);
	store_close(&from);
	fd_close(&fd);
	return o;
}
