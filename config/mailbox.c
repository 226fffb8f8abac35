#include "config/mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/utf8.h"

#define KEYS	"address url user password_credential password_file password_command token_command auth tls tls_ca_file after idle"

static const struct { const char *key; enum conf_secret secret; } secrets[] = {
	{ "password_credential", SECRET_CREDENTIAL }, { "password_file", SECRET_FILE },
	{ "password_command", SECRET_COMMAND }, { "token_command", SECRET_TOKEN_COMMAND },
};
#define N_SECRETS	(sizeof secrets / sizeof secrets[0])

/* 1 when the text has a character that belongs into no name, address or folder. */
static int
has_control(const char *text)
{
	size_t n = strlen(text), len;

	for (size_t i = 0; i < n; i += len)
		if (utf8_is_control(utf8_next(text + i, n - i, &len)))
			return 1;
	return 0;
}

/* That it is not there is told here; who may read it is the business of the program that does. */
static void
check_exists(struct source *s, const config_setting_t *group, const char *key, const char *path, int folder)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			source_mistake(s, group, key, "%s: %s: %s", key, path, strerror(errno));
	} else if (folder && !S_ISDIR(st.st_mode))
		source_mistake(s, group, key, "%s: %s is no folder", key, path);
	else if (!folder && S_ISDIR(st.st_mode))
		source_mistake(s, group, key, "%s: %s is a folder", key, path);
}

static void
read_address(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	const char *at;

	m->address = source_string(s, group, "address", NULL);
	if (m->address == NULL)
		return;
	at = strchr(m->address, '@');
	if (at == NULL || at == m->address || at[1] == '\0' || strpbrk(at + 1, "@ ") != NULL || has_control(m->address))
		source_mistake(s, group, "address", "address is \"%s\"; it must be one e-mail address, name@domain", m->address);
}

static void
read_secret_value(struct source *s, const config_setting_t *group, const char *key, struct conf_mailbox *m)
{
	const char *value = m->secret == SECRET_FILE ? source_path(s, group, key, NULL) : source_string(s, group, key, NULL);

	m->secret_value = value != NULL ? value : "";
	if (value == NULL)
		return;
	if (m->secret == SECRET_FILE)
		check_exists(s, group, key, value, 0);
	if (m->secret == SECRET_CREDENTIAL && (strchr(value, '/') != NULL || value[0] == '.' || has_control(value)))
		source_mistake(s, group, key, "%s is the name of a file in $CREDENTIALS_DIRECTORY, without any folder", key);
}

/* Exactly one, and the one that `auth` asks for. */
static void
read_secret(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	const char *first = NULL;

	for (size_t i = 0; i < N_SECRETS; i++) {
		if (config_setting_get_member(group, secrets[i].key) == NULL)
			continue;
		if (first != NULL) {
			source_mistake(s, group, secrets[i].key, "%s beside %s: keep one of them", secrets[i].key, first);
			continue;
		}
		first = secrets[i].key;
		m->secret = secrets[i].secret;
		read_secret_value(s, group, first, m);
	}
	if (m->scheme == SCHEME_MAILDIR)
		return;
	if (m->auth == AUTH_XOAUTH2 && m->secret != SECRET_TOKEN_COMMAND)
		source_mistake(s, group, first != NULL ? first : "auth", "auth = \"xoauth2\" needs token_command%s%s",
		    first != NULL ? " instead of " : "", first != NULL ? first : "");
	else if (m->auth == AUTH_LOGIN && m->secret == SECRET_TOKEN_COMMAND)
		source_mistake(s, group, "token_command", "token_command needs auth = \"xoauth2\"");
	else if (first == NULL)
		source_mistake(s, group, NULL, "no secret: give password_credential, password_file or password_command");
}

static void
read_tls(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	static const char *const names[] = { "required", "none", NULL };

	m->tls = (enum conf_tls)source_choice(s, group, "tls", names, TLS_REQUIRED);
	m->tls_ca_file = source_path(s, group, "tls_ca_file", "");
	if (m->tls_ca_file[0] != '\0')
		check_exists(s, group, "tls_ca_file", m->tls_ca_file, 0);
	if (m->tls != TLS_NONE || m->scheme == SCHEME_MAILDIR)
		return;
	if (m->scheme == SCHEME_IMAPS)
		source_mistake(s, group, "tls", "tls = \"none\" contradicts imaps://; plain IMAP is imap://");
	else if (!host_is_loopback(m->host))
		source_mistake(s, group, "tls", "tls = \"none\" is only for a server on this machine (127.0.0.1, ::1, localhost), "
		    "not for %s: the password would travel in the clear", m->host);
}

static void
read_after(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	const char *value = source_string(s, group, "after", "leave");

	m->after_folder = "";
	if (strcmp(value, "leave") == 0)
		m->after = AFTER_LEAVE;
	else if (strcmp(value, "keyword") == 0)
		m->after = AFTER_KEYWORD;
	else if (strncmp(value, "move:", 5) == 0 && value[5] != '\0' && !has_control(value)) {
		m->after = AFTER_MOVE;
		m->after_folder = value + 5;
	} else {
		source_mistake(s, group, "after", "after is \"%s\"; it must be \"leave\", \"keyword\" or \"move:FOLDER\"", value);
		return;
	}
	if (m->scheme == SCHEME_MAILDIR && m->after != AFTER_LEAVE)
		source_mistake(s, group, "after", "a maildir is only read: after must be \"leave\"");
	else if (m->after == AFTER_MOVE && m->folder != NULL && strcmp(m->after_folder, m->folder) == 0)
		source_mistake(s, group, "after", "after moves the mail into the folder it is read from");
}

static void
read_url(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	const char *wrong;

	m->url = source_string(s, group, "url", NULL);
	if (m->url == NULL)
		return;
	wrong = mailbox_url(s->reading->arena, s->file, m->url, m);
	if (wrong != NULL)
		source_mistake(s, group, "url", "%s", wrong);
	else if (m->scheme == SCHEME_MAILDIR)
		check_exists(s, group, "url", m->folder, 1);
}

void
mailbox_read(struct source *s, const config_setting_t *group, struct conf_mailbox *m)
{
	static const char *const auths[] = { "login", "xoauth2", NULL };

	m->name = arena_dup(s->reading->arena, config_setting_name(group), strlen(config_setting_name(group)));
	m->file = s->file;
	m->line = source_line(s, group, NULL);
	m->user = m->host = m->folder = m->secret_value = m->tls_ca_file = m->after_folder = "";
	if (!config_setting_is_group(group)) {
		source_mistake(s, group, NULL, "mailbox %s must be a group: { … }", m->name);
		return;
	}
	source_known(s, group, KEYS);
	read_address(s, group, m);
	read_url(s, group, m);
	m->auth = (enum conf_auth)source_choice(s, group, "auth", auths, AUTH_LOGIN);
	m->user = source_string(s, group, "user", m->scheme == SCHEME_MAILDIR ? "" : NULL);
	if (m->user != NULL && has_control(m->user))
		source_mistake(s, group, "user", "user has control characters in it");
	read_secret(s, group, m);
	read_tls(s, group, m);
	read_after(s, group, m);
	m->idle = source_bool(s, group, "idle", 1);
}
