#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

#define SOCKET_FD 3
#define EXTRA_FD  4
#define MAX_ENV   16

enum outcome
spawn_find(const char *name, char *path, size_t path_size, struct why *why)
{
	static const char *const places[] = { "", "../libexec/hoeringd/", "../lib/hoeringd/" };
	char    self[1024], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	size_t  i;

	if (n <= 0)
		return why_errno(why, OUTCOME_REFUSED, "/proc/self/exe");
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		slash[1] = '\0';
	for (i = 0; i < sizeof places / sizeof places[0]; i++) {
		(void)snprintf(path, path_size, "%s%s%s", self, places[i], name);
		if (access(path, X_OK) == 0)
			return OUTCOME_OK;
	}
	return why_set(why, OUTCOME_REFUSED, "%s is not beside %s nor in ../libexec/hoeringd: install all four programs", name, self);
}

/* "NAME=value" of the names to keep, pointing into our own environment. */
static void
pick_environment(const char *const *names, char **env)
{
	size_t i, k, len, n = 0;

	for (i = 0; names[i] != NULL; i++)
		for (k = 0; environ[k] != NULL && n + 1 < MAX_ENV; k++) {
			len = strlen(names[i]);
			if (strncmp(environ[k], names[i], len) == 0 && environ[k][len] == '=')
				env[n++] = environ[k];
		}
	env[n] = NULL;
}

_Noreturn static void
become(const struct spawn *s, int sock, pid_t parent, char **env)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t         none;
	int              i, extra = s->extra_fd;

	for (i = 1; i < NSIG; i++)
		(void)sigaction(i, &dfl, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(EX_OSERR);
	/* Out of the way of the two numbers first. */
	sock = fcntl(sock, F_DUPFD, EXTRA_FD + 1);
	if (extra != -1)
		extra = fcntl(extra, F_DUPFD, EXTRA_FD + 1);
	if (sock == -1 || dup2(sock, SOCKET_FD) == -1 || (extra != -1 && dup2(extra, EXTRA_FD) == -1))
		_exit(EX_OSERR);
	fd_close_from(extra != -1 ? EXTRA_FD + 1 : SOCKET_FD + 1);
	(void)execve(s->path, (char *const *)(uintptr_t)s->argv, env);
	_exit(EX_OSFILE);
}

enum outcome
spawn_start(const struct spawn *s, pid_t *pid, int *sock, struct why *why)
{
	char *env[MAX_ENV];
	int   pair[2];
	pid_t parent = getpid(), child;

	if (FAULT("spawn-socket") || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return why_errno(why, OUTCOME_DEFER, "socketpair");
	pick_environment(s->keep_env, env);
	child = FAULT("spawn-fork") ? -1 : fork();
	if (child == 0)
		become(s, pair[1], parent, env);
	fd_close(&pair[1]);
	if (child == -1 || fcntl(pair[0], F_SETFL, O_NONBLOCK) == -1) {
		enum outcome o = why_errno(why, OUTCOME_DEFER, "starting %s", s->path);

		fd_close(&pair[0]);
		return o;
	}
	*pid = child;
	*sock = pair[0];
	return OUTCOME_OK;
}
