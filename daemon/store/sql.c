#include "daemon/store/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/fault.h"

struct bind
bind_text(const char *text)
{
	if (text == NULL)
		return bind_null();
	return (struct bind){ .type = BIND_TEXT, .p = text, .n = strlen(text) };
}

struct bind
bind_known(const char *text)
{
	return bind_text(text != NULL && *text != '\0' ? text : NULL);
}

/* SQLite tells a full disk also as an I/O error: where the index of its log, which grows by 32 KB, finds no room. */
static int
disk_is_full(struct store *s, int code)
{
	const char    *path = sqlite3_db_filename(s->db, "main");
	struct statvfs v;

	if ((code & 0xff) == SQLITE_FULL)
		return 1;
	return (code & 0xff) == SQLITE_IOERR && path != NULL && statvfs(path, &v) == 0 && v.f_bavail * v.f_frsize < 32768;
}

#define RESTORE_HELPS "; if `database` names the right file, hoering restore builds it again from archive and journal"

enum outcome
sql_failed(struct store *s, const char *doing, struct why *why)
{
	int          code = sqlite3_extended_errcode(s->db), damaged = 0;
	enum outcome o = OUTCOME_DEFER;

	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
		o = OUTCOME_BAD;
		break;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:	/* the writer keeps what is to be written in the journal: for it this is a pause */
		damaged = 1;
		if (sqlite3_db_readonly(s->db, "main") == 1)
			o = OUTCOME_REFUSED;
		break;
	default:
		break;
	}
	if (damaged)
		o = why_set(why, o, "database %.150s: %s" RESTORE_HELPS, sqlite3_db_filename(s->db, "main"), sqlite3_errmsg(s->db));
	else
		o = why_set(why, o, "database: %s: %s", doing, sqlite3_errmsg(s->db));
	if (why != NULL)
		why->code = disk_is_full(s, code) ? ENOSPC : code;
	return o;
}

/* A first step that writes, BEGIN and COMMIT among them, is a fault point. */
static int
step(sqlite3_stmt *q)
{
	int fault = sqlite3_stmt_busy(q) || sqlite3_stmt_readonly(q) ? 0 : FAULT_SQLITE("db-statement");

	return fault != 0 ? fault : sqlite3_step(q);
}

/* Finds the statement of this text, or prepares it. */
static enum outcome
statement(struct store *s, const char *sql, sqlite3_stmt **out, struct why *why)
{
	for (size_t i = 0; i < s->n_statements; i++)
		if (s->text[i] == sql) {
			*out = s->statement[i];
			return OUTCOME_OK;
		}
	if (s->n_statements == STORE_STATEMENTS)
		return why_set(why, OUTCOME_DEFER, "database: more than %d statements", STORE_STATEMENTS);
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return sql_failed(s, "prepare", why);
	s->text[s->n_statements] = sql;
	s->statement[s->n_statements++] = *out;
	return OUTCOME_OK;
}

static int
bind_one(sqlite3_stmt *q, int at, const struct bind *b)
{
	switch (b->type) {
	case BIND_INT:
		return sqlite3_bind_int64(q, at, b->i);
	case BIND_TEXT:
		return sqlite3_bind_text64(q, at, b->p, b->n, SQLITE_STATIC, SQLITE_UTF8);
	case BIND_BLOB:
		return sqlite3_bind_blob64(q, at, b->p, b->n, SQLITE_STATIC);
	case BIND_NULL:
		break;
	}
	return sqlite3_bind_null(q, at);
}

enum outcome
sql_open(struct store *s, const char *sql, const struct bind *b, size_t n, sqlite3_stmt **out, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;

	*out = NULL;
	/* Full, I/O error or no memory can end a transaction inside SQLite: what follows must not commit by itself. */
	if (s->in_transaction && sqlite3_get_autocommit(s->db))
		return why_set(why, OUTCOME_DEFER, "database: the transaction was rolled back after an error");
	if ((o = statement(s, sql, &q, why)) != OUTCOME_OK)
		return o;
	for (size_t i = 0; i < n; i++)
		if (bind_one(q, (int)i + 1, &b[i]) != SQLITE_OK) {
			o = sql_failed(s, "bind", why);
			sql_close(q);
			return o;
		}
	*out = q;
	return OUTCOME_OK;
}

enum outcome
sql_row(struct store *s, sqlite3_stmt *q, int *found, struct why *why)
{
	switch (step(q)) {
	case SQLITE_ROW:
		*found = 1;
		return OUTCOME_OK;
	case SQLITE_DONE:
		*found = 0;
		return OUTCOME_OK;
	default:
		*found = 0;
		return sql_failed(s, sqlite3_stmt_readonly(q) ? "read" : "write", why);
	}
}

void
sql_close(sqlite3_stmt *q)
{
	if (q == NULL)
		return;
	(void)sqlite3_reset(q);		/* tells again what sqlite3_step() told */
	(void)sqlite3_clear_bindings(q);
}

enum outcome
sql_do(struct store *s, const char *sql, const struct bind *b, size_t n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;

	o = sql_open(s, sql, b, n, &q, why);
	while (o == OUTCOME_OK && found)
		o = sql_row(s, q, &found, why);
	sql_close(q);
	return o;
}

enum outcome
sql_number(struct store *s, const char *sql, const struct bind *b, size_t n, int64_t *out, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 0;

	o = sql_open(s, sql, b, n, &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found && sqlite3_column_type(q, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(q, 0);
	sql_close(q);
	return o;
}

const char *
sql_text(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return text != NULL ? text : "";
}

void
sql_copy(sqlite3_stmt *q, int column, char *out, size_t size)
{
	const char *text = sql_text(q, column);
	size_t      n = strnlen(text, size - 1);

	memcpy(out, text, n);
	out[n] = '\0';
}

void
sql_disconnect(struct store **s)
{
	if (*s == NULL)
		return;
	for (size_t i = 0; i < (*s)->n_statements; i++)
		(void)sqlite3_finalize((*s)->statement[i]);
	(void)sqlite3_close((*s)->db);
	free((*s)->line_consultation);
	free((*s)->line_mailbox);
	free(*s);
	*s = NULL;
}

enum outcome
sql_connect(const char *path, int flags, struct store **out, struct why *why)
{
	struct store *s = calloc(1, sizeof *s);
	enum outcome  o = OUTCOME_OK;

	if (s == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	sql_faults();
	if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		if (s->db == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
		else
			o = why_set(why, OUTCOME_DEFER, "database %s: %s", path, sqlite3_errmsg(s->db));
		goto out;
	}
	(void)sqlite3_extended_result_codes(s->db, 1);
	(void)sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	/* What a damaged or foreign schema could make us run stays within SQLite's harmless functions. */
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	*out = s;
	s = NULL;
out:
	sql_disconnect(&s);
	return o;
}

enum outcome
sql_schema(struct store *s, const char *path, int *empty, struct why *why)
{
	int64_t      application = 0, version = 0, objects = 0;
	enum outcome o;

	if ((o = sql_number(s, "PRAGMA application_id", NO_BINDS, &application, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "PRAGMA user_version", NO_BINDS, &version, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT count(*) FROM sqlite_schema", NO_BINDS, &objects, why)) != OUTCOME_OK)
		return o;
	if (application == 0 && version == 0 && objects == 0) {
		if (empty == NULL)
			return why_set(why, OUTCOME_REFUSED, "%s is empty: hoeringd fills it from archive and journal when it starts, and so does "
			    "hoering restore", path);
		*empty = 1;
		return OUTCOME_OK;
	}
	if (application != STORE_APPLICATION_ID)
		return why_set(why, OUTCOME_REFUSED, "%s is not a database of hoeringd; give `database` another path", path);
	if (version != STORE_SCHEMA_VERSION)
		return why_set(why, OUTCOME_REFUSED, "%s has schema version %lld, this program knows %d; move it away and run "
		    "`hoering restore`, or run the program that made it", path, (long long)version, STORE_SCHEMA_VERSION);
	return OUTCOME_OK;
}
