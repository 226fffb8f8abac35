#include "base/domain.h"

#include <stdint.h>
#include <string.h>

#include "base/tokens.h"

#define LABEL_BYTES	5	/* a shorter domain label proves a name only as the whole of it, or its initials */
#define LABELS		8
#define WORDS		16
#define NAME_BYTES	200
#define SHORT_BYTES	24	/* of a label that may be letters of a name */
#define SHORT_LEAST	3	/* two letters are too few, but where only ministries have addresses */
#define LONG_WORD	4	/* letters of a word that no shortening leaves out */

struct piece { const char *p; size_t n; };

static size_t
cut(const char *tokens, struct piece *out, size_t max)
{
	size_t n = 0, pos = 0, len, bytes = strlen(tokens);

	while (n < max && (out[n].p = tokens_next(tokens, bytes, &pos, &len)) != NULL)
		out[n++].n = len;
	return n;
}

/* The first letters of the name's words of four letters or more, or of all, are the label: "nsf", "lhl". */
static int
is_initials(const char *label, size_t n, const struct piece *words, size_t count)
{
	size_t i, used = 0;

	for (i = 0; i < count && used <= n; i++)
		if (words[i].n >= LONG_WORD || count < 4) {
			if (used == n || label[used] != words[i].p[0])
				return 0;
			used++;
		}
	return used == n && n >= 2;
}

/*
 * The name run together begins with the label ("indrevag" … "indrevagkommune"), or the label is put together of the beginnings of
 * words ("nettarbeid": Nettverket … arbeid).
 */
static int
is_name(const char *label, size_t n, const struct piece *words, size_t count)
{
	char   joined[NAME_BYTES];
	size_t i, used = 0, k;

	for (i = 0; i < count; i++) {
		memcpy(joined + used, words[i].p, words[i].n);
		used += words[i].n;
	}
	if ((n >= LABEL_BYTES || (n >= 2 && n == used)) && used >= n && memcmp(joined, label, n) == 0)
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

/* Dots and dashes separate tokens: "helse-elvland.no" is helse, elvland; the last label stays apart. */
static size_t
labels_of(const char *domain, char *folded, struct piece *labels)
{
	size_t n;

	if (domain[0] == '\0')
		return 0;
	(void)tokens_fold(folded, NAME_BYTES, (const uint8_t *)domain, strlen(domain), NULL);
	n = cut(folded, labels, LABELS);
	return n == 0 ? 0 : n - 1;
}

/* Each start of the domain run together is tried. */
static int
any_label(const char *domain, const char *key, int initials_too)
{
	char         folded[NAME_BYTES], run[NAME_BYTES];
	struct piece labels[LABELS], words[WORDS];
	size_t       n = labels_of(domain, folded, labels), count, i, k, used;

	count = n == 0 || strlen(key) >= NAME_BYTES ? 0 : cut(key, words, WORDS);
	for (i = 0; count > 0 && i < n; i++)
		for (used = 0, k = i; k < n; k++) {
			memcpy(run + used, labels[k].p, labels[k].n);
			used += labels[k].n;
			if (is_name(run, used, words, count) || (initials_too && is_initials(run, used, words, count)))
				return 1;
		}
	return 0;
}

int
domain_names(const char *domain, const char *key)
{
	return any_label(domain, key, 0);
}

int
domain_is_of(const char *domain, const char *key)
{
	return any_label(domain, key, 1);
}

/* begun[i][p]: the most words from i on that begin with a letter of label[p..), all of which they use up; -1 when they cannot. */
static unsigned
shortened(struct piece label, const struct piece *words, size_t count)
{
	int    begun[WORDS + 1][SHORT_BYTES + 1], now;
	size_t i, p, q, c;

	for (p = 0; p <= label.n; p++)
		begun[count][p] = p == label.n ? 0 : -1;
	for (i = count; i-- > 0;)
		for (p = 0; p <= label.n; p++) {
			begun[i][p] = i > 0 && words[i].n < LONG_WORD ? begun[i + 1][p] : -1;
			if (p == label.n || words[i].p[0] != label.p[p])
				continue;
			for (q = p, c = 0; c < words[i].n && q < label.n; c++)
				if (words[i].p[c] == label.p[q]) {
					now = begun[i + 1][++q];
					begun[i][p] = now >= 0 && now + 1 > begun[i][p] ? now + 1 : begun[i][p];
				}
		}
	return begun[0][0] < 0 ? 0 : (unsigned)begun[0][0];
}

unsigned
domain_label_shortens(const char *label, size_t n, const char *key)
{
	struct piece words[WORDS];
	size_t       count = n > SHORT_BYTES || n < SHORT_LEAST - 1 ? 0 : cut(key, words, WORDS);

	return count == 0 ? 0 : shortened((struct piece){ label, n }, words, count);
}

unsigned
domain_shortens(const char *domain, const char *key)
{
	unsigned best = 0, now;
	size_t   n;

	/* As it stands: folded, two letters could be one ("naaf"). What stands behind the last full stop is no label. */
	for (; domain[n = strcspn(domain, ".-")] != '\0'; domain += n + 1) {
		if (n < SHORT_LEAST && strncmp(domain + n, ".dep.", 5) != 0)
			continue;
		now = domain_label_shortens(domain, n, key);
		best = now > best ? now : best;
	}
	return best;
}
