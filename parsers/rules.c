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

/* text NULL: what is built in. */
typedef enum outcome take_text(struct rules *r, const char *path, const char *text, gsize n, struct why *why);

static enum outcome
take_phrases(struct rules *r, const char *path, const char *text, gsize n, struct why *why)
{
	return text != NULL ? phrases_parse(path, text, n, &r->phrases, why)
	    : phrases_parse("config/rules/phrases", phrases_builtin, phrases_builtin_bytes, &r->phrases, why);
}

static enum outcome
take_sentences(struct rules *r, const char *path, const char *text, gsize n, struct why *why)
{
	enum outcome result = text != NULL ? learnt_learn(path, text, n, &learnt_builtin, &r->own, why) : OUTCOME_OK;

	r->learnt = r->own != NULL ? r->own : &learnt_builtin;
	return result;
}

static enum outcome
load(const char *dir, const char *name, take_text *take, struct rules *r, struct why *why)
{
	char        *path = NULL, *text = NULL;
	gsize        n = 0;
	enum outcome result = dir == NULL ? OUTCOME_OK : read_own(dir, name, &path, &text, &n, why);

	if (result == OUTCOME_OK)
		result = take(r, path, text, n, why);
	g_free(text);
	g_free(path);
	return result;
}

enum outcome
rules_load(const char *dir_or_null, struct rules *out, struct why *why)
{
	enum outcome result;

	*out = (struct rules){ NULL, NULL, NULL };
	result = load(dir_or_null, "phrases", take_phrases, out, why);
	if (result == OUTCOME_OK)
		result = load(dir_or_null, "sentences", take_sentences, out, why);
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
