#include "parsers/pkcs7.h"

#include <glib.h>
#include <gnutls/pkcs7.h>
#include <string.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/format.h"

#define HEAD_BYTES 20u	/* in which the type of the content is named */

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

/* Its outermost element says that it is longer (X.690 8.1.3). */
static int
is_cut(const uint8_t *p, size_t n)
{
	const size_t digits = n < 6 || p[0] != 0x30 || p[1] < 0x81 || p[1] > 0x84 ? 0 : p[1] - 0x80u;
	size_t       i, length = 0;

	for (i = 0; i < digits; i++)
		length = length << 8 | p[2 + i];
	return length > n;
}

/* What its beginning says it is (RFC 5652, RFC 3274), where GnuTLS has no content of it: encrypted, as nearly all are, or what nobody sends. */
static enum text_status
status_without_content(struct reading *r)
{
	static const char not_read[][16] = { "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05", "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09" };
	static const char is_signed[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
	const size_t      head = MIN(r->n, HEAD_BYTES);
	size_t            i;

	for (i = 0; i < sizeof not_read / sizeof not_read[0]; i++)	/* plain data; with a digest; compressed */
		if (memmem(r->p, head, not_read[i], strlen(not_read[i])) != NULL)
			return TEXT_UNSUPPORTED;
	if (memmem(r->p, head, is_signed, strlen(is_signed)) == NULL)
		return TEXT_ENCRYPTED;
	if (imported(r->p, r->n) != NULL)	/* certificates alone */
		return TEXT_EMPTY;
	return is_cut(r->p, r->n) ? damaged(r) : TEXT_UNSUPPORTED;
}

/* What was signed is a piece of MIME with headers of its own: a mail without an envelope. */
enum text_status
read_pkcs7(struct reading *r)
{
	struct attached a;

	memset(&a, 0, sizeof a);
	if (!pkcs7_content(r->p, r->n, (uint8_t **)(uintptr_t)&a.p, &a.n))
		return status_without_content(r);
	r->source = TEXT_NONE;
	if (!build_unfold(r->b, a.n))
		return TEXT_OK;
	a.parent = r->position;
	a.depth = r->depth + 1;
	a.type = "message/rfc822";
	(void)attach(r->b, &a);
	return TEXT_OK;
}
