/*
 * The later pass: mails whose scanned pages or pictures gave no text are parsed once more with OCR, one at a time, niced, and
 * never while the line has anything else to parse. Owns that one parser server; what comes back is filed like any other result.
 */
#ifndef HOERING_DAEMON_OCR_H
#define HOERING_DAEMON_OCR_H

#include "base/why.h"
#include "daemon/intake.h"
#include "daemon/workers.h"

struct ocr;

enum outcome ocr_new(const char *rules, struct ocr **out, struct why *why) MUST_CHECK;
void         ocr_free(struct ocr **o);
enum outcome ocr_rules(struct ocr *o, const char *rules, struct why *why) MUST_CHECK;
/* Something may wait: a filing, a start. */
void         ocr_wake(struct ocr *o);
/* Gives the next that waits to the server when it is free. OUTCOME_DEFER: the database could not be asked. */
enum outcome ocr_feed(struct ocr *o, struct intake *in, struct why *why) MUST_CHECK;
size_t       ocr_poll_set(const struct ocr *o, struct pollfd *fds, size_t max);
int64_t      ocr_wait_ms(const struct ocr *o);
void         ocr_run(struct ocr *o, const struct pollfd *fds, size_t n, workers_answered *answered, void *arg);

#endif
