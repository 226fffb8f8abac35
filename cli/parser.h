/*
 * One hoering-parse server of our own: a file in, its sealed answer out, another server when this one died.
 * Owns the process and the socket; knows nothing of what the answer says.
 */
#ifndef HOERING_CLI_PARSER_H
#define HOERING_CLI_PARSER_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "parsers/wire.h"

struct parser;

/* `rules`: a folder, or NULL for those built into hoering-parse. */
enum outcome parser_open(const char *rules, struct parser **out, struct why *why) MUST_CHECK;
void         parser_close(struct parser **p);

/* What came of one request. */
struct parser_answer {
	enum parse_end end;
	int32_t        detail;
	uint8_t       *bytes;		/* the sealed memfd's, free() them; NULL when there was none */
	size_t         n;
};

/*
 * Asks and waits. `fd` stays the caller's; `name` as in struct parse_request. A server that dies or breaks the protocol counts
 * as PARSE_CRASHED, one that is silent as PARSE_TIMEOUT: OUTCOME_OK all the same. OUTCOME_DEFER: no server could be started.
 */
enum outcome parser_ask(struct parser *p, enum parse_mode mode, const char *name, int fd, size_t max_bytes,
    struct parser_answer *out, struct why *why) MUST_CHECK;

/* "", or how it ended in plain words; `out` has 80 bytes. */
void parser_failure(const struct parser_answer *a, char *out);

#endif
