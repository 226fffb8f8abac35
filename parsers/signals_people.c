/*
 * Persons signed up: a name and an address beside each other, in prose, lists and tables.
 */
#include <string.h>

#include "parsers/signals_people.h"

#define NAME_WORDS_MAX	7	/* a hyphen makes two of one */
#define PEOPLE_MAX	100
#define NAME_REACH	200	/* bytes before an address in which its name stands */
#define LONE_NAME	3	/* bytes of an address that is one name */
#define INITIAL		2	/* letters of one: "K", "Ø", "Kr" */
#define NAMES_TRIED	2000	/* words looked through for the name that an address tells */
#define LABEL_BYTES	20	/* "Innlegg: ja, …" */
#define REACH_WORDS	8	/* before an address, that tell what to send there */
#define LIST_LINE	80	/* bytes of a line that is an entry of a list */

static int
is_address_byte(char c)
{
	return g_ascii_isalnum(c) || strchr("!#$%&'*+-/=?^_`{}~.", c) != NULL || (unsigned char)c >= 0x80;
}

int
address_at(const char *text, size_t at, size_t end, size_t *n)
{
	size_t i = at, dot = 0;

	while (i < end && text[i] != '\0' && is_address_byte(text[i]))
		i++;
	if (i == at || i >= end || text[i] != '@')
		return 0;
	for (i++; i < end && (g_ascii_isalnum(text[i]) || text[i] == '-' || text[i] == '.' || (unsigned char)text[i] >= 0x80); i++)
		if (text[i] == '.' && dot == 0)
			dot = i;	/* the first: the last may end a sentence */
	while (i > at && strchr(".-", text[i - 1]) != NULL)
		i--;
	*n = i - at;
	return dot > 0 && dot < i;
}

/* The address that holds the @ at `at`, or 0. *n its bytes. */
static size_t
address_around(const struct stretch *s, size_t at, size_t *n)
{
	size_t start = at;

	while (start > s->at && s->text[start - 1] != '\0' && is_address_byte(s->text[start - 1]))
		start--;
	while (start < at && strchr("'/=.`", s->text[start]) != NULL)
		start++;
	if (at - start > 7 && g_ascii_strncasecmp(s->text + start, "mailto:", 7) == 0)
		start += 7;
	return address_at(s->text, start, s->end, n) ? start : 0;
}

/* What may join a word of `bytes` that ends at `from` to the next: a blank, a hyphen, the full stop of an initial. */
static int
joins(const char *text, size_t bytes, size_t from, size_t to)
{
	if (to - from == 1)
		return text[from] == ' ' || text[from] == '-';
	return to - from == 2 && text[from] == '.' && text[from + 1] == ' ' && g_utf8_strlen(text + from - bytes, (gssize)bytes) <= INITIAL;
}

/* "van", "von", "de" … stand inside names in small letters. */
static int
is_particle(const struct words *w, size_t i)
{
	static const char *const particles[] = { "van", "von", "der", "den", "de", "da", "del", "af", "av", "el", "al", "bin", "ten", "la" };
	size_t k;

	for (k = 0; k < G_N_ELEMENTS(particles); k++)
		if (word_is(w, i, particles[k]))
			return 1;
	return 0;
}

/* From word `first` on, how many make a name: two or more with a capital each, small particles between, joined as names are. */
size_t
person_name_words(const char *text, const struct words *w, size_t first)
{
	size_t   n = 0, i, last = 0;
	unsigned capitals = 0;

	for (i = first; i < w->all->len && n < NAME_WORDS_MAX; i++, n++) {
		const struct word *one = words_at(w, i);

		if (i > first && !joins(text, words_at(w, i - 1)->bytes, words_at(w, i - 1)->at + words_at(w, i - 1)->bytes, one->at))
			break;
		if (starts_upper(text + one->at, one->bytes) && !g_ascii_isdigit(text[one->at])) {
			capitals++;
			last = n + 1;
		} else if (i == first || !is_particle(w, i))
			break;
	}
	return capitals >= 2 ? last : 0;
}

/* One word with a capital, perhaps with a hyphen: "Unni", "Ann-Kristin". */
static int
is_one_name(const char *p)
{
	const char *c = p;

	if (!starts_upper(p, strlen(p)))
		return 0;
	while (g_ascii_isalpha(*c) || (unsigned char)*c >= 0x80 || *c == '-')
		c++;
	return *c == '\0';
}

/* Two cells with one word each, as tables with first and last names apart have them: "Unni<TAB>Haga". NULL when there are none. */
static char *
name_in_cells(const char *text, size_t at, size_t end)
{
	char       **cells = NULL, *line = g_strndup(text + at, end - at), *name = NULL;
	size_t       i;

	cells = g_strsplit(line, "\t", 12);
	for (i = 0; name == NULL && cells[i] != NULL && cells[i + 1] != NULL; i++)
		if (is_one_name(g_strstrip(cells[i])) && is_one_name(g_strstrip(cells[i + 1])))
			name = g_strdup_printf("%s %s", cells[i], cells[i + 1]);
	g_strfreev(cells);
	g_free(line);
	return name;
}

/* The name in text[at .. end) that stands last, so nearest to the address behind it; NULL without one. */
static char *
name_in(const struct notes *n, const char *text, size_t at, size_t end)
{
	struct words      *w = words_new();
	const struct word *last;
	size_t             i, length;
	char              *name = NULL;

	words_add(w, text, at, end);
	for (i = 0; i < w->all->len; i += length > 0 ? length : 1) {
		length = phrases_has(n->ph, w, i, 1, "person-label") ? 0 : person_name_words(text, w, i);
		if (length == 0)
			continue;
		g_free(name);
		last = words_at(w, i + length - 1);
		name = g_strndup(text + words_at(w, i)->at, last->at + last->bytes - words_at(w, i)->at);
	}
	words_free(w);
	return name;
}

static int
is_letter_at(const struct stretch *s, size_t i)
{
	return g_ascii_isalnum(s->text[i]) || ((unsigned char)s->text[i] >= 0xc3 && (unsigned char)s->text[i] < 0xe2);	/* no dash or bullet */
}

static size_t
line_begin(const struct stretch *s, size_t i)
{
	while (i > s->at && s->text[i - 1] != '\n')
		i--;
	return i;
}

/* The address has the word before its @. */
static int
has_token(const char *email, const struct words *w, size_t i)
{
	const struct word *one = words_at(w, i);

	return memmem(email, strcspn(email, "@"), word_token(w, i), one->len) != NULL;
}

/* "Berg, Kari" before the address that has one of the two in it ("kari.b@x.no"): "Kari Berg"; NULL else. */
static char *
name_turned(const struct stretch *s, size_t from, size_t at, size_t bytes)
{
	struct words      *w = words_new();
	const struct word *last, *first;
	char              *email = g_utf8_strdown(s->text + at, (gssize)bytes), *name = NULL;

	words_add(w, s->text, from, at);
	if (w->all->len >= 2) {
		last = words_at(w, w->all->len - 2);
		first = words_at(w, w->all->len - 1);
		if (first->at == last->at + last->bytes + 2 && s->text[first->at - 2] == ',' && starts_upper(s->text + last->at, last->bytes) &&
		    starts_upper(s->text + first->at, first->bytes) && (has_token(email, w, w->all->len - 1) || has_token(email, w, w->all->len - 2)))
			name = g_strdup_printf("%.*s %.*s", (int)first->bytes, s->text + first->at, (int)last->bytes, s->text + last->at);
	}
	g_free(email);
	words_free(w);
	return name;
}

/* "kari@berg.no – Kari Berg": behind the address, with nothing but marks between, and up to the line's end or a mark. */
static char *
name_behind(const struct stretch *s, size_t at)
{
	const char        *feed = memchr(s->text + at, '\n', s->end - at);
	const size_t       end = feed == NULL ? s->end : (size_t)(feed - s->text);
	struct words      *w = words_new();
	const struct word *last;
	size_t             n;
	char              *name = NULL;

	words_add(w, s->text, at, MIN(end, at + NAME_REACH));
	n = person_name_words(s->text, w, 0);
	last = n == 0 ? NULL : words_at(w, n - 1);
	if (n > 0 && (n == w->all->len || strchr(",;|\t()", s->text[last->at + last->bytes]) != NULL || strncmp(s->text + last->at + last->bytes, " -", 2) == 0))
		name = g_strndup(s->text + words_at(w, 0)->at, last->at + last->bytes - words_at(w, 0)->at);
	words_free(w);
	return name;
}

/* The address at `at` is the first of its line. */
static int
leads_line(const struct stretch *s, size_t at, size_t line)
{
	for (; line < at; line++)
		if (is_letter_at(s, line))
			return 0;
	return 1;
}

/* The line above the one at `line` is empty, has an address too, or leads in: no name of this one stands there. */
static int
begins_entry(const struct stretch *s, size_t line)
{
	size_t above = line > s->at ? line_begin(s, line - 1) : line;

	return line == above || line - above == 1 || s->text[line - 2] == ':' || memchr(s->text + above, '@', line - above) != NULL;
}

/* The name that belongs to the address at `at`: on its line, else on the nearest lines above, not above `floor`. */
static char *
name_of(const struct notes *n, const struct stretch *s, size_t at, size_t bytes, size_t floor, size_t *from)
{
	size_t   line = line_begin(s, at), end, own = line;
	char    *name;
	int      leads = leads_line(s, at, line);
	unsigned lines = 0;

	*from = MAX(line, floor);
	name = name_in(n, s->text, at - *from > NAME_REACH ? at - NAME_REACH : *from, at);
	if (name == NULL && at - *from <= NAME_REACH)
		name = name_in_cells(s->text, *from, at);
	if (name == NULL && at - *from <= NAME_REACH)
		name = name_turned(s, *from, at, bytes);
	if (name == NULL && leads && begins_entry(s, line) && (name = name_behind(s, at + bytes)) != NULL)
		*from = at;
	for (; name == NULL && line > floor && line > s->at && lines < 4; lines++) {
		end = line - 1;
		line = line_begin(s, end);
		if (line < floor && (end <= floor || strchr(",(<:", s->text[end - 1]) == NULL))
			break;
		line = MAX(line, floor);	/* "…; Kari Berg,": behind another's address, and the line goes on */
		name = end - line > NAME_REACH ? NULL : name_in(n, s->text, line, end);
		if (name != NULL)
			*from = line;
	}
	if (name == NULL && leads && (name = name_behind(s, at + bytes)) != NULL)
		*from = MAX(own, floor);
	return name;
}

/* The words of the name are those of the address: "anita.rekdal@" and "anita@" are Anita Rekdal's. */
static int
is_name_of(const struct words *w, size_t first, size_t length, char **parts)
{
	size_t k, i = first;

	for (k = 0; parts[k] != NULL; k++, i++) {
		while (i < first + length && !word_is(w, i, parts[k]))
			i++;
		if (i >= first + length)
			return 0;
	}
	return k > 1 || (k == 1 && strlen(parts[0]) >= LONE_NAME);
}

/* The name in the stretch that an address tells by itself, when `have` is not that name; NULL when there is none. */
static char *
name_by_address(const struct notes *n, const struct stretch *s, const char *email, const char *have)
{
	char        *local = g_strndup(email, strcspn(email, "@")), **parts = g_strsplit_set(local, "._", 5), *name = NULL;
	struct words *own = words_new();
	size_t        k, i, length, tried = 0;

	words_add(own, have, 0, strlen(have));
	for (k = s->first; !is_name_of(own, 0, own->all->len, parts) && name == NULL && k < s->first + s->count && tried < NAMES_TRIED; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		for (i = one->first; name == NULL && i < one->first + one->count; i += length > 0 ? length : 1, tried++) {
			length = phrases_has(n->ph, s->words, i, 1, "person-label") ? 0 : MIN(person_name_words(s->text, s->words, i), one->first + one->count - i);
			if (length > 0 && is_name_of(s->words, i, length, parts))
				name = g_strndup(s->text + words_at(s->words, i)->at, words_at(s->words, i + length - 1)->at +
				    words_at(s->words, i + length - 1)->bytes - words_at(s->words, i)->at);
		}
	}
	words_free(own);
	g_strfreev(parts);
	g_free(local);
	return name;
}

/* "Kari (kari@x.no) vil si noe. Hun får følge av Ola (ola@x.no)": of two on a line the second begins behind what ends the clause before it. */
static size_t
own_clause(const struct stretch *s, size_t from, size_t at, const char *name)
{
	static const char *const ends[] = { ". ", "; ", ", ", " og ", " and ", " samt ", " med ", " with ", ") " };
	const char *found = name[0] == '\0' ? NULL : g_strrstr_len(s->text + from, (gssize)(at - from), name);
	size_t      i, k, best = from, stop = found == NULL ? from : (size_t)(found - s->text);

	for (i = from; i < stop; i++)
		for (k = 0; k < G_N_ELEMENTS(ends); k++)
			if (i + strlen(ends[k]) <= stop && strncmp(s->text + i, ends[k], strlen(ends[k])) == 0)
				best = i + strlen(ends[k]);
	return best;
}

/* "Faktura sendes regnskap@x.no", "kopi til Kari Berg (kari@x.no)": the sentence leads to the address, and to nobody who comes. */
static int
is_only_reached(const struct notes *n, const struct stretch *s, size_t floor, size_t at)
{
	const struct sentence *one = NULL;
	size_t                 k, first, end;

	for (k = s->first; k < s->first + s->count && (one == NULL || one->end <= at); k++)
		one = &g_array_index(s->words->sentences, struct sentence, k);
	if (one == NULL || at < one->at || at >= one->end)
		return 0;
	for (first = one->first; first < one->first + one->count && words_at(s->words, first)->at < floor; first++)
		;
	for (end = first; end < one->first + one->count && words_at(s->words, end)->at < at; end++)
		;
	first = MAX(first, end - MIN(end, REACH_WORDS));
	return phrases_has(n->ph, s->words, first, end - first, "only-reached") && !phrases_has(n->ph, s->words, first, end - first, "only-reached!");
}

/* Takes those off the list who are only to be written to; unless they are all there is, with a name, and nobody declines. */
static void
drop_only_reached(const struct notes *n, GArray *people)
{
	guint i, coming = 0;

	for (i = 0; i < people->len; i++)
		coming += !g_array_index(people, struct person, i).only_reached;
	for (i = people->len; i-- > 0;) {
		struct person *p = &g_array_index(people, struct person, i);

		if (!p->only_reached || (coming == 0 && !n->leaving && p->name[0] != '\0'))
			continue;
		g_free(p->name);
		g_free(p->email);
		g_array_remove_index(people, i);
	}
}

static GArray *
people_with_addresses(const struct notes *n, const struct stretch *s)
{
	GArray       *people = g_array_new(FALSE, FALSE, sizeof(struct person));
	size_t        i, at, bytes, floor = s->at, from;
	struct person p, *last;
	char         *elsewhere;

	for (i = s->at; i < s->end && people->len < PEOPLE_MAX; i++) {
		if (s->text[i] != '@')
			continue;
		at = address_around(s, i, &bytes);
		if (at == 0 || at < floor)
			continue;
		p = (struct person){ .name = name_of(n, s, at, bytes, floor, &from), .end = s->end };
		p.only_reached = is_only_reached(n, s, floor, at);
		if (p.name == NULL) {
			p.name = g_strdup("");
			from = at;
		}
		if (from == floor && floor > line_begin(s, at) && people->len > 0)
			from = own_clause(s, from, at, p.name);
		p.at = from;
		p.email = g_utf8_strdown(s->text + at, (gssize)bytes);
		elsewhere = name_by_address(n, s, p.email, p.name);
		if (elsewhere != NULL) {
			g_free(p.name);
			p.name = elsewhere;
		}
		last = people->len == 0 ? NULL : &g_array_index(people, struct person, people->len - 1);
		if (last != NULL)
			last->end = from;
		g_array_append_val(people, p);
		floor = at + bytes;
		i = floor;
	}
	drop_only_reached(n, people);
	return people;
}

/* Where a person's own words end: the paragraph's end, so that what is said further down is not of the last person. */
static size_t
own_end(const struct stretch *s, const struct person *p)
{
	const char *gap = NULL;
	size_t      i;

	for (i = p->at; i + 1 < p->end && gap == NULL; i++)
		if (s->text[i] == '\n' && s->text[i + 1] == '\n')
			gap = s->text + i;
	return gap == NULL ? p->end : (size_t)(gap - s->text);
}

/* Where the person's own lines end: the line of the address, and further ones that begin with nobody's name. */
static size_t
own_lines_end(const struct notes *n, const struct stretch *s, const struct person *p)
{
	size_t      end = own_end(s, p), next, line;
	const char *feed, *address = memchr(s->text + p->at, '@', end - p->at);
	char       *name;

	line = address == NULL ? p->at : (size_t)(address - s->text);
	for (;;) {
		feed = memchr(s->text + line, '\n', end - line);
		if (feed == NULL)
			return end;
		next = (size_t)(feed - s->text) + 1;
		feed = memchr(s->text + next, '\n', end - next);
		line = feed == NULL ? end : (size_t)(feed - s->text);
		if (line - next > WRAPPED_LINE && memchr(s->text + next, ':', LABEL_BYTES) == NULL)
			return next - 1;
		name = name_in(n, s->text, next, line);
		g_free(name);
		if (name != NULL)
			return next - 1;
	}
}

/* Cuts the person's own lines where another one of the list is named: what follows is of that one. */
static size_t
before_others(const struct stretch *s, const GArray *people, const struct person *p, size_t end)
{
	guint       i;
	const char *found;

	for (i = 0; i < people->len; i++) {
		const struct person *other = &g_array_index(people, struct person, i);

		if (other == p || strcmp(other->name, p->name) == 0)
			continue;
		found = named_at(people, other, s->text + p->at, end - p->at);
		if (found != NULL)
			end = (size_t)(found - s->text);
	}
	return end;
}

/* Names without addresses, in sentences and list lines of a stretch that signs somebody up; whether they are persons the daemon asks. */
static void
note_names_alone(struct notes *n, const struct stretch *s)
{
	size_t k, noted = 0;
	int    listed = 0;
	char  *name;

	for (k = s->first; k < s->first + s->count && noted < PEOPLE_MAX; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);
		int instead = phrases_has(n->ph, s->words, one->first, one->count, "takes-place");
		int says = instead || phrases_has(n->ph, s->words, one->first, one->count, "registration");
		size_t i, length;

		listed |= says;
		if (!listed || (!says && one->end - one->at > LIST_LINE) ||
		    (!instead && phrases_has(n->ph, s->words, one->first, one->count, "meeting-decline")))
			continue;
		for (i = one->first; i < one->first + one->count; i += length > 0 ? length : 1) {
			length = phrases_has(n->ph, s->words, i, 1, "person-label") ? 0 : MIN(person_name_words(s->text, s->words, i), one->first + one->count - i);
			if (length == 0)
				continue;
			name = g_strndup(s->text + words_at(s->words, i)->at, words_at(s->words, i + length - 1)->at +
			    words_at(s->words, i + length - 1)->bytes - words_at(s->words, i)->at);
			note_once(n, SIGNAL_NAME_ALONE, s, words_at(s->words, i)->at, name, "");
			g_free(name);
			noted++;
		}
	}
}

void
people_note(struct notes *n, const struct stretch *s)
{
	GArray *people = people_with_addresses(n, s);
	guint   i;
	char   *extra;

	for (i = 0; i < people->len; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->own = before_others(s, people, p, own_lines_end(n, s, p));
	}
	if (people->len == 0)
		note_names_alone(n, s);
	else
		speakers_mark(n, s, people);
	if (people->len == 0 && says_speaker(n, s->text, s->at, s->end))
		note_once(n, SIGNAL_PHRASE, s, s->at, "speaks", "");
	for (i = 0; i < people->len; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		extra = g_strdup_printf("%s||%d", p->email, p->speaker);
		note_once(n, SIGNAL_PERSON, s, p->at, p->name, extra);
		g_free(extra);
	}
	for (i = 0; i < people->len; i++) {
		g_free(g_array_index(people, struct person, i).name);
		g_free(g_array_index(people, struct person, i).email);
	}
	g_array_free(people, TRUE);
}
