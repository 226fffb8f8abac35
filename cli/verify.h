/*
 * Archive, journal and database held against each other, wherever they stand: in use, or in a backup.
 * Owns the checks and the words for what is wrong; changes nothing.
 */
#ifndef HOERING_CLI_VERIFY_H
#define HOERING_CLI_VERIFY_H

/* A line for each fault and one with the numbers to stdout. 0, EX_DATAERR with faults, another sysexits number when it cannot be done. */
int verify_files(const char *database, const char *archive);

#endif
