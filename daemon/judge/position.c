/* What an answer says in sum: remarks, none, that it endorses another's, or that it will give no statement. */
#include <string.h>

#include "daemon/judge/judge_parts.h"
#include "daemon/judge/learnt.h"

#define SHORT_ANSWER	140	/* words; who has no remarks does not need more to say so */
#define SHORT_DOCUMENT	260	/* of a document, with its letterhead and the case's history */
#define MAYBE_ANSWER	70	/* of who may say that there are none */
#define LEARNT_NONE	75	/* of 100: how sure it reads like one that has none, */
#define LEARNT_SURELY_NONE 94	/* whatever else speaks against it, */
#define LEARNT_SURELY_SOME 96	/* and like one that has some, though it says that it has none */
#define SENTENCE_WORDS	4	/* that say something; fewer are a line of a letterhead or a signature */
#define SHORT_FAVOUR	50	/* "we support it, and have no remarks beyond that" */

static void
set(struct session *s, enum position position, const char *rule, const struct signal *from)
{
	s->v->position = position;
	judge_tell(s, "position", position_name(position), rule, 10, from, NULL);
}

/* The phrase in the sender's own words; in a document only when the document is the short answer. */
static const struct signal *
says(const struct session *s, const char *group)
{
	/* Above a mail passed on inside a house, too: "see below; we have no remarks". */
	const struct signal *own = judge_find(s, SIGNAL_PHRASE, group, IN(s->voice) | IN(ZONE_SUBJECT) | IN(ZONE_BODY));
	const struct signal *document = judge_find(s, SIGNAL_PHRASE, group, IN(ZONE_ATTACHMENT));
	size_t               answer = judge_words(s, DIGEST_ANSWER), body = judge_words(s, DIGEST_BODY);

	if (own != NULL && (s->voice == ZONE_FORWARDED ? answer : body) <= SHORT_ANSWER)
		return own;
	return document != NULL && answer <= SHORT_DOCUMENT ? document : NULL;
}

/* Words that any answer may hold: how the matter was handled, thanks, whom to ask. */
static int
is_usual(const struct session *s, const struct block *b)
{
	static const char *const usual[] = { "usual", "agrees", "no-remarks", "no-remarks-else", "refers", "encloses", "attached", "resend",
		"signed", "no-remarks-maybe" };
	size_t i, k;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->part != b->part || one->zone != b->zone || one->offset < b->offset || one->offset >= b->offset + b->size_bytes)
			continue;
		for (k = 0; one->kind == SIGNAL_PHRASE && k < sizeof usual / sizeof usual[0]; k++)
			if (strcmp(one->value.p, usual[k]) == 0)
				return 1;
	}
	return 0;
}

/* Where it is said for the last time: "A has none. B has not answered. We have none." */
static uint64_t
last_said(const struct session *s, const struct signal *found)
{
	uint64_t last = found->offset;
	size_t   i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_PHRASE && one->part == found->part && one->zone == found->zone && one->offset > last &&
		    strcmp(one->value.p, found->value.p) == 0)
			last = one->offset;
	}
	return last;
}

/* A sentence behind `found`, in the sender's own words, that is no usual one: who has no remarks has no more to say. */
static const struct block *
goes_on(const struct session *s, const struct signal *found)
{
	uint64_t last = last_said(s, found);
	size_t   i;

	for (i = 0; found->zone == s->voice && i < s->p->n_blocks; i++) {
		const struct block *b = &s->p->blocks[i];

		if (b->part == found->part && b->zone == found->zone && b->offset > last && b->words >= SENTENCE_WORDS && !is_usual(s, b))
			return b;
	}
	return NULL;
}

/* A sentence in that text that is neither a usual one nor says that there are none. */
static const struct block *
says_more(const struct session *s, const struct signal *found)
{
	size_t i;

	for (i = 0; i < s->p->n_blocks; i++) {
		const struct block *b = &s->p->blocks[i];

		if (b->part == found->part && b->zone == found->zone && b->words >= SENTENCE_WORDS && !is_usual(s, b))
			return b;
	}
	return NULL;
}

/* What says that there is more to it than `found`, in the same kind of text. */
static const struct signal *
against(const struct session *s, const struct signal *found)
{
	static const char *const remarks[] = { "substance", "demand" }, *const decided[] = { "substance-decided", "demand-decided" };
	const char *const       *groups = strcmp(found->value.p, "no-remarks-decided") == 0 ? decided : remarks;
	unsigned                 zones = found->zone == ZONE_ATTACHMENT ? IN(ZONE_ATTACHMENT) : IN(s->voice) | IN(ZONE_BODY);
	const struct signal     *more = judge_find(s, SIGNAL_PHRASE, groups[0], zones);

	if (more == NULL)
		more = judge_find(s, SIGNAL_PHRASE, groups[1], zones);
	return more == NULL && groups == remarks ? judge_find(s, SIGNAL_PHRASE, "quibble", zones) : more;
}

/* A board's paper tells the whole of a matter: what it decided is the answer, whatever was said before, and how long it is. */
static const struct signal *
says_no_remarks(const struct session *s)
{
	const struct signal *decided = judge_find(s, SIGNAL_PHRASE, "no-remarks-decided", IN(ZONE_ATTACHMENT) | IN(s->voice));

	return decided != NULL && against(s, decided) == NULL ? decided : says(s, "no-remarks");
}

/* A no and a word of saying anything, in an answer that says nothing else. */
static const struct signal *
says_maybe(const struct session *s)
{
	unsigned             zones = IN(s->voice) | IN(ZONE_BODY) | IN(ZONE_ATTACHMENT);
	const struct signal *found = judge_find(s, SIGNAL_PHRASE, "no-remarks-maybe", zones);

	if (found == NULL || judge_words(s, DIGEST_ANSWER) > (found->zone == ZONE_ATTACHMENT ? SHORT_ANSWER : MAYBE_ANSWER) ||
	    (found->zone != ZONE_ATTACHMENT && judge_documents(s) > 0) || judge_find(s, SIGNAL_PHRASE, "question-mark", zones) != NULL)
		return NULL;
	return says_more(s, found) == NULL ? found : NULL;
}

/* All sentences read like those of who has none: what follows the one that says so takes nothing back. */
static int
reads_on(const struct session *s)
{
	return learnt_reads(s, "sentence-as-no-remarks", IN(s->voice), LEARNT_SURE, NULL) != NULL &&
	    learnt_reads(s, "sentence-as-answer", IN(s->voice), 0, NULL) == NULL;
}

/* Reads like one that has none, as a whole; less surely so without a word of saying, and beside one that takes it back. */
static const struct signal *
reads_as_none(const struct session *s, unsigned at_least)
{
	unsigned voice = IN(s->voice);
	const struct signal *found = learnt_reads(s, "reads-as-no-remarks", voice, at_least, NULL);

	if (found == NULL || judge_documents(s) > 0 || judge_words(s, DIGEST_ANSWER) > MAYBE_ANSWER || judge_find(s, SIGNAL_PHRASE, "question-mark", voice) != NULL ||
	    judge_find(s, SIGNAL_PHRASE, "no-remarks-else", voice) != NULL || learnt_reads(s, "sentence-as-answer", voice, 0, NULL) != NULL)
		return NULL;
	if (at_least < LEARNT_SURELY_NONE && (judge_find(s, SIGNAL_PHRASE, "of-saying", voice) == NULL || judge_find(s, SIGNAL_PHRASE, "no-remarks-taken-back", voice) != NULL))
		return NULL;
	return found;
}

/* What one phrase says, and the whole does not. */
static int
reads_as_answer(const struct session *s, const struct signal *found)
{
	return learnt_reads(s, "reads-as-answer", IN(found->zone), strcmp(found->value.p, "no-remarks-maybe") == 0 ? LEARNT_OTHER : LEARNT_SURELY_SOME, NULL) != NULL;
}

/*
 * "No remarks", when nothing else in the text is one. "No remarks beyond that" says so only where "that" is short and in favour.
 */
static const struct signal *
no_remarks(struct session *s)
{
	const struct signal *found = reads_as_none(s, LEARNT_SURELY_NONE), *more;
	const struct block  *rest;

	if (found != NULL)
		return found;
	found = says_no_remarks(s);
	if (found == NULL)
		found = says_maybe(s);
	if (found == NULL)
		found = reads_as_none(s, LEARNT_NONE);
	if (found == NULL) {
		found = says(s, "no-remarks-else");
		if (found == NULL || judge_words(s, DIGEST_ANSWER) > SHORT_FAVOUR || judge_find(s, SIGNAL_PHRASE, "agrees", IN(found->zone)) == NULL)
			return NULL;
	}
	if (reads_as_answer(s, found))
		return NULL;
	more = strcmp(found->value.p, "reads-as-no-remarks") == 0 ? NULL : against(s, found);
	if (more != NULL)
		judge_tell(s, "position", position_name(POSITION_REMARKS), more->value.p, -10, more, NULL);
	rest = more != NULL || reads_on(s) ? NULL : goes_on(s, found);
	if (rest != NULL)
		judge_tell_at(s, "position", position_name(POSITION_REMARKS), "goes-on", -10, rest->zone, rest->part, rest->offset, "");
	return more == NULL && rest == NULL ? found : NULL;
}

void
judge_position(struct session *s)
{
	const struct signal *found;

	if (s->v->kind != KIND_RESPONSE)
		return;
	if ((found = says(s, "declines")) != NULL && says(s, "no-remarks") == NULL)
		set(s, POSITION_DECLINES, "declines", found);	/* "no capacity to answer", and no word that there is nothing to remark */
	else if ((found = says(s, "endorses")) != NULL && against(s, found) == NULL)
		set(s, POSITION_ENDORSES, "endorses", found);	/* "… and have no remarks of our own": they have those of another */
	else if ((found = no_remarks(s)) != NULL)
		set(s, POSITION_NO_REMARKS, found->value.p, found);
	else
		set(s, POSITION_REMARKS, "has-remarks", NULL);
}
