#include "parsers/rules.h"

#include <glib.h>

#include "parsers/learnt.h"
#include "parsers/phrases.h"

/* As built into the program, by meson: the text of config/rules/phrases, and what config/rules/sentences teach. */
extern const char          phrases_builtin[];
extern const size_t        phrases_builtin_bytes;
extern const struct learnt learnt_builtin;

/* The file of the folder: *text stays NULL where there is none, since a folder may hold only the rules that somebody changed. */
static enum outcome
read_own(const char *dir, const char *name, char **path, char **text, gsize *n, struct why *why)
{
	GError      *error = NULL;
	enum outcome result = OUTCOME_OK;

	*path = g_build_filename(dir, name, NULL);
	if (!g_file_get_contents(*path, text, n, &error) && !g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		result = why_set(why, OUTCOME_REFUSED, "%s", error->message);
	g_clear_error(&error);
	return result;
}

static enum outcome
load_phrases(const char *dir, struct rules *r, struct why *why)
{
	char        *path = NULL, *text = NULL;
	gsize        n = 0;
	enum outcome result = dir == NULL ? OUTCOME_OK : read_own(dir, "phrases", &path, &text, &n, why);

	if (result == OUTCOME_OK)
		result = text != NULL ? phrases_parse(path, text, n, &r->phrases, why)
		    : phrases_parse("config/rules/phrases", phrases_builtin, phrases_builtin_bytes, &r->phrases, why);
	g_free(text);
	g_free(path);
	return result;
}

static enum outcome
load_learnt(const char *dir, struct rules *r, struct why *why)
{
	char        *path = NULL, *text = NULL;
	gsize        n = 0;
	enum outcome result = dir == NULL ? OUTCOME_OK : read_own(dir, "sentences", &path, &text, &n, why);

	if (result == OUTCOME_OK && text != NULL)
		result = learnt_learn(path, text, n, &learnt_builtin, &r->own, why);
	r->learnt = r->own != NULL ? r->own : &learnt_builtin;
	g_free(text);
	g_free(path);
	return result;
}

enum outcome
rules_load(const char *dir_or_null, struct rules *out, struct why *why)
{
	enum outcome result;

	*out = (struct rules){ NULL, NULL, NULL };
	result = load_phrases(dir_or_null, out, why);
	if (result == OUTCOME_OK)
		result = load_learnt(dir_or_null, out, why);
	if (result != OUTCOME_OK)
		rules_free(out);
	return result;
}

void
rules_free(struct rules *r)
{
	phrases_free(r->phrases);
	learnt_free(r->own);
	*r = (struct rules){ NULL, NULL, NULL };
}

uint32_t
rules_print(const struct rules *r)
{
	return phrases_print(r->phrases) ^ (r->learnt->print << 1 | r->learnt->print >> 31);
}
