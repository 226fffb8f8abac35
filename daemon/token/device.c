/* The device authorization flow (RFC 8628): a person signs in with a browser, anywhere, and we wait. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/token/account.h"
#include "daemon/token/answer.h"
#include "daemon/token/bounds.h"
#include "daemon/token/client.h"
#include "daemon/token/flow.h"
#include "daemon/token/form.h"
#include "daemon/token/http.h"
#include "daemon/token/store.h"

static int64_t
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec;
}

static void
sleep_s(int64_t seconds)
{
	struct timespec left = { (time_t)seconds, 0 };

	while (nanosleep(&left, &left) == -1)
		;
}

static enum outcome
begin(const struct account *a, struct device *d, struct why *why)
{
	struct http_answer h = { 0, NULL, 0, 0 };
	struct told        told;
	struct form       *f = form_new();
	enum outcome       o;

	if (f == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for a request");
	if (a->scope[0] != '\0')
		form_add(f, "scope", a->scope);
	o = client_prove(a, f, why);
	if (o == OUTCOME_OK)
		o = http_post(a, a->device_endpoint, f, &h, why);
	if (o == OUTCOME_OK)
		o = answer_device(&h, f, d, &told, why);
	http_answer_free(&h);
	form_free(f);
	return o;
}

static enum outcome
save(const struct account *a, struct store *s, struct grant *g, struct why *why)
{
	if (g->refresh_token == NULL)
		return why_set(why, OUTCOME_REFUSED, "the server gave no refresh token, so this would last an hour; "
		    "does scope hold offline_access? (account %s)", a->name);
	return store_save(s, g, why);
}

/* Asks once whether the person has signed in; the store is locked for no longer than that. */
static enum outcome
ask_once(const struct account *a, const struct device *d, struct told *told, struct why *why)
{
	struct http_answer h = { 0, NULL, 0, 0 };
	struct grant       g = { NULL, NULL, 0, 0, 0 };
	struct store      *s = NULL;
	struct form       *f = form_new();
	enum outcome       o;

	if (f == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for a request");
	form_add(f, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
	form_add_secret(f, "device_code", d->device_code);
	o = client_prove(a, f, why);
	if (o == OUTCOME_OK)
		o = store_open(a, &s, why);
	if (o == OUTCOME_OK)
		o = store_prepare(s, why);
	if (o == OUTCOME_OK)
		o = http_post(a, a->token_endpoint, f, &h, why);
	if (o == OUTCOME_OK)
		o = answer_token(&h, f, (int64_t)time(NULL), &g, told, why);
	if (o == OUTCOME_OK)
		o = save(a, s, &g, why);
	store_close(&s);
	grant_clear(&g);
	http_answer_free(&h);
	form_free(f);
	return o;
}

/* The pause before the next question (RFC 8628, 3.5), or -1 when there is no next. */
static int64_t
next_interval(enum outcome o, const struct told *told, int64_t interval_s)
{
	if (told->refusal == REFUSAL_PENDING)
		return interval_s;
	if (told->refusal == REFUSAL_SLOW_DOWN)
		return interval_s + DEVICE_SLOWER_S;
	if (told->refusal == REFUSAL_LATER)
		return told->wait_s > interval_s ? told->wait_s : interval_s;
	if (o == OUTCOME_LOST || o == OUTCOME_DEFER)
		return interval_s * 2 < DEVICE_INTERVAL_MAX_S ? interval_s * 2 : DEVICE_INTERVAL_MAX_S;
	return -1;
}

enum outcome
flow_login(const struct account *a, struct why *why)
{
	struct device d = { .device_code = NULL };
	struct store *s = NULL;
	struct told   told;
	int64_t       until, interval_s;
	enum outcome  o;

	if (a->flow != FLOW_DEVICE_CODE)
		return why_set(why, OUTCOME_REFUSED, "nobody signs in with flow = \"client_credentials\"; try --check");
	o = store_open(a, &s, why);	/* nobody signs in for a store that cannot be used */
	store_close(&s);
	if (o == OUTCOME_OK)
		o = begin(a, &d, why);
	if (o != OUTCOME_OK)
		return o;
	(void)printf("Open %s in a browser and enter the code %s\n(good for %d minutes; waiting …)\n", d.verification_uri, d.user_code,
	    (int)((d.expires_s + 59) / 60));
	(void)fflush(stdout);
	until = now_s() + d.expires_s;
	interval_s = d.interval_s;
	do {
		if (now_s() + interval_s > until) {
			o = why_set(why, OUTCOME_REFUSED, "nobody has entered the code in time; try again");
			break;
		}
		sleep_s(interval_s);
		told = (struct told){ REFUSAL_NONE, 0 };
		o = ask_once(a, &d, &told, why);
		interval_s = o == OUTCOME_OK ? -1 : next_interval(o, &told, interval_s);
	} while (interval_s != -1);
	device_free(&d);
	return o;
}
