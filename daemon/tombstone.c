#include "daemon/tombstone.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

#define KEY		"erase.key"
#define KEY_NEW		"erase.key.new"

/* Whole or not at all: a key that was cut off would be in the way for ever. */
static int
write_key(int folder, const uint8_t key[TOMBSTONE_KEY_BYTES])
{
	int fd = FAULT("erase-key-create") ? -1 : openat(folder, KEY_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), bad;

	if (fd == -1)
		return -1;
	bad = FAULT_HALF("erase-key-write", fd, key, TOMBSTONE_KEY_BYTES) || fd_write_full(fd, key, TOMBSTONE_KEY_BYTES) == -1 || fchmod(fd, 0400) == -1 ||
	    FAULT("erase-key-fsync") || fsync(fd) == -1;
	fd_close(&fd);
	return bad || FAULT("erase-key-rename") || renameat(folder, KEY_NEW, folder, KEY) == -1 || FAULT("erase-key-name-fsync") ||
	    fsync(folder) == -1 ? -1 : 0;
}

/* Made when it is first needed; lost with it is only that erased mails are known again by what they say. */
static enum outcome
make_key(int folder, const char *path, uint8_t key[TOMBSTONE_KEY_BYTES], struct why *why)
{
	(void)unlinkat(folder, KEY_NEW, 0);	/* of one that was stopped: it may not be written to */
	if (getrandom(key, TOMBSTONE_KEY_BYTES, 0) != TOMBSTONE_KEY_BYTES || write_key(folder, key) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s/" KEY, path);
	return OUTCOME_OK;
}

static enum outcome
read_key(int fd, const char *path, uint8_t key[TOMBSTONE_KEY_BYTES], struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s/" KEY, path);
	if (!S_ISREG(st.st_mode) || st.st_size != TOMBSTONE_KEY_BYTES)
		return why_set(why, OUTCOME_REFUSED, "%s/" KEY " is %s", path, S_ISREG(st.st_mode) && st.st_size == 0 ? "empty" :
		    "no key: a key has 32 bytes");
	return fd_read_full(fd, key, TOMBSTONE_KEY_BYTES) == -1 ? why_errno(why, OUTCOME_DEFER, "%s/" KEY, path) : OUTCOME_OK;
}

/* Another try, a moment later, may find it. */
static int
is_passing(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EINTR || error == EIO;
}

enum outcome
tombstone_key(const char *archive, const char *known, int make, uint8_t key[TOMBSTONE_KEY_BYTES], struct why *why)
{
	int          folder = open(archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	char         check[TOMBSTONE_CHECK_HEX];
	enum outcome o;

	if (folder == -1)
		return why_errno(why, OUTCOME_DEFER, "%s", archive);
	fd = openat(folder, KEY, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd != -1)
		o = read_key(fd, archive, key, why);
	else if (errno == ENOENT && make)
		o = make_key(folder, archive, key, why);
	else if (errno == ENOENT)
		o = why_set(why, OUTCOME_REFUSED, "%s/" KEY " is missing", archive);
	else
		o = why_errno(why, is_passing(errno) ? OUTCOME_DEFER : OUTCOME_REFUSED, "%s/" KEY, archive);
	fd_close(&fd);
	fd_close(&folder);
	if (o == OUTCOME_OK)
		tombstone_check(key, check);
	if (o == OUTCOME_OK && known[0] != '\0' && strcmp(check, known) != 0)
		o = why_set(why, OUTCOME_REFUSED, "%s/" KEY " is another key than the one that the journal tells of", archive);
	return o;
}

void
tombstone_check(const uint8_t key[TOMBSTONE_KEY_BYTES], char hex[TOMBSTONE_CHECK_HEX])
{
	char digest[TOMBSTONE_DIGEST_HEX];

	tombstone_digest(key, "check", "", 0, digest);
	(void)snprintf(hex, TOMBSTONE_CHECK_HEX, "%.16s", digest);
}

void
tombstone_digest(const uint8_t key[TOMBSTONE_KEY_BYTES], const char *what, const void *p, size_t n, char hex[TOMBSTONE_DIGEST_HEX])
{
	struct hmac_sha256_ctx h;
	uint8_t                digest[SHA256_DIGEST_SIZE];

	hmac_sha256_set_key(&h, TOMBSTONE_KEY_BYTES, key);
	hmac_sha256_update(&h, strlen(what) + 1, (const uint8_t *)what);
	hmac_sha256_update(&h, n, p);
	hmac_sha256_digest(&h, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

enum outcome
tombstone_of_same(struct store *s, const uint8_t key[TOMBSTONE_KEY_BYTES], int64_t submission, struct remains *m, int64_t *before, struct why *why)
{
	char         hex[TOMBSTONE_DIGEST_HEX];
	enum outcome o = store_remains(s, submission, m, why);

	*before = 0;
	if (o != OUTCOME_OK || !m->has_content)
		return o;
	tombstone_digest(key, "content", m->content, sizeof m->content, hex);
	return store_find_tombstone(s, submission, hex, before, why);
}

enum outcome
tombstone_mark(struct store *s, const char *archive, const char *known, int64_t submission, struct why *why)
{
	struct remains m;
	uint8_t        key[TOMBSTONE_KEY_BYTES];
	int64_t        before;
	enum outcome   o = tombstone_key(archive, known, 0, key, why);

	if (o == OUTCOME_REFUSED)	/* told at the start and once a day: erase_tell_key() */
		return OUTCOME_OK;
	if (o == OUTCOME_OK)
		o = tombstone_of_same(s, key, submission, &m, &before, why);
	return o == OUTCOME_OK && before != 0 ? store_unburied(s, submission, 1, why) : o;
}
