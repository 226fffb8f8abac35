/*
 * What the files of the judge share: the configuration made ready, one case under judgement, and the arena of a verdict.
 * Private to daemon/judge/; knows no database and no file.
 */
#ifndef HOERING_JUDGE_JUDGE_PARTS_H
#define HOERING_JUDGE_JUDGE_PARTS_H

#include "base/domain.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/words.h"

/* A title or alias as tokens, each with the share of the whole (in thousandths) that it carries. */
struct title_form {
	size_t        consultation;
	char         *tokens;
	struct token *words;
	struct token *others;		/* each in the other norm of Norwegian, as it is where the norms agree */
	char         *others_text;
	unsigned     *weights;
	char         *is_stop;		/* by word: common, so that finding it says little */
	size_t        n;
	unsigned      telling;		/* words that are not common */
};

struct known_name {		/* an invited organisation, folded */
	const struct conf_invited *invited;
	size_t                     consultation;
	char                      *key;
	char                      *as_written;	/* its key where the short name is not put for the long one */
};

struct judge {
	const struct conf *conf;
	struct word_lists *words;
	struct title_form *forms;  size_t n_forms;
	struct known_name *names;  size_t n_names;
	struct question   *questions; size_t n_questions;
};

/* One message under judgement. */
struct session {
	const struct judge         *j;
	const struct parsed        *p;
	const struct circumstances *c;
	struct verdict             *v;
	int                         broke;	/* memory ran out: the verdict is dropped */
	enum zone                   voice;	/* where the answer's words stand: BODY, or FORWARDED for a mail passed on */
	int                         is_machine;	/* judged automatic: what it says is no answer */
	const char                 *inner_name, *inner_address, *inner_subject;	/* of the mail passed on, "" without */
	struct title_hit           *titles;	/* what judge_titles() found; NULL: not looked for yet */
};

/* --- arena: strings and arrays that live as long as the verdict; NULL and s->broke when there is no memory --- */
void       *judge_take(struct session *s, size_t bytes);
const char *judge_copy(struct session *s, const char *p, size_t n);
const char *judge_say(struct session *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Grows an array of the verdict by one zeroed element; NULL when there is no memory. */
#define JUDGE_PUSH(s, array, count) judge_push((s), (void **)&(array), &(count), sizeof *(array))
void *judge_push(struct session *s, void **array, size_t *count, size_t size);

/* One row of evidence; `from` tells where it was seen; NULL: nowhere. */
void judge_tell(struct session *s, const char *verdict, const char *value, const char *rule, int weight, const struct signal *from,
    const char *input);
void judge_tell_at(struct session *s, const char *verdict, const char *value, const char *rule, int weight, enum zone zone,
    uint32_t part, uint64_t offset, const char *input);
/* The same for a word of a record: where its sentence begins, as far as that is told. */
void judge_tell_word(struct session *s, const char *verdict, const char *value, const char *rule, int weight, const struct tokens *of, size_t word,
    struct token seen);
void judge_review(struct session *s, const char *reason, const char *detail, const char *candidates);

/* The address is in the domain of one of the mailboxes: the ministry's own people. */
int  judge_is_ours(const struct judge *j, const char *address);

/* --- asking the records --- */
/* The first signal of that kind with that value (NULL: any) in a zone of the set (bits 1 << zone); NULL without one. */
const struct signal *judge_find(const struct session *s, enum signal_kind kind, const char *value, unsigned zones);
unsigned             judge_count(const struct session *s, enum signal_kind kind, const char *value, unsigned zones);
const struct digest *judge_digest(const struct session *s, enum digest_kind kind);
size_t               judge_words(const struct session *s, enum digest_kind kind);	/* of a digest; 0 without */
/* Attachments that are documents somebody meant to send: not inline, not attached mails, calendars, cards or delivery reports. */
unsigned             judge_documents(const struct session *s);
int                  judge_is_document(const struct part *p);
int                  judge_takes_mail_here(const struct session *s, const struct conf_consultation *c);	/* a mailbox of it has the mail */
int                  judge_subject_begins(const struct session *s, const char *const *prefixes);	/* one of them, up to NULL; case does not matter */

#define IN(zone)	(1u << (zone))
#define IN_ALL		((1u << ZONES) - 1)
/* The words that speak for the sender: subject, file names, and the voice. */
#define IN_VOICE(s)	(IN((s)->voice) | IN(ZONE_SUBJECT))

/* --- the steps, in order --- */
void judge_kind(struct session *s);
/* The ministry's own letter: 1 with evidence and a review; whether the mail passed on is one, below words that answer it. */
int  own_letter(struct session *s);
int  own_letter_is_answered(struct session *s);
void judge_consultation(struct session *s);
void judge_responder(struct session *s);
void judge_position(struct session *s);
void judge_registration(struct session *s);
/* The first person signed up in these zones who is not said to stay away. */
const struct signal *judge_who_comes(const struct session *s, unsigned zones);
void judge_care(struct session *s);
void judge_kin(struct session *s);

/* Titles found: the best cover (0-100) of one of the consultation's forms, by how many of its telling words, and where. `early`: where a text says what it is about. */
struct title_hit { unsigned cover, telling, found; int has_cue, early; const struct tokens *of; size_t word; struct token seen; };
enum outcome titles_prepare(struct judge *j, struct why *why);
void titles_free(struct judge *j);
/* For each consultation and zone the best hit: hits[consultation * ZONES + zone]. Looked for once; NULL when there is no memory. */
const struct title_hit *judge_titles(struct session *s);
/* A word in one of the zones, among the first of its text, is made of what a telling word of a title of the consultation is made of. */
int  titles_touched(const struct session *s, size_t consultation, unsigned zones);

/* How many words of the mail are made of what a consultation's title is made of, and the first that stands in the title itself. */
struct topic { int asked; unsigned n; int named; const struct tokens *of; size_t at; struct token word; };
/* The only one of those asked for of whose matter the mail speaks, by topics[consultation]; what `n` holds counts too. NULL without. */
const struct topic *topic_find(const struct session *s, struct topic *topics);

/* Questions taken up in the answer's own words: how many of each consultation's, and where the first; hits[consultation]. */
struct question_hit { unsigned n; enum zone zone; uint32_t part; uint64_t offset; };
enum outcome questions_prepare(struct judge *j, struct why *why);
void questions_free(struct judge *j);
void questions_find(const struct session *s, struct question_hit *hits);

/* Names: the folded key of a responder's name, legal form dropped. `out` has 200 bytes. */
#define NAME_KEY_BYTES 200
void name_key(const struct judge *j, const char *name, char *out);
void name_key_as_written(const struct judge *j, const char *name, char *out);
/* Two keys one slip of the hand apart, of which `known` is surely meant. */
int  name_is_slip(const struct judge *j, const char *key, const char *known);
/* The one organisation of the register that is meant, NULL when there is none or it may be another. */
const struct known_organisation *known_one(const struct session *s, enum known_by by, const char *value);
const char *known_class(const struct known_organisation *k, const char *by_name);
/* The class of an organisation by its name, NULL when no word of it says that it is one. */
const char *name_class(const struct judge *j, const char *name);
/* A line that is no organisation's name: how to reach somebody; one of its first words in a group of rules/words; work; a person's. */
int name_is_contact(const char *p);
int name_is_prose(const char *p);
int name_says(const struct judge *j, const char *p, const char *group);
int name_key_has(const struct judge *j, const char *key, const char *group);	/* any word of a key is of the group */
int name_is_role(const struct judge *j, const char *p);
int name_is_person(const struct judge *j, const char *p);
/* A line that may be a name, though nobody has a word for it. */
int name_looks_real(const char *p);
/* Nothing but a name: capitals, words that say what it is, and behind "for" what it is for; no letter's heading. */
int name_looks_like_house(const struct judge *j, const char *p);
const char *name_without_title(const struct judge *j, const char *p);	/* "Sokneprest Kari Berg": who it is */
int name_begins_small(const char *p);	/* with a small letter, also of Norwegian */

#endif
