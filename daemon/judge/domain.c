/* Whether an address's domain is made of an organisation's name: run together, shortened, or as initials. */
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define LABEL_BYTES	5	/* a shorter domain label proves a name only as its initials */

/* The first letters of the name's words of four letters or more, or of all, are the label: "nsf", "lhl". */
static int
is_initials(const char *label, size_t n, const struct token *words, size_t count)
{
	size_t i, used = 0;

	for (i = 0; i < count && used <= n; i++)
		if (words[i].n > 3 || count < 4) {
			if (used == n || label[used] != words[i].p[0])
				return 0;
			used++;
		}
	return used == n && n >= 2;
}

/*
 * Does the domain's label come from the name? The name run together begins with it ("indrevag" … "indrevagkommune"), or it
 * is put together of the beginnings of words ("nettarbeid": Nettverket … arbeid), or it is the initials.
 */
static int
label_is_of(const char *label, size_t n, const char *key)
{
	struct token words[16];
	char         joined[NAME_KEY_BYTES];
	size_t       count = token_split(key, strlen(key), words, 16), i, used = 0, k;

	for (i = 0; i < count; i++) {
		memcpy(joined + used, words[i].p, words[i].n);
		used += words[i].n;
	}
	if ((n >= LABEL_BYTES || (n >= 2 && n == used)) && used >= n && memcmp(joined, label, n) == 0)
		return 1;
	if (is_initials(label, n, words, count))
		return 1;
	if (n < LABEL_BYTES + 1 || count < 2)
		return 0;
	for (k = 3; k <= words[0].n && k + 3 <= n; k++)	/* a beginning of the first word, then one of a later word */
		if (memcmp(label, words[0].p, k) == 0)
			for (i = 1; i < count; i++)
				if (words[i].n >= n - k && memcmp(label + k, words[i].p, n - k) == 0)
					return 1;
	return 0;
}

int
domain_is_of(const char *domain, const char *key)
{
	char         folded[NAME_KEY_BYTES], run[NAME_KEY_BYTES];
	struct token labels[8];
	size_t       n, i, k, used;

	if (domain[0] == '\0')
		return 0;
	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)domain, strlen(domain), NULL), labels, 8);
	/* Dots and dashes separate tokens: "helse-elvland.no" is helse, elvland; try each start run together, the last label apart. */
	for (i = 0; i + 1 < n; i++)
		for (used = 0, k = i; k + 1 < n; k++) {
			memcpy(run + used, labels[k].p, labels[k].n);
			used += labels[k].n;
			if (label_is_of(run, used, key))
				return 1;
		}
	return 0;
}
