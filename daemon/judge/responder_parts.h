/*
 * What the files that look for the responder share: the names found so far and the points of each.
 * Private to daemon/judge/; knows neither database nor prose, only what the parser noticed.
 */
#ifndef HOERING_JUDGE_RESPONDER_PARTS_H
#define HOERING_JUDGE_RESPONDER_PARTS_H

#include "daemon/judge/judge_parts.h"

#define NAMES_MAX	64
#define NAME_BYTES	160
#define BEHALF_POINTS	45	/* of a house in whose name the mail says that it is sent */
#define MAIL_POINTS	15	/* of a line below the mail; in a document it is 8 */

enum source { FROM_INVITED = 1, FROM_ORGNR = 2, FROM_SIGNATURE = 4, FROM_DISPLAY = 8, FROM_PHRASE = 16, FROM_BEHALF = 32,
	FROM_LETTERHEAD = 64, FROM_DOMAIN = 128, FROM_LIST = 256, FROM_REGISTER = 512, FROM_REGISTER_DOMAIN = 1024,
	FROM_TEXT = 2048, FROM_MAIL_DOMAIN = 4096 };

struct name {
	const char                *written;	/* as in the best source */
	int                        best;	/* points of that source */
	char                       key[NAME_KEY_BYTES];
	const struct conf_invited *invited;
	const struct known_organisation *known;	/* in the register, beyond doubt */
	const char                *class;
	unsigned                   sources;
	int                        points;
};

struct search {
	struct session *s;
	struct name     names[NAMES_MAX];
	size_t          n;
	char            domain[NAME_BYTES];	/* of the true sender, "" when webmail */
	int             has_role;		/* the signature tells what the person is at work */
	int             signs_contact;		/* the sender's own name stands in it */
	int             own_mailbox;		/* the address is made of the sender's name: a person's */
	int             same_house;		/* passed on from a colleague, whose address mail programs leave out */
};

/* --- found.c --- */
/* A name where it stands by custom, with the points of that place. */
void        found(struct search *f, const char *written, enum source source, int points, const struct signal *from, const char *rule);
void        found_registered(struct search *f, const struct known_organisation *k, enum source source, int points, const struct signal *from,
    const char *rule);
const struct conf_invited *invited_by_key(const struct session *s, const char *key);
int         is_listed(const struct session *s, const char *key);	/* invited, or an association or authority of the register */
const char *of_two_tongues(struct session *s, const char *written);	/* of a name in Norwegian and Sami the Norwegian; else as it is */
int         is_private_name(const struct session *s, const char *p);
const char *judge_key(struct session *s, const char *name);

/* --- chosen.c --- */
const struct name *chosen_name(struct search *f);	/* the responder's, NULL when no name has points enough */

/* --- signature.c --- */
unsigned    voice_signature(const struct session *s);	/* the zone, as a bit, where the answer is signed */
int         signs_with_role(const struct session *s);
int         signs_contact(const struct session *s);
int         is_own_mailbox(const struct session *s, const char *name);	/* "kari.berg@" for Kari Berg, whatever a word of it may mean */
void        signature_line(struct search *f, const struct signal *from, int points);

/* --- named.c --- */
void        gather_named(struct search *f);	/* names in the text that the sender's domain agrees with */
const char *without_tail(struct session *s, const char *name);	/* not the words in small letters behind it that it goes on with */
void        gather_municipality(struct search *f);	/* what NAME.kommune.no is called, when nothing else tells who writes */
int         is_of_contact(const struct session *s, const char *name);	/* a part of the sender's own name */
int         is_domains_own(const struct search *f, const char *name);	/* the domain is made of it, and it is not the sender's own */

/* --- together.c --- */
int         found_together(struct search *f, const struct signal *one, enum source source, int points, const char *rule);
void        found_signers(struct search *f);
void        tell_joint(const struct search *f, const struct name *best);

#endif
