/*
 * Which consultation a mail belongs to. Evidence of every sort is weighed and all of it kept; a strong sort decides when
 * nothing contradicts it, two that contradict each other go to a person with both, and too little with the likeliest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "daemon/judge/judge_parts.h"

#define COVER		80	/* share of a title that is the title */
#define PARTLY		40	/* share that tells one open consultation from another, no more */
#define TELLING		4	/* telling words that make a title, cue or not */
#define QUESTIONS	2	/* taken up in one answer: it answers them */
#define QUESTION_POINTS	15
#define MARGIN		15	/* that the first must be ahead of the second */
#define DAY		86400
#define GRACE_DAYS	30	/* after the deadline in which late answers are usual */
#define MEETING_DAYS	21	/* after its deadline in which a sign-up still belongs to it */
#define TYPO_DIGITS	4	/* a shorter number one digit away is another number */
#define OWN_REF		15	/* points of our number where the sender's own stands */
#define TURNED_ROUND	45	/* and where mailbox and period bear out that he took one for the other */

/* What speaks for one consultation. */
struct case_for {
	const struct conf_consultation *c;
	int  score;
	int  ref;		/* points of an exact reference */
	int  title;		/* points of a title that is meant, not only mentioned */
	int  typo;		/* its number, one slip away */
	int  part;		/* share of its title that stands where a title does, in a document or */
	int  named;		/* in the mail itself */
	int  spoken;		/* its title stands where a text says what it is about, though no word says that it is meant */
	int  questions;		/* it takes up several that the consultation asks */
	int  mailbox, meeting_mailbox, takes_answers, open, before, letter;
	const struct signal *typo_signal;
};

struct weighing {
	struct session   *s;
	struct case_for  *all;
	size_t            n;
	struct question_hit *questions;
	int               unknown_ref;	/* a number that is somebody's case at the ministry, but none of ours */
	int               theirs;	/* a number of ours stands as "deres ref": the sender kept the roles apart */
	int               turned_round;	/* he did not */
};

static int
strength(const struct case_for *f)
{
	return f->ref + f->title + f->typo + (f->letter ? 25 : 0);
}

/* Circumstances are told of the consultations that come into question only: a mailbox may serve a hundred. */
static void
tell(struct weighing *w, struct case_for *f, const char *rule, int weight, const struct signal *from, const char *input)
{
	f->score += weight;
	if (strength(f) > 0 || (f->mailbox && f->open))
		judge_tell(w->s, "consultation", f->c->id, rule, weight, from, input);
}

/* --- references ---------------------------------------------------------------------------------------------------- */

static const int ref_points[ZONES] = {
	[ZONE_HEADER] = 30, [ZONE_SUBJECT] = 60, [ZONE_BODY] = 55, [ZONE_SIGNATURE] = 30, [ZONE_QUOTED] = 45, [ZONE_FORWARDED] = 50,
	[ZONE_ATTACHMENT] = 50, [ZONE_FILENAME] = 50,
};
static const char *const ref_rules[ZONES] = {
	"case-ref-header", "case-ref-subject", "case-ref-body", "case-ref-signature", "case-ref-quoted", "case-ref-forwarded",
	"case-ref-attachment", "case-ref-filename",
};

/* The label beside this very reference, "" without. In an answer the ministry's number is "deres", the sender's own "var". */
static const char *
label_of(const struct session *s, const struct signal *ref)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_CASE_LABEL && one->part == ref->part && one->zone == ref->zone && one->offset == ref->offset)
			return one->extra.p;
	}
	return "";
}

/* One slip away: the year right and one digit of the number wrong, missing, added or swapped; or one digit of the year. */
static int
is_slip(const char *seen, const char *known)
{
	const char *a = strchr(seen, '/'), *b = strchr(known, '/');

	if (a == NULL || b == NULL || strlen(b + 1) < TYPO_DIGITS || strcmp(seen, known) == 0)
		return 0;
	return distance_words(seen, strlen(seen), known, strlen(known), 1) <= 1;
}

/* Somebody who turned the roles round: the ministry's number under "vår ref", and that very consultation takes mail here and now. */
static int
is_turned_round(const struct weighing *w, const struct case_for *f)
{
	return !w->theirs && f->mailbox && f->open;
}

static void
weigh_ref(struct weighing *w, const struct signal *ref)
{
	const char *label = label_of(w->s, ref);
	int         best = ref_points[ref->zone] + (label[0] != '\0' ? 5 : 0), points, known = 0, own = strcmp(label, "var") == 0;
	size_t      i;

	for (i = 0; i < w->n; i++) {
		struct case_for *f = &w->all[i];

		if (f->c->case_norm[0] == '\0')
			continue;
		/* "Vår ref" in what the ministry itself wrote is the ministry's number. */
		points = !own || ref->zone == ZONE_QUOTED ? best : is_turned_round(w, f) ? TURNED_ROUND : OWN_REF;
		if (strcmp(ref->value.p, f->c->case_norm) == 0) {
			known = 1;
			w->turned_round |= points == TURNED_ROUND;
			if (points > f->ref) {	/* the best place counts; the others are told */
				f->score += points - f->ref;
				f->ref = points;
			}
			judge_tell(w->s, "consultation", f->c->id, ref_rules[ref->zone], points, ref, ref->value.p);
		} else if (!own && f->typo_signal == NULL && is_slip(ref->value.p, f->c->case_norm))
			f->typo_signal = ref;
	}
	if (!known && (strcmp(label, "deres") == 0))
		w->unknown_ref = 1;
}

static int
is_known_ref(const struct weighing *w, const char *number)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->all[i].c->case_norm[0] != '\0' && strcmp(number, w->all[i].c->case_norm) == 0)
			return 1;
	return 0;
}

static void
weigh_refs(struct weighing *w)
{
	const struct parsed *p = w->s->p;
	size_t               i;

	for (i = 0; i < p->n_signals; i++)
		if (p->signals[i].kind == SIGNAL_CASE_LABEL && p->signals[i].zone != ZONE_QUOTED && strcmp(p->signals[i].extra.p, "deres") == 0)
			w->theirs |= is_known_ref(w, p->signals[i].value.p);
	for (i = 0; i < p->n_signals; i++)
		if (p->signals[i].kind == SIGNAL_CASE_REF)
			weigh_ref(w, &p->signals[i]);
	w->unknown_ref &= !w->turned_round;	/* what stands as "deres" then is the sender's own */
}

/* --- titles -------------------------------------------------------------------------------------------------------- */

static const int title_points[ZONES] = {
	[ZONE_SUBJECT] = 50, [ZONE_BODY] = 45, [ZONE_QUOTED] = 40, [ZONE_FORWARDED] = 45, [ZONE_ATTACHMENT] = 40, [ZONE_FILENAME] = 42,
};
static const char *const title_rules[ZONES] = {
	"title-header", "title-subject", "title-body", "title-signature", "title-quoted", "title-forwarded", "title-attachment",
	"title-filename",
};

static void
weigh_titles(struct weighing *w)
{
	const struct title_hit *hits = judge_titles(w->s);
	size_t                  i;
	int                     z, points;

	if (hits == NULL)
		return;
	for (i = 0; i < w->n; i++) {
		struct case_for *f = &w->all[i];

		for (z = 0; z < ZONES; z++) {
			const struct title_hit *h = &hits[i * ZONES + (size_t)z];
			int                     meant = h->cover >= COVER && (h->has_cue || h->telling >= TELLING);

			if (h->cover < PARTLY || title_points[z] == 0)
				continue;
			points = meant ? title_points[z] * (int)h->cover / 100 : (int)h->cover / 12;
			if (h->has_cue && z != ZONE_QUOTED)
				f->part = (int)h->cover > f->part ? (int)h->cover : f->part;
			if (h->has_cue && z != ZONE_QUOTED && z != ZONE_ATTACHMENT)
				f->named = (int)h->cover > f->named ? (int)h->cover : f->named;
			if (h->early && z != ZONE_QUOTED && h->cover >= COVER)
				f->spoken = 1;
			judge_tell_word(w->s, "consultation", f->c->id, title_rules[z], points, h->of, h->word, h->seen);
			if (!meant)
				f->score += f->title == 0 && z != ZONE_QUOTED ? points / 2 : 0;
			else if (points > f->title) {
				f->score += points - f->title;
				f->title = points;
			}
		}
	}
}

/* --- circumstances ------------------------------------------------------------------------------------------------- */

static int
holds(const char **mailboxes, size_t n, const struct circumstances *c)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < c->n_mailboxes; k++)
			if (strcmp(mailboxes[i], c->mailboxes[k]) == 0)
				return 1;
	return 0;
}

static int
is_of_meeting(const struct session *s)
{
	return s->v->kind == KIND_REGISTRATION || s->v->kind == KIND_DECLINE;
}

/* Mailbox and period: what is known before they are told. */
static void
note_circumstances(const struct session *s, struct case_for *f)
{
	int     meeting = is_of_meeting(s) && f->c->registration.present;
	int64_t at = s->c->received_at;

	f->meeting_mailbox = holds(f->c->registration.mailboxes, f->c->registration.n_mailboxes, s->c);
	f->takes_answers = holds(f->c->mailboxes, f->c->n_mailboxes, s->c);
	f->mailbox = f->meeting_mailbox || f->takes_answers;
	if (at == TIME_UNKNOWN)
		return;
	f->before = at < f->c->opened_at;
	f->open = !f->before && at < (meeting ? f->c->registration.deadline_at + (int64_t)MEETING_DAYS * DAY :
	    f->c->deadline_at + (int64_t)GRACE_DAYS * DAY);
}

static void
weigh_circumstances(struct weighing *w, struct case_for *f)
{
	const struct session *s = w->s;
	char                  when[32];

	if (f->meeting_mailbox)
		tell(w, f, "registration-mailbox", is_of_meeting(s) ? 15 : 8, NULL, s->c->mailboxes[0]);
	else if (f->mailbox)
		tell(w, f, "mailbox", 12, NULL, s->c->mailboxes[0]);
	if (s->c->received_at == TIME_UNKNOWN)
		return;
	conf_utc(s->c->received_at, when);
	if (f->before)
		tell(w, f, "before-it-opened", -30, NULL, when);
	else if (f->open)
		tell(w, f, "open-period", 12, NULL, when);
	else if (s->c->received_at > f->c->deadline_at + (int64_t)365 * DAY)
		tell(w, f, "long-after-deadline", -30, NULL, when);
	else
		tell(w, f, "after-deadline", -8, NULL, when);
}

static void
weigh_letters(struct weighing *w, struct case_for *f)
{
	size_t i, k;

	for (i = 0; i < f->c->n_letters && !f->letter; i++)
		for (k = 0; k < w->s->p->n_signals && !f->letter; k++) {
			const struct signal *one = &w->s->p->signals[k];

			if (one->kind == SIGNAL_CITED_DATE && strcmp(one->value.p, f->c->letters[i]) == 0) {
				f->letter = 1;
				tell(w, f, "letter-date", 25, one, one->value.p);
			}
		}
}

static void
weigh_questions(struct weighing *w, struct case_for *f, const struct question_hit *h)
{
	if (h->n < QUESTIONS)
		return;
	f->questions = 1;
	f->score += QUESTION_POINTS;
	judge_tell_at(w->s, "consultation", f->c->id, "questions-answered", QUESTION_POINTS, h->zone, h->part, h->offset,
	    judge_say(w->s, "%u of %zu questions", h->n, f->c->n_questions));
}

/* A number one slip away counts where title, letter or mailbox and period agree, and says so. */
static void
weigh_typo(struct weighing *w, struct case_for *f)
{
	if (f->typo_signal == NULL || f->ref > 0)
		return;
	if (f->title > 0 || f->letter || (f->mailbox && f->open)) {
		f->typo = 35;
		tell(w, f, "case-ref-typo", f->typo, f->typo_signal, f->typo_signal->value.p);
	} else
		judge_tell(w->s, "consultation", f->c->id, "case-ref-typo", 0, f->typo_signal, f->typo_signal->value.p);
}

/* --- deciding ------------------------------------------------------------------------------------------------------ */

static int
by_score(const void *a, const void *b)
{
	const struct case_for *x = a, *y = b;

	return x->score != y->score ? (x->score < y->score ? 1 : -1) : strcmp(x->c->id, y->c->id);
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

static int is_strong(const struct case_for *f)   { return strength(f) >= CONSULTATION_SURE; }
static int is_likely(const struct case_for *f)   { return strength(f) > 0 || (f->mailbox && f->open); }

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

/*
 * Without reference and title: when exactly one consultation takes mail in this mailbox at that time, it is that one. Of
 * several, the only one whose letter's date, a part of whose title or answers to whose questions are there; else the only one
 * whose title is spoken of.
 */
static struct case_for *
only_open(const struct weighing *w)
{
	struct case_for *found = NULL, *partly = NULL, *spoken = NULL;
	size_t           i;
	unsigned         n = 0, parts = 0, titles = 0;

	for (i = 0; i < w->n; i++) {
		if (!w->all[i].mailbox || !w->all[i].open || (is_of_meeting(w->s) && !w->all[i].c->registration.present))
			continue;
		if (w->s->v->kind == KIND_RESPONSE && !w->all[i].takes_answers)
			continue;	/* a mailbox for sign-ups says nothing of what an answer answers */
		n++;
		found = &w->all[i];
		if (w->all[i].part > 0 || w->all[i].letter || w->all[i].questions || w->all[i].ref > 0) {
			parts++;
			partly = &w->all[i];
		}
		if (w->all[i].spoken) {
			titles++;
			spoken = &w->all[i];
		}
	}
	return n == 1 ? found : parts == 1 ? partly : parts == 0 && titles == 1 ? spoken : NULL;
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
		if (strength(other) > strength(only) || (other->open && other->named > only->part && !only->letter && strength(only) == 0))
			return 1;
		if (other->open && other->questions && !only->questions && only->part == 0 && strength(only) == 0)
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
	return titles_touched(w->s, (size_t)(f->c - w->s->j->conf->consultations), IN_VOICE(w->s) | IN(ZONE_ATTACHMENT));
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

		if ((other->takes_answers || (other->mailbox && is_of_meeting(w->s))) && other->open)
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
	return only->typo > 0 && only->part == 0 && !only->letter && !only->questions && !only->spoken && !is_touched(w, only);
}

static void
weak_case(struct weighing *w)
{
	struct case_for *only = only_open(w);

	if (only == NULL || w->unknown_ref || w->s->v->kind == KIND_OTHER || w->s->v->kind == KIND_UNPARSED || rivalled(w, only) ||
	    is_slip_alone(w, only)) {
		review(w, "no-consultation", "too little in the mail tells which consultation it answers", is_likely);
		return;
	}
	tell(w, only, only->letter ? "letter-and-mailbox" : only->part > 0 || only->spoken ? "part-of-title-and-mailbox" :
	    only->questions ? "questions-and-mailbox" : "only-open-in-mailbox", 10, NULL, w->s->c->mailboxes[0]);
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
	if (next != NULL && strength(next) >= CONSULTATION_SURE && best->score - next->score < MARGIN) {
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

/* Kinds that need no consultation and go to no review for want of one. */
static int
needs_consultation(const struct session *s)
{
	return !s->is_machine && s->v->kind != KIND_OTHER;
}

static void
weigh_all(struct weighing *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		note_circumstances(w->s, &w->all[i]);
	weigh_refs(w);
	weigh_titles(w);
	questions_find(w->s, w->questions);
	for (i = 0; i < w->n; i++) {
		weigh_letters(w, &w->all[i]);
		weigh_questions(w, &w->all[i], &w->questions[i]);
		weigh_circumstances(w, &w->all[i]);
		weigh_typo(w, &w->all[i]);
	}
	qsort(w->all, w->n, sizeof w->all[0], by_score);
}

void
judge_consultation(struct session *s)
{
	struct weighing w = { .s = s, .n = s->j->conf->n_consultations };
	size_t          i;

	if (s->c->decided_consultation != NULL) {
		s->v->consultation = judge_copy(s, s->c->decided_consultation, strlen(s->c->decided_consultation));
		judge_tell(s, "consultation", s->v->consultation, "operator", 1000, NULL, "");
		return;
	}
	if (w.n == 0) {
		if (needs_consultation(s))
			judge_review(s, "no-consultation", "no consultation is configured", "");
		return;
	}
	w.all = calloc(w.n, sizeof w.all[0]);
	w.questions = calloc(w.n, sizeof w.questions[0]);
	if (w.all == NULL || w.questions == NULL) {
		s->broke = 1;
		goto out;
	}
	for (i = 0; i < w.n; i++)
		w.all[i].c = &s->j->conf->consultations[i];
	weigh_all(&w);
	if (!needs_consultation(s)) {	/* told when plain, but nobody is asked */
		if (strength(&w.all[0]) >= CONSULTATION_SURE && !contradicts(&w))
			choose(&w, &w.all[0], 1);
	} else if (strength(&w.all[0]) >= CONSULTATION_SURE)
		strong_case(&w);
	else
		weak_case(&w);
out:
	free(w.all);
	free(w.questions);
}
