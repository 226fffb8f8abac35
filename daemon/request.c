#include "daemon/request.h"

#include <string.h>

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
	} verbs[] = { { "import", import_one }, { "replay", replay_request }, { "registry", registry_request }, { "erase", erase_request } };

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(r->field[0], verbs[i].verb) == 0)
			return verbs[i].run(in, r, answer, size);
	return decide_knows(r->field[0]) ? decide(in, r, answer, size) : -1;
}
