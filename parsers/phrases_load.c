/* The phrases of a folder of rules, or those built in. */
#include <glib.h>

#include "parsers/phrases.h"

/* The rules as built into the program: config/rules/phrases, by meson. */
extern const char   phrases_builtin[];
extern const size_t phrases_builtin_bytes;

enum outcome
phrases_load(const char *dir_or_null, struct phrases **out, struct why *why)
{
	char        *path, *text = NULL;
	gsize        n = 0;
	GError      *error = NULL;
	enum outcome result;

	if (dir_or_null == NULL)
		return phrases_parse("config/rules/phrases", phrases_builtin, phrases_builtin_bytes, out, why);
	path = g_build_filename(dir_or_null, "phrases", NULL);
	if (g_file_get_contents(path, &text, &n, &error))
		result = phrases_parse(path, text, n, out, why);
	else if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		result = phrases_load(NULL, out, why);	/* a folder may hold only the rules that somebody changed */
	else
		result = why_set(why, OUTCOME_REFUSED, "%s", error->message);
	g_clear_error(&error);
	g_free(text);
	g_free(path);
	return result;
}
