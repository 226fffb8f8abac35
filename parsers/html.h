/*
 * HTML to the text a person sees, with its lines.
 * Owns the rules of what is visible; opens nothing, loads nothing, knows nothing of mail but its quotes.
 */
#ifndef HOERING_PARSERS_HTML_H
#define HOERING_PARSERS_HTML_H

#include <stddef.h>

#include "parsers/text.h"

struct builder;

/*
 * Appends the visible text of `p` (UTF-8). cid: references are told to `b` (may be NULL). Returns 0 when a tag with more attributes
 * than anybody writes was cut; the caller warns.
 */
#define WARNING_LONG_TAG "long-tag"
int html_text(struct builder *b, const char *p, size_t n, struct textbuf *out);

/* The character set a document claims in its first bytes (meta, XML declaration); NULL when none. */
char *html_charset(const char *p, size_t n);

#endif
