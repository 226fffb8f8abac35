/* What no person wrote, or nobody to the ministry alone: by the marks of RFC 3834 and its like, and by the words of machines. */
#include <string.h>
#include <strings.h>

#include "daemon/judge/learnt.h"
#include "daemon/judge/machine.h"
#include "daemon/judge/matter.h"
#include "daemon/judge/points.h"

static int
mark(struct points *p, const char *name, int weight)
{
	const struct signal *found = judge_find(p->s, SIGNAL_AUTOMATIC, name, IN(ZONE_HEADER));

	if (found == NULL)
		return 0;
	points_add(p, weight, name, found, NULL);
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
		points_add(p, -50, "has-documents", NULL, "");
	if (judge_own_words(s) > LONG_WORDS)
		points_add(p, -30, "many-own-words", NULL, "");
	if (!points_phrase(p, "no-remarks", IN(s->voice), -40))
		(void)points_phrase(p, "no-remarks-else", IN(s->voice), -40);
	(void)points_phrase(p, "substance", IN(s->voice), -25);
	(void)points_phrase(p, "encloses", IN(s->voice), -20);
	if (is_answer_from(s))
		points_add(p, -20, "names-its-organisation", NULL, "");
	if (s->voice == ZONE_FORWARDED)
		points_add(p, -40, "passed-on", NULL, s->inner_address);
}

static int
is_bounce(struct session *s)
{
	struct points p = { s, KIND_BOUNCE, 0 };

	if (!mark(&p, "report/delivery-status", 80))
		(void)mark(&p, "message/delivery-status", 80);
	(void)points_phrase(&p, "bounce-subject", IN(ZONE_SUBJECT), 40);
	(void)points_phrase(&p, "bounce-body", IN(ZONE_BODY), 20);
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
	if (points_phrase(&p, "receipt-subject", IN(ZONE_SUBJECT), 30)) {
		(void)points_phrase(&p, "receipt-body", IN(ZONE_BODY), 30);
		if (!mark(&p, "auto-submitted", 30))
			(void)mark(&p, "null-return-path", 30);
		if (judge_documents(s) > 0 || judge_own_words(s) > SHORT_WORDS)
			points_add(&p, -60, "is-no-receipt", NULL, "");
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
	unsigned      sure = 0;
	int           sounds, is_marked;
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
	is_marked = p.sum >= 40;
	(void)points_phrase(&p, "auto-subject", IN(ZONE_SUBJECT), 60);
	(void)points_phrase(&p, "auto-body", IN(ZONE_BODY), said > 1 ? 50 : 40);
	if (matter_is_reply(s) && !asks_or_offers(s) && !matter_in_registration_mailbox(s) && (sounds = matter_sounds_automatic(s, &sound)) > 0)
		points_add(&p, said == 0 ? sounds : sounds > 15 ? 10 : 0, sound->value.p, sound, NULL);
	if ((p.sum > 0 || (!asks_or_offers(s) && !matter_in_registration_mailbox(s))) &&
	    (sound = learnt_reads(s, "reads-as-auto-reply", IN(ZONE_BODY), p.sum > 0 || matter_is_reply(s) ? LEARNT_SURE : LEARNT_CLEARLY - 5, &sure)) != NULL)
		points_add(&p, p.sum == 0 ? (int)sure : (int)(2 * sure / 3), sound->value.p, sound, NULL);
	if (p.sum > 0) {
		if (p.sum <= 50 && !matter_is_reply(s) && said < 2 && !points_phrase(&p, "opinion", IN(s->voice), -25))
			(void)points_phrase(&p, "request", IN(s->voice), -20);	/* "jeg er på ferie, men behold bussen": no machine begins a thread so */
		if (says_nothing_on_a_matter(s))
			points_add(&p, matter_is_reply(s) && !asks_or_offers(s) && (said != 1 || !matter_is_spoken_of(s, 0)) ? 25 : 15, "nothing-of-an-answer", NULL, "");
		human_evidence(&p);
		if (!is_marked)
			learnt_against(&p, "auto-reply", LEARNT_OTHER);
		if (asks_or_offers(s))
			points_add(&p, -15, "asks-something", NULL, "");
		if (judge_find(s, SIGNAL_PHRASE, "auto-subject", IN(ZONE_SUBJECT)) == NULL)
			(void)points_phrase(&p, "answer", matter_is_reply(s) ? IN(s->voice) : IN_VOICE(s), -40);	/* a reply's subject is the ministry's */
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
		points_add(&p, 40, "list-unsubscribe", NULL, "");
	if (judge_find(s, SIGNAL_LIST, "list-id", IN_ALL) != NULL)
		points_add(&p, 30, "list-id", NULL, "");
	if (mark_says(s, "precedence", "bulk") || mark_says(s, "precedence", "list"))
		(void)mark(&p, "precedence", 20);
	(void)mark(&p, "x-spam-flag", 40);
	(void)mark(&p, "mass-mailing", 30);
	(void)mark(&p, "machine-sender", 30);
	if (letters > 0)
		(void)points_phrase(&p, "newsletter", IN(ZONE_SUBJECT) | IN(ZONE_BODY), letters > 1 ? 50 : 35);
	*kind = p.kind = spam > 0 && spam >= letters ? KIND_SPAM : KIND_NEWSLETTER;
	if (spam > 0)
		(void)points_phrase(&p, "spam", IN(ZONE_SUBJECT) | IN(ZONE_BODY), spam > 2 ? 60 : spam > 1 ? 45 : 25);
	if (p.sum == 0)
		return 0;
	(void)learnt_for(&p, "elsewhere");
	human_evidence(&p);
	if (judge_find(s, SIGNAL_PHRASE, "registration", IN_VOICE(s)) != NULL && (person = judge_who_comes(s, IN(s->voice))) != NULL)
		points_add(&p, -60, "persons", person, "");	/* who signs up somebody by name and address sells nothing */
	if ((number = matter_known_case(s, IN_ALL)) != NULL)
		points_add(&p, -60, "case-ref", number, number->value.p);
	if (!points_phrase(&p, "answer", IN(ZONE_SUBJECT), p.sum >= 90 ? -20 : -40) && judge_find(s, SIGNAL_PHRASE, "refers", IN(ZONE_BODY)) == NULL &&
	    judge_find(s, SIGNAL_SIGNATURE_LINE, NULL, IN(ZONE_SIGNATURE)) == NULL)
		points_add(&p, 25, "nothing-of-an-answer", NULL, "");
	(void)points_phrase(&p, "link", IN(ZONE_BODY), 10);
	if (judge_find(s, SIGNAL_LANGUAGE, "en", IN_ALL) != NULL && judge_find(s, SIGNAL_PHRASE, "hearing", IN_ALL) == NULL)
		points_add(&p, 15, "english-without-hearing", NULL, "");
	return p.sum >= ENOUGH;
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

int
machine_kind(struct session *s, enum mail_kind *kind)
{
	enum mail_kind mass = KIND_NEWSLETTER;

	if (is_bounce(s))
		*kind = KIND_BOUNCE;
	else if (is_receipt(s))
		*kind = KIND_RECEIPT;
	else if (is_auto_reply(s))
		*kind = KIND_AUTO_REPLY;
	else if (is_mass_mail(s, &mass))
		*kind = mass;
	else
		return 0;
	s->v->automatic_why = reason(s, *kind);
	return 1;
}
