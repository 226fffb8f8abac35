/* Phase one's verdict, its evidence, and who waits to be judged (again). */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store.h"
#include "daemon/store/store_campaign.h"

/* --- saving ---------------------------------------------------------------------------------------------------------- */

static struct bind
bind_consultation(const char *id)
{
	return bind_known(id != NULL && strcmp(id, NO_CONSULTATION) == 0 ? NULL : id);
}

/* The family's columns stay as they are: store_save_family() follows. */
static enum outcome
save_verdict_row(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	return sql_do(s, "INSERT INTO verdict (submission, judge, kind, automatic_why, own_consultation, own_score, responder, responder_key,"
	    " responder_class, orgnr, invited, contact, address, position, language, kin_message_id, kin_sender, is_forward, says_resend,"
	    " says_revision, says_supplement, says_withdrawal, kin_thread, signers)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)"
	    " ON CONFLICT DO UPDATE SET judge = excluded.judge, kind = excluded.kind, automatic_why = excluded.automatic_why,"
	    " own_consultation = excluded.own_consultation, own_score = excluded.own_score, responder = excluded.responder,"
	    " responder_key = excluded.responder_key, responder_class = excluded.responder_class, orgnr = excluded.orgnr,"
	    " invited = excluded.invited, contact = excluded.contact, address = excluded.address, position = excluded.position,"
	    " language = excluded.language, kin_message_id = excluded.kin_message_id, kin_sender = excluded.kin_sender,"
	    " is_forward = excluded.is_forward, says_resend = excluded.says_resend, says_revision = excluded.says_revision,"
	    " says_supplement = excluded.says_supplement, says_withdrawal = excluded.says_withdrawal,"
	    " kin_thread = excluded.kin_thread, signers = excluded.signers",
	    BINDS(bind_int(submission), bind_int(JUDGE_VERSION), bind_int(v->kind), bind_known(v->automatic_why), bind_consultation(v->consultation),
	    bind_int(v->consultation_score), bind_known(v->responder), bind_known(v->responder_key), bind_known(v->responder_class),
	    bind_known(v->orgnr), bind_known(v->invited), bind_known(v->contact), bind_known(v->address), bind_int(v->position),
	    bind_known(v->language), bind_known(v->kin_message_id), bind_known(v->kin_sender), bind_int(v->is_forward != 0),
	    bind_int(v->says_resend), bind_int(v->says_revision), bind_int(v->says_supplement),
	    bind_int(v->says_withdrawal != 0), bind_known(v->kin_thread), bind_known(v->signers)), why);
}

static enum outcome
save_evidence(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "DELETE FROM evidence WHERE submission = ?1", BINDS(bind_int(submission)), why);
	for (size_t i = 0; i < v->n_evidence && o == OUTCOME_OK; i++) {
		const struct evidence *e = &v->evidence[i];

		o = sql_do(s, "INSERT INTO evidence (submission, n, verdict, value, rule, version, weight, zone, part, page, offset, input)"
		    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
		    BINDS(bind_int(submission), bind_int((int64_t)i), bind_text(e->verdict), bind_known(e->value), bind_text(e->rule),
		    bind_int(e->version), bind_int(e->weight), bind_int(e->zone), bind_int(e->part), bind_int(e->page),
		    bind_int((int64_t)(e->offset & INT64_MAX)), bind_known(e->input)), why);
	}
	return o;
}

static enum outcome
save_reviews(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "DELETE FROM reason WHERE submission = ?1 AND phase = 1", BINDS(bind_int(submission)), why);
	for (size_t i = 0; i < v->n_reviews && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT INTO reason (submission, phase, n, reason, detail, candidates) VALUES (?1, 1, ?2, ?3, ?4, ?5)",
		    BINDS(bind_int(submission), bind_int((int64_t)i), bind_text(v->reviews[i].reason), bind_known(v->reviews[i].detail),
		    bind_known(v->reviews[i].candidates)), why);
	return o;
}

static enum outcome
save_persons(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "DELETE FROM person WHERE submission = ?1", BINDS(bind_int(submission)), why);
	for (size_t i = 0; i < v->n_persons && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT INTO person (submission, n, name, email, organisation, speaker, verdict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		    BINDS(bind_int(submission), bind_int((int64_t)i), bind_known(v->persons[i].name), bind_known(v->persons[i].email),
		    bind_known(v->persons[i].organisation), bind_int(v->persons[i].speaker != 0), bind_text(v->persons[i].verdict)), why);
	return o;
}

/* Keys that are no longer said stay as former ones, so that store_family() still finds who was kin by them. */
static enum outcome
save_kin_keys(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "UPDATE kin_key SET former = 1 WHERE submission = ?1", BINDS(bind_int(submission)), why);
	for (size_t i = 0; i < v->n_kin_keys && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT INTO kin_key (submission, key) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET former = 0",
		    BINDS(bind_int(submission), bind_text(v->kin_keys[i])), why);
	return o;
}

/* The name is written over only when it changed: an update of one column writes the whole row's index again. */
static enum outcome
save_organisation(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	return sql_do(s, "UPDATE search SET organisation = ?2 WHERE rowid = ?1 AND organisation IS NOT ?2",
	    BINDS(bind_int(submission), bind_known(v->responder)), why);
}

enum outcome
store_save_verdict(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	enum outcome o;

	if ((o = save_verdict_row(s, submission, v, why)) != OUTCOME_OK ||
	    (o = save_evidence(s, submission, v, why)) != OUTCOME_OK ||
	    (o = save_reviews(s, submission, v, why)) != OUTCOME_OK ||
	    (o = save_persons(s, submission, v, why)) != OUTCOME_OK ||
	    (o = save_kin_keys(s, submission, v, why)) != OUTCOME_OK ||
	    (o = save_organisation(s, submission, v, why)) != OUTCOME_OK ||
	    (o = store_letter_waits(s, submission, why)) != OUTCOME_OK)
		return o;
	return sql_do(s, "UPDATE submission SET unjudged = 1 WHERE id = ?1", BINDS(bind_int(submission)), why);
}

/* --- judging again --------------------------------------------------------------------------------------------------- */

enum outcome
store_unjudged(struct store *s, int64_t *out, size_t max, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;
	size_t        have = 0;

	o = sql_open(s, "SELECT id FROM submission WHERE unjudged > 0 AND unparsed = 0 ORDER BY id LIMIT ?1",
	    BINDS(bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		out[have++] = sqlite3_column_int64(q, 0);
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}

enum outcome
store_mark_unjudged(struct store *s, int all, struct why *why)
{
	return sql_do(s, "UPDATE submission SET unjudged = 2 WHERE unparsed = 0 AND (?1"
	    " OR id IN (SELECT submission FROM verdict WHERE consultation IS NULL)"
	    " OR id IN (SELECT submission FROM reason))",
	    BINDS(bind_int(all != 0)), why);
}

enum outcome
store_mark_again(struct store *s, int64_t submission, int parse, int64_t *n, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "UPDATE submission SET unjudged = 2, unparsed = CASE WHEN ?2 THEN 2 ELSE unparsed END,"
	    " tries = CASE WHEN ?2 THEN 0 ELSE tries END WHERE unparsed <> 1 AND id NOT IN (SELECT submission FROM tombstone) AND (?1 = 0 OR id = ?1 OR (?1 = -1"
	    " AND (id IN (SELECT submission FROM verdict WHERE consultation IS NULL) OR id IN (SELECT submission FROM reason))))",
	    BINDS(bind_int(submission), bind_int(parse != 0)), why);
	if (o == OUTCOME_OK)
		*n = sqlite3_changes64(s->db);
	return o;
}

/* --- the log's line -------------------------------------------------------------------------------------------------- */

/* A column's text as a string of the store's own, or NULL. */
static enum outcome
keep(char **where, sqlite3_stmt *q, int column, struct why *why)
{
	free(*where);
	*where = NULL;
	if (sqlite3_column_type(q, column) != SQLITE_NULL && (*where = strdup(sql_text(q, column))) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	return OUTCOME_OK;
}

/* The three words are constants in the program; the schema lets no other in. */
static const char *
deadline_words(const char *text)
{
	return strcmp(text, "on time") == 0 ? "on time" : strcmp(text, "late") == 0 ? "late" : "unknown";
}

enum outcome
store_filed_line(struct store *s, int64_t submission, struct filed_line *out, struct why *why)
{
	sqlite3_stmt     *q = NULL;
	struct filed_line line = { 0 };
	enum outcome      o;
	int               found = 0;

	o = sql_open(s, "SELECT v.kind, v.consultation, v.relation, v.deadline_verdict, v.related_to, s.sha256, s.received_mailbox,"
	    " s.received_uid, (SELECT count(*) FROM review WHERE submission = s.id)"
	    " FROM submission s JOIN verdict v ON v.submission = s.id WHERE s.id = ?1", BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && !found)
		o = why_set(why, OUTCOME_REFUSED, "submission %lld is not filed", (long long)submission);
	if (o != OUTCOME_OK || (o = keep(&s->line_consultation, q, 1, why)) != OUTCOME_OK ||
	    (o = keep(&s->line_mailbox, q, 6, why)) != OUTCOME_OK)
		goto out;
	line.kind = kind_name((enum mail_kind)sqlite3_column_int(q, 0));
	line.consultation = s->line_consultation;
	line.relation = relation_name((enum relation)sqlite3_column_int(q, 2));
	line.deadline_verdict = deadline_words(sql_text(q, 3));
	line.related_to = sqlite3_column_int64(q, 4);
	sql_copy(q, 5, line.sha256, sizeof line.sha256);
	line.mailbox = s->line_mailbox;
	line.uid = (uint64_t)sqlite3_column_int64(q, 7);
	line.reviews = sqlite3_column_int(q, 8);
	*out = line;
out:
	sql_close(q);
	return o;
}

/* --- by id or SHA-256 ------------------------------------------------------------------------------------------------ */

enum outcome
store_by_sha256(struct store *s, const char *sha256, int64_t *submission, struct why *why)
{
	int64_t      id = 0;
	enum outcome o;

	if ((o = sql_number(s, "SELECT id FROM submission WHERE sha256 = ?1", BINDS(bind_text(sha256)), &id, why)) == OUTCOME_OK)
		*submission = id;
	return o;
}

/* How many rows a search finds (2: more than one); the outputs are those of the first when it is the only one. */
static enum outcome
find_one(struct store *s, const char *sql, struct bind name, int *n, int64_t *submission, char sha256[65], struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;
	int64_t       id = 0;
	char          hex[65] = "";

	*n = 0;
	o = sql_open(s, sql, &name, 1, &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found && (*n)++ == 0) {
		id = sqlite3_column_int64(q, 0);
		sql_copy(q, 1, hex, sizeof hex);
	}
	sql_close(q);
	if (o == OUTCOME_OK && *n == 1) {
		*submission = id;
		memcpy(sha256, hex, sizeof hex);
	}
	return o;
}

/*
 * A number is an id when there is such a submission; eight digits may also be the beginning of a SHA-256, which is looked at
 * after that. The end of the range is 'g', the character after the last hex digit.
 */
enum outcome
store_find(struct store *s, const char *name, int64_t *submission, char sha256[65], struct why *why)
{
	size_t       len = strlen(name);
	char         prefix[65];
	int          n = 0;
	enum outcome o;

	if (len > 0 && len <= 18 && strspn(name, "0123456789") == len) {
		o = find_one(s, "SELECT id, sha256 FROM submission WHERE id = ?1", bind_int(strtoll(name, NULL, 10)), &n, submission, sha256, why);
		if (o != OUTCOME_OK || n == 1)
			return o;
		if (len < 8)
			return why_set(why, OUTCOME_REFUSED, "there is no submission %s", name);
	}
	if (len < 8 || len > 64 || strspn(name, "0123456789abcdefABCDEF") != len)
		return why_set(why, OUTCOME_REFUSED, "a submission is named by its id or by at least 8 hex digits of its SHA-256");
	for (size_t i = 0; i <= len; i++)
		prefix[i] = (char)(name[i] >= 'A' && name[i] <= 'F' ? name[i] - 'A' + 'a' : name[i]);
	o = find_one(s, "SELECT id, sha256 FROM submission WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' ORDER BY sha256 LIMIT 2",
	    bind_text(prefix), &n, submission, sha256, why);
	if (o != OUTCOME_OK || n == 1)
		return o;
	return why_set(why, OUTCOME_REFUSED, n == 0 ? "no submission's SHA-256 begins with %s" : "more than one SHA-256 begins with %s; give more of it",
	    prefix);
}
