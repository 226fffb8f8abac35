#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/office.h"
#include "parsers/xml.h"
#include "parsers/zip.h"

#define SPACES_MAX 100	/* of one text:s */

/* OpenDocument (ISO 26300): text, sheets and slides share their elements. In a flat one all of it is in one file. */
struct story {
	struct textbuf *out;
	struct textbuf  asides;		/* notes and comments, which would break the sentence they belong to */
	unsigned        left_out;
	unsigned        shown;		/* depth inside something that is text; outside the body only headers and footers are */
	unsigned        aside;		/* depth inside a note or comment */
	int             in_body, is_sheets, changes, comments;
	uint32_t        slides;
	char           *region;		/* the id of the change that is being declared */
	GHashTable     *deletions;	/* ids of those that delete; the text may have moved out of them to where it stood (flat ones) */
	unsigned        deleted;	/* such changes that are open */
};

static struct textbuf *
target(struct story *s)
{
	return s->aside > 0 ? &s->asides : s->out;
}

static int
is_left_out(const char *name, const char *ns)
{
	if (strcmp(name, "tracked-changes") == 0 || strcmp(name, "scripts") == 0 || strcmp(name, "forms") == 0 ||
	    strcmp(name, "note-citation") == 0)	/* its number would grow to the word before it */
		return 1;
	return (strcmp(name, "creator") == 0 || strcmp(name, "date") == 0) && xml_is_ns(ns, "dc/elements");	/* of a comment */
}

/* Where text may stand: paragraphs and headings; outside the body only those of headers and footers. */
static int
begins_text(const struct story *s, const char *name)
{
	if (!s->in_body)
		return g_str_has_prefix(name, "header") || g_str_has_prefix(name, "footer");
	return strcmp(name, "p") == 0 || strcmp(name, "h") == 0;
}

static void
add_spaces(struct story *s, const struct xml_element *e)
{
	char *c = xml_attribute(e, "c");
	int   n = c == NULL ? 1 : atoi(c);

	for (n = CLAMP(n, 1, SPACES_MAX); n > 0; n--)
		textbuf_add(target(s), " ", 1);
	g_free(c);
}

/* A sheet's name is shown on its tab; that of a table in a text is not. */
static void
add_sheet_name(struct story *s, const struct xml_element *e)
{
	char *name = xml_attribute(e, "name");

	if (name != NULL) {
		textbuf_newline(s->out);
		textbuf_puts(s->out, name);
		textbuf_newline(s->out);
	}
	g_free(name);
}

static void
begin_aside(struct story *s, int is_comment)
{
	s->aside++;
	textbuf_newline(&s->asides);
	s->comments |= is_comment;
	if (is_comment)
		textbuf_puts(&s->asides, "[kommentar] ");
}

static void
note_change(struct story *s, const struct xml_element *e)
{
	const int is_start = strcmp(e->name, "change-start") == 0;
	char     *id;

	if (strcmp(e->name, "changed-region") == 0)
		s->region = xml_attribute(e, "id");
	else if (strcmp(e->name, "deletion") == 0 && s->region != NULL)
		(void)g_hash_table_add(s->deletions, s->region);
	else if (is_start || strcmp(e->name, "change-end") == 0) {
		id = xml_attribute(e, "change-id");
		if (id != NULL && g_hash_table_contains(s->deletions, id))
			s->deleted = is_start ? s->deleted + 1 : s->deleted - (s->deleted > 0);
		g_free(id);
	}
}

static void
on_start(void *ctx, const struct xml_element *e)
{
	struct story *s = ctx;
	const char   *n = e->name;

	s->changes |= strcmp(n, "tracked-changes") == 0;
	note_change(s, e);
	if (s->left_out > 0 || is_left_out(n, e->ns)) {
		s->left_out++;
		return;
	}
	s->in_body |= strcmp(n, "body") == 0 && xml_is_ns(e->ns, "office");
	s->is_sheets |= strcmp(n, "spreadsheet") == 0;
	s->slides += s->in_body && strcmp(n, "page") == 0 && xml_is_ns(e->ns, "drawing");
	if (s->aside > 0)
		s->aside++;
	else if (strcmp(n, "annotation") == 0 || strcmp(n, "note-body") == 0)
		begin_aside(s, n[0] == 'a');
	if (s->shown > 0 || begins_text(s, n))
		s->shown++;
	if (s->is_sheets && strcmp(n, "table") == 0)
		add_sheet_name(s, e);
	if (s->shown == 0)
		return;
	if (strcmp(n, "s") == 0)
		add_spaces(s, e);
	else if (strcmp(n, "tab") == 0)
		textbuf_add(target(s), "\t", 1);
	else if (strcmp(n, "line-break") == 0)
		textbuf_add(target(s), "\n", 1);
}

static void
on_end(void *ctx, const char *n, const char *ns)
{
	struct story   *s = ctx;
	struct textbuf *out = target(s);

	if (s->left_out > 0) {
		s->left_out--;
		return;
	}
	if (s->shown > 0)
		s->shown--;
	if (s->aside > 0)
		s->aside--;
	if (strcmp(n, "body") == 0 && xml_is_ns(ns, "office"))
		s->in_body = 0;
	if (s->deleted > 0)
		return;
	if (strcmp(n, "p") == 0 || strcmp(n, "h") == 0 || strcmp(n, "table-row") == 0)
		textbuf_newline(out);
	else if (strcmp(n, "table-cell") == 0 && xml_is_ns(ns, "table")) {
		if (out->n > 0 && out->p[out->n - 1] == '\n')
			out->n--;	/* the paragraph's end inside a cell */
		textbuf_space(out, '\t');
	}
}

static void
on_characters(void *ctx, const char *p, size_t n)
{
	struct story *s = ctx;

	if (s->shown > 0 && s->left_out == 0 && s->deleted == 0)
		textbuf_add(target(s), p, n);
}

enum { MANIFEST = 0, META, CONTENT, STYLES, FILES };
static const char *const names[FILES] = { "META-INF/manifest.xml", "meta.xml", "content.xml", "styles.xml" };

struct odf {
	struct member files[FILES];
};

static int
is_wanted(void *ctx, const char *name)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < FILES; i++)
		if (strcmp(name, names[i]) == 0)
			return 1;
	return 0;
}

static int
take(void *ctx, const struct member *m)
{
	struct odf *d = ctx;
	size_t      i;

	for (i = 0; i < FILES; i++)
		if (strcmp(m->name, names[i]) == 0)
			d->files[i] = *m;
	return 1;
}

static void
read_story(struct reading *r, const uint8_t *p, size_t n, struct story *s)
{
	static const struct xml_handler handler = { on_start, on_end, on_characters };

	s->out = &r->text;
	s->left_out = s->shown = s->aside = s->deleted = 0;
	s->in_body = 0;
	if (p != NULL && !xml_read(p, n, &handler, s))
		build_warn(r->b, r->position, "xml-damaged", "a file inside the document is not well-formed, or nested too deep in places");
	textbuf_newline(&r->text);
}

static void
end_story(struct reading *r, const struct story *s)
{
	if (s->slides > 0)
		r->pages = s->slides;
	textbuf_add(&r->text, s->asides.p, s->asides.n);
	r->text.full |= s->asides.full;
	if (s->changes)
		build_warn(r->b, r->position, "tracked-changes", "the document has tracked changes; they are read as accepted");
	if (s->comments)
		build_warn(r->b, r->position, "comments", "the document has comments; they stand at the end of its text");
}

/* All in one file of XML (.fodt, .fods, .fodp); what it tells of itself comes first. */
enum text_status
read_flat_odf(struct reading *r)
{
	static const char meta_end[] = "</office:meta>";
	struct story      s = { .deletions = g_hash_table_new(g_str_hash, g_str_equal) };
	const uint8_t    *meta = memmem(r->p, r->n, meta_end, sizeof meta_end - 1);

	read_story(r, r->p, r->n, &s);
	if (meta != NULL)
		office_core(r, r->p, (size_t)(meta - r->p) + sizeof meta_end - 1);
	end_story(r, &s);
	return TEXT_OK;
}

enum text_status
read_odf(struct reading *r)
{
	struct odf    d;
	struct story  s = { .deletions = g_hash_table_new(g_str_hash, g_str_equal) };
	enum zip_end  end;
	const struct member *manifest = &d.files[MANIFEST];

	memset(&d, 0, sizeof d);
	end = zip_walk(r->b, r->p, r->n, is_wanted, take, &d);
	if (manifest->p != NULL && memmem(manifest->p, manifest->n, ":encryption-data", 16) != NULL)
		return TEXT_ENCRYPTED;
	read_story(r, d.files[CONTENT].p, d.files[CONTENT].n, &s);
	read_story(r, d.files[STYLES].p, d.files[STYLES].n, &s);
	if (d.files[META].p != NULL)
		office_core(r, d.files[META].p, d.files[META].n);
	end_story(r, &s);
	return office_status(r, end, d.files[CONTENT].p != NULL);
}
