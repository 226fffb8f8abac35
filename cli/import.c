/* hoering import: maildirs, folders of .eml files, mboxes and single mails, one by one to the line. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/line.h"
#include "cli/mail_file.h"
#include "config/utf8.h"
#include "daemon/import.h"

struct import {
	struct line line;
	const char *mailbox;
	size_t      taken, known, failed;
	int         status;	/* of the first failure */
};

/* For mail_file_read(): one mail, sealed. Nonzero stops: what would fail for every mail is not tried a thousand times. */
static int
take_mail(void *arg, const char *name, int fd, int64_t received_at)
{
	struct import *im = arg;
	char           when[24], answer[4096];
	const char    *fields[] = { "import", im->mailbox, when };
	int            status;

	(void)snprintf(when, sizeof when, "%lld", (long long)received_at);
	status = line_ask(&im->line, fields, 3, fd, answer, sizeof answer);
	if (status == EX_OK) {
		if (strncmp(answer, IMPORT_KNOWN, sizeof IMPORT_KNOWN - 1) == 0)
			im->known++;
		else
			im->taken++;
		utf8_print(stdout, name, strlen(name));
		(void)fputs(": ", stdout);
		utf8_print(stdout, answer, strlen(answer));
		(void)putchar('\n');
		return 0;
	}
	im->failed++;
	(void)complain(status, "%s: %s", name, answer);
	if (im->status == EX_OK)
		im->status = status;
	return status != EX_DATAERR;
}

static int
import_file(struct import *im, const char *path)
{
	struct why   why;
	int          stopped = 0, status;
	enum outcome o = mail_file_read(path, take_mail, im, &stopped, &why);

	if (o == OUTCOME_OK)
		return stopped;
	im->failed++;
	status = conclude(o, &why);
	if (im->status == EX_OK)
		im->status = status;
	return 0;
}

static int
is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int
is_eml(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 4 && strcmp(d->d_name + n - 4, ".eml") == 0;
}

/* In a folder nobody names each file: a symbolic link there may lead anywhere. */
static int
import_entry(struct import *im, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1 || S_ISREG(st.st_mode))
		return import_file(im, path);
	im->failed++;
	(void)complain(im->status == EX_OK ? im->status = EX_NOINPUT : im->status, "%s: no regular file: not read", path);
	return 0;
}

/* Every file of a folder by name, so that a second run takes them in the same order. -1: no such folder. */
static int
import_folder(struct import *im, const char *folder, int (*wanted)(const struct dirent *))
{
	struct dirent **names;
	int n = scandir(folder, &names, wanted, alphasort), stop = 0;

	if (n == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (!stop)
			stop = import_entry(im, path);
		free(names[i]);
	}
	free(names);
	return stop;
}

static int
import_path(struct import *im, const char *path)
{
	static const char *const maildir[] = { "cur", "new" };
	struct stat st;
	int         stop = 0, folders = 0;

	if (stat(path, &st) == -1 || !S_ISDIR(st.st_mode))
		return import_file(im, path);
	for (size_t i = 0; i < 2 && !stop; i++) {
		char inner[PATH_MAX];
		int  came;

		(void)snprintf(inner, sizeof inner, "%s/%s", path, maildir[i]);
		came = import_folder(im, inner, is_visible);
		folders += came != -1;
		stop = came == 1;
	}
	if (folders > 0)
		return stop;
	if (import_folder(im, path, is_eml) == -1)
		(void)complain(im->status = EX_NOINPUT, "%s: %s", path, strerror(errno));
	return 0;
}

int
command_import(struct invocation *in, int argc, char **argv)
{
	static const struct option options[] = { { "mailbox", required_argument, NULL, 'm' }, { 0 } };
	struct import im = { .line = { .in = in } };
	int           o, finished;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o != 'm')
			return usage_error(in);
		im.mailbox = optarg;
	}
	if (optind == argc || im.mailbox == NULL)
		return usage_error(in);
	if (conf_mailbox(in->conf, im.mailbox) == NULL)
		return complain(EX_DATAERR, "%s defines no mailbox \"%s\"", in->conf->file, im.mailbox);
	for (int i = optind; i < argc; i++)
		if (import_path(&im, argv[i]) != 0)
			break;
	finished = line_finish(&im.line);
	(void)printf("%zu taken in, %zu known already, %zu not taken\n", im.taken, im.known, im.failed);
	return im.status != EX_OK ? im.status : finished;
}
