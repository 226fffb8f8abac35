#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/bounds.h"
#include "daemon/fetch/imap_private.h"
#include "daemon/fetch/stream.h"

/* The flag as libetpan wants it: a system flag by its own kind, everything else a keyword. Takes nothing over. */
static struct mailimap_store_att_flags *
plus_flag(const char *name)
{
	struct mailimap_flag_list       *list = mailimap_flag_list_new_empty();
	struct mailimap_store_att_flags *add = NULL;
	struct mailimap_flag            *flag = NULL;
	char                            *copy;

	if (strcmp(name, "\\Deleted") == 0) {
		flag = mailimap_flag_new_deleted();
	} else if ((copy = strdup(name)) != NULL) {
		flag = mailimap_flag_new_flag_keyword(copy);
		if (flag == NULL)
			free(copy);
	}
	if (list != NULL && flag != NULL && mailimap_flag_list_add(list, flag) == MAILIMAP_NO_ERROR) {
		flag = NULL;
		add = mailimap_store_att_flags_new_add_flags_silent(list);
	}
	if (flag != NULL)
		mailimap_flag_free(flag);
	if (add == NULL && list != NULL)
		mailimap_flag_list_free(list);
	return add;
}

enum settle_verb { STORE, MOVE, COPY, EXPUNGE };

/* One command on these mails. `words`: the flag or the folder. */
static enum outcome
on_mails(struct imap *i, enum settle_verb verb, const uint32_t *uids, size_t n, const char *words, struct why *why)
{
	static const char *const         names[] = { "UID STORE", "UID MOVE", "UID COPY", "UID EXPUNGE" };
	struct mailimap_set             *set = imap_set_of(uids, n);
	struct mailimap_store_att_flags *add = verb == STORE ? plus_flag(words) : NULL;
	int                              r = MAILIMAP_ERROR_MEMORY;

	stream_limit(i->stream, PATIENCE_COMMAND_IMAP_MS, BUDGET_COMMAND + BUDGET_A_FETCH * n);
	if (set != NULL && verb == STORE && add != NULL)
		r = mailimap_uid_store(i->session, set, add);
	else if (set != NULL && verb == MOVE)
		r = mailimap_uid_move(i->session, set, words);
	else if (set != NULL && verb == COPY)
		r = mailimap_uid_copy(i->session, set, words);
	else if (set != NULL && verb == EXPUNGE)
		r = mailimap_uid_expunge(i->session, set);
	if (add != NULL)
		mailimap_store_att_flags_free(add);
	if (set != NULL)
		mailimap_set_free(set);
	imap_see_exists(i);
	return imap_result(i, r, names[verb], why);
}

enum outcome
imap_add_flag(struct imap *i, const uint32_t *uids, size_t n, const char *flag, struct why *why)
{
	return on_mails(i, STORE, uids, n, flag, why);
}

enum outcome
imap_move(struct imap *i, const uint32_t *uids, size_t n, const char *folder, struct why *why)
{
	return on_mails(i, MOVE, uids, n, folder, why);
}

enum outcome
imap_copy(struct imap *i, const uint32_t *uids, size_t n, const char *folder, struct why *why)
{
	return on_mails(i, COPY, uids, n, folder, why);
}

enum outcome
imap_expunge(struct imap *i, const uint32_t *uids, size_t n, struct why *why)
{
	return on_mails(i, EXPUNGE, uids, n, NULL, why);
}
