#include "daemon/judge/judge.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"

#define THREAD_BYTES	1000	/* of the Message-IDs that a mail answers */
#define COMMENT_WORDS	30	/* as in the parser: own words above a mail passed on */

/* --- the configuration made ready ---------------------------------------------------------------------------------- */

static enum outcome
prepare_names(struct judge *j, struct why *why)
{
	const struct conf *c = j->conf;
	size_t             i, k, n = 0;
	char               key[NAME_KEY_BYTES];

	for (i = 0; i < c->n_consultations; i++)
		n += c->consultations[i].n_invited;
	j->names = calloc(n + 1, sizeof j->names[0]);
	if (j->names == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the invited");
	for (i = 0; i < c->n_consultations; i++)
		for (k = 0; k < c->consultations[i].n_invited; k++) {
			struct known_name *name = &j->names[j->n_names];

			name->invited = &c->consultations[i].invited[k];
			name->consultation = i;
			name_key(j, name->invited->name, key);
			name->key = strdup(key);
			name_key_as_written(j, name->invited->name, key);
			name->as_written = strdup(key);
			j->n_names++;	/* from here judge_free() knows it */
			if (name->key == NULL || name->as_written == NULL)
				return why_set(why, OUTCOME_DEFER, "no memory for the invited");
		}
	return OUTCOME_OK;
}

enum outcome
judge_new(const struct conf *conf, struct judge **out, struct why *why)
{
	struct judge *j = calloc(1, sizeof *j);
	enum outcome  o;

	if (j == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the judge");
	j->conf = conf;
	o = word_lists_load(conf->rules, &j->words, why);
	if (o == OUTCOME_OK)
		o = titles_prepare(j, why);
	if (o == OUTCOME_OK)
		o = questions_prepare(j, why);
	if (o == OUTCOME_OK)
		o = prepare_names(j, why);
	if (o != OUTCOME_OK) {
		judge_free(j);
		return o;
	}
	*out = j;
	return OUTCOME_OK;
}

void
judge_free(struct judge *j)
{
	size_t i;

	if (j == NULL)
		return;
	for (i = 0; i < j->n_names; i++) {
		free(j->names[i].key);
		free(j->names[i].as_written);
	}
	free(j->names);
	titles_free(j);
	questions_free(j);
	word_lists_free(j->words);
	free(j);
}

/* --- one message --------------------------------------------------------------------------------------------------- */

/* "VS:", "FW:" and their like, as the parser reads them; only the outermost prefix counts. */
static int
is_forward_subject(const struct session *s)
{
	static const char *const prefixes[] = { "vs:", "fw:", "fwd:", "videresend", "vidaresend", "wg:", "vb:", NULL };

	return judge_subject_begins(s, prefixes);
}

/*
 * Who wrote the mail that is passed on, and its subject: of mails inside mails the first by somebody who is none of the ministry's own
 * people, who pass on to each other what came to the wrong one; the outermost when there is no other. NULL without one.
 */
static const struct signal *
inner_writer(const struct session *s, const struct signal **subject)
{
	const struct signal *first = NULL, *found = NULL, *one, *end;

	*subject = NULL;
	if (s->p->n_signals == 0)
		return NULL;	/* and no array to point behind */
	end = s->p->signals + s->p->n_signals;
	for (one = s->p->signals; one < end && (found == NULL || judge_is_ours(s->j, found->value.p)); one++)
		if (one->kind == SIGNAL_INNER_FROM && one->zone == ZONE_FORWARDED && (first == NULL || one->part == first->part)) {
			found = one;
			first = first == NULL ? one : first;
		}
	if (found != NULL && judge_is_ours(s->j, found->value.p))
		found = first;
	for (one = found; one != NULL && one < end && *subject == NULL && (one == found || one->kind != SIGNAL_INNER_FROM); one++)
		if (one->kind == SIGNAL_INNER_SUBJECT && one->zone == ZONE_FORWARDED && one->part == found->part)
			*subject = one;
	return found;
}

/* Is this mail passed on by somebody else? Then the inner mail is what speaks. */
static void
find_voice(struct session *s)
{
	const struct signal *subject, *inner = inner_writer(s, &subject);

	s->voice = ZONE_BODY;
	s->inner_name = s->inner_address = s->inner_subject = "";
	if (inner == NULL)
		return;
	/* A mail attached as an annex to somebody's own words is not passed on. */
	if (inner->part > 0 && judge_words(s, DIGEST_BODY) > COMMENT_WORDS && !is_forward_subject(s))
		return;
	s->inner_name = inner->extra.p;
	s->inner_address = inner->value.p;
	s->inner_subject = subject == NULL ? "" : subject->value.p;
	/* Below an answer stands what it answers. */
	if (own_letter_is_answered(s)) {
		s->inner_name = s->inner_address = s->inner_subject = "";
		return;
	}
	s->voice = ZONE_FORWARDED;
	s->v->is_forward = 1;
}

/* From a machine's address (a petition's tool, a form), the answer goes back to who wrote it. */
static const struct text *
sender_address(const struct session *s)
{
	const struct envelope *e = &s->p->envelope;
	int                    machine = judge_find(s, SIGNAL_AUTOMATIC, "machine-sender", IN(ZONE_HEADER)) != NULL;

	return machine && e->reply_to_address.n > 0 ? &e->reply_to_address : &e->from_address;
}

/* What it answers, first its parent: whole ids as far as there is room, since half of one is nobody's. */
static const char *
thread_of(struct session *s)
{
	const char *ids[] = { s->p->envelope.in_reply_to.p, s->p->envelope.references.p };
	char        thread[THREAD_BYTES];
	size_t      used = 0, i, n;

	for (i = 0; i < 2; i++)
		for (const char *at = ids[i] + strspn(ids[i], " "); *at != '\0'; at += n, at += strspn(at, " ")) {
			n = strcspn(at, " ");
			if (used + n + 1 > sizeof thread)
				continue;
			if (used > 0)
				thread[used++] = ' ';
			memcpy(thread + used, at, n);
			used += n;
		}
	return judge_copy(s, thread, used);
}

static void
take_sender(struct session *s)
{
	const struct envelope *e = &s->p->envelope;
	struct verdict        *v = s->v;

	v->contact = judge_copy(s, e->from_name.p, e->from_name.n);
	v->address = judge_copy(s, sender_address(s)->p, sender_address(s)->n);
	if (v->is_forward && (s->inner_address[0] != '\0' || s->inner_name[0] != '\0')) {
		v->contact = judge_copy(s, s->inner_name, strlen(s->inner_name));
		v->address = judge_copy(s, s->inner_address, strlen(s->inner_address));
	}
	v->contact = name_without_title(s->j, v->contact);
	v->kin_sender = v->address;
	v->kin_message_id = judge_copy(s, e->message_id.p, e->message_id.n);
	v->kin_thread = thread_of(s);
}

static void
take_language(struct session *s)
{
	const struct signal *language = judge_find(s, SIGNAL_LANGUAGE, NULL, IN_ALL);

	s->v->language = language == NULL ? "" : judge_copy(s, language->value.p, language->value.n);
	if (language != NULL)
		judge_tell(s, "language", s->v->language, "words-of-language", 0, language, language->extra.p);
}

static void
start(struct session *s, struct verdict *out)
{
	memset(out, 0, sizeof *out);
	out->automatic_why = out->responder = out->responder_key = out->responder_class = out->orgnr = out->invited = "";
	out->signers = out->contact = out->address = out->language = out->kin_message_id = out->kin_sender = out->kin_thread = "";
	s->v = out;
	find_voice(s);
	take_sender(s);
}

static void
clear_envelope(struct envelope *e)
{
	const struct text none = { "", 0 };

	*e = (struct envelope){ none, none, none, none, none, none, none, none, none, none, TIME_UNKNOWN, TIME_UNKNOWN };
}

static int
is_answer_kind(enum mail_kind k)
{
	return k == KIND_RESPONSE || k == KIND_REGISTRATION || k == KIND_DECLINE || k == KIND_EXTENSION_REQUEST || k == KIND_INQUIRY ||
	    k == KIND_WITHDRAWAL || k == KIND_UNPARSED || k == KIND_OTHER;
}

enum outcome
judge_message(const struct judge *j, const struct parsed *p, const struct circumstances *c, struct verdict *out, struct why *why)
{
	struct parsed  without_envelope = *p;
	struct session s = { .j = j, .p = p, .c = c };

	if (!p->has_envelope) {	/* a parser that died early, or a zeroed struct */
		clear_envelope(&without_envelope.envelope);
		s.p = &without_envelope;
	}
	start(&s, out);
	take_language(&s);
	judge_kind(&s);
	judge_consultation(&s);
	if (is_answer_kind(out->kind)) {
		judge_responder(&s);
		judge_position(&s);
		judge_registration(&s);
		judge_care(&s);
	}
	judge_kin(&s);
	if (s.broke) {
		verdict_free(out);
		return why_set(why, OUTCOME_DEFER, "no memory for a verdict");
	}
	return OUTCOME_OK;
}

const char *
judge_deadline(const struct conf_consultation *c, enum mail_kind kind, int64_t received_at, int64_t *seconds_late)
{
	int64_t deadline;

	if (seconds_late != NULL)
		*seconds_late = 0;
	if (c == NULL || received_at == TIME_UNKNOWN)
		return "unknown";
	deadline = (kind == KIND_REGISTRATION || kind == KIND_DECLINE) && c->registration.present ? c->registration.deadline_at : c->deadline_at;
	if (received_at < deadline)
		return "on time";
	if (seconds_late != NULL)
		*seconds_late = received_at - deadline;
	return "late";
}
