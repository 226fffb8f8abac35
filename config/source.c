#include "config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/utf8.h"

#define MAX_FILE_BYTES	(16 << 20)	/* an invited list of every Norwegian association is a tenth of it */

void
mistake(struct reading *r, const char *file, unsigned line, const char *fmt, ...)
{
	char    text[1000];
	va_list ap;

	r->n_mistakes++;
	if (r->mistakes == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)fprintf(r->mistakes, "%s:", file);
	if (line > 0)
		(void)fprintf(r->mistakes, "%u:", line);
	(void)fputc(' ', r->mistakes);
	utf8_print(r->mistakes, text, strlen(text));
	(void)fputc('\n', r->mistakes);
}

/* Names the first line that is no text; 0 when all is well. */
static unsigned
bad_line(const char *text, size_t n)
{
	size_t   sound = utf8_sound(text, n);
	unsigned line = 1;

	if (sound == n)
		return 0;
	for (size_t i = 0; i < sound; i++)
		line += text[i] == '\n';
	return line;
}

static int
slurp(const char *path, struct conf_arena *a, char **text, size_t *n)
{
	int         fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), ok = -1;
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		goto out;
	errno = S_ISDIR(st.st_mode) ? EISDIR : !S_ISREG(st.st_mode) ? EINVAL : st.st_size > MAX_FILE_BYTES ? EFBIG : 0;
	if (errno != 0)
		goto out;
	*n = (size_t)st.st_size;
	*text = arena_array(a, *n + 1, 1);
	ok = fd_read_full(fd, *text, *n);
out:
	fd_close(&fd);
	return ok;
}

int
read_text(struct reading *r, const char *path, const char *from, unsigned line, char **text)
{
	size_t   n = 0;
	unsigned bad;
	uint64_t length;

	if (slurp(path, r->arena, text, &n) == -1) {
		if (from == NULL)
			mistake(r, path, 0, "cannot read this file: %s", strerror(errno));
		else
			mistake(r, from, line, "cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	length = n;
	sha256_update(&r->digest, sizeof length, (const uint8_t *)&length);
	sha256_update(&r->digest, n, (const uint8_t *)*text);
	bad = bad_line(*text, n);
	if (bad == 0) {
		if (strncmp(*text, "\xef\xbb\xbf", 3) == 0)	/* as some editors begin a file */
			*text += 3;
		return 0;
	}
	mistake(r, path, bad, "not UTF-8; save the file with the encoding UTF-8");
	return -1;
}

int
source_open(struct source *s, struct reading *r, const char *file, const char *from, unsigned line)
{
	char *text;

	s->reading = r;
	s->file = file;
	config_init(&s->config);
	/* No file stands below /dev/null: every @include fails, with its line. */
	config_set_include_dir(&s->config, "/dev/null");
	if (read_text(r, file, from, line, &text) == -1)
		return -1;
	if (config_read_string(&s->config, text) != CONFIG_TRUE) {
		const char *said = config_error_text(&s->config);
		int         at = config_error_line(&s->config);

		if (strstr(said, "include") != NULL)
			said = "@include is not supported: put the settings into this file";
		mistake(r, file, at > 0 ? (unsigned)at : 1, "%s", said);
		return -1;
	}
	s->root = config_root_setting(&s->config);
	return 0;
}

void
source_close(struct source *s)
{
	config_destroy(&s->config);
}

unsigned
source_line(const struct source *s, const config_setting_t *group, const char *key)
{
	const config_setting_t *at = key != NULL ? config_setting_get_member(group, key) : NULL;
	unsigned line = config_setting_source_line(at != NULL ? at : group);

	(void)s;
	return line > 0 ? line : 1;
}

void
source_mistake(struct source *s, const config_setting_t *group, const char *key, const char *fmt, ...)
{
	char    text[1000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mistake(s->reading, s->file, source_line(s, group, key), "%s", text);
}

/* 1 when `word` stands in `words`. */
static int
is_listed(const char *word, const char *words)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return 1;
	return 0;
}

void
source_known(struct source *s, const config_setting_t *group, const char *keys)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *e = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(e);

		if (name != NULL && !is_listed(name, keys))
			source_mistake(s, e, NULL, "unknown setting \"%s\"; known here: %s", name, keys);
	}
}

/* The setting, NULL when it is not there or (a mistake) not of the type. */
static const config_setting_t *
typed(struct source *s, const config_setting_t *group, const char *key, int type, const char *want)
{
	const config_setting_t *e = config_setting_get_member(group, key);

	if (e == NULL || config_setting_type(e) == type)
		return e;
	source_mistake(s, group, key, "%s must be %s", key, want);
	return NULL;
}

/* An empty string is a mistake where the setting has to say something. */
const char *
source_string(struct source *s, const config_setting_t *group, const char *key, const char *missing)
{
	const config_setting_t *e = typed(s, group, key, CONFIG_TYPE_STRING, "a string in double quotes");
	const char *value;

	if (e == NULL) {
		if (missing == NULL && config_setting_get_member(group, key) == NULL)
			source_mistake(s, group, NULL, "%s is missing here", key);
		return missing;
	}
	value = config_setting_get_string(e);
	if (value[0] == '\0' && (missing == NULL || missing[0] != '\0')) {
		source_mistake(s, group, key, "%s is empty", key);
		return missing;
	}
	return arena_dup(s->reading->arena, value, strlen(value));
}

const char *
source_path(struct source *s, const config_setting_t *group, const char *key, const char *missing)
{
	const char *value = source_string(s, group, key, missing);

	return value == NULL || value[0] == '\0' ? value : path_beside(s->reading->arena, s->file, value);
}

int
source_bool(struct source *s, const config_setting_t *group, const char *key, int missing)
{
	const config_setting_t *e = typed(s, group, key, CONFIG_TYPE_BOOL, "true or false");

	return e == NULL ? missing : config_setting_get_bool(e);
}

unsigned
source_number(struct source *s, const config_setting_t *group, const char *key, unsigned missing, unsigned max)
{
	const config_setting_t *e = typed(s, group, key, CONFIG_TYPE_INT, "a whole number");
	int value;

	if (e == NULL)
		return missing;
	value = config_setting_get_int(e);
	if (value < 0 || (unsigned)value > max) {
		source_mistake(s, group, key, "%s is %d; it must be 0 to %u", key, value, max);
		return missing;
	}
	return (unsigned)value;
}

size_t
source_strings(struct source *s, const config_setting_t *group, const char *key, const char ***out)
{
	const config_setting_t *e = config_setting_get_member(group, key);
	size_t n = 0;

	*out = NULL;
	if (e == NULL)
		return 0;
	if (!config_setting_is_array(e) && !config_setting_is_list(e)) {
		source_mistake(s, group, key, "%s must be a list of strings: %s = [ \"…\", \"…\" ];", key, key);
		return 0;
	}
	*out = arena_array(s->reading->arena, (size_t)config_setting_length(e), sizeof **out);
	for (int i = 0; i < config_setting_length(e); i++) {
		const config_setting_t *item = config_setting_get_elem(e, (unsigned)i);
		const char *value = config_setting_get_string(item);

		if (value == NULL || value[0] == '\0')
			source_mistake(s, item, NULL, "%s: %s", key, value == NULL ? "not a string in double quotes" : "an empty string");
		else
			(*out)[n++] = arena_dup(s->reading->arena, value, strlen(value));
	}
	return n;
}

const config_setting_t *
source_group(struct source *s, const config_setting_t *group, const char *key, int required)
{
	const config_setting_t *e = typed(s, group, key, CONFIG_TYPE_GROUP, "a group: { … }");

	if (e == NULL && required && config_setting_get_member(group, key) == NULL)
		source_mistake(s, group, NULL, "%s is missing here", key);
	return e;
}

int
source_choice(struct source *s, const config_setting_t *group, const char *key, const char *const *names, int missing)
{
	const char *value = source_string(s, group, key, names[missing]);
	char        known[200] = "";
	size_t      n = 0;

	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(value, names[i]) == 0)
			return i;
		n += (size_t)snprintf(known + n, sizeof known - n, "%s\"%s\"", i > 0 ? ", " : "", names[i]);
		if (n >= sizeof known)
			n = sizeof known - 1;
	}
	source_mistake(s, group, key, "%s is \"%s\"; it must be one of %s", key, value, known);
	return missing;
}

int
day_check(const char *text, int *year, int *month, int *day)
{
	static const int longest[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int end = 0;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
	    sscanf(text, "%4d-%2d-%2d%n", year, month, day, &end) != 3 || end != 10)
		return 0;
	if (*year < 1970 || *year > 2099 || *month < 1 || *month > 12 || *day < 1)
		return 0;
	return *day <= longest[*month - 1] + (*month == 2 && *year % 4 == 0);	/* 2000 was a leap year, 2100 is out of range */
}

const char *
source_day(struct source *s, const config_setting_t *group, const char *key, int64_t *start, int64_t *end)
{
	const char *text = source_string(s, group, key, NULL);
	int         year, month, day;

	if (text == NULL)
		return NULL;
	if (!day_check(text, &year, &month, &day)) {
		source_mistake(s, group, key, "%s is \"%s\"; it must be a day written YYYY-MM-DD, 1970 to 2099", key, text);
		return NULL;
	}
	if (s->reading->zone != NULL) {
		if (start != NULL)
			*start = zone_day_start(s->reading->zone, year, month, day);
		if (end != NULL)
			*end = zone_day_start(s->reading->zone, year, month, day + 1);
	}
	return text;
}

const char *
path_beside(struct conf_arena *a, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (path[0] == '/' || slash == NULL)
		return arena_dup(a, path, strlen(path));
	return arena_printf(a, "%.*s/%s", (int)(slash - file), file, path);
}
