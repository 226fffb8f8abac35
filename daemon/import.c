#include "daemon/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/sha256.h"
#include "parsers/limits.h"

#define KEY_DIGITS 32

static void
no_receipt(void *arg, const struct receipt *r)
{
	(void)arg;
	(void)r;
}

static int
check(struct intake *in, const struct control_request *r, struct copy *c, char *answer, size_t size)
{
	struct stat st;
	char       *end;

	if (r->uid != 0 && r->uid != geteuid()) {
		(void)snprintf(answer, size, "only root and the daemon's own user may import");
		return EX_NOPERM;
	}
	if (conf_mailbox(in->conf, r->field[1]) == NULL) {
		(void)snprintf(answer, size, "no mailbox of the configuration is called so");
		return EX_DATAERR;
	}
	if (r->fd == -1 || fstat(r->fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (uint64_t)st.st_size > LIMIT_MAIL_BYTES) {
		(void)snprintf(answer, size, "a mail to import is a regular file of 1 to %u bytes", LIMIT_MAIL_BYTES);
		return EX_DATAERR;
	}
	c->mailbox = r->field[1];
	c->fd = r->fd;
	c->size_bytes = (uint64_t)st.st_size;
	c->received_at = strtoll(r->field[2], &end, 10);
	if (r->field[2][0] == '\0' || *end != '\0') {
		(void)snprintf(answer, size, "the time of receipt is not a number of seconds since 1970");
		return EX_DATAERR;
	}
	return EX_OK;
}

int
import_one(struct intake *in, const struct control_request *r, char *answer, size_t size)
{
	struct copy  c = { .uidvalidity = IMPORT_UIDVALIDITY, .actor = r->actor };
	struct why   why;
	char         sha256[SHA256_HEX], key[KEY_DIGITS + 1];
	uint64_t     uid;
	enum outcome o;
	int          known = 0, status = check(in, r, &c, answer, size);

	if (status != EX_OK)
		return status;
	if (sha256_copy(c.fd, c.size_bytes, -1, sha256) == -1) {
		(void)snprintf(answer, size, "reading the mail: %s", strerror(errno));
		return EX_IOERR;
	}
	memcpy(key, sha256, KEY_DIGITS);
	key[KEY_DIGITS] = '\0';
	c.key = key;
	o = in->behind ? intake_catch_up(in, &why) : OUTCOME_OK;
	if (o == OUTCOME_OK)
		o = store_find_copy(in->store, c.mailbox, c.uidvalidity, 0, c.key, &known, &uid, sha256, &why);
	if (o == OUTCOME_OK)
		o = intake_receive(in, &c, NULL, 0, &why);
	if (o == OUTCOME_OK)
		o = intake_flush(in, no_receipt, NULL, &why);
	if (o != OUTCOME_OK) {
		(void)snprintf(answer, size, "%s", why.text);
		return EX_TEMPFAIL;
	}
	(void)snprintf(answer, size, "%s as %.12s", known ? IMPORT_KNOWN : "archived", sha256);
	return EX_OK;
}
