/*
 * Plain text as mail programs send it: format=flowed put back into paragraphs.
 * Owns RFC 3676; knows no character set.
 */
#ifndef HOERING_PARSERS_PLAIN_H
#define HOERING_PARSERS_PLAIN_H

#include <stddef.h>

#include "parsers/text.h"

/* Appends `p` (UTF-8) with its flowed lines joined (RFC 3676); `delsp`: the trailing space goes too. */
void plain_flowed(const char *p, size_t n, int delsp, struct textbuf *out);

#endif
