/* hoering statement: what was received for one consultation, what of it counts and what does not and why, as text for the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/line.h"
#include "cli/rows.h"
#include "cli/statement.h"
#include "config/utf8.h"

static const struct column servers[] = {
	{ "mailbox", "mailbox" }, { "uidvalidity", "uidvalidity" }, { "seen", "seen" }, { "stored", "stored" }, { "excluded", "excluded" },
	{ "missing", "missing" }, { "last_checked", "last checked" }, { NULL, NULL },
};
static const struct column excluded[] = {
	{ "mailbox", "mailbox" }, { "uidvalidity", "uidvalidity" }, { "uid", "uid" }, { "reason", "reason" }, { "at", "at" }, { NULL, NULL },
};
static const struct column counted[] = {
	{ "submission", "id" }, { "sha256", "sha256" }, { "received_local", "received" }, { "organisation", "organisation" },
	{ "deadline_verdict", "deadline" }, { "position", "position" }, { "version", "version" }, { "copies", "mails" }, { "review", "to review" },
	{ NULL, NULL },
};
static const struct column not_counted[] = {
	{ "submission", "id" }, { "sha256", "sha256" }, { "received_local", "received" }, { "kind", "kind" }, { "relation", "relation" },
	{ "related_to", "to id" }, { "rule", "rule" },
	{ "why", "why" }, { NULL, NULL },
};
static const struct column reviews[] = { { "n", "n" }, { "reason", "reason" }, { NULL, NULL } };

#define MOST_COLUMNS 16

/* All of it of one moment. */
struct statement {
	struct store      *store;
	const struct conf *conf;
	const char        *consultation;
	struct rows        head, about, counts, unfiled;
};

static const char *
cell(const struct rows *r, const char *name)
{
	const char *s = r->n > 0 ? rows_cell(r, 0, name) : NULL;

	return s != NULL ? s : "-";
}

static void
print(const char *label, const char *value)
{
	(void)printf("%s", label);
	utf8_print(stdout, value, strlen(value));
	(void)putchar('\n');
}

/* What may not be said yet by the configuration as it is. */
static void
print_unjudged(const struct statement *s)
{
	const char *changed = cell(&s->head, "changed_at"), *unjudged = cell(&s->head, "unjudged"), *unparsed = cell(&s->head, "unparsed");

	if (strcmp(changed, "-") != 0)
		(void)printf("NOTE: the configuration was changed at %s, and no replay of all is on record since: what was filed before may be judged by the "
		    "earlier one. Run hoering replay --all.\n", changed);
	if (s->about.n == 0)
		(void)puts("NOTE: the configuration does not know this consultation, nor does the database beyond what is filed under it: no title, no "
		    "deadline, no list of those invited. Put its file back into the configuration, then hoering replay --all.");
	else if (strcmp(cell(&s->about, "configured"), "0") == 0)
		(void)puts("NOTE: the configuration does not know this consultation any more: mail for it that comes now is not filed under it.");
	if (strcmp(unparsed, "0") != 0)
		(void)printf("NOTE: %s submissions wait to be read, and are not in here.\n", unparsed);
	if (strcmp(unjudged, "0") != 0)
		(void)printf("NOTE: %s submissions wait to be judged again.\n", unjudged);
}

/* What the servers may have that is not here. */
static enum outcome
print_unseen(const struct statement *s, struct why *why)
{
	struct rows  r = { .n = 0 };
	enum outcome o = rows_read_consultation(s->store, READ_UNSURE, s->consultation, &r, why);

	if (!line_daemon_runs(s->conf->control))
		(void)puts("NOTE: hoeringd is not running: what has come since the servers were last asked (below) is not in here.");
	for (size_t i = 0; o == OUTCOME_OK && i < r.n; i++) {
		const char *state = rows_cell(&r, i, "state"), *checked = rows_cell(&r, i, "last_checked");

		print("NOTE: mailbox ", rows_cell(&r, i, "mailbox"));
		(void)printf("      %s%s; its server was last compared %s%s: what has come since may be missing. hoering status says why.\n",
		    state == NULL ? "was never looked at" : "is in state ", state == NULL ? "" : state, checked == NULL ? "never" : "at ",
		    checked == NULL ? "" : checked);
	}
	rows_free(&r);
	return o;
}

static void
print_head(const struct statement *s)
{
	print("Statement on the consultation ", s->consultation);
	print("Title:                ", cell(&s->about, "title"));
	print("Case:                 ", cell(&s->about, "case_ref"));
	print("Opened:               ", cell(&s->about, "opened"));
	print("Deadline:             ", cell(&s->about, "deadline"));
	print("As of (UTC):          ", cell(&s->head, "now"));
	print("Audit trail ends at:  line ", cell(&s->head, "line"));
	print("  told at (UTC)       ", cell(&s->head, "at"));
	print("  hash                ", cell(&s->head, "hash"));
}

/* All that speaks against believing what follows. */
static enum outcome
print_doubt(const struct statement *s, struct why *why)
{
	enum outcome o = print_unseen(s, why);

	print_unjudged(s);
	return o == OUTCOME_OK ? statement_print_damage(s->store, s->conf, s->consultation, why) : o;
}

static void
print_counts(const struct statement *s)
{
	(void)puts("\nSubmissions filed under this consultation");
	print("in all                ", cell(&s->counts, "submissions"));
	print("count as answers      ", cell(&s->counts, "responses"));
	(void)printf("do not count          %lld\n",
	    strtoll(cell(&s->counts, "submissions"), NULL, 10) - strtoll(cell(&s->counts, "responses"), NULL, 10));
	print("respondents           ", cell(&s->counts, "respondents"));
	print("distinct texts        ", cell(&s->counts, "distinct_texts"));
	print("in form letters       ", cell(&s->counts, "campaign_members"));
	print("on time               ", cell(&s->counts, "on_time"));
	print("late                  ", cell(&s->counts, "late"));
	print("without remarks       ", cell(&s->counts, "no_remarks"));
	print("invited, no answer    ", cell(&s->counts, "unanswered"));
	print("to be decided         ", cell(&s->counts, "review"));
	print("Filed under no consultation: ", cell(&s->unfiled, "submissions"));
}

/* The columns with the zone of their local clock. */
static const struct column *
named_columns(const struct statement *s, const struct column *columns, struct column named[MOST_COLUMNS])
{
	static char received[100];
	size_t      n = 0;

	(void)snprintf(received, sizeof received, "received (%.80s)", cell(&s->head, "timezone"));
	do {
		named[n] = columns[n];
		if (named[n].name != NULL && strcmp(named[n].name, "received_local") == 0)
			named[n].head = received;
	} while (named[n++].name != NULL && n < MOST_COLUMNS);
	return named;
}

/* A heading and a table, or that there is none. */
static enum outcome
print_table(struct statement *s, enum read_query q, const char *title, const struct column *columns, struct why *why)
{
	struct column named[MOST_COLUMNS];
	struct rows   r = { .n = 0 };
	enum outcome o = q == READ_COMPLETENESS ? rows_read(s->store, q, 0, &r, why) : rows_read_consultation(s->store, q, s->consultation, &r, why);

	if (o == OUTCOME_OK) {
		(void)printf("\n%s\n", title);
		if (r.n == 0)
			(void)puts("none");
		rows_table(stdout, &r, named_columns(s, columns, named));
	}
	rows_free(&r);
	return o;
}

static enum outcome
print_all(struct statement *s, struct why *why)
{
	enum outcome o;

	print_head(s);
	o = print_doubt(s, why);
	if (o == OUTCOME_OK)
		o = print_table(s, READ_COMPLETENESS, "What the servers have shown, of all consultations", servers, why);
	if (o == OUTCOME_OK)
		o = print_table(s, READ_EXCLUDED, "Excluded: shown by a server and not stored", excluded, why);
	if (o == OUTCOME_OK)
		print_counts(s);
	if (o == OUTCOME_OK)
		o = print_table(s, READ_COUNTED, "Count as answers", counted, why);
	if (o == OUTCOME_OK)
		o = print_table(s, READ_NOT_COUNTED, "Do not count, and why", not_counted, why);
	if (o == OUTCOME_OK)
		o = print_table(s, READ_REVIEWS_OF, "To be decided by a person", reviews, why);
	return o;
}

static enum outcome
read_head(struct statement *s, struct why *why)
{
	enum outcome o = rows_read_consultation(s->store, READ_CONSULTATION, s->consultation, &s->about, why);

	if (o == OUTCOME_OK)
		o = rows_read_consultation(s->store, READ_COUNTS, s->consultation, &s->counts, why);
	if (o == OUTCOME_OK && s->counts.n == 0)	/* what is filed under one is counted, whether the configuration knows it or not */
		o = why_set(why, OUTCOME_BAD, "there is no consultation of this name; hoering status lists them");
	if (o == OUTCOME_OK)
		o = rows_read_consultation(s->store, READ_HEAD, s->consultation, &s->head, why);
	if (o == OUTCOME_OK)
		o = rows_read_consultation(s->store, READ_UNFILED, s->consultation, &s->unfiled, why);
	return o;
}

int
command_statement(struct invocation *in, int argc, char **argv)
{
	struct statement s = { .conf = in->conf };
	struct why       why;
	enum outcome     o;
	int              status;

	if (argc != 2)
		return usage_error(in);
	s.consultation = argv[1];
	status = open_store(in, &s.store);
	if (status != EX_OK)
		return status;
	o = read_begin(s.store, &why);
	if (o == OUTCOME_OK) {
		o = read_head(&s, &why);
		if (o == OUTCOME_OK)
			o = print_all(&s, &why);
		read_end(s.store);
	}
	rows_free(&s.head);
	rows_free(&s.about);
	rows_free(&s.counts);
	rows_free(&s.unfiled);
	store_close(&s.store);
	return conclude(o, &why);
}
