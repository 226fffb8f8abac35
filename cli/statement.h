/*
 * Whether a statement can be believed: the journal and the originals it rests on, as far as that is seen without reading all of them again.
 * Owns the words that send to `hoering verify`; knows nothing of what else is stated.
 */
#ifndef HOERING_CLI_STATEMENT_H
#define HOERING_CLI_STATEMENT_H

#include "base/why.h"
#include "config/conf.h"
#include "daemon/store/store.h"

/* A line "NOTE: …" for each thing found; inside read_begin(). */
enum outcome statement_print_damage(struct store *s, const struct conf *conf, const char *consultation, struct why *why) MUST_CHECK;

#endif
