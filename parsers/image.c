#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/ocr.h"

static uint32_t
number(const uint8_t *p, size_t bytes, int little)
{
	uint32_t v = 0;
	size_t   i;

	for (i = 0; i < bytes; i++)
		v = v << 8 | p[little ? bytes - 1 - i : i];
	return v;
}

/* TIFF 6.0, section 2: the first directory, whose entries 256 and 257 are width and height. */
static void
tiff_size(const uint8_t *p, size_t n, uint32_t size[2])
{
	int    little = p[0] == 'I';
	size_t at = number(p + 4, 4, little), entries;

	if (at > n - 2)
		return;
	entries = number(p + at, 2, little);
	for (at += 2; entries > 0 && at <= n - 12; entries--, at += 12) {
		uint32_t tag = number(p + at, 2, little);

		if (tag == 256 || tag == 257)	/* type 3 is a number of two bytes, 4 one of four */
			size[tag - 256] = number(p + at + 8, number(p + at + 2, 2, little) == 3 ? 2 : 4, little);
	}
}

/* A page that is black and white compresses to next to nothing: of these formats the pixels count, not the bytes. */
static int
is_page(const uint8_t *p, size_t n)
{
	uint32_t size[2] = { 0, 0 };

	if (n >= LIMIT_OCR_PICTURE_BYTES)
		return 1;
	if (n >= 24 && memcmp(p, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) == 0) {
		size[0] = number(p + 16, 4, 0);
		size[1] = number(p + 20, 4, 0);
	} else if (n >= 24 && (memcmp(p, "II*", 4) == 0 || memcmp(p, "MM\0*", 4) == 0))
		tiff_size(p, n, size);
	return size[0] >= LIMIT_OCR_PAGE_PIXELS && size[1] >= LIMIT_OCR_PAGE_PIXELS;
}

/* A picture is a page, perhaps, when it is no logo: then it is empty until the OCR pass has looked at it. */
enum text_status
read_image(struct reading *r)
{
	if (!is_page(r->p, r->n) || build_part(r->b, r->position)->info.is_inline)
		return TEXT_UNSUPPORTED;
	if (!ocr_file(r->p, r->n, &r->text))
		return TEXT_EMPTY;
	build_warn(r->b, r->position, "ocr", "the text was read from a picture");
	return TEXT_OK;
}
