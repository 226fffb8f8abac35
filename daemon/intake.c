/*
 * One message, from the moment its bytes are here until it is filed:
 *
 *   intake_receive   hash it, write it under tmp/                          (a batch builds up)
 *   intake_flush     fsync originals -> fsync journal -> commit rows       state `archived`: now it cannot be lost
 *   intake_file      read the parser's records -> judge -> commit          state `filed`
 *   intake_settled   the server was told; journal, row                     state `settled`
 *
 * Everything the database holds can be made again from archive, journal and configuration, so that order is the whole safety:
 * an original is durable before the journal names it, the journal before the database does, the database before the server is told.
 */
#include "daemon/intake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/campaigns.h"
#include "daemon/sha256.h"
#include "daemon/store/registry.h"
#include "daemon/store/store_erase.h"
#include "daemon/store/store_responder.h"
#include "daemon/tombstone.h"
#include "parsers/limits.h"

/* Judging again stops after so long, to go on in the next turn: new mail is not kept waiting. */
#define REJUDGE_MS 100

/* What the next flush makes durable. sha256 "" : known before, only the receipt is owed. */
struct received {
	char     action[16];
	char     mailbox[128];
	uint32_t uidvalidity;
	uint64_t uid;
	char     key[64];
	int64_t  received_at;
	uint64_t size_bytes;
	char     sha256[SHA256_HEX];
	char     reason[32];		/* of an exclusion; how, of a settling */
	char     actor[80];
	void    *from;			/* NULL: nobody waits for a receipt */
	uint64_t generation;
};

/* --- steps 1 and 2: archived ------------------------------------------------------------------------------------------ */

static struct received *
next_received(struct intake *in, const struct copy *c, const char *action, void *from, uint64_t generation, struct why *why)
{
	size_t           room = in->room == 0 ? 128 : in->room * 2;
	struct received *r;

	if (in->n_received == in->room) {
		r = FAULT("intake-memory") ? NULL : reallocarray(in->received, room, sizeof *r);
		if (r == NULL) {
			(void)why_errno(why, OUTCOME_DEFER, "intake");
			return NULL;
		}
		in->received = r;
		in->room = room;
	}
	r = &in->received[in->n_received];
	memset(r, 0, sizeof *r);
	(void)snprintf(r->action, sizeof r->action, "%s", action);
	(void)snprintf(r->mailbox, sizeof r->mailbox, "%s", c->mailbox);
	(void)snprintf(r->key, sizeof r->key, "%s", c->key);
	(void)snprintf(r->actor, sizeof r->actor, "%s", c->actor);
	r->uidvalidity = c->uidvalidity;
	r->uid = c->uid;
	r->received_at = c->received_at == INT64_MIN ? (int64_t)time(NULL) : c->received_at;
	r->size_bytes = c->size_bytes;
	r->from = from;
	r->generation = generation;
	return r;
}

static int
is_same_copy(const struct received *r, const struct copy *c)
{
	return r->sha256[0] != '\0' && strcmp(r->mailbox, c->mailbox) == 0 && r->uidvalidity == c->uidvalidity &&
	    (c->key[0] != '\0' ? strcmp(r->key, c->key) == 0 : r->uid == c->uid);
}

/* In the database, or earlier in this batch. */
static enum outcome
look_up(struct intake *in, const struct copy *c, int *known, uint64_t *uid, char *sha256, struct why *why)
{
	size_t       i;
	enum outcome o = in->behind ? intake_catch_up(in, why) : OUTCOME_OK;	/* it may be one of the lines that wait */

	if (o != OUTCOME_OK)
		return o;
	for (i = 0; i < in->n_received; i++)
		if (strcmp(in->received[i].action, "copy") == 0 && is_same_copy(&in->received[i], c)) {
			*known = 1;
			*uid = in->received[i].uid;
			memcpy(sha256, in->received[i].sha256, SHA256_HEX);
			return OUTCOME_OK;
		}
	return store_find_copy(in->store, c->mailbox, c->uidvalidity, c->uid, c->key[0] != '\0' ? c->key : NULL, known, uid,
	    sha256, why);
}

/*
 * A maildir's file and an imported mail have no UID of their own: the next free one, or the one under which the file was excluded once,
 * so that it is counted once.
 */
static enum outcome
give_uid(struct intake *in, struct received *r, struct why *why)
{
	uint64_t     highest, excluded = 0;
	size_t       i;
	enum outcome o = store_find_excluded(in->store, r->mailbox, r->uidvalidity, r->key, &excluded, why);

	if (o == OUTCOME_OK)
		o = store_cursor(in->store, r->mailbox, r->uidvalidity, &highest, why);
	if (o != OUTCOME_OK)
		return o;
	if (excluded != 0) {
		r->uid = excluded;
		return OUTCOME_OK;
	}
	for (i = 0; i < in->n_received; i++)
		if (strcmp(in->received[i].mailbox, r->mailbox) == 0 && in->received[i].uidvalidity == r->uidvalidity &&
		    in->received[i].uid > highest)
			highest = in->received[i].uid;
	r->uid = highest + 1;
	return OUTCOME_OK;
}

/* The very bytes that were erased: the copy is told and counted, the bytes are not kept. */
static enum outcome
turn_away(struct intake *in, const char *sha256, struct why *why)
{
	int          erased = 0;
	enum outcome o = store_original_erased(in->store, sha256, &erased, why);

	if (o == OUTCOME_OK && erased) {
		archive_drop(in->archive, sha256);
		log_info("erased-again", "sha=%.12s was erased and has come again: it is not kept", sha256);
	}
	return o;
}

/* Asked for again, it must be the mail that is stored: a UID is never given twice, unless the mailbox is another. */
static enum outcome
is_stored(const struct copy *c, const char *sha256, struct why *why)
{
	char now[SHA256_HEX];

	if (sha256_copy(c->fd, c->size_bytes, -1, now) == -1)
		return why_errno(why, OUTCOME_DEFER, "reading a mail");
	if (strcmp(now, sha256) == 0)
		return OUTCOME_OK;
	return why_set(why, OUTCOME_BAD, "uid=%" PRIu64 " is another mail than the one stored under it: when `url` or `user` now lead to another "
	    "mailbox, give it a name of its own in the configuration", c->uid);
}

enum outcome
intake_receive(struct intake *in, const struct copy *c, void *from, uint64_t generation, struct why *why)
{
	struct received *r;
	char             sha256[SHA256_HEX];
	int              known = 0;
	uint64_t         uid;
	enum outcome     o = look_up(in, c, &known, &uid, sha256, why);

	if (o == OUTCOME_OK && known && c->key[0] == '\0')
		o = is_stored(c, sha256, why);
	if (o != OUTCOME_OK)
		return o;
	r = next_received(in, c, "copy", from, generation, why);
	if (r == NULL)
		return OUTCOME_DEFER;
	if (known) {
		r->uid = c->key[0] != '\0' ? 0 : uid;
	} else {
		if (c->key[0] != '\0')
			o = give_uid(in, r, why);
		if (o == OUTCOME_OK)
			o = archive_add(in->archive, c->fd, c->size_bytes, r->sha256, why);
		if (o == OUTCOME_OK && in->tombstones)
			o = turn_away(in, r->sha256, why);
	}
	if (o == OUTCOME_OK)
		in->n_received++;
	return o;
}

/* A maildir's file that was stored or excluded, in the database or earlier in this batch. */
static enum outcome
is_known_file(struct intake *in, const struct copy *c, int *known, struct why *why)
{
	char         sha256[SHA256_HEX];
	uint64_t     uid = 0;
	size_t       i;
	enum outcome o = look_up(in, c, known, &uid, sha256, why);

	if (o != OUTCOME_OK || *known)
		return o;
	o = store_find_excluded(in->store, c->mailbox, c->uidvalidity, c->key, &uid, why);
	*known = uid != 0;
	for (i = 0; i < in->n_received; i++)
		*known |= is_same_copy(&in->received[i], c);
	return o;
}

enum outcome
intake_exclude(struct intake *in, const struct copy *c, const char *reason, void *from, uint64_t generation, struct why *why)
{
	struct received *r;
	int              known = 0;
	enum outcome     o = c->key[0] != '\0' ? is_known_file(in, c, &known, why) : OUTCOME_OK;

	if (o != OUTCOME_OK)
		return o;
	r = next_received(in, c, "excluded", from, generation, why);
	if (r == NULL)
		return OUTCOME_DEFER;
	if (!known) {	/* else it has its line, and gets a receipt */
		if (c->key[0] != '\0')
			o = give_uid(in, r, why);
		(void)snprintf(r->sha256, sizeof r->sha256, "-");
		(void)snprintf(r->reason, sizeof r->reason, "%s", reason);
	}
	if (o == OUTCOME_OK)
		in->n_received++;
	return o;
}

enum outcome
intake_settled(struct intake *in, const struct copy *c, const char *how, struct why *why)
{
	struct received *r;
	char             sha256[SHA256_HEX];
	int              known = 0;
	uint64_t         uid;
	enum outcome     o = look_up(in, c, &known, &uid, sha256, why);

	if (o != OUTCOME_OK || !known)
		return o;
	r = next_received(in, c, "settled", NULL, 0, why);
	if (r == NULL)
		return OUTCOME_DEFER;
	memcpy(r->sha256, sha256, sizeof r->sha256);
	(void)snprintf(r->reason, sizeof r->reason, "%s", how);
	in->n_received++;
	return OUTCOME_OK;
}

static void
add_number(char *detail, size_t size, const char *key, int64_t value)
{
	char s[32];

	(void)snprintf(s, sizeof s, "%" PRId64, value);
	if (!journal_detail_add(detail, size, key, s))
		bug("a journal line has no room for %s", key);
}

/* The journal's words for one entry of the batch; the strings of *e point into r and detail. */
static void
describe(const struct received *r, struct journal_entry *e, char *detail, size_t size)
{
	detail[0] = '\0';
	if (!journal_detail_add(detail, size, "mailbox", r->mailbox))
		bug("a journal line has no room for the mailbox's name");
	add_number(detail, size, "uidvalidity", (int64_t)r->uidvalidity);
	add_number(detail, size, "uid", (int64_t)r->uid);
	if (strcmp(r->action, "copy") == 0) {
		add_number(detail, size, "received", r->received_at);
		add_number(detail, size, "bytes", (int64_t)r->size_bytes);
	} else
		(void)journal_detail_add(detail, size, strcmp(r->action, "excluded") == 0 ? "reason" : "how", r->reason);
	if (r->key[0] != '\0' && strcmp(r->action, "settled") != 0)
		(void)journal_detail_add(detail, size, "key", r->key);
	memset(e, 0, sizeof *e);
	e->actor = r->actor;
	e->action = r->action;
	e->object = r->sha256;
	e->detail = detail;
}

#define DETAIL_BYTES 512

static enum outcome
write_journal(struct intake *in, struct journal_entry *lines, char (*details)[DETAIL_BYTES], size_t *n, struct why *why)
{
	struct why   again;
	size_t       i;
	enum outcome o = OUTCOME_OK;

	*n = 0;
	for (i = 0; i < in->n_received && o == OUTCOME_OK; i++) {
		if (in->received[i].sha256[0] == '\0')
			continue;
		describe(&in->received[i], &lines[*n], details[*n], DETAIL_BYTES);
		o = journal_append(in->journal, &lines[*n], why);
		(*n)++;
	}
	if (o == OUTCOME_OK)
		o = journal_sync(in->journal, why);
	if (o != OUTCOME_OK && journal_rollback(in->journal, &again) != OUTCOME_OK)
		fatal(EX_OSERR, "%s", again.text);
	return o;
}

enum outcome
intake_flush(struct intake *in, intake_archived *archived, void *arg, struct why *why)
{
	struct journal_entry *lines = calloc(in->n_received + 1, sizeof *lines);
	char                (*details)[DETAIL_BYTES] = calloc(in->n_received + 1, sizeof *details);
	size_t                n = 0, i;
	enum outcome          o = OUTCOME_OK;

	if (lines == NULL || details == NULL)
		o = why_errno(why, OUTCOME_DEFER, "intake");
	if (o == OUTCOME_OK && in->behind)
		o = intake_catch_up(in, why);
	if (o == OUTCOME_OK)
		o = archive_sync(in->archive, why);
	if (o == OUTCOME_OK)
		o = write_journal(in, lines, details, &n, why);
	if (o == OUTCOME_OK)
		o = intake_project(in, lines, n, why);
	archive_rollback(in->archive);	/* nothing is left there unless something failed */
	for (i = 0; i < in->n_received && o == OUTCOME_OK; i++) {
		const struct received *r = &in->received[i];
		struct receipt         receipt = { r->from, r->generation, r->key[0] != '\0' ? 0 : r->uid, r->key };

		in->archived += strcmp(r->action, "copy") == 0 && r->sha256[0] != '\0';
		if (r->from != NULL)
			archived(arg, &receipt);
	}
	in->n_received = 0;
	free(lines);
	free(details);
	return o;
}

/* --- steps 3 to 5: filed ------------------------------------------------------------------------------------------------ */

/* The records as one block of memory, read with pread from a memfd whose seals were checked. */
static enum outcome
read_records(int fd, uint8_t **p, size_t *n, struct why *why)
{
	struct stat st;
	size_t      done = 0;
	ssize_t     got;

	*p = NULL;
	*n = 0;
	if (fd == -1)
		return OUTCOME_OK;
	if (!fd_is_sealed(fd) || fstat(fd, &st) == -1 || st.st_size < 0 || (uint64_t)st.st_size > LIMIT_RECORDS_BYTES)
		return why_set(why, OUTCOME_BAD, "the records are not a sealed memory file of allowed size");
	*p = FAULT("records-memory") ? NULL : malloc((size_t)st.st_size + 1);
	if (*p == NULL)
		return why_errno(why, OUTCOME_DEFER, "records");
	while (done < (size_t)st.st_size) {
		got = pread(fd, *p + done, (size_t)st.st_size - done, (off_t)done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return why_errno(why, OUTCOME_BAD, "reading the records");
		done += (size_t)got;
	}
	*n = done;
	return OUTCOME_OK;
}

/* Form letters placed with each mail: itself and whom it moves. A letter that takes many over leaves them for intake_rejudge(). */
#define CAMPAIGNS_AT_ONCE 8

/* Phase two for all that may be its kin, and the form letters it belongs to. */
static enum outcome
judge_kin_of(struct intake *in, int64_t submission, struct why *why)
{
	struct relative    *family = NULL;
	struct family_hold *hold = NULL;
	size_t              n = 0;
	int                 more;	/* who waits longer waits for intake_rejudge() */
	enum outcome        o = store_family(in->store, submission, &family, &n, &hold, why);

	if (o == OUTCOME_OK) {
		judge_family(in->judge, family, n);
		o = store_save_family(in->store, in->conf, family, n, why);
	}
	if (o == OUTCOME_OK)
		o = campaigns_settle(in->store, CAMPAIGNS_AT_ONCE, &more, why);
	family_free(hold);
	return o;
}

/*
 * Phase one for one submission and phase two for all that may be its kin, as of what the store holds now. is_new: `p` is just parsed and
 * its texts go into the index.
 */
static enum outcome
judge_submission(struct intake *in, int64_t submission, const struct parsed *p, const char *failure, int is_new, struct why *why)
{
	struct circumstances       c = { 0 };
	struct circumstances_hold *hold = NULL;
	struct registry_hold      *known = NULL;
	struct verdict             v = { 0 };
	struct joined_responder    as;
	int                        joined = 0;
	enum outcome               o = store_circumstances(in->store, submission, &c, &hold, why);

	if (o == OUTCOME_OK)
		o = registry_know(in->registry, in->judge, p, &c, &known, why);
	if (o == OUTCOME_OK) {
		c.parse_failure = failure[0] != '\0' ? failure : NULL;
		o = judge_message(in->judge, p, &c, &v, why);
	}
	if (o == OUTCOME_OK)
		o = store_responder(in->store, submission, &v, &as, &joined, why);
	if (o == OUTCOME_OK && joined)
		o = judge_joined(in->judge, &as, &v, why);
	if (o == OUTCOME_OK)
		o = store_save_verdict(in->store, submission, &v, why);
	if (o == OUTCOME_OK && is_new)
		o = store_save_text(in->store, submission, p, why);
	if (o == OUTCOME_OK)
		o = judge_kin_of(in, submission, why);
	verdict_free(&v);
	registry_forget(known);
	circumstances_free(hold);
	return o;
}

static enum outcome
file_one(struct intake *in, const struct parse_result *r, struct why *why)
{
	struct parsed p = { 0 };
	struct why    fault;
	char          failure[200];
	uint8_t      *records = NULL;
	size_t        n = 0;
	enum outcome  o = read_records(r->records, &records, &n, &fault);

	(void)snprintf(failure, sizeof failure, "%s", r->failure);
	if (o == OUTCOME_OK)
		o = parsed_read(records, n, &p, &fault);
	if (o == OUTCOME_DEFER) {
		*why = fault;
		goto out;
	}
	if (r->later && (o != OUTCOME_OK || failure[0] != '\0' || !p.complete)) {
		log_warnx("ocr-failed", "submission=%" PRId64 " %s: it stands as it was filed", r->submission,
		    failure[0] != '\0' ? failure : "its records are not whole");
		o = store_scanned_done(in->store, r->submission, why);
		goto out;
	}
	if (o == OUTCOME_BAD && failure[0] == '\0')
		(void)snprintf(failure, sizeof failure, "malformed record: %.160s", fault.text);
	if (o == OUTCOME_OK && !p.complete && failure[0] == '\0')
		(void)snprintf(failure, sizeof failure, "the parser stopped before the end of its records");
	o = store_save_parsed(in->store, r->submission, &p, records, p.sound_bytes, failure, why);
	free(records);	/* as large as the text */
	records = NULL;
	if (o == OUTCOME_OK && r->later)
		o = store_scanned_done(in->store, r->submission, why);
	if (o == OUTCOME_OK)
		o = judge_submission(in, r->submission, &p, failure, 1, why);
out:
	parsed_free(&p);
	free(records);
	return o;
}

static void
log_filed(struct intake *in, const char *id, int64_t submission, int64_t started_ms)
{
	struct filed_line l;
	struct why        why;
	char              of[32] = "", verdict[32], *space;

	if (store_filed_line(in->store, submission, &l, &why) != OUTCOME_OK)
		return;
	if (l.related_to != 0)
		(void)snprintf(of, sizeof of, " of=%" PRId64, l.related_to);
	(void)snprintf(verdict, sizeof verdict, "%s", l.deadline_verdict);
	for (space = verdict; (space = strchr(space, ' ')) != NULL; *space = '-')
		;
	log_info(id, "submission=%" PRId64 " mailbox=%s uid=%" PRIu64 " sha=%.12s kind=%s consultation=%s relation=%s%s verdict=%s "
	    "review=%d ms=%" PRId64, submission, l.mailbox, l.uid, l.sha256, l.kind,
	    l.consultation == NULL ? "-" : l.consultation, l.relation, of, verdict, l.reviews, monotonic_ms() - started_ms);
}

enum outcome
intake_file(struct intake *in, const struct parse_result *results, size_t n, struct why *why)
{
	struct parse_result unread;
	size_t              i;
	int                 erased = 0;
	enum outcome        o = store_begin(in->store, why);

	for (i = 0; i < n && o == OUTCOME_OK; i++) {
		o = store_mark(in->store, why);
		if (o == OUTCOME_OK)
			o = store_is_erased(in->store, results[i].submission, &erased, why);
		if (o != OUTCOME_OK)
			break;
		if (!erased)	/* while it was being parsed again */
			o = file_one(in, &results[i], why);
		if (o == OUTCOME_BAD) {	/* something in it the database will not take: without its records then */
			log_warnx("file-refused", "submission=%" PRId64 " %s: filed as unparsed", results[i].submission, why->text);
			store_undo(in->store);
			unread = results[i];
			unread.records = -1;
			(void)snprintf(unread.failure, sizeof unread.failure, "refused: %.150s", why->text);
			o = file_one(in, &unread, why);
		}
		if (o == OUTCOME_OK && !erased && in->tombstones)
			o = tombstone_mark(in->store, in->conf->archive, in->erase_key, results[i].submission, why);
		store_release(in->store);
	}
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK) {
		store_rollback(in->store);
		return OUTCOME_DEFER;
	}
	in->filed += (int64_t)n;
	in->unjudged = 1;	/* kin whose family has changed */
	for (i = 0; i < n; i++)
		log_filed(in, results[i].later ? "read-again" : "filed", results[i].submission, results[i].started_ms);
	return OUTCOME_OK;
}

static enum outcome
rejudge_one(struct intake *in, int64_t submission, struct why *why)
{
	struct parsed p = { 0 };
	char          failure[200] = "";
	int           erased = 0;
	enum outcome  o = store_erased_ready(in->store, submission, &erased, why);

	if (o == OUTCOME_OK && erased)
		return judge_kin_of(in, submission, why);
	if (o == OUTCOME_OK)
		o = store_load_parsed(in->store, submission, &p, failure, why);
	if (o == OUTCOME_OK)
		o = judge_submission(in, submission, &p, failure, 0, why);
	parsed_free(&p);
	return o;
}

enum outcome
intake_rejudge(struct intake *in, size_t max, size_t *n, struct why *why)
{
	int64_t      ids[64], started_ms = monotonic_ms();
	size_t       i;
	int          more = 1;
	enum outcome o = store_unjudged(in->store, ids, max < 64 ? max : 64, n, why);

	in->unjudged = 1;
	if (o != OUTCOME_OK)
		return o;
	o = store_begin(in->store, why);
	for (i = 0; i < *n && o == OUTCOME_OK && (i == 0 || monotonic_ms() - started_ms < REJUDGE_MS); i++)
		o = rejudge_one(in, ids[i], why);
	*n = i;
	if (o == OUTCOME_OK)
		o = campaigns_settle(in->store, max, &more, why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK) {
		store_rollback(in->store);
		return o;
	}
	in->unjudged = *n > 0 || more;
	for (i = 0; i < *n; i++)
		log_filed(in, "judged-again", ids[i], started_ms);
	return OUTCOME_OK;
}
