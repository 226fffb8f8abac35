/* What is noticed: references and their false friends, check digits, zones, names, dates, persons, phrases and their guards. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "parsers/phrases.h"
#include "parsers/signals_words.h"
#include "tests/unit/judge_fixture.h"

/* --- references ---------------------------------------------------------------------------------------------------- */

static void
test_references(void)
{
	static const struct { const char *body, *value, *label; } cases[] = {
		{ "Vi viser til sak 21/4593.", "2021/4593", "sak" },
		{ "Deres ref.: 21/4593-33", "2021/4593", "deres" },
		{ "Deres referanse: 2021/04593", "2021/4593", "deres" },
		{ "Dykkar ref: 21 / 4593 - 33", "2021/4593", "deres" },
		{ "Vår ref 2016/9840 HELHJO", "2016/9840", "var" },
		{ "Arkivsaksnr.: 2013/093569-001", "2013/93569", "arkiv" },
		{ "Ref. 200701234-/ABC", "2007/1234", "sak" },
		{ "(21/4593)", "2021/4593", NULL },
		{ "Deres ref      Vår ref        Dato\n21/4593-33     22/1001-2      10.05.2022\n", "2021/4593", "deres" },
		{ "Deres ref      Vår ref        Dato\n21/4593-33     22/1001-2      10.05.2022\n", "2022/1001", "var" },
		{ "Your ref: 21/4593", "2021/4593", "deres" },
		{ "OED 2002/2351 EV EAM", "2002/2351", NULL },
		{ "Saksnr.\xc2\xa0" "21/4593", "2021/4593", "sak" },
	};
	size_t i, k;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct parsed *p = fixture_parse(&(struct mail){ .subject = "x", .body = cases[i].body });
		const char          *label = NULL;

		for (k = 0; k < p->n_signals; k++)
			if (p->signals[k].kind == SIGNAL_CASE_LABEL && strcmp(p->signals[k].value.p, cases[i].value) == 0)
				label = p->signals[k].extra.p;
		check(fixture_signal(p, SIGNAL_CASE_REF, cases[i].value) != NULL, "reference", "%s not found in: %s", cases[i].value, cases[i].body);
		check(cases[i].label == NULL || (label != NULL && strcmp(label, cases[i].label) == 0), "reference-label", "%s: want %s, got %s",
		    cases[i].body, cases[i].label, label == NULL ? "none" : label);
	}
}

static void
test_false_friends(void)
{
	static const char *const bodies[] = { "sesjonen 2007/2008", "forordning (EU) 2016/679", "direktiv 2014/24", "PS 55/16", "sak 55/16 i kommunestyret",
		"uke 12/2021", "den 26/4-2022", "dato 26.04.2022", "skoleåret 2021/2022", "Prop. 121/21", "kl. 10/12", "side 3/4",
		"https://x.no/21/4593/vedlegg", "versjon 1.21/4593" };
	size_t i;

	for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		const struct signal *s = fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = bodies[i] }), SIGNAL_CASE_REF, NULL);

		check(s == NULL, "false-friend", "%s in: %s", s == NULL ? "" : s->value.p, bodies[i]);
	}
}

static void
test_filenames(void)
{
	const struct parsed *p = fixture_parse(&(struct mail){ .subject = "x", .body = "se vedlegg", .document = "Svar",
	    .document_name = "21_4593 høringssvar fra Storvik kommune.pdf" });
	const struct signal *from = fixture_signal(p, SIGNAL_FROM_ORGANISATION, NULL);

	check(fixture_signal(p, SIGNAL_CASE_REF, "2021/4593") != NULL, "filename-reference", "21_4593 is not seen");
	check(from != NULL && strcmp(from->value.p, "Storvik kommune") == 0, "filename-name", "got %s", from == NULL ? "none" : from->value.p);
}

static void
test_numbers(void)
{
	static const struct { const char *body; enum signal_kind kind; int found; } cases[] = {
		{ "Org.nr. 974760673", SIGNAL_ORGNR, 1 }, { "Organisasjonsnummer: 983 887 406", SIGNAL_ORGNR, 1 },
		{ "Org.nr. 123456786", SIGNAL_ORGNR, 0 }, { "Orgnr 123456785", SIGNAL_ORGNR, 1 }, { "974760673", SIGNAL_ORGNR, 0 },
		{ "Foretaksregisteret NO 974 760 673 MVA", SIGNAL_ORGNR, 1 }, { "Telefon 974760673", SIGNAL_ORGNR, 0 },
		/* valid by the old rule and by the one of 2032 (published examples), then wrong by one digit */
		{ "fnr 02013299997", SIGNAL_IDENTITY_NUMBER, 1 }, { "fnr 02013299903", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "fnr 020132 99997", SIGNAL_IDENTITY_NUMBER, 1 }, { "fnr 02013299996", SIGNAL_IDENTITY_NUMBER, 0 },
		{ "konto 99991399997", SIGNAL_IDENTITY_NUMBER, 0 },
		/* as people write them: a hyphen or dash, two lines, lines that are quoted */
		{ "020132-99997", SIGNAL_IDENTITY_NUMBER, 1 }, { "020132 \xe2\x80\x93 99997", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "02.01.32-99997", SIGNAL_IDENTITY_NUMBER, 1 }, { "Nummeret er 020132\n99997, som sagt.", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "> Nummeret er 020132\n> 99997, som sagt.", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "020132\n\n99997", SIGNAL_IDENTITY_NUMBER, 0 }, { "020132--99997", SIGNAL_IDENTITY_NUMBER, 0 },
		/* no day of any year, an account, and what a page is called by; what a page asks for is one */
		{ "31028500087", SIGNAL_IDENTITY_NUMBER, 0 }, { "0201.32.99997", SIGNAL_IDENTITY_NUMBER, 0 },
		{ "Se https://avis.example/sak/02013299997/les", SIGNAL_IDENTITY_NUMBER, 0 },
		{ "Se https://skjema.example/svar?fnr=02013299997", SIGNAL_IDENTITY_NUMBER, 1 },
		/* what nobody sees, blanks of other breadths, digits of other keyboards; and a longer number so written */
		{ "020132\xe2\x80\x8b" "99997", SIGNAL_IDENTITY_NUMBER, 1 }, { "0201\xe2\x81\xa0" "3299997", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "020132\xe2\x80\x89" "99997", SIGNAL_IDENTITY_NUMBER, 1 }, { "\xe2\x80\x8e" "020132\xe2\x80\xaf" "99997\xe2\x80\xac", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "\xef\xbc\x90\xef\xbc\x92\xef\xbc\x90\xef\xbc\x91\xef\xbc\x93\xef\xbc\x92 \xef\xbc\x99\xef\xbc\x99\xef\xbc\x99\xef\xbc\x99\xef\xbc\x97",
		    SIGNAL_IDENTITY_NUMBER, 1 }, { "fnr \xef\xbc\x90" "2013299997", SIGNAL_IDENTITY_NUMBER, 1 },
		{ "02013299997\xe2\x80\x8b" "4", SIGNAL_IDENTITY_NUMBER, 0 }, { "4\xe2\x80\x8b" "02013299997", SIGNAL_IDENTITY_NUMBER, 0 },
		{ "02013299997\xef\xbc\x94", SIGNAL_IDENTITY_NUMBER, 0 }, { "020132\xe2\x80\x8b" "99996", SIGNAL_IDENTITY_NUMBER, 0 },
		{ "konto 9999\xe2\x80\x8b" "13\xe2\x80\x8b" "99997", SIGNAL_IDENTITY_NUMBER, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check((fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = cases[i].body }), cases[i].kind, NULL) != NULL) ==
		    cases[i].found, "number", "%s", cases[i].body);
}

/* Where nobody looks for it: in a file's name, and in what the sender calls himself. */
static void
test_hidden_numbers(void)
{
	const struct signal *s;

	s = fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = "se vedlegg", .document = "Svar", .document_name = "svar-02013299997.pdf" }),
	    SIGNAL_IDENTITY_NUMBER, NULL);
	check(s != NULL && s->zone == ZONE_FILENAME && s->part == 1, "number-in-file-name", "not found there");
	s = fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .from_name = "Kari 020132 99997", .from = "kari@x.no", .body = "Godt forslag." }),
	    SIGNAL_IDENTITY_NUMBER, NULL);
	check(s != NULL && s->zone == ZONE_HEADER, "number-in-sender", "not found there");
}

/* What turns, joins or parts letters unseen is in no name. */
static void
test_unseen(void)
{
	const struct signal *s = fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .from = "post@lys.no",
	    .body = "Vi vil ha lys i alle gater.\n\nHilsen\n\xe2\x80\xae" "Lysv\xe2\x80\x8b\xc3\xa5gen vel\xe2\x80\xac\xe2\x81\xa9\n" }), SIGNAL_SIGNATURE_LINE, NULL);

	for (; s != NULL && strcmp(s->extra.p, "1") != 0; s++)
		;
	check(s != NULL && strstr(s->value.p, "\xe2\x80") == NULL && strstr(s->value.p, "\xe2\x81") == NULL, "unseen", "%s", s == NULL ? "none" : s->value.p);
}

/* --- zones --------------------------------------------------------------------------------------------------------- */

static size_t
words_of(const struct parsed *p, enum digest_kind kind)
{
	size_t i;

	for (i = 0; i < p->n_digests; i++)
		if (p->digests[i].kind == kind)
			return (size_t)p->digests[i].words;
	return 0;
}

static void
test_zones(void)
{
	static const struct { const char *subject, *body, *name; size_t words; } cases[] = {
		{ "SV: x", "Vi støtter forslaget.\n\nMed vennlig hilsen\nKari Berg\nStorvik kommune\n", "signature", 3 },
		{ "x", "Hei,\n\nVi støtter forslaget.\n\nMvh Kari\n", "greeting", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\nFra: Postmottak HOD <postmottak@hod.dep.no>\nSendt: 26. april 2022 10:12\nTil: Storvik\nEmne: Høring\n\nSe vedlagt brev.\n",
		    "header-block", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\nFrå: Postmottak HOD\nDato: 26.04.2022\nTil: Storvik\nEmne: Høring\n\nSjå vedlagt brev.\n", "header-block-nn", 3 },
		{ "Re: x", "We support it.\n\nFrom: HOD\nSent: Tuesday\nTo: Us\nSubject: Hearing\n\nPlease answer.\n", "header-block-en", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\nDen 3. mai 2022 kl. 10 skrev HOD <p@hod.dep.no>:\n> Hva mener dere?\n> Hilsen\n", "attribution", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\nDen tir. 3. mai 2022 kl. 10:12 skrev Postmottak HOD\n<postmottak@hod.dep.no>:\n\nHva mener dere?\n", "attribution-wrapped", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\nKari Berg skrev:\n\nHva mener dere?\n", "attribution-by-name", 3 },
		{ "x", "Skrev dette på ferja, tåler feil:\n\nVi støtter forslaget.\n", "wrote-it-there", 9 },
		{ "x", "Dette skrev vi i 2019 om saken:\n\nVi støtter forslaget.\n", "wrote-it-then", 10 },
		{ "SV: x", "Vi støtter forslaget.\n\n-----Opprinnelig melding-----\nFra: HOD\nSendt: i dag\nTil: oss\nEmne: x\n\nHva mener dere?\n", "outlook", 3 },
		{ "SV: x", "Vi støtter forslaget.\n________________________________\nFra: HOD\nSendt: i dag\nTil: oss\nEmne: x\n\nHva mener dere?\n", "underscores", 3 },
		{ "SV: x", "Vi støtter forslaget.\n\n*Fra:* HOD <p@hod.dep.no>\n*Sendt:* i dag\n*Til:* oss\n*Emne:* x\n\nHva mener dere?\n", "bold-headers", 3 },
		{ "x", "OBS! Denne e-posten kommer fra en ekstern avsender. Ikke åpne lenker.\n\nVi støtter forslaget.\n", "banner", 3 },
		{ "x", "Vi støtter forslaget.\n\nDenne e-posten kan inneholde taushetsbelagt informasjon. Er du ikke rett mottaker, slett den.\n", "disclaimer", 3 },
		{ "x", "Vi støtter forslaget.\n\nE-posten er bare ment for den som står øverst. Har du fått den ved en feil, så slett den.\n", "meant-for", 3 },
		{ "x", "Vi støtter forslaget.\n\nMeldinga kan vere underlagd offentleglova.\n", "may-be-public", 3 },
		{ "x", "Vi støtter forslaget.\n\nOrdningen er ment for unge og underlagt offentlighet.\n", "an-arrangement", 11 },
		{ "x", "Vi støtter forslaget.\n\nKari Berg\nStorvik kommune\nTlf. 12 34 56 78\n", "signature-without-closing", 3 },
		{ "x", "Vi støtter forslaget.\n\n-- \nKari Berg\n", "dashes", 3 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct parsed *p = fixture_parse(&(struct mail){ .subject = cases[i].subject, .from = "kari@storvik.no", .body = cases[i].body });

		check(words_of(p, DIGEST_BODY) == cases[i].words, cases[i].name, "%zu own words, want %zu", words_of(p, DIGEST_BODY), cases[i].words);
	}
}

static void
test_forwards(void)
{
	static const struct { const char *subject, *body, *name; } cases[] = {
		{ "VS: Høringssvar", "Til journalføring.\n\nFra: Kari Berg <kari@storvik.no>\nSendt: 10. mai 2022 10:12\nTil: postmottak@hod.dep.no\nEmne: Høringssvar\n\nVi støtter forslaget.\n", "header-block" },
		{ "Høringssvar", "Se under.\n\n-------- Videresendt melding --------\nEmne: Høringssvar\nDato: Tue, 10 May 2022 10:12\nFra: Kari Berg <kari@storvik.no>\nTil: postmottak@hod.dep.no\n\nVi støtter forslaget.\n", "separator" },
		{ "Fwd: Høringssvar", "---------- Forwarded message ---------\nFra: Kari Berg <kari@storvik.no>\nDate: tir. 10. mai 2022\nSubject: Høringssvar\nTo: <hmr@hod.dep.no>\n\nVi støtter forslaget.\n", "gmail" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct parsed *p = fixture_parse(&(struct mail){ .subject = cases[i].subject, .from = "ola@hod.dep.no", .body = cases[i].body });
		const struct signal *from = fixture_signal(p, SIGNAL_INNER_FROM, "kari@storvik.no");

		check(from != NULL && from->zone == ZONE_FORWARDED && strcmp(from->extra.p, "Kari Berg") == 0, "forward", "%s: inner sender", cases[i].name);
		check(words_of(p, DIGEST_ANSWER) == 3, "forward-answer", "%s: %zu words", cases[i].name, words_of(p, DIGEST_ANSWER));
	}
}

/* Who passes on an appeal and writes a letter of his own above it speaks for himself; a clerk's signed note does not. */
static void
test_own_letter(void)
{
#define APPEAL "\n\n---------- Forwarded message ---------\nFra: Elvefolket <post@elvefolket.no>\nDate: tir. 10. mai 2022\nSubject: Skriv!\nTo: <alle@elvefolket.no>\n\n" \
	"Kjære medlem! Skriv til departementet i dag.\n"
#define OWN "Jeg har bodd ved elva i førti år og sett den bli grunnere for hvert år. Fisken er borte, og badeplassen står tom. " \
	"Vannet må slippes om sommeren, og det må måles av andre enn dem som eier kraftverket. Det er ikke rart at folk flytter, når " \
	"det eneste som renner, er støv. Gi oss elva tilbake.\n"
	const struct parsed *p = fixture_parse(&(struct mail){ .subject = "Fwd: Skriv!", .from = "kari@gmail.com", .body = OWN "\nHilsen\nKari Berg" APPEAL });

	check(fixture_signal(p, SIGNAL_INNER_FROM, NULL) == NULL || fixture_signal(p, SIGNAL_INNER_FROM, NULL)->zone != ZONE_FORWARDED, "own-letter", "the appeal speaks");
	check(words_of(p, DIGEST_ANSWER) > 40, "own-letter-answer", "%zu words", words_of(p, DIGEST_ANSWER));
	p = fixture_parse(&(struct mail){ .subject = "Fwd: Skriv!", .from = "kari@gmail.com", .body = "Til journalen.\n\nHilsen\nKari Berg" APPEAL });
	check(fixture_signal(p, SIGNAL_INNER_FROM, "post@elvefolket.no") != NULL, "clerk's-note", "the mail passed on does not speak");
#undef APPEAL
#undef OWN
}

/* --- names, dates, persons ----------------------------------------------------------------------------------------- */

static void
test_names(void)
{
	static const struct { const char *body; enum signal_kind kind; const char *value; } cases[] = {
		{ "På vegne av Norsk Sykepleierforbund oversendes svar.", SIGNAL_ON_BEHALF_OF, "Norsk Sykepleierforbund oversendes svar" },
		{ "Vedlagt følger høringssvar fra Rådet for mestring og helse om planen.", SIGNAL_FROM_ORGANISATION, "Rådet for mestring og helse" },
		{ "Vedlagt er høyringsfråsegn frå Bø kommune til planen.", SIGNAL_FROM_ORGANISATION, "Bø kommune" },
		{ "Her er innspill fra Mental Helse, Storvik.", SIGNAL_FROM_ORGANISATION, "Mental Helse" },
		{ "Consultation response from Save the Children regarding the plan", SIGNAL_FROM_ORGANISATION, "Save the Children" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct signal *s = fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = cases[i].body }), cases[i].kind, NULL);

		check(s != NULL && strncmp(s->value.p, cases[i].value, strlen(s->value.p)) == 0 && s->value.n >= 5, "name", "%s: got %s", cases[i].body,
		    s == NULL ? "none" : s->value.p);
	}
	check(fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = "Her er høringssvar fra oss." }), SIGNAL_FROM_ORGANISATION, NULL) == NULL,
	    "name-none", "\"fra oss\" is nobody's name");
}

static void
test_dates(void)
{
	static const struct { const char *body, *value; } cases[] = {
		{ "Vi viser til høringsbrev av 26. april 2022.", "2022-04-26" }, { "Vi viser til brev datert 26.04.2022.", "2022-04-26" },
		{ "Me viser til høyringsbrev dagsett 26.4.22 om plan", "2022-04-26" }, { "Deres brev 2022-04-26", "2022-04-26" },
		{ "We refer to your letter of April 26, 2022.", "2022-04-26" }, { "høring sendt ut 26/4-2022", "2022-04-26" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = cases[i].body }), SIGNAL_CITED_DATE, cases[i].value) != NULL, "cited-date",
		    "%s", cases[i].body);
	check(fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = "Vi møttes 26. april 2022." }), SIGNAL_CITED_DATE, NULL) == NULL, "cited-date",
	    "a date without a letter");
	check(fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = "brev av 31.02.2022" }), SIGNAL_CITED_DATE, NULL) == NULL, "cited-date",
	    "31 February is no date");
}

static void
test_persons(void)
{
	static const struct { const char *body, *want; } cases[] = {
		{ "Vi melder på:\n\n1. Kari Berg, kari@x.no (holder innlegg)\n2. Ola Dahl, ola@x.no\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Påmelding:\nKari Berg (kari@x.no)\nOla Dahl (ola@x.no)\nOla Dahl holder innlegget vårt.\n\nHilsen\nPer Moen\nper@x.no\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no+;" },
		{ "Deltakere\n\nNavn: Kari Berg\tE-post: kari@x.no\tInnlegg: ja\nNavn: Ola Dahl\tE-post: ola@x.no\tInnlegg: nei\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Påmeldte:\n\nKari Berg\nkari@x.no\n\nOla Dahl\nola@x.no\n\nKari Berg vil holde innlegg.\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Fra oss kommer Kari Berg (kari@x.no) og Ola Dahl (ola@x.no).\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no;" },
		{ "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no). Kari Berg skal holde innlegg.\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Fullt navn: Kari Berg\nE-postadresse: kari@x.no\nSkal holde innlegg: Nei\n\nFullt navn: Ola Dahl\nE-postadresse: ola@x.no\nSkal holde innlegg: Ja\n",
		    "Kari Berg=kari@x.no;Ola Dahl=ola@x.no+;" },
		{ "Kari Berg <kari@x.no>; Ola-Jørgen Åsen Dahl <ola@x.no>\n", "Kari Berg=kari@x.no;Ola-Jørgen Åsen Dahl=ola@x.no;" },
		/* who speaks is told by the work, by a word behind the address, or of both */
		{ "Påmelding:\n- Kari Berg, skogsjef, kari@x.no\n- Ola Dahl, varaordfører, ola@x.no\n\nVaraordføreren ber om å få ordet.\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no+;" },
		{ "Påmelding:\n- Kari Berg, ordfører, kari@x.no\n- Ola Dahl, ordfører, ola@x.no\n\nOrdføreren ber om å få ordet.\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no;" },
		{ "Påmelding:\n1. Kari Berg \xe2\x80\x93 rektor \xe2\x80\x93 kari@x.no \xe2\x80\x93 ikke innlegg\n2. Ola Dahl \xe2\x80\x93 leder \xe2\x80\x93 ola@x.no \xe2\x80\x93 innlegg\n",
		    "Kari Berg=kari@x.no;Ola Dahl=ola@x.no+;" },
		{ "Det kommer Kari Berg, kari@x.no, og Ola Dahl, ola@x.no.\n\nVi vil begge snakke, en om fisk og en om fugl.\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no+;" },
		{ "Det kommer Kari Berg, kari@x.no, og Ola Dahl, ola@x.no. Ingen av oss skal holde innlegg.\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no;" },
		{ "Hei. Da melder vi på disse: kari@x.no og Ola Dahl, ola@x.no.\n", "=kari@x.no;Ola Dahl=ola@x.no;" },
		{ "\xe2\x80\xa2 Kari Berg \xe2\x80\x93 kari@x.no \xe2\x80\x93 taler\n\xe2\x80\xa2 Ola Dahl \xe2\x80\x93 ola@x.no\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Fra oss møter Kari Berg (kari@x.no) og Ola Dahl (ola@x.no). Kari ønsker ordet.\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Nestleder Kari Berg <kari@x.no>\nRådgiver Ola Dahl <ola@x.no>\n", "Kari Berg=kari@x.no;Ola Dahl=ola@x.no;" },
		{ "Fornavn\tEtternavn\tE-post\tTaletid\nKari\tBerg\tkari@x.no\tja\nOla\tDahl\tola@x.no\tnei\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
		{ "Namn: Kari Berg\nE-post: kari@x.no\nTaletid: Ja\n", "Kari Berg=kari@x.no+;" },
		{ "Vi stiller med Kari Berg og Ola Dahl. Ola holder innlegg. Adresser: kari.berg@x.no, ola.dahl@x.no\n", "Kari Berg=kari.berg@x.no;Ola Dahl=ola.dahl@x.no+;" },
		{ "Påmelding:\nKari Berg\nkari@x.no\nVil du holde innlegg? Nei\n", "Kari Berg=kari@x.no;" },
		{ "Please register Ms. Kari Berg (kari@x.no). She will give a short statement.\n", "Kari Berg=kari@x.no+;" },
		{ "Me melder på Kari Berg, kari@x.no. Ho ynskjer ordet.\n", "Kari Berg=kari@x.no+;" },
		{ "Please register Kari Berg (kari@x.no). She does not need speaking time.\n", "Kari Berg=kari@x.no;" },
		{ "| Navn | E-post | Innlegg |\n| Kari Berg | kari@x.no | ja |\n| Ola Dahl | ola@x.no | nei |\n", "Kari Berg=kari@x.no+;Ola Dahl=ola@x.no;" },
	};
	size_t i, k;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct parsed *p = fixture_parse(&(struct mail){ .subject = "Påmelding", .body = cases[i].body });
		char                 got[512] = "";

		for (k = 0; k < p->n_signals; k++)
			if (p->signals[k].kind == SIGNAL_PERSON) {
				const char *bar = strchr(p->signals[k].extra.p, '|');

				(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s=%.*s%s;", p->signals[k].value.p,
				    (int)(bar - p->signals[k].extra.p), p->signals[k].extra.p, bar[2] == '1' ? "+" : "");
			}
		check(strcmp(got, cases[i].want) == 0, "persons", "%s: got %s", cases[i].want, got);
	}
}

/* --- phrases and digests ------------------------------------------------------------------------------------------- */

static void
test_guards(void)
{
	static const struct { const char *body; int found; } cases[] = {
		{ "Vi har ingen merknader.", 1 }, { "Kommunen har ikkje merknader til framlegget.", 1 }, { "Ingen merknadar.", 1 },
		{ "Vi har ingen merkander til forslaget.", 1 },	/* a slip of the hand */
		{ "Vi har ingen merknader til kapittel 3, men mener at fristen er kort.", 0 },
		{ "Utover dette har vi ingen merknader.", 0 }, { "Ut over dette har me ingen merknader.", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check((fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .body = cases[i].body }), SIGNAL_PHRASE, "no-remarks") != NULL) ==
		    cases[i].found, "guard", "%s", cases[i].body);
}

/* Classes stand for each of their members; a mistake in the rules is told with its line. */
static void
test_rules(void)
{
	static const struct { const char *rules; unsigned line; } cases[] = {
		{ "=no\tingen\n=no\tikkje noko\nx\t=no .. =no svar*\n", 0 }, { "x\t=no svar\n", 1 }, { "=no\tingen\nx\t=nei svar\n", 2 },
		{ "=no\tingen\n=yes\t=no ja\n", 2 }, { "=no\tingen\nx\t=no =no =no =no =no\n", 2 }, { "=a\tb\n\nuten tab\n", 3 },
	};
	struct phrases *ph;
	struct why      why;
	char            where[32];
	size_t          i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum outcome result = phrases_parse("rules", cases[i].rules, strlen(cases[i].rules), &ph, &why);

		(void)snprintf(where, sizeof where, "rules:%u:", cases[i].line);
		check((result == OUTCOME_OK) == (cases[i].line == 0) && (result == OUTCOME_OK || strncmp(why.text, where, strlen(where)) == 0), "rules",
		    "case %zu: %s", i, result == OUTCOME_OK ? "taken" : why.text);
		if (result == OUTCOME_OK)
			phrases_free(ph);
	}
}

static void
list_hit(void *arg, const struct phrase_hit *hit)
{
	g_string_append_printf(arg, "%s@%zu+%zu%s ", hit->group, hit->first, hit->count, hit->slipped ? "~" : "");
}

/* What a phrase takes: words, beginnings of words, gaps, the first word only, and a slip of the hand in a long one. */
static void
test_matching(void)
{
	static const char rules[] = "x\ten to\nx\ten to\ny\ten .. tre\nz\tfem .... slutt\ns\t^ start\np\tfor* til\nw\tfor til\nl\tmerknader her\n";
	static const struct { const char *text, *found; } cases[] = {
		{ "en to", "x@0+2 x@0+2 " }, { "nei en to tre", "y@1+3 x@1+2 x@1+2 " }, { "en a b c d tre", "y@0+6 " }, { "en a b c d e tre", "" },
		{ "fem a b c d e f g h i j k l slutt", "z@0+14 " }, { "fem a b c d e f g h i j k l m slutt", "" }, { "start her", "s@0+1 " }, { "her start", "" },
		{ "forslag til", "p@0+2 " }, { "for til", "p@0+2 w@0+2 " }, { "fot til", "" }, { "merkander her", "l@0+2~ " }, { "merknaden her", "l@0+2~ " },
		{ "merkanden her", "" }, { "en", "" },
	};
	struct phrases *ph;
	struct why      why;
	size_t          i;

	if (phrases_parse("rules", rules, strlen(rules), &ph, &why) != OUTCOME_OK) {
		check(0, "matching", "%s", why.text);
		return;
	}
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct words *w = words_new();
		GString      *found = g_string_new(NULL);
		const char   *end = strrchr(cases[i].found, '@');

		words_add(w, cases[i].text, 0, strlen(cases[i].text));
		phrases_find(ph, w, 0, w->all->len, list_hit, found);
		check(strcmp(found->str, cases[i].found) == 0, "matching", "%s: %s", cases[i].text, found->str);
		check(phrases_has(ph, w, 0, w->all->len, "y") == (strchr(cases[i].found, 'y') != NULL) &&
		    (end == NULL || phrases_has(ph, w, 0, w->all->len, (char[]){ end[-1], '\0' })), "matching", "%s: by group", cases[i].text);
		g_string_free(found, TRUE);
		words_free(w);
	}
	phrases_free(ph);
}

static const struct digest *
digest_of(const struct parsed *p, enum digest_kind kind)
{
	size_t i;

	for (i = 0; i < p->n_digests; i++)
		if (p->digests[i].kind == kind)
			return &p->digests[i];
	return NULL;
}

/* How somebody closes is their language; their house's name and their work are not. */
static void
test_closing_language(void)
{
	static const struct { const char *want, *body; } cases[] = {
		{ "nn", "Ulvøy skole har ingen merknader i saken.\n\nMed helsing\nTorill Næss\nspesialrådgiver for barnehagene\nUlvøy videregående skole\n" },
		{ "nb", "Ulvøy skule har ingen merknader i saken.\n\nMed vennlig hilsen\nTorill Næss\nrådgjevar\nUlvøy vidaregåande skule\n" },
	};
	size_t i;

	for (i = 0; i < 2; i++)
		check(fixture_signal(fixture_parse(&(struct mail){ .subject = "x", .from = "a@x.no", .body = cases[i].body }), SIGNAL_LANGUAGE, cases[i].want) != NULL,
		    "closing-language", "%s: another", cases[i].want);
}

static int
same_answer(const char *a, const char *b)
{
	const struct digest *x = digest_of(fixture_parse(&(struct mail){ .subject = "x", .from = "a@x.no", .body = a }), DIGEST_ANSWER);
	const struct digest *y = digest_of(fixture_parse(&(struct mail){ .subject = "x", .from = "a@x.no", .body = b }), DIGEST_ANSWER);

	return x != NULL && y != NULL && memcmp(x->sha256, y->sha256, 32) == 0;
}

static void
test_digests(void)
{
	check(same_answer("Hei,\n\nVi støtter forslaget om nye skilt.\n\nMvh\nKari Berg", "Vi støtter forslaget\nom nye skilt.\n\n-- \nMvh\nKari Berg\nTlf 1\n"), "digest-wrap",
	    "line wrapping, greeting and signature change the answer");
	check(same_answer("Vi støtter «forslaget».", "Vi støtter \"forslaget\".\n\nDenne e-posten kan inneholde taushetsbelagt informasjon."), "digest-footer",
	    "quotation marks and a disclaimer change the answer");
	check(same_answer("Sender på nytt, da vi ikke har fått svar.\n\nVi støtter forslaget.", "Vi støtter forslaget."), "digest-resend", "what is said of sending is part of the answer");
	check(same_answer("Sender på nytt: Gjerdet må være høyere.", "Gjerdet må være høyere.") && same_answer("Tillegg til vårt høringssvar: Gjerdet må være høyere.",
	    "Gjerdet må være høyere."), "digest-behind-colon", "what is said behind the word of sending is no part of the answer");
	check(digest_of(fixture_parse(&(struct mail){ .subject = "x", .body = "Sender på nytt: se vedlegg." }), DIGEST_ANSWER) == NULL &&
	    digest_of(fixture_parse(&(struct mail){ .subject = "x", .body = "Revidert versjon: Vedlagt følger uttalelsen fra laget." }), DIGEST_ANSWER) == NULL &&
	    digest_of(fixture_parse(&(struct mail){ .subject = "x", .body = "NB: vi sender dette på nytt i dag." }), DIGEST_ANSWER) == NULL, "digest-only-sent",
	    "what is said of sending is the answer");
	check(same_answer("Vi støtter opptrappingsplanen.", "Vi støtter opptrappings-\nplanen."), "digest-hyphen", "a hyphen at a line's end changes the answer");
	check(same_answer("Vi støtter høring.", "Vi stÃ¸tter hÃ¸ring.") && same_answer("Vi støtter høring.", "Vi st\xef\xbf\xbdtter h?ring."), "digest-mended",
	    "letters lost by a mail program change the answer");
	check(!same_answer("Vi støtter forslaget.", "Vi støtter ikke forslaget."), "digest-other", "another answer is the same");
}

/* The place of a question is its mark; what a mail reads like is told by different words. */
static void
test_told(void)
{
	static const char    body[] = "Vi støtter forslaget. Når trer loven i kraft? Takk for svar.";
	const struct parsed *p = fixture_parse(&(struct mail){ .subject = "x", .body = body });
	const struct signal *mark = fixture_signal(p, SIGNAL_PHRASE, "question-mark");
	size_t               i, k, n;

	check(mark != NULL && mark->offset == (uint64_t)(strchr(body, '?') - body), "question-mark", "it does not stand where it is told");
	p = fixture_parse(&(struct mail){ .subject = "x", .body = "Kan dere gi oss mer tid? Vi kan gi svar i mai, kan dere gi utsatt frist, kan dere gi oss en uke?" });
	for (i = n = 0; i < p->n_signals; i++) {
		const char *said = p->signals[i].kind == SIGNAL_PHRASE && strstr(p->signals[i].value.p, "-as-") != NULL ? strstr(p->signals[i].extra.p, ": ") : NULL;
		gchar     **words = g_strsplit(said == NULL ? "" : said + 2, ", ", 0);

		for (k = 0; words[k] != NULL; k++, n++)
			check(!g_strv_contains((const gchar *const *)words + k + 1, words[k]), "told-once", "%s twice in%s", words[k], said);
		g_strfreev(words);
	}
	check(n >= 3, "told", "no words are told");
}

static void
test_links(void)
{
	static const char *const wrapped[] = {
		"Svar.docx<https://eur01.safelinks.protection.outlook.com/ap/w-5/?url=https%3A%2F%2Fkommune-my.sharepoint.com%2F%3Aw%3A%2Fg%2Fx&data=05>",
		"https://urldefense.proofpoint.com/v2/url?u=https-3A__kommune-2Dmy.sharepoint.com_-3Aw_g_x&d=DwM",
		"https://urldefense.com/v3/__https://kommune-my.sharepoint.com/:w:/g/x__;!!N",
		"https://www.google.com/url?q=https%253A%252F%252Fkommune-my.sharepoint.com%252Fx&sa=D",
	};
	static const char *const pages[] = { "Se https://www.regjeringen.no/dropbox.com/", "Vi bruker https://sharepoint.com/ her", "<https://kommune.sharepoint.com>",
		"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.regjeringen.no%2Fdropbox.com&data=05",
		"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.dropbox.com%2F&data=05" };
	size_t               i;
	const struct parsed *p = fixture_parse(&(struct mail){ .subject = "x", .body = "Svaret ligger her: https://kommune-my.sharepoint.com/:b:/g/x og www.kommune.no" });

	check(fixture_signal(p, SIGNAL_LINK_ATTACHMENT, "kommune-my.sharepoint.com") != NULL, "link", "a document in the cloud is not seen");
	for (i = 0; i < sizeof wrapped / sizeof wrapped[0]; i++) {
		p = fixture_parse(&(struct mail){ .subject = "x", .body = wrapped[i] });
		check(fixture_signal(p, SIGNAL_LINK_ATTACHMENT, "kommune-my.sharepoint.com") != NULL, "link-wrapped", "%s", wrapped[i]);
	}
	for (i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		p = fixture_parse(&(struct mail){ .subject = "x", .body = pages[i] });
		check(fixture_signal(p, SIGNAL_LINK_ATTACHMENT, NULL) == NULL, "link-none", "%s", pages[i]);
	}
}

static void
test_hostile(void)
{
	static char text[400000];
	size_t      i;
	clock_t     started;

	for (i = 0; i + 20 < sizeof text; i += 20)
		memcpy(text + i, i % 40 == 0 ? "ingen ingen ikke av " : "Fra: x\nTil: y\nEmne:\n", 20);
	check(fixture_parse(&(struct mail){ .subject = "x", .body = text })->complete, "hostile-repetition", "the records are not whole");
	for (i = 0; i + 8 < sizeof text; i += 8)
		memcpy(text + i, "21/4593 ", 8);
	started = clock();
	check(fixture_parse(&(struct mail){ .subject = "x", .body = text })->complete, "hostile-references", "the records are not whole");
	check(clock() - started < 3 * CLOCKS_PER_SEC, "hostile-references-time", "one long line of numbers takes %ld ms",
	    (long)((clock() - started) * 1000 / CLOCKS_PER_SEC));
	memset(text, '1', sizeof text - 1);
	check(fixture_parse(&(struct mail){ .subject = "x", .body = text })->complete, "hostile-digits", "the records are not whole");
	memset(text, '@', sizeof text - 1);
	check(fixture_parse(&(struct mail){ .subject = "x", .body = text })->complete, "hostile-at", "the records are not whole");
	for (i = 0; i + 8 < sizeof text; i += 7)
		memcpy(text + i, "hilsen\n", 7);
	check(fixture_parse(&(struct mail){ .subject = "x", .body = text })->complete, "hostile-closings", "the records are not whole");
	check(fixture_parse(&(struct mail){ .subject = "x", .body = "\xe2\x80" })->complete, "hostile-cut", "a cut character breaks it");
}

int
main(void)
{
	test_references();
	test_false_friends();
	test_filenames();
	test_numbers();
	test_hidden_numbers();
	test_unseen();
	test_zones();
	test_forwards();
	test_own_letter();
	test_names();
	test_dates();
	test_persons();
	test_guards();
	test_rules();
	test_matching();
	test_closing_language();
	test_digests();
	test_told();
	test_links();
	test_hostile();
	fixture_forget();
	return check_status();
}
