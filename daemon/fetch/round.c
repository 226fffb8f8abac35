/*
 * A round: what the server has above the last UID that hoeringd holds, in ascending order, nothing passed over.
 *
 * A UID is told to hoeringd only when every one below it has been: fetched, or excluded for a reason. So the highest UID
 * that hoeringd holds says that nothing below it is missing, at whatever moment anybody dies.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/dates.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/session.h"
#include "parsers/limits.h"

enum mail_state { MISSING, ARRIVED, TOO_LARGE, VANISHED };

/* Mails whose bodies are asked for together, and how far they are. */
struct batch {
	struct session         *x;
	const struct imap_fact *facts;
	size_t                  n;
	size_t                  sent;		/* the first so many have been told */
	struct {
		enum mail_state state;
		int             fd;		/* ARRIVED: a sealed memfd */
		uint64_t        size_bytes;
	} mail[BODIES_BATCH];
};

static enum outcome
tell_one(struct batch *b, size_t k, struct why *why)
{
	const struct imap_fact *fact = &b->facts[k];
	struct fetch_record     record = { .uidvalidity = imap_folder(b->x->imap)->uidvalidity, .uid = fact->uid,
		.internal_at = fact->internal_at, .size_bytes = b->mail[k].size_bytes };
	enum outcome            o;

	if (b->mail[k].state == ARRIVED)
		o = report_mail(b->x->report, &record, "", b->mail[k].fd, why);
	else
		o = report_excluded(b->x->report, &record, "", b->mail[k].state == TOO_LARGE ? "too-large" : "vanished", why);
	fd_close(&b->mail[k].fd);
	if (o == OUTCOME_OK) {
		b->sent++;
		if (fact->uid > b->x->highest)	/* one that was wanted may lie below */
			b->x->highest = fact->uid;
	}
	return o;
}

/* Tells what can be told in order. `wait`: for room in the window; else only as long as there is room. */
static enum outcome
tell_ready(struct batch *b, int wait, struct why *why)
{
	struct report *r = b->x->report;
	enum outcome   o = report_listen(r, 0, why);

	while (o == OUTCOME_OK && b->sent < b->n && b->mail[b->sent].state != MISSING) {
		if (wait)
			o = report_wait_room(r, 1, b->mail[b->sent].size_bytes, why);
		if (o != OUTCOME_OK || !report_has_room(r, 1, b->mail[b->sent].size_bytes))
			break;
		o = tell_one(b, b->sent, why);
	}
	return o;
}

/* imap_sink: one mail has come, in whatever order. */
static enum outcome
arrived(void *arg, uint32_t uid, int fd, uint64_t size_bytes, struct why *why)
{
	struct batch *b = arg;
	size_t        k;

	for (k = 0; k < b->n && b->facts[k].uid != uid; k++)
		;
	if (k == b->n || b->mail[k].state != MISSING) {
		fd_close(&fd);
		return why_set(why, OUTCOME_LOST, "UID FETCH: the server sent UID %" PRIu32 " twice", uid);
	}
	if (size_bytes == 0 && b->facts[k].told && b->facts[k].size_bytes > 0) {
		fd_close(&fd);		/* NIL, or an empty body that should not be empty: it has not come */
		return OUTCOME_OK;
	}
	b->mail[k].state = fd == -1 ? TOO_LARGE : ARRIVED;
	b->mail[k].fd = fd;
	b->mail[k].size_bytes = size_bytes;
	return tell_ready(b, 0, why);
}

static size_t
missing(const struct batch *b, uint32_t *uids)
{
	size_t k, n = 0;

	for (k = 0; k < b->n; k++)
		if (b->mail[k].state == MISSING)
			uids[n++] = b->facts[k].uid;
	return n;
}

/* Asked twice and not come: gone from the server, or the server owes us a mail and this connection is over. */
static enum outcome
explain_missing(struct batch *b, struct why *why)
{
	struct uids  shown = { 0 };
	uint32_t     uids[BODIES_BATCH];
	size_t       k, i, n = missing(b, uids);
	enum outcome o;

	if (n == 0)
		return OUTCOME_OK;
	o = imap_noop(b->x->imap, why);		/* lets the server tell of expunged mails */
	if (o == OUTCOME_OK)
		o = imap_search_list(b->x->imap, uids, n, &shown, why);
	if (o == OUTCOME_OK && shown.n > 0)
		o = why_set(why, OUTCOME_LOST, "the server shows UID %" PRIu32 " but does not deliver it", shown.list[0]);
	for (k = 0, i = 0; k < b->n && o == OUTCOME_OK; k++)
		if (b->mail[k].state == MISSING) {
			b->mail[k].state = VANISHED;
			i++;
		}
	uids_free(&shown);
	return o;
}

static enum outcome
fetch_batch(struct session *x, const struct imap_fact *facts, size_t n, uint64_t size_bytes, struct why *why)
{
	struct batch b = { .x = x, .facts = facts, .n = n };
	uint32_t     uids[BODIES_BATCH];
	size_t       k, ask;
	int          tries;
	enum outcome o;

	for (k = 0; k < n; k++) {
		b.mail[k].fd = -1;
		b.mail[k].size_bytes = facts[k].size_bytes;
		b.mail[k].state = facts[k].told && facts[k].size_bytes > LIMIT_MAIL_BYTES ? TOO_LARGE : MISSING;
	}
	o = report_wait_room(x->report, n, size_bytes, why);
	for (tries = 0; tries < 2 && o == OUTCOME_OK && !x->report->quit && (ask = missing(&b, uids)) > 0; tries++)
		o = imap_fetch_bodies(x->imap, uids, ask, arrived, &b, why);
	if (o == OUTCOME_OK && !x->report->quit)
		o = explain_missing(&b, why);
	if (o == OUTCOME_OK)
		o = tell_ready(&b, 1, why);
	for (k = 0; k < n; k++)
		fd_close(&b.mail[k].fd);
	return o;
}

/* Cuts them into batches that fit into half a window; one large mail is a batch by itself. */
static enum outcome
fetch_known(struct session *x, const struct imap_fact *facts, size_t n, struct why *why)
{
	uint64_t     bytes, size;
	size_t       from, to;
	enum outcome o = OUTCOME_OK;

	for (from = 0; from < n && o == OUTCOME_OK && !x->report->quit; from = to) {
		bytes = 0;
		for (to = from; to < n && to - from < BODIES_BATCH; to++) {
			size = facts[to].size_bytes > LIMIT_MAIL_BYTES ? 0 : facts[to].size_bytes;
			if (to > from && bytes + size > BODIES_BATCH_BYTES)
				break;
			bytes += size;
		}
		o = fetch_batch(x, facts + from, to - from, bytes, why);
	}
	return o;
}

static enum outcome
fetch_all(struct session *x, const struct uids *u, struct why *why)
{
	struct imap_fact facts[FACTS_BATCH];
	size_t           from, n, k;
	enum outcome     o = OUTCOME_OK;

	for (from = 0; from < u->n && o == OUTCOME_OK && !x->report->quit; from += n) {
		n = u->n - from < FACTS_BATCH ? u->n - from : FACTS_BATCH;
		for (k = 0; k < n; k++)
			facts[k] = (struct imap_fact){ .uid = u->list[from + k], .internal_at = DATE_UNKNOWN };
		o = imap_fetch_facts(x->imap, facts, n, why);
		if (o == OUTCOME_OK)
			o = fetch_known(x, facts, n, why);
	}
	return o;
}

/* One SEARCH when its answer is bounded by the mailbox's own size; else slices of the UID range. */
static enum outcome
search_and_fetch(struct session *x, struct uids *u, struct why *why)
{
	const struct imap_folder *f = imap_folder(x->imap);
	uint32_t                  first = x->highest + 1, last;
	enum outcome              o = OUTCOME_OK;

	do {
		if (f->exists <= SEARCH_SLICE || f->uidnext == 0 || f->uidnext <= first || f->uidnext - first <= SEARCH_SLICE)
			last = 0;
		else
			last = first + SEARCH_SLICE - 1;
		o = imap_search(x->imap, first, last, u, why);
		if (o == OUTCOME_OK && first == 1 && last == 0 && u->n == 0 && f->exists > 0)
			o = why_set(why, OUTCOME_LOST, "the server says that there are %" PRIu32 " mails but shows none", f->exists);
		if (o == OUTCOME_OK)
			o = fetch_all(x, u, why);
		first = last + 1;
	} while (o == OUTCOME_OK && last != 0 && !x->report->quit);
	return o;
}

/* What hoeringd found missing in the list; those that are gone meanwhile are told as vanished. */
static enum outcome
fetch_wanted(struct session *x, struct why *why)
{
	struct uids  u = { .list = x->report->wanted, .n = x->report->n_wanted };
	enum outcome o;

	x->report->wanted = NULL;
	x->report->n_wanted = 0;
	o = fetch_all(x, &u, why);
	uids_free(&u);
	return o;
}

enum outcome
round_run(struct session *x, struct why *why)
{
	const struct imap_folder *f = imap_folder(x->imap);
	struct uids               u = { 0 };
	uint32_t                  uidnext;
	enum outcome              o;

	o = imap_noop(x->imap, why);	/* tells what came and what went since the last command */
	if (o == OUTCOME_OK && x->report->n_wanted > 0)
		o = fetch_wanted(x, why);
	if (o == OUTCOME_OK && x->highest < UINT32_MAX)
		o = search_and_fetch(x, &u, why);
	uids_free(&u);
	if (o == OUTCOME_OK)
		o = report_wait_level(x->report, why);
	if (o != OUTCOME_OK || x->report->quit)
		return o;
	uidnext = f->uidnext > x->highest ? f->uidnext : x->highest + 1;
	return report_round(x->report, f->uidvalidity, f->exists, uidnext, x->highest, why);
}
