#include <glib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/image.h"
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

/* JPEG (ITU T.81, B.1.1.4, B.2.2): the segments before the picture; a frame's header has its height and width. */
static void
jpeg_size(const uint8_t *p, size_t n, uint32_t size[2])
{
	size_t at = 2;

	while (at + 9 <= n && p[at] == 0xff) {
		const uint8_t mark = p[at + 1];

		if (mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc) {
			size[0] = number(p + at + 7, 2, 0);
			size[1] = number(p + at + 5, 2, 0);
			return;
		}
		at += mark == 0xff ? 1 : 2 + MAX(number(p + at + 2, 2, 0), 2);	/* 0xff may be there to fill up */
	}
}

/* Width and height in pixels; 0 when they are not told. */
static void
size_of(const uint8_t *p, size_t n, uint32_t size[2])
{
	size[0] = size[1] = 0;
	if (n < 24)
		return;
	if (memcmp(p, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) == 0) {
		size[0] = number(p + 16, 4, 0);
		size[1] = number(p + 20, 4, 0);
	} else if (memcmp(p, "II*", 4) == 0 || memcmp(p, "MM\0*", 4) == 0)
		tiff_size(p, n, size);
	else if (memcmp(p, "\xff\xd8\xff", 3) == 0)
		jpeg_size(p, n, size);
}

/* A page that is black and white compresses to next to nothing: then the pixels count, not the bytes. */
static int
is_large(const uint8_t *p, size_t n)
{
	uint32_t size[2];

	size_of(p, n, size);
	return n >= LIMIT_OCR_PICTURE_BYTES || MIN(size[0], size[1]) >= LIMIT_OCR_PAGE_PIXELS;
}

/* Paper is 1.29 (letter) to 1.65 (legal) times as long as wide and a telephone's picture of it 1.33; logos are square or banners. */
static int
is_page(const uint8_t *p, size_t n)
{
	uint32_t size[2], shorter, longer;

	size_of(p, n, size);
	shorter = MIN(size[0], size[1]);
	longer = MAX(size[0], size[1]);
	return shorter >= LIMIT_OCR_PAGE_PIXELS && longer / 12.0 >= shorter / 10.0 && longer / 17.0 <= shorter / 10.0;
}

int
image_is_logo(const uint8_t *p, size_t n, int is_shown)
{
	return (is_shown || n < LIMIT_OCR_PICTURE_BYTES) && !is_page(p, n);
}

/* A picture is a page, perhaps, when it is no logo: then it is empty until the OCR pass has looked at it. */
enum text_status
read_image(struct reading *r)
{
	if (!is_large(r->p, r->n) || build_part(r->b, r->position)->info.is_inline)
		return TEXT_UNSUPPORTED;
	if (!ocr_file(r->p, r->n, &r->text))
		return TEXT_EMPTY;
	build_warn(r->b, r->position, "ocr", "the text was read from a picture");
	return TEXT_OK;
}
