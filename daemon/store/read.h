/*
 * Questions people ask of the database through `hoering`: status, why, show, verify. Owns the read-only connection and the
 * queries by name; must not know how an answer is printed, and changes nothing.
 *
 * A store opened here also serves store_find(), store_by_sha256(), store_last_event(), store_load_parsed() and
 * store_backlog(); whatever would write is OUTCOME_DEFER ("attempt to write a readonly database").
 */
#ifndef HOERING_STORE_READ_H
#define HOERING_STORE_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/store/store.h"

/*
 * Works for any user who may read the files, while the daemon writes and after it has stopped. store_close() it.
 * No such file, no hoeringd database, or another schema's: OUTCOME_REFUSED with words and what to do.
 */
enum outcome read_open(const char *path, struct store **out, struct why *why) MUST_CHECK;

/* Everything read between these two is of one moment. Keep it short: the write-ahead log cannot shrink meanwhile. */
enum outcome read_begin(struct store *s, struct why *why) MUST_CHECK;
void         read_end(struct store *s);

/*
 * One row: `n` columns, their names, their values as UTF-8 text; NULL is SQL's NULL. Strings live until it returns.
 * Anything but 0 stops the reading (which is no failure).
 */
typedef int read_row(void *arg, int n, const char *const *names, const char *const *values);

/* What can be asked. The comment gives the columns; those of a view are the contract's (hoeringd-schema(7)). */
enum read_query {
	/* Of the whole; `submission` is not looked at. */
	READ_MAILBOXES,		/* name and the columns of view mailboxes */
	READ_COMPLETENESS,	/* view completeness */
	READ_BACKLOG,		/* one row: unparsed, unjudged, submissions, copies, last_event, last_event_at */
	READ_REVIEW,		/* view review, oldest first */
	READ_REVIEW_COUNTS,	/* reason, n: most first */
	READ_DEADLINES,		/* consultation, title, case_ref, deadline, responses, on_time, late, unanswered, review, changed_at as in READ_HEAD */
	READ_ARCHIVE,		/* every original, by SHA-256: sha256, bytes, submission */
	READ_ERASED,		/* those of which no original may be there: sha256, submission */
	READ_EVENTS,		/* the audit trail in order: id, at, actor, action, object, detail, hash */
	/* Of one submission. */
	READ_SUBMISSION,	/*
				 * one row: the columns of view submissions, kind_why, own_consultation, own_score, responder_key,
				 * responder_class, orgnr, invited, contact, address, position, language, head, version, first_received_at,
				 * deadline_verdict, seconds_late, relation_rule, judge_version, parser_version, failure, parse_tries,
				 * unparsed, unjudged
				 */
	READ_COPIES,		/* view copies without its submission, earliest first */
	READ_EVIDENCE,		/* verdict, value, rule, version, weight, zone, part, page, offset, input; in order, "relation" last */
	READ_REVIEWS,		/* reason, detail, candidates */
	READ_DECISIONS,		/* every operator's decision on it, also those overruled since: at, actor, action, detail */
	READ_FAMILY,		/* the rest of its answer: id, sha256, relation, related_to, received_at, from_address, subject, counts */
	READ_ATTACHMENTS,	/* view attachments */
	READ_REGISTRATIONS,	/* view registrations, and those of copies too */
	READ_TEXT,		/* one row: subject, organisation, text (body and attachments as indexed) */
	/* Of one consultation, or for a statement on it: read_consultation(). */
	READ_CONSULTATION,	/* one row, or none: id, title, case_ref, opened, deadline, deadline_at, configured */
	READ_COUNTS,		/* its row of view counts */
	READ_COUNTED,		/* submission, sha256 (16 digits), received_local, organisation, deadline_verdict, position, version, copies, review */
	READ_NOT_COUNTED,	/* submission, sha256, received_local, kind, relation, related_to, rule */
	READ_REVIEWS_OF,	/* reason, n */
	READ_EXCLUDED,		/* all mailboxes: mailbox, uidvalidity, uid, reason, at */
	READ_UNFILED,		/* one row: submissions, responses, review without a consultation */
	READ_ORIGINALS_OF,	/* every original filed under it that was not erased: sha256, bytes */
	READ_UNSURE,		/* mailboxes that have failed, or were never looked at: mailbox, state, last_checked */
	READ_HEAD,		/*
				 * one row: line, at, hash of the audit trail's end; now; changed_at: configuration without replay since;
				 * unparsed, unjudged; timezone of the local clocks
				 */
	READ_QUERIES
};
enum outcome read_rows(struct store *s, enum read_query q, int64_t submission, read_row *each, void *arg, struct why *why) MUST_CHECK;

enum outcome read_consultation(struct store *s, enum read_query q, const char *consultation, read_row *each, void *arg, struct why *why) MUST_CHECK;

/*
 * Is the database sound in itself: SQLite's integrity_check and foreign_key_check, and what the schema cannot say: each
 * submission has a copy, a well-formed SHA-256 and a place in the search index, each relation points at a submission, the
 * audit trail has no gap. Calls `found` with a sentence for each fault (its column "fault"); *faults is how many.
 */
enum outcome store_check(struct store *s, read_row *found, void *arg, size_t *faults, struct why *why) MUST_CHECK;

/*
 * Has each line of the audit trail that brings a copy its row in copies, with the same mailbox, UIDVALIDITY, UID, time of receipt and original,
 * and each row its line? Told as by store_check().
 */
enum outcome store_check_copies(struct store *s, read_row *found, void *arg, size_t *faults, struct why *why) MUST_CHECK;

#endif
