#include "cli/line.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/control.h"
#include "daemon/intake.h"
#include "daemon/request.h"
#include "daemon/supervise.h"

int
line_daemon_runs(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), runs;

	if (s == -1)
		return 0;
	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);	/* conf_load() has seen that it fits */
	runs = connect(s, (const struct sockaddr *)&a, sizeof a) == 0;
	fd_close(&s);
	return runs;
}

/* The folder it is to be in, where there is no database yet. */
static int
stat_database(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	char        folder[4096];

	if (stat(path, st) == 0)
		return 0;
	(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
	return errno == ENOENT ? stat(folder, st) : -1;
}

int
must_own_database(const struct conf *conf)
{
	struct passwd *owner;
	struct stat    st;

	if (stat_database(conf->database, &st) == -1)
		return complain(EX_NOINPUT, "%s: %s", conf->database, strerror(errno));
	if (st.st_uid == geteuid())
		return EX_OK;
	/* Also root: files it makes there would be closed to the daemon. */
	owner = getpwuid(st.st_uid);
	return complain(EX_NOPERM, "only the owner of %s may do this without a running hoeringd (%s): start it, or run this as "
	    "the user %s", conf->database, conf->control, owner != NULL ? owner->pw_name : "who owns it");
}

int
line_take(struct line *l)
{
	struct why why;
	int        status = must_own_database(l->in->conf);

	if (status == EX_OK)
		status = check_rules(l->in->conf);
	if (status != EX_OK)
		return status;
	(void)umask(0027);
	return conclude(intake_open(l->in->conf, &l->intake, &why), &why);
}

static void
name_actor(struct control_request *r)
{
	struct passwd *pw = getpwuid(r->uid);

	(void)snprintf(r->actor, sizeof r->actor, "uid=%lu(%.40s)", (unsigned long)r->uid, pw != NULL ? pw->pw_name : "?");
}

/* As the daemon does it with what comes over the socket. */
static int
answer_here(struct line *l, const char *const *fields, size_t n_fields, int fd, char *answer, size_t size)
{
	struct control_request r = { .n_fields = n_fields, .fd = fd, .uid = getuid() };

	for (size_t i = 0; i < sizeof r.field / sizeof r.field[0]; i++)
		r.field[i] = i < n_fields ? fields[i] : "";
	name_actor(&r);
	return request_carry_out(l->intake, &r, answer, size);
}

int
line_ask(struct line *l, const char *const *fields, size_t n_fields, int fd, char *answer, size_t size)
{
	int status = EX_UNAVAILABLE;

	answer[0] = '\0';
	if (l->intake == NULL)
		status = control_ask(l->in->conf->control, fields, n_fields, fd, answer, size);
	if (status != EX_UNAVAILABLE)
		return status;
	if (l->intake == NULL) {
		status = line_take(l);
		if (status != EX_OK) {
			(void)snprintf(answer, size, "nothing was changed");
			return status;
		}
	}
	return answer_here(l, fields, n_fields, fd, answer, size);
}

int
line_finish(struct line *l)
{
	int status;

	if (l->intake == NULL)
		return EX_OK;
	status = supervise(&l->in->conf, l->intake, SUPERVISE_DRAIN);
	intake_close(&l->intake);
	return status == EX_OK ? EX_OK : complain(status, "not everything could be filed yet: start hoeringd, which goes on from here");
}
