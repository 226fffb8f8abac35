/*
 * Which bytes of a Word document are deleted by a tracked change, so that the text is read with all changes accepted.
 * Owns the reading of the character properties ([MS-DOC] 2.9.43 ChpxFkp); knows nothing of pieces and stories.
 */
#ifndef HOERING_PARSERS_DOC_DELETED_H
#define HOERING_PARSERS_DOC_DELETED_H

#include <stddef.h>
#include <stdint.h>

struct stream;
struct deleted;

/* `at`, `n`: of the table of property pages (PlcBteChpx) in `table`. Never NULL. */
struct deleted *deleted_read(const struct stream *word, const struct stream *table, size_t at, size_t n);

int    deleted_any(const struct deleted *d);			/* NULL: 0 */
int    deleted_at(const struct deleted *d, size_t at);		/* NULL: 0 */
size_t deleted_next_change(const struct deleted *d, size_t at);	/* the next place where the answer changes; SIZE_MAX: never */

#endif
