/*
 * What the files that read sign-ups share: a person as found on a list. Who of them will speak is told apart from who they are.
 * Private to parsers/signals_people.c and signals_speakers.c; knows no consultation.
 */
#ifndef HOERING_PARSERS_SIGNALS_PEOPLE_H
#define HOERING_PARSERS_SIGNALS_PEOPLE_H

#include "parsers/signals_parts.h"

#define WRAPPED_LINE	50	/* a line this long may go on below */

struct person {
	char  *name, *email;
	size_t at, end;		/* of the lines that tell of it, without those of the next */
	size_t own;		/* where its own lines end */
	int    speaker;
	int    only_reached;	/* nobody who comes: an address for invoices, copies, questions */
	struct words *lines;	/* the words of its own lines, while speakers are looked for */
};

/* Marks those of the list (struct person) who will speak, by their own lines, by name, by their work, or because all of them do. */
void speakers_mark(const struct notes *n, const struct stretch *s, GArray *people);
/* Somebody in text[at .. end) will speak. */
int  says_speaker(const struct notes *n, const char *text, size_t at, size_t end);
/* Where text[0 .. n) names a person of the list, and nobody else; NULL without. */
const char *named_at(const GArray *people, const struct person *p, const char *text, size_t n);

#endif
