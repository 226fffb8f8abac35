/* The set that a server shows against the set that is known: ledger.c itself, with a store and an intake of a few lines. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/fetch/uidset.h"
#include "daemon/intake.h"
#include "daemon/ledger.h"
#include "tests/unit/tap.h"

/* --- the store and the intake ------------------------------------------------------------------------------------------ */

static struct { uint64_t uid; enum ledger_state state; } known[100000];
static size_t   n_known;
static uint64_t n_retired;
static char     said[4096];	/* what was asked for: "missing 5", "gone 3" … */
static size_t   n_said;

static void
say(const char *what, uint64_t uid)
{
	size_t used = strlen(said);

	if (n_said++ < 60)
		(void)snprintf(said + used, sizeof said - used, "%s%s %" PRIu64, used > 0 ? ", " : "", what, uid);
}

enum outcome
store_ledger(struct store *s, const char *mailbox, uint32_t uidvalidity, ledger_each *each, void *arg, struct why *why)
{
	enum outcome o = OUTCOME_OK;

	(void)s, (void)mailbox, (void)uidvalidity;
	for (size_t i = 0; i < n_known && o == OUTCOME_OK; i++)
		o = each(arg, known[i].uid, known[i].state, why);
	return o;
}

enum outcome store_begin(struct store *s, struct why *why) { (void)s, (void)why; return OUTCOME_OK; }
enum outcome store_commit(struct store *s, struct why *why) { (void)s, (void)why; return OUTCOME_OK; }
void         store_rollback(struct store *s) { (void)s; }

enum outcome
store_add_missing(struct store *s, const char *mailbox, uint32_t uidvalidity, uint32_t uid, struct why *why)
{
	(void)s, (void)mailbox, (void)uidvalidity, (void)why;
	say("missing", uid);
	return OUTCOME_OK;
}

enum outcome
store_retired(struct store *s, const char *mailbox, uint32_t uidvalidity, struct retired *out, size_t max, size_t *n, uint64_t *all,
    struct why *why)
{
	(void)s, (void)mailbox, (void)uidvalidity, (void)why;
	for (*n = 0; *n < max && *n < n_retired; ++*n)
		out[*n] = (struct retired){ .uidvalidity = 1, .uid = *n + 1, .missing = 0 };
	*all = n_retired;
	return OUTCOME_OK;
}

enum outcome
intake_settled(struct intake *in, const struct copy *c, const char *how, struct why *why)
{
	(void)in, (void)why;
	say(c->uidvalidity == 7 ? how : "retired", c->uid);
	return OUTCOME_OK;
}

enum outcome
intake_exclude(struct intake *in, const struct copy *c, const char *reason, void *from, uint64_t generation, struct why *why)
{
	(void)in, (void)from, (void)generation, (void)why;
	say(reason, c->uid);
	return OUTCOME_OK;
}

/* --- the tests ----------------------------------------------------------------------------------------------------------- */

/* What the comparison asks for when the server shows this set. */
static const char *
compare(const char *shown, int *more)
{
	struct uid_list l = { .uidvalidity = 7 };
	struct intake   in = { .store = NULL };
	struct why      why = { .text = "" };

	said[0] = '\0';
	n_said = 0;
	if (uid_list_add(&l, shown, &why) != OUTCOME_OK || ledger_compare(&in, "aar", &l, more, &why) != OUTCOME_OK)
		return why.text[0] != '\0' ? "failed" : "?";
	uid_list_clear(&l);
	return said;
}

static void
know(const char *set, enum ledger_state state)
{
	uint32_t first, last;

	while (uidset_next(&set, &first, &last) == 1)
		for (; first <= last; first++) {
			known[n_known].uid = first;
			known[n_known++].state = state;
		}
}

static void
test_sets(void)
{
	char        words[24] = "";
	const char *bad[] = { "0", "1:", ":3", "5:3", "1,", "1,,2", "-1", "+1", " 1", "1 ", "4294967296", "01", "1:4294967296", "x" }, *p;
	uint32_t    first, last;

	TAP_CHECK("one UID", uidset_add(words, sizeof words, 3, 3) && strcmp(words, "3") == 0);
	TAP_CHECK("a range", uidset_add(words, sizeof words, 5, 4294967295u) && strcmp(words, "3,5:4294967295") == 0);
	TAP_CHECK("no room is told, and nothing is cut", !uidset_add(words, sizeof words, 4294967294u, 4294967295u) &&
	    strcmp(words, "3,5:4294967295") == 0);
	p = words;
	TAP_CHECK("read again", uidset_next(&p, &first, &last) == 1 && first == 3 && last == 3 && uidset_next(&p, &first, &last) == 1 &&
	    first == 5 && last == 4294967295u && uidset_next(&p, &first, &last) == 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int got;

		for (p = bad[i]; (got = uidset_next(&p, &first, &last)) == 1;)
			;
		TAP_CHECK(bad[i], got == -1);
	}
}

static void
test_lists(void)
{
	struct uid_list l = { .n = 0 };
	struct why      why;

	TAP_CHECK("records of one list follow each other", uid_list_add(&l, "1:10,12", &why) == OUTCOME_OK && uid_list_add(&l, "13:20", &why) == OUTCOME_OK &&
	    l.total == 19);
	TAP_CHECK("back again is no list", uid_list_add(&l, "20", &why) == OUTCOME_BAD);
	TAP_CHECK("four thousand million mails are no mailbox", uid_list_add(&l, "21:4294967295", &why) == OUTCOME_BAD && l.total == 19);
	uid_list_clear(&l);
}

static void
test_compare(void)
{
	int more = 9;

	TAP_CHECK("nothing known: all is missing", strcmp(compare("2,4:6", &more), "missing 2, missing 4, missing 5, missing 6") == 0 && !more);
	know("1:3,5,7:8", LEDGER_HERE);
	TAP_CHECK("level", strcmp(compare("1:3,5,7:8", &more), "") == 0);
	TAP_CHECK("one appeared below, between and above", strcmp(compare("1:9", &more), "missing 4, missing 6, missing 9") == 0);
	TAP_CHECK("one is gone", strcmp(compare("1:3,7:8", &more), "gone 5") == 0);
	TAP_CHECK("an empty list of a small mailbox", strcmp(compare("", &more), "gone 1, gone 2, gone 3, gone 5, gone 7, gone 8") == 0);
	TAP_CHECK("the last UID there can be", strcmp(compare("1:3,5,7:8,4294967295", &more), "missing 4294967295") == 0);
	n_known = 0;
	know("1", LEDGER_GONE);
	know("2", LEDGER_MOVED);
	know("3", LEDGER_ASKED);
	know("4", LEDGER_EXCLUDED);
	know("5", LEDGER_MISSING);
	TAP_CHECK("all shown", strcmp(compare("1:5", &more), "missing 5, there 1") == 0);
	TAP_CHECK("none shown", strcmp(compare("6", &more), "missing 6, moved 3, vanished 5") == 0);
	n_known = 0;
}

static void
test_odd(void)
{
	int more = 9;

	know("1:3000", LEDGER_HERE);
	TAP_CHECK("an empty list where there were thousands changes nothing", strcmp(compare("", &more), "") == 0 && !more);
	TAP_CHECK("nor does a third of it", strcmp(compare("1:1000", &more), "") == 0);
	TAP_CHECK("what is new in it is fetched all the same", strcmp(compare("1:1000,3001", &more), "missing 3001") == 0);
	TAP_CHECK("a third may be gone", strncmp(compare("1:2000", &more), "gone 2001, gone 2002", 20) == 0 && n_said == 1000 && !more);
	n_known = 0;
	know("1:50000", LEDGER_HERE);
	(void)compare("1:30000", &more);
	TAP_CHECK("many are marked in turns", n_said == 4000 && more);
	n_known = 0;
}

static void
test_retire(void)
{
	int more = 9;

	n_retired = 3;
	TAP_CHECK("under another UIDVALIDITY all is read again, and the old is gone",
	    strcmp(compare("1:3", &more), "missing 1, missing 2, missing 3, retired 1, retired 2, retired 3") == 0);
	n_retired = 3000;
	TAP_CHECK("unless there is nearly nothing", strcmp(compare("1:3", &more), "missing 1, missing 2, missing 3") == 0);
	n_retired = 0;
}

int
main(void)
{
	test_sets();
	test_lists();
	test_compare();
	test_odd();
	test_retire();
	return tap_end();
}
