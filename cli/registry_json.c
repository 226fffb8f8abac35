/* JSON as Enhetsregisteret's bulk endpoint gives it: an array of objects, read as it comes. */
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "cli/registry_record.h"

#define DEPTH		16	/* deeper keys are nobody's */
#define PATH_BYTES	256
#define BLOCK_BYTES	65536

/*
 * A record is an object that stands in an array and in no other such object: that of the bulk file, and also
 * "_embedded": { "enheter": [ … ] } of a search. Its keys, those within it after a dot, are the paths of registry_field_of().
 */
struct json {
	struct registry_input *in;
	unsigned               depth, record_depth;	/* record_depth 0: in no record */
	char                   is_array[DEPTH + 1];
	size_t                 path_n[DEPTH + 1];	/* length of the path up to this depth's own key */
	char                   path[PATH_BYTES];
	enum registry_field    field;
	struct why            *why;
	enum outcome           o;
};

static int
open_level(struct json *j, char is_array)
{
	size_t n = strlen(j->path);

	if (j->depth == DEPTH) {
		j->o = why_set(j->why, OUTCOME_REFUSED, "%s: objects within objects without end", j->in->path);
		return 0;
	}
	if (!is_array && j->record_depth == 0 && j->depth > 0 && j->is_array[j->depth]) {
		j->record_depth = j->depth + 1;
		n = 0;
		j->path[0] = '\0';
	}
	j->depth++;
	j->is_array[j->depth] = is_array;
	j->path_n[j->depth] = n;
	return 1;
}

static int
close_level(struct json *j)
{
	j->path[j->path_n[j->depth]] = '\0';
	j->field = REG_FIELDS;
	j->depth--;
	return 1;
}

static int
on_map(void *ctx)
{
	return open_level(ctx, 0);
}

static int
on_array(void *ctx)
{
	return open_level(ctx, 1);
}

static int
on_key(void *ctx, const unsigned char *p, size_t n)
{
	struct json *j = ctx;
	size_t       at = j->path_n[j->depth];

	j->field = REG_FIELDS;
	if (j->record_depth == 0 || at + n + 2 > sizeof j->path)
		return 1;
	if (at > 0)
		j->path[at++] = '.';
	memcpy(j->path + at, p, n);
	j->path[at + n] = '\0';
	j->field = registry_field_of(j->path);
	return 1;
}

static int
on_value(void *ctx, const unsigned char *p, size_t n)
{
	struct json *j = ctx;

	if (j->record_depth != 0)
		registry_put(j->in, j->field, p, n);
	return 1;
}

static int
on_number(void *ctx, const char *p, size_t n)
{
	return on_value(ctx, (const unsigned char *)p, n);
}

static int
on_map_end(void *ctx)
{
	struct json *j = ctx;

	if (j->depth == j->record_depth) {
		j->record_depth = 0;
		j->o = registry_give(j->in, j->why);
	}
	return close_level(j) && j->o == OUTCOME_OK;
}

static int
on_array_end(void *ctx)
{
	return close_level(ctx);
}

static enum outcome
parse(struct json *j, yajl_handle y, const uint8_t *p, size_t n, struct why *why)
{
	yajl_status s = p == NULL ? yajl_complete_parse(y) : yajl_parse(y, p, n);

	if (s == yajl_status_ok)
		return OUTCOME_OK;
	if (j->o != OUTCOME_OK)
		return j->o;
	return why_set(why, OUTCOME_REFUSED, "%s: after %llu organisations: the JSON is damaged or not whole", j->in->path,
	    (unsigned long long)j->in->n_records);
}

enum outcome
registry_read_json(struct registry_input *in, const uint8_t *start, size_t n, struct why *why)
{
	static const yajl_callbacks callbacks = { .yajl_number = on_number, .yajl_string = on_value, .yajl_start_map = on_map,
		.yajl_map_key = on_key, .yajl_end_map = on_map_end, .yajl_start_array = on_array, .yajl_end_array = on_array_end };
	struct json  j = { .in = in, .field = REG_FIELDS, .why = why };
	uint8_t     *block = malloc(BLOCK_BYTES);
	yajl_handle  y = yajl_alloc(&callbacks, NULL, &j);
	int          got = 1;
	enum outcome o = OUTCOME_DEFER;

	if (block == NULL || y == NULL) {
		(void)why_set(why, OUTCOME_DEFER, "no memory");
		goto out;
	}
	(void)yajl_config(y, yajl_dont_validate_strings, 1);	/* registry_put() looks at what is kept */
	o = parse(&j, y, start, n, why);
	while (o == OUTCOME_OK && (got = registry_more(in, block, BLOCK_BYTES, why)) > 0)
		o = parse(&j, y, block, (size_t)got, why);
	if (o == OUTCOME_OK && got < 0)
		o = OUTCOME_REFUSED;
	if (o == OUTCOME_OK)
		o = parse(&j, y, NULL, 0, why);
out:
	if (y != NULL)
		yajl_free(y);
	free(block);
	return o;
}
