#include "daemon/fetch/greet.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "config/conf.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/later.h"
#include "daemon/fetch/stream.h"

static int
begins(const char *line, const char *with)
{
	return strncasecmp(line, with, strlen(with)) == 0;
}

/* What the server said, made harmless, for the end of a sentence. */
static const char *
quoted(const char *line, char out[200])
{
	return log_quote(out, 200, (const uint8_t *)line, strlen(line), 100);
}

static enum outcome
greeting(struct stream *s, struct why *why)
{
	char         line[LINE_BYTES], shown[200];
	enum outcome o;

	stream_limit(s, PATIENCE_GREETING_MS, BUDGET_STRANGER);
	o = stream_line(s, line, sizeof line, why);
	if (o != OUTCOME_OK)
		return o;
	if (begins(line, "* OK"))
		return OUTCOME_OK;
	if (begins(line, "* PREAUTH"))
		return why_set(why, OUTCOME_REFUSED, "the server says we are logged in before we said who we are: refused, "
		    "no credential was sent");
	if (begins(line, "* BYE"))
		return why_set(why, later_of(line) != -1 ? OUTCOME_DEFER : OUTCOME_LOST, "the server does not want us now: %s", quoted(line, shown));
	return why_set(why, OUTCOME_LOST, "this is no IMAP greeting: %s", quoted(line, shown));
}

static enum outcome
starttls(struct stream *s, struct why *why)
{
	static const char command[] = "T1 STARTTLS\r\n";
	char              line[LINE_BYTES], shown[200];
	enum outcome      o;

	stream_limit(s, PATIENCE_GREETING_MS, BUDGET_STRANGER);
	if (stream_write(s, command, sizeof command - 1) == -1)
		return why_set(why, OUTCOME_LOST, "STARTTLS: %s", stream_failure(s));
	do {
		o = stream_line(s, line, sizeof line, why);
		if (o != OUTCOME_OK)
			return o;
	} while (begins(line, "* ") && !begins(line, "* BYE"));
	if (!begins(line, "T1 OK"))
		return why_set(why, OUTCOME_REFUSED, "the server (or somebody on the way) refuses STARTTLS, which is required: "
		    "no credential was sent; it said: %s", quoted(line, shown));
	return OUTCOME_OK;
}

static enum outcome
handshake(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why)
{
	stream_limit(s, PATIENCE_TLS_MS, BUDGET_STRANGER);
	return stream_start_tls(s, trust, m->host, why);
}

enum outcome
greet(struct stream *s, const struct conf_mailbox *m, struct tls_trust *trust, struct why *why)
{
	enum outcome o;

	if (m->scheme == SCHEME_IMAPS && m->tls == TLS_REQUIRED) {
		o = handshake(s, m, trust, why);
		return o == OUTCOME_OK ? greeting(s, why) : o;
	}
	o = greeting(s, why);
	if (o == OUTCOME_OK && m->tls == TLS_REQUIRED) {
		o = starttls(s, why);
		if (o == OUTCOME_OK)
			o = handshake(s, m, trust, why);
	}
	return o;
}
