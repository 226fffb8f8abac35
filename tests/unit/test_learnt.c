/* What is learnt from sentences: what a text reads like, how sure that is, by which words; and what is said of a broken file. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parsers/learnt.h"
#include "parsers/signals_words.h"

extern const struct learnt learnt_builtin;

static int failed;

static void PRINTF_LIKE(3, 4)
check(int good, const char *name, const char *fmt, ...)
{
	va_list args;

	failed += !good;
	(void)printf("%s %s", good ? "ok" : "not ok", name);
	if (!good) {
		va_start(args, fmt);
		(void)printf(": ");
		(void)vprintf(fmt, args);
		va_end(args);
	}
	(void)putchar('\n');
}

static struct reading
reading_of(const struct learnt *l, const char *text, char heaviest[64])
{
	struct words  *w = words_new();
	GArray        *terms = g_array_new(FALSE, FALSE, sizeof(struct term));
	struct reading r;

	words_add(w, text, 0, strlen(text));
	learnt_terms(text, w, 0, w->sentences->len, terms);
	r = learnt_read(l, terms);
	heaviest[0] = '\0';
	if (r.n_heaviest > 0) {
		size_t word = g_array_index(terms, struct term, r.heaviest[0]).word;

		(void)g_snprintf(heaviest, 64, "%.*s", (int)words_at(w, word)->len, word_token(w, word));
	}
	g_array_free(terms, TRUE);
	words_free(w);
	return r;
}

static const char lessons[] =
	"# sorts of mail\n"
	"fish\tnb\tTorsken svømmer i havet.\nfish\tnb\tSilda svømmer fort.\nfish\tnn\tMakrellen og silda lever i havet.\n\n"
	"tree\tnb\tGrana står i skogen.\ntree\tnb\tBjørka står stille.\ntree\tnn\tFurua og bjørka veks i skogen.\n";

static void
test_learning(void)
{
	struct learnt *l = NULL, *again = NULL;
	struct why     why = { 0, "" };
	struct reading r;
	char           heaviest[64];

	if (learnt_learn("sentences", lessons, strlen(lessons), NULL, &l, &why) != OUTCOME_OK || learnt_learn("sentences", lessons, strlen(lessons), NULL, &again, &why) != OUTCOME_OK) {
		check(0, "learning", "%s", why.text);
		return;
	}
	r = reading_of(l, "En laks svømte langt ute i havet.", heaviest);
	check(strcmp(r.sort, "fish") == 0 && r.percent > 70 && strcmp(heaviest, "havet") == 0, "what is like fish", "%s %u %s", r.sort, r.percent, heaviest);
	r = reading_of(l, "Ei eik står midt i skogen.", heaviest);
	check(strcmp(r.sort, "tree") == 0 && r.percent > 70 && strcmp(heaviest, "star") == 0, "what is like trees", "%s %u %s", r.sort, r.percent, heaviest);
	r = reading_of(l, "Budsjettet vedtas torsdag.", heaviest);
	check(r.percent < 60 && r.n_heaviest == 0, "what is like nothing seen", "%s %u", r.sort, r.percent);
	r = reading_of(l, "havet@skogen.example", heaviest);
	check(r.n_heaviest == 0, "an address is no word", "%s %u %s", r.sort, r.percent, heaviest);
	r = reading_of(l, "", heaviest);
	check(r.percent == 0 && strcmp(r.sort, "") == 0, "no words at all", "%s %u", r.sort, r.percent);
	check(l->n_terms == again->n_terms && memcmp(l->weights, again->weights, l->n_terms * l->n_sorts * sizeof *l->weights) == 0 && l->print == again->print,
	    "the same sentences teach the same", "other weights");
	learnt_free(again);
	learnt_free(l);
}

static void
test_mistakes(void)
{
	static const struct { const char *text, *where; size_t n; } cases[] = {
		{ "fish\tnb\tTorsk.\nfish torsk\n", "own:2:", 0 }, { "Fish\tnb\tTorsk.\n", "own:1:", 0 }, { "fish\tnb\n", "own:1:", 0 }, { "\tnb\tTorsk\n", "own:1:", 0 },
		{ "fish\tnb\tT\xff" "rsk\n", "own:1:", 0 }, { "fish\tnb\tTo\0rsk\n", "own:1:", 15 },
		{ "a\tnb\tx\nb\tnb\tx\nc\tnb\tx\nd\tnb\tx\ne\tnb\tx\nf\tnb\tx\ng\tnb\tx\nh\tnb\tx\ni\tnb\tx\nj\tnb\tx\nk\tnb\tx\nl\tnb\tx\nm\tnb\tx\nn\tnb\tx\no\tnb\tx\np\tnb\tx\nq\tnb\tx\n",
			"own:17:", 0 },
	};
	struct learnt *l = NULL;
	struct why     why = { 0, "" };
	size_t         i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum outcome result = learnt_learn("own", cases[i].text, cases[i].n > 0 ? cases[i].n : strlen(cases[i].text), NULL, &l, &why);

		check(result == OUTCOME_REFUSED && strncmp(why.text, cases[i].where, strlen(cases[i].where)) == 0, "a mistake is told with its line", "%zu: %s", i,
		    result == OUTCOME_OK ? "taken" : why.text);
	}
	check(learnt_learn("own", "# nothing yet\n", 14, NULL, &l, &why) == OUTCOME_OK && l->n_sorts == 0, "a file without sentences", "%s", why.text);
	if (l != NULL) {
		char heaviest[64];

		check(reading_of(l, "Hva som helst.", heaviest).percent == 0, "teaches nothing", "a reading");
	}
	learnt_free(l);
}

/* Somebody counts on fish and trees: a file of one's own has both and nothing else, or nothing at all. */
static void
test_sorts_of_another(void)
{
	static const struct { const char *text, *told; } cases[] = {
		{ "fish\tnb\tTorsk.\n", "own:1: no line up to here is of the sort tree; the sorts of text are fish, tree" },
		{ "tree\tnb\tGran.\n\n# fish\tnb\tTorsk.\ntree\tnb\tFuru.", "own:4: no line up to here is of the sort fish; the sorts of text are fish, tree" },
		{ "fish\tnb\tTorsk.\nbird\tnb\tMåke.\ntree\tnb\tGran.\n", "own:2: there is no sort bird; the sorts of text are fish, tree" },
		{ "fis\tnb\tTorsk.\ntree\tnb\tGran.\n", "own:1: there is no sort fis; the sorts of text are fish, tree" },
		{ "trees\tnb\tGran.\nfish\tnb\tTorsk.\n", "own:1: there is no sort trees; the sorts of text are fish, tree" },
		{ "fish\tnb\tTorsk.\ntree\tnb\tGran.\n", NULL }, { "tree\tnb\tGran.\nfish\tnb\tTorsk.", NULL }, { lessons, NULL },
		{ "", NULL }, { "# tree\tnb\tGran.\n\n", NULL },
	};
	struct learnt *like = NULL;
	struct why     why = { 0, "" };
	size_t         i;

	if (learnt_learn("sentences", lessons, strlen(lessons), NULL, &like, &why) != OUTCOME_OK) {
		check(0, "the sorts to have", "%s", why.text);
		return;
	}
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct learnt *l = NULL;
		enum outcome   o = learnt_learn("own", cases[i].text, strlen(cases[i].text), like, &l, &why);

		check(cases[i].told == NULL ? o == OUTCOME_OK : o == OUTCOME_REFUSED && strcmp(why.text, cases[i].told) == 0,
		    "a file of one's own has the sorts that are counted on", "%zu: %s", i, o == OUTCOME_OK ? "taken" : why.text);
		learnt_free(l);
	}
	learnt_free(like);
}

/* The sentences that come with the program, on others. */
static void
test_builtin(void)
{
	static const struct { const char *sort, *text; } cases[] = {
		{ "answer", "Ferja må gå også om vinteren, ellers flytter folk fra øya." },
		{ "answer", "Forslaget vil ramme små gardsbruk hardt, og bør vurderast på nytt." },
		{ "no-remarks", "Saken er gjennomgått, og vi ser ingen grunn til å komme med merknader." },
		{ "no-remarks", "Me har lese notatet og har ikkje noko å seie til det." },
		{ "extension", "Kommunestyret møtes først to uker etter at dere vil ha svar. Kan vi få vente til da?" },
		{ "inquiry", "Hvor på nettsiden ligger vedlegget med tabellene?" },
		{ "decline", "Takk for innbydinga, men ingen frå oss har høve til å kome på møtet." },
		{ "registration", "Fra oss kommer Kari Vik (kari.vik@y.example) og Ola Nes (ola.nes@y.example)." },
		{ "auto-reply", "Jeg er ute av kontoret til mandag og leser ikke e-post. Haster det, ring sentralbordet." },
		{ "withdrawal", "Vi ønsker ikke lenger at svaret vårt av 3. mars skal telle med. Vennligst slett det." },
		{ "elsewhere", "Fakturaen for juni er ikke betalt. Vi ber om oppgjør innen ti dager." },
	};
	char   heaviest[64];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reading r = reading_of(&learnt_builtin, cases[i].text, heaviest);

		check(strcmp(r.sort, cases[i].sort) == 0, "built in", "%s reads as %s %u (%s)", cases[i].text, r.sort, r.percent, heaviest);
	}
}

int
main(void)
{
	test_learning();
	test_mistakes();
	test_sorts_of_another();
	test_builtin();
	return failed == 0 ? 0 : 1;
}
