#include "daemon/token/account.h"

#include <string.h>
#include <strings.h>

#include "config/source.h"

#define KEYS "flow tenant token_endpoint device_endpoint client_id client_secret_file client_secret_credential key_file " \
	"key_credential certificate_file key_id assertion scope store tls_ca_file proxy"

/* A tenant of Microsoft Entra is enough said: the addresses and what is asked for follow from it. */
#define ENTRA       "https://login.microsoftonline.com"
#define ENTRA_OWN   "https://outlook.office365.com/.default"
#define ENTRA_OTHER "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access"

static const struct {
	const char *key;
	enum proof  proof;
} proofs[] = {
	{ "client_secret_file", PROOF_SECRET_FILE }, { "client_secret_credential", PROOF_SECRET_CREDENTIAL },
	{ "key_file", PROOF_KEY_FILE }, { "key_credential", PROOF_KEY_CREDENTIAL },
};

static int
is_set(const struct source *s, const char *key)
{
	return config_setting_get_member(s->root, key) != NULL;
}

/* An https:// address without user, spaces or control characters; "" when it is not given. */
static const char *
endpoint(struct source *s, const char *key)
{
	const char *url = source_string(s, s->root, key, "");
	const char *p;

	if (url[0] == '\0')
		return url;
	for (p = url; *p > 0x20 && *p < 0x7f && *p != '#' && *p != '@'; p++)
		;
	if (strncasecmp(url, "https://", 8) != 0 || url[8] == '\0' || url[8] == '/' || *p != '\0')
		source_mistake(s, s->root, key, "%s is \"%s\"; it must be an address that begins with https://, "
		    "without a user name", key, url);
	return url;
}

static void
read_endpoints(struct source *s, struct account *a)
{
	const char *tenant = source_string(s, s->root, "tenant", "");
	const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
	int         device = a->flow == FLOW_DEVICE_CODE;

	a->token_endpoint = endpoint(s, "token_endpoint");
	a->device_endpoint = endpoint(s, "device_endpoint");
	if (tenant[0] == '\0') {
		if (a->token_endpoint[0] == '\0')
			source_mistake(s, s->root, NULL, "tenant (of Microsoft 365) or token_endpoint is missing here");
		if (device && a->device_endpoint[0] == '\0')
			source_mistake(s, s->root, NULL, "flow = \"device_code\" needs device_endpoint");
		a->scope = source_string(s, s->root, "scope", "");
		return;
	}
	if (a->token_endpoint[0] != '\0' || a->device_endpoint[0] != '\0')
		source_mistake(s, s->root, "tenant", "tenant beside token_endpoint or device_endpoint: give one of them");
	if (tenant[strspn(tenant, letters)] != '\0')
		source_mistake(s, s->root, "tenant", "tenant is \"%s\"; it must be a domain or an identifier", tenant);
	a->token_endpoint = arena_printf(a->arena, ENTRA "/%s/oauth2/v2.0/token", tenant);
	a->device_endpoint = arena_printf(a->arena, ENTRA "/%s/oauth2/v2.0/devicecode", tenant);
	a->scope = source_string(s, s->root, "scope", device ? ENTRA_OTHER : ENTRA_OWN);
}

/* The certificate (or a key_id) that names the key to the server. */
static void
read_key(struct source *s, struct account *a)
{
	static const char *const assertions[] = { "PS256", "RS256", NULL };
	int with_key = a->proof == PROOF_KEY_FILE || a->proof == PROOF_KEY_CREDENTIAL;

	a->certificate_file = source_path(s, s->root, "certificate_file", "");
	a->key_id = source_string(s, s->root, "key_id", "");
	a->assertion = (enum assertion)source_choice(s, s->root, "assertion", assertions, ASSERTION_PS256);
	if (with_key && a->certificate_file[0] == '\0' && a->key_id[0] == '\0')
		source_mistake(s, s->root, a->proof == PROOF_KEY_FILE ? "key_file" : "key_credential",
		    "a key needs certificate_file (or key_id), by which the server knows it");
	if (!with_key && a->proof != PROOF_NONE && (is_set(s, "certificate_file") || is_set(s, "key_id") || is_set(s, "assertion")))
		source_mistake(s, s->root, NULL, "certificate_file, key_id and assertion go with key_file or key_credential");
}

static void
read_proof(struct source *s, struct account *a)
{
	const char *first = NULL;

	a->proof = PROOF_NONE;
	a->proof_value = "";
	for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
		const char *key = proofs[i].key;
		int         file = proofs[i].proof == PROOF_SECRET_FILE || proofs[i].proof == PROOF_KEY_FILE;

		if (!is_set(s, key))
			continue;
		if (first != NULL) {
			source_mistake(s, s->root, key, "%s beside %s: give one of them", key, first);
			continue;
		}
		first = key;
		a->proof = proofs[i].proof;
		a->proof_value = file ? source_path(s, s->root, key, NULL) : source_string(s, s->root, key, NULL);
	}
	if (first == NULL && a->flow == FLOW_CLIENT_CREDENTIALS)
		source_mistake(s, s->root, NULL, "flow = \"client_credentials\" needs client_secret_file, "
		    "client_secret_credential, key_file or key_credential");
	read_key(s, a);
}

static void
read_account(struct source *s, struct account *a)
{
	static const char *const flows[] = { "client_credentials", "device_code", NULL };

	source_known(s, s->root, KEYS);
	a->flow = (enum flow)source_choice(s, s->root, "flow", flows, FLOW_CLIENT_CREDENTIALS);
	if (!is_set(s, "flow"))
		source_mistake(s, s->root, NULL, "flow is missing here: \"client_credentials\" or \"device_code\"");
	a->client_id = source_string(s, s->root, "client_id", NULL);
	read_endpoints(s, a);
	read_proof(s, a);
	a->store = source_path(s, s->root, "store", arena_printf(a->arena, STORE_FOLDER "/%s", a->name));
	a->tls_ca_file = source_path(s, s->root, "tls_ca_file", "");
	a->proxy = source_string(s, s->root, "proxy", "");
}

static int
is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strlen(name) <= 64 &&
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

enum outcome
account_load(const char *folder, const char *name, FILE *mistakes, struct account **out)
{
	struct reading  r = { .mistakes = mistakes };
	struct source   s;
	struct account *a;

	if (!is_name(name)) {
		(void)fprintf(mistakes, "the name of an account is made of letters, digits, '.', '_' and '-'\n");
		return OUTCOME_REFUSED;
	}
	r.arena = arena_new();
	sha256_init(&r.digest);
	a = arena_array(r.arena, 1, sizeof *a);
	a->arena = r.arena;
	a->name = arena_dup(r.arena, name, strlen(name));
	a->file = arena_printf(r.arena, "%s/%s.conf", folder, name);
	if (source_open(&s, &r, a->file, NULL, 0) == 0)
		read_account(&s, a);
	source_close(&s);
	if (r.n_mistakes > 0) {
		account_free(a);
		return OUTCOME_REFUSED;
	}
	*out = a;
	return OUTCOME_OK;
}

void
account_free(struct account *a)
{
	if (a != NULL)
		arena_free(a->arena);
}
