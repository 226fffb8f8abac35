/*
 * All UIDs that the server shows, told to hoeringd, which holds them against its ledger; and those it wants then.
 * A list that holds fewer than the server says there are is no list: nothing is told as complete that is not.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/session.h"
#include "daemon/fetch/uidset.h"

/* One record of ranges that is being filled. */
struct list {
	struct session     *x;
	struct fetch_record record;
	uint32_t            n;		/* UIDs told */
};

static enum outcome
send_ranges(struct list *l, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	if (l->record.words[0] != '\0')
		o = report_listed(l->x->report, &l->record, why);
	l->record.words[0] = '\0';
	return o;
}

static enum outcome
tell_uids(struct list *l, const struct uids *u, struct why *why)
{
	size_t       from, to;
	enum outcome o = OUTCOME_OK;

	for (from = 0; from < u->n && o == OUTCOME_OK; from = to) {
		for (to = from + 1; to < u->n && u->list[to] == u->list[to - 1] + 1; to++)
			;
		if (!uidset_add(l->record.words, sizeof l->record.words, u->list[from], u->list[to - 1])) {
			o = send_ranges(l, why);
			(void)uidset_add(l->record.words, sizeof l->record.words, u->list[from], u->list[to - 1]);
		}
	}
	l->n += (uint32_t)u->n;
	return o;
}

enum outcome
list_run(struct session *x, struct why *why)
{
	const struct imap_folder *f = imap_folder(x->imap);
	struct list               l = { .x = x, .record = { .uidvalidity = f->uidvalidity } };
	struct uids               u = { 0 };
	uint32_t                  first = 1, last, exists;
	enum outcome              o = imap_noop(x->imap, why);

	x->report->list = 0;
	exists = f->exists;
	do {
		last = f->exists <= SEARCH_SLICE || f->uidnext == 0 || f->uidnext - first <= SEARCH_SLICE ? 0 : first + SEARCH_SLICE - 1;
		if (o == OUTCOME_OK && f->exists > 0)
			o = imap_search(x->imap, first, last, &u, why);
		if (o == OUTCOME_OK)
			o = tell_uids(&l, &u, why);
		first = last + 1;
	} while (o == OUTCOME_OK && last != 0 && !x->report->quit);
	uids_free(&u);
	if (o != OUTCOME_OK || x->report->quit)
		return o;
	if (l.n < exists && l.n < f->exists)
		return why_set(why, OUTCOME_LOST, "the server says that there are %" PRIu32 " mails but shows %" PRIu32, exists, l.n);
	o = send_ranges(&l, why);
	l.record.code = 1;
	l.record.exists = l.n;
	return o == OUTCOME_OK ? report_listed(x->report, &l.record, why) : o;
}
