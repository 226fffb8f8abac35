#include "parsers/ole.h"

#include <glib.h>
#include <gsf/gsf.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/limits.h"

GsfInfile *
ole_open(const uint8_t *p, size_t n)
{
	GsfInput  *input = gsf_input_memory_new(p, (gsf_off_t)n, FALSE);
	GsfInfile *f = input == NULL ? NULL : gsf_infile_msole_new(input, NULL);

	if (input != NULL)
		g_object_unref(input);
	return f;
}

void
ole_close(GsfInfile *f)
{
	if (f != NULL)
		g_object_unref(f);
}

/* Names in the container have no case ([MS-CFB] 2.6.4). */
static GsfInput *
child_of(GsfInfile *f, const char *name)
{
	const char *own;
	int         i, n = gsf_infile_num_children(f);

	for (i = 0; i < n; i++) {
		own = gsf_infile_name_by_index(f, i);
		if (own != NULL && g_ascii_strcasecmp(own, name) == 0)
			return gsf_infile_child_by_index(f, i);
	}
	return NULL;
}

int
ole_has(GsfInfile *f, const char *name)
{
	GsfInput *child = child_of(f, name);

	if (child == NULL)
		return 0;
	g_object_unref(child);
	return 1;
}

struct stream
ole_stream(struct builder *b, GsfInfile *f, const char *name)
{
	GsfInput     *child = child_of(f, name);
	struct stream s = { NULL, 0 };
	gsf_off_t     size;

	if (child == NULL)
		return s;
	size = gsf_input_size(child);
	if (size >= 0 && size <= LIMIT_MAIL_BYTES && (b == NULL || build_unfold(b, (size_t)size))) {
		s.p = g_malloc0((gsize)size + 1);
		if (size > 0 && gsf_input_read(child, (size_t)size, s.p) != NULL)
			s.n = (size_t)size;
	}
	g_object_unref(child);
	return s;
}

GsfInfile *
ole_storage(GsfInfile *f, const char *name)
{
	GsfInput *child = child_of(f, name);

	if (child != NULL && GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) >= 0)
		return GSF_INFILE(child);
	if (child != NULL)
		g_object_unref(child);
	return NULL;
}

static struct text
string_fact(GsfDocMetaData *meta, const char *name)
{
	GsfDocProp   *prop = gsf_doc_meta_data_lookup(meta, name);
	const GValue *value = prop == NULL ? NULL : gsf_doc_prop_get_val(prop);

	return text_of(value != NULL && G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value) : "");
}

static uint32_t
count_fact(GsfDocMetaData *meta, const char *name)
{
	GsfDocProp   *prop = gsf_doc_meta_data_lookup(meta, name);
	const GValue *value = prop == NULL ? NULL : gsf_doc_prop_get_val(prop);

	return value != NULL && G_VALUE_HOLDS_INT(value) ? (uint32_t)MAX(g_value_get_int(value), 0) : 0;
}

/* Slides are counted in the second property set, pages in the first. */
static uint32_t
slides_of(GsfInfile *f)
{
	GsfInput       *child = child_of(f, "\05DocumentSummaryInformation");
	GsfDocMetaData *meta = gsf_doc_meta_data_new();
	uint32_t        slides = 0;

	if (child != NULL && gsf_doc_meta_data_read_from_msole(meta, child) == NULL)
		slides = count_fact(meta, GSF_META_NAME_SLIDE_COUNT);
	if (child != NULL)
		g_object_unref(child);
	g_object_unref(meta);
	return slides;
}

void
ole_facts(struct reading *r, GsfInfile *f)
{
	GsfInput       *child = child_of(f, "\05SummaryInformation");
	GsfDocMetaData *meta = gsf_doc_meta_data_new();
	GsfDocProp     *prop;
	const GValue   *value;

	if (child == NULL)
		return;
	if (gsf_doc_meta_data_read_from_msole(meta, child) == NULL) {
		r->title = string_fact(meta, GSF_META_NAME_TITLE);
		r->author = string_fact(meta, GSF_META_NAME_INITIAL_CREATOR);
		if (r->author.n == 0)
			r->author = string_fact(meta, GSF_META_NAME_CREATOR);
		r->pages = count_fact(meta, GSF_META_NAME_PAGE_COUNT);
		prop = gsf_doc_meta_data_lookup(meta, GSF_META_NAME_DATE_CREATED);
		value = prop == NULL ? NULL : gsf_doc_prop_get_val(prop);
		if (value != NULL && VAL_IS_GSF_TIMESTAMP(value) && g_value_get_boxed(value) != NULL)
			r->created_at = ((const GsfTimestamp *)g_value_get_boxed(value))->timet;
	}
	if (r->pages == 0)
		r->pages = slides_of(f);
	g_object_unref(meta);
	g_object_unref(child);
}

uint32_t
stream_u8(const struct stream *s, size_t at)
{
	return at < s->n ? s->p[at] : 0;
}

uint32_t
stream_u16(const struct stream *s, size_t at)
{
	return s->n < 2 || at > s->n - 2 ? 0 : (uint32_t)s->p[at] | (uint32_t)s->p[at + 1] << 8;
}

uint32_t
stream_u32(const struct stream *s, size_t at)
{
	return s->n < 4 || at > s->n - 4 ? 0 : stream_u16(s, at) | stream_u16(s, at + 2) << 16;
}

void
ole_utf16(struct textbuf *out, const uint8_t *p, size_t n)
{
	size_t len;
	char  *utf8;

	if (n < 2)
		return;
	utf8 = charset_to_utf8(p, n - n % 2, "UTF-16LE", &len, NULL);
	textbuf_add(out, utf8, len);
	g_free(utf8);
}
