/*
 * Whether a mail has to do with a consultation, and whether it sounds like a machine, by its words. Owns no verdict and keeps nothing;
 * must not know a kind, a header's mark, or points beyond those it is asked for.
 */
#ifndef HOERING_JUDGE_MATTER_H
#define HOERING_JUDGE_MATTER_H

#include "daemon/judge/judge_parts.h"

/* Words of the voice: of the mail, or of the mail passed on. */
size_t judge_own_words(const struct session *s);
/* The first number of a consultation's case in one of the zones; NULL without. */
const struct signal *matter_known_case(const struct session *s, unsigned zones);
/* By its subject. */
int    matter_is_reply(const struct session *s);
int    matter_in_registration_mailbox(const struct session *s);
/* The mailbox is given to consultations: who says there what he thinks, answers. */
int    matter_in_consultation_mailbox(const struct session *s);
/* The consultation whose title stands in one of the zones, a part of it where the mail has come to its mailbox; NULL without. */
const char *matter_title_in(struct session *s, unsigned zones);
/* The consultation of a short mail to its mailbox that says something of what it is about, and sells nothing; NULL without. */
const char *matter_speaks_of_title(const struct session *s);
/* "Mulig å utsette?": a question with no room for what else it is of than what the ministry has set. */
int    matter_is_bare_question(const struct session *s);
/* What is sold, or (with_errands) asked of any office, in a mail without a word of a consultation; NULL where there is no such thing. */
const struct signal *matter_other_business(struct session *s, int with_errands);
/* Places in the body where a phrase of the group begins: what two phrases say of one place is said once. */
unsigned matter_places(const struct session *s, const char *group);
/* What people write to a ministry for, in the mail's own words: an opinion, a proposal, the title's matter; "must", that machines say too. */
int    matter_is_spoken_of(const struct session *s, int by_must);
/* Points for an automatic reply by what it is made of, in words of mail and offices; *from: the first of them. 0 without any. */
int    matter_sounds_automatic(const struct session *s, const struct signal **from);

#endif
