/*
 * The configuration, read and checked: hoeringd.conf, the folder of consultations, the lists of invited.
 * Owns the parsed values and every mistake with its file and line; opens no connection, reads no secret.
 */
#ifndef HOERING_CONFIG_CONF_H
#define HOERING_CONFIG_CONF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/why.h"

enum conf_scheme { SCHEME_IMAPS, SCHEME_IMAP, SCHEME_MAILDIR };
enum conf_tls    { TLS_REQUIRED, TLS_NONE };	/* NONE: plain IMAP, to a loopback address only */
enum conf_auth   { AUTH_LOGIN, AUTH_XOAUTH2 };
enum conf_secret { SECRET_NONE, SECRET_CREDENTIAL, SECRET_FILE, SECRET_COMMAND, SECRET_TOKEN_COMMAND };
enum conf_after  { AFTER_LEAVE, AFTER_KEYWORD, AFTER_MOVE };

struct conf_mailbox {
	const char      *name;		/* the mailbox's identity */
	const char      *address;
	const char      *url;
	enum conf_scheme scheme;
	const char      *host;		/* "" for a maildir; an IPv6 address without brackets */
	unsigned         port;		/* 993 and 143 when the URL has none */
	const char      *folder;	/* UTF-8 folder name ("INBOX" when the URL has none), or the maildir's absolute path */
	const char      *user;
	enum conf_auth   auth;
	enum conf_secret secret;
	const char      *secret_value;	/* the credential's name, the file's absolute path, or the command; never the secret itself */
	enum conf_tls    tls;
	const char      *tls_ca_file;	/* absolute, or "" for the system's trust */
	enum conf_after  after;
	const char      *after_folder;	/* for AFTER_MOVE */
	int              idle;
	const char      *file;
	unsigned         line;
};

struct conf_invited {
	const char  *name;
	const char  *address;		/* postal address lines joined by ", " (a place to its postcode by a space) */
	const char **emails;  size_t n_emails;
	const char **domains; size_t n_domains;
	const char  *orgnr;		/* nine digits, or "" */
	unsigned     line;
};

struct conf_registration {
	int          present;
	const char **mailboxes; size_t n_mailboxes;
	const char  *deadline;		/* YYYY-MM-DD */
	int64_t      deadline_at;	/* the first second after the deadline day, seconds since 1970 UTC */
	unsigned     max_persons;	/* 0: no limit */
};

struct conf_consultation {
	const char  *id;		/* the file's name without .conf */
	const char  *title;
	const char **aliases;   size_t n_aliases;
	const char  *case_ref;		/* as written, "" when none */
	const char  *case_norm;		/* "2021/4593", "" when none */
	const char **letters;   size_t n_letters;	/* YYYY-MM-DD */
	const char  *opened, *deadline;	/* YYYY-MM-DD */
	int64_t      opened_at;		/* first second of the opening day */
	int64_t      deadline_at;	/* first second after the deadline day: received before it is on time */
	const char **mailboxes; size_t n_mailboxes;
	const char  *invited_file;	/* NULL without */
	struct conf_invited *invited; size_t n_invited;
	const char **questions; size_t n_questions;
	struct conf_registration registration;
	const char  *file;
	unsigned     title_line, case_line;
};

struct conf {
	const char *file;		/* absolute */
	const char *database, *archive;	/* absolute */
	const char *control;		/* socket; default: "hoeringd.sock" beside the database */
	const char *rules;		/* folder of the rules files; "": the rules built into the programs */
	const char *timezone;
	int64_t     poll_ms;
	unsigned    workers;		/* 0: one per core */
	int         log_facility;	/* LOG_MAIL … */
	struct conf_mailbox      *mailboxes;     size_t n_mailboxes;
	struct conf_consultation *consultations; size_t n_consultations;
	char        digest[65];		/* SHA-256, hex, of all the files read and the rules in `rules`, so that a change of configuration can be told */
	struct conf_zone  *zone;	/* private: the clock of `timezone` */
	struct conf_arena *arena;	/* private */
};

/*
 * Reads and checks everything the files say. On any mistake returns OUTCOME_REFUSED after having written every one of them
 * to `mistakes` (a line each: "FILE:LINE: what is wrong; what to do") and *out is untouched. All strings belong to *out;
 * conf_free() it. Contract: design.md "configuration". Sets TZ for nobody: times are computed with `timezone` alone.
 */
enum outcome conf_load(const char *path, FILE *mistakes, struct conf **out) MUST_CHECK;
/*
 * The same for hoering-fetch: file, timezone, poll_ms and the one mailbox (mailboxes[0]) are set, nothing else is looked at.
 * conf_mailbox_write() makes such a file: so the daemon hands over the configuration it has accepted, whatever the file
 * says by now. It names where the secret is, never the secret. 0, or -1 when `f` could not be written.
 */
enum outcome conf_load_mailbox(const char *path, const char *name, FILE *mistakes, struct conf **out) MUST_CHECK;
int          conf_mailbox_write(FILE *f, const struct conf *c, const struct conf_mailbox *m);
void         conf_free(struct conf *c);

const struct conf_mailbox      *conf_mailbox(const struct conf *c, const char *name);	/* NULL when unknown */
const struct conf_consultation *conf_consultation(const struct conf *c, const char *id);

/*
 * "YYYY-MM-DDTHH:MM:SSZ" and the same clock in the configured zone ("YYYY-MM-DD HH:MM:SS"); `out` has 32 bytes.
 * Seconds since 1970; the zone's rules are the system's tz database.
 */
void conf_utc(int64_t at, char *out);
void conf_local(const struct conf *c, int64_t at, char *out);

/* "21/4593-33", "2021/4593", "200701234-" … to "2021/4593" in `out` (24 bytes); 0 when it is no case reference. */
int  conf_case_normalise(const char *ref, char *out);

#endif
