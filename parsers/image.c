#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/ocr.h"

/* A picture is a page, perhaps, when it is no logo: then it is empty until the OCR pass has looked at it. */
enum text_status
read_image(struct reading *r)
{
	if (r->n < LIMIT_OCR_PICTURE_BYTES || build_part(r->b, r->position)->info.is_inline)
		return TEXT_UNSUPPORTED;
	if (!ocr_file(r->p, r->n, &r->text))
		return TEXT_EMPTY;
	build_warn(r->b, r->position, "ocr", "the text was read from a picture");
	return TEXT_OK;
}
