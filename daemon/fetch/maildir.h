/*
 * A maildir, or a folder of .eml files, as a mailbox: every file is a mail, told once.
 * Owns the folder's descriptors and the keys of the files told; never changes anything in the folder.
 */
#ifndef HOERING_FETCH_MAILDIR_H
#define HOERING_FETCH_MAILDIR_H

#include "base/why.h"

struct conf;
struct conf_mailbox;
struct report;

/* Opens the folder and locks this process to it; with --check (no socket) that is all. Else rounds until QUIT. */
enum outcome maildir_run(const struct conf *c, const struct conf_mailbox *m, struct report *r, struct why *why) MUST_CHECK;

#endif
