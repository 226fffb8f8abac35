/* What the configuration says, so that the views can show it; and how each mailbox is doing. */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/sql.h"
#include "daemon/store/store.h"

/* "aar, hmr"; the caller frees it. NULL without memory. */
static char *
join(const char *const *names, size_t n)
{
	size_t size = 1;
	char  *out, *end;

	for (size_t i = 0; i < n; i++)
		size += strlen(names[i]) + 2;
	if ((out = end = malloc(size)) == NULL)
		return NULL;
	*end = '\0';
	for (size_t i = 0; i < n; i++)
		end = stpcpy(stpcpy(end, i > 0 ? ", " : ""), names[i]);
	return out;
}

static enum outcome
put_invited(struct store *s, const struct conf_consultation *c, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "DELETE FROM invited WHERE consultation = ?1", BINDS(bind_text(c->id)), why);
	for (size_t i = 0; i < c->n_invited && o == OUTCOME_OK; i++)
		o = sql_do(s, "INSERT INTO invited (consultation, n, organisation, address) VALUES (?1, ?2, ?3, ?4)",
		    BINDS(bind_text(c->id), bind_int((int64_t)i), bind_text(c->invited[i].name), bind_known(c->invited[i].address)), why);
	return o;
}

static enum outcome
put_consultation(struct store *s, const struct conf_consultation *c, struct why *why)
{
	char        *mailboxes = join(c->mailboxes, c->n_mailboxes);
	enum outcome o;

	if (mailboxes == NULL)
		return why_set(why, OUTCOME_DEFER, "no memory");
	o = sql_do(s, "INSERT INTO consultation (id, title, case_ref, opened, deadline, deadline_at, mailboxes, max_persons, configured)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1) ON CONFLICT DO UPDATE SET title = excluded.title, case_ref = excluded.case_ref,"
	    " opened = excluded.opened, deadline = excluded.deadline, deadline_at = excluded.deadline_at, mailboxes = excluded.mailboxes,"
	    " max_persons = excluded.max_persons, configured = 1",
	    BINDS(bind_text(c->id), bind_text(c->title), bind_known(c->case_ref), bind_known(c->opened), bind_known(c->deadline),
	    bind_int(c->deadline_at), bind_text(mailboxes),
	    bind_int(c->registration.present ? (int64_t)c->registration.max_persons : 0)), why);
	free(mailboxes);
	return o == OUTCOME_OK ? put_invited(s, c, why) : o;
}

static enum outcome
put_mailbox(struct store *s, const struct conf_mailbox *m, struct why *why)
{
	return sql_do(s, "INSERT INTO mailbox (name, address, configured) VALUES (?1, ?2, 1)"
	    " ON CONFLICT DO UPDATE SET address = excluded.address, configured = 1", BINDS(bind_text(m->name), bind_known(m->address)), why);
}

/* Stored clocks follow the configured zone; one pass over all submissions when it changes, which it hardly ever does. */
static enum outcome
put_clocks(struct store *s, const struct conf *c, struct why *why)
{
	sqlite3_stmt *q = NULL;
	enum outcome  o;
	int64_t       same = 0;
	int           found = 1;
	char          local[32];

	if ((o = sql_number(s, "SELECT timezone = ?1 FROM setting", BINDS(bind_text(c->timezone)), &same, why)) != OUTCOME_OK || same)
		return o;
	o = sql_open(s, "SELECT id, received FROM submission WHERE received_local IS NOT NULL ORDER BY id", NO_BINDS, &q, why);
	while (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found) {
		conf_local(c, sqlite3_column_int64(q, 1), local);
		o = sql_do(s, "UPDATE submission SET received_local = ?2 WHERE id = ?1",
		    BINDS(bind_int(sqlite3_column_int64(q, 0)), bind_text(local)), why);
	}
	sql_close(q);
	return o;
}

static enum outcome
put_all(struct store *s, const struct conf *c, int64_t *same, struct why *why)
{
	enum outcome o;

	if ((o = sql_number(s, "SELECT digest = ?1 FROM setting", BINDS(bind_text(c->digest)), same, why)) != OUTCOME_OK ||
	    (o = sql_do(s, "UPDATE consultation SET configured = 0", NO_BINDS, why)) != OUTCOME_OK ||
	    (o = sql_do(s, "UPDATE mailbox SET configured = 0", NO_BINDS, why)) != OUTCOME_OK)
		return o;
	for (size_t i = 0; i < c->n_consultations; i++)
		if ((o = put_consultation(s, &c->consultations[i], why)) != OUTCOME_OK)
			return o;
	for (size_t i = 0; i < c->n_mailboxes; i++)
		if ((o = put_mailbox(s, &c->mailboxes[i], why)) != OUTCOME_OK)
			return o;
	if ((o = put_clocks(s, c, why)) != OUTCOME_OK)
		return o;
	return sql_do(s, "INSERT OR REPLACE INTO setting (one, digest, timezone) VALUES (1, ?1, ?2)",
	    BINDS(bind_text(c->digest), bind_text(c->timezone)), why);
}

enum outcome
store_is_configured(struct store *s, const struct conf *c, int *changed, struct why *why)
{
	int64_t      same = 0;
	enum outcome o = sql_number(s, "SELECT digest = ?1 FROM setting", BINDS(bind_text(c->digest)), &same, why);

	*changed = !same;
	return o;
}

enum outcome
store_configure(struct store *s, const struct conf *c, int *changed, struct why *why)
{
	int64_t      same = 0;
	enum outcome o = store_mark(s, why);

	if (o != OUTCOME_OK)
		return o;
	if ((o = put_all(s, c, &same, why)) == OUTCOME_OK) {
		store_release(s);
		*changed = !same;
	} else
		store_undo(s);
	return o;
}

/* What the server showed at the end of a round, under the UIDVALIDITY it was shown in. */
static enum outcome
put_round(struct store *s, const char *mailbox, const struct mailbox_health *h, struct why *why)
{
	if (h->uidvalidity == 0 || (h->exists < 0 && h->checked_at == 0))
		return OUTCOME_OK;
	return sql_do(s, "INSERT INTO round (mailbox, uidvalidity, present, checked) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT DO UPDATE SET present = coalesce(excluded.present, present), checked = coalesce(excluded.checked, checked)",
	    BINDS(bind_text(mailbox), bind_int(h->uidvalidity), h->exists < 0 ? bind_null() : bind_int(h->exists),
	    h->checked_at == 0 ? bind_null() : bind_int(h->checked_at)), why);
}

enum outcome
store_health(struct store *s, const char *mailbox, const struct mailbox_health *h, struct why *why)
{
	enum outcome o;

	o = sql_do(s, "INSERT INTO mailbox (name, state, last_success, last_error, next_attempt, lag_s)"
	    " VALUES (?1, ?2, ?3, nullif(?4, ''), ?5, ?6) ON CONFLICT DO UPDATE SET state = coalesce(?2, state),"
	    " last_success = coalesce(?3, last_success), last_error = CASE WHEN ?4 IS NULL THEN last_error ELSE nullif(?4, '') END,"
	    " next_attempt = ?5, lag_s = coalesce(?6, lag_s)",
	    BINDS(bind_text(mailbox), bind_text(h->state), h->last_success_at == 0 ? bind_null() : bind_int(h->last_success_at),
	    bind_text(h->last_error), h->next_attempt_at == 0 ? bind_null() : bind_int(h->next_attempt_at),
	    h->lag_s < 0 ? bind_null() : bind_int(h->lag_s)), why);
	return o == OUTCOME_OK ? put_round(s, mailbox, h, why) : o;
}

enum outcome
store_source(struct store *s, const char *mailbox, char *out, size_t size, struct why *why)
{
	sqlite3_stmt *q = NULL;
	int           found = 0;
	enum outcome  o = sql_open(s, "SELECT source FROM mailbox WHERE name = ?1 AND source IS NOT NULL", BINDS(bind_text(mailbox)), &q, why);

	out[0] = '\0';
	if (o == OUTCOME_OK && (o = sql_row(s, q, &found, why)) == OUTCOME_OK && found)
		sql_copy(q, 0, out, size);
	sql_close(q);
	return o;
}

enum outcome
store_set_source(struct store *s, const char *mailbox, const char *source, struct why *why)
{
	return sql_do(s, "INSERT INTO mailbox (name, source) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET source = ?2 WHERE source IS NOT ?2",
	    BINDS(bind_text(mailbox), bind_text(source)), why);
}
