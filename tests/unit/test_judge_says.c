/* What an answer says: its position, and what of it a person must see before anybody else does. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

static void
test_positions(void)
{
	static const struct { const char *want; const char *body; } cases[] = {
		{ "no remarks", "Vi har ingen merknader." }, { "no remarks", "Fylkesrådet har ikkje merknader til framlegget." },
		{ "no remarks", "Direktoratet vil ikke avgi uttalelse i saken." }, { "no remarks", "Høringen er lagt fram for ledelsen. Vi har ikke noe å tilføye." },
		{ "no remarks", "Havnetilsynet avgir som hovedregel ikke uttalelse til slikt. Dette gjelder også her." },
		{ "no remarks", "Det kjem difor inga fråsegn herifrå." }, { "no remarks", "Saken har ikke en slik tyngde at rådet finner det nødvendig å avgi uttalelse." },
		{ "no remarks", "Saka har ikkje ei slik tyngd at nemnda finn det naudsynt å gje fråsegn." }, { "remarks", "Rådet finner det nødvendig å uttale seg: gebyret bør ned." },
		{ "no remarks", "We have no comments." }, { "remarks", "Vi har ingen merknader til kapittel 3, men fristen er for kort." },
		{ "remarks", "Utover dette har vi ingen merknader." }, { "remarks", LONG_PROSE "Vi har for øvrig ingen merknader." },
		{ "remarks", LONG_PROSE "Medlemmene hadde ingen merknader til dette." LONG_PROSE },
		{ "endorses", "Vi slutter oss til høringsuttalelsen fra Legeforeningen." }, { "endorses", "Eg sluttar meg til fråsegna frå grannelaget." },
		{ "declines", "Vi har dessverre ikke kapasitet til å svare på denne høringen." },
		/* whose answer it is that is backed: another's, not the one that says so */
		{ "endorses", "Vi har lest høringssvaret fra nabolaget, og vi støtter det fullt ut." }, { "endorses", "Grendelagets høringssvar er grundig, og vi støtter det." },
		{ "endorses", "Me har lese svaret frå grannelaget, og vi støttar det." },
		{ "endorses", "Vårt høringssvar er at vi støtter høringssvaret fra nabolaget." }, { "endorses", "Vi slutter oss til forslagene i høringssvaret fra nabolaget." },
		{ "endorses", "Høringssvar: Vi slutter oss til uttalelsen fra velforeningen." },
		{ "remarks", "Høringssvar: vi støtter forslaget om lavere gebyr." }, { "remarks", "Vårt høringssvar er kort: Vi støtter høyere gebyr." },
		{ "remarks", "Høyringssvar: vi støttar lågare gebyr." }, { "remarks", "Her er svaret vårt: vi støtter dette." }, { "remarks", "Mitt svar er at vi støtter det foreslåtte gebyret." },
		{ "remarks", "Høringssvar: Vi stiller oss bak forslaget om lavere gebyr." }, { "remarks", "Vårt høringssvar: Vi slutter oss til departementets vurdering." },
		{ "remarks", "Høringsuttalelse: Vi sluttar oss til framlegget." }, { "remarks", "I vårt høringssvar støtter vi forslaget." },
		/* the words' order, what stands between them, and what they are said of */
		{ "no remarks", "Takk for muligheten til å uttale oss, men vi har ingen merknader." }, { "no remarks", "Merknader: ingen." },
		{ "no remarks", "Av hensyn til tiden avgir fylkesrådet denne gangen ikke høringssvar." }, { "no remarks", "Me ser ikkje grunn til å kome med fråsegn." },
		{ "no remarks", "Vi støtter forslaget og har for øvrig ingen merknader." }, { "no remarks", "The Inspectorate has reviewed the draft and has no objections." },
		{ "remarks", "Vi ser ikke grunn til å endre dagens ordning." }, { "remarks", "Ingen merknader, forutsatt at staten dekker utgiftene." },
		{ "remarks", "Til § 2: Ingen merknader.\nTil § 3: Kravet bør strykes.\nTil § 4: Ingen merknader." },
		{ "remarks", "Selv om vi ikke har merknader til formålet, er kostnadene ikke utredet." },
		{ "remarks", "Administrasjonen har ingen merknader. Eldrerådet går imot forslaget." },
		{ "no remarks", "Departementet foreslår at gebyret bør økes. Vi har ingen merknader." },
		/* what stands behind it is no usual sentence */
		{ "remarks", "Vi har ingen merknader til målet. Virkemidlene hører hjemme i en annen tid." },
		{ "no remarks", "Styret har ingen merknader. Saken er behandlet i møte 3. mai. Vi ønsker lykke til med arbeidet." },
		{ "no remarks", "Vi har ingen merknader, men ønsker lykke til videre." }, { "remarks", "Vi har ingen merknader, men ønsker lavere gebyr." },
		{ "remarks", "Laget har ingen merknader til del I. Til del II: Gebyret rammer skjevt." },
		{ "remarks", "Vi merker oss at utvalget ikke har merknader til utgiftene. De er store." }, { "no remarks", "Vi kan ikke se at det er behov for merknader." },
		{ "no remarks", "Please note that we do not intend to make any comments." },
		/* taken for information, a decision not to answer, neither … nor, what calls for none; and the guards of each */
		{ "no remarks", "Formannskapet tek saka til vitande." }, { "no remarks", "Vi landet på at vi ikke sender inn noe." },
		{ "no remarks", "Verken vi eller de domstolene vi har forelagt saken for, har synspunkter på forslaget." },
		{ "no remarks", "Vi har ikke funnet forhold som tilsier at vi bør uttale oss." }, { "no remarks", "Laget vel å ikkje seie noko i denne saka." },
		{ "no remarks", "Det er ikke nødvendig med noen kommunal høringsuttalelse." }, { "no remarks", "Our school will not be making a submission." },
		{ "no remarks", "Etaten har ikke merknader. Tilsynet har ikke svart. Departementet har heller ikke selv merknader." },
		{ "no remarks", "Det er ikke kommet innspill fra medlemmene, og laget sender derfor ikke noe svar på høringen." },
		{ "remarks", "Høringsnotatet gir ikke svar på hvordan ordningen skal finansieres." }, { "remarks", "Vi har i hovedsak ingen merknader." },
		{ "remarks", "Kommunen har ikke merknader til forskriften som sådan. Velges alternativ B, ber vi om at sambandet unntas til broen er avklart." },
		{ "remarks", "Ingen merknader, så sant kommunene får dekket kostnadene." }, { "remarks", "Vi kan ikke avgi uttalelse innen fristen." },
		{ "no remarks", "Vi har ingen merknader.\n\nKari Berg\nseniorrådgiver i fylket\nVi bygger framtida sammen, hver dag, hele året" },
		{ "no remarks", "Vi har ingen kommentarer.\n\xc2\xa0\nDenne e-posten er bare til adressaten, og kan inneholde taushetsbelagt informasjon.\n\xc2\xa0\nHilsen" },
		{ "no remarks", "Vi finner ikke forhold som gir grunnlag for merknader." },
		/* a no and a word of saying anything, and nothing else in the answer */
		{ "no remarks", "Saka har vore sendt til sokna. Ingen av dei ville seie noko om henne. Prostiet kjem dermed heller ikkje med utsegn." },
		{ "no remarks", "Museet avheld seg difor denne gongen frå å gje innspel." }, { "no remarks", "Ombodet får mange høyringar. Denne har vi måtta prioritere bort." },
		{ "no remarks", "We will be making no contribution on this occasion, nor will we respond separately." },
		{ "no remarks", "Vi har ikke merknader av faglig art, og heller ikke ellers." }, { "no remarks", "Laget har ingen framlegg til endringar og heller ingen andre innspel." },
		{ "no remarks", "Vi har ingen innspill. Stryk oss gjerne fra listen for lignende saker.\nLars Vik\nkommunikasjonsrådgiver" },
		{ "no remarks", "Vi har ikke funnet forhold som bør kommenteres." },
		{ "remarks", "Departementet har ikke svart på innspillene vi ga." }, { "remarks", "Ingen spurte oss om innspill da ruta ble lagt ned. Den trengs her." },
		{ "remarks", "Kommentarer: ikke noe om sykkel, ikke noe om gange." }, { "remarks", "Det er ikke mulig å kommentere et utkast uten tall." },
		{ "remarks", "Vi ser ikke behov for nye regler her." }, { "remarks", "Vårt innspill: ikke glem de små stedene." },
		{ "remarks", "Fristen er ikke lang nok til å uttale seg skikkelig." }, { "remarks", "The draft does not respond to our earlier submission." },
		{ "remarks", "Det er ikke redegjort for kommentarene fra tilsynet." }, { "remarks", "Kun én kommentar: § 3 skal ikke vise til § 9." },
		{ "remarks", "Vi har ikke tid til å svare grundig, men vil si at dette haster." },
		{ "remarks", "Vi slutter oss til uttalelsen fra KS. I tillegg vil vi understreke at rutene må gå hele året." },
		/* the same made of other words: nothing, to point at; who keeps silent, leaves it to others, or thanks and no more */
		{ "no remarks", "Null innvendinger fra vår side." }, { "no remarks", "Havna ser ingen ting å sette fingeren på." },
		{ "no remarks", "Rådet forholder seg taust. Vi nøyer oss med å takke for at vi ble spurt." },
		{ "no remarks", "Saka ligg utanfor fagfeltet vårt. Vi står difor over." }, { "no remarks", "We have read the paper and have no points to raise." },
		{ "no remarks", "Vi lar andre med mer kunnskap uttale seg." }, { "no remarks", "Laget takkar for høyringsbrevet. Me kjem ikkje med fråsegn." },
		{ "no remarks", "Vi har ikke funnet forhold som krever kommentar fra oss." },
		{ "no remarks", "Vi vil ikke avgi uttalelse. Vi gjør oppmerksom på at dette ikke må oppfattes som støtte til forslaget." },
		{ "no remarks", "Ingen merknader herfra.\n\nKari Berg\nførstearkivar og tillitsvalgt i havna\n\nSendt fra min iPhone" },
		{ "remarks", "Høringsnotatet inneholder ingen kommentarer om drift, og de trengs." }, { "remarks", "Uten innspill fra pasientene blir dette galt." },
		{ "remarks", "Ingen innvendinger mot § 2. § 3 går for langt." }, { "remarks", "Utkastet sier ikke noe om pårørende. De er viktige." },
		{ "remarks", "Vi kommer ikke til å klare dette uten penger." },
		/* understated: left lying, needless, outside the field, a blank answer, who is not affected, who advises to take note */
		{ "no remarks", "Vi anser det overflødig å uttale oss om planen." }, { "no remarks", "Laget let denne saka liggje." },
		{ "no remarks", "Ikke noe fra oss denne gangen." }, { "no remarks", "Her i huset svarer vi blankt." },
		{ "no remarks", "Klubben nyttar ikkje høvet denne gongen." }, { "no remarks", "Ingen av oss i kretsen hadde noko å seia." },
		{ "no remarks", "Dette ligger utenfor vårt felt. Saken angår oss ikke." }, { "no remarks", "Please register a nil return from the Board." },
		{ "no remarks", "Administrasjonen anbefaler at saken tas til orientering." }, { "no remarks", "The changes do not concern us and we have no comments." },
		{ "no remarks", "Vi har ingen merknader utover å takke for oversendelsen." }, { "no remarks", "De treng ikkje vente på svar frå oss." },
		{ "no remarks", "Etter vårt syn er endringene av teknisk art, og vi har ingen merknader." },
		{ "no remarks", "Ingen bemerkninger når det gjelder lakseforskriften." }, { "no remarks", "Skolen har verken spørsmål eller synspunkter å formidle." },
		{ "no remarks", "Sendes på nytt, for den første hadde feil i adressen. Vi har ingen merknader." },
		/* the exceptions of the same, and what sounds alike */
		{ "remarks", "Så nær som takstene har nemnda ingen merknader." }, { "remarks", "Subject to the cap being kept, we have no comments." },
		{ "remarks", "Med det forbehold at fristen flyttes, har vi intet å bemerke." }, { "remarks", "Ser vi bort fra gebyret, har vi ikke noe å innvende." },
		{ "remarks", "We have no remarks, save that clause 2 reads oddly." }, { "remarks", "Ingen merknader fra laget, og vi legger til grunn at ruta består." },
		{ "remarks", "Vi har ingen merknader til teksten. I tabellen mangler Alta." }, { "remarks", "Dette gir ikke mening." },
		{ "remarks", "Bygdene prioriteres ikke i denne planen." }, { "remarks", "Vi har ingenting å tjene på ordningen." },
		{ "remarks", "Vi viser til vår tidligere uttalelse og har ingen nye merknader." }, { "remarks", "Vi anser det unødvendig å endre loven." },
		{ "remarks", "Vi har ingen innvendinger, mens brukerrådet er imot." },
		/* passed on, nothing sent for it, a purpose that lies elsewhere, nothing found, nothing that calls for it */
		{ "no remarks", "Foreningen melder pass denne gangen." }, { "no remarks", "Me står over denne høyringa." },
		{ "no remarks", "Blankt fra Frosta." }, { "no remarks", "Styret syntes det var greit nok, så vi sender ingenting." },
		{ "no remarks", "Saken ligger utenfor det som er formålet vårt, og vi avgir derfor ikke høringsuttalelse." },
		{ "no remarks", "Nemnda leste utkastet uten å støte på noe som bør påpekes." }, { "no remarks", "We found little that warrants comment." },
		{ "no remarks", "Museet har ikke noen merknader til de foreslåtte reglene." }, { "no remarks", "Ingen merknader utover denne e-posten." },
		{ "no remarks", "Etter vår oppfatning er utkastet godt, og det gjenstår ikke noe å tilføye." },
		{ "no remarks", "Det er ikke aktuelt for oss å gi innspill om torvuttak." }, { "no remarks", "Det er ingenting i utkastet som krever svar fra oss." },
		/* what would have been none, what was none at first, and the same words about the matter itself */
		{ "remarks", "Så lenge fergene går som i dag, har vi ingen innvendinger." }, { "remarks", "Vi hadde ingen merknader før vi kom til tabellen." },
		{ "remarks", "Were it not for the fee we would have nothing to say." }, { "remarks", "Vår merknad er at ingenting tilsier en lavere grense." },
		{ "remarks", "We would have had no comments had the cap been kept." }, { "remarks", "Blank avvisning fra oss, dette går ikke." },
		{ "remarks", "The Board endorses the draft without reservation." },
		/* a "but" of courtesy takes nothing back */
		{ "no remarks", "Det er ikkje aktuelt for oss å gje innspel om torvuttak, men takk for at de spurde." },
		{ "no remarks", "Vi har ingen merknader, bare så dere vet det." }, { "no remarks", "Mållaget gjev ikkje svar på denne saka." },
		{ "no remarks", "Laget takkar for høvet og nyttar det ikkje denne gongen." }, { "remarks", "Ingen merknader til § 2, men § 4 bør bort." },
		{ "remarks", "Utkastet gjev ikkje svar på kven som betaler." },
		{ "no remarks", "Ingen kommentarer til kapittel 3 eller resten." },
		{ "endorses", "Vi slutter oss til uttalelsen fra KS, og har for øvrig ingen merknader." },
		{ "endorses", "Kretsen stiller seg fullt ut bak uttalelsen til landsstyret." }, { "endorses", "Vi viser til og støtter høringssvaret fra Unio." },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar 21/4593", .from = "a@x.no", .from_name = "Kari Berg", .body = cases[i].body });
		const char           *got = position_name(v->position);

		check(got != NULL && strcmp(got, cases[i].want) == 0, "position", "want %s, got %s (%s): %.70s", cases[i].want, got == NULL ? "none" : got,
		    kind_name(v->kind), cases[i].body);
	}
}

static void
test_care(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar 21/4593", .from = "a@x.no", .body = "Mitt fødselsnummer er 02013299997. Brevet er unntatt offentlighet. " LONG_PROSE });
	size_t                i;

	check(fixture_has_review(v, "identity-number"), "identity-number", "no review");
	check(fixture_has_review(v, "asks-confidential"), "asks-confidential", "no review");
	for (i = 0; i < v->n_reviews; i++)
		check(strstr(v->reviews[i].detail, "02013299997") == NULL, "identity-number-hidden", "the number itself is told");
	for (i = 0; i < v->n_evidence; i++)
		check(strstr(v->evidence[i].input, "02013299997") == NULL, "identity-number-hidden", "the number itself is told in evidence");
}

/* What is asked for, and what is only talked about; who tells of himself, and who of others. */
static void
test_care_words(void)
{
	static const struct { const char *from, *body, *reason; int found; } cases[] = {
		{ "kari@gmail.com", "Planen er god. Jeg vil helst ikke at navnet mitt offentliggjøres.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Namnet mitt skal ikkje leggast ut på nettet.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Jeg ber om å få være anonym.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Sladd navnet mitt før dette sendes videre.", "asks-confidential", 1 },
		{ "a@x.no", "Vedlegget inneholder sensitive opplysninger om enkeltpersoner.", "asks-confidential", 1 },
		{ "a@x.no", "Loven bør si når dokumenter kan unntas offentlighet.", "asks-confidential", 0 },
		{ "a@x.no", "Resultatene fra anonyme undersøkelser bør ikke publiseres før de er kvalitetssikret.", "asks-confidential", 0 },
		{ "kari@gmail.com", "Datteren min på 16 har fått diagnosen bipolar lidelse. Planen er for svak.", "health-details", 1 },
		{ "kari@gmail.com", "Eg har hatt hjerneslag og veit kor viktig opptrening er.", "health-details", 1 },
		{ "kari@gmail.com", "Jeg jobber som lege og møter mange med angst. Planen bør følges opp.", "health-details", 0 },
		{ "kari@gmail.com", "Personer med demens bør få tilbud om dagsenter.", "health-details", 0 },
		{ "kari@gmail.com", "I would ask you to treat my submission as confidential.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Innspillet ønsker jeg å holde unna offentligheten.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Vi bor på sperret adresse.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Planen er god.\n\nHilsen\nKari Berg\nJeg vil ikke at navnet mitt skal vises på nett.", "asks-confidential", 1 },
		{ "kari@gmail.com", "Brevet er ikke unntatt offentlighet.", "asks-confidential", 0 },
		{ "kari@gmail.com", "De som bor på sperret adresse, må få stemme.", "asks-confidential", 0 },
		{ "kari@gmail.com", "Barn må skjermes for reklame på nett.", "asks-confidential", 0 },
		{ "kari@gmail.com", "Jeg ønsker ikke mer offentlig støtte til dette.", "asks-confidential", 0 },
		{ "kari@gmail.com", "Jeg har levd med epilepsi siden jeg var ti, og synes planen er svak.", "health-details", 1 },
		{ "kari@gmail.com", "Søsteren min ble misbrukt som barn og har senere vært innlagt.", "health-details", 1 },
		{ "kari@gmail.com", "Eg sona ein dom for tjuveri, og kom ut til ingenting; eg har vore i fengsel to gonger.", "health-details", 1 },
		{ "kari@gmail.com", "As a lesbian I have waited long for this.", "health-details", 1 },
		{ "kari@gmail.com", "Planen er god.\n\nDen 3. mai 2022 skrev Kari Berg <kari@gmail.com>:\n> Jeg er selv ufør etter en psykose.\n", "health-details", 1 },
		{ "kari@gmail.com", "Jeg er enig i at unge med epilepsi må få hjelp.", "health-details", 0 },
		{ "kari@gmail.com", "Jeg har aldri vært i fengsel.", "health-details", 0 },
		{ "kari@gmail.com", "Jeg er blind for hva dette skal være godt for.", "health-details", 0 },
		{ "kari@gmail.com", "Jeg er leder for en stiftelse for mennesker med autisme.", "health-details", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar 21/4593", .from_name = "Kari Berg", .from = cases[i].from,
		    .body = cases[i].body });

		check(fixture_has_review(v, cases[i].reason) == cases[i].found, cases[i].reason, "%s", cases[i].body);
	}
}

/* Both reasons tell the words and the place they were found in. */
static void
test_care_places(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar 21/4593", .from_name = "Kari Berg", .from = "kari@gmail.com",
	    .body = "Planen er god. Datteren min har epilepsi. Jeg ber om å få være anonym." });
	size_t                i, found = 0;

	for (i = 0; i < v->n_reviews; i++)
		found += strstr(v->reviews[i].detail, "epilepsi\" in the body (part 0, page 0, byte 15)") != NULL ||
		    strstr(v->reviews[i].detail, "anonym\" in the body (part 0, page 0, byte ") != NULL;
	check(found == 2, "care-places", "%zu of two", found);
}

int
main(void)
{
	test_positions();
	test_care();
	test_care_words();
	test_care_places();
	fixture_forget();
	return check_status();
}
