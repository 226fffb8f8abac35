#include "daemon/fetch/tls.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* No version below 1.2, no key under 2048 bits of RSA, no SHA-1 signature. */
#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM"

struct tls_trust {
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t                priorities;
	gnutls_typed_vdata_st            wanted[2];	/* GnuTLS keeps the pointer: it lives as long as the trust */
};

enum outcome
tls_trust_load(const char *ca_file, struct tls_trust **out, struct why *why)
{
	struct tls_trust *t;
	enum outcome      o = OUTCOME_REFUSED;
	int               n;

	t = calloc(1, sizeof *t);
	if (t == NULL)
		return why_errno(why, OUTCOME_DEFER, "TLS");
	if (gnutls_certificate_allocate_credentials(&t->cred) < 0 ||
	    gnutls_priority_init(&t->priorities, PRIORITIES, NULL) < 0) {
		(void)why_set(why, o, "TLS: this GnuTLS knows not all of %s", PRIORITIES);
		goto out;
	}
	if (ca_file[0] == '\0')
		n = gnutls_certificate_set_x509_system_trust(t->cred);
	else
		n = gnutls_certificate_set_x509_trust_file(t->cred, ca_file, GNUTLS_X509_FMT_PEM);
	if (n <= 0) {
		(void)why_set(why, o, "tls_ca_file \"%s\": %s", ca_file[0] == '\0' ? "(the system's trust)" : ca_file,
		    n < 0 ? gnutls_strerror(n) : "holds no certificate; give a PEM file of the authorities to trust");
		goto out;
	}
	*out = t;
	return OUTCOME_OK;
out:
	tls_trust_free(t);
	return o;
}

void
tls_trust_free(struct tls_trust *t)
{
	if (t == NULL)
		return;
	if (t->priorities != NULL)
		gnutls_priority_deinit(t->priorities);
	if (t->cred != NULL)
		gnutls_certificate_free_credentials(t->cred);
	free(t);
}

static int
is_address(const char *host)
{
	unsigned char raw[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1;
}

enum outcome
tls_session_new(struct tls_trust *t, const char *host, int fd, gnutls_session_t *out, struct why *why)
{
	gnutls_session_t s = NULL;
	int              err;

	/* For an address GnuTLS compares with the certificate's IP address names (gnutls_x509_crt_check_hostname2). */
	t->wanted[0] = (gnutls_typed_vdata_st){ GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)(uintptr_t)host, 0 };
	t->wanted[1] = (gnutls_typed_vdata_st){ GNUTLS_DT_KEY_PURPOSE_OID,
	    (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER, 0 };
	err = gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	if (err >= 0)
		err = gnutls_priority_set(s, t->priorities);
	if (err >= 0)
		err = gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, t->cred);
	if (err >= 0 && !is_address(host))
		err = gnutls_server_name_set(s, GNUTLS_NAME_DNS, host, strlen(host));
	if (err < 0) {
		if (s != NULL)
			gnutls_deinit(s);
		return why_set(why, OUTCOME_DEFER, "TLS: %s", gnutls_strerror(err));
	}
	gnutls_session_set_verify_cert2(s, t->wanted, 2, 0);
	gnutls_transport_set_int(s, fd);
	*out = s;
	return OUTCOME_OK;
}

enum outcome
tls_refused(gnutls_session_t session, const char *host, int err, struct why *why)
{
	gnutls_datum_t text = { NULL, 0 };
	unsigned       status;
	char           words[240];
	enum outcome   o = OUTCOME_LOST;

	switch (err) {
	case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR:
		status = gnutls_session_get_verify_cert_status(session);
		if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
			text.data = NULL;
		(void)log_quote(words, sizeof words, text.data, text.data == NULL ? 0 : text.size, 200);
		o = why_set(why, OUTCOME_REFUSED, "the certificate is not that of %s: %s(nothing was sent; check url and tls_ca_file)",
		    host, words);
		gnutls_free(text.data);
		break;
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
	case GNUTLS_E_NO_CIPHER_SUITES:
	case GNUTLS_E_INSUFFICIENT_SECURITY:
		o = why_set(why, OUTCOME_REFUSED, "TLS: %s (TLS 1.2 or newer is needed)", gnutls_strerror(err));
		break;
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
	case GNUTLS_E_UNEXPECTED_PACKET:
		o = why_set(why, o, "TLS: what the server sends is no TLS (is the port right?)");
		break;
	case GNUTLS_E_WARNING_ALERT_RECEIVED:
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		if (gnutls_alert_get(session) == GNUTLS_A_PROTOCOL_VERSION)
			o = OUTCOME_REFUSED;
		o = why_set(why, o, "TLS: the server refused: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
		break;
	default:
		o = why_set(why, o, "TLS: %s", gnutls_strerror(err));
	}
	return o;
}
