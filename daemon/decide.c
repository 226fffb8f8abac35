#include "daemon/decide.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/sha256.h"
#include "daemon/store/store_responder.h"

/* Judged again at once, with its kin; what is left of a very large family follows by itself. */
#define REJUDGE_AT_ONCE 64
/* Decisions followed from one submission to the next; an older journal may hold a circle. */
#define CHAIN_STEPS 1000

/* Joins that one split takes back; more were never needed to make two responders one. */
#define JOINS 16

struct decision {
	int64_t submission;
	struct join_made joins[JOINS];	/* a split takes them back */
	size_t  n_joins;
	char    sha256[SHA256_HEX];
	char    detail[4096];
	char    words[200];		/* for the answer: "filed under X" */
};

static int
find(struct intake *in, const char *name, int64_t *submission, char *sha256, char *answer, size_t size)
{
	struct why   why;
	enum outcome o = store_find(in->store, name, submission, sha256, &why);

	if (o == OUTCOME_OK)
		return EX_OK;
	(void)snprintf(answer, size, "%s", why.text);
	return o == OUTCOME_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
}

static int
refile(struct intake *in, const struct control_request *r, struct decision *d, char *answer, size_t size)
{
	size_t i, n = 0;

	int    none = strcmp(r->field[2], NO_CONSULTATION) == 0;

	if (!none && conf_consultation(in->conf, r->field[2]) == NULL) {
		n = (size_t)snprintf(answer, size, "no consultation is called so; there are:");
		for (i = 0; i < in->conf->n_consultations && n < size; i++)
			n += (size_t)snprintf(answer + n, size - n, " %s", in->conf->consultations[i].id);
		return EX_DATAERR;
	}
	(void)journal_detail_add(d->detail, sizeof d->detail, "consultation", r->field[2]);
	(void)snprintf(d->words, sizeof d->words, none ? "belongs to no consultation" : "filed under %.100s", r->field[2]);
	return EX_OK;
}

/* Only what can stand in a row of its own can be continued: by a newer version, an addition, a taking back. */
static int
check_answer(struct intake *in, int relation, int64_t other, char *answer, size_t size)
{
	struct filed_line l;
	struct why        why;
	int               kind;

	if (relation != RELATION_REVISION && relation != RELATION_SUPPLEMENT && relation != RELATION_WITHDRAWAL)
		return EX_OK;
	if (store_filed_line(in->store, other, &l, &why) != OUTCOME_OK) {
		(void)snprintf(answer, size, "submission %" PRId64 " is not filed yet: %s", other, why.text);
		return EX_TEMPFAIL;
	}
	kind = kind_of_name(l.kind);
	if (kind == KIND_RESPONSE || kind == KIND_REGISTRATION || kind == KIND_DECLINE)
		return EX_OK;
	(void)snprintf(answer, size, "submission %" PRId64 " is no answer but of kind %s: nothing is a %s of it; where that kind is wrong, "
	    "say so first: hoering kind %" PRId64 " response --reason TEXT", other, l.kind, relation_name((enum relation)relation), other);
	return EX_DATAERR;
}

/* What has been decided of the other, and of what that is related to, must not lead back here. */
static int
check_circle(struct intake *in, int64_t submission, int relation, int64_t other, char *answer, size_t size)
{
	struct why why;
	int64_t    at = other, next;
	int        steps, decided;

	for (steps = 0; steps < CHAIN_STEPS && at != 0; steps++, at = next) {
		if (store_related(in->store, at, &decided, &next, &why) != OUTCOME_OK) {
			(void)snprintf(answer, size, "%s", why.text);
			return EX_TEMPFAIL;
		}
		if (next != submission)
			continue;
		(void)snprintf(answer, size, "it is decided that submission %" PRId64 " is a %s of %" PRId64 ", so %" PRId64 " cannot be a %s of %"
		    PRId64 "; where that is wrong, take it back first: hoering relate %" PRId64 " original - --reason TEXT", at,
		    relation_name((enum relation)decided), submission, submission, relation_name((enum relation)relation), other, at);
		return EX_DATAERR;
	}
	return EX_OK;
}

static int
relate(struct intake *in, const struct control_request *r, struct decision *d, char *answer, size_t size)
{
	char    other[SHA256_HEX] = "-";
	int64_t other_id = 0;
	int     relation = relation_of_name(r->field[2]), status;

	if (relation == -1) {
		(void)snprintf(answer, size, "a relation is one of original, copy, resend, forward, revision, supplement, withdrawal");
		return EX_DATAERR;
	}
	if (relation == RELATION_ORIGINAL && strcmp(r->field[3], "-") != 0) {
		(void)snprintf(answer, size, "an original is one of no other submission: write - in the place of the other");
		return EX_DATAERR;
	}
	if (relation != RELATION_ORIGINAL) {
		status = find(in, r->field[3], &other_id, other, answer, size);
		if (status != EX_OK)
			return status;
		if (other_id == d->submission) {
			(void)snprintf(answer, size, "a submission is not related to itself");
			return EX_DATAERR;
		}
		status = check_circle(in, d->submission, relation, other_id, answer, size);
		if (status == EX_OK)
			status = check_answer(in, relation, other_id, answer, size);
		if (status != EX_OK)
			return status;
	}
	(void)journal_detail_add(d->detail, sizeof d->detail, "relation", r->field[2]);
	(void)journal_detail_add(d->detail, sizeof d->detail, "other", other);
	(void)snprintf(d->words, sizeof d->words, "%s%s%.12s", r->field[2], other_id != 0 ? " of " : "", other_id != 0 ? other : "");
	return EX_OK;
}

static int
set_kind(struct intake *in, const struct control_request *r, struct decision *d, char *answer, size_t size)
{
	size_t n;
	int    k;

	(void)in;
	if (kind_of_name(r->field[2]) == -1) {
		n = (size_t)snprintf(answer, size, "a kind is one of");
		for (k = 0; k < KINDS && n < size; k++)
			n += (size_t)snprintf(answer + n, size - n, " %s", kind_name((enum mail_kind)k));
		return EX_DATAERR;
	}
	(void)journal_detail_add(d->detail, sizeof d->detail, "kind", r->field[2]);
	(void)snprintf(d->words, sizeof d->words, "of kind %.50s", r->field[2]);
	return EX_OK;
}

/* Both have to have a responder, and be what they shall no longer be. */
static int
responder(struct intake *in, const struct control_request *r, struct decision *d, char *answer, size_t size)
{
	char       other[SHA256_HEX];
	int64_t    other_id;
	int        joins = strcmp(r->field[0], "join") == 0, same = 0, status = find(in, r->field[2], &other_id, other, answer, size);
	struct why why;

	if (status != EX_OK)
		return status;
	if (other_id == d->submission) {
		(void)snprintf(answer, size, "that is the same submission");
		return EX_DATAERR;
	}
	if (store_same_responder(in->store, d->submission, other_id, &same, &why) != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return EX_TEMPFAIL;
	}
	if (same == joins) {
		(void)snprintf(answer, size, joins ? "the responders of these two are one already" : "the responders of these two are not one");
		return EX_DATAERR;
	}
	if (!joins && store_joins_between(in->store, d->submission, other_id, d->joins, JOINS, &d->n_joins, &why) != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return EX_TEMPFAIL;
	}
	(void)journal_detail_add(d->detail, sizeof d->detail, "other", other);
	(void)snprintf(d->words, sizeof d->words, joins ? "its responder is that of %.12s" : "its responder is not that of %.12s", other);
	return EX_OK;
}

typedef int decider(struct intake *in, const struct control_request *r, struct decision *d, char *answer, size_t size);

static const struct verb {
	const char *name;
	size_t      n_fields, reason;	/* which field is the reason */
	decider    *run;
} verbs[] = {
	{ "refile", 4, 3, refile },
	{ "relate", 5, 4, relate },
	{ "kind", 4, 3, set_kind },
	{ "join", 4, 3, responder },
	{ "split", 4, 3, responder },
};

static const struct verb *
verb_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
decide_knows(const char *verb)
{
	return verb_of(verb) != NULL;
}

/*
 * The decision, and before it what follows from it: two spellings that were joined are parted by taking back the joins, whatever mails
 * they were said of, so that all that is filed under a spelling stays one responder.
 */
static int
record(struct intake *in, const struct control_request *r, struct decision *d, const char *action, const char *reason, char *answer, size_t size)
{
	struct journal_entry e[JOINS + 1];
	char                 others[JOINS][4096] = { "" }, count[16];
	struct why           why;
	size_t               i, n = 0;
	int                  own = d->n_joins == 0, fits = 1;

	for (i = 0; i < d->n_joins; i++) {
		const struct join_made *j = &d->joins[i];

		if (j->submission == d->submission) {
			own = 1;
			continue;
		}
		fits &= journal_detail_add(others[n], sizeof others[n], "other", j->other_sha256);
		fits &= journal_detail_add(others[n], sizeof others[n], "of", d->sha256);
		fits &= journal_detail_add(others[n], sizeof others[n], "reason", reason);
		e[n] = (struct journal_entry){ .actor = r->actor, .action = action, .object = j->sha256, .detail = others[n] };
		n++;
	}
	(void)snprintf(count, sizeof count, "%zu", d->n_joins);
	fits &= own || journal_detail_add(d->detail, sizeof d->detail, "joins", count);
	fits &= journal_detail_add(d->detail, sizeof d->detail, "reason", reason);
	if (!fits) {
		(void)snprintf(answer, size, "the reason is too long");
		return EX_DATAERR;
	}
	e[n++] = (struct journal_entry){ .actor = r->actor, .action = action, .object = d->sha256, .detail = d->detail };
	if (intake_record(in, e, n, &why) == OUTCOME_OK)
		return EX_OK;
	(void)snprintf(answer, size, "%s", why.text);
	return EX_TEMPFAIL;
}

int
decide(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	const struct verb *v = verb_of(r->field[0]);
	struct decision    d = { .detail = "" };
	struct why         why;
	size_t             n;
	int                status;

	if (v == NULL || r->n_fields < v->n_fields) {
		(void)snprintf(answer, size, "the request is not complete");
		return EX_USAGE;
	}
	if (r->field[v->reason][0] == '\0') {
		(void)snprintf(answer, size, "a reason is needed: it stands in the audit trail");
		return EX_USAGE;
	}
	status = find(in, r->field[1], &d.submission, d.sha256, answer, size);
	if (status == EX_OK)
		status = v->run(in, r, &d, answer, size);
	if (status == EX_OK)
		status = record(in, r, &d, v->name, r->field[v->reason], answer, size);
	if (status != EX_OK)
		return status;
	log_info("decided", "submission=%" PRId64 " action=%s by=%s", d.submission, v->name, r->actor);
	if (in->behind || intake_rejudge(in, REJUDGE_AT_ONCE, &n, &why) != OUTCOME_OK) {
		(void)snprintf(answer, size, "noted, and carried out later: %s", why.text);
		return EX_OK;
	}
	(void)snprintf(answer, size, "submission %" PRId64 " (%.12s): %s", d.submission, d.sha256, d.words);
	return EX_OK;
}
