#include "base/private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static enum outcome
check(int fd, const char *path, int private, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return why_set(why, OUTCOME_REFUSED, "%s: not a regular file", path);
	if (private && (st.st_mode & 077) != 0)
		return why_set(why, OUTCOME_REFUSED, "%s: others can read it (mode %04o); chmod 0600", path,
		    (unsigned)st.st_mode & 07777U);
	if (private && st.st_uid != geteuid() && st.st_uid != 0)
		return why_set(why, OUTCOME_REFUSED, "%s: it belongs to another user; chown it to the one hoeringd runs as", path);
	return OUTCOME_OK;
}

static enum outcome
open_checked(const char *path, int private, int *out, struct why *why)
{
	int          fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum outcome o;

	if (fd == -1)
		return why_errno(why, OUTCOME_REFUSED, "%s", path);
	o = check(fd, path, private, why);
	if (o == OUTCOME_OK)
		*out = fd;
	else
		fd_close(&fd);
	return o;
}

enum outcome
private_check(int fd, const char *path, struct why *why)
{
	return check(fd, path, 1, why);
}

enum outcome
private_open(const char *path, int *fd, struct why *why)
{
	return open_checked(path, 1, fd, why);
}

enum outcome
private_open_credential(const char *name, int *fd, struct why *why)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char        path[4096];

	if (folder == NULL || folder[0] != '/')
		return why_set(why, OUTCOME_REFUSED, "credential \"%s\": CREDENTIALS_DIRECTORY is not set; "
		    "give LoadCredential= in the unit, or name a file", name);
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL ||
	    snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return why_set(why, OUTCOME_REFUSED, "credential \"%s\": not the name of a credential", name);
	return open_checked(path, 0, fd, why);
}
