#include "cli/safe_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "config/utf8.h"

#define MAX_BYTES	200	/* leaves room for a number */
#define MAX_EXTENSION	16
#define MAX_TRIES	10000	/* more parts than a message may have */

static int
is_allowed(unsigned c, size_t len)
{
	return !utf8_is_control(c) && !(c == 0xfffd && len == 1) && (c >= 0x80 || strchr("/\\:*?\"<>|", (int)c) == NULL);
}

/* Where ".pdf" begins; the end when there is none. */
static size_t
extension_at(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot == NULL || dot == name || strlen(dot) > MAX_EXTENSION ? strlen(name) : (size_t)(dot - name);
}

/* Whole characters of p that fit into `max` bytes. */
static size_t
fitting(const char *p, size_t n, size_t max)
{
	size_t i = 0, len;

	while (i < n) {
		(void)utf8_next(p + i, n - i, &len);
		if (i + len > max)
			break;
		i += len;
	}
	return i;
}

void
safe_name(const char *wish, char name[SAFE_NAME_BYTES])
{
	char   clean[4096];
	size_t n = strlen(wish), out = 0, len, stem, extension;

	wish += strspn(wish, ".- ");
	n = strlen(wish);
	for (size_t i = 0; i < n && out + 5 < sizeof clean; i += len) {
		unsigned c = utf8_next(wish + i, n - i, &len);

		if (is_allowed(c, len)) {
			memcpy(clean + out, wish + i, len);
			out += len;
		} else
			clean[out++] = '_';
	}
	while (out > 0 && strchr(". ", clean[out - 1]) != NULL)
		out--;
	clean[out] = '\0';
	if (out == 0)
		(void)strcpy(clean, "unnamed");
	stem = extension_at(clean);
	extension = strlen(clean + stem);
	len = fitting(clean, stem, MAX_BYTES - extension);
	(void)snprintf(name, SAFE_NAME_BYTES, "%.*s%s", (int)len, clean, clean + stem);
}

int
safe_create(int dir, const char *wish, char name[SAFE_NAME_BYTES])
{
	char   first[SAFE_NAME_BYTES];
	size_t stem;

	safe_name(wish, first);
	stem = extension_at(first);
	memcpy(name, first, sizeof first);
	for (unsigned i = 2; i < MAX_TRIES; i++) {
		int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

		if (fd != -1 || errno != EEXIST)
			return fd;
		(void)snprintf(name, SAFE_NAME_BYTES, "%.*s-%u%.*s", (int)stem, first, i, MAX_EXTENSION, first + stem);
	}
	return -1;
}
