#include "parsers/encoded_words.h"

#include <string.h>

/* One base64 word: =?charset?B?payload?= */
struct word {
	const char *begin, *end;
	const char *charset; size_t charset_n;
	const char *payload; size_t payload_n;
};

static int
word_at(const char *p, struct word *w)
{
	const char *q;

	if (strncmp(p, "=?", 2) != 0)
		return 0;
	w->begin = p;
	w->charset = p + 2;
	q = w->charset + strcspn(w->charset, "? \t\r\n");
	w->charset_n = (size_t)(q - w->charset);
	if (w->charset_n == 0 || q[0] != '?' || (q[1] != 'B' && q[1] != 'b') || q[2] != '?')
		return 0;
	w->payload = q + 3;
	q = w->payload + strspn(w->payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
	w->payload_n = (size_t)(q - w->payload);
	w->end = q + 2;
	return w->payload_n > 0 && q[0] == '?' && q[1] == '=';
}

/* The same bytes as a Q word. Each word stands for itself (RFC 2047, section 5), so that missing padding ends it too. */
static void
add_q_word(GString *out, const struct word *w)
{
	GString *payload = g_string_new_len(w->payload, (gssize)w->payload_n);
	guchar  *bytes;
	gsize    n = 0, i;

	while (payload->len % 4 != 0)
		g_string_append_c(payload, '=');
	bytes = g_base64_decode(payload->str, &n);
	g_string_append_len(out, w->begin, w->payload - 2 - w->begin);
	g_string_append(out, "Q?");
	for (i = 0; i < n; i++)
		g_string_append_printf(out, "=%02X", bytes[i]);
	g_string_append(out, "?=");
	g_free(bytes);
	(void)g_string_free(payload, TRUE);
}

char *
encoded_words_apart(const char *raw)
{
	GString    *out = g_string_new(NULL);
	const char *p = raw, *next;
	struct word w, after;
	int         follows = 0, changed = 0, is_run;

	while (*p != '\0') {
		if (!word_at(p, &w)) {
			follows = follows && strchr(" \t\r\n", *p) != NULL;
			g_string_append_c(out, *p++);
			continue;
		}
		next = w.end + strspn(w.end, " \t\r\n");
		is_run = follows || word_at(next, &after);
		if (is_run)
			add_q_word(out, &w);
		else
			g_string_append_len(out, w.begin, w.end - w.begin);
		changed |= is_run;
		follows = 1;
		p = w.end;
	}
	if (changed)
		return g_string_free(out, FALSE);
	(void)g_string_free(out, TRUE);
	return NULL;
}

void
encoded_words_mend(GMimeObject *o)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	int              i, n = g_mime_header_list_get_count(list);
	const char      *raw;
	char            *apart;
	GMimeHeader     *h;

	for (i = 0; i < n; i++) {
		h = g_mime_header_list_get_header_at(list, i);
		raw = g_mime_header_get_raw_value(h);
		apart = raw == NULL || strstr(raw, "?=") == NULL ? NULL : encoded_words_apart(raw);
		if (apart != NULL)
			g_mime_header_set_raw_value(h, apart);
		g_free(apart);
	}
}
