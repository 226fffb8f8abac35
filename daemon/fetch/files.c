#include "daemon/fetch/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/fetch/bounds.h"

static int
by_key(const void *a, const void *b)
{
	return memcmp(a, b, FILE_KEY_BYTES);
}

static int
by_name(const void *a, const void *b)
{
	const struct files_one *x = a, *y = b;
	int                     c = strcmp(x->name, y->name);

	return c != 0 ? c : x->folder - y->folder;
}

static int
is_mail(const char *name, int maildir)
{
	size_t n = strlen(name);

	if (name[0] == '.')
		return 0;
	return maildir || (n > 4 && strcasecmp(name + n - 4, ".eml") == 0);
}

/* One more place in a list that doubles. */
static int
grow(void *list, size_t n, size_t *size, size_t one)
{
	void  *more, **p = list;
	size_t wanted = *size == 0 ? 256 : 2 * *size;

	if (n < *size)
		return 0;
	more = reallocarray(*p, wanted, one);
	if (more == NULL)
		return -1;
	*p = more;
	*size = wanted;
	return 0;
}

static enum outcome
add(struct files *f, const char *name, int folder, int maildir, struct why *why)
{
	struct files_one one = { .folder = folder };
	uint8_t          sha256[32];
	size_t           n = maildir ? strcspn(name, ":") : strlen(name);

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, name, n, sha256) < 0)
		return why_set(why, OUTCOME_DEFER, "SHA-256 failed");
	memcpy(one.key, sha256, sizeof one.key);
	if (f->n_told > 0 && bsearch(one.key, f->told, f->n_told, sizeof *f->told, by_key) != NULL)
		return OUTCOME_OK;
	if (f->n >= MAILDIR_FILES)
		return why_set(why, OUTCOME_REFUSED, "there are more than %u files in the folder", MAILDIR_FILES);
	one.name = strdup(name);
	if (one.name == NULL || grow(&f->list, f->n, &f->size, sizeof *f->list) == -1) {
		free(one.name);
		return why_errno(why, OUTCOME_DEFER, "names of files");
	}
	f->list[f->n++] = one;
	return OUTCOME_OK;
}

enum outcome
files_list(struct files *f, int dir_fd, int folder, int maildir, struct why *why)
{
	int            fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR           *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	enum outcome   o = OUTCOME_OK;

	if (dir == NULL) {
		o = why_errno(why, OUTCOME_REFUSED, "cannot list the folder");
		fd_close(&fd);
		return o;
	}
	while (o == OUTCOME_OK && (errno = 0, entry = readdir(dir)) != NULL)
		if (is_mail(entry->d_name, maildir))
			o = add(f, entry->d_name, folder, maildir, why);
		else
			f->n_unread += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (o == OUTCOME_OK && errno != 0)
		o = why_errno(why, OUTCOME_DEFER, "cannot list the folder");
	(void)closedir(dir);
	return o;
}

void
files_sort(struct files *f)
{
	size_t k, n = 0;

	if (f->n == 0)
		return;
	qsort(f->list, f->n, sizeof *f->list, by_name);
	for (k = 0; k < f->n; k++)	/* "a:2,S" of cur/ stands beside "a" of new/ */
		if (n > 0 && by_key(f->list[k].key, f->list[n - 1].key) == 0)
			free(f->list[k].name);
		else
			f->list[n++] = f->list[k];
	f->n = n;
}

enum outcome
files_told(struct files *f, const uint8_t key[FILE_KEY_BYTES], struct why *why)
{
	if (grow(&f->told, f->n_told, &f->size_told, sizeof *f->told) == -1)
		return why_errno(why, OUTCOME_DEFER, "names of files");
	memcpy(f->told[f->n_told++], key, FILE_KEY_BYTES);
	return OUTCOME_OK;
}

void
files_clear(struct files *f)
{
	size_t k;

	for (k = 0; k < f->n; k++)
		free(f->list[k].name);
	f->n = f->n_unread = 0;
	if (f->n_told > 0)
		qsort(f->told, f->n_told, sizeof *f->told, by_key);	/* those of the last round are at its end */
}

void
files_free(struct files *f)
{
	files_clear(f);
	free(f->list);
	free(f->told);
	memset(f, 0, sizeof *f);
}
