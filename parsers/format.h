/*
 * The formats that can be read, and how a part's content is known to be one of them.
 * Owns the table; each reader is a file of its own and knows nothing of MIME, records or the other formats.
 */
#ifndef HOERING_PARSERS_FORMAT_H
#define HOERING_PARSERS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/message.h"
#include "parsers/text.h"

struct builder;

/* What a reader gets, and what it fills in. */
struct reading {
	struct builder *b;		/* for members and warnings */
	uint32_t        position;
	unsigned        depth;		/* of nesting; members are one deeper */
	const uint8_t  *p;
	size_t          n;
	const char     *name;		/* of the file, clean, "" when none */
	const char     *charset;	/* as labelled, or NULL */
	/* out: */
	struct textbuf   text;
	enum text_source source;	/* TEXT_DOCUMENT unless said otherwise; TEXT_NONE: the reader has filled in the part itself */
	struct text      title, author;	/* not yet clean */
	int64_t          created_at;	/* TIME_UNKNOWN unless told */
	uint32_t         pages;
	size_t          *page_at; size_t n_pages;
};

/* A file that ends too early or is broken inside, with what could be read of it. */
enum text_status damaged(struct reading *r);

/* TEXT_OK also when there turns out to be no text. A reader never fails the message: what it got before a fault stays. */
typedef enum text_status format_read(struct reading *r);

struct format {
	const char  *type;		/* media type told as found_type */
	format_read *read;		/* NULL: known, not read */
	int          is_container;	/* has members, which become attachments under it */
};

/*
 * By content first; where content does not tell, by the declared type, then by the name's ending. Never NULL: what
 * nobody knows is application/octet-stream without a reader.
 */
const struct format *format_of(const uint8_t *p, size_t n, const char *declared_type, const char *filename);

format_read read_plain, read_card, read_html, read_pdf, read_docx, read_odf, read_flat_odf, read_mail, read_archive,
    read_rtf_document, read_tnef, read_doc, read_msg, read_xls, read_ppt, read_ooxml, read_sealed,
    read_pkcs7, read_image, read_link;

#endif
