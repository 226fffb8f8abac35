/*
 * Archives in memory: their members one after the other, or a few picked by name.
 * Owns the limits on what an archive may unfold to; knows nothing of what is in the members.
 */
#ifndef HOERING_PARSERS_ZIP_H
#define HOERING_PARSERS_ZIP_H

#include <stddef.h>
#include <stdint.h>

struct builder;

/* How a member ended, and the archive of which it is the last that ended badly. ZIP_UNKNOWN: packed in a way that nobody here reads. */
enum zip_end { ZIP_DONE = 0, ZIP_DAMAGED, ZIP_ENCRYPTED, ZIP_TOO_LARGE, ZIP_NO_ARCHIVE, ZIP_UNKNOWN };

struct member {
	const char  *name;	/* UTF-8 where the archive tells or shows what it is, else any bytes */
	uint8_t     *p;		/* the callee's to keep */
	size_t       n;
	enum zip_end end;	/* not ZIP_DONE: the bytes are what came before it, perhaps none */
};

/*
 * Calls `each` for every file for which `wanted` (NULL: all) says yes; others are not unfolded. Stops early when `each`
 * returns 0. `b` NULL: nothing of it counts (a look at small members). Damaged or oversized archives give what came before, the
 * beginning of the member at hand too.
 */
typedef int zip_wanted(void *ctx, const char *name);
typedef int zip_each(void *ctx, const struct member *m);
enum zip_end zip_walk(struct builder *b, const uint8_t *p, size_t n, zip_wanted *wanted, zip_each *each, void *ctx);

/* Loads what libarchive loads late, before the lock. */
void zip_warm_up(void);

#endif
