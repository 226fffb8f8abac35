#include "daemon/fetcher.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fault.h"
#include "base/log.h"
#include "daemon/spawn.h"

/* A list at every connection, and one a day where a connection lasts. */
#define LIST_MS		FAULT_DAY_MS
/* A fetcher is never silent for so long: IDLE is renewed, polls are told, deadlines end everything else. */
#define SILENT_MS	((int64_t)90 * 60 * 1000)

int
fetchers_health_changed(const struct fetchers *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->list[i]->changed)
			return 1;
	return 0;
}

enum outcome
fetchers_save_health(struct fetchers *f, struct intake *in, struct why *why)
{
	struct mailbox_health h;
	size_t                i;
	enum outcome          o;

	if (!fetchers_health_changed(f))
		return OUTCOME_OK;
	o = store_begin(in->store, why);
	for (i = 0; i < f->n && o == OUTCOME_OK; i++) {
		const struct fetcher *k = f->list[i];

		if (!k->changed)
			continue;
		h = (struct mailbox_health){ .state = k->state, .last_success_at = k->success_at, .last_error = k->error,
			.next_attempt_at = k->attempt_at, .uidvalidity = k->health_uidvalidity, .exists = k->exists,
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
	fetcher_set_state(k, "waiting");
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
		fetcher_drop((*f)->list[i], 0, "");
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
			fetcher_drop(f->list[i], 0, "");
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
			fetcher_start(f->list[i]);
}

void
fetchers_pause(struct fetchers *f, int64_t wait_ms, struct intake *in)
{
	struct why why;
	size_t     i;

	f->paused_until_ms = monotonic_ms() + wait_ms;
	for (i = 0; i < f->n; i++)
		if (f->list[i]->phase == PHASE_RUNNING) {
			fetcher_drop(f->list[i], 0, "");
			f->list[i]->phase = PHASE_WAITING;
			f->list[i]->next_ms = f->paused_until_ms;
			fetcher_set_state(f->list[i], "paused");
		}
	if (in != NULL && fetchers_save_health(f, in, &why) != OUTCOME_OK)
		return;		/* no room for that either: the log tells the pause */
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
			(void)fetcher_tell(k, FETCH_POLL, 0, "");
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

/* When this connection is to be asked for its next list. */
static int64_t
list_due_ms(const struct fetcher *f)
{
	return f->uidvalidity == 0 || f->listing || f->mailbox->scheme == SCHEME_MAILDIR ? INT64_MAX : f->listed_ms + LIST_MS;
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
			at = list_due_ms(k) < k->heard_ms + SILENT_MS ? list_due_ms(k) : k->heard_ms + SILENT_MS;
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

enum outcome
fetchers_run(struct fetchers *f, const struct pollfd *fds, size_t n, struct intake *in, struct why *why)
{
	int64_t      now = monotonic_ms();
	size_t       i, k;
	enum outcome o = OUTCOME_OK;

	for (i = 0; i < n && o == OUTCOME_OK; i++)
		for (k = 0; k < f->n && fds[i].revents != 0; k++)
			if (f->list[k]->sock == fds[i].fd) {
				o = fetcher_read(f->list[k], in, why);
				break;
			}
	for (k = 0; k < f->n; k++) {
		if (f->list[k]->phase == PHASE_RUNNING && now - f->list[k]->heard_ms > SILENT_MS)
			fetcher_drop(f->list[k], RETRY_SOON, "hoering-fetch has been silent for too long");
		if (f->list[k]->phase == PHASE_QUITTING && now > f->list[k]->quit_ms) {
			fetcher_drop(f->list[k], 0, "");
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
		if (all->list[i] == r->from && all->list[i]->generation == r->generation) {
			if (r->uid > all->list[i]->again_uid)
				all->list[i]->again_uid = r->uid;
			if (fetcher_tell(all->list[i], FETCH_ARCHIVED, r->uid, r->key) == -1)
				fetcher_drop(all->list[i], RETRY_SOON, "hoering-fetch does not listen");
		}
}

static void
compared(struct fetcher *m)
{
	uid_list_clear(&m->shown);
	m->checked_at = (int64_t)time(NULL);
	m->changed = 1;
	if (m->level && fetcher_tell(m, FETCH_POLL, 0, "") == -1)	/* a round, and what is missing is asked for */
		fetcher_drop(m, RETRY_SOON, "hoering-fetch does not listen");
}

enum outcome
fetchers_compare(struct fetchers *f, struct intake *in, struct why *why)
{
	enum outcome o = OUTCOME_OK;
	int64_t      now = monotonic_ms();
	int          more;
	size_t       i;

	for (i = 0; i < f->n && o == OUTCOME_OK && in->n_received == 0 && !in->behind; i++) {
		struct fetcher *m = f->list[i];

		if (m->phase != PHASE_RUNNING)
			continue;
		if (m->shown.whole) {
			more = 0;
			o = ledger_compare(in, m->mailbox->name, &m->shown, &more, why);
			if (o == OUTCOME_OK && !more)
				compared(m);
		} else if (list_due_ms(m) <= now) {
			m->listed_ms = now;
			m->listing = 1;
			if (fetcher_tell(m, FETCH_LIST, 0, "") == -1)
				fetcher_drop(m, RETRY_SOON, "hoering-fetch does not listen");
		}
	}
	return o;
}

int
fetchers_list_now(struct fetchers *f, const char *mailbox)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++) {
		if (mailbox[0] != '\0' && strcmp(f->list[i]->mailbox->name, mailbox) != 0)
			continue;
		n++;
		f->list[i]->listed_ms = monotonic_ms() - LIST_MS;
		if (f->list[i]->phase == PHASE_WAITING)
			f->list[i]->next_ms = 0;	/* every connection begins with a list */
		else if (f->list[i]->mailbox->scheme == SCHEME_MAILDIR)
			(void)fetcher_tell(f->list[i], FETCH_POLL, 0, "");	/* and every round of a maildir is one */
	}
	return n > 0;
}

/* A move cannot be repeated, so that it is asked for is durable before the server is told. */
static enum outcome
note_moves(const struct fetcher *m, struct intake *in, const struct to_settle *list, size_t n, struct why *why)
{
	size_t       k;
	enum outcome o;

	if (m->mailbox->after != AFTER_MOVE || n == 0)
		return OUTCOME_OK;
	o = store_begin(in->store, why);
	for (k = 0; k < n && o == OUTCOME_OK; k++)
		o = store_ask_settle(in->store, m->mailbox->name, m->uidvalidity, list[k].uid, why);
	if (o == OUTCOME_OK)
		o = store_commit(in->store, why);
	if (o != OUTCOME_OK)
		store_rollback(in->store);
	return o;
}

enum outcome
fetchers_settle(struct fetchers *f, struct intake *in, struct why *why)
{
	struct to_settle list[FETCH_WINDOW];
	size_t           i, k, n;
	enum outcome     o = OUTCOME_OK;

	if (in->n_received > 0)
		return OUTCOME_OK;	/* some of it may be settled by what is about to be written */
	for (i = 0; i < f->n && o == OUTCOME_OK; i++) {
		struct fetcher *m = f->list[i];

		if (m->phase != PHASE_RUNNING || !m->level || m->mailbox->after == AFTER_LEAVE || m->settling > 0)
			continue;
		o = store_to_settle(in->store, m->mailbox->name, m->uidvalidity, m->settle_after, list, FETCH_WINDOW, &n, why);
		if (o == OUTCOME_OK)
			o = note_moves(m, in, list, n, why);
		for (k = 0; k < n && o == OUTCOME_OK && m->sock != -1; k++) {
			if (fetcher_tell(m, FETCH_SETTLE, list[k].uid, "") == -1) {
				fetcher_drop(m, RETRY_SOON, "hoering-fetch does not listen");
				break;
			}
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
		    (f->list[i]->phase == PHASE_RUNNING &&
		    (!f->list[i]->level || f->list[i]->settling > 0 || f->list[i]->listing || f->list[i]->shown.whole)))
			return 0;
	return 1;
}

void
fetchers_quit(struct fetchers *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		fetcher_let_go(f->list[i]);
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
