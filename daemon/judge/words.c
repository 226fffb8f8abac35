#include "daemon/judge/words.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "base/tokens.h"

#define STEM		5	/* letters two inflections of a word share at least */
#define ENDING		4	/* letters an inflection adds at most: "-enes" */
#define SLIP_ONE	6	/* a word this long may have one letter wrong, */
#define SLIP_TWO	11	/* and this long two */
#define FILE_BYTES	(1u << 20)

extern const char   words_builtin[];
extern const size_t words_builtin_bytes;

struct entry {
	const char *group, *token, *raw;
	size_t      n;
	char        open;	/* '<': the word ends so; '>': it begins so; 0: it is so */
	size_t      next;	/* of the same bucket */
};

#define BYTES		256
#define BUCKETS		512	/* a power of two, some times the words of the file */
#define NONE		((size_t)-1)

/* Entries are asked for once for each word of each mail: whole words are found by a hash, open ones by the byte they share with it. */
struct word_lists {
	struct entry *entries;
	size_t        n;
	size_t        bucket[BUCKETS];	/* first entry of a whole word, NONE; on with entry.next, in the order of the file */
	size_t        ending[BYTES];	/* first entry that a word ends with, by its last byte; on as above */
	size_t        beginning[BYTES];	/* first entry that a word begins with, by its first */
	char         *text;		/* the file, cut up in place; tokens are folded over it */
};

void
word_lists_free(struct word_lists *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n; i++)
		free((char *)(uintptr_t)w->entries[i].raw);
	free(w->entries);
	free(w->text);
	free(w);
}

/* One word, written over with its token. NULL, or what is wrong with it. */
static const char *
add_word(struct word_lists *w, const char *group, char *p)
{
	struct entry *e = &w->entries[w->n];
	size_t        n = strlen(p);

	*e = (struct entry){ .group = group, .open = p[0] == '*' ? '<' : n > 0 && p[n - 1] == '*' ? '>' : 0 };
	e->raw = strdup(p);
	if (e->raw == NULL)
		return "does not fit into memory";
	w->n++;
	e->token = p;
	e->n = tokens_fold(p, n + 1, (const uint8_t *)e->raw, n, NULL);
	return e->n == 0 ? "has no letter" : NULL;
}

static size_t
bucket_of(const char *token, size_t n)
{
	uint32_t h = 2166136261u;	/* FNV-1a */
	size_t   i;

	for (i = 0; i < n; i++)
		h = (h ^ (uint8_t)token[i]) * 16777619u;
	return h % BUCKETS;
}

static void
make_index(struct word_lists *w)
{
	size_t i, b, *first;

	for (b = 0; b < BUCKETS; b++)
		w->bucket[b] = NONE;
	for (b = 0; b < BYTES; b++)
		w->ending[b] = w->beginning[b] = NONE;
	for (i = w->n; i-- > 0;) {	/* from the end, so that the first of the file comes first */
		struct entry *e = &w->entries[i];

		if (e->n == 0)
			continue;
		first = e->open == 0 ? &w->bucket[bucket_of(e->token, e->n)] : e->open == '<' ? &w->ending[(unsigned char)e->token[e->n - 1]] :
		    &w->beginning[(unsigned char)e->token[0]];
		e->next = *first;
		*first = i;
	}
}

static enum outcome
parse(const char *name, struct word_lists *w, size_t bytes, struct why *why)
{
	size_t      lines = 1, i;
	unsigned    number = 0;
	char       *line, *rest = w->text, *tab;
	const char *wrong;

	for (i = 0; i < bytes; i++)
		lines += w->text[i] == '\n';
	w->entries = calloc(lines, sizeof w->entries[0]);
	if (w->entries == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for %s", name);
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[0] == '#' || line[0] == '\0')
			continue;
		tab = strchr(line, '\t');
		if (tab == NULL || tab == line)
			return why_set(why, OUTCOME_REFUSED, "%s:%u: the line is no group, TAB, word", name, number);
		*tab = '\0';
		wrong = add_word(w, line, tab + 1);
		if (wrong != NULL)
			return why_set(why, OUTCOME_REFUSED, "%s:%u: the word %s", name, number, wrong);
	}
	return OUTCOME_OK;
}

/* The whole file, NUL-terminated; NULL with errno, ENOENT when it is not there. */
static char *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "re");
	char *text;

	if (f == NULL)
		return NULL;
	text = calloc(1, FILE_BYTES + 1);
	*n = text == NULL ? 0 : fread(text, 1, FILE_BYTES, f);
	if (text != NULL && (ferror(f) || fgetc(f) != EOF)) {
		free(text);
		text = NULL;
		errno = EFBIG;
	}
	(void)fclose(f);
	return text;
}

enum outcome
word_lists_load(const char *dir_or_null, struct word_lists **out, struct why *why)
{
	struct word_lists *w = calloc(1, sizeof *w);
	char               path[4096] = "config/rules/words";
	size_t             n = words_builtin_bytes;
	enum outcome       o = OUTCOME_OK;

	if (w == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the rules");
	if (dir_or_null != NULL && dir_or_null[0] != '\0') {
		if ((size_t)snprintf(path, sizeof path, "%s/words", dir_or_null) >= sizeof path)
			o = why_set(why, OUTCOME_REFUSED, "the name of the rules' folder is too long");
		else if ((w->text = read_file(path, &n)) == NULL && errno != ENOENT && errno != ENOTDIR)
			o = why_errno(why, OUTCOME_REFUSED, "%s", path);
	}
	if (o == OUTCOME_OK && w->text == NULL) {
		n = words_builtin_bytes;
		w->text = malloc(n + 1);
		if (w->text == NULL)
			o = why_set(why, OUTCOME_DEFER, "no memory for the rules");
		else
			memcpy(w->text, words_builtin, n + 1);
	}
	if (o == OUTCOME_OK)
		o = parse(path, w, n, why);
	if (o != OUTCOME_OK) {
		word_lists_free(w);
		return o;
	}
	make_index(w);
	*out = w;
	return OUTCOME_OK;
}

static int
takes(const struct entry *e, const char *token, size_t n)
{
	if (n < e->n || (e->open == 0 && n != e->n))
		return 0;
	return memcmp(e->open == '<' ? token + n - e->n : token, e->token, e->n) == 0;
}

/* The first of the chain before entry `before` that takes the token, of a group with this beginning; `before` without one. */
static size_t
find_in(const struct word_lists *w, size_t first, size_t before, const char *group, size_t len, const char *token, size_t n)
{
	size_t i;

	for (i = first; i < before; i = w->entries[i].next)
		if (takes(&w->entries[i], token, n) && strncmp(w->entries[i].group, group, len) == 0)
			return i;
	return before;
}

/* The first entry of the file, of a group with this beginning (the whole of it when `exactly`), that takes the token; NONE. */
static size_t
find(const struct word_lists *w, const char *group, int exactly, const char *token, size_t n)
{
	size_t len = strlen(group) + (exactly != 0), found;

	if (n == 0)
		return NONE;
	found = find_in(w, w->bucket[bucket_of(token, n)], NONE, group, len, token, n);
	found = find_in(w, w->ending[(unsigned char)token[n - 1]], found, group, len, token, n);
	return find_in(w, w->beginning[(unsigned char)token[0]], found, group, len, token, n);
}

int
word_lists_has(const struct word_lists *w, const char *group, const char *token, size_t n)
{
	return find(w, group, 1, token, n) != NONE;
}

const char *
word_lists_group(const struct word_lists *w, const char *prefix, const char *token, size_t n)
{
	size_t i = find(w, prefix, 0, token, n);

	return i == NONE ? NULL : w->entries[i].group + strlen(prefix);
}

int
word_lists_next(const struct word_lists *w, const char *prefix, size_t *at, const char **group, struct token *word)
{
	size_t i, len = strlen(prefix);

	for (i = *at; i < w->n && strncmp(w->entries[i].group, prefix, len) != 0; i++)
		;
	*at = i + 1;
	if (i >= w->n)
		return 0;
	*group = w->entries[i].group + len;
	*word = (struct token){ w->entries[i].token, w->entries[i].n };
	return 1;
}

int
word_lists_has_exactly(const struct word_lists *w, const char *group, const char *string)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->entries[i].group, group) == 0 && strcmp(w->entries[i].raw, string) == 0)
			return 1;
	return 0;
}

/* --- tokens -------------------------------------------------------------------------------------------------------- */

size_t
token_split(const char *tokens, size_t n, struct token *out, size_t max)
{
	size_t      pos = 0, len, count = 0;
	const char *t;

	while (count < max && (t = tokens_next(tokens, n, &pos, &len)) != NULL)
		out[count++] = (struct token){ t, len };
	return count;
}

/* What Norwegian adds to a word, in either norm: number, definiteness, genitive, tense. */
static int
is_ending(const char *p, size_t n)
{
	static const char *const endings[] = { "e", "a", "n", "r", "s", "t", "en", "et", "er", "ar", "ne", "es", "ens", "ets", "ene", "ane",
		"enes", "anes", "ere", "te", "de", "as", "ers", "nes", "ns" };
	size_t i;

	if (n == 0)
		return 1;
	for (i = 0; n <= ENDING && i < sizeof endings / sizeof endings[0]; i++)
		if (strlen(endings[i]) == n && memcmp(endings[i], p, n) == 0)
			return 1;
	return 0;
}

int
token_ends(struct token word, size_t n)
{
	return n <= word.n && is_ending(word.p + n, word.n - n);
}

unsigned
token_near(struct token a, struct token b)
{
	size_t   common = 0, tail = 0, shorter = a.n < b.n ? a.n : b.n, difference = a.n < b.n ? b.n - a.n : a.n - b.n;
	unsigned slips;

	if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
		return 100;
	if (difference > ENDING || shorter < STEM)
		return 0;
	while (common < shorter && a.p[common] == b.p[common])
		common++;
	if (common >= STEM && is_ending(a.p + common, a.n - common) && is_ending(b.p + common, b.n - common))
		return 95;
	slips = shorter >= SLIP_TWO ? 2 : shorter >= SLIP_ONE ? 1 : 0;
	while (tail < shorter - common && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
		tail++;
	if (slips == 0 || (slips == 1 && common + tail + 2 < shorter))
		return 0;	/* one slip leaves all but two letters where they were */
	return distance_words(a.p, a.n, b.p, b.n, slips) <= slips ? 85 : 0;
}
