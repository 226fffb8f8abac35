/*
 * One hoering-fetch for each mailbox: when it is started, what it is told, what it says, and when it is tried again.
 * Owns the processes, their sockets and the health of each mailbox; reads no byte of a mail and holds no credential.
 */
#ifndef HOERING_DAEMON_FETCHERS_H
#define HOERING_DAEMON_FETCHERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "config/conf.h"
#include "daemon/intake.h"

struct fetchers;
struct pollfd;

/* `once`: one round of each mailbox, no second try. */
enum outcome fetchers_new(const struct conf *c, int once, struct fetchers **out, struct why *why) MUST_CHECK;
void         fetchers_free(struct fetchers **f);	/* kills those that still run */

/* The new configuration: mailboxes that are gone or changed are let go, new ones started. */
enum outcome fetchers_reload(struct fetchers *f, const struct conf *c, struct why *why) MUST_CHECK;

/* Starts those whose time has come. Nothing is started while paused. */
void    fetchers_start_due(struct fetchers *f);
/*
 * Disk full and its like: everyone is let go (their mails stay on the server) and nobody is started for `wait_ms`. With `in` their
 * state is written at once if that can be: there may be room for a word where there is none for a mail.
 */
void    fetchers_pause(struct fetchers *f, int64_t wait_ms, struct intake *in);
/* Look now: those that wait are started, those that idle look. mailbox "" means all; 0 when the name is unknown. */
int     fetchers_poll_now(struct fetchers *f, const char *mailbox);

size_t  fetchers_poll_set(const struct fetchers *f, struct pollfd *fds, size_t max);
size_t  fetchers_count(const struct fetchers *f);
int64_t fetchers_wait_ms(const struct fetchers *f);	/* until the next start or time-out; -1: nothing by the clock */
/* Takes what they sent into the intake's batch. OUTCOME_DEFER: the intake could not (disk full …): pause. */
enum outcome fetchers_run(struct fetchers *f, const struct pollfd *fds, size_t n, struct intake *in, struct why *why) MUST_CHECK;
/* For intake_flush(): tells the fetcher that one mail is safe. */
void    fetchers_archived(void *arg, const struct receipt *r);
/* Holds the lists that are whole against what is known (ledger.h); asks for one where the last is a day old. */
enum outcome fetchers_compare(struct fetchers *f, struct intake *in, struct why *why) MUST_CHECK;
/* Asks for a list now; those that wait are started. As fetchers_poll_now(). */
int     fetchers_list_now(struct fetchers *f, const char *mailbox);
/* Has what is filed flagged or moved on the servers, a window at a time. */
enum outcome fetchers_settle(struct fetchers *f, struct intake *in, struct why *why) MUST_CHECK;
/* 1 when there is something for fetchers_save_health() to write. */
int fetchers_health_changed(const struct fetchers *f);
/* Writes the health of those that changed into the database, one transaction. */
enum outcome fetchers_save_health(struct fetchers *f, struct intake *in, struct why *why) MUST_CHECK;

/* For --once: every mailbox had its round (or failed) and is settled; then they are told to quit. */
int     fetchers_rounds_done(const struct fetchers *f);
void    fetchers_quit(struct fetchers *f);
int     fetchers_running(const struct fetchers *f);
int     fetchers_failed(const struct fetchers *f);	/* how many failed at their last try */

#endif
