#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int
fd_seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, ALL_SEALS) == -1 ? -1 : 0;
}

int
fd_is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals != -1 && (seals & ALL_SEALS) == ALL_SEALS;
}

int
fd_read_full(int fd, void *buf, size_t n)
{
	uint8_t *p = buf;
	ssize_t  got;

	while (n > 0) {
		got = read(fd, p, n);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EPIPE;
		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

int
fd_write_full(int fd, const void *buf, size_t n)
{
	const uint8_t *p = buf;
	ssize_t        put;

	while (n > 0) {
		put = write(fd, p, n);
		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int
fd_send(int sock, const void *buf, size_t n, int fd)
{
	union {
		struct cmsghdr align;
		char           space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec    iov = { .iov_base = (void *)(uintptr_t)buf, .iov_len = n };
	struct msghdr   msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t         put;

	if (fd != -1) {
		memset(&control, 0, sizeof control);
		msg.msg_control = control.space;
		msg.msg_controllen = sizeof control.space;
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	do
		put = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (put == -1 && errno == EINTR);
	if (put == -1)
		return -1;
	if ((size_t)put != n) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

/* Room for more descriptors than anybody may send, so that the kernel hands over (and we close) a surplus. */
#define SURPLUS_FDS 16

ssize_t
fd_recv(int sock, void *buf, size_t size, int *fd)
{
	union {
		struct cmsghdr align;
		char           space[CMSG_SPACE(SURPLUS_FDS * sizeof(int))];
	} control;
	struct iovec    iov = { .iov_base = buf, .iov_len = size };
	struct msghdr   msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space,
	    .msg_controllen = sizeof control.space };
	struct cmsghdr *c;
	ssize_t         got;
	int             received = -1, surplus = 0, one;
	size_t          i, count;

	do	/* ECONNRESET is told once, before what the other side sent: it closed without reading all of ours (unix(7)) */
		got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (got == -1 && (errno == EINTR || errno == ECONNRESET));
	if (got == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < count; i++) {
			memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof one);
			if (received == -1)
				received = one;
			else {
				surplus = 1;
				(void)close(one);
			}
		}
	}
	if (surplus || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || (received != -1 && fd == NULL)) {
		fd_close(&received);
		errno = EBADMSG;
		return -1;
	}
	if (fd != NULL)
		*fd = received;
	return got;
}

int
fd_lock_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1)
		fd_close(&fd);
	return fd;
}

void
fd_close(int *fd)
{
	int saved = errno;

	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

void
fd_close_from(int lowest)
{
	(void)close_range((unsigned)lowest, ~0U, 0);
}
