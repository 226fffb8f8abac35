#include "parsers/pkcs7.h"

#include <glib.h>
#include <gnutls/pkcs7.h>
#include <string.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/format.h"

int
pkcs7_is_type(const char *type)
{
	return strcmp(type, "application/pkcs7-mime") == 0 || strcmp(type, "application/x-pkcs7-mime") == 0;
}

static gnutls_pkcs7_t
imported(const uint8_t *p, size_t n)
{
	const gnutls_datum_t data = { (unsigned char *)(uintptr_t)p, (unsigned)n };
	gnutls_pkcs7_t       p7 = NULL;

	if (n > G_MAXINT || gnutls_pkcs7_init(&p7) < 0)
		return NULL;
	if (gnutls_pkcs7_import(p7, &data, GNUTLS_X509_FMT_DER) == 0 || gnutls_pkcs7_import(p7, &data, GNUTLS_X509_FMT_PEM) == 0)
		return p7;
	gnutls_pkcs7_deinit(p7);
	return NULL;
}

int
pkcs7_content(const uint8_t *p, size_t n, uint8_t **out, size_t *out_n)
{
	gnutls_pkcs7_t p7 = imported(p, n);
	gnutls_datum_t data = { NULL, 0 };
	int            found;

	if (p7 == NULL)
		return 0;
	found = gnutls_pkcs7_get_embedded_data(p7, 0, &data) == 0 && data.size > 0;
	if (found) {
		*out = g_memdup2(data.data, data.size);
		*out_n = data.size;
	}
	gnutls_free(data.data);
	gnutls_pkcs7_deinit(p7);
	return found;
}

/* What was signed is a piece of MIME with headers of its own: a mail without an envelope. */
enum text_status
read_pkcs7(struct reading *r)
{
	struct attached a;

	memset(&a, 0, sizeof a);
	if (!pkcs7_content(r->p, r->n, (uint8_t **)(uintptr_t)&a.p, &a.n))
		return TEXT_ENCRYPTED;
	r->source = TEXT_NONE;
	if (!build_unfold(r->b, a.n))
		return TEXT_OK;
	a.parent = r->position;
	a.depth = r->depth + 1;
	a.type = "message/rfc822";
	(void)attach(r->b, &a);
	return TEXT_OK;
}
