/* What both the gathering and the deciding ask of the consultations that are weighed. */
#include "daemon/judge/weighing.h"

size_t
weighing_number(const struct weighing *w, const struct case_for *f)
{
	return (size_t)(f->c - w->s->j->conf->consultations);
}

int
weighing_strength(const struct case_for *f)
{
	return f->ref + f->title + f->typo + (f->letter ? 25 : 0);
}

void
weighing_tell(struct weighing *w, struct case_for *f, const char *rule, int weight, const struct signal *from, const char *input)
{
	f->score += weight;
	if (weighing_strength(f) > 0 || (f->mailbox && f->open))
		judge_tell(w->s, "consultation", f->c->id, rule, weight, from, input);
}

int
weighing_of_meeting(const struct session *s)
{
	return s->v->kind == KIND_REGISTRATION || s->v->kind == KIND_DECLINE;
}
