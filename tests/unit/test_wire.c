/*
 * The records between parser and daemon: what is written comes back the same, and a parser that lies costs one message.
 * Compiles the production files; links nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/wire.h"

static int failures;

#define CHECK(cond)                                                             \
	do {                                                                    \
		if (!(cond)) {                                                  \
			(void)printf("%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			failures++;                                             \
		}                                                               \
	} while (0)

static int
equal(struct text t, const char *s)
{
	return t.n == strlen(s) && memcmp(t.p, s, t.n + 1) == 0;
}

/* A stream being made by hand, so that it can be wrong in every way. */
struct stream {
	uint8_t *p;
	size_t   n;
};

static void
add(struct stream *s, const void *p, size_t n)
{
	s->p = realloc(s->p, s->n + n);
	if (s->p == NULL)
		abort();
	memcpy(s->p + s->n, p, n);
	s->n += n;
}

static void
add_number(struct stream *s, uint64_t v)
{
	uint8_t b[8];
	int     i;

	for (i = 0; i < 8; i++, v >>= 8)
		b[i] = (uint8_t)v;
	add(s, b, sizeof b);
}

static void
add_string(struct stream *s, const char *t, size_t n)
{
	uint8_t b[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };

	add(s, b, sizeof b);
	add(s, t, n);
}

static void
add_record(struct stream *s, char letter, const struct stream *payload)
{
	uint8_t head[5] = { (uint8_t)letter, (uint8_t)payload->n, (uint8_t)(payload->n >> 8), (uint8_t)(payload->n >> 16),
		(uint8_t)(payload->n >> 24) };

	add(s, head, sizeof head);
	if (payload->n > 0)
		add(s, payload->p, payload->n);
}

static struct envelope
sample_envelope(void)
{
	struct envelope e;
	struct text    *fields = (struct text *)&e;
	size_t          i;

	memset(&e, 0, sizeof e);
	for (i = 0; i < 10; i++)
		fields[i] = text_of("");
	e.message_id = text_of("a@b.no");
	e.subject = text_of("Høringssvar – 21/4593");
	e.from_name = text_of("Åse Øy");
	e.from_address = text_of("ase@example.no");
	e.sent_at = 1653638400;
	e.relayed_at = TIME_UNKNOWN;
	return e;
}

static struct part
sample_part(uint32_t position, uint32_t parent)
{
	struct part p;

	memset(&p, 0, sizeof p);
	p.position = position;
	p.parent = parent;
	p.filename = text_of("C/svar.pdf");
	p.type = text_of("application/pdf");
	p.found_type = text_of("");
	p.size_bytes = 12345;
	memset(p.sha256, 0xab, sizeof p.sha256);
	p.text_status = TEXT_GARBLED;
	p.pages = 3;
	p.title = text_of("Tittel");
	p.author = text_of("");
	p.created_at = 1000000000;
	return p;
}

/* V and E, then whatever `more` writes, then Z with `records`. */
static struct stream
written(void (*more)(FILE *), uint64_t records)
{
	struct stream   s = { NULL, 0 };
	struct envelope e = sample_envelope();
	char           *p = NULL;
	FILE           *f = open_memstream(&p, &s.n);

	if (f == NULL)
		abort();
	wire_version(f, 7);
	wire_envelope(f, &e);
	if (more != NULL)
		more(f);
	wire_end(f, records);
	if (fclose(f) != 0)
		abort();
	s.p = (uint8_t *)p;
	return s;
}

static enum outcome
outcome_of(const uint8_t *p, size_t n, struct parsed *out)
{
	struct why why = { 0, "" };
	uint8_t   *copy = malloc(n + 1);	/* of its own size: a read past the end is seen by the sanitizer */
	enum outcome o;

	if (copy == NULL)
		abort();
	memcpy(copy, p, n);
	o = parsed_read(copy, n, out, &why);
	free(copy);
	CHECK(o == OUTCOME_OK || why.text[0] != '\0');
	CHECK(o == OUTCOME_OK || !out->complete);
	return o;
}

static enum outcome
read_once(const struct stream *s)
{
	struct parsed out;
	enum outcome  o = outcome_of(s->p, s->n, &out);

	parsed_free(&out);
	return o;
}

static char long_text[LIMIT_TEXT_PIECE * 2 + 100];

static void
write_small(FILE *f)
{
	struct part    p = sample_part(1, 0);
	struct signal  s = { SIGNAL_CASE_REF, ZONE_BODY, 1, 4, 99, text_of("2021/4593"), text_of("33") };
	struct tokens  t = { ZONE_SUBJECT, 0, 5, text_of("horing om noe") };
	struct digest  d = { DIGEST_ANSWER, 1, 77, { 1, 2, 3 } };
	struct block   b = { 1, ZONE_ATTACHMENT, 10, 20, 5, 42, 43 };

	wire_part(f, &p);
	wire_text(f, 1, "høring", strlen("høring"));
	wire_signal(f, &s);
	wire_tokens(f, &t);
	wire_digest(f, &d);
	wire_block(f, &b);
}

static void
write_all(FILE *f)
{
	struct part    p = sample_part(1, 0), q = sample_part(2, 1);
	struct signal  s = { SIGNAL_CASE_REF, ZONE_BODY, 2, 4, 99, text_of("2021/4593"), text_of("33") };
	struct tokens  t = { ZONE_SUBJECT, 0, 5, text_of("horing om noe") };
	struct digest  d = { DIGEST_ANSWER, 1, 77, { 1, 2, 3 } };
	struct minhash m = { 1, 44, { 0 } };
	struct block   b = { 1, ZONE_ATTACHMENT, 10, 20, 5, 0x8000000000000001ULL, 0x8000000000000002ULL };
	struct warning w = { 2, text_of("limit-parts"), text_of("more than 2000") };

	m.slot[127] = UINT32_MAX;
	wire_part(f, &p);
	wire_part(f, &q);
	wire_text(f, 0, "Kjære alle\n\tHei", strlen("Kjære alle\n\tHei"));
	wire_text(f, 1, long_text, sizeof long_text);
	wire_signal(f, &s);
	wire_tokens(f, &t);
	wire_digest(f, &d);
	wire_minhash(f, &m);
	wire_block(f, &b);
	wire_warning(f, &w);
}

static void
test_round_trip(void)
{
	struct parsed out;
	struct stream s;

	memset(long_text, 'x', sizeof long_text);
	memcpy(long_text + LIMIT_TEXT_PIECE - 1, "ø", 2);	/* stands on the border of two pieces */
	s = written(write_all, 14);
	CHECK(outcome_of(s.p, s.n, &out) == OUTCOME_OK);
	CHECK(out.complete && out.parser_version == 7 && out.has_envelope);
	CHECK(equal(out.envelope.subject, "Høringssvar – 21/4593") && equal(out.envelope.to, ""));
	CHECK(out.envelope.sent_at == 1653638400 && out.envelope.relayed_at == TIME_UNKNOWN);
	CHECK(out.n_parts == 2 && equal(out.parts[0].filename, "C/svar.pdf") && out.parts[1].parent == 1);
	CHECK(out.parts[1].text_status == TEXT_GARBLED && out.parts[1].size_bytes == 12345 && out.parts[1].sha256[31] == 0xab);
	CHECK(out.n_texts == 2 && equal(out.texts[0].text, "Kjære alle\n\tHei"));
	CHECK(out.texts[1].text.n == sizeof long_text && memcmp(out.texts[1].text.p, long_text, sizeof long_text) == 0);
	CHECK(out.n_signals == 1 && equal(out.signals[0].value, "2021/4593") && out.signals[0].page == 4);
	CHECK(out.n_tokens == 1 && equal(out.tokens[0].words, "horing om noe"));
	CHECK(out.n_digests == 1 && out.digests[0].sha256[2] == 3 && out.digests[0].words == 77);
	CHECK(out.n_minhashes == 1 && out.minhashes[0].slot[127] == UINT32_MAX);
	CHECK(out.n_blocks == 1 && out.blocks[0].hash == 0x8000000000000001ULL && out.blocks[0].form == 0x8000000000000002ULL);
	CHECK(out.n_warnings == 1 && equal(out.warnings[0].code, "limit-parts"));
	parsed_free(&out);
	parsed_free(&out);
	free(s.p);
}

static void
test_without_text(void)
{
	struct stream s = written(write_all, 14);
	uint8_t      *p = malloc(s.n);
	struct parsed out;
	size_t        n;

	if (p == NULL)
		abort();
	n = wire_without_text(s.p, s.n, p);
	CHECK(n < s.n - sizeof long_text);
	CHECK(outcome_of(p, n, &out) == OUTCOME_OK && out.complete && out.n_texts == 0 && out.n_blocks == 1);
	parsed_free(&out);
	free(p);
	free(s.p);
}

/* Cut anywhere, a stream is kept up to there and never complete. */
static void
test_cut(void)
{
	struct stream s = written(NULL, 2);
	struct parsed out;
	size_t        n;

	for (n = 0; n < s.n; n++) {
		CHECK(outcome_of(s.p, n, &out) == OUTCOME_OK && !out.complete);
		parsed_free(&out);
	}
	add(&s, "", 1);
	CHECK(read_once(&s) == OUTCOME_BAD);
	free(s.p);
}

/* A stream V E (letter payload) Z, whose one record is made wrong by hand. */
static enum outcome
with_record(char letter, const struct stream *payload)
{
	struct stream s = written(NULL, 3), t = { NULL, 0 };
	const size_t  end = 5 + 8;
	enum outcome  o;

	add(&t, s.p, s.n - end);
	add_record(&t, letter, payload);
	add(&t, s.p + s.n - end, end);
	o = read_once(&t);
	free(s.p);
	free(t.p);
	return o;
}

static enum outcome
text_outcome(uint64_t part, const char *p, size_t n)
{
	struct stream payload = { NULL, 0 };
	enum outcome  o;

	add_number(&payload, part);
	add_string(&payload, p, n);
	o = with_record('T', &payload);
	free(payload.p);
	return o;
}

static void
test_dirty_text(void)
{
	static const struct { const char *p; size_t n; int good; } cases[] = {
		{ "a\n\tb", 4, 1 }, { "\xc3\xb8", 2, 1 }, { "\xf0\x9f\x98\x80", 4, 1 }, { "", 0, 1 }, { "\xc2\xa0", 2, 1 },
		{ "a\0b", 3, 0 }, { "\x1b[2J", 4, 0 }, { "\r", 1, 0 }, { "\x7f", 1, 0 }, { "\xc2\x85", 2, 0 },
		{ "\xc0\x80", 2, 0 }, { "\xe0\x80\x80", 3, 0 }, { "\xed\xa0\x80", 3, 0 }, { "\xf4\x90\x80\x80", 4, 0 },
		{ "\xc3", 1, 0 }, { "\xf0\x9f\x98", 3, 0 }, { "\xff", 1, 0 }, { "\xf5\x80\x80\x80", 4, 0 },
		{ "\xf0\x80\x80\x80", 4, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK((text_outcome(0, cases[i].p, cases[i].n) == OUTCOME_OK) == cases[i].good);
	CHECK(text_outcome(1, "x", 1) == OUTCOME_BAD);	/* there is no part 1 */
	CHECK(text_outcome(UINT64_MAX, "x", 1) == OUTCOME_BAD);
}

static enum outcome
signal_outcome(uint64_t kind, uint64_t zone, size_t value_bytes, size_t surplus)
{
	struct stream payload = { NULL, 0 };
	enum outcome  o;

	add_number(&payload, kind);
	add_number(&payload, zone);
	add_number(&payload, 0);
	add_number(&payload, 0);
	add_number(&payload, 0);
	add_string(&payload, long_text, value_bytes);
	add_string(&payload, "", 0);
	add(&payload, "zzzzzzzz", surplus);
	o = with_record('S', &payload);
	free(payload.p);
	return o;
}

static void
test_lies(void)
{
	struct stream empty = { NULL, 0 }, huge = { NULL, 0 };
	const char    letters[] = "VEPTSKDMBWZa\0\xff";
	size_t        i;

	memset(long_text, 'x', sizeof long_text);
	for (i = 0; i < sizeof letters - 1; i++)
		CHECK(with_record(letters[i], &empty) == OUTCOME_BAD);
	CHECK(signal_outcome(1, ZONE_BODY, 10, 0) == OUTCOME_OK);
	CHECK(signal_outcome(0, ZONE_BODY, 10, 0) == OUTCOME_BAD);
	CHECK(signal_outcome(SIGNAL_KINDS, ZONE_BODY, 10, 0) == OUTCOME_BAD);
	CHECK(signal_outcome(UINT64_MAX, ZONE_BODY, 10, 0) == OUTCOME_BAD);
	CHECK(signal_outcome(1, ZONES, 10, 0) == OUTCOME_BAD);
	CHECK(signal_outcome(1, ZONE_BODY, LIMIT_SIGNAL_BYTES, 0) == OUTCOME_OK);
	CHECK(signal_outcome(1, ZONE_BODY, LIMIT_SIGNAL_BYTES + 1, 0) == OUTCOME_BAD);
	CHECK(signal_outcome(1, ZONE_BODY, 10, 1) == OUTCOME_BAD);
	CHECK(signal_outcome(1, ZONE_BODY, 10, 8) == OUTCOME_BAD);
	add(&huge, "W\xff\xff\xff\xff", 5);
	CHECK(read_once(&huge) == OUTCOME_BAD);
	free(huge.p);
}

static void
write_stray_part(FILE *f)
{
	struct part p = sample_part(2, 0);

	wire_part(f, &p);
}

static void
write_own_parent(FILE *f)
{
	struct part p = sample_part(1, 1);

	wire_part(f, &p);
}

static void
write_many_signals(FILE *f)
{
	struct signal s = { SIGNAL_ORGNR, ZONE_BODY, 0, 0, 0, text_of("1"), text_of("") };
	unsigned      i;

	for (i = 0; i <= LIMIT_SIGNALS_A_KIND; i++)
		wire_signal(f, &s);
}

static void
write_interleaved(FILE *f)
{
	struct part p = sample_part(1, 0);

	wire_part(f, &p);
	wire_text(f, 0, "a", 1);
	wire_text(f, 1, "b", 1);
	wire_text(f, 0, "c", 1);
}

static void
write_dirty_strings(FILE *f)
{
	struct warning w = { 0, text_of("x\x1b[2J\xff"), text_of("ok") };

	wire_warning(f, &w);
}

static void
write_flood(FILE *f)
{
	unsigned i;

	for (i = 0; i < LIMIT_RECORDS; i++)
		(void)fwrite("M\0\0\0\0", 1, 5, f);
}

/* The shortest records that are sound, many of each: all have room in the arena, none lies over another. */
static void
write_shortest(FILE *f)
{
	struct part    p = sample_part(1, 0);
	struct signal  s = { SIGNAL_ORGNR, ZONE_BODY, 0, 0, 0, text_of(""), text_of("") };
	struct tokens  t = { ZONE_BODY, 0, 0, text_of("") };
	struct digest  d = { DIGEST_BODY, 0, 0, { 0 } };
	struct minhash m = { 0, 0, { 0 } };
	struct block   b = { 0, ZONE_BODY, 0, 0, 0, 0, 0 };
	struct warning w = { 0, text_of(""), text_of("") };
	unsigned       i;

	p.filename = p.type = p.title = text_of("");
	for (i = 1; i <= 40; i++) {
		p.position = i;
		p.size_bytes = i;
		wire_part(f, &p);
		wire_text(f, i, "x", 1);
		wire_signal(f, &s);
		wire_tokens(f, &t);
		wire_digest(f, &d);
		wire_minhash(f, &m);
		wire_block(f, &b);
		wire_warning(f, &w);
	}
}

static void
test_shortest(void)
{
	struct stream s = written(write_shortest, 2 + 8 * 40);
	struct parsed out;
	unsigned      i;

	CHECK(outcome_of(s.p, s.n, &out) == OUTCOME_OK && out.complete);
	CHECK(out.n_parts == 40 && out.n_texts == 40 && out.n_minhashes == 40 && out.n_warnings == 40);
	for (i = 0; i < out.n_parts && i < out.n_texts; i++)
		CHECK(out.parts[i].size_bytes == i + 1 && out.texts[i].part == i + 1 && equal(out.texts[i].text, "x"));
	parsed_free(&out);
	free(s.p);
}

static void
test_order_and_limits(void)
{
	static const struct { void (*more)(FILE *); uint64_t records; int good; } cases[] = {
		{ NULL, 2, 1 }, { NULL, 3, 0 }, { write_small, 8, 1 },  { write_stray_part, 3, 0 }, { write_own_parent, 3, 0 },
		{ write_many_signals, 3 + LIMIT_SIGNALS_A_KIND, 0 }, { write_interleaved, 6, 0 },
		{ write_dirty_strings, 3, 1 }, { write_flood, LIMIT_RECORDS + 2, 0 },
	};
	struct stream s;
	size_t        i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		s = written(cases[i].more, cases[i].records);
		CHECK((read_once(&s) == OUTCOME_OK) == cases[i].good);
		free(s.p);
	}
}

/* Every byte of a good stream changed in turn, and random soup: no crash, and nothing that is unclean gets through. */
static void
test_noise(void)
{
	struct stream s = written(write_small, 8);
	struct parsed out;
	unsigned      seed = 1;
	size_t        i, round;

	for (i = 0; i < s.n; i++)
		for (round = 0; round < 8; round++) {
			s.p[i] ^= (uint8_t)(1U << round);
			(void)outcome_of(s.p, s.n, &out);
			parsed_free(&out);
			s.p[i] ^= (uint8_t)(1U << round);
		}
	for (round = 0; round < 2000; round++) {
		for (i = 13; i < s.n; i += 1 + seed % 7) {
			seed = seed * 1103515245U + 12345U;
			if (seed >> 28 == 0)
				s.p[i] = (uint8_t)(seed >> 16);
		}
		(void)outcome_of(s.p, s.n, &out);
		parsed_free(&out);
	}
	free(s.p);
}

int
main(void)
{
	test_round_trip();
	test_without_text();
	test_cut();
	test_dirty_text();
	test_lies();
	test_shortest();
	test_order_and_limits();
	test_noise();
	(void)printf("wire: %d failures\n", failures);
	return failures != 0;
}
