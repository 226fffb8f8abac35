#include "parsers/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/charset.h"
#include "parsers/limits.h"

#define CHUNK (64u << 10)

/* Small archives may be dense; a bomb is judged from here on. */
#define RATIO_FLOOR (4u << 20)

struct walk {
	struct builder *b;
	struct archive *a;
	size_t          packed, unfolded;
};

static int
is_compressed(const uint8_t *p, size_t n)
{
	return n > 6 && (memcmp(p, "\x1f\x8b", 2) == 0 || memcmp(p, "BZh", 3) == 0 || memcmp(p, "\xfd" "7zXZ", 5) == 0);
}

static struct archive *
opened(const uint8_t *p, size_t n)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		return NULL;
	(void)archive_read_support_format_zip_seekable(a);
	(void)archive_read_support_format_zip_streamable(a);
	(void)archive_read_support_format_tar(a);
	(void)archive_read_support_format_gnutar(a);
	(void)archive_read_support_format_7zip(a);
	(void)archive_read_support_format_cpio(a);
	(void)archive_read_support_format_cab(a);
	(void)archive_read_support_format_lha(a);
	(void)archive_read_support_format_rar(a);
	(void)archive_read_support_format_rar5(a);
	(void)archive_read_support_filter_gzip(a);
	(void)archive_read_support_filter_bzip2(a);
	(void)archive_read_support_filter_xz(a);
	(void)archive_read_support_filter_zstd(a);
	(void)archive_read_support_filter_compress(a);
	if (is_compressed(p, n))	/* one file and no archive at all is a member too */
		(void)archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, p, n) != ARCHIVE_OK) {
		(void)archive_read_free(a);
		return NULL;
	}
	return a;
}

/* The ceiling is asked of the message's budget and of this archive's ratio, chunk by chunk: sizes in headers lie. */
static int
may_unfold(struct walk *w, size_t n)
{
	w->unfolded += n;
	if (w->unfolded > RATIO_FLOOR && w->unfolded / LIMIT_ARCHIVE_RATIO > w->packed)
		return 0;
	return w->b == NULL || build_unfold(w->b, n);
}

/* Deflate64, PPMd of 7z and the like: the archive is sound, and so may be its other members. */
static int
is_unknown(struct archive *a)
{
	const char *said = archive_error_string(a);

	return said != NULL && (strstr(said, "nsupported") != NULL || strstr(said, "not supported") != NULL);
}

static enum zip_end
unfold(struct walk *w, GByteArray *bytes)
{
	guint8  *chunk = g_malloc(CHUNK);
	ssize_t  got;
	enum zip_end end = ZIP_DONE;

	while ((got = archive_read_data(w->a, chunk, CHUNK)) > 0) {
		if (!may_unfold(w, (size_t)got)) {
			end = ZIP_TOO_LARGE;
			break;
		}
		g_byte_array_append(bytes, chunk, (guint)got);
	}
	g_free(chunk);
	if (got < 0)
		end = archive_read_has_encrypted_entries(w->a) == 1 ? ZIP_ENCRYPTED : is_unknown(w->a) ? ZIP_UNKNOWN : ZIP_DAMAGED;
	return end;
}

/*
 * A name that says not how it is encoded is UTF-8 where it is valid; else Windows wrote it in the DOS code page, except where it
 * has bytes that are letters in its own page and lines of a frame in the other.
 */
static const char *
name_of(struct archive_entry *e)
{
	const char *name = archive_entry_pathname_utf8(e), *p;
	size_t      n;

	if (name == NULL)
		name = archive_entry_pathname(e);
	if (name == NULL)
		return "";
	if (g_utf8_validate(name, -1, NULL))
		return name;
	for (p = name; *p != '\0' && (unsigned char)*p < 0xc0; p++)
		;
	return charset_to_utf8((const uint8_t *)name, strlen(name), *p == '\0' ? "cp850" : "windows-1252", &n, NULL);
}

/* One member to whoever wants it: 0 when the walk is over. */
static int
hand_over(struct walk *w, struct archive_entry *e, const char *name, zip_each *each, void *ctx, enum zip_end *end)
{
	GByteArray   *bytes = g_byte_array_new();
	struct member m = { .name = name };
	int           goes_on;

	m.end = archive_entry_is_data_encrypted(e) == 1 ? ZIP_ENCRYPTED : unfold(w, bytes);
	m.n = bytes->len;
	m.p = g_byte_array_free(bytes, FALSE);
	if (m.p == NULL)
		m.p = g_malloc0(1);
	if (m.end != ZIP_DONE)
		*end = m.end;
	goes_on = each(ctx, &m);
	return goes_on && m.end != ZIP_TOO_LARGE;
}

enum zip_end
zip_walk(struct builder *b, const uint8_t *p, size_t n, zip_wanted *wanted, zip_each *each, void *ctx)
{
	struct walk           w = { b, opened(p, n), n, 0 };
	struct archive_entry *e;
	const char           *name;
	enum zip_end          end = ZIP_DONE;
	unsigned              members = 0;
	int                   r = ARCHIVE_OK, goes_on = 1;

	if (w.a == NULL)
		return ZIP_NO_ARCHIVE;
	while (goes_on && ((r = archive_read_next_header(w.a, &e)) == ARCHIVE_OK || r == ARCHIVE_WARN)) {
		if (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != 0)
			continue;
		if (++members > LIMIT_ARCHIVE_MEMBERS) {
			end = ZIP_TOO_LARGE;
			break;
		}
		name = name_of(e);
		if (wanted == NULL || wanted(ctx, name))
			goes_on = hand_over(&w, e, name, each, ctx, &end);
	}
	if (r < ARCHIVE_WARN && members == 0)
		end = archive_read_has_encrypted_entries(w.a) == 1 ? ZIP_ENCRYPTED : ZIP_NO_ARCHIVE;
	else if (r < ARCHIVE_WARN && end == ZIP_DONE)
		end = ZIP_DAMAGED;
	(void)archive_read_free(w.a);
	return end;
}

void
zip_warm_up(void)
{
	struct archive *a = opened((const uint8_t *)"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);

	if (a != NULL)
		(void)archive_read_free(a);
}
