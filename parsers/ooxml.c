#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/office.h"
#include "parsers/xml.h"
#include "parsers/zip.h"

/* Excel's and PowerPoint's XML (ECMA-376): good enough to search and to read; Word's has a file of its own. */
struct package {
	struct reading *r;
	GPtrArray      *sheets;		/* struct member: sheets or slides, sorted by the number in their names */
	struct member   strings, core;
	struct member   styles;
	GPtrArray      *shared;		/* char *, xlsx */
	GHashTable     *dates;		/* numbers of the formats that show dates, beside those that are fixed */
	GByteArray     *is_date;	/* of each cell format */
	int             is_1904;
};

static unsigned
number_in(const char *name)
{
	const char *p = strrchr(name, '/');

	p = p == NULL ? name : p;
	while (*p != '\0' && !g_ascii_isdigit(*p))
		p++;
	return (unsigned)strtoul(p, NULL, 10);
}

static int
is_sheet(const char *name)
{
	static const char *const starts[] = { "xl/worksheets/sheet", "ppt/slides/slide", "ppt/notesSlides/notesSlide", "xl/comments",
		"ppt/comments/", "ppt/diagrams/data", "xl/drawings/drawing" };
	size_t i;

	for (i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (g_str_has_prefix(name, starts[i]) && g_str_has_suffix(name, ".xml"))
			return 1;
	return 0;
}

static int
is_wanted(void *ctx, const char *name)
{
	(void)ctx;
	return is_sheet(name) || strcmp(name, "xl/sharedStrings.xml") == 0 || strcmp(name, "xl/styles.xml") == 0 || strcmp(name, "docProps/core.xml") == 0 ||
	    strcmp(name, "xl/workbook.xml") == 0;
}

static int
take(void *ctx, const struct member *m)
{
	struct package *k = ctx;
	struct member  *copy;

	if (strcmp(m->name, "xl/sharedStrings.xml") == 0)
		k->strings = *m;
	else if (strcmp(m->name, "xl/styles.xml") == 0)
		k->styles = *m;
	else if (strcmp(m->name, "docProps/core.xml") == 0)
		k->core = *m;
	else {
		copy = g_new(struct member, 1);
		*copy = *m;
		copy->name = g_strdup(m->name);
		g_ptr_array_add(k->sheets, copy);
	}
	return 1;
}

/* Workbook first, for the sheets' names; then by folder and number. */
static gint
in_order(gconstpointer a, gconstpointer b)
{
	const struct member *x = *(struct member *const *)a, *y = *(struct member *const *)b;
	const char          *xs = strrchr(x->name, '/'), *ys = strrchr(y->name, '/');
	const long           xd = xs - x->name, yd = ys - y->name;
	int                  c;

	if (strcmp(x->name, "xl/workbook.xml") == 0 || strcmp(y->name, "xl/workbook.xml") == 0)
		return strcmp(x->name, "xl/workbook.xml") == 0 ? -1 : 1;
	if (xd != yd || strncmp(x->name, y->name, (size_t)xd) != 0) {
		c = strcmp(x->name, y->name);
		return g_str_has_prefix(x->name, "xl/worksheets") || g_str_has_prefix(x->name, "ppt/slides") ? -1 :
		    g_str_has_prefix(y->name, "xl/worksheets") || g_str_has_prefix(y->name, "ppt/slides") ? 1 : c;
	}
	return number_in(x->name) < number_in(y->name) ? -1 : number_in(x->name) > number_in(y->name);
}

struct heard {
	struct package *k;
	struct textbuf *out;		/* of this file; of one shared string while those are read */
	GString        *value;		/* of the cell at hand */
	int             in_text, in_value, is_shared, is_number, is_date, in_phonetic;
};

static unsigned
number_attribute(const struct xml_element *e, const char *name)
{
	char    *value = xml_attribute(e, name);
	unsigned number = value == NULL ? 0 : (unsigned)strtoul(value, NULL, 10);

	g_free(value);
	return number;
}

/* styles.xml: what number formats there are, and which of them each cell format has. */
struct styles {
	struct package *k;
	int             in_cells;
};

static void
on_style(void *ctx, const struct xml_element *e)
{
	struct styles *s = ctx;
	unsigned       format = number_attribute(e, "numFmtId");
	char          *code;
	guint8         is_date;

	if (strcmp(e->name, "cellXfs") == 0)
		s->in_cells = 1;
	else if (strcmp(e->name, "numFmt") == 0) {
		code = xml_attribute(e, "formatCode");
		if (office_is_date(format, code))
			(void)g_hash_table_add(s->k->dates, GUINT_TO_POINTER(format));
		g_free(code);
	} else if (s->in_cells && strcmp(e->name, "xf") == 0) {
		is_date = office_is_date(format, NULL) || g_hash_table_contains(s->k->dates, GUINT_TO_POINTER(format));
		g_byte_array_append(s->k->is_date, &is_date, 1);
	}
}

static void
on_style_end(void *ctx, const char *name, const char *ns)
{
	struct styles *s = ctx;

	(void)ns;
	if (strcmp(name, "cellXfs") == 0)
		s->in_cells = 0;
}

static void
begin_cell(struct heard *h, const struct xml_element *e)
{
	char          *type = xml_attribute(e, "t");
	const unsigned format = number_attribute(e, "s");

	h->is_shared = type != NULL && strcmp(type, "s") == 0;
	h->is_number = type == NULL || strcmp(type, "n") == 0;
	h->is_date = format < h->k->is_date->len && h->k->is_date->data[format];
	g_free(type);
}

/* Also what a comment on a slide says, which is no run of letters. */
static int
is_text(const char *name, const char *ns)
{
	return strcmp(name, "t") == 0 || (strcmp(name, "text") == 0 && xml_is_ns(ns, "presentationml"));
}

static void
on_start(void *ctx, const struct xml_element *e)
{
	struct heard *h = ctx;
	char         *value;

	if (is_text(e->name, e->ns))
		h->in_text = 1;
	else if (strcmp(e->name, "rPh") == 0)	/* how a word is said, not the word */
		h->in_phonetic = 1;
	else if (strcmp(e->name, "c") == 0)
		begin_cell(h, e);
	else if (strcmp(e->name, "workbookPr") == 0)
		h->k->is_1904 = (value = xml_attribute(e, "date1904")) != NULL && strchr("1t", value[0]) != NULL;
	else if (strcmp(e->name, "v") == 0) {
		h->in_value = 1;
		g_string_truncate(h->value, 0);
	} else if (strcmp(e->name, "sheet") == 0 && (value = xml_attribute(e, "name")) != NULL) {
		textbuf_newline(h->out);
		textbuf_puts(h->out, value);
		g_free(value);
	} else if (strcmp(e->name, "br") == 0)
		textbuf_add(h->out, "\n", 1);
}

static void
end_value(struct heard *h)
{
	unsigned long index;

	h->in_value = 0;
	if (h->is_number && h->is_date && h->value->len > 0) {
		office_number(h->out, g_ascii_strtod(h->value->str, NULL), 1, h->k->is_1904);
		return;
	}
	if (!h->is_shared) {
		textbuf_puts(h->out, h->value->str);
		return;
	}
	index = strtoul(h->value->str, NULL, 10);
	if (index < h->k->shared->len)
		textbuf_puts(h->out, g_ptr_array_index(h->k->shared, index));
}

static void
on_end(void *ctx, const char *n, const char *ns)
{
	struct heard *h = ctx;

	if (is_text(n, ns))
		h->in_text = 0;
	else if (strcmp(n, "rPh") == 0)
		h->in_phonetic = 0;
	else if (strcmp(n, "v") == 0)
		end_value(h);
	else if (strcmp(n, "c") == 0 || strcmp(n, "tc") == 0)
		textbuf_space(h->out, '\t');
	else if (strcmp(n, "row") == 0 || strcmp(n, "p") == 0 || strcmp(n, "tr") == 0 || strcmp(n, "comment") == 0 || strcmp(n, "cm") == 0)
		textbuf_newline(h->out);
	else if (strcmp(n, "si") == 0) {
		g_ptr_array_add(h->k->shared, g_strndup(h->out->p == NULL ? "" : h->out->p, h->out->n));
		h->out->n = 0;
	}
}

static void
on_characters(void *ctx, const char *p, size_t n)
{
	struct heard *h = ctx;

	if (h->in_value && h->value->len < LIMIT_SIGNAL_BYTES)
		g_string_append_len(h->value, p, (gssize)MIN(n, LIMIT_SIGNAL_BYTES));
	else if (h->in_text && !h->in_phonetic)
		textbuf_add(h->out, p, n);
}

enum text_status
read_ooxml(struct reading *r)
{
	static const struct xml_handler handler = { on_start, on_end, on_characters };
	static const struct xml_handler styles = { on_style, on_style_end, NULL };
	struct package k = { .r = r, .sheets = g_ptr_array_new(), .shared = g_ptr_array_new(), .dates = g_hash_table_new(NULL, NULL),
		.is_date = g_byte_array_new() };
	struct styles  s = { &k, 0 };
	struct textbuf one = { NULL, 0, 0, 0 };
	struct heard   h = { .k = &k, .out = &one, .value = g_string_new(NULL) };
	enum zip_end   end = zip_walk(r->b, r->p, r->n, is_wanted, take, &k);
	struct member *m;
	guint          i;

	if (k.styles.p != NULL)
		(void)xml_read(k.styles.p, k.styles.n, &styles, &s);
	if (k.strings.p != NULL)
		(void)xml_read(k.strings.p, k.strings.n, &handler, &h);
	g_ptr_array_sort(k.sheets, in_order);
	h.out = &r->text;
	for (i = 0; i < k.sheets->len && !r->text.full; i++) {
		m = g_ptr_array_index(k.sheets, i);
		h.in_text = h.in_value = h.in_phonetic = 0;
		textbuf_newline(&r->text);
		r->pages += (uint32_t)g_str_has_prefix(m->name, "ppt/slides/");
		(void)xml_read(m->p, m->n, &handler, &h);
	}
	if (k.core.p != NULL)
		office_core(r, k.core.p, k.core.n);
	return office_status(r, end, k.sheets->len > 0);
}
