/*
 * Rows of an answer of the database, kept until they are printed: as a table for people, as JSON for programs.
 * Owns the copies of the values and how they are laid out; knows nothing of where they come from.
 */
#ifndef HOERING_CLI_ROWS_H
#define HOERING_CLI_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/why.h"
#include "daemon/store/read.h"

struct rows {
	size_t columns, n, room;
	char **names;		/* [columns] */
	char **cells;		/* [n * columns], NULL for SQL's NULL */
};

/* A read_row: adds one row to the struct rows at `arg`, which starts zeroed. */
int  rows_add(void *arg, int n, const char *const *names, const char *const *values);
void rows_free(struct rows *r);

/* The whole answer to one question, of `submission` where it is about one. Free it in any case. */
enum outcome rows_read(struct store *s, enum read_query q, int64_t submission, struct rows *out, struct why *why) MUST_CHECK;

enum outcome rows_read_consultation(struct store *s, enum read_query q, const char *consultation, struct rows *out, struct why *why) MUST_CHECK;

/* The value in a row, by the column's name; NULL when it is NULL or there is no such column. */
const char *rows_cell(const struct rows *r, size_t row, const char *name);

/* Values of the column that fill more than `most` columns of a terminal end in "…" there. */
void rows_cut(struct rows *r, const char *name, size_t most);

/* Values of the column as `words` puts them; it gives back constants, or the value itself. */
void rows_say(struct rows *r, const char *name, const char *(*words)(const char *));

/* A column of a table: the names in the rows and at its head. The list ends with a NULL name. */
struct column {
	const char *name, *head;
};
/* Right-aligned where every value is a number. Nothing at all when there are no rows. */
void rows_table(FILE *f, const struct rows *r, const struct column *columns);

/* One row as lines "head: value", those that are NULL left out. */
void rows_list(FILE *f, const struct rows *r, size_t row, const struct column *columns);

/* [ {"name": value, …}, … ]; the columns in `numbers` (a space between) are numbers, others are strings or null. */
void rows_json(FILE *f, const struct rows *r, const char *numbers);
void rows_json_one(FILE *f, const struct rows *r, size_t row, const char *numbers);
void json_text(FILE *f, const char *text);	/* a JSON string, or null for NULL */

#endif
