/*
 * Whether the programs take the rules of an operator's own folder, asked before anything is started with them.
 * Owns the question; must not know how any of the files is written: hoering-parse and judge/ do.
 */
#ifndef HOERING_DAEMON_RULES_H
#define HOERING_DAEMON_RULES_H

#include "base/why.h"

/*
 * `dir` as in the configuration, "" without one: then there is nothing to ask. OUTCOME_REFUSED: a mistake, with file and line;
 * OUTCOME_DEFER: nobody could be asked.
 */
enum outcome rules_check(const char *dir, struct why *why) MUST_CHECK;

#endif
