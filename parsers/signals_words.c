#include "parsers/signals_words.h"

#include <string.h>

#include "base/tokens.h"

/* A line shorter than this that the next one does not continue is a heading, a list item or an address line. */
#define SHORT_LINE	45
#define WORD_BYTES	200	/* a longer run of letters is no word; it is cut */

struct words *
words_new(void)
{
	struct words *w = g_new0(struct words, 1);

	w->pool = g_string_new(NULL);
	w->all = g_array_new(FALSE, FALSE, sizeof(struct word));
	w->sentences = g_array_new(FALSE, FALSE, sizeof(struct sentence));
	return w;
}

void
words_free(struct words *w)
{
	if (w == NULL)
		return;
	g_string_free(w->pool, TRUE);
	g_array_free(w->all, TRUE);
	g_array_free(w->sentences, TRUE);
	g_free(w);
}

int
word_is(const struct words *w, size_t i, const char *token)
{
	const struct word *one;

	if (i >= w->all->len)
		return 0;
	one = words_at(w, i);
	return strlen(token) == one->len && memcmp(w->pool->str + one->token, token, one->len) == 0;
}

static int
is_letter(unsigned char c)
{
	return c >= 0x80 || g_ascii_isalnum(c);
}

/*
 * Norwegian letters that were decoded twice ("hÃ¸ring") or lost ("h\xef\xbf\xbdring", "h?ring") become letters again; the lost
 * ones become ø, the commonest, and where that is wrong it is one slip of the hand. Returns the bytes written.
 */
static size_t
mend(char *out, const char *p, size_t n)
{
	static const struct { const char *broken, *letter; } pairs[] = {
		{ "\xc3\x83\xc2\xb8", "\xc3\xb8" }, { "\xc3\x83\xc2\xa5", "\xc3\xa5" }, { "\xc3\x83\xc2\xa6", "\xc3\xa6" },
		{ "\xc3\x83\xcb\x9c", "\xc3\x98" }, { "\xc3\x83\xe2\x80\xa6", "\xc3\x85" }, { "\xc3\x83\xe2\x80\xa0", "\xc3\x86" },
		{ "\xc3\x83\xc2\xa9", "\xc3\xa9" }, { "\xc3\x83\xc2\xb6", "\xc3\xb6" }, { "\xc3\x83\xc2\xa4", "\xc3\xa4" },
		{ "\xef\xbf\xbd", "o" }, { "?", "o" },
	};
	size_t i = 0, o = 0, k, len;

	while (i < n) {
		k = p[i] == '\xc3' || p[i] == '\xef' || p[i] == '?' ? 0 : G_N_ELEMENTS(pairs);
		for (; k < G_N_ELEMENTS(pairs); k++) {
			len = strlen(pairs[k].broken);
			if (n - i >= len && memcmp(p + i, pairs[k].broken, len) == 0)
				break;
		}
		if (k == G_N_ELEMENTS(pairs)) {
			out[o++] = p[i++];
			continue;
		}
		memcpy(out + o, pairs[k].letter, strlen(pairs[k].letter));
		o += strlen(pairs[k].letter);
		i += strlen(pairs[k].broken);
	}
	return o;
}

/*
 * Tokens of one run of letters; a run may hold separators beyond ASCII, so it may give none or many. `glued`: a hyphen at the
 * end of a line cut the word, so that its second half belongs to the word before.
 */
static void
add_run(struct words *w, const char *text, size_t at, size_t end, int glued)
{
	char         folded[2 * WORD_BYTES], mended[WORD_BYTES];
	size_t       n, pos = 0, len;
	const char  *t;
	struct word  one, *before;

	if (end - at > WORD_BYTES)
		for (end = at + WORD_BYTES; end > at && ((unsigned char)text[end] & 0xc0) == 0x80; end--)
			;
	n = mend(mended, text + at, end - at);
	n = tokens_fold(folded, sizeof folded, (const uint8_t *)mended, n, NULL);
	for (; (t = tokens_next(folded, n, &pos, &len)) != NULL; glued = 0) {
		if (glued && w->all->len > 0) {
			before = &g_array_index(w->all, struct word, w->all->len - 1);
			before->len += (uint32_t)len;
			before->bytes = (uint32_t)(end - before->at);
		} else {
			one = (struct word){ .at = at, .bytes = (uint32_t)(end - at), .token = (uint32_t)w->pool->len, .len = (uint32_t)len };
			g_array_append_val(w->all, one);
		}
		g_string_append_len(w->pool, t, (gssize)len);
	}
}

/* The end of a run of letters; a question mark inside a word is a letter that was lost. */
static size_t
run_end(const char *text, size_t i, size_t end)
{
	while (i < end && (is_letter((unsigned char)text[i]) || (text[i] == '?' && i + 1 < end && i > 0 && g_ascii_islower(text[i - 1]) &&
	    g_ascii_islower(text[i + 1]))))
		i++;
	return i;
}

/* A hyphen at i that ends its line inside a word: not before "og" and "eller", where it stands for the rest of a compound. */
static int
cuts_word(const char *text, size_t at, size_t i, size_t end)
{
	size_t next = i + 1;

	if (i == at || text[i] != '-' || !is_letter((unsigned char)text[i - 1]) || g_ascii_isdigit(text[i - 1]) || next >= end || text[next] != '\n')
		return 0;
	for (next++; next < end && text[next] == ' '; next++)
		;
	if (next >= end || !(g_ascii_islower(text[next]) || (unsigned char)text[next] >= 0x80))
		return 0;
	return strncmp(text + next, "og ", MIN(3, end - next)) != 0 && strncmp(text + next, "eller ", MIN(6, end - next)) != 0;
}

/* What starts a sentence: an upper-case letter, a quotation mark, a bullet, a digit after a line break. */
static int
starts_sentence(const char *text, size_t at, size_t end)
{
	gunichar c;

	while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n'))
		at++;
	if (at >= end)
		return 1;
	c = g_utf8_get_char(text + at);
	return g_unichar_isupper(c) || c == 0xab || c == 0x201c || c == 0x201d || c == 0x2022 || strchr("\"*-", (int)(c < 0x80 ? c : 'x')) != NULL;
}

/* The two letters text[start .. i) are the land of a domain: "havlys.no"; not "m.v.", "bl.a.". */
static int
ends_domain(const char *text, size_t at, size_t start, size_t i)
{
	return i - start == 2 && start > at + 2 && text[start - 1] == '.' && is_letter((unsigned char)text[start - 2]) &&
	    (text[start - 3] == '@' || is_letter((unsigned char)text[start - 3]));
}

/* Behind a mark at i that closes what is quoted or put in brackets. */
static size_t
behind_closing(const char *text, size_t i, size_t end)
{
	static const char *const marks[] = { "\"", "\xc2\xbb", "\xe2\x80\x9d", "\xe2\x80\x9c", ")" };
	size_t k, n;

	for (k = 0; k < G_N_ELEMENTS(marks); k++)
		if (n = strlen(marks[k]), end - i >= n && memcmp(text + i, marks[k], n) == 0)
			return i + n;
	return i;
}

/* A full stop after a number or an abbreviation of up to two letters ends nothing; what closes may stand behind it: "… hele året." Vi … */
static int
ends_at_stop(const char *text, size_t at, size_t i, size_t end)
{
	size_t start = i, next = behind_closing(text, i + 1, end);

	if (text[i] == '!' || text[i] == '?')
		return i + 1 >= end || !is_letter((unsigned char)text[i + 1]);
	if (next < end && text[next] != ' ' && text[next] != '\n' && text[next] != '\t')
		return 0;
	while (start > at && is_letter((unsigned char)text[start - 1]))
		start--;
	if (i - start <= 2 && i > start && !ends_domain(text, at, start, i))
		return i + 1 >= end;
	if (start < i && g_ascii_isdigit(text[start]) && i - start < 4)
		return i + 1 >= end;
	return starts_sentence(text, next, end);
}

/* An empty line ends a sentence; so does the end of a short line that the next does not continue. */
static int
ends_at_newline(const char *text, size_t line, size_t i, size_t end)
{
	size_t next = i + 1;

	while (next < end && (text[next] == ' ' || text[next] == '\t'))
		next++;
	if (next >= end || text[next] == '\n')
		return 1;
	if (i - line >= SHORT_LINE || (i > line && text[i - 1] == ','))
		return 0;
	return starts_sentence(text, next, end) || g_ascii_isdigit(text[next]);
}

static void
end_sentence(struct words *w, size_t first, size_t at, size_t end, int asks)
{
	struct sentence s = { .first = first, .count = w->all->len - first, .at = at, .end = end, .asks = asks };

	if (s.count > 0)
		g_array_append_val(w->sentences, s);
}

void
words_add(struct words *w, const char *text, size_t at, size_t end)
{
	size_t i = at, first = w->all->len, start = at, line = at, run;
	int    ends, glued = 0;

	while (i < end) {
		if (is_letter((unsigned char)text[i])) {
			run = i;
			i = run_end(text, i, end);
			add_run(w, text, run, i, glued && w->all->len > first);
			glued = 0;
			continue;
		}
		if (cuts_word(text, at, i, end)) {
			glued = 1;
			i += 2;
			line = i;
			continue;
		}
		ends = text[i] == '\n' ? ends_at_newline(text, line, i, end)
		    : text[i] == '.' || text[i] == '!' || text[i] == '?' ? ends_at_stop(text, at, i, end) : 0;
		if (text[i] == '\n')
			line = i + 1;
		if (ends) {
			end_sentence(w, first, start, i + 1, text[i] == '?');
			first = w->all->len;
			start = i + 1;
		}
		i++;
	}
	end_sentence(w, first, start, end, 0);
}
