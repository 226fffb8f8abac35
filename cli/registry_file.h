/*
 * A file of Enhetsregisteret's open data, record by record: CSV or JSON, gzipped or not, told apart by what is in it.
 * Owns the formats and never holds more than one record; knows nothing of what a record is for.
 */
#ifndef HOERING_CLI_REGISTRY_FILE_H
#define HOERING_CLI_REGISTRY_FILE_H

#include "cli/registry_record.h"

/* OUTCOME_REFUSED with the file and line or byte: it cannot be read, is damaged, or is neither of the two. What `each` returns ends it. */
enum outcome registry_read(const char *path, registry_each *each, void *arg, struct why *why) MUST_CHECK;

#endif
