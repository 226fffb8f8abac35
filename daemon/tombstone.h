/*
 * How what was erased is known again when it comes once more: what it said and who sent it as HMAC-SHA256 under a key of ours,
 * ARCHIVE/erase.key. Owns that key; erases nothing itself (daemon/erase.h).
 */
#ifndef HOERING_DAEMON_TOMBSTONE_H
#define HOERING_DAEMON_TOMBSTONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/store/store.h"
#include "daemon/store/store_erase.h"

#define TOMBSTONE_KEY_BYTES	32
#define TOMBSTONE_DIGEST_HEX	65
#define TOMBSTONE_CHECK_HEX	17
/* What to do where it is not the right one. */
#define ERASE_KEY_LOST	"bring it back from a backup of the archive; if it is lost for good: hoering erase --new-key --reason TEXT"

/*
 * The key, which must have the check value `known` ("": nothing tells it). OUTCOME_REFUSED with words: it is not there (and `make` is 0, else it is
 * made), cannot be read, is no key, or is another; why->code is errno where the system has refused it.
 */
enum outcome tombstone_key(const char *archive, const char *known, int make, uint8_t key[TOMBSTONE_KEY_BYTES], struct why *why) MUST_CHECK;
/* By which the key is known, and from which it cannot be had. */
void         tombstone_check(const uint8_t key[TOMBSTONE_KEY_BYTES], char hex[TOMBSTONE_CHECK_HEX]);
void         tombstone_digest(const uint8_t key[TOMBSTONE_KEY_BYTES], const char *what, const void *p, size_t n, char hex[TOMBSTONE_DIGEST_HEX]);

/* What there is of this submission; *before: what was erased and said the same, 0: nothing. */
enum outcome tombstone_of_same(struct store *s, const uint8_t key[TOMBSTONE_KEY_BYTES], int64_t submission, struct remains *m, int64_t *before,
    struct why *why) MUST_CHECK;
/*
 * In the transaction that files it: what is the same as something erased before it came waits for the parser again until it is erased. Without the
 * key nothing is known again, and it is filed.
 */
enum outcome tombstone_mark(struct store *s, const char *archive, const char *known, int64_t submission, struct why *why) MUST_CHECK;

#endif
