#include "daemon/judge/learnt.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/judge/matter.h"

#define READS_AS	"reads-as-"
#define SENTENCE_AS	"sentence-as-"
#define LEARNT_SENTENCE	75	/* of 100: how sure of one sentence, of whose fellows nothing is known */

const struct signal *
learnt_reads(const struct session *s, const char *group, unsigned zones, unsigned at_least, unsigned *percent)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];
		unsigned             sure;

		if (one->kind != SIGNAL_PHRASE || (zones & IN(one->zone)) == 0 || strcmp(one->value.p, group) != 0)
			continue;
		sure = (unsigned)strtoul(one->extra.p, NULL, 10);
		if (sure < at_least)
			continue;
		if (percent != NULL)
			*percent = sure;
		return one;
	}
	return NULL;
}

int
learnt_for(struct points *p, const char *own)
{
	unsigned             sure = 0;
	const struct signal *found;

	if (judge_documents(p->s) > 0)
		return 0;	/* the words of a covering note are not the answer's */
	found = learnt_reads(p->s, judge_say(p->s, READS_AS "%s", own), IN(p->s->voice), LEARNT_SURE, &sure);
	if (found == NULL && learnt_reads(p->s, SENTENCE_AS "answer", IN(p->s->voice), 0, NULL) == NULL)
		found = learnt_reads(p->s, judge_say(p->s, SENTENCE_AS "%s", own), IN(p->s->voice), LEARNT_SENTENCE, &sure);
	if (found != NULL)
		points_add(p, (int)sure / 3, found->value.p, found, NULL);
	return found != NULL;
}

void
learnt_against(struct points *p, const char *own, unsigned at_least)
{
	const struct parsed *parsed = p->s->p;
	size_t               i;

	for (i = 0; i < parsed->n_signals; i++) {
		const struct signal *one = &parsed->signals[i];
		unsigned             sure = (unsigned)strtoul(one->extra.p, NULL, 10);

		if (one->kind == SIGNAL_PHRASE && one->zone == p->s->voice && strncmp(one->value.p, READS_AS, strlen(READS_AS)) == 0 &&
		    strcmp(one->value.p + strlen(READS_AS), own) != 0 && sure >= at_least) {
			points_add(p, -(int)(sure / 2), one->value.p, one, NULL);
			return;
		}
	}
}

/* A meeting of the ministry's: where people sign up, or in a mail with words of an invitation. */
static int
of_meeting(const struct session *s)
{
	return matter_in_registration_mailbox(s) || (judge_find(s, SIGNAL_PHRASE, "meeting", IN_VOICE(s) | IN(ZONE_QUOTED)) != NULL &&
	    judge_find(s, SIGNAL_PHRASE, "invited", IN_VOICE(s)) != NULL);
}

/* Signs up somebody by name and address: of what, the mailbox or the mail quoted tells. */
static int
names_somebody(const struct session *s, enum mail_kind kind)
{
	return kind == KIND_REGISTRATION && judge_who_comes(s, IN(s->voice)) != NULL;
}

/* What an answer has: then the words have to be surer. */
static void
beside(struct points *p)
{
	static const struct { const char *group; int weight; } marks[] = {
		{ "no-remarks-else", -50 }, { "declines", -50 }, { "encloses", -30 }, { "substance", -20 }, { "on-matter", -20 }, { "opinion", -10 },
		{ "endorses", -40 }, { "of-matter", -60 },
	};
	struct session *s = p->s;
	size_t          i;

	if (judge_own_words(s) > SHORT_WORDS)
		points_add(p, -40, "many-own-words", NULL, "");
	(void)points_phrase(p, "no-remarks", IN(s->voice) | IN(ZONE_BODY), -50);
	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		(void)points_phrase(p, marks[i].group, IN(s->voice), marks[i].weight);
	if (!matter_is_reply(s))
		(void)points_phrase(p, "answer", IN(ZONE_SUBJECT), -20);
}

int
learnt_kind(struct session *s, enum mail_kind *kind)
{
	/* `of`: without a word of that group it has to be surer: other things take time too, and who asks "why?" asks nobody. */
	static const struct { const char *group; enum mail_kind kind; int is_of_meeting; const char *of; } sorts[] = {
		{ "reads-as-extension", KIND_EXTENSION_REQUEST, 0, "of-answering" }, { "reads-as-inquiry", KIND_INQUIRY, 0, "of-procedure" },
		{ "reads-as-withdrawal", KIND_WITHDRAWAL, 0, NULL }, { "reads-as-decline", KIND_DECLINE, 1, NULL },
		{ "reads-as-registration", KIND_REGISTRATION, 1, NULL },
	};
	unsigned percent = 0;
	size_t   i;

	for (i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
		const struct signal *found = learnt_reads(s, sorts[i].group, IN(s->voice), LEARNT_SURE, &percent);
		struct points        p = { s, sorts[i].kind, 0 };

		if (sorts[i].kind == KIND_WITHDRAWAL && judge_find(s, SIGNAL_CONFIDENTIAL, NULL, IN(s->voice)) != NULL)
			continue;	/* "take my name away": of an answer that is to stay */
		if (found == NULL || judge_documents(s) > 0 || (sorts[i].is_of_meeting && !of_meeting(s) && !names_somebody(s, sorts[i].kind)))
			continue;
		points_add(&p, ENOUGH + (int)(percent - LEARNT_SURE), sorts[i].group, found, NULL);
		beside(&p);
		if (sorts[i].of != NULL && judge_find(s, SIGNAL_PHRASE, sorts[i].of, IN_VOICE(s)) == NULL)
			points_add(&p, -25, judge_say(s, "not-%s", sorts[i].of), NULL, "");
		if (sorts[i].kind == KIND_EXTENSION_REQUEST && judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) == NULL)
			points_add(&p, -5, "asks-nothing", NULL, "");	/* who is late says much the same, and answers */
		*kind = sorts[i].kind;
		return p.sum >= ENOUGH;
	}
	return 0;
}

unsigned
learnt_decided(const struct session *s, enum mail_kind kind)
{
	size_t i;

	for (i = 0; i < s->v->n_evidence; i++) {
		const struct evidence *one = &s->v->evidence[i];

		if (one->weight > 0 && strcmp(one->verdict, "kind") == 0 && strcmp(one->value, kind_name(kind)) == 0)
			return strncmp(one->rule, READS_AS, strlen(READS_AS)) == 0 ? (unsigned)strtoul(one->input, NULL, 10) : 0;
	}
	return 0;
}
