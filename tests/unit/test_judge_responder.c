/* One responder however it is spelt, two that only look alike, and names that could be a person's. */
#include <stdio.h>
#include <string.h>

#include "base/domain.h"
#include "tests/unit/judge_fixture.h"

#define PROSE "Planen bør ta inn de som bor lengst unna, og midlene må følge oppgavene. Fristene er satt for kort, og vi ber om at de " \
	"vurderes på nytt. Erfaringene våre fra de siste årene er gode, og vi deler dem gjerne med departementet. "
#define SIGNED(lines) .subject = "Høringssvar 21/4593", .body = PROSE "\n\nMed hilsen\n" lines

/* --- spellings ----------------------------------------------------------------------------------------------------- */

static const struct { const char *name; int same; struct mail a, b; } pairs[] = {
	{ "short and long name", 1, { SIGNED("Kari Berg\nKS"), .from = "kari@ks.no" }, { SIGNED("Kari Berg\nKommunesektorens organisasjon"), .from = "kari@ks.no" } },
	{ "both names in one", 1, { SIGNED("Kari Berg\nKS – Kommunesektorens organisasjon"), .from = "kari@ks.no" }, { SIGNED("Kari Berg\nKS"), .from = "ola@ks.no" } },
	{ "bracket behind", 1, { SIGNED("Kari Berg\nFjordfolkets forbund (FFB)"), .from = "a@fjordfolk.no" }, { SIGNED("Ola Li\nFjordfolkets forbund"), .from = "b@fjordfolk.no" } },
	{ "capitals, double a", 1, { SIGNED("Kari Berg\nrådgiver\nÅlund kommune"), .from = "a@alund.kommune.no" }, { SIGNED("Ola Li\nrådgiver\nAALUND KOMMUNE"), .from = "b@alund.kommune.no" } },
	{ "name and house on one line", 1, { SIGNED("Kari Berg, Mestringshuset Nord"), .from = "a@mestring.no", .from_name = "Kari Berg" },
	  { SIGNED("Ola Li\nleder\nMestringshuset Nord"), .from = "b@mestring.no" } },
	{ "represented by", 1, { SIGNED("Storvik kommune v/ Kari Berg"), .from = "a@storvik.kommune.no" }, { SIGNED("Ola Li\nrådgiver\nStorvik kommune"), .from = "b@storvik.kommune.no" } },
	{ "district of a town", 1, { SIGNED("Kari Berg\nleder\nStorby kommune, Bydel Elva"), .from = "a@gmail.com" }, { SIGNED("Ola Li\nleder\nBydel Elva"), .from = "b@gmail.com" } },
	{ "a part of the house signs", 1, { SIGNED("Kari Berg\nUlvøy kommune, oppvekst"), .from = "a@ulvoy.kommune.no" }, { SIGNED("Ola Li\nUlvøy kommune"), .from = "b@ulvoy.kommune.no" } },
	{ "the town and its district", 0, { SIGNED("Kari Berg\nleder\nStorby kommune"), .from = "a@storby.kommune.no" }, { SIGNED("Ola Li\nleder\nBydel Elva"), .from = "b@storby.kommune.no" } },
	{ "slip in what it is", 1, { SIGNED("Kari Berg\nleder\nNorsk Sykepleierforbudn"), .from = "a@gmail.com" }, { SIGNED("Ola Li\nleder\nNorsk Sykepleierforbund"), .from = "b@gmail.com" } },
	{ "slip in a place, from its own domain", 1, { SIGNED("Kari Berg\nleder\nKristinsund kommune"), .from = "a@kristiansund.kommune.no" },
	    { SIGNED("Ola Li\nleder\nKristiansund kommune"), .from = "b@kristiansund.kommune.no" } },
	{ "a letter makes another town", 0, { SIGNED("Kari Berg\nleder\nKristiansand kommune"), .from = "a@kristiansand.kommune.no" },
	    { SIGNED("Ola Li\nleder\nKristiansund kommune"), .from = "b@kristiansund.kommune.no" } },
	{ "a letter makes another town, without domain", 0, { SIGNED("Kari Berg\nleder\nKristiansand kommune"), .from = "a@gmail.com" },
	    { SIGNED("Ola Li\nleder\nKristiansund kommune"), .from = "b@gmail.com" } },
	{ "two towns of one name", 0, { SIGNED("Kari Berg\nleder\nHerøy kommune"), .from = "a@heroy.kommune.no" },
	    { SIGNED("Ola Li\nleder\nHerøy kommune"), .from = "b@heroy-no.kommune.no" } },
	{ "one of them twice", 1, { SIGNED("Kari Berg\nleder\nHerøy kommune"), .from = "a@heroy.kommune.no" }, { SIGNED("Ola Li\nleder\nHerøy kommune"), .from = "b@heroy.kommune.no" } },
	{ "two towns told apart by a bracket", 0, { SIGNED("Kari Berg\nleder\nVåler kommune (Østfold)"), .from = "a@gmail.com" },
	    { SIGNED("Ola Li\nleder\nVåler kommune (Innlandet)"), .from = "b@gmail.com" } },
	{ "two persons of one name", 0, { SIGNED("Kari Berg"), .from = "kari@gmail.com", .from_name = "Kari Berg" }, { SIGNED("Kari Berg"), .from = "kb@hotmail.com", .from_name = "Kari Berg" } },
};

static void
test_pairs(void)
{
	size_t i;

	for (i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		const struct verdict *a = fixture_judge(&pairs[i].a), *b = fixture_judge(&pairs[i].b);

		check((strcmp(a->responder_key, b->responder_key) == 0) == pairs[i].same, pairs[i].name, "%s and %s", a->responder_key, b->responder_key);
	}
}

/* --- houses with a person's name ------------------------------------------------------------------------------------ */

static const struct { const char *want; struct mail m; } signers[] = {
	{ "Havna Musikkteater", { SIGNED("Kari Berg\ndaglig leder\nHavna Musikkteater"), .from = "post@hmt.no", .from_name = "Kari Berg" } },
	{ "Havna Musikkteater", { SIGNED("Havna Musikkteater\n\nKari Berg\ndaglig leder"), .from = "post@hmt.no", .from_name = "Kari Berg" } },
	{ "Havna Musikkteater", { SIGNED("Kari Berg | daglig leder | Havna Musikkteater"), .from = "post@hmt.no", .from_name = "Kari Berg" } },
	{ "Havna Musikkteater", { SIGNED("for Havna Musikkteater\n\nKari Berg"), .from = "kari.berg@hmt.no" } },
	{ "Natur og Fjell", { SIGNED("Kari Berg\nleder\nNatur og Fjell"), .from = "post@nof.no", .from_name = "Kari Berg" } },
	{ "Riksmarkvaren", { SIGNED("Kari Berg\nrådgiver\nRiksmarkvaren"), .from = "post@riksmarkvaren.no", .from_name = "Kari Berg" } },
	/* two who sign for one house */
	{ "Storvik kommune", { SIGNED("Kari Berg\nordfører\n\nOla Dahl\nkommunedirektør\n\nStorvik kommune"), .from = "post@storvik.kommune.no" } },
	{ "Storvik kommune", { SIGNED("Kari Berg\nfor Ola Dahl\nkommunedirektør\nStorvik kommune"), .from = "kari.berg@storvik.kommune.no", .from_name = "Kari Berg" } },
	/* what stands between bars, behind a comma and in brackets */
	{ "Ulvøy elveråd", { SIGNED("Kari Berg | leder\nUlvøy elveråd | 51 00 00 00"), .from = "kari@elvene.no", .from_name = "Kari Berg" } },
	{ "Elvenemnda for Sunddalen", { SIGNED("Kari Berg\nseksjonssjef, Elvenemnda for Sunddalen"), .from = "kari@elvene.no", .from_name = "Kari Berg" } },
	{ "Havna Musikkteater", { SIGNED("Havna Musikkteater\n\nKari Berg (sign.)\nrådgiver"), .from = "kari@hmt.no", .from_name = "Kari Berg" } },
	{ "Storvik kommune", { SIGNED("Kari Berg"), .from = "post@storvik.kommune.no", .from_name = "Postmottak Storvik kommune" } },
	/* a person, whatever the signature looks like */
	{ "Kari Berg", { SIGNED("Kari Berg"), .from = "kari@gmail.com", .from_name = "Kari Berg" } },
	{ "Kari Berg", { SIGNED("Ola Dahl\nKari Berg"), .from = "kari@gmail.com", .from_name = "Kari Berg" } },
};

static void
test_signers(void)
{
	size_t i;

	for (i = 0; i < sizeof signers / sizeof signers[0]; i++) {
		const struct verdict *v = fixture_judge(&signers[i].m);

		check(strcmp(v->responder, signers[i].want) == 0, "signer", "%zu: want %s, got %s", i, signers[i].want, v->responder);
	}
}

/* --- classes -------------------------------------------------------------------------------------------------------- */

/* The body's own word tells, not the matter it is for. */
static void
test_classes(void)
{
	static const struct { const char *name, *class; } cases[] = {
		{ "Forbundet for psykisk helse i fengsel", "organisasjon" }, { "Nettverket for kystens barn", "organisasjon" },
		{ "Rådet for fyr og flagg", "organisasjon" }, { "Kystforskningsrådet", "etat" }, { "Vegverket", "etat" }, { "Helse Solsida", "etat" },
		{ "Mental Helse Ulvøy", "organisasjon" }, { "Ulvøy eldreråd", "kommune" }, { "Ulvøy fylkeskommune", "fylkeskommune" },
		{ "Statsforvalteren i Ulvøy og Sund", "etat" }, { "Sund lokallag av Havets venner", "organisasjon" }, { "Spekter Sund", "arbeidsgiverorganisasjon" },
		{ "Norsk Sjøpilotforbund", "organisasjon" }, { "Fagforbundet Sund", "arbeidstakerorganisasjon" }, { "Barne- og fiskeridepartementet", "departement" },
		{ "Ulvøy Kystkultur AS", "virksomhet" },
		{ "Ulvøy Ferje ASA", "virksomhet" }, { "A/S Ulvøy Ferje", "virksomhet" }, { "Ulvøy Ferje NUF", "virksomhet" }, { "Ulvøy Ferje as", "virksomhet" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char                  subject[200];
		const struct verdict *v;

		(void)snprintf(subject, sizeof subject, "Høringssvar fra %s", cases[i].name);
		v = fixture_judge(&(struct mail){ .subject = subject, .from = "post@ulv.no", .from_name = cases[i].name, .body = PROSE });
		check(strcmp(v->responder, cases[i].name) == 0 && strcmp(v->responder_class, cases[i].class) == 0, "class", "%s: %s, %s", cases[i].name, v->responder,
		    v->responder_class);
	}
}

/* A footer and a sentence below a closing are nobody. */
static void
test_no_names(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg", .body = "Se vedlegg.",
		.document = PROSE "\n\nMed hilsen\nKari Berg\nDersom havnerådet skal fungere, må alle få si sitt.\nSund havneråd Side 2 av 2\n", .document_name = "a.pdf" });
	size_t                i;

	for (i = 0; i < v->n_evidence; i++)
		check(strstr(v->evidence[i].value, "Side 2") == NULL && strstr(v->evidence[i].value, "Dersom") == NULL, "no-name", "taken for a name: %s",
		    v->evidence[i].value);
}

/* --- several together ----------------------------------------------------------------------------------------------- */

static unsigned
told_with(const struct verdict *v, const char *name)
{
	unsigned n = 0;
	size_t   i;

	for (i = 0; i < v->n_evidence; i++)
		n += strcmp(v->evidence[i].rule, "joint-answer") == 0 && strcmp(v->evidence[i].value, name) == 0;
	return n;
}

static void
test_together(void)
{
	static const struct { const char *want, *with[3]; struct mail m; } cases[] = {
		{ "Ulvøy kommune", { "Sund kommune", "Voksne for Barn" }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "På vegne av Ulvøy kommune, Sund kommune og Voksne for Barn oversendes dette. " PROSE } },
		{ "Sund kommune", { "Ulvøy kommune", "KS – Kommunesektorens organisasjon" }, { .subject = "Høringssvar", .from = "post@sund.kommune.no",
		    .body = "Felles høringssvar fra Ulvøy kommune, Sund kommune og KS.\n\n" PROSE "\n\nMed hilsen\nKari Berg\nSund kommune" } },
		{ "Norsk Sykepleierforbund", { "Fagforbundet" }, { .subject = "Høringssvar fra Norsk Sykepleierforbund og Fagforbundet", .from = "a@nsf.no", .body = PROSE } },
		/* said in prose, listed, or by signatures */
		{ "Ulvøy kommune", { "Sund kommune", "Voksne for Barn" }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "Ulvøy kommune, Sund kommune og Voksne for Barn avgir med dette felles uttalelse. " PROSE } },
		{ "Fagforbundet", { "Norsk Sykepleierforbund", "Delta" }, { .subject = "Innspill", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Vedlagt følger felles høringsuttalelse fra Norsk Sykepleierforbund, Fagforbundet og Delta.", .document = PROSE, .document_name = "a.pdf" } },
		{ "Fagforbundet", { "Norsk Sykepleierforbund", "Voksne for Barn" }, { .subject = "Høringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Se vedlegg.", .document_name = "a.pdf", .document = "Felles uttalelse fra:\n- Fagforbundet\n- Norsk Sykepleierforbund\n- Voksne for Barn v/ Kari Berg\n\n" PROSE } },
		{ "Fagforbundet", { "Norsk Sykepleierforbund", "Ulvøy kommune" }, { .subject = "Høyringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Med dette avgir Fagforbundet, Norsk Sykepleierforbund og Ulvøy kommune felles fråsegn. " PROSE } },
		{ "Fagforbundet", { "Norsk Sykepleierforbund" }, { .subject = "Felles høringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Se vedlegg.", .document_name = "a.pdf", .document = "Høring\n\n" PROSE "\n\nMed hilsen\n\nKari Berg\nFagforbundet\n\nOla Dahl\n"
		    "Norsk Sykepleierforbund\n\nKopi til:\nVoksne for Barn\n" } },
		{ "Ulvøy kommune", { "Sund kommune" }, { .subject = "Consultation response", .from = "post@ulvoy.kommune.no", .from_name = "Ulvøy kommune",
		    .body = "Ulvøy kommune and Sund kommune hereby submit this joint response. " PROSE } },
		/* places that share the word that says what they are */
		{ "Ulvøy kommune", { "Sund kommune", "Bjerk kommune" }, { .subject = "Høringssvar 21/4593", .from = "post@ulvoy.kommune.no", .from_name = "Kari Berg",
		    .body = "På vegne av kommunene Ulvøy, Sund og Bjerk sendes dette. " PROSE } },
		{ "Ulvøy kommune", { "Sund kommune", "Bjerk kommune" }, { .subject = "Høringssvar 21/4593", .from = "post@ulvoy.kommune.no", .from_name = "Kari Berg",
		    .body = "Kommunene Ulvøy, Sund og Bjerk avgir med dette felles uttalelse. " PROSE } },
		{ "Ulvøy kommune", { "Sund kommune" }, { .subject = "Felles høyringssvar frå Ulvøy og Sund kommunar", .from = "post@ulvoy.kommune.no", .from_name = "Kari Berg", .body = PROSE } },
		/* behind "på vegne av", where they say that they answer together */
		{ "Ulvøy mållag", { "Norsk Dukkevern" }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "På vegne av Ulvøy mållag og Norsk Dukkevern sender jeg felles uttalelse. " PROSE } },
		{ "Fagforbundet", { "Voksne for Barn" }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "På vegne av Fagforbundet og Voksne for Barn sender jeg felles uttalelse. " PROSE } },
		{ "Ulvøy mållag", { "Bjerk bygdelag" }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "Jeg sender på vegne av Ulvøy mållag og Bjerk bygdelag en felles uttalelse. " PROSE } },
		{ "Lys og Ungdom", { NULL }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "På vegne av Lys og Ungdom sender jeg felles uttalelse. " PROSE } },
		{ "Landslaget for mat og helse", { NULL }, { .subject = "Høringssvar", .from = "kari@gmail.com", .from_name = "Kari Berg",
		    .body = "På vegne av Landslaget for mat og helse sender jeg felles uttalelse. " PROSE } },
		/* endorsed, copied, or one house with its unit */
		{ "Fagforbundet", { NULL }, { .subject = "Høringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Vi slutter oss til felles uttalelse fra Norsk Sykepleierforbund, Voksne for Barn og Ulvøy kommune. " PROSE } },
		{ "Fagforbundet", { NULL }, { .subject = "Høringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = PROSE "\n\nMed hilsen\nKari Berg\nFagforbundet\n\nKopi til: Norsk Sykepleierforbund, Voksne for Barn og Ulvøy kommune\n" } },
		{ "Fagforbundet", { NULL }, { .subject = "Høringssvar", .from = "post@fagforbundet.no", .from_name = "Fagforbundet",
		    .body = "Ulvøy kommune, Sund kommune og Voksne for Barn har hatt felles møter om saken. " PROSE } },
		/* one house, and words that are none */
		{ "Ulvøy kommune", { NULL }, { .subject = "Høringssvar", .from = "kari@gmail.com", .body = "På vegne av Ulvøy kommune, Sentrum, sendes dette. " PROSE } },
	};
	size_t i, k, told;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&cases[i].m);

		check(strcmp(v->responder, cases[i].want) == 0, "together", "%zu: want %s, got %s", i, cases[i].want, v->responder);
		for (k = 0; k < 3 && cases[i].with[k] != NULL; k++)
			check(told_with(v, cases[i].with[k]) > 0, "together-with", "%zu: %s is not told", i, cases[i].with[k]);
		for (told = 0; cases[i].with[0] != NULL && told < v->n_evidence; told++) {	/* and nobody else */
			for (k = 0; k < 3 && cases[i].with[k] != NULL && strcmp(cases[i].with[k], v->evidence[told].value) != 0; k++)
				;
			check(strcmp(v->evidence[told].rule, "joint-answer") != 0 || (k < 3 && cases[i].with[k] != NULL), "together-else", "%zu: %s", i, v->evidence[told].value);
		}
		for (told = 0; told < v->n_evidence; told++)
			check(cases[i].with[0] != NULL || strcmp(v->evidence[told].rule, "joint-answer") != 0, "alone", "%zu: %s", i, v->evidence[told].value);
	}
}

/* --- houses known by a name in the mail that their domain is made of ----------------------------------------------------- */

#define KARI(lines) "\n\nMed hilsen\nKari Berg" lines
#define FROM(address) .from = address, .from_name = "Kari Berg"

static const struct { const char *want, *class; int asks; struct mail m; } named[] = {
	/* name and work, and the house only in the text, the subject, a file's name or what is attached */
	{ "Fjordvern", "organisasjon", 0, { .subject = "Høringssvar 21/4593", FROM("kari.berg@fjordvern.no"), .body = "Fjordvern mener at planen er god. " PROSE KARI("\nseniorrådgiver") } },
	{ "Redningsbøya", "organisasjon", 0, { .subject = "Redningsbøyas høringssvar 21/4593", FROM("kari.berg@redningsboya.no"), .body = PROSE KARI("\nfagsjef") } },
	{ "Små Skuter", "organisasjon", 0, { .subject = "Små Skuters innspill 21/4593", FROM("kari@smaskuter.no"), .body = PROSE KARI("\nleder") } },
	{ "Havbris", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@havbris.no"), .body = "Vi i Havbris vet hva det koster. " PROSE KARI("") } },
	{ "Nordlysvakta", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@nordlysvakta.no"), .body = "Se vedlegg.\n\nKari", .document_name = "svar.pdf",
	    .document = "Nordlysvakta\n\n" PROSE } },
	{ "Nordlysvakta", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@nordlysvakta.no"), .body = "Se vedlegg.\n\nKari", .document_name = "Innspill_Nordlysvakta_endelig.pdf",
	    .document = PROSE } },
	/* a municipality is what its domain says; without its letters when nobody writes them */
	{ "Ulvøy kommune", "kommune", 0, { .subject = "Svar 21/4593", FROM("kari.berg@ulvoy.kommune.no"), .body = "Det er få fastleger i Ulvøy. " PROSE KARI("\nhelsesjef") } },
	{ "Ulvoy kommune", "kommune", 0, { .subject = "Svar 21/4593", FROM("kari.berg@ulvoy.kommune.no"), .body = PROSE KARI("\nrådgjevar") } },
	{ "Sund eldreråd", "kommune", 0, { .subject = "Svar 21/4593", FROM("kari.berg@sund.kommune.no"), .body = PROSE KARI("\nleder\nSund eldreråd") } },
	/* letters of the name are the domain's */
	{ "Viksund fylkeskommune", "fylkeskommune", 0, { .subject = "Svar 21/4593", FROM("kari@vsfk.no"), .body = "1. Viksund fylkeskommune er samd i planen. " PROSE KARI("\nfylkesdirektør") } },
	{ "Kystbyggdirektoratet", "etat", 0, { .subject = "Kystbyggdirektoratets høringssvar", FROM("kari@kbdir.no"), .body = "Se 21/4593. " PROSE KARI("\nseniorrådgiver") } },
	{ "Norges Skogvernforbund", "organisasjon", 0, { .subject = "NSVF om 21/4593", FROM("kari@nsvf.no"), .body = "NSVF støtter planen. " PROSE KARI("\nleder\nNorges Skogvernforbund") } },
	{ "Fjellkirkens råd i Sund", "etat", 0, { .subject = "Svar 21/4593", FROM("kari@frs.no"), .body = "Fjellkirkens råd i Sund takker. " PROSE KARI("\ndaglig leder") } },
	/* behind "frå" in the subject, signed by a first name, "for" whom */
	{ "Sund mållag", "organisasjon", 0, { .subject = "Høyring 21/4593 - innspel frå Sund mållag", FROM("kari@smaal.no"), .body = PROSE KARI("\nleiar") } },
	{ "Havlys kystlag", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@kystens.no"), .body = PROSE "\n\nKari\nHavlys kystlag" } },
	{ "Havlys kystlag", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@kystens.no"), .body = PROSE "\n\nKari Berg for Havlys kystlag" } },
	/* what is not part of the name */
	{ "Språknemnda", "etat", 0, { SIGNED("Kari Berg\nrådgiver\nSpråknemnda – Sjøgata 1 B, Sund"), FROM("kari@spraknemnda.no") } },
	{ "Norsk Sjøforbund", "organisasjon", 0, { SIGNED("Kari Berg\nrådgiver\nNorsk Sjøforbund - Havets egen stemme"), FROM("kari@nsjo.no") } },
	{ "Norsk institutt for tang", "etat", 0, { SIGNED("Kari Berg\nforsker\nNorsk institutt for tang (NIFT)"), FROM("kari@nift.no") } },
	{ "Sund Kraftlag SA", "organisasjon", 0, { .subject = "Høringssvar fra Sund Kraftlag 21/4593", FROM("kari@sundkraftlag.no"), .body = PROSE KARI("\nleder\nSund Kraftlag SA") } },
	{ "Ulvøy kommune, oppvekst", "kommune", 0, { SIGNED("Kari Berg\nUlvøy kommune, oppvekst"), FROM("kari@ulvoy.kommune.no") } },
	{ "Ulvøy kommune", "kommune", 0, { SIGNED("Kari Berg\nUlvøy kommune, Sund"), FROM("kari@ulvoy.kommune.no") } },
	/* a family's name that is a word as well */
	{ "Norges Rundballelag", "organisasjon", 0, { SIGNED("Inga Solberg Råd\nleiar, Norges Rundballelag"), .from = "inga.solberg.rad@nrbl.no", .from_name = "Inga Solberg Råd" } },
	/* passed on by a colleague, whose program leaves addresses out */
	{ "Havnevakta", "organisasjon", 0, { .subject = "VS: Høring 21/4593", FROM("kari@havnevakta.no"), .body = "Her er svaret.\n\nKari\n\nFra: Ola Dahl\nSendt: 10. mai 2022 14:12\n"
	    "Til: Kari Berg\nEmne: Høring 21/4593\n\nHavnevakta mener at planen må på plass. " PROSE } },
	/* the short name in the text, the whole one below it */
	{ "Norsk Snekkerforening", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@snekkerforeningen.no"), .body = "Snekkerforeningen viser til 21/4593. " PROSE KARI("\nfagsjef\nNorsk Snekkerforening") } },
	{ "Norsk Båtbyggerforening", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@batbygger.no"), .body = "Norsk Båtbyggerforening har dette å si. " PROSE KARI("\nNorsk Båtbyggerforening") } },
	{ "Norges Blå Ring", "organisasjon", 0, { .subject = "Svar 21/4593", FROM("kari@blaring.no"), .body = "Norges Blå Ring har tro på det. " PROSE KARI("\nrådgiver\nNorges Blå Ring") } },
	/* who signs, from the domain of another body that is invited; the holder where nobody else is named */
	{ "Ulvøy tingrett", "etat", 0, { SIGNED("Kari Berg\nsorenskriver\nUlvøy tingrett"), FROM("kari.berg@kyrett.no") } },
	{ "Fjordane jordskifterett", "etat", 0, { SIGNED("Kari Berg\nFjordane jordskifterett"), FROM("kari.berg@kystrettenes.no") } },
	{ "Kystrettenes administrasjon", "organisasjon", 0, { SIGNED("Kari Berg\navdelingsdirektør"), FROM("kari.berg@kystrettenes.no") } },
	{ "Ulvøy ungdomsråd", "kommune", 0, { .subject = "Svar 21/4593", FROM("kari@ulvoy.kommune.no"), .body = "Ulvøy kommune bør høre på oss. " PROSE KARI("\nleiar\nUlvøy ungdomsråd") } },
	/* the only one who is invited from this domain; neither a person without work there, nor one of several who share it */
	{ "Kystkvinners Hjelpelag", "organisasjon", 0, { SIGNED("Kari Berg\nfagsjef"), FROM("kari.berg@kysthjelpen.no") } },
	{ "Havnas Kraftlag", "organisasjon", 0, { .subject = "HKL: svar 21/4593", FROM("kari@hkl.no"), .body = "HKL viser til 21/4593. " PROSE KARI("\ndagleg leiar\nHKL") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari.berg@kysthjelpen.no"), .body = "Jeg er mot. " PROSE KARI("") } },
	{ "Kari Berg", "privatperson", 1, { SIGNED("Kari Berg\nrådgiver"), FROM("kari.berg@kyrett.no") } },
	/* two languages, a board, a device */
	{ "Røyrsund kommune", "kommune", 0, { SIGNED("Kari Berg\nrådgiver\nRøyrsund kommune / Raerien tjïelte"), FROM("kari@royrsund.no") } },
	{ "Røyrsund kommune", "kommune", 0, { SIGNED("Kari Berg\nrådgiver\nRaerien tjïelte – Røyrsund kommune"), FROM("kari@royrsund.no") } },
	{ "Sametinget", "etat", 0, { SIGNED("Kari Berg\nrådgiver\nSámediggi / Sametinget"), FROM("kari@samedi.no") } },
	{ "Fjordfolkets forbund", "organisasjon", 0, { SIGNED("Kari Berg\nHovedstyret i Fjordfolkets forbund"), FROM("kari@gmail.com") } },
	{ "Kari Berg", "privatperson", 0, { SIGNED("Kari Berg\nHentet fra Outlook for iOS"), FROM("kari@sund.no") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari@sund.no"), .body = PROSE "\n\nKari\nSent from my Samsung Galaxy S21" } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari@sund.no"), .body = PROSE "\n\nKari\nSkrive på min iPad" } },
	{ "Kari Berg", "privatperson", 0, { SIGNED("Kari Berg\nOutlook for Android Mobil"), FROM("kari@sund.no") } },
	/* nobody's house: the family's own domain, a name by its initials, a neighbour, a place, anybody's address */
	{ "Kari Bergli", "privatperson", 0, { .subject = "Svar 21/4593", .from = "kari@bergli.no", .from_name = "Kari Bergli", .body = "Vi på Bergli er glade. " PROSE "\n\nHilsen\nKari Bergli" } },
	{ "Kari Bergli", "privatperson", 0, { .subject = "Svar 21/4593", .from = "kari@karibergli.no", .from_name = "Kari Bergli", .body = PROSE "\n\nHilsen\nKari Bergli" } },
	{ "Kari Berg", "privatperson", 1, { .subject = "Svar 21/4593", FROM("kari.berg@kb.no"), .body = PROSE KARI("\nrådgiver") } },
	{ "Kari Berg", "privatperson", 1, { .subject = "Svar 21/4593", FROM("kari.berg@havlys.no"), .body = "Kystdirektoratet bør få ansvaret. " PROSE KARI("\nrådgiver") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari.berg@sund.no"), .body = "Jeg bor i Sund. " PROSE KARI("") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari.berg@gmail.com"), .body = "Redningsbøya har rett. " PROSE KARI("\nrådgiver") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari.berg@fjellmail.no"), .body = PROSE KARI("\nlærer") } },
	{ "Kari Berg", "privatperson", 0, { .subject = "Svar 21/4593", FROM("kari.berg@ulvoy.kommune.no"), .body = "Jeg svarer som privatperson. " PROSE KARI("\nrådgiver") } },
};

static void
test_named(void)
{
	size_t i;

	for (i = 0; i < sizeof named / sizeof named[0]; i++) {
		const struct verdict *v = fixture_judge(&named[i].m);

		check(strcmp(v->responder, named[i].want) == 0 && strcmp(v->responder_class, named[i].class) == 0, "named", "%zu: want %s (%s), got %s (%s)", i,
		    named[i].want, named[i].class, v->responder, v->responder_class);
		check(fixture_has_review(v, "unknown-responder") == named[i].asks, "named-asks", "%zu: %s", i, named[i].want);
	}
}

/* A number says who it is only where no words say another. */
static void
test_number(void)
{
	static const struct { const char *want, *orgnr; int asks; struct mail m; } cases[] = {
		{ "Norsk Sykepleierforbund", "960893506", 0, { .subject = "Svar 21/4593", FROM("kari@nsf.no"), .body = PROSE KARI("\nNorsk Sykepleierforbund\nOrg.nr. 960 893 506") } },
		{ "Båtbygg Nord AS", "", 1, { .subject = "Svar 21/4593", .from = "a@batbygg.no", .from_name = "Båtbygg Nord AS", .body = PROSE KARI("\nBåtbygg Nord AS\nOrg.nr. 960 893 506") } },
		{ "Norsk Sykepleierforbund", "960893506", 1, { .subject = "Svar 21/4593", .from = "a@batbygg.no", .from_name = "Båtbygg Nord AS", .body = PROSE "\n\nHilsen\nOrg.nr. 960 893 506\n" } },
		/* no word of the name says that it is a house, and the domain does */
		{ "Norsk Sykepleierforbund", "960893506", 1, { .subject = "Svar 21/4593", .from = "post@lysenetter.no", .from_name = "Lyse Netter",
		    .body = PROSE "\n\nHilsen\nLyse Netter\nOrg.nr. 960 893 506\n" } },
		{ "Norsk Sykepleierforbund", "960893506", 0, { .subject = "Svar 21/4593", .from = "post@nsf.no", .from_name = "NSF", .body = PROSE "\n\nHilsen\nNSF\nOrg.nr. 960 893 506\n" } },
		{ "Norsk Sykepleierforbund", "960893506", 0, { .subject = "Svar 21/4593", .from = "kari@gmail.com", .from_name = "Kari Berg", .body = PROSE "\n\nHilsen\nKari Berg\nOrg.nr. 960 893 506\n" } },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&cases[i].m);

		check(strcmp(v->responder, cases[i].want) == 0 && strcmp(v->orgnr, cases[i].orgnr) == 0, "number", "%zu: got %s (%s)", i, v->responder, v->orgnr);
		check(fixture_has_review(v, "unknown-responder") == cases[i].asks, "number-asks", "%zu: %s", i, v->responder);
	}
}

/* What a domain is the short of. */
static void
test_domains(void)
{
	static const struct { const char *domain, *key; int names, is_of; unsigned shortens; } cases[] = {
		{ "smaskuter.no", "sma skuter", 1, 1, 2 }, { "post.smaskuter.no", "sma skuter", 1, 1, 2 }, { "smaskuter.no", "sma bater", 0, 0, 0 },
		{ "nsf.no", "norges smakraftforbund", 0, 0, 2 }, { "nsf.no", "norges svommelag for funkis", 0, 1, 3 }, { "nsf.no", "norges rolag for funkis", 0, 0, 0 }, { "nsf.no", "norges svomme forbund", 0, 1, 3 },
		{ "vsfk.no", "viksund fylkeskommune", 0, 0, 2 }, { "fk.dep.no", "fiskedepartementet", 0, 0, 1 }, { "fk.no", "fiskedepartementet", 0, 0, 0 },
		{ "naaf.no", "norges astma og allergiforbund", 0, 0, 3 }, { "naaf.no", "norges allergiforbund og venner", 0, 0, 0 },
		{ "no", "norge", 0, 0, 0 }, { "", "norge", 0, 0, 0 }, { "a-b.c", "", 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(domain_names(cases[i].domain, cases[i].key) == cases[i].names && domain_is_of(cases[i].domain, cases[i].key) == cases[i].is_of &&
		    domain_shortens(cases[i].domain, cases[i].key) == cases[i].shortens, "domain", "%s, %s: %d %d %u", cases[i].domain, cases[i].key,
		    domain_names(cases[i].domain, cases[i].key), domain_is_of(cases[i].domain, cases[i].key), domain_shortens(cases[i].domain, cases[i].key));
}

int
main(void)
{
	test_named();
	test_number();
	test_domains();
	test_together();
	test_classes();
	test_no_names();
	test_pairs();
	test_signers();
	fixture_forget();
	return check_status();
}
