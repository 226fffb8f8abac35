/* Kinship: every story told in every order gives the same end. Mails are judged as the programs do it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

#define MEMBERS 8

#define TEXT "Storvik kommune støtter planen i hovedsak. Vi vil peke på tre forhold som bør avklares før den vedtas. " \
	"For det første må ansvaret mellom kommune og helseforetak gjøres tydelig, slik at ingen blir stående uten hjelp. " \
	"For det andre trenger vi øremerkede midler til lavterskeltilbud i distriktene. For det tredje bør fristene i planen " \
	"tilpasses kommunenes budsjettår, ellers blir det vanskelig å gjennomføre tiltakene som planlagt. " \
	"Våre erfaringer fra de siste fem årene viser at tett samarbeid med skolen gir best virkning."
/* The same with two of its points others. */
#define NEW_TEXT "Storvik kommune støtter planen i hovedsak. Vi vil peke på tre forhold som bør avklares før den vedtas. " \
	"For det første må ansvaret mellom kommune og helseforetak gjøres tydelig, slik at ingen blir stående uten hjelp. " \
	"For det andre er 12 millioner kroner for lite til hele landet. For det tredje må ungdom selv få delta i arbeidet. " \
	"Våre erfaringer fra de siste fem årene viser at tett samarbeid med skolen gir best virkning."
#define OTHER_TEXT "Storvik kommune mener at planen bør trekkes. Den mangler finansiering og legger for store oppgaver på små kommuner. " \
	"Vi viser til at lignende planer tidligere ikke har ført fram, og at det er mangel på fagfolk i hele landsdelen. " \
	"Departementet bør heller styrke de ordningene som finnes, og gi kommunene frihet til å velge løsning selv. " \
	"Vi ber om at saken drøftes med kommunesektoren før den går videre, og bidrar gjerne i det arbeidet."
#define SIGNED "\n\nMed vennlig hilsen\nKari Berg\nrådgiver\nStorvik kommune\n"
#define FROM .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Høringssvar 21/4593"
#define FROM_WEBMAIL .from = "storvik.kommune@hotmail.com", .from_name = "Storvik kommune", .subject = "Høringssvar 21/4593"

struct expected { const char *relation; int64_t to; int counts; const char *review; };

struct decided { const char *relation; int64_t other; const char *kind; };	/* by an operator; NULL: nothing */

struct story {
	const char     *name;
	size_t          n;
	struct mail     mails[MEMBERS];
	struct expected want[MEMBERS];
};

struct decided_story { struct story story; struct decided decided[MEMBERS]; };

static const struct story stories[] = {
	{ "two mailboxes", 2,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10", .mailbox = "kaes" } },
	  { { "original", 0, 1, NULL }, { "copy", 1, 0, NULL } } },
	{ "new message-id, footer added", 2,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .message_id = "2@x", .body = TEXT SIGNED "\n\nDenne e-posten kan inneholde taushetsbelagt informasjon.\n", .received = "2022-05-10" } },
	  { { "original", 0, 1, NULL }, { "copy", 1, 0, NULL } } },
	{ "resend", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Vi er usikre på om svaret kom fram, så vi sender det på nytt.\n\n" TEXT SIGNED, .received = "2022-05-12" } },
	  { { "original", 0, 1, NULL }, { "resend", 1, 0, NULL } } },
	{ "short answer again", 2,
	  { { FROM, .body = "Vi har ingen merknader." SIGNED, .received = "2022-05-10" }, { FROM, .body = "Sender på nytt.\n\nVi har ingen merknader." SIGNED, .received = "2022-05-12" } },
	  { { "original", 0, 1, NULL }, { "resend", 1, 0, NULL } } },
	{ "forward by a colleague", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "ola@hod.dep.no", .from_name = "Ola Dahl", .subject = "VS: Høringssvar 21/4593", .body = "Denne kom til meg.\n\nHilsen Ola", .received = "2022-05-12",
	      .inner_from = "kari.berg@storvik.kommune.no", .inner_name = "Kari Berg", .inner_subject = "Høringssvar 21/4593", .inner_body = TEXT SIGNED } },
	  { { "original", 0, 1, NULL }, { "forward", 1, 0, NULL } } },
	{ "revision takes the row", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Revidert svar som erstatter det forrige.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" },
	    { FROM, .body = "Revidert svar som erstatter det forrige.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20", .mailbox = "kaes", .message_id = "9@x" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, NULL }, { "copy", 2, 0, NULL } } },
	{ "late revision of a timely answer", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Ny versjon, se bort fra den forrige.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-30" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, "late-revision" } } },
	{ "supplement is no row", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Som et tillegg til vårt høringssvar vil vi si dette.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "supplement", 1, 0, NULL } } },
	{ "withdrawal", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Høringssvar 21/4593", .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL } } },
	{ "taken back from webmail in a municipality's name", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM_WEBMAIL, .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 0, "unmatched-withdrawal" } } },
	{ "taken back from another house in a municipality's name", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "kari@fjellfisk.no", .from_name = "Storvik kommune", .subject = "Høringssvar 21/4593", .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 0, "unmatched-withdrawal" } } },
	{ "taken back by a colleague in a house below", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "ola@skole.storvik.kommune.no", .from_name = "Storvik kommune", .subject = "Høringssvar 21/4593", .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL } } },
	{ "taken back from the house's own domain, the answer from webmail", 2,
	  { { FROM_WEBMAIL, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL } } },
	{ "both from one webmail address", 2,
	  { { FROM_WEBMAIL, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM_WEBMAIL, .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL } } },
	{ "replaced from webmail, and then from home", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM_WEBMAIL, .body = "Revidert svar som erstatter det forrige.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" },
	    { FROM, .body = "Revidert svar som erstatter det forrige.\n\n" NEW_TEXT SIGNED, .received = "2022-05-21" } },
	  { { "original", 0, 0, NULL }, { "original", 0, 1, "possible-revision" }, { "revision", 1, 1, NULL } } },
	{ "nearly the same text from webmail, and nothing said", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM_WEBMAIL, .body = NEW_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "an addition from webmail takes nothing away", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM_WEBMAIL, .body = "Som et tillegg til vårt høringssvar vil vi si dette.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "supplement", 1, 0, NULL } } },
	{ "another text after a withdrawal", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Høringssvar 21/4593", .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" },
	    { FROM, .body = OTHER_TEXT SIGNED, .received = "2022-05-21" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL }, { "original", 0, 1, NULL } } },
	{ "another text says nothing of itself", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "much of the same text, and nothing said", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = NEW_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, "possible-revision" } } },
	{ "much of the same text, and a word that may mean it", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Fylkesutvalget var uenig. Endelig uttalelse følger.\n\n" NEW_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, NULL } } },
	{ "another text, and a word that may mean that it replaces", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Det dere fikk av oss, kan kastes.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, "possible-revision" } } },
	{ "another text, and a word that may mean that it adds", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Vi glemte å nevne noe. Barnehagene bør også få veiledning. Det vi skrev, står fast." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "supplement", 1, 0, "possible-revision" } } },
	{ "such words without an earlier answer", 1,
	  { { FROM, .body = "Endelig uttalelse følger. Det dere fikk av andre, kan kastes.\n\n" TEXT SIGNED, .received = "2022-05-10" } },
	  { { "original", 0, 1, NULL } } },
	{ "all of it again below why it comes again", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Dattera mi sier at adressen var gal. Hun har skrevet den inn for meg nå.\n\n" TEXT SIGNED, .received = "2022-05-12" } },
	  { { "original", 0, 1, NULL }, { "resend", 1, 0, "possible-revision" } } },
	{ "a short answer again below why it comes", 2,
	  { { FROM, .body = "Kommunestyret sluttet seg til planen uten debatt." SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Serveren vår hang seg, og ingen har bekreftet noe. Denne hørte hjemme i forrige uke.\n\nKommunestyret sluttet seg til planen uten debatt." SIGNED, .received = "2022-05-17" } },
	  { { "original", 0, 1, NULL }, { "resend", 1, 0, "possible-revision" } } },
	{ "a short answer in another's place", 2,
	  { { FROM, .body = "Kommunestyret sluttet seg til planen uten debatt." SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Serveren vår hang seg, og ingen har bekreftet noe. Denne hørte hjemme i forrige uke.\n\nKommunestyret avviste planen mot to stemmer." SIGNED, .received = "2022-05-17" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "a short answer again with more above it", 2,
	  { { FROM, .body = "Kommunestyret sluttet seg til planen uten debatt." SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Barnehagene bør også få veiledning.\n\nKommunestyret sluttet seg til planen uten debatt." SIGNED, .received = "2022-05-17" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "the end of an answer again, and not its beginning", 2,
	  { { FROM, .body = "Planen bør trekkes. Kommunestyret behandlet saken i mai uten debatt." SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Usikre på om denne kom fram. Planen er god. Kommunestyret behandlet saken i mai uten debatt." SIGNED, .received = "2022-05-17" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "a subject that says it is corrected", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Rettet: Høringssvar 21/4593", .body = OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, "possible-revision" } } },
	{ "in its place", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Det første brevet ble sendt av en vikar. Dette kommer i dets sted.\n\n" OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, "possible-revision" } } },
	{ "a sentence on what is meant for somebody", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = "Rettet mot de minste trengs mer. " OTHER_TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
	{ "a point more, the rest as it was", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Barnehagene bør også få veiledning. Svaret vårt er ellers uendret." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "supplement", 1, 0, "possible-revision" } } },
	{ "a point more, and nothing taken back", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .body = "Etterskrift til vårt svar. Ingenting av det vi skrev, trekkes tilbake. Barnehagene bør også få veiledning." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "supplement", 1, 0, "possible-revision" } } },
	{ "much of the same text, another house", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per.moen@ulvik.kommune.no", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .body = NEW_TEXT "\n\nMed vennlig hilsen\nPer Moen\nUlvik kommune\n", .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL } } },
	{ "never across consultations", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Høringssvar 22/1871", .body = TEXT SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL } } },
	{ "same words, another sender", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .body = TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL } } },
	{ "one address, two signatures", 2,
	  { { .from = "noreply@opprop.no", .from_name = "Opprop", .subject = "Høringssvar 21/4593", .body = TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-10" },
	    { .from = "noreply@opprop.no", .from_name = "Opprop", .subject = "Høringssvar 21/4593", .body = TEXT "\n\nHilsen\nKari Berg\n", .received = "2022-05-11" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL } } },
	{ "same message-id, another text", 2,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "1@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL } } },
	{ "from one sender, and nothing said", 3,
	  { { FROM, .message_id = "1@x", .body = "", .received = "2022-05-10" }, { FROM, .message_id = "2@x", .body = "", .received = "2022-05-10" },
	    { FROM, .body = "", .received = "2022-05-12" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" }, { "original", 0, 1, "possible-revision" } } },
	{ "the same again, days later, without a word", 2,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .message_id = "2@x", .body = TEXT SIGNED, .received = "2022-05-13" } },
	  { { "original", 0, 1, NULL }, { "resend", 1, 0, NULL } } },
	{ "the same mail found days later in another mailbox", 2,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" },
	    { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-13", .mailbox = "kaes" } },
	  { { "original", 0, 1, NULL }, { "copy", 1, 0, NULL } } },
	{ "cover letters alike, documents not", 2,
	  { { FROM, .body = "Vedlagt følger høringssvar." SIGNED, .document = "", .document_name = "a.pdf", .document_type = "image/tiff", .received = "2022-05-10" },
	    { FROM, .body = "Vedlagt følger høringssvar." SIGNED, .document = " ", .document_name = "b.pdf", .document_type = "image/tiff", .received = "2022-05-20" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, "possible-revision" } } },
};

static const struct decided_story decided_stories[] = {
	{ { "a person knows that webmail is the house's", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM_WEBMAIL, .body = "Vi trekker høringssvaret vårt." SIGNED, .received = "2022-05-20" } },
	  { { "original", 0, 0, NULL }, { "withdrawal", 1, 0, NULL } } },
	  { { NULL, 0, NULL }, { "withdrawal", 1, NULL } } },
	{ { "spam in an answer's place", 3,
	  { { FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "1@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11" },
	    { .from = "eva@gmail.com", .from_name = "Eva Lie", .subject = "Høringssvar 21/4593", .message_id = "1@x", .body = "Jeg er imot planen." "\n\nHilsen\nEva Lie\n", .received = "2022-05-12" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 1, NULL }, { "original", 0, 0, "overruled-decision" } } },
	  { { NULL, 0, NULL }, { NULL, 0, NULL }, { "revision", 1, "spam" } } },
	{ { "an answer behind spam", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = OTHER_TEXT SIGNED, .received = "2022-05-11" } },
	  { { "original", 0, 1, "overruled-decision" }, { "original", 0, 0, NULL } } },
	  { { "copy", 2, NULL }, { NULL, 0, "spam" } } },
	{ { "spam takes no answer back", 2,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" }, { FROM, .body = OTHER_TEXT SIGNED, .received = "2022-05-11" } },
	  { { "original", 0, 1, NULL }, { "original", 0, 0, "overruled-decision" } } },
	  { { NULL, 0, NULL }, { "withdrawal", 1, "newsletter" } } },
	{ { "each a version of the other", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11" },
	    { .from = "eva@gmail.com", .from_name = "Eva Lie", .subject = "Høringssvar 21/4593", .body = "Jeg er imot planen." "\n\nHilsen\nEva Lie\n", .received = "2022-05-12" } },
	  { { "original", 0, 1, "overruled-decision" }, { "original", 0, 0, "overruled-decision" }, { "revision", 2, 1, NULL } } },
	  { { "revision", 2, NULL }, { "copy", 1, NULL }, { "revision", 2, NULL } } },
	{ { "decisions in a chain, the last received first", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11" },
	    { .from = "eva@gmail.com", .from_name = "Eva Lie", .subject = "Høringssvar 21/4593", .body = "Jeg er imot planen." "\n\nHilsen\nEva Lie\n", .received = "2022-05-12" } },
	  { { "copy", 2, 0, NULL }, { "supplement", 3, 0, NULL }, { "original", 0, 1, NULL } } },
	  { { "copy", 2, NULL }, { "supplement", 3, NULL }, { NULL, 0, NULL } } },
	{ { "a copy of what an operator decided on", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "2@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "2@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11", .mailbox = "kaes" } },
	  { { "original", 0, 0, NULL }, { "revision", 1, 1, NULL }, { "copy", 2, 0, NULL } } },
	  { { NULL, 0, NULL }, { "revision", 1, NULL }, { NULL, 0, NULL } } },
	{ { "a copy of what an operator called a copy", 3,
	  { { FROM, .body = TEXT SIGNED, .received = "2022-05-10" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "2@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11" },
	    { .from = "per@gmail.com", .from_name = "Per Moen", .subject = "Høringssvar 21/4593", .message_id = "2@x", .body = OTHER_TEXT "\n\nHilsen\nPer Moen\n", .received = "2022-05-11", .mailbox = "kaes" } },
	  { { "original", 0, 1, NULL }, { "copy", 1, 0, NULL }, { "copy", 1, 0, NULL } } },
	  { { NULL, 0, NULL }, { "copy", 1, NULL }, { NULL, 0, NULL } } },
};

static int
find(const struct relative *family, size_t n, int64_t id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (family[i].id == id)
			return (int)i;
	return -1;
}

/* The story's end, whatever order the members come in. */
static void
check_end(const struct story *s, const struct relative *family, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct relative *r = &family[find(family, n, (int64_t)i + 1)];
		const struct expected *w = &s->want[i];

		check(strcmp(relation_name(r->relation), w->relation) == 0 && r->related_to == w->to && r->counts == w->counts, s->name,
		    "%zu: want %s of %d counts %d, got %s of %d counts %d (%s)", i + 1, w->relation, (int)w->to, w->counts, relation_name(r->relation),
		    (int)r->related_to, r->counts, r->rule);
		check(w->review == NULL ? r->review == NULL : r->review != NULL && strcmp(r->review, w->review) == 0, s->name, "%zu: review %s", i + 1,
		    r->review == NULL ? "none" : r->review);
	}
}

static void
shuffle(struct relative *family, size_t n)
{
	size_t          i, k;
	struct relative spare;

	for (i = n; i > 1; i--) {
		k = (size_t)rand() % i;
		spare = family[i - 1];
		family[i - 1] = family[k];
		family[k] = spare;
	}
}

static void
decide(struct relative *r, const struct decided *d)
{
	if (d->relation != NULL) {
		r->decided_relation = relation_of_name(d->relation);
		r->decided_other = d->other;
	}
	if (d->kind != NULL)
		r->kind = (enum mail_kind)kind_of_name(d->kind);
}

static void
tell(const struct story *s, const struct decided *decided)
{
	struct relative members[MEMBERS], family[MEMBERS];
	size_t          k;
	int             round;

	for (k = 0; k < s->n; k++) {
		members[k] = fixture_relative(&s->mails[k], (int64_t)k + 1);
		if (decided != NULL)
			decide(&members[k], &decided[k]);
	}
	for (round = 0; round < 20; round++) {
		memcpy(family, members, sizeof family);
		shuffle(family, s->n);
		judge_family(fixture_judge_itself(), family, s->n);
		check_end(s, family, s->n);
	}
}

static void
test_stories(void)
{
	size_t i;

	for (i = 0; i < sizeof stories / sizeof stories[0]; i++)
		tell(&stories[i], NULL);
	for (i = 0; i < sizeof decided_stories / sizeof decided_stories[0]; i++)
		tell(&decided_stories[i].story, decided_stories[i].decided);
}

/* An undecided copy takes the consultation of the one that names it; an operator's word holds against the rules. */
static void
test_adoption(void)
{
	struct relative family[2] = {
		fixture_relative(&(struct mail){ FROM, .message_id = "1@x", .body = TEXT SIGNED, .received = "2022-05-10" }, 1),
		fixture_relative(&(struct mail){ .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .subject = "Svar", .message_id = "2@x", .body = TEXT SIGNED,
		    .received = "2022-05-10" }, 2) };

	check(family[1].consultation == NULL, "adoption", "the copy names a consultation by itself");
	judge_family(fixture_judge_itself(), family, 2);
	check(family[1].family_consultation != NULL && strcmp(family[1].family_consultation, "opptrapping") == 0 && family[1].relation == RELATION_COPY, "adoption",
	    "got %s, %s", family[1].family_consultation == NULL ? "none" : family[1].family_consultation, relation_name(family[1].relation));
	family[1].decided_relation = RELATION_ORIGINAL;
	judge_family(fixture_judge_itself(), family, 2);
	check(family[1].relation == RELATION_ORIGINAL && family[1].counts == 1, "operator-original", "the operator is not obeyed");
	family[1].decided_relation = RELATION_REVISION;
	family[1].decided_other = 1;
	judge_family(fixture_judge_itself(), family, 2);
	check(family[1].relation == RELATION_REVISION && family[1].counts == 1 && family[0].counts == 0, "operator-revision", "the operator is not obeyed");
}

/* One short text in two formats is one answer; another text, or what may be a picture, is another. */
static void
test_formats(void)
{
	static const struct { const char *document, *type; uint64_t bytes; int counts; } second[] = {
		{ "Vi støtter forslaget fullt ut.", "application/vnd.oasis.opendocument.text", 0, 0 },
		{ "Vi støtter forslaget fullt ut.", "application/vnd.oasis.opendocument.text", 400000, 1 },
		{ "Vi støtter ikke forslaget.", "application/vnd.oasis.opendocument.text", 0, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof second / sizeof second[0]; i++) {
		struct relative family[2] = {
			fixture_relative(&(struct mail){ FROM, .message_id = "1@x", .body = "Vedlagt følger svar." SIGNED, .document = "Vi støtter forslaget fullt ut.",
			    .document_name = "svar.pdf", .received = "2022-05-10" }, 1),
			fixture_relative(&(struct mail){ FROM, .message_id = "2@x", .body = "Vedlagt følger svar." SIGNED, .document = second[i].document,
			    .document_name = "svar.odt", .document_type = second[i].type, .document_bytes = second[i].bytes, .received = "2022-05-11" }, 2) };

		judge_family(fixture_judge_itself(), family, 2);
		check(family[0].counts && family[1].counts == second[i].counts, "formats", "%zu: %d, %s by %s", i, family[1].counts, relation_name(family[1].relation),
		    family[1].rule);
	}
}

/* Several that answer together are one, whoever of them sends the answer. */
static void
test_together(void)
{
	static const char *const bodies[] = { "Felles høringssvar fra Ulvøy kommune, Sund kommune og Voksne for Barn.\n\n" TEXT,
		"Felles høringssvar fra Ulvøy kommune og Sund kommune.\n\n" TEXT };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct relative family[2] = {
			fixture_relative(&(struct mail){ .from = "post@ulvoy.kommune.no", .from_name = "Ulvøy kommune", .subject = "Høringssvar 21/4593", .message_id = "1@x",
			    .body = bodies[0], .received = "2022-05-10" }, 1),
			fixture_relative(&(struct mail){ .from = "post@sund.kommune.no", .from_name = "Sund kommune", .subject = "Høringssvar 21/4593", .message_id = "2@x",
			    .body = bodies[i], .received = "2022-05-11" }, 2) };

		judge_family(fixture_judge_itself(), family, 2);
		check(family[0].counts && family[1].counts == (i == 1), "together", "%zu: %s and %s: %d and %d count, %s by %s", i, family[0].responder_key,
		    family[1].responder_key, family[0].counts, family[1].counts, relation_name(family[1].relation), family[1].rule);
	}
}

/* --- who is signed up in the end ------------------------------------------------------------------------------------- */

#define SIGN_UP	.subject = "Påmelding", .from = "bo@x.no", .from_name = "Bo Lie", .mailbox = "kaes"
#define TWO	"Vi melder på Kari Nordmann (kari@x.no) og Ola Dahl (ola@x.no)."

struct attendance {
	const char *name, *stand, *says;	/* who is still signed up, by mail; of the last mail: its relation, what it is related to, review */
	size_t      n;
	struct mail mails[4];
};

static const struct attendance attendances[] = {
	{ "replaced", "1: Ola Dahl; 2: Per Hansen; ", "revision of 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Kari Nordmann.", .received = "2022-05-02" } } },
	{ "replaced by first name", "1: Ola Dahl; 2: Per Hansen; ", "revision of 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "I stedet for Kari kommer Per Hansen (per@x.no).", .received = "2022-05-02" } } },
	{ "nobody of that name", "1: Kari Nordmann; 1: Ola Dahl; 2: Per Hansen; ", "original of 0, possible-revision 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Nina Moe.", .received = "2022-05-02" } } },
	{ "two of that name", "1: Kari Nordmann; 1: Kari Dahl; 2: Per Hansen; ", "original of 0, possible-revision 1", 2,
	    { { SIGN_UP, .body = "Vi melder på Kari Nordmann (kari@x.no) og Kari Dahl (kd@x.no).", .received = "2022-05-01" },
	    { SIGN_UP, .body = "I stedet for Kari kommer Per Hansen (per@x.no).", .received = "2022-05-02" } } },
	{ "another house's", "1: Kari Nordmann; 1: Ola Dahl; 2: Per Hansen; ", "original of 0, possible-revision 0", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { .subject = "Påmelding", .from = "per@y.no", .from_name = "Per Hansen", .mailbox = "kaes", .body = "Per Hansen (per@y.no) kommer i stedet for Kari Nordmann.",
	    .received = "2022-05-02" } } },
	{ "before it was signed up", "1: Per Hansen; 2: Kari Nordmann; 2: Ola Dahl; ", NULL, 2, { { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Kari Nordmann.",
	    .received = "2022-05-01" }, { SIGN_UP, .body = TWO, .received = "2022-05-02" } } },
	{ "one of two cancels", "1: Ola Dahl; ", "revision of 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Kari Nordmann kan dessverre ikke komme likevel.", .received = "2022-05-02" } } },
	{ "nobody comes", "1: Kari Nordmann; 1: Ola Dahl; ", "original of 0, possible-revision 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Vi kan dessverre ikke komme på møtet likevel.", .received = "2022-05-02" } } },
	{ "a whole new list", "2: Per Hansen; ", "revision of 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Revidert påmelding, erstatter tidligere innsendt: Per Hansen (per@x.no).", .received = "2022-05-02" } } },
	{ "replaced, then a whole new list", "3: Eva Moe; ", "revision of 2", 3, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Kari Nordmann.", .received = "2022-05-02" },
	    { SIGN_UP, .body = "Revidert påmelding, erstatter tidligere innsendt: Eva Moe (eva@x.no).", .received = "2022-05-03" } } },
	{ "a third in another mail", "1: Kari Nordmann; 1: Ola Dahl; 2: Ola Dahl; 2: Eva Moe; ", "original of 0, over-limit 0", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Vi melder på Ola Dahl (ola@x.no) og Eva Moe (eva@x.no).", .received = "2022-05-02" } } },
	{ "a third in one's place", "1: Ola Dahl; 2: Per Hansen; ", "revision of 1", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Kari Nordmann (kari@x.no).", .received = "2022-05-02" } } },
	{ "three at once", "1: Kari Nordmann; 1: Ola Dahl; 1: Eva Moe; ", "original of 0, over-limit 0", 1,
	    { { SIGN_UP, .body = "Vi melder på Kari Nordmann (kari@x.no), Ola Dahl (ola@x.no) og Eva Moe (eva@x.no).", .received = "2022-05-01" } } },
	{ "late ones take no place", "1: Kari Nordmann; 1: Ola Dahl; 2: Eva Moe; ", "original of 0", 2, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Vi melder på Eva Moe (eva@x.no).", .received = "2022-05-20" } } },
	{ "replaced twice", "1: Ola Dahl; 3: Eva Moe; ", "revision of 2", 3, { { SIGN_UP, .body = TWO, .received = "2022-05-01" },
	    { SIGN_UP, .body = "Per Hansen (per@x.no) kommer i stedet for Kari Nordmann.", .received = "2022-05-02" },
	    { SIGN_UP, .body = "Eva Moe (eva@x.no) kommer i stedet for Per Hansen.", .received = "2022-05-03" } } },
};

static void
check_attendance(const struct attendance *a, const struct relative *family)
{
	char   stand[300] = "", says[100];
	size_t i, k;

	for (i = 0; i < a->n; i++)	/* judged: in the order of receipt */
		for (k = 0; k < family[i].n_persons; k++)
			if (!family[i].persons[k].leaves && family[i].persons[k].left_by == 0)
				(void)snprintf(stand + strlen(stand), sizeof stand - strlen(stand), "%d: %s; ", (int)family[i].id, family[i].persons[k].name);
	i = a->n - 1;
	(void)snprintf(says, sizeof says, "%s of %d", relation_name(family[i].relation), (int)family[i].related_to);
	if (family[i].review != NULL)
		(void)snprintf(says + strlen(says), sizeof says - strlen(says), ", %s %d", family[i].review, (int)family[i].review_other);
	check(strcmp(stand, a->stand) == 0, a->name, "stand: %s", stand);
	check(a->says == NULL || strcmp(says, a->says) == 0, a->name, "says: %s", says);
}

static void
test_attendance(void)
{
	size_t i, k;
	int    round;

	for (i = 0; i < sizeof attendances / sizeof attendances[0]; i++) {
		struct relative family[MEMBERS];

		for (k = 0; k < attendances[i].n; k++)
			family[k] = fixture_relative(&attendances[i].mails[k], (int64_t)k + 1);
		for (round = 0; round < 5; round++) {
			shuffle(family, attendances[i].n);
			judge_family(fixture_judge_itself(), family, attendances[i].n);
			check_attendance(&attendances[i], family);
		}
	}
}

int
main(void)
{
	test_attendance();
	test_together();
	test_formats();
	test_stories();
	test_adoption();
	fixture_forget();
	return check_status();
}
