/*
 * What reading and writing the records share: the frame of a record and what counts as clean text.
 * Owns no memory; private to wire.c and wire_read.c.
 */
#ifndef HOERING_PARSERS_WIRE_FRAME_H
#define HOERING_PARSERS_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define HEAD_BYTES 5u	/* letter and length */

/* Years 1 to 9999: what every calendar function can print. */
#define TIME_FIRST (-62135596800LL)
#define TIME_LAST  253402300799LL

/*
 * Length of the clean character at p: valid UTF-8 (RFC 3629), no control character but \n and \t where `lines` is set.
 * 0 when it is none.
 */
size_t wire_clean_character(const uint8_t *p, size_t n, int lines);

/*
 * The record at *pos: its letter and payload; *pos moves past it. 0 when what is left is not a whole record
 * (*len is what it says of itself when its head is there).
 */
int wire_next_record(const uint8_t *p, size_t n, size_t *pos, uint8_t *letter, const uint8_t **payload, size_t *len);

#endif
