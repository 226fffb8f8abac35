/* hoering parse: what hoering-parse makes of files, as JSON. Needs neither configuration nor database. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/parse_json.h"
#include "cli/parser.h"
#include "config/utf8.h"
#include "parsers/limits.h"

#define LOOK_BYTES	8192	/* of the beginning, to tell a mail from a document */

enum file_is { FILE_BY_CONTENT, FILE_MAIL, FILE_DOCUMENT };

/* "Name:" at the start of a line: how long the name is, 0 when there is none (RFC 5322, 2.2; spaces before the colon: 4.5). */
static size_t
field_name(const char *line)
{
	size_t n = 0;

	while (line[n] > ' ' && line[n] < 0x7f && line[n] != ':')
		n++;
	return line[n + strspn(line + n, " \t")] == ':' ? n : 0;
}

static int
is_one_of(const char *line, size_t n, const char *const *names)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (strlen(names[i]) == n && strncasecmp(line, names[i], n) == 0)
			return 1;
	return 0;
}

/* How much a field speaks for a mail: 2 for what only mails have, 1 for what a letter in plain text may begin with too. */
static int
weight_of(const char *line, size_t n)
{
	static const char *const sure[] = { "received", "return-path", "message-id", "mime-version", "content-type",
	    "content-transfer-encoding", "content-disposition", "delivered-to", "envelope-to", "dkim-signature", "x-mailer", NULL };
	static const char *const unsure[] = { "from", "to", "cc", "subject", "date", "sender", "reply-to", "resent-from", NULL };

	return is_one_of(line, n, sure) ? 2 : is_one_of(line, n, unsure);
}

/* 1 when the text begins as a mail does: header fields such as mails have, up to an empty line or what is no field. */
static int
looks_like_mail(const char *text)
{
	int weight = 0, first = 1;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	text += strspn(text, "\r\n");
	for (const char *line = text; *line != '\0' && *line != '\n' && *line != '\r'; first = 0) {
		size_t n = field_name(line);

		if (n > 0)
			weight += weight_of(line, n);
		else if (first ? strncmp(line, "From ", 5) != 0 : *line != ' ' && *line != '\t')
			break;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return weight >= 2;
}

static enum file_is
decide_by_content(int fd)
{
	char    text[LOOK_BYTES + 1];
	ssize_t n = pread(fd, text, LOOK_BYTES, 0);

	text[n > 0 ? n : 0] = '\0';
	return looks_like_mail(text) ? FILE_MAIL : FILE_DOCUMENT;
}

/* A file's name need not be UTF-8: a byte that is none becomes \udcXX, which Python's surrogateescape gives back. */
static void
print_key(const char *path)
{
	size_t n = strlen(path), len;

	if (utf8_sound(path, n) == n) {
		json_string(stdout, path, n);
		return;
	}
	(void)putchar('"');
	for (size_t i = 0; i < n; i += len) {
		unsigned c = utf8_next(path + i, n - i, &len);

		if (c == 0xfffd && len == 1)
			(void)printf("\\udc%02x", (unsigned)(unsigned char)path[i]);
		else if (c == '"' || c == '\\' || utf8_is_control(c))
			(void)printf("\\u%04x", c);
		else
			(void)fwrite(path + i, 1, len, stdout);
	}
	(void)putchar('"');
}

static int
print_answer(enum file_is what, const struct parser_answer *a)
{
	char          failure[80];
	struct parsed p = { 0 };
	struct why    why;
	int           status = EX_OK;

	parser_failure(a, failure);
	if (parsed_read(a->bytes != NULL ? a->bytes : (const uint8_t *)"", a->n, &p, &why) != OUTCOME_OK)
		status = complain(EX_SOFTWARE, "%s", why.text);	/* what was sound before it is printed all the same */
	if (what == FILE_MAIL)
		parse_json_mail(stdout, &p, failure);
	else
		parse_json_document(stdout, &p, failure);
	parsed_free(&p);
	return status;
}

/* The name by which a document is recognised besides its content. */
static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
parse_file(struct parser *parser, enum file_is what, const char *path, int *printed)
{
	struct parser_answer a = { 0 };
	struct why           why;
	struct stat          st;
	int                  fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), status;

	if (fd == -1 || fstat(fd, &st) == -1 || (errno = S_ISREG(st.st_mode) ? 0 : EINVAL) != 0) {
		status = complain(EX_NOINPUT, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (what == FILE_BY_CONTENT)
		what = decide_by_content(fd);
	status = conclude(parser_ask(parser, what == FILE_MAIL ? PARSE_MAIL : PARSE_DOCUMENT, what == FILE_MAIL ? "" : last_part(path), fd,
	    LIMIT_RECORDS_BYTES, &a, &why), &why);
	if (status != EX_OK)
		goto out;
	(void)fputs((*printed)++ > 0 ? ",\n" : "\n", stdout);
	print_key(path);
	(void)fputs(": ", stdout);
	status = print_answer(what, &a);
out:
	free(a.bytes);
	fd_close(&fd);
	return status;
}

int
command_parse(struct invocation *in, int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { "mail", no_argument, NULL, 'm' },
	    { "document", no_argument, NULL, 'd' }, { 0 } };
	struct parser *parser = NULL;
	struct why     why;
	enum file_is   what = FILE_BY_CONTENT;
	int            o, json = 0, printed = 0, worst;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'j')
			json = 1;
		else if (o == 'm' || o == 'd')
			what = o == 'm' ? FILE_MAIL : FILE_DOCUMENT;
		else
			return usage_error(in);
	}
	if (!json || optind == argc)
		return usage_error(in);
	worst = conclude(parser_open(NULL, &parser, &why), &why);
	if (worst != EX_OK)
		return worst;
	(void)putchar('{');
	for (int i = optind; i < argc; i++) {
		int status = parse_file(parser, what, argv[i], &printed);

		if (worst == EX_OK)
			worst = status;
	}
	(void)puts("\n}");
	parser_close(&parser);
	return worst;
}
