#include "base/tokens.h"

#include <string.h>

/* One code point of valid UTF-8 (RFC 3629), 0xfffd and one byte for what is not. */
static uint32_t
next_code_point(const uint8_t *p, size_t n, size_t *len)
{
	uint32_t c = p[0], min;
	size_t   need, i;

	*len = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c <= 0xdf) {
		need = 1; c &= 0x1f; min = 0x80;
	} else if (c >= 0xe0 && c <= 0xef) {
		need = 2; c &= 0x0f; min = 0x800;
	} else if (c >= 0xf0 && c <= 0xf4) {
		need = 3; c &= 0x07; min = 0x10000;
	} else
		return 0xfffd;
	if (need >= n)
		return 0xfffd;
	for (i = 1; i <= need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0xfffd;
	*len = need + 1;
	return c;
}

/* Base letters of U+00C0..U+017F; ' ' separates. Two-letter results stand in `pairs` below. */
static const char latin[] =
    "aaaaaa?ceeeeiiii" "dnooooo ouuuuy??" "aaaaaa?ceeeeiiii" "dnooooo ouuuuy?y"
    "aaaaaaccccccccdd" "ddeeeeeeeeeegggg" "gggghhhhiiiiiiii" "ii??jjkkklllllll"
    "lllnnnnnnnnnoooo" "oo??rrrrrrssssss" "ssttttttuuuuuuuu" "uuuuwwyyyzzzzzzs";

static const char *
fold_code_point(uint32_t c, char *one)
{
	static const struct { uint32_t c; const char *s; } pairs[] = {
		{ 0xc6, "ae" }, { 0xe6, "ae" }, { 0xc4, "ae" }, { 0xe4, "ae" }, { 0xde, "th" }, { 0xfe, "th" },
		{ 0xdf, "ss" }, { 0xdc, "u" }, { 0xfc, "u" }, { 0x132, "ij" }, { 0x133, "ij" }, { 0x152, "o" },
		{ 0x153, "o" }, { 0xfb00, "ff" }, { 0xfb01, "fi" }, { 0xfb02, "fl" }, { 0xfb03, "ffi" },
		{ 0xfb04, "ffl" }, { 0xfb05, "st" }, { 0xfb06, "st" },
	};
	size_t i;

	one[1] = '\0';
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
		one[0] = (char)c;
		return one;
	}
	if (c >= 'A' && c <= 'Z') {
		one[0] = (char)(c - 'A' + 'a');
		return one;
	}
	if (c < 0xc0)
		return c == 0xad ? "" : NULL;	/* a soft hyphen is nothing */
	for (i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (pairs[i].c == c)
			return pairs[i].s;
	if (c <= 0x17f) {
		one[0] = latin[c - 0xc0];
		return one[0] == ' ' || one[0] == '?' ? NULL : one;
	}
	if ((c >= 0x300 && c <= 0x36f) || c == 0x200b || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff)
		return "";
	return NULL;
}

/* Letters beyond Latin are kept as they are: Greek, Cyrillic and their like, not symbols and punctuation. */
static int
is_other_letter(uint32_t c)
{
	return (c >= 0x180 && c < 0x2000 && c != 0x37e && c != 0x387) || (c >= 0x2c00 && c < 0x2e00) ||
	    (c >= 0x3040 && c < 0xe000) || (c >= 0xf900 && c < 0xfb00) || (c >= 0xfb13 && c < 0xfd00) ||
	    (c >= 0x20000 && c < 0x30000);
}

size_t
tokens_fold(char *out, size_t out_size, const uint8_t *p, size_t n, size_t *consumed)
{
	size_t      i = 0, len, start = 0, o = 0, done = 0, k;
	uint32_t    c;
	char        one[2];
	const char *s;

	if (out_size == 0)
		return 0;
	while (i < n) {
		c = next_code_point(p + i, n - i, &len);
		s = fold_code_point(c, one);
		if (s == NULL && c != 0xfffd && is_other_letter(c)) {
			if (o + len + 2 > out_size)
				goto full;
			memcpy(out + o, p + i, len);
			o += len;
		} else if (s == NULL) {
			if (o > start) {
				if (o + 2 > out_size)
					goto full;
				out[o++] = ' ';
				start = o;
			}
			done = i + len;
		} else
			for (k = 0; s[k] != '\0'; k++) {
				if (o + 2 > out_size)
					goto full;
				if (o > start && s[k] == 'a' && out[o - 1] == 'a')
					continue;	/* aa is å */
				if (o > start && s[k] == 'e' && out[o - 1] == 'o')
					continue;	/* oe is ø */
				out[o++] = s[k];
			}
		i += len;
	}
	done = n;
	goto end;
full:
	o = start;
end:
	while (o > 0 && out[o - 1] == ' ')
		o--;
	out[o] = '\0';
	if (consumed != NULL)
		*consumed = done;
	return o;
}

const char *
tokens_next(const char *tokens, size_t n, size_t *pos, size_t *len)
{
	size_t i = *pos, start;

	while (i < n && tokens[i] == ' ')
		i++;
	if (i >= n)
		return NULL;
	start = i;
	while (i < n && tokens[i] != ' ')
		i++;
	*pos = i;
	*len = i - start;
	return tokens + start;
}

int
tokens_contain(const char *hay, size_t hay_n, const char *needle, size_t needle_n, size_t *at)
{
	const char *p = hay, *end = hay + hay_n, *hit;

	if (needle_n == 0)
		return 0;
	while ((hit = memmem(p, (size_t)(end - p), needle, needle_n)) != NULL) {
		if ((hit == hay || hit[-1] == ' ') && (hit + needle_n == end || hit[needle_n] == ' ')) {
			if (at != NULL)
				*at = (size_t)(hit - hay);
			return 1;
		}
		p = hit + 1;
	}
	return 0;
}
