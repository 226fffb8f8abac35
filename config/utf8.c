#include "config/utf8.h"

#include <stdint.h>

unsigned
utf8_next(const char *text, size_t n, size_t *len)
{
	const uint8_t *p = (const uint8_t *)text;
	unsigned c, least;
	size_t   more;

	*len = 1;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		more = 1; c = p[0] & 0x1fu; least = 0x80;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		more = 2; c = p[0] & 0x0fu; least = 0x800;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		more = 3; c = p[0] & 0x07u; least = 0x10000;
	} else
		return 0xfffd;
	if (more >= n)
		return 0xfffd;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0xfffd;
	*len = more + 1;
	return c;
}

size_t
utf8_sound(const char *p, size_t n)
{
	size_t i = 0, len;

	while (i < n && p[i] != '\0') {
		if (utf8_next(p + i, n - i, &len) == 0xfffd && len == 1)
			break;
		i += len;
	}
	return i;
}

int
utf8_is_control(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
	    c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void
utf8_print(FILE *out, const char *p, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		unsigned c = utf8_next(p + i, n - i, &len);

		if (utf8_is_control(c) || (c == 0xfffd && len == 1)) {
			for (size_t k = 0; k < len; k++)
				(void)fprintf(out, "\\x%02x", (uint8_t)p[i + k]);
		} else
			(void)fwrite(p + i, 1, len, out);
	}
}
