#include "cli/registry_file.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#define START_BYTES	65536
#define GZIP_BUFFER	(256 * 1024)

enum outcome
registry_read(const char *path, registry_each *each, void *arg, struct why *why)
{
	static uint8_t        start[START_BYTES];
	struct registry_input in = { .path = path, .each = each, .arg = arg };
	enum outcome          o;
	size_t                at = 0;
	int                   n;

	errno = 0;
	in.gz = gzopen(path, "rb");
	if (in.gz == NULL)
		return why_errno(why, OUTCOME_REFUSED, "%s", path);
	(void)gzbuffer(in.gz, GZIP_BUFFER);
	n = registry_more(&in, start, sizeof start, why);
	if (n < 0) {
		o = OUTCOME_REFUSED;
		goto out;
	}
	if (n >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < (size_t)n && strchr(" \t\r\n", start[at]) != NULL && start[at] != '\0')
		at++;
	if (at == (size_t)n)
		o = why_set(why, OUTCOME_REFUSED, "%s: there is nothing in it", path);
	else if (start[at] == '[' || start[at] == '{')
		o = registry_read_json(&in, start + at, (size_t)n - at, why);
	else
		o = registry_read_csv(&in, start + at, (size_t)n - at, why);
out:
	(void)gzclose(in.gz);
	return o;
}
