/*
 * Letters say texts, texts follow texts. A letter is counted to its text; a text is placed behind the one it repeats. What changes of a
 * text touches only texts after it in rank, so the waiting ones are taken from the first and each change dies out.
 */
#include "daemon/campaigns.h"

#include <stdlib.h>

#include "daemon/judge/campaign.h"
#include "daemon/store/store_campaign.h"

/* The campaign the group makes now; its members look again at what they add when its first ones are others. */
static enum outcome
regroup(struct store *s, int64_t leader, struct why *why)
{
	struct group now, before;
	enum outcome o;
	int          same;

	if ((o = store_group(s, leader, &now, why)) != OUTCOME_OK || (o = store_campaign(s, leader, &before, why)) != OUTCOME_OK)
		return o;
	if (!now.is_campaign)
		return before.n_first > 0 ? store_campaign_forget(s, leader, why) : OUTCOME_OK;
	same = now.n_first == before.n_first;
	for (size_t i = 0; i < now.n_first && same; i++)
		same = now.first[i] == before.first[i];
	return same ? OUTCOME_OK : store_campaign_save(s, leader, &now, why);
}

/* --- texts ----------------------------------------------------------------------------------------------------------- */

/* Holds t against one other that is before it in rank (before = 1) or after it (0); *shared 0: it is not, or they are not alike. */
static enum outcome
compare(struct store *s, const struct stored_text *t, int64_t id, int before, uint64_t *shared, struct stored_text **other, struct why *why)
{
	struct stored_text *found = NULL;
	enum outcome        o = store_text_load(s, id, &found, why);

	*shared = 0;
	if (o != OUTCOME_OK)
		return o;
	if (found->first != NULL && letter_before(&found->first->letter, &t->first->letter) == before)
		*shared = campaign_match(&t->first->letter, &found->first->letter);
	*other = found;
	return OUTCOME_OK;
}

/* Of the leaders before it the one most alike, of equally alike ones the first; itself when there is none. */
static enum outcome
find_leader(struct store *s, const struct stored_text *t, struct rival *rivals, int64_t *leader, struct why *why)
{
	struct stored_text *best = NULL, *other = NULL;
	uint64_t            most = 0, shared;
	size_t              n = 0, wanted = campaign_keys_wanted(t->n_keys);
	enum outcome        o = store_text_rivals(s, t, 0, 0, rivals, &n, why);

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		if (rivals[i].shared < wanted || (o = compare(s, t, rivals[i].id, 1, &shared, &other, why)) != OUTCOME_OK)
			continue;
		if (shared > most || (shared > 0 && shared == most && letter_before(&other->first->letter, &best->first->letter))) {
			struct stored_text *swap = best;

			best = other;
			other = swap;
			most = shared;
		}
		stored_text_free(other);
		other = NULL;
	}
	*leader = best != NULL ? best->id : t->id;
	stored_text_free(best);
	return o;
}

/* Texts after the one that leads now, and alike, may want to follow it. */
static enum outcome
wake(struct store *s, const struct stored_text *t, int followers, struct rival *rivals, struct why *why)
{
	struct stored_text *other = NULL;
	uint64_t            shared;
	size_t              n = 0, wanted = campaign_keys_wanted(t->n_keys);
	enum outcome        o = store_text_rivals(s, t, followers, letter_class(t->copies), rivals, &n, why);

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		if (rivals[i].shared < wanted || (o = compare(s, t, rivals[i].id, 0, &shared, &other, why)) != OUTCOME_OK)
			continue;
		if (shared > 0 && other->leader != t->id)
			o = store_text_waits(s, rivals[i].id, why);
		stored_text_free(other);
		other = NULL;
	}
	return o;
}

static enum outcome
place(struct store *s, struct stored_text *t, int64_t leader, struct rival *rivals, struct why *why)
{
	int64_t      from = t->leader;
	enum outcome o = store_text_place(s, t, leader, why);

	if (o == OUTCOME_OK && from == t->id && leader != t->id)
		o = store_followers_wait(s, t->id, why);
	if (o == OUTCOME_OK && from != 0 && from != leader)
		o = regroup(s, from, why);
	if (o == OUTCOME_OK && leader == t->id && (o = wake(s, t, 0, rivals, why)) == OUTCOME_OK)
		o = wake(s, t, 1, rivals, why);
	return o == OUTCOME_OK ? regroup(s, leader, why) : o;
}

static enum outcome
drop(struct store *s, struct stored_text *t, struct why *why)
{
	enum outcome o;

	if ((o = store_campaign_forget(s, t->id, why)) != OUTCOME_OK || (o = store_text_remove(s, t, why)) != OUTCOME_OK || t->leader == 0)
		return o;
	if (t->leader == t->id && (o = store_followers_wait(s, t->id, why)) != OUTCOME_OK)
		return o;
	return regroup(s, t->leader, why);
}

static enum outcome
settle_text(struct store *s, int64_t id, struct rival *rivals, struct why *why)
{
	struct stored_text *t = NULL;
	int64_t             leader;
	enum outcome        o;

	if ((o = store_text_waits_no_more(s, id, why)) != OUTCOME_OK || (o = store_text_load(s, id, &t, why)) != OUTCOME_OK)
		goto out;
	if (t->first == NULL)
		o = drop(s, t, why);
	else if ((o = find_leader(s, t, rivals, &leader, why)) == OUTCOME_OK)
		o = place(s, t, leader, rivals, why);
out:
	stored_text_free(t);
	return o;
}

/* --- letters --------------------------------------------------------------------------------------------------------- */

/* What it says beyond the form letter of its campaign. */
static enum outcome
tell_added(struct store *s, const struct stored_letter *l, struct why *why)
{
	struct stored_letter *first[CAMPAIGN_FIRST] = { NULL };
	const struct letter  *letters[CAMPAIGN_FIRST];
	struct group          campaign;
	uint8_t              *added = calloc(l->letter.n + 1, 1);
	enum outcome          o;

	if (added == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	if ((o = store_campaign(s, l->leader, &campaign, why)) != OUTCOME_OK || campaign.n_first == 0)
		goto out;
	for (size_t i = 0; i < campaign.n_first; i++) {
		if ((o = store_letter_load(s, campaign.first[i], &first[i], why)) != OUTCOME_OK)
			goto out;
		letters[i] = &first[i]->letter;
	}
	o = store_letter_added(s, &l->letter, campaign_added(&l->letter, letters, campaign.n_first, added), added, why);
out:
	for (size_t i = 0; i < CAMPAIGN_FIRST; i++)
		stored_letter_free(first[i]);
	free(added);
	return o;
}

/* Counts it to the text it says now, 0 for none. */
static enum outcome
count(struct store *s, struct stored_letter *l, int64_t text, struct why *why)
{
	int64_t      from = l->leader;
	enum outcome o;

	if (l->text != 0 && l->text == text && l->is_as_placed)
		return OUTCOME_OK;
	if (l->text != 0) {
		if ((o = store_letter_leave(s, l, why)) != OUTCOME_OK)
			return o;
		if (from != 0 && (o = regroup(s, from, why)) != OUTCOME_OK)
			return o;
	}
	return text != 0 ? store_letter_join(s, l, text, why) : OUTCOME_OK;
}

static enum outcome
settle_member(struct store *s, int64_t submission, struct why *why)
{
	struct stored_letter *l = NULL;
	enum outcome          o = store_letter_load(s, submission, &l, why);

	if (o == OUTCOME_OK && l->leader != 0)
		o = tell_added(s, l, why);
	stored_letter_free(l);
	return o;
}

/* With what the consultation's own letters say marked in it. */
static enum outcome
load_marked(struct store *s, int64_t submission, struct stored_letter **l, struct why *why)
{
	enum outcome o;
	int          changed = 0;

	if ((o = store_letter_load(s, submission, l, why)) != OUTCOME_OK || (o = store_own_letter(s, *l, why)) != OUTCOME_OK ||
	    (o = store_mark_ministry(s, *l, &changed, why)) != OUTCOME_OK || !changed)
		return o;
	stored_letter_free(*l);
	*l = NULL;
	return store_letter_load(s, submission, l, why);
}

static enum outcome
settle_letter(struct store *s, int64_t submission, struct why *why)
{
	struct stored_letter *l = NULL;
	int64_t               text = 0;
	enum outcome          o;

	if ((o = store_letter_waits_no_more(s, submission, why)) != OUTCOME_OK || (o = load_marked(s, submission, &l, why)) != OUTCOME_OK)
		goto out;
	if (l->counts && l->consultation != NULL && letter_is_comparable(&l->letter) &&
	    (o = store_letter_text(s, l, letter_digest(&l->letter), &text, why)) != OUTCOME_OK)
		goto out;
	if ((o = count(s, l, text, why)) != OUTCOME_OK || text == 0)
		goto out;
	stored_letter_free(l);
	l = NULL;
	if ((o = store_letter_load(s, submission, &l, why)) != OUTCOME_OK || l->leader == 0)	/* until its text is placed */
		goto out;
	if ((o = regroup(s, l->leader, why)) == OUTCOME_OK)
		o = tell_added(s, l, why);
out:
	stored_letter_free(l);
	return o;
}

/* One that waits; *found 0: nobody does. Letters first: they make the texts' ranks. Members last: texts make campaigns. */
static enum outcome
settle_next(struct store *s, struct rival *rivals, int *found, struct why *why)
{
	int64_t      letter = 0, text = 0, member = 0;
	enum outcome o;

	*found = 1;
	if ((o = store_letter_next(s, &letter, why)) != OUTCOME_OK || letter != 0)
		return o == OUTCOME_OK ? settle_letter(s, letter, why) : o;
	if ((o = store_text_next(s, &text, why)) != OUTCOME_OK || text != 0)
		return o == OUTCOME_OK ? settle_text(s, text, rivals, why) : o;
	if ((o = store_member_next(s, &member, why)) != OUTCOME_OK || member != 0)
		return o == OUTCOME_OK ? settle_member(s, member, why) : o;
	*found = 0;
	return OUTCOME_OK;
}

enum outcome
campaigns_settle(struct store *s, size_t max, int *more, struct why *why)
{
	struct rival *rivals = calloc(RIVALS_MAX, sizeof *rivals);
	int           found = 1;
	enum outcome  o = rivals == NULL ? why_set(why, OUTCOME_DEFER, "no memory") : OUTCOME_OK;

	for (size_t i = 0; i < max && found && o == OUTCOME_OK; i++)
		o = settle_next(s, rivals, &found, why);
	if (o == OUTCOME_OK)
		*more = found;
	free(rivals);
	return o;
}
