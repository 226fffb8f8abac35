/* Letters, the keys by which they find each other, and the campaigns they make. */
#include "daemon/store/store_campaign.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store_sentences.h"

static enum outcome
read_sentences(const uint8_t *p, size_t n, struct letter *l, struct why *why)
{
	l->n = n / SENTENCE_BYTES;
	l->sentences = sentences_of(p, l->n);
	l->telling = calloc(l->n + 1, sizeof *l->telling);
	return l->sentences == NULL || l->telling == NULL ? why_set(why, OUTCOME_DEFER, "no memory") : OUTCOME_OK;
}

/* --- letters --------------------------------------------------------------------------------------------------------- */

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
	const uint8_t *slots = sqlite3_column_blob(q, 9);

	if (slots == NULL || sqlite3_column_bytes(q, 9) != MINHASH_SIZE * 4)
		return;
	l->minhash_words = (uint64_t)sqlite3_column_int64(q, 8);
	for (size_t i = 0; i < MINHASH_SIZE; i++)
		l->minhash[i] = (uint32_t)sentence_get(slots + 4 * i, 4);
}

static enum outcome
read_letter(sqlite3_stmt *q, struct stored_letter *l, struct why *why)
{
	struct letter *letter = &l->letter;
	const uint8_t *sentences = sqlite3_column_blob(q, 7), *documents = sqlite3_column_blob(q, 10);
	enum outcome   o;

	letter->received_at = sqlite3_column_type(q, 0) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 0);
	if ((l->mailbox = strdup(sql_text(q, 1))) == NULL ||
	    (sqlite3_column_type(q, 3) != SQLITE_NULL && (l->consultation = strdup(sql_text(q, 3))) == NULL))
		return why_set(why, OUTCOME_DEFER, "no memory");
	letter->mailbox = l->mailbox;
	letter->uid = (uint64_t)sqlite3_column_int64(q, 2);
	l->counts = sqlite3_column_int(q, 4);
	letter->position = (enum position)sqlite3_column_int(q, 5);
	if ((o = read_sentences(sentences, sentences == NULL ? 0 : (size_t)sqlite3_column_bytes(q, 7), letter, why)) != OUTCOME_OK)
		return o;
	read_minhash(q, letter);
	if (documents != NULL && sqlite3_column_bytes(q, 10) == (int)sizeof letter->documents)
		memcpy(letter->documents, documents, sizeof letter->documents);
	letter->by_person = sqlite3_column_int(q, 14);
	letter_prepare(letter, sqlite3_column_int(q, 6));
	l->text = sqlite3_column_int64(q, 11);
	l->leader = sqlite3_column_int64(q, 12);
	l->is_as_placed = sqlite3_column_int(q, 13);
	return OUTCOME_OK;
}

_Static_assert(DIGEST_ATTACHMENTS == 3, "the query names DIGEST_ATTACHMENTS by its number");

enum outcome
store_letter_load(struct store *s, int64_t submission, struct stored_letter **out, struct why *why)
{
	struct stored_letter *l = calloc(1, sizeof *l);
	sqlite3_stmt         *q = NULL;
	enum outcome          o;
	int                   found = 0;

	if (l == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	l->letter.id = submission;
	o = sql_open(s, "SELECT s.received, s.received_mailbox, s.received_uid, v.consultation, v.counts, v.position, v.is_forward,"
	    " n.sentences, m.words, m.slots, d.sha256, l.text, l.leader, t.id IS NOT NULL AND"
	    " (t.consultation, l.received, l.mailbox, l.uid) IS (v.consultation, s.received, s.received_mailbox, s.received_uid),"
	    " v.responder_class IS 'privatperson'"
	    " FROM submission s JOIN verdict v ON v.submission = s.id LEFT JOIN sentences n ON n.submission = s.id"
	    " LEFT JOIN minhash m ON m.submission = s.id LEFT JOIN digest d ON d.submission = s.id AND d.kind = 3"
	    " LEFT JOIN campaign_letter l ON l.submission = s.id LEFT JOIN campaign_text t ON t.id = l.text WHERE s.id = ?1",
	    BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && !found)
		o = why_set(why, OUTCOME_BAD, "submission %lld is not judged", (long long)submission);
	if (o == OUTCOME_OK)
		o = read_letter(q, l, why);
	sql_close(q);
	if (o == OUTCOME_OK) {
		*out = l;
		l = NULL;
	}
	stored_letter_free(l);
	return o;
}

enum outcome
store_letter_next(struct store *s, int64_t *submission, struct why *why)
{
	*submission = 0;
	return sql_number(s, "SELECT min(submission) FROM campaign_waiting", NO_BINDS, submission, why);
}

enum outcome
store_letter_waits(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission) VALUES (?1)", BINDS(bind_int(submission)), why);
}

enum outcome
store_letter_waits_no_more(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "DELETE FROM campaign_waiting WHERE submission = ?1", BINDS(bind_int(submission)), why);
}

enum outcome
store_letter_text(struct store *s, const struct stored_letter *l, uint64_t digest, int64_t *text, struct why *why)
{
	const struct bind of[] = { bind_text(l->consultation), bind_int((int64_t)digest), bind_int(letter_responders(&l->letter)) };
	enum outcome      o;

	if ((o = sql_do(s, "INSERT OR IGNORE INTO campaign_text (consultation, digest, responders, copies, class, waits)"
	    " VALUES (?1, ?2, ?3, 0, 64, 1)", of, 3, why)) != OUTCOME_OK)
		return o;
	return sql_number(s, "SELECT id FROM campaign_text WHERE consultation = ?1 AND digest = ?2", of, 2, text, why);
}

/* One copy more or less: its number, its first, and whether its rank is another by that. Falling, it may fall behind its followers. */
static enum outcome
recount(struct store *s, int64_t text, int more, struct why *why)
{
	int64_t      copies = 0, first = 0, before = 0, class;
	enum outcome o;

	if ((o = sql_number(s, "SELECT copies FROM campaign_text WHERE id = ?1", BINDS(bind_int(text)), &copies, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT first FROM campaign_text WHERE id = ?1", BINDS(bind_int(text)), &before, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT submission FROM campaign_letter WHERE text = ?1 ORDER BY received, mailbox, uid LIMIT 1",
	    BINDS(bind_int(text)), &first, why)) != OUTCOME_OK)
		return o;
	copies += more;
	class = copies > 0 ? letter_class((uint64_t)copies) : 0;
	o = sql_do(s, "UPDATE campaign_text SET copies = ?2, first = nullif(?3, 0), received = (SELECT received FROM submission WHERE id = ?3),"
	    " class = ?4, waits = waits OR class <> ?4 OR first IS NOT nullif(?3, 0) WHERE id = ?1",
	    BINDS(bind_int(text), bind_int(copies), bind_int(first), bind_int(class)), why);
	if (o != OUTCOME_OK || more > 0 || (first == before && class == letter_class((uint64_t)copies + 1)))
		return o;
	return store_followers_wait(s, text, why);
}

enum outcome
store_letter_join(struct store *s, struct stored_letter *l, int64_t text, struct why *why)
{
	int64_t      received = l->letter.received_at;
	enum outcome o;

	o = sql_do(s, "INSERT INTO campaign_letter (submission, text, received, mailbox, uid, leader)"
	    " SELECT ?1, id, ?3, ?4, ?5, leader FROM campaign_text WHERE id = ?2",
	    BINDS(bind_int(l->letter.id), bind_int(text), received == TIME_UNKNOWN ? bind_null() : bind_int(received), bind_text(l->mailbox),
	    bind_int((int64_t)l->letter.uid)), why);
	if (o == OUTCOME_OK && (o = recount(s, text, 1, why)) == OUTCOME_OK)
		l->text = text;
	return o;
}

enum outcome
store_letter_leave(struct store *s, struct stored_letter *l, struct why *why)
{
	int64_t      text = l->text;
	enum outcome o;

	o = sql_do(s, "DELETE FROM campaign_letter WHERE submission = ?1", BINDS(bind_int(l->letter.id)), why);
	if (o != OUTCOME_OK)
		return o;
	l->text = l->leader = 0;
	return recount(s, text, -1, why);
}

/* --- texts ----------------------------------------------------------------------------------------------------------- */

void
stored_text_free(struct stored_text *t)
{
	if (t == NULL)
		return;
	stored_letter_free(t->first);
	free(t);
}

static int64_t
read_text(sqlite3_stmt *q, struct stored_text *t)
{
	const uint8_t *keys = sqlite3_column_blob(q, 3);
	size_t         n = (size_t)sqlite3_column_bytes(q, 3) / 8;

	t->copies = (uint64_t)sqlite3_column_int64(q, 0);
	t->leader = sqlite3_column_int64(q, 2);
	for (size_t i = 0; keys != NULL && i < n && i < CAMPAIGN_KEYS; i++)
		t->placed_keys[t->n_placed_keys++] = sentence_get(keys + 8 * i, 8);
	t->placed_class = (unsigned)sqlite3_column_int(q, 4);
	return sqlite3_column_int64(q, 1);
}

enum outcome
store_text_load(struct store *s, int64_t id, struct stored_text **out, struct why *why)
{
	struct stored_text *t = calloc(1, sizeof *t);
	sqlite3_stmt       *q = NULL;
	int64_t             first = 0;
	enum outcome        o;
	int                 found = 0;

	if (t == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	t->id = id;
	o = sql_open(s, "SELECT copies, first, leader, keys, placed_class FROM campaign_text WHERE id = ?1", BINDS(bind_int(id)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found)
		first = read_text(q, t);
	sql_close(q);
	if (o != OUTCOME_OK || (first != 0 && (o = store_letter_load(s, first, &t->first, why)) != OUTCOME_OK)) {
		stored_text_free(t);
		return o;
	}
	if (t->first != NULL) {
		t->first->letter.copies = t->copies;
		t->n_keys = t->first->consultation == NULL ? 0 : campaign_keys(&t->first->letter, t->first->consultation, t->keys);
	}
	*out = t;
	return OUTCOME_OK;
}

enum outcome
store_text_next(struct store *s, int64_t *id, struct why *why)
{
	*id = 0;
	return sql_number(s, "SELECT id FROM campaign_text WHERE waits = 1 ORDER BY class, received, id LIMIT 1", NO_BINDS, id, why);
}

enum outcome
store_text_waits(struct store *s, int64_t id, struct why *why)
{
	return sql_do(s, "UPDATE campaign_text SET waits = 1 WHERE id = ?1", BINDS(bind_int(id)), why);
}

enum outcome
store_text_waits_no_more(struct store *s, int64_t id, struct why *why)
{
	return sql_do(s, "UPDATE campaign_text SET waits = 0 WHERE id = ?1", BINDS(bind_int(id)), why);
}

enum outcome
store_followers_wait(struct store *s, int64_t leader, struct why *why)
{
	return sql_do(s, "UPDATE campaign_text SET waits = 1 WHERE leader = ?1 AND id <> ?1", BINDS(bind_int(leader)), why);
}

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
store_text_rivals(struct store *s, const struct stored_text *t, int follows, unsigned class, struct rival *out, size_t *n, struct why *why)
{
	enum outcome o = OUTCOME_OK;
	size_t       have = 0;

	for (size_t i = 0; i < t->n_keys && o == OUTCOME_OK; i++) {
		sqlite3_stmt *q = NULL;
		int           found = 1;

		o = sql_open(s, "SELECT text FROM campaign_key WHERE key = ?1 AND follows = ?2 AND class >= ?3 ORDER BY class, text LIMIT ?4",
		    BINDS(bind_int((int64_t)t->keys[i]), bind_int(follows != 0), bind_int(class), bind_int(RIVALS_A_KEY)), &q, why);
		while (o == OUTCOME_OK && have < RIVALS_MAX && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
			if (sqlite3_column_int64(q, 0) != t->id)
				out[have++] = (struct rival){ .id = sqlite3_column_int64(q, 0), .shared = 1 };
		sql_close(q);
	}
	if (o == OUTCOME_OK)
		*n = sum_up(out, have);
	return o;
}

static enum outcome
drop_keys(struct store *s, const struct stored_text *t, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < t->n_placed_keys && o == OUTCOME_OK; i++)
		o = sql_do(s, "DELETE FROM campaign_key WHERE key = ?1 AND follows = ?2 AND class = ?3 AND text = ?4",
		    BINDS(bind_int((int64_t)t->placed_keys[i]), bind_int(t->leader != t->id), bind_int(t->placed_class), bind_int(t->id)), why);
	return o;
}

static enum outcome
add_keys(struct store *s, const struct stored_text *t, int64_t leader, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < t->n_keys && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT OR IGNORE INTO campaign_key (key, follows, class, text) VALUES (?1, ?2, ?3, ?4)",
		    BINDS(bind_int((int64_t)t->keys[i]), bind_int(leader != t->id), bind_int(letter_class(t->copies)), bind_int(t->id)), why);
	return o;
}

enum outcome
store_text_place(struct store *s, struct stored_text *t, int64_t leader, struct why *why)
{
	uint8_t      keys[CAMPAIGN_KEYS * 8];
	enum outcome o;

	if ((o = drop_keys(s, t, why)) != OUTCOME_OK || (o = add_keys(s, t, leader, why)) != OUTCOME_OK)
		return o;
	for (size_t i = 0; i < t->n_keys; i++)
		sentence_put(keys + 8 * i, t->keys[i], 8);
	o = sql_do(s, "UPDATE campaign_text SET leader = ?2, keys = ?3, placed_class = ?4 WHERE id = ?1",
	    BINDS(bind_int(t->id), bind_int(leader), bind_blob(keys, t->n_keys * 8), bind_int(letter_class(t->copies))), why);
	if (o == OUTCOME_OK && leader != t->leader && (o = sql_do(s, "UPDATE campaign_letter SET leader = ?2, added_words = NULL, added_text = NULL"
	    " WHERE text = ?1", BINDS(bind_int(t->id), bind_int(leader)), why)) == OUTCOME_OK)
		o = sql_do(s, "INSERT OR IGNORE INTO campaign_waiting (submission) SELECT submission FROM campaign_letter WHERE text = ?1",
		    BINDS(bind_int(t->id)), why);
	if (o != OUTCOME_OK)
		return o;
	t->leader = leader;
	t->placed_class = letter_class(t->copies);
	memcpy(t->placed_keys, t->keys, sizeof t->keys);
	t->n_placed_keys = t->n_keys;
	return OUTCOME_OK;
}

enum outcome
store_text_remove(struct store *s, struct stored_text *t, struct why *why)
{
	enum outcome o = drop_keys(s, t, why);

	return o == OUTCOME_OK ? sql_do(s, "DELETE FROM campaign_text WHERE id = ?1", BINDS(bind_int(t->id)), why) : o;
}

/* --- campaigns ---------------------------------------------------------------------------------------------------------- */

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
	int64_t      wanted = 0, responders = 0;
	enum outcome o;

	/* A responder nobody could name is one by itself. One who sends it ten thousand times is not looked past each time. */
	if ((o = sql_number(s, "SELECT responders FROM campaign_text WHERE id = ?1 AND leader = ?1", BINDS(bind_int(leader)), &wanted, why)) != OUTCOME_OK ||
	    (o = sql_number(s, "SELECT count(*) FROM (SELECT DISTINCT coalesce(v.responder_key, l.submission) FROM (SELECT submission"
	    " FROM campaign_letter WHERE leader = ?1 ORDER BY received, mailbox, uid LIMIT 1000) l"
	    " CROSS JOIN verdict v ON v.submission = l.submission LIMIT ?2)",
	    BINDS(bind_int(leader), bind_int(wanted)), &responders, why)) != OUTCOME_OK ||
	    (o = read_first(s, leader, &g, why)) != OUTCOME_OK)
		return o;
	g.is_led = wanted > 0;
	g.is_campaign = wanted > 0 && responders >= wanted;
	*out = g;
	return OUTCOME_OK;
}

enum outcome
store_campaign(struct store *s, int64_t leader, struct group *out, struct why *why)
{
	struct group   g = { .is_led = 1, .is_campaign = 1 };
	sqlite3_stmt  *q = NULL;
	const uint8_t *first;
	enum outcome   o;
	int            found = 0;

	o = sql_open(s, "SELECT first FROM campaign WHERE leader = ?1", BINDS(bind_int(leader)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found && (first = sqlite3_column_blob(q, 0)) != NULL)
		for (size_t i = 0; i < CAMPAIGN_FIRST && 8 * (i + 1) <= (size_t)sqlite3_column_bytes(q, 0); i++)
			g.first[g.n_first++] = (int64_t)sentence_get(first + 8 * i, 8);
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
		sentence_put(first + 8 * i, (uint64_t)g->first[i], 8);
	return sql_do(s, "INSERT INTO campaign (leader, consultation, template, first, told)"
	    " SELECT id, consultation, ?2, ?3, 0 FROM campaign_text WHERE id = ?1"
	    " ON CONFLICT DO UPDATE SET template = excluded.template, first = excluded.first, told = 0",
	    BINDS(bind_int(leader), bind_int(g->first[0]), bind_blob(first, g->n_first * 8)), why);
}

enum outcome
store_campaign_forget(struct store *s, int64_t leader, struct why *why)
{
	return sql_do(s, "DELETE FROM campaign WHERE leader = ?1", BINDS(bind_int(leader)), why);
}

enum outcome
store_member_next(struct store *s, int64_t *submission, struct why *why)
{
	int64_t      leader = 0, told = 0, next;
	enum outcome o;

	for (;;) {
		next = leader = 0;
		if ((o = sql_number(s, "SELECT leader FROM campaign WHERE told IS NOT NULL LIMIT 1", NO_BINDS, &leader, why)) != OUTCOME_OK || leader == 0)
			break;
		if ((o = sql_number(s, "SELECT told FROM campaign WHERE leader = ?1", BINDS(bind_int(leader)), &told, why)) != OUTCOME_OK ||
		    (o = sql_number(s, "SELECT min(submission) FROM campaign_letter INDEXED BY campaign_letter_member WHERE leader = ?1"
		    " AND submission > ?2", BINDS(bind_int(leader), bind_int(told)), &next, why)) != OUTCOME_OK)
			return o;
		o = sql_do(s, "UPDATE campaign SET told = nullif(?2, 0) WHERE leader = ?1", BINDS(bind_int(leader), bind_int(next)), why);
		if (o != OUTCOME_OK || next != 0)
			break;
	}
	if (o == OUTCOME_OK)
		*submission = leader != 0 ? next : 0;
	return o;
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
