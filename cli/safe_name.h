/*
 * A sender's name for a file made into one that can do no harm in a folder of ours.
 * Owns the rules for names and the numbering of those that are taken; knows nothing of what is written.
 */
#ifndef HOERING_CLI_SAFE_NAME_H
#define HOERING_CLI_SAFE_NAME_H

#define SAFE_NAME_BYTES 256	/* NAME_MAX and a NUL */

/*
 * One path component: no slash, backslash or colon, no control or direction characters, no leading dot or hyphen, no space or dot at
 * the end, sound UTF-8, short enough for a number before its extension; "unnamed" when nothing is left.
 */
void safe_name(const char *wish, char name[SAFE_NAME_BYTES]);

/*
 * A new file in the folder `dir` for writing, never an old one: "brev.pdf", else "brev-2.pdf", "brev-3.pdf" … `name` gets which.
 * A descriptor, or -1 with errno.
 */
int safe_create(int dir, const char *wish, char name[SAFE_NAME_BYTES]);

#endif
