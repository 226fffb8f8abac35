#include "parsers/mapi.h"

#include <glib.h>
#include <stdio.h>
#include <ytnef.h>

#include "parsers/charset.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/rtf.h"

static void
add_html(const struct mapi_body *body, struct textbuf *out)
{
	const char *charset = html_charset((const char *)body->html, body->html_n);
	size_t      n;
	char       *utf8;

	utf8 = charset_to_utf8(body->html, body->html_n, charset != NULL ? charset : body->charset, &n, NULL);
	(void)html_text(NULL, utf8, n, out);
	g_free(utf8);
}

/* The header of compressed RTF tells how large it unfolds to, which is asked before libytnef allocates it. */
static void
add_rtf(const struct mapi_body *body, struct textbuf *out)
{
	variableLength packed = { (BYTE *)(uintptr_t)body->rtf, (int)body->rtf_n };
	const uint8_t *h = body->rtf;
	uint32_t       unfolded;
	int            n = 0;
	BYTE          *rtf;

	if (body->rtf_n < 16 || body->rtf_n > INT32_MAX)
		return;
	if (memcmp(h + 8, "MELA", 4) == 0) {	/* not compressed at all ([MS-OXRTFCP] 2.1.3.1.1) */
		rtf_text(h + 16, body->rtf_n - 16, out);
		return;
	}
	unfolded = (uint32_t)h[4] | (uint32_t)h[5] << 8 | (uint32_t)h[6] << 16 | (uint32_t)h[7] << 24;
	if (unfolded > 8 * (uint64_t)LIMIT_PART_TEXT)
		return;
	rtf = DecompressRTF(&packed, &n);
	if (rtf != NULL && n > 0)
		rtf_text(rtf, (size_t)n, out);
}

static int
has_words(const struct textbuf *t)
{
	return t->n > 0 && text_has_words((struct text){ t->p, t->n });
}

void
mapi_text(const struct mapi_body *body, struct textbuf *out)
{
	if (body->plain != NULL)
		textbuf_add(out, body->plain, body->plain_n);
	if (!has_words(out) && body->html != NULL)
		add_html(body, out);
	if (!has_words(out) && body->rtf != NULL)
		add_rtf(body, out);
}
