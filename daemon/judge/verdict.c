#include "daemon/judge/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"

static const char *const kind_names[KINDS] = { "response", "registration", "decline", "extension_request", "inquiry", "withdrawal",
	"auto_reply", "bounce", "receipt", "newsletter", "spam", "unparsed", "other" };
static const char *const relation_names[RELATIONS] = { "original", "copy", "resend", "forward", "revision", "supplement", "withdrawal" };
static const char *const position_names[POSITIONS] = { NULL, "remarks", "no remarks", "endorses", "declines" };

const char *
kind_name(enum mail_kind k)
{
	return (unsigned)k < KINDS ? kind_names[k] : "other";
}

const char *
relation_name(enum relation r)
{
	return (unsigned)r < RELATIONS ? relation_names[r] : "original";
}

const char *
position_name(enum position p)
{
	return (unsigned)p < POSITIONS ? position_names[p] : NULL;
}

int
kind_of_name(const char *name)
{
	int i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kind_names[i], name) == 0)
			return i;
	return -1;
}

int
relation_of_name(const char *name)
{
	int i;

	for (i = 0; i < RELATIONS; i++)
		if (strcmp(relation_names[i], name) == 0)
			return i;
	return -1;
}

/* --- the family's rules in words ------------------------------------------------------------------------------------ */

static const struct { const char *rule, *words; } rule_words[] = {
	{ "alone", "nothing else is kin to it" },
	{ "first-of-its-responder", "nothing from the same responder to the same consultation came before it" },
	{ "another-mail", "the same responder has sent another mail of this kind" },
	{ "another-text", "the same responder sent another text before, and this one does not say that it replaces or adds to it" },
	{ "same-content", "sender, subject, text and attachments are the same" },
	{ "same-message-id", "Message-ID and text are the same" },
	{ "same-answer", "the same responder, and the same text or nearly" },
	{ "same-documents", "the same responder, and the same attachments" },
	{ "says-revision", "it says that it replaces what the same responder sent before" },
	{ "another-version", "much of it is what the same responder sent before" },
	{ "may-revise", "the same responder sent another text before, and words of this one may mean that it replaces that" },
	{ "may-supplement", "the same responder sent another text before, and words of this one may mean that it adds to that" },
	{ "says-supplement", "it says that it adds to what the same responder sent before" },
	{ "takes-place", "somebody comes in the place of a person whom it signed up; the others on it stay" },
	{ "stays-away", "a person whom it signed up does not come after all; the others on it stay" },
	{ "nobody-to-replace", "somebody comes in another's place, and no earlier sign-up of the same house has that one" },
	{ "declines-after-sign-up", "nobody comes, or somebody does not, and the same house has signed others up" },
	{ "withdraws", "it takes back what the same responder sent before" },
	{ "nothing-to-withdraw", "it takes back an answer, and there is none of the same responder" },
	{ "from-elsewhere", "what the same responder sent before came from another house's address, and anybody may write from this one" },
	{ "operator", "an operator has decided it" },
	{ "erased", "it was so when the one or the other was erased: they cannot be compared any more" },
};

const char *
relation_words(const char *rule)
{
	size_t i;

	for (i = 0; rule != NULL && i < sizeof rule_words / sizeof rule_words[0]; i++)
		if (strcmp(rule_words[i].rule, rule) == 0)
			return rule_words[i].words;
	return rule == NULL ? "" : rule;
}

const char *
family_review_words(const char *reason, const char *rule)
{
	if (strcmp(reason, "ambiguous-consultation") == 0)
		return "only mailbox and date tell its consultation, and a copy of it, or what it replies to, came in for another one";
	if (strcmp(rule, "from-elsewhere") == 0)
		return strcmp(reason, "unmatched-withdrawal") == 0 ?
		    "it takes back an answer that came from elsewhere, and nothing but the name says that both have one sender: does it count?" :
		    "in place of an answer that came from elsewhere, and nothing but the name says that both have one sender: does it count?";
	if (strcmp(reason, "possible-revision") == 0 && strcmp(rule, "same-answer") == 0)
		return "nearly the text of an earlier one: another format of it, or a new version that does not say so?";
	if (strcmp(reason, "possible-revision") == 0 && (strcmp(rule, "nobody-to-replace") == 0 || strcmp(rule, "takes-place") == 0))
		return "somebody comes in the place of one whom no earlier sign-up of the same house has: who is meant?";
	if (strcmp(reason, "possible-revision") == 0 && (strcmp(rule, "declines-after-sign-up") == 0 || strcmp(rule, "stays-away") == 0))
		return "the same house has signed persons up before: which of them do not come?";
	if (strcmp(reason, "possible-revision") == 0 && (strcmp(rule, "another-version") == 0 || strcmp(rule, "may-revise") == 0))
		return "taken for a new version of an earlier answer, which it does not clearly say: does it take its place?";
	if (strcmp(reason, "possible-revision") == 0 && strcmp(rule, "may-supplement") == 0)
		return "taken for an addition to an earlier answer, which it does not clearly say: does it count by itself?";
	if (strcmp(reason, "possible-revision") == 0)
		return "another text from a responder that has answered: does it replace the earlier one, add to it, or count by itself?";
	if (strcmp(reason, "over-limit") == 0)
		return "more persons are signed up than one organisation may send: which of them come?";
	if (strcmp(reason, "late-revision") == 0)
		return "the first version came in time, this one after the deadline: does it take its place?";
	if (strcmp(reason, "unmatched-withdrawal") == 0)
		return "it takes back an answer, and none of the same responder is here: which one is meant?";
	if (strcmp(reason, "overruled-decision") == 0)
		return "an operator's decision cannot hold: it would put an answer behind something that is none, or two behind each other";
	return relation_words(rule);
}

/* --- the arena of one verdict --------------------------------------------------------------------------------------- */

#define CHUNK		4096
#define ARENA_BYTES	(4u << 20)	/* no verdict needs more; a message that seems to is cut short */

struct chunk {
	struct chunk *next;
	size_t        used, size;
	max_align_t   bytes[];
};

struct judge_arena {
	struct chunk *chunks;
	size_t        total;
};

void
verdict_free(struct verdict *v)
{
	struct chunk *c;

	if (v->arena != NULL) {
		while ((c = v->arena->chunks) != NULL) {
			v->arena->chunks = c->next;
			free(c);
		}
		free(v->arena);
	}
	memset(v, 0, sizeof *v);
}

void *
judge_take(struct session *s, size_t bytes)
{
	struct judge_arena *a = s->v->arena;
	struct chunk       *c;
	size_t              need = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t), size;
	void               *at;

	if (a == NULL && (a = s->v->arena = calloc(1, sizeof *a)) == NULL)
		goto out;
	c = a->chunks;
	if (c == NULL || c->size - c->used < need) {
		size = need > CHUNK ? need : CHUNK;
		if (a->total + size > ARENA_BYTES || (c = calloc(1, sizeof *c + size)) == NULL)
			goto out;
		c->size = size;
		c->next = a->chunks;
		a->chunks = c;
		a->total += size;
	}
	at = (char *)c->bytes + c->used;
	c->used += need;
	return at;
out:
	s->broke = 1;
	return NULL;
}

const char *
judge_copy(struct session *s, const char *p, size_t n)
{
	char *copy = judge_take(s, n + 1);

	if (copy == NULL)
		return "";
	memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

const char *
judge_say(struct session *s, const char *fmt, ...)
{
	char    text[1024];
	va_list args;
	int     n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return judge_copy(s, text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* Arrays double: what they grow out of stays in the arena until the verdict goes. */
void *
judge_push(struct session *s, void **array, size_t *count, size_t size)
{
	size_t n = *count, room = n < 4 ? 4 : n;
	void  *grown;

	if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) {
		grown = judge_take(s, (n == 0 ? room : 2 * room) * size);
		if (grown == NULL)
			return NULL;
		if (n > 0)
			memcpy(grown, *array, n * size);
		*array = grown;
	}
	*count = n + 1;
	return memset((char *)*array + n * size, 0, size);
}

void
judge_tell_at(struct session *s, const char *verdict, const char *value, const char *rule, int weight, enum zone zone, uint32_t part,
    uint64_t offset, const char *input)
{
	struct evidence *e = JUDGE_PUSH(s, s->v->evidence, s->v->n_evidence);

	if (e != NULL)
		*e = (struct evidence){ .verdict = verdict, .value = value, .rule = rule, .version = JUDGE_VERSION, .weight = weight, .zone = zone,
		    .part = part, .offset = offset, .input = judge_copy(s, input, strlen(input)) };
}

void
judge_tell(struct session *s, const char *verdict, const char *value, const char *rule, int weight, const struct signal *from,
    const char *input)
{
	judge_tell_at(s, verdict, value, rule, weight, from == NULL ? NOWHERE : from->zone, from == NULL ? 0 : from->part,
	    from == NULL ? 0 : from->offset, input != NULL ? input : from == NULL ? "" : from->extra.n > 0 ? from->extra.p : from->value.p);
	if (from != NULL && s->v->n_evidence > 0 && !s->broke)
		s->v->evidence[s->v->n_evidence - 1].page = from->page;
}

void
judge_review(struct session *s, const char *reason, const char *detail, const char *candidates)
{
	struct review_reason *r;
	size_t                i;

	for (i = 0; i < s->v->n_reviews; i++)
		if (strcmp(s->v->reviews[i].reason, reason) == 0)
			return;
	r = JUDGE_PUSH(s, s->v->reviews, s->v->n_reviews);
	if (r != NULL)
		*r = (struct review_reason){ reason, detail, candidates };
}
