/*
 * Encoded words (RFC 2047) that stand side by side, so that GMime loses none of them.
 * Owns the rewriting of raw header values before they are asked for; decodes no character set.
 */
#ifndef HOERING_PARSERS_ENCODED_WORDS_H
#define HOERING_PARSERS_ENCODED_WORDS_H

#include <gmime/gmime.h>

/*
 * GMime 3.2.13 joins the base64 of adjacent words and stops at the first padding (its issue 133): the rest of a subject, a name
 * or a file's name is gone. Such words become Q words of the same bytes, which it joins rightly. Changes nothing else of `o`.
 */
void encoded_words_mend(GMimeObject *o);

/* The value of a header with that done; NULL when there is nothing to do. The caller frees it. */
char *encoded_words_apart(const char *raw);

#endif
