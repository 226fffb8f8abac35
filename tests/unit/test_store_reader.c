/*
 * The stock sqlite3 shell as another user of the group: reads while the daemon writes, after it was killed, after it has
 * stopped; and whatever that reader does, the daemon goes on. Needs root (to be two users) and the shell; says so without.
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/store/read.h"
#include "tests/unit/tap.h"
#include "tests/unit/test_store_fixture.h"

/* Numbers are enough to be a user; nobody else has these. */
#define WRITER		61001
#define READER		61002
#define STRANGER	61003
#define GROUP		61000

static void
become(uid_t uid, gid_t gid)
{
	if (setgroups(1, &gid) == -1 || setgid(gid) == -1 || setuid(uid) == -1)
		_exit(99);
}

/* Another process at the other end of a pipe: one byte asks, one byte answers. */
struct other { pid_t pid; int ask, answer; };

static int
exchange(const struct other *o, char what)
{
	char answer = '?';

	return write(o->ask, &what, 1) == 1 && read(o->answer, &answer, 1) == 1 && answer == 'k';
}

static struct other
start(const struct fixture *f, uid_t uid, void (*serve)(const struct fixture *, int ask, int answer))
{
	struct other o = { .pid = -1 };
	int          ask[2], answer[2];

	(void)fflush(stdout);
	if (pipe(ask) == -1 || pipe(answer) == -1 || (o.pid = fork()) == -1)
		exit(1);
	if (o.pid == 0) {
		(void)close(ask[1]);
		(void)close(answer[0]);
		become(uid, GROUP);
		serve(f, ask[0], answer[1]);
		_exit(0);
	}
	(void)close(ask[0]);
	(void)close(answer[1]);
	o.ask = ask[1];
	o.answer = answer[0];
	return o;
}

static int
stop(struct other *o, int with_signal)
{
	int status = 0;

	if (with_signal)
		(void)kill(o->pid, SIGKILL);
	(void)close(o->ask);
	(void)close(o->answer);
	(void)waitpid(o->pid, &status, 0);
	return status;
}

/* The daemon's part: a copy each time it is asked, until the pipe closes; then it closes the database. */
static void
serve_writer(const struct fixture *shared, int ask, int answer)
{
	struct fixture f = *shared;
	struct why     why = { .text = "" };
	char           hash[65], what;

	(void)umask(027);
	fixture_must(store_open(f.database, &f.store, &why), &why, "store_open as the daemon");
	fixture_must(store_last_event(f.store, &f.seq, hash, &why), &why, "store_last_event");
	while (read(ask, &what, 1) == 1) {
		(void)copy(&f, (unsigned)f.seq + 1, "aar", f.seq + 1, AT_OPENING);
		if (write(answer, "k", 1) != 1)
			break;
	}
	store_close(&f.store);
}

static int
forget(void *arg, int n, const char *const *names, const char *const *values)
{
	(void)arg;
	(void)n;
	(void)names;
	(void)values;
	return 0;
}

/* An operator who opens a transaction, reads, and goes to lunch. */
static void
serve_holder(const struct fixture *f, int ask, int answer)
{
	struct store *s = NULL;
	struct why    why = { .text = "" };
	char          what;

	if (read(ask, &what, 1) != 1)
		return;
	fixture_must(read_open(f->database, &s, &why), &why, "read_open as the reader");
	fixture_must(read_begin(s, &why), &why, "read_begin");
	fixture_must(read_rows(s, READ_COPIES, 1, forget, NULL, &why), &why, "read_rows");
	if (write(answer, "k", 1) == 1)
		(void)read(ask, &what, 1);
	read_end(s);
	store_close(&s);
}

/* How many copies the stock shell counts as this user; -1 when it cannot. */
static int
counted_by(const struct fixture *f, uid_t uid, gid_t gid)
{
	int   out[2], n = -1, status;
	char  text[64] = "";
	pid_t pid;

	(void)fflush(stdout);
	if (pipe(out) == -1 || (pid = fork()) == -1)
		exit(1);
	if (pid == 0) {
		become(uid, gid);
		(void)dup2(out[1], 1);
		if (uid == STRANGER)	/* its complaint is what we want */
			(void)dup2(out[1], 2);
		(void)execlp("sqlite3", "sqlite3", "-readonly", "-bail", f->database, "SELECT count(*) FROM copies", (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	if (read(out[0], text, sizeof text - 1) > 0)
		n = atoi(text);
	(void)close(out[0]);
	(void)waitpid(pid, &status, 0);
	return status == 0 ? n : -1;
}

static int
owned_by_writer(const struct fixture *f, const char *end)
{
	struct stat st;
	char        path[200];

	(void)snprintf(path, sizeof path, "%s%s", f->database, end);
	return stat(path, &st) == 0 && st.st_uid == WRITER && st.st_gid == GROUP && (st.st_mode & 07777) == 0640;
}

static void
test_both(struct fixture *f)
{
	struct other w = start(f, WRITER, serve_writer), h;
	int          n = 0;

	for (; n < 50; n++)
		if (!exchange(&w, 'w'))
			break;
	TAP_CHECK("the daemon writes", n == 50);
	TAP_CHECK("read while it has the database open", counted_by(f, READER, GROUP) == n);
	TAP_CHECK("not by who is not in the group", counted_by(f, STRANGER, STRANGER) == -1);
	h = start(f, READER, serve_holder);
	TAP_CHECK("a reader holds a transaction open", exchange(&h, 'r'));
	for (int more = 0; more < 50; more++)
		n += exchange(&w, 'w');
	TAP_CHECK("which stops nobody", n == 100 && counted_by(f, READER, GROUP) == n);
	(void)stop(&w, 1);
	TAP_CHECK("read after kill -9, beside the other reader", counted_by(f, READER, GROUP) == n);
	(void)stop(&h, 0);
	TAP_CHECK("read after kill -9", counted_by(f, READER, GROUP) == n);
	h = start(f, READER, serve_holder);
	TAP_CHECK("a reader is there first", exchange(&h, 'r'));
	w = start(f, WRITER, serve_writer);
	n += exchange(&w, 'w');
	TAP_CHECK("and the daemon comes back", n == 101 && counted_by(f, READER, GROUP) == n);
	TAP_CHECK("and stops, cleanly", stop(&w, 0) == 0);
	(void)stop(&h, 0);
	TAP_CHECK("read after a clean stop", counted_by(f, READER, GROUP) == n);
	w = start(f, WRITER, serve_writer);
	TAP_CHECK("and starts again", exchange(&w, 'w') && stop(&w, 0) == 0 && counted_by(f, READER, GROUP) == n + 1);
	TAP_CHECK("all files are the daemon's", owned_by_writer(f, "") && owned_by_writer(f, "-wal") && owned_by_writer(f, "-shm"));
}

int
main(void)
{
	struct fixture f;

	if (geteuid() != 0 || system("command -v sqlite3 >/dev/null 2>&1") != 0) {
		(void)printf("ok the second user # SKIP needs root and the sqlite3 shell\n");
		return 0;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	fixture_open(&f);
	store_close(&f.store);
	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = { "", "-wal", "-shm" };
		char                     path[200];

		(void)snprintf(path, sizeof path, "%s%s", f.database, ends[i]);
		if (chown(path, WRITER, GROUP) == -1 && errno != ENOENT)
			return 1;
	}
	if (chown(f.folder, WRITER, GROUP) == -1 || chmod(f.folder, 0750) == -1)
		return 1;
	test_both(&f);
	fixture_close(&f);
	return tap_end();
}
