/*
 * One reading of the whole archive, original by original: how far it is, kept in a file so that another run can go on, and its pace.
 * Owns that file and the waiting; knows nothing of how an original is read, nor of what may be wrong with it.
 *
 * Originals are read in the order of their SHA-256. The file holds the last one, and what was found before it; each change of it is
 * one write, so that a run that is killed has lost at most the original it was at.
 */
#ifndef HOERING_CLI_PASS_H
#define HOERING_CLI_PASS_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct pass;

/*
 * `path` NULL: nothing is kept. `archive` stands in the file: a run over another one is refused. `bytes_per_s` 0: as fast as it goes.
 * OUTCOME_REFUSED: another run has the file, or it is none of ours.
 */
enum outcome pass_open(const char *path, const char *archive, uint64_t bytes_per_s, struct pass **out, struct why *why) MUST_CHECK;
void         pass_close(struct pass **p);

/* Up to and with this SHA-256 all was read before; zeros for a new pass. And how many that were, of how many bytes. */
const char *pass_after(const struct pass *p, uint64_t *originals, uint64_t *bytes);

/* The n-th thing found before, from 0; NULL behind the last. Good until the next call. */
const char *pass_found(struct pass *p, size_t n);

/*
 * This original was read, and this was found (NULL: nothing). Waits until the pace allows the next: no run is ever further
 * than bytes_per_s times its age, and one original.
 */
enum outcome pass_read(struct pass *p, const char *sha256, uint64_t bytes, const char *found, struct why *why) MUST_CHECK;

/* All was read: the next run begins anew. */
enum outcome pass_end(struct pass *p, struct why *why) MUST_CHECK;

#endif
