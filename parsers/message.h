/*
 * One message as the parser has read it: envelope, headers, and the text of every part with its place.
 * Plain data, built by parsers/build.h and read by signals_emit(); knows nothing of MIME, formats or records.
 *
 * All text is clean: valid UTF-8 in NFC, no control characters but \n and \t, lines ended by \n, NUL-terminated.
 * Everything lives until the child exits; nobody frees.
 */
#ifndef HOERING_PARSERS_MESSAGE_H
#define HOERING_PARSERS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/wire.h"

/* One header field of a mail, in the order they stand. */
struct header {
	const char *name;	/* lower case */
	const char *value;	/* unfolded, RFC 2047 decoded, clean */
};

/* The head of a mail: of the message itself, or of a mail attached to it. */
struct mail_head {
	struct envelope      envelope;
	const struct header *headers; size_t n_headers;
	const char          *content_type;	/* of the whole mail, lower case: "multipart/report"; "text/plain" when none */
	const char          *report_type;	/* parameter report-type of it, lower case, "" when none */
};

/* Where the text of a part came from. */
enum text_source { TEXT_NONE = 0, TEXT_PLAIN, TEXT_HTML, TEXT_DOCUMENT };

/* One place where text stands. [0] of a message is its own body; [i] is the attachment of position i. */
struct text_part {
	struct part             info;		/* as on the wire; of [0] only position, parent and text_status count */
	struct text             text;		/* "" when there is none */
	enum text_source        source;
	size_t                  rest_at;	/* from here on stands what is in another alternative alone; 0: nothing does */
	const size_t           *page_at; size_t n_pages;	/* byte offset in `text` of each page's start; none: unknown */
	const struct mail_head *mail;		/* of an attached mail: its head; its body is `text`. NULL else; [0]: the mail's */
};

struct message {
	const struct text_part *parts; size_t n_parts;	/* at least 1 */
	int                     is_document;	/* no mail at all but one document, as part 1; the envelope is empty */
};

/* The first header of that (lower-case) name; NULL when there is none. */
const char *mail_header(const struct mail_head *h, const char *name);

#endif
