/*
 * Recognition of what our own table does not know, by libmagic.
 * Owns its data base, which is loaded before the lock; decides nothing.
 */
#ifndef HOERING_PARSERS_MAGIC_H
#define HOERING_PARSERS_MAGIC_H

#include <stddef.h>
#include <stdint.h>

/* Without it (no data base on this machine) nothing is recognised beyond the table. */
void magic_warm_up(void);

/* The media type, lower case; "" when it is not known or says nothing (application/octet-stream). */
const char *magic_type(const uint8_t *p, size_t n);

#endif
