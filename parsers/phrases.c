#include "parsers/phrases.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "base/distance.h"
#include "base/tokens.h"
#include "parsers/signals_words.h"

#define PHRASE_WORDS	12	/* words of one phrase */
#define GAP_WORDS	4	/* that ".." stands for at most */
#define FAR_WORDS	12	/* and that "...." does */
#define SLIP_WORD	8	/* a word this long is still itself with one letter wrong */
#define SLIPPED		2
#define CLASS_DEPTH	4	/* classes in one phrase at most; each multiplies the phrases it stands for */
#define CLASS_PHRASES	4000	/* that one line stands for at most */
#define PHRASE_BYTES	400

/* The rules as built into the program: config/rules/phrases, by meson. */
extern const char   phrases_builtin[];
extern const size_t phrases_builtin_bytes;

enum edge_kind { EDGE_WORD, EDGE_PREFIX, EDGE_GAP, EDGE_FAR };

struct edge {
	enum edge_kind kind;
	const char    *token;
	size_t         len;
	uint32_t       node;
};

struct ending { const char *group, *id; };

struct node {
	GArray *edges;		/* struct edge; NULL: none */
	GArray *endings;	/* struct ending; NULL: none */
};

/* A trie over words; the edges of the first word are kept apart by their first byte, for there are hundreds. */
struct phrases {
	GArray       *nodes;		/* struct node */
	uint32_t      anywhere[256];	/* node whose edges begin with this byte; 0: none */
	uint32_t      at_start;		/* root of the phrases with ^ */
	GStringChunk *strings;
};

static struct node *
node_at(const struct phrases *ph, uint32_t i)
{
	return &g_array_index(ph->nodes, struct node, i);
}

static uint32_t
node_new(struct phrases *ph)
{
	struct node none = { NULL, NULL };

	g_array_append_val(ph->nodes, none);
	return ph->nodes->len - 1;
}

void
phrases_free(struct phrases *ph)
{
	guint i;

	if (ph == NULL)
		return;
	for (i = 0; i < ph->nodes->len; i++) {
		if (node_at(ph, i)->edges != NULL)
			g_array_free(node_at(ph, i)->edges, TRUE);
		if (node_at(ph, i)->endings != NULL)
			g_array_free(node_at(ph, i)->endings, TRUE);
	}
	g_array_free(ph->nodes, TRUE);
	g_string_chunk_free(ph->strings);
	g_free(ph);
}

/* --- reading the rules --------------------------------------------------------------------------------------------- */

/* The node behind one more word, made when it is not there. */
static uint32_t
follow(struct phrases *ph, uint32_t from, enum edge_kind kind, const char *token, size_t len)
{
	struct edge *e, made = { .kind = kind, .len = len };
	guint        i;

	if (node_at(ph, from)->edges == NULL)
		node_at(ph, from)->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	for (i = 0; i < node_at(ph, from)->edges->len; i++) {
		e = &g_array_index(node_at(ph, from)->edges, struct edge, i);
		if (e->kind == kind && e->len == len && memcmp(e->token, token, len) == 0)
			return e->node;
	}
	made.token = g_string_chunk_insert_len(ph->strings, token, (gssize)len);
	made.node = node_new(ph);	/* moves the nodes: look the parent up again */
	g_array_append_val(node_at(ph, from)->edges, made);
	return made.node;
}

/* One phrase without classes; `p` is NUL-terminated and may be written to. NULL, or what is wrong with it. */
static const char *
add_plain(struct phrases *ph, const char *group, char *p)
{
	struct ending end = { group, g_string_chunk_insert(ph->strings, p) };
	uint32_t      at = 0;
	int           words = 0, gap = 0, started = 0;	/* gap: the edge kind of one that waits for its word; 0: none */
	char         *item, *rest = p, folded[256];
	const char   *token;
	size_t        n, pos, len, bytes;

	while ((item = strsep(&rest, " ")) != NULL) {
		if (strcmp(item, "^") == 0 && !started) {
			at = ph->at_start;
			started = 1;
			continue;
		}
		if (strcmp(item, "..") == 0 || strcmp(item, "....") == 0) {
			gap = item[2] == '\0' ? EDGE_GAP : EDGE_FAR;
			continue;
		}
		bytes = strlen(item);
		if (bytes == 0)
			continue;
		n = tokens_fold(folded, sizeof folded, (const uint8_t *)item, bytes, NULL);
		for (pos = 0; (token = tokens_next(folded, n, &pos, &len)) != NULL; gap = 0) {
			if (++words > PHRASE_WORDS)
				return "has too many words";
			if (!started) {
				if (gap)
					return "starts with \"..\"";
				if (ph->anywhere[(unsigned char)token[0]] == 0) {
					uint32_t made = node_new(ph);

					ph->anywhere[(unsigned char)token[0]] = made;
				}
				at = ph->anywhere[(unsigned char)token[0]];
				started = 1;
			} else if (gap)
				at = follow(ph, at, (enum edge_kind)gap, "", 0);
			at = follow(ph, at, pos == n && item[bytes - 1] == '*' ? EDGE_PREFIX : EDGE_WORD, token, len);
		}
	}
	if (words == 0)
		return "has no word";
	if (node_at(ph, at)->endings == NULL)
		node_at(ph, at)->endings = g_array_new(FALSE, FALSE, sizeof(struct ending));
	g_array_append_val(node_at(ph, at)->endings, end);
	return NULL;
}

/* What a rules file is read with: its classes of words, by name with "=", each a GPtrArray of what it stands for. */
struct reading {
	struct phrases *ph;
	GHashTable     *classes;
	unsigned        made;		/* phrases of the line at hand */
};

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
		return ++r->made > CLASS_PHRASES ? "stands for too many phrases" : add_plain(r->ph, group, whole);
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

/* By first byte, gaps first: a walk then looks only at the edges that a word can take. */
static gint
by_first_byte(gconstpointer a, gconstpointer b)
{
	return (gint)(unsigned char)((const struct edge *)a)->token[0] - (gint)(unsigned char)((const struct edge *)b)->token[0];
}

static void
sort_edges(struct phrases *ph)
{
	guint i;

	for (i = 0; i < ph->nodes->len; i++)
		if (node_at(ph, i)->edges != NULL)
			g_array_sort(node_at(ph, i)->edges, by_first_byte);
}

enum outcome
phrases_parse(const char *name, const char *p, size_t n, struct phrases **out, struct why *why)
{
	struct phrases *ph = g_new0(struct phrases, 1);
	struct reading  r = { .ph = ph, .classes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_class) };
	char           *copy = g_strndup(p, n), *line, *rest = copy, *tab;
	const char     *wrong = NULL;
	unsigned        number = 0;

	ph->nodes = g_array_new(FALSE, FALSE, sizeof(struct node));
	ph->strings = g_string_chunk_new(4096);
	(void)node_new(ph);	/* 0 stands for none */
	ph->at_start = node_new(ph);
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
		wrong = line[0] == '=' ? add_member(&r, line, tab + 1) :
		    add_phrase(&r, g_string_chunk_insert_const(ph->strings, line), tab + 1, 0);
	}
	g_free(copy);
	g_hash_table_destroy(r.classes);
	if (wrong != NULL) {
		phrases_free(ph);
		return why_set(why, OUTCOME_REFUSED, "%s:%u: the phrase %s", name, number, wrong);
	}
	sort_edges(ph);
	*out = ph;
	return OUTCOME_OK;
}

enum outcome
phrases_load(const char *dir_or_null, struct phrases **out, struct why *why)
{
	char        *path, *text = NULL;
	gsize        n = 0;
	GError      *error = NULL;
	enum outcome result;

	if (dir_or_null == NULL)
		return phrases_parse("config/rules/phrases", phrases_builtin, phrases_builtin_bytes, out, why);
	path = g_build_filename(dir_or_null, "phrases", NULL);
	if (g_file_get_contents(path, &text, &n, &error))
		result = phrases_parse(path, text, n, out, why);
	else if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		result = phrases_load(NULL, out, why);	/* a folder may hold only the rules that somebody changed */
	else
		result = why_set(why, OUTCOME_REFUSED, "%s", error->message);
	g_clear_error(&error);
	g_free(text);
	g_free(path);
	return result;
}

/* --- finding ------------------------------------------------------------------------------------------------------- */

struct search {
	const struct phrases *ph;
	const struct words   *w;
	size_t                first, end;	/* where the walk began; where the sentence ends */
	phrases_each         *each;
	void                 *arg;
};

/* 1: as the rules write it; SLIPPED: with a slip of the hand; 0: another word. */
static int
edge_takes(const struct edge *e, const char *token, size_t len)
{
	if (e->kind == EDGE_PREFIX)
		return len >= e->len && memcmp(token, e->token, e->len) == 0;
	if (len == e->len && memcmp(token, e->token, len) == 0)
		return 1;
	return e->len >= SLIP_WORD && len >= SLIP_WORD - 1 && token[0] == e->token[0] &&
	    distance_words(token, len, e->token, e->len, 1) <= 1 ? SLIPPED : 0;
}

/* The first edge whose word begins with the byte, or the one behind where it would stand. */
static guint
first_edge(const struct node *node, char byte)
{
	guint low = 0, high = node->edges->len, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if ((unsigned char)g_array_index(node->edges, struct edge, middle).token[0] < (unsigned char)byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
walk(const struct search *s, uint32_t at, size_t i, int slipped)
{
	const struct node *node = node_at(s->ph, at);
	const struct edge *e;
	guint              k;
	size_t             skip;
	int                takes;
	const char        *token;

	for (k = 0; node->endings != NULL && k < node->endings->len; k++) {
		const struct ending *end = &g_array_index(node->endings, struct ending, k);
		struct phrase_hit    hit = { end->group, end->id, s->first, i - s->first, slipped };

		s->each(s->arg, &hit);
	}
	for (k = 0; node->edges != NULL && k < node->edges->len; k++) {
		e = &g_array_index(node->edges, struct edge, k);
		if (e->kind != EDGE_GAP && e->kind != EDGE_FAR)
			break;
		for (skip = 0; skip <= (e->kind == EDGE_GAP ? GAP_WORDS : FAR_WORDS) && i + skip < s->end; skip++)
			walk(s, e->node, i + skip, slipped);
	}
	if (node->edges == NULL || i >= s->end)
		return;
	token = word_token(s->w, i);
	for (k = first_edge(node, token[0]); k < node->edges->len; k++) {
		e = &g_array_index(node->edges, struct edge, k);
		if (e->token[0] != token[0])
			break;
		takes = edge_takes(e, token, words_at(s->w, i)->len);
		if (takes != 0)
			walk(s, e->node, i + 1, slipped || takes == SLIPPED);
	}
}

void
phrases_find(const struct phrases *ph, const struct words *w, size_t first, size_t count, phrases_each *each, void *arg)
{
	struct search s = { .ph = ph, .w = w, .first = first, .end = first + count, .each = each, .arg = arg };
	uint32_t      root;

	if (count > 0)
		walk(&s, ph->at_start, first, 0);
	for (; s.first < s.end; s.first++) {
		root = ph->anywhere[(unsigned char)word_token(w, s.first)[0]];
		if (root != 0)
			walk(&s, root, s.first, 0);
	}
}

struct asked { const char *group; int found; };

static void
note_group(void *arg, const struct phrase_hit *hit)
{
	struct asked *a = arg;

	if (strcmp(hit->group, a->group) == 0)
		a->found = 1;
}

int
phrases_has(const struct phrases *ph, const struct words *w, size_t first, size_t count, const char *group)
{
	struct asked a = { group, 0 };

	phrases_find(ph, w, first, count, note_group, &a);
	return a.found;
}
