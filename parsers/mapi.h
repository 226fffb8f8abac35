/*
 * What winmail.dat and .msg files share: the text of a message from the three forms its body may have.
 * Knows the forms; nothing of the containers they come in.
 */
#ifndef HOERING_PARSERS_MAPI_H
#define HOERING_PARSERS_MAPI_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/text.h"

/* Each may be absent (NULL): plain text already in UTF-8, HTML in `charset`, compressed RTF (MS-OXRTFCP). */
struct mapi_body {
	const char    *plain; size_t plain_n;
	const uint8_t *html;  size_t html_n;
	const uint8_t *rtf;   size_t rtf_n;
	const char    *charset;
};

/* Appends the text of the first form that has words: plain, HTML, RTF. */
void mapi_text(const struct mapi_body *body, struct textbuf *out);

#endif
