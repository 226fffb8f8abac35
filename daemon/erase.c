#include "daemon/erase.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/sha256.h"
#include "daemon/store/store_erase.h"
#include "daemon/tombstone.h"

#define DEPENDANTS	64	/* written into the journal so many at a time */

/* --- buried ---------------------------------------------------------------------------------------------------------- */

/* What of its kin rests on a comparison with it is decided for good, in its own lines, before it is gone. */
static enum outcome
settle_dependants(struct intake *in, int64_t submission, const char *sha256, const char *actor, struct why *why)
{
	struct dependant d[DEPENDANTS];
	size_t           n = 1, i;
	int64_t          after = 0;
	enum outcome     o = OUTCOME_OK;

	while (o == OUTCOME_OK && n > 0) {
		o = store_dependants(in->store, submission, after, d, DEPENDANTS, &n, why);
		for (i = 0; i < n && o == OUTCOME_OK; i++) {
			struct journal_entry e = { .actor = actor, .action = "relate", .object = d[i].sha256 };
			char                 detail[400] = "";

			(void)journal_detail_add(detail, sizeof detail, "relation", d[i].relation);
			(void)journal_detail_add(detail, sizeof detail, "other", sha256);
			(void)journal_detail_add(detail, sizeof detail, "reason", "as it was when the other was erased");
			e.detail = detail;
			o = intake_record(in, &e, why);
			after = d[i].id;
			if (o != OUTCOME_OK || d[i].consultation[0] == '\0')
				continue;
			e = (struct journal_entry){ .actor = actor, .action = "refile", .object = d[i].sha256, .detail = detail };
			detail[0] = '\0';
			(void)journal_detail_add(detail, sizeof detail, "consultation", d[i].consultation);
			(void)journal_detail_add(detail, sizeof detail, "reason", "as it was when the other was erased");
			o = intake_record(in, &e, why);
		}
	}
	return o;
}

static enum outcome
describe(struct intake *in, const struct remains *m, char *detail, size_t size, struct why *why)
{
	const struct { const char *key, *value; } facts[] = { { "kind", m->kind }, { "consultation", m->consultation }, { "class", m->class },
		{ "position", m->position }, { "language", m->language }, { "relation", m->relation }, { "invited", m->invited }, { "together", m->together } };
	uint8_t      key[TOMBSTONE_KEY_BYTES];
	char         hex[TOMBSTONE_DIGEST_HEX];
	enum outcome o = tombstone_key(in->conf->archive, key, why);

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

/* Tombstone and rows first, durable; then the original: a crash between is made good by erase_resume(). */
static enum outcome
bury(struct intake *in, int64_t submission, struct remains *m, const char *actor, const char *reason, struct why *why)
{
	struct journal_entry e = { .actor = actor, .action = "erase" };
	char                 sha256[SHA256_HEX], other[SHA256_HEX] = "-", detail[4096] = "";
	enum outcome         o = sha256_of(in, submission, sha256, why);

	if (o == OUTCOME_OK && m->other != 0)
		o = sha256_of(in, m->other, other, why);
	if (o == OUTCOME_OK)
		o = settle_dependants(in, submission, sha256, actor, why);
	if (o == OUTCOME_OK)
		o = describe(in, m, detail, sizeof detail, why);
	if (o != OUTCOME_OK)
		return o;
	(void)journal_detail_add(detail, sizeof detail, "other", other);
	if (!journal_detail_add(detail, sizeof detail, "reason", reason))
		return why_set(why, OUTCOME_REFUSED, "the reason is too long");
	e.object = sha256;
	e.detail = detail;
	in->unscrubbed = in->tombstones = 1;
	o = intake_record(in, &e, why);
	if (o == OUTCOME_OK)
		o = archive_remove(in->archive, sha256, why);
	if (o == OUTCOME_OK)
		log_info("erased", "submission=%" PRId64 " sha=%.12s by=%s", submission, sha256, actor);
	return o;
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
	int            erased = 0;
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
		o = bury(in, submission, &m, r->actor, r->field[2], &why);
	if (o != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return o == OUTCOME_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
	}
	if (intake_rejudge(in, 64, &n, &why) != OUTCOME_OK)
		in->unjudged = 1;
	(void)snprintf(answer, size, "submission %" PRId64 " (%.12s) is erased; other submissions of the same sender or answer, older backups and "
	    "the servers may still hold what it said", submission, sha256);
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
	enum outcome   o = tombstone_of_same(in->store, key, submission, &m, &before, why);

	if (o != OUTCOME_OK || before == 0)
		return o;
	(void)snprintf(m.relation, sizeof m.relation, "%s", relation_name(RELATION_COPY));
	m.other = before;
	(void)snprintf(reason, sizeof reason, "the same as submission %" PRId64 ", which was erased", before);
	o = bury(in, submission, &m, "hoeringd", reason, why);
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
	o = tombstone_key(in->conf->archive, key, why);
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
	return in->tombstones ? remove_originals(in, why) : OUTCOME_OK;
}

enum outcome
erase_scrub(struct intake *in, struct why *why)
{
	enum outcome o = remove_originals(in, why);	/* one that could not be removed when it was erased */

	if (o == OUTCOME_OK)
		o = store_scrub(in->store, why);
	if (o == OUTCOME_OK) {
		in->unscrubbed = 0;
		log_info("scrubbed", "the database's files hold nothing more of what was erased");
	}
	return o;
}
