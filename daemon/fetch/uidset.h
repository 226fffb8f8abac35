/*
 * UIDs as IMAP writes a set ("3,5:7"), in the words of a record (protocol.h).
 * Owns the form only; knows nothing of who lists what, or why.
 */
#ifndef HOERING_FETCH_UIDSET_H
#define HOERING_FETCH_UIDSET_H

#include <stddef.h>
#include <stdint.h>

/* Adds first:last to the words; 0 when there is no room for it (nothing is changed then). */
int uidset_add(char *words, size_t size, uint32_t first, uint32_t last);
/* The next range of a set; *p moves past it. 1, or 0 at the end, or -1 when it is no range of UIDs in ascending order. */
int uidset_next(const char **p, uint32_t *first, uint32_t *last);

#endif
