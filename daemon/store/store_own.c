/* What the consultation's own letters say, so that letters that repeat it are not taken for one form letter. */
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/verdict.h"
#include "daemon/store/sql.h"
#include "daemon/store/store_campaign.h"
#include "daemon/store/store_sentences.h"

#define TELLING_SENTENCE 4	/* words; a shorter one is a turn of phrase to campaign.c too */

/* --- whose letter it is ------------------------------------------------------------------------------------------------ */

/* The consultation whose own letter it is now, as the judge says and nobody else does; "" of none. */
static enum outcome
own_of(struct store *s, int64_t submission, char **consultation, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o;

	*consultation = NULL;
	o = sql_open(s, "SELECT consultation FROM verdict WHERE submission = ?1 AND kind = ?2 AND consultation IS NOT NULL AND"
	    " EXISTS (SELECT 1 FROM evidence WHERE submission = ?1 AND rule = 'own-letter')",
	    BINDS(bind_int(submission), bind_int(KIND_OTHER)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && (*consultation = strdup(found ? sql_text(q, 0) : "")) == NULL)
		o = why_set(why, OUTCOME_DEFER, "no memory");
	sql_close(q);
	return o;
}

/* 1 when these are the rows there are: as many, and each of them. */
static enum outcome
is_as_kept(struct store *s, const struct stored_letter *l, const char *consultation, int *same, struct why *why)
{
	const struct letter *of = &l->letter;
	int64_t              kept = 0, others = 0, one;
	uint64_t             wanted = 0;
	enum outcome         o;

	*same = 0;
	if ((o = sql_number(s, "SELECT count(*) FROM own_sentence WHERE submission = ?1", BINDS(bind_int(of->id)), &kept, why)) != OUTCOME_OK ||
	    (kept > 0 && (o = sql_number(s, "SELECT count(*) FROM own_sentence WHERE submission = ?1 AND consultation <> ?2",
	    BINDS(bind_int(of->id), bind_text(consultation)), &others, why)) != OUTCOME_OK))
		return o;
	if (consultation[0] == '\0' || others > 0) {
		*same = kept == 0;
		return o;
	}
	for (size_t i = 0; i < of->n && o == OUTCOME_OK; i++) {
		if (of->sentences[i].words < TELLING_SENTENCE)
			continue;
		wanted++;
		o = sql_number(s, "SELECT count(*) FROM own_sentence WHERE consultation = ?1 AND hash = ?2 AND submission = ?3",
		    BINDS(bind_text(consultation), bind_int((int64_t)of->sentences[i].hash), bind_int(of->id)), &one, why);
		if (o == OUTCOME_OK && one == 0)
			return o;
	}
	*same = (wanted == 0) == (kept == 0);
	return o;
}

static enum outcome
wake_answers(struct store *s, const char *consultation, struct why *why)
{
	return sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission) SELECT submission FROM verdict WHERE consultation = ?1 AND counts = 1",
	    BINDS(bind_text(consultation)), why);
}

/* Whom the rows of this letter bear on wakes before they go, and whom the new ones bear on after they came. */
static enum outcome
keep(struct store *s, const struct stored_letter *l, const char *consultation, struct why *why)
{
	const struct letter *of = &l->letter;
	enum outcome         o;

	if ((o = sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission) SELECT submission FROM verdict WHERE counts = 1 AND"
	    " consultation IN (SELECT consultation FROM own_sentence WHERE submission = ?1)", BINDS(bind_int(of->id)), why)) != OUTCOME_OK ||
	    (o = sql_do(s, "DELETE FROM own_sentence WHERE submission = ?1", BINDS(bind_int(of->id)), why)) != OUTCOME_OK || consultation[0] == '\0')
		return o;
	for (size_t i = 0; i < of->n && o == OUTCOME_OK; i++)
		if (of->sentences[i].words >= TELLING_SENTENCE)
			o = sql_do(s, "INSERT OR IGNORE INTO own_sentence (consultation, hash, submission) VALUES (?1, ?2, ?3)",
			    BINDS(bind_text(consultation), bind_int((int64_t)of->sentences[i].hash), bind_int(of->id)), why);
	return o == OUTCOME_OK ? wake_answers(s, consultation, why) : o;
}

enum outcome
store_own_letter(struct store *s, const struct stored_letter *l, struct why *why)
{
	char        *consultation = NULL;
	int          same = 0;
	enum outcome o;

	if ((o = own_of(s, l->letter.id, &consultation, why)) == OUTCOME_OK && (o = is_as_kept(s, l, consultation, &same, why)) == OUTCOME_OK && !same)
		o = keep(s, l, consultation, why);
	free(consultation);
	return o;
}

/* --- what repeats it --------------------------------------------------------------------------------------------------- */

static enum outcome
mark(struct store *s, const char *consultation, uint8_t *sentences, size_t n, int *changed, struct why *why)
{
	int64_t      ours = 0, any = 0;
	enum outcome o = OUTCOME_OK;

	if (consultation != NULL)
		o = sql_number(s, "SELECT EXISTS (SELECT 1 FROM own_sentence WHERE consultation = ?1)", BINDS(bind_text(consultation)), &any, why);
	for (uint8_t *p = sentences; p < sentences + n && o == OUTCOME_OK; p += SENTENCE_BYTES) {
		uint64_t was = sentence_get(p + SENTENCE_COMMON, 3), is;

		if (any && (o = sql_number(s, "SELECT EXISTS (SELECT 1 FROM own_sentence WHERE consultation = ?1 AND hash = ?2)",
		    BINDS(bind_text(consultation), bind_int((int64_t)sentence_get(p + SENTENCE_HASH, 8))), &ours, why)) != OUTCOME_OK)
			return o;
		is = any && ours ? was | COMMON_MINISTRY : was & ~(uint64_t)COMMON_MINISTRY;
		*changed |= is != was;
		sentence_put(p + SENTENCE_COMMON, is, 3);
	}
	return o;
}

enum outcome
store_mark_ministry(struct store *s, const struct stored_letter *l, int *changed, struct why *why)
{
	sqlite3_stmt *q = NULL;
	uint8_t      *sentences = NULL;
	size_t        n = 0;
	int           found = 0;
	enum outcome  o;

	*changed = 0;
	o = sql_open(s, "SELECT sentences FROM sentences WHERE submission = ?1", BINDS(bind_int(l->letter.id)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found) {
		n = (size_t)sqlite3_column_bytes(q, 0) / SENTENCE_BYTES * SENTENCE_BYTES;
		if ((sentences = malloc(n + 1)) == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
		else if (n > 0)
			memcpy(sentences, sqlite3_column_blob(q, 0), n);
	}
	sql_close(q);
	if (o == OUTCOME_OK && n > 0)
		o = mark(s, l->counts ? l->consultation : NULL, sentences, n, changed, why);
	if (o == OUTCOME_OK && *changed)
		o = sql_do(s, "UPDATE sentences SET sentences = ?2 WHERE submission = ?1", BINDS(bind_int(l->letter.id), bind_blob(sentences, n)), why);
	free(sentences);
	return o;
}
