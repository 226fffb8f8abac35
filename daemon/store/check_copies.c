/* Is each copy in the database the one that its line of the audit trail tells of? verify holds that trail against the journal, line by line. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/read.h"
#include "daemon/store/sql.h"

#define WORDS_BYTES 500

/* One copy; what a line and a row say of it is compared as words. */
struct told {
	char    mailbox[256], sha256[65];
	int64_t uidvalidity, uid, received;
};

struct checking {
	struct store *store;
	read_row     *found;
	void         *arg;
	size_t        faults;
};

static void
put_words(const struct told *c, char words[WORDS_BYTES])
{
	char at[32] = "at an unknown time";

	if (c->received != TIME_UNKNOWN)
		conf_utc(c->received, at);
	(void)snprintf(words, WORDS_BYTES, "%s/%" PRId64 "/%" PRId64 ", received %s, original %s", c->mailbox, c->uidvalidity, c->uid, at, c->sha256);
}

static int
number(const char *detail, const char *key, int64_t *out)
{
	char value[32], *end = NULL;

	if (!journal_detail(detail, key, value, sizeof value) || value[0] == '\0')
		return 0;
	errno = 0;
	*out = strtoll(value, &end, 10);
	return errno == 0 && *end == '\0';
}

/* 0: a line that the database has no place for, and none is expected. */
static int
read_line(const char *object, const char *detail, struct told *c)
{
	(void)snprintf(c->sha256, sizeof c->sha256, "%s", object);
	if (!number(detail, "received", &c->received))
		c->received = TIME_UNKNOWN;
	return strlen(object) == 64 && journal_detail(detail, "mailbox", c->mailbox, sizeof c->mailbox) &&
	    number(detail, "uidvalidity", &c->uidvalidity) && c->uidvalidity >= 0 && c->uidvalidity <= UINT32_MAX &&
	    number(detail, "uid", &c->uid) && c->uid >= 0;
}

static void tell(struct checking *k, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
tell(struct checking *k, const char *fmt, ...)
{
	static const char *const name[] = { "fault" };
	char                     text[3 * WORDS_BYTES];
	const char *const        value[] = { text };
	va_list                  ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)k->found(k->arg, 1, name, value);
	k->faults++;
}

/* A row of LINES: a line and what stands in the database by it. */
static enum outcome
check_line(struct checking *k, sqlite3_stmt *q, struct why *why)
{
	struct told  line, row;
	char         by_line[WORDS_BYTES], by_row[WORDS_BYTES], sha256[65];
	uint64_t     uid;
	int          is_copy = read_line(sql_text(q, 1), sql_text(q, 2), &line), found = 0;
	enum outcome o;

	put_words(&line, by_line);
	if (sqlite3_column_type(q, 3) != SQLITE_NULL) {
		sql_copy(q, 3, row.mailbox, sizeof row.mailbox);
		row.uidvalidity = sqlite3_column_int64(q, 4);
		row.uid = sqlite3_column_int64(q, 5);
		row.received = sqlite3_column_type(q, 6) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 6);
		sql_copy(q, 7, row.sha256, sizeof row.sha256);
		put_words(&row, by_row);
		if (!is_copy || strcmp(by_line, by_row) != 0)
			tell(k, "line %s of the journal brings the copy %s; the database has %s by it", sql_text(q, 0), is_copy ? by_line : "of nothing", by_row);
		return OUTCOME_OK;
	}
	if (!is_copy)
		return OUTCOME_OK;
	/* A second line of one place is told and brings nothing. */
	o = store_find_copy(k->store, line.mailbox, (uint32_t)line.uidvalidity, (uint64_t)line.uid, NULL, &found, &uid, sha256, why);
	if (o == OUTCOME_OK && !found)
		tell(k, "line %s of the journal brings the copy %s; the database does not have it", sql_text(q, 0), by_line);
	return o;
}

static enum outcome
check_strangers(struct checking *k, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           row = 1;
	enum outcome  o = sql_open(k->store, "SELECT mailbox, uidvalidity, uid FROM copy WHERE event NOT IN (SELECT id FROM event WHERE action = 'copy')",
	    NO_BINDS, &q, why);

	while (o == OUTCOME_OK && (o = sql_row(k->store, q, &row, why)) == OUTCOME_OK && row)
		tell(k, "no line of the journal brings the copy %s/%s/%s", sql_text(q, 0), sql_text(q, 1), sql_text(q, 2));
	sql_close(q);
	return o;
}

/* Each line has its row and each row a line of its own: two rows of one line cannot both be in its place. */
enum outcome
store_check_copies(struct store *s, read_row *found, void *arg, size_t *faults, struct why *why)
{
	struct checking k = { .store = s, .found = found, .arg = arg };
	sqlite3_stmt   *q = NULL;
	int             row = 1;
	enum outcome    o = read_begin(s, why);

	if (o != OUTCOME_OK)
		return o;
	o = sql_open(s, "SELECT e.id, e.object, e.detail, c.mailbox, c.uidvalidity, c.uid, c.received, s.sha256 FROM event e"
	    " LEFT JOIN copy c ON c.event = e.id LEFT JOIN submission s ON s.id = c.submission WHERE e.action = 'copy' ORDER BY e.id",
	    NO_BINDS, &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &row, why)) == OUTCOME_OK && row)
		o = check_line(&k, q, why);
	sql_close(q);
	if (o == OUTCOME_OK)
		o = check_strangers(&k, why);
	read_end(s);
	*faults = k.faults;
	return o;
}
