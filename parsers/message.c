#include "parsers/message.h"

#include <string.h>

const char *
mail_header(const struct mail_head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n_headers; i++)
		if (strcmp(h->headers[i].name, name) == 0)
			return h->headers[i].value;
	return NULL;
}
