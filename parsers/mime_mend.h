/*
 * Mails whose structure is broken, made such that it can be read: line ends, headers that do not end, multiparts without their delimiter.
 * Owns the guesses, each of which needs its mark in the bytes; a sound mail is left alone. Knows nothing of parts and texts.
 */
#ifndef HOERING_PARSERS_MIME_MEND_H
#define HOERING_PARSERS_MIME_MEND_H

#include <stddef.h>
#include <stdint.h>

/* The mail with line ends and the end of its headers mended, and the fault in words; NULL when there is nothing to mend. */
uint8_t *mend_mail(const uint8_t *p, size_t n, size_t *out_n, const char **fault);

/*
 * A multipart none of whose parts was found: `preamble` is all that is in it. An entity with the delimiter that stands in
 * there after all, or, where there is none, with all of it as a text. Never NULL.
 */
char *mend_multipart(const char *type, const char *preamble);

#endif
