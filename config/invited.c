#include "config/invited.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/tokens.h"
#include "config/utf8.h"

#define MAX_COLUMNS	32

/* Spaces of every sort at both ends gone; in place. */
static char *
trim(char *p)
{
	size_t n;

	while (*p == ' ' || *p == '\r' || strncmp(p, "\xc2\xa0", 2) == 0)
		p += *p == '\xc2' ? 2 : 1;
	n = strlen(p);
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\r' || (n > 1 && memcmp(p + n - 2, "\xc2\xa0", 2) == 0)))
		n -= p[n - 1] == '\xa0' ? 2 : 1;
	p[n] = '\0';
	return p;
}

static void
lower_ascii(char *p)
{
	for (; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

/* Nine digits, spaces between allowed, nothing else. */
static int
is_nine_digits(const char *p, char digits[10])
{
	size_t n = 0;

	for (; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (!isdigit((unsigned char)*p) || n == 9)
			return 0;
		digits[n++] = *p;
	}
	digits[n] = '\0';
	return n == 9;
}

/* Modulo 11 with the register's weights. */
static int
is_orgnr(const char *digits)
{
	static const int weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
	int sum = 0, check;

	for (int i = 0; i < 8; i++)
		sum += weights[i] * (digits[i] - '0');
	check = (11 - sum % 11) % 11;
	return check == digits[8] - '0';	/* check 10 equals no digit: no such number is given out */
}

/* Labels of letters, digits and hyphens; the last one letters only, and not written like a name ("St.Olavs"). */
static int
is_domain(const char *p)
{
	size_t label = 0, labels = 0, upper = 0, last = 0;

	for (;; p++) {
		if (*p == '.' || *p == '\0') {
			if (label == 0 || p[-1] == '-')
				return 0;
			labels++;
			if (*p == '\0')
				break;
			label = last = upper = 0;
		} else if (isalnum((unsigned char)*p) || *p == '-' || (unsigned char)*p >= 0x80) {
			if (label++ == 0 && *p == '-')
				return 0;
			last += isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
			upper += isupper((unsigned char)*p);
		} else
			return 0;
	}
	return labels >= 2 && label >= 2 && last == label && (upper == 0 || upper == label);
}

static int
is_email(const char *p)
{
	const char *at = strchr(p, '@');

	return at != NULL && at != p && strpbrk(p, " <>()\",;:") == NULL && is_domain(at + 1);
}

/* "Postboks 1", "0107" and "OSLO" become "Postboks 1, 0107 OSLO". */
static void
add_address(struct reading *r, struct conf_invited *v, const char *line)
{
	const char *comma = strrchr(v->address, ','), *last = comma != NULL ? comma + 2 : v->address;
	int after_postcode = strlen(last) == 4 && strspn(last, "0123456789") == 4;

	v->address = v->address[0] == '\0' ? arena_dup(r->arena, line, strlen(line)) :
	    arena_printf(r->arena, "%s%s%s", v->address, after_postcode ? " " : ", ", line);
}

static void
add_domain(struct reading *r, struct conf_invited *v, char *p)
{
	lower_ascii(p);
	if (strncmp(p, "www.", 4) == 0 && is_domain(p + 4))
		p += 4;
	v->domains[v->n_domains++] = arena_dup(r->arena, p, strlen(p));
}

static void
add_column(struct reading *r, const char *path, struct conf_invited *v, char *p)
{
	char digits[10];

	if (p[0] == '\0')
		return;
	if (p[0] == '@' && is_domain(p + 1))
		add_domain(r, v, p + 1);
	else if (strchr(p, '@') != NULL) {
		lower_ascii(p);
		if (!is_email(p))
			mistake(r, path, v->line, "\"%s\" is no e-mail address", p);
		v->emails[v->n_emails++] = arena_dup(r->arena, p, strlen(p));
	} else if (is_nine_digits(p, digits)) {
		if (!is_orgnr(digits))
			mistake(r, path, v->line, "\"%s\" is no organisation number: its check digit is wrong", p);
		else if (v->orgnr[0] != '\0')
			mistake(r, path, v->line, "two organisation numbers for one organisation");
		else
			v->orgnr = arena_dup(r->arena, digits, 9);
	} else if (is_domain(p))
		add_domain(r, v, p);
	else
		add_address(r, v, p);
}

/* 1 when the line says something and was understood so far that it has a name. */
static int
read_line(struct reading *r, const char *path, char *line, unsigned number, struct conf_invited *v)
{
	char  *column[MAX_COLUMNS], *rest = line, *p;
	size_t n = 0;

	while ((p = strsep(&rest, "\t")) != NULL && n < MAX_COLUMNS)
		column[n++] = trim(p);
	if (p != NULL) {
		mistake(r, path, number, "more than %d columns", MAX_COLUMNS);
		return 0;
	}
	if (n == 1 && column[0][0] == '\0')
		return 0;
	if (column[0][0] == '\0') {
		mistake(r, path, number, "no name in the first column; columns are separated by tabs");
		return 0;
	}
	*v = (struct conf_invited){ .name = arena_dup(r->arena, column[0], strlen(column[0])), .address = "", .orgnr = "", .line = number };
	v->emails = arena_array(r->arena, n, sizeof *v->emails);
	v->domains = arena_array(r->arena, n, sizeof *v->domains);
	for (size_t i = 1; i < n; i++)
		add_column(r, path, v, column[i]);
	return 1;
}

/* A name, address or number as it is held against others. */
struct folded {
	const char *tokens;
	unsigned    line;
};

static int
by_tokens(const void *a, const void *b)
{
	const struct folded *x = a, *y = b;
	int order = strcmp(x->tokens, y->tokens);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* The same organisation twice would be unanswered twice. */
static void
check_twice(struct reading *r, const char *path, const struct conf_invited *v, size_t n)
{
	struct folded *f = arena_array(r->arena, n, sizeof *f);

	for (size_t i = 0; i < n; i++) {
		size_t size = 4 * strlen(v[i].name) + 1;
		char  *tokens = arena_array(r->arena, size, 1);

		(void)tokens_fold(tokens, size, (const uint8_t *)v[i].name, strlen(v[i].name), NULL);
		f[i] = (struct folded){ tokens, v[i].line };
	}
	qsort(f, n, sizeof *f, by_tokens);
	for (size_t i = 1; i < n; i++)
		if (f[i].tokens[0] != '\0' && strcmp(f[i].tokens, f[i - 1].tokens) == 0)
			mistake(r, path, f[i].line, "this organisation stands on line %u already", f[i - 1].line);
}

/* A number is one organisation's: an answer that gives it would be either's. */
static void
check_numbers(struct reading *r, const char *path, const struct conf_invited *v, size_t n)
{
	struct folded *f = arena_array(r->arena, n, sizeof *f);
	size_t         k = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].orgnr[0] != '\0')
			f[k++] = (struct folded){ v[i].orgnr, v[i].line };
	qsort(f, k, sizeof *f, by_tokens);
	for (size_t i = 1; i < k; i++)
		if (strcmp(f[i].tokens, f[i - 1].tokens) == 0)
			mistake(r, path, f[i].line, "organisation number %s is the organisation's on line %u already", f[i].tokens, f[i - 1].line);
}

/* One address may be a secretariat's that writes for two: nothing is wrong, but which of them answers the address does not tell. */
unsigned
invited_remarks(const struct conf *conf, FILE *out)
{
	unsigned n = 0;

	for (size_t c = 0; c < conf->n_consultations; c++) {
		const struct conf_consultation *of = &conf->consultations[c];
		struct folded                  *f;
		size_t                          k = 0, room = 1;

		for (size_t i = 0; i < of->n_invited; i++)
			room += of->invited[i].n_emails;
		if ((f = calloc(room, sizeof *f)) == NULL)
			return n;
		for (size_t i = 0; i < of->n_invited; i++)
			for (size_t e = 0; e < of->invited[i].n_emails; e++)
				f[k++] = (struct folded){ of->invited[i].emails[e], of->invited[i].line };
		qsort(f, k, sizeof *f, by_tokens);
		for (size_t i = 1; i < k; i++)
			if (strcmp(f[i].tokens, f[i - 1].tokens) == 0 && f[i].line != f[i - 1].line) {
				(void)fprintf(out, "%s:%u: note: ", of->invited_file, f[i].line);
				utf8_print(out, f[i].tokens, strlen(f[i].tokens));
				(void)fprintf(out, " is the address of line %u too; it does not tell which of them answers\n", f[i - 1].line);
				n++;
			}
		free(f);
	}
	return n;
}

void
invited_read(struct reading *r, const char *path, const char *from, unsigned line, struct conf_invited **out, size_t *n)
{
	char    *text, *rest, *p;
	size_t   lines = 1, count = 0;
	unsigned number = 0;

	*out = NULL;
	*n = 0;
	if (read_text(r, path, from, line, &text) == -1)
		return;
	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	*out = arena_array(r->arena, lines, sizeof **out);
	rest = text;
	while ((p = strsep(&rest, "\n")) != NULL) {
		number++;
		if (p[0] != '#')
			count += (size_t)read_line(r, path, p, number, *out + count);
	}
	if (count == 0)
		mistake(r, path, 0, "no organisation in this list");
	check_twice(r, path, *out, count);
	check_numbers(r, path, *out, count);
	*n = count;
}
