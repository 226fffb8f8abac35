#include "daemon/fetch/report.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/fd.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/uidset.h"

enum outcome
report_open(struct report *r, int sock, const char *mailbox, struct why *why)
{
	int       type = 0;
	socklen_t size = sizeof type;

	memset(r, 0, sizeof *r);
	r->sock = sock;
	r->mailbox = mailbox;
	if (sock == -1)
		return OUTCOME_OK;
	if (getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &size) == -1 || type != SOCK_SEQPACKET)
		return why_set(why, OUTCOME_REFUSED, "descriptor %d is no socket of hoeringd; use --check to try a mailbox by hand",
		    sock);
	return OUTCOME_OK;
}

void
report_close(struct report *r)
{
	free(r->settles);
	r->settles = NULL;
	free(r->wanted);
	r->wanted = NULL;
	fd_close(&r->sock);
}

static enum outcome
tell(struct report *r, const struct fetch_record *record, int fd, struct why *why)
{
	if (r->sock == -1)
		return OUTCOME_OK;
	if (!FAULT("fetch-tell") && fd_send(r->sock, record, sizeof *record, fd) == 0)
		return OUTCOME_OK;
	if (errno == EPIPE || errno == ECONNRESET) {
		r->gone = 1;
		return why_set(why, OUTCOME_LOST, "hoeringd is gone");
	}
	return why_errno(why, OUTCOME_DEFER, "cannot send to hoeringd");
}

/* Printable ASCII: names of the configuration are UTF-8. What is escaped already stays as it is. */
static void
set_words(struct fetch_record *record, const char *words)
{
	const size_t size = sizeof record->words;
	size_t       o = 0;

	for (; *words != '\0' && o + 5 < size; words++) {
		if (*words >= 0x20 && *words < 0x7f)
			record->words[o++] = *words;
		else
			o += (size_t)snprintf(record->words + o, size - o, "\\x%02x", (unsigned char)*words);
	}
	record->words[o] = '\0';
}

void
report_step(struct report *r, const char *state, const char *step, ...)
{
	struct fetch_record record = { .kind = FETCH_STATE };
	va_list             ap;

	if (r->sock == -1) {
		report_checked(r, OUTCOME_OK, NULL);
		va_start(ap, step);
		(void)vsnprintf(r->step, sizeof r->step, step, ap);
		va_end(ap);
	} else if (state != NULL) {
		set_words(&record, state);
		(void)!tell(r, &record, -1, NULL);
	}
}

void
report_checked(struct report *r, enum outcome o, const struct why *why)
{
	if (r->sock == -1 && r->step[0] != '\0')
		(void)printf("%s: %s: %s\n", r->mailbox, r->step, o == OUTCOME_OK ? "ok" : why->text);
	r->step[0] = '\0';
	(void)fflush(stdout);
}

void
report_unchecked(struct report *r, const char *words)
{
	if (r->sock == -1 && r->step[0] != '\0')
		(void)printf("%s: %s: not checked: %s\n", r->mailbox, r->step, words);
	r->step[0] = '\0';
}

enum outcome
report_selected(struct report *r, uint32_t uidvalidity, uint32_t uidnext, uint32_t exists, struct why *why)
{
	struct fetch_record record = { .kind = FETCH_SELECTED, .uidvalidity = uidvalidity, .uidnext = uidnext,
		.exists = exists };

	return tell(r, &record, -1, why);
}

static void
window_add(struct report *r, const struct fetch_record *record, const char *key, uint64_t size_bytes)
{
	struct waiting *w;

	if (r->n_window == FETCH_WINDOW)
		return;		/* the callers ask report_has_room() first */
	w = &r->window[r->n_window++];
	w->uid = record->uid;
	w->size_bytes = size_bytes;
	(void)snprintf(w->key, sizeof w->key, "%s", key);
	r->window_bytes += size_bytes;
}

enum outcome
report_mail(struct report *r, const struct fetch_record *mail, const char *key, int fd, struct why *why)
{
	struct fetch_record record = *mail;
	enum outcome        o;

	record.kind = FETCH_MAIL;
	set_words(&record, key);
	o = tell(r, &record, fd, why);
	if (o == OUTCOME_OK)
		window_add(r, &record, key, record.size_bytes);
	return o;
}

enum outcome
report_excluded(struct report *r, const struct fetch_record *mail, const char *key, const char *reason, struct why *why)
{
	struct fetch_record record = *mail;
	enum outcome        o;

	record.kind = FETCH_EXCLUDED;
	(void)snprintf(record.words, sizeof record.words, "%s%s%s", reason, key[0] == '\0' ? "" : " ", key);
	o = tell(r, &record, -1, why);
	if (o == OUTCOME_OK)
		window_add(r, &record, key, 0);
	return o;
}

enum outcome
report_round(struct report *r, uint32_t uidvalidity, uint32_t exists, uint32_t uidnext, uint32_t uid, struct why *why)
{
	struct fetch_record record = { .kind = FETCH_ROUND, .uidvalidity = uidvalidity, .exists = exists, .uidnext = uidnext,
		.uid = uid };

	return tell(r, &record, -1, why);
}

enum outcome
report_listed(struct report *r, const struct fetch_record *ranges, struct why *why)
{
	struct fetch_record record = *ranges;

	record.kind = FETCH_LISTED;
	return tell(r, &record, -1, why);
}

enum outcome
report_settled(struct report *r, const struct settle *s, const char *how, const char *failed, struct why *why)
{
	struct fetch_record record = { .kind = FETCH_SETTLED, .uidvalidity = s->uidvalidity, .uid = s->uid,
		.code = failed != NULL };

	set_words(&record, failed != NULL ? failed : how);
	return tell(r, &record, -1, why);
}

void
report_failed(struct report *r, enum outcome o, const struct why *why)
{
	struct fetch_record record = { .kind = FETCH_FAILED };

	record.code = o == OUTCOME_REFUSED ? RETRY_CONFIG : o == OUTCOME_DEFER ? RETRY_LATER : RETRY_SOON;
	record.uidnext = (uint32_t)r->later_s;
	set_words(&record, why->text);
	if (!r->gone)
		(void)!tell(r, &record, -1, NULL);
}

static enum outcome
add_settle(struct report *r, const struct fetch_record *record, struct why *why)
{
	struct settle *more;
	size_t         size;

	if (r->n_settles >= SETTLE_QUEUE)
		return OUTCOME_OK;	/* unanswered, and so asked again by the next process */
	if (r->n_settles == r->size_settles) {
		size = r->size_settles == 0 ? 256 : 2 * r->size_settles;
		more = reallocarray(r->settles, size, sizeof *more);
		if (more == NULL)
			return why_errno(why, OUTCOME_DEFER, "mails to settle");
		r->settles = more;
		r->size_settles = size;
	}
	r->settles[r->n_settles++] = (struct settle){ record->uidvalidity, record->uid };
	return OUTCOME_OK;
}

static void
archived(struct report *r, const struct fetch_record *record)
{
	struct waiting *w;
	size_t          i;

	for (i = 0; i < r->n_window; i++) {
		w = &r->window[i];
		if (w->key[0] == '\0' ? w->uid == record->uid : strstr(record->words, w->key) != NULL) {
			r->window_bytes -= w->size_bytes;
			r->n_window--;
			memmove(w, w + 1, (r->n_window - i) * sizeof *w);
			return;
		}
	}
}

static enum outcome
add_wanted(struct report *r, const struct fetch_record *record, struct why *why)
{
	const char *p = record->words;
	uint32_t   *more, first, last;

	while (uidset_next(&p, &first, &last) == 1) {
		if (r->n_wanted > 0 && first <= r->wanted[r->n_wanted - 1])
			return OUTCOME_OK;
		if (last - first >= FETCH_WANTED || r->n_wanted + (last - first) >= FETCH_WANTED)
			return OUTCOME_OK;	/* the daemon asks again for what does not come */
		more = reallocarray(r->wanted, FETCH_WANTED, sizeof *more);
		if (more == NULL)
			return why_errno(why, OUTCOME_DEFER, "mails to fetch");
		r->wanted = more;
		for (; first < last; first++)
			r->wanted[r->n_wanted++] = first;
		r->wanted[r->n_wanted++] = last;
	}
	r->poll = 1;
	return OUTCOME_OK;
}

static enum outcome
take(struct report *r, const struct fetch_record *record, struct why *why)
{
	switch (record->kind) {
	case FETCH_CURSOR:
		r->has_cursor = 1;
		r->cursor_uidvalidity = record->uidvalidity;
		r->cursor_uid = record->uid;
		r->list |= record->code == 1;
		return OUTCOME_OK;
	case FETCH_ARCHIVED:
		archived(r, record);
		return OUTCOME_OK;
	case FETCH_SETTLE:
		return add_settle(r, record, why);
	case FETCH_POLL:
		r->poll = 1;
		return OUTCOME_OK;
	case FETCH_QUIT:
		r->quit = 1;
		return OUTCOME_OK;
	case FETCH_LIST:
		r->list = 1;
		return OUTCOME_OK;
	case FETCH_WANT:
		return add_wanted(r, record, why);
	default:
		return why_set(why, OUTCOME_LOST, "hoeringd sent a record of kind %u: are both of one version?", record->kind);
	}
}

enum outcome
report_listen(struct report *r, int timeout_ms, struct why *why)
{
	struct pollfd       p = { .fd = r->sock, .events = POLLIN };
	struct fetch_record record;
	ssize_t             got;
	enum outcome        o;

	while (poll(&p, 1, timeout_ms) > 0) {
		got = fd_recv(r->sock, &record, sizeof record, NULL);
		if (got == 0 || (got == -1 && errno == ECONNRESET)) {
			r->gone = 1;
			return why_set(why, OUTCOME_LOST, "hoeringd is gone");
		}
		if (got != (ssize_t)sizeof record)
			return why_errno(why, OUTCOME_LOST, "hoeringd sent what is no record");
		record.words[sizeof record.words - 1] = '\0';
		o = take(r, &record, why);
		if (o != OUTCOME_OK)
			return o;
		timeout_ms = 0;
	}
	return OUTCOME_OK;
}

int
report_has_room(const struct report *r, size_t mails, uint64_t size_bytes)
{
	return r->n_window == 0 ||
	    (r->n_window + mails <= FETCH_WINDOW && r->window_bytes + size_bytes <= FETCH_WINDOW_BYTES);
}

enum outcome
report_wait_room(struct report *r, size_t mails, uint64_t size_bytes, struct why *why)
{
	enum outcome o = report_listen(r, 0, why);

	while (o == OUTCOME_OK && !r->quit && !report_has_room(r, mails, size_bytes))
		o = report_listen(r, -1, why);
	return o;
}

enum outcome
report_wait_level(struct report *r, struct why *why)
{
	enum outcome o = report_listen(r, 0, why);

	while (o == OUTCOME_OK && !r->quit && r->n_window > 0)
		o = report_listen(r, -1, why);
	return o;
}
