/* Form letters: what is one and what is not, and that neither the order of arrival nor what was there before changes a campaign. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/judge_fixture.h"
#define mail stored_mail	/* both fixtures have one */
#include "tests/unit/test_store_fixture.h"
#undef mail

#include "daemon/campaigns.h"
#include "daemon/judge/campaign.h"

#define OPENING "Jeg skriver til dere fordi planen legger ned akuttmottaket på Steinsund uten at noen har regnet på reisetiden. "
#define MIDDLE  "For oss som bor ytterst blir det to timer lenger til hjelp, og det er to timer ingen har. Legene advarer mot det samme. "
#define ENDING  "Jeg ber departementet om å trekke forslaget og å sende det ut igjen med tall som stemmer. "
#define LETTER  OPENING "\n\n" MIDDLE "\n\n" ENDING
#define OTHER   "Bibliotekene i bygdene er mer enn bøker, de er det eneste stedet der unge og gamle møtes gratis. " \
	"Kutter dere støtten, stenger dørene i tretti kommuner før året er omme. La pengene følge innbyggerne, slik utvalget foreslo."
#define OWN     "Min far døde i ambulansen ved Kvalnes i fjor vinter, tjue minutter fra sykehuset."
#define MINISTRY "Departementet foreslår at regionale helseforetak kan bestemme hvilke sykehus som skal ha akuttfunksjoner, forutsatt at " \
	"innbyggerne får et likeverdig tilbud innen rimelig reisetid. "

/* --- two letters ----------------------------------------------------------------------------------------------------- */

static int by_person;	/* who writes the letters that are held against each other */

static struct letter
letter_of(const struct mail *m)
{
	const struct parsed *p = fixture_parse(m);
	struct letter        l = { .mailbox = "hmr", .position = POSITION_REMARKS, .by_person = by_person };

	l.sentences = calloc(CAMPAIGN_SENTENCES, sizeof *l.sentences);
	l.telling = calloc(CAMPAIGN_SENTENCES, sizeof *l.telling);
	l.n = campaign_sentences(p, l.sentences);
	if (p->n_minhashes > 0) {
		l.minhash_words = p->minhashes[0].words;
		memcpy(l.minhash, p->minhashes[0].slot, sizeof l.minhash);
	}
	for (size_t i = 0; i < p->n_digests; i++)
		if (p->digests[i].kind == DIGEST_ATTACHMENTS)
			memcpy(l.documents, p->digests[i].sha256, sizeof l.documents);
	letter_prepare(&l, 0);
	return l;
}

static void
letter_end(struct letter *l)
{
	free(l->sentences);
	free(l->telling);
}

static void
hold(const char *name, int wanted, const struct mail *x, const struct mail *y)
{
	struct letter a = letter_of(x), b = letter_of(y);
	uint64_t      keys[CAMPAIGN_KEYS], others[CAMPAIGN_KEYS], shared = campaign_match(&a, &b);
	size_t        n = campaign_keys(&a, "plan", keys), m = campaign_keys(&b, "plan", others), found = 0;
	int           alike = letter_is_comparable(&a) && letter_is_comparable(&b) && shared > 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			found += keys[i] == others[k];
	check(alike == wanted, name, "%s, %llu of %llu and %llu words", wanted ? "not alike" : "alike", (unsigned long long)shared,
	    (unsigned long long)a.words, (unsigned long long)b.words);
	check(!wanted || found >= campaign_keys_wanted(n), name, "shares %zu of %zu keys: never found", found, n);
	check(shared == campaign_match(&b, &a), name, "another answer the other way round");
	n = campaign_keys(&a, "annen", keys);
	for (size_t i = found = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			found += keys[i] == others[k];
	check(found == 0, name, "shares keys across consultations");
	letter_end(&a);
	letter_end(&b);
}

#define BODY(...) &(struct mail){ .subject = "Høringssvar", .from = "a@x.no", .body = __VA_ARGS__ }

/* What somebody says, in the middle of what nobody else does; another text each time, kept until the next but one. */
static const char *
five_pages(const char *said)
{
	static char     pages[2][24000];
	static unsigned n;
	char           *p = pages[n++ % 2];
	size_t          have = 0;

	for (unsigned i = 0; i < 120; i++)
		have += (size_t)snprintf(p + have, sizeof pages[0] - have,
		    "%sVedrørende punkt%c%c%u venter vi at kapittel%uord%u og avsnitt%uord%u vurderes på nytt. ",
		    i == 60 ? said : "", 'a' + i % 26, 'a' + i / 26, n, i, n, i + 7, n);
	return p;
}

/* What people fill into a form letter; organisations write so of themselves without having been given it. */
static void
test_filled_in(void)
{
	static const struct { const char *name; struct mail a, b; } forms[] = {
		{ "a name", { .subject = "Svar", .from = "a@x.no", .body = "Jeg, Kari Berg, krever at regjeringen stanser utbyggingen av veien over Langmyra." },
		    { .subject = "Svar", .from = "b@x.no", .body = "Jeg, Ola Anders Dahl, krever at regjeringen stanser utbyggingen av veien over Langmyra." } },
		{ "a number and a name", { .subject = "Svar", .from = "a@x.no", .body = "Underskrift nr. 4711: Kari Berg støtter kravet om at akuttmottaket holdes åpent hele døgnet." },
		    { .subject = "Svar", .from = "b@x.no", .body = "Underskrift nr. 88: Ola Dahl støtter kravet om at akuttmottaket holdes åpent hele døgnet." } },
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		by_person = 1;
		hold(forms[i].name, 1, &forms[i].a, &forms[i].b);
		by_person = 0;
		hold(forms[i].name, 0, &forms[i].a, &forms[i].b);
	}
	by_person = 1;
	hold("a petition that is quoted", 1, BODY("Jeg støtter oppropet:\n\n«Hold akuttmottaket på Steinsund åpent hele døgnet, også i ferien og i helgene.»"),
	    BODY("«Hold akuttmottaket på Steinsund åpent hele døgnet, også i ferien og i helgene.»"));
	hold("capitals are no names", 0, BODY("STANS UTBYGGINGEN AV VEIEN OVER MYRA NÅ MED EN GANG."), BODY("STANS NEDLEGGINGEN AV SKOLEN VED ELVA NÅ MED EN GANG."));
	by_person = 0;
}

/* Places filled in are the letter's, what two of the first happen to say of two places is theirs. */
static void
test_added(void)
{
	static const char *const own[] = { "", "I fjor telte vi 20 døde fisk ved Ulvøy.", "I fjor telte vi 35 døde fisk ved Melbu.", "", "" };
	static const char *const places[] = { "Ulvøy", "Melbu", "Kalvåg", "Ramsvik", "Lauvøya" };
	struct letter            l[5];
	const struct letter     *first[5];
	uint8_t                  added[CAMPAIGN_SENTENCES];
	char                     text[600];
	uint64_t                 words;

	by_person = 1;
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(text, sizeof text, "Vi som bor i %s ber departementet om å la akuttmottaket bestå. %s", places[i], own[i]);
		l[i] = letter_of(BODY(text));
		first[i] = &l[i];
	}
	by_person = 0;
	for (size_t i = 0; i < 5; i++) {
		words = campaign_added(&l[i], first, 5, added);
		check((words > 0) == (own[i][0] != '\0') && words < 12, "added to what was filled in", "%zu: %llu words", i, (unsigned long long)words);
	}
	for (size_t i = 0; i < 5; i++)
		letter_end(&l[i]);
}

static void
test_alike(void)
{
	hold("other greeting, name and line breaks", 1, BODY("Hei,\n\n" LETTER "\n\nMvh\nKari Berg"), BODY("Til departementet\n\n" LETTER "\n\nHilsen\nOla Dahl"));
	hold("a paragraph of one's own", 1, BODY(LETTER), BODY(OPENING "\n\n" OWN "\n\n" MIDDLE "\n\n" ENDING));
	hold("each a paragraph of their own", 1, BODY(OWN "\n\n" LETTER), BODY(LETTER "\n\nJeg er sykepleier i Lauvvik og har sett hva lange turer gjør med folk."));
	hold("something left out", 1, BODY(LETTER), BODY(OPENING "\n\n" ENDING));
	hold("a short letter", 1, BODY("La Steinsund sykehus leve, vi som bor her trenger det."), BODY("Hei!\n\nLa Steinsund sykehus leve, vi som bor her trenger det.\n\nMvh\nPer"));
	hold("a name and a place in every sentence", 1,
	    BODY("Jeg heter Kari Berg og bor i Ulvøy og ber om at akuttmottaket i Steinsund får bestå slik det er i dag med døgnåpen vakt og kirurg, "
	    "og at fødestuen i Ulvøy holdes åpen også om sommeren når alle andre har ferie og veiene er fulle av biler."),
	    BODY("Jeg heter Ola Dahl og bor i Melbu og ber om at akuttmottaket i Steinsund får bestå slik det er i dag med døgnåpen vakt og kirurg, "
	    "og at fødestuen i Melbu holdes åpen også om sommeren når alle andre har ferie og veiene er fulle av biler."));
	hold("all of it, and five pages", 1, BODY(LETTER), BODY(five_pages(LETTER)));
	hold("that begins with a courtesy and goes on", 1,
	    BODY("Jeg viser til høringen om sykehusplanen og krever at akuttmottaket på Steinsund består, slik vi ble lovet i valgkampen i fjor høst."),
	    BODY("Hei,\n\nJeg viser til høringen om sykehusplanen og krever at akuttmottaket på Steinsund består, slik vi ble lovet i valgkampen i fjor høst."));
	hold("with a quotation in it", 1, BODY("Departementet skriver at «det vil bli noe lenger reisevei for enkelte av innbyggerne».\n\n" LETTER),
	    BODY("Departementet skriver at «det vil bli noe lenger reisevei for enkelte av innbyggerne».\n\n" LETTER OWN));
	hold("in a document, with a cover letter", 1, BODY(LETTER), BODY("Hei, vedlagt følger mitt svar på høringen.", .document = "Høringssvar\n\n" LETTER,
	    .document_name = "svar.pdf"));
}

#define QUOTED "Departementet foreslår at mottaket skal holde åpent i minst seks timer av døgnet hver dag hele året for alle som bor der."

static void
test_not_alike(void)
{
	hold("two campaigns", 0, BODY(LETTER), BODY(OTHER));
	hold("both quote the ministry", 0,
	    BODY("Legeforeningen mener at ordet rimelig må defineres nærmere, helst i minutter og ikke i kilometer. " MINISTRY
	    "Vi viser til at det i dag er store forskjeller mellom landsdelene, og at beredskapen om vinteren er en annen enn om sommeren. "
	    "Vi ber derfor om en egen utredning av dette, og om at fagmiljøene får delta i den fra første dag."),
	    BODY("Kommunestyret har behandlet saken. " MINISTRY "Dette er kommunen sterkt uenig i, ettersom ansvaret da flyttes fra Stortinget til et "
	    "styre ingen har valgt. Innbyggerne i øyriket har ferje som siste utvei, og den går ikke om natten. Vi krever at paragrafen strykes."));
	hold("both write above the same mail", 0,
	    BODY("Vi støtter kapittel to, men savner tall for utgiftene i kommunene.\n\n-----Opprinnelig melding-----\nFra: Departementet\nSendt: 2. mai 2022\n"
	    "Til: Høringsinstansene\nEmne: Høring\n\n" LETTER), BODY("Fylkestinget vil ha saken utsatt til våren er kommet og isen har gått.\n\n"
	    "-----Opprinnelig melding-----\nFra: Departementet\nSendt: 2. mai 2022\nTil: Høringsinstansene\nEmne: Høring\n\n" LETTER));
	hold("cover letters", 0, BODY("Vedlagt følger vårt svar på høringen om ny plan for psykisk helse.", .document = "", .document_name = "a.pdf"),
	    BODY("Vedlagt følger vårt svar på høringen om ny plan for psykisk helse.", .document = " ", .document_name = "b.pdf"));
	hold("a paragraph of it, and five pages", 0, BODY(LETTER), BODY(five_pages(OPENING)));
	hold("two on five pages each", 0, BODY(five_pages(OTHER)), BODY(five_pages(OPENING)));
	hold("both quote it and say little", 0, BODY("Departementet skriver: «" MINISTRY OTHER "»\n\nNordby legekontor ser dette hver uke og ber om utredning."),
	    BODY("I høringsnotatet heter det at «" MINISTRY OTHER "»\n\nFergene går ikke om natten, og det har ingen tenkt på."));
	by_person = 1;
	hold("both quote it behind a few words", 0, BODY("I brevet skriver departementet: \"" QUOTED "\" Vi mener dette er altfor lite for dem som arbeider på øyene i vest."),
	    BODY("I brevet skriver departementet: \"" QUOTED "\" Dette er en god løsning for ansatte, som får tid til å planlegge i ro og fred."));
	by_person = 0;
	hold("both set it off as a paragraph", 0, BODY("Regjeringen foreslår følgende:\n" MINISTRY "\n\nNordby legekontor ser dette hver uke og ber om utredning."),
	    BODY("Slik lyder forslaget:\n\n" MINISTRY "\n\nFergene går ikke om natten, og det har ingen tenkt på."));
	hold("both retell it", 0, BODY(MINISTRY "Forslaget innebærer at avtaler med kommuner sies opp hvert fjerde år.\n\nNordby legekontor ser dette hver uke og ber om utredning."),
	    BODY(MINISTRY "Forslaget innebærer at avtaler med kommuner sies opp hvert fjerde år.\n\nFergene går ikke om natten, og det har ingen tenkt på."));
	hold("how it came", 0, BODY("Departementet sendte 26. april 2022 opptrappingsplanen på høring med frist 27. mai 2022. Saken er behandlet administrativt etter delegert "
	    "myndighet.\n\nNordby legekontor ser ventelistene vokse hver uke."), BODY("Departementet sendte 26. april 2022 opptrappingsplanen på høring med frist 27. mai 2022. "
	    "Saken er behandlet administrativt etter delegert myndighet.\n\nFergene går ikke om natten."));
	hold("courtesy", 0, BODY("Innspill til plan for psykisk helse\n\nVi takker for invitasjonen til å gi innspill til planen. Vi viser til høringsbrev av 26. april 2022 om ny "
	    "opptrappingsplan for psykisk helse, sak 21/4593.\n\nNordby legekontor ser ventelistene vokse hver uke.\n\nTa gjerne kontakt med oss dersom noe er uklart."),
	    BODY("Innspill til plan for psykisk helse\n\nVi takker for invitasjonen til å gi innspill til planen. Vi viser til høringsbrev av 26. april 2022 om ny "
	    "opptrappingsplan for psykisk helse, sak 21/4593.\n\nFergene går ikke om natten.\n\nTa gjerne kontakt med oss dersom noe er uklart."));
	hold("a word or two", 0, BODY("Jeg er imot dette."), BODY("Jeg er imot dette."));
}

/* --- in the database --------------------------------------------------------------------------------------------------- */

#define LETTERS 40

static char           texts[LETTERS][2000];
static struct parsed *parsed[LETTERS];
static int            gone[LETTERS];

static void
write_letters(void)
{
	static const char *const parts[] = { OPENING, MIDDLE, ENDING };

	for (unsigned i = 0; i < LETTERS; i++) {
		struct mail m = { .subject = "Høringssvar", .from = "a@x.no", .body = texts[i] };
		char       *t = texts[i];

		if (i % 10 == 9)
			(void)snprintf(t, sizeof texts[0], "Dette er svar nummer %u, og det likner ikke på noe annet svar enn seg selv i hele saken. "
			    "Vi har regnet ut at %u av %u tiltak mangler penger.", i, i * 7, i * 11);
		else if (i % 10 >= 7)
			(void)snprintf(t, sizeof texts[0], "%s%s", OTHER, i % 10 == 7 ? "" : "\n\nSelv låner jeg tjue bøker i året på biblioteket i Melbu.");
		else
			for (size_t k = 0; k < 3; k++)
				if (i % 10 != 3 + k)	/* three of ten leave a paragraph out */
					(void)snprintf(t + strlen(t), sizeof texts[0] - strlen(t), "%s%s\n\n", parts[k],
					    i % 10 == 6 && k == 1 ? "\n\n" OWN : "");
		parsed[i] = fixture_parse(&m);
	}
}

static void
settle(struct fixture *f)
{
	struct why why = { .text = "" };
	int        more = 1;

	fixture_must(store_begin(f->store, &why), &why, "store_begin");
	while (more)
		fixture_must(campaigns_settle(f->store, 3, &more, &why), &why, "campaigns_settle");
	fixture_must(store_commit(f->store, &why), &why, "store_commit");
}

static void
file_letter(struct fixture *f, unsigned i, const char *consultation)
{
	struct why      why = { .text = "" };
	int64_t         received = AT_OPENING + (int64_t)i * 60, id = copy(f, i + 1, i % 3 == 0 ? "hmr" : "aar", i + 1, received);
	char            responder[32] = "";
	struct verdict  v = verdict_of(KIND_RESPONSE, consultation, responder);
	struct relative r = alone(id, received, consultation);

	(void)snprintf(responder, sizeof responder, "p:%u", i);
	r.counts = !gone[i];
	r.head = gone[i] ? 0 : id;
	fixture_must(store_begin(f->store, &why), &why, "store_begin");
	fixture_must(store_save_parsed(f->store, id, parsed[i], (const uint8_t *)"", 0, "", &why), &why, "store_save_parsed");
	fixture_must(store_save_text(f->store, id, parsed[i], &why), &why, "store_save_text");
	fixture_must(store_commit(f->store, &why), &why, "store_commit");
	file(f, id, &v, &r, 1);
}

/* It is an answer no more, or again, or one to another consultation. */
static void
file_again(struct fixture *f, unsigned i, const char *consultation)
{
	char            sql[120], responder[32] = "";
	struct verdict  v = verdict_of(KIND_RESPONSE, consultation, responder);
	struct relative r;
	int64_t         id;

	(void)snprintf(responder, sizeof responder, "p:%u", i);
	(void)snprintf(sql, sizeof sql, "SELECT id FROM submission WHERE sha256 = '%s'", sha_of(i + 1));
	id = strtoll(rows(f, sql), NULL, 10);
	r = alone(id, AT_OPENING + (int64_t)i * 60, consultation);
	r.counts = !gone[i];
	r.head = gone[i] ? 0 : id;
	file(f, id, &v, &r, 1);
}

/* Everything the views say of campaigns, by SHA-256. */
static char *
campaigns(struct fixture *f)
{
	return strdup(rows(f, "SELECT c.consultation, t.sha256, c.members, c.first, c.last, group_concat(m.said, ';') FROM campaigns c"
	    " JOIN submission t ON t.id = c.template_submission JOIN (SELECT a.campaign, substr(s.sha256, 1, 8) || ' ' || a.added_words || ' ' ||"
	    "  coalesce(a.added_text, '') AS said FROM campaign_members a JOIN submission s ON s.id = a.submission ORDER BY s.sha256) m"
	    " ON m.campaign = c.id GROUP BY c.id ORDER BY c.members DESC, t.sha256"));
}

static char *
from_scratch(const unsigned *order, size_t n, int each)
{
	struct fixture f;
	char          *said;

	fixture_open(&f);
	for (size_t i = 0; i < n; i++) {
		file_letter(&f, order[i], "plan");
		if (each)
			settle(&f);
	}
	settle(&f);
	said = campaigns(&f);
	fixture_close(&f);
	return said;
}

static void
shuffle(unsigned *order, size_t n, unsigned seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t   k = (size_t)(seed = seed * 1103515245u + 12345u) / 65536u % i;
		unsigned one = order[i - 1];

		order[i - 1] = order[k];
		order[k] = one;
	}
}

static void
test_order(void)
{
	unsigned order[LETTERS];
	char    *wanted, *got;

	for (unsigned i = 0; i < LETTERS; i++)
		order[i] = i;
	wanted = from_scratch(order, LETTERS, 1);
	check(strstr(wanted, "|28|") != NULL && strstr(wanted, "|8|") != NULL, "two campaigns and nothing else", "%s", wanted);
	check(strstr(wanted, "Min far døde i ambulansen ved Kvalnes") != NULL, "an added paragraph is kept", "%s", wanted);
	for (unsigned seed = 1; seed <= 6; seed++) {
		shuffle(order, LETTERS, seed);
		got = from_scratch(order, LETTERS, seed % 2);
		check(strcmp(got, wanted) == 0, "another order, the same campaigns", "%s\ninstead of\n%s", got, wanted);
		free(got);
	}
	for (unsigned i = 0; i < LETTERS; i++)
		order[i] = LETTERS - 1 - i;
	got = from_scratch(order, LETTERS, 1);
	check(strcmp(got, wanted) == 0, "backwards", "%s\ninstead of\n%s", got, wanted);
	free(got);
	free(wanted);
}

/* Members that leave and come back leave no trace; what stays is what a database that never knew them has. */
static void
test_leaving(void)
{
	static const unsigned who[] = { 0, 1, 2, 7, 13, 22, 26 };
	struct fixture        f;
	unsigned              order[LETTERS];
	char                 *all, *fewer, *got;

	for (unsigned i = 0; i < LETTERS; i++)
		order[i] = i;
	fixture_open(&f);
	for (unsigned i = 0; i < LETTERS; i++)
		file_letter(&f, i, "plan");
	settle(&f);
	all = campaigns(&f);
	for (size_t i = 0; i < sizeof who / sizeof *who; i++)
		gone[who[i]] = 1;
	fewer = from_scratch(order, LETTERS, 0);
	for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
		file_again(&f, who[i], "plan");
		settle(&f);
	}
	got = campaigns(&f);
	check(strcmp(got, fewer) == 0 && strcmp(all, fewer) != 0, "withdrawn members leave", "%s\ninstead of\n%s", got, fewer);
	free(got);
	memset(gone, 0, sizeof gone);
	for (size_t i = sizeof who / sizeof *who; i-- > 0;)
		file_again(&f, who[i], "plan");
	settle(&f);
	got = campaigns(&f);
	check(strcmp(got, all) == 0, "and come back", "%s\ninstead of\n%s", got, all);
	free(got);
	for (unsigned i = 0; i < LETTERS; i++)
		if (i % 10 >= 7)
			file_again(&f, i, "annen");
	settle(&f);
	check(strcmp(rows(&f, "SELECT consultation, members FROM campaigns ORDER BY members"), "annen|8\nplan|28") == 0, "refiled members move", "%s",
	    rows(&f, "SELECT consultation, members FROM campaigns ORDER BY members"));
	for (unsigned i = 0; i < LETTERS; i++) {
		gone[i] = 1;
		file_again(&f, i, "plan");
	}
	settle(&f);
	check(strcmp(rows(&f, "SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM campaign_letter), (SELECT count(*) FROM campaign_text),"
	    " (SELECT count(*) FROM campaign_key), (SELECT count(*) FROM campaign_waiting)"), "0|0|0|0|0") == 0, "nothing is left of nobody", "rows left");
	memset(gone, 0, sizeof gone);
	fixture_close(&f);
	free(all);
	free(fewer);
}

static void
test_three(void)
{
	struct fixture f;

	fixture_open(&f);
	file_letter(&f, 0, "plan");
	file_letter(&f, 1, "plan");
	settle(&f);
	check(strcmp(rows(&f, "SELECT (SELECT count(*) FROM campaigns), (SELECT count(*) FROM responses WHERE campaign IS NOT NULL)"), "0|0") == 0,
	    "two are no campaign", "they are");
	file_letter(&f, 2, "annen");
	settle(&f);
	check(strcmp(rows(&f, "SELECT count(*) FROM campaigns"), "0") == 0, "nor is a third to another consultation", "it is");
	file_again(&f, 2, "plan");
	settle(&f);
	check(strcmp(rows(&f, "SELECT id, members, template_submission, (SELECT count(*) FROM responses WHERE campaign = c.id) FROM campaigns c"), "1|3|1|3") == 0,
	    "three are", "%s", rows(&f, "SELECT id, members, template_submission FROM campaigns"));
	check(strcmp(rows(&f, "SELECT responses, distinct_texts, campaign_members FROM counts WHERE consultation = 'plan'"), "3|1|3") == 0, "counted", "%s",
	    rows(&f, "SELECT responses, distinct_texts, campaign_members FROM counts WHERE consultation = 'plan'"));
	fixture_close(&f);
}

#define REPEATS	6
#define REPEATED "Regionale helseforetak bestemmer hvilke sykehus som skal ha akuttfunksjoner, når innbyggerne får et likeverdig tilbud innen rimelig reisetid i hele landet. "

/* What stands in the ministry's own letter makes no campaign of those who repeat it, whichever of them comes first; and does when it is no such letter. */
static void
test_own_letter(void)
{
	static const char *const own[REPEATS] = { "Vi savner tall for Nordfjord.", "Ferga går ikke om natten her ute.", "Legevakten er alt lagt ned hos oss.",
		"Hvem betaler for helikopteret?", "Kommunen har ingen ambulanse på øya.", "Skolen mangler helsesykepleier i år." };
	struct mail     letter = { .subject = "Høring", .from = "hmr@hod.dep.no", .from_name = "Helse- og omsorgsdepartementet", .body = "Helse- og "
	    "omsorgsdepartementet sender med dette forslaget på høring. " REPEATED "Høringssvar sendes til oss innen fristen." };
	struct verdict *ours = fixture_judge(&letter), *v;
	struct parsed  *parsed_letter = fixture_parse(&letter), *kept[REPEATS + 1];
	struct why      why = { .text = "" };
	char            text[700];

	check(ours->kind == KIND_OTHER && fixture_has_review(ours, "own-letter"), "the ministry's letter", "%s", kind_name(ours->kind));
	memcpy(kept, parsed, sizeof kept);
	for (unsigned i = 0; i < REPEATS; i++) {
		(void)snprintf(text, sizeof text, "%s%s", REPEATED, own[i]);
		parsed[i] = fixture_parse(BODY(text));
	}
	parsed[REPEATS] = parsed_letter;
	for (unsigned at = 0; at <= REPEATS; at += REPEATS / 2) {
		struct fixture  f;
		struct relative r;
		int64_t         id;

		fixture_open(&f);
		for (unsigned i = 0; i <= REPEATS; i++) {
			if (i == at) {
				file_letter(&f, REPEATS, "plan");
				id = strtoll(rows(&f, "SELECT max(id) FROM submission"), NULL, 10);
				r = alone(id, AT_OPENING, "plan");
				r.counts = 0;
				v = ours;
				v->consultation = "plan";
				file(&f, id, v, &r, 1);
			}
			if (i < REPEATS)
				file_letter(&f, i, "plan");
			settle(&f);
		}
		check(strcmp(rows(&f, "SELECT count(*) FROM campaigns"), "0") == 0, "who repeats the ministry's letter", "it came after %u: %s", at,
		    rows(&f, "SELECT members FROM campaigns"));
		file_again(&f, REPEATS, "plan");	/* a person says that it is an answer */
		settle(&f);
		check(strcmp(rows(&f, "SELECT count(*) > 0 FROM campaigns"), "1") == 0, "an answer is not the ministry's letter", "it is (after %u)", at);
		fixture_close(&f);
	}
	memcpy(parsed, kept, sizeof kept);
	(void)why;
}

/* A line that three may have thought of by themselves is a campaign when ten send it. */
static void
test_few_words(void)
{
	struct mail    m = { .subject = "Høringssvar", .from = "a@x.no", .body = "Stans de nye anleggene i fjordene.\n\nMvh\nKari Berg" };
	struct parsed *line = fixture_parse(&m), *kept[10];
	struct fixture f;

	fixture_open(&f);
	for (unsigned i = 0; i < 10; i++) {
		kept[i] = parsed[i];
		parsed[i] = line;
		file_letter(&f, i, "plan");
		settle(&f);
		check(strcmp(rows(&f, "SELECT count(*), sum(members) FROM campaigns"), i < 9 ? "0|-" : "1|10") == 0, "few words", "%u send it: %s", i + 1,
		    rows(&f, "SELECT count(*), sum(members) FROM campaigns"));
		parsed[i] = kept[i];
	}
	fixture_close(&f);
}

/* Mail that comes latest first changes the form letter each time; its members are gone through once, not each time. */
static void
test_latest_first(void)
{
	struct fixture f;
	struct why     why;
	int            more = 0;

	fixture_open(&f);
	for (unsigned i = 20; i > 0; i--)
		file_letter(&f, i, "plan");
	settle(&f);
	file_letter(&f, 0, "plan");
	fixture_must(campaigns_settle(f.store, 3, &more, &why), &why, "campaigns_settle");
	check(more && strcmp(rows(&f, "SELECT count(*) FROM campaign_waiting"), "0") == 0, "latest first", "%s wait, more %d",
	    rows(&f, "SELECT count(*) FROM campaign_waiting"), more);
	settle(&f);
	check(strcmp(rows(&f, "SELECT count(*) FROM campaign WHERE told IS NOT NULL"), "0") == 0, "all were told", "not all");
	fixture_close(&f);
}

int
main(void)
{
	test_alike();
	test_not_alike();
	test_filled_in();
	test_added();
	fixture_forget();
	write_letters();
	test_three();
	test_few_words();
	test_own_letter();
	test_latest_first();
	test_order();
	test_leaving();
	fixture_forget();
	return check_status();
}
