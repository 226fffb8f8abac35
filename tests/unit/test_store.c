/* The database on a real disk: journal lines become rows, verdicts replace verdicts, families are found, failures leave all intact. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/store/read.h"
#include "daemon/store/sql.h"
#include "tests/unit/tap.h"
#include "tests/unit/test_store_fixture.h"

static const struct mail plain = { .subject = "Høringssvar", .from = "kari@example.no", .text = "Vi støtter forslaget om fastlegeordningen.",
	.attachment = "", .attachment_text = "", .answer = 1 };

static int
is(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return 1;
	(void)printf("# got:\n%s\n# want:\n%s\n", got, want);
	return 0;
}

/* --- the journal's lines ----------------------------------------------------------------------------------------------- */

static void
test_order(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	uint64_t       seq = 9;
	char           hash[65];

	fixture_open(&f);
	TAP_CHECK("no line yet", store_last_event(f.store, &seq, hash, &why) == OUTCOME_OK && seq == 0 && strspn(hash, "0") == 64);
	TAP_CHECK("a line of a later version is only told", line(&f, "erased", "x", &why, "a", "b", NULL) == OUTCOME_OK);
	TAP_CHECK("it is the last", store_last_event(f.store, &seq, hash, &why) == OUTCOME_OK && seq == 1 && hash[63] == '1');
	f.seq = 0;
	TAP_CHECK("the same line again is refused", line(&f, "erased", "x", &why, NULL) == OUTCOME_REFUSED);
	f.seq = 2;
	TAP_CHECK("a gap is refused", line(&f, "erased", "x", &why, NULL) == OUTCOME_REFUSED);
	f.seq = 1;
	TAP_CHECK("a copy without its mailbox is refused", line(&f, "copy", sha_of(1), &why, "uid", "1", NULL) == OUTCOME_REFUSED);
	TAP_CHECK("a number that is none is refused", line(&f, "copy", sha_of(1), &why, "mailbox", "aar", "uidvalidity", "7", "uid", "1x",
	    "received", "5", "bytes", "1", NULL) == OUTCOME_REFUSED);
	TAP_CHECK("a decision on what nobody brought is refused", line(&f, "kind", sha_of(1), &why, "kind", "other", NULL) == OUTCOME_REFUSED);
	TAP_CHECK("nothing of them is there", is(rows(&f, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM copies)"), "1|0"));
	TAP_CHECK("events cannot be changed", refuses(&f, "UPDATE event SET actor = 'me'", "append-only"));
	TAP_CHECK("events cannot be deleted", refuses(&f, "DELETE FROM event", "append-only"));
	TAP_CHECK("events cannot be replaced", refuses(&f, "INSERT OR REPLACE INTO event SELECT id, at, 'me', action, object, detail, hash FROM event",
	    "append-only"));
	fixture_close(&f);
}

static void
test_copies(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	uint64_t       uid = 9;
	int64_t        first, unparsed = 0, unjudged = 0;
	int            found = 9;
	char           sha256[65] = "";

	fixture_open(&f);
	TAP_CHECK("cursor of an empty mailbox", store_cursor(f.store, "aar", 7, &uid, &why) == OUTCOME_OK && uid == 0);
	first = copy(&f, 1, "hmr", 12, AT_OPENING + 60);
	TAP_CHECK("the same original again is the same submission", copy(&f, 1, "aar", 3, AT_OPENING + 90) == first);
	TAP_CHECK("another original is another", copy(&f, 2, "aar", 8, AT_OPENING) != first);
	TAP_CHECK("the earliest copy is the first received", is(rows(&f, "SELECT received_mailbox, received_uid FROM submission WHERE id = 1"), "hmr|12"));
	(void)copy(&f, 1, "aar", 9, AT_OPENING + 60);
	TAP_CHECK("of equal times the mailbox decides", is(rows(&f, "SELECT received_mailbox, received_uid FROM submission WHERE id = 1"), "aar|9"));
	TAP_CHECK("a UID twice is refused", line(&f, "copy", sha_of(3), &why, "mailbox", "aar", "uidvalidity", "7", "uid", "9", "received", "5",
	    "bytes", "1", NULL) == OUTCOME_REFUSED && strstr(why.text, "known already") != NULL);
	TAP_CHECK("an exclusion", line(&f, "excluded", "-", &why, "mailbox", "aar", "uidvalidity", "7", "uid", "40", "reason", "too-large",
	    NULL) == OUTCOME_OK);
	TAP_CHECK("the cursor counts it", store_cursor(f.store, "aar", 7, &uid, &why) == OUTCOME_OK && uid == 40);
	TAP_CHECK("another UIDVALIDITY starts anew", store_cursor(f.store, "aar", 8, &uid, &why) == OUTCOME_OK && uid == 0);
	(void)copy(&f, 4, "aar", 40, AT_OPENING);
	TAP_CHECK("stored after all, it is no longer excluded", is(rows(&f, "SELECT stored, excluded FROM completeness WHERE mailbox = 'aar'"), "4|0"));
	TAP_CHECK("a maildir's mail", line(&f, "copy", sha_of(5), &why, "mailbox", "import", "uidvalidity", "1", "uid", "1", "received", "5",
	    "bytes", "1", "key", "abcd", NULL) == OUTCOME_OK);
	TAP_CHECK("is known by its key", store_find_copy(f.store, "import", 1, 0, "abcd", &found, &uid, sha256, &why) == OUTCOME_OK && found &&
	    uid == 1 && strcmp(sha256, sha_of(5)) == 0);
	TAP_CHECK("and by no other", store_find_copy(f.store, "import", 1, 0, "abce", &found, &uid, sha256, &why) == OUTCOME_OK && !found);
	TAP_CHECK("a UID is known", store_find_copy(f.store, "hmr", 7, 12, NULL, &found, &uid, sha256, &why) == OUTCOME_OK && found &&
	    strcmp(sha256, sha_of(1)) == 0);
	TAP_CHECK("what waits", store_backlog(f.store, &unparsed, &unjudged, &why) == OUTCOME_OK && unparsed == 4 && unjudged == 0);
	fixture_close(&f);
}

static void
test_find(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	int64_t        id = 0;
	char           sha256[65] = "";

	fixture_open(&f);
	(void)copy(&f, 0xabcdef01, "aar", 1, AT_OPENING);
	(void)copy(&f, 0x12345678, "aar", 2, AT_OPENING);
	TAP_CHECK("by id", store_find(f.store, "2", &id, sha256, &why) == OUTCOME_OK && id == 2 && strncmp(sha256, "12345678", 8) == 0);
	TAP_CHECK("by the beginning of a SHA-256", store_find(f.store, "ABCDEF01", &id, sha256, &why) == OUTCOME_OK && id == 1);
	TAP_CHECK("eight digits that are no id", store_find(f.store, "12345678", &id, sha256, &why) == OUTCOME_OK && id == 2);
	id = 77;
	TAP_CHECK("unknown", store_find(f.store, "3", &id, sha256, &why) == OUTCOME_REFUSED && id == 77);
	TAP_CHECK("too short", store_find(f.store, "abcdef0", &id, sha256, &why) == OUTCOME_REFUSED);
	TAP_CHECK("no name at all", store_find(f.store, "'; DROP", &id, sha256, &why) == OUTCOME_REFUSED && strstr(why.text, "DROP") == NULL);
	fixture_must(store_begin(f.store, &why), &why, "begin");
	fixture_must(sql_do(f.store, "INSERT INTO submission (sha256, bytes, received_mailbox, received_uid)"
	    " SELECT substr(sha256, 1, 63) || 'x', 1, '', 0 FROM submission WHERE id = 1", NO_BINDS, &why), &why, "a twin");
	TAP_CHECK("ambiguous", store_find(f.store, "abcdef01", &id, sha256, &why) == OUTCOME_REFUSED && id == 77 && strstr(why.text, "more than one") != NULL);
	store_rollback(f.store);
	fixture_close(&f);
}

/* --- parsed, judged, judged again ----------------------------------------------------------------------------------------- */

static void
test_parsed(void)
{
	struct fixture    f;
	struct why        why = { .text = "" };
	struct parsed     p;
	struct pending    waits[4];
	const struct mail hostile = { .subject = "'); DROP TABLE copy; --", .from = "kari@example.no", .text = "Kommunen har ei fråsegn.",
		.attachment = "svar \"1\";'.pdf", .attachment_text = "Fysioterapeutane er samde.", .answer = 1 };
	size_t            n = 9;
	char              failure[200] = "x";

	fixture_open(&f);
	(void)copy(&f, 1, "aar", 1, AT_OPENING);
	(void)copy(&f, 2, "aar", 2, AT_OPENING);
	TAP_CHECK("both wait for the parser", store_unparsed(f.store, 0, waits, 4, &n, &why) == OUTCOME_OK && n == 2 &&
	    waits[1].submission == 2 && waits[1].size_bytes == 1234 && strcmp(waits[1].sha256, sha_of(2)) == 0);
	TAP_CHECK("after the first", store_unparsed(f.store, 1, waits, 4, &n, &why) == OUTCOME_OK && n == 1);
	fixture_must(store_parse_tried(f.store, 2, 2, &why), &why, "store_parse_tried");
	TAP_CHECK("tries are kept", store_unparsed(f.store, 1, waits, 4, &n, &why) == OUTCOME_OK && waits[0].tries == 2);
	TAP_CHECK("not parsed yet is told", store_load_parsed(f.store, 1, &p, failure, &why) == OUTCOME_OK && !p.complete && failure[0] != '\0');
	parse(&f, 1, &hostile);
	TAP_CHECK("hostile words are data", is(rows(&f, "SELECT subject FROM submissions WHERE id = 1"), hostile.subject));
	TAP_CHECK("attachments", is(rows(&f, "SELECT position, inline, filename, text_status FROM attachments"),
	    "1|0|svar \"1\";'.pdf|ok\n2|1|logo.png|empty"));
	TAP_CHECK("words of the body", is(rows(&f, "SELECT rowid FROM search WHERE search MATCH 'fråsegn'"), "1"));
	TAP_CHECK("words of attachments", is(rows(&f, "SELECT rowid FROM search WHERE search MATCH 'fysioterapeut*'"), "1"));
	TAP_CHECK("letters keep their marks", is(rows(&f, "SELECT rowid FROM search WHERE search MATCH 'frasegn'"), ""));
	TAP_CHECK("records come back without text", store_load_parsed(f.store, 1, &p, failure, &why) == OUTCOME_OK && p.n_parts == 2 &&
	    p.n_texts == 0 && p.n_digests == 2 && failure[0] == '\0' && strcmp(p.envelope.subject.p, hostile.subject) == 0);
	parsed_free(&p);
	parse(&f, 1, &plain);
	TAP_CHECK("parsed again, the old is gone", is(rows(&f, "SELECT (SELECT count(*) FROM attachments), (SELECT count(*) FROM search)"), "0|1"));
	memset(&p, 0, sizeof p);
	TAP_CHECK("nothing sound at all", store_save_parsed(f.store, 2, &p, NULL, 0, "crashed (signal 11)", &why) == OUTCOME_OK);
	TAP_CHECK("the failure comes back", store_load_parsed(f.store, 2, &p, failure, &why) == OUTCOME_OK && strcmp(failure, "crashed (signal 11)") == 0);
	TAP_CHECK("no date is not 1970", is(rows(&f, "SELECT sent_at FROM submissions WHERE id = 2"), "-"));
	parsed_free(&p);
	fixture_close(&f);
}

static void
test_verdicts(void)
{
	struct fixture       f;
	struct why           why = { .text = "" };
	struct evidence      seen[2] = { { .verdict = "kind", .value = "response", .rule = "says-answer", .version = 1, .weight = 5, .input = "høringssvar" },
		{ .verdict = "consultation", .value = "plan", .rule = "case-ref-subject", .version = 2, .weight = 9, .zone = ZONE_SUBJECT, .input = "2021/4593" } };
	struct review_reason doubt = { .reason = "unknown-responder", .detail = "who is it", .candidates = "" };
	struct verdict       v = verdict_of(KIND_RESPONSE, "plan", "Legeforeningen");
	struct filed_line    l;
	int64_t              ids[4], id;
	size_t               n = 9;

	fixture_open(&f);
	id = copy(&f, 1, "aar", 1, AT_OPENING);
	parse(&f, id, &plain);
	v.evidence = seen;
	v.n_evidence = 2;
	v.reviews = &doubt;
	v.n_reviews = 1;
	file_alone(&f, id, AT_OPENING, &v);
	TAP_CHECK("filed", is(rows(&f, "SELECT state FROM copies"), "filed"));
	TAP_CHECK("nothing left to judge", store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 0);
	TAP_CHECK("the log's line", store_filed_line(f.store, id, &l, &why) == OUTCOME_OK && strcmp(l.kind, "response") == 0 &&
	    strcmp(l.consultation, "plan") == 0 && strcmp(l.relation, "original") == 0 && l.related_to == 0 && l.uid == 1 && l.reviews == 1 &&
	    strcmp(l.mailbox, "aar") == 0 && strcmp(l.deadline_verdict, "on time") == 0 && strcmp(l.sha256, sha_of(1)) == 0);
	TAP_CHECK("search knows who", is(rows(&f, "SELECT rowid FROM search WHERE search MATCH 'organisation:legeforeningen'"), "1"));
	TAP_CHECK("evidence in order", is(rows(&f, "SELECT verdict, rule FROM evidence ORDER BY n"), "kind|says-answer\nconsultation|case-ref-subject"));
	(void)copy(&f, 1, "hmr", 5, AT_OPENING - 30);
	TAP_CHECK("a new copy is judged again", store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 1 && ids[0] == id);
	TAP_CHECK("and archived until then", is(rows(&f, "SELECT state FROM copies ORDER BY mailbox"), "filed\narchived"));
	v.n_evidence = 1;
	v.n_reviews = 0;
	v.responder = "Den norske legeforening";
	file_alone(&f, id, AT_OPENING - 30, &v);
	TAP_CHECK("a verdict replaces a verdict", is(rows(&f, "SELECT (SELECT count(*) FROM evidence), (SELECT count(*) FROM review), organisation"
	    " FROM responses"), "1|0|Den norske legeforening"));
	TAP_CHECK("search too", is(rows(&f, "SELECT count(*) FROM search WHERE search MATCH 'organisation:legeforening'"), "1"));
	TAP_CHECK("all filed", is(rows(&f, "SELECT state FROM copies"), "filed\nfiled"));
	TAP_CHECK("marked on reload only when undecided", store_mark_unjudged(f.store, 0, &why) == OUTCOME_OK &&
	    store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 0);
	TAP_CHECK("all for a replay", store_mark_unjudged(f.store, 1, &why) == OUTCOME_OK && store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 1);
	fixture_close(&f);
}

static void
test_decisions(void)
{
	struct fixture             f;
	struct why                 why = { .text = "" };
	struct circumstances       c;
	struct circumstances_hold *hold = NULL;
	struct verdict             v = verdict_of(KIND_RESPONSE, NULL, "A");
	struct to_settle           settle[4];
	int64_t                    a, b, ids[4];
	size_t                     n = 9;

	fixture_open(&f);
	a = copy(&f, 1, "hmr", 1, AT_OPENING + 5);
	(void)copy(&f, 1, "aar", 2, AT_OPENING);
	b = copy(&f, 2, "aar", 1, AT_OPENING);
	parse(&f, a, &plain);
	parse(&f, b, &plain);
	file_alone(&f, a, AT_OPENING, &v);
	file_alone(&f, b, AT_OPENING, &v);
	TAP_CHECK("a kind is decided", line(&f, "kind", sha_of(1), &why, "kind", "inquiry", "reason", "it asks", NULL) == OUTCOME_OK);
	TAP_CHECK("a consultation is decided", line(&f, "refile", sha_of(1), &why, "consultation", "plan", "reason", "obvious", NULL) == OUTCOME_OK);
	TAP_CHECK("a kind that is none is refused", line(&f, "kind", sha_of(1), &why, "kind", "nonsense", NULL) == OUTCOME_REFUSED);
	TAP_CHECK("a relation to the unknown is refused", line(&f, "relate", sha_of(1), &why, "relation", "copy", "other", sha_of(9), NULL) == OUTCOME_REFUSED);
	TAP_CHECK("circumstances", store_circumstances(f.store, a, &c, &hold, &why) == OUTCOME_OK && c.n_mailboxes == 2 &&
	    strcmp(c.mailboxes[0], "aar") == 0 && strcmp(c.mailboxes[1], "hmr") == 0 && c.received_at == AT_OPENING && c.parse_failure == NULL &&
	    c.decided_kind == KIND_INQUIRY && strcmp(c.decided_consultation, "plan") == 0);
	circumstances_free(hold);
	TAP_CHECK("what was decided is judged again", store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 1 && ids[0] == a);
	TAP_CHECK("a relation is decided", line(&f, "relate", sha_of(1), &why, "relation", "supplement", "other", sha_of(2), NULL) == OUTCOME_OK);
	TAP_CHECK("both are judged again", store_unjudged(f.store, ids, 4, &n, &why) == OUTCOME_OK && n == 2);
	TAP_CHECK("what is filed can be settled", store_to_settle(f.store, "aar", 7, 0, settle, 4, &n, &why) == OUTCOME_OK && n == 2 && settle[1].uid == 2);
	TAP_CHECK("above a UID", store_to_settle(f.store, "aar", 7, 1, settle, 4, &n, &why) == OUTCOME_OK && n == 1 && settle[0].uid == 2);
	TAP_CHECK("settled", line(&f, "settled", sha_of(1), &why, "mailbox", "aar", "uidvalidity", "7", "uid", "2", "how", "moved", NULL) == OUTCOME_OK);
	TAP_CHECK("gone", line(&f, "settled", sha_of(2), &why, "mailbox", "aar", "uidvalidity", "7", "uid", "1", "how", "gone", NULL) == OUTCOME_OK);
	TAP_CHECK("never twice", store_to_settle(f.store, "aar", 7, 0, settle, 4, &n, &why) == OUTCOME_OK && n == 0);
	TAP_CHECK("as the view tells", is(rows(&f, "SELECT state FROM copies WHERE mailbox = 'aar' ORDER BY uid"), "gone from server\nsettled"));
	fixture_close(&f);
}

/* --- families -------------------------------------------------------------------------------------------------------------- */

/* The ids of a family, in order, as text. */
static const char *
family_of(struct fixture *f, int64_t submission)
{
	static char         out[200];
	struct why          why = { .text = "" };
	struct relative    *r = NULL;
	struct family_hold *hold = NULL;
	size_t              n = 0;
	int                 at = 0, in = 0;

	fixture_must(store_family(f->store, submission, &r, &n, &hold, &why), &why, "store_family");
	for (int64_t id = 1; id < 20; id++)
		for (size_t i = 0; i < n; i++)
			if (r[i].id == id)
				at += snprintf(out + at, sizeof out - (size_t)at, "%s%lld", in++ > 0 ? " " : "", (long long)id);
	family_free(hold);
	return at > 0 ? out : "";
}

static void
judge_with_keys(struct fixture *f, int64_t id, const char *one, const char *two, int whole)
{
	const char    *keys[] = { one, two };
	struct verdict v = verdict_of(KIND_RESPONSE, "plan", "A");
	struct why     why = { .text = "" };

	v.kin_keys = keys;
	v.n_kin_keys = two != NULL ? 2 : one != NULL ? 1 : 0;
	if (whole)
		file_alone(f, id, AT_OPENING, &v);
	else
		fixture_must(store_save_verdict(f->store, id, &v, &why), &why, "store_save_verdict");
}

static void
test_families(void)
{
	struct fixture      f;
	struct why          why = { .text = "" };
	struct relative    *r = NULL;
	struct family_hold *hold = NULL;
	size_t              n = 0;

	fixture_open(&f);
	for (unsigned i = 1; i <= 5; i++)
		parse(&f, copy(&f, i, "aar", i, AT_OPENING), &plain);
	judge_with_keys(&f, 1, "a", NULL, 1);
	judge_with_keys(&f, 2, "a", "b", 1);
	judge_with_keys(&f, 3, "b", NULL, 1);
	judge_with_keys(&f, 4, "c", NULL, 1);
	TAP_CHECK("connected by keys, over others too", is(family_of(&f, 1), "1 2 3") && is(family_of(&f, 3), "1 2 3"));
	TAP_CHECK("alone", is(family_of(&f, 4), "4"));
	TAP_CHECK("not judged yet: of no family", is(family_of(&f, 5), ""));
	TAP_CHECK("related by an operator", line(&f, "relate", sha_of(4), &why, "relation", "copy", "other", sha_of(3), NULL) == OUTCOME_OK);
	TAP_CHECK("is a connection", is(family_of(&f, 1), "1 2 3 4"));
	judge_with_keys(&f, 2, "d", NULL, 0);
	TAP_CHECK("who was kin before is in the family once more", is(family_of(&f, 2), "1 2 3 4"));
	judge_with_keys(&f, 2, "d", NULL, 1);
	TAP_CHECK("and then no longer", is(family_of(&f, 2), "2") && is(family_of(&f, 1), "1"));
	fixture_must(store_family(f.store, 4, &r, &n, &hold, &why), &why, "store_family");
	for (size_t i = 0; i < n; i++)
		if (r[i].id == 4)
			TAP_CHECK("a relative is as stored", r[i].received_at == AT_OPENING && strcmp(r[i].mailbox, "aar") == 0 && r[i].uid == 4 &&
			    strcmp(r[i].consultation, "plan") == 0 && !r[i].consultation_decided && r[i].decided_relation == RELATION_COPY &&
			    r[i].decided_other == 3 && r[i].digest[DIGEST_ANSWER][0] == 1 && r[i].digest_words[DIGEST_ANSWER] == 40 &&
			    r[i].minhash != NULL && r[i].minhash[5] == 0x01020304u + 5 && strcmp(r[i].kin_sender, "kari@example.no") == 0 &&
			    r[i].kin_message_id[0] == '\0');
	family_free(hold);
	fixture_close(&f);
}

/* A mail server's loop: one mail, however often, also when the first of it comes late. */
static void
test_loop(void)
{
	struct fixture f;
	struct why     why = { .text = "" };

	fixture_open(&f);
	for (unsigned i = 1; i <= 4; i++)
		parse(&f, copy(&f, i, "aar", i, AT_OPENING - i), &plain);
	for (int64_t id = 1; id <= 3; id++)
		judge_with_keys(&f, id, "m:one@x.no", NULL, 1);
	fixture_must(store_begin(f.store, &why), &why, "begin");
	fixture_must(sql_do(f.store, "WITH RECURSIVE n (i) AS (VALUES (100) UNION ALL SELECT i + 1 FROM n WHERE i < 700)"
	    " INSERT INTO submission (id, sha256, bytes, received, received_mailbox, received_uid) SELECT i, printf('%064d', i), 1, ?1, 'aar', i FROM n",
	    BINDS(bind_int(AT_OPENING + 60)), &why), &why, "many");
	fixture_must(sql_do(f.store, "INSERT INTO kin_key (submission, key) SELECT id, 'm:one@x.no' FROM submission WHERE id >= 100", NO_BINDS, &why),
	    &why, "many");
	fixture_must(store_commit(f.store, &why), &why, "commit");
	TAP_CHECK("in a loop: with the two received first", is(family_of(&f, 1), "1 2 3"));
	judge_with_keys(&f, 4, "m:one@x.no", NULL, 1);
	TAP_CHECK("the first of all comes last: with who was the first", is(family_of(&f, 4), "3 4"));
	TAP_CHECK("and the others with it", is(family_of(&f, 1), "1 3 4"));
	fixture_close(&f);
}

/* A form letter sent by many is no family, however many; its members' own kin still are. */
static void
test_form_letter(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	int64_t        id = 0;
	size_t         n = 0;

	fixture_open(&f);
	for (unsigned i = 1; i <= 3; i++)
		parse(&f, copy(&f, i, "aar", i, AT_OPENING), &plain);
	judge_with_keys(&f, 1, "text", "anne", 1);
	judge_with_keys(&f, 2, "text", "anne", 1);
	judge_with_keys(&f, 3, "text", "bjarne", 1);
	TAP_CHECK("few: a family", is(family_of(&f, 3), "1 2 3"));
	fixture_must(store_begin(f.store, &why), &why, "begin");
	fixture_must(sql_do(f.store, "WITH RECURSIVE n (i) AS (VALUES (100) UNION ALL SELECT i + 1 FROM n WHERE i < 700)"
	    " INSERT INTO submission (id, sha256, bytes, received_mailbox, received_uid) SELECT i, printf('%064d', i), 1, 'aar', i FROM n",
	    NO_BINDS, &why), &why, "many");
	fixture_must(sql_do(f.store, "INSERT INTO kin_key (submission, key) SELECT id, 'text' FROM submission WHERE id >= 100", NO_BINDS, &why), &why, "many");
	fixture_must(store_commit(f.store, &why), &why, "commit");
	TAP_CHECK("many: each for itself", is(family_of(&f, 3), "3"));
	TAP_CHECK("but for its own kin", is(family_of(&f, 1), "1 2"));
	{
		struct verdict  v = verdict_of(KIND_RESPONSE, "plan", "A");
		struct relative r[] = { alone(1, AT_OPENING, "plan"), alone(3, AT_OPENING, "plan") };

		r[1].relation = RELATION_FORWARD;
		r[1].related_to = r[1].head = 1;
		r[1].counts = 0;
		file(&f, 3, &v, r, 2);
		r[0].counts = 0;
		r[0].head = r[0].related_to = 2;
		r[0].relation = RELATION_COPY;
		file(&f, 1, &v, r, 1);
	}
	TAP_CHECK("who stood behind what no longer counts is judged again", store_unjudged(f.store, &id, 1, &n, &why) == OUTCOME_OK && n == 1 && id == 3);
	fixture_close(&f);
}

/* --- when it cannot be done ----------------------------------------------------------------------------------------------- */

static void
test_full(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	struct mail    large = plain;
	struct parsed  p = { 0 };
	struct part_text text = { .part = 0 };
	int64_t        id, pages = 0;
	char           pragma[80], *words = malloc(400001);

	if (words == NULL)
		exit(1);
	for (int i = 0; i < 400000; i++)
		words[i] = (char)(i % 7 == 6 ? ' ' : 'a' + (i * 31 + i / 7 * 17) % 26);
	words[400000] = '\0';
	fixture_open(&f);
	id = copy(&f, 1, "aar", 1, AT_OPENING);
	large.text = "før";
	parse(&f, id, &large);
	fixture_must(sql_number(f.store, "PRAGMA page_count", NO_BINDS, &pages, &why), &why, "page_count");
	(void)snprintf(pragma, sizeof pragma, "PRAGMA max_page_count = %lld", (long long)pages + 4);
	(void)sqlite3_exec(f.store->db, pragma, NULL, NULL, NULL);
	text.text.p = words;
	text.text.n = 400000;
	p.texts = &text;
	p.n_texts = 1;
	fixture_must(store_begin(f.store, &why), &why, "begin");
	TAP_CHECK("a full database defers", store_save_parsed(f.store, id, &p, NULL, 0, "", &why) == OUTCOME_OK &&
	    store_save_text(f.store, id, &p, &why) == OUTCOME_DEFER && strstr(why.text, "full") != NULL);
	store_rollback(f.store);
	TAP_CHECK("all is as it was", is(rows(&f, "SELECT text, (SELECT tries FROM submission) FROM search"), "før|0"));
	(void)sqlite3_exec(f.store->db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL);
	fixture_must(store_begin(f.store, &why), &why, "begin");
	TAP_CHECK("and works when there is room", store_save_parsed(f.store, id, &p, NULL, 0, "", &why) == OUTCOME_OK &&
	    store_save_text(f.store, id, &p, &why) == OUTCOME_OK && store_commit(f.store, &why) == OUTCOME_OK);
	fixture_close(&f);
	free(words);
}

static void
test_marks(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	int64_t        id;

	fixture_open(&f);
	id = copy(&f, 1, "aar", 1, AT_OPENING);
	fixture_must(store_begin(f.store, &why), &why, "begin");
	fixture_must(store_parse_tried(f.store, id, 1, &why), &why, "tried");
	fixture_must(store_mark(f.store, &why), &why, "mark");
	fixture_must(store_parse_tried(f.store, id, 2, &why), &why, "tried");
	store_undo(f.store);
	store_release(f.store);		/* the daemon releases also what it has undone */
	TAP_CHECK("still in the transaction", is(rows(&f, "SELECT tries FROM submission"), "0"));
	TAP_CHECK("commit of the rest", store_commit(f.store, &why) == OUTCOME_OK);
	TAP_CHECK("one bad message costs only itself", is(rows(&f, "SELECT tries FROM submission"), "1"));
	fixture_must(store_begin(f.store, &why), &why, "begin");
	(void)sqlite3_exec(f.store->db, "ROLLBACK", NULL, NULL, NULL);	/* as SQLite does by itself after some errors */
	TAP_CHECK("nothing commits by itself after that", store_parse_tried(f.store, id, 5, &why) == OUTCOME_DEFER &&
	    store_mark(f.store, &why) == OUTCOME_DEFER && store_commit(f.store, &why) == OUTCOME_DEFER);
	store_rollback(f.store);
	TAP_CHECK("until it is rolled back", is(rows(&f, "SELECT tries FROM submission"), "1") && store_parse_tried(f.store, id, 3, &why) == OUTCOME_OK);
	fixture_close(&f);
}

static void
test_strangers(void)
{
	struct fixture f;
	struct why     why = { .text = "" };
	struct store  *s = NULL;
	struct stat    st;
	char           path[160];
	mode_t         mask = umask(0);

	(void)umask(077);
	fixture_open(&f);
	(void)copy(&f, 1, "aar", 1, AT_OPENING);
	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = { "", "-wal", "-shm" };

		(void)snprintf(path, sizeof path, "%s%s", f.database, ends[i]);
		TAP_CHECK("0640 whatever the umask", stat(path, &st) == 0 && (st.st_mode & 07777) == 0640);
	}
	(void)umask(mask);
	store_close(&f.store);
	TAP_CHECK("-wal stays after the last close", stat(path, &st) == 0);
	(void)snprintf(path, sizeof path, "%s/other.db", f.folder);
	{
		sqlite3 *db = NULL;

		(void)sqlite3_open(path, &db);
		(void)sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL);
		(void)sqlite3_close(db);
	}
	TAP_CHECK("another program's database is refused", store_open(path, &s, &why) == OUTCOME_REFUSED && s == NULL);
	TAP_CHECK("also for reading", read_open(path, &s, &why) == OUTCOME_REFUSED && s == NULL);
	TAP_CHECK("no database at all", read_open("/nonexistent/hoeringd.db", &s, &why) == OUTCOME_REFUSED && s == NULL);
	{
		sqlite3 *db = NULL;

		(void)sqlite3_open(f.database, &db);
		(void)sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
		(void)sqlite3_close(db);
	}
	TAP_CHECK("another version is refused with words", store_open(f.database, &s, &why) == OUTCOME_REFUSED && strstr(why.text, "99") != NULL);
	fixture_close(&f);
}

int
main(void)
{
	test_order();
	test_copies();
	test_find();
	test_parsed();
	test_verdicts();
	test_decisions();
	test_families();
	test_form_letter();
	test_loop();
	test_full();
	test_marks();
	test_strangers();
	return tap_end();
}
