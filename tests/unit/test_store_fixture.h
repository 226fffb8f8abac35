/*
 * A database on a real disk with a small real configuration, and short words for what the daemon does to it.
 * Owns the temporary folder; knows nothing of what is tested.
 */
#ifndef HOERING_TESTS_STORE_FIXTURE_H
#define HOERING_TESTS_STORE_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store/store.h"

#define AT_OPENING	INT64_C(1650974400)	/* 2022-04-26 12:00 UTC */
#define AT_DEADLINE	INT64_C(1653688800)	/* 2022-05-27 24:00 in Oslo: the first second that is late */

struct fixture {
	char          folder[64], database[128], conf_path[128];
	struct conf  *conf;
	struct store *store;
	uint64_t      seq;
};

/* Everything here ends the test program when it fails: it is not what is tested. */
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);	/* and removes the folder */
/* The configuration with one more line in hoeringd.conf, loaded. */
void fixture_reconfigure(struct fixture *f, const char *line);
void fixture_must(enum outcome o, const struct why *why, const char *what);

/* The SHA-256 that stands for original number `n` (its first eight digits are n). */
const char *sha_of(unsigned n);

/* One journal line; details are key, value, … NULL. */
enum outcome line(struct fixture *f, const char *action, const char *object, struct why *why, ...) __attribute__((sentinel));
/* The line of a copy, in a transaction of its own; returns the submission. */
int64_t copy(struct fixture *f, unsigned n, const char *mailbox, uint64_t uid, int64_t received);

/* What a mail says: written and read with the real wire. */
struct mail { const char *subject, *from, *text, *attachment, *attachment_text; unsigned answer; };
void parse(struct fixture *f, int64_t submission, const struct mail *m);

/* A verdict whose strings are the caller's. */
struct verdict verdict_of(enum mail_kind kind, const char *consultation, const char *responder);
/* Its one relative, as the judge would leave an answer that stands alone. */
struct relative alone(int64_t id, int64_t received, const char *consultation);
/* Both phases and commit. */
void file(struct fixture *f, int64_t submission, const struct verdict *v, const struct relative *family, size_t n);
void file_alone(struct fixture *f, int64_t submission, int64_t received, const struct verdict *v);

/* The rows of a query, columns joined by '|' and rows by '\n', from a second connection; NULL is "-". Lives until the next. */
const char *rows(struct fixture *f, const char *sql);
/* 1 when running it on the writer's file fails with these words. */
int         refuses(struct fixture *f, const char *sql, const char *words);

#endif
