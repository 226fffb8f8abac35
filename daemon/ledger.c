#include "daemon/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "daemon/fetch/uidset.h"
#include "daemon/intake.h"

/* Who shows more is lying: ten times the largest consultation there ever was here. Holes: 2 MB of them. */
#define MOST_UIDS	2000000u
#define MOST_RANGES	250000u
/* So many may be gone at once without a question, and beyond that half of what was there. */
#define GONE_UNASKED	20u
/* Marked before the next flush: 3 MB of lines. */
#define MARKED_A_TURN	4000u

enum outcome
uid_list_add(struct uid_list *l, const char *words, struct why *why)
{
	struct uid_range r, *more;
	int              got;

	while ((got = uidset_next(&words, &r.first, &r.last)) == 1) {
		if ((l->n > 0 && r.first <= l->ranges[l->n - 1].last) || l->n == MOST_RANGES || l->total + (r.last - r.first) >= MOST_UIDS)
			return why_set(why, OUTCOME_BAD, "the list of UIDs is not in order, or longer than a mailbox");
		if (l->n == l->room) {
			more = reallocarray(l->ranges, l->room == 0 ? 64 : 2 * l->room, sizeof *more);
			if (more == NULL)
				return why_errno(why, OUTCOME_DEFER, "a list of UIDs");
			l->ranges = more;
			l->room = l->room == 0 ? 64 : 2 * l->room;
		}
		l->ranges[l->n++] = r;
		l->total += (uint64_t)r.last - r.first + 1;
	}
	return got == 0 ? OUTCOME_OK : why_set(why, OUTCOME_BAD, "the list of UIDs is none");
}

void
uid_list_clear(struct uid_list *l)
{
	free(l->ranges);
	memset(l, 0, sizeof *l);
}

/* --- the comparison ---------------------------------------------------------------------------------------------------- */

struct uid_set {
	uint32_t *list;
	size_t    n, room;
};

struct comparison {
	const struct uid_list *shown;
	size_t                 at;		/* the range under way */
	uint64_t               next;		/* the first UID that has not been compared */
	uint64_t               here;		/* known and not gone */
	struct uid_set         missing, vanished, gone, moved, again;
};

static enum outcome
put(struct uid_set *s, uint32_t uid, struct why *why)
{
	uint32_t *more;

	if (s->n == s->room) {
		more = reallocarray(s->list, s->room == 0 ? 64 : 2 * s->room, sizeof *more);
		if (more == NULL)
			return why_errno(why, OUTCOME_DEFER, "comparing a list of UIDs");
		s->list = more;
		s->room = s->room == 0 ? 64 : 2 * s->room;
	}
	s->list[s->n++] = uid;
	return OUTCOME_OK;
}

/* What is shown below `uid` and was not asked about is unknown. *is_shown: `uid` itself. */
static enum outcome
advance(struct comparison *c, uint64_t uid, int *is_shown, struct why *why)
{
	const struct uid_range *r;
	enum outcome            o;

	*is_shown = 0;
	for (; c->at < c->shown->n; c->at++) {
		r = &c->shown->ranges[c->at];
		if (c->next < r->first)
			c->next = r->first;
		for (; c->next <= r->last && c->next < uid; c->next++)
			if ((o = put(&c->missing, (uint32_t)c->next, why)) != OUTCOME_OK)
				return o;
		if (c->next <= r->last) {
			*is_shown = c->next == uid;
			c->next += c->next == uid;
			return OUTCOME_OK;
		}
	}
	return OUTCOME_OK;
}

static enum outcome
compare_one(void *arg, uint64_t uid, enum ledger_state state, struct why *why)
{
	struct comparison *c = arg;
	int                shown;
	enum outcome       o = advance(c, uid, &shown, why);

	if (o != OUTCOME_OK)
		return o;
	c->here += state == LEDGER_HERE || state == LEDGER_ASKED;
	if (shown && state == LEDGER_GONE)
		return put(&c->again, (uint32_t)uid, why);
	if (shown && state == LEDGER_MISSING)
		return put(&c->missing, (uint32_t)uid, why);
	if (!shown && state == LEDGER_HERE)
		return put(&c->gone, (uint32_t)uid, why);
	if (!shown && state == LEDGER_ASKED)
		return put(&c->moved, (uint32_t)uid, why);
	if (!shown && state == LEDGER_MISSING)
		return put(&c->vanished, (uint32_t)uid, why);
	return OUTCOME_OK;
}

static enum outcome
note_missing(struct intake *in, const char *mailbox, uint32_t uidvalidity, const struct uid_set *missing, struct why *why)
{
	size_t       i;
	enum outcome o = missing->n == 0 ? OUTCOME_OK : store_begin(in->store, why);

	if (missing->n == 0 || o != OUTCOME_OK)
		return o;
	for (i = 0; i < missing->n && o == OUTCOME_OK; i++)
		o = store_add_missing(in->store, mailbox, uidvalidity, missing->list[i], why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK)
		store_rollback(in->store);
	return o;
}

/* *room: how many more may be marked in this turn. */
static enum outcome
mark(struct intake *in, struct copy *c, const struct uid_set *s, const char *how, size_t *room, struct why *why)
{
	size_t       i;
	enum outcome o = OUTCOME_OK;

	for (i = 0; i < s->n && *room > 0 && o == OUTCOME_OK; i++, --*room) {
		c->uid = s->list[i];
		o = how != NULL ? intake_settled(in, c, how, why) : intake_exclude(in, c, "vanished", NULL, 0, why);
	}
	return o;
}

static int
is_odd(const char *mailbox, uint64_t gone, uint64_t here, const char *what)
{
	if (gone <= GONE_UNASKED || gone * 2 <= here)
		return 0;
	log_warnx("ledger-odd", "mailbox=%s %s: %" PRIu64 " of %" PRIu64 " mails would be gone at once: nothing is changed, all of them stay "
	    "stored; look at the mailbox on its server", mailbox, what, gone, here);
	return 1;
}

/* Under an earlier UIDVALIDITY nothing can be there any more: what is, has come again under this one. */
static enum outcome
retire(struct intake *in, struct copy *c, uint64_t shown, size_t *room, struct why *why)
{
	struct retired *list = calloc(MARKED_A_TURN, sizeof *list);
	uint64_t        all = 0;
	size_t          n = 0, i;
	enum outcome    o = list == NULL ? why_errno(why, OUTCOME_DEFER, "comparing a list of UIDs") :
	    store_retired(in->store, c->mailbox, c->uidvalidity, list, *room, &n, &all, why);

	if (o == OUTCOME_OK && shown < all && is_odd(c->mailbox, all - shown, all, "under another UIDVALIDITY the server shows fewer"))
		n = 0;
	for (i = 0; i < n && o == OUTCOME_OK; i++, --*room) {
		c->uidvalidity = list[i].uidvalidity;
		c->uid = list[i].uid;
		o = list[i].missing ? intake_exclude(in, c, "vanished", NULL, 0, why) : intake_settled(in, c, "gone", why);
	}
	free(list);
	return o;
}

enum outcome
ledger_compare(struct intake *in, const char *mailbox, const struct uid_list *l, int *more, struct why *why)
{
	struct comparison c = { .shown = l };
	struct copy       copy = { .mailbox = mailbox, .uidvalidity = l->uidvalidity, .key = "", .fd = -1, .actor = "hoeringd" };
	size_t            room = MARKED_A_TURN;
	int               is_shown;
	enum outcome      o = store_ledger(in->store, mailbox, l->uidvalidity, compare_one, &c, why);

	if (o == OUTCOME_OK)
		o = advance(&c, UINT64_MAX, &is_shown, why);
	if (o == OUTCOME_OK)
		o = note_missing(in, mailbox, l->uidvalidity, &c.missing, why);
	if (o == OUTCOME_OK)
		o = mark(in, &copy, &c.moved, "moved", &room, why);
	if (o == OUTCOME_OK)
		o = mark(in, &copy, &c.again, "there", &room, why);
	if (o == OUTCOME_OK)
		o = mark(in, &copy, &c.vanished, NULL, &room, why);
	if (o == OUTCOME_OK && !is_odd(mailbox, c.gone.n, c.here, "the server's list is short"))
		o = mark(in, &copy, &c.gone, "gone", &room, why);
	if (o == OUTCOME_OK)
		o = retire(in, &copy, l->total, &room, why);
	if (o == OUTCOME_OK) {
		*more = room == 0;
		log_info("ledger", "mailbox=%s uidvalidity=%" PRIu32 " shown=%" PRIu64 " missing=%zu gone=%zu", mailbox, l->uidvalidity,
		    l->total, c.missing.n, c.gone.n + c.moved.n);
	}
	free(c.missing.list);
	free(c.vanished.list);
	free(c.gone.list);
	free(c.moved.list);
	free(c.again.list);
	return o;
}
