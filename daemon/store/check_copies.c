/* Is each copy in the database the one that its line of the audit trail tells of? verify holds that trail against the journal, line by line. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
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

/* 0: a line that the database has no place for, and none is expected. */
static int
read_line(const char *object, const char *detail, struct told *c)
{
	(void)snprintf(c->sha256, sizeof c->sha256, "%s", object);
	if (!journal_detail_number(detail, "received", &c->received))
		c->received = TIME_UNKNOWN;
	return strlen(object) == 64 && journal_detail(detail, "mailbox", c->mailbox, sizeof c->mailbox) &&
	    journal_detail_number(detail, "uidvalidity", &c->uidvalidity) && c->uidvalidity >= 0 && c->uidvalidity <= UINT32_MAX &&
	    journal_detail_number(detail, "uid", &c->uid) && c->uid >= 0;
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

/* Each row is in the place that its line tells: no two rows can be, of one line. */
static enum outcome
check_rows(struct checking *k, struct why *why)
{
	sqlite3_stmt *q = NULL;
	struct told   line, row;
	char          by_line[WORDS_BYTES], by_row[WORDS_BYTES];
	int           more = 1;
	enum outcome  o = sql_open(k->store, "SELECT e.id, e.object, e.detail, c.mailbox, c.uidvalidity, c.uid, c.received, s.sha256 FROM copy c"
	    " LEFT JOIN event e ON e.id = c.event AND e.action = 'copy' LEFT JOIN submission s ON s.id = c.submission", NO_BINDS, &q, why);

	while (o == OUTCOME_OK && (o = sql_row(k->store, q, &more, why)) == OUTCOME_OK && more) {
		sql_copy(q, 3, row.mailbox, sizeof row.mailbox);
		row.uidvalidity = sqlite3_column_int64(q, 4);
		row.uid = sqlite3_column_int64(q, 5);
		row.received = sqlite3_column_type(q, 6) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 6);
		sql_copy(q, 7, row.sha256, sizeof row.sha256);
		put_words(&row, by_row);
		if (!read_line(sql_text(q, 1), sql_text(q, 2), &line)) {
			tell(k, "no line of the journal brings the copy %s, which the database has", by_row);
			continue;
		}
		put_words(&line, by_line);
		if (strcmp(by_line, by_row) != 0)
			tell(k, "line %s of the journal brings the copy %s; the database has %s by it", sql_text(q, 0), by_line, by_row);
	}
	sql_close(q);
	return o;
}

/* Each line has a row in its place; a second line of one place is told and brings nothing. */
static enum outcome
check_lines(struct checking *k, struct why *why)
{
	sqlite3_stmt *q = NULL;
	struct told   line;
	char          words[WORDS_BYTES], sha256[65];
	uint64_t      uid;
	int           more = 1, found;
	enum outcome  o = sql_open(k->store, "SELECT id, object, detail FROM event WHERE action = 'copy' ORDER BY id", NO_BINDS, &q, why);

	while (o == OUTCOME_OK && (o = sql_row(k->store, q, &more, why)) == OUTCOME_OK && more) {
		if (!read_line(sql_text(q, 1), sql_text(q, 2), &line))
			continue;
		o = store_find_copy(k->store, line.mailbox, (uint32_t)line.uidvalidity, (uint64_t)line.uid, NULL, &found, &uid, sha256, why);
		if (o != OUTCOME_OK || found)
			continue;
		put_words(&line, words);
		tell(k, "line %s of the journal brings the copy %s; the database does not have it", sql_text(q, 0), words);
	}
	sql_close(q);
	return o;
}

/* Rows and lines are found by their keys, so that it takes no longer, and no more memory, with each of them. */
enum outcome
store_check_copies(struct store *s, read_row *found, void *arg, size_t *faults, struct why *why)
{
	struct checking k = { .store = s, .found = found, .arg = arg };
	enum outcome    o = read_begin(s, why);

	if (o != OUTCOME_OK)
		return o;
	o = check_rows(&k, why);
	if (o == OUTCOME_OK)
		o = check_lines(&k, why);
	read_end(s);
	*faults = k.faults;
	return o;
}
