/*
 * A mail told in a few fields, taken through the parser's signals, the records and the judge as the programs do it.
 * Owns one configuration of a few consultations in a temporary folder; replaces nothing by a double.
 */
#ifndef HOERING_TESTS_JUDGE_FIXTURE_H
#define HOERING_TESTS_JUDGE_FIXTURE_H

#include "daemon/judge/judge.h"
#include "parsers/wire.h"

struct mail {
	const char *subject, *from_name, *from, *body;
	const char *document, *document_name;	/* one attachment's text and name; NULL: none */
	const char *document_type;		/* NULL: application/pdf */
	enum text_status document_status;	/* not OK: nobody reads its text */
	uint64_t    document_bytes;		/* its size; 0: that of its text */
	const char *headers[8];			/* name, value, name, value … */
	const char *content_type, *report_type;	/* of the whole mail */
	const char *inner_from, *inner_name, *inner_subject, *inner_body;	/* a mail attached; NULL: none */
	const char *return_path, *message_id, *reply_to;
	const char *mailbox;			/* NULL: "hmr" */
	const char *received;			/* "2022-05-10"; NULL: that */
	const char *in_reply_to;		/* NULL: to nothing */
};

/* ok NAME / not ok NAME: why; counts. */
void check(int good, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
int  check_status(void);

/* The records of the mail, and the verdict on it. Both live until fixture_forget(). */
struct parsed  *fixture_parse(const struct mail *m);
struct verdict *fixture_judge(const struct mail *m);
struct relative fixture_relative(const struct mail *m, int64_t id);	/* judged, as the database keeps it */
const struct judge *fixture_judge_itself(void);
const struct conf  *fixture_conf(void);
void fixture_forget(void);

/* The first signal of the kind with that value; NULL when there is none. */
const struct signal *fixture_signal(const struct parsed *p, enum signal_kind kind, const char *value);
int     fixture_has_review(const struct verdict *v, const char *reason);
int64_t fixture_time(const char *date, int hour);	/* seconds since 1970 of that day, UTC */

/* An answer with something to say. */
#define LONG_PROSE "Vi arbeider med barn og unge i hele kommunen og ser hver dag hvor viktig det er at hjelpen kommer tidlig. " \
	"Planen peker på mye av det vi selv har erfart, og vi vil særlig trekke fram arbeidet med lavterskeltilbud. " \
	"Samtidig mener vi at ansvaret mellom tjenestene må avklares bedre, slik at ingen faller mellom to stoler. " \
	"Vi foreslår at kommunene får egne midler til dette, og at ordningen evalueres etter tre år. " \
	"Fristen for gjennomføring er kort, og vi ber om at den vurderes på nytt sammen med partene. " \
	"Erfaringene fra forsøket i vår region viser at samarbeid mellom skole og helsetjeneste gir gode resultater. "

#endif
