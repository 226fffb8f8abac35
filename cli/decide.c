/* hoering refile, relate, kind, join, split, erase: what a person decides, with the reason that stands in the audit trail. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/line.h"
#include "config/utf8.h"

#define MAX_WORDS 4

/* The words after the command's name, `n` of them, and --reason become one request. */
static int
decide_command(struct invocation *in, int argc, char **argv, size_t n)
{
	static const struct option options[] = { { "reason", required_argument, NULL, 'r' }, { "new-key", no_argument, NULL, 'k' }, { 0 } };
	const char *fields[MAX_WORDS + 2] = { argv[0] }, *reason = NULL;
	struct line line = { .in = in };
	char        answer[4096];
	int         o, status, finished;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'r')
			reason = optarg;
		else if (o == 'k' && strcmp(argv[0], "erase") == 0) {	/* of no submission, but of what knows them again */
			fields[0] = "erase-key";
			n = 0;
		} else
			return usage_error(in);
	}
	if ((size_t)(argc - optind) != n || n > MAX_WORDS)
		return usage_error(in);
	if (reason == NULL || reason[strspn(reason, " ")] == '\0')
		return complain(EX_USAGE, "--reason TEXT is needed: it stands in the audit trail");
	if (utf8_sound(reason, strlen(reason)) != strlen(reason))
		return complain(EX_USAGE, "the reason is not UTF-8");
	for (size_t i = 0; i < n; i++)
		fields[i + 1] = argv[optind + (int)i];
	fields[n + 1] = reason;
	status = line_ask(&line, fields, n + 2, -1, answer, sizeof answer);
	if (status != EX_OK)
		(void)complain(status, "%s: %s", argv[0], answer);
	else {
		utf8_print(stdout, answer, strlen(answer));
		(void)putchar('\n');
	}
	finished = line_finish(&line);
	return status != EX_OK ? status : finished;
}

int
command_refile(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 2);
}

int
command_relate(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 3);
}

int
command_kind(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 2);
}

int
command_join(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 2);
}

int
command_split(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 2);
}

int
command_erase(struct invocation *in, int argc, char **argv)
{
	return decide_command(in, argc, argv, 1);
}
