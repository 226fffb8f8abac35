/*
 * Who answers: the organisation in whose name it is written, else the person. Names are gathered from every place where they
 * stand by custom; each place gives points, places that agree add up, and the best name is taken as it is written there.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/tokens.h"
#include "daemon/judge/judge_parts.h"

#define NAMES_MAX	64
#define ENOUGH		40	/* points that make a name the responder's */
#define NAME_BYTES	160
#define LABEL_BYTES	5	/* a shorter domain label proves a name only as its initials */

enum source { FROM_INVITED = 1, FROM_ORGNR = 2, FROM_SIGNATURE = 4, FROM_DISPLAY = 8, FROM_PHRASE = 16, FROM_BEHALF = 32,
	FROM_LETTERHEAD = 64, FROM_DOMAIN = 128, FROM_LIST = 256, FROM_REGISTER = 512, FROM_REGISTER_DOMAIN = 1024 };

struct name {
	const char                *written;	/* as in the best source */
	int                        best;	/* points of that source */
	char                       key[NAME_KEY_BYTES];
	const struct conf_invited *invited;
	const struct known_organisation *known;	/* in the register, beyond doubt */
	const char                *class;
	unsigned                   sources;
	int                        points;
};

struct search {
	struct session *s;
	struct name     names[NAMES_MAX];
	size_t          n;
	char            domain[NAME_BYTES];	/* of the true sender, "" when webmail */
};

/* --- what a string is ---------------------------------------------------------------------------------------------- */

/* A telephone number, an address of mail, web or post: no name. */
static int
is_contact_line(const char *p)
{
	unsigned digits = 0;
	const char *c;

	for (c = p; *c != '\0'; c++)
		digits += isdigit((unsigned char)*c) != 0;
	return digits >= 4 || strchr(p, '@') != NULL || strcasestr(p, "www.") != NULL || strstr(p, "://") != NULL;
}

/* Its first word tells somebody's work or a unit: "seniorrådgiver", "Avdeling for helse". */
static int
is_role(const struct session *s, const char *p)
{
	char         folded[NAME_KEY_BYTES];
	struct token words[4];
	size_t       n, i;

	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)p, strlen(p), NULL), words, 4);
	for (i = 0; i < n && i < 2; i++)
		if (word_lists_has(s->j->words, "role", words[i].p, words[i].n))
			return 1;
	return 0;
}

/* Two to five words, all with a capital, none an organisation's. */
static int
is_person(const struct session *s, const char *p)
{
	unsigned    words = 0, capitals = 0;
	const char *c;

	if (p[0] == '\0' || is_contact_line(p) || name_class(s->j, p) != NULL || is_role(s, p))
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (strchr("/()|;:", *c) != NULL)
			return 0;
		if ((c == p || c[-1] == ' ') && *c != ' ') {
			words++;
			capitals += isupper((unsigned char)*c) != 0 || (unsigned char)*c >= 0x80;
		}
	}
	return words >= 2 && words <= 5 && capitals + 1 >= words && capitals >= 2;
}

/* The domain of an address in lower case, "" when anybody can have one there. */
static void
take_domain(struct search *f)
{
	const char *at = strrchr(f->s->v->address, '@');
	size_t      i, n = at == NULL ? 0 : strlen(at + 1);

	f->domain[0] = '\0';
	if (n == 0 || n >= sizeof f->domain)
		return;
	for (i = 0; i <= n; i++)
		f->domain[i] = (char)tolower((unsigned char)at[1 + i]);
	if (word_lists_has_exactly(f->s->j->words, "webmail", f->domain))
		f->domain[0] = '\0';
}

/* The first letters of the name's words of four letters or more, or of all, are the label: "nsf", "lhl". */
static int
is_initials(const char *label, size_t n, const struct token *words, size_t count)
{
	size_t i, used = 0;

	for (i = 0; i < count && used <= n; i++)
		if (words[i].n > 3 || count < 4) {
			if (used == n || label[used] != words[i].p[0])
				return 0;
			used++;
		}
	return used == n && n >= 2;
}

/*
 * Does the domain's label come from the name? The name run together begins with it ("indrevag" … "indrevagkommune"), or it
 * is put together of the beginnings of words ("nettarbeid": Nettverket … arbeid), or it is the initials.
 */
static int
label_is_of(const char *label, size_t n, const char *key)
{
	struct token words[16];
	char         joined[NAME_KEY_BYTES];
	size_t       count = token_split(key, strlen(key), words, 16), i, used = 0, k;

	for (i = 0; i < count; i++) {
		memcpy(joined + used, words[i].p, words[i].n);
		used += words[i].n;
	}
	if ((n >= LABEL_BYTES || (n >= 3 && n == used)) && used >= n && memcmp(joined, label, n) == 0)
		return 1;
	if (is_initials(label, n, words, count))
		return 1;
	if (n < LABEL_BYTES + 1 || count < 2)
		return 0;
	for (k = 3; k <= words[0].n && k + 3 <= n; k++)	/* a beginning of the first word, then one of a later word */
		if (memcmp(label, words[0].p, k) == 0)
			for (i = 1; i < count; i++)
				if (words[i].n >= n - k && memcmp(label + k, words[i].p, n - k) == 0)
					return 1;
	return 0;
}

static int
domain_is_of(const struct search *f, const char *key)
{
	char         folded[NAME_KEY_BYTES], run[NAME_KEY_BYTES];
	struct token labels[8];
	size_t       n, i, k, used;

	if (f->domain[0] == '\0')
		return 0;
	n = token_split(folded, tokens_fold(folded, sizeof folded, (const uint8_t *)f->domain, strlen(f->domain), NULL), labels, 8);
	/* Dots and dashes separate tokens: "helse-elvland.no" is helse, elvland; try each start run together, the last label apart. */
	for (i = 0; i + 1 < n; i++)
		for (used = 0, k = i; k + 1 < n; k++) {
			memcpy(run + used, labels[k].p, labels[k].n);
			used += labels[k].n;
			if (label_is_of(run, used, key))
				return 1;
		}
	return 0;
}

/* --- gathering ----------------------------------------------------------------------------------------------------- */

static const struct conf_invited *
invited_by_key(const struct session *s, const char *key)
{
	const struct conf_invited *any = NULL;
	size_t                     i;

	for (i = 0; i < s->j->n_names; i++) {
		const struct known_name *k = &s->j->names[i];

		if (strcmp(k->key, key) != 0)
			continue;
		if (s->v->consultation != NULL && strcmp(s->j->conf->consultations[k->consultation].id, s->v->consultation) == 0)
			return k->invited;
		any = k->invited;
	}
	return any;
}

/* Somebody on a list is called so, or an association or authority of the register: undertakings bear their owners' names. */
static int
is_listed(const struct session *s, const char *key)
{
	const struct known_organisation *k = known_one(s, KNOWN_BY_NAME, key);

	return invited_by_key(s, key) != NULL || (k != NULL && strcmp(k->class, "virksomhet") != 0);
}

/* A person's name, and no organisation is called so ("Voksne for Barn" has the look of one). */
static int
is_private_name(const struct session *s, const char *p)
{
	char key[NAME_KEY_BYTES];

	name_key(s->j, p, key);
	return is_person(s, p) && !is_listed(s, key);
}

/* Authorities write from their own domain; a local club may have none. */
static int
may_write_from_here(const struct search *f, const char *class)
{
	return f->domain[0] != '\0' || (strcmp(class, "kommune") != 0 && strcmp(class, "fylkeskommune") != 0 && strcmp(class, "etat") != 0 &&
	    strcmp(class, "departement") != 0);
}

/* A line of a signature that may well be a name nobody has a word for: "Skånland tingrett", "Mestringshuset Nord". */
static int
looks_like_name(const char *p)
{
	unsigned    words = 1;
	const char *c;

	if (!isupper((unsigned char)p[0]) && (unsigned char)p[0] < 0x80)
		return 0;
	for (c = p; *c != '\0'; c++) {
		if (isdigit((unsigned char)*c) || strchr(":;,|/!?", *c) != NULL)
			return 0;
		words += *c == ' ';
	}
	return words >= 2 && words <= 7;
}

/* `known`: its entry in the register, NULL when it has none or which one is in doubt. */
static void
found_as(struct search *f, const char *key, const struct known_organisation *known, const char *written, enum source source, int points,
    const struct signal *from, const char *rule)
{
	struct name *n;
	size_t       i;

	for (i = 0; i < f->n && strcmp(f->names[i].key, key) != 0; i++)
		;
	if (i == NAMES_MAX)
		return;
	n = &f->names[i];
	if (i == f->n) {
		f->n++;
		*n = (struct name){ .class = name_class(f->s->j, written), .invited = invited_by_key(f->s, key) };
		(void)snprintf(n->key, sizeof n->key, "%s", key);
		if (n->invited != NULL)
			points += 30;	/* it is the name of somebody who was asked */
		else if (n->class != NULL)
			points += source == FROM_SIGNATURE && may_write_from_here(f, n->class) ? 25 : 20;
		else if (source == FROM_SIGNATURE && f->domain[0] != '\0' && points >= 15 && looks_like_name(written))
			points += 25;
		if (known != NULL && n->invited == NULL && n->class == NULL && strchr(key, ' ') != NULL)
			points += 20;	/* a single word may be anybody's */
		if (domain_is_of(f, key)) {
			n->sources |= FROM_DOMAIN;
			n->points += 30;
			judge_tell(f->s, "responder", judge_copy(f->s, written, strlen(written)), "domain", 30, NULL, f->domain);
		}
	}
	if (known != NULL && n->known == NULL) {
		n->known = known;
		n->class = known_class(known, n->class);
	}
	if ((n->sources & source) != 0)
		return;
	n->sources |= source;
	n->points += points;
	/* The register writes in capitals: as the mail has it, where it has it. */
	if (n->written == NULL || (points > n->best && (source & (FROM_REGISTER | FROM_REGISTER_DOMAIN)) == 0)) {
		n->written = judge_copy(f->s, written, strlen(written));
		n->best = (source & (FROM_REGISTER | FROM_REGISTER_DOMAIN)) != 0 ? 0 : points;
	}
	judge_tell(f->s, "responder", n->written, rule, points, from, written);
}

/* A former name is the same organisation's; what somebody on a list is called stays as it is. */
static void
found(struct search *f, const char *written, enum source source, int points, const struct signal *from, const char *rule)
{
	const struct known_organisation *known;
	char                             key[NAME_KEY_BYTES];

	name_key(f->s->j, written, key);
	if (key[0] == '\0')
		return;
	known = known_one(f->s, KNOWN_BY_NAME, key);
	if (known != NULL && invited_by_key(f->s, key) == NULL)
		name_key(f->s->j, known->name, key);
	found_as(f, key, known, written, source, points, from, rule);
}

static void
found_registered(struct search *f, const struct known_organisation *k, enum source source, int points, const struct signal *from, const char *rule)
{
	char key[NAME_KEY_BYTES];

	name_key(f->s->j, k->name, key);
	found_as(f, key, k, k->name, source, points, from, rule);
}

static unsigned
voice_signature(const struct session *s)
{
	return IN(s->voice == ZONE_FORWARDED ? ZONE_FORWARDED : ZONE_SIGNATURE);
}

/* "rådgiver, Storvik kommune" and "Kari Berg | Storvik kommune" hold two things. */
static void
signature_line(struct search *f, const char *line, const struct signal *from, int points)
{
	char        copy[NAME_BYTES], *piece, *rest = copy;
	size_t      n = strlen(line);

	if (n >= sizeof copy || is_contact_line(line))
		return;
	/* The first line with a person's look is the person; a later one ("Redd Barna Storvik") may be anything. */
	if (is_person(f->s, line) && (strcmp(from->extra.p, "1") == 0 || strcmp(line, f->s->v->contact) == 0))
		return;
	if (!is_role(f->s, line))
		found(f, line, FROM_SIGNATURE, points, from, "signature");
	if (strpbrk(line, ",|;/") == NULL)
		return;
	memcpy(copy, line, n + 1);
	while ((piece = strsep(&rest, ",|;/")) != NULL) {
		while (*piece == ' ')
			piece++;
		for (n = strlen(piece); n > 0 && piece[n - 1] == ' ';)
			piece[--n] = '\0';
		if (n > 1 && !is_person(f->s, piece) && !is_role(f->s, piece) && strcmp(piece, line) != 0)
			found(f, piece, FROM_SIGNATURE, points, from, "signature");
	}
}

/* The way to a first line that is no name is short: number 1 is the person, later ones work, organisation. */
static void
gather_signals(struct search *f)
{
	const struct session *s = f->s;
	size_t                i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->zone == ZONE_QUOTED)
			continue;
		if (s->voice == ZONE_FORWARDED && (one->zone == ZONE_SIGNATURE || one->zone == ZONE_BODY))
			continue;	/* of who passed it on */
		if (one->kind == SIGNAL_SIGNATURE_LINE && (voice_signature(s) & IN(one->zone)) != 0)
			signature_line(f, one->value.p, one, 15);
		else if (one->kind == SIGNAL_SIGNATURE_LINE && one->zone == ZONE_ATTACHMENT)
			signature_line(f, one->value.p, one, 8);
		else if (one->kind == SIGNAL_ON_BEHALF_OF && !is_private_name(s, one->value.p))
			found(f, one->value.p, FROM_BEHALF, one->zone == ZONE_ATTACHMENT ? 20 : 45, one, "on-behalf-of");
		else if (one->kind == SIGNAL_FROM_ORGANISATION && !is_private_name(s, one->value.p))
			found(f, one->value.p, FROM_PHRASE, one->zone == ZONE_ATTACHMENT ? 12 : 25, one, "answer-from");
		else if (one->kind == SIGNAL_LETTERHEAD && name_class(s->j, one->value.p) != NULL && strlen(one->value.p) < 80 &&
		    !is_contact_line(one->value.p))
			found(f, one->value.p, FROM_LETTERHEAD, 5, one, "letterhead");
	}
}

static void
gather_display(struct search *f)
{
	const char *name = f->s->v->contact;
	char        key[NAME_KEY_BYTES];
	size_t      i;

	if (name[0] == '\0' || is_contact_line(name))
		return;
	name_key(f->s->j, name, key);
	for (i = 0; i < f->n && strcmp(f->names[i].key, key) != 0; i++)
		;
	/* A machine's name ("Opprop", "Skjemamottak") is nobody's, unless the mail itself says so too. */
	if (i == f->n && judge_find(f->s, SIGNAL_AUTOMATIC, "machine-sender", IN(ZONE_HEADER)) != NULL)
		return;
	/* What looks like a person's name is an organisation's when it stands among them, or in the domain. */
	if (!is_person(f->s, name) || i < f->n || is_listed(f->s, key) || domain_is_of(f, key))
		found(f, name, FROM_DISPLAY, 25, NULL, "display-name");
}

static int
in_list(const char **list, size_t n, const char *what)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcasecmp(list[i], what) == 0)
			return 1;
	return 0;
}

/* A domain of the list, or one below it. */
static int
in_domains(const struct conf_invited *inv, const char *domain)
{
	size_t i, n = strlen(domain), m;

	for (i = 0; i < inv->n_domains; i++) {
		m = strlen(inv->domains[i]);
		if (m > 0 && n >= m && strcasecmp(domain + n - m, inv->domains[i]) == 0 && (n == m || domain[n - m - 1] == '.'))
			return 1;
	}
	return 0;
}

/* Address, domain or organisation number stand in the list of the invited. */
static void
gather_invited(struct search *f)
{
	struct session *s = f->s;
	size_t          i;

	for (i = 0; i < s->j->n_names; i++) {
		const struct conf_invited *inv = s->j->names[i].invited;
		const struct signal       *orgnr = inv->orgnr[0] == '\0' ? NULL : judge_find(s, SIGNAL_ORGNR, inv->orgnr, IN_ALL & ~IN(ZONE_QUOTED));

		if (s->v->address[0] != '\0' && in_list(inv->emails, inv->n_emails, s->v->address))
			found(f, inv->name, FROM_INVITED, 60, NULL, "invited-address");
		else if (f->domain[0] != '\0' && in_domains(inv, f->domain))
			found(f, inv->name, FROM_INVITED, 50, NULL, "invited-domain");
		if (orgnr != NULL)
			found(f, inv->name, FROM_ORGNR, 60, orgnr, "invited-orgnr");
		if (domain_is_of(f, s->j->names[i].key))
			found(f, inv->name, FROM_LIST, 5, NULL, "invited-name-domain");
	}
}

/* Organisation number, address or domain stand in the register, and are one organisation's alone. */
static void
gather_registered(struct search *f)
{
	struct session                  *s = f->s;
	const struct known_organisation *k;
	size_t                           i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_ORGNR && one->zone != ZONE_QUOTED && (k = known_one(s, KNOWN_BY_ORGNR, one->value.p)) != NULL)
			found_registered(f, k, FROM_REGISTER, 60, one, "register-orgnr");
	}
	k = known_one(s, KNOWN_BY_ADDRESS, s->v->address);
	if (k != NULL)
		found_registered(f, k, FROM_REGISTER_DOMAIN, 50, NULL, "register-address");
	else if (f->domain[0] != '\0' && (k = known_one(s, KNOWN_BY_DOMAIN, f->domain)) != NULL)
		found_registered(f, k, FROM_REGISTER_DOMAIN, 10, NULL, "register-domain");
}

/* --- choosing ------------------------------------------------------------------------------------------------------ */

static const struct name *
best_name(const struct search *f)
{
	const struct name *best = NULL;
	size_t             i;

	for (i = 0; i < f->n; i++)
		if (best == NULL || f->names[i].points > best->points)
			best = &f->names[i];
	return best != NULL && best->points >= ENOUGH ? best : NULL;
}

/* The person: the first line of the signature, when it is a name; else the display name; else nothing better is known. */
static const char *
person_name(struct session *s)
{
	const char *signed_by = "";
	size_t      i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_SIGNATURE_LINE && (voice_signature(s) & IN(one->zone)) != 0 && is_person(s, one->value.p)) {
			signed_by = one->value.p;
			break;
		}
	}
	if (is_person(s, s->v->contact)) {
		/* "Kari Berg" signs "Kari Anne Berg": the fuller name, but never somebody else's. */
		return s->v->contact;
	}
	return signed_by[0] != '\0' ? judge_copy(s, signed_by, strlen(signed_by)) : s->v->contact;
}

static void
set_organisation(struct session *s, const struct name *n)
{
	struct verdict      *v = s->v;
	const struct signal *orgnr = judge_find(s, SIGNAL_ORGNR, NULL, IN_ALL & ~IN(ZONE_QUOTED));

	v->responder = n->invited != NULL ? judge_copy(s, n->invited->name, strlen(n->invited->name)) : n->written;
	v->responder_key = n->known != NULL ? judge_say(s, "o:%s", n->known->orgnr) : judge_say(s, "o:%s", n->key);
	v->responder_class = n->class != NULL ? n->class : "organisasjon";
	v->orgnr = n->invited != NULL && n->invited->orgnr[0] != '\0' ? judge_copy(s, n->invited->orgnr, strlen(n->invited->orgnr)) :
	    n->known != NULL ? judge_copy(s, n->known->orgnr, strlen(n->known->orgnr)) :
	    orgnr != NULL ? judge_copy(s, orgnr->value.p, orgnr->value.n) : "";
}

/* Its row in the list of the chosen consultation, by name. */
static void
set_invited(struct session *s, const char *key)
{
	size_t i;

	for (i = 0; s->v->consultation != NULL && i < s->j->n_names; i++) {
		const struct known_name *k = &s->j->names[i];

		if (strcmp(k->key, key) == 0 && strcmp(s->j->conf->consultations[k->consultation].id, s->v->consultation) == 0)
			s->v->invited = judge_copy(s, k->invited->name, strlen(k->invited->name));
	}
}

static void
set_person(struct session *s)
{
	struct verdict *v = s->v;
	char            key[NAME_KEY_BYTES];

	v->responder = person_name(s);
	name_key(s->j, v->responder, key);
	if (v->responder[0] == '\0' || is_contact_line(v->responder)) {
		v->responder = v->address;
		judge_tell(s, "responder", v->responder, "address-only", 5, NULL, v->address);
	} else
		judge_tell(s, "responder", v->responder, "person", 30, NULL, v->address);
	/* Two people may bear one name: the address is part of who a person is. */
	v->responder_key = v->responder[0] == '\0' ? "" : judge_say(s, "p:%s|%s", key, v->address);
	v->responder_class = "privatperson";
	if (v->responder[0] == '\0')
		judge_review(s, "unknown-responder", "neither name nor address tells who answers", "");
}

void
judge_responder(struct session *s)
{
	struct search      f = { .s = s };
	const struct name *best;

	take_domain(&f);
	gather_signals(&f);
	gather_display(&f);
	gather_invited(&f);
	gather_registered(&f);
	best = best_name(&f);
	if (best != NULL) {
		set_organisation(s, best);
		set_invited(s, best->key);
	} else
		set_person(s);
	/* The person behind an organisation's address: who signed. */
	if (best != NULL) {
		const char *person = person_name(s);

		if (is_person(s, person))
			s->v->contact = person;
	}
}
