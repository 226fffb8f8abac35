/*
 * Which consultation a mail belongs to: evidence of every sort is gathered, weighed for each consultation, and all of it kept.
 * What is made of it is decided in decide.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "daemon/judge/weighing.h"

#define PARTLY		40	/* share that tells one open consultation from another, no more */
#define TELLING		4	/* telling words that make a title, cue or not */
#define QUESTIONS	2	/* taken up in one answer: it answers them */
#define QUESTION_POINTS	15
#define DAY		86400
#define GRACE_DAYS	30	/* after the deadline in which late answers are usual */
#define MEETING_DAYS	21	/* after its deadline in which a sign-up still belongs to it */
#define TYPO_DIGITS	4	/* a shorter number one digit away is another number */
#define OWN_REF		15	/* points of our number where the sender's own stands */
#define TURNED_ROUND	45	/* and where mailbox and period bear out that he took one for the other */

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
			if (h->early && z != ZONE_QUOTED)
				f->early = (int)h->cover > f->early ? (int)h->cover : f->early;
			f->begun |= h->early && z != ZONE_QUOTED && h->found > 1;
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

/* Mailbox and period: what is known before they are told. */
static void
note_circumstances(const struct session *s, struct case_for *f)
{
	int     meeting = weighing_of_meeting(s) && f->c->registration.present;
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
		weighing_tell(w, f, "registration-mailbox", weighing_of_meeting(s) ? 15 : 8, NULL, s->c->mailboxes[0]);
	else if (f->mailbox)
		weighing_tell(w, f, "mailbox", 12, NULL, s->c->mailboxes[0]);
	if (s->c->received_at == TIME_UNKNOWN)
		return;
	conf_utc(s->c->received_at, when);
	if (f->before)
		weighing_tell(w, f, "before-it-opened", -30, NULL, when);
	else if (f->open)
		weighing_tell(w, f, "open-period", 12, NULL, when);
	else if (s->c->received_at > f->c->deadline_at + (int64_t)365 * DAY)
		weighing_tell(w, f, "long-after-deadline", -30, NULL, when);
	else
		weighing_tell(w, f, "after-deadline", -8, NULL, when);
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
				weighing_tell(w, f, "letter-date", 25, one, one->value.p);
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
		weighing_tell(w, f, "case-ref-typo", f->typo, f->typo_signal, f->typo_signal->value.p);
	} else
		judge_tell(w->s, "consultation", f->c->id, "case-ref-typo", 0, f->typo_signal, f->typo_signal->value.p);
}

static int
by_score(const void *a, const void *b)
{
	const struct case_for *x = a, *y = b;

	return x->score != y->score ? (x->score < y->score ? 1 : -1) : strcmp(x->c->id, y->c->id);
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
	w.topics = calloc(w.n, sizeof w.topics[0]);
	if (w.all == NULL || w.questions == NULL || w.topics == NULL) {
		s->broke = 1;
		goto out;
	}
	for (i = 0; i < w.n; i++)
		w.all[i].c = &s->j->conf->consultations[i];
	weigh_all(&w);
	if (needs_consultation(s))
		decide_consultation(&w);
	else
		decide_if_plain(&w);	/* told when plain, but nobody is asked */
out:
	free(w.all);
	free(w.questions);
	free(w.topics);
}
