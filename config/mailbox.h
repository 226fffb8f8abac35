/*
 * One mailbox of hoeringd.conf: its URL taken apart, its secret named, its settings held against each other.
 * Owns the rules for a mailbox; connects to nothing and reads no secret.
 */
#ifndef HOERING_CONFIG_MAILBOX_H
#define HOERING_CONFIG_MAILBOX_H

#include "config/conf.h"
#include "config/source.h"

/* Fills *m from its group; every mistake is told. */
void mailbox_read(struct source *s, const config_setting_t *group, struct conf_mailbox *m);

/*
 * scheme://host[:port]/folder with %XX in the folder, or maildir:/path. Fills scheme, host, port and folder.
 * NULL, or what is wrong (never with the URL in it: somebody may have put a password there).
 */
const char *mailbox_url(struct conf_arena *a, const char *file, const char *url, struct conf_mailbox *m);

/* 1 for an address or name that can only be this machine. */
int host_is_loopback(const char *host);

#endif
