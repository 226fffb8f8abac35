/*
 * What a mail is. Machines first, since they quote the ministry's own words; then what people ask for; what is left and has
 * to do with a consultation is an answer. Points for and against; each is told as evidence.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"
#include "daemon/judge/matter.h"

#define ENOUGH		60	/* points that decide */
#define SHORT_WORDS	60	/* a question or a request */
#define LINE_WORDS	30	/* a line or two: "uttalelsen bør strykes" is about the sender's own */
#define LETTER_WORDS	120	/* a request in an attached letter, with its head */
#define LONG_WORDS	90	/* more own words than this are an answer, whatever is asked among them */

/* --- points -------------------------------------------------------------------------------------------------------- */

struct points {
	struct session *s;
	enum mail_kind  kind;
	int             sum;
};

static void
add(struct points *p, int weight, const char *rule, const struct signal *from, const char *input)
{
	p->sum += weight;
	judge_tell(p->s, "kind", kind_name(p->kind), rule, weight, from, input);
}

/* Adds when a phrase of the group stands in one of the zones. */
static int
phrase(struct points *p, const char *group, unsigned zones, int weight)
{
	const struct signal *found = judge_find(p->s, SIGNAL_PHRASE, group, zones);

	if (found == NULL)
		return 0;
	add(p, weight, group, found, NULL);
	return 1;
}

static int
mark(struct points *p, const char *name, int weight)
{
	const struct signal *found = judge_find(p->s, SIGNAL_AUTOMATIC, name, IN(ZONE_HEADER));

	if (found == NULL)
		return 0;
	add(p, weight, name, found, NULL);
	return 1;
}

static int
mark_says(const struct session *s, const char *name, const char *value)
{
	const struct signal *found = judge_find(s, SIGNAL_AUTOMATIC, name, IN(ZONE_HEADER));

	return found != NULL && strncasecmp(found->extra.p, value, strlen(value)) == 0;
}

/* "Svar fra Storvik kommune"; that the house has received a mail its machine says as well. */
static int
is_answer_from(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_FROM_ORGANISATION && (IN_VOICE(s) & IN(one->zone)) != 0 && strncmp(one->extra.p, NAMED_MARK, strlen(NAMED_MARK)) != 0)
			return 1;
	}
	return 0;
}

/* What no machine writes: an answer's own words or documents. */
static void
human_evidence(struct points *p)
{
	struct session *s = p->s;

	if (judge_documents(s) > 0)
		add(p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		add(p, -30, "many-own-words", NULL, "");
	if (!phrase(p, "no-remarks", IN(s->voice), -40))
		(void)phrase(p, "no-remarks-else", IN(s->voice), -40);
	(void)phrase(p, "substance", IN(s->voice), -25);
	(void)phrase(p, "encloses", IN(s->voice), -20);
	if (is_answer_from(s))
		add(p, -20, "names-its-organisation", NULL, "");
	if (s->voice == ZONE_FORWARDED)
		add(p, -40, "passed-on", NULL, s->inner_address);
}

/* --- machines ------------------------------------------------------------------------------------------------------ */

static int
is_bounce(struct session *s)
{
	struct points p = { s, KIND_BOUNCE, 0 };

	if (!mark(&p, "report/delivery-status", 80))
		(void)mark(&p, "message/delivery-status", 80);
	(void)phrase(&p, "bounce-subject", IN(ZONE_SUBJECT), 40);
	(void)phrase(&p, "bounce-body", IN(ZONE_BODY), 20);
	if (mark_says(s, "machine-sender", "mailer-daemon") || mark_says(s, "machine-sender", "postmaster"))
		(void)mark(&p, "machine-sender", 40);
	(void)mark(&p, "x-failed-recipients", 40);
	if (p.sum > 0 && p.sum < ENOUGH)
		(void)mark(&p, "null-return-path", 20);
	return p.sum >= ENOUGH;
}

static int
is_receipt(struct session *s)
{
	struct points p = { s, KIND_RECEIPT, 0 };

	(void)mark(&p, "report/disposition-notification", 80);
	if (phrase(&p, "receipt-subject", IN(ZONE_SUBJECT), 30)) {
		(void)phrase(&p, "receipt-body", IN(ZONE_BODY), 30);
		if (!mark(&p, "auto-submitted", 30))
			(void)mark(&p, "null-return-path", 30);
		if (judge_documents(s) > 0 || judge_own_words(s) > SHORT_WORDS)
			add(&p, -60, "is-no-receipt", NULL, "");
	}
	return p.sum >= ENOUGH;
}

/* Short, without document, and no word on what a consultation is about. */
static int
says_nothing_on_a_matter(const struct session *s)
{
	static const char *const matters[] = { "answer", "no-remarks", "no-remarks-else", "declines", "endorses", "encloses",
		"refers", "substance", "agrees" };
	size_t i;

	for (i = 0; i < sizeof matters / sizeof matters[0]; i++)
		if (judge_find(s, SIGNAL_PHRASE, matters[i], IN(s->voice)) != NULL)
			return 0;
	return judge_documents(s) == 0 && judge_own_words(s) <= SHORT_WORDS;
}

static int
is_reply(const struct session *s)
{
	static const char *const prefixes[] = { "sv:", "re:", "ad:", "aw:", NULL };

	return judge_subject_begins(s, prefixes);
}

/* It wants something of the ministry, as no machine does. */
static int
asks_or_offers(const struct session *s)
{
	static const char *const groups[] = { "question-mark", "inquiry", "inquiry-maybe", "extension", "asks-time", "registration", "meeting-decline", "withdrawal" };
	size_t i;

	for (i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (judge_find(s, SIGNAL_PHRASE, groups[i], IN(s->voice)) != NULL)
			return 1;
	return 0;
}

static int
is_auto_reply(struct session *s)
{
	struct points p = { s, KIND_AUTO_REPLY, 0 };
	unsigned      said = matter_places(s, "auto-body");
	int           sounds;
	const struct signal *sound;

	if (mark_says(s, "auto-submitted", "auto-replied"))
		(void)mark(&p, "auto-submitted", 60);
	else
		(void)mark(&p, "auto-submitted", 50);
	(void)mark(&p, "x-autoreply", 60);
	if (mark_says(s, "precedence", "auto"))
		(void)mark(&p, "precedence", 50);
	else
		(void)mark(&p, "precedence", 10);
	(void)mark(&p, "null-return-path", 40);
	(void)mark(&p, "x-auto-response-suppress", 5);
	(void)phrase(&p, "auto-subject", IN(ZONE_SUBJECT), 60);
	(void)phrase(&p, "auto-body", IN(ZONE_BODY), said > 1 ? 50 : 40);
	if (is_reply(s) && !asks_or_offers(s) && !matter_in_registration_mailbox(s) && (sounds = matter_sounds_automatic(s, &sound)) > 0)
		add(&p, said == 0 ? sounds : sounds > 15 ? 10 : 0, sound->value.p, sound, NULL);
	if (p.sum > 0) {
		if (p.sum <= 50 && !is_reply(s) && said < 2 && !phrase(&p, "opinion", IN(s->voice), -25))
			(void)phrase(&p, "request", IN(s->voice), -20);	/* "jeg er på ferie, men behold bussen": no machine begins a thread so */
		if (says_nothing_on_a_matter(s))
			add(&p, is_reply(s) && !asks_or_offers(s) && (said != 1 || !matter_is_spoken_of(s, 0)) ? 25 : 15, "nothing-of-an-answer", NULL, "");
		human_evidence(&p);
		if (asks_or_offers(s))
			add(&p, -15, "asks-something", NULL, "");
		if (judge_find(s, SIGNAL_PHRASE, "auto-subject", IN(ZONE_SUBJECT)) == NULL)
			(void)phrase(&p, "answer", is_reply(s) ? IN(s->voice) : IN_VOICE(s), -40);	/* a reply's subject is the ministry's */
	}
	return p.sum >= ENOUGH;
}

/* Newsletter or spam; *kind says which. */
static int
is_mass_mail(struct session *s, enum mail_kind *kind)
{
	struct points p = { s, KIND_NEWSLETTER, 0 };
	const struct signal *number, *person;
	unsigned      spam = judge_count(s, SIGNAL_PHRASE, "spam", IN(ZONE_SUBJECT) | IN(ZONE_BODY));
	unsigned      letters = judge_count(s, SIGNAL_PHRASE, "newsletter", IN(ZONE_SUBJECT) | IN(ZONE_BODY));

	if (judge_find(s, SIGNAL_LIST, "list-unsubscribe", IN_ALL) != NULL)
		add(&p, 40, "list-unsubscribe", NULL, "");
	if (judge_find(s, SIGNAL_LIST, "list-id", IN_ALL) != NULL)
		add(&p, 30, "list-id", NULL, "");
	if (mark_says(s, "precedence", "bulk") || mark_says(s, "precedence", "list"))
		(void)mark(&p, "precedence", 20);
	(void)mark(&p, "x-spam-flag", 40);
	(void)mark(&p, "mass-mailing", 30);
	(void)mark(&p, "machine-sender", 30);
	if (letters > 0)
		(void)phrase(&p, "newsletter", IN(ZONE_SUBJECT) | IN(ZONE_BODY), letters > 1 ? 50 : 35);
	*kind = p.kind = spam > 0 && spam >= letters ? KIND_SPAM : KIND_NEWSLETTER;
	if (spam > 0)
		(void)phrase(&p, "spam", IN(ZONE_SUBJECT) | IN(ZONE_BODY), spam > 2 ? 60 : spam > 1 ? 45 : 25);
	if (p.sum == 0)
		return 0;
	human_evidence(&p);
	if (judge_find(s, SIGNAL_PHRASE, "registration", IN_VOICE(s)) != NULL && (person = judge_who_comes(s, IN(s->voice))) != NULL)
		add(&p, -60, "persons", person, "");	/* who signs up somebody by name and address sells nothing */
	if ((number = matter_known_case(s, IN_ALL)) != NULL)
		add(&p, -60, "case-ref", number, number->value.p);
	if (!phrase(&p, "answer", IN(ZONE_SUBJECT), p.sum >= 90 ? -20 : -40) && judge_find(s, SIGNAL_PHRASE, "refers", IN(ZONE_BODY)) == NULL &&
	    judge_find(s, SIGNAL_SIGNATURE_LINE, NULL, IN(ZONE_SIGNATURE)) == NULL)
		add(&p, 25, "nothing-of-an-answer", NULL, "");
	(void)phrase(&p, "link", IN(ZONE_BODY), 10);
	if (judge_find(s, SIGNAL_LANGUAGE, "en", IN_ALL) != NULL && judge_find(s, SIGNAL_PHRASE, "hearing", IN_ALL) == NULL)
		add(&p, 15, "english-without-hearing", NULL, "");
	return p.sum >= ENOUGH;
}

/* --- people -------------------------------------------------------------------------------------------------------- */

/* What speaks for an answer against a sign-up, a request or a question. */
static void
answer_evidence(struct points *p)
{
	struct session *s = p->s;
	int             persons = judge_find(s, SIGNAL_PERSON, NULL, IN(s->voice)) != NULL;

	if (judge_documents(s) > 0 && !(p->kind == KIND_REGISTRATION && persons))
		add(p, p->kind == KIND_REGISTRATION ? -20 : -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		add(p, -60, "many-own-words", NULL, "");
	if (!phrase(p, "no-remarks", IN(s->voice) | IN(ZONE_BODY), -50))	/* said above a mail that is passed on, too */
		(void)phrase(p, "no-remarks-else", IN(s->voice), -50);
	(void)phrase(p, "declines", IN(s->voice), -50);
	if (judge_documents(s) > 0 || !(p->kind == KIND_REGISTRATION && persons))
		(void)phrase(p, "encloses", IN(s->voice), -20);	/* "her er våre to:" encloses nothing */
	(void)phrase(p, "substance", IN(s->voice), -40);
}

/* By its words, or by where it was sent: then no place of the mail says so. */
static void
of_meeting(struct points *p, int points)
{
	const struct signal *word = judge_find(p->s, SIGNAL_PHRASE, "meeting", IN_VOICE(p->s) | IN(ZONE_QUOTED));

	if (word == NULL && !matter_in_registration_mailbox(p->s))
		return;
	add(p, points, "of-a-meeting", word, word == NULL ? p->s->c->mailboxes[0] : NULL);
}

/* "SV: Invitasjon til skriftlige innspill": a reply's subject is the ministry's, where answers are not sent to. */
static void
answer_in_subject(struct points *p)
{
	static const char *const passed_on[] = { "vs:", "fw:", "fwd:", "vidaresend:", "videresend:", NULL };

	if (!(matter_in_registration_mailbox(p->s) && (is_reply(p->s) || judge_subject_begins(p->s, passed_on))))
		(void)phrase(p, "answer", IN(ZONE_SUBJECT), -30);
}

/* A sign-up, or that nobody can come. */
static int
is_for_meeting(struct session *s, enum mail_kind *kind)
{
	struct points yes = { s, KIND_REGISTRATION, 0 }, no = { s, KIND_DECLINE, 0 };
	const struct signal *person = judge_who_comes(s, IN(s->voice) | IN(ZONE_ATTACHMENT));
	const struct signal *instead = judge_find(s, SIGNAL_PERSON_LEAVES, NULL, IN(s->voice)) == NULL ? NULL :
	    judge_find(s, SIGNAL_PHRASE, "takes-place", IN(s->voice));	/* somebody comes in the place of one who does not */

	if (!phrase(&no, "meeting-decline", IN_VOICE(s), 50) && matter_in_registration_mailbox(s) && person == NULL && judge_own_words(s) <= SHORT_WORDS &&
	    judge_find(s, SIGNAL_PHRASE, "registration", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "comes-self", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "answer", is_reply(s) ? IN(s->voice) : IN_VOICE(s)) == NULL)
		(void)phrase(&no, "negation", IN(s->voice), 40);	/* a bare "dessverre ikke", and no answer that it could be part of */
	if (no.sum > 0)
		of_meeting(&no, 25);
	(void)phrase(&yes, "registration", IN(ZONE_SUBJECT), 40);
	if (!phrase(&yes, "registration", IN(s->voice), 30)) {
		if (instead != NULL)
			add(&yes, 30, "takes-place", instead, "");
		else if (matter_in_registration_mailbox(s) && judge_own_words(s) <= SHORT_WORDS && !phrase(&yes, "comes-self", IN(s->voice), 30))
			(void)phrase(&yes, "comes-here", IN(s->voice), 30);	/* where nobody writes of anything but who comes */
	}
	if (yes.sum == 0 && no.sum == 0 && !matter_in_registration_mailbox(s))
		return 0;
	if (person != NULL)
		add(&yes, 30, "persons", person, "");
	if (matter_in_registration_mailbox(s))
		add(&yes, 25, "registration-mailbox", NULL, "");
	of_meeting(&yes, 10);
	if (person == NULL && judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) != NULL)
		(void)(phrase(&yes, "inquiry", IN_VOICE(s), -30) || phrase(&yes, "inquiry-maybe", IN_VOICE(s), -30));	/* who asks first, and names nobody */
	answer_evidence(&yes);
	answer_evidence(&no);
	/* Why nobody can come sounds like an opinion: "it is too far". */
	if (matter_in_registration_mailbox(s) && judge_documents(s) == 0 && judge_own_words(s) <= SHORT_WORDS && no.sum > 0 &&
	    judge_find(s, SIGNAL_PHRASE, "substance", IN(s->voice)) != NULL)
		add(&no, 40, "reason-to-stay-away", NULL, "");
	if (matter_in_registration_mailbox(s) && judge_find(s, SIGNAL_PHRASE, "meeting-decline", IN(s->voice)) != NULL &&
	    judge_find(s, SIGNAL_PHRASE, "no-remarks", IN(s->voice)) != NULL && judge_find(s, SIGNAL_PHRASE, "matter-at-hand", IN(s->voice)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "answer", IN(s->voice)) == NULL && judge_documents(s) == 0)
		add(&no, 50, "of-who-comes", NULL, "");	/* "vi sender heller ingen andre" */
	if (no.sum > 0 && !matter_in_registration_mailbox(s) && judge_find(s, SIGNAL_PHRASE, "invited", IN_VOICE(s)) == NULL &&
	    judge_find(s, SIGNAL_PHRASE, "matter-at-hand", IN(s->voice)) != NULL)
		add(&no, -40, "not-of-the-invitation", NULL, "");	/* "møtet mellom barnet og familien" */
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

	if (phrase(p, "asks-time", voice, ENOUGH))
		return 1;
	if (judge_own_words(p->s) > SHORT_WORDS)
		return 0;
	if ((judge_find(p->s, SIGNAL_PHRASE, "deadline", voice) != NULL || judge_find(p->s, SIGNAL_PHRASE, "deadline-to-answer", voice) != NULL) &&
	    phrase(p, "asks-move", voice, ENOUGH))
		return 1;	/* "Fristen er knapp. Vi ber om at den flyttes." */
	return judge_find(p->s, SIGNAL_PHRASE, "meets-then", voice) != NULL && phrase(p, "asks-wait", voice, ENOUGH);
}

/* What speaks for an answer against a request that surely is one: an opinion of more than the time. */
static void
beside_time(struct points *p)
{
	struct session *s = p->s;

	if (judge_documents(s) > 0)
		add(p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		add(p, -60, "many-own-words", NULL, "");
	if (!phrase(p, "no-remarks", IN(s->voice), -50))
		(void)phrase(p, "no-remarks-else", IN(s->voice), -50);
	(void)phrase(p, "encloses", IN(s->voice), -20);
	(void)phrase(p, "on-matter", IN(s->voice), -80);
}

static int
is_extension(struct session *s)
{
	struct points p = { s, KIND_EXTENSION_REQUEST, 0 };
	int           sure;

	if (letter_asks_for_time(s))
		return phrase(&p, "extension-asked", IN(ZONE_ATTACHMENT), ENOUGH);
	sure = asks_for_time(&p);
	if (!sure) {
		(void)phrase(&p, "extension", IN(ZONE_SUBJECT), 40);
		(void)phrase(&p, "extension", IN(s->voice), 40);
	}
	if (p.sum == 0)
		return 0;
	(void)phrase(&p, "request", IN_VOICE(s), 25);
	(void)phrase(&p, "question-mark", IN(s->voice), 15);
	if (judge_own_words(s) <= SHORT_WORDS)
		add(&p, 10, "few-own-words", NULL, "");
	if (sure)
		beside_time(&p);
	else
		answer_evidence(&p);
	if (!sure && judge_find(s, SIGNAL_PHRASE, "of-answering", IN_VOICE(s)) == NULL && !matter_is_bare_question(s))
		add(&p, -40, "not-of-answering", NULL, "");	/* "ferja trenger lengre tid ved kai" */
	(void)phrase(&p, "of-matter", IN_VOICE(s), -40);
	/* "Høringsuttalelse fra …" that says it is late, and asks for things that are not time; the subject of who surely asks is the ministry's. */
	if (!phrase(&p, "extension-asked", IN(s->voice), 15) && judge_find(s, SIGNAL_PHRASE, "extension", IN(ZONE_SUBJECT)) == NULL)
		(void)phrase(&p, "answer", IN(ZONE_SUBJECT), sure ? -10 : -30);
	return p.sum >= ENOUGH;
}

static int
is_inquiry(struct session *s)
{
	struct points p = { s, KIND_INQUIRY, 0 };
	size_t        words = judge_own_words(s);
	const struct signal *sold;
	int           asked, to_us = matter_in_registration_mailbox(s) || judge_find(s, SIGNAL_PHRASE, "of-procedure", IN(s->voice)) != NULL;

	(void)phrase(&p, "inquiry", IN(ZONE_SUBJECT), 30);
	asked = phrase(&p, "inquiry", IN(s->voice), 40) || p.sum > 0;
	if (phrase(&p, "question-mark", IN(s->voice), 30) && !asked && to_us)
		asked = phrase(&p, "inquiry-maybe", IN(s->voice), 40);
	if (p.sum == 0)
		return 0;
	if (!asked && !to_us)
		add(&p, -30, "of-no-procedure", NULL, "");	/* "hvor skal ungene gå på skole?" asks nobody */
	if (words > 0 && words <= SHORT_WORDS)
		add(&p, 30, "few-own-words", NULL, "");
	if ((sold = matter_other_business(s, 0)) != NULL)
		add(&p, -60, "sells-something", sold, NULL);
	answer_evidence(&p);
	(void)phrase(&p, "answer", IN(ZONE_SUBJECT), -25);
	(void)phrase(&p, "endorses", IN(s->voice), -30);
	if ((!asked || judge_find(s, SIGNAL_PHRASE, "question-mark", IN(s->voice)) == NULL) &&
	    judge_find(s, SIGNAL_PHRASE, "inquiry", IN(ZONE_SUBJECT)) == NULL && !phrase(&p, "opinion", IN(s->voice), -30))
		(void)phrase(&p, "agrees", IN(s->voice), -30);	/* "hvorfor ikke før?" asks nobody */
	return p.sum >= ENOUGH;
}

static int
is_withdrawal(struct session *s)
{
	struct points p = { s, KIND_WITHDRAWAL, 0 };

	(void)phrase(&p, "withdrawal", IN(ZONE_SUBJECT), 50);
	(void)phrase(&p, "withdrawal", IN(s->voice), 40);
	if (p.sum == 0)
		return 0;
	(void)phrase(&p, "hearing", IN_VOICE(s), 20);
	if (judge_own_words(s) > 0 && judge_own_words(s) <= (judge_find(s, SIGNAL_PHRASE, "substance", IN(s->voice)) == NULL ? SHORT_WORDS : LINE_WORDS))
		add(&p, 20, "few-own-words", NULL, "");
	if (judge_find(s, SIGNAL_REPLACES, NULL, IN_VOICE(s)) != NULL)
		add(&p, -60, "replaces", NULL, "");	/* "trekkes tilbake og erstattes av" is a revision */
	if (judge_documents(s) > 0)
		add(&p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		add(&p, -60, "many-own-words", NULL, "");
	(void)phrase(&p, "encloses", IN(s->voice), -20);
	(void)phrase(&p, "substance", IN(s->voice), -20);
	return p.sum >= ENOUGH;
}

/* Anything that has to do with a consultation; a mail that has not is "other" and a person looks at it. */
static int
is_response(struct session *s)
{
	struct points p = { s, KIND_RESPONSE, 0 };
	const struct signal *number;
	unsigned      all = IN_VOICE(s) | IN(ZONE_ATTACHMENT) | IN(ZONE_FILENAME);
	const char   *title;
	const struct signal *other = matter_other_business(s, 1);

	if (other != NULL && matter_speaks_of_title(s) == NULL)
		add(&p, -40, "other-business", other, NULL);
	(void)phrase(&p, "answer", all, 40);
	(void)phrase(&p, "hearing", all | IN(ZONE_QUOTED), 20);
	(void)phrase(&p, "refers", all, 10);
	(void)phrase(&p, "encloses", all, 20);
	if (!phrase(&p, "no-remarks", all, 30))
		(void)phrase(&p, "no-remarks-else", all, 30);
	(void)phrase(&p, "proposal", all, matter_in_consultation_mailbox(s) ? 20 : 15);
	(void)phrase(&p, "substance", all, matter_in_consultation_mailbox(s) ? 20 : 15);
	(void)phrase(&p, "agrees", all, 15);
	(void)phrase(&p, "endorses", all, 30);
	if (matter_in_consultation_mailbox(s) && !phrase(&p, "opinion", IN(s->voice) | IN(ZONE_SUBJECT), 20))
		(void)phrase(&p, "demand", IN(s->voice), 20);
	(void)phrase(&p, "declines", all, 30);
	if (judge_find(s, SIGNAL_REPLACES, NULL, IN_VOICE(s)) != NULL)
		add(&p, 30, "replaces", NULL, "");
	if ((number = matter_known_case(s, IN_ALL)) != NULL)
		add(&p, 40, "case-ref", number, number->value.p);
	if (judge_documents(s) > 0)
		add(&p, 25, "has-documents", NULL, "");
	if (judge_own_words(s) > SHORT_WORDS)
		add(&p, 25, "many-own-words", NULL, "");
	if (matter_in_registration_mailbox(s) && !matter_in_consultation_mailbox(s))
		return p.sum >= 40;	/* what the meeting is about its invitation says as well */
	if (p.sum < 20 && (title = matter_title_in(s, all | IN(ZONE_QUOTED))) != NULL)
		add(&p, 20, "title", NULL, title);
	if (p.sum < 20 && (title = matter_speaks_of_title(s)) != NULL)
		add(&p, 20, "speaks-of-title", NULL, title);
	return p.sum >= 20;
}

/* What speaks for an answer in a mail judged to be none; NULL without. */
static const char *
speaks_for_answer(const struct session *s, const char *kind)
{
	static const char *const speaks[] = { "answer", "of-matter", "on-matter", "many-own-words", "has-documents" };
	size_t i, k;

	for (i = 0; i < s->v->n_evidence; i++)
		for (k = 0; k < sizeof speaks / sizeof speaks[0]; k++)
			if (s->v->evidence[i].weight < 0 && strcmp(s->v->evidence[i].value, kind) == 0 && strcmp(s->v->evidence[i].rule, speaks[k]) == 0)
				return speaks[k];
	return !is_reply(s) && judge_find(s, SIGNAL_PHRASE, "answer", IN(ZONE_SUBJECT)) != NULL ? "answer" : NULL;
}

/* Set aside as a request or a question, though it may be an answer: a person looks. */
static void
doubt(struct session *s, enum mail_kind kind)
{
	const char *rule;

	if ((kind != KIND_EXTENSION_REQUEST && kind != KIND_INQUIRY) || (rule = speaks_for_answer(s, kind_name(kind))) == NULL)
		return;
	judge_review(s, "unknown-kind", judge_say(s, "judged %s, and something in it speaks for an answer: %s", kind_name(kind), rule), "");
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
	return is_response(s) ? KIND_RESPONSE : KIND_OTHER;
}

/* The first evidence of the kind that counted for it, in words: what `automatic` shows as why. */
static const char *
reason(const struct session *s, enum mail_kind kind)
{
	size_t i;

	for (i = 0; i < s->v->n_evidence; i++)
		if (s->v->evidence[i].weight > 0 && strcmp(s->v->evidence[i].value, kind_name(kind)) == 0)
			return s->v->evidence[i].rule;
	return "";
}

void
judge_kind(struct session *s)
{
	struct verdict *v = s->v;
	enum mail_kind  mass = KIND_NEWSLETTER;
	int             own = 0;

	if (s->c->parse_failure != NULL || !s->p->complete || !s->p->has_envelope) {
		v->kind = KIND_UNPARSED;
		judge_tell(s, "kind", "unparsed", "records-incomplete", 0, NULL, s->c->parse_failure == NULL ? "" : s->c->parse_failure);
		judge_review(s, "unparsed", "the parser could not read all of this mail; what it read is kept", "");
	} else if (is_bounce(s))
		v->kind = KIND_BOUNCE;
	else if (is_receipt(s))
		v->kind = KIND_RECEIPT;
	else if (is_auto_reply(s))
		v->kind = KIND_AUTO_REPLY;
	else if (is_mass_mail(s, &mass))
		v->kind = mass;
	else if ((own = own_letter(s)))
		v->kind = KIND_OTHER;
	else
		v->kind = human_kind(s);
	if (s->c->decided_kind < 0)
		doubt(s, v->kind);
	if (v->kind == KIND_OTHER && !own)
		judge_review(s, "unknown-kind", "nothing in the mail tells what it is to a consultation", "");
	s->is_machine = v->kind == KIND_BOUNCE || v->kind == KIND_RECEIPT || v->kind == KIND_AUTO_REPLY || v->kind == KIND_NEWSLETTER ||
	    v->kind == KIND_SPAM;
	if (s->is_machine)
		v->automatic_why = reason(s, v->kind);
	if (s->c->decided_kind >= 0) {
		v->kind = (enum mail_kind)s->c->decided_kind;
		s->is_machine = 0;
		v->automatic_why = "operator";
		judge_tell(s, "kind", kind_name(v->kind), "operator", 1000, NULL, "");
	}
}
