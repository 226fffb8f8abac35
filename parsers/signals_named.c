/*
 * Names that the sender's own domain agrees with, wherever the mail has them, and what may be a name because a subject is cut so.
 * Houses without a word that says what they are ("Redd Barna", "Abelia") are known by nothing else. Whether it is one the daemon tells.
 */
#include <string.h>

#include "base/domain.h"
#include "base/tokens.h"
#include "parsers/signals_parts.h"

#define DOMAINS_MAX	4	/* of those who wrote and passed it on */
#define RUN_WORDS	7	/* of a name */
#define KEY_BYTES	160
#define WORDS_TRIED	3000	/* that begin as the domain does; who answers stands before that */
#define PIECE_BYTES	80	/* of a subject */
#define PIECES_MAX	8

void
named_add_domain(struct notes *n, const char *address)
{
	const char *at = strrchr(address, '@');
	guint       i;
	char       *domain;

	if (at == NULL || at[1] == '\0' || n->domains->len == DOMAINS_MAX)
		return;
	domain = g_utf8_strdown(at + 1, -1);
	for (i = 0; i < n->domains->len && strcmp(g_ptr_array_index(n->domains, i), domain) != 0; i++)
		;
	if (i == n->domains->len)
		g_ptr_array_add(n->domains, domain);
	else
		g_free(domain);
}

/* One of the domain's labels begins as the word does; without that it comes of no name that begins with it. */
static int
begins_a_label(const struct notes *n, char first)
{
	const char *domain, *p;
	guint       i;

	for (i = 0; i < n->domains->len; i++)
		for (domain = p = g_ptr_array_index(n->domains, i); *p != '\0'; p++)
			if ((p == domain || p[-1] == '.' || p[-1] == '-') && (*p == first || (unsigned char)*p >= 0x80))
				return 1;
	return 0;
}

/* Word i + 1 goes on with the name that word i is in: a blank, a hyphen, a broken line between, or what stands for them in a file's name. */
static int
goes_on(const struct stretch *s, size_t i)
{
	const struct word *one = words_at(s->words, i), *next = words_at(s->words, i + 1);
	size_t             from = one->at + one->bytes;

	if (next->at <= one->at)
		return next->at == one->at;	/* two words of one run */
	return next->at == from + 1 && strchr(" -\n_", s->text[from]) != NULL;
}

/* A word that leaves no doubt that it is part of the name before it. */
static int
belongs_behind(const struct stretch *s, size_t i)
{
	static const char *const small[] = { "kommune", "fylkeskommune", NULL };
	static const char *const forms[] = { "as", "asa", "sa", "sf", "iks", "kf", "hf", "ba", "nuf", "norge", "noreg", "norway", NULL };
	const struct word *w = words_at(s->words, i);
	size_t             k;

	for (k = 0; small[k] != NULL; k++)
		if (word_is(s->words, i, small[k]))
			return 1;
	for (k = 0; forms[k] != NULL; k++)
		if (word_is(s->words, i, forms[k]))
			return starts_upper(s->text + w->at, w->bytes);
	return 0;
}

/* "i Storvik", "på Sund": where something is, unless those who are there speak: "vi i Abelia". */
static int
is_place(const struct stretch *s, const struct sentence *one, size_t i)
{
	static const char *const before[] = { "i", "pa", "ved", "til", "av", "mot", "med", "in", "to", NULL };
	static const char *const us[] = { "vi", "me", "oss", "we", "us", NULL };
	size_t k, m;

	if (i == one->first)
		return 0;
	for (k = 0; before[k] != NULL && !word_is(s->words, i - 1, before[k]); k++)
		;
	if (before[k] == NULL)
		return 0;
	for (m = 0; i > one->first + 1 && us[m] != NULL; m++)
		if (word_is(s->words, i - 2, us[m]))
			return 0;
	return 1;
}

/* "Norsk", "Den norske" before word i, where a name goes on that the domain has without them: how many words. */
static size_t
national_before(const struct stretch *s, const struct sentence *one, size_t i)
{
	static const char *const nations[] = { "norsk", "norske", "norges", "noregs", "norwegian", NULL };
	size_t k;

	if (i == one->first || !goes_on(s, i - 1))
		return 0;
	for (k = 0; nations[k] != NULL && !word_is(s->words, i - 1, nations[k]); k++)
		;
	if (nations[k] == NULL)
		return 0;
	if (i - 1 > one->first && goes_on(s, i - 2) && (word_is(s->words, i - 2, "den") || word_is(s->words, i - 2, "det")) &&
	    starts_upper(s->text + words_at(s->words, i - 2)->at, words_at(s->words, i - 2)->bytes))
		return 2;
	return starts_upper(s->text + words_at(s->words, i - 1)->at, words_at(s->words, i - 1)->bytes) ? 1 : 0;
}

/* What words i .. i + count - 1 are, without an s that says whose something is. */
static void
note_run(struct notes *n, const struct stretch *s, size_t i, size_t count, int genitive, const char *how)
{
	const struct word *first = words_at(s->words, i), *last = words_at(s->words, i + count - 1);
	char              *name = g_strndup(s->text + first->at, last->at + last->bytes - first->at - (genitive ? 1 : 0));

	g_strdelimit(name, "\n\t_", ' ');
	note_once(n, SIGNAL_FROM_ORGANISATION, s, first->at, name, how);
	g_free(name);
}

static int
named_by_any(const struct notes *n, const char *key, int (*test)(const char *, const char *))
{
	guint i;

	for (i = 0; i < n->domains->len; i++)
		if (test(g_ptr_array_index(n->domains, i), key))
			return 1;
	return 0;
}

static unsigned
shortened_by_any(const struct notes *n, const char *key)
{
	unsigned best = 0, now;
	guint    i;

	for (i = 0; i < n->domains->len; i++) {
		now = domain_shortens(g_ptr_array_index(n->domains, i), key);
		best = MAX(best, now);
	}
	return best;
}

/*
 * The names that begin with word i. A run of words that the domain is made of is one, the shortest; what it may be the short of is
 * the run of which most words are in it.
 */
static void
note_from(struct notes *n, const struct stretch *s, const struct sentence *one, size_t i)
{
	GString *key = g_string_new(NULL);
	size_t   count, behind, before, short_count = 0, end = one->first + one->count;
	unsigned most = 0, now;
	int      genitive = 0, found = 0;

	for (count = 1; count <= RUN_WORDS && i + count <= end && !found && key->len < KEY_BYTES; count++) {
		if (count > 1 && !goes_on(s, i + count - 2))
			break;
		if (count > 1)
			g_string_append_c(key, ' ');
		g_string_append_len(key, word_token(s->words, i + count - 1), (gssize)words_at(s->words, i + count - 1)->len);
		if (key->len > 3 && key->str[key->len - 1] == 's') {
			g_string_truncate(key, key->len - 1);
			genitive = found = named_by_any(n, key->str, domain_names);
			g_string_append_c(key, 's');
		}
		found = found || named_by_any(n, key->str, domain_is_of);
		now = found || s->zone == ZONE_ATTACHMENT ? 0 : shortened_by_any(n, key->str);
		short_count = now > most ? count : short_count;
		most = MAX(most, now);
	}
	if (found) {
		count--;
		for (behind = i + count; !genitive && behind < end && goes_on(s, behind - 1) && belongs_behind(s, behind); behind++)
			count++;
		before = national_before(s, one, i);
		note_run(n, s, i - before, count + before, genitive, is_place(s, one, i - before) ? NAMED_AS_PLACE : NAMED_BY_DOMAIN);
		/* "Tunet sokneråd har …", from tunet.no: the next word may say what it is; a number does not. */
		if (!genitive && i + count < end && goes_on(s, i + count - 1) && !g_ascii_isdigit(s->text[words_at(s->words, i + count)->at]))
			note_run(n, s, i - before, count + before + 1, 0, NAMED_BY_SHORT);
	} else if (short_count > 0 && !is_place(s, one, i))
		note_run(n, s, i, short_count, 0, NAMED_BY_SHORT);
	g_string_free(key, TRUE);
}

/* --- a subject's pieces ---------------------------------------------------------------------------------------------- */

/* Where the next piece of the line begins, from `at` on: behind a dash between blanks, a colon, a comma, a stroke. */
static const char *
piece_end(const char *at)
{
	for (; *at != '\0'; at++)
		if (strchr(":,;|()_/", *at) != NULL || strncmp(at, " - ", 3) == 0 || strncmp(at, " \xe2\x80\x93", 4) == 0 || strncmp(at, " \xe2\x80\x94", 4) == 0)
			break;
	return at;
}

/* "Høring - ladeplikt - Storvik kommune", "innspill frå Storvik kommune": what begins with a capital behind a dash or "fra", and has no number. */
static void
note_pieces(struct notes *n, const struct stretch *s)
{
	static const char *const froms[] = { "fra ", "fr\xc3\xa5 ", "from ", "Fra ", "Fr\xc3\xa5 ", "From " };
	char        *line = g_strndup(s->text + s->at, s->end - s->at), *piece, *from;
	const char  *at = line, *end;
	unsigned     pieces;
	size_t       k;

	for (pieces = 0; pieces < PIECES_MAX && *at != '\0'; pieces++) {
		end = piece_end(at);
		piece = g_strndup(at, (gsize)(end - at));
		from = g_strstrip(piece);
		for (k = 0; k < G_N_ELEMENTS(froms); k++) {
			char *behind = strstr(piece, froms[k]);

			if (behind != NULL && (behind == piece || behind[-1] == ' ') && starts_upper(behind + strlen(froms[k]), strlen(behind + strlen(froms[k]))))
				from = behind + strlen(froms[k]);
		}
		if (starts_upper(from, strlen(from)) && strlen(from) < PIECE_BYTES && strlen(from) > 1 && strpbrk(from, "0123456789?!") == NULL)
			note_once(n, SIGNAL_FROM_ORGANISATION, s, s->at, from, from == piece || from[-1] != ' ' ? NAMED_IN_TITLE : NAMED_BEHIND_FROM);
		g_free(piece);
		for (at = end; *at != '\0' && strchr(" :,;|()_/-", *at) != NULL; at++)
			;
		if ((unsigned char)at[0] == 0xe2 && at[1] != '\0' && at[2] != '\0')
			at += 3;
	}
	g_free(line);
}

/* --- "Norsk Sjøforening (NSF)" ----------------------------------------------------------------------------------------- */

/* The name of words before word i that its letters are short for, from the nearest on; noted with the letters. */
static void
note_in_full(struct notes *n, const struct stretch *s, size_t i)
{
	const struct word *letters = words_at(s->words, i), *before = words_at(s->words, i - 1);
	const char        *text = s->text;
	char              *name, key[KEY_BYTES];
	size_t             k, bytes, end = before->at + before->bytes;

	for (k = 1; k <= RUN_WORDS + 2 && k <= i && (k == 1 || goes_on(s, i - k)); k++) {
		const struct word *first = words_at(s->words, i - k);

		if (!starts_upper(text + first->at, first->bytes))
			continue;
		bytes = tokens_fold(key, sizeof key, (const uint8_t *)text + first->at, end - first->at, NULL);
		if (bytes == 0 || !letters_are_of(text + letters->at, letters->bytes, key))
			continue;
		name = g_strdup_printf("%.*s (%.*s)", (int)(end - first->at), text + first->at, (int)letters->bytes, text + letters->at);
		g_strdelimit(name, "\n\t", ' ');
		note_once(n, SIGNAL_FROM_ORGANISATION, s, first->at, name, NAMED_IN_FULL);
		g_free(name);
		return;
	}
}

/* Word i stands in brackets by itself, and has the look of a short name. */
static int
is_bracketed(const struct stretch *s, size_t i)
{
	const struct word *w = words_at(s->words, i);
	const size_t       end = w->at + w->bytes;

	return w->at > s->at && s->text[w->at - 1] == '(' && end < s->end && s->text[end] == ')' && letters_are_short(s->text + w->at, w->bytes);
}

void
named_note(struct notes *n, const struct stretch *s)
{
	size_t k, i;

	if (s->zone == ZONE_SUBJECT || s->zone == ZONE_FILENAME)
		note_pieces(n, s);
	for (i = s->words->all->len > 0 ? 1 : 0; i < s->words->all->len; i++)
		if (is_bracketed(s, i))
			note_in_full(n, s, i);
	if (n->domains->len == 0)
		return;
	for (k = s->first; k < s->first + s->count; k++) {
		const struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		for (i = one->first; i < one->first + one->count && n->named_tried < WORDS_TRIED; i++) {
			const struct word *w = words_at(s->words, i);

			if (!starts_upper(s->text + w->at, w->bytes) || w->len == 0 || !begins_a_label(n, word_token(s->words, i)[0]))
				continue;
			n->named_tried++;
			note_from(n, s, one, i);
		}
	}
}
