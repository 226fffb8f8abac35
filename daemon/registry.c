#include "daemon/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/replay.h"
#include "daemon/store/registry.h"

static enum outcome
record(struct intake *in, const struct control_request *r, struct why *why)
{
	struct journal_entry e = { .actor = r->actor, .action = "registry", .object = r->field[1] };
	char                 detail[100] = "";

	(void)journal_detail_add(detail, sizeof detail, "organisations", r->field[2]);
	e.detail = detail;
	return intake_record(in, &e, 1, why);
}

int
registry_request(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	struct registry *fresh = NULL;
	struct why       why;
	int64_t          n = 0;
	enum outcome     o;

	if (r->uid != 0 && r->uid != geteuid()) {
		(void)snprintf(answer, size, "only root and the daemon's own user may put a register beside the database");
		return EX_NOPERM;
	}
	if (strlen(r->field[1]) != 64 || strspn(r->field[1], "0123456789abcdef") != 64 || strspn(r->field[2], "0123456789") != strlen(r->field[2]) ||
	    strlen(r->field[2]) > 18) {
		(void)snprintf(answer, size, "the request is not complete");
		return EX_USAGE;
	}
	o = registry_open(in->conf->database, &fresh, &why);
	if (o == OUTCOME_OK)
		o = record(in, r, &why);
	if (o != OUTCOME_OK) {
		registry_close(&fresh);
		(void)snprintf(answer, size, "%s", why.text);
		return EX_TEMPFAIL;
	}
	registry_close(&in->registry);
	in->registry = fresh;
	in->unjudged = 1;
	log_info("registry", "organisations=%s by=%s", r->field[2], r->actor);
	if (replay_mark(in->store, "open", 0, &n, &why) != OUTCOME_OK)
		(void)snprintf(answer, size, "the register is in use: %s", why.text);
	else
		(void)snprintf(answer, size, "the register is in use; %" PRId64 " undecided submissions are judged again, the rest by hoering replay --all", n);
	return EX_OK;
}
