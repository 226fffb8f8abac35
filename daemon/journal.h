/*
 * The journal: append-only, hash-chained text lines, each copy, decision and tombstone, by SHA-256.
 * It is the audit trail, and what the database is built from; it must not know what the database looks like.
 *
 * One line, fields separated by TAB, all printable ASCII but for \xHH escapes:
 *   seq  at(YYYY-MM-DDTHH:MM:SSZ)  actor  action  object  detail  hash
 * hash = SHA-256 hex of the previous line's hash (64 zeros before the first) and this line up to the TAB before hash.
 * detail = key=value pairs, one space between, values escaped so that they hold no space.
 *
 * What one decision says in several lines is written in one go, each line but the last with `with=next` as its last pair: a crash may
 * cut anywhere between them, and lines whose last one is missing are read as a torn line is: not at all.
 */
#ifndef HOERING_DAEMON_JOURNAL_H
#define HOERING_DAEMON_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct journal;

/*
 * Actions, with object and detail:
 *   copy           SHA-256       mailbox uidvalidity uid received(seconds since 1970) bytes [key (maildir file, import)]
 *   excluded       "-"           mailbox uidvalidity uid reason [key (maildir file)]
 *   settled        SHA-256       mailbox uidvalidity uid how(keyword|moved|gone|there: shown again)
 *   kind           SHA-256       kind reason
 *   refile         SHA-256       consultation reason
 *   relate         SHA-256       relation other(SHA-256) reason
 *   join           SHA-256       other(SHA-256) reason         the responders of the two are one, known as other's
 *   split          SHA-256       other(SHA-256) reason         they are two
 *                                [of(SHA-256): a join taken back because that one was split] [joins(count): told only, these were taken back]
 *   erase          SHA-256       kind consultation class position language relation other invited reason, keyed digests content responder
 *   erase-key      "-"           key(check value of the key of those digests, from here on) [reason]
 *   replay         "-"           scope step judge configuration
 *   registry       SHA-256 of it organisations
 *   configuration  digest        consultations(count) mailboxes(count)
 */
struct journal_entry {
	uint64_t    seq;		/* from 1, without gaps */
	int64_t     at;
	const char *actor;		/* "hoeringd", "uid=1000(kari)" */
	const char *action, *object, *detail;
	char        hash[65];
};

/*
 * Opens (creating the folder when `create`) for appending. A torn end, which a crash may leave, stands until journal_trim(); any
 * other fault of the chain is OUTCOME_REFUSED with file and line: nothing is repaired in silence.
 */
enum outcome journal_open(const char *folder, int create, struct journal **out, struct why *why) MUST_CHECK;
/*
 * Cuts a torn end off and tells it in the log; before a line is added, and only when it is known that nobody relies on it: a line
 * that the database has was whole once, so that what tore it was no crash.
 */
enum outcome journal_trim(struct journal *j, struct why *why) MUST_CHECK;
void         journal_close(struct journal **j);

/* Adds a line to the buffer; seq, hash and at (when 0: now) are filled in *e. journal_sync() makes all of it durable. */
enum outcome journal_append(struct journal *j, struct journal_entry *e, struct why *why) MUST_CHECK;
enum outcome journal_sync(struct journal *j, struct why *why) MUST_CHECK;
/*
 * Forgets what was appended since the last successful sync, after a sync that failed. A synced line is never taken back:
 * where the database refuses it, the database catches up later.
 */
enum outcome journal_rollback(struct journal *j, struct why *why) MUST_CHECK;

uint64_t    journal_last_seq(const struct journal *j);
const char *journal_last_hash(const struct journal *j);

/* Every line after `after_seq` in order, the chain checked; stops when `each` returns anything but OUTCOME_OK and returns that. */
typedef enum outcome journal_each(void *arg, const struct journal_entry *e, struct why *why);
enum outcome journal_read(const char *folder, uint64_t after_seq, journal_each *each, void *arg, struct why *why) MUST_CHECK;

/* The value of `key` in a detail string, unescaped, into `out`; 0 when it is not there or does not fit. */
int journal_detail(const char *detail, const char *key, char *out, size_t out_size);
/* The same as a whole decimal number; 0 when it is not there or none. */
int journal_detail_number(const char *detail, const char *key, int64_t *out);
/* Adds " key=value" (escaped) to `out`; 0 when it does not fit. */
int journal_detail_add(char *out, size_t out_size, const char *key, const char *value);
/* The last pair of a line that stands for nothing without the next. */
#define JOURNAL_WITH_NEXT	" with=next"

#endif
