#include "daemon/judge/what_if.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A mail with more to leave out than this is tried with the first of them: each costs one more judging. */
#define THINGS_MAX	400
#define TOGETHER	4	/* a longer list explains nothing: its length is told */
#define WORDS_BYTES	600

/* --- what can be left out ------------------------------------------------------------------------------------------ */

enum sort { THING_SIGNAL, THING_WORDS, THING_NAME, THING_ADDRESS, THING_ATTACHMENTS, THING_MAILBOX, THING_KIND, THING_REFILE };

struct thing {
	enum sort sort;
	size_t    at;		/* of a signal: the first of its places; of words: the zone; of a mailbox: which */
	unsigned  places;
};

struct trial {
	const struct judge         *j;
	const struct parsed        *p;
	const struct circumstances *c;
	struct thing                things[THINGS_MAX];
	size_t                      n;
	unsigned char               out[THINGS_MAX];	/* 1: left out in the next judging */
	size_t                     *thing_of;		/* by signal: its thing, or SIZE_MAX */
	struct signal              *signals;		/* room for what is left of them */
	struct tokens              *tokens;
	const char                **mailboxes;
};

static const char *const signal_words[SIGNAL_KINDS] = {
	[SIGNAL_CASE_REF] = "the case reference", [SIGNAL_CASE_LABEL] = "the labelled case reference",
	[SIGNAL_ORGNR] = "the organisation number", [SIGNAL_PHRASE] = "words that say", [SIGNAL_AUTOMATIC] = "the mark of a machine",
	[SIGNAL_INNER_FROM] = "the inner sender", [SIGNAL_INNER_SUBJECT] = "the inner subject", [SIGNAL_INNER_DATE] = "the inner date",
	[SIGNAL_CITED_DATE] = "the cited date", [SIGNAL_ON_BEHALF_OF] = "\"on behalf of\"", [SIGNAL_FROM_ORGANISATION] = "\"answer from\"",
	[SIGNAL_SIGNATURE_LINE] = "the signature's line", [SIGNAL_LETTERHEAD] = "the letterhead's line",
	[SIGNAL_LANGUAGE] = "the language", [SIGNAL_PERSON] = "the person signed up", [SIGNAL_IDENTITY_NUMBER] = "the identity number",
	[SIGNAL_CONFIDENTIAL] = "the mark of confidence", [SIGNAL_LINK_ATTACHMENT] = "the link to", [SIGNAL_LIST] = "the header",
	[SIGNAL_REPLACES] = "words that say", [SIGNAL_NAME_ALONE] = "the name", [SIGNAL_PERSON_LEAVES] = "the person who does not come",
	[SIGNAL_TOGETHER] = "the list's name", [SIGNAL_COMMON] = "the sentence that anybody writes",
};

/* A reference and the label beside it are one thing. */
static int
is_same_thing(const struct signal *a, const struct signal *b)
{
	int ka = a->kind == SIGNAL_CASE_LABEL ? SIGNAL_CASE_REF : (int)a->kind, kb = b->kind == SIGNAL_CASE_LABEL ? SIGNAL_CASE_REF : (int)b->kind;

	return ka == kb && strcmp(a->value.p, b->value.p) == 0;
}

static struct thing *
add(struct trial *t, enum sort sort, size_t at)
{
	if (t->n == THINGS_MAX)
		return NULL;
	t->things[t->n] = (struct thing){ sort, at, 1 };
	return &t->things[t->n++];
}

static void
list_signals(struct trial *t)
{
	for (size_t i = 0; i < t->p->n_signals; i++) {
		size_t k;

		for (k = 0; k < t->n && !is_same_thing(&t->p->signals[t->things[k].at], &t->p->signals[i]); k++)
			;
		t->thing_of[i] = k < THINGS_MAX ? k : SIZE_MAX;
		if (k < t->n)
			t->things[k].places += t->p->signals[i].kind != SIGNAL_CASE_LABEL;
		else
			(void)add(t, THING_SIGNAL, i);
	}
}

static void
list_others(struct trial *t)
{
	unsigned zones = 0;

	for (size_t i = 0; i < t->p->n_tokens; i++)
		if (t->p->tokens[i].zone < ZONES && (zones & (1u << t->p->tokens[i].zone)) == 0) {
			zones |= 1u << t->p->tokens[i].zone;
			(void)add(t, THING_WORDS, (size_t)t->p->tokens[i].zone);
		}
	if (t->p->has_envelope && t->p->envelope.from_name.n > 0)
		(void)add(t, THING_NAME, 0);
	if (t->p->has_envelope && t->p->envelope.from_address.n > 0)
		(void)add(t, THING_ADDRESS, 0);
	if (t->p->n_parts > 0)
		(void)add(t, THING_ATTACHMENTS, 0);
	for (size_t i = 0; i < t->c->n_mailboxes; i++)
		(void)add(t, THING_MAILBOX, i);
	if (t->c->decided_kind >= 0)
		(void)add(t, THING_KIND, 0);
	if (t->c->decided_consultation != NULL)
		(void)add(t, THING_REFILE, 0);
}

static void
name_thing(const struct trial *t, const struct thing *x, char *out, size_t size)
{
	const struct signal *s = x->sort == THING_SIGNAL ? &t->p->signals[x->at] : NULL;
	char                 places[32] = "";

	if (x->places > 1)
		(void)snprintf(places, sizeof places, " (%u places)", x->places);
	switch (x->sort) {
	case THING_SIGNAL:
		(void)snprintf(out, size, "%s %.80s%s", s->kind < SIGNAL_KINDS && signal_words[s->kind] != NULL ? signal_words[s->kind] :
		    "what was noticed:", s->value.p, places);
		break;
	case THING_WORDS:
		(void)snprintf(out, size, "the words of the %s", zone_name((enum zone)x->at));
		break;
	case THING_NAME:
		(void)snprintf(out, size, "the sender's name");
		break;
	case THING_ADDRESS:
		(void)snprintf(out, size, "the sender's address");
		break;
	case THING_ATTACHMENTS:
		(void)snprintf(out, size, "the attachments as such");
		break;
	case THING_MAILBOX:
		(void)snprintf(out, size, "the copy in the mailbox %.60s", t->c->mailboxes[x->at]);
		break;
	case THING_KIND:
		(void)snprintf(out, size, "the operator's kind");
		break;
	case THING_REFILE:
		(void)snprintf(out, size, "the operator's refile");
		break;
	}
}

/* --- one judging, with what is marked left out --------------------------------------------------------------------- */

static enum outcome
judge_without(struct trial *t, struct verdict *v, struct why *why)
{
	static const struct text none = { "", 0 };
	struct parsed            p = *t->p;
	struct circumstances     c = *t->c;
	unsigned                 zones = 0, mailboxes = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct thing *x = &t->things[i];

		if (!t->out[i])
			continue;
		zones |= x->sort == THING_WORDS ? 1u << x->at : 0;
		mailboxes |= x->sort == THING_MAILBOX && x->at < 32 ? 1u << x->at : 0;
		if (x->sort == THING_NAME)
			p.envelope.from_name = none;
		else if (x->sort == THING_ADDRESS)
			p.envelope.from_address = none;
		else if (x->sort == THING_ATTACHMENTS)
			p.n_parts = 0;
		else if (x->sort == THING_KIND)
			c.decided_kind = -1;
		else if (x->sort == THING_REFILE)
			c.decided_consultation = NULL;
	}
	p.signals = t->signals;
	p.tokens = t->tokens;
	c.mailboxes = t->mailboxes;
	p.n_signals = p.n_tokens = c.n_mailboxes = 0;
	for (size_t i = 0; i < t->p->n_signals; i++)
		if (t->thing_of[i] == SIZE_MAX || !t->out[t->thing_of[i]])
			p.signals[p.n_signals++] = t->p->signals[i];
	for (size_t i = 0; i < t->p->n_tokens; i++)
		if ((zones & (1u << t->p->tokens[i].zone)) == 0)
			p.tokens[p.n_tokens++] = t->p->tokens[i];
	for (size_t i = 0; i < t->c->n_mailboxes; i++)
		if (i >= 32 || (mailboxes & (1u << i)) == 0)
			t->mailboxes[c.n_mailboxes++] = t->c->mailboxes[i];
	return judge_message(t->j, &p, &c, v, why);
}

/* --- comparing ----------------------------------------------------------------------------------------------------- */

#define FIELDS 9
static const char *const field_names[FIELDS] = { "kind", "consultation", "responder", "class", "org.nr.", "invited as", "position",
	"registrations", "review" };

struct said {
	char field[FIELDS][200];
};

static void
say(const struct verdict *v, struct said *s)
{
	const char *position = position_name(v->position);
	const char *words[FIELDS] = { kind_name(v->kind), v->consultation, v->responder, v->responder_class, v->orgnr, v->invited, position };
	size_t      used = 0;

	for (size_t i = 0; i < FIELDS; i++)
		(void)snprintf(s->field[i], sizeof s->field[i], "%.190s", words[i] == NULL || words[i][0] == '\0' ? "-" : words[i]);
	if (v->n_persons > 0)
		(void)snprintf(s->field[7], sizeof s->field[7], "%zu persons", v->n_persons);
	for (size_t i = 0; i < v->n_reviews && used < sizeof s->field[8]; i++)
		used += (size_t)snprintf(s->field[8] + used, sizeof s->field[8] - used, "%s%s", i > 0 ? ", " : "", v->reviews[i].reason);
}

static enum outcome
try(struct trial *t, struct said *said, struct why *why)
{
	struct verdict v = { 0 };
	enum outcome   o = judge_without(t, &v, why);

	if (o == OUTCOME_OK) {
		say(&v, said);
		verdict_free(&v);
	}
	return o;
}

/* --- trying -------------------------------------------------------------------------------------------------------- */

/* Each by itself. changed[f] becomes 1 when one of them changes that verdict. */
static enum outcome
try_each(struct trial *t, const struct said *base, int *changed, what_if_each *each, void *arg, struct why *why)
{
	char         words[WORDS_BYTES];
	struct said  now;
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < t->n && o == OUTCOME_OK; i++) {
		t->out[i] = 1;
		o = try(t, &now, why);
		t->out[i] = 0;
		for (size_t f = 0; f < FIELDS && o == OUTCOME_OK; f++)
			if (strcmp(base->field[f], now.field[f]) != 0) {
				changed[f] = 1;
				name_thing(t, &t->things[i], words, sizeof words);
				each(arg, words, field_names[f], base->field[f], now.field[f]);
			}
	}
	return o;
}

static void
tell_together(const struct trial *t, size_t f, const struct said *base, const struct said *now, what_if_each *each, void *arg)
{
	char   words[WORDS_BYTES] = "", one[200];
	size_t used = 0, n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->out[i];
	if (n > TOGETHER) {
		(void)snprintf(words, sizeof words, "all of the %zu things that say so", n);
		each(arg, words, field_names[f], base->field[f], now->field[f]);
		return;
	}
	for (size_t i = 0; i < t->n && used < sizeof words; i++)
		if (t->out[i]) {
			name_thing(t, &t->things[i], one, sizeof one);
			used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", used > 0 ? " and " : "", one);
		}
	each(arg, words, field_names[f], base->field[f], now->field[f]);
}

/* All left out, then put back one after the other as long as the verdict stays another: what is still out is needed. */
static enum outcome
try_together(struct trial *t, size_t f, const struct said *base, what_if_each *each, void *arg, struct why *why)
{
	struct said  now, last;
	enum outcome o;

	memset(t->out, 1, t->n);
	o = try(t, &last, why);
	if (o == OUTCOME_OK && strcmp(base->field[f], last.field[f]) != 0) {
		for (size_t i = t->n; i-- > 0 && o == OUTCOME_OK;) {
			t->out[i] = 0;
			o = try(t, &now, why);
			if (o == OUTCOME_OK && strcmp(base->field[f], now.field[f]) == 0)
				t->out[i] = 1;
			else if (o == OUTCOME_OK)
				last = now;
		}
		if (o == OUTCOME_OK)
			tell_together(t, f, base, &last, each, arg);
	}
	memset(t->out, 0, t->n);
	return o;
}

enum outcome
what_if_message(const struct judge *j, const struct parsed *p, const struct circumstances *c, what_if_each *each, void *arg, struct why *why)
{
	struct trial *t = calloc(1, sizeof *t);
	struct said   base;
	int           changed[FIELDS] = { 0 };
	enum outcome  o = OUTCOME_DEFER;

	if (t == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	t->j = j;
	t->p = p;
	t->c = c;
	t->thing_of = calloc(p->n_signals + 1, sizeof *t->thing_of);
	t->signals = calloc(p->n_signals + 1, sizeof *t->signals);
	t->tokens = calloc(p->n_tokens + 1, sizeof *t->tokens);
	t->mailboxes = calloc(c->n_mailboxes + 1, sizeof *t->mailboxes);
	if (t->thing_of == NULL || t->signals == NULL || t->tokens == NULL || t->mailboxes == NULL) {
		(void)why_set(why, OUTCOME_DEFER, "no memory");
		goto out;
	}
	list_signals(t);
	list_others(t);
	o = try(t, &base, why);
	if (o == OUTCOME_OK)
		o = try_each(t, &base, changed, each, arg, why);
	for (size_t f = 0; f < FIELDS && o == OUTCOME_OK; f++)
		if (!changed[f])
			o = try_together(t, f, &base, each, arg, why);
out:
	free(t->thing_of);
	free(t->signals);
	free(t->tokens);
	free(t->mailboxes);
	free(t);
	return o;
}

/* --- the family ---------------------------------------------------------------------------------------------------- */

#define FAMILY_FIELDS 4
#define FAMILY_TRIED 50	/* of a larger family only those it is related to are left out: each costs one more judging of all */
static const char *const family_names[FAMILY_FIELDS] = { "relation", "consultation", "counts", "review" };

struct family_said {
	char    field[FAMILY_FIELDS][120];
	int64_t related_to, review_other;
};

/* The family judged again in `room`, without the relative `left_out` (0: none); what is then said of `id`. */
static void
judge_family_without(const struct judge *j, const struct relative *family, size_t n, int64_t id, int64_t left_out, const struct relative *self,
    struct relative *room, struct family_said *said)
{
	const struct relative *r = NULL;
	size_t                 k = 0;

	for (size_t i = 0; i < n; i++)
		if (family[i].id != left_out)
			room[k++] = family[i].id == id ? *self : family[i];
	judge_family(j, room, k);
	for (size_t i = 0; i < k; i++)
		if (room[i].id == id)
			r = &room[i];
	if (r == NULL)	/* not so: `self` is in it */
		return;
	said->related_to = r->related_to;
	said->review_other = r->review_other;
	if (r->related_to != 0)
		(void)snprintf(said->field[0], sizeof said->field[0], "%s of submission %" PRId64, relation_name(r->relation), r->related_to);
	else
		(void)snprintf(said->field[0], sizeof said->field[0], "%s", relation_name(r->relation));
	(void)snprintf(said->field[1], sizeof said->field[1], "%.100s", r->family_consultation == NULL ? "-" : r->family_consultation);
	(void)snprintf(said->field[2], sizeof said->field[2], "%s", r->counts ? "yes" : "no");
	(void)snprintf(said->field[3], sizeof said->field[3], "%.100s", r->review == NULL ? "-" : r->review);
}

static void
tell_family(const struct family_said *base, const struct family_said *now, const char *without, what_if_each *each, void *arg)
{
	for (size_t f = 0; f < FAMILY_FIELDS; f++)
		if (strcmp(base->field[f], now->field[f]) != 0)
			each(arg, without, family_names[f], base->field[f], now->field[f]);
}

/* Without one of its own marks. */
static void
try_marks(const struct judge *j, const struct relative *family, size_t n, const struct relative *self, struct relative *room,
    const struct family_said *base, what_if_each *each, void *arg)
{
	struct family_said now;
	struct relative    changed;

	for (int mark = 0; mark < 6; mark++) {
		static const char *const words[] = { "its mark of being passed on", "its words that it is sent again",
			"its words that it replaces another", "its words that it adds to another", "the operator's relate", "its responder" };

		changed = *self;
		switch (mark) {
		case 0: changed.is_forward = 0; break;
		case 1: changed.says_resend = SAYS_NOT; break;
		case 2: changed.says_revision = SAYS_NOT; break;
		case 3: changed.says_supplement = SAYS_NOT; break;
		case 4: changed.decided_relation = -1; break;
		default: changed.responder_key = ""; break;
		}
		judge_family_without(j, family, n, self->id, 0, &changed, room, &now);
		tell_family(base, &now, words[mark], each, arg);
	}
}

enum outcome
what_if_family(const struct judge *j, const struct relative *family, size_t n, int64_t id, what_if_each *each, void *arg, struct why *why)
{
	struct relative       *room = calloc(n + 1, sizeof *room);
	const struct relative *self = NULL;
	struct family_said     base = { 0 }, now;
	char                   words[64];

	if (room == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	for (size_t i = 0; i < n; i++)
		if (family[i].id == id)
			self = &family[i];
	if (self != NULL) {
		judge_family_without(j, family, n, id, 0, self, room, &base);
		for (size_t i = 0; i < n; i++) {
			if (family[i].id == id || (n > FAMILY_TRIED && family[i].id != base.related_to && family[i].id != base.review_other))
				continue;
			judge_family_without(j, family, n, id, family[i].id, self, room, &now);
			(void)snprintf(words, sizeof words, "submission %" PRId64, family[i].id);
			tell_family(&base, &now, words, each, arg);
		}
		try_marks(j, family, n, self, room, &base, each, arg);
	}
	free(room);
	return OUTCOME_OK;
}
