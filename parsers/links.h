/*
 * Addresses of documents that were not sent but lie in somebody's cloud.
 * Owns the houses' names and how an address is wrapped in another; knows nothing of what is around it.
 */
#ifndef HOERING_PARSERS_LINKS_H
#define HOERING_PARSERS_LINKS_H

#include <stddef.h>

#define LINK_HOST_BYTES	120

/* Where the next one stands in text[from..n), n when there is none; `host`: whose it is, in lower case. */
size_t link_next(const char *text, size_t n, size_t from, char host[LINK_HOST_BYTES]);

#endif
