/*
 * Folder names as IMAP wants them: UTF-8 to modified UTF-7 (RFC 3501, 5.1.3).
 * Owns nothing; knows nothing of servers.
 */
#ifndef HOERING_FETCH_UTF7_H
#define HOERING_FETCH_UTF7_H

#include <stddef.h>

/* 0; or -1 when `utf8` is no valid UTF-8, holds a control character (CR and LF among them), or does not fit. */
int utf7_encode(const char *utf8, char *out, size_t size);

#endif
