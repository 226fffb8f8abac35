/*
 * The database: what is known of every copy, submission and verdict, and the views people query.
 * Owns all SQL and every sqlite3 call; decides nothing and knows no mail format.
 *
 * The tables are a projection of the journal (store_apply) plus what parsing and judging the archive gives; both can be
 * made again. All calls return OUTCOME_DEFER for busy, full or I/O trouble with the words in `why`: roll back and try later.
 */
#ifndef HOERING_STORE_STORE_H
#define HOERING_STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "config/conf.h"
#include "daemon/journal.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/verdict.h"
#include "parsers/wire.h"

struct store;

/*
 * Opens for writing (one writer: the daemon, under its lock), creating file and schema when absent: WAL, synchronous=FULL,
 * SQLITE_FCNTL_PERSIST_WAL, foreign keys, 0640. A schema of another version is OUTCOME_REFUSED with words.
 */
enum outcome store_open(const char *path, struct store **out, struct why *why) MUST_CHECK;
void         store_close(struct store **s);

enum outcome store_begin(struct store *s, struct why *why) MUST_CHECK;	/* BEGIN IMMEDIATE */
enum outcome store_commit(struct store *s, struct why *why) MUST_CHECK;
void         store_rollback(struct store *s);
/*
 * Bytes of the write-ahead log. It begins anew once everything is in the database and nobody reads from it: a reader who stays in a
 * transaction makes it grow. store_shrink_wal() tries at once whether that can be, and waits for nobody.
 */
uint64_t     store_wal_bytes(const struct store *s);
void         store_shrink_wal(struct store *s);
/* A savepoint, so that one bad message in a batch costs only itself. */
enum outcome store_mark(struct store *s, struct why *why) MUST_CHECK;
void         store_release(struct store *s);
void         store_undo(struct store *s);

/* --- the journal's projection ------------------------------------------------------------------------------------- */

/* The last line applied: its seq (0: none) and hash ("0"×64). */
enum outcome store_last_event(struct store *s, uint64_t *seq, char hash[65], struct why *why) MUST_CHECK;
/*
 * Applies one line (journal.h lists the actions): copy makes the submission's row when it is new (state archived, waiting for
 * the parser), the copy's row and moves the cursor; a new copy of a submission filed before marks it to be judged again.
 * excluded, settled, kind, refile, relate, configuration likewise. Every line becomes a row of `events`. Lines must come in
 * order without gaps; one already applied is OUTCOME_REFUSED. Unknown actions become a row of `events` and nothing else.
 */
enum outcome store_apply(struct store *s, const struct journal_entry *e, struct why *why) MUST_CHECK;
/* The line as a row of `events` and nothing else: for one that store_apply() has no place for (OUTCOME_REFUSED or OUTCOME_BAD). */
enum outcome store_note(struct store *s, const struct journal_entry *e, struct why *why) MUST_CHECK;

/* Highest UID archived or excluded in this mailbox and UIDVALIDITY; 0 for none. */
/*
 * Where the mailbox was last read to the end, in the caller's words; "" when nobody has said. Not in the journal: after a restore
 * it is unknown.
 */
enum outcome store_source(struct store *s, const char *mailbox, char *out, size_t size, struct why *why) MUST_CHECK;
enum outcome store_set_source(struct store *s, const char *mailbox, const char *source, struct why *why) MUST_CHECK;
enum outcome store_cursor(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t *uid, struct why *why) MUST_CHECK;
/* What a copy is known as. By uid (key NULL) or by key (maildir, import). *found 0 or 1; sha256 has 65 bytes. */
enum outcome store_find_copy(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, const char *key,
    int *found, uint64_t *uid_out, char *sha256, struct why *why) MUST_CHECK;
/* The UID that a maildir's file got when it was excluded; 0: it was not. */
enum outcome store_find_excluded(struct store *s, const char *mailbox, uint32_t uidvalidity, const char *key, uint64_t *uid,
    struct why *why) MUST_CHECK;

/* --- configuration and health -------------------------------------------------------------------------------------- */

/*
 * Brings consultations, invited lists and mailboxes in line with the configuration; what is gone stays readable, marked.
 * *changed: 1 when c->digest is another than at the last call.
 */
enum outcome store_configure(struct store *s, const struct conf *c, int *changed, struct why *why) MUST_CHECK;

/* *changed as above, before store_configure(). */
enum outcome store_is_configured(struct store *s, const struct conf *c, int *changed, struct why *why) MUST_CHECK;

struct mailbox_health {
	const char *state;		/* words of FETCH_STATE, "waiting", "failed", "level" */
	int64_t     last_success_at;	/* 0: leave as it is */
	const char *last_error;		/* NULL: leave; "" clears */
	int64_t     next_attempt_at;	/* 0: none */
	uint32_t    uidvalidity;	/* 0: unknown */
	int64_t     exists;		/* -1: leave; messages on the server at the last round */
	int64_t     checked_at;		/* 0: leave; time of the last complete round */
	int64_t     lag_s;		/* -1: leave; now minus the receipt of the oldest not yet filed */
};
enum outcome store_health(struct store *s, const char *mailbox, const struct mailbox_health *h, struct why *why) MUST_CHECK;

/* --- the straight line --------------------------------------------------------------------------------------------- */

struct pending {
	int64_t  submission;
	char     sha256[65];
	uint64_t size_bytes;
	unsigned tries;		/* parser deaths so far */
};
/* The oldest submissions (by id, greater than after) that wait for the parser; fills at most max. */
enum outcome store_unparsed(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why) MUST_CHECK;
/* Those filed before that are to be parsed again; they wait behind those. */
enum outcome store_unparsed_again(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why) MUST_CHECK;
enum outcome store_parse_tried(struct store *s, int64_t submission, unsigned tries, struct why *why) MUST_CHECK;
/*
 * The later pass: submissions, filed already, that have an attachment without text which may be a scanned page (a PDF with
 * no text, a picture of LIMIT_OCR_PICTURE_BYTES or of a page's pixels that is not inline). store_save_parsed() notes them anew each time.
 */
enum outcome store_scanned(struct store *s, int64_t after, struct pending *out, size_t max, size_t *n, struct why *why) MUST_CHECK;
enum outcome store_scanned_done(struct store *s, int64_t submission, struct why *why) MUST_CHECK;
/* How many were parsed, but by a parser or rules of another version than this. */
enum outcome store_parsed_otherwise(struct store *s, uint64_t version, int64_t *n, struct why *why) MUST_CHECK;
/* How much waits: originals to be parsed, submissions to be judged again. */
enum outcome store_backlog(struct store *s, int64_t *unparsed, int64_t *unjudged, struct why *why) MUST_CHECK;

/* Records of a submission: attachments, the records without text; failure NULL or why they are incomplete. Its old text leaves the index. */
enum outcome store_save_parsed(struct store *s, int64_t submission, const struct parsed *p, const uint8_t *records, size_t n,
    const char *failure, struct why *why) MUST_CHECK;
/* Its text into the index, once its verdict is saved: written once, with the organisation's name beside it. */
enum outcome store_save_text(struct store *s, int64_t submission, const struct parsed *p, struct why *why) MUST_CHECK;
/* Reads them again (without text). `failure` (may be NULL) has 200 bytes, "" when none. */
enum outcome store_load_parsed(struct store *s, int64_t submission, struct parsed *out, char *failure, struct why *why) MUST_CHECK;

/* Copies and operator's decisions of one submission. The strings live in *hold until circumstances_free(). */
struct circumstances_hold;
enum outcome store_circumstances(struct store *s, int64_t submission, struct circumstances *out,
    struct circumstances_hold **hold, struct why *why) MUST_CHECK;
void         circumstances_free(struct circumstances_hold *hold);

/* Phase one's verdict: replaces an earlier one, its evidence, registrations, reviews and kin keys. */
enum outcome store_save_verdict(struct store *s, int64_t submission, const struct verdict *v, struct why *why) MUST_CHECK;
/*
 * Every submission connected to this one by kin keys (those it had before store_save_verdict included) or an operator's
 * relate, itself included, as stored. Strings live in *hold.
 */
struct family_hold;
enum outcome store_family(struct store *s, int64_t submission, struct relative **family, size_t *n, struct family_hold **hold,
    struct why *why) MUST_CHECK;
void         family_free(struct family_hold *hold);
/* Phase two's verdicts for all of them, deadline verdict included (judge_deadline); state becomes filed; the row's view columns follow. */
enum outcome store_save_family(struct store *s, const struct conf *c, const struct relative *family, size_t n, struct why *why) MUST_CHECK;

/* Submissions marked to be judged again (new copy, decision, reload, their kin changed); fills at most max. */
enum outcome store_unjudged(struct store *s, int64_t *out, size_t max, size_t *n, struct why *why) MUST_CHECK;
/* On reload: marks everything undecided or in review. all != 0: every submission (replay). */
enum outcome store_mark_unjudged(struct store *s, int all, struct why *why) MUST_CHECK;
/* For a replay: one submission, STORE_ALL, or STORE_OPEN (undecided or in review). What was never parsed waits for that anyway. */
#define STORE_ALL  0
#define STORE_OPEN (-1)
enum outcome store_mark_again(struct store *s, int64_t submission, int parse, int64_t *n, struct why *why) MUST_CHECK;

/* What the log line of a filing says; strings live until the next call of store_. */
struct filed_line {
	const char *kind, *consultation, *relation, *deadline_verdict;
	int64_t     related_to;
	char        sha256[65];
	const char *mailbox;	/* of the earliest copy */
	uint64_t    uid;
	int         reviews;
};
enum outcome store_filed_line(struct store *s, int64_t submission, struct filed_line *out, struct why *why) MUST_CHECK;

/* Copies of a mailbox that are filed and not settled yet, by UID above `after`; for after = keyword or move. */
struct to_settle { uint64_t uid; char sha256[65]; };
enum outcome store_to_settle(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t after, struct to_settle *out,
    size_t max, size_t *n, struct why *why) MUST_CHECK;

/*
 * Before a server is told to move a mail: noted, so that a mail found gone can be told from one that was moved and whose answer
 * a crash took away. *was: it had been asked in an earlier connection too, or is known to be moved.
 */
enum outcome store_ask_settle(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, struct why *why) MUST_CHECK;
enum outcome store_was_asked(struct store *s, const char *mailbox, uint32_t uidvalidity, uint64_t uid, int *was, struct why *why) MUST_CHECK;

/* --- the ledger: what is known of each UID of one mailbox ----------------------------------------------------------- */

enum ledger_state {
	LEDGER_HERE,		/* a copy that lies on the server as far as is known */
	LEDGER_ASKED,		/* the same, and the server was asked to move it */
	LEDGER_GONE,
	LEDGER_MOVED,
	LEDGER_EXCLUDED,
	LEDGER_MISSING		/* shown, and not here yet */
};
typedef enum outcome ledger_each(void *arg, uint64_t uid, enum ledger_state state, struct why *why);
/* Ascending, each UID once (what is stored is told as that). `each` may not write. */
enum outcome store_ledger(struct store *s, const char *mailbox, uint32_t uidvalidity, ledger_each *each, void *arg, struct why *why) MUST_CHECK;
/* Shown by the server, and neither stored nor excluded. In a transaction. */
enum outcome store_add_missing(struct store *s, const char *mailbox, uint32_t uidvalidity, uint32_t uid, struct why *why) MUST_CHECK;
/* The first of them; fills at most max. */
enum outcome store_missing(struct store *s, const char *mailbox, uint32_t uidvalidity, uint32_t *out, size_t max, size_t *n, struct why *why) MUST_CHECK;

/* A copy or a missing mail under an earlier UIDVALIDITY, as if still there; *all counts the copies. Mails known by a key have none and are left out. */
struct retired { uint32_t uidvalidity; uint64_t uid; int missing; };
enum outcome store_retired(struct store *s, const char *mailbox, uint32_t uidvalidity, struct retired *out, size_t max, size_t *n,
    uint64_t *all, struct why *why) MUST_CHECK;

/* --- by id or SHA-256, for decisions ------------------------------------------------------------------------------- */

/* `name` is a submission id or at least 8 hex digits of a SHA-256. OUTCOME_REFUSED with words when unknown or ambiguous. */
enum outcome store_find(struct store *s, const char *name, int64_t *submission, char sha256[65], struct why *why) MUST_CHECK;
enum outcome store_by_sha256(struct store *s, const char *sha256, int64_t *submission, struct why *why) MUST_CHECK;	/* 0: unknown */
/* What an operator has decided that it is to another submission; *relation is -1 when nothing, *other 0 for an original. */
enum outcome store_related(struct store *s, int64_t submission, int *relation, int64_t *other, struct why *why) MUST_CHECK;

#endif
