/*
 * judge_file CONFIG MANIFEST: the judge alone, over records on disk, without archive and database.
 * Each line of MANIFEST: id, file of records, time of receipt (seconds), uid, mailboxes (comma between), TAB between.
 * Prints one JSON object a line, with phase two's verdicts; --evidence adds every row of evidence.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/judge/campaign.h"
#include "daemon/judge/judge.h"
#include "parsers/limits.h"

#define MAILBOXES_MAX 16

struct one {
	int64_t        id;
	char           mailboxes[512];
	const char    *list[MAILBOXES_MAX];
	struct parsed  parsed;
	struct verdict verdict;
	struct relative relative;
	struct sentence *sentences;
	size_t         up;	/* union-find over kin keys */
};

struct key { const char *key; size_t one; };

_Noreturn static void
die(const char *what, const char *which)
{
	(void)fprintf(stderr, "judge_file: %s: %s\n", what, which);
	exit(1);
}

static void
load(struct one *o, const char *path)
{
	static uint8_t buffer[LIMIT_RECORDS_BYTES];
	FILE          *f = fopen(path, "rb");
	size_t         n;
	struct why     why;

	if (f == NULL)
		die("cannot open", path);
	n = fread(buffer, 1, sizeof buffer, f);
	(void)fclose(f);
	if (parsed_read(buffer, n, &o->parsed, &why) != OUTCOME_OK)
		(void)fprintf(stderr, "judge_file: %s: %s\n", path, why.text);
}

static size_t
top(const struct one *all, size_t i)
{
	while (all[i].up != i)
		i = all[i].up;
	return i;
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->key, ((const struct key *)b)->key);
}

static void
unite(struct one *all, size_t n)
{
	struct key *keys;
	size_t      i, k, count = 0;

	for (i = 0; i < n; i++)
		count += all[i].verdict.n_kin_keys;
	keys = calloc(count + 1, sizeof keys[0]);
	if (keys == NULL)
		die("no memory", "keys");
	for (i = 0, count = 0; i < n; i++)
		for (k = 0; k < all[i].verdict.n_kin_keys; k++)
			keys[count++] = (struct key){ all[i].verdict.kin_keys[k], i };
	qsort(keys, count, sizeof keys[0], by_key);
	for (i = 1; i < count; i++)
		if (strcmp(keys[i].key, keys[i - 1].key) == 0)
			all[top(all, keys[i].one)].up = top(all, keys[i - 1].one);
	free(keys);
}

/* As the database keeps it between the phases. */
static void
to_relative(struct one *o, uint64_t uid, int64_t received_at)
{
	struct relative      *r = &o->relative;
	const struct verdict *v = &o->verdict;
	size_t                i;

	*r = (struct relative){ .id = o->id, .received_at = received_at, .mailbox = o->list[0], .uid = uid, .kind = v->kind,
	    .consultation = v->consultation, .consultation_score = v->consultation_score, .responder_key = v->responder_key,
	    .kin_message_id = v->kin_message_id, .kin_thread = v->kin_thread,
	    .kin_sender = v->kin_sender, .is_forward = v->is_forward, .says_resend = v->says_resend,
	    .says_revision = v->says_revision, .says_supplement = v->says_supplement, .says_withdrawal = v->says_withdrawal,
	    .decided_relation = -1 };
	for (i = 0; i < o->parsed.n_digests; i++) {
		memcpy(r->digest[o->parsed.digests[i].kind], o->parsed.digests[i].sha256, 32);
		r->digest_words[o->parsed.digests[i].kind] = o->parsed.digests[i].words;
	}
	if (o->parsed.n_minhashes > 0) {
		r->minhash = o->parsed.minhashes[0].slot;
		r->minhash_words = o->parsed.minhashes[0].words;
	}
	if (r->kind == KIND_RESPONSE && (o->sentences = calloc(CAMPAIGN_SENTENCES, sizeof *o->sentences)) != NULL)
		r->n_sentences = campaign_sentences(&o->parsed, o->sentences);
	r->sentences = o->sentences;
}

static void
print_string(const char *name, const char *p)
{
	(void)printf(", \"%s\": \"", name);
	for (; p != NULL && *p != '\0'; p++)
		if (*p == '"' || *p == '\\')
			(void)printf("\\%c", *p);
		else if ((unsigned char)*p < 0x20)
			(void)printf("\\u%04x", (unsigned char)*p);
		else
			(void)putchar(*p);
	(void)putchar('"');
}

static void
print_lists(const struct verdict *v, int with_evidence)
{
	size_t i;

	(void)printf(", \"persons\": [");
	for (i = 0; i < v->n_persons; i++) {
		(void)printf("%s{\"speaker\": %d", i == 0 ? "" : ", ", v->persons[i].speaker);
		print_string("name", v->persons[i].name);
		print_string("email", v->persons[i].email);
		print_string("verdict", v->persons[i].verdict);
		(void)printf("}");
	}
	(void)printf("], \"reviews\": [");
	for (i = 0; i < v->n_reviews; i++) {
		(void)printf("%s{\"n\": %zu", i == 0 ? "" : ", ", i);
		print_string("reason", v->reviews[i].reason);
		print_string("candidates", v->reviews[i].candidates);
		(void)printf("}");
	}
	(void)printf("], \"evidence\": [");
	for (i = 0; with_evidence && i < v->n_evidence; i++) {
		(void)printf("%s{\"weight\": %d", i == 0 ? "" : ", ", v->evidence[i].weight);
		print_string("verdict", v->evidence[i].verdict);
		print_string("value", v->evidence[i].value);
		print_string("rule", v->evidence[i].rule);
		print_string("zone", zone_name(v->evidence[i].zone));
		print_string("input", v->evidence[i].input);
		(void)printf("}");
	}
	(void)printf("]}\n");
}

static void
print_one(const struct conf *conf, const struct one *o, const struct relative *r, int with_evidence)
{
	const struct verdict *v = &o->verdict;

	(void)printf("{\"id\": %" PRId64 ", \"counts\": %d, \"related_to\": %" PRId64 ", \"head\": %" PRId64, o->id, r->counts,
	    r->related_to, r->head);
	print_string("kind", kind_name(v->kind));
	print_string("why", v->automatic_why);
	print_string("consultation", r->family_consultation);
	print_string("responder", v->responder);
	print_string("responder_key", v->responder_key);
	print_string("class", v->responder_class);
	print_string("position", position_name(v->position));
	print_string("language", v->language);
	print_string("relation", relation_name(r->relation));
	print_string("relation_rule", r->rule);
	print_string("family_review", r->review);
	print_string("deadline", judge_deadline(r->family_consultation == NULL ? NULL : conf_consultation(conf, r->family_consultation),
	    v->kind, r->first_received_at, NULL));
	print_lists(v, with_evidence);
}

static void
judge_families(const struct judge *j, const struct conf *conf, struct one *all, size_t n, int with_evidence)
{
	struct relative *family = calloc(n + 1, sizeof family[0]);
	size_t           i, k, m, t;

	if (family == NULL)
		die("no memory", "families");
	for (i = 0; i < n; i++) {
		if (all[i].up != i)
			continue;
		for (m = k = 0; k < n; k++)
			if (top(all, k) == i)
				family[m++] = all[k].relative;
		judge_family(j, family, m);
		for (t = 0; t < m; t++)
			for (k = 0; k < n; k++)
				if (all[k].id == family[t].id)
					print_one(conf, &all[k], &family[t], with_evidence);
	}
	free(family);
}

static size_t
cut_mailboxes(struct one *o)
{
	char  *name, *rest = o->mailboxes;
	size_t n = 0;

	while (n < MAILBOXES_MAX && (name = strsep(&rest, ",")) != NULL)
		o->list[n++] = name;
	return n;
}

int
main(int argc, char **argv)
{
	struct conf  *conf;
	struct judge *judge;
	struct why    why;
	struct one   *all = calloc(100000, sizeof all[0]);
	char          line[2048], path[1024];
	uint64_t      uid;
	int64_t       received_at;
	size_t        n = 0, i;
	FILE         *f;

	if (argc < 3 || all == NULL)
		die("usage", "judge_file CONFIG MANIFEST [--evidence]");
	if (conf_load(argv[1], stderr, &conf) != OUTCOME_OK || judge_new(conf, &judge, &why) != OUTCOME_OK)
		die("cannot load", argv[1]);
	f = fopen(argv[2], "r");
	if (f == NULL)
		die("cannot open", argv[2]);
	while (n < 100000 && fgets(line, sizeof line, f) != NULL) {
		struct one          *o = &all[n];
		struct circumstances c = { .decided_kind = -1 };

		if (sscanf(line, "%" SCNd64 "\t%1023[^\t]\t%" SCNd64 "\t%" SCNu64 "\t%511[^\n]", &o->id, path, &received_at, &uid, o->mailboxes) != 5)
			die("bad line", line);
		load(o, path);
		c.n_mailboxes = cut_mailboxes(o);
		c.mailboxes = o->list;
		c.received_at = received_at;
		if (judge_message(judge, &o->parsed, &c, &o->verdict, &why) != OUTCOME_OK)
			die("cannot judge", why.text);
		to_relative(o, uid, received_at);
		o->up = n++;
	}
	(void)fclose(f);
	unite(all, n);
	judge_families(judge, conf, all, n, argc > 3);
	for (i = 0; i < n; i++) {
		verdict_free(&all[i].verdict);
		parsed_free(&all[i].parsed);
		free(all[i].sentences);
	}
	free(all);
	judge_free(judge);
	conf_free(conf);
	return 0;
}
