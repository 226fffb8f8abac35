#include "parsers/uuencode.h"

#include <glib.h>
#include <string.h>

#define CUT_BYTES 135u	/* three whole lines of data: what has no end is a file too */

/* A line without its end; *next is where the following one begins. */
struct line {
	const uint8_t *p;
	size_t         n;
};

static struct line
line_at(const uint8_t *p, size_t n, size_t at, size_t *next)
{
	const uint8_t *eol = at < n ? memchr(p + at, '\n', n - at) : NULL;
	struct line    l = { p + at, (eol == NULL ? n : (size_t)(eol - p)) - at };

	*next = eol == NULL ? n : (size_t)(eol - p) + 1;
	if (l.n > 0 && l.p[l.n - 1] == '\r')
		l.n--;
	return l;
}

static int
is_line(struct line l, const char *s)
{
	return l.n == strlen(s) && memcmp(l.p, s, l.n) == 0;
}

static int
begins(struct line l, const char *s)
{
	return l.n > strlen(s) && memcmp(l.p, s, strlen(s)) == 0;
}

static uint8_t
uu_value(struct line l, size_t at)
{
	return at < l.n ? (uint8_t)((l.p[at] - 0x20) & 0x3f) : 0;	/* trailing spaces may have been lost on the way */
}

/* One line of data: its length, then four letters for three bytes. 0 when it is none. */
static int
uu_line(struct line l, GByteArray *out)
{
	size_t  len, i;
	uint8_t b[3];

	if (l.n == 0 || l.p[0] <= 0x20 || l.p[0] > 0x60)
		return 0;
	len = uu_value(l, 0);
	if (l.n > 1 + (len + 2) / 3 * 4 + 1)	/* some add a checksum letter */
		return 0;
	for (i = 1; i < l.n; i++)
		if (l.p[i] < 0x20 || l.p[i] > 0x60)
			return 0;
	for (i = 0; len > 0; i++) {
		b[0] = (uint8_t)(uu_value(l, 4 * i + 1) << 2 | uu_value(l, 4 * i + 2) >> 4);
		b[1] = (uint8_t)(uu_value(l, 4 * i + 2) << 4 | uu_value(l, 4 * i + 3) >> 2);
		b[2] = (uint8_t)(uu_value(l, 4 * i + 3) << 6 | uu_value(l, 4 * i + 4));
		g_byte_array_append(out, b, (guint)MIN(len, 3));
		len -= MIN(len, 3);
	}
	return 1;
}

/* "begin 644 name" has been seen; data follows until an empty line of data and "end", or is cut off. */
static int
read_uu(const uint8_t *p, size_t n, size_t at, struct uu_file *out)
{
	GByteArray *bytes = g_byte_array_new();
	struct line l;
	size_t      next;

	for (; at < n; at = next) {
		l = line_at(p, n, at, &next);
		if (is_line(l, "end") && bytes->len > 0) {
			out->end = next;
			out->n = bytes->len;
			out->p = g_byte_array_free(bytes, FALSE);
			return 1;
		}
		if (l.n > 0 && !is_line(l, " ") && !uu_line(l, bytes))
			break;
	}
	if (bytes->len < CUT_BYTES) {
		g_byte_array_free(bytes, TRUE);
		return 0;
	}
	out->is_cut = 1;
	out->end = at;
	out->n = bytes->len;
	out->p = g_byte_array_free(bytes, FALSE);
	return 1;
}

static int
read_yenc(const uint8_t *p, size_t n, size_t at, struct uu_file *out)
{
	GByteArray *bytes = g_byte_array_new();
	struct line l;
	size_t      next, i;
	uint8_t     c;

	for (; at < n; at = next) {
		l = line_at(p, n, at, &next);
		if (begins(l, "=yend")) {
			out->end = next;
			out->n = bytes->len;
			out->p = g_byte_array_free(bytes, FALSE);
			return 1;
		}
		if (begins(l, "=ypart"))
			continue;
		if (begins(l, "=ybegin"))	/* another one: this one has no end */
			break;
		for (i = 0; i < l.n; i++) {
			c = l.p[i];
			if (c == '=' && i + 1 < l.n)
				c = (uint8_t)(l.p[++i] - 64);
			c = (uint8_t)(c - 42);
			g_byte_array_append(bytes, &c, 1);
		}
	}
	g_byte_array_free(bytes, TRUE);
	return 0;
}

/* "begin ", three or four octal digits, a space, a name. */
static const uint8_t *
uu_name(struct line l)
{
	size_t i = 6;

	if (!begins(l, "begin "))
		return NULL;
	while (i < l.n && l.p[i] >= '0' && l.p[i] <= '7')
		i++;
	return (i == 9 || i == 10) && i + 1 < l.n && l.p[i] == ' ' ? l.p + i + 1 : NULL;
}

/* "=ybegin line=128 size=123 name=the rest of the line". */
static const uint8_t *
yenc_name(struct line l)
{
	const uint8_t *name = begins(l, "=ybegin ") ? memmem(l.p, l.n, " name=", 6) : NULL;

	return name == NULL || name + 6 >= l.p + l.n ? NULL : name + 6;
}

/* The armour of RFC 4880 6.2, kept as it stands: the whole of it is the file. */
static void
take_armour(const uint8_t *p, size_t n, size_t from, struct uu_file *out)
{
	static const char end[] = "-----END PGP MESSAGE-----";
	const uint8_t    *hit = memmem(p + from, n - from, end, sizeof end - 1);

	out->is_sealed = 1;
	out->is_cut = hit == NULL;
	out->begin = from;
	(void)line_at(p, n, hit == NULL ? n : (size_t)(hit - p), &out->end);
	out->n = out->end - from;
	out->p = g_memdup2(p + from, out->n);
	out->name = g_strdup("");
}

int
uu_find(const uint8_t *p, size_t n, size_t from, struct uu_file *out)
{
	const uint8_t *name;
	struct line    l;
	size_t         next;

	out->is_cut = out->is_sealed = 0;
	for (; from < n; from = next) {
		l = line_at(p, n, from, &next);
		if (is_line(l, "-----BEGIN PGP MESSAGE-----")) {
			take_armour(p, n, from, out);
			return 1;
		}
		name = uu_name(l);
		if (name != NULL ? !read_uu(p, n, next, out) : (name = yenc_name(l)) == NULL || !read_yenc(p, n, next, out))
			continue;
		out->begin = from;
		out->name = g_strndup((const char *)name, (gsize)(l.p + l.n - name));
		return 1;
	}
	return 0;
}
