/*
 * conf_load() on files written for each case: every mistake is told with the file and line it stands on,
 * and what is right is loaded as it says. The sample files that are installed are among them.
 */
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/conf.h"
#include "config/invited.h"

static int  failures;
static char folder[] = "/tmp/test_conf.XXXXXX";

#define CHECK(what) check((what), #what, __LINE__)

/* A line for tests/run, which counts them. */
static int
check(int ok, const char *what, int line)
{
	(void)printf("%s conf:%d %s\n", ok ? "ok" : "not ok", line, what);
	failures += !ok;
	return ok;
}

static void
write_file(const char *name, const char *text)
{
	char  path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	if (text == NULL) {
		(void)unlink(path);
		return;
	}
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0) {
		perror(path);
		exit(99);
	}
}

/* A file like hoeringd.conf with `before` at its top and `box` in its only mailbox (on line 6). */
#define TOP	"database = \"d\"; archive = \"a\";\n"
#define BOX	"address = \"aar@aid.dep.no\"; url = \"imaps://imap.example.no/INBOX\"; user = \"aar\";"
#define SECRET	"password_credential = \"aar\";"
#define CONF(before, box)	TOP "\n" before "\nmailboxes = {\n aar = {\n" box "\n };\n};\n"
#define GOOD	CONF("", BOX SECRET)
#define DATES	"opened = \"2022-04-26\"; deadline = \"2022-05-27\";\n"

struct mistake_case {
	const char *main;		/* NULL: GOOD */
	const char *consultation;	/* c.conf, NULL: none */
	const char *other;		/* d.conf */
	const char *invited;		/* i.tsv */
	const char *want;		/* in the mistakes, "FILE:LINE: words" */
};

static const struct mistake_case mistakes[] = {
	/* hoeringd.conf itself */
	{ TOP "colour = \"red\";\n" "mailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: unknown setting \"colour\"" },
	{ TOP "\nmailboxes = {\n", NULL, NULL, NULL, "/main.conf:4: syntax error" },
	{ TOP "@include \"other.conf\"\n", NULL, NULL, NULL, "/main.conf:2: @include is not supported" },
	{ TOP "archive = \"b\";\n", NULL, NULL, NULL, "/main.conf:2: duplicate setting name" },
	{ "archive = \"a\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:1: database is missing here" },
	{ "database = \"x\";\narchive = \"x\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: archive is the database's file" },
	{ "archive = \"a\";\ndatabase = \"nowhere/d\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: database: there is no folder " },
	{ "archive = \"a\";\ndatabase = \"main.conf/d\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: database: there is no folder " },
	{ "archive = \"a\";\ndatabase = \"consultations.d\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/consultations.d is a folder" },
	{ "archive = \"a\";\ndatabase = \"/dev/null\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: database: /dev/null is no regular file" },
	{ "database = \"d\";\narchive = \"main.conf\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf is no folder" },
	{ "database = \"d\";\narchive = \"nowhere/a\";\nmailboxes = { aar = { " BOX SECRET " }; };", NULL, NULL, NULL, "/main.conf:2: archive: there is no folder " },
	{ CONF("control = \"d\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: control is the database or the archive" },
	{ CONF("control = \"a\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: control is the database or the archive" },
	{ CONF("control = \"main.conf\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: control: " },
	{ CONF("control = \"nowhere/s\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: control: there is no folder " },
	{ CONF("poll = \"60\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll is \"60\"; it must be" },
	{ CONF("poll = \"0s\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll is \"0s\"" },
	{ CONF("poll = \"25h\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll is \"25h\"" },
	{ CONF("poll = \"99999999999999999999s\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll is" },
	{ CONF("poll = 60;", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll must be a string" },
	{ CONF("poll = \"\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: poll is empty" },
	{ CONF("workers = -1;", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: workers is -1" },
	{ CONF("workers = \"2\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: workers must be a whole number" },
	{ CONF("timezone = \"Europe/Lillehammer\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: timezone is \"Europe/Lillehammer\"" },
	{ CONF("timezone = \"../../../etc/localtime\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: timezone is" },
	{ CONF("log_facility = \"lpr\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: log_facility is \"lpr\"; it must be one of \"mail\"" },
	{ CONF("consultations = \"nowhere.d\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: consultations: cannot read " },
	{ CONF("rules = \"nowhere\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: rules: " },
	{ CONF("control = \"/012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012\";", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: the control socket's path" },
	{ CONF("# \xe6\xf8\xe5", BOX SECRET), NULL, NULL, NULL, "/main.conf:3: not UTF-8" },
	{ TOP, NULL, NULL, NULL, "/main.conf:1: mailboxes is missing here" },
	{ TOP "mailboxes = { };", NULL, NULL, NULL, "/main.conf:2: mailboxes is empty" },
	/* mailboxes */
	{ TOP "mailboxes = {\n aar = \"x\";\n};", NULL, NULL, NULL, "/main.conf:3: mailbox aar must be a group" },
	{ CONF("", BOX SECRET "\npasswort = \"x\";"), NULL, NULL, NULL, "/main.conf:7: unknown setting \"passwort\"" },
	{ CONF("", "url = \"imaps://h/\"; user = \"u\";" SECRET), NULL, NULL, NULL, "/main.conf:5: address is missing here" },
	{ CONF("", "address = \"nobody\"; url = \"imaps://h/\"; user = \"u\";" SECRET), NULL, NULL, NULL, "/main.conf:6: address is \"nobody\"" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";" SECRET), NULL, NULL, NULL, "/main.conf:5: url is missing here" },
	{ CONF("", "address = \"a@b.no\"; url = \"imaps://h/\";" SECRET), NULL, NULL, NULL, "/main.conf:5: user is missing here" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"pop3://h/\";" SECRET), NULL, NULL, NULL, "/main.conf:7: url must begin with" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://u:hemmelig@h/\";" SECRET), NULL, NULL, NULL, "/main.conf:7: no user name or password in the URL" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://h:0/\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL's port must be" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://h:99999/\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL's port must be" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://h/%0d%0aA1\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL's folder is not sound" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://h/%zz\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL's folder is not sound" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps://[::1/\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL's \"[\"" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\";\nurl = \"imaps:///INBOX\";" SECRET), NULL, NULL, NULL, "/main.conf:7: the URL names no host" },
	{ CONF("", "address = \"a@b.no\";\nurl = \"maildir:/does/not/exist\";"), NULL, NULL, NULL, "/main.conf:7: url: /does/not/exist" },
	{ CONF("", BOX), NULL, NULL, NULL, "/main.conf:5: no secret" },
	{ CONF("", BOX SECRET "\npassword_command = \"x\";"), NULL, NULL, NULL, "/main.conf:7: password_command beside password_credential" },
	{ CONF("", BOX "\npassword_file = \"nowhere\";"), NULL, NULL, NULL, "/main.conf:7: password_file: " },
	{ CONF("", BOX "\npassword_credential = \"../aar\";"), NULL, NULL, NULL, "/main.conf:7: password_credential is the name of a file" },
	{ CONF("", BOX "\nauth = \"xoauth2\";"), NULL, NULL, NULL, "/main.conf:7: auth = \"xoauth2\" needs token_command" },
	{ CONF("", BOX "auth = \"xoauth2\";\n" SECRET), NULL, NULL, NULL, "/main.conf:7: auth = \"xoauth2\" needs token_command instead of password_credential" },
	{ CONF("", BOX "\ntoken_command = \"x\";"), NULL, NULL, NULL, "/main.conf:7: token_command needs auth" },
	{ CONF("", BOX SECRET "\nauth = \"ntlm\";"), NULL, NULL, NULL, "/main.conf:7: auth is \"ntlm\"" },
	{ CONF("", BOX SECRET "\ntls = \"none\";"), NULL, NULL, NULL, "/main.conf:7: tls = \"none\" contradicts imaps://" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\"; url = \"imap://imap.example.no/\";" SECRET "\ntls = \"none\";"), NULL, NULL, NULL, "/main.conf:7: tls = \"none\" is only for" },
	{ CONF("", "address = \"a@b.no\"; user = \"u\"; url = \"imap://10.0.0.1/\";" SECRET "\ntls = \"none\";"), NULL, NULL, NULL, "/main.conf:7: tls = \"none\" is only for" },
	{ CONF("", BOX SECRET "\ntls = \"maybe\";"), NULL, NULL, NULL, "/main.conf:7: tls is \"maybe\"" },
	{ CONF("", BOX SECRET "\ntls_ca_file = \"nowhere.pem\";"), NULL, NULL, NULL, "/main.conf:7: tls_ca_file: " },
	{ CONF("", BOX SECRET "\nafter = \"delete\";"), NULL, NULL, NULL, "/main.conf:7: after is \"delete\"" },
	{ CONF("", BOX SECRET "\nafter = \"move:\";"), NULL, NULL, NULL, "/main.conf:7: after is \"move:\"" },
	{ CONF("", BOX SECRET "\nafter = \"move:INBOX\";"), NULL, NULL, NULL, "/main.conf:7: after moves the mail into the folder it is read from" },
	{ CONF("", "address = \"a@b.no\"; url = \"maildir:/tmp\";\nafter = \"keyword\";"), NULL, NULL, NULL, "/main.conf:7: a maildir is only read" },
	{ CONF("", BOX SECRET "\nidle = \"yes\";"), NULL, NULL, NULL, "/main.conf:7: idle must be true or false" },
	{ TOP "mailboxes = {\na = {" BOX SECRET "};\nb = {" BOX SECRET "};\n};", NULL, NULL, NULL, "/main.conf:4: mailbox b reads the same folder as a (line 3)" },
#define AT(url)	"address = \"a@b.no\"; user = \"u\"; url = \"" url "\";" SECRET
#define TWO(one, other)	TOP "mailboxes = {\na = {" AT(one) "};\nb = {" AT(other) "};\n};"
	{ TWO("imaps://localhost/", "imaps://127.0.0.1/INBOX"), NULL, NULL, NULL, "/main.conf:4: mailbox b reads the same folder as a (line 3)" },
	{ TWO("imaps://imap.example.no/a", "imap://IMAP.example.no/a"), NULL, NULL, NULL, "/main.conf:4: mailbox b reads the same folder as a (line 3)" },
	{ TOP "mailboxes = {\na = { address = \"a@b.no\"; url = \"maildir:consultations.d\"; };\n"
	    "b = { address = \"a@b.no\"; url = \"maildir:./consultations.d/\"; };\n};", NULL, NULL, NULL, "/main.conf:4: mailbox b reads the same folder as a (line 3)" },
	/* a consultation */
	{ NULL, DATES, NULL, NULL, "/c.conf:1: title is missing here" },
	{ NULL, "title = \"T\";\ndeadline = \"2022-05-27\";", NULL, NULL, "/c.conf:1: opened is missing here" },
	{ NULL, "title = \"T\";\nopened = \"2022-05-27\";", NULL, NULL, "/c.conf:1: deadline is missing here" },
	{ NULL, "title = \"T\";\n" DATES "frist = 1;", NULL, NULL, "/c.conf:3: unknown setting \"frist\"" },
	{ NULL, "title = \"T\";\nopened = \"2022-04-26\";\ndeadline = \"2022-04-25\";", NULL, NULL, "/c.conf:3: deadline 2022-04-25 is before opened" },
	{ NULL, "title = \"T\";\nopened = \"2022-04-26\";\ndeadline = \"2022-02-29\";", NULL, NULL, "/c.conf:3: deadline is \"2022-02-29\"" },
	{ NULL, "title = \"T\";\nopened = \"26.04.2022\";\ndeadline = \"2022-05-27\";", NULL, NULL, "/c.conf:2: opened is \"26.04.2022\"" },
	{ NULL, "title = \"T\";\n" DATES "letters = [ \"2022-04-26\",\n\"2022-13-01\" ];", NULL, NULL, "/c.conf:4: letters: \"2022-13-01\"" },
	{ NULL, "title = \"T\";\n" DATES "case = \"4593\";", NULL, NULL, "/c.conf:3: case is \"4593\"" },
	{ NULL, "title = \"T\";\n" DATES "mailboxes = [ \"aar\",\n\"hmr\" ];", NULL, NULL, "/c.conf:4: " },
	{ NULL, "title = \"T\";\n" DATES "aliases = \"x\";", NULL, NULL, "/c.conf:3: aliases must be a list of strings" },
	{ NULL, "title = \"T\";\n" DATES "aliases = (\"x\",\n3);", NULL, NULL, "/c.conf:4: aliases: not a string" },
	{ NULL, "title = \"T\";\n" DATES "questions = [ \"\" ];", NULL, NULL, "/c.conf:3: questions: an empty string" },
	{ NULL, "title = \"T\";\n" DATES "registration = {\nmailboxes = [ \"kaes\" ];\ndeadline = \"2022-05-06\"; };", NULL, NULL, "/c.conf:4: " },
	{ NULL, "title = \"T\";\n" DATES "registration = {\ndeadline = \"2022-04-06\"; };", NULL, NULL, "/c.conf:4: the registration's deadline" },
	{ NULL, "title = \"T\";\n" DATES "registration = {\nmax_persons = 2; };", NULL, NULL, "/c.conf:3: deadline is missing here" },
	{ NULL, "title = \"T\";\n" DATES "registration = {\ndeadline = \"2022-05-06\";\nmax_persons = 2000; };", NULL, NULL, "/c.conf:5: max_persons is 2000" },
	{ NULL, "title = \"T\";\n" DATES "registration = {\ndeadline = \"2022-05-06\";\nx = 2; };", NULL, NULL, "/c.conf:5: unknown setting \"x\"" },
	{ NULL, "title = \"T\"; case = \"21/4593\";\n" DATES, "title = \"U\";\ncase = \"2021/4593-33\";\n" DATES, NULL, "/d.conf:2: case 2021/4593-33 is also the case of c" },
	{ NULL, "title = \"Én tittel\";\n" DATES, DATES "title = \"en  Tittel\";\n", NULL, "/d.conf:2: title and opened are those of c" },
	{ NULL, "title = \"T\";\n" DATES "invited = \"nowhere.tsv\";", NULL, NULL, "/c.conf:3: cannot read " },
	{ NULL, "title = \"T\"\n letters =", NULL, NULL, "/c.conf:2: syntax error" },
	/* the list of invited */
#define INVITING	"title = \"T\"; invited = \"i.tsv\";\n" DATES
	{ NULL, INVITING, NULL, "A\n\n\tB\n", "/i.tsv:3: no name in the first column" },
	{ NULL, INVITING, NULL, "A\nB\tpost@\n", "/i.tsv:2: \"post@\" is no e-mail address" },
	{ NULL, INVITING, NULL, "A\nB\t974760674\n", "/i.tsv:2: \"974760674\" is no organisation number" },
	{ NULL, INVITING, NULL, "A\nB\t974760673\t983 887 406\n", "/i.tsv:2: two organisation numbers" },
	{ NULL, INVITING, NULL, "Sørøy kommune\nB\nSØRØY  KOMMUNE\n", "/i.tsv:3: this organisation stands on line 1 already" },
	{ NULL, INVITING, NULL, "A\t974760673\nB\nC\t974 760 673\n", "/i.tsv:3: organisation number 974760673 is the organisation's on line 1 already" },
	{ NULL, INVITING, NULL, "A\nB\xf8\n", "/i.tsv:2: not UTF-8" },
	{ NULL, INVITING, NULL, "# nobody\n", "/i.tsv: no organisation in this list" },
};

static enum outcome
load_text(const char *main, const char *c, const char *d, const char *invited, char **said, struct conf **out)
{
	char   path[PATH_MAX];
	size_t n;
	FILE  *f = open_memstream(said, &n);
	enum outcome o;

	write_file("main.conf", main);
	write_file("consultations.d/c.conf", c);
	write_file("consultations.d/d.conf", d);
	write_file("consultations.d/i.tsv", invited);
	(void)snprintf(path, sizeof path, "%s/main.conf", folder);
	o = conf_load(path, f, out);
	(void)fclose(f);
	return o;
}

static void
test_mistakes(void)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		const struct mistake_case *m = &mistakes[i];
		struct conf *conf = NULL;
		char *said = NULL;
		enum outcome o = load_text(m->main != NULL ? m->main : GOOD, m->consultation, m->other, m->invited, &said, &conf);

		if (!check(o == OUTCOME_REFUSED && conf == NULL && strstr(said, m->want) != NULL && strstr(said, "hemmelig") == NULL, m->want, (int)i))
			(void)printf("  said: %s\n", said);
		conf_free(conf);
		free(said);
	}
}

/* Two may share an address: told when somebody asks, and no mistake. */
static void
test_remarks(void)
{
	struct conf *conf = NULL;
	char *said = NULL, *remarks = NULL;
	size_t n;
	FILE *f = open_memstream(&remarks, &n);

	CHECK(load_text(GOOD, INVITING, NULL, "A\tpost@a.no\nB\tpost@b.no\tPOST@A.no\nC\tc@c.no\tc@c.no\n", &said, &conf) == OUTCOME_OK && said[0] == '\0');
	CHECK(conf != NULL && f != NULL && invited_remarks(conf, f) == 1);
	(void)fclose(f);
	if (!CHECK(strstr(remarks, "/i.tsv:2: note: post@a.no is the address of line 1 too") != NULL))
		(void)printf("  said: %s\n", remarks);
	conf_free(conf);
	free(said);
	free(remarks);
}

/* Several mistakes in several files are told together, a line each. */
static void
test_all_at_once(void)
{
	struct conf *conf = NULL;
	char *said = NULL;
	int   lines = 0;

	CHECK(load_text(CONF("poll = \"1\";\nworkers = -1;", BOX), "title = 1;\n" DATES, "x = 1;", NULL, &said, &conf) == OUTCOME_REFUSED);
	for (const char *p = said; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	if (!CHECK(lines == 8))
		(void)printf("%s", said);
	CHECK(strstr(said, "/main.conf:4: workers") != NULL && strstr(said, "/c.conf:1: title") != NULL && strstr(said, "/d.conf:1: unknown") != NULL);
	free(said);
}

static void
test_names_of_files(void)
{
	struct conf *conf = NULL;
	char *said = NULL;

	write_file("consultations.d/Opptrapping_2022.conf", "title = \"T\";\n" DATES);
	write_file("consultations.d/c.conf~", "not read");
	CHECK(load_text(GOOD, NULL, NULL, NULL, &said, &conf) == OUTCOME_REFUSED);
	CHECK(strstr(said, "/Opptrapping_2022.conf: the file's name is the consultation's id") != NULL);
	CHECK(strstr(said, "not read") == NULL && strstr(said, "c.conf~") == NULL);
	free(said);
	write_file("consultations.d/Opptrapping_2022.conf", NULL);
	CHECK(conf_load("/does/not/exist.conf", NULL, &conf) == OUTCOME_REFUSED && conf == NULL);
}

static void
test_values(void)
{
	static const char text[] = "\xef\xbb\xbf" CONF("poll = \"5m\";\ncontrol = \"c.sock\";", BOX SECRET "\nafter = \"move:Ferdig/2022\"; idle = false;\n};\n"
	    "hmr = { address = \"h@x.no\"; user = \"h\"; url = \"imap://[::1]:1143/Delt%20mappe/P\xc3\xa5melding\"; tls = \"none\"; password_command = \"x\";");
	static const char consultation[] = "title = \"T\"; case = \"OED 2002/2351 EV EAM\";\n" DATES "mailboxes = [ \"hmr\" ]; invited = \"i.tsv\";";
	static const char invited[] = "\xef\xbb\xbf# list\nA\tPostboks 1\t0107\tOSLO\tPost@A.no\twww.a.no\t974 760 673\r\nB\tSt.Olavs gate\t@b.kommune.no\n";
	struct conf *c = NULL;
	char *said = NULL, path[PATH_MAX], digest[65];

	if (!CHECK(load_text(text, consultation, NULL, invited, &said, &c) == OUTCOME_OK)) {
		(void)printf("%s", said);
		free(said);
		return;
	}
	free(said);
	(void)snprintf(path, sizeof path, "%s/c.sock", folder);
	CHECK(strcmp(c->control, path) == 0 && c->poll_ms == 300000);
	CHECK(c->n_mailboxes == 2 && c->mailboxes[0].port == 993 && c->mailboxes[0].after == AFTER_MOVE && !c->mailboxes[0].idle);
	CHECK(strcmp(c->mailboxes[0].after_folder, "Ferdig/2022") == 0 && c->mailboxes[0].secret == SECRET_CREDENTIAL);
	CHECK(strcmp(c->mailboxes[1].host, "::1") == 0 && c->mailboxes[1].port == 1143 && c->mailboxes[1].tls == TLS_NONE && c->mailboxes[1].idle);
	CHECK(strcmp(c->mailboxes[1].folder, "Delt mappe/P\xc3\xa5melding") == 0 && conf_mailbox(c, "hmr") == &c->mailboxes[1]);
	CHECK(strcmp(c->consultations[0].id, "c") == 0 && strcmp(c->consultations[0].case_norm, "2002/2351") == 0);
	CHECK(c->consultations[0].opened_at == 1650924000 && c->consultations[0].deadline_at == 1653688800);
	CHECK(c->consultations[0].n_invited == 2);
	CHECK(strcmp(c->consultations[0].invited[0].name, "A") == 0 && c->consultations[0].invited[0].line == 2);
	CHECK(strcmp(c->consultations[0].invited[0].address, "Postboks 1, 0107 OSLO") == 0);
	CHECK(strcmp(c->consultations[0].invited[0].emails[0], "post@a.no") == 0 && strcmp(c->consultations[0].invited[0].domains[0], "a.no") == 0);
	CHECK(strcmp(c->consultations[0].invited[0].orgnr, "974760673") == 0);
	CHECK(strcmp(c->consultations[0].invited[1].address, "St.Olavs gate") == 0 && strcmp(c->consultations[0].invited[1].domains[0], "b.kommune.no") == 0);
	memcpy(digest, c->digest, sizeof digest);
	conf_free(c);
	c = NULL;
	CHECK(load_text(text, consultation, NULL, "A\n", &said, &c) == OUTCOME_OK && strcmp(c->digest, digest) != 0);
	free(said);
	conf_free(c);
}

static void
write_rule(const char *rule)
{
	char  path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/r", folder);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof path, "%s/r/phrases", folder);
	f = fopen(path, "w");
	if (CHECK(f != NULL)) {
		(void)fputs(rule, f);
		(void)fclose(f);
	}
}

/* Who changes a rule of the own folder and nothing else has another configuration. */
static void
test_rules_count(void)
{
	static const char text[] = CONF("rules = \"r\";", BOX SECRET), consultation[] = "title = \"T\";\n" DATES "mailboxes = [ \"aar\" ];";
	static const char *const rules[] = { "answer\tsvar\n", "answer\tsvar\n", "answer\tsvar fra\n" };
	char   *said = NULL, digests[3][65] = { "", "", "" };
	size_t  i;

	for (i = 0; i < 3; i++) {
		struct conf *c = NULL;

		write_rule(rules[i]);
		if (CHECK(load_text(text, consultation, NULL, NULL, &said, &c) == OUTCOME_OK)) {
			memcpy(digests[i], c->digest, sizeof digests[i]);
			conf_free(c);
		} else
			(void)printf("%s", said);
		free(said);
	}
	CHECK(digests[0][0] != '\0' && strcmp(digests[0], digests[1]) == 0 && strcmp(digests[1], digests[2]) != 0);
}

/* Servers that share a machine, folders that share a name: not the same. */
static void
test_two_that_differ(void)
{
	static const char *const texts[] = {
		TWO("imaps://127.0.0.1:1993/", "imaps://127.0.0.1:2993/"), TWO("imaps://127.0.0.1:1993/", "imap://127.0.0.1:1143/"),
		TWO("imaps://a.no/", "imaps://b.no/"), TWO("imaps://a.no/x", "imaps://a.no/X"),
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct conf *c = NULL;
		char *said = NULL;

		if (!CHECK(load_text(texts[i], NULL, NULL, NULL, &said, &c) == OUTCOME_OK))
			(void)printf("%s", said);
		free(said);
		conf_free(c);
	}
}

/* Days begin and end on the zone's clock, also where the clock changes that night; TZ stays what it was. */
static void
test_clock(void)
{
	struct conf *c = NULL;
	char *said = NULL, at[32];

	CHECK(setenv("TZ", "Asia/Tokyo", 1) == 0);
	CHECK(load_text(GOOD, "title = \"T\"; opened = \"2022-03-27\"; deadline = \"2022-10-30\";", NULL, NULL, &said, &c) == OUTCOME_OK);
	free(said);
	CHECK(strcmp(getenv("TZ"), "Asia/Tokyo") == 0);
	CHECK(c->consultations[0].opened_at == 1648335600);	/* 26th 23:00 UTC, an hour before the clock goes to summer */
	CHECK(c->consultations[0].deadline_at == 1667170800);	/* 30th 23:00 UTC: the day had 25 hours */
	conf_local(c, 1648342799, at);
	CHECK(strcmp(at, "2022-03-27 01:59:59") == 0);
	conf_local(c, 1648342800, at);
	CHECK(strcmp(at, "2022-03-27 03:00:00") == 0);
	conf_local(c, 3000000000, at);
	CHECK(strcmp(at, "2065-01-24 06:20:00") == 0);
	conf_utc(1648342800, at);
	CHECK(strcmp(at, "2022-03-27T01:00:00Z") == 0);
	conf_free(c);
	/* In Santiago the clock jumped over midnight: the 11th began at one. */
	CHECK(load_text(CONF("timezone = \"America/Santiago\";", BOX SECRET), "title = \"T\"; opened = \"2022-09-11\"; deadline = \"2022-09-11\";",
	    NULL, NULL, &said, &c) == OUTCOME_OK);
	free(said);
	conf_local(c, c->consultations[0].opened_at, at);
	CHECK(strcmp(at, "2022-09-11 01:00:00") == 0);
	conf_local(c, c->consultations[0].opened_at - 1, at);
	CHECK(strcmp(at, "2022-09-10 23:59:59") == 0);
	conf_free(c);
	CHECK(unsetenv("TZ") == 0);
}

static void
test_case_references(void)
{
	static const struct { const char *ref, *norm; } cases[] = {
		{ "21/4593-33", "2021/4593" }, { "2021/4593", "2021/4593" }, { "15/164-2", "2015/164" }, { "2016/9840 HELHJO", "2016/9840" },
		{ "OED 2002/2351 EV EAM", "2002/2351" }, { "2013/093569-001", "2013/93569" }, { "2004/04600", "2004/4600" },
		{ "200701234-/ABC", "2007/1234" }, { "200701234-", "2007/1234" }, { "99/12", "1999/12" },
		{ "55/16", NULL }, { "4593", NULL }, { "", NULL }, { "21/", NULL }, { "021/4593", NULL }, { "26.04.2022", NULL },
		{ "10/5/2022", NULL }, { "21/45930000000", NULL }, { "1850/12", NULL }, { "21/4593.2", NULL }, { "99999999999999999999/1", NULL },
		{ "21/0", NULL }, { "974760673", NULL },
	};
	char out[24];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int found = conf_case_normalise(cases[i].ref, out);

		if (!CHECK(found == (cases[i].norm != NULL) && (!found || strcmp(out, cases[i].norm) == 0)))
			(void)printf("  \"%s\" gives \"%s\"\n", cases[i].ref, found ? out : "nothing");
	}
}

/* The sample beside our consultations, with its data in our folder, because /var/lib/hoeringd need not be here. */
static void
copy_sample(const char *root)
{
	static const char there[] = "/var/lib/hoeringd/", consultations[] = "\"consultations.d\"";
	char   path[PATH_MAX], text[16384], *p;
	size_t n;
	FILE  *f;

	(void)snprintf(path, sizeof path, "%s/config/hoeringd.conf.sample", root);
	f = fopen(path, "r");
	if (f == NULL || (n = fread(text, 1, sizeof text - 1, f)) == 0 || fclose(f) != 0)
		exit(99);
	text[n] = '\0';
	for (int k = 0; (p = strstr(text, there)) != NULL; k++) {
		memmove(p, p + sizeof there - 1, strlen(p + sizeof there - 1) + 1);
		CHECK(k < 3);
	}
	p = strstr(text, consultations);
	if (!CHECK(p != NULL))
		return;
	memcpy(p, "\"samples.d\"      ", sizeof consultations - 1);
	write_file("sample.conf", text);
	(void)snprintf(path, sizeof path, "%s/config/consultations.d", root);
	(void)snprintf(text, sizeof text, "%s/samples.d", folder);
	CHECK(symlink(path, text) == 0);
}

/* What we hand out as an example must be without a mistake, and say what the letters of the two cases say. */
static void
test_sample(const char *root)
{
	const struct conf_consultation *plan;
	struct conf *c = NULL;
	char path[PATH_MAX], at[32];

	copy_sample(root);
	(void)snprintf(path, sizeof path, "%s/sample.conf", folder);
	if (!CHECK(conf_load(path, stdout, &c) == OUTCOME_OK))
		return;
	CHECK(c->n_mailboxes == 4 && c->n_consultations == 2);
	CHECK(conf_consultation(c, "strategiplan-2007") != NULL && conf_consultation(c, "strategiplan-2007")->n_mailboxes == 2);
	plan = conf_consultation(c, "opptrappingsplan-2022");
	CHECK(plan != NULL && plan->n_invited == 6 && plan->n_questions == 4 && plan->registration.max_persons == 2);
	CHECK(strcmp(plan->invited[0].address, "Postboks 1152 Sentrum, 0107 OSLO") == 0);
	conf_local(c, plan->deadline_at - 1, at);
	CHECK(strcmp(at, "2022-05-27 23:59:59") == 0);
	conf_free(c);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st; (void)type; (void)at;
	return remove(path);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX];

	if (argc != 2 || mkdtemp(folder) == NULL)
		return 99;
	(void)snprintf(path, sizeof path, "%s/consultations.d", folder);
	if (mkdir(path, 0700) == -1)
		return 99;
	test_mistakes();
	test_all_at_once();
	test_remarks();
	test_names_of_files();
	test_values();
	test_rules_count();
	test_two_that_differ();
	test_clock();
	test_case_references();
	test_sample(argv[1]);
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return failures == 0 ? 0 : 1;
}
