#include "parsers/rtf.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/html.h"
#include "parsers/rtf_words.h"

#define GROUPS_MAX	1000u	/* open at once; deeper ones share the innermost state */
#define SYMBOL_PAGE	42u	/* a symbol font, which has no letters */

/* What a group inherits and gives back at its end. */
struct group {
	enum rtf_place place;
	unsigned       codepage;	/* of the font at hand */
	unsigned       uc;		/* fallback characters after \u */
	unsigned       font;
	unsigned       hidden : 1, deleted : 1, html_tag : 1, html_off : 1, star : 1, aside : 1;
};

struct rtf {
	const uint8_t  *p, *end;
	struct textbuf *out;
	struct textbuf  asides;		/* footnotes and comments, which would break the sentence they belong to */
	struct group    g;
	GArray         *stack;		/* struct group */
	size_t          too_deep;
	GHashTable     *fonts;		/* number -> code page */
	unsigned        default_page, default_font, font_at_hand;
	unsigned        skip;		/* fallback characters still to be skipped */
	int             after_star;	/* the next word names the group */
	GByteArray     *bytes;		/* of one code page, not yet converted */
	unsigned        bytes_page;
	uint32_t        high;		/* first half of a surrogate pair */
	int             is_html, changes, comments;
	int             is_cut;		/* it ends within a group */
	struct textbuf  title, author;
	int             created[5];	/* year, month, day, hour, minute */
	uint32_t        pages;
};

static struct textbuf *
target(struct rtf *r)
{
	if (r->g.place == RTF_TITLE)
		return &r->title;
	if (r->g.place == RTF_AUTHOR)
		return &r->author;
	return r->g.place == RTF_TEXT && !r->g.hidden && !r->g.deleted && !r->g.html_off &&
	    (!r->is_html || r->g.html_tag || !r->g.star) ? (r->g.aside ? &r->asides : r->out) : NULL;
}

/* The bytes gathered so far, in their code page, to the text. */
static void
flush(struct rtf *r)
{
	struct textbuf *t = target(r);
	size_t          n;
	char           *utf8;

	if (r->bytes->len > 0 && t != NULL && r->bytes_page != SYMBOL_PAGE) {
		utf8 = charset_to_utf8(r->bytes->data, r->bytes->len, charset_of_codepage(r->bytes_page), &n, NULL);
		textbuf_add(t, utf8, n);
		g_free(utf8);
	}
	g_byte_array_set_size(r->bytes, 0);
}

static void
add_byte(struct rtf *r, uint8_t byte)
{
	if (r->skip > 0) {
		r->skip--;
		return;
	}
	if (r->g.place == RTF_SKIPPED || r->g.place == RTF_FONTS)
		return;
	if (r->bytes->len > 0 && r->bytes_page != r->g.codepage)
		flush(r);
	r->bytes_page = r->g.codepage;
	g_byte_array_append(r->bytes, &byte, 1);
}

static void
add_text(struct rtf *r, const char *s)
{
	flush(r);
	if (target(r) != NULL)
		textbuf_puts(target(r), s);
}

/* Lines and cells of HTML are told by its tags; what RTF says of them is for a reader that knows no HTML. */
static void
add_break(struct rtf *r, const char *s)
{
	flush(r);
	if (target(r) == NULL)
		return;
	if (r->is_html || s[0] == '\n')
		textbuf_puts(target(r), s);
	else
		textbuf_space(target(r), s[0]);
}

static void
add_unicode(struct rtf *r, int value)
{
	uint32_t c = (uint32_t)(value < 0 ? value + 65536 : value) & 0xffff;

	flush(r);
	r->skip = r->g.uc;
	if (c >= 0xd800 && c < 0xdc00) {
		r->high = c;
		return;
	}
	if (c >= 0xdc00 && c < 0xe000 && r->high != 0)
		c = 0x10000 + ((r->high - 0xd800) << 10) + (c - 0xdc00);
	r->high = 0;
	if (c >= 0xf000 && c <= 0xf0ff)	/* a symbol font's private place */
		c -= 0xf000;
	if (target(r) != NULL && c >= 0x20)
		textbuf_char(target(r), c);
}

static void
begin_group(struct rtf *r)
{
	flush(r);
	r->skip = 0;
	if (r->stack->len < GROUPS_MAX)
		g_array_append_val(r->stack, r->g);
	else
		r->too_deep++;
	r->g.star = 0;
	r->after_star = 0;
}

static void
end_group(struct rtf *r)
{
	flush(r);
	r->skip = 0;
	if (r->too_deep > 0)
		r->too_deep--;
	else if (r->stack->len > 0) {
		r->g = g_array_index(r->stack, struct group, r->stack->len - 1);
		g_array_set_size(r->stack, r->stack->len - 1);
	}
}

static unsigned
page_of_charset(const struct rtf *r, int charset)
{
	static const struct { int charset; unsigned page; } pages[] = {
		{ 2, SYMBOL_PAGE }, { 77, 10000 }, { 128, 932 }, { 129, 949 }, { 130, 1361 }, { 134, 936 }, { 136, 950 },
		{ 161, 1253 }, { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 }, { 204, 1251 },
		{ 222, 874 }, { 238, 1250 }, { 255, 850 },
	};
	size_t i;

	for (i = 0; i < sizeof pages / sizeof pages[0]; i++)
		if (pages[i].charset == charset)
			return pages[i].page;
	return charset == 0 ? 1252 : r->default_page;
}

static void
set_font(struct rtf *r, unsigned font)
{
	void *page;

	r->font_at_hand = font;
	if (r->g.place == RTF_FONTS)
		return;
	r->g.font = font;
	r->g.codepage = g_hash_table_lookup_extended(r->fonts, GUINT_TO_POINTER(font), NULL, &page) ?
	    GPOINTER_TO_UINT(page) : r->default_page;
}

static void
name_font_page(struct rtf *r, unsigned page)
{
	if (r->g.place == RTF_FONTS && g_hash_table_size(r->fonts) < 10000)
		(void)g_hash_table_insert(r->fonts, GUINT_TO_POINTER(r->font_at_hand), GUINT_TO_POINTER(page));
}

static void
set_default_page(struct rtf *r, unsigned page)
{
	if (charset_of_codepage(page) != NULL)
		r->default_page = r->g.codepage = page;
}

/* A group that has a name of its own: where its text goes. */
static void
enter(struct rtf *r, const struct rtf_word *w)
{
	flush(r);
	if (r->g.place == RTF_SKIPPED && w->place != RTF_TITLE && w->place != RTF_AUTHOR && w->place != RTF_CREATED)
		return;
	if (w->place == RTF_COMMENT || w->place == RTF_FOOTNOTE) {
		r->g.place = RTF_TEXT;
		r->g.aside = 1;
		add_break(r, "\n");
		r->comments |= w->place == RTF_COMMENT;
		if (w->place == RTF_COMMENT)
			add_text(r, "[kommentar] ");
		return;
	}
	r->g.place = w->place;
	if (w->place == RTF_TEXT && w->text != NULL)
		add_break(r, w->text);
}

/* `value`: the number after the word; `given`: there was one. */
static void
do_word(struct rtf *r, const struct rtf_word *w, int value, int given)
{
	const unsigned on = !given || value != 0;

	if (r->is_html && r->g.star && !r->g.html_tag && w->act != RTF_ENTER && w->act != RTF_HTML_TAG)
		return;
	switch (w->act) {
	case RTF_ENTER:      enter(r, w); break;
	case RTF_BREAK:      add_break(r, w->text); break;
	case RTF_LETTER:     add_text(r, w->text); break;
	case RTF_UNICODE:    add_unicode(r, value); break;
	case RTF_UC:         r->g.uc = (unsigned)CLAMP(value, 0, 10); break;
	case RTF_FONT:       flush(r); set_font(r, (unsigned)value); break;
	case RTF_CHARSET:    name_font_page(r, page_of_charset(r, value)); break;
	case RTF_CODEPAGE:   name_font_page(r, (unsigned)value); break;
	case RTF_ANSI_PAGE:  set_default_page(r, (unsigned)value); break;
	case RTF_FIXED_PAGE: set_default_page(r, w->number); break;
	case RTF_PAGES:      r->pages = (uint32_t)MAX(value, 0); break;
	case RTF_TIME:       r->created[w->number] = r->g.place == RTF_CREATED ? value : r->created[w->number]; break;
	case RTF_DEFAULT_FONT: r->default_font = (unsigned)value; break;
	case RTF_PLAIN:      flush(r); r->g.hidden = r->g.deleted = 0; set_font(r, r->default_font); break;
	case RTF_HIDDEN:     flush(r); r->g.hidden = on & 1U; break;
	case RTF_DELETED:    flush(r); r->g.deleted = on & 1U; r->changes = 1; break;
	case RTF_REVISED:    r->changes = 1; break;
	case RTF_FROM_HTML:  r->is_html = 1; break;
	case RTF_HTML_TAG:   flush(r); r->g.html_tag = 1; r->g.place = RTF_TEXT; break;
	case RTF_HTML_OFF:   flush(r); r->g.html_off = on & 1U; break;
	case RTF_BIN:        r->p += MIN((size_t)MAX(value, 0), (size_t)(r->end - r->p)); break;
	}
}

/* A word nobody knows right after \* means: leave out the group. */
static void
read_word(struct rtf *r)
{
	const struct rtf_word *w;
	char   name[33];
	size_t n = 0;
	long   value = 0;
	int    given = 0, negative = 0, names_group = r->after_star;

	r->after_star = 0;
	while (r->p < r->end && g_ascii_isalpha(*r->p)) {
		if (n + 1 < sizeof name)
			name[n++] = (char)*r->p;
		r->p++;
	}
	name[n] = '\0';
	if (r->p < r->end && *r->p == '-') {
		negative = 1;
		r->p++;
	}
	for (; r->p < r->end && g_ascii_isdigit(*r->p); r->p++, given = 1)
		value = value < 100000000 ? value * 10 + (*r->p - '0') : value;
	if (r->p < r->end && *r->p == ' ')
		r->p++;
	if (r->skip > 0 && strcmp(name, "bin") != 0) {
		r->skip--;
		return;
	}
	w = rtf_word(name);
	if (w != NULL)
		do_word(r, w, (int)(negative ? -value : value), given);
	else if (names_group && !r->g.html_tag) {
		flush(r);
		r->g.place = RTF_SKIPPED;
	}
}

static void
read_control(struct rtf *r)
{
	char hex[3] = { 0 };

	if (r->p >= r->end)
		return;
	if (g_ascii_isalpha(*r->p)) {
		read_word(r);
		return;
	}
	switch (*r->p++) {
	case '\'':
		if (r->end - r->p >= 2) {
			memcpy(hex, r->p, 2);
			r->p += 2;
			add_byte(r, (uint8_t)strtoul(hex, NULL, 16));
		}
		break;
	case '*':  r->g.star = 1; r->after_star = 1; break;
	case '~':  add_byte(r, ' '); break;
	case '_':  add_byte(r, '-'); break;
	case '\\': case '{': case '}':
		add_byte(r, r->p[-1]);
		break;
	case '\r': case '\n':
		add_break(r, "\n");
		break;
	default:	/* \- is a soft hyphen, the rest is for indexes and formulas */
		break;
	}
}

static void
read_rtf(struct rtf *r)
{
	while (r->p < r->end && !r->out->full) {
		const uint8_t c = *r->p++;

		if (c == '{')
			begin_group(r);
		else if (c == '}')
			end_group(r);
		else if (c == '\\')
			read_control(r);
		else if (c != '\r' && c != '\n' && c != '\0')
			add_byte(r, c);
	}
	r->is_cut = !r->out->full && r->stack->len > 0;
	flush(r);
}

static void
run(struct rtf *r, const uint8_t *p, size_t n, struct textbuf *out)
{
	struct textbuf own = { NULL, 0, 0, 0 };

	memset(r, 0, sizeof *r);
	r->p = p;
	r->end = p + n;
	r->out = &own;
	r->g.uc = 1;
	r->g.codepage = r->default_page = 1252;
	r->stack = g_array_new(FALSE, FALSE, sizeof(struct group));
	r->fonts = g_hash_table_new(NULL, NULL);
	r->bytes = g_byte_array_new();
	read_rtf(r);
	if (r->is_html && own.n > 0)
		(void)html_text(NULL, own.p, own.n, out);
	else if (own.n > 0)
		textbuf_add(out, own.p, own.n);
	if (r->asides.n > 0) {
		textbuf_newline(out);
		textbuf_add(out, r->asides.p, r->asides.n);
	}
	out->full |= own.full;
}

void
rtf_text(const uint8_t *p, size_t n, struct textbuf *out)
{
	struct rtf r;

	run(&r, p, n, out);
}

/* In the writer's own time, which is not told: read as UTC. */
static int64_t
created_at(const int *t)
{
	GDateTime *at = g_date_time_new_utc(t[0], t[1], t[2], t[3], t[4], 0);

	return at == NULL ? TIME_UNKNOWN : g_date_time_to_unix(at);
}

enum text_status
read_rtf_document(struct reading *r)
{
	struct rtf rtf;

	run(&rtf, r->p, r->n, &r->text);
	r->title = (struct text){ rtf.title.p == NULL ? "" : rtf.title.p, rtf.title.n };
	r->author = (struct text){ rtf.author.p == NULL ? "" : rtf.author.p, rtf.author.n };
	r->created_at = created_at(rtf.created);
	r->pages = rtf.pages;
	if (rtf.changes)
		build_warn(r->b, r->position, "tracked-changes", "the document has tracked changes; they are read as accepted");
	if (rtf.comments)
		build_warn(r->b, r->position, "comments", "the document has comments; they stand at the end of its text");
	return rtf.is_cut ? damaged(r) : TEXT_OK;
}
