/* Who comes to the meeting: from prose and lists, how many may, when it is too late, and who comes in another's place. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

static void
test_persons(void)
{
	struct mail           m = { .subject = "Påmelding", .from = "a@x.no", .mailbox = "kaes", .received = "2022-05-06",
		.body = "Påmelding:\n\nKari Berg, kari@x.no\nOla Dahl, ola@x.no (holder innlegg)\nPer Moen, per@x.no\n" };
	const struct verdict *v = fixture_judge(&m);

	check(v->n_persons == 3 && strcmp(v->persons[0].verdict, "ok") == 0 && strcmp(v->persons[2].verdict, "over limit") == 0, "persons-limit",
	    "%zu persons, third %s", v->n_persons, v->n_persons == 3 ? v->persons[2].verdict : "");
	check(v->n_persons == 3 && v->persons[1].speaker && !v->persons[0].speaker, "persons-speaker", "who speaks is not told");
	m.received = "2022-05-07";
	v = fixture_judge(&m);
	check(v->n_persons == 3 && strcmp(v->persons[0].verdict, "late") == 0, "persons-late", "the day after is not late");
	/* without addresses: persons, not the organisation; who writes has the mail's own */
	m = (struct mail){ .subject = "Påmelding", .from_name = "Ola Dahl", .from = "ola@x.no", .mailbox = "kaes", .received = "2022-05-02",
	    .body = "Kirkens Bymisjon melder på Kari Berg og Ola Dahl til innspillsmøtet.\n\nHilsen\nOla Dahl\nKirkens Bymisjon\n" };
	v = fixture_judge(&m);
	check(v->n_persons == 2 && strcmp(v->persons[0].name, "Kari Berg") == 0 && strcmp(v->persons[0].verdict, "incomplete") == 0, "persons-incomplete",
	    "%zu persons, first %s", v->n_persons, v->n_persons == 0 ? "" : v->persons[0].name);
	check(v->n_persons == 2 && strcmp(v->persons[1].email, "ola@x.no") == 0 && strcmp(v->persons[1].verdict, "ok") == 0, "persons-writer",
	    "who writes and comes has no address");
	/* who writes comes and speaks, the other one does not */
	m.body = "Eg melder på meg sjølv (innlegg) og Kari Berg, kari@x.no (utan innlegg).\n\nOla Dahl\nrådgjevar\n";
	v = fixture_judge(&m);
	check(v->n_persons == 2 && strcmp(v->persons[1].email, "ola@x.no") == 0 && v->persons[1].speaker && !v->persons[0].speaker, "persons-self",
	    "%zu persons", v->n_persons);
	m.body = "Sett meg på lista til møtet. Jeg vil gjerne si noe.\n\nOla Dahl, Havlys, 900 00 000\n";
	v = fixture_judge(&m);
	check(v->n_persons == 1 && v->persons[0].speaker, "persons-speaks", "%zu persons, and nobody speaks", v->n_persons);
}

/* Who comes in another's place, and in whose; where nobody is named a person looks. */
static void
test_exchange(void)
{
	static const struct { const char *kind, *want, *body; } cases[] = {
		{ "registration", "Per Hansen, -Kari Nordmann", "I stedet for Kari Nordmann kommer Per Hansen." },
		{ "registration", "Per Hansen, -Kari Nordmann", "I stedet for vår leder Kari Nordmann kommer Per Hansen (per@x.no)." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Per Hansen (per@x.no) stiller i stedet for Kari Nordmann (kari@x.no)." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Per Hansen (per@x.no) erstatter Kari Nordmann på møtet." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Kari Nordmann erstattes av Per Hansen, per@x.no." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Kari Nordmann kan dessverre ikke komme likevel. Per Hansen, per@x.no, kommer i hennes sted." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Kari Nordmann er sjuk. I staden kjem Per Hansen, per@x.no." },
		{ "registration", "Per Hansen, -Kari Nordmanns", "Per Hansen (per@x.no) tar Kari Nordmanns plass på innspillsmøtet." },
		{ "registration", "Per Hansen, -Kari Nordmann", "Per Hansen (per@x.no) must replace Kari Nordmann at the meeting." },
		{ "registration", "Per Hansen, -Kari", "I stedet for Kari kommer Per Hansen, per@x.no." },
		{ "registration", "Per Hansen, -Kari Nordmann, -Ola Dahl", "Per Hansen, per@x.no, kommer i stedet for Kari Nordmann og Ola Dahl." },
		{ "registration", "Bo Lie, -Kari Nordmann", "Jeg kommer i stedet for Kari Nordmann." },
		{ "registration", "Per Hansen, -Bo Lie", "Jeg kan dessverre ikke komme. Per Hansen, per@x.no, kommer i stedet." },
		{ "registration", "Ola Dahl, -Kari Nordmann", "Ola Dahl (ola@x.no) kommer, men Kari Nordmann (kari@x.no) kan ikke delta på møtet." },
		{ "decline", "-Kari Nordmann", "Kari Nordmann kan dessverre ikke komme likevel." },
		{ "decline", "-Kari Nordmann, -Ola Dahl", "Kari Nordmann og Ola Dahl kan dessverre ikke komme på møtet." },
		{ "decline", "-Kari Nordmann", "Vi må melde avbud for Kari Nordmann." },
		{ "decline", "-Kari Nordmann", "Kari Nordmann (kari@x.no) kan dessverre ikke komme likevel." },
		{ "decline", "-Bo Lie", "Jeg kan dessverre ikke komme likevel." },
		{ "decline", "", "Vi kan dessverre ikke komme." }, { "decline", "", "Takk for invitasjonen, sier leder Kari Nordmann, men vi kan dessverre ikke delta." },
		/* the writer comes too, and is called what the head of the mail says */
		{ "registration", "Ola Dahl, Bo Lie", "Vi melder på ordfører Ola Dahl (ola@x.no) og undertegnede." },
		{ "registration", "Ola Dahl", "Vi melder på Ola Dahl (ola@x.no). Spørsmål kan rettes til undertegnede." },
		{ "registration", "Bo Lie, Ola Dahl", "I would like to attend the meeting with my colleague Ola Dahl. Our addresses are bo@x.no and ola.dahl@x.no." },
		{ "registration", "Ola Dahl, -Kari Nordmann", "Kan dere bytte ut Kari Nordmann (kari@x.no) med Ola Dahl (ola@x.no) på deltakerlisten?" },
		/* whom to ask is nobody who comes */
		{ "decline", "", "Havlys må dessverre melde pass denne gangen. Ved spørsmål, kontakt Ola Dahl (ola@x.no)." },
		/* not off the list */
		{ "registration", "Kari Nordmann", "Vi melder på Kari Nordmann (kari@x.no). Kari Nordmann kan ikke komme før kl 10." },
		{ "registration", "Ola Dahl", "Vi melder på Ola Dahl, ola@x.no." },
	};
	struct mail m = { .subject = "Møtet", .from = "bo@x.no", .from_name = "Bo Lie", .mailbox = "kaes" };
	char        got[300];
	size_t      i, k;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v;

		m.body = cases[i].body;
		v = fixture_judge(&m);
		for (k = 0, got[0] = '\0'; k < v->n_persons; k++)
			(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%s", k > 0 ? ", " : "", strcmp(v->persons[k].verdict, "leaves") == 0 ? "-" : "",
			    v->persons[k].name);
		check(strcmp(got, cases[i].want) == 0 && strcmp(kind_name(v->kind), cases[i].kind) == 0, "exchange", "%s: want %s %s, got %s %s", m.body,
		    cases[i].kind, cases[i].want, kind_name(v->kind), got);
	}
	check(!fixture_has_review(fixture_judge(&m), "possible-revision"), "exchange", "asked without need");
	m.body = "Vi bytter en deltaker på møtet: nå kommer Ola Dahl, ola@x.no, i stedet.\n";
	check(fixture_has_review(fixture_judge(&m), "possible-revision"), "exchange", "nobody is asked");
}

/* Who comes and, with a star, who speaks, told in a sentence or two. */
static void
test_prose(void)
{
	static const struct { const char *want, *body; } cases[] = {
		{ "Bo Lie*", "Kystkultursenteret vil ha ein plass på møtet. Eg tek han sjølv og har førebudd eit innlegg på tre minutt.\n\nBo Lie\ndirektør\nbo@x.no" },
		{ "Bo Lie*", "Vi ønsker en plass på møtet. Jeg tar den selv og har forberedt et kort innlegg.\n\nBo Lie\ndirektør\nbo@x.no" },
		{ "Bo Lie*", "Sett av en plass til meg på møtet, jeg har skrevet et innlegg på to minutter.\n\nBo Lie\nbo@x.no" },
		{ "Bo Lie*", "Jeg kommer på møtet og har med meg et innlegg.\n\nBo Lie\nbo@x.no | 900 00 000" },
		{ "Bo Lie", "Havlys ønsker å delta på innspillsmøtet. Jeg stiller for oss.\n\nBo Lie\nbo@x.no" },
		{ "Bo Lie*", "I will attend the meeting myself and have prepared a short statement.\n\nBo Lie\nbo@x.no" },
		{ "Kari Berg*, Ola Dahl", "Forbundsleder Kari Berg (kari@x.no) møter og vil si noe om kompetanse. Hun får følge av Ola Dahl, ola@x.no.\n\nKari Berg\nHavlys\n900 00 000" },
		{ "Kari Berg*, Ola Dahl", "Leiar Kari Berg, kari@x.no, kjem på møtet og vil seie noko om kompetanse. Ho har med seg Ola Dahl, ola@x.no.\n\nKari Berg\nHavlys" },
		{ "Kari Berg*, Ola Dahl", "Kari Berg (kari@x.no) deltar på møtet og holder et innlegg. Med seg har hun Ola Dahl (ola@x.no)." },
		{ "Kari Berg, Ola Dahl*", "Kari Berg (kari@x.no) deltar på møtet sammen med Ola Dahl (ola@x.no), som har forberedt et innlegg." },
		{ "Kari Berg, Ola Dahl", "Kari Berg (kari@x.no) deltar på møtet sammen med Ola Dahl (ola@x.no). Ingen av dem skal si noe." },
		{ "Kari Berg*, Ola Dahl", "Vi kommer to på møtet: Kari Berg (kari@x.no) og Ola Dahl (ola@x.no). Kari tar ordet." },
		{ "Kari Berg, Ola Dahl*", "Kari Berg (kari@x.no) kommer på møtet, og det gjør også Ola Dahl (ola@x.no). Sistnevnte vil si noen ord." },
		{ "Kari Berg*, Ola Dahl", "Fra oss møter Kari Berg, kari@x.no, og Ola Dahl, ola@x.no. Førstnevnte holder innlegg." },
		{ "Kari Berg*, Ola Dahl", "Chair Kari Berg (kari@x.no) will attend the meeting and would like to say something. She will be joined by Ola Dahl, ola@x.no." },
		{ "Kari Berg*, Ola Dahl*", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) kommer på møtet. Begge vil si noe." },
		{ "Kari Berg", "Påmelding til møtet: Kari Berg, kari@x.no. Hun skal bare lytte." },
		{ "Kari Berg*", "Kari Berg møter for oss. Hun ønsker taletid. E-post: kari@x.no" },
		{ "Kari Berg, Ola Dahl*", "Hei,\n\nHavlys stiller med to: vår fagsjef Kari Berg (kari@x.no) og daglig leder Ola Dahl (ola@x.no). Daglig leder holder et innlegg på tre minutter.\n\nHilsen Bo Lie" },
		{ "Kari Berg*", "Påmelding høringsmøte\nNavn: Kari Berg\nE-post: kari@x.no\nOrganisasjon: Havlys\nØnsker å holde innlegg: Ja" },
		{ "Kari Berg", "Påmelding høringsmøte\nNavn: Kari Berg\nE-post: kari@x.no\nOrganisasjon: Havlys\nØnsker å holde innlegg: Nei" },
		{ "Kari Berg*, Ola Dahl", "Påmelding:\n1. Kari Berg, leder, kari@x.no - innlegg\n2. Ola Dahl, rådgiver, ola@x.no" },
		{ "Kari Berg*, Ola Dahl", "Vi melder på:\n- Kari Berg, kari@x.no (med innlegg)\n- Ola Dahl, ola@x.no (uten innlegg)" },
		{ "Kari Berg, Ola Dahl*", "Me melder på Kari Berg <kari@x.no> og Ola Dahl <ola@x.no>. Sistnemnde vil seie nokre ord." },
		{ "Bo Lie*", "Eg melder meg på møtet og ber om å få ordet i tre minutt.\n\nBo Lie\nHavlys" },
		{ "Bo Lie", "Jeg deltar gjerne på møtet.\n\nBo Lie\nHavlys\nbo@x.no" },
		{ "Bo Lie", "Sett meg opp på møtet, som tilhører.\n\nBo Lie" },
		{ "Bo Lie*", "Takk for invitasjonen! Jeg kommer, og vil gjerne ha ordet.\n\nBo Lie, Havlys, bo@x.no" },
		{ "Kari Berg", "Fra Havlys kommer Kari Berg. Hun nås på kari@x.no." },
		{ "Kari Berg*", "Fra Havlys kommer Kari Berg. Hun nås på kari@x.no og ønsker å holde et kort innlegg." },
		{ "Kari Berg*, Bo Lie", "Kari Berg (kari@x.no) og jeg kommer på møtet. Kari holder innlegget vårt.\n\nBo Lie\nbo@x.no" },
		{ "Kari Berg, Bo Lie*", "Jeg og min kollega Kari Berg (kari@x.no) melder oss på møtet. Jeg holder innlegg.\n\nBo Lie\nbo@x.no" },
		{ "Kari Berg*, Ola Dahl", "We would like to register Kari Berg (kari@x.no) as speaker and Ola Dahl (ola@x.no) as observer." },
		{ "Kari Berg, Ola Dahl*", "Please register Kari Berg (kari@x.no) and Ola Dahl (ola@x.no). Ola will make a short statement." },
		{ "Kari Berg*, Ola Dahl", "Vi ønsker å delta på møtet med leder Kari Berg (kari@x.no), som holder innlegget, og nestleder Ola Dahl (ola@x.no)." },
		{ "Kari Berg, Ola Dahl", "Vi ønsker å delta på møtet med to personer, uten innlegg:\nKari Berg\nkari@x.no\n\nOla Dahl\nola@x.no" },
		{ "Kari Berg*, Ola Dahl", "Deltakere på møtet:\nKari Berg\nleder\nkari@x.no\nTaler: ja\n\nOla Dahl\nrådgiver\nola@x.no\nTaler: nei" },
		{ "Kari Berg*", "Vi vil gjerne ha fem minutter på møtet. Det blir Kari Berg, kari@x.no, som snakker." },
		{ "Kari Berg, Ola Dahl*", "Det er Kari Berg (kari@x.no) som representerer oss på møtet, og Ola Dahl (ola@x.no) som fører ordet." },
		{ "Kari Berg*, Ola Dahl", "Påmeldte: Kari Berg (innleder), kari@x.no; Ola Dahl, ola@x.no" },
		/* each clause is of those it tells: by name, all, the writer, or who stands just before */
		{ "Kari Berg*, Ola Dahl", "Vi melder på: Kari Berg, kari@x.no; Ola Dahl, ola@x.no. Taler for oss er Kari." },
		{ "Kari Berg, Ola Dahl*", "Disse møter:\nkari@x.no \xe2\x80\x93 Kari Berg\nola@x.no \xe2\x80\x93 Ola Dahl\n\nInnlegg: Ola Dahl" },
		{ "Kari Berg, Ola Dahl*", "Disse møter: Kari Berg, kari@x.no, og Ola Dahl, ola@x.no. Innlegget holdes av Ola Dahl." },
		{ "Kari Berg*, Ola Dahl", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) kommer på møtet. Kari ønsker ordet, Ola vil bare høre på." },
		{ "Kari Berg*, Ola Dahl*", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) kommer på møtet, og begge ber om taletid." },
		{ "Kari Berg, Ola Dahl", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) kommer på møtet, men ingen av dem ber om taletid." },
		{ "Kari Berg, Ola Dahl", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) møter som tilhørere, uten ønske om å holde innlegg." },
		{ "Kari Berg*, Ola Dahl", "Det blir Kari Berg (kari@x.no), som tar ordet om det er plass, og Ola Dahl (ola@x.no), som ikke skal si noe på møtet." },
		{ "Kari Berg, Bo Lie*", "Jeg kommer på møtet og holder innlegget selv. Med meg har jeg Kari Berg (kari@x.no), som ikke skal snakke.\n\nBo Lie" },
		{ "Kari Berg*", "Please register Kari Berg (kari@x.no), who will\nspeak at the meeting" },
		{ "Kari Berg*, Ola Dahl", "Vi kommer på møtet\n\nNavn: Kari Berg\nE-post: kari@x.no\nInnlegg: ja, gjerne fem minutter om hva tang og tare betyr\n\nNavn: Ola Dahl\nE-post: ola@x.no\nInnlegg: nei" },
		{ "Kari Berg, Ola Dahl*", "Påmelding:\nBerg, Kari \xe2\x80\x93 kari@x.no\nDahl, Ola \xe2\x80\x93 ola@x.no (innleder)" },
		{ "Kari Berg*, Ola Dahl", "Deltakere på møtet:\n* Kari Berg, kari@x.no, mobil 900 11 222. Innlegg: ja\n* Ola Dahl, ola@x.no, mobil 900 11 223. Innlegg: nei" },
		{ "Kari Berg*, Bo Lie", "Både Kari Berg (kari@x.no) og jeg kommer på møtet. Det er Kari som holder innlegg." },
		{ "Kari Berg*, Ola Dahl*", "Kari Berg (kari@x.no) og Ola Dahl (ola@x.no) kommer på møtet. Kari snakker om tang, og Ola snakker om tare." },
		{ "Kari Berg, Ola Dahl*", "E-post;Navn;Innlegg på møtet (ja/nei)\nkari@x.no;Kari Berg;nei\nola@x.no;Ola Dahl;ja" },
		{ "Kari Berg*, Ola Dahl", "Vi melder på til møtet:\n\nInnlegg:\nKari Berg, kari@x.no\n\nTilhørere:\nOla Dahl, ola@x.no" },
		{ "Kari Berg, Ola Dahl", "Påmelding til møtet\n\nNavn: Kari Berg\nE-post: kari@x.no\nInnlegg:\n\nNavn: Ola Dahl\nE-post: ola@x.no\nInnlegg:" },
		{ "Kari Berg, Ola Dahl", "Korkje Kari Berg (kari@x.no) eller Ola Dahl (ola@x.no) ønskjer taletid, men begge kjem på møtet." },
		/* an address that something is sent to is nobody who comes */
		{ "Kari Berg", "Kari Berg (kari@x.no) deltar på møtet. Faktura sendes regnskap@x.no." },
		{ "Kari Berg", "Kari Berg (kari@x.no) deltar på møtet. Kopi av programmet bes sendt til Ola Dahl (ola@x.no)." },
		{ "Kari Berg", "Kari Berg (kari@x.no) will attend the meeting. Please copy his assistant, Ola Dahl (ola@x.no)." },
		{ "Kari Berg, Ola Dahl", "Kari Berg (kari@x.no) og fakturaansvarlig Ola Dahl (ola@x.no) deltar på møtet." },
		{ "Kari Berg*, Ola Dahl", "Leder Kari Berg og rådgiver Ola Dahl kommer på møtet. Kari holder innlegg. De nås på kari@x.no og ola@x.no." },
		{ "Kari Berg", "Deltaker på møtet: Kari Berg (kari@x.no)\nFakturareferanse: Ola Dahl (ola@x.no)" },
		{ "Kari Berg, Ola Dahl", "Vi melder på til møtet:\n\nKari Berg\nKontakt: kari@x.no\n\nOla Dahl\nKontakt: ola@x.no" },
		{ "Kari Berg", "Påmelding til møtet. Kontaktperson: Kari Berg, kari@x.no" },
		/* a telephone below a list makes no signature of it */
		{ "Kari Berg, Ola Dahl", "Vi stiller med to:\nKari Berg, kari@x.no\nOla Dahl, ola@x.no\nTlf. 99 88 77 66" },
		{ "Kari Berg", "Please add Kari Berg, kari@x.no, to the list of the meeting\nTel 99 88 77 66" },
		/* who holds what is said there, and who only listens */
		{ "Kari Berg*", "Påmelding til møtet: Kari Berg, kari@x.no. Framlegget vårt holdes av Kari Berg." },
		{ "Kari Berg*", "Påmelding til møtet: Kari Berg, kari@x.no. Innledning ved Kari Berg." },
		{ "Kari Berg, Ola Dahl*", "Møtende for Havlys:\n\nKari Berg, kari@x.no\nOla Dahl, ola@x.no\n\nPresentasjonen holdes av Ola Dahl." },
		{ "Kari Berg, Ola Dahl*", "Møtende frå Havlys:\n\nKari Berg, kari@x.no\nOla Dahl, ola@x.no\n\nOla Dahl har førebudd nokre minutt." },
		{ "Kari Berg, Ola Dahl*", "Utsendinger fra Havlys til møtet: Kari Berg, kari@x.no; Ola Dahl, ola@x.no. Ola Dahl holder foredraget." },
		{ "Kari Berg", "Påmelding til møtet: Kari Berg, kari@x.no. Talerstolen står trygt uten oss." },
		{ "Kari Berg", "Påmelding til møtet: Kari Berg, kari@x.no. Vi overlater ordet til andre." },
		{ "Kari Berg", "Påmelding til møtet: Kari Berg, kari@x.no. Hun kommer bare for å lytte til innleggene." },
		{ "Kari Berg", "Påmelding til møtet: Kari Berg, kari@x.no, som tilhører, ikke taler." },
		{ "Kari Berg", "Attendees from Havlys at the meeting: Kari Berg, kari@x.no. She comes only to listen to the speakers." },
		{ "Kari Berg, Ola Dahl-Ås", "Møtende for Havlys på møtet:\n\nKari Berg, kari@x.no; Ola Dahl-Ås,\nola.dahlas@x.no" },
		{ "Kari Berg, Ola Dahl, Liv Ås-Moe", "Møtende for Havlys på møtet:\n\nKari Berg, kari@x.no; Ola Dahl,\nola@x.no; Liv Ås-Moe,\nliv.asmoe@y.no" },
		/* what is declined is a lunch, or the floor */
		{ "Bo Lie", "Jeg kommer på møtet. Nei takk til lunsj.\n\nBo Lie" },
		{ "Bo Lie", "Jeg deltar på møtet for Havlys. Taletid: nei takk.\n\nBo Lie" },
		{ "Bo Lie", "Jeg kommer på møtet, men skal ikke ha ordet.\n\nBo Lie" },
	};
	struct mail m = { .subject = "Møtet", .from = "bo@x.no", .from_name = "Bo Lie", .mailbox = "kaes" };
	char        got[300];
	size_t      i, k;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v;

		m.body = cases[i].body;
		v = fixture_judge(&m);
		for (k = 0, got[0] = '\0'; k < v->n_persons; k++)
			(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%s", k > 0 ? ", " : "", v->persons[k].name, v->persons[k].speaker ? "*" : "");
		check(strcmp(got, cases[i].want) == 0 && v->kind == KIND_REGISTRATION, "prose", "%s: want %s, got %s %s", m.body, cases[i].want, kind_name(v->kind), got);
	}
}

int
main(void)
{
	test_prose();
	test_persons();
	test_exchange();
	fixture_forget();
	return check_status();
}
