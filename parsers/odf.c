#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/office.h"
#include "parsers/xml.h"
#include "parsers/zip.h"

#define SPACES_MAX 100	/* of one text:s */

/* OpenDocument (ISO 26300): text, sheets and slides share their elements. */
struct story {
	struct textbuf *out;
	unsigned        left_out;
	unsigned        shown;		/* depth inside something that is text; in styles only headers and footers are */
	int             is_styles, changes, comments;
};

static int
is_left_out(const char *name, const char *ns)
{
	if (strcmp(name, "tracked-changes") == 0 || strcmp(name, "scripts") == 0 || strcmp(name, "forms") == 0)
		return 1;
	return (strcmp(name, "creator") == 0 || strcmp(name, "date") == 0) && xml_is_ns(ns, "dc/elements");	/* of a comment */
}

/* Where text may stand: paragraphs and headings; in styles.xml only those of headers and footers. */
static int
begins_text(const struct story *s, const char *name)
{
	if (s->is_styles)
		return g_str_has_prefix(name, "header") || g_str_has_prefix(name, "footer");
	return strcmp(name, "p") == 0 || strcmp(name, "h") == 0;
}

static void
add_spaces(struct story *s, const struct xml_element *e)
{
	char *c = xml_attribute(e, "c");
	int   n = c == NULL ? 1 : atoi(c);

	for (n = CLAMP(n, 1, SPACES_MAX); n > 0; n--)
		textbuf_add(s->out, " ", 1);
	g_free(c);
}

static void
on_start(void *ctx, const struct xml_element *e)
{
	struct story *s = ctx;
	const char   *n = e->name;

	s->changes |= strcmp(n, "tracked-changes") == 0;
	if (s->left_out > 0 || is_left_out(n, e->ns)) {
		s->left_out++;
		return;
	}
	if (s->shown > 0 || begins_text(s, n))
		s->shown++;
	if (s->shown == 0)
		return;
	if (strcmp(n, "s") == 0)
		add_spaces(s, e);
	else if (strcmp(n, "tab") == 0)
		textbuf_add(s->out, "\t", 1);
	else if (strcmp(n, "line-break") == 0)
		textbuf_add(s->out, "\n", 1);
	else if (strcmp(n, "annotation") == 0) {
		s->comments = 1;
		textbuf_puts(s->out, " [kommentar] ");
	} else if (strcmp(n, "note-body") == 0)
		textbuf_space(s->out, ' ');
}

static void
on_end(void *ctx, const char *n, const char *ns)
{
	struct story *s = ctx;

	if (s->left_out > 0) {
		s->left_out--;
		return;
	}
	if (s->shown > 0)
		s->shown--;
	if (strcmp(n, "p") == 0 || strcmp(n, "h") == 0 || strcmp(n, "table-row") == 0)
		textbuf_newline(s->out);
	else if (strcmp(n, "table-cell") == 0 && xml_is_ns(ns, "table")) {
		if (s->out->n > 0 && s->out->p[s->out->n - 1] == '\n')
			s->out->n--;	/* the paragraph's end inside a cell */
		textbuf_space(s->out, '\t');
	}
}

static void
on_characters(void *ctx, const char *p, size_t n)
{
	struct story *s = ctx;

	if (s->shown > 0 && s->left_out == 0)
		textbuf_add(s->out, p, n);
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
read_story(struct reading *r, const struct member *m, int is_styles, struct story *s)
{
	static const struct xml_handler handler = { on_start, on_end, on_characters };

	s->out = &r->text;
	s->left_out = s->shown = 0;
	s->is_styles = is_styles;
	if (m->p != NULL && !xml_read(m->p, m->n, &handler, s))
		build_warn(r->b, r->position, "xml-damaged", "a file inside the document is not well-formed");
	textbuf_newline(&r->text);
}

enum text_status
read_odf(struct reading *r)
{
	struct odf    d;
	struct story  s = { .changes = 0 };
	enum zip_end  end;
	const struct member *manifest = &d.files[MANIFEST];

	memset(&d, 0, sizeof d);
	end = zip_walk(r->b, r->p, r->n, is_wanted, take, &d);
	if (manifest->p != NULL && memmem(manifest->p, manifest->n, ":encryption-data", 16) != NULL)
		return TEXT_ENCRYPTED;
	read_story(r, &d.files[CONTENT], 0, &s);
	read_story(r, &d.files[STYLES], 1, &s);
	if (d.files[META].p != NULL)
		office_core(r, d.files[META].p, d.files[META].n);
	if (s.changes)
		build_warn(r->b, r->position, "tracked-changes", "the document has tracked changes; they are read as accepted");
	if (s.comments)
		build_warn(r->b, r->position, "comments", "the document has comments; they stand in its text");
	return office_status(r, end, d.files[CONTENT].p != NULL);
}
