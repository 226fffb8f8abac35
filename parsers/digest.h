/*
 * What makes two texts comparable without showing them: digests over their words, MinHash, hashes of their sentences.
 * Owns the constants that make equal texts equal everywhere and always; must not know which text of a message answers.
 */
#ifndef HOERING_PARSERS_DIGEST_H
#define HOERING_PARSERS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "parsers/wire.h"

/* Words are added one by one; their order counts. */
struct digest_words {
	GChecksum *sum;
	GArray    *hashes;	/* uint64_t of each word, for MinHash */
};

void digest_begin(struct digest_words *d);
void digest_add(struct digest_words *d, const char *word, size_t n);
/* Ends it: SHA-256 over the words with a space after each; returns how many there were. */
uint64_t digest_end(struct digest_words *d, uint8_t sha256[32]);

/* 0 when there are under MINHASH_WORDS words. Before digest_end(). */
#define MINHASH_WORDS 20
int digest_minhash(const struct digest_words *d, struct minhash *out);

/* 64 bits of one word; the same in every version, since it is stored. */
uint64_t digest_word(const char *word, size_t n);
uint64_t digest_mix(uint64_t h, uint64_t next);

#endif
