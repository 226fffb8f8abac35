#include <glib.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/office.h"
#include "parsers/ole.h"

/* Excel's binary format ([MS-XLS], BIFF5 and BIFF8): the cells' strings and numbers, row by row; formulas by their results; then boxes and comments. */
enum { REC_FORMULA = 0x06, REC_EOF = 0x0a, REC_1904 = 0x22, REC_FILEPASS = 0x2f, REC_CONTINUE = 0x3c, REC_CODEPAGE = 0x42, REC_BOUNDSHEET = 0x85,
	REC_MULRK = 0xbd, REC_RSTRING = 0xd6, REC_XF = 0xe0, REC_TXO = 0x1b6, REC_SST = 0xfc, REC_LABELSST = 0xfd, REC_NUMBER = 0x203, REC_LABEL = 0x204,
	REC_STRING = 0x207, REC_RK = 0x27e, REC_FORMAT = 0x41e, REC_BOF = 0x809 };

struct xls {
	struct reading *r;
	struct stream   s;
	int             is_new;		/* BIFF8 */
	const char     *charset;
	GPtrArray      *strings;	/* char *, the shared ones */
	GHashTable     *dates;		/* numbers of the formats that show dates, beside those that are fixed */
	GByteArray     *is_date;	/* of each cell format */
	int             is_1904;
	uint32_t        row;
	int             encrypted;
};

/* A place within records that go on in CONTINUE records. */
struct cursor {
	const struct stream *s;
	size_t               at, end;	/* of the record at hand */
};

/* Moves into the next CONTINUE record when the one at hand is used up. 0: there is none. */
static int
has_more(struct cursor *c)
{
	while (c->at >= c->end) {
		if (stream_u16(c->s, c->end) != REC_CONTINUE || c->end + 4 > c->s->n)
			return 0;
		c->at = c->end + 4;
		c->end = MIN(c->at + stream_u16(c->s, c->end + 2), c->s->n);
	}
	return 1;
}

static void
skip(struct cursor *c, size_t n)
{
	size_t take;

	while (n > 0 && has_more(c)) {
		take = MIN(n, c->end - c->at);
		c->at += take;
		n -= take;
	}
}

/* Characters of a BIFF8 string; after a CONTINUE its width is told again. */
static void
read_characters(struct cursor *c, size_t count, int wide, struct textbuf *out)
{
	size_t take;
	size_t n;
	char  *utf8;

	while (count > 0) {
		if (c->at >= c->end) {
			if (!has_more(c))
				return;
			wide = stream_u8(c->s, c->at++) & 1;
			continue;
		}
		take = MIN(count, (c->end - c->at) / (wide ? 2 : 1));
		if (take == 0)
			return;
		if (wide)
			ole_utf16(out, c->s->p + c->at, take * 2);
		else {
			utf8 = g_convert((const char *)c->s->p + c->at, (gssize)take, "UTF-8", "ISO-8859-1", NULL, &n, NULL);
			if (utf8 != NULL)
				textbuf_add(out, utf8, n);
			g_free(utf8);
		}
		c->at += take * (wide ? 2 : 1);
		count -= take;
	}
}

/* A BIFF8 string with its count of `count_bytes`, its flags, and what formatting comes with it. */
static void
read_string(struct cursor *c, size_t count_bytes, struct textbuf *out)
{
	size_t   count, runs = 0, far_east = 0;
	uint32_t flags;

	count = count_bytes == 1 ? stream_u8(c->s, c->at) : stream_u16(c->s, c->at);
	flags = stream_u8(c->s, c->at + count_bytes);
	c->at += count_bytes + 1;
	if ((flags & 8) != 0) {
		runs = stream_u16(c->s, c->at);
		c->at += 2;
	}
	if ((flags & 4) != 0) {
		far_east = stream_u32(c->s, c->at);
		c->at += 4;
	}
	read_characters(c, count, flags & 1, out);
	skip(c, 4 * runs + far_east);
}

static void
read_shared(struct xls *x, size_t at, size_t end)
{
	struct cursor  c = { &x->s, at + 8, end };
	uint32_t       i, n = stream_u32(&x->s, at + 4);
	struct textbuf one;

	for (i = 0; i < n && i < LIMIT_RECORDS && has_more(&c); i++) {
		memset(&one, 0, sizeof one);
		read_string(&c, 2, &one);
		g_ptr_array_add(x->strings, g_strndup(one.p == NULL ? "" : one.p, one.n));
		g_free(one.p);
	}
}

static void
begin_cell(struct xls *x, uint32_t row)
{
	if (row != x->row)
		textbuf_newline(&x->r->text);
	else
		textbuf_space(&x->r->text, '\t');
	x->row = row;
}

static void
add_number(struct xls *x, double value, uint32_t cell_format)
{
	office_number(&x->r->text, value, cell_format < x->is_date->len && x->is_date->data[cell_format], x->is_1904);
}

/* A number in 30 bits: an integer or the upper half of a double, perhaps in hundredths ([MS-XLS] 2.5.217). */
static double
rk_value(uint32_t rk)
{
	double   value;
	uint64_t bits = (uint64_t)(rk & ~3U) << 32;

	if ((rk & 2) != 0)
		value = (double)((int32_t)rk >> 2);
	else
		memcpy(&value, &bits, sizeof value);
	return (rk & 1) != 0 ? value / 100 : value;
}

static double
double_at(const struct stream *s, size_t at)
{
	uint64_t bits = (uint64_t)stream_u32(s, at) | (uint64_t)stream_u32(s, at + 4) << 32;
	double   value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* A string within one record: BIFF8's own, or bytes in the code page. */
static void
add_string(struct xls *x, size_t at, size_t end, size_t count_bytes, struct textbuf *out)
{
	struct cursor c = { &x->s, at, end };
	size_t        n, count;
	char         *utf8;

	if (x->is_new) {
		read_string(&c, count_bytes, out);
		return;
	}
	count = count_bytes == 1 ? stream_u8(&x->s, at) : stream_u16(&x->s, at);
	at += count_bytes;
	if (at >= end)
		return;
	utf8 = charset_to_utf8(x->s.p + at, MIN(count, end - at), x->charset, &n, NULL);
	textbuf_add(out, utf8, n);
	g_free(utf8);
}

static void
note_format(struct xls *x, size_t at, size_t end)
{
	struct textbuf code = { NULL, 0, 0, 0 };
	uint32_t       format = stream_u16(&x->s, at);

	add_string(x, at + 2, end, x->is_new ? 2 : 1, &code);
	if (office_is_date(format, code.p))
		(void)g_hash_table_add(x->dates, GUINT_TO_POINTER(format));
	g_free(code.p);
}

static void
note_cell_format(struct xls *x, size_t at)
{
	uint32_t format = stream_u16(&x->s, at + 2);
	guint8   is_date = office_is_date(format, NULL) || g_hash_table_contains(x->dates, GUINT_TO_POINTER(format));

	g_byte_array_append(x->is_date, &is_date, 1);
}

/* Text of a box or a comment: it stands in the records that continue this one. */
static void
add_box(struct xls *x, size_t at, size_t end)
{
	struct cursor c = { &x->s, end, end };

	textbuf_newline(&x->r->text);
	read_characters(&c, stream_u16(&x->s, at + 10), 0, &x->r->text);
	textbuf_newline(&x->r->text);
}

static void
read_record(struct xls *x, uint32_t type, size_t at, size_t end)
{
	uint32_t index;
	size_t   i;

	switch (type) {
	case REC_FILEPASS: x->encrypted = 1; break;
	case REC_CODEPAGE: x->charset = charset_of_codepage(stream_u16(&x->s, at)); break;
	case REC_BOF:      x->is_new = stream_u16(&x->s, at) >= 0x600; break;
	case REC_1904:     x->is_1904 = stream_u16(&x->s, at) == 1; break;
	case REC_FORMAT:   note_format(x, at, end); break;
	case REC_XF:       note_cell_format(x, at); break;
	case REC_SST:      read_shared(x, at, end); break;
	case REC_BOUNDSHEET:
		textbuf_newline(&x->r->text);
		add_string(x, at + 6, end, 1, &x->r->text);
		break;
	case REC_LABELSST:
		begin_cell(x, stream_u16(&x->s, at));
		index = stream_u32(&x->s, at + 6);
		if (index < x->strings->len)
			textbuf_puts(&x->r->text, g_ptr_array_index(x->strings, index));
		break;
	case REC_LABEL: case REC_RSTRING:
		begin_cell(x, stream_u16(&x->s, at));
		add_string(x, at + 6, end, 2, &x->r->text);
		break;
	case REC_TXO:
		if (x->is_new)
			add_box(x, at, end);
		break;
	case REC_STRING:
		textbuf_space(&x->r->text, '\t');
		add_string(x, at, end, 2, &x->r->text);
		break;
	case REC_NUMBER:
		begin_cell(x, stream_u16(&x->s, at));
		add_number(x, double_at(&x->s, at + 6), stream_u16(&x->s, at + 4));
		break;
	case REC_FORMULA:
		begin_cell(x, stream_u16(&x->s, at));
		if (stream_u16(&x->s, at + 12) != 0xffff)
			add_number(x, double_at(&x->s, at + 6), stream_u16(&x->s, at + 4));
		break;
	case REC_RK:
		begin_cell(x, stream_u16(&x->s, at));
		add_number(x, rk_value(stream_u32(&x->s, at + 6)), stream_u16(&x->s, at + 4));
		break;
	case REC_MULRK:
		for (i = at + 4; i + 8 <= end; i += 6) {
			begin_cell(x, stream_u16(&x->s, at));
			add_number(x, rk_value(stream_u32(&x->s, i + 2)), stream_u16(&x->s, i));
		}
		break;
	default: break;
	}
}

enum text_status
read_xls(struct reading *r)
{
	struct xls x = { .r = r, .row = UINT32_MAX };
	GsfInfile *f = ole_open(r->p, r->n);
	size_t     at, n;

	if (f == NULL)
		return TEXT_CORRUPT;
	x.s = ole_stream(r->b, f, "Workbook");
	if (x.s.p == NULL)
		x.s = ole_stream(r->b, f, "Book");
	x.strings = g_ptr_array_new();
	x.dates = g_hash_table_new(NULL, NULL);
	x.is_date = g_byte_array_new();
	for (at = 0; at + 4 <= x.s.n && !r->text.full && !x.encrypted; at += 4 + n) {
		n = MIN(stream_u16(&x.s, at + 2), x.s.n - at - 4);
		read_record(&x, stream_u16(&x.s, at), at + 4, at + 4 + n);
	}
	ole_facts(r, f);
	ole_close(f);
	return x.encrypted ? TEXT_ENCRYPTED : TEXT_OK;
}
