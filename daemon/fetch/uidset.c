#include "daemon/fetch/uidset.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
uidset_add(char *words, size_t size, uint32_t first, uint32_t last)
{
	char   range[32];
	size_t used = strlen(words);
	int    n;

	if (first == last)
		n = snprintf(range, sizeof range, "%s%" PRIu32, used > 0 ? "," : "", first);
	else
		n = snprintf(range, sizeof range, "%s%" PRIu32 ":%" PRIu32, used > 0 ? "," : "", first, last);
	if (used + (size_t)n + 1 > size)
		return 0;
	memcpy(words + used, range, (size_t)n + 1);
	return 1;
}

/* 1 to 4294967295, without sign, blank or leading zero. */
static int
number(const char **p, uint32_t *out)
{
	uint64_t    v = 0;
	const char *s = *p;

	if (*s < '1' || *s > '9')
		return 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > UINT32_MAX)
			return 0;
	}
	*p = s;
	*out = (uint32_t)v;
	return 1;
}

int
uidset_next(const char **p, uint32_t *first, uint32_t *last)
{
	if (**p == '\0')
		return 0;
	if (!number(p, first))
		return -1;
	*last = *first;
	if (**p == ':') {
		++*p;
		if (!number(p, last) || *last < *first)
			return -1;
	}
	if (**p == ',' && (*p)[1] != '\0')
		++*p;
	else if (**p != '\0')
		return -1;
	return 1;
}
