/*
 * hoeringd: reads its configuration, opens the line, and lets supervise() run it. See intake.c for what happens to a mail.
 */
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "base/log.h"
#include "config/conf.h"
#include "config/invited.h"
#include "daemon/intake.h"
#include "daemon/rules.h"
#include "daemon/spawn.h"
#include "daemon/supervise.h"

static void
usage(FILE *f)
{
	(void)fputs("usage: hoeringd [-c FILE] [-f] [--once | --check]\n"
	    "  -c FILE   configuration, see hoeringd.conf(5); /etc/hoeringd/hoeringd.conf when not given\n"
	    "  -f        stay in the foreground and log to stderr\n"
	    "  --once    one round of all mailboxes, then exit 0; 75 if any mailbox failed\n"
	    "  --check   configuration, credentials, TLS and login of every mailbox; changes nothing\n", f);
}

/* Each mailbox in a hoering-fetch of its own, as the daemon would; it prints what it finds. */
static int
check_mailboxes(const struct conf *conf)
{
	char       path[1024];
	struct why why;
	size_t     i;
	int        status, worst = EX_OK;
	pid_t      pid;
	sigset_t   none;

	if (spawn_find("hoering-fetch", path, sizeof path, &why) != OUTCOME_OK) {
		(void)fprintf(stderr, "hoeringd: %s\n", why.text);
		return EX_OSFILE;
	}
	for (i = 0; i < conf->n_mailboxes; i++) {
		(void)fflush(stdout);
		pid = fork();
		if (pid == 0) {
			(void)sigemptyset(&none);
			(void)sigprocmask(SIG_SETMASK, &none, NULL);
			(void)execl(path, "hoering-fetch", "-c", conf->file, "-m", conf->mailboxes[i].name, "--check", (char *)NULL);
			_exit(EX_OSFILE);
		}
		if (pid == -1 || waitpid(pid, &status, 0) == -1)
			return EX_OSERR;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
		if (status != EX_OK && worst != EX_CONFIG)
			worst = status;
	}
	return worst;
}

static int
check(const struct conf *conf)
{
	int status;

	(void)invited_remarks(conf, stdout);
	(void)printf("configuration ok: %zu mailboxes, %zu consultations\n", conf->n_mailboxes, conf->n_consultations);
	status = check_mailboxes(conf);
	(void)printf("%s\n", status == EX_OK ? "everything is ready" : "not everything is ready: see above");
	return status;
}

/* As the mistakes of the other files: on stderr, before anything is started. */
static int
check_rules(const struct conf *conf)
{
	struct why   why;
	enum outcome o = rules_check(conf->rules, &why);

	if (o != OUTCOME_OK)
		(void)fprintf(stderr, "%s\n", why.text);
	return o == OUTCOME_OK ? EX_OK : o == OUTCOME_REFUSED ? EX_CONFIG : EX_OSERR;
}

static int
run(struct conf *conf, enum supervise_mode mode)
{
	struct intake *in = NULL;
	struct why     why;
	int            status;

	if (intake_open(conf, &in, &why) != OUTCOME_OK) {
		log_warnx("start", "%s%s", why_disk_full(&why) ? "the disk is full: " : "", why.text);
		conf_free(conf);
		return why_disk_full(&why) ? EX_TEMPFAIL : EX_UNAVAILABLE;
	}
	status = supervise(&conf, in, mode);
	intake_close(&in);
	conf_free(conf);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "once", no_argument, NULL, 'o' }, { "check", no_argument, NULL, 'k' }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 } };
	const char         *file = "/etc/hoeringd/hoeringd.conf";
	struct conf        *conf = NULL;
	struct rlimit       no_core = { 0, 0 };
	enum supervise_mode mode = SUPERVISE_RUN;
	int                 c, foreground = 0, only_check = 0;
	sigset_t            hup;

	/* One that comes before there is anything to reload waits for supervise(), which reads it. */
	(void)sigemptyset(&hup);
	(void)sigaddset(&hup, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &hup, NULL);
	while ((c = getopt_long(argc, argv, "c:fhV", options, NULL)) != -1)
		switch (c) {
		case 'c': file = optarg; break;
		case 'f': foreground = 1; break;
		case 'o': mode = SUPERVISE_ONCE; break;
		case 'k': only_check = 1; break;
		case 'V': (void)printf("hoeringd %s\n", HOERINGD_VERSION); return EX_OK;
		case 'h': usage(stdout); return EX_OK;
		default: usage(stderr); return EX_USAGE;
		}
	if (optind != argc) {
		usage(stderr);
		return EX_USAGE;
	}
	/* The text of a large mail goes back to the system when it is filed, and does not teach malloc() to keep such blocks. */
	(void)mallopt(M_MMAP_THRESHOLD, 256 << 10);
	(void)umask(027);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (conf_load(file, stderr, &conf) != OUTCOME_OK)
		return EX_CONFIG;
	c = check_rules(conf);
	if (c == EX_OK && only_check)
		c = check(conf);
	if (c != EX_OK || only_check) {
		conf_free(conf);
		return c;
	}
	log_open("hoeringd", conf->log_facility, foreground);
	return run(conf, mode);
}
