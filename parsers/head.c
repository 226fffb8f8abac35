#include "parsers/head.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parsers/encoded_words.h"
#include "parsers/limits.h"
#include "parsers/text.h"

#define HEADERS_KEPT	1000u
#define HEADER_BYTES	(16u << 10)	/* of one header's value as the signals see it */

struct text
head_line(const char *s, size_t max)
{
	struct text t = text_clean(s == NULL ? "" : s, s == NULL ? 0 : strlen(s), 0);
	char       *out = g_malloc(t.n + 1);
	size_t      i, n = 0;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == ' ' && (n == 0 || out[n - 1] == ' '))
			continue;
		out[n++] = t.p[i];
	}
	if (n > max)
		for (n = max; n > 0 && ((unsigned char)out[n] & 0xc0) == 0x80; n--)
			;
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	t.p = out;
	t.n = n;
	return t;
}

/* Of a name: nobody sees by it what turns or parts letters. */
static struct text
head_name(const char *s)
{
	struct text t = head_line(s, LIMIT_FIELD_BYTES);
	char       *seen = text_without_format(t.p);

	return seen == NULL ? t : text_of(seen);
}

static struct text
lower(struct text t)
{
	t.p = g_utf8_strdown(t.p, (gssize)t.n);
	t.n = strlen(t.p);
	return t;
}

/* The first mailbox, also inside a group. */
static InternetAddressMailbox *
first_mailbox(InternetAddressList *list, unsigned depth)
{
	InternetAddressMailbox *found = NULL;
	InternetAddress        *ia;
	int                     i, n = list == NULL || depth > LIMIT_DEPTH ? 0 : internet_address_list_length(list);

	for (i = 0; i < n && found == NULL; i++) {
		ia = internet_address_list_get_address(list, i);
		if (INTERNET_ADDRESS_IS_MAILBOX(ia))
			found = INTERNET_ADDRESS_MAILBOX(ia);
		else if (INTERNET_ADDRESS_IS_GROUP(ia))
			found = first_mailbox(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(ia)), depth + 1);
	}
	return found;
}

static struct text
address_of(InternetAddressMailbox *m)
{
	return m == NULL ? text_of("") : lower(head_line(internet_address_mailbox_get_addr(m), LIMIT_FIELD_BYTES));
}

/* Addresses of the list, space between, as long as they fit whole. */
static void
add_addresses(GString *s, InternetAddressList *list, unsigned depth)
{
	InternetAddress *ia;
	struct text      t;
	int              i, n = list == NULL || depth > LIMIT_DEPTH ? 0 : internet_address_list_length(list);

	for (i = 0; i < n; i++) {
		ia = internet_address_list_get_address(list, i);
		if (INTERNET_ADDRESS_IS_GROUP(ia)) {
			add_addresses(s, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(ia)), depth + 1);
			continue;
		}
		t = address_of(INTERNET_ADDRESS_MAILBOX(ia));
		if (t.n == 0 || memchr(t.p, ' ', t.n) != NULL || s->len + t.n + 1 > LIMIT_FIELD_BYTES)
			continue;
		g_string_append_printf(s, "%s%s", s->len > 0 ? " " : "", t.p);
	}
}

static const char *
raw_header(GMimeMessage *mail, const char *name)
{
	GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(mail)), name);

	return h == NULL ? NULL : g_mime_header_get_raw_value(h);
}

/* Message-IDs of a header, without brackets, as long as they fit whole. */
static struct text
message_ids(GMimeMessage *mail, const char *name, int max)
{
	const char      *raw = raw_header(mail, name);
	GMimeReferences *refs = raw == NULL ? NULL : g_mime_references_parse(NULL, raw);
	GString         *s = g_string_new(NULL);
	struct text      t;
	int              i, n = refs == NULL ? 0 : g_mime_references_length(refs);

	for (i = 0; i < n && i < max; i++) {
		t = head_line(g_mime_references_get_message_id(refs, i), LIMIT_FIELD_BYTES);
		if (t.n == 0 || s->len + t.n + 1 > LIMIT_FIELD_BYTES)
			continue;
		g_string_append_printf(s, "%s%s", s->len > 0 ? " " : "", t.p);
	}
	return text_of(g_string_free(s, FALSE));
}

/* "<>" is a fact of its own: a bounce (RFC 5321, 4.5.5). */
static struct text
return_path(GMimeMessage *mail)
{
	const char *raw = raw_header(mail, "Return-Path");
	struct text t;

	if (raw == NULL)
		return text_of("");
	t = head_line(raw, LIMIT_FIELD_BYTES);
	if (t.n == 0 || strcmp(t.p, "<>") == 0)
		return text_of("<>");
	return address_of(first_mailbox(internet_address_list_parse(NULL, raw), 0));
}

static int64_t
seconds_of(GDateTime *at)
{
	return at == NULL ? TIME_UNKNOWN : g_date_time_to_unix(at);
}

/* The date stands after the last semicolon (RFC 5322, 3.6.7). */
static int64_t
relayed_at(GMimeMessage *mail)
{
	const char *raw = raw_header(mail, "Received"), *semicolon = raw == NULL ? NULL : strrchr(raw, ';');

	return semicolon == NULL ? TIME_UNKNOWN : seconds_of(g_mime_utils_header_decode_date(semicolon + 1));
}

/* An id without brackets or with white space in it is still what the sender claims. */
static struct text
message_id(GMimeMessage *mail)
{
	const char *id = g_mime_message_get_message_id(mail), *raw = raw_header(mail, "Message-Id"), *open, *close;
	char       *copy;
	struct text t;

	if (id != NULL && id[0] != '\0')
		return head_line(id, LIMIT_FIELD_BYTES);
	if (raw == NULL)
		return text_of("");
	open = strchr(raw, '<');
	close = open == NULL ? NULL : strchr(open, '>');
	copy = close == NULL ? g_strdup(raw) : g_strndup(open + 1, (gsize)(close - open - 1));
	t = head_line(copy, LIMIT_FIELD_BYTES);
	while (t.n > 0 && (t.p[0] == '<' || t.p[0] == ' ')) {
		t.p++;
		t.n--;
	}
	return t;
}

/* "Dr. Kari Berg <dr..kari@…>" and "Ola Dahl Jr. <…jr.@…>": what no standard allows is sent all the same, and says who it is. */
static void
fill_unruly_from(GMimeMessage *mail, struct envelope *e)
{
	const char *raw = raw_header(mail, "From"), *open = raw == NULL ? NULL : strrchr(raw, '<'), *close = open == NULL ? NULL : strchr(open, '>');
	char       *address, *name, *plain;

	if (close == NULL)
		return;
	address = g_strndup(open + 1, (gsize)(close - open - 1));
	if (strchr(address, '@') != NULL && strpbrk(address, " \t\r\n<\"") == NULL)
		e->from_address = lower(head_line(address, LIMIT_FIELD_BYTES));
	name = g_strndup(raw, (gsize)(open - raw));
	plain = g_mime_utils_header_decode_text(NULL, name);
	e->from_name = head_name(g_strstrip(g_strdelimit(plain, "\"", ' ')));
	g_free(plain);
	g_free(name);
	g_free(address);
}

static void
fill_envelope(GMimeMessage *mail, struct envelope *e)
{
	InternetAddressMailbox *from = first_mailbox(g_mime_message_get_from(mail), 0);
	GString                *to = g_string_new(NULL);

	add_addresses(to, g_mime_message_get_to(mail), 0);
	add_addresses(to, g_mime_message_get_cc(mail), 0);
	e->message_id = message_id(mail);
	e->in_reply_to = message_ids(mail, "In-Reply-To", 1);
	e->references = message_ids(mail, "References", LIMIT_REFERENCES);
	e->subject = head_line(g_mime_message_get_subject(mail), LIMIT_FIELD_BYTES);
	e->from_name = head_name(from == NULL ? NULL : internet_address_get_name(INTERNET_ADDRESS(from)));
	e->from_address = address_of(from);
	if (from == NULL)
		fill_unruly_from(mail, e);
	e->sender_address = address_of(first_mailbox(g_mime_message_get_sender(mail), 0));
	e->reply_to_address = address_of(first_mailbox(g_mime_message_get_reply_to(mail), 0));
	e->return_path = return_path(mail);
	e->to = text_of(g_string_free(to, FALSE));
	e->sent_at = seconds_of(g_mime_message_get_date(mail));
	e->relayed_at = relayed_at(mail);
}

static void
fill_headers(GMimeMessage *mail, struct mail_head *head)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(mail));
	int              i, n = MIN(g_mime_header_list_get_count(list), (int)HEADERS_KEPT);
	struct header   *headers = g_new0(struct header, (gsize)n + 1);
	const char      *raw;
	GMimeHeader     *h;

	for (i = 0; i < n; i++) {
		h = g_mime_header_list_get_header_at(list, i);
		raw = g_mime_header_get_raw_value(h);
		if (raw != NULL && strlen(raw) > HEADER_BYTES)
			raw = g_strndup(raw, HEADER_BYTES);
		headers[i].name = g_ascii_strdown(head_line(g_mime_header_get_name(h), LIMIT_FIELD_BYTES).p, -1);
		headers[i].value = head_line(raw == NULL ? "" : g_mime_utils_header_decode_text(NULL, raw), HEADER_BYTES).p;
	}
	head->headers = headers;
	head->n_headers = (size_t)n;
}

static struct mail_head *
new_head(void)
{
	struct mail_head *head = g_new0(struct mail_head, 1);
	const struct text none = { "", 0 };

	head->envelope = (struct envelope){ none, none, none, none, none, none, none, none, none, none, TIME_UNKNOWN, TIME_UNKNOWN };
	head->content_type = "text/plain";
	head->report_type = "";
	return head;
}

const struct mail_head *
head_empty(void)
{
	return new_head();
}

const struct mail_head *
head_of(GMimeMessage *mail)
{
	struct mail_head *head = new_head();
	GMimeObject      *top = g_mime_message_get_mime_part(mail);
	GMimeContentType *type = top == NULL ? NULL : g_mime_object_get_content_type(top);
	const char       *report = type == NULL ? NULL : g_mime_content_type_get_parameter(type, "report-type");

	encoded_words_mend(GMIME_OBJECT(mail));
	fill_envelope(mail, &head->envelope);
	fill_headers(mail, head);
	if (type != NULL)
		head->content_type = lower(head_line(g_mime_content_type_get_mime_type(type), LIMIT_FIELD_BYTES)).p;
	if (report != NULL)
		head->report_type = lower(head_line(report, LIMIT_FIELD_BYTES)).p;
	return head;
}
