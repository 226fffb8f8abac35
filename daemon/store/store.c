#include "daemon/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "daemon/store/sql.h"

/* Made by meson from schema.sql and views.sql. */
extern const char store_schema_sql[];
extern const char store_views_sql[];

/*
 * The file before SQLite sees it, because SQLite gives -wal and -shm the database file's mode: readable for the group
 * (whoever may read it must also be able to read those), writable for nobody else, whatever the umask.
 */
static enum outcome
make_file(const char *path, struct why *why)
{
	int          fd = FAULT("db-create") ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	enum outcome o = OUTCOME_OK;

	if (fd == -1)
		return why_errno(why, OUTCOME_DEFER, "database %s: open", path);
	if (fchmod(fd, 0640) == -1)
		o = why_errno(why, OUTCOME_DEFER, "database %s: chmod", path);
	fd_close(&fd);
	return o;
}

static enum outcome
run_script(struct store *s, const char *script, const char *what, struct why *why)
{
	if (sqlite3_exec(s->db, script, NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(s, what, why);
	return OUTCOME_OK;
}

/* Pages after which the write-ahead log is taken over into the database: SQLite's own default. */
#define CHECKPOINT_PAGES 1000
#define PAGE_BYTES 4096
/* What the -wal file may keep of its length when it is begun anew. */
#define WAL_KEPT ((16 << 20) / FAULT_HASTE)

/* After each commit, in the place of SQLite's own hook: the same, and its length is noted. */
static int
note_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store *s = arg;

	s->wal_bytes = (uint64_t)pages * PAGE_BYTES;
	if (pages >= CHECKPOINT_PAGES)
		(void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);	/* busy: the next commit tries again */
	return SQLITE_OK;
}

uint64_t
store_wal_bytes(const struct store *s)
{
	return s->wal_bytes;
}

void
store_shrink_wal(struct store *s)
{
	(void)sqlite3_busy_timeout(s->db, 0);
	if (sqlite3_wal_checkpoint_v2(s->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
		s->wal_bytes = 0;
	(void)sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
}

/*
 * Settings of the one writer. synchronous=FULL: a commit is on disk when it returns. The -wal file stays after the last
 * close, else a reader who may not write in the folder could not open the database while the daemon is down; it is
 * checkpointed as it grows (note_wal) and cut back to WAL_KEPT bytes once readers let it. 8 MB of page cache:
 * the daemon stays under 64 MB with a mail in hand.
 */
static enum outcome
set_up(struct store *s, struct why *why)
{
	char script[256];
	int  persist = 1;

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist) != SQLITE_OK)
		return sql_failed(s, "keep the -wal file", why);
	(void)sqlite3_wal_hook(s->db, note_wal, s);
	(void)snprintf(script, sizeof script, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = %d;"
	    "PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;", WAL_KEPT);
	return run_script(s, script, "set up", why);
}

static enum outcome
put_name(struct store *s, const char *of, int number, const char *name, struct why *why)
{
	if (name == NULL)	/* such as "no position": NULL in the views too */
		return OUTCOME_OK;
	return sql_do(s, "INSERT INTO name (of, number, name) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
	    BINDS(bind_text(of), bind_int(number), bind_text(name)), why);
}

/* The views' words for the numbers, from the program: a list that grew since the schema was made is complete again. */
static enum outcome
put_names(struct store *s, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (int i = 0; i < KINDS && o == OUTCOME_OK; i++)
		o = put_name(s, "kind", i, kind_name((enum mail_kind)i), why);
	for (int i = 0; i < RELATIONS && o == OUTCOME_OK; i++)
		o = put_name(s, "relation", i, relation_name((enum relation)i), why);
	for (int i = 0; i < POSITIONS && o == OUTCOME_OK; i++)
		o = put_name(s, "position", i, position_name((enum position)i), why);
	for (int i = 0; i < TEXT_STATUSES && o == OUTCOME_OK; i++)
		o = put_name(s, "text status", i, text_status_name((enum text_status)i), why);
	for (int i = 0; i < ZONES && o == OUTCOME_OK; i++)
		o = put_name(s, "zone", i, zone_name((enum zone)i), why);
	return o;
}

static enum outcome
make_schema(struct store *s, const char *path, struct why *why)
{
	enum outcome o;
	int          empty = 0;

	if ((o = store_begin(s, why)) != OUTCOME_OK)
		return o;
	if ((o = sql_schema(s, path, &empty, why)) != OUTCOME_OK)
		goto out;
	if (empty && ((o = run_script(s, store_schema_sql, "make the tables", why)) != OUTCOME_OK ||
	    (o = run_script(s, store_views_sql, "make the views", why)) != OUTCOME_OK))
		goto out;
	if ((o = put_names(s, why)) != OUTCOME_OK)
		goto out;
	o = store_commit(s, why);
out:
	store_rollback(s);
	return o;
}

enum outcome
store_open(const char *path, struct store **out, struct why *why)
{
	struct store *s = NULL;
	enum outcome  o;

	if ((o = make_file(path, why)) != OUTCOME_OK ||
	    (o = sql_connect(path, SQLITE_OPEN_READWRITE, &s, why)) != OUTCOME_OK ||
	    (o = sql_schema(s, path, &(int){ 0 }, why)) != OUTCOME_OK ||	/* before a setting changes somebody else's file */
	    (o = set_up(s, why)) != OUTCOME_OK ||
	    (o = make_schema(s, path, why)) != OUTCOME_OK)
		goto out;
	*out = s;
	s = NULL;
out:
	store_close(&s);
	return o;
}

void
store_close(struct store **s)
{
	if (s != NULL)
		sql_disconnect(s);
}

enum outcome
store_begin(struct store *s, struct why *why)
{
	enum outcome o = sql_do(s, "BEGIN IMMEDIATE", NO_BINDS, why);

	if (o == OUTCOME_OK)
		s->in_transaction = 1;
	return o;
}

enum outcome
store_commit(struct store *s, struct why *why)
{
	int          fault = FAULT_SQLITE("db-commit");
	enum outcome o = fault != 0 ? why_set(why, OUTCOME_DEFER, "database: commit: code %d", fault) : sql_do(s, "COMMIT", NO_BINDS, why);

	if (o == OUTCOME_OK)
		s->in_transaction = 0;
	return o;
}

void
store_rollback(struct store *s)
{
	s->in_transaction = 0;
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);	/* what cannot be rolled back ends with the connection */
}

enum outcome
store_mark(struct store *s, struct why *why)
{
	return sql_do(s, "SAVEPOINT mark", NO_BINDS, why);
}

void
store_release(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "RELEASE mark", NULL, NULL, NULL);
}

void
store_undo(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK TO mark; RELEASE mark", NULL, NULL, NULL);
}
