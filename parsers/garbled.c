#include "parsers/garbled.h"

#include <glib.h>
#include <stdint.h>

/* No page shows these: private use, replacement, unassigned. */
static int
is_nonsense(gunichar c)
{
	return c == 0xfffd || (c >= 0xe000 && c < 0xf900) || c >= 0xf0000 || !g_unichar_isdefined(c);
}

static int
is_latin(gunichar c)
{
	return (c < 0x250 && g_unichar_isalpha(c)) || (c >= 0xfb00 && c <= 0xfb06);
}

/* A script that no word shares with Latin letters: a ligature that points to a wrong place in the table. */
static int
is_far_letter(gunichar c)
{
	return (c >= 0x530 && c < 0x1d00 && g_unichar_isalpha(c)) || (c >= 0x2e80 && c < 0xa000) || (c >= 0xa000 && c < 0xe000);
}

/* A letter that a table without it leaves as a control character: "st\3tter". */
static int
is_hole(gunichar c)
{
	return c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r';
}

static int
has_wrong_characters(const char *text, size_t n)
{
	size_t      words = 0, broken = 0, nonsense = 0, letters = 0, holes = 0;
	int         in_word = 0, latin = 0, far = 0;
	const char *p;
	gunichar    c;

	for (p = text; p <= text + n; p = g_utf8_next_char(p)) {
		c = p < text + n ? g_utf8_get_char(p) : ' ';
		if (is_nonsense(c) || g_unichar_isalnum(c)) {
			in_word = 1;
			letters++;
			nonsense += (size_t)is_nonsense(c);
			latin |= is_latin(c);
			far |= is_far_letter(c) || is_nonsense(c);
		} else if (in_word && is_hole(c))
			holes += latin && g_unichar_isalpha(g_utf8_get_char(p + 1));
		else if (in_word && !g_unichar_ismark(c)) {
			words++;
			broken += latin && far;
			in_word = latin = far = 0;
		}
		if (p == text + n)
			break;
	}
	return (broken >= 3 && broken * 50 > words) || (holes >= 3 && holes * 200 > letters) || (letters > 0 && nonsense * 5 > letters && nonsense > 3);
}

/* How often each letter is, in thousandths: the mean of Norwegian's two forms, English and North Sami, accents taken off. */
#define LETTERS 26
static const double usual[LETTERS] = { 72, 14, 16, 40, 133, 19, 33, 24, 67, 8, 33, 48, 30, 74, 59, 17, 1, 70, 63, 78, 24, 19, 8, 1, 10, 2 };
static const char   everywhere[] = "aeinrst";	/* no language in Latin letters that people write here in does without one of them */

#define LEAST_LETTERS	250	/* in words that differ: fewer are a list or a form */
#define MOST_LETTERS	50000	/* more would tell nothing new */
#define LEAST_LIKENESS	0.35	/* languages are above 0.6, lists of codes about 0.5, one letter for another below 0.2 */
#define LEAST_SHARE	0.003

struct letters {
	size_t      n[LETTERS], all, others;
	GHashTable *seen;		/* hashes of words: what is said over and over is no language */
};

/* A word's letters in lower case and without accents; `end` is where it ends. */
static void
add_word(struct letters *l, const char *p, const char *end)
{
	size_t   own[LETTERS] = { 0 }, all = 0, i;
	guint    hash = 5381;
	gunichar c;

	for (; p < end; p = g_utf8_next_char(p)) {
		c = g_unichar_tolower(g_utf8_get_char(p));
		hash = hash * 33 + c;
		if (c >= 0x80)
			(void)g_unichar_fully_decompose(c, FALSE, &c, 1);
		if (c >= 'a' && c <= 'z') {
			own[c - 'a']++;
			all++;
		} else
			l->others++;
	}
	if (!g_hash_table_add(l->seen, GUINT_TO_POINTER(hash)))
		return;
	for (i = 0; i < LETTERS; i++)
		l->n[i] += own[i];
	l->all += all;
}

/* The correlation of the letters' shares with the usual ones is high enough. */
static int
is_likely(const struct letters *l)
{
	double product = 0, ours = 0, theirs = 0, x, y;
	size_t i;

	for (i = 0; i < LETTERS; i++) {
		x = (double)l->n[i] / (double)l->all - 1.0 / LETTERS;
		y = usual[i] / 1000 - 1.0 / LETTERS;
		product += x * y;
		ours += x * x;
		theirs += y * y;
	}
	return product > 0 && product * product >= LEAST_LIKENESS * LEAST_LIKENESS * ours * theirs;
}

static int
is_no_language(const char *text, size_t n)
{
	struct letters l = { .seen = g_hash_table_new(NULL, NULL) };
	const char    *p, *word, *end = text + n;
	int            odd;
	size_t         i;

	for (p = text; p < end && l.all < MOST_LETTERS; p = p < end ? g_utf8_next_char(p) : p) {
		for (word = p; p < end && g_unichar_isalpha(g_utf8_get_char(p)); p = g_utf8_next_char(p))
			;
		if (p > word)
			add_word(&l, word, p);
	}
	g_hash_table_destroy(l.seen);
	if (l.all < LEAST_LETTERS || l.all < l.others)
		return 0;
	odd = !is_likely(&l);
	for (i = 0; everywhere[i] != '\0'; i++)
		odd |= (double)l.n[everywhere[i] - 'a'] < LEAST_SHARE * (double)l.all;
	return odd;
}

int
text_is_garbled(const char *p, size_t n)
{
	return has_wrong_characters(p, n) || is_no_language(p, n);
}
