/*
 * OLE2 files ("compound documents"), the container of Microsoft's older formats: their streams, by name.
 * Owns the reading of the container through libgsf; knows no format inside it.
 */
#ifndef HOERING_PARSERS_OLE_H
#define HOERING_PARSERS_OLE_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/format.h"

typedef struct _GsfInfile GsfInfile;

/* A stream's bytes; p is NULL when there is none. The child's to keep. */
struct stream {
	uint8_t *p;
	size_t   n;
};

/* NULL when it is no OLE2 file. It refers to p. */
GsfInfile *ole_open(const uint8_t *p, size_t n);
void       ole_close(GsfInfile *f);

int           ole_has(GsfInfile *f, const char *name);
struct stream ole_stream(struct builder *b, GsfInfile *f, const char *name);
GsfInfile    *ole_storage(GsfInfile *f, const char *name);	/* ole_close() it; NULL when there is none */

/* Title, author and creation from the property set that all of them carry. */
void ole_facts(struct reading *r, GsfInfile *f);

/* Little-endian numbers within a stream; 0 beyond its end. */
uint32_t stream_u8(const struct stream *s, size_t at);
uint32_t stream_u16(const struct stream *s, size_t at);
uint32_t stream_u32(const struct stream *s, size_t at);

/* UTF-16LE appended as UTF-8: n bytes at p. */
void ole_utf16(struct textbuf *out, const uint8_t *p, size_t n);

#endif
