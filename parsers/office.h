/*
 * What the office formats share: the file of properties, how a spreadsheet keeps a date, and what an archive's end says about the document.
 * Knows no format's own elements.
 */
#ifndef HOERING_PARSERS_OFFICE_H
#define HOERING_PARSERS_OFFICE_H

#include "parsers/format.h"
#include "parsers/zip.h"

/* docProps/core.xml and docProps/app.xml (OOXML) or meta.xml (ODF): title, author, time of creation; pages as the document says. */
void office_core(struct reading *r, const uint8_t *p, size_t n);

/* A cell's number format shows a date: by its number where that is fixed ([ECMA-376] 18.8.30), else by its code (NULL: unknown). */
int office_is_date(unsigned format, const char *code);

/* Days since the end of 1899 (1904: since the beginning of 1904) as people here write a date; any other number as a number. */
void office_number(struct textbuf *out, double value, int is_date, int is_1904);

/* `seen`: some file of the format was there. */
enum text_status office_status(struct reading *r, enum zip_end end, int seen);

#endif
