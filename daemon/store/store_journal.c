/* Journal lines become rows; nothing here is known from anywhere else than the journal. */
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store.h"
#include "daemon/store/store_erase.h"
#include "daemon/store/store_responder.h"

enum outcome
store_last_event(struct store *s, uint64_t *seq, char hash[65], struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 0;

	o = sql_open(s, "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1", NO_BINDS, &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found) {
		*seq = (uint64_t)sqlite3_column_int64(q, 0);
		sql_copy(q, 1, hash, 65);
	} else if (o == OUTCOME_OK) {
		*seq = 0;
		memset(hash, '0', 64);
		hash[64] = '\0';
	}
	sql_close(q);
	return o;
}

/* --- reading one line ---------------------------------------------------------------------------------------------- */

static enum outcome
misread(const struct journal_entry *e, const char *what, struct why *why)
{
	return why_set(why, OUTCOME_REFUSED, "journal line %llu: %s", (unsigned long long)e->seq, what);
}

static int
is_sha256(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Which mail in which mailbox a line speaks of. */
struct place {
	char    mailbox[256];
	int64_t uidvalidity, uid;
};

static enum outcome
read_place(const struct journal_entry *e, struct place *p, struct why *why)
{
	if (!journal_detail(e->detail, "mailbox", p->mailbox, sizeof p->mailbox) || p->mailbox[0] == '\0')
		return misread(e, "no mailbox", why);
	if (!journal_detail_number(e->detail, "uidvalidity", &p->uidvalidity) || p->uidvalidity < 0 || p->uidvalidity > UINT32_MAX)
		return misread(e, "no uidvalidity", why);
	if (!journal_detail_number(e->detail, "uid", &p->uid) || p->uid < 0)
		return misread(e, "no uid", why);
	return OUTCOME_OK;
}

/* The original a line speaks of, which an earlier line must have brought. */
static enum outcome
read_submission(struct store *s, const struct journal_entry *e, const char *sha256, int64_t *submission, struct why *why)
{
	enum outcome o;

	if (!is_sha256(sha256))
		return misread(e, "no SHA-256", why);
	if ((o = store_by_sha256(s, sha256, submission, why)) != OUTCOME_OK)
		return o;
	return *submission != 0 ? OUTCOME_OK : misread(e, "an original that no line before it has brought", why);
}

/* --- the actions --------------------------------------------------------------------------------------------------- */

static enum outcome
judge_again(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "UPDATE submission SET unjudged = 2 WHERE id = ?1 AND unparsed = 0 AND unjudged <> 2",
	    BINDS(bind_int(submission)), why);
}

/* Whatever order copies arrive in, the earliest is the same one. */
static enum outcome
keep_earliest(struct store *s, int64_t submission, struct bind received, const struct place *at, struct why *why)
{
	return sql_do(s, "UPDATE submission SET received = ?2, received_mailbox = ?3, received_uid = ?4, received_local = NULL"
	    " WHERE id = ?1 AND (?2 IS NULL, coalesce(?2, 0), ?3, ?4)"
	    " < (received IS NULL, coalesce(received, 0), received_mailbox, received_uid)",
	    BINDS(bind_int(submission), received, bind_text(at->mailbox), bind_int(at->uid)), why);
}

static enum outcome
not_missing(struct store *s, const struct place *at, struct why *why)
{
	return sql_do(s, "DELETE FROM shown WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3",
	    BINDS(bind_text(at->mailbox), bind_int(at->uidvalidity), bind_int(at->uid)), why);
}

static enum outcome
apply_copy(struct store *s, const struct journal_entry *e, struct why *why)
{
	struct place at;
	struct bind  received = bind_null();
	int64_t      submission = 0, bytes, when;
	char         key[512];
	int          has_key = journal_detail(e->detail, "key", key, sizeof key);
	enum outcome o;

	if ((o = read_place(e, &at, why)) != OUTCOME_OK)
		return o;
	if (!is_sha256(e->object))
		return misread(e, "no SHA-256", why);
	if (!journal_detail_number(e->detail, "bytes", &bytes) || bytes < 0)
		return misread(e, "no size", why);
	if (journal_detail_number(e->detail, "received", &when) && when != TIME_UNKNOWN)
		received = bind_int(when);
	if ((o = store_by_sha256(s, e->object, &submission, why)) != OUTCOME_OK)
		return o;
	if (submission == 0) {
		o = sql_do(s, "INSERT INTO submission (sha256, bytes, received, received_mailbox, received_uid) VALUES (?1, ?2, ?3, ?4, ?5)",
		    BINDS(bind_text(e->object), bind_int(bytes), received, bind_text(at.mailbox), bind_int(at.uid)), why);
		submission = sqlite3_last_insert_rowid(s->db);
	} else if ((o = keep_earliest(s, submission, received, &at, why)) == OUTCOME_OK)
		o = judge_again(s, submission, why);
	if (o != OUTCOME_OK)
		return o;
	if ((o = not_missing(s, &at, why)) != OUTCOME_OK)
		return o;
	/* Excluded once (too large for an older limit, say), stored now: it is counted once. */
	if ((o = sql_do(s, "DELETE FROM excluded WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3",
	    BINDS(bind_text(at.mailbox), bind_int(at.uidvalidity), bind_int(at.uid)), why)) != OUTCOME_OK)
		return o;
	o = sql_do(s, "INSERT INTO copy (mailbox, uidvalidity, uid, submission, received, known_as, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    BINDS(bind_text(at.mailbox), bind_int(at.uidvalidity), bind_int(at.uid), bind_int(submission), received,
	    bind_known(has_key ? key : NULL), bind_int((int64_t)e->seq)), why);
	return o == OUTCOME_BAD ? misread(e, "a copy that is known already", why) : o;
}

static enum outcome
apply_excluded(struct store *s, const struct journal_entry *e, struct why *why)
{
	struct place at;
	char         reason[128];
	enum outcome o;

	if ((o = read_place(e, &at, why)) != OUTCOME_OK)
		return o;
	if (!journal_detail(e->detail, "reason", reason, sizeof reason))
		return misread(e, "no reason", why);
	if ((o = not_missing(s, &at, why)) != OUTCOME_OK)
		return o;
	return sql_do(s, "INSERT INTO excluded (mailbox, uidvalidity, uid, reason, event) SELECT ?1, ?2, ?3, ?4, ?5"
	    " WHERE NOT EXISTS (SELECT 1 FROM copy WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3)"
	    " ON CONFLICT DO UPDATE SET reason = excluded.reason, event = excluded.event",
	    BINDS(bind_text(at.mailbox), bind_int(at.uidvalidity), bind_int(at.uid), bind_text(reason), bind_int((int64_t)e->seq)), why);
}

static enum outcome
apply_settled(struct store *s, const struct journal_entry *e, struct why *why)
{
	struct place at;
	char         how[32];
	enum outcome o;

	if ((o = read_place(e, &at, why)) != OUTCOME_OK)
		return o;
	if (!journal_detail(e->detail, "how", how, sizeof how))
		return misread(e, "not told how it was settled", why);
	if (strcmp(how, "there") == 0)	/* gone, as it seemed, and shown again */
		o = sql_do(s, "UPDATE copy SET settled_how = NULL, state = (SELECT state FROM submission WHERE id = submission)"
		    " WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3",
		    BINDS(bind_text(at.mailbox), bind_int(at.uidvalidity), bind_int(at.uid)), why);
	else
		o = sql_do(s, "UPDATE copy SET state = ?4, settled_how = ?5 WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3",
		    BINDS(bind_text(at.mailbox), bind_int(at.uidvalidity), bind_int(at.uid),
		    bind_text(strcmp(how, "gone") == 0 ? "gone from server" : "settled"), bind_text(how)), why);
	if (o == OUTCOME_OK && sqlite3_changes64(s->db) == 0)
		return misread(e, "a copy that no line before it has brought", why);
	return o;
}

/* The latest decision of its sort stands; who was related by the one before must be judged again too. */
static enum outcome
keep_decision(struct store *s, const struct journal_entry *e, const char *about, struct bind number, struct bind value, int64_t other, struct why *why)
{
	int64_t      submission = 0, before = 0;
	enum outcome o;

	if ((o = read_submission(s, e, e->object, &submission, why)) != OUTCOME_OK)
		return o;
	if ((o = sql_number(s, "SELECT other FROM decision WHERE submission = ?1 AND about = ?2",
	    BINDS(bind_int(submission), bind_text(about)), &before, why)) != OUTCOME_OK)
		return o;
	if ((o = sql_do(s, "INSERT OR REPLACE INTO decision (submission, about, number, value, other, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    BINDS(bind_int(submission), bind_text(about), number, value, other != 0 ? bind_int(other) : bind_null(),
	    bind_int((int64_t)e->seq)), why)) != OUTCOME_OK)
		return o;
	if ((o = judge_again(s, submission, why)) != OUTCOME_OK || (o = judge_again(s, other, why)) != OUTCOME_OK)
		return o;
	return judge_again(s, before, why);
}

enum outcome
store_related(struct store *s, int64_t submission, int *relation, int64_t *other, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o = sql_open(s, "SELECT number, other FROM decision WHERE submission = ?1 AND about = 'relate'",
	    BINDS(bind_int(submission)), &q, why);

	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK) {
		*relation = found ? sqlite3_column_int(q, 0) : -1;
		*other = found ? sqlite3_column_int64(q, 1) : 0;
	}
	sql_close(q);
	return o;
}

static enum outcome
apply_kind(struct store *s, const struct journal_entry *e, struct why *why)
{
	char         name[64];
	int          kind;
	enum outcome o;

	if (!journal_detail(e->detail, "kind", name, sizeof name) || (kind = kind_of_name(name)) < 0)
		return misread(e, "no kind", why);
	if ((o = keep_decision(s, e, "kind", bind_int(kind), bind_null(), 0, why)) != OUTCOME_OK)
		return o;
	/* Of an erased one nothing is left to be judged by itself: what is decided is the verdict. */
	return sql_do(s, "UPDATE verdict SET kind = ?2 WHERE submission = (SELECT t.submission FROM tombstone t JOIN submission s ON s.id = t.submission"
	    " WHERE s.sha256 = ?1)", BINDS(bind_text(e->object), bind_int(kind)), why);
}

static enum outcome
apply_refile(struct store *s, const struct journal_entry *e, struct why *why)
{
	char consultation[256];

	if (!journal_detail(e->detail, "consultation", consultation, sizeof consultation) || consultation[0] == '\0')
		return misread(e, "no consultation", why);
	return keep_decision(s, e, "refile", bind_null(), bind_text(consultation), 0, why);
}

/* "original" stands alone: it has no other ("-"). */
static enum outcome
apply_relate(struct store *s, const struct journal_entry *e, struct why *why)
{
	char         name[64], sha256[80] = "-";
	int          relation;
	int64_t      other = 0;
	enum outcome o;

	if (!journal_detail(e->detail, "relation", name, sizeof name) || (relation = relation_of_name(name)) < 0)
		return misread(e, "no relation", why);
	(void)journal_detail(e->detail, "other", sha256, sizeof sha256);
	if (strcmp(sha256, "-") != 0 && (o = read_submission(s, e, sha256, &other, why)) != OUTCOME_OK)
		return o;
	if (other == 0 && relation != RELATION_ORIGINAL)
		return misread(e, "a relation to nothing", why);
	return keep_decision(s, e, "relate", bind_int(relation), bind_null(), other, why);
}

/* The latest word on a submission's responder stands: to split takes a join of the two back, whichever of them it was said of. */
static enum outcome
apply_responder(struct store *s, const struct journal_entry *e, struct why *why)
{
	char         sha256[80];
	int          joins = strcmp(e->action, "join") == 0;
	int64_t      submission = 0, other = 0, taken_back;
	enum outcome o;

	if (!journal_detail(e->detail, "other", sha256, sizeof sha256))
		return misread(e, "not told with whom", why);
	if (journal_detail_number(e->detail, "joins", &taken_back))
		return OUTCOME_OK;	/* the lines that take them back say it all */
	if ((o = read_submission(s, e, e->object, &submission, why)) != OUTCOME_OK || (o = read_submission(s, e, sha256, &other, why)) != OUTCOME_OK ||
	    (o = store_mark_responders(s, submission, other, why)) != OUTCOME_OK)
		return o;
	if (!joins && (o = sql_do(s, "DELETE FROM decision WHERE about = 'responder' AND number = 1 AND submission = ?1 AND other = ?2",
	    BINDS(bind_int(other), bind_int(submission)), why)) != OUTCOME_OK)
		return o;
	if ((o = keep_decision(s, e, "responder", bind_int(joins), bind_null(), other, why)) != OUTCOME_OK)
		return o;
	return store_mark_responders(s, submission, other, why);
}

static const struct {
	const char *name;
	enum outcome (*apply)(struct store *s, const struct journal_entry *e, struct why *why);
} actions[] = {
	{ "copy", apply_copy },     { "excluded", apply_excluded }, { "settled", apply_settled },
	{ "kind", apply_kind },     { "refile", apply_refile },     { "relate", apply_relate },
	{ "join", apply_responder }, { "split", apply_responder },  { "erase", store_apply_erase },
};

enum outcome
store_note(struct store *s, const struct journal_entry *e, struct why *why)
{
	int64_t      last = 0;
	enum outcome o;

	if ((o = sql_number(s, "SELECT max(id) FROM event", NO_BINDS, &last, why)) != OUTCOME_OK)
		return o;
	if (e->seq <= (uint64_t)last)
		return misread(e, "is applied already", why);
	if (e->seq != (uint64_t)last + 1)
		return misread(e, "lines before it are missing", why);
	return sql_do(s, "INSERT INTO event (id, at, actor, action, object, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    BINDS(bind_int((int64_t)e->seq), bind_int(e->at), bind_text(e->actor), bind_text(e->action), bind_text(e->object),
	    bind_text(e->detail), bind_text(e->hash)), why);
}

enum outcome
store_apply(struct store *s, const struct journal_entry *e, struct why *why)
{
	enum outcome o = store_note(s, e, why);

	if (o != OUTCOME_OK)
		return o;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strcmp(e->action, actions[i].name) == 0)
			return actions[i].apply(s, e, why);
	return OUTCOME_OK;	/* told, and nothing else: "configuration", or an action of a later version */
}

/* --- settling -------------------------------------------------------------------------------------------------------- */

enum outcome
store_ask_settle(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, struct why *why)
{
	return sql_do(s, "UPDATE copy SET settled_how = CASE WHEN settled_how IS NULL THEN 'asked' ELSE 'asked again' END"
	    " WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3 AND state = 'filed'",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)uid)), why);
}

enum outcome
store_was_asked(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, int *was, struct why *why)
{
	int64_t      n = 0;
	enum outcome o = sql_number(s, "SELECT count(*) FROM copy WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3"
	    " AND settled_how IN ('asked again', 'moved')",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)uid)), &n, why);

	*was = n > 0;
	return o;
}

/* --- what the supervisor asks ---------------------------------------------------------------------------------------- */

enum outcome
store_cursor(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t *uid, struct why *why)
{
	int64_t      highest = 0;
	enum outcome o;

	/* Two lookups at the ends of two indexes: there is no cursor to keep in step. */
	o = sql_number(s, "SELECT max(coalesce((SELECT max(uid) FROM copy WHERE mailbox = ?1 AND uidvalidity = ?2), 0),"
	    " coalesce((SELECT max(uid) FROM excluded WHERE mailbox = ?1 AND uidvalidity = ?2), 0))",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity)), &highest, why);
	if (o == OUTCOME_OK)
		*uid = (uint64_t)highest;
	return o;
}

enum outcome
store_find_copy(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, const char *key, int *found,
    uint64_t *uid_out, char *sha256, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           row = 0;

	if (key == NULL)
		o = sql_open(s, "SELECT c.uid, s.sha256 FROM copy c JOIN submission s ON s.id = c.submission"
		    " WHERE c.mailbox = ?1 AND c.uidvalidity = ?2 AND c.uid = ?3",
		    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)uid)), &q, why);
	else
		/* Named, or SQLite reads the whole mailbox in the order of UIDs to find the first. */
		o = sql_open(s, "SELECT c.uid, s.sha256 FROM copy c INDEXED BY copy_known_as JOIN submission s ON s.id = c.submission"
		    " WHERE c.mailbox = ?1 AND c.uidvalidity = ?2 AND c.known_as = ?3 ORDER BY c.uid LIMIT 1",
		    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_text(key)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &row, why);
	if (o == OUTCOME_OK) {
		*found = row;
		if (row) {
			*uid_out = (uint64_t)sqlite3_column_int64(q, 0);
			sql_copy(q, 1, sha256, 65);
		}
	}
	sql_close(q);
	return o;
}

/* They are few: no column of their own, the journal's line has the key. */
enum outcome
store_find_excluded(struct store *s, const char *mailbox, uint32_t uidvalidity, const char *key, uint64_t *uid, struct why *why)
{
	int64_t      found = 0;
	enum outcome o = sql_number(s, "SELECT coalesce(min(x.uid), 0) FROM excluded x JOIN event e ON e.id = x.event"
	    " WHERE x.mailbox = ?1 AND x.uidvalidity = ?2 AND instr(e.detail, ' key=' || ?3) > 0",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_text(key)), &found, why);

	*uid = (uint64_t)found;
	return o;
}

enum outcome
store_to_settle(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t after, struct to_settle *out, size_t max,
    size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;
	size_t        have = 0;

	o = sql_open(s, "SELECT c.uid, s.sha256 FROM copy c JOIN submission s ON s.id = c.submission"
	    " WHERE c.mailbox = ?1 AND c.uidvalidity = ?2 AND c.uid > ?3 AND c.state = 'filed'"
	    " ORDER BY c.uid LIMIT ?4",
	    BINDS(bind_text(mailbox), bind_int(uidvalidity), bind_int((int64_t)(after & INT64_MAX)), bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		out[have].uid = (uint64_t)sqlite3_column_int64(q, 0);
		sql_copy(q, 1, out[have].sha256, sizeof out[have].sha256);
		have++;
	}
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}
