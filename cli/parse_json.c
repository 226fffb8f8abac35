#include "cli/parse_json.h"

#include <inttypes.h>
#include <string.h>

#include "parsers/limits.h"

void
json_string(FILE *f, const char *p, size_t n)
{
	size_t i;

	(void)fputc('"', f);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '"' || c == '\\')
			(void)fprintf(f, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			(void)fprintf(f, "\\u%04x", c);
		else
			(void)fputc(c, f);
	}
	(void)fputc('"', f);
}

static void
member(FILE *f, const char *name, struct text value)
{
	(void)fprintf(f, ", \"%s\": ", name);
	if (value.n == 0)
		(void)fputs("null", f);
	else
		json_string(f, value.p, value.n);
}

static void
member_time(FILE *f, const char *name, int64_t at)
{
	if (at == TIME_UNKNOWN)
		(void)fprintf(f, ", \"%s\": null", name);
	else
		(void)fprintf(f, ", \"%s\": %" PRId64, name, at);
}

static void
member_digest(FILE *f, const uint8_t *sha256)
{
	int i;

	(void)fputs(", \"sha256\": \"", f);
	for (i = 0; i < 32; i++)
		(void)fprintf(f, "%02x", sha256[i]);
	(void)fputs("\"", f);
}

static void
envelope(FILE *f, const struct envelope *e)
{
	member(f, "message_id", e->message_id);
	member(f, "subject", e->subject);
	(void)fputs(", \"from\": {\"name\": ", f);
	json_string(f, e->from_name.p, e->from_name.n);
	member(f, "addr", e->from_address);
	(void)fputs("}", f);
	member(f, "to", e->to);
	member_time(f, "date", e->sent_at);
}

static const struct warning *
warning_of(const struct parsed *p, uint32_t part, const char *code)
{
	size_t i;

	for (i = 0; i < p->n_warnings; i++)
		if (p->warnings[i].part == part && strcmp(p->warnings[i].code.p, code) == 0)
			return &p->warnings[i];
	return NULL;
}

/* What is known of a part but its text. */
static void
part_members(FILE *f, const struct part *p)
{
	member(f, "name", p->filename);
	member(f, "type", p->type);
	member(f, "found_type", p->found_type);
	(void)fprintf(f, ", \"bytes\": %" PRIu64, p->size_bytes);
	member_digest(f, p->sha256);
	(void)fprintf(f, ", \"status\": \"%s\", \"inline\": %s, \"pages\": %u", text_status_name(p->text_status),
	    p->is_inline ? "true" : "false", p->pages);
	(void)fputs(", \"meta\": {\"position\": ", f);
	(void)fprintf(f, "%u", p->position);
	member(f, "title", p->title);
	member(f, "author", p->author);
	member_time(f, "created", p->created_at);
	(void)fputs("}", f);
}

static void
list(FILE *f, const struct parsed *p, const char *name, uint32_t parent, int only_labelled, int only_unlabelled)
{
	size_t i, shown = 0;

	(void)fprintf(f, ", \"%s\": [", name);
	for (i = 0; i < p->n_parts; i++)
		if (p->parts[i].parent == parent && !(only_labelled && p->parts[i].type.n == 0) &&
		    !(only_unlabelled && p->parts[i].type.n > 0)) {
			(void)fprintf(f, "%s{\"position\": %u", shown++ > 0 ? ", " : "", p->parts[i].position);
			part_members(f, &p->parts[i]);
			(void)fputs("}", f);
		}
	(void)fputs("]", f);
}

static void
text_of_part(FILE *f, const struct parsed *p, const char *name, uint32_t part)
{
	size_t i;

	(void)fprintf(f, ", \"%s\": ", name);
	for (i = 0; i < p->n_texts; i++)
		if (p->texts[i].part == part) {
			json_string(f, p->texts[i].text.p, p->texts[i].text.n);
			return;
		}
	(void)fputs("\"\"", f);
}

static void
warnings(FILE *f, const struct parsed *p)
{
	size_t i;

	(void)fputs(", \"warnings\": [", f);
	for (i = 0; i < p->n_warnings; i++) {
		(void)fprintf(f, "%s{\"part\": %u", i > 0 ? ", " : "", p->warnings[i].part);
		member(f, "code", p->warnings[i].code);
		member(f, "detail", p->warnings[i].detail);
		(void)fputs("}", f);
	}
	(void)fputs("]", f);
}

static void
begin(FILE *f, const struct parsed *p, const char *failure)
{
	(void)fprintf(f, "{\"complete\": %s", p->complete ? "true" : "false");
	if (failure[0] != '\0')
		member(f, "failure", text_of(failure));
}

void
parse_json_mail(FILE *f, const struct parsed *p, const char *failure)
{
	begin(f, p, failure);
	if (p->has_envelope)
		envelope(f, &p->envelope);
	list(f, p, "attachments", 0, 1, 0);	/* the parts that MIME knows of */
	list(f, p, "in_text", 0, 0, 1);		/* files that stood in the text itself (uuencode) */
	warnings(f, p);
	/* "text" is what MIME calls the body; what was signed as a whole is inside an attachment */
	text_of_part(f, p, warning_of(p, 0, "signed-content") != NULL ? "signed_text" : "text", 0);
	(void)fputs("}", f);
}

void
parse_json_document(FILE *f, const struct parsed *p, const char *failure)
{
	begin(f, p, failure);
	if (p->has_envelope)
		envelope(f, &p->envelope);
	if (p->n_parts > 0)
		part_members(f, &p->parts[0]);
	list(f, p, "attachments", 1, 0, 0);
	warnings(f, p);
	text_of_part(f, p, "text", 1);
	(void)fputs("}", f);
}
