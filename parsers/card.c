#include <glib.h>
#include <gmime/gmime.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/format.h"

/* A property of a calendar or card (RFC 5545 3.1, RFC 6350 3.2, vCard 2.1), its folded lines as one. */
struct property {
	GString *line;
	int      is_qp, is_base64;
	char    *charset;	/* of its value, NULL when not told */
};

/* What stands before the colon: parameters with a name or, in version 2.1, without. */
static void
read_parameters(struct property *p)
{
	const char *colon = strchr(p->line->str, ':');
	char      **parts = g_strsplit(colon == NULL ? "" : g_ascii_strup(p->line->str, colon - p->line->str), ";", 0);
	const char *value;
	size_t      i;

	for (i = 0; parts[i] != NULL; i++) {
		value = strchr(parts[i], '=');
		value = i == 0 ? "" : value == NULL ? parts[i] : value + 1;
		p->is_qp |= strcmp(value, "QUOTED-PRINTABLE") == 0;
		p->is_base64 |= strcmp(value, "BASE64") == 0 || strcmp(parts[i], "ENCODING=B") == 0;
		if (g_str_has_prefix(parts[i], "CHARSET="))
			p->charset = g_strdup(value);
	}
	g_strfreev(parts);
}

/* One line of the file, its end taken off; *at moves behind it. */
static void
add_line(struct property *p, const char *s, size_t n, size_t *at)
{
	const char *eol = memchr(s + *at, '\n', n - *at);
	size_t      end = eol == NULL ? n : (size_t)(eol - s);

	g_string_append_len(p->line, s + *at, (gssize)(end - *at));
	if (p->line->len > 0 && p->line->str[p->line->len - 1] == '\r')
		g_string_truncate(p->line, p->line->len - 1);
	*at = eol == NULL ? n : end + 1;
}

/* A line that begins with white space goes on where the one before it ended, within a word too; a quoted-printable one says so at its end. */
static void
read_property(struct property *p, const char *s, size_t n, size_t *at)
{
	size_t last;
	int    folds, is_soft;

	p->is_qp = p->is_base64 = 0;
	p->charset = NULL;
	g_string_truncate(p->line, 0);
	add_line(p, s, n, at);
	read_parameters(p);
	while (*at < n) {
		last = p->line->len;
		folds = s[*at] == ' ' || s[*at] == '\t';
		is_soft = p->is_qp && last > 0 && p->line->str[last - 1] == '=';
		if (!folds && !is_soft)
			break;
		if (is_soft)
			g_string_truncate(p->line, last - 1);
		*at += (size_t)folds;
		add_line(p, s, n, at);
	}
}

/* Its value as letters; *n is its length. */
static char *
decoded(const struct property *p, const char *value, size_t *n)
{
	GMimeEncoding coding;
	const size_t  len = strlen(value);
	char         *bytes;

	g_mime_encoding_init_decode(&coding, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	bytes = g_malloc(g_mime_encoding_outlen(&coding, len) + 1);
	return charset_to_utf8((uint8_t *)bytes, g_mime_encoding_flush(&coding, value, len, bytes), p->charset, n, NULL);
}

/* A line's end, a comma and a semicolon in a value have a backslash. */
static void
add_value(struct textbuf *out, const char *s, size_t n)
{
	size_t i;
	char   c;

	for (i = 0; i < n; i++) {
		c = s[i];
		if (c == '\\' && i + 1 < n && strchr("nN,;\\", s[i + 1]) != NULL && s[i + 1] != '\0') {
			c = s[++i];
			c = c == 'n' || c == 'N' ? '\n' : c;
		}
		textbuf_add(out, &c, 1);
	}
}

/* Pictures and keys are left out. */
enum text_status
read_card(struct reading *r)
{
	struct property p = { .line = g_string_new(NULL) };
	const char     *colon;
	char           *utf8, *value;
	size_t          n, at, value_n;

	utf8 = charset_to_utf8(r->p, r->n, r->charset, &n, NULL);
	for (at = 0; at < n && !r->text.full;) {
		read_property(&p, utf8, n, &at);
		colon = strchr(p.line->str, ':');
		if (p.is_base64 || (colon != NULL && g_str_has_prefix(colon, ":data:")))
			continue;
		if (colon == NULL || !p.is_qp)
			add_value(&r->text, p.line->str, p.line->len);
		else {
			textbuf_add(&r->text, p.line->str, (size_t)(colon + 1 - p.line->str));
			value = decoded(&p, colon + 1, &value_n);
			add_value(&r->text, value, value_n);
			g_free(value);
		}
		textbuf_add(&r->text, "\n", 1);
	}
	r->source = TEXT_PLAIN;
	return TEXT_OK;
}
