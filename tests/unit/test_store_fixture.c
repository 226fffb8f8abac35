#include "tests/unit/test_store_fixture.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/tap.h"

void
fixture_must(enum outcome o, const struct why *why, const char *what)
{
	if (o == OUTCOME_OK)
		return;
	(void)printf("not ok %s: outcome %d: %s\n", what, (int)o, why->text);
	exit(1);
}

static void
write_file(const char *path, const char *text, const char *more)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fprintf(f, "%s%s", text, more) < 0 || fclose(f) != 0) {
		(void)printf("not ok write %s\n", path);
		exit(1);
	}
}

void
fixture_reconfigure(struct fixture *f, const char *line_more)
{
	static const char text[] = "database = \"hoeringd.db\";\narchive = \"archive\";\nconsultations = \"consultations.d\";\n"
	    "mailboxes = {\n aar = { address = \"aar@aid.dep.no\"; url = \"maildir:aar\"; };\n"
	    " hmr = { address = \"hmr@hod.dep.no\"; url = \"maildir:hmr\"; };\n};\n";
	struct conf *conf = NULL;

	write_file(f->conf_path, text, line_more);
	if (conf_load(f->conf_path, stdout, &conf) != OUTCOME_OK) {
		(void)printf("not ok the configuration of the test\n");
		exit(1);
	}
	conf_free(f->conf);
	f->conf = conf;
}

void
fixture_open(struct fixture *f)
{
	struct why  why = { .text = "" };
	char        path[160];
	const char *parts[] = { "aar", "hmr", "aar/cur", "aar/new", "hmr/cur", "hmr/new", "consultations.d" };

	memset(f, 0, sizeof *f);
	(void)strcpy(f->folder, "/tmp/test-store-XXXXXX");
	if (mkdtemp(f->folder) == NULL)
		exit(1);
	(void)snprintf(f->database, sizeof f->database, "%s/hoeringd.db", f->folder);
	(void)snprintf(f->conf_path, sizeof f->conf_path, "%s/hoeringd.conf", f->folder);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", f->folder, parts[i]);
		(void)mkdir(path, 0750);
	}
	(void)snprintf(path, sizeof path, "%s/consultations.d/plan.conf", f->folder);
	write_file(path, "title = \"Opptrappingsplan for psykisk helse\";\ncase = \"21/4593\";\nopened = \"2022-04-26\";\n"
	    "deadline = \"2022-05-27\";\nmailboxes = [ \"aar\", \"hmr\" ];\ninvited = \"invited.tsv\";\n", "");
	(void)snprintf(path, sizeof path, "%s/consultations.d/invited.tsv", f->folder);
	write_file(path, "Den norske legeforening\tPostboks 1152 Sentrum\t0107 Oslo\nNorsk Ergoterapeutforbund\n"
	    "Norsk Fysioterapeutforbund\nNorsk Psykologforening\tKirkegata 2\t0153 Oslo\nMental Helse Ungdom\n", "");
	fixture_reconfigure(f, "");
	fixture_must(store_open(f->database, &f->store, &why), &why, "store_open");
	fixture_must(store_configure(f->store, f->conf, &(int){ 0 }, &why), &why, "store_configure");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
fixture_close(struct fixture *f)
{
	store_close(&f->store);
	conf_free(f->conf);
	(void)nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
sha_of(unsigned n)
{
	static char out[4][65];
	static int  next;
	char       *sha = out[next++ % 4];

	for (int i = 0; i < 8; i++)
		(void)snprintf(sha + 8 * i, 9, "%08x", i == 0 ? n : n * 2654435761u + (unsigned)i);
	return sha;
}

enum outcome
line(struct fixture *f, const char *action, const char *object, struct why *why, ...)
{
	struct journal_entry e = { .seq = f->seq + 1, .at = AT_OPENING + (int64_t)f->seq, .actor = "hoeringd", .action = action, .object = object };
	char                 detail[2048] = "";
	const char          *key;
	enum outcome         o;
	va_list              ap;

	va_start(ap, why);
	while ((key = va_arg(ap, const char *)) != NULL)
		if (!journal_detail_add(detail, sizeof detail, key, va_arg(ap, const char *)))
			exit(1);
	va_end(ap);
	e.detail = detail;
	(void)snprintf(e.hash, sizeof e.hash, "%064llx", (unsigned long long)e.seq);
	fixture_must(store_begin(f->store, why), why, "store_begin");
	if ((o = store_apply(f->store, &e, why)) != OUTCOME_OK) {
		store_rollback(f->store);
		return o;
	}
	fixture_must(store_commit(f->store, why), why, "store_commit");
	f->seq++;
	return OUTCOME_OK;
}

int64_t
copy(struct fixture *f, unsigned n, const char *mailbox, uint64_t uid, int64_t received)
{
	struct why why = { .text = "" };
	char       uid_text[24], at[24];
	int64_t    submission = 0;

	(void)snprintf(uid_text, sizeof uid_text, "%llu", (unsigned long long)uid);
	(void)snprintf(at, sizeof at, "%lld", (long long)received);
	fixture_must(line(f, "copy", sha_of(n), &why, "mailbox", mailbox, "uidvalidity", "7", "uid", uid_text, "received", at,
	    "bytes", "1234", NULL), &why, "the line of a copy");
	fixture_must(store_by_sha256(f->store, sha_of(n), &submission, &why), &why, "store_by_sha256");
	return submission;
}

/* The stream of a mail; the caller frees it. */
static uint8_t *
write_records(const struct mail *m, size_t *n)
{
	char           *out = NULL;
	FILE           *f = open_memstream(&out, n);
	struct envelope e = { .message_id = text_of("1@example.no"), .in_reply_to = text_of(""), .references = text_of(""),
		.subject = text_of(m->subject), .from_name = text_of("Kari Nordmann"), .from_address = text_of(m->from),
		.sender_address = text_of(""), .reply_to_address = text_of(""), .return_path = text_of(m->from), .to = text_of("aar@aid.dep.no"),
		.sent_at = AT_OPENING, .relayed_at = TIME_UNKNOWN };
	struct part     p = { .position = 1, .filename = text_of(m->attachment), .type = text_of("application/pdf"),
		.found_type = text_of("application/pdf"), .size_bytes = 10, .sha256 = { (uint8_t)m->attachment_text[0] },
		.title = text_of(""), .author = text_of(""), .created_at = TIME_UNKNOWN };
	struct part     logo = { .position = 2, .is_inline = 1, .filename = text_of("logo.png"), .type = text_of("image/png"),
		.found_type = text_of(""), .size_bytes = 5, .text_status = TEXT_EMPTY, .title = text_of(""), .author = text_of(""), .created_at = TIME_UNKNOWN };
	struct digest   d = { .kind = DIGEST_ANSWER, .words = 40, .sha256 = { (uint8_t)m->answer } };
	struct digest   o = { .kind = DIGEST_DOCUMENTS, .words = 1, .sha256 = { (uint8_t)m->attachment_text[0] } };
	struct minhash  h = { .words = 40 };

	if (f == NULL)
		exit(1);
	for (unsigned i = 0; i < MINHASH_SIZE; i++)
		h.slot[i] = m->answer * 0x01020304u + i;
	wire_version(f, 3);
	wire_envelope(f, &e);
	wire_text(f, 0, m->text, strlen(m->text));
	if (m->attachment[0] != '\0') {
		wire_part(f, &p);
		wire_text(f, 1, m->attachment_text, strlen(m->attachment_text));
		wire_part(f, &logo);
		wire_digest(f, &o);
	}
	wire_digest(f, &d);
	wire_minhash(f, &h);
	wire_end(f, m->attachment[0] != '\0' ? 9 : 5);
	(void)fclose(f);
	return (uint8_t *)out;
}

void
parse(struct fixture *f, int64_t submission, const struct mail *m)
{
	struct why    why = { .text = "" };
	struct parsed p;
	size_t        n = 0;
	uint8_t      *records = write_records(m, &n);

	fixture_must(parsed_read(records, n, &p, &why), &why, "parsed_read");
	fixture_must(store_begin(f->store, &why), &why, "store_begin");
	fixture_must(store_save_parsed(f->store, submission, &p, records, p.sound_bytes, "", &why), &why, "store_save_parsed");
	fixture_must(store_save_text(f->store, submission, &p, &why), &why, "store_save_text");
	fixture_must(store_commit(f->store, &why), &why, "store_commit");
	parsed_free(&p);
	free(records);
}

struct verdict
verdict_of(enum mail_kind kind, const char *consultation, const char *responder)
{
	return (struct verdict){ .kind = kind, .automatic_why = "", .consultation = consultation, .consultation_score = 90, .responder = responder,
		.responder_key = responder, .responder_class = "", .orgnr = "", .invited = "", .contact = "Kari Nordmann",
		.address = "kari@example.no", .position = kind == KIND_RESPONSE ? POSITION_REMARKS : POSITION_NONE, .language = "nb",
		.kin_message_id = "", .kin_sender = "kari@example.no" };
}

struct relative
alone(int64_t id, int64_t received, const char *consultation)
{
	return (struct relative){ .id = id, .received_at = received, .mailbox = "aar", .kind = KIND_RESPONSE, .consultation = consultation,
		.family_consultation = consultation, .counts = 1, .head = id, .row_version = 1, .first_received_at = received,
		.rule = "alone", .decided_relation = -1 };
}

void
file(struct fixture *f, int64_t submission, const struct verdict *v, const struct relative *family, size_t n)
{
	struct why why = { .text = "" };

	fixture_must(store_begin(f->store, &why), &why, "store_begin");
	fixture_must(store_save_verdict(f->store, submission, v, &why), &why, "store_save_verdict");
	fixture_must(store_save_family(f->store, f->conf, family, n, &why), &why, "store_save_family");
	fixture_must(store_commit(f->store, &why), &why, "store_commit");
}

void
file_alone(struct fixture *f, int64_t submission, int64_t received, const struct verdict *v)
{
	struct relative r = alone(submission, received, v->consultation);

	r.kind = v->kind;
	if (v->kind != KIND_RESPONSE) {
		r.counts = 0;
		r.head = 0;
	}
	file(f, submission, v, &r, 1);
}

const char *
rows(struct fixture *f, const char *sql)
{
	static char  *out;
	sqlite3      *db = NULL;
	sqlite3_stmt *q = NULL;
	size_t        n = 0;
	int           code;
	FILE         *to;

	free(out);
	out = NULL;
	if ((to = open_memstream(&out, &n)) == NULL)
		exit(1);
	if (sqlite3_open_v2(f->database, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA trusted_schema = OFF", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		(void)fprintf(to, "error: %s", sqlite3_errmsg(db));
	for (int first = 1; q != NULL && (code = sqlite3_step(q)) != SQLITE_DONE; first = 0) {
		if (code != SQLITE_ROW) {
			(void)fprintf(to, "error: %s", sqlite3_errmsg(db));
			break;
		}
		for (int i = 0; i < sqlite3_column_count(q); i++)
			(void)fprintf(to, "%s%s", i > 0 ? "|" : first ? "" : "\n",
			    sqlite3_column_type(q, i) == SQLITE_NULL ? "-" : (const char *)sqlite3_column_text(q, i));
	}
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	(void)fclose(to);
	return out;
}

int
refuses(struct fixture *f, const char *sql, const char *words)
{
	sqlite3 *db = NULL;
	char    *error = NULL;
	int      refused;

	if (sqlite3_open_v2(f->database, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return 0;
	refused = sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK && error != NULL && strstr(error, words) != NULL;
	sqlite3_free(error);
	(void)sqlite3_close(db);
	return refused;
}
