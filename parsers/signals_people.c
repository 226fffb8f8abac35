/*
 * Persons signed up: a name and an address beside each other, in prose, lists and tables, and who will speak.
 */
#include <string.h>

#include "parsers/signals_parts.h"

#define NAME_WORDS_MAX	5
#define PEOPLE_MAX	100
#define WRAPPED_LINE	50	/* a line this long may go on below */

struct person {
	char  *name, *email;
	size_t at, end;		/* of the lines that tell of it, without those of the next */
	int    speaker;
};

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
		if (text[i] == '.')
			dot = i;
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

/* Two to five words, each beginning with a capital or a name's small particle: "Kari van der Berg", "Ole-Jørgen Å. Skår". */
static int
is_name(const char *p, size_t n)
{
	static const char *const particles[] = { "van", "von", "der", "den", "de", "da", "del", "af", "av", "el", "al", "bin", "ten", "la" };
	gchar **words = NULL, *copy = g_strndup(p, n);
	guint   k, i, capitals = 0, small = 0;
	int     good = 1;

	words = g_strsplit_set(g_strstrip(copy), " ", -1);
	for (k = 0; words[k] != NULL; k++) {
		if (words[k][0] == '\0')
			continue;
		if (starts_upper(words[k], strlen(words[k])))
			capitals++;
		else {
			for (i = 0; i < G_N_ELEMENTS(particles) && strcmp(words[k], particles[i]) != 0; i++)
				;
			good = good && i < G_N_ELEMENTS(particles);
			small++;
		}
		good = good && strpbrk(words[k], "0123456789@:/()") == NULL;
	}
	good = good && capitals >= 2 && capitals + small <= NAME_WORDS_MAX;
	g_strfreev(words);
	g_free(copy);
	return good;
}

/* Cuts bullets, numbering, labels ("Navn:") and brackets off both ends. */
static char *
trim_name(const struct notes *n, const char *p, size_t len)
{
	struct words *w;
	size_t        at = 0, end = len, i;
	int           cut;

	do {
		cut = 0;
		while (at < end && (strchr(" \t\n-*.,;:()[]<>|\"'/+", p[at]) != NULL || g_ascii_isdigit(p[at])))
			at++;
		for (i = 0; i < 5; i++)		/* bullets and dashes beyond ASCII */
			if (end - at >= 3 && (memcmp(p + at, "\xe2\x80", 2) == 0 || memcmp(p + at, "\xe2\x97", 2) == 0))
				at += 3, cut = 1;
		w = words_new();
		words_add(w, p, at, end);
		if (w->all->len > 0 && phrases_has(n->ph, w, 0, 1, "person-label")) {
			at = words_at(w, 0)->at + words_at(w, 0)->bytes;
			cut = 1;
		}
		words_free(w);
	} while (cut && at < end);
	while (end > at && strchr(" \t\n-*.,;:()[]<>|\"'/", p[end - 1]) != NULL)
		end--;
	/* A label behind the name belongs to the address: "Kari Berg E-post:" */
	for (cut = 1; cut && end > at;) {
		cut = 0;
		w = words_new();
		words_add(w, p, at, end);
		if (w->all->len > 1 && phrases_has(n->ph, w, w->all->len - 1, 1, "person-label")) {
			end = words_at(w, w->all->len - 1)->at;
			cut = 1;
		}
		words_free(w);
		while (end > at && strchr(" \t\n-*.,;:()[]<>|\"'/", p[end - 1]) != NULL)
			end--;
	}
	return g_strndup(p + at, end - at);
}

static size_t
line_begin(const struct stretch *s, size_t i)
{
	while (i > s->at && s->text[i - 1] != '\n')
		i--;
	return i;
}

/* The last name in text[at .. end): behind the last separator that leaves one ("Leder, Kari Berg" …), else none. */
static char *
name_in(const struct notes *n, const char *text, size_t at, size_t end)
{
	char  *name = trim_name(n, text + at, end - at);
	char **pieces;
	guint  k;

	if (is_name(name, strlen(name)))
		return name;
	pieces = g_strsplit_set(name, ",;\t|(:", -1);
	g_free(name);
	name = NULL;
	for (k = 0; pieces[k] != NULL && name == NULL; k++) {
		char *piece = trim_name(n, pieces[k], strlen(pieces[k]));

		if (is_name(piece, strlen(piece)))
			name = piece;
		else
			g_free(piece);
	}
	g_strfreev(pieces);
	return name;
}

/* The name that belongs to the address at `at`: on its line before it, else on the nearest lines above, not above `floor`. */
static char *
name_before(const struct notes *n, const struct stretch *s, size_t at, size_t floor, size_t *from)
{
	size_t   line = line_begin(s, at), end;
	char    *name;
	unsigned lines = 0;

	*from = MAX(line, floor);
	name = name_in(n, s->text, *from, at);
	for (; name == NULL && line > floor && line > s->at && lines < 4; lines++) {
		end = line - 1;
		line = line_begin(s, end);
		if (line < floor)
			break;
		name = name_in(n, s->text, line, end);
		if (name != NULL)
			*from = line;
	}
	return name;
}

/* What is told of who speaks: on the person's own lines, or in a sentence with the person's name. */
static int
says_speaker(const struct notes *n, const char *text, size_t at, size_t end)
{
	struct words *w = words_new();
	size_t        k;
	int           yes = 0;

	words_add(w, text, at, end);
	for (k = 0; k < w->sentences->len; k++) {
		const struct sentence *one = &g_array_index(w->sentences, struct sentence, k);

		if (phrases_has(n->ph, w, one->first, one->count, "speaker") && !phrases_has(n->ph, w, one->first, one->count, "speaker!"))
			yes = 1;
	}
	words_free(w);
	return yes;
}

/* Lines that name somebody and say that he or she speaks: "Kari Berg holder innlegget vårt.", also wrapped onto the next. */
static void
speakers_by_name(const struct notes *n, const struct stretch *s, GArray *people)
{
	size_t      at, end, stop;
	guint       i;
	const char *feed;
	char       *text;

	for (at = s->at; at < s->end; at = end + 1) {
		feed = memchr(s->text + at, '\n', s->end - at);
		end = feed == NULL ? s->end : (size_t)(feed - s->text);
		feed = end < s->end ? memchr(s->text + end + 1, '\n', s->end - end - 1) : NULL;
		stop = feed == NULL ? s->end : (size_t)(feed - s->text);
		if (memchr(s->text + at, '@', end - at) != NULL)
			continue;
		if (end - at < WRAPPED_LINE || memchr(s->text + end, '@', stop - end) != NULL)
			stop = end;
		if (!says_speaker(n, s->text, at, stop))
			continue;
		text = g_strndup(s->text + at, stop - at);
		g_strdelimit(text, "\n", ' ');
		for (i = 0; i < people->len; i++) {
			struct person *p = &g_array_index(people, struct person, i);

			p->speaker |= p->name[0] != '\0' && strstr(text, p->name) != NULL;
		}
		g_free(text);
	}
}

static GArray *
people_with_addresses(const struct notes *n, const struct stretch *s)
{
	GArray       *people = g_array_new(FALSE, FALSE, sizeof(struct person));
	size_t        i, at, bytes, floor = s->at, from;
	struct person p, *last;

	for (i = s->at; i < s->end && people->len < PEOPLE_MAX; i++) {
		if (s->text[i] != '@')
			continue;
		at = address_around(s, i, &bytes);
		if (at == 0 || at < floor)
			continue;
		p = (struct person){ .name = name_before(n, s, at, floor, &from), .end = s->end };
		if (p.name == NULL) {
			p.name = g_strdup("");
			from = at;
		}
		p.at = from;
		p.email = g_utf8_strdown(s->text + at, (gssize)bytes);
		last = people->len == 0 ? NULL : &g_array_index(people, struct person, people->len - 1);
		if (last != NULL)
			last->end = from;
		g_array_append_val(people, p);
		floor = at + bytes;
		i = floor;
	}
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

/* A sentence on the person's own lines that names nobody else; a new line with another's name is not theirs. */
static int
own_lines_say(const struct notes *n, const struct stretch *s, const struct person *p)
{
	size_t      end = own_end(s, p), line = p->at, stop;
	const char *feed, *behind = memchr(s->text + p->at, '@', end - p->at);

	/* The line with the address, and wrapped or further lines that do not begin with a name. */
	line = behind == NULL ? p->at : (size_t)(behind - s->text);
	feed = memchr(s->text + line, '\n', end - line);
	stop = feed == NULL ? end : (size_t)(feed - s->text);
	while (stop < end) {
		size_t next = stop + 1;
		char  *name;

		feed = memchr(s->text + next, '\n', end - next);
		line = feed == NULL ? end : (size_t)(feed - s->text);
		name = name_in(n, s->text, next, MIN(line, next + 60));
		if (name != NULL || is_name(s->text + next, MIN(line - next, 25)) ) {
			g_free(name);
			break;
		}
		if (p->name[0] != '\0' && line - next > strlen(p->name) && strncmp(s->text + next, p->name, strlen(p->name)) != 0 &&
		    starts_upper(s->text + next, line - next) && line - next > 30)
			break;
		stop = line;
	}
	return says_speaker(n, s->text, p->at, stop);
}

void
people_note(struct notes *n, const struct stretch *s)
{
	GArray *people = people_with_addresses(n, s);
	guint   i;
	char   *extra;

	speakers_by_name(n, s, people);
	for (i = 0; i < people->len; i++) {
		struct person *p = &g_array_index(people, struct person, i);

		p->speaker |= own_lines_say(n, s, p);
		extra = g_strdup_printf("%s||%d", p->email, p->speaker);
		note_once(n, SIGNAL_PERSON, s, p->at, p->name, extra);
		g_free(extra);
		g_free(p->name);
		g_free(p->email);
	}
	g_array_free(people, TRUE);
}
