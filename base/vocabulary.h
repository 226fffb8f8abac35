/*
 * How many different words a text has: an index costs memory for each of them, however short the text.
 * Owns one set of words' hashes; knows no language, and counts rather too many than too few.
 */
#ifndef HOERING_BASE_VOCABULARY_H
#define HOERING_BASE_VOCABULARY_H

#include <stddef.h>

struct vocabulary;

/* Room for so many different words; NULL: no memory. */
struct vocabulary *vocabulary_new(size_t max);
void               vocabulary_free(struct vocabulary *v);

/*
 * Takes in the words of a text (UTF-8). Returns the bytes from its start for which there was room, the last of them whole: n,
 * or less when the words of this text and those before are more than `max`.
 */
size_t vocabulary_add(struct vocabulary *v, const char *p, size_t n);

#endif
