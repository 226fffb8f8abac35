/* Digits in a text, and the blanks people put among them. */
#include <string.h>

#include "parsers/signals_parts.h"

int
is_digit_at(const struct stretch *s, size_t i)
{
	return i < s->end && g_ascii_isdigit(s->text[i]);
}

/* The character at i, 0 when none begins there; *bytes it takes. */
static gunichar
character_at(const struct stretch *s, size_t i, size_t *bytes)
{
	gunichar c = i >= s->end ? 0 : (unsigned char)s->text[i] < 0x80 ? (gunichar)s->text[i] : g_utf8_get_char_validated(s->text + i, (gssize)(s->end - i));

	if (c == (gunichar)-1 || c == (gunichar)-2)
		c = 0;
	*bytes = c == 0 ? 0 : (size_t)g_unichar_to_utf8(c, NULL);
	return c;
}

size_t
digit_at(const struct stretch *s, size_t i, char *digit)
{
	size_t   bytes;
	gunichar c = character_at(s, i, &bytes);

	if (!g_unichar_isdigit(c))
		return 0;
	*digit = (char)('0' + g_unichar_digit_value(c));
	return bytes;
}

size_t
behind_unseen(const struct stretch *s, size_t i)
{
	size_t bytes;

	while (g_unichar_type(character_at(s, i, &bytes)) == G_UNICODE_FORMAT)
		i += bytes;
	return i;
}

size_t
behind_blank(const struct stretch *s, size_t i)
{
	size_t at = behind_unseen(s, i), bytes;

	return g_unichar_type(character_at(s, at, &bytes)) == G_UNICODE_SPACE_SEPARATOR ? behind_unseen(s, at + bytes) : at;
}

size_t
spaced_digits(const struct stretch *s, size_t at, char *out, size_t max, size_t *end)
{
	size_t n = 0, i = at, next, bytes;
	char   digit;

	while (n < max && (bytes = digit_at(s, i, &digit)) > 0) {
		out[n++] = digit;
		*end = i += bytes;
		next = behind_blank(s, i);
		if (next == i && i < s->end && s->text[i] == '.')
			next = i + 1;
		if (digit_at(s, next, &digit) > 0)
			i = next;
	}
	out[n] = '\0';
	return n;
}
