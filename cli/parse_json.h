/*
 * What one file was read as, as a JSON object: the form of `hoering parse --json` (hoering(1)).
 * Owns that form; knows nothing of files, servers and databases.
 */
#ifndef HOERING_CLI_PARSE_JSON_H
#define HOERING_CLI_PARSE_JSON_H

#include <stdio.h>

#include "parsers/wire.h"

/* A JSON string with its quotes. */
void json_string(FILE *f, const char *p, size_t n);

/*
 * One object. A mail: its envelope, body and the attachments it holds itself. A document: itself (status, pages, meta, text),
 * its members or attachments, and, when it is a mail, its envelope. `failure`: "" or how the parser ended, in plain words.
 */
void parse_json_mail(FILE *f, const struct parsed *p, const char *failure);
void parse_json_document(FILE *f, const struct parsed *p, const char *failure);

#endif
