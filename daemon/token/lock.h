/*
 * The lock hoering-token puts on itself before it hears from a server: which files it still needs, and where it keeps its tokens.
 * Owns that list; what a locked process may do is base/sandbox.h's.
 */
#ifndef HOERING_TOKEN_LOCK_H
#define HOERING_TOKEN_LOCK_H

#include "base/why.h"

struct account;

/* The account's store has been opened once: its folder is there. On failure the process may be half locked: it must end. */
enum outcome token_lock(const struct account *a, struct why *why) MUST_CHECK;

#endif
