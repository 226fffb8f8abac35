/* "På vegne av X, Y og Z": several that answer together. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/judge/responder_parts.h"

#define LIST_NAMES	20	/* that answer together */
#define LIST_BYTES	1000
#define SIGNERS_BYTES	1000	/* of their keys; more of them are told, and not compared */

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

/* What stands in a list that says of itself that they answer together may be a name nobody has a word for; a person's is none. */
static int
may_sign(const struct search *f, const char *name)
{
	if (strchr(name, ' ') == NULL)
		return strlen(name) > 2 && (isupper((unsigned char)name[0]) || (unsigned char)name[0] >= 0x80) && strpbrk(name, "@:/0123456789") == NULL;
	return is_house(f, name) || (!is_private_name(f->s, name) && !name_is_contact(name) && !name_is_prose(name) && name_looks_real(name));
}

/* Where the mail says that it is given together; NULL when it does not. */
static const struct signal *
says_together(const struct search *f)
{
	return judge_find(f->s, SIGNAL_PHRASE, "together", IN_VOICE(f->s) | IN(ZONE_ATTACHMENT) | IN(ZONE_FILENAME));
}

/*
 * The names of a list, when there are several and each is a house; else 0. Where the mail says that they answer together, of each
 * two one may be a name that nobody has a word for; but a single word may be the end of the name before it.
 */
static size_t
houses_of(const struct search *f, const struct signal *one, char *room, const char **names)
{
	const char *list = one->extra.n > 0 ? one->extra.p : one->value.p;
	char       *rest = room, *name;
	size_t      n = 0, houses = 0;

	if (strlen(list) >= LIST_BYTES)
		return 0;
	memcpy(room, list, strlen(list) + 1);
	while (n < LIST_NAMES && (name = next_of_list(f, &rest)) != NULL) {
		if (islower((unsigned char)name[0]))
			return 0;	/* "Landslaget for mat og helse" is one */
		if (is_house(f, name))
			houses++;
		else if (says_together(f) == NULL || strchr(name, ' ') == NULL || !may_sign(f, name))
			return 0;
		names[n++] = name;
	}
	return n > 1 && 2 * houses >= n ? n : 0;
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

/* --- by words that say so ------------------------------------------------------------------------------------------- */

/* Everybody named in a list, or signing, once each. */
struct signers {
	const char          *names[LIST_NAMES], *keys[LIST_NAMES];
	const struct signal *from[LIST_NAMES];
	size_t               n, houses;
};

static void
add_signer(const struct search *f, struct signers *all, const char *name, const struct signal *from)
{
	const char *key = judge_key(f->s, name);
	size_t      i;

	if (key == NULL || key[0] == '\0' || all->n == LIST_NAMES)
		return;
	for (i = 0; i < all->n; i++)
		if (strcmp(all->keys[i], key) == 0)
			return;
	all->keys[all->n] = key;
	all->names[all->n] = judge_copy(f->s, name, strlen(name));
	all->from[all->n++] = from;
	all->houses += (size_t)is_house(f, name);
}

static void
listed_signers(const struct search *f, unsigned zones, struct signers *all)
{
	char   room[LIST_BYTES], *rest, *name;
	size_t i;

	for (i = 0; i < f->s->p->n_signals; i++) {
		const struct signal *one = &f->s->p->signals[i];

		if (one->kind != SIGNAL_TOGETHER || (zones & IN(one->zone)) == 0 || one->value.n >= sizeof room)
			continue;
		memcpy(room, one->value.p, one->value.n + 1);
		for (rest = room; (name = next_of_list(f, &rest)) != NULL;)
			if (may_sign(f, name))
				add_signer(f, all, name, one);
	}
}

/* Below the signatures stands who gets a copy. */
static int
ends_signatures(const char *line)
{
	static const char *const words[] = { "kopi", "cc", "vedlegg", "mottaker", "mottakar", "til:", "likelydende", "copy" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncasecmp(line, words[i], strlen(words[i])) == 0)
			return 1;
	return 0;
}

static void
signing_houses(const struct search *f, unsigned zones, struct signers *all)
{
	char     copy[NAME_BYTES], *piece, *rest;
	size_t   i, n;
	uint32_t ended = UINT32_MAX;	/* the part whose signatures are over */

	for (i = 0; i < f->s->p->n_signals; i++) {
		const struct signal *one = &f->s->p->signals[i];

		if (one->kind != SIGNAL_SIGNATURE_LINE || (zones & IN(one->zone)) == 0 || one->part == ended || one->value.n >= sizeof copy)
			continue;
		if (ends_signatures(one->value.p))
			ended = one->part;
		if (one->part == ended || name_says(f->s->j, one->value.p, "unit") || name_says(f->s->j, one->value.p, "former"))
			continue;
		memcpy(copy, one->value.p, one->value.n + 1);
		for (rest = copy; (piece = strsep(&rest, ",|;")) != NULL;) {
			for (; *piece == ' '; piece++)
				;
			for (n = strlen(piece); n > 0 && piece[n - 1] == ' ';)
				piece[--n] = '\0';
			if (n > 1 && is_house(f, piece))
				add_signer(f, all, piece, one);
		}
	}
}

/* All for whom the answer says that it is given together; 0 when it does not say so, or names nobody else. */
static size_t
find_signers(const struct search *f, struct signers *all)
{
	unsigned voice = IN_VOICE(f->s);

	memset(all, 0, sizeof *all);
	if (says_together(f) == NULL)
		return 0;
	listed_signers(f, voice | IN(ZONE_ATTACHMENT), all);	/* "Natur og Ungdom", "Kirke og Arbeidslaget" are one */
	if (all->n < 2 || 2 * all->houses < all->n || (all->n == 2 && strchr(all->names[0], ' ') == NULL && !is_house(f, all->names[0]))) {
		memset(all, 0, sizeof *all);
		signing_houses(f, voice_signature(f->s) | IN(ZONE_ATTACHMENT), all);
	}
	return all->n < 2 ? 0 : all->n;
}

void
found_signers(struct search *f)
{
	struct signers all;
	size_t         n = find_signers(f, &all), i;

	for (i = 0; i < n; i++)
		if (all.from[i]->kind == SIGNAL_TOGETHER)	/* signatures are found by themselves */
			found(f, all.names[i], FROM_PHRASE, i > 0 ? 5 : all.from[i]->zone == ZONE_ATTACHMENT ? 12 : 25, all.from[i], "answer-together");
}

/* --- telling -------------------------------------------------------------------------------------------------------- */

/* Lists after "på vegne av" and "høringssvar fra", of nothing but houses. */
static void
plain_signers(const struct search *f, struct signers *all)
{
	struct session *s = f->s;
	char            room[LIST_BYTES];
	const char     *names[LIST_NAMES];
	size_t          i, k, n;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if ((one->kind != SIGNAL_ON_BEHALF_OF && one->kind != SIGNAL_FROM_ORGANISATION) || one->zone == ZONE_QUOTED ||
		    strncmp(one->extra.p, NAMED_MARK, strlen(NAMED_MARK)) == 0 ||
		    (s->voice == ZONE_FORWARDED && one->zone == ZONE_BODY))
			continue;
		n = houses_of(f, one, room, names);
		for (k = 0; k < n; k++)
			add_signer(f, all, names[k], one);
	}
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same several that answer are one responder, whichever of them sends it. */
static void
set_signers(struct session *s, struct signers *all)
{
	char   keys[SIGNERS_BYTES];
	size_t used = 0, i, n;

	qsort(all->keys, all->n, sizeof all->keys[0], by_key);
	for (i = 0; i < all->n; i++) {
		n = strlen(all->keys[i]);
		if (used + n + 2 > sizeof keys)
			return;
		keys[used++] = '|';
		memcpy(keys + used, all->keys[i], n);
		used += n;
	}
	s->v->signers = judge_copy(s, keys, used);
}

/* The others that answer together with it are told: each has answered, and the answer is one. */
void
tell_joint(const struct search *f, const struct name *best)
{
	struct session *s = f->s;
	struct signers  all;
	size_t          i;

	(void)find_signers(f, &all);
	if (all.n < 2)
		memset(&all, 0, sizeof all);
	plain_signers(f, &all);
	for (i = 0; i < all.n; i++) {
		const struct conf_invited *invited = invited_by_key(s, all.keys[i]);
		const char                *name = invited != NULL ? invited->name : all.names[i];

		if (strcmp(all.keys[i], best->key) != 0)
			judge_tell(s, "responder", judge_copy(s, name, strlen(name)), "joint-answer", 0, all.from[i],
			    all.from[i]->extra.n > 0 && all.from[i]->kind != SIGNAL_SIGNATURE_LINE ? all.from[i]->extra.p : all.from[i]->value.p);
	}
	if (all.n > 1)
		set_signers(s, &all);
}
