/*
 * Submissions that may be the same answer, or one in place of another. They are taken in the order they were received, and
 * everything is decided anew each time, so that it does not matter in which order they reach the daemon.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/family_parts.h"

#define LIKE_TEXT	64	/* of 128 MinHash slots, half of it: another version of the same */
#define LIKE_VERSION	32	/* from the same responder to the same consultation, a quarter of it is: who writes anew does not repeat himself */
#define VERSION_WORDS	20	/* fewer are alike by chance */
#define RESEND_SECONDS	(6 * 3600)	/* by another path a mail takes minutes; who sends it again does so on another day */

/* --- one after the other ------------------------------------------------------------------------------------------- */

/* An answer as it stands so far: its versions are chained, the head is the one that counts. */
struct answer {
	struct relative *first;		/* original of the first version */
	struct relative *head;		/* original of the latest */
	unsigned         version;
	int              withdrawn;
};

struct seat {
	size_t answer;			/* index in answers, or SIZE_MAX */
	int    decided;			/* the operator's relation where it can hold, else -1: by the rules */
	int    overruled;		/* there is one, and it cannot hold */
	int    settled;
};

struct council {
	const struct judge *j;
	struct relative    *family;
	struct seat        *seats;	/* by place in family */
	size_t              n;
	struct answer      *answers;
	size_t              n_answers;
	size_t              n_decided;	/* seats with a decision that holds */
};

static struct seat *
seat_of(const struct council *c, const struct relative *r)
{
	return &c->seats[r - c->family];
}

static struct relative *
by_id(const struct council *c, int64_t id)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->family[i].id == id)
			return &c->family[i];
	return NULL;
}

/* What it repeats is another mail's to tell. */
static int
is_repetition(const struct relative *r)
{
	return r->relation == RELATION_COPY || r->relation == RELATION_RESEND || r->relation == RELATION_FORWARD;
}

static void
settle(struct relative *r, enum relation relation, const struct relative *to, const char *rule)
{
	r->relation = relation;
	r->related_to = to == NULL ? 0 : to->id;
	r->rule = rule;
}

static void
new_answer(struct council *c, struct relative *r, const char *rule)
{
	seat_of(c, r)->answer = c->n_answers;
	c->answers[c->n_answers++] = (struct answer){ .first = r, .head = r, .version = 1 };
	settle(r, RELATION_ORIGINAL, NULL, rule);
}

/* What a repetition by an operator's word repeats in the end. */
static struct relative *
origin(const struct council *c, struct relative *r)
{
	struct relative *next;
	size_t           steps;

	for (steps = 0; is_repetition(r) && steps < c->n && (next = by_id(c, r->related_to)) != NULL; steps++)
		r = next;
	return r;
}

/* Not one mail by two paths: another Message-ID, and long after. */
static int
is_sent_again(const struct relative *original, const struct relative *r)
{
	return !same_string(original->kin_message_id, r->kin_message_id) && r->received_at - original->received_at >= RESEND_SECONDS;
}

/* What a repetition is called: by what it says of itself, then by how it came. */
static enum relation
repetition(const struct relative *original, const struct relative *r, const char *rule)
{
	if (strcmp(rule, "same-message-id") == 0)
		return RELATION_COPY;
	if (strcmp(rule, "same-content") != 0 && r->is_forward && !original->is_forward)
		return RELATION_FORWARD;
	return r->says_resend == SAYS_SO || is_sent_again(original, r) ? RELATION_RESEND : RELATION_COPY;
}

static void
join(struct council *c, struct relative *r, struct relative *original, const char *rule)
{
	settle(r, repetition(original, r, rule), origin(c, original), rule);
	seat_of(c, r)->answer = seat_of(c, original)->answer;
	/* Nearly the same words may be another format, or a new version that does not say so. */
	if (strcmp(rule, "same-answer") == 0 && !same_digest(r, original, DIGEST_ANSWER)) {
		r->review = "possible-revision";
		r->review_other = r->related_to;
	}
}

/*
 * The sign-ups before r that belong to `answer`, or, without one, are of the same house to the same meeting. Returns how many, none
 * without memory; the array is the caller's.
 */
static size_t
gather(const struct council *c, const struct relative *r, size_t answer, struct relative ***out)
{
	struct relative *f;
	size_t           n = 0;

	*out = calloc(c->n + 1, sizeof **out);
	for (f = c->family; *out != NULL && f < r; f++)
		if (f->kind == KIND_REGISTRATION && (answer != SIZE_MAX ? seat_of(c, f)->answer == answer :
		    same_consultation(f, r) && (same_responder(f, r) || is_in_thread(f, r))))
			(*out)[n++] = f;
	return n;
}

/* What takes a sign-up's place takes that of all who were on it, unless it names who leaves; whom an erased one named nobody knows. */
static void
replace_persons(struct council *c, struct relative *r, size_t answer)
{
	struct relative **from;
	size_t            n = gather(c, r, answer, &from);

	if (r->n_persons == 0 && (r->kind == KIND_REGISTRATION || (r->responder_key != NULL && r->responder_key[0] == 'x')))
		n = 0;
	if (!attendance_leaves(r) || attendance_strike(from, n, r).from == NULL)
		while (n > 0)
			attendance_strike_all(from[--n], r->id);
	free(from);
}

static void
revise(struct council *c, struct relative *r, size_t answer, const char *rule)
{
	struct answer *a = &c->answers[answer];

	replace_persons(c, r, answer);
	settle(r, RELATION_REVISION, a->head, rule);
	a->head = r;
	a->version++;
	a->withdrawn = 0;
	seat_of(c, r)->answer = answer;
}

/* What r repeats, of those received before it: an original, or what an operator calls a repetition of one. */
static struct relative *
repeated(const struct council *c, const struct relative *r, const char **rule)
{
	struct relative *before;

	for (before = c->family; before < r; before++) {
		if (!seat_of(c, before)->settled || before->kind != r->kind || !same_consultation(before, r) ||
		    (is_repetition(before) && seat_of(c, before)->decided < 0))
			continue;
		*rule = same_answer(before, r);
		if (*rule != NULL)
			return before;
	}
	return NULL;
}

/* The same consultation; or, for what says that it continues an answer, one whose consultation is not decided. */
static int
may_continue(const struct relative *earlier, const struct relative *r)
{
	return same_consultation(earlier, r) || (earlier->family_consultation == NULL && continues(earlier, r));
}

/*
 * The answer of the same responder in the same consultation that r may continue; SIZE_MAX without one. Of several, one that r
 * may replace, then the one whose text is most alike, then one from the same sender, then the latest. `standing`: not one that is
 * withdrawn.
 */
static size_t
earlier_answer(const struct council *c, const struct relative *r, int standing)
{
	size_t   i, found = SIZE_MAX;
	unsigned best = 0, now;

	for (i = 0; i < c->n_answers; i++) {
		const struct relative *head = c->answers[i].head;

		if (head == r || (standing && c->answers[i].withdrawn) || head->kind != (r->kind == KIND_WITHDRAWAL ? KIND_RESPONSE : r->kind) || !may_continue(head, r) ||
		    !same_responder(head, r))
			continue;
		now = 1 + (is_of_stranger(c->j, head, r) ? 0u : 1000u) + (same_consultation(head, r) ? 400u : 0u) + (is_in_thread(head, r) ? 300u : 0u) +
		    (same_string(head->kin_sender, r->kin_sender) ? 100u : 0u);
		now += like(head, r) >= LIKE_VERSION ? 2 * like(head, r) : 0u;
		if (now >= best) {
			best = now;
			found = i;
		}
	}
	return found;
}

static void
withdraw(struct council *c, struct relative *r, size_t answer)
{
	if (answer == SIZE_MAX) {
		settle(r, RELATION_ORIGINAL, NULL, "nothing-to-withdraw");
		r->review = "unmatched-withdrawal";
		return;
	}
	replace_persons(c, r, answer);
	settle(r, RELATION_WITHDRAWAL, c->answers[answer].head, "withdraws");
	c->answers[answer].withdrawn = 1;
	seat_of(c, r)->answer = answer;
}

/*
 * Somebody does not come after all, or comes in another's place: a version of the sign-up that has the one who leaves, and of no
 * more than that. 0: it takes nobody off, and is a mail by itself; `rule` is then why, NULL when nothing is to be asked.
 */
static int
takes_off(struct council *c, struct relative *r, const char **rule)
{
	struct relative **from, *target;
	size_t            n = gather(c, r, SIZE_MAX, &from);
	struct struck     struck = attendance_strike(from, n, r);

	*rule = NULL;
	if (r->kind == KIND_REGISTRATION ? struck.missing > 0 : struck.standing > 0 && (struck.missing > 0 || struck.from == NULL)) {
		*rule = r->kind == KIND_REGISTRATION ? "nobody-to-replace" : "declines-after-sign-up";
		r->review = "possible-revision";
		r->review_other = n > 0 ? from[n - 1]->id : 0;
	}
	free(from);
	if (struck.from == NULL)
		return 0;
	target = origin(c, struck.from);
	settle(r, RELATION_REVISION, target, r->kind == KIND_REGISTRATION ? "takes-place" : "stays-away");
	seat_of(c, r)->answer = seat_of(c, target)->answer;
	if (r->kind == KIND_REGISTRATION && seat_of(c, r)->answer != SIZE_MAX) {
		c->answers[seat_of(c, r)->answer].head = r;
		c->answers[seat_of(c, r)->answer].version++;
	}
	return 1;
}

/* A sign-up that says who leaves, or that nobody comes. 1: it is settled. */
static int
consider_leaving(struct council *c, struct relative *r)
{
	const char *rule;

	if (r->kind != KIND_DECLINE && !(r->kind == KIND_REGISTRATION && attendance_leaves(r)))
		return 0;
	if (takes_off(c, r, &rule))
		return 1;
	if (rule != NULL)
		new_answer(c, r, rule);
	return rule != NULL;
}

static void
supplement(struct council *c, struct relative *r, size_t answer, const char *rule)
{
	settle(r, RELATION_SUPPLEMENT, c->answers[answer].head, rule);
	seat_of(c, r)->answer = answer;
}

/* Much of its text is the same. */
static int
is_version_of(const struct relative *head, const struct relative *r)
{
	return head->minhash_words >= VERSION_WORDS && like(head, r) >= LIKE_VERSION;
}

/* What does not clearly say that it replaces or adds to an answer that stands, but looks like it. 1: it is settled. */
static int
continue_quietly(struct council *c, struct relative *r)
{
	size_t                 earlier = r->kind == KIND_RESPONSE ? earlier_answer(c, r, 1) : SIZE_MAX;
	const struct relative *head;
	int                    is_version;

	if (earlier == SIZE_MAX)
		return 0;
	head = c->answers[earlier].head;
	if (!same_consultation(head, r))
		return 0;
	is_version = is_version_of(head, r);
	if (!is_version && r->says_supplement == SAYS_MAYBE && r->says_revision == SAYS_NOT)
		supplement(c, r, earlier, "may-supplement");
	else if (is_version || r->says_revision == SAYS_MAYBE)
		revise(c, r, earlier, is_version ? "another-version" : "may-revise");
	else
		return 0;
	if (!is_version || r->says_revision == SAYS_NOT) {
		r->review = "possible-revision";
		r->review_other = head->id;
	}
	return 1;
}

/* It is to end `head`, or to count in its place; what only adds to it takes nothing away. */
static int
takes_away(const struct relative *head, const struct relative *r)
{
	if (r->kind == KIND_WITHDRAWAL)
		return 1;
	return (r->kind == KIND_RESPONSE || r->kind == KIND_REGISTRATION) &&
	    (r->says_supplement == SAYS_NOT ? r->says_revision != SAYS_NOT || is_version_of(head, r) : r->says_revision == SAYS_SO);
}

/* Who signs as the organisation from elsewhere would take its answer away: that stands, and a person is asked. 1: it is settled. */
static int
consider_stranger(struct council *c, struct relative *r, size_t earlier)
{
	const struct relative *head = earlier == SIZE_MAX ? NULL : c->answers[earlier].head;

	if (head == NULL || !takes_away(head, r) || !is_of_stranger(c->j, head, r))
		return 0;
	new_answer(c, r, "from-elsewhere");
	r->review = r->kind == KIND_WITHDRAWAL ? "unmatched-withdrawal" : "possible-revision";
	r->review_other = head->id;
	return 1;
}

static void
consider(struct council *c, struct relative *r)
{
	const char      *rule = NULL;
	struct relative *original = repeated(c, r, &rule);
	size_t           earlier;

	if (original != NULL) {
		join(c, r, original, rule);
		return;
	}
	if (consider_leaving(c, r))
		return;
	earlier = earlier_answer(c, r, 0);
	if (consider_stranger(c, r, earlier))
		return;
	if (r->kind == KIND_WITHDRAWAL)
		withdraw(c, r, earlier);
	else if ((r->kind != KIND_RESPONSE && r->kind != KIND_REGISTRATION) || earlier == SIZE_MAX)
		new_answer(c, r, earlier == SIZE_MAX ? "first-of-its-responder" : "another-mail");
	else if (r->says_supplement == SAYS_SO && !(r->says_revision == SAYS_SO && like(c->answers[earlier].head, r) >= LIKE_TEXT))
		supplement(c, r, earlier, "says-supplement");
	else if (r->says_revision == SAYS_SO)
		revise(c, r, earlier, "says-revision");
	else if (!continue_quietly(c, r)) {
		new_answer(c, r, "another-text");
		earlier = earlier_answer(c, r, 1);
		if (r->kind == KIND_RESPONSE && earlier != SIZE_MAX) {
			r->review = "possible-revision";
			r->review_other = c->answers[earlier].head->id;
		}
	}
}

/* --- what an operator has decided ---------------------------------------------------------------------------------- */

static int
is_of_person(const struct relative *r)
{
	return r->kind <= KIND_WITHDRAWAL || r->kind == KIND_UNPARSED || r->kind == KIND_OTHER;
}

/* A decision on a relation cannot make an answer vanish behind what is none, nor put it in an answer's place. */
static int
can_hold(const struct relative *r, const struct relative *other)
{
	if (r->decided_relation == RELATION_ORIGINAL)
		return 1;
	if (other == NULL || other == r || !is_of_person(r) || !is_of_person(other))
		return 0;
	if (r->decided_relation == RELATION_REVISION)
		return (r->kind == KIND_RESPONSE) == (other->kind == KIND_RESPONSE);
	return r->decided_relation == RELATION_WITHDRAWAL || r->kind != KIND_RESPONSE || other->kind == KIND_RESPONSE;
}

/* The member that a decision relates r to; NULL when none does. */
static struct relative *
decided_other(const struct council *c, const struct relative *r)
{
	return seat_of(c, r)->decided > RELATION_ORIGINAL ? by_id(c, r->decided_other) : NULL;
}

/* A is a version of B, and B of A: each in the circle has lost its ground. */
static int
is_in_circle(const struct council *c, const struct relative *r)
{
	const struct relative *at = r;
	size_t                 steps;

	for (steps = 0; steps < c->n && (at = decided_other(c, at)) != NULL; steps++)
		if (at == r)
			return 1;
	return 0;
}

/* Which decisions hold: known before anything is settled, so that the order of mails does not matter. */
static void
weigh_decisions(struct council *c)
{
	struct relative *r, *end = c->family + c->n;

	for (r = c->family; r < end; r++) {
		seat_of(c, r)->overruled = r->decided_relation >= 0 && !can_hold(r, by_id(c, r->decided_other));
		seat_of(c, r)->decided = seat_of(c, r)->overruled ? -1 : r->decided_relation;
	}
	for (r = c->family; r < end; r++)
		seat_of(c, r)->overruled |= is_in_circle(c, r);
	for (r = c->family; r < end; r++) {
		if (seat_of(c, r)->overruled)
			seat_of(c, r)->decided = -1;
		c->n_decided += seat_of(c, r)->decided >= 0;
	}
}

static void
obey(struct council *c, struct relative *r)
{
	struct relative *other = decided_other(c, r);
	size_t           answer = other == NULL ? SIZE_MAX : seat_of(c, other)->answer;

	if (r->decided_relation == RELATION_ORIGINAL) {
		new_answer(c, r, "operator");
		return;
	}
	if (answer == SIZE_MAX || (r->kind == KIND_RESPONSE && c->answers[answer].first->kind != KIND_RESPONSE)) {
		seat_of(c, r)->overruled = 1;	/* it stands behind something that is no answer */
		consider(c, r);
		return;
	}
	switch ((enum relation)r->decided_relation) {
	case RELATION_REVISION:
		revise(c, r, answer, "operator");
		break;
	case RELATION_WITHDRAWAL:
		withdraw(c, r, answer);
		r->rule = "operator";
		break;
	default:
		settle(r, (enum relation)r->decided_relation, other, "operator");
		seat_of(c, r)->answer = answer;
	}
}

/* --- all of them, in order ------------------------------------------------------------------------------------------ */

/* A decision waits for the mail it is about; a mail for the one that it repeats, when a decision tells what that one is. */
static int
must_wait(const struct council *c, const struct relative *r)
{
	const struct relative *before, *other = decided_other(c, r);

	if (seat_of(c, r)->decided >= 0)
		return other != NULL && !seat_of(c, other)->settled;
	for (before = c->family; c->n_decided > 0 && before < r; before++)
		if (seat_of(c, before)->decided >= 0 && !seat_of(c, before)->settled && before->kind == r->kind && same_consultation(before, r) &&
		    same_answer(before, r) != NULL)
			return 1;
	return 0;
}

static void
take(struct council *c, struct relative *r)
{
	if (seat_of(c, r)->decided >= 0)
		obey(c, r);
	else
		consider(c, r);
	if (seat_of(c, r)->overruled) {
		r->review = "overruled-decision";
		r->review_other = r->decided_other;
	}
	seat_of(c, r)->settled = 1;
}

/* In the order of receipt, but for those that wait; when all wait for each other, the first that nobody has decided on goes on. */
static void
take_all(struct council *c)
{
	struct relative *r, *stuck, *end = c->family + c->n;
	int              moved;

	do {
		moved = 0;
		stuck = NULL;
		for (r = c->family; r < end; r++) {
			if (seat_of(c, r)->settled)
				continue;
			if (!must_wait(c, r)) {
				take(c, r);
				moved = 1;
			} else if (stuck == NULL || (seat_of(c, stuck)->decided >= 0 && seat_of(c, r)->decided < 0))
				stuck = r;
		}
		if (!moved && stuck != NULL)
			take(c, stuck);
	} while (stuck != NULL);
}

/* --- the outcome --------------------------------------------------------------------------------------------------- */

static void
conclude(struct council *c, struct relative *r)
{
	const struct answer            *a;
	const struct conf_consultation *of;
	size_t                          answer = seat_of(c, r)->answer;

	if (answer == SIZE_MAX)
		return;
	a = &c->answers[answer];
	r->row_version = a->version;
	r->first_received_at = a->first->received_at;
	if (a->first->kind != KIND_RESPONSE)
		return;
	r->head = a->withdrawn ? 0 : a->head->id;
	r->counts = r == a->head && !a->withdrawn;
	of = r->family_consultation == NULL ? NULL : conf_consultation(c->j->conf, r->family_consultation);
	if (r->counts && a->version > 1 && of != NULL && !seat_of(c, r)->overruled && a->first->received_at < of->deadline_at &&
	    r->received_at >= of->deadline_at) {
		r->review = "late-revision";
		r->review_other = a->first->id;
	}
}

static void
clear(struct relative *r)
{
	r->relation = RELATION_ORIGINAL;
	r->related_to = r->head = r->review_other = 0;
	r->family_consultation = r->consultation;
	r->counts = 0;
	r->row_version = 1;
	r->first_received_at = r->received_at;
	r->review = NULL;
	r->rule = "alone";
	for (size_t i = 0; i < r->n_persons; i++)
		r->persons[i].left_by = 0;
}

void
judge_family(const struct judge *j, struct relative *family, size_t n)
{
	struct council c = { .j = j, .family = family, .n = n };
	size_t         i;

	qsort(family, n, sizeof family[0], by_receipt);
	for (i = 0; i < n; i++)
		clear(&family[i]);
	c.answers = calloc(n + 1, sizeof c.answers[0]);
	c.seats = calloc(n + 1, sizeof c.seats[0]);
	if (c.answers == NULL || c.seats == NULL) {
		/* Without memory nothing is related: each is its own row, and the next round judges again. */
		for (i = 0; i < n; i++)
			family[i].counts = family[i].kind == KIND_RESPONSE;
		goto out;
	}
	for (i = 0; i < n; i++)
		c.seats[i].answer = SIZE_MAX;
	adopt_consultations(j, family, n);
	weigh_decisions(&c);
	take_all(&c);
	for (i = 0; i < n; i++)
		conclude(&c, &family[i]);
	attendance_places(j, family, n);
out:
	free(c.answers);
	free(c.seats);
}
