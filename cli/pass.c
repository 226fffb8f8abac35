#include "cli/pass.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/sha256.h"

/*
 * The file: a head of fixed size, written over at each step; then the archive's name and what was found, a line each. What stands
 * behind `size` was written by a run that was killed before its head: it is found again.
 */
#define HEAD_FORMAT	"hoering-verify 1 %s %020" PRIu64 " %020" PRIu64 " %020" PRIu64 "\n"
#define HEAD_BYTES	(17 + 64 + 3 * 21 + 1)
/* What is found beyond this is told, not kept: an archive that is gone altogether. */
#define MOST_BYTES	((uint64_t)1 << 20)

struct pass {
	char    *path;
	int      fd;		/* -1: nothing is kept */
	uint64_t bytes_per_s;
	int64_t  started_ms;
	uint64_t read_bytes;	/* by this run */
	char     after[SHA256_HEX];
	uint64_t originals, bytes, size;
	char    *text;		/* behind the head, as it was when the file was opened */
	char    *line;		/* of pass_found() */
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum outcome
write_head(struct pass *p, struct why *why)
{
	char head[HEAD_BYTES + 1];

	(void)snprintf(head, sizeof head, HEAD_FORMAT, p->after, p->originals, p->bytes, p->size);
	return pwrite(p->fd, head, HEAD_BYTES, 0) == HEAD_BYTES ? OUTCOME_OK : why_errno(why, OUTCOME_DEFER, "%s", p->path);
}

static enum outcome
append(struct pass *p, const char *words, struct why *why)
{
	size_t n = strlen(words);

	if (p->size + n + 1 > MOST_BYTES)
		return OUTCOME_OK;
	if (pwrite(p->fd, words, n, (off_t)p->size) != (ssize_t)n || pwrite(p->fd, "\n", 1, (off_t)(p->size + n)) != 1)
		return why_errno(why, OUTCOME_DEFER, "%s", p->path);
	p->size += n + 1;
	return OUTCOME_OK;
}

/* 1 and the fields filled in, when this is a head. */
static int
read_head(struct pass *p, const char *head, uint64_t file_bytes)
{
	char     again[HEAD_BYTES + 1], sha256[SHA256_HEX];
	uint64_t originals, bytes, size;

	if (sscanf(head, "hoering-verify 1 %64[0-9a-f] %20" SCNu64 " %20" SCNu64 " %20" SCNu64, sha256, &originals, &bytes, &size) != 4)
		return 0;
	(void)snprintf(again, sizeof again, HEAD_FORMAT, sha256, originals, bytes, size);
	if (memcmp(again, head, HEAD_BYTES) != 0 || size < HEAD_BYTES || size > file_bytes || size > MOST_BYTES ||
	    strlen(sha256) != 64)
		return 0;
	memcpy(p->after, sha256, sizeof p->after);
	p->originals = originals;
	p->bytes = bytes;
	p->size = size;
	return 1;
}

static enum outcome
take_up(struct pass *p, const char *archive, uint64_t file_bytes, struct why *why)
{
	char   head[HEAD_BYTES + 1] = "";
	size_t n = strlen(archive);

	if (pread(p->fd, head, HEAD_BYTES, 0) != HEAD_BYTES || !read_head(p, head, file_bytes))
		return why_set(why, OUTCOME_REFUSED, "%s: this is no file of hoering verify; name another", p->path);
	p->text = calloc(1, p->size - HEAD_BYTES + 1);
	if (p->text == NULL)
		return why_errno(why, OUTCOME_DEFER, "%s", p->path);
	if (pread(p->fd, p->text, p->size - HEAD_BYTES, HEAD_BYTES) != (ssize_t)(p->size - HEAD_BYTES))
		return why_errno(why, OUTCOME_DEFER, "%s", p->path);
	if (strncmp(p->text, archive, n) != 0 || p->text[n] != '\n')
		return why_set(why, OUTCOME_REFUSED, "%s belongs to another archive; name another file", p->path);
	return OUTCOME_OK;
}

/* An empty one is new, or of a run that was killed before its first word. */
static enum outcome
open_file(struct pass *p, const char *archive, struct why *why)
{
	struct stat  st;
	enum outcome o;

	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (p->fd == -1 || fstat(p->fd, &st) == -1)
		return why_errno(why, OUTCOME_REFUSED, "%s", p->path);
	if (!S_ISREG(st.st_mode))
		return why_set(why, OUTCOME_REFUSED, "%s: no regular file", p->path);
	if (flock(p->fd, LOCK_EX | LOCK_NB) == -1)
		return why_set(why, OUTCOME_REFUSED, "%s: another hoering verify goes on with it now", p->path);
	if (st.st_size > 0)
		return take_up(p, archive, (uint64_t)st.st_size, why);
	p->size = HEAD_BYTES;
	o = append(p, archive, why);
	return o == OUTCOME_OK ? write_head(p, why) : o;
}

enum outcome
pass_open(const char *path, const char *archive, uint64_t bytes_per_s, struct pass **out, struct why *why)
{
	struct pass *p = calloc(1, sizeof *p);
	enum outcome o = OUTCOME_OK;

	if (p == NULL)
		return why_errno(why, OUTCOME_DEFER, "verify");
	p->fd = -1;
	p->bytes_per_s = bytes_per_s;
	p->started_ms = now_ms();
	memset(p->after, '0', sizeof p->after - 1);
	if (path != NULL) {
		p->path = strdup(path);
		o = p->path == NULL ? why_errno(why, OUTCOME_DEFER, "verify") : open_file(p, archive, why);
	}
	if (o == OUTCOME_OK)
		*out = p;
	else
		pass_close(&p);
	return o;
}

void
pass_close(struct pass **p)
{
	if (*p == NULL)
		return;
	fd_close(&(*p)->fd);
	free((*p)->path);
	free((*p)->text);
	free((*p)->line);
	free(*p);
	*p = NULL;
}

const char *
pass_after(const struct pass *p, uint64_t *originals, uint64_t *bytes)
{
	*originals = p->originals;
	*bytes = p->bytes;
	return p->after;
}

const char *
pass_found(struct pass *p, size_t n)
{
	const char *s = p->text == NULL ? "" : strchrnul(p->text, '\n');

	for (; n > 0 && *s != '\0'; n--)
		s = strchrnul(s + 1, '\n');
	if (*s == '\0' || s[1] == '\0')
		return NULL;
	free(p->line);
	p->line = strndup(s + 1, strcspn(s + 1, "\n"));
	return p->line;
}

static void
keep_pace(const struct pass *p)
{
	int64_t         due_ms;
	struct timespec until;

	if (p->bytes_per_s == 0)
		return;
	due_ms = p->started_ms + (int64_t)((double)p->read_bytes * 1000 / (double)p->bytes_per_s);
	until = (struct timespec){ due_ms / 1000, due_ms % 1000 * 1000000 };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

enum outcome
pass_read(struct pass *p, const char *sha256, uint64_t bytes, const char *found, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	p->read_bytes += bytes;
	(void)snprintf(p->after, sizeof p->after, "%s", sha256);
	p->originals++;
	p->bytes += bytes;
	if (p->fd != -1 && found != NULL)
		o = append(p, found, why);
	if (p->fd != -1 && o == OUTCOME_OK)
		o = write_head(p, why);
	keep_pace(p);
	return o;
}

enum outcome
pass_end(struct pass *p, struct why *why)
{
	return p->fd == -1 || unlink(p->path) == 0 ? OUTCOME_OK : why_errno(why, OUTCOME_DEFER, "%s", p->path);
}
