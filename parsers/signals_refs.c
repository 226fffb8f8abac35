/* Case references and organisation numbers. */
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "parsers/signals_parts.h"

#define LABEL_BYTES	48	/* how far before a number its label may stand */
#define LINE_BYTES	300
#define TRIES		20000	/* numbers of one message that are looked at closely; more are a table, or malice */
#define LABEL_WIDTH	12	/* of "Deres ref" and a little: in a row of labels, the one that begins where the number does */
#define SHORT_NUMBER	3	/* digits; a shorter one without a label is a date, a page, a score */
#define FIRST_YEAR	1980	/* the same years as config/case_ref.c: no electronic case is older */
#define LAST_YEAR	2049

/* Digits from i on; how many. */
static size_t
digits(const struct stretch *s, size_t i, unsigned long *value)
{
	size_t n = 0;

	for (*value = 0; is_digit_at(s, i + n); n++)
		if (n < 12)
			*value = *value * 10 + (unsigned long)(s->text[i + n] - '0');
	return n;
}

static unsigned long
full_year(unsigned long year, size_t n)
{
	if (n == 2)
		year += year >= FIRST_YEAR % 100 ? 1900 : 2000;
	return year >= FIRST_YEAR && year <= LAST_YEAR ? year : 0;
}

/* --- labels -------------------------------------------------------------------------------------------------------- */

struct label { const char *tokens, *name; };

/* The last label in the tokens wins; "sak" also as "saksnr", "saksnummer". */
static const struct label labels[] = {
	{ "deres ref", "deres" }, { "deres referanse", "deres" }, { "deres saksnr", "deres" }, { "dykkar ref", "deres" },
	{ "dykkar referanse", "deres" }, { "deres dato ref", "deres" }, { "your ref", "deres" }, { "your reference", "deres" },
	{ "var ref", "var" }, { "var referanse", "var" }, { "vart saksnr", "var" }, { "our ref", "var" }, { "our reference", "var" },
	{ "arkivsaksnr", "arkiv" }, { "arkivsak", "arkiv" }, { "arkivsaknr", "arkiv" }, { "arkivref", "arkiv" }, { "arkivreferanse", "arkiv" },
	{ "sak", "sak" }, { "saka", "sak" }, { "saken", "sak" }, { "saksnr", "sak" }, { "saknr", "sak" }, { "sak nr", "sak" },
	{ "saksnummer", "sak" }, { "saks nr", "sak" }, { "saksref", "sak" }, { "referanse", "sak" }, { "ref", "sak" },
	{ "ref nr", "sak" }, { "case", "sak" }, { "case no", "sak" },
};

/* The label that stands last in text[from .. to), NULL without one. */
static const char *
last_label(const char *text, size_t from, size_t to)
{
	char        folded[2 * LABEL_BYTES + 8];
	const char *name = NULL;
	size_t      n, k, at, best = 0, longest = 0, base, len, end;

	n = tokens_fold(folded, sizeof folded, (const uint8_t *)text + from, to - from, NULL);
	for (k = 0; k < G_N_ELEMENTS(labels); k++) {
		len = strlen(labels[k].tokens);
		for (base = 0; base < n && tokens_contain(folded + base, n - base, labels[k].tokens, len, &at); base += at + 1)
			if ((end = base + at + len) > best || (end == best && len > longest)) {
				best = end;
				longest = len;
				name = labels[k].name;
			}
	}
	return name;
}

/* Where the line of i starts, or LINE_BYTES before i: a label further away is none. */
static size_t
line_start(const struct stretch *s, size_t i)
{
	size_t floor = i > s->at + LINE_BYTES ? i - LINE_BYTES : s->at;

	while (i > floor && s->text[i - 1] != '\n')
		i--;
	return i;
}

/*
 * The label of what starts at i: before it on its line; else, where labels are one row and values the next, the label on
 * the line above that stands at the same place in its row.
 */
static const char *
label_of(const struct stretch *s, size_t i)
{
	size_t      line = line_start(s, i), from = i > line + LABEL_BYTES ? i - LABEL_BYTES : line, above;
	const char *name;

	while (from < i && ((unsigned char)s->text[from] & 0xc0) == 0x80)
		from++;
	name = last_label(s->text, from, i);
	if (name != NULL || line == s->at || s->text[line - 1] != '\n')
		return name;
	above = line_start(s, line - 1);
	if (line - above > 2 * LABEL_BYTES)
		return NULL;
	from = above + (i - line);
	from = from + LABEL_WIDTH < line ? from + LABEL_WIDTH : line - 1;
	while (from < line - 1 && ((unsigned char)s->text[from] & 0xc0) == 0x80)
		from++;
	return last_label(s->text, from > above + LABEL_BYTES ? from - LABEL_BYTES : above, from);
}

/* --- what looks like a reference and is none ------------------------------------------------------------------------ */

/* Words right before a number that say it is law, a session, a road, a page: no case. */
static int
is_false_friend(const struct stretch *s, size_t i)
{
	static const char *const friends[] = {
		"eu", "eos", "eof", "ef", "euf", "forordning", "direktiv", "directive", "regulation", "nr l", "ls", "prop", "innst", "meld",
		"st meld", "stmeld", "dok", "nou", "ot prp", "otprp", "prp", "rundskriv", "psak", "ps sak", "ps", "fs", "utvalgssak", "politisk sak",
		"kommunestyresak", "formannskapssak", "bystyresak", "styresak", "telefon", "tlf", "skolearet", "sesjonen", "iso",
	};
	char   folded[2 * LABEL_BYTES];
	size_t from = i > s->at + 24 ? i - 24 : s->at, n, k, len;

	while (from < i && ((unsigned char)s->text[from] & 0xc0) == 0x80)
		from++;
	n = tokens_fold(folded, sizeof folded, (const uint8_t *)s->text + from, i - from, NULL);
	for (k = 0; k < G_N_ELEMENTS(friends); k++) {
		len = strlen(friends[k]);
		if (n >= len && memcmp(folded + n - len, friends[k], len) == 0 && (n == len || folded[n - len - 1] == ' '))
			return 1;
	}
	return 0;
}

/* 2007/2008 is a session or a school year; 12/2021 is a month. */
static int
is_period(unsigned long left, size_t left_digits, unsigned long right, size_t right_digits)
{
	if (right_digits == 4 && left_digits == 4 && (right == left + 1 || right == left))
		return 1;
	return right_digits == 4 && left_digits == 2 && left >= 1 && left <= 12 && right >= FIRST_YEAR && right <= LAST_YEAR;
}

/* --- references ---------------------------------------------------------------------------------------------------- */

static void
note_case(struct notes *n, const struct stretch *s, size_t at, unsigned long year, unsigned long sequence, const char *document,
    const char *label)
{
	char value[32];

	(void)snprintf(value, sizeof value, "%lu/%lu", year, sequence);
	note_once(n, SIGNAL_CASE_REF, s, at, value, document);
	if (label != NULL)
		note_once(n, SIGNAL_CASE_LABEL, s, at, value, label);
}

/* "21/4593-33", "2021/04593", "21 / 4593", also with an underscore for the slash in file names. Returns where it ends. */
static size_t
case_at(struct notes *n, const struct stretch *s, size_t at)
{
	unsigned long year, sequence, document;
	size_t        year_digits = digits(s, at, &year), i, k, used;
	const char   *label;
	char          number[16] = "";

	if (year_digits != 2 && year_digits != 4)
		return at + year_digits;
	i = behind_blank(s, at + year_digits);
	if (i >= s->end || !(s->text[i] == '/' || (s->zone == ZONE_FILENAME && (s->text[i] == '_' || s->text[i] == '-'))))
		return at + year_digits;
	i = behind_blank(s, i + 1);
	used = digits(s, i, &sequence);
	if (used < 1 || used > 7 || sequence == 0 || full_year(year, year_digits) == 0)
		return at + year_digits;
	i += used;
	k = behind_blank(s, i);
	if (k < s->end && s->text[k] == '-') {
		size_t d = digits(s, behind_blank(s, k + 1), &document);

		if (d >= 1 && d <= 4) {
			(void)snprintf(number, sizeof number, "%lu", document);
			i = behind_blank(s, k + 1) + d;
		}
	}
	if (i < s->end && (s->text[i] == '/' || (s->text[i] == '.' && is_digit_at(s, i + 1))))
		return i;	/* a date, a path, a version */
	label = label_of(s, at);
	if (is_false_friend(s, at) || (label == NULL && (is_period(year, year_digits, sequence, used) || (used < SHORT_NUMBER && s->zone != ZONE_SUBJECT))))
		return i;
	note_case(n, s, at, full_year(year, year_digits), sequence, number, label);
	return i;
}

/* 200701234-/ABC: the year and five digits run together, as ministries wrote in 2007; without the dash where a reference stands. */
static void
run_together_at(struct notes *n, const struct stretch *s, size_t at, unsigned long value)
{
	unsigned long year = full_year(value / 100000, 4);
	const char   *label = label_of(s, at);
	int           meant = label != NULL || s->zone == ZONE_SUBJECT || (at + 9 < s->end && s->text[at + 9] == '-');

	if (year != 0 && value % 100000 != 0 && meant)
		note_case(n, s, at, year, value % 100000, "", label);
}

/* --- organisation numbers ------------------------------------------------------------------------------------------ */

static int
is_orgnr(const char *d)
{
	static const int weights[8] = { 3, 2, 7, 6, 5, 4, 3, 2 };
	int              sum = 0, i, check;

	for (i = 0; i < 8; i++)
		sum += weights[i] * (d[i] - '0');
	check = (11 - sum % 11) % 11;
	return check != 10 && check == d[8] - '0';
}

/* Beside a label only: of nine random digits one in eleven passes the check. "NO 974 760 673 MVA" labels itself. */
static void
orgnr_at(struct notes *n, const struct stretch *s, size_t at)
{
	static const char *const names[] = { "org nr", "orgnr", "org nummer", "orgnummer", "organisasjonsnr", "organisasjonsnummer",
		"foretaksnr", "foretaksregisteret", "foretaksnummer", "foretaksregister", "bedriftsnr", "enhetsregisteret", "orgno", "no" };
	char   d[12], folded[2 * LABEL_BYTES + 8];
	size_t end = at, from = at > s->at + 32 ? at - 32 : s->at, k, len, m, where;

	if (spaced_digits(s, at, d, 9, &end) != 9 || is_digit_at(s, end) || !is_orgnr(d))
		return;
	while (from < at && ((unsigned char)s->text[from] & 0xc0) == 0x80)
		from++;
	m = tokens_fold(folded, sizeof folded, (const uint8_t *)s->text + from, at - from, NULL);
	for (k = 0; k < G_N_ELEMENTS(names); k++) {
		len = strlen(names[k]);
		if (tokens_contain(folded, m, names[k], len, &where) &&
		    (strcmp(names[k], "no") != 0 || (where + len == m && end + 4 <= s->end && g_ascii_strncasecmp(s->text + end, " MVA", 4) == 0))) {
			note_once(n, SIGNAL_ORGNR, s, at, d, "");
			return;
		}
	}
}

/* --- one pass ------------------------------------------------------------------------------------------------------ */

void
refs_note(struct notes *n, const struct stretch *s)
{
	size_t        i = s->at, next;
	unsigned long value;
	int           glued;

	while (i < s->end && n->refs_tried < TRIES) {
		if (!g_ascii_isdigit(s->text[i])) {
			i++;
			continue;
		}
		/* A reference stands by itself; after a slash or dot it is the tail of a date or a path. */
		glued = i > s->at && (strchr("/.,_", s->text[i - 1]) != NULL || g_ascii_isalpha(s->text[i - 1]));
		if (glued && s->zone == ZONE_FILENAME)
			glued = s->text[i - 1] != '_' && !g_ascii_isalpha(s->text[i - 1]);
		n->refs_tried++;
		next = i + digits(s, i, &value);
		if (next - i == 9 && !glued)
			run_together_at(n, s, i, value);
		orgnr_at(n, s, i);
		i = glued ? next : MAX(next, case_at(n, s, i));
	}
}
