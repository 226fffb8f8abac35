#include "daemon/fetch/imap.h"

#include <libetpan/mailimap_oauth2.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "config/conf.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap_private.h"
#include "daemon/fetch/later.h"
#include "daemon/fetch/secret.h"
#include "daemon/fetch/stream.h"

/* Of libetpan's own stream: larger reads go past it. */
#define ETPAN_BUFFER (32u << 10)

/* libetpan's idea of a connection. It keeps within one thread and one command, so most of it is never called. */
static ssize_t
low_read(mailstream_low *low, void *p, size_t n)
{
	return stream_read(low->data, p, n);
}

static ssize_t
low_write(mailstream_low *low, const void *p, size_t n)
{
	return stream_write(low->data, p, n);
}

static int
low_close(mailstream_low *low)
{
	(void)low;
	return 0;	/* the stream is ours, not libetpan's */
}

static int
low_fd(mailstream_low *low)
{
	(void)low;
	return -1;
}

static void
low_free(mailstream_low *low)
{
	free(low);
}

static mailstream_low_driver driver = {
	.mailstream_read = low_read, .mailstream_write = low_write, .mailstream_close = low_close,
	.mailstream_get_fd = low_fd, .mailstream_free = low_free,
};

static void
no_progress(size_t current, size_t maximum, void *arg)
{
	(void)current;
	(void)maximum;
	(void)arg;
}

/* libetpan wants to read a greeting; the real one has been read and judged by greet(). */
static enum outcome
say_hello(struct imap *i, struct why *why)
{
	static const char hello[] = "* OK greeted\r\n";
	mailstream_low   *low = mailstream_low_new(i->stream, &driver);
	mailstream       *s = low == NULL ? NULL : mailstream_new(low, ETPAN_BUFFER);

	if (s == NULL) {
		free(low);
		return why_set(why, OUTCOME_DEFER, "no memory");
	}
	memcpy(s->read_buffer, hello, sizeof hello - 1);
	s->read_buffer_len = sizeof hello - 1;
	if (mailimap_connect(i->session, s) != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return why_set(why, OUTCOME_LOST, "libetpan does not take our greeting");
	return OUTCOME_OK;
}

enum outcome
imap_open(struct stream *stream, struct imap **out, struct why *why)
{
	struct imap *i = calloc(1, sizeof *i);
	enum outcome o;

	if (i == NULL)
		return why_errno(why, OUTCOME_DEFER, "no memory");
	i->stream = stream;
	body_init(&i->body);
	i->session = mailimap_new(0, NULL);
	if (i->session == NULL) {
		free(i);
		return why_set(why, OUTCOME_DEFER, "no memory");
	}
	/* Without these the body handler is ignored (mailimap.c, mailimap_parse_response). */
	mailimap_set_progress_callback(i->session, no_progress, no_progress, NULL);
	stream_limit(stream, PATIENCE_GREETING_MS, BUDGET_STRANGER);
	o = say_hello(i, why);
	if (o == OUTCOME_OK)
		*out = i;
	else
		imap_close(&i);
	return o;
}

void
imap_close(struct imap **i)
{
	if (*i == NULL)
		return;
	body_drop(&(*i)->body);
	if ((*i)->session->imap_stream != NULL) {
		(void)mailstream_close((*i)->session->imap_stream);
		(*i)->session->imap_stream = NULL;	/* or mailimap_free() would say LOGOUT and wait */
	}
	mailimap_free((*i)->session);
	free(*i);
	*i = NULL;
}

void
imap_logout(struct imap *i)
{
	stream_limit(i->stream, PATIENCE_LOGOUT_MS, BUDGET_COMMAND);
	(void)mailimap_logout(i->session);
}

int
imap_hand_back(struct imap *i)
{
	mailstream *s = i->session->imap_stream;

	if (stream_unread(i->stream, s->read_buffer, s->read_buffer_len) == -1)
		return -1;
	s->read_buffer_len = 0;
	return 0;
}

/* What the server said last, made harmless. */
static const char *
said(const struct imap *i, char out[200])
{
	const char *p = i->session->imap_response;

	return p == NULL || p[0] == '\0' ? "nothing" : log_quote(out, 200, (const uint8_t *)p, strlen(p), 120);
}

/* In its code (RFC 5530) or, where there is none, in its words. */
static int
said_later(struct imap *i)
{
	const struct mailimap_response_info *info = i->session->imap_response_info;
	const char                          *code = info == NULL ? NULL : info->rsp_atom;
	int                                  words = i->session->imap_response == NULL ? -1 : later_of(i->session->imap_response);

	if (words != -1) {
		i->later_s = words;
		return 1;
	}
	return code != NULL && (strcasecmp(code, "UNAVAILABLE") == 0 || strcasecmp(code, "LIMIT") == 0 ||
	    strcasecmp(code, "INUSE") == 0 || strcasecmp(code, "SERVERBUG") == 0 || strcasecmp(code, "THROTTLED") == 0);
}

enum outcome
imap_result(struct imap *i, int r, const char *command, struct why *why)
{
	char shown[200];

	switch (r) {
	case MAILIMAP_NO_ERROR:
		return OUTCOME_OK;
	case MAILIMAP_ERROR_STREAM:
		return why_set(why, OUTCOME_LOST, "%s: %s", command, stream_failure(i->stream));
	case MAILIMAP_ERROR_FATAL:
		return why_set(why, said_later(i) ? OUTCOME_DEFER : OUTCOME_LOST, "%s: the server ended the session: %s",
		    command, said(i, shown));
	case MAILIMAP_ERROR_PROTOCOL:
		return why_set(why, said_later(i) ? OUTCOME_DEFER : OUTCOME_LOST, "%s: the server calls the command wrong, or answers another one: %s",
		    command, said(i, shown));
	case MAILIMAP_ERROR_PARSE:
	case MAILIMAP_ERROR_NEEDS_MORE_DATA:
		return why_set(why, OUTCOME_LOST, "%s: the server's answer is no IMAP", command);
	case MAILIMAP_ERROR_MEMORY:
		return why_set(why, OUTCOME_DEFER, "%s: no memory for the server's answer", command);
	case MAILIMAP_ERROR_BAD_STATE:
		return why_set(why, OUTCOME_LOST, "%s: out of order", command);
	default:
		return why_set(why, said_later(i) ? OUTCOME_DEFER : OUTCOME_BAD, "%s: the server says no: %s", command,
		    said(i, shown));
	}
}

static enum outcome
capability(struct imap *i, struct why *why)
{
	struct mailimap_capability_data *list = NULL;
	enum outcome                     o;

	stream_limit(i->stream, PATIENCE_GREETING_MS, BUDGET_COMMAND);
	o = imap_result(i, mailimap_capability(i->session, &list), "CAPABILITY", why);
	if (list != NULL)
		mailimap_capability_data_free(list);
	return o == OUTCOME_BAD ? OUTCOME_LOST : o;
}

int
imap_later_s(const struct imap *i)
{
	return i->later_s;
}

int
imap_can(const struct imap *i, const char *capability_name)
{
	return mailimap_has_extension(i->session, capability_name);
}

/* The server's words are not repeated here: it knows the secret now, and could put it into the log. */
static enum outcome
login_result(struct imap *i, int r, enum conf_auth auth, struct why *why)
{
	enum outcome o;

	if (r == MAILIMAP_ERROR_LOGIN || (auth == AUTH_XOAUTH2 && r == MAILIMAP_ERROR_PARSE)) {
		if (said_later(i))
			return why_set(why, OUTCOME_DEFER, "LOGIN: the server cannot check credentials now");
		if (auth == AUTH_XOAUTH2)	/* not REFUSED: the token may have ended meanwhile, and the next process asks for one */
			return why_set(why, OUTCOME_DEFER, "LOGIN: the server does not accept the user or the token; "
			    "check user and token_command");
		return why_set(why, OUTCOME_REFUSED, "LOGIN: the server does not accept the user or the password; check both");
	}
	if (r == MAILIMAP_ERROR_PROTOCOL)
		return why_set(why, said_later(i) ? OUTCOME_DEFER : OUTCOME_LOST, "LOGIN: the server calls the command wrong");
	if (r == MAILIMAP_ERROR_FATAL)
		return why_set(why, said_later(i) ? OUTCOME_DEFER : OUTCOME_LOST, "LOGIN: the server ended the session");
	o = imap_result(i, r, "LOGIN", why);
	return o == OUTCOME_BAD ? OUTCOME_LOST : o;
}

enum outcome
imap_login(struct imap *i, const struct conf_mailbox *m, const struct secret *secret, struct why *why)
{
	enum outcome o = capability(i, why);
	int          r;

	if (o != OUTCOME_OK)
		return o;
	if (m->auth == AUTH_LOGIN && imap_can(i, "LOGINDISABLED"))
		return why_set(why, OUTCOME_REFUSED, "LOGIN: the server does not allow passwords on this connection");
	stream_limit(i->stream, PATIENCE_LOGIN_MS, BUDGET_STRANGER);
	(void)mallopt(M_PERTURB, 0x5a);		/* freed memory is overwritten: libetpan copies a token as it encodes it */
	if (m->auth == AUTH_XOAUTH2)
		r = mailimap_oauth2_authenticate(i->session, m->user, secret_text(secret));
	else
		r = mailimap_login(i->session, m->user, secret_text(secret));
	(void)mallopt(M_PERTURB, 0);
	secret_wipe_freed();
	explicit_bzero(i->session->imap_stream->write_buffer, ETPAN_BUFFER);
	o = login_result(i, r, m->auth, why);
	return o == OUTCOME_OK ? capability(i, why) : o;	/* servers offer more to those they know */
}

static int
keyword_settable(const struct mailimap_selection_info *info, const char *keyword)
{
	const struct mailimap_flag_perm *perm;
	clistiter                       *cur;

	if (info->sel_perm_flags == NULL)
		return 0;
	for (cur = clist_begin(info->sel_perm_flags); cur != NULL; cur = clist_next(cur)) {
		perm = clist_content(cur);
		if (perm == NULL)
			continue;
		if (perm->fl_type == MAILIMAP_FLAG_PERM_ALL)
			return 1;
		if (perm->fl_flag != NULL && perm->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD &&
		    perm->fl_flag->fl_data.fl_keyword != NULL && strcasecmp(perm->fl_flag->fl_data.fl_keyword, keyword) == 0)
			return 1;
	}
	return 0;
}

enum outcome
imap_select(struct imap *i, const char *folder, int read_only, const char *keyword, struct why *why)
{
	const struct mailimap_selection_info *info;
	const char                           *command = read_only ? "EXAMINE" : "SELECT";
	enum outcome                          o;

	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, BUDGET_COMMAND);
	o = imap_result(i, read_only ? mailimap_examine(i->session, folder) : mailimap_select(i->session, folder), command, why);
	if (o == OUTCOME_BAD)
		o = OUTCOME_REFUSED;	/* no such folder, or no right to it */
	if (o != OUTCOME_OK)
		return o;
	info = i->session->imap_selection_info;
	if (info == NULL || info->sel_uidvalidity == 0)
		return why_set(why, OUTCOME_REFUSED, "%s: the server tells no UIDVALIDITY: its mails cannot be told apart", command);
	if (!read_only && info->sel_perm == MAILIMAP_MAILBOX_READONLY)
		return why_set(why, OUTCOME_REFUSED, "SELECT: the folder is read-only for this user; "
		    "give the right to change flags, or set after = \"leave\"");
	i->folder = (struct imap_folder){ .uidvalidity = info->sel_uidvalidity, .uidnext = info->sel_uidnext,
		.exists = info->sel_exists, .keywords = keyword_settable(info, keyword) };
	return OUTCOME_OK;
}

const struct imap_folder *
imap_folder(const struct imap *i)
{
	return &i->folder;
}

void
imap_set_exists(struct imap *i, uint32_t exists)
{
	i->folder.exists = exists;
	if (i->session->imap_selection_info != NULL)
		i->session->imap_selection_info->sel_exists = exists;
}

void
imap_see_exists(struct imap *i)
{
	if (i->session->imap_selection_info != NULL)
		i->folder.exists = i->session->imap_selection_info->sel_exists;
}

enum outcome
imap_exists(struct imap *i, const char *folder, struct why *why)
{
	struct mailimap_status_att_list     *what = mailimap_status_att_list_new_empty();
	struct mailimap_mailbox_data_status *status = NULL;
	enum outcome                         o;

	if (what == NULL || mailimap_status_att_list_add(what, MAILIMAP_STATUS_ATT_UIDVALIDITY) != MAILIMAP_NO_ERROR)
		return why_set(why, OUTCOME_DEFER, "no memory");
	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, BUDGET_COMMAND);
	o = imap_result(i, mailimap_status(i->session, folder, what, &status), "STATUS", why);
	mailimap_status_att_list_free(what);
	if (status != NULL)
		mailimap_mailbox_data_status_free(status);
	return o;
}

enum outcome
imap_noop(struct imap *i, struct why *why)
{
	enum outcome o;

	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, BUDGET_COMMAND);
	o = imap_result(i, mailimap_noop(i->session), "NOOP", why);
	imap_see_exists(i);
	return o;
}
