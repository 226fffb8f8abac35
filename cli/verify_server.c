/* hoering verify --server: the running daemon compares the UIDs on each server with what is stored; here it is asked for and told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/rows.h"
#include "daemon/control.h"
#include "daemon/intake.h"

/* A mailbox that is checked within this is alive; a login and a list of 100,000 UIDs take seconds. */
#define PATIENCE_MS	120000

struct check {
	struct invocation *in;
	struct store      *store;
	char               since[32];
	struct rows        mailboxes, ledgers;
};

static enum outcome
read_now(struct check *c, struct why *why)
{
	enum outcome o;

	rows_free(&c->mailboxes);
	rows_free(&c->ledgers);
	memset(&c->mailboxes, 0, sizeof c->mailboxes);
	memset(&c->ledgers, 0, sizeof c->ledgers);
	o = rows_read(c->store, READ_MAILBOXES, 0, &c->mailboxes, why);
	return o == OUTCOME_OK ? rows_read(c->store, READ_COMPLETENESS, 0, &c->ledgers, why) : o;
}

/* Compared since we asked; and nothing is on its way any more, where `level`. */
static int
is_checked(const struct check *c, const char *mailbox, int level)
{
	int checked = 0;

	for (size_t i = 0; i < c->ledgers.n; i++) {
		const char *at = rows_cell(&c->ledgers, i, "last_checked"), *missing = rows_cell(&c->ledgers, i, "missing");

		if (strcmp(rows_cell(&c->ledgers, i, "mailbox"), mailbox) != 0)
			continue;
		checked |= at != NULL && strcmp(at, c->since) >= 0;
		if (level && missing != NULL && strcmp(missing, "0") != 0)
			return 0;
	}
	return checked;
}

static const char *
trouble_of(const struct check *c, const char *mailbox)
{
	for (size_t i = 0; i < c->mailboxes.n; i++)
		if (strcmp(rows_cell(&c->mailboxes, i, "name"), mailbox) == 0)
			return rows_cell(&c->mailboxes, i, "last_error");
	return NULL;
}

static enum outcome
wait_for_all(struct check *c, struct why *why)
{
	const struct timespec pause = { 0, 200 * 1000 * 1000 };
	enum outcome          o = OUTCOME_OK;
	int64_t               end_ms = monotonic_ms() + PATIENCE_MS;
	size_t                i, waiting = 1;

	while (o == OUTCOME_OK && waiting > 0 && monotonic_ms() < end_ms) {
		o = read_now(c, why);
		for (i = 0, waiting = 0; i < c->in->conf->n_mailboxes && o == OUTCOME_OK; i++)
			waiting += !is_checked(c, c->in->conf->mailboxes[i].name, 1) && trouble_of(c, c->in->conf->mailboxes[i].name) == NULL;
		if (waiting > 0)
			(void)nanosleep(&pause, NULL);
	}
	return o;
}

static int
report(const struct check *c)
{
	static const struct column columns[] = { { "mailbox", "mailbox" }, { "uidvalidity", "uidvalidity" }, { "seen", "seen" },
		{ "stored", "stored" }, { "excluded", "excluded" }, { "missing", "missing" }, { "last_checked", "last checked" }, { NULL, NULL } };
	int status = EX_OK;

	rows_table(stdout, &c->ledgers, columns);
	for (size_t i = 0; i < c->in->conf->n_mailboxes; i++) {
		const char *name = c->in->conf->mailboxes[i].name, *trouble = trouble_of(c, name);

		if (is_checked(c, name, 1))
			continue;
		if (is_checked(c, name, 0))
			(void)printf("FAULT: mailbox %s: the server shows mails that are not stored yet\n", name);
		else
			(void)printf("FAULT: mailbox %s could not be compared with its server: %s\n", name, trouble != NULL ? trouble : "no answer");
		status = EX_DATAERR;
	}
	if (status == EX_OK)
		(void)puts("every mail that the servers show is stored, or excluded with a reason");
	return status;
}

int
verify_servers(struct invocation *in)
{
	struct check c = { .in = in };
	const char  *fields[] = { "list" };
	char         answer[4096] = "";
	struct why   why;
	int          status = EX_OK;

	conf_utc((int64_t)time(NULL), c.since);
	status = control_ask(in->conf->control, fields, 1, -1, answer, sizeof answer);
	if (status == EX_UNAVAILABLE)
		return complain(status, "hoeringd does not run, and only it speaks with the servers: start it");
	if (status != EX_OK)
		return complain(status, "%s", answer);
	status = open_store(in, &c.store);
	if (status == EX_OK)
		status = conclude(wait_for_all(&c, &why), &why);
	if (status == EX_OK)
		status = report(&c);
	rows_free(&c.mailboxes);
	rows_free(&c.ledgers);
	store_close(&c.store);
	return status;
}
