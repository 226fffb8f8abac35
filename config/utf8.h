/*
 * UTF-8 as people's text: is it sound, and how to print it so that it cannot steer a terminal.
 * Owns nothing; knows nothing of files or fields.
 */
#ifndef HOERING_CONFIG_UTF8_H
#define HOERING_CONFIG_UTF8_H

#include <stddef.h>
#include <stdio.h>

/* How many of the n bytes are sound from the beginning: n when all is well-formed UTF-8 (RFC 3629) without NUL. */
size_t utf8_sound(const char *p, size_t n);

/* The next character's code point at p (n > 0), its bytes in *len; 0xFFFD and 1 for a byte that is none. */
unsigned utf8_next(const char *p, size_t n, size_t *len);

/* Control characters (C0, DEL, C1, line separators, direction marks) and broken bytes as \xHH; all else as it is. */
void utf8_print(FILE *out, const char *p, size_t n);
int  utf8_is_control(unsigned c);

#endif
