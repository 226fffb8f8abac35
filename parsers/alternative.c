#include "parsers/alternative.h"

#include <string.h>

#include <glib.h>

#include "base/tokens.h"
#include "parsers/digest.h"
#include "parsers/text.h"

#define STUB_WORDS	40u	/* of a plain text that may be there only to say that the letter is elsewhere */
#define RUN_BYTES	200u	/* a longer run without a blank is looked at in pieces */

/* Goes through the words of a text; what only stands for an address or a picture is none. */
struct cursor {
	const char *p, *end;
	char        folded[2 * RUN_BYTES + 8];
	size_t      n, pos;
};

static int
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Plain text spells out where HTML's links lead and which pictures it shows. */
static int
is_address(const char *run, size_t n)
{
	static const char *const marks[] = { "://", "cid:", "mailto:" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(marks); i++)
		if (memmem(run, n, marks[i], strlen(marks[i])) != NULL)
			return 1;
	return 0;
}

static const char *
next_word(struct cursor *c, size_t *len)
{
	const char *word, *run;
	size_t      n;

	while ((word = tokens_next(c->folded, c->n, &c->pos, len)) == NULL) {
		while (c->p < c->end && is_blank(*c->p))
			c->p++;
		for (run = c->p; c->p < c->end && !is_blank(*c->p); c->p++)
			;
		if (run == c->p)
			return NULL;
		n = (size_t)(c->p - run);
		c->n = c->pos = 0;
		if (n > RUN_BYTES)
			c->p = run + (n = RUN_BYTES);
		if (!is_address(run, n))
			c->n = tokens_fold(c->folded, sizeof c->folded, (const uint8_t *)run, n, NULL);
	}
	return word;
}

static struct cursor
words_of(const char *p, size_t n)
{
	struct cursor c = { .p = p, .end = p };

	if (n > 0)
		c.end += n;	/* an empty text may be no text */
	return c;
}

/* Hashes of its words. */
static GHashTable *
vocabulary(const struct textbuf *t)
{
	GHashTable   *all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	struct cursor c = words_of(t->p, t->n);
	const char   *word;
	size_t        len;
	uint64_t      h;

	while ((word = next_word(&c, &len)) != NULL) {
		h = digest_word(word, len);
		if (!g_hash_table_contains(all, &h))
			g_hash_table_add(all, g_memdup2(&h, sizeof h));
	}
	return all;
}

/* Words of the text, and how many of them `known` has not. */
static size_t
count(const char *p, size_t n, GHashTable *known, size_t *strange)
{
	struct cursor c = words_of(p, n);
	const char   *word;
	size_t        len, words = 0;
	uint64_t      h;

	for (*strange = 0; (word = next_word(&c, &len)) != NULL; words++) {
		h = digest_word(word, len);
		*strange += !g_hash_table_contains(known, &h);
	}
	return words;
}

int
alternative_is_html(const struct textbuf *plain, const struct textbuf *html)
{
	GHashTable *in_plain = vocabulary(plain), *in_html = vocabulary(html);
	size_t      only_plain, only_html, words = count(plain->p, plain->n, in_html, &only_plain),
	            html_words = count(html->p, html->n, in_plain, &only_html);

	g_hash_table_destroy(in_plain);
	g_hash_table_destroy(in_html);
	if (html_words == 0 || only_html == 0)
		return 0;
	if (plain->n > 0 && is_address(plain->p, plain->n) && 2 * only_plain <= words && only_html < STUB_WORDS)
		return 0;	/* what the HTML shows as links and pictures is spelt out here */
	return words == 0 || (2 * html_words > 3 * words && 2 * only_html > words) || (words <= STUB_WORDS && 2 * only_plain > words);
}

void
alternative_rest(const struct textbuf *letter, const struct textbuf *other, struct textbuf *rest)
{
	GHashTable *known = vocabulary(letter);
	const char *p = other->p, *end = p, *eol;
	size_t      strange;

	if (other->n > 0)
		end += other->n;
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		(void)count(p, (size_t)(eol - p), known, &strange);
		if (strange == 0)
			continue;
		textbuf_newline(rest);
		textbuf_add(rest, p, (size_t)(eol - p));
	}
	g_hash_table_destroy(known);
}
