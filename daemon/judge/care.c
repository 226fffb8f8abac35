/* What a person must look at before anything is shown to the public, and what could not be read. */
#include <string.h>

#include "daemon/judge/judge_parts.h"
#include "parsers/limits.h"

#define FEW_WORDS	60	/* own words that are a cover letter */
#define COVER_WORDS	25	/* that speak of an attachment, and may say nothing else */
#define BARE_WORDS	6	/* "Her kommer svaret fra oss." */

/* Where a person finds it. */
static const char *
place(struct session *s, const struct signal *at)
{
	return judge_say(s, "%s (part %u, page %u, byte %llu)", at->zone == ZONE_HEADER ? "sender's name or address" : zone_name(at->zone),
	    at->part, at->page, (unsigned long long)at->offset);
}

static void
identity_numbers(struct session *s)
{
	const struct signal *found = judge_find(s, SIGNAL_IDENTITY_NUMBER, NULL, IN_ALL);

	if (found != NULL)
		judge_review(s, "identity-number", judge_say(s, "an identity number stands in the %s", place(s, found)), "");
}

/* What is quoted was said before to somebody else, who may have asked for confidence; what a person tells of himself is told there too. */
static void
confidentiality(struct session *s)
{
	const struct signal *found = judge_find(s, SIGNAL_CONFIDENTIAL, NULL, IN_ALL & ~IN(ZONE_QUOTED));

	if (found != NULL && s->v->kind == KIND_RESPONSE)
		judge_review(s, "asks-confidential", judge_say(s, "\"%s\" in the %s", found->value.p, place(s, found)), "");
	found = judge_find(s, SIGNAL_PHRASE, "health", IN_ALL);
	if (found != NULL && s->v->kind == KIND_RESPONSE && strcmp(s->v->responder_class, "privatperson") == 0)
		judge_review(s, "health-details", judge_say(s, "a private person may tell of their own health or a near one's: \"%s\" in the %s",
		    found->extra.p, place(s, found)), "");
}

/* The words answer nothing: there are none, or they only announce an attachment. */
static int
is_bare(const struct session *s)
{
	static const char *const answers[] = { "no-remarks", "declines", "endorses" };
	size_t i, words = judge_words(s, DIGEST_ANSWER);

	for (i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (judge_find(s, SIGNAL_PHRASE, answers[i], IN_VOICE(s)) != NULL)
			return 0;
	return words == 0 || (words <= COVER_WORDS && judge_find(s, SIGNAL_PHRASE, "attached", IN_VOICE(s)) != NULL) ||
	    (words <= BARE_WORDS && judge_find(s, SIGNAL_PHRASE, "encloses", IN_VOICE(s)) != NULL);
}

/* Somebody may have scanned the answer, spoken it, or drawn it: large enough, or all there is. */
static int
may_be_answer(const struct session *s, const struct part *p)
{
	if (strncmp(p->type.p, "image/", 6) == 0)
		return p->size_bytes >= LIMIT_OCR_PICTURE_BYTES || is_bare(s);
	return p->text_status != TEXT_UNSUPPORTED || strncmp(p->type.p, "application/", 12) == 0 || is_bare(s);
}

/* A document nobody could read, under a mail that is only its cover. */
static void
unreadable(struct session *s)
{
	size_t i;

	for (i = 0; i < s->p->n_parts; i++) {
		const struct part *p = &s->p->parts[i];

		if (p->is_inline || p->text_status == TEXT_OK || (!judge_is_document(p) && strncmp(p->type.p, "message/", 8) != 0))
			continue;
		if (p->text_status == TEXT_LINK_ONLY)
			judge_review(s, "link-only", "an attachment is only a link to somewhere else", "");
		else if (may_be_answer(s, p))
			judge_review(s, "unreadable", judge_say(s, "attachment %u is %s: %s", p->position, text_status_name(p->text_status),
			    p->text_status == TEXT_CORRUPT || p->text_status == TEXT_TOO_LARGE ? "its text was read in part, or not at all" :
			    "its text was neither judged nor indexed"), "");
	}
}

/* An answer with nothing in it that could be one: the attachment was forgotten, or taken off on the way. */
static void
nothing_said(struct session *s)
{
	if (judge_documents(s) > 0 || judge_find(s, SIGNAL_LINK_ATTACHMENT, NULL, IN(s->voice)) != NULL || !is_bare(s))
		return;
	judge_review(s, "unreadable", judge_words(s, DIGEST_ANSWER) == 0 ? "the mail has neither words of an answer nor a document" :
	    "the mail announces an attachment and has none", "");
}

/* A body that was read into noise, or that nobody could read. */
static void
unreadable_body(struct session *s)
{
	static const struct { const char *code, *told; int of_any; } faults[] = {
		{ WARNING_NOISE, "the text of the mail is not in the character set or encoding that it names", 1 },
		{ WARNING_SEALED, "the text of the mail is encrypted", 1 },
		{ WARNING_LOST, "the parts of the mail are not told from each other: its text stands as a file", 1 },
		{ WARNING_TIME, "the text of the mail took too long to read", 0 },	/* an attachment has a status */
	};
	size_t i, k;

	for (i = 0; i < s->p->n_warnings; i++)
		for (k = 0; k < sizeof faults / sizeof faults[0]; k++)
			if ((faults[k].of_any || s->p->warnings[i].part == 0) && strcmp(s->p->warnings[i].code.p, faults[k].code) == 0) {
				judge_review(s, "unreadable", faults[k].told, "");
				return;
			}
}

static void
readability(struct session *s)
{
	unreadable_body(s);
	if (s->v->kind != KIND_RESPONSE || judge_words(s, DIGEST_ANSWER) > 3 * FEW_WORDS)
		return;
	unreadable(s);
	nothing_said(s);
	if (judge_find(s, SIGNAL_LINK_ATTACHMENT, NULL, IN(s->voice)) != NULL)
		judge_review(s, "link-only", "the mail points to a document elsewhere", "");
}

void
judge_care(struct session *s)
{
	identity_numbers(s);
	confidentiality(s);
	readability(s);
}
