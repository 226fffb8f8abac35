/*
 * Archive, journal and database held against each other, wherever they stand: in use, or in a backup.
 * Owns the checks and the words for what is wrong; changes nothing.
 */
#ifndef HOERING_CLI_VERIFY_H
#define HOERING_CLI_VERIFY_H

#include <stdint.h>

/* How the archive is read: cli/pass.h. Zeroed: from its beginning, as fast as it goes. */
struct verify_pace {
	const char *progress;		/* the file that keeps how far it is */
	uint64_t    bytes_per_s;
};

/* A line for each fault and one with the numbers to stdout. 0, EX_DATAERR with faults, another sysexits number when it cannot be done. */
int verify_files(const char *database, const char *archive, const struct verify_pace *pace);

#endif
