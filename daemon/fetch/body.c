#include "daemon/fetch/body.h"

#include <string.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/fd.h"
#include "parsers/limits.h"

void
body_init(struct body *b)
{
	b->fd = -1;
	b->size_bytes = 0;
	b->held = 0;
}

void
body_drop(struct body *b)
{
	fd_close(&b->fd);
	body_init(b);
}

static int
begin(struct body *b)
{
	if (b->fd == -1)
		b->fd = FAULT("fetch-memory") ? -1 : memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return b->fd == -1 ? -1 : 0;
}

static int
flush(struct body *b)
{
	if (b->held > 0 && (begin(b) == -1 || fd_write_full(b->fd, b->hold, b->held) == -1))
		return -1;
	b->held = 0;
	return 0;
}

int
body_add(struct body *b, const void *p, size_t n)
{
	b->size_bytes += n;
	if (b->size_bytes > LIMIT_MAIL_BYTES) {
		fd_close(&b->fd);
		b->held = 0;
		return 0;
	}
	if (n > sizeof b->hold - b->held && flush(b) == -1)
		return -1;
	if (n > sizeof b->hold)
		return begin(b) == -1 ? -1 : fd_write_full(b->fd, p, n);
	memcpy(b->hold + b->held, p, n);
	b->held += n;
	return 0;
}

int
body_take(struct body *b)
{
	int fd = -1;

	if (begin(b) == 0 && flush(b) == 0 && fd_seal(b->fd) == 0) {
		fd = b->fd;
		b->fd = -1;
	}
	body_drop(b);
	return fd;
}
