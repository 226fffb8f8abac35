/*
 * The comparison form of text: lower-case words of a-z and 0-9, one space between them.
 * Both the parser (on what senders wrote) and the daemon (on what the configuration says)
 * use exactly this, so that equal means equal; it knows no language and no rule.
 */
#ifndef HOERING_BASE_TOKENS_H
#define HOERING_BASE_TOKENS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Folds UTF-8 to tokens: Latin letters lose case and marks (å and aa -> a, ø, ö and oe -> o, æ and ä -> ae,
 * ð -> d, þ -> th, ß -> ss), combining marks vanish, letters of other scripts stay as they are in lower case where
 * simple, everything else separates. Soft hyphens vanish. Invalid UTF-8 separates.
 * Writes at most out_size-1 bytes and a NUL, never half a token. Returns the bytes written.
 * `consumed` (may be NULL): bytes of `p` whose tokens are in `out`, so that a long text can be folded in pieces.
 */
size_t tokens_fold(char *out, size_t out_size, const uint8_t *p, size_t n, size_t *consumed);

/* One token of a token string: *pos moves past it. Returns NULL at the end. */
const char *tokens_next(const char *tokens, size_t n, size_t *pos, size_t *len);

/* 1 when `needle` (a token string) stands in `hay` as whole tokens; *at (may be NULL) gets the byte offset in hay. */
int tokens_contain(const char *hay, size_t hay_n, const char *needle, size_t needle_n, size_t *at);

#endif
