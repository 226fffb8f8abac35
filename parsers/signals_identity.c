/* Identity numbers: of the sender, or of whomever he writes about; told by their place, never by themselves. */
#include <string.h>

#include "parsers/signals_parts.h"

#define JOINT_STEPS	12	/* blanks and the like between date and number; more are columns of a table */
#define LINK_BYTES	300

/* The remainder the digits d[0..n) leave over their weights and the check digit; 0 means right. */
static int
remainder_of(const char *d, const int *weights, int n)
{
	int sum = 0, i;

	for (i = 0; i < n; i++)
		sum += weights[i] * (d[i] - '0');
	return sum % 11;
}

/* A day of the calendar; 29 February in every year that may be a leap year, as the century is not looked at. */
static int
is_date(int day, int month, int year)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return day >= 1 && month >= 1 && month <= 12 && day <= days[month - 1] + (month == 2 && year % 4 == 0);
}

/*
 * 'f', 'd' or 0. Both rules: until 2032 the first check digit makes the sum divisible, from then on a remainder of 0 to 3 is
 * right too (domain facts, "Checksums"). Months carry 40 (H-numbers) or 80 (test numbers), days 40 (D-numbers).
 */
static char
identity_sort(const char *d)
{
	static const int k1[10] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 }, k2[11] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
	int day = (d[0] - '0') * 10 + d[1] - '0', month = (d[2] - '0') * 10 + d[3] - '0', is_d = day > 40;

	day -= is_d ? 40 : 0;
	month -= month > 80 ? 80 : month > 40 ? 40 : 0;
	if (!is_date(day, month, (d[4] - '0') * 10 + d[5] - '0'))
		return 0;
	if (remainder_of(d, k1, 10) > 3 || remainder_of(d, k2, 11) != 0)
		return 0;
	return is_d ? 'd' : 'f';
}

/* Between date and number people set what they like: blanks, one hyphen or dash, the end of the line (of a quoted one too). */
static size_t
skip_joint(const struct stretch *s, size_t i)
{
	static const char *const dashes[] = { "-", "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92", "/", "." };
	size_t k, n, next;
	int    lines = 0, dashed = 0, steps;

	for (steps = 0; steps < JOINT_STEPS; steps++, i = next) {
		next = behind_blank(s, i);
		if (next == i && i < s->end && (s->text[i] == '\t' || (s->text[i] == '\n' && lines++ == 0) || (lines > 0 && s->text[i] == '>')))
			next = i + 1;
		for (k = 0; next == i && !dashed && k < G_N_ELEMENTS(dashes); k++)
			if (n = strlen(dashes[k]), s->end - i >= n && memcmp(s->text + i, dashes[k], n) == 0) {
				next = i + n;
				dashed = 1;
			}
		if (next == i)
			break;
	}
	return i;
}

/* text[at] stands in the address of a page or picture. */
static int
is_in_link(const struct stretch *s, size_t at)
{
	size_t from = at;

	while (from > s->at && at - from < LINK_BYTES && strchr(" \n\t<>\"", s->text[from - 1]) == NULL)
		from--;
	return memmem(s->text + from, at - from, "://", 3) != NULL || (at - from > 4 && (g_ascii_strncasecmp(s->text + from, "www.", 4) == 0 ||
	    g_ascii_strncasecmp(s->text + from, "cid:", 4) == 0));
}

/* What pages call it that are asked for with one: "?fnr=". */
static int
is_named(const struct stretch *s, size_t at)
{
	static const char *const names[] = { "fnr=", "pnr=", "ssn=", "nummer=", "nin=", "pid=" };
	size_t i, n;

	for (i = 0; i < G_N_ELEMENTS(names); i++)
		if (n = strlen(names[i]), at - s->at >= n && g_ascii_strncasecmp(s->text + at - n, names[i], n) == 0)
			return 1;
	return 0;
}

/*
 * Eleven digits: "01019012345", "010190 12345", "01.01.90-12345", "0101 90 12345"; not a part of a longer number, nor an account's
 * number ("1503.85.10190"), nor what a link has in it. Bytes it takes; 0: there is none.
 */
static size_t
identity_at(struct notes *n, const struct stretch *s, size_t at)
{
	char   d[12], sort[2] = "", digit;
	size_t end = at, next;

	if (spaced_digits(s, at, d, 6, &end) != 6)
		return 0;
	next = skip_joint(s, end);
	if (spaced_digits(s, next, d + 6, 5, &end) != 5 || digit_at(s, behind_unseen(s, end), &digit) > 0)
		return 0;
	sort[0] = identity_sort(d);
	if (sort[0] == 0 || (s->text[at + 4] == '.' && s->text[at + 7] == '.') || (is_in_link(s, at) && !is_named(s, at)))
		return 0;
	note(n, SIGNAL_IDENTITY_NUMBER, s, at, sort, "");
	return end - at;
}

void
identities_note(struct notes *n, const struct stretch *s)
{
	size_t i = s->at, bytes;
	char   digit;

	while (i < s->end) {
		if (digit_at(s, i, &digit) == 0) {
			i++;
			continue;
		}
		for (i += identity_at(n, s, i); (bytes = digit_at(s, i, &digit)) > 0; i = behind_unseen(s, i + bytes))
			;
	}
}
