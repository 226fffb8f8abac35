/*
 * A hoering-fetch that has been taken over: hoering-fetch-evil is hoering-fetch with greet() wrapped by the linker (--wrap), so that a
 * mailbox whose user is "evil:ACT" or "evil:ACT:WHAT" does ACT in the place of hearing the server's first words: after the lock.
 * It ends with the words "evil-succeeded ACT", "evil-failed ACT: why", or by the hand of the kernel. Every other mailbox is served as usual.
 * With HOERING_UNLOCKED in the environment (hoeringd never passes it on) it does not lock: so the test sees that ACT is in earnest.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sandbox.h"
#include "config/conf.h"
#include "daemon/fetch/greet.h"
#include "daemon/fetch/protocol.h"

enum outcome __real_greet(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why);
enum outcome __wrap_greet(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why);
enum outcome __real_sandbox_lock_once(enum sandbox_profile profile, struct why *why);
enum outcome __wrap_sandbox_lock_once(enum sandbox_profile profile, struct why *why);

/* --- files: the database, the archive, the credential of another mailbox --------------------------------------------- */

static long
act_read(const char *what)
{
	return open(what, O_RDONLY);
}

static long
act_write(const char *what)
{
	return open(what, O_RDWR);
}

static long
act_create(const char *what)
{
	return open(what, O_CREAT | O_WRONLY, 0600);
}

static long
act_list(const char *what)
{
	return opendir(what) == NULL ? -1 : 0;
}

static long
act_stat(const char *what)
{
	struct stat st;

	return stat(what, &st);
}

static long
act_unlink(const char *what)
{
	return unlink(what);
}

static long
act_rename(const char *what)
{
	return rename(what, "/tmp/hoering-fetch-evil");
}

static long
act_chmod(const char *what)
{
	return chmod(what, 0777);
}

/* Files and folders that were open when it locked; sockets and pipes are what it lives on. */
static long
act_descriptors(const char *what)
{
	struct stat st;

	(void)what;
	for (int fd = 3; fd < 1024; fd++)
		if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
			return fd;
	return -1;
}

/* Nothing of another mailbox came with the environment. */
static long
act_environment(const char *what)
{
	for (char **e = environ; *e != NULL; e++)
		if (strstr(*e, what) != NULL)
			return 0;
	return -1;
}

/* --- processes: hoeringd, the parser, the other mailboxes ------------------------------------------------------------ */

static long
act_kill(const char *what)
{
	(void)what;
	return kill(getppid(), 0);
}

static long
act_kill_siblings(const char *what)
{
	(void)what;
	for (pid_t p = getppid() + 1; p < getppid() + 100; p++)
		if (p != getpid() && kill(p, 0) == 0)
			return p;
	return -1;
}

static long
act_tgkill(const char *what)
{
	(void)what;
	return syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static long
act_ptrace(const char *what)
{
	(void)what;
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long
act_peek(const char *what)
{
	char         byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	(void)what;
	return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long
act_parent_memory(const char *what)
{
	char path[64];

	(void)what;
	(void)snprintf(path, sizeof path, "/proc/%d/mem", getppid());
	return open(path, O_RDONLY);
}

static long
act_pidfd(const char *what)
{
	(void)what;
	return syscall(SYS_pidfd_open, getppid(), 0);
}

static long
act_exec(const char *what)
{
	char *argv[] = { (char *)(uintptr_t)what, NULL };

	return execve(what, argv, NULL);
}

static long
act_fork(const char *what)
{
	(void)what;
	return fork();
}

/* --- the network, the kernel ------------------------------------------------------------------------------------------ */

static long
act_socket(const char *what)
{
	(void)what;
	return socket(AF_INET, SOCK_STREAM, 0);
}

/* The control socket of hoeringd, over a socket that is open already. */
static long
act_control(const char *what)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	(void)snprintf(sun.sun_path, sizeof sun.sun_path, "%s", what);
	return connect(FETCH_FD, (struct sockaddr *)&sun, sizeof sun);
}

static long
act_mmap_exec(const char *what)
{
	(void)what;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long
act_dumpable(const char *what)
{
	(void)what;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
act_raise_limit(const char *what)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };

	(void)what;
	return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &more, NULL);
}

static long
act_namespace(const char *what)
{
	(void)what;
	return unshare(CLONE_NEWUSER);
}

static long
act_io_uring(const char *what)
{
	char params[256] = { 0 };

	(void)what;
	return syscall(SYS_io_uring_setup, 4, params);
}

/* --- lies to hoeringd: a mail that is not what it says. They end by the hand of hoeringd. --------------------------------- */

static void
say(uint32_t kind, uint32_t uid, uint64_t size_bytes, int fd)
{
	struct fetch_record r = { .kind = kind, .uidvalidity = 7, .uid = uid, .exists = 1, .uidnext = 2, .size_bytes = size_bytes };

	(void)fd_send(FETCH_FD, &r, sizeof r, fd);
}

static int
mail(int seal)
{
	static const char text[] = "Subject: evil\r\n\r\nevil\r\n";
	int               fd = memfd_create("evil", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd_write_full(fd, text, 24) == -1 || (seal && fd_seal(fd) == -1))
		return -1;
	return fd;
}

static long
wait_for_the_end(void)
{
	char byte[4096];

	while (recv(FETCH_FD, byte, sizeof byte, 0) > 0)
		;
	return -1;
}

static long
act_unsealed(const char *what)
{
	(void)what;
	say(FETCH_SELECTED, 0, 0, -1);
	say(FETCH_MAIL, 1, 24, mail(0));
	return wait_for_the_end();
}

static long
act_wrong_size(const char *what)
{
	(void)what;
	say(FETCH_SELECTED, 0, 0, -1);
	say(FETCH_MAIL, 1, 1 << 20, mail(1));
	return wait_for_the_end();
}

static long
act_no_mail(const char *what)
{
	(void)what;
	say(FETCH_SELECTED, 0, 0, -1);
	say(FETCH_MAIL, 1, 24, -1);
	return wait_for_the_end();
}

static long
act_socket_for_mail(const char *what)
{
	(void)what;
	say(FETCH_SELECTED, 0, 0, -1);
	say(FETCH_MAIL, 1, 0, FETCH_FD);
	return wait_for_the_end();
}

static long
act_before_selected(const char *what)
{
	(void)what;
	say(FETCH_MAIL, 1, 24, mail(1));
	return wait_for_the_end();
}

static long
act_garbage(const char *what)
{
	(void)what;
	(void)send(FETCH_FD, "garbage", 7, MSG_NOSIGNAL);
	return wait_for_the_end();
}

static long
act_orders(const char *what)
{
	(void)what;
	say(FETCH_QUIT, 0, 0, -1);
	return wait_for_the_end();
}

static const struct {
	const char *name;
	long      (*run)(const char *what);
} acts[] = {
	{ "read", act_read }, { "write", act_write }, { "create", act_create }, { "list", act_list }, { "stat", act_stat },
	{ "unlink", act_unlink }, { "rename", act_rename }, { "chmod", act_chmod }, { "descriptors", act_descriptors },
	{ "environment", act_environment }, { "kill", act_kill }, { "kill-siblings", act_kill_siblings }, { "tgkill", act_tgkill },
	{ "ptrace", act_ptrace }, { "peek", act_peek }, { "parent-memory", act_parent_memory }, { "pidfd", act_pidfd },
	{ "exec", act_exec }, { "fork", act_fork }, { "socket", act_socket }, { "control", act_control }, { "mmap-exec", act_mmap_exec },
	{ "dumpable", act_dumpable }, { "raise-limit", act_raise_limit }, { "namespace", act_namespace }, { "io_uring", act_io_uring },
	{ "unsealed", act_unsealed }, { "wrong-size", act_wrong_size }, { "no-mail", act_no_mail },
	{ "socket-for-mail", act_socket_for_mail }, { "before-selected", act_before_selected }, { "garbage", act_garbage },
	{ "orders", act_orders },
};

enum outcome
__wrap_greet(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why)
{
	const char *act = m->user + strlen("evil:"), *what;
	size_t      i, n;
	long        result;

	if (strncmp(m->user, "evil:", 5) != 0)
		return __real_greet(s, m, trust, why);
	n = strcspn(act, ":");
	what = act[n] == ':' ? act + n + 1 : "";
	for (i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		if (strlen(acts[i].name) != n || strncmp(acts[i].name, act, n) != 0)
			continue;
		errno = 0;
		result = acts[i].run(what);
		if (result == -1)
			return why_errno(why, OUTCOME_LOST, "evil-failed %s", acts[i].name);
		return why_set(why, OUTCOME_LOST, "evil-succeeded %s", acts[i].name);
	}
	return why_set(why, OUTCOME_REFUSED, "evil-unknown");
}

enum outcome
__wrap_sandbox_lock_once(enum sandbox_profile profile, struct why *why)
{
	return getenv("HOERING_UNLOCKED") != NULL ? OUTCOME_OK : __real_sandbox_lock_once(profile, why);
}
