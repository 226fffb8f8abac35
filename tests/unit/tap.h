/*
 * What every unit test prints: "ok NAME" or "not ok NAME: why", counted by tests/run.
 * Owns the count of failures; knows nothing of what is tested.
 */
#ifndef HOERING_TESTS_TAP_H
#define HOERING_TESTS_TAP_H

#include <stdio.h>

static int tap_failures;

#define TAP_CHECK(name, cond)                                                                      \
	do {                                                                                       \
		if (cond)                                                                          \
			(void)printf("ok %s\n", name);                                             \
		else {                                                                             \
			(void)printf("not ok %s: %s:%d: %s\n", name, __FILE__, __LINE__, #cond);   \
			tap_failures++;                                                            \
		}                                                                                  \
	} while (0)

static inline int
tap_end(void)
{
	return tap_failures > 0;
}

#endif
