/* hoering extract: the original mail and its decoded attachments, each a new file in a folder. A locked hoering-parse decodes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/parser.h"
#include "cli/rows.h"
#include "cli/safe_name.h"
#include "config/utf8.h"
#include "daemon/archive.h"
#include "daemon/sha256.h"
#include "parsers/limits.h"

struct extraction {
	const char     *folder;
	int             dir;
	struct archive *archive;
	struct parser  *parser;
	struct parser_answer parts;	/* of the last request, as PARSE_EXTRACT has them */
	size_t          at;		/* those before this have been looked at */
	int             status;		/* of the first failure */
};

static void
failed(struct extraction *x, int status)
{
	if (x->status == EX_OK)
		x->status = status;
}

/* What was written, or that it could not be; a file that stays incomplete is taken away. */
static int
close_file(struct extraction *x, int *fd, const char *name, int sound)
{
	int error = errno;

	if (sound && fsync(*fd) == -1) {
		error = errno;
		sound = 0;
	}
	fd_close(fd);
	if (sound) {
		(void)printf("%s/%s\n", x->folder, name);
		return 0;
	}
	(void)unlinkat(x->dir, name, 0);
	failed(x, complain(EX_IOERR, "%s/%s: %s", x->folder, name, strerror(error)));
	return -1;
}

static int
new_file(struct extraction *x, const char *wish, char name[SAFE_NAME_BYTES])
{
	int fd = safe_create(x->dir, wish, name);

	if (fd == -1)
		failed(x, complain(EX_CANTCREAT, "%s/%s: %s", x->folder, wish, strerror(errno)));
	return fd;
}

static int
write_original(struct extraction *x, int64_t submission, const char *sha256, int *mail)
{
	char        wish[40], name[SAFE_NAME_BYTES], copied[SHA256_HEX] = "";
	struct why  why;
	struct stat st;
	int         out;

	*mail = archive_read(x->archive, sha256, &why);
	if (*mail == -1) {
		failed(x, complain(EX_NOINPUT, "%s", why.text));
		return -1;
	}
	(void)snprintf(wish, sizeof wish, "%lld.eml", (long long)submission);
	out = new_file(x, wish, name);
	if (out == -1)
		return -1;
	errno = 0;
	if (fstat(*mail, &st) == -1 || sha256_copy(*mail, (uint64_t)st.st_size, out, copied) == -1)
		return close_file(x, &out, name, 0);
	if (close_file(x, &out, name, 1) == -1)
		return -1;
	if (strcmp(copied, sha256) != 0)
		failed(x, complain(EX_DATAERR, "the original of submission %lld is damaged in the archive; run hoering verify", (long long)submission));
	return 0;
}

static uint64_t
number_at(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

enum found { FOUND, NOT_THERE, AT_END };

/* The part of that position in the last answer; positions are asked for in ascending order. */
static enum found
next_part(struct extraction *x, uint64_t position, const uint8_t **p, size_t *n)
{
	for (; x->parts.bytes != NULL && x->parts.n - x->at >= EXTRACT_HEAD; x->at += EXTRACT_HEAD + *n) {
		const uint8_t *head = x->parts.bytes + x->at;

		if (number_at(head + 8) > x->parts.n - x->at - EXTRACT_HEAD)
			break;		/* the child was stopped in the middle of it */
		*p = head + EXTRACT_HEAD;
		*n = (size_t)number_at(head + 8);
		if (number_at(head) >= position)
			return number_at(head) == position ? FOUND : NOT_THERE;
	}
	return AT_END;
}

/* One request gives as many parts as there is room for; the next is made when they are used up. */
static int
decoded_part(struct extraction *x, int mail, const char *position, const uint8_t **p, size_t *n)
{
	const uint64_t wanted = strtoull(position, NULL, 10);
	char        failure[80];
	struct why  why;
	enum found  found = next_part(x, wanted, p, n);

	if (found == AT_END) {
		free(x->parts.bytes);
		x->parts.bytes = NULL;
		x->at = 0;
		if (parser_ask(x->parser, PARSE_EXTRACT, position, mail, EXTRACT_BYTES, &x->parts, &why) != OUTCOME_OK) {
			failed(x, complain(EX_TEMPFAIL, "%s", why.text));
			return -1;
		}
		found = next_part(x, wanted, p, n);
	}
	if (found == FOUND)
		return 0;
	parser_failure(&x->parts, failure);
	failed(x, complain(EX_DATAERR, "attachment %s: %s", position, found == AT_END && failure[0] != '\0' ? failure :
	    "cannot be taken out by itself; it is inside another attachment"));
	return -1;
}

static void
write_attachment(struct extraction *x, int mail, const struct rows *r, size_t row)
{
	const char *position = rows_cell(r, row, "position"), *wish = rows_cell(r, row, "filename"), *want = rows_cell(r, row, "sha256");
	char           unnamed[40], name[SAFE_NAME_BYTES], have[SHA256_HEX];
	const uint8_t *p;
	size_t         n;
	int            out;

	if (decoded_part(x, mail, position, &p, &n) == -1)
		return;
	sha256_bytes(p, n, have);
	if (want == NULL || strcmp(have, want) != 0) {
		failed(x, complain(EX_DATAERR, "attachment %s: decoded otherwise than when it was filed; nothing is written", position));
		return;
	}
	(void)snprintf(unnamed, sizeof unnamed, "attachment-%s", position);
	out = new_file(x, wish != NULL && wish[0] != '\0' ? wish : unnamed, name);
	if (out != -1)
		(void)close_file(x, &out, name, fd_write_full(out, p, n) == 0);
}

static void
extract_all(struct extraction *x, struct store *store, int64_t submission, const char *sha256)
{
	struct rows r = { 0 };
	struct why  why;
	int         mail = -1;

	if (write_original(x, submission, sha256, &mail) == -1)
		goto out;
	if (rows_read(store, READ_ATTACHMENTS, submission, &r, &why) != OUTCOME_OK) {
		failed(x, complain(EX_TEMPFAIL, "%s", why.text));
		goto out;
	}
	for (size_t i = 0; i < r.n; i++)
		write_attachment(x, mail, &r, i);
out:
	rows_free(&r);
	fd_close(&mail);
}

static int
open_all(const struct invocation *in, struct extraction *x)
{
	struct why   why;
	enum outcome o;

	if (mkdir(x->folder, 0777) == -1 && errno != EEXIST)
		return complain(EX_CANTCREAT, "%s: %s", x->folder, strerror(errno));
	x->dir = open(x->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->dir == -1)
		return complain(EX_CANTCREAT, "%s: %s", x->folder, strerror(errno));
	o = archive_open(in->conf->archive, 0, &x->archive, &why);
	if (o == OUTCOME_OK)
		o = parser_open(NULL, &x->parser, &why);
	return conclude(o, &why);
}

int
command_extract(struct invocation *in, int argc, char **argv)
{
	struct extraction x = { .dir = -1 };
	struct store     *store = NULL;
	int64_t           submission;
	char              sha256[65];

	if (argc != 3)
		return usage_error(in);
	x.folder = argv[2];
	x.status = open_submission(in, argv[1], &store, &submission, sha256);
	if (x.status == EX_OK)
		x.status = open_all(in, &x);
	if (x.status == EX_OK)
		extract_all(&x, store, submission, sha256);
	free(x.parts.bytes);
	parser_close(&x.parser);
	archive_close(&x.archive);
	fd_close(&x.dir);
	store_close(&store);
	return x.status;
}
