/*
 * Which text of a message is the answer, and the digests, MinHash and sentence hashes over it and over the whole.
 */
#include <string.h>

#include "parsers/digest.h"
#include "parsers/limits.h"
#include "parsers/signals_parts.h"

#define MANY_WORDS	60	/* of a document: they tell what it says, whatever pictures are in it */
#define FEW_WORDS	3	/* fewer are a heading */
#define PICTURE_BYTES	150000u	/* a document of few words and more bytes than its fonts need may be a picture of a letter */
#define COMMENT_WORDS	30	/* own words above a mail passed on: a comment, not an answer */
#define CUE_WORDS	80	/* of a document's start, where it says that it is an answer */
#define ANSWERING_WORDS	3	/* fewer behind a colon say nothing of the matter */
#define CUE_FACTOR	4	/* a document that says it is the answer outweighs annexes this much longer */

/* A text that may be the answer: the own words, one mail passed on, or one document. */
struct candidate {
	uint32_t part;
	enum zone zone;
	unsigned level;
	size_t   words, weight;
};

static const struct stretch *
stretch_at(const struct notes *n, guint i)
{
	return &g_array_index(n->all, struct stretch, i);
}

static const struct sentence *
sentence_at(const struct stretch *s, size_t k)
{
	return &g_array_index(s->words->sentences, struct sentence, k);
}

static int
is_answer_text(const struct stretch *s)
{
	return s->role == ROLE_WORDS && (s->zone == ZONE_BODY || s->zone == ZONE_FORWARDED || s->zone == ZONE_ATTACHMENT);
}

static int
belongs(const struct stretch *s, const struct candidate *c)
{
	return is_answer_text(s) && s->part == c->part && s->zone == c->zone && s->level == c->level && s->source != NULL;
}

static size_t
count_words(const struct stretch *s)
{
	size_t k, n = 0;

	for (k = s->first; k < s->first + s->count; k++)
		n += sentence_at(s, k)->count - sentence_at(s, k)->transport;
	return n;
}

/* Its name or its first words say that a document is an answer. */
static int
says_answer(const struct notes *n, const struct stretch *s)
{
	size_t k, words = 0;
	guint  i;

	for (i = 0; i < n->all->len; i++) {
		const struct stretch *name = stretch_at(n, i);

		if (name->part == s->part && name->zone == ZONE_FILENAME && name->words->all->len > 0 &&
		    phrases_has(n->ph, name->words, 0, name->words->all->len, "answer"))
			return 1;
	}
	for (k = s->first; k < s->first + s->count && words < CUE_WORDS; k++) {
		if (phrases_has(n->ph, s->words, sentence_at(s, k)->first, MIN(sentence_at(s, k)->count, CUE_WORDS), "answer"))
			return 1;
		words += sentence_at(s, k)->count;
	}
	return 0;
}

static GArray *
candidates(const struct notes *n)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct candidate));
	guint   i, k;

	for (i = 0; i < n->all->len; i++) {
		const struct stretch *s = stretch_at(n, i);
		struct candidate      c = { .part = s->part, .zone = s->zone, .level = s->level };
		size_t                words = count_words(s);

		if (!is_answer_text(s) || s->source == NULL || words == 0)
			continue;
		for (k = 0; k < all->len && !belongs(s, &g_array_index(all, struct candidate, k)); k++)
			;
		if (k == all->len)
			g_array_append_val(all, c);
		g_array_index(all, struct candidate, k).words += words;
		if (s->zone == ZONE_ATTACHMENT && says_answer(n, s))
			words *= CUE_FACTOR;
		g_array_index(all, struct candidate, k).weight += words;
	}
	return all;
}

/* The own words are a comment when a mail is passed on below them or attached. */
static int
own_is_comment(const struct notes *n, const GArray *all)
{
	guint       k;
	size_t      own = 0;
	int         passed_on = 0, in_body = 0;
	const char *subject = n->m->parts[0].mail == NULL ? "" : n->m->parts[0].mail->envelope.subject.p;

	for (k = 0; k < all->len; k++) {
		const struct candidate *c = &g_array_index(all, struct candidate, k);

		if (c->zone == ZONE_BODY)
			own += c->words;
		passed_on |= c->zone == ZONE_FORWARDED;
		in_body |= c->zone == ZONE_FORWARDED && c->part == 0;
	}
	return passed_on && (in_body || own <= COMMENT_WORDS || zones_subject_prefix(subject, NULL) == 2);
}

/* The heaviest; NULL when there is no text at all. */
static const struct candidate *
choose(const struct notes *n, const GArray *all)
{
	const struct candidate *best = NULL;
	int                     comment = own_is_comment(n, all);
	guint                   k;

	for (k = 0; k < all->len; k++) {
		const struct candidate *c = &g_array_index(all, struct candidate, k);

		if (comment && c->zone == ZONE_BODY)
			continue;
		if (best == NULL || c->weight > best->weight)
			best = c;
	}
	return best;
}

static void
add_stretch_words(struct digest_words *d, const struct stretch *s, int with_transport)
{
	size_t k, i;

	for (k = s->first; k < s->first + s->count; k++) {
		const struct sentence *one = sentence_at(s, k);

		for (i = one->first + (with_transport ? 0 : one->transport); i < one->first + one->count; i++)
			digest_add(d, word_token(s->words, i), words_at(s->words, i)->len);
	}
}

static void
emit_digest(struct notes *n, enum digest_kind kind, uint32_t part, struct digest_words *d)
{
	struct digest one = { .kind = kind, .part = part };

	one.words = digest_end(d, one.sha256);
	if (one.words > 0)
		wire_digest(n->f, &one);
}

size_t
answer_sending_words(const struct notes *n, const struct stretch *s, const struct sentence *in, const struct phrase_hit *hit)
{
	static const char *const others[] = { "answer", "attached", "encloses" };
	size_t                   behind = hit->first + hit->count, end = in->first + in->count, k;

	for (; behind < end; behind++) {
		size_t from = words_at(s->words, behind - 1)->at, gap = words_at(s->words, behind)->at - from;

		if (memmem(s->text + from, gap, ": ", 2) != NULL || memmem(s->text + from, gap, ":\n", 2) != NULL)
			break;
	}
	for (k = 0; k < G_N_ELEMENTS(others); k++)
		if (phrases_has(n->ph, s->words, behind, end - behind, others[k]))
			behind = end;
	return end - behind < ANSWERING_WORDS ? in->count : behind - in->first;
}

/* --- each digest --------------------------------------------------------------------------------------------------- */

static void
note_answer(struct notes *n, const struct candidate *c)
{
	struct digest_words d;
	struct minhash      m = { .part = c->part };
	guint               i;

	digest_begin(&d);
	for (i = 0; i < n->all->len; i++)
		if (belongs(stretch_at(n, i), c))
			add_stretch_words(&d, stretch_at(n, i), 0);
	if (digest_minhash(&d, &m))
		wire_minhash(n->f, &m);
	emit_digest(n, DIGEST_ANSWER, c->part, &d);
}

static void
note_body(struct notes *n)
{
	struct digest_words d;
	guint               i;

	digest_begin(&d);
	for (i = 0; i < n->all->len; i++)
		if (stretch_at(n, i)->part == 0 && stretch_at(n, i)->zone == ZONE_BODY && stretch_at(n, i)->role == ROLE_WORDS)
			add_stretch_words(&d, stretch_at(n, i), 1);
	emit_digest(n, DIGEST_BODY, 0, &d);
}

static int
compare_hex(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Hashes of the attachments a person sent, sorted: not logos, not the envelopes around what is passed on. */
static void
add_attachments(const struct notes *n, struct digest_words *d)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
	size_t     i, k;

	for (i = 1; i < n->m->n_parts; i++) {
		const struct part *p = &n->m->parts[i].info;
		char              *hex;

		if (p->is_inline || n->m->parts[i].mail != NULL)
			continue;
		hex = g_malloc(65);
		for (k = 0; k < 32; k++)
			(void)g_snprintf(hex + 2 * k, 3, "%02x", p->sha256[k]);
		g_ptr_array_add(all, hex);
	}
	g_ptr_array_sort(all, compare_hex);
	for (i = 0; i < all->len; i++)
		digest_add(d, g_ptr_array_index(all, i), 64);
	g_ptr_array_free(all, TRUE);
}

static void
note_attachments(struct notes *n)
{
	struct digest_words d;

	digest_begin(&d);
	add_attachments(n, &d);
	emit_digest(n, DIGEST_ATTACHMENTS, 0, &d);
}

/* Its words tell what the document says: it has some, and is not so large that a picture may say the rest. */
static int
words_tell(const struct part *p, guint words)
{
	return p->text_status == TEXT_OK && (words >= MANY_WORDS || (words >= FEW_WORDS && p->size_bytes <= PICTURE_BYTES));
}

static char *
document_hex(const struct notes *n, size_t part)
{
	const struct part  *p = &n->m->parts[part].info;
	struct digest_words d;
	uint8_t             sha256[32];
	guint               i;
	size_t              k;
	char               *hex = g_malloc0(65);

	digest_begin(&d);
	for (i = 0; i < n->all->len; i++)
		if (stretch_at(n, i)->part == part && stretch_at(n, i)->zone == ZONE_ATTACHMENT)
			add_stretch_words(&d, stretch_at(n, i), 1);
	if (!words_tell(p, (guint)digest_end(&d, sha256)))
		memcpy(sha256, p->sha256, sizeof sha256);
	for (k = 0; k < 32; k++)
		(void)g_snprintf(hex + 2 * k, 3, "%02x", sha256[k]);
	return hex;
}

/* What belongs to the sending, and is no document. */
static int
is_wrapping(const char *type)
{
	static const char *const types[] = { "text/vcard", "text/x-vcard", "application/pkcs7-signature", "application/x-pkcs7-signature",
		"application/pgp-signature" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(type, types[i]) == 0)
			return 1;
	return 0;
}

/* One in two formats, and one twice, are one. */
static void
note_documents(struct notes *n)
{
	GPtrArray          *all = g_ptr_array_new_with_free_func(g_free);
	struct digest_words d;
	size_t              i;

	for (i = 1; i < n->m->n_parts; i++)
		if (!n->m->parts[i].info.is_inline && n->m->parts[i].mail == NULL && !is_wrapping(n->m->parts[i].info.type.p))
			g_ptr_array_add(all, document_hex(n, i));
	g_ptr_array_sort(all, compare_hex);
	digest_begin(&d);
	for (i = 0; i < all->len; i++)
		if (i == 0 || strcmp(g_ptr_array_index(all, i), g_ptr_array_index(all, i - 1)) != 0)
			digest_add(&d, g_ptr_array_index(all, i), 64);
	emit_digest(n, DIGEST_DOCUMENTS, 0, &d);
	g_ptr_array_free(all, TRUE);
}

/*
 * A mail that says nothing is only the same as itself: what tells it from others is its Message-ID and date. 0: not even
 * those are there, and nothing can be said of its content.
 */
static int
add_claims(struct digest_words *d, const struct envelope *e)
{
	char when[24];

	if (e == NULL || e->from_address.n == 0 || e->message_id.n == 0 || e->sent_at == TIME_UNKNOWN)
		return 0;
	(void)g_snprintf(when, sizeof when, "%" G_GINT64_FORMAT, (gint64)e->sent_at);
	digest_add(d, e->message_id.p, e->message_id.n);
	digest_add(d, when, strlen(when));
	return 1;
}

/* What a person sees: From, subject, every word but what a house's mail server adds below, and the attachments. */
static void
note_content(struct notes *n)
{
	const struct envelope *e = n->m->parts[0].mail == NULL ? NULL : &n->m->parts[0].mail->envelope;
	struct digest_words    d;
	guint                  i, before, said = 0;
	uint8_t                unused[32];

	digest_begin(&d);
	if (e != NULL)
		digest_add(&d, e->from_address.p, e->from_address.n);
	for (i = 0; i < n->all->len; i++) {
		const struct stretch *s = stretch_at(n, i);

		before = d.hashes->len;
		if (s->zone != ZONE_HEADER && s->zone != ZONE_ATTACHMENT && s->zone != ZONE_FILENAME && s->role != ROLE_DISCLAIMER)
			add_stretch_words(&d, s, 1);
		if (s->zone != ZONE_SUBJECT)
			said += d.hashes->len - before;
	}
	before = d.hashes->len;
	add_attachments(n, &d);
	if (said + d.hashes->len - before > 0 || add_claims(&d, e))
		emit_digest(n, DIGEST_CONTENT, 0, &d);
	else
		(void)digest_end(&d, unused);
}

/* A name or a number: what is filled in where a form letter leaves room. */
static int
is_filled_in(const struct stretch *s, const struct sentence *one, size_t i)
{
	const struct word *w = words_at(s->words, i);

	return g_ascii_isdigit(s->text[w->at]) || (i > one->first && starts_upper(s->text + w->at, w->bytes));
}

/* Of the sentence; of what is left without names and numbers, when that is most of it: "STANS DETTE NÅ" is no name. */
static void
hash_sentence(const struct stretch *s, const struct sentence *one, struct block *b)
{
	size_t i, left = 0;

	for (i = one->first; i < one->first + one->count; i++) {
		uint64_t word = digest_word(word_token(s->words, i), words_at(s->words, i)->len);

		b->hash = digest_mix(b->hash, word);
		if (!is_filled_in(s, one, i)) {
			b->form = digest_mix(b->form, word);
			left++;
		}
	}
	if (2 * left <= one->count)
		b->form = b->hash;
}

static void
note_blocks(struct notes *n)
{
	guint    i;
	unsigned blocks = 0;
	size_t   k;

	for (i = 0; i < n->all->len; i++) {
		const struct stretch *s = stretch_at(n, i);

		if (!is_answer_text(s) || s->source == NULL)
			continue;
		for (k = s->first; k < s->first + s->count && blocks < LIMIT_BLOCKS; k++, blocks++) {
			const struct sentence *one = sentence_at(s, k);
			struct block           b = { .part = s->part, .zone = s->zone, .offset = one->at, .size_bytes = one->end - one->at,
				.words = one->count };

			hash_sentence(s, one, &b);
			wire_block(n->f, &b);
			if (one->cited || one->courteous)
				note(n, SIGNAL_COMMON, s, one->at, one->cited ? "cited" : "courtesy", "");
		}
	}
}

void
answer_note(struct notes *n)
{
	GArray                 *all = candidates(n);
	const struct candidate *answer = choose(n, all);

	note_content(n);
	note_body(n);
	note_attachments(n);
	note_documents(n);
	if (answer != NULL)
		note_answer(n, answer);
	note_blocks(n);
	g_array_free(all, TRUE);
}
