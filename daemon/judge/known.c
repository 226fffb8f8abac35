/* What the register of organisations could tell of a mail: what to ask it, and which of its answers are beyond doubt. */
#include <ctype.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define VALUE_BYTES 200

/* --- asking -------------------------------------------------------------------------------------------------------- */

static void
ask_name(const struct judge *j, const char *name, judge_asks *ask, void *arg)
{
	char key[NAME_KEY_BYTES];

	name_key(j, name, key);
	if (key[0] != '\0')
		ask(arg, KNOWN_BY_NAME, key);
}

/* The line, and what commas and bars cut it into: "rådgiver, Storvik kommune". */
static void
ask_line(const struct judge *j, const char *line, judge_asks *ask, void *arg)
{
	char   copy[VALUE_BYTES], *piece, *rest = copy;
	size_t n = strlen(line);

	if (n >= sizeof copy)
		return;
	ask_name(j, line, ask, arg);
	if (strpbrk(line, ",|;/") == NULL)
		return;
	memcpy(copy, line, n + 1);
	while ((piece = strsep(&rest, ",|;/")) != NULL)
		ask_name(j, piece, ask, arg);
}

/* The address itself, its domain and what that is below, down to two labels; nobody's when anybody can have one there. */
static void
ask_address(const struct judge *j, const char *address, judge_asks *ask, void *arg)
{
	char        lower[VALUE_BYTES];
	const char *at, *dot;
	size_t      i, n = strlen(address);

	if (n >= sizeof lower)
		return;
	for (i = 0; i <= n; i++)
		lower[i] = (char)tolower((unsigned char)address[i]);
	at = strrchr(lower, '@');
	if (at == NULL)
		return;
	ask(arg, KNOWN_BY_ADDRESS, lower);
	if (word_lists_has_exactly(j->words, "webmail", at + 1))
		return;
	for (at++; (dot = strchr(at, '.')) != NULL; at = dot + 1)
		ask(arg, KNOWN_BY_DOMAIN, at);
}

void
judge_ask(const struct judge *j, const struct parsed *p, judge_asks *ask, void *arg)
{
	size_t i;

	if (p->has_envelope) {
		ask_address(j, p->envelope.from_address.p, ask, arg);
		ask_name(j, p->envelope.from_name.p, ask, arg);
	}
	for (i = 0; i < p->n_signals; i++) {
		const struct signal *s = &p->signals[i];

		if (s->zone == ZONE_QUOTED)
			continue;
		switch (s->kind) {
		case SIGNAL_ORGNR:
			ask(arg, KNOWN_BY_ORGNR, s->value.p);
			break;
		case SIGNAL_INNER_FROM:
			ask_address(j, s->value.p, ask, arg);
			ask_name(j, s->extra.p, ask, arg);
			break;
		case SIGNAL_ON_BEHALF_OF:
		case SIGNAL_FROM_ORGANISATION:
		case SIGNAL_SIGNATURE_LINE:
		case SIGNAL_LETTERHEAD:
			ask_line(j, s->value.p, ask, arg);
			break;
		default:
			break;
		}
	}
}

/* --- the answers --------------------------------------------------------------------------------------------------- */

static int
is_found_elsewhere(const struct circumstances *c, const struct known_organisation *k)
{
	size_t i;

	for (i = 0; i < c->n_known; i++)
		if (c->known[i].by != KNOWN_BY_NAME && strcmp(c->known[i].orgnr, k->orgnr) == 0)
			return 1;
	return 0;
}

/*
 * The one organisation that is meant: the only one, or the only one that is whole (not a part of another, not gone), or of
 * several with one name the only one whose number, address or domain is in the mail as well. NULL when it may be another.
 */
const struct known_organisation *
known_one(const struct session *s, enum known_by by, const char *value)
{
	const struct known_organisation *any = NULL, *whole = NULL, *elsewhere = NULL;
	unsigned                         n = 0, n_whole = 0, n_elsewhere = 0;
	size_t                           i;

	for (i = 0; i < s->c->n_known; i++) {
		const struct known_organisation *k = &s->c->known[i];

		if (k->by != by || strcmp(k->value, value) != 0)
			continue;
		n++;
		any = k;
		n_whole += !k->is_part;
		whole = k->is_part ? whole : k;
		if (by == KNOWN_BY_NAME && is_found_elsewhere(s->c, k)) {
			n_elsewhere++;
			elsewhere = k;
		}
	}
	return n == 1 ? any : n_whole == 1 ? whole : n_elsewhere == 1 ? elsewhere : NULL;
}

/* --- classes ------------------------------------------------------------------------------------------------------- */

void
judge_name_key(const struct judge *j, const char *name, char *out)
{
	name_key(j, name, out);
}

/* "nettpost.no": whatever it is called, mail is what they sell. */
int
judge_is_webmail(const struct judge *j, const char *domain)
{
	char         folded[NAME_KEY_BYTES];
	struct token labels[8];
	size_t       n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)domain, strlen(domain), NULL), labels, 8);

	return word_lists_has_exactly(j->words, "webmail", domain) ||
	    (n >= 2 && word_lists_has(j->words, "webmail-label", labels[n - 2].p, labels[n - 2].n));
}

static const char *
group_of(const struct judge *j, const char *prefix, const char *code)
{
	char   bare[16], folded[16];
	size_t n = 0;

	for (; *code != '\0' && n + 1 < sizeof bare; code++)
		if (*code != '.')
			bare[n++] = *code;
	n = tokens_fold(folded, sizeof folded, (const uint8_t *)bare, n, NULL);
	return n == 0 ? NULL : word_lists_group(j->words, prefix, folded, n);
}

/*
 * The form says what sort of body it is; the name which of the state's bodies are ministries; the industry code which
 * associations are unions and employers' associations.
 */
const char *
judge_registered_class(const struct judge *j, const char *name, const char *form, const char *industry)
{
	const char *class = group_of(j, "form:", form), *finer = NULL;

	if (class == NULL)
		return "virksomhet";
	if (strcmp(class, "etat") == 0 && (finer = name_class(j, name)) != NULL && strcmp(finer, "departement") == 0)
		return finer;
	if (strcmp(class, "organisasjon") == 0 && (finer = group_of(j, "industry:", industry)) != NULL)
		return finer;
	return class;
}

/* What the name tells is finer than the register, which knows unions and employers as associations only. */
const char *
known_class(const struct known_organisation *k, const char *by_name)
{
	if (by_name != NULL && strcmp(k->class, "organisasjon") == 0 && strncmp(by_name, "arbeids", 7) == 0)
		return by_name;
	return k->class;
}
