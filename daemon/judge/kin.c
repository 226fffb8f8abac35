/* What kinship is judged on: the marks a mail carries, and the keys by which its possible kin are found again. */
#include <stdio.h>
#include <string.h>

#include "daemon/judge/judge_parts.h"
#include "daemon/judge/learnt.h"

#define LEARNT_MARK 55	/* of 100: how sure it is that a sentence is such a mark */
#define THREAD_KEYS 8	/* of the mails that one answers */

/* The mark in the sender's own words, or in those of the mail that is passed on; never in what is quoted or attached. */
static const struct signal *
marked(const struct session *s, enum signal_kind kind, const char *value, const char *extra)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == kind && (IN_VOICE(s) & IN(one->zone)) != 0 && (value == NULL || strcmp(one->value.p, value) == 0) &&
		    (extra == NULL || strcmp(one->extra.p, extra) == 0))
			return one;
	}
	return NULL;
}

static int
note_mark(struct session *s, const char *rule, const struct signal *found)
{
	if (found == NULL)
		return 0;
	judge_tell(s, "relation", rule, rule, 10, found, found->kind == SIGNAL_PHRASE ? found->extra.p : found->value.p);
	return 1;
}

/* "Ny versjon" in a subject or a file's name says nothing by itself, and all when there is an earlier one. */
static enum says
says(struct session *s, const char *rule, const struct signal *clear, const char *maybe)
{
	if (note_mark(s, rule, clear))
		return SAYS_SO;
	return note_mark(s, maybe, judge_find(s, SIGNAL_PHRASE, maybe, IN_VOICE(s) | IN(ZONE_FILENAME))) ? SAYS_MAYBE : SAYS_NOT;
}

/* A sentence that reads like such a mark, where no phrase is one. */
static enum says
reads(struct session *s, const char *rule, const char *learnt)
{
	return note_mark(s, rule, learnt_reads(s, learnt, IN(s->voice), LEARNT_MARK, NULL)) ? SAYS_MAYBE : SAYS_NOT;
}

static void
add_key(struct session *s, const char *sort, const char *value)
{
	const char **key;

	if (value[0] == '\0')
		return;
	key = JUDGE_PUSH(s, s->v->kin_keys, s->v->n_kin_keys);
	if (key != NULL)
		*key = judge_say(s, "%s:%s", sort, value);
}

/*
 * What a mail answers, if it came from the same house: all who reply to the ministry's own letter are no kin. The key of a mail
 * that may be answered, and of one that answers it, name the mail and the sender's domain.
 */
static void
add_thread_keys(struct session *s, const char *ids)
{
	const char *domain = strrchr(s->v->kin_sender, '@');
	size_t      n, taken = 0;

	for (; domain != NULL && *ids != '\0' && taken < THREAD_KEYS; ids += n) {
		ids += strspn(ids, " ");
		n = strcspn(ids, " ");
		if (n > 0) {
			add_key(s, "t", judge_say(s, "%.*s|%s", (int)(n > 300 ? 300 : n), ids, domain + 1));
			taken++;
		}
	}
}

static void
add_digest_key(struct session *s, const char *sort, enum digest_kind kind)
{
	const struct digest *d = judge_digest(s, kind);
	char                 hex[33];
	size_t               i;

	if (d == NULL)
		return;
	for (i = 0; i < 16; i++)	/* half of it is enough to find; judge_family compares all */
		(void)snprintf(hex + 2 * i, 3, "%02x", d->sha256[i]);
	add_key(s, sort, hex);
}

/*
 * Copies share content or Message-ID; resent, changed and added answers share responder or sender. Not the answer's text: a
 * form letter has thirty thousand senders, and each of them is another answer.
 */
void
judge_kin(struct session *s)
{
	struct verdict *v = s->v;

	v->says_resend = says(s, "resend", marked(s, SIGNAL_PHRASE, "resend", NULL), "resend-maybe");
	v->says_supplement = says(s, "supplement", marked(s, SIGNAL_REPLACES, NULL, "supplement"), "supplement-maybe");
	v->says_revision = says(s, "revision", marked(s, SIGNAL_REPLACES, NULL, "replaces"), "replaces-maybe");
	if (v->kind == KIND_RESPONSE && v->says_revision == SAYS_NOT &&
	    note_mark(s, "replaces-maybe", judge_find(s, SIGNAL_PHRASE, "withdrawal", IN(s->voice))))
		v->says_revision = SAYS_MAYBE;	/* taken back, and another given in its place */
	if (v->says_supplement == SAYS_NOT && v->says_revision == SAYS_NOT) {
		v->says_supplement = reads(s, "supplement-maybe", "sentence-as-supplement");
		v->says_revision = reads(s, "replaces-maybe", "sentence-as-replaces");
		if (v->says_resend == SAYS_NOT)
			v->says_resend = reads(s, "resend-maybe", "sentence-as-resend");
	}
	v->says_withdrawal = v->kind == KIND_WITHDRAWAL;
	add_digest_key(s, "c", DIGEST_CONTENT);
	add_key(s, "m", v->kin_message_id);
	if (s->is_machine)
		return;
	add_thread_keys(s, v->kin_message_id);
	add_thread_keys(s, v->kin_thread);
	add_key(s, "r", v->responder_key);
	add_key(s, "j", v->signers);
	/* The address with the name behind it: a petition's thirty thousand signatures come from one address. */
	if (v->kin_sender[0] != '\0') {
		char name[NAME_KEY_BYTES];

		name_key(s->j, v->contact, name);
		add_key(s, "s", judge_say(s, "%s|%s", v->kin_sender, name));
		/* All the same from one sender: as often as it is sent, each is held against the first (store_family.c). */
		add_digest_key(s, judge_say(s, "w:%s", name), DIGEST_CONTENT);
	}
}
