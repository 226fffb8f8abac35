/* Names of responders: one key for all spellings of one, the class a name's words tell, and what is no organisation's name. */
#include <ctype.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define NAME_WORDS 24

void
name_key(const struct judge *j, const char *name, char *out)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];
	size_t       n, i, used = 0, bytes = strlen(name);
	const char  *bracket = strchr(name, '(');

	if (bracket != NULL && bracket > name + 2)	/* "Norsk Sykepleierforbund (NSF)" */
		bytes = (size_t)(bracket - name);
	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)name, bytes, NULL), words, NAME_WORDS);
	for (i = 0; i < n; i++) {
		/* A legal form belongs to the name only when nothing else does; "AS" in front is dropped as well. */
		if (n > 1 && word_lists_has(j->words, "legal-form", words[i].p, words[i].n))
			continue;
		if (used > 0)
			out[used++] = ' ';
		memcpy(out + used, words[i].p, words[i].n);
		used += words[i].n;
	}
	out[used] = '\0';
}

const char *
name_class(const struct judge *j, const char *name)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[NAME_WORDS];
	size_t       n, i;
	const char  *class = NULL, *now, *best = NULL;
	static const char *const order[] = { "departement", "fylkeskommune", "kommune", "arbeidsgiverorganisasjon",
		"arbeidstakerorganisasjon", "etat", "organisasjon", "virksomhet" };
	size_t       k, rank = sizeof order / sizeof order[0];

	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)name, strlen(name), NULL), words, NAME_WORDS);
	for (i = 0; i < n; i++) {
		now = word_lists_group(j->words, "class:", words[i].p, words[i].n);
		for (k = 0; now != NULL && k < rank; k++)
			if (strcmp(order[k], now) == 0) {
				rank = k;
				best = order[k];
			}
		class = now != NULL ? now : class;
	}
	return best != NULL ? best : class;
}

/* --- what else a string may be -------------------------------------------------------------------------------------- */

/* A telephone number, an address of mail, web or post: no name. */
int
name_is_contact(const char *p)
{
	unsigned digits = 0;
	const char *c;

	for (c = p; *c != '\0'; c++)
		digits += isdigit((unsigned char)*c) != 0;
	return digits >= 4 || strchr(p, '@') != NULL || strcasestr(p, "www.") != NULL || strstr(p, "://") != NULL;
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

/* It tells somebody's work, or a unit: "seniorrådgiver", "Avdeling for helse". */
int
name_is_role(const struct judge *j, const char *p)
{
	return name_says(j, p, "role");
}

/* Two to five words, all with a capital, none an organisation's. */
int
name_is_person(const struct judge *j, const char *p)
{
	unsigned    words = 0, capitals = 0;
	const char *c;

	if (p[0] == '\0' || name_is_contact(p) || name_class(j, p) != NULL || name_is_role(j, p))
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (strchr("/()|;:", *c) != NULL)
			return 0;
		if ((c == p || c[-1] == ' ') && *c != ' ') {
			words++;
			capitals += isupper((unsigned char)*c) != 0 || (unsigned char)*c >= 0x80;
		}
	}
	return words >= 2 && words <= 5 && capitals + 1 >= words && capitals >= 2;
}

/* A line of a signature that may well be a name nobody has a word for: "Skånland tingrett", "Mestringshuset Nord". */
int
name_looks_real(const char *p)
{
	unsigned    words = 1;
	const char *c;

	if (!isupper((unsigned char)p[0]) && (unsigned char)p[0] < 0x80)
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (isdigit((unsigned char)*c) || strchr(":;,|/!?", *c) != NULL)
			return 0;
		words += *c == ' ';
	}
	return words >= 2 && words <= 7;
}
