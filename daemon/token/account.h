/*
 * One account of hoering-token: which server gives its tokens, who asks, by which flow, and where the secrets are.
 * Owns the parsed file and its mistakes with file and line; reads no secret, opens no connection.
 */
#ifndef HOERING_TOKEN_ACCOUNT_H
#define HOERING_TOKEN_ACCOUNT_H

#include <stdio.h>

#include "base/why.h"

#define ACCOUNT_FOLDER "/etc/hoeringd/token"
#define STORE_FOLDER   "/var/lib/hoeringd/token"

enum flow      { FLOW_CLIENT_CREDENTIALS, FLOW_DEVICE_CODE };
enum assertion { ASSERTION_PS256, ASSERTION_RS256 };
/* How the client proves who it is. PROOF_NONE: a public client, device code only. */
enum proof     { PROOF_NONE, PROOF_SECRET_FILE, PROOF_SECRET_CREDENTIAL, PROOF_KEY_FILE, PROOF_KEY_CREDENTIAL };

struct account {
	const char    *name, *file;
	enum flow      flow;
	const char    *token_endpoint, *device_endpoint;	/* https:// */
	const char    *client_id;
	enum proof     proof;
	const char    *proof_value;		/* the file's absolute path, or the credential's name */
	const char    *certificate_file;	/* "" when key_id alone names the key */
	const char    *key_id;			/* "" when the certificate names it */
	enum assertion assertion;
	const char    *scope;			/* "": the server's own choice */
	const char    *store;			/* absolute */
	const char    *tls_ca_file;		/* "": the system's trust */
	const char    *proxy;			/* "": none */
	struct conf_arena *arena;		/* private */
};

/* FOLDER/NAME.conf. OUTCOME_REFUSED after every mistake has been written to `mistakes`; account_free() the result. */
enum outcome account_load(const char *folder, const char *name, FILE *mistakes, struct account **out) MUST_CHECK;
void         account_free(struct account *a);

#endif
