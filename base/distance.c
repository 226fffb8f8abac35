#include "base/distance.h"

#include <string.h>

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment of what is between the letters both begin and end with, three rows at a time, given up as soon as a whole
   row is above the limit. */
unsigned
distance_words(const char *a, size_t an, const char *b, size_t bn, unsigned limit)
{
	unsigned rows[3][DISTANCE_WORD + 1], *before = rows[0], *last = rows[1], *now = rows[2], *spare, lowest;
	size_t   i, k;

	if (an == bn && memcmp(a, b, an) == 0)
		return 0;
	if ((an > bn ? an - bn : bn - an) > limit || an > DISTANCE_WORD || bn > DISTANCE_WORD)
		return limit + 1;
	for (; an > 0 && bn > 0 && a[0] == b[0]; a++, b++, an--, bn--)
		;
	for (; an > 0 && bn > 0 && a[an - 1] == b[bn - 1]; an--, bn--)
		;
	for (k = 0; k <= bn; k++)
		last[k] = (unsigned)k;
	for (i = 1; i <= an; i++) {
		now[0] = lowest = (unsigned)i;
		for (k = 1; k <= bn; k++) {
			now[k] = least(least(last[k], now[k - 1]) + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				now[k] = least(now[k], before[k - 2] + 1);
			lowest = least(lowest, now[k]);
		}
		if (lowest > limit)
			return limit + 1;
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return least(last[bn], limit + 1);
}
