/*
 * How two submissions compare, and the consultation that one takes from its kin. Pure functions over what phase one has stored.
 */
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "daemon/judge/campaign.h"
#include "daemon/judge/family_parts.h"

#define SAME_TEXT	112	/* of 128 MinHash slots: about 95 % of what both say */
#define AGAIN_TEXT	84	/* two thirds: of what is said to be sent again */
#define AGAIN_COVER	40	/* words that somebody puts above what he sends again, */
#define AGAIN_GREETING	8	/* and that stood above it the first time */
#define AGAIN_WORDS	20	/* fewer that are the same tell nothing, */
#define AGAIN_FEW	6	/* but of what is said to be sent again, when it is all there */
#define COVER_WORDS	60	/* an answer of fewer words may be a cover letter, equal over different documents */
#define CONTINUE_SECONDS (180 * 86400)	/* between an answer and what revises it without naming the consultation rightly */
#define GRACE_SECONDS	(60 * 86400)	/* after a deadline in which an answer is still replaced or added to */
#define SLIP_BYTES	12	/* of a responder's key; in a shorter one a letter makes another name */
#define TELLING_WORDS	8	/* fewer say nothing by being equal, without the same sender */

int
by_receipt(const void *a, const void *b)
{
	const struct relative *x = a, *y = b;
	int                    c;

	if (x->received_at != y->received_at)
		return x->received_at < y->received_at ? -1 : 1;
	c = strcmp(x->mailbox == NULL ? "" : x->mailbox, y->mailbox == NULL ? "" : y->mailbox);
	if (c != 0)
		return c;
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* --- comparing two ------------------------------------------------------------------------------------------------- */

static int
has_digest(const struct relative *r, enum digest_kind k)
{
	static const uint8_t none[32];

	return memcmp(r->digest[k], none, 32) != 0;
}

int
same_digest(const struct relative *a, const struct relative *b, enum digest_kind k)
{
	return has_digest(a, k) && memcmp(a->digest[k], b->digest[k], 32) == 0;
}

unsigned
like(const struct relative *a, const struct relative *b)
{
	unsigned same = 0, i;

	if (a->minhash == NULL || b->minhash == NULL)
		return 0;
	for (i = 0; i < MINHASH_SIZE; i++)
		same += a->minhash[i] == b->minhash[i];
	return same;
}

/* An organisation's name, once with a slip of the hand: from one address it is one organisation. */
static int
is_slip(const char *x, const char *y)
{
	return x[0] == 'o' && strlen(x) >= SLIP_BYTES && distance_words(x, strlen(x), y, strlen(y), 1) == 1;
}

/*
 * One address may be an organisation's to us once and a person's the next time; but two persons, or two organisations, that
 * write from one address (a petition's, a secretariat's) are two. Several that answer together are one, whichever of them writes.
 */
int
same_responder(const struct relative *a, const struct relative *b)
{
	const char *x = a->responder_key, *y = b->responder_key;

	if (same_string(x, y) || same_string(a->signers, b->signers))
		return 1;
	if (x != NULL && y != NULL && x[0] != '\0' && x[0] == y[0] && !is_slip(x, y))
		return 0;
	return same_string(a->kin_sender, b->kin_sender);
}

/* Both have documents and not the same ones, whatever their formats. */
static int
other_documents(const struct relative *a, const struct relative *b)
{
	if (same_digest(a, b, DIGEST_DOCUMENTS))
		return 0;
	return has_digest(a, DIGEST_ATTACHMENTS) && has_digest(b, DIGEST_ATTACHMENTS) && !same_digest(a, b, DIGEST_ATTACHMENTS);
}

/* The answers' words are the same, or nearly: another format, another line, another mail program. */
static int
same_text(const struct relative *a, const struct relative *b)
{
	int      equal = same_digest(a, b, DIGEST_ANSWER);
	uint64_t words = a->digest_words[DIGEST_ANSWER];

	if (equal && words < COVER_WORDS && other_documents(a, b))
		return 0;
	if (equal)
		return 1;
	return like(a, b) >= SAME_TEXT && a->minhash_words >= COVER_WORDS;
}

/* Two persons that a petition's tool writes for, from one address, in the same words. */
static int
other_persons(const struct relative *a, const struct relative *b)
{
	const char *x = a->responder_key, *y = b->responder_key;

	return x != NULL && y != NULL && x[0] == 'p' && y[0] == 'p' && strcmp(x, y) != 0;
}

static uint64_t
words_above(const struct relative *r, size_t n)
{
	uint64_t words = 0;

	for (size_t i = 0; i < n; i++)
		words += r->sentences[i].words;
	return words;
}

/* b is a from a's first sentences on, below a few words of why it comes again. */
static int
ends_alike(const struct relative *a, const struct relative *b)
{
	size_t   an = a->n_sentences, bn = b->n_sentences;
	uint64_t same = 0;

	for (; an > 0 && bn > 0 && a->sentences[an - 1].hash == b->sentences[bn - 1].hash; an--, bn--)
		same += a->sentences[an - 1].words;
	if (words_above(b, bn) > AGAIN_COVER)
		return 0;
	return (same >= AGAIN_WORDS && words_above(a, an) <= AGAIN_GREETING) || (same >= AGAIN_FEW && an == 0 && b->says_resend != SAYS_NOT);
}

/* What is sent again has words more, or fewer, than before: those that say so. */
static int
is_again(const struct relative *a, const struct relative *b)
{
	if (b->says_revision != SAYS_NOT || b->says_supplement != SAYS_NOT || other_documents(a, b))
		return 0;
	return ends_alike(a, b) || (b->says_resend != SAYS_NOT && like(a, b) >= AGAIN_TEXT);
}

static int
says_it_continues(const struct relative *r)
{
	return r->says_revision == SAYS_SO || r->says_supplement == SAYS_SO;
}

/* The rule by which b is the same answer as a, NULL when it is not. */
const char *
same_answer(const struct relative *a, const struct relative *b)
{
	int marked = says_it_continues(a) != says_it_continues(b);

	if (same_digest(a, b, DIGEST_CONTENT) && (!other_persons(a, b) || same_string(a->kin_message_id, b->kin_message_id)))
		return "same-content";
	if (same_string(a->kin_message_id, b->kin_message_id) && same_text(a, b))
		return "same-message-id";
	if (!same_responder(a, b) || marked)
		return NULL;
	if (same_text(a, b) || is_again(a, b))
		return "same-answer";
	/* The same documents under another cover letter; but an answer in the mail itself must be the same too. */
	if (same_digest(a, b, DIGEST_ATTACHMENTS) && (a->digest_words[DIGEST_BODY] < COVER_WORDS || b->digest_words[DIGEST_BODY] < COVER_WORDS))
		return "same-documents";
	return NULL;
}

int
same_consultation(const struct relative *a, const struct relative *b)
{
	if (a->family_consultation == NULL || b->family_consultation == NULL)
		return a->family_consultation == b->family_consultation;
	return strcmp(a->family_consultation, b->family_consultation) == 0;
}

/* --- consultation from kin ----------------------------------------------------------------------------------------- */

/* Surely the same answer: too few words are equal by chance, unless sender or message are the same. */
static int
is_sure_kin(const struct relative *a, const struct relative *b)
{
	const char *rule = same_answer(a, b);

	return rule != NULL && (strcmp(rule, "same-content") == 0 || a->digest_words[DIGEST_ANSWER] >= TELLING_WORDS ||
	    same_string(a->kin_message_id, b->kin_message_id));
}

/* The same, where each is taken for another consultation's: one may send "ingen merknader" to two of them. */
static int
is_telling_kin(const struct relative *a, const struct relative *b)
{
	return is_sure_kin(a, b) && (a->digest_words[DIGEST_ANSWER] >= TELLING_WORDS || same_string(a->kin_message_id, b->kin_message_id) ||
	    same_digest(a, b, DIGEST_ATTACHMENTS));
}

/* A version or a supplement of what the same responder sent shortly before, by its own words. */
int
continues(const struct relative *earlier, const struct relative *r)
{
	return (says_it_continues(r) || attendance_leaves(r)) && same_responder(earlier, r) && by_receipt(earlier, r) < 0 &&
	    r->received_at - earlier->received_at < CONTINUE_SECONDS;
}

/* r was written in answer to a mail that came from the same house before it: its own answer, or a question about it. */
int
is_in_thread(const struct relative *earlier, const struct relative *r)
{
	const char *id = earlier->kin_message_id, *at = r->kin_thread;
	size_t      n = id == NULL ? 0 : strlen(id);

	if (n == 0 || at == NULL || by_receipt(earlier, r) >= 0)
		return 0;
	for (; (at = strstr(at, id)) != NULL; at += n)
		if ((at == r->kin_thread || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return 1;
	return 0;
}

static int
is_sure(const struct relative *r)
{
	return r->consultation != NULL && (r->consultation_decided || r->consultation_score >= CONSULTATION_SURE);
}

/* The consultation that several agree on. */
struct agreed { const char *on; const struct relative *by; int disagree; };

static void
agree(struct agreed *a, const char *consultation, const struct relative *by)
{
	a->disagree |= a->on != NULL && strcmp(a->on, consultation) != 0;
	if (a->on == NULL) {
		a->on = consultation;
		a->by = by;
	}
}

/* The mailbox that holds r is one of those that take answers to the consultation. */
static int
is_taken_there(const struct judge *j, const char *consultation, const struct relative *r)
{
	const struct conf_consultation *c = conf_consultation(j->conf, consultation);
	size_t                          i;

	for (i = 0; c != NULL && r->mailbox != NULL && i < c->n_mailboxes; i++)
		if (strcmp(c->mailboxes[i], r->mailbox) == 0)
			return 1;
	return 0;
}

/* A guess for one of the two may be the other's: that other came to a mailbox where it could. */
static int
can_share_guess(const struct judge *j, const struct relative *a, const struct relative *b)
{
	if ((a->consultation == NULL) == (b->consultation == NULL))
		return 1;
	return a->consultation != NULL ? is_taken_there(j, a->consultation, b) : is_taken_there(j, b->consultation, a);
}

static void
doubt(struct relative *r, const struct relative *other)
{
	r->family_consultation = NULL;
	r->review = "ambiguous-consultation";
	r->review_other = other->id;
}

/*
 * Whom nothing names, or only mailbox and period tell, takes the consultation of those that are its answer or that it replies to,
 * when all that name one agree. Two guesses that differ are none, and neither is one that its copy's mailbox speaks against.
 */
static void
adopt_from_kin(const struct judge *j, struct relative *family, size_t n, struct relative *r)
{
	struct agreed          sure = { NULL, NULL, 0 }, guessed = { NULL, NULL, 0 };
	const struct relative *against = NULL;
	size_t                 i;

	if (is_sure(r) || r->consultation_decided)
		return;
	for (i = 0; i < n; i++) {
		const struct relative *other = &family[i];
		int                    kin = other != r && other->kind == r->kind &&
		    (r->consultation == NULL ? is_sure_kin(other, r) : is_telling_kin(other, r));

		if (!kin && !is_in_thread(other, r))
			continue;
		if (is_sure(other))
			agree(&sure, other->consultation, other);
		else if (!can_share_guess(j, other, r))
			against = kin ? other : against;
		else if (other->consultation != NULL)
			agree(&guessed, other->consultation, other);
	}
	if (sure.on != NULL && !sure.disagree)
		r->family_consultation = sure.on;
	else if (r->consultation == NULL && sure.on == NULL && against == NULL && guessed.on != NULL && !guessed.disagree)
		r->family_consultation = guessed.on;
	else if (r->consultation != NULL && (sure.disagree || guessed.disagree))
		doubt(r, sure.disagree ? sure.by : guessed.by);
	else if (r->consultation != NULL && guessed.on != NULL && strcmp(guessed.on, r->consultation) != 0)
		doubt(r, guessed.by);
	else if (r->consultation != NULL && against != NULL)
		doubt(r, against);
}

/* Answers were still taken then, or had just been. */
static int
was_open(const struct judge *j, const char *consultation, int64_t at)
{
	const struct conf_consultation *c = conf_consultation(j->conf, consultation);

	return c != NULL && at >= c->opened_at && at < c->deadline_at + GRACE_SECONDS;
}

/*
 * What says that it replaces or adds to something, and names nothing: the consultation of all that the same responder has sent
 * to one that is still open. One that is undecided itself may be the one that is meant.
 */
static void
adopt_from_earlier(const struct judge *j, struct relative *family, size_t n, struct relative *r)
{
	struct agreed earlier = { NULL, NULL, 0 };
	size_t        i;

	if (is_sure(r) || r->consultation_decided || (r->consultation != r->family_consultation && r->family_consultation != NULL))
		return;
	for (i = 0; i < n; i++) {
		const struct relative *other = &family[i];

		if (other == r || other->kind != r->kind || !continues(other, r))
			continue;
		if (other->family_consultation == NULL)
			earlier.disagree = 1;
		else if (was_open(j, other->family_consultation, r->received_at))
			agree(&earlier, other->family_consultation, other);
	}
	if (earlier.on == NULL)
		return;
	if (r->consultation == NULL && !earlier.disagree)
		r->family_consultation = earlier.on;
	else if (r->consultation != NULL && !earlier.disagree && strcmp(earlier.on, r->consultation) != 0)
		doubt(r, earlier.by);
}

void
adopt_consultations(const struct judge *j, struct relative *family, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		adopt_from_kin(j, family, n, &family[i]);
	for (i = 0; i < n; i++)	/* in the order of receipt: a version of a version */
		adopt_from_earlier(j, family, n, &family[i]);
}
