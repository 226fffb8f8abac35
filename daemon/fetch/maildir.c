#include "daemon/fetch/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "config/conf.h"
#include "daemon/fetch/body.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/dates.h"
#include "daemon/fetch/files.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/stream.h"
#include "parsers/limits.h"

#define UIDVALIDITY	1	/* a maildir has none (protocol.h) */
#define HEADER_BYTES	(64u << 10)

struct maildir {
	struct report *report;
	const char    *path;		/* as configured … */
	int            root;		/* … and what stood there when it was opened */
	int            folder[2];	/* new/ and cur/, or the folder of .eml files and -1 */
	int            is_maildir;
	struct files   files;
	struct body    body;
	struct skipped {
		size_t links, others, names;	/* symlinks; folders, pipes; names that are no mail's */
	}              skipped, said;	/* in this round, and in the one told last */
	size_t         trouble;		/* files of this round that could not be told */
	struct why     first_trouble;
};

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum outcome
open_folders(struct maildir *d, struct why *why)
{
	d->root = open_folder(AT_FDCWD, d->path);
	if (d->root == -1)
		return why_errno(why, OUTCOME_REFUSED, "%s", d->path);
	d->folder[0] = open_folder(d->root, "new");
	d->folder[1] = open_folder(d->root, "cur");
	d->is_maildir = d->folder[0] != -1 && d->folder[1] != -1;
	if (d->is_maildir)
		return OUTCOME_OK;
	fd_close(&d->folder[0]);
	fd_close(&d->folder[1]);
	d->folder[0] = open_folder(d->root, ".");
	return d->folder[0] != -1 ? OUTCOME_OK : why_errno(why, OUTCOME_REFUSED, "%s", d->path);
}

static int
is_still(int at, const char *name, int held)
{
	struct stat here, then;

	return fstatat(at, name, &here, 0) == 0 && fstat(held, &then) == 0 && here.st_dev == then.st_dev && here.st_ino == then.st_ino;
}

/*
 * What is held stays readable when it is moved away or deleted, and says nothing of what stands under the name now. The lock lets nothing
 * else be opened: the next process does that, or finds that there is nothing.
 */
static enum outcome
still_there(const struct maildir *d, struct why *why)
{
	if (is_still(AT_FDCWD, d->path, d->root) && (!d->is_maildir || (is_still(d->root, "new", d->folder[0]) &&
	    is_still(d->root, "cur", d->folder[1]))))
		return OUTCOME_OK;
	return why_set(why, OUTCOME_BAD, "%s was replaced or is gone since it was opened", d->path);
}

/* The rest of the round goes on; at its end the mailbox fails, because a mail is not told. */
static void
note_trouble(struct maildir *d, const char *name, const char *words)
{
	char shown[160];

	if (d->trouble++ == 0)
		(void)why_set(&d->first_trouble, OUTCOME_REFUSED, "%s: %s",
		    log_quote(shown, sizeof shown, (const uint8_t *)name, strlen(name), 100), words);
}

/* It may be an answer that somebody linked there: told when it begins and whenever the numbers change, else each round would say the same. */
static void
tell_skipped(struct maildir *d)
{
	d->skipped.names = d->files.n_unread;
	if (memcmp(&d->skipped, &d->said, sizeof d->said) == 0)
		return;
	d->said = d->skipped;
	log_warnx("not-read", "mailbox=%s links=%zu others=%zu names=%zu: of this folder only files are read%s, no symbolic links",
	    d->report->mailbox, d->skipped.links, d->skipped.others, d->skipped.names, d->is_maildir ? "" : " whose names end in .eml");
}

/* Copies what the file holds; the beginning also into `header`, for its date. 0, or -1 with errno. */
static int
copy(int fd, struct body *b, char *header, size_t *n_header)
{
	char    piece[64 << 10];
	ssize_t got;
	size_t  n;

	*n_header = 0;
	while ((got = read(fd, piece, sizeof piece)) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1 || body_add(b, piece, (size_t)got) == -1)
			return -1;
		n = HEADER_BYTES - *n_header < (size_t)got ? HEADER_BYTES - *n_header : (size_t)got;
		memcpy(header + *n_header, piece, n);
		*n_header += n;
		if (b->size_bytes > LIMIT_MAIL_BYTES)
			break;
	}
	return 0;
}

/* A file that changes while it is read is for the next round: whoever writes it is not done. */
static int
changed(int fd, const struct stat *before)
{
	struct stat now;

	return fstat(fd, &now) == -1 || now.st_size != before->st_size || now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

static void
write_key(const struct files_one *one, char key[2 * FILE_KEY_BYTES + 1])
{
	size_t k;

	for (k = 0; k < FILE_KEY_BYTES; k++)
		(void)snprintf(key + 2 * k, 3, "%02x", one->key[k]);
}

static enum outcome
exclude(struct maildir *d, const struct files_one *one, const struct stat *st, struct why *why)
{
	struct fetch_record record = { .uidvalidity = UIDVALIDITY, .size_bytes = (uint64_t)st->st_size, .internal_at = st->st_mtim.tv_sec };
	char                key[2 * FILE_KEY_BYTES + 1], shown[160];
	enum outcome        o = report_wait_room(d->report, 1, 0, why);

	if (o != OUTCOME_OK || d->report->quit)
		return o;
	write_key(one, key);
	log_warnx("too-large", "mailbox=%s key=%s is the file %s", d->report->mailbox, key,
	    log_quote(shown, sizeof shown, (const uint8_t *)one->name, strlen(one->name), 100));
	o = report_excluded(d->report, &record, key, "too-large", why);
	return o == OUTCOME_OK ? files_told(&d->files, one->key, why) : o;
}

static enum outcome
send_mail(struct maildir *d, const struct files_one *one, const struct stat *st, const char *header, size_t n_header,
    struct why *why)
{
	struct fetch_record record = { .uidvalidity = UIDVALIDITY, .size_bytes = d->body.size_bytes };
	char                key[2 * FILE_KEY_BYTES + 1];
	enum outcome        o;
	int                 fd;

	write_key(one, key);
	record.internal_at = date_received(header, n_header);
	if (record.internal_at == DATE_UNKNOWN)
		record.internal_at = st->st_mtim.tv_sec;
	fd = body_take(&d->body);
	if (fd == -1)
		return why_errno(why, OUTCOME_DEFER, "cannot keep a mail in memory");
	o = report_wait_room(d->report, 1, record.size_bytes, why);
	if (o == OUTCOME_OK && !d->report->quit) {
		o = report_mail(d->report, &record, key, fd, why);
		if (o == OUTCOME_OK)
			o = files_told(&d->files, one->key, why);
	}
	fd_close(&fd);
	return o;
}

/* One file. *again: it was moved while we looked, its new name is to be found. */
static enum outcome
tell_file(struct maildir *d, const struct files_one *one, int *again, struct why *why)
{
	static char  header[HEADER_BYTES];
	struct stat  st;
	size_t       n_header;
	enum outcome o = OUTCOME_OK;
	int          fd = openat(d->folder[one->folder], one->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT)
		*again = 1;
	else if (fd == -1 && errno == ELOOP)
		d->skipped.links++;
	else if (fd == -1 && errno == ENXIO)	/* a socket */
		d->skipped.others++;
	else if (fd == -1)
		note_trouble(d, one->name, strerror(errno));
	if (fd == -1)
		return OUTCOME_OK;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		d->skipped.others++;	/* a folder or a pipe with such a name is no mail */
		goto out;
	}
	body_drop(&d->body);
	if (copy(fd, &d->body, header, &n_header) == -1)
		note_trouble(d, one->name, strerror(errno));
	else if (!changed(fd, &st))
		o = d->body.size_bytes > LIMIT_MAIL_BYTES ? exclude(d, one, &st, why) : send_mail(d, one, &st, header, n_header, why);
	body_drop(&d->body);
out:
	fd_close(&fd);
	return o;
}

/* In a folder of files somebody may be copying: a file of this moment gets a second to become whole. */
static void
let_settle(struct maildir *d)
{
	struct timespec now, pause = { MAILDIR_SETTLED_MS / 1000, MAILDIR_SETTLED_MS % 1000 * 1000000L };
	struct stat     st;
	size_t          k;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	for (k = 0; k < d->files.n && !d->is_maildir; k++)
		if (fstatat(d->folder[0], d->files.list[k].name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    llabs((long long)now.tv_sec - st.st_mtim.tv_sec) <= MAILDIR_SETTLED_MS / 1000) {
			(void)nanosleep(&pause, NULL);
			return;
		}
}

static enum outcome
list(struct maildir *d, struct why *why)
{
	enum outcome o;

	files_clear(&d->files);
	o = files_list(&d->files, d->folder[0], 0, d->is_maildir, why);
	if (o == OUTCOME_OK && d->is_maildir)
		o = files_list(&d->files, d->folder[1], 1, 1, why);
	files_sort(&d->files);
	return o;
}

/* A mail that moves from new/ to cur/ between listing and opening is found by listing again. */
static enum outcome
round_of_files(struct maildir *d, struct why *why)
{
	enum outcome o = OUTCOME_OK;
	size_t       k;
	int          again = 1, tries;

	for (tries = 0; tries < 3 && again && o == OUTCOME_OK && !d->report->quit; tries++) {
		again = 0;
		d->trouble = 0;
		d->skipped = (struct skipped){ 0, 0, 0 };
		o = list(d, why);
		if (o == OUTCOME_OK && tries == 0)
			let_settle(d);
		for (k = 0; k < d->files.n && o == OUTCOME_OK && !d->report->quit; k++)
			o = tell_file(d, &d->files.list[k], &again, why);
	}
	if (o == OUTCOME_OK)
		o = report_wait_level(d->report, why);
	if (o == OUTCOME_OK && !d->report->quit)
		o = still_there(d, why);
	if (o != OUTCOME_OK || d->report->quit)
		return o;
	tell_skipped(d);
	if (d->trouble > 0)
		return why_set(why, OUTCOME_REFUSED, "%zu files cannot be taken; the first: %s", d->trouble, d->first_trouble.text);
	return report_round(d->report, UIDVALIDITY, (uint32_t)d->files.n_told, 0, 0, why);
}

static enum outcome
serve(struct maildir *d, const struct conf *c, struct why *why)
{
	struct report *r = d->report;
	int64_t        next_ms = 0, left;
	enum outcome   o = report_selected(r, UIDVALIDITY, 0, 0, why);

	while (o == OUTCOME_OK && !r->has_cursor && !r->quit)
		o = report_listen(r, -1, why);
	while (o == OUTCOME_OK && !r->quit) {
		r->list = 0;	/* every round looks at every file */
		for (; o == OUTCOME_OK && r->n_settles > 0; r->n_settles--)
			o = report_settled(r, &r->settles[r->n_settles - 1], "left", NULL, why);	/* its files are not ours to move */
		left = next_ms - clock_ms();
		if (o == OUTCOME_OK && (r->poll || left <= 0)) {
			r->poll = 0;
			o = round_of_files(d, why);
			next_ms = clock_ms() + c->poll_ms;
			report_step(r, "polling", "waiting");
		} else if (o == OUTCOME_OK)
			o = report_listen(r, left > INT32_MAX ? INT32_MAX : (int)left, why);
	}
	return o;
}

enum outcome
maildir_run(const struct conf *c, const struct conf_mailbox *m, struct report *r, struct why *why)
{
	static struct maildir d;	/* with a body's buffer it is large for a stack */
	enum outcome          o;

	d = (struct maildir){ .report = r, .path = m->folder, .root = -1, .folder = { -1, -1 } };
	body_init(&d.body);
	report_step(r, NULL, "folder %s", m->folder);
	o = open_folders(&d, why);
	if (o == OUTCOME_OK)
		o = sandbox_lock_reading(d.root, why);
	if (o == OUTCOME_OK)
		o = list(&d, why);
	if (o == OUTCOME_OK && r->sock != -1)
		o = serve(&d, c, why);
	files_free(&d.files);
	fd_close(&d.folder[0]);
	fd_close(&d.folder[1]);
	fd_close(&d.root);
	return o;
}
