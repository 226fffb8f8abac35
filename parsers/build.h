/*
 * The message while it is being read: parts are added, get their content and text, and are told to the daemon in order.
 * Owns the budgets of one message and the record stream's P, T and W; knows no format and no MIME.
 *
 * A part is told (P, then its T) as soon as it and all parts before it are closed, so that a child that dies in the middle
 * leaves the sound parts behind.
 */
#ifndef HOERING_PARSERS_BUILD_H
#define HOERING_PARSERS_BUILD_H

#include <stdint.h>
#include <stdio.h>

#include "parsers/message.h"
#include "parsers/text.h"

struct builder;

/*
 * What the server keeps of a child that dies: which part's content it was reading. Shared memory; the child writes,
 * the server reads a number and passes it to the next child, which lists that part without reading it.
 */
#define PROGRESS_SKIPS 4
#define PROGRESS_BODY  UINT32_MAX	/* of the mail itself */
struct progress {
	volatile uint32_t reading;		/* position, PROGRESS_BODY, 0: none */
	/* written by the server before the fork: */
	uint32_t          skip[PROGRESS_SKIPS];
	int               was_slow[PROGRESS_SKIPS];	/* that one took too long; else it killed its reader */
	int               lists_only;		/* no time or try is left: nothing is read any more */
};

/* `extract`: 0, or the first position whose bytes are wanted instead of records: PARSE_EXTRACT's answer is written to `out` and nothing else. */
struct builder *build_new(FILE *out, struct progress *progress, uint32_t extract);

/* Nothing is told before build_finish(): for a document, whose envelope is known only when it has been read. */
void build_hold(struct builder *b);

/* A new attachment under `parent`: its position, or 0 when there are too many (warned once). */
uint32_t build_open(struct builder *b, uint32_t parent);

/*
 * Its place, for filling in; valid until the next build_open(). What is set must be clean.
 */
struct text_part *build_part(struct builder *b, uint32_t position);

/* Its decoded bytes, for size and digest. Returns 1 when reading them is wanted and safe; 0 when the part is to be left. */
int build_content(struct builder *b, uint32_t position, const uint8_t *p, size_t n);

/* The mail's own body is about to be read. Returns 0 when its HTML, which alone can cost much, is to be left. */
int build_body(struct builder *b);

/* 1 when only the bytes of parts are wanted: text is not. */
int build_is_extract(const struct builder *b);

/* Its text, cleaned and cut to what the message may still have; sets text_status when it is TEXT_OK so far. */
void build_text(struct builder *b, uint32_t position, const struct textbuf *text, enum text_source source);

/* What stands only in an alternative of its text, below it; it is no part of the letter. */
void build_rest(struct builder *b, uint32_t position, const struct textbuf *text);

/* All about it is known (members too). In any order; nothing can be set afterwards. */
void build_close(struct builder *b, uint32_t position);

/* A warning about a part: code from limits or formats; words of our own, foreign bytes escaped. Told when the part is. */
void build_warn(struct builder *b, uint32_t part, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Takes n bytes from what the message may unfold to: 0 when it is too much (warned once). */
int    build_unfold(struct builder *b, size_t n);
size_t build_unfold_room(const struct builder *b);

/* The Content-IDs that HTML shows (cid:): a part that has one of them is inline. */
void build_cid(struct builder *b, const char *cid);
int  build_cid_shown(const struct builder *b, const char *cid);

/* The message as it stands; all parts are closed and told. */
const struct message *build_finish(struct builder *b, int is_document);

#endif
