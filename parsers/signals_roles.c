#include "parsers/signals_roles.h"

#include <string.h>

#include "parsers/signals_parts.h"

#define GREETING_WORDS	8
#define GREETING_LINES	3	/* lines from the top that may be a greeting */
#define SIGNATURE_WORDS	120	/* words below a closing, disclaimers apart; more is text that goes on */
#define FAREWELL_WORDS	4	/* of a closing that no list has */
#define HOUSE_WORDS	9	/* of a house's name on a line by itself */
#define FIRST_NAME	3	/* bytes of the first name somebody signs with */
#define DISCLAIMER_WORDS 120	/* a longer paragraph is not all disclaimer */

static int
is_level(const struct splitter *s, size_t i, unsigned level)
{
	const struct line *l = line_at(s, i);

	return !is_empty(l) && l->level == level && l->role == ROLE_WORDS && (!l->quoted || l->zone == ZONE_FORWARDED);
}

/* A greeting and no more: what follows it on the line are names or words of the greeting, not the first sentence. */
static int
is_greeting(const struct splitter *s, size_t i)
{
	struct words *w;
	size_t        k;
	int           greeted = 0, more = 0;

	if (line_at(s, i)->words > GREETING_WORDS)
		return 0;
	w = line_words(s, i, 1);
	for (k = 0; k < w->all->len; k++) {
		if (!greeted)
			greeted = phrases_has(s->ph, w, 0, k + 1, "greeting");
		else
			more |= !starts_upper(s->text + words_at(w, k)->at, words_at(w, k)->bytes) && !phrases_has(s->ph, w, k, 1, "greeting-word");
	}
	words_free(w);
	return greeted && !more;
}

static void
mark_greeting(struct splitter *s, unsigned level)
{
	size_t   i;
	unsigned seen = 0;

	for (i = 0; i < s->lines->len && seen < GREETING_LINES; i++)
		if (is_level(s, i, level)) {
			seen++;
			if (is_greeting(s, i))
				line_at(s, i)->role = ROLE_GREETING;
		}
}

static int
is_dashes(const struct splitter *s, const struct line *l)
{
	return l->end - l->at == 2 && memcmp(s->text + l->at, "--", 2) == 0;
}

/*
 * From the first closing line below which too little follows to be text, everything of the level is signature. 1 when a person
 * closes there; what a telephone adds below the writer's name does not.
 */
static int
mark_signature(struct splitter *s, unsigned level)
{
	size_t i, below = 0, from = s->lines->len;
	int    closes = 0;

	for (i = s->lines->len; i-- > 0 && below <= SIGNATURE_WORDS;) {
		if (!is_level(s, i, level))
			continue;
		if (is_dashes(s, line_at(s, i)) || line_says(s, i, "closing", CLOSING_WORDS)) {
			closes = 1;
			from = i;
		} else if (line_says(s, i, "sent-with", CLOSING_WORDS))
			from = i;
		below += line_at(s, i)->words;
	}
	for (; from < s->lines->len; from++)
		if (is_level(s, from, level))
			line_at(s, from)->role = ROLE_SIGNATURE;
	return closes;
}

/* A word with a capital stands beside the address of the line; "kari@havlys.no | +47 51 00 00 00" is how to reach one. */
static int
names_somebody(const struct splitter *s, const struct line *l)
{
	size_t i, end;

	for (i = l->at; i < l->end; i = end + 1) {
		for (end = i; end < l->end && s->text[end] != ' ' && s->text[end] != '\t'; end++)
			;
		if (memchr(s->text + i, '@', end - i) == NULL && end - i > 1 && starts_upper(s->text + i, end - i) && s->text[end - 1] != ':')
			return 1;
	}
	return 0;
}

/* The line holds an address beside a name. */
static int
lists_somebody(const struct splitter *s, const struct line *l)
{
	return memchr(s->text + l->at, '@', l->end - l->at) != NULL && names_somebody(s, l);
}

/* Without a closing: the last paragraph, when its lines are short, one is a telephone or web address, and it signs nobody up. */
static void
mark_contact_lines(struct splitter *s, unsigned level)
{
	size_t   i, last = s->lines->len;
	int      contact = 0, signs_up = 0;
	unsigned listed = 0;

	for (i = s->lines->len; i-- > 0;)
		if (is_level(s, i, level)) {
			last = i + 1;
			break;
		}
	for (i = last; i-- > 0 && !is_empty(line_at(s, i));) {
		if (!is_level(s, i, level) || line_at(s, i)->end - line_at(s, i)->at > 70 || line_at(s, i)->words > 8)
			break;
		contact |= line_says(s, i, "contact", 8);
		signs_up |= line_says(s, i, "registration", 8) || line_says(s, i, "takes-place", 8);
		listed += lists_somebody(s, line_at(s, i)) != 0;
	}
	if (contact && !signs_up && listed < 2)
		for (i++; i < last; i++)
			line_at(s, i)->role = ROLE_SIGNATURE;
}

/* The line, and one of its paragraph, holds an address among other words: people are listed, nobody signs. */
static int
lists_addresses(const struct splitter *s, size_t i)
{
	for (; i < s->lines->len && !is_empty(line_at(s, i)); i++) {
		if (lists_somebody(s, line_at(s, i)))
			return 1;
	}
	return 0;
}

/* A sentence ends in the line, or it tells place and day ("Oslo, 20. mars 2025"). */
static int
ends_text(const struct splitter *s, size_t i)
{
	char last = s->text[line_at(s, i)->end - 1];

	return strchr(".!?)", last) != NULL || g_ascii_isdigit(last);
}

/* Bytes of line i that are the name, or the first words of it as people sign who know each other ("Kari" for Kari Berg); 0 else. */
static size_t
own_name_bytes(const struct splitter *s, size_t i, const char *name)
{
	const struct line *l = line_at(s, i);
	size_t             n = strlen(name), have = l->end - l->at;

	for (; n >= FIRST_NAME; n--) {
		if (name[n] != '\0' && name[n] != ' ')
			continue;
		if (have >= n && g_ascii_strncasecmp(s->text + l->at, name, n) == 0 &&
		    (have == n || strchr(",|(/", s->text[l->at + n]) != NULL || (have > n + 2 && (strncmp(s->text + l->at + n, " |", 2) == 0 || strncmp(s->text + l->at + n, " (", 2) == 0)) ||
		    (have > n + 5 && strncmp(s->text + l->at + n, " for ", 5) == 0)))
			return n;
	}
	return 0;
}

/* Above line i of the level an empty line, a sentence that ends, or place and day. */
static int
begins_apart(const struct splitter *s, size_t i, unsigned level)
{
	size_t above = i;

	while (above > 0 && !is_level(s, above - 1, level))
		above--;
	return above > 0 && (above < i || ends_text(s, above - 1));
}

/* Line i may be a closing in words of its own ("Ha det fint"): few of them, apart from the text, and no punctuation inside. */
static int
may_close(const struct splitter *s, size_t i, unsigned level)
{
	const struct line *l = line_at(s, i);
	size_t             k;

	for (k = l->at; k + 1 < l->end && strchr(",;:.@/|()0123456789", s->text[k]) == NULL; k++)
		;
	return is_level(s, i, level) && l->words <= FAREWELL_WORDS && k + 1 >= l->end && s->text[k] != ':' &&
	    starts_upper(s->text + l->at, l->end - l->at) && begins_apart(s, i, level);
}

/* "v/ Kari Berg": by whom the house above it signs. */
static int
begins_by(const struct splitter *s, size_t i)
{
	const struct line *l = line_at(s, i);

	return l->end - l->at > 2 && g_ascii_strncasecmp(s->text + l->at, "v/", 2) == 0;
}

/* "Havlys Kystlag, v/ Kari Berg", or the latter below the former: the line ends in by whom it is signed. */
static int
is_signed_by(const struct splitter *s, size_t i, const char *name)
{
	const struct line *l = line_at(s, i);
	const size_t       n = strlen(name), have = l->end - l->at;

	return n >= FIRST_NAME && have > n && g_ascii_strncasecmp(s->text + l->end - n, name, n) == 0 &&
	    (begins_by(s, i) || g_strstr_len(s->text + l->at, (gssize)(have - n), " v/") != NULL);
}

/* "For Havets Unge Stemmer", "For laget:", "På vegne av …": the line above a name, in whose name it is signed. */
static int
is_signed_for(const struct splitter *s, size_t i)
{
	struct words *w = line_words(s, i, 1);
	int           yes = w->all->len <= CLOSING_WORDS && ((w->all->len > 1 && word_is(w, 0, "for") &&
	    (starts_upper(s->text + words_at(w, 1)->at, 1) || s->text[line_at(s, i)->end - 1] == ':')) ||
	    phrases_has(s->ph, w, 0, MIN(w->all->len, 3), "on-behalf-of"));

	words_free(w);
	return yes;
}

/* What a line says that stands above a name and is more than whose name it is: "Ingen merknader". */
static int
says_something(const struct splitter *s, size_t i)
{
	static const char *const groups[] = { "no-remarks", "no-remarks-maybe", "declines", "endorses", "agrees", "withdrawal", "registration",
		"meeting-decline", "demand", "request", "inquiry", "extension", "speaker" };
	size_t k;

	for (k = 0; k < G_N_ELEMENTS(groups); k++)
		if (line_says(s, i, groups[k], HOUSE_WORDS))
			return 1;
	return 0;
}

/* The line of the level above line i; s->lines->len when there is none. */
static size_t
line_above(const struct splitter *s, size_t i, unsigned level)
{
	while (i-- > 0)
		if (is_level(s, i, level))
			return i;
	return s->lines->len;
}

/* Line i sets off a signature: a closing, or the line that says for whom. */
static int
sets_off(const struct splitter *s, size_t i, unsigned level)
{
	return i < s->lines->len && (may_close(s, i, level) || (is_signed_for(s, i) && begins_apart(s, i, level)));
}

/*
 * Line i may be the house of who signs in line `name` below it: surely so where she signs by it ("v/ Kari Berg"), else below what sets
 * off a signature and where it ends in small letters, as no list of people does.
 */
static int
may_be_house(const struct splitter *s, size_t i, size_t name, unsigned level)
{
	const struct line *l = i < s->lines->len ? line_at(s, i) : NULL;
	const int          is_set_off = l != NULL && sets_off(s, line_above(s, i, level), level);
	size_t             last;

	if (l == NULL || l->words > HOUSE_WORDS || !starts_upper(s->text + l->at, l->end - l->at) || ends_text(s, i))
		return 0;
	if (begins_by(s, name))
		return is_set_off || begins_apart(s, i, level);
	for (last = l->end; last > l->at && s->text[last - 1] != ' '; last--)
		;
	return is_set_off && l->words > 1 && !starts_upper(s->text + last, l->end - last) && !says_something(s, i);
}

/*
 * The first line of a signature whose line i is the name, alone or before a comma: apart from the text above it, as may be the lines
 * that say for whom; s->lines->len when it is none.
 */
static size_t
signed_from(const struct splitter *s, size_t i, unsigned level, const char *name)
{
	const size_t above = line_above(s, i, level), top = above < s->lines->len ? line_above(s, above, level) : above;

	if ((own_name_bytes(s, i, name) == 0 && !is_signed_by(s, i, name)) || lists_addresses(s, i))
		return s->lines->len;
	if (may_be_house(s, above, i, level))
		return top < s->lines->len && is_signed_for(s, top) ? top : above;
	if (begins_apart(s, i, level))
		return i;
	if (above < s->lines->len && is_signed_for(s, above) && begins_apart(s, above, level))
		return above;
	return above < s->lines->len && may_close(s, above, level) ? i : s->lines->len;
}

/* Without a closing: from the writer's own name on, when too little follows to be text. */
static void
mark_own_name(struct splitter *s, unsigned level, const char *name)
{
	size_t i, below = 0, from = s->lines->len, first;

	for (i = s->lines->len; i-- > 0 && below <= SIGNATURE_WORDS;) {
		if (!is_level(s, i, level))
			continue;
		if ((first = signed_from(s, i, level, name)) < s->lines->len)
			from = first;
		below += line_at(s, i)->words;
	}
	for (; from < s->lines->len; from++)
		if (is_level(s, from, level))
			line_at(s, from)->role = ROLE_SIGNATURE;
}

/* Who wrote the mail at this level, by its head; "" when it does not say. */
static const char *
writer(const struct splitter *s, const struct zone_hints *hints, unsigned level)
{
	guint i;

	for (i = 0; level > 0 && i < s->out->inner->len; i++)
		if (g_array_index(s->out->inner, struct inner_header, i).level == level && g_array_index(s->out->inner, struct inner_header, i).from != NULL)
			return g_array_index(s->out->inner, struct inner_header, i).from;
	return level == 0 && hints->from != NULL ? hints->from : "";
}

static int
has_signature(const struct splitter *s, unsigned level)
{
	size_t i;

	for (i = 0; i < s->lines->len; i++)
		if (line_at(s, i)->level == level && line_at(s, i)->role == ROLE_SIGNATURE)
			return 1;
	return 0;
}

/* The next line goes on with a sentence that a mail client cut here. */
static int
goes_on(const struct splitter *s, size_t i)
{
	return strchr(".!?:;", s->text[line_at(s, i)->end - 1]) == NULL && !starts_upper(s->text + line_at(s, i + 1)->at, 1);
}

/*
 * Lines [*from, *to) of a paragraph that say what every mail of a house says: from the sentence with the phrase to the end, or to a
 * closing. Mail clients that make no space between paragraphs leave the sender's own words just above. 0 when there are none.
 */
static int
disclaimer_lines(const struct splitter *s, size_t *from, size_t *to)
{
	struct words *w = line_words(s, *from, *to - *from);
	size_t        i = *from;
	int           found = w->all->len <= DISCLAIMER_WORDS && phrases_has(s->ph, w, 0, w->all->len, "disclaimer");

	words_free(w);
	if (!found)
		return 0;
	for (; i + 1 < *to && !line_says(s, i, "disclaimer", DISCLAIMER_WORDS); i++)
		;
	if (line_says(s, i, "disclaimer", DISCLAIMER_WORDS)) {	/* else it is cut by a line's end: the paragraph as it is */
		while (i > *from && goes_on(s, i - 1))
			i--;
		*from = i;
	}
	for (i = *from + 1; i < *to && !line_says(s, i, "closing", CLOSING_WORDS); i++)
		;
	*to = i;
	return 1;
}

/* Paragraphs that say what every mail of a house says: confidential, think of the trees, external sender. */
static void
mark_disclaimers(struct splitter *s)
{
	size_t i, k, from, to;

	for (i = 0; i < s->lines->len; i = k + 1) {
		for (k = i; k < s->lines->len && !is_empty(line_at(s, k)) && line_at(s, k)->role != ROLE_FRAME; k++)
			;
		from = i;
		to = k;
		if (k == i || !disclaimer_lines(s, &from, &to))
			continue;
		for (; from < to; from++)
			if (line_at(s, from)->role == ROLE_WORDS && line_at(s, from)->level == line_at(s, k - 1)->level)
				line_at(s, from)->role = ROLE_DISCLAIMER;
	}
}

void
roles_mark(struct splitter *s, const struct zone_hints *hints, unsigned deepest)
{
	unsigned level;

	mark_disclaimers(s);
	for (level = 0; level <= deepest && level < 8; level++) {
		mark_greeting(s, level);
		if (!mark_signature(s, level))
			mark_own_name(s, level, writer(s, hints, level));
		if (!has_signature(s, level))
			mark_contact_lines(s, level);
	}
}
