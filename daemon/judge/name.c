/* Names of responders: one key for all spellings of one, and the class a name's words tell. */
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
