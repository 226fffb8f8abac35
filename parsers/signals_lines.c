/* A mail's body as lines, and what words stand in them. */
#include "parsers/signals_lines.h"

#include <string.h>

static size_t
count_words(const char *text, size_t at, size_t end)
{
	size_t n = 0;
	int    inside = 0, letter;

	for (; at < end; at++) {
		letter = (unsigned char)text[at] >= 0x80 || g_ascii_isalnum(text[at]);
		n += letter && !inside;
		inside = letter;
	}
	return n;
}

#define NBSP	"\xc2\xa0"	/* Outlook makes its empty lines of one */

/* Bytes of the blank at, and before, a place; 0 where there is none. */
static size_t
blank_at(const char *text, size_t at, size_t end)
{
	if (at < end && (text[at] == ' ' || text[at] == '\t'))
		return 1;
	return end - at >= 2 && memcmp(text + at, NBSP, 2) == 0 ? 2 : 0;
}

static size_t
blank_before(const char *text, size_t at, size_t end)
{
	if (end > at && (text[end - 1] == ' ' || text[end - 1] == '\t'))
		return 1;
	return end - at >= 2 && memcmp(text + end - 2, NBSP, 2) == 0 ? 2 : 0;
}

void
lines_read(struct splitter *s, size_t n)
{
	size_t      at = 0, end, n_blank;
	struct line l;
	const char *feed;

	while (at < n) {
		feed = memchr(s->text + at, '\n', n - at);
		end = feed == NULL ? n : (size_t)(feed - s->text);
		l = (struct line){ .at = at, .end = end, .zone = ZONE_BODY, .role = ROLE_WORDS };
		while ((n_blank = blank_at(s->text, l.at, l.end)) > 0)
			l.at += n_blank;
		while ((n_blank = blank_before(s->text, l.at, l.end)) > 0)
			l.end -= n_blank;
		l.quoted = l.at < l.end && s->text[l.at] == '>';
		l.words = count_words(s->text, l.at, l.end);
		g_array_append_val(s->lines, l);
		at = end + 1;
	}
}

struct words *
line_words(const struct splitter *s, size_t i, size_t count)
{
	struct words *w = words_new();
	size_t        k;

	for (k = i; k < i + count && k < s->lines->len; k++)
		words_add(w, s->text, line_at(s, k)->at, line_at(s, k)->end);
	return w;
}

int
line_says(const struct splitter *s, size_t i, const char *group, size_t max)
{
	struct words *w;
	int           found;

	if (is_empty(line_at(s, i)) || line_at(s, i)->words > max)
		return 0;
	w = line_words(s, i, 1);
	found = w->all->len > 0 && w->all->len <= max && phrases_has(s->ph, w, 0, w->all->len, group);
	words_free(w);
	return found;
}
