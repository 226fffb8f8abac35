/*
 * The way to whoever may write: the running daemon over its control socket or, when none runs, the same code in here under the daemon's lock.
 * Owns that choice and the lock; knows nothing of what is asked.
 */
#ifndef HOERING_CLI_LINE_H
#define HOERING_CLI_LINE_H

#include <stddef.h>

#include "cli/command.h"

struct line {
	struct invocation *in;
	struct intake     *intake;	/* NULL while the daemon is the one who answers */
};

/* 1 when a daemon listens on that control socket. */
int line_daemon_runs(const char *socket_path);

/* Sends one request (daemon/control.h). Returns 0 or a sysexits number; `answer` gets words for a person either way. */
int line_ask(struct line *l, const char *const *fields, size_t n_fields, int fd, char *answer, size_t answer_size);

/* Opens the database for writing at once: for what no daemon can do. Told, and a number, when that cannot be. */
int line_take(struct line *l);

/* What was taken in here is parsed, judged and filed before the lock is given back. Returns 0 or a sysexits number. */
int line_finish(struct line *l);

/* 0, or EX_NOPERM told: only the database's owner may write it. */
int must_own_database(const struct conf *conf);

#endif
