#include "parsers/links.h"

#include <glib.h>
#include <string.h>

/*
 * How an address begins and how its host ends, as it stands or as data of one that leads there (a filter that looks at links, a
 * search engine's counter): plain, escaped once or twice, and as urldefense.com writes it (version 2), where a dash is -2D.
 */
static const struct spelling { const char *begin, *slash, *dash; } spellings[] = {
	{ "://", "/", "-" }, { "%3A%2F%2F", "%2F", "-" }, { "%253A%252F%252F", "%252F", "-" }, { "-3A__", "_", "-2D" },
};

static int
is_cloud(const char *host)
{
	static const char *const houses[] = { "sharepoint.com", "1drv.ms", "onedrive.live.com", "dropbox.com", "drive.google.com",
		"docs.google.com", "wetransfer.com", "we.tl", "icloud.com", "box.com", "filemail.com", "jottacloud.com", "mega.nz",
		"sendspace.com", "transfernow.net" };
	size_t i, n = strlen(host), len;

	for (i = 0; i < G_N_ELEMENTS(houses); i++) {
		len = strlen(houses[i]);
		if (n >= len && strcmp(host + n - len, houses[i]) == 0 && (n == len || host[n - len - 1] == '.'))
			return 1;
	}
	return 0;
}

static int
is_at(const char *p, const char *end, const char *what)
{
	return (size_t)(end - p) >= strlen(what) && g_ascii_strncasecmp(p, what, strlen(what)) == 0;
}

/* A host with something behind its slash: the house's own front page is no document. */
static int
host_at(const char *p, const char *end, const struct spelling *as, char *host)
{
	size_t n = 0;

	while (p < end && n + 1 < LINK_HOST_BYTES) {
		if (is_at(p, end, as->dash)) {
			host[n++] = '-';
			p += strlen(as->dash);
		} else if (g_ascii_isalnum(*p) || *p == '.')
			host[n++] = g_ascii_tolower(*p++);
		else
			break;
	}
	host[n] = '\0';
	if (!is_at(p, end, as->slash))
		return 0;
	p += strlen(as->slash);
	return p < end && g_ascii_isgraph(*p) && strchr("<>()[]\"'.,;&", *p) == NULL;
}

size_t
link_next(const char *text, size_t n, size_t from, char host[LINK_HOST_BYTES])
{
	const char *p, *end = text + n;
	size_t      i;

	for (p = text + from; p < end; p++)
		for (i = 0; i < G_N_ELEMENTS(spellings); i++)
			if (*p == spellings[i].begin[0] && is_at(p, end, spellings[i].begin) &&
			    host_at(p + strlen(spellings[i].begin), end, &spellings[i], host) && is_cloud(host))
				return (size_t)(p - text);
	return n;
}
