/*
 * Descriptors: sealed memory files, passing them between processes, whole reads and writes.
 * Owns no descriptor longer than a call; knows nothing of what the bytes mean.
 */
#ifndef HOERING_BASE_FD_H
#define HOERING_BASE_FD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/why.h"

/* All four seals: the bytes and the size can never change again (memfd_create(2), fcntl(2) F_ADD_SEALS). */
int fd_seal(int fd);		/* 0, or -1 with errno */
int fd_is_sealed(int fd);	/* 1 when every one of the four seals is set; 0 otherwise, also for what is no memfd */

/* The whole buffer or failure; EINTR is retried. Return 0, or -1 with errno (EPIPE when the other side closed early). */
int fd_read_full(int fd, void *buf, size_t n);
int fd_write_full(int fd, const void *buf, size_t n);

/*
 * One datagram on a SOCK_SEQPACKET pair, with at most one descriptor (-1: none). Never raises SIGPIPE.
 * fd_send: 0 or -1 (EAGAIN when the socket is non-blocking and full). The descriptor stays the caller's.
 * fd_recv: bytes received, 0 at end, -1 with errno. More than one descriptor, or a cut datagram, is EBADMSG and
 * every descriptor is closed. A received descriptor is close-on-exec and the caller's.
 */
int     fd_send(int sock, const void *buf, size_t n, int fd);
ssize_t fd_recv(int sock, void *buf, size_t size, int *fd);

/*
 * Opens and locks a file that means "there is one writer", creating it; held until it is closed. Mode 0600: a reader of the group who
 * could open it could also hold it. -1 with errno, EWOULDBLOCK when another process holds it.
 */
int fd_lock_file(const char *path);

/* Closes and clears; -1 is nothing. Keeps errno. */
void fd_close(int *fd);

/* Every descriptor from `lowest` up is closed (close_range(2)). For a child before it execs. */
void fd_close_from(int lowest);

#endif
