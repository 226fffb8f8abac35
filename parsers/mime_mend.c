#include "parsers/mime_mend.h"

#include <glib.h>
#include <string.h>

#define BOUNDARY_BYTES 200u	/* RFC 2046 allows 70 */

/* Each line break in `from` becomes one that every reader knows. */
static uint8_t *
with_breaks(const uint8_t *p, size_t n, const char *from, size_t *out_n)
{
	const size_t   len = strlen(from);
	const uint8_t *hit, *end = p + n;
	GByteArray    *out = g_byte_array_sized_new((guint)n + 1);

	for (; (hit = memmem(p, (size_t)(end - p), from, len)) != NULL; p = hit + len) {
		g_byte_array_append(out, p, (guint)(hit - p));
		g_byte_array_append(out, (const guint8 *)"\n", 1);
	}
	g_byte_array_append(out, p, (guint)(end - p));
	*out_n = out->len;
	return g_byte_array_free(out, FALSE);
}

/* A field's name and its colon (RFC 5322 2.2). */
static int
is_field(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q = p;

	while (q < end && *q > ' ' && *q < 0x7f && *q != ':')
		q++;
	return q > p && q < end && *q == ':';
}

/* A field that a mail program writes: below such a line the headers go on, above a body nothing like it stands by chance. */
static int
is_known_field(const uint8_t *p, const uint8_t *end)
{
	static const char *const names[] = { "from:", "to:", "cc:", "subject:", "date:", "message-id:", "mime-version:", "content-", "received:",
		"reply-to:", "sender:", "return-path:", "references:", "in-reply-to:", "x-", "list-", "dkim-", "arc-", "authentication-", "thread-" };
	size_t i;

	for (i = 0; is_field(p, end) && i < sizeof names / sizeof names[0]; i++)
		if ((size_t)(end - p) >= strlen(names[i]) && g_ascii_strncasecmp((const char *)p, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}

/* Where the body begins without an empty line before it; 0 when the headers end as they should, or nobody can tell. */
static size_t
bare_body(const uint8_t *p, size_t n)
{
	const uint8_t *at, *eol, *end = p + n, *body = NULL;
	int            fields = 0;

	for (at = p; at < end; at = eol + 1) {
		eol = memchr(at, '\n', (size_t)(end - at));
		if (eol == NULL)
			eol = end;
		if (eol == at || (eol - at == 1 && *at == '\r'))
			break;
		if (body != NULL && is_known_field(at, eol))
			return 0;
		if (body == NULL && *at != ' ' && *at != '\t' && !is_field(at, eol))
			body = at;
		fields |= body == NULL && is_known_field(at, eol);
		if (eol == end)
			break;
	}
	return body == NULL || !fields ? 0 : (size_t)(body - p);
}

static uint8_t *
with_empty_line(const uint8_t *p, size_t n, size_t at, size_t *out_n)
{
	uint8_t *out = g_malloc(n + 1);

	memcpy(out, p, at);
	out[at] = '\n';
	memcpy(out + at + 1, p + at, n - at);
	*out_n = n + 1;
	return out;
}

uint8_t *
mend_mail(const uint8_t *p, size_t n, size_t *out_n, const char **fault)
{
	const uint8_t *eol = memchr(p, '\n', n);
	uint8_t       *out = NULL;
	size_t         body;

	*fault = "its line ends are no line ends";
	if (eol == NULL && memchr(p, '\r', n) != NULL)
		out = with_breaks(p, n, "\r", out_n);
	else if (eol != NULL && eol - p >= 2 && eol[-1] == '\r' && eol[-2] == '\r')
		out = with_breaks(p, n, "\r\r\n", out_n);
	if (out != NULL) {
		p = out;
		n = *out_n;
	}
	body = bare_body(p, n);
	if (body > 0) {
		*fault = "no empty line stands between its headers and its text";
		out = with_empty_line(p, n, body, out_n);
	}
	return out;
}

/* A line "--delimiter" with a header of a part below it: the delimiter, NULL when none stands there. */
static char *
delimiter_in(const char *p)
{
	const char *eol;
	size_t      n;

	for (; p != NULL; p = eol == NULL ? NULL : eol + 1) {
		eol = strchr(p, '\n');
		if (eol == NULL || strncmp(p, "--", 2) != 0 || g_ascii_strncasecmp(eol + 1, "content-", 8) != 0)
			continue;
		n = (size_t)(eol - p) - 2;
		while (n > 0 && g_ascii_isspace(p[2 + n - 1]))
			n--;
		if (n > 0 && n <= BOUNDARY_BYTES && memchr(p, '"', n + 2) == NULL && memchr(p, '\\', n + 2) == NULL)
			return g_strndup(p + 2, n);
	}
	return NULL;
}

char *
mend_multipart(const char *type, const char *preamble)
{
	char *delimiter = delimiter_in(preamble);

	if (delimiter == NULL)
		return g_strconcat("Content-Type: text/plain\n\n", preamble, NULL);
	return g_strconcat("Content-Type: ", strcmp(type, "multipart/alternative") == 0 ? type : "multipart/mixed", "; boundary=\"", delimiter, "\"\n\n",
	    preamble, NULL);
}
