/* What stands below a closing phrase: who signs, what the person is at work, and for which house. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/responder_parts.h"

#define FIRST_NAME 3	/* letters of the name that people sign with who know each other */
#define SURNAME	4	/* letters of a family's name that is a word as well: "Råd", "Lag" */

/* Behind "Kari Berg, " or "Kari Berg | ", where the work may stand on the name's line. */
static const char *
behind_name(const char *line)
{
	const char *cut = strpbrk(line, ",|;/");

	for (line = cut == NULL ? line : cut + 1; *line == ' '; line++)
		;
	return line;
}

unsigned
voice_signature(const struct session *s)
{
	return IN(s->voice == ZONE_FORWARDED ? ZONE_FORWARDED : ZONE_SIGNATURE);
}

static int
begins_large(const char *p)
{
	return isupper((unsigned char)*p) || (unsigned char)*p >= 0x80;
}

/* The first of these words between blanks behind which a name begins; *behind is there. NULL without one. */
static const char *
link_in(const char *line, const char **behind)
{
	static const char *const links[] = { " i ", " ved ", " for ", " hos ", " p\xc3\xa5 ", " av ", " at ", " of ", " in " };
	const char *found = NULL, *at;
	size_t      i;

	for (i = 0; i < sizeof links / sizeof links[0]; i++)
		if ((at = strstr(line, links[i])) != NULL && (found == NULL || at < found) && begins_large(at + strlen(links[i]))) {
			found = at;
			*behind = at + strlen(links[i]);
		}
	return found;
}

/* "elevrådet på Storvik skole": small letters, and yet a body by its first word and the house it is of. */
static int
is_body_of(const struct judge *j, const char *line)
{
	const char *behind, *link = link_in(line, &behind);
	char        first[NAME_BYTES];

	if (link == NULL || (size_t)(link - line) >= sizeof first || memchr(line, ' ', (size_t)(link - line)) != NULL)
		return 0;
	memcpy(first, line, (size_t)(link - line));
	first[link - line] = '\0';
	return name_class(j, first) != NULL;
}

/* "far til tre i Storvik kommune", "elev ved Storvik skole": who lives or learns there does not speak for it. */
static int
is_only_there(const struct judge *j, const char *line)
{
	static const char *const links[] = { "i", "ved", "hos", "pa", "av", "til", "for", "fra", "at", "of", "in", "from" };
	char         folded[NAME_KEY_BYTES];
	struct token words[3];
	size_t       n, i, k;

	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)line, strlen(line), NULL), words, 3);
	for (i = 0; i + 1 < n; i++)
		for (k = 0; word_lists_has(j->words, "there", words[i].p, words[i].n) && k < sizeof links / sizeof links[0]; k++)
			if (words[i + 1].n == strlen(links[k]) && memcmp(words[i + 1].p, links[k], words[i + 1].n) == 0)
				return 1;
	return 0;
}

/* A line that tells somebody's work: by a word for it, or in small letters up to where the work is ("flaggheiser ved Storvik havn"). */
static int
is_work(const struct judge *j, const char *line)
{
	const char *behind;

	return name_is_role(j, line) || (name_begins_small(line) && link_in(line, &behind) != NULL && !is_body_of(j, line));
}

/* Behind "for", "på vegne av": in whose name it is signed; NULL when the line does not say so. */
static const char *
behind_for(const struct judge *j, const char *line)
{
	static const char *const starts[] = { "for og på vegne av ", "for ", "fra ", "frå ", "from ", "på vegne av ", "på vegner av ", "on behalf of ", "e.f. " };
	static const char *const bodies[] = { "styret i ", "styret for ", "styret ", "leiinga i ", "ledelsen i ", "leiarane i " };
	size_t i;

	for (i = 0; i < sizeof starts / sizeof starts[0] && strncasecmp(line, starts[i], strlen(starts[i])) != 0; i++)
		;
	if (i == sizeof starts / sizeof starts[0])
		return NULL;
	line += strlen(starts[i]);
	for (i = 0; i < sizeof bodies / sizeof bodies[0] && strncasecmp(line, bodies[i], strlen(bodies[i])) != 0; i++)
		;
	line += i < sizeof bodies / sizeof bodies[0] ? strlen(bodies[i]) : 0;
	return begins_large(line) || is_body_of(j, line) ? line : NULL;
}

/* "rådgiver i Storvik kommune": where the work is; NULL when the line names none, or a part of the house ("Seksjon for plan"). */
static const char *
behind_role(const struct session *s, const char *line)
{
	const char *found, *at;

	if (name_says(s->j, line, "unit"))
		return NULL;
	for (at = strchr(line, ' '); at != NULL && name_begins_small(at + 1); at = strchr(at + 1, ' '))
		;
	if (at != NULL && name_begins_small(line) && memchr(line, ' ', (size_t)(at - line)) == NULL && name_class(s->j, at + 1) != NULL)
		return at + 1;	/* "leder Sund ungdomsråd" */
	for (at = strchr(line, ' '); at != NULL; at = strchr(at + 1, ' '))
		if (is_body_of(s->j, at + 1) && name_says(s->j, at + 1, "own-house"))
			return strcspn(line, ",;") < (size_t)(at - line) ? NULL : at + 1;	/* "leder i elevrådet ved Storvik skole" */
	if (link_in(line, &found) == NULL)
		return NULL;
	/* "leder, Nemnda for Rondane": behind the comma stands the house itself. */
	return strcspn(line, ",;") < (size_t)(found - line) ? NULL : found;
}

/* The line below, NULL when the signature ends here. */
static const char *
line_below(const struct search *f, const struct signal *line)
{
	const struct signal *end = f->s->p->signals + f->s->p->n_signals, *next;

	for (next = line + 1; next < end; next++)
		if (next->kind == SIGNAL_SIGNATURE_LINE && next->zone == line->zone && next->part == line->part)
			return next->value.p;
	return NULL;
}

/*
 * "Inga Solberg Råd" from inga.solberg.rad@…: the mailbox is a person's, whatever a word of the name may be elsewhere. So is
 * kari@kariberg.no.
 */
int
is_own_mailbox(const struct session *s, const char *name)
{
	char         key[NAME_KEY_BYTES], local[NAME_KEY_BYTES];
	struct token words[8], parts[8];
	const char  *at = strrchr(s->v->address, '@');
	size_t       n, m, i;

	name_key_as_written(s->j, name, key);
	n = token_split(key, strlen(key), words, 8);
	/* The address of a house may be made of its name too; a short word at the end is likelier one's family's. */
	if (at == NULL || n < 2 || (!name_is_person(s->j, name) && words[n - 1].n > SURNAME))
		return 0;
	m = token_split(local, tokens_fold(local, sizeof local, (const uint8_t *)s->v->address, (size_t)(at - s->v->address), NULL), parts, 8);
	for (i = 0; i < m && i < n && parts[i].n == words[i].n && memcmp(parts[i].p, words[i].p, parts[i].n) == 0; i++)
		;
	return m > 0 && i == m && (i == n || (i == 1 && name_is_person(s->j, name)));
}

/* "Kari Berg i Storvik", "Kari på Sund", the sender and where she is: the latter; NULL when the line is another. */
static const char *
where_sender_is(const struct search *f, const char *line)
{
	static const char *const links[] = { " i ", " p\xc3\xa5 ", " fra ", " fr\xc3\xa5 ", " from ", " in " };
	const char *contact = f->s->v->contact, *at = NULL;
	size_t      i, n;

	for (i = 0; i < sizeof links / sizeof links[0] && (at = strstr(line, links[i])) == NULL; i++)
		;
	n = at == NULL ? 0 : (size_t)(at - line);
	return n > 0 && name_is_person(f->s->j, contact) && strncmp(line, contact, n) == 0 && strchr(" ", contact[n]) != NULL ?
	    at + strlen(links[i]) : NULL;
}

/* A house by its words, by a list, or by the sender's domain. */
static int
is_surely_house(const struct search *f, const char *name)
{
	return name_class(f->s->j, name) != NULL || is_listed(f->s, judge_key(f->s, name)) || is_domains_own(f, name);
}

/* "v/ Kari Berg": by whom the house above it signs. */
static int
is_by(const char *line)
{
	return strncasecmp(line, "v/", 2) == 0 || strncasecmp(line, "ved ", 4) == 0;
}

/* "Kari Berg (kasserer)": the sender, and in brackets a word for her work; "(leder, Havets venner)" names a house as well. */
static int
is_with_work(const struct search *f, const char *line)
{
	const char *contact = f->s->v->contact, *in;
	size_t      n = strlen(contact);
	char        work[NAME_BYTES];

	if (!name_is_person(f->s->j, contact) || strncmp(line, contact, n) != 0 || strncmp(line + n, " (", 2) != 0)
		return 0;
	in = line + n + 2;
	(void)snprintf(work, sizeof work, "%.*s", (int)strcspn(in, ")"), in);
	return in[strcspn(in, ")")] == ')' && strpbrk(work, ",;|/") == NULL && behind_role(f->s, work) == NULL &&
	    (name_is_role(f->s->j, work) || (name_begins_small(work) && name_class(f->s->j, work) == NULL));
}

/*
 * Whose work stands below is a person, and the first line with a person's look, unless the sender's own name comes below it:
 * then it is the house ("Havna Musikkteater", "Kari Berg", "daglig leder"). A later one ("Redd Barna Storvik") may be anything.
 */
static int
is_signer(const struct search *f, const struct signal *line)
{
	const char *below = line_below(f, line);

	if ((f->own_mailbox && strcmp(line->value.p, f->s->v->contact) == 0) || is_with_work(f, line->value.p))
		return 1;
	if (!name_is_person(f->s->j, line->value.p) || (below != NULL && is_by(below)))
		return 0;
	if (strcmp(line->value.p, f->s->v->contact) == 0 || (below != NULL && name_is_role(f->s->j, below)))
		return 1;
	return strcmp(line->extra.p, "1") == 0 && (f->domain[0] == '\0' || !f->signs_contact);
}

/* "for Havna Musikkteater" above the name of who signs, from a house's own address. */
static int
signs_for_house(const struct search *f, const struct signal *line)
{
	const char *below = line_below(f, line);
	char        signer[NAME_BYTES];
	size_t      n = below == NULL ? 0 : strcspn(below, ",|");	/* "Kari Berg, rådgiver" */

	if (n == 0 || n >= sizeof signer)
		return 0;
	memcpy(signer, below, n);
	for (signer[n] = '\0'; n > 0 && signer[n - 1] == ' ';)
		signer[--n] = '\0';
	return f->domain[0] != '\0' && strcmp(line->extra.p, "1") == 0 && name_is_person(f->s->j, signer);
}

/*
 * "Plan- og bygningsetaten (Storvik kommune)", "Kulturavdelingen i Storvik kommune": the house whose part signs; NULL when only a
 * part is named ("Seksjon for plan"), else the line.
 */
static const char *
house_of(struct search *f, const char *line)
{
	static const char *const links[] = { " i ", " ved ", " hos ", " at " };
	const char *open = strrchr(line, '('), *at;
	char        inside[NAME_BYTES];
	size_t      i, n = strlen(line);

	if (open != NULL && open > line && line[n - 1] == ')' && isupper((unsigned char)open[1]) && n - (size_t)(open - line) < sizeof inside) {
		memcpy(inside, open + 1, n - (size_t)(open - line) - 2);
		inside[n - (size_t)(open - line) - 2] = '\0';
		if (name_class(f->s->j, inside) != NULL && !name_says(f->s->j, inside, "former"))
			return judge_copy(f->s, inside, strlen(inside));
	}
	(void)snprintf(inside, sizeof inside, "%.*s", (int)strcspn(line, " "), line);
	if (!name_says(f->s->j, inside, "unit") || is_domains_own(f, line))
		return line;	/* "Økokrims forebyggingsseksjon" is a name */
	for (i = 0; i < sizeof links / sizeof links[0]; i++)
		if ((at = strstr(line, links[i])) != NULL && isupper((unsigned char)at[strlen(links[i])]) && name_class(f->s->j, at + strlen(links[i])) != NULL)
			return at + strlen(links[i]);
	return name_class(f->s->j, line) == NULL ? NULL : line;
}

/* "På vegne av", "For laget:" on a line by itself: whose name it is signed in stands below. */
static int
only_says_for(const char *line)
{
	static const char *const starts[] = { "for ", "på vegne", "på vegner", "on behalf" }, *const ends[] = { " av", " of", " for", ":" };
	size_t i, k, n = strlen(line), m;

	for (i = 0; i < sizeof starts / sizeof starts[0]; i++)
		for (k = 0; strncasecmp(line, starts[i], strlen(starts[i])) == 0 && k < sizeof ends / sizeof ends[0]; k++)
			if (n >= (m = strlen(ends[k])) && strcasecmp(line + n - m, ends[k]) == 0)
				return 1;
	return 0;
}

/* One thing that a line below a signature says. */
static void
signature_piece(struct search *f, const char *whole, const struct signal *from, int points)
{
	const char *piece = house_of(f, whole), *name = piece == NULL ? NULL : behind_for(f->s->j, piece), *there;

	if (piece == NULL || only_says_for(piece))
		return;
	if ((there = where_sender_is(f, name != NULL ? name : piece)) != NULL) {
		if (!is_surely_house(f, there))
			return;	/* where she lives */
		piece = there;
		name = NULL;
	}
	if (name_says(f->s->j, piece, "paper") || (name == NULL && (name_says(f->s->j, piece, "former") || is_only_there(f->s->j, piece))))
		return;
	if (name != NULL && (!is_private_name(f->s, name) || signs_for_house(f, from)))
		found(f, name, FROM_BEHALF, points >= MAIL_POINTS ? BEHALF_POINTS : 20, from, "signed-for");
	else if (name == NULL && is_work(f->s->j, piece))
		name = behind_role(f->s, piece);
	else if (name == NULL)
		name = piece;
	if (name != NULL)
		found(f, name, FROM_SIGNATURE, points, from, "signature");
}

/* "Kari Berg, Storvik kommune, avdeling plan": what stands behind the name of who signs; else the line. */
static const char *
behind_signer(const struct search *f, const char *line)
{
	const char *contact = f->s->v->contact, *house = strstr(line, " for ");
	char        first[NAME_BYTES];
	size_t      n = strcspn(line, ",");

	/* "Kari Berg (16), leder Sund ungdomsråd" */
	if (contact[0] != '\0' && strncmp(line, contact, strlen(contact)) == 0 && strncmp(line + strlen(contact), " (", 2) == 0 && line[n] == ',')
		return behind_name(line + n);
	/* "Kari Berg for Havets venner": she, or by her first name. */
	if (house != NULL && name_is_person(f->s->j, contact) && strncmp(line, contact, (size_t)(house - line)) == 0 && strchr(" ", contact[house - line]) != NULL)
		return house + 1;

	if (line[n] == '\0' || n >= sizeof first || behind_name(line + n)[0] == '\0')
		return line;
	memcpy(first, line, n);
	first[n] = '\0';
	if (n >= FIRST_NAME && strncmp(contact, first, n) == 0 && contact[n] == ' ')
		return behind_name(line + n);	/* "Kari, Havlys Drift AS" */
	if (strcmp(first, contact) != 0 && (f->signs_contact || !name_is_person(f->s->j, first) || name_class(f->s->j, line + n) == NULL))
		return line;
	return name_is_person(f->s->j, first) ? behind_name(line + n) : line;
}

/* "Havets venner" above "v/ Kari Berg", or before it on the line, and she wrote the mail; the line without her. */
static const char *
signed_through(struct search *f, const struct signal *from, const char *line, int points)
{
	const char *contact = f->s->v->contact, *by = strstr(line, " v/"), *below, *end;

	if (by == NULL && (by = strstr(line, " ved ")) != NULL && (contact[0] == '\0' || strncmp(by + strlen(" ved "), contact, strcspn(contact, " ")) != 0))
		by = NULL;	/* "Elevrådet ved Storvik skole" */
	below = by != NULL ? by + 1 : line_below(f, from);

	if (by == line)
		return line;
	for (end = by; end != NULL && end > line && strchr(" ,", end[-1]) != NULL; end--)
		;
	if (end != NULL)
		line = judge_copy(f->s, line, (size_t)(end - line));
	if (line != NULL && below != NULL && is_by(below) && contact[0] != '\0' && strstr(below, contact) != NULL && !name_is_contact(line) &&
	    !name_is_role(f->s->j, line) && !name_is_prose(line))
		found(f, line, FROM_BEHALF, points >= MAIL_POINTS ? BEHALF_POINTS : 20, from, "signed-through");
	return line == NULL ? "" : line;
}

/* "Havets forening, Sjøgata 20, 0661 Storvik": of a line with an address what is a house by its words. */
static void
before_address(struct search *f, const char *line, const struct signal *from, int points)
{
	char   copy[NAME_BYTES], *piece, *rest = copy, *stroke;
	size_t n = strlen(line);

	if (n >= sizeof copy)
		return;
	memcpy(copy, line, n + 1);
	while ((piece = strsep(&rest, ",;")) != NULL && (piece += strspn(piece, " "), !name_is_contact(piece))) {
		if ((stroke = strstr(piece, " / ")) != NULL && of_two_tongues(f->s, piece) == piece)
			*stroke = '\0';
		if (name_class(f->s->j, piece) != NULL && !name_is_person(f->s->j, piece))
			signature_piece(f, piece, from, points);
	}
}

/* "Statsforvalteren i Sund, Bjerk og Ulvøy": the places of one house, and no list of houses. */
static int
lists_places(const struct judge *j, const char *line)
{
	const char *comma = strchr(line, ','), *last = strrchr(line, ','), *behind, *link = link_in(line, &behind);
	char        head[NAME_BYTES], place[NAME_BYTES];

	if (comma == NULL || link == NULL || link > comma || strpbrk(line, ";/") != NULL || strstr(last, " og ") == NULL)
		return 0;
	(void)snprintf(head, sizeof head, "%.*s", (int)(link - line), line);
	(void)snprintf(place, sizeof place, "%.*s", (int)(comma - behind), behind);
	return name_class(j, head) != NULL && name_class(j, place) == NULL && name_class(j, comma + 1) == NULL && strcspn(comma + 2, " ,") > 0 &&
	    !name_begins_small(comma + 2) && !name_says(j, comma + 1, "unit");
}

/* What commas and strokes part, each for itself. */
static void
signature_pieces(struct search *f, const char *line, const struct signal *from, int points, int *after_role)
{
	char   copy[NAME_BYTES], *piece, *rest = copy;
	size_t n;
	int    is_signed;

	(void)snprintf(copy, sizeof copy, "%s", line);
	while ((piece = strsep(&rest, ",;/")) != NULL) {
		while (*piece == ' ')
			piece++;
		for (n = strlen(piece); n > 0 && piece[n - 1] == ' ';)
			piece[--n] = '\0';
		/* "Kari Berg | daglig leder | Havna Musikkteater": behind the work, at a house's own address, it is the house. */
		is_signed = name_is_person(f->s->j, piece) && !(*after_role && f->domain[0] != '\0') && !is_domains_own(f, piece);
		if (n > 1 && !is_signed && !name_is_contact(piece))
			signature_piece(f, piece, from, points);
		*after_role = name_is_role(f->s->j, piece);
	}
}

/* "rådgiver, Storvik kommune" and "Kari Berg | Storvik kommune" hold two things. */
void
signature_line(struct search *f, const struct signal *from, int points)
{
	const char *line = signed_through(f, from, behind_signer(f, from->value.p), points);
	char        copy[NAME_BYTES], *piece, *rest = copy;
	size_t      n = strlen(line);
	int         after_role = 0;

	if (n > 1 && line[n - 1] == ')' && strchr(line, '(') == NULL)	/* "Kari Berg (leder, Havets venner)" */
		line = judge_copy(f->s, line, --n);
	if (line == NULL)
		return;
	if (strchr(line, '|') == NULL && strchr(line, ',') != NULL && name_is_contact(line)) {
		before_address(f, line, from, points);
		return;
	}
	/* "Storvik kommune | 51 00 00 00": of what stands between bars, each is for itself. */
	if (n >= sizeof copy || (strchr(line, '|') == NULL && name_is_contact(line)) || name_is_prose(line) || is_signer(f, from) || is_by(line))
		return;
	if (strpbrk(line, ",|;/") == NULL || of_two_tongues(f->s, line) != line) {
		signature_piece(f, line, from, points);
		return;
	}
	memcpy(copy, line, n + 1);
	while ((piece = strsep(&rest, "|")) != NULL) {
		piece += strspn(piece, " ");
		for (n = strlen(piece); n > 0 && piece[n - 1] == ' ';)
			piece[--n] = '\0';
		if (strpbrk(piece, ",;/") != NULL && !name_is_contact(piece))
			signature_piece(f, piece, from, points);	/* a comma may be in a name, a bar in none */
		if (!lists_places(f->s->j, piece))
			signature_pieces(f, piece, from, points, &after_role);
	}
}

/* The sender's own name stands in the signature. */
int
signs_contact(const struct session *s)
{
	size_t i, n = strlen(s->v->contact);

	if (!name_is_person(s->j, s->v->contact))
		return 0;
	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_SIGNATURE_LINE && (voice_signature(s) & IN(one->zone)) != 0 && strncmp(one->value.p, s->v->contact, n) == 0)
			return 1;
	}
	return 0;
}

/* Below the name stands what the person is at work, and is still. */
int
signs_with_role(const struct session *s)
{
	size_t i;
	int    role = 0;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind != SIGNAL_SIGNATURE_LINE || (voice_signature(s) & IN(one->zone)) == 0)
			continue;
		if (name_says(s->j, one->value.p, "former"))
			return 0;
		role |= !name_says(s->j, one->value.p, "unit") && name_is_role(s->j, behind_name(one->value.p));
	}
	return role;
}
