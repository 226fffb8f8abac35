/* What a person must look at before anything is shown to the public, and what could not be read. */
#include <string.h>

#include "daemon/judge/judge_parts.h"

#define FEW_WORDS	60	/* own words that are a cover letter */

static void
identity_numbers(struct session *s)
{
	const struct signal *found = judge_find(s, SIGNAL_IDENTITY_NUMBER, NULL, IN_ALL);

	if (found != NULL)
		judge_review(s, "identity-number", judge_say(s, "an identity number stands in the %s (part %u, page %u, byte %llu)",
		    zone_name(found->zone), found->part, found->page, (unsigned long long)found->offset), "");
}

static void
confidentiality(struct session *s)
{
	const struct signal *found = judge_find(s, SIGNAL_CONFIDENTIAL, NULL, IN_ALL & ~IN(ZONE_QUOTED));

	if (found != NULL && s->v->kind == KIND_RESPONSE)
		judge_review(s, "asks-confidential", judge_say(s, "\"%s\" in the %s (part %u, page %u)", found->value.p,
		    zone_name(found->zone), found->part, found->page), "");
	found = judge_find(s, SIGNAL_PHRASE, "health", IN_VOICE(s) | IN(ZONE_ATTACHMENT));
	if (found != NULL && s->v->kind == KIND_RESPONSE && strcmp(s->v->responder_class, "privatperson") == 0)
		judge_review(s, "health-details", judge_say(s, "a private person may tell of their own health (part %u, page %u)",
		    found->part, found->page), "");
}

/* A document nobody could read, under a mail that is only its cover. */
static void
unreadable(struct session *s)
{
	size_t i;

	if (s->v->kind != KIND_RESPONSE || judge_words(s, DIGEST_ANSWER) > 3 * FEW_WORDS)
		return;
	for (i = 0; i < s->p->n_parts; i++) {
		const struct part *p = &s->p->parts[i];

		if (p->is_inline || p->text_status == TEXT_OK || strncmp(p->type.p, "image/", 6) == 0)
			continue;
		if (p->text_status == TEXT_LINK_ONLY)
			judge_review(s, "link-only", "an attachment is only a link to somewhere else", "");
		else if (p->text_status != TEXT_UNSUPPORTED || strncmp(p->type.p, "application/", 12) == 0)
			judge_review(s, "unreadable", judge_say(s, "attachment %u is %s: its text was neither judged nor indexed", p->position,
			    text_status_name(p->text_status)), "");
	}
	if (judge_find(s, SIGNAL_LINK_ATTACHMENT, NULL, IN(s->voice)) != NULL)
		judge_review(s, "link-only", "the mail points to a document elsewhere", "");
}

void
judge_care(struct session *s)
{
	identity_numbers(s);
	confidentiality(s);
	unreadable(s);
}
