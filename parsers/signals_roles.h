/*
 * What the lines of a mail are for: who greets, who signs, and what a house says below every mail.
 * Owns how such lines are known; must not know how mails are nested, nor whose line it is.
 */
#ifndef HOERING_PARSERS_SIGNALS_ROLES_H
#define HOERING_PARSERS_SIGNALS_ROLES_H

#include "parsers/signals_lines.h"

/* What the lines of every level up to `deepest` are for: greeting, words, signature, disclaimer. */
void roles_mark(struct splitter *s, const struct zone_hints *hints, unsigned deepest);

#endif
