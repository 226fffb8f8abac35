/*
 * Pictures as a mail has them: pages that were scanned or photographed, and logos.
 * Owns what tells them apart; knows nothing of where in a mail they stand.
 */
#ifndef HOERING_PARSERS_IMAGE_H
#define HOERING_PARSERS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What stands in the mail's text: HTML shows it (`is_shown`), or its label alone says so. One that HTML shows is a logo unless it
 * has the size and shape of a page; the other must be small as well, as mail programs label every picture so.
 */
int image_is_logo(const uint8_t *p, size_t n, int is_shown);

#endif
