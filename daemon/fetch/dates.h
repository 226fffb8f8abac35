/*
 * Dates of IMAP and of Received: headers as seconds since 1970 UTC, without the C library's zones.
 * Owns nothing; knows nothing of where a date came from.
 */
#ifndef HOERING_FETCH_DATES_H
#define HOERING_FETCH_DATES_H

#include <stddef.h>
#include <stdint.h>

#define DATE_UNKNOWN INT64_MIN	/* as in protocol.h */

struct civil {
	int year, month, day;		/* month 1-12 */
	int hour, minute, second;
	int zone_minutes;		/* east of Greenwich */
};

/* DATE_UNKNOWN when a field is out of range. A leap second is the second after it. */
int64_t date_utc(const struct civil *c);

/* A date-time of RFC 5322, 3.3, with its obsolete zones and two-digit years; comments are left out. */
int64_t date_parse(const char *p, size_t n);

/* The date of the topmost Received: field of a mail's header; DATE_UNKNOWN when there is none. */
int64_t date_received(const char *header, size_t n);

#endif
