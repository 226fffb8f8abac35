#include "daemon/supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "daemon/control.h"
#include "daemon/erase.h"
#include "daemon/fetchers.h"
#include "daemon/intake.h"
#include "daemon/notify.h"
#include "daemon/ocr.h"
#include "daemon/request.h"
#include "daemon/rules.h"
#include "daemon/watch.h"
#include "daemon/workers.h"
#include "parsers/limits.h"

/* A filing batch is committed when it has so many, or is so old, or nothing more is under way. */
#define FILE_BATCH	32
#define FILE_BATCH_MS	200
/* After a full disk or a database that would not take it. */
#define PAUSE_MS	(30000 / FAULT_HASTE)
/* Those waiting for the parser are read from the database so many at a time. */
#define REFILL		64
/* Parsed again because somebody asked: few at a time, new mail goes before them. */
#define REFILL_AGAIN	8
/* Judged again in one turn of the loop, so that mail is not kept waiting by a replay. */
#define REJUDGE_TURN	32
#define HEALTH_MS	1000
/* When no parser could be started. */
#define PARSE_AGAIN_MS	1000
#define MAX_POLL	512

struct supervisor {
	enum supervise_mode mode;
	struct conf       **conf;
	struct intake      *in;
	struct workers     *workers;
	struct ocr         *ocr;	/* the later pass */
	struct fetchers    *fetchers;	/* NULL when draining */
	struct control     *control;
	int                 signals;
	int                 stopping, reload;
	/* waiting for the parser */
	struct pending      queue[REFILL];
	size_t              queue_n, queue_at;
	int64_t             queued_up_to, again_up_to;	/* submission ids handed out last: new ones, those of a replay */
	int                 more;		/* there may be more in the database */
	/* parsed, to be filed */
	struct parse_result results[FILE_BATCH];
	size_t              n_results;
	int64_t             oldest_result_ms;
	int64_t             parse_ms;		/* nothing is given to a parser before */
	struct watch        watch;
	int64_t             retry_ms;		/* nothing is written before: disk full and its like */
	int64_t             scrub_ms;		/* after an erasure the files are not written anew before */
	int64_t             health_ms, watchdog_ms, watchdog_at_ms;
	int                 trouble;		/* something was put off: --once is not done well */
};

/* --- trouble ------------------------------------------------------------------------------------------------------- */

/* One clear line, and a pause: mail stays on the server, what is archived stays archived. */
static void
pause_line(struct supervisor *s, const char *doing, const struct why *why)
{
	s->trouble = 1;
	s->retry_ms = monotonic_ms() + PAUSE_MS;
	if (s->fetchers != NULL)
		fetchers_pause(s->fetchers, PAUSE_MS, why_disk_full(why) ? s->in : NULL);
	log_warnx("paused", "%s: %s: nothing is lost, mail stays on the servers, next try in %d s", doing, why->text, PAUSE_MS / 1000);
}

static int
is_paused(const struct supervisor *s)
{
	return monotonic_ms() < s->retry_ms;
}

/* --- to the parser and back ------------------------------------------------------------------------------------------ */

static void
refill(struct supervisor *s)
{
	struct why why;

	s->queue_n = s->queue_at = 0;
	if (!s->more)
		return;
	if (store_unparsed(s->in->store, s->queued_up_to, s->queue, REFILL, &s->queue_n, &why) != OUTCOME_OK) {
		pause_line(s, "reading what waits", &why);
		return;
	}
	if (s->queue_n > 0) {
		s->queued_up_to = s->queue[s->queue_n - 1].submission;
		return;
	}
	if (store_unparsed_again(s->in->store, s->again_up_to, s->queue, REFILL_AGAIN, &s->queue_n, &why) != OUTCOME_OK) {
		pause_line(s, "reading what waits", &why);
		return;
	}
	if (s->queue_n > 0)
		s->again_up_to = s->queue[s->queue_n - 1].submission;
	else if (workers_busy(s->workers) == 0 && s->n_results == 0) {
		/* Those put off (their parser could not be started, their batch could not be committed) come round again. */
		s->more = s->queued_up_to != 0 || s->again_up_to != 0;
		s->queued_up_to = s->again_up_to = 0;
	}
}

static void
to_file(struct supervisor *s, int64_t submission, int records, const char *failure, int64_t started_ms, int later)
{
	struct parse_result *r = &s->results[s->n_results];

	if (s->n_results == 0)
		s->oldest_result_ms = monotonic_ms();
	r->submission = submission;
	r->records = records;
	r->started_ms = started_ms;
	r->later = later;
	(void)snprintf(r->failure, sizeof r->failure, "%s", failure);
	s->n_results++;
}

/* What is judged is what was archived: the hash is looked at first. A descriptor, or -1 with why. */
static int
sound_original(const struct supervisor *s, const char *sha256, struct why *why)
{
	return archive_check(s->in->archive, sha256, NULL, why) == OUTCOME_OK ? archive_read(s->in->archive, sha256, why) : -1;
}

static void
dispatch(struct supervisor *s)
{
	struct why why;
	int        fd;

	while (!is_paused(s) && !s->stopping && monotonic_ms() >= s->parse_ms && s->n_results + workers_busy(s->workers) < FILE_BATCH &&
	    workers_have_room(s->workers)) {
		const struct pending *p;

		if (s->queue_at == s->queue_n)
			refill(s);
		if (s->queue_at == s->queue_n)
			break;
		p = &s->queue[s->queue_at++];
		fd = sound_original(s, p->sha256, &why);
		if (fd == -1) {
			s->trouble = 1;
			log_warnx("original-missing", "submission=%" PRId64 " %s: filed as unparsed; bring the archive back, then "
			    "hoering restore", p->submission, why.text);
			to_file(s, p->submission, -1, "its original is missing from the archive or damaged", monotonic_ms(), 0);
			continue;
		}
		if (workers_give(s->workers, p->submission, p->tries, fd, &why) != OUTCOME_OK) {
			log_warnx("parser-start", "%s: tried again in a moment", why.text);
			s->queue_at--;
			s->parse_ms = monotonic_ms() + PARSE_AGAIN_MS;
			fd_close(&fd);
			break;
		}
		fd_close(&fd);
	}
}

static void
parsed(void *arg, const struct worker_answer *a)
{
	struct supervisor *s = arg;
	struct why         why;
	char               words[100];
	const char        *how = worker_ended(a, words, sizeof words);
	int                records = a->records;

	if (s->stopping || a->end == PARSE_UNABLE || (worker_was_stopped(a) && a->tries + 1 < LIMIT_PARSE_TRIES)) {
		fd_close(&records);	/* it stays archived and is parsed later */
		s->more = 1;
		if (a->end == PARSE_UNABLE)
			s->parse_ms = monotonic_ms() + PARSE_AGAIN_MS;
		else if (!s->stopping && store_parse_tried(s->in->store, a->submission, a->tries + 1, &why) != OUTCOME_OK)
			pause_line(s, "noting a try", &why);
		if (!s->stopping)
			log_warnx("parser-lost", "submission=%" PRId64 " %s: parsed again", a->submission, how);
		return;
	}
	if (a->end != PARSE_DONE)
		log_warnx("parser-failed", "submission=%" PRId64 " %s: what it told before is kept, the mail is filed as unparsed and in "
		    "review", a->submission, how);
	to_file(s, a->submission, records, how, a->started_ms, 0);
}

/* The later pass; one that could not be done now stays noted and comes round again. */
static void
read_again(void *arg, const struct worker_answer *a)
{
	struct supervisor *s = arg;
	struct why         why;
	char               words[100];
	int                records = a->records;

	if (a->end == PARSE_UNABLE)
		s->parse_ms = monotonic_ms() + PARSE_AGAIN_MS;
	if (s->stopping || a->end == PARSE_UNABLE || s->n_results == FILE_BATCH)
		fd_close(&records);
	else if (worker_was_stopped(a) && a->tries + 1 < LIMIT_PARSE_TRIES) {
		fd_close(&records);
		if (store_parse_tried(s->in->store, a->submission, a->tries + 1, &why) != OUTCOME_OK)
			pause_line(s, "noting a try", &why);
	} else
		to_file(s, a->submission, records, worker_ended(a, words, sizeof words), a->started_ms, 1);
}

/* Only while nothing else waits for a parser, and only in the daemon: who waits for one round or a restore waits for no OCR. */
static void
feed_ocr(struct supervisor *s)
{
	struct why why;

	if (s->mode != SUPERVISE_RUN || is_paused(s) || s->stopping || s->more || s->queue_at < s->queue_n || workers_busy(s->workers) > 0 ||
	    monotonic_ms() < s->parse_ms)
		return;
	if (ocr_feed(s->ocr, s->in, &why) != OUTCOME_OK) {
		s->parse_ms = monotonic_ms() + PARSE_AGAIN_MS;
		log_warnx("parser-start", "%s: tried again in a moment", why.text);
	}
}

static void
file_results(struct supervisor *s)
{
	struct why   why;
	enum outcome o;
	size_t       i;

	if (s->n_results == 0 || is_paused(s))
		return;
	if (s->n_results < FILE_BATCH && workers_busy(s->workers) > 0 && monotonic_ms() - s->oldest_result_ms < FILE_BATCH_MS)
		return;
	o = intake_file(s->in, s->results, s->n_results, &why);
	if (o == OUTCOME_OK)
		o = erase_known(s->in, s->results, s->n_results, &why);
	for (i = 0; i < s->n_results; i++)
		fd_close(&s->results[i].records);
	s->n_results = 0;
	s->more = 1;
	ocr_wake(s->ocr);
	if (o != OUTCOME_OK)
		pause_line(s, "filing", &why);
}

/* --- the turn of the loop ----------------------------------------------------------------------------------------------- */

static int
handle_request(void *arg, const struct control_request *r, char *answer, size_t size)
{
	struct supervisor *s = arg;

	int                status = request_carry_out(s->in, r, answer, size);

	s->more = 1;	/* a mail imported, a replay that parses */
	if (status != -1)
		return status;
	if (strcmp(r->field[0], "poll") == 0 && s->fetchers != NULL) {
		if (fetchers_poll_now(s->fetchers, r->field[1]))
			return EX_OK;
		(void)snprintf(answer, size, "no mailbox is called so");
		return EX_DATAERR;
	}
	if (strcmp(r->field[0], "list") == 0 && s->fetchers != NULL) {
		if (fetchers_list_now(s->fetchers, r->field[1]))
			return EX_OK;
		(void)snprintf(answer, size, "no mailbox is called so");
		return EX_DATAERR;
	}
	(void)snprintf(answer, size, "the daemon does not know this request");
	return EX_USAGE;
}

static void
archive_received(struct supervisor *s)
{
	struct why why;

	if (s->in->n_received == 0)
		return;
	if (intake_flush(s->in, fetchers_archived, s->fetchers, &why) != OUTCOME_OK)
		pause_line(s, "archiving", &why);
	s->more = 1;
}

/* Lines that the database would not take when they were written, decisions among them. */
static void
follow_journal(struct supervisor *s)
{
	struct why why;

	if (!is_paused(s) && s->in->behind && intake_catch_up(s->in, &why) != OUTCOME_OK)
		pause_line(s, "carrying out what is in the journal", &why);
}

static void
judge_again(struct supervisor *s)
{
	struct why why;
	size_t     n;

	if (!is_paused(s) && s->in->unjudged && intake_rejudge(s->in, REJUDGE_TURN, &n, &why) != OUTCOME_OK)
		pause_line(s, "judging again", &why);
	if (is_paused(s) || s->in->unjudged || !s->in->unscrubbed || monotonic_ms() < s->scrub_ms || erase_scrub(s->in, &why) == OUTCOME_OK)
		return;
	s->scrub_ms = monotonic_ms() + PAUSE_MS;
	s->trouble |= s->mode != SUPERVISE_RUN;
	log_warnx("scrub-later", "%s: what was erased is gone from every answer, the files may still hold traces of it, next try in %d s", why.text,
	    PAUSE_MS / 1000);
}

static void
reload(struct supervisor *s)
{
	struct conf *fresh = NULL;
	struct why   why = { .text = "" };
	char        *mistakes = NULL, *line, *rest;
	size_t       n = 0;
	FILE        *f = open_memstream(&mistakes, &n);
	enum outcome o;

	s->reload = 0;
	notify("RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_ms() * 1000);
	if (f == NULL)
		fatal(EX_OSERR, "no memory for a reload");
	o = conf_load((*s->conf)->file, f, &fresh);
	(void)fclose(f);
	for (line = strtok_r(mistakes, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		log_warnx("configuration", "%s", line);
	free(mistakes);
	if (o == OUTCOME_OK && (strcmp(fresh->database, (*s->conf)->database) != 0 || strcmp(fresh->archive, (*s->conf)->archive) != 0 ||
	    strcmp(fresh->control, (*s->conf)->control) != 0))
		o = why_set(&why, OUTCOME_REFUSED, "database, archive and control cannot change while the daemon runs: stop it first");
	if (o == OUTCOME_OK)
		o = rules_check(fresh->rules, &why);
	if (o == OUTCOME_OK)
		o = intake_reload(s->in, fresh, &why);
	if (o == OUTCOME_OK && s->fetchers != NULL)
		o = fetchers_reload(s->fetchers, fresh, &why);
	if (o == OUTCOME_OK)
		o = workers_rules(s->workers, fresh->rules, &why);
	if (o == OUTCOME_OK)
		o = ocr_rules(s->ocr, fresh->rules, &why);
	if (o == OUTCOME_OK) {
		conf_free(*s->conf);
		*s->conf = fresh;
		log_info("reloaded", "%zu mailboxes, %zu consultations", fresh->n_mailboxes, fresh->n_consultations);
	} else {
		conf_free(fresh);
		log_warnx("reload-refused", "the new configuration is not taken, the old one goes on%s%s", why.text[0] != '\0' ? ": " : "", why.text);
	}
	notify("READY=1");
}

static void
read_signals(struct supervisor *s)
{
	struct signalfd_siginfo i;

	while (read(s->signals, &i, sizeof i) == (ssize_t)sizeof i)
		if (i.ssi_signo == SIGHUP)
			s->reload = 1;
		else if (i.ssi_signo != SIGCHLD)
			s->stopping = 1;
}

static void
sooner(int64_t *wait, int64_t ms)
{
	if (ms >= 0 && (*wait == -1 || ms < *wait))
		*wait = ms;
}

static int
wait_ms(struct supervisor *s)
{
	int64_t wait = 60000, now = monotonic_ms();

	sooner(&wait, workers_wait_ms(s->workers));
	if (s->mode == SUPERVISE_RUN && workers_busy(s->workers) == 0 && s->parse_ms <= now && !is_paused(s))
		sooner(&wait, ocr_wait_ms(s->ocr));
	if (s->fetchers != NULL)
		sooner(&wait, fetchers_wait_ms(s->fetchers));
	if (s->n_results > 0)
		sooner(&wait, s->oldest_result_ms + FILE_BATCH_MS > now ? s->oldest_result_ms + FILE_BATCH_MS - now : 0);
	if (s->retry_ms > now)
		wait = s->retry_ms - now < 1000 ? s->retry_ms - now : 1000;
	else if (s->in->behind || s->in->unjudged || s->in->n_received > 0 || (s->in->unscrubbed && s->scrub_ms <= now) || (s->more && workers_have_room(s->workers) && s->parse_ms <= now))
		wait = 0;
	else if (s->parse_ms > now)
		sooner(&wait, s->parse_ms - now);
	if (s->fetchers != NULL && !is_paused(s) && fetchers_health_changed(s->fetchers))
		sooner(&wait, s->health_ms + HEALTH_MS > now ? s->health_ms + HEALTH_MS - now : 0);
	if (s->mode != SUPERVISE_DRAIN)
		sooner(&wait, watch_wait_ms(&s->watch));
	if (s->watchdog_ms > 0)
		sooner(&wait, s->watchdog_at_ms > now ? s->watchdog_at_ms - now : 0);
	return (int)wait;
}

static void
tell_health(struct supervisor *s, int at_once)
{
	struct why why;
	int64_t    now = monotonic_ms();

	if (s->watchdog_ms > 0 && now >= s->watchdog_at_ms) {
		notify("WATCHDOG=1");
		s->watchdog_at_ms = now + s->watchdog_ms;
	}
	if (s->fetchers == NULL || is_paused(s) || (!at_once && now - s->health_ms < HEALTH_MS))
		return;
	s->health_ms = now;
	if (fetchers_save_health(s->fetchers, s->in, &why) != OUTCOME_OK)
		pause_line(s, "writing the mailboxes' health", &why);
}

static int
is_idle(const struct supervisor *s)
{
	return !s->more && !s->in->behind && s->in->n_received == 0 && workers_busy(s->workers) == 0 && s->n_results == 0 && s->queue_at == s->queue_n && !s->in->unjudged &&
	    !(s->in->unscrubbed && s->scrub_ms == 0);
}

/* 1 when this mode has done what it was for. */
static int
is_done(struct supervisor *s)
{
	if (s->stopping)
		return 1;	/* what is under way is parsed again at the next start */
	if (s->mode == SUPERVISE_RUN)
		return 0;
	if (s->trouble && is_paused(s))
		return 1;	/* what is archived is safe; the next run goes on */
	if (!is_idle(s))
		return 0;
	if (s->mode == SUPERVISE_ONCE) {
		if (!fetchers_rounds_done(s->fetchers))
			return 0;
		fetchers_quit(s->fetchers);
		return fetchers_running(s->fetchers) == 0;
	}
	return 1;
}

static void
turn(struct supervisor *s)
{
	struct pollfd fds[MAX_POLL];
	size_t        at_workers = 1, at_ocr, at_control, at_fetchers, n;
	struct why    why;

	fds[0] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	at_ocr = at_workers + workers_poll_set(s->workers, fds + at_workers, 64);
	at_control = at_ocr + ocr_poll_set(s->ocr, fds + at_ocr, 1);
	at_fetchers = at_control + control_poll_set(s->control, fds + at_control, 32);
	n = at_fetchers;
	if (s->fetchers != NULL)
		n += fetchers_poll_set(s->fetchers, fds + at_fetchers, MAX_POLL - at_fetchers);
	if (poll(fds, (nfds_t)n, wait_ms(s)) == -1 && errno != EINTR)
		fatal(EX_OSERR, "poll: %s", strerror(errno));
	read_signals(s);
	if (!is_paused(s) && watch_wal(&s->watch, s->in->store, &why) != OUTCOME_OK)	/* before anything is added after a pause */
		pause_line(s, "adding to the database", &why);
	workers_run(s->workers, fds + at_workers, at_ocr - at_workers, parsed, s);
	ocr_run(s->ocr, fds + at_ocr, at_control - at_ocr, read_again, s);
	if (s->fetchers != NULL && fetchers_run(s->fetchers, fds + at_fetchers, n - at_fetchers, s->in, &why) != OUTCOME_OK)
		pause_line(s, "taking mail", &why);
	archive_received(s);
	if (s->fetchers != NULL && !is_paused(s) && fetchers_compare(s->fetchers, s->in, &why) != OUTCOME_OK)
		pause_line(s, "comparing with the servers", &why);
	if (s->control != NULL)
		control_run(s->control, fds + at_control, at_fetchers - at_control, handle_request, s);
	follow_journal(s);
	s->more |= s->in->arrived;	/* caught up from the journal: no fetcher tells of it again */
	s->in->arrived = 0;
	dispatch(s);
	feed_ocr(s);
	file_results(s);
	judge_again(s);
	if (s->fetchers != NULL && !is_paused(s) && fetchers_settle(s->fetchers, s->in, &why) != OUTCOME_OK)
		pause_line(s, "settling", &why);
	if (s->mode != SUPERVISE_DRAIN)
		watch_audit(&s->watch, s->in);
	watch_backlog(&s->watch, s->in);
	tell_health(s, 0);
	if (s->reload)
		reload(s);
	if (s->fetchers != NULL && !s->stopping)
		fetchers_start_due(s->fetchers);
}

static int
open_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
close_all(struct supervisor *s)
{
	struct why why;
	size_t     i;

	for (i = 0; i < s->n_results; i++)
		fd_close(&s->results[i].records);
	if (s->fetchers != NULL)
		fetchers_quit(s->fetchers);
	if (s->fetchers != NULL && fetchers_save_health(s->fetchers, s->in, &why) != OUTCOME_OK)
		log_warnx("health", "%s", why.text);
	control_close(&s->control);
	fetchers_free(&s->fetchers);
	workers_free(&s->workers);
	ocr_free(&s->ocr);
	fd_close(&s->signals);
}

int
supervise(struct conf **conf, struct intake *in, enum supervise_mode mode)
{
	struct supervisor s = { .mode = mode, .conf = conf, .in = in, .more = 1 };
	struct why        why = { .text = "" };
	enum outcome      o;
	int               status = EX_OK;

	s.signals = open_signals();
	o = s.signals == -1 ? why_errno(&why, OUTCOME_DEFER, "signalfd") : erase_resume(in, &why);
	if (o == OUTCOME_OK)
		o = workers_new((*conf)->workers, (*conf)->rules, WORKERS_MAIL, &s.workers, &why);
	if (o == OUTCOME_OK)
		o = ocr_new((*conf)->rules, &s.ocr, &why);
	if (o == OUTCOME_OK && mode != SUPERVISE_DRAIN)
		o = fetchers_new(*conf, mode == SUPERVISE_ONCE, &s.fetchers, &why);
	if (o == OUTCOME_OK && mode != SUPERVISE_DRAIN)
		o = control_listen((*conf)->control, &s.control, &why);
	if (o != OUTCOME_OK) {
		log_warnx("start", "%s", why.text);
		close_all(&s);
		return why_disk_full(&why) ? EX_TEMPFAIL : EX_OSERR;
	}
	s.watchdog_ms = notify_watchdog_ms();
	if (mode == SUPERVISE_RUN) {
		log_info("started", "%zu mailboxes, %zu consultations", (*conf)->n_mailboxes, (*conf)->n_consultations);
		notify("READY=1\nSTATUS=%zu mailboxes", (*conf)->n_mailboxes);
	}
	while (!is_done(&s))
		turn(&s);
	if (mode == SUPERVISE_RUN) {
		notify("STOPPING=1");
		log_info("stopping", "archived=%" PRId64 " filed=%" PRId64 " since the start", in->archived, in->filed);
	}
	if (mode == SUPERVISE_ONCE && (fetchers_failed(s.fetchers) > 0 || s.trouble || s.stopping))
		status = EX_TEMPFAIL;
	if (mode == SUPERVISE_DRAIN && (s.trouble || s.stopping))
		status = EX_TEMPFAIL;
	close_all(&s);
	return status;
}
