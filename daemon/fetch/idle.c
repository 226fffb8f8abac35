/*
 * Waiting between two rounds: IDLE (RFC 2177), or the clock. IDLE is spoken here, line by line, and not by libetpan, which
 * hangs when a line comes before the "+" and does not see what shares a packet with it.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/session.h"
#include "daemon/fetch/stream.h"

#define TAG "I1"

enum line { LINE_UNTAGGED, LINE_GO_AHEAD, LINE_OK, LINE_NO };

/* An untagged line: "* 17 EXISTS" and "* 3 EXPUNGE" say how many mails there are; BYE and a literal end the session. */
static enum outcome
untagged(struct session *x, const char *line, struct why *why)
{
	uint32_t      exists = imap_folder(x->imap)->exists;
	unsigned long n;
	char         *end, shown[200];
	size_t        len = strlen(line);

	if (strncasecmp(line, "* BYE", 5) == 0)
		return why_set(why, OUTCOME_LOST, "IDLE: the server ended the session: %s",
		    log_quote(shown, sizeof shown, (const uint8_t *)line, len, 120));
	if (len > 0 && line[len - 1] == '}')
		return why_set(why, OUTCOME_LOST, "IDLE: the server begins a literal, which has no place here");
	if (line[2] < '0' || line[2] > '9')
		return OUTCOME_OK;
	n = strtoul(line + 2, &end, 10);
	if (strcasecmp(end, " EXISTS") == 0 && n <= UINT32_MAX) {
		x->news |= n > exists;
		imap_set_exists(x->imap, (uint32_t)n);
	} else if (strcasecmp(end, " EXPUNGE") == 0 && exists > 0)
		imap_set_exists(x->imap, exists - 1);
	return OUTCOME_OK;
}

static enum outcome
read_line(struct session *x, const char *line, enum line *kind, struct why *why)
{
	if (strncmp(line, "* ", 2) == 0) {
		*kind = LINE_UNTAGGED;
		return untagged(x, line, why);
	}
	if (line[0] == '+')
		*kind = LINE_GO_AHEAD;
	else if (strncasecmp(line, TAG " OK", sizeof TAG + 2) == 0)
		*kind = LINE_OK;
	else if (strncasecmp(line, TAG " NO", sizeof TAG + 2) == 0 || strncasecmp(line, TAG " BAD", sizeof TAG + 3) == 0)
		*kind = LINE_NO;
	else
		return why_set(why, OUTCOME_LOST, "IDLE: the server's answer is no IMAP");
	return OUTCOME_OK;
}

/* Reads on until the answer to IDLE or to DONE has come. */
static enum outcome
answer(struct session *x, enum line *kind, struct why *why)
{
	char         line[LINE_BYTES];
	enum outcome o;

	do {
		o = stream_line(x->stream, line, sizeof line, why);
		if (o == OUTCOME_OK)
			o = read_line(x, line, kind, why);
	} while (o == OUTCOME_OK && *kind == LINE_UNTAGGED);
	return o;
}

static enum outcome
say(struct session *x, const char *words, struct why *why)
{
	stream_limit(x->stream, PATIENCE_DONE_MS, BUDGET_COMMAND);
	if (stream_write(x->stream, words, strlen(words)) == -1)
		return why_set(why, OUTCOME_LOST, "IDLE: %s", stream_failure(x->stream));
	return OUTCOME_OK;
}

static int
something_to_do(const struct session *x)
{
	return x->news || x->report->quit || x->report->poll || x->report->list || x->report->n_settles > 0;
}

/* Between "+" and DONE. */
static enum outcome
listen_idle(struct session *x, int64_t until_ms, struct why *why)
{
	char         line[LINE_BYTES];
	enum line    kind = LINE_UNTAGGED;
	enum outcome o = OUTCOME_OK;
	int64_t      left;
	int          ready, got = 1;

	stream_limit(x->stream, IDLE_RENEW_MS + PATIENCE_DONE_MS, BUDGET_COMMAND);
	while (o == OUTCOME_OK && !something_to_do(x) && (left = until_ms - clock_ms()) > 0) {
		ready = stream_wait(x->stream, x->report->sock, (int)left);
		if (ready == -1)
			return why_errno(why, OUTCOME_LOST, "IDLE");
		if ((ready & 2) != 0)
			o = report_listen(x->report, 0, why);
		for (got = (ready & 1) != 0; o == OUTCOME_OK && got;) {
			o = stream_line_now(x->stream, line, sizeof line, &got, why);
			if (o == OUTCOME_OK && got)
				o = read_line(x, line, &kind, why);
			if (o == OUTCOME_OK && got && kind != LINE_UNTAGGED)
				o = why_set(why, OUTCOME_LOST, "IDLE: the server ended it unasked");
		}
	}
	return o;
}

static enum outcome
idle(struct session *x, int64_t until_ms, struct why *why)
{
	enum line    kind = LINE_NO;
	enum outcome o;

	if (imap_hand_back(x->imap) == -1)
		return why_set(why, OUTCOME_LOST, "IDLE: the server said too much before it");
	o = say(x, TAG " IDLE\r\n", why);
	if (o == OUTCOME_OK)
		o = answer(x, &kind, why);
	if (o == OUTCOME_OK && kind != LINE_GO_AHEAD) {
		x->idle = 0;	/* offered but refused: the clock alone, from now on */
		return OUTCOME_OK;
	}
	if (o == OUTCOME_OK)
		o = listen_idle(x, until_ms, why);
	if (o == OUTCOME_OK)
		o = say(x, "DONE\r\n", why);
	if (o == OUTCOME_OK)
		o = answer(x, &kind, why);
	if (o == OUTCOME_OK && kind != LINE_OK)
		o = why_set(why, OUTCOME_LOST, "IDLE: the server did not end it");
	return o;
}

/* Without IDLE: hoeringd, the clock, and the server only when it hangs up or says something. */
static enum outcome
doze(struct session *x, int64_t until_ms, struct why *why)
{
	uint32_t     exists = imap_folder(x->imap)->exists;
	int64_t      left = until_ms - clock_ms();
	enum outcome o;
	int          ready;

	if (left <= 0)
		return OUTCOME_OK;
	ready = stream_wait(x->stream, x->report->sock, (int)left);
	if (ready == -1)
		return why_errno(why, OUTCOME_LOST, "waiting");
	if ((ready & 2) != 0)
		return report_listen(x->report, 0, why);
	o = imap_noop(x->imap, why);	/* the server spoke, hung up, or wants to hear from us */
	x->news |= imap_folder(x->imap)->exists > exists;
	return o;
}

enum outcome
idle_wait(struct session *x, int64_t until_ms, struct why *why)
{
	int64_t renew_ms = clock_ms() + IDLE_RENEW_MS;

	if (until_ms > renew_ms)
		until_ms = renew_ms;
	return x->idle ? idle(x, until_ms, why) : doze(x, until_ms, why);
}
