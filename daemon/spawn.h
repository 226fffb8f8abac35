/*
 * Starts one of our other programs with a socket at descriptor 3 and nothing else of ours.
 * Owns how the program is found and what of the environment it sees; knows nothing of what is then said.
 */
#ifndef HOERING_DAEMON_SPAWN_H
#define HOERING_DAEMON_SPAWN_H

#include <sys/types.h>

#include "base/why.h"

/* Where `name` ("hoering-fetch") is: beside this program, else ../libexec/hoeringd or ../lib/hoeringd of its folder. */
enum outcome spawn_find(const char *name, char *path, size_t path_size, struct why *why) MUST_CHECK;

struct spawn {
	const char        *path;
	const char *const *argv;	/* NULL-terminated, argv[0] included; never a secret */
	const char *const *keep_env;	/* NULL-terminated names that are passed on; everything else is not */
	int                extra_fd;	/* -1, or becomes descriptor 4 */
};
/* *sock is our end of a SOCK_SEQPACKET pair, non-blocking, close-on-exec. The program is killed when we die. */
enum outcome spawn_start(const struct spawn *s, pid_t *pid, int *sock, struct why *why) MUST_CHECK;

#endif
