/* The client's assertion: a JSON Web Token (RFC 7519) that is its own proof (RFC 7523, 2.2), signed by GnuTLS. */
#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <jansson.h>
#include <nettle/base64.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/token/account.h"
#include "daemon/token/bounds.h"
#include "daemon/token/client.h"
#include "daemon/token/wipe.h"

/* Without padding (RFC 7515, 2). `out` has BASE64_ENCODE_RAW_LENGTH(n) + 1 bytes; the bytes written. */
static size_t
base64url(char *out, const void *p, size_t n)
{
	struct base64_encode_ctx ctx;
	size_t                   k;

	base64url_encode_init(&ctx);
	k = base64_encode_update(&ctx, out, n, p);
	k += base64_encode_final(&ctx, out + k);
	while (k > 0 && out[k - 1] == '=')
		k--;
	out[k] = '\0';
	return k;
}

static enum outcome
gnutls_failed(const char *what, int err, struct why *why)
{
	return why_set(why, OUTCOME_REFUSED, "%s: %s", what, gnutls_strerror(err));
}

static enum outcome
read_certificate(const char *path, gnutls_x509_crt_t crt, struct why *why)
{
	int            fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), err;
	unsigned char  pem[CERTIFICATE_FILE_BYTES];
	gnutls_datum_t d = { pem, 0 };
	ssize_t        n = fd == -1 ? -1 : read(fd, pem, sizeof pem);
	enum outcome   o = OUTCOME_OK;

	if (n == -1)
		o = why_errno(why, OUTCOME_REFUSED, "%s", path);
	else {
		d.size = (unsigned)n;
		err = gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_PEM);
		if (err < 0)
			o = gnutls_failed(path, err, why);
	}
	fd_close(&fd);
	return o;
}

/* The server looks the key up by the certificate's digest: that of another certificate would be refused without a reason. */
static enum outcome
same_key(const struct account *a, gnutls_privkey_t key, gnutls_x509_crt_t crt, struct why *why)
{
	unsigned char   one[64], other[64];
	size_t          n_one = sizeof one, n_other = sizeof other;
	gnutls_pubkey_t public = NULL;
	int             err = gnutls_pubkey_init(&public);

	if (err >= 0)
		err = gnutls_pubkey_import_privkey(public, key, 0, 0);
	if (err >= 0)
		err = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, one, &n_one);
	if (err >= 0)
		err = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, other, &n_other);
	if (public != NULL)
		gnutls_pubkey_deinit(public);
	if (err < 0)
		return gnutls_failed(a->certificate_file, err, why);
	if (n_one != n_other || memcmp(one, other, n_one) != 0)
		return why_set(why, OUTCOME_REFUSED, "%s: this certificate belongs to another key than the one given", a->certificate_file);
	return OUTCOME_OK;
}

/* x5t with RS256, x5t#S256 with PS256: which digest goes with which is as Entra's own libraries have it. */
static enum outcome
name_certificate(const struct account *a, gnutls_privkey_t key, json_t *header, struct why *why)
{
	int                       sha256 = a->assertion == ASSERTION_PS256;
	unsigned char             digest[32];
	size_t                    n = sizeof digest;
	char                      text[BASE64_ENCODE_RAW_LENGTH(sizeof digest) + 1];
	gnutls_x509_crt_t         crt = NULL;
	int                       err = gnutls_x509_crt_init(&crt);
	enum outcome              o;

	if (err < 0)
		return gnutls_failed(a->certificate_file, err, why);
	o = read_certificate(a->certificate_file, crt, why);
	if (o == OUTCOME_OK)
		o = same_key(a, key, crt, why);
	if (o == OUTCOME_OK) {
		err = gnutls_x509_crt_get_fingerprint(crt, sha256 ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1, digest, &n);
		if (err < 0)
			o = gnutls_failed(a->certificate_file, err, why);
	}
	if (o == OUTCOME_OK) {
		(void)base64url(text, digest, n);
		if (json_object_set_new(header, sha256 ? "x5t#S256" : "x5t", json_string(text)) == -1)
			o = why_set(why, OUTCOME_DEFER, "no memory for an assertion");
	}
	gnutls_x509_crt_deinit(crt);
	return o;
}

static json_t *
payload(const struct account *a)
{
	unsigned char chance[16];
	char          id[2 * sizeof chance + 1];
	json_int_t    now = (json_int_t)time(NULL);

	if (gnutls_rnd(GNUTLS_RND_NONCE, chance, sizeof chance) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof chance; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", chance[i]);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "aud", a->token_endpoint, "iss", a->client_id, "sub", a->client_id,
	    "jti", id, "iat", now, "nbf", now, "exp", now + ASSERTION_LIFE_S);
}

/* Appends the encoded JSON to `out`. 0, or -1. */
static int
append_json(char *out, size_t size, const json_t *json)
{
	char  *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	size_t at = strlen(out), n = text == NULL ? 0 : strlen(text);
	int    ok = text != NULL && at + BASE64_ENCODE_RAW_LENGTH(n) < size;

	if (ok)
		(void)base64url(out + at, text, n);
	wipe_free(text);
	return ok ? 0 : -1;
}

static enum outcome
sign(const struct account *a, gnutls_privkey_t key, char *out, size_t size, struct why *why)
{
	gnutls_datum_t data = { (unsigned char *)out, (unsigned)strlen(out) }, signature = { NULL, 0 };
	size_t         at = strlen(out);
	int            err;
	enum outcome   o = OUTCOME_OK;

	/* For RSA-PSS GnuTLS takes a salt as long as the digest, as RFC 7518, 3.5 wants it. */
	err = gnutls_privkey_sign_data2(key, a->assertion == ASSERTION_PS256 ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA256 : GNUTLS_SIGN_RSA_SHA256,
	    0, &data, &signature);
	if (err < 0)
		return gnutls_failed(a->proof_value, err, why);
	if (at + 1 + BASE64_ENCODE_RAW_LENGTH(signature.size) >= size)
		o = why_set(why, OUTCOME_REFUSED, "%s: the signature is longer than any that is known", a->proof_value);
	else {
		out[at] = '.';
		(void)base64url(out + at + 1, signature.data, signature.size);
	}
	gnutls_free(signature.data);
	return o;
}

static enum outcome
load_key(const struct account *a, const gnutls_datum_t *pem, gnutls_privkey_t *key, struct why *why)
{
	unsigned bits = 0;
	int      err = gnutls_privkey_init(key);

	if (err >= 0)
		err = gnutls_privkey_import_x509_raw(*key, pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (err < 0)
		return gnutls_failed(a->proof_value, err, why);
	if (gnutls_privkey_get_pk_algorithm(*key, &bits) != GNUTLS_PK_RSA || bits < 2048)
		return why_set(why, OUTCOME_REFUSED, "%s: must be an RSA key of at least 2048 bits", a->proof_value);
	return OUTCOME_OK;
}

enum outcome
assertion_make(const struct account *a, const gnutls_datum_t *pem, char **out, struct why *why)
{
	const size_t     size = 16 << 10;	/* names of at most a few KB, a signature of at most 2 KB */
	char            *text = wipe_malloc(size);
	json_t          *header = json_pack("{s:s, s:s}", "alg", a->assertion == ASSERTION_PS256 ? "PS256" : "RS256", "typ", "JWT");
	json_t          *claims = payload(a);
	gnutls_privkey_t key = NULL;
	enum outcome     o = OUTCOME_OK;

	if (text == NULL || header == NULL || claims == NULL)
		o = why_set(why, OUTCOME_DEFER, "no memory for an assertion");
	if (o == OUTCOME_OK)
		o = load_key(a, pem, &key, why);
	if (o == OUTCOME_OK && a->certificate_file[0] != '\0')
		o = name_certificate(a, key, header, why);
	if (o == OUTCOME_OK && a->key_id[0] != '\0' && json_object_set_new(header, "kid", json_string(a->key_id)) == -1)
		o = why_set(why, OUTCOME_DEFER, "no memory for an assertion");
	if (o == OUTCOME_OK) {
		text[0] = '\0';
		if (append_json(text, size, header) == -1 || strcat(text, ".") == NULL || append_json(text, size, claims) == -1)
			o = why_set(why, OUTCOME_REFUSED, "client_id, key_id or token_endpoint is too long for an assertion");
	}
	if (o == OUTCOME_OK)
		o = sign(a, key, text, size, why);
	if (o == OUTCOME_OK) {
		*out = text;
		text = NULL;
	}
	if (key != NULL)
		gnutls_privkey_deinit(key);
	json_decref(header);
	json_decref(claims);
	wipe_free(text);
	return o;
}
