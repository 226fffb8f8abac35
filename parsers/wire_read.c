#include "parsers/wire.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/wire_frame.h"

static int
is_clean(const uint8_t *p, size_t n, int lines)
{
	size_t i = 0, len;

	while (i < n) {
		len = wire_clean_character(p + i, n - i, lines);
		if (len == 0)
			return 0;
		i += len;
	}
	return 1;
}

/* One block for all that a stream can say, its size known from a first walk over the records. */
struct wire_arena {
	size_t size, used;
	char   bytes[];
};

struct reader {
	const uint8_t *p;	/* what is left of the payload at hand */
	size_t         n;
	struct parsed *out;
	const char    *fault;	/* why the record at hand is bad; NULL: it is sound so far */
	size_t         per_kind[SIGNAL_KINDS];
	size_t         text_bytes, token_bytes;
	char          *joined;	/* where the next piece of text goes */
};

static void
fault(struct reader *r, const char *words)
{
	if (r->fault == NULL)
		r->fault = words;
	r->n = 0;
}

static uint64_t
get_number(struct reader *r, uint64_t max)
{
	uint64_t v = 0;
	int      i;

	if (r->n < 8) {
		fault(r, "is cut in a number");
		return 0;
	}
	for (i = 7; i >= 0; i--)
		v = v << 8 | r->p[i];
	r->p += 8;
	r->n -= 8;
	if (v > max) {
		fault(r, "has a number out of range");
		return 0;
	}
	return v;
}

static int64_t
get_time(struct reader *r)
{
	int64_t at = (int64_t)get_number(r, UINT64_MAX);

	if (at != TIME_UNKNOWN && (at < TIME_FIRST || at > TIME_LAST))
		fault(r, "has a time out of range");
	return at;
}

static void
get_digest(struct reader *r, uint8_t *digest)
{
	if (r->n < 32) {
		fault(r, "is cut in a digest");
		return;
	}
	memcpy(digest, r->p, 32);
	r->p += 32;
	r->n -= 32;
}

/* The string's bytes where they stand; `n` is 0 after a fault. */
static const uint8_t *
get_bytes(struct reader *r, size_t max, int lines, size_t *n)
{
	const uint8_t *at;
	size_t         len;

	*n = 0;
	if (r->n < 4) {
		fault(r, "is cut in a length");
		return r->p;
	}
	len = (size_t)r->p[0] | (size_t)r->p[1] << 8 | (size_t)r->p[2] << 16 | (size_t)r->p[3] << 24;
	r->p += 4;
	r->n -= 4;
	at = r->p;
	if (len > r->n)
		fault(r, "has a string longer than itself");
	else if (len > max)
		fault(r, "has a string over its limit");
	else if (!is_clean(at, len, lines))
		fault(r, "has a string that is not clean UTF-8");
	if (r->fault != NULL)
		return at;
	r->p += len;
	r->n -= len;
	*n = len;
	return at;
}

/* The sizes were counted beforehand; running out is a mistake in that count and refused all the same. */
static void *
arena_take(struct reader *r, size_t bytes)
{
	struct wire_arena *a = r->out->arena;
	char              *at = a->bytes + a->used;

	if (bytes > a->size - a->used) {
		fault(r, "does not fit the arena");
		return NULL;
	}
	a->used += bytes;
	return at;
}

static struct text
get_text(struct reader *r, size_t max)
{
	struct text    t = { "", 0 };
	size_t         n;
	const uint8_t *at = get_bytes(r, max, 0, &n);
	char          *copy;

	if (n == 0 || (copy = arena_take(r, n + 1)) == NULL)
		return t;
	memcpy(copy, at, n);
	copy[n] = '\0';
	t.p = copy;
	t.n = n;
	return t;
}

static uint32_t
get_part_number(struct reader *r)
{
	return (uint32_t)get_number(r, r->out->n_parts);	/* only parts that have been told */
}

static enum zone
get_zone(struct reader *r)
{
	return (enum zone)get_number(r, ZONES - 1);
}

static void
read_version(struct reader *r)
{
	if (get_number(r, UINT64_MAX) != WIRE_VERSION)
		fault(r, "is of another version");
	r->out->parser_version = get_number(r, INT64_MAX);
}

static void
read_envelope(struct reader *r)
{
	struct envelope e;
	struct text    *const fields[] = { &e.message_id, &e.in_reply_to, &e.references, &e.subject, &e.from_name,
		&e.from_address, &e.sender_address, &e.reply_to_address, &e.return_path, &e.to };
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		*fields[i] = get_text(r, LIMIT_FIELD_BYTES);
	e.sent_at = get_time(r);
	e.relayed_at = get_time(r);
	if (r->fault != NULL || r->n != 0)
		return;
	r->out->envelope = e;
	r->out->has_envelope = 1;
}

static void
read_part(struct reader *r)
{
	struct part p;

	memset(&p, 0, sizeof p);
	p.position = (uint32_t)get_number(r, LIMIT_PARTS);
	p.parent = (uint32_t)get_number(r, LIMIT_PARTS);
	if (p.position != r->out->n_parts + 1 || p.parent >= p.position)
		fault(r, "is out of order");
	p.is_inline = (int)get_number(r, 1);
	p.filename = get_text(r, LIMIT_FILENAME_BYTES);
	p.type = get_text(r, LIMIT_FILENAME_BYTES);
	p.found_type = get_text(r, LIMIT_FILENAME_BYTES);
	p.size_bytes = get_number(r, INT64_MAX);
	get_digest(r, p.sha256);
	p.text_status = (enum text_status)get_number(r, TEXT_STATUSES - 1);
	p.pages = (uint32_t)get_number(r, UINT32_MAX);
	p.title = get_text(r, LIMIT_SIGNAL_BYTES);
	p.author = get_text(r, LIMIT_SIGNAL_BYTES);
	p.created_at = get_time(r);
	if (r->fault == NULL && r->n == 0)
		r->out->parts[r->out->n_parts++] = p;
}

/* Pieces of one part follow each other, so that joining them is appending; each text ends with a NUL. */
static void
read_text(struct reader *r)
{
	struct parsed    *out = r->out;
	uint32_t          part = get_part_number(r);
	struct part_text *t = out->n_texts > 0 ? &out->texts[out->n_texts - 1] : NULL;
	size_t            n, i;
	const uint8_t    *at = get_bytes(r, LIMIT_TEXT_PIECE, 1, &n);
	int               goes_on = t != NULL && t->part == part;

	for (i = 0; !goes_on && i < out->n_texts; i++)
		if (out->texts[i].part == part)
			fault(r, "comes back to a part left before");
	if (n + (goes_on ? t->text.n : 0) > LIMIT_PART_TEXT || n + r->text_bytes > LIMIT_MESSAGE_TEXT)
		fault(r, "passes the limit of text");
	if (r->fault != NULL || r->n != 0)
		return;
	if (!goes_on) {
		if (t != NULL)
			r->joined++;	/* past the NUL of the text before */
		t = &out->texts[out->n_texts++];
		t->part = part;
		t->text.p = r->joined;
		t->text.n = 0;
	}
	memcpy(r->joined, at, n);
	r->joined += n;
	*r->joined = '\0';
	t->text.n += n;
	r->text_bytes += n;
}

static void
read_signal(struct reader *r)
{
	struct signal s;

	memset(&s, 0, sizeof s);
	s.kind = (enum signal_kind)get_number(r, SIGNAL_KINDS - 1);
	s.zone = get_zone(r);
	s.part = get_part_number(r);
	s.page = (uint32_t)get_number(r, UINT32_MAX);
	s.offset = get_number(r, LIMIT_PART_TEXT);
	s.value = get_text(r, LIMIT_SIGNAL_BYTES);
	s.extra = get_text(r, LIMIT_SIGNAL_BYTES);
	if (s.kind == 0)
		fault(r, "is of no kind");
	else if (++r->per_kind[s.kind] > LIMIT_SIGNALS_A_KIND)
		fault(r, "is one too many of its kind");
	if (r->fault == NULL && r->n == 0)
		r->out->signals[r->out->n_signals++] = s;
}

static void
read_tokens(struct reader *r)
{
	struct tokens t;

	t.zone = get_zone(r);
	t.part = get_part_number(r);
	t.offset = get_number(r, LIMIT_PART_TEXT);
	t.words = get_text(r, LIMIT_TOKENS_BYTES);
	r->token_bytes += t.words.n;
	if (r->token_bytes > LIMIT_TOKENS_BYTES)
		fault(r, "passes the limit of tokens");
	if (r->fault == NULL && r->n == 0)
		r->out->tokens[r->out->n_tokens++] = t;
}

static void
read_digest(struct reader *r)
{
	struct digest d;

	memset(&d, 0, sizeof d);
	d.kind = (enum digest_kind)get_number(r, DIGEST_KINDS - 1);
	d.part = get_part_number(r);
	d.words = get_number(r, LIMIT_MESSAGE_TEXT);
	get_digest(r, d.sha256);
	if (d.kind == 0)
		fault(r, "is of no kind");
	if (r->fault == NULL && r->n == 0)
		r->out->digests[r->out->n_digests++] = d;
}

static void
read_minhash(struct reader *r)
{
	struct minhash m;
	size_t         i;

	memset(&m, 0, sizeof m);
	m.part = get_part_number(r);
	m.words = get_number(r, LIMIT_MESSAGE_TEXT);
	for (i = 0; i < MINHASH_SIZE; i++)
		m.slot[i] = (uint32_t)get_number(r, UINT32_MAX);
	if (r->fault == NULL && r->n == 0)
		r->out->minhashes[r->out->n_minhashes++] = m;
}

static void
read_block(struct reader *r)
{
	struct block b;

	b.part = get_part_number(r);
	b.zone = get_zone(r);
	b.offset = get_number(r, LIMIT_PART_TEXT);
	b.size_bytes = get_number(r, LIMIT_PART_TEXT);
	b.words = get_number(r, LIMIT_PART_TEXT);
	b.hash = get_number(r, UINT64_MAX);
	b.form = get_number(r, UINT64_MAX);
	if (r->out->n_blocks >= LIMIT_BLOCKS)
		fault(r, "is one too many");
	if (r->fault == NULL && r->n == 0)
		r->out->blocks[r->out->n_blocks++] = b;
}

static void
read_warning(struct reader *r)
{
	struct warning w;

	w.part = get_part_number(r);
	w.code = get_text(r, LIMIT_SIGNAL_BYTES);
	w.detail = get_text(r, LIMIT_SIGNAL_BYTES);
	if (r->fault == NULL && r->n == 0)
		r->out->warnings[r->out->n_warnings++] = w;
}

static void
read_end(struct reader *r, size_t before)
{
	if (get_number(r, UINT64_MAX) != before)
		fault(r, "counts the records wrongly");
}

/*
 * The least payload of each record: shorter ones are refused and have no room in the arena, so that a stream of empty
 * records cannot buy room for full ones.
 */
static size_t
least_payload(uint8_t letter)
{
	switch (letter) {
	case RECORD_PART:    return 108;
	case RECORD_TEXT:    return 12;
	case RECORD_SIGNAL:  return 48;
	case RECORD_TOKENS:  return 28;
	case RECORD_DIGEST:  return 56;
	case RECORD_MINHASH: return 16 + 8 * MINHASH_SIZE;
	case RECORD_BLOCK:   return 48;
	case RECORD_WARNING: return 16;
	default:             return 0;
	}
}

/* `before`: how many records came before this one, which also tells what may stand here. */
static void
read_record(struct reader *r, uint8_t letter, size_t before)
{
	if ((before == 0) != (letter == RECORD_VERSION) || (before == 1) != (letter == RECORD_ENVELOPE)) {
		fault(r, "is out of place");
		return;
	}
	if (r->n < least_payload(letter)) {
		fault(r, "is too short");
		return;
	}
	switch (letter) {
	case RECORD_VERSION:  read_version(r); break;
	case RECORD_ENVELOPE: read_envelope(r); break;
	case RECORD_PART:     read_part(r); break;
	case RECORD_TEXT:     read_text(r); break;
	case RECORD_SIGNAL:   read_signal(r); break;
	case RECORD_TOKENS:   read_tokens(r); break;
	case RECORD_DIGEST:   read_digest(r); break;
	case RECORD_MINHASH:  read_minhash(r); break;
	case RECORD_BLOCK:    read_block(r); break;
	case RECORD_WARNING:  read_warning(r); break;
	case RECORD_END:      read_end(r, before); break;
	default:              fault(r, "is of an unknown letter"); return;
	}
	if (r->fault == NULL && r->n != 0)
		fault(r, "has bytes left over");
}

/* `count` things of `size` bytes, each array on its own 16-byte border. */
static size_t
array_bytes(size_t count, size_t size)
{
	return (count * size + 15) & ~(size_t)15;
}

/*
 * First walk: how much of each there can be, so that one allocation holds all. At most LIMIT_RECORDS, none larger in
 * memory than twice its bytes here, so nothing can overflow. A string needs its bytes and a NUL, at most ten in a record.
 */
static enum outcome
make_arena(struct reader *r, const uint8_t *p, size_t n)
{
	struct parsed *out = r->out;
	struct { void *at; uint8_t letter; size_t size; } arrays[] = {
		{ &out->parts, RECORD_PART, sizeof *out->parts }, { &out->signals, RECORD_SIGNAL, sizeof *out->signals },
		{ &out->tokens, RECORD_TOKENS, sizeof *out->tokens }, { &out->digests, RECORD_DIGEST, sizeof *out->digests },
		{ &out->minhashes, RECORD_MINHASH, sizeof *out->minhashes }, { &out->blocks, RECORD_BLOCK, sizeof *out->blocks },
		{ &out->warnings, RECORD_WARNING, sizeof *out->warnings }, { &out->texts, RECORD_TEXT, sizeof *out->texts },
	};
	const size_t   n_arrays = sizeof arrays / sizeof arrays[0];
	size_t         counts[256] = { 0 }, pos = 0, len, size, records = 0, text = 0, i;
	const uint8_t *payload;
	uint8_t        letter;
	void          *array;

	for (; records < LIMIT_RECORDS && wire_next_record(p, n, &pos, &letter, &payload, &len); records++) {
		counts[letter] += len >= least_payload(letter);
		text += letter == RECORD_TEXT ? len + 1 : 0;
	}
	for (size = n + 11 * records + 1, i = 0; i < n_arrays; i++)
		size += array_bytes(counts[arrays[i].letter], arrays[i].size);
	out->arena = malloc(sizeof *out->arena + size);
	if (out->arena == NULL)
		return OUTCOME_DEFER;
	out->arena->size = size;
	out->arena->used = 0;
	for (i = 0; i < n_arrays; i++) {
		array = arena_take(r, array_bytes(counts[arrays[i].letter], arrays[i].size));
		memcpy(arrays[i].at, &array, sizeof array);
	}
	r->joined = arena_take(r, text);
	return OUTCOME_OK;
}

static struct envelope
no_envelope(void)
{
	const struct text none = { "", 0 };

	return (struct envelope){ none, none, none, none, none, none, none, none, none, none, TIME_UNKNOWN, TIME_UNKNOWN };
}

enum outcome
parsed_read(const uint8_t *p, size_t n, struct parsed *out, struct why *why)
{
	struct reader  r;
	size_t         pos = 0, records = 0, len = 0, at = 0;
	const uint8_t *payload;
	uint8_t        letter = 0;

	memset(out, 0, sizeof *out);
	memset(&r, 0, sizeof r);
	out->envelope = no_envelope();
	r.out = out;
	if (n > LIMIT_RECORDS_BYTES)
		return why_set(why, OUTCOME_BAD, "records: more than %u bytes", LIMIT_RECORDS_BYTES);
	if (make_arena(&r, p, n) != OUTCOME_OK)
		return why_set(why, OUTCOME_DEFER, "records: no memory");
	while (wire_next_record(p, n, &pos, &letter, &payload, &len)) {
		if (out->complete)
			fault(&r, "comes after the end");
		else if (records >= LIMIT_RECORDS)
			fault(&r, "is one too many");
		else if (len > LIMIT_RECORD_BYTES)
			fault(&r, "passes the limit of a record");
		r.p = payload;
		r.n = len;
		if (r.fault == NULL)
			read_record(&r, letter, records);
		if (r.fault != NULL)
			goto bad;
		out->complete = letter == RECORD_END;
		records++;
		out->sound_bytes = at = pos;
	}
	if (pos == n)
		return OUTCOME_OK;
	letter = p[pos];
	if (out->complete)
		fault(&r, "comes after the end");
	else if (n - pos >= HEAD_BYTES && len > LIMIT_RECORD_BYTES)
		fault(&r, "passes the limit of a record");
	else
		return OUTCOME_OK;	/* the writer stopped in the middle of it */
bad:
	out->complete = 0;
	return why_set(why, OUTCOME_BAD, "record %zu at byte %zu (letter 0x%02x) %s", records, at, letter, r.fault);
}

void
parsed_free(struct parsed *p)
{
	free(p->arena);
	memset(p, 0, sizeof *p);
}
