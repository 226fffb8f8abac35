#include "daemon/store/store_erase.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store_campaign.h"
#include "daemon/store/store_responder.h"

/* --- what is kept ---------------------------------------------------------------------------------------------------- */

enum outcome
store_remains(struct store *s, int64_t submission, struct remains *out, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o;

	memset(out, 0, sizeof *out);
	o = sql_open(s, "SELECT m.kind, m.consultation, v.responder_class, (SELECT name FROM name WHERE of = 'position' AND number = v.position),"
	    " v.language, m.relation, v.invited, v.related_to, v.responder_key, (SELECT sha256 FROM digest WHERE submission = m.id AND kind = ?2),"
	    " (SELECT group_concat(organisation, '; ') FROM (SELECT DISTINCT i.organisation FROM invited i JOIN evidence e ON e.value = i.organisation"
	    "  WHERE i.consultation = m.consultation AND e.submission = m.id AND e.rule = 'joint-answer' ORDER BY 1 LIMIT 6))"
	    " FROM submissions m JOIN verdict v ON v.submission = m.id WHERE m.id = ?1", BINDS(bind_int(submission), bind_int(DIGEST_CONTENT)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && !found)
		o = why_set(why, OUTCOME_REFUSED, "submission %lld is not judged yet: try again in a moment", (long long)submission);
	if (o == OUTCOME_OK) {
		const void *content = sqlite3_column_blob(q, 9);

		sql_copy(q, 0, out->kind, sizeof out->kind);
		sql_copy(q, 1, out->consultation, sizeof out->consultation);
		sql_copy(q, 2, out->class, sizeof out->class);
		sql_copy(q, 3, out->position, sizeof out->position);
		sql_copy(q, 4, out->language, sizeof out->language);
		sql_copy(q, 5, out->relation, sizeof out->relation);
		sql_copy(q, 6, out->invited, sizeof out->invited);
		out->other = sqlite3_column_int64(q, 7);
		sql_copy(q, 8, out->responder_key, sizeof out->responder_key);
		if (strlen(sql_text(q, 10)) < sizeof out->together)
			sql_copy(q, 10, out->together, sizeof out->together);
		out->has_content = content != NULL && sqlite3_column_bytes(q, 9) == 32;
		if (out->has_content)
			memcpy(out->content, content, 32);
	}
	sql_close(q);
	return o;
}

enum outcome
store_dependants(struct store *s, int64_t submission, int64_t after, struct dependant *out, size_t max, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 1;
	size_t        have = 0;
	enum outcome  o;

	o = sql_open(s, "SELECT m.id, m.sha256, m.relation, CASE WHEN EXISTS (SELECT 1 FROM decision WHERE submission = m.id AND about = 'refile')"
	    " THEN NULL WHEN v.no_consultation THEN '" NO_CONSULTATION "' WHEN v.own_consultation IS NOT m.consultation THEN m.consultation END FROM submissions m JOIN verdict v ON v.submission = m.id"
	    " WHERE v.related_to = ?1 AND m.id > ?2 AND m.id <> ?1 AND NOT EXISTS (SELECT 1 FROM decision WHERE submission = m.id AND about = 'relate')"
	    " ORDER BY m.id LIMIT ?3", BINDS(bind_int(submission), bind_int(after), bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		out[have].id = sqlite3_column_int64(q, 0);
		sql_copy(q, 1, out[have].sha256, sizeof out[have].sha256);
		sql_copy(q, 2, out[have].relation, sizeof out[have].relation);
		sql_copy(q, 3, out[have].consultation, sizeof out[have].consultation);
		have++;
	}
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}

/* --- forgetting ------------------------------------------------------------------------------------------------------ */

static enum outcome
forget(struct store *s, int64_t submission, struct why *why)
{
	static const char *const tables[] = {
		"DELETE FROM attachment WHERE submission = ?1", "DELETE FROM digest WHERE submission = ?1", "DELETE FROM minhash WHERE submission = ?1",
		"DELETE FROM sentences WHERE submission = ?1", "DELETE FROM records WHERE submission = ?1", "DELETE FROM evidence WHERE submission = ?1",
		"DELETE FROM reason WHERE submission = ?1", "DELETE FROM person WHERE submission = ?1", "DELETE FROM kin_key WHERE submission = ?1",
		"DELETE FROM responder WHERE submission = ?1", "DELETE FROM search WHERE rowid = ?1",
	};
	enum outcome o = sql_do(s, "UPDATE submission SET message_id = NULL, subject = NULL, from_name = NULL, from_address = NULL, sent = NULL,"
	    " relayed = NULL, state = 'filed', unparsed = 0, scanned = 0, unjudged = 1 WHERE id = ?1", BINDS(bind_int(submission)), why);

	for (size_t i = 0; i < sizeof tables / sizeof tables[0] && o == OUTCOME_OK; i++)
		o = sql_do(s, tables[i], BINDS(bind_int(submission)), why);
	return o;
}

/* "" where the line does not tell. */
static const char *
told(const struct journal_entry *e, const char *key, char *out, size_t size)
{
	if (!journal_detail(e->detail, key, out, size))
		out[0] = '\0';
	return out;
}

/* The verdict as the tombstone has it, whatever was there: so a database built again, which never saw the mail, says the same. */
static enum outcome
put_remains(struct store *s, int64_t submission, const struct journal_entry *e, struct why *why)
{
	char kind[32], consultation[256], class[64], position[32], language[8], invited[256], responder[80], key[100] = "";
	int  number = kind_of_name(told(e, "kind", kind, sizeof kind));

	if (number < 0)
		return why_set(why, OUTCOME_REFUSED, "journal line %llu: no kind", (unsigned long long)e->seq);
	if (told(e, "responder", responder, sizeof responder)[0] != '\0')
		(void)snprintf(key, sizeof key, "x:%s", responder);
	return sql_do(s, "INSERT OR REPLACE INTO verdict (submission, judge, kind, own_consultation, own_score, responder, responder_key, responder_class,"
	    " invited, position, language, is_forward, says_resend, says_revision, says_supplement, says_withdrawal) VALUES (?1, 0, ?2, ?3, 0, ?4, ?5,"
	    " ?6, ?4, coalesce((SELECT number FROM name WHERE of = 'position' AND name = ?7), 0), ?8, 0, 0, 0, 0, 0)",
	    BINDS(bind_int(submission), bind_int(number), bind_known(told(e, "consultation", consultation, sizeof consultation)),
	    bind_known(told(e, "invited", invited, sizeof invited)), bind_known(key), bind_known(told(e, "class", class, sizeof class)),
	    bind_text(told(e, "position", position, sizeof position)), bind_known(told(e, "language", language, sizeof language))), why);
}

/* Organisations that the ministry's own list names have answered together with it, and still have. */
static enum outcome
put_together(struct store *s, int64_t submission, const struct journal_entry *e, struct why *why)
{
	char         together[600], *rest = together, *name, *end;
	int64_t      n = 0;
	enum outcome o = OUTCOME_OK;

	for (told(e, "together", together, sizeof together); o == OUTCOME_OK && rest != NULL && rest[0] != '\0'; n++) {
		name = rest;
		end = strstr(name, "; ");
		rest = end == NULL ? NULL : end + 2;
		if (end != NULL)
			*end = '\0';
		o = sql_do(s, "INSERT OR REPLACE INTO evidence (submission, n, verdict, value, rule, version, weight, zone, part, page, offset)"
		    " VALUES (?1, ?2, 'responder', ?3, 'joint-answer', 1, 0, 0, 0, 0, 0)", BINDS(bind_int(submission), bind_int(n), bind_text(name)), why);
	}
	return o;
}

/* What it is to another stays as it was: nobody can compare them any more. */
static enum outcome
put_relation(struct store *s, int64_t submission, const struct journal_entry *e, struct why *why)
{
	char         name[32], sha256[80];
	int64_t      other = 0;
	int          relation = relation_of_name(told(e, "relation", name, sizeof name));
	enum outcome o = store_by_sha256(s, told(e, "other", sha256, sizeof sha256), &other, why);

	if (o != OUTCOME_OK)
		return o;
	if (relation < 0 || (relation != RELATION_ORIGINAL && other == 0))
		return why_set(why, OUTCOME_REFUSED, "journal line %llu: no relation", (unsigned long long)e->seq);
	return sql_do(s, "INSERT OR REPLACE INTO decision (submission, about, number, value, other, event) VALUES (?1, 'relate', ?2, NULL, ?3, ?4)",
	    BINDS(bind_int(submission), bind_int(relation), other != 0 ? bind_int(other) : bind_null(), bind_int((int64_t)e->seq)), why);
}

enum outcome
store_apply_erase(struct store *s, const struct journal_entry *e, struct why *why)
{
	int64_t      submission = 0;
	char         content[80];
	enum outcome o = store_by_sha256(s, e->object, &submission, why);

	if (o != OUTCOME_OK)
		return o;
	if (submission == 0)
		return why_set(why, OUTCOME_REFUSED, "journal line %llu: an original that no line before it has brought", (unsigned long long)e->seq);
	if ((o = store_mark_responders(s, submission, 0, why)) != OUTCOME_OK ||	/* those joined with its responder */
	    (o = sql_do(s, "UPDATE submission SET unjudged = 2 WHERE unparsed = 0 AND id IN (SELECT related_to FROM verdict WHERE submission = ?1"
	    " UNION SELECT submission FROM verdict WHERE related_to = ?1 OR head = ?1)", BINDS(bind_int(submission)), why)) != OUTCOME_OK ||
	    (o = forget(s, submission, why)) != OUTCOME_OK || (o = put_remains(s, submission, e, why)) != OUTCOME_OK ||
	    (o = put_together(s, submission, e, why)) != OUTCOME_OK || (o = put_relation(s, submission, e, why)) != OUTCOME_OK ||
	    (o = sql_do(s, "DELETE FROM decision WHERE submission = ?1 AND about = 'responder' OR other = ?1 AND about = 'responder'",
	    BINDS(bind_int(submission)), why)) != OUTCOME_OK || (o = store_letter_waits(s, submission, why)) != OUTCOME_OK)
		return o;
	return sql_do(s, "INSERT OR REPLACE INTO tombstone (submission, content, event, scrubbed) VALUES (?1, ?2, ?3, 0)",
	    BINDS(bind_int(submission), bind_known(told(e, "content", content, sizeof content)), bind_int((int64_t)e->seq)), why);
}

/* --- knowing it again ------------------------------------------------------------------------------------------------ */

enum outcome
store_is_erased(struct store *s, int64_t submission, int *erased, struct why *why)
{
	int64_t      n = 0;
	enum outcome o = sql_number(s, "SELECT count(*) FROM tombstone WHERE submission = ?1", BINDS(bind_int(submission)), &n, why);

	*erased = n > 0;
	return o;
}

enum outcome
store_original_erased(struct store *s, const char *sha256, int *erased, struct why *why)
{
	int64_t      n = 0;
	enum outcome o = sql_number(s, "SELECT count(*) FROM submission s JOIN tombstone t ON t.submission = s.id WHERE s.sha256 = ?1",
	    BINDS(bind_text(sha256)), &n, why);

	*erased = n > 0;
	return o;
}

enum outcome
store_find_tombstone(struct store *s, int64_t submission, const char *content, int64_t *erased, struct why *why)
{
	*erased = 0;
	return sql_number(s, "SELECT submission FROM tombstone WHERE content = ?2 AND submission <> ?1"
	    " AND event < (SELECT min(event) FROM copy WHERE submission = ?1) ORDER BY event LIMIT 1",
	    BINDS(bind_int(submission), bind_text(content)), erased, why);
}

enum outcome
store_unburied(struct store *s, int64_t submission, int waits, struct why *why)
{
	return sql_do(s, "UPDATE submission SET unparsed = ?2 WHERE id = ?1", BINDS(bind_int(submission), bind_int(waits ? 2 : 0)), why);
}

enum outcome
store_has_tombstones(struct store *s, int *any, int *unscrubbed, struct why *why)
{
	int64_t      n = 0, m = 0;
	enum outcome o = sql_number(s, "SELECT EXISTS (SELECT 1 FROM tombstone)", NO_BINDS, &n, why);

	if (o == OUTCOME_OK)
		o = sql_number(s, "SELECT EXISTS (SELECT 1 FROM tombstone WHERE scrubbed = 0)", NO_BINDS, &m, why);
	*any = n != 0;
	*unscrubbed = m != 0;
	return o;
}

enum outcome
store_erase_key(struct store *s, char *check, size_t size, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o = sql_open(s, "SELECT detail FROM event WHERE action = 'erase-key' ORDER BY id DESC LIMIT 1", NO_BINDS, &q, why);

	check[0] = '\0';
	if (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found && !journal_detail(sql_text(q, 0), "key", check, size))
		check[0] = '\0';
	sql_close(q);
	return o;
}

enum outcome
store_erased_after(struct store *s, const char *after, char sha256[65], int *found, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o = sql_open(s, "SELECT s.sha256 FROM tombstone t JOIN submission s ON s.id = t.submission WHERE s.sha256 > ?1"
	    " ORDER BY s.sha256 LIMIT 1", BINDS(bind_text(after)), &q, why);

	*found = 0;
	if (o == OUTCOME_OK)
		o = sql_row(s, q, found, why);
	if (o == OUTCOME_OK && *found)
		sql_copy(q, 0, sha256, 65);
	sql_close(q);
	return o;
}

enum outcome
store_erased_ready(struct store *s, int64_t submission, int *erased, struct why *why)
{
	enum outcome o = store_is_erased(s, submission, erased, why);

	if (o == OUTCOME_OK && *erased)
		o = sql_do(s, "UPDATE submission SET unjudged = 1 WHERE id = ?1", BINDS(bind_int(submission)), why);
	return o;
}

/* --- the files ------------------------------------------------------------------------------------------------------- */

enum outcome
store_scrub(struct store *s, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0, busy = 1;
	enum outcome  o;

	if ((o = sql_do(s, "INSERT INTO search (search) VALUES ('optimize')", NO_BINDS, why)) != OUTCOME_OK ||
	    (o = sql_do(s, "VACUUM", NO_BINDS, why)) != OUTCOME_OK || (o = sql_open(s, "PRAGMA wal_checkpoint(TRUNCATE)", NO_BINDS, &q, why)) != OUTCOME_OK)
		return o;
	if ((o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		busy = sqlite3_column_int(q, 0);
	sql_close(q);
	if (o == OUTCOME_OK && busy)
		o = why_set(why, OUTCOME_DEFER, "database: a reader holds an older state of it");
	return o == OUTCOME_OK ? sql_do(s, "UPDATE tombstone SET scrubbed = 1 WHERE scrubbed = 0", NO_BINDS, why) : o;
}
