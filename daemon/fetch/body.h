/*
 * One mail's bytes on their way into a sealed memfd, never more than LIMIT_MAIL_BYTES of them.
 * Owns the descriptor until it is taken; knows nothing of where the bytes come from.
 */
#ifndef HOERING_FETCH_BODY_H
#define HOERING_FETCH_BODY_H

#include <stddef.h>
#include <stdint.h>

struct body {
	int      fd;			/* -1: nothing has come */
	uint64_t size_bytes;		/* all that came, kept or not */
	size_t   held;			/* in `hold`, not yet written: servers may give quoted bodies byte by byte */
	uint8_t  hold[64 << 10];
};

void body_init(struct body *b);
/* Forgets what has come. */
void body_drop(struct body *b);
/* 0, or -1 with errno. Past the limit the bytes are only counted. */
int  body_add(struct body *b, const void *p, size_t n);
/* Seals and hands over the descriptor (an empty mail is an empty memfd), -1 with errno. The body is as after init. */
int  body_take(struct body *b);

#endif
