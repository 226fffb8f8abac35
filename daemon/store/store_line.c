/* From the archive to the judge: what waits for the parser, what the parser told, what else is known of a mail. */
#include <stdlib.h>
#include <string.h>

#include "base/vocabulary.h"
#include "daemon/store/sql.h"
#include "daemon/store/store.h"
#include "daemon/store/store_campaign.h"
#include "parsers/limits.h"

/* --- waiting for the parser ------------------------------------------------------------------------------------------ */

static enum outcome
pending(struct store *s, const char *sql, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;
	size_t        have = 0;

	o = sql_open(s, sql, BINDS(bind_int(after), bind_int((int64_t)max)), &q, why);
	while (o == OUTCOME_OK && have < max && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		out[have].submission = sqlite3_column_int64(q, 0);
		sql_copy(q, 1, out[have].sha256, sizeof out[have].sha256);
		out[have].size_bytes = (uint64_t)sqlite3_column_int64(q, 2);
		out[have].tries = (unsigned)sqlite3_column_int(q, 3);
		have++;
	}
	sql_close(q);
	if (o == OUTCOME_OK)
		*n = have;
	return o;
}

enum outcome
store_unparsed(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why)
{
	return pending(s, "SELECT id, sha256, bytes, tries FROM submission WHERE unparsed = 1 AND id > ?1 ORDER BY id LIMIT ?2", after, out,
	    max, n, why);
}

enum outcome
store_unparsed_again(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why)
{
	return pending(s, "SELECT id, sha256, bytes, tries FROM submission WHERE unparsed = 2 AND id > ?1 ORDER BY id LIMIT ?2", after, out,
	    max, n, why);
}

enum outcome
store_scanned(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why)
{
	return pending(s, "SELECT id, sha256, bytes, tries FROM submission WHERE scanned = 1 AND unparsed = 0 AND id > ?1 ORDER BY id LIMIT ?2", after,
	    out, max, n, why);
}

enum outcome
store_scanned_done(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "UPDATE submission SET scanned = 2 WHERE id = ?1", BINDS(bind_int(submission)), why);
}

enum outcome
store_parse_tried(struct store *s, int64_t submission, unsigned tries, struct why *why)
{
	return sql_do(s, "UPDATE submission SET tries = ?2 WHERE id = ?1", BINDS(bind_int(submission), bind_int(tries)), why);
}

enum outcome
store_backlog(struct store *s, int64_t *unparsed, int64_t *unjudged, struct why *why)
{
	int64_t      parse = 0, judge = 0;
	enum outcome o;

	if ((o = sql_number(s, "SELECT count(*) FROM submission WHERE unparsed > 0", NO_BINDS, &parse, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT count(*) FROM submission WHERE unjudged > 0 AND unparsed = 0", NO_BINDS, &judge, why)) != OUTCOME_OK)
		return o;
	*unparsed = parse;
	*unjudged = judge;
	return OUTCOME_OK;
}

/* --- what the parser told -------------------------------------------------------------------------------------------- */

static struct bind
bind_time(int64_t at)
{
	return at == TIME_UNKNOWN ? bind_null() : bind_int(at);
}

static struct bind
bind_words(const struct text *t)
{
	return bind_known(t->p);
}

static void
hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static enum outcome
forget_parsed(struct store *s, int64_t submission, struct why *why)
{
	enum outcome o;

	if ((o = sql_do(s, "DELETE FROM attachment WHERE submission = ?1", BINDS(bind_int(submission)), why)) == OUTCOME_OK &&
	    (o = sql_do(s, "DELETE FROM digest WHERE submission = ?1", BINDS(bind_int(submission)), why)) == OUTCOME_OK &&
	    (o = sql_do(s, "DELETE FROM minhash WHERE submission = ?1", BINDS(bind_int(submission)), why)) == OUTCOME_OK)
		o = sql_do(s, "DELETE FROM search WHERE rowid = ?1", BINDS(bind_int(submission)), why);
	return o;
}

static enum outcome
save_envelope(struct store *s, int64_t submission, const struct envelope *e, struct why *why)
{
	return sql_do(s, "UPDATE submission SET unparsed = 0, unjudged = 2, message_id = ?2, subject = ?3, from_name = ?4, from_address = ?5,"
	    " sent = ?6, relayed = ?7 WHERE id = ?1",
	    BINDS(bind_int(submission), bind_words(&e->message_id), bind_words(&e->subject), bind_words(&e->from_name),
	    bind_words(&e->from_address), bind_time(e->sent_at), bind_time(e->relayed_at)), why);
}

/* Whether OCR may find more: text_status as on the wire. */
static enum outcome
note_scanned(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "UPDATE submission SET scanned = EXISTS (SELECT 1 FROM attachment WHERE submission = ?1 AND"
	    " ((text_status IN (?2, ?5) AND (found_type = 'application/pdf' OR type = 'application/pdf')) OR (text_status IN (?2, ?3) AND inline = 0"
	    " AND (text_status = ?2 OR bytes >= ?4) AND coalesce(found_type, type) IN ('image/jpeg', 'image/png', 'image/tiff')))) WHERE id = ?1",
	    BINDS(bind_int(submission), bind_int(TEXT_EMPTY), bind_int(TEXT_UNSUPPORTED), bind_int(LIMIT_OCR_PICTURE_BYTES),
	    bind_int(TEXT_GARBLED)), why);
}

/* A position told twice keeps its first part: the parser may have been taken over, and one mail costs only itself. */
static enum outcome
save_part(struct store *s, int64_t submission, const struct part *p, struct why *why)
{
	char sha256[65];

	hex(p->sha256, sizeof p->sha256, sha256);
	return sql_do(s, "INSERT OR IGNORE INTO attachment (submission, position, parent, inline, filename, type, found_type, bytes, sha256,"
	    " text_status, pages, title, author, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, 0), ?12, ?13, ?14)",
	    BINDS(bind_int(submission), bind_int(p->position), bind_int(p->parent), bind_int(p->is_inline != 0), bind_words(&p->filename),
	    bind_words(&p->type), bind_words(&p->found_type), bind_int((int64_t)(p->size_bytes & INT64_MAX)), bind_text(sha256),
	    bind_int(p->text_status), bind_int(p->pages), bind_words(&p->title), bind_words(&p->author), bind_time(p->created_at)), why);
}

static enum outcome
save_digests(struct store *s, int64_t submission, const struct parsed *p, struct why *why)
{
	uint8_t      slots[MINHASH_SIZE * 4];
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < p->n_digests && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT OR IGNORE INTO digest (submission, kind, words, sha256) VALUES (?1, ?2, ?3, ?4)",
		    BINDS(bind_int(submission), bind_int(p->digests[i].kind), bind_int((int64_t)(p->digests[i].words & INT64_MAX)),
		    bind_blob(p->digests[i].sha256, sizeof p->digests[i].sha256)), why);
	if (o != OUTCOME_OK || p->n_minhashes == 0)
		return o;
	for (size_t i = 0; i < MINHASH_SIZE * 4; i++)
		slots[i] = (uint8_t)(p->minhashes[0].slot[i / 4] >> (8 * (i % 4)));
	return sql_do(s, "INSERT INTO minhash (submission, words, slots) VALUES (?1, ?2, ?3)",
	    BINDS(bind_int(submission), bind_int((int64_t)(p->minhashes[0].words & INT64_MAX)), bind_blob(slots, sizeof slots)), why);
}

/* Body and attachments as one text, a line break between (campaign_sentences() counts on it); a mail with one text is not copied. */
static enum outcome
join_texts(const struct parsed *p, char **joined, struct text *out, struct why *why)
{
	char  *end;
	size_t n = 0;

	*joined = NULL;
	*out = p->n_texts == 1 ? p->texts[0].text : text_of("");
	if (p->n_texts < 2)
		return OUTCOME_OK;
	for (size_t i = 0; i < p->n_texts; i++)
		n += p->texts[i].text.n + 1;	/* under LIMIT_RECORDS_BYTES, as parsed_read() sees to */
	if ((end = *joined = malloc(n + 1)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	for (size_t i = 0; i < p->n_texts; i++) {
		end = mempcpy(end, p->texts[i].text.p, p->texts[i].text.n);
		*end++ = '\n';
	}
	*end = '\0';
	*out = (struct text){ *joined, n };
	return OUTCOME_OK;
}

/* FTS5 holds every different word of a row in memory, and a parser that was taken over does not keep to LIMIT_MESSAGE_WORDS. */
enum outcome
store_save_text(struct store *s, int64_t submission, const struct parsed *p, struct why *why)
{
	struct vocabulary *v = vocabulary_new(LIMIT_MESSAGE_WORDS);
	struct bind        indexed = { .type = BIND_TEXT };
	struct text        text = text_of("");
	char              *joined = NULL;
	enum outcome       o = v == NULL ? why_set(why, OUTCOME_DEFER, "no memory") : join_texts(p, &joined, &text, why);

	if (o == OUTCOME_OK) {
		indexed.p = text.p;
		indexed.n = vocabulary_add(v, text.p, text.n);
		o = sql_do(s, "INSERT INTO search (rowid, subject, organisation, text)"
		    " VALUES (?1, ?2, (SELECT responder FROM verdict WHERE submission = ?1), ?3)",
		    BINDS(bind_int(submission), bind_words(&p->envelope.subject), indexed), why);
	}
	free(joined);
	vocabulary_free(v);
	return o;
}

static enum outcome
save_records(struct store *s, int64_t submission, const struct parsed *p, const uint8_t *records, size_t n, const char *failure,
    struct why *why)
{
	uint8_t     *kept = malloc(n + 1);
	size_t       n_kept;
	enum outcome o;

	if (kept == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	n_kept = n > 0 ? wire_without_text(records, n, kept) : 0;
	o = sql_do(s, "INSERT OR REPLACE INTO records (submission, parser, failure, records) VALUES (?1, ?2, ?3, ?4)",
	    BINDS(bind_int(submission), bind_int((int64_t)p->parser_version), bind_known(failure), bind_blob(kept, n_kept)), why);
	free(kept);
	return o;
}

enum outcome
store_parsed_otherwise(struct store *s, uint64_t version, int64_t *n, struct why *why)
{
	/* 0: nothing came of it, whatever the rules were. */
	return sql_number(s, "SELECT count(*) FROM records WHERE parser NOT IN (0, ?1)", BINDS(bind_int((int64_t)version)), n, why);
}

enum outcome
store_save_parsed(struct store *s, int64_t submission, const struct parsed *p, const uint8_t *records, size_t n,
    const char *failure, struct why *why)
{
	/* A zeroed parsed has no strings and an unknown date, not 1970. */
	static const struct envelope none = { .sent_at = TIME_UNKNOWN, .relayed_at = TIME_UNKNOWN };
	enum outcome o;

	if ((o = forget_parsed(s, submission, why)) != OUTCOME_OK ||
	    (o = save_envelope(s, submission, p->has_envelope ? &p->envelope : &none, why)) != OUTCOME_OK)
		return o;
	for (size_t i = 0; i < p->n_parts; i++)
		if ((o = save_part(s, submission, &p->parts[i], why)) != OUTCOME_OK)
			return o;
	if ((o = note_scanned(s, submission, why)) != OUTCOME_OK || (o = save_digests(s, submission, p, why)) != OUTCOME_OK ||
	    (o = store_save_sentences(s, submission, p, why)) != OUTCOME_OK)
		return o;
	return save_records(s, submission, p, records, n, failure, why);
}

enum outcome
store_load_parsed(struct store *s, int64_t submission, struct parsed *out, char *failure, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 0;
	char          words[200] = "not parsed yet";
	struct why    bad;

	memset(out, 0, sizeof *out);
	o = sql_open(s, "SELECT records, failure FROM records WHERE submission = ?1", BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found) {
		const uint8_t *p = sqlite3_column_blob(q, 0);

		sql_copy(q, 1, words, sizeof words);
		o = parsed_read(p != NULL ? p : (const uint8_t *)"", (size_t)sqlite3_column_bytes(q, 0), out, &bad);
		if (o == OUTCOME_BAD) {		/* what came before it is sound: judged as what it is, incomplete */
			if (words[0] == '\0')
				(void)snprintf(words, sizeof words, "stored records: %.180s", bad.text);
			o = OUTCOME_OK;
		} else if (o != OUTCOME_OK && why != NULL)
			*why = bad;
	}
	sql_close(q);
	if (o == OUTCOME_OK && failure != NULL)
		memcpy(failure, words, sizeof words);
	return o;
}

/* --- circumstances --------------------------------------------------------------------------------------------------- */

struct circumstances_hold {
	const char **mailboxes;
	char        *consultation, *failure;
};

void
circumstances_free(struct circumstances_hold *hold)
{
	if (hold == NULL)
		return;
	for (size_t i = 0; hold->mailboxes != NULL && hold->mailboxes[i] != NULL; i++)
		free((void *)(uintptr_t)hold->mailboxes[i]);
	free(hold->mailboxes);
	free(hold->consultation);
	free(hold->failure);
	free(hold);
}

static enum outcome
load_mailboxes(struct store *s, int64_t submission, struct circumstances *out, struct circumstances_hold *hold, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int64_t       n = 0;
	int           found = 1;

	if ((o = sql_number(s, "SELECT count(DISTINCT mailbox) FROM copy WHERE submission = ?1", BINDS(bind_int(submission)), &n, why)) != OUTCOME_OK)
		return o;
	if ((hold->mailboxes = calloc((size_t)n + 1, sizeof *hold->mailboxes)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	o = sql_open(s, "SELECT DISTINCT mailbox FROM copy WHERE submission = ?1 ORDER BY mailbox", BINDS(bind_int(submission)), &q, why);
	while (o == OUTCOME_OK && (int64_t)out->n_mailboxes < n && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		if ((hold->mailboxes[out->n_mailboxes++] = strdup(sql_text(q, 0))) == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
	sql_close(q);
	out->mailboxes = hold->mailboxes;
	return o;
}

static enum outcome
load_decided(struct store *s, int64_t submission, struct circumstances *out, struct circumstances_hold *hold, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 0;

	o = sql_open(s, "SELECT s.received, (SELECT failure FROM records WHERE submission = s.id),"
	    " (SELECT number FROM decision WHERE submission = s.id AND about = 'kind'),"
	    " (SELECT value FROM decision WHERE submission = s.id AND about = 'refile') FROM submission s WHERE s.id = ?1",
	    BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && !found)
		o = why_set(why, OUTCOME_REFUSED, "there is no submission %lld", (long long)submission);
	if (o == OUTCOME_OK) {
		out->received_at = sqlite3_column_type(q, 0) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 0);
		out->decided_kind = sqlite3_column_type(q, 2) == SQLITE_NULL ? -1 : sqlite3_column_int(q, 2);
		if ((sqlite3_column_type(q, 1) != SQLITE_NULL && (hold->failure = strdup(sql_text(q, 1))) == NULL) ||
		    (sqlite3_column_type(q, 3) != SQLITE_NULL && (hold->consultation = strdup(sql_text(q, 3))) == NULL))
			o = why_set(why, OUTCOME_DEFER, "no memory");
		out->parse_failure = hold->failure;
		out->decided_consultation = hold->consultation;
	}
	sql_close(q);
	return o;
}

enum outcome
store_circumstances(struct store *s, int64_t submission, struct circumstances *out, struct circumstances_hold **hold, struct why *why)
{
	struct circumstances       c = { .decided_kind = -1 };
	struct circumstances_hold *h = calloc(1, sizeof *h);
	enum outcome               o;

	if (h == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	if ((o = load_decided(s, submission, &c, h, why)) != OUTCOME_OK ||
	    (o = load_mailboxes(s, submission, &c, h, why)) != OUTCOME_OK)
		goto out;
	*out = c;
	*hold = h;
	h = NULL;
out:
	circumstances_free(h);
	return o;
}
