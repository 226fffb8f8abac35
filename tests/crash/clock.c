/*
 * A wall clock that a test sets: time(2) and CLOCK_REALTIME, wrapped by the linker (--wrap), are so many seconds ahead or behind as stand in
 * the file that HOERING_CLOCK names, at this moment, also in a process that is locked. The monotonic clock is the machine's.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

time_t __real_time(time_t *out);
int    __real_clock_gettime(clockid_t clock, struct timespec *out);
time_t __wrap_time(time_t *out);
int    __wrap_clock_gettime(clockid_t clock, struct timespec *out);

static const volatile int64_t *shift;

__attribute__((constructor)) static void
open_clock(void)
{
	const char *path = getenv("HOERING_CLOCK");
	int         fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void       *p = fd == -1 ? MAP_FAILED : mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);

	if (fd != -1)
		(void)close(fd);
	if (p != MAP_FAILED)
		shift = p;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
	int r = __real_clock_gettime(clock, out);

	if (r == 0 && clock == CLOCK_REALTIME && shift != NULL)
		out->tv_sec += *shift;
	return r;
}

time_t
__wrap_time(time_t *out)
{
	time_t now = __real_time(NULL) + (shift != NULL ? *shift : 0);

	if (out != NULL)
		*out = now;
	return now;
}
