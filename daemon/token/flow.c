/* Client credentials (RFC 6749, 4.4) and refresh tokens (6), and when to ask at all. */
#include "daemon/token/flow.h"

#include <string.h>
#include <time.h>

#include "daemon/token/account.h"
#include "daemon/token/answer.h"
#include "daemon/token/bounds.h"
#include "daemon/token/client.h"
#include "daemon/token/form.h"
#include "daemon/token/http.h"
#include "daemon/token/store.h"
#include "daemon/token/wipe.h"

/* Good for so long yet that it is given out without asking. */
static int
is_fresh(const struct grant *g, int64_t now)
{
	int64_t life = g->expires_at - g->obtained_at, margin = life / 5 < MARGIN_S ? life / 5 : MARGIN_S;

	return g->access_token != NULL && now + CLOCK_BACK_S >= g->obtained_at && now < g->expires_at - margin;
}

/* The server cannot be asked: good enough to try. */
static int
is_valid(const struct grant *g, int64_t now)
{
	return g->access_token != NULL && now + CLOCK_BACK_S >= g->obtained_at && now < g->expires_at;
}

static enum outcome
fill_form(const struct account *a, const struct grant *old, struct form *f, struct why *why)
{
	if (a->flow == FLOW_CLIENT_CREDENTIALS)
		form_add(f, "grant_type", "client_credentials");
	else if (old->refresh_token == NULL)
		return why_set(why, OUTCOME_REFUSED, "nobody has signed in yet: hoering-token --login %s", a->name);
	else {
		form_add(f, "grant_type", "refresh_token");
		form_add_secret(f, "refresh_token", old->refresh_token);
	}
	if (a->scope[0] != '\0')
		form_add(f, "scope", a->scope);
	return client_prove(a, f, why);
}

/* The old grant as it was, but nobody asks before this time. */
static enum outcome
save_wait(struct store *s, int64_t until, struct why *why)
{
	const struct grant *old = store_grant(s);
	struct grant        g = { .obtained_at = old->obtained_at, .expires_at = old->expires_at, .wait_until = until };
	enum outcome        o;

	g.refresh_token = old->refresh_token == NULL ? NULL : wipe_strdup(old->refresh_token);
	g.access_token = old->access_token == NULL ? NULL : wipe_strdup(old->access_token);
	if ((old->refresh_token != NULL && g.refresh_token == NULL) || (old->access_token != NULL && g.access_token == NULL))
		o = why_set(why, OUTCOME_DEFER, "no memory for a token");
	else
		o = store_save(s, &g, why);
	grant_clear(&g);
	return o;
}

/* A server that rotates refresh tokens gives a new one; one that does not means: keep the old (RFC 6749, 6). */
static enum outcome
save_answer(const struct account *a, struct store *s, struct grant *g, struct why *why)
{
	const char *old = store_grant(s)->refresh_token;

	if (a->flow == FLOW_CLIENT_CREDENTIALS) {
		wipe_free(g->refresh_token);
		g->refresh_token = NULL;
	} else if (g->refresh_token == NULL && (g->refresh_token = wipe_strdup(old)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for a token");
	return store_save(s, g, why);
}

static enum outcome
ask(const struct account *a, struct store *s, int64_t now, struct why *why)
{
	struct http_answer h = { 0, NULL, 0, 0 };
	struct grant       g = { NULL, NULL, 0, 0, 0 };
	struct told        told = { REFUSAL_NONE, 0 };
	struct form       *f = form_new();
	struct why         unsaved, said;
	enum outcome       o;

	if (f == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for a request");
	o = fill_form(a, store_grant(s), f, why);
	if (o == OUTCOME_OK)
		o = store_prepare(s, why);
	if (o == OUTCOME_OK)
		o = http_post(a, a->token_endpoint, f, &h, why);
	if (o != OUTCOME_OK)
		goto out;
	o = answer_token(&h, f, now, &g, &told, why);
	if (o == OUTCOME_OK)
		o = save_answer(a, s, &g, why);
	else if (told.refusal == REFUSAL_LATER && save_wait(s, now + told.wait_s, &unsaved) != OUTCOME_OK)
		*why = unsaved;
	else if (told.refusal == REFUSAL_GRANT && a->flow == FLOW_DEVICE_CODE) {	/* who repeats this may cut it off: first what to do */
		said = *why;
		o = why_set(why, o, "sign in again (hoering-token --login %s): %.280s", a->name, said.text);
	}
out:
	grant_clear(&g);
	http_answer_free(&h);
	form_free(f);
	return o;
}

enum outcome
flow_token(const struct account *a, struct store *s, int renew, struct why *why)
{
	int64_t      now = (int64_t)time(NULL), wait_s = store_grant(s)->wait_until - now;
	enum outcome o;

	if (!renew && is_fresh(store_grant(s), now))
		return OUTCOME_OK;
	if (wait_s > 0 && wait_s <= WAIT_MAX_S)
		o = why_set(why, OUTCOME_DEFER, "the server was too busy or broken: it is not to be asked again for another %d s", (int)wait_s);
	else
		o = ask(a, s, now, why);
	if ((o == OUTCOME_DEFER || o == OUTCOME_LOST) && !renew && is_valid(store_grant(s), now))
		return OUTCOME_OK;
	return o;
}
