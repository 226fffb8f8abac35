/*
 * A message read for signals: its texts are cut into stretches (whose words, what for), each stretch is read once for
 * everything that can stand in it, and what needs the whole message (language, digests) comes last.
 */
#include "parsers/signals.h"

#include <string.h>

#include "parsers/rules.h"
#include "parsers/signals_parts.h"

/* Tokens kept of one zone, so that a long quote or attachment leaves room for the sender's own words. */
static const size_t tokens_budget[ZONES] = {
	[ZONE_SUBJECT] = 4u << 10, [ZONE_BODY] = 16u << 10, [ZONE_SIGNATURE] = 2u << 10, [ZONE_QUOTED] = 6u << 10,
	[ZONE_FORWARDED] = 12u << 10, [ZONE_ATTACHMENT] = 20u << 10, [ZONE_FILENAME] = 3u << 10,
};
#define TOKENS_OF_ATTACHMENT	(4u << 10)	/* of one: its head, where title and reference stand */
#define CLOSING_WEIGHT		4u
#define WEAK			"-maybe"	/* ends the name of a group that says the same less surely */
#define WEAK_SENTENCES		14u	/* of a text in which a weak "no remarks" is heard, */
#define WEAK_WORDS		34u	/* and words of its sentence */
#define SIGNED_WORDS		8u	/* of a line with a name and a work */
#define LANGUAGE_WORDS		4000u		/* of one text; more says nothing new */

/* --- phrases ------------------------------------------------------------------------------------------------------- */

#define HITS			300u	/* of one sentence */

struct found { struct notes *n; GArray *hits; const struct stretch *s; const struct sentence *in; };

static void
keep_hit(void *arg, const struct phrase_hit *hit)
{
	struct found *found = arg;

	if (found->hits->len < HITS)
		g_array_append_val(found->hits, *hit);
}

/* Where a phrase with this mark must stand to bear on the other: behind it, on words of it, or anywhere in the sentence. */
static int
bears_on(char mark, const struct phrase_hit *marked, const struct phrase_hit *hit)
{
	if (mark == '>')
		return marked->first >= hit->first + hit->count;
	return mark != '|' || (marked->first < hit->first + hit->count && hit->first < marked->first + marked->count);
}

/*
 * One of the group with these first n bytes and this mark stands in the same sentence as the phrase, where it bears on it, and is
 * not silenced by words of its own: "ingen merknader, men takk for brevet" takes nothing back.
 */
static int
has_mark_of(const GArray *hits, const struct phrase_hit *hit, size_t n, char mark)
{
	guint i;

	for (i = 0; i < hits->len; i++) {
		const struct phrase_hit *other = &g_array_index(hits, struct phrase_hit, i);

		if (strncmp(other->group, hit->group, n) == 0 && other->group[n] == mark && other->group[n + 1] == '\0' && bears_on(mark, other, hit) &&
		    !has_mark_of(hits, other, n + 1, '|'))
			return 1;
	}
	return 0;
}

/* Bytes of "x" in the group's name "x-maybe"; 0 for another. */
static size_t
weak_of(const char *group)
{
	size_t n = strlen(group), weak = strlen(WEAK);

	return n > weak && strcmp(group + n - weak, WEAK) == 0 ? n - weak : 0;
}

/* What speaks against "x" speaks against "x-maybe" too. */
static int
has_marked(const GArray *hits, const struct phrase_hit *hit, char mark)
{
	size_t sure = weak_of(hit->group);

	return has_mark_of(hits, hit, strlen(hit->group), mark) || (sure > 0 && has_mark_of(hits, hit, sure, mark));
}

/* "No more than that", where "that" is not said to be nothing as well: "and no others either" (group "x^"). */
static int
is_rest(const GArray *hits, const struct phrase_hit *hit)
{
	return has_marked(hits, hit, '~') && !has_marked(hits, hit, '^');
}

/* "Vi kommer ikke, men sender innspill": a no ends where what follows is set against it. */
static int
is_cut(const struct stretch *s, const struct phrase_hit *hit)
{
	static const char *const against[] = { "men", "but" };
	size_t i, k;

	for (i = hit->first + 1; strncmp(hit->group, "no-remarks", 10) == 0 && i + 1 < hit->first + hit->count; i++)
		for (k = 0; k < G_N_ELEMENTS(against); k++)
			if (word_is(s->words, i, against[k]) && strstr(hit->id, " men ") == NULL)
				return 1;
	return 0;
}

static int
is_silenced(const struct stretch *s, const GArray *hits, const struct phrase_hit *hit)
{
	if (is_cut(s, hit))
		return 1;
	if (weak_of(hit->group) > 0 && is_rest(hits, hit))
		return 1;
	return has_marked(hits, hit, '!') || has_marked(hits, hit, '>') || has_marked(hits, hit, '|');
}

/* A group of a sum: one of its phrases that nothing silences, or the question mark. */
static int
has_part(void *arg, const char *group, struct phrase_hit *part)
{
	const struct found *found = arg;
	guint               i;

	for (i = 0; i < found->hits->len; i++) {
		*part = g_array_index(found->hits, struct phrase_hit, i);
		if (strcmp(part->group, group) == 0 && !is_silenced(found->s, found->hits, part))
			return 1;
	}
	*part = (struct phrase_hit){ .first = found->in->first, .count = found->in->count };
	return strcmp(group, "+?") == 0 && found->in->asks;
}

/* Whether what follows is what was decided: that is what counts, whatever was said of the matter before. */
static void
note_decision(const struct stretch *s, const GArray *hits, int *decided)
{
	guint i;

	if (s->zone != ZONE_ATTACHMENT && s->zone != ZONE_BODY)
		return;
	for (i = 0; i < hits->len; i++) {
		const char *group = g_array_index(hits, struct phrase_hit, i).group;

		if (strcmp(group, "decision") == 0)
			*decided = 1;
		else if (strcmp(group, "discussion") == 0)
			*decided = 0;
	}
}

static int
is_decided_on(const char *group)
{
	return strcmp(group, "no-remarks") == 0 || strcmp(group, "substance") == 0 || strcmp(group, "demand") == 0;
}

/* Groups that only the parser needs: they cut texts, and never leave it. */
static int
is_internal(const char *group)
{
	static const char *const internal[] = { "greeting", "greeting-word", "closing", "sent-with", "disclaimer", "contact", "attribution",
		"separator-forward", "separator-quote", "signed-for", "person-label", "ends-name", "letter", "speaker", "speaker-column", "speaker-mark", "leaves-behind", "leaves-before",
		"leaves-within", "ends-together", "stays-away", "stays-partly", "courtesy", "background", "cites", "retells", "health-who", "health-what", "health-cut" };
	size_t i;

	if (group[0] == '+' || strpbrk(group, "!>~|^") != NULL)
		return 1;
	for (i = 0; i < G_N_ELEMENTS(internal); i++)
		if (strcmp(group, internal[i]) == 0)
			return 1;
	return 0;
}

/* What must not be shown to the public counts wherever it is said: in a greeting, below the name, in the alternative nobody reads. */
static int
is_heard(const struct stretch *s, const char *group)
{
	return s->role == ROLE_WORDS || (s->role != ROLE_DISCLAIMER && (strcmp(group, "confidential") == 0 || strcmp(group, "health") == 0));
}

/* Heard only of a short text, and of a short sentence: a longer one has other words for it. */
static int
is_out_of_place(const struct stretch *s, struct sentence *in, const char *group)
{
	if (weak_of(group) > 0)
		return in->weak++ > 0 || s->count > WEAK_SENTENCES || in->count > WEAK_WORDS;
	return strcmp(group, "signed") == 0 && in->count > SIGNED_WORDS;
}

static void
note_hit(struct notes *n, const struct stretch *s, const struct phrase_hit *hit, const char *group, struct sentence *in)
{
	size_t at = words_at(s->words, hit->first)->at;

	if (strcmp(hit->group, "on-behalf-of") == 0 || strcmp(hit->group, "from-organisation") == 0 || strcmp(hit->group, "we-in") == 0)
		names_note_phrase(n, s, hit);
	else if (strcmp(hit->group, "answers") == 0)
		names_note_subject(n, s, in, hit->first);
	else if (strcmp(hit->group, "answer-of") == 0)
		names_note_owner(n, s, hit);
	else if (strcmp(hit->group, "asked-us") == 0)
		names_note_asker(n, s, in);
	else if (strcmp(hit->group, "replaces") == 0 || strcmp(hit->group, "supplement") == 0) {
		note_once(n, SIGNAL_REPLACES, s, at, hit->id, hit->group);
		in->transport = s->of_mail ? MAX(in->transport, answer_sending_words(n, s, in, hit)) : 0;
	} else if (strcmp(hit->group, "confidential") == 0)
		note_once(n, SIGNAL_CONFIDENTIAL, s, at, hit->id, "");
	else {
		note_once(n, SIGNAL_PHRASE, s, at, group, hit->id);
		if (strcmp(hit->group, "together") == 0 && !in->together) {
			names_note_together(n, s, in);
			in->together = 1;
		}
		if (strcmp(hit->group, "resend") == 0)
			in->transport = s->of_mail ? MAX(in->transport, answer_sending_words(n, s, in, hit)) : 0;
	}
}

/* "Våre medlemmer bor langt unna": no "bør", though keyboards without the letter write so; a text that has it means what it writes. */
static int
only_lives(const struct stretch *s, const struct phrase_hit *hit)
{
	const struct word *w = words_at(s->words, hit->first);

	return word_is(s->words, hit->first, "bor") && w->bytes == 3 && (s->text[w->at + 1] == 'o' || s->text[w->at + 1] == 'O') &&
	    (memmem(s->text + s->at, s->end - s->at, "\xc3\xb8", 2) != NULL || memmem(s->text + s->at, s->end - s->at, "\xc3\xa5", 2) != NULL);
}

/* "kari@x.no, to the list": the end of an address is no word. */
static int
is_of_address(const struct stretch *s, const struct phrase_hit *hit)
{
	size_t at = words_at(s->words, hit->first)->at;

	return at > s->at && (s->text[at - 1] == '.' || s->text[at - 1] == '@') && word_is(s->words, hit->first, "no");
}

/* Says what somebody thinks of the matter; when the answer can come, and why so late, is none of it. */
static int
is_on_matter(struct found *found, const struct phrase_hit *hit)
{
	struct phrase_hit part;

	if (strcmp(hit->group, "agrees") == 0 || strcmp(hit->group, "endorses") == 0)
		return !has_part(found, "+of-time", &part);
	return strcmp(hit->group, "substance") == 0 && !has_part(found, "+of-time", &part) && !has_part(found, "asks-time", &part) &&
	    !has_part(found, "asks-move", &part);
}

static void
note_sentence(struct notes *n, const struct stretch *s, struct sentence *one, GArray *hits, unsigned language, int *decided)
{
	static const char *const languages[4] = { "lang-nb", "lang-nn", "lang-se", "lang-en" };
	struct found             found = { n, hits, s, one };
	char                     rest[64];
	guint                    i;
	int                      k;

	g_array_set_size(hits, 0);
	phrases_find(n->ph, s->words, one->first, one->count, keep_hit, &found);
	phrases_sums(n->ph, has_part, keep_hit, &found);
	note_decision(s, hits, decided);
	for (i = 0; i < hits->len; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (strncmp(hit->group, "lang-", 5) == 0) {
			for (k = 0; k < 4; k++)
				n->language[k] += strcmp(hit->group, languages[k]) == 0 && !hit->slipped ? language : 0;
			continue;
		}
		if (strcmp(hit->group, "no-remarks") == 0 && s->role == ROLE_WORDS && is_silenced(s, hits, hit))
			note_once(n, SIGNAL_PHRASE, s, words_at(s->words, hit->first)->at, "no-remarks-taken-back", hit->id);
		n->leaving |= strcmp(hit->group, "takes-place") == 0 || strcmp(hit->group, "meeting-decline") == 0;
		if (!is_heard(s, hit->group) || is_internal(hit->group) || is_silenced(s, hits, hit) || is_out_of_place(s, one, hit->group) ||
		    only_lives(s, hit) || is_of_address(s, hit))
			continue;
		if (one->asks && (strcmp(hit->group, "substance") == 0 || strcmp(hit->group, "demand") == 0))
			continue;	/* who asks says nothing on the matter */
		(void)g_snprintf(rest, sizeof rest, "%s-else", hit->group);
		note_hit(n, s, hit, is_rest(hits, hit) ? rest : hit->group, one);
		if (is_on_matter(&found, hit))
			note_once(n, SIGNAL_PHRASE, s, words_at(s->words, hit->first)->at, "on-matter", hit->group);
		if (*decided && is_decided_on(hit->group)) {
			(void)g_snprintf(rest, sizeof rest, "%s-decided", hit->group);
			note_once(n, SIGNAL_PHRASE, s, words_at(s->words, hit->first)->at, rest, hit->id);
		}
	}
	if (s->role == ROLE_WORDS)
		common_note(s, one, hits);
	if (is_heard(s, "health"))
		care_note(n, s, one, hits);
	if (one->asks && s->of_mail && s->role == ROLE_WORDS)
		note_once(n, SIGNAL_PHRASE, s, one->end - 1, "question-mark", "?");
}

/* --- one stretch --------------------------------------------------------------------------------------------------- */

static void
note_tokens(struct notes *n, const struct stretch *s, size_t budget[ZONES])
{
	GString      *joined;
	struct tokens t = { .zone = s->zone, .part = s->part, .offset = s->at };
	size_t        k, i, room = s->zone == ZONE_ATTACHMENT ? MIN(budget[s->zone], TOKENS_OF_ATTACHMENT) : budget[s->zone];
	const struct sentence *one;

	if (s->role == ROLE_DISCLAIMER || s->role == ROLE_GREETING || s->role == ROLE_CARE || room < 100)
		return;
	joined = g_string_new(NULL);
	for (k = s->first; k < s->first + s->count; k++) {
		one = &g_array_index(s->words->sentences, struct sentence, k);
		for (i = one->first; i < one->first + one->count; i++) {
			if (joined->len + words_at(s->words, i)->len + 1 > room)
				goto full;
			if (joined->len > 0)
				g_string_append_c(joined, ' ');
			g_string_append_len(joined, word_token(s->words, i), (gssize)words_at(s->words, i)->len);
		}
	}
full:
	t.words = (struct text){ joined->str, joined->len };
	if (joined->len > 0)
		wire_tokens(n->f, &t);
	budget[s->zone] -= MIN(budget[s->zone], joined->len);
	g_string_free(joined, TRUE);
}

/*
 * What a word of sentence k counts for the language: nobody's quotes, not the comment of who passes a mail on, and below a closing
 * neither names nor what a house calls its people.
 */
static unsigned
language_weight(const struct notes *n, const struct stretch *s, size_t k)
{
	if (s->role == ROLE_SIGNATURE && k > s->first)
		return 0;
	if (s->zone == ZONE_QUOTED || s->role == ROLE_FRAME || s->role == ROLE_DISCLAIMER || s->role == ROLE_CARE)
		return 0;
	if (n->passed_on && (s->zone == ZONE_BODY || s->zone == ZONE_SIGNATURE || s->zone == ZONE_SUBJECT))
		return 0;
	/* How people greet is their own language, whoever wrote what they sign. */
	return s->role == ROLE_SIGNATURE || s->role == ROLE_GREETING ? CLOSING_WEIGHT : 1;
}

/* Those a calendar lists are those who were asked. */
static int
is_calendar(const struct stretch *s)
{
	return s->part > 0 && s->source != NULL && strcmp(s->source->info.type.p, "text/calendar") == 0;
}

static void
read_stretch(struct notes *n, const struct stretch *s)
{
	GArray *hits = g_array_new(FALSE, FALSE, sizeof(struct phrase_hit));
	size_t  k, words = 0;
	int     decided = 0;

	if (s->role != ROLE_DISCLAIMER)
		identities_note(n, s);
	if (s->role != ROLE_DISCLAIMER && s->role != ROLE_CARE)
		refs_note(n, s);
	for (k = s->first; s->role != ROLE_FRAME && s->role != ROLE_DISCLAIMER && k < s->first + s->count; k++) {
		struct sentence *one = &g_array_index(s->words->sentences, struct sentence, k);

		note_sentence(n, s, one, hits, words < LANGUAGE_WORDS ? language_weight(n, s, k) : 0, &decided);
		words += one->count;
	}
	if (s->role == ROLE_WORDS) {
		common_mark_cited(n, s);
		dates_note(n, s);
	}
	if (s->role == ROLE_SIGNATURE && s->zone != ZONE_QUOTED)
		names_note_signature(n, s);
	if (s->role == ROLE_WORDS && s->of_mail && s->zone != ZONE_QUOTED)
		links_note(n, s);
	if (s->role == ROLE_WORDS && s->zone != ZONE_QUOTED && s->source != NULL && !is_calendar(s))
		people_note(n, s);
	if (n->leaving && s->role == ROLE_WORDS && s->of_mail && s->zone != ZONE_QUOTED && s->source != NULL)
		leaves_note(n, s);
	if (s->zone == ZONE_ATTACHMENT)
		names_note_document(n, s);
	if (s->role == ROLE_WORDS && s->zone != ZONE_QUOTED && !is_calendar(s))
		named_note(n, s);
	g_array_free(hits, TRUE);
}

/* --- cutting the message into stretches ----------------------------------------------------------------------------- */

static struct words *
new_words(struct notes *n)
{
	struct words *w = words_new();

	g_ptr_array_add(n->texts, w);
	return w;
}

static void
add_stretch(struct notes *n, struct stretch s)
{
	s.first = s.words->sentences->len;
	words_add(s.words, s.text, s.at, s.end);
	s.count = s.words->sentences->len - s.first;
	g_array_append_val(n->all, s);
}

static void
add_line(struct notes *n, uint32_t part, enum zone zone, enum role role, struct text line, int of_mail)
{
	if (line.n > 0)
		add_stretch(n, (struct stretch){ .part = part, .zone = zone, .role = role, .text = line.p, .end = line.n, .words = new_words(n),
		    .of_mail = of_mail });
}

/* Who it says it is from. */
static void
add_sender(struct notes *n, uint32_t part, const struct envelope *e)
{
	add_line(n, part, ZONE_HEADER, ROLE_CARE, e->from_name, 1);
	add_line(n, part, ZONE_HEADER, ROLE_CARE, e->from_address, 1);
}

/* A file's name without what tells its format. */
static struct text
without_extension(struct text name)
{
	const char *dot = memrchr(name.p, '.', name.n);

	if (dot != NULL && dot > name.p && name.n - (size_t)(dot - name.p) <= 6)
		name.n = (size_t)(dot - name.p);
	return name;
}

static void
note_inner(struct notes *n, uint32_t part, const struct inner_header *h)
{
	struct stretch s = { .part = part, .zone = h->forwarded ? ZONE_FORWARDED : ZONE_QUOTED };
	char          *name, *address, seconds[24];
	const char    *from = h->from == NULL ? "" : h->from, *at = strchr(from, '@');
	size_t         start, bytes = 0;
	int64_t        when;

	for (start = at == NULL ? 0 : (size_t)(at - from); start > 0 && strchr(" <[(:\"'", from[start - 1]) == NULL; start--)
		;
	if (at == NULL || !address_at(from, start, strlen(from), &bytes))
		bytes = 0;
	address = g_ascii_strdown(from + start, (gssize)bytes);
	name = g_strndup(from, bytes > 0 ? start : strlen(from));
	g_strdelimit(name, "<>[]()\"'*", ' ');
	(void)g_strchomp(name);
	if (g_str_has_suffix(name, "mailto:"))	/* Outlook: "Storvik kommune [mailto:post@storvik.no]" */
		name[strlen(name) - 7] = '\0';
	if (h->forwarded)
		named_add_domain(n, address);
	if (h->from != NULL)
		note(n, SIGNAL_INNER_FROM, &s, h->at, address, g_strstrip(name));
	if (h->subject != NULL)
		note(n, SIGNAL_INNER_SUBJECT, &s, h->at, h->subject, "");
	when = h->date == NULL ? TIME_UNKNOWN : date_in(h->date);
	if (when != TIME_UNKNOWN) {
		(void)g_snprintf(seconds, sizeof seconds, "%" G_GINT64_FORMAT, when);
		note(n, SIGNAL_INNER_DATE, &s, h->at, seconds, h->date);
	}
	g_free(name);
	g_free(address);
}

/* An attached mail tells the same in its head. */
static void
note_attached(struct notes *n, uint32_t part, const struct envelope *e)
{
	struct stretch s = { .part = part, .zone = ZONE_FORWARDED };
	char           seconds[24];

	named_add_domain(n, e->from_address.p);
	note(n, SIGNAL_INNER_FROM, &s, 0, e->from_address.p, e->from_name.p);
	note(n, SIGNAL_INNER_SUBJECT, &s, 0, e->subject.p, "");
	if (e->sent_at != TIME_UNKNOWN) {
		(void)g_snprintf(seconds, sizeof seconds, "%" G_GINT64_FORMAT, (gint64)e->sent_at);
		note(n, SIGNAL_INNER_DATE, &s, 0, seconds, "");
	}
}

/* The body of the mail, or of one attached to it, by zones. */
static void
add_mail(struct notes *n, const struct text_part *p, uint32_t part)
{
	struct zone_hints hints = { "", "", "", "" };
	struct zones     *z;
	struct words     *w = new_words(n);
	guint             i;

	if (p->mail != NULL)
		hints = (struct zone_hints){ p->mail->envelope.subject.p, p->mail->envelope.to.p, p->mail->envelope.from_name.p,
		    p->mail->envelope.from_address.p };
	z = zones_split(p->text.p, p->rest_at > 0 ? p->rest_at : p->text.n, &hints, n->ph);
	if (part > 0 && p->mail != NULL)
		note_attached(n, part, &p->mail->envelope);
	if (p->mail != NULL)
		add_sender(n, part, &p->mail->envelope);
	for (i = 0; i < z->inner->len; i++)
		note_inner(n, part, &g_array_index(z->inner, struct inner_header, i));
	for (i = 0; i < z->spans->len; i++) {
		const struct span *one = &g_array_index(z->spans, struct span, i);
		enum zone          zone = part > 0 && one->zone != ZONE_QUOTED ? ZONE_FORWARDED : one->zone;

		add_stretch(n, (struct stretch){ .source = p, .part = part, .zone = zone, .role = one->role, .level = one->level,
		    .text = p->text.p, .at = one->at, .end = one->end, .words = w, .of_mail = 1 });
	}
	zones_free(z);
	if (p->rest_at > 0)
		add_stretch(n, (struct stretch){ .source = p, .part = part, .zone = part > 0 ? ZONE_FORWARDED : ZONE_BODY, .role = ROLE_CARE,
		    .text = p->text.p, .at = p->rest_at, .end = p->text.n, .words = w, .of_mail = 1 });
}

static void
add_all(struct notes *n)
{
	const struct message *m = n->m;
	size_t                i;

	if (m->parts[0].mail != NULL)
		add_line(n, 0, ZONE_SUBJECT, ROLE_WORDS, m->parts[0].mail->envelope.subject, 1);
	add_mail(n, &m->parts[0], 0);
	for (i = 1; i < m->n_parts; i++) {
		const struct text_part *p = &m->parts[i];

		if (p->mail != NULL) {
			add_line(n, (uint32_t)i, ZONE_FORWARDED, ROLE_WORDS, p->mail->envelope.subject, 1);
			add_mail(n, p, (uint32_t)i);
			continue;
		}
		if (!p->info.is_inline)
			add_line(n, (uint32_t)i, ZONE_FILENAME, ROLE_WORDS, without_extension(p->info.filename), 0);
		if (p->text.n > 0)
			add_stretch(n, (struct stretch){ .source = p, .part = (uint32_t)i, .zone = ZONE_ATTACHMENT, .text = p->text.p,
			    .end = p->text.n, .words = new_words(n) });
	}
}

static void
note_language(struct notes *n)
{
	static const char *const names[4] = { "nb", "nn", "se", "en" };
	struct stretch           s = { .zone = ZONE_BODY };
	unsigned                 best = 0, total = 0, i;
	char                     share[16];

	for (i = 0; i < 4; i++) {
		total += n->language[i];
		if (n->language[i] > n->language[best])
			best = i;
	}
	if (total == 0)
		return;
	(void)g_snprintf(share, sizeof share, "%u", 100 * n->language[best] / total);
	note(n, SIGNAL_LANGUAGE, &s, 0, names[best], share);
}

void
signals_emit(FILE *f, const struct message *m, const struct rules *rules)
{
	struct notes n = { .f = f, .m = m, .ph = rules->phrases, .learnt = rules->learnt };
	size_t       budget[ZONES];
	guint        i;

	n.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	n.all = g_array_new(FALSE, FALSE, sizeof(struct stretch));
	n.texts = g_ptr_array_new_with_free_func((GDestroyNotify)words_free);
	n.domains = g_ptr_array_new_with_free_func(g_free);
	memcpy(budget, tokens_budget, sizeof budget);
	if (m->parts[0].mail != NULL)
		named_add_domain(&n, m->parts[0].mail->envelope.from_address.p);
	auto_note(&n);
	add_all(&n);
	for (i = 0; i < n.all->len; i++)
		n.passed_on |= g_array_index(n.all, struct stretch, i).zone == ZONE_FORWARDED;
	for (i = 0; i < n.all->len; i++) {
		read_stretch(&n, &g_array_index(n.all, struct stretch, i));
		note_tokens(&n, &g_array_index(n.all, struct stretch, i), budget);
	}
	reads_note(&n, ZONE_BODY);
	reads_note(&n, ZONE_FORWARDED);
	note_language(&n);
	answer_note(&n);
	g_array_free(n.all, TRUE);
	g_ptr_array_free(n.texts, TRUE);
	g_ptr_array_free(n.domains, TRUE);
	g_hash_table_destroy(n.seen);
}
