#include "daemon/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/sha256.h"

/* A line: the longest fields are a reason of a person's (1,000 bytes, each at most four when escaped). */
#define LINE_BYTES  8192
/* A file is closed at this size and the next is named by its first line's number. */
#define FILE_BYTES  (64u << 20)
#define NAME_FORMAT "%012llu.log"

static const char zeros[SHA256_HEX] = "0000000000000000000000000000000000000000000000000000000000000000";

struct journal {
	char    *folder;
	int      dir, fd;
	off_t    size, synced_size;	/* of the file that is written */
	uint64_t seq, synced_seq;
	char     hash[SHA256_HEX], synced_hash[SHA256_HEX];
	char    *buf;			/* appended, not yet written */
	size_t   n, room;
	int      torn;			/* the file's end, until journal_trim() */
};

/* --- lines ------------------------------------------------------------------------------------------------------- */

static int
needs_escape(unsigned char c)
{
	return c <= 0x20 || c >= 0x7f || c == '\\';
}

/* Escapes what would break a field; a space only when `spaces`. 0 when it does not fit. */
static int
escape(char *out, size_t out_size, size_t *o, const char *s, int spaces)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (*o + 5 > out_size)
			return 0;
		if (needs_escape(c) && (c != ' ' || spaces))
			*o += (size_t)snprintf(out + *o, out_size - *o, "\\x%02x", c);
		else
			out[(*o)++] = (char)c;
	}
	out[*o] = '\0';
	return 1;
}

int
journal_detail_add(char *out, size_t out_size, const char *key, const char *value)
{
	size_t n = strlen(out), start = n;
	int    put = snprintf(out + n, out_size - n, "%s%s=", n > 0 ? " " : "", key);

	if (put < 0 || (size_t)put >= out_size - n)
		goto no_room;
	n += (size_t)put;
	if (escape(out, out_size, &n, value, 1))
		return 1;
no_room:
	out[start] = '\0';
	return 0;
}

static int
unescape(const char *s, size_t n, char *out, size_t out_size)
{
	unsigned c;
	size_t   i, o = 0;
	char     hex[3] = "";

	for (i = 0; i < n; i++) {
		if (o + 1 >= out_size)
			return 0;
		if (s[i] == '\\' && i + 3 < n && s[i + 1] == 'x') {
			hex[0] = s[i + 2];
			hex[1] = s[i + 3];
			if (sscanf(hex, "%2x", &c) != 1)
				return 0;
			out[o++] = (char)c;
			i += 3;
		} else
			out[o++] = s[i];
	}
	out[o] = '\0';
	return 1;
}

int
journal_detail(const char *detail, const char *key, char *out, size_t out_size)
{
	size_t      key_n = strlen(key), n;
	const char *p = detail;

	while (*p != '\0') {
		n = strcspn(p, " ");
		if (n > key_n && p[key_n] == '=' && strncmp(p, key, key_n) == 0)
			return unescape(p + key_n + 1, n - key_n - 1, out, out_size);
		p += n;
		p += strspn(p, " ");
	}
	return 0;
}

int
journal_detail_number(const char *detail, const char *key, int64_t *out)
{
	char value[32], *end = NULL;

	if (!journal_detail(detail, key, value, sizeof value) || value[0] == '\0')
		return 0;
	errno = 0;
	*out = strtoll(value, &end, 10);
	return errno == 0 && *end == '\0';
}

static int
format_line(char *line, const struct journal_entry *e, const char *previous_hash, char *hash)
{
	char      chained[LINE_BYTES + SHA256_HEX], stamp[32];
	struct tm tm;
	time_t    at = (time_t)e->at;
	size_t    n;
	int       put;

	if (gmtime_r(&at, &tm) == NULL || strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return 0;
	put = snprintf(line, LINE_BYTES, "%llu\t%s\t", (unsigned long long)e->seq, stamp);
	n = (size_t)put;
	if (!escape(line, LINE_BYTES - 100, &n, e->actor, 0) || (line[n++] = '\t', 0) ||
	    !escape(line, LINE_BYTES - 100, &n, e->action, 0) || (line[n++] = '\t', 0) ||
	    !escape(line, LINE_BYTES - 100, &n, e->object, 0))
		return 0;
	line[n++] = '\t';
	if (n + strlen(e->detail) + 100 > LINE_BYTES)
		return 0;
	memcpy(line + n, e->detail, strlen(e->detail) + 1);	/* escaped by journal_detail_add() */
	n += strlen(e->detail);
	put = snprintf(chained, sizeof chained, "%s%s", previous_hash, line);
	sha256_bytes(chained, (size_t)put, hash);
	line[n++] = '\t';
	memcpy(line + n, hash, 64);
	memcpy(line + n + 64, "\n", 2);
	return 1;
}

static int64_t
stamp_seconds(const char *s)
{
	struct tm tm = { 0 };

	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec) != 6)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm);
}

/*
 * Takes one line (NUL in place of its newline) apart, in place. 1 when it is whole, carries the number after `seq` and the
 * chain holds from `previous_hash`.
 */
static int
read_line(char *line, uint64_t seq, const char *previous_hash, struct journal_entry *e, const char **fault)
{
	char  *field[7], *p = line, *end, chained[LINE_BYTES + SHA256_HEX], hash[SHA256_HEX];
	size_t i;
	int    put;

	for (i = 0; i < 7; i++) {
		field[i] = p;
		p += strcspn(p, "\t");
		if ((*p == '\0') != (i == 6)) {
			*fault = "does not have seven fields";
			return 0;
		}
		if (i < 6)
			*p++ = '\0';
	}
	put = snprintf(chained, sizeof chained, "%s%s\t%s\t%s\t%s\t%s\t%s", previous_hash, field[0], field[1], field[2],
	    field[3], field[4], field[5]);
	if (put < 0 || (size_t)put >= sizeof chained) {
		*fault = "is too long";
		return 0;
	}
	sha256_bytes(chained, (size_t)put, hash);
	if (strcmp(hash, field[6]) != 0) {
		*fault = "does not carry the hash of the lines before it and itself: it was changed, or a line before it is missing";
		return 0;
	}
	e->seq = strtoull(field[0], &end, 10);
	e->at = stamp_seconds(field[1]);
	if (*end != '\0' || e->seq != seq + 1 || e->at == -1) {
		*fault = "carries a wrong number or time";
		return 0;
	}
	e->actor = field[2];
	e->action = field[3];
	e->object = field[4];
	e->detail = field[5];
	memcpy(e->hash, hash, SHA256_HEX);
	return 1;
}

/* --- files ------------------------------------------------------------------------------------------------------- */

struct file_list {
	uint64_t *first;	/* number of the first line, which is the file's name */
	size_t    n;
};

static int
compare_first(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static enum outcome
list_files(int dir, struct file_list *out, struct why *why)
{
	int                fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), used;
	DIR               *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent     *e;
	unsigned long long first;
	uint64_t          *p;

	out->first = NULL;
	out->n = 0;
	if (d == NULL) {
		fd_close(&fd);
		return why_errno(why, OUTCOME_REFUSED, "journal folder");
	}
	while ((e = readdir(d)) != NULL) {
		used = 0;
		if (sscanf(e->d_name, "%12llu.log%n", &first, &used) != 1 || used != 16 || e->d_name[16] != '\0')
			continue;
		p = reallocarray(out->first, out->n + 1, sizeof *p);
		if (p == NULL) {
			(void)closedir(d);
			free(out->first);
			return why_errno(why, OUTCOME_DEFER, "journal");
		}
		out->first = p;
		out->first[out->n++] = first;
	}
	(void)closedir(d);
	if (out->n > 0)
		qsort(out->first, out->n, sizeof *out->first, compare_first);
	return OUTCOME_OK;
}

/* Where one file's reading stands; for the last file also how far it is sound. */
struct reading {
	const char *folder;
	uint64_t    after_seq;
	journal_each *each;
	void       *arg;
	uint64_t    seq;
	char        hash[SHA256_HEX];
	off_t       sound_bytes;	/* of the file read last */
	int         torn;		/* more follows there: a crash has cut it */
};

static int
goes_with_next(const char *line, size_t n)
{
	static const char end[] = JOURNAL_WITH_NEXT "\t";
	size_t            end_n = sizeof end - 1, hash_n = SHA256_HEX;	/* with the newline */

	return n > end_n + hash_n && memcmp(line + n - hash_n - end_n, end, end_n) == 0;
}

/* How far a file goes whose end a crash may have cut, in a line or between two that go together; -1 with errno. */
static off_t
whole_lines(FILE *f)
{
	char   *line = NULL;
	size_t  room = 0;
	ssize_t n;
	off_t   at = 0, whole = 0;

	while ((n = getline(&line, &room, f)) > 0) {
		at += n;
		if (line[n - 1] == '\n' && !goes_with_next(line, (size_t)n))
			whole = at;
	}
	free(line);
	if (!feof(f))
		return -1;
	rewind(f);
	return whole;
}

static enum outcome
read_file(struct reading *r, int dir, uint64_t first, int is_last, struct why *why)
{
	off_t                whole;
	struct stat          st;
	char                 name[32], *line = NULL;
	const char          *fault = NULL;
	size_t               room = 0;
	ssize_t              n;
	struct journal_entry e;
	enum outcome         o = OUTCOME_OK;
	int                  fd;
	FILE                *f;

	(void)snprintf(name, sizeof name, NAME_FORMAT, (unsigned long long)first);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);	/* a pipe in its place is read as empty */
	f = fd == -1 ? NULL : fdopen(fd, "r");
	if (f == NULL || (whole = whole_lines(f)) == -1 || fstat(fd, &st) == -1) {
		o = why_errno(why, OUTCOME_REFUSED, "%s/%s", r->folder, name);
		if (f != NULL)
			(void)fclose(f);
		else
			fd_close(&fd);
		return o;
	}
	r->sound_bytes = 0;
	r->torn = st.st_size > whole;
	if (first != r->seq + 1)
		o = why_set(why, OUTCOME_REFUSED, "%s/%s: lines %llu to %llu are missing: a file of the journal is gone",
		    r->folder, name, (unsigned long long)r->seq + 1, (unsigned long long)first - 1);
	else if (r->torn && !is_last)
		o = why_set(why, OUTCOME_REFUSED, "%s/%s: its last line is torn and more files follow", r->folder, name);
	while (o == OUTCOME_OK && r->sound_bytes < whole && (n = getline(&line, &room, f)) > 0) {
		line[n - 1] = '\0';
		if (n > LINE_BYTES || (size_t)n != strlen(line) + 1 || !read_line(line, r->seq, r->hash, &e, &fault)) {
			o = why_set(why, OUTCOME_REFUSED, "%s/%s: line number %llu %s", r->folder, name,
			    (unsigned long long)r->seq + 1, fault == NULL ? "is no journal line" : fault);
			break;
		}
		r->sound_bytes += n;
		r->seq = e.seq;
		memcpy(r->hash, e.hash, sizeof r->hash);
		if (r->each != NULL && e.seq > r->after_seq)
			o = r->each(r->arg, &e, why);
	}
	if (o == OUTCOME_OK && r->sound_bytes < whole)
		o = why_errno(why, OUTCOME_REFUSED, "%s/%s", r->folder, name);
	free(line);
	(void)fclose(f);
	return o;
}

enum outcome
journal_read(const char *folder, uint64_t after_seq, journal_each *each, void *arg, struct why *why)
{
	struct reading   r = { .folder = folder, .after_seq = after_seq, .each = each, .arg = arg };
	struct file_list files = { NULL, 0 };
	int              dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t           i;
	enum outcome     o;

	if (dir == -1)
		return why_errno(why, OUTCOME_REFUSED, "journal folder %s", folder);
	memcpy(r.hash, zeros, sizeof r.hash);
	o = list_files(dir, &files, why);
	for (i = 0; i < files.n && o == OUTCOME_OK; i++)
		o = read_file(&r, dir, files.first[i], i + 1 == files.n, why);
	free(files.first);
	fd_close(&dir);
	return o;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

static enum outcome
start_file(struct journal *j, uint64_t first, struct why *why)
{
	char name[32];
	int  fd;

	(void)snprintf(name, sizeof name, NAME_FORMAT, (unsigned long long)first);
	fd = FAULT("journal-create") ? -1 : openat(j->dir, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1 || FAULT("journal-name-fsync") || fsync(j->dir) == -1) {
		fd_close(&fd);
		return why_errno(why, OUTCOME_DEFER, "%s/%s", j->folder, name);
	}
	fd_close(&j->fd);
	j->fd = fd;
	j->size = j->synced_size = 0;
	return OUTCOME_OK;
}

/* Reads everything once, so that the chain is known to hold from the first line before one is added to it. */
static enum outcome
find_end(struct journal *j, struct why *why)
{
	struct reading   r = { .folder = j->folder };
	struct file_list files;
	size_t           i;
	enum outcome     o = list_files(j->dir, &files, why);

	memcpy(r.hash, zeros, sizeof r.hash);
	for (i = 0; i < files.n && o == OUTCOME_OK; i++)
		o = read_file(&r, j->dir, files.first[i], i + 1 == files.n, why);
	if (o == OUTCOME_OK) {
		j->seq = j->synced_seq = r.seq;
		memcpy(j->hash, r.hash, sizeof j->hash);
		memcpy(j->synced_hash, r.hash, sizeof j->hash);
		o = start_file(j, files.n == 0 ? 1 : files.first[files.n - 1], why);
	}
	/* Lines that a crash left between write and fsync: read here, they are believed, so they must be durable first. */
	if (o == OUTCOME_OK && (FAULT("journal-open-fsync") || fsync(j->fd) == -1))
		o = why_errno(why, OUTCOME_REFUSED, "%s: fsync", j->folder);
	j->size = j->synced_size = r.sound_bytes;
	j->torn = r.torn;
	free(files.first);
	return o;
}

enum outcome
journal_trim(struct journal *j, struct why *why)
{
	if (!j->torn)
		return OUTCOME_OK;
	if (FAULT("journal-torn") || ftruncate(j->fd, j->synced_size) == -1 || FAULT("journal-torn-fsync") || fsync(j->fd) == -1)
		return why_errno(why, OUTCOME_REFUSED, "%s: taking off the torn line", j->folder);
	j->torn = 0;
	log_warnx("journal-torn", "the end of the journal was cut by a crash and is taken off; "
	    "what it told was not promised to anybody yet");
	return OUTCOME_OK;
}

enum outcome
journal_open(const char *folder, int create, struct journal **out, struct why *why)
{
	struct journal *j = calloc(1, sizeof *j);
	enum outcome    o;

	if (j == NULL)
		return why_errno(why, OUTCOME_DEFER, "journal");
	j->dir = j->fd = -1;
	j->folder = strdup(folder);
	if (create && (FAULT("journal-folder") || mkdir(folder, 0750) == -1) && errno != EEXIST) {
		o = why_errno(why, OUTCOME_REFUSED, "journal folder %s", folder);
		goto out;
	}
	j->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (j->folder == NULL || j->dir == -1) {
		o = why_errno(why, OUTCOME_REFUSED, "journal folder %s", folder);
		goto out;
	}
	o = find_end(j, why);
	if (o != OUTCOME_OK)
		goto out;
	*out = j;
	j = NULL;
out:
	journal_close(&j);
	return o;
}

void
journal_close(struct journal **j)
{
	if (*j == NULL)
		return;
	fd_close(&(*j)->fd);
	fd_close(&(*j)->dir);
	free((*j)->buf);
	free((*j)->folder);
	free(*j);
	*j = NULL;
}

enum outcome
journal_append(struct journal *j, struct journal_entry *e, struct why *why)
{
	char   line[LINE_BYTES], *p;
	size_t n;

	if (e->at == 0)
		e->at = (int64_t)time(NULL);
	e->seq = j->seq + 1;
	if (!format_line(line, e, j->hash, e->hash))
		return why_set(why, OUTCOME_REFUSED, "a journal line of \"%s\" is too long", e->action);
	n = strlen(line);
	if (j->n + n > j->room) {
		p = FAULT("journal-memory") ? NULL : realloc(j->buf, (j->n + n) * 2);
		if (p == NULL)
			return why_errno(why, OUTCOME_DEFER, "journal");
		j->buf = p;
		j->room = (j->n + n) * 2;
	}
	memcpy(j->buf + j->n, line, n);
	j->n += n;
	j->seq = e->seq;
	memcpy(j->hash, e->hash, sizeof j->hash);
	return OUTCOME_OK;
}

enum outcome
journal_sync(struct journal *j, struct why *why)
{
	enum outcome o;

	if (j->n == 0)
		return OUTCOME_OK;
	if (j->size >= (off_t)FILE_BYTES) {
		o = start_file(j, j->synced_seq + 1, why);
		if (o != OUTCOME_OK)
			return o;
	}
	if (FAULT_HALF("journal-write", j->fd, j->buf, j->n) || fd_write_full(j->fd, j->buf, j->n) == -1 || FAULT("journal-fsync") ||
	    fsync(j->fd) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s: writing the journal", j->folder);
	j->size += (off_t)j->n;
	j->synced_size = j->size;
	j->synced_seq = j->seq;
	memcpy(j->synced_hash, j->hash, sizeof j->hash);
	j->n = 0;
	return OUTCOME_OK;
}

enum outcome
journal_rollback(struct journal *j, struct why *why)
{
	j->n = 0;
	j->seq = j->synced_seq;
	memcpy(j->hash, j->synced_hash, sizeof j->hash);
	/* Durable as well: whoever was told that it failed must not find it done after a power cut. */
	if (FAULT("journal-truncate") || ftruncate(j->fd, j->synced_size) == -1 || FAULT("journal-truncate-fsync") || fsync(j->fd) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s: taking back what was not finished", j->folder);
	j->size = j->synced_size;
	return OUTCOME_OK;
}

uint64_t    journal_last_seq(const struct journal *j) { return j->seq; }
const char *journal_last_hash(const struct journal *j) { return j->hash; }
