#include "daemon/judge/points.h"

void
points_add(struct points *p, int weight, const char *rule, const struct signal *from, const char *input)
{
	p->sum += weight;
	judge_tell(p->s, "kind", kind_name(p->kind), rule, weight, from, input);
}

int
points_phrase(struct points *p, const char *group, unsigned zones, int weight)
{
	const struct signal *found = judge_find(p->s, SIGNAL_PHRASE, group, zones);

	if (found == NULL)
		return 0;
	points_add(p, weight, group, found, NULL);
	return 1;
}
