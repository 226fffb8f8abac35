/*
 * A list of invited organisations: one a line, columns separated by tabs.
 * Owns the telling apart of addresses, domains and organisation numbers; knows nothing of who has answered.
 */
#ifndef HOERING_CONFIG_INVITED_H
#define HOERING_CONFIG_INVITED_H

#include "config/conf.h"
#include "config/source.h"

/*
 * The first column is the name; each other one is an e-mail address (has an @), a domain, an organisation number
 * (nine digits, perhaps with spaces) or else a line of the postal address. Empty lines and lines that begin with # say nothing.
 * `from`:`line` is where the list is named. The mistakes are told.
 */
void invited_read(struct reading *r, const char *path, const char *from, unsigned line, struct conf_invited **out, size_t *n);

/* What is no mistake, and may be one: told by `hoeringd --check`, a line each. Returns how many. */
unsigned invited_remarks(const struct conf *conf, FILE *out);

#endif
