/*
 * PDF through poppler: what must be loaded before the lock. The reader itself is in the table of format.h.
 */
#ifndef HOERING_PARSERS_PDF_H
#define HOERING_PARSERS_PDF_H

/* Reads a small document and keeps it open: poppler reads its data folders again for each document otherwise. */
void pdf_warm_up(void);

#endif
