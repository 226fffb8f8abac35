/* The journal on a real disk: what is synced is read back, a torn line is cut, every other fault is refused. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/journal.h"
#include "tests/unit/tap.h"

static char folder[64], journal_folder[96], file[160];

struct seen {
	size_t   n;
	uint64_t last;
	char     detail[4096], actor[100];
};

static enum outcome
see(void *arg, const struct journal_entry *e, struct why *why)
{
	struct seen *s = arg;

	(void)why;
	s->n++;
	s->last = e->seq;
	(void)snprintf(s->detail, sizeof s->detail, "%s", e->detail);
	(void)snprintf(s->actor, sizeof s->actor, "%s", e->actor);
	return OUTCOME_OK;
}

static enum outcome
add(struct journal *j, const char *value)
{
	char                 detail[4096] = "";
	struct journal_entry e = { .actor = "uid=1000(kari nordmann\n)", .action = "refile",
		.object = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" };
	struct why           why;

	if (!journal_detail_add(detail, sizeof detail, "reason", value))
		return OUTCOME_REFUSED;
	e.detail = detail;
	return journal_append(j, &e, &why);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 ? -1 : st.st_size;
}

static void
test_roundtrip(void)
{
	struct journal *j = NULL;
	struct why      why = { .text = "" };
	struct seen     s = { .n = 0 };
	char            value[200];
	const char     *hostile = "æ = b\tc\nd\\x41 \x7f";

	TAP_CHECK("a new journal opens", journal_open(journal_folder, 1, &j, &why) == OUTCOME_OK && journal_last_seq(j) == 0);
	TAP_CHECK("lines are added", add(j, "first") == OUTCOME_OK && add(j, hostile) == OUTCOME_OK);
	TAP_CHECK("nothing is on disk before the sync", size_of(file) == 0);
	TAP_CHECK("they are synced", journal_sync(j, &why) == OUTCOME_OK && size_of(file) > 0);
	TAP_CHECK("both are read back", journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_OK && s.n == 2 && s.last == 2);
	TAP_CHECK("hostile bytes come back the same",
	    journal_detail(s.detail, "reason", value, sizeof value) && strcmp(value, hostile) == 0);
	TAP_CHECK("a line break of an actor does not break the line", strcmp(s.actor, "uid=1000(kari nordmann\\x0a)") == 0);
	TAP_CHECK("a key that is not there is not found", !journal_detail(s.detail, "reas", value, sizeof value));
	TAP_CHECK("a value that does not fit is told", !journal_detail(s.detail, "reason", value, 3));
	s.n = 0;
	TAP_CHECK("reading starts after a line", journal_read(journal_folder, 1, see, &s, &why) == OUTCOME_OK && s.n == 1);
	journal_close(&j);
}

static void
test_rollback(void)
{
	struct journal *j = NULL;
	struct why      why;
	struct seen     s = { .n = 0 };
	char            hash[65];

	TAP_CHECK("it opens again at its end", journal_open(journal_folder, 0, &j, &why) == OUTCOME_OK && journal_last_seq(j) == 2);
	memcpy(hash, journal_last_hash(j), sizeof hash);
	TAP_CHECK("a line is taken back", add(j, "never") == OUTCOME_OK && journal_rollback(j, &why) == OUTCOME_OK &&
	    journal_last_seq(j) == 2 && strcmp(hash, journal_last_hash(j)) == 0);
	TAP_CHECK("the next takes its number", add(j, "third") == OUTCOME_OK && journal_sync(j, &why) == OUTCOME_OK &&
	    journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_OK && s.n == 3 && s.last == 3);
	journal_close(&j);
}

/* How many lines are read from, and are believed when it is opened, after `bytes` of the file; -1: they differ, or what is left is not whole. */
static int
lines_of(const char *content, size_t bytes)
{
	struct journal *j = NULL;
	struct why      why;
	struct seen     s = { .n = 0 };
	FILE           *f = fopen(file, "w");
	int             n = -1;

	if (f == NULL || fwrite(content, 1, bytes, f) != bytes || fclose(f) != 0)
		abort();
	if (journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_OK && journal_open(journal_folder, 0, &j, &why) == OUTCOME_OK &&
	    journal_trim(j, &why) == OUTCOME_OK && journal_last_seq(j) == (uint64_t)s.n && add(j, "goes on") == OUTCOME_OK &&
	    journal_sync(j, &why) == OUTCOME_OK)
		n = (int)s.n;
	journal_close(&j);
	s.n = 0;
	return journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_OK && (int)s.n == n + 1 ? n : -1;
}

/* A decision of three lines, cut by a crash at each byte: all of it or nothing. */
static void
test_together(void)
{
	struct journal *j = NULL;
	struct why      why;
	char            content[4000], detail[200];
	size_t          alone, whole, at;
	int             sound = 1, fd;

	(void)snprintf(journal_folder, sizeof journal_folder, "%s/together", folder);
	(void)snprintf(file, sizeof file, "%s/000000000001.log", journal_folder);
	sound &= journal_open(journal_folder, 1, &j, &why) == OUTCOME_OK && add(j, "alone") == OUTCOME_OK && journal_sync(j, &why) == OUTCOME_OK;
	alone = (size_t)size_of(file);
	for (int i = 0; i < 3; i++) {
		struct journal_entry e = { .actor = "a", .action = "relate", .object = "-", .detail = detail };

		(void)snprintf(detail, sizeof detail, "reason=%d%s", i, i < 2 ? JOURNAL_WITH_NEXT : "");
		sound &= journal_append(j, &e, &why) == OUTCOME_OK;
	}
	sound &= journal_sync(j, &why) == OUTCOME_OK;
	journal_close(&j);
	whole = (size_t)size_of(file);
	fd = open(file, O_RDONLY);
	TAP_CHECK("lines that go together are written", sound && whole < sizeof content && fd != -1 && read(fd, content, whole) == (ssize_t)whole);
	(void)close(fd);
	for (at = alone; at < whole && lines_of(content, at) == 1; at++)
		;
	TAP_CHECK("none of them is read while the last is not whole", at == whole);
	TAP_CHECK("and then all are", lines_of(content, whole) == 4);
}

/* Puts `bytes` at `at` of the file (at -1: at its end). */
static void
damage(off_t at, const char *bytes)
{
	int fd = open(file, O_WRONLY | (at == -1 ? O_APPEND : 0));

	if (fd == -1 || (at != -1 && lseek(fd, at, SEEK_SET) == -1) || write(fd, bytes, strlen(bytes)) == -1)
		abort();
	(void)close(fd);
}

static void
test_damage(void)
{
	struct journal *j = NULL;
	struct why      why = { .text = "" };
	struct seen     s = { .n = 0 };
	off_t           whole = size_of(file);

	damage(-1, "4\t2026-01-01T00:00:00Z\thoer");
	TAP_CHECK("a torn line is not cut off before it is asked for", journal_open(journal_folder, 0, &j, &why) == OUTCOME_OK &&
	    journal_last_seq(j) == 3 && size_of(file) > whole);
	TAP_CHECK("a torn line is cut off", journal_trim(j, &why) == OUTCOME_OK && size_of(file) == whole);
	TAP_CHECK("and the chain goes on", add(j, "fourth") == OUTCOME_OK && journal_sync(j, &why) == OUTCOME_OK &&
	    journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_OK && s.n == 4);
	journal_close(&j);
	damage(whole / 2, "!");
	TAP_CHECK("a changed byte is refused", journal_open(journal_folder, 0, &j, &why) == OUTCOME_REFUSED && j == NULL);
	TAP_CHECK("with the file named", strstr(why.text, "000000000001.log") != NULL);
	TAP_CHECK("reading refuses it too", journal_read(journal_folder, 0, see, &s, &why) == OUTCOME_REFUSED);
}

int
main(void)
{
	char command[100];

	(void)snprintf(folder, sizeof folder, "/tmp/test_journal.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 99;
	(void)snprintf(journal_folder, sizeof journal_folder, "%s/journal", folder);
	(void)snprintf(file, sizeof file, "%s/000000000001.log", journal_folder);
	test_roundtrip();
	test_rollback();
	test_damage();
	test_together();
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		return 99;
	return tap_end();
}
