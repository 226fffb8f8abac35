/* hoering verify: archive, journal and database held against each other; nothing is changed. */
#include <errno.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/fd.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/rows.h"
#include "cli/verify.h"
#include "config/utf8.h"
#include "daemon/archive.h"
#include "daemon/journal.h"
#include "daemon/sha256.h"
#include "daemon/tombstone.h"

/* An original that a line speaks of which the database has not yet. */
struct awaited {
	uint64_t seq;
	char     sha256[SHA256_HEX];
	int      erased;	/* by a line after it */
};

struct verification {
	const char        *folder;	/* the archive's */
	struct store      *store;
	struct archive    *archive;
	uint64_t           known;		/* the database's last event, before the journal was read: it must hold so many lines */
	int                broken;		/* the journal's chain; what is behind the break was not read */
	char             (*lines)[SHA256_HEX];	/* a digest of each journal line */
	size_t             n_lines, room;
	struct awaited    *awaited;
	size_t             n_awaited;
	size_t             n_events, n_strangers, faults;
	int                erased;		/* something was: the journal says so */
	char               erase_key[TOMBSTONE_CHECK_HEX];	/* and by which key it is known again; "": no line tells it */
	struct rows        originals;		/* READ_ARCHIVE: sha256, bytes, submission; by sha256 */
	struct pass       *pass;
};

static void fault(struct verification *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
fault(struct verification *v, const char *fmt, ...)
{
	char    text[1000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)fputs("FAULT: ", stdout);
	utf8_print(stdout, text, strlen(text));
	(void)putchar('\n');
	v->faults++;
}

/* What a line says, in one digest, so that a million of them can be compared. */
static void
digest_line(const char *at, const char *actor, const char *action, const char *object, const char *detail, const char *hash, char out[SHA256_HEX])
{
	char  *all = NULL;
	int    n = asprintf(&all, "%s\t%s\t%s\t%s\t%s\t%s", at, actor, action, object, detail, hash);

	if (n == -1)
		fatal(EX_OSERR, "no memory");
	sha256_bytes(all, (size_t)n, out);
	free(all);
}

static void
await(struct verification *v, const struct journal_entry *e)
{
	if (strcmp(e->action, "erase") == 0) {
		for (size_t i = 0; i < v->n_awaited; i++)
			v->awaited[i].erased |= strcmp(v->awaited[i].sha256, e->object) == 0;
	} else if (strcmp(e->action, "copy") == 0) {
		v->awaited = reallocarray(v->awaited, v->n_awaited + 1, sizeof *v->awaited);
		if (v->awaited == NULL)
			fatal(EX_OSERR, "no memory");
		v->awaited[v->n_awaited] = (struct awaited){ .seq = e->seq };
		(void)snprintf(v->awaited[v->n_awaited++].sha256, SHA256_HEX, "%s", e->object);
	}
}

static enum outcome
note_line(void *arg, const struct journal_entry *e, struct why *why)
{
	struct verification *v = arg;
	char                 at[32];

	(void)why;
	if (v->n_lines == v->room) {
		v->room = v->room == 0 ? 1024 : 2 * v->room;
		v->lines = reallocarray(v->lines, v->room, sizeof *v->lines);
		if (v->lines == NULL)
			fatal(EX_OSERR, "no memory");
	}
	if (e->seq > v->known)
		await(v, e);
	v->erased |= strcmp(e->action, "erase") == 0;
	if (strcmp(e->action, "erase-key") == 0)
		(void)journal_detail(e->detail, "key", v->erase_key, sizeof v->erase_key);
	conf_utc(e->at, at);
	digest_line(at, e->actor, e->action, e->object, e->detail, e->hash, v->lines[v->n_lines++]);
	return OUTCOME_OK;
}

/* A line is durable before the database has it, so the journal is never the shorter of the two; the daemon refuses one that is. */
static void
check_journal(struct verification *v)
{
	char       folder[4200];
	struct why why;

	(void)snprintf(folder, sizeof folder, "%s/journal", v->folder);
	v->broken = journal_read(folder, 0, note_line, v, &why) != OUTCOME_OK;
	if (v->broken)
		fault(v, "journal: %s", why.text);
	else if (v->n_lines < v->known)
		fault(v, "the journal ends at line %zu, the database knows line %llu: lines are missing from %s; bring them back from a backup",
		    v->n_lines, (unsigned long long)v->known, folder);
	for (size_t i = 0; i < v->n_awaited; i++)
		if (!v->awaited[i].erased && archive_check(v->archive, v->awaited[i].sha256, NULL, &why) != OUTCOME_OK)
			fault(v, "line %llu of the journal, which the database has not yet: %s", (unsigned long long)v->awaited[i].seq, why.text);
}

/* Without the right key mail that was erased is filed as new when it comes again in other bytes. */
static enum outcome
check_key(struct verification *v, struct why *why)
{
	uint8_t      key[TOMBSTONE_KEY_BYTES];
	enum outcome o = v->erased ? tombstone_key(v->folder, v->erase_key, 0, key, why) : OUTCOME_OK;

	if (o != OUTCOME_REFUSED)
		return o;
	if (why->code == EACCES)
		(void)printf("note: %s/erase.key may not be read by this user: it was not looked at\n", v->folder);
	else
		fault(v, "%s: " ERASE_KEY_LOST, why->text);
	return OUTCOME_OK;
}

/* For READ_EVENTS. Rows beyond the journal are told by check_journal(), or new since it was read. */
static int
check_event(void *arg, int n, const char *const *names, const char *const *values)
{
	struct verification *v = arg;
	const char          *at = "", *actor = "", *action = "", *object = "", *detail = "", *hash = "", *id = "";
	struct { const char *name, **value; } wanted[] = { { "id", &id }, { "at", &at }, { "actor", &actor }, { "action", &action },
	    { "object", &object }, { "detail", &detail }, { "hash", &hash } };
	char                 digest[SHA256_HEX];

	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
			if (strcmp(names[i], wanted[k].name) == 0 && values[i] != NULL)
				*wanted[k].value = values[i];
	v->n_events++;
	if (v->n_events > v->n_lines)
		return 0;
	digest_line(at, actor, action, object, detail, hash, digest);
	if (strcmp(digest, v->lines[v->n_events - 1]) != 0)
		fault(v, "event %s in the database is not line %zu of the journal", id, v->n_events);
	return 0;
}

static int
print_fault(void *arg, int n, const char *const *names, const char *const *values)
{
	struct verification *v = arg;

	(void)names;
	fault(v, "database: %s", n > 0 && values[0] != NULL ? values[0] : "?");
	return 0;
}

static enum outcome
check_database(struct verification *v, struct why *why)
{
	size_t       found = 0;
	enum outcome o = store_check(v->store, print_fault, v, &found, why);

	if (o == OUTCOME_OK)
		o = store_check_copies(v->store, print_fault, v, &found, why);
	if (o == OUTCOME_OK)
		o = read_rows(v->store, READ_EVENTS, 0, check_event, v, why);
	if (o == OUTCOME_OK)
		o = rows_read(v->store, READ_ARCHIVE, 0, &v->originals, why);
	return o;
}

/* What is wrong with an original, in words; NULL: nothing. */
static const char *
wrong_with(const struct verification *v, size_t i, uint64_t *size, char *words, size_t room)
{
	const char *want = rows_cell(&v->originals, i, "bytes"), *submission = rows_cell(&v->originals, i, "submission");
	struct why  why;

	*size = 0;
	if (archive_check(v->archive, rows_cell(&v->originals, i, "sha256"), size, &why) != OUTCOME_OK)
		(void)snprintf(words, room, "submission %s: %s", submission, why.text);
	else if (want != NULL && strtoull(want, NULL, 10) != *size)
		(void)snprintf(words, room, "submission %s: the original has %llu bytes, the database says %s", submission,
		    (unsigned long long)*size, want);
	else
		return NULL;
	return words;
}

/* A slow reading lasts for days; what is erased in them is not missed. */
static int
was_erased_meanwhile(const struct verification *v, const char *sha256)
{
	struct rows erased;
	struct why  why;
	int         found = 0;

	if (rows_read(v->store, READ_ERASED, 0, &erased, &why) == OUTCOME_OK)
		for (size_t i = 0; i < erased.n; i++)
			found |= strcmp(rows_cell(&erased, i, "sha256"), sha256) == 0;
	rows_free(&erased);
	return found;
}

static enum outcome
check_originals(struct verification *v, struct why *why)
{
	uint64_t     originals, bytes, size;
	const char  *after = pass_after(v->pass, &originals, &bytes), *found;
	char         first[SHA256_HEX], words[1000];
	enum outcome o = OUTCOME_OK;

	(void)snprintf(first, sizeof first, "%s", after);
	if (originals > 0)
		(void)printf("goes on behind %.12s: %llu originals, %.1f MB were read before\n", after, (unsigned long long)originals,
		    (double)bytes / 1048576);
	for (size_t n = 0; (found = pass_found(v->pass, n)) != NULL; n++)
		fault(v, "%s (found before)", found);
	for (size_t i = 0; i < v->originals.n && o == OUTCOME_OK; i++) {
		const char *sha256 = rows_cell(&v->originals, i, "sha256");

		if (strcmp(sha256, first) <= 0)
			continue;
		found = wrong_with(v, i, &size, words, sizeof words);
		if (found != NULL && was_erased_meanwhile(v, sha256))
			found = NULL;
		if (found != NULL)
			fault(v, "%s", found);
		(void)fflush(stdout);
		o = pass_read(v->pass, sha256, size, found, why);
	}
	return o == OUTCOME_OK ? pass_end(v->pass, why) : o;
}

static enum outcome
check_erased(struct verification *v, struct why *why)
{
	struct rows  erased;
	struct why   gone;
	enum outcome o = rows_read(v->store, READ_ERASED, 0, &erased, why);
	int          fd;

	for (size_t i = 0; o == OUTCOME_OK && i < erased.n; i++) {
		fd = archive_read(v->archive, rows_cell(&erased, i, "sha256"), &gone);
		if (fd == -1)
			continue;
		fd_close(&fd);
		fault(v, "submission %s was erased, and its original is in the archive", rows_cell(&erased, i, "submission"));
	}
	rows_free(&erased);
	return o;
}

static int
is_original(const struct verification *v, const char *sha256)
{
	size_t low = 0, high = v->originals.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order = strcmp(sha256, rows_cell(&v->originals, middle, "sha256"));

		if (order == 0)
			return 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

/* Files of one folder "ab" that no row knows: a crash before the journal's line leaves one, and so does a stranger. */
static void
count_strangers(struct verification *v, const char *two)
{
	char           folder[4200], sha256[80];
	struct dirent *e;
	DIR           *d;

	(void)snprintf(folder, sizeof folder, "%s/%s", v->folder, two);
	d = opendir(folder);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(sha256, sizeof sha256, "%.2s%.62s", two, e->d_name);
		if (strlen(e->d_name) != 66 || strcmp(e->d_name + 62, ".eml") != 0 || !is_original(v, sha256))
			v->n_strangers++;
	}
	if (d != NULL)
		(void)closedir(d);
}

static int
check_all(struct verification *v)
{
	struct why   why;
	char         hash[SHA256_HEX], two[3];
	enum outcome o = archive_open(v->folder, 0, &v->archive, &why);

	if (o == OUTCOME_OK)
		o = store_last_event(v->store, &v->known, hash, &why);
	if (o == OUTCOME_OK) {
		check_journal(v);
		o = check_database(v, &why);
	}
	if (o == OUTCOME_OK)
		o = check_erased(v, &why);
	if (o == OUTCOME_OK && !v->broken)
		o = check_key(v, &why);
	if (o == OUTCOME_OK)
		o = check_originals(v, &why);
	if (o == OUTCOME_OK) {
		for (int i = 0; i < 256; i++) {
			(void)snprintf(two, sizeof two, "%02x", (unsigned)i & 0xff);
			count_strangers(v, two);
		}
	}
	archive_close(&v->archive);
	return conclude(o, &why);
}

static void
print_sum(const struct verification *v)
{
	uint64_t originals, bytes;

	(void)pass_after(v->pass, &originals, &bytes);
	(void)printf("%llu originals read again, %zu lines of the journal, %zu events: %zu faults\n", (unsigned long long)originals, v->n_lines,
	    v->n_events, v->faults);
	if (v->n_events < v->n_lines && v->faults == 0)
		(void)printf("note: the database is %zu lines behind the journal; hoeringd catches up when it runs\n", v->n_lines - v->n_events);
	if (v->n_strangers > 0)
		(void)printf("note: %zu files in the archive belong to no submission\n", v->n_strangers);
}

int
verify_files(const char *database, const char *archive, const struct verify_pace *pace)
{
	struct verification v = { .folder = archive };
	struct why          why;
	int                 status = conclude(pass_open(pace->progress, archive, pace->bytes_per_s, &v.pass, &why), &why);

	if (status == EX_OK)
		status = conclude(read_open(database, &v.store, &why), &why);
	if (status == EX_OK)
		status = check_all(&v);
	if (status == EX_OK) {
		print_sum(&v);
		status = v.faults > 0 ? EX_DATAERR : EX_OK;
	}
	rows_free(&v.originals);
	store_close(&v.store);
	pass_close(&v.pass);
	free(v.awaited);
	free(v.lines);
	return status;
}

/* "20000000", "20M": 0 when it is no number of bytes above 0. */
static uint64_t
bytes_of(const char *text)
{
	static const char letters[] = "KMG";
	const char       *letter;
	char             *end;
	unsigned long long n;
	uint64_t          bytes;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno != 0)
		return 0;
	bytes = n;
	if (*end != '\0') {
		letter = strchr(letters, *end++);
		if (letter == NULL || *end != '\0' || __builtin_mul_overflow(bytes, (uint64_t)1 << (10 * (letter - letters + 1)), &bytes))
			return 0;
	}
	return bytes;
}

int
command_verify(struct invocation *in, int argc, char **argv)
{
	static const struct option options[] = { { "server", no_argument, NULL, 's' }, { "rate", required_argument, NULL, 'b' },
		{ "resume", required_argument, NULL, 'f' }, { 0 } };
	struct verify_pace         pace = { 0 };
	int                        o, server = 0, status, compared;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 's': server = 1; break;
		case 'f': pace.progress = optarg; break;
		case 'b':
			pace.bytes_per_s = bytes_of(optarg);
			if (pace.bytes_per_s == 0)
				return complain(EX_USAGE, "--rate: bytes in a second, such as 20M, not \"%s\"", optarg);
			break;
		default: return usage_error(in);
		}
	if (optind != argc)
		return usage_error(in);
	status = verify_files(in->conf->database, in->conf->archive, &pace);
	if (!server || (status != EX_OK && status != EX_DATAERR))
		return status;
	compared = verify_servers(in);
	return compared != EX_OK ? compared : status;
}
