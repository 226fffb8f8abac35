#include "cli/rows.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <wchar.h>

#include "base/log.h"
#include "cli/parse_json.h"
#include "config/utf8.h"

#define NOTHING	"-"	/* how a table shows NULL */

static char *
copy(const char *text)
{
	char *p = text == NULL ? NULL : strdup(text);

	if (text != NULL && p == NULL)
		fatal(EX_OSERR, "no memory");
	return p;
}

static void
grow(struct rows *r)
{
	size_t cells;

	r->room = r->room == 0 ? 64 : 2 * r->room;
	if (__builtin_mul_overflow(r->room, r->columns, &cells))
		fatal(EX_OSERR, "no memory");
	r->cells = reallocarray(r->cells, cells, sizeof *r->cells);
	if (r->cells == NULL)
		fatal(EX_OSERR, "no memory");
}

int
rows_add(void *arg, int n, const char *const *names, const char *const *values)
{
	struct rows *r = arg;

	if (r->names == NULL) {
		r->columns = (size_t)n;
		r->names = calloc(r->columns + 1, sizeof *r->names);
		if (r->names == NULL)
			fatal(EX_OSERR, "no memory");
		for (size_t i = 0; i < r->columns; i++)
			r->names[i] = copy(names[i]);
	}
	if (r->n == r->room)
		grow(r);
	for (size_t i = 0; i < r->columns; i++)
		r->cells[r->n * r->columns + i] = copy(values[i]);
	r->n++;
	return 0;
}

void
rows_free(struct rows *r)
{
	for (size_t i = 0; i < r->n * r->columns; i++)
		free(r->cells[i]);
	for (size_t i = 0; r->names != NULL && i < r->columns; i++)
		free(r->names[i]);
	free(r->cells);
	free(r->names);
	*r = (struct rows){ 0 };
}

enum outcome
rows_read(struct store *s, enum read_query q, int64_t submission, struct rows *out, struct why *why)
{
	*out = (struct rows){ 0 };
	return read_rows(s, q, submission, rows_add, out, why);
}

enum outcome
rows_read_consultation(struct store *s, enum read_query q, const char *consultation, struct rows *out, struct why *why)
{
	*out = (struct rows){ 0 };
	return read_consultation(s, q, consultation, rows_add, out, why);
}

const char *
rows_cell(const struct rows *r, size_t row, const char *name)
{
	for (size_t i = 0; i < r->columns && row < r->n; i++)
		if (strcmp(r->names[i], name) == 0)
			return r->cells[row * r->columns + i];
	return NULL;
}

/* Columns of the terminal that utf8_print() fills for one character: two for some, none for combining ones, four a byte for an escape. */
static size_t
width_of(unsigned c, size_t len)
{
	int cells = wcwidth((wchar_t)c);

	if (utf8_is_control(c) || (c == 0xfffd && len == 1))
		return 4 * len;
	return cells < 0 ? 1 : (size_t)cells;
}

static size_t
width(const char *text)
{
	size_t n = strlen(text), w = 0, len;

	for (size_t i = 0; i < n; i += len) {
		unsigned c = utf8_next(text + i, n - i, &len);

		w += width_of(c, len);
	}
	return w;
}

static void
cut(char **cell, size_t most)
{
	size_t n = strlen(*cell), w = 0, i, len;
	char  *shorter;

	for (i = 0; i < n; i += len) {
		w += width_of(utf8_next(*cell + i, n - i, &len), len);
		if (w >= most)
			break;
	}
	if (asprintf(&shorter, "%.*s…", (int)i, *cell) == -1)
		fatal(EX_OSERR, "no memory");
	free(*cell);
	*cell = shorter;
}

void
rows_cut(struct rows *r, const char *name, size_t most)
{
	for (size_t k = 0; k < r->columns; k++)
		for (size_t i = 0; strcmp(r->names[k], name) == 0 && i < r->n; i++) {
			char **cell = &r->cells[i * r->columns + k];

			if (*cell != NULL && width(*cell) > most)
				cut(cell, most);
		}
}

void
rows_say(struct rows *r, const char *name, const char *(*words)(const char *))
{
	for (size_t k = 0; k < r->columns; k++)
		for (size_t i = 0; strcmp(r->names[k], name) == 0 && i < r->n; i++) {
			char **cell = &r->cells[i * r->columns + k], *said = *cell == NULL ? NULL : strdup(words(*cell));

			if (said == NULL)
				continue;	/* without memory it stays as it is */
			free(*cell);
			*cell = said;
		}
}

/* As JSON writes it, without an exponent; no leading zero, which a postcode may have. */
static int
is_number(const char *text)
{
	size_t n;

	text += *text == '-';
	n = strspn(text, "0123456789");
	if (n == 0 || (n > 1 && text[0] == '0'))
		return 0;
	text += n;
	if (*text != '.')
		return *text == '\0';
	n = strspn(++text, "0123456789");
	return n > 0 && text[n] == '\0';
}

static void
print_padded(FILE *f, const char *text, size_t to, int right, int last)
{
	size_t have = width(text), pad = have < to ? to - have : 0;

	if (right)
		(void)fprintf(f, "%*s", (int)pad, "");
	utf8_print(f, text, strlen(text));
	if (!right && !last)
		(void)fprintf(f, "%*s", (int)pad, "");
	(void)fputs(last ? "\n" : "  ", f);
}

void
rows_table(FILE *f, const struct rows *r, const struct column *columns)
{
	size_t wide[32], n = 0;
	int    right[32];

	for (; r->n > 0 && columns[n].name != NULL && n < 32; n++) {
		int numbers = 0;

		wide[n] = width(columns[n].head);
		right[n] = 1;
		for (size_t i = 0; i < r->n; i++) {
			const char *cell = rows_cell(r, i, columns[n].name);

			if (width(cell != NULL ? cell : NOTHING) > wide[n])
				wide[n] = width(cell != NULL ? cell : NOTHING);
			right[n] &= cell == NULL || is_number(cell);
			numbers |= cell != NULL;
		}
		right[n] &= numbers;
	}
	for (size_t k = 0; k < n; k++)
		print_padded(f, columns[k].head, wide[k], right[k], k + 1 == n);
	for (size_t i = 0; n > 0 && i < r->n; i++)
		for (size_t k = 0; k < n; k++) {
			const char *cell = rows_cell(r, i, columns[k].name);

			print_padded(f, cell != NULL ? cell : NOTHING, wide[k], right[k], k + 1 == n);
		}
}

void
rows_list(FILE *f, const struct rows *r, size_t row, const struct column *columns)
{
	size_t wide = 0;

	for (const struct column *c = columns; c->name != NULL; c++)
		if (width(c->head) > wide)
			wide = width(c->head);
	for (const struct column *c = columns; c->name != NULL; c++) {
		const char *cell = rows_cell(r, row, c->name);

		if (cell == NULL || cell[0] == '\0')
			continue;
		print_padded(f, c->head, wide, 0, 0);
		utf8_print(f, cell, strlen(cell));
		(void)fputc('\n', f);
	}
}

void
json_text(FILE *f, const char *text)
{
	if (text == NULL)
		(void)fputs("null", f);
	else
		json_string(f, text, strlen(text));
}

/* 1 when `name` is one of `words`. */
static int
is_one_of(const char *name, const char *words)
{
	size_t n = strlen(name);

	for (const char *p = words; (p = strstr(p, name)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return 1;
	return 0;
}

void
rows_json_one(FILE *f, const struct rows *r, size_t row, const char *numbers)
{
	(void)fputc('{', f);
	for (size_t i = 0; i < r->columns; i++) {
		const char *cell = r->cells[row * r->columns + i];

		(void)fputs(i > 0 ? ", " : "", f);
		json_text(f, r->names[i]);
		(void)fputs(": ", f);
		if (cell != NULL && is_number(cell) && is_one_of(r->names[i], numbers))
			(void)fputs(cell, f);
		else
			json_text(f, cell);
	}
	(void)fputc('}', f);
}

void
rows_json(FILE *f, const struct rows *r, const char *numbers)
{
	(void)fputc('[', f);
	for (size_t i = 0; i < r->n; i++) {
		(void)fputs(i > 0 ? ",\n  " : "\n  ", f);
		rows_json_one(f, r, i, numbers);
	}
	(void)fputs(r->n > 0 ? "\n]" : "]", f);
}
