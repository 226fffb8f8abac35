#include "parsers/text.h"

#include <glib.h>
#include <string.h>

#include "parsers/limits.h"

#define NOISE_LEAST	30	/* characters; a few signs are a smile */
#define COMBINING_RUN 30	/* UAX 15, stream-safe text format */
#define SLACK 8			/* zero bytes after a text: a letter cut at its end is looked at without harm */

void
textbuf_add(struct textbuf *b, const char *p, size_t n)
{
	if (n > LIMIT_PART_TEXT - b->n) {
		n = LIMIT_PART_TEXT - b->n;
		b->full = 1;
	}
	if (n == 0)
		return;
	if (b->n + n + SLACK > b->size) {
		b->size = MAX(b->size * 2, MAX(b->n + n + SLACK, 4096));
		b->p = g_realloc(b->p, b->size);
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	memset(b->p + b->n, 0, SLACK);
}

void
textbuf_puts(struct textbuf *b, const char *s)
{
	textbuf_add(b, s, strlen(s));
}

void
textbuf_char(struct textbuf *b, uint32_t code_point)
{
	char utf8[6];

	if (code_point == 0 || code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
		code_point = 0xfffd;
	textbuf_add(b, utf8, (size_t)g_unichar_to_utf8(code_point, utf8));
}

void
textbuf_newline(struct textbuf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '\n')
		textbuf_add(b, "\n", 1);
}

void
textbuf_space(struct textbuf *b, char c)
{
	if (b->n > 0 && strchr(" \t\n", b->p[b->n - 1]) == NULL)
		textbuf_add(b, &c, 1);
}

/* The character at p, 0xfffd for an invalid byte; *len is what it takes. */
static gunichar
next_character(const char *p, size_t n, size_t *len)
{
	gunichar c = g_utf8_get_char_validated(p, (gssize)MIN(n, 6));

	if ((unsigned char)p[0] == 0) {	/* GLib calls a NUL invalid or the end, by version */
		*len = 1;
		return 0;
	}
	if (c >= 0xfffffffe) {
		*len = 1;
		return 0xfffd;
	}
	*len = (size_t)g_unichar_to_utf8(c, NULL);
	return c;
}

/* What the control character (or other line end) at hand leaves behind: 0 nothing, else that character. */
static char
control_as(gunichar c, int after_cr, int lines)
{
	if (c == '\n' && after_cr)
		return 0;
	if (c == '\n' || c == '\r' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 || c == 0x2029)
		return lines ? '\n' : ' ';
	if (c == '\t')
		return lines ? '\t' : ' ';
	return 0;
}

static int
is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

/* Never composes with what stands before it, so a text may be cut there and its pieces brought into NFC one by one. */
static int
begins_anew(gunichar c)
{
	return c < 0x300 || (c >= 0x370 && c < 0x483) || (c >= 0x2e80 && c < 0xa000 && c != 0x3099 && c != 0x309a) ||
	    (c >= 0xac00 && c < 0xd7a4);
}

/*
 * GLib shifts the whole rest of a text at each composition, which makes a long one take for ever; hence pieces. A script
 * without a good place to cut is cut at some starter all the same.
 */
#define PIECE_BYTES	512
#define PIECE_MOST	16384

static void
add_normalised(GString *out, const char *p, const char *end)
{
	const char *q;
	char       *nfc;

	for (q = p; q < end && (unsigned char)*q < 0xcc; q++)
		;	/* below U+0300 everything is in NFC */
	nfc = q == end ? NULL : g_utf8_normalize(p, end - p, G_NORMALIZE_NFC);
	if (nfc != NULL)
		g_string_append(out, nfc);
	else
		g_string_append_len(out, p, end - p);
	g_free(nfc);
}

static struct text
normalised(GString *s)
{
	GString    *out = g_string_sized_new(s->len + 1);
	const char *from = s->str, *p, *end = s->str + s->len;
	gunichar    c;
	struct text t;

	for (p = from; p < end; p = g_utf8_next_char(p)) {
		c = g_utf8_get_char(p);
		if (p - from < PIECE_BYTES || !(begins_anew(c) || (p - from > PIECE_MOST && g_unichar_combining_class(c) == 0)))
			continue;
		add_normalised(out, from, p);
		from = p;
	}
	add_normalised(out, from, end);
	g_string_free(s, TRUE);
	t.n = out->len;
	t.p = g_string_free(out, FALSE);
	return t;
}

struct text
text_clean(const char *p, size_t n, int lines)
{
	GString *s = g_string_sized_new(n + 1);
	size_t   i = 0, len, run = 0;
	gunichar c, last = 0;
	char     kept;

	for (; i < n; i += len, last = c) {
		c = next_character(p + i, n - i, &len);
		if (is_control(c)) {
			kept = control_as(c, last == '\r', lines);
			if (kept != 0 && (lines || (s->len > 0 && s->str[s->len - 1] != ' ')))
				g_string_append_c(s, kept);
			continue;
		}
		run = c >= 0x300 && g_unichar_combining_class(c) != 0 ? run + 1 : 0;
		if (run > COMBINING_RUN)
			continue;
		if (c == 0xad && lines) {	/* a soft hyphen: where a word may be broken, perhaps where it was */
			len += i + len < n && p[i + len] == '\n';
			continue;
		}
		if (c == 0xfffd)
			g_string_append(s, "\xef\xbf\xbd");
		else
			g_string_append_len(s, p + i, (gssize)len);
	}
	while (s->len > 0 && strchr(" \t\n", s->str[s->len - 1]) != NULL)
		g_string_truncate(s, s->len - 1);
	return normalised(s);
}

int
text_has_words(struct text t)
{
	const char *p;

	for (p = t.p; p < t.p + t.n; p = g_utf8_next_char(p))
		if (g_unichar_isalnum(g_utf8_get_char(p)))
			return 1;
	return 0;
}

int
text_is_noise(const char *p, size_t n)
{
	size_t      all = 0, wordy = 0, controls = 0;
	const char *end, *stop;
	gunichar    c;

	if (n < NOISE_LEAST)
		return 0;
	for (end = p + n; p < end;) {
		if (!g_utf8_validate(p, MIN(end - p, g_utf8_skip[(unsigned char)*p]), &stop)) {
			controls++;
			p++;
			continue;
		}
		c = g_utf8_get_char(p);
		p = g_utf8_next_char(p);
		all += !(c < 0x80 && g_ascii_ispunct((char)c));	/* rules and dotted lines say nothing */
		wordy += g_unichar_isalnum(c) || g_unichar_isspace(c) || g_unichar_ismark(c);
		controls += (g_unichar_iscntrl(c) && !g_unichar_isspace(c)) || c == 0xfffd;
	}
	return all >= NOISE_LEAST && (controls * 10 > all || wordy * 10 < all * 4);
}
