/*
 * Files that stand in the text itself, as mail programs sent them before MIME: uuencode and yEnc; and what is encrypted by OpenPGP there.
 * Owns their recognition, which must not take a line of prose for one; knows nothing of mail.
 */
#ifndef HOERING_PARSERS_UUENCODE_H
#define HOERING_PARSERS_UUENCODE_H

#include <stddef.h>
#include <stdint.h>

struct uu_file {
	size_t   begin, end;	/* the bytes of the text that it takes */
	char    *name;		/* any bytes, "" when none */
	uint8_t *p;
	size_t   n;
	int      is_cut;	/* its end is missing: it goes as far as its data */
	int      is_sealed;	/* encrypted: it is what its sender wrote, and stays in the text too */
};

/* The first file at or after `from`: 1 and *out, to be freed by the caller (name and p); 0 when there is none. */
int uu_find(const uint8_t *p, size_t n, size_t from, struct uu_file *out);

#endif
