#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <ytnef.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/mapi.h"

/* A property of one of the types, or NULL; MAPI_UNDEFINED is libytnef's word for none. */
static const variableLength *
property(MAPIProps *props, unsigned id, const unsigned *types, size_t n_types)
{
	const variableLength *v;
	size_t                i;

	for (i = 0; i < n_types; i++) {
		v = MAPIFindProperty(props, PROP_TAG(types[i], id));
		if (v != MAPI_UNDEFINED && v->data != NULL && v->size > 0)
			return v;
	}
	return NULL;
}

static const variableLength *
string_property(MAPIProps *props, unsigned id)
{
	static const unsigned types[] = { PT_UNICODE, PT_STRING8 };

	return property(props, id, types, sizeof types / sizeof types[0]);
}

static const variableLength *
bytes_property(MAPIProps *props, unsigned id)
{
	static const unsigned types[] = { PT_BINARY, PT_STRING8, PT_OBJECT };

	return property(props, id, types, sizeof types / sizeof types[0]);
}

/* libytnef has turned Unicode into UTF-8; the rest is in the message's code page. Ends at a NUL. */
static char *
utf8_of(const variableLength *v, const char *charset)
{
	size_t n;

	return v == NULL ? NULL : charset_to_utf8(v->data, strnlen((const char *)v->data, (size_t)v->size), charset, &n, NULL);
}

static const char *
charset_of(TNEFStruct *t)
{
	const variableLength *v = &t->CodePage;

	return v->data == NULL || v->size < 4 ? NULL : charset_of_codepage((unsigned)v->data[0] | (unsigned)v->data[1] << 8);
}

/* 1 when more may follow. */
static int
attach_one(struct reading *r, Attachment *at, const char *charset)
{
	static const uint8_t  tnef_magic[] = { 0x78, 0x9f, 0x3e, 0x22 };
	const variableLength *object = bytes_property(&at->MAPI, PR_ATTACH_DATA_OBJ), *data = &at->FileData;
	struct attached       a;
	char                 *path = NULL;

	memset(&a, 0, sizeof a);
	if (object != NULL && (data->data == NULL || object->size > data->size))
		data = object;
	if (data->data == NULL || data->size <= 0) {	/* only where the file is, if anything */
		path = utf8_of(string_property(&at->MAPI, PR_ATTACH_LONG_PATHNAME), charset);
		if (path == NULL || path[0] == '\0')
			return 1;
	}
	a.parent = r->position;
	a.depth = r->depth + 1;
	a.filename = utf8_of(string_property(&at->MAPI, PR_ATTACH_LONG_FILENAME), charset);
	if (a.filename == NULL)
		a.filename = utf8_of(string_property(&at->MAPI, PR_DISPLAY_NAME), charset);
	if (a.filename == NULL && at->Title.data != NULL)
		a.filename = utf8_of(&at->Title, charset);
	a.type = utf8_of(string_property(&at->MAPI, PR_ATTACH_MIME_TAG), NULL);
	a.content_id = utf8_of(string_property(&at->MAPI, PR_ATTACH_CONTENT_ID), NULL);
	if (path != NULL)
		a.reads_as = "message/external-body";
	a.p = path != NULL ? (const uint8_t *)path : data->data;
	a.n = path != NULL ? strlen(path) : (size_t)data->size;
	if (a.n > 20 && memcmp(a.p + 16, tnef_magic, sizeof tnef_magic) == 0) {	/* a message inside, behind its interface's name */
		a.p += 16;
		a.n -= 16;
	}
	return attach(r->b, &a) != 0;
}

enum text_status
read_tnef(struct reading *r)
{
	TNEFStruct            t;
	struct mapi_body      body = { NULL, 0, NULL, 0, NULL, 0, NULL };
	const variableLength *html, *rtf;
	Attachment           *at;
	char                 *plain;
	int                   fault;

	if (r->n > G_MAXINT || !build_unfold(r->b, r->n))
		return TEXT_TOO_LARGE;
	TNEFInitialize(&t);
	t.Debug = 0;
	fault = TNEFParseMemory((BYTE *)(uintptr_t)r->p, (long)r->n, &t) != 0;	/* what came before it is there */
	body.charset = charset_of(&t);
	plain = utf8_of(string_property(&t.MapiProperties, PR_BODY), body.charset);
	if (plain == NULL && t.body.data != NULL && t.body.size > 0)
		plain = utf8_of(&t.body, body.charset);
	html = bytes_property(&t.MapiProperties, PR_BODY_HTML);
	rtf = bytes_property(&t.MapiProperties, PR_RTF_COMPRESSED);
	body.plain = plain;
	body.plain_n = plain == NULL ? 0 : strlen(plain);
	body.html = html == NULL ? NULL : html->data;
	body.html_n = html == NULL ? 0 : (size_t)html->size;
	body.rtf = rtf == NULL ? NULL : rtf->data;
	body.rtf_n = rtf == NULL ? 0 : (size_t)rtf->size;
	mapi_text(&body, &r->text);
	for (at = t.starting_attach.next; at != NULL; at = at->next)
		if (!attach_one(r, at, body.charset))
			break;
	return fault ? damaged(r) : TEXT_OK;
}
