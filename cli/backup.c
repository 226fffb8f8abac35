/* hoering backup: database, journal, originals and register as of one moment, in a new folder, while everything runs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/verify.h"
#include "daemon/archive.h"
#include "daemon/journal.h"
#include "daemon/store/changes.h"
#include "daemon/store/registry.h"

#define PATH_BYTES	4200
#define BLOCK_BYTES	(256 * 1024)

/*
 * The order is that of the line turned round: the database first, then the journal, which has at least its lines, then the
 * originals, which have at least what the journal names. So nothing in a later copy is missing from an earlier one.
 */
struct backup {
	const struct conf *conf;
	char               dest[PATH_BYTES], partial[PATH_BYTES + 16];
	int                from, to;		/* the archive's folders */
	int                held;		/* DEST.partial, locked */
	uint64_t           linked, copied;
};

static enum outcome
make_folder(const char *path, struct why *why)
{
	return mkdir(path, 0750) == 0 ? OUTCOME_OK : why_errno(why, OUTCOME_REFUSED, "%s", path);
}

static enum outcome
sync_folder(const char *path, struct why *why)
{
	int          fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum outcome o = fd == -1 || fsync(fd) == -1 ? why_errno(why, OUTCOME_DEFER, "%s: fsync", path) : OUTCOME_OK;

	fd_close(&fd);
	return o;
}

/* Bytes of `in` from its start to a new file, durable. With `lines` no further than the last line break: the rest is being written. */
static enum outcome
copy_bytes(int in, int out, int lines, const char *name, struct why *why)
{
	char        *block = malloc(BLOCK_BYTES);
	off_t        n = 0, whole = 0;
	ssize_t      got = 1;
	enum outcome o = block == NULL ? why_set(why, OUTCOME_DEFER, "no memory") : OUTCOME_OK;

	while (o == OUTCOME_OK && (got = read(in, block, BLOCK_BYTES)) > 0) {
		const char *end = memrchr(block, '\n', (size_t)got);

		if (fd_write_full(out, block, (size_t)got) == -1)
			o = why_errno(why, OUTCOME_DEFER, "%s: write", name);
		whole = end != NULL ? n + (end - block) + 1 : whole;
		n += got;
	}
	if (o == OUTCOME_OK && got == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s: read", name);
	if (o == OUTCOME_OK && ((lines && ftruncate(out, whole) == -1) || fsync(out) == -1))
		o = why_errno(why, OUTCOME_DEFER, "%s: write", name);
	free(block);
	return o;
}

static enum outcome
copy_file(int from, const char *name, int to, const char *to_name, int lines, mode_t mode, struct why *why)
{
	int          in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), out = -1;
	enum outcome o;

	if (in == -1)
		return why_errno(why, OUTCOME_BAD, "%s", name);
	out = openat(to, to_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	o = out == -1 ? why_errno(why, OUTCOME_DEFER, "%s", to_name) : copy_bytes(in, out, lines, name, why);
	fd_close(&in);
	fd_close(&out);
	return o;
}

static enum outcome
copy_journal(struct backup *b, struct why *why)
{
	char            path[PATH_BYTES + 64], to_path[PATH_BYTES + 64];
	struct dirent **names = NULL;
	int             from, to, n;
	enum outcome    o;

	(void)snprintf(path, sizeof path, "%s/journal", b->conf->archive);
	(void)snprintf(to_path, sizeof to_path, "%s/archive/journal", b->partial);
	o = make_folder(to_path, why);
	if (o != OUTCOME_OK)
		return o;
	from = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	to = open(to_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	n = from == -1 || to == -1 ? -1 : scandir(path, &names, NULL, alphasort);
	if (n == -1)
		o = why_errno(why, OUTCOME_REFUSED, "%s", path);
	for (int i = 0; i < n; i++) {
		if (o == OUTCOME_OK && names[i]->d_name[0] != '.')
			o = copy_file(from, names[i]->d_name, to, names[i]->d_name, 1, 0640, why);
		free(names[i]);
	}
	free(names);
	fd_close(&from);
	fd_close(&to);
	return o == OUTCOME_OK ? sync_folder(to_path, why) : o;
}

/* One original: it never changes, so a second name for it is a copy, where the file system and its rules allow one. */
static enum outcome
take_original(struct backup *b, const char *sha256, struct why *why)
{
	char         path[72], shelf[3] = { sha256[0], sha256[1], '\0' };
	enum outcome o;

	archive_path(sha256, path);
	if (mkdirat(b->to, shelf, 0750) == -1 && errno != EEXIST)
		return why_errno(why, OUTCOME_DEFER, "%s/archive/%s", b->partial, shelf);
	if (linkat(b->from, path, b->to, path, 0) == 0) {
		b->linked++;
		return OUTCOME_OK;
	}
	if (errno == EEXIST)
		return OUTCOME_OK;
	o = copy_file(b->from, path, b->to, path, 0, 0440, why);
	b->copied += o == OUTCOME_OK;
	return o == OUTCOME_BAD ? OUTCOME_OK : o;	/* not there: erased, or a fault that the verification at the end tells */
}

/* For journal_read() over the copied journal. */
static enum outcome
take_line(void *arg, const struct journal_entry *e, struct why *why)
{
	return strcmp(e->action, "copy") == 0 && strlen(e->object) == 64 ? take_original(arg, e->object, why) : OUTCOME_OK;
}

static enum outcome
take_originals(struct backup *b, struct why *why)
{
	char         path[PATH_BYTES + 64], journal[PATH_BYTES + 64];
	enum outcome o = OUTCOME_OK;

	(void)snprintf(path, sizeof path, "%s/archive", b->partial);
	(void)snprintf(journal, sizeof journal, "%s/archive/journal", b->partial);
	b->from = open(b->conf->archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	b->to = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->from == -1 || b->to == -1)
		o = why_errno(why, OUTCOME_REFUSED, "%s", b->from == -1 ? b->conf->archive : path);
	if (o == OUTCOME_OK)
		o = copy_file(b->from, "erase.key", b->to, "erase.key", 0, 0400, why);
	if (o == OUTCOME_BAD && why->code != ENOENT)
		o = why_set(why, OUTCOME_REFUSED, "%s/erase.key: %s: without the key by which erased mail is known again it would be no backup",
		    b->conf->archive, strerror(why->code));
	if (o == OUTCOME_BAD)	/* nothing was erased yet, or the verification at the end tells */
		o = OUTCOME_OK;
	if (o == OUTCOME_OK)
		o = journal_read(journal, 0, take_line, b, why);
	/* The bytes of links are durable already, those of copies as well; the names are not yet. */
	if (o == OUTCOME_OK && syncfs(b->to) == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s: syncfs", path);
	fd_close(&b->from);
	fd_close(&b->to);
	return o;
}

static enum outcome
copy_register(const struct backup *b, struct why *why)
{
	char         from[1100], to[PATH_BYTES + 64];
	enum outcome o;

	registry_path(b->conf->database, from);
	if (access(from, F_OK) == -1 && errno == ENOENT)
		return OUTCOME_OK;
	(void)snprintf(to, sizeof to, "%s/hoeringd.db.registry", b->partial);
	o = copy_file(AT_FDCWD, from, AT_FDCWD, to, 0, 0640, why);
	return o;
}

/* --- what an unfinished one has left ------------------------------------------------------------------------------------- */

/* Entries of the folder that a backup makes none of; -1 with errno. */
static int
count_foreign(const char *path)
{
	static const char *const ours[] = { ".", "..", "hoeringd.db", "hoeringd.db-journal", "hoeringd.db-wal", "hoeringd.db-shm",
		"hoeringd.db.registry", "archive" };
	DIR                 *d = opendir(path);
	const struct dirent *e;
	int                  n = 0, known;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL) {
		known = 0;
		for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
			known |= strcmp(e->d_name, ours[i]) == 0;
		n += !known;
	}
	(void)closedir(d);
	return n;
}

/* For nftw(). An original loses one of its names here, never its bytes. */
static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/*
 * Takes DEST.partial of one that failed or was killed away, and makes it anew, held by a lock while it grows: a backup that runs beside us
 * is no leftover. What a backup has not made is never removed.
 */
static enum outcome
begin_partial(struct backup *b, struct why *why)
{
	int foreign;

	b->held = open(b->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (b->held == -1 && errno != ENOENT)
		return why_errno(why, OUTCOME_REFUSED, "%s is in the way: remove it", b->partial);
	if (b->held != -1) {
		if (flock(b->held, LOCK_EX | LOCK_NB) == -1)
			return why_set(why, OUTCOME_DEFER, "%s is being made by another hoering backup", b->partial);
		foreign = count_foreign(b->partial);
		if (foreign != 0)
			return why_set(why, OUTCOME_REFUSED, "%s is in the way and holds what is of no backup: move it away", b->partial);
		if (nftw(b->partial, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
			return why_errno(why, OUTCOME_REFUSED, "%s is left from another backup and cannot be removed: remove it", b->partial);
		fd_close(&b->held);
	}
	if (make_folder(b->partial, why) != OUTCOME_OK)
		return OUTCOME_REFUSED;
	b->held = open(b->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (b->held == -1 || flock(b->held, LOCK_EX | LOCK_NB) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s", b->partial);
	return OUTCOME_OK;
}

static enum outcome
copy_all(struct backup *b, struct why *why)
{
	char         path[PATH_BYTES + 64];
	enum outcome o = begin_partial(b, why);

	(void)snprintf(path, sizeof path, "%s/hoeringd.db", b->partial);
	if (o == OUTCOME_OK)
		o = changes_backup(b->conf->database, path, why);
	if (o == OUTCOME_OK)
		o = copy_register(b, why);
	(void)snprintf(path, sizeof path, "%s/archive", b->partial);
	if (o == OUTCOME_OK)
		o = make_folder(path, why);
	if (o == OUTCOME_OK)
		o = copy_journal(b, why);
	if (o == OUTCOME_OK)
		o = take_originals(b, why);
	return o == OUTCOME_OK ? sync_folder(b->partial, why) : o;
}

/* Only what has been read again and found whole gets the name that was asked for. */
static int
verify_copy(const struct backup *b)
{
	char database[PATH_BYTES + 64], archive[PATH_BYTES + 64], parent[PATH_BYTES];
	struct why why;
	int  status;

	(void)snprintf(database, sizeof database, "%s/hoeringd.db", b->partial);
	(void)snprintf(archive, sizeof archive, "%s/archive", b->partial);
	status = verify_files(database, archive, &(struct verify_pace){ 0 });
	if (status != EX_OK)
		return complain(status, "%s is not whole and stays under that name: look with hoering verify whether the original is, then try again",
		    b->partial);
	if (rename(b->partial, b->dest) == -1)
		return complain(EX_CANTCREAT, "%s: %s", b->dest, strerror(errno));
	(void)snprintf(parent, sizeof parent, "%s", b->dest);
	*(strrchr(parent, '/') + 1) = '\0';
	return conclude(sync_folder(parent, &why), &why);
}

int
command_backup(struct invocation *in, int argc, char **argv)
{
	struct backup b = { .conf = in->conf, .from = -1, .to = -1, .held = -1 };
	struct why    why;
	char          folder[PATH_BYTES / 2] = "";
	size_t        n;
	int           status;

	if (argc != 2 || argv[1][0] == '\0')
		return usage_error(in);
	if (argv[1][0] != '/' && getcwd(folder, sizeof folder - 1) == NULL)
		return complain(EX_OSERR, "the current folder: %s", strerror(errno));
	n = strlen(argv[1]);
	while (n > 1 && argv[1][n - 1] == '/')
		n--;
	if (strlen(folder) + n + 2 > sizeof b.dest)
		return complain(EX_USAGE, "the name of the folder is too long");
	(void)snprintf(b.dest, sizeof b.dest, "%s%s%.*s", folder, folder[0] != '\0' ? "/" : "", (int)n, argv[1]);
	(void)snprintf(b.partial, sizeof b.partial, "%s.partial", b.dest);
	if (access(b.dest, F_OK) == 0)
		return complain(EX_CANTCREAT, "%s is there already: a backup is a new folder", b.dest);
	(void)umask(0027);
	status = conclude(copy_all(&b, &why), &why);
	if (status == EX_OK)
		status = verify_copy(&b);
	fd_close(&b.held);
	if (status == EX_OK)
		(void)printf("%s: %llu originals linked, %llu copied\n", b.dest, (unsigned long long)b.linked, (unsigned long long)b.copied);
	return status;
}
