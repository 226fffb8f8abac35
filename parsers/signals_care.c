/* What somebody tells of himself or of a near one: in one sentence who it is about ("jeg har", "sønnen min"), and what ("epilepsi"). */
#include <string.h>

#include "parsers/signals_parts.h"

#define APART		12u	/* words between the two at most */
#define BEFORE		4u	/* where it begins with what it is: "Som homofil har jeg …" */
#define BEGINNING	3u	/* words that may stand before that */

static int
is_in(const struct phrase_hit *hit, const char *group)
{
	return strcmp(hit->group, group) == 0;
}

/* A hit of the group within words from .. end. */
static int
stands_within(const GArray *hits, const char *group, size_t from, size_t end)
{
	guint i;

	for (i = 0; i < hits->len; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (is_in(hit, group) && hit->first >= from && hit->first + hit->count <= end)
			return 1;
	}
	return 0;
}

/* "Blind for hva det koster": a word of it says something else. */
static int
means_other(const GArray *hits, const struct phrase_hit *what)
{
	guint i;

	for (i = 0; i < hits->len; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (is_in(hit, "health-what|") && hit->first < what->first + what->count && what->first < hit->first + hit->count)
			return 1;
	}
	return 0;
}

static int
belong(const struct sentence *one, const GArray *hits, const struct phrase_hit *who, const struct phrase_hit *what)
{
	size_t who_end = who->first + who->count, what_end = what->first + what->count;

	if (what->first >= who_end)
		return what->first - who_end <= APART && !stands_within(hits, "health-cut", who->first, what->first);
	return who->first >= what_end && who->first - what_end <= BEFORE && what->first - one->first <= BEGINNING &&
	    !stands_within(hits, "health-cut", one->first, who->first);
}

void
care_note(struct notes *n, const struct stretch *s, const struct sentence *one, const GArray *hits)
{
	char *both;
	guint i, k;

	for (i = 0; i < hits->len; i++) {
		const struct phrase_hit *what = &g_array_index(hits, struct phrase_hit, i);

		if (!is_in(what, "health-what") || means_other(hits, what))
			continue;
		for (k = 0; k < hits->len; k++) {
			const struct phrase_hit *who = &g_array_index(hits, struct phrase_hit, k);

			if (!is_in(who, "health-who") || !belong(one, hits, who, what))
				continue;
			both = g_strdup_printf("%s .. %s", who->id, what->id);
			note_once(n, SIGNAL_PHRASE, s, words_at(s->words, MIN(who->first, what->first))->at, "health", both);
			g_free(both);
			return;
		}
	}
}
