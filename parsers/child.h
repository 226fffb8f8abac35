/*
 * One message in one process: what runs between the lock and the exit.
 * Owns the order of the records; knows nothing of sockets, requests and other messages.
 */
#ifndef HOERING_PARSERS_CHILD_H
#define HOERING_PARSERS_CHILD_H

#include <stdint.h>
#include <stdio.h>

#include "parsers/build.h"
#include "parsers/wire.h"

struct rules;

/* Of the rules by which messages are read; changes whenever the same mail could give other records. */
#define PARSER_VERSION 1u

struct task {
	const struct parse_request *request;
	const uint8_t              *p;		/* the mail or document */
	size_t                      n;
	struct progress            *progress;
	const struct rules         *rules;
	FILE                       *out;
};

/* Writes all records of one message and flushes. Whatever the bytes are it returns, dies, or is killed by a limit. */
void child_run(const struct task *t);

#endif
