/* The parts of hoering(1) that have rules of their own: names of files, mboxes, tables and JSON. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/mail_file.h"
#include "cli/rows.h"
#include "cli/safe_name.h"
#include "tests/unit/tap.h"

/* rows.c reads a database where it is linked with one. */
enum outcome
read_rows(struct store *s, enum read_query q, int64_t submission, read_row *each, void *arg, struct why *why)
{
	(void)s; (void)q; (void)submission; (void)each; (void)arg;
	return why_set(why, OUTCOME_DEFER, "no database here");
}

enum outcome
read_consultation(struct store *s, enum read_query q, const char *consultation, read_row *each, void *arg, struct why *why)
{
	(void)s; (void)q; (void)consultation; (void)each; (void)arg;
	return why_set(why, OUTCOME_DEFER, "no database here");
}

static void
test_names(void)
{
	static const struct { const char *wish, *name; } cases[] = {
		{ "svar.pdf", "svar.pdf" }, { "../../etc/passwd", "_.._etc_passwd" }, { "/etc/passwd", "_etc_passwd" }, { "C:\\brev\\a.doc", "C__brev_a.doc" },
		{ ".bashrc", "bashrc" }, { "-rf", "rf" }, { "..", "unnamed" }, { "", "unnamed" }, { "  ", "unnamed" }, { "a\nb\x1b[2J.pdf", "a_b_[2J.pdf" },
		{ "h\xc3\xb8ringssvar.docx", "h\xc3\xb8ringssvar.docx" }, { "h\xf8ring.doc", "h_ring.doc" }, { "\xe2\x80\xaegnp.exe", "_gnp.exe" },
		{ "brev. ", "brev" }, { "a\xc2\x85" "b", "a_b" },
	};
	char name[SAFE_NAME_BYTES], lengthy[3000];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		safe_name(cases[i].wish, name);
		TAP_CHECK("safe-name", strcmp(name, cases[i].name) == 0);
		if (strcmp(name, cases[i].name) != 0)
			(void)printf("  \"%s\", not \"%s\"\n", name, cases[i].name);
	}
	memset(lengthy, 'x', sizeof lengthy);
	for (size_t i = 0; i + 1 < 2000; i += 2)
		memcpy(lengthy + i, "\xc3\xb8", 2);
	memcpy(lengthy + 2000, ".pdf", 5);
	safe_name(lengthy, name);
	TAP_CHECK("safe-name cuts a long one between characters and keeps what it is", strlen(name) == 200 && strcmp(name + 196, ".pdf") == 0 &&
	    (name[195] & 0xc0) == 0x80);
}

static void
test_create(void)
{
	char folder[] = "/tmp/test_cli.XXXXXX", name[SAFE_NAME_BYTES], content[4] = "";
	int  dir = mkdtemp(folder) == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;

	TAP_CHECK("a folder for the test", dir != -1);
	fd = openat(dir, "a.pdf", O_CREAT | O_WRONLY, 0600);
	TAP_CHECK("an old file", fd_write_full(fd, "old", 3) == 0);
	fd_close(&fd);
	fd = safe_create(dir, "a.pdf", name);
	TAP_CHECK("safe-create numbers what is there", fd != -1 && strcmp(name, "a-2.pdf") == 0);
	fd_close(&fd);
	fd = safe_create(dir, "a.pdf", name);
	TAP_CHECK("safe-create numbers again", fd != -1 && strcmp(name, "a-3.pdf") == 0);
	fd_close(&fd);
	TAP_CHECK("a link out of the folder", symlinkat("/tmp/test_cli.outside", dir, "link") == 0);
	fd = safe_create(dir, "link", name);
	TAP_CHECK("safe-create follows no link", fd != -1 && strcmp(name, "link-2") == 0 && access("/tmp/test_cli.outside", F_OK) == -1);
	fd_close(&fd);
	fd = openat(dir, "a.pdf", O_RDONLY);
	TAP_CHECK("the old file is as it was", fd_read_full(fd, content, 3) == 0 && strcmp(content, "old") == 0);
	fd_close(&fd);
	for (size_t i = 0; i < 5; i++)
		(void)unlinkat(dir, ((const char *[]){ "a.pdf", "a-2.pdf", "a-3.pdf", "link", "link-2" })[i], 0);
	fd_close(&dir);
	(void)rmdir(folder);
}

/* What came out of a file: the mails' bytes one after the other, each with its time. */
struct seen {
	char    text[4096];
	int64_t at[8];
	int     n, stop_after, sealed;
};

static int
note(void *arg, const char *name, int fd, int64_t received_at)
{
	struct seen *s = arg;
	struct stat  st;
	size_t       n = strlen(s->text);

	s->sealed += fd_is_sealed(fd);
	if (fstat(fd, &st) == -1 || n + (size_t)st.st_size + 80 > sizeof s->text ||
	    pread(fd, s->text + n, (size_t)st.st_size, 0) != st.st_size)
		return 1;
	(void)strcat(s->text, "|");
	s->at[s->n++] = received_at;
	(void)name;
	return s->n == s->stop_after;
}

static struct seen
read_back(const char *text, int stop_after, enum outcome want)
{
	char        path[] = "/tmp/test_mbox.XXXXXX";
	struct seen s = { .stop_after = stop_after };
	struct why  why = { .text = "" };
	int         fd = mkstemp(path), stopped = 0;
	struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	TAP_CHECK("a file for the test", fd_write_full(fd, text, strlen(text)) == 0 && futimens(fd, old) == 0);
	fd_close(&fd);
	TAP_CHECK("mail_file_read", mail_file_read(path, note, &s, &stopped, &why) == want);
	TAP_CHECK("stopped when told to", stopped == (stop_after > 0));
	(void)unlink(path);
	return s;
}

static void
test_mbox(void)
{
	struct seen s;

	s = read_back("From a@b.no Tue Apr 26 10:00:00 2022\nSubject: 1\n\nen\n>From meg\n>>From deg\n\nFrom meg til deg\n\n"
	    "From c@d.no Wed Apr 27 10:00:00 +0200 2022\nSubject: 2\n\nto\n\n", 0, OUTCOME_OK);
	TAP_CHECK("mbox: two mails, unquoted, without the mbox's own lines", strcmp(s.text, "Subject: 1\n\nen\nFrom meg\n>From deg\n\nFrom meg til deg\n|"
	    "Subject: 2\n\nto\n|") == 0);
	TAP_CHECK("mbox: its own lines tell the time", s.n == 2 && s.at[0] == 1650967200 && s.at[1] == 1651046400);
	TAP_CHECK("mbox: every mail is sealed", s.sealed == 2);
	s = read_back("From a@b.no Tue Apr 26 10:00:00 2022\r\nSubject: 1\r\n\r\nen\r\n\r\nFrom a@b.no Tue Apr 26 10:00:01 2022\r\nSubject: 2\r\n\r\nto\r\n", 0, OUTCOME_OK);
	TAP_CHECK("mbox: CRLF stays as it is", strcmp(s.text, "Subject: 1\r\n\r\nen\r\n|Subject: 2\r\n\r\nto\r\n|") == 0);
	s = read_back("Received: from x by y; Tue, 26 Apr 2022 12:00:00 +0200\nReceived: from z by x; Tue, 26 Apr 2022 11:00:00 +0200\n\nFrom nobody\n", 0, OUTCOME_OK);
	TAP_CHECK("one mail: the topmost Received tells the time", s.n == 1 && s.at[0] == 1650967200);
	s = read_back("Subject: 3\n\nbytes as they are\n\n\n", 0, OUTCOME_OK);
	TAP_CHECK("one mail: else the file's time", s.n == 1 && s.at[0] == 1000000000 && strcmp(s.text, "Subject: 3\n\nbytes as they are\n\n\n|") == 0);
	s = read_back("From a@b.no Tue Apr 26 10:00:00 2022\nSubject: 1\n\nFrom a@b.no Tue Apr 26 10:00:00 2022\nSubject: 2\n\n", 1, OUTCOME_OK);
	TAP_CHECK("mbox: stops when it is told to", s.n == 1);
	s = read_back("", 0, OUTCOME_BAD);
	TAP_CHECK("an empty file is no mail", s.n == 0);
	TAP_CHECK("a line of text is no mbox line", mbox_line_time("From me to you\n") == INT64_MIN && mbox_line_time("From: a@b.no\n") == INT64_MIN);
}

static char *
printed(void (*print)(FILE *, const struct rows *), const struct rows *r)
{
	char  *text;
	size_t n;
	FILE  *f = open_memstream(&text, &n);

	print(f, r);
	(void)fclose(f);
	return text;
}

static void
as_table(FILE *f, const struct rows *r)
{
	static const struct column columns[] = { { "n", "nr" }, { "who", "who" }, { "when", "when" }, { NULL, NULL } };

	rows_table(f, r, columns);
}

static void
as_json(FILE *f, const struct rows *r)
{
	rows_json(f, r, "n missing");
}

static void
test_rows(void)
{
	static const char *const names[] = { "n", "who", "when" };
	static const char *const one[] = { "7", "Å\xcc\x8a \xe4\xb8\xad", NULL }, *const two[] = { "12", "a\x1b[2Jb\"\\", "0106" };
	struct rows r = { 0 };
	char       *text;

	text = printed(as_table, &r);
	TAP_CHECK("table: nothing of nothing", text[0] == '\0');
	free(text);
	TAP_CHECK("rows are added", rows_add(&r, 3, names, one) == 0 && rows_add(&r, 3, names, two) == 0);
	text = printed(as_table, &r);
	TAP_CHECK("table: columns by what characters fill, numbers to the right, escapes shown", strcmp(text,
	    "nr  who          when\n"
	    " 7  Å\xcc\x8a \xe4\xb8\xad         -\n"
	    "12  a\\x1b[2Jb\"\\  0106\n") == 0);
	free(text);
	text = printed(as_json, &r);
	TAP_CHECK("json: numbers where asked for, strings and null", strstr(text, "{\"n\": 7, \"who\": ") != NULL && strstr(text, "\"when\": null}") != NULL &&
	    strstr(text, "\"a\\u001b[2Jb\\\"\\\\\", \"when\": \"0106\"}") != NULL);
	free(text);
	TAP_CHECK("a cell by its name", strcmp(rows_cell(&r, 1, "n"), "12") == 0 && rows_cell(&r, 2, "n") == NULL && rows_cell(&r, 0, "x") == NULL);
	rows_cut(&r, "who", 5);
	TAP_CHECK("cut: what fits stays, else it fits with its mark", strcmp(rows_cell(&r, 0, "who"), "Å\xcc\x8a \xe4\xb8\xad") == 0 &&
	    strcmp(rows_cell(&r, 1, "who"), "a…") == 0);	/* an escape is not cut in two */
	rows_cut(&r, "who", 3);
	TAP_CHECK("cut: by what characters fill", strcmp(rows_cell(&r, 0, "who"), "Å\xcc\x8a …") == 0);
	rows_free(&r);
}

int
main(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	test_names();
	test_create();
	test_mbox();
	test_rows();
	return tap_end();
}
