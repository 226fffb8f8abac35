/*
 * What no single phrase tells: a mail whose every word is of mail and of who is at work. Knows phrases and titles of a session, no mark
 * of a header, and decides nothing.
 */
#include <string.h>

#include "daemon/judge/matter.h"

#define SHORT_WORDS	60
#define APART		16	/* bytes: closer than this, two phrases are heard in the same words */
#define LIKELY		35	/* points: enough together with a reply in which nothing is of an answer */
#define POSSIBLE	15
#define WORDS_OF_ACT	2	/* words of mail and offices that bear out what a machine does, */
#define WORDS_ALONE	3	/* and that do without, */
#define SHARE		9	/* when every ninth word is one, and the mail wants nothing of anybody */

unsigned
matter_places(const struct session *s, const char *group)
{
	const struct signal *last = NULL;
	unsigned             n = 0;
	size_t               i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_PHRASE || one->zone != ZONE_BODY || strcmp(one->value.p, group) != 0)
			continue;
		if (last == NULL || one->offset > last->offset + APART || one->offset + APART < last->offset)
			n++, last = one;
	}
	return n;
}

int
matter_is_spoken_of(const struct session *s, int by_must)
{
	static const char *const matters[] = { "opinion", "proposal", "hearing", "of-the-world", "demand" };
	size_t i, n = sizeof matters / sizeof matters[0] - (by_must ? 0 : 1);

	for (i = 0; i < n; i++)
		if (judge_find(s, SIGNAL_PHRASE, matters[i], IN(s->voice)) != NULL)
			return 1;
	for (i = 0; i < s->j->conf->n_consultations; i++)
		if (titles_touched(s, i, IN(s->voice)))
			return 1;
	return 0;
}

/* Who is away, whom to ask instead, how mail is kept and when it is answered, when doors are open: each by itself a person may say. */
int
matter_sounds_automatic(const struct session *s, const struct signal **from)
{
	static const char *const acts[] = { "auto-away", "auto-instead", "auto-wait", "auto-closed", "auto-unread" };
	const struct signal     *one;
	unsigned                 words = judge_count(s, SIGNAL_PHRASE, "auto-word", IN(ZONE_BODY));
	size_t                   i;
	int                      n = 0;

	*from = NULL;
	for (i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		int unread = strcmp(acts[i], "auto-unread") == 0;

		one = judge_find(s, SIGNAL_PHRASE, acts[i], IN(ZONE_BODY));
		if (one == NULL || (unread && judge_find(s, SIGNAL_PHRASE, "auto-mail", IN(ZONE_BODY)) == NULL))
			continue;	/* it is mail that is not read */
		n += unread ? 2 : 1;
		*from = *from == NULL ? one : *from;
	}
	if (*from == NULL && words >= WORDS_ALONE)
		*from = judge_find(s, SIGNAL_PHRASE, "auto-word", IN(ZONE_BODY));
	if (*from == NULL || judge_words(s, DIGEST_BODY) > SHORT_WORDS)
		return 0;
	if (matter_is_spoken_of(s, n < 2))
		return n > 0 ? POSSIBLE : 0;
	if (n == 0 && words * SHARE < judge_words(s, DIGEST_BODY))
		return 0;
	return n > 1 || n == 0 || words >= WORDS_OF_ACT ? LIKELY : POSSIBLE;
}
