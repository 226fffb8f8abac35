/*
 * The originals, byte for byte, each under its SHA-256: archive/ab/cdef….eml, written once, never changed.
 * Owns the folder's layout and every fsync in it; knows nothing of what the bytes say.
 */
#ifndef HOERING_DAEMON_ARCHIVE_H
#define HOERING_DAEMON_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct archive;

/* `create`: to write, and so created where it is not there, and locked: OUTCOME_REFUSED while another process holds it so. */
enum outcome archive_open(const char *folder, int create, struct archive **out, struct why *why) MUST_CHECK;
void         archive_close(struct archive **a);

/*
 * Stores what `fd` holds, from offset 0, `size_bytes` bytes (read with pread; the descriptor stays the caller's), and gives its
 * SHA-256 in hex (65 bytes). Durable only after archive_sync(). An original that is there already is read again and compared;
 * a damaged one is replaced and told in the log.
 */
enum outcome archive_add(struct archive *a, int fd, uint64_t size_bytes, char *sha256, struct why *why) MUST_CHECK;
/* fsync, rename, fsync folder for everything added since the last sync. On failure nothing of it counts as stored. */
enum outcome archive_sync(struct archive *a, struct why *why) MUST_CHECK;
void         archive_rollback(struct archive *a);
/* An original added since the last sync is not stored after all; nothing when it is none of those. */
void         archive_drop(struct archive *a, const char *sha256);
/* Erases one, durably; one that is not there is no failure. */
enum outcome archive_remove(struct archive *a, const char *sha256, struct why *why) MUST_CHECK;

/* Read-only descriptor of an original, or -1 with why. Its bytes are not checked here. */
int          archive_read(const struct archive *a, const char *sha256, struct why *why);
/* Re-hashes one original: OUTCOME_OK, or OUTCOME_BAD (missing, damaged) with why. *size_bytes may be NULL. */
enum outcome archive_check(const struct archive *a, const char *sha256, uint64_t *size_bytes, struct why *why) MUST_CHECK;
/* The path of an original below the archive's folder, "ab/cdef….eml" (72 bytes). */
void         archive_path(const char *sha256, char *out);

#endif
