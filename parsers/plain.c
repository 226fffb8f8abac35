#include "parsers/plain.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/format.h"

static void
quote_marks(struct textbuf *out, size_t depth)
{
	while (depth-- > 0)
		textbuf_add(out, ">", 1);
}

void
plain_flowed(const char *p, size_t n, int delsp, struct textbuf *out)
{
	const char *end = p + n, *eol, *next;
	size_t      depth, last_depth = 0, len;
	int         joins = 0, is_signature;

	for (; p < end; p = next) {
		eol = memchr(p, '\n', (size_t)(end - p));
		next = eol == NULL ? end : eol + 1;
		if (eol == NULL)
			eol = end;
		if (eol > p && eol[-1] == '\r')
			eol--;
		for (depth = 0; p < eol && *p == '>'; p++)
			depth++;
		if (p < eol && *p == ' ')	/* unstuff */
			p++;
		len = (size_t)(eol - p);
		is_signature = len == 3 && memcmp(p, "-- ", 3) == 0;
		if (joins && (depth != last_depth || is_signature)) {
			textbuf_add(out, "\n", 1);
			joins = 0;
		}
		if (!joins) {
			quote_marks(out, depth);
			if (depth > 0 && len > 0)
				textbuf_add(out, " ", 1);
		}
		joins = len > 0 && p[len - 1] == ' ' && !is_signature;
		textbuf_add(out, p, joins && delsp ? len - 1 : len);
		if (!joins)
			textbuf_add(out, "\n", 1);
		last_depth = depth;
	}
}

enum text_status
read_plain(struct reading *r)
{
	size_t n;
	char  *utf8 = charset_to_utf8(r->p, r->n, r->charset, &n, NULL);

	textbuf_add(&r->text, utf8, n);
	r->source = TEXT_PLAIN;
	return TEXT_OK;
}

/* A file that only says where the real one is (a shortcut, message/external-body): its words are kept, the file is not here. */
enum text_status
read_link(struct reading *r)
{
	(void)read_plain(r);
	return TEXT_LINK_ONLY;
}
