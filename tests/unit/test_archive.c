/* The archive on a real disk: once written, read back byte for byte, damage seen and mended, nothing half there. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/archive.h"
#include "tests/unit/tap.h"

/* Of "hello\n" (FIPS 180-4; sha256sum says the same). */
#define HELLO_SHA "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

static char folder[64];

static int
memory(const char *s)
{
	int fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1 || fd_write_full(fd, s, strlen(s)) == -1 || fd_seal(fd) == -1)
		abort();
	return fd;
}

static int
is_there(const char *name)
{
	char        path[256];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return stat(path, &st) == 0;
}

static void
test_write(struct archive *a)
{
	struct why why;
	char       sha[65], path[72], back[16] = "";
	uint64_t   size = 0;
	int        fd = memory("hello\n"), in;

	archive_path(HELLO_SHA, path);
	TAP_CHECK("an original is added", archive_add(a, fd, 6, sha, &why) == OUTCOME_OK && strcmp(sha, HELLO_SHA) == 0);
	TAP_CHECK("it has no name before the sync", !is_there(path));
	TAP_CHECK("the same again in one batch is one", archive_add(a, fd, 6, sha, &why) == OUTCOME_OK);
	TAP_CHECK("then it is synced", archive_sync(a, &why) == OUTCOME_OK && is_there(path));
	in = archive_read(a, HELLO_SHA, &why);
	TAP_CHECK("it reads back", in != -1 && read(in, back, sizeof back) == 6 && strcmp(back, "hello\n") == 0);
	fd_close(&in);
	TAP_CHECK("its hash holds", archive_check(a, HELLO_SHA, &size, &why) == OUTCOME_OK && size == 6);
	TAP_CHECK("coming again changes nothing", archive_add(a, fd, 6, sha, &why) == OUTCOME_OK && archive_sync(a, &why) == OUTCOME_OK);
	TAP_CHECK("a size that lies is refused", archive_add(a, fd, 7, sha, &why) == OUTCOME_DEFER);
	fd_close(&fd);
}

static void
test_rollback(struct archive *a)
{
	struct why why;
	char       sha[65], path[72];
	int        fd = memory("never promised\n");

	TAP_CHECK("one more is added", archive_add(a, fd, 15, sha, &why) == OUTCOME_OK);
	archive_rollback(a);
	archive_path(sha, path);
	TAP_CHECK("and taken back", archive_sync(a, &why) == OUTCOME_OK && !is_there(path) && !is_there("tmp/0"));
	fd_close(&fd);
}

static void
test_damage(struct archive *a)
{
	struct why why = { .text = "" };
	char       sha[65], path[72], full[200];
	int        fd, out;

	archive_path(HELLO_SHA, path);
	(void)snprintf(full, sizeof full, "%s/%s", folder, path);
	if (chmod(full, 0640) == -1 || (out = open(full, O_WRONLY)) == -1 || write(out, "J", 1) != 1)
		abort();
	(void)close(out);
	TAP_CHECK("damage is seen", archive_check(a, HELLO_SHA, NULL, &why) == OUTCOME_BAD && strstr(why.text, "damaged") != NULL);
	fd = memory("hello\n");
	TAP_CHECK("the mail coming again mends it", archive_add(a, fd, 6, sha, &why) == OUTCOME_OK &&
	    archive_sync(a, &why) == OUTCOME_OK && archive_check(a, HELLO_SHA, NULL, &why) == OUTCOME_OK);
	fd_close(&fd);
	(void)unlink(full);
	TAP_CHECK("a missing one is told", archive_check(a, HELLO_SHA, NULL, &why) == OUTCOME_BAD);
	TAP_CHECK("a pipe in its place is told, not waited for", mkfifo(full, 0600) == 0 &&
	    archive_check(a, HELLO_SHA, NULL, &why) == OUTCOME_BAD && strstr(why.text, "no regular file") != NULL && unlink(full) == 0);
}

/* Two databases on one archive have each a lock of its own. */
static void
test_one_writer(struct archive *a)
{
	struct archive *other = NULL;
	struct why      why = { .text = "" };
	char            sha[65], path[72];
	int             fd = memory("on its way\n");

	TAP_CHECK("a mail is on its way", archive_add(a, fd, 11, sha, &why) == OUTCOME_OK);
	TAP_CHECK("a second writer is refused", archive_open(folder, 1, &other, &why) == OUTCOME_REFUSED && other == NULL &&
	    strstr(why.text, "one writer at a time") != NULL);
	archive_path(sha, path);
	TAP_CHECK("and has not cleared the first one's tmp", archive_sync(a, &why) == OUTCOME_OK && is_there(path));
	TAP_CHECK("a reader is none", archive_open(folder, 0, &other, &why) == OUTCOME_OK);
	archive_close(&other);
	fd_close(&fd);
}

int
main(void)
{
	struct archive *a = NULL;
	struct why      why;
	char            command[100];

	(void)snprintf(folder, sizeof folder, "/tmp/test_archive.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 99;
	TAP_CHECK("the archive opens", archive_open(folder, 1, &a, &why) == OUTCOME_OK);
	if (a == NULL)
		return 1;
	test_write(a);
	test_rollback(a);
	test_damage(a);
	test_one_writer(a);
	archive_close(&a);
	TAP_CHECK("after it there may be another", archive_open(folder, 1, &a, &why) == OUTCOME_OK);
	archive_close(&a);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		return 99;
	return tap_end();
}
