#include "base/domain.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/tokens.h"

#define LABEL_BYTES	5	/* a shorter domain label proves a name only as the whole of it, or its initials */
#define WHOLE_WORD	7	/* letters of a word that stands for a name without what stands before or behind it */
#define LABELS		8
#define WORDS		16
#define NAME_BYTES	200
#define SHORT_BYTES	24	/* of a label that may be letters of a name */
#define SHORT_LEAST	3	/* two letters are too few, but where only ministries have addresses */
#define SHORT_NAME	12	/* bytes of one */
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

/* What Norwegian puts behind a noun to say which: "sjoforbundet" is the forbund. */
static int
is_ending(const char *p, size_t n)
{
	static const char *const endings[] = { "et", "en", "a", "t", "n", "ene", "ane", "det", "den" };
	size_t i;

	for (i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (strlen(endings[i]) == n && memcmp(p, endings[i], n) == 0)
			return 1;
	return 0;
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
	if (used >= WHOLE_WORD && n > used && memcmp(joined, label, used) == 0 && is_ending(label + used, n - used))
		return 1;
	if (n < LABEL_BYTES + 1 || count < 2)
		return 0;
	for (k = 3; k <= words[0].n && k + 3 <= n; k++)	/* a beginning of the first word, then one of a later word */
		if (memcmp(label, words[0].p, k) == 0)
			for (i = 1; i < count; i++)
				if (words[i].n >= n - k && memcmp(label + k, words[i].p, n - k) == 0 && !is_ending(label + k, n - k))
					return 1;
	return 0;
}

/* "Norsk Sjøforbund", "Den norske sjøforening": how many words only say whose country's. They are left out of many an address. */
static size_t
national_words(const struct piece *words, size_t count)
{
	static const char *const nations[] = { "norsk", "norske", "norges", "noregs", "norwegian" };
	size_t at = count > 2 && words[0].n == 3 && (memcmp(words[0].p, "den", 3) == 0 || memcmp(words[0].p, "det", 3) == 0), i;

	for (i = 0; at + 1 < count && i < sizeof nations / sizeof nations[0]; i++)
		if (words[at].n == strlen(nations[i]) && memcmp(words[at].p, nations[i], words[at].n) == 0)
			return at + 1;
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
	size_t       n = labels_of(domain, folded, labels), count, i, k, used, skip;

	count = n == 0 || strlen(key) >= NAME_BYTES ? 0 : cut(key, words, WORDS);
	skip = national_words(words, count);
	for (i = 0; count > 0 && i < n; i++)
		for (used = 0, k = i; k < n; k++) {
			memcpy(run + used, labels[k].p, labels[k].n);
			used += labels[k].n;
			if (is_name(run, used, words, count) || (skip > 0 && used >= WHOLE_WORD && is_name(run, used, words + skip, count - skip)) ||
			    (initials_too && is_initials(run, used, words, count)))
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

/* --- short names ---------------------------------------------------------------------------------------------------- */

int
letters_are_short(const char *p, size_t n)
{
	size_t i, upper = 0;

	for (i = 0; i < n; i++) {
		if ((unsigned char)p[i] < 0x80 && !isalpha((unsigned char)p[i]) && (p[i] != '-' || i == 0 || i + 1 == n))
			return 0;
		upper += isupper((unsigned char)p[i]) != 0 || ((unsigned char)p[i] == 0xc3 && i + 1 < n && (unsigned char)p[i + 1] < 0xa0);
	}
	return n >= 2 && n <= SHORT_NAME && upper >= 2;
}

/* A word from `from` on that begins so and is not used; count without one. */
static size_t
word_begins(const struct piece *words, size_t count, size_t from, const unsigned char *used, const char *p, size_t n)
{
	for (; from < count; from++)
		if (!used[from] && words[from].n >= n && memcmp(words[from].p, p, n) == 0)
			return from;
	return count;
}

/* "hk", "dir": the letters of a part in capitals begin words one after the other, another part begins one. Parts come in any order. */
static int
parts_fit(const char *letters, size_t n, const struct piece *words, size_t count)
{
	unsigned char used[WORDS] = { 0 };
	char          lower[SHORT_NAME];
	size_t        at, end, i, from, w;

	for (i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)letters[i]);
	for (at = 0; at < n; at = end + 1) {
		for (end = at; end < n && letters[end] != '-'; end++)
			;
		if (end - at > 1 && islower((unsigned char)letters[end - 1])) {
			w = word_begins(words, count, 0, used, lower + at, end - at);
			if (w == count || end - at < SHORT_LEAST)
				return 0;
			used[w] = 1;
			continue;
		}
		for (i = at, from = 0; i < end; i++, from = w + 1) {
			w = word_begins(words, count, from, used, lower + i, 1);
			if (w == count)
				return 0;
			used[w] = 1;
		}
	}
	return 1;
}

int
letters_are_of(const char *letters, size_t n, const char *key)
{
	struct piece words[WORDS];
	char         lower[SHORT_NAME], folded[NAME_BYTES];
	size_t       i, count;

	if (!letters_are_short(letters, n) || strchr(key, ' ') == NULL)
		return 0;
	if (memchr(letters, '-', n) != NULL) {
		count = cut(key, words, WORDS);
		return parts_fit(letters, n, words, count);
	}
	for (i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)letters[i]);
	if (domain_label_shortens(lower, n, key) > 0)
		return 1;
	n = tokens_fold(folded, sizeof folded, (const uint8_t *)letters, n, NULL);
	return domain_label_shortens(folded, n, key) > 0;
}
