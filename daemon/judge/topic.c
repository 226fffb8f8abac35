/*
 * What a mail speaks of, told by words made of what the words of a consultation's title are made of. One such word may stand in any
 * mail; several of one title, and hardly any of another, tell which of them it is. Knows words only: no mailbox, no time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define FIRST_WORDS	40	/* of a text, where it says what it is about */
#define SHARED_RUN	6	/* letters that a word shares with one of a title, when it speaks of the same */
#define SHARED_START	5	/* and when both begin with them */
#define SAME_WORD	95	/* how alike two words are, of 100, to be one in another inflection */
#define TITLE_WORD	85	/* and a word to be the title's own */
#define TOPIC_WORDS	6000	/* of one mail that are looked at */
#define TOPIC		3	/* words that make a topic */
#define TIMES		2	/* that it has more of them than any other */
#define SPREAD		60	/* of so many words one: three in a long paper say nothing */

/* A word of the mail and where it stands. */
struct topic_word {
	struct token         word;
	const struct tokens *of;
	size_t               at;
};

static int
is_common(const struct judge *j, struct token t)
{
	return t.n < SHARED_START || word_lists_has(j->words, "title-stop", t.p, t.n) || word_lists_has(j->words, "topic-stop", t.p, t.n);
}

/* Letters from where the word a begins that stand in b too; 0 when too few to tell, or a word that stands in every mail. */
static size_t
stands_in(const struct judge *j, struct token a, struct token b)
{
	size_t k, n, best = 0;

	for (k = 0; k < b.n; k++) {
		for (n = 0; n < a.n && k + n < b.n && a.p[n] == b.p[k + n]; n++)
			;
		if (n > best && n >= (k == 0 ? SHARED_START : SHARED_RUN))
			best = n;
	}
	return best == 0 || word_lists_has(j->words, "topic-stop", a.p, best) ? 0 : best;
}

/* The most letters that the word shares with one of the title's, in either norm: "slakteri" with "gårdsslakting". */
static size_t
shared_letters(const struct judge *j, const struct title_form *f, struct token word)
{
	size_t i, k, n[4], best = 0;

	for (i = 0; i < f->n; i++) {
		if (f->is_stop[i])
			continue;
		n[0] = stands_in(j, f->words[i], word);
		n[1] = stands_in(j, word, f->words[i]);
		n[2] = f->others[i].p == f->words[i].p ? 0 : stands_in(j, f->others[i], word);
		n[3] = f->others[i].p == f->words[i].p ? 0 : stands_in(j, word, f->others[i]);
		for (k = 0; k < 4; k++)
			best = n[k] > best ? n[k] : best;
	}
	return best;
}

int
titles_touched(const struct session *s, size_t consultation, unsigned zones)
{
	struct token words[FIRST_WORDS];
	size_t       i, k, m, n;

	for (i = 0; i < s->p->n_tokens; i++) {
		const struct tokens *t = &s->p->tokens[i];

		n = (zones & IN(t->zone)) == 0 ? 0 : token_split(t->words.p, t->words.n, words, FIRST_WORDS);
		for (k = 0; k < n; k++)
			for (m = 0; m < s->j->n_forms; m++)
				if (s->j->forms[m].consultation == consultation && !is_common(s->j, words[k]) &&
				    shared_letters(s->j, &s->j->forms[m], words[k]) >= SHARED_RUN)
					return 1;
	}
	return 0;
}

/* --- the topic ----------------------------------------------------------------------------------------------------- */

static int
by_letters(const void *a, const void *b)
{
	const struct token x = ((const struct topic_word *)a)->word, y = ((const struct topic_word *)b)->word;
	int                c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return c != 0 ? c : x.n < y.n ? -1 : x.n > y.n;
}

/* The mail's own words and those of its documents, in the order of the alphabet; how many. */
static size_t
take_words(const struct session *s, struct token *cut, struct topic_word *words)
{
	unsigned zones = IN_VOICE(s) | IN(ZONE_ATTACHMENT);
	size_t   i, k, m, n = 0;

	for (i = 0; i < s->p->n_tokens; i++) {
		const struct tokens *t = &s->p->tokens[i];

		m = (zones & IN(t->zone)) == 0 ? 0 : token_split(t->words.p, t->words.n, cut, TOPIC_WORDS - n);
		for (k = 0; k < m; k++)
			if (!is_common(s->j, cut[k]))
				words[n++] = (struct topic_word){ cut[k], t, k };
	}
	qsort(words, n, sizeof words[0], by_letters);
	return n;
}

/* The consultation whose title shares most with the word; n_consultations when none does, or two as much. */
static size_t
whose(const struct judge *j, const struct topic *topics, struct token word)
{
	size_t m, n, best = 0, who = j->conf->n_consultations;

	for (m = 0; m < j->n_forms; m++) {
		const struct title_form *f = &j->forms[m];

		n = topics[f->consultation].asked ? shared_letters(j, f, word) : 0;
		if (n > best)
			who = f->consultation;
		else if (n == best && who != f->consultation)
			who = j->conf->n_consultations;
		best = n > best ? n : best;
	}
	return who;
}

static int
is_of_title(const struct judge *j, size_t consultation, struct token word)
{
	size_t m, i;

	for (m = 0; m < j->n_forms; m++)
		for (i = 0; i < j->forms[m].n && j->forms[m].consultation == consultation; i++)
			if (!j->forms[m].is_stop[i] &&
			    (token_near(j->forms[m].words[i], word) >= TITLE_WORD || token_near(j->forms[m].others[i], word) >= TITLE_WORD))
				return 1;
	return 0;
}

static void
count(const struct session *s, const struct topic_word *words, size_t n, struct topic *topics)
{
	size_t i, who;
	int    named;

	for (i = 0; i < n; i++) {
		if (i > 0 && token_near(words[i - 1].word, words[i].word) >= SAME_WORD)
			continue;
		who = whose(s->j, topics, words[i].word);
		if (who == s->j->conf->n_consultations)
			continue;
		topics[who].n++;
		named = is_of_title(s->j, who, words[i].word);
		if (topics[who].of == NULL || (named && !topics[who].named)) {
			topics[who].named = named;
			topics[who].of = words[i].of;
			topics[who].at = words[i].at;
			topics[who].word = words[i].word;
		}
	}
}

const struct topic *
topic_find(const struct session *s, struct topic *topics)
{
	struct topic_word  *words = calloc(TOPIC_WORDS, sizeof words[0]);
	struct token       *cut = calloc(TOPIC_WORDS, sizeof cut[0]);
	const struct topic *best = &topics[0];
	size_t              i, n = 0;
	int                 is_ahead;

	if (words != NULL && cut != NULL) {
		n = take_words(s, cut, words);
		count(s, words, n, topics);
	}
	free(words);
	free(cut);
	for (i = 1; i < s->j->conf->n_consultations; i++)
		best = topics[i].n > best->n ? &topics[i] : best;
	is_ahead = best->named && best->n >= TOPIC && best->n * SPREAD >= n;
	for (i = 0; i < s->j->conf->n_consultations; i++)
		is_ahead &= &topics[i] == best || best->n >= TIMES * topics[i].n;
	return is_ahead ? best : NULL;
}
