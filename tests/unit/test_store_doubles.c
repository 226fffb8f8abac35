/* Names and the deadline until daemon/judge/ is there. */
#include <string.h>

#include "daemon/judge/judge.h"

static const char *const kinds[KINDS] = { "response", "registration", "decline", "extension_request", "inquiry", "withdrawal", "auto_reply",
	"bounce", "receipt", "newsletter", "spam", "unparsed", "other" };
static const char *const relations[RELATIONS] = { "original", "copy", "resend", "forward", "revision", "supplement", "withdrawal" };
static const char *const positions[POSITIONS] = { NULL, "remarks", "no remarks", "endorses", "declines" };

const char *
kind_name(enum mail_kind k)
{
	return kinds[k];
}

const char *
relation_name(enum relation r)
{
	return relations[r];
}

const char *
position_name(enum position p)
{
	return positions[p];
}

int
kind_of_name(const char *name)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(name, kinds[i]) == 0)
			return i;
	return -1;
}

int
relation_of_name(const char *name)
{
	for (int i = 0; i < RELATIONS; i++)
		if (strcmp(name, relations[i]) == 0)
			return i;
	return -1;
}

const char *
judge_deadline(const struct conf_consultation *c, enum mail_kind kind, int64_t received_at, int64_t *seconds_late)
{
	(void)kind;
	*seconds_late = 0;
	if (c == NULL || received_at == TIME_UNKNOWN)
		return "unknown";
	if (received_at < c->deadline_at)
		return "on time";
	*seconds_late = received_at - c->deadline_at + 1;
	return "late";
}
