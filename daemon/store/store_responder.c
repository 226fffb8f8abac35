#include "daemon/store/store_responder.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/sql.h"

/*
 * edge: what was joined, as the rules' keys of the two are now. same: all keys that are reached from one. The one that all of
 * them are known by is that which was joined to no other; of several the one joined to last.
 */
#define EDGES "edge (a, b, event, other) AS (SELECT x.key, y.key, d.event, d.other FROM decision d JOIN responder x ON x.submission = d.submission" \
	" JOIN responder y ON y.submission = d.other WHERE d.about = 'responder' AND d.number = 1 AND x.key <> y.key)"
#define SAME "same (key) AS (SELECT key FROM responder WHERE submission = ?1" \
	" UNION SELECT iif(edge.a = same.key, edge.b, edge.a) FROM same JOIN edge ON edge.a = same.key OR edge.b = same.key)"

/* The key by which a submission's responder is known after all joins; "" without one. */
static enum outcome
joined_key(struct store *s, int64_t submission, struct joined_responder *out, int *found, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;

	*found = 0;
	o = sql_open(s, "WITH RECURSIVE " EDGES ", " SAME " SELECT r.key, r.name, r.class, r.orgnr FROM edge JOIN same ON edge.b = same.key"
	    " JOIN responder r ON r.submission = edge.other ORDER BY edge.b IN (SELECT a FROM edge), edge.event DESC LIMIT 1",
	    BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, found, why);
	if (o == OUTCOME_OK && *found) {
		sql_copy(q, 0, out->key, sizeof out->key);
		sql_copy(q, 1, out->name, sizeof out->name);
		sql_copy(q, 2, out->class, sizeof out->class);
		sql_copy(q, 3, out->orgnr, sizeof out->orgnr);
	}
	sql_close(q);
	return o;
}

static enum outcome
own_responder(struct store *s, int64_t submission, struct joined_responder *out, int *found, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;

	memset(out, 0, sizeof *out);
	o = sql_open(s, "SELECT key, name, class, orgnr FROM responder WHERE submission = ?1", BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, found, why);
	if (o == OUTCOME_OK && *found) {
		sql_copy(q, 0, out->key, sizeof out->key);
		sql_copy(q, 1, out->name, sizeof out->name);
		sql_copy(q, 2, out->class, sizeof out->class);
		sql_copy(q, 3, out->orgnr, sizeof out->orgnr);
	}
	sql_close(q);
	return o;
}

/* After all joins; the own one where nothing is joined. */
static enum outcome
known_as(struct store *s, int64_t submission, struct joined_responder *out, struct why *why)
{
	struct joined_responder root;
	int                     found = 0;
	enum outcome            o = own_responder(s, submission, out, &found, why);

	if (o == OUTCOME_OK && found && (o = joined_key(s, submission, &root, &found, why)) == OUTCOME_OK && found)
		*out = root;
	return o;
}

static enum outcome
mark_same(struct store *s, int64_t submission, struct why *why)
{
	return sql_do(s, "WITH RECURSIVE " EDGES ", " SAME " UPDATE submission SET unjudged = 2 WHERE unparsed = 0 AND unjudged <> 2"
	    " AND id IN (SELECT submission FROM responder WHERE key IN (SELECT key FROM same))",
	    BINDS(bind_int(submission)), why);
}

enum outcome
store_mark_responders(struct store *s, int64_t a, int64_t b, struct why *why)
{
	enum outcome o = mark_same(s, a, why);

	return o == OUTCOME_OK && b != 0 ? mark_same(s, b, why) : o;
}

static enum outcome
keep_own(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	const struct bind row[] = { bind_int(submission), bind_known(v->responder_key), bind_known(v->responder), bind_known(v->responder_class),
		bind_known(v->orgnr) };

	if (v->responder_key[0] == '\0')
		return sql_do(s, "DELETE FROM responder WHERE submission = ?1", row, 1, why);
	return sql_do(s, "INSERT INTO responder (submission, key, name, class, orgnr) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET"
	    " key = excluded.key, name = excluded.name, class = excluded.class, orgnr = excluded.orgnr WHERE (key, name, class, orgnr)"
	    " IS NOT (excluded.key, excluded.name, excluded.class, excluded.orgnr)", row, 5, why);
}

/*
 * A decision speaks of the responders of two submissions: when the rules say something else of one of them than before (or for the
 * first time, in a database built again), others are concerned, by what was said before and by what is said now.
 */
static enum outcome
renew_own(struct store *s, int64_t submission, const struct verdict *v, struct why *why)
{
	int64_t      decided = 0, same = 0;
	enum outcome o;

	if ((o = sql_number(s, "SELECT EXISTS (SELECT 1 FROM decision WHERE about = 'responder' AND (submission = ?1 OR other = ?1))",
	    BINDS(bind_int(submission)), &decided, why)) != OUTCOME_OK)
		return o;
	if (!decided)
		return keep_own(s, submission, v, why);
	if ((o = sql_number(s, "SELECT (key, name, class, orgnr) IS (?2, ?3, ?4, ?5) FROM responder WHERE submission = ?1",
	    BINDS(bind_int(submission), bind_known(v->responder_key), bind_known(v->responder), bind_known(v->responder_class),
	    bind_known(v->orgnr)), &same, why)) != OUTCOME_OK || same)
		return o;
	if ((o = mark_same(s, submission, why)) != OUTCOME_OK || (o = keep_own(s, submission, v, why)) != OUTCOME_OK)
		return o;
	return mark_same(s, submission, why);
}

/*
 * Parted from a submission whose responder it would otherwise be: one by itself, named by its original. Where the rules know the two by
 * different keys, whoever has joined these since has said that they are one.
 */
static enum outcome
is_parted(struct store *s, int64_t submission, const struct joined_responder *now, int *parted, struct why *why)
{
	struct joined_responder other;
	int64_t                 from = 0, since = 0;
	enum outcome            o;

	*parted = 0;
	o = sql_number(s, "SELECT other FROM decision WHERE submission = ?1 AND about = 'responder' AND number = 0",
	    BINDS(bind_int(submission)), &from, why);
	if (o != OUTCOME_OK || from == 0 || (o = known_as(s, from, &other, why)) != OUTCOME_OK)
		return o;
	if (now->key[0] == '\0' || strcmp(now->key, other.key) != 0)
		return OUTCOME_OK;
	o = sql_number(s, "WITH RECURSIVE " EDGES ", " SAME " SELECT count(*) FROM decision d JOIN responder x ON x.submission = d.submission"
	    " JOIN responder y ON y.submission = d.other JOIN edge ON edge.a IN (SELECT key FROM same) AND edge.event > d.event"
	    " WHERE d.submission = ?1 AND d.about = 'responder' AND x.key <> y.key", BINDS(bind_int(submission)), &since, why);
	*parted = since == 0;
	return o;
}

static enum outcome
part(struct store *s, int64_t submission, struct joined_responder *out, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o = own_responder(s, submission, out, &found, why);
	size_t        n = strnlen(out->key, sizeof out->key - 24);

	if (o == OUTCOME_OK)
		o = sql_open(s, "SELECT substr(sha256, 1, 16) FROM submission WHERE id = ?1", BINDS(bind_int(submission)), &q, why);
	if (o == OUTCOME_OK)
		o = sql_row(s, q, &found, why);
	if (o == OUTCOME_OK && found)
		(void)snprintf(out->key + n, sizeof out->key - n, " #%s", sql_text(q, 0));
	sql_close(q);
	return o;
}

enum outcome
store_responder(struct store *s, int64_t submission, const struct verdict *v, struct joined_responder *out, int *joined, struct why *why)
{
	int          parted = 0;
	enum outcome o = renew_own(s, submission, v, why);

	if (o == OUTCOME_OK)
		o = known_as(s, submission, out, why);
	if (o == OUTCOME_OK)
		o = is_parted(s, submission, out, &parted, why);
	if (o == OUTCOME_OK && parted)
		o = part(s, submission, out, why);
	if (o == OUTCOME_OK)
		*joined = out->key[0] != '\0' && strcmp(out->key, v->responder_key) != 0;
	return o;
}

/* far: all keys reached from the second's without the first's, and what joins them to it. */
enum outcome
store_joins_between(struct store *s, int64_t a, int64_t b, struct join_made *out, size_t room, size_t *n, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 1;
	enum outcome  o;

	*n = 0;
	o = sql_open(s, "WITH RECURSIVE near (key) AS (SELECT key FROM responder WHERE submission = ?1),"
	    " edge (a, b, submission, other) AS (SELECT x.key, y.key, d.submission, d.other FROM decision d JOIN responder x ON x.submission = d.submission"
	    "  JOIN responder y ON y.submission = d.other WHERE d.about = 'responder' AND d.number = 1 AND x.key <> y.key),"
	    " far (key) AS (SELECT key FROM responder WHERE submission = ?2 AND key NOT IN (SELECT key FROM near)"
	    "  UNION SELECT iif(edge.a = far.key, edge.b, edge.a) FROM far JOIN edge ON edge.a = far.key OR edge.b = far.key"
	    "  WHERE iif(edge.a = far.key, edge.b, edge.a) NOT IN (SELECT key FROM near))"
	    " SELECT e.submission, e.other, x.sha256, y.sha256 FROM edge e JOIN submission x ON x.id = e.submission JOIN submission y ON y.id = e.other"
	    " WHERE e.a IN (SELECT key FROM near) AND e.b IN (SELECT key FROM far) OR e.b IN (SELECT key FROM near) AND e.a IN (SELECT key FROM far)"
	    " ORDER BY 1", BINDS(bind_int(a), bind_int(b)), &q, why);
	while (o == OUTCOME_OK && *n < room && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		struct join_made *j = &out[(*n)++];

		j->submission = sqlite3_column_int64(q, 0);
		j->other = sqlite3_column_int64(q, 1);
		sql_copy(q, 2, j->sha256, sizeof j->sha256);
		sql_copy(q, 3, j->other_sha256, sizeof j->other_sha256);
	}
	sql_close(q);
	return o;
}

enum outcome
store_same_responder(struct store *s, int64_t a, int64_t b, int *same, struct why *why)
{
	int64_t      n = 0;
	enum outcome o = sql_number(s, "SELECT count(*) FROM verdict x JOIN verdict y ON x.responder_key = y.responder_key"
	    " WHERE x.submission = ?1 AND y.submission = ?2", BINDS(bind_int(a), bind_int(b)), &n, why);

	if (o == OUTCOME_OK)
		*same = n > 0;
	return o;
}
