/*
 * The names found so far, each with the places it was found in and the points they give. A name is known again by its key, under
 * which spellings of one organisation are one.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/distance.h"
#include "base/domain.h"
#include "base/tokens.h"
#include "daemon/judge/responder_parts.h"

#define LETTERS		8	/* that a name is shortened to */
#define LETTERS_LEAST	3	/* that stand behind it: two are a form of business, "HF" */
#define SLIP_BYTES	10	/* a shorter name one slip away is another name */

const struct conf_invited *
invited_by_key(const struct session *s, const char *key)
{
	const struct conf_invited *any = NULL;
	size_t                     i;

	for (i = 0; i < s->j->n_names; i++) {
		const struct known_name *k = &s->j->names[i];

		if (strcmp(k->key, key) != 0)
			continue;
		if (s->v->consultation != NULL && strcmp(s->j->conf->consultations[k->consultation].id, s->v->consultation) == 0)
			return k->invited;
		any = k->invited;
	}
	return any;
}

/* Somebody on a list is called so, or an association or authority of the register: undertakings bear their owners' names. */
int
is_listed(const struct session *s, const char *key)
{
	const struct known_organisation *k = known_one(s, KNOWN_BY_NAME, key);

	return invited_by_key(s, key) != NULL || (k != NULL && strcmp(k->class, "virksomhet") != 0);
}

/* Its key, as long as the verdict. */
const char *
judge_key(struct session *s, const char *name)
{
	char key[NAME_KEY_BYTES];

	name_key(s->j, name, key);
	return judge_copy(s, key, strlen(key));
}

/* A person's name, and no organisation is called so ("Voksne for Barn" has the look of one). */
int
is_private_name(const struct session *s, const char *p)
{
	char key[NAME_KEY_BYTES];

	name_key(s->j, p, key);
	return name_is_person(s->j, p) && !is_listed(s, key);
}

/* Authorities write from their own domain; a local club may have none. */
static int
may_write_from_here(const struct search *f, const char *class)
{
	return f->domain[0] != '\0' || (strcmp(class, "kommune") != 0 && strcmp(class, "fylkeskommune") != 0 && strcmp(class, "etat") != 0 &&
	    strcmp(class, "departement") != 0);
}

/* `fuller` is `name` with its legal form behind it: "Statnett", "Statnett SF". */
static int
is_with_form(const struct session *s, const char *name, const char *fuller)
{
	char   form[8];
	size_t n = strlen(name), i;

	if (strncasecmp(name, fuller, n) != 0 || fuller[n] != ' ' || strlen(fuller + n + 1) >= sizeof form)
		return 0;
	for (i = 0; fuller[n + 1 + i] != '\0'; i++)
		form[i] = (char)tolower((unsigned char)fuller[n + 1 + i]);
	return i > 0 && word_lists_has(s->j->words, "legal-form", form, i);
}

/* A dash between blanks, and what stands behind it; NULL without one. */
static const char *
behind_dash(const char *name, const char **dash)
{
	static const char *const dashes[] = { " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 " };
	size_t i;

	for (i = 0; i < sizeof dashes / sizeof dashes[0]; i++)
		if ((*dash = strstr(name, dashes[i])) != NULL && *dash > name)
			return *dash + strlen(dashes[i]);
	return NULL;
}

/* In brackets behind a longer name stand its letters: "Norsk institutt for fuglevern (NIF)". */
static size_t
before_letters(const char *name)
{
	const char *open = strstr(name, " ("), *c;
	size_t      n = strlen(name);

	if (open == NULL || memchr(name, ' ', (size_t)(open - name)) == NULL || name[n - 1] != ')' || n - (size_t)(open - name) > LETTERS + 3)
		return n;
	for (c = open + 2; *c != ')'; c++)
		if (!isupper((unsigned char)*c) && (unsigned char)*c < 0x80)
			return n;
	return (size_t)(open - name);
}

/* Which of the two languages' names it is: that of somebody on a list, else the one with a word that says what it is, not in Sami. */
static unsigned
weigh_tongue(struct session *s, const char *name)
{
	char key[NAME_KEY_BYTES], as_written[NAME_KEY_BYTES];

	name_key(s->j, name, key);
	name_key_as_written(s->j, name, as_written);
	return (is_listed(s, key) ? 4u : 0) + (name_key_has(s->j, as_written, "sami") ? 0 : 2u) + (name_class(s->j, name) != NULL ? 1u : 0);
}

/* "Storvik kommune / Stoerre tjielte": of a name in two languages, one with a Sami word in it, the Norwegian; else as it is written. */
const char *
of_two_tongues(struct session *s, const char *written)
{
	static const char *const between[] = { " / ", " \xe2\x80\x93 ", " - ", " | ", "/" };
	const char *at = NULL, *front, *behind;
	unsigned    a, b;
	size_t      i;

	for (i = 0; i < sizeof between / sizeof between[0] && (at = strstr(written, between[i])) == NULL; i++)
		;
	if (at == NULL || at == written)
		return written;
	front = judge_copy(s, written, (size_t)(at - written));
	behind = at + strlen(between[i]);
	if (front == NULL || behind[0] == '\0' || strstr(behind, between[i]) != NULL)
		return written;	/* three of them are a list */
	a = weigh_tongue(s, front);
	b = weigh_tongue(s, behind);
	return (a & 2) == (b & 2) || ((a & 2) != 0 ? a : b) < 3 ? written : (a & 2) != 0 ? front : behind;
}

/*
 * What of a line is the name: not its letters in brackets, nor the street or the motto behind a dash. Where short and long name
 * stand on both sides ("KS – Kommunesektorens organisasjon"), it is all of it.
 */
static const char *
name_of(struct session *s, const char *written)
{
	const char *dash, *rest = behind_dash(written, &dash), *c, *front;
	size_t      digits = 0, n = before_letters(written);
	char        key[NAME_KEY_BYTES], whole[NAME_KEY_BYTES];

	if (rest == NULL)
		return n == strlen(written) ? written : judge_copy(s, written, n);
	for (c = rest; *c != '\0'; c++)
		digits += isdigit((unsigned char)*c) != 0;
	front = judge_copy(s, written, (size_t)(dash - written));
	if (front == NULL)
		return written;
	name_key(s->j, front, key);
	name_key(s->j, written, whole);
	if (strcmp(key, whole) == 0 || (digits == 0 && ((strchr(front, ' ') == NULL && !name_begins_small(rest)) || name_class(s->j, front) == NULL)))
		return written;
	return front;
}

/* "NBF – Norsk Bøyeforening", "NBF (Norsk Bøyeforening)", "Norsk Bøyeforening NBF": the long one of the two; else as it is written. */
static const char *
long_beside(struct session *s, const char *written)
{
	static const char *const between = " -\xe2\x80\x93\x94(/,|:";
	const char *first = written + strcspn(written, " "), *last = strrchr(written, ' '), *rest = first + strspn(first, between);
	const char *front, *behind;
	size_t      n;

	if (last == NULL || is_listed(s, judge_key(s, written)))
		return written;
	behind = judge_copy(s, rest, strlen(rest) - (rest[0] != '\0' && rest[strlen(rest) - 1] == ')' && strchr(rest, '(') == NULL ? 1 : 0));
	if (behind != NULL && !name_begins_small(behind) && letters_are_of(written, (size_t)(first - written), judge_key(s, behind)))
		return behind;
	n = strlen(last + 1);
	for (front = last; front > written && strchr(between, front[-1]) != NULL; front--)
		;
	front = judge_copy(s, written, (size_t)(front - written));
	return front != NULL && n >= LETTERS_LEAST && !is_with_form(s, front, written) && letters_are_of(last + 1, n, judge_key(s, front)) ? front : written;
}

/* "Storvik kommune i Fjorddalen" is Storvik kommune, but where several are called so, or a list has it so. */
static const char *
without_district(struct session *s, const char *written)
{
	static const char *const kinds[] = { "kommune i ", "kommune p\xc3\xa5 ", "kommune - ", "kommune \xe2\x80\x93 " };
	const char *at = NULL, *bare, *key = judge_key(s, written);
	size_t      i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0] && (at = strcasestr(written, kinds[i])) == NULL; i++)
		;
	if (at == NULL || at == written || key == NULL || is_listed(s, key) || word_lists_has(s->j->words, "namesake", key, strcspn(key, " ")))
		return written;
	bare = judge_copy(s, written, (size_t)(at - written) + strlen("kommune"));
	return bare != NULL && strpbrk(at + strlen(kinds[i]), " ,;|/0123456789") == NULL ? bare : written;
}

/* The sender's domain is made of the name; shortened to letters of it only where the name itself says that it is a house. */
static void
tell_domain(struct search *f, struct name *n, const char *written)
{
	char key[NAME_KEY_BYTES];
	int  whole, points;

	name_key_as_written(f->s->j, written, key);
	whole = domain_is_of(f->domain, n->key) || domain_is_of(f->domain, key);
	points = whole ? 30 : n->class != NULL && domain_shortens(f->domain, key) > 0 ? 25 : 0;
	if (points == 0)
		return;
	n->sources |= FROM_DOMAIN;
	n->points += points;
	judge_tell_at(f->s, "responder", judge_copy(f->s, written, strlen(written)), whole ? "domain" : "domain-short", points, ZONE_HEADER, 0, 0, f->domain);
}

/* `known`: its entry in the register, NULL when it has none or which one is in doubt. */
static void
found_as(struct search *f, const char *key, const struct known_organisation *known, const char *written, enum source source, int points,
    const struct signal *from, const char *rule)
{
	struct name *n;
	size_t       i;

	for (i = 0; i < f->n && strcmp(f->names[i].key, key) != 0; i++)
		;
	if (i == NAMES_MAX)
		return;
	n = &f->names[i];
	if (i == f->n) {
		f->n++;
		*n = (struct name){ .class = name_class(f->s->j, written), .invited = invited_by_key(f->s, key) };
		(void)snprintf(n->key, sizeof n->key, "%s", key);
		if (n->invited != NULL)
			points += 30;	/* it is the name of somebody who was asked */
		else if (n->class != NULL)
			points += source == FROM_SIGNATURE && (f->has_role || may_write_from_here(f, n->class)) ? 25 : 20;
		else if (source == FROM_SIGNATURE && f->domain[0] != '\0' && points >= 15 && name_looks_real(written))
			points += 25;
		if (known != NULL && n->invited == NULL && n->class == NULL && strchr(key, ' ') != NULL)
			points += 20;	/* a single word may be anybody's */
		tell_domain(f, n, written);
	}
	if (known != NULL && n->known == NULL) {
		n->known = known;
		n->class = known_class(known, n->class);
	}
	if ((n->sources & source) != 0)
		return;
	n->sources |= source;
	n->points += points;
	/* The register writes in capitals: as the mail has it, where it has it. */
	if (n->written == NULL || is_with_form(f->s, n->written, written) || (points > n->best && (source & (FROM_REGISTER | FROM_REGISTER_DOMAIN)) == 0)) {
		n->written = judge_copy(f->s, written, strlen(written));
		n->best = (source & (FROM_REGISTER | FROM_REGISTER_DOMAIN)) != 0 ? 0 : points;
	}
	judge_tell(f->s, "responder", n->written, rule, points, from, written);
}

/* A name on the list that is written here with a slip of the hand; of a place's name only where the domain is that one's. */
static const struct known_name *
nearly_invited(const struct search *f, const char *key)
{
	const struct known_name *found = NULL;
	size_t                   i;

	for (i = 0; i < f->s->j->n_names; i++) {
		const struct known_name *k = &f->s->j->names[i];
		int                      same = name_is_slip(f->s->j, key, k->as_written) || (strlen(key) >= SLIP_BYTES && domain_is_of(f->domain, k->key) &&
		    !domain_is_of(f->domain, key) && distance_words(key, strlen(key), k->key, strlen(k->key), 1) == 1);

		if (!same)
			continue;
		if (found != NULL && strcmp(found->key, k->key) != 0)
			return NULL;
		found = k;
	}
	return found;
}

/* "Hovedstyret i Ulvøy Kystlag": whose board it is, where that is surely somebody. */
static const char *
behind_board(const struct search *f, const char *written)
{
	size_t      n = strcspn(written, " ");
	const char *rest = written + n;
	char        folded[NAME_KEY_BYTES], key[NAME_KEY_BYTES];

	if (strncmp(rest, " i ", 3) != 0)
		return written;
	rest += 3;
	n = tokens_fold(folded, sizeof folded, (const uint8_t *)written, n, NULL);
	while (n > 0 && folded[n - 1] == ' ')
		n--;
	name_key(f->s->j, rest, key);
	return word_lists_has(f->s->j->words, "board", folded, n) && (is_listed(f->s, key) || name_class(f->s->j, rest) != NULL) ? rest : written;
}

/* A former name is the same organisation's; what somebody on a list is called stays as it is. */
void
found(struct search *f, const char *written, enum source source, int points, const struct signal *from, const char *rule)
{
	const struct known_organisation *known;
	const struct known_name         *near;
	char                             key[NAME_KEY_BYTES];

	written = without_district(f->s, name_of(f->s, long_beside(f->s, of_two_tongues(f->s, behind_board(f, written)))));
	name_key(f->s->j, written, key);
	if (name_says(f->s->j, written, "device"))
		return;
	if (key[0] == '\0' || (word_lists_has(f->s->j->words, "generic", key, strlen(key)) && !is_listed(f->s, key)))
		return;	/* "Lokalstyret": which one? */
	known = known_one(f->s, KNOWN_BY_NAME, key);
	if (known != NULL && invited_by_key(f->s, key) == NULL)
		name_key(f->s->j, known->name, key);
	else if (known == NULL && invited_by_key(f->s, key) == NULL && (near = nearly_invited(f, key)) != NULL) {
		judge_tell(f->s, "responder", near->invited->name, "invited-misspelt", 0, from, written);
		(void)snprintf(key, sizeof key, "%s", near->key);
	}
	found_as(f, key, known, written, source, points, from, rule);
}

void
found_registered(struct search *f, const struct known_organisation *k, enum source source, int points, const struct signal *from, const char *rule)
{
	char key[NAME_KEY_BYTES];

	name_key(f->s->j, k->name, key);
	found_as(f, key, k, k->name, source, points, from, rule);
}
