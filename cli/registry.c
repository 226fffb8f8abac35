/* hoering registry load: Enhetsregisteret's open data made the register the judge is told of. */
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/line.h"
#include "cli/registry_file.h"
#include "config/utf8.h"
#include "daemon/judge/judge.h"
#include "daemon/sha256.h"
#include "daemon/store/registry.h"

struct loading {
	struct registry_writer *writer;
	struct judge           *judge;
	uint64_t                taken, refused;
};

/* Nine digits with the check digit right (weights 3 2 7 6 5 4 3 2); 0 for anything else. */
static int64_t
orgnr_of(const char *text)
{
	static const int weights[] = { 3, 2, 7, 6, 5, 4, 3, 2 };
	int              sum = 0;

	if (strlen(text) != 9 || strspn(text, "0123456789") != 9)
		return 0;
	for (size_t i = 0; i < 8; i++)
		sum += weights[i] * (text[i] - '0');
	return (11 - sum % 11) % 11 == text[8] - '0' ? strtoll(text, NULL, 10) : 0;
}

static enum outcome
add_name(struct loading *l, int64_t orgnr, const char *name, struct why *why)
{
	char key[200];

	judge_name_key(l->judge, name, key);
	return key[0] == '\0' ? OUTCOME_OK : registry_add_known(l->writer, orgnr, KNOWN_BY_NAME, key, why);
}

static enum outcome
add_former(struct loading *l, int64_t orgnr, const char *names, struct why *why)
{
	char         copy[REG_VALUE_BYTES], *name, *rest = copy;
	enum outcome o = OUTCOME_OK;

	(void)snprintf(copy, sizeof copy, "%s", names);
	while (o == OUTCOME_OK && (name = strsep(&rest, "\n;|")) != NULL)
		o = add_name(l, orgnr, name, why);
	return o;
}

/* "https://www.Storvik.kommune.no/om-oss" is storvik.kommune.no; 0 when it is no domain. */
static int
domain_of(const char *page, char out[REG_VALUE_BYTES])
{
	const char *p = strstr(page, "://");
	size_t      n;

	p = p == NULL ? page : p + 3;
	if (strncasecmp(p, "www.", 4) == 0)
		p += 4;
	n = strcspn(p, "/:?# ");
	for (size_t i = 0; i < n; i++)
		out[i] = (char)tolower((unsigned char)p[i]);
	out[n] = '\0';
	return n > 3 && strchr(out, '.') != NULL && out[0] != '.' && out[n - 1] != '.';
}

static enum outcome
add_contacts(struct loading *l, int64_t orgnr, const struct registry_record *r, struct why *why)
{
	char         page[REG_VALUE_BYTES] = "", mail[REG_VALUE_BYTES] = "", address[REG_VALUE_BYTES];
	const char  *at = strrchr(r->value[REG_EMAIL], '@');
	enum outcome o = OUTCOME_OK;
	size_t       i;

	if (r->value[REG_HOMEPAGE][0] != '\0' && domain_of(r->value[REG_HOMEPAGE], page))
		o = registry_add_known(l->writer, orgnr, KNOWN_BY_DOMAIN, page, why);
	if (o != OUTCOME_OK || at == NULL)
		return o;
	for (i = 0; r->value[REG_EMAIL][i] != '\0'; i++)
		address[i] = (char)tolower((unsigned char)r->value[REG_EMAIL][i]);
	address[i] = '\0';
	o = registry_add_known(l->writer, orgnr, KNOWN_BY_ADDRESS, address, why);
	if (o == OUTCOME_OK && domain_of(at + 1, mail) && strcmp(mail, page) != 0 && !judge_is_webmail(l->judge, mail))
		o = registry_add_known(l->writer, orgnr, KNOWN_BY_DOMAIN, mail, why);
	return o;
}

/* For registry_read(). A line that is no organisation is counted, not fatal: a million others are right. */
static enum outcome
take(void *arg, const struct registry_record *r, struct why *why)
{
	struct loading       *l = arg;
	struct registry_entry e = { .orgnr = orgnr_of(r->value[REG_ORGNR]), .parent = orgnr_of(r->value[REG_PARENT]), .name = r->value[REG_NAME],
		.form = r->value[REG_FORM], .is_gone = r->value[REG_GONE][0] != '\0' };
	enum outcome          o;

	if (e.orgnr == 0 || e.name[0] == '\0') {
		l->refused++;
		return OUTCOME_OK;
	}
	e.class = judge_registered_class(l->judge, e.name, e.form, r->value[REG_INDUSTRY]);
	o = registry_add(l->writer, &e, why);
	if (o == OUTCOME_OK)
		o = add_name(l, e.orgnr, e.name, why);
	if (o == OUTCOME_OK)
		o = add_former(l, e.orgnr, r->value[REG_FORMER], why);
	if (o == OUTCOME_OK)
		o = add_contacts(l, e.orgnr, r, why);
	l->taken++;
	return o;
}

static int
load_files(struct loading *l, const struct conf *conf, int n, char **paths, int64_t *organisations)
{
	struct why   why;
	enum outcome o = judge_new(conf, &l->judge, &why);
	int          i;

	if (o == OUTCOME_OK)
		o = registry_begin(conf->database, &l->writer, &why);
	for (i = 0; i < n && o == OUTCOME_OK; i++)
		o = registry_read(paths[i], take, l, &why);
	if (o == OUTCOME_OK && l->taken == 0)
		o = why_set(&why, OUTCOME_REFUSED, "%s: no organisation in it", paths[0]);
	if (o == OUTCOME_OK)
		o = registry_finish(&l->writer, organisations, &why);
	registry_abandon(&l->writer);
	judge_free(l->judge);
	return conclude(o, &why);
}

/* Whoever writes the database is told, so that it asks the new one and the audit trail says which it is. */
static int
tell_daemon(struct invocation *in, int64_t organisations)
{
	struct line line = { .in = in };
	char        path[1100], digest[SHA256_HEX], count[24], answer[4096];
	const char *fields[] = { "registry", digest, count };
	off_t       size;
	int         fd, status, finished;

	registry_path(in->conf->database, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	size = fd == -1 ? -1 : lseek(fd, 0, SEEK_END);
	if (size == -1 || sha256_copy(fd, (uint64_t)size, -1, digest) == -1) {
		fd_close(&fd);
		return complain(EX_IOERR, "%s cannot be read again", path);
	}
	fd_close(&fd);
	(void)snprintf(count, sizeof count, "%" PRId64, organisations);
	status = line_ask(&line, fields, 3, -1, answer, sizeof answer);
	if (status != EX_OK)
		(void)complain(status, "registry: %s", answer);
	else {
		utf8_print(stdout, answer, strlen(answer));
		(void)putchar('\n');
	}
	finished = line_finish(&line);
	return status != EX_OK ? status : finished;
}

int
command_registry(struct invocation *in, int argc, char **argv)
{
	struct loading l = { 0 };
	int64_t        organisations = 0;
	int            status;

	if (argc < 3 || strcmp(argv[1], "load") != 0)
		return usage_error(in);
	status = must_own_database(in->conf);
	if (status == EX_OK)
		status = load_files(&l, in->conf, argc - 2, argv + 2, &organisations);
	if (status != EX_OK)
		return status;
	(void)printf("%" PRId64 " organisations in the register", organisations);
	if (l.refused > 0)
		(void)printf("; %" PRIu64 " entries without name or valid number left out", l.refused);
	(void)putchar('\n');
	log_set_quiet(1);
	return tell_daemon(in, organisations);
}
