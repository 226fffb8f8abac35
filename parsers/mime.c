#include "parsers/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parsers/alternative.h"
#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/encoded_words.h"
#include "parsers/format.h"
#include "parsers/head.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/mime_mend.h"
#include "parsers/pkcs7.h"
#include "parsers/plain.h"
#include "parsers/uuencode.h"

#define GREETING_BYTES	24	/* a first line no longer may be a word that looks like base64 */

/* Multiparts cost little by themselves; mails and archives inside each other are what LIMIT_DEPTH counts. */
#define MULTIPART_DEPTH	200u

/* One text that is shown as the letter itself. */
struct body {
	enum text_source source;
	struct textbuf   text;
	size_t           words;
};

/* An attachment: a part, or a file that stood in the text. */
struct leaf {
	GMimeObject   *o;		/* NULL for a file in the text */
	const char    *boundary;	/* of the multipart around it, NULL without one */
	const uint8_t *raw; size_t raw_n;	/* what it was read from, NULL when that is gone */
	struct uu_file file;
	guint          inside;		/* of which leaf before it this one came out, counted from 1; 0: of the mail */
	int            is_read;		/* what is in it has been walked in its place */
	uint32_t       position;	/* once it is attached */
};

/* One mail while its structure is walked: bodies and attachments in the order they stand. */
struct walk {
	struct builder *b;
	uint32_t        position;
	unsigned        depth;
	GArray         *leaves;		/* struct leaf */
	guint           inside;		/* the leaf whose signed content is being walked */
	const char     *boundary;	/* of the multipart that is being walked */
	const uint8_t  *raw; size_t raw_n;	/* the bytes that are being walked */
	int             leaves_html;	/* reading it took too long before */
	struct textbuf  rest;		/* what stands only in alternatives that are not the letter */
};

void
mime_warm_up(void)
{
	static const char   *fallback[] = { "utf-8", "windows-1252", NULL };
	GMimeParserOptions  *options;

	g_mime_init();
	options = g_mime_parser_options_get_default();
	g_mime_parser_options_set_fallback_charsets(options, fallback);
	g_mime_parser_options_set_allow_addresses_without_domain(options, TRUE);
}

static size_t
count_words(const struct textbuf *t)
{
	size_t i, words = 0;
	int    in_word = 0, letter;

	for (i = 0; i < t->n; i++) {
		letter = g_ascii_isalnum(t->p[i]) || (unsigned char)t->p[i] >= 0x80;
		words += (size_t)(letter && !in_word);
		in_word = letter;
	}
	return words;
}

/* Decoded bytes of a part; NULL when the message unfolds to too much. */
static GByteArray *
decoded(struct walk *w, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray       *bytes = g_byte_array_new();
	GMimeStream      *stream;
	gint64            length;

	if (content == NULL)
		return bytes;
	length = g_mime_stream_length(g_mime_data_wrapper_get_stream(content));
	if (length < 0 || !build_unfold(w->b, (size_t)length))
		return NULL;
	stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	(void)g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return bytes;
}

/* A line of base64, its end taken off. */
static int
is_base64_line(const guint8 *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	for (; n > 0; p++, n--)
		if (!g_ascii_isalnum(*p) && *p != '+' && *p != '/' && *p != '=')
			return 0;
	return 1;
}

/* Words labelled as base64: the first line tells, or the second below a short one ("Hei"). What a list adds below says nothing. */
static int
are_words(const GByteArray *raw)
{
	const guint8 *p = raw->data, *end, *eol;
	unsigned      lines = 0;

	if (raw->len == 0)
		return 0;
	for (end = p + raw->len; p < end && lines < 2; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		if (eol - p <= 1)
			continue;
		if (!is_base64_line(p, (size_t)(eol - p)))
			return 1;
		if (eol - p > GREETING_BYTES)
			return 0;
		lines++;
	}
	return 0;
}

/* What is labelled as base64 and is not, which decoded would be noise; NULL: it is what it says. */
static GByteArray *
as_it_stands(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray       *raw;
	GMimeStream      *stream;

	if (content == NULL || g_mime_data_wrapper_get_encoding(content) != GMIME_CONTENT_ENCODING_BASE64)
		return NULL;
	raw = g_byte_array_new();
	stream = g_mime_stream_mem_new_with_byte_array(raw);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	(void)g_mime_stream_reset(g_mime_data_wrapper_get_stream(content));
	(void)g_mime_stream_write_to_stream(g_mime_data_wrapper_get_stream(content), stream);
	g_object_unref(stream);
	if (are_words(raw))
		return raw;
	g_byte_array_free(raw, TRUE);
	return NULL;
}

static char *
type_of(GMimeObject *o)
{
	GMimeContentType *type = g_mime_object_get_content_type(o);

	return g_ascii_strdown(type == NULL ? "text/plain" : g_mime_content_type_get_mime_type(type), -1);
}

static int
is_disposition(GMimeObject *o, const char *what)
{
	const char *d = g_mime_object_get_disposition(o);

	return d != NULL && g_ascii_strcasecmp(d, what) == 0;
}

static int
is_body(GMimeObject *o, const char *type)
{
	return (strcmp(type, "text/plain") == 0 || strcmp(type, "text/html") == 0) && !is_disposition(o, "attachment") &&
	    g_mime_part_get_filename(GMIME_PART(o)) == NULL;
}

static void
add_leaf(struct walk *w, GMimeObject *o, const struct uu_file *file, int is_read)
{
	struct leaf leaf;

	memset(&leaf, 0, sizeof leaf);
	leaf.o = o;
	if (file != NULL)
		leaf.file = *file;
	leaf.inside = w->inside;
	leaf.boundary = w->boundary;
	leaf.raw = w->raw;
	leaf.raw_n = w->raw_n;
	leaf.is_read = is_read;
	if (w->leaves->len <= LIMIT_PARTS)	/* one more than will be listed, so that the warning comes */
		g_array_append_val(w->leaves, leaf);
}

/* Files that stand in a plain text are attachments; the text is what is left. */
static void
take_files(struct walk *w, GByteArray *bytes, const char *charset)
{
	struct uu_file file;
	size_t         from = 0, kept = 0, stays, n;

	while (w->leaves->len <= LIMIT_PARTS && uu_find(bytes->data, bytes->len, from, &file)) {
		if (!build_unfold(w->b, file.n))
			break;
		file.name = charset_to_utf8((const uint8_t *)file.name, strlen(file.name), charset, &n, NULL);
		if (file.is_cut)
			build_warn(w->b, w->position, "damaged", "a file in the text has no end: it is kept as far as it goes");
		if (file.is_sealed)
			build_warn(w->b, w->position, WARNING_SEALED, "a text is encrypted");
		add_leaf(w, NULL, &file, 0);
		stays = file.is_sealed ? file.end : file.begin;
		memmove(bytes->data + kept, bytes->data + from, stays - from);
		kept += stays - from;
		from = file.end;
	}
	if (from > 0) {
		memmove(bytes->data + kept, bytes->data + from, bytes->len - from);
		g_byte_array_set_size(bytes, (guint)(kept + bytes->len - from));
	}
}

static void
add_body(struct walk *w, GMimeObject *o, const char *type, GPtrArray *bodies)
{
	struct body *body = g_new0(struct body, 1);
	GByteArray  *bytes = decoded(w, GMIME_PART(o)), *words = as_it_stands(GMIME_PART(o));
	const char  *charset = g_mime_object_get_content_type_parameter(o, "charset");
	const char  *format = g_mime_object_get_content_type_parameter(o, "format");
	const char  *delsp = g_mime_object_get_content_type_parameter(o, "delsp");
	size_t       n;
	char        *utf8;
	int          guessed;

	if (bytes == NULL || (w->leaves_html && strcmp(type, "text/html") == 0))
		return;
	if (words != NULL) {
		bytes = words;
		build_warn(w->b, w->position, "encoding-wrong", "a text says that it is base64 and is not: it is read as it stands");
	}
	body->source = strcmp(type, "text/html") == 0 ? TEXT_HTML : TEXT_PLAIN;
	if (body->source == TEXT_PLAIN)
		take_files(w, bytes, charset);
	if (body->source == TEXT_HTML && charset == NULL)
		charset = html_charset((const char *)bytes->data, bytes->len);
	utf8 = charset_to_utf8(bytes->data, bytes->len, charset, &n, &guessed);
	if (guessed)
		build_warn(w->b, w->position, "charset-guessed", "a text's character set is missing or wrong");
	if (body->source == TEXT_HTML) {
		if (!html_text(w->b, utf8, n, &body->text))
			build_warn(w->b, w->position, WARNING_LONG_TAG, "a tag has too many attributes: the rest of them is left out");
	} else if (format != NULL && g_ascii_strcasecmp(format, "flowed") == 0)
		plain_flowed(utf8, n, delsp != NULL && g_ascii_strcasecmp(delsp, "yes") == 0, &body->text);
	else
		textbuf_add(&body->text, utf8, n);
	if (text_is_noise(body->text.p, body->text.n))
		build_warn(w->b, w->position, WARNING_NOISE, "a text is not in the character set or encoding that it names");
	body->words = count_words(&body->text);
	g_ptr_array_add(bodies, body);
}

/* All of one sort, or of both (TEXT_NONE), one below the other. */
static struct textbuf
joined(const GPtrArray *from, enum text_source source)
{
	struct textbuf     all = { NULL, 0, 0, 0 };
	const struct body *body;
	guint              i;

	for (i = 0; i < from->len; i++) {
		body = g_ptr_array_index(from, i);
		if (body->words == 0 || (source != TEXT_NONE && body->source != source))
			continue;
		textbuf_newline(&all);
		textbuf_add(&all, body->text.p, body->text.n);
		all.full |= body->text.full;
	}
	return all;
}

/* Of a multipart/alternative: the plain text, unless the letter stands in the HTML; what only the other says is kept beside. */
static void
choose(struct walk *w, const GPtrArray *from, GPtrArray *bodies)
{
	struct textbuf     plain = joined(from, TEXT_PLAIN), html = joined(from, TEXT_HTML);
	const int          is_html = alternative_is_html(&plain, &html);
	const struct body *body;
	guint              i;

	for (i = 0; i < from->len; i++) {
		body = g_ptr_array_index(from, i);
		if (body->source == (is_html ? TEXT_HTML : TEXT_PLAIN))
			g_ptr_array_add(bodies, g_ptr_array_index(from, i));
	}
	alternative_rest(is_html ? &html : &plain, is_html ? &plain : &html, &w->rest);
}

static GMimeMessage *
parsed(const uint8_t *p, size_t n)
{
	GByteArray  *bytes = g_byte_array_new_take((guint8 *)(uintptr_t)p, n);	/* read only; never freed */
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	return g_mime_parser_construct_message(parser, NULL);
}

static void walk_object(struct walk *w, GMimeObject *o, unsigned depth, GPtrArray *bodies);

/* A mail signed as a whole: the envelope is listed, and what was signed is read as if it stood there. */
static void
walk_signed(struct walk *w, GMimeObject *o, unsigned depth, GPtrArray *bodies)
{
	GByteArray   *bytes = decoded(w, GMIME_PART(o));
	GMimeMessage *inner = NULL;
	uint8_t      *content;
	size_t        n;
	const guint   outer = w->inside;
	const char   *boundary = w->boundary;
	const uint8_t *raw = w->raw;

	if (bytes != NULL && pkcs7_content(bytes->data, bytes->len, &content, &n) && build_unfold(w->b, n))
		inner = parsed(content, n);
	add_leaf(w, o, NULL, inner != NULL);
	if (inner != NULL)
		build_warn(w->b, w->position, "signed-content", "the text was signed as a whole; the signature was not checked");
	if (inner == NULL || g_mime_message_get_mime_part(inner) == NULL)
		return;
	w->inside = w->leaves->len;
	w->boundary = NULL;
	w->raw = NULL;
	walk_object(w, g_mime_message_get_mime_part(inner), depth + 1, bodies);
	w->inside = outer;
	w->boundary = boundary;
	w->raw = raw;
}

/* A multipart whose delimiter is missing or another than it says: all its parts are one to GMime, before the first. */
static int
is_lost(GMimeObject *o)
{
	const char *preamble = g_mime_multipart_get_prologue(GMIME_MULTIPART(o));

	return g_mime_multipart_get_count(GMIME_MULTIPART(o)) == 0 && preamble != NULL && preamble[strspn(preamble, " \t\r\n")] != '\0';
}

static void
walk_object(struct walk *w, GMimeObject *o, unsigned depth, GPtrArray *bodies)
{
	char      *type = type_of(o);
	GPtrArray *own;
	int        i;
	const char *around = w->boundary;

	encoded_words_mend(o);
	if (GMIME_IS_MULTIPART(o) && is_lost(o)) {
		build_warn(w->b, w->position, WARNING_LOST, "a multipart's delimiter is missing or wrong: what stands in it is kept as one file");
		add_leaf(w, o, NULL, 0);
	} else if (GMIME_IS_MULTIPART(o) && depth < MULTIPART_DEPTH) {
		w->boundary = g_mime_multipart_get_boundary(GMIME_MULTIPART(o));
		own = strcmp(type, "multipart/alternative") == 0 ? g_ptr_array_new() : bodies;
		for (i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(o)); i++)
			walk_object(w, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1, own);
		if (own != bodies)
			choose(w, own, bodies);
		w->boundary = around;
	} else if (GMIME_IS_PART(o) && is_body(o, type))
		add_body(w, o, type, bodies);
	else if (GMIME_IS_PART(o) && pkcs7_is_type(type) && depth < MULTIPART_DEPTH)
		walk_signed(w, o, depth, bodies);
	else {
		if (GMIME_IS_MULTIPART(o))
			build_warn(w->b, w->position, "limit-depth", "multiparts nested deeper than %u: what is in them is kept as one file", MULTIPART_DEPTH);
		add_leaf(w, o, NULL, 0);
	}
	g_free(type);
}

static void
join_bodies(struct walk *w, const GPtrArray *bodies)
{
	struct textbuf     all = joined(bodies, TEXT_NONE);
	enum text_source   source = TEXT_NONE;
	const struct body *body;
	guint              i;

	for (i = 0; i < bodies->len; i++) {
		body = g_ptr_array_index(bodies, i);
		if (body->words > 0 && source != TEXT_HTML)
			source = body->source;
	}
	build_text(w->b, w->position, &all, source);
	build_rest(w->b, w->position, &w->rest);
}

static GByteArray *
written(struct walk *w, GMimeObject *o)
{
	GByteArray  *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	(void)g_mime_object_write_to_stream(o, NULL, stream);
	g_object_unref(stream);
	return build_unfold(w->b, bytes->len) ? bytes : NULL;
}

/* The end of what stands before the next delimiter line of the multipart (RFC 2046 5.1.1: its line break is the delimiter's). */
static const uint8_t *
before_delimiter(const uint8_t *p, const uint8_t *end, const char *boundary)
{
	size_t         n = strlen(boundary);
	const uint8_t *hit;

	for (; p < end && (hit = memmem(p, (size_t)(end - p), boundary, n)) != NULL; p = hit + 1)
		if (hit - p >= 3 && memcmp(hit - 3, "\n--", 3) == 0)
			return hit - p >= 4 && hit[-4] == '\r' ? hit - 4 : hit - 3;
	return end;
}

/*
 * The enclosed mail's own bytes, out of what it was read from; NULL when they do not stand there as they are. A mail ends with
 * a line break: where the delimiter took the last one it is given back.
 */
static GByteArray *
enclosed(struct walk *w, const struct leaf *leaf, GMimeMessage *inner)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(inner));
	GMimeHeader     *first = g_mime_header_list_get_count(headers) > 0 ? g_mime_header_list_get_header_at(headers, 0) : NULL;
	gint64           at = first == NULL ? -1 : g_mime_header_get_offset(first);
	const char      *name = first == NULL ? "" : g_mime_header_get_name(first);
	const uint8_t   *begin, *end;
	GByteArray      *bytes;
	const char      *eol;

	if (leaf->raw == NULL || at < 0 || (guint64)at + strlen(name) >= leaf->raw_n ||
	    g_ascii_strncasecmp((const char *)leaf->raw + at, name, strlen(name)) != 0)
		return NULL;
	begin = leaf->raw + at;
	end = leaf->raw + leaf->raw_n;
	if (leaf->boundary != NULL)
		end = before_delimiter(begin, end, leaf->boundary);
	if (!build_unfold(w->b, (size_t)(end - begin)))
		return NULL;
	bytes = g_byte_array_new();
	g_byte_array_append(bytes, begin, (guint)(end - begin));
	if (end > begin && end[-1] != '\n') {
		eol = memchr(begin, '\r', (size_t)(end - begin)) == NULL ? "\n" : "\r\n";
		g_byte_array_append(bytes, (const guint8 *)eol, (guint)strlen(eol));
	}
	return bytes;
}

/* A multipart without its delimiter, as a mail of its own that can be read. */
static GByteArray *
lost(struct walk *w, GMimeObject *o, const char *type)
{
	char *mended = mend_multipart(type, g_mime_multipart_get_prologue(GMIME_MULTIPART(o)));

	return build_unfold(w->b, strlen(mended)) ? g_byte_array_new_take((guint8 *)mended, strlen(mended)) : NULL;
}

/*
 * A part, an enclosed mail (its bytes as they stand in the mail, read again as a mail of its own), a multipart that lost its
 * delimiter, or one nested too deep, which is kept whole.
 */
static uint32_t
attach_object(struct walk *w, const struct leaf *leaf, uint32_t parent)
{
	GMimeObject     *o = leaf->o;
	uint32_t         position;
	struct attached  a;
	GByteArray      *bytes;
	GMimeMessage    *inner;
	char            *type = type_of(o);

	memset(&a, 0, sizeof a);
	a.parent = parent;
	a.depth = w->depth;
	a.is_read = leaf->is_read;
	a.type = type;
	a.content_id = g_mime_object_get_content_id(o);
	a.is_inline = is_disposition(o, "inline") && g_str_has_prefix(type, "image/");
	if (GMIME_IS_PART(o)) {
		a.filename = g_mime_part_get_filename(GMIME_PART(o));
		a.charset = g_mime_object_get_content_type_parameter(o, "charset");
		bytes = decoded(w, GMIME_PART(o));
	} else if (GMIME_IS_MULTIPART(o) && is_lost(o)) {
		a.type = NULL;	/* no part that was declared, but something that stood in the text */
		a.reads_as = "message/rfc822";
		bytes = lost(w, o, type);
	} else {
		a.filename = g_mime_object_get_content_disposition_parameter(o, "filename");
		if (a.filename == NULL)
			a.filename = g_mime_object_get_content_type_parameter(o, "name");
		if (GMIME_IS_MULTIPART(o))
			a.known = TEXT_TOO_LARGE;
		inner = GMIME_IS_MESSAGE_PART(o) ? g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)) : NULL;
		bytes = inner == NULL ? NULL : enclosed(w, leaf, inner);
		if (bytes == NULL)
			bytes = written(w, inner == NULL ? o : GMIME_OBJECT(inner));
	}
	if (bytes == NULL) {
		build_warn(w->b, w->position, "part-left", "a part is not listed: the message unfolds to too much");
		return 0;
	}
	a.p = bytes->data == NULL ? (const uint8_t *)"" : bytes->data;
	a.n = bytes->len;
	position = attach(w->b, &a);
	g_byte_array_unref(bytes);
	g_free(type);
	return position;
}

static void
attach_leaves(struct walk *w)
{
	struct attached a;
	struct leaf    *leaf;
	uint32_t        parent;
	guint           i;

	for (i = 0; i < w->leaves->len; i++) {
		leaf = &g_array_index(w->leaves, struct leaf, i);
		parent = leaf->inside == 0 ? 0 : g_array_index(w->leaves, struct leaf, leaf->inside - 1).position;
		if (parent == 0)
			parent = w->position;
		if (leaf->o != NULL) {
			leaf->position = attach_object(w, leaf, parent);
			continue;
		}
		memset(&a, 0, sizeof a);
		a.parent = parent;
		a.depth = w->depth;
		a.filename = leaf->file.name;
		a.p = leaf->file.p;
		a.n = leaf->file.n;
		leaf->position = attach(w->b, &a);
	}
}

/* A line "From sender date" of an mbox file before the mail. */
static size_t
mbox_line(const uint8_t *p, size_t n)
{
	const uint8_t *eol = n < 5 || memcmp(p, "From ", 5) != 0 ? NULL : memchr(p, '\n', n);

	return eol == NULL ? 0 : (size_t)(eol + 1 - p);
}

void
mime_read(struct builder *b, uint32_t position, unsigned depth, const uint8_t *p, size_t n, mime_told *told, void *ctx)
{
	const size_t     skip = mbox_line(p, n);
	struct walk      w = { .b = b, .position = position, .depth = depth, .raw = p + skip, .raw_n = n - skip };
	GPtrArray       *bodies = g_ptr_array_new();
	const char      *fault;
	const uint8_t   *mended = mend_mail(w.raw, w.raw_n, &w.raw_n, &fault);
	GMimeMessage    *mail;
	const struct mail_head *head;

	if (mended != NULL) {
		w.raw = mended;
		build_warn(b, position, "structure-mended", "the mail is not made as mails are: %s", fault);
	}
	mail = parsed(w.raw, w.raw_n);
	head = mail == NULL ? head_empty() : head_of(mail);
	if (told != NULL)
		told(ctx, head);
	build_part(b, position)->mail = head;
	if (mail == NULL || g_mime_message_get_mime_part(mail) == NULL) {
		build_part(b, position)->info.text_status = TEXT_EMPTY;
		build_close(b, position);
		return;
	}
	w.leaves = g_array_new(FALSE, FALSE, sizeof(struct leaf));
	w.leaves_html = position == 0 && !build_body(b);
	walk_object(&w, g_mime_message_get_mime_part(mail), 0, bodies);
	join_bodies(&w, bodies);
	build_close(b, position);
	attach_leaves(&w);
}

/* A mail among the attachments, wherever it came from. */
enum text_status
read_mail(struct reading *r)
{
	mime_read(r->b, r->position, r->depth + 1, r->p, r->n, NULL, NULL);
	r->source = TEXT_NONE;
	return TEXT_OK;
}
