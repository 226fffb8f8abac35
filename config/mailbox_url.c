#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/mailbox.h"
#include "config/utf8.h"

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

	return at == NULL ? -1 : (int)(at - digits);
}

/* %XX undone in place. -1 for a % without two digits, and when the result is no sound text. */
static int
unescape(char *p)
{
	char  *out = p;
	size_t len, n;

	for (char *in = p; *in != '\0'; in++) {
		if (*in == '%') {
			int high = hex_digit(in[1]), low = high == -1 ? -1 : hex_digit(in[2]);

			if (low == -1)
				return -1;
			*out++ = (char)(high << 4 | low);
			in += 2;
		} else
			*out++ = *in;
	}
	*out = '\0';
	n = (size_t)(out - p);
	if (strlen(p) != n || utf8_sound(p, n) != n)
		return -1;
	for (size_t i = 0; i < n; i += len)
		if (utf8_is_control(utf8_next(p + i, n - i, &len)))
			return -1;
	return 0;
}

/* "name", "192.0.2.1" or "[2001:db8::1]" at the start of p; moves past it. */
static const char *
take_host(struct conf_arena *a, const char **p, const char **host)
{
	struct in6_addr v6;
	size_t n;

	if (**p == '[') {
		n = strcspn(*p, "]");
		if ((*p)[n] != ']')
			return "the URL's \"[\" has no \"]\"";
		*host = arena_dup(a, *p + 1, n - 1);
		*p += n + 1;
		return inet_pton(AF_INET6, *host, &v6) == 1 ? NULL : "what stands in [ ] of the URL is no IPv6 address";
	}
	n = strcspn(*p, ":/");
	if (n == 0)
		return "the URL names no host";
	if (n > 253 || strspn(*p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") < n)
		return "the URL's host has characters that no host name has (an international name is written as xn--…)";
	*host = arena_dup(a, *p, n);
	*p += n;
	return NULL;
}

static const char *
take_port(const char **p, unsigned *port)
{
	char *end;
	long  value;

	if (**p != ':')
		return NULL;
	if (!isdigit((unsigned char)(*p)[1]))
		return "the URL's port is no number";
	value = strtol(*p + 1, &end, 10);
	if (value < 1 || value > 65535)
		return "the URL's port must be 1 to 65535";
	*port = (unsigned)value;
	*p = end;
	return NULL;
}

static const char *
take_folder(struct conf_arena *a, const char *p, const char **folder)
{
	char *name;

	if (*p != '\0' && *p != '/')
		return "the URL's host and port must be followed by /FOLDER";
	if (*p == '\0' || p[1] == '\0') {
		*folder = "INBOX";
		return NULL;
	}
	if (strpbrk(p, "?#;") != NULL)
		return "the URL's folder has one of ? # ; in it: write %3F %23 %3B";
	name = arena_dup(a, p + 1, strlen(p + 1));
	if (unescape(name) == -1)
		return "the URL's folder is not sound: a % must be followed by two hexadecimal digits, and the whole must be UTF-8";
	*folder = strcasecmp(name, "INBOX") == 0 ? "INBOX" : name;	/* RFC 3501, 5.1: INBOX in any case is the same */
	return NULL;
}

const char *
mailbox_url(struct conf_arena *a, const char *file, const char *url, struct conf_mailbox *m)
{
	const char *p, *wrong;

	m->host = "";
	if (strncasecmp(url, "maildir:", 8) == 0) {
		m->scheme = SCHEME_MAILDIR;
		if (url[8] == '\0')
			return "a maildir's URL is maildir:/path";
		m->folder = path_beside(a, file, url + 8);
		return NULL;
	}
	if (strncasecmp(url, "imaps://", 8) == 0) {
		m->scheme = SCHEME_IMAPS;
		m->port = 993;
		p = url + 8;
	} else if (strncasecmp(url, "imap://", 7) == 0) {
		m->scheme = SCHEME_IMAP;
		m->port = 143;
		p = url + 7;
	} else
		return "url must begin with imaps://, imap:// (which means STARTTLS) or maildir:";
	if (memchr(p, '@', strcspn(p, "/")) != NULL)
		return "no user name or password in the URL: use user and one of the password settings";
	wrong = take_host(a, &p, &m->host);
	if (wrong == NULL)
		wrong = take_port(&p, &m->port);
	if (wrong == NULL)
		wrong = take_folder(a, p, &m->folder);
	return wrong;
}

int
host_is_loopback(const char *host)
{
	struct in_addr  v4;
	struct in6_addr v6;
	size_t n = strlen(host);

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
	/* RFC 6761, 6.3: localhost and all names below it. */
	return strcasecmp(host, "localhost") == 0 || (n > 10 && strcasecmp(host + n - 10, ".localhost") == 0) ||
	    strcasecmp(host, "ip6-localhost") == 0;
}
