/*
 * The alternatives of a mail, which should say the same (RFC 2046, 5.1.4) and do not always: which of them is the letter, and what
 * only the other one says. Owns the comparison of their words; must not know MIME, nor what the words mean.
 */
#ifndef HOERING_PARSERS_ALTERNATIVE_H
#define HOERING_PARSERS_ALTERNATIVE_H

struct textbuf;

/* 1 when the HTML is the letter: it has clearly more words, or most of the plain text's (a stub) are not in it. */
int alternative_is_html(const struct textbuf *plain, const struct textbuf *html);

/* Adds to `rest` the lines of `other` that hold a word which is not in `letter`. */
void alternative_rest(const struct textbuf *letter, const struct textbuf *other, struct textbuf *rest);

#endif
