#include "parsers/ocr.h"

#ifdef HAVE_OCR

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <tesseract/capi.h>

#define LIBRARY "libtesseract.so.5"	/* leptonica comes with it */

/* The functions used, each of the type its header says. */
static struct {
	__typeof__(&TessBaseAPICreate)              create;
	__typeof__(&TessBaseAPIInit3)               init;
	__typeof__(&TessBaseAPISetImage)            set_image;
	__typeof__(&TessBaseAPISetImage2)           set_pix;
	__typeof__(&TessBaseAPISetSourceResolution) set_resolution;
	__typeof__(&TessBaseAPIGetUTF8Text)         get_text;
	__typeof__(&TessBaseAPIClear)               clear;
	__typeof__(&TessDeleteText)                 delete_text;
	__typeof__(&pixReadMem)                     read_picture;
	__typeof__(&pixDestroy)                     destroy_picture;
	__typeof__(&pixGetDimensions)               dimensions;
	__typeof__(&pixGetXRes)                     resolution;
	__typeof__(&setMsgSeverity)                 severity;
} api;

static TessBaseAPI *engine;

/* ISO C has no way from an object pointer to a function's; POSIX gives its word that this one works (dlsym(3)). */
static int
load_function(void *library, const char *name, void *slot)
{
	*(void **)slot = dlsym(library, name);
	return *(void **)slot != NULL;
}

static int
load_functions(void *library)
{
	return load_function(library, "TessBaseAPICreate", &api.create) && load_function(library, "TessBaseAPIInit3", &api.init) &&
	    load_function(library, "TessBaseAPISetImage", &api.set_image) &&
	    load_function(library, "TessBaseAPISetImage2", &api.set_pix) &&
	    load_function(library, "TessBaseAPISetSourceResolution", &api.set_resolution) &&
	    load_function(library, "TessBaseAPIGetUTF8Text", &api.get_text) &&
	    load_function(library, "TessBaseAPIClear", &api.clear) && load_function(library, "TessDeleteText", &api.delete_text) &&
	    load_function(library, "pixReadMem", &api.read_picture) && load_function(library, "pixDestroy", &api.destroy_picture) &&
	    load_function(library, "pixGetDimensions", &api.dimensions) &&
	    load_function(library, "pixGetXRes", &api.resolution) && load_function(library, "setMsgSeverity", &api.severity);
}

enum outcome
ocr_load(struct why *why)
{
	void *library;

	(void)setenv("OMP_THREAD_LIMIT", "1", 1);	/* a child has no threads */
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL || !load_functions(library))
		return why_set(why, OUTCOME_REFUSED, "no OCR on this machine: %s is missing or of another version", LIBRARY);
	(void)api.severity(L_SEVERITY_NONE);
	engine = api.create();
	if (engine == NULL || api.init(engine, NULL, "nor+eng") != 0)
		return why_set(why, OUTCOME_REFUSED, "no OCR on this machine: Tesseract's Norwegian or English data is missing");
	return OUTCOME_OK;
}

int
ocr_is_on(void)
{
	return engine != NULL;
}

static int
recognise(int dpi, struct textbuf *out)
{
	size_t before = out->n;
	char  *text;

	if (dpi >= 70 && dpi <= 1200)
		api.set_resolution(engine, dpi);
	text = api.get_text(engine);
	if (text != NULL) {
		textbuf_newline(out);
		textbuf_puts(out, text);
		api.delete_text(text);
	}
	api.clear(engine);
	return out->n > before;
}

int
ocr_pixels(const uint8_t *gray, int width, int height, int dpi, struct textbuf *out)
{
	if (!ocr_is_on() || width < OCR_LEAST_PIXELS || height < OCR_LEAST_PIXELS)
		return 0;
	api.set_image(engine, gray, width, height, 1, width);
	return recognise(dpi, out);
}

int
ocr_file(const uint8_t *p, size_t n, struct textbuf *out)
{
	PIX      *picture = ocr_is_on() ? api.read_picture(p, n) : NULL;
	l_int32   width = 0, height = 0;
	int       found = 0;

	if (picture == NULL)
		return 0;
	(void)api.dimensions(picture, &width, &height, NULL);
	if (width >= OCR_LEAST_PIXELS && height >= OCR_LEAST_PIXELS) {
		api.set_pix(engine, picture);
		found = recognise(api.resolution(picture), out);
	}
	api.destroy_picture(&picture);
	return found;
}

#else

enum outcome
ocr_load(struct why *why)
{
	return why_set(why, OUTCOME_REFUSED, "this hoering-parse was built without OCR");
}

int
ocr_is_on(void)
{
	return 0;
}

int
ocr_pixels(const uint8_t *gray, int width, int height, int dpi, struct textbuf *out)
{
	(void)gray;
	(void)width;
	(void)height;
	(void)dpi;
	(void)out;
	return 0;
}

int
ocr_file(const uint8_t *p, size_t n, struct textbuf *out)
{
	(void)p;
	(void)n;
	(void)out;
	return 0;
}

#endif
