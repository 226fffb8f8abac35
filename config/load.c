#include "config/conf.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>

#include "config/consultation.h"
#include "config/mailbox.h"
#include "config/source.h"

#define KEYS	"database archive control rules timezone poll workers log_facility consultations mailboxes"

#define MAX_WORKERS	256
#define MIN_POLL_MS	1000			/* below it the server takes us for an attack */
#define MAX_POLL_MS	(24 * 3600 * 1000)	/* a mailbox not looked at for a day is a promise broken */

/* "90s", "5m", "1h". -1 when it is none of them or out of range. */
static int64_t
duration_ms(const char *text)
{
	static const struct { const char *unit; int64_t ms; } units[] = { { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	char   *unit;
	int64_t n;

	if (!isdigit((unsigned char)text[0]))
		return -1;
	errno = 0;
	n = strtoll(text, &unit, 10);
	for (size_t i = 0; errno == 0 && i < sizeof units / sizeof units[0]; i++)
		if (strcmp(unit, units[i].unit) == 0 && n <= MAX_POLL_MS / units[i].ms)
			return n * units[i].ms;
	return -1;
}

static void
read_poll(struct source *s, struct conf *c)
{
	const char *text = source_string(s, s->root, "poll", "60s");

	c->poll_ms = duration_ms(text);
	if (c->poll_ms < MIN_POLL_MS)
		source_mistake(s, s->root, "poll", "poll is \"%s\"; it must be a time with its unit, \"1s\" to \"24h\"", text);
}

static void
read_timezone(struct source *s, struct conf *c)
{
	c->timezone = source_string(s, s->root, "timezone", "Europe/Oslo");
	s->reading->zone = c->zone = zone_open(c->arena, c->timezone);
	if (c->zone == NULL)
		source_mistake(s, s->root, "timezone", "timezone is \"%s\"; the system (package tzdata) knows no zone of that name", c->timezone);
}

static void
read_facility(struct source *s, struct conf *c)
{
	static const char *const names[] = { "mail", "daemon", "user", "local0", "local1", "local2", "local3", "local4",
	    "local5", "local6", "local7", NULL };
	static const int facilities[] = { LOG_MAIL, LOG_DAEMON, LOG_USER, LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
	    LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7 };

	c->log_facility = facilities[source_choice(s, s->root, "log_facility", names, 0)];
}

/* 1 when there is something; 0 with a mistake told when there is nothing and it could not be made either. What we may not see is no mistake. */
static int
is_there(struct source *s, const char *key, const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash == NULL ? "." : arena_dup(s->reading->arena, path, slash > path ? (size_t)(slash - path) : 1);
	struct stat above;

	if (stat(path, st) == 0)
		return 1;
	if (errno != ENOENT && errno != ENOTDIR)
		return 0;
	if (stat(folder, &above) == -1 ? errno == ENOENT || errno == ENOTDIR : !S_ISDIR(above.st_mode))
		source_mistake(s, s->root, key, "%s: there is no folder %s; make it, owned by the user that hoeringd runs as", key, folder);
	return 0;
}

/* What is there already must be what will be wanted there: told now, not when the first mail has come. */
static void
check_places(struct source *s, const struct conf *c)
{
	struct stat st;

	if (c->database != NULL && is_there(s, "database", c->database, &st) && !S_ISREG(st.st_mode))
		source_mistake(s, s->root, "database", "database: %s is %s", c->database, S_ISDIR(st.st_mode) ? "a folder; name a file" : "no regular file");
	if (c->archive != NULL && is_there(s, "archive", c->archive, &st) && !S_ISDIR(st.st_mode))
		source_mistake(s, s->root, "archive", "archive: %s is no folder", c->archive);
	if (config_setting_get_member(s->root, "control") == NULL)
		return;		/* beside the database */
	if ((c->database != NULL && strcmp(c->control, c->database) == 0) || (c->archive != NULL && strcmp(c->control, c->archive) == 0))
		source_mistake(s, s->root, "control", "control is the database or the archive; it must be a name of its own");
	else if (is_there(s, "control", c->control, &st) && !S_ISSOCK(st.st_mode))
		source_mistake(s, s->root, "control", "control: %s is there and no socket; name one that is free", c->control);
}

/* The rules of the operator's own folder count for the digest: who changes one has another configuration than before. */
static void
count_rules(struct source *s, const struct conf *c)
{
	static const char *const names[] = { "phrases", "sentences", "words" };
	struct stat st;
	char        path[PATH_MAX], *text;
	size_t      i;

	for (i = 0; c->rules[0] != '\0' && i < sizeof names / sizeof names[0]; i++)
		if ((size_t)snprintf(path, sizeof path, "%s/%s", c->rules, names[i]) < sizeof path && stat(path, &st) == 0 &&
		    read_text(s->reading, arena_dup(s->reading->arena, path, strlen(path)), NULL, 0, &text) == -1)
			return;
}

static void
read_paths(struct source *s, struct conf *c)
{
	static const size_t longest = sizeof ((struct sockaddr_un *)NULL)->sun_path - 1;
	struct stat st;

	c->database = source_path(s, s->root, "database", NULL);
	c->archive = source_path(s, s->root, "archive", NULL);
	if (c->database != NULL && c->archive != NULL && strcmp(c->database, c->archive) == 0)
		source_mistake(s, s->root, "archive", "archive is the database's file; it must be a folder of its own");
	c->control = source_path(s, s->root, "control", "");
	if (c->control[0] == '\0' && c->database != NULL)
		c->control = path_beside(c->arena, c->database, "hoeringd.sock");
	if (strlen(c->control) > longest)
		source_mistake(s, s->root, "control", "the control socket's path %s is longer than the %zu bytes of unix(7): set control", c->control, longest);
	check_places(s, c);
	c->rules = source_path(s, s->root, "rules", "");
	if (config_setting_get_member(s->root, "rules") != NULL && (stat(c->rules, &st) == -1 || !S_ISDIR(st.st_mode)))
		source_mistake(s, s->root, "rules", "rules: %s is no folder", c->rules);
	else
		count_rules(s, c);
}

static int
same_server(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	if (strcasecmp(a->host, b->host) != 0 && !(host_is_loopback(a->host) && host_is_loopback(b->host)))
		return 0;
	if (a->scheme == b->scheme)
		return a->port == b->port;
	/* TLS from the start or STARTTLS: two ways to one server, where neither names a port of its own. */
	return a->port == (a->scheme == SCHEME_IMAPS ? 993 : 143) && b->port == (b->scheme == SCHEME_IMAPS ? 993 : 143);
}

static int
same_folder(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	struct stat one, other;

	if ((a->scheme == SCHEME_MAILDIR) != (b->scheme == SCHEME_MAILDIR))
		return 0;
	if (a->scheme == SCHEME_MAILDIR)
		return stat(a->folder, &one) == 0 && stat(b->folder, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
	return same_server(a, b) && strcmp(a->folder, b->folder) == 0 && strcmp(a->user, b->user) == 0;
}

/* The same folder read twice would be every copy twice. */
static void
check_same_folder(struct source *s, const struct conf *c, const struct conf_mailbox *m)
{
	for (const struct conf_mailbox *o = c->mailboxes; o < m; o++)
		if (m->folder[0] != '\0' && o->folder[0] != '\0' && m->user != NULL && o->user != NULL && same_folder(m, o))
			mistake(s->reading, m->file, m->line, "mailbox %s reads the same folder as %s (line %u)", m->name, o->name, o->line);
}

static void
read_mailboxes(struct source *s, struct conf *c)
{
	const config_setting_t *group = source_group(s, s->root, "mailboxes", 1);

	if (group == NULL)
		return;
	c->n_mailboxes = (size_t)config_setting_length(group);
	if (c->n_mailboxes == 0)
		source_mistake(s, group, NULL, "mailboxes is empty: there is nothing to read");
	c->mailboxes = arena_array(c->arena, c->n_mailboxes, sizeof *c->mailboxes);
	for (size_t i = 0; i < c->n_mailboxes; i++) {
		mailbox_read(s, config_setting_get_elem(group, (unsigned)i), &c->mailboxes[i]);
		check_same_folder(s, c, &c->mailboxes[i]);
	}
}

static void
read_all(struct reading *r, struct conf *c)
{
	struct source s;
	const char   *folder;

	if (source_open(&s, r, c->file, NULL, 0) == 0) {
		source_known(&s, s.root, KEYS);
		read_paths(&s, c);
		read_timezone(&s, c);
		read_poll(&s, c);
		c->workers = source_number(&s, s.root, "workers", 0, MAX_WORKERS);
		read_facility(&s, c);
		read_mailboxes(&s, c);
		folder = source_path(&s, s.root, "consultations", "consultations.d");
		consultations_read(&s, "consultations", folder[0] == '/' ? folder : path_beside(c->arena, c->file, folder), c);
	}
	source_close(&s);
}

/* The folder resolved, the file's own name kept: what stands in it is relative to where the admin sees it. */
static const char *
absolute(struct conf_arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char        folder[PATH_MAX];
	char       *before = slash == NULL ? arena_dup(a, ".", 1) : arena_dup(a, path, (size_t)(slash - path) + 1);

	if (realpath(before, folder) == NULL)
		return arena_dup(a, path, strlen(path));
	return arena_printf(a, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, slash == NULL ? path : slash + 1);
}

/* What hoering-fetch needs, and nothing more: a mistake elsewhere does not keep this mailbox from being read. */
static void
read_one_mailbox(struct reading *r, struct conf *c, const char *name)
{
	const config_setting_t *group, *mailbox = NULL;
	struct source           s;

	if (source_open(&s, r, c->file, NULL, 0) == 0) {
		read_timezone(&s, c);
		read_poll(&s, c);
		group = source_group(&s, s.root, "mailboxes", 1);
		if (group != NULL)
			mailbox = config_setting_get_member(group, name);
		if (mailbox != NULL) {
			c->n_mailboxes = 1;
			c->mailboxes = arena_array(c->arena, 1, sizeof *c->mailboxes);
			mailbox_read(&s, mailbox, c->mailboxes);
		} else if (group != NULL)
			source_mistake(&s, group, NULL, "no mailbox is called %s", name);
	}
	source_close(&s);
}

static void
hex_digest(struct reading *r, char out[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&r->digest, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* `mailbox` NULL: everything. */
static enum outcome
load(const char *path, const char *mailbox, FILE *mistakes, struct conf **out)
{
	struct conf_arena *a = arena_new();
	struct conf       *c = arena_array(a, 1, sizeof *c);
	struct reading     r = { .arena = a, .mistakes = mistakes };

	sha256_init(&r.digest);
	c->arena = a;
	c->file = absolute(a, path);
	if (mailbox == NULL)
		read_all(&r, c);
	else
		read_one_mailbox(&r, c, mailbox);
	hex_digest(&r, c->digest);
	if (r.n_mistakes > 0) {
		arena_free(a);
		return OUTCOME_REFUSED;
	}
	*out = c;
	return OUTCOME_OK;
}

enum outcome
conf_load(const char *path, FILE *mistakes, struct conf **out)
{
	return load(path, NULL, mistakes, out);
}

enum outcome
conf_load_mailbox(const char *path, const char *name, FILE *mistakes, struct conf **out)
{
	return load(path, name, mistakes, out);
}

void
conf_free(struct conf *c)
{
	if (c != NULL)
		arena_free(c->arena);
}
