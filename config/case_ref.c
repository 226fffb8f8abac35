/* Case references as ministries write them; domain.md of the design lists the shapes seen. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"

#define FIRST_YEAR	1980	/* no electronic case is older */
#define LAST_YEAR	2049	/* so that 55/16, a political case, is none */

/* Digits at *p, at most `max`; moves past them. Returns how many, -1 when there are more. */
static int
take_digits(const char **p, int max, long *value)
{
	int n = 0;

	*value = 0;
	for (; isdigit((unsigned char)**p); (*p)++) {
		if (++n > max)
			return -1;
		*value = *value * 10 + (**p - '0');
	}
	return n;
}

static long
full_year(long year, int digits)
{
	if (digits == 2)
		year += year >= FIRST_YEAR % 100 ? 1900 : 2000;
	return year >= FIRST_YEAR && year <= LAST_YEAR ? year : 0;
}

/* What may follow the number: a document number "-33", initials " HELHJO", "-/ABC"; no third part as in a date. */
static int
is_tail(const char *p)
{
	if (*p == '\0')
		return 1;
	if (*p != '-' && *p != ' ')
		return 0;
	for (; *p != '\0'; p++)
		if (strchr(" -/", *p) == NULL && !isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			return 0;
	return 1;
}

int
conf_case_normalise(const char *ref, char *out)
{
	long        year, sequence;
	int         n;
	const char *p = ref;

	/* A ministry's own letters may stand before: "OED 2002/2351". */
	while (*p != '\0' && !isdigit((unsigned char)*p)) {
		if (*p != ' ' && !isalpha((unsigned char)*p) && (unsigned char)*p < 0x80)
			return 0;
		p++;
	}
	n = take_digits(&p, 9, &year);
	if (n == 9 && *p == '-') {	/* 200701234-/ABC: year and number run together */
		sequence = year % 100000;
		year = full_year(year / 100000, 4);
	} else if ((n == 2 || n == 4) && *p == '/') {
		p++;
		year = full_year(year, n);
		n = take_digits(&p, 7, &sequence);
		if (n < 1)
			return 0;
	} else
		return 0;
	if (year == 0 || sequence == 0 || !is_tail(p))
		return 0;
	(void)snprintf(out, 24, "%ld/%ld", year, sequence);
	return 1;
}
