/* The notebook: what is noticed goes here, with its place, within its limits. */
#include "parsers/signals_parts.h"

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

void
note(struct notes *n, enum signal_kind kind, const struct stretch *s, size_t offset, const char *value, const char *extra)
{
	char         *clean_value = text_without_format(value), *clean_extra = text_without_format(extra);
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
