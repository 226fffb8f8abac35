/*
 * Form letters: which texts are the same letter in different hands, and what each hand has added.
 * Owns the comparison and its thresholds; knows no prose, only hashes of sentences, and neither database nor campaign tables.
 *
 * Texts are held against the one of their like that most have sent word for word: the form letter, not somebody's version of it. Every
 * text has a rank (more copies first, counted in doublings; then the order of receipt) and leads a group of its own unless a text before
 * it in rank leads one that it matches. So whether a text leads depends only on those before it, never on the order in which mails
 * reach the daemon.
 */
#ifndef HOERING_JUDGE_CAMPAIGN_H
#define HOERING_JUDGE_CAMPAIGN_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/judge/verdict.h"
#include "parsers/wire.h"

#define CAMPAIGN_SENTENCES	1000	/* of one message; what is longer is no form letter, and its first thousand tell */
#define CAMPAIGN_RESPONDERS	3	/* two who write alike may have written together; three have been given a text */
#define CAMPAIGN_OF_FEW_WORDS	10	/* the same for a line that three may have thought of by themselves */
#define CAMPAIGN_SENTENCE_KEYS	128	/* the least hashes of a text: all of a letter's, and of its with five pages added */
#define CAMPAIGN_BAND_KEYS	12	/* of two MinHash slots each: finds half-alike texts with 97 %, where every sentence was touched */
#define CAMPAIGN_KEYS		(CAMPAIGN_SENTENCE_KEYS + CAMPAIGN_BAND_KEYS)
#define CAMPAIGN_FIRST		5	/* members whose common sentences are the form letter */

enum sentence_place { SENTENCE_OWN = 0, SENTENCE_PASSED_ON, SENTENCE_DOCUMENT };
/* Why a sentence tells nothing of who wrote it: letters that share it share no text of their own. Bits. */
enum sentence_common { COMMON_COURTESY = 1, COMMON_CITED = 2, COMMON_MINISTRY = 4 /* it stands in the consultation's own letter */ };

struct sentence {
	uint64_t hash;
	uint64_t form;			/* of the same without names and numbers */
	uint32_t at, size_bytes;	/* in all texts of the message, joined as the search index has them */
	uint32_t words;
	uint32_t place;			/* enum sentence_place */
	uint32_t common;		/* of enum sentence_common; 0: it tells */
};

/*
 * The sentences of a message that may be a form letter's: its own words, those of a mail passed on, and of the document that
 * answers. Quoted mail has none. `out` has room for CAMPAIGN_SENTENCES; returns how many. Needs the texts.
 */
size_t campaign_sentences(const struct parsed *p, struct sentence *out);

/* One answer that counts, as far as form letters go. The arrays belong to whoever filled it in. */
struct letter {
	int64_t          id;
	/* Its place in the order of receipt. */
	int64_t          received_at;
	const char      *mailbox;
	uint64_t         uid;
	enum position    position;
	int              by_person;	/* what people fill into a form letter is no text of their own; organisations write their names anywhere */
	struct sentence *sentences;	/* in the order of the text */
	size_t           n;
	struct sentence *telling;	/* room for n: letter_prepare() makes it the distinct ones that tell, by hash */
	size_t           n_telling;
	struct sentence *common;	/* behind them: those that would tell if anybody else did not write them too, by hash */
	size_t           n_common;
	uint64_t         cited_words;	/* of those that are somebody else's words */
	uint64_t         words;		/* of those */
	uint32_t         minhash[MINHASH_SIZE];
	uint64_t         minhash_words;	/* 0: none */
	uint8_t          documents[32];	/* digest of its attachments; zero: none */
	uint64_t         copies;	/* letters with this text */
};

/* Drops what is not of this answer (the inner mail, unless the answer is passed on) and makes `telling`; of a person's, by form. */
void     letter_prepare(struct letter *l, int passed_on);
/* 0: nothing that could be a form letter (too short, or an answer that says it has nothing to say). */
int      letter_is_comparable(const struct letter *l);
/* How many responders make a campaign of the letters that say this. */
int      letter_responders(const struct letter *l);
/* The same for letters that say the same in their telling sentences: copies of one text. */
uint64_t letter_digest(const struct letter *l);
/* The first part of a text's rank; less is before. */
unsigned letter_class(uint64_t copies);
int      letter_before(const struct letter *a, const struct letter *b);

/* Two letters of one consultation that match share keys; returns how many there are. */
size_t campaign_keys(const struct letter *l, const char *consultation, uint64_t keys[CAMPAIGN_KEYS]);
/* How many of its n keys a letter must share with another to be held against it. */
size_t campaign_keys_wanted(size_t n);

/* 0: another text. Else they are the same form letter, and more is more alike. Symmetric. */
uint64_t campaign_match(const struct letter *a, const struct letter *b);

/*
 * What l says beyond the form letter, which is what at least two of its first members say, or three with something else filled in
 * (first: those of them that there are). added[i] is set to 1 for each of l's sentences that is; returns their words.
 */
uint64_t campaign_added(const struct letter *l, const struct letter *const *first, size_t n_first, uint8_t *added);

#endif
