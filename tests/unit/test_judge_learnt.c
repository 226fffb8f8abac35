/*
 * Mails whose wordings no phrase knows, judged by what sentences teach; what looks like them and is an answer; and what the words of a mail
 * cannot decide: its documents, and what its program says of it.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

/* The rule by which the verdict came to be so; "" when none of these. */
static const char *
by_rule(const struct verdict *v, const char *prefix)
{
	size_t i;

	for (i = 0; i < v->n_evidence; i++)
		if (v->evidence[i].weight > 0 && strncmp(v->evidence[i].rule, prefix, strlen(prefix)) == 0)
			return v->evidence[i].rule;
	return "";
}

static void
test_kinds(void)
{
	static const struct { const char *kind, *rule, *subject, *body; } cases[] = {
		{ "extension_request", "reads-as-extension", "Høring", "Rådmannen legger saken fram 12. juni. Har dere tålmodighet med oss til da?" },
		{ "extension_request", "reads-as-extension", "Høyring", "Styret vårt kjem saman først fire dagar etter at de vil ha inn synspunkta. Kan det gå likevel?" },
		{ "inquiry", "reads-as-inquiry", "Høring", "Jeg leter etter vedlegget med tabellene. Hvor har dere lagt det?" },
		{ "withdrawal", "reads-as-withdrawal", "Høring", "Styret står ikke lenger bak det vi sendte 3. mai, og ber dere legge det til side." },
		{ "auto_reply", "reads-as-auto-reply", "SV: Høring", "Jeg er på fjellet uten dekning til mandag og ser på e-posten når jeg er tilbake." },
	}, alike[] = {
		{ "response", "", "Opptrappingsplan", "Ventetida på poliklinikken er åtte måneder. Så lenge kan ingen ungdom vente." },
		{ "response", "", "Opptrappingsplan", "Hvem skal sitte hos gutten min mens han venter på plass? Bestemor på åtti?" },
		{ "response", "", "Opptrappingsplan", "Legg bort hele planen og begynn forfra, den er skrevet av folk som aldri har vært på en akuttpost." },
		{ "response", "", "SV: Opptrappingsplan", "Jeg var borte fra jobben i to år. Uten samtalene på distriktssenteret hadde jeg ikke vært her." },
		{ "response", "", "Opptrappingsplan", "Send pengene til kommunene på nytt hvert år, og legg til midler for ungdom." },
	};
	const struct verdict *v;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		v = fixture_judge(&(struct mail){ .subject = cases[i].subject, .from = "kari@y.no", .body = cases[i].body });
		check(strcmp(kind_name(v->kind), cases[i].kind) == 0 && strcmp(by_rule(v, "reads-as-"), cases[i].rule) == 0, "by-its-words", "%s by %s: %s",
		    kind_name(v->kind), by_rule(v, "reads-as-"), cases[i].body);
	}
	for (i = 0; i < sizeof alike / sizeof alike[0]; i++) {
		v = fixture_judge(&(struct mail){ .subject = alike[i].subject, .from = "kari@y.no", .body = alike[i].body });
		check(strcmp(kind_name(v->kind), alike[i].kind) == 0, "looks-alike", "%s: %s", kind_name(v->kind), alike[i].body);
	}
}

static void
test_position(void)
{
	static const struct { const char *position, *body; } cases[] = {
		{ "no remarks", "Nemnda takker for at den ble spurt, men lar andre uttale seg denne gangen." },
		{ "no remarks", "Saka vart referert i rådet, som ikkje hadde noko å leggja til." },
		{ "remarks", "Nemnda takker for at den ble spurt. Ingen av oss tror at planen virker slik den står." },
		{ "remarks", "Saka vart referert i rådet. Ingen vil leggja ned tilbodet i bygda." },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no", .body = cases[i].body });

		check(strcmp(position_name(v->position), cases[i].position) == 0, "position", "%s: %s", position_name(v->position), cases[i].body);
	}
}

/* The words of a covering note are not the answer; what they look like does not take the answer away. */
static void
test_documents(void)
{
	static const char *const notes[] = { "Styret står ikke lenger bak det vi sendte 3. mai, og ber dere legge det til side.",
		"Jeg leter etter vedlegget med tabellene, men finner det ingen steder på sidene deres.",
		"Rådmannen legger saken fram 12. juni. Har dere tålmodighet med oss til da?" };
	size_t i;

	for (i = 0; i < sizeof notes / sizeof notes[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no", .body = notes[i],
		    .document = LONG_PROSE, .document_name = "uttalelse.pdf" });

		check(v->kind == KIND_RESPONSE, "with-a-document", "%s: %s", kind_name(v->kind), notes[i]);
	}
}

/* A mark that only reads so is asked about: it hides no answer by itself. */
static void
test_marks(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no",
	    .body = "Bruk denne utgaven og ikke den vi leverte i går, for der var det et galt tall på side to. " LONG_PROSE });

	check(v->kind == KIND_RESPONSE && v->says_revision == SAYS_MAYBE && v->says_supplement == SAYS_NOT, "a-mark-that-reads-so", "%d %d %d", (int)v->kind,
	    (int)v->says_revision, (int)v->says_supplement);
}

/* Set aside by words that may be an answer's too: a person looks. Where nothing speaks for one, nobody need. */
static void
test_doubts(void)
{
	static const struct { const char *subject, *body; int asked; } cases[] = {
		{ "Opptrappingsplan", "Planen må gjelde hele landet. Hvem er saksbehandler?", 1 },
		{ "Opptrappingsplan", "Jeg kan ikke komme på innspillsmøtet. Det viktigste for oss er at ungdom får hjelp samme uke.", 1 },
		{ "Opptrappingsplan", "Kan dere utsette fristen for nye poliklinikker? Vi finner ikke leger.", 1 },
		{ "Opptrappingsplan", "Kan noen forklare meg hvorfor en sjuåring skal vente i åtte måneder?", 1 },
		{ "Høring", "Kan vi få utsatt høringsfristen til 20. juni?", 0 },
		{ "Høring", "Hvor finner vi høringsnotatet?", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct verdict *v = fixture_judge(&(struct mail){ .subject = cases[i].subject, .from = "kari@y.no", .body = cases[i].body });

		check(v->kind == KIND_RESPONSE ? cases[i].asked : fixture_has_review(v, "unknown-kind") == cases[i].asked, "set-aside-and-asked", "%s, %s: %s",
		    kind_name(v->kind), fixture_has_review(v, "unknown-kind") ? "asked" : "not asked", cases[i].body);
	}
}

/* Taken back, and another opinion given in its place: that is an answer. */
static void
test_anew(void)
{
	const struct verdict *v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no",
	    .body = "Vi trekker vårt tidligere høringssvar og mener nå at ventetiden bør halveres." });

	check(v->kind == KIND_RESPONSE && v->says_revision == SAYS_MAYBE, "answers-anew", "%s %d", kind_name(v->kind), (int)v->says_revision);
	v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no", .body = "Vi trekker høringssvaret vårt. Det bygger på feil tall og bør slettes." });
	check(v->kind == KIND_WITHDRAWAL, "takes-back", "%s", kind_name(v->kind));
	v = fixture_judge(&(struct mail){ .subject = "Høring 21/4593", .from = "kari@y.no", .body = "Planen er god. Navnet mitt skal ikke legges ut på nettet." });
	check(v->kind == KIND_RESPONSE, "takes-no-answer-back", "%s", kind_name(v->kind));
}

int
main(void)
{
	test_doubts();
	test_anew();
	test_kinds();
	test_position();
	test_documents();
	test_marks();
	fixture_forget();
	return check_status();
}
