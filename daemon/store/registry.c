#include "daemon/store/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/store/sql.h"
#include "daemon/store/store.h"

#define PATH_BYTES	1100
#define REGISTRY_ID	0x486f6552	/* application_id */
#define REGISTRY_VERSION 1
#define ANSWERS		8	/* to one question: more of one name or domain prove nothing together either */
#define QUESTIONS	64	/* about one mail */
#define PARENTS		4	/* units of units of units */

void
registry_path(const char *database, char *out)
{
	(void)snprintf(out, PATH_BYTES, "%s.registry", database);
}

/* --- filling --------------------------------------------------------------------------------------------------------- */

struct registry_writer {
	struct store *s;
	char          path[PATH_BYTES], partial[PATH_BYTES + 16];
};

/*
 * Made fast, because it is made whole or not at all: no journal, one transaction, and the lookups sorted once at the end
 * instead of inserted in a million places.
 */
static const char tables[] =
	"PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;"
	"CREATE TABLE organisation (orgnr INTEGER PRIMARY KEY, name TEXT NOT NULL, form TEXT, class TEXT NOT NULL, parent INTEGER,"
	" is_part INTEGER NOT NULL) STRICT;"
	"CREATE TEMP TABLE heard (by INTEGER NOT NULL, value TEXT NOT NULL, orgnr INTEGER NOT NULL) STRICT;"
	"BEGIN";

enum outcome
registry_begin(const char *database, struct registry_writer **out, struct why *why)
{
	struct registry_writer *w = calloc(1, sizeof *w);
	enum outcome            o;
	int                     fd;

	if (w == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	registry_path(database, w->path);
	(void)snprintf(w->partial, sizeof w->partial, "%s.partial", w->path);
	fd = unlink(w->partial) == -1 && errno != ENOENT ? -1 : open(w->partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd == -1) {
		o = why_errno(why, OUTCOME_REFUSED, "%s", w->partial);
		goto out;
	}
	fd_close(&fd);
	if ((o = sql_connect(w->partial, SQLITE_OPEN_READWRITE, &w->s, why)) != OUTCOME_OK)
		goto out;
	if (sqlite3_exec(w->s->db, tables, NULL, NULL, NULL) != SQLITE_OK) {
		o = sql_failed(w->s, "make the register's tables", why);
		goto out;
	}
	*out = w;
	w = NULL;
out:
	registry_abandon(&w);
	return o;
}

void
registry_abandon(struct registry_writer **w)
{
	if (*w == NULL)
		return;
	store_close(&(*w)->s);
	if ((*w)->partial[0] != '\0')
		(void)unlink((*w)->partial);
	free(*w);
	*w = NULL;
}

enum outcome
registry_add(struct registry_writer *w, const struct registry_entry *e, struct why *why)
{
	int is_unit = strcmp(e->class, "follows") == 0;

	return sql_do(w->s, "INSERT OR REPLACE INTO organisation (orgnr, name, form, class, parent, is_part) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    BINDS(bind_int(e->orgnr), bind_text(e->name), bind_known(e->form), bind_text(e->class),
	    e->parent != 0 ? bind_int(e->parent) : bind_null(), bind_int(is_unit || e->is_gone)), why);
}

enum outcome
registry_add_known(struct registry_writer *w, int64_t orgnr, enum known_by by, const char *value, struct why *why)
{
	return sql_do(w->s, "INSERT INTO heard (by, value, orgnr) VALUES (?1, ?2, ?3)",
	    BINDS(bind_int(by), bind_text(value), bind_int(orgnr)), why);
}

/*
 * A unit is what it is a unit of, also through several; a body of the state below a municipality or county is theirs (such
 * are registered in the same form). A unit whose parent is not in the file is an undertaking.
 */
static enum outcome
follow_parents(struct store *s, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	for (int i = 0; i < PARENTS && o == OUTCOME_OK; i++)
		o = sql_do(s, "UPDATE organisation AS o SET class = p.class FROM organisation p WHERE p.orgnr = o.parent AND p.class <> 'follows'"
		    " AND (o.class = 'follows' OR (o.class = 'etat' AND p.class IN ('kommune', 'fylkeskommune')))", NO_BINDS, why);
	if (o == OUTCOME_OK)
		o = sql_do(s, "UPDATE organisation SET class = 'virksomhet' WHERE class = 'follows'", NO_BINDS, why);
	return o;
}

static enum outcome
sort_known(struct store *s, struct why *why)
{
	if (sqlite3_exec(s->db, "CREATE TABLE known (by INTEGER NOT NULL, value TEXT NOT NULL, orgnr INTEGER NOT NULL,"
	    " PRIMARY KEY (by, value, orgnr)) STRICT, WITHOUT ROWID;"
	    "INSERT INTO known SELECT DISTINCT by, value, orgnr FROM heard ORDER BY by, value, orgnr; COMMIT",
	    NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(s, "sort the register", why);
	return OUTCOME_OK;
}

/* The bytes before the name, the name before its folder: whoever opens it finds a whole one. */
static enum outcome
publish(const struct registry_writer *w, struct why *why)
{
	char         folder[PATH_BYTES];
	int          fd = open(w->partial, O_RDWR | O_CLOEXEC), dir;
	enum outcome o = OUTCOME_OK;

	(void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(w->path, '/') - w->path) + 1, w->path);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || dir == -1 || fchmod(fd, 0640) == -1 || fsync(fd) == -1 || rename(w->partial, w->path) == -1 || fsync(dir) == -1)
		o = why_errno(why, OUTCOME_DEFER, "%s", w->path);
	fd_close(&fd);
	fd_close(&dir);
	return o;
}

enum outcome
registry_finish(struct registry_writer **w, int64_t *organisations, struct why *why)
{
	struct store *s = (*w)->s;
	int64_t       n = 0;
	char          stamp[80];
	enum outcome  o;

	if ((o = follow_parents(s, why)) != OUTCOME_OK || (o = sql_number(s, "SELECT count(*) FROM organisation", NO_BINDS, &n, why)) != OUTCOME_OK)
		goto out;
	(void)snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d", REGISTRY_ID, REGISTRY_VERSION);
	if (sqlite3_exec(s->db, stamp, NULL, NULL, NULL) != SQLITE_OK) {
		o = sql_failed(s, "mark the register", why);
		goto out;
	}
	if ((o = sort_known(s, why)) != OUTCOME_OK)
		goto out;
	store_close(&(*w)->s);
	if ((o = publish(*w, why)) != OUTCOME_OK)
		goto out;
	(*w)->partial[0] = '\0';
	*organisations = n;
out:
	registry_abandon(w);
	return o;
}

/* --- asking ---------------------------------------------------------------------------------------------------------- */

struct registry {
	struct store *s;
};

enum outcome
registry_open(const char *database, struct registry **out, struct why *why)
{
	struct registry *r = NULL;
	char             path[PATH_BYTES];
	int64_t          id = 0, version = 0;
	enum outcome     o = OUTCOME_OK;

	*out = NULL;
	registry_path(database, path);
	if (access(path, F_OK) == -1)
		return errno == ENOENT ? OUTCOME_OK : why_errno(why, OUTCOME_REFUSED, "%s", path);
	if ((r = calloc(1, sizeof *r)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	if ((o = sql_connect(path, SQLITE_OPEN_READONLY, &r->s, why)) != OUTCOME_OK ||
	    (o = sql_number(r->s, "PRAGMA application_id", NO_BINDS, &id, why)) != OUTCOME_OK ||
	    (o = sql_number(r->s, "PRAGMA user_version", NO_BINDS, &version, why)) != OUTCOME_OK)
		goto out;
	if (id != REGISTRY_ID || version != REGISTRY_VERSION) {
		o = why_set(why, OUTCOME_REFUSED, "%s is no register of this program: load it again with hoering registry load", path);
		goto out;
	}
	*out = r;
	r = NULL;
out:
	registry_close(&r);
	return o;
}

void
registry_close(struct registry **r)
{
	if (*r == NULL)
		return;
	store_close(&(*r)->s);
	free(*r);
	*r = NULL;
}

struct registry_hold {
	struct known_organisation known[QUESTIONS * ANSWERS];
	size_t                    n;
	struct { enum known_by by; char *value; } asked[QUESTIONS];
	size_t                    n_asked;
	char                     *strings[QUESTIONS * ANSWERS * 3];
	size_t                    n_strings;
	/* while asking */
	struct registry          *r;
	enum outcome              o;
	struct why                why;
};

void
registry_forget(struct registry_hold *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n_asked; i++)
		free(h->asked[i].value);
	for (size_t i = 0; i < h->n_strings; i++)
		free(h->strings[i]);
	free(h);
}

static const char *
keep(struct registry_hold *h, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL) {
		h->o = why_set(&h->why, OUTCOME_DEFER, "no memory");
		return "";
	}
	return h->strings[h->n_strings++] = copy;
}

static void
take_answers(struct registry_hold *h, sqlite3_stmt *q, enum known_by by, const char *value)
{
	int found = 1;

	while (h->o == OUTCOME_OK && (h->o = sql_row(h->r->s, q, &found, &h->why)) == OUTCOME_OK && found) {
		struct known_organisation *k = &h->known[h->n++];
		char                       orgnr[24];

		(void)snprintf(orgnr, sizeof orgnr, "%09" PRId64, (int64_t)sqlite3_column_int64(q, 0));
		*k = (struct known_organisation){ .by = by, .value = value, .orgnr = keep(h, orgnr), .name = keep(h, sql_text(q, 1)),
			.class = keep(h, sql_text(q, 2)), .is_part = sqlite3_column_int(q, 3) };
	}
}

/* For judge_ask(). */
static void
ask(void *arg, enum known_by by, const char *value)
{
	struct registry_hold *h = arg;
	sqlite3_stmt         *q = NULL;
	char                 *copy;

	for (size_t i = 0; i < h->n_asked; i++)
		if (h->asked[i].by == by && strcmp(h->asked[i].value, value) == 0)
			return;
	if (h->o != OUTCOME_OK || h->n_asked == QUESTIONS)
		return;
	if ((copy = strdup(value)) == NULL) {
		h->o = why_set(&h->why, OUTCOME_DEFER, "no memory");
		return;
	}
	h->asked[h->n_asked].by = by;
	h->asked[h->n_asked++].value = copy;
	/* Whole ones first: what stands back must not crowd them out. */
	if (by == KNOWN_BY_ORGNR)
		h->o = sql_open(h->r->s, "SELECT orgnr, name, class, is_part FROM organisation WHERE orgnr = ?1",
		    BINDS(bind_int(strtoll(value, NULL, 10))), &q, &h->why);
	else
		h->o = sql_open(h->r->s, "SELECT o.orgnr, o.name, o.class, o.is_part FROM known k JOIN organisation o ON o.orgnr = k.orgnr"
		    " WHERE k.by = ?1 AND k.value = ?2 ORDER BY o.is_part, o.orgnr LIMIT ?3",
		    BINDS(bind_int(by), bind_text(copy), bind_int(ANSWERS)), &q, &h->why);
	take_answers(h, q, by, copy);
	sql_close(q);
}

enum outcome
registry_know(struct registry *r, const struct judge *j, const struct parsed *p, struct circumstances *c, struct registry_hold **hold,
    struct why *why)
{
	struct registry_hold *h;
	enum outcome          o;

	if (r == NULL)
		return OUTCOME_OK;
	if ((h = calloc(1, sizeof *h)) == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	h->r = r;
	judge_ask(j, p, ask, h);
	if ((o = h->o) != OUTCOME_OK) {
		*why = h->why;
		registry_forget(h);
		return o;
	}
	c->known = h->known;
	c->n_known = h->n;
	*hold = h;
	return OUTCOME_OK;
}
