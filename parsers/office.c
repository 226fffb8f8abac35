#include "parsers/office.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/xml.h"

#define LIMIT_VALUE 2000u	/* bytes of a property; the record keeps fewer */

struct core {
	struct reading *r;
	const char     *at;	/* the element whose text is being heard */
	GString        *value;
};

static const char *
known(const char *name)
{
	static const char *const names[] = { "title", "creator", "initial-creator", "created", "creation-date", "Pages", "Slides" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return names[i];
	return NULL;
}

static uint32_t
count_of(const char *s)
{
	return (uint32_t)CLAMP(g_ascii_strtoll(s, NULL, 10), 0, G_MAXINT32);
}

static void
on_start(void *ctx, const struct xml_element *e)
{
	struct core *c = ctx;
	char        *pages = strcmp(e->name, "document-statistic") == 0 ? xml_attribute(e, "page-count") : NULL;

	if (pages != NULL)
		c->r->pages = count_of(pages);
	g_free(pages);
	c->at = known(e->name);
	g_string_truncate(c->value, 0);
}

static void
on_characters(void *ctx, const char *p, size_t n)
{
	struct core *c = ctx;

	if (c->at != NULL && c->value->len < LIMIT_VALUE)
		g_string_append_len(c->value, p, (gssize)MIN(n, LIMIT_VALUE));
}

/* ODF times have no zone (local by custom; read as UTC), OOXML times end with Z. */
static int64_t
time_of(const char *iso)
{
	GTimeZone *utc = g_time_zone_new_utc();
	GDateTime *at = g_date_time_new_from_iso8601(iso, utc);

	return at == NULL ? TIME_UNKNOWN : g_date_time_to_unix(at);
}

static void
on_end(void *ctx, const char *name, const char *ns)
{
	struct core *c = ctx;
	struct text  value = text_of(c->value->str);

	(void)ns;
	if (c->at == NULL || strcmp(c->at, name) != 0)
		return;
	value.p = g_strndup(value.p, value.n);
	if (strcmp(name, "title") == 0)
		c->r->title = value;
	else if (strcmp(name, "initial-creator") == 0 || (strcmp(name, "creator") == 0 && c->r->author.n == 0))
		c->r->author = value;
	else if (strcmp(name, "created") == 0 || strcmp(name, "creation-date") == 0)
		c->r->created_at = time_of(value.p);
	else if (strcmp(name, "Pages") == 0 || strcmp(name, "Slides") == 0)
		c->r->pages = count_of(value.p);
	c->at = NULL;
}

void
office_core(struct reading *r, const uint8_t *p, size_t n)
{
	static const struct xml_handler handler = { on_start, on_end, on_characters };
	struct core c = { r, NULL, g_string_new(NULL) };

	(void)xml_read(p, n, &handler, &c);
	g_string_free(c.value, TRUE);
}

int
office_is_date(unsigned format, const char *code)
{
	const char *p;
	char        end = '\0';

	if (format <= 17 || format == 22)
		return format >= 14;
	for (p = code == NULL ? "" : code; *p != '\0'; p++) {
		if (end != '\0')
			end = *p == end ? '\0' : end;
		else if (*p == '"' || *p == '[')
			end = *p == '[' ? ']' : '"';
		else if ((*p == '\\' || *p == '_' || *p == '*') && p[1] != '\0')
			p++;
		else if (strchr("yYdD", *p) != NULL)
			return 1;
	}
	return 0;
}

#define EPOCH_1900	693594	/* days from the first of January of year 1 to the day before 1900 by which a spreadsheet counts */
#define EPOCH_1904	695056
#define LAST_DAY	2958465	/* of the year 9999 */

void
office_number(struct textbuf *out, double value, int is_date, int is_1904)
{
	char  s[40];
	GDate date;

	if (is_date && value >= 1 && value < LAST_DAY) {
		g_date_clear(&date, 1);
		g_date_set_julian(&date, (guint32)value + (is_1904 ? EPOCH_1904 : EPOCH_1900));
		(void)snprintf(s, sizeof s, "%02d.%02d.%04d", (int)g_date_get_day(&date), (int)g_date_get_month(&date), (int)g_date_get_year(&date));
	} else
		(void)snprintf(s, sizeof s, "%.10g", value);
	textbuf_puts(out, s);
}

enum text_status
office_status(struct reading *r, enum zip_end end, int seen)
{
	if (end == ZIP_ENCRYPTED)
		return TEXT_ENCRYPTED;
	if (end == ZIP_TOO_LARGE) {
		build_warn(r->b, r->position, "limit-archive", "the document unfolds to too much: only its beginning was read");
		return TEXT_TOO_LARGE;
	}
	if (end == ZIP_UNKNOWN && r->text.n == 0)
		return TEXT_UNSUPPORTED;
	if (end == ZIP_NO_ARCHIVE || !seen)
		return TEXT_CORRUPT;
	return end == ZIP_DAMAGED ? damaged(r) : TEXT_OK;
}
