/*
 * Whether the text of a document is what its pages show: a table from shapes to letters may be wrong, and nobody notices on paper.
 * Owns the measures; knows no format, and of languages only what those written in Latin letters have in common.
 */
#ifndef HOERING_PARSERS_GARBLED_H
#define HOERING_PARSERS_GARBLED_H

#include <stddef.h>

/*
 * `p`: valid UTF-8 as the document gives it, not yet clean. 1 when much of it is not what the page shows: other scripts, private and
 * replacement characters in words; control characters for letters; letters as often as in no language, or a common one never.
 */
int text_is_garbled(const char *p, size_t n);

#endif
