/* The line is opened and brought level: lock, archive, journal, database, configuration. */
#include "daemon/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/store/store_erase.h"
#include "daemon/sha256.h"
#include "daemon/store/changes.h"
#include "daemon/store/registry.h"

/* Lines of the journal applied in one transaction when the database catches up. */
#define CATCH_UP_BATCH 500

int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

static enum outcome
take_lock(const struct conf *conf, int *lock, struct why *why)
{
	char path[1100];

	(void)snprintf(path, sizeof path, "%s.lock", conf->database);
	*lock = FAULT("lock-create") ? -1 : fd_lock_file(path);
	if (*lock != -1)
		return OUTCOME_OK;
	if (errno == EWOULDBLOCK)
		return why_set(why, OUTCOME_REFUSED, "%s is held by another hoeringd or hoering: there is one writer at a time", path);
	return why_errno(why, OUTCOME_REFUSED, "%s", path);
}

static enum outcome
record_configuration(struct intake *in, struct why *why)
{
	struct journal_entry e = { .actor = "hoeringd", .action = "configuration", .object = in->conf->digest };
	char                 detail[200] = "", count[32];
	enum outcome         o;

	(void)snprintf(count, sizeof count, "%zu", in->conf->n_consultations);
	(void)journal_detail_add(detail, sizeof detail, "consultations", count);
	(void)snprintf(count, sizeof count, "%zu", in->conf->n_mailboxes);
	(void)journal_detail_add(detail, sizeof detail, "mailboxes", count);
	e.detail = detail;
	o = intake_record(in, &e, 1, why);
	return o == OUTCOME_OK && in->behind ? OUTCOME_DEFER : o;
}

/*
 * Tables of consultations and mailboxes; a line in the audit trail when the configuration is another than before. The line comes first:
 * a crash between the two leaves a configuration that is told twice, not one that is told by nobody.
 */
static enum outcome
configure(struct intake *in, struct why *why)
{
	int          changed = 0;
	enum outcome o = store_is_configured(in->store, in->conf, &changed, why);

	if (o == OUTCOME_OK && changed)
		o = record_configuration(in, why);
	if (o == OUTCOME_OK)
		o = store_begin(in->store, why);
	if (o != OUTCOME_OK)
		return o;
	o = store_configure(in->store, in->conf, &changed, why);
	if (o == OUTCOME_OK && changed)
		o = store_mark_unjudged(in->store, 0, why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK)
		store_rollback(in->store);
	return o;
}

enum outcome
intake_open(const struct conf *conf, struct intake **out, struct why *why)
{
	struct intake *in = calloc(1, sizeof *in);
	enum outcome   o;

	if (in == NULL)
		return why_errno(why, OUTCOME_DEFER, "intake");
	in->conf = conf;
	in->lock = -1;
	in->unjudged = 1;
	(void)snprintf(in->journal_folder, sizeof in->journal_folder, "%s/journal", conf->archive);
	o = take_lock(conf, &in->lock, why);
	if (o == OUTCOME_OK)
		o = judge_new(conf, &in->judge, why);
	if (o == OUTCOME_OK)
		o = archive_open(conf->archive, 1, &in->archive, why);
	if (o == OUTCOME_OK)
		o = journal_open(in->journal_folder, 1, &in->journal, why);
	if (o == OUTCOME_OK)
		o = store_open(conf->database, &in->store, why);
	if (o == OUTCOME_OK)
		o = registry_open(conf->database, &in->registry, why);
	if (o == OUTCOME_OK)
		o = intake_catch_up(in, why);
	if (o == OUTCOME_OK)
		o = store_has_tombstones(in->store, &in->tombstones, &in->unscrubbed, why);
	if (o == OUTCOME_OK && in->tombstones)
		o = store_erase_key(in->store, in->erase_key, sizeof in->erase_key, why);
	if (o == OUTCOME_OK)
		o = configure(in, why);
	if (o == OUTCOME_OK)
		*out = in;
	else
		intake_close(&in);
	return o;
}

/* The tables of consultations as this configuration has them; nothing is judged for it by itself, that is asked for. */
static enum outcome
configure_copy(struct intake *in, struct why *why)
{
	int          changed = 0;
	enum outcome o = store_begin(in->store, why);

	if (o == OUTCOME_OK)
		o = store_configure(in->store, in->conf, &changed, why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	return o;
}

enum outcome
intake_rehearse(const struct conf *conf, struct intake **out, struct why *why)
{
	struct intake *in = calloc(1, sizeof *in);
	enum outcome   o;

	if (in == NULL)
		return why_errno(why, OUTCOME_DEFER, "intake");
	in->conf = conf;
	in->lock = -1;
	in->unjudged = 1;
	o = judge_new(conf, &in->judge, why);
	if (o == OUTCOME_OK)
		o = archive_open(conf->archive, 0, &in->archive, why);
	if (o == OUTCOME_OK)
		o = changes_rehearse(conf->database, &in->store, why);
	if (o == OUTCOME_OK)
		o = registry_open(conf->database, &in->registry, why);
	if (o == OUTCOME_OK)
		o = configure_copy(in, why);
	if (o == OUTCOME_OK)
		*out = in;
	else
		intake_close(&in);
	return o;
}

void
intake_close(struct intake **in)
{
	if (*in == NULL)
		return;
	store_close(&(*in)->store);
	registry_close(&(*in)->registry);
	journal_close(&(*in)->journal);
	archive_close(&(*in)->archive);
	judge_free((*in)->judge);
	fd_close(&(*in)->lock);
	free((*in)->received);
	free(*in);
	*in = NULL;
}

enum outcome
intake_reload(struct intake *in, const struct conf *conf, struct why *why)
{
	const struct conf *old = in->conf;
	struct judge      *judge;
	enum outcome       o = judge_new(conf, &judge, why);

	if (o != OUTCOME_OK)
		return o;
	in->conf = conf;
	o = configure(in, why);
	if (o != OUTCOME_OK) {
		in->conf = old;
		judge_free(judge);
		return o;
	}
	judge_free(in->judge);
	in->judge = judge;
	in->unjudged = 1;
	return OUTCOME_OK;
}

/* --- the database follows the journal -------------------------------------------------------------------------------- */

/*
 * A durable line is the truth, also where the tables have no place for it (a copy told twice, a decision on what is not there): it
 * stands in the audit trail alone then, and does not hold up the lines after it for ever.
 */
static enum outcome
apply(struct intake *in, const struct journal_entry *e, struct why *why)
{
	struct why   refusal;
	enum outcome o = store_mark(in->store, why);

	if (o != OUTCOME_OK)
		return o;
	o = store_apply(in->store, e, &refusal);
	if (o == OUTCOME_REFUSED || o == OUTCOME_BAD) {
		store_undo(in->store);
		o = store_note(in->store, e, why);
		if (o == OUTCOME_OK)
			log_warnx("journal-line", "line=%" PRIu64 " %s: it stands in events and changes nothing else", e->seq, refusal.text);
		return o;
	}
	store_release(in->store);
	if (o != OUTCOME_OK)
		*why = refusal;
	return o;
}

struct catching_up {
	struct intake *in;
	uint64_t       known_seq;	/* the database's last line … */
	char           known_hash[SHA256_HEX];
	size_t         in_batch;
	uint64_t       applied;
};

static enum outcome
catch_up_line(void *arg, const struct journal_entry *e, struct why *why)
{
	struct catching_up *c = arg;
	enum outcome        o;

	if (e->seq == c->known_seq)	/* … must be the same line in both */
		return strcmp(e->hash, c->known_hash) == 0 ? OUTCOME_OK :
		    why_set(why, OUTCOME_REFUSED, "line %" PRIu64 " of the journal is another than the database knows: they do not "
		    "belong together; look which one is right, then hoering restore", e->seq);
	o = apply(c->in, e, why);
	if (o != OUTCOME_OK)
		return o;
	c->applied++;
	if (++c->in_batch < CATCH_UP_BATCH)
		return OUTCOME_OK;
	c->in_batch = 0;
	o = store_commit(c->in->store, why);
	return o == OUTCOME_OK ? store_begin(c->in->store, why) : o;
}

enum outcome
intake_catch_up(struct intake *in, struct why *why)
{
	struct catching_up c = { .in = in };
	enum outcome       o = store_last_event(in->store, &c.known_seq, c.known_hash, why);

	if (o != OUTCOME_OK)
		return o;
	if (c.known_seq > journal_last_seq(in->journal))
		return why_set(why, OUTCOME_REFUSED, "the database knows line %" PRIu64 " of the journal, %s ends at %" PRIu64
		    ": lines are missing there; bring them back from a backup", c.known_seq, in->journal_folder, journal_last_seq(in->journal));
	o = journal_trim(in->journal, why);
	if (o != OUTCOME_OK)
		return o;
	if (c.known_seq == journal_last_seq(in->journal) && strcmp(c.known_hash, journal_last_hash(in->journal)) == 0) {
		in->behind = 0;
		return OUTCOME_OK;
	}
	o = store_begin(in->store, why);
	if (o != OUTCOME_OK)
		return o;
	o = journal_read(in->journal_folder, c.known_seq == 0 ? 0 : c.known_seq - 1, catch_up_line, &c, why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK) {
		store_rollback(in->store);
		return o;
	}
	in->behind = 0;
	in->arrived = in->unjudged = 1;
	log_info("caught-up", "lines=%" PRIu64 " of the journal were not in the database yet", c.applied);
	return OUTCOME_OK;
}

/* Lines of the journal, durable, into the database; what does not go in now is caught up later. */
enum outcome
intake_project(struct intake *in, const struct journal_entry *lines, size_t n, struct why *why)
{
	size_t       i;
	enum outcome o = store_begin(in->store, why);

	for (i = 0; i < n && o == OUTCOME_OK; i++)
		o = apply(in, &lines[i], why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	in->unjudged = 1;	/* a new copy, a decision */
	if (o != OUTCOME_OK) {
		store_rollback(in->store);
		in->behind = 1;
	}
	return o;
}

enum outcome
intake_record(struct intake *in, struct journal_entry *lines, size_t n, struct why *why)
{
	struct why   again;
	enum outcome o = in->behind ? intake_catch_up(in, why) : OUTCOME_OK;

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++)
		o = journal_append(in->journal, &lines[i], why);
	if (o == OUTCOME_OK)
		o = journal_sync(in->journal, why);
	if (o == OUTCOME_OK) {
		(void)!intake_project(in, lines, n, why);	/* in->behind */
		return OUTCOME_OK;
	}
	if (journal_rollback(in->journal, &again) != OUTCOME_OK)
		fatal(EX_OSERR, "%s", again.text);
	return o;
}
