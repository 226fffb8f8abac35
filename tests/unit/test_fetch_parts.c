/* Folder names and dates of hoering-fetch, as RFC 3501 and RFC 5322 have them. */
#include <string.h>

#include "daemon/fetch/dates.h"
#include "daemon/fetch/utf7.h"
#include "tests/unit/tap.h"

static int
utf7_is(const char *utf8, const char *wanted)
{
	char out[64] = "";

	if (utf7_encode(utf8, out, sizeof out) == -1)
		return wanted == NULL;
	return wanted != NULL && strcmp(out, wanted) == 0;
}

static void
test_utf7(void)
{
	char small[6];

	TAP_CHECK("utf7-ascii", utf7_is("INBOX/Saker 2022", "INBOX/Saker 2022"));
	TAP_CHECK("utf7-ampersand", utf7_is("A&B", "A&-B"));
	TAP_CHECK("utf7-norwegian", utf7_is("Høringer", "H&APg-ringer") && utf7_is("æøå", "&AOYA+ADl-"));
	TAP_CHECK("utf7-rfc-example", utf7_is("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"));
	TAP_CHECK("utf7-beyond-16-bit", utf7_is("😀", "&2D3eAA-"));
	TAP_CHECK("utf7-run-ends-at-ampersand", utf7_is("ø&ø", "&APg-&-&APg-"));
	TAP_CHECK("utf7-refuses-control", utf7_is("a\r\nb", NULL) && utf7_is("a\x7f", NULL) && utf7_is("\t", NULL));
	TAP_CHECK("utf7-refuses-bad-utf8", utf7_is("\xc3", NULL) && utf7_is("\xc0\xaf", NULL) && utf7_is("\xed\xa0\x80", NULL) &&
	    utf7_is("\xf4\x90\x80\x80", NULL) && utf7_is("\xe6", NULL));
	TAP_CHECK("utf7-refuses-what-does-not-fit", utf7_encode("ærlig", small, sizeof small) == -1 &&
	    utf7_encode("abcdef", small, sizeof small) == -1 && utf7_encode("abcde", small, sizeof small) == 0);
}

static int64_t
date(const char *s)
{
	return date_parse(s, strlen(s));
}

static void
test_date_parse(void)
{
	TAP_CHECK("date-zone", date("Thu, 7 Jun 2007 14:22:44 +0200") == 1181218964);
	TAP_CHECK("date-no-weekday-no-seconds", date("7 Jun 2007 12:22 +0000") == 1181218920);
	TAP_CHECK("date-comment", date(" Thu, 7 Jun 2007 14:22:44 +0200 (CEST)\r\n") == 1181218964);
	TAP_CHECK("date-folded", date("Thu,\r\n\t7 Jun 2007 14:22:44\r\n +0200") == 1181218964);
	TAP_CHECK("date-obsolete", date("Thu, 7 Jun 07 05:22:44 PDT") == date("7 Jun 2007 12:22:44 GMT") &&
	    date("1 Jan 99 00:00:00 +0000") == 915148800);
	TAP_CHECK("date-half-hour-zone", date("1 Jan 2000 00:00:00 -0330") == 946697400);
	TAP_CHECK("date-leap-day", date("29 Feb 2024 00:00:00 +0000") == 1709164800);
	TAP_CHECK("date-nonsense", date("") == DATE_UNKNOWN && date("i morgen") == DATE_UNKNOWN &&
	    date("31 Feb 2007 00:00:00 +0000") == DATE_UNKNOWN && date("7 Jun 2007 25:00:00 +0000") == DATE_UNKNOWN &&
	    date("29 Feb 2023 00:00:00 +0000") == DATE_UNKNOWN && date("7 Jun 2007") == DATE_UNKNOWN &&
	    date("7 Jun 99999 00:00:00 +0000") == DATE_UNKNOWN && date("((((7 Jun 2007") == DATE_UNKNOWN);
}

static int64_t
received(const char *header)
{
	return date_received(header, strlen(header));
}

static void
test_received(void)
{
	static const char two[] = "Return-Path: <a@b>\r\nReceived: from x (y; z) by mx\r\n\tfor <c@d>; Thu, 7 Jun 2007 14:22:44 +0200\r\n"
	    "Received: by other; Thu, 7 Jun 2007 10:00:00 +0200\r\nSubject: Received: ; 1 Jan 2000 00:00:00 +0000\r\n\r\n"
	    "Received: x; 1 Jan 2000 00:00:00 +0000\r\n";

	TAP_CHECK("received-topmost", received(two) == 1181218964);
	TAP_CHECK("received-any-case-bare-lf", received("RECEIVED: x; 7 Jun 2007 14:22:44 +0200\n\n") == 1181218964);
	TAP_CHECK("received-not-in-body", received("Subject: x\r\n\r\nReceived: x; 7 Jun 2007 14:22:44 +0200\r\n") == DATE_UNKNOWN);
	TAP_CHECK("received-without-date", received("Received: from x by y\r\n\r\n") == DATE_UNKNOWN && received("Received:") == DATE_UNKNOWN &&
	    received("") == DATE_UNKNOWN);
}

static void
test_civil(void)
{
	const struct civil epoch = { 1970, 1, 1, 0, 0, 0, 0 }, leap = { 2016, 12, 31, 23, 59, 60, 0 },
	    summer = { 2022, 5, 28, 0, 0, 0, 120 }, early = { 1969, 12, 31, 23, 0, 0, -120 };

	TAP_CHECK("civil", date_utc(&epoch) == 0 && date_utc(&leap) == 1483228800 && date_utc(&summer) == 1653688800);
	TAP_CHECK("civil-out-of-range", date_utc(&early) == DATE_UNKNOWN);
}

int
main(void)
{
	test_utf7();
	test_date_parse();
	test_received();
	test_civil();
	return tap_end();
}
