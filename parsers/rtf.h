/*
 * Rich Text Format to its text, also the HTML that Outlook hides in it.
 * Owns the reader; the attachment reader is in the table of format.h.
 */
#ifndef HOERING_PARSERS_RTF_H
#define HOERING_PARSERS_RTF_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/text.h"

/* Appends the text of `p`. */
void rtf_text(const uint8_t *p, size_t n, struct textbuf *out);

#endif
