#include "daemon/fetch/utf7.h"

#include <stdint.h>
#include <string.h>

/* One code point of strictly valid UTF-8 (RFC 3629) into *c; its length, or 0. */
static size_t
decode(const uint8_t *p, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t                n, i;

	n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (n <= 1) {
		*c = p[0];
		return n;
	}
	*c = p[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;	/* also at the terminating NUL */
		*c = *c << 6 | (p[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* A growing output and the bits of the base64 run it is in. */
struct writer {
	char    *out;
	size_t   size, n;
	uint32_t bits;
	unsigned n_bits;
	int      in_base64, full;
};

static void
put(struct writer *w, char c)
{
	if (w->n + 1 >= w->size)
		w->full = 1;
	else
		w->out[w->n++] = c;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static void
put_unit(struct writer *w, uint32_t unit)
{
	if (!w->in_base64)
		put(w, '&');
	w->in_base64 = 1;
	w->bits = w->bits << 16 | unit;
	for (w->n_bits += 16; w->n_bits >= 6; w->n_bits -= 6)
		put(w, base64[w->bits >> (w->n_bits - 6) & 63]);
}

static void
end_base64(struct writer *w)
{
	if (w->n_bits > 0)
		put(w, base64[w->bits << (6 - w->n_bits) & 63]);	/* zero bits fill the last character */
	if (w->in_base64)
		put(w, '-');
	w->in_base64 = 0;
	w->bits = 0;
	w->n_bits = 0;
}

int
utf7_encode(const char *utf8, char *out, size_t size)
{
	struct writer  w = { .out = out, .size = size };
	const uint8_t *p = (const uint8_t *)utf8;
	uint32_t       c;
	size_t         n;

	for (; *p != '\0'; p += n) {
		n = decode(p, &c);
		if (n == 0 || c < 0x20 || c == 0x7f)
			return -1;
		if (c < 0x80) {
			end_base64(&w);
			put(&w, (char)c);
			if (c == '&')
				put(&w, '-');
		} else if (c < 0x10000) {
			put_unit(&w, c);
		} else {
			put_unit(&w, 0xd800 + ((c - 0x10000) >> 10));
			put_unit(&w, 0xdc00 + ((c - 0x10000) & 0x3ff));
		}
	}
	end_base64(&w);
	if (w.full || size == 0)
		return -1;
	out[w.n] = '\0';
	return 0;
}
