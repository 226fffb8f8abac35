#include "config/consultation.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/tokens.h"
#include "config/invited.h"

#define KEYS		"title aliases case letters opened deadline mailboxes invited questions registration"
#define REGISTRATION_KEYS	"mailboxes deadline max_persons"
#define MAX_PERSONS	1000	/* more than a hall holds is a slip of the finger */

/* Where the i-th of n strings stands; the whole list when it had others that were no strings. */
static const config_setting_t *
item_of(const config_setting_t *list, size_t n, size_t i)
{
	return (size_t)config_setting_length(list) == n ? config_setting_get_elem(list, (unsigned)i) : list;
}

/* Names of mailboxes, each of which hoeringd.conf must define. */
static size_t
read_mailboxes(struct source *s, const config_setting_t *group, const struct conf *conf, const char ***out)
{
	const config_setting_t *list = config_setting_get_member(group, "mailboxes");
	size_t n = source_strings(s, group, "mailboxes", out);

	for (size_t i = 0; i < n; i++)
		if (conf_mailbox(conf, (*out)[i]) == NULL)
			source_mistake(s, item_of(list, n, i), NULL, "%s defines no mailbox \"%s\"", conf->file, (*out)[i]);
	return n;
}

static void
read_letters(struct source *s, struct conf_consultation *c)
{
	const config_setting_t *list = config_setting_get_member(s->root, "letters");
	int year, month, day;

	c->n_letters = source_strings(s, s->root, "letters", &c->letters);
	for (size_t i = 0; i < c->n_letters; i++)
		if (!day_check(c->letters[i], &year, &month, &day))
			source_mistake(s, item_of(list, c->n_letters, i), NULL, "letters: \"%s\" is no day written YYYY-MM-DD", c->letters[i]);
}

static void
read_case(struct source *s, struct conf_consultation *c)
{
	char norm[24];

	c->case_norm = "";
	c->case_ref = source_string(s, s->root, "case", "");
	if (c->case_ref[0] == '\0')
		return;
	if (conf_case_normalise(c->case_ref, norm))
		c->case_norm = arena_dup(s->reading->arena, norm, strlen(norm));
	else
		source_mistake(s, s->root, "case", "case is \"%s\"; it must be written like 21/4593 or 2021/4593", c->case_ref);
}

static void
read_registration(struct source *s, const struct conf *conf, struct conf_consultation *c)
{
	const config_setting_t   *group = source_group(s, s->root, "registration", 0);
	struct conf_registration *r = &c->registration;

	if (group == NULL)
		return;
	r->present = 1;
	source_known(s, group, REGISTRATION_KEYS);
	r->n_mailboxes = read_mailboxes(s, group, conf, &r->mailboxes);
	r->deadline = source_day(s, group, "deadline", NULL, &r->deadline_at);
	r->max_persons = source_number(s, group, "max_persons", 0, MAX_PERSONS);
	if (r->deadline != NULL && c->opened != NULL && strcmp(r->deadline, c->opened) < 0)
		source_mistake(s, group, "deadline", "the registration's deadline %s is before the consultation opened, %s", r->deadline, c->opened);
}

static void
read_settings(struct source *s, const struct conf *conf, struct conf_consultation *c)
{
	source_known(s, s->root, KEYS);
	c->title_line = source_line(s, s->root, "title");
	c->case_line = source_line(s, s->root, "case");
	c->title = source_string(s, s->root, "title", NULL);
	c->n_aliases = source_strings(s, s->root, "aliases", &c->aliases);
	read_case(s, c);
	read_letters(s, c);
	c->opened = source_day(s, s->root, "opened", &c->opened_at, NULL);
	c->deadline = source_day(s, s->root, "deadline", NULL, &c->deadline_at);
	if (c->opened != NULL && c->deadline != NULL && strcmp(c->deadline, c->opened) < 0)
		source_mistake(s, s->root, "deadline", "deadline %s is before opened, %s", c->deadline, c->opened);
	c->n_mailboxes = read_mailboxes(s, s->root, conf, &c->mailboxes);
	c->n_questions = source_strings(s, s->root, "questions", &c->questions);
	read_registration(s, conf, c);
	if (config_setting_get_member(s->root, "invited") != NULL) {
		const char *path = source_path(s, s->root, "invited", NULL);

		c->invited_file = path;
		if (path != NULL)
			invited_read(s->reading, path, s->file, source_line(s, s->root, "invited"), &c->invited, &c->n_invited);
	}
}

/* The file's name without .conf, or NULL after a mistake. */
static const char *
id_of(struct reading *r, const char *file, const char *name)
{
	size_t n = strlen(name) - strlen(".conf");

	if (n > 0 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") >= n)
		return arena_dup(r->arena, name, n);
	mistake(r, file, 0, "the file's name is the consultation's id: only a-z, 0-9 and - before .conf; rename it");
	return NULL;
}

static void
read_one(struct reading *r, const char *folder, const char *name, struct conf *conf)
{
	struct conf_consultation *c = &conf->consultations[conf->n_consultations];
	struct source s;

	c->file = arena_printf(r->arena, "%s/%s", folder, name);
	c->id = id_of(r, c->file, name);
	if (c->id == NULL)
		return;
	if (source_open(&s, r, c->file, NULL, 0) == 0) {
		read_settings(&s, conf, c);
		conf->n_consultations++;
	}
	source_close(&s);
}

static const char *
folded(struct reading *r, const char *title)
{
	size_t size = 4 * strlen(title) + 1;
	char  *tokens = arena_array(r->arena, size, 1);

	(void)tokens_fold(tokens, size, (const uint8_t *)title, strlen(title), NULL);
	return tokens;
}

/* Two consultations nobody could tell apart: the same case, or the same title opened on the same day. */
static void
check_twice(struct reading *r, const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_consultations; i++)
		for (size_t k = 0; k < i; k++) {
			const struct conf_consultation *a = &conf->consultations[k], *b = &conf->consultations[i];

			if (b->case_norm[0] != '\0' && strcmp(a->case_norm, b->case_norm) == 0)
				mistake(r, b->file, b->case_line, "case %s is also the case of %s", b->case_ref, a->id);
			else if (a->title != NULL && b->title != NULL && a->opened != NULL && b->opened != NULL &&
			    strcmp(a->opened, b->opened) == 0 && strcmp(folded(r, a->title), folded(r, b->title)) == 0)
				mistake(r, b->file, b->title_line, "title and opened are those of %s: one consultation is there twice", a->id);
		}
}

static int
is_conf(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n >= 5 && strcmp(d->d_name + n - 5, ".conf") == 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);	/* not by locale: the digest must not depend on it */
}

void
consultations_read(struct source *root, const char *key, const char *folder, struct conf *conf)
{
	struct reading *r = root->reading;
	struct dirent **names;
	int n = scandir(folder, &names, is_conf, by_name);

	if (n == -1) {
		source_mistake(root, root->root, key, "%s: cannot read %s: %s", key, folder, strerror(errno));
		return;
	}
	conf->consultations = arena_array(r->arena, (size_t)n, sizeof *conf->consultations);
	for (int i = 0; i < n; i++) {
		read_one(r, folder, names[i]->d_name, conf);
		free(names[i]);
	}
	free(names);
	check_twice(r, conf);
}
