/* Names of organisations and people where they stand by custom: after "fra" and "på vegne av", in signatures, at a letter's head. */
#include <string.h>

#include "parsers/signals_parts.h"

#define NAME_BYTES		120
#define LIST_NAMES		20	/* that answer together, in one sentence */
#define BEHALF_WORDS		4	/* "på vegne av" */
#define TOGETHER_WORDS		200	/* of a sentence that names who answer together */
#define SIGNATURE_LINES		12
#define LETTERHEAD_LINES	8
#define SHORT_LINE		50	/* bytes of a line that is not wrapped */
#define LETTER_END_LINES	60	/* a document's closing stands at most this far from its end */

/* "Seilerforbundet avd. Sund", "St. Olavs": a full stop that shortens a word in a name, and ends nothing. */
static int
shortens(const char *text, size_t at, size_t stop)
{
	static const char *const words[] = { "avd", "Avd", "St", "st", "Dr", "dr", "Prof", "prof", "Ing", "ing", "Chr" };
	size_t start = stop, i;

	while (start > at && g_ascii_isalpha(text[start - 1]))
		start--;
	for (i = 0; i < G_N_ELEMENTS(words); i++)
		if (strlen(words[i]) == stop - start && strncmp(text + start, words[i], stop - start) == 0)
			return 1;
	return 0;
}

/* "21/4593": the case, and no part of a name. */
static int
number_follows(const char *text, size_t at, size_t end)
{
	size_t i = at;

	while (i < end && g_ascii_isdigit(text[i]))
		i++;
	return i > at && i + 1 < end && text[i] == '/' && g_ascii_isdigit(text[i + 1]);
}

/* What ends a name that began in running text: punctuation, a bracket, a dash between blanks, a line's end. */
static size_t
name_ends(const char *text, size_t at, size_t end)
{
	size_t i;

	for (i = at; i < end && i - at < NAME_BYTES; i++) {
		if (strchr(";:()[]<>|\"\t", text[i]) != NULL)
			break;
		if (text[i] == ',' || text[i] == '.' || text[i] == '!' || text[i] == '?')
			if ((i + 1 >= end || text[i + 1] == ' ' || text[i + 1] == '\n') && (text[i] != '.' || !shortens(text, at, i)))
				break;
		if (text[i] == '\n' && (i + 1 >= end || text[i + 1] == '\n' || i - at < 2))
			break;
		if (text[i] == ' ' && number_follows(text, i + 1, end))
			break;
		if (i + 2 < end && text[i] == ' ' && (strncmp(text + i, " - ", 3) == 0 || strncmp(text + i, " \xe2\x80\x93", 4) == 0))
			break;
	}
	while (i > at && ((unsigned char)text[i] & 0xc0) == 0x80)
		i--;
	return i;
}

/* The end of a name text[at .. end) without what joins it to the next word. */
static size_t
back_over_joints(const struct stretch *s, size_t at, size_t end)
{
	while (end > at && strchr(" \n,-", s->text[end - 1]) != NULL)
		end--;
	return end;
}

/* Names go on in small letters ("Landsforeningen for åpen omsorg"), so only words that cannot be in one end it: "til", "vil", "har" … */
static size_t
cut_name(const struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        i, cut = end;

	words_add(w, s->text, at, end);
	for (i = 1; i < w->all->len; i++)
		if (phrases_has(n->ph, w, i, 1, "ends-name") || (i + 2 <= w->all->len && !phrases_has(n->ph, w, i + 1, 1, "ends-name") &&
		    phrases_has(n->ph, w, i, 2, "ends-name"))) {
			cut = words_at(w, i)->at;
			break;
		}
	words_free(w);
	return back_over_joints(s, at, cut);
}

static char *
one_line(const char *p, size_t n)
{
	char *out = g_strndup(p, n), *c;

	for (c = out; *c != '\0'; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return g_strstrip(out);
}

/*
 * Behind a name that ends at `end` in a comma there may be more of them: "X, Y og Z". Where the last of them ends, `end` when
 * none follows.
 */
static size_t
list_ends(const struct notes *n, const struct stretch *s, size_t end)
{
	unsigned more;
	size_t   at, last = end;

	for (more = 0; more < LIST_NAMES && last + 2 < s->end && s->text[last] == ','; more++) {
		for (at = last + 1; at < s->end && (s->text[at] == ' ' || s->text[at] == '\n'); at++)
			;
		if (at >= s->end || !starts_upper(s->text + at, s->end - at))
			break;
		last = cut_name(n, s, at, name_ends(s->text, at, s->end));
		if (last <= at)
			break;
		end = last;
	}
	return end;
}

/* --- "kommunene Ulvøy, Sund og Bjerk" -------------------------------------------------------------------------------------- */

/* What places are, said before all of them or behind them ("Ulvøy, Sund og Bjerk kommuner"), and of one. */
static const struct sort { const char *before, *behind, *one; } sorts[] = { { "kommunene ", " kommuner", " kommune" },
	{ "kommunane ", " kommunar", " kommune" }, { "fylkeskommunene ", " fylkeskommuner", " fylkeskommune" },
	{ "fylkeskommunane ", " fylkeskommunar", " fylkeskommune" } };

static const struct sort *
said_before(const char *list)
{
	size_t i, n;

	for (i = 0; i < G_N_ELEMENTS(sorts); i++) {
		n = strlen(sorts[i].before);
		if (g_ascii_strncasecmp(list, sorts[i].before, n) == 0 && starts_upper(list + n, strlen(list + n)))
			return &sorts[i];
	}
	return NULL;
}

/* The list with what each of the places is, "Ulvøy kommune, Sund kommune og Bjerk kommune"; NULL when it is no such list. */
static char *
expand_places(const char *list)
{
	const struct sort *sort = said_before(list);
	const char        *p = list, *end = list + strlen(list);
	GString           *out;
	size_t             i;

	if (sort != NULL)
		p += strlen(sort->before);
	for (i = 0; i < G_N_ELEMENTS(sorts) && sort == NULL; i++)
		if (g_str_has_suffix(list, sorts[i].behind)) {
			sort = &sorts[i];
			end -= strlen(sort->behind);
		}
	if (sort == NULL)
		return NULL;
	out = g_string_new(NULL);
	for (; p < end; p++) {
		if ((*p == ',' || strncmp(p, " og ", 4) == 0) && out->len > 0)
			g_string_append(out, sort->one);
		if (*p == ',' || *p != ' ' || strncmp(p, " og ", 4) != 0)
			g_string_append_c(out, *p);
		else {
			g_string_append(out, " og ");
			p += 3;
		}
	}
	g_string_append(out, sort->one);
	return g_string_free(out, FALSE);
}

/* The first name of a list that was put together here. */
static char *
first_of(const char *list)
{
	const char *comma = strstr(list, ", "), *and = strstr(list, " og ");

	if (comma == NULL || (and != NULL && and < comma))
		comma = and;
	return comma == NULL ? g_strdup(list) : g_strndup(list, (gsize)(comma - list));
}

/* "På vegne av Havlys" as a line by itself, above who signs: a line that could have held more words goes on with none. */
static size_t
own_line_end(const struct stretch *s, const struct phrase_hit *hit, size_t at)
{
	const char *feed = memchr(s->text + at, '\n', s->end - at);
	size_t      start = words_at(s->words, hit->first)->at, end = feed == NULL ? s->end : (size_t)(feed - s->text);

	return (start == s->at || s->text[start - 1] == '\n') && end - start < SHORT_LINE && end - at > 2 ? end : s->end;
}

void
names_note_phrase(struct notes *n, const struct stretch *s, const struct phrase_hit *hit)
{
	enum signal_kind   kind = strcmp(hit->group, "on-behalf-of") == 0 ? SIGNAL_ON_BEHALF_OF : SIGNAL_FROM_ORGANISATION;
	const struct word *last = words_at(s->words, hit->first + hit->count - 1);
	size_t             at = last->at + last->bytes, end, all;
	char              *name, *list, *places;

	while (at < s->end && (s->text[at] == ' ' || s->text[at] == '\n' || s->text[at] == ':' || s->text[at] == '_'))
		at++;
	if (at >= s->end || (!starts_upper(s->text + at, s->end - at) && !g_ascii_isdigit(s->text[at]) && said_before(s->text + at) == NULL))
		return;	/* "fra oss", "fra meg" */
	end = cut_name(n, s, at, name_ends(s->text, at, own_line_end(s, hit, at)));
	if (end <= at)
		return;
	all = list_ends(n, s, end);
	name = one_line(s->text + at, end - at);
	list = one_line(s->text + at, all - at);
	places = expand_places(list);
	if (places != NULL) {
		g_free(name);
		g_free(list);
		name = first_of(places);
		list = places;
		all = end + 1;
	}
	note_once(n, kind, s, at, name, strcmp(hit->group, "we-in") == 0 ? NAMED_AS_US : all > end ? list : "");
	g_free(name);
	g_free(list);
}

/* Where the next line that is not empty begins, from `at` on; s->end when there is none. *line_end is behind its last byte. */
static size_t
next_line(const struct stretch *s, size_t at, size_t *line_end)
{
	const char *feed;

	while (at < s->end && strchr(" \t\n>*", s->text[at]) != NULL)
		at++;
	feed = at < s->end ? memchr(s->text + at, '\n', s->end - at) : NULL;
	*line_end = feed == NULL ? s->end : (size_t)(feed - s->text);
	while (*line_end > at && strchr(" \t*", s->text[*line_end - 1]) != NULL)
		(*line_end)--;
	return at;
}

/*
 * The bytes of line text[at .. end) that a closing phrase at its start takes, comma included; 0 without one. What follows is a
 * name ("Hilsen Kari Berg"); but "for styret i Fjellbygda lag" is all of it in whose name.
 */
static size_t
closing_bytes(const struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        i, used = 0;

	words_add(w, s->text, at, end);
	for (i = 1; i <= w->all->len && i <= 5 && !phrases_has(n->ph, w, 0, i, "closing"); i++)
		;
	if (i <= w->all->len && i <= 5 && (i == w->all->len || !phrases_has(n->ph, w, 0, i, "signed-for")))
		used = words_at(w, i - 1)->at + words_at(w, i - 1)->bytes - at;
	words_free(w);
	while (used > 0 && at + used < end && strchr(" ,.:!", s->text[at + used]) != NULL)
		used++;
	return used;
}

/* --- who answers together --------------------------------------------------------------------------------------------- */

static int
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* One of a list, as written: the daemon tells whether it is somebody. */
static void
note_together(struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	static const char *const ends[] = { " v/", " ved ", " (", NULL };
	char  *name, *cut;
	size_t i;

	while (end > at && strchr(" ,;.\n", s->text[end - 1]) != NULL)
		end--;
	name = one_line(s->text + at, end - at);
	for (i = 0; ends[i] != NULL; i++)
		if ((cut = strstr(name, ends[i])) != NULL)
			*cut = '\0';
	if (name[0] != '\0')
		note_once(n, SIGNAL_TOGETHER, s, at, name, "");
	g_free(name);
}

/* Where a name that begins at `at` ends in a sentence that says so of several: also before the words that say it. */
static size_t
together_ends(const struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        i, cut = cut_name(n, s, at, MIN(end, name_ends(s->text, at, s->end)));

	words_add(w, s->text, at, cut);
	for (i = 1; i < w->all->len; i++)
		if (phrases_has(n->ph, w, i, 1, "ends-together")) {
			cut = words_at(w, i)->at;
			break;
		}
	words_free(w);
	return back_over_joints(s, at, cut);
}

/* The whole of a run as one list where its places share the word that says what they are. */
static int
note_places(struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	char *list = one_line(s->text + at, end - at), *places = expand_places(list);

	if (places != NULL)
		note_once(n, SIGNAL_TOGETHER, s, at, places, "");
	g_free(list);
	g_free(places);
	return places != NULL;
}

/* "A, B og C" from `at` on, when it is more than one name; noted by name, or two joined by "og". Returns where it ends. */
static size_t
note_run(struct notes *n, const struct stretch *s, size_t at, size_t stop)
{
	size_t   from[LIST_NAMES], to[LIST_NAMES], next = at;
	unsigned k = 0, i;

	while (k < LIST_NAMES && next < stop && starts_upper(s->text + next, stop - next)) {
		from[k] = next;
		to[k] = together_ends(n, s, next, stop);
		if (to[k] <= next)
			break;
		next = to[k++];
		if (next >= stop || s->text[next] != ',')
			break;
		while (next < stop && (s->text[next] == ',' || is_blank(s->text[next])))
			next++;
	}
	if (k > 0 && note_places(n, s, from[0], to[k - 1]))
		return to[k - 1];
	if (k > 1 || (k == 1 && (g_strstr_len(s->text + from[0], (gssize)(to[0] - from[0]), " og ") != NULL ||
	    g_strstr_len(s->text + from[0], (gssize)(to[0] - from[0]), " and ") != NULL)))
		for (i = 0; i < k; i++)
			note_together(n, s, from[i], to[i]);
	return k == 0 ? at : to[k - 1];
}

/* Items of a list below a line that ends in a colon, each on its own line; a line that is no name ends it. */
static void
note_items(struct notes *n, const struct stretch *s, size_t at)
{
	size_t   end, item;
	unsigned k;

	for (k = 0; k < LIST_NAMES; k++, at = end) {
		at = next_line(s, at, &end);
		for (item = at; item < end && (strchr(" -.)", s->text[item]) != NULL || g_ascii_isdigit(s->text[item])); item++)
			;
		for (; item + 3 < end && (strncmp(s->text + item, "\xe2\x80\xa2", 3) == 0 || strncmp(s->text + item, "\xe2\x80\x93", 3) == 0);)
			for (item += 3; item < end && s->text[item] == ' '; item++)
				;
		if (item >= end || end - item > NAME_BYTES || !starts_upper(s->text + item, end - item) || closing_bytes(n, s, item, end) > 0)
			return;
		note_together(n, s, item, end);
	}
}

/*
 * "Felles uttalelse fra A, B og C", "På vegne av A og B": behind "fra" and "på vegne av" they begin. The word behind the last of
 * these before byte `end`; i without one.
 */
static size_t
behind_from(const struct notes *n, const struct stretch *s, size_t i, size_t end)
{
	size_t k, m, found = i;

	for (k = i; k < s->words->all->len && words_at(s->words, k)->at < end; k++) {
		if (word_is(s->words, k, "fra") || word_is(s->words, k, "from"))
			found = k + 1;
		for (m = 2; m <= BEHALF_WORDS && k + m < s->words->all->len; m++)
			if (phrases_has(n->ph, s->words, k, m, "on-behalf-of")) {
				found = k + m;
				break;
			}
	}
	return found < s->words->all->len ? found : i;
}

#define SUBJECT_WORDS	7	/* of a name that a sentence begins with */

void
names_note_subject(struct notes *n, const struct stretch *s, const struct sentence *one, size_t verb)
{
	size_t at, end;
	char  *name;

	if (verb <= one->first || verb - one->first > SUBJECT_WORDS || !s->of_mail || s->zone == ZONE_QUOTED || s->zone == ZONE_SUBJECT)
		return;
	at = words_at(s->words, one->first)->at;
	end = words_at(s->words, verb)->at;
	while (end > at && is_blank(s->text[end - 1]))
		end--;
	name = one_line(s->text + at, end - at);
	if (starts_upper(name, strlen(name)) && strpbrk(name, ",:;.!?\"") == NULL)
		note_once(n, SIGNAL_FROM_ORGANISATION, s, at, name, NAMED_AS_SUBJECT);
	g_free(name);
}

void
names_note_owner(struct notes *n, const struct stretch *s, const struct phrase_hit *hit)
{
	size_t first = hit->first + 1, last = hit->first + hit->count - 1, at, end, i;
	int    genitive = 1;
	char  *name;

	while (first < last && !starts_upper(s->text + words_at(s->words, first)->at, words_at(s->words, first)->bytes))
		first++;
	for (i = first; i < last && genitive; i++)
		if (word_is(s->words, i, "sitt") || word_is(s->words, i, "sin") || word_is(s->words, i, "sine")) {
			last = i;
			genitive = 0;
		}
	if (first >= last || s->zone == ZONE_QUOTED || s->zone == ZONE_ATTACHMENT)
		return;
	at = words_at(s->words, first)->at;
	end = words_at(s->words, last - 1)->at + words_at(s->words, last - 1)->bytes;
	if (genitive && s->text[end - 1] != 's')
		return;	/* "til Storvik lag, svar": not its own */
	name = one_line(s->text + at, end - at - (genitive ? 1 : 0));
	if (strpbrk(name, ",:;.") == NULL)
		note_once(n, SIGNAL_ON_BEHALF_OF, s, at, name, "");
	g_free(name);
}

void
names_note_asker(struct notes *n, const struct stretch *s, const struct sentence *one)
{
	size_t at = words_at(s->words, one->first)->at, end = cut_name(n, s, at, name_ends(s->text, at, s->end));
	char  *name;

	if (end <= at || !starts_upper(s->text + at, s->end - at) || s->zone == ZONE_QUOTED)
		return;
	name = one_line(s->text + at, end - at);
	if (strcasestr(name, "departement") == NULL && strcasestr(name, "ministry") == NULL)	/* they ask everybody */
		note_once(n, SIGNAL_ON_BEHALF_OF, s, at, name, "");
	g_free(name);
}

void
names_note_together(struct notes *n, const struct stretch *s, const struct sentence *one)
{
	static const char *const no_name[] = { "vi", "me", "we", "herved", "med", "i", "og", "the", "both", "bade", "dette", "denne", NULL };
	size_t i, k, at, end, stop = one->first + MIN(one->count, TOGETHER_WORDS);

	for (i = one->first; i < stop;) {
		at = words_at(s->words, i)->at;
		i = behind_from(n, s, i, together_ends(n, s, at, MIN(one->end, s->end)));
		at = words_at(s->words, i)->at;
		for (k = 0; no_name[k] != NULL && !word_is(s->words, i, no_name[k]); k++)
			;
		end = no_name[k] != NULL ? at : note_run(n, s, at, MIN(one->end, s->end));
		do
			i++;
		while (i < one->first + one->count && words_at(s->words, i)->at < end);
	}
	for (at = one->count == 0 ? one->end : words_at(s->words, one->first + one->count - 1)->at +
	    words_at(s->words, one->first + one->count - 1)->bytes; at < s->end && s->text[at] == ' '; at++)
		;
	if (at < s->end && s->text[at] == ':')
		note_items(n, s, at + 1);
}

/* --- signatures and letterheads --------------------------------------------------------------------------------------- */

/* "Hent Outlook for Android" is nobody. */
static int
is_sent_with(const struct notes *n, const struct stretch *s, size_t at, size_t end)
{
	struct words *w = words_new();
	int           yes;

	words_add(w, s->text, at, end);
	yes = phrases_has(n->ph, w, 0, w->all->len, "sent-with");
	words_free(w);
	return yes;
}

/* "Kari Berg (sign.)": that it is signed is no part of the name. */
static void
cut_signed(char *line)
{
	static const char *const marks[] = { "(sign.)", "(sign)", "(sig.)", "(sig)", "(s.)", "(s)", "sign.", "/s/", "(e.f.)", "(e.f)", "(etter fullmakt)" };
	size_t i, n = strlen(line), m;

	for (i = 0; i < G_N_ELEMENTS(marks); i++) {
		m = strlen(marks[i]);
		if (n > m + 1 && line[n - m - 1] == ' ' && g_ascii_strcasecmp(line + n - m, marks[i]) == 0) {
			line[n - m - 1] = '\0';
			(void)g_strchomp(line);
			return;
		}
	}
}

/* Lines as signals of `kind`, numbered from 1; closing phrases are no line. Returns how many. */
static unsigned
note_lines(struct notes *n, const struct stretch *s, enum signal_kind kind, size_t at, unsigned max)
{
	size_t   end, skip;
	unsigned number = 0;
	char     extra[8], *line;

	for (at = next_line(s, at, &end); at < s->end && number < max; at = next_line(s, end, &end)) {
		skip = kind == SIGNAL_SIGNATURE_LINE ? closing_bytes(n, s, at, end) : 0;
		for (; kind == SIGNAL_LETTERHEAD && at + skip < end && (s->text[at + skip] == '-' || s->text[at + skip] == ' '); skip++)
			;	/* an item of a list */
		if (at + skip >= end || (end - at == 2 && memcmp(s->text + at, "--", 2) == 0) || is_sent_with(n, s, at, end))
			continue;
		line = one_line(s->text + at + skip, end - at - skip);
		if (kind == SIGNAL_SIGNATURE_LINE)
			cut_signed(line);
		(void)g_snprintf(extra, sizeof extra, "%u", ++number);
		if (line[0] != '\0')
			note(n, kind, s, at + skip, line, extra);
		g_free(line);
	}
	return number;
}

void
names_note_signature(struct notes *n, const struct stretch *s)
{
	(void)note_lines(n, s, SIGNAL_SIGNATURE_LINE, s->at, SIGNATURE_LINES);
}

/* The last closing phrase near the end of a document; the line behind it, or s->end. */
static size_t
letter_closing(const struct notes *n, const struct stretch *s)
{
	size_t   at = s->end, line, found = s->end;
	unsigned lines = 0;

	while (at > s->at && lines < LETTER_END_LINES) {
		for (line = at - 1; line > s->at && s->text[line - 1] != '\n'; line--)
			;
		if (at - line > 1 && at - line < 60) {
			size_t start = line, used;

			while (start < at && (s->text[start] == ' ' || s->text[start] == '\t'))
				start++;
			used = closing_bytes(n, s, start, at);
			if (used > 0 && start + used + 1 >= at) {
				found = at;
				break;
			}
		}
		lines++;
		at = line;
	}
	return found;
}

void
names_note_document(struct notes *n, const struct stretch *s)
{
	size_t closing = letter_closing(n, s);

	(void)note_lines(n, s, SIGNAL_LETTERHEAD, s->at, LETTERHEAD_LINES);
	if (closing < s->end)
		(void)note_lines(n, s, SIGNAL_SIGNATURE_LINE, closing, SIGNATURE_LINES);
}
