#include "daemon/erase.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/sha256.h"
#include "daemon/store/store_erase.h"

#define KEY		"erase.key"
#define KEY_NEW		"erase.key.new"
#define KEY_BYTES	32
#define DIGEST_HEX	65
#define DEPENDANTS	64	/* written into the journal so many at a time */

/* --- keyed digests --------------------------------------------------------------------------------------------------- */

/* Whole or not at all: a key that was cut off would be in the way for ever. */
static int
write_key(int folder, const uint8_t key[KEY_BYTES])
{
	int fd = FAULT("erase-key-create") ? -1 : openat(folder, KEY_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), bad;

	if (fd == -1)
		return -1;
	bad = FAULT_HALF("erase-key-write", fd, key, KEY_BYTES) || fd_write_full(fd, key, KEY_BYTES) == -1 || fchmod(fd, 0400) == -1 ||
	    FAULT("erase-key-fsync") || fsync(fd) == -1;
	fd_close(&fd);
	return bad || FAULT("erase-key-rename") || renameat(folder, KEY_NEW, folder, KEY) == -1 || FAULT("erase-key-name-fsync") ||
	    fsync(folder) == -1 ? -1 : 0;
}

/* Made when it is first needed; lost with it is only that erased mails are known again by what they say. */
static enum outcome
make_key(int folder, const char *path, uint8_t key[KEY_BYTES], struct why *why)
{
	(void)unlinkat(folder, KEY_NEW, 0);	/* of one that was stopped: it may not be written to */
	if (getrandom(key, KEY_BYTES, 0) != KEY_BYTES || write_key(folder, key) == -1)
		return why_errno(why, OUTCOME_DEFER, "%s/" KEY, path);
	return OUTCOME_OK;
}

static enum outcome
load_key(const struct intake *in, uint8_t key[KEY_BYTES], struct why *why)
{
	const char  *path = in->conf->archive;
	int          folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = folder == -1 ? -1 : openat(folder, KEY, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum outcome o = OUTCOME_OK;

	if (fd == -1)
		o = folder != -1 && errno == ENOENT ? make_key(folder, path, key, why) : why_errno(why, OUTCOME_DEFER, "%s/" KEY, path);
	else if (fd_read_full(fd, key, KEY_BYTES) == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s/" KEY, path);
	fd_close(&fd);
	fd_close(&folder);
	return o;
}

static void
keyed(const uint8_t key[KEY_BYTES], const char *what, const void *p, size_t n, char hex[DIGEST_HEX])
{
	struct hmac_sha256_ctx h;
	uint8_t                digest[SHA256_DIGEST_SIZE];

	hmac_sha256_set_key(&h, KEY_BYTES, key);
	hmac_sha256_update(&h, strlen(what) + 1, (const uint8_t *)what);
	hmac_sha256_update(&h, n, p);
	hmac_sha256_digest(&h, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* --- the tombstone --------------------------------------------------------------------------------------------------- */

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
		{ "position", m->position }, { "language", m->language }, { "relation", m->relation }, { "invited", m->invited } };
	uint8_t      key[KEY_BYTES];
	char         hex[DIGEST_HEX];
	enum outcome o = load_key(in, key, why);

	for (size_t i = 0; i < sizeof facts / sizeof facts[0] && o == OUTCOME_OK; i++)
		if (facts[i].value[0] != '\0' && !journal_detail_add(detail, size, facts[i].key, facts[i].value))
			o = why_set(why, OUTCOME_BAD, "a tombstone has no room for %s", facts[i].key);
	if (o == OUTCOME_OK && m->has_content) {
		keyed(key, "content", m->content, sizeof m->content, hex);
		(void)journal_detail_add(detail, size, "content", hex);
	}
	if (o == OUTCOME_OK && m->responder_key[0] != '\0') {
		keyed(key, "responder", m->responder_key, strlen(m->responder_key), hex);
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

/* *before: what was erased and said the same; 0: nothing. */
static enum outcome
recognise(struct intake *in, const uint8_t key[KEY_BYTES], int64_t submission, struct remains *m, int64_t *before, struct why *why)
{
	char         hex[DIGEST_HEX];
	enum outcome o = store_remains(in->store, submission, m, why);

	*before = 0;
	if (o != OUTCOME_OK || !m->has_content)
		return o;
	keyed(key, "content", m->content, sizeof m->content, hex);
	return store_find_tombstone(in->store, submission, hex, before, why);
}

enum outcome
erase_mark(struct intake *in, int64_t submission, struct why *why)
{
	struct remains m;
	uint8_t        key[KEY_BYTES];
	int64_t        before;
	enum outcome   o;

	if (!in->tombstones)
		return OUTCOME_OK;
	o = load_key(in, key, why);
	if (o == OUTCOME_OK)
		o = recognise(in, key, submission, &m, &before, why);
	return o == OUTCOME_OK && before != 0 ? store_unburied(in->store, submission, 1, why) : o;
}

static enum outcome
know(struct intake *in, const uint8_t key[KEY_BYTES], int64_t submission, struct why *why)
{
	struct remains m;
	char           reason[80];
	int64_t        before;
	struct why     unmarked;
	enum outcome   o = recognise(in, key, submission, &m, &before, why);

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
	uint8_t      key[KEY_BYTES];
	size_t       i;
	enum outcome o;

	if (!in->tombstones)
		return OUTCOME_OK;
	o = load_key(in, key, why);
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
	enum outcome o = store_has_tombstones(in->store, &in->tombstones, &in->unscrubbed, why);

	return o == OUTCOME_OK ? remove_originals(in, why) : o;
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
