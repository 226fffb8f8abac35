/* What hoering-fetch says, believed only as far as it can be checked: a hostile server may speak through it. */
#include "daemon/fetcher.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/fetch/uidset.h"
#include "parsers/limits.h"

/* Records read from one fetcher before the others have their turn. */
#define TURN		64
/* User, server and folder; what is longer is told apart by its beginning. */
#define SOURCE_BYTES	1024
#define UNSETTLED_TOLD_S 3600	/* that a server won't let its mails be flagged or moved is told so often */

/* Where its mail is; a change of it alone does not say whether it is the same mail. */
static void
put_source(const struct conf_mailbox *m, char *out, size_t size)
{
	(void)snprintf(out, size, "%s at %s port %u, %s", m->user, m->host, m->port, m->folder);
}

/*
 * A UID names a mail for as long as the mailbox is the same (RFC 3501, 2.3.1.1). After a change of `url` or `user` it may be another, with
 * the same UIDVALIDITY by chance: all of it is read once more, and intake_receive() holds each mail against the one stored.
 */
static enum outcome
look_where(struct fetcher *f, struct intake *in, uint64_t *uid, struct why *why)
{
	char         here[SOURCE_BYTES], before[SOURCE_BYTES];
	enum outcome o = store_source(in->store, f->mailbox->name, before, sizeof before, why);

	put_source(f->mailbox, here, sizeof here);
	if (f->uidvalidity != f->health_uidvalidity)
		f->again_uid = 0;
	f->again = o == OUTCOME_OK && f->mailbox->scheme != SCHEME_MAILDIR && before[0] != '\0' && strcmp(before, here) != 0;
	if (f->again && *uid > f->again_uid) {
		if (f->again_uid == 0)
			log_info("reading-again", "mailbox=%s uidvalidity=%" PRIu32 " its url or user has changed: all of it is read once more and held "
			    "against what is stored", f->mailbox->name, f->uidvalidity);
		*uid = f->again_uid;
	}
	return o;
}

static enum outcome
on_selected(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	uint64_t     uid = 0;
	enum outcome o;

	f->uidvalidity = r->uidvalidity;
	f->exists = r->exists;
	fetcher_set_state(f, "selected");
	o = in->behind ? intake_catch_up(in, why) : OUTCOME_OK;
	if (o == OUTCOME_OK)
		o = store_cursor(in->store, f->mailbox->name, r->uidvalidity, &uid, why);
	if (o == OUTCOME_OK)
		o = look_where(f, in, &uid, why);
	f->health_uidvalidity = r->uidvalidity;
	f->listed_ms = monotonic_ms();
	f->listing = f->mailbox->scheme != SCHEME_MAILDIR && !f->again;	/* another mailbox's list says nothing of what is stored */
	if (o == OUTCOME_OK && fetcher_tell_cursor(f, uid) == -1)
		fetcher_drop(f, RETRY_SOON, "hoering-fetch does not listen");
	return o;
}

static int
is_key(const char *s)
{
	return strlen(s) == 32 && strspn(s, "0123456789abcdef") == 32;
}

static enum outcome
on_mail(struct fetcher *f, const struct fetch_record *r, int fd, struct intake *in, struct why *why)
{
	struct stat  st;
	struct copy  c = { .mailbox = f->mailbox->name, .uidvalidity = r->uidvalidity, .uid = r->uid, .key = "",
		.received_at = r->internal_at, .fd = fd, .size_bytes = r->size_bytes, .actor = "hoering-fetch" };
	int          keyed = f->mailbox->scheme == SCHEME_MAILDIR;
	enum outcome o;

	if (keyed)
		c.key = r->words;
	if (f->uidvalidity == 0 || r->uidvalidity != f->uidvalidity || (keyed ? !is_key(r->words) : r->uid == 0) || fd == -1 ||
	    !fd_is_sealed(fd) || fstat(fd, &st) == -1 || (uint64_t)st.st_size != r->size_bytes ||
	    r->size_bytes > LIMIT_MAIL_BYTES) {
		fetcher_drop(f, RETRY_SOON, "hoering-fetch handed over a mail that is not as it says");
		return OUTCOME_OK;
	}
	o = intake_receive(in, &c, f, f->generation, why);
	if (o == OUTCOME_BAD) {
		f->again_uid = 0;
		fetcher_drop(f, RETRY_CONFIG, why->text);
		return OUTCOME_OK;
	}
	return o;
}

static enum outcome
on_excluded(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	struct copy c = { .mailbox = f->mailbox->name, .uidvalidity = r->uidvalidity, .uid = r->uid, .key = "",
		.received_at = r->internal_at, .fd = -1, .size_bytes = r->size_bytes, .actor = "hoering-fetch" };
	const char *reason = strncmp(r->words, "too-large", 9) == 0 ? "too-large" : "vanished";
	int         keyed = f->mailbox->scheme == SCHEME_MAILDIR;

	if (keyed)
		c.key = r->words + strcspn(r->words, " ") + (strchr(r->words, ' ') != NULL);
	if (f->uidvalidity == 0 || r->uidvalidity != f->uidvalidity || (keyed ? !is_key(c.key) : r->uid == 0)) {
		fetcher_drop(f, RETRY_SOON, "hoering-fetch excluded a mail that is none");
		return OUTCOME_OK;
	}
	log_warnx("excluded", "mailbox=%s uid=%" PRIu32 "%s%s bytes=%" PRIu64 " %s: it is told in the view completeness", f->mailbox->name,
	    r->uid, keyed ? " key=" : "", c.key, r->size_bytes, reason);
	return intake_exclude(in, &c, reason, f, f->generation, why);
}

/* Ranges of the list, or its end; it is compared when what came before it is in the database (fetchers_compare). */
static void
on_listed(struct fetcher *f, const struct fetch_record *r)
{
	struct why   why;
	enum outcome o;

	if (!f->listing || r->uidvalidity != f->uidvalidity)
		return;		/* nobody asked for it */
	f->shown.uidvalidity = r->uidvalidity;
	o = uid_list_add(&f->shown, r->words, &why);
	if (o == OUTCOME_OK && r->code == 1) {
		f->listing = 0;
		if (f->shown.total == r->exists)
			f->shown.whole = 1;
		else
			o = why_set(&why, OUTCOME_BAD, "the list of UIDs is not as long as it says");
	}
	if (o != OUTCOME_OK)
		fetcher_drop(f, RETRY_SOON, why.text);
}

/* What the list showed and no round has brought, a record's worth. *n: how many are asked for. */
static enum outcome
want_missing(struct fetcher *f, struct intake *in, size_t *n, struct why *why)
{
	uint32_t     uids[64];
	char         words[sizeof ((struct fetch_record *)NULL)->words] = "";
	size_t       i;
	enum outcome o = store_missing(in->store, f->mailbox->name, f->uidvalidity, uids, sizeof uids / sizeof uids[0], n, why);

	if (o != OUTCOME_OK || *n == 0)
		return o;
	for (i = 0; i < *n && uidset_add(words, sizeof words, uids[i], uids[i]); i++)
		;
	log_info("fetching-missing", "mailbox=%s uidvalidity=%" PRIu32 " uids=%s", f->mailbox->name, f->uidvalidity, words);
	if (fetcher_tell(f, FETCH_WANT, 0, words) == -1)
		fetcher_drop(f, RETRY_SOON, "hoering-fetch does not listen");
	return OUTCOME_OK;
}

static enum outcome
on_round(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	char         source[SOURCE_BYTES];
	size_t       n = 0;
	enum outcome o = f->mailbox->scheme == SCHEME_MAILDIR ? OUTCOME_OK : want_missing(f, in, &n, why);

	if (o != OUTCOME_OK || n > 0)
		return o;	/* another round follows */
	if (f->mailbox->scheme != SCHEME_MAILDIR && !f->level) {
		put_source(f->mailbox, source, sizeof source);
		if ((o = store_set_source(in->store, f->mailbox->name, source, why)) != OUTCOME_OK)
			return o;
		f->again = 0;
	}
	if (!f->level)
		log_info("level", "mailbox=%s uidvalidity=%" PRIu32 " messages=%" PRIu32 ": nothing on the server is missing here",
		    f->mailbox->name, f->uidvalidity, r->exists);
	f->level = 1;
	f->settle_after = 0;	/* what the server would not settle is tried again */
	f->failures = 0;
	f->failed = 0;
	f->exists = r->exists;
	f->success_at = (int64_t)time(NULL);
	if (f->mailbox->scheme == SCHEME_MAILDIR)
		f->checked_at = f->success_at;	/* a round looks at every file */
	fetcher_set_error(f, "");
	fetcher_set_state(f, "level");
	return OUTCOME_OK;
}

static enum outcome
on_settled(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	struct copy c = { .mailbox = f->mailbox->name, .uidvalidity = f->uidvalidity, .uid = r->uid, .key = "", .fd = -1,
		.actor = "hoering-fetch" };
	const char  *how = strcmp(r->words, "moved") == 0 ? "moved" : strcmp(r->words, "gone") == 0 ? "gone" : "keyword";
	int64_t      now = (int64_t)time(NULL);
	int          was_asked = 0;
	enum outcome o;

	if (f->settling > 0)
		f->settling--;
	if (r->code == 0 && f->mailbox->after == AFTER_MOVE && strcmp(how, "gone") == 0) {
		o = store_was_asked(in->store, f->mailbox->name, f->uidvalidity, r->uid, &was_asked, why);
		if (o != OUTCOME_OK)
			return o;
		how = was_asked ? "moved" : "gone";	/* by us: the answer to the move was lost */
	}
	if (r->code == 0)
		return intake_settled(in, &c, how, why);
	f->settle_after = r->uid > f->settle_after ? r->uid : f->settle_after;
	f->failed = 1;
	fetcher_set_error(f, r->words);
	if (now - f->unsettled_at >= UNSETTLED_TOLD_S || now < f->unsettled_at) {
		f->unsettled_at = now;
		log_warnx("settle-failed", "mailbox=%s uid=%" PRIu32 " %s: it is filed, and is tried again in each round, as are others; told once an hour",
		    f->mailbox->name, r->uid, r->words);
	}
	return OUTCOME_OK;
}

static enum outcome
on_record(struct fetcher *f, const struct fetch_record *r, int fd, struct intake *in, struct why *why)
{
	switch (r->kind) {
	case FETCH_STATE:
		if (f->level && (strcmp(r->words, "idle") == 0 || strcmp(r->words, "polling") == 0))
			return OUTCOME_OK;	/* level says more */
		fetcher_set_state(f, r->words);
		return OUTCOME_OK;
	case FETCH_SELECTED:
		return on_selected(f, r, in, why);
	case FETCH_MAIL:
		return on_mail(f, r, fd, in, why);
	case FETCH_EXCLUDED:
		return on_excluded(f, r, in, why);
	case FETCH_ROUND:
		return on_round(f, r, in, why);
	case FETCH_LISTED:
		on_listed(f, r);
		return OUTCOME_OK;
	case FETCH_SETTLED:
		return on_settled(f, r, in, why);
	case FETCH_FAILED:
		f->last_failure = *r;
		return OUTCOME_OK;
	default:
		fetcher_drop(f, RETRY_SOON, "hoering-fetch sent a record that is none");
		return OUTCOME_OK;
	}
}

static int
is_printable(const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size && s[i] != '\0'; i++)
		if (s[i] < 0x20 || s[i] > 0x7e)
			return 0;
	return i < size;
}

enum outcome
fetcher_read(struct fetcher *f, struct intake *in, struct why *why)
{
	struct fetch_record r;
	enum outcome        o = OUTCOME_OK;
	ssize_t             n;
	int                 fd, i;

	for (i = 0; i < TURN && f->sock != -1 && o == OUTCOME_OK; i++) {
		fd = -1;
		n = FAULT("fetcher-receive") ? -1 : fd_recv(f->sock, &r, sizeof r, &fd);
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		f->heard_ms = monotonic_ms();
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			fetcher_lost(f);
		else if (n != (ssize_t)sizeof r || !is_printable(r.words, sizeof r.words))
			fetcher_drop(f, RETRY_SOON, "hoering-fetch sent a record that is none");
		else
			o = on_record(f, &r, fd, in, why);
		fd_close(&fd);
	}
	return o;
}
