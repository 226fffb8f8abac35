#include "parsers/format.h"

#include <glib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/magic.h"
#include "parsers/ole.h"
#include "parsers/zip.h"

/* How far into a file the marks of its format are looked for. */
#define HEAD_BYTES 1024u

enum known {
	UNKNOWN = 0, PLAIN, HTML, PDF, DOCX, DOCM, DOTX, ODT, ODS, ODP, FLAT, XLSX, PPTX, ZIP, OLE, DOC, XLS, PPT, MSG,
	SEALED, RTF, MAIL, TNEF, PKCS7, SIGNATURE, PGP_SIGNATURE, LINK, CALENDAR, CARD,
	XML, JPEG, PNG, GIF, TIFF, BMP, GZIP, SEVEN, TAR
};

/* The table: what a format is called and who reads it. Adding one is a line here, a line in one of the three lists, and a file. */
static const struct format formats[] = {
	[UNKNOWN]  = { "application/octet-stream", NULL, 0 },
	[PLAIN]    = { "text/plain", read_plain, 0 },
	[HTML]     = { "text/html", read_html, 0 },
	[PDF]      = { "application/pdf", read_pdf, 0 },
	[DOCX]     = { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", read_docx, 0 },
	[DOCM]     = { "application/vnd.ms-word.document.macroenabled.12", read_docx, 0 },
	[DOTX]     = { "application/vnd.openxmlformats-officedocument.wordprocessingml.template", read_docx, 0 },
	[ODT]      = { "application/vnd.oasis.opendocument.text", read_odf, 0 },
	[ODS]      = { "application/vnd.oasis.opendocument.spreadsheet", read_odf, 0 },
	[ODP]      = { "application/vnd.oasis.opendocument.presentation", read_odf, 0 },
	[FLAT]     = { "application/vnd.oasis.opendocument.flat+xml", read_flat_odf, 0 },
	[XLSX]     = { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", read_ooxml, 0 },
	[PPTX]     = { "application/vnd.openxmlformats-officedocument.presentationml.presentation", read_ooxml, 0 },
	[ZIP]      = { "application/zip", read_archive, 1 },
	[OLE]      = { "application/x-ole-storage", NULL, 0 },
	[DOC]      = { "application/msword", read_doc, 0 },
	[XLS]      = { "application/vnd.ms-excel", read_xls, 0 },
	[PPT]      = { "application/vnd.ms-powerpoint", read_ppt, 0 },
	[MSG]      = { "application/vnd.ms-outlook", read_msg, 1 },
	[SEALED]   = { "application/encrypted", read_sealed, 0 },
	[RTF]      = { "application/rtf", read_rtf_document, 0 },
	[MAIL]     = { "message/rfc822", read_mail, 1 },
	[TNEF]     = { "application/ms-tnef", read_tnef, 1 },
	[PKCS7]    = { "application/pkcs7-mime", read_pkcs7, 1 },
	[SIGNATURE] = { "application/pkcs7-signature", NULL, 0 },
	[PGP_SIGNATURE] = { "application/pgp-signature", NULL, 0 },
	[LINK]     = { "application/internet-shortcut", read_link, 0 },
	[CALENDAR] = { "text/calendar", read_card, 0 },
	[CARD]     = { "text/vcard", read_card, 0 },
	[XML]      = { "application/xml", NULL, 0 },
	[JPEG]     = { "image/jpeg", read_image, 0 },
	[PNG]      = { "image/png", read_image, 0 },
	[GIF]      = { "image/gif", NULL, 0 },
	[TIFF]     = { "image/tiff", read_image, 0 },
	[BMP]      = { "image/bmp", NULL, 0 },
	[GZIP]     = { "application/gzip", read_archive, 1 },
	[SEVEN]    = { "application/x-7z-compressed", read_archive, 1 },
	[TAR]      = { "application/x-tar", read_archive, 1 },
};

/* Bytes that stand at a fixed place. */
static enum known
by_magic(const uint8_t *p, size_t n)
{
	static const struct { size_t at; const char *bytes; size_t n; enum known known; } magic[] = {
		{ 0, "PK\3\4", 4, ZIP }, { 0, "PK\5\6", 4, ZIP }, { 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, OLE },
		{ 0, "{\\rtf", 5, RTF }, { 0, "\x78\x9f\x3e\x22", 4, TNEF }, { 0, "\xff\xd8\xff", 3, JPEG },
		{ 0, "\x89PNG\r\n\x1a\n", 8, PNG }, { 0, "GIF8", 4, GIF }, { 0, "II*\0", 4, TIFF }, { 0, "MM\0*", 4, TIFF },
		{ 0, "BM", 2, BMP }, { 0, "\x1f\x8b\x08", 3, GZIP }, { 0, "7z\xbc\xaf\x27\x1c", 6, SEVEN }, { 257, "ustar", 5, TAR },
		{ 0, "BEGIN:VCALENDAR", 15, CALENDAR }, { 0, "BEGIN:VCARD", 11, CARD },
		{ 0, "-----BEGIN PGP MESSAGE", 22, SEALED }, { 0, "-----BEGIN PGP SIGNATURE", 24, PGP_SIGNATURE }, { 0, "[InternetShortcut]", 18, LINK },
		{ 0, "\xdb\xa5", 2, DOC }, { 0, "\xdc\xa5", 2, DOC }, { 0, "\xec\xa5", 2, DOC },
	};
	size_t i;

	for (i = 0; i < sizeof magic / sizeof magic[0]; i++)
		if (n >= magic[i].at + magic[i].n && memcmp(p + magic[i].at, magic[i].bytes, magic[i].n) == 0)
			return magic[i].known;
	if (n > 0 && p[0] == '<' && memmem(p, MIN(n, HEAD_BYTES), "<office:document ", 17) != NULL)
		return FLAT;
	return memmem(p, MIN(n, HEAD_BYTES), "%PDF-", 5) != NULL ? PDF : UNKNOWN;
}

static enum known
by_type(const char *type)
{
	static const struct { const char *type; enum known known; } also[] = {
		{ "application/x-pdf", PDF }, { "text/rtf", RTF }, { "application/vnd.ms-tnef", TNEF },
		{ "application/x-pkcs7-mime", PKCS7 },
		{ "application/x-pkcs7-signature", SIGNATURE }, { "application/x-zip-compressed", ZIP }, { "application/xhtml+xml", HTML },
		{ "text/xml", XML }, { "text/x-vcard", CARD }, { "image/jpg", JPEG }, 		{ "text/markdown", PLAIN }, { "text/csv", PLAIN }, { "message/rfc822", MAIL }, { "message/delivery-status", PLAIN },
		{ "message/disposition-notification", PLAIN }, { "text/rfc822-headers", PLAIN }, { "message/global", MAIL },
		{ "message/news", MAIL }, { "message/external-body", LINK },
	};
	size_t i;

	for (i = 1; i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(formats[i].type, type) == 0)
			return (enum known)i;
	for (i = 0; i < sizeof also / sizeof also[0]; i++)
		if (strcmp(also[i].type, type) == 0)
			return also[i].known;
	return UNKNOWN;
}

static enum known
by_name(const char *filename)
{
	static const struct { const char *ending; enum known known; } endings[] = {
		{ ".pdf", PDF }, { ".docx", DOCX }, { ".docm", DOCM }, { ".dotx", DOTX }, { ".dotm", DOCM }, { ".odt", ODT },
		{ ".ott", ODT }, { ".ods", ODS }, { ".odp", ODP }, { ".xlsx", XLSX }, { ".pptx", PPTX }, { ".zip", ZIP },
		{ ".doc", DOC }, { ".msg", MSG }, { ".xls", XLS }, { ".ppt", PPT }, { ".rtf", RTF }, { ".eml", MAIL }, { ".txt", PLAIN }, { ".text", PLAIN },
		{ ".md", PLAIN }, { ".csv", PLAIN }, { ".htm", HTML }, { ".html", HTML }, { ".xhtml", HTML }, { ".ics", CALENDAR },
		{ ".vcf", CARD }, { ".xml", XML }, { ".p7m", PKCS7 }, { ".p7s", SIGNATURE },
	};
	size_t      i;
	const char *dot = strrchr(filename, '.');

	for (i = 0; dot != NULL && i < sizeof endings / sizeof endings[0]; i++)
		if (g_ascii_strcasecmp(dot, endings[i].ending) == 0)
			return endings[i].known;
	return UNKNOWN;
}

/* Which of the zip-based formats: by its members' names, and what an OpenDocument says of itself. */
static int
guess_by_member(void *ctx, const char *name)
{
	enum known *known = ctx;

	if (strcmp(name, "mimetype") == 0)
		return 1;
	if (g_str_has_prefix(name, "word/"))
		*known = DOCX;
	else if (g_str_has_prefix(name, "xl/"))
		*known = XLSX;
	else if (g_str_has_prefix(name, "ppt/"))
		*known = PPTX;
	else if (strcmp(name, "content.xml") == 0 && *known == ZIP)
		*known = ODT;
	return 0;
}

static int
guess_by_mimetype(void *ctx, const struct member *m)
{
	static const struct { const char *start; enum known known; } types[] = {
		{ "application/vnd.oasis.opendocument.text", ODT }, { "application/vnd.oasis.opendocument.spreadsheet", ODS },
		{ "application/vnd.oasis.opendocument.presentation", ODP },
	};
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (m->n >= strlen(types[i].start) && memcmp(m->p, types[i].start, strlen(types[i].start)) == 0)
			*(enum known *)ctx = types[i].known;
	return 1;
}

static enum known
inside_zip(const uint8_t *p, size_t n)
{
	enum known known = ZIP;

	(void)zip_walk(NULL, p, n, guess_by_member, guess_by_mimetype, &known);
	return known;
}

/* Which of the formats in OLE2's container: by the stream that each of them must have. */
static enum known
inside_ole(const uint8_t *p, size_t n)
{
	static const struct { const char *stream; enum known known; } marks[] = {
		{ "EncryptedPackage", SEALED }, { "WordDocument", DOC }, { "Workbook", XLS }, { "Book", XLS },
		{ "PowerPoint Document", PPT }, { "__properties_version1.0", MSG },
	};
	GsfInfile *f = ole_open(p, n);
	enum known known = OLE;
	size_t     i;

	for (i = 0; f != NULL && known == OLE && i < sizeof marks / sizeof marks[0]; i++)
		if (ole_has(f, marks[i].stream))
			known = marks[i].known;
	ole_close(f);
	return known;
}

static int
looks_like_html(const uint8_t *p, size_t n)
{
	static const char *const marks[] = { "<!doctype html", "<html", "<head", "<body" };
	char  *head = g_ascii_strdown((const char *)p, (gssize)MIN(n, HEAD_BYTES));
	size_t i, len = MIN(n, HEAD_BYTES);
	int    found = 0;

	for (i = 0; i < sizeof marks / sizeof marks[0] && !found; i++)
		found = memmem(head, len, marks[i], strlen(marks[i])) != NULL;
	g_free(head);
	return found;
}

/* A text that begins with a tag of a page is one, or a piece of one, whatever its name. */
static int
is_tagged(const uint8_t *p, size_t n)
{
	static const char *const tags[] = { "<!doctype html", "<html", "<head", "<body", "<div", "<table", "<p>", "<p " };
	size_t i, at = 0;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < n && g_ascii_isspace(p[at]))
		at++;
	for (i = 0; i < G_N_ELEMENTS(tags); i++)
		if (n - at >= strlen(tags[i]) && g_ascii_strncasecmp((const char *)p + at, tags[i], strlen(tags[i])) == 0)
			return 1;
	return 0;
}

/* Labels of what has no marks at its beginning: text, and signatures. */
static int
has_no_marks(enum known known)
{
	return known == PLAIN || known == HTML || known == MAIL || known == CALENDAR || known == CARD || known == XML ||
	    known == PKCS7 || known == SIGNATURE || known == PGP_SIGNATURE || known == LINK;
}

/* A type that only libmagic knows: told, not read. */
static const struct format *
named_format(const char *type)
{
	struct format *f = g_new0(struct format, 1);

	f->type = g_ascii_strdown(type, -1);
	return f;
}

const struct format *
format_of(const uint8_t *p, size_t n, const char *declared_type, const char *filename)
{
	enum known  content = by_magic(p, n), type = by_type(declared_type), name = by_name(filename);
	const char *found;

	if (content == ZIP)
		content = inside_zip(p, n);
	if (content == OLE)
		content = inside_ole(p, n);
	if (content == OLE && name >= DOC && name <= MSG)	/* damaged: what it was meant to be says so */
		content = name;
	if (content == DOCX && (name == DOCM || name == DOTX))
		content = name;
	if (content != UNKNOWN && !(content == BMP && (type == PLAIN || type == HTML)))
		return &formats[content];
	if ((type == UNKNOWN || type == PLAIN) && name != UNKNOWN)
		type = name;
	if (type == UNKNOWN && g_str_has_prefix(declared_type, "text/"))
		type = looks_like_html(p, n) ? HTML : PLAIN;
	if (type == PLAIN && is_tagged(p, n))
		type = HTML;
	if (has_no_marks(type))
		return &formats[type];
	found = magic_type(p, n);
	content = by_type(found);
	if (content == UNKNOWN && g_str_has_prefix(found, "text/") && !text_is_noise((const char *)p, MIN(n, HEAD_BYTES)))
		content = PLAIN;	/* a letter that libmagic takes for a program */
	if (content != UNKNOWN)
		return &formats[content];
	return found[0] != '\0' && content == UNKNOWN ? named_format(found) : &formats[type];
}

enum text_status
damaged(struct reading *r)
{
	build_warn(r->b, r->position, "damaged", "the file is cut or broken: only what could be read of it is kept");
	return TEXT_CORRUPT;
}

/* An office file that is encrypted as a whole ([MS-OFFCRYPTO]). */
enum text_status
read_sealed(struct reading *r)
{
	(void)r;
	return TEXT_ENCRYPTED;
}
