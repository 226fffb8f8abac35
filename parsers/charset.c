#include "parsers/charset.h"

#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>

/* Kept open for good, so that a child never has to open a table. */
static const char *const usual[] = {
	"ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
	"ISO-8859-9", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16", "WINDOWS-1250", "WINDOWS-1251",
	"WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
	"WINDOWS-874", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "UTF-7", "UCS-2", "UCS-2LE",
	"UCS-2BE", "UCS-4", "US-ASCII", "KOI8-R", "KOI8-U", "GB2312", "GBK", "GB18030", "BIG5", "BIG5-HKSCS", "CP950", "SHIFT_JIS",
	"CP932", "EUC-JP", "ISO-2022-JP", "ISO-2022-JP-2", "ISO-2022-KR", "ISO-2022-CN", "EUC-KR", "CP949", "JOHAB", "EUC-TW",
	"TIS-620", "MACINTOSH", "MAC-CYRILLIC", "MAC-CENTRALEUROPE", "IBM437", "IBM850", "IBM852", "IBM855", "IBM857", "IBM860",
	"IBM861", "IBM863", "IBM865", "IBM866", "IBM037", "NS_4551-1", "HP-ROMAN8", "CP1361", "ARMSCII-8", "VISCII",
};

void
charset_warm_up(void)
{
	size_t i;

	for (i = 0; i < sizeof usual / sizeof usual[0]; i++) {
		(void)iconv_open("UTF-8", usual[i]);
		(void)iconv_open(usual[i], "UTF-8");
	}
}

const char *
charset_of_codepage(unsigned codepage)
{
	static const struct { unsigned codepage; const char *name; } pages[] = {
		{ 437, "IBM437" }, { 708, "ISO-8859-6" }, { 850, "IBM850" }, { 852, "IBM852" }, { 855, "IBM855" }, { 857, "IBM857" },
		{ 860, "IBM860" }, { 861, "IBM861" }, { 863, "IBM863" }, { 865, "IBM865" }, { 866, "IBM866" }, { 874, "WINDOWS-874" },
		{ 932, "CP932" }, { 936, "GBK" }, { 949, "CP949" }, { 950, "CP950" }, { 1200, "UTF-16LE" }, { 1201, "UTF-16BE" },
		{ 1250, "WINDOWS-1250" }, { 1251, "WINDOWS-1251" }, { 1252, "WINDOWS-1252" }, { 1253, "WINDOWS-1253" },
		{ 1254, "WINDOWS-1254" }, { 1255, "WINDOWS-1255" }, { 1256, "WINDOWS-1256" }, { 1257, "WINDOWS-1257" },
		{ 1258, "WINDOWS-1258" }, { 1361, "JOHAB" }, { 10000, "MACINTOSH" }, { 10007, "MAC-CYRILLIC" },
		{ 10029, "MAC-CENTRALEUROPE" }, { 20127, "US-ASCII" }, { 20866, "KOI8-R" }, { 20932, "EUC-JP" },
		{ 21866, "KOI8-U" }, { 28591, "ISO-8859-1" }, { 28592, "ISO-8859-2" }, { 28605, "ISO-8859-15" },
		{ 50220, "ISO-2022-JP" }, { 50221, "ISO-2022-JP" }, { 51932, "EUC-JP" }, { 51949, "EUC-KR" }, { 54936, "GB18030" },
		{ 65000, "UTF-7" }, { 65001, "UTF-8" },
	};
	size_t i;

	for (i = 0; i < sizeof pages / sizeof pages[0]; i++)
		if (pages[i].codepage == codepage)
			return pages[i].name;
	return NULL;
}

unsigned
charset_codepage_of_language(unsigned lid)
{
	static const struct { unsigned primary, codepage; } pages[] = {
		{ 0x01, 1256 }, { 0x02, 1251 }, { 0x04, 936 }, { 0x05, 1250 }, { 0x08, 1253 }, { 0x0d, 1255 }, { 0x0e, 1250 },
		{ 0x11, 932 }, { 0x12, 949 }, { 0x15, 1250 }, { 0x18, 1250 }, { 0x19, 1251 }, { 0x1a, 1250 }, { 0x1b, 1250 },
		{ 0x1e, 874 }, { 0x1f, 1254 }, { 0x22, 1251 }, { 0x23, 1251 }, { 0x24, 1250 }, { 0x25, 1257 }, { 0x26, 1257 },
		{ 0x27, 1257 },
	};
	size_t i;

	for (i = 0; i < sizeof pages / sizeof pages[0]; i++)
		if (pages[i].primary == (lid & 0x3ff))
			return pages[i].codepage;
	return 1252;
}

/* Names that mean something else than they say, or that iconv does not know under this spelling. */
static const char *
real_name(const char *charset)
{
	static const struct { const char *label, *name; } names[] = {
		{ "iso-8859-1", "WINDOWS-1252" }, { "iso8859-1", "WINDOWS-1252" }, { "iso_8859-1", "WINDOWS-1252" },
		{ "latin1", "WINDOWS-1252" }, { "latin-1", "WINDOWS-1252" }, { "iso-8859-9", "WINDOWS-1254" },
		{ "cp1252", "WINDOWS-1252" }, { "ansi", "WINDOWS-1252" }, { "iso-8859-8-i", "ISO-8859-8" },
		{ "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" }, { "shift_jis", "CP932" }, { "shift-jis", "CP932" },
		{ "x-sjis", "CP932" }, { "sjis", "CP932" }, { "ms_kanji", "CP932" }, { "euc-kr", "CP949" },
		{ "ks_c_5601-1987", "CP949" }, { "ks_c_5601", "CP949" }, { "x-euc-jp", "EUC-JP" }, { "utf8", "UTF-8" },
		{ "unicode-1-1-utf-7", "UTF-7" }, { "x-unicode-2-0-utf-7", "UTF-7" }, { "iso-2022-jp", "ISO-2022-JP-2" },
		{ "x-mac-roman", "MACINTOSH" }, { "x-user-defined", "" }, { "unknown-8bit", "" }, { "x-unknown", "" },
		{ "us-ascii", "" }, { "ascii", "" }, { "ansi_x3.4-1968", "" }, { "default", "" }, { "binary", "" },
		{ "", "" }, { "utf-16", "UTF-16BE" }, { "tis-620", "WINDOWS-874" },
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (g_ascii_strcasecmp(names[i].label, charset) == 0)
			return names[i].name;
	return charset;
}

/* The name is a sender's: only what can be one reaches iconv (a slash would be its "//IGNORE"). */
static iconv_t
open_named(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && strchr("-_.:+()", *p) == NULL)
			return (iconv_t)-1;
	if (name[0] == '\0' || p - name > 40)
		return (iconv_t)-1;
	return iconv_open("UTF-8", name);
}

/* Converts all; what cannot be converted is counted and becomes U+FFFD. */
static char *
converted(iconv_t cd, const uint8_t *p, size_t n, size_t *out_n, size_t *bad)
{
	GString *s = g_string_sized_new(n + n / 2 + 16);
	char     buf[4096], *in = (char *)(uintptr_t)p, *out;
	size_t   left = n, room, got;

	*bad = 0;
	while (left > 0) {
		out = buf;
		room = sizeof buf;
		got = iconv(cd, &in, &left, &out, &room);
		g_string_append_len(s, buf, out - buf);
		if (got != (size_t)-1 || errno == E2BIG)
			continue;
		g_string_append(s, "\xef\xbf\xbd");
		(*bad)++;
		if (left == 0)
			break;
		in++;
		left--;
		if (errno == EINVAL && left < 8)	/* cut in the middle of a letter: nothing sensible follows */
			break;
	}
	out = buf;
	room = sizeof buf;
	if (iconv(cd, NULL, NULL, &out, &room) != (size_t)-1)
		g_string_append_len(s, buf, out - buf);
	*out_n = s->len;
	return g_string_free(s, FALSE);
}

static char *
copied(const uint8_t *p, size_t n, size_t *out_n)
{
	char *s = g_malloc(n + 1);

	if (n > 0)
		memcpy(s, p, n);
	s[n] = '\0';
	*out_n = n;
	return s;
}

/* How many multi-byte letters of UTF-8 there are, and how many bytes that are no UTF-8. NULs are no matter here. */
static void
count_utf8(const uint8_t *p, size_t n, size_t *letters, size_t *invalid)
{
	const char *at = (const char *)p, *end = at + n, *stop;

	*letters = *invalid = 0;
	while (at < end) {
		if ((unsigned char)*at < 0x80) {
			at++;
			continue;
		}
		if (g_utf8_validate(at, MIN(end - at, g_utf8_skip[(unsigned char)*at]), &stop)) {
			(*letters)++;
			at = stop;
		} else {
			(*invalid)++;
			at++;
		}
	}
}

/* windows-1252, with its five holes as U+FFFD; also the last resort, because every byte means something in it. */
static char *
as_windows_1252(const uint8_t *p, size_t n, size_t *out_n)
{
	iconv_t cd = iconv_open("UTF-8", "WINDOWS-1252");
	size_t  bad;
	char   *s;

	if (cd == (iconv_t)-1)
		return copied(p, n, out_n);
	s = converted(cd, p, n, out_n, &bad);
	(void)iconv_close(cd);
	return s;
}

/* The set that a byte order mark tells; *skip is its length. */
static const char *
byte_order_mark(const uint8_t *p, size_t n, size_t *skip)
{
	*skip = 3;
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return "UTF-8";
	*skip = 2;
	if (n >= 2 && n % 2 == 0 && memcmp(p, "\xff\xfe", 2) == 0)
		return "UTF-16LE";
	if (n >= 2 && n % 2 == 0 && memcmp(p, "\xfe\xff", 2) == 0)
		return "UTF-16BE";
	*skip = 0;
	return NULL;
}

static int
is_one_byte_set(const char *name)
{
	return g_ascii_strncasecmp(name, "windows-", 8) == 0 || g_ascii_strncasecmp(name, "iso-8859-", 9) == 0;
}

/* A set in which 0xC2 to 0xC5 are letters of Western Europe, which no sign follows within a word. */
static int
is_western(const char *name)
{
	return g_ascii_strcasecmp(name, "windows-1252") == 0 || g_ascii_strcasecmp(name, "iso-8859-15") == 0;
}

/*
 * The only letter beyond ASCII, labelled as western: two of its bytes would be a pair like "Ã¸" there, which nobody writes. Behind
 * "Ä" and "Å" a quotation mark, a dash or dots may well stand.
 */
static int
is_doubtless(const uint8_t *p, size_t n)
{
	static const uint8_t marks[] = { 0x84, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97 };
	size_t               i;

	for (i = 0; i < n && p[i] < 0x80; i++)
		;
	if (i + 1 >= n)
		return 0;
	if (p[i] == 0xc4 || p[i] == 0xc5)
		return memchr(marks, p[i + 1], sizeof marks) == NULL;
	return p[i] == 0xc2 || p[i] == 0xc3 || (p[i] == 0xe2 && p[i + 1] <= 0x82);
}

char *
charset_to_utf8(const uint8_t *p, size_t n, const char *charset, size_t *out_n, int *guessed)
{
	const char *name;
	size_t      letters, invalid, skip, bad;
	iconv_t     cd;
	char       *s;
	int         unused;

	if (guessed == NULL)
		guessed = &unused;
	*guessed = 0;
	if (n == 0)
		return copied(p, n, out_n);
	name = byte_order_mark(p, n, &skip);
	if (name == NULL)
		name = real_name(charset == NULL ? "" : charset);
	p += skip;
	n -= skip;
	count_utf8(p, n, &letters, &invalid);
	if (g_ascii_strcasecmp(name, "UTF-8") == 0 && (invalid == 0 || letters >= invalid))
		return copied(p, n, out_n);
	if (is_one_byte_set(name) && letters == 0 && invalid == 0)
		return copied(p, n, out_n);
	if (is_one_byte_set(name) && invalid == 0 && (letters >= 2 || (is_western(name) && is_doubtless(p, n)))) {
		*guessed = 1;
		return copied(p, n, out_n);
	}
	cd = g_ascii_strcasecmp(name, "UTF-8") == 0 ? (iconv_t)-1 : open_named(name);
	if (cd == (iconv_t)-1) {
		*guessed = letters > 0 || invalid > 0;
		return invalid == 0 ? copied(p, n, out_n) : as_windows_1252(p, n, out_n);
	}
	s = converted(cd, p, n, out_n, &bad);
	(void)iconv_close(cd);
	return s;
}
