#include <glib.h>
#include <string.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/zip.h"

static const enum text_status status[] = {
	[ZIP_DONE] = TEXT_OK, [ZIP_DAMAGED] = TEXT_CORRUPT, [ZIP_ENCRYPTED] = TEXT_ENCRYPTED, [ZIP_TOO_LARGE] = TEXT_TOO_LARGE,
	[ZIP_NO_ARCHIVE] = TEXT_CORRUPT, [ZIP_UNKNOWN] = TEXT_UNSUPPORTED };

/* What is in an archive becomes attachments under it. */
static int
take(void *ctx, const struct member *m)
{
	struct reading *r = ctx;
	struct attached a;
	char           *name = g_strdup(m->name);
	uint32_t        position;

	/* A compressed file alone has no name but the archive's own without its ending. */
	if (strcmp(name, "data") == 0 && strchr(r->name, '.') != NULL) {
		name = g_strdup(r->name);
		*strrchr(name, '.') = '\0';
	}
	memset(&a, 0, sizeof a);
	a.parent = r->position;
	a.depth = r->depth + 1;
	a.filename = name;
	a.p = m->p;
	a.n = m->end == ZIP_TOO_LARGE ? 0 : m->n;
	a.known = status[m->end];
	position = attach(r->b, &a);
	g_free(m->p);
	return position != 0;
}

enum text_status
read_archive(struct reading *r)
{
	struct text_part *part;
	enum zip_end      end = zip_walk(r->b, r->p, r->n, NULL, take, r);

	if (end == ZIP_TOO_LARGE)
		build_warn(r->b, r->position, "limit-archive", "the archive unfolds to too much or has more than %u members",
		    LIMIT_ARCHIVE_MEMBERS);
	part = build_part(r->b, r->position);
	part->info.text_status = status[end];
	r->source = TEXT_NONE;
	return status[end];
}
