#include "daemon/ocr.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/log.h"

struct ocr {
	struct workers *workers;	/* one */
	int64_t         after;		/* submission handed out last */
	int             more;		/* the database may have more */
};

enum outcome
ocr_new(const char *rules, struct ocr **out, struct why *why)
{
	struct ocr  *o = calloc(1, sizeof *o);
	enum outcome result;

	if (o == NULL)
		return why_errno(why, OUTCOME_DEFER, "ocr");
	o->more = 1;
	result = workers_new(1, rules, WORKERS_OCR, &o->workers, why);
	if (result == OUTCOME_OK)
		*out = o;
	else
		free(o);
	return result;
}

void
ocr_free(struct ocr **o)
{
	if (*o == NULL)
		return;
	workers_free(&(*o)->workers);
	free(*o);
	*o = NULL;
}

enum outcome
ocr_rules(struct ocr *o, const char *rules, struct why *why)
{
	return workers_rules(o->workers, rules, why);
}

void
ocr_wake(struct ocr *o)
{
	o->more = 1;
}

enum outcome
ocr_feed(struct ocr *o, struct intake *in, struct why *why)
{
	struct pending p;
	struct why     missing;
	size_t         n = 0;
	int            fd;
	enum outcome   result;

	if (!o->more || !workers_have_room(o->workers))
		return OUTCOME_OK;
	result = store_scanned(in->store, o->after, &p, 1, &n, why);
	if (result != OUTCOME_OK)
		return result;
	if (n == 0) {	/* those put off come round again */
		o->more = o->after != 0 && workers_busy(o->workers) == 0;
		o->after = 0;
		return OUTCOME_OK;
	}
	o->after = p.submission;
	fd = archive_read(in->archive, p.sha256, &missing);
	if (fd == -1) {
		log_warnx("original-missing", "submission=%" PRId64 " %s: its pictures are not read", p.submission, missing.text);
		return store_scanned_done(in->store, p.submission, why);
	}
	result = workers_give(o->workers, p.submission, p.tries, fd, why);
	fd_close(&fd);
	return result;
}

size_t
ocr_poll_set(const struct ocr *o, struct pollfd *fds, size_t max)
{
	return workers_poll_set(o->workers, fds, max);
}

int64_t
ocr_wait_ms(const struct ocr *o)
{
	return o->more && workers_busy(o->workers) == 0 ? 0 : workers_wait_ms(o->workers);
}

void
ocr_run(struct ocr *o, const struct pollfd *fds, size_t n, workers_answered *answered, void *arg)
{
	workers_run(o->workers, fds, n, answered, arg);
}
