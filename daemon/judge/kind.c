/*
 * What a mail is. Machines first, since they quote the ministry's own words; then what people ask for; what is left and has
 * to do with a consultation is an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"
#include "daemon/judge/learnt.h"
#include "daemon/judge/machine.h"
#include "daemon/judge/matter.h"
#include "daemon/judge/points.h"

#define LINE_WORDS	30	/* a line or two: "uttalelsen bør strykes" is about the sender's own */
#define PERSON_WORDS	25	/* of one on a list: name, work, address, telephone */
#define LEARNT_ANSWER	70	/* of 100: how sure it is that it reads like one, where nothing else says so */
#define LETTER_WORDS	120	/* a request in an attached letter, with its head */

/* --- people -------------------------------------------------------------------------------------------------------- */

static size_t
persons_listed(const struct session *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->p->n_signals; i++)
		n += s->p->signals[i].kind == SIGNAL_PERSON && s->p->signals[i].zone == s->voice;
	return n;
}

/* What speaks for an answer against a sign-up, a request or a question. */
static void
answer_evidence(struct points *p)
{
	struct session *s = p->s;
	size_t          persons = persons_listed(s);
	int             signs_up = p->kind == KIND_REGISTRATION && persons > 0;

	if (judge_documents(s) > 0 && !signs_up)
		points_add(p, p->kind == KIND_REGISTRATION ? -20 : -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS + PERSON_WORDS * (p->kind == KIND_REGISTRATION ? persons : 0))
		points_add(p, -60, "many-own-words", NULL, "");
	if (signs_up && matter_in_registration_mailbox(s))
		;	/* "vi har ikke noe å si": who comes will only listen */
	else if (!points_phrase(p, "no-remarks", IN(s->voice) | IN(ZONE_BODY), -50))	/* said above a mail that is passed on, too */
		(void)points_phrase(p, "no-remarks-else", IN(s->voice), -50);
	(void)points_phrase(p, "declines", IN(s->voice), -50);
	if (judge_documents(s) > 0 || !signs_up)
		(void)points_phrase(p, "encloses", IN(s->voice), -20);	/* "her er våre to:" encloses nothing */
	(void)points_phrase(p, "substance", IN(s->voice), -40);
}

/* By its words, or by where it was sent: then no place of the mail says so. */
static void
of_meeting(struct points *p, int points)
{
	const struct signal *word = judge_find(p->s, SIGNAL_PHRASE, "meeting", IN_VOICE(p->s) | IN(ZONE_QUOTED));

	if (word == NULL && !matter_in_registration_mailbox(p->s))
		return;
	points_add(p, points, "of-a-meeting", word, word == NULL ? p->s->c->mailboxes[0] : NULL);
}

/* "SV: Invitasjon til skriftlige innspill": a reply's subject is the ministry's, where answers are not sent to. */
static void
answer_in_subject(struct points *p)
{
	static const char *const passed_on[] = { "vs:", "fw:", "fwd:", "vidaresend:", "videresend:", NULL };

	if (!(matter_in_registration_mailbox(p->s) && (matter_is_reply(p->s) || judge_subject_begins(p->s, passed_on))))
		(void)points_phrase(p, "answer", IN(ZONE_SUBJECT), -30);
}

/* A sign-up, or that nobody can come. */
static int
is_for_meeting(struct session *s, enum mail_kind *kind)
{
	struct points yes = { s, KIND_REGISTRATION, 0 }, no = { s, KIND_DECLINE, 0 };
	const struct signal *person = judge_who_comes(s, IN(s->voice) | IN(ZONE_ATTACHMENT));
	const struct signal *instead = judge_find(s, SIGNAL_PERSON_LEAVES, NULL, IN(s->voice)) == NULL ? NULL :
	    judge_find(s, SIGNAL_PHRASE, "takes-place", IN(s->voice));	/* somebody comes in the place of one who does not */

	if (!points_phrase(&no, "meeting-decline", IN_VOICE(s), 50) && matter_in_registration_mailbox(s) && person == NULL && judge_own_words(s) <= SHORT_WORDS &&
	    judge_find(s, SIGNAL_PHRASE, "proposal", IN(s->voice)) == NULL && (matter_is_reply(s) || matter_known_case(s, IN_VOICE(s)) == NULL) &&
	    judge_find(s, SIGNAL_PHRASE, "registration", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "comes-self", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "answer", matter_is_reply(s) ? IN(s->voice) : IN_VOICE(s)) == NULL)
		(void)points_phrase(&no, "negation", IN(s->voice), 40);	/* a bare "dessverre ikke", and no answer that it could be part of */
	if (no.sum > 0)
		of_meeting(&no, 25);
	(void)points_phrase(&yes, "registration", IN(ZONE_SUBJECT), 40);
	if (!points_phrase(&yes, "registration", IN(s->voice), 30)) {
		if (instead != NULL)
			points_add(&yes, 30, "takes-place", instead, "");
		else if (matter_in_registration_mailbox(s) && judge_own_words(s) <= SHORT_WORDS && !points_phrase(&yes, "comes-self", IN(s->voice), 30))
			(void)points_phrase(&yes, "comes-here", IN(s->voice), 30);	/* where nobody writes of anything but who comes */
	}
	if (yes.sum == 0 && no.sum == 0 && !matter_in_registration_mailbox(s))
		return 0;
	if (person != NULL)
		points_add(&yes, 30, "persons", person, "");
	if (matter_in_registration_mailbox(s))
		points_add(&yes, 25, "registration-mailbox", NULL, "");
	of_meeting(&yes, 10);
	if (person == NULL && judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) != NULL)
		(void)(points_phrase(&yes, "inquiry", IN_VOICE(s), -30) || points_phrase(&yes, "inquiry-maybe", IN_VOICE(s), -30));	/* who asks first, and names nobody */
	answer_evidence(&yes);
	answer_evidence(&no);
	/* Why nobody can come sounds like an opinion: "it is too far". */
	if (matter_in_registration_mailbox(s) && judge_documents(s) == 0 && judge_own_words(s) <= SHORT_WORDS && no.sum > 0 &&
	    judge_find(s, SIGNAL_PHRASE, "substance", IN(s->voice)) != NULL)
		points_add(&no, 40, "reason-to-stay-away", NULL, "");
	if (matter_in_registration_mailbox(s) && judge_find(s, SIGNAL_PHRASE, "meeting-decline", IN(s->voice)) != NULL &&
	    judge_find(s, SIGNAL_PHRASE, "no-remarks", IN(s->voice)) != NULL && judge_find(s, SIGNAL_PHRASE, "matter-at-hand", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "answer", IN(s->voice)) == NULL && judge_documents(s) == 0)
		points_add(&no, 50, "of-who-comes", NULL, "");	/* "vi sender heller ingen andre" */
	if (no.sum > 0 && !matter_in_registration_mailbox(s) && judge_find(s, SIGNAL_PHRASE, "invited", IN_VOICE(s)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "matter-at-hand", IN(s->voice)) != NULL)
		points_add(&no, -40, "not-of-the-invitation", NULL, "");	/* "møtet mellom barnet og familien" */
	if (person == NULL)
		learnt_against(&yes, "registration", judge_find(s, SIGNAL_PHRASE, "registration", IN(s->voice)) != NULL ? LEARNT_CLEARLY : LEARNT_OTHER);
	if (!matter_in_registration_mailbox(s) && no.sum > 0)
		learnt_against(&no, "decline", LEARNT_OTHER);
	answer_in_subject(&yes);
	if (!(matter_in_registration_mailbox(s) && judge_find(s, SIGNAL_PHRASE, "answer", IN(s->voice)) == NULL))
		answer_in_subject(&no);	/* "Svar på invitasjon": to the meeting */
	if (no.sum >= ENOUGH && ((person == NULL && instead == NULL) || yes.sum < ENOUGH)) {
		*kind = KIND_DECLINE;
		return 1;
	}
	*kind = KIND_REGISTRATION;
	return yes.sum >= ENOUGH;
}

/* "Vedlagt oversendes dokument i saken", and the document is a letter that asks for time and says no more. */
static int
letter_asks_for_time(const struct session *s)
{
	unsigned letter = IN(ZONE_ATTACHMENT);

	return judge_find(s, SIGNAL_PHRASE, "extension-asked", letter) != NULL && judge_documents(s) == 1 && judge_own_words(s) <= SHORT_WORDS &&
	    judge_words(s, DIGEST_ANSWER) <= LETTER_WORDS && judge_find(s, SIGNAL_PHRASE, "substance", letter) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "demand", letter) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "no-remarks", letter) == NULL && judge_find(s, SIGNAL_PHRASE, "substance", IN(s->voice)) == NULL;
}

/* "Saken er oppe i styret 5. juni. Kan fristen …": which groups say in a sentence, or in two, that the answer's time is asked for. */
static int
asks_for_time(struct points *p)
{
	unsigned voice = IN_VOICE(p->s);

	if (points_phrase(p, "asks-time", voice, ENOUGH))
		return 1;
	if (judge_own_words(p->s) > SHORT_WORDS)
		return 0;
	if ((judge_find(p->s, SIGNAL_PHRASE, "deadline", voice) != NULL || judge_find(p->s, SIGNAL_PHRASE, "deadline-to-answer", voice) != NULL) &&
	    points_phrase(p, "asks-move", voice, ENOUGH))
		return 1;	/* "Fristen er knapp. Vi ber om at den flyttes." */
	return judge_find(p->s, SIGNAL_PHRASE, "meets-then", voice) != NULL && points_phrase(p, "asks-wait", voice, ENOUGH);
}

/* What speaks for an answer against a request that surely is one: an opinion of more than the time. */
static void
beside_time(struct points *p)
{
	struct session *s = p->s;

	if (judge_documents(s) > 0)
		points_add(p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		points_add(p, -60, "many-own-words", NULL, "");
	if (!points_phrase(p, "no-remarks", IN(s->voice), -50))
		(void)points_phrase(p, "no-remarks-else", IN(s->voice), -50);
	(void)points_phrase(p, "encloses", IN(s->voice), -20);
	(void)points_phrase(p, "on-matter", IN(s->voice), -80);
}

static int
is_extension(struct session *s)
{
	struct points p = { s, KIND_EXTENSION_REQUEST, 0 };
	int           sure;

	if (letter_asks_for_time(s))
		return points_phrase(&p, "extension-asked", IN(ZONE_ATTACHMENT), ENOUGH);
	sure = asks_for_time(&p);
	if (!sure) {
		(void)points_phrase(&p, "extension", IN(ZONE_SUBJECT), 40);
		(void)points_phrase(&p, "extension", IN(s->voice), 40);
	}
	if (p.sum == 0)
		return 0;
	(void)points_phrase(&p, "request", IN_VOICE(s), 25);
	(void)points_phrase(&p, "question-mark", IN(s->voice), 15);
	if (judge_own_words(s) <= SHORT_WORDS)
		points_add(&p, 10, "few-own-words", NULL, "");
	if (judge_find(s, SIGNAL_PHRASE, "of-matter", IN_VOICE(s)) == NULL)
		(void)learnt_for(&p, "extension");
	if (sure)
		beside_time(&p);
	else
		answer_evidence(&p);
	if (!sure && judge_find(s, SIGNAL_PHRASE, "of-answering", IN_VOICE(s)) == NULL && !matter_is_bare_question(s))
		points_add(&p, -40, "not-of-answering", NULL, "");	/* "ferja trenger lengre tid ved kai" */
	(void)points_phrase(&p, "of-matter", IN_VOICE(s), -40);
	if (!sure)
		learnt_against(&p, "extension", LEARNT_OTHER);
	/* "Høringsuttalelse fra …" that says it is late, and asks for things that are not time; the subject of who surely asks is the ministry's. */
	if (!points_phrase(&p, "extension-asked", IN(s->voice), 15) && judge_find(s, SIGNAL_PHRASE, "extension", IN(ZONE_SUBJECT)) == NULL)
		(void)points_phrase(&p, "answer", IN(ZONE_SUBJECT), sure ? -10 : -30);
	return p.sum >= ENOUGH;
}

static int
is_inquiry(struct session *s)
{
	struct points p = { s, KIND_INQUIRY, 0 };
	size_t        words = judge_own_words(s);
	const struct signal *sold;
	int           asked, to_us = matter_in_registration_mailbox(s) || judge_find(s, SIGNAL_PHRASE, "of-procedure", IN(s->voice)) != NULL;

	(void)points_phrase(&p, "inquiry", IN(ZONE_SUBJECT), 30);
	asked = points_phrase(&p, "inquiry", IN(s->voice), 40) || p.sum > 0;
	if (points_phrase(&p, "question-mark", IN(s->voice), 30) && !asked && to_us)
		asked = points_phrase(&p, "inquiry-maybe", IN(s->voice), 40);
	if (p.sum == 0)
		return 0;
	if (!learnt_for(&p, "inquiry") && !asked && !to_us)
		points_add(&p, -30, "of-no-procedure", NULL, "");	/* "hvor skal ungene gå på skole?" asks nobody */
	if (words > 0 && words <= SHORT_WORDS)
		points_add(&p, 30, "few-own-words", NULL, "");
	if ((sold = matter_other_business(s, 0)) != NULL)
		points_add(&p, -60, "sells-something", sold, NULL);
	answer_evidence(&p);
	(void)points_phrase(&p, "answer", IN(ZONE_SUBJECT), -25);
	(void)points_phrase(&p, "endorses", IN(s->voice), -30);
	learnt_against(&p, "inquiry", asked && judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) != NULL ? LEARNT_CLEARLY : LEARNT_OTHER);
	if ((!asked || judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) == NULL) &&
	    judge_find(s, SIGNAL_PHRASE, "inquiry", IN(ZONE_SUBJECT)) == NULL && !points_phrase(&p, "opinion", IN(s->voice), -30))
		(void)points_phrase(&p, "agrees", IN(s->voice), -30);	/* "hvorfor ikke før?" asks nobody */
	return p.sum >= ENOUGH;
}

static int
is_withdrawal(struct session *s)
{
	struct points p = { s, KIND_WITHDRAWAL, 0 };

	(void)points_phrase(&p, "withdrawal", IN(ZONE_SUBJECT), 50);
	(void)points_phrase(&p, "withdrawal", IN(s->voice), 40);
	if (p.sum == 0)
		return 0;
	(void)points_phrase(&p, "hearing", IN_VOICE(s), 20);
	(void)learnt_for(&p, "withdrawal");
	if (judge_own_words(s) > 0 && judge_own_words(s) <= (judge_find(s, SIGNAL_PHRASE, "substance", IN(s->voice)) == NULL ? SHORT_WORDS : LINE_WORDS))
		points_add(&p, 20, "few-own-words", NULL, "");
	if (judge_find(s, SIGNAL_REPLACES, NULL, IN_VOICE(s)) != NULL)
		points_add(&p, -60, "replaces", NULL, "");	/* "trekkes tilbake og erstattes av" is a revision */
	if (judge_documents(s) > 0)
		points_add(&p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		points_add(&p, -60, "many-own-words", NULL, "");
	(void)points_phrase(&p, "encloses", IN(s->voice), -40);
	if (points_phrase(&p, "substance", IN(s->voice), -20) && learnt_reads(s, "reads-as-withdrawal", IN(s->voice), LEARNT_SURE, NULL) == NULL)
		points_add(&p, -40, "answers-anew", NULL, "");	/* "… og mener nå at": another answer in the place of that */
	if (judge_find(s, SIGNAL_PHRASE, "withdrawal", IN(ZONE_SUBJECT)) == NULL)
		learnt_against(&p, "withdrawal", LEARNT_OTHER);
	return p.sum >= ENOUGH;
}

/* Anything that has to do with a consultation; a mail that has not is "other" and a person looks at it. */
static int
is_response(struct session *s)
{
	struct points p = { s, KIND_RESPONSE, 0 };
	const struct signal *number, *said = NULL;
	unsigned      all = IN_VOICE(s) | IN(ZONE_ATTACHMENT) | IN(ZONE_FILENAME);
	const char   *title;
	const struct signal *other = matter_other_business(s, 1);

	if (other != NULL && matter_speaks_of_title(s) == NULL)
		points_add(&p, -40, "other-business", other, NULL);
	(void)points_phrase(&p, "answer", all, 40);
	(void)points_phrase(&p, "hearing", all | IN(ZONE_QUOTED), 20);
	(void)points_phrase(&p, "refers", all, 10);
	(void)points_phrase(&p, "encloses", all, 20);
	if (!points_phrase(&p, "no-remarks", all, 30))
		(void)points_phrase(&p, "no-remarks-else", all, 30);
	(void)points_phrase(&p, "proposal", all, matter_in_consultation_mailbox(s) ? 20 : 15);
	(void)points_phrase(&p, "substance", all, matter_in_consultation_mailbox(s) ? 20 : 15);
	(void)points_phrase(&p, "agrees", all, 15);
	(void)points_phrase(&p, "endorses", all, 30);
	if (matter_in_consultation_mailbox(s) && !points_phrase(&p, "opinion", IN(s->voice) | IN(ZONE_SUBJECT), 20))
		(void)points_phrase(&p, "demand", IN(s->voice), 20);
	(void)points_phrase(&p, "declines", all, 30);
	if (judge_find(s, SIGNAL_REPLACES, NULL, IN_VOICE(s)) != NULL)
		points_add(&p, 30, "replaces", NULL, "");
	if ((number = matter_known_case(s, IN_ALL)) != NULL)
		points_add(&p, 40, "case-ref", number, number->value.p);
	if (judge_documents(s) > 0)
		points_add(&p, 25, "has-documents", NULL, "");
	if (judge_own_words(s) > SHORT_WORDS)
		points_add(&p, 25, "many-own-words", NULL, "");
	if (matter_in_registration_mailbox(s) && !matter_in_consultation_mailbox(s))
		return p.sum >= 40;	/* what the meeting is about its invitation says as well */
	if (p.sum < 20 && matter_in_consultation_mailbox(s) && (said = learnt_reads(s, "reads-as-answer", IN(s->voice), LEARNT_ANSWER, NULL)) == NULL)
		said = learnt_reads(s, "reads-as-no-remarks", IN(s->voice), LEARNT_ANSWER, NULL);
	if (said != NULL)
		points_add(&p, 20, said->value.p, said, NULL);
	if (p.sum < 20 && (title = matter_title_in(s, all | IN(ZONE_QUOTED))) != NULL)
		points_add(&p, 20, "title", NULL, title);
	if (p.sum < 20 && (title = matter_speaks_of_title(s)) != NULL)
		points_add(&p, 20, "speaks-of-title", NULL, title);
	return p.sum >= 20;
}

/* What speaks for an answer in a mail judged to be none; NULL without. */
static const char *
speaks_for_answer(const struct session *s, enum mail_kind kind)
{
	static const char *const weighed[] = { "answer", "of-matter", "on-matter", "many-own-words", "has-documents" };
	static const char *const said[] = { "substance", "demand", "on-matter", "endorses", "of-matter-maybe", "sentence-as-answer", "reads-as-answer" };
	size_t i, k;

	for (i = 0; i < s->v->n_evidence; i++)
		for (k = 0; k < sizeof weighed / sizeof weighed[0]; k++)
			if (s->v->evidence[i].weight < 0 && strcmp(s->v->evidence[i].value, kind_name(kind)) == 0 && strcmp(s->v->evidence[i].rule, weighed[k]) == 0)
				return weighed[k];
	for (k = 0; k < sizeof said / sizeof said[0]; k++)
		if (judge_find(s, SIGNAL_PHRASE, said[k], IN(s->voice)) != NULL)
			return said[k];
	if (kind == KIND_INQUIRY && judge_find(s, SIGNAL_PHRASE, "of-procedure", IN_VOICE(s)) == NULL)
		return "of-no-procedure";	/* "hvem skal betale?" */
	return !matter_is_reply(s) && judge_find(s, SIGNAL_PHRASE, "answer", IN(ZONE_SUBJECT)) != NULL ? "answer" : NULL;
}

/* No mark of a mail program, nor where it was sent to, says what it is: its words alone set it aside. */
static int
by_words_alone(const struct session *s, enum mail_kind kind)
{
	if (kind == KIND_AUTO_REPLY)
		return judge_find(s, SIGNAL_AUTOMATIC, NULL, IN_ALL) == NULL;
	return kind == KIND_EXTENSION_REQUEST || kind == KIND_INQUIRY || kind == KIND_WITHDRAWAL || kind == KIND_DECLINE ||
	    (kind == KIND_REGISTRATION && !matter_in_registration_mailbox(s));
}

/* Set aside by its words, though it may be an answer, or by what they read like and not surely so: a person looks. */
static void
doubt(struct session *s, enum mail_kind kind)
{
	const char *rule;
	unsigned    sure;

	if (!by_words_alone(s, kind))
		return;
	if ((rule = speaks_for_answer(s, kind)) != NULL)
		judge_review(s, "unknown-kind", judge_say(s, "judged %s, and something in it speaks for an answer: %s", kind_name(kind), rule), "");
	else if ((sure = learnt_decided(s, kind)) > 0 && sure < LEARNT_CLEARLY)
		judge_review(s, "unknown-kind", judge_say(s, "judged %s only by what its words read like (%u of 100)", kind_name(kind), sure), "");
}

static enum mail_kind
human_kind(struct session *s)
{
	enum mail_kind kind;

	if (is_withdrawal(s))
		return KIND_WITHDRAWAL;
	if (is_for_meeting(s, &kind))
		return kind;
	if (is_extension(s))
		return KIND_EXTENSION_REQUEST;
	if (is_inquiry(s))
		return KIND_INQUIRY;
	if (learnt_kind(s, &kind))
		return kind;
	return is_response(s) ? KIND_RESPONSE : KIND_OTHER;
}

void
judge_kind(struct session *s)
{
	struct verdict *v = s->v;
	int             own = 0;

	if (s->c->parse_failure != NULL || !s->p->complete || !s->p->has_envelope) {
		v->kind = KIND_UNPARSED;
		judge_tell(s, "kind", "unparsed", "records-incomplete", 0, NULL, s->c->parse_failure == NULL ? "" : s->c->parse_failure);
		judge_review(s, "unparsed", "the parser could not read all of this mail; what it read is kept", "");
	} else if (machine_kind(s, &v->kind))
		s->is_machine = 1;
	else if ((own = own_letter(s)))
		v->kind = KIND_OTHER;
	else
		v->kind = human_kind(s);
	if (s->c->decided_kind < 0)
		doubt(s, v->kind);
	if (v->kind == KIND_OTHER && !own)
		judge_review(s, "unknown-kind", "nothing in the mail tells what it is to a consultation", "");
	if (s->c->decided_kind >= 0) {
		v->kind = (enum mail_kind)s->c->decided_kind;
		s->is_machine = 0;
		v->automatic_why = "operator";
		judge_tell(s, "kind", kind_name(v->kind), "operator", 1000, NULL, "");
	}
}
