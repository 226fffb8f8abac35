/* hoering replay: submissions judged again from what the archive gives, and the difference; with --dry-run on a copy, before it is done. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/line.h"
#include "cli/parser.h"
#include "cli/rows.h"
#include "config/utf8.h"
#include "daemon/control.h"
#include "daemon/intake.h"
#include "daemon/replay.h"
#include "daemon/store/changes.h"
#include "daemon/store/store_campaign.h"
#include "daemon/supervise.h"
#include "parsers/limits.h"

#define LOOK_AGAIN_MS 100
#define LOOKS_PER_S 10

struct replay {
	struct invocation *in;
	int                dry_run, parse, json;
	const char        *scope;	/* as in daemon/replay.h */
	struct store      *store;	/* where the difference is seen: for a person's eyes, or the copy */
};

static const struct column columns[] = {
	{ "submission", "submission" }, { "verdict", "verdict" }, { "before", "before" }, { "after", "after" }, { NULL, NULL },
};

static int
print_changes(const struct replay *r)
{
	struct rows  rows = { 0 };
	struct why   why;
	size_t       n = 0;
	enum outcome o = changes_tell(r->store, rows_add, &rows, &n, &why);

	if (o == OUTCOME_OK && r->json) {
		rows_json(stdout, &rows, "submission");
		(void)putchar('\n');
	} else if (o == OUTCOME_OK) {
		rows_table(stdout, &rows, columns);
		(void)printf("%s%zu submissions %s\n", rows.n > 0 ? "\n" : "", n,
		    r->dry_run ? "would change; nothing was changed" : "changed");
	}
	rows_free(&rows);
	return conclude(o, &why);
}

/* What the parser with these files' rules makes of nothing at all tells its version. */
static enum outcome
ask_version(const char *rules, uint64_t *version, struct why *why)
{
	struct parser       *parser = NULL;
	struct parser_answer a = { .bytes = NULL };
	struct parsed        p = { 0 };
	int                  fd = memfd_create("nothing", MFD_CLOEXEC);
	enum outcome         o = fd == -1 ? why_errno(why, OUTCOME_DEFER, "memfd_create") : parser_open(rules[0] == '\0' ? NULL : rules, &parser, why);

	*version = 0;
	if (o == OUTCOME_OK)
		o = parser_ask(parser, PARSE_MAIL, "", fd, LIMIT_RECORDS_BYTES, &a, why);
	if (o == OUTCOME_OK && a.bytes != NULL && (o = parsed_read(a.bytes, a.n, &p, why)) == OUTCOME_OK)
		*version = p.parser_version;
	parsed_free(&p);
	free(a.bytes);
	parser_close(&parser);
	if (fd != -1)
		(void)close(fd);
	return o;
}

/* Phrases act while a mail is parsed: who judges again what was parsed by others is told that theirs were not asked. */
static int
tell_parsed_otherwise(const struct replay *r)
{
	struct why   why;
	uint64_t     version = 0;
	int64_t      n = 0;
	enum outcome o = r->parse ? OUTCOME_OK : ask_version(r->in->conf->rules, &version, &why);

	if (o == OUTCOME_OK && version != 0)
		o = store_parsed_otherwise(r->store, version, &n, &why);
	if (o == OUTCOME_OK && n > 0) {
		(void)fflush(stdout);
		(void)fprintf(stderr, "hoering: %" PRId64 " submissions were parsed with other rules than these; what other phrases and sentences find in them "
		    "shows with hoering replay%s --all --parse\n", n, r->dry_run ? " --dry-run" : "");
	}
	return conclude(o, &why);
}

/* With these files' rules, on a copy: the same line, the same code, and nothing of it stays. */
static int
rehearse(struct replay *r)
{
	struct intake *in = NULL;
	struct why     why;
	int64_t        n = 0;
	int            status;
	enum outcome   o = intake_rehearse(r->in->conf, &in, &why);

	if (o == OUTCOME_OK)
		o = changes_keep(in->store, &why);
	if (o == OUTCOME_OK)
		o = replay_mark(in->store, r->scope, r->parse, &n, &why);
	status = o == OUTCOME_REFUSED && in != NULL ? complain(EX_DATAERR, "%s", why.text) : conclude(o, &why);
	if (status == EX_OK)
		status = supervise(&r->in->conf, in, SUPERVISE_DRAIN);
	if (status == EX_OK) {
		if (!r->json)
			(void)printf("%" PRId64 " submissions %s again\n", n, r->parse ? "parsed and judged" : "judged");
		r->store = in->store;
		status = print_changes(r);
		if (status == EX_OK)
			status = tell_parsed_otherwise(r);
	}
	intake_close(&in);
	return status;
}

/*
 * Until the daemon has nothing left to do, the pass with OCR included when all is parsed again. It goes on also when we are
 * interrupted, and the next daemon does when this one is stopped.
 */
static int
wait_for_daemon(struct store *s, const char *socket_path, int parse)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };
	struct why            why;
	struct pending        scanned;
	int64_t               unparsed, unjudged, letter = 0;
	size_t                n = 0;
	enum outcome          o;

	for (unsigned looks = 1;; looks++) {
		if (looks % LOOKS_PER_S == 0 && !line_daemon_runs(socket_path))
			return complain(EX_TEMPFAIL, "hoeringd has stopped: it goes on where it was when it is started again");
		o = store_backlog(s, &unparsed, &unjudged, &why);
		if (o == OUTCOME_OK && parse)
			o = store_scanned(s, 0, &scanned, 1, &n, &why);
		if (o == OUTCOME_OK)
			o = store_letter_next(s, &letter, &why);
		if (o != OUTCOME_OK || (unparsed == 0 && unjudged == 0 && n == 0 && letter == 0))
			return conclude(o, &why);
		(void)nanosleep(&pause, NULL);
	}
}

static int
carry_out(struct replay *r)
{
	struct line line = { .in = r->in };
	const char *fields[] = { "replay", r->scope, r->parse ? "parse" : "judge", r->in->conf->digest };
	char        answer[4096];
	struct why  why;
	int         status = open_store(r->in, &r->store), asked;

	if (status != EX_OK)
		return status;
	status = conclude(changes_keep(r->store, &why), &why);
	if (status == EX_OK) {
		asked = line_ask(&line, fields, 4, -1, answer, sizeof answer);
		if (asked != EX_OK)
			status = complain(asked, "replay: %s", answer);
		else if (!r->json) {
			utf8_print(stdout, answer, strlen(answer));
			(void)putchar('\n');
			(void)fflush(stdout);
		}
		if (asked == EX_OK && line.intake == NULL)
			status = wait_for_daemon(r->store, r->in->conf->control, r->parse);
		asked = line_finish(&line);
		if (status == EX_OK)
			status = asked;
	}
	if (status == EX_OK)
		status = print_changes(r);
	if (status == EX_OK)
		status = tell_parsed_otherwise(r);
	store_close(&r->store);
	return status;
}

/* "17,18,ab12cd34": the words as one list, malloc()ed; NULL when they do not fit into one request. */
static char *
list_of(char **words, int n)
{
	char  *list = calloc(1, CONTROL_BYTES);
	size_t used = 0, len;

	for (int i = 0; list != NULL && i < n; i++) {
		len = strlen(words[i]);
		if (len == 0 || strchr(words[i], ',') != NULL || used + len + 200 > CONTROL_BYTES) {
			free(list);
			return NULL;
		}
		if (used > 0)
			list[used++] = ',';
		memcpy(list + used, words[i], len);
		used += len;
	}
	return list;
}

int
command_replay(struct invocation *in, int argc, char **argv)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' }, { "parse", no_argument, NULL, 'p' }, { "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' }, { 0 } };
	struct replay r = { .in = in };
	char         *list = NULL;
	int           o, all = 0, status;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 'n': r.dry_run = 1; break;
		case 'p': r.parse = 1; break;
		case 'a': all = 1; break;
		case 'j': r.json = 1; break;
		default: return usage_error(in);
		}
	if (all && optind < argc)
		return usage_error(in);
	r.scope = all ? "all" : "open";
	if (optind < argc) {
		r.scope = list = list_of(argv + optind, argc - optind);
		if (list == NULL)
			return complain(EX_USAGE, "these are no submissions, or too many to name them one by one");
	}
	log_set_quiet(1);
	status = check_rules(in->conf);
	if (status == EX_OK)
		status = r.dry_run ? rehearse(&r) : carry_out(&r);
	free(list);
	return status;
}
