/*
 * One hoering-fetch and the list of them, as the three fetch*.c files of the daemon share it.
 * Owns the shape only; nobody else includes it.
 */
#ifndef HOERING_DAEMON_FETCHER_H
#define HOERING_DAEMON_FETCHER_H

#include <stdint.h>
#include <sys/types.h>

#include "config/conf.h"
#include "daemon/fetch/protocol.h"
#include "daemon/fetchers.h"
#include "daemon/ledger.h"

enum phase { PHASE_WAITING, PHASE_RUNNING, PHASE_QUITTING, PHASE_DONE };

struct fetcher {
	struct fetchers           *all;
	const struct conf_mailbox *mailbox;
	int                        gone;	/* no longer configured */
	enum phase                 phase;
	pid_t                      pid;
	int                        sock;
	uint64_t                   generation;	/* of the process: receipts for an earlier one are not for this */
	int64_t                    next_ms, heard_ms, quit_ms;
	unsigned                   failures;
	int                        failed;	/* at the last try */
	int                        level;	/* had its ROUND in this connection */
	uint32_t                   uidvalidity;	/* 0: not selected yet */
	size_t                     settling;	/* SETTLE sent, not answered */
	uint64_t                   settle_after;	/* UIDs up to here wait for the next round: the server has refused one */
	int64_t                    unsettled_at;	/* when that was told last */
	struct fetch_record        last_failure;
	int                        again;		/* what was read elsewhere is read once more, and held against what is stored */
	uint64_t                   again_uid;		/* archived, or known, up to here: there the next connection goes on */
	struct uid_list            shown;		/* the server's list as it comes in; whole: to be compared */
	int                        listing;		/* asked for, its end has not come */
	int64_t                    listed_ms;		/* of the last list that was asked for in this connection; 0: none */
	/* health, as told by the view */
	int                        changed;
	uint32_t                   health_uidvalidity;	/* of the last connection, also after its end */
	char                       state[32], error[256];
	int64_t                    success_at, attempt_at, checked_at, exists;
};

struct fetchers {
	const struct conf *conf;
	char               path[1024];
	struct fetcher   **list;
	size_t             n;
	int                once;
	int64_t            paused_until_ms;
};

/* fetcher.c: one process, from start to end, and when the next is due. */
void fetcher_start(struct fetcher *f);
void fetcher_let_go(struct fetcher *f);				/* QUIT; killed when it takes too long */
void fetcher_lost(struct fetcher *f);				/* it has closed its end */
void fetcher_drop(struct fetcher *f, uint32_t retry, const char *words);	/* killed; retry 0: no failure of its own */
int  fetcher_tell(struct fetcher *f, uint32_t kind, uint64_t uid, const char *words);	/* 0, or -1: it does not listen */
int  fetcher_tell_cursor(struct fetcher *f, uint64_t uid);	/* and to begin with a list */
void fetcher_set_state(struct fetcher *f, const char *state);
void fetcher_set_error(struct fetcher *f, const char *words);

/* fetch_records.c: reads what one has sent, a turn's worth. */
enum outcome fetcher_read(struct fetcher *f, struct intake *in, struct why *why) MUST_CHECK;

#endif
