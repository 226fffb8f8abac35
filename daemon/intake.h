/*
 * The straight line of a message: archived, parsed, judged, filed, settled. Read intake.c first.
 * Owns archive, journal, database and judge, and the order in which they are written; starts no process, waits for nobody.
 */
#ifndef HOERING_DAEMON_INTAKE_H
#define HOERING_DAEMON_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "config/conf.h"
#include "daemon/archive.h"
#include "daemon/journal.h"
#include "daemon/judge/judge.h"
#include "daemon/store/store.h"
#include "daemon/tombstone.h"
#include "parsers/wire.h"

struct intake {
	const struct conf *conf;	/* the caller's; replaced by intake_reload() */
	struct judge      *judge;
	struct archive    *archive;
	struct journal    *journal;
	struct store      *store;
	struct registry   *registry;	/* of organisations; NULL without one */
	char               journal_folder[1024];
	int                lock;	/* held: there is one writer */
	int                tombstones, unscrubbed;	/* there are any; the files may still hold what was erased: daemon/erase.h */
	char               erase_key[TOMBSTONE_CHECK_HEX];	/* the key's check value by the journal, "" when no line tells it */
	int                unjudged;	/* something may be marked to be judged again: intake_rejudge() */
	int                arrived;	/* something may wait for the parser that nobody was told of: supervise() clears it */
	int                behind;	/* the journal has lines the database has not: intake_catch_up() */
	struct received   *received;	/* archived in part, not yet promised: intake_flush() */
	size_t             n_received, room;
	int64_t            filed, archived;	/* since start, for status lines */
};

/*
 * Takes the lock, opens everything (creating it), brings the database level with the journal and the configuration.
 * OUTCOME_REFUSED with words when another process holds the lock, or journal and database contradict each other.
 */
enum outcome intake_open(const struct conf *conf, struct intake **out, struct why *why) MUST_CHECK;
/*
 * The same line over a copy of the database as it is now (daemon/store/changes.h): what is filed or judged with it, by supervise()
 * in SUPERVISE_DRAIN, is as it would be with this configuration, and is gone with intake_close(). Needs no lock, only to be
 * allowed to read; has no journal, so nothing can be received or decided.
 */
enum outcome intake_rehearse(const struct conf *conf, struct intake **out, struct why *why) MUST_CHECK;
void         intake_close(struct intake **in);
/* The new configuration's judge, tables, and everything undecided marked to be judged again. On failure the old one stays. */
enum outcome intake_reload(struct intake *in, const struct conf *conf, struct why *why) MUST_CHECK;

/* One mail of one mailbox, as it arrives. */
struct copy {
	const char *mailbox;
	uint32_t    uidvalidity;
	uint64_t    uid;		/* 0 with a key: given here */
	const char *key;		/* "" or the maildir's / import's own identity */
	int64_t     received_at;	/* INTERNALDATE; INT64_MIN when unknown: now */
	int         fd;			/* sealed memfd or a file we opened ourselves: read with pread, stays the caller's */
	uint64_t    size_bytes;
	const char *actor;		/* who brings it, for the audit trail */
};
/*
 * Steps 1-2 begun: hashed and written, to be made durable by intake_flush(). `from` and `generation` come back in the receipt.
 * A copy that is known already gives its receipt without being written again. OUTCOME_BAD: another mail is stored under its UID.
 */
enum outcome intake_receive(struct intake *in, const struct copy *c, void *from, uint64_t generation, struct why *why) MUST_CHECK;
enum outcome intake_exclude(struct intake *in, const struct copy *c, const char *reason, void *from, uint64_t generation,
    struct why *why) MUST_CHECK;
/* Step 6 done: the server has flagged or moved it; how = "keyword" | "moved" | "gone" | "there". */
enum outcome intake_settled(struct intake *in, const struct copy *c, const char *how, struct why *why) MUST_CHECK;

struct receipt {
	void       *from;
	uint64_t    generation;
	uint64_t    uid;
	const char *key;
};
typedef void intake_archived(void *arg, const struct receipt *r);
/*
 * Originals fsynced, journal fsynced, rows committed; then `archived` is called for each. On failure (disk full …) nothing of
 * the batch is promised: it is dropped, no receipt is given, and the mails stay on their servers.
 */
enum outcome intake_flush(struct intake *in, intake_archived *archived, void *arg, struct why *why) MUST_CHECK;
/* Applies what the journal has and the database has not. */
enum outcome intake_catch_up(struct intake *in, struct why *why) MUST_CHECK;

/* What came back from the parser for one submission. */
struct parse_result {
	int64_t        submission;
	int            records;		/* sealed memfd, or -1 */
	char           failure[200];	/* "" or how the child ended */
	int64_t        started_ms;	/* monotonic, for the log line */
	int            later;		/* of the pass with OCR: what it adds replaces; a failure changes nothing */
};
/*
 * Steps 3-5 for a batch, in one transaction: judged and filed, state `filed`. The descriptors stay the caller's. A result that cannot be
 * read costs only its message (filed as unparsed). OUTCOME_DEFER: what of the batch is not filed, or is to be erased and is not yet, will
 * be parsed again.
 */
enum outcome intake_file(struct intake *in, const struct parse_result *results, size_t n, struct why *why) MUST_CHECK;
/* Judges up to `max` of those marked to be judged again; *n says how many there were. */
enum outcome intake_rejudge(struct intake *in, size_t max, size_t *n, struct why *why) MUST_CHECK;

/*
 * Appends lines that are no copies (a decision), makes them durable and applies them. OUTCOME_OK: they are in the journal and will be carried
 * out, if not now then later: in->behind, and *why says what is in the way. Else none of them is, and nothing will be.
 */
enum outcome intake_record(struct intake *in, struct journal_entry *lines, size_t n, struct why *why) MUST_CHECK;

/* Lines that are durable in the journal, into the database; when it refuses them it is behind. For intake*.c only. */
enum outcome intake_project(struct intake *in, const struct journal_entry *lines, size_t n, struct why *why) MUST_CHECK;

int64_t monotonic_ms(void);

#endif
