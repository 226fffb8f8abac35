/* Do journal and archive still hold what the database was made of? Ends and presence only: verify reads everything again. */
#include "cli/statement.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cli/rows.h"
#include "config/utf8.h"
#include "daemon/archive.h"
#include "daemon/journal.h"

#define VERIFY_FIRST "Run hoering verify first."

struct ends {
	uint64_t known, last;	/* the database's last line, the journal's */
	char     hash[65];	/* the database's */
	int      same;		/* the journal has that line */
};

/* For journal_read(), which follows the chain from the first line. */
static enum outcome
note_end(void *arg, const struct journal_entry *e, struct why *why)
{
	struct ends *ends = arg;

	(void)why;
	ends->last = e->seq;
	ends->same |= e->seq == ends->known && strcmp(e->hash, ends->hash) == 0;
	return OUTCOME_OK;
}

static void
note(const char *what, const char *words)
{
	(void)printf("NOTE: %s: ", what);
	utf8_print(stdout, words, strlen(words));
	(void)puts(". " VERIFY_FIRST);
}

static enum outcome
print_journal(struct store *s, const struct conf *conf, struct why *why)
{
	struct ends  ends = { .known = 0 };
	struct why   broken;
	char         folder[4200];
	enum outcome o = store_last_event(s, &ends.known, ends.hash, why), read;

	if (o != OUTCOME_OK)
		return o;
	(void)snprintf(folder, sizeof folder, "%s/journal", conf->archive);
	read = journal_read(folder, ends.known > 0 ? ends.known - 1 : 0, note_end, &ends, &broken);
	if (read != OUTCOME_OK)
		note("the journal cannot be read or is damaged", broken.text);
	else if (ends.known > 0 && !ends.same)
		(void)printf("NOTE: the journal ends before line %" PRIu64 " or has another there: it is cut, or not this database's. " VERIFY_FIRST "\n", ends.known);
	return OUTCOME_OK;
}

/* 1 when it is there in its length; *closed: or not for us to see. */
static int
is_there(const struct archive *a, const char *sha256, const char *bytes, int *closed)
{
	struct why  why;
	struct stat st;
	int         fd = archive_read(a, sha256, &why), found;

	*closed = fd == -1 && why.code == EACCES;
	found = fd != -1 && fstat(fd, &st) == 0 && (uint64_t)st.st_size == strtoull(bytes, NULL, 10);
	fd_close(&fd);
	return found || *closed;
}

static enum outcome
print_originals(struct store *s, const struct conf *conf, const char *consultation, struct why *why)
{
	struct rows     r = { .n = 0 };
	struct archive *a = NULL;
	struct why      missing;
	size_t          lost = 0, closed = 0;
	int             one = 0;
	enum outcome    o = rows_read_consultation(s, READ_ORIGINALS_OF, consultation, &r, why);

	if (o == OUTCOME_OK && archive_open(conf->archive, 0, &a, &missing) != OUTCOME_OK)
		note("the originals cannot be read", missing.text);
	for (size_t i = 0; o == OUTCOME_OK && a != NULL && i < r.n; i++) {
		lost += !is_there(a, rows_cell(&r, i, "sha256"), rows_cell(&r, i, "bytes"), &one);
		closed += one != 0;
	}
	if (lost > 0)
		(void)printf("NOTE: %zu of the originals filed here are missing from the archive or have another length. " VERIFY_FIRST "\n", lost);
	if (closed > 0)
		(void)printf("NOTE: %zu of the originals filed here may not be read by this user: it was not looked whether they are whole.\n", closed);
	archive_close(&a);
	rows_free(&r);
	return o;
}

enum outcome
statement_print_damage(struct store *s, const struct conf *conf, const char *consultation, struct why *why)
{
	enum outcome o = print_journal(s, conf, why);

	return o == OUTCOME_OK ? print_originals(s, conf, consultation, why) : o;
}
