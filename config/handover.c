#include <libconfig.h>
#include <stdio.h>

#include "config/conf.h"

static int
set(config_setting_t *group, const char *key, const char *value)
{
	config_setting_t *s = config_setting_add(group, key, CONFIG_TYPE_STRING);

	return s != NULL && config_setting_set_string(s, value) == CONFIG_TRUE;
}

static int
set_mailbox(config_setting_t *g, const struct conf_mailbox *m)
{
	static const char *const secrets[] = { [SECRET_CREDENTIAL] = "password_credential", [SECRET_FILE] = "password_file",
		[SECRET_COMMAND] = "password_command", [SECRET_TOKEN_COMMAND] = "token_command" };
	char              folder[1100];
	config_setting_t *idle = config_setting_add(g, "idle", CONFIG_TYPE_BOOL);
	int               ok = idle != NULL && config_setting_set_bool(idle, m->idle) == CONFIG_TRUE;

	(void)snprintf(folder, sizeof folder, "maildir:%s", m->folder);
	ok = ok && set(g, "address", m->address) && set(g, "url", m->scheme == SCHEME_MAILDIR ? folder : m->url);
	if (m->scheme == SCHEME_MAILDIR)
		return ok;
	ok = ok && set(g, "user", m->user) && set(g, "auth", m->auth == AUTH_XOAUTH2 ? "xoauth2" : "login");
	ok = ok && (m->secret == SECRET_NONE || set(g, secrets[m->secret], m->secret_value));
	ok = ok && (m->tls == TLS_REQUIRED || set(g, "tls", "none"));
	ok = ok && (m->tls_ca_file[0] == '\0' || set(g, "tls_ca_file", m->tls_ca_file));
	(void)snprintf(folder, sizeof folder, "move:%s", m->after_folder);
	return ok && set(g, "after", m->after == AFTER_MOVE ? folder : m->after == AFTER_KEYWORD ? "keyword" : "leave");
}

int
conf_mailbox_write(FILE *f, const struct conf *c, const struct conf_mailbox *m)
{
	config_t          config;
	config_setting_t *root, *all, *one = NULL;
	char              poll[32];
	int               ok;

	config_init(&config);
	root = config_root_setting(&config);
	(void)snprintf(poll, sizeof poll, "%llds", (long long)(c->poll_ms / 1000));
	all = config_setting_add(root, "mailboxes", CONFIG_TYPE_GROUP);
	if (all != NULL)
		one = config_setting_add(all, m->name, CONFIG_TYPE_GROUP);
	ok = one != NULL && set(root, "timezone", c->timezone) && set(root, "poll", poll) && set_mailbox(one, m);
	if (ok)
		config_write(&config, f);
	config_destroy(&config);
	return ok && fflush(f) == 0 && !ferror(f) ? 0 : -1;
}
