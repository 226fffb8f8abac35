#include "daemon/token/store.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/private.h"
#include "daemon/token/account.h"
#include "daemon/token/bounds.h"
#include "daemon/token/wipe.h"

struct store {
	const struct account *account;
	const char           *name;		/* of the file, in its folder */
	char                  next[256];	/* the file that takes its place */
	int                   folder_fd, lock_fd, next_fd;
	struct grant          grant;
};

void
grant_clear(struct grant *g)
{
	wipe_free(g->refresh_token);
	wipe_free(g->access_token);
	memset(g, 0, sizeof *g);
}

const struct grant *
store_grant(const struct store *s)
{
	return &s->grant;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- folder and lock ---------------------------------------------------------------------------------------------------- */

/* The folder is ours alone to change: who can rename in it can give us his own tokens. Made when only it is missing. */
static enum outcome
open_folder(struct store *s, struct why *why)
{
	const char *path = s->account->store, *slash = strrchr(path, '/');
	char        folder[4096];
	struct stat st;

	if (slash == NULL || slash == path || slash[1] == '\0' || (size_t)(slash - path) >= sizeof folder)
		return why_set(why, OUTCOME_REFUSED, "store \"%s\": not the path of a file in a folder", path);
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = '\0';
	s->name = slash + 1;
	if (snprintf(s->next, sizeof s->next, "%s.new", s->name) >= (int)sizeof s->next - 2)
		return why_set(why, OUTCOME_REFUSED, "store \"%s\": the name is too long", path);
	if (mkdir(folder, 0700) == -1 && errno != EEXIST)
		return why_errno(why, OUTCOME_REFUSED, "store: cannot make %s", folder);
	s->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder_fd == -1 || fstat(s->folder_fd, &st) == -1)
		return why_errno(why, OUTCOME_REFUSED, "store: %s", folder);
	if (st.st_uid != geteuid())
		return why_set(why, OUTCOME_REFUSED, "store: %s belongs to another user; run this as that user (runuser -u hoering -- …)",
		    folder);
	if ((st.st_mode & 022) != 0)
		return why_set(why, OUTCOME_REFUSED, "store: others can write in %s (mode %04o); chmod 0700", folder,
		    (unsigned)st.st_mode & 07777U);
	return OUTCOME_OK;
}

/* The lock ends with the process, however it ends. */
static enum outcome
lock(struct store *s, struct why *why)
{
	char    name[sizeof s->next];
	int64_t until_ms = now_ms() + PATIENCE_LOCK_MS;

	(void)snprintf(name, sizeof name, "%.*s.lock", (int)sizeof s->next - 8, s->name);
	s->lock_fd = openat(s->folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd == -1)
		return why_errno(why, OUTCOME_REFUSED, "store: %s.lock", s->account->store);
	while (flock(s->lock_fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return why_errno(why, OUTCOME_DEFER, "store: cannot lock %s", s->account->store);
		if (now_ms() >= until_ms)
			return why_set(why, OUTCOME_DEFER, "another hoering-token is asking for %s already", s->account->name);
		(void)poll(NULL, 0, 50);
	}
	return OUTCOME_OK;
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */

static const char *
string_of(const json_t *root, const char *key)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text == NULL ? "" : text;
}

static int64_t
time_of(const json_t *root, const char *key)
{
	return json_integer_value(json_object_get(root, key));
}

/* 0, or -1 without memory. */
static int
copy_token(const json_t *root, const char *key, char **out)
{
	const char *text = string_of(root, key);

	*out = text[0] == '\0' ? NULL : wipe_strdup(text);
	return text[0] != '\0' && *out == NULL ? -1 : 0;
}

static enum outcome
take(const json_t *root, const struct account *a, struct grant *g, struct why *why)
{
	struct grant new = { NULL, NULL, 0, 0, 0 };

	if (strcmp(string_of(root, "endpoint"), a->token_endpoint) != 0 || strcmp(string_of(root, "client_id"), a->client_id) != 0) {
		if (string_of(root, "refresh_token")[0] == '\0')
			return OUTCOME_OK;
		return why_set(why, OUTCOME_REFUSED, "%s holds the sign-in of another client; give each account its own store, "
		    "or put that file aside", a->store);
	}
	new.wait_until = time_of(root, "wait_until");
	new.obtained_at = time_of(root, "obtained_at");
	new.expires_at = time_of(root, "expires_at");
	if (copy_token(root, "refresh_token", &new.refresh_token) == -1 ||
	    (strcmp(string_of(root, "scope"), a->scope) == 0 && copy_token(root, "access_token", &new.access_token) == -1)) {
		grant_clear(&new);
		return why_set(why, OUTCOME_DEFER, "no memory for a token");
	}
	*g = new;
	return OUTCOME_OK;
}

/* The whole of it, or NULL: empty, cut off, or no store at all. What follows the end (room taken and not used) is zeros. */
static json_t *
parse(int fd)
{
	char   *text = wipe_malloc(STORE_BYTES + 1);
	ssize_t n = text == NULL ? -1 : pread(fd, text, STORE_BYTES, 0);
	json_t *root = NULL;

	if (n > 0)
		root = json_loadb(text, strlen(text), JSON_REJECT_DUPLICATES, NULL);
	wipe_free(text);
	if (root != NULL && json_integer_value(json_object_get(root, "version")) == 1)
		return root;
	json_decref(root);
	return NULL;
}

/*
 * A process was killed after it had written the next file and before that took its place. The server may know only what stands
 * in the next file: if it is whole, it counts.
 */
static enum outcome
recover(struct store *s, struct why *why)
{
	int          fd = openat(s->folder_fd, s->next, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	json_t      *root;
	enum outcome o = OUTCOME_OK;

	if (fd == -1)
		return errno == ENOENT ? OUTCOME_OK : why_errno(why, OUTCOME_REFUSED, "%s.new", s->account->store);
	o = private_check(fd, s->account->store, why);
	root = o == OUTCOME_OK ? parse(fd) : NULL;
	if (root != NULL) {
		if (fsync(fd) == -1 || renameat(s->folder_fd, s->next, s->folder_fd, s->name) == -1 || fsync(s->folder_fd) == -1)
			o = why_errno(why, OUTCOME_DEFER, "store: %s.new", s->account->store);
	} else if (o == OUTCOME_OK && unlinkat(s->folder_fd, s->next, 0) == -1)
		o = why_errno(why, OUTCOME_DEFER, "store: %s.new", s->account->store);
	json_decref(root);
	fd_close(&fd);
	return o;
}

static enum outcome
load(struct store *s, struct why *why)
{
	int          fd = openat(s->folder_fd, s->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	json_t      *root;
	enum outcome o;

	if (fd == -1)
		return errno == ENOENT ? OUTCOME_OK : why_errno(why, OUTCOME_REFUSED, "%s", s->account->store);
	o = private_check(fd, s->account->store, why);
	root = o == OUTCOME_OK ? parse(fd) : NULL;
	if (root != NULL)
		o = take(root, s->account, &s->grant, why);
	else if (o == OUTCOME_OK && s->account->flow == FLOW_DEVICE_CODE)	/* else it held nothing that cannot be had again */
		o = why_set(why, OUTCOME_REFUSED, "%s is damaged; put it aside and sign in again: hoering-token --login %s",
		    s->account->store, s->account->name);
	json_decref(root);
	fd_close(&fd);
	return o;
}

enum outcome
store_open(const struct account *a, struct store **out, struct why *why)
{
	struct store *s = wipe_calloc(1, sizeof *s);
	enum outcome  o;

	if (s == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the store");
	s->account = a;
	s->folder_fd = s->lock_fd = s->next_fd = -1;
	o = open_folder(s, why);
	if (o == OUTCOME_OK)
		o = lock(s, why);
	if (o == OUTCOME_OK)
		o = recover(s, why);
	if (o == OUTCOME_OK)
		o = load(s, why);
	if (o == OUTCOME_OK)
		*out = s;
	else
		store_close(&s);
	return o;
}

void
store_close(struct store **s)
{
	if (*s == NULL)
		return;
	if ((*s)->next_fd != -1)	/* prepared for an answer that did not come */
		(void)unlinkat((*s)->folder_fd, (*s)->next, 0);
	fd_close(&(*s)->next_fd);
	fd_close(&(*s)->lock_fd);
	fd_close(&(*s)->folder_fd);
	grant_clear(&(*s)->grant);
	wipe_free(*s);
	*s = NULL;
}

/* --- writing ------------------------------------------------------------------------------------------------------------ */

enum outcome
store_prepare(struct store *s, struct why *why)
{
	int err;

	if (s->next_fd != -1)
		return OUTCOME_OK;
	s->next_fd = openat(s->folder_fd, s->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->next_fd == -1)
		return why_errno(why, OUTCOME_DEFER, "store: %s.new", s->account->store);
	err = posix_fallocate(s->next_fd, 0, STORE_BYTES);
	if (err == 0)
		return OUTCOME_OK;
	errno = err;
	return why_errno(why, OUTCOME_DEFER, "store: no room for %s; the server was not asked", s->account->store);
}

static char *
compose(const struct account *a, const struct grant *g)
{
	json_t *root = json_pack("{s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s}", "version", 1, "endpoint", a->token_endpoint,
	    "client_id", a->client_id, "scope", a->scope, "obtained_at", (json_int_t)g->obtained_at,
	    "expires_at", (json_int_t)g->expires_at, "wait_until", (json_int_t)g->wait_until,
	    "access_token", g->access_token == NULL ? "" : g->access_token,
	    "refresh_token", g->refresh_token == NULL ? "" : g->refresh_token);
	char   *text = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);

	json_decref(root);
	return text;
}

enum outcome
store_save(struct store *s, struct grant *g, struct why *why)
{
	char        *text = compose(s->account, g);
	size_t       n = text == NULL ? 0 : strlen(text);
	enum outcome o = OUTCOME_DEFER;

	if (text == NULL || n > STORE_BYTES) {
		(void)why_set(why, o, "store: no memory for what belongs into %s", s->account->store);
		goto out;
	}
	if (pwrite(s->next_fd, text, n, 0) != (ssize_t)n || ftruncate(s->next_fd, (off_t)n) == -1 || fsync(s->next_fd) == -1 ||
	    renameat(s->folder_fd, s->next, s->folder_fd, s->name) == -1 || fsync(s->folder_fd) == -1) {
		(void)why_errno(why, o, "store: cannot write %s", s->account->store);
		fd_close(&s->next_fd);	/* what is in it may be all there is: it is not removed */
		goto out;
	}
	fd_close(&s->next_fd);
	grant_clear(&s->grant);
	s->grant = *g;
	memset(g, 0, sizeof *g);
	o = OUTCOME_OK;
out:
	wipe_free(text);
	return o;
}
