/* CSV as Enhetsregisteret gives it: a line of names, fields in quotes where they need them, commas or semicolons between. */
#include <stdlib.h>
#include <string.h>

#include "cli/registry_record.h"

#define COLUMNS		200
#define FIELD_BYTES	4096	/* longer ones are cut; none of those that are read is */
#define BLOCK_BYTES	65536

struct csv {
	struct registry_input *in;
	char                   delimiter;
	enum registry_field    columns[COLUMNS];
	size_t                 column, n_columns;
	int                    in_header, in_quotes, was_quote, has_bytes;
	uint64_t               line;
	uint8_t                field[FIELD_BYTES];
	size_t                 n;
};

/* What separates the names of the first line most often. */
static char
sniff(const uint8_t *p, size_t n)
{
	static const char candidates[] = ",;\t|";
	size_t            counts[sizeof candidates - 1] = { 0 }, best = 0;
	int               quoted = 0;

	for (size_t i = 0; i < n && (p[i] != '\n' || quoted); i++) {
		const char *c = memchr(candidates, p[i], sizeof candidates - 1);

		quoted ^= p[i] == '"';
		if (c != NULL && !quoted)
			counts[c - candidates]++;
	}
	for (size_t i = 1; i < sizeof candidates - 1; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

static void
end_field(struct csv *c)
{
	char name[200];

	if (c->column < COLUMNS) {
		if (c->in_header) {
			size_t n = c->n < sizeof name ? c->n : sizeof name - 1;

			memcpy(name, c->field, n);
			name[n] = '\0';
			c->columns[c->column] = registry_field_of(name);
		} else if (c->column < c->n_columns)
			registry_put(c->in, c->columns[c->column], c->field, c->n);
	}
	c->column++;
	c->n = 0;
	c->was_quote = 0;
}

static enum outcome
end_line(struct csv *c, struct why *why)
{
	int      is_empty = c->column == 0 && c->n == 0, has_orgnr = 0, has_name = 0;
	unsigned i;

	if (is_empty)
		return OUTCOME_OK;
	end_field(c);
	if (!c->in_header) {
		c->column = 0;
		return registry_give(c->in, why);
	}
	c->n_columns = c->column < COLUMNS ? c->column : COLUMNS;
	for (i = 0; i < c->n_columns; i++) {
		has_orgnr |= c->columns[i] == REG_ORGNR;
		has_name |= c->columns[i] == REG_NAME;
	}
	c->in_header = 0;
	c->column = 0;
	return has_orgnr && has_name ? OUTCOME_OK : why_set(why, OUTCOME_REFUSED, "%s:1: neither JSON nor CSV whose first line names the "
	    "columns organisasjonsnummer and navn", c->in->path);
}

/* RFC 4180: a quote within quotes is doubled, and quotes may hold line breaks. */
static enum outcome
take(struct csv *c, const uint8_t *p, size_t n, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		uint8_t b = p[i];

		c->line += b == '\n';
		if (b == '"' && (c->in_quotes || c->n == 0 || c->was_quote)) {
			if (c->was_quote && !c->in_quotes && c->n < FIELD_BYTES)
				c->field[c->n++] = b;	/* the second of two */
			c->was_quote = c->in_quotes;
			c->in_quotes = !c->in_quotes;
			continue;
		}
		c->was_quote = 0;
		if (!c->in_quotes && b == (uint8_t)c->delimiter)
			end_field(c);
		else if (!c->in_quotes && b == '\n')
			o = end_line(c, why);
		else if ((c->in_quotes || b != '\r') && c->n < FIELD_BYTES)
			c->field[c->n++] = b;
	}
	return o;
}

enum outcome
registry_read_csv(struct registry_input *in, const uint8_t *start, size_t n, struct why *why)
{
	struct csv  *c = calloc(1, sizeof *c);
	uint8_t     *block = malloc(BLOCK_BYTES);
	int          got = 1;
	enum outcome o;

	if (c == NULL || block == NULL) {
		o = why_set(why, OUTCOME_DEFER, "no memory");
		goto out;
	}
	c->in = in;
	c->in_header = 1;
	c->delimiter = sniff(start, n);
	o = take(c, start, n, why);
	while (o == OUTCOME_OK && (got = registry_more(in, block, BLOCK_BYTES, why)) > 0)
		o = take(c, block, (size_t)got, why);
	if (o == OUTCOME_OK && got < 0)
		o = OUTCOME_REFUSED;
	if (o == OUTCOME_OK && c->in_quotes)
		o = why_set(why, OUTCOME_REFUSED, "%s:%llu: a field in quotes has no end: the file is not whole", in->path, (unsigned long long)c->line + 1);
	if (o == OUTCOME_OK)
		o = end_line(c, why);
out:
	free(c);
	free(block);
	return o;
}
