/*
 * Who of the persons signed up will speak at the meeting: told beside the name, in a column, or in a sentence further down.
 */
#include <string.h>

#include "parsers/signals_people.h"

#define FIRST_NAME	3	/* bytes of a first name that stands for somebody */
#define TABLE_HEAD	600	/* bytes above the first person in which a table's head stands */
#define WORK_STEM	5	/* letters of a work that tells who is meant: "ordføreren", "leiaren" */
#define WORKS_TRIED	12	/* persons whose work is looked at */
#define WORK_BYTES	300	/* of their own lines */
#define WORK_WORDS	40	/* of a sentence that may tell it */
#define SENTENCES_TRIED	300	/* that may say who speaks */
#define MARK_WORDS	3	/* of a clause that only marks who speaks */

static int
is_yes(const struct words *w, size_t i)
{
	return word_is(w, i, "min") || word_is(w, i, "minutt") || word_is(w, i, "minutter") || word_is(w, i, "ja") || word_is(w, i, "yes") || word_is(w, i, "x") || word_is(w, i, "gjerne");
}

static int
word_any(const struct words *w, size_t i, const char *const *of)
{
	for (; *of != NULL; of++)
		if (word_is(w, i, *of))
			return 1;
	return 0;
}

static int
words_any(const struct words *w, const struct sentence *in, const char *const *of)
{
	size_t i;

	for (i = in->first; i < in->first + in->count; i++)
		if (word_any(w, i, of))
			return 1;
	return 0;
}

/* What is told of who speaks: on the person's own lines, or in a sentence with the person's name. */
int
says_speaker(const struct notes *n, const char *text, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        k;
	int           yes = 0;

	words_add(w, text, at, end);
	for (k = 0; k < w->sentences->len; k++) {
		const struct sentence *one = &g_array_index(w->sentences, struct sentence, k);

		if (one->asks && !is_yes(w, one->first + one->count))
			continue;	/* "Vil du holde innlegg? Nei" */
		if (phrases_has(n->ph, w, one->first, one->count, "speaker") && !phrases_has(n->ph, w, one->first, one->count, "speaker!"))
			yes = 1;
	}
	words_free(w);
	return yes;
}

static int
is_name_byte(char c)
{
	return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

/* The word in text[0 .. n), by itself; NULL without. */
static const char *
word_in(const char *text, size_t n, const char *word, size_t len)
{
	const char *at, *end = text + n;

	for (at = memmem(text, n, word, len); at != NULL; at = memmem(at + 1, (size_t)(end - at) - 1, word, len))
		if ((at == text || !is_name_byte(at[-1])) && (at + len == end || !(is_name_byte(at[len]) || strchr("-@", at[len]) != NULL || (at[len] == '.' && at + len + 1 < end && is_name_byte(at[len + 1])))))
			return at;
	return NULL;
}

/* Where text[0 .. n) names the person: in full, or by a first or last name that nobody else on the list has ("Hilde vil ta ordet."). */
const char *
named_at(const GArray *people, const struct person *p, const char *text, size_t n)
{
	const char *last = strrchr(p->name, ' '), *parts[2] = { p->name, last == NULL ? "" : last + 1 };
	const char *at = p->name[0] == '\0' ? NULL : memmem(text, n, p->name, strlen(p->name));
	size_t      k, len;
	guint       i, same;

	for (k = 0; k < 2 && at == NULL; k++) {
		len = strcspn(parts[k], " ");
		if (len < FIRST_NAME)
			continue;
		for (i = same = 0; i < people->len; i++) {
			const char *other = g_array_index(people, struct person, i).name;

			same += word_in(other, strlen(other), parts[k], len) != NULL;
		}
		at = same > 1 ? NULL : word_in(text, n, parts[k], len);
	}
	return at;
}

/* "Ordføreren" of word i is the "ordfører" on the person's own lines: the same, but for the ending that makes it the one. */
static int
tells_work(const struct words *said, size_t i, const struct words *own)
{
	static const char *const endings[] = { "en", "n", "et", "a" };
	const struct word *one = words_at(said, i);
	size_t             k, e, n;

	for (k = 0; k < own->all->len; k++) {
		n = words_at(own, k)->len;
		if (n < WORK_STEM || n >= one->len || memcmp(word_token(own, k), word_token(said, i), n) != 0)
			continue;
		for (e = 0; e < G_N_ELEMENTS(endings); e++)
			if (n + strlen(endings[e]) == one->len && memcmp(word_token(said, i) + n, endings[e], strlen(endings[e])) == 0)
				return 1;
	}
	return 0;
}

/* The one person of the list whose work the clause tells; NULL when it may be several. */
static struct person *
person_by_work(const struct stretch *s, GArray *people, const struct sentence *clause)
{
	struct person *found = NULL;
	size_t         i, end = clause->first + MIN(clause->count, WORK_WORDS);
	unsigned       n;
	guint          k;

	for (i = clause->first; i < end && found == NULL; i++) {
		for (n = k = 0; k < people->len; k++) {
			struct person *p = &g_array_index(people, struct person, k);

			if (p->lines != NULL && tells_work(s->words, i, p->lines)) {
				found = p;
				n++;
			}
		}
		found = n == 1 ? found : NULL;
	}
	return found;
}

/* The first or the last of two: "førstnevnte holder innlegg"; NULL when the clause says nothing of it. */
static struct person *
person_by_order(const struct stretch *s, GArray *people, const struct sentence *clause)
{
	static const char *const first[] = { "forstnevnte", "forstnemnde", "forstnemnte", "forste", "former", NULL };
	static const char *const last[] = { "sistnevnte", "sistnemnde", "sistnemnte", "siste", "latter", NULL };

	if (people->len != 2)
		return NULL;
	return words_any(s->words, clause, first) ? &g_array_index(people, struct person, 0) :
	    words_any(s->words, clause, last) ? &g_array_index(people, struct person, 1) : NULL;
}

/* --- clauses --------------------------------------------------------------------------------------------------------- */

/* Where text[at .. end) tells the person last, by name or address: behind it; 0 when it does not. */
static size_t
mention_end(const struct stretch *s, const GArray *people, const struct person *p, size_t at, size_t end)
{
	const size_t local = strcspn(p->email, "@"), n = strlen(p->email);
	const char  *named = named_at(people, p, s->text + at, end - at), *sign;
	size_t       found = named == NULL ? 0 : (size_t)(named - s->text) + 1, i;

	for (i = at; i < end && (sign = memchr(s->text + i, '@', end - i)) != NULL; i = (size_t)(sign - s->text) + 1) {
		const size_t from = (size_t)(sign - s->text) - MIN(local, (size_t)(sign - s->text));

		if (from >= at && from + n <= end && g_ascii_strncasecmp(s->text + from, p->email, n) == 0)
			found = from + n;
	}
	return found;
}

/* Who stands in text[at .. end), by name or address, told last: behind it; 0 when nobody of the list does. */
static size_t
told_end(const struct stretch *s, const GArray *people, size_t at, size_t end)
{
	size_t told = 0;
	guint  k;

	for (k = 0; k < people->len; k++)
		told = MAX(told, mention_end(s, people, &g_array_index(people, struct person, k), at, end));
	return told;
}

/* "Even kommer og Tora holder innlegg": somebody is told before the joining word i, and what he or she does; and another behind it. */
static int
said_before(const struct notes *n, const struct stretch *s, const GArray *people, size_t first, size_t i, size_t end)
{
	const size_t at = words_at(s->words, i)->at, told = told_end(s, people, words_at(s->words, first)->at, at);

	while (first < i && words_at(s->words, first)->at < told)
		first++;
	return told > 0 && (phrases_has(n->ph, s->words, first, i - first, "comes-here") || phrases_has(n->ph, s->words, first, i - first, "speaker")) &&
	    told_end(s, people, at, words_at(s->words, end - 1)->at + words_at(s->words, end - 1)->bytes) > 0;
}

static int
line_has_address(const struct stretch *s, size_t at)
{
	size_t from = at, to = at;

	while (from > s->at && s->text[from - 1] != '\n')
		from--;
	while (to < s->end && s->text[to] != '\n')
		to++;
	return memchr(s->text + from, '@', to - from) != NULL;
}

/* A new clause begins with word i: behind a comma, a row of a list, with "men", or with "og" before who does something else. */
static int
begins_clause(const struct notes *n, const struct stretch *s, const GArray *people, size_t first, size_t i, size_t end)
{
	static const char *const but[] = { "men", "mens", "medan", "but", "while", NULL };
	static const char *const and[] = { "og", "and", "samt", NULL };
	static const char *const who[] = { "begge", "both", "alle", "han", "hun", "ho", "jeg", "eg", "he", "she", "den", "vi", "me", NULL };
	const struct word *before = words_at(s->words, i - 1), *one = words_at(s->words, i);
	size_t             gap;

	for (gap = before->at + before->bytes; gap < one->at; gap++)
		if (s->text[gap] == ',' || s->text[gap] == ';' || (s->text[gap] == '\n' &&
		    (line_has_address(s, gap + 1) || (line_has_address(s, gap) && starts_upper(s->text + one->at, one->bytes)))))
			return 1;
	return word_any(s->words, i, but) ||
	    (word_any(s->words, i, and) && ((i + 1 < end && word_any(s->words, i + 1, who)) || said_before(n, s, people, first, i, end)));
}

/* The clause of the sentence that begins with word `first`. */
static struct sentence
clause_from(const struct notes *n, const struct stretch *s, const GArray *people, const struct sentence *one, size_t first)
{
	const size_t    end = one->first + one->count;
	struct sentence clause = { .first = first };
	size_t          i = first + 1;

	while (i < end && !begins_clause(n, s, people, first, i, end))
		i++;
	clause.count = i - first;
	clause.at = words_at(s->words, first)->at;
	clause.end = i < end ? words_at(s->words, i)->at : one->end;
	return clause;
}

static int
sentence_has(const struct notes *n, const struct stretch *s, const struct sentence *one, const char *group)
{
	return phrases_has(n->ph, s->words, one->first, one->count, group);
}

/* Words of the clause beside the name and the address in it are few: "innlegg: Kari Berg", "Kari Berg (innlegg)". */
static int
is_mark(const struct notes *n, const struct stretch *s, const struct sentence *clause)
{
	size_t i, others = 0;

	for (i = clause->first; i < clause->first + clause->count; i++) {
		const struct word *w = words_at(s->words, i);
		const char         next = w->at + w->bytes < s->end ? s->text[w->at + w->bytes] : ' ';
		const int          of_address = strchr("@._-", next) != NULL || (w->at > s->at && strchr("@._-", s->text[w->at - 1]) != NULL);

		others += !of_address && (i == clause->first || !starts_upper(s->text + w->at, w->bytes));
	}
	return others <= MARK_WORDS && sentence_has(n, s, clause, "speaker-mark");
}

/* "Jeg tar ordet": the writer, and not whom the writer signs up ("jeg melder på Kari Berg, som …"). */
static int
is_writer(const struct notes *n, const struct stretch *s, const struct sentence *clause, int named)
{
	static const char *const myself[] = { "jeg", "eg", "undertegnede", "underteikna", NULL };
	static const char *const english[] = { "would", "will", "wish", "like", "speak", "am", NULL };
	static const char *const i[] = { "i", "myself", NULL };

	return sentence_has(n, s, clause, "self-speaks") ||
	    (!named && (words_any(s->words, clause, myself) || (words_any(s->words, clause, i) && words_any(s->words, clause, english))));
}

/* All who are listed: "begge", "alle tre", "de". */
static int
is_all(const struct stretch *s, const struct sentence *clause)
{
	static const char *const all[] = { "begge", "both", "alle", "all", NULL };
	static const char *const they[] = { "de", "dei", "they", NULL };
	static const char *const joining[] = { "og", "and", "som", "men", "but", NULL };
	size_t first = clause->first + (clause->count > 1 && word_any(s->words, clause->first, joining));

	return words_any(s->words, clause, all) || word_any(s->words, first, they);
}

/* "Innlegg:", and nothing behind it. */
static int
is_open(const struct stretch *s, const struct sentence *clause)
{
	const struct word *last = words_at(s->words, clause->first + clause->count - 1);

	return last->at + last->bytes < s->end && s->text[last->at + last->bytes] == ':';
}

/* "Innlegg:", a line above a list and below an empty one: who is listed under it. Behind the list, or 0 when it is none. */
static size_t
heading_end(const struct notes *n, const struct stretch *s, const struct sentence *clause)
{
	size_t end = clause->at, i;

	while (end < s->end && s->text[end] != '\n')
		end++;
	if (end == clause->at || end >= s->end || !is_open(s, clause) || (clause->at > s->at + 1 && (s->text[clause->at - 1] != '\n' || s->text[clause->at - 2] != '\n')) ||
	    !is_mark(n, s, clause))
		return 0;
	for (i = end + 1; i + 1 < s->end && (s->text[i] != '\n' || s->text[i + 1] != '\n'); i++)
		;
	return i + 1;
}

/* Marks who the clause says will speak. */
static void
mark_clause(const struct notes *n, const struct stretch *s, GArray *people, const struct sentence *clause, int silenced)
{
	const char    *writer = n->m->parts[0].mail == NULL ? "" : n->m->parts[0].mail->envelope.from_address.p;
	struct person *p = NULL;
	int            named = told_end(s, people, clause->at, clause->end) > 0, me, all;
	const size_t   under = named ? 0 : heading_end(n, s, clause);
	guint          i;

	for (i = 0; under > 0 && !sentence_has(n, s, clause, "speaker!") && i < people->len; i++) {
		struct person *one = &g_array_index(people, struct person, i);

		one->speaker |= clause->at < one->at && one->at < under;
	}
	if (under > 0 || sentence_has(n, s, clause, "speaker!") || !(sentence_has(n, s, clause, "speaker") || ((named || line_has_address(s, clause->at)) && is_mark(n, s, clause) && !is_open(s, clause))))
		return;
	me = is_writer(n, s, clause, named);
	all = is_all(s, clause);
	if (!me && !all && !named && (p = person_by_work(s, people, clause)) == NULL && (p = person_by_order(s, people, clause)) == NULL && silenced)
		return;
	for (i = 0; i < people->len; i++) {
		struct person *one = &g_array_index(people, struct person, i);

		one->speaker |= me ? g_ascii_strcasecmp(one->email, writer) == 0 :
		    all ? 1 :
		    named ? mention_end(s, people, one, clause->at, clause->end) > 0 :
		    p != NULL ? one == p :
		    people->len == 1 || (one->at <= clause->at && clause->at < one->own);
	}
}

/* Each clause that says somebody speaks is of those whom it tells; else of the person on whose lines it stands. */
static void
speakers_by_clause(const struct notes *n, const struct stretch *s, GArray *people)
{
	size_t k, i, tried = 0;
	int    silenced;	/* nobody speaks, said in a clause just before of the same ones */

	for (k = s->first; k < s->first + s->count && tried < SENTENCES_TRIED; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);
		struct sentence        clause;

		if (!sentence_has(n, s, one, "speaker") && !sentence_has(n, s, one, "speaker-mark"))
			continue;
		if (one->asks && !is_yes(s->words, one->first + one->count))
			continue;	/* "Vil du holde innlegg? Nei" */
		tried++;
		for (i = one->first, silenced = 0; i < one->first + one->count; i += clause.count) {
			clause = clause_from(n, s, people, one, i);
			silenced = (silenced && told_end(s, people, clause.at, clause.end) == 0) || sentence_has(n, s, &clause, "speaker!");
			mark_clause(n, s, people, &clause, silenced);
		}
	}
}

/* The head of a table has a column for who speaks. */
static int
has_speaker_column(const struct notes *n, const struct stretch *s, size_t first)
{
	struct words *w = words_new();
	int           found;

	words_add(w, s->text, first > s->at + TABLE_HEAD ? first - TABLE_HEAD : s->at, first);
	found = phrases_has(n->ph, w, 0, w->all->len, "speaker-column");
	words_free(w);
	return found;
}

/* Behind the first address of text[at .. end); end without one. */
static size_t
behind_address(const struct stretch *s, size_t at, size_t end)
{
	const char *address = memchr(s->text + at, '@', end - at);

	for (at = address == NULL ? end : (size_t)(address - s->text); at < end && strchr(" \t\n|;,)", s->text[at]) == NULL; at++)
		;
	return at;
}

/* A yes behind the address, in the person's row. */
static int
ticks(const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        i;
	int           yes = 0;

	words_add(w, s->text, behind_address(s, at, end), end);
	for (i = 0; i < w->all->len; i++)
		yes |= is_yes(w, i);
	words_free(w);
	return yes;
}

void
speakers_mark(const struct notes *n, const struct stretch *s, GArray *people)
{
	int   column = has_speaker_column(n, s, g_array_index(people, struct person, 0).at);
	guint i;

	for (i = 0; i < people->len && i < WORKS_TRIED; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->lines = words_new();
		words_add(p->lines, s->text, p->at, MIN(p->own, p->at + WORK_BYTES));
	}
	speakers_by_clause(n, s, people);
	for (i = 0; i < people->len; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->speaker |= (column && ticks(s, p->at, p->own));
		words_free(p->lines);
		p->lines = NULL;
	}
}
