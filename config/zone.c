#include "config/zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"

#define DAY_S		86400
#define STEP_S		(7 * DAY_S)		/* no zone has changed its clock twice within a week */
#define LAST_AT		INT64_C(4133980800)	/* 2101-01-01 */
#define MAX_CHANGES	1024			/* twice a year until then is a quarter of it */

struct change {
	int64_t at;		/* from this moment on … */
	long    offset_s;	/* … the clock is this much ahead of UTC */
};

struct conf_zone {
	size_t        n;
	struct change changes[MAX_CHANGES];	/* ascending; the first holds from the beginning of time */
};

/* 1 when the tz database has a file of that name: glibc would take an unknown name for UTC without a word. */
static int
is_known(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[300], magic[4];
	int  fd, known;

	if (strcmp(name, "UTC") == 0)
		return 1;
	if (name[0] == '\0' || name[0] == '/' || name[0] == '.' || strstr(name, "..") != NULL)
		return 0;
	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name) >= sizeof path)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	known = fd != -1 && fd_read_full(fd, magic, sizeof magic) == 0 && memcmp(magic, "TZif", sizeof magic) == 0;
	fd_close(&fd);
	return known;
}

static long
offset_at(int64_t at)
{
	time_t    t = (time_t)at;
	struct tm tm;

	return localtime_r(&t, &tm) == NULL ? 0 : tm.tm_gmtoff;
}

/* The first second in (from, to] whose offset is not that of `from`. */
static int64_t
bisect(int64_t from, int64_t to)
{
	long before = offset_at(from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

static void
collect(struct conf_zone *z)
{
	z->changes[0] = (struct change){ INT64_MIN, offset_at(0) };
	z->n = 1;
	for (int64_t at = 0; at < LAST_AT && z->n < MAX_CHANGES; at += STEP_S) {
		int64_t when;

		if (offset_at(at) == offset_at(at + STEP_S))
			continue;
		when = bisect(at, at + STEP_S);
		z->changes[z->n++] = (struct change){ when, offset_at(when) };
	}
}

struct conf_zone *
zone_open(struct conf_arena *a, const char *name)
{
	struct conf_zone *z;
	const char       *env = getenv("TZ");
	char             *before = env != NULL ? arena_dup(a, env, strlen(env)) : NULL;

	if (!is_known(name))
		return NULL;
	z = arena_array(a, 1, sizeof *z);
	if (setenv("TZ", arena_printf(a, ":%s", name), 1) == -1)
		fatal(EX_OSERR, "no memory for the configuration");
	tzset();
	collect(z);
	if ((before != NULL ? setenv("TZ", before, 1) : unsetenv("TZ")) == -1)
		fatal(EX_OSERR, "no memory for the configuration");
	tzset();
	return z;
}

void
zone_clock(const struct conf_zone *z, int64_t at, struct tm *out)
{
	size_t i = z->n - 1;
	time_t local;

	while (i > 0 && z->changes[i].at > at)
		i--;
	local = (time_t)at + z->changes[i].offset_s;
	if (gmtime_r(&local, out) == NULL)
		memset(out, 0, sizeof *out);
	out->tm_gmtoff = z->changes[i].offset_s;
}

int64_t
zone_day_start(const struct conf_zone *z, int year, int month, int day)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	int64_t   midnight = (int64_t)timegm(&tm), at = 0;

	/* The first stretch of equal offset in which the clock has reached midnight. */
	for (size_t i = 0; i < z->n; i++) {
		at = midnight - z->changes[i].offset_s;
		if (at < z->changes[i].at)
			at = z->changes[i].at;
		if (i + 1 == z->n || at < z->changes[i + 1].at)
			break;
	}
	return at;
}
