/*
 * Numbered fault points: each step that changes disk, database or server can be counted, be the last one, or fail once.
 * Owns the numbers and what happens there; must not know what the steps do, and is compiled out of the programs that are installed.
 *
 * Only programs built with HOERING_FAULTS (tests/crash) look at the environment variable HOERING_FAULT:
 *   PROGRAM count FILE       writes a line "N KIND NAME" for each step; KIND: e may fail with an errno, s with a code of SQLite's
 *   PROGRAM kill N           ends the process at step N as SIGKILL does
 *   PROGRAM error N NAME     step N fails once with ENOSPC, SQLITE_BUSY …
 */
#ifndef HOERING_BASE_FAULT_H
#define HOERING_BASE_FAULT_H

#include <stddef.h>

#ifdef HOERING_FAULTS

/* 1 with errno set when the step is to fail instead of being done, else 0. Written before the step: `FAULT("x") || fsync(fd) == -1`. */
#define FAULT(name)			fault_step(name)
/* The same for a write; half of the bytes are written first, as a full disk or a crash leaves it. */
#define FAULT_HALF(name, fd, p, n)	fault_half(name, fd, p, n)
/* A code of SQLite's, or 0. */
#define FAULT_SQLITE(name)		fault_sqlite(name)
/* For a list of names of environment variables that a child keeps. */
#define FAULT_ENVIRONMENT		"HOERING_FAULT", "HOERING_CLOCK",
/* Waits of the daemon are so many times shorter. */
#define FAULT_HASTE			100

int fault_step(const char *name);
int fault_half(const char *name, int fd, const void *p, size_t n);
int fault_sqlite(const char *name);
/* One step for a run of writes to the same file with no other step between. */
int fault_run(const char *name, int fd);

#else

#define FAULT(name)			0
#define FAULT_HALF(name, fd, p, n)	0
#define FAULT_SQLITE(name)		0
#define FAULT_ENVIRONMENT
#ifndef FAULT_HASTE	/* tests/hostile: without faults, but in haste */
#define FAULT_HASTE			1
#endif

#endif

/* How long a day lasts: what is done daily is tested with short ones. */
#ifndef FAULT_DAY_MS
#define FAULT_DAY_MS			((int64_t)24 * 3600 * 1000)
#endif
#endif
