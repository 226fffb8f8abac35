/* What is asked of a configuration that has been read; load.c reads it. */
#include "config/conf.h"

#include <string.h>
#include <time.h>

#include "config/zone.h"

const struct conf_mailbox *
conf_mailbox(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_mailboxes; i++)
		if (strcmp(c->mailboxes[i].name, name) == 0)
			return &c->mailboxes[i];
	return NULL;
}

const struct conf_consultation *
conf_consultation(const struct conf *c, const char *id)
{
	for (size_t i = 0; i < c->n_consultations; i++)
		if (strcmp(c->consultations[i].id, id) == 0)
			return &c->consultations[i];
	return NULL;
}

void
conf_utc(int64_t at, char *out)
{
	time_t    t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

void
conf_local(const struct conf *c, int64_t at, char *out)
{
	struct tm tm;

	zone_clock(c->zone, at, &tm);
	if (strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		out[0] = '\0';
}
