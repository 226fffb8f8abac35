#include "parsers/phrases.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "base/distance.h"
#include "base/tokens.h"
#include "parsers/digest.h"
#include "parsers/signals_words.h"

#define PHRASE_WORDS	12	/* words of one phrase */
#define GAP_WORDS	4	/* that ".." stands for at most */
#define FAR_WORDS	12	/* and that "...." does */
#define SLIP_WORD	8	/* a word this long is still itself with one letter wrong */
#define CLASS_DEPTH	4	/* classes in one phrase at most; each multiplies the phrases it stands for */
#define CLASS_PHRASES	6000	/* that one line stands for at most */
#define PHRASE_BYTES	400
#define SUM_PARTS	4	/* groups of one sum at most */
#define FOLDED		256	/* bytes of a word of the rules, with a NUL */
#define KNOWN_BYTES	FOLDED	/* of a word that are looked at: more than any word of the rules has */
#define KNOWN_WORDS	20000	/* remembered at most */
#define NO_GAP		UINT32_MAX

enum { ANYWHERE, AT_START, ROOTS };	/* the first nodes: of all phrases, and of those with ^ */

/* What an edge of the trie takes. */
enum takes { TAKES_GAP, TAKES_FAR, TAKES_WORD, TAKES_PREFIX };

/* One word of the rules, or a gap; the same in all phrases that have it. */
struct term {
	enum takes  takes;
	const char *token;
	size_t      len;
};

struct edge   { uint32_t from, term, to; };
struct ending { uint32_t node; const char *group, *id; };

struct node {
	uint32_t edges, endings;	/* its first; the next node's first is behind its last */
	uint64_t groups;		/* bits of those that end here or behind */
};

/* A word of the rules that a word of a text is. */
struct match { uint32_t term; int slipped; };

struct sum { const char *group, *id, *parts[SUM_PARTS + 1]; };

/* A trie over terms, in arrays one behind the other: no child that reads them copies a page. */
struct phrases {
	GArray       *terms;		/* struct term: TAKES_GAP, TAKES_FAR, then the words */
	GArray       *begin[256];	/* uint32_t: the words of the rules that begin with this byte; NULL: none */
	GArray       *nodes;		/* struct node, and one behind the last */
	GArray       *edges;		/* struct edge, by node, then by term */
	GArray       *endings;		/* struct ending, by node */
	GArray       *sums;		/* struct sum */
	GStringChunk *strings;
	GHashTable   *known;		/* word of a text to a GArray of struct match: what was looked up once */
	uint32_t      print;		/* of the rules as they were read */
};

static void
free_array(void *array)
{
	g_array_free(array, TRUE);
}

/* The bit of a group. Some share one: it tells where a group can't be, not where it is. */
static uint64_t
group_bit(const char *group)
{
	return (uint64_t)1 << (g_str_hash(group) % 64);
}

static const struct term *
term_at(const struct phrases *ph, uint32_t i)
{
	return &g_array_index(ph->terms, struct term, i);
}

static struct node *
node_at(const struct phrases *ph, uint32_t i)
{
	return &g_array_index(ph->nodes, struct node, i);
}

static const struct edge *
edge_at(const struct phrases *ph, uint32_t i)
{
	return &g_array_index(ph->edges, struct edge, i);
}

static const struct ending *
ending_at(const struct phrases *ph, uint32_t i)
{
	return &g_array_index(ph->endings, struct ending, i);
}

static struct phrases *
phrases_new(void)
{
	struct phrases *ph = g_new0(struct phrases, 1);
	struct term     gaps[] = { { TAKES_GAP, "", 0 }, { TAKES_FAR, "", 0 } };

	ph->terms = g_array_new(FALSE, FALSE, sizeof(struct term));
	ph->nodes = g_array_new(FALSE, TRUE, sizeof(struct node));
	ph->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	ph->endings = g_array_new(FALSE, FALSE, sizeof(struct ending));
	ph->sums = g_array_new(FALSE, TRUE, sizeof(struct sum));
	ph->strings = g_string_chunk_new(4096);
	ph->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
	g_array_append_vals(ph->terms, gaps, G_N_ELEMENTS(gaps));
	return ph;
}

void
phrases_free(struct phrases *ph)
{
	size_t i;

	if (ph == NULL)
		return;
	for (i = 0; i < G_N_ELEMENTS(ph->begin); i++)
		if (ph->begin[i] != NULL)
			g_array_free(ph->begin[i], TRUE);
	g_array_free(ph->terms, TRUE);
	g_array_free(ph->nodes, TRUE);
	g_array_free(ph->edges, TRUE);
	g_array_free(ph->endings, TRUE);
	g_array_free(ph->sums, TRUE);
	g_string_chunk_free(ph->strings);
	g_hash_table_destroy(ph->known);
	g_free(ph);
}

/* --- reading the rules --------------------------------------------------------------------------------------------- */

/* One phrase without classes: its terms, in the pool of its reading. */
struct phrase {
	uint32_t    root;
	size_t      first, count;
	const char *group, *id;
};

/* What a rules file is read with. */
struct reading {
	struct phrases *ph;
	GHashTable     *classes;	/* name with "=" to a GPtrArray of what the class stands for */
	GHashTable     *words;		/* "word", or "word*" for one that others may begin with, to its term */
	GArray         *pool;		/* uint32_t terms */
	GArray         *phrases;	/* struct phrase */
	unsigned        made;		/* phrases of the line at hand */
};

/* The term of a word, made when it is new. */
static uint32_t
term_of(struct reading *r, enum takes takes, const char *token, size_t len)
{
	char        key[FOLDED + 1];
	uint32_t    term;
	struct term made = { .takes = takes, .len = len };
	GArray    **begin = &r->ph->begin[(unsigned char)token[0]];

	memcpy(key, token, len);
	g_strlcpy(key + len, takes == TAKES_PREFIX ? "*" : "", sizeof key - len);
	term = GPOINTER_TO_UINT(g_hash_table_lookup(r->words, key));
	if (term != 0)
		return term;
	made.token = g_string_chunk_insert_len(r->ph->strings, token, (gssize)len);
	term = r->ph->terms->len;
	g_array_append_val(r->ph->terms, made);
	if (*begin == NULL)
		*begin = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_array_append_val(*begin, term);
	g_hash_table_insert(r->words, g_strdup(key), GUINT_TO_POINTER(term));
	return term;
}

/* One phrase without classes; `p` is NUL-terminated and may be written to. NULL, or what is wrong with it. */
static const char *
add_plain(struct reading *r, const char *group, char *p)
{
	struct phrase made = { ANYWHERE, r->pool->len, 0, group, g_string_chunk_insert(r->ph->strings, p) };
	int           words = 0;
	uint32_t      gap = NO_GAP, term;
	char         *item, *rest = p, folded[FOLDED];
	const char   *token;
	size_t        n, pos, len, bytes;

	while ((item = strsep(&rest, " ")) != NULL) {
		if (strcmp(item, "^") == 0 && words == 0) {
			made.root = AT_START;
			continue;
		}
		if (strcmp(item, "..") == 0 || strcmp(item, "....") == 0) {
			gap = item[2] == '\0' ? TAKES_GAP : TAKES_FAR;
			continue;
		}
		bytes = strlen(item);
		if (bytes == 0)
			continue;
		n = tokens_fold(folded, sizeof folded, (const uint8_t *)item, bytes, NULL);
		for (pos = 0; (token = tokens_next(folded, n, &pos, &len)) != NULL; gap = NO_GAP) {
			if (++words > PHRASE_WORDS)
				return "has too many words";
			if (gap != NO_GAP && words == 1 && made.root == ANYWHERE)
				return "starts with \"..\"";
			if (gap != NO_GAP)
				g_array_append_val(r->pool, gap);
			term = term_of(r, pos == n && item[bytes - 1] == '*' ? TAKES_PREFIX : TAKES_WORD, token, len);
			g_array_append_val(r->pool, term);
		}
	}
	if (words == 0)
		return "has no word";
	made.count = r->pool->len - made.first;
	g_array_append_val(r->phrases, made);
	return NULL;
}

static void
free_class(void *class)
{
	g_ptr_array_free(class, TRUE);
}

/* "=name", TAB, what it stands for: one member of a class. */
static const char *
add_member(struct reading *r, const char *class, const char *words)
{
	GPtrArray *all = g_hash_table_lookup(r->classes, class);

	if (strchr(words, '=') != NULL || strncmp(words, "..", 2) == 0)
		return "of a class holds a class, or begins with \"..\"";
	if (all == NULL) {
		all = g_ptr_array_new();
		g_hash_table_insert(r->classes, g_string_chunk_insert_const(r->ph->strings, class), all);
	}
	g_ptr_array_add(all, g_string_chunk_insert_const(r->ph->strings, words));
	return NULL;
}

/* A phrase, written out for each member of the first class in it, and so on for the next. */
static const char *
add_phrase(struct reading *r, const char *group, const char *p, unsigned depth)
{
	const char *class = strchr(p, '='), *wrong = NULL;
	char        name[64], whole[PHRASE_BYTES];
	size_t      len;
	GPtrArray  *all;
	guint       i;

	if (class == NULL) {
		if (g_strlcpy(whole, p, sizeof whole) >= sizeof whole)
			return "is too long";
		return ++r->made > CLASS_PHRASES ? "stands for too many phrases" : add_plain(r, group, whole);
	}
	len = strcspn(class, " ");
	(void)g_snprintf(name, sizeof name, "%.*s", (int)MIN(len, sizeof name), class);
	all = g_hash_table_lookup(r->classes, name);
	if (all == NULL || depth == CLASS_DEPTH)
		return all == NULL ? "holds a class that no line above tells" : "holds too many classes";
	for (i = 0; wrong == NULL && i < all->len; i++) {
		int n = g_snprintf(whole, sizeof whole, "%.*s%s%s", (int)(class - p), p, (const char *)g_ptr_array_index(all, i), class + len);

		wrong = n < 0 || (size_t)n >= sizeof whole ? "is too long" : add_phrase(r, group, whole, depth + 1);
	}
	return wrong;
}

/* "+a +b": `p` may be written to. */
static const char *
add_sum(struct reading *r, const char *group, char *p)
{
	struct sum made = { .group = group, .id = g_string_chunk_insert(r->ph->strings, p) };
	char      *item;
	size_t     n = 0;

	while ((item = strsep(&p, " ")) != NULL) {
		if (item[0] != '+' || item[1] == '\0')
			return "has words beside its groups";
		if (n == SUM_PARTS)
			return "is of too many groups";
		made.parts[n++] = g_string_chunk_insert_const(r->ph->strings, item);
	}
	g_array_append_val(r->ph->sums, made);
	return NULL;
}

/* By root, then term by term, then as the rules have them. */
static gint
by_terms(gconstpointer a, gconstpointer b, gpointer pool)
{
	const struct phrase *x = a, *y = b;
	const uint32_t      *xt = &g_array_index((GArray *)pool, uint32_t, x->first), *yt = &g_array_index((GArray *)pool, uint32_t, y->first);
	size_t               k;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	for (k = 0; k < x->count && k < y->count; k++)
		if (xt[k] != yt[k])
			return xt[k] < yt[k] ? -1 : 1;
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static gint
by_node_and_term(gconstpointer a, gconstpointer b)
{
	const struct edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

/* What each node has, once all are known. */
static void
set_nodes(struct phrases *ph, uint32_t nodes)
{
	uint32_t edge = 0, ending = 0, i;

	g_array_set_size(ph->nodes, nodes + 1);
	for (i = ph->endings->len; i-- > 0;)
		node_at(ph, ending_at(ph, i)->node)->groups |= group_bit(ending_at(ph, i)->group);
	for (i = ph->edges->len; i-- > 0;)	/* as they were made: those behind a node come after it */
		node_at(ph, edge_at(ph, i)->from)->groups |= node_at(ph, edge_at(ph, i)->to)->groups;
	g_array_sort(ph->edges, by_node_and_term);
	for (i = 0; i <= nodes; i++) {
		node_at(ph, i)->edges = edge;
		node_at(ph, i)->endings = ending;
		while (edge < ph->edges->len && edge_at(ph, edge)->from == i)
			edge++;
		while (ending < ph->endings->len && ending_at(ph, ending)->node == i)
			ending++;
	}
}

/* The trie of all phrases read: in their order, each shares with the one before it the nodes of the terms they begin with alike. */
static void
grow(struct reading *r)
{
	struct phrases      *ph = r->ph;
	const struct phrase *before = NULL, *one;
	uint32_t             path[2 * PHRASE_WORDS + 1], nodes = ROOTS, i;
	size_t               k;

	g_array_sort_with_data(r->phrases, by_terms, r->pool);
	for (i = 0; i < r->phrases->len; i++, before = one) {
		const uint32_t *terms, *old;

		one = &g_array_index(r->phrases, struct phrase, i);
		terms = &g_array_index(r->pool, uint32_t, one->first);
		old = before != NULL && before->root == one->root ? &g_array_index(r->pool, uint32_t, before->first) : NULL;
		for (k = 0; old != NULL && k < before->count && k < one->count && terms[k] == old[k]; k++)
			;
		k = old != NULL ? k : 0;
		for (path[0] = one->root; k < one->count; k++) {
			struct edge made = { path[k], terms[k], nodes };

			path[k + 1] = nodes++;
			g_array_append_val(ph->edges, made);
		}
		g_array_append_vals(ph->endings, &(struct ending){ path[one->count], one->group, one->id }, 1);
	}
	set_nodes(ph, nodes);
}

uint32_t
phrases_print(const struct phrases *ph)
{
	return ph->print;
}

enum outcome
phrases_parse(const char *name, const char *p, size_t n, struct phrases **out, struct why *why)
{
	struct reading r = { .ph = phrases_new(), .classes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_class),
	    .words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .pool = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	    .phrases = g_array_new(FALSE, FALSE, sizeof(struct phrase)) };
	char          *copy = g_strndup(p, n), *line, *rest = copy, *tab;
	const char    *wrong = NULL;
	unsigned       number = 0;

	r.ph->print = (uint32_t)digest_word(p, n);
	while (wrong == NULL && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[0] == '#' || line[0] == '\0')
			continue;
		tab = strchr(line, '\t');
		if (tab == NULL || tab == line) {
			wrong = "is no group, TAB, phrase";
			break;
		}
		*tab = '\0';
		r.made = 0;
		wrong = line[0] == '=' ? add_member(&r, line, tab + 1) : tab[1] == '+' ?
		    add_sum(&r, g_string_chunk_insert_const(r.ph->strings, line), tab + 1) :
		    add_phrase(&r, g_string_chunk_insert_const(r.ph->strings, line), tab + 1, 0);
	}
	if (wrong == NULL)
		grow(&r);
	g_free(copy);
	g_hash_table_destroy(r.classes);
	g_hash_table_destroy(r.words);
	g_array_free(r.pool, TRUE);
	g_array_free(r.phrases, TRUE);
	if (wrong != NULL) {
		phrases_free(r.ph);
		return why_set(why, OUTCOME_REFUSED, "%s:%u: the phrase %s", name, number, wrong);
	}
	*out = r.ph;
	return OUTCOME_OK;
}

/* --- finding ------------------------------------------------------------------------------------------------------- */

struct search {
	const struct phrases *ph;
	const struct words   *w;
	size_t                first, end;	/* where the walk began; where the sentence ends */
	uint64_t              groups;		/* bits of those asked for */
	phrases_each         *each;
	void                 *arg;
};

/* The words of the rules that a word of a text is: as the rules write it, or with a slip of the hand. */
static GArray *
look_up(const struct phrases *ph, const char *token, size_t len)
{
	GArray      *found = g_array_new(FALSE, FALSE, sizeof(struct match));
	const GArray *begin = ph->begin[(unsigned char)token[0]];
	guint         i;

	for (i = 0; begin != NULL && i < begin->len; i++) {
		struct match       m = { g_array_index(begin, uint32_t, i), 0 };
		const struct term *t = term_at(ph, m.term);

		if (t->takes == TAKES_PREFIX ? len < t->len || memcmp(token, t->token, t->len) != 0 : len != t->len || memcmp(token, t->token, len) != 0) {
			if (t->takes == TAKES_PREFIX || t->len < SLIP_WORD || len < SLIP_WORD - 1 || distance_words(token, len, t->token, t->len, 1) > 1)
				continue;
			m.slipped = 1;
		}
		g_array_append_val(found, m);
	}
	return found;
}

/* The same, remembered: people use the same words over and over, and the rules ask for each many times. */
static const GArray *
matches_of(const struct phrases *ph, const char *token, size_t len)
{
	char    key[KNOWN_BYTES + 1];
	GArray *found;

	if (len > KNOWN_BYTES)
		len = KNOWN_BYTES;	/* no word of the rules is as long, so what begins like one is all there is to know */
	memcpy(key, token, len);
	key[len] = '\0';
	found = g_hash_table_lookup(ph->known, key);
	if (found == NULL) {
		found = look_up(ph, key, len);
		g_hash_table_insert(ph->known, g_strdup(key), found);
	}
	return found;
}

/* The node behind a term; 0: none. */
static uint32_t
behind(const struct phrases *ph, uint32_t at, uint32_t term)
{
	uint32_t low = node_at(ph, at)->edges, high = node_at(ph, at + 1)->edges, end = high, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (edge_at(ph, middle)->term < term)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && edge_at(ph, low)->term == term ? edge_at(ph, low)->to : 0;
}

static void
walk(const struct search *s, uint32_t at, size_t i, int slipped)
{
	const struct node   *node = node_at(s->ph, at), *next = node + 1;
	const struct ending *end;
	const struct edge   *e;
	const GArray        *matches;
	uint32_t             k, to;
	size_t               skip;

	if ((node->groups & s->groups) == 0)
		return;
	for (k = node->endings; k < next->endings; k++) {
		end = ending_at(s->ph, k);
		s->each(s->arg, &(struct phrase_hit){ end->group, end->id, s->first, i - s->first, slipped });
	}
	for (k = node->edges; k < next->edges; k++) {
		e = edge_at(s->ph, k);
		if (e->term != TAKES_GAP && e->term != TAKES_FAR)
			break;
		for (skip = 0; skip <= (e->term == TAKES_GAP ? GAP_WORDS : FAR_WORDS) && i + skip < s->end; skip++)
			walk(s, e->to, i + skip, slipped);
	}
	if (k == next->edges || i >= s->end)
		return;
	matches = matches_of(s->ph, word_token(s->w, i), words_at(s->w, i)->len);
	for (k = 0; k < matches->len; k++) {
		const struct match *m = &g_array_index(matches, struct match, k);

		if ((to = behind(s->ph, at, m->term)) != 0)
			walk(s, to, i + 1, slipped || m->slipped);
	}
}

static void
find(struct search *s)
{
	if (g_hash_table_size(s->ph->known) > KNOWN_WORDS)
		g_hash_table_remove_all(s->ph->known);
	if (s->first < s->end)
		walk(s, AT_START, s->first, 0);
	for (; s->first < s->end; s->first++)
		walk(s, ANYWHERE, s->first, 0);
}

void
phrases_find(const struct phrases *ph, const struct words *w, size_t first, size_t count, phrases_each *each, void *arg)
{
	struct search s = { .ph = ph, .w = w, .first = first, .end = first + count, .groups = UINT64_MAX, .each = each, .arg = arg };

	find(&s);
}

void
phrases_sums(const struct phrases *ph, phrases_part *has, phrases_each *each, void *arg)
{
	struct phrase_hit part;
	guint             i;
	size_t            k;

	for (i = 0; i < ph->sums->len; i++) {
		const struct sum *sum = &g_array_index(ph->sums, struct sum, i);
		struct phrase_hit whole = { .group = sum->group, .id = sum->id, .first = SIZE_MAX };

		for (k = 0; sum->parts[k] != NULL && has(arg, sum->parts[k], &part); k++) {
			if (part.first < whole.first) {
				whole.first = part.first;
				whole.count = part.count;
			}
			whole.slipped |= part.slipped;
		}
		if (sum->parts[k] == NULL)
			each(arg, &whole);
	}
}

struct asked { const char *group; int found; };

static void
note_group(void *arg, const struct phrase_hit *hit)
{
	struct asked *a = arg;

	a->found |= strcmp(hit->group, a->group) == 0;
}

int
phrases_has(const struct phrases *ph, const struct words *w, size_t first, size_t count, const char *group)
{
	struct asked  a = { group, 0 };
	struct search s = { .ph = ph, .w = w, .first = first, .end = first + count, .groups = group_bit(group), .each = note_group, .arg = &a };

	find(&s);
	return a.found;
}
