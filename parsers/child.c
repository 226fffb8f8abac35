#include "parsers/child.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "parsers/attach.h"
#include "parsers/head.h"
#include "parsers/mime.h"
#include "parsers/rules.h"
#include "parsers/signals.h"
#include "parsers/wire_frame.h"

/* Where bytes are wanted there is no record at all. */
static void
tell_head(void *ctx, const struct mail_head *head)
{
	const struct task *t = ctx;

	if (t->request->document == PARSE_EXTRACT)
		return;
	wire_version(t->out, (uint64_t)(PARSER_VERSION << 16 | SIGNALS_VERSION) << 32 | rules_print(t->rules));
	wire_envelope(t->out, &head->envelope);
	(void)fflush(t->out);
}

/* The end record counts what stands before it; the writers are several, so what was written is counted. */
static uint64_t
records_written(FILE *out)
{
	const uint8_t *p, *payload;
	struct stat    st;
	size_t         pos = 0, len;
	uint8_t        letter;
	uint64_t       records = 0;

	if (fflush(out) != 0 || fstat(fileno(out), &st) == -1 || st.st_size <= 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fileno(out), 0);
	if (p == MAP_FAILED)
		return 0;
	while (wire_next_record(p, (size_t)st.st_size, &pos, &letter, &payload, &len))
		records++;
	(void)munmap((void *)(uintptr_t)p, (size_t)st.st_size);
	return records;
}

void
child_run(const struct task *t)
{
	uint32_t        extract = t->request->document == PARSE_EXTRACT ? (uint32_t)strtoul(t->request->filename, NULL, 10) : 0;
	struct builder *b = build_new(t->out, t->progress, extract);
	int             is_document = t->request->document == PARSE_DOCUMENT;
	uint32_t        document;
	struct attached a;
	const struct mail_head *head;

	if (is_document) {
		memset(&a, 0, sizeof a);
		a.filename = t->request->filename;
		a.p = t->p;
		a.n = t->n;
		build_part(b, 0)->mail = head_empty();
		build_part(b, 0)->info.text_status = TEXT_EMPTY;
		build_hold(b);
		document = attach(b, &a);
		head = build_part(b, document)->mail;	/* of a document that is a mail itself */
		tell_head((void *)(uintptr_t)t, head == NULL ? head_empty() : head);
	} else
		mime_read(b, 0, 0, t->p, t->n, tell_head, (void *)(uintptr_t)t);
	signals_emit(t->out, build_finish(b, is_document), t->rules);
	wire_end(t->out, records_written(t->out));
	(void)fflush(t->out);
}
