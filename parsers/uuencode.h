/*
 * Files that stand in the text itself, as mail programs sent them before MIME: uuencode and yEnc.
 * Owns their recognition, which must not take a line of prose for one; knows nothing of mail.
 */
#ifndef HOERING_PARSERS_UUENCODE_H
#define HOERING_PARSERS_UUENCODE_H

#include <stddef.h>
#include <stdint.h>

struct uu_file {
	size_t   begin, end;	/* the bytes of the text that it takes */
	char    *name;		/* any bytes */
	uint8_t *p;
	size_t   n;
};

/* The first whole file at or after `from`: 1 and *out, to be freed by the caller (name and p); 0 when there is none. */
int uu_find(const uint8_t *p, size_t n, size_t from, struct uu_file *out);

#endif
