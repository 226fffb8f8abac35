/*
 * The files of a maildir or folder that are not told yet: their names, in order, and the keys of those that are.
 * Owns both lists; opens no file and knows nothing of mail.
 */
#ifndef HOERING_FETCH_FILES_H
#define HOERING_FETCH_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

#define FILE_KEY_BYTES 16	/* the first half of a SHA-256 */

struct files {
	struct files_one {
		char   *name;
		int     folder;			/* which of the folders listed */
		uint8_t key[FILE_KEY_BYTES];
	}      *list;				/* not told yet: by name, each key once */
	size_t  n, size;
	uint8_t (*told)[FILE_KEY_BYTES];	/* sorted by files_clear(); later ones stand at the end */
	size_t  n_told, size_told;
	size_t  n_unread;			/* names passed over since the last files_clear() */
};

/*
 * Adds what stands in an open folder (number `folder`). `maildir`: every name but dot files, and what follows ':' (the flags)
 * is no part of the key; else *.eml; other names are counted. Those whose key was told before the last files_clear() are left out.
 */
enum outcome files_list(struct files *f, int dir_fd, int folder, int maildir, struct why *why) MUST_CHECK;
/* After all folders are listed: in order, and a file that stands in two of them (just moved) once. */
void         files_sort(struct files *f);
enum outcome files_told(struct files *f, const uint8_t key[FILE_KEY_BYTES], struct why *why) MUST_CHECK;
/* Empties the list of names; what was told stays known. */
void         files_clear(struct files *f);
void         files_free(struct files *f);

#endif
