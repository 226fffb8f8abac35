#include "daemon/erase.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/sha256.h"
#include "daemon/store/store_erase.h"
#include "daemon/tombstone.h"

#define DEPENDANTS	64	/* read from the database so many at a time */

/* --- what one erasure says in the journal ------------------------------------------------------------------------------ */

struct order {
	const char           *actor;
	struct journal_entry *lines;	/* object and detail are ours */
	size_t                n, room;
};

static void
order_free(struct order *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free((char *)(uintptr_t)w->lines[i].object);
		free((char *)(uintptr_t)w->lines[i].detail);
	}
	free(w->lines);
}

/* `end`: JOURNAL_WITH_NEXT, or "" for the last line. */
static enum outcome
order_add(struct order *w, const char *action, const char *object, const char *detail, const char *end, struct why *why)
{
	size_t                room = w->room == 0 ? 8 : 2 * w->room;
	struct journal_entry *l = w->lines;
	char                 *p;

	if (w->n == w->room) {
		l = reallocarray(w->lines, room, sizeof *l);
		if (l == NULL)
			return why_errno(why, OUTCOME_DEFER, "erasing");
		w->lines = l;
		w->room = room;
	}
	l = &w->lines[w->n];
	*l = (struct journal_entry){ .actor = w->actor, .action = action, .object = strdup(object) };
	if (asprintf(&p, "%s%s", detail, end) == -1)
		p = NULL;
	l->detail = p;
	w->n++;
	return l->object == NULL || p == NULL ? why_errno(why, OUTCOME_DEFER, "erasing") : OUTCOME_OK;
}

/* --- buried ---------------------------------------------------------------------------------------------------------- */

static enum outcome
settle_one(struct order *w, const struct dependant *d, const char *erased, struct why *why)
{
	static const char reason[] = "as it was when the other was erased";
	char              detail[1500] = "";
	enum outcome      o;

	(void)journal_detail_add(detail, sizeof detail, "relation", d->relation);
	(void)journal_detail_add(detail, sizeof detail, "other", erased);
	(void)journal_detail_add(detail, sizeof detail, "reason", reason);
	o = order_add(w, "relate", d->sha256, detail, JOURNAL_WITH_NEXT, why);
	if (o != OUTCOME_OK || d->consultation[0] == '\0')
		return o;
	detail[0] = '\0';
	(void)journal_detail_add(detail, sizeof detail, "consultation", d->consultation);
	(void)journal_detail_add(detail, sizeof detail, "reason", reason);
	return order_add(w, "refile", d->sha256, detail, JOURNAL_WITH_NEXT, why);
}

/* What of its kin rests on a comparison with it is decided for good, in its own lines, before it is gone. */
static enum outcome
settle_dependants(struct intake *in, struct order *w, int64_t submission, const char *erased, struct why *why)
{
	struct dependant d[DEPENDANTS];
	size_t           n = 1, i;
	int64_t          after = 0;
	enum outcome     o = OUTCOME_OK;

	while (o == OUTCOME_OK && n > 0) {
		o = store_dependants(in->store, submission, after, d, DEPENDANTS, &n, why);
		for (i = 0; i < n && o == OUTCOME_OK; i++) {
			o = settle_one(w, &d[i], erased, why);
			after = d[i].id;
		}
	}
	return o;
}

static enum outcome
describe(const uint8_t key[TOMBSTONE_KEY_BYTES], const struct remains *m, char *detail, size_t size, struct why *why)
{
	const struct { const char *key, *value; } facts[] = { { "kind", m->kind }, { "consultation", m->consultation }, { "class", m->class },
		{ "position", m->position }, { "language", m->language }, { "relation", m->relation }, { "invited", m->invited }, { "together", m->together } };
	char         hex[TOMBSTONE_DIGEST_HEX];
	enum outcome o = OUTCOME_OK;

	for (size_t i = 0; i < sizeof facts / sizeof facts[0] && o == OUTCOME_OK; i++)
		if (facts[i].value[0] != '\0' && !journal_detail_add(detail, size, facts[i].key, facts[i].value))
			o = why_set(why, OUTCOME_BAD, "a tombstone has no room for %s", facts[i].key);
	if (o == OUTCOME_OK && m->has_content) {
		tombstone_digest(key, "content", m->content, sizeof m->content, hex);
		(void)journal_detail_add(detail, size, "content", hex);
	}
	if (o == OUTCOME_OK && m->responder_key[0] != '\0') {
		tombstone_digest(key, "responder", m->responder_key, strlen(m->responder_key), hex);
		(void)journal_detail_add(detail, size, "responder", hex);
	}
	return o;
}

static enum outcome
sha256_of(struct intake *in, int64_t submission, char sha256[SHA256_HEX], struct why *why)
{
	char    name[32];
	int64_t id;

	(void)snprintf(name, sizeof name, "%" PRId64, submission);
	return store_find(in->store, name, &id, sha256, why);
}

/* From the first erasure on there is one key, and a line that tells which: another is made only when somebody asks for it. */
static enum outcome
read_key(const struct intake *in, uint8_t key[TOMBSTONE_KEY_BYTES], struct why *why)
{
	struct why   told;
	enum outcome o = tombstone_key(in->conf->archive, in->erase_key, !in->tombstones && in->erase_key[0] == '\0', key, &told);

	if (o == OUTCOME_REFUSED)
		return why_set(why, o, "%s: " ERASE_KEY_LOST, told.text);
	*why = told;
	return o;
}

static enum outcome
tell_key(struct order *w, const char *check, const char *reason, const char *end, struct why *why)
{
	char detail[4096] = "";

	(void)journal_detail_add(detail, sizeof detail, "key", check);
	if (reason[0] != '\0' && !journal_detail_add(detail, sizeof detail, "reason", reason))
		return why_set(why, OUTCOME_REFUSED, "the reason is too long");
	return order_add(w, "erase-key", "-", detail, end, why);
}

/* The lines: the key's when none tells it yet, those of its kin, the tombstone. */
static enum outcome
order_burial(struct intake *in, struct order *w, int64_t submission, const struct remains *m, const char *reason, char sha256[SHA256_HEX],
    char check[TOMBSTONE_CHECK_HEX], struct why *why)
{
	uint8_t      key[TOMBSTONE_KEY_BYTES];
	char         other[SHA256_HEX] = "-", detail[4096] = "";
	enum outcome o = sha256_of(in, submission, sha256, why);

	if (o == OUTCOME_OK && m->other != 0)
		o = sha256_of(in, m->other, other, why);
	if (o == OUTCOME_OK)
		o = read_key(in, key, why);
	if (o == OUTCOME_OK) {
		tombstone_check(key, check);
		o = in->erase_key[0] == '\0' ? tell_key(w, check, "", JOURNAL_WITH_NEXT, why) : OUTCOME_OK;
	}
	if (o == OUTCOME_OK)
		o = settle_dependants(in, w, submission, sha256, why);
	if (o == OUTCOME_OK)
		o = describe(key, m, detail, sizeof detail, why);
	if (o != OUTCOME_OK)
		return o;
	(void)journal_detail_add(detail, sizeof detail, "other", other);
	if (!journal_detail_add(detail, sizeof detail, "reason", reason))
		return why_set(why, OUTCOME_REFUSED, "the reason is too long");
	return order_add(w, "erase", sha256, detail, "", why);
}

/*
 * Tombstone and rows first, durable; then the original: a crash between is made good by erase_resume(). OUTCOME_OK: the tombstone is durable.
 * *done 0: it is carried out later, by erase_scrub() at the latest, and *why says what is in the way.
 */
static enum outcome
bury(struct intake *in, int64_t submission, const struct remains *m, const char *actor, const char *reason, int *done, struct why *why)
{
	struct order w = { .actor = actor };
	char         sha256[SHA256_HEX], check[TOMBSTONE_CHECK_HEX];
	enum outcome o = order_burial(in, &w, submission, m, reason, sha256, check, why);

	if (o == OUTCOME_OK)
		o = intake_record(in, w.lines, w.n, why);
	order_free(&w);
	if (o != OUTCOME_OK)
		return o;
	in->unscrubbed = in->tombstones = 1;
	memcpy(in->erase_key, check, sizeof in->erase_key);
	*done = !in->behind && archive_remove(in->archive, sha256, why) == OUTCOME_OK;
	if (*done)
		log_info("erased", "submission=%" PRId64 " sha=%.12s by=%s", submission, sha256, actor);
	return OUTCOME_OK;
}

/* --- asked for ------------------------------------------------------------------------------------------------------- */

int
erase_request(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	struct remains m;
	struct why     why;
	char           sha256[SHA256_HEX];
	int64_t        submission;
	size_t         n;
	int            erased = 0, done = 0;
	enum outcome   o;

	if (r->n_fields < 3 || r->field[2][0] == '\0') {
		(void)snprintf(answer, size, "a reason is needed: it stands in the audit trail");
		return EX_USAGE;
	}
	o = store_find(in->store, r->field[1], &submission, sha256, &why);
	if (o == OUTCOME_OK)
		o = store_is_erased(in->store, submission, &erased, &why);
	if (o == OUTCOME_OK && erased)
		o = why_set(&why, OUTCOME_REFUSED, "submission %" PRId64 " is erased already", submission);
	if (o == OUTCOME_OK)
		o = store_remains(in->store, submission, &m, &why);
	if (o == OUTCOME_OK)
		o = bury(in, submission, &m, r->actor, r->field[2], &done, &why);
	if (o != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return o == OUTCOME_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
	}
	if (!done || intake_rejudge(in, 64, &n, &why) != OUTCOME_OK) {
		in->unjudged = 1;
		(void)snprintf(answer, size, "noted, and carried out later: %s", why.text);
		return EX_OK;
	}
	(void)snprintf(answer, size, "submission %" PRId64 " (%.12s) is erased; other submissions of the same sender or answer, older backups and "
	    "the servers may still hold what it said", submission, sha256);
	return EX_OK;
}

/* --- the key --------------------------------------------------------------------------------------------------------- */

void
erase_tell_key(const struct intake *in)
{
	uint8_t    key[TOMBSTONE_KEY_BYTES];
	struct why why;

	if (in->tombstones && read_key(in, key, &why) != OUTCOME_OK)
		log_warnx("erase-key-wrong", "%s: mail goes on being filed, but what was erased and comes again in other bytes is not known again, and nothing can be "
		    "erased", why.text);
}

/* The key as it is now, or a new one, is right from here on. */
static enum outcome
accept_key(struct intake *in, const char *actor, const char *reason, struct why *why)
{
	struct order w = { .actor = actor };
	uint8_t      key[TOMBSTONE_KEY_BYTES];
	char         check[TOMBSTONE_CHECK_HEX];
	enum outcome o = tombstone_key(in->conf->archive, "", reason[0] != '\0', key, why);

	if (o != OUTCOME_OK)
		return o;
	tombstone_check(key, check);
	if (strcmp(check, in->erase_key) == 0)
		return why_set(why, OUTCOME_REFUSED, "the key is the one that the journal tells of: it needs no other");
	o = tell_key(&w, check, reason, "", why);
	if (o == OUTCOME_OK)
		o = intake_record(in, w.lines, w.n, why);
	order_free(&w);
	if (o == OUTCOME_OK)
		memcpy(in->erase_key, check, sizeof in->erase_key);
	return o;
}

int
erase_key_request(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	struct why   why;
	enum outcome o = OUTCOME_OK;

	if (r->n_fields < 2 || r->field[1][0] == '\0') {
		(void)snprintf(answer, size, "a reason is needed: it stands in the audit trail");
		return EX_USAGE;
	}
	if (r->uid != 0 && r->uid != geteuid()) {
		(void)snprintf(answer, size, "only root and the daemon's own user may give up the key");
		return EX_NOPERM;
	}
	if (!in->tombstones)
		o = why_set(&why, OUTCOME_REFUSED, "nothing was erased yet: the first erasure makes the key");
	if (o == OUTCOME_OK)
		o = accept_key(in, r->actor, r->field[1], &why);
	if (o != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return o == OUTCOME_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
	}
	log_info("decided", "action=erase-key by=%s", r->actor);
	(void)snprintf(answer, size, "what is erased from now on is known again by the key that is there now; what was erased before it only when the very same bytes "
	    "come again");
	return EX_OK;
}

/* --- known again ----------------------------------------------------------------------------------------------------- */

static enum outcome
know(struct intake *in, const uint8_t key[TOMBSTONE_KEY_BYTES], int64_t submission, struct why *why)
{
	struct remains m;
	char           reason[80];
	int64_t        before;
	struct why     unmarked;
	int            done = 0;
	enum outcome   o = tombstone_of_same(in->store, key, submission, &m, &before, why);

	if (o != OUTCOME_OK || before == 0)
		return o;
	(void)snprintf(m.relation, sizeof m.relation, "%s", relation_name(RELATION_COPY));
	m.other = before;
	(void)snprintf(reason, sizeof reason, "the same as submission %" PRId64 ", which was erased", before);
	o = bury(in, submission, &m, "hoeringd", reason, &done, why);
	if (o == OUTCOME_OK)
		log_info("erased-again", "submission=%" PRId64 " is a copy of=%" PRId64 ", which was erased: it is not kept", submission, before);
	else if (o != OUTCOME_DEFER && store_unburied(in->store, submission, 0, &unmarked) == OUTCOME_OK) {
		log_warnx("erase-failed", "submission=%" PRId64 " is the same as an erased one and could not be erased: %s; hoering erase it",
		    submission, why->text);
		o = OUTCOME_OK;
	}
	return o;
}

enum outcome
erase_known(struct intake *in, const struct parse_result *filed, size_t n, struct why *why)
{
	uint8_t      key[TOMBSTONE_KEY_BYTES];
	size_t       i;
	enum outcome o;

	if (!in->tombstones)
		return OUTCOME_OK;
	o = read_key(in, key, why);
	if (o == OUTCOME_REFUSED)
		return OUTCOME_OK;
	for (i = 0; i < n && o == OUTCOME_OK; i++)
		o = know(in, key, filed[i].submission, why);
	return o == OUTCOME_OK ? o : OUTCOME_DEFER;
}

/* --- what the files still hold --------------------------------------------------------------------------------------- */

static enum outcome
remove_originals(struct intake *in, struct why *why)
{
	char         sha256[SHA256_HEX] = "";
	int          found = 1;
	enum outcome o = OUTCOME_OK;

	while (o == OUTCOME_OK && found) {
		o = store_erased_after(in->store, sha256, sha256, &found, why);
		if (o == OUTCOME_OK && found)
			o = archive_remove(in->archive, sha256, why);
	}
	return o;
}

enum outcome
erase_resume(struct intake *in, struct why *why)
{
	struct why   untold;
	enum outcome o = in->tombstones ? remove_originals(in, why) : OUTCOME_OK;

	/* Of a version that did not tell the key. Where it cannot be read, erase_tell_key() says so; where there is no room, the next start does it. */
	if (o == OUTCOME_OK && in->tombstones && in->erase_key[0] == '\0' && accept_key(in, "hoeringd", "", &untold) == OUTCOME_OK)
		log_info("erase-key", "the key by which erased mail is known again stands in the journal now");
	return o;
}

enum outcome
erase_scrub(struct intake *in, struct why *why)
{
	enum outcome o = in->behind ? intake_catch_up(in, why) : OUTCOME_OK;	/* one that is not carried out yet may wait there */

	if (o == OUTCOME_OK)
		o = remove_originals(in, why);	/* one that could not be removed when it was erased */
	if (o == OUTCOME_OK)
		o = store_scrub(in->store, why);
	if (o == OUTCOME_OK) {
		in->unscrubbed = 0;
		log_info("scrubbed", "the database's files hold nothing more of what was erased");
	}
	return o;
}
