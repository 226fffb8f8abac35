/*
 * What speaks for each consultation when it is asked which one a mail belongs to: gathered in consultation.c, decided in decide.c.
 * Private to those two and weighing.c; knows no file and no database.
 */
#ifndef HOERING_JUDGE_WEIGHING_H
#define HOERING_JUDGE_WEIGHING_H

#include "daemon/judge/judge_parts.h"

#define COVER		80	/* share of a title that is the title */

/* What speaks for one consultation. */
struct case_for {
	const struct conf_consultation *c;
	int  score;
	int  ref;		/* points of an exact reference */
	int  title;		/* points of a title that is meant, not only mentioned */
	int  typo;		/* its number, one slip away */
	int  part;		/* share of its title that stands where a title does, in a document or */
	int  named;		/* in the mail itself */
	int  early;		/* and where a text says what it is about, though no word says that it is meant */
	int  begun;		/* some of its words do, together */
	int  topic;		/* the mail speaks of its matter, and of no other one's */
	int  questions;		/* it takes up several that the consultation asks */
	int  mailbox, meeting_mailbox, takes_answers, open, before, letter;
	const struct signal *typo_signal;
};

struct weighing {
	struct session   *s;
	struct case_for  *all;
	size_t            n;
	struct question_hit *questions;
	struct topic     *topics;
	int               unknown_ref;	/* a number that is somebody's case at the ministry, but none of ours */
	int               theirs;	/* a number of ours stands as "deres ref": the sender kept the roles apart */
	int               turned_round;	/* he did not */
};

/* Its place in the configuration: that of its hits in what is found by title, question and topic. */
size_t weighing_number(const struct weighing *w, const struct case_for *f);
/* Points of what tells it by name: number, title, the letter's date. */
int    weighing_strength(const struct case_for *f);
/* Circumstances are told of the consultations that come into question only: a mailbox may serve a hundred. */
void   weighing_tell(struct weighing *w, struct case_for *f, const char *rule, int weight, const struct signal *from, const char *input);
int    weighing_of_meeting(const struct session *s);

/* Sets the verdict's consultation, or asks a person to; both say why. */
void decide_consultation(struct weighing *w);
/* For mail of which nobody is asked: set when plain. */
void decide_if_plain(struct weighing *w);

#endif
