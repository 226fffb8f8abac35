/*
 * hoering-fetch: one connection to one mailbox, for hoeringd (descriptor 3) or for a person (--check).
 * It reads its secret, connects, locks itself, and only then reads the first byte of the server.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "config/conf.h"
#include "daemon/fetch/imap.h"
#include "daemon/fetch/maildir.h"
#include "daemon/fetch/protocol.h"
#include "daemon/fetch/report.h"
#include "daemon/fetch/session.h"

struct options {
	const char *file, *mailbox;
	int         check;
};

_Noreturn static void
usage(void)
{
	(void)fprintf(stderr, "usage: hoering-fetch -c FILE -m MAILBOX [--check]\n");
	exit(EX_USAGE);
}

static struct options
read_options(int argc, char **argv)
{
	static const struct option known[] = { { "check", no_argument, NULL, 'C' }, { NULL, 0, NULL, 0 } };
	struct options             o = { NULL, NULL, 0 };
	int                        c;

	while ((c = getopt_long(argc, argv, "c:m:", known, NULL)) != -1)
		switch (c) {
		case 'c':
			o.file = optarg;
			break;
		case 'm':
			o.mailbox = optarg;
			break;
		case 'C':
			o.check = 1;
			break;
		default:
			usage();
		}
	if (o.file == NULL || o.mailbox == NULL || optind != argc)
		usage();
	return o;
}

/* Before there is a secret: nobody may look into this process, and no broken connection may kill it unheard. */
static void
harden(int check)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	if (!check)
		(void)fcntl(FETCH_FD, F_SETFD, FD_CLOEXEC);	/* commands that are run do not get hoeringd's socket */
}

/* One mailbox, from the first step to the last. */
static enum outcome
run(const struct conf *c, const struct conf_mailbox *m, struct report *r, struct why *why)
{
	struct session x = { .conf = c, .mailbox = m, .report = r };
	enum outcome   o;

	if (FAULT("fetch-begin"))
		return why_errno(why, OUTCOME_DEFER, "beginning");
	if (m->scheme == SCHEME_MAILDIR)
		return maildir_run(c, m, r, why);
	o = session_open(&x, why);
	if (o == OUTCOME_OK)
		o = session_serve(&x, why);
	if (o == OUTCOME_DEFER && x.imap != NULL)
		r->later_s = imap_later_s(x.imap);
	session_close(&x);
	return o;
}

/* The mailbox as configured. Mistakes go to stderr, the first of them to hoeringd too. */
static enum outcome
configure(const struct options *options, struct conf **c, const struct conf_mailbox **m, struct why *why)
{
	char        *text = NULL;
	size_t       n = 0;
	FILE        *mistakes = open_memstream(&text, &n);
	enum outcome o;

	if (mistakes == NULL)
		return why_errno(why, OUTCOME_DEFER, "no memory");
	o = conf_load_mailbox(options->file, options->mailbox, mistakes, c);
	(void)fclose(mistakes);
	if (o == OUTCOME_OK)
		*m = &(*c)->mailboxes[0];
	else {
		(void)fputs(text, stderr);
		o = why_set(why, OUTCOME_REFUSED, "%.*s", (int)strcspn(text, "\n"), text);
	}
	free(text);
	return o;
}

int
main(int argc, char **argv)
{
	struct options             options = read_options(argc, argv);
	struct conf               *c = NULL;
	const struct conf_mailbox *m = NULL;
	struct report              r;
	struct why                 why = { .text = "" };
	enum outcome               o;

	log_open("hoering-fetch", 0, 1);
	harden(options.check);
	if (report_open(&r, options.check ? -1 : FETCH_FD, options.mailbox, &why) != OUTCOME_OK)
		fatal(EX_USAGE, "%s", why.text);
	report_step(&r, NULL, "configuration");
	o = configure(&options, &c, &m, &why);
	if (!options.check)
		fd_close_from(FETCH_FD + 1);	/* the configuration may have come through one */
	if (o == OUTCOME_OK)
		o = run(c, m, &r, &why);
	report_checked(&r, o, &why);
	if (o != OUTCOME_OK)
		report_failed(&r, o, &why);
	report_close(&r);
	conf_free(c);
	return o == OUTCOME_OK ? EX_OK : o == OUTCOME_REFUSED ? EX_CONFIG : EX_TEMPFAIL;
}
