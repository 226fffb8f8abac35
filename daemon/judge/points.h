/*
 * Points for and against a kind of mail; each is told as evidence.
 * Owns the counting; must not know what any of it is counted for.
 */
#ifndef HOERING_JUDGE_POINTS_H
#define HOERING_JUDGE_POINTS_H

#include "daemon/judge/judge_parts.h"

#define ENOUGH		60	/* points that decide */
#define SHORT_WORDS	60	/* own words of a question or a request */
#define LONG_WORDS	90	/* more of them are an answer, whatever is asked among them */

struct points {
	struct session *s;
	enum mail_kind  kind;
	int             sum;
};

void points_add(struct points *p, int weight, const char *rule, const struct signal *from, const char *input);
/* Adds when a phrase of the group stands in one of the zones. 1: it does. */
int  points_phrase(struct points *p, const char *group, unsigned zones, int weight);

#endif
