/*
 * A mail's structure: which parts are the body, which are attachments, and the mails inside it.
 * Owns the choice between alternatives; knows no attachment format and no records.
 */
#ifndef HOERING_PARSERS_MIME_H
#define HOERING_PARSERS_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/message.h"

struct builder;

/* GMime made ready, before the lock. */
void mime_warm_up(void);

/*
 * Reads one mail; its body becomes the text of `position`, its attachments get it as their parent. `told` (may be NULL) hears
 * of the head before anything of the body is read, so that the envelope is safe whatever the body does.
 */
typedef void mime_told(void *ctx, const struct mail_head *head);
void mime_read(struct builder *b, uint32_t position, unsigned depth, const uint8_t *p, size_t n, mime_told *told, void *ctx);

#endif
