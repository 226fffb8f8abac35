#include "daemon/store/read.h"

#include <string.h>
#include <unistd.h>

#include "daemon/journal.h"
#include "daemon/store/sql.h"

enum outcome
read_open(const char *path, struct store **out, struct why *why)
{
	struct store *s = NULL;
	enum outcome  o;

	if (access(path, R_OK) == -1)
		return why_errno(why, OUTCOME_REFUSED, "database %s: cannot be read; is `database` right, has the daemon run once, "
		    "are you in its group", path);
	if ((o = sql_connect(path, SQLITE_OPEN_READONLY, &s, why)) != OUTCOME_OK ||
	    (o = sql_schema(s, path, NULL, why)) != OUTCOME_OK)
		goto out;
	*out = s;
	s = NULL;
out:
	store_close(&s);
	return o;
}

enum outcome
read_begin(struct store *s, struct why *why)
{
	return sql_do(s, "BEGIN", NO_BINDS, why);
}

void
read_end(struct store *s)
{
	store_rollback(s);
}

/* --- the queries ----------------------------------------------------------------------------------------------------- */

/* Of a submission m that does not count. A version that is replaced names the one that counts; a withdrawn answer has none. */
#define WHY_NOT \
	"CASE WHEN kind IS NULL THEN 'not filed yet'" \
	" WHEN kind = 'registration' THEN 'signs up for a meeting: see registrations'" \
	" WHEN kind = 'withdrawal' THEN iif(relation = 'withdrawal', 'withdraws ' || related_to, 'withdraws nothing that is here')" \
	" WHEN kind <> 'response' THEN 'no answer: ' || replace(kind, '_', ' ')" \
	"  || coalesce(' (' || (SELECT automatic_why FROM verdict WHERE submission = m.id) || ')', '')" \
	" WHEN relation IN ('copy', 'resend', 'forward', 'supplement', 'withdrawal') THEN relation || ' of ' || related_to" \
	"  || iif((SELECT head FROM verdict WHERE submission = m.id) IS NULL, ', which does not count', '')" \
	" ELSE coalesce((SELECT 'replaced: ' || head || ' counts' FROM verdict WHERE submission = m.id AND head IS NOT NULL)," \
	"  (SELECT 'withdrawn by ' || min(w.id) FROM submissions w WHERE w.related_to = m.id AND w.relation = 'withdrawal' HAVING count(*) > 0)," \
	"  'its answer was withdrawn') END"

/* When the configuration became another, NULL when there never was another or everything was judged again after it. */
#define CHANGED_AT \
	"(SELECT c.at FROM events c WHERE c.id = (SELECT max(id) FROM events WHERE action = 'configuration')" \
	"  AND EXISTS (SELECT 1 FROM events WHERE action = 'configuration' AND id < c.id)" \
	"  AND NOT EXISTS (SELECT 1 FROM events WHERE action = 'replay' AND id > c.id AND ' ' || detail LIKE '% scope=all %'))"

/* The operator's word that came with an erasure was not about the relation: it stays what the rules had found. */
#define RELATION_RULE "iif(v.relation_rule = 'operator' AND EXISTS (SELECT 1 FROM decision d JOIN event e ON e.id = d.event" \
	" WHERE d.submission = v.submission AND d.about = 'relate' AND (e.action = 'erase' OR e.detail LIKE '%" JOURNAL_WITH_NEXT "')), 'erased', v.relation_rule)"

/* ?1 is the submission where there is one. */
static const char *const queries[READ_QUERIES] = {
	[READ_MAILBOXES] = "SELECT name, address, state, last_success, last_error, next_attempt, lag_s FROM mailboxes ORDER BY name",
	[READ_COMPLETENESS] = "SELECT * FROM completeness ORDER BY mailbox, uidvalidity",
	[READ_BACKLOG] = "SELECT (SELECT count(*) FROM submission WHERE unparsed > 0) AS unparsed,"
	    " (SELECT count(*) FROM submission WHERE unjudged > 0 AND unparsed = 0) AS unjudged,"
	    " (SELECT count(*) FROM submission) AS submissions, (SELECT count(*) FROM copy) AS copies,"
	    " (SELECT max(id) FROM event) AS last_event, (SELECT at FROM events ORDER BY id DESC LIMIT 1) AS last_event_at",
	[READ_REVIEW] = "SELECT submission, reason, detail, candidates, since FROM review ORDER BY since, submission, reason",
	[READ_REVIEW_COUNTS] = "SELECT reason, count(*) AS n FROM review GROUP BY reason ORDER BY n DESC, reason",
	[READ_DEADLINES] = "SELECT n.consultation, c.title, c.case_ref, c.deadline, n.responses, n.on_time, n.late, n.unanswered, n.review,"
	    " iif(n.submissions > 0, " CHANGED_AT ", NULL) AS changed_at FROM counts n LEFT JOIN consultations c ON c.id = n.consultation"
	    " WHERE n.consultation IS NOT NULL ORDER BY c.deadline, n.consultation",
	[READ_ARCHIVE] = "SELECT sha256, bytes, id AS submission FROM submission WHERE id NOT IN (SELECT submission FROM tombstone) ORDER BY sha256",
	[READ_ERASED] = "SELECT sha256, id AS submission FROM submission WHERE id IN (SELECT submission FROM tombstone) ORDER BY sha256",
	[READ_EVENTS] = "SELECT id, at, actor, action, object, detail, hash FROM events ORDER BY id",
	[READ_SUBMISSION] = "SELECT m.*, v.automatic_why AS kind_why, v.own_consultation, v.own_score, v.responder_key, v.responder_class, v.orgnr,"
	    " v.invited, v.contact, v.address, (SELECT name FROM name WHERE of = 'position' AND number = v.position) AS position,"
	    " v.language, v.head, v.version, strftime('%Y-%m-%dT%H:%M:%SZ', v.first_received, 'unixepoch') AS first_received_at,"
	    " v.deadline_verdict, v.seconds_late, " RELATION_RULE " AS relation_rule, v.judge AS judge_version, p.parser AS parser_version,"
	    " p.failure, s.tries AS parse_tries, s.unparsed, s.unjudged > 0 AS unjudged"
	    " FROM submissions m JOIN submission s ON s.id = m.id LEFT JOIN verdict v ON v.submission = m.id"
	    " LEFT JOIN records p ON p.submission = m.id WHERE m.id = ?1",
	[READ_COPIES] = "SELECT mailbox, uidvalidity, uid, internal_date, state FROM copies WHERE submission = ?1"
	    " ORDER BY internal_date, mailbox, uid",
	[READ_EVIDENCE] = "SELECT verdict, value, rule, version, weight, zone, part, page, offset, input FROM ("
	    " SELECT n, verdict, value, rule, version, weight, (SELECT name FROM name WHERE of = 'zone' AND number = zone) AS zone,"
	    "  iif(zone = 255, NULL, part) AS part, iif(zone = 255, NULL, page) AS page, iif(zone = 255, NULL, offset) AS offset, input FROM evidence WHERE submission = ?1"
	    " UNION ALL SELECT 9e8, 'consultation', coalesce(consultation, '-'), 'of-its-kin', judge, 0, NULL, NULL, NULL, NULL,"
	    "  'a copy, an earlier version, or what it replies to' FROM verdict WHERE submission = ?1"
	    "  AND (no_consultation OR consultation IS NOT NULL AND consultation IS NOT own_consultation) AND NOT EXISTS (SELECT 1 FROM decision WHERE submission = ?1 AND about = 'refile')"
	    " UNION ALL SELECT 1e9, 'relation', (SELECT name FROM name WHERE of = 'relation' AND number = relation), " RELATION_RULE ", judge,"
	    "  0, NULL, NULL, NULL, NULL, related_to FROM verdict v WHERE submission = ?1 AND relation_rule IS NOT NULL"
	    " UNION ALL SELECT 2e9, 'relation', 'campaign', 'form-letter', v.judge, 0, NULL, NULL, NULL, NULL,"
	    "  'template ' || m.campaign || ', ' || m.added_words || ' words added'"
	    "  FROM campaign_members m JOIN verdict v ON v.submission = m.submission WHERE m.submission = ?1) ORDER BY n",
	[READ_REVIEWS] = "SELECT reason, detail, candidates FROM review WHERE submission = ?1 ORDER BY reason",
	[READ_DECISIONS] = "SELECT at, actor, action, detail FROM events WHERE object = (SELECT sha256 FROM submission WHERE id = ?1)"
	    " AND action IN ('kind', 'refile', 'relate', 'join', 'split', 'erase') ORDER BY id",
	/* What stands behind the same row of responses, and what it is related to or is related to it outside that. */
	[READ_FAMILY] = "SELECT id, sha256, relation, related_to, received_at, from_address, subject, counts FROM submissions WHERE id IN ("
	    " SELECT o.submission FROM verdict v JOIN verdict o ON o.head = v.head WHERE v.submission = ?1"
	    " UNION SELECT related_to FROM verdict WHERE submission = ?1 UNION SELECT submission FROM verdict WHERE related_to = ?1)"
	    " AND id <> ?1 ORDER BY received_at, id",
	[READ_ATTACHMENTS] = "SELECT * FROM attachments WHERE submission = ?1 ORDER BY position",
	[READ_REGISTRATIONS] = "SELECT organisation, name AS person, email, speaker, coalesce((SELECT r.verdict FROM registrations r"
	    "  WHERE r.submission = p.submission AND r.person IS p.name AND r.email IS p.email), p.verdict) ||"
	    "  coalesce(', replaced by submission ' || left_by, '') AS verdict"
	    " FROM person p WHERE submission = ?1 ORDER BY n",
	[READ_TEXT] = "SELECT subject, organisation, text FROM search WHERE rowid = ?1",
	[READ_CONSULTATION] = "SELECT id, title, case_ref, opened, deadline, deadline_at, configured FROM consultations WHERE id = ?1",
	[READ_COUNTS] = "SELECT * FROM counts WHERE consultation = ?1",
	[READ_COUNTED] = "SELECT r.id AS submission, substr(s.sha256, 1, 16) AS sha256, r.received_local, r.organisation, r.deadline_verdict,"
	    " r.position, r.version, r.copies, r.review FROM responses r JOIN submissions s ON s.id = r.id WHERE r.consultation = ?1"
	    " ORDER BY r.received_at, s.sha256",
	[READ_NOT_COUNTED] = "SELECT id AS submission, substr(sha256, 1, 16) AS sha256, received_local, kind, relation, related_to,"
	    " (SELECT " RELATION_RULE " FROM verdict v WHERE submission = id) AS rule, " WHY_NOT " AS why FROM submissions m"
	    " WHERE consultation = ?1 AND counts = 0 ORDER BY received_at, sha256",
	[READ_REVIEWS_OF] = "SELECT r.reason, count(*) AS n FROM review r JOIN submissions s ON s.id = r.submission WHERE s.consultation = ?1"
	    " GROUP BY 1 ORDER BY 2 DESC, 1",
	[READ_EXCLUDED] = "SELECT x.mailbox, x.uidvalidity, x.uid, x.reason, e.at FROM excluded x JOIN events e ON e.id = x.event"
	    " WHERE ?1 IS NOT NULL ORDER BY 1, 2, 3",
	[READ_UNFILED] = "SELECT submissions, responses, review FROM counts WHERE consultation IS NULL AND ?1 IS NOT NULL",
	[READ_ORIGINALS_OF] = "SELECT sha256, bytes FROM submissions WHERE consultation = ?1 AND state <> 'erased' ORDER BY sha256",
	[READ_UNSURE] = "SELECT name AS mailbox, state, (SELECT max(last_checked) FROM completeness WHERE mailbox = m.name) AS last_checked"
	    " FROM mailboxes m WHERE (state IS NULL OR state = 'failed' OR last_checked IS NULL) AND state IS NOT 'not configured' AND ?1 IS NOT NULL"
	    " ORDER BY name",
	[READ_HEAD] = "SELECT id AS line, at, hash, strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS now, " CHANGED_AT " AS changed_at,"
	    " (SELECT count(*) FROM submission WHERE unparsed > 0) AS unparsed,"
	    " (SELECT count(*) FROM submission WHERE unjudged > 0 AND unparsed = 0) AS unjudged, (SELECT timezone FROM setting) AS timezone"
	    " FROM events WHERE ?1 IS NOT NULL ORDER BY id DESC LIMIT 1",
};

#define MOST_COLUMNS 64

/* One row to `each`; `stop` is what it said. */
static void
give_row(sqlite3_stmt *q, read_row *each, void *arg, int *stop)
{
	const char *names[MOST_COLUMNS], *values[MOST_COLUMNS];
	int         n = sqlite3_column_count(q);

	if (n > MOST_COLUMNS)
		n = MOST_COLUMNS;
	for (int i = 0; i < n; i++) {
		names[i] = sqlite3_column_name(q, i);
		values[i] = (const char *)sqlite3_column_text(q, i);
	}
	*stop = each(arg, n, names, values);
}

static enum outcome
run(struct store *s, const char *sql, const struct bind *b, size_t n, read_row *each, void *arg, size_t *rows, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1, stop = 0;

	o = sql_open(s, sql, b, n, &q, why);
	while (o == OUTCOME_OK && !stop && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		++*rows;
		give_row(q, each, arg, &stop);
	}
	sql_close(q);
	return o;
}

enum outcome
read_rows(struct store *s, enum read_query which, int64_t submission, read_row *each, void *arg, struct why *why)
{
	const struct bind id = bind_int(submission);
	size_t            rows = 0;

	return run(s, queries[which], &id, which >= READ_SUBMISSION ? 1 : 0, each, arg, &rows, why);
}

enum outcome
read_consultation(struct store *s, enum read_query which, const char *consultation, read_row *each, void *arg, struct why *why)
{
	const struct bind id = bind_text(consultation);
	size_t            rows = 0;

	return run(s, queries[which], &id, 1, each, arg, &rows, why);
}

/* --- is it sound ----------------------------------------------------------------------------------------------------- */

/* Each gives the sentences of what is wrong, and no row when nothing is. */
static const char *const checks[] = {
	"SELECT 'integrity_check: ' || integrity_check AS fault FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
	"SELECT 'a row of ' || \"table\" || ' refers to ' || parent || ', where there is none' AS fault FROM pragma_foreign_key_check",
	"SELECT 'copy ' || mailbox || '/' || uidvalidity || '/' || uid || ' has no submission' AS fault FROM copy"
	" WHERE submission NOT IN (SELECT id FROM submission)",
	"SELECT 'submission ' || id || ' has no copy' AS fault FROM submission WHERE id NOT IN (SELECT submission FROM copy)",
	"SELECT 'submission ' || id || ' was received at another time or place than its earliest copy' AS fault FROM submission s"
	" WHERE (received, received_mailbox, received_uid) IS NOT (SELECT received, mailbox, uid FROM copy WHERE submission = s.id"
	"  ORDER BY received IS NULL, received, mailbox, uid LIMIT 1) AND id IN (SELECT submission FROM copy)",
	"SELECT 'submission ' || id || ' has no SHA-256 of an original' AS fault FROM submission WHERE length(sha256) <> 64 OR sha256 GLOB '*[^0-9a-f]*'",
	"SELECT 'submission ' || id || ' is filed without a verdict' AS fault FROM submission"
	" WHERE state = 'filed' AND id NOT IN (SELECT submission FROM verdict)",
	"SELECT 'submission ' || id || ' is parsed but not in the search index' AS fault FROM submission"
	" WHERE unparsed = 0 AND id NOT IN (SELECT rowid FROM search) AND id NOT IN (SELECT submission FROM tombstone)",
	"SELECT 'submission ' || submission || ' belongs to the answer ' || head || ', which does not count' AS fault FROM verdict v"
	" WHERE head IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verdict h WHERE h.submission = v.head AND h.counts = 1)",
	"SELECT 'submission ' || submission || ' counts, but belongs to another answer' AS fault FROM verdict WHERE counts = 1 AND head IS NOT submission",
	"SELECT 'the audit trail has ' || count(*) || ' events, the last is number ' || max(id) AS fault FROM event HAVING count(*) <> max(id)",
};

enum outcome
store_check(struct store *s, read_row *found, void *arg, size_t *faults, struct why *why)
{
	size_t       n = 0;
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < sizeof checks / sizeof *checks && o == OUTCOME_OK; i++)
		o = run(s, checks[i], NO_BINDS, found, arg, &n, why);
	if (o == OUTCOME_OK)
		*faults = n;
	return o;
}
