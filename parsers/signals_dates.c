/* Dates as people write them, and the dates of letters they answer. */
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "parsers/signals_parts.h"

#define CUE_WORDS	6	/* words between "høringsbrev" and its date */

static int
number_at(const char *text, size_t at, size_t end, size_t max, size_t *n)
{
	int value = 0;

	for (*n = 0; at + *n < end && *n < max && g_ascii_isdigit(text[at + *n]); (*n)++)
		value = value * 10 + (text[at + *n] - '0');
	return value;
}

/* 1 to 12 by its first letters in Norwegian (both norms), English, German and Sámi; 0: no month. *n its bytes. */
static int
month_at(const char *text, size_t at, size_t end, size_t *n)
{
	static const struct { const char *start; int month; } months[] = {
		{ "jan", 1 }, { "feb", 2 }, { "mar", 3 }, { "maer", 3 }, { "apr", 4 }, { "mai", 5 }, { "may", 5 }, { "jun", 6 },
		{ "jul", 7 }, { "aug", 8 }, { "sep", 9 }, { "okt", 10 }, { "oct", 10 }, { "nov", 11 }, { "des", 12 }, { "dec", 12 }, { "dez", 12 },
		{ "ođđajagemannu", 1 }, { "guovvamannu", 2 }, { "njukčamannu", 3 }, { "cuoŋománnu", 4 }, { "miessemannu", 5 },
		{ "geassemannu", 6 }, { "suoidnemannu", 7 }, { "borgemannu", 8 }, { "čakčamannu", 9 }, { "golggotmannu", 10 },
		{ "skábmamannu", 11 }, { "juovlamannu", 12 },
	};
	char   folded[32];
	size_t i = at, k;

	while (i < end && i - at < 14 && (g_ascii_isalpha(text[i]) || (unsigned char)text[i] >= 0x80))
		i++;
	*n = i - at;
	if (tokens_fold(folded, sizeof folded, (const uint8_t *)text + at, *n, NULL) < 3)
		return 0;
	for (k = 0; k < G_N_ELEMENTS(months); k++)
		if (strncmp(folded, months[k].start, strlen(months[k].start)) == 0)
			return months[k].month;
	return 0;
}

static int
is_date(int year, int month, int day)
{
	return year >= 1980 && year <= 2099 && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static int
write_iso(char iso[11], int year, int month, int day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31 || !is_date(year, month, day))
		return 0;
	(void)g_snprintf(iso, 11, "%04d-%02d-%02d", year, month, day);
	return 1;
}

static size_t
blanks(const char *text, size_t at, size_t end)
{
	size_t i = at;

	while (i < end && (text[i] == ' ' || text[i] == '\n' || text[i] == '.' || text[i] == ','))
		i++;
	return i;
}

static int
year_of(int value, size_t n)
{
	return n == 4 ? value : n == 2 ? (value >= 80 ? 1900 : 2000) + value : 0;
}

/* "26.04.2022", "26.4.22", "26/4-2022", "26-04-2022": the same mark twice, or / and -. */
static size_t
numeric_at(const char *text, size_t at, size_t end, int day, size_t i, char iso[11])
{
	size_t n;
	int    month, year;

	if (i >= end || strchr("./-", text[i]) == NULL)
		return 0;
	i++;
	if (i < end && text[i] == ' ')
		i++;
	month = number_at(text, i, end, 2, &n);
	if (n == 0 || i + n >= end || strchr("./-", text[i + n]) == NULL)
		return 0;
	i += n + 1;
	if (i < end && text[i] == ' ')
		i++;
	year = number_at(text, i, end, 4, &n);
	year = year_of(year, n);
	if (i + n < end && g_ascii_isdigit(text[i + n]))
		return 0;
	return write_iso(iso, year, month, day) ? i + n - at : 0;
}

size_t
date_at(const char *text, size_t at, size_t end, char iso[11])
{
	size_t n, m, i;
	int    first = number_at(text, at, end, 4, &n), month, day, year;

	if (n == 0) {	/* "April 26, 2022" */
		month = month_at(text, at, end, &m);
		if (month == 0)
			return 0;
		i = blanks(text, at + m, end);
		day = number_at(text, i, end, 2, &n);
		if (n == 0)
			return 0;
		i = blanks(text, i + n, end);
		year = number_at(text, i, end, 4, &n);
		return n == 4 && write_iso(iso, year, month, day) ? i + n - at : 0;
	}
	if (n == 4) {	/* "2022-04-26" */
		if (at + 10 > end || text[at + 4] != '-' || text[at + 7] != '-')
			return 0;
		month = number_at(text, at + 5, end, 2, &n);
		day = number_at(text, at + 8, end, 2, &m);
		return n == 2 && m == 2 && write_iso(iso, first, month, day) ? 10 : 0;
	}
	if (n > 2)
		return 0;
	i = numeric_at(text, at, end, first, at + n, iso);
	if (i > 0)
		return i;
	i = blanks(text, at + n, end);	/* "26. april 2022" */
	month = month_at(text, i, end, &m);
	if (month == 0)
		return 0;
	i = blanks(text, i + m, end);
	year = number_at(text, i, end, 4, &n);
	return n == 4 && write_iso(iso, year, month, first) ? i + n - at : 0;
}

int64_t
date_in(const char *p)
{
	size_t     i, n, k, end = strlen(p);
	char       iso[11];
	GDateTime *at;
	int64_t    seconds = TIME_UNKNOWN;
	int        hour = 0, minute = 0;

	for (i = 0; i < end; i++) {
		if (i > 0 && (g_ascii_isalnum(p[i - 1]) || (unsigned char)p[i - 1] >= 0x80))
			continue;
		n = date_at(p, i, end, iso);
		if (n == 0)
			continue;
		for (k = i + n; k + 4 < end && !(g_ascii_isdigit(p[k]) && g_ascii_isdigit(p[k + 1]) && strchr(":.", p[k + 2]) != NULL); k++)
			;
		if (k + 4 < end) {
			hour = atoi(p + k);
			minute = atoi(p + k + 3);
		}
		at = g_date_time_new_utc(atoi(iso), atoi(iso + 5), atoi(iso + 8), hour % 24, minute % 60, 0);
		if (at != NULL) {
			seconds = g_date_time_to_unix(at);
			g_date_time_unref(at);
		}
		break;
	}
	return seconds;
}

/* Every date that stands shortly behind a word for a letter: "høringsbrev av 26. april 2022", "datert 26.04.2022". */
void
dates_note(struct notes *n, const struct stretch *s)
{
	const struct sentence *one;
	const struct word     *w;
	size_t                 k, i, last = 0, from;
	char                   iso[11];

	for (k = s->first; k < s->first + s->count; k++) {
		one = &g_array_index(s->words->sentences, struct sentence, k);
		for (i = one->first; i < one->first + one->count; i++) {
			w = words_at(s->words, i);
			if (w->at < last || date_at(s->text, w->at, s->end, iso) == 0)
				continue;
			last = w->at + w->bytes;
			from = i > one->first + CUE_WORDS ? i - CUE_WORDS : one->first;
			if (i > from && phrases_has(n->ph, s->words, from, i - from, "letter"))
				note_once(n, SIGNAL_CITED_DATE, s, w->at, iso, "");
		}
	}
}
