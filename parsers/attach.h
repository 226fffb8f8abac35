/*
 * An attachment, wherever it was found: listed, measured, recognised, and read when there is a reader.
 * Owns the order of these steps; knows no format and not where the bytes come from.
 */
#ifndef HOERING_PARSERS_ATTACH_H
#define HOERING_PARSERS_ATTACH_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/wire.h"

struct builder;

struct attached {
	uint32_t       parent;		/* position of the mail or archive it is in */
	unsigned       depth;		/* of nesting, 0 in the mail itself */
	const char    *filename;	/* any bytes, NULL when none */
	const char    *type;		/* declared, NULL when none */
	const char    *reads_as;	/* type to read it by where none was declared, else NULL */
	const char    *charset;		/* declared, NULL when none */
	const char    *content_id;	/* NULL when none */
	int            is_inline;
	const uint8_t *p;
	size_t         n;
	enum text_status known;		/* not TEXT_OK: the part is listed with this status, and read as far as there are bytes of it */
	int              is_read;	/* the caller has read what is in it: listed only */
};

/* Its position, or 0 when no more parts are listed. */
uint32_t attach(struct builder *b, const struct attached *a);

#endif
