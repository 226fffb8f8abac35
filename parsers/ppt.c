#include <glib.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/ole.h"

/* PowerPoint's binary format ([MS-PPT]): records inside records; the text atoms in the order they stand. */
enum { TEXT_CHARS = 4000, TEXT_BYTES = 4008, STRING = 4026, EXTENSION = 5003, COMMENT = 12000, SESSION_ENCRYPTED = 12052, MASTER = 1016 };
enum { IN_SLIDES, IN_EXTENSION, IN_COMMENT };

struct ppt {
	struct reading *r;
	struct stream   s;
	int             encrypted;
};

static void
add_atom(struct ppt *p, uint32_t type, size_t at, size_t n)
{
	size_t len;
	char  *utf8;

	textbuf_newline(&p->r->text);
	if (type == TEXT_CHARS) {
		ole_utf16(&p->r->text, p->s.p + at, n);
		return;
	}
	utf8 = g_convert((const char *)p->s.p + at, (gssize)n, "UTF-8", "ISO-8859-1", NULL, &len, NULL);
	if (utf8 != NULL)
		textbuf_add(&p->r->text, utf8, len);
	g_free(utf8);
}

/* Text stands in the slides' atoms, and in the second string of a comment (the first is its author). */
static int
is_text(int where, uint32_t type, uint32_t instance)
{
	return where == IN_COMMENT ? type == STRING && instance == 1 : where == IN_SLIDES && (type == TEXT_CHARS || type == TEXT_BYTES);
}

/*
 * [at, end): the records of one container. The text of a master is a prompt, not the speaker's. What later versions added,
 * comments too, stands in extensions, which are no containers by their mark.
 */
static void
read_container(struct ppt *p, size_t at, size_t end, int where, unsigned depth)
{
	uint32_t type, head;
	size_t   n;

	for (; at + 8 <= end && !p->r->text.full; at += n) {
		head = stream_u16(&p->s, at);
		type = stream_u16(&p->s, at + 2);
		n = stream_u32(&p->s, at + 4);
		at += 8;
		n = MIN(n, end - at);
		if (type == SESSION_ENCRYPTED)
			p->encrypted = 1;
		else if (((head & 15) == 15 || type == EXTENSION) && type != MASTER && depth < LIMIT_DEPTH)
			read_container(p, at, at + n, type == EXTENSION ? IN_EXTENSION : type == COMMENT ? IN_COMMENT : where, depth + 1);
		else if (is_text(where, type, head >> 4) && n > 0)
			add_atom(p, type == STRING ? TEXT_CHARS : type, at, n);
	}
}

enum text_status
read_ppt(struct reading *r)
{
	struct ppt p = { .r = r };
	GsfInfile *f = ole_open(r->p, r->n);

	if (f == NULL)
		return TEXT_CORRUPT;
	p.s = ole_stream(r->b, f, "PowerPoint Document");
	p.encrypted = ole_has(f, "EncryptedSummary");
	read_container(&p, 0, p.s.n, IN_SLIDES, 0);
	ole_facts(r, f);
	ole_close(f);
	return p.encrypted ? TEXT_ENCRYPTED : TEXT_OK;
}
