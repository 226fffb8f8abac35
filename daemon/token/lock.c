#include "daemon/token/lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/sandbox.h"
#include "daemon/token/account.h"

/* What a name becomes an address with, whom to trust, and which time zone it is. One that is not there is not needed. */
static const char *const system_paths[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/run/systemd/resolve",
	"/etc/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/gnutls", "/etc/localtime", "/usr/share/zoneinfo",
	"/dev/urandom",
};

#define MOST_OPEN (sizeof system_paths / sizeof system_paths[0] + 4)

struct opened {
	int    fd[MOST_OPEN];
	size_t n;
};

/* -1 where there is nothing: who needs it says so later, in its own words. */
static int
open_path(struct opened *o, const char *path)
{
	int fd = path[0] == '/' ? open(path, O_PATH | O_CLOEXEC) : -1;

	if (fd != -1)
		o->fd[o->n++] = fd;
	return fd;
}

static void
may_read(struct sandbox *s, struct opened *o, const char *path)
{
	int fd = open_path(o, path);

	if (fd != -1)
		sandbox_may_read(s, fd);
}

static void
leave_paths(struct sandbox *s, struct opened *o, const struct account *a)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *slash = strrchr(a->store, '/');
	char        folder[4096];
	int         fd;

	for (size_t i = 0; i < sizeof system_paths / sizeof system_paths[0]; i++)
		may_read(s, o, system_paths[i]);
	may_read(s, o, a->tls_ca_file);
	may_read(s, o, a->certificate_file);
	if (a->proof == PROOF_SECRET_FILE || a->proof == PROOF_KEY_FILE)
		may_read(s, o, a->proof_value);
	else if (a->proof != PROOF_NONE && credentials != NULL &&
	    snprintf(folder, sizeof folder, "%s/%s", credentials, a->proof_value) < (int)sizeof folder)
		may_read(s, o, folder);
	(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - a->store), a->store);
	fd = open_path(o, folder);
	if (fd != -1)
		sandbox_may_write(s, fd);
}

enum outcome
token_lock(const struct account *a, struct why *why)
{
	struct opened   opened = { .n = 0 };
	struct sandbox *s = NULL;
	enum outcome    o = sandbox_build(SANDBOX_TOKEN, -1, &s, why);

	if (o == OUTCOME_OK) {
		leave_paths(s, &opened, a);
		o = sandbox_lock(s, why);
	}
	for (size_t i = 0; i < opened.n; i++)
		fd_close(&opened.fd[i]);
	sandbox_free(s);
	return o;
}
