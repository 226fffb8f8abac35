/* Submissions that may be kin, brought together for the judge, and what the judge made of them. */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store.h"
#include "daemon/store/store_campaign.h"
#include "daemon/store/store_sentences.h"

/* views.sql counts distinct texts by it. */
_Static_assert(DIGEST_ANSWER == 4 && DIGEST_DOCUMENTS == 5, "view counts names them by their numbers");

/*
 * A family is what is connected by shared keys, whoever of it is asked for: so every member gets the same verdicts,
 * whichever of them was judged last. Two bounds keep one mail from costing the whole consultation:
 *
 * A key that more than FAMILY_KEY submissions hold connects nobody. It is a form letter's text or a petition tool's address:
 * campaigns are another mechanism, which counts each of them. But one Message-ID in so many mails is a loop in somebody's mail
 * server, and all the same content from one sender is one answer, sent however often: each of them is held against the one received first, and that one against the second, which was the first before it came
 * (of the FAMILY_LOOP that came first).
 *
 * Beyond FAMILY_MAX members, those that are fewest steps away are taken (steps from submission to key to submission), of
 * equally near ones in the order of keys and ids.
 */
#define FAMILY_KEY 200
#define FAMILY_MAX 2000
#define FAMILY_LOOP 1000

struct family_hold {
	struct relative *relatives;
	size_t           n, room;
	struct relative_person **persons;	/* one list for each relative, or NULL */
	char           **strings;
	size_t           n_strings, room_strings;
	uint32_t       **minhashes;	/* one for each relative, or NULL */
	struct sentence **sentences;
};

void
family_free(struct family_hold *hold)
{
	if (hold == NULL)
		return;
	for (size_t i = 0; i < hold->n_strings; i++)
		free(hold->strings[i]);
	for (size_t i = 0; i < hold->n; i++)
		free(hold->minhashes[i]);
	for (size_t i = 0; i < hold->n; i++)
		free(hold->persons[i]);
	for (size_t i = 0; i < hold->n; i++)
		free(hold->sentences[i]);
	free(hold->sentences);
	free(hold->persons);
	free(hold->strings);
	free(hold->minhashes);
	free(hold->relatives);
	free(hold);
}

/* Makes room for one more relative, zeroed. */
static struct relative *
new_relative(struct family_hold *hold)
{
	size_t           room = hold->room == 0 ? 8 : hold->room * 2;
	struct relative *r;
	uint32_t       **m;
	struct relative_person **p;
	struct sentence **t;

	if (hold->n == hold->room) {
		if ((r = reallocarray(hold->relatives, room, sizeof *r)) == NULL)
			return NULL;
		hold->relatives = r;
		if ((m = reallocarray(hold->minhashes, room, sizeof(uint32_t *))) == NULL)
			return NULL;
		hold->minhashes = m;
		if ((p = reallocarray(hold->persons, room, sizeof(struct relative_person *))) == NULL)
			return NULL;
		hold->persons = p;
		if ((t = reallocarray(hold->sentences, room, sizeof(struct sentence *))) == NULL)
			return NULL;
		hold->sentences = t;
		hold->room = room;
	}
	memset(&hold->relatives[hold->n], 0, sizeof *hold->relatives);
	hold->minhashes[hold->n] = NULL;
	hold->persons[hold->n] = NULL;
	hold->sentences[hold->n] = NULL;
	return &hold->relatives[hold->n++];
}

/* A column's text, "" for NULL, as long as the family lives. */
static enum outcome
hold_text(struct family_hold *hold, sqlite3_stmt *q, int column, const char **out, struct why *why)
{
	size_t room = hold->room_strings == 0 ? 64 : hold->room_strings * 2;
	char **more;

	if (hold->n_strings == hold->room_strings) {
		if ((more = reallocarray(hold->strings, room, sizeof(char *))) == NULL)
			return why_set(why, OUTCOME_DEFER, "no memory");
		hold->strings = more;
		hold->room_strings = room;
	}
	if ((hold->strings[hold->n_strings] = strdup(sql_text(q, column))) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	*out = hold->strings[hold->n_strings++];
	return OUTCOME_OK;
}

/* From a submission to the one received first, or second, of a Message-ID's loop. */
#define IN_LOOP(nth) " UNION SELECT (SELECT s.id FROM (SELECT submission FROM kin_key WHERE key = k.key LIMIT ?4) h" \
	"  JOIN submission s ON s.id = h.submission ORDER BY s.received, s.received_mailbox, s.received_uid LIMIT 1 OFFSET " nth "), NULL" \
	"  FROM node CROSS JOIN kin_key k ON k.submission = node.id" \
	"  WHERE (k.key >= 'm:' AND k.key < 'm;' OR k.key >= 'w:' AND k.key < 'w;') AND EXISTS (SELECT 1 FROM kin_key h WHERE h.key = k.key LIMIT 1 OFFSET ?2)"

static enum outcome
find_members(struct store *s, int64_t submission, struct family_hold *hold, struct why *why)
{
	sqlite3_stmt    *q = NULL;
	struct relative *r;
	enum outcome     o;
	int              found = 1;

	/* A node is a submission or a key; the queue of a recursive query is first in, first out: nearest first. */
	o = sql_open(s, "WITH RECURSIVE node (id, key) AS (VALUES (?1, NULL)"
	    " UNION SELECT NULL, k.key FROM node CROSS JOIN kin_key k ON k.submission = node.id"
	    "  WHERE NOT EXISTS (SELECT 1 FROM kin_key h WHERE h.key = k.key LIMIT 1 OFFSET ?2)"
	    IN_LOOP("0") IN_LOOP("1")
	    " UNION SELECT k.submission, NULL FROM node CROSS JOIN kin_key k ON k.key = node.key"
	    " UNION SELECT d.other, NULL FROM node CROSS JOIN decision d ON d.submission = node.id AND d.other IS NOT NULL"
	    " UNION SELECT d.submission, NULL FROM node CROSS JOIN decision d ON d.other = node.id)"
	    " SELECT node.id FROM node CROSS JOIN verdict v ON v.submission = node.id LIMIT ?3",
	    BINDS(bind_int(submission), bind_int(FAMILY_KEY), bind_int(FAMILY_MAX), bind_int(FAMILY_LOOP)), &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		if ((r = new_relative(hold)) == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory");
		else
			r->id = sqlite3_column_int64(q, 0);
	}
	sql_close(q);
	return o;
}

static enum outcome
read_member(sqlite3_stmt *q, struct family_hold *hold, struct relative *r, struct why *why)
{
	enum outcome o;

	r->received_at = sqlite3_column_type(q, 0) == SQLITE_NULL ? TIME_UNKNOWN : sqlite3_column_int64(q, 0);
	r->uid = (uint64_t)sqlite3_column_int64(q, 2);
	r->kind = (enum mail_kind)sqlite3_column_int(q, 3);
	r->consultation_decided = sqlite3_column_type(q, 5) != SQLITE_NULL;
	r->is_forward = sqlite3_column_int(q, 9);
	r->says_resend = (enum says)sqlite3_column_int(q, 10);
	r->says_revision = (enum says)sqlite3_column_int(q, 11);
	r->says_supplement = (enum says)sqlite3_column_int(q, 12);
	r->says_withdrawal = sqlite3_column_int(q, 13);
	r->decided_relation = sqlite3_column_type(q, 14) == SQLITE_NULL ? -1 : sqlite3_column_int(q, 14);
	r->decided_other = sqlite3_column_int64(q, 15);
	r->consultation_score = sqlite3_column_int(q, 16);
	if ((o = hold_text(hold, q, 1, &r->mailbox, why)) != OUTCOME_OK ||
	    (o = hold_text(hold, q, 6, &r->responder_key, why)) != OUTCOME_OK ||
	    (o = hold_text(hold, q, 7, &r->kin_message_id, why)) != OUTCOME_OK ||
	    (o = hold_text(hold, q, 17, &r->kin_thread, why)) != OUTCOME_OK ||
	    (o = hold_text(hold, q, 18, &r->signers, why)) != OUTCOME_OK ||
	    (o = hold_text(hold, q, 8, &r->kin_sender, why)) != OUTCOME_OK)
		return o;
	if (r->consultation_decided)
		return hold_text(hold, q, 5, &r->consultation, why);
	return sqlite3_column_type(q, 4) == SQLITE_NULL ? OUTCOME_OK : hold_text(hold, q, 4, &r->consultation, why);
}

static enum outcome
load_member(struct store *s, struct family_hold *hold, struct relative *r, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 0;

	o = sql_open(s, "SELECT s.received, s.received_mailbox, s.received_uid, v.kind, v.own_consultation, f.value, v.responder_key,"
	    " v.kin_message_id, v.kin_sender, v.is_forward, v.says_resend, v.says_revision, v.says_supplement, v.says_withdrawal,"
	    " r.number, r.other, v.own_score, v.kin_thread, v.signers FROM submission s JOIN verdict v ON v.submission = s.id"
	    " LEFT JOIN decision f ON f.submission = s.id AND f.about = 'refile'"
	    " LEFT JOIN decision r ON r.submission = s.id AND r.about = 'relate' WHERE s.id = ?1", BINDS(bind_int(r->id)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found)
		o = read_member(q, hold, r, why);
	sql_close(q);
	return o;
}

static enum outcome
load_digests(struct store *s, struct relative *r, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int           found = 1;

	o = sql_open(s, "SELECT kind, words, sha256 FROM digest WHERE submission = ?1", BINDS(bind_int(r->id)), &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		int         kind = sqlite3_column_int(q, 0);
		const void *sha256 = sqlite3_column_blob(q, 2);

		if (kind < 1 || kind >= DIGEST_KINDS || sha256 == NULL || sqlite3_column_bytes(q, 2) != 32)
			continue;	/* of a later parser */
		memcpy(r->digest[kind], sha256, 32);
		r->digest_words[kind] = (uint64_t)sqlite3_column_int64(q, 1);
	}
	sql_close(q);
	return o;
}

static enum outcome
load_minhash(struct store *s, struct relative *r, uint32_t **slots, struct why *why)
{
	sqlite3_stmt  *q = NULL;
	const uint8_t *p;
	enum outcome   o;
	int            found = 0;

	o = sql_open(s, "SELECT words, slots FROM minhash WHERE submission = ?1", BINDS(bind_int(r->id)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o != OUTCOME_OK || !found || (p = sqlite3_column_blob(q, 1)) == NULL || sqlite3_column_bytes(q, 1) != MINHASH_SIZE * 4)
		goto out;
	if ((*slots = calloc(MINHASH_SIZE, sizeof **slots)) == NULL) {
		o = why_set(why, OUTCOME_DEFER, "no memory");
		goto out;
	}
	for (size_t i = 0; i < MINHASH_SIZE * 4; i++)
		(*slots)[i / 4] |= (uint32_t)p[i] << (8 * (i % 4));
	r->minhash = *slots;
	r->minhash_words = (uint64_t)sqlite3_column_int64(q, 0);
out:
	sql_close(q);
	return o;
}

/* Who is signed up, or leaves, by the mails that tell so. */
static enum outcome
load_persons(struct store *s, struct family_hold *hold, struct relative *r, struct relative_person **persons, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int64_t       n = 0;
	int           found = 1;
	enum outcome  o;

	if (r->kind != KIND_REGISTRATION && r->kind != KIND_DECLINE)
		return OUTCOME_OK;
	if ((o = sql_number(s, "SELECT count(*) FROM person WHERE submission = ?1", BINDS(bind_int(r->id)), &n, why)) != OUTCOME_OK || n == 0)
		return o;
	if ((*persons = calloc((size_t)n, sizeof **persons)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	o = sql_open(s, "SELECT name, email, verdict = 'leaves', verdict = 'late' FROM person WHERE submission = ?1 ORDER BY n", BINDS(bind_int(r->id)), &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found && r->n_persons < (size_t)n) {
		struct relative_person *p = &(*persons)[r->n_persons];

		if ((o = hold_text(hold, q, 0, &p->name, why)) == OUTCOME_OK)
			o = hold_text(hold, q, 1, &p->email, why);
		p->leaves = sqlite3_column_int(q, 2);
		p->late = sqlite3_column_int(q, 3);
		r->n_persons += o == OUTCOME_OK;
	}
	sql_close(q);
	r->persons = *persons;
	return o;
}

static enum outcome
load_sentences(struct store *s, struct relative *r, struct sentence **sentences, struct why *why)
{
	enum outcome o = r->kind == KIND_RESPONSE ? store_sentences(s, r->id, sentences, &r->n_sentences, why) : OUTCOME_OK;

	r->sentences = *sentences;
	return o;
}

enum outcome
store_family(struct store *s, int64_t submission, struct relative **family, size_t *n, struct family_hold **hold, struct why *why)
{
	struct family_hold *h = calloc(1, sizeof *h);
	enum outcome        o;

	if (h == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	if ((o = find_members(s, submission, h, why)) != OUTCOME_OK)
		goto out;
	for (size_t i = 0; i < h->n; i++)
		if ((o = load_member(s, h, &h->relatives[i], why)) != OUTCOME_OK ||
		    (o = load_digests(s, &h->relatives[i], why)) != OUTCOME_OK ||
		    (o = load_persons(s, h, &h->relatives[i], &h->persons[i], why)) != OUTCOME_OK ||
		    (o = load_sentences(s, &h->relatives[i], &h->sentences[i], why)) != OUTCOME_OK ||
		    (o = load_minhash(s, &h->relatives[i], &h->minhashes[i], why)) != OUTCOME_OK)
			goto out;
	*family = h->relatives;
	*n = h->n;
	*hold = h;
	h = NULL;
out:
	family_free(h);
	return o;
}

/* --- what was decided ------------------------------------------------------------------------------------------------ */

static struct bind
bind_id(int64_t id)
{
	return id != 0 ? bind_int(id) : bind_null();
}

/*
 * Each statement here writes only what changed: judging one mail leaves the pages of its whole family alone.
 *
 * Who stood behind an answer that no longer counts is judged again: within this family that is done here and now
 * (save_state), but a key may have become a form letter's since, and then they are strangers by now.
 */
static enum outcome
save_relation(struct store *s, const struct conf *c, const struct relative *r, struct why *why)
{
	enum outcome                    o;
	const struct conf_consultation *of = r->family_consultation != NULL ? conf_consultation(c, r->family_consultation) : NULL;
	int64_t                         first = r->first_received_at != 0 ? r->first_received_at : r->received_at, seconds_late = 0;
	const char                     *deadline = judge_deadline(of, r->kind, first, &seconds_late);
	int                             none = r->family_consultation != NULL && strcmp(r->family_consultation, NO_CONSULTATION) == 0;

	o = sql_do(s, "UPDATE verdict SET consultation = ?2, relation = ?3, related_to = ?4, relation_rule = ?5, counts = ?6, head = ?7,"
	    " version = ?8, first_received = ?9, deadline_verdict = ?10, seconds_late = ?11, no_consultation = ?12 WHERE submission = ?1 AND"
	    " (consultation, relation, related_to, relation_rule, counts, head, version, first_received, deadline_verdict, seconds_late, no_consultation)"
	    " IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    BINDS(bind_int(r->id), bind_known(none ? NULL : r->family_consultation), bind_int(r->relation), bind_id(r->related_to), bind_known(r->rule),
	    bind_int(r->counts != 0), bind_id(r->head), bind_int(r->row_version), first == TIME_UNKNOWN ? bind_null() : bind_int(first),
	    bind_text(deadline), bind_int(seconds_late), bind_int(none)), why);
	if (o != OUTCOME_OK || sqlite3_changes64(s->db) == 0 || (o = store_letter_waits(s, r->id, why)) != OUTCOME_OK || r->counts)
		return o;
	return sql_do(s, "UPDATE submission SET unjudged = 1 WHERE unjudged = 0 AND id IN (SELECT submission FROM verdict WHERE head = ?1)",
	    BINDS(bind_int(r->id)), why);
}

/* Of a doubt, the consultations between which it is; else the submission that is meant. */
#define CANDIDATES "iif(?2 = 'ambiguous-consultation', (SELECT group_concat(own, ' ') FROM (SELECT DISTINCT own_consultation AS own" \
	" FROM verdict WHERE submission IN (?1, ?4) AND own_consultation IS NOT NULL ORDER BY 1)), CAST(?4 AS TEXT))"

static enum outcome
save_family_review(struct store *s, const struct relative *r, struct why *why)
{
	const struct bind said[] = { bind_int(r->id), bind_known(r->review), bind_known(r->review == NULL ? NULL : family_review_words(r->review, r->rule)),
		bind_id(r->review_other) };
	enum outcome      o;

	if ((o = sql_do(s, "DELETE FROM reason WHERE submission = ?1 AND phase = 2"
	    " AND (reason, detail, candidates) IS NOT (?2, ?3, " CANDIDATES ")", said, 4, why)) != OUTCOME_OK || r->review == NULL)
		return o;
	return sql_do(s, "INSERT OR IGNORE INTO reason (submission, phase, n, reason, detail, candidates)"
	    " VALUES (?1, 2, 0, ?2, ?3, " CANDIDATES ")", said, 4, why);
}

static enum outcome
save_local_clock(struct store *s, const struct conf *c, int64_t id, struct why *why)
{
	int64_t      received = TIME_UNKNOWN;
	char         local[32];
	enum outcome o;

	o = sql_number(s, "SELECT received FROM submission WHERE id = ?1 AND received_local IS NULL", BINDS(bind_int(id)), &received, why);
	if (o != OUTCOME_OK || received == TIME_UNKNOWN)
		return o;
	conf_local(c, received, local);
	return sql_do(s, "UPDATE submission SET received_local = ?2 WHERE id = ?1", BINDS(bind_int(id), bind_text(local)), why);
}

/*
 * Only whose own verdict is fresh becomes filed here, with all its copies. A relative that waits to be judged again by itself
 * (a new copy of it arrived, say) keeps its place and its copies stay `archived` until then; the others are filed already.
 */
static enum outcome
save_state(struct store *s, const struct conf *c, int64_t id, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "UPDATE submission SET state = 'filed', unjudged = 0 WHERE id = ?1 AND unjudged = 1", BINDS(bind_int(id)), why);
	if (o != OUTCOME_OK || sqlite3_changes64(s->db) == 0)
		return o;
	if ((o = sql_do(s, "UPDATE copy SET state = 'filed' WHERE submission = ?1 AND state = 'archived'", BINDS(bind_int(id)), why)) != OUTCOME_OK ||
	    (o = sql_do(s, "DELETE FROM kin_key WHERE submission = ?1 AND former = 1", BINDS(bind_int(id)), why)) != OUTCOME_OK)
		return o;
	return save_local_clock(s, c, id, why);
}

/* A person's place in the list is its number: store_save_verdict() counts as they stand there. */
static enum outcome
save_left(struct store *s, const struct relative *r, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < r->n_persons && o == OUTCOME_OK; i++)
		o = sql_do(s, "UPDATE person SET left_by = ?3 WHERE submission = ?1 AND n = ?2 AND left_by IS NOT ?3",
		    BINDS(bind_int(r->id), bind_int((int64_t)i), bind_id(r->persons[i].left_by)), why);
	return o;
}

enum outcome
store_save_family(struct store *s, const struct conf *c, const struct relative *family, size_t n, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++)
		if ((o = save_relation(s, c, &family[i], why)) == OUTCOME_OK)
			o = save_left(s, &family[i], why);
	for (size_t i = 0; i < n && o == OUTCOME_OK; i++)
		if ((o = save_family_review(s, &family[i], why)) == OUTCOME_OK)
			o = save_state(s, c, family[i].id, why);
	return o;
}
