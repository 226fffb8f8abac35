/* The verdicts on mails of every kind, in words no sample mail uses; what must never be thrown among the automatic; and doubt. */
#include <stdio.h>
#include <string.h>

#include "parsers/limits.h"
#include "tests/unit/judge_fixture.h"

/* --- kinds --------------------------------------------------------------------------------------------------------- */

struct kind_case { const char *kind; struct mail m; };

static const struct kind_case kinds[] = {
	/* answers */
	{ "response", { .subject = "Høringssvar", .from = "a@x.no", .body = "Vedlagt følger vårt svar.\n\nMvh\nKari", .document = "Høringssvar", .document_name = "svar.pdf" } },
	{ "response", { .subject = "Fråsegn om opptrappingsplanen", .from = "a@x.no", .body = "Sjå vedlegg.", .document = "Fråsegn", .document_name = "a.pdf" } },
	{ "response", { .subject = "Dokument", .from = "a@x.no", .body = "Se vedlegg.\n\nMvh Ola", .document = "", .document_name = "scan001.pdf" } },
	{ "response", { .subject = "", .from = "a@x.no", .body = "Vi har ingenting å bemerke til forslaget.\n\nHilsen Per" } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = LONG_PROSE } },
	{ "response", { .subject = "Comments on the mental health plan", .from = "a@x.org", .body = "We refer to the consultation. " LONG_PROSE } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Kommunen tar saken til orientering." } },
	{ "response", { .subject = "Høyring", .from = "a@x.no", .body = "Fylkesrådet har ikkje merknader." } },
	{ "response", { .subject = "Innspill", .from = "a@x.no", .body = "Vi slutter oss til høringsuttalelsen fra KS." } },
	{ "response", { .subject = "Spørsmål til planen og vårt svar", .from = "a@x.no", .body = "Hvorfor er ikke skolen nevnt? " LONG_PROSE } },
	{ "response", { .subject = "Høringssvar – fristen er for kort", .from = "a@x.no", .body = "Vi ber om utsatt frist for gjennomføringen. " LONG_PROSE } },
	{ "response", { .subject = "Revidert høringssvar", .from = "a@x.no", .body = "Vedlagt er ny versjon som erstatter den forrige.", .document = "x", .document_name = "b.docx" } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi beklager at høringssvaret kommer etter fristen. Vi ber om at planen tar med skolene." } },
	{ "response", { .subject = "Høyringsfråsegn frå kommunen", .from = "a@x.no", .body = "Me sender dette etter fristen, for saka måtte til formannskapet. Me ber om at skulane blir tekne med i planen." } },
	{ "response", { .subject = "Høringsinnspill", .from = "a@x.no", .mailbox = "kaes", .body = "Planen er god, men ungdom kan ikke vente så lenge." } },
	/* answers that machines have touched */
	{ "response", { .subject = "Høringssvar", .from = "noreply@arkiv.kommune.no", .return_path = "<>", .headers = { "auto-submitted", "auto-generated" },
	    .body = "Vedlagt oversendes dokument i sak 21/4593.", .document = "Høringssvar", .document_name = "brev.pdf" } },
	{ "response", { .subject = "Høringssvar", .from = "a@x.no", .headers = { "x-auto-response-suppress", "All", "precedence", "bulk" }, .body = "Vi har ingen merknader til høringen." } },
	{ "response", { .subject = "Innspill", .from = "leder@lag.no", .headers = { "list-id", "styret", "list-unsubscribe", "x" }, .body = "Vi viser til høringen. " LONG_PROSE } },
	{ "response", { .subject = "Høringssvar fra pasientforeningen", .from = "a@x.no", .body = "Takk for e-posten. Vi er tilbake fra ferie, og her kommer svaret vårt. " LONG_PROSE } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi støtter planen, men den bør gjelde barn også. Når skal den begynne å gjelde?" } },
	{ "response", { .subject = "Høringsinnspill", .from = "a@x.no", .body = "Vi kan ikke delta på møtet, men sender herved våre innspill: Planen bør omfatte skolene." } },
	{ "response", { .subject = "Fremtiden", .from = "kari@gmail.com", .from_name = "Kari Berg", .mailbox = "hmr", .body = "Jeg synes dere skal lytte til de unge." } },
	{ "other", { .subject = "Lunsj", .from = "kari@gmail.com", .from_name = "Kari Berg", .mailbox = "hmr", .body = "Kantinen har suppe i dag." } },
	/* who only names the consultation, or is angry, answers; who signs off with a question on practice asks */
	{ "response", { .subject = "Opptrappingsplan for psykisk helse", .from = "a@x.no", .body = "Bra, kjør på." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Skal vi betale for dette også? Hvem har bedt om det? Dropp hele greia." } },
	{ "inquiry", { .subject = "Spørsmål før møtet", .from = "a@x.no", .mailbox = "kaes", .body = "Kan hver organisasjon stille med to personer, og gjelder det også kommuner?" } },
	{ "extension_request", { .subject = "Skriftlig innspill", .from = "a@x.no", .body = "Årsmøtet er 24. mai. Vi ber om lov til å levere mandag 26. mai." } },
	{ "extension_request", { .subject = "Brev fra kommunen", .from = "a@x.no", .body = "Vedlagt oversendes dokument i saken.",
	    .document = "Vi viser til høringen og ber om utsatt frist til 20. juni, da saken skal til kommunestyret.", .document_name = "brev.pdf" } },
	{ "extension_request", { .subject = "Skriftleg innspel", .from = "a@x.no", .body = "Er det greitt at vi sender vedtaket dagen etter?" } },
	{ "extension_request", { .subject = "Consultation", .from = "a@x.org", .body = "Could the deadline be extended until 3 June for our members?" } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Er det greit å sende svaret på engelsk?" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Vi rekker ikke å behandle saken før 30. mai. Kan vi ettersende vedtaket?" } },
	{ "extension_request", { .subject = "Høyring", .from = "a@x.no", .body = "Me håpar det går bra at fråsegna kjem då styret har møtt." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi ber om at fristen for å bygge nye poliklinikker utsettes." } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Ber om at dere sender oss høringsbrevet på nytt." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Poliklinikken trenger lengre tid til hver pasient." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi ber om at ikrafttredelsen utsettes." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Kunne man ikke gjort det enklere? Kravet blir for tungt for små klinikker." } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi vil at brukerrådet skal få tilsendt rapporten hvert år." } },
	{ "inquiry", { .subject = "Høringslisten", .from = "a@x.no", .body = "Er vi glemt? Vi vil gjerne stå på listen over høringsinstanser." } },
	{ "response", { .subject = "Trafikkskiltning", .from = "a@x.no", .mailbox = "hmr", .body = "Bestemor ventet ni måneder på time." } },
	{ "decline", { .subject = "Svar på invitasjon", .from = "a@x.no", .mailbox = "kaes", .body = "Takk for invitasjonen, men ingen hos oss kan reise den dagen." } },
	{ "decline", { .subject = "SV: Møte", .from = "a@x.org", .mailbox = "kaes", .body = "Unfortunately none of us is able to attend." } },
	{ "registration", { .subject = "Møtet", .from = "kari@x.no", .from_name = "Kari Berg", .mailbox = "kaes", .body = "Eg kjem gjerne på møtet. Treng ikkje taletid." } },
	{ "decline", { .subject = "Deltakelse", .from = "a@x.no", .mailbox = "kaes", .body = "Ingen fra laget vil delta på innspillsmøtet." } },
	{ "auto_reply", { .subject = "Re: Invitasjon til innspill", .from = "a@x.no", .body = "Jeg er på tur uten dekning. Leser e-posten når jeg er nede igjen." } },
	{ "withdrawal", { .subject = "Høringssvaret mitt", .from = "a@x.no", .body = "Kan dere slette svaret jeg sendte i forrige uke?" } },
	/* requests for time */
	{ "extension_request", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vil det være greit om uttalelsen kommer etter pinse? Styret møtes ikke før." } },
	{ "extension_request", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Fylkesrådet anmoder om at fristen flyttes til etter sommeren." } },
	{ "extension_request", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Vi rekker ikke fristen og ber om å få svare en uke senere." } },
	{ "extension_request", { .subject = "Frist", .from = "a@x.no", .body = "Kan vi få noen dager ekstra til å ferdigstille svaret?" } },
	{ "extension_request", { .subject = "Søknad om utsett frist", .from = "a@x.no", .body = "Kommunen søkjer om utsett frist til 15. juni." } },
	{ "extension_request", { .subject = "Extension of the deadline", .from = "a@x.org", .body = "Would it be possible to extend the deadline by one week?" } },
	{ "extension_request", { .subject = "Fristforlengelse", .from = "a@x.no", .body = "Fylkeskommunen anmoder om forlenget frist på grunn av politisk behandling." } },
	{ "extension_request", { .subject = "Ang. høringsfrist", .from = "a@x.no", .body = "Er det mulighet for å få utsatt svarfristen? Styret møtes først i juni." } },
	/* questions */
	{ "inquiry", { .subject = "Spørsmål", .from = "a@x.no", .body = "Hei, kan man levere svar muntlig?" } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Hei, ingen merknader" } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Hvor finner jeg høringsbrevet? Lenken virker ikke." } },
	{ "inquiry", { .subject = "Høyring", .from = "a@x.no", .body = "Kven kan svare på høyringa?" } },
	{ "inquiry", { .subject = "Question about the consultation", .from = "a@x.org", .body = "Could you please tell me where the paper is?" } },
	{ "inquiry", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Jeg lurer på om privatpersoner også kan svare." } },
	{ "inquiry", { .subject = "Innsyn", .from = "a@x.no", .body = "Jeg ber om innsyn i svarene som er kommet inn i høringen." } },
	{ "withdrawal", { .subject = "Høring", .from = "a@x.no", .body = "Vi sendte et høringssvar på mandag. Vi ønsker at det slettes." } },
	/* machines that say so only in words */
	{ "auto_reply", { .subject = "SV: Opptrappingsplan", .from = "a@x.no", .body = "Jeg er i foreldrepermisjon ut året og leser ikke e-post. Om det haster, ring vakta." } },
	{ "auto_reply", { .subject = "Re: Høring", .from = "a@x.no", .body = "Henvendelsen din er registrert og vil bli fordelt til saksbehandler. Ikke svar på denne meldingen." } },
	{ "auto_reply", { .subject = "Din melding må bekreftes", .from = "a@x.no", .body = "Vi bruker et spamfilter. Klikk på lenken for å få meldingen levert." } },
	{ "receipt", { .subject = "Returner kvittering: Høring", .from = "a@x.no", .body = "Dette er en lesebekreftelse. Meldingen ble vist på skjermen.", .return_path = "<>" } },
	/* sign-ups and the opposite */
	{ "registration", { .subject = "Innspillsmøtet", .from = "kari@x.no", .from_name = "Kari Berg", .mailbox = "kaes", .body = "Jeg vil gjerne komme. Har ikke behov for taletid." } },
	{ "decline", { .subject = "SV: Invitasjon", .from = "a@x.no", .mailbox = "kaes", .body = "Denne gangen får vi dessverre ikke mulighet til å være med." } },
	{ "registration", { .subject = "Møte 13. mai", .from = "a@x.no", .mailbox = "kaes", .body = "Fra oss kommer Kari Berg (kari@x.no) og Ola Dahl (ola@x.no)." } },
	{ "response", { .subject = "21/4593 Svar fra Kystinstituttet", .from = "a@x.no", .mailbox = "kaes",
	    .body = "Vi viser til forslaget om lavere fart. Våre forsøk viser at kollisjonene ble tredoblet, og synet svekket." } },
	{ "auto_reply", { .subject = "SV: Høring 21/4593", .from = "a@x.no", .body = "Er på kurs til fredag. Tek kontakt når eg er attende på jobb." } },
	{ "registration", { .subject = "SV: Invitasjon", .from = "a@x.no", .mailbox = "kaes", .body = "Takk for invitasjonen, vi takker ja. Kari Berg, kari@x.no, deltar." } },
	{ "registration", { .subject = "Påmelding", .from = "a@x.no", .mailbox = "hmr", .body = "Herved meldes Kari Berg (kari@x.no) på innspillsmøtet." } },
	{ "registration", { .subject = "Innspelsmøte", .from = "a@x.no", .mailbox = "kaes", .body = "Vi stiller med to deltakarar: Kari Berg, kari@x.no og Ola Dahl, ola@x.no." } },
	{ "registration", { .subject = "Registration", .from = "a@x.org", .mailbox = "kaes", .body = "Two of us will attend: Kari Berg (kari@x.no), Ola Dahl (ola@x.no)." } },
	{ "registration", { .subject = "Påmelding", .from = "kari@x.no", .from_name = "Kari Berg", .mailbox = "kaes", .body = "Jeg melder meg på møtet." } },
	{ "registration", { .subject = "SV: Invitasjon", .from = "kari@x.no", .from_name = "Kari Berg", .mailbox = "kaes", .body = "Beklager den sene påmeldingen, jeg kommer gjerne." } },
	{ "registration", { .subject = "Møtet", .from = "a@x.no", .mailbox = "kaes", .body = "Beklager sen beskjed. Fra oss kommer Kari Berg, kari@x.no. Hun leder laget." } },
	{ "decline", { .subject = "SV: Invitasjon til møte", .from = "a@x.no", .mailbox = "kaes", .body = "Vi må dessverre melde forfall." } },
	{ "decline", { .subject = "Innspillsmøte", .from = "a@x.no", .mailbox = "kaes", .body = "Takk for invitasjonen, men ingen fra oss har anledning til å delta." } },
	{ "decline", { .subject = "Møtet 13. mai", .from = "a@x.no", .mailbox = "hmr", .body = "Me har diverre ikkje høve til å delta på møtet." } },
	{ "decline", { .subject = "Meeting", .from = "a@x.org", .mailbox = "kaes", .body = "Unfortunately we are unable to attend the meeting." } },
	{ "decline", { .subject = "Avbud", .from = "a@x.no", .mailbox = "kaes", .body = "Kari blir syk og kan ikke komme. Vi sender heller skriftlig innspill." } },
	/* withdrawals */
	{ "withdrawal", { .subject = "Trekker høringssvar", .from = "a@x.no", .body = "Vi trekker med dette vårt høringssvar." } },
	{ "withdrawal", { .subject = "Høyringssvar", .from = "a@x.no", .body = "Vi ønskjer å trekkje tilbake høyringssvaret vårt." } },
	{ "withdrawal", { .subject = "Consultation response", .from = "a@x.org", .body = "We withdraw our response to the consultation." } },
	{ "withdrawal", { .subject = "Melding", .from = "a@x.no", .body = "Me vil gjerne trekkje innspelet vårt." } },
	/* a reply's subject is the ministry's */
	{ "decline", { .subject = "SV: Møte og skriftlige innspill", .from = "a@x.no", .mailbox = "kaes", .body = "Vi er dessverre forhindret fra å delta." } },
	{ "registration", { .subject = "Re: Møte og skriftlige innspill", .from = "a@x.no", .mailbox = "kaes",
	    .body = "Her er de to fra oss:\n\nKari Berg, kari@x.no\nOla Dahl, ola@x.no\n" } },
	{ "response", { .subject = "Vår mening om planen", .from = "a@x.no", .body = "Hvor blir det av dem som bor alene? Vi forventer at de nevnes." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Takk! Kontoret er stengt i påsken, og vi svarer så snart vi er på plass." } },
	/* machines */
	{ "auto_reply", { .subject = "Automatisk svar: Høring", .from = "a@x.no", .body = "Jeg er på ferie til 1. juni." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .headers = { "auto-submitted", "auto-replied" }, .body = "Eg er ikkje på kontoret." } },
	{ "auto_reply", { .subject = "Fråvær: Høring - opptrappingsplan", .from = "a@x.no", .body = "Eg har permisjon fram til hausten." } },
	{ "auto_reply", { .subject = "Out of Office: Høring", .from = "a@x.no", .body = "I am out of the office with limited access to email." } },
	{ "auto_reply", { .subject = "Vi har mottatt henvendelsen din", .from = "post@x.no", .return_path = "<>", .headers = { "auto-submitted", "auto-generated" },
	    .body = "Takk for din henvendelse. Saksbehandlingstiden er normalt fire uker." } },
	{ "auto_reply", { .subject = "Re: Høring", .from = "a@x.no", .headers = { "x-autoreply", "yes", "precedence", "auto_reply" }, .body = "Borte til mandag." } },
	{ "auto_reply", { .subject = "Re: Høring", .from = "a@x.no", .body = "Jeg er i pappapermisjon til høsten. Ring Kari." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Jeg har fri onsdager." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Foreldrepermisjon ut året, prøv resepsjonen." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Vi har teke imot papira dine." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Dette er eit automatisk svar som det ikkje nyttar å svare på." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Vi har bytt namn og adresse." } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Sjåfører som har fri fredager, bør få søke løyve på nett." } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Postmottaket bekrefter mottak av høringen. Ingen merknader." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Postkassen blir ikke lest." } },
	{ "extension_request", { .subject = "SV: Høring", .from = "a@x.no", .body = "Jeg er på ferie til 1. juni. Kan vi få utsatt frist?" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Styret møtes 28. mai. Kan vi få levere dagen etter?" } },
	{ "withdrawal", { .subject = "Høring 21/4593", .from = "a@x.no", .body = "Vi ber om at høringssvaret vårt av 3. mai trekkes." } },
	{ "decline", { .subject = "SV: Møte", .from = "a@x.no", .mailbox = "kaes", .body = "Takk, men vi står over." } },
	{ "decline", { .subject = "Møtet i Sund", .from = "a@x.no", .mailbox = "kaes", .body = "Ferja er for dyr for oss, så vi kjem ikkje." } },
	{ "inquiry", { .subject = "Opptak av møtet", .from = "a@x.no", .mailbox = "hmr", .body = "Blir det gjort opptak av innspillsmøtet? Mange av våre bor på øyene." } },
	{ "response", { .subject = "Kaia vår", .from = "a@x.no", .mailbox = "hmr", .body = "Eg bur ved kaia. Ikkje riv skuret vårt." } },
	{ "bounce", { .subject = "Undeliverable: Høring", .from = "postmaster@x.no", .return_path = "<>", .content_type = "multipart/report",
	    .report_type = "delivery-status", .body = "Recipient not found." } },
	{ "bounce", { .subject = "Delivery Status Notification (Failure)", .from = "mailer-daemon@googlemail.com", .body = "Address not found." } },
	{ "bounce", { .subject = "Kan ikke leveres: Høring", .from = "postmaster@x.no", .return_path = "<>", .body = "Levering til mottakeren mislyktes." } },
	{ "receipt", { .subject = "Lest: Høring", .from = "a@x.no", .content_type = "multipart/report", .report_type = "disposition-notification", .body = "ble lest" } },
	{ "receipt", { .subject = "Read: Høring", .from = "a@x.no", .return_path = "<>", .body = "Your message was read on Monday." } },
	{ "newsletter", { .subject = "Nytt fra Kommunal Rapport", .from = "redaksjon@kr.no", .headers = { "list-unsubscribe", "x", "list-id", "y", "precedence", "bulk" },
	    .body = "Les ukens saker om høringer." } },
	{ "newsletter", { .subject = "Konferanse: Skole og helse", .from = "info@kurs.no", .body = "Meld deg på webinar i dag! https://kurs.no\n\nØnsker du ikke å motta slike e-poster? Meld deg av her." } },
	{ "spam", { .subject = "You have won", .from = "a@x.biz", .body = "Dear friend, you have won one million dollars. Click here https://x.biz" } },
	{ "spam", { .subject = "Your mailbox is full", .from = "admin@x.biz", .body = "Click here to verify your account." } },
	/* what a mail is by where it comes to and what it speaks of */
	{ "response", { .subject = "Opptrappinga", .from = "a@x.no", .body = "Godt at noen skriver om dette.\n\nHilsen Per" } },
	{ "registration", { .subject = "Møtet", .from = "a@x.no", .body = "Vi stiller fysisk.\n\nHilsen Per", .mailbox = "kaes" } },
	{ "decline", { .subject = "SV: Invitasjon", .from = "a@x.no", .body = "Takk, men vi er booket den dagen.\n\nHilsen Per", .mailbox = "kaes" } },
	{ "decline", { .subject = "Møtet", .from = "a@x.no", .body = "Vi prioriterer ikke møtet, men sender skriftlige tanker.\n\nHilsen Per", .mailbox = "kaes" } },
	{ "other", { .subject = "Hytte", .from = "a@x.no", .body = "Takk for sist og for kaffen.\n\nHilsen Per" } },
	{ "response", { .subject = "Trekk forslaget", .from = "a@x.no", .body = "Trekk forslaget tilbake! Planen er for svak.\n\nHilsen Per" } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Takk for invitasjonen til å gi innspill. Koret melder pass i denne saken.\n\nHilsen Per" } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Jeg er på ferie denne uken, men sier det likevel: behold poliklinikken.\n\nHilsen Per" } },
	/* machines that say so in no header: who is away, whom to ask, what becomes of mail; and people who say as much */
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Sjukmeld ut veka. Spør Åse på servicetorget." } },
	{ "auto_reply", { .subject = "Re: Høring", .from = "a@x.no", .body = "Brukerkontoen er slettet. Skriv til post@y.no i stedet." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Vi er få på kontoret denne uken. Regn med ventetid." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "Kvitteringen er laget maskinelt. Meldingen har fått nummer 8812." } },
	{ "auto_reply", { .subject = "Re: Consultation", .from = "a@x.org", .body = "Your mail has been logged and assigned to our team. Back on 3 June." } },
	{ "auto_reply", { .subject = "SV: Høring", .from = "a@x.no", .body = "E-post til denne innboksen blir sjelden lest." } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Jeg er sykmeldt og vet hva psykisk uhelse er. Hjelpen er borte når den trengs." } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Ring en lege en fredag i mai, og se hvem som svarer. Planen er tom." } },
	{ "inquiry", { .subject = "SV: Høring", .from = "a@x.no", .body = "Postkassen deres tar ikke imot e-posten vår. Hvilken adresse gjelder?" } },
	/* who stays away by a reason alone, and a meeting that is not the ministry's */
	{ "decline", { .subject = "SV: Invitasjon", .from = "a@x.no", .body = "Den som skulle representert oss, har fått influensa.", .mailbox = "kaes" } },
	{ "decline", { .subject = "Møtet", .from = "a@x.no", .body = "Det blir ingen deltakelse fra laget.", .mailbox = "kaes" } },
	{ "decline", { .subject = "SV: Invitasjon", .from = "a@x.no", .body = "Kari kan ikke møte, og vi sender heller ingen andre.", .mailbox = "kaes" } },
	{ "decline", { .subject = "Møtet", .from = "a@x.no", .body = "Reisen er for lang, så vi får trekke oss.", .mailbox = "kaes" } },
	{ "registration", { .subject = "SV: Invitasjon", .from = "kari@x.no", .from_name = "Kari Berg", .body = "Jeg kommer, men har et annet møte samtidig og blir litt sen.", .mailbox = "kaes" } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Laget er opptatt av at det første møtet mellom pasient og lege er trygt. Mange får lite informasjon." } },
	{ "response", { .subject = "SV: Høring", .from = "a@x.no", .body = "Viser til sak 21/4593. Mange pårørende kan ikke møte på møtet med klinikken, fordi det er på dagtid." } },
	/* what is sold, and what is asked of any office */
	{ "spam", { .subject = "Spørsmål", .from = "a@x.no", .body = "Trenger dere nye stoler? Be om et uforpliktende tilbud.\n\nHilsen Per" } },
	{ "other", { .subject = "Hei", .from = "a@x.no", .body = "Vedlagt følger regningen for cateringen. Betalingsfrist er 14 dager.\n\nHilsen Per" } },
	{ "other", { .subject = "Jobb", .from = "a@x.no", .body = "Jeg vil gjerne ha sommerjobb. CV og vitnemål ligger vedlagt.\n\nHilsen Per" } },
	{ "response", { .subject = "Opptrappingsplan", .from = "a@x.no", .body = "Regningen havner hos pasientene, og det er urettferdig.\n\nHilsen Per" } },
	/* time to answer, in a question, a hope, or of a day */
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Styret møtes 2. juni og vi får ikke svart før den tid. Håper dere kan vente på oss.\n\nHilsen Per" } },
	{ "extension_request", { .subject = "Frist", .from = "a@x.no", .body = "Kan fristen strekkes?\n\nHilsen Per" } },
	{ "extension_request", { .subject = "Høyring", .from = "a@x.no", .body = "Bystyret har sakene 8. juni. Kan fråsegna ettersendast?\n\nHelsing Per" } },
	{ "extension_request", { .subject = "Deadline", .from = "a@x.no", .body = "Would it be possible to submit our comments by 8 June?\n\nRegards Per" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Vi leverer gjerne innspill. Kan Turlaget få frist til 9. juni?\n\nHilsen Per" } },
	/* an answer taken back, not a proposal */
	/* a wish and more time, or an answer of one's own that comes later, in whatever order; a time limit in the matter is the matter */
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Ledelsen er bortreist. Får vi avgi svaret i uke 14?" } },
	{ "extension_request", { .subject = "Høyring", .from = "a@x.no", .body = "Fylkestinget har saka 11. april. Ver så venlege å vente på fråsegna vår." } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Den knappe fristen går ut over lokallagene. Vi krever at den skyves på." } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Høringsfristen må forlenges." } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Bystyrets uttalelse vil først foreligge etter møtet 9. september." } },
	{ "extension_request", { .subject = "Consultation", .from = "a@x.no", .body = "Could our comments reach you by the end of next week, after the board has met?" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Deres frist er altfor kort. Kan dere gi oss frem til påske?" } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Kommunen ber om at fristen for tilsyn forlenges fra to til fire uker. Bemanningen er for lav." } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Vi ber om at søkere får lengre frist til å klage." } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Vi støtter forslaget om kortere køer. Kan vi få sende inn mer etter møtet 5. juni?" } },
	{ "response", { .subject = "Consultation", .from = "a@x.no", .body = "Small farms need more time to comply with the rules." } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Har noen fått utsatt frist?" } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Skulle gjerne visst hvem som fikk høringsbrevet hos oss." } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Innspillsmøtet mangler i kalenderen. Når er det?" } },
	{ "withdrawal", { .subject = "Høring", .from = "a@x.no", .body = "Uttalelsen vår skal ikke lenger stå. Vennligst fjern den.\n\nHilsen Per" } },
	{ "withdrawal", { .subject = "Høyring", .from = "a@x.no", .body = "Me dreg fråsegna vår tilbake.\n\nHelsing Per" } },
	{ "withdrawal", { .subject = "Consultation", .from = "a@x.no", .body = "Please disregard our submission of 3 May.\n\nRegards Per" } },
	{ "withdrawal", { .subject = "Om meg", .from = "a@x.no", .body = "Eg vil ikkje at brevet mitt skal liggje ute. Ver så snill og trekk det tilbake.\n\nHelsing Per" } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Jeg får feilmelding når jeg prøver å levere.\n\nHilsen Per" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Går det an å utsette?" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Klubben har årsmøte 4. juni. Vi håper dere kan holde døra åpen for oss til da." } },
	{ "extension_request", { .subject = "SV: Høyring", .from = "a@x.no", .body = "Kan de strekkje dykk ut over helga?" } },
	{ "extension_request", { .subject = "Høring", .from = "a@x.no", .body = "Vedlegg 2 manglet i utsendingen, så fristen bør begynne å løpe på nytt fra i dag." } },
	{ "extension_request", { .subject = "Skriftlig innspill", .from = "a@x.no", .body = "Laget klarer ikke å bli ferdig med svaret til mandag, men sender det torsdag om dere aksepterer det." } },
	{ "extension_request", { .subject = "Consultation", .from = "a@x.no", .body = "We ask that the consultation period be prolonged by a month." } },
	{ "response", { .subject = "Consultation", .from = "a@x.no", .body = "Please add to our submission that two boats sank in April." } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Elevene må ha lengre tid på å skifte, og vi vil bare ha flere dusjer." } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Klagefristen bør løpe på nytt når det mangler en begrunnelse." } },
	{ "response", { .subject = "Høring", .from = "a@x.no", .body = "Hvem skal hente posten til mor når butikken legges ned?" } },
	{ "response", { .subject = "Høyring", .from = "a@x.no", .body = "Kor skal ungdomen gjere av seg om kvelden?" } },
	{ "response", { .subject = "Consultation", .from = "a@x.no", .body = "Why should trawlers be let into the fjord?" } },
	{ "inquiry", { .subject = "Høyring", .from = "a@x.no", .body = "Eg finn ikkje høyringsnotatet nokon stad." } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Vi undres på om svaret skal stiles til statsråden." } },
	{ "inquiry", { .subject = "Høring", .from = "a@x.no", .body = "Er fristen fortsatt 3. mai, eller er den endret?" } },
	{ "inquiry", { .subject = "Consultation", .from = "a@x.no", .body = "Does the term vessel in section 4 cover rafts?" } },
};

static void
test_kinds(void)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct verdict *v = fixture_judge(&kinds[i].m);

		check(strcmp(kind_name(v->kind), kinds[i].kind) == 0, "kind", "want %s, got %s: %s | %.60s", kinds[i].kind, kind_name(v->kind),
		    kinds[i].m.subject, kinds[i].m.body);
	}
}

/* What is set aside as no answer, though its subject calls it one, is looked at. */
static void
test_set_aside(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringsuttalelse", .from = "a@x.no",
	    .body = "Vi ber om utsatt frist til 3. mai for å avgi uttalelse." });

	check(v->kind == KIND_EXTENSION_REQUEST && v->n_reviews > 0 && strcmp(v->reviews[0].reason, "unknown-kind") == 0, "set-aside", "%s, %zu reviews",
	    kind_name(v->kind), v->n_reviews);
	v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "a@x.no", .body = "Vi ber om utsatt frist til 3. mai for å avgi uttalelse." });
	check(v->kind == KIND_EXTENSION_REQUEST && (v->n_reviews == 0 || strcmp(v->reviews[0].reason, "unknown-kind") != 0), "set-aside-surely", "%s", kind_name(v->kind));
}

/* --- consultations ------------------------------------------------------------------------------------------------- */

struct place_case { const char *name, *want, *review; struct mail m; };

static const struct place_case places[] = {
	{ "case-subject", "opptrapping", NULL, { .subject = "Høringssvar 21/4593", .body = "Se under. " LONG_PROSE } },
	{ "case-document", "opptrapping", NULL, { .subject = "Svar", .body = "Se vedlegg.", .document = "Deres ref.: 2021/4593-33\nHøringssvar", .document_name = "a.pdf" } },
	{ "title", "opptrapping", NULL, { .subject = "Innspill til opptrappingsplanen for psykisk helse", .body = LONG_PROSE } },
	{ "title-typo", "opptrapping", NULL, { .subject = "Høringssvar optrappingsplan for psykisk hlese", .body = LONG_PROSE } },
	{ "title-inflected", "trafikk", NULL, { .subject = "Høringssvar om trafikkskilting ved skolene", .body = LONG_PROSE } },
	{ "part-of-title", "trafikk", NULL, { .subject = "Høringssvar om trafikkskiltning", .body = LONG_PROSE } },
	{ "letter-date", "trafikk", NULL, { .subject = "Svar", .body = "Vi viser til høringsbrev av 1. april 2022. " LONG_PROSE } },
	{ "typo-with-title", "opptrapping", NULL, { .subject = "Høring opptrappingsplan for psykisk helse", .body = "Deres ref. 21/4953. " LONG_PROSE } },
	{ "typo-with-mailbox", NULL, "no-consultation", { .subject = "Høringssvar", .mailbox = "aar", .body = "Deres ref. 22/1817. " LONG_PROSE } },
	{ "typo-alone", NULL, "no-consultation", { .subject = "Høringssvar", .mailbox = "kaes", .received = "2023-05-10", .body = "Deres ref. 22/1817. " LONG_PROSE } },
	{ "contradiction", NULL, "ambiguous-consultation", { .subject = "Høring opptrappingsplan for psykisk helse", .body = "Deres ref. 22/1871. " LONG_PROSE } },
	{ "own-number", "opptrapping", NULL, { .subject = "Høring opptrappingsplan for psykisk helse", .body = "Vår ref. 22/1871 Deres ref. 21/4593\n\n" LONG_PROSE } },
	{ "too-little", NULL, "no-consultation", { .subject = "Høringssvar", .body = LONG_PROSE } },
	{ "only-open", "trafikk", NULL, { .subject = "Høringssvar", .mailbox = "aar", .body = LONG_PROSE } },
	{ "before-it-opened", NULL, "no-consultation", { .subject = "Høringssvar", .mailbox = "aar", .received = "2021-05-10", .body = LONG_PROSE } },
	{ "mentioned-only", "trafikk", NULL, { .subject = "Høringssvar 22/1871", .mailbox = "aar", .body = "Skiltene bør ses sammen med Opptrappingsplan for psykisk helse. " LONG_PROSE } },
	{ "quoted-letter", "opptrapping", NULL, { .subject = "SV: Brev", .body = "Vi har ingen merknader.\n\nFra: Postmottak HOD <p@hod.dep.no>\nSendt: 26. april 2022\nTil: oss\nEmne: Opptrappingsplan (21/4593)\n\nSe brev.\n" } },
	{ "false-friend", NULL, "no-consultation", { .subject = "Høringssvar", .body = "Etter forordning (EU) 2021/4593 gjelder dette. " LONG_PROSE } },
	{ "answer-among-sign-ups", NULL, "no-consultation", { .subject = "Høringssvar", .mailbox = "kaes", .body = LONG_PROSE } },
	{ "sign-up-by-mailbox", "opptrapping", NULL, { .subject = "Påmelding til møte", .mailbox = "kaes", .received = "2022-05-03", .body = "Vi melder på Kari Berg, kari@x.no." } },
	{ "old-one", "arbeid2007", NULL, { .subject = "Høring - strategiplan for arbeid og psykisk helse", .received = "2007-06-15", .body = LONG_PROSE } },
};

static void
test_places(void)
{
	size_t i, k;

	for (i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct mail           m = places[i].m;
		const struct verdict *v;
		const char           *review = NULL;

		m.from = "a@x.no";
		v = fixture_judge(&m);
		for (k = 0; k < v->n_reviews; k++)
			if (strstr(v->reviews[k].reason, "consultation") != NULL)
				review = v->reviews[k].reason;
		check(places[i].want == NULL ? v->consultation == NULL : v->consultation != NULL && strcmp(v->consultation, places[i].want) == 0, places[i].name,
		    "want %s, got %s (%s)", places[i].want == NULL ? "none" : places[i].want, v->consultation == NULL ? "none" : v->consultation, review == NULL ? "" : review);
		check(places[i].review == NULL ? review == NULL : review != NULL && strcmp(review, places[i].review) == 0, places[i].name, "review %s, want %s",
		    review == NULL ? "none" : review, places[i].review == NULL ? "none" : places[i].review);
	}
}

/* --- responders ---------------------------------------------------------------------------------------------------- */

struct who_case { const char *want, *class; struct mail m; };

static const struct who_case whos[] = {
	{ "Norsk Sykepleierforbund", "arbeidstakerorganisasjon", { .subject = "Høringssvar", .from = "kari@nsf.no", .from_name = "Kari Berg", .body = "Se vedlegg.\n\nMvh\nKari Berg" } },
	{ "Norsk Sykepleierforbund", "arbeidstakerorganisasjon", { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg", .body = "Se vedlegg.\n\nOrg.nr. 960 893 506\n" } },
	{ "Voksne for Barn", "organisasjon", { .subject = "Høringssvar fra Voksne for Barn", .from = "kari@gmail.com", .body = "Se vedlegg.\n\nMvh\nKari Berg" } },
	{ "Storvik kommune", "kommune", { .subject = "Svar", .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg", .body = "Se vedlegg.\n\nMvh\nKari Berg\nkommunalsjef\nStorvik kommune" } },
	{ "Storvik kommune", "kommune", { .subject = "Svar", .from = "post@storvik.kommune.no", .from_name = "Storvik kommune", .body = "Se vedlegg." } },
	{ "Kari Berg", "privatperson", { .subject = "Svar", .from = "kari@gmail.com", .from_name = "Kari Berg", .body = LONG_PROSE "\n\nHilsen\nKari Berg\nlærer" } },
	{ "Kari Berg", "privatperson", { .subject = "Svar", .from = "kari@gmail.com", .from_name = "kariberg82", .body = LONG_PROSE "\n\nHilsen\nKari Berg" } },
	{ "Fjellbygda Pasientforening", "organisasjon", { .subject = "Svar", .from = "leder@gmail.com", .from_name = "Kari Berg", .body = "På vegne av Fjellbygda Pasientforening sender jeg svar.\n\nKari" } },
	{ "Mestringshuset", NULL, { .subject = "Høringssvar fra Mestringshuset", .from = "post@mestringshuset.no", .from_name = "Kari Berg", .body = "Se vedlegg.\n\nHilsen\nKari Berg\nMestringshuset" } },
	{ "Ørnset Vekst AS", "virksomhet", { .subject = "Svar", .from = "a@ornsetvekst.no", .from_name = "Kari Berg", .body = "Se vedlegg.\n\nMed hilsen\nKari Berg\ndaglig leder, Ørnset Vekst AS" } },
	{ "Storvik kommune", "kommune", { .subject = "VS: Høringssvar", .from = "ola@hod.dep.no", .from_name = "Ola Dahl", .body = "Til orientering.\n\nHilsen Ola\nHelse- og omsorgsdepartementet",
	    .inner_from = "post@storvik.kommune.no", .inner_name = "Kari Berg", .inner_subject = "Høringssvar", .inner_body = "Vi har ingen merknader.\n\nMvh\nKari Berg\nStorvik kommune" } },
	{ "Storvik kommune", "kommune", { .subject = "VS: Svar", .from = "ola@hod.dep.no", .body = "Se under.\n\n-----Opprinnelig melding-----\n"
	    "Fra: Storvik kommune [mailto:post@storvik.kommune.no]\nSendt: 3. mai 2022\nTil: Ola\nEmne: Svar\n\nVi har ingen merknader.\n" } },
	{ "Storvik kommune", "kommune", { .subject = "VS: Svar", .from = "ola@hod.dep.no", .body = "Se under.\n\n-----Opprinnelig melding-----\n"
	    "Fra: Storvik kommune <mailto:post@storvik.kommune.no>\nSendt: 3. mai 2022\nTil: Ola\nEmne: Svar\n\nVi har ingen merknader.\n" } },
};

#define WEBMAIL .subject = "Høringssvar", .from = "kari.berg@gmail.com", .from_name = "Kari Berg"

#define TOOL .subject = "Høringssvar", .from = "noreply@opprop.example", .from_name = "Opprop.no"

/* Who writes from an address that proves nothing: the signature tells, or a person is asked. */
static const struct { const char *want, *class; struct mail m; const char *unsure; } signers[] = {	/* unsure: the candidate in review */
	/* a part signs, and the house stands in brackets, behind it or before it; who signs for a circle without a domain */
	{ "Bogen kommune", "kommune", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva@bogen.kommune.no", .body = "Kravet bør ned.\n\nHilsen\nEva Lie\nByggetilsynet (Bogen kommune)" }, NULL },
	{ "Bogen kommune", "kommune", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva@bogen.kommune.no", .body = "Kravet bør ned.\n\nHilsen\nEva Lie\nKulturavdelingen i Bogen kommune" }, NULL },
	{ "Bogen kommune", "kommune", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva@bogen.kommune.no", .body = "Kravet bør ned.\n\nHilsen\nEva Lie\nBogen kommune v/kulturavdelingen" }, NULL },
	{ "Bogen ungdomsråd", "kommune", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva@bogen.kommune.no", .body = "Kravet bør ned.\n\nEva Lie (17), leder Bogen ungdomsråd" }, NULL },
	{ "Vennene av fyret i Bogen", "organisasjon", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva.lie@gmail.com", .body = "Kravet bør ned.\n\nHilsen\nVennene av fyret i Bogen\nv/ Eva Lie" }, NULL },
	{ "Bogensameiet", "organisasjon", { .subject = "Høringssvar 21/4593", .from_name = "Eva Lie", .from = "eva.lie@bos.no", .body = "Bogensameiet (BoS) har ingen merknader.\n\nHilsen\nEva Lie\nleder\nBoS" }, NULL },
	{ "Storvik kommune", "kommune", { WEBMAIL, .body = LONG_PROSE "\n\nMvh\nKari Berg\nrådgiver\nStorvik kommune" }, NULL },
	{ "Storvik kommune", "kommune", { WEBMAIL, .body = LONG_PROSE "\n\nMvh\nKari Berg\nseniorrådgiver i Storvik kommune" }, NULL },
	{ "Storvik kommune", "kommune", { WEBMAIL, .body = LONG_PROSE "\n\nMed helsing\nKari Berg, kommunedirektør\nStorvik kommune" }, NULL },
	{ "Storvik kommune", "kommune", { .subject = "Svar", .from = "ola@hotmail.com", .from_name = "Ola Li", .body = LONG_PROSE "\n\nMvh\nKari Berg\nrektor\nStorvik kommune" }, NULL },
	{ "Voksne for Barn", "organisasjon", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\nfor Voksne for Barn" }, NULL },
	{ "Fjellbygda Pasientforening", "organisasjon", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\nfor styret i Fjellbygda Pasientforening" }, NULL },
	{ "Storvik kommune", "kommune", { WEBMAIL, .body = LONG_PROSE "\n\nKari Berg\nPå vegne av Storvik kommune\ntlf 22 33 44 55" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = "Jeg arbeider som lærer i Storvik kommune. " LONG_PROSE "\n\nHilsen\nKari Berg" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\nfor Ola Dahl" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = "Jeg viser til brev fra Helse- og omsorgsdepartementet. " LONG_PROSE "\n\nHilsen Kari Berg" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = "Jeg slutter meg til høringsuttalelsen fra Norsk Sykepleierforbund.\n\nHilsen\nKari Berg" }, NULL },
	{ "Kari Berg", "privatperson", { .subject = "Svar", .from = "kb82@gmail.com", .body = LONG_PROSE "\n\nVennlig hilsen Kari Berg" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = "Jeg svarer som privatperson, ikke på vegne av Storvik kommune. " LONG_PROSE "\n\nHilsen\nKari Berg\nrektor\nStorvik kommune" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\nStorvik kommune" }, "Storvik kommune" },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\npensjonert rektor\nStorvik kommune" }, "Storvik kommune" },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nHilsen\nKari Berg\ndaglig leder\nSolsikken Nord" }, "Solsikken Nord" },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nMvh\nKari Berg\n\nHent Outlook for Android" }, NULL },
	{ "Kari Berg", "privatperson", { WEBMAIL, .body = LONG_PROSE "\n\nMvh\nKari Berg\n\nSendt fra Outlook for iOS" }, NULL },
	/* A petition's tool writes for everybody. */
	{ "Kari Berg", "privatperson", { TOOL, .body = LONG_PROSE "\n\nNavn: Kari Berg\nE-post: kari.berg@gmail.com\nSted: Ulvøy\n" }, NULL },
	{ "skjema@si-fra.example", "privatperson", { .subject = "Høringssvar", .from = "skjema@si-fra.example", .from_name = "si-fra.example", .body = LONG_PROSE }, NULL },
	{ "Turid Aas", "privatperson", { .subject = "Høringssvar", .from = "turid@gmail.com", .from_name = "Turid Aas", .body = LONG_PROSE "\n\nHilsen\nTurid Aas" }, NULL },
	{ "Per Sa", "privatperson", { .subject = "Høringssvar", .from = "per@gmail.com", .from_name = "Per Sa", .body = LONG_PROSE "\n\nHilsen\nPer Sa" }, NULL },
	{ "Ove Asa Dahl", "privatperson", { .subject = "Høringssvar", .from = "ove@gmail.com", .from_name = "Ove Asa Dahl", .body = LONG_PROSE "\n\nHilsen\nOve Asa Dahl" }, NULL },
	{ "Opprop.no", "privatperson", { TOOL, .body = LONG_PROSE "\n\nKari Berg, kari.berg@gmail.com\nOla Dahl, ola@gmail.com\n" }, NULL },
};

static void
test_signers(void)
{
	size_t i, k;

	for (i = 0; i < sizeof signers / sizeof signers[0]; i++) {
		const struct verdict *v = fixture_judge(&signers[i].m);
		const char           *unsure = NULL;

		for (k = 0; k < v->n_reviews; k++)
			if (strcmp(v->reviews[k].reason, "unknown-responder") == 0)
				unsure = v->reviews[k].candidates;
		check(strcmp(v->responder, signers[i].want) == 0 && strcmp(v->responder_class, signers[i].class) == 0, "signer", "%zu: want %s, got %s (%s)", i,
		    signers[i].want, v->responder, v->responder_class);
		check(signers[i].unsure == NULL ? unsure == NULL : unsure != NULL && strcmp(unsure, signers[i].unsure) == 0, "signer-unsure", "%zu: want %s, got %s",
		    i, signers[i].unsure == NULL ? "none" : signers[i].unsure, unsure == NULL ? "none" : unsure);
	}
}

/* Where the answer goes back to says who it is of, when a machine sends it. */
static void
test_tool_address(void)
{
	struct mail           one = { TOOL, .body = LONG_PROSE "\n\nMvh\nKari Berg", .reply_to = "kari@gmail.com" }, other = one;
	const struct verdict *v = fixture_judge(&one), *w;

	other.reply_to = "kari.berg@hotmail.com";
	w = fixture_judge(&other);
	check(strcmp(v->address, "kari@gmail.com") == 0 && strcmp(v->responder_key, w->responder_key) != 0, "tool-address", "%s, %s and %s", v->address,
	    v->responder_key, w->responder_key);
	one.from = "kari@jobb.example";
	v = fixture_judge(&one);
	check(strcmp(v->address, "kari@jobb.example") == 0, "sender-address", "%s", v->address);
}

static void
test_whos(void)
{
	size_t i;

	for (i = 0; i < sizeof whos / sizeof whos[0]; i++) {
		struct mail           m = whos[i].m;
		const struct verdict *v;

		if (m.document == NULL && strncmp(m.body, "Se vedlegg", 10) == 0) {
			m.document = "Svar";
			m.document_name = "svar.pdf";
		}
		v = fixture_judge(&m);
		check(strcmp(v->responder, whos[i].want) == 0, "responder", "want %s, got %s", whos[i].want, v->responder);
		check(whos[i].class == NULL || strcmp(v->responder_class, whos[i].class) == 0, "class", "%s: want %s, got %s", whos[i].want, whos[i].class, v->responder_class);
	}
}

/* --- persons, deadline ----------------------------------------------------------------------------- */

static void
test_deadline(void)
{
	const struct conf_consultation *c = conf_consultation(fixture_conf(), "opptrapping");
	int64_t                         late = -1, deadline = fixture_time("2022-05-27", 22);	/* midnight in Oslo, summer time */

	check(strcmp(judge_deadline(c, KIND_RESPONSE, deadline - 1, &late), "on time") == 0 && late == 0, "deadline", "the last second is late");
	check(strcmp(judge_deadline(c, KIND_RESPONSE, deadline, &late), "late") == 0, "deadline", "midnight is on time");
	check(strcmp(judge_deadline(c, KIND_RESPONSE, deadline + 3600, &late), "late") == 0 && late == 3600, "deadline", "an hour is %lld s", (long long)late);
	check(strcmp(judge_deadline(NULL, KIND_RESPONSE, deadline, &late), "unknown") == 0, "deadline", "known without consultation");
	check(strcmp(judge_deadline(c, KIND_RESPONSE, TIME_UNKNOWN, &late), "unknown") == 0, "deadline", "known without time");
	check(strcmp(judge_deadline(c, KIND_REGISTRATION, fixture_time("2022-05-06", 22), &late), "late") == 0, "deadline", "a sign-up has its own");
}

/* What nobody could read, and answers that are not there. */
static void
test_unreadable(void)
{
	static const struct { const char *name, *want; struct mail m; } cases[] = {
		{ "scanned page", "unreadable", { .body = "Se vedlegg.", .document = "x", .document_bytes = LIMIT_OCR_PICTURE_BYTES, .document_name = "scan.png", .document_type = "image/png" } },
		{ "photograph under a cover letter", "unreadable", { .body = "Vi legger ved svaret vårt.", .document = "x", .document_name = "a.jpg", .document_type = "image/jpeg" } },
		{ "scanned page under many words", "unreadable", { .body = "Vi støtter planen. Den er viktig for mange i vår kommune, og vi vil gjerne bidra.", .document = "x", .document_bytes = LIMIT_OCR_PICTURE_BYTES,
		    .document_name = "scan.png", .document_type = "image/png" } },
		{ "recording", "unreadable", { .body = "", .document = "x", .document_name = "svar.m4a", .document_type = "audio/mp4" } },
		{ "logo", NULL, { .body = "Vi støtter forslaget.", .document = "x", .document_name = "logo.png", .document_type = "image/png" } },
		{ "logo under no remarks", NULL, { .body = "Vi har ingen merknader, se vedlagt brev.", .document = "x", .document_name = "logo.png", .document_type = "image/png" } },
		{ "signature of S/MIME", NULL, { .body = "Vi støtter forslaget.", .document = "x", .document_name = "smime.p7s", .document_type = "application/pkcs7-signature" } },
		{ "nothing at all", "unreadable", { .body = "" } },
		{ "only a greeting and a name", "unreadable", { .body = "Hei!\n\nMvh\nKari Berg" } },
		{ "attachment forgotten", "unreadable", { .body = "Vedlagt følger svar." } },
		{ "attachment forgotten, with a reference", "unreadable", { .body = "Det vises til høringsbrev av 26. april 2022. Sjå vedlegget for fråsegna frå kommunen.\n\nHelsing\nKari Berg" } },
		{ "short answer", NULL, { .body = "Vi støtter forslaget." } },
		{ "answer that announces itself", NULL, { .body = "Her kommer svaret fra oss: Planen er god, men kommunene trenger penger til å gjennomføre den." } },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct mail           m = cases[i].m;
		const struct verdict *v;

		m.subject = "Høringssvar 21/4593";
		m.from = "post@storvik.kommune.no";
		m.document_status = TEXT_UNSUPPORTED;
		v = fixture_judge(&m);
		check(v->kind == KIND_RESPONSE && fixture_has_review(v, "unreadable") == (cases[i].want != NULL), "unreadable", "%s: %s, %s", cases[i].name, kind_name(v->kind),
		    fixture_has_review(v, "unreadable") ? "in review" : "not in review");
	}
}

/* Words that were read, and are noise, or were not all read in time: whatever they seem to say. */
static void
test_noise(void)
{
	struct warning       odd[] = { { .code = { WARNING_NOISE, sizeof WARNING_NOISE - 1 } }, { .code = { WARNING_TIME, sizeof WARNING_TIME - 1 } },
		{ .code = { WARNING_SEALED, sizeof WARNING_SEALED - 1 } }, { .code = { WARNING_LOST, sizeof WARNING_LOST - 1 } } };
	struct parsed        p = *fixture_parse(&(struct mail){ .subject = "Høringssvar 21/4593", .from = "post@storvik.kommune.no",
	    .body = "Vi mener at planen er god, og at kommunene må få penger til det som står i den. Det gjelder særlig de minste." });
	const char          *mailbox = "hmr";
	struct circumstances c = { .mailboxes = &mailbox, .n_mailboxes = 1, .received_at = 1652173200, .decided_kind = -1 };
	struct verdict       v;
	struct why           why;
	int                  told;

	for (told = 0; told < 5; told++) {
		p.warnings = told ? &odd[told - 1] : NULL;
		p.n_warnings = told > 0;
		check(judge_message(fixture_judge_itself(), &p, &c, &v, &why) == OUTCOME_OK && fixture_has_review(&v, "unreadable") == (told > 0), "noise",
		    told ? "not in review" : "in review");
		verdict_free(&v);
	}
}

static void
test_unparsed(void)
{
	static const struct parsed nothing;
	const char                *mailbox = "hmr";
	struct circumstances       c = { .mailboxes = &mailbox, .n_mailboxes = 1, .received_at = 0, .parse_failure = "crashed (signal 11)", .decided_kind = -1 };
	struct verdict             v;
	struct why                 why;

	check(judge_message(fixture_judge_itself(), &nothing, &c, &v, &why) == OUTCOME_OK && v.kind == KIND_UNPARSED && fixture_has_review(&v, "unparsed"), "unparsed",
	    "a mail nobody could read is not in review");
	verdict_free(&v);
	c.parse_failure = NULL;
	c.decided_kind = KIND_RESPONSE;
	c.decided_consultation = "opptrapping";
	check(judge_message(fixture_judge_itself(), &nothing, &c, &v, &why) == OUTCOME_OK && v.kind == KIND_RESPONSE && strcmp(v.consultation, "opptrapping") == 0,
	    "operator", "what an operator says does not hold");
	verdict_free(&v);
}

/* A slip of the hand is no word of the other norm, and a municipality's name no word of either. */
static void
test_languages(void)
{
	static const struct { const char *body, *want; } cases[] = {
		{ "Eikvoll kommune gjev ikkje fråsegn i saka.\n\nHelsing\nKari Berg\nEikvoll kommune\n", "nn" },
		{ "Eikvoll kommune has no comments to the consultation.\n\nBest regards\nKari Berg\nEikvoll kommune\n", "en" },
		{ "Kommunen er enig i forslaget, men mener at kostnadene er for høye.\n\nVennlig hilsen\nKari Berg\n", "nb" },
		{ "Me er samde i framlegget, men kostnadene vert for høge.\n", "nn" },
		{ "Vi er usamde i punkt to. Gebyret tek me opp att seinare.\n", "nn" },
		{ "Havnelaget protesterer mot gebyret og etterlyser penger.\n", "nb" },
		{ "Sámediggi doarju evttohusa ja oaivvilda ahte dat lea buorre.\n", "se" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "21/4593", .from = "a@x.no", .body = cases[i].body });

		check(strcmp(v->language, cases[i].want) == 0, "language", "want %s, got %s: %s", cases[i].want, v->language, cases[i].body);
	}
}

/* Each piece of evidence says by which rules: a verdict of older ones is known from it. */
static void
test_version(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar", .body = "Vi har ingen merknader." });
	size_t                i;

	check(v->n_evidence > 0, "version", "no evidence");
	for (i = 0; i < v->n_evidence; i++)
		check(v->evidence[i].version == JUDGE_VERSION, "version", "%s: %d", v->evidence[i].rule, v->evidence[i].version);
}

int
main(void)
{
	test_version();
	test_kinds();
	test_set_aside();
	test_places();
	test_whos();
	test_tool_address();
	test_signers();
	test_deadline();
	test_languages();
	test_unreadable();
	test_noise();
	test_unparsed();
	fixture_forget();
	return check_status();
}
