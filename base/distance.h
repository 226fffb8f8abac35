/*
 * How far apart two words are when a hand slips: letters added, dropped, changed, or swapped with their neighbour.
 * Owns the counting; knows no language, and nothing of where the words come from.
 */
#ifndef HOERING_BASE_DISTANCE_H
#define HOERING_BASE_DISTANCE_H

#include <stddef.h>

#define DISTANCE_WORD	64	/* bytes; longer words are compared for equality only */

/* The number of slips between a and b, or limit + 1 when there are more than `limit`. */
unsigned distance_words(const char *a, size_t an, const char *b, size_t bn, unsigned limit);

#endif
