#include "tests/unit/judge_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "daemon/judge/campaign.h"
#include "parsers/message.h"
#include "parsers/rules.h"
#include "parsers/signals.h"

#define KEPT 800

static struct {
	char            folder[64];
	struct conf    *conf;
	struct judge   *judge;
	struct rules    rules;
	struct parsed  *parsed[KEPT];
	struct verdict *verdicts[KEPT];
	struct relative_person *persons[KEPT];
	struct sentence *sentences[KEPT];
	size_t          n_parsed, n_verdicts, n_persons, n_sentences;
	int             failed;
} fixture;

void
check(int good, const char *name, const char *fmt, ...)
{
	va_list args;

	if (good) {
		(void)printf("ok %s\n", name);
		return;
	}
	fixture.failed++;
	(void)printf("not ok %s: ", name);
	va_start(args, fmt);
	(void)vprintf(fmt, args);
	va_end(args);
	(void)putchar('\n');
}

int
check_status(void)
{
	return fixture.failed == 0 ? 0 : 1;
}

int64_t
fixture_time(const char *date, int hour)
{
	struct tm tm = { 0 };

	if (sscanf(date, "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		abort();
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	tm.tm_hour = hour;
	return timegm(&tm);
}

/* --- the configuration --------------------------------------------------------------------------------------------- */

static void
write_file(const char *name, const char *text)
{
	char  path[256];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", fixture.folder, name);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		abort();
}

static void
make_folders(void)
{
	static const char *const folders[] = { "aar", "hmr", "kaes", "post", "consultations.d", "invited" };
	char                     path[256];
	size_t                   i;

	(void)strcpy(fixture.folder, "/tmp/hoering-judge-XXXXXX");
	if (mkdtemp(fixture.folder) == NULL)
		abort();
	for (i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", fixture.folder, folders[i]);
		if (mkdir(path, 0700) == -1)
			abort();
	}
}

static void
write_configuration(void)
{
	write_file("hoeringd.conf", "database = \"d.db\"; archive = \"a\"; timezone = \"Europe/Oslo\"; consultations = \"consultations.d\";\n"
	    "mailboxes = {\n aar = { address = \"aar@aid.dep.no\"; url = \"maildir:aar\"; };\n"
	    " hmr = { address = \"hmr@hod.dep.no\"; url = \"maildir:hmr\"; };\n kaes = { address = \"kaes@hod.dep.no\"; url = \"maildir:kaes\"; };\n"
	    " post = { address = \"post@lmd.dep.no\"; url = \"maildir:post\"; };\n};\n");
	write_file("consultations.d/opptrapping.conf", "title = \"Opptrappingsplan for psykisk helse\"; aliases = [ \"ny opptrappingsplan for psykisk helse\" ];\n"
	    "case = \"21/4593\"; letters = [ \"2022-04-26\" ]; opened = \"2022-04-26\"; deadline = \"2022-05-27\"; mailboxes = [ \"hmr\" ];\n"
	    "invited = \"../invited/opptrapping.tsv\"; registration = { mailboxes = [ \"kaes\" ]; deadline = \"2022-05-06\"; max_persons = 2; };\n");
	write_file("consultations.d/trafikk.conf", "title = \"Høring - forslag til endringer i forskrift om trafikkskiltning ved skoler\"; aliases = [ \"trafikkskiltning ved skoler\" ];\n"
	    "case = \"22/1871\"; letters = [ \"2022-04-01\" ]; opened = \"2022-04-01\"; deadline = \"2022-06-30\"; mailboxes = [ \"hmr\", \"aar\" ];\n");
	write_file("consultations.d/arbeid2007.conf", "title = \"Strategiplan for arbeid og psykisk helse - høring\"; letters = [ \"2007-06-01\" ];\n"
	    "opened = \"2007-06-01\"; deadline = \"2007-06-22\"; mailboxes = [ \"aar\", \"hmr\" ];\n");
	write_file("consultations.d/havbruk.conf", "title = \"Høring – forslag til endringer i akvakulturdriftsforskriften (lusetelling)\"; case = \"22/3055\";\n"
	    "questions = [ \"hyppigheten av telling om vinteren\", \"opplæring av dem som teller\", \"kostnader\" ];\n"
	    "opened = \"2022-03-01\"; deadline = \"2022-06-15\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/havvind.conf", "title = \"Veileder om sameksistens mellom fiskeri og havvind\"; aliases = [ \"flytende turbiner\" ];\n"
	    "opened = \"2022-03-10\"; deadline = \"2022-06-10\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/fartoy.conf", "title = \"Høring – NOU 2022: 6 Måltider på fartøy\"; aliases = [ \"NOU 2022: 6 Måltider på fartøy\" ];\n"
	    "opened = \"2022-03-10\"; deadline = \"2022-06-10\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/jordvern.conf", "title = \"Oppdatert nasjonal jordvernstrategi – mat for framtida\";\n"
	    "opened = \"2022-09-01\"; deadline = \"2022-10-01\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/friskole.conf", "title = \"Endringer i friskoleloven\"; opened = \"2021-03-01\"; deadline = \"2021-06-01\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/sykehjem.conf", "title = \"Forskrift om sykehjem\"; opened = \"2021-03-01\"; deadline = \"2021-06-01\"; mailboxes = [ \"post\" ];\n");
	write_file("consultations.d/lesing.conf", "title = \"Leselyst i folkebibliotekene\"; case = \"22/4410\";\n"
	    "opened = \"2022-09-01\"; deadline = \"2022-10-01\"; mailboxes = [ \"aar\" ];\n");
	write_file("consultations.d/kraft.conf", "title = \"Høring og høringsmøte – endringer i fjordkraftloven\";\n"
	    "opened = \"2022-09-01\"; deadline = \"2022-10-01\"; mailboxes = [ \"kaes\" ];\n");
	write_file("invited/opptrapping.tsv", "Norsk Sykepleierforbund\tPostboks 456 Sentrum\t0104 OSLO\tpost@nsf.no\tnsf.no\t960893506\n"
	    "Den norske legeforening\tPostboks 1152 Sentrum\t0107 OSLO\tlegeforeningen.no\nVoksne for Barn\tOslo\n"
	    "Kristiansund kommune\tKaibakken 2\t6509 KRISTIANSUND N\nKS – Kommunesektorens organisasjon\tOslo\nFjordfolkets forbund\tOslo\n"
	    "Kystrettenes administrasjon\tpost@kyrett.no\nUlvøy tingrett\nSund tingrett\tsund@kyrett.no\nHavnas Kraftlag\tpost@hkl.no\n"
	    "Kystkvinners Hjelpelag\tpost@kysthjelpen.no\nSametinget\tpost@samedi.no\n"
	    "Direktoratet for høyere kyst og kompass\nKystens Ornitologiske Lag\n");
}

static void
start(void)
{
	char       path[128];
	struct why why = { 0, "" };

	if (fixture.conf != NULL)
		return;
	make_folders();
	write_configuration();
	(void)snprintf(path, sizeof path, "%s/hoeringd.conf", fixture.folder);
	if (conf_load(path, stderr, &fixture.conf) != OUTCOME_OK || judge_new(fixture.conf, &fixture.judge, &why) != OUTCOME_OK ||
	    rules_load(NULL, &fixture.rules, &why) != OUTCOME_OK) {
		(void)printf("not ok fixture: %s\n", why.text);
		exit(1);
	}
}

const struct judge *fixture_judge_itself(void) { start(); return fixture.judge; }
const struct conf  *fixture_conf(void) { start(); return fixture.conf; }

void
fixture_forget(void)
{
	char command[128];

	while (fixture.n_parsed > 0) {
		parsed_free(fixture.parsed[--fixture.n_parsed]);
		free(fixture.parsed[fixture.n_parsed]);
	}
	while (fixture.n_verdicts > 0) {
		verdict_free(fixture.verdicts[--fixture.n_verdicts]);
		free(fixture.verdicts[fixture.n_verdicts]);
	}
	while (fixture.n_persons > 0)
		free(fixture.persons[--fixture.n_persons]);
	while (fixture.n_sentences > 0)
		free(fixture.sentences[--fixture.n_sentences]);
	judge_free(fixture.judge);
	conf_free(fixture.conf);
	rules_free(&fixture.rules);
	fixture.judge = NULL;
	fixture.conf = NULL;
	(void)snprintf(command, sizeof command, "rm -r %s", fixture.folder);
	if (fixture.folder[0] != '\0' && system(command) != 0)
		(void)printf("# %s is left\n", fixture.folder);
}

/* --- the mail ------------------------------------------------------------------------------------------------------ */

static struct text
or_empty(const char *p)
{
	return text_of(p == NULL ? "" : p);
}

static void
fill_head(struct mail_head *h, struct header *headers, const struct mail *m)
{
	const struct text none = { "", 0 };
	size_t            i;

	*h = (struct mail_head){ .headers = headers, .content_type = m->content_type == NULL ? "text/plain" : m->content_type,
	    .report_type = m->report_type == NULL ? "" : m->report_type };
	h->envelope = (struct envelope){ or_empty(m->message_id), or_empty(m->in_reply_to), none, or_empty(m->subject), or_empty(m->from_name), or_empty(m->from),
	    none, or_empty(m->reply_to), or_empty(m->return_path), text_of("hmr@hod.dep.no"), TIME_UNKNOWN, TIME_UNKNOWN };
	for (i = 0; i + 1 < sizeof m->headers / sizeof m->headers[0] && m->headers[i] != NULL; i += 2)
		headers[h->n_headers++] = (struct header){ m->headers[i], m->headers[i + 1] };
}

static void
fill_part(struct text_part *p, uint32_t position, const char *type, const char *name, const char *body)
{
	const struct text none = { "", 0 };

	memset(p, 0, sizeof *p);
	p->info.position = position;
	p->info.type = text_of(type);
	p->info.filename = or_empty(name);
	p->info.found_type = p->info.title = p->info.author = none;
	p->info.created_at = TIME_UNKNOWN;
	p->text = or_empty(body);
	p->info.size_bytes = p->text.n;
	p->info.sha256[0] = (uint8_t)p->text.n;	/* another text, another file */
	p->info.sha256[1] = p->text.n > 60 ? (uint8_t)p->text.p[60] : 0;
	p->info.sha256[2] = (uint8_t)strlen(type);
	p->source = position == 0 ? TEXT_PLAIN : TEXT_DOCUMENT;
}

/* As the parser gives it out; what is not UTF-8 is for the signals alone. */
static void
write_text(FILE *f, uint32_t part, const char *text)
{
	if (text != NULL && g_utf8_validate(text, -1, NULL))
		wire_text(f, part, text, strlen(text));
}

struct parsed *
fixture_parse(const struct mail *m)
{
	struct mail       inner = { .subject = m->inner_subject, .from = m->inner_from, .from_name = m->inner_name };
	struct mail_head  head, inner_head;
	struct header     headers[4], none[4];
	struct text_part  parts[3];
	struct message    message = { .parts = parts, .n_parts = 1 };
	struct parsed    *p = calloc(1, sizeof *p);
	char             *bytes = NULL;
	size_t            n = 0, i;
	FILE             *f;
	struct why        why = { 0, "" };

	start();
	f = open_memstream(&bytes, &n);
	if (f == NULL || p == NULL || fixture.n_parsed == KEPT)
		abort();
	fill_head(&head, headers, m);
	fill_part(&parts[0], 0, "", "", m->body);
	parts[0].mail = &head;
	if (m->document != NULL) {
		fill_part(&parts[message.n_parts], (uint32_t)message.n_parts, m->document_type == NULL ? "application/pdf" : m->document_type,
		    m->document_name, m->document);
		if (m->document_bytes > 0)
			parts[message.n_parts].info.size_bytes = m->document_bytes;
		if (m->document_status != TEXT_OK) {
			parts[message.n_parts].info.text_status = m->document_status;
			parts[message.n_parts].info.size_bytes = m->document_bytes;
			parts[message.n_parts].text = or_empty(NULL);
		}
		message.n_parts++;
	}
	if (m->inner_from != NULL) {
		fill_part(&parts[message.n_parts], (uint32_t)message.n_parts, "message/rfc822", "", m->inner_body);
		fill_head(&inner_head, none, &inner);
		parts[message.n_parts++].mail = &inner_head;
	}
	wire_version(f, 1);
	wire_envelope(f, &head.envelope);
	for (i = 1; i < message.n_parts; i++)
		wire_part(f, &parts[i].info);
	write_text(f, 0, m->body);
	write_text(f, 1, m->document_status == TEXT_OK ? m->document : NULL);
	signals_emit(f, &message, &fixture.rules);
	(void)fflush(f);
	for (i = 0, message.n_parts = 0; i + 5 <= n; message.n_parts++)	/* records so far */
		i += 5 + ((size_t)(uint8_t)bytes[i + 1] | (size_t)(uint8_t)bytes[i + 2] << 8 | (size_t)(uint8_t)bytes[i + 3] << 16);
	wire_end(f, message.n_parts);
	(void)fclose(f);
	if (parsed_read((const uint8_t *)bytes, n, p, &why) != OUTCOME_OK || !p->complete) {
		(void)printf("not ok records: %s\n", why.text);
		exit(1);
	}
	free(bytes);
	fixture.parsed[fixture.n_parsed++] = p;
	return p;
}

struct verdict *
fixture_judge(const struct mail *m)
{
	const struct parsed *p = fixture_parse(m);
	const char          *mailbox = m->mailbox == NULL ? "hmr" : m->mailbox;
	struct circumstances c = { .mailboxes = &mailbox, .n_mailboxes = 1, .decided_kind = -1,
		.received_at = fixture_time(m->received == NULL ? "2022-05-10" : m->received, 9) };
	struct verdict      *v = calloc(1, sizeof *v);
	struct why           why;

	if (v == NULL || judge_message(fixture.judge, p, &c, v, &why) != OUTCOME_OK)
		abort();
	fixture.verdicts[fixture.n_verdicts++] = v;
	return v;
}

static void
take_persons(struct relative *r, const struct verdict *v)
{
	struct relative_person *all = calloc(v->n_persons + 1, sizeof *all);

	if (all == NULL || fixture.n_persons == KEPT)
		abort();
	for (; r->n_persons < v->n_persons; r->n_persons++)
		all[r->n_persons] = (struct relative_person){ v->persons[r->n_persons].name, v->persons[r->n_persons].email,
		    strcmp(v->persons[r->n_persons].verdict, "leaves") == 0, strcmp(v->persons[r->n_persons].verdict, "late") == 0, 0 };
	r->persons = fixture.persons[fixture.n_persons++] = all;
}

struct relative
fixture_relative(const struct mail *m, int64_t id)
{
	const struct verdict *v = fixture_judge(m);
	const struct parsed  *p = fixture.parsed[fixture.n_parsed - 1];
	struct relative       r = { .id = id, .received_at = fixture_time(m->received == NULL ? "2022-05-10" : m->received, 9),
		.mailbox = m->mailbox == NULL ? "hmr" : m->mailbox, .uid = (uint64_t)id, .kind = v->kind, .consultation = v->consultation,
		.consultation_score = v->consultation_score,
		.responder_key = v->responder_key, .signers = v->signers, .kin_message_id = v->kin_message_id, .kin_thread = v->kin_thread, .kin_sender = v->kin_sender,
		.is_forward = v->is_forward, .says_resend = v->says_resend, .says_revision = v->says_revision,
		.says_supplement = v->says_supplement, .says_withdrawal = v->says_withdrawal, .decided_relation = -1 };
	size_t                i;

	for (i = 0; i < p->n_digests; i++) {
		memcpy(r.digest[p->digests[i].kind], p->digests[i].sha256, 32);
		r.digest_words[p->digests[i].kind] = p->digests[i].words;
	}
	if (p->n_minhashes > 0) {
		r.minhash = p->minhashes[0].slot;
		r.minhash_words = p->minhashes[0].words;
	}
	if (r.kind == KIND_RESPONSE) {
		if (fixture.n_sentences == KEPT || (fixture.sentences[fixture.n_sentences] = calloc(CAMPAIGN_SENTENCES, sizeof(struct sentence))) == NULL)
			abort();
		r.sentences = fixture.sentences[fixture.n_sentences];
		r.n_sentences = campaign_sentences(p, fixture.sentences[fixture.n_sentences++]);
	}
	take_persons(&r, v);
	return r;
}

const struct signal *
fixture_signal(const struct parsed *p, enum signal_kind kind, const char *value)
{
	size_t i;

	for (i = 0; i < p->n_signals; i++)
		if (p->signals[i].kind == kind && (value == NULL || strcmp(p->signals[i].value.p, value) == 0))
			return &p->signals[i];
	return NULL;
}

int
fixture_has_review(const struct verdict *v, const char *reason)
{
	size_t i;

	for (i = 0; i < v->n_reviews; i++)
		if (strcmp(v->reviews[i].reason, reason) == 0)
			return 1;
	return 0;
}
