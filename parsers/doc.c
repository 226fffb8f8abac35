#include <glib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/doc_deleted.h"
#include "parsers/format.h"
#include "parsers/ole.h"

/*
 * Word's binary format ([MS-DOC]; Word 6 and 95 before it): the text lies in pieces, which the piece table puts in order.
 * Character positions run through all stories one after the other: body, footnotes, headers, comments, endnotes, text boxes.
 */
#define FIB_WORD97	0xc1u	/* nFib from which text may be UTF-16 and the tables have a stream of their own */
#define PIECES_MAX	200000u

enum { STORY_BODY = 0, STORY_FOOTNOTES, STORY_HEADERS, STORY_MACROS, STORY_COMMENTS, STORY_ENDNOTES, STORY_BOXES,
	STORY_HEADER_BOXES, STORIES };

struct doc {
	struct reading *r;
	struct stream   word, table;
	unsigned        fib, codepage;
	uint32_t        story[STORIES];		/* characters in each */
	struct deleted *deleted;
	struct textbuf  raw;			/* with Word's own marks still in it */
};

/* Bytes [from, to) of the Word stream as text, without what is marked as deleted. */
static void
add_run(struct doc *d, size_t from, size_t to, int wide)
{
	size_t at = from, next, n;
	char  *utf8;

	for (; at < to; at = next) {
		next = MIN(to, deleted_next_change(d->deleted, at));
		if (next <= at)
			next = to;
		if (deleted_at(d->deleted, at))
			continue;
		if (wide) {
			ole_utf16(&d->raw, d->word.p + at, next - at);
			continue;
		}
		utf8 = charset_to_utf8(d->word.p + at, next - at, charset_of_codepage(d->codepage), &n, NULL);
		textbuf_add(&d->raw, utf8, n);
		g_free(utf8);
	}
}

/* One piece: `characters` of them at the file position that its descriptor tells. */
static void
add_piece(struct doc *d, uint32_t fc, size_t characters)
{
	int    wide = 0;
	size_t at = fc, bytes = characters;

	if (d->fib >= FIB_WORD97) {
		wide = (fc & 0x40000000) == 0;
		at = fc & 0x3fffffff;
		if (wide)
			bytes *= 2;
		else
			at /= 2;
	}
	if (at < d->word.n)
		add_run(d, at, at + MIN(bytes, d->word.n - at), wide);
}

/* The stories end where their characters are used up; each begins on a line of its own. */
static void
add_in_stories(struct doc *d, uint32_t fc, uint32_t cp, size_t characters)
{
	const uint32_t step = d->fib >= FIB_WORD97 ? 2 : 1;	/* also of packed characters, whose position counts double */
	uint32_t       border = 0;
	size_t         i, take;

	for (i = 0; i < STORIES && characters > 0; i++) {
		border += d->story[i];
		if (cp >= border)
			continue;
		take = MIN(characters, border - cp);
		if (i != STORY_MACROS)
			add_piece(d, fc, take);
		cp += (uint32_t)take;
		fc += (uint32_t)take * step;
		characters -= take;
		if (cp == border && d->story[i] > 0)
			textbuf_add(&d->raw, "\r", 1);
	}
}

/* Walks the property modifiers to the piece table and reads the pieces in it. 0 when there is none. */
static int
read_pieces(struct doc *d, const struct stream *s, size_t at, size_t n)
{
	const size_t end = at + n;
	size_t       count, i;
	uint32_t     cp, next;

	if (n == 0 || end > s->n)
		return 0;
	while (at < end && stream_u8(s, at) == 1)
		at += 3 + stream_u16(s, at + 1);
	if (at + 5 > end || stream_u8(s, at) != 2)
		return 0;
	n = MIN(stream_u32(s, at + 1), end - at - 5);
	at += 5;
	if (n < 16)
		return 0;
	count = MIN((n - 4) / 12, PIECES_MAX);
	for (i = 0; i < count && !d->raw.full; i++) {
		cp = stream_u32(s, at + 4 * i);
		next = stream_u32(s, at + 4 * (i + 1));
		if (next > cp)
			add_in_stories(d, stream_u32(s, at + 4 * (count + 1) + 8 * i + 2), cp, next - cp);
	}
	return 1;
}

/* A letter of the raw text as it reads: Word's marks become lines and cells, field codes vanish. */
static void
add_letter(struct textbuf *out, char c, int *after_cell)
{
	const int was_cell = *after_cell;

	*after_cell = 0;
	switch (c) {
	case '\r': case '\v': case '\f': case 0x0e:
		textbuf_add(out, "\n", 1);
		break;
	case '\a':	/* the second in a row ends the table's row */
		textbuf_add(out, was_cell ? "\n" : "\t", 1);
		*after_cell = !was_cell;
		break;
	case 0x1e:
		textbuf_add(out, "-", 1);
		break;
	default:
		if ((unsigned char)c >= 0x20 || c == '\t')
			textbuf_add(out, &c, 1);
	}
}

static void
without_marks(const struct textbuf *raw, struct textbuf *out)
{
	GString *fields = g_string_new(NULL);	/* one letter for each field we are in: 'c' in its code, 'r' in its result */
	size_t   i;
	int      after_cell = 0, in_code = 0;

	for (i = 0; i < raw->n; i++) {
		switch (raw->p[i]) {
		case 0x13:
			g_string_append_c(fields, 'c');
			break;
		case 0x14:
			if (fields->len > 0)
				fields->str[fields->len - 1] = 'r';
			break;
		case 0x15:
			if (fields->len > 0)
				g_string_truncate(fields, fields->len - 1);
			break;
		default:
			if (!in_code)
				add_letter(out, raw->p[i], &after_cell);
			continue;
		}
		in_code = strchr(fields->str, 'c') != NULL;
	}
	g_string_free(fields, TRUE);
}

static void
read_stories(struct doc *d, size_t first)
{
	size_t i;

	for (i = 0; i < STORIES; i++)
		d->story[i] = MIN(stream_u32(&d->word, first + 4 * i), 1U << 27);
	if (d->story[STORY_COMMENTS] > 0)
		build_warn(d->r->b, d->r->position, "comments", "the document has comments; they stand after its text");
}

/* Word 97 and later. */
static int
read_new(struct doc *d, GsfInfile *f)
{
	const uint32_t flags = stream_u16(&d->word, 0x0a);

	d->table = ole_stream(d->r->b, f, (flags & 0x0200) != 0 ? "1Table" : "0Table");
	d->codepage = 1252;
	read_stories(d, 0x4c);
	d->deleted = deleted_read(&d->word, &d->table, stream_u32(&d->word, 0xfa), stream_u32(&d->word, 0xfe));
	if (deleted_any(d->deleted))
		build_warn(d->r->b, d->r->position, "tracked-changes", "the document has tracked changes; they are read as accepted");
	return read_pieces(d, &d->table, stream_u32(&d->word, 0x1a2), stream_u32(&d->word, 0x1a6));
}

/* Word 2, 6 and 95: one stream, bytes in a code page; pieces only where it was saved fast. */
static int
read_old(struct doc *d)
{
	const uint32_t flags = stream_u16(&d->word, 0x0a), first = stream_u32(&d->word, 0x18), last = stream_u32(&d->word, 0x1c);

	d->codepage = charset_codepage_of_language(stream_u16(&d->word, 0x06));
	read_stories(d, 0x34);
	if ((flags & 0x0004) != 0 && d->fib > 60 &&
	    read_pieces(d, &d->word, stream_u32(&d->word, 0x160), stream_u32(&d->word, 0x164)))
		return 1;
	if (first >= last || first >= d->word.n)
		return 0;
	add_run(d, first, MIN(last, d->word.n), 0);
	return 1;
}

static enum text_status
read_word_stream(struct doc *d, GsfInfile *f)
{
	const uint32_t magic = stream_u16(&d->word, 0);
	int            found;

	d->fib = stream_u16(&d->word, 2);
	if (magic >> 8 != 0xa5 && magic >> 8 != 0xa6)	/* Word 1 to 95 have several numbers here */
		return TEXT_CORRUPT;
	if ((stream_u16(&d->word, 0x0a) & 0x0100) != 0)
		return TEXT_ENCRYPTED;
	found = d->fib >= FIB_WORD97 && f != NULL ? read_new(d, f) : read_old(d);
	without_marks(&d->raw, &d->r->text);
	d->r->text.full |= d->raw.full;
	return found ? TEXT_OK : TEXT_CORRUPT;
}

enum text_status
read_doc(struct reading *r)
{
	struct doc       d = { .r = r };
	GsfInfile       *f = ole_open(r->p, r->n);
	enum text_status status;

	if (f == NULL) {	/* before Word 6 there was no container */
		d.word.p = (uint8_t *)(uintptr_t)r->p;
		d.word.n = r->n;
		return read_word_stream(&d, NULL);
	}
	d.word = ole_stream(r->b, f, "WordDocument");
	ole_facts(r, f);
	status = read_word_stream(&d, f);
	ole_close(f);
	return status;
}
