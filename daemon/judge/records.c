/* What the verdicts ask of one message's records: is this signal there, how many words, which parts are documents. */
#include <string.h>
#include <strings.h>

#include "daemon/judge/judge_parts.h"

const struct signal *
judge_find(const struct session *s, enum signal_kind kind, const char *value, unsigned zones)
{
	size_t i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == kind && (zones & IN(one->zone)) != 0 && (value == NULL || strcmp(one->value.p, value) == 0))
			return one;
	}
	return NULL;
}

unsigned
judge_count(const struct session *s, enum signal_kind kind, const char *value, unsigned zones)
{
	unsigned n = 0;
	size_t   i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		n += one->kind == kind && (zones & IN(one->zone)) != 0 && (value == NULL || strcmp(one->value.p, value) == 0);
	}
	return n;
}

/* Sentences stand one behind the other as their words do; of what is no answer's text there are none. */
static uint64_t
place_of(const struct parsed *p, const struct tokens *of, size_t word)
{
	size_t i;

	for (i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];

		if (b->part != of->part || b->zone != of->zone || b->offset < of->offset)
			continue;
		if (word < b->words)
			return b->offset;
		word -= (size_t)b->words;
	}
	return of->offset;
}

/* The page on which all stands that was noticed around that place; 0 when it is told by nothing, or differently. */
static uint32_t
page_of(const struct parsed *p, uint32_t part, uint64_t offset)
{
	const struct signal *before = NULL, *behind = NULL;
	size_t               i;

	for (i = 0; i < p->n_signals; i++) {
		const struct signal *one = &p->signals[i];

		if (one->part != part || one->page == 0)
			continue;
		if (one->offset <= offset && (before == NULL || one->offset > before->offset))
			before = one;
		if (one->offset >= offset && (behind == NULL || one->offset < behind->offset))
			behind = one;
	}
	for (i = 0; i < p->n_parts; i++)
		if (p->parts[i].position == part && (p->parts[i].pages == 1 || (behind == NULL && before != NULL && before->page == p->parts[i].pages)))
			return p->parts[i].pages;
	if (behind != NULL && (behind->page == 1 || (before != NULL && before->page == behind->page)))
		return behind->page;
	return 0;
}

void
judge_tell_word(struct session *s, const char *verdict, const char *value, const char *rule, int weight, const struct tokens *of, size_t word,
    struct token seen)
{
	uint64_t    offset = place_of(s->p, of, word);
	const char *words = judge_copy(s, seen.p, seen.n);

	judge_tell_at(s, verdict, value, rule, weight, of->zone, of->part, offset, words);
	if (s->v->n_evidence > 0 && !s->broke)
		s->v->evidence[s->v->n_evidence - 1].page = of->part == 0 ? 0 : page_of(s->p, of->part, offset);
}

const struct digest *
judge_digest(const struct session *s, enum digest_kind kind)
{
	size_t i;

	for (i = 0; i < s->p->n_digests; i++)
		if (s->p->digests[i].kind == kind)
			return &s->p->digests[i];
	return NULL;
}

size_t
judge_words(const struct session *s, enum digest_kind kind)
{
	const struct digest *d = judge_digest(s, kind);

	return d == NULL ? 0 : (size_t)d->words;
}

int
judge_is_document(const struct part *p)
{
	static const char *const not[] = { "message/", "text/calendar", "text/vcard", "text/x-vcard", "text/rfc822-headers",
		"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/ics" };
	size_t k;

	for (k = 0; k < sizeof not / sizeof not[0]; k++)
		if (strncmp(p->type.p, not[k], strlen(not[k])) == 0)
			return 0;
	return !p->is_inline;
}

unsigned
judge_documents(const struct session *s)
{
	unsigned n = 0;
	size_t   i;

	for (i = 0; i < s->p->n_parts; i++)
		n += judge_is_document(&s->p->parts[i]) != 0;
	return n;
}

int
judge_subject_begins(const struct session *s, const char *const *prefixes)
{
	const char *subject = s->p->envelope.subject.p;

	while (*subject == ' ')
		subject++;
	for (; *prefixes != NULL; prefixes++)
		if (strncasecmp(subject, *prefixes, strlen(*prefixes)) == 0)
			return 1;
	return 0;
}

int
judge_is_ours(const struct judge *j, const char *address)
{
	const char *at = strrchr(address, '@'), *box;
	size_t      i;

	for (i = 0; at != NULL && i < j->conf->n_mailboxes; i++)
		if ((box = strrchr(j->conf->mailboxes[i].address, '@')) != NULL && strcasecmp(box, at) == 0)
			return 1;
	return 0;
}

int
judge_takes_mail_here(const struct session *s, const struct conf_consultation *c)
{
	size_t k, m;

	for (k = 0; k < c->n_mailboxes; k++)
		for (m = 0; m < s->c->n_mailboxes; m++)
			if (strcmp(c->mailboxes[k], s->c->mailboxes[m]) == 0)
				return 1;
	return 0;
}
