/*
 * Where the letters of campaign.h are kept: who follows whom, by which keys they are found, and who waits to be placed again.
 * Owns the SQL of it; which letters are alike is not decided here, but in daemon/campaigns.c by the judge's rules.
 */
#ifndef HOERING_STORE_STORE_CAMPAIGN_H
#define HOERING_STORE_STORE_CAMPAIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/judge/campaign.h"
#include "daemon/store/store.h"

/* Those whose place may be another than it was; the lowest rank first. *id 0: nobody waits. */
enum outcome store_letter_next(struct store *s, int64_t *id, struct why *why) MUST_CHECK;
enum outcome store_letter_waits(struct store *s, int64_t id, struct why *why) MUST_CHECK;
enum outcome store_letter_waits_no_more(struct store *s, int64_t id, struct why *why) MUST_CHECK;
enum outcome store_members_wait(struct store *s, int64_t leader, struct why *why) MUST_CHECK;

/* A submission as a letter, prepared, and where it has been placed. */
struct stored_letter {
	struct letter letter;
	int           counts;		/* it is a row of `responses` */
	char         *consultation;	/* NULL: undecided */
	int64_t       leader;		/* 0: not placed */
	int           is_as_placed;	/* consultation, rank and keys are those it was placed with */
	uint64_t      keys[CAMPAIGN_KEYS];	/* as of now */
	size_t        n_keys;
	uint64_t      placed_keys[CAMPAIGN_KEYS];
	size_t        n_placed_keys;
	char         *mailbox;
};
enum outcome store_letter_load(struct store *s, int64_t id, struct stored_letter **out, struct why *why) MUST_CHECK;
void         stored_letter_free(struct stored_letter *l);

/* Letters that share keys with l, and how many; not l itself. Of each key the lowest classes from `class` up, and no more than a few. */
struct rival { int64_t id; size_t shared; };
#define RIVALS_LEADERS	16	/* of a key: a sentence in more letters of different text tells nothing */
#define RIVALS_MEMBERS	32
#define RIVALS_MAX	(CAMPAIGN_KEYS * RIVALS_MEMBERS)
enum outcome store_letter_rivals(struct store *s, const struct stored_letter *l, int members, unsigned class, struct rival *out, size_t *n,
    struct why *why) MUST_CHECK;

/* leader = l's own id: it leads. */
enum outcome store_letter_place(struct store *s, struct stored_letter *l, int64_t leader, struct why *why) MUST_CHECK;
enum outcome store_letter_remove(struct store *s, struct stored_letter *l, struct why *why) MUST_CHECK;

/* A group as its members make it. is_led 0: its leader follows another or is gone, and its members wait. */
struct group {
	int     is_led;
	int     responders;		/* distinct; counted no further than CAMPAIGN_RESPONDERS */
	int64_t first[CAMPAIGN_FIRST];	/* by receipt */
	size_t  n_first;
};
enum outcome store_group(struct store *s, int64_t leader, struct group *out, struct why *why) MUST_CHECK;
/* What the views show: n_first 0 when they show no campaign of this leader. */
enum outcome store_campaign(struct store *s, int64_t leader, struct group *out, struct why *why) MUST_CHECK;
enum outcome store_campaign_save(struct store *s, int64_t leader, const struct group *g, struct why *why) MUST_CHECK;
enum outcome store_campaign_forget(struct store *s, int64_t leader, struct why *why) MUST_CHECK;

/* What a member says beyond the form letter: its text is taken from the search index. */
enum outcome store_letter_added(struct store *s, const struct letter *l, uint64_t words, const uint8_t *added, struct why *why) MUST_CHECK;

/* For store_save_parsed(): the sentences, while the texts are at hand. */
enum outcome store_save_sentences(struct store *s, int64_t submission, const struct parsed *p, struct why *why) MUST_CHECK;

#endif
