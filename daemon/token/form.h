/*
 * The fields of one request, encoded as a form (application/x-www-form-urlencoded), and which of them are secret.
 * Owns its copies and wipes them; knows nothing of what the fields mean.
 */
#ifndef HOERING_TOKEN_FORM_H
#define HOERING_TOKEN_FORM_H

#include <stddef.h>

#include "base/why.h"

struct form;

/* NULL when there is no memory. */
struct form *form_new(void);
void         form_free(struct form *f);

/* A form that has run out of memory keeps that in mind: form_text() is NULL then. */
void form_add(struct form *f, const char *name, const char *value);
void form_add_secret(struct form *f, const char *name, const char *value);

const char *form_text(const struct form *f, size_t *n);
/* 1 when one of the secrets stands in these words: as it is, percent-encoded, in base64 or base64url, also among other bytes, or
 * its longest run of letters and digits, however the rest is escaped. */
int         form_reveals(const struct form *f, const char *words);

#endif
