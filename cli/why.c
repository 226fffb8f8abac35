/* hoering why: every verdict on a submission, with what spoke for it and where that stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/rows.h"

static const struct column facts[] = {
	{ "id", "submission" }, { "sha256", "sha256" }, { "state", "state" }, { "received_at", "received" }, { "received_local", "on the clock" },
	{ "from_name", "from" }, { "from_address", "address" }, { "subject", "subject" }, { "kind", "kind" }, { "kind_why", "kind because" },
	{ "consultation", "consultation" }, { "own_consultation", "by itself" }, { "responder", "responder" },
	{ "responder_class", "class" }, { "orgnr", "org.nr." }, { "invited", "invited as" }, { "position", "position" },
	{ "language", "language" }, { "deadline_verdict", "deadline" }, { "relation", "relation" }, { "related_to", "to submission" },
	{ "relation_rule", "relation rule" }, { "head", "part of answer" }, { "counts", "counts" }, { "version", "version" }, { "failure", "parser" },
	{ NULL, NULL },
};
static const struct column evidence[] = {
	{ "verdict", "verdict" }, { "value", "speaks for" }, { "weight", "weight" }, { "rule", "rule" }, { "version", "v" }, { "zone", "where" },
	{ "part", "part" }, { "page", "page" }, { "offset", "offset" }, { "input", "seen" }, { NULL, NULL },
};
static const struct column copies[] = {
	{ "mailbox", "mailbox" }, { "uidvalidity", "uidvalidity" }, { "uid", "uid" }, { "internal_date", "received" },
	{ "state", "state" }, { NULL, NULL },
};
static const struct column reviews[] = { { "reason", "reason" }, { "detail", "what to look at" }, { "candidates", "candidates" }, { NULL, NULL } };
static const struct column decisions[] = { { "at", "at" }, { "actor", "who" }, { "action", "decided" }, { "detail", "what" }, { NULL, NULL } };
static const struct column family[] = {
	{ "id", "id" }, { "relation", "relation" }, { "related_to", "to" }, { "counts", "counts" }, { "received_at", "received" },
	{ "from_address", "from" }, { "subject", "subject" }, { NULL, NULL },
};

static const struct {
	enum read_query      query;
	const char          *title;
	const struct column *columns;
} tables[] = {
	{ READ_EVIDENCE, "Evidence", evidence },
	{ READ_REVIEWS, "For a person to decide", reviews },
	{ READ_DECISIONS, "Decided by operators", decisions },
	{ READ_COPIES, "Copies", copies },
	{ READ_FAMILY, "The same answer", family },
};

static enum outcome
print_all(struct store *s, int64_t submission, struct why *why)
{
	struct rows  r;
	enum outcome o = rows_read(s, READ_SUBMISSION, submission, &r, why);

	if (o == OUTCOME_OK)
		rows_list(stdout, &r, 0, facts);
	rows_free(&r);
	for (size_t i = 0; o == OUTCOME_OK && i < sizeof tables / sizeof tables[0]; i++) {
		o = rows_read(s, tables[i].query, submission, &r, why);
		if (o == OUTCOME_OK && r.n > 0) {
			(void)printf("\n%s\n", tables[i].title);
			rows_table(stdout, &r, tables[i].columns);
		}
		rows_free(&r);
	}
	return o;
}

int
command_why(struct invocation *in, int argc, char **argv)
{
	struct store *store = NULL;
	struct why    why;
	int64_t       submission;
	char          sha256[65];
	enum outcome  o;
	int           status;

	if (argc != 2)
		return usage_error(in);
	status = open_submission(in, argv[1], &store, &submission, sha256);
	if (status != EX_OK)
		return status;
	o = read_begin(store, &why);
	if (o == OUTCOME_OK) {
		o = print_all(store, submission, &why);
		read_end(store);
	}
	store_close(&store);
	return conclude(o, &why);
}
