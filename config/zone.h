/*
 * The clock of one time zone: which offset from UTC was in force when, taken from the system's tz database once.
 * Owns the table of changes; after zone_open() it asks nobody, so that two zones can be used side by side.
 */
#ifndef HOERING_CONFIG_ZONE_H
#define HOERING_CONFIG_ZONE_H

#include <stdint.h>
#include <time.h>

#include "config/arena.h"

struct conf_zone;

/* NULL when the system knows no such zone. TZ is changed while reading and set back; not for programs with threads. */
struct conf_zone *zone_open(struct conf_arena *a, const char *name);

/* The zone's clock at a moment. Years outside 1970-2100 use the offset nearest to them. */
void zone_clock(const struct conf_zone *z, int64_t at, struct tm *out);

/*
 * The first moment of a day (month 1-12; day may run over the month's end), also where the clock skips midnight.
 */
int64_t zone_day_start(const struct conf_zone *z, int year, int month, int day);

#endif
