/*
 * Which of the names found is the responder's: the one with most points, unless another says the same more fully. A short name is
 * written out where the mail itself or the list of the invited has what it is short for, and only one fits.
 */
#include <ctype.h>
#include <string.h>

#include "base/domain.h"
#include "base/tokens.h"
#include "daemon/judge/responder_parts.h"

#define KEY_WORDS	24
#define ENOUGH		40	/* points that make a name the responder's */
#define BRANCH_WORDS	3	/* that tell a branch from the whole */
#define LETTERS_LEAST	3	/* of a short name that a list may write out; two fit too many */

/* Behind the shorter name goes on which of them it is ("… i Storvik"), or what it is ("Tunet sokneråd"). */
static int
is_fuller(const struct name *other, const struct name *best)
{
	static const char *const links[] = { " i ", " pa ", " ved ", " avd ", " norge", " noreg" };
	size_t i, n = strlen(best->key);

	if (strncmp(other->key, best->key, n) != 0 || other->key[n] != ' ' || other->written == NULL || strpbrk(other->written, ",;|/") != NULL)
		return 0;
	for (i = 0; i < sizeof links / sizeof links[0]; i++)
		if (strncmp(other->key + n, links[i], strlen(links[i])) == 0)
			return 1;
	return best->class == NULL && other->class != NULL && strchr(other->key + n + 1, ' ') == NULL;
}

/* "Norsk Havlys", "Stiftelsen Havlys" signs where Havlys answers: before the shorter name stands whose country's it is, or what it is. */
static int
is_fuller_before(const struct judge *j, const struct name *other, const struct name *best)
{
	static const char *const nations[] = { "norsk", "norges", "noregs", "norske" };
	size_t n = strlen(other->key), m = strlen(best->key), i, front = n > m + 1 ? n - m - 1 : 0;

	if (front == 0 || other->key[front] != ' ' || strcmp(other->key + front + 1, best->key) != 0 || memchr(other->key, ' ', front) != NULL ||
	    (other->sources & (FROM_SIGNATURE | FROM_BEHALF)) == 0 || other->best < MAIL_POINTS || (best->sources & FROM_SIGNATURE) != 0)
		return 0;
	for (i = 0; i < sizeof nations / sizeof nations[0]; i++)
		if (strlen(nations[i]) == front && memcmp(other->key, nations[i], front) == 0)
			return 1;
	return word_lists_has(j->words, "class:organisasjon", other->key, front);
}

/* "NHO Nordland" where NHO is found: as it is written, the name of the whole and then which of its branches. */
static int
is_branch(struct session *s, const struct name *other, const struct name *best)
{
	const char *cut;
	int         depth;

	if (other->written == NULL || strpbrk(other->written, ",;|/") != NULL)
		return 0;
	for (cut = strrchr(other->written, ' '), depth = 0; cut != NULL && depth < BRANCH_WORDS; depth++) {
		if (!isupper((unsigned char)cut[1]) && (unsigned char)cut[1] < 0x80)
			return 0;
		if (strcmp(judge_key(s, judge_copy(s, other->written, (size_t)(cut - other->written))), best->key) == 0)
			return strcmp(judge_key(s, cut + 1), best->key) != 0;
		cut = memrchr(other->written, ' ', (size_t)(cut - other->written));
	}
	return 0;
}

/*
 * A branch answers for itself, where the whole is only known by its domain or list, or is the beginning of the branch's name; who
 * signs as the whole speaks for it. Authorities have parts, and no branches.
 */
static const struct name *
branch_instead(const struct search *f, const struct name *best)
{
	const unsigned     known = FROM_LIST | FROM_DOMAIN | FROM_MAIL_DOMAIN | FROM_INVITED | FROM_REGISTER_DOMAIN | FROM_TEXT;
	const unsigned     signs = FROM_SIGNATURE | FROM_BEHALF | FROM_PHRASE | FROM_DISPLAY;
	const struct name *n;

	if ((best->sources & ~known) != 0 || best->class == NULL || (strcmp(best->class, "organisasjon") != 0 && strncmp(best->class, "arbeids", 7) != 0))
		return best;
	for (n = f->names; n < f->names + f->n; n++)
		if ((n->sources & (signs | ((best->sources & FROM_TEXT) != 0 ? FROM_TEXT : 0))) != 0 && is_branch(f->s, n, best))
			return n;
	return best;
}

static const struct name *
fuller_name(const struct search *f, const struct name *best)
{
	size_t i;

	for (i = 0; best->invited == NULL && best->known == NULL && i < f->n; i++)
		if (f->names[i].points >= ENOUGH && (is_fuller(&f->names[i], best) || is_fuller_before(f->s->j, &f->names[i], best)))
			return &f->names[i];
	return best;
}

/* Of "Storvik kommune, oppvekst" the house before the comma, where that is found by itself. Districts answer for themselves. */
static const struct name *
without_part(const struct search *f, const struct name *best)
{
	const char *comma = best->written == NULL ? NULL : strstr(best->written, ", ");
	size_t      i, n;

	for (i = 0; comma != NULL && best->invited == NULL && i < f->n; i++) {
		const struct name *front = &f->names[i];

		n = strlen(front->key);
		if (front->points >= ENOUGH && front->written != NULL && strlen(front->written) == (size_t)(comma - best->written) &&
		    strncmp(front->written, best->written, (size_t)(comma - best->written)) == 0 && strncmp(best->key, front->key, n) == 0)
			return front;
	}
	return best;
}

/* Nobody wrote it: the sender's domain is called so, or another address in it is on a list. */
static int
is_only_of_domain(const struct name *n)
{
	return (n->sources & ~(unsigned)(FROM_LIST | FROM_DOMAIN | FROM_MAIL_DOMAIN)) == 0;
}

/* It is signed with, or the sender calls itself so and the domain agrees; and it is surely a house. */
static int
is_signed(const struct name *n)
{
	const unsigned places = FROM_SIGNATURE | FROM_BEHALF | ((n->sources & FROM_DOMAIN) != 0 ? FROM_DISPLAY : 0);

	return n->points >= ENOUGH && (n->sources & places) != 0 && n->best >= MAIL_POINTS &&
	    (n->class != NULL || n->invited != NULL || n->known != NULL || (n->sources & FROM_DOMAIN) != 0);
}

/* "Ulvøy tingrett", "Sund ungdomsråd": it answers for itself, whoever gave it its address. */
static int
answers_itself(const struct judge *j, const struct name *n)
{
	return name_key_has(j, n->key, "own-house");
}

/* The mailbox is called by what the house is: "ungdomsradet@…" for Sund ungdomsråd. */
static int
has_mailbox(const struct search *f, const struct name *n)
{
	char         box[NAME_KEY_BYTES];
	struct token words[KEY_WORDS];
	const char  *address = f->s->v->address, *at = strchr(address, '@');
	size_t       m = token_split(n->key, strlen(n->key), words, KEY_WORDS), i, k;

	if (at == NULL)
		return 0;
	k = tokens_fold(box, sizeof box, (const uint8_t *)address, (size_t)(at - address), NULL);
	for (i = 0; i < m; i++)
		if (word_lists_has(f->s->j->words, "own-house", words[i].p, words[i].n) && memmem(box, k, words[i].p, words[i].n) != NULL)
			return 1;
	return 0;
}

/* Who signs, where the best name is only the domain's, or its holder's whose bodies answer for themselves. */
static const struct name *
signed_instead(const struct search *f, const struct name *best)
{
	const struct name *found = NULL, *n;
	const int          of_domain = is_only_of_domain(best);

	if (!of_domain && (answers_itself(f->s->j, best) || (best->sources & (FROM_BEHALF | FROM_PHRASE | FROM_DISPLAY | FROM_ORGNR)) != 0))
		return best;
	for (n = f->names; n < f->names + f->n; n++)
		if (n != best && (is_signed(n) || (n->points >= ENOUGH && has_mailbox(f, n))) && (of_domain || answers_itself(f->s->j, n)) && (found == NULL || n->points > found->points))
			found = n;
	return found != NULL ? found : best;
}

/*
 * In whose name the mail says that it is sent, where who sends it is known by its own signature and address only. "63 borettslag" are
 * many.
 */
static const struct name *
sent_for(const struct search *f, const struct name *best)
{
	const struct name *n;

	if ((best->sources & (FROM_BEHALF | FROM_PHRASE)) != 0)
		return best;
	for (n = f->names; n < f->names + f->n; n++)
		if ((n->sources & FROM_BEHALF) != 0 && n->best >= BEHALF_POINTS && !isdigit((unsigned char)n->written[0]) &&
		    (n->class != NULL || n->invited != NULL || n->known != NULL))
			return n;
	return best;
}

/* "HKL" from hkl.no, where who is invited from there is called Havlys Kystlag: these are its letters. */
static const struct name *
written_out(const struct search *f, const struct name *best)
{
	const struct name *n;

	if (best->invited != NULL || best->known != NULL || best->written == NULL || !letters_are_short(best->written, strlen(best->written)))
		return best;
	for (n = f->names; n < f->names + f->n; n++)
		if (n != best && n->invited != NULL && (n->sources & (FROM_INVITED | FROM_MAIL_DOMAIN)) != 0)
			return n;
	return best;
}

/* --- in full ------------------------------------------------------------------------------------------------------- */

/* What the list of the chosen consultation, or else any list, has the letters for: the one name they fit; NULL for none, or for two. */
static const struct conf_invited *
invited_in_full(const struct search *f, const char *letters)
{
	const struct known_name *found = NULL;
	size_t                   i;

	for (i = 0; i < f->s->j->n_names; i++) {
		const struct known_name *k = &f->s->j->names[i];

		if (!letters_are_of(letters, strlen(letters), k->as_written))
			continue;
		if (found != NULL && strcmp(found->key, k->key) != 0)
			return NULL;
		found = k;
	}
	return found == NULL ? NULL : found->invited;
}

/* The letters are a label of the sender's domain: "HK-dir", hkdir.no. */
static int
is_label(const struct search *f, const char *letters)
{
	char   label[NAME_KEY_BYTES], domain[NAME_BYTES];
	size_t i, n = 0;

	for (i = 0; letters[i] != '\0'; i++)
		if (isalnum((unsigned char)letters[i]))
			label[n++] = (char)tolower((unsigned char)letters[i]);
	label[n] = '\0';
	for (i = n = 0; f->domain[i] != '\0'; i++)
		if (f->domain[i] != '-')
			domain[n++] = f->domain[i];
	domain[n] = '\0';
	n = strlen(label);
	return strncmp(domain, label, n) == 0 && domain[n] == '.';
}

/* A house of the mail that the letters are short for, where it signs, is signed for, or stands before them in brackets; the best. */
static const struct name *
named_in_full(const struct search *f, const struct name *best)
{
	const struct name *found = NULL, *n;

	for (n = f->names; n < f->names + f->n; n++)
		if (n != best && n->written != NULL && (n->sources & ~(unsigned)(FROM_LIST | FROM_MAIL_DOMAIN | FROM_DOMAIN)) != 0 &&
		    (n->class != NULL || n->invited != NULL) && letters_are_of(best->written, strlen(best->written), n->key) && (found == NULL || n->points > found->points))
			found = n;
	return found;
}

/*
 * The mail says it: "Norsk Bøyeforening (NBF)", "Finnmarkseiendommen (FeFo) viser til", or begins a sentence with the whole name; NULL
 * when it does not.
 */
static const char *
said_in_full(struct session *s, const char *letters, const struct signal **from)
{
	const size_t n = strlen(letters);
	const char  *open, *key;
	size_t       i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = *from = &s->p->signals[i];

		if (one->kind != SIGNAL_FROM_ORGANISATION || one->zone == ZONE_QUOTED || (strcmp(one->extra.p, NAMED_IN_FULL) != 0 &&
		    (strcmp(one->extra.p, NAMED_AS_SUBJECT) != 0 || one->zone != s->voice)))
			continue;
		open = strrchr(one->value.p, '(');
		if (open != NULL && open > one->value.p + 1 && strncmp(open + 1, letters, n) == 0 && open[1 + n] == ')')
			return judge_copy(s, one->value.p, (size_t)(open - one->value.p) - 1);
		if (open == NULL && name_class(s->j, one->value.p) != NULL && (key = judge_key(s, one->value.p)) != NULL && letters_are_of(letters, n, key))
			return one->value.p;
	}
	return NULL;
}

/* A name is found, and is the one that is meant. */
static const struct name *
found_full(struct search *f, const char *written, const struct signal *from, const char *rule)
{
	const char *key = judge_key(f->s, written);
	size_t      i;

	found(f, written, from == NULL ? FROM_LIST : FROM_TEXT, 5, from, rule);
	for (i = 0; key != NULL && i < f->n; i++)
		if (strcmp(f->names[i].key, key) == 0 && f->names[i].written != NULL)
			return &f->names[i];
	return NULL;
}

/* "NBF" where Norsk Bøyeforening signs, or is invited and has the domain. */
static const struct name *
in_full(struct search *f, const struct name *best)
{
	const struct name         *full;
	const struct conf_invited *invited;
	const struct signal       *from;
	const char                *said;

	if (best->invited != NULL || best->known != NULL || best->written == NULL || !letters_are_short(best->written, strlen(best->written)))
		return best;
	if ((full = named_in_full(f, best)) != NULL)
		return full;
	if ((said = said_in_full(f->s, best->written, &from)) != NULL)
		full = found_full(f, said, from, "named-in-full");
	else if (strlen(best->written) >= LETTERS_LEAST && is_label(f, best->written) && (invited = invited_in_full(f, best->written)) != NULL)
		full = found_full(f, invited->name, NULL, "invited-letters");
	return full != NULL ? full : best;
}

const struct name *
chosen_name(struct search *f)
{
	const struct name *best = NULL;
	size_t             i;

	for (i = 0; i < f->n; i++)
		if (best == NULL || f->names[i].points > best->points)
			best = &f->names[i];
	return best != NULL && best->points >= ENOUGH ? in_full(f, written_out(f, branch_instead(f, fuller_name(f, without_part(f, sent_for(f, signed_instead(f, best))))))) : NULL;
}

