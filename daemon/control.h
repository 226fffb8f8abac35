/*
 * The control socket: one request, one answer, between `hoering` and the running daemon.
 * Owns the wire form and who may ask; decides nothing itself (daemon/decide.h does).
 *
 * SOCK_SEQPACKET. Request: one datagram of fields separated by TAB, at most CONTROL_BYTES, optionally one descriptor.
 * Answer: datagrams "ok\twords", "error\tsysexit\twords"; one answer to each request, then the daemon closes.
 *   refile  SUBMISSION  CONSULTATION  REASON
 *   relate  SUBMISSION  RELATION      OTHER   REASON
 *   kind    SUBMISSION  KIND          REASON
 *   join    SUBMISSION  OTHER         REASON
 *   split   SUBMISSION  OTHER         REASON
 *   erase   SUBMISSION  REASON
 *   erase-key  REASON
 *   replay  all|open|ID[,ID...]  judge|parse  [CONFIGURATION]   (daemon/replay.h)
 *   registry  SHA-256  ORGANISATIONS   (daemon/registry.h)
 *   import  MAILBOX     RECEIVED(seconds or -)   + descriptor of one mail
 *   poll    [MAILBOX]
 *   list    [MAILBOX]	the set of UIDs on the server against the ledger, now
 */
#ifndef HOERING_DAEMON_CONTROL_H
#define HOERING_DAEMON_CONTROL_H

#include <stddef.h>
#include <sys/types.h>

#include "base/why.h"

#define CONTROL_BYTES 4096

struct control;
struct control_request {
	const char *field[8];	/* field[0] is the verb; those not given are "" */
	size_t      n_fields;
	int         fd;		/* -1, or the descriptor that came along: the handler's to close */
	uid_t       uid;	/* of who asks: SO_PEERCRED */
	char        actor[80];	/* "uid=1000(kari)" for the audit trail */
};
/* Fills `answer` with words for a person; returns 0 or a sysexits number. */
typedef int control_handler(void *arg, const struct control_request *r, char *answer, size_t answer_size);

/* Client side: sends one request, waits at most 60 s, prints nothing. Returns 0 or a sysexits number (EX_UNAVAILABLE: no daemon listens). */
int control_ask(const char *socket_path, const char *const *fields, size_t n_fields, int fd, char *answer, size_t answer_size);

/* Daemon side. The descriptors to poll are control_fds(); call control_run() with what poll() said. */
enum outcome control_listen(const char *socket_path, struct control **out, struct why *why) MUST_CHECK;
void         control_close(struct control **c);
struct pollfd;
size_t       control_poll_set(const struct control *c, struct pollfd *fds, size_t max);
void         control_run(struct control *c, const struct pollfd *fds, size_t n, control_handler *handler, void *arg);

#endif
