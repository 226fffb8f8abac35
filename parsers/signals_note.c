/* The notebook: what is noticed goes here, with its place, within its limits. */
#include "parsers/signals_parts.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/text.h"

static uint32_t
page_of(const struct stretch *s, size_t offset)
{
	size_t   low = 0, high;
	uint32_t page = 0;

	if (s->source == NULL || s->zone != ZONE_ATTACHMENT)
		return 0;
	for (high = s->source->n_pages; low < high;) {
		size_t middle = (low + high) / 2;

		if (s->source->page_at[middle] <= offset) {
			page = (uint32_t)middle + 1;
			low = middle + 1;
		} else
			high = middle;
	}
	return page;
}

/* A name is compared and shown without what nobody sees: a copy to be freed, NULL where there is nothing of it. */
static char *
without_format(const char *p)
{
	const char *c;
	GString    *out;

	for (c = p; (unsigned char)*c != 0 && ((unsigned char)*c < 0x80 || !text_is_format(g_utf8_get_char(c))); c = g_utf8_next_char(c))
		;
	if (*c == '\0')
		return NULL;
	out = g_string_new_len(p, c - p);
	for (; *c != '\0'; c = g_utf8_next_char(c))
		if (!text_is_format(g_utf8_get_char(c)))
			g_string_append_unichar(out, g_utf8_get_char(c));
	return g_string_free(out, FALSE);
}

void
note(struct notes *n, enum signal_kind kind, const struct stretch *s, size_t offset, const char *value, const char *extra)
{
	char         *clean_value = without_format(value), *clean_extra = without_format(extra);
	struct signal one = { .kind = kind, .zone = s->zone, .part = s->part, .page = page_of(s, offset), .offset = offset,
		.value = text_of(clean_value != NULL ? clean_value : value), .extra = text_of(clean_extra != NULL ? clean_extra : extra) };

	if (n->of_kind[kind] < LIMIT_SIGNALS_A_KIND) {
		n->of_kind[kind]++;
		wire_signal(n->f, &one);
	}
	g_free(clean_value);
	g_free(clean_extra);
}

void
note_once(struct notes *n, enum signal_kind kind, const struct stretch *s, size_t offset, const char *value, const char *extra)
{
	char *key;

	if (n->of_kind[kind] >= LIMIT_SIGNALS_A_KIND)
		return;
	key = g_strdup_printf("%d|%d|%u|%s|%s", (int)kind, (int)s->zone, s->part, value, extra);
	if (g_hash_table_add(n->seen, key))
		note(n, kind, s, offset, value, extra);
}
