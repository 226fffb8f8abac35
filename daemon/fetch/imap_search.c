#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap_private.h"
#include "daemon/fetch/stream.h"

struct mailimap_set *
imap_set_of(const uint32_t *uids, size_t n)
{
	struct mailimap_set *set = mailimap_set_new_empty();
	size_t               from, to;

	for (from = 0; set != NULL && from < n; from = to) {
		for (to = from + 1; to < n && uids[to] == uids[to - 1] + 1; to++)
			;
		if (mailimap_set_add_interval(set, uids[from], uids[to - 1]) != MAILIMAP_NO_ERROR) {
			mailimap_set_free(set);
			set = NULL;
		}
	}
	return set;
}

void
uids_free(struct uids *u)
{
	free(u->list);
	memset(u, 0, sizeof *u);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorted, each once, and only those between first and last: "n:*" also names the last mail when it is below n. */
static enum outcome
uids_take(struct uids *u, clist *found, uint32_t first, uint32_t last, struct why *why)
{
	size_t     n = found == NULL ? 0 : (size_t)clist_count(found), k;
	uint32_t  *more, uid;
	clistiter *cur;

	u->n = 0;
	if (n > u->size) {
		more = reallocarray(u->list, n, sizeof *more);
		if (more == NULL)
			return why_errno(why, OUTCOME_DEFER, "%zu UIDs", n);
		u->list = more;
		u->size = n;
	}
	for (cur = n == 0 ? NULL : clist_begin(found); cur != NULL; cur = clist_next(cur)) {
		uid = *(const uint32_t *)clist_content(cur);
		if (uid >= first && uid <= last && uid != 0)
			u->list[u->n++] = uid;
	}
	if (u->n == 0)
		return OUTCOME_OK;
	qsort(u->list, u->n, sizeof *u->list, by_number);
	for (k = 1, n = 1; k < u->n; k++)
		if (u->list[k] != u->list[n - 1])
			u->list[n++] = u->list[k];
	u->n = n;
	return OUTCOME_OK;
}

/* Takes over `set`. */
static enum outcome
search(struct imap *i, struct mailimap_set *set, uint32_t first, uint32_t last, uint64_t budget, struct uids *out,
    struct why *why)
{
	struct mailimap_search_key *key = set == NULL ? NULL : mailimap_search_key_new_uid(set);
	clist                      *found = NULL;
	enum outcome                o;

	if (key == NULL) {
		if (set != NULL)
			mailimap_set_free(set);
		return why_set(why, OUTCOME_DEFER, "no memory");
	}
	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, budget);
	o = imap_result(i, mailimap_uid_search(i->session, NULL, key, &found), "UID SEARCH", why);
	if (o == OUTCOME_OK)
		o = uids_take(out, found, first, last, why);
	if (found != NULL)
		mailimap_search_result_free(found);
	mailimap_search_key_free(key);
	imap_see_exists(i);
	return o == OUTCOME_BAD ? OUTCOME_LOST : o;
}

enum outcome
imap_search(struct imap *i, uint32_t first, uint32_t last, struct uids *out, struct why *why)
{
	uint64_t budget = BUDGET_COMMAND + (uint64_t)BUDGET_A_UID * SEARCH_SLICE;

	return search(i, mailimap_set_new_interval(first, last), first, last == 0 ? UINT32_MAX : last, budget, out, why);
}

enum outcome
imap_search_list(struct imap *i, const uint32_t *uids, size_t n, struct uids *out, struct why *why)
{
	return search(i, imap_set_of(uids, n), uids[0], uids[n - 1], BUDGET_COMMAND + BUDGET_A_UID * n, out, why);
}
