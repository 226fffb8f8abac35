#include "parsers/doc_deleted.h"

#include <glib.h>

#include "parsers/ole.h"

#define PAGE_BYTES	512u
#define PAGES_MAX	100000u
#define SPRM_DELETED	0x0800u	/* sprmCFRMarkDel */

struct range {
	size_t from, to;
};

struct deleted {
	GArray *ranges;		/* struct range, ascending */
};

/* Bytes of a property's operand by the three top bits of its code ([MS-DOC] 2.6, spra). */
static size_t
operand_bytes(const struct stream *s, size_t at, uint32_t sprm)
{
	static const size_t bytes[] = { 1, 1, 2, 4, 2, 2, 0, 3 };
	const uint32_t      spra = sprm >> 13;

	return spra == 6 ? 1 + stream_u8(s, at) : bytes[spra];
}

static int
says_deleted(const struct stream *s, size_t at, size_t end)
{
	uint32_t sprm;

	while (at + 3 <= end) {
		sprm = stream_u16(s, at);
		if (sprm == SPRM_DELETED)
			return stream_u8(s, at + 2) == 1;
		at += 2 + operand_bytes(s, at + 2, sprm);
	}
	return 0;
}

/* One page: file positions, then for each run the place of its properties, counted in words from the page's start. */
static void
read_page(struct deleted *d, const struct stream *word, size_t page)
{
	const size_t runs = stream_u8(word, page + PAGE_BYTES - 1);
	size_t       i, at;
	struct range r;

	if (page + PAGE_BYTES > word->n || 4 * (runs + 1) + runs > PAGE_BYTES)
		return;
	for (i = 0; i < runs; i++) {
		at = 2 * (size_t)stream_u8(word, page + 4 * (runs + 1) + i);
		if (at == 0)
			continue;
		at += page;
		if (!says_deleted(word, at + 1, MIN(at + 1 + stream_u8(word, at), page + PAGE_BYTES)))
			continue;
		r.from = stream_u32(word, page + 4 * i);
		r.to = stream_u32(word, page + 4 * (i + 1));
		if (r.from < r.to)
			g_array_append_val(d->ranges, r);
	}
}

static gint
by_start(gconstpointer a, gconstpointer b)
{
	const struct range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

struct deleted *
deleted_read(const struct stream *word, const struct stream *table, size_t at, size_t n)
{
	struct deleted *d = g_new0(struct deleted, 1);
	size_t          pages, i;

	d->ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	if (at > table->n || n > table->n - at || n < 12)
		return d;
	pages = MIN((n - 4) / 8, PAGES_MAX);
	for (i = 0; i < pages; i++)
		read_page(d, word, (size_t)(stream_u32(table, at + 4 * (pages + 1) + 4 * i) & 0x3fffff) * PAGE_BYTES);
	g_array_sort(d->ranges, by_start);
	return d;
}

int
deleted_any(const struct deleted *d)
{
	return d != NULL && d->ranges->len > 0;
}

/* The last range that begins at or before `at`; -1 when there is none. */
static gssize
range_before(const struct deleted *d, size_t at)
{
	gssize low = 0, high = d == NULL ? 0 : (gssize)d->ranges->len, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (g_array_index(d->ranges, struct range, middle).from <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

int
deleted_at(const struct deleted *d, size_t at)
{
	gssize i = range_before(d, at);

	return i >= 0 && at < g_array_index(d->ranges, struct range, i).to;
}

size_t
deleted_next_change(const struct deleted *d, size_t at)
{
	gssize i = range_before(d, at);

	if (i >= 0 && at < g_array_index(d->ranges, struct range, i).to)
		return g_array_index(d->ranges, struct range, i).to;
	return d != NULL && i + 1 < (gssize)d->ranges->len ? g_array_index(d->ranges, struct range, i + 1).from : SIZE_MAX;
}
