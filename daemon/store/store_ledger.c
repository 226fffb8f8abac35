/* What is known of each UID of a mailbox, to be held against what its server shows. */
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store.h"

enum outcome
store_ledger(struct store *s, const char *mailbox, uint32_t uidvalidity, ledger_each *each, void *arg, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	uint64_t      uid, before = 0;
	int           found = 1;

	o = sql_open(s, "SELECT uid, CASE WHEN state = 'gone from server' THEN ?3 WHEN settled_how = 'moved' THEN ?4"
	    " WHEN settled_how IN ('asked', 'asked again') THEN ?5 ELSE ?6 END AS known FROM copy WHERE mailbox = ?1 AND uidvalidity = ?2"
	    " UNION ALL SELECT uid, ?7 FROM excluded WHERE mailbox = ?1 AND uidvalidity = ?2"
	    " UNION ALL SELECT uid, ?8 FROM shown WHERE mailbox = ?1 AND uidvalidity = ?2 ORDER BY uid, known",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int(LEDGER_GONE), bind_int(LEDGER_MOVED), bind_int(LEDGER_ASKED),
	    bind_int(LEDGER_HERE), bind_int(LEDGER_EXCLUDED), bind_int(LEDGER_MISSING)), &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		uid = (uint64_t)sqlite3_column_int64(q, 0);
		if (uid != before)
			o = each(arg, uid, (enum ledger_state)sqlite3_column_int(q, 1), why);
		before = uid;
	}
	sql_close(q);
	return o;
}

enum outcome
store_add_missing(struct store *s, const char *mailbox, uint32_t uidvalidity, uint32_t uid, struct why *why)
{
	return sql_do(s, "INSERT OR IGNORE INTO shown (mailbox, uidvalidity, uid) VALUES (?1, ?2, ?3)",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int(uid)), why);
}

enum outcome
store_missing(struct store *s, const char *mailbox, uint32_t uidvalidity, uint32_t *out, size_t max, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;
	size_t        have = 0;

	o = sql_open(s, "SELECT uid FROM shown WHERE mailbox = ?1 AND uidvalidity = ?2 ORDER BY uid LIMIT ?3",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		out[have++] = (uint32_t)sqlite3_column_int64(q, 0);
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}

enum outcome
store_retired(struct store *s, const char *mailbox, uint32_t uidvalidity, struct retired *out, size_t max, size_t *n, uint64_t *all,
    struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int64_t       copies = 0;
	int           found = 1;
	size_t        have = 0;

	o = sql_number(s, "SELECT count(*) FROM copy WHERE mailbox = ?1 AND uidvalidity <> ?2 AND known_as IS NULL"
	    " AND state <> 'gone from server' AND settled_how IS NOT 'moved'", BINDS(bind_text(mailbox), bind_int(uidvalidity)), &copies, why);
	if (o != OUTCOME_OK)
		return o;
	*all = (uint64_t)copies;
	o = sql_open(s, "SELECT uidvalidity, uid, 0 FROM copy WHERE mailbox = ?1 AND uidvalidity <> ?2 AND known_as IS NULL"
	    " AND state <> 'gone from server' AND settled_how IS NOT 'moved'"
	    " UNION ALL SELECT uidvalidity, uid, 1 FROM shown WHERE mailbox = ?1 AND uidvalidity <> ?2 LIMIT ?3",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		out[have].uidvalidity = (uint32_t)sqlite3_column_int64(q, 0);
		out[have].uid = (uint64_t)sqlite3_column_int64(q, 1);
		out[have++].missing = sqlite3_column_int(q, 2);
	}
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}
