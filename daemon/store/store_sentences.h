/*
 * How the sentences of a message lie in their row: one after the other, numbers little-endian.
 * Private to the files of the store that read or mark them; what a sentence is campaign.h says.
 */
#ifndef HOERING_STORE_STORE_SENTENCES_H
#define HOERING_STORE_STORE_SENTENCES_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/judge/campaign.h"
#include "daemon/store/store.h"

#define SENTENCE_BYTES	32	/* hash, form, at, size, words, place, common */
#define SENTENCE_HASH	0
#define SENTENCE_FORM	8
#define SENTENCE_AT	16
#define SENTENCE_SIZE	20
#define SENTENCE_WORDS	24
#define SENTENCE_PLACE	28	/* one byte */
#define SENTENCE_COMMON	29	/* three */

static inline void
sentence_put(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t
sentence_get(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

/* n of them from such a row, for the caller to free; NULL without memory. */
struct sentence *sentences_of(const uint8_t *p, size_t n);

/* As saved by store_save_sentences(); the array is the caller's, NULL for none. */
enum outcome store_sentences(struct store *s, int64_t submission, struct sentence **out, size_t *n, struct why *why) MUST_CHECK;

#endif
