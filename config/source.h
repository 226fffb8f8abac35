/*
 * One configuration file: read whole, parsed by libconfig, its settings taken out with type, line and a mistake for what is wrong.
 * Owns the reading of files and the words of mistakes; knows nothing of mailboxes or consultations.
 */
#ifndef HOERING_CONFIG_SOURCE_H
#define HOERING_CONFIG_SOURCE_H

#include <libconfig.h>
#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "config/arena.h"
#include "config/zone.h"

/* One run of conf_load(): what all files share. */
struct reading {
	struct conf_arena *arena;
	struct conf_zone  *zone;	/* NULL until `timezone` is known to be right */
	struct sha256_ctx  digest;	/* over every file, in the order read */
	FILE              *mistakes;	/* may be NULL */
	unsigned           n_mistakes;
};

/* Writes "FILE:LINE: …" (without the line when it is 0) and counts it. Control characters in the values are escaped. */
void mistake(struct reading *r, const char *file, unsigned line, const char *fmt, ...) PRINTF_LIKE(4, 5);

/*
 * The whole file into *text (NUL-terminated, in the arena) and into the digest. It must be UTF-8 without NUL bytes;
 * a byte order mark at its beginning is left out.
 * 0, or -1 after a mistake; that stands at `from`:`line` (where the file is named) when it cannot be read at all.
 */
int read_text(struct reading *r, const char *path, const char *from, unsigned line, char **text) MUST_CHECK;

struct source {
	struct reading         *reading;
	const char             *file;		/* absolute */
	config_t                config;
	const config_setting_t *root;
};

/* 0, or -1 after a mistake; close it in both cases. */
int  source_open(struct source *s, struct reading *r, const char *file, const char *from, unsigned line) MUST_CHECK;
void source_close(struct source *s);

/* The line of a setting, or of the group when `key` is not there; never 0. */
unsigned source_line(const struct source *s, const config_setting_t *group, const char *key);

/* A mistake at that line. */
void source_mistake(struct source *s, const config_setting_t *group, const char *key, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* A mistake for each setting of the group that is not in `keys` (names with a space between). */
void source_known(struct source *s, const config_setting_t *group, const char *keys);

/*
 * Settings by type. What has the wrong type is a mistake, and so is what is missing when `missing` is NULL (in the string forms)
 * or `required` says so; then the fallback comes back: NULL for a string, nothing for a list. Strings are in the arena.
 */
const char *source_string(struct source *s, const config_setting_t *group, const char *key, const char *missing);
const char *source_path(struct source *s, const config_setting_t *group, const char *key, const char *missing);	/* made absolute */
int         source_bool(struct source *s, const config_setting_t *group, const char *key, int missing);
unsigned    source_number(struct source *s, const config_setting_t *group, const char *key, unsigned missing, unsigned max);
size_t      source_strings(struct source *s, const config_setting_t *group, const char *key, const char ***out);
const config_setting_t *source_group(struct source *s, const config_setting_t *group, const char *key, int required);

/* The index of the setting's value in `names` (NULL-terminated), `missing` when it is not there or a mistake. */
int source_choice(struct source *s, const config_setting_t *group, const char *key, const char *const *names, int missing);

/* "YYYY-MM-DD", a real day; *start gets its first moment, *end the first moment after it (each may be NULL). NULL: a mistake. */
const char *source_day(struct source *s, const config_setting_t *group, const char *key, int64_t *start, int64_t *end);
int         day_check(const char *text, int *year, int *month, int *day);	/* 1 when it is such a day */

/* `path` as seen from the folder of `file`; in the arena. */
const char *path_beside(struct conf_arena *a, const char *file, const char *path);

#endif
