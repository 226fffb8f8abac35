/*
 * What hoering-parse tells about one message: typed, bounded records, and the struct they are read into.
 * With limits.h this is all the daemon sees of the parser; every record is checked on reading, and a bad one
 * costs its message only.
 *
 * A stream is  V E (P|T|S|K|D|M|B|W)* Z  and nothing after Z. A stream that ends before Z is kept up to there and
 * `complete` stays 0: the parser died or was stopped, and the message is filed as `unparsed` with what is sound.
 *
 * A record is one letter, a 4-byte little-endian length of its payload, the payload. A payload is its fields in the
 * order below with nothing left over: integers are 8 bytes little-endian, strings a 4-byte length and that many
 * bytes of UTF-8 (NFC, no control characters but \n and \t in T), digests 32 bytes.
 */
#ifndef HOERING_PARSERS_WIRE_H
#define HOERING_PARSERS_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/why.h"

#define WIRE_VERSION 1		/* of this format; another number is refused */

enum record_kind {
	RECORD_VERSION = 'V', RECORD_ENVELOPE = 'E', RECORD_PART = 'P', RECORD_TEXT = 'T', RECORD_SIGNAL = 'S',
	RECORD_TOKENS = 'K', RECORD_DIGEST = 'D', RECORD_MINHASH = 'M', RECORD_BLOCK = 'B', RECORD_WARNING = 'W',
	RECORD_END = 'Z'
};

/* Bytes of a string owned by the arena of the struct parsed; also NUL-terminated there, and without inner NULs. */
struct text {
	const char *p;		/* never NULL after reading: "" when empty */
	size_t      n;
};

#define TIME_UNKNOWN INT64_MIN

struct envelope {
	struct text message_id;		/* without angle brackets; a claim, never a key */
	struct text in_reply_to;	/* first id, without angle brackets */
	struct text references;		/* ids without angle brackets, space between */
	struct text subject;		/* decoded (RFC 2047), unfolded */
	struct text from_name, from_address;	/* first From mailbox; address in lower case, domain as UTF-8 or A-label as sent */
	struct text sender_address, reply_to_address, return_path;	/* return_path: "<>" when null, "" when absent */
	struct text to;			/* To and Cc addresses, lower case, space between */
	int64_t     sent_at;		/* Date:, seconds since 1970 UTC, or TIME_UNKNOWN */
	int64_t     relayed_at;		/* date of the topmost Received:, or TIME_UNKNOWN */
};

enum text_status {
	TEXT_OK = 0, TEXT_EMPTY, TEXT_GARBLED, TEXT_ENCRYPTED, TEXT_CORRUPT, TEXT_UNSUPPORTED, TEXT_TOO_LARGE,
	TEXT_LINK_ONLY, TEXT_STATUSES
};
const char *text_status_name(enum text_status s);	/* as in the view: "ok", "empty", …, "link only" */

/*
 * One attachment. Position 0 is the message's own body and has no part record; attachments count from 1 in
 * document order (depth first). parent: position of the message or archive it was in, 0 for the mail itself.
 */
struct part {
	uint32_t         position, parent;
	int              is_inline;	/* a logo: referred to by cid: and no page, or a small picture with Content-Disposition inline */
	struct text      filename;	/* decoded (RFC 2231, 2047), "" when none; as sent, slashes too: never use it as a path */
	struct text      type;		/* declared media type, lower case */
	struct text      found_type;	/* by content; "" when not looked at */
	uint64_t         size_bytes;	/* of the decoded content */
	uint8_t          sha256[32];	/* of the decoded content */
	enum text_status text_status;
	uint32_t         pages;		/* 0: unknown */
	struct text      title, author;
	int64_t          created_at;	/* TIME_UNKNOWN when not told */
};

/* Where in a message something stands. */
enum zone {
	ZONE_HEADER = 0, ZONE_SUBJECT, ZONE_BODY,	/* the sender's own words */
	ZONE_SIGNATURE,					/* closing phrase and what follows */
	ZONE_QUOTED,					/* an earlier mail below or between, not the sender's words */
	ZONE_FORWARDED,					/* an inner mail that is passed on: its words count, at lower weight */
	ZONE_ATTACHMENT, ZONE_FILENAME, ZONES
};
const char *zone_name(enum zone z);

/*
 * What was noticed. `value` is normalised as told; `extra` as told, else "". The list grows at its end only:
 * stored records keep their numbers.
 */
enum signal_kind {
	SIGNAL_CASE_REF = 1,	/* "2021/4593", document number in extra ("33"); value "2021/4593" also when written 21/4593 */
	SIGNAL_CASE_LABEL,	/* the same as CASE_REF, but found beside a label: extra = "deres" | "var" | "sak" | "arkiv" */
	SIGNAL_ORGNR,		/* nine digits, check digit right, beside a label */
	SIGNAL_PHRASE,		/* value = group, extra = phrase id (config/rules/phrases) */
	SIGNAL_AUTOMATIC,	/* a structural mark: value = "auto-submitted", "null-return-path", "report/delivery-status", …; extra = its value */
	SIGNAL_INNER_FROM,	/* a forwarded or attached mail: value = address, extra = display name */
	SIGNAL_INNER_SUBJECT,	/* value = its subject (UTF-8) */
	SIGNAL_INNER_DATE,	/* value = seconds since 1970 as decimal, extra = as written */
	SIGNAL_CITED_DATE,	/* "høringsbrev av 26. april 2022": value "2022-04-26" */
	SIGNAL_ON_BEHALF_OF,	/* "på vegne av X": value = X as written; extra = "X, Y og Z" where more follow */
	SIGNAL_FROM_ORGANISATION,	/* "høringssvar fra X": the same */
	SIGNAL_SIGNATURE_LINE,	/* lines after the closing phrase, in order; extra = its number from 1 */
	SIGNAL_LETTERHEAD,	/* first lines of an attachment, in order; extra = its number from 1 */
	SIGNAL_LANGUAGE,	/* value = nb | nn | se | en, extra = a confidence 0-100; one for the message */
	SIGNAL_PERSON,		/* a person signed up: value = name, extra = "e-mail|organisation|speaker", the last 0 or 1 */
	SIGNAL_IDENTITY_NUMBER,	/* place only; value is never the number but its sort: "f", "d" */
	SIGNAL_CONFIDENTIAL,	/* value = phrase id */
	SIGNAL_LINK_ATTACHMENT,	/* value = URL's host */
	SIGNAL_LIST,		/* List-Id or List-Unsubscribe: value = which */
	SIGNAL_REPLACES,	/* "erstatter tidligere innsendt": value = phrase id; a revision or supplement mark */
	SIGNAL_NAME_ALONE,	/* what may be the name of a person signed up without an address: value = name */
	SIGNAL_PERSON_LEAVES,	/* a person who does not come after all: value = name, "" for the writer; extra = e-mail */
	SIGNAL_TOGETHER,	/* one of those who answer together, or two joined by "og": value = as written */
	SIGNAL_COMMON,		/* a sentence (offset: its block's) that tells nothing of who wrote it: value = "cited" | "courtesy" */
	SIGNAL_KINDS
};

struct signal {
	enum signal_kind kind;
	enum zone        zone;
	uint32_t         part;		/* 0: the mail itself */
	uint32_t         page;		/* 0: unknown */
	uint64_t         offset;	/* bytes into the text of the part */
	struct text      value, extra;
};

/* Normalised tokens (base/tokens.h) of one zone, in order, for titles and names. */
struct tokens {
	enum zone   zone;
	uint32_t    part;
	uint64_t    offset;		/* of its first byte in the text of the part */
	struct text words;
};

enum digest_kind {
	DIGEST_CONTENT = 1,	/* everything a person sees: From address, subject, body, attachments; not the transport */
	DIGEST_BODY,		/* normalised tokens of the own words without greeting, signature, quotes and disclaimers */
	DIGEST_ATTACHMENTS,	/* SHA-256s of the attachments that are not inline, sorted */
	DIGEST_ANSWER,		/* normalised tokens of what answers: the longest of body and attachments */
	DIGEST_DOCUMENTS,	/* the same attachments in whatever format: of each its tokens, or its SHA-256 where those do not tell; sorted */
	DIGEST_KINDS
};

struct digest {
	enum digest_kind kind;
	uint32_t         part;		/* whose text; 0: the mail */
	uint64_t         words;		/* how many tokens it is over: a digest of little says little */
	uint8_t          sha256[32];
};

/* MinHash over word 5-shingles of the answer's tokens (the text of DIGEST_ANSWER); none when it has under 20 words. */
#define MINHASH_SIZE 128
struct minhash {
	uint32_t part;
	uint64_t words;
	uint32_t slot[MINHASH_SIZE];
};

/* One sentence of the text: a 64-bit hash of its tokens, so that what was added to a form letter can be found. */
struct block {
	uint32_t  part;
	enum zone zone;
	uint64_t  offset, size_bytes;	/* in the text of the part */
	uint64_t  words;
	uint64_t  hash;
	uint64_t  form;		/* the same without names and numbers, which a form letter leaves to be filled in; else the hash */
};

/* Extra of a SIGNAL_FROM_ORGANISATION that no phrase led to: how the name stands in the text. All begin with the mark. */
#define NAMED_MARK	"="
#define NAMED_AS_SUBJECT NAMED_MARK "subject"	/* a sentence begins with it, "X har ingen merknader" */
#define NAMED_AS_US	NAMED_MARK "us"		/* "Vi i X mener": where it ends is not said */
#define NAMED_BY_DOMAIN	NAMED_MARK "domain"	/* it is what the domain of a sender is called */
#define NAMED_AS_PLACE	NAMED_MARK "place"	/* the same, but as where something is: "i Storvik" */
#define NAMED_BY_SHORT	NAMED_MARK "short"	/* a sender's domain may be the short of it, or of its beginning */
#define NAMED_IN_TITLE	NAMED_MARK "title"	/* a piece of the subject or a file's name: "Høring - Storvik kommune" */
#define NAMED_IN_FULL	NAMED_MARK "full"	/* "Norsk Sjøforening (NSF)": a name, and its letters in brackets behind it */
#define NAMED_BEHIND_FROM NAMED_MARK "from"	/* the same, behind "fra": "Innspill til planen fra Storvik kommune" */
#define WARNING_NOISE "text-noise"	/* a body that is not what it says it is */
#define WARNING_SEALED "encrypted"	/* a body, or some of it, is encrypted by OpenPGP */
#define WARNING_LOST  "structure-lost"	/* nobody knows which of a body's words are the letter */
#define WARNING_TIME  "limit-time"	/* a part, or the body, took too long to read and was left */
struct warning {
	uint32_t    part;
	struct text code, detail;	/* code: "limit-parts", "charset-guessed", …; detail in plain words, foreign bytes escaped */
};

/* All that one message's records say. The arrays and every text are owned by it. */
struct parsed {
	uint64_t         parser_version;	/* of the parser's rules, from V: another number, other rules */
	int              complete;		/* Z was there and counted right */
	size_t           sound_bytes;		/* of the stream: whole, good records from its start */
	struct envelope  envelope;
	int              has_envelope;
	struct part     *parts;    size_t n_parts;
	struct signal   *signals;  size_t n_signals;
	struct tokens   *tokens;   size_t n_tokens;
	struct digest   *digests;  size_t n_digests;
	struct minhash  *minhashes; size_t n_minhashes;
	struct block    *blocks;   size_t n_blocks;
	struct warning  *warnings; size_t n_warnings;
	/* Text by part, in order of arrival; pieces of one part are joined. texts[i].part tells whose. */
	struct part_text { uint32_t part; struct text text; } *texts; size_t n_texts;
	struct wire_arena *arena;		/* private */
};

/*
 * Reads a whole stream of `n` bytes (n <= LIMIT_RECORDS_BYTES) into *out. Returns OUTCOME_OK also for a stream that stops
 * early (complete = 0). A malformed record, an unknown letter, a letter out of place, a value out of range, a limit of
 * limits.h passed, text that is not clean UTF-8: OUTCOME_BAD, `why` says which record and why, and *out holds what
 * came before it with complete = 0. No memory: OUTCOME_DEFER. *out is always initialised: parsed_free() it.
 */
enum outcome parsed_read(const uint8_t *p, size_t n, struct parsed *out, struct why *why) MUST_CHECK;
void         parsed_free(struct parsed *p);	/* clears it; a zeroed struct is fine */

/*
 * The stream without its text records (T), for storing beside the search index which holds the text.
 * `out` has room for n bytes. Returns the bytes written. The input must have been read without OUTCOME_BAD.
 */
size_t wire_without_text(const uint8_t *p, size_t n, uint8_t *out);

/* Writing, for the parser. A stream error (closed pipe) is remembered in FILE; strings are cut at their limit, not refused. */
void wire_version(FILE *f, uint64_t parser_version);
void wire_envelope(FILE *f, const struct envelope *e);
void wire_part(FILE *f, const struct part *p);
void wire_text(FILE *f, uint32_t part, const char *p, size_t n);	/* cut into pieces on UTF-8 borders */
void wire_signal(FILE *f, const struct signal *s);
void wire_tokens(FILE *f, const struct tokens *t);
void wire_digest(FILE *f, const struct digest *d);
void wire_minhash(FILE *f, const struct minhash *m);
void wire_block(FILE *f, const struct block *b);
void wire_warning(FILE *f, const struct warning *w);
void wire_end(FILE *f, uint64_t records);	/* how many records came before it, V included */

/* A text made of a C string that outlives it. */
struct text text_of(const char *s);

/*
 * The talk between hoeringd and a hoering-parse server, on a SOCK_SEQPACKET pair at descriptor PARSE_FD.
 * One request at a time. A request carries the mail's descriptor (sealed memfd, or the archived file opened read-only);
 * the answer carries a sealed memfd with the records (or none when the child left nothing).
 */
#define PARSE_FD 3
enum parse_mode {
	PARSE_MAIL = 0,
	PARSE_DOCUMENT = 1,	/* not a mail but one document, for `hoering parse --document` */
	PARSE_EXTRACT = 2,	/* the answer's memfd holds decoded parts of a mail, not records (`hoering extract`) */
	PARSE_MAIL_OCR = 3	/* the later pass: as PARSE_MAIL, and pages and pictures without text are read by OCR (LIMIT_OCR_*); the same where no OCR is built in */
};
struct parse_request {
	uint64_t id;			/* comes back in the answer */
	uint32_t document;		/* enum parse_mode */
	char     filename[512];		/* of a document, for recognition by name; the first position wanted in decimal for EXTRACT; else "" */
};

/*
 * The answer to PARSE_EXTRACT: that part and those after it, as many as there is room for, by position. Before the bytes of each stand its
 * position and their length, 8 bytes little-endian each. A part without bytes of its own, or one the child did not come to, is not there.
 */
#define EXTRACT_HEAD	16u
#define EXTRACT_BYTES	(LIMIT_MAIL_BYTES + EXTRACT_HEAD)	/* room for the largest (limits.h) */
enum parse_end { PARSE_DONE = 0, PARSE_CRASHED, PARSE_TIMEOUT, PARSE_OVERFLOW, PARSE_UNABLE };
struct parse_answer {
	uint64_t       id;
	enum parse_end end;		/* how the child ended; anything but DONE: what was written before is still in the memfd */
	int32_t        detail;		/* signal number for CRASHED, errno for UNABLE (no child could be made: try later) */
	uint32_t       cpu_ms;
};

#endif
