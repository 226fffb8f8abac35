#include "parsers/attach.h"

#include <glib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/image.h"
#include "parsers/limits.h"

static struct text
clean_line(const char *s)
{
	return s == NULL ? text_of("") : text_clean(s, strlen(s), 0);
}

static void
take_reading(struct builder *b, struct reading *r, enum text_status status)
{
	struct text_part *part = build_part(b, r->position);

	if (r->source == TEXT_NONE)
		return;
	part->info.text_status = status;
	part->info.title = text_clean(r->title.p, r->title.n, 0);
	part->info.author = text_clean(r->author.p, r->author.n, 0);
	part->info.created_at = r->created_at;
	part->info.pages = r->pages;
	part->page_at = r->page_at;
	part->n_pages = r->n_pages;
	if (status != TEXT_EMPTY && status != TEXT_ENCRYPTED && status != TEXT_UNSUPPORTED)
		build_text(b, r->position, &r->text, r->source);
}

static void
read_content(struct builder *b, uint32_t position, const struct attached *a, const struct format *f)
{
	struct text_part *part = build_part(b, position);
	struct reading    r;

	if (build_is_extract(b) && !f->is_container)
		return;
	if (f->read == NULL || a->depth >= LIMIT_DEPTH) {
		part->info.text_status = f->read == NULL ? TEXT_UNSUPPORTED : TEXT_TOO_LARGE;
		if (f->read != NULL)
			build_warn(b, position, "limit-depth", "nested deeper than %u", LIMIT_DEPTH);
		return;
	}
	memset(&r, 0, sizeof r);
	r.b = b;
	r.position = position;
	r.depth = a->depth;
	r.p = a->p;
	r.n = a->n;
	r.name = part->info.filename.p;
	r.charset = a->charset;
	r.source = TEXT_DOCUMENT;
	r.title = r.author = text_of("");
	r.created_at = TIME_UNKNOWN;
	take_reading(b, &r, f->read(&r));
}

uint32_t
attach(struct builder *b, const struct attached *a)
{
	uint32_t             position = build_open(b, a->parent);
	struct text_part    *part;
	const struct format *f;
	char                *type;
	int                  is_shown;

	if (position == 0)
		return 0;
	part = build_part(b, position);
	part->info.filename = clean_line(a->filename);
	type = g_ascii_strdown(a->type == NULL ? "" : a->type, -1);
	part->info.type = clean_line(type);
	is_shown = a->content_id != NULL && build_cid_shown(b, a->content_id);
	part->info.is_inline = (a->is_inline || is_shown) && image_is_logo(a->p, a->n, is_shown);
	part->info.text_status = a->known;
	if (build_content(b, position, a->p, a->n) && (a->known == TEXT_OK || a->n > 0)) {
		f = format_of(a->p, a->n, a->reads_as != NULL ? a->reads_as : part->info.type.p, part->info.filename.p);
		if (a->n > 0)
			part->info.found_type = text_of(f->type);
		if (a->n == 0)
			part->info.text_status = TEXT_EMPTY;
		else if (!a->is_read)
			read_content(b, position, a, f);
		if (a->known != TEXT_OK)
			build_part(b, position)->info.text_status = a->known;
	}
	build_close(b, position);
	return position;
}
