/* hoering show: a submission's headers, attachments and text, safe for a terminal. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/rows.h"
#include "config/utf8.h"

/* A sender may call a file anything; all of it is in the view attachments. The types of office documents, which tell at their end, stay whole. */
#define NAME_COLUMNS	48
#define TYPE_COLUMNS	76

static const struct column attachments[] = {
	{ "position", "nr" }, { "parent", "in" }, { "inline", "inline" }, { "filename", "name" }, { "type", "type" }, { "bytes", "bytes" },
	{ "pages", "pages" }, { "text_status", "text" }, { NULL, NULL },
};

static void
print_header(const char *name, const struct text *value)
{
	if (value->n == 0)
		return;
	(void)printf("%s: ", name);
	utf8_print(stdout, value->p, value->n);
	(void)fputc('\n', stdout);
}

static void
print_time(const struct invocation *in, const char *name, int64_t at)
{
	char utc[32], local[32];

	if (at == TIME_UNKNOWN)
		return;
	conf_utc(at, utc);
	conf_local(in->conf, at, local);
	(void)printf("%s: %s (%s, %s)\n", name, utc, local, in->conf->timezone);
}

static void
print_envelope(const struct invocation *in, const struct envelope *e)
{
	print_header("From", &e->from_address);
	print_header("Name", &e->from_name);
	print_header("Sender", &e->sender_address);
	print_header("Reply-To", &e->reply_to_address);
	print_header("Return-Path", &e->return_path);
	print_header("To", &e->to);
	print_header("Subject", &e->subject);
	print_time(in, "Date", e->sent_at);
	print_time(in, "Relayed", e->relayed_at);
	print_header("Message-ID", &e->message_id);
	print_header("In-Reply-To", &e->in_reply_to);
}

/* Line by line: what is no line break and no tab among the control characters is escaped. */
static void
print_text(const char *text)
{
	for (const char *end; *text != '\0'; text = *end == '\0' ? end : end + 1) {
		end = text + strcspn(text, "\n\t");
		utf8_print(stdout, text, (size_t)(end - text));
		if (*end != '\0')
			(void)fputc(*end, stdout);
	}
	(void)fputc('\n', stdout);
}

static enum outcome
print_body(struct store *s, int64_t submission, struct why *why)
{
	struct rows  r;
	enum outcome o = rows_read(s, READ_ATTACHMENTS, submission, &r, why);
	const char  *text;

	if (o == OUTCOME_OK && r.n > 0) {
		(void)fputc('\n', stdout);
		rows_cut(&r, "filename", NAME_COLUMNS);
		rows_cut(&r, "type", TYPE_COLUMNS);
		rows_table(stdout, &r, attachments);
	}
	rows_free(&r);
	if (o != OUTCOME_OK)
		return o;
	o = rows_read(s, READ_TEXT, submission, &r, why);
	text = rows_cell(&r, 0, "text");
	if (o == OUTCOME_OK && text != NULL) {
		(void)fputc('\n', stdout);
		print_text(text);
	}
	rows_free(&r);
	return o;
}

static enum outcome
print_all(const struct invocation *in, struct store *s, int64_t submission, const char *sha256, struct why *why)
{
	struct parsed p = { 0 };
	char          failure[200];
	enum outcome  o = store_load_parsed(s, submission, &p, failure, why);

	if (o == OUTCOME_OK) {
		(void)printf("Submission: %lld\nSHA-256: %s\n", (long long)submission, sha256);
		if (p.has_envelope)
			print_envelope(in, &p.envelope);
		if (failure[0] != '\0')
			(void)printf("Parser: %s\n", failure);
		o = print_body(s, submission, why);
	}
	parsed_free(&p);
	return o;
}

int
command_show(struct invocation *in, int argc, char **argv)
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
		o = print_all(in, store, submission, sha256, &why);
		read_end(store);
	}
	store_close(&store);
	return conclude(o, &why);
}
