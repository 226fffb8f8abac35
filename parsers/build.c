#include "parsers/build.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/vocabulary.h"
#include "parsers/limits.h"

/* What is known of a part beside what the message shows of it. */
struct state {
	int        closed;
	GPtrArray *warnings;	/* struct warning, NULL when there is none */
};

struct builder {
	FILE            *out;
	struct progress *progress;
	uint32_t         extract;
	size_t           extracted;	/* bytes handed out */
	GArray          *parts;		/* struct text_part */
	GArray          *states;	/* struct state, beside it */
	uint32_t         told;		/* positions below this have been written */
	size_t           unfolded, text_bytes;
	int              warned_parts, warned_unfold, hold;
	GHashTable      *cids;
	struct vocabulary *words;	/* of all texts */
	struct message   message;
};

static struct state *
state_of(struct builder *b, uint32_t position)
{
	return &g_array_index(b->states, struct state, position);
}

struct text_part *
build_part(struct builder *b, uint32_t position)
{
	return &g_array_index(b->parts, struct text_part, position);
}

static void
add_place(struct builder *b, uint32_t parent)
{
	struct text_part part;
	struct state     state = { 0, NULL };
	const struct text none = { "", 0 };

	memset(&part, 0, sizeof part);
	part.info.position = b->parts->len;
	part.info.parent = parent;
	part.info.filename = part.info.type = part.info.found_type = part.info.title = part.info.author = none;
	part.info.created_at = TIME_UNKNOWN;
	part.text = none;
	g_array_append_val(b->parts, part);
	g_array_append_val(b->states, state);
}

struct builder *
build_new(FILE *out, struct progress *progress, uint32_t extract)
{
	struct builder *b = g_new0(struct builder, 1);

	b->out = out;
	b->progress = progress;
	b->extract = extract;
	b->parts = g_array_new(FALSE, TRUE, sizeof(struct text_part));
	b->states = g_array_new(FALSE, TRUE, sizeof(struct state));
	b->cids = g_hash_table_new(g_str_hash, g_str_equal);
	b->words = vocabulary_new(LIMIT_MESSAGE_WORDS);
	if (b->words == NULL)
		g_error("no memory");
	add_place(b, 0);
	return b;
}

void
build_hold(struct builder *b)
{
	b->hold = 1;
}

uint32_t
build_open(struct builder *b, uint32_t parent)
{
	if (b->parts->len > LIMIT_PARTS) {
		if (!b->warned_parts)
			build_warn(b, parent, "limit-parts", "more than %u parts; the rest is not listed", LIMIT_PARTS);
		b->warned_parts = 1;
		return 0;
	}
	add_place(b, parent);
	return b->parts->len - 1;
}

/* What ended a child before, or what there is no time for; told with a warning. */
static int
is_left(struct builder *b, uint32_t position, uint32_t part)
{
	const struct progress *g = b->progress;
	size_t i;

	for (i = 0; i < PROGRESS_SKIPS && g->skip[i] != position; i++)
		;
	if (i == PROGRESS_SKIPS && (!g->lists_only || position == PROGRESS_BODY))	/* the body comes first: it has been read before */
		return 0;
	if (i == PROGRESS_SKIPS)
		build_warn(b, part, WARNING_TIME, "not read: other parts of the mail took all the time, or all the tries");
	else if (g->was_slow[i])
		build_warn(b, part, WARNING_TIME, "not read: it took too long");
	else
		build_warn(b, part, "reader-died", "the reader of this part did not survive it");
	build_part(b, part)->info.text_status = i < PROGRESS_SKIPS && !g->was_slow[i] ? TEXT_CORRUPT : TEXT_TOO_LARGE;
	return 1;
}

/* What has no more room is asked for by another request; a part that has none even alone ends the child. */
static void
hand_out(struct builder *b, uint32_t position, const uint8_t *p, size_t n)
{
	uint8_t  head[EXTRACT_HEAD];
	unsigned i;

	if (b->extracted > 0 && n + sizeof head > EXTRACT_BYTES - b->extracted)
		_exit(0);
	for (i = 0; i < 8; i++) {
		head[i] = (uint8_t)((uint64_t)position >> 8 * i);
		head[8 + i] = (uint8_t)((uint64_t)n >> 8 * i);
	}
	(void)fwrite(head, 1, sizeof head, b->out);
	(void)fwrite(p, 1, n, b->out);
	(void)fflush(b->out);
	b->extracted += sizeof head + n;
}

int
build_content(struct builder *b, uint32_t position, const uint8_t *p, size_t n)
{
	struct text_part *part = build_part(b, position);
	GChecksum        *sum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize             len = sizeof part->info.sha256;

	if (b->extract != 0 && b->extract <= position)
		hand_out(b, position, p, n);
	part->info.size_bytes = n;
	for (size_t at = 0; at < n; at += MIN(n - at, 1U << 30))	/* its length is signed */
		g_checksum_update(sum, p + at, (gssize)MIN(n - at, 1U << 30));
	g_checksum_get_digest(sum, part->info.sha256, &len);
	g_checksum_free(sum);
	if (is_left(b, position, position))
		return 0;
	b->progress->reading = position;
	return 1;
}

int
build_body(struct builder *b)
{
	if (is_left(b, PROGRESS_BODY, 0))
		return 0;
	b->progress->reading = PROGRESS_BODY;
	return 1;
}

int
build_is_extract(const struct builder *b)
{
	return b->extract != 0;
}

static size_t
cut_length(const char *p, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)p[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* `clean` cut to what the message may still have, and taken from it. */
static struct text
within(struct builder *b, uint32_t position, struct text clean, size_t most, int is_cut)
{
	size_t kept = vocabulary_add(b->words, clean.p, cut_length(clean.p, clean.n, MIN(LIMIT_MESSAGE_TEXT - b->text_bytes, most)));

	if (kept < clean.n || is_cut)
		build_warn(b, position, "limit-text", "only the first %zu bytes of text are kept", kept);
	if (kept < clean.n)
		clean.p = g_strndup(clean.p, kept);
	clean.n = kept;
	b->text_bytes += kept;
	return clean;
}

void
build_text(struct builder *b, uint32_t position, const struct textbuf *text, enum text_source source)
{
	struct text_part *part = build_part(b, position);

	part->text = within(b, position, text_clean(text->p == NULL ? "" : text->p, text->n, 1), LIMIT_PART_TEXT, text->full);
	part->source = source;
	if (part->info.text_status == TEXT_OK && !text_has_words(part->text))
		part->info.text_status = TEXT_EMPTY;
}

void
build_rest(struct builder *b, uint32_t position, const struct textbuf *text)
{
	struct text_part *part = build_part(b, position);
	struct text       rest;
	char             *whole;

	if (text->n == 0 || part->text.n == 0)
		return;
	rest = text_clean(text->p, text->n, 1);
	whole = g_strdup_printf("%.*s\n\n%s", (int)part->text.n, part->text.p, rest.p);
	rest = text_of(whole);
	b->text_bytes -= part->text.n;	/* counted anew */
	rest = within(b, position, rest, LIMIT_PART_TEXT, text->full);
	part->rest_at = MIN(rest.n, part->text.n + 1);
	part->text = rest;
}

static void
tell_warnings(struct builder *b, struct state *s)
{
	guint i;

	for (i = 0; s->warnings != NULL && i < s->warnings->len; i++)
		wire_warning(b->out, g_ptr_array_index(s->warnings, i));
	s->warnings = NULL;
}

/* Everything up to the first part that is still open. */
static void
tell(struct builder *b)
{
	struct text_part *part;
	struct state     *s;

	for (; b->told < b->parts->len; b->told++) {
		s = state_of(b, b->told);
		if (!s->closed || b->hold || b->extract != 0)
			return;
		part = build_part(b, b->told);
		if (b->told > 0)
			wire_part(b->out, &part->info);
		wire_text(b->out, b->told, part->text.p, part->text.n);
		tell_warnings(b, s);
	}
	(void)fflush(b->out);
}

void
build_close(struct builder *b, uint32_t position)
{
	const uint32_t parent = build_part(b, position)->info.parent;

	state_of(b, position)->closed = 1;
	if (b->progress->reading == (position == 0 ? PROGRESS_BODY : position))	/* an archive is being read again when its member is done */
		b->progress->reading = state_of(b, parent)->closed ? 0 : parent;
	tell(b);
}

void
build_warn(struct builder *b, uint32_t part, const char *code, const char *fmt, ...)
{
	struct warning *w = g_new0(struct warning, 1);
	struct state   *s = state_of(b, part);
	va_list         ap;

	va_start(ap, fmt);
	w->part = part;
	w->code = text_of(code);
	w->detail = text_of(g_strdup_vprintf(fmt, ap));
	va_end(ap);
	if (part < b->told) {	/* that part is written already */
		if (b->extract == 0)
			wire_warning(b->out, w);
		return;
	}
	if (s->warnings == NULL)
		s->warnings = g_ptr_array_new();
	if (s->warnings->len < LIMIT_SIGNALS_A_KIND)
		g_ptr_array_add(s->warnings, w);
}

size_t
build_unfold_room(const struct builder *b)
{
	return LIMIT_UNFOLDED_BYTES - b->unfolded;
}

int
build_unfold(struct builder *b, size_t n)
{
	if (n > build_unfold_room(b)) {
		if (!b->warned_unfold)
			build_warn(b, 0, "limit-unfolded", "unfolds to more than %u bytes", LIMIT_UNFOLDED_BYTES);
		b->warned_unfold = 1;
		return 0;
	}
	b->unfolded += n;
	return 1;
}

void
build_cid(struct builder *b, const char *cid)
{
	if (g_hash_table_size(b->cids) < LIMIT_PARTS)
		(void)g_hash_table_add(b->cids, g_strdup(cid));
}

int
build_cid_shown(const struct builder *b, const char *cid)
{
	return g_hash_table_contains(b->cids, cid);
}

const struct message *
build_finish(struct builder *b, int is_document)
{
	uint32_t i;

	b->hold = 0;
	for (i = 0; i < b->parts->len; i++)
		build_close(b, i);
	if (b->extract != 0)
		_exit(0);
	vocabulary_free(b->words);
	b->words = NULL;
	b->message.parts = &g_array_index(b->parts, struct text_part, 0);
	b->message.n_parts = b->parts->len;
	b->message.is_document = is_document;
	return &b->message;
}
