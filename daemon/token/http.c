#include "daemon/token/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/log.h"
#include "daemon/token/account.h"
#include "daemon/token/bounds.h"
#include "daemon/token/form.h"
#include "daemon/token/wipe.h"

enum outcome
http_start(struct why *why)
{
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wipe_malloc, wipe_free, wipe_realloc, wipe_strdup, wipe_calloc) != CURLE_OK)
		return why_set(why, OUTCOME_DEFER, "libcurl does not start");
	return OUTCOME_OK;
}

void
http_end(void)
{
	curl_global_cleanup();
}

void
http_answer_free(struct http_answer *h)
{
	wipe_free(h->body);
	memset(h, 0, sizeof *h);
}

/* What arrives, with what has been heard so far. */
struct heard {
	struct http_answer *answer;
	size_t              header_bytes;
	int                 too_much;
};

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct heard *h = arg;
	size_t        bytes = size * n;

	if (bytes > ANSWER_BYTES - h->answer->n) {
		h->too_much = 1;
		return 0;
	}
	memcpy(h->answer->body + h->answer->n, p, bytes);
	h->answer->n += bytes;
	return bytes;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct heard *h = arg;

	(void)p;
	h->header_bytes += size * n;
	if (h->header_bytes <= HEADER_BYTES)
		return size * n;
	h->too_much = 1;
	return 0;
}

static int
set_limits(CURL *c, const struct account *a)
{
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;	/* a secret goes where it was meant to go */
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	if (a->tls_ca_file[0] != '\0') {
		bad |= curl_easy_setopt(c, CURLOPT_CAINFO, a->tls_ca_file) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_CAPATH, NULL) != CURLE_OK;
	}
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, a->proxy) != CURLE_OK;	/* "": nor what the environment says */
	bad |= curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) != CURLE_OK;	/* a resolver that hangs does not hold us */
	bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)PATIENCE_CONNECT_MS) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)PATIENCE_REQUEST_MS) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_USERAGENT, "hoering-token") != CURLE_OK;
	return bad;
}

static int
set_request(CURL *c, const char *url, const char *text, size_t n, struct curl_slist *headers, struct heard *h)
{
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_URL, url) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)n) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, text) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, h) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HEADERDATA, h) != CURLE_OK;
	return bad;
}

static enum outcome
failed(CURLcode code, const char *words, const char *url, const struct heard *h, struct why *why)
{
	const char *host = url + strlen("https://");
	int         n = (int)strcspn(host, "/?");
	char        shown[200];

	if (h->too_much)
		return why_set(why, OUTCOME_LOST, "%.*s: the answer is longer than any token's", n, host);
	if (words[0] == '\0')
		words = curl_easy_strerror(code);
	(void)log_quote(shown, sizeof shown, (const uint8_t *)words, strlen(words), 180);
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return why_set(why, OUTCOME_REFUSED, "%.*s: %s (nothing was sent; check the address and tls_ca_file)", n, host, shown);
	case CURLE_URL_MALFORMAT:
		return why_set(why, OUTCOME_REFUSED, "%.*s: %s", n, host, shown);
	default:
		return why_set(why, OUTCOME_LOST, "%.*s: %s", n, host, shown);
	}
}

enum outcome
http_post(const struct account *a, const char *url, const struct form *f, struct http_answer *out, struct why *why)
{
	struct http_answer answer = { .body = wipe_malloc(ANSWER_BYTES + 1) };
	struct heard       h = { .answer = &answer };
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
	char               words[CURL_ERROR_SIZE] = "";
	CURL              *c = curl_easy_init();
	size_t             n;
	const char        *text = form_text(f, &n);
	curl_off_t         retry_after = 0;
	CURLcode           code;
	enum outcome       o = OUTCOME_OK;

	if (c == NULL || headers == NULL || answer.body == NULL || text == NULL ||
	    set_limits(c, a) || set_request(c, url, text, n, headers, &h) ||
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words) != CURLE_OK) {
		o = why_set(why, OUTCOME_DEFER, "no memory for a request");
		goto out;
	}
	code = curl_easy_perform(c);
	if (code != CURLE_OK) {
		o = failed(code, words, url, &h, why);
		goto out;
	}
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer.status);
	if (curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &retry_after) == CURLE_OK && retry_after > 0)
		answer.retry_after_s = retry_after;
	*out = answer;
	memset(&answer, 0, sizeof answer);
out:
	http_answer_free(&answer);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return o;
}
