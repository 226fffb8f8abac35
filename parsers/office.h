/*
 * What the office formats share: the file of properties, and what an archive's end says about the document.
 * Knows no format's own elements.
 */
#ifndef HOERING_PARSERS_OFFICE_H
#define HOERING_PARSERS_OFFICE_H

#include "parsers/format.h"
#include "parsers/zip.h"

/* docProps/core.xml (OOXML) or meta.xml (ODF): title, author, time of creation. */
void office_core(struct reading *r, const uint8_t *p, size_t n);

/* `seen`: some file of the format was there. */
enum text_status office_status(const struct reading *r, enum zip_end end, int seen);

#endif
