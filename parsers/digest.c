#include "parsers/digest.h"

#include <string.h>

#define SHINGLE		5	/* words; long enough that common turns of phrase do not join strangers' letters */

/* FNV-1a; the words are short and nobody gains by a collision that equal words would not give. */
uint64_t
digest_word(const char *word, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t   i;

	for (i = 0; i < n; i++)
		h = (h ^ (uint8_t)word[i]) * 0x100000001b3u;
	return h;
}

/* The finaliser of splitmix64, which spreads every bit over all. */
static uint64_t
spread(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t
digest_mix(uint64_t h, uint64_t next)
{
	return spread(h * 0x9e3779b97f4a7c15u + next);
}

void
digest_begin(struct digest_words *d)
{
	d->sum = g_checksum_new(G_CHECKSUM_SHA256);
	d->hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
}

void
digest_add(struct digest_words *d, const char *word, size_t n)
{
	uint64_t h = digest_word(word, n);

	g_checksum_update(d->sum, (const guchar *)word, (gssize)n);
	g_checksum_update(d->sum, (const guchar *)" ", 1);
	g_array_append_val(d->hashes, h);
}

uint64_t
digest_end(struct digest_words *d, uint8_t sha256[32])
{
	gsize    len = 32;
	uint64_t n = d->hashes->len;

	g_checksum_get_digest(d->sum, sha256, &len);
	g_checksum_free(d->sum);
	g_array_free(d->hashes, TRUE);
	return n;
}

int
digest_minhash(const struct digest_words *d, struct minhash *out)
{
	const uint64_t *words = (const uint64_t *)(const void *)d->hashes->data;
	uint64_t        shingle, slot;
	guint           i, k;

	if (d->hashes->len < MINHASH_WORDS)
		return 0;
	out->words = d->hashes->len;
	memset(out->slot, 0xff, sizeof out->slot);
	for (i = 0; i + SHINGLE <= d->hashes->len; i++) {
		for (shingle = 0, k = 0; k < SHINGLE; k++)
			shingle = digest_mix(shingle, words[i + k]);
		/* Slot k sees the shingle through its own permutation: one odd constant each, the high half kept. */
		for (k = 0; k < MINHASH_SIZE; k++) {
			slot = spread(shingle + (uint64_t)(k + 1) * 0x9e3779b97f4a7c15u) >> 32;
			if (slot < out->slot[k])
				out->slot[k] = (uint32_t)slot;
		}
	}
	return 1;
}
