/*
 * Every number that bounds what one message may cost, each with its reason.
 * Seen by the parser (which keeps within them) and by the daemon (which checks that it did).
 */
#ifndef HOERING_PARSERS_LIMITS_H
#define HOERING_PARSERS_LIMITS_H

/* One mail. Exchange Online stops at 150 MB; what is larger stays on the server and is told in `completeness`. */
#define LIMIT_MAIL_BYTES	(200u << 20)

/* One record on the wire. A text record is cut into pieces well below this. */
#define LIMIT_RECORD_BYTES	(1u << 20)
#define LIMIT_TEXT_PIECE	(256u << 10)

/* All records of one message: text below, plus signals; the daemon reads no more and calls it flooding. */
#define LIMIT_RECORDS_BYTES	(24u << 20)
#define LIMIT_RECORDS		200000u

/*
 * Text kept of one part and of one message: a 1,000-page report is 3 MB, and has 40,000 different words. The daemon holds the text
 * and an entry for each different word while it files a mail, and stays under 64 MB with these.
 */
#define LIMIT_PART_TEXT		(6u << 20)
#define LIMIT_MESSAGE_TEXT	(8u << 20)
#define LIMIT_MESSAGE_WORDS	65536u

/* Parts listed of one message, members of archives included. More is told by a warning. */
#define LIMIT_PARTS		2000u
#define LIMIT_DEPTH		24u

/* Decoded bytes one message may unfold to, archives included; and the ratio at which an archive is called a bomb. */
#define LIMIT_UNFOLDED_BYTES	(512u << 20)
#define LIMIT_ARCHIVE_RATIO	200u
#define LIMIT_ARCHIVE_MEMBERS	1000u

/* One field of the envelope as stored; longer is cut with a warning. */
#define LIMIT_FIELD_BYTES	2000u
#define LIMIT_FILENAME_BYTES	500u
#define LIMIT_REFERENCES	50u

/* Signals of one kind kept from one message; a real mail has fewer than ten. */
#define LIMIT_SIGNALS_A_KIND	200u
#define LIMIT_SIGNAL_BYTES	500u
#define LIMIT_TOKENS_BYTES	(64u << 10)	/* normalised tokens for titles and names: the first 64 KB of a message */
#define LIMIT_BLOCKS		20000u

/* The child: processor seconds, wall seconds (its server kills it), address space. */
#define LIMIT_CHILD_CPU_S	30u
#define LIMIT_CHILD_WALL_S	60u	/* of all children that one message needs */
#define LIMIT_CHILD_SPACE	(1500u << 20)

/*
 * Tries of a message whose parser was ended from outside (SIGKILL, server gone). One that crashes or runs out of its
 * limits by itself is not tried again: the same bytes would do the same.
 */
#define LIMIT_PARSE_TRIES	3u

/* The later pass with OCR: a page takes one to three seconds; 200 pages are read, the rest is told by a warning. */
#define LIMIT_OCR_CPU_S		900u
#define LIMIT_OCR_WALL_S	1200u
#define LIMIT_OCR_PAGES		200u
/* A picture below this is a logo, not a scanned page; but a PNG or TIFF of so many pixels each way (A4 at 100 dpi has 827) is one. */
#define LIMIT_OCR_PICTURE_BYTES	20000u
#define LIMIT_OCR_PAGE_PIXELS	800u

#endif
