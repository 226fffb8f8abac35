/* hoering: the command line of operators and admins. Each command is a file of its name. */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "cli/command.h"
#include "config/utf8.h"
#include "daemon/rules.h"

#define CONF_PATH	"/etc/hoeringd/hoeringd.conf"

static const struct command commands[] = {
	{ "status", "[--json]", "mailboxes, backlog, review, deadlines", CONF_NEEDED, command_status },
	{ "statement", "CONSULTATION", "what was received for it, what counts and what not, as of now, for the file", CONF_NEEDED, command_statement },
	{ "why", "ID", "every verdict on a submission with its evidence", CONF_NEEDED, command_why },
	{ "show", "ID", "headers and text of a submission", CONF_NEEDED, command_show },
	{ "extract", "ID DIR", "its original mail and decoded attachments into a folder", CONF_NEEDED, command_extract },
	{ "refile", "ID CONSULTATION --reason TEXT", "says which consultation it belongs to", CONF_NEEDED, command_refile },
	{ "relate", "ID RELATION OTHER --reason TEXT", "says what it is to another submission", CONF_NEEDED, command_relate },
	{ "kind", "ID KIND --reason TEXT", "says what it is", CONF_NEEDED, command_kind },
	{ "join", "ID OTHER --reason TEXT", "says that the responders of two submissions are one", CONF_NEEDED, command_join },
	{ "split", "ID OTHER --reason TEXT", "says that they are two", CONF_NEEDED, command_split },
	{ "erase", "ID|--new-key --reason TEXT", "takes its personal data out for good; what it counts as stays", CONF_NEEDED, command_erase },
	{ "import", "PATH... --mailbox NAME", "takes in a maildir, an mbox, .eml files", CONF_NEEDED, command_import },
	{ "parse", "--json [--mail|--document] FILE...", "what hoering-parse makes of files", CONF_UNUSED, command_parse },
	{ "replay", "[--dry-run] [--parse] [--json] [--all | ID...]", "judges again from the archive and shows the difference", CONF_NEEDED, command_replay },
	{ "registry", "load FILE...", "reads the open data of Enhetsregisteret: names, numbers, classes, domains", CONF_NEEDED, command_registry },
	{ "verify", "[--server] [--rate BYTES] [--resume FILE]", "archive, journal and database against each other, and against the servers", CONF_NEEDED, command_verify },
	{ "backup", "DEST", "a consistent copy of everything in a new folder, also while the daemon runs", CONF_NEEDED, command_backup },
	{ "restore", "", "the database again from archive, journal and configuration", CONF_NEEDED, command_restore },
};
#define N_COMMANDS	(sizeof commands / sizeof commands[0])

int
complain(int status, const char *fmt, ...)
{
	char    text[2000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)fputs("hoering: ", stderr);
	utf8_print(stderr, text, strlen(text));
	(void)fputc('\n', stderr);
	return status;
}

int
usage_error(const struct invocation *in)
{
	(void)fprintf(stderr, "usage: hoering [-c FILE] %s\n", in->usage);
	return EX_USAGE;
}

int
status_of(enum outcome o)
{
	switch (o) {
	case OUTCOME_OK:
		return EX_OK;
	case OUTCOME_BAD:
		return EX_DATAERR;
	case OUTCOME_DEFER:
		return EX_TEMPFAIL;
	case OUTCOME_LOST:
		return EX_UNAVAILABLE;
	case OUTCOME_REFUSED:
		return EX_NOINPUT;
	}
	return EX_SOFTWARE;
}

int
conclude(enum outcome o, const struct why *why)
{
	if (o != OUTCOME_OK && why_disk_full(why))
		return complain(EX_TEMPFAIL, "the disk is full: %s", why->text);
	return o == OUTCOME_OK ? EX_OK : complain(status_of(o), "%s", why->text);
}

int
check_rules(const struct conf *conf)
{
	struct why   why;
	enum outcome o = rules_check(conf->rules, &why);

	return o == OUTCOME_REFUSED ? complain(EX_CONFIG, "%s", why.text) : conclude(o, &why);
}

int
finish_output(int status)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		return complain(EX_IOERR, "writing the output: %s", strerror(errno));
	return status;
}

int
open_store(const struct invocation *in, struct store **out)
{
	struct why why;

	return conclude(read_open(in->conf->database, out, &why), &why);
}

int
open_submission(const struct invocation *in, const char *name, struct store **out, int64_t *submission, char sha256[65])
{
	struct store *s = NULL;
	struct why    why;
	enum outcome  o;
	int           status = open_store(in, &s);

	if (status != EX_OK)
		return status;
	o = store_find(s, name, submission, sha256, &why);
	status = o == OUTCOME_REFUSED ? complain(EX_DATAERR, "%s", why.text) : conclude(o, &why);
	if (status == EX_OK)
		*out = s;
	else
		store_close(&s);
	return status;
}

static void
print_help(FILE *f)
{
	(void)fprintf(f, "usage: hoering [-c FILE] COMMAND ...\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		(void)fprintf(f, "  %s %s\n", commands[i].name, commands[i].usage);
		(void)fprintf(f, "        %s\n", commands[i].what);
	}
	(void)fprintf(f, "\n-c FILE is the configuration, " CONF_PATH " when not given. See hoering(1).\n");
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
run(const struct command *c, struct invocation *in, int argc, char **argv)
{
	char usage[200];
	int  status;

	(void)snprintf(usage, sizeof usage, "%s %s", c->name, c->usage);
	in->usage = usage;
	if (c->needs == CONF_NEEDED && conf_load(in->conf_path, stderr, &in->conf) != OUTCOME_OK)
		return EX_CONFIG;
	optind = 0;	/* getopt_long(3) begins anew, with the command's own arguments */
	status = c->run(in, argc, argv);
	conf_free(in->conf);
	return finish_output(status);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { 0 } };
	struct invocation     in = { .conf_path = CONF_PATH };
	const struct command *c;
	int o;

	(void)setlocale(LC_CTYPE, "C.UTF-8");	/* the width of characters; whatever the terminal's locale, we print UTF-8 */
	log_open("hoering", 0, 1);
	while ((o = getopt_long(argc, argv, "+c:h", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			in.conf_path = optarg;
			in.conf_given = 1;
			break;
		case 'h':
			print_help(stdout);
			return finish_output(EX_OK);
		case 'v':
			(void)puts("hoering " HOERINGD_VERSION);
			return finish_output(EX_OK);
		default:
			return EX_USAGE;
		}
	}
	if (optind >= argc) {
		print_help(stderr);
		return EX_USAGE;
	}
	c = find_command(argv[optind]);
	if (c == NULL)
		return complain(EX_USAGE, "no command \"%s\"; hoering --help lists them", argv[optind]);
	return run(c, &in, argc - optind, argv + optind);
}
