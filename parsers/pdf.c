#include "parsers/pdf.h"

#include <cairo.h>
#include <poppler.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/garbled.h"
#include "parsers/limits.h"
#include "parsers/ocr.h"

/* The smallest document with a word in it; poppler mends the missing table of references. */
static const char warm_up_document[] =
    "%PDF-1.4\n"
    "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
    "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj\n"
    "4 0 obj <</Length 36>> stream\nBT /F 12 Tf 10 10 Td (warm) Tj ET   \nendstream endobj\n"
    "5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>> endobj\n"
    "trailer <</Root 1 0 R/Size 6>>\n%%EOF\n";

void
pdf_warm_up(void)
{
	GBytes          *bytes = g_bytes_new_static(warm_up_document, sizeof warm_up_document - 1);
	PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);
	PopplerPage     *page = document == NULL ? NULL : poppler_document_get_page(document, 0);

	if (page != NULL)
		g_free(poppler_page_get_text(page));
	/* never freed: it keeps poppler's global state alive */
}

static struct text
taken(char *s)
{
	return text_of(s == NULL ? "" : s);
}

/* A line of its own, unless the page shows it already. */
static void
add_value(struct textbuf *out, const char *value)
{
	if (value == NULL || (out->n > 0 && memmem(out->p, out->n, value, strlen(value)) != NULL))
		return;
	textbuf_newline(out);
	textbuf_puts(out, value);
}

/* What was chosen of a list, or typed where that is allowed. */
static void
add_choice(PopplerFormField *field, struct textbuf *out)
{
	char *value;
	int   i, n = poppler_form_field_choice_get_n_items(field);

	for (i = 0; i < n; i++) {
		if (!poppler_form_field_choice_is_item_selected(field, i))
			continue;
		value = poppler_form_field_choice_get_item(field, i);
		add_value(out, value);
		g_free(value);
	}
	value = poppler_form_field_choice_is_editable(field) ? poppler_form_field_choice_get_text(field) : NULL;
	add_value(out, value);
	g_free(value);
}

/* A mark says little without what it stands at, which only the field's name tells. */
static void
add_mark(PopplerFormField *field, struct textbuf *out)
{
	char *name;

	if (poppler_form_field_button_get_button_type(field) == POPPLER_FORM_BUTTON_PUSH || !poppler_form_field_button_get_state(field))
		return;
	name = poppler_form_field_get_alternate_ui_name(field);
	if (name == NULL)
		name = poppler_form_field_get_partial_name(field);
	textbuf_newline(out);
	textbuf_puts(out, "[x] ");
	textbuf_puts(out, name == NULL ? "" : name);
	g_free(name);
}

/* What is filled into forms is no part of the page's own text. */
static void
add_fields(PopplerPage *page, struct textbuf *out)
{
	GList *mapping = poppler_page_get_form_field_mapping(page), *at;
	char  *value;

	for (at = mapping; at != NULL; at = at->next) {
		PopplerFormField *field = ((PopplerFormFieldMapping *)at->data)->field;

		switch (poppler_form_field_get_field_type(field)) {
		case POPPLER_FORM_FIELD_TEXT:
			value = poppler_form_field_text_get_text(field);
			add_value(out, value);
			g_free(value);
			break;
		case POPPLER_FORM_FIELD_CHOICE: add_choice(field, out); break;
		case POPPLER_FORM_FIELD_BUTTON: add_mark(field, out); break;
		default: break;
		}
	}
	poppler_page_free_form_field_mapping(mapping);
}

static void
add_annotations(PopplerPage *page, struct textbuf *out)
{
	GList *mapping = poppler_page_get_annot_mapping(page), *at;
	char  *value;

	for (at = mapping; at != NULL; at = at->next) {
		PopplerAnnot *annot = ((PopplerAnnotMapping *)at->data)->annot;

		if (poppler_annot_get_annot_type(annot) == POPPLER_ANNOT_WIDGET)
			continue;
		value = poppler_annot_get_contents(annot);
		if (value != NULL && value[0] != '\0' &&
		    (out->n == 0 || memmem(out->p, out->n, value, strlen(value)) == NULL)) {
			textbuf_newline(out);
			textbuf_puts(out, "[kommentar] ");
			textbuf_puts(out, value);
		}
		g_free(value);
	}
	poppler_page_free_annot_mapping(mapping);
}

/*
 * The text as poppler gives it runs what stands in neighbouring cells and columns together; where two letters stand apart by
 * more than this part of a letter's size, there is a border between words, on the same line or not.
 */
#define GAP 0.3

static double
apart(double from1, double to1, double from2, double to2)
{
	return MAX(0, MAX(from2 - to1, from1 - to2));
}

static char
border(const PopplerRectangle *a, const PopplerRectangle *b)
{
	const double size = MIN(MAX(a->x2 - a->x1, a->y2 - a->y1), MAX(b->x2 - b->x1, b->y2 - b->y1));

	if (apart(a->y1, a->y2, b->y1, b->y2) > GAP * size)
		return '\n';
	return apart(a->x1, a->x2, b->x1, b->x2) > GAP * size ? ' ' : '\0';
}

static void
add_page_text(PopplerPage *page, struct textbuf *out)
{
	char             *text = poppler_page_get_text(page);
	PopplerRectangle *at = NULL;
	guint             n = 0, i;
	const char       *p, *next;
	char              c;

	if (text == NULL)
		return;
	(void)poppler_page_get_text_layout(page, &at, &n);
	for (p = text, i = 0; *p != '\0'; p = next, i++) {
		next = g_utf8_next_char(p);
		if (i > 0 && i < n && !g_ascii_isspace(p[0]) && !g_ascii_isspace(p[-1]) && (c = border(&at[i - 1], &at[i])) != '\0')
			textbuf_add(out, &c, 1);
		textbuf_add(out, p, (size_t)(next - p));
	}
	g_free(at);
	g_free(text);
}

/* A page without words may be a picture of one. It is drawn, at the resolution OCR is best at, on white paper. */
#define OCR_DPI		300
#define OCR_MOST_PIXELS	8000	/* in either direction: A3 and a little more; larger paper is drawn smaller */

static cairo_surface_t *
drawn(PopplerPage *page, double *dpi)
{
	double           width, height;
	cairo_surface_t *s;
	cairo_t         *c;

	poppler_page_get_size(page, &width, &height);
	if (!(width > 1 && height > 1))
		return NULL;
	*dpi = MIN(OCR_DPI, 72 * OCR_MOST_PIXELS / MAX(width, height));
	s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width * *dpi / 72), (int)(height * *dpi / 72));
	c = cairo_create(s);
	cairo_set_source_rgb(c, 1, 1, 1);
	cairo_paint(c);
	cairo_scale(c, *dpi / 72, *dpi / 72);
	poppler_page_render(page, c);
	cairo_destroy(c);
	cairo_surface_flush(s);
	return s;
}

/* One byte a pixel; NULL when the page is none. */
static uint8_t *
gray_picture(cairo_surface_t *s, int width, int height)
{
	const int       stride = cairo_image_surface_get_stride(s);
	const uint8_t  *data = cairo_image_surface_get_data(s);
	const uint32_t *row;
	uint8_t        *gray;
	int             x, y;

	if (data == NULL || width < OCR_LEAST_PIXELS || height < OCR_LEAST_PIXELS)
		return NULL;
	gray = g_malloc((gsize)width * (gsize)height);
	for (y = 0; y < height; y++) {
		row = (const uint32_t *)(const void *)(data + (ptrdiff_t)y * stride);
		for (x = 0; x < width; x++)
			gray[(size_t)y * (size_t)width + (size_t)x] =
			    (uint8_t)((77 * (row[x] >> 16 & 255) + 150 * (row[x] >> 8 & 255) + 29 * (row[x] & 255)) >> 8);
	}
	return gray;
}

/* 1 when there was text on it. */
static int
add_picture(PopplerPage *page, struct textbuf *out)
{
	double           dpi = 0;
	cairo_surface_t *s = drawn(page, &dpi);
	uint8_t         *gray;
	int              width, height, found = 0;

	if (s == NULL)
		return 0;
	width = cairo_image_surface_get_width(s);
	height = cairo_image_surface_get_height(s);
	gray = gray_picture(s, width, height);
	if (gray != NULL)
		found = ocr_pixels(gray, width, height, (int)dpi, out);
	g_free(gray);
	cairo_surface_destroy(s);
	return found;
}

/* What the pages have as text, and whether it is what they show: that is told by all of them together. */
struct shown {
	struct textbuf *pages;
	int             n, is_garbled;
	unsigned        by_ocr;
};

static void
look(PopplerDocument *document, struct shown *shown)
{
	struct textbuf all = { NULL, 0, 0, 0 };
	PopplerPage   *page;
	int            i;

	for (i = 0; i < shown->n && !all.full; i++) {
		page = poppler_document_get_page(document, i);
		if (page == NULL)
			continue;
		add_page_text(page, &shown->pages[i]);
		textbuf_newline(&all);
		textbuf_add(&all, shown->pages[i].p, shown->pages[i].n);
		g_object_unref(page);
	}
	shown->is_garbled = all.n > 0 && text_is_garbled(all.p, all.n);
	g_free(all.p);
}

/* Each page is cleaned by itself, so that the offsets of the pages stay true. Where its text is none, that is left out. */
static void
add_page(struct reading *r, PopplerPage *page, struct textbuf *own, struct shown *shown)
{
	struct text clean;

	if (own->n > 0 && (shown->is_garbled || !text_has_words((struct text){ own->p, own->n })))
		own->n = 0;
	if (own->n == 0 && ocr_is_on() && shown->by_ocr < LIMIT_OCR_PAGES)
		shown->by_ocr += (unsigned)add_picture(page, own);
	add_fields(page, own);
	add_annotations(page, own);
	clean = text_clean(own->p == NULL ? "" : own->p, own->n, 1);
	textbuf_newline(&r->text);
	r->page_at[r->n_pages++] = r->text.n;
	textbuf_add(&r->text, clean.p, clean.n);
}

static enum text_status
read_pages(struct reading *r, PopplerDocument *document)
{
	struct shown shown = { .n = MAX(poppler_document_get_n_pages(document), 0) };
	PopplerPage *page;
	int          i;

	r->title = taken(poppler_document_get_title(document));
	r->author = taken(poppler_document_get_author(document));
	if (poppler_document_get_creation_date_time(document) != NULL)
		r->created_at = g_date_time_to_unix(poppler_document_get_creation_date_time(document));
	r->pages = (uint32_t)shown.n;
	r->page_at = g_new0(size_t, (gsize)shown.n + 1);
	shown.pages = g_new0(struct textbuf, (gsize)shown.n + 1);
	look(document, &shown);
	for (i = 0; i < shown.n && !r->text.full; i++) {
		page = poppler_document_get_page(document, i);
		if (page == NULL)
			continue;
		add_page(r, page, &shown.pages[i], &shown);
		g_free(shown.pages[i].p);
		g_object_unref(page);
	}
	if (shown.by_ocr > 0)
		build_warn(r->b, r->position, "ocr", "%u of its pages are pictures and were read by OCR", shown.by_ocr);
	return shown.is_garbled && shown.by_ocr == 0 ? TEXT_GARBLED : TEXT_OK;
}

enum text_status
read_pdf(struct reading *r)
{
	GBytes          *bytes = g_bytes_new_static(r->p, r->n);
	GError          *error = NULL;
	PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, &error);
	enum text_status status;

	if (document == NULL)
		return g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? TEXT_ENCRYPTED : TEXT_CORRUPT;
	status = read_pages(r, document);
	g_object_unref(document);
	return status;
}
