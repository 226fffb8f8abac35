/* A responder that an operator has said is another one: the verdict says so, and why. */
#include <string.h>

#include "daemon/judge/judge_parts.h"

enum outcome
judge_joined(const struct judge *j, const struct joined_responder *as, struct verdict *v, struct why *why)
{
	struct session s = { .j = j, .v = v };
	const char    *rule = strcmp(as->name, v->responder) == 0 ? "operator-split" : "operator-join", **key;
	char           folded[NAME_KEY_BYTES];
	size_t         i;

	judge_tell(&s, "responder", judge_copy(&s, as->name, strlen(as->name)), rule, 1000, NULL, v->responder);
	v->responder = judge_copy(&s, as->name, strlen(as->name));
	v->responder_key = judge_copy(&s, as->key, strlen(as->key));
	v->responder_class = judge_copy(&s, as->class, strlen(as->class));
	v->orgnr = judge_copy(&s, as->orgnr, strlen(as->orgnr));
	/* Under the other's name it may stand in the list of those who were asked. */
	name_key(j, as->name, folded);
	for (i = 0; v->consultation != NULL && i < j->n_names; i++)
		if (strcmp(j->names[i].key, folded) == 0 && strcmp(j->conf->consultations[j->names[i].consultation].id, v->consultation) == 0)
			v->invited = judge_copy(&s, j->names[i].invited->name, strlen(j->names[i].invited->name));
	key = JUDGE_PUSH(&s, v->kin_keys, v->n_kin_keys);
	if (key != NULL)
		*key = judge_say(&s, "r:%s", as->key);
	return s.broke ? why_set(why, OUTCOME_DEFER, "no memory for a verdict") : OUTCOME_OK;
}
