/*
 * What judging again has changed: the verdicts of one moment kept aside and held against those of a later one; and copies of the
 * whole database. Owns what is kept aside, in the connection's own temporary space; must not know who judged again, or why.
 */
#ifndef HOERING_STORE_CHANGES_H
#define HOERING_STORE_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/store/read.h"
#include "daemon/store/store.h"

/* Keeps all verdicts as they are now. Works on a connection of read_open() too: the database itself is not written. */
enum outcome changes_keep(struct store *s, struct why *why) MUST_CHECK;

/*
 * Each verdict that is another now, by submission: columns submission, sha256, verdict, before, after. What was not judged
 * at the time of changes_keep() is left out. *n: how many submissions are touched.
 */
enum outcome changes_tell(struct store *s, read_row *each, void *arg, size_t *n, struct why *why) MUST_CHECK;

/*
 * A copy of the database, as of one moment, in a temporary file that nobody else can open and that ends with store_close().
 * It can be written like the database itself; the database is only read.
 */
enum outcome changes_rehearse(const char *path, struct store **out, struct why *why) MUST_CHECK;
/* The same into a new file, durable, for a backup. */
enum outcome changes_backup(const char *path, const char *copy_path, struct why *why) MUST_CHECK;

#endif
