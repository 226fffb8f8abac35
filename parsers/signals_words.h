/*
 * A text as words and sentences, each with its place in the text.
 * Owns how text is cut, and mends what mail programs and line breaks do to Norwegian words before they are folded as in
 * base/tokens.h; must not know what any of them means.
 */
#ifndef HOERING_PARSERS_SIGNALS_WORDS_H
#define HOERING_PARSERS_SIGNALS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* One token of a text. A run such as "Bø-Ås" gives two words at its own places; the token lies in the pool of its struct words. */
struct word {
	size_t   at;		/* byte in the text where its run of letters starts */
	uint32_t bytes;		/* of the run */
	uint32_t token, len;	/* in words.pool */
};

/* words[first .. first + count) stand in text[at .. end). */
struct sentence {
	size_t first, count;
	size_t at, end;
	int    asks;		/* ends with a question mark */
	int    weak;		/* a weak "no remarks" of it is noted: one says as much as ten */
	int    together;	/* looked through for who answers together */
	int    courteous, cited;	/* set by the signals: it tells nothing of who wrote it */
	size_t transport;	/* set by the signals: so many of its first words speak of the sending ("sender på nytt"), and are no part of the answer */
};

struct words {
	GString *pool;
	GArray  *all;		/* struct word */
	GArray  *sentences;	/* struct sentence */
};

struct words *words_new(void);
void          words_free(struct words *w);

/* Cuts text[at .. end) and adds its words and sentences; call for each stretch that is read by itself. */
void words_add(struct words *w, const char *text, size_t at, size_t end);

static inline const struct word *
words_at(const struct words *w, size_t i)
{
	return &g_array_index(w->all, struct word, i);
}

static inline const char *
word_token(const struct words *w, size_t i)
{
	return w->pool->str + words_at(w, i)->token;
}

/* 1 when word i is exactly `token`. */
int word_is(const struct words *w, size_t i, const char *token);

#endif
