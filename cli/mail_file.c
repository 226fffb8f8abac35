#include "cli/mail_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/fetch/dates.h"
#include "parsers/limits.h"

#define HEADER_BYTES	65536	/* the topmost Received field is within it or is not believed */

struct reading {
	const char     *path;
	time_t          file_time;
	mail_file_each *each;
	void           *arg;
	FILE           *mail;		/* on a memfd; NULL between two mails */
	uint64_t        size_bytes;
	int64_t         from_at;	/* of the mbox's line */
	unsigned        number;		/* of the mail in an mbox; 0 in a file of one */
	int             stopped, too_large;
};

int64_t
mbox_line_time(const char *line)
{
	static const char *const forms[] = { "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Z %Y", "%a %b %d %H:%M %Y" };
	const char *p;

	if (strncmp(line, "From ", 5) != 0 || (p = strchr(line + 5, ' ')) == NULL)
		return DATE_UNKNOWN;
	p += strspn(p, " ");
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct tm   tm = { 0 };
		const char *end = strptime(p, forms[i], &tm);
		long        ahead = tm.tm_gmtoff;

		if (end != NULL && (*end == '\0' || strchr(" \r\n", *end) != NULL))
			return (int64_t)timegm(&tm) - ahead;
	}
	return DATE_UNKNOWN;
}

static enum outcome
begin_mail(struct reading *r, struct why *why)
{
	int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	r->mail = fd == -1 ? NULL : fdopen(fd, "w+");
	if (r->mail == NULL) {
		enum outcome o = why_errno(why, OUTCOME_DEFER, "%s", r->path);

		fd_close(&fd);
		return o;
	}
	r->size_bytes = 0;
	return OUTCOME_OK;
}

static void
add(struct reading *r, const char *p, size_t n)
{
	r->size_bytes += n;
	if (r->size_bytes <= LIMIT_MAIL_BYTES)	/* beyond it only the size is wanted */
		(void)fwrite(p, 1, n, r->mail);
}

static int64_t
received_at(const struct reading *r, int fd)
{
	char    *header = malloc(HEADER_BYTES);
	ssize_t  n = header == NULL ? -1 : pread(fd, header, HEADER_BYTES, 0);
	int64_t  at = n > 0 ? date_received(header, (size_t)n) : DATE_UNKNOWN;

	free(header);
	if (at != DATE_UNKNOWN)
		return at;
	return r->from_at != DATE_UNKNOWN ? r->from_at : (int64_t)r->file_time;
}

static enum outcome
end_mail(struct reading *r, struct why *why)
{
	char         name[4200];
	enum outcome o = OUTCOME_OK;

	if (r->mail == NULL)
		return OUTCOME_OK;
	(void)snprintf(name, sizeof name, r->number > 0 ? "%s:%u" : "%s", r->path, r->number);
	if (fflush(r->mail) == EOF || ferror(r->mail) || fd_seal(fileno(r->mail)) == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s", name);
	else if (r->size_bytes > LIMIT_MAIL_BYTES) {
		r->too_large = 1;	/* costs only itself: the mails after it are read */
		(void)why_set(why, OUTCOME_BAD, "%s: a mail of %llu bytes is larger than the %u that are taken", name,
		    (unsigned long long)r->size_bytes, LIMIT_MAIL_BYTES);
	} else
		r->stopped = r->each(r->arg, name, fileno(r->mail), received_at(r, fileno(r->mail)));
	(void)fclose(r->mail);
	r->mail = NULL;
	return o;
}

static int
is_blank(const char *line)
{
	return line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
}

/* ">From " and ">>From " lost one > when they were put into the mbox (mboxrd). */
static size_t
quotes(const char *line)
{
	size_t n = strspn(line, ">");

	return n > 0 && strncmp(line + n, "From ", 5) == 0 ? 1 : 0;
}

/* An mbox, line by line. The empty line before each "From " line belongs to the mbox, not to the mail. */
static enum outcome
read_mbox(struct reading *r, FILE *f, struct why *why)
{
	char        *line = NULL, blank[3] = "";
	size_t       room = 0;
	ssize_t      n;
	int          at_start = 1;
	enum outcome o = OUTCOME_OK;

	while (o == OUTCOME_OK && !r->stopped && (n = getline(&line, &room, f)) > 0) {
		if (at_start && mbox_line_time(line) != DATE_UNKNOWN) {
			o = end_mail(r, why);
			r->from_at = mbox_line_time(line);
			r->number++;
			if (o == OUTCOME_OK && !r->stopped)
				o = begin_mail(r, why);
			blank[0] = '\0';
			at_start = 0;
			continue;
		}
		add(r, blank, strlen(blank));
		blank[0] = '\0';
		at_start = is_blank(line);
		if (at_start)
			memcpy(blank, line, (size_t)n + 1);
		else
			add(r, line + quotes(line), (size_t)n - quotes(line));
	}
	if (o == OUTCOME_OK && !r->stopped)
		o = end_mail(r, why);
	if (r->mail != NULL)
		(void)fclose(r->mail);
	free(line);
	return o;
}

static enum outcome
read_single(struct reading *r, FILE *f, struct why *why)
{
	char         buf[65536];
	size_t       n;
	enum outcome o = begin_mail(r, why);

	if (o != OUTCOME_OK)
		return o;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		add(r, buf, n);
	return end_mail(r, why);
}

enum outcome
mail_file_read(const char *path, mail_file_each *each, void *arg, int *stopped, struct why *why)
{
	struct reading r = { .path = path, .each = each, .arg = arg, .from_at = DATE_UNKNOWN };
	char           first[1000] = "";
	struct stat    st;
	int            fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);	/* who opens a pipe waits for a writer */
	FILE          *f = fd == -1 ? NULL : fdopen(fd, "r");
	enum outcome   o;

	if (f == NULL || fstat(fd, &st) == -1) {
		o = why_errno(why, OUTCOME_REFUSED, "%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		o = why_set(why, OUTCOME_REFUSED, "%s: no regular file", path);
		goto out;
	}
	r.file_time = st.st_mtime;
	if (fgets(first, sizeof first, f) == NULL) {
		o = ferror(f) ? why_set(why, OUTCOME_REFUSED, "%s: cannot be read", path) : why_set(why, OUTCOME_BAD, "%s: an empty file is no mail", path);
		goto out;
	}
	rewind(f);
	o = mbox_line_time(first) != DATE_UNKNOWN ? read_mbox(&r, f, why) : read_single(&r, f, why);
	if (o == OUTCOME_OK && ferror(f))
		o = why_errno(why, OUTCOME_REFUSED, "%s", path);
	else if (o == OUTCOME_OK && r.too_large)
		o = OUTCOME_BAD;
	*stopped = r.stopped;
out:
	if (f != NULL)
		(void)fclose(f);
	else
		fd_close(&fd);
	return o;
}
