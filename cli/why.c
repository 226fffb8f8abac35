/* hoering why: every verdict on a submission, with what spoke for it, where that stands, and what would have changed it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/rows.h"
#include "daemon/judge/what_if.h"
#include "daemon/store/registry.h"

static const struct column facts[] = {
	{ "id", "submission" }, { "sha256", "sha256" }, { "state", "state" }, { "received_at", "received" }, { "received_local", "on the clock" },
	{ "from_name", "from" }, { "from_address", "address" }, { "subject", "subject" }, { "kind", "kind" }, { "kind_why", "kind because" },
	{ "consultation", "consultation" }, { "own_consultation", "by itself" }, { "responder", "responder" },
	{ "responder_class", "class" }, { "orgnr", "org.nr." }, { "invited", "invited as" }, { "position", "position" },
	{ "language", "language" }, { "deadline_verdict", "deadline" }, { "relation", "relation" }, { "related_to", "to submission" },
	{ "relation_rule", "because" }, { "head", "part of answer" }, { "counts", "counts" }, { "version", "version" }, { "failure", "parser" },
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

/* --- what would have changed it ------------------------------------------------------------------------------------ */

static const struct column changes[] = { { "verdict", "verdict" }, { "is", "is" }, { "would", "would be" }, { "if", "if it were" }, { NULL, NULL } };

static void
add_change(struct rows *r, const char *verdict, const char *is, const char *would, const char *condition)
{
	static const char *const names[] = { "verdict", "is", "would", "if" };
	const char              *values[] = { verdict, is, would, condition };

	(void)rows_add(r, 4, names, values);
}

/* For what_if_family(). */
static void
note_change(void *arg, const char *without, const char *verdict, const char *from, const char *to)
{
	char condition[700];

	(void)snprintf(condition, sizeof condition, "without %s", without);
	add_change(arg, verdict, from, to, condition);
}

/* For what_if_message(): what the mail says by itself is not the last word where its kin have one. */
static void
note_own_change(void *arg, const char *without, const char *verdict, const char *from, const char *to)
{
	note_change(arg, without, strcmp(verdict, "consultation") == 0 ? "by itself" : verdict, from, to);
}

static void
note_deadline(struct rows *out, const struct conf *conf, const struct rows *said)
{
	const char                     *id = rows_cell(said, 0, "consultation"), *is = rows_cell(said, 0, "deadline_verdict"),
	                               *kind = rows_cell(said, 0, "kind");
	const struct conf_consultation *c = id == NULL ? NULL : conf_consultation(conf, id);
	int                             late = is != NULL && strcmp(is, "late") == 0, k = kind == NULL ? -1 : kind_of_name(kind);
	char                            when[32], condition[100];
	int64_t                         at;

	if (c == NULL || k == -1 || is == NULL)
		return;
	at = (k == KIND_REGISTRATION || k == KIND_DECLINE) && c->registration.present ? c->registration.deadline_at : c->deadline_at;
	conf_utc(at, when);
	(void)snprintf(condition, sizeof condition, late ? "received before %s" : "received at %s or later", when);
	add_change(out, "deadline", is, late ? "on time" : "late", condition);
}

/* `by_itself`: kin have given it another consultation than its own. */
static enum outcome
try_message(struct store *s, const struct conf *conf, const struct judge *j, int64_t submission, int by_itself, struct rows *out, struct why *why)
{
	struct parsed              p = { 0 };
	struct circumstances       c = { 0 };
	struct circumstances_hold *hold = NULL;
	struct registry           *registry = NULL;
	struct registry_hold      *known = NULL;
	enum outcome               o = store_load_parsed(s, submission, &p, NULL, why);

	if (o == OUTCOME_OK)
		o = store_circumstances(s, submission, &c, &hold, why);
	if (o == OUTCOME_OK)
		o = registry_open(conf->database, &registry, why);
	if (o == OUTCOME_OK)
		o = registry_know(registry, j, &p, &c, &known, why);
	if (o == OUTCOME_OK)
		o = what_if_message(j, &p, &c, by_itself ? note_own_change : note_change, out, why);
	registry_forget(known);
	registry_close(&registry);
	circumstances_free(hold);
	parsed_free(&p);
	return o;
}

static enum outcome
try_family(struct store *s, const struct judge *j, int64_t submission, struct rows *out, struct why *why)
{
	struct relative    *members = NULL;
	struct family_hold *hold = NULL;
	size_t              n = 0;
	enum outcome        o = store_family(s, submission, &members, &n, &hold, why);

	if (o == OUTCOME_OK)
		o = what_if_family(j, members, n, submission, note_change, out, why);
	family_free(hold);
	return o;
}

/* With the rules and the configuration as they are now: those the daemon has after a reload. */
static enum outcome
print_changes(struct store *s, const struct conf *conf, int64_t submission, const struct rows *said, struct why *why)
{
	struct rows   out = { 0 };
	struct judge *j = NULL;
	const char   *consultation = rows_cell(said, 0, "consultation"), *own = rows_cell(said, 0, "own_consultation");
	int           by_itself = strcmp(consultation == NULL ? "" : consultation, own == NULL ? "" : own) != 0;
	enum outcome  o = judge_new(conf, &j, why);

	if (o == OUTCOME_OK)
		o = try_message(s, conf, j, submission, by_itself, &out, why);
	if (o == OUTCOME_OK)
		o = try_family(s, j, submission, &out, why);
	if (o == OUTCOME_OK)
		note_deadline(&out, conf, said);
	if (o == OUTCOME_OK && out.n > 0) {
		(void)printf("\nWhat would have changed it\n");
		rows_table(stdout, &out, changes);
	}
	rows_free(&out);
	judge_free(j);
	return o;
}

static enum outcome
print_all(struct store *s, const struct conf *conf, int64_t submission, struct why *why)
{
	struct rows  r, whole;
	enum outcome o = rows_read(s, READ_SUBMISSION, submission, &whole, why);

	if (o == OUTCOME_OK) {
		rows_say(&whole, "relation_rule", relation_words);
		rows_list(stdout, &whole, 0, facts);
	}
	for (size_t i = 0; o == OUTCOME_OK && i < sizeof tables / sizeof tables[0]; i++) {
		o = rows_read(s, tables[i].query, submission, &r, why);
		if (o == OUTCOME_OK && r.n > 0) {
			(void)printf("\n%s\n", tables[i].title);
			rows_table(stdout, &r, tables[i].columns);
		}
		rows_free(&r);
	}
	if (o == OUTCOME_OK && rows_cell(&whole, 0, "kind") != NULL && strcmp(rows_cell(&whole, 0, "state"), "erased") != 0)
		o = print_changes(s, conf, submission, &whole, why);
	rows_free(&whole);
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
		o = print_all(store, in->conf, submission, &why);
		read_end(store);
	}
	store_close(&store);
	return conclude(o, &why);
}
