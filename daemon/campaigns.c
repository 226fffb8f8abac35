/*
 * One letter at a time: whom it follows now, and who must be looked at again because of it. What changes of a letter touches only
 * letters of higher rank, so the waiting ones are taken from the lowest and each change dies out upwards.
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
	if (!now.is_led || now.responders < CAMPAIGN_RESPONDERS)
		return before.n_first > 0 ? store_campaign_forget(s, leader, why) : OUTCOME_OK;
	same = now.n_first == before.n_first;
	for (size_t i = 0; i < now.n_first && same; i++)
		same = now.first[i] == before.first[i];
	if (same)
		return OUTCOME_OK;
	if ((o = store_campaign_save(s, leader, &now, why)) == OUTCOME_OK)
		o = store_members_wait(s, leader, why);
	return o;
}

/* A leader that leads no more leaves its members without one. */
static enum outcome
disband(struct store *s, int64_t leader, struct why *why)
{
	enum outcome o = store_members_wait(s, leader, why);

	return o == OUTCOME_OK ? store_campaign_forget(s, leader, why) : o;
}

/* --- whom it follows ------------------------------------------------------------------------------------------------- */

/* Holds l against one other; `lower`: only if the other has the lower rank (else only if it has the higher). */
static enum outcome
compare(struct store *s, const struct stored_letter *l, int64_t id, int lower, uint64_t *shared, struct stored_letter **other, struct why *why)
{
	struct stored_letter *o = NULL;
	enum outcome          outcome = store_letter_load(s, id, &o, why);

	*shared = 0;
	if (outcome != OUTCOME_OK)
		return outcome;
	if (letter_before(&o->letter, &l->letter) == lower)
		*shared = campaign_match(&l->letter, &o->letter);
	*other = o;
	return OUTCOME_OK;
}

/* Of the leaders below it in rank the one most alike, of equally alike ones the lowest; itself when there is none. */
static enum outcome
find_leader(struct store *s, const struct stored_letter *l, struct rival *rivals, int64_t *leader, struct why *why)
{
	struct stored_letter *best = NULL, *other = NULL;
	uint64_t              most = 0, shared;
	size_t                n = 0, wanted = campaign_keys_wanted(l->n_keys);
	enum outcome          o = store_letter_rivals(s, l, 0, 0, rivals, &n, why);

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		if (rivals[i].shared < wanted || (o = compare(s, l, rivals[i].id, 1, &shared, &other, why)) != OUTCOME_OK)
			continue;
		if (shared > most || (shared > 0 && shared == most && letter_before(&other->letter, &best->letter))) {
			struct stored_letter *swap = best;

			best = other;
			other = swap;
			most = shared;
		}
		stored_letter_free(other);
		other = NULL;
	}
	*leader = best != NULL ? best->letter.id : l->letter.id;
	stored_letter_free(best);
	return o;
}

/* Letters of higher rank that match the one that leads now may want to follow it. */
static enum outcome
wake(struct store *s, const struct stored_letter *l, int members, struct rival *rivals, struct why *why)
{
	struct stored_letter *other = NULL;
	uint64_t              shared;
	size_t                n = 0, wanted = campaign_keys_wanted(l->n_keys);
	enum outcome          o = store_letter_rivals(s, l, members, letter_class(&l->letter), rivals, &n, why);

	for (size_t i = 0; i < n && o == OUTCOME_OK; i++) {
		if (rivals[i].shared < wanted || (o = compare(s, l, rivals[i].id, 0, &shared, &other, why)) != OUTCOME_OK)
			continue;
		if (shared > 0)
			o = store_letter_waits(s, rivals[i].id, why);
		stored_letter_free(other);
		other = NULL;
	}
	return o;
}

/* --- one letter ------------------------------------------------------------------------------------------------------ */

static enum outcome
move(struct store *s, struct stored_letter *l, int64_t leader, struct rival *rivals, struct why *why)
{
	int64_t      from = l->leader, self = l->letter.id;
	enum outcome o;

	if (from == leader)
		return OUTCOME_OK;
	if ((o = store_letter_place(s, l, leader, why)) != OUTCOME_OK)
		return o;
	if (from == self)
		o = disband(s, self, why);
	else if (from != 0)
		o = regroup(s, from, why);
	if (o == OUTCOME_OK && leader == self && (o = wake(s, l, 0, rivals, why)) == OUTCOME_OK)
		o = wake(s, l, 1, rivals, why);
	return o;
}

static enum outcome
leave(struct store *s, struct stored_letter *l, struct why *why)
{
	int64_t      from = l->leader;
	enum outcome o;

	if (from == 0)
		return OUTCOME_OK;
	if ((o = store_letter_remove(s, l, why)) != OUTCOME_OK)
		return o;
	return from == l->letter.id ? disband(s, from, why) : regroup(s, from, why);
}

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

static enum outcome
settle_one(struct store *s, int64_t id, struct rival *rivals, struct why *why)
{
	struct stored_letter *l = NULL;
	int64_t               leader;
	enum outcome          o;

	if ((o = store_letter_waits_no_more(s, id, why)) != OUTCOME_OK || (o = store_letter_load(s, id, &l, why)) != OUTCOME_OK)
		goto out;
	if (!l->is_as_placed && (o = leave(s, l, why)) != OUTCOME_OK)
		goto out;
	if (!l->counts || l->consultation == NULL || !letter_is_comparable(&l->letter)) {
		o = leave(s, l, why);
		goto out;
	}
	if ((o = find_leader(s, l, rivals, &leader, why)) == OUTCOME_OK && (o = move(s, l, leader, rivals, why)) == OUTCOME_OK &&
	    (o = regroup(s, leader, why)) == OUTCOME_OK)
		o = tell_added(s, l, why);
out:
	stored_letter_free(l);
	return o;
}

enum outcome
campaigns_settle(struct store *s, size_t max, int *more, struct why *why)
{
	struct rival *rivals = calloc(RIVALS_MAX, sizeof *rivals);
	int64_t       id = 0;
	enum outcome  o = rivals == NULL ? why_set(why, OUTCOME_DEFER, "no memory") : OUTCOME_OK;

	for (size_t i = 0; i <= max && o == OUTCOME_OK; i++) {
		if ((o = store_letter_next(s, &id, why)) != OUTCOME_OK || id == 0 || i == max)
			break;
		o = settle_one(s, id, rivals, why);
	}
	if (o == OUTCOME_OK)
		*more = id != 0;
	free(rivals);
	return o;
}
