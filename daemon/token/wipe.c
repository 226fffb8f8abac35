#include "daemon/token/wipe.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct block {
	size_t      n;
	max_align_t bytes[];
};

static struct block *
block_of(void *p)
{
	return (struct block *)(void *)((char *)p - offsetof(struct block, bytes));
}

void *
wipe_calloc(size_t n, size_t size)
{
	struct block *b;
	size_t        bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX - sizeof *b) {
		errno = ENOMEM;
		return NULL;
	}
	b = calloc(1, sizeof *b + bytes);
	if (b == NULL)
		return NULL;
	b->n = bytes;
	return b->bytes;
}

void *
wipe_malloc(size_t n)
{
	return wipe_calloc(1, n);
}

void
wipe_free(void *p)
{
	struct block *b;

	if (p == NULL)
		return;
	b = block_of(p);
	explicit_bzero(b->bytes, b->n);
	free(b);
}

/* Always a new block: realloc(3) would leave the old one as it was. */
void *
wipe_realloc(void *p, size_t n)
{
	size_t old = p == NULL ? 0 : block_of(p)->n;
	void  *copy = wipe_malloc(n);

	if (copy == NULL)
		return NULL;
	if (p != NULL)
		memcpy(copy, p, old < n ? old : n);
	wipe_free(p);
	return copy;
}

char *
wipe_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char  *copy = wipe_malloc(n);

	if (copy != NULL)
		memcpy(copy, s, n);
	return copy;
}

/* Deeper than anything here goes: libcurl and GnuTLS keep buffers of a record (16 KB) there. */
#define STACK_BYTES (256u << 10)

__attribute__((noinline)) void
wipe_stack(void)
{
	unsigned char below[STACK_BYTES];

	explicit_bzero(below, sizeof below);
}
