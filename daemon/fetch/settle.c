/*
 * After hoeringd has filed a mail: the keyword, or the other folder. Asked again after any accident, so all of it can be
 * repeated: a mail that is gone is done, a flag that is set is set.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "config/conf.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/session.h"

enum outcome
settle_possible(const struct session *x, struct why *why)
{
	enum outcome o;

	if (x->mailbox->after == AFTER_KEYWORD && !imap_folder(x->imap)->keywords && x->report->sock == -1) {
		report_unchecked(x->report, "which keywords can be set a server tells only when the folder is opened for writing");
		return OUTCOME_OK;
	}
	if (x->mailbox->after == AFTER_KEYWORD && !imap_folder(x->imap)->keywords)
		return why_set(why, OUTCOME_REFUSED, "the server lets this user set no keyword in this folder; "
		    "set after = \"leave\" or \"move:FOLDER\"");
	if (x->mailbox->after != AFTER_MOVE)
		return OUTCOME_OK;
	if (!imap_can(x->imap, "MOVE") && !imap_can(x->imap, "UIDPLUS"))
		return why_set(why, OUTCOME_REFUSED, "the server has neither MOVE nor UIDPLUS: mail cannot be moved safely; "
		    "set after = \"leave\" or \"keyword\"");
	o = imap_exists(x->imap, x->after_folder, why);
	return o == OUTCOME_BAD ? OUTCOME_REFUSED : o;		/* the folder to move to must be made by a person */
}

/* \Deleted without UIDPLUS would let somebody's EXPUNGE take other mails along: settle_possible() has seen to it. */
static enum outcome
move(struct session *x, const uint32_t *uids, size_t n, struct why *why)
{
	enum outcome o;

	if (FAULT("server-move"))
		return why_errno(why, OUTCOME_LOST, "moving");
	if (imap_can(x->imap, "MOVE"))
		return imap_move(x->imap, uids, n, x->after_folder, why);
	o = imap_copy(x->imap, uids, n, x->after_folder, why);
	if (o == OUTCOME_OK)
		o = imap_add_flag(x->imap, uids, n, "\\Deleted", why);
	if (o == OUTCOME_OK && FAULT("server-expunge"))
		o = why_errno(why, OUTCOME_LOST, "expunging");
	if (o == OUTCOME_OK)
		o = imap_expunge(x->imap, uids, n, why);
	return o;
}

static int
is_in(const struct uids *u, uint32_t uid)
{
	size_t low = 0, high = u->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (u->list[mid] < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < u->n && u->list[low] == uid;
}

/* Those still there are flagged or moved; a plain NO is told for each of them and tried again later. */
static enum outcome
settle_batch(struct session *x, const struct settle *list, size_t n, struct why *why)
{
	struct uids  there = { 0 };
	struct why   no = { .text = "" };
	uint32_t     uids[SETTLE_BATCH];
	const char  *how = x->mailbox->after == AFTER_MOVE ? "moved" : "keyword", *failed = NULL;
	enum outcome o;
	size_t       k;

	for (k = 0; k < n; k++)
		uids[k] = list[k].uid;
	o = imap_search_list(x->imap, uids, n, &there, why);
	if (o == OUTCOME_OK && there.n > 0) {
		if (x->mailbox->after == AFTER_MOVE)
			o = move(x, there.list, there.n, &no);
		else if (FAULT("server-keyword"))
			o = why_errno(&no, OUTCOME_LOST, "flagging");
		else
			o = imap_add_flag(x->imap, there.list, there.n, FILED_KEYWORD, &no);
		if (o == OUTCOME_BAD) {
			failed = no.text;
			o = OUTCOME_OK;
		} else if (o != OUTCOME_OK)
			*why = no;
	}
	if (o == OUTCOME_OK && FAULT("server-settled"))
		o = why_errno(why, OUTCOME_LOST, "settling");
	for (k = 0; k < n && o == OUTCOME_OK; k++)
		o = is_in(&there, list[k].uid) ? report_settled(x->report, &list[k], how, failed, why) :
		    report_settled(x->report, &list[k], "gone", NULL, why);
	uids_free(&there);
	return o;
}

static int
by_uid(const void *a, const void *b)
{
	const struct settle *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

enum outcome
settle_run(struct session *x, struct why *why)
{
	struct report *r = x->report;
	struct settle  batch[SETTLE_BATCH];
	uint32_t       uidvalidity = imap_folder(x->imap)->uidvalidity;
	size_t         k, n = 0, taken;
	enum outcome   o = OUTCOME_OK;

	taken = r->n_settles < SETTLE_BATCH ? r->n_settles : SETTLE_BATCH;
	for (k = 0; k < taken && o == OUTCOME_OK; k++) {
		if (x->mailbox->after == AFTER_LEAVE)
			o = report_settled(r, &r->settles[k], "left", NULL, why);
		else if (r->settles[k].uidvalidity != uidvalidity || r->settles[k].uid == 0)
			o = report_settled(r, &r->settles[k], "gone", NULL, why);	/* under that name it is no more */
		else
			batch[n++] = r->settles[k];
	}
	r->n_settles -= taken;
	memmove(r->settles, r->settles + taken, r->n_settles * sizeof *r->settles);
	if (o != OUTCOME_OK || n == 0)
		return o;
	qsort(batch, n, sizeof *batch, by_uid);
	return settle_batch(x, batch, n, why);
}
