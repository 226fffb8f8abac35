/*
 * The head of a mail: its headers decoded, and the envelope made of them.
 * Owns what each field means when it is wrong or missing; knows nothing of bodies and records.
 */
#ifndef HOERING_PARSERS_HEAD_H
#define HOERING_PARSERS_HEAD_H

#include "parsers/message.h"

struct _GMimeMessage;

/* Everything in it is clean and within its limits. */
const struct mail_head *head_of(struct _GMimeMessage *mail);

/* A head that says nothing, for a document. */
const struct mail_head *head_empty(void);

/* One line, clean, white space folded and trimmed, at most `max` bytes. */
struct text head_line(const char *s, size_t max);

#endif
