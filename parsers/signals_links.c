/* Documents that were not sent but lie in somebody's cloud: the address of the house in the sender's own words. */
#include <string.h>

#include "parsers/signals_parts.h"

#define HOST_BYTES	120

/* The host behind "://" at text[at]; lower case, "" when there is none. */
static void
host_at(const struct stretch *s, size_t at, char *out)
{
	size_t n = 0;

	for (at += 3; at < s->end && n + 1 < HOST_BYTES && (g_ascii_isalnum(s->text[at]) || strchr(".-", s->text[at]) != NULL); at++)
		out[n++] = g_ascii_tolower(s->text[at]);
	out[n] = '\0';
}

static int
is_cloud(const char *host)
{
	static const char *const houses[] = { "sharepoint.com", "1drv.ms", "onedrive.live.com", "dropbox.com", "drive.google.com",
		"docs.google.com", "wetransfer.com", "we.tl", "icloud.com", "box.com", "filemail.com", "jottacloud.com", "mega.nz" };
	size_t i, n = strlen(host), len;

	for (i = 0; i < G_N_ELEMENTS(houses); i++) {
		len = strlen(houses[i]);
		if (n >= len && strcmp(host + n - len, houses[i]) == 0 && (n == len || host[n - len - 1] == '.'))
			return 1;
	}
	return 0;
}

void
links_note(struct notes *n, const struct stretch *s)
{
	const char *at = s->text + s->at, *end = s->text + s->end;
	char        host[HOST_BYTES];

	while ((at = memmem(at, (size_t)(end - at), "://", 3)) != NULL) {
		host_at(s, (size_t)(at - s->text), host);
		if (is_cloud(host))
			note_once(n, SIGNAL_LINK_ATTACHMENT, s, (size_t)(at - s->text), host, "");
		at += 3;
	}
}
