/*
 * Where the letters of campaign.h are kept: which text each is, which text follows which, by which keys they are found, who waits.
 * Owns the SQL of it; which letters are alike is not decided here, but in daemon/campaigns.c by the judge's rules.
 */
#ifndef HOERING_STORE_STORE_CAMPAIGN_H
#define HOERING_STORE_STORE_CAMPAIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/judge/campaign.h"
#include "daemon/store/store.h"

/* For store_save_parsed(): the sentences, while the texts are at hand. */
enum outcome store_save_sentences(struct store *s, int64_t submission, const struct parsed *p, struct why *why) MUST_CHECK;

/* --- letters: one for each submission -------------------------------------------------------------------------------- */

struct stored_letter {
	struct letter letter;		/* prepared; copies 0 */
	int           counts;		/* it is a row of `responses` */
	char         *consultation;	/* NULL: undecided */
	char         *mailbox;
	/* As it was placed last. */
	int64_t       text;		/* 0: not placed */
	int64_t       leader;		/* 0: its text is not placed */
	int           is_as_placed;	/* consultation and order of receipt are those it was placed with */
};
enum outcome store_letter_load(struct store *s, int64_t submission, struct stored_letter **out, struct why *why) MUST_CHECK;
void         stored_letter_free(struct stored_letter *l);

/* Those whose place may be another than it was. *submission 0: nobody waits. */
enum outcome store_letter_next(struct store *s, int64_t *submission, struct why *why) MUST_CHECK;
enum outcome store_letter_waits(struct store *s, int64_t submission, struct why *why) MUST_CHECK;
enum outcome store_letter_waits_no_more(struct store *s, int64_t submission, struct why *why) MUST_CHECK;

/* The text with this digest in the letter's consultation, made when there is none. */
enum outcome store_letter_text(struct store *s, const struct stored_letter *l, uint64_t digest, int64_t *text, struct why *why) MUST_CHECK;
/* Counts the letter to a text (l->text is set) or away from it; a text whose rank changed by that waits. */
enum outcome store_letter_join(struct store *s, struct stored_letter *l, int64_t text, struct why *why) MUST_CHECK;
enum outcome store_letter_leave(struct store *s, struct stored_letter *l, struct why *why) MUST_CHECK;
/* What a member says beyond the form letter: its text is taken from the search index. */
enum outcome store_letter_added(struct store *s, const struct letter *l, uint64_t words, const uint8_t *added, struct why *why) MUST_CHECK;

/* Whether it is the ministry's own letter now, and what that says: all answers to its consultation wait when it is another than before. */
enum outcome store_own_letter(struct store *s, const struct stored_letter *l, struct why *why) MUST_CHECK;
/* Marks those of its sentences that stand in the own letter of its consultation; *changed: it must be loaded again. */
enum outcome store_mark_ministry(struct store *s, const struct stored_letter *l, int *changed, struct why *why) MUST_CHECK;

/* --- texts: one for all letters that say the same ----------------------------------------------------------------------- */

struct stored_text {
	int64_t               id;
	uint64_t              copies;
	struct stored_letter *first;	/* the first received of them, with copies set; NULL when no copy is left */
	uint64_t              keys[CAMPAIGN_KEYS];	/* of the first */
	size_t                n_keys;
	/* As it was placed last. */
	int64_t               leader;	/* another text, its own id, or 0: not placed */
	unsigned              placed_class;
	uint64_t              placed_keys[CAMPAIGN_KEYS];
	size_t                n_placed_keys;
};
enum outcome store_text_load(struct store *s, int64_t id, struct stored_text **out, struct why *why) MUST_CHECK;
void         stored_text_free(struct stored_text *t);

/* The first in rank of those that wait; *id 0: none. */
enum outcome store_text_next(struct store *s, int64_t *id, struct why *why) MUST_CHECK;
enum outcome store_text_waits(struct store *s, int64_t id, struct why *why) MUST_CHECK;
enum outcome store_text_waits_no_more(struct store *s, int64_t id, struct why *why) MUST_CHECK;
enum outcome store_followers_wait(struct store *s, int64_t leader, struct why *why) MUST_CHECK;	/* its texts */

/*
 * Texts that share keys with t, and how many; not t itself. Followers or leaders, of each key those of class `class` and after, and no
 * more than a few: a sentence in more letters of different text tells nothing.
 */
struct rival { int64_t id; size_t shared; };
#define RIVALS_A_KEY	16
#define RIVALS_MAX	(CAMPAIGN_KEYS * RIVALS_A_KEY)
enum outcome store_text_rivals(struct store *s, const struct stored_text *t, int follows, unsigned class, struct rival *out, size_t *n,
    struct why *why) MUST_CHECK;

/* leader = t's own id: it leads. Its letters go with it; those whose leader became another wait. */
enum outcome store_text_place(struct store *s, struct stored_text *t, int64_t leader, struct why *why) MUST_CHECK;
/* One without copies. */
enum outcome store_text_remove(struct store *s, struct stored_text *t, struct why *why) MUST_CHECK;

/* --- campaigns: a leader with followers enough ------------------------------------------------------------------------- */

struct group {
	int     is_led;			/* 0: its leader follows another or is gone, and its texts wait */
	int     is_campaign;		/* it has responders enough */
	int64_t first[CAMPAIGN_FIRST];	/* submissions, by receipt */
	size_t  n_first;
};
/* As its letters make it. */
enum outcome store_group(struct store *s, int64_t leader, struct group *out, struct why *why) MUST_CHECK;
/* What the views show: n_first 0 when they show no campaign of this leader. */
enum outcome store_campaign(struct store *s, int64_t leader, struct group *out, struct why *why) MUST_CHECK;
/* Its members are to be gone through. */
enum outcome store_campaign_save(struct store *s, int64_t leader, const struct group *g, struct why *why) MUST_CHECK;
enum outcome store_campaign_forget(struct store *s, int64_t leader, struct why *why) MUST_CHECK;

/* The next member of a campaign that was saved since its members were gone through; *submission 0: none. */
enum outcome store_member_next(struct store *s, int64_t *submission, struct why *why) MUST_CHECK;

#endif
