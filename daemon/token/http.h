/*
 * One POST over verified TLS, within limits of size and time, and what came back.
 * Owns libcurl; knows nothing of tokens.
 */
#ifndef HOERING_TOKEN_HTTP_H
#define HOERING_TOKEN_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct account;
struct form;

struct http_answer {
	long    status;
	char   *body;		/* wiped with http_answer_free(); NUL-terminated */
	size_t  n;
	int64_t retry_after_s;	/* 0: the server did not say */
};

/*
 * OUTCOME_OK is any whole answer, whatever its status. OUTCOME_REFUSED: a person must look (certificate, address).
 * OUTCOME_LOST: another try may do better (no connection, too slow, more than ANSWER_BYTES).
 */
enum outcome http_post(const struct account *a, const char *url, const struct form *f, struct http_answer *out,
    struct why *why) MUST_CHECK;
void         http_answer_free(struct http_answer *h);

/* Once, before everything else that allocates: libcurl's memory is wiped too. */
enum outcome http_start(struct why *why) MUST_CHECK;
void         http_end(void);

#endif
