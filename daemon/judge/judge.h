/*
 * The verdicts: pure functions from records, circumstances and configuration to what is said and why.
 * Owns the rules and their versions; does no I/O, reads no clock, and never sees prose, only what the parser noticed.
 */
#ifndef HOERING_JUDGE_JUDGE_H
#define HOERING_JUDGE_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "config/conf.h"
#include "daemon/judge/verdict.h"
#include "parsers/wire.h"

#define JUDGE_VERSION 3		/* of the rules as a whole; stored with each verdict */

/* The configuration made ready for judging (titles and names as tokens …), built once for each load. */
struct judge;
enum outcome judge_new(const struct conf *conf, struct judge **out, struct why *why) MUST_CHECK;
void         judge_free(struct judge *j);

/* What the register of organisations has, where there is one (daemon/registry.h). */
enum known_by { KNOWN_BY_NAME, KNOWN_BY_ORGNR, KNOWN_BY_DOMAIN, KNOWN_BY_ADDRESS };
struct known_organisation {
	enum known_by by;
	const char   *value;			/* that was asked for: a name's key (also of a former name), nine digits, a domain … */
	const char   *orgnr, *name, *class;	/* class as in struct verdict */
	int           is_part;			/* a unit of another, or gone: stands back behind one that is neither */
};

/* What is known of a mail beside its bytes. */
struct circumstances {
	const char **mailboxes; size_t n_mailboxes;	/* every mailbox that holds a copy, sorted by name */
	int64_t      received_at;			/* INTERNALDATE of the earliest copy */
	const char  *parse_failure;			/* NULL, or why the records are incomplete: "crashed (signal 11)" */
	int          decided_kind;			/* operator's `kind`: enum mail_kind, or -1 */
	const char  *decided_consultation;		/* operator's `refile`: id, NO_CONSULTATION, or NULL */
	const struct known_organisation *known; size_t n_known;	/* answers to judge_ask(); none without a register */
};

/*
 * Phase one. `p` may be incomplete (kind becomes unparsed) or zeroed. *out is the caller's: verdict_free().
 * OUTCOME_DEFER without memory, else OUTCOME_OK: there is no message that cannot be judged.
 */
enum outcome judge_message(const struct judge *j, const struct parsed *p, const struct circumstances *c,
    struct verdict *out, struct why *why) MUST_CHECK;

/* What the register should be asked about this mail before it is judged: `ask` is called for each, also more than once for the same. */
typedef void judge_asks(void *arg, enum known_by by, const char *value);
void judge_ask(const struct judge *j, const struct parsed *p, judge_asks *ask, void *arg);

/* For who fills the register: the key of a name (`out` has 200 bytes), a domain that proves nothing, the class an entry has. */
void        judge_name_key(const struct judge *j, const char *name, char *out);
int         judge_is_webmail(const struct judge *j, const char *domain);
/* "" is no code. "follows": that of the organisation it is a unit of. Lives as long as the judge. */
const char *judge_registered_class(const struct judge *j, const char *name, const char *form, const char *industry);

/* Who an operator has said the responder is (`join`, `split`): facts as in struct verdict. */
struct joined_responder {
	char key[400], name[400], class[64], orgnr[16];
};
/* After judge_message(): the verdict's responder is this one, with evidence that says by whose word. OUTCOME_DEFER without memory. */
enum outcome judge_joined(const struct judge *j, const struct joined_responder *as, struct verdict *v, struct why *why) MUST_CHECK;

/*
 * Phase two, over all submissions connected by kin keys; the order of the array does not matter and is changed
 * to the order of receipt (received_at, mailbox, uid). Never relates across consultations.
 */
void judge_family(const struct judge *j, struct relative *family, size_t n);

/* "on time", "late" or "unknown" (no consultation, no time); *seconds_late (may be NULL) is 0 unless late. */
const char *judge_deadline(const struct conf_consultation *c, enum mail_kind kind, int64_t received_at, int64_t *seconds_late);

#endif
