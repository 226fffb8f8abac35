#include <glib.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/limits.h"
#include "parsers/ole.h"

/* PowerPoint's binary format ([MS-PPT]): records inside records; the text atoms in the order they stand. */
enum { TEXT_CHARS = 4000, TEXT_BYTES = 4008, SESSION_ENCRYPTED = 12052, MASTER = 1016 };

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

/* [at, end): the records of one container. The text of a master is a prompt, not the speaker's. */
static void
read_container(struct ppt *p, size_t at, size_t end, unsigned depth)
{
	uint32_t type;
	size_t   n;

	for (; at + 8 <= end && !p->r->text.full; at += n) {
		type = stream_u16(&p->s, at + 2);
		n = stream_u32(&p->s, at + 4);
		at += 8;
		n = MIN(n, end - at);
		if (type == SESSION_ENCRYPTED)
			p->encrypted = 1;
		else if ((stream_u8(&p->s, at - 8) & 15) == 15 && type != MASTER && depth < LIMIT_DEPTH)
			read_container(p, at, at + n, depth + 1);
		else if ((type == TEXT_CHARS || type == TEXT_BYTES) && n > 0)
			add_atom(p, type, at, n);
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
	read_container(&p, 0, p.s.n, 0);
	ole_facts(r, f);
	ole_close(f);
	return p.encrypted ? TEXT_ENCRYPTED : TEXT_OK;
}
