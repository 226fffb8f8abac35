#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/bounds.h"
#include "daemon/fetch/dates.h"
#include "daemon/fetch/imap_private.h"
#include "daemon/fetch/stream.h"
#include "parsers/limits.h"

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* UID FETCH; takes over `attributes`, whose members may be NULL for want of memory. */
static enum outcome
fetch(struct imap *i, const uint32_t *uids, size_t n, struct mailimap_fetch_att *attributes[], size_t n_attributes,
    clist **answers, struct why *why)
{
	struct mailimap_fetch_type *what = mailimap_fetch_type_new_fetch_att_list_empty();
	struct mailimap_set        *set = imap_set_of(uids, n);
	enum outcome                o = OUTCOME_OK;
	size_t                      k;

	for (k = 0; k < n_attributes; k++)
		if (attributes[k] == NULL || what == NULL ||
		    mailimap_fetch_type_new_fetch_att_list_add(what, attributes[k]) != MAILIMAP_NO_ERROR)
			o = why_set(why, OUTCOME_DEFER, "no memory");
	if (o == OUTCOME_OK && set == NULL)
		o = why_set(why, OUTCOME_DEFER, "no memory");
	if (o == OUTCOME_OK)
		o = imap_result(i, mailimap_uid_fetch(i->session, set, what, answers), "UID FETCH", why);
	if (o != OUTCOME_OK)
		*answers = NULL;	/* at a NO libetpan frees the list and leaves the pointer (qresync.c) */
	if (set != NULL)
		mailimap_set_free(set);
	if (what != NULL)
		mailimap_fetch_type_free(what);
	imap_see_exists(i);
	/* libetpan hides a NO after some messages (qresync.c) and shows it when there is a handler: what came is what counts. */
	return o == OUTCOME_BAD ? OUTCOME_OK : o;
}

/* One FETCH answer, flattened. Counts tell an item that came twice. */
struct answer {
	uint32_t uid, size_bytes;
	int64_t  internal_at;
	int      uids, sizes, dates, bodies, others;
};

static void
read_item(const struct mailimap_msg_att_static *item, struct answer *a)
{
	const struct mailimap_date_time *t;
	struct civil                     c;

	switch (item->att_type) {
	case MAILIMAP_MSG_ATT_UID:
		a->uids++;
		a->uid = item->att_data.att_uid;
		break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE:
		a->sizes++;
		a->size_bytes = item->att_data.att_rfc822_size;
		break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		t = item->att_data.att_internal_date;
		if (t == NULL)
			break;
		a->dates++;
		c = (struct civil){ t->dt_year, t->dt_month, t->dt_day, t->dt_hour, t->dt_min, t->dt_sec,
			t->dt_zone / 100 * 60 + t->dt_zone % 100 };
		a->internal_at = date_utc(&c);
		break;
	case MAILIMAP_MSG_ATT_BODY_SECTION:
		a->bodies++;
		break;
	default:
		a->others++;	/* never asked for */
	}
}

static struct answer
read_answer(const struct mailimap_msg_att *message)
{
	struct answer                      a = { .internal_at = DATE_UNKNOWN };
	const struct mailimap_msg_att_item *item;
	clistiter                         *cur;

	for (cur = clist_begin(message->att_list); cur != NULL; cur = clist_next(cur)) {
		item = clist_content(cur);
		if (item != NULL && item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC && item->att_data.att_static != NULL)
			read_item(item->att_data.att_static, &a);
	}
	return a;
}

static struct imap_fact *
fact_of(struct imap_fact *facts, size_t n, uint32_t uid)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (facts[k].uid == uid)
			return &facts[k];
	return NULL;
}

/* Changed flags of any mail may come unasked (RFC 3501, 7.4.2); sizes and dates may not. */
static enum outcome
take_facts(struct imap_fact *facts, size_t n, clist *answers, struct why *why)
{
	clistiter        *cur;
	struct answer     a;
	struct imap_fact *fact;

	for (cur = answers == NULL ? NULL : clist_begin(answers); cur != NULL; cur = clist_next(cur)) {
		a = read_answer(clist_content(cur));
		if (a.sizes == 0 && a.dates == 0)
			continue;
		fact = a.uids == 1 ? fact_of(facts, n, a.uid) : NULL;
		if (fact == NULL || fact->told || a.sizes != 1 || a.dates > 1)
			return why_set(why, OUTCOME_LOST, "UID FETCH: the server tells of a mail nobody asked for, or twice of one");
		fact->told = 1;
		fact->size_bytes = a.size_bytes;
		fact->internal_at = a.internal_at;
	}
	return OUTCOME_OK;
}

enum outcome
imap_fetch_facts(struct imap *i, struct imap_fact *facts, size_t n, struct why *why)
{
	struct mailimap_fetch_att *what[] = { mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_internaldate(),
		mailimap_fetch_att_new_rfc822_size() };
	uint32_t                   uids[FACTS_BATCH];
	clist                     *answers = NULL;
	enum outcome               o;
	size_t                     k;

	for (k = 0; k < n && k < FACTS_BATCH; k++)
		uids[k] = facts[k].uid;
	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, BUDGET_COMMAND + BUDGET_A_FETCH * n);
	o = fetch(i, uids, k, what, sizeof what / sizeof what[0], &answers, why);
	if (o == OUTCOME_OK)
		o = take_facts(facts, n, answers, why);
	if (answers != NULL)
		mailimap_fetch_list_free(answers);
	return o;
}

/*
 * A piece of a body. Which mail's is known only when the message's answer is complete (on_message), because libetpan gives
 * no UID here; so nothing is believed before that. Returning false makes libetpan stop, and the session with it.
 */
static bool
on_body(int type, struct mailimap_msg_att_body_section *section, const char *p, size_t n, void *arg)
{
	struct imap *i = arg;

	if (i->end != OUTCOME_OK)
		return false;
	if (type != MAILIMAP_MSG_ATT_BODY_SECTION || section == NULL || section->sec_origin_octet != 0 ||
	    (section->sec_section != NULL && section->sec_section->sec_spec != NULL)) {
		i->end = why_set(&i->end_why, OUTCOME_LOST, "UID FETCH: the server sends a part nobody asked for");
		return false;
	}
	if (body_add(&i->body, p, n) == -1) {
		i->end = why_errno(&i->end_why, OUTCOME_DEFER, "cannot keep a mail in memory");
		return false;
	}
	if (i->body.size_bytes <= 2ULL * LIMIT_MAIL_BYTES)	/* a literal that never ends uses up the budget instead */
		stream_credit(i->stream, n);
	return true;
}

static void
on_message(struct mailimap_msg_att *message, void *arg)
{
	struct imap  *i = arg;
	struct answer a = read_answer(message);
	uint64_t      size_bytes = i->body.size_bytes;
	int           fd = -1;

	if (i->end != OUTCOME_OK || (a.bodies == 0 && a.others == 0))
		return;
	if (a.bodies != 1 || a.others != 0 || a.uids != 1 ||
	    bsearch(&a.uid, i->asked, i->n_asked, sizeof *i->asked, by_number) == NULL) {
		i->end = why_set(&i->end_why, OUTCOME_LOST, "UID FETCH: the server sends a mail nobody asked for");
		return;
	}
	if (size_bytes <= LIMIT_MAIL_BYTES) {
		fd = body_take(&i->body);
		if (fd == -1) {
			i->end = why_errno(&i->end_why, OUTCOME_DEFER, "cannot keep a mail in memory");
			return;
		}
	}
	body_drop(&i->body);
	i->end = i->sink(i->sink_arg, a.uid, fd, size_bytes, &i->end_why);
}

enum outcome
imap_fetch_bodies(struct imap *i, const uint32_t *uids, size_t n, imap_sink *sink, void *arg, struct why *why)
{
	struct mailimap_section   *whole = mailimap_section_new(NULL);
	struct mailimap_fetch_att *what[] = { mailimap_fetch_att_new_uid(),
		whole == NULL ? NULL : mailimap_fetch_att_new_body_peek_section(whole) };
	clist                     *answers = NULL;
	enum outcome               o;

	i->asked = uids;
	i->n_asked = n;
	i->sink = sink;
	i->sink_arg = arg;
	i->end = OUTCOME_OK;
	body_drop(&i->body);
	mailimap_set_msg_att_handler(i->session, on_message, i);
	mailimap_set_msg_body_handler(i->session, on_body, i);
	stream_limit(i->stream, PATIENCE_FETCH_MS, BUDGET_COMMAND + BUDGET_A_FETCH * n);
	o = fetch(i, uids, n, what, sizeof what / sizeof what[0], &answers, why);
	mailimap_set_msg_att_handler(i->session, NULL, NULL);
	mailimap_set_msg_body_handler(i->session, NULL, NULL);
	if (answers != NULL)
		mailimap_fetch_list_free(answers);
	if (i->end != OUTCOME_OK) {
		o = i->end;
		if (why != NULL)
			*why = i->end_why;
	}
	if (o == OUTCOME_OK && i->body.size_bytes > 0)
		o = why_set(why, OUTCOME_LOST, "UID FETCH: the server sends a body that belongs to no mail");
	return o;
}
