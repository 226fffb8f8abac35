/*
 * Text from pictures of text, by Tesseract: a later pass of its own, never part of taking a message in.
 * Owns the library, which is loaded only where it is asked for; knows pictures, not formats.
 */
#ifndef HOERING_PARSERS_OCR_H
#define HOERING_PARSERS_OCR_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "parsers/text.h"

/* Before the lock. OUTCOME_REFUSED when this build or this machine has no OCR. */
enum outcome ocr_load(struct why *why) MUST_CHECK;

int ocr_is_on(void);

/* Pictures smaller than this (in either direction) are logos and lines, not pages. */
#define OCR_LEAST_PIXELS 400

/* `gray`: one byte a pixel, row after row, black is 0. Appends what is read; 0 when nothing was. */
int ocr_pixels(const uint8_t *gray, int width, int height, int dpi, struct textbuf *out);

/* The same from the bytes of a TIFF, PNG or JPEG file; the picture must be large enough for a page. */
int ocr_file(const uint8_t *p, size_t n, struct textbuf *out);

#endif
