/*
 * A ministry's own letter in the mailbox for answers: the letter that sends a matter on hearing, a reminder, a longer time to answer. It
 * is no answer, and neither is what others pass on of it without a word of their own. Taken for one only when sender and text agree,
 * since ministries answer each other, offices cite what they answer, and colleagues pass on what citizens wrote.
 */
#include <string.h>

#include "daemon/judge/judge_parts.h"

#define ENOUGH		60
#define ENOUGH_TEXT	30	/* of it, said in the text: a house's own people send answers too */
#define COMMENT_WORDS	30	/* as in judge.c: own words above a mail passed on */

struct weighing {
	struct session *s;
	int             tells;	/* evidence is wanted */
	int             who, text;
};

static void
tell(struct weighing *w, int *sum, int weight, const char *rule, const struct signal *from, const char *input)
{
	*sum += weight;
	if (w->tells)
		judge_tell(w->s, "kind", kind_name(KIND_OTHER), rule, weight, from, input);
}

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? "" : at + 1;
}

static unsigned
labels(const char *domain)
{
	unsigned n = domain[0] != '\0';

	for (; *domain != '\0'; domain++)
		n += *domain == '.';
	return n;
}

/* One lies within the other: "bfd.dep.example" within "dep.example". */
static int
is_within(const char *inner, const char *outer)
{
	size_t n = strlen(inner), m = strlen(outer);

	return n > m && labels(outer) >= 2 && inner[n - m - 1] == '.' && strcmp(inner + n - m, outer) == 0;
}

/* Both are houses on one platform: "aid.dep.no" and "hod.dep.no"; "a.no" and "b.no" share nothing. */
static int
are_siblings(const char *a, const char *b)
{
	const char *x = strchr(a, '.'), *y = strchr(b, '.');

	return x != NULL && y != NULL && labels(a) >= 3 && strcmp(x, y) == 0;
}

/* How near the sender is to those who read the mailboxes. */
static void
weigh_address(struct weighing *w, const char *address)
{
	const struct conf *c = w->s->j->conf;
	const char        *domain = domain_of(address), *rule = NULL;
	int                most = 0;

	if (domain[0] == '\0' || judge_is_webmail(w->s->j, domain))
		return;
	for (size_t i = 0; i < c->n_mailboxes; i++) {
		const char *of = domain_of(c->mailboxes[i].address);
		int         near = strcasecmp(address, c->mailboxes[i].address) == 0 ? 50 : strcasecmp(domain, of) == 0 ? 40 :
		    is_within(domain, of) || is_within(of, domain) ? 30 : are_siblings(domain, of) ? 20 : 0;

		if (near > most) {
			most = near;
			rule = near == 50 ? "own-mailbox" : near == 40 ? "own-domain" : "own-platform";
		}
	}
	if (rule != NULL)
		tell(w, &w->who, most, rule, NULL, address);
}

static int
is_ministry(const struct session *s, const char *name)
{
	const char *class = name_class(s->j, name);

	return class != NULL && strcmp(class, "departement") == 0;
}

/* The name behind the address, or a line of the signature. */
static void
weigh_name(struct weighing *w, enum zone voice, const char *name)
{
	const struct session *s = w->s;

	if (is_ministry(s, name)) {
		tell(w, &w->who, 20, "ministry-sends", NULL, name);
		return;
	}
	for (size_t i = 0; voice == ZONE_BODY && i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_SIGNATURE_LINE && one->zone == ZONE_SIGNATURE && is_ministry(s, one->value.p)) {
			tell(w, &w->who, 20, "ministry-signs", one, one->value.p);
			return;
		}
	}
}

static int
says(struct weighing *w, const char *group, unsigned zones, int weight)
{
	const struct signal *found = judge_find(w->s, SIGNAL_PHRASE, group, zones);

	if (found == NULL)
		return 0;
	tell(w, &w->text, weight, group, found, NULL);
	return 1;
}

/* "Vår ref" with the number of a consultation: what others write there is theirs. */
static void
weigh_reference(struct weighing *w, unsigned zones)
{
	const struct conf *c = w->s->j->conf;

	for (size_t i = 0; i < w->s->p->n_signals; i++) {
		const struct signal *one = &w->s->p->signals[i];

		if (one->kind != SIGNAL_CASE_LABEL || (zones & IN(one->zone)) == 0 || strcmp(one->extra.p, "var") != 0)
			continue;
		for (size_t k = 0; k < c->n_consultations; k++)
			if (strcmp(one->value.p, c->consultations[k].case_norm) == 0) {
				tell(w, &w->text, 15, "own-reference", one, NULL);
				return;
			}
	}
}

/* "Viser til høringsbrev …"; that it is written "i sak 24/1" a reminder says too. */
static void
refers_to_letter(struct weighing *w, unsigned zones)
{
	const struct session *s = w->s;

	for (size_t i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_PHRASE && (zones & IN(one->zone)) != 0 && strcmp(one->value.p, "refers") == 0 && strstr(one->extra.p, "viser") != NULL) {
			tell(w, &w->text, -15, "refers", one, NULL);
			return;
		}
	}
}

/* "Svar fra Storvik kommune": an answer, whatever it repeats of the letter. */
static void
weigh_answer(struct weighing *w, unsigned zones)
{
	static const char *const positions[] = { "no-remarks", "no-remarks-else", "endorses", "declines" };
	const struct session    *s = w->s;

	for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++)
		(void)says(w, positions[i], zones, -40);
	refers_to_letter(w, zones);
	if (judge_find(s, SIGNAL_PHRASE, "own-asks", IN(ZONE_SUBJECT)) == NULL)
		(void)says(w, "answer", IN(ZONE_SUBJECT) | IN(ZONE_FILENAME), -40);
	for (size_t i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_FROM_ORGANISATION && (zones & IN(one->zone)) != 0 && !is_ministry(s, one->value.p) &&
		    strncmp(one->extra.p, NAMED_MARK, strlen(NAMED_MARK)) != 0) {
			tell(w, &w->text, -20, "names-its-organisation", one, NULL);
			return;
		}
	}
}

/* The text of a mail; or of a document, which must both send and ask, for others' answers lie beside cover letters too. */
static void
weigh_text(struct weighing *w, enum zone voice)
{
	const struct session *s = w->s;
	unsigned              zones = IN(voice) | IN(ZONE_SUBJECT), document = IN(ZONE_ATTACHMENT);
	int                   said = says(w, "own-sends", zones, 30);

	said |= says(w, "own-asks", zones, 30);
	said |= says(w, "own-deadline", zones, 15);
	if (!said && judge_find(s, SIGNAL_PHRASE, "own-sends", document) != NULL && judge_find(s, SIGNAL_PHRASE, "own-asks", document) != NULL) {
		(void)says(w, "own-sends", document, 30);
		(void)says(w, "own-asks", document, 30);
		zones |= document;
	}
	(void)says(w, "own-addressed", zones, 15);
	weigh_reference(w, zones);
	weigh_answer(w, zones);
}

static int
weigh(struct session *s, enum zone voice, const char *address, const char *name, int tells)
{
	struct weighing w = { .s = s, .tells = tells };

	weigh_address(&w, address);
	weigh_name(&w, voice, name);
	if (w.who == 0)
		return 0;
	weigh_text(&w, voice);
	return w.text >= ENOUGH_TEXT && w.who + w.text >= ENOUGH ? w.who + w.text : 0;
}

/* A document beside it is one's own answer, unless it is the letter. */
static int
has_own_document(const struct session *s)
{
	return judge_documents(s) > 0 && (judge_find(s, SIGNAL_PHRASE, "answer", IN(ZONE_FILENAME)) != NULL ||
	    (judge_find(s, SIGNAL_PHRASE, "own-sends", IN(ZONE_ATTACHMENT)) == NULL && judge_find(s, SIGNAL_PHRASE, "own-asks", IN(ZONE_ATTACHMENT)) == NULL));
}

/* Who passes a mail on says nothing, or that he does. Whoever says anything else may answer. */
static int
is_silent(const struct session *s)
{
	static const char *const words[] = { "no-remarks", "no-remarks-else", "no-remarks-maybe", "substance", "demand", "opinion", "agrees", "endorses",
		"declines", "answer", "encloses", "attached", "question-mark", "inquiry", "extension", "registration", "meeting-decline", "withdrawal" };
	size_t own = judge_words(s, DIGEST_BODY);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (judge_find(s, SIGNAL_PHRASE, words[i], IN(ZONE_BODY)) != NULL)
			return 0;
	return !has_own_document(s) && (own == 0 || (own <= COMMENT_WORDS && judge_find(s, SIGNAL_PHRASE, "passes-on", IN(ZONE_BODY)) != NULL));
}

int
own_letter_is_answered(struct session *s)
{
	return weigh(s, ZONE_FORWARDED, s->inner_address, s->inner_name, 0) > 0 && !is_silent(s);
}

static int
judged_own(struct session *s, enum zone zone, const char *address, const char *name, const char *detail)
{
	int sum = weigh(s, zone, address, name, 0);

	if (sum == 0)
		return 0;
	judge_tell(s, "kind", kind_name(KIND_OTHER), "own-letter", sum, NULL, address);
	(void)weigh(s, zone, address, name, 1);
	judge_review(s, "own-letter", detail, "");
	return 1;
}

int
own_letter(struct session *s)
{
	static const char silent[] = "taken for the ministry's own letter, passed on without a word";
	const struct signal *below = judge_find(s, SIGNAL_INNER_FROM, NULL, IN(ZONE_QUOTED));

	if (judged_own(s, s->voice, s->v->address, s->v->contact, s->v->is_forward ? silent : "taken for the ministry's own letter, not for an answer"))
		return 1;
	/* What the parser calls quoted, since it comes back to where it was sent from. */
	return s->voice == ZONE_BODY && below != NULL && is_silent(s) && judged_own(s, ZONE_QUOTED, below->value.p, below->extra.p, silent);
}
