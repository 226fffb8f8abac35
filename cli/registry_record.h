/*
 * One record of Enhetsregisteret's open data, filled field by field by the reader of a format and handed on when it is whole.
 * Owns the names of the fields and the stream they come from; knows neither the formats nor what a record is for.
 */
#ifndef HOERING_CLI_REGISTRY_RECORD_H
#define HOERING_CLI_REGISTRY_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

enum registry_field { REG_ORGNR, REG_NAME, REG_FORM, REG_HOMEPAGE, REG_EMAIL, REG_INDUSTRY, REG_PARENT, REG_FORMER, REG_GONE, REG_FIELDS };

/* Values as UTF-8, "" when not there; cut to fit. Several former names have a line break between them. */
#define REG_VALUE_BYTES 512
struct registry_record {
	char value[REG_FIELDS][REG_VALUE_BYTES];
};
typedef enum outcome registry_each(void *arg, const struct registry_record *r, struct why *why);

struct registry_input {
	const char      *path;
	void            *gz;			/* gzFile */
	registry_each   *each;
	void            *arg;
	uint64_t         n_records;
	struct registry_record record;
};
/* Up to `size` bytes, 0 at the end, -1 with why. */
int          registry_more(struct registry_input *in, uint8_t *buf, unsigned size, struct why *why);
/* REG_FIELDS when nobody asks for it. A path of keys with dots: "organisasjonsform.kode". */
enum registry_field registry_field_of(const char *path);
void         registry_put(struct registry_input *in, enum registry_field f, const uint8_t *p, size_t n);
enum outcome registry_give(struct registry_input *in, struct why *why);	/* the record is whole: to `each`, and a new one begun */

/* The two formats; what was read to tell them apart comes first. */
enum outcome registry_read_csv(struct registry_input *in, const uint8_t *start, size_t n, struct why *why) MUST_CHECK;
enum outcome registry_read_json(struct registry_input *in, const uint8_t *start, size_t n, struct why *why) MUST_CHECK;

#endif
