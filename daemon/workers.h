/*
 * The pool of hoering-parse servers: who is free, who works on what, who has to be stopped.
 * Owns the processes and their sockets; never reads a byte of a mail or of a record.
 */
#ifndef HOERING_DAEMON_WORKERS_H
#define HOERING_DAEMON_WORKERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "parsers/wire.h"

struct workers;
struct pollfd;

/* What they do with a mail: MAIL at once; OCR the later pass, at the lowest priority and with its own limits. */
enum workers_task { WORKERS_MAIL, WORKERS_OCR };

/* `n` servers (0: one per core), started as they are needed. `rules` NULL or "": the rules built into the parser. */
enum outcome workers_new(unsigned n, const char *rules, enum workers_task task, struct workers **out, struct why *why) MUST_CHECK;
void         workers_free(struct workers **w);		/* kills them */
/* New servers from now on read these rules: those that run are stopped as they become free. */
enum outcome workers_rules(struct workers *w, const char *rules, struct why *why) MUST_CHECK;

/* 1 when a mail can be given to a server at once. */
int          workers_have_room(struct workers *w);
size_t       workers_busy(const struct workers *w);
/* Hands a mail over; `fd` stays the caller's. OUTCOME_DEFER: no server could be started. */
enum outcome workers_give(struct workers *w, int64_t submission, unsigned tries, int fd, struct why *why) MUST_CHECK;

/* What came of it. end as in the parser's answer; PARSE_CRASHED with detail 0 also when the server itself died. */
struct worker_answer {
	int64_t        submission;
	unsigned       tries;		/* as given */
	enum parse_end end;
	int            detail;
	int            records;		/* memfd or -1; the receiver's to close */
	int64_t        started_ms;
};
/* How it ended, in words, "" when well; `out` holds some of them. */
const char *worker_ended(const struct worker_answer *a, char *out, size_t size);
/* A server that is gone (detail 0) or a child killed by somebody else: the message need not be the cause. */
int         worker_was_stopped(const struct worker_answer *a);
typedef void workers_answered(void *arg, const struct worker_answer *a);

size_t  workers_poll_set(const struct workers *w, struct pollfd *fds, size_t max);
/* Reads answers, stops servers that are silent beyond the wall limit, reaps dead ones. */
void    workers_run(struct workers *w, const struct pollfd *fds, size_t n, workers_answered *answered, void *arg);
/* Milliseconds until workers_run() has something to do by the clock; -1: nothing. */
int64_t workers_wait_ms(const struct workers *w);

#endif
