/*
 * The fork server: one request after the other, a fresh locked child for each, and its end told.
 * Owns the children and their limits; reads no sender byte itself.
 */
#ifndef HOERING_PARSERS_SERVER_H
#define HOERING_PARSERS_SERVER_H

#include "base/why.h"

struct rules;

/*
 * Serves requests from PARSE_FD until the other side closes it. Everything a child may need is loaded already.
 * Returns OUTCOME_OK at the end, OUTCOME_DEFER when the lock cannot be put on, OUTCOME_LOST when the talk broke.
 */
enum outcome server_run(const struct rules *rules, struct why *why) MUST_CHECK;

#endif
