/*
 * The IMAP commands of a round, through libetpan: log in, select, search, fetch, flag, move, log out.
 * Owns the session and everything of libetpan's; knows nothing of hoeringd, and nothing of what is fetched when or why.
 *
 * Every failure but OUTCOME_BAD ends the session: after it only imap_close(). OUTCOME_BAD is the server's plain NO.
 */
#ifndef HOERING_FETCH_IMAP_H
#define HOERING_FETCH_IMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct conf_mailbox;
struct imap;
struct secret;
struct stream;

/* A greeted connection, on which libetpan may now speak. The stream stays the caller's. */
enum outcome imap_open(struct stream *stream, struct imap **out, struct why *why) MUST_CHECK;
/* Never says anything to the server. */
void         imap_close(struct imap **i);
/* LOGOUT; whatever the server answers. */
void         imap_logout(struct imap *i);

/* After a failure: so many seconds the server wants no other try; 0: it has not said. */
int          imap_later_s(const struct imap *i);

/* OUTCOME_REFUSED: the credential was not accepted. */
enum outcome imap_login(struct imap *i, const struct conf_mailbox *m, const struct secret *secret, struct why *why) MUST_CHECK;
/* Looked up in what the server said after login. */
int          imap_can(const struct imap *i, const char *capability);

/* What the server told about the selected folder; `exists` and `uidnext` are as last told. */
struct imap_folder {
	uint32_t uidvalidity, uidnext, exists;
	int      keywords;		/* `keyword` of imap_select can be set */
};
/* EXAMINE when `read_only`, else SELECT. The name is in modified UTF-7. */
enum outcome imap_select(struct imap *i, const char *folder, int read_only, const char *keyword, struct why *why) MUST_CHECK;
const struct imap_folder *imap_folder(const struct imap *i);
/* For who reads untagged answers himself (idle.c). */
void         imap_set_exists(struct imap *i, uint32_t exists);
/* STATUS: OUTCOME_OK when the folder is there. */
enum outcome imap_exists(struct imap *i, const char *folder, struct why *why) MUST_CHECK;
enum outcome imap_noop(struct imap *i, struct why *why) MUST_CHECK;

/* UIDs, ascending, each once. */
struct uids {
	uint32_t *list;
	size_t    n, size;
};
void         uids_free(struct uids *u);
/* Which UIDs from `first` to `last` (0: to the end) the server shows; they replace what is in `out`. */
enum outcome imap_search(struct imap *i, uint32_t first, uint32_t last, struct uids *out, struct why *why) MUST_CHECK;
/* Which of these it shows still. */
enum outcome imap_search_list(struct imap *i, const uint32_t *uids, size_t n, struct uids *out, struct why *why) MUST_CHECK;

/* What is asked before a body. One that the server did not tell stays as it was. */
struct imap_fact {
	uint32_t uid;
	int      told;
	uint32_t size_bytes;
	int64_t  internal_at;
};
enum outcome imap_fetch_facts(struct imap *i, struct imap_fact *facts, size_t n, struct why *why) MUST_CHECK;

/*
 * Bodies, in the order the server sends them. `fd` is a sealed memfd, the sink's to close; -1 when the mail is larger than
 * LIMIT_MAIL_BYTES. The sink's failure ends the session. A UID never asked for ends it too; one that does not come is for
 * the sink to notice, and so is one that comes twice.
 */
typedef enum outcome imap_sink(void *arg, uint32_t uid, int fd, uint64_t size_bytes, struct why *why);
enum outcome imap_fetch_bodies(struct imap *i, const uint32_t *uids, size_t n, imap_sink *sink, void *arg,
    struct why *why) MUST_CHECK;

enum outcome imap_add_flag(struct imap *i, const uint32_t *uids, size_t n, const char *flag, struct why *why) MUST_CHECK;
enum outcome imap_move(struct imap *i, const uint32_t *uids, size_t n, const char *folder, struct why *why) MUST_CHECK;
enum outcome imap_copy(struct imap *i, const uint32_t *uids, size_t n, const char *folder, struct why *why) MUST_CHECK;
enum outcome imap_expunge(struct imap *i, const uint32_t *uids, size_t n, struct why *why) MUST_CHECK;

/*
 * For idle.c, which speaks on the stream by itself between two commands: what libetpan had already read goes back to
 * the stream. -1 when that is more than a line may be.
 */
int imap_hand_back(struct imap *i);

#endif
