/*
 * The rules by which a text is read: phrases, and what was learnt from sentences.
 * Owns where they come from: a folder, or the program itself; must not know what any of them says.
 */
#ifndef HOERING_PARSERS_RULES_H
#define HOERING_PARSERS_RULES_H

#include <stdint.h>

#include "base/why.h"

struct phrases;
struct learnt;

struct rules {
	struct phrases      *phrases;
	const struct learnt *learnt;
	struct learnt       *own;	/* learnt from the folder; NULL: the one built in */
};

/*
 * Reads DIR/phrases and DIR/sentences; a file that is not there, or DIR NULL: those built into the program. A mistake is OUTCOME_REFUSED with
 * file and line. Done before the lock is put on; the rules are read-only from then on and shared by every child.
 */
enum outcome rules_load(const char *dir_or_null, struct rules *out, struct why *why) MUST_CHECK;
void         rules_free(struct rules *r);

/* A number of these very rules: others have another. */
uint32_t rules_print(const struct rules *r);

#endif
