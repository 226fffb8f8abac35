/*
 * Memory that is overwritten before it is given back, also when a library gives it back.
 * Owns how; knows nothing of what was in it.
 */
#ifndef HOERING_TOKEN_WIPE_H
#define HOERING_TOKEN_WIPE_H

#include <stddef.h>

/* As malloc(3) and its family; to be given back with wipe_free() alone. */
void *wipe_malloc(size_t n);
void *wipe_calloc(size_t n, size_t size);
void *wipe_realloc(void *p, size_t n);
char *wipe_strdup(const char *s);
void  wipe_free(void *p);		/* NULL is fine */

/* What functions that have returned, ours and the libraries', left on the stack below the caller. */
void wipe_stack(void);

#endif
