#include "daemon/token/client.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/private.h"
#include "daemon/token/account.h"
#include "daemon/token/bounds.h"
#include "daemon/token/form.h"
#include "daemon/token/wipe.h"

/* The whole file or credential, NUL-terminated, to be given back with wipe_free(). */
static enum outcome
read_proof(const struct account *a, char **out, size_t *size, struct why *why)
{
	int          credential = a->proof == PROOF_SECRET_CREDENTIAL || a->proof == PROOF_KEY_CREDENTIAL, fd = -1;
	char        *text = NULL;
	ssize_t      got = 1;
	size_t       n = 0;
	enum outcome o;

	o = credential ? private_open_credential(a->proof_value, &fd, why) : private_open(a->proof_value, &fd, why);
	if (o != OUTCOME_OK)
		return o;
	text = wipe_malloc(SECRET_FILE_BYTES + 1);
	while (text != NULL && got > 0 && n <= SECRET_FILE_BYTES) {
		got = read(fd, text + n, SECRET_FILE_BYTES + 1 - n);
		if (got > 0)
			n += (size_t)got;
		else if (got == -1 && errno == EINTR)
			got = 1;
	}
	if (text == NULL)
		o = why_set(why, OUTCOME_DEFER, "no memory for %s", a->proof_value);
	else if (got == -1)
		o = why_errno(why, OUTCOME_REFUSED, "%s", a->proof_value);
	else if (n > SECRET_FILE_BYTES)
		o = why_set(why, OUTCOME_REFUSED, "%s: longer than %u bytes", a->proof_value, SECRET_FILE_BYTES);
	fd_close(&fd);
	if (o != OUTCOME_OK) {
		wipe_free(text);
		return o;
	}
	text[n] = '\0';
	*out = text;
	*size = n;
	return OUTCOME_OK;
}

/* The first line. */
static enum outcome
add_secret(const struct account *a, char *text, struct form *f, struct why *why)
{
	size_t n = strcspn(text, "\r\n"), i;

	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return why_set(why, OUTCOME_REFUSED, "%s: the secret holds a control character", a->proof_value);
	if (n == 0)
		return why_set(why, OUTCOME_REFUSED, "%s: the first line is empty; it must be the secret", a->proof_value);
	text[n] = '\0';
	form_add_secret(f, "client_secret", text);
	return OUTCOME_OK;
}

static enum outcome
add_assertion(const struct account *a, char *text, size_t n, struct form *f, struct why *why)
{
	gnutls_datum_t pem = { (unsigned char *)text, (unsigned)n };
	char          *assertion = NULL;
	enum outcome   o = assertion_make(a, &pem, &assertion, why);

	if (o != OUTCOME_OK)
		return o;
	form_add(f, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	form_add_secret(f, "client_assertion", assertion);
	wipe_free(assertion);
	return OUTCOME_OK;
}

enum outcome
client_prove(const struct account *a, struct form *f, struct why *why)
{
	char        *text = NULL;
	size_t       n = 0;
	enum outcome o;

	form_add(f, "client_id", a->client_id);
	if (a->proof == PROOF_NONE)
		return OUTCOME_OK;
	o = read_proof(a, &text, &n, why);
	if (o != OUTCOME_OK)
		return o;
	if (a->proof == PROOF_KEY_FILE || a->proof == PROOF_KEY_CREDENTIAL)
		o = add_assertion(a, text, n, f, why);
	else
		o = add_secret(a, text, f, why);
	wipe_free(text);
	return o;
}
