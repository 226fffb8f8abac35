/* In a build with fault points only: SQLite's own system calls are steps too. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "daemon/store/sql.h"

static ssize_t
faulty_pwrite(int fd, const void *p, size_t n, off_t at)
{
	return fault_run("db-write", fd) ? -1 : pwrite(fd, p, n, at);
}

static int
faulty_ftruncate(int fd, off_t size)
{
	return FAULT("db-truncate") ? -1 : ftruncate(fd, size);
}

static int
faulty_open(const char *path, int flags, ...)
{
	va_list ap;
	int     mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return FAULT("db-open") ? -1 : open(path, flags, mode);
}

static int
faulty_unlink(const char *path)
{
	return FAULT("db-unlink") ? -1 : unlink(path);
}

/* SQLite lets every call be replaced but this one: so the program has its own, which the dynamic linker finds first. */
int
fdatasync(int fd)
{
	return FAULT("db-sync") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

void
sql_faults(void)
{
	static const struct { const char *name; sqlite3_syscall_ptr call; } calls[] = {
		{ "pwrite", (sqlite3_syscall_ptr)faulty_pwrite }, { "pwrite64", (sqlite3_syscall_ptr)faulty_pwrite },
		{ "ftruncate", (sqlite3_syscall_ptr)faulty_ftruncate }, { "open", (sqlite3_syscall_ptr)faulty_open },
		{ "unlink", (sqlite3_syscall_ptr)faulty_unlink },
	};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		(void)vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
}
