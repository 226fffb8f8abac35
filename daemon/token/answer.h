/*
 * What a token endpoint answers: a token (RFC 6749, 5.1), the codes of a device (RFC 8628, 3.2), or why not (5.2).
 * Owns the reading of its JSON and what of it is believed; asks nothing and keeps nothing.
 */
#ifndef HOERING_TOKEN_ANSWER_H
#define HOERING_TOKEN_ANSWER_H

#include <stdint.h>

#include "base/why.h"

struct form;
struct grant;
struct http_answer;

/* What a refusal means for who asks again. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_PENDING,	/* authorization_pending: the person has not answered yet */
	REFUSAL_SLOW_DOWN,
	REFUSAL_LATER,		/* busy, throttled: not before wait_s have passed */
	REFUSAL_GRANT,		/* the refresh token or device code is good no more: a person must sign in */
	REFUSAL_FINAL		/* the client, the scope, the request: a person must look */
};

struct told {
	enum refusal refusal;
	int64_t      wait_s;	/* with REFUSAL_LATER */
};

/*
 * `asked` is the form that was sent: a server that repeats a secret of it in its words is not quoted. OUTCOME_OK: *g has the
 * new access token, and the new refresh token when there is one. Else told->refusal says what the server meant; an answer that
 * is none (garbage, no token in it) is OUTCOME_LOST with REFUSAL_NONE.
 */
enum outcome answer_token(const struct http_answer *h, const struct form *asked, int64_t now, struct grant *g,
    struct told *told, struct why *why) MUST_CHECK;

struct device {
	char    *device_code;		/* wiped with device_free() */
	char     user_code[64];		/* printable ASCII */
	char     verification_uri[256];
	int64_t  expires_s, interval_s;
};

enum outcome answer_device(const struct http_answer *h, const struct form *asked, struct device *out, struct told *told,
    struct why *why) MUST_CHECK;
void         device_free(struct device *d);

#endif
