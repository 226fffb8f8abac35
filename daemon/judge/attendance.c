/* Persons signed up for a meeting who do not come after all: struck off the sign-ups that named them, when it is sure who is meant. */
#include <string.h>
#include <strings.h>

#include "base/tokens.h"
#include "daemon/judge/family_parts.h"

#define NAME_TOKENS	8
#define NAME_BYTES	200
#define PLACES		200	/* of one house; who comes after them is over any limit */
#define LONE_NAME	3	/* bytes of a first or last name that stands for a person */

struct person_name {
	char         folded[NAME_BYTES];
	struct token words[NAME_TOKENS];
	size_t       n;
};

static void
split(const char *name, struct person_name *out)
{
	size_t n = strlen(name), used;

	used = tokens_fold(out->folded, sizeof out->folded, (const uint8_t *)name, n, NULL);
	out->n = token_split(out->folded, used, out->words, NAME_TOKENS);
}

static int
same_bytes(struct token a, struct token b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* "Kari Bergs plass" is Kari Berg's. */
static int
same_word(struct token person, struct token said)
{
	return same_bytes(person, said) || (said.n == person.n + 1 && said.p[said.n - 1] == 's' && memcmp(said.p, person.p, person.n) == 0);
}

static int
has_word(const struct person_name *name, struct token word)
{
	size_t i;

	for (i = 0; i < name->n; i++)
		if (same_word(word, name->words[i]))
			return 1;
	return 0;
}

/* First and last name of the one stand in the other; a name that stands alone is one of the person's. */
static int
is_meant(const struct relative_person *person, const struct relative_person *leaver)
{
	struct person_name p, said;
	size_t             i;

	if (leaver->email[0] != '\0' && strcasecmp(person->email, leaver->email) == 0)
		return 1;
	split(person->name, &p);
	split(leaver->name, &said);
	if (p.n == 0 || said.n == 0)
		return 0;
	if (said.n == 1) {
		for (i = 0; i < p.n; i++)
			if (said.words[0].n >= LONE_NAME && same_word(p.words[i], said.words[0]))
				return 1;
		return 0;
	}
	if (p.n == 1)
		return 0;
	return (has_word(&said, p.words[0]) && has_word(&said, p.words[p.n - 1])) ||
	    (has_word(&p, said.words[0]) && (has_word(&p, said.words[said.n - 1]) || same_word(p.words[p.n - 1], said.words[said.n - 1])));
}

static int
stands(const struct relative_person *p)
{
	return !p->leaves && p->left_by == 0;
}

static int
same_person(const struct relative_person *a, const struct relative_person *b)
{
	return strcasecmp(a->name, b->name) == 0 || (a->email[0] != '\0' && strcasecmp(a->email, b->email) == 0);
}

/* The one person that is meant, wherever signed up; NULL when there is none, or two may be. */
static const struct relative_person *
the_one(struct relative *const *from, size_t n, const struct relative_person *leaver)
{
	const struct relative_person *found = NULL, *p;
	size_t                        i;

	for (i = 0; i < n; i++)
		for (p = from[i]->persons; p < from[i]->persons + from[i]->n_persons; p++) {
			if (!stands(p) || !is_meant(p, leaver))
				continue;
			if (found != NULL && !same_person(found, p))
				return NULL;
			found = p;
		}
	return found;
}

/* `who` is struck wherever it stands; the latest of these mails. */
static struct relative *
strike(struct relative *const *from, size_t n, struct relative_person who, int64_t by)
{
	struct relative        *last = NULL;
	struct relative_person *p;
	size_t                  i;

	for (i = 0; i < n; i++)
		for (p = from[i]->persons; p < from[i]->persons + from[i]->n_persons; p++)
			if (stands(p) && same_person(p, &who)) {
				p->left_by = by;
				last = from[i];
			}
	return last;
}

struct struck
attendance_strike(struct relative *const *from, size_t n, const struct relative *r)
{
	struct struck                 out = { NULL, 0, 0 };
	const struct relative_person *who;
	size_t                        i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < from[i]->n_persons; k++)
			out.standing += stands(&from[i]->persons[k]) != 0;
	for (i = 0; i < r->n_persons; i++) {
		if (!r->persons[i].leaves)
			continue;
		who = the_one(from, n, &r->persons[i]);
		if (who == NULL)
			out.missing++;
		else
			out.from = strike(from, n, *who, r->id);
	}
	return out;
}

void
attendance_strike_all(struct relative *from, int64_t by)
{
	size_t i;

	for (i = 0; i < from->n_persons; i++)
		if (stands(&from->persons[i]))
			from->persons[i].left_by = by;
}

int
attendance_leaves(const struct relative *r)
{
	size_t i;

	for (i = 0; i < r->n_persons; i++)
		if (r->persons[i].leaves)
			return 1;
	return 0;
}

/* --- more than may come --------------------------------------------------------------------------------------------- */

static int
has_place(const struct relative *r)
{
	return r->kind == KIND_REGISTRATION && r->relation != RELATION_COPY && r->relation != RELATION_RESEND && r->relation != RELATION_FORWARD;
}

static int
same_house(const struct relative *a, const struct relative *b)
{
	return has_place(a) && has_place(b) && same_string(a->responder_key, b->responder_key) && same_string(a->family_consultation, b->family_consultation);
}

/* The person's number among those of the house, from 0; *is_new when nobody of that name and address was there. */
static size_t
place_of(const struct relative_person **placed, size_t *n, const struct relative_person *p, int *is_new)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcasecmp(placed[i]->name, p->name) == 0 && strcasecmp(placed[i]->email, p->email) == 0) {
			*is_new = 0;
			return i;
		}
	*is_new = 1;
	if (*n < PLACES)
		placed[(*n)++] = p;
	return i;
}

/* The house of `first`, as the view `registrations` counts it. */
static void
count_house(struct relative *first, struct relative *end, size_t max)
{
	const struct relative_person *placed[PLACES];
	struct relative              *r;
	size_t                        n = 0, i;
	int                           is_new;

	for (r = first; r < end; r++)
		for (i = 0; (r == first || same_house(first, r)) && i < r->n_persons; i++)
			if (stands(&r->persons[i]) && !r->persons[i].late && place_of(placed, &n, &r->persons[i], &is_new) >= max && is_new && r->review == NULL)
				r->review = "over-limit";
}

void
attendance_places(const struct judge *j, struct relative *family, size_t n)
{
	const struct conf_consultation *c;
	struct relative                *r, *before;

	for (r = family; r < family + n; r++) {
		c = !has_place(r) || r->family_consultation == NULL ? NULL : conf_consultation(j->conf, r->family_consultation);
		if (c == NULL || !c->registration.present || c->registration.max_persons == 0)
			continue;
		for (before = family; before < r && !same_house(before, r); before++)
			;
		if (before == r)
			count_house(r, family + n, c->registration.max_persons);
	}
}
