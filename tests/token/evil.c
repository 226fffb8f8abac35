/*
 * A hoering-token that was taken over by its server: with EVIL="ACT WHAT" it does ACT in the place of its first question, behind the lock,
 * and ends with the words "evil-succeeded", "evil-failed: why", or by the hand of the kernel. With EVIL_UNLOCKED it does not lock, so
 * that the test sees that ACT is in earnest.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
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

#include "daemon/token/http.h"
#include "daemon/token/lock.h"

enum outcome __wrap_http_post(const struct account *a, const char *url, const struct form *f, struct http_answer *out, struct why *why);
enum outcome __real_token_lock(const struct account *a, struct why *why);
enum outcome __wrap_token_lock(const struct account *a, struct why *why);

static long
connect_to(const char *what)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	(void)snprintf(sun.sun_path, sizeof sun.sun_path, "%s", what);
	return fd == -1 ? -1 : connect(fd, (struct sockaddr *)&sun, sizeof sun);
}

static long
listen_here(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int                fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd == -1 || bind(fd, (struct sockaddr *)&any, sizeof any) == -1 ? -1 : listen(fd, 1);
}

static long
look_up(const char *what)
{
	struct addrinfo *found = NULL;
	int              err = getaddrinfo(what, "443", NULL, &found);

	if (err == 0)
		freeaddrinfo(found);
	errno = ENOENT;
	return err == 0 ? 0 : -1;
}

static long
peek(void)
{
	char         byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long
act(const char *name, const char *what)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
	struct stat         st;
	char               *argv[] = { (char *)(uintptr_t)what, NULL };

	if (strcmp(name, "read") == 0) return open(what, O_RDONLY);
	if (strcmp(name, "write") == 0) return open(what, O_WRONLY);
	if (strcmp(name, "create") == 0) return open(what, O_CREAT | O_WRONLY, 0600);
	if (strcmp(name, "list") == 0) return open(what, O_RDONLY | O_DIRECTORY);
	if (strcmp(name, "unlink") == 0) return unlink(what);
	if (strcmp(name, "rename") == 0) return rename(what, "/tmp/hoering-token-evil");
	if (strcmp(name, "chmod") == 0) return chmod(what, 0777);
	if (strcmp(name, "stat") == 0) return stat(what, &st);
	if (strcmp(name, "connect") == 0) return connect_to(what);
	if (strcmp(name, "listen") == 0) return listen_here();
	if (strcmp(name, "look-up") == 0) return look_up(what);
	if (strcmp(name, "exec") == 0) return execv(what, argv);
	if (strcmp(name, "fork") == 0) return fork();
	if (strcmp(name, "kill") == 0) return kill(getppid(), 0);
	if (strcmp(name, "ptrace") == 0) return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	if (strcmp(name, "peek") == 0) return peek();
	if (strcmp(name, "dumpable") == 0) return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (strcmp(name, "raise-limit") == 0) return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &more, NULL);
	if (strcmp(name, "mmap-exec") == 0)
		return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
	if (strcmp(name, "io_uring") == 0) return syscall(SYS_io_uring_setup, 4, calloc(1, 256));
	errno = ENOSYS;
	return -2;
}

enum outcome
__wrap_http_post(const struct account *a, const char *url, const struct form *f, struct http_answer *out, struct why *why)
{
	char name[32] = "", what[512] = "";
	long result;

	(void)a;
	(void)url;
	(void)f;
	(void)out;
	(void)sscanf(getenv("EVIL") != NULL ? getenv("EVIL") : "", "%31s %511s", name, what);
	errno = 0;
	result = act(name, what);
	if (result == -1)
		return why_errno(why, OUTCOME_LOST, "evil-failed");
	return why_set(why, OUTCOME_LOST, result == -2 ? "evil-unknown" : "evil-succeeded");
}

enum outcome
__wrap_token_lock(const struct account *a, struct why *why)
{
	return getenv("EVIL_UNLOCKED") != NULL ? OUTCOME_OK : __real_token_lock(a, why);
}
