#include "daemon/fetchers.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "config/mailbox.h"
#include "daemon/fetch/protocol.h"
#include "daemon/spawn.h"
#include "parsers/limits.h"

#define SECOND		((int64_t)1000)
#define MINUTE		(60 * SECOND)
/* Waits before another try: from … doubled to … at each failure, ± 20 %. A person must look: no hurry. */
#define SOON_MS		(2 * SECOND)
#define SOON_MAX_MS	(5 * MINUTE)
#define LATER_MS	(1 * MINUTE)
#define LATER_MAX_MS	(30 * MINUTE)
/* A fetcher is never silent for so long: IDLE is renewed, polls are told, deadlines end everything else. */
#define SILENT_MS	(90 * MINUTE)
/* One told to quit has this long. */
#define QUIT_MS		(20 * SECOND)
/* Records read from one fetcher before the others have their turn. */
#define TURN		64

enum phase { PHASE_WAITING, PHASE_RUNNING, PHASE_QUITTING, PHASE_DONE };

struct fetcher {
	struct fetchers           *all;
	const struct conf_mailbox *mailbox;
	int                        gone;	/* no longer configured */
	enum phase                 phase;
	pid_t                      pid;
	int                        sock;
	uint64_t                   generation;	/* of the process: receipts for an earlier one are not for this */
	int64_t                    next_ms, heard_ms, quit_ms;
	unsigned                   failures;
	int                        failed;	/* at the last try */
	int                        level;	/* had its ROUND in this connection */
	uint32_t                   uidvalidity;	/* 0: not selected yet */
	size_t                     settling;	/* SETTLE sent, not answered */
	uint64_t                   settled_up_to;	/* uid of the last SETTLE sent in this connection */
	struct fetch_record        last_failure;
	/* health, as told by the view */
	int                        changed;
	char                       state[32], error[256];
	int64_t                    success_at, attempt_at, checked_at, exists;
};

struct fetchers {
	const struct conf *conf;
	char               path[1024];
	struct fetcher   **list;
	size_t             n;
	int                once;
	int64_t            paused_until_ms;
};

/* --- health -------------------------------------------------------------------------------------------------------- */

static void
set_state(struct fetcher *f, const char *state)
{
	if (strcmp(f->state, state) != 0) {
		(void)snprintf(f->state, sizeof f->state, "%s", state);
		f->changed = 1;
	}
}

static void
set_error(struct fetcher *f, const char *words)
{
	(void)snprintf(f->error, sizeof f->error, "%s", words);
	f->changed = 1;
}

enum outcome
fetchers_save_health(struct fetchers *f, struct intake *in, struct why *why)
{
	struct mailbox_health h;
	size_t                i, changed = 0;
	enum outcome          o;

	for (i = 0; i < f->n; i++)
		changed += f->list[i]->changed != 0;
	if (changed == 0)
		return OUTCOME_OK;
	o = store_begin(in->store, why);
	for (i = 0; i < f->n && o == OUTCOME_OK; i++) {
		const struct fetcher *k = f->list[i];

		if (!k->changed)
			continue;
		h = (struct mailbox_health){ .state = k->state, .last_success_at = k->success_at, .last_error = k->error,
			.next_attempt_at = k->attempt_at, .uidvalidity = k->uidvalidity, .exists = k->exists,
			.checked_at = k->checked_at, .lag_s = k->level ? 0 : -1 };
		o = store_health(in->store, k->mailbox->name, &h, why);
	}
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK) {
		store_rollback(in->store);
		return o;
	}
	for (i = 0; i < f->n; i++)
		f->list[i]->changed = 0;
	return OUTCOME_OK;
}

/* --- starting and ending ------------------------------------------------------------------------------------------- */

static int64_t
jitter(int64_t ms)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		return ms;
	return ms * 4 / 5 + (int64_t)(r % (uint32_t)(ms * 2 / 5 + 1));
}

/* The wait before the next try, by what kind of failure it was and how many there were in a row. */
static int64_t
backoff(const struct fetcher *f, uint32_t retry)
{
	int64_t  first = retry == RETRY_SOON ? SOON_MS : LATER_MS, most = retry == RETRY_SOON ? SOON_MAX_MS : LATER_MAX_MS;
	unsigned i;

	for (i = 1; i < f->failures && first < most; i++)
		first *= 2;
	return jitter(first < most ? first : most);
}

static void
reap(struct fetcher *f, int *status)
{
	int tries;

	*status = 0;
	if (f->pid == 0)
		return;
	for (tries = 0; tries < 20; tries++) {	/* it has closed its socket: it is about to exit by itself */
		if (waitpid(f->pid, status, WNOHANG) == f->pid)
			goto out;
		(void)poll(NULL, 0, 5);
	}
	(void)kill(f->pid, SIGKILL);
	while (waitpid(f->pid, status, 0) == -1 && errno == EINTR)
		;
out:
	f->pid = 0;
}

static void
end_connection(struct fetcher *f)
{
	fd_close(&f->sock);
	f->uidvalidity = 0;
	f->level = 0;
	f->settling = 0;
	f->settled_up_to = 0;
	f->generation++;
}

/* It has failed: tell it once, with what happens now. */
static void
fail(struct fetcher *f, uint32_t retry, const char *words)
{
	int64_t wait_ms;

	f->failures++;
	f->failed = 1;
	wait_ms = backoff(f, retry);
	set_error(f, words);
	if (f->all->once) {
		f->phase = PHASE_DONE;
		set_state(f, "failed");
		f->attempt_at = 0;
		log_warnx("fetch-failed", "mailbox=%s %s: not tried again in this round", f->mailbox->name, words);
		return;
	}
	f->phase = PHASE_WAITING;
	f->next_ms = monotonic_ms() + wait_ms;
	f->attempt_at = (int64_t)time(NULL) + wait_ms / SECOND;
	set_state(f, retry == RETRY_CONFIG ? "failed" : "waiting");
	log_warnx("fetch-failed", "mailbox=%s %s: %s, next try in %" PRId64 " s", f->mailbox->name, words,
	    retry == RETRY_CONFIG ? "a person must look at it" : "its mail stays on the server", (wait_ms + 999) / SECOND);
}

/* The process has closed its end. */
static void
lost(struct fetcher *f)
{
	char         words[sizeof f->last_failure.words + 64];
	int          status, quitting = f->phase == PHASE_QUITTING;
	enum phase   after = f->gone || f->all->once ? PHASE_DONE : PHASE_WAITING;

	reap(f, &status);
	end_connection(f);
	if (quitting) {
		f->phase = after;
		f->next_ms = monotonic_ms();
		set_state(f, "stopped");
		return;
	}
	if (f->last_failure.kind == FETCH_FAILED)
		(void)snprintf(words, sizeof words, "%s", f->last_failure.words);
	else if (WIFSIGNALED(status))
		(void)snprintf(words, sizeof words, "hoering-fetch was ended by signal %d", WTERMSIG(status));
	else
		(void)snprintf(words, sizeof words, "hoering-fetch ended with status %d", WEXITSTATUS(status));
	fail(f, f->last_failure.kind == FETCH_FAILED ? f->last_failure.code : RETRY_SOON, words);
}

static void
drop(struct fetcher *f, uint32_t retry, const char *words)
{
	int status;

	if (f->pid != 0)
		(void)kill(f->pid, SIGKILL);
	reap(f, &status);
	end_connection(f);
	if (retry != 0)
		fail(f, retry, words);
}

/* What hoering-fetch is told: the accepted configuration of its mailbox, not the file, which may have become bad since. */
static int
configuration(const struct conf *c, const struct conf_mailbox *m)
{
	int   fd = memfd_create("mailbox.conf", MFD_CLOEXEC | MFD_ALLOW_SEALING), copy = fd == -1 ? -1 : dup(fd);
	FILE *out = copy == -1 ? NULL : fdopen(copy, "w");
	int   bad;

	if (out == NULL) {
		fd_close(&copy);
		fd_close(&fd);
		return -1;
	}
	bad = conf_mailbox_write(out, c, m) != 0;
	bad |= fclose(out) != 0;
	if (bad || lseek(fd, 0, SEEK_SET) == -1 || fd_seal(fd) == -1)
		fd_close(&fd);
	return fd;
}

static void
start(struct fetcher *f)
{
	const char *const argv[] = { "hoering-fetch", "-c", "/dev/fd/4", "-m", f->mailbox->name, NULL };
	const char *const keep[] = { "CREDENTIALS_DIRECTORY", "PATH", "HOME", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS",
		"LSAN_OPTIONS", NULL };
	struct spawn      s = { .path = f->all->path, .argv = argv, .keep_env = keep };
	struct why        why = { .text = "" };

	memset(&f->last_failure, 0, sizeof f->last_failure);
	f->attempt_at = 0;
	s.extra_fd = configuration(f->all->conf, f->mailbox);
	if (s.extra_fd == -1 || spawn_start(&s, &f->pid, &f->sock, &why) != OUTCOME_OK) {
		fail(f, RETRY_SOON, s.extra_fd == -1 ? "its configuration could not be handed over" : why.text);
		fd_close(&s.extra_fd);
		return;
	}
	fd_close(&s.extra_fd);
	f->phase = PHASE_RUNNING;
	f->heard_ms = monotonic_ms();
	set_state(f, "starting");
}

static int
tell(struct fetcher *f, uint32_t kind, uint64_t uid, const char *words)
{
	struct fetch_record r = { .kind = kind, .uidvalidity = f->uidvalidity, .uid = (uint32_t)uid };

	(void)snprintf(r.words, sizeof r.words, "%s", words);
	return f->sock == -1 ? -1 : fd_send(f->sock, &r, sizeof r, -1);
}

/* --- the list ------------------------------------------------------------------------------------------------------ */

static enum outcome
add(struct fetchers *f, const struct conf_mailbox *m, struct why *why)
{
	struct fetcher **p = reallocarray(f->list, f->n + 1, sizeof *p), *k = calloc(1, sizeof *k);

	if (p != NULL)
		f->list = p;
	if (p == NULL || k == NULL) {
		free(k);
		return why_errno(why, OUTCOME_DEFER, "fetchers");
	}
	k->all = f;
	k->mailbox = m;
	k->sock = -1;
	k->exists = -1;
	set_state(k, "waiting");
	f->list[f->n++] = k;
	return OUTCOME_OK;
}

enum outcome
fetchers_new(const struct conf *c, int once, struct fetchers **out, struct why *why)
{
	struct fetchers *f = calloc(1, sizeof *f);
	enum outcome     o = OUTCOME_OK;
	size_t           i;

	if (f == NULL)
		return why_errno(why, OUTCOME_DEFER, "fetchers");
	f->conf = c;
	f->once = once;
	o = spawn_find("hoering-fetch", f->path, sizeof f->path, why);
	for (i = 0; i < c->n_mailboxes && o == OUTCOME_OK; i++)
		o = add(f, &c->mailboxes[i], why);
	if (o == OUTCOME_OK)
		*out = f;
	else
		fetchers_free(&f);
	return o;
}

void
fetchers_free(struct fetchers **f)
{
	size_t i;

	if (*f == NULL)
		return;
	for (i = 0; i < (*f)->n; i++) {
		drop((*f)->list[i], 0, "");
		free((*f)->list[i]);
	}
	free((*f)->list);
	free(*f);
	*f = NULL;
}

static int
same_mailbox(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	return strcmp(a->address, b->address) == 0 && strcmp(a->url, b->url) == 0 && strcmp(a->user, b->user) == 0 &&
	    a->auth == b->auth && a->secret == b->secret && strcmp(a->secret_value, b->secret_value) == 0 &&
	    a->tls == b->tls && strcmp(a->tls_ca_file, b->tls_ca_file) == 0 && a->after == b->after &&
	    strcmp(a->after_folder, b->after_folder) == 0 && a->idle == b->idle;
}

static void
let_go(struct fetcher *f)
{
	if (f->phase == PHASE_RUNNING) {
		f->phase = PHASE_QUITTING;
		f->quit_ms = monotonic_ms() + QUIT_MS;
		if (tell(f, FETCH_QUIT, 0, "") == -1)
			drop(f, 0, "");
	}
	if (f->pid == 0)
		f->phase = PHASE_DONE;
}

/* Those that are gone from the configuration and have ended. */
static void
sweep(struct fetchers *f)
{
	size_t i, kept = 0;

	for (i = 0; i < f->n; i++)
		if (f->list[i]->gone && f->list[i]->pid == 0)
			free(f->list[i]);
		else
			f->list[kept++] = f->list[i];
	f->n = kept;
}

enum outcome
fetchers_reload(struct fetchers *f, const struct conf *c, struct why *why)
{
	const struct conf_mailbox *m;
	enum outcome               o = OUTCOME_OK;
	size_t                     i, k, known, n = f->n;

	for (i = 0; i < n; i++) {
		m = conf_mailbox(c, f->list[i]->mailbox->name);
		if (m != NULL && same_mailbox(m, f->list[i]->mailbox) && c->poll_ms == f->conf->poll_ms)
			f->list[i]->mailbox = m;
		else {	/* the connection of the old settings ends now: it holds on to nothing of the old configuration */
			drop(f->list[i], 0, "");
			f->list[i]->gone = 1;
		}
	}
	f->conf = c;
	sweep(f);
	for (i = 0; i < c->n_mailboxes && o == OUTCOME_OK; i++) {
		for (k = 0, known = 0; k < f->n; k++)
			known |= !f->list[k]->gone && f->list[k]->mailbox == &c->mailboxes[i];
		if (!known)
			o = add(f, &c->mailboxes[i], why);
	}
	return o;
}

void
fetchers_start_due(struct fetchers *f)
{
	int64_t now = monotonic_ms();
	size_t  i;

	for (i = 0; i < f->n && f->paused_until_ms <= now; i++)
		if (f->list[i]->phase == PHASE_WAITING && f->list[i]->next_ms <= now)
			start(f->list[i]);
}

void
fetchers_pause(struct fetchers *f, int64_t wait_ms)
{
	size_t i;

	f->paused_until_ms = monotonic_ms() + wait_ms;
	for (i = 0; i < f->n; i++)
		if (f->list[i]->phase == PHASE_RUNNING) {
			drop(f->list[i], 0, "");
			f->list[i]->phase = PHASE_WAITING;
			f->list[i]->next_ms = f->paused_until_ms;
			set_state(f->list[i], "paused");
		}
}

int
fetchers_poll_now(struct fetchers *f, const char *mailbox)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++) {
		struct fetcher *k = f->list[i];

		if (mailbox[0] != '\0' && strcmp(k->mailbox->name, mailbox) != 0)
			continue;
		n++;
		if (k->phase == PHASE_WAITING)
			k->next_ms = 0;
		else if (k->phase == PHASE_RUNNING && k->level)
			(void)tell(k, FETCH_POLL, 0, "");
	}
	return n > 0;
}

size_t
fetchers_poll_set(const struct fetchers *f, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < f->n && n < max; i++)
		if (f->list[i]->sock != -1)
			fds[n++] = (struct pollfd){ .fd = f->list[i]->sock, .events = POLLIN };
	return n;
}

size_t
fetchers_count(const struct fetchers *f)
{
	return f->n;
}

int64_t
fetchers_wait_ms(const struct fetchers *f)
{
	int64_t now = monotonic_ms(), first = -1, at;
	size_t  i;

	for (i = 0; i < f->n; i++) {
		const struct fetcher *k = f->list[i];

		if (k->phase == PHASE_WAITING)
			at = k->next_ms > f->paused_until_ms ? k->next_ms : f->paused_until_ms;
		else if (k->phase == PHASE_RUNNING)
			at = k->heard_ms + SILENT_MS;
		else if (k->phase == PHASE_QUITTING)
			at = k->quit_ms;
		else
			continue;
		at = at > now ? at - now : 0;
		if (first == -1 || at < first)
			first = at;
	}
	return first;
}

/* --- what they say --------------------------------------------------------------------------------------------------- */

static enum outcome
on_selected(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	uint64_t     uid = 0;
	enum outcome o;

	f->uidvalidity = r->uidvalidity;
	f->exists = r->exists;
	set_state(f, "selected");
	o = store_cursor(in->store, f->mailbox->name, r->uidvalidity, &uid, why);
	if (o == OUTCOME_OK && tell(f, FETCH_CURSOR, uid, "") == -1)
		drop(f, RETRY_SOON, "hoering-fetch does not listen");
	return o;
}

static int
is_key(const char *s)
{
	return strlen(s) == 32 && strspn(s, "0123456789abcdef") == 32;
}

static enum outcome
on_mail(struct fetcher *f, const struct fetch_record *r, int fd, struct intake *in, struct why *why)
{
	struct stat  st;
	struct copy  c = { .mailbox = f->mailbox->name, .uidvalidity = r->uidvalidity, .uid = r->uid, .key = "",
		.received_at = r->internal_at, .fd = fd, .size_bytes = r->size_bytes, .actor = "hoering-fetch" };
	int          keyed = f->mailbox->scheme == SCHEME_MAILDIR;
	enum outcome o;

	if (keyed)
		c.key = r->words;
	if (f->uidvalidity == 0 || r->uidvalidity != f->uidvalidity || (keyed ? !is_key(r->words) : r->uid == 0) || fd == -1 ||
	    !fd_is_sealed(fd) || fstat(fd, &st) == -1 || (uint64_t)st.st_size != r->size_bytes ||
	    r->size_bytes > LIMIT_MAIL_BYTES) {
		drop(f, RETRY_SOON, "hoering-fetch handed over a mail that is not as it says");
		return OUTCOME_OK;
	}
	o = intake_receive(in, &c, f, f->generation, why);
	return o;
}

static enum outcome
on_excluded(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	struct copy c = { .mailbox = f->mailbox->name, .uidvalidity = r->uidvalidity, .uid = r->uid, .key = "",
		.received_at = r->internal_at, .fd = -1, .size_bytes = r->size_bytes, .actor = "hoering-fetch" };
	const char *reason = strcmp(r->words, "too-large") == 0 ? "too-large" : "vanished";

	if (f->uidvalidity == 0 || r->uidvalidity != f->uidvalidity || r->uid == 0) {
		drop(f, RETRY_SOON, "hoering-fetch excluded a mail that is none");
		return OUTCOME_OK;
	}
	log_warnx("excluded", "mailbox=%s uid=%" PRIu32 " bytes=%" PRIu64 " %s: it is told in the view completeness", f->mailbox->name,
	    r->uid, r->size_bytes, reason);
	return intake_exclude(in, &c, reason, f, f->generation, why);
}

static void
on_round(struct fetcher *f, const struct fetch_record *r)
{
	if (!f->level)
		log_info("level", "mailbox=%s uidvalidity=%" PRIu32 " messages=%" PRIu32 ": nothing on the server is missing here",
		    f->mailbox->name, f->uidvalidity, r->exists);
	f->level = 1;
	f->settled_up_to = 0;	/* what the server would not settle is tried again */
	f->failures = 0;
	f->failed = 0;
	f->exists = r->exists;
	f->success_at = f->checked_at = (int64_t)time(NULL);
	set_error(f, "");
	set_state(f, "level");
}

static enum outcome
on_settled(struct fetcher *f, const struct fetch_record *r, struct intake *in, struct why *why)
{
	struct copy c = { .mailbox = f->mailbox->name, .uidvalidity = f->uidvalidity, .uid = r->uid, .key = "", .fd = -1,
		.actor = "hoering-fetch" };
	const char *how = strcmp(r->words, "moved") == 0 ? "moved" : strcmp(r->words, "gone") == 0 ? "gone" : "keyword";

	if (f->settling > 0)
		f->settling--;
	if (r->code == 0)
		return intake_settled(in, &c, how, why);
	log_warnx("settle-failed", "mailbox=%s uid=%" PRIu32 " %s: it is filed; tried again after the next connection",
	    f->mailbox->name, r->uid, r->words);
	return OUTCOME_OK;
}

static enum outcome
on_record(struct fetcher *f, const struct fetch_record *r, int fd, struct intake *in, struct why *why)
{
	switch (r->kind) {
	case FETCH_STATE:
		if (f->level && (strcmp(r->words, "idle") == 0 || strcmp(r->words, "polling") == 0))
			return OUTCOME_OK;	/* level says more */
		set_state(f, r->words);
		return OUTCOME_OK;
	case FETCH_SELECTED:
		return on_selected(f, r, in, why);
	case FETCH_MAIL:
		return on_mail(f, r, fd, in, why);
	case FETCH_EXCLUDED:
		return on_excluded(f, r, in, why);
	case FETCH_ROUND:
		on_round(f, r);
		return OUTCOME_OK;
	case FETCH_SETTLED:
		return on_settled(f, r, in, why);
	case FETCH_FAILED:
		f->last_failure = *r;
		return OUTCOME_OK;
	default:
		drop(f, RETRY_SOON, "hoering-fetch sent a record that is none");
		return OUTCOME_OK;
	}
}

static int
is_printable(const char *s, size_t size)
{
	size_t i;

	for (i = 0; i < size && s[i] != '\0'; i++)
		if (s[i] < 0x20 || s[i] > 0x7e)
			return 0;
	return i < size;
}

static enum outcome
read_fetcher(struct fetcher *f, struct intake *in, struct why *why)
{
	struct fetch_record r;
	enum outcome        o = OUTCOME_OK;
	ssize_t             n;
	int                 fd, i;

	for (i = 0; i < TURN && f->sock != -1 && o == OUTCOME_OK; i++) {
		fd = -1;
		n = fd_recv(f->sock, &r, sizeof r, &fd);
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		f->heard_ms = monotonic_ms();
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			lost(f);
		else if (n != (ssize_t)sizeof r || !is_printable(r.words, sizeof r.words))
			drop(f, RETRY_SOON, "hoering-fetch sent a record that is none");
		else
			o = on_record(f, &r, fd, in, why);
		fd_close(&fd);
	}
	return o;
}

enum outcome
fetchers_run(struct fetchers *f, const struct pollfd *fds, size_t n, struct intake *in, struct why *why)
{
	int64_t      now = monotonic_ms();
	size_t       i, k;
	enum outcome o = OUTCOME_OK;

	for (i = 0; i < n && o == OUTCOME_OK; i++)
		for (k = 0; k < f->n && fds[i].revents != 0; k++)
			if (f->list[k]->sock == fds[i].fd) {
				o = read_fetcher(f->list[k], in, why);
				break;
			}
	for (k = 0; k < f->n; k++) {
		if (f->list[k]->phase == PHASE_RUNNING && now - f->list[k]->heard_ms > SILENT_MS)
			drop(f->list[k], RETRY_SOON, "hoering-fetch has been silent for too long");
		if (f->list[k]->phase == PHASE_QUITTING && now > f->list[k]->quit_ms) {
			drop(f->list[k], 0, "");
			f->list[k]->phase = PHASE_DONE;
		}
	}
	sweep(f);
	return o;
}

void
fetchers_archived(void *arg, const struct receipt *r)
{
	struct fetchers *all = arg;
	size_t           i;

	for (i = 0; i < all->n; i++)	/* it may be gone since */
		if (all->list[i] == r->from && all->list[i]->generation == r->generation)
			if (tell(all->list[i], FETCH_ARCHIVED, r->uid, r->key) == -1)
				drop(all->list[i], RETRY_SOON, "hoering-fetch does not listen");
}

enum outcome
fetchers_settle(struct fetchers *f, struct intake *in, struct why *why)
{
	struct to_settle list[FETCH_WINDOW];
	size_t           i, k, n;
	enum outcome     o = OUTCOME_OK;

	for (i = 0; i < f->n && o == OUTCOME_OK; i++) {
		struct fetcher *m = f->list[i];

		if (m->phase != PHASE_RUNNING || !m->level || m->mailbox->after == AFTER_LEAVE || m->settling > 0)
			continue;
		o = store_to_settle(in->store, m->mailbox->name, m->uidvalidity, m->settled_up_to, list, FETCH_WINDOW, &n, why);
		for (k = 0; k < n && o == OUTCOME_OK && m->sock != -1; k++) {
			if (tell(m, FETCH_SETTLE, list[k].uid, "") == -1) {
				drop(m, RETRY_SOON, "hoering-fetch does not listen");
				break;
			}
			m->settled_up_to = list[k].uid;
			m->settling++;
		}
	}
	return o;
}

/* --- the end of a single round ------------------------------------------------------------------------------------------ */

int
fetchers_rounds_done(const struct fetchers *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->list[i]->phase == PHASE_WAITING ||
		    (f->list[i]->phase == PHASE_RUNNING && (!f->list[i]->level || f->list[i]->settling > 0)))
			return 0;
	return 1;
}

void
fetchers_quit(struct fetchers *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		let_go(f->list[i]);
		if (f->list[i]->phase == PHASE_WAITING)
			f->list[i]->phase = PHASE_DONE;
	}
}

int
fetchers_running(const struct fetchers *f)
{
	size_t i;
	int    n = 0;

	for (i = 0; i < f->n; i++)
		n += f->list[i]->pid != 0;
	return n;
}

int
fetchers_failed(const struct fetchers *f)
{
	size_t i;
	int    n = 0;

	for (i = 0; i < f->n; i++)
		n += f->list[i]->failed;
	return n;
}
