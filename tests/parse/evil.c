/*
 * A parser that has been taken over: hoering-parse-evil is hoering-parse with child_run() wrapped by the linker (--wrap), so that
 * a mail beginning with "X-Evil: ACT" does ACT from inside the locked child instead of being read.
 * A thing that succeeded is told by the warning "evil-succeeded", one that failed and was survived by "evil-failed".
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "parsers/child.h"
#include "parsers/html.h"
#include "tests/parse/evil.h"

static struct progress *shared;	/* of the server and all children of one message */
static char left_behind[64];	/* what one message leaves for the next, were they to share a process */

static long
try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long
try_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };

	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof how);
}

static long
try_create(void)
{
	return open("/tmp/hoering-evil", O_CREAT | O_WRONLY, 0600);
}

static long
try_stat(void)
{
	return access("/etc/passwd", R_OK);
}

static long
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long
try_socketpair(void)
{
	int fds[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

static long
try_connect(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

	return connect(3, (struct sockaddr *)&sun, sizeof sun);
}

static long
try_exec(void)
{
	char *argv[] = { "/bin/true", NULL };

	return execve(argv[0], argv, NULL);
}

static long
try_ptrace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long
try_peek(void)
{
	char         byte;
	struct iovec here = { &byte, 1 }, there = { left_behind, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long
try_kill(void)
{
	return kill(getppid(), SIGKILL);
}

static long
try_tgkill(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);
}

static long
try_pidfd(void)
{
	return syscall(SYS_pidfd_open, getppid(), 0);
}

static long
try_io_uring(void)
{
	char params[256] = { 0 };

	return syscall(SYS_io_uring_setup, 4, params);
}

static long
try_mmap_exec(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long
try_mprotect_exec(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static long
try_memfd(void)
{
	return memfd_create("evil", 0);
}

/* Descriptor 4 is the result and may be written; nothing else may, and nothing else should be there to be read. */
static long
try_descriptors(void)
{
	char byte;
	int  fd, found = -1;

	for (fd = 0; fd < 1024; fd++) {
		if (fd == 4)
			continue;
		if (write(fd, "x", 1) == 1 || (fd != 3 && read(fd, &byte, 1) >= 0))
			found = fd;
	}
	return found;
}

static long
try_change_mail(void)
{
	if (pwrite(3, "x", 1, 0) == 1)
		return 0;
	return mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0) == MAP_FAILED ? -1 : 0;
}

static long
try_fork(void)
{
	for (;;)
		if (fork() == -1)
			return -1;
}

static long
try_thread(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, NULL, NULL, NULL, NULL);
}

static long
try_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long
try_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
try_raise_limit(void)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };

	return syscall(SYS_prlimit64, 0, RLIMIT_CPU, &more, NULL);
}

static long
try_leave(void)
{
	long found = left_behind[0] == '\0' ? -1 : 0;

	strcpy(left_behind, "secret of the message before");
	return found;
}

static long
do_loop(void)
{
	volatile int forever = 1;

	while (forever)
		;
	return -1;
}

static long
do_sleep(void)
{
	int never = 0;

	return syscall(SYS_futex, &never, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
}

static long
do_flood(void)
{
	char block[4096] = { 0 };

	for (;;)
		if (write(4, block, sizeof block) == -1)
			return -1;
}

static long
do_flood_unsignalled(void)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	return do_flood();
}

static long
do_garbage(void)
{
	static const char soup[] = "V\x10\0\0\0garbage and more of it E\xff\xff\xff\xff Z";

	(void)write(4, soup, sizeof soup - 1);
	_exit(0);
}

static long
do_quit(void)
{
	_exit(0);
}

static long
do_crash(void)
{
	abort();
}

/* As GLib does: no memory, no life. */
static long
do_eat_memory(void)
{
	size_t got = 0;
	char  *p;

	while ((p = malloc(1 << 20)) != NULL && got < 4096) {
		memset(p, 1, 1 << 20);
		got++;
	}
	if (p == NULL)
		abort();
	return 0;
}

static const struct {
	const char *name;
	long      (*run)(void);
} acts[] = {
	{ "open", try_open }, { "openat2", try_openat2 }, { "create", try_create }, { "stat", try_stat }, { "socket", try_socket },
	{ "socketpair", try_socketpair }, { "connect", try_connect }, { "exec", try_exec }, { "ptrace", try_ptrace },
	{ "peek", try_peek }, { "kill", try_kill }, { "tgkill", try_tgkill }, { "pidfd", try_pidfd }, { "io_uring", try_io_uring },
	{ "mmap-exec", try_mmap_exec }, { "mprotect-exec", try_mprotect_exec }, { "memfd", try_memfd },
	{ "descriptors", try_descriptors }, { "change-mail", try_change_mail }, { "fork", try_fork }, { "thread", try_thread },
	{ "namespace", try_namespace }, { "dumpable", try_dumpable }, { "raise-limit", try_raise_limit }, { "leave", try_leave },
	{ "loop", do_loop }, { "sleep", do_sleep }, { "flood", do_flood }, { "flood-unsignalled", do_flood_unsignalled },
	{ "garbage", do_garbage }, { "quit", do_quit }, { "crash", do_crash }, { "eat-memory", do_eat_memory },
};

/* A mail that asks for nothing evil is read as usual. */
void
__wrap_child_run(const struct task *t)
{
	static const char magic[] = "X-Evil: ";
	struct warning    w = { 0, text_of("evil-failed"), text_of("") };
	const size_t      skip = sizeof magic - 1;
	size_t            i;

	shared = t->progress;
	if (t->n < skip || memcmp(t->p, magic, skip) != 0) {
		__real_child_run(t);
		return;
	}
	for (i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		size_t len = strlen(acts[i].name);

		if (t->n - skip <= len || memcmp(t->p + skip, acts[i].name, len) != 0 || t->p[skip + len] != '\n')
			continue;
		if (acts[i].run() != -1)
			w.code = text_of("evil-succeeded");
		wire_version(t->out, 1);
		wire_envelope(t->out, &(struct envelope){ .message_id = text_of(acts[i].name), .in_reply_to = text_of(""),
		    .references = text_of(""), .subject = text_of(""), .from_name = text_of(""), .from_address = text_of(""),
		    .sender_address = text_of(""), .reply_to_address = text_of(""), .return_path = text_of(""), .to = text_of("") });
		wire_warning(t->out, &w);
		wire_end(t->out, 3);
		(void)fflush(t->out);
		return;
	}
	__real_child_run(t);
}

/* "X-Spin" in a part, or in the HTML of a body: it is never read to its end. */
static void
spin(const void *p, size_t n)
{
	if (memmem(p, n, "X-Spin", 6) != NULL)
		for (volatile unsigned i = 0;; i++)
			;
}

int
__wrap_html_text(struct builder *b, const char *p, size_t n, struct textbuf *out)
{
	spin(p, n);
	return __real_html_text(b, p, n, out);
}

/*
 * A part "X-Hang: N" is not read to its end by the first N children that come to it: each hangs there until it is killed. The
 * last place of the list of parts to be skipped counts them, with numbers that no part has.
 */
int
__wrap_build_content(struct builder *b, uint32_t position, const uint8_t *p, size_t n)
{
	static const char magic[] = "X-Hang: ";
	const size_t      skip = sizeof magic - 1;
	const int         goes_on = __real_build_content(b, position, p, n);
	uint32_t         *count = &shared->skip[PROGRESS_SKIPS - 1];

	if (goes_on)
		spin(p, n);
	if (!goes_on || n <= skip || memcmp(p, magic, skip) != 0)
		return goes_on;
	if (*count == 0)
		*count = UINT32_MAX;
	if (UINT32_MAX - *count == (uint32_t)(p[skip] - '0'))
		return goes_on;
	--*count;
	for (;;)
		(void)do_sleep();
}

/* A test need not wait as long as a real message may: one second of the processor instead of LIMIT_CHILD_CPU_S. */
int
__wrap_setrlimit64(__rlimit_resource_t what, const struct rlimit64 *l)
{
	const struct rlimit64 short_cpu = { 1, 2 };

	return __real_setrlimit64(what, what == RLIMIT_CPU ? &short_cpu : l);
}
