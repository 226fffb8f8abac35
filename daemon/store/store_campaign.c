/* Letters, the keys by which they find each other, and the campaigns they make. */
#include "daemon/store/store_campaign.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/sql.h"

/* --- sentences ------------------------------------------------------------------------------------------------------- */

#define SENTENCE_BYTES 24	/* hash, at, size, words, place, little-endian */

static void
put(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t
get(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

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

		put(at, all[i].hash, 8);
		put(at + 8, all[i].at, 4);
		put(at + 12, all[i].size_bytes, 4);
		put(at + 16, all[i].words, 4);
		put(at + 20, all[i].place, 4);
	}
	if ((o = sql_do(s, "DELETE FROM sentences WHERE submission = ?1", BINDS(bind_int(submission)), why)) == OUTCOME_OK && n > 0)
		o = sql_do(s, "INSERT INTO sentences (submission, sentences) VALUES (?1, ?2)",
		    BINDS(bind_int(submission), bind_blob(kept, n * SENTENCE_BYTES)), why);
out:
	free(all);
	free(kept);
	return o;
}

static enum outcome
read_sentences(const uint8_t *p, size_t n, struct letter *l, struct why *why)
{
	l->n = n / SENTENCE_BYTES;
	l->sentences = calloc(l->n + 1, sizeof *l->sentences);
	l->telling = calloc(l->n + 1, sizeof *l->telling);
	if (l->sentences == NULL || l->telling == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	for (size_t i = 0; i < l->n; i++, p += SENTENCE_BYTES)
		l->sentences[i] = (struct sentence){ .hash = get(p, 8), .at = (uint32_t)get(p + 8, 4), .size_bytes = (uint32_t)get(p + 12, 4),
			.words = (uint32_t)get(p + 16, 4), .place = (uint32_t)get(p + 20, 4) };
	return OUTCOME_OK;
}

/* --- a letter -------------------------------------------------------------------------------------------------------- */

void
stored_letter_free(struct stored_letter *l)
{
	if (l == NULL)
		return;
	free(l->letter.sentences);
	free(l->letter.telling);
	free(l->consultation);
	free(l->mailbox);
	free(l);
}

static void
read_minhash(sqlite3_stmt *q, struct letter *l)
{
	const uint8_t *slots = sqlite3_column_blob(q, 10);

	if (slots == NULL || sqlite3_column_bytes(q, 10) != MINHASH_SIZE * 4)
		return;
	l->minhash_words = (uint64_t)sqlite3_column_int64(q, 9);
	for (size_t i = 0; i < MINHASH_SIZE; i++)
		l->minhash[i] = (uint32_t)get(slots + 4 * i, 4);
}

static void
read_place(sqlite3_stmt *q, struct stored_letter *l)
{
	const uint8_t *keys = sqlite3_column_blob(q, 13);
	size_t         n = (size_t)sqlite3_column_bytes(q, 13) / 8;

	l->leader = sqlite3_column_int64(q, 12);
	for (size_t i = 0; keys != NULL && i < n && i < CAMPAIGN_KEYS; i++)
		l->placed_keys[l->n_placed_keys++] = get(keys + 8 * i, 8);
	/* 14: consultation, size class and place in the order of receipt are the same. */
	l->is_as_placed = l->leader != 0 && sqlite3_column_int(q, 14) && (unsigned)sqlite3_column_int(q, 15) == letter_class(&l->letter) &&
	    l->n_keys == l->n_placed_keys && memcmp(l->keys, l->placed_keys, l->n_keys * sizeof l->keys[0]) == 0;
}

static enum outcome
read_letter(sqlite3_stmt *q, int64_t id, struct stored_letter *l, struct why *why)
{
	struct letter *letter = &l->letter;
	const uint8_t *sentences = sqlite3_column_blob(q, 8), *documents = sqlite3_column_blob(q, 11);
	enum outcome   o;

	letter->id = id;
	letter->received_at = sqlite3_column_type(q, 0) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 0);
	if ((l->mailbox = strdup(sql_text(q, 1))) == NULL ||
	    (sqlite3_column_type(q, 3) != SQLITE_NULL && (l->consultation = strdup(sql_text(q, 3))) == NULL))
		return why_set(why, OUTCOME_DEFER, "no memory");
	letter->mailbox = l->mailbox;
	letter->uid = (uint64_t)sqlite3_column_int64(q, 2);
	l->counts = sqlite3_column_int(q, 4);
	letter->position = (enum position)sqlite3_column_int(q, 5);
	if ((o = read_sentences(sentences, sentences == NULL ? 0 : (size_t)sqlite3_column_bytes(q, 8), letter, why)) != OUTCOME_OK)
		return o;
	read_minhash(q, letter);
	if (documents != NULL && sqlite3_column_bytes(q, 11) == (int)sizeof letter->documents)
		memcpy(letter->documents, documents, sizeof letter->documents);
	letter_prepare(letter, sqlite3_column_int(q, 6));
	if (l->consultation != NULL)
		l->n_keys = campaign_keys(letter, l->consultation, l->keys);
	read_place(q, l);
	return OUTCOME_OK;
}

/* Digest 3 is DIGEST_ATTACHMENTS. */
_Static_assert(DIGEST_ATTACHMENTS == 3, "the query names DIGEST_ATTACHMENTS by its number");

enum outcome
store_letter_load(struct store *s, int64_t id, struct stored_letter **out, struct why *why)
{
	struct stored_letter *l = calloc(1, sizeof *l);
	sqlite3_stmt         *q = NULL;
	enum outcome          o;
	int                   found = 0;

	if (l == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	o = sql_open(s, "SELECT s.received, s.received_mailbox, s.received_uid, v.consultation, v.counts, v.position, v.is_forward, NULL,"
	    " t.sentences, m.words, m.slots, d.sha256, l.leader, l.keys,"
	    " (l.consultation, l.received, l.mailbox, l.uid) IS (v.consultation, s.received, s.received_mailbox, s.received_uid), l.size_class"
	    " FROM submission s JOIN verdict v ON v.submission = s.id LEFT JOIN sentences t ON t.submission = s.id"
	    " LEFT JOIN minhash m ON m.submission = s.id LEFT JOIN digest d ON d.submission = s.id AND d.kind = 3"
	    " LEFT JOIN campaign_letter l ON l.submission = s.id WHERE s.id = ?1", BINDS(bind_int(id)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && !found)
		o = why_set(why, OUTCOME_BAD, "submission %lld is not judged", (long long)id);
	if (o == OUTCOME_OK)
		o = read_letter(q, id, l, why);
	sql_close(q);
	if (o == OUTCOME_OK) {
		*out = l;
		l = NULL;
	}
	stored_letter_free(l);
	return o;
}

/* --- who waits ------------------------------------------------------------------------------------------------------- */

enum outcome
store_letter_next(struct store *s, int64_t *id, struct why *why)
{
	*id = 0;
	return sql_number(s, "SELECT submission FROM campaign_waiting ORDER BY size_class, received, submission LIMIT 1", NO_BINDS, id, why);
}

enum outcome
store_letter_waits(struct store *s, int64_t id, struct why *why)
{
	return sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission, size_class, received)"
	    " SELECT s.id, coalesce(l.size_class, 0), s.received FROM submission s LEFT JOIN campaign_letter l ON l.submission = s.id"
	    " WHERE s.id = ?1", BINDS(bind_int(id)), why);
}

enum outcome
store_letter_waits_no_more(struct store *s, int64_t id, struct why *why)
{
	return sql_do(s, "DELETE FROM campaign_waiting WHERE submission = ?1", BINDS(bind_int(id)), why);
}

enum outcome
store_members_wait(struct store *s, int64_t leader, struct why *why)
{
	return sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission, size_class, received)"
	    " SELECT submission, size_class, received FROM campaign_letter WHERE leader = ?1", BINDS(bind_int(leader)), why);
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

static int
by_id(const void *a, const void *b)
{
	const struct rival *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The same id once, with the sum of what it shares. */
static size_t
sum_up(struct rival *all, size_t n)
{
	size_t distinct = 0;

	qsort(all, n, sizeof *all, by_id);
	for (size_t i = 0; i < n; i++) {
		if (distinct > 0 && all[distinct - 1].id == all[i].id)
			all[distinct - 1].shared += all[i].shared;
		else
			all[distinct++] = all[i];
	}
	return distinct;
}

enum outcome
store_letter_rivals(struct store *s, const struct stored_letter *l, int members, unsigned class, struct rival *out, size_t *n, struct why *why)
{
	enum outcome o = OUTCOME_OK;
	size_t       have = 0;

	for (size_t i = 0; i < l->n_keys && o == OUTCOME_OK; i++) {
		sqlite3_stmt *q = NULL;
		int           found = 1;

		o = sql_open(s, "SELECT submission FROM campaign_key WHERE key = ?1 AND follows = ?2 AND size_class >= ?3"
		    " ORDER BY size_class, submission LIMIT ?4", BINDS(bind_int((int64_t)l->keys[i]), bind_int(members != 0), bind_int(class),
		    bind_int(members ? RIVALS_MEMBERS : RIVALS_LEADERS)), &q, why);
		while (o == OUTCOME_OK && have < RIVALS_MAX && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
			if (sqlite3_column_int64(q, 0) != l->letter.id)
				out[have++] = (struct rival){ .id = sqlite3_column_int64(q, 0), .shared = 1 };
		sql_close(q);
	}
	if (o == OUTCOME_OK)
		*n = sum_up(out, have);
	return o;
}

static enum outcome
drop_keys(struct store *s, const struct stored_letter *l, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < l->n_placed_keys && o == OUTCOME_OK; i++)
		o = sql_do(s, "DELETE FROM campaign_key WHERE key = ?1 AND follows = ?2 AND size_class ="
		    " (SELECT size_class FROM campaign_letter WHERE submission = ?3) AND submission = ?3",
		    BINDS(bind_int((int64_t)l->placed_keys[i]), bind_int(l->leader != l->letter.id), bind_int(l->letter.id)), why);
	return o;
}

static enum outcome
add_keys(struct store *s, const struct stored_letter *l, int64_t leader, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < l->n_keys && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT OR IGNORE INTO campaign_key (key, follows, size_class, submission) VALUES (?1, ?2, ?3, ?4)",
		    BINDS(bind_int((int64_t)l->keys[i]), bind_int(leader != l->letter.id), bind_int(letter_class(&l->letter)),
		    bind_int(l->letter.id)), why);
	return o;
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

enum outcome
store_letter_place(struct store *s, struct stored_letter *l, int64_t leader, struct why *why)
{
	uint8_t      keys[CAMPAIGN_KEYS * 8];
	int64_t      received = l->letter.received_at;
	int          turned = (l->leader == l->letter.id) != (leader == l->letter.id);
	enum outcome o;

	if ((l->leader == 0 || turned) && ((o = drop_keys(s, l, why)) != OUTCOME_OK || (o = add_keys(s, l, leader, why)) != OUTCOME_OK))
		return o;
	for (size_t i = 0; i < l->n_keys; i++)
		put(keys + 8 * i, l->keys[i], 8);
	o = sql_do(s, "INSERT INTO campaign_letter (submission, consultation, size_class, received, mailbox, uid, keys, leader)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
	    " ON CONFLICT DO UPDATE SET leader = excluded.leader, added_words = NULL, added_text = NULL",
	    BINDS(bind_int(l->letter.id), bind_text(l->consultation), bind_int(letter_class(&l->letter)),
	    received == TIME_UNKNOWN ? bind_null() : bind_int(received), bind_text(l->mailbox), bind_int((int64_t)l->letter.uid),
	    bind_blob(keys, l->n_keys * 8), bind_int(leader)), why);
	if (o != OUTCOME_OK)
		return o;
	l->leader = leader;
	memcpy(l->placed_keys, l->keys, sizeof l->keys);
	l->n_placed_keys = l->n_keys;
	return OUTCOME_OK;
}

enum outcome
store_letter_remove(struct store *s, struct stored_letter *l, struct why *why)
{
	enum outcome o;

	if ((o = drop_keys(s, l, why)) == OUTCOME_OK)
		o = sql_do(s, "DELETE FROM campaign_letter WHERE submission = ?1", BINDS(bind_int(l->letter.id)), why);
	if (o != OUTCOME_OK)
		return o;
	l->leader = 0;
	l->n_placed_keys = 0;
	return OUTCOME_OK;
}

/* --- groups ---------------------------------------------------------------------------------------------------------- */

static enum outcome
read_first(struct store *s, int64_t leader, struct group *g, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;

	o = sql_open(s, "SELECT submission FROM campaign_letter WHERE leader = ?1 ORDER BY received, mailbox, uid LIMIT ?2",
	    BINDS(bind_int(leader), bind_int(CAMPAIGN_FIRST)), &q, why);
	while (o == OUTCOME_OK && g->n_first < CAMPAIGN_FIRST && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		g->first[g->n_first++] = sqlite3_column_int64(q, 0);
	sql_close(q);
	return o;
}

enum outcome
store_group(struct store *s, int64_t leader, struct group *out, struct why *why)
{
	struct group g = { 0 };
	int64_t      is_led = 0, responders = 0;
	enum outcome o;

	/* A responder nobody could name is one by itself. */
	if ((o = sql_number(s, "SELECT 1 FROM campaign_letter WHERE submission = ?1 AND leader = ?1", BINDS(bind_int(leader)), &is_led, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT count(*) FROM (SELECT DISTINCT coalesce(v.responder_key, l.submission) FROM campaign_letter l"
	    " CROSS JOIN verdict v ON v.submission = l.submission WHERE l.leader = ?1 LIMIT ?2)",
	    BINDS(bind_int(leader), bind_int(CAMPAIGN_RESPONDERS)), &responders, why)) != OUTCOME_OK ||
	    (o = read_first(s, leader, &g, why)) != OUTCOME_OK)
		return o;
	g.is_led = (int)is_led;
	g.responders = (int)responders;
	*out = g;
	return OUTCOME_OK;
}

enum outcome
store_campaign(struct store *s, int64_t leader, struct group *out, struct why *why)
{
	struct group   g = { .is_led = 1, .responders = CAMPAIGN_RESPONDERS };
	sqlite3_stmt  *q = NULL;
	const uint8_t *first;
	enum outcome   o;
	int            found = 0;

	o = sql_open(s, "SELECT first FROM campaign WHERE leader = ?1", BINDS(bind_int(leader)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found && (first = sqlite3_column_blob(q, 0)) != NULL)
		for (size_t i = 0; i < CAMPAIGN_FIRST && 8 * (i + 1) <= (size_t)sqlite3_column_bytes(q, 0); i++)
			g.first[g.n_first++] = (int64_t)get(first + 8 * i, 8);
	sql_close(q);
	if (o == OUTCOME_OK)
		*out = g;
	return o;
}

enum outcome
store_campaign_save(struct store *s, int64_t leader, const struct group *g, struct why *why)
{
	uint8_t first[CAMPAIGN_FIRST * 8];

	for (size_t i = 0; i < g->n_first; i++)
		put(first + 8 * i, (uint64_t)g->first[i], 8);
	return sql_do(s, "INSERT INTO campaign (leader, consultation, template, first)"
	    " SELECT submission, consultation, ?2, ?3 FROM campaign_letter WHERE submission = ?1"
	    " ON CONFLICT DO UPDATE SET template = excluded.template, first = excluded.first",
	    BINDS(bind_int(leader), bind_int(g->first[0]), bind_blob(first, g->n_first * 8)), why);
}

enum outcome
store_campaign_forget(struct store *s, int64_t leader, struct why *why)
{
	return sql_do(s, "DELETE FROM campaign WHERE leader = ?1", BINDS(bind_int(leader)), why);
}

/* --- what was added -------------------------------------------------------------------------------------------------- */

/* A sentence without the space around it; 0 when it is not in the text: a lying parser. */
static int
find_sentence(const struct sentence *one, const char *text, size_t n, const char **from, size_t *size)
{
	const char *p;
	size_t      have = one->size_bytes;

	if (one->at > n || have > n - one->at)
		return 0;
	for (p = text + one->at; have > 0 && (*p == ' ' || *p == '\n' || *p == '\t'); have--)
		p++;
	while (have > 0 && (p[have - 1] == ' ' || p[have - 1] == '\n' || p[have - 1] == '\t'))
		have--;
	*from = p;
	*size = have;
	return have > 0;
}

/* Its sentences with a space between, or a line break where something stands between them. NULL without memory. */
static char *
join_added(const struct letter *l, const uint8_t *added, const char *text, size_t n)
{
	char       *joined = malloc(2 * n + 2), *end = joined;
	const char *from;
	size_t      last = 0, size;

	if (joined == NULL)
		return NULL;
	for (size_t i = 0; i < l->n; i++) {
		/* A sentence is told once, and the text is as long as all of them. */
		if (!added[i] || !find_sentence(&l->sentences[i], text, n, &from, &size) || (size_t)(end - joined) + size > 2 * n)
			continue;
		if (end != joined)
			*end++ = last == i ? ' ' : '\n';
		end = mempcpy(end, from, size);
		last = i + 1;
	}
	*end = '\0';
	return joined;
}

enum outcome
store_letter_added(struct store *s, const struct letter *l, uint64_t words, const uint8_t *added, struct why *why)
{
	sqlite3_stmt *q = NULL;
	char         *joined = NULL;
	enum outcome  o = OUTCOME_OK;
	int           found = 0;

	if (words > 0) {
		o = sql_open(s, "SELECT text FROM search WHERE rowid = ?1", BINDS(bind_int(l->id)), &q, why);
		if (o == OUTCOME_OK)
			o = sql_row(s, q, &found, why);
		if (o == OUTCOME_OK && found && (joined = join_added(l, added, sql_text(q, 0), (size_t)sqlite3_column_bytes(q, 0))) == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
		sql_close(q);
	}
	if (o == OUTCOME_OK)
		o = sql_do(s, "UPDATE campaign_letter SET added_words = ?2, added_text = ?3"
		    " WHERE submission = ?1 AND (added_words, added_text) IS NOT (?2, ?3)",
		    BINDS(bind_int(l->id), bind_int((int64_t)words), bind_known(joined)), why);
	free(joined);
	return o;
}
