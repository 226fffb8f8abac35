/*
 * The body of a mail as stretches: whose words they are, and what they are for (greeting, words, signature, disclaimer).
 * Owns how mail programs and people set off quotes, forwarded mails and signatures; must not know what the words say.
 */
#ifndef HOERING_PARSERS_SIGNALS_ZONES_H
#define HOERING_PARSERS_SIGNALS_ZONES_H

#include <stddef.h>

#include <glib.h>

#include "parsers/phrases.h"
#include "parsers/wire.h"

/* FRAME: separators and inner headers. CARE: no part of the letter, but what must not be shown to the public may stand there too. */
enum role { ROLE_WORDS, ROLE_GREETING, ROLE_SIGNATURE, ROLE_DISCLAIMER, ROLE_FRAME, ROLE_CARE };

/* text[at .. end) of whole lines. level 0 are the sender's own; each mail quoted or passed on below is one deeper. */
struct span {
	enum zone zone;		/* BODY, SIGNATURE, QUOTED, FORWARDED */
	enum role role;
	unsigned  level;
	size_t    at, end;
};

/* The header lines of a mail inside the text, as written there. level is the one they open; "" when a line is missing. */
struct inner_header {
	unsigned level;
	int      forwarded;	/* 1: passed on; 0: only quoted below an answer */
	size_t   at;
	char    *from, *date, *to, *subject;
};

struct zones {
	GArray *spans;		/* struct span, in order, covering every line that is not empty */
	GArray *inner;		/* struct inner_header */
};

/* What the outer mail says of itself, which decides whether what is below is passed on or quoted. */
struct zone_hints {
	const char *subject;
	const char *to;		/* its addressees, space between */
	const char *from;	/* its sender's name */
	const char *address;	/* its sender's address */
};

struct zones *zones_split(const char *text, size_t n, const struct zone_hints *hints, const struct phrases *ph);
void          zones_free(struct zones *z);

/* 1 for "SV:", "RE:" …; 2 for "VS:", "FW:", "Fwd:" …; 0 without. *rest (may be NULL) is behind all of them. */
int zones_subject_prefix(const char *subject, const char **rest);

#endif
