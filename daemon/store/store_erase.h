/*
 * What is left of an erased submission: that it was there, what it counts as, and how it is known again.
 * Owns the rows' forgetting; what a tombstone says is made in daemon/erase.c.
 */
#ifndef HOERING_STORE_STORE_ERASE_H
#define HOERING_STORE_STORE_ERASE_H

#include "daemon/journal.h"
#include "daemon/store/store.h"

/* What a tombstone keeps of the verdicts, "" for none. No name but that of the configuration's list, no word of the mail. */
struct remains {
	char    kind[32], consultation[256], class[64], position[32], language[8], relation[32], invited[256];
	char    together[600];		/* others invited that have signed it, "; " between: the first of them */
	int64_t other;			/* related to, 0 none */
	uint8_t content[32];		/* DIGEST_CONTENT, not keyed yet */
	int     has_content;
	char    responder_key[400];	/* the same */
};
enum outcome store_remains(struct store *s, int64_t submission, struct remains *out, struct why *why) MUST_CHECK;

/*
 * The nearest kin whose place rests on this submission, and on no operator's word yet: what must be decided for good, because
 * nobody can compare them with it any more. Fills at most max, of those after `after`.
 */
struct dependant {
	int64_t id;
	char    sha256[65], relation[32], consultation[256];	/* consultation "": it has its own */
};
enum outcome store_dependants(struct store *s, int64_t submission, int64_t after, struct dependant *out, size_t max, size_t *n, struct why *why) MUST_CHECK;

/* For store_apply(): the line `erase` of the journal. */
enum outcome store_apply_erase(struct store *s, const struct journal_entry *e, struct why *why) MUST_CHECK;

enum outcome store_is_erased(struct store *s, int64_t submission, int *erased, struct why *why) MUST_CHECK;
/* By its bytes; *erased 0 also when nobody knows them. */
enum outcome store_original_erased(struct store *s, const char *sha256, int *erased, struct why *why) MUST_CHECK;
/* The submission with that keyed content, erased before this one came; 0 for none. */
enum outcome store_find_tombstone(struct store *s, int64_t submission, const char *content, int64_t *erased, struct why *why) MUST_CHECK;
/* It is to be erased as soon as that can be done: until then it comes round to be parsed again. waits 0: no more. */
enum outcome store_unburied(struct store *s, int64_t submission, int waits, struct why *why) MUST_CHECK;
enum outcome store_has_tombstones(struct store *s, int *any, int *unscrubbed, struct why *why) MUST_CHECK;
/* The check value of the journal's last line `erase-key`, "" when there is none. */
enum outcome store_erase_key(struct store *s, char *check, size_t size, struct why *why) MUST_CHECK;
/* Originals that must not be there, by SHA-256 after `after`. */
enum outcome store_erased_after(struct store *s, const char *after, char sha256[65], int *found, struct why *why) MUST_CHECK;

/* Only the family is judged of an erased one: marks it for that. *erased as in store_is_erased(). */
enum outcome store_erased_ready(struct store *s, int64_t submission, int *erased, struct why *why) MUST_CHECK;

/*
 * What SQLite and FTS5 still hold of deleted rows is gone from the files: the index is merged, the database written anew, the
 * write-ahead log cut. OUTCOME_DEFER while a reader holds an old state. Not within a transaction.
 */
enum outcome store_scrub(struct store *s, struct why *why) MUST_CHECK;

#endif
