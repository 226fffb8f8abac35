#include "daemon/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/sha256.h"

static enum outcome
mark_listed(struct store *s, const char *scope, int parse, int64_t *n, struct why *why)
{
	char         list[CONTROL_BYTES], sha256[SHA256_HEX], *name, *rest = list;
	int64_t      submission, one;
	enum outcome o = OUTCOME_OK;

	if (strlen(scope) >= sizeof list)
		return why_set(why, OUTCOME_REFUSED, "too many submissions at once");
	memcpy(list, scope, strlen(scope) + 1);
	while (o == OUTCOME_OK && (name = strsep(&rest, ",")) != NULL) {
		o = store_find(s, name, &submission, sha256, why);
		if (o == OUTCOME_OK)
			o = store_mark_again(s, submission, parse, &one, why);
		if (o == OUTCOME_OK)
			*n += one;
	}
	return o;
}

static enum outcome
mark(struct store *s, const char *scope, int parse, int64_t *n, struct why *why)
{
	*n = 0;
	if (strcmp(scope, "all") == 0)
		return store_mark_again(s, STORE_ALL, parse, n, why);
	if (strcmp(scope, "open") == 0)
		return store_mark_again(s, STORE_OPEN, parse, n, why);
	return mark_listed(s, scope, parse, n, why);
}

enum outcome
replay_mark(struct store *s, const char *scope, int parse, int64_t *n, struct why *why)
{
	enum outcome o = store_begin(s, why);

	if (o != OUTCOME_OK)
		return o;
	o = mark(s, scope, parse, n, why);
	if (o == OUTCOME_OK)
		o = store_commit(s, why);
	if (o != OUTCOME_OK)
		store_rollback(s);
	return o;
}

/* In the audit trail before the line gets to it; the marks are not in the journal: a database built again is judged anew anyway. */
static enum outcome
record(struct intake *in, const struct control_request *r, struct why *why)
{
	struct journal_entry e = { .actor = r->actor, .action = "replay", .object = "-" };
	char                 detail[600] = "", scope[400], version[16];

	(void)snprintf(scope, sizeof scope, "%.390s", r->field[1]);
	(void)snprintf(version, sizeof version, "%d", JUDGE_VERSION);
	(void)journal_detail_add(detail, sizeof detail, "scope", scope);
	(void)journal_detail_add(detail, sizeof detail, "step", r->field[2]);
	(void)journal_detail_add(detail, sizeof detail, "judge", version);
	(void)journal_detail_add(detail, sizeof detail, "configuration", in->conf->digest);
	e.detail = detail;
	return intake_record(in, &e, 1, why);
}

int
replay_request(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	struct why   why;
	enum outcome o;
	int64_t      n;
	int          parse = strcmp(r->field[2], "parse") == 0;

	if (r->n_fields < 3 || r->field[1][0] == '\0' || (!parse && strcmp(r->field[2], "judge") != 0)) {
		(void)snprintf(answer, size, "the request is not complete");
		return EX_USAGE;
	}
	if (r->field[3][0] != '\0' && strcmp(r->field[3], in->conf->digest) != 0) {
		(void)snprintf(answer, size, "hoeringd runs with another configuration than the files have now: reload it first");
		return EX_TEMPFAIL;
	}
	o = replay_mark(in->store, r->field[1], parse, &n, &why);
	if (o == OUTCOME_OK)
		o = record(in, r, &why);
	in->unjudged = 1;
	if (o != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return o == OUTCOME_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
	}
	log_info("replay", "submissions=%" PRId64 " step=%s by=%s", n, parse ? "parse" : "judge", r->actor);
	(void)snprintf(answer, size, "%" PRId64 " submissions are %s again", n, parse ? "parsed and judged" : "judged");
	return EX_OK;
}
