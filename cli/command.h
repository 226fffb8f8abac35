/*
 * The commands of hoering(1): what each is given, and the few things all of them do in the same way.
 * Owns the list of commands; knows nothing of what any of them does.
 */
#ifndef HOERING_CLI_COMMAND_H
#define HOERING_CLI_COMMAND_H

#include <getopt.h>
#include <stdint.h>

#include "base/why.h"
#include "config/conf.h"
#include "daemon/store/read.h"

/* What stands before the command, and the configuration when the command asks for it. */
struct invocation {
	const char  *conf_path;
	int          conf_given;	/* -c was there */
	struct conf *conf;		/* NULL for a command without CONF_NEEDED */
	const char  *usage;		/* of the command that runs */
};

enum command_needs { CONF_UNUSED, CONF_NEEDED };

struct command {
	const char        *name, *usage, *what;
	enum command_needs needs;
	int              (*run)(struct invocation *in, int argc, char **argv);	/* argv[0] is the command; a sysexits number */
};

/* One file each. */
int command_status(struct invocation *in, int argc, char **argv);
int command_statement(struct invocation *in, int argc, char **argv);
int command_why(struct invocation *in, int argc, char **argv);
int command_show(struct invocation *in, int argc, char **argv);
int command_extract(struct invocation *in, int argc, char **argv);
int command_import(struct invocation *in, int argc, char **argv);
int command_parse(struct invocation *in, int argc, char **argv);
int command_verify(struct invocation *in, int argc, char **argv);
int command_backup(struct invocation *in, int argc, char **argv);
int command_registry(struct invocation *in, int argc, char **argv);
int verify_servers(struct invocation *in);	/* its second half, with --server; a sysexits number */
int command_replay(struct invocation *in, int argc, char **argv);
int command_restore(struct invocation *in, int argc, char **argv);
int command_refile(struct invocation *in, int argc, char **argv);	/* decide.c has these six */
int command_relate(struct invocation *in, int argc, char **argv);
int command_erase(struct invocation *in, int argc, char **argv);
int command_join(struct invocation *in, int argc, char **argv);
int command_split(struct invocation *in, int argc, char **argv);
int command_kind(struct invocation *in, int argc, char **argv);

/* "hoering: …" to stderr, control characters escaped. Returns `status`, so that a command can end with it. */
int complain(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Before parsers are started or anything is judged: the rules' first mistake told and EX_CONFIG, or EX_OK. */
int check_rules(const struct conf *conf);

/* Tells how the command is to be called and returns EX_USAGE. */
int usage_error(const struct invocation *in);

/* The sysexits number for an outcome that is not OUTCOME_OK. */
int status_of(enum outcome o);

/* What came of an outcome: 0, or the words of `why` told and the number for it. */
int conclude(enum outcome o, const struct why *why);

/* stdout written out; EX_IOERR told when that failed (a full disk must not look like success). */
int finish_output(int status);

/* The database opened for reading and the submission found by id or SHA-256; told and a number when not. store_close() it. */
int open_store(const struct invocation *in, struct store **out);
int open_submission(const struct invocation *in, const char *name, struct store **out, int64_t *submission, char sha256[65]);

#endif
