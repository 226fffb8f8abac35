/*
 * Whether a mail has to do with a consultation: the mailbox, the case, the title and its words, and what is of other business. Knows the
 * signals of one session; gives no verdict.
 */
#include <string.h>

#include "daemon/judge/matter.h"

#define BARE_WORDS	6	/* no room for what a question is of */
#define SHORT_WORDS	60
#define LONG_WORDS	90

size_t
judge_own_words(const struct session *s)
{
	return s->voice == ZONE_FORWARDED ? judge_words(s, DIGEST_ANSWER) : judge_words(s, DIGEST_BODY);
}

const struct signal *
matter_known_case(const struct session *s, unsigned zones)
{
	size_t i, k;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		for (k = 0; one->kind == SIGNAL_CASE_REF && (zones & IN(one->zone)) != 0 && k < s->j->conf->n_consultations; k++)
			if (strcmp(one->value.p, s->j->conf->consultations[k].case_norm) == 0)
				return one;
	}
	return NULL;
}

int
matter_is_reply(const struct session *s)
{
	static const char *const prefixes[] = { "sv:", "re:", "ad:", "aw:", NULL };

	return judge_subject_begins(s, prefixes);
}

int
matter_in_registration_mailbox(const struct session *s)
{
	const struct conf *c = s->j->conf;
	size_t             i, k, m;

	for (i = 0; i < c->n_consultations; i++)
		for (k = 0; k < c->consultations[i].registration.n_mailboxes; k++)
			for (m = 0; m < s->c->n_mailboxes; m++)
				if (strcmp(c->consultations[i].registration.mailboxes[k], s->c->mailboxes[m]) == 0)
					return 1;
	return 0;
}

#define TITLE_COVER	60	/* of a title's weight that says that a mail has to do with the consultation, */
#define TITLE_PART	40	/* and in the mailbox that is given to it */

/* The mailbox is given to consultations: who says there what he thinks, answers. */
int
matter_in_consultation_mailbox(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->j->conf->n_consultations; i++)
		if (judge_takes_mail_here(s, &s->j->conf->consultations[i]))
			return 1;
	return 0;
}

/* The title of a consultation that stands in one of the zones; a part of it where the mail has come to its mailbox. */
const char *
matter_title_in(struct session *s, unsigned zones)
{
	const struct conf      *c = s->j->conf;
	const struct title_hit *hits = judge_titles(s);
	size_t                  i;

	for (i = 0; hits != NULL && i < c->n_consultations * ZONES; i++)
		if ((zones & IN(i % ZONES)) != 0 && hits[i].telling > 0 && hits[i].cover >= TITLE_PART &&
		    (hits[i].cover >= TITLE_COVER || judge_takes_mail_here(s, &c->consultations[i / ZONES])))
			return c->consultations[i / ZONES].id;
	return NULL;
}

/* A short mail to its mailbox that says something of what the consultation is about, and sells nothing. */
const char *
matter_speaks_of_title(const struct session *s)
{
	const struct conf *c = s->j->conf;
	size_t             i;

	if (judge_own_words(s) > SHORT_WORDS || judge_find(s, SIGNAL_PHRASE, "spam", IN_ALL) != NULL || judge_find(s, SIGNAL_PHRASE, "newsletter", IN_ALL) != NULL)
		return NULL;
	for (i = 0; i < c->n_consultations; i++)
		if (judge_takes_mail_here(s, &c->consultations[i]) && titles_touched(s, i, IN_VOICE(s)))
			return c->consultations[i].id;
	return NULL;
}

int
matter_is_bare_question(const struct session *s)
{
	return judge_own_words(s) <= BARE_WORDS && judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) != NULL &&
	    judge_find(s, SIGNAL_PHRASE, "opinion", IN(s->voice)) == NULL;
}

/* What is sold, or asked of any office, in a mail without a word of a consultation. */
const struct signal *
matter_other_business(struct session *s, int with_errands)
{
	static const char *const matters[] = { "answer", "hearing", "proposal", "no-remarks", "no-remarks-else", "declines", "endorses" };
	static const char *const groups[] = { "spam", "newsletter", "elsewhere" };
	const struct signal     *found = NULL;
	size_t                   i, n = sizeof groups / sizeof groups[0];

	for (i = 0; i < n - (with_errands ? 0 : 1) && found == NULL; i++)
		found = judge_find(s, SIGNAL_PHRASE, groups[i], IN_VOICE(s));
	if (found != NULL && with_errands && judge_find(s, SIGNAL_PHRASE, "elsewhere", IN_VOICE(s)) == NULL &&
	    judge_count(s, SIGNAL_PHRASE, "spam", IN_VOICE(s)) < 2)
		return NULL;	/* "klikk her" a citizen writes as well */
	for (i = 0; i < sizeof matters / sizeof matters[0] && found != NULL; i++)
		if (judge_find(s, SIGNAL_PHRASE, matters[i], IN_VOICE(s) | IN(ZONE_ATTACHMENT) | IN(ZONE_FILENAME) | IN(ZONE_QUOTED)) != NULL)
			found = NULL;
	if (found == NULL || judge_own_words(s) > LONG_WORDS || matter_in_registration_mailbox(s) || matter_known_case(s, IN_ALL) != NULL ||
	    matter_title_in(s, IN_VOICE(s) | IN(ZONE_ATTACHMENT) | IN(ZONE_FILENAME) | IN(ZONE_QUOTED)) != NULL)
		return NULL;
	return found;
}
