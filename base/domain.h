/*
 * Whether an address's domain is made of a name: run together, of the beginnings of its words, or of their letters.
 * Knows letters only, so that parser and daemon mean the same by it; must not know what a word means, nor which domains are anybody's.
 *
 * A domain is in lower case ("" is nobody's); a key is a name as base/tokens.h folds it.
 */
#ifndef HOERING_BASE_DOMAIN_H
#define HOERING_BASE_DOMAIN_H

#include <stddef.h>

/* One of its labels is the name, its beginning, or put together of its words: "reddbarna.no" for Redd Barna. */
int domain_names(const char *domain, const char *key);
/* The same, or a label is its initials: "nsf.no" for Norges Småkraftforbund. A person's are soon found too. */
int domain_is_of(const char *domain, const char *key);
/*
 * A label has letters of every long word of the name, each word from its first on: "vlfk.no" for Vestland fylkeskommune. How many
 * words begin so, 0 when it is another name's. Weak: only for what is known to be a house.
 */
unsigned domain_shortens(const char *domain, const char *key);
unsigned domain_label_shortens(const char *label, size_t n, const char *key);	/* of one label, or of letters that stand by themselves */

/* A word as short names are written: "NSF", "HK-dir", "KoRus". `n` its bytes. */
int letters_are_short(const char *p, size_t n);
/* It is short for the name: "NSF" for norges smakraftforbund, "HK-dir" for direktoratet for hoyere utdanning og kompetanse. */
int letters_are_of(const char *letters, size_t n, const char *key);

#endif
