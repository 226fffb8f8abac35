#include "parsers/html.h"

#include <glib.h>
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/links.h"

#define QUOTES_SHOWN 5	/* levels of quote marks; deeper ones look alike */
#define CELL_BREAKS  2	/* between two texts in one cell of a table: a paragraph */
#define ATTRIBUTES   200u	/* of one tag; libxml2 compares each with all those before it */
#define NAME_BYTES   100u	/* where libxml2 ends a name and begins the next */

struct page {
	struct builder *b;
	struct textbuf *out;
	unsigned        hidden;		/* depth inside something that is not shown */
	unsigned        pre;
	unsigned        quote;		/* cited mails we are in */
	GArray         *open;		/* struct open, one for each element we are in */
	size_t          link_at;	/* where the text of the link at hand begins */
	char           *link;		/* its target, NULL outside */
	int             has_text;	/* on the line at hand, quote marks aside */
	unsigned        cells;		/* of tables we are in */
	unsigned        held;		/* line breaks in a cell, for when more text comes in it */
	unsigned        in_title;
	struct textbuf  title;		/* the text when there is no other */
};

struct open {
	unsigned hides : 1, pre : 1, quotes : 1, title : 1, tight : 1, cell : 1;
	unsigned held : 2, has_text : 1;	/* of the row, before a cell */
	size_t   from;				/* where the text of a cell begins */
};

/* How an element stands in the text. */
enum layout { INLINE = 0, BLOCK, PARAGRAPH, CELL, HIDDEN };

static enum layout
layout_of(const char *name)
{
	static const struct { const char *name; enum layout layout; } table[] = {
		{ "address", BLOCK }, { "article", BLOCK }, { "aside", BLOCK }, { "blockquote", PARAGRAPH }, { "body", BLOCK },
		{ "caption", BLOCK }, { "center", BLOCK }, { "dd", BLOCK }, { "dir", BLOCK }, { "div", BLOCK }, { "dl", BLOCK },
		{ "dt", BLOCK }, { "fieldset", BLOCK }, { "figcaption", BLOCK }, { "figure", BLOCK }, { "footer", BLOCK },
		{ "form", BLOCK }, { "h1", PARAGRAPH }, { "h2", PARAGRAPH }, { "h3", PARAGRAPH }, { "h4", PARAGRAPH },
		{ "h5", PARAGRAPH }, { "h6", PARAGRAPH }, { "header", BLOCK }, { "hr", BLOCK }, { "legend", BLOCK }, { "li", BLOCK },
		{ "main", BLOCK }, { "menu", BLOCK }, { "nav", BLOCK }, { "ol", BLOCK }, { "option", BLOCK }, { "p", PARAGRAPH },
		{ "pre", BLOCK }, { "section", BLOCK }, { "table", PARAGRAPH }, { "tbody", BLOCK }, { "td", CELL }, { "tfoot", BLOCK },
		{ "th", CELL }, { "thead", BLOCK }, { "tr", BLOCK }, { "ul", BLOCK },
		{ "head", HIDDEN }, { "script", HIDDEN }, { "style", HIDDEN }, { "title", HIDDEN }, { "noframes", HIDDEN },
		{ "template", HIDDEN }, { "object", INLINE }, { "applet", HIDDEN }, { "svg", HIDDEN }, { "xml", HIDDEN },
	};
	size_t i;

	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].layout;
	return INLINE;
}

/* A new line, with the marks of the mails that are cited here. A cell's last lines end with the cell: a row is one line. */
static void
line_break(struct page *pg)
{
	unsigned i;

	pg->has_text = 0;
	if (pg->cells > 0) {
		pg->held = MIN(pg->held + 1, CELL_BREAKS);
		return;
	}
	textbuf_add(pg->out, "\n", 1);
	for (i = 0; i < MIN(pg->quote, QUOTES_SHOWN); i++)
		textbuf_puts(pg->out, "> ");
}

static void
give_held(struct page *pg)
{
	unsigned cells = pg->cells, held = pg->held;

	for (pg->cells = pg->held = 0; held > 0; held--)
		line_break(pg);
	pg->cells = cells;
}

static void
add_visible(struct page *pg, const char *p, size_t n)
{
	if (n > 0 && pg->held > 0)
		give_held(pg);
	textbuf_add(pg->out, p, n);
	pg->has_text |= n > 0;
}

static void
new_line(struct page *pg)
{
	if (pg->has_text)
		line_break(pg);
}

static const char *
attribute(const xmlChar **attrs, const char *name)
{
	for (; attrs != NULL && attrs[0] != NULL; attrs += 2)
		if (strcmp((const char *)attrs[0], name) == 0)
			return attrs[1] == NULL ? "" : (const char *)attrs[1];
	return NULL;
}

/* style="display:none" and its like, spaces and case ignored. */
static int
is_hidden(const xmlChar **attrs)
{
	const char *style = attribute(attrs, "style"), *p;
	char        tight[512];
	size_t      n = 0;

	if (attribute(attrs, "hidden") != NULL)
		return 1;
	if (style == NULL)
		return 0;
	for (p = style; *p != '\0' && n + 1 < sizeof tight; p++)
		if (!g_ascii_isspace(*p))
			tight[n++] = g_ascii_tolower(*p);
	tight[n] = '\0';
	return strstr(tight, "display:none") != NULL || strstr(tight, "visibility:hidden") != NULL ||
	    strstr(tight, "mso-hide:all") != NULL;
}

/* A mail that is cited: the marks of Thunderbird, Gmail and Apple; Outlook leaves only its header block. */
static int
is_cited_mail(const char *name, const xmlChar **attrs)
{
	const char *type = attribute(attrs, "type"), *class = attribute(attrs, "class");

	return strcmp(name, "blockquote") == 0 && ((type != NULL && g_ascii_strcasecmp(type, "cite") == 0) ||
	    (class != NULL && strstr(class, "gmail_quote") != NULL));
}

/* Where people put files that they should have attached; a link there is worth more than its text. */
static int
is_shared_file(const char *url)
{
	char host[LINK_HOST_BYTES];

	return g_ascii_strncasecmp(url, "http", 4) == 0 && link_next(url, strlen(url), 0, host) < strlen(url);
}

/* Outlook's paragraphs stand below each other without a gap; an empty one makes it. */
static int
is_tight(const char *name, const xmlChar **attrs)
{
	const char *class = strcmp(name, "p") == 0 ? attribute(attrs, "class") : NULL;

	return class != NULL && strncmp(class, "Mso", 3) == 0;
}

static void
note_reference(struct page *pg, const xmlChar **attrs)
{
	for (; attrs != NULL && attrs[0] != NULL; attrs += 2)
		if (pg->b != NULL && attrs[1] != NULL && g_ascii_strncasecmp((const char *)attrs[1], "cid:", 4) == 0)
			build_cid(pg->b, (const char *)attrs[1] + 4);
}

static void
begin_layout(struct page *pg, const char *name)
{
	enum layout layout = layout_of(name);

	if (strcmp(name, "br") == 0)
		line_break(pg);
	else if (layout == BLOCK || layout == PARAGRAPH)
		new_line(pg);
	else if (layout == CELL && pg->has_text)
		textbuf_space(pg->out, '\t');
}

static void
begin_cell(struct page *pg, struct open *cell)
{
	cell->cell = 1;
	cell->held = pg->held & 3;
	cell->has_text = pg->has_text != 0;
	cell->from = pg->out->n;
	pg->cells++;
	pg->has_text = 0;	/* the cell's first paragraph begins no line */
}

static void
on_start(void *ctx, const xmlChar *xml_name, const xmlChar **attrs)
{
	struct page *pg = ctx;
	const char  *name = (const char *)xml_name, *href;
	struct open  open = { .hides = 0 };

	note_reference(pg, attrs);
	open.hides = layout_of(name) == HIDDEN || is_hidden(attrs);
	open.pre = strcmp(name, "pre") == 0 || strcmp(name, "textarea") == 0;
	open.quotes = is_cited_mail(name, attrs) != 0;
	open.tight = is_tight(name, attrs) != 0;
	if (pg->hidden == 0 && !open.hides) {
		pg->quote += open.quotes;
		begin_layout(pg, name);
		if (layout_of(name) == CELL)
			begin_cell(pg, &open);
		href = strcmp(name, "a") == 0 ? attribute(attrs, "href") : NULL;
		if (href != NULL && is_shared_file(href)) {
			pg->link = g_strdup(href);
			pg->link_at = pg->out->n;
		}
	} else
		open.quotes = 0;
	pg->hidden += open.hides;
	pg->pre += open.pre;
	pg->in_title += open.title = strcmp(name, "title") == 0;
	g_array_append_val(pg->open, open);
}

/* The target after the link's text, unless the text tells it already. */
static void
end_link(struct page *pg)
{
	if (pg->link_at < pg->out->n &&
	    memmem(pg->out->p + pg->link_at, pg->out->n - pg->link_at, pg->link, strlen(pg->link)) == NULL) {
		textbuf_puts(pg->out, " <");
		textbuf_puts(pg->out, pg->link);
		textbuf_puts(pg->out, ">");
	}
	pg->link = NULL;
}

/* The breaks behind the cell's last text are none; an empty cell leaves the row as it was. */
static void
end_cell(struct page *pg, const struct open *cell)
{
	int grew = pg->out->n > cell->from;

	pg->cells--;
	pg->held = grew ? 0 : cell->held;
	pg->has_text = grew || cell->has_text;
}

static void
on_end(void *ctx, const xmlChar *xml_name)
{
	struct page *pg = ctx;
	const char  *name = (const char *)xml_name;
	struct open  open;
	enum layout  layout;

	if (pg->open->len == 0)
		return;
	open = g_array_index(pg->open, struct open, pg->open->len - 1);
	g_array_set_size(pg->open, pg->open->len - 1);
	pg->hidden -= open.hides;
	pg->pre -= open.pre;
	pg->quote -= open.quotes;
	pg->in_title -= open.title;
	if (pg->hidden > 0 || open.hides)
		return;
	if (pg->link != NULL && strcmp(name, "a") == 0)
		end_link(pg);
	if (open.cell)
		end_cell(pg, &open);
	layout = layout_of(name);
	if (layout == BLOCK || layout == PARAGRAPH)
		new_line(pg);
	if (layout == PARAGRAPH && !open.tight && pg->out->n > 0)
		line_break(pg);
}

static void
on_characters(void *ctx, const xmlChar *p, int n)
{
	struct page *pg = ctx;
	int          i, from = 0;

	if (pg->in_title > 0)
		textbuf_add(&pg->title, (const char *)p, (size_t)n);
	if (pg->hidden > 0)
		return;
	for (i = 0; i < n; i++) {
		if (pg->pre > 0 ? p[i] != '\n' : !g_ascii_isspace(p[i]))
			continue;
		add_visible(pg, (const char *)p + from, (size_t)(i - from));
		if (pg->pre > 0)
			line_break(pg);
		else if (pg->has_text)
			textbuf_space(pg->out, ' ');
		from = i + 1;
	}
	add_visible(pg, (const char *)p + from, (size_t)(n - from));
}

static size_t
past_spaces(const char *p, size_t n, size_t i)
{
	while (i < n && g_ascii_isspace(p[i]))
		i++;
	return i;
}

static size_t
past_word(const char *p, size_t n, size_t i)
{
	while (i < n && !g_ascii_isspace(p[i]) && p[i] != '>')
		i++;
	return i;
}

/* Past an attribute, its value and the spaces after it, as libxml2 reads them. */
static size_t
past_attribute(const char *p, size_t n, size_t i)
{
	const size_t most = MIN(n, i + NAME_BYTES), from = i;
	const char  *close;

	while (i < most && (g_ascii_isalnum(p[i]) || (p[i] != '\0' && strchr(":-_.", p[i]) != NULL)))
		i++;
	if (i == from)
		return past_spaces(p, n, past_word(p, n, i));
	i = past_spaces(p, n, i);
	if (i < n && p[i] == '=') {
		i = past_spaces(p, n, i + 1);
		if (i < n && (p[i] == '"' || p[i] == '\'')) {
			close = memchr(p + i + 1, p[i], n - i - 1);
			i = close == NULL ? n : (size_t)(close + 1 - p);
		} else
			i = past_word(p, n, i);
	}
	return past_spaces(p, n, i);
}

/* Leaves spaces where a tag's attributes are too many to be meant; what may be the end of a comment stays. Returns how many tags that were. */
static unsigned
cut_tags(char *p, size_t n)
{
	size_t   i, cut, k;
	unsigned attributes, tags = 0;

	for (i = 0; i + 1 < n; i++) {
		if (p[i] != '<' || !(g_ascii_isalpha(p[i + 1]) || p[i + 1] == '_' || p[i + 1] == ':' || p[i + 1] == '.'))
			continue;
		for (attributes = 0, cut = ++i; i < n && p[i] != '>'; attributes++) {
			i = past_attribute(p, n, i);
			cut = attributes < ATTRIBUTES ? i : cut;
		}
		tags += cut < i;
		for (k = cut; k < i; k++)
			if (p[k] != '-' && p[k] != '!')
				p[k] = ' ';
	}
	return tags;
}

int
html_text(struct builder *b, const char *text, size_t n, struct textbuf *out)
{
	htmlParserCtxtPtr ctxt;
	struct page       pg = { .b = b, .out = out };
	htmlSAXHandler    sax;
	size_t            start;
	char             *p;
	unsigned          cut;

	memset(&sax, 0, sizeof sax);
	sax.startElement = on_start;
	sax.endElement = on_end;
	sax.characters = on_characters;
	sax.ignorableWhitespace = on_characters;
	sax.cdataBlock = NULL;	/* script and style */
	pg.open = g_array_new(FALSE, FALSE, sizeof(struct open));
	if (n > 4 * (size_t)LIMIT_PART_TEXT) {	/* markup is several times its text */
		n = 4 * (size_t)LIMIT_PART_TEXT;
		out->full = 1;
	}
	p = g_memdup2(text, n);
	cut = cut_tags(p, n);
	ctxt = n == 0 ? NULL : htmlCreateMemoryParserCtxt(p, (int)n);
	if (ctxt == NULL)
		return 1;
	ctxt->sax = &sax;
	ctxt->userData = &pg;
	(void)htmlCtxtUseOptions(ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
	    HTML_PARSE_IGNORE_ENC);	/* what the document claims has been heard already */
	(void)xmlSwitchEncoding(ctxt, XML_CHAR_ENCODING_UTF8);
	start = out->n;
	(void)htmlParseDocument(ctxt);
	if (!text_has_words((struct text){ out->p == NULL ? "" : out->p + start, out->n - start }))
		textbuf_add(out, pg.title.p, pg.title.n);
	return cut == 0;
}

/* "charset" as an attribute or a parameter, then "=" and the name; also "encoding" of an XML declaration. */
char *
html_charset(const char *p, size_t n)
{
	static const char *const keys[] = { "charset", "encoding" };
	size_t      head = MIN(n, 2048), i, k, start;
	const char *key;

	for (k = 0; k < sizeof keys / sizeof keys[0]; k++)
		for (i = 0, key = keys[k]; i + strlen(key) + 2 < head; i++) {
			if (g_ascii_strncasecmp(p + i, key, strlen(key)) != 0)
				continue;
			i += strlen(key);
			while (i < head && strchr(" \t\r\n=\"'", p[i]) != NULL && p[i] != '\0')
				i++;
			for (start = i; i < head && (g_ascii_isalnum(p[i]) || strchr("-_.:", p[i]) != NULL) && p[i] != '\0'; i++)
				;
			if (i > start && i - start < 40)
				return g_strndup(p + start, i - start);
		}
	return NULL;
}

enum text_status
read_html(struct reading *r)
{
	size_t      n;
	char       *utf8;
	const char *charset = r->charset != NULL ? r->charset : html_charset((const char *)r->p, r->n);

	utf8 = charset_to_utf8(r->p, r->n, charset, &n, NULL);
	if (!html_text(NULL, utf8, n, &r->text))
		build_warn(r->b, r->position, WARNING_LONG_TAG, "a tag has too many attributes: the rest of them is left out");
	r->source = TEXT_HTML;
	return TEXT_OK;
}
