#include "daemon/token/answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "daemon/token/bounds.h"
#include "daemon/token/form.h"
#include "daemon/token/http.h"
#include "daemon/token/store.h"
#include "daemon/token/wipe.h"

static json_t *
read_json(const struct http_answer *h)
{
	json_t *root = json_loadb(h->body, h->n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

/* Seconds, as a number or (some servers) as its digits. `missing` when there is none; never outside 0 … most. */
static int64_t
seconds(const json_t *root, const char *key, int64_t missing, int64_t most)
{
	const json_t *v = json_object_get(root, key);
	double        s = json_is_number(v) ? json_number_value(v) : json_is_string(v) ? strtod(json_string_value(v), NULL) : -1;

	if (!(s >= 0))
		return missing;
	return s > (double)most ? most : (int64_t)s;
}

/* VSCHAR (RFC 6749, appendix A), within `most` bytes: what can go into a header or a line. NULL when it is not. */
static const char *
token_of(const json_t *root, const char *key, size_t most)
{
	const char *text = json_string_value(json_object_get(root, key)), *p;

	for (p = text; p != NULL && *p > 0x20 && *p < 0x7f; p++)
		;
	return text == NULL || text == p || *p != '\0' || (size_t)(p - text) > most ? NULL : text;
}

/* --- why not ------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char  *error;
	enum refusal refusal;
} errors[] = {
	{ "authorization_pending", REFUSAL_PENDING }, { "slow_down", REFUSAL_SLOW_DOWN },
	{ "temporarily_unavailable", REFUSAL_LATER }, { "server_error", REFUSAL_LATER },
	{ "invalid_grant", REFUSAL_GRANT }, { "expired_token", REFUSAL_GRANT }, { "access_denied", REFUSAL_GRANT },
	{ "interaction_required", REFUSAL_GRANT }, { "consent_required", REFUSAL_GRANT }, { "login_required", REFUSAL_GRANT },
	/* Entra's own words for the device flow */
	{ "authorization_declined", REFUSAL_GRANT }, { "bad_verification_code", REFUSAL_GRANT },
};

static enum refusal
classify(long status, const char *error)
{
	if (status == 429 || status >= 500)
		return REFUSAL_LATER;
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (strcmp(error, errors[i].error) == 0)
			return errors[i].refusal;
	return REFUSAL_FINAL;
}

/* Both the code and its description are the server's: escaped, short, and not at all when a secret stands in them. */
static void
set_words(struct why *why, const char *error, const char *description, const struct form *asked)
{
	char code[80], words[260];

	if (form_reveals(asked, error) || form_reveals(asked, description)) {
		(void)why_set(why, OUTCOME_REFUSED, "the server says no, and repeats a secret that is not shown here");
		return;
	}
	(void)log_quote(code, sizeof code, (const uint8_t *)error, strlen(error), 60);
	(void)log_quote(words, sizeof words, (const uint8_t *)description, strcspn(description, "\r\n"), 240);
	(void)why_set(why, OUTCOME_REFUSED, "the server says %s%s%s", code, words[0] == '\0' ? "" : ": ", words);
}

/* No JSON: a proxy's page, or nothing. The status alone says whom it depends on. */
static void
set_status(struct why *why, long status, const struct told *told)
{
	if (told->refusal == REFUSAL_LATER)
		(void)why_set(why, OUTCOME_DEFER, "the server is %s (status %ld, no reason given): it is not to be asked again for %d s",
		    status == 429 ? "too busy" : "broken or too busy", status, (int)told->wait_s);
	else
		(void)why_set(why, OUTCOME_REFUSED, "the server answers with status %ld and no reason; is it the right address?", status);
}

static enum outcome
refused(const struct http_answer *h, const json_t *root, const struct form *asked, struct told *told, struct why *why)
{
	const char *error = json_string_value(json_object_get(root, "error"));
	const char *description = json_string_value(json_object_get(root, "error_description"));

	told->refusal = classify(h->status, error == NULL ? "" : error);
	told->wait_s = h->retry_after_s == 0 ? WAIT_UNTOLD_S : h->retry_after_s > WAIT_MAX_S ? WAIT_MAX_S : h->retry_after_s;
	if (error != NULL)
		set_words(why, error, description == NULL ? "" : description, asked);
	else
		set_status(why, h->status, told);
	if (told->refusal == REFUSAL_LATER)
		return OUTCOME_DEFER;
	return OUTCOME_REFUSED;
}

/* --- what was asked for ------------------------------------------------------------------------------------------------- */

static enum outcome
read_grant(const json_t *root, int64_t now, struct grant *g, struct why *why)
{
	const char  *access = token_of(root, "access_token", ACCESS_TOKEN_BYTES), *type = json_string_value(json_object_get(root, "token_type"));
	const char  *refresh = token_of(root, "refresh_token", REFRESH_TOKEN_BYTES);
	const json_t *given = json_object_get(root, "refresh_token");
	struct grant new = { .obtained_at = now };

	if (access == NULL || type == NULL || strcasecmp(type, "Bearer") != 0)
		return why_set(why, OUTCOME_LOST, "the server's answer holds no token that can be used (no access_token of type Bearer)");
	if (given != NULL && !json_is_null(given) && refresh == NULL)
		return why_set(why, OUTCOME_LOST, "the server's answer holds a refresh token that cannot be kept");
	new.expires_at = now + seconds(root, "expires_in", LIFETIME_UNTOLD_S, LIFETIME_MAX_S);
	new.access_token = wipe_strdup(access);
	if (refresh != NULL)
		new.refresh_token = wipe_strdup(refresh);
	if (new.access_token == NULL || (refresh != NULL && new.refresh_token == NULL)) {
		grant_clear(&new);
		return why_set(why, OUTCOME_DEFER, "no memory for a token");
	}
	*g = new;
	return OUTCOME_OK;
}

enum outcome
answer_token(const struct http_answer *h, const struct form *asked, int64_t now, struct grant *g, struct told *told,
    struct why *why)
{
	json_t      *root = read_json(h);
	enum outcome o;

	*told = (struct told){ REFUSAL_NONE, 0 };
	if (h->status != 200 || json_object_get(root, "error") != NULL)
		o = refused(h, root, asked, told, why);
	else if (root == NULL)
		o = why_set(why, OUTCOME_LOST, "the server's answer is not JSON");
	else
		o = read_grant(root, now, g, why);
	json_decref(root);
	return o;
}

/* verification_url is what some servers said before there was a standard. */
static enum outcome
read_device(const json_t *root, struct device *out, struct why *why)
{
	const char   *code = token_of(root, "device_code", REFRESH_TOKEN_BYTES);
	const char   *uri = token_of(root, "verification_uri", sizeof out->verification_uri - 1);
	const char   *user = json_string_value(json_object_get(root, "user_code"));
	struct device new = { .device_code = NULL };
	size_t        i;

	if (uri == NULL)
		uri = token_of(root, "verification_url", sizeof out->verification_uri - 1);
	for (i = 0; user != NULL && user[i] >= 0x20 && user[i] < 0x7f; i++)
		;
	if (code == NULL || uri == NULL || strncasecmp(uri, "http", 4) != 0 || user == NULL || i == 0 || user[i] != '\0' ||
	    i >= sizeof out->user_code)
		return why_set(why, OUTCOME_LOST, "the server's answer holds no device code, user code and address that can be used");
	(void)snprintf(new.user_code, sizeof new.user_code, "%s", user);
	(void)snprintf(new.verification_uri, sizeof new.verification_uri, "%s", uri);
	new.expires_s = seconds(root, "expires_in", DEVICE_LIFE_MAX_S, DEVICE_LIFE_MAX_S);
	new.interval_s = seconds(root, "interval", DEVICE_INTERVAL_S, DEVICE_INTERVAL_MAX_S);
	if (new.interval_s < 1)
		new.interval_s = 1;
	new.device_code = wipe_strdup(code);
	if (new.device_code == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory for a code");
	*out = new;
	return OUTCOME_OK;
}

enum outcome
answer_device(const struct http_answer *h, const struct form *asked, struct device *out, struct told *told, struct why *why)
{
	json_t      *root = read_json(h);
	enum outcome o;

	*told = (struct told){ REFUSAL_NONE, 0 };
	if (h->status != 200 || json_object_get(root, "error") != NULL)
		o = refused(h, root, asked, told, why);
	else if (root == NULL)
		o = why_set(why, OUTCOME_LOST, "the server's answer is not JSON");
	else
		o = read_device(root, out, why);
	json_decref(root);
	return o;
}

void
device_free(struct device *d)
{
	wipe_free(d->device_code);
	memset(d, 0, sizeof *d);
}
