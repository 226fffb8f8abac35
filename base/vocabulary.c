#include "base/vocabulary.h"

#include <stdint.h>
#include <stdlib.h>

struct vocabulary {
	size_t   n, max, mask;
	uint64_t slot[];	/* 0: free */
};

struct vocabulary *
vocabulary_new(size_t max)
{
	struct vocabulary *v;
	size_t             slots = 16;

	while (slots < 2 * max)
		slots *= 2;
	v = calloc(1, sizeof *v + slots * sizeof v->slot[0]);
	if (v != NULL) {
		v->max = max;
		v->mask = slots - 1;
	}
	return v;
}

void
vocabulary_free(struct vocabulary *v)
{
	free(v);
}

/* 0: there is no room for one more. */
static int
take(struct vocabulary *v, uint64_t hash)
{
	size_t i;

	hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
	hash = (hash ^ hash >> 32) | 1;
	for (i = (size_t)(hash >> 1) & v->mask; v->slot[i] != 0; i = (i + 1) & v->mask)
		if (v->slot[i] == hash)
			return 1;
	if (v->n == v->max)
		return 0;
	v->slot[i] = hash;
	v->n++;
	return 1;
}

static int
is_ascii_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* U+00C0 to U+024F without the two signs among them, U+0400 to U+0481: letters, whoever asks. */
static int
is_letter_pair(unsigned char a, unsigned char b)
{
	if (a == 0xc3)
		return b != 0x97 && b != 0xb7;
	return (a >= 0xc4 && a <= 0xc8) || (a == 0xc9 && b <= 0x8f) || a == 0xd0 || a == 0xd1 || (a == 0xd2 && b <= 0x81);
}

/*
 * Whether another character ends a word is a matter of tables: what stands before it since the last sure end is counted as if it
 * did, and the word goes on.
 */
size_t
vocabulary_add(struct vocabulary *v, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	const uint64_t       start = 0xcbf29ce484222325u;
	uint64_t             hash = start;
	size_t               i, sound = 0;
	int                  ends;

	for (i = 0; i < n; i++) {
		ends = p[i] < 0x80 ? !is_ascii_word(p[i]) : p[i] >= 0xc0 && !(i + 1 < n && is_letter_pair(p[i], p[i + 1]));
		if (ends && hash != start && !take(v, hash))
			return sound;
		if (ends && p[i] < 0x80) {
			hash = start;
			sound = i;
		} else
			hash = (hash ^ p[i]) * 0x100000001b3u;
	}
	return hash == start || take(v, hash) ? n : sound;
}
