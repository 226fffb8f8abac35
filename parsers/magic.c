#include "parsers/magic.h"

#include <magic.h>
#include <string.h>

#define LOOK_BYTES 65536u	/* of the beginning; the marks of a format stand there */

static magic_t cookie;

void
magic_warm_up(void)
{
	size_t bytes = LOOK_BYTES;

	cookie = magic_open(MAGIC_MIME_TYPE);
	if (cookie != NULL && magic_load(cookie, NULL) == -1) {
		magic_close(cookie);
		cookie = NULL;
	}
	if (cookie != NULL)
		(void)magic_setparam(cookie, MAGIC_PARAM_BYTES_MAX, &bytes);
}

const char *
magic_type(const uint8_t *p, size_t n)
{
	const char *type = cookie == NULL ? NULL : magic_buffer(cookie, p, n < LOOK_BYTES ? n : LOOK_BYTES);

	return type == NULL || strchr(type, '/') == NULL || strcmp(type, "application/octet-stream") == 0 ? "" : type;
}
