/*
 * "Not now" in a server's words: RFC 5530's codes, and what Gmail and Exchange say when they are asked too often.
 * Owns those words; must not know which command they answer.
 */
#ifndef HOERING_FETCH_LATER_H
#define HOERING_FETCH_LATER_H

/* -1: they say something else. Else the seconds they ask for; 0 when they name none. */
int later_of(const char *words);

#endif
