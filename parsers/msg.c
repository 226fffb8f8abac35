#include <glib.h>
#include <gmime/gmime.h>
#include <gsf/gsf.h>
#include <stdio.h>
#include <string.h>

#include "parsers/attach.h"
#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/format.h"
#include "parsers/head.h"
#include "parsers/limits.h"
#include "parsers/mapi.h"
#include "parsers/msg_inner.h"
#include "parsers/ole.h"

/* Outlook's .msg ([MS-OXMSG]): one stream for each property, named by its number and type. */
enum { SUBJECT = 0x0037, SUBMIT_TIME = 0x0039, SENT_NAME = 0x0042, SENT_ADDRESS = 0x0065, HEADERS = 0x007d, SENDER_NAME = 0x0c1a,
	SENDER_ADDRESS = 0x0c1f, DELIVERY_TIME = 0x0e06, BODY = 0x1000, RTF = 0x1009, HTML = 0x1013, MESSAGE_ID = 0x1035,
	REFERENCES = 0x1039, IN_REPLY_TO = 0x1042, DISPLAY_NAME = 0x3001, ADDRESS = 0x3003, SMTP_ADDRESS = 0x39fe,
	ATTACH_DATA = 0x3701, ATTACH_SHORT_NAME = 0x3704, ATTACH_NAME = 0x3707, ATTACH_PATH = 0x370d, ATTACH_TYPE = 0x370e, ATTACH_CID = 0x3712,
	INTERNET_CODEPAGE = 0x3fde, LOCALE = 0x3ff1, CODEPAGE = 0x3ffd,
	SENDER_SMTP = 0x5d01, SENT_SMTP = 0x5d02 };
enum { TYPE_LONG = 0x0003, TYPE_OBJECT = 0x000d, TYPE_BYTES8 = 0x001e, TYPE_UNICODE = 0x001f, TYPE_TIME = 0x0040, TYPE_BINARY = 0x0102 };

/* 1601 to 1970 in units of 100 ns. */
#define FILETIME_EPOCH 116444736000000000ULL

struct msg {
	struct reading *r;
	GsfInfile      *f;
	const char     *charset;
};

static struct stream
property(struct msg *m, GsfInfile *f, unsigned id, unsigned type)
{
	char name[40];

	(void)snprintf(name, sizeof name, "__substg1.0_%04X%04X", id, type);
	return ole_stream(m->r->b, f, name);
}

/* As UTF-8, NULL when there is none. */
static char *
string(struct msg *m, GsfInfile *f, unsigned id)
{
	struct stream s = property(m, f, id, TYPE_UNICODE);
	size_t        n;

	if (s.p != NULL)
		return charset_to_utf8(s.p, s.n - s.n % 2, "UTF-16LE", &n, NULL);
	s = property(m, f, id, TYPE_BYTES8);
	return s.p == NULL ? NULL : charset_to_utf8(s.p, s.n, m->charset, &n, NULL);
}

static char *
first_string(struct msg *m, const unsigned *ids, size_t n_ids)
{
	char  *s = NULL;
	size_t i;

	for (i = 0; i < n_ids && (s == NULL || s[0] == '\0'); i++)
		s = string(m, m->f, ids[i]);
	return s;
}

/* A property of fixed size: 16 bytes each after the header, the value in the last 8. */
static uint64_t
fixed(struct msg *m, unsigned id, unsigned type, int *found)
{
	struct stream s = ole_stream(m->r->b, m->f, "__properties_version1.0");
	size_t        at;

	*found = 0;
	for (at = 32; at + 16 <= s.n; at += 16)
		if (stream_u32(&s, at) == (uint32_t)(id << 16 | type)) {
			*found = 1;
			return (uint64_t)stream_u32(&s, at + 8) | (uint64_t)stream_u32(&s, at + 12) << 32;
		}
	return 0;
}

static int64_t
time_of(struct msg *m, unsigned id)
{
	int      found;
	uint64_t t = fixed(m, id, TYPE_TIME, &found);

	return found && t > FILETIME_EPOCH ? (int64_t)((t - FILETIME_EPOCH) / 10000000) : TIME_UNKNOWN;
}

/* The code page that the first of the properties tells; NULL when none does. */
static const char *
codepage(struct msg *m, const unsigned *ids, size_t n_ids)
{
	uint64_t page;
	size_t   i;
	int      found;

	for (i = 0; i < n_ids; i++) {
		page = fixed(m, ids[i], TYPE_LONG, &found);
		if (found && ids[i] == LOCALE)
			page = charset_codepage_of_language((unsigned)page);
		if (found && charset_of_codepage((unsigned)page) != NULL)
			return charset_of_codepage((unsigned)page);
	}
	return NULL;
}

static void
add_recipients(struct msg *m, GString *to)
{
	static const unsigned ids[] = { SMTP_ADDRESS, ADDRESS };
	GsfInfile  *recipient;
	struct text t;
	char        name[40], *s;
	unsigned    i;
	size_t      k;

	for (i = 0; i < LIMIT_PARTS; i++) {
		(void)snprintf(name, sizeof name, "__recip_version1.0_#%08X", i);
		recipient = ole_storage(m->f, name);
		if (recipient == NULL)
			return;
		for (k = 0, s = NULL; k < sizeof ids / sizeof ids[0] && (s == NULL || strchr(s, '@') == NULL); k++)
			s = string(m, recipient, ids[k]);
		ole_close(recipient);
		t = head_line(s, LIMIT_FIELD_BYTES);
		if (t.n > 0 && memchr(t.p, '@', t.n) != NULL && memchr(t.p, ' ', t.n) == NULL && to->len + t.n < LIMIT_FIELD_BYTES)
			g_string_append_printf(to, "%s%s", to->len > 0 ? " " : "", g_utf8_strdown(t.p, -1));
	}
}

/* The headers as they came by mail; a message that was never sent has none. */
static struct mail_head *
head_of_headers(const char *headers)
{
	GMimeStream      *stream;
	GMimeMessage     *mail;
	struct mail_head *head = g_new(struct mail_head, 1);
	const char       *whole = headers == NULL ? NULL : g_strconcat(headers, "\n\n", NULL);

	*head = *head_empty();
	if (whole == NULL)
		return head;
	stream = g_mime_stream_mem_new_with_buffer(whole, strlen(whole));
	mail = g_mime_parser_construct_message(g_mime_parser_new_with_stream(stream), NULL);
	if (mail != NULL)
		*head = *head_of(mail);
	return head;
}

/* A header's value where there is one, else the property's. */
static void
prefer(struct text *field, const char *value)
{
	struct text t = head_line(value, LIMIT_FIELD_BYTES);

	if (field->n == 0 && t.n > 0)
		*field = t;
}

static struct text
without_brackets(const char *id)
{
	struct text t = head_line(id, LIMIT_FIELD_BYTES);

	if (t.n >= 2 && t.p[0] == '<' && t.p[t.n - 1] == '>') {
		t.p = g_strndup(t.p + 1, t.n - 2);
		t.n -= 2;
	}
	return t;
}

static const struct mail_head *
read_head(struct msg *m)
{
	static const unsigned names[] = { SENDER_NAME, SENT_NAME };
	static const unsigned addresses[] = { SENDER_SMTP, SENT_SMTP, SENDER_ADDRESS, SENT_ADDRESS };
	struct mail_head *head = head_of_headers(string(m, m->f, HEADERS));
	struct envelope  *e = &head->envelope;
	GString          *to = g_string_new(NULL);
	char             *s;
	size_t            i;

	e->subject = head_line(string(m, m->f, SUBJECT), LIMIT_FIELD_BYTES);
	prefer(&e->from_name, first_string(m, names, sizeof names / sizeof names[0]));
	for (i = 0; i < sizeof addresses / sizeof addresses[0] && e->from_address.n == 0; i++) {
		s = string(m, m->f, addresses[i]);
		if (s != NULL && strchr(s, '@') != NULL)
			prefer(&e->from_address, g_utf8_strdown(head_line(s, LIMIT_FIELD_BYTES).p, -1));
	}
	if (e->message_id.n == 0)
		e->message_id = without_brackets(string(m, m->f, MESSAGE_ID));
	if (e->in_reply_to.n == 0)
		e->in_reply_to = without_brackets(string(m, m->f, IN_REPLY_TO));
	if (e->sent_at == TIME_UNKNOWN)
		e->sent_at = time_of(m, SUBMIT_TIME);
	if (e->relayed_at == TIME_UNKNOWN)
		e->relayed_at = time_of(m, DELIVERY_TIME);
	if (e->to.n == 0) {
		add_recipients(m, to);
		e->to = text_of(to->str);
	}
	return head;
}

static void
read_body(struct msg *m)
{
	static const unsigned html_pages[] = { INTERNET_CODEPAGE, CODEPAGE, LOCALE };
	struct mapi_body body = { NULL, 0, NULL, 0, NULL, 0, codepage(m, html_pages, sizeof html_pages / sizeof html_pages[0]) };
	struct stream    html = property(m, m->f, HTML, TYPE_BINARY), rtf = property(m, m->f, RTF, TYPE_BINARY);
	char            *unicode = html.p == NULL ? string(m, m->f, HTML) : NULL;

	body.plain = string(m, m->f, BODY);
	body.plain_n = body.plain == NULL ? 0 : strlen(body.plain);
	body.html = html.p;
	body.html_n = html.n;
	if (unicode != NULL) {
		body.html = (const uint8_t *)unicode;
		body.html_n = strlen(unicode);
		body.charset = "UTF-8";
	}
	body.rtf = rtf.p;
	body.rtf_n = rtf.n;
	mapi_text(&body, &m->r->text);
}

/* 1 when more may follow. */
static int
attach_one(struct msg *m, GsfInfile *f)
{
	struct attached a;
	struct stream   data = property(m, f, ATTACH_DATA, TYPE_BINARY);
	GsfInfile      *inner;
	char            name[40], *path;

	memset(&a, 0, sizeof a);
	a.parent = m->r->position;
	a.depth = m->r->depth + 1;
	a.filename = string(m, f, ATTACH_NAME);
	if (a.filename == NULL)
		a.filename = string(m, f, ATTACH_SHORT_NAME);
	if (a.filename == NULL)
		a.filename = string(m, f, DISPLAY_NAME);
	a.type = string(m, f, ATTACH_TYPE);
	a.content_id = string(m, f, ATTACH_CID);
	if (data.p == NULL) {
		(void)snprintf(name, sizeof name, "__substg1.0_%04X%04X", ATTACH_DATA, TYPE_OBJECT);
		inner = ole_storage(f, name);
		if (inner != NULL)
			data = msg_inner_file(m->r->b, inner, m->f);
		ole_close(inner);
		if (a.type == NULL)
			a.type = "application/vnd.ms-outlook";
	}
	path = data.p == NULL ? string(m, f, ATTACH_PATH) : NULL;
	if (path != NULL && path[0] != '\0') {	/* only where the file is */
		a.reads_as = "message/external-body";
		data.p = (uint8_t *)path;
		data.n = strlen(path);
	}
	a.p = data.p == NULL ? (const uint8_t *)"" : data.p;
	a.n = data.n;
	return attach(m->r->b, &a) != 0;
}

static void
read_attachments(struct msg *m)
{
	GsfInfile *f;
	int        i, n = gsf_infile_num_children(m->f), goes_on = 1;
	char      *name;

	for (i = 0; i < n && goes_on; i++) {
		name = g_strdup(gsf_infile_name_by_index(m->f, i));
		f = name != NULL && g_str_has_prefix(name, "__attach_version1.0_#") ? ole_storage(m->f, name) : NULL;
		if (f != NULL)
			goes_on = attach_one(m, f);
		ole_close(f);
		g_free(name);
	}
}

enum text_status
read_msg(struct reading *r)
{
	static const unsigned string_pages[] = { CODEPAGE, INTERNET_CODEPAGE, LOCALE };
	struct msg m = { r, ole_open(r->p, r->n), NULL };

	if (m.f == NULL)
		return TEXT_CORRUPT;
	m.charset = codepage(&m, string_pages, sizeof string_pages / sizeof string_pages[0]);
	build_part(r->b, r->position)->mail = read_head(&m);
	read_body(&m);
	read_attachments(&m);
	ole_close(m.f);
	return TEXT_OK;
}
