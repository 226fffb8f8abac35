#include "daemon/fetch/later.h"

#include <stdlib.h>
#include <string.h>

#define MOST_S (24 * 3600)

int
later_of(const char *words)
{
	static const char *const marks[] = { "[UNAVAILABLE]", "[LIMIT]", "[INUSE]", "[SERVERBUG]", "[THROTTLED]", "is throttled",
		"too many simultaneous connections" };
	static const char        time_of_exchange[] = "Suggested Backoff Time:";
	const char              *at = strcasestr(words, time_of_exchange);
	unsigned long            ms;

	if (at != NULL) {
		ms = strtoul(at + sizeof time_of_exchange - 1, NULL, 10);
		return ms / 1000 >= MOST_S ? MOST_S : (int)((ms + 999) / 1000);
	}
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (strcasestr(words, marks[i]) != NULL)
			return 0;
	return -1;
}
