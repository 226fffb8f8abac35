#include "daemon/fetch/dates.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int              leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the Gregorian calendar: years counted from March, eras of 400 years. */
static int64_t
days_since_1970(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t
date_utc(const struct civil *c)
{
	if (c->year < 1970 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) || c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 60 || c->zone_minutes <= -24 * 60 || c->zone_minutes >= 24 * 60)
		return DATE_UNKNOWN;
	return days_since_1970(c->year, c->month, c->day) * 86400 + c->hour * 3600 + (c->minute - c->zone_minutes) * 60 +
	    c->second;
}

/* The next run of letters, digits and signs; white space, commas and (nested) comments are stepped over. */
static size_t
next_word(const char *p, size_t n, size_t *pos, const char **word)
{
	size_t i = *pos, start;
	int    depth = 0;

	for (; i < n; i++) {
		if (p[i] == '(')
			depth++;
		else if (p[i] == ')' && depth > 0)
			depth--;
		else if (depth == 0 && strchr(" \t\r\n,", p[i]) == NULL)
			break;
	}
	start = i;
	while (i < n && strchr(" \t\r\n,(", p[i]) == NULL)
		i++;
	*pos = i;
	*word = p + start;
	return i - start;
}

/* All digits, at most `max` of them: their value, or -1. */
static int
number(const char *p, size_t n, size_t max)
{
	int    v = 0;
	size_t i;

	if (n == 0 || n > max)
		return -1;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static int
month_of(const char *p, size_t n)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int               i;

	for (i = 0; n >= 3 && i < 12; i++)
		if (strncasecmp(p, names + 3 * i, 3) == 0)
			return i + 1;
	return -1;
}

/* "+0200", or an obsolete name; what nobody knows is taken as UTC (RFC 5322, 4.3). */
static int
zone_of(const char *p, size_t n)
{
	static const struct { const char *name; int minutes; } zones[] = {
		{ "EST", -300 }, { "EDT", -240 }, { "CST", -360 }, { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 },
		{ "PST", -480 }, { "PDT", -420 }, { "CET", 60 }, { "CEST", 120 }, { "MET", 60 }, { "MEST", 120 },
	};
	size_t i;
	int    v;

	if (n == 5 && (p[0] == '+' || p[0] == '-')) {
		v = number(p + 1, 4, 4);
		if (v >= 0 && v % 100 < 60)
			return (p[0] == '-' ? -1 : 1) * (v / 100 * 60 + v % 100);
	}
	for (i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (strlen(zones[i].name) == n && strncasecmp(p, zones[i].name, n) == 0)
			return zones[i].minutes;
	return 0;
}

/* "14:22" or "14:22:44". */
static void
clock_of(const char *p, size_t n, struct civil *c)
{
	const char *colon = memchr(p, ':', n), *second;
	size_t      left;

	c->hour = c->minute = -1;
	if (colon == NULL)
		return;
	c->hour = number(p, (size_t)(colon - p), 2);
	left = n - (size_t)(colon - p) - 1;
	second = memchr(colon + 1, ':', left);
	if (second != NULL) {
		c->second = number(second + 1, left - (size_t)(second - colon), 2);
		left = (size_t)(second - colon) - 1;
	}
	c->minute = number(colon + 1, left, 2);
}

int64_t
date_parse(const char *p, size_t n)
{
	struct civil c = { 0 };
	const char  *w;
	size_t       pos = 0, len;

	len = next_word(p, n, &pos, &w);
	if (len > 0 && isalpha((unsigned char)w[0]))	/* the day of the week says nothing new */
		len = next_word(p, n, &pos, &w);
	c.day = number(w, len, 2);
	len = next_word(p, n, &pos, &w);
	c.month = month_of(w, len);
	len = next_word(p, n, &pos, &w);
	c.year = number(w, len, 4);
	if (c.year >= 0 && len <= 3)
		c.year += len == 2 && c.year < 50 ? 2000 : 1900;
	len = next_word(p, n, &pos, &w);
	clock_of(w, len, &c);
	len = next_word(p, n, &pos, &w);
	c.zone_minutes = zone_of(w, len);
	return date_utc(&c);
}

int64_t
date_received(const char *header, size_t n)
{
	static const char field[] = "received:";
	size_t            start = 0, end, i, semicolon;

	while (start < n && header[start] != '\r' && header[start] != '\n') {
		for (end = start; end < n; end++)	/* to the end of the field, folded lines included */
			if (header[end] == '\n' && (end + 1 >= n || (header[end + 1] != ' ' && header[end + 1] != '\t')))
				break;
		if (end - start > sizeof field - 1 && strncasecmp(header + start, field, sizeof field - 1) == 0) {
			semicolon = 0;
			for (i = start; i < end; i++)
				if (header[i] == ';')
					semicolon = i;
			return semicolon == 0 ? DATE_UNKNOWN : date_parse(header + semicolon + 1, end - semicolon - 1);
		}
		start = end + 1;
	}
	return DATE_UNKNOWN;
}
