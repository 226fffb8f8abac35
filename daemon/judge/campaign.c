/* Form letters: the sentences that tell, the keys by which like texts are found, and how two of them are held together. */
#include "daemon/judge/campaign.h"

#include <stdlib.h>
#include <string.h>

#define TELLING_SENTENCE	4	/* words; shorter ones are turns of phrase */
#define SHORTEST		8	/* words of a letter that can be one of a campaign, word for word */
#define SHORTEST_OF_MANY	6	/* the same when many send it */
#define SHARED_WORDS		20	/* that two letters must share when they are not the same throughout */
#define COVER_WORDS		60	/* fewer beside documents are a cover letter, which says nothing by being alike */
#define SHARE_OF_SMALLER	60	/* per cent: both may have put a paragraph of their own into a short letter */
#define SHARE_OF_LARGER		35	/* per cent: what was added may outweigh the form letter, not drown it; a quotation drowns */
#define WHOLE_WORDS		40	/* but a letter of so many words */
#define WHOLE_SENTENCES		3	/* and sentences is sent by who says all of it, whatever else is said */
#define BAND_SLOTS		2

/* --- what of a message is compared ----------------------------------------------------------------------------------- */

static uint32_t
answer_part(const struct parsed *p)
{
	for (size_t i = 0; i < p->n_digests; i++)
		if (p->digests[i].kind == DIGEST_ANSWER)
			return p->digests[i].part;
	return 0;
}

/* Where the part's text begins among all texts, each followed by a line break; *size is that of the text. 0 when it has none. */
static int
find_text(const struct parsed *p, uint32_t part, uint64_t *at, uint64_t *size)
{
	uint64_t begin = 0;

	for (size_t i = 0; i < p->n_texts; i++) {
		if (p->texts[i].part == part) {
			*at = begin;
			*size = p->texts[i].text.n;
			return 1;
		}
		begin += p->texts[i].text.n + 1;
	}
	return 0;
}

static int
place_of(const struct block *b, uint32_t answer, uint32_t *place)
{
	switch (b->zone) {
	case ZONE_BODY:
		*place = SENTENCE_OWN;
		return 1;
	case ZONE_FORWARDED:
		*place = SENTENCE_PASSED_ON;
		return 1;
	case ZONE_ATTACHMENT:
		*place = SENTENCE_DOCUMENT;
		return b->part == answer;	/* annexes are often the ministry's own */
	default:
		return 0;
	}
}

/* What the parser said of the sentence: anybody writes it, or somebody else did. */
static uint32_t
common_as(const struct parsed *p, const struct block *b)
{
	for (size_t i = 0; i < p->n_signals; i++) {
		const struct signal *one = &p->signals[i];

		if (one->kind == SIGNAL_COMMON && one->offset == b->offset && one->part == b->part && one->zone == b->zone)
			return strcmp(one->value.p, "cited") == 0 ? COMMON_CITED : COMMON_COURTESY;
	}
	return 0;
}

size_t
campaign_sentences(const struct parsed *p, struct sentence *out)
{
	uint32_t answer = answer_part(p), of = UINT32_MAX, place;
	uint64_t at = 0, size = 0;
	size_t   n = 0;

	for (size_t i = 0; i < p->n_blocks && n < CAMPAIGN_SENTENCES; i++) {
		const struct block *b = &p->blocks[i];

		if (!place_of(b, answer, &place))
			continue;
		if (b->part != of && !find_text(p, b->part, &at, &size))
			continue;
		of = b->part;
		if (b->offset > size || b->size_bytes > size - b->offset)	/* a lying parser */
			continue;
		out[n++] = (struct sentence){ .hash = b->hash, .form = b->form, .at = (uint32_t)(at + b->offset), .size_bytes = (uint32_t)b->size_bytes,
			.words = b->words > 10000 ? 10000 : (uint32_t)b->words, .place = place, .common = common_as(p, b) };
	}
	return n;
}

static int
by_hash(const void *a, const void *b)
{
	const struct sentence *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Once each, by hash; returns how many are left. */
static size_t
make_distinct(struct sentence *all, size_t n)
{
	size_t distinct = 0;

	qsort(all, n, sizeof *all, by_hash);
	for (size_t i = 0; i < n; i++)
		if (distinct == 0 || all[distinct - 1].hash != all[i].hash)
			all[distinct++] = all[i];
	return distinct;
}

/* A person who says nothing but what is cited or retold has signed that: a petition. An organisation has quoted it. */
static uint32_t
ignored(const struct letter *l)
{
	uint64_t words = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->sentences[i].words >= TELLING_SENTENCE && l->sentences[i].common == 0)
			words += l->sentences[i].words;
	return l->by_person && words < SHORTEST_OF_MANY ? COMMON_CITED : 0;
}

/* Those that tell first, and the common ones behind them. */
static void
divide(struct letter *l)
{
	size_t   telling = 0, common = 0;
	uint32_t not = ignored(l);

	for (size_t i = 0; i < l->n; i++) {
		l->sentences[i].common &= ~not;
		telling += l->sentences[i].words >= TELLING_SENTENCE && l->sentences[i].common == 0;
	}
	l->common = l->telling + telling;
	telling = 0;
	for (size_t i = 0; i < l->n; i++) {
		struct sentence *one;

		if (l->sentences[i].words < TELLING_SENTENCE)
			continue;
		one = l->sentences[i].common == 0 ? &l->telling[telling++] : &l->common[common++];
		*one = l->sentences[i];
		if (l->by_person)
			one->hash = one->form;
	}
	l->n_telling = make_distinct(l->telling, telling);
	l->n_common = make_distinct(l->common, common);
}

void
letter_prepare(struct letter *l, int passed_on)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->sentences[i].place != SENTENCE_PASSED_ON || passed_on)
			l->sentences[kept++] = l->sentences[i];
	l->n = kept;
	divide(l);
	l->words = l->cited_words = 0;
	for (size_t i = 0; i < l->n_telling; i++)
		l->words += l->telling[i].words;
	for (size_t i = 0; i < l->n_common; i++)
		if ((l->common[i].common & (COMMON_CITED | COMMON_MINISTRY)) != 0)
			l->cited_words += l->common[i].words;
}

int
letter_is_comparable(const struct letter *l)
{
	/* Everybody without remarks says so in the same words, and so does who endorses another's answer in a line. */
	return l->words >= SHORTEST_OF_MANY && l->position != POSITION_NO_REMARKS && l->position != POSITION_DECLINES &&
	    (l->position != POSITION_ENDORSES || l->words >= SHARED_WORDS);
}

int
letter_responders(const struct letter *l)
{
	return l->words < SHORTEST ? CAMPAIGN_OF_FEW_WORDS : CAMPAIGN_RESPONDERS;
}

/* --- rank ------------------------------------------------------------------------------------------------------------ */

/* Doublings: a text changes its rank a few times on its way to thirty thousand copies. */
unsigned
letter_class(uint64_t copies)
{
	unsigned class = 64;

	for (; copies > 1; copies /= 2)
		class--;
	return class;
}

static int
received_before(const struct letter *a, const struct letter *b)
{
	int c;

	if (a->received_at != b->received_at)
		return a->received_at < b->received_at;
	if ((c = strcmp(a->mailbox, b->mailbox)) != 0)
		return c < 0;
	if (a->uid != b->uid)
		return a->uid < b->uid;
	return a->id < b->id;
}

int
letter_before(const struct letter *a, const struct letter *b)
{
	unsigned x = letter_class(a->copies), y = letter_class(b->copies);

	return x != y ? x < y : received_before(a, b);
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

/* The finaliser of splitmix64, which spreads every bit over all. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15u + b;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t
letter_digest(const struct letter *l)
{
	uint64_t digest = 0;

	for (size_t i = 0; i < l->n_telling; i++)
		digest = mix(digest, l->telling[i].hash);
	for (size_t i = 0; i < sizeof l->documents && l->words < COVER_WORDS; i++)
		digest = mix(digest, l->documents[i]);
	return digest;
}

size_t
campaign_keys(const struct letter *l, const char *consultation, uint64_t keys[CAMPAIGN_KEYS])
{
	uint64_t of = 0;
	size_t   n = 0;

	for (const char *c = consultation; *c != '\0'; c++)
		of = mix(of, (uint8_t)*c);
	while (n < l->n_telling && n < CAMPAIGN_SENTENCE_KEYS) {
		keys[n] = mix(of, l->telling[n].hash);
		n++;
	}
	for (size_t band = 0; band < CAMPAIGN_BAND_KEYS && l->minhash_words > 0; band++)
		keys[n++] = mix(mix(of, band), (uint64_t)l->minhash[band * BAND_SLOTS] << 32 | l->minhash[band * BAND_SLOTS + 1]);
	return n;
}

size_t
campaign_keys_wanted(size_t n)
{
	return n < 4 ? 1 : 2;
}

/* --- two letters ----------------------------------------------------------------------------------------------------- */

/* Of sentences in both lists; a name that was filled in may be longer here than there. */
static uint64_t
shared_words(const struct sentence *a, size_t n_a, const struct sentence *b, size_t n_b, size_t *sentences)
{
	uint64_t words = 0;
	size_t   i = 0, k = 0, n = 0;

	while (i < n_a && k < n_b) {
		if (a[i].hash == b[k].hash) {
			words += a[i].words < b[k].words ? a[i].words : b[k].words;
			n++, i++, k++;
		} else if (a[i].hash < b[k].hash)
			i++;
		else
			k++;
	}
	*sentences = n;
	return words;
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Of the words that MinHash finds alike those that are nobody's own: sentences both have, and what both cite in whatever pieces. */
static uint64_t
common_words(const struct letter *a, const struct letter *b)
{
	size_t   sentences;
	uint64_t shared = shared_words(a->common, a->n_common, b->common, b->n_common, &sentences);
	uint64_t cited = a->cited_words < b->cited_words ? a->cited_words : b->cited_words;

	return shared > cited ? shared : cited;
}

/* The same by MinHash, where names and places were filled in: share of the union times its size, by the sizes of both. */
static uint64_t
alike_words(const struct letter *a, const struct letter *b)
{
	uint64_t same = 0;

	if (a->minhash_words == 0 || b->minhash_words == 0)
		return 0;
	for (size_t i = 0; i < MINHASH_SIZE; i++)
		same += a->minhash[i] == b->minhash[i];
	return same * (a->minhash_words + b->minhash_words) / (MINHASH_SIZE + same);
}

static int
is_enough(uint64_t shared, uint64_t a, uint64_t b)
{
	uint64_t smaller = a < b ? a : b, larger = a < b ? b : a;

	return shared >= SHARED_WORDS && shared * 100 >= smaller * SHARE_OF_SMALLER && shared * 100 >= larger * SHARE_OF_LARGER;
}

/* All of the one is said by the other. */
static int
is_whole(uint64_t shared, size_t sentences, const struct letter *a, const struct letter *b)
{
	return (sentences == a->n_telling || sentences == b->n_telling) && shared >= WHOLE_WORDS && sentences >= WHOLE_SENTENCES;
}

static int
has_documents(const struct letter *l)
{
	static const uint8_t none[sizeof l->documents];

	return memcmp(l->documents, none, sizeof none) != 0;
}

/* Cover letters over different documents, of which we may have read none. */
static int
are_covers(const struct letter *a, const struct letter *b)
{
	return a->words < COVER_WORDS && b->words < COVER_WORDS && has_documents(a) && has_documents(b) &&
	    memcmp(a->documents, b->documents, sizeof a->documents) != 0;
}

uint64_t
campaign_match(const struct letter *a, const struct letter *b)
{
	size_t   sentences;
	uint64_t shared = shared_words(a->telling, a->n_telling, b->telling, b->n_telling, &sentences), alike, common;

	if (are_covers(a, b))
		return 0;
	if (shared >= SHORTEST && sentences == a->n_telling && sentences == b->n_telling)
		return shared;
	if (is_enough(shared, a->words, b->words) || is_whole(shared, sentences, a, b))
		return shared;
	common = common_words(a, b);
	alike = less(alike_words(a, b), common);
	return is_enough(alike, less(a->minhash_words, common), less(b->minhash_words, common)) ? alike : 0;
}

/* --- what a member added ----------------------------------------------------------------------------------------------- */

/* The form letter's own words, or its words with something filled in: that is told by more, for two may see the same in two places. */
static int
is_of_form(const struct sentence *one, const struct letter *const *first, size_t n_first, int by_person)
{
	size_t same = 0, filled_in = 0;

	for (size_t k = 0; k < n_first; k++) {
		int hash = 0, form = 0;

		for (size_t i = 0; i < first[k]->n; i++) {
			hash |= first[k]->sentences[i].hash == one->hash;
			form |= first[k]->sentences[i].form == one->form;
		}
		same += (size_t)hash;
		filled_in += (size_t)form;
	}
	return same >= 2 || (by_person && filled_in >= 3);
}

uint64_t
campaign_added(const struct letter *l, const struct letter *const *first, size_t n_first, uint8_t *added)
{
	uint64_t words = 0;

	for (size_t i = 0; i < l->n; i++) {
		int again = 0;

		for (size_t k = 0; k < i && !again; k++)
			again = l->sentences[k].hash == l->sentences[i].hash;
		added[i] = !again && !is_of_form(&l->sentences[i], first, n_first, l->by_person);
		if (added[i])
			words += l->sentences[i].words;
	}
	return words;
}
