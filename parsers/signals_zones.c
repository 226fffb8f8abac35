#include "parsers/signals_zones.h"

#include <string.h>

#include "base/tokens.h"
#include "parsers/signals_lines.h"
#include "parsers/signals_parts.h"
#include "parsers/signals_roles.h"
#include "parsers/signals_words.h"

#define HEADER_LINES	10	/* lines a header block inside a text may take, wrapped subject included */
#define LEVELS_MAX	40	/* mails inside mails; a longer thread is all quote from there on */
#define PASSED_ON_WORDS	30	/* own words above a mail passed on without saying so */
#define OWN_LETTER_WORDS 50	/* own words above a mail passed on that may be a letter of their own */

/* --- what a line is ------------------------------------------------------------------------------------------------ */

enum field { FIELD_NONE, FIELD_FROM, FIELD_DATE, FIELD_TO, FIELD_COPY, FIELD_SUBJECT };

/* "Fra:" and its like in Norwegian, English, German, Swedish, Danish; *value is behind the colon. */
static enum field
header_field(const struct splitter *s, const struct line *l, size_t *value)
{
	static const struct { const char *word; enum field field; } names[] = {
		{ "fra", FIELD_FROM }, { "from", FIELD_FROM }, { "von", FIELD_FROM }, { "fran", FIELD_FROM }, { "avsender", FIELD_FROM },
		{ "avsendar", FIELD_FROM }, { "sendt", FIELD_DATE }, { "dato", FIELD_DATE }, { "sent", FIELD_DATE },
		{ "date", FIELD_DATE }, { "gesendet", FIELD_DATE }, { "datum", FIELD_DATE }, { "skickat", FIELD_DATE },
		{ "til", FIELD_TO }, { "to", FIELD_TO }, { "an", FIELD_TO }, { "till", FIELD_TO }, { "mottaker", FIELD_TO },
		{ "mottakar", FIELD_TO }, { "kopi", FIELD_COPY }, { "kopi til", FIELD_COPY }, { "cc", FIELD_COPY }, { "blindkopi", FIELD_COPY },
		{ "bcc", FIELD_COPY }, { "svar til", FIELD_COPY }, { "reply to", FIELD_COPY }, { "emne", FIELD_SUBJECT },
		{ "subject", FIELD_SUBJECT }, { "betreff", FIELD_SUBJECT }, { "amne", FIELD_SUBJECT }, { "aemne", FIELD_SUBJECT },
	};
	size_t      at = l->at, k, n;
	const char *colon;
	char        word[24];

	while (at < l->end && (s->text[at] == '>' || s->text[at] == '*' || s->text[at] == ' '))
		at++;
	colon = memchr(s->text + at, ':', l->end - at < 20 ? l->end - at : 20);
	if (colon == NULL)
		return FIELD_NONE;
	n = tokens_fold(word, sizeof word, (const uint8_t *)s->text + at, (size_t)(colon - s->text) - at, NULL);
	for (k = 0; k < G_N_ELEMENTS(names); k++)
		if (n > 0 && strcmp(word, names[k].word) == 0) {
			for (at = (size_t)(colon - s->text) + 1; at < l->end && strchr(" *\t", s->text[at]) != NULL; at++)
				;
			*value = at;
			return names[k].field;
		}
	return FIELD_NONE;
}

static void
set_field(struct splitter *s, char **to, size_t at, size_t end)
{
	if (*to == NULL)
		*to = g_strndup(s->text + at, end - at);
	else {	/* a wrapped line goes on */
		char *joined = g_strdup_printf("%s %.*s", *to, (int)(end - at), s->text + at);

		g_free(*to);
		*to = joined;
	}
}

/*
 * A header block from line i: From and two more of its lines, From first unless a separator stands above. Lines taken, 0 when
 * it is none; *h is filled in then.
 */
static size_t
header_block(struct splitter *s, size_t i, int is_separated, struct inner_header *h)
{
	size_t       k = i, value = 0, last = i;
	enum field   f;
	unsigned     seen = 0, fields = 0;
	char       **open = NULL, *copy = NULL, **slots[] = { NULL, &h->from, &h->date, &h->to, &copy, &h->subject };

	*h = (struct inner_header){ .at = line_at(s, i)->at };
	f = header_field(s, line_at(s, i), &value);
	if (f != FIELD_FROM && !(is_separated && f != FIELD_NONE))
		return 0;
	for (; k < s->lines->len && k < i + HEADER_LINES; k++) {
		f = header_field(s, line_at(s, k), &value);
		if (is_empty(line_at(s, k))) {	/* HTML paragraphs leave empty lines between the header lines */
			if (k + 1 >= s->lines->len || header_field(s, line_at(s, k + 1), &value) == FIELD_NONE)
				break;
			continue;
		}
		if (f == FIELD_FROM && (seen & 1u << FIELD_FROM) != 0)
			break;
		if (f != FIELD_NONE) {
			open = slots[f];
			fields += (seen & 1u << f) == 0;
			seen |= 1u << f;
			set_field(s, open, value, line_at(s, k)->end);
		} else if (open != NULL)
			set_field(s, open, line_at(s, k)->at, line_at(s, k)->end);
		last = k;
	}
	g_free(copy);
	if (fields < 3 || h->from == NULL) {
		g_free(h->from);
		g_free(h->date);
		g_free(h->to);
		g_free(h->subject);
		return 0;
	}
	return last + 1 - i;
}

/* An address, a day in figures, or nothing behind the verb: who wrote it and when. "Skrev dette på bussen:" tells neither. */
static int
tells_writer(const struct splitter *s, const struct words *w)
{
	const size_t end = words_at(w, w->all->len - 1)->at + words_at(w, w->all->len - 1)->bytes;
	size_t       i, figures = 0;

	for (i = words_at(w, 0)->at; i < end; i++)
		figures += g_ascii_isdigit(s->text[i]) && !g_ascii_isdigit(s->text[i + 1]);
	return figures > 1 || memchr(s->text + words_at(w, 0)->at, '@', end - words_at(w, 0)->at) != NULL ||
	    phrases_has(s->ph, w, w->all->len - 1, 1, "attribution");
}

/* "Den 3. mai 2022 skrev Kari <kari@x.no>:" on one line or wrapped over up to three. Lines taken, 0: it is none. */
static size_t
attribution(const struct splitter *s, size_t i)
{
	size_t        k;
	struct words *w;
	int           found;

	for (k = i; k < s->lines->len && k < i + 3 && !is_empty(line_at(s, k)); k++) {
		if (s->text[line_at(s, k)->end - 1] != ':')
			continue;
		w = line_words(s, i, k + 1 - i);
		found = w->all->len >= 3 && w->all->len <= 40 && phrases_has(s->ph, w, 0, w->all->len, "attribution") && tells_writer(s, w);
		words_free(w);
		return found ? k + 1 - i : 0;
	}
	return 0;
}

/* --- where a mail inside begins ------------------------------------------------------------------------------------ */

static const char *
skip_blank(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

int
zones_subject_prefix(const char *subject, const char **rest)
{
	static const struct { const char *word; int sort; } prefixes[] = {
		{ "sv:", 1 }, { "re:", 1 }, { "ad:", 1 }, { "aw:", 1 }, { "vs:", 2 }, { "fw:", 2 }, { "fwd:", 2 }, { "wg:", 2 },
		{ "vb:", 2 }, { "videresend:", 2 }, { "videresendt:", 2 }, { "vidaresend:", 2 }, { "vidaresendt:", 2 },
	};
	const char *p = skip_blank(subject);
	int         sort = 0;
	size_t      k, n;

again:
	for (k = 0; k < G_N_ELEMENTS(prefixes); k++) {
		n = strlen(prefixes[k].word);
		if (g_ascii_strncasecmp(p, prefixes[k].word, n) == 0) {
			if (sort == 0)
				sort = prefixes[k].sort;	/* the outermost is what this mail is */
			p = skip_blank(p + n);
			goto again;
		}
	}
	if (rest != NULL)
		*rest = p;
	return sort;
}

/* Words of lines from .. to - 1 that are not quoted with >. */
static size_t
words_above(const struct splitter *s, size_t from, size_t to)
{
	size_t n = 0;

	for (; from < to; from++)
		n += line_at(s, from)->quoted ? 0 : line_at(s, from)->words;
	return n;
}

/*
 * The lines from .. to are a signed letter that outweighs the mail below it: who passes on an appeal to write, and writes himself.
 * A clerk's note above a mail passed on is shorter than the mail.
 */
static int
is_own_letter(const struct splitter *s, size_t from, size_t to, size_t below)
{
	size_t i, words = 0, rest = 0;

	for (i = from; i < to && !line_says(s, i, "closing", CLOSING_WORDS); i++)
		words += line_at(s, i)->quoted ? 0 : line_at(s, i)->words;
	for (; below < s->lines->len; below++)
		rest += line_at(s, below)->words;
	return i < to && words >= OWN_LETTER_WORDS && words > rest;
}

/* The domain behind the @ of the first address in p, "" when none. */
static void
domain_of(const char *p, char *out, size_t size)
{
	const char *at = p == NULL ? NULL : strchr(p, '@');
	size_t      n = 0;

	for (at = at == NULL ? "" : at + 1; n + 1 < size && (g_ascii_isalnum(*at) || *at == '.' || *at == '-'); at++)
		out[n++] = g_ascii_tolower(*at);
	out[n] = '\0';
}

/*
 * Passed on, or quoted below an answer? The separator or the subject's prefix says so; without either, few words above a
 * mail that was itself written to the ministry.
 */
static int
is_passed_on(const struct zone_hints *hints, const struct inner_header *h, int separator, size_t above)
{
	int  prefix = zones_subject_prefix(hints->subject, NULL);
	char inner_from[128], inner_to[128], outer_to[128], outer_from[128];

	domain_of(h->from, inner_from, sizeof inner_from);
	domain_of(hints->address, outer_from, sizeof outer_from);
	domain_of(h->to, inner_to, sizeof inner_to);
	domain_of(hints->to, outer_to, sizeof outer_to);
	if (inner_from[0] != '\0' && strcmp(inner_from, outer_to) == 0 && strcmp(inner_from, outer_from) != 0)
		return 0;	/* the ministry's own mail comes back; what its people pass to each other does not */
	if (inner_from[0] == '\0' && h->from != NULL && strcasestr(h->from, "departementet") != NULL)
		return 0;	/* so does its letter, from a client that writes names without addresses */
	if (separator == 2 || prefix == 2)
		return 1;
	if (prefix == 1 || above > PASSED_ON_WORDS)
		return 0;
	return inner_to[0] != '\0' && strcmp(inner_to, outer_to) == 0;
}

/* A line of nothing but - _ = or *, at least ten of them. */
static int
is_rule(const struct splitter *s, const struct line *l)
{
	size_t i;

	for (i = l->at; i < l->end; i++)
		if (strchr("-_=*", s->text[i]) == NULL)
			return 0;
	return l->end - l->at >= 10;
}

/*
 * What begins at line i: lines of frame, 0 for nothing. *separator: 2 when it says that a mail is passed on, else 1.
 * *h is filled in when a header block belongs to it.
 */
static size_t
mail_begins(struct splitter *s, size_t i, struct inner_header *h, int *separator)
{
	size_t k = i, block;
	int    said = line_says(s, i, "separator-forward", 8) ? 2 : line_says(s, i, "separator-quote", 8) ? 1 : 0;

	*separator = said;
	if (said != 0 || is_rule(s, line_at(s, i)))
		for (k = i + 1; k < s->lines->len && k < i + 3 && is_empty(line_at(s, k)); k++)
			;
	block = k < s->lines->len ? header_block(s, k, said != 0, h) : 0;
	if (block > 0)
		return k + block - i;
	*h = (struct inner_header){ .at = line_at(s, i)->at };
	if (said != 0)
		return 1;
	block = attribution(s, i);
	if (block > 0)
		*separator = 1;
	return block;
}

/* Levels, and the zone of each; lines with > are quoted wherever they stand. */
static void
mark_levels(struct splitter *s, const struct zone_hints *outer)
{
	struct zone_hints   hints = *outer;
	struct inner_header h;
	enum zone           zone = ZONE_BODY;
	unsigned            level = 0;
	size_t              i, k, frame, start = 0;
	int                 separator;

	for (i = 0; i < s->lines->len; i++) {
		if (is_empty(line_at(s, i)))
			continue;
		frame = level < LEVELS_MAX ? mail_begins(s, i, &h, &separator) : 0;
		if (frame > 0) {
			k = i + frame;
			while (k < s->lines->len && is_empty(line_at(s, k)))
				k++;
			h.level = ++level;
			h.forwarded = zone != ZONE_QUOTED && !(zone == ZONE_BODY && is_own_letter(s, start, i, i + frame)) &&
			    is_passed_on(&hints, &h, separator, words_above(s, start, i));
			zone = h.forwarded ? ZONE_FORWARDED : k < s->lines->len && line_at(s, k)->quoted && h.from == NULL ? zone : ZONE_QUOTED;
			for (k = i; k < i + frame; k++) {
				line_at(s, k)->zone = h.forwarded ? ZONE_FORWARDED : ZONE_QUOTED;
				line_at(s, k)->role = ROLE_FRAME;
				line_at(s, k)->level = level;
			}
			if (h.subject != NULL)
				hints.subject = h.subject;
			g_array_append_val(s->out->inner, h);
			if (zone == ZONE_BODY)
				level = 0;	/* "… skrev:" above lines with >: the sender's words may go on below */
			i += frame - 1;
			start = i + 1;
			continue;
		}
		line_at(s, i)->zone = line_at(s, i)->quoted && zone != ZONE_FORWARDED ? ZONE_QUOTED : zone;
		line_at(s, i)->level = line_at(s, i)->quoted ? level + 1 : level;
	}
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static void
emit_spans(struct splitter *s)
{
	size_t             i;
	const struct line *l;
	struct span       *last;

	for (i = 0; i < s->lines->len; i++) {
		struct span one;

		l = line_at(s, i);
		if (is_empty(l))
			continue;
		one = (struct span){ .zone = l->zone == ZONE_BODY && l->role == ROLE_SIGNATURE ? ZONE_SIGNATURE : l->zone,
		    .role = l->role, .level = l->level, .at = l->at, .end = l->end };
		last = s->out->spans->len == 0 ? NULL : &g_array_index(s->out->spans, struct span, s->out->spans->len - 1);
		if (last != NULL && last->zone == one.zone && last->role == one.role && last->level == one.level)
			last->end = one.end;
		else
			g_array_append_val(s->out->spans, one);
	}
}

struct zones *
zones_split(const char *text, size_t n, const struct zone_hints *hints, const struct phrases *ph)
{
	struct splitter s = { .text = text, .ph = ph };
	unsigned        deepest = 0;
	size_t          i;

	s.out = g_new0(struct zones, 1);
	s.out->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	s.out->inner = g_array_new(FALSE, FALSE, sizeof(struct inner_header));
	s.lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	lines_read(&s, n);
	mark_levels(&s, hints);
	for (i = 0; i < s.lines->len; i++)
		if (line_at(&s, i)->zone != ZONE_QUOTED && line_at(&s, i)->level > deepest)
			deepest = line_at(&s, i)->level;
	roles_mark(&s, hints, deepest);
	emit_spans(&s);
	g_array_free(s.lines, TRUE);
	return s.out;
}

void
zones_free(struct zones *z)
{
	guint i;

	if (z == NULL)
		return;
	for (i = 0; i < z->inner->len; i++) {
		struct inner_header *h = &g_array_index(z->inner, struct inner_header, i);

		g_free(h->from);
		g_free(h->date);
		g_free(h->to);
		g_free(h->subject);
	}
	g_array_free(z->inner, TRUE);
	g_array_free(z->spans, TRUE);
	g_free(z);
}
