/*
 * What a message says, made countable: references, names, phrases, digests and blocks, each with its place.
 * Owns every signal, token, digest, minhash and block record; must not know a consultation, a configuration or a verdict.
 */
#ifndef HOERING_PARSERS_SIGNALS_H
#define HOERING_PARSERS_SIGNALS_H

#include <stdio.h>

struct message;
struct rules;

#define SIGNALS_VERSION 3	/* of the rules that notice; part of the parser version on the wire */

/*
 * Writes S, K, D, M and B records of one parsed message. Runs in the locked child: opens nothing, keeps nothing,
 * takes time linear in the text, and stays within limits.h whatever the text is.
 */
void signals_emit(FILE *f, const struct message *m, const struct rules *rules);

#endif
