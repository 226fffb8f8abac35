/*
 * Statements with bound values, each prepared once and kept: the only way the files of daemon/store/ talk to SQLite.
 * Owns the connection and its statements; must not know any table.
 *
 * A statement is known by the address of its text, so the text is always a string literal at the place of its use.
 */
#ifndef HOERING_STORE_SQL_H
#define HOERING_STORE_SQL_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

/* A writer waits as long as this for another (an operator's .backup, a command without daemon), then the work is deferred. */
#define STORE_BUSY_MS 5000
#define STORE_STATEMENTS 176	/* more than the places that call; sql_open() refuses to pass it */

struct store {
	sqlite3      *db;
	const char   *text[STORE_STATEMENTS];
	sqlite3_stmt *statement[STORE_STATEMENTS];
	size_t        n_statements;
	uint64_t      wal_bytes;	/* of the write-ahead log, at the last commit */
	int           in_transaction;	/* store_begin() without its end: SQLite must not have ended it by itself */
	char         *line_consultation, *line_mailbox;	/* of store_filed_line() */
};

/* A value to bind. Its bytes must live until sql_close(), or until sql_do() returns. */
struct bind {
	enum { BIND_NULL, BIND_INT, BIND_TEXT, BIND_BLOB } type;
	int64_t     i;
	const void *p;
	size_t      n;
};

static inline struct bind
bind_int(int64_t i)
{
	return (struct bind){ .type = BIND_INT, .i = i };
}

static inline struct bind
bind_null(void)
{
	return (struct bind){ .type = BIND_NULL };
}

static inline struct bind
bind_blob(const void *p, size_t n)
{
	return (struct bind){ .type = p == NULL ? BIND_NULL : BIND_BLOB, .p = p, .n = n };
}

/* NULL stays NULL. */
struct bind bind_text(const char *text);
/* What is not known is NULL in the database, never "". */
struct bind bind_known(const char *text);

#define BINDS(...) (const struct bind[]){ __VA_ARGS__ }, sizeof((const struct bind[]){ __VA_ARGS__ }) / sizeof(struct bind)
#define NO_BINDS   NULL, 0

/* A statement with its values, to be stepped with sql_row() and always ended with sql_close(). */
enum outcome sql_open(struct store *s, const char *sql, const struct bind *b, size_t n, sqlite3_stmt **out, struct why *why) MUST_CHECK;
enum outcome sql_row(struct store *s, sqlite3_stmt *q, int *found, struct why *why) MUST_CHECK;
void         sql_close(sqlite3_stmt *q);	/* NULL is nothing */

/* A statement that gives no rows, to its end. */
enum outcome sql_do(struct store *s, const char *sql, const struct bind *b, size_t n, struct why *why) MUST_CHECK;
/* The first column of the first row; *out is left alone when there is no row or it is NULL. */
enum outcome sql_number(struct store *s, const char *sql, const struct bind *b, size_t n, int64_t *out, struct why *why) MUST_CHECK;

/* What SQLite just said, as our outcome: a constraint or a size costs the one message, the rest is our situation. */
enum outcome sql_failed(struct store *s, const char *doing, struct why *why);

/* "" for NULL; lives until the statement moves. */
const char *sql_text(sqlite3_stmt *q, int column);
/* Cut to fit. */
void        sql_copy(sqlite3_stmt *q, int column, char *out, size_t size);

#ifdef HOERING_FAULTS
void sql_faults(void);	/* SQLite's system calls become fault points */
#else
#define sql_faults() ((void)0)
#endif

/* Opens the connection with its settings; store_open() and read_open() add what is theirs. */
enum outcome sql_connect(const char *path, int flags, struct store **out, struct why *why) MUST_CHECK;
void         sql_disconnect(struct store **s);
/* Is this our schema, in the version this program knows? *empty (may be NULL): nothing there at all yet. */
enum outcome sql_schema(struct store *s, const char *path, int *empty, struct why *why) MUST_CHECK;

#define STORE_APPLICATION_ID 0x486f6572	/* "Hoer": file(1) and sqlite3 tell it from other databases */
#define STORE_SCHEMA_VERSION 6

#endif
