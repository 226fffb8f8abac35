/*
 * The lines of a mail's body while it is cut: where each stands, in which zone, and what it is for.
 * Owns how a line is asked for its words; must not know how mails are nested.
 */
#ifndef HOERING_PARSERS_SIGNALS_LINES_H
#define HOERING_PARSERS_SIGNALS_LINES_H

#include "parsers/signals_words.h"
#include "parsers/signals_zones.h"

#define CLOSING_WORDS	7	/* "Med vennlig hilsen fra oss alle" */

struct line {
	size_t at, end;		/* without the line feed and outer blanks */
	size_t words;		/* runs of letters and digits */
	int    quoted;		/* starts with > */
	enum zone zone;
	enum role role;
	unsigned  level;
};

struct splitter {
	const char           *text;
	const struct phrases *ph;
	GArray               *lines;	/* struct line */
	struct zones         *out;
};

static inline struct line *
line_at(const struct splitter *s, size_t i)
{
	return &g_array_index(s->lines, struct line, i);
}

static inline int
is_empty(const struct line *l)
{
	return l->at == l->end;
}

/* The first n bytes of the text as lines, all of them body as yet. */
void lines_read(struct splitter *s, size_t n);

/* Words of lines i .. i + count - 1, as one stretch. */
struct words *line_words(const struct splitter *s, size_t i, size_t count);
/* 1 when the line has at most `max` words and a phrase of the group stands in it. */
int line_says(const struct splitter *s, size_t i, const char *group, size_t max);

#endif
