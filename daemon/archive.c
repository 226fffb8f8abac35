#include "daemon/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/sha256.h"

/*
 * An original on its way: written under tmp/, not yet durable, not yet under its name. Without a tmp name: it has stood under its
 * name before, put there perhaps by a sync that failed half way, so its folder is synced once more.
 */
struct arrival {
	char sha256[SHA256_HEX];
	char tmp[32];
	int  fd;
};

struct archive {
	char           *folder;
	int             dir, tmp;	/* descriptors of the folder and of tmp/ */
	int             lock;		/* held by the one writer */
	struct arrival *arrivals;
	size_t          n, room;
	unsigned long   next_tmp;
};

void
archive_path(const char *sha256, char *out)
{
	(void)snprintf(out, 72, "%.2s/%.62s.eml", sha256, sha256 + 2);
}

/* What a crash left under tmp/ was never promised to anybody: the mail is still on the server. */
static void
clear_tmp(struct archive *a)
{
	int            fd = dup(a->tmp);
	DIR           *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (d == NULL) {
		fd_close(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			(void)unlinkat(a->tmp, e->d_name, 0);
	(void)closedir(d);
}

static int
open_folder(int at, const char *name, int create)
{
	if (create && (FAULT("archive-folder") || mkdirat(at, name, 0750) == -1) && errno != EEXIST)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The folder exists. Two databases on one archive, each with its own lock, would else write one journal, and clear each other's tmp/. */
static enum outcome
take_lock(struct archive *a, struct why *why)
{
	char path[1100];

	(void)snprintf(path, sizeof path, "%s/lock", a->folder);
	a->lock = FAULT("archive-lock") ? -1 : fd_lock_file(path);
	if (a->lock != -1)
		return OUTCOME_OK;
	if (errno == EWOULDBLOCK)
		return why_set(why, OUTCOME_REFUSED, "%s is held by another hoeringd or hoering, perhaps with another database: there is one "
		    "writer at a time", path);
	return why_errno(why, OUTCOME_REFUSED, "%s", path);
}

enum outcome
archive_open(const char *folder, int create, struct archive **out, struct why *why)
{
	struct archive *a = calloc(1, sizeof *a);
	enum outcome    o;

	if (a == NULL)
		return why_errno(why, OUTCOME_DEFER, "archive");
	a->dir = a->tmp = a->lock = -1;
	a->folder = strdup(folder);
	if (a->folder == NULL) {
		o = why_errno(why, OUTCOME_DEFER, "archive");
		goto out;
	}
	a->dir = open_folder(AT_FDCWD, folder, create);
	if (a->dir == -1) {
		o = why_errno(why, OUTCOME_REFUSED, "archive folder %s", folder);
		goto out;
	}
	if (create) {
		o = take_lock(a, why);
		if (o != OUTCOME_OK)
			goto out;
		a->tmp = open_folder(a->dir, "tmp", 1);
		if (a->tmp == -1) {
			o = why_errno(why, OUTCOME_REFUSED, "archive folder %s/tmp", folder);
			goto out;
		}
		clear_tmp(a);
	}
	*out = a;
	a = NULL;
	o = OUTCOME_OK;
out:
	archive_close(&a);
	return o;
}

void
archive_close(struct archive **a)
{
	if (*a == NULL)
		return;
	if ((*a)->tmp != -1)
		archive_rollback(*a);
	fd_close(&(*a)->dir);
	fd_close(&(*a)->tmp);
	fd_close(&(*a)->lock);
	free((*a)->arrivals);
	free((*a)->folder);
	free(*a);
	*a = NULL;
}

static int
is_arriving(const struct archive *a, const char *sha256)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (strcmp(a->arrivals[i].sha256, sha256) == 0)
			return 1;
	return 0;
}

static enum outcome
make_room(struct archive *a, struct why *why)
{
	size_t          room = a->room == 0 ? 64 : a->room * 2;
	struct arrival *p;

	if (a->n < a->room)
		return OUTCOME_OK;
	p = FAULT("archive-memory") ? NULL : reallocarray(a->arrivals, room, sizeof *p);
	if (p == NULL)
		return why_errno(why, OUTCOME_DEFER, "archive");
	a->arrivals = p;
	a->room = room;
	return OUTCOME_OK;
}

enum outcome
archive_add(struct archive *a, int fd, uint64_t size_bytes, char *sha256, struct why *why)
{
	struct arrival in = { .fd = -1 };
	struct why     damage;
	char           again[SHA256_HEX], path[72];
	struct stat    st;
	enum outcome   o;

	if (sha256_copy(fd, size_bytes, -1, in.sha256) == -1)
		return why_errno(why, OUTCOME_DEFER, "reading a mail of %llu bytes", (unsigned long long)size_bytes);
	memcpy(sha256, in.sha256, SHA256_HEX);
	if (is_arriving(a, sha256))
		return OUTCOME_OK;
	o = make_room(a, why);
	if (o != OUTCOME_OK)
		return o;
	archive_path(sha256, path);
	if (fstatat(a->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (archive_check(a, sha256, NULL, &damage) == OUTCOME_OK) {
			a->arrivals[a->n++] = in;
			return OUTCOME_OK;
		}
		log_warnx("archive-replaced", "sha=%.12s %s: it has come again and is stored anew", sha256, damage.text);
	}
	(void)snprintf(in.tmp, sizeof in.tmp, "%lu", a->next_tmp++);
	in.fd = FAULT("archive-create") ? -1 : openat(a->tmp, in.tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0440);
	if (in.fd == -1)
		return why_errno(why, OUTCOME_DEFER, "%s/tmp", a->folder);
	if (sha256_copy(fd, size_bytes, in.fd, again) == -1)
		o = why_errno(why, OUTCOME_DEFER, "writing %s/tmp", a->folder);
	else if (strcmp(again, sha256) != 0)
		o = why_set(why, OUTCOME_DEFER, "a mail changed while it was being stored");
	if (o != OUTCOME_OK) {
		fd_close(&in.fd);
		(void)unlinkat(a->tmp, in.tmp, 0);
		return o;
	}
	a->arrivals[a->n++] = in;
	return OUTCOME_OK;
}

/* ab/ is there and its name is durable. */
static int
ensure_shelf(struct archive *a, const char *sha256)
{
	char shelf[3] = { sha256[0], sha256[1], '\0' };

	if (FAULT("archive-shelf"))
		return -1;
	if (mkdirat(a->dir, shelf, 0750) == 0)
		return FAULT("archive-shelf-fsync") ? -1 : fsync(a->dir);
	return errno == EEXIST ? 0 : -1;
}

static int
sync_shelf(struct archive *a, const char *sha256)
{
	char shelf[3] = { sha256[0], sha256[1], '\0' };
	int  fd = openat(a->dir, shelf, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd == -1)
		return -1;
	r = FAULT("archive-name-fsync") ? -1 : fsync(fd);
	fd_close(&fd);
	return r;
}

enum outcome
archive_sync(struct archive *a, struct why *why)
{
	char   path[72];
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->arrivals[i].fd != -1 && (FAULT("archive-fsync") || fsync(a->arrivals[i].fd) == -1))
			return why_errno(why, OUTCOME_DEFER, "%s/tmp: fsync", a->folder);
	for (i = 0; i < a->n; i++) {
		if (a->arrivals[i].tmp[0] == '\0')
			continue;
		archive_path(a->arrivals[i].sha256, path);
		if (ensure_shelf(a, path) == -1 || FAULT("archive-rename") || renameat(a->tmp, a->arrivals[i].tmp, a->dir, path) == -1)
			return why_errno(why, OUTCOME_DEFER, "%s/%s", a->folder, path);
		a->arrivals[i].tmp[0] = '\0';
	}
	for (i = 0; i < a->n; i++)
		if (sync_shelf(a, a->arrivals[i].sha256) == -1)
			return why_errno(why, OUTCOME_DEFER, "%s: fsync", a->folder);
	for (i = 0; i < a->n; i++)
		fd_close(&a->arrivals[i].fd);
	a->n = 0;
	return OUTCOME_OK;
}

void
archive_rollback(struct archive *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		fd_close(&a->arrivals[i].fd);
		if (a->arrivals[i].tmp[0] != '\0')
			(void)unlinkat(a->tmp, a->arrivals[i].tmp, 0);
	}
	a->n = 0;
}

void
archive_drop(struct archive *a, const char *sha256)
{
	size_t i;

	for (i = 0; i < a->n && strcmp(a->arrivals[i].sha256, sha256) != 0; i++)
		;
	if (i == a->n)
		return;
	fd_close(&a->arrivals[i].fd);
	(void)unlinkat(a->tmp, a->arrivals[i].tmp, 0);
	a->arrivals[i] = a->arrivals[--a->n];
}

enum outcome
archive_remove(struct archive *a, const char *sha256, struct why *why)
{
	char path[72];

	archive_path(sha256, path);
	if (FAULT("archive-remove") || unlinkat(a->dir, path, 0) == -1)
		return errno == ENOENT ? OUTCOME_OK : why_errno(why, OUTCOME_DEFER, "%s/%s", a->folder, path);
	return sync_shelf(a, path) == 0 ? OUTCOME_OK : why_errno(why, OUTCOME_DEFER, "%s/%s: fsync", a->folder, path);
}

int
archive_read(const struct archive *a, const char *sha256, struct why *why)
{
	char        path[72];
	struct stat st;
	int         fd;

	archive_path(sha256, path);
	fd = openat(a->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);	/* a pipe in its place would wait for a writer */
	if (fd == -1)
		(void)why_errno(why, OUTCOME_BAD, "%s/%s", a->folder, path);
	else if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		(void)why_set(why, OUTCOME_BAD, "%s/%s is no regular file", a->folder, path);
		fd_close(&fd);
	}
	return fd;
}

enum outcome
archive_check(const struct archive *a, const char *sha256, uint64_t *size_bytes, struct why *why)
{
	char         path[72], found[SHA256_HEX];
	struct stat  st;
	int          fd = archive_read(a, sha256, why);
	enum outcome o = OUTCOME_OK;

	if (fd == -1)
		return OUTCOME_BAD;
	archive_path(sha256, path);
	if (fstat(fd, &st) == -1 || sha256_copy(fd, (uint64_t)st.st_size, -1, found) == -1)
		o = why_errno(why, OUTCOME_BAD, "%s/%s", a->folder, path);
	else if (strcmp(found, sha256) != 0)
		o = why_set(why, OUTCOME_BAD, "%s/%s is damaged: its SHA-256 is %.12s...", a->folder, path, found);
	else if (size_bytes != NULL)
		*size_bytes = (uint64_t)st.st_size;
	fd_close(&fd);
	return o;
}
