/*
 * The lock a process puts on itself before it touches a stranger's bytes: seccomp, Landlock, no core, no new rights.
 * Owns the list of system calls of each profile; knows nothing of mail, and nothing of why a caller wants one of them.
 *
 * A lock is built once and put on as often as wanted (a fork server builds it for its children). Without seccomp
 * there is no lock and nothing may start; Landlock is used as far as the kernel has it, with no rule: all is denied.
 */
#ifndef HOERING_BASE_SANDBOX_H
#define HOERING_BASE_SANDBOX_H

#include "base/why.h"

/*
 * What is outside a profile kills the process at once. Files cannot be opened in any: the parser's libraries probe for
 * them as they go, so open, stat and their like fail with EACCES instead of costing the message.
 */
enum sandbox_profile {
	SANDBOX_PARSER,		/* memory, pread of what it holds, write to one descriptor, exit */
	SANDBOX_PARSE_SERVER,	/* the same and: fork, wait, kill its children, memfd, messages on its socket, further locks */
	SANDBOX_FETCH,		/* what it holds: read, write, send, receive, poll; memfd and its seals; no open, socket, exec, kill */
	SANDBOX_FETCH_FILES,	/* the same and: list and open for reading, below one folder where there is Landlock */
	SANDBOX_TOKEN		/* what SANDBOX_FETCH has and: names, connections out, a thread, files; below what Landlock leaves; no exec, kill, ptrace */
};

/* A build under AddressSanitizer needs what no lock would leave it: shadow memory without a limit, stderr for its report. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

struct sandbox;

/* `writable_fd`: the only descriptor SANDBOX_PARSER may write to (others: EBADF); -1 for the other profiles. */
enum outcome sandbox_build(enum sandbox_profile profile, int writable_fd, struct sandbox **out, struct why *why) MUST_CHECK;

/*
 * Locks this process, all its threads, and whatever it forks. It cannot be undone. From here on: not dumpable, no core,
 * no new privileges. On failure the process may be half locked: it must end.
 */
enum outcome sandbox_lock(const struct sandbox *s, struct why *why) MUST_CHECK;

void sandbox_free(struct sandbox *s);

/* For the profiles that open files, before sandbox_lock(): a file, or a folder and all below it, open, that may be read. */
void sandbox_may_read(struct sandbox *s, int fd);
/* The same: a folder in which files may also be written, made, renamed and removed. */
void sandbox_may_write(struct sandbox *s, int folder_fd);

/* build, lock and free in one, for a process that locks once. */
enum outcome sandbox_lock_once(enum sandbox_profile profile, struct why *why) MUST_CHECK;
/* The same with SANDBOX_FETCH_FILES: files of this open folder, and those below it, can still be read. */
enum outcome sandbox_lock_reading(int folder_fd, struct why *why) MUST_CHECK;

#endif
