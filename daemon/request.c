#include "daemon/request.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/decide.h"
#include "daemon/erase.h"
#include "daemon/import.h"
#include "daemon/registry.h"
#include "daemon/replay.h"

int
request_carry_out(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	static const struct {
		const char *verb;
		int       (*run)(struct intake *in, const struct control_request *r, char *answer, size_t size);
	} verbs[] = { { "import", import_one }, { "replay", replay_request }, { "registry", registry_request }, { "erase", erase_request },
	    { "erase-key", erase_key_request } };

	int        (*run)(struct intake *in, const struct control_request *r, char *answer, size_t size) = decide_knows(r->field[0]) ? decide : NULL;
	struct why   why;

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(r->field[0], verbs[i].verb) == 0)
			run = verbs[i].run;
	if (run == NULL)
		return -1;
	if (in->behind && intake_catch_up(in, &why) != OUTCOME_OK) {	/* what is decided is decided of what there is */
		(void)snprintf(answer, size, "%s", why.text);
		return EX_TEMPFAIL;
	}
	return run(in, r, answer, size);
}
