/*
 * hoering-token-cut is hoering-token with the calls of its store wrapped by the linker (--wrap): with CUT=N it is killed at the Nth
 * of them, before the call when N is odd, after it when N is even. With CUT=0 they are counted into the file CUT_COUNT names.
 * With CUT=end it stops (SIGSTOP) when all is given back, so that a test can look at its memory.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "daemon/token/lock.h"

enum outcome __wrap_token_lock(const struct account *a, struct why *why);

int     __real_openat64(int folder, const char *name, int flags, mode_t mode);
int     __real_posix_fallocate64(int fd, off64_t at, off64_t n);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off64_t at);
int     __real_ftruncate64(int fd, off64_t n);
int     __real_fsync(int fd);
int     __real_renameat(int a, const char *from, int b, const char *to);
int     __real_unlinkat(int folder, const char *name, int flags);
void    __real_wipe_stack(void);
int     __wrap_openat64(int folder, const char *name, int flags, mode_t mode);
int     __wrap_posix_fallocate64(int fd, off64_t at, off64_t n);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off64_t at);
int     __wrap_ftruncate64(int fd, off64_t n);
int     __wrap_fsync(int fd);
int     __wrap_renameat(int a, const char *from, int b, const char *to);
int     __wrap_unlinkat(int folder, const char *name, int flags);
void    __wrap_wipe_stack(void);

static void
step(const char *call)
{
	static long steps;
	const char *cut = getenv("CUT"), *count = getenv("CUT_COUNT");
	FILE       *f;

	steps++;
	if (cut != NULL && atol(cut) == steps)
		(void)kill(getpid(), SIGKILL);
	if (count == NULL || (f = fopen(count, "a")) == NULL)
		return;
	(void)fprintf(f, "%s\n", call);
	(void)fclose(f);
}

#define CUT(type, name, call)        \
	do {                         \
		type result;         \
		step("before " name); \
		result = call;       \
		step("after " name);  \
		return result;       \
	} while (0)

int
__wrap_openat64(int folder, const char *name, int flags, mode_t mode)
{
	CUT(int, "open", __real_openat64(folder, name, flags, mode));
}

int
__wrap_posix_fallocate64(int fd, off64_t at, off64_t n)
{
	CUT(int, "fallocate", __real_posix_fallocate64(fd, at, n));
}

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	CUT(ssize_t, "write", __real_pwrite64(fd, p, n, at));
}

int
__wrap_ftruncate64(int fd, off64_t n)
{
	CUT(int, "truncate", __real_ftruncate64(fd, n));
}

int
__wrap_fsync(int fd)
{
	CUT(int, "fsync", __real_fsync(fd));
}

int
__wrap_renameat(int a, const char *from, int b, const char *to)
{
	CUT(int, "rename", __real_renameat(a, from, b, to));
}

int
__wrap_unlinkat(int folder, const char *name, int flags)
{
	CUT(int, "unlink", __real_unlinkat(folder, name, flags));
}

void
__wrap_wipe_stack(void)
{
	const char *cut = getenv("CUT");

	__real_wipe_stack();
	if (cut != NULL && strcmp(cut, "end") == 0)
		(void)raise(SIGSTOP);
}

/* It kills and stops itself, which a locked one cannot. */
enum outcome
__wrap_token_lock(const struct account *a, struct why *why)
{
	(void)a;
	(void)why;
	return OUTCOME_OK;
}
