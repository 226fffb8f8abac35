/*
 * The memory of one configuration: taken piece by piece while reading, given back at once.
 * Owns every string and array of a struct conf; knows nothing of what they mean.
 */
#ifndef HOERING_CONFIG_ARENA_H
#define HOERING_CONFIG_ARENA_H

#include <stddef.h>

#include "base/why.h"

struct conf_arena;

/* All of these end the program when there is no memory: a configuration is small, so nothing else would run either. */
struct conf_arena *arena_new(void);
void  arena_free(struct conf_arena *a);					/* NULL is fine */
void *arena_array(struct conf_arena *a, size_t n, size_t size);		/* zeroed, never NULL */
char *arena_dup(struct conf_arena *a, const char *p, size_t n);		/* NUL-terminated copy */
char *arena_printf(struct conf_arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
