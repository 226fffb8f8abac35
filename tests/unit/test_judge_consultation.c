/* Which consultation an answer belongs to: titles as people write them, what is only spoken of, what is guessed and given up. */
#include <string.h>

#include "tests/unit/judge_fixture.h"

#define PROSE "Vi driver anlegg i to fjorder og kjenner forholdene godt. Tellingen tar mye tid, og varmt vann gir usikre tall. " \
	"Departementet bør derfor åpne for at tellingen gjøres sjeldnere om vinteren, slik næringen selv har foreslått. " \
	"Kostnadene for de minste selskapene er satt for lavt, og bør regnes på nytt før reglene settes i kraft. "
#define OTHER "Bokbussen er viktigst for dem som bor lengst unna, og den nevnes ikke. Vi ber om at den tas inn med egne midler og " \
	"at fylkene får ansvaret for ruta. Skolene bør høres før noe bestemmes, for de bruker den mest av alle. "
#define LETTER .from = "post@sjobruk.no", .from_name = "Sjøbruk Nord", .mailbox = "post"
#define OURS .from = "post@sjobruk.no", .from_name = "Sjøbruk Nord"
#define AUTUMN OURS, .received = "2022-09-10"
#define SPRING_21 .from = "post@sjobruk.no", .from_name = "Sjøbruk Nord", .mailbox = "post", .received = "2021-04-10"
#define SIGNED "\n\nMed hilsen\nAre Vik\nSjøbruk Nord\n"

/* --- one mail ------------------------------------------------------------------------------------------------------ */

struct place { const char *name, *want, *review; struct mail m; };

static const struct place places[] = {
	/* two are open in this mailbox */
	{ "nothing named", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse", .body = PROSE } },
	{ "without the brackets", "havbruk", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Vi viser til høringen om endring av akvakulturdriftsforskrifta. " PROSE } },
	{ "views on", "havbruk", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Her er våre synspunkter på akvakulturdriftsforskriften. " PROSE } },
	{ "sent on consultation", "havvind", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Veileder om sameksistens mellom fiskeri og havvind er sendt på høring. " PROSE } },
	{ "first part of a compound", "havbruk", NULL, { LETTER, .subject = "Høringssvar om akvakulturdrift", .body = PROSE } },
	{ "some of its words", "havvind", NULL, { LETTER, .subject = "Høringsuttalelse: veilederen om sameksistens", .body = PROSE } },
	{ "year and number run together", "havbruk", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Deres ref: 202203055\n\n" PROSE } },
	{ "nine digits that are no case", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse", .body = "Målt 202203055 ganger. " PROSE } },
	{ "heading of the document", "havvind", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Se vedlegg.", .document = "Uttalelse om veileder for sameksistens, fiskeri og havvind\n\n" PROSE,
	    .document_name = "brev.pdf" } },
	{ "the matter is no title", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse", .body = PROSE "Sameksistens er et stort ord." } },
	/* several words of the matter of one, and hardly any of another's */
	{ "its matter", "havvind", NULL, { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Havvindparkene tar plassen. Fiskerne viker alltid, og havvind kan vente." } },
	{ "its matter by the words of an alias", "havvind", NULL, { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Turbinene støyer, turbinbladene kaster skygge, og "
	    "turbinparkene lyser om natta." } },
	{ "its matter in nynorsk", "fartoy", NULL, { LETTER, .subject = "Frå oss på kysten", .body = "Måltida om bord er for dårlege. Måltidspausen fell bort på små fartøy." } },
	{ "its matter in the document", "havbruk", NULL, { LETTER, .subject = "Brev", .body = "Se vedlegg.", .document = PROSE "Akvakulturanleggene teller nok. Lusetall "
	    "kan leses av hos naboen, lusetelling er dyrt, og akvakulturlovens krav står seg.", .document_name = "brev.pdf" } },
	{ "its matter passed on", "havvind", NULL, { LETTER, .subject = "VS: Fra oss på kysten", .body = "Til rette vedkommende.\n\n---------- Videresendt melding ----------\nFra: Are Vik "
	    "<are@sjobruk.no>\nDato: 9. mai 2022\nEmne: Fra oss på kysten\nTil: post@lmd.dep.no\n\nHavvindparkene tar plassen. Fiskerne viker alltid, havvind bør vente, og "
	    "fiskerihavnene tømmes. " PROSE } },
	{ "a word of another's beside it", "havvind", NULL, { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Havvindparkene tar plassen fra fartøyene. Fiskerne viker, havvind bør "
	    "vente, og fiskerihavnene tømmes." } },
	{ "two words of a title together, and one more", "havvind", NULL, { LETTER, .subject = "Fra oss", .body = "Sameksistens med fiskeri må prøves. Havvind bør vente. " PROSE } },
	{ "two words of its matter", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Fiskerne viker alltid for havvind." } },
	{ "the same word again and again", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Havvind her. Havvinden der. Havvindens tid. Havvind." } },
	{ "what they are called who write", NULL, "no-consultation", { LETTER, .subject = "Fra Fiskerlaget", .body = PROSE "Fiskerlaget er kritisk. Fiskerlagets styre har sagt det før." } },
	{ "the matter of two", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Havvindparkene tar plassen. Fiskerne viker alltid, og havvind bør vente. "
	    "Måltidene om bord er for dårlige, måltidspausen faller bort, og fartøyene er små." } },
	{ "a matter that is quoted", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "\n\n> Havvindparkene tar plassen.\n> Fiskerne viker alltid.\n"
	    "> Havvind bør vente, og fiskerihavnene tømmes.\n" } },
	{ "a matter of their signature", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "\n\nMed hilsen\nAre Vik\nFiskerihavnenes Havvindlag\nHavvindkaia 3\n" } },
	{ "words like those of its title, and none of them", NULL, "no-consultation", { LETTER, .subject = "Fra oss på kysten", .body = PROSE "Akvakulturloven, akvakulturregisteret og "
	    "akvakulturnæringen står sterkt." } },
	{ "another mailbox's matter", NULL, "no-consultation", { LETTER, .subject = "Fra oss", .body = OTHER "Trafikken er farlig. Skoleveien har ingen trafikkskilt, og "
	    "trafikkskiltning hjelper barn." } },
	{ "another mailbox's matter where one alone is open", NULL, "no-consultation", { AUTUMN, .mailbox = "post", .subject = "Fra oss",
	    .body = "Leselyst kommer av tilbud. Folkebiblioteket er åpent for få, og bibliotekarene er for få. Biblioteket er stengt om lørdagen." } },
	{ "its own matter there", "jordvern", NULL, { AUTUMN, .mailbox = "post", .subject = "Fra oss", .body = "Jordvernet svikter. Matjorda bygges ned, og biblioteket er stengt." } },
	/* what was asked is taken up */
	{ "two questions answered", "havbruk", NULL, { LETTER, .subject = "Høringsuttalelse", .body = PROSE "\n\nHyppighet av tellinger om vinteren:\nFærre.\n\n"
	    "Om opplæringen av dem som skal telle\nDen bør være felles.\n\nKostnadene er for høye." } },
	{ "one question answered", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse", .body = PROSE "\n\nHyppighet av tellinger om vinteren:\nFærre.\n" } },
	{ "questions that are quoted", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse", .body = PROSE "\n\n> Hyppigheten av telling om vinteren?\n"
	    "> Opplæring av dem som teller?\n" } },
	{ "another mailbox's questions answered", NULL, "no-consultation", { OURS, .mailbox = "aar", .received = "2022-06-20", .subject = "Høringsuttalelse",
	    .body = PROSE "\n\nHyppighet av tellinger om vinteren:\nFærre.\n\nOm opplæringen av dem som skal telle\nDen bør være felles." } },
	/* another one is spoken of */
	{ "spoken of beside", "havvind", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Vi viser til høringen om sameksistens mellom fiskeri og havvind. Jf. også vår uttalelse om "
	    "trafikkskiltning ved skoler. " PROSE } },
	{ "a later one beside some words", NULL, "no-consultation", { LETTER, .subject = "Høringssvar: Leselyst i folkebibliotekene", .body = PROSE } },
	{ "another mailbox's title, and some words of one here", NULL, "ambiguous-consultation", { LETTER, .subject = "Innspill om sameksistens og havvind",
	    .body = "Vi har tidligere gitt høringssvar om trafikkskiltning ved skoler. " PROSE } },
	{ "another mailbox's title alone", "trafikk", NULL, { LETTER, .subject = "Høringssvar om trafikkskiltning ved skoler", .body = PROSE } },
	{ "a title out of its time and mailbox", NULL, "ambiguous-consultation", { LETTER, .received = "2023-08-01",
	    .subject = "Høringssvar: Leselyst i folkebibliotekene", .body = PROSE } },
	/* numbers in a series */
	{ "its number alone", "fartoy", NULL, { LETTER, .subject = "Høringssvar NOU 2022: 6", .body = PROSE } },
	{ "another one's number", NULL, "no-consultation", { LETTER, .subject = "Høringssvar - NOU 2022: 9 Havner", .body = PROSE } },
	{ "the series alone", NULL, "no-consultation", { LETTER, .subject = "Høringsuttalelse, vedtatt i 2022", .body = PROSE } },
	{ "its number, and no word that says it is meant", "fartoy", NULL, { LETTER, .subject = "Fra oss", .body = "Vi har lest NOU 2022: 6. " PROSE } },
	{ "a compound of two of its words", "fartoy", NULL, { LETTER, .subject = "Fartøymåltida", .body = PROSE } },
	{ "a compound of one of its words", NULL, "no-consultation", { LETTER, .subject = "Fartøyskatt", .body = PROSE } },
	/* in the other norm, and without a word that says it is meant */
	{ "in nynorsk", "friskole", NULL, { SPRING_21, .subject = "Høyringssvar", .body = "Me har merknader til endringane i friskulelova. " PROSE } },
	{ "in nynorsk twice", "sykehjem", NULL, { SPRING_21, .subject = "Sjukeheimane", .body = PROSE } },
	{ "the law that is heard", "friskole", NULL, { SPRING_21, .subject = "Til departementet", .body = "Friskoleloven: " PROSE } },
	{ "the law that is cited", NULL, "no-consultation", { SPRING_21, .subject = "Til departementet", .body = "Laget driver en skole godkjent etter friskoleloven. " PROSE } },
	{ "both of them", NULL, "no-consultation", { SPRING_21, .subject = "Til departementet", .body = "Sykehjem og friskoleloven har lite felles. " PROSE } },
	{ "the law spoken of in passing", NULL, "no-consultation", { SPRING_21, .subject = "Til departementet", .body = PROSE "Friskoleloven er et annet eksempel." } },
	/* one alone is open in this mailbox */
	{ "guessed", "jordvern", NULL, { AUTUMN, .mailbox = "post", .subject = "Høringsuttalelse", .body = PROSE } },
	{ "half of the title", "jordvern", NULL, { AUTUMN, .mailbox = "aar", .subject = "Høringssvar - jordvernstrategien", .body = PROSE } },
	{ "words of the trade are nobody's title", "jordvern", NULL, { AUTUMN, .mailbox = "post", .subject = "Høyring", .body = "Høyringssvar følgjer. " PROSE } },
	{ "nor is the meeting's", "jordvern", NULL, { AUTUMN, .mailbox = "post", .subject = "Høringsmøte og høring", .body = PROSE } },
	{ "behind them the title tells", "kraft", NULL, { AUTUMN, .mailbox = "kaes", .subject = "Høyring om fjordkraftlova", .body = PROSE } },
	/* a number, and what bears it out */
	{ "a number of another mailbox's", NULL, "ambiguous-consultation", { LETTER, .subject = "Høringsuttalelse 22/1871", .body = PROSE } },
	{ "and words of its title", "trafikk", NULL, { LETTER, .subject = "Høringsuttalelse 22/1871", .body = "Trafikken er verst om morgenen. " OTHER } },
	{ "and of the mailbox's own", NULL, "ambiguous-consultation", { LETTER, .subject = "Høringsuttalelse 22/1871",
	    .body = "Trafikken til sjøs og fiskeriene lever sammen. " PROSE } },
	{ "and the letter's date", "trafikk", NULL, { LETTER, .subject = "Høringsuttalelse 22/1871", .body = "Vi viser til høringsbrev av 1. april 2022. " PROSE } },
	{ "its mailbox", "trafikk", NULL, { OURS, .mailbox = "aar", .subject = "Høringsuttalelse 22/1871", .body = PROSE } },
	{ "a slip in another mailbox", NULL, "ambiguous-consultation", { LETTER, .subject = "Høringssvar om trafikkskiltning ved skoler, 22/1872", .body = PROSE } },
	{ "a slip in its mailbox", "trafikk", NULL, { OURS, .mailbox = "aar", .subject = "Høringssvar om trafikkskiltning ved skoler, 22/1872", .body = PROSE } },
	{ "a slip and no title", NULL, "no-consultation", { AUTUMN, .mailbox = "aar", .subject = "Høringsuttalelse 22/4411", .body = PROSE } },
	{ "a slip and words of the title", "lesing", NULL, { AUTUMN, .mailbox = "aar", .subject = "Om bibliotekene, 22/4411", .body = PROSE } },
	/* whose number is whose */
	{ "turned round", "havbruk", NULL, { LETTER, .subject = "Høringsuttalelse", .body = "Vår ref.: 22/3055\nDeres ref.: 2022/811-4\n\n" PROSE } },
	{ "turned round in English", "havbruk", NULL, { LETTER, .subject = "Comments", .body = "Our ref.: 22/3055\nYour ref.: 2022/811-4\n\n" PROSE } },
	{ "not where it takes no mail", NULL, "no-consultation", { OURS, .mailbox = "hmr", .subject = "Høringsuttalelse",
	    .body = "Vår ref.: 22/3055\nDeres ref.: 2022/811-4\n\n" PROSE } },
	{ "not beside the number of another", "trafikk", NULL, { OURS, .mailbox = "aar", .received = "2022-09-12", .subject = "Høringsuttalelse",
	    .body = "Vår ref.: 22/4410\nDeres ref.: 22/1871\n\nTrafikken er verst om morgenen. " PROSE } },
	{ "not guessed against some words", NULL, "no-consultation", { AUTUMN, .mailbox = "post", .subject = "Høring om folkebibliotek", .body = PROSE } },
};

static void
test_places(void)
{
	size_t i, k;

	for (i = 0; i < sizeof places / sizeof places[0]; i++) {
		const struct verdict *v = fixture_judge(&places[i].m);
		const char           *got = v->consultation == NULL ? "none" : v->consultation, *review = NULL;

		for (k = 0; k < v->n_reviews; k++)
			if (strstr(v->reviews[k].reason, "-consultation") != NULL)
				review = v->reviews[k].reason;
		check(strcmp(got, places[i].want == NULL ? "none" : places[i].want) == 0, places[i].name, "want %s, got %s", places[i].want, got);
		check(places[i].review == NULL ? review == NULL : review != NULL && strcmp(review, places[i].review) == 0, places[i].name, "review %s, want %s",
		    review == NULL ? "none" : review, places[i].review == NULL ? "none" : places[i].review);
	}
}

static const struct evidence *
evidence_of(const struct verdict *v, const char *verdict, const char *rule)
{
	static const struct evidence none = { .input = "" };

	for (size_t i = 0; i < v->n_evidence; i++)
		if (strcmp(v->evidence[i].verdict, verdict) == 0 && strcmp(v->evidence[i].rule, rule) == 0)
			return &v->evidence[i];
	return &none;
}

/* Words have their place, and are told as they stand there; what rests on none has no place. */
static void
test_evidence_places(void)
{
	static const char      body[] = "Fjorden fryser sjelden. Her er våre synspunkter på akvakulturdriftsforskrifta, jf. 22/3055. " PROSE;
	const struct verdict  *v = fixture_judge(&(struct mail){ LETTER, .subject = "Uttalelse", .body = body });
	const struct evidence *title = evidence_of(v, "consultation", "title-body"), *number = evidence_of(v, "kind", "case-ref");
	const struct evidence *mailbox = evidence_of(v, "consultation", "mailbox");

	check(title->zone == ZONE_BODY && title->offset == (uint64_t)(strstr(body, " Her er") - body), "place of a title", "at %d %llu", (int)title->zone,
	    (unsigned long long)title->offset);
	check(strcmp(title->input, "akvakulturdriftsforskrifta") == 0, "words of a title", "seen %s", title->input);
	check(number->zone == ZONE_BODY && number->offset == (uint64_t)(strstr(body, "22/3055") - body), "place of a number", "at %d %llu", (int)number->zone,
	    (unsigned long long)number->offset);
	check(mailbox->rule != NULL && mailbox->zone == NOWHERE, "a mailbox is no place", "%d", (int)mailbox->zone);
}

/* What names it is sure; what only mailbox and period tell is not. */
static void
test_sureness(void)
{
	const struct verdict *named = fixture_judge(&(struct mail){ AUTUMN, .mailbox = "aar", .subject = "Høringssvar 22/4410", .body = PROSE });
	const struct verdict *guessed = fixture_judge(&(struct mail){ AUTUMN, .mailbox = "post", .subject = "Høringsuttalelse", .body = PROSE });

	check(named->consultation_score >= CONSULTATION_SURE, "sure", "a case number makes %d points", named->consultation_score);
	check(guessed->consultation_score < CONSULTATION_SURE, "guessed", "a mailbox makes %d points", guessed->consultation_score);
}

/* --- with its kin -------------------------------------------------------------------------------------------------- */

#define MEMBERS 4

struct story {
	const char *name;
	size_t      n;
	struct mail mails[MEMBERS];
	struct { const char *consultation, *relation, *review; } want[MEMBERS];
};

#define NAMED AUTUMN, .mailbox = "aar", .message_id = "1@x", .subject = "Høringsuttalelse i sak 22/4410"

static const struct story stories[] = {
	{ "a guess gives way to the copy that names it", 2,
	  { { NAMED, .body = PROSE SIGNED }, { AUTUMN, .mailbox = "post", .message_id = "2@x", .subject = "Høringsuttalelse", .body = PROSE SIGNED } },
	  { { "lesing", "original", NULL }, { "lesing", "copy", NULL } } },
	{ "two guesses that differ are none", 2,
	  { { AUTUMN, .mailbox = "aar", .message_id = "1@x", .subject = "Høringsuttalelse", .body = PROSE SIGNED },
	    { AUTUMN, .mailbox = "post", .message_id = "2@x", .subject = "Høringsuttalelse", .body = PROSE SIGNED } },
	  { { NULL, "original", "ambiguous-consultation" }, { NULL, "copy", "ambiguous-consultation" } } },
	{ "a guess against the mailbox of its copy", 2,
	  { { AUTUMN, .mailbox = "hmr", .message_id = "1@x", .subject = "Høringsuttalelse", .body = PROSE SIGNED },
	    { AUTUMN, .mailbox = "post", .message_id = "1@x", .subject = "Høringsuttalelse", .body = PROSE SIGNED } },
	  { { NULL, "original", NULL }, { NULL, "copy", "ambiguous-consultation" } } },
	{ "the same few words to two of them", 2,
	  { { NAMED, .body = "Ingen merknader." SIGNED }, { AUTUMN, .mailbox = "post", .message_id = "2@x", .subject = "Høringsuttalelse", .body = "Ingen merknader." SIGNED } },
	  { { "lesing", "original", NULL }, { "jordvern", "original", NULL } } },
	{ "what it replies to", 2,
	  { { NAMED, .body = PROSE SIGNED },
	    { AUTUMN, .mailbox = "hmr", .message_id = "2@x", .in_reply_to = "1@x", .subject = "Høringsuttalelse", .body = OTHER SIGNED } },
	  { { "lesing", "original", NULL }, { "lesing", "original", "possible-revision" } } },
	{ "a guess gives way to what it replies to", 2,
	  { { NAMED, .body = PROSE SIGNED },
	    { AUTUMN, .mailbox = "post", .message_id = "2@x", .in_reply_to = "0@x 1@x", .subject = "Ny versjon", .body = "Denne erstatter den forrige.\n\n" OTHER SIGNED } },
	  { { "lesing", "original", NULL }, { "lesing", "revision", NULL } } },
	{ "another house's mail is no thread", 2,
	  { { .from = "post@annet.no", .mailbox = "aar", .message_id = "1@x", .received = "2022-09-09", .subject = "Høringsuttalelse i sak 22/4410", .body = PROSE },
	    { AUTUMN, .mailbox = "hmr", .message_id = "2@x", .in_reply_to = "11@x", .subject = "SV: Uttalelse", .body = OTHER SIGNED } },
	  { { "lesing", "original", NULL }, { NULL, "original", NULL } } },
	{ "a version of an answer that nobody could place", 3,
	  { { NAMED, .body = PROSE SIGNED },
	    { AUTUMN, .mailbox = "hmr", .message_id = "2@x", .subject = "Høringsuttalelse", .body = OTHER SIGNED },
	    { OURS, .mailbox = "hmr", .message_id = "3@x", .received = "2022-09-12", .subject = "Ny versjon", .body = "Denne erstatter den forrige.\n\n" OTHER "Rutene bør gå hver uke." SIGNED } },
	  { { "lesing", "original", NULL }, { NULL, "original", NULL }, { NULL, "revision", NULL } } },
	{ "a version long after the consultation", 2,
	  { { NAMED, .body = PROSE SIGNED },
	    { OURS, .mailbox = "hmr", .message_id = "2@x", .received = "2023-01-20", .subject = "Ny versjon", .body = "Denne erstatter den forrige.\n\n" OTHER SIGNED } },
	  { { "lesing", "original", NULL }, { NULL, "original", NULL } } },
};

static const struct relative *
member(const struct relative *family, size_t n, int64_t id)
{
	size_t i;

	for (i = 0; i + 1 < n && family[i].id != id; i++)
		;
	return &family[i];
}

static void
test_stories(void)
{
	size_t i, k;

	for (i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		const struct story *s = &stories[i];
		struct relative     family[MEMBERS];

		for (k = 0; k < s->n; k++)	/* in either order */
			family[s->n - 1 - k] = fixture_relative(&s->mails[k], (int64_t)k + 1);
		judge_family(fixture_judge_itself(), family, s->n);
		for (k = 0; k < s->n; k++) {
			const struct relative *r = member(family, s->n, (int64_t)k + 1);
			const char            *got = r->family_consultation == NULL ? "none" : r->family_consultation;
			const char            *review = r->review == NULL ? "none" : r->review;

			check(strcmp(got, s->want[k].consultation == NULL ? "none" : s->want[k].consultation) == 0, s->name, "%zu: got %s", k + 1, got);
			check(strcmp(relation_name(r->relation), s->want[k].relation) == 0, s->name, "%zu: is %s (%s)", k + 1, relation_name(r->relation), r->rule);
			check(strcmp(review, s->want[k].review == NULL ? "none" : s->want[k].review) == 0, s->name, "%zu: review %s (%s, %s)", k + 1, review, kind_name(r->kind), r->rule);
		}
	}
}

int
main(void)
{
	test_places();
	test_evidence_places();
	test_sureness();
	test_stories();
	fixture_forget();
	return check_status();
}
