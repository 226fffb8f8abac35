#include "daemon/fetch/session.h"

#include <string.h>
#include <sys/resource.h>

#include "base/sandbox.h"
#include "config/conf.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/greet.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/net.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/secret.h"
#include "daemon/fetch/stream.h"
#include "daemon/fetch/tls.h"
#include "daemon/fetch/utf7.h"

/* The address sanitizer maps terabytes. */
static enum outcome
name_folders(struct session *x, struct why *why)
{
	if (utf7_encode(x->mailbox->folder, x->folder, sizeof x->folder) == -1)
		return why_set(why, OUTCOME_REFUSED, "url: the folder's name is not valid UTF-8 or holds a control character");
	if (x->mailbox->after == AFTER_MOVE &&
	    utf7_encode(x->mailbox->after_folder, x->after_folder, sizeof x->after_folder) == -1)
		return why_set(why, OUTCOME_REFUSED, "after: the folder's name is not valid UTF-8 or holds a control character");
	return OUTCOME_OK;
}

/* All that comes from files and names: the secret, the authorities, the address, the connection. */
static enum outcome
reach(struct session *x, struct why *why)
{
	const struct conf_mailbox *m = x->mailbox;
	struct net_addresses       addresses;
	enum outcome               o;
	int                        fd = -1;

	report_step(x->report, NULL, "credential");
	o = secret_read(m, &x->secret, why);
	if (o == OUTCOME_OK && m->tls == TLS_REQUIRED)
		o = tls_trust_load(m->tls_ca_file, &x->trust, why);
	if (o != OUTCOME_OK)
		return o;
	report_step(x->report, "resolving", "address of %s", m->host);
	o = net_resolve(m->host, m->port, &addresses, why);
	if (o != OUTCOME_OK)
		return o;
	report_step(x->report, "connecting", "connection to %s:%u", m->host, m->port);
	o = net_connect(&addresses, m->tls == TLS_NONE, &fd, why);
	if (o != OUTCOME_OK)
		return o;
	x->stream = stream_new(fd);
	return x->stream != NULL ? OUTCOME_OK : why_set(why, OUTCOME_DEFER, "no memory");
}

/* From here on: nothing but the connection, memory and hoeringd's socket. Not a byte of the server has been read. */
static enum outcome
lock(struct why *why)
{
	const struct rlimit space = { ADDRESS_SPACE, ADDRESS_SPACE };

	if (!SANITIZED && setrlimit(RLIMIT_AS, &space) == -1)
		return why_errno(why, OUTCOME_DEFER, "cannot limit the address space");
	return sandbox_lock_once(SANDBOX_FETCH, why);
}

static enum outcome
log_in(struct session *x, struct why *why)
{
	enum outcome o;

	report_step(x->report, "tls", x->mailbox->tls == TLS_NONE ? "greeting" : "TLS and greeting");
	o = greet(x->stream, x->mailbox, x->trust, why);
	if (o == OUTCOME_OK)
		o = imap_open(x->stream, &x->imap, why);
	if (o != OUTCOME_OK)
		return o;
	report_step(x->report, "login", "login as %s", x->mailbox->user);
	o = imap_login(x->imap, x->mailbox, x->secret, why);
	secret_wipe(&x->secret);
	return o;
}

enum outcome
session_open(struct session *x, struct why *why)
{
	enum outcome o;

	o = name_folders(x, why);
	if (o == OUTCOME_OK)
		o = reach(x, why);
	if (o == OUTCOME_OK)
		o = lock(why);
	if (o == OUTCOME_OK)
		o = log_in(x, why);
	if (o != OUTCOME_OK)
		return o;
	report_step(x->report, "selected", "folder \"%s\"", x->mailbox->folder);
	/* EXAMINE changes nothing, not even which mails are new to others; SELECT takes \Recent from them (RFC 3501, 6.3.2). */
	o = imap_select(x->imap, x->folder, x->mailbox->after == AFTER_LEAVE || x->report->sock == -1, FILED_KEYWORD, why);
	if (o == OUTCOME_OK && x->mailbox->after != AFTER_LEAVE) {
		report_step(x->report, NULL, "after = \"%s\"", x->mailbox->after == AFTER_MOVE ? "move" : "keyword");
		o = settle_possible(x, why);
	}
	x->idle = x->mailbox->idle && o == OUTCOME_OK && imap_can(x->imap, "IDLE");
	return o;
}

/* hoeringd answers with where it has got to. */
static enum outcome
ask_cursor(struct session *x, struct why *why)
{
	const struct imap_folder *f = imap_folder(x->imap);
	enum outcome              o;

	o = report_selected(x->report, f->uidvalidity, f->uidnext, f->exists, why);
	while (o == OUTCOME_OK && !x->report->has_cursor && !x->report->quit)
		o = report_listen(x->report, -1, why);
	if (o == OUTCOME_OK && x->report->has_cursor) {
		if (x->report->cursor_uidvalidity != f->uidvalidity)
			return why_set(why, OUTCOME_LOST, "hoeringd speaks of another UIDVALIDITY");
		x->highest = x->report->cursor_uid;
	}
	return o;
}

enum outcome
session_serve(struct session *x, struct why *why)
{
	enum outcome o = x->report->sock == -1 ? OUTCOME_OK : ask_cursor(x, why);
	int64_t      next_ms = 0;

	while (o == OUTCOME_OK && x->report->sock != -1 && !x->report->quit) {
		if (x->report->n_settles > 0) {
			o = settle_run(x, why);
		} else if (x->report->list) {
			o = list_run(x, why);
		} else if (x->news || x->report->poll || clock_ms() >= next_ms) {
			x->news = 0;
			x->report->poll = 0;
			o = round_run(x, why);
			next_ms = clock_ms() + x->conf->poll_ms;
		} else {
			report_step(x->report, x->idle ? "idle" : "polling", "waiting");
			o = idle_wait(x, next_ms, why);
		}
		if (o == OUTCOME_OK)
			o = report_listen(x->report, 0, why);
	}
	if (o == OUTCOME_OK)
		imap_logout(x->imap);
	return o;
}

void
session_close(struct session *x)
{
	secret_wipe(&x->secret);
	imap_close(&x->imap);
	stream_close(&x->stream);
	tls_trust_free(x->trust);
	x->trust = NULL;
}
