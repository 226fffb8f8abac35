#include "config/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"

struct piece {
	struct piece *next;
	max_align_t   bytes[];
};

struct conf_arena {
	struct piece *pieces;
};

static void *
zeroed(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		fatal(EX_OSERR, "no memory for the configuration");
	return p;
}

struct conf_arena *
arena_new(void)
{
	return zeroed(sizeof(struct conf_arena));
}

void
arena_free(struct conf_arena *a)
{
	struct piece *next;

	if (a == NULL)
		return;
	for (struct piece *p = a->pieces; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
	free(a);
}

void *
arena_array(struct conf_arena *a, size_t n, size_t size)
{
	size_t        bytes;
	struct piece *p;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
		fatal(EX_OSERR, "no memory for the configuration");
	p = zeroed(sizeof *p + bytes + 1);
	p->next = a->pieces;
	a->pieces = p;
	return p->bytes;
}

char *
arena_dup(struct conf_arena *a, const char *p, size_t n)
{
	char *copy = arena_array(a, n + 1, 1);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *
arena_printf(struct conf_arena *a, const char *fmt, ...)
{
	va_list ap;
	int     n;
	char   *s;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		bug("arena_printf: %s", fmt);
	s = arena_array(a, (size_t)n + 1, 1);
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
