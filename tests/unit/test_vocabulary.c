/* Different words: counted once, cut where a word ends, never fewer than an index would find. */
#include <stdio.h>
#include <string.h>

#include "base/vocabulary.h"
#include "tests/unit/tap.h"

static size_t
fits(size_t max, const char *text)
{
	struct vocabulary *v = vocabulary_new(max);
	size_t             n = v == NULL ? (size_t)-1 : vocabulary_add(v, text, strlen(text));

	vocabulary_free(v);
	return n;
}

static void
test_counting(void)
{
	struct vocabulary *v = vocabulary_new(3);

	TAP_CHECK("nothing", fits(0, "") == 0 && fits(0, " - ") == 3);
	TAP_CHECK("as many as there is room for", fits(3, "en to tre") == 9);
	TAP_CHECK("one more is cut before it", fits(3, "en to tre, fire") == 10 && fits(2, "en to tre") == 5);
	TAP_CHECK("the same word is one", fits(1, "en en en en") == 11);
	TAP_CHECK("letters of ours do not end a word", fits(1, "blåbærsyltetøy") == strlen("blåbærsyltetøy") && fits(1, "слово") == strlen("слово"));
	TAP_CHECK("other signs may", fits(2, "en\u2013to\u2013tre\u2013fire") < strlen("en\u2013to\u2013tre\u2013fire"));
	TAP_CHECK("also the multiplication sign", fits(2, "en\u00d7to\u00d7tre\u00d7fire") == 0);
	TAP_CHECK("texts count together", vocabulary_add(v, "en to", 5) == 5 && vocabulary_add(v, "to tre", 6) == 6 && vocabulary_add(v, "en fire", 7) == 2);
	vocabulary_free(v);
}

static void
test_many(void)
{
	struct vocabulary *v = vocabulary_new(65536);
	char               word[16];
	unsigned           i, taken = 0;
	int                n;

	for (i = 0; i < 70000; i++) {
		n = snprintf(word, sizeof word, "%u", i);
		taken += vocabulary_add(v, word, (size_t)n) == (size_t)n;
	}
	TAP_CHECK("as many as it was made for", taken == 65536);
	vocabulary_free(v);
}

int
main(void)
{
	test_counting();
	test_many();
	return tap_end();
}
