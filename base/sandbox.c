#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"

#define MOST_PATHS 24

struct sandbox {
	struct sock_filter *code;
	unsigned short      len;	/* instructions */
	struct path {			/* what Landlock leaves */
		int      fd;
		uint64_t rights;
	} paths[MOST_PATHS];
	size_t              n_paths;
	int                 connects;	/* to the network */
};

/* One bit for a profile. SANDBOX_TOKEN may do what SANDBOX_FETCH may, and more. */
enum { P = 1 << SANDBOX_PARSER, S = 1 << SANDBOX_PARSE_SERVER, F = 1 << SANDBOX_FETCH, T = 1 << SANDBOX_TOKEN };

#define SYS(name) SCMP_SYS(name)

static const struct allowed {
	int      call;
	unsigned profiles;
} allowed[] = {
	/* memory, without execution: see arguments below for mmap and mprotect */
	{ SYS(brk), P | S | F }, { SYS(munmap), P | S | F }, { SYS(mremap), P | S | F }, { SYS(madvise), P | S | F },
	/* bytes of what is already open */
	{ SYS(read), P | S | F }, { SYS(readv), P | S | F }, { SYS(pread64), P | S | F }, { SYS(lseek), P | S | F },
	{ SYS(fstat), P | S | F }, { SYS(close), P | S | F }, { SYS(write), S | F }, { SYS(writev), S | F },
	{ SYS(pwrite64), F }, { SYS(ftruncate), F },
	/* being a process */
	{ SYS(exit), P | S | F }, { SYS(exit_group), P | S | F }, { SYS(futex), P | S | F },
	{ SYS(rt_sigaction), P | S | F }, { SYS(rt_sigprocmask), P | S | F }, { SYS(rt_sigreturn), P | S | F },
	{ SYS(sigaltstack), P | S | F }, { SYS(restart_syscall), P | S | F }, { SYS(sched_yield), P | S | F },
	{ SYS(getpid), P | S | F }, { SYS(getppid), P | S | F }, { SYS(gettid), P | S | F },
	{ SYS(getuid), P | S | F }, { SYS(geteuid), P | S | F }, { SYS(getgid), P | S | F }, { SYS(getegid), P | S | F },
	/* clock, chance and what the libraries ask about the machine */
	{ SYS(clock_gettime), P | S | F }, { SYS(clock_getres), P | S | F }, { SYS(gettimeofday), P | S | F },
	{ SYS(time), P | S | F }, { SYS(times), P | S | F }, { SYS(getrandom), P | S | F }, { SYS(getcpu), P | S | F },
	{ SYS(uname), P | S | F }, { SYS(sysinfo), P | S | F }, { SYS(getrusage), P | S | F },
	{ SYS(sched_getaffinity), P | S | F }, { SYS(clock_nanosleep), S | F }, { SYS(nanosleep), S | F },
	/* talk on what is already connected */
	{ SYS(poll), S | F }, { SYS(ppoll), S | F }, { SYS(select), F }, { SYS(pselect6), F }, { SYS(fcntl), S | F },
	{ SYS(sendmsg), S | F }, { SYS(recvmsg), S | F }, { SYS(sendto), F }, { SYS(recvfrom), F },
	{ SYS(shutdown), F }, { SYS(getsockopt), F }, { SYS(setsockopt), F }, { SYS(getsockname), F },
	{ SYS(getpeername), F }, { SYS(memfd_create), S | F }, { SYS(dup), F },
	{ SYS(setitimer), F }, { SYS(alarm), F }, { SYS(timerfd_settime), F },
	/* a fork server: its children, and their stricter lock. Whom it may signal: Landlock's scope, where there is one. */
	{ SYS(wait4), S }, { SYS(waitid), S }, { SYS(kill), S }, { SYS(pidfd_open), S },
	{ SYS(pidfd_send_signal), S }, { SYS(setpgid), S }, { SYS(set_robust_list), S }, { SYS(rseq), S },
	{ SYS(close_range), S }, { SYS(dup2), S }, { SYS(dup3), S }, { SYS(prlimit64), S }, { SYS(setrlimit), S },
	{ SYS(prctl), S }, { SYS(seccomp), S }, { SYS(landlock_create_ruleset), S }, { SYS(landlock_restrict_self), S },
	/* files, a resolver in a thread, connections; which files is for Landlock to say, and socket has an argument below */
	{ SYS(open), T }, { SYS(openat), T }, { SYS(access), T }, { SYS(faccessat), T }, { SYS(faccessat2), T },
	{ SYS(stat), T }, { SYS(lstat), T }, { SYS(newfstatat), T }, { SYS(statx), T }, { SYS(readlink), T }, { SYS(readlinkat), T },
	{ SYS(getdents64), T }, { SYS(getcwd), T }, { SYS(mkdir), T }, { SYS(unlink), T }, { SYS(unlinkat), T }, { SYS(rename), T },
	{ SYS(renameat), T }, { SYS(renameat2), T }, { SYS(fsync), T }, { SYS(fallocate), T }, { SYS(flock), T }, { SYS(umask), T },
	{ SYS(connect), T }, { SYS(bind), T }, { SYS(socketpair), T }, { SYS(sendmmsg), T }, { SYS(eventfd2), T }, { SYS(pipe2), T },
	{ SYS(set_robust_list), T }, { SYS(rseq), T },
};

/* Asked for by libraries that live well without: an error instead of death. */
static const struct refused {
	int      call;
	int      error;
	unsigned profiles;
} refused[] = {
	{ SYS(open), EACCES, P | S | F }, { SYS(openat), EACCES, P | S | F }, { SYS(openat2), EACCES, P | S | F },
	{ SYS(creat), EACCES, P | S | F }, { SYS(access), EACCES, P | S | F }, { SYS(faccessat), EACCES, P | S | F },
	{ SYS(faccessat2), EACCES, P | S | F }, { SYS(stat), EACCES, P | S | F }, { SYS(lstat), EACCES, P | S | F },
	{ SYS(statx), EACCES, P | S | F }, { SYS(readlink), EACCES, P | S | F }, { SYS(readlinkat), EACCES, P | S | F },
	{ SYS(getcwd), EACCES, P | S | F }, { SYS(unlink), EACCES, P | S | F }, { SYS(unlinkat), EACCES, P | S | F },
	{ SYS(mkdir), EACCES, P | S | F }, { SYS(statfs), EACCES, P | S | F }, { SYS(fstatfs), EACCES, P | S | F },
	{ SYS(ioctl), ENOTTY, P | S | F },	/* stdio asks whether it writes to a terminal */
	{ SYS(tgkill), EPERM, P | S | F },	/* abort() then dies by its own trap */
	{ SYS(fcntl), EPERM, P }, { SYS(dup), EPERM, P }, { SYS(prlimit64), EPERM, P | F }, { SYS(getrlimit), EPERM, P | F },
	{ SYS(prctl), EPERM, P | F }, { SYS(fadvise64), EPERM, P | S | F },
	{ SYS(clone3), ENOSYS, T },	/* its flags are behind a pointer; glibc then takes clone */
};

/* libseccomp's own macros leave fields out, which compilers remark on. */
static struct scmp_arg_cmp
arg(unsigned number, enum scmp_compare op, scmp_datum_t a, scmp_datum_t b)
{
	return (struct scmp_arg_cmp){ number, op, a, b };
}

static int
add_memory(scmp_filter_ctx ctx, enum sandbox_profile profile)
{
	int err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(mmap), 1, arg(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (err == 0)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(mprotect), 1, arg(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (err == 0 && profile == SANDBOX_TOKEN)	/* a plugin of the resolver that cannot be loaded is done without */
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SYS(mmap), 1, arg(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	return err;
}

/* Sockets to the network, and the one that asks the kernel for addresses; none to programs here, such as hoeringd. A thread, no process. */
static int
add_network(scmp_filter_ctx ctx)
{
	static const scmp_datum_t families[] = { AF_INET, AF_INET6, AF_NETLINK };
	const scmp_datum_t        thread = 0x00010000;
	size_t                    i;
	int                       err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(clone), 1, arg(0, SCMP_CMP_MASKED_EQ, 0x7e020000 | thread, thread));
	for (i = 0; i < sizeof families / sizeof families[0] && err == 0; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(socket), 1, arg(0, SCMP_CMP_EQ, families[i], 0));
	return err != 0 ? err : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SYS(socket), 1, arg(0, SCMP_CMP_EQ, AF_UNIX, 0));
}

/* fork(), without the flags that make namespaces (clone(2), CLONE_NEW*). */
static int
add_fork(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(clone), 1, arg(0, SCMP_CMP_MASKED_EQ, 0x7e020000, 0));
}

/* Opening for reading, listing, stat(): which files is for Landlock to say. */
static int
add_files(scmp_filter_ctx ctx)
{
	const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
	int                err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(openat), 1, arg(2, SCMP_CMP_MASKED_EQ, writes, 0));
	if (err == 0)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(getdents64), 0);
	if (err == 0)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(newfstatat), 0);
	return err;
}

/* glibc's fstat() is newfstatat(fd, "", AT_EMPTY_PATH); with a path it is stat() and refused. */
static int
add_fstat(scmp_filter_ctx ctx)
{
	int err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(newfstatat), 1, arg(3, SCMP_CMP_MASKED_EQ, 0x1000, 0x1000));
	if (err == 0)
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SYS(newfstatat), 1,
		    arg(3, SCMP_CMP_MASKED_EQ, 0x1000, 0));
	return err;
}

static int
add_write(scmp_filter_ctx ctx, int fd)
{
	static const int calls[] = { SYS(write), SYS(writev) };
	scmp_datum_t     only = (scmp_datum_t)fd;
	size_t           i;
	int              err = 0;

	for (i = 0; i < sizeof calls / sizeof calls[0] && err == 0; i++) {
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1, arg(0, SCMP_CMP_EQ, only, 0));
		if (err == 0 && SANITIZED)	/* its report goes to stderr */
			err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1, arg(0, SCMP_CMP_EQ, 2, 0));
		else if (err == 0)
			err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EBADF), calls[i], 1, arg(0, SCMP_CMP_NE, only, 0));
	}
	return err;
}

static int
is_allowed(int call, unsigned bits)
{
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		if (allowed[i].call == call && (allowed[i].profiles & bits) != 0)
			return 1;
	return 0;
}

static int
add_rules(scmp_filter_ctx ctx, enum sandbox_profile profile, int writable_fd)
{
	int      files = profile == SANDBOX_FETCH_FILES, token = profile == SANDBOX_TOKEN;
	unsigned bits = files ? F : token ? F | T : 1U << profile;
	size_t   i;
	int      err;

	err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);	/* a tree: the common calls are not behind a long list */
	for (i = 0; i < sizeof allowed / sizeof allowed[0] && err == 0; i++)
		if ((allowed[i].profiles & bits) != 0)
			err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i].call, 0);
	for (i = 0; i < sizeof refused / sizeof refused[0] && err == 0; i++)
		if ((refused[i].profiles & bits) != 0 && !is_allowed(refused[i].call, bits) && !(files && refused[i].call == SYS(openat)))
			err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO((uint32_t)refused[i].error), refused[i].call, 0);
	if (err == 0)
		err = add_memory(ctx, profile);
	if (err == 0 && !token)
		err = files ? add_files(ctx) : add_fstat(ctx);
	if (err == 0 && token)
		err = add_network(ctx);
	if (err == 0 && profile == SANDBOX_PARSE_SERVER)
		err = add_fork(ctx);
	if (err == 0 && profile == SANDBOX_PARSER)
		err = add_write(ctx, writable_fd);
	return err;
}

/* libseccomp hands its program to a descriptor only (2.5); a memfd brings it back. */
static int
export_program(scmp_filter_ctx ctx, struct sandbox *s)
{
	struct stat st;
	int         fd, err = -1;

	fd = memfd_create("seccomp", MFD_CLOEXEC);
	if (fd == -1)
		return -1;
	if (seccomp_export_bpf(ctx, fd) != 0 || fstat(fd, &st) == -1)
		goto out;
	if (st.st_size <= 0 || st.st_size > BPF_MAXINSNS * (off_t)sizeof *s->code) {
		errno = E2BIG;
		goto out;
	}
	s->code = malloc((size_t)st.st_size);
	if (s->code == NULL || lseek(fd, 0, SEEK_SET) == -1)
		goto out;
	err = fd_read_full(fd, s->code, (size_t)st.st_size);
	s->len = (unsigned short)((size_t)st.st_size / sizeof *s->code);
out:
	fd_close(&fd);
	return err;
}

enum outcome
sandbox_build(enum sandbox_profile profile, int writable_fd, struct sandbox **out, struct why *why)
{
	scmp_filter_ctx ctx;
	struct sandbox *s = NULL;
	enum outcome    result = OUTCOME_DEFER;
	int             err;

	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		return why_set(why, OUTCOME_DEFER, "seccomp: cannot begin a filter");
	err = add_rules(ctx, profile, writable_fd);
	if (err != 0) {
		errno = -err;
		(void)why_errno(why, OUTCOME_DEFER, "seccomp: cannot add a rule");
		goto out;
	}
	s = calloc(1, sizeof *s);
	if (s != NULL)
		s->connects = profile == SANDBOX_TOKEN;
	if (s == NULL || export_program(ctx, s) == -1) {
		(void)why_errno(why, OUTCOME_DEFER, "seccomp: cannot build the filter");
		goto out;
	}
	*out = s;
	s = NULL;
	result = OUTCOME_OK;
out:
	sandbox_free(s);
	seccomp_release(ctx);
	return result;
}

/*
 * Landlock(7) by its system calls: Debian 12 has neither wrappers nor the newer constants. Every right the running
 * kernel knows is handled, so all of them are denied but those of the paths that are left.
 */
enum {
	LL_WRITE = 1 << 1, LL_READ = 1 << 2, LL_LIST = 1 << 3, LL_REMOVE = 1 << 5, LL_MAKE = 1 << 8, LL_TRUNCATE = 1 << 14,
	LL_FILE = LL_WRITE | LL_READ | LL_TRUNCATE	/* what a file can have that is no folder */
};
struct ruleset {
	uint64_t files;		/* ABI 1: 13 rights, 2: +refer, 3: +truncate, 5: +device ioctl */
	uint64_t net;		/* ABI 4: bind and connect of TCP */
	uint64_t scoped;	/* ABI 6: abstract sockets and signals leave the domain no more */
};

/* struct landlock_path_beneath_attr; rights that this kernel does not know cannot be given. */
static int
landlock_allow(int ruleset_fd, const struct path *p, uint64_t known)
{
	struct stat st;
	struct {
		uint64_t rights;
		int32_t  fd;
	} __attribute__((packed)) rule = { p->rights & known, p->fd };

	if (fstat(p->fd, &st) == -1)
		return -1;
	if (!S_ISDIR(st.st_mode))
		rule.rights &= LL_FILE;
	return (int)syscall(SYS_landlock_add_rule, ruleset_fd, 1, &rule, 0U);
}

static int
landlock_deny_all_but(const struct sandbox *s)
{
	static const struct { uint64_t files, net, scoped; size_t size; } abi[] = {
		{ 0, 0, 0, 0 },
		{ 0x1fff, 0, 0, 8 }, { 0x3fff, 0, 0, 8 }, { 0x7fff, 0, 0, 8 }, { 0x7fff, 3, 0, 16 },
		{ 0xffff, 3, 0, 16 }, { 0xffff, 3, 3, 24 },
	};
	const long     newest = (long)(sizeof abi / sizeof abi[0]) - 1;
	struct ruleset r;
	long           version;
	int            fd, err = 0;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U);
	if (version <= 0)
		return 0;	/* a kernel without it: seccomp alone holds */
	if (version > newest)
		version = newest;
	r.files = abi[version].files;
	r.net = abi[version].net & (s->connects ? 1 : 3);	/* 2: connect */
	r.scoped = abi[version].scoped;
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, abi[version].size, 0U);
	if (fd == -1)
		return -1;
	for (size_t i = 0; i < s->n_paths && err == 0; i++)
		err = landlock_allow(fd, &s->paths[i], r.files);
	if (err == 0)
		err = (int)syscall(SYS_landlock_restrict_self, fd, 0U);
	fd_close(&fd);
	return err;
}

enum outcome
sandbox_lock(const struct sandbox *s, struct why *why)
{
	const struct rlimit none = { 0, 0 };
	struct sock_fprog   program = { s->len, s->code };

	if (setrlimit(RLIMIT_CORE, &none) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return why_errno(why, OUTCOME_DEFER, "lock: cannot forbid core dumps");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return why_errno(why, OUTCOME_DEFER, "lock: cannot give up new privileges");
	if (landlock_deny_all_but(s) == -1)
		return why_errno(why, OUTCOME_DEFER, "lock: Landlock failed");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		return why_errno(why, OUTCOME_DEFER, "lock: seccomp refused the filter");
	return OUTCOME_OK;
}

void
sandbox_free(struct sandbox *s)
{
	if (s == NULL)
		return;
	free(s->code);
	free(s);
}

static void
leave(struct sandbox *s, int fd, uint64_t rights)
{
	if (s->n_paths == MOST_PATHS)
		bug("a lock leaves more than %d paths", MOST_PATHS);
	s->paths[s->n_paths++] = (struct path){ fd, rights };
}

void
sandbox_may_read(struct sandbox *s, int fd)
{
	leave(s, fd, LL_READ | LL_LIST);
}

void
sandbox_may_write(struct sandbox *s, int folder_fd)
{
	leave(s, folder_fd, LL_READ | LL_LIST | LL_WRITE | LL_REMOVE | LL_MAKE | LL_TRUNCATE);
}

static enum outcome
lock_once(enum sandbox_profile profile, int folder_fd, struct why *why)
{
	struct sandbox *s = NULL;
	enum outcome    result;

	result = sandbox_build(profile, -1, &s, why);
	if (result == OUTCOME_OK) {
		if (folder_fd != -1)
			sandbox_may_read(s, folder_fd);
		result = sandbox_lock(s, why);
	}
	sandbox_free(s);
	return result;
}

enum outcome
sandbox_lock_once(enum sandbox_profile profile, struct why *why)
{
	return lock_once(profile, -1, why);
}

enum outcome
sandbox_lock_reading(int folder_fd, struct why *why)
{
	return lock_once(SANDBOX_FETCH_FILES, folder_fd, why);
}
