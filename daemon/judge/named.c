/*
 * Who is named somewhere in the mail, and is the sender's house because its domain is called so. What only stands there may be
 * anybody: a neighbour, the ministry, the matter itself; so the domain must agree, or a word say that it is a house that signs.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/responder_parts.h"

#define KEY_WORDS	24
#define STEM		4	/* letters that two words share before they are one's inflections */
#define LETTERS_LEAST	3	/* that stand for a name; two are soon found in any */
#define LEAST_WORD	3	/* letters of a word that tells a title from another */

static int
has_token(const struct token *words, size_t n, struct token one)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (words[i].n == one.n && memcmp(words[i].p, one.p, one.n) == 0)
			return 1;
	return 0;
}

/* All words of the name are the sender's own: "Berg" from kari@berg.no is no house. */
int
is_of_contact(const struct session *s, const char *name)
{
	char         key[NAME_KEY_BYTES], contact[NAME_KEY_BYTES];
	struct token words[KEY_WORDS], own[KEY_WORDS];
	size_t       n, m, i;

	if (!name_is_person(s->j, s->v->contact))
		return 0;
	name_key(s->j, name, key);
	name_key(s->j, s->v->contact, contact);
	n = token_split(key, strlen(key), words, KEY_WORDS);
	m = token_split(contact, strlen(contact), own, KEY_WORDS);
	for (i = 0; i < n && has_token(own, m, words[i]); i++)
		;
	return i == n;
}

/* What has a person's look, and the sender's domain is made of it: "Havets Unge Stemmer" from kari@hus.no. */
int
is_domains_own(const struct search *f, const char *name)
{
	char key[NAME_KEY_BYTES];

	name_key_as_written(f->s->j, name, key);
	return domain_is_of(f->domain, key) && !is_of_contact(f->s, name);
}

/* A consultation is called so: what it is about, and nobody. */
static int
is_of_title(const struct session *s, const char *key)
{
	struct token words[KEY_WORDS];
	size_t       n = token_split(key, strlen(key), words, KEY_WORDS), k, i, found, asked;

	for (k = 0; k < s->j->n_forms; k++) {
		const struct title_form *form = &s->j->forms[k];

		for (found = asked = i = 0; i < n; i++)
			if (words[i].n >= LEAST_WORD) {
				asked++;
				found += (size_t)has_token(form->words, form->n, words[i]);
			}
		if (asked > 0 && found == asked)
			return 1;
	}
	return 0;
}

/* The label before ".kommune.", folded; "" when the domain is no municipality's. */
static void
municipality_of(const struct search *f, char *out)
{
	const char *at = strstr(f->domain, ".kommune."), *start;

	out[0] = '\0';
	if (at == NULL)
		return;
	for (start = at; start > f->domain && start[-1] != '.'; start--)
		;
	(void)tokens_fold(out, NAME_KEY_BYTES, (const uint8_t *)start, (size_t)(at - start), NULL);
}

/* "Storvik" from post@storvik.kommune.no is the municipality; what else is called so in that domain keeps its name. */
static const char *
with_kind(const struct search *f, const char *written, const char *key)
{
	char label[NAME_KEY_BYTES];
	const char *l = label;

	municipality_of(f, label);
	for (;; key++, l++) {	/* but for blanks the same */
		key += strspn(key, " ");
		l += strspn(l, " ");
		if (*key != *l || *key == '\0')
			break;
	}
	return label[0] != '\0' && *key == *l ? judge_say(f->s, "%s kommune", written) : written;
}

/* "Utdanningsdirektoratets": the name, where only without the s a word says that it is a house. */
static const char *
without_genitive(struct session *s, const char *name)
{
	size_t n = strlen(name);
	char   bare[NAME_BYTES];

	if (n < 4 || n >= sizeof bare || name[n - 1] != 's' || name_class(s->j, name) != NULL)
		return name;
	memcpy(bare, name, n - 1);
	bare[n - 1] = '\0';
	return name_class(s->j, bare) != NULL ? judge_copy(s, bare, n - 1) : name;
}

/* "Norges Handikapforbund finn", "Utdanningsetaten har erfart": the name ends before words in small letters that say nothing of what it is. */
const char *
without_tail(struct session *s, const char *name)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[KEY_WORDS];
	const char  *cut;
	size_t       n = strlen(name), m, k;

	while ((cut = memrchr(name, ' ', n)) != NULL) {
		m = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)cut, n - (size_t)(cut - name), NULL), words, KEY_WORDS);
		if (!name_begins_small(cut + 1) || (m > 0 && word_lists_group(s->j->words, "class:", words[m - 1].p, words[m - 1].n) != NULL))
			break;
		for (k = (size_t)(cut - name); k > 0 && name[k - 1] != ' '; k--)
			;
		if (strncmp(name + k, "for ", 4) == 0)
			break;	/* what it is for */
		n = (size_t)(cut - name);
	}
	return judge_copy(s, name, n);
}

/* The first letters of both are the same, but for the last of the shorter: "lokalstyre", "lokalstyret". */
static int
same_stem(struct token a, struct token b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return n > STEM && (a.n > b.n ? a.n - b.n : b.n - a.n) <= 2 && memcmp(a.p, b.p, n - 1) == 0;
}

/* "Lokalstyret" where "Storvik lokalstyre" signs, "Rondane" where the board for it does: what is named shortly is found already. */
static int
is_part_of_found(const struct search *f, const char *name)
{
	char         key[NAME_KEY_BYTES], letters[NAME_KEY_BYTES];
	struct token words[KEY_WORDS], own[KEY_WORDS];
	size_t       n, m, i, k, w;

	name_key_as_written(f->s->j, name, key);
	for (i = 0; name[i] != '\0' && i + 1 < sizeof letters; i++)
		letters[i] = (char)tolower((unsigned char)name[i]);
	letters[i] = '\0';
	n = token_split(key, strlen(key), words, KEY_WORDS);
	for (k = 0; k < f->n; k++) {
		if ((f->names[k].sources & (FROM_SIGNATURE | FROM_BEHALF | FROM_PHRASE | FROM_DISPLAY | FROM_LETTERHEAD)) == 0 || f->names[k].points < MAIL_POINTS + 20)
			continue;
		m = token_split(f->names[k].key, strlen(f->names[k].key), own, KEY_WORDS);
		if (n == 1 && m > 1 && strlen(letters) >= LETTERS_LEAST && domain_label_shortens(letters, strlen(letters), f->names[k].key) > 0)
			return 1;	/* "NHF" where Norges Handikapforbund signs */
		for (w = i = 0; i < n && w < m; w++)
			i += (own[w].n == words[i].n && memcmp(own[w].p, words[i].p, own[w].n) == 0) || same_stem(own[w], words[i]);
		if (i == n && m > n)
			return 1;
	}
	return 0;
}

/* The domain is called so: as it is written, but no person's name by its initials, nor where something only is. */
static void
named_by_domain(struct search *f, const struct signal *one)
{
	char        key[NAME_KEY_BYTES];
	const char *name = one->value.p, *full;

	name_key_as_written(f->s->j, name, key);
	if (!domain_names(f->domain, key) && (name = without_tail(f->s, name)) == NULL)
		return;
	name_key_as_written(f->s->j, name, key);
	full = with_kind(f, name, key);
	if (full == NULL || (full == name && strcmp(one->extra.p, NAMED_AS_PLACE) == 0))
		return;
	name_key_as_written(f->s->j, full, key);
	if (full == name && !domain_names(f->domain, key) && name_class(f->s->j, name) == NULL && !is_listed(f->s, key))
		return;
	if (is_part_of_found(f, name))
		return;
	found(f, full, FROM_TEXT, 15, one, "named-domain");
}

/* A house by its words, and the domain may be the short of it: "Vestland fylkeskommune", vlfk.no. */
static void
named_by_short(struct search *f, const struct signal *one)
{
	const char *whole = without_tail(f->s, one->value.p), *name = whole == NULL ? "" : without_genitive(f->s, whole);
	char        key[NAME_KEY_BYTES];

	name_key_as_written(f->s->j, name, key);
	if (name_class(f->s->j, name) != NULL && name_looks_like_house(f->s->j, name) && !is_of_title(f->s, key) &&
	    (domain_shortens(f->domain, key) > 0 || domain_names(f->domain, key)) && !is_part_of_found(f, name))
		found(f, name, FROM_TEXT, 15, one, "named-short-domain");
}

/* "Høring - ladeplikt - Havnetilsynet": a house by its words, not what the matter is about, and somebody at work writes. */
static void
named_in_title(struct search *f, const struct signal *one)
{
	const char *name = without_genitive(f->s, one->value.p), *class = name_class(f->s->j, name);
	char        key[NAME_KEY_BYTES];

	name_key(f->s->j, name, key);
	if (class == NULL || strcmp(class, "departement") == 0 || is_of_title(f->s, key) || !name_looks_like_house(f->s->j, name))
		return;
	found(f, name, FROM_TEXT, strcmp(one->extra.p, NAMED_BEHIND_FROM) == 0 ? 20 : 10, one, "named-in-subject");
}

void
gather_named(struct search *f)
{
	const struct session *s = f->s;
	size_t                i;

	if (f->domain[0] == '\0' || judge_find(s, SIGNAL_AUTOMATIC, "machine-sender", IN(ZONE_HEADER)) != NULL)
		return;
	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_FROM_ORGANISATION || one->zone == ZONE_QUOTED || (s->voice == ZONE_FORWARDED && one->zone == ZONE_BODY) ||
		    is_of_contact(s, one->value.p) || is_part_of_found(f, one->value.p))
			continue;
		if (strcmp(one->extra.p, NAMED_BY_DOMAIN) == 0 || strcmp(one->extra.p, NAMED_AS_PLACE) == 0)
			named_by_domain(f, one);
		else if (strcmp(one->extra.p, NAMED_BY_SHORT) == 0)
			named_by_short(f, one);
		else if (strcmp(one->extra.p, NAMED_IN_TITLE) == 0 || strcmp(one->extra.p, NAMED_BEHIND_FROM) == 0)
			named_in_title(f, one);
	}
}

/* A municipality's domain says whose it is, though nobody writes the name; its clubs and councils name themselves. */
void
gather_municipality(struct search *f)
{
	char        label[NAME_KEY_BYTES];
	const char *name, *town;
	size_t      i;

	municipality_of(f, label);
	town = word_lists_group(f->s->j->words, "town:", label, strlen(label));
	if (label[0] == '\0' || (!f->has_role && !f->signs_contact))
		return;
	for (i = 0; i < f->n; i++)
		if (f->names[i].points >= MAIL_POINTS + 20)
			return;
	for (i = 0; label[i] != '\0'; i++)
		if (i == 0 || label[i - 1] == ' ')
			label[i] = (char)toupper((unsigned char)label[i]);
	name = judge_say(f->s, "%s kommune", town != NULL ? town : label);
	if (name != NULL)
		found(f, name, FROM_TEXT, 5, NULL, "municipality-domain");
}
