/* Digits in a text, and the blanks people put among them. */
#include <string.h>

#include "parsers/signals_parts.h"

int
is_digit_at(const struct stretch *s, size_t i)
{
	return i < s->end && g_ascii_isdigit(s->text[i]);
}

size_t
behind_blank(const struct stretch *s, size_t i)
{
	if (i < s->end && s->text[i] == ' ')
		return i + 1;
	return i + 1 < s->end && memcmp(s->text + i, "\xc2\xa0", 2) == 0 ? i + 2 : i;
}

size_t
spaced_digits(const struct stretch *s, size_t at, char *out, size_t max, size_t *end)
{
	size_t n = 0, i = at, next;

	while (n < max && is_digit_at(s, i)) {
		out[n++] = s->text[i++];
		*end = i;
		next = behind_blank(s, i);
		if (next == i && i < s->end && s->text[i] == '.')
			next = i + 1;
		if (is_digit_at(s, next))
			i = next;
	}
	out[n] = '\0';
	return n;
}
