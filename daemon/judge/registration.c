/* Persons signed up for a meeting: who, and whether in time, complete, and within the number allowed. */
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"

/* "e-mail|organisation|speaker" */
static void
read_extra(struct session *s, const struct signal *signal, struct registered_person *person)
{
	const char *first = strchr(signal->extra.p, '|'), *last = strrchr(signal->extra.p, '|');

	if (first == NULL)
		return;
	person->email = judge_copy(s, signal->extra.p, (size_t)(first - signal->extra.p));
	if (last > first + 1)
		person->organisation = judge_copy(s, first + 1, (size_t)(last - first - 1));
	person->speaker = last[1] == '1';
}

static const char *
verdict_on(const struct session *s, const struct conf_consultation *c, const struct registered_person *person, size_t number)
{
	if (person->name[0] == '\0' || person->email[0] == '\0')
		return "incomplete";
	if (c == NULL || !c->registration.present)
		return "ok";
	if (s->c->received_at != TIME_UNKNOWN && s->c->received_at >= c->registration.deadline_at)
		return "late";
	return c->registration.max_persons > 0 && number > c->registration.max_persons ? "over limit" : "ok";
}

static struct registered_person *
new_person(struct session *s)
{
	struct registered_person *person = JUDGE_PUSH(s, s->v->persons, s->v->n_persons);

	if (person != NULL)
		*person = (struct registered_person){ "", "", s->v->responder, 0, "ok" };
	return person;
}

/* A name that stands alone is a person's, and not the responder's own or a part of what the consultation is called. */
static int
may_come(const struct session *s, const struct conf_consultation *c, const char *name)
{
	char key[NAME_KEY_BYTES], other[NAME_KEY_BYTES];

	name_key(s->j, name, key);
	name_key(s->j, s->v->responder, other);
	return name_is_person(s->j, name) && strstr(other, key) == NULL && strstr(key, other[0] == '\0' ? "|" : other) == NULL &&
	    (c == NULL || strcasestr(c->title, name) == NULL);
}

/* Who is named without an address and writes the mail has that of the mail. */
static const char *
address_of(const struct session *s, const char *name)
{
	char key[NAME_KEY_BYTES], writer[NAME_KEY_BYTES];

	name_key(s->j, name, key);
	name_key(s->j, s->v->contact, writer);
	return key[0] != '\0' && strcmp(key, writer) == 0 ? s->v->address : "";
}

/* Who does not come after all: named, or the writer. Phase two strikes them off what signed them up. */
static const struct signal *
leaver_called(const struct session *s, const char *name, const char *email)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_PERSON_LEAVES || one->zone != s->voice)
			continue;
		if (one->value.n == 0 ? strcasecmp(name, s->v->contact) == 0 || strcasecmp(email, s->v->address) == 0 :
		    (one->extra.n > 0 && strcasecmp(email, one->extra.p) == 0) || strcasecmp(name, one->value.p) == 0)
			return one;
	}
	return NULL;
}

const struct signal *
judge_who_comes(const struct session *s, unsigned zones)
{
	char   email[NAME_KEY_BYTES];
	size_t i, n;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_PERSON || (zones & IN(one->zone)) == 0)
			continue;
		n = strcspn(one->extra.p, "|");
		n = n < sizeof email ? n : sizeof email - 1;
		memcpy(email, one->extra.p, n);
		email[n] = '\0';
		if (leaver_called(s, one->value.p, email) == NULL)
			return one;
	}
	return NULL;
}

static void
take_leavers(struct session *s)
{
	struct registered_person *person;
	size_t                    i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_PERSON_LEAVES || one->zone != s->voice || (person = new_person(s)) == NULL)
			continue;
		person->name = one->value.n > 0 ? judge_copy(s, one->value.p, one->value.n) : s->v->contact;
		person->email = one->value.n > 0 ? judge_copy(s, one->extra.p, one->extra.n) : s->v->address;
		person->verdict = "leaves";
		judge_tell(s, "registration", "leaves", "person-leaves", 0, one, person->name);
	}
}

/* Nobody is listed with an address: then those named without one come. */
static void
names_alone(struct session *s, const struct conf_consultation *c)
{
	struct registered_person *person;
	size_t                    i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_NAME_ALONE || (one->zone != s->voice && one->zone != ZONE_ATTACHMENT) || !may_come(s, c, one->value.p) ||
		    leaver_called(s, one->value.p, "") != NULL)
			continue;
		person = new_person(s);
		if (person == NULL)
			return;
		person->name = judge_copy(s, one->value.p, one->value.n);
		person->email = address_of(s, person->name);
		person->speaker = person->email[0] != '\0' && judge_find(s, SIGNAL_PHRASE, "speaks", IN(s->voice)) != NULL;
		person->verdict = verdict_on(s, c, person, s->v->n_persons);
		judge_tell(s, "registration", person->verdict, "person-named", 0, one, one->value.p);
	}
}

/* "Kari Berg (kari@berg.no) og undertegnede": the writer too, whose address stands in no list. */
static void
writer_too(struct session *s, const struct conf_consultation *c)
{
	const struct signal      *said = judge_find(s, SIGNAL_PHRASE, "comes-too", IN(s->voice));
	struct registered_person *person;
	size_t                    i;

	if (said == NULL || s->v->n_persons == 0 || s->v->address[0] == '\0' || leaver_called(s, s->v->contact, s->v->address) != NULL)
		return;
	for (i = 0; i < s->v->n_persons; i++)
		if (strcasecmp(s->v->persons[i].email, s->v->address) == 0 || strcasecmp(s->v->persons[i].name, s->v->contact) == 0)
			return;
	if ((person = new_person(s)) == NULL)
		return;
	person->name = s->v->contact;
	person->email = s->v->address;
	person->speaker = judge_find(s, SIGNAL_PHRASE, "self-speaks", IN(s->voice)) != NULL;
	person->verdict = verdict_on(s, c, person, s->v->n_persons);
	judge_tell(s, "registration", person->verdict, "sender-comes-too", 0, said, said->extra.p);
}

/* "I hennes sted kommer …", and nobody is named: whom of an earlier sign-up it means is for a person to tell; all stay in until then. */
static void
review_exchange(struct session *s)
{
	const struct signal *said = judge_find(s, SIGNAL_PHRASE, "takes-place", IN(s->voice));

	if (said == NULL || judge_find(s, SIGNAL_PERSON_LEAVES, NULL, IN(s->voice)) != NULL)
		return;
	judge_tell(s, "registration", "exchange", "takes-place", 0, said, said->extra.p);
	judge_review(s, "possible-revision", "somebody comes in the place of one who may have been signed up before", "");
}

void
judge_registration(struct session *s)
{
	const struct conf_consultation *c;
	struct registered_person       *person;
	size_t                          i;

	if (s->v->kind == KIND_DECLINE)
		take_leavers(s);
	if (s->v->kind != KIND_REGISTRATION)
		return;
	c = s->v->consultation == NULL ? NULL : conf_consultation(s->j->conf, s->v->consultation);
	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_PERSON || (one->zone != s->voice && one->zone != ZONE_ATTACHMENT))
			continue;
		person = new_person(s);
		if (person == NULL)
			return;
		person->name = judge_copy(s, one->value.p, one->value.n);
		read_extra(s, one, person);
		/* "The undersigned"; and whose address it is the head of the mail says best. */
		if (strcasecmp(person->email, s->v->address) == 0 && (person->name[0] == '\0' || name_is_person(s->j, s->v->contact)))
			person->name = s->v->contact;
		if (leaver_called(s, person->name, person->email) != NULL) {
			s->v->n_persons--;
			continue;
		}
		person->verdict = verdict_on(s, c, person, s->v->n_persons);
		judge_tell(s, "registration", person->verdict, "person-listed", 0, one, one->value.p);
	}
	if (s->v->n_persons == 0)
		names_alone(s, c);
	writer_too(s, c);
	review_exchange(s);
	/* Nobody is named beside the one who writes: then it is the writer who comes; in another's place only by saying so. */
	if (s->v->n_persons == 0 && s->v->address[0] != '\0' && (judge_find(s, SIGNAL_PERSON_LEAVES, NULL, IN(s->voice)) == NULL ||
	    judge_find(s, SIGNAL_PHRASE, "comes-self", IN(s->voice)) != NULL) && (person = new_person(s)) != NULL) {
		person->name = s->v->contact;
		person->email = s->v->address;
		person->speaker = judge_find(s, SIGNAL_PHRASE, "speaks", IN(s->voice)) != NULL;
		person->verdict = verdict_on(s, c, person, 1);
		judge_tell_at(s, "registration", person->verdict, "sender-comes", 0, ZONE_HEADER, 0, 0, s->v->address);
	}
	take_leavers(s);
}
