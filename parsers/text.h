/*
 * Text as it is gathered and as it is kept: a growing buffer with a ceiling, and the cleaning to valid UTF-8 in NFC.
 * Owns buffers only; knows nothing of formats. Runs out of memory by ending the process (GLib's way): it is the child.
 */
#ifndef HOERING_PARSERS_TEXT_H
#define HOERING_PARSERS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "parsers/wire.h"

/* A zeroed one is empty; else NUL-terminated. What is added beyond LIMIT_PART_TEXT is left out and remembered in `full`. */
struct textbuf {
	char  *p;
	size_t n, size;
	int    full;
};

void textbuf_add(struct textbuf *b, const char *p, size_t n);
void textbuf_puts(struct textbuf *b, const char *s);
void textbuf_char(struct textbuf *b, uint32_t code_point);

/* Ends the line unless the text is empty or already stands at the start of one. */
void textbuf_newline(struct textbuf *b);
/* A separator between words: one space, tab or nothing where one is already. */
void textbuf_space(struct textbuf *b, char c);

/*
 * Clean text from bytes that should be UTF-8: invalid bytes become U+FFFD, CR and CRLF become \n, soft hyphens (of lines) and other control characters
 * vanish (or, where `lines` is 0, all of them and line ends become one space), then NFC. Trailing white space of the whole is cut.
 * Runs of more than 30 combining marks are cut, so that normalising stays linear (UAX 15, stream-safe text).
 */
struct text text_clean(const char *p, size_t n, int lines);

/* Nobody sees it by itself: it turns the direction of others, joins or parts them (Unicode's Cf, save those of Arabic numbers). */
static inline int
text_is_format(uint32_t c)
{
	return c >= 0xad && g_unichar_type(c) == G_UNICODE_FORMAT && !((c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x8e2);
}

/* A name is compared and shown without what nobody sees: a copy to be freed, NULL where there is nothing of it. */
static inline char *
text_without_format(const char *p)
{
	const char *c;
	GString    *out;

	for (c = p; (unsigned char)*c != 0 && ((unsigned char)*c < 0x80 || !text_is_format(g_utf8_get_char(c))); c = g_utf8_next_char(c))
		;
	if (*c == '\0')
		return NULL;
	out = g_string_new_len(p, c - p);
	for (; *c != '\0'; c = g_utf8_next_char(c))
		if (!text_is_format(g_utf8_get_char(c)))
			g_string_append_unichar(out, g_utf8_get_char(c));
	return g_string_free(out, FALSE);
}

/* Letters and digits in it: 0 tells that there is no text however long it is. */
int text_has_words(struct text t);

/* A tenth of what should be UTF-8 text is control characters, or less than four tenths letters, digits and spaces: it was something else. */
int text_is_noise(const char *p, size_t n);

#endif
