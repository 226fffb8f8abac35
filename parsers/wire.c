#include "parsers/wire.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/wire_frame.h"

static const char *const status_names[TEXT_STATUSES] = {
	"ok", "empty", "garbled", "encrypted", "corrupt", "unsupported", "too large", "link only"
};

static const char *const zone_names[ZONES] = {
	"header", "subject", "body", "signature", "quoted", "forwarded", "attachment", "filename"
};

const char *
text_status_name(enum text_status s)
{
	return (unsigned)s < TEXT_STATUSES ? status_names[s] : "unknown";
}

const char *
zone_name(enum zone z)
{
	return (unsigned)z < ZONES ? zone_names[z] : "unknown";
}

struct text
text_of(const char *s)
{
	struct text t = { s == NULL ? "" : s, s == NULL ? 0 : strlen(s) };

	return t;
}

size_t
wire_clean_character(const uint8_t *p, size_t n, int lines)
{
	uint32_t c = p[0];

	if (c < 0x80)
		return (c >= 0x20 && c != 0x7f) || (lines && (c == '\n' || c == '\t')) ? 1 : 0;
	if (c >= 0xc2 && c <= 0xdf)	/* the first 32 of these are the C1 controls */
		return n >= 2 && (p[1] & 0xc0) == 0x80 && !(c == 0xc2 && p[1] < 0xa0) ? 2 : 0;
	if (c >= 0xe0 && c <= 0xef) {
		if (n < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
			return 0;
		return (c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ? 0 : 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if (n < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
			return 0;
		return (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f) ? 0 : 4;
	}
	return 0;
}

int
wire_next_record(const uint8_t *p, size_t n, size_t *pos, uint8_t *letter, const uint8_t **payload, size_t *len)
{
	const uint8_t *at;

	if (n - *pos < HEAD_BYTES)	/* also when there is nothing at all, and p is NULL */
		return 0;
	at = p + *pos;
	*letter = at[0];
	*len = (size_t)at[1] | (size_t)at[2] << 8 | (size_t)at[3] << 16 | (size_t)at[4] << 24;
	*payload = at + HEAD_BYTES;
	if (*len > n - *pos - HEAD_BYTES)
		return 0;
	*pos += HEAD_BYTES + *len;
	return 1;
}

/* The longest start of p within `max` bytes that cuts no character. */
static size_t
cut_length(const char *p, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)p[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static void
put_le(uint8_t *out, uint64_t v, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++, v >>= 8)
		out[i] = (uint8_t)v;
}

size_t
wire_without_text(const uint8_t *p, size_t n, uint8_t *out)
{
	size_t         pos = 0, start = 0, o = 0, len, kept = 0;
	const uint8_t *payload;
	uint8_t        letter;

	while (wire_next_record(p, n, &pos, &letter, &payload, &len)) {
		if (letter != RECORD_TEXT) {
			memcpy(out + o, p + start, pos - start);
			if (letter == RECORD_END && len == 8)	/* it counts what is there now */
				put_le(out + o + HEAD_BYTES, kept, 8);
			o += pos - start;
			kept++;
		}
		start = pos;
	}
	return o;
}

/* Room for the largest record but text: tokens, or an envelope. */
struct writer {
	size_t  n;
	uint8_t bytes[LIMIT_TOKENS_BYTES + 4096];
};

static void
put_number(struct writer *w, uint64_t v)
{
	put_le(w->bytes + w->n, v, 8);
	w->n += 8;
}

static void
put_time(struct writer *w, int64_t at)
{
	put_number(w, (uint64_t)(at < TIME_FIRST || at > TIME_LAST ? TIME_UNKNOWN : at));
}

static void
put_digest(struct writer *w, const uint8_t *digest)
{
	memcpy(w->bytes + w->n, digest, 32);
	w->n += 32;
}

/* Our own slip in cleaning a text should cost a character, not the message: what is not clean becomes '?'. */
static void
put_text(struct writer *w, struct text t, size_t max)
{
	size_t   n = cut_length(t.p, t.n, max), i = 0, len;
	uint8_t *at = w->bytes + w->n + 4;

	put_le(w->bytes + w->n, n, 4);
	if (n > 0)
		memcpy(at, t.p, n);
	while (i < n) {
		len = wire_clean_character(at + i, n - i, 0);
		if (len == 0) {
			at[i] = '?';
			len = 1;
		}
		i += len;
	}
	w->n += 4 + n;
}

static void
put_record(FILE *f, enum record_kind letter, const struct writer *w)
{
	uint8_t head[HEAD_BYTES] = { (uint8_t)letter };

	put_le(head + 1, w->n, 4);
	(void)fwrite(head, 1, sizeof head, f);
	(void)fwrite(w->bytes, 1, w->n, f);
}

void
wire_version(FILE *f, uint64_t parser_version)
{
	struct writer w;

	w.n = 0;
	put_number(&w, WIRE_VERSION);
	put_number(&w, parser_version);
	put_record(f, RECORD_VERSION, &w);
}

void
wire_envelope(FILE *f, const struct envelope *e)
{
	const struct text fields[] = { e->message_id, e->in_reply_to, e->references, e->subject, e->from_name,
		e->from_address, e->sender_address, e->reply_to_address, e->return_path, e->to };
	struct writer w;
	size_t        i;

	w.n = 0;
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		put_text(&w, fields[i], LIMIT_FIELD_BYTES);
	put_time(&w, e->sent_at);
	put_time(&w, e->relayed_at);
	put_record(f, RECORD_ENVELOPE, &w);
}

void
wire_part(FILE *f, const struct part *p)
{
	struct writer w;

	w.n = 0;
	put_number(&w, p->position);
	put_number(&w, p->parent);
	put_number(&w, p->is_inline != 0);
	put_text(&w, p->filename, LIMIT_FILENAME_BYTES);
	put_text(&w, p->type, LIMIT_FILENAME_BYTES);
	put_text(&w, p->found_type, LIMIT_FILENAME_BYTES);
	put_number(&w, p->size_bytes);
	put_digest(&w, p->sha256);
	put_number(&w, p->text_status);
	put_number(&w, p->pages);
	put_text(&w, p->title, LIMIT_SIGNAL_BYTES);
	put_text(&w, p->author, LIMIT_SIGNAL_BYTES);
	put_time(&w, p->created_at);
	put_record(f, RECORD_PART, &w);
}

void
wire_text(FILE *f, uint32_t part, const char *p, size_t n)
{
	uint8_t head[HEAD_BYTES + 12] = { RECORD_TEXT };
	size_t  piece;

	n = cut_length(p, n, LIMIT_PART_TEXT);
	while (n > 0) {
		piece = cut_length(p, n, LIMIT_TEXT_PIECE);
		put_le(head + 1, 12 + piece, 4);
		put_le(head + HEAD_BYTES, part, 8);
		put_le(head + HEAD_BYTES + 8, piece, 4);
		(void)fwrite(head, 1, sizeof head, f);
		(void)fwrite(p, 1, piece, f);
		p += piece;
		n -= piece;
	}
}

void
wire_signal(FILE *f, const struct signal *s)
{
	struct writer w;

	w.n = 0;
	put_number(&w, s->kind);
	put_number(&w, s->zone);
	put_number(&w, s->part);
	put_number(&w, s->page);
	put_number(&w, s->offset);
	put_text(&w, s->value, LIMIT_SIGNAL_BYTES);
	put_text(&w, s->extra, LIMIT_SIGNAL_BYTES);
	put_record(f, RECORD_SIGNAL, &w);
}

void
wire_tokens(FILE *f, const struct tokens *t)
{
	struct writer w;

	w.n = 0;
	put_number(&w, t->zone);
	put_number(&w, t->part);
	put_number(&w, t->offset);
	put_text(&w, t->words, LIMIT_TOKENS_BYTES);
	put_record(f, RECORD_TOKENS, &w);
}

void
wire_digest(FILE *f, const struct digest *d)
{
	struct writer w;

	w.n = 0;
	put_number(&w, d->kind);
	put_number(&w, d->part);
	put_number(&w, d->words);
	put_digest(&w, d->sha256);
	put_record(f, RECORD_DIGEST, &w);
}

void
wire_minhash(FILE *f, const struct minhash *m)
{
	struct writer w;
	size_t        i;

	w.n = 0;
	put_number(&w, m->part);
	put_number(&w, m->words);
	for (i = 0; i < MINHASH_SIZE; i++)
		put_number(&w, m->slot[i]);
	put_record(f, RECORD_MINHASH, &w);
}

void
wire_block(FILE *f, const struct block *b)
{
	struct writer w;

	w.n = 0;
	put_number(&w, b->part);
	put_number(&w, b->zone);
	put_number(&w, b->offset);
	put_number(&w, b->size_bytes);
	put_number(&w, b->words);
	put_number(&w, b->hash);
	put_number(&w, b->form);
	put_record(f, RECORD_BLOCK, &w);
}

void
wire_warning(FILE *f, const struct warning *wa)
{
	struct writer w;

	w.n = 0;
	put_number(&w, wa->part);
	put_text(&w, wa->code, LIMIT_SIGNAL_BYTES);
	put_text(&w, wa->detail, LIMIT_SIGNAL_BYTES);
	put_record(f, RECORD_WARNING, &w);
}

void
wire_end(FILE *f, uint64_t records)
{
	struct writer w;

	w.n = 0;
	put_number(&w, records);
	put_record(f, RECORD_END, &w);
}
