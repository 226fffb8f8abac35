/* "På vegne av X, Y og Z": several that answer together. */
#include <string.h>

#include "daemon/judge/responder_parts.h"

#define LIST_NAMES	20	/* that answer together */
#define LIST_BYTES	1000

/* Somebody on a list, in the register, or with a word in its name that says what it is. */
static int
is_house(const struct search *f, const char *name)
{
	return name_class(f->s->j, name) != NULL || is_listed(f->s, judge_key(f->s, name));
}

/* Cuts the next name off "X, Y og Z"; "Natur og Ungdom" stays whole where a list has it. NULL at the end. */
static char *
next_of_list(const struct search *f, char **rest)
{
	static const char *const joins[] = { ", ", " og ", " samt ", " and " };
	char  *name = *rest, *cut = NULL, *at;
	size_t i, skip = 0;

	if (name == NULL || *name == '\0')
		return NULL;
	if (!is_listed(f->s, judge_key(f->s, name)))
		for (i = 0; i < sizeof joins / sizeof joins[0]; i++)
			if ((at = strstr(name, joins[i])) != NULL && (cut == NULL || at < cut)) {
				cut = at;
				skip = strlen(joins[i]);
			}
	*rest = cut == NULL ? NULL : cut + skip;
	if (cut != NULL)
		*cut = '\0';
	return name;
}

/* The names of a list, when there are several and each is a house; else 0. */
static size_t
houses_of(const struct search *f, const struct signal *one, char *room, const char **names)
{
	const char *list = one->extra.n > 0 ? one->extra.p : one->value.p;
	char       *rest = room, *name;
	size_t      n = 0;

	if (strlen(list) >= LIST_BYTES)
		return 0;
	memcpy(room, list, strlen(list) + 1);
	while (n < LIST_NAMES && (name = next_of_list(f, &rest)) != NULL) {
		if (!is_house(f, name))
			return 0;
		names[n++] = name;
	}
	return n > 1 ? n : 0;
}

/* "på vegne av X, Y og Z": each is found; one of them, or who sends it, becomes the responder. 0: it is no list. */
int
found_together(struct search *f, const struct signal *one, enum source source, int points, const char *rule)
{
	char        room[LIST_BYTES];
	const char *names[LIST_NAMES];
	size_t      n = houses_of(f, one, room, names), i;

	for (i = 0; i < n; i++)
		found(f, names[i], source, i == 0 ? points : 5, one, rule);	/* who is named first speaks for them */
	return n > 0;
}

/* The others that answer together with it are told: each has answered, and the answer is one. */
void
tell_joint(const struct search *f, const struct name *best)
{
	struct session *s = f->s;
	char            room[LIST_BYTES];
	const char     *names[LIST_NAMES];
	size_t          i, k, n;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if ((one->kind != SIGNAL_ON_BEHALF_OF && one->kind != SIGNAL_FROM_ORGANISATION) || one->zone == ZONE_QUOTED ||
		    (s->voice == ZONE_FORWARDED && one->zone == ZONE_BODY))
			continue;
		n = houses_of(f, one, room, names);
		for (k = 0; k < n; k++) {
			const char                *key = judge_key(s, names[k]);
			const struct conf_invited *invited = invited_by_key(s, key);

			if (strcmp(key, best->key) != 0)
				judge_tell(s, "responder", judge_copy(s, invited != NULL ? invited->name : names[k], strlen(invited != NULL ? invited->name : names[k])),
				    "joint-answer", 0, one, n > 0 && one->extra.n > 0 ? one->extra.p : one->value.p);
		}
	}
}
