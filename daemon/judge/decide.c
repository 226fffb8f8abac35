/*
 * Which of the consultations weighed a mail belongs to. A strong sort of evidence decides when nothing contradicts it; two that
 * contradict each other go to a person with both, and too little with the likeliest.
 */
#include <string.h>

#include "daemon/judge/weighing.h"

#define MARGIN		15	/* that the first must be ahead of the second */
#define BEGUN		2	/* words of a topic that some of a title together are worth */

/* What the mail speaks of: of the consultations that are open, wherever they take mail. */
static void
weigh_topic(struct weighing *w)
{
	const struct topic *t;
	size_t              i;

	for (i = 0; i < w->n; i++)
		w->topics[weighing_number(w, &w->all[i])] = (struct topic){ .asked = w->all[i].open, .n = w->all[i].begun ? BEGUN : 0 };
	if ((t = topic_find(w->s, w->topics)) == NULL)
		return;
	for (i = 0; i < w->n; i++)
		w->all[i].topic = &w->topics[weighing_number(w, &w->all[i])] == t;
	judge_tell_word(w->s, "consultation", w->s->j->conf->consultations[t - w->topics].id, "words-of-its-matter", (int)t->n, t->of, t->at, t->word);
}

static void
choose(struct weighing *w, const struct case_for *f, int is_sure)
{
	int score = is_sure && f->score < CONSULTATION_SURE ? CONSULTATION_SURE : !is_sure && f->score >= CONSULTATION_SURE ? CONSULTATION_SURE - 1 : f->score;

	w->s->v->consultation = judge_copy(w->s, f->c->id, strlen(f->c->id));
	w->s->v->consultation_score = score;
}

static void
review(struct weighing *w, const char *reason, const char *detail, int (*is_candidate)(const struct case_for *))
{
	char   list[400] = "";
	size_t i, n = 0, used = 0, len;

	for (i = 0; i < w->n && n < 5; i++) {
		len = strlen(w->all[i].c->id);
		if (!is_candidate(&w->all[i]) || used + len + 2 > sizeof list)
			continue;
		if (used > 0)
			list[used++] = ' ';
		memcpy(list + used, w->all[i].c->id, len + 1);
		used += len;
		n++;
	}
	judge_review(w->s, reason, detail, judge_copy(w->s, list, used));
}

static int is_strong(const struct case_for *f)   { return weighing_strength(f) >= CONSULTATION_SURE; }
static int is_likely(const struct case_for *f)   { return weighing_strength(f) > 0 || (f->mailbox && f->open); }

/*
 * The reference names one, the title another: nobody but a person can tell which was meant. Unless mailbox and period bear
 * out the reference and not the title: then the other consultation is only spoken of.
 */
static int
contradicts(const struct weighing *w)
{
	size_t i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < w->n; k++) {
			const struct case_for *ref = &w->all[i], *title = &w->all[k];

			if (i == k || ref->ref < CONSULTATION_SURE || ref->title > 0 || title->title < CONSULTATION_SURE / 2 || title->ref > 0 || title->before)
				continue;
			if (!(ref->mailbox && ref->open) || (title->mailbox && title->open))
				return 1;
		}
	return 0;
}

static int is_any(const struct case_for *f)    { return f->mailbox; }
static int is_named(const struct case_for *f)  { return f->part > 0 || f->letter || f->questions || f->ref > 0; }
static int is_spoken(const struct case_for *f) { return f->early >= COVER; }
static int is_topic(const struct case_for *f)  { return f->topic; }

/* The only one of those that take such mail in this mailbox at that time of which it is so; NULL without one, or with several. */
static struct case_for *
only_one(const struct weighing *w, int (*is_so)(const struct case_for *))
{
	struct case_for *found = NULL;
	size_t           i;

	for (i = 0; i < w->n; i++) {
		struct case_for *f = &w->all[i];

		if (!f->mailbox || !f->open || !is_so(f) || (weighing_of_meeting(w->s) && !f->c->registration.present))
			continue;
		if (w->s->v->kind == KIND_RESPONSE && !f->takes_answers)
			continue;	/* a mailbox for sign-ups says nothing of what an answer answers */
		if (found != NULL)
			return NULL;
		found = f;
	}
	return found;
}

/*
 * Without reference and title: when exactly one consultation takes mail in this mailbox at that time, it is that one. Of
 * several, the only one whose letter's date, a part of whose title or answers to whose questions are there; else the only one
 * whose title is spoken of, or whose matter.
 */
static struct case_for *
only_open(const struct weighing *w)
{
	static int (*const asked[])(const struct case_for *) = { is_any, is_named, is_spoken, is_topic };
	struct case_for *found = NULL;
	size_t           i;

	for (i = 0; i < sizeof asked / sizeof asked[0] && found == NULL; i++)
		found = only_one(w, asked[i]);
	return found;
}

/* Something speaks for another one, and not only words that were written before it was opened. */
static int
rivalled(const struct weighing *w, const struct case_for *only)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		const struct case_for *other = &w->all[i];

		if (other == only || other->before)
			continue;
		if (weighing_strength(other) > weighing_strength(only) || (other->open && other->named > only->part && !only->letter && weighing_strength(only) == 0))
			return 1;
		if (((other->open && other->questions && !only->questions) || (other->topic && !only->topic)) && only->part == 0 && weighing_strength(only) == 0)
			return 1;
	}
	return 0;
}

/* A consultation that takes mail here and now, and of which something is named where a title stands. */
static int
is_meant_here(const struct case_for *f)
{
	return f->mailbox && f->open && (f->part > 0 || f->letter || f->questions || f->ref > 0 || f->typo > 0);
}

static int
is_touched(const struct weighing *w, const struct case_for *f)
{
	return titles_touched(w->s, weighing_number(w, f), IN_VOICE(w->s) | IN(ZONE_ATTACHMENT));
}

/*
 * A number whose consultation nothing else speaks for (title or a part of it, letter, questions, mailbox), in a mailbox where others
 * take mail at that time: people write to the wrong mailbox, and they copy the wrong number, and nobody but a person can tell.
 */
static int
is_number_alone(const struct weighing *w, const struct case_for *best)
{
	size_t i;
	int    others = 0;

	if (best->ref == 0 || best->mailbox || best->title > 0 || best->part > 0 || best->letter || best->questions)
		return 0;
	for (i = 0; i < w->n; i++) {
		const struct case_for *other = &w->all[i];

		if ((other->takes_answers || (other->mailbox && weighing_of_meeting(w->s))) && other->open)
			others |= is_touched(w, other) ? 2 : 1;
	}
	return others != 0 && ((others & 2) != 0 || !is_touched(w, best));
}

/* The title alone, and mailbox and period are not its own: another one that comes into question by them is as likely. */
static int
is_out_of_place(const struct weighing *w, const struct case_for *best)
{
	size_t i;

	if (best->ref > 0 || best->letter || best->typo > 0 || (best->mailbox && best->open))
		return 0;
	if (!best->mailbox && !best->open)
		return 1;
	for (i = 0; i < w->n; i++)
		if (&w->all[i] != best && is_meant_here(&w->all[i]))
			return 1;
	return 0;
}

/* Nothing but mailbox and period, and a number that is not quite its own: not the number either. */
static int
is_slip_alone(const struct weighing *w, const struct case_for *only)
{
	return only->typo > 0 && only->part == 0 && !only->letter && !only->questions && only->early < COVER && !is_touched(w, only);
}

static void
weak_case(struct weighing *w)
{
	struct case_for *only;

	weigh_topic(w);
	only = only_open(w);
	if (only == NULL || w->unknown_ref || w->s->v->kind == KIND_OTHER || w->s->v->kind == KIND_UNPARSED || rivalled(w, only) ||
	    is_slip_alone(w, only)) {
		review(w, "no-consultation", "too little in the mail tells which consultation it answers", is_likely);
		return;
	}
	weighing_tell(w, only, only->letter ? "letter-and-mailbox" : only->part > 0 || only->early >= COVER ? "part-of-title-and-mailbox" :
	    only->questions ? "questions-and-mailbox" : only->topic ? "matter-and-mailbox" : "only-open-in-mailbox", 10, NULL, w->s->c->mailboxes[0]);
	choose(w, only, 0);
}

static void
strong_case(struct weighing *w)
{
	const struct case_for *best = &w->all[0], *next = w->n > 1 ? &w->all[1] : NULL;

	if (contradicts(w)) {
		review(w, "ambiguous-consultation", "the case number is one consultation's, the title another's", is_strong);
		return;
	}
	if (next != NULL && weighing_strength(next) >= CONSULTATION_SURE && best->score - next->score < MARGIN) {
		review(w, "ambiguous-consultation", "the mail names several consultations", is_strong);
		return;
	}
	/* Nobody answers before he is asked: words that happen to be a later title. */
	if (best->ref == 0 && best->before) {
		weak_case(w);
		return;
	}
	/* A number without title that neither mailbox nor period bears out is rather a slip than an answer out of place. */
	if (best->title == 0 && !best->letter && (best->before || (!best->mailbox && !best->open))) {
		review(w, "ambiguous-consultation", "the case number belongs to a consultation that was not open then", is_likely);
		return;
	}
	if (is_number_alone(w, best)) {
		review(w, "ambiguous-consultation", "the case number is one consultation's, the mailbox another's", is_likely);
		return;
	}
	if (best->ref == 0 && best->typo > 0 && !(best->mailbox && best->open)) {
		review(w, "ambiguous-consultation", "the case number is not quite that of the title's consultation, and the mailbox is another's", is_likely);
		return;
	}
	if (is_out_of_place(w, best)) {
		review(w, "ambiguous-consultation", "a title is named that belongs to another mailbox or time", is_likely);
		return;
	}
	choose(w, best, 1);
}

void
decide_consultation(struct weighing *w)
{
	if (weighing_strength(&w->all[0]) >= CONSULTATION_SURE)
		strong_case(w);
	else
		weak_case(w);
}

void
decide_if_plain(struct weighing *w)
{
	if (weighing_strength(&w->all[0]) >= CONSULTATION_SURE && !contradicts(w))
		choose(w, &w->all[0], 1);
}
