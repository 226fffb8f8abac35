/*
 * Bytes in some character set to UTF-8, also where the label is missing or lies.
 * Owns the guess; knows nothing of MIME. Opens no file after charset_warm_up().
 */
#ifndef HOERING_PARSERS_CHARSET_H
#define HOERING_PARSERS_CHARSET_H

#include <stddef.h>
#include <stdint.h>

/* Loads the tables of every usual character set, before the lock is put on. */
void charset_warm_up(void);

/*
 * To UTF-8, whatever comes in; what cannot be said becomes U+FFFD. `charset`: as labelled, or NULL. *out_n gets the length;
 * the text is not yet clean (text_clean()). *guessed (may be NULL) is 1 when the label did not decide.
 * Rules: a byte order mark decides; no label, us-ascii or an unknown one: UTF-8 where valid, else windows-1252;
 * iso-8859-1 is windows-1252; a text labelled with one byte a letter that is valid UTF-8 beyond doubt is UTF-8.
 */
char *charset_to_utf8(const uint8_t *p, size_t n, const char *charset, size_t *out_n, int *guessed);

/* A Windows code page by its number (rtf, doc, msg) to the name for charset_to_utf8(); NULL when unknown. */
const char *charset_of_codepage(unsigned codepage);

/* The Windows code page in which a language (a locale identifier, LCID) was written before Unicode. */
unsigned charset_codepage_of_language(unsigned lcid);

#endif
