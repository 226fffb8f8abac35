/*
 * hoering-token: prints the access token of an account, for the token_command of a mailbox. A token that is good is taken from
 * the store, else the account's server is asked. It holds one account's secrets, and ends.
 */
#include <getopt.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "config/conf.h"
#include "daemon/token/account.h"
#include "daemon/token/flow.h"
#include "daemon/token/http.h"
#include "daemon/token/lock.h"
#include "daemon/token/store.h"
#include "daemon/token/wipe.h"

enum act { ACT_PRINT, ACT_CHECK, ACT_LOGIN };

struct options {
	const char *folder, *name;
	enum act    act;
	int         renew;
};

_Noreturn static void
usage(void)
{
	(void)fprintf(stderr, "usage: hoering-token [-d FOLDER] [--check | --login] [--renew] ACCOUNT\n");
	exit(EX_USAGE);
}

static struct options
read_options(int argc, char **argv)
{
	static const struct option known[] = { { "check", no_argument, NULL, 'C' }, { "login", no_argument, NULL, 'L' },
		{ "renew", no_argument, NULL, 'R' }, { NULL, 0, NULL, 0 } };
	struct options o = { ACCOUNT_FOLDER, NULL, ACT_PRINT, 0 };
	int            c;

	while ((c = getopt_long(argc, argv, "d:", known, NULL)) != -1)
		switch (c) {
		case 'd':
			o.folder = optarg;
			break;
		case 'C':
			o.act = ACT_CHECK;
			break;
		case 'L':
			o.act = ACT_LOGIN;
			break;
		case 'R':
			o.renew = 1;
			break;
		default:
			usage();
		}
	if (optind + 1 != argc)
		usage();
	o.name = argv[optind];
	return o;
}

/* Before there is a secret: nobody may look into this process, and what a library frees is wiped. */
static enum outcome
harden(struct why *why)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(077);
	(void)mallopt(M_PERTURB, 0x5a);	/* what libraries free by themselves is overwritten too, all but the small blocks */
	json_set_alloc_funcs(wipe_malloc, wipe_free);
	return http_start(why);
}

/* Not through stdio: its buffer would keep a copy. */
static enum outcome
print_token(const char *token, struct why *why)
{
	if (fd_write_full(STDOUT_FILENO, token, strlen(token)) == -1 || fd_write_full(STDOUT_FILENO, "\n", 1) == -1)
		return why_errno(why, OUTCOME_DEFER, "the token could not be written");
	return OUTCOME_OK;
}

static enum outcome
run(const struct options *options, const struct account *a, struct why *why)
{
	struct store *s = NULL;
	char          until[32];
	enum outcome  o;

	o = store_open(a, &s, why);
	if (o == OUTCOME_OK)
		o = token_lock(a, why);
	if (o == OUTCOME_OK && options->act == ACT_LOGIN) {
		store_close(&s);	/* others may use it while a person signs in */
		o = flow_login(a, why);
		if (o == OUTCOME_OK)
			(void)printf("Signed in.\n");
		return o;
	}
	if (o == OUTCOME_OK)
		o = flow_token(a, s, options->renew, why);
	if (o == OUTCOME_OK && options->act == ACT_PRINT)
		o = print_token(store_grant(s)->access_token, why);
	else if (o == OUTCOME_OK) {
		conf_utc(store_grant(s)->expires_at, until);
		(void)printf("%s: ok, the token is good until %s\n", a->name, until);
	}
	store_close(&s);
	return o;
}

int
main(int argc, char **argv)
{
	struct options  options = read_options(argc, argv);
	struct account *a = NULL;
	struct why      why = { .text = "" };
	enum outcome    o;

	log_open("hoering-token", 0, 1);
	if (harden(&why) != OUTCOME_OK)
		fatal(EX_OSERR, "%s", why.text);
	if (account_load(options.folder, options.name, stderr, &a) != OUTCOME_OK)
		return EX_CONFIG;
	o = run(&options, a, &why);
	if (o != OUTCOME_OK)	/* no time, no ident: hoering-fetch repeats the beginning of it */
		(void)fprintf(stderr, "%s: %s\n", a->name, why.text);
	account_free(a);
	http_end();
	wipe_stack();
	return o == OUTCOME_OK ? EX_OK : o == OUTCOME_REFUSED ? EX_CONFIG : EX_TEMPFAIL;
}
