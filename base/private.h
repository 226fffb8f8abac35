/*
 * Files that hold secrets: which of them may be believed to be secret still.
 * Owns the checks of owner and mode; knows nothing of what stands in them.
 */
#ifndef HOERING_BASE_PRIVATE_H
#define HOERING_BASE_PRIVATE_H

#include "base/why.h"

/* A regular file, open for reading, that nobody but us (or root) can read or change. OUTCOME_REFUSED when it is not. */
enum outcome private_open(const char *path, int *fd, struct why *why) MUST_CHECK;

/* The credential `name` of $CREDENTIALS_DIRECTORY, open for reading; systemd protects it in its own way. */
enum outcome private_open_credential(const char *name, int *fd, struct why *why) MUST_CHECK;

/* The same checks on what is open already; `path` for the words. */
enum outcome private_check(int fd, const char *path, struct why *why) MUST_CHECK;

#endif
