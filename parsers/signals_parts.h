/*
 * What the files of the signals share: a stretch of text that is read by itself, and the notebook the signals go to.
 * Owns the limits on what is noted of one message; private to parsers/signals*.c and digest.c.
 */
#ifndef HOERING_PARSERS_SIGNALS_PARTS_H
#define HOERING_PARSERS_SIGNALS_PARTS_H

#include <stdio.h>

#include <glib.h>

#include "parsers/message.h"
#include "parsers/phrases.h"
#include "parsers/signals_words.h"
#include "parsers/signals_zones.h"
#include "parsers/wire.h"

/* text[at .. end) of one zone and role, cut into words; its sentences are words->sentences[first .. first + count). */
struct stretch {
	const struct text_part *source;		/* of pages; NULL for the subject and a file name */
	uint32_t                part;
	enum zone               zone;
	enum role               role;
	unsigned                level;
	const char             *text;
	size_t                  at, end;
	struct words           *words;		/* shared by the stretches of one text */
	size_t                  first, count;
	int                     of_mail;	/* 1: written in a mail; 0: a document's text */
};

struct learnt;

struct notes {
	FILE                 *f;
	const struct message *m;
	const struct phrases *ph;
	const struct learnt  *learnt;
	unsigned              of_kind[SIGNAL_KINDS];
	GHashTable           *seen;	/* what was noted before, so that a thousand equal phrases are one signal */
	GArray               *all;	/* struct stretch, in reading order */
	GPtrArray            *texts;	/* struct words of each text, which the stretches share */
	unsigned              refs_tried;	/* numbers looked at */
	int                   passed_on;	/* a mail is passed on below or attached */
	int                   leaving;	/* somebody may not come: names are worth looking for */
	unsigned              language[4];	/* words that only nb, nn, se, en have */
	GPtrArray            *domains;	/* of those who send it, in lower case */
	unsigned              named_tried;	/* words looked at for what a domain is called */
};

/* One signal; value and extra are cut at their limits. The _once form drops what was noted before with the same zone and part. */
void note(struct notes *n, enum signal_kind kind, const struct stretch *s, size_t offset, const char *value, const char *extra);
void note_once(struct notes *n, enum signal_kind kind, const struct stretch *s, size_t offset, const char *value, const char *extra);

/* Each reads one stretch and notes what it knows of. */
void refs_note(struct notes *n, const struct stretch *s);	/* case references, organisation numbers */
void identities_note(struct notes *n, const struct stretch *s);
void care_note(struct notes *n, const struct stretch *s, const struct sentence *one, const GArray *hits);	/* of struct phrase_hit */
void dates_note(struct notes *n, const struct stretch *s);	/* dates of letters that are cited */
void names_note_phrase(struct notes *n, const struct stretch *s, const struct phrase_hit *hit);	/* "på vegne av X", "fra X" */
void names_note_together(struct notes *n, const struct stretch *s, const struct sentence *one);	/* "X, Y og Z avgir felles uttalelse" */
/* The sentence begins with who answers, and word `verb` says what they do: "Storvik kommune har ingen merknader". */
void names_note_subject(struct notes *n, const struct stretch *s, const struct sentence *one, size_t verb);
/* "Dette er Storvik lag sitt svar", "vedlagt følger Storvik kommunes svar": whose it is. */
void names_note_owner(struct notes *n, const struct stretch *s, const struct phrase_hit *hit);
/* The sentence begins with who had the sender send it: "Storvik bygdelag har bedt oss sende inn dette." */
void names_note_asker(struct notes *n, const struct stretch *s, const struct sentence *one);
void names_note_signature(struct notes *n, const struct stretch *s);
void names_note_document(struct notes *n, const struct stretch *s);	/* letterhead, and the signature at a letter's end */
void named_note(struct notes *n, const struct stretch *s);	/* names that the sender's domain is made of, or a subject is cut into */
void named_add_domain(struct notes *n, const char *address);
void links_note(struct notes *n, const struct stretch *s);	/* documents that lie in somebody's cloud */
void people_note(struct notes *n, const struct stretch *s);	/* persons signed up */
void leaves_note(struct notes *n, const struct stretch *s);	/* persons who do not come after all */

/* How many words from word `first` on are a person's name; 0 when they are none. */
size_t person_name_words(const char *text, const struct words *w, size_t first);

/* What the words in that zone read like; after the stretches. */
void reads_note(struct notes *n, enum zone zone);

/* Of the head of the mail. */
void auto_note(struct notes *n);

int    is_digit_at(const struct stretch *s, size_t i);
/* Bytes of the digit at i, 0 when there is none: also of one from another keyboard; *digit is '0' to '9'. */
size_t digit_at(const struct stretch *s, size_t i, char *digit);
/* Behind what nobody sees, as pages and mail programs set it: zero-width spaces, word joiners, marks of direction. */
size_t behind_unseen(const struct stretch *s, size_t i);
/* The same, and behind one blank of any breadth, if there is one. */
size_t behind_blank(const struct stretch *s, size_t i);
/* Up to `max` digits from `at`, single blanks and dots between groups allowed, and a NUL; *end is behind the last. */
size_t spaced_digits(const struct stretch *s, size_t at, char *out, size_t max, size_t *end);

/* A date at text[at]: "26. april 2022", "26.04.2022", "2022-04-26" … Bytes it takes, 0 when there is none; iso has 11 bytes. */
size_t date_at(const char *text, size_t at, size_t end, char iso[11]);
/* The same anywhere in `p`, with a clock behind it if there is one; TIME_UNKNOWN when there is none. */
int64_t date_in(const char *p);

/* 1 when the first character of p is an upper-case letter. */
static inline int
starts_upper(const char *p, size_t n)
{
	gunichar c = n == 0 ? 0 : g_utf8_get_char_validated(p, (gssize)n);

	return c != (gunichar)-1 && c != (gunichar)-2 && g_unichar_isupper(c);
}

/* 1 when text[at .. end) has a syntactically possible e-mail address starting at `at`; *n its bytes. */
int address_at(const char *text, size_t at, size_t end, size_t *n);

/* Marks the sentences that are somebody else's words; and one, in which these phrases were heard, that is only courteous, or retells. */
void common_mark_cited(const struct notes *n, const struct stretch *s);
void common_note(const struct stretch *s, struct sentence *one, const GArray *hits);

/*
 * How many of the sentence's words speak of the sending, as the phrase does: all, or those before a colon with words of the answer
 * behind it: "Tillegg til svaret vårt: Gjerdet må være høyere."
 */
size_t answer_sending_words(const struct notes *n, const struct stretch *s, const struct sentence *in, const struct phrase_hit *hit);

/* Digests, MinHash and blocks over all stretches. */
void answer_note(struct notes *n);

#endif
