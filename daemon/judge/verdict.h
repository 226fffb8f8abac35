/*
 * What is said of one submission, with the evidence for each word of it; and of a family of submissions that may be
 * the same answer. Plain data with its names; knows no database, no file, no clock.
 */
#ifndef HOERING_JUDGE_VERDICT_H
#define HOERING_JUDGE_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/wire.h"

/* Contract (design.md): the numbers are stored, the names stand in the views. Append only. */
enum mail_kind {
	KIND_RESPONSE = 0, KIND_REGISTRATION, KIND_DECLINE, KIND_EXTENSION_REQUEST, KIND_INQUIRY, KIND_WITHDRAWAL,
	KIND_AUTO_REPLY, KIND_BOUNCE, KIND_RECEIPT, KIND_NEWSLETTER, KIND_SPAM, KIND_UNPARSED, KIND_OTHER, KINDS
};
enum relation {
	RELATION_ORIGINAL = 0, RELATION_COPY, RELATION_RESEND, RELATION_FORWARD, RELATION_REVISION, RELATION_SUPPLEMENT,
	RELATION_WITHDRAWAL, RELATIONS
};
enum position { POSITION_NONE = 0, POSITION_REMARKS, POSITION_NO_REMARKS, POSITION_ENDORSES, POSITION_DECLINES, POSITIONS };

const char *kind_name(enum mail_kind k);		/* "response", … */
const char *relation_name(enum relation r);
const char *position_name(enum position p);	/* "remarks", "no remarks", …; NULL for NONE */
/* What the rule of a relation, and a review that the family gave, say to a person. */
const char *relation_words(const char *rule);
const char *family_review_words(const char *reason, const char *rule);
/* What a person says of a mail that belongs to no consultation, and its copies with it; the views say NULL. */
#define NO_CONSULTATION "-"
/* The reverse; -1 when unknown. */
int kind_of_name(const char *name);
int relation_of_name(const char *name);

/*
 * Points of a case number or a title by themselves. A filing with fewer rests on mailbox and period alone: it gives way to what a
 * copy, an earlier version or a thread says.
 */
#define CONSULTATION_SURE 40

/* Where evidence stands that rests on no words of the mail: a count, the mailbox, the time, an operator. Stored. */
#define NOWHERE ((enum zone)255)

/* One thing that spoke for or against a verdict. Strings belong to the verdict's arena or are constants. */
struct evidence {
	const char *verdict;	/* "kind", "consultation", "responder", "position", "language", "registration", "relation" */
	const char *value;	/* what it speaks for: a kind, a consultation id, a name … */
	const char *rule;	/* stable rule id, e.g. "case-ref-subject" */
	unsigned    version;	/* of the rule */
	int         weight;	/* points for (+) or against (-); 0: told only */
	enum zone   zone;	/* NOWHERE: it rests on no words */
	uint32_t    part, page;
	uint64_t    offset;
	const char *input;	/* what was seen, normalised: "2021/4593" */
};

struct review_reason {
	const char *reason;	/* stable name, listed in hoeringd-schema(7): "no-consultation", … */
	const char *detail;	/* plain words, what a person should look at */
	const char *candidates;	/* consultation or submission ids, space between; "" when none */
};

struct registered_person {
	const char *name, *email, *organisation;
	int         speaker;
	const char *verdict;	/* "ok" | "late" | "over limit" | "incomplete"; "leaves": does not come after all */
};

/* Whether a mail says something of an earlier one. Stored by number. MAYBE: words that mean it only when there is an earlier one. */
enum says { SAYS_NOT = 0, SAYS_SO = 1, SAYS_MAYBE = 2 };

/* Phase one: what the message says by itself. A pure function of records, circumstances and configuration. */
struct verdict {
	enum mail_kind kind;
	const char    *automatic_why;		/* for auto_reply, bounce, …: which mark; "" otherwise */
	const char    *consultation;		/* id, or NULL: undecided (or none, for kinds that need none) */
	int            consultation_score;	/* of the chosen one; below CONSULTATION_SURE when nothing names it */
	const char    *responder;		/* as shown: organisation, or the person's name; "" unknown */
	const char    *responder_key;		/* equal for the same responder however it is spelt; "" unknown */
	const char    *responder_class;		/* as in design.md views / domain.md 4; "" unknown */
	const char    *orgnr;			/* "" unknown */
	const char    *signers;			/* who answers together, by key, in order; "" one alone */
	const char    *invited;			/* name in the invited list of `consultation`; "" when not on it */
	const char    *contact, *address;	/* the person who wrote, their address (inner sender for a forward) */
	enum position  position;
	const char    *language;		/* nb nn se en, "" unknown */
	/* What kinship is judged on. */
	const char    *kin_message_id;		/* claim, only ever a hint */
	const char    *kin_thread;		/* Message-IDs of what it answers, space between: claims too */
	const char    *kin_sender;		/* the true sender's address: inner for a forward; lower case */
	int            is_forward;		/* passed on by somebody else */
	enum says      says_resend, says_revision, says_supplement;	/* "sender på nytt"; that it replaces, or adds to, an earlier one */
	int            says_withdrawal;
	/* Keys: two submissions that share one may be kin and are judged together by judge_family(). */
	const char   **kin_keys;   size_t n_kin_keys;
	struct registered_person *persons; size_t n_persons;
	struct review_reason *reviews;  size_t n_reviews;
	struct evidence      *evidence; size_t n_evidence;
	struct judge_arena   *arena;		/* private; verdict_free() */
};
void verdict_free(struct verdict *v);

/* One of these, for phase two. */
struct relative_person {
	const char *name, *email;	/* never NULL */
	int         leaves, late;	/* late: has no place to lose */
	int64_t     left_by;		/* decided there: the submission that says that this one does not come; 0: none does */
};

struct sentence;

/* Phase two: one member of a family, as stored by phase one; the last block is what judge_family() decides. */
struct relative {
	int64_t        id;			/* of the submission */
	int64_t        received_at;		/* earliest copy: INTERNALDATE */
	const char    *mailbox;			/* of that copy */
	uint64_t       uid;			/* of that copy */
	enum mail_kind kind;
	const char    *consultation;		/* phase one's, or the operator's; NULL undecided */
	int            consultation_decided;	/* 1: an operator said so; kin do not change it */
	int            consultation_score;	/* phase one's: below CONSULTATION_SURE it gives way to kin */
	const char    *responder_key, *signers;	/* signers may be NULL: one alone */
	const char    *kin_message_id, *kin_thread, *kin_sender;	/* kin_thread may be NULL: none */
	int            is_forward, says_withdrawal;
	enum says      says_resend, says_revision, says_supplement;
	uint8_t        digest[DIGEST_KINDS][32];	/* all zero: none */
	uint64_t       digest_words[DIGEST_KINDS];
	const uint32_t *minhash;		/* MINHASH_SIZE slots, or NULL */
	uint64_t       minhash_words;
	const struct sentence *sentences; size_t n_sentences;	/* of an answer, as in campaign.h; or none */
	struct relative_person *persons; size_t n_persons;	/* of a sign-up, or of who takes one back */
	int            decided_relation;	/* operator's `relate`: enum relation, or -1 */
	int64_t        decided_other;
	/* decided here */
	enum relation  relation;
	int64_t        related_to;		/* submission id, 0 none */
	const char    *family_consultation;	/* the final one: own, or a sure relative's; NULL undecided */
	int            counts;			/* 1: this is a row of `responses` */
	int64_t        head;			/* the submission whose row in `responses` this belongs to; 0: to none */
	unsigned       row_version;		/* of the answer: 1 first, 2 after one revision … */
	int64_t        first_received_at;	/* of the first version's earliest submission: decides the deadline verdict */
	const char    *review;			/* NULL, or "possible-revision" | "late-revision" | … */
	int64_t        review_other;		/* its candidate */
	const char    *rule;			/* the rule that decided, a constant */
};

#endif
