/* Names of responders: one key for all spellings of one, the class a name's words tell, and what is no organisation's name. */
#include <ctype.h>
#include <string.h>

#include "base/distance.h"
#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define NAME_WORDS	24
#define NAME_WORDS_MAX	14	/* in a longer line is more than a name */
#define HOUSE_WORDS	9	/* of a name that a subject holds */
#define SLIP_LETTERS	8	/* a shorter word one slip away is another word */

/* How much of a name is the name: not what stands in brackets behind it, nor by whom it is represented. */
static size_t
bare_bytes(const char *name)
{
	const char *bracket = strchr(name, '('), *by = strcasestr(name, " v/");
	size_t      n = strlen(name);

	/* "Norsk Sykepleierforbund (NSF)"; but two municipalities are called Herøy, and the bracket tells which. */
	if (bracket != NULL && bracket > name + 2 && strcasestr(name, "kommune (") == NULL)
		n = (size_t)(bracket - name);
	if (by != NULL && by > name + 2 && (size_t)(by - name) < n)
		n = (size_t)(by - name);
	return n;
}

/* The words from .. to as one string; a legal form belongs to the name only when nothing else does. */
static void
put_words(const struct judge *j, const struct token *words, size_t from, size_t to, char *out)
{
	size_t i, used = 0;

	for (i = from; i < to; i++) {
		if (to - from > 1 && word_lists_has(j->words, "legal-form", words[i].p, words[i].n))
			continue;
		if (used > 0)
			out[used++] = ' ';
		memcpy(out + used, words[i].p, words[i].n);
		used += words[i].n;
	}
	out[used] = '\0';
}

/* The key of the short name by which an organisation is known ("KS"), where rules/words has it. */
static int
known_as(const struct judge *j, const char *key, char *out)
{
	const char *name = word_lists_group(j->words, "known-as:", key, strlen(key));

	if (name == NULL)
		return 0;
	(void)tokens_fold(out, NAME_KEY_BYTES, (const uint8_t *)name, strlen(name), NULL);
	return 1;
}

void
name_key_as_written(const struct judge *j, const char *name, char *out)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];

	put_words(j, words, 0, token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)name, bare_bytes(name), NULL), words, NAME_WORDS), out);
}

void
name_key(const struct judge *j, const char *name, char *out)
{
	char         folded[NAME_KEY_BYTES], key[NAME_KEY_BYTES], known[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];
	const char  *part = strcasestr(name, ", bydel ");	/* "Oslo kommune, Bydel Frogner" answers for itself */
	size_t       n;

	name = part != NULL ? part + 2 : name;
	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)name, bare_bytes(name), NULL), words, NAME_WORDS);
	put_words(j, words, 0, n, key);
	if (known_as(j, key, known))
		memcpy(key, known, sizeof key);
	else if (n > 2) {	/* "KS – Kommunesektorens organisasjon", "Norsk Sykepleierforbund NSF" */
		put_words(j, words, 1, n, known);
		if (known_as(j, known, out) && strlen(out) == words[0].n && memcmp(out, words[0].p, words[0].n) == 0)
			return;
		put_words(j, words, 0, n - 1, known);
		if (known_as(j, known, out) && strlen(out) == words[n - 1].n && memcmp(out, words[n - 1].p, words[n - 1].n) == 0)
			return;
	}
	memcpy(out, key, sizeof key);
}

/* --- slips of the hand ---------------------------------------------------------------------------------------------- */

/*
 * One slip apart, and surely the same: the word that differs is one of those that say what sort of body it is ("forbudn").
 * Another letter in a place's name is another place: Kristiansund, Kristiansand.
 */
int
name_is_slip(const struct judge *j, const char *key, const char *known)
{
	struct token a[NAME_WORDS], b[NAME_WORDS];
	size_t       n = token_split(key, strlen(key), a, NAME_WORDS), m = token_split(known, strlen(known), b, NAME_WORDS), i, differ = 0, at = 0;

	for (i = 0; n == m && i < n; i++)
		if (a[i].n != b[i].n || memcmp(a[i].p, b[i].p, a[i].n) != 0) {
			differ++;
			at = i;
		}
	return n == m && n > 0 && differ == 1 && b[at].n >= SLIP_LETTERS && distance_words(a[at].p, a[at].n, b[at].p, b[at].n, 1) == 1 &&
	    word_lists_group(j->words, "class:", b[at].p, b[at].n) != NULL;
}

/* "AS" and its like, which are a company's form only as they are written: "Aas", "Da" and "Sa" are people's names. */
static int
is_form(const struct judge *j, const char *word, size_t n)
{
	const char *class = n > 3 ? NULL : word_lists_group(j->words, "class:", word, n);

	return class != NULL && strcmp(class, "virksomhet") == 0 && word_lists_has(j->words, "legal-form", word, n);
}

/* The name has such a form: in capitals behind another word or before one, or in small letters at its end. */
static int
has_form(const struct judge *j, const char *name)
{
	const char *p = name, *start;
	char        word[4];
	size_t      n, upper, lower;

	while (*p != '\0') {
		while (*p != '\0' && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			p++;
		for (start = p, n = upper = lower = 0; isalnum((unsigned char)*p) || *p == '/' || (unsigned char)*p >= 0x80; p++) {
			if (*p == '/')
				continue;	/* "A/S" */
			upper += isupper((unsigned char)*p) != 0;
			lower += islower((unsigned char)*p) != 0;
			if (n < sizeof word)
				word[n] = (char)tolower((unsigned char)*p);
			n++;
		}
		if (n > 0 && n < sizeof word && is_form(j, word, n) && (upper == n || (lower == n && start > name && strpbrk(p, " ,(") == NULL)))
			return 1;
	}
	return 0;
}

/* The best class of the words from .. to, forms apart; NULL without one. */
static const char *
class_of_words(const struct judge *j, const struct token *words, size_t from, size_t to)
{
	static const char *const order[] = { "departement", "fylkeskommune", "kommune", "arbeidsgiverorganisasjon",
		"arbeidstakerorganisasjon", "etat", "organisasjon", "virksomhet" };
	const char *class = NULL, *now;
	size_t      i, k, rank = sizeof order / sizeof order[0];

	for (i = from; i < to; i++) {
		now = is_form(j, words[i].p, words[i].n) || word_lists_has(j->words, "no-class", words[i].p, words[i].n) ? NULL : word_lists_group(j->words, "class:", words[i].p, words[i].n);
		for (k = 0; now != NULL && k < rank; k++)
			if (strcmp(order[k], now) == 0) {
				rank = k;
				class = order[k];
			}
		class = class == NULL ? now : class;
	}
	return class;
}

/* What stands before "for", "i", "av" is the body, what stands behind is its matter: "Forbundet for psykisk helse i skolen". */
static size_t
head_words(const struct token *words, size_t n)
{
	static const char *const links[] = { "for", "i", "av", "mot", "ved", "pa", "med", "of", "in" };
	size_t i, k;

	for (i = 1; i < n; i++)
		for (k = 0; k < sizeof links / sizeof links[0]; k++)
			if (words[i].n == strlen(links[k]) && memcmp(words[i].p, links[k], words[i].n) == 0)
				return i;
	return n;
}

const char *
name_class(const struct judge *j, const char *name)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];
	size_t       n, head;
	const char  *class;

	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)name, strlen(name), NULL), words, NAME_WORDS);
	if (n == 0)
		return NULL;
	head = head_words(words, n);
	class = word_lists_group(j->words, "class-body:", words[0].p, words[0].n);
	if (class == NULL)
		class = class_of_words(j, words, 0, head);
	if (class == NULL)
		class = word_lists_group(j->words, "class-first:", words[0].p, words[0].n);
	if (class == NULL)
		class = class_of_words(j, words, head, n);
	return class != NULL ? class : has_form(j, name) ? "virksomhet" : NULL;
}

/* --- what else a string may be -------------------------------------------------------------------------------------- */

/* "mittsvar.no": small letters and a full stop inside, and no blank. */
static int
is_host(const char *p)
{
	const char *dot = strrchr(p, '.'), *c;

	for (c = p; *c != '\0'; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '-' && *c != '.')
			return 0;
	return dot != NULL && dot > p && strlen(dot) > 2;
}

/* A telephone number, an address of mail, web or post: no name. */
int
name_is_contact(const char *p)
{
	unsigned digits = 0;
	const char *c;

	for (c = p; *c != '\0'; c++)
		digits += isdigit((unsigned char)*c) != 0;
	return digits >= 4 || is_host(p) || strchr(p, '@') != NULL || strcasestr(p, "www.") != NULL || strstr(p, "://") != NULL;
}

/* A sentence, or a page's footer: no name. */
int
name_is_prose(const char *p)
{
	const char *page = strcasestr(p, "side "), *c;
	size_t      n = strlen(p), words = 1;

	for (c = p; *c != '\0'; c++)
		words += *c == ' ';
	return (n > 0 && strchr(".:?!", p[n - 1]) != NULL && words >= 5) || words > NAME_WORDS_MAX ||
	    (page != NULL && isdigit((unsigned char)page[5]) && strcasestr(page, " av ") != NULL);
}

/* One of its first two words is of the group: what somebody is ("role", "former"), or a part of a house ("unit"). */
int
name_says(const struct judge *j, const char *p, const char *group)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[4];
	size_t       n, i;

	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)p, strlen(p), NULL), words, 4);
	for (i = 0; i < n && i < 2; i++)
		if (word_lists_has(j->words, group, words[i].p, words[i].n))
			return 1;
	return 0;
}

int
name_key_has(const struct judge *j, const char *key, const char *group)
{
	struct token words[NAME_WORDS];
	size_t       n = token_split(key, strlen(key), words, NAME_WORDS), i;

	for (i = 0; i < n; i++)
		if (word_lists_has(j->words, group, words[i].p, words[i].n))
			return 1;
	return 0;
}

/* It tells somebody's work, or a unit: "seniorrådgiver", "Avdeling for helse". */
int
name_is_role(const struct judge *j, const char *p)
{
	return name_says(j, p, "role");
}

/* A small word that stands in no person's name: "Natur og Ungdom". */
static int
is_joining(const char *p)
{
	static const char *const words[] = { "og ", "i ", "for ", "på ", "til ", "med ", "mot ", "and ", "of ", "the ", "uten " };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return 1;
	return 0;
}

/* "Norsk Dukkelaug": nobody is christened so. */
static int
is_of_nation(const char *p)
{
	static const char *const nations[] = { "Norsk ", "Norges ", "Noregs " };
	size_t i;

	for (i = 0; i < sizeof nations / sizeof nations[0]; i++)
		if (strncmp(p, nations[i], strlen(nations[i])) == 0)
			return 1;
	return 0;
}

/* Two to five words, all with a capital, none an organisation's. */
int
name_is_person(const struct judge *j, const char *p)
{
	unsigned    words = 0, capitals = 0;
	const char *c;

	if (p[0] == '\0' || is_of_nation(p) || name_is_contact(p) || name_class(j, p) != NULL || name_is_role(j, p))
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (strchr("/()|;:", *c) != NULL)
			return 0;
		if ((c == p || c[-1] == ' ') && *c != ' ') {
			if (is_joining(c))
				return 0;
			words++;
			capitals += isupper((unsigned char)*c) != 0 || (unsigned char)*c >= 0x80;
		}
	}
	return words >= 2 && words <= 5 && capitals + 1 >= words && capitals >= 2;
}

const char *
name_without_title(const struct judge *j, const char *p)
{
	char         folded[NAME_KEY_BYTES];
	const char  *rest = p;
	struct token word;
	size_t       n;

	while ((n = strcspn(rest, " ")) > 0 && rest[n] == ' ' &&
	    token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)rest, n, NULL), &word, 1) == 1 &&
	    (word_lists_has(j->words, "role", word.p, word.n) || word_lists_has(j->words, "title", word.p, word.n)))
		rest += n + strspn(rest + n, " ");
	return name_is_person(j, rest) ? rest : p;
}

/* "Sensurert av hunden.", "Lykke til videre": it ends as a sentence does, or is three words and more with no capital behind the first. */
static int
is_remark(const char *p)
{
	const char *at;
	size_t      n = strlen(p), words = 1;

	if (n > 2 && p[n - 1] == '.' && islower((unsigned char)p[n - 2]))
		return 1;
	for (at = strchr(p, ' '); at != NULL && name_begins_small(at + 1); at = strchr(at + 1, ' '))
		words++;
	return at == NULL && words > 2;
}

/* A line of a signature that may well be a name nobody has a word for: "Skånland tingrett", "Mestringshuset Nord". */
int
name_looks_real(const char *p)
{
	unsigned    words = 1;
	const char *c;

	if ((!isupper((unsigned char)p[0]) && (unsigned char)p[0] < 0x80) || is_remark(p))
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (isdigit((unsigned char)*c) || strchr(":;,|/!?", *c) != NULL)
			return 0;
		words += *c == ' ';
	}
	return words >= 2 && words <= 7;
}

int
name_begins_small(const char *p)
{
	return islower((unsigned char)p[0]) || ((unsigned char)p[0] == 0xc3 && (unsigned char)p[1] >= 0xa0);
}

/* The word of a subject that says what the letter is, or what about: "Innspill", "forslag". */
static int
is_of_letters(const struct judge *j, const struct token *word)
{
	return word_lists_has(j->words, "title-cue", word->p, word->n) || (word->n > 3 && word_lists_has(j->words, "title-stop", word->p, word->n));
}

int
name_looks_like_house(const struct judge *j, const char *p)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];
	const char  *c = p;
	size_t       n, i, bytes;
	int          matter = 0;	/* behind "for": what the house is for, in small letters */

	for (i = 0; *c != '\0' && i < HOUSE_WORDS; i++, c += bytes + strspn(c + bytes, " ")) {
		bytes = strcspn(c, " ");
		n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)c, bytes, NULL), words, NAME_WORDS);
		if (n == 0)
			continue;
		if (!matter && is_of_letters(j, &words[0]) && !is_joining(c))
			return 0;
		if (strncmp(c, "for ", 4) == 0 || strncmp(c, "mot ", 4) == 0)
			matter = i > 0;
		if (!matter && !is_joining(c) && name_begins_small(c) && (i == 0 || word_lists_group(j->words, "class:", words[n - 1].p, words[n - 1].n) == NULL))
			return 0;
	}
	return *c == '\0' && i > 0;
}
