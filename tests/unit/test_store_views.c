/* What operators see of a small hand-made consultation: each view, row by row. */
#include <stdlib.h>
#include <string.h>

#include "daemon/store/read.h"
#include "tests/unit/tap.h"
#include "tests/unit/test_store_fixture.h"

#define HOUR	INT64_C(3600)

static int
is(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return 1;
	(void)printf("# got:\n%s\n# want:\n%s\n", got, want);
	return 0;
}

/*
 *  1  the doctors' answer to aar, its identical twin to hmr: one answer, two copies
 *  2  the doctors' answer once more by another path (a copy)
 *  3  the occupational therapists' first version, in time
 *  4  its revision, after the deadline: takes the row, still on time
 *  5  a supplement to 4
 *  6  Ola Nordmann, 90 minutes late
 *  7  an answer nobody could file
 *  8  the same, but its twin was filed: needs nobody
 *  9  an automatic reply
 * 10  a registration of two; 11 the same again
 * 12  the physiotherapists will give no statement: an answer
 * 13  waits for the parser
 */
enum { DOCTORS = 1, DOCTORS_AGAIN, THERAPISTS, THERAPISTS_REVISED, THERAPISTS_MORE, OLA, LOST, FOUND, AWAY, SIGN_UP, SIGN_UP_AGAIN, NO_STATEMENT, WAITING };

static void
receive_all(struct fixture *f)
{
	static const struct mail mails[] = {
		[DOCTORS] = { "Høringssvar", "post@legeforeningen.no", "Vi viser til høringen.", "svar.pdf", "Fastlegeordningen må styrkes.", 1 },
		[DOCTORS_AGAIN] = { "VS: Høringssvar", "post@legeforeningen.no", "Vi viser til høringen.", "svar.pdf", "Fastlegeordningen må styrkes.", 1 },
		[THERAPISTS] = { "Innspill", "post@ergoterapeutene.no", "Første utkast.", "", "", 3 },
		[THERAPISTS_REVISED] = { "Revidert innspill", "post@ergoterapeutene.no", "Endelig tekst.", "", "", 4 },
		[THERAPISTS_MORE] = { "Vedlegg", "post@ergoterapeutene.no", "Ettersendes.", "", "", 5 },
		[OLA] = { "Mitt syn", "ola@example.no", "Jeg er enig.", "", "", 6 },
		[LOST] = { "Hei", "hvem@example.no", "Uttalelse.", "", "", 7 },
		[FOUND] = { "Hei igjen", "hvem@example.no", "Uttalelse til.", "", "", 1 },
		[AWAY] = { "Automatisk svar", "borte@example.no", "Jeg er borte.", "", "", 9 },
		[SIGN_UP] = { "Påmelding", "per@example.no", "Vi melder på to.", "", "", 10 },
		[SIGN_UP_AGAIN] = { "Påmelding", "per@example.no", "Vi melder på to.", "", "", 10 },
		[NO_STATEMENT] = { "Svar", "post@fysio.no", "Vil ikke avgi uttalelse.", "", "", 12 },
	};

	for (unsigned i = DOCTORS; i <= WAITING; i++) {
		int64_t at = i == THERAPISTS_REVISED ? AT_DEADLINE + HOUR : i == OLA ? AT_DEADLINE + HOUR * 3 / 2 : AT_OPENING + (int64_t)i;

		if (copy(f, i, i % 2 ? "aar" : "hmr", i, at) != (int64_t)i)
			exit(1);
		if (i == DOCTORS)
			(void)copy(f, DOCTORS, "hmr", 100, at + 5);
		if (i != WAITING)
			parse(f, (int64_t)i, &mails[i]);
	}
}

static struct relative
behind(int64_t id, int64_t received, enum relation relation, int64_t related_to, int64_t head)
{
	struct relative r = alone(id, received, "plan");

	r.relation = relation;
	r.related_to = related_to;
	r.counts = id == head;
	r.head = head;
	r.rule = "test";
	return r;
}

static void
file_doctors(struct fixture *f)
{
	struct verdict  v = verdict_of(KIND_RESPONSE, "plan", "Den norske legeforening");
	struct relative r[] = { alone(DOCTORS, AT_OPENING + DOCTORS, "plan"),
		behind(DOCTORS_AGAIN, AT_OPENING + DOCTORS_AGAIN, RELATION_COPY, DOCTORS, DOCTORS) };

	v.invited = "Den norske legeforening";
	v.orgnr = "938210220";
	v.responder_class = "organisasjon";
	file(f, DOCTORS, &v, r, 1);
	file(f, DOCTORS_AGAIN, &v, r, 2);
}

static void
file_therapists(struct fixture *f)
{
	struct verdict  v = verdict_of(KIND_RESPONSE, "plan", "Norsk Ergoterapeutforbund");
	struct relative r[] = {
		behind(THERAPISTS, AT_OPENING + THERAPISTS, RELATION_ORIGINAL, 0, THERAPISTS_REVISED),
		behind(THERAPISTS_REVISED, AT_DEADLINE + HOUR, RELATION_REVISION, THERAPISTS, THERAPISTS_REVISED),
		behind(THERAPISTS_MORE, AT_OPENING + THERAPISTS_MORE, RELATION_SUPPLEMENT, THERAPISTS_REVISED, THERAPISTS_REVISED) };

	r[1].row_version = 2;
	r[1].first_received_at = AT_OPENING + THERAPISTS;
	r[1].review = "late-revision";
	r[1].review_other = THERAPISTS;
	v.invited = "Norsk Ergoterapeutforbund";
	file(f, THERAPISTS, &v, r, 1);
	v.invited = "";
	file(f, THERAPISTS_REVISED, &v, r, 2);
	v.invited = "Norsk Ergoterapeutforbund";
	file(f, THERAPISTS_MORE, &v, r, 3);
}

static void
file_the_rest(struct fixture *f)
{
	struct review_reason     nowhere[] = { { "no-consultation", "nothing points at one", "plan" }, { "unknown-responder", "a first name only", "" } };
	struct registered_person two[] = { { "Per Hansen", "per@example.no", "Mental Helse", 1, "ok" }, { "Anne Li", "anne@example.no", "Mental Helse", 0, "ok" } };
	struct verdict           v = verdict_of(KIND_RESPONSE, "plan", "Ola Nordmann");
	struct relative          r;

	file_alone(f, OLA, AT_DEADLINE + HOUR * 3 / 2, &v);
	v = verdict_of(KIND_RESPONSE, NULL, "");
	v.reviews = nowhere;
	v.n_reviews = 2;
	v.language = "";
	file_alone(f, LOST, AT_OPENING + LOST, &v);
	v.n_reviews = 1;
	v.responder = "Mental Helse Ungdom";
	r = behind(FOUND, AT_OPENING + FOUND, RELATION_FORWARD, DOCTORS, DOCTORS);
	file(f, FOUND, &v, &r, 1);
	v = verdict_of(KIND_AUTO_REPLY, NULL, "");
	v.automatic_why = "auto-submitted";
	file_alone(f, AWAY, AT_OPENING + AWAY, &v);
	v = verdict_of(KIND_REGISTRATION, "plan", "Mental Helse");
	v.persons = two;
	v.n_persons = 2;
	file_alone(f, SIGN_UP, AT_OPENING + SIGN_UP, &v);
	r = behind(SIGN_UP_AGAIN, AT_OPENING + SIGN_UP_AGAIN, RELATION_RESEND, SIGN_UP, 0);
	r.kind = KIND_REGISTRATION;
	file(f, SIGN_UP_AGAIN, &v, &r, 1);
	v = verdict_of(KIND_RESPONSE, "plan", "Norsk Fysioterapeutforbund");
	v.position = POSITION_DECLINES;
	v.invited = "Norsk Fysioterapeutforbund";
	file_alone(f, NO_STATEMENT, AT_OPENING + NO_STATEMENT, &v);
}

static void
test_answers(struct fixture *f)
{
	TAP_CHECK("one row for each answer", is(rows(f, "SELECT id, consultation, organisation, version, copies, attachments, position, language, review"
	    " FROM responses ORDER BY id"),
	    "1|plan|Den norske legeforening|1|4|1|remarks|nb|-\n"
	    "4|plan|Norsk Ergoterapeutforbund|2|3|0|remarks|nb|late-revision\n"
	    "6|plan|Ola Nordmann|1|1|0|remarks|nb|-\n"
	    "7|-|-|1|1|0|remarks|-|no-consultation,unknown-responder\n"
	    "12|plan|Norsk Fysioterapeutforbund|1|1|0|declines|nb|-"));
	TAP_CHECK("times", is(rows(f, "SELECT received_at, received_local, first_received_at, deadline_verdict FROM responses WHERE id IN (1, 4, 7) ORDER BY id"),
	    "2022-04-26T12:00:01Z|2022-04-26 14:00:01|2022-04-26T12:00:01Z|on time\n"
	    "2022-05-27T23:00:00Z|2022-05-28 01:00:00|2022-04-26T12:00:03Z|on time\n"
	    "2022-04-26T12:00:07Z|2022-04-26 14:00:07|2022-04-26T12:00:07Z|unknown"));
	TAP_CHECK("who", is(rows(f, "SELECT case_ref, orgnr, responder_class, contact, address, subject, campaign FROM responses WHERE id = 1"),
	    "21/4593|938210220|organisasjon|Kari Nordmann|kari@example.no|Høringssvar|-"));
	TAP_CHECK("late, and by how much", is(rows(f, "SELECT id, deadline_verdict, hours_late FROM late"), "6|late|1.5"));
	TAP_CHECK("columns of late begin as those of responses", is(rows(f, "SELECT (SELECT group_concat(name) FROM pragma_table_info('responses'))"
	    " || ',hours_late' = (SELECT group_concat(name) FROM pragma_table_info('late'))"), "1"));
	TAP_CHECK("nobody is left but who is silent", is(rows(f, "SELECT * FROM unanswered"), "plan|Norsk Psykologforening|Kirkegata 2, 0153 Oslo"));
}

static void
test_mails(struct fixture *f)
{
	TAP_CHECK("each original, whatever it is", is(rows(f, "SELECT id, kind, consultation, relation, related_to, counts, state FROM submissions ORDER BY id"),
	    "1|response|plan|original|-|1|filed\n2|response|plan|copy|1|0|filed\n3|response|plan|original|-|0|filed\n"
	    "4|response|plan|revision|3|1|filed\n5|response|plan|supplement|4|0|filed\n6|response|plan|original|-|1|filed\n"
	    "7|response|-|original|-|1|filed\n8|response|plan|forward|1|0|filed\n9|auto_reply|-|original|-|0|filed\n"
	    "10|registration|plan|original|-|0|filed\n11|registration|plan|resend|10|0|filed\n12|response|plan|original|-|1|filed\n"
	    "13|-|-|-|-|0|archived"));
	TAP_CHECK("copies", is(rows(f, "SELECT submission, mailbox, uidvalidity, uid, internal_date, state FROM copies WHERE submission IN (1, 13) ORDER BY 1, 2"),
	    "1|aar|7|1|2022-04-26T12:00:01Z|filed\n1|hmr|7|100|2022-04-26T12:00:06Z|filed\n13|aar|7|13|2022-04-26T12:00:13Z|archived"));
	TAP_CHECK("automatic mail is set apart", is(rows(f, "SELECT * FROM automatic"), "9|auto_reply|auto-submitted"));
	TAP_CHECK("persons, once", is(rows(f, "SELECT submission, consultation, organisation, person, email, speaker, received_at, verdict FROM registrations"),
	    "10|plan|Mental Helse|Per Hansen|per@example.no|1|2022-04-26T12:00:10Z|ok\n"
	    "10|plan|Mental Helse|Anne Li|anne@example.no|0|2022-04-26T12:00:10Z|ok"));
	TAP_CHECK("what a person must decide", is(rows(f, "SELECT submission, reason, detail, candidates, since FROM review ORDER BY 1, 2"),
	    "4|late-revision|the first version came in time, this one after the deadline: does it take its place?|3|2022-05-27T23:00:00Z\n"
	    "7|no-consultation|nothing points at one|plan|2022-04-26T12:00:07Z\n7|unknown-responder|a first name only|-|2022-04-26T12:00:07Z"));
	TAP_CHECK("words in attachments are found", is(rows(f, "SELECT rowid FROM search WHERE search MATCH 'fastlege*' ORDER BY rowid"), "1\n2"));
}

static void
test_sums(struct fixture *f)
{
	struct mailbox_health h = { .state = "level", .last_success_at = AT_OPENING, .last_error = "", .uidvalidity = 7, .exists = 9,
		.checked_at = AT_OPENING, .lag_s = -1 };
	struct why            why = { .text = "" };

	TAP_CHECK("counts", is(rows(f, "SELECT * FROM counts ORDER BY consultation IS NULL"),
	    "plan|10|4|4|4|0|3|1|0|1|1\n-|3|1|1|1|0|0|0|0|0|2"));
	TAP_CHECK("consultations", is(rows(f, "SELECT * FROM consultations"),
	    "plan|Opptrappingsplan for psykisk helse|21/4593|2022-04-26|2022-05-27|aar, hmr|2022-05-27T22:00:00Z|1"));
	fixture_must(line(f, "excluded", "-", &why, "mailbox", "aar", "uidvalidity", "7", "uid", "50", "reason", "too-large", NULL), &why, "excluded");
	fixture_must(line(f, "excluded", "-", &why, "mailbox", "aar", "uidvalidity", "7", "uid", "51", "reason", "vanished", NULL), &why, "excluded");
	fixture_must(store_health(f->store, "aar", &h, &why), &why, "store_health");
	fixture_must(store_add_missing(f->store, "aar", 7, 60, &why), &why, "store_add_missing");
	TAP_CHECK("complete", is(rows(f, "SELECT * FROM completeness"), "aar|7|10|7|2|1|2022-04-26T12:00:00Z\nhmr|7|7|7|0|0|-"));
	h.exists = 2;
	h.last_error = NULL;
	h.state = "waiting";
	h.next_attempt_at = AT_OPENING + 60;
	fixture_must(store_health(f->store, "aar", &h, &why), &why, "store_health");
	fixture_must(line(f, "excluded", "-", &why, "mailbox", "aar", "uidvalidity", "7", "uid", "60", "reason", "vanished", NULL), &why, "excluded");
	TAP_CHECK("what is excluded is not missing any more", is(rows(f, "SELECT seen, excluded, missing FROM completeness WHERE mailbox = 'aar'"), "10|3|0"));
	TAP_CHECK("mailboxes", is(rows(f, "SELECT * FROM mailboxes ORDER BY name"),
	    "aar@aid.dep.no|waiting|2022-04-26T12:00:00Z|-|2022-04-26T12:01:00Z|-|aar\nhmr@hod.dep.no|-|-|-|-|-|hmr"));
	h.last_error = "connection refused";
	h.exists = -1;
	h.lag_s = 12;
	fixture_must(store_health(f->store, "aar", &h, &why), &why, "store_health");
	h.last_error = NULL;
	h.lag_s = -1;
	fixture_must(store_health(f->store, "aar", &h, &why), &why, "store_health");
	TAP_CHECK("what is not told stays", is(rows(f, "SELECT last_error, lag_s FROM mailboxes WHERE name = 'aar'"), "connection refused|12") &&
	    is(rows(f, "SELECT seen FROM completeness WHERE mailbox = 'aar'"), "10"));
	TAP_CHECK("campaigns", is(rows(f, "SELECT (SELECT count(*) FROM campaigns), (SELECT count(*) FROM campaign_members)"), "0|0"));
	TAP_CHECK("events", is(rows(f, "SELECT id, at, actor, action, object, detail FROM events WHERE action = 'excluded' ORDER BY id LIMIT 1"),
	    "15|2022-04-26T12:00:14Z|hoeringd|excluded|-|mailbox=aar uidvalidity=7 uid=50 reason=too-large"));
}

/* Every view has the columns of the contract, in its order. */
static void
test_contract(struct fixture *f)
{
	static const char *const views[][2] = {
		{ "responses", "id,consultation,case_ref,organisation,orgnr,responder_class,contact,address,subject,received_at,received_local,"
		    "first_received_at,deadline_verdict,position,language,version,campaign,copies,attachments,review" },
		{ "submissions", "id,sha256,message_id,kind,consultation,responder,from_name,from_address,subject,received_at,relation,related_to,counts" },
		{ "copies", "submission,mailbox,uidvalidity,uid,internal_date,state" },
		{ "consultations", "id,title,case_ref,opened,deadline,mailboxes" },
		{ "attachments", "submission,position,parent,inline,filename,type,bytes,sha256,text_status,pages,title,author,created" },
		{ "unanswered", "consultation,organisation,address" },
		{ "registrations", "submission,consultation,organisation,person,email,speaker,received_at,verdict" },
		{ "campaigns", "consultation,id,members,template_submission,first,last" },
		{ "campaign_members", "campaign,submission,added_words,added_text" },
		{ "automatic", "submission,kind,why" },
		{ "review", "submission,reason,detail,candidates,since" },
		{ "counts", "consultation,submissions,responses,respondents,distinct_texts,campaign_members,on_time,late,no_remarks,unanswered,review" },
		{ "completeness", "mailbox,uidvalidity,seen,stored,excluded,missing,last_checked" },
		{ "mailboxes", "address,state,last_success,last_error,next_attempt,lag_s" },
		{ "events", "id,at,actor,action,object,detail" },
		{ "search", "subject,organisation,text" },
	};
	char sql[200];

	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		(void)snprintf(sql, sizeof sql, "SELECT group_concat(name) FROM pragma_table_info('%s')", views[i][0]);
		TAP_CHECK(views[i][0], strncmp(rows(f, sql), views[i][1], strlen(views[i][1])) == 0);
	}
}

struct told {
	char   text[4000];
	size_t n;
};

static int
tell(void *arg, int n, const char *const *names, const char *const *values)
{
	struct told *t = arg;

	for (int i = 0; i < n; i++) {
		size_t at = strlen(t->text);

		(void)snprintf(t->text + at, sizeof t->text - at, "%s=%s ", names[i], values[i] != NULL ? values[i] : "-");
	}
	t->n++;
	return 0;
}

static int
stop_at_once(void *arg, int n, const char *const *names, const char *const *values)
{
	return tell(arg, n, names, values) + 1;
}

static const struct told *
ask(struct store *s, enum read_query q, int64_t submission, read_row *each)
{
	static struct told t;
	struct why         why = { .text = "" };

	memset(&t, 0, sizeof t);
	fixture_must(read_rows(s, q, submission, each, &t, &why), &why, "read_rows");
	return &t;
}

/* What does not count says why; the therapists' first version, their supplement, the doctors' copy, the sign-ups. */
static void
test_why_not(struct store *s)
{
	static const char *const want[] = { "submission=2 | why=copy of 1 ", "submission=3 | why=replaced: 4 counts ", "submission=5 | why=supplement of 4 ",
		"submission=10 | why=signs up for a meeting: see registrations " };
	static struct told       t;
	struct why               why = { .text = "" };
	size_t                   i;

	memset(&t, 0, sizeof t);
	fixture_must(read_consultation(s, READ_NOT_COUNTED, "plan", tell, &t, &why), &why, "read_consultation");
	for (i = 0; i < sizeof want / sizeof *want; i++) {
		const char *bar = strstr(want[i], "| "), *row = strstr(t.text, "submission=");
		int         found = 0;

		for (; row != NULL; row = strstr(row + 1, "submission=")) {
			const char *end = strstr(row + 1, "submission="), *said = strstr(row, bar + 2);

			found |= strncmp(row, want[i], (size_t)(bar - want[i])) == 0 && said != NULL && (end == NULL || said < end);
		}
		TAP_CHECK(want[i], found);
	}
}

static void
test_reading(struct fixture *f)
{
	struct store *s = NULL;
	struct why    why = { .text = "" };
	struct told   faults = { .n = 0 };
	size_t        n = 9;
	int64_t       id = 0;
	char          sha256[65];

	fixture_must(read_open(f->database, &s, &why), &why, "read_open");
	fixture_must(read_begin(s, &why), &why, "read_begin");
	for (int q = 0; q < READ_QUERIES; q++)
		(void)ask(s, (enum read_query)q, DOCTORS, tell);
	TAP_CHECK("the family of an answer", ask(s, READ_FAMILY, DOCTORS, tell)->n == 2);
	TAP_CHECK("why related", strstr(ask(s, READ_EVIDENCE, DOCTORS_AGAIN, tell)->text, "verdict=relation value=copy rule=test") != NULL);
	TAP_CHECK("registrations of a copy too", ask(s, READ_REGISTRATIONS, SIGN_UP_AGAIN, tell)->n == 2);
	TAP_CHECK("text", strstr(ask(s, READ_TEXT, DOCTORS, tell)->text, "Vi viser til høringen.\nFastlegeordningen må styrkes.") != NULL);
	TAP_CHECK("every original for verify", ask(s, READ_ARCHIVE, 0, tell)->n == WAITING);
	test_why_not(s);
	TAP_CHECK("stopped when asked to", ask(s, READ_ARCHIVE, 0, stop_at_once)->n == 1);
	TAP_CHECK("found by id", store_find(s, "4", &id, sha256, &why) == OUTCOME_OK && id == THERAPISTS_REVISED);
	TAP_CHECK("cannot write", store_parse_tried(s, 1, 3, &why) != OUTCOME_OK);
	TAP_CHECK("sound", store_check(s, tell, &faults, &n, &why) == OUTCOME_OK && n == 0 && faults.n == 0);
	read_end(s);
	TAP_CHECK("hurt by somebody", !refuses(f, "PRAGMA foreign_keys = OFF; DELETE FROM copy WHERE submission = 13;"
	    "UPDATE verdict SET head = 7 WHERE submission = 6; DELETE FROM submission WHERE id = 9", ""));
	TAP_CHECK("and told", store_check(s, tell, &faults, &n, &why) == OUTCOME_OK && n > 3 &&
	    strstr(faults.text, "submission 13 has no copy") != NULL && strstr(faults.text, "submission 6 counts, but") != NULL &&
	    strstr(faults.text, "copy aar/7/9 has no submission") != NULL);
	store_close(&s);
}

static void
test_reload(struct fixture *f)
{
	struct why why = { .text = "" };
	int        changed = 9;

	TAP_CHECK("the same configuration", store_configure(f->store, f->conf, &changed, &why) == OUTCOME_OK && changed == 0);
	fixture_reconfigure(f, "timezone = \"UTC\";\n");
	TAP_CHECK("another", store_configure(f->store, f->conf, &changed, &why) == OUTCOME_OK && changed == 1);
	TAP_CHECK("clocks follow", is(rows(f, "SELECT received_local FROM responses WHERE id = 1"), "2022-04-26 12:00:01"));
	f->conf->n_consultations = 0;
	f->conf->n_mailboxes = 1;
	TAP_CHECK("what is gone stays readable", store_configure(f->store, f->conf, &changed, &why) == OUTCOME_OK &&
	    is(rows(f, "SELECT id, configured FROM consultations"), "plan|0") &&
	    is(rows(f, "SELECT name, state FROM mailboxes"), "aar|waiting\nhmr|not configured"));
}

/* A cover letter over two documents is two texts, and so is what cannot be read under a longer one. */
static void
test_texts(void)
{
	static const struct mail mails[] = { { "Svar", "a@example.no", "Vedlagt følger svar.", "svar.txt", "Ja.", 1 },
		{ "Svar", "b@example.no", "Vedlagt følger svar.", "svar.txt", "Nei.", 1 }, { "Svar", "c@example.no", "Vedlagt følger svar.", "svar.txt", "Ja.", 1 } };
	static const char *const who[] = { "Alfa", "Bravo", "Charlie" };
	struct fixture           f;

	fixture_open(&f);
	for (unsigned i = 0; i < 3; i++) {
		int64_t        id = copy(&f, i + 1, "aar", i + 1, AT_OPENING + (int64_t)i);
		struct verdict v = verdict_of(KIND_RESPONSE, "plan", who[i]);

		parse(&f, id, &mails[i]);
		file_alone(&f, id, AT_OPENING + (int64_t)i, &v);
	}
	TAP_CHECK("documents under one cover", is(rows(&f, "SELECT responses, distinct_texts FROM counts WHERE consultation = 'plan'"), "3|2"));
	(void)refuses(&f, "UPDATE digest SET words = 100", "");
	TAP_CHECK("a text is one with other papers", is(rows(&f, "SELECT distinct_texts FROM counts WHERE consultation = 'plan'"), "1"));
	(void)refuses(&f, "UPDATE attachment SET text_status = (SELECT number FROM name WHERE of = 'text status' AND name = 'garbled') WHERE inline = 0", "");
	TAP_CHECK("what cannot be read may say anything", is(rows(&f, "SELECT distinct_texts FROM counts WHERE consultation = 'plan'"), "2"));
	fixture_close(&f);
}

/* An organisation's places are for all its mails together, and a person takes one. */
static void
test_places(void)
{
	struct fixture           f;
	struct registered_person first[] = { { "Per Hansen", "per@example.no", "Mental Helse", 0, "ok" } };
	struct registered_person again[] = { { "per hansen", "Per@example.no", "Mental Helse", 1, "ok" }, { "Anne Li", "anne@example.no", "Mental Helse", 0, "ok" } };
	struct registered_person late[] = { { "Ida Lie", "ida@example.no", "Mental Helse", 0, "ok" } };
	struct registered_person other[] = { { "Per Hansen", "per@example.no", "Norsk Forening", 0, "ok" } };
	struct registered_person *persons[] = { late, again, first, other };	/* received last, second, first, and by another */
	static const size_t      n_persons[] = { 1, 2, 1, 1 };
	static const struct mail m = { "Påmelding", "post@example.no", "Vi melder på.", "", "", 1 };
	struct why               why = { .text = "" };
	int                      changed;

	fixture_open(&f);
	f.conf->consultations[0].registration.present = 1;
	f.conf->consultations[0].registration.max_persons = 2;
	fixture_must(store_configure(f.store, f.conf, &changed, &why), &why, "store_configure");
	for (unsigned i = 0; i < 4; i++) {
		int64_t        at = AT_OPENING + 10 - (int64_t)i, id = copy(&f, i + 1, "aar", i + 1, at);
		struct verdict v = verdict_of(KIND_REGISTRATION, "plan", persons[i]->organisation);

		parse(&f, id, &m);
		v.persons = persons[i];
		v.n_persons = n_persons[i];
		file_alone(&f, id, at, &v);
	}
	TAP_CHECK("places over all mails of an organisation", is(rows(&f, "SELECT submission, organisation, person, speaker, verdict FROM registrations"
	    " ORDER BY organisation, received_at"),
	    "3|Mental Helse|Per Hansen|1|ok\n2|Mental Helse|Anne Li|0|ok\n1|Mental Helse|Ida Lie|0|over limit\n4|Norsk Forening|Per Hansen|0|ok"));
	fixture_close(&f);
}

/* Several that sign are found by name, are one answer, and each has answered. */
static void
test_signatories(void)
{
	struct fixture           f;
	static const struct mail m = { "Felles svar", "post@example.no", "Felles svar.", "", "", 1 };
	struct evidence          with[] = { { "responder", "Mental Helse Ungdom", "joint-answer", 1, 0, ZONE_BODY, 0, 0, 0, "" },
		{ "responder", "Norsk Forening", "joint-answer", 1, 0, ZONE_BODY, 0, 0, 0, "" }, { "responder", "Norsk Forening", "joint-answer", 1, 0, ZONE_BODY, 0, 0, 9, "" } };

	fixture_open(&f);
	for (unsigned i = 0; i < 2; i++) {
		int64_t        at = AT_OPENING + (int64_t)i, id = copy(&f, i + 1, "aar", i + 1, at);
		struct verdict v = verdict_of(KIND_RESPONSE, "plan", i == 0 ? "Legeforeningen" : "Storvik kommune");

		parse(&f, id, &m);
		v.evidence = with;
		v.n_evidence = i == 0 ? 3 : 0;
		file_alone(&f, id, at, &v);
	}
	TAP_CHECK("each that signs is found", is(rows(&f, "SELECT submission, organisation, together, invited FROM signatories ORDER BY 1, 2"),
	    "1|Legeforeningen|1|0\n1|Mental Helse Ungdom|1|1\n1|Norsk Forening|1|0\n2|Storvik kommune|0|0"));
	TAP_CHECK("and stands beside the answer", is(rows(&f, "SELECT id, together_with FROM responses ORDER BY 1"), "1|Mental Helse Ungdom; Norsk Forening\n2|-"));
	TAP_CHECK("an invited one has answered", is(rows(&f, "SELECT count(*) FROM unanswered WHERE organisation = 'Mental Helse Ungdom'"), "0"));
	fixture_close(&f);
}

/* What stood at that time of the opening's day, and of later ones. */
#define AS_OF(at) "SELECT group_concat(submission) FROM (SELECT submission FROM versions WHERE coalesce(valid_from, '') <= '" at "'" \
	" AND coalesce(valid_until, '9') > '" at "' ORDER BY 1)"
#define HOUR_OF_OPENING(h) "2022-04-26T" #h ":00:00Z"

/* One mail an hour: a version, its revision, what adds to that, a revision of the revision, a copy of it, a withdrawal; and an answer by itself. */
static void
test_versions(void)
{
	static const struct mail m = { "Svar", "post@example.no", "Vårt svar.", "", "", 1 };
	static const struct { enum mail_kind kind; enum relation relation; int64_t to; } sent[] = { { KIND_RESPONSE, RELATION_ORIGINAL, 0 },
		{ KIND_RESPONSE, RELATION_REVISION, 1 }, { KIND_RESPONSE, RELATION_SUPPLEMENT, 2 }, { KIND_RESPONSE, RELATION_REVISION, 2 },
		{ KIND_RESPONSE, RELATION_COPY, 4 }, { KIND_WITHDRAWAL, RELATION_WITHDRAWAL, 4 }, { KIND_RESPONSE, RELATION_ORIGINAL, 0 },
		{ KIND_REGISTRATION, RELATION_ORIGINAL, 0 }, { KIND_REGISTRATION, RELATION_REVISION, 8 } };
	struct fixture  f;
	struct verdict  v;
	struct relative r;

	fixture_open(&f);
	for (unsigned i = 0; i < sizeof sent / sizeof sent[0]; i++) {
		int64_t at = AT_OPENING + (int64_t)(i + 1) * HOUR, id = copy(&f, i + 1, "aar", i + 1, at);

		parse(&f, id, &m);
		v = verdict_of(sent[i].kind, "plan", i == 6 ? "Storvik kommune" : "Legeforeningen");
		r = behind(id, at, sent[i].relation, sent[i].to, 0);
		r.kind = sent[i].kind;
		file(&f, id, &v, &r, 1);
	}
	TAP_CHECK("each with what ends it", is(rows(&f, "SELECT submission, answer, organisation, relation, version, ended_by FROM versions ORDER BY 1"),
	    "1|1|Legeforeningen|original|1|2\n2|1|Legeforeningen|revision|2|4\n3|1|Legeforeningen|supplement|2|6\n4|1|Legeforeningen|revision|3|6\n"
	    "7|7|Storvik kommune|original|1|-"));
	TAP_CHECK("and when", is(rows(&f, "SELECT valid_from, valid_until, valid_from_local, valid_until_local FROM versions WHERE submission = 2"),
	    "2022-04-26T14:00:00Z|2022-04-26T16:00:00Z|2022-04-26 16:00:00|2022-04-26 18:00:00"));
	TAP_CHECK("before any", is(rows(&f, AS_OF(HOUR_OF_OPENING(12))), "-"));
	TAP_CHECK("the first", is(rows(&f, AS_OF(HOUR_OF_OPENING(13))), "1"));
	TAP_CHECK("revised, and with what adds to it", is(rows(&f, AS_OF(HOUR_OF_OPENING(15))), "2,3"));
	TAP_CHECK("what adds to it stays beside the next", is(rows(&f, AS_OF(HOUR_OF_OPENING(17))), "3,4"));
	TAP_CHECK("withdrawn with all of it", is(rows(&f, AS_OF(HOUR_OF_OPENING(18))), "-"));
	TAP_CHECK("another's stands", is(rows(&f, AS_OF("2029-01-01")), "7"));

	/* The withdrawal was none after all; then it was one of the first version, before it came. */
	v = verdict_of(KIND_OTHER, "plan", "Legeforeningen");
	file_alone(&f, 6, AT_OPENING + 6 * HOUR, &v);
	TAP_CHECK("not withdrawn after all", is(rows(&f, AS_OF("2029-01-01")), "3,4,7"));
	v = verdict_of(KIND_WITHDRAWAL, "plan", "Storvik kommune");
	r = behind(6, AT_OPENING + 6 * HOUR, RELATION_WITHDRAWAL, 7, 0);
	r.kind = KIND_WITHDRAWAL;
	file(&f, 6, &v, &r, 1);
	TAP_CHECK("never stood", is(rows(&f, "SELECT valid_from = valid_until FROM versions WHERE submission = 7"), "1"));
	fixture_close(&f);
}

/* Who is replaced is no row any more, and nobody else is struck off; judged from what the database holds. */
static void
test_replaced(void)
{
	struct fixture           f;
	struct registered_person two[] = { { "Per Hansen", "per@example.no", "Mental Helse", 0, "ok" }, { "Anne Li", "anne@example.no", "Mental Helse", 0, "ok" } };
	struct registered_person instead[] = { { "Ida Lie", "ida@example.no", "Mental Helse", 0, "ok" }, { "Per Hansen", "", "Mental Helse", 0, "leaves" } };
	static const struct mail m = { "Påmelding", "post@example.no", "Vi melder på.", "", "", 1 };
	struct relative         *family = NULL, kept[2];
	struct family_hold      *hold = NULL;
	struct why               why = { .text = "" };
	const char              *key = "r:o:mental helse";
	size_t                   n = 0;

	fixture_open(&f);
	for (unsigned i = 0; i < 2; i++) {
		int64_t        at = AT_OPENING + (int64_t)i, id = copy(&f, i + 1, "aar", i + 1, at);
		struct verdict v = verdict_of(KIND_REGISTRATION, "plan", "Mental Helse");

		parse(&f, id, &m);
		v.kin_keys = &key;
		v.n_kin_keys = 1;
		v.persons = i == 0 ? two : instead;
		v.n_persons = 2;
		file_alone(&f, id, at, &v);
	}
	fixture_must(store_begin(f.store, &why), &why, "begin");
	fixture_must(store_family(f.store, 1, &family, &n, &hold, &why), &why, "store_family");
	TAP_CHECK("its persons are read", n == 2 && family[0].n_persons == 2 && strcmp(family[0].persons[1].name, "Anne Li") == 0 && family[1].persons[1].leaves);
	memcpy(kept, family, sizeof kept);
	kept[0].persons[0].left_by = kept[1].id;
	fixture_must(store_save_family(f.store, f.conf, kept, 2, &why), &why, "store_save_family");
	fixture_must(store_commit(f.store, &why), &why, "commit");
	family_free(hold);
	TAP_CHECK("who is replaced is no row", is(rows(&f, "SELECT submission, person, verdict FROM registrations ORDER BY 1"), "1|Anne Li|ok\n2|Ida Lie|ok"));
	fixture_close(&f);
}

/* The line of one copy of original 1 of that mailbox; `uv` its UIDVALIDITY. */
static void
shown(struct fixture *f, const char *action, const char *mailbox, const char *uv, const char *uid)
{
	struct why why = { .text = "" };

	fixture_must(strcmp(action, "copy") == 0 ?
	    line(f, "copy", sha_of(1), &why, "mailbox", mailbox, "uidvalidity", uv, "uid", uid, "received", "1650974400", "bytes", "1234", NULL) :
	    line(f, "settled", sha_of(1), &why, "mailbox", mailbox, "uidvalidity", uv, "uid", uid, "how", "gone", NULL), &why, action);
}

/* A change of UIDVALIDITY shows the same mails once more. */
static void
test_shown_again(void)
{
	static const struct mail m = { "Svar", "post@example.no", "Vi svarer.", "", "", 1 };
	static const char        sql[] = "SELECT copies, (SELECT count(*) FROM copies) FROM responses";
	struct fixture           f;
	struct verdict           v = verdict_of(KIND_RESPONSE, "plan", "Mental Helse");

	fixture_open(&f);
	shown(&f, "copy", "aar", "7", "1");
	shown(&f, "copy", "hmr", "9", "1");
	parse(&f, 1, &m);
	file_alone(&f, 1, AT_OPENING, &v);
	TAP_CHECK("a mail in two mailboxes is two", is(rows(&f, sql), "2|2"));
	shown(&f, "settled", "aar", "7", "1");
	TAP_CHECK("one that was taken away from the server was there", is(rows(&f, sql), "2|2"));
	shown(&f, "copy", "aar", "0", "1");
	TAP_CHECK("an import is one more", is(rows(&f, sql), "3|3"));
	shown(&f, "copy", "aar", "8", "4");
	TAP_CHECK("the same mail under another UIDVALIDITY is no other mail", is(rows(&f, sql), "3|4"));
	shown(&f, "copy", "aar", "8", "5");
	TAP_CHECK("two of them are two", is(rows(&f, sql), "4|5"));
	shown(&f, "settled", "aar", "8", "5");
	TAP_CHECK("and one of the two that goes was another", is(rows(&f, sql), "4|5"));
	shown(&f, "settled", "aar", "8", "4");
	shown(&f, "copy", "aar", "3", "1");
	TAP_CHECK("a later UIDVALIDITY need not be higher", is(rows(&f, sql), "3|6"));
	fixture_close(&f);
}

/* What a statement must say of the mailboxes: the ones nobody has looked at, and those that have failed, with when they were level last. */
static void
test_unsure(void)
{
	struct fixture        f;
	struct store         *s = NULL;
	struct told           t = { .n = 0 };
	struct why            why = { .text = "" };
	struct mailbox_health h = { .state = "level", .last_success_at = AT_OPENING, .last_error = "", .uidvalidity = 7, .exists = 0,
		.checked_at = AT_OPENING, .lag_s = -1 };

	fixture_open(&f);
	fixture_must(store_health(f.store, "aar", &h, &why), &why, "store_health");
	fixture_must(read_open(f.database, &s, &why), &why, "read_open");
	fixture_must(read_consultation(s, READ_UNSURE, "plan", tell, &t, &why), &why, "read_consultation");
	TAP_CHECK("never looked at", is(t.text, "mailbox=hmr state=- last_checked=- "));
	h.state = "failed";
	h.checked_at = 0;
	fixture_must(store_health(f.store, "aar", &h, &why), &why, "store_health");
	memset(&t, 0, sizeof t);
	fixture_must(read_consultation(s, READ_UNSURE, "plan", tell, &t, &why), &why, "read_consultation");
	TAP_CHECK("failed", is(t.text, "mailbox=aar state=failed last_checked=2022-04-26T12:00:00Z mailbox=hmr state=- last_checked=- "));
	store_close(&s);
	fixture_close(&f);
}

int
main(void)
{
	struct fixture f;

	fixture_open(&f);
	receive_all(&f);
	file_doctors(&f);
	file_therapists(&f);
	file_the_rest(&f);
	test_contract(&f);
	test_answers(&f);
	test_mails(&f);
	test_sums(&f);
	test_reload(&f);
	test_reading(&f);
	fixture_close(&f);
	test_places();
	test_replaced();
	test_signatories();
	test_versions();
	test_texts();
	test_shown_again();
	test_unsure();
	return tap_end();
}
