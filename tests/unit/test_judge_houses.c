/* The house that answers: behind the work of who signs, as whom a sentence is about, and its short name written out. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

#define PROSE "Planen bør ta inn de som bor lengst unna, og midlene må følge oppgavene. Fristene er satt for kort, og vi ber om at de " \
	"vurderes på nytt. Erfaringene våre fra de siste årene er gode, og vi deler dem gjerne med departementet. "
#define SUBJECT .subject = "Høringssvar 21/4593"
#define SIGNED(lines) SUBJECT, .body = PROSE "\n\nMed hilsen\n" lines
#define BARE(lines) SUBJECT, .body = PROSE "\n\n" lines
#define SAYS(sentence, lines) SUBJECT, .body = sentence " " PROSE "\n\nMed hilsen\n" lines
#define KARI(address) .from = address, .from_name = "Kari Berg"

struct one { const char *want; struct mail m; };

static void
try_all(const char *name, const struct one *all, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct verdict *v = fixture_judge(&all[i].m);

		check(strcmp(v->responder, all[i].want) == 0, name, "%zu: want %s, got %s", i, all[i].want, v->responder);
	}
}

/* "gründer i X AS": what somebody does there is no part of what it is called. */
static const struct one work[] = {
	{ "Sjøklokke Norge AS", { SIGNED("Kari Berg\ngründer i Sjøklokke Norge AS"), KARI("kari@sjoklokke.no") } },
	{ "Sjøklokke Norge AS", { SIGNED("Kari Berg\ngründer og eier av Sjøklokke Norge AS"), KARI("kari@sjo.no") } },
	{ "Sjøklokke AS", { SIGNED("Kari Berg, innehaver av Sjøklokke AS"), KARI("kari@sjo.no") } },
	{ "Sund Bokhandel AS", { SIGNED("Kari Berg\nbutikksjef på Sund Bokhandel AS"), KARI("kari@sundbok.no") } },
	{ "Havets venner", { SIGNED("Kari Berg\nkasserer hos Havets venner"), KARI("kari@havetsvenner.no") } },
	{ "Havets venner", { SIGNED("Kari Berg\nkampanjeansvarlig i Havets venner"), KARI("kari@havetsvenner.no") } },
	{ "Ulvøy museum", { SIGNED("Kari Berg\nformidler ved Ulvøy museum"), KARI("kari@ulvmus.no") } },
	{ "Ulvøy museum", { SIGNED("Kari Berg\nFormidlar ved Ulvøy museum"), KARI("kari@ulvmus.no") } },
	{ "Ulvøy museum", { SIGNED("Kari Berg\nkonstituert formidlingsleder ved Ulvøy museum"), KARI("kari@ulvmus.no") } },
	{ "Ulvøy Seafood AS", { SIGNED("Kari Berg\nCo-founder at Ulvøy Seafood AS"), KARI("kari@ulsea.no") } },
	{ "Ulvøy Seafood AS", { SIGNED("Kari Berg\nfounder of Ulvøy Seafood AS"), KARI("kari@ulsea.no") } },
	{ "Ulvøy kulturskole", { SIGNED("Kari Berg\nfungerende rektor ved Ulvøy kulturskole"), KARI("kari@ulvkul.no") } },
	{ "Ulvøy turlag", { SIGNED("Kari Berg\ntalskvinne for Ulvøy turlag"), KARI("kari@ulvtur.no") } },
	{ "Ulvøy turlag", { SIGNED("Kari Berg\ntalsperson for Ulvøy turlag"), KARI("kari@gmail.com") } },
	{ "Elevrådet ved Sund skole", { SIGNED("Kari, leder i Elevrådet ved Sund skole"), KARI("kari@sund-elevrad.no") } },
	{ "Elevrådet på Sund skole", { SIGNED("Kari, leder i Elevrådet på Sund skole"), KARI("kari@sund-elevrad.no") } },
	{ "elevrådet på Sund skole", { SIGNED("Kari\nfor elevrådet på Sund skole"), KARI("kari@gmail.com") } },
	{ "Elevrådet ved Sund videregående skole", { SIGNED("Kari Berg\nelevrådsleder\nElevrådet ved Sund videregående skole"), KARI("kari@skole.no") } },
	{ "Sund skole", { SIGNED("Kari Berg\nrektor på Sund skole"), KARI("kari@sundskole.no") } },
	{ "FAU ved Sund skole", { SIGNED("Kari Berg\nleder i FAU ved Sund skole"), KARI("kari@gmail.com") } },
	{ "Mental Uro Studentnettverk", { SUBJECT, .body = PROSE "\n\nFor Mental Uro Studentnettverk\nKari Berg, rådgiver politikk og kommunikasjon", KARI("kari@must.no") } },
	{ "Havets Unge Stemmer", { SUBJECT, .body = PROSE "\n\nFor Havets Unge Stemmer\nKari Berg, daglig leder", KARI("kari@hus.no") } },
	{ "Havets Unge Stemmer", { SUBJECT, .body = PROSE "\n\nPå vegne av Havets Unge Stemmer\nKari Berg\nleder", KARI("kari@hus.no") } },
	{ "Havets Unge Stemmer", { SIGNED("for Havets Unge Stemmer\nKari Berg\nleder"), KARI("kari@hus.no") } },
	{ "Fjordli Eiendom", { SUBJECT, .body = "nei til dette\n\nStian Fjordli\nFjordli Eiendom, Sund", .from = "stian@fjordlieiendom.no", .from_name = "Stian Fjordli" } },
	{ "Foreningen Lys Sammen", { SUBJECT, .body = "Vi i Lys Sammen har prøvd dette.\n\nKari Berg\nfagsjef\nForeningen Lys Sammen\nkari@lyssammen.no | +47 900 00 000", KARI("kari@lyssammen.no") } },
	/* who lives there or learns there does not speak for it */
	{ "Kari Berg", { SIGNED("Kari Berg\nfar til tre i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\ninnbygger i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nbosatt i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nmor til elev ved Sund skole"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nelev ved Sund skole"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nmasterstudent ved Sund universitet"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nbeboer i Ulvøy borettslag"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\ntidligere leder i Ulvøy turlag"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nPh.d.-stipendiat"), KARI("kari@gmail.com") } },
};

/* Who the first sentences are about, where the signature names nobody. */
static const struct one subjects[] = {
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund har latt spørsmålet gå til Flaggutvalget, som ikke ønsket å uttale seg.", "Kari Berg\nassisterende generalsekretær"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund organiserer 4 000 bøyer.", "Kari Berg\nfagsjef"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund ønsker velkommen et klarere regelverk.", "Kari Berg\nfagsjef"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("For Norsk Bøyeforbund er det viktig at bøyene får plass.", "Kari Berg\nfagsjef"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Vi i Norsk Bøyeforbund synes dette er bra.", "Kari Berg\nfagsjef"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Takk for at Norsk Bøyeforbund får uttale seg.", "Kari Berg\nfagsjef"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund er landets eldste bøyelag.", "Kari Berg\ngeneralsekretær"), KARI("kari@boyeforbundet.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund jobber for trygge havner.", "Kari Berg\ngeneralsekretær"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund arbeider for trygge hamner.", "Kari Berg\ngeneralsekretær"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Viser til høring. Norsk Bøyeforbund representerer eierne.", "Kari Berg\ngeneralsekretær"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Norsk Bøyeforbund er imot forslaget.", "Kari Berg"), KARI("kari@nbf.no") } },
	{ "Ulvøy kystlag", { SAYS("Ulvøy kystlag sender med dette sine innspill.", "Kari Berg\nleder"), KARI("kari@ulvoykystlag.no") } },
	{ "Ulvøy kystlag", { SAYS("Styret i Ulvøy kystlag har drøftet forslaget.", "Kari Berg\nleder"), KARI("kari@ulvoykystlag.no") } },
	{ "Ulvøy kystlag", { SAYS("Årsmøtet i Ulvøy kystlag tok opp saken.", "Kari Berg\nleder"), KARI("kari@ulvoykystlag.no") } },
	{ "Norwegian Buoy Association", { SAYS("The Norwegian Buoy Association would like to comment on the draft.", "Kari Berg\nSecretary General"), KARI("kari@nba.no") } },
	{ "Norwegian Buoy Association", { SAYS("Norwegian Buoy Association represents 400 owners.", "Kari Berg\nSecretary General"), KARI("kari@nba.no") } },
	/* of others */
	{ "Kari Berg", { SAYS("Norsk Bøyeforbund organiserer 4 000 bøyer, men jeg er ikke medlem.", "Kari Berg"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SAYS("Ulvøy kommune har stengt skolen.", "Kari Berg"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SAYS("Ulvøy kommune jobber ikke raskt nok.", "Kari Berg\nlærer"), KARI("kari@bergfamilien.no") } },
	{ "Sund Elveråd", { SAYS("Ulvøy kommune har stengt elva.", "Kari Berg\nleder\nSund Elveråd"), KARI("kari@elverad.no") } },
};

/* The short name, and the whole one beside it, in the signature, in the text, or on the list of the invited. */
static const struct one full[] = {
	{ "Foreningen Lys Sammen", { SAYS("Vi i Lys Sammen har prøvd dette.", "Kari Berg\nkommunikasjonsleder\nForeningen Lys Sammen"), KARI("kari@lyssammen.no") } },
	{ "Norsk Havlys", { .subject = "Innspill fra Havlys 21/4593", .body = "Havlys støtter. " PROSE "\n\nKari Berg\nNorsk Havlys", KARI("kari@havlys.no") } },
	{ "Stiftelsen Havlys", { .subject = "Innspill fra Havlys 21/4593", .body = "Havlys støtter. " PROSE "\n\nKari Berg\nStiftelsen Havlys", KARI("kari@havlys.no") } },
	{ "Stiftelsen Havlys", { SAYS("Havlys takker for anledningen.", "Kari Berg\nleder\nStiftelsen Havlys"), KARI("kari@havlys.no") } },
	{ "Norsk Bøyeforening", { SAYS("NBF vil fremheve tre ting.", "Kari Berg\ngeneralsekretær\nNorsk Bøyeforening, Malergata 20, 0661 Sund"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill fra NBF 21/4593", .body = "NBF vil fremheve tre ting. " PROSE "\n\nKari Berg\ngeneralsekretær\nNorsk Bøyeforening, Postboks 20, 0661 Sund", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill fra NBF 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg\ngeneralsekretær\nNBF - Norsk Bøyeforening", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill fra NBF 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg\ngeneralsekretær\nNorsk Bøyeforening – NBF", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill fra NBF 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg\ngeneralsekretær\nNorsk Bøyeforening / NBF", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg\ngeneralsekretær, NBF (Norsk Bøyeforening)", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { .subject = "Innspill 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg\ngeneralsekretær\nNBF, Norsk Bøyeforening", KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { SAYS("Norsk Bøyeforening (NBF) takker for invitasjonen.", "Kari Berg\ngeneralsekretær\nNBF"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforening", { SAYS("Vi viser til brevet. Norsk Bøyeforening (NBF) organiserer 400 eiere.", "Kari Berg\ngeneralsekretær NBF"), KARI("kari@nbf.no") } },
	{ "Ulvøys sjø- og viteskapelige universitet", { .subject = "Innspill fra USVU 21/4593", .body = PROSE "\n\nMed hilsen\nKari Berg, dr.scient.\nUSVU – Ulvøys sjø- og viteskapelige universitet\n1433 Sund", KARI("kari@usvu.no") } },
	{ "Direktoratet for høyere kyst og kompass", { SAYS("Vi i HK-dir har dette å si.", "Kari Berg\navdelingsdirektør\nHK-dir"), KARI("kari@hk-dir.no") } },
	{ "Direktoratet for høyere kyst og kompass", { SAYS("Takk for brevet.", "Kari Berg\navdelingsdirektør\nHK-dir"), KARI("kari@hkdir.no") } },
	{ "Kystens Ornitologiske Lag", { SAYS("KOL støtter planen.", "Kari Berg\nleder\nKOL"), KARI("kari@kol.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nkultursekretær\nUlvøy kommune i Vesterlia"), KARI("kari@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nkultursekretær i Ulvøy kommune i Vesterlia"), KARI("kari@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nkultursekretær\nUlvøy kommune, Vesterlia"), KARI("kari@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nkultursekretær\nUlvøy kommune - Vesterlia"), KARI("kari@ulvoy.kommune.no") } },
	/* another house's letters are not written out as this one's */
	{ "KOB", { SAYS("KOB støtter planen.", "Kari Berg\nleder\nKOB"), KARI("kari@kob.no") } },
	{ "Ulvøy turlag", { SAYS("Norsk Bøyeforening (NBF) har rett.", "Kari Berg\nleder\nUlvøy turlag"), KARI("kari@ulvtur.no") } },
};

/* Signatures as people write them, of houses and of people who are none. */
static const struct one signatures[] = {
	{ "Fagutvalget i Norsk Bøyeforbund", { SIGNED("Kari Berg\nleder av Fagutvalget i Norsk Bøyeforbund"), KARI("kari@gmail.com") } },
	{ "samarbeidsutvalget ved Sund skole", { SIGNED("Kari Berg\nleder i samarbeidsutvalget ved Sund skole"), KARI("kari@gmail.com") } },
	{ "Sund skoles foreldreutvalg", { SIGNED("Kari Berg\nfor Sund skoles foreldreutvalg"), KARI("kari@gmail.com") } },
	{ "FAU Sund skole", { BARE("Kari Berg, FAU Sund skole"), KARI("kari@gmail.com") } },
	{ "FAU Sund skole", { BARE("Hilsen FAU Sund skole v/Kari Berg"), KARI("kari@gmail.com") } },
	{ "Havlys Pensjonistlag", { SIGNED("Kari Berg\nleder, Havlys Pensjonistlag"), KARI("kari@online.no") } },
	{ "Havlys Drift AS", { BARE("mvh Kari, Havlys Drift AS"), KARI("kari@havlysdrift.no") } },
	{ "Havlys Drift AS", { BARE("Kari Berg\nDaglig leder / Havlys Drift AS"), KARI("kari@havlysdrift.no") } },
	{ "Havlys Drift AS", { BARE("Kari Berg – daglig leder – Havlys Drift AS"), KARI("kari@havlysdrift.no") } },
	{ "Havlys Drift AS", { BARE("Kari Berg - Havlys Drift AS"), KARI("kari@havlysdrift.no") } },
	{ "Havlys Drift AS", { BARE("Kari Berg (daglig leder, Havlys Drift AS)"), KARI("kari@havlysdrift.no") } },
	{ "Norsk Bøyeforbund", { BARE("Kari Berg, generalsekretær i Norsk Bøyeforbund (NBF)"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { BARE("Kari Berg\nGeneralsekretær NBF\n\nNorsk Bøyeforbund\nPostboks 12, 0101 Sund\nwww.nbf.no"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { SAYS("På vegne av Norsk Bøyeforbund (heretter NBF) vil jeg takke.", "Kari Berg\nNBF"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { SAYS("Innspill fra NBF, Norsk Bøyeforbund:", "Kari"), KARI("kari@nbf.no") } },
	{ "Norsk Bøyeforbund", { .subject = "Innspill fra Norsk Bøyeforbund (NBF) 21/4593", .body = PROSE "\n\nKari Berg\nNBF", KARI("kari@nbf.no") } },
	{ "Ulvøy universitet", { SIGNED("Kari Berg\nprofessor\nInstitutt for bøyer\nUlvøy universitet"), KARI("kari@uu.no") } },
	{ "Ulvøy universitet", { SIGNED("Kari Berg\ndekan, Fakultet for hav, Ulvøy universitet"), KARI("kari@uu.no") } },
	{ "Ulvøy universitetssykehus", { SIGNED("Kari Berg\noverlege dr.med., Hudavdelingen, Ulvøy universitetssykehus"), KARI("kari@uus.no") } },
	{ "Ulvøy borettslag", { SIGNED("Kari Berg\nstyreleder Ulvøy borettslag"), KARI("kari@hotmail.com") } },
	{ "Ulvøy borettslag", { SIGNED("Kari Berg, styreleiar i Ulvøy borettslag"), KARI("kari@hotmail.com") } },
	{ "Ulvøy Venstre", { SIGNED("Kari Berg\ngruppeleder Ulvøy Venstre"), KARI("kari@hotmail.com") } },
	{ "Ulvøy Venstre", { SIGNED("Kari Berg\ngruppeleder for Ulvøy Venstre"), KARI("kari@hotmail.com") } },
	{ "Ulvøy Unge Høyre", { SIGNED("Kari Berg\nnestleder i Ulvøy Unge Høyre"), KARI("kari@hotmail.com") } },
	{ "Bjerk Bondekvinnelag", { SAYS("Eg skriv på vegner av Bjerk Bondekvinnelag.", "Kari Berg"), KARI("kari@hotmail.com") } },
	{ "Bjerk Bondekvinnelag", { SAYS("Dette er fråsegna frå Bjerk Bondekvinnelag.", "Kari Berg"), KARI("kari@hotmail.com") } },
	{ "Havets Hus", { SIGNED("Kari Berg\nHavets Hus\n5300 Sund"), KARI("kari@havetshus.no") } },
	{ "Stiftelsen Havets Hus", { SIGNED("Kari Berg\nStiftelsen Havets Hus\n5300 Sund"), KARI("kari@havetshus.no") } },
	{ "Norwegian Buoy Association", { SAYS("I am writing on behalf of the Norwegian Buoy Association.", "Kari Berg"), KARI("kari@nba.no") } },
	{ "Norwegian Buoy Association", { SIGNED("Kari Berg, Head of Policy, Norwegian Buoy Association"), KARI("kari@nba.no") } },
	{ "Buoys Europe", { SIGNED("Kari Berg\nPolicy Officer at Buoys Europe"), KARI("kari@buoyseurope.eu") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nrådgiver\nPlan, miljø og kultur\nUlvøy kommune"), KARI("kari.berg@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nNæringssjef i Ulvøy kommune\nTlf 51 00 00 00 | www.ulvoy.kommune.no"), KARI("kari.berg@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SAYS("Kommunestyret i Ulvøy kommune behandlet saken 2. mai.", "Kari Berg\npolitisk sekretær"), KARI("kari.berg@ulvoy.kommune.no") } },
	{ "Statsforvalteren i Ulvøy", { SIGNED("Kari Berg\nunderdirektør\nStatsforvalteren i Ulvøy\nEmbetsledelsen"), KARI("kari@statsforvalteren.no") } },
	{ "Kystpolitiet", { SIGNED("Kari Berg\npolitioverbetjent ved Kystpolitiet"), KARI("kari@politiet.no") } },
	{ "Kari Berg", { SAYS("Jeg jobber i Ulvøy kommune, men skriver som privatperson.", "Kari Berg"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SAYS("Jeg er lærer ved Sund skole og mor til to.", "Kari Berg"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nbonde i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nuføretrygdet i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nhilsen fra en bekymret mor i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nmedlem av Ulvøy borettslag"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nhytteeier på Sund fjell, Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { BARE("Kari Berg, 12 år, 7. trinn på Sund skole"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg, født og oppvokst i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nskattebetaler i Ulvøy kommune"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\nstudent, Ulvøy universitet"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { SIGNED("Kari Berg\npendler mellom Sund og Ulvøy kommune"), KARI("kari@gmail.com") } },
};

/* A house sends another's answer, and says so. */
#define FOR(sentence)	{ SAYS(sentence, "Kari Berg\nHavlys Regnskap AS"), KARI("kari@havlysregnskap.no") }
static const struct one sent_for[] = {
	{ "Bjerk Bondekvinnelag", FOR("På vegne av Bjerk Bondekvinnelag sendes dette svaret.") },
	{ "Bjerk Bondekvinnelag", FOR("Etter fullmakt fra Bjerk Bondekvinnelag leverer vi dette.") },
	{ "Bjerk Bondekvinnelag", FOR("På oppdrag fra Bjerk Bondekvinnelag har vi gleden av å oversende svaret deres.") },
	{ "Bjerk Bondekvinnelag", FOR("Etter oppdrag frå Bjerk Bondekvinnelag sender vi svaret.") },
	{ "Bjerk Bondekvinnelag", FOR("Bjerk Bondekvinnelag har bedt oss oversende svaret deres.") },
	{ "Bjerk Bondekvinnelag", FOR("Bjerk Bondekvinnelag er uten nett i vinter, og har spurt oss om vi kan sende inn dette.") },
	{ "Bjerk Bondekvinnelag", FOR("Avsender av innspillet er Bjerk Bondekvinnelag.") },
	{ "Bjerk Bondekvinnelag", FOR("Som advokat for Bjerk Bondekvinnelag sender jeg svaret.") },
	{ "Bjerk Bondekvinnelag", FOR("Havlys Regnskap svarer her for Bjerk Bondekvinnelag.") },
	{ "Havlys Regnskap AS", FOR("Kostnaden svarer for Bjerk til en årslønn.") },
	{ "Havlys Regnskap AS", FOR("Departementet har bedt oss sende denne i ett dokument.") },
	{ "Havlys Regnskap AS", FOR("Landbruksdepartementet har bedt oss sende dette på nytt.") },
	{ "Havlys Regnskap AS", FOR("På oppdrag fra Bjerk Bondekvinnelag har vi tidligere utarbeidet en rapport om fjøs.") },
	{ "Havlys Regnskap AS", FOR("En rapport vi laget på oppdrag fra Ulvøy kommune, viser det samme.") },
	{ "Havlys Regnskap AS", FOR("Vi fører regnskap på vegne av 63 borettslag og lag.") },
	{ "Havlys Regnskap AS", FOR("Vi sender ikke på vegne av Bjerk Bondekvinnelag.") },
	{ "Havlys Regnskap AS", FOR("Kundene har bedt oss om hjelp med skjemaet.") },
};

/* From a house's address and above its name, and yet the person's own. */
#define AT_WORK(sentence) { SAYS(sentence, "Kari Berg\nrådgiver\nUlvøy museum"), KARI("kari@ulvmus.no") }
static const struct one as_person[] = {
	{ "Kari Berg", AT_WORK("Jeg skriver som bestemor og privatperson.") },
	{ "Kari Berg", AT_WORK("Før meg opp, det vil si: regn meg som privatperson.") },
	{ "Kari Berg", AT_WORK("Jeg skriver her for egen regning.") },
	{ "Kari Berg", AT_WORK("Dette er mine private meninger.") },
	{ "Kari Berg", AT_WORK("Innspillet er mitt eget.") },
	{ "Kari Berg", AT_WORK("Jeg uttaler meg som nabo til havna, ikke som ansatt.") },
	{ "Kari Berg", AT_WORK("Teksten står for meg sjølv og ikkje for museet.") },
	{ "Kari Berg", AT_WORK("Jeg skriver privat, fra jobbens maskin.") },
	{ "Kari Berg", AT_WORK("Det som følger, representerer ikke museets syn.") },
	{ "Kari Berg", AT_WORK("These are my own views and do not represent my employer.") },
	{ "Kari Berg", AT_WORK("Jeg skriver som nabo til havna.") },
	{ "Kari Berg", AT_WORK("Dette er min private mening.") },
	{ "Kari Berg", AT_WORK("Som mamma til to på Sund ber jeg om lavere fart.") },
	{ "Ulvøy museum", AT_WORK("Som nabo til havna er vi vant til bråk.") },
	{ "Ulvøy museum", AT_WORK("Jeg skriver som nabo og leder for museet.") },
	{ "Ulvøy museum", AT_WORK("Vi svarer på egne vegne.") },
	{ "Ulvøy museum", AT_WORK("Museet svarer på egne vegne og på vegne av vennene sine.") },
	{ "Ulvøy museum", AT_WORK("E-post herfra kan ha med mine egne synspunkter og representerer ikke nødvendigvis museets syn.") },
	{ "Ulvøy museum", AT_WORK("Utstillerne tar all risiko for egen regning.") },
	{ "Ulvøy museum", AT_WORK("Mange privatpersoner låner ut gjenstander, og en privatperson må få dem igjen.") },
	{ "Ulvøy museum", AT_WORK("Den som jobber som frivillig og ikke ansatt, bør også regnes med.") },
};

/* Where somebody lives is nobody's name; where she works is. */
#define ENDS(line, address) { SUBJECT, .body = PROSE "\n\n" line, KARI(address) }
static const struct one there[] = {
	{ "Kari Berg", ENDS("Hilsen fra Kari Berg i Ytre Sund", "kari@breifiber.no") },
	{ "Kari Berg", ENDS("Hilsen fra Kari i Sund", "kari@breifiber.no") },
	{ "Kari Berg", ENDS("Helsing Kari Berg på Nordre Sund", "kari@breifiber.no") },
	{ "Kari Berg", ENDS("Mvh\nKari Berg fra Sund", "kari@breifiber.no") },
	{ "Ulvøy museum", ENDS("Hilsen fra Kari Berg i Ulvøy museum", "kari@breifiber.no") },
	{ "Havets Hus", ENDS("Hilsen fra Kari i Havets Hus", "kari@havetshus.no") },
	{ "Havets venner i Sund", ENDS("Hilsen fra Havets venner i Sund", "post@havetsvenner.no") },
};

/* Whose answer it is stands in the text alone, or on the letter that is attached. */
#define HOME		KARI("kari@gmail.com")
#define ATTACHED(head)	{ SUBJECT, .body = "Se vedlegg.\n\nKari Berg", .document = head "\n\nSund 3. mars\n\n" PROSE "\n\nKari Berg", .document_name = "svar.pdf", HOME }
static const struct one told[] = {
	{ "Ulvøy bygdelag", { SAYS("Dette er Ulvøy bygdelag sitt svar.", "Kari Berg"), HOME } },
	{ "Ulvøy bygdelag", { SAYS("Her kommer Ulvøy bygdelags høringsuttalelse.", "Kari Berg"), HOME } },
	{ "Ulvøy kommune", { SAYS("Vedlagt følger Ulvøy kommunes svar.", "Kari Berg\nrådgiver, Regionkontoret"), KARI("kari@regionkontoret.no") } },
	{ "Ulvøy bygdelag", { SAYS("Vi i Ulvøy bygdelag mener dette er for mye.", "Kari Berg, leder"), HOME } },
	{ "Ulvøy bygdelag", { SAYS("Ulvøy bygdelag sier nei til dette.", "Kari Berg\nleder"), HOME } },
	{ "Sund kirkelige fellesråd", { SIGNED("Kari Berg\nkirkeverge, Sund kirkelige fellesråd"), KARI("kb12@kirken.no") } },
	{ "Havlys Drift AS", { SIGNED("Kari, Havlys Drift AS"), KARI("kari@havlysdrift.no") } },
	{ "Ulvøy og Sund velforening", ATTACHED("Ulvøy og Sund velforening") },
	{ "Kari Berg", { SAYS("Jeg støtter Ulvøy bygdelag sitt svar.", "Kari Berg"), HOME } },
	{ "Kari Berg", { SAYS("Dette er et svar på Ulvøy bygdelags ønske.", "Kari Berg"), HOME } },
	{ "Kari Berg", { SAYS("Vi i Ulvøy kommune har ventet lenge på dette.", "Kari Berg"), HOME } },
	{ "Kari Berg", ATTACHED("Til Ulvøy bygdelag") },
	{ "Kari Berg", ATTACHED("Bilag") },
	{ "Kari Berg", ATTACHED("Om kirke og menighet") },
	{ "Kari Berg", ATTACHED("Menighet og kirke") },
	{ "Kari Berg", ATTACHED("Innspill om bygdelag og velforening") },
};

/* Where a signature begins, and what of its lines is one name. */
static const struct one lines[] = {
	{ "Havlys Kystlag", { BARE("Alt godt til dere\nKari Berg\nHavlys Kystlag"), KARI("kari@kystfolk.no") } },
	{ "Havlys Kystlag", { BARE("I sjøens navn\nKari Berg, kasserer\nHavlys Kystlag"), KARI("kari@kystfolk.no") } },
	{ "Havlys Kystlag", { BARE("Havlys Kystlag, v/ Kari Berg"), KARI("kari@kystfolk.no") } },
	{ "Havlys Kystlag", { BARE("Havlys Kystlag v/leder Kari Berg"), KARI("kari@gmail.com") } },
	{ "Kari Berg", { BARE("Alt godt til dere\nKari Berg"), KARI("kari@kystfolk.no") } },
	{ "Statsforvalteren i Sund, Bjerk og Ulvøy", { BARE("Kari Berg\nrådgiver | Statsforvalteren i Sund, Bjerk og Ulvøy"), KARI("kari@sfsund.no") } },
	{ "Statsforvalteren i Sund, Bjerk og Ulvøy", { SIGNED("Kari Berg\nStatsforvalteren i Sund, Bjerk og Ulvøy"), KARI("kari@sfsund.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nrådgiver i Ulvøy kommune, Plan, bygg og miljø"), KARI("kari@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg\nUlvøy kommune / Postboks 78 Sund, 5300 Sund"), KARI("kari@uk.no") } },
	{ "Ulvøy kommune", { SIGNED("Kari Berg | rådgiver | Ulvøy kommune, Sjøgata 2, 5300 Sund"), KARI("kari@uk.no") } },
	{ "Havenheten for bøyesaker", { BARE("Kari Berg\nassisterende sjef, Havenheten for bøyesaker"), KARI("kari@havenheten.no") } },
	{ "Ulvøy kommune", { BARE("Kari Berg\nsjef, Havenheten for bøyesaker\nUlvøy kommune"), KARI("kari@ulvoy.kommune.no") } },
	{ "Reinbeitedistrikt 99", { BARE("Kari Berg, leder Reinbeitedistrikt 99"), KARI("kari@rbd99.no") } },
	{ "Bøyerådet for Sund", { SIGNED("Bøyerådet for Sund"), .from = "kari@boyeradet-for-sund.no", .from_name = "Bøyerådet for Sund" } },
	{ "Ulvøy ungdomsråd", { SAYS("Vi er tolv unge i Ulvøy ungdomsråd.", "Leon (17)"), .from = "ungdomsradet@ulvoy.kommune.no", .from_name = "Ungdomsrådet" } },
	{ "Ulvøy kommune", { SAYS("Ulvøy kommune har spurt Ulvøy ungdomsråd.", "Kari Berg\nrådgiver"), KARI("kari.berg@ulvoy.kommune.no") } },
	{ "Gjøvik kommune", { BARE("Kari Berg\nkultursjef"), KARI("kari.berg@gjovik.kommune.no") } },
	{ "Kari Berg", { BARE("Kari Berg"), .from = "kb@breifiber.no", .from_name = "Sokneprest Kari Berg" } },
	{ "Kari Berg", { BARE("Kari Berg"), .from = "kb@breifiber.no", .from_name = "Dr. Kari Berg" } },
};

/* The house above the name of who signs, under a closing no list has; and what only stands there. */
#define ASIDE(lines) SUBJECT, .body = PROSE "\n\nGod fiskelykke\n" lines
static const struct one above[] = {
	{ "Ulvøy turlag", { ASIDE("Ulvøy turlag\nv/ Kari Berg"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { ASIDE("\nUlvøy turlag\n\nv/ Kari Berg"), KARI("kari@gmail.com") } },
	{ "Ulvøy turlag", { BARE("Ulvøy turlag\nv/Kari Berg"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy Turlag", { ASIDE("Ulvøy Turlag\nv/ leder Kari Berg"), KARI("kari@gmail.com") } },
	{ "Ulvøy turlag", { ASIDE("Ulvøy turlag\nKari Berg\nkasserer"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { ASIDE("Ulvøy turlag\nKari Berg"), KARI("kari@gmail.com") } },
	{ "Ulvøy turlag", { ASIDE("\nUlvøy turlag\n\nKari Berg\n\nkasserer"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { BARE("For turlaget:\nUlvøy turlag\nKari Berg\nkasserer"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { BARE("På vegne av\nUlvøy turlag\nKari Berg"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { ASIDE("Kari Berg (kasserer)\nUlvøy turlag"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { SIGNED("Kari Berg (vedhogger)\nUlvøy turlag\nkari@kystfolk.no"), KARI("kari@kystfolk.no") } },
	{ "Ulvøy turlag", { SIGNED("Kari Berg (leder, Ulvøy turlag)"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { ASIDE("Takk for meg\nKari Berg"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { ASIDE("Lykke til videre\nKari Berg"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { BARE("På vegne av\nKari Berg"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { BARE("On behalf of\nKari Berg\nUlvøy"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { SIGNED("Kari Berg (pensjonist)"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { SIGNED("Kari Berg\n\nSkrevet med kalde fingre"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { SIGNED("Kari Berg\ntlf. 51 00 00 00\n\nStavet av katten."), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { SIGNED("Kari Berg\n\nRing meg på fjøset"), KARI("kari@kystfolk.no") } },
	{ "Kari Berg", { SAYS("Adressen er jobbens, men meningen er min egen.", "Kari Berg\nrådgiver"), KARI("kari.berg@ulvoy.kommune.no") } },
	{ "Gjøvik kommune", { SAYS("Vi gir til kjenne vår mening her.", "Kari Berg\nrådgiver"), KARI("kari.berg@gjovik.kommune.no") } },
};

/* The ministry's people pass it on to each other until it is where it belongs; who wrote it answers. */
#define CLERK .from = "ola.vik@hod.dep.no", .from_name = "Ola Vik"
#define HEAD(from, to, subject) "\n\nFra: " from "\nSendt: 10. mai 2022 12:00\nTil: " to "\nEmne: " subject "\n\n"
#define KARIS "Kari Berg <kari@kystfolk.no>"
#define OLAS "Ola Vik <ola.vik@hod.dep.no>"
#define PERS "Per Dahl <per.dahl@hod.dep.no>"
#define JONS "Jon Moe <jon.moe@aid.dep.no>"
static const struct one inside[] = {
	{ "Kari Berg", { CLERK, .subject = "VS: Svar 21/4593", .body = "Legges inn.\nOla" HEAD(KARIS, OLAS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg" } },
	{ "Kari Berg", { CLERK, .subject = "VS: VS: Svar 21/4593", .body = "Legges inn.\nOla" HEAD(PERS, OLAS, "VS: Svar 21/4593") "Til deg.\nPer"
	    HEAD(KARIS, PERS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg" } },
	{ "Kari Berg", { CLERK, .subject = "VS: Svar 21/4593", .body = "" HEAD(PERS, OLAS, "VS: Svar 21/4593") "Til deg.\nPer"
	    HEAD(KARIS, PERS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg" } },
	{ "Kari Berg", { CLERK, .subject = "VS: VS: Svar 21/4593", .body = "Legges inn.\nOla" HEAD(JONS, OLAS, "VS: Svar 21/4593") "Feil hus.\nJon"
	    HEAD(KARIS, JONS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg" } },
	{ "Kari Berg", { CLERK, .subject = "VS: VS: VS: Svar 21/4593", .body = "Legges inn.\nOla" HEAD(JONS, OLAS, "VS: VS: Svar 21/4593") "Jon"
	    HEAD(PERS, JONS, "VS: Svar 21/4593") "Per" HEAD(KARIS, PERS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg" } },
	{ "Ulvøy turlag", { CLERK, .subject = "VS: VS: Svar 21/4593", .body = "Legges inn.\nOla" HEAD(PERS, OLAS, "VS: Svar 21/4593") "Til deg.\nPer"
	    HEAD(KARIS, PERS, "Svar 21/4593") PROSE "\n\nHilsen\nKari Berg\nUlvøy turlag" } },
	/* below an answer stands what it answers, whoever passed that on */
	{ "Kari Berg", { KARI("kari@kystfolk.no"), .subject = "SV: Svar 21/4593", .body = PROSE "\n\nHilsen\nKari Berg" HEAD(PERS, KARIS, "SV: Spørsmål")
	    "Ja, det kan dere.\nPer" HEAD("Liv Ås <liv@fjell.no>", PERS, "Spørsmål") "Kan vi svare her?\nLiv" } },
	{ "Kari Berg", { KARI("kari@kystfolk.no"), .subject = "SV: VS: Plan 21/4593", .body = PROSE "\n\nHilsen\nKari Berg" HEAD(PERS, KARIS, "VS: Plan 21/4593")
	    "Se under.\nPer" HEAD("Liv Ås <liv@fjell.no>", PERS, "Plan 21/4593") "Vi mener planen er god.\nLiv" } },
	{ "Kari Berg", { .from = "liv@kystfolk.no", .from_name = "Liv Ås", .subject = "VS: Svar 21/4593", .body = "Se under.\nLiv" HEAD(KARIS, "Liv Ås <liv@kystfolk.no>", "Svar 21/4593")
	    PROSE "\n\nHilsen\nKari Berg" } },
};

/* The branch answers where the branch writes; the whole where only it is spoken of as a part. */
static const struct one branches[] = {
	{ "NHO Nordland", { .subject = "NHO Nordland", .body = "I NHO Nordland har vi sett på planen. " PROSE "\n\nKari Berg\nregiondirektør", KARI("kari@nho-nord.no") } },
	{ "NHO Nordland", { .subject = "Svar fra NHO Nordland, 21/4593", .body = PROSE "\n\nKari Berg\nregiondirektør", KARI("kari@nho.no") } },
	{ "LO Vestland", { SAYS("LO Vestland mener at planen er god. LO har sagt det før.", "Kari Berg\nregionleder"), KARI("kari@lo.no") } },
	{ "KS Agder", { SIGNED("Kari Berg\nKS Agder"), KARI("kari@ks.no") } },
	{ "Sund Bondelag", { SAYS("Bondelaget er opptatt av dette.", "Kari Berg\nleder\nSund Bondelag"), KARI("kari@bondelaget.no") } },
	{ "Sund Bondelag", { SAYS("Bondelaget er opptatt av dette.", "Sund Bondelag\nv/ Kari Berg"), KARI("kari@gmail.com") } },
	{ "Naturvernforbundet i Sund", { SAYS("Naturvernforbundet er opptatt av dette.", "Kari Berg\nNaturvernforbundet i Sund"), KARI("kari@naturvernforbundet.no") } },
	{ "Norsk Sykepleierforbund Agder", { SIGNED("Kari Berg\nfylkesleder\nNorsk Sykepleierforbund Agder"), KARI("kari@nsf.no") } },
	{ "NSF Agder", { SAYS("I NSF Agder er vi 5 000 medlemmer.", "Kari Berg\nfylkesleder\nNSF Agder"), KARI("kari@nsf.no") } },
	{ "Utdanningsforbundet Sund", { SAYS("Utdanningsforbundet støtter planen.", "Kari Berg\nUtdanningsforbundet Sund"), KARI("kari@udf.no") } },
	{ "Fagforbundet Sund", { .subject = "Fagforbundet Sund: svar 21/4593", .body = PROSE "\n\nKari Berg\nleder", KARI("kari@fagforbundet.no") } },
	{ "NHO", { SAYS("NHO Nordland har gitt innspill til oss.", "Kari Berg\nfagsjef\nNHO"), KARI("kari@nho.no") } },
	{ "NHO", { .subject = "NHO: svar 21/4593", .body = PROSE "\n\nKari Berg\nfagsjef\nNHO", KARI("kari@nho.no") } },
	{ "Norsk Sykepleierforbund", { SAYS("Våre medlemmer i NSF Agder har erfart det.", "Kari Berg\nfagsjef\nNorsk Sykepleierforbund"), KARI("kari@nsf.no") } },
	{ "Norges Bondelag", { SAYS("Sund Bondelag har skrevet om dette.", "Kari Berg\nNorges Bondelag"), KARI("kari@bondelaget.no") } },
	{ "Norsk Sykepleierforbund", { SAYS("NSF støtter planen.", "Kari Berg\nNorsk Sykepleierforbund NSF"), KARI("kari@nsf.no") } },
	{ "NHO", { .subject = "Høringssvar fra NHO 21/4593", .body = PROSE "\n\nKari Berg\nfagsjef", KARI("kari@nho.no") } },
};

/* What ends like a house's name and is none: a form letter that speaks of it so has as many responders as senders. */
static void
test_no_house(void)
{
	static const char *const says[] = { "Lovforslaget behandler fjordene som industritomter. Vi krever et vern.", "Framlegget går imot det som er lova. Elva må vernast.",
		"Kunnskapsgrunnlaget er for svakt. Vent med loven." };
	size_t i;

	for (i = 0; i < sizeof says / sizeof says[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar", .from_name = "Hedda Flatås", .from = "hedda@epostkassa.no",
		    .body = says[i] });

		check(strcmp(v->responder, "Hedda Flatås") == 0, "no-house", "%s: %s", v->responder, says[i]);
	}
}

int
main(void)
{
	test_no_house();
	try_all("signature", signatures, sizeof signatures / sizeof signatures[0]);
	try_all("work", work, sizeof work / sizeof work[0]);
	try_all("subject", subjects, sizeof subjects / sizeof subjects[0]);
	try_all("full", full, sizeof full / sizeof full[0]);
	try_all("told", told, sizeof told / sizeof told[0]);
	try_all("inside the house", inside, sizeof inside / sizeof inside[0]);
	try_all("branches", branches, sizeof branches / sizeof branches[0]);
	try_all("above", above, sizeof above / sizeof above[0]);
	try_all("lines", lines, sizeof lines / sizeof lines[0]);
	try_all("sent for another", sent_for, sizeof sent_for / sizeof sent_for[0]);
	try_all("as a person", as_person, sizeof as_person / sizeof as_person[0]);
	try_all("where she is", there, sizeof there / sizeof there[0]);
	fixture_forget();
	return check_status();
}
