#include "daemon/watch.h"

#include <inttypes.h>

#include "base/fault.h"
#include "base/log.h"
#include "daemon/erase.h"
#include "daemon/intake.h"

/* The write-ahead log is told when it passes the first, and again at each doubling; beyond the last nothing is added to it. */
#define WAL_TOLD	(((uint64_t)64 << 20) / FAULT_HASTE)
#define WAL_MOST	(((uint64_t)2 << 30) / FAULT_HASTE)
#define AUDIT_MS	FAULT_DAY_MS

#define WAL_AGAIN_MS	1000
#define BACKLOG_MS	((int64_t)60 * 1000 / FAULT_HASTE)
#define BACKLOG_LEAST	100

enum outcome
watch_wal(struct watch *w, struct store *s, struct why *why)
{
	uint64_t bytes = store_wal_bytes(s);

	if (w->wal_told < WAL_TOLD)
		w->wal_told = WAL_TOLD;
	w->wal_waits = 0;
	if (bytes <= WAL_TOLD)
		return OUTCOME_OK;
	store_shrink_wal(s);
	w->wal_waits = store_wal_bytes(s) != 0;
	if (!w->wal_waits) {
		w->wal_told = WAL_TOLD;
		return OUTCOME_OK;
	}
	if (bytes > w->wal_told) {
		log_warnx("database-log", "%.1f MB of changes wait beside the database, because somebody has been reading it in one transaction: "
		    "it goes on; end that transaction", (double)bytes / 1048576);
		w->wal_told = 2 * bytes;
	}
	if (bytes <= WAL_MOST)
		return OUTCOME_OK;
	return why_set(why, OUTCOME_DEFER, "%.1f MB of changes wait beside the database, and somebody still reads it in one transaction",
	    (double)bytes / 1048576);
}

void
watch_audit(struct watch *w, const struct intake *in)
{
	if (monotonic_ms() < w->audit_at_ms)
		return;
	w->audit_at_ms = monotonic_ms() + AUDIT_MS;
	log_info("audit", "line=%" PRIu64 " hash=%s", journal_last_seq(in->journal), journal_last_hash(in->journal));
	erase_tell_key(in);
}

void
watch_backlog(struct watch *w, struct intake *in)
{
	struct why why;
	int64_t    unparsed, unjudged;

	if (monotonic_ms() < w->backlog_at_ms)
		return;
	w->backlog_at_ms = monotonic_ms() + BACKLOG_MS;
	if (store_backlog(in->store, &unparsed, &unjudged, &why) != OUTCOME_OK)
		return;
	if (unparsed >= BACKLOG_LEAST || (w->backlog && unparsed == 0))
		log_info("backlog", "archived=%" PRId64 " filed=%" PRId64 " since the start, waiting=%" PRId64, in->archived, in->filed, unparsed);
	w->backlog = unparsed >= BACKLOG_LEAST || (w->backlog && unparsed > 0);
}

int64_t
watch_wait_ms(const struct watch *w)
{
	int64_t now = monotonic_ms(), at = w->backlog && w->backlog_at_ms < w->audit_at_ms ? w->backlog_at_ms : w->audit_at_ms;

	if (w->wal_waits && at > now + WAL_AGAIN_MS)
		at = now + WAL_AGAIN_MS;
	return at > now ? at - now : 0;
}
