/*
 * The register of organisations (Enhetsregisteret's open data): names, numbers, classes, domains, in a file of its own beside
 * the database, DATABASE.registry. Owns that file; must not know where the entries come from, or what is made of an answer.
 *
 * A file of its own, because it is an input like the configuration: it is replaced as a whole, nobody waits while it is
 * loaded, and a database built again finds it where it was.
 */
#ifndef HOERING_STORE_REGISTRY_H
#define HOERING_STORE_REGISTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "daemon/judge/judge.h"

/* --- filling --- */

struct registry_writer;
struct registry_entry {
	int64_t     orgnr, parent;	/* parent 0: none */
	const char *name;
	const char *form;		/* "KOMM", "" unknown */
	const char *class;		/* as in struct verdict, or "follows": the parent's */
	int         is_gone;		/* struck from the register */
};

/* A new register beside the old one, which is used until registry_finish(). */
enum outcome registry_begin(const char *database, struct registry_writer **out, struct why *why) MUST_CHECK;
/* An organisation seen twice is what was said last. */
enum outcome registry_add(struct registry_writer *w, const struct registry_entry *e, struct why *why) MUST_CHECK;
/* By what it is found: KNOWN_BY_NAME (a key of judge_name_key(), also of former names), _DOMAIN, _ADDRESS. */
enum outcome registry_add_known(struct registry_writer *w, int64_t orgnr, enum known_by by, const char *value, struct why *why) MUST_CHECK;
/* Classes follow parents; durable; takes the old one's place. *organisations: how many there are. Frees the writer. */
enum outcome registry_finish(struct registry_writer **w, int64_t *organisations, struct why *why) MUST_CHECK;
void         registry_abandon(struct registry_writer **w);	/* NULL is nothing */

/* --- asking --- */

struct registry;
/* OUTCOME_OK and *out NULL when there is no register. */
enum outcome registry_open(const char *database, struct registry **out, struct why *why) MUST_CHECK;
void         registry_close(struct registry **r);

/*
 * What it knows of one mail, ready for struct circumstances: judge_ask() asked of it. A NULL registry knows nothing. The strings
 * live in *hold until registry_forget().
 */
struct registry_hold;
enum outcome registry_know(struct registry *r, const struct judge *j, const struct parsed *p, struct circumstances *c,
    struct registry_hold **hold, struct why *why) MUST_CHECK;
void         registry_forget(struct registry_hold *hold);

/* DATABASE.registry; `out` has 1100 bytes. */
void registry_path(const char *database, char *out);

#endif
