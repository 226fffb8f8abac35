#include "daemon/store/store_sentences.h"

#include <stdlib.h>

#include "daemon/store/sql.h"
#include "daemon/store/store_campaign.h"

enum outcome
store_save_sentences(struct store *s, int64_t submission, const struct parsed *p, struct why *why)
{
	struct sentence *all = calloc(CAMPAIGN_SENTENCES, sizeof *all);
	uint8_t         *kept = calloc(CAMPAIGN_SENTENCES, SENTENCE_BYTES);
	size_t           n;
	enum outcome     o;

	if (all == NULL || kept == NULL) {
		o = why_set(why, OUTCOME_DEFER, "no memory");
		goto out;
	}
	n = campaign_sentences(p, all);
	for (size_t i = 0; i < n; i++) {
		uint8_t *at = kept + i * SENTENCE_BYTES;

		sentence_put(at + SENTENCE_HASH, all[i].hash, 8);
		sentence_put(at + SENTENCE_FORM, all[i].form, 8);
		sentence_put(at + SENTENCE_AT, all[i].at, 4);
		sentence_put(at + SENTENCE_SIZE, all[i].size_bytes, 4);
		sentence_put(at + SENTENCE_WORDS, all[i].words, 4);
		sentence_put(at + SENTENCE_PLACE, all[i].place, 1);
		sentence_put(at + SENTENCE_COMMON, all[i].common, 3);
	}
	if ((o = sql_do(s, "DELETE FROM sentences WHERE submission = ?1", BINDS(bind_int(submission)), why)) == OUTCOME_OK && n > 0)
		o = sql_do(s, "INSERT INTO sentences (submission, sentences) VALUES (?1, ?2)",
		    BINDS(bind_int(submission), bind_blob(kept, n * SENTENCE_BYTES)), why);
out:
	free(all);
	free(kept);
	return o;
}

struct sentence *
sentences_of(const uint8_t *p, size_t n)
{
	struct sentence *all = calloc(n + 1, sizeof *all);

	for (size_t i = 0; all != NULL && i < n; i++, p += SENTENCE_BYTES)
		all[i] = (struct sentence){ .hash = sentence_get(p + SENTENCE_HASH, 8), .form = sentence_get(p + SENTENCE_FORM, 8),
			.at = (uint32_t)sentence_get(p + SENTENCE_AT, 4), .size_bytes = (uint32_t)sentence_get(p + SENTENCE_SIZE, 4),
			.words = (uint32_t)sentence_get(p + SENTENCE_WORDS, 4), .place = (uint32_t)sentence_get(p + SENTENCE_PLACE, 1),
			.common = (uint32_t)sentence_get(p + SENTENCE_COMMON, 3) };
	return all;
}

enum outcome
store_sentences(struct store *s, int64_t submission, struct sentence **out, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o = sql_open(s, "SELECT sentences FROM sentences WHERE submission = ?1", BINDS(bind_int(submission)), &q, why);
	int           found = 0;

	*out = NULL;
	*n = 0;
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found && sqlite3_column_blob(q, 0) != NULL) {
		*n = (size_t)sqlite3_column_bytes(q, 0) / SENTENCE_BYTES;
		*out = sentences_of(sqlite3_column_blob(q, 0), *n);
		if (*out == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
	}
	sql_close(q);
	return o;
}
