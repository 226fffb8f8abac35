/*
 * libFuzzer harness: one format's reader on bytes as they come (READER is its name in format.h), or, without READER, a whole
 * mail (or document, by MODE) from its first byte to its last record, signals included. What is written is read back by the daemon's own reader: a
 * parser that is not lying must never be refused.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/child.h"
#include "parsers/format.h"
#include "parsers/head.h"
#include "parsers/limits.h"
#include "parsers/mime.h"
#include "parsers/pdf.h"
#include "parsers/rules.h"
#include "parsers/zip.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct rules rules;
static FILE           *out;

static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
	(void)level;
	(void)fields;
	(void)n_fields;
	(void)unused;
	return G_LOG_WRITER_HANDLED;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct why why;

	(void)argc;
	(void)argv;
	g_log_set_writer_func(say_nothing, NULL, NULL);
	charset_warm_up();
	mime_warm_up();
	zip_warm_up();
	pdf_warm_up();
	out = fdopen(memfd_create("records", 0), "w");
	if (out == NULL || rules_load(NULL, &rules, &why) != OUTCOME_OK)
		abort();
	return 0;
}

static void
check_records(void)
{
	struct parsed parsed;
	struct why    why;
	struct stat   st;
	uint8_t      *p;

	(void)fflush(out);
	if (fstat(fileno(out), &st) == -1 || st.st_size > LIMIT_RECORDS_BYTES)
		return;
	p = malloc((size_t)st.st_size + 1);
	if (p == NULL || pread(fileno(out), p, (size_t)st.st_size, 0) != st.st_size)
		abort();
	if (parsed_read(p, (size_t)st.st_size, &parsed, &why) != OUTCOME_OK) {
		(void)fprintf(stderr, "refused: %s\n", why.text);
		abort();
	}
	parsed_free(&parsed);
	free(p);
}

#ifdef READER
static void
read_one(const uint8_t *p, size_t n, struct progress *progress)
{
	struct builder *b = build_new(out, progress, 0);
	struct reading  r;

	memset(&r, 0, sizeof r);
	r.b = b;
	r.position = build_open(b, 0);
	r.p = p;
	r.n = n;
	r.name = "x.bin";
	r.source = TEXT_DOCUMENT;
	r.title = r.author = text_of("");
	r.created_at = TIME_UNKNOWN;
	(void)READER(&r);
	if (r.source != TEXT_NONE)
		build_text(b, r.position, &r.text, r.source);
	wire_version(out, 1);
	wire_envelope(out, &head_empty()->envelope);
	(void)build_finish(b, 1);
}
#else
#ifndef MODE
#define MODE PARSE_MAIL
#endif
static void
read_one(const uint8_t *p, size_t n, struct progress *progress)
{
	static struct parse_request request = { .document = MODE };
	const struct task           t = { &request, p, n, progress, &rules, out };

	child_run(&t);
}
#endif

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct progress progress;

	memset(&progress, 0, sizeof progress);
	if (ftruncate(fileno(out), 0) == -1 || fseek(out, 0, SEEK_SET) == -1)
		abort();
	read_one(p, n, &progress);
	check_records();
	return 0;
}
