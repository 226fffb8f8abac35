/*
 * hoering-parse: reads one message after the other for hoeringd, each in a locked process of its own (see server.h).
 * Owns the command line and what is loaded before the lock. --check: only says whether it takes the rules.
 */
#include <errno.h>
#include <glib.h>
#include <libxml/parser.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "parsers/charset.h"
#include "parsers/magic.h"
#include "parsers/mime.h"
#include "parsers/ocr.h"
#include "parsers/pdf.h"
#include "parsers/rules.h"
#include "parsers/server.h"
#include "parsers/wire.h"
#include "parsers/zip.h"

/* Libraries remark on what strangers send; that is no line for a log, and writing one asks for more than a child may do. */
static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
	(void)level;
	(void)fields;
	(void)n_fields;
	(void)unused;
	return G_LOG_WRITER_HANDLED;
}

/* Everything that opens a file at its first use is used once here: a child can open nothing. */
static void
warm_up(void)
{
	GTimeZone *local = g_time_zone_new_local();

	g_log_set_writer_func(say_nothing, NULL, NULL);
	tzset();
	g_time_zone_unref(local);
	(void)g_get_charset(NULL);
	charset_warm_up();
	xmlInitParser();
	magic_warm_up();
	mime_warm_up();
	zip_warm_up();
	pdf_warm_up();
}

static int
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* The mistake goes to who asked, where it says which file and line; EX_CONFIG says that there is one. */
static int
say_mistake(const struct why *why)
{
	return send(PARSE_FD, why->text, strlen(why->text), MSG_NOSIGNAL) == -1 ? EX_IOERR : EX_CONFIG;
}

int
main(int argc, char **argv)
{
	const char  *dir = NULL;
	struct rules rules;
	struct why   why = { 0, "" };
	pid_t        parent = getppid();
	int          i, is_server = 0, is_check = 0, is_ocr = 0;

	log_open("hoering-parse", LOG_MAIL, 1);
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--server") == 0)
			is_server = 1;
		else if (strcmp(argv[i], "--check") == 0)
			is_check = 1;
		else if (strcmp(argv[i], "--ocr") == 0)
			is_ocr = 1;
		else if (strcmp(argv[i], "--rules") == 0 && i + 1 < argc)
			dir = argv[++i];
		else
			fatal(EX_USAGE, "usage: hoering-parse --server [--ocr] [--rules DIR] | --check [--rules DIR]");
	}
	if (is_server == is_check || !is_socket(PARSE_FD))
		fatal(EX_USAGE, "hoering-parse is started by hoeringd and hoering, with a socket at descriptor %d", PARSE_FD);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		fatal(EX_OSERR, "cannot follow the daemon's end");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (rules_load(dir, &rules, &why) != OUTCOME_OK) {
		if (is_check)
			return say_mistake(&why);
		fatal(EX_CONFIG, "%s", why.text);
	}
	if (is_check) {
		rules_free(&rules);
		return EX_OK;
	}
	if (is_ocr && ocr_load(&why) != OUTCOME_OK)
		log_warnx("no-ocr", "%s: scanned pages stay without text", why.text);
	warm_up();
	if (server_run(&rules, &why) != OUTCOME_OK)
		fatal(EX_UNAVAILABLE, "%s", why.text);
	rules_free(&rules);
	return 0;
}
