/*
 * A file with one mail, or an mbox with many: cut into mails, each in a sealed memfd with the time it was received.
 * Owns the rules of mbox; knows no more of a mail than where its header ends.
 */
#ifndef HOERING_CLI_MAIL_FILE_H
#define HOERING_CLI_MAIL_FILE_H

#include <stdint.h>

#include "base/why.h"

/*
 * One mail: `name` for a person ("inbox.mbox:3"), sealed bytes, and when it was received: the topmost Received header, else the
 * mbox's own line, else the file's time. Anything but 0 stops the reading.
 */
typedef int mail_file_each(void *arg, const char *name, int fd, int64_t received_at);

/* *stopped is 1 when `each` stopped it. OUTCOME_REFUSED: the file cannot be read; OUTCOME_BAD: it is empty, or a mail in it is
 * too large (the others were read); OUTCOME_DEFER: no memory. */
enum outcome mail_file_read(const char *path, mail_file_each *each, void *arg, int *stopped, struct why *why) MUST_CHECK;

/* The time of an mbox's "From sender Fri Apr 29 12:00:00 2022" line; INT64_MIN when it is none. */
int64_t mbox_line_time(const char *line);

#endif
