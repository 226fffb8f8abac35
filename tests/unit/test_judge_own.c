/* The ministry's own letter is no answer, nor is what is passed on of it in silence; what others write of it, above it or like it is. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"

#define LETTER	"Adressater ifølge liste\n\nVår ref. 21/4593-2\nDato 26. april 2022\n\nHøring av opptrappingsplan for psykisk helse\n\n" \
	"Helse- og omsorgsdepartementet sender med dette utkast til opptrappingsplan for psykisk helse på høring. Planen omfatter barn og unge.\n\n" \
	"Høringsuttalelser sendes elektronisk innen 27. mai 2022. Vi ber høringsinstansene legge saken fram for underliggende etater.\n\n" \
	"Med hilsen\n\nBerit Lund\navdelingsdirektør\nHelse- og omsorgsdepartementet\n"
#define PASSED_ON(above, from) above "\n\nFra: " from "\nSendt: 26. april 2022 12:00\nTil: Høringsinstansene\nEmne: Høring av opptrappingsplan\n\n" LETTER

struct own { const char *name; enum mail_kind kind; int own; struct mail m; };

static void
judge_each(const struct own *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct verdict *v = fixture_judge(&all[i].m);

		check(v->kind == all[i].kind && fixture_has_review(v, "own-letter") == all[i].own, all[i].name, "%s%s", kind_name(v->kind),
		    fixture_has_review(v, "own-letter") ? ", the ministry's own" : "");
	}
}

static void
test_own(void)
{
	static const struct own all[] = {
		{ "the letter", KIND_OTHER, 1, { .subject = "Høring av opptrappingsplan for psykisk helse", .from_name = "Helse- og omsorgsdepartementet",
		    .from = "postmottak@hod.dep.no", .body = LETTER } },
		{ "from the mailbox, as a document", KIND_OTHER, 1, { .subject = "Høring av opptrappingsplan for psykisk helse", .from = "hmr@hod.dep.no",
		    .body = "Se vedlagt brev.\n\nMed hilsen\nHelse- og omsorgsdepartementet\n", .document = LETTER, .document_name = "brev.pdf" } },
		{ "a reminder", KIND_OTHER, 1, { .subject = "Opptrappingsplan", .from = "berit.lund@hod.dep.no",
		    .body = "Vi minner om fristen 27. mai for å uttale seg i sak 21/4593.\n\nHilsen\nBerit Lund\n" } },
		{ "in the other norm", KIND_OTHER, 1, { .subject = "Høyring", .from_name = "Helse- og omsorgsdepartementet", .from = "post@hod.dep.no",
		    .body = "Departementet sender med dette forslag til opptrappingsplan på høyring. Høyringsfråsegner kan sendast til oss innan 27. mai." } },
		{ "passed on", KIND_OTHER, 1, { .subject = "VS: Høring av opptrappingsplan", .from = "post@storvik.kommune.no",
		    .body = PASSED_ON("Til orientering.", "Helse- og omsorgsdepartementet <postmottak@hod.dep.no>") } },
		{ "passed on by a colleague", KIND_OTHER, 1, { .subject = "Fwd: Høring av opptrappingsplan", .from = "ola@hod.dep.no",
		    .body = PASSED_ON("", "Postmottak HOD <postmottak@hod.dep.no>") } },
	};

	judge_each(all, sizeof all / sizeof *all);
}

static void
test_not_own(void)
{
	static const struct own all[] = {
		{ "another ministry answers", KIND_RESPONSE, 0, { .subject = "Høring av opptrappingsplan for psykisk helse", .from_name = "Finansdepartementet",
		    .from = "postmottak@hod.dep.no", .body = "Vi viser til høringsbrev av 26. april 2022 i sak 21/4593.\n\nFinansdepartementet har merknader til "
		    "de økonomiske konsekvensene, som bør utredes nærmere før saken fremmes.\n\nMed hilsen\nFinansdepartementet\n" } },
		{ "above the letter", KIND_RESPONSE, 0, { .subject = "VS: Høring av opptrappingsplan", .from = "post@storvik.kommune.no",
		    .body = PASSED_ON("Storvik kommune har ingen merknader.", "Helse- og omsorgsdepartementet <postmottak@hod.dep.no>") } },
		{ "a question above the letter", KIND_INQUIRY, 0, { .subject = "VS: Høring av opptrappingsplan", .from = "post@storvik.kommune.no",
		    .body = PASSED_ON("Hei, kan dere sende oss utkastet? Det mangler i oversendelsen.", "Helse- og omsorgsdepartementet <postmottak@hod.dep.no>") } },
		{ "with the letter retold", KIND_RESPONSE, 0, { .subject = "Særutskrift sak 41/22", .from = "post@storvik.kommune.no",
		    .body = "Departementet sender planen på høring og ber høringsinstansene svare. Høringsuttalelser sendes innen 27. mai, og høringsfristen er "
		    "ufravikelig. Vår ref. 21/4593. Kommunestyret mener at planen mangler penger." } },
		{ "a citizen's answer passed on", KIND_RESPONSE, 0, { .subject = "VS: Opptrappingsplan", .from = "ola@hod.dep.no",
		    .body = "Denne kom til meg.\n\nFra: Kari Berg <kari@gmail.com>\nSendt: 2. mai 2022 12:00\nTil: Ola\nEmne: Opptrappingsplan\n\n"
		    "Jeg mener at planen for psykisk helse må få egne penger til skolene.\n\nKari Berg\n" } },
		{ "a letter that came by post", KIND_RESPONSE, 0, { .subject = "Skannet svar", .from = "arkiv@hod.dep.no", .body = "Se vedlagt svar, kom i posten.",
		    .document = "Høringssvar\n\nSanitetsforeningen på Neset mener at planen for psykisk helse må få flere senger.", .document_name = "skann.pdf" } },
	};
	const struct verdict *v;

	judge_each(all, sizeof all / sizeof *all);
	v = fixture_judge(&all[1].m);
	check(strcmp(v->address, "post@storvik.kommune.no") == 0 && !v->is_forward && v->position == POSITION_NO_REMARKS, "who answers above the letter",
	    "%s, %s", v->address, position_name(v->position));
}

int
main(void)
{
	test_own();
	test_not_own();
	fixture_forget();
	return check_status();
}
