/*
 * The questions a consultation asks, found in an answer that takes them up ("God og tilgjengelig hjelp: vi mener …"). One such phrase may
 * stand in any mail; several of the same consultation in one mail are answers to its questions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define QUESTION_WORDS	12	/* telling words of a question that are looked for */
#define TELLING		2	/* what one word asks ("eksempler") stands in every second mail: such a question is left out */
#define QUESTION_NEAR	95	/* how alike two words are, of 100, to be one in another inflection or with a slip */
#define WINDOW		10	/* words in which those of a question stand */
#define ANSWER_WORDS	12000	/* of one record that are looked at */

struct question {
	size_t       consultation;
	char        *tokens;
	struct token words[QUESTION_WORDS];	/* its telling words */
	size_t       n;
};

static enum outcome
add_question(struct judge *j, size_t consultation, const char *text, struct why *why)
{
	struct question *q = &j->questions[j->n_questions];
	struct token     all[4 * QUESTION_WORDS];
	size_t           i, n, size = strlen(text) + 1;

	q->consultation = consultation;
	q->tokens = malloc(size);
	if (q->tokens == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the questions");
	n = token_split(q->tokens, tokens_fold(q->tokens, size, (const uint8_t *)text, size - 1, NULL), all, sizeof all / sizeof all[0]);
	for (i = 0; i < n && q->n < QUESTION_WORDS; i++)
		if (all[i].n > 1 && !word_lists_has(j->words, "title-stop", all[i].p, all[i].n))
			q->words[q->n++] = all[i];
	j->n_questions++;
	return OUTCOME_OK;
}

enum outcome
questions_prepare(struct judge *j, struct why *why)
{
	const struct conf_consultation *c = j->conf->consultations;
	size_t                          i, k, n = 0;
	enum outcome                    o = OUTCOME_OK;

	for (i = 0; i < j->conf->n_consultations; i++)
		n += c[i].n_questions;
	j->questions = calloc(n + 1, sizeof j->questions[0]);
	if (j->questions == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for the questions");
	for (i = 0; i < j->conf->n_consultations; i++)
		for (k = 0; k < c[i].n_questions && o == OUTCOME_OK; k++)
			o = add_question(j, i, c[i].questions[k], why);
	return o;
}

void
questions_free(struct judge *j)
{
	size_t i;

	for (i = 0; i < j->n_questions; i++)
		free(j->questions[i].tokens);
	free(j->questions);
	j->questions = NULL;
	j->n_questions = 0;
}

/* --- finding ------------------------------------------------------------------------------------------------------- */

static int
stands_in(struct token word, const struct token *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (token_near(word, words[i]) >= QUESTION_NEAR)
			return 1;
	return 0;
}

static int
is_taken_up(const struct question *q, const struct token *words, size_t n)
{
	size_t i, k, from, to;

	for (i = 0; i < n; i++) {
		if (token_near(q->words[0], words[i]) < QUESTION_NEAR)
			continue;
		from = i > WINDOW / 2 ? i - WINDOW / 2 : 0;
		to = i + WINDOW < n ? i + WINDOW : n;
		for (k = 1; k < q->n && stands_in(q->words[k], words + from, to - from); k++)
			;
		if (k == q->n)
			return 1;
	}
	return 0;
}

/* In a mail that quotes the ministry's letter its questions stand as well: only the answer's own words count. */
static int
is_own(const struct session *s, const struct tokens *t)
{
	return t->zone == s->voice || t->zone == ZONE_ATTACHMENT;
}

static void
count(struct question_hit *h, const struct tokens *where)
{
	if (h->n++ > 0)
		return;
	h->zone = where->zone;
	h->part = where->part;
	h->offset = where->offset;
}

void
questions_find(const struct session *s, struct question_hit *hits)
{
	struct token *words = calloc(ANSWER_WORDS, sizeof words[0]);
	char         *found = calloc(s->j->n_questions + 1, 1);
	size_t        i, k, n;

	for (i = 0; words != NULL && found != NULL && i < s->p->n_tokens && s->j->n_questions > 0; i++) {
		const struct tokens *t = &s->p->tokens[i];

		if (!is_own(s, t))
			continue;
		n = token_split(t->words.p, t->words.n, words, ANSWER_WORDS);
		for (k = 0; k < s->j->n_questions; k++)
			if (!found[k] && s->j->questions[k].n >= TELLING && is_taken_up(&s->j->questions[k], words, n)) {
				found[k] = 1;
				count(&hits[s->j->questions[k].consultation], t);
			}
	}
	free(words);
	free(found);
}
