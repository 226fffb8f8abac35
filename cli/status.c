/* hoering status: is everything well, and what waits for whom. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/line.h"
#include "cli/rows.h"
#include "config/utf8.h"

/* One part of the answer: a table for people, an array for programs. */
struct section {
	enum read_query      query;
	const char          *key, *title, *nothing;
	const struct column *columns;
	const char          *numbers;
};

static const struct column mailbox_columns[] = {
	{ "name", "mailbox" }, { "address", "address" }, { "state", "state" }, { "last_success", "last success" }, { "lag_s", "lag s" },
	{ "next_attempt", "next attempt" }, { "last_error", "last error" }, { NULL, NULL },
};
static const struct column completeness_columns[] = {
	{ "mailbox", "mailbox" }, { "uidvalidity", "uidvalidity" }, { "seen", "seen" }, { "stored", "stored" }, { "excluded", "excluded" },
	{ "missing", "missing" }, { "last_checked", "last checked" }, { NULL, NULL },
};
static const struct column backlog_columns[] = {
	{ "submissions", "submissions" }, { "copies", "copies" }, { "unparsed", "to be parsed" }, { "unjudged", "to be judged" },
	{ "last_event", "last event" }, { "last_event_at", "at" }, { NULL, NULL },
};
static const struct column deadline_columns[] = {
	{ "consultation", "consultation" }, { "case_ref", "case" }, { "deadline", "deadline" }, { "responses", "responses" },
	{ "on_time", "on time" }, { "late", "late" }, { "unanswered", "unanswered" }, { "review", "review" }, { NULL, NULL },
};
static const struct column review_columns[] = { { "n", "to review" }, { "reason", "reason" }, { NULL, NULL } };

static const struct section sections[] = {
	{ READ_MAILBOXES, "mailboxes", "Mailboxes", "no mailbox yet", mailbox_columns, "lag_s" },
	{ READ_COMPLETENESS, "completeness", "Completeness", "no mail yet", completeness_columns, "uidvalidity seen stored excluded missing" },
	{ READ_BACKLOG, "backlog", "Backlog", "", backlog_columns, "unparsed unjudged submissions copies last_event" },
	{ READ_DEADLINES, "deadlines", "Deadlines", "no consultation", deadline_columns, "responses on_time late unanswered review" },
	{ READ_REVIEW_COUNTS, "review", "Review", "nothing to review", review_columns, "n" },
};
#define N_SECTIONS	(sizeof sections / sizeof sections[0])

/* What statement says in full. */
static void
print_older(const char *consultation, const char *changed_at)
{
	(void)printf("NOTE: ");
	utf8_print(stdout, consultation, strlen(consultation));
	(void)printf(" is judged by a configuration older than %s; what is otherwise now: hoering replay --dry-run --all\n", changed_at);
}

static void
print_section(const struct section *s, const struct rows *r, int json)
{
	if (json) {
		(void)printf(",\n\"%s\": ", s->key);
		rows_json(stdout, r, s->numbers);
		return;
	}
	(void)printf("\n%s\n", s->title);
	if (r->n == 0)
		(void)printf("%s\n", s->nothing);
	rows_table(stdout, r, s->columns);
	for (size_t i = 0; s->query == READ_DEADLINES && i < r->n; i++)
		if (rows_cell(r, i, "changed_at") != NULL)
			print_older(rows_cell(r, i, "consultation"), rows_cell(r, i, "changed_at"));
}

static int
print_status(struct store *store, int runs, int json)
{
	struct why   why;
	enum outcome o = OUTCOME_OK;

	(void)printf(json ? "{\"running\": %s" : "hoeringd is %s\n", json ? (runs ? "true" : "false") : runs ? "running" : "NOT RUNNING");
	for (size_t i = 0; o == OUTCOME_OK && i < N_SECTIONS; i++) {
		struct rows r;

		o = rows_read(store, sections[i].query, 0, &r, &why);
		if (o == OUTCOME_OK)
			print_section(&sections[i], &r, json);
		rows_free(&r);
	}
	if (json)
		(void)puts("}");
	return conclude(o, &why);
}

int
command_status(struct invocation *in, int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct store *store = NULL;
	struct why    why;
	int           o, json = 0, status;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o != 'j')
			return usage_error(in);
		json = 1;
	}
	if (optind != argc)
		return usage_error(in);
	status = open_store(in, &store);
	if (status != EX_OK)
		return status;
	status = conclude(read_begin(store, &why), &why);
	if (status == EX_OK) {
		status = print_status(store, line_daemon_runs(in->conf->control), json);
		read_end(store);
	}
	store_close(&store);
	return status;
}
