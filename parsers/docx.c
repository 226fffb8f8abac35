#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/office.h"
#include "parsers/xml.h"
#include "parsers/zip.h"

/* Word's XML (ECMA-376): the text as it reads with all changes accepted. */
struct story {
	struct textbuf *out;
	unsigned        left_out;	/* depth inside what is not read: moved away, old look of a drawing */
	int             in_text, changes, comments;
	int             in_paragraph, in_row;	/* among what is said of a paragraph, a table's row */
	int             joins;			/* the mark that ends the paragraph is deleted */
};

static int
is_word(const char *ns)
{
	return xml_is_ns(ns, "wordprocessingml");
}

/* Elements whose whole content is not part of the accepted text, or says the same again for older programs. */
static int
is_left_out(const char *name)
{
	return strcmp(name, "moveFrom") == 0 || strcmp(name, "Fallback") == 0 || strcmp(name, "del") == 0 ||
	    strcmp(name, "instrText") == 0 || strcmp(name, "delText") == 0;
}

/* A character of a symbol font: the private range of such fonts is shown as the code that is meant. */
static void
add_symbol(struct story *s, const struct xml_element *e)
{
	char         *value = xml_attribute(e, "char");
	unsigned long c = value == NULL ? 0 : strtoul(value, NULL, 16);

	if (c >= 0xf020 && c <= 0xf0ff)
		c -= 0xf000;
	if (c > 0x20)
		textbuf_char(s->out, (uint32_t)c);
	g_free(value);
}

static void
start_comment(struct story *s, const struct xml_element *e)
{
	char *author = xml_attribute(e, "author");

	s->comments = 1;
	textbuf_newline(s->out);
	textbuf_puts(s->out, "[kommentar");
	if (author != NULL && author[0] != '\0') {
		textbuf_puts(s->out, " ");
		textbuf_puts(s->out, author);
	}
	textbuf_puts(s->out, "] ");
	g_free(author);
}

/* Said of the whole: a deleted mark joins the paragraph with the next one; a deleted row is left out from here to its end. */
static void
delete_whole(struct story *s)
{
	s->joins |= s->in_paragraph;
	if (s->in_row)
		s->left_out = 2;	/* the row and its properties; the element itself is counted as any other */
	s->in_row = 0;
}

static void
on_start(void *ctx, const struct xml_element *e)
{
	struct story *s = ctx;
	const char   *n = e->name;

	if (s->left_out == 0 && strcmp(n, "del") == 0 && is_word(e->ns))
		delete_whole(s);
	if (strcmp(n, "ins") == 0 || strcmp(n, "del") == 0 || strcmp(n, "moveFrom") == 0)
		s->changes |= is_word(e->ns);
	if (s->left_out > 0 || is_left_out(n)) {
		s->left_out++;
		return;
	}
	if (strcmp(n, "t") == 0)
		s->in_text = 1;
	else if (strcmp(n, "pPr") == 0)
		s->in_paragraph = 1;
	else if (strcmp(n, "trPr") == 0)
		s->in_row = 1;
	else if (strcmp(n, "br") == 0 || strcmp(n, "cr") == 0)
		textbuf_add(s->out, "\n", 1);
	else if (strcmp(n, "noBreakHyphen") == 0)
		textbuf_add(s->out, "-", 1);
	else if (strcmp(n, "sym") == 0 && is_word(e->ns))
		add_symbol(s, e);
	else if (strcmp(n, "comment") == 0 && is_word(e->ns))
		start_comment(s, e);
	else if (strcmp(n, "txbxContent") == 0)
		textbuf_newline(s->out);
}

static void
on_end(void *ctx, const char *n, const char *ns)
{
	struct story *s = ctx;

	if (s->left_out > 0) {
		s->left_out--;
		return;
	}
	if (strcmp(n, "t") == 0)
		s->in_text = 0;
	else if (strcmp(n, "pPr") == 0)
		s->in_paragraph = 0;
	else if (strcmp(n, "trPr") == 0)
		s->in_row = 0;
	else if (strcmp(n, "p") == 0 && is_word(ns) && s->joins)
		s->joins = 0;
	else if (strcmp(n, "tab") == 0 || strcmp(n, "ptab") == 0 || strcmp(n, "tc") == 0)
		textbuf_space(s->out, '\t');
	else if ((strcmp(n, "p") == 0 && (is_word(ns) || xml_is_ns(ns, "drawingml"))) || strcmp(n, "tr") == 0)
		textbuf_newline(s->out);
}

static void
on_characters(void *ctx, const char *p, size_t n)
{
	struct story *s = ctx;

	if (s->in_text && s->left_out == 0)
		textbuf_add(s->out, p, n);
}

/* The files that hold text, in the order in which a reader meets it. */
static const char *const stories[] = { "header", "document", "diagrams/data", "charts/chart", "footnotes", "endnotes",
	"comments", "footer" };
#define STORIES (sizeof stories / sizeof stories[0])

struct docx {
	struct reading *r;
	GPtrArray      *files[STORIES];	/* struct member */
	struct member   core, app;
	int             seen;		/* it is a word processor's file at all */
};

static int
story_of(const char *name)
{
	const char *base = g_str_has_prefix(name, "word/") ? name + 5 : NULL;
	size_t      i;

	if (base == NULL || !g_str_has_suffix(name, ".xml"))
		return -1;
	for (i = 0; i < STORIES; i++)
		if (g_str_has_prefix(base, stories[i]) && strchr(base + strlen(stories[i]), '/') == NULL &&
		    (g_ascii_isdigit(base[strlen(stories[i])]) || base[strlen(stories[i])] == '.'))
			return (int)i;
	return -1;
}

static int
is_wanted(void *ctx, const char *name)
{
	(void)ctx;
	return story_of(name) >= 0 || strcmp(name, "docProps/core.xml") == 0 || strcmp(name, "docProps/app.xml") == 0;
}

static int
take(void *ctx, const struct member *m)
{
	struct docx   *d = ctx;
	struct member *copy;
	int            story = story_of(m->name);

	d->seen = 1;
	if (story < 0) {
		*(strcmp(m->name, "docProps/core.xml") == 0 ? &d->core : &d->app) = *m;
		return 1;
	}
	copy = g_new(struct member, 1);
	*copy = *m;
	if (d->files[story] == NULL)
		d->files[story] = g_ptr_array_new();
	g_ptr_array_add(d->files[story], copy);
	return 1;
}

/* First pages, other pages and even pages each have a header of their own, mostly the same. */
static void
read_story(struct docx *d, const struct member *m, GHashTable *said, struct story *s)
{
	static const struct xml_handler handler = { on_start, on_end, on_characters };
	struct textbuf own = { NULL, 0, 0, 0 };

	s->out = &own;
	s->left_out = 0;
	s->in_text = s->in_paragraph = s->in_row = s->joins = 0;
	if (!xml_read(m->p, m->n, &handler, s))
		build_warn(d->r->b, d->r->position, "xml-damaged", "a file inside the document is not well-formed, or nested too deep in places");
	textbuf_add(&own, "", 1);
	if (own.n < 2 || !g_hash_table_add(said, own.p))
		return;
	textbuf_newline(&d->r->text);
	textbuf_add(&d->r->text, own.p, own.n - 1);
}

enum text_status
read_docx(struct reading *r)
{
	struct docx  d = { .r = r };
	struct story s = { .changes = 0 };
	GHashTable  *said = g_hash_table_new(g_str_hash, g_str_equal);
	enum zip_end end = zip_walk(r->b, r->p, r->n, is_wanted, take, &d);
	size_t       i;
	guint        k;

	for (i = 0; i < STORIES; i++)
		for (k = 0; d.files[i] != NULL && k < d.files[i]->len; k++)
			read_story(&d, g_ptr_array_index(d.files[i], k), said, &s);
	if (d.core.p != NULL)
		office_core(r, d.core.p, d.core.n);
	if (d.app.p != NULL)
		office_core(r, d.app.p, d.app.n);
	if (s.changes)
		build_warn(r->b, r->position, "tracked-changes", "the document has tracked changes; they are read as accepted");
	if (s.comments)
		build_warn(r->b, r->position, "comments", "the document has comments; they stand at the end of its text");
	return office_status(r, end, d.seen);
}
