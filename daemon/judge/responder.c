/*
 * Who answers: the organisation in whose name it is written, else the person. Names are gathered from every place where they
 * stand by custom; each place gives points, places that agree add up, and the best name is taken as it is written there.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/domain.h"
#include "base/tokens.h"
#include "daemon/judge/responder_parts.h"

/*
 * Passed on by who has no other house than the inner sender: within one house mail programs write names without addresses. Not by
 * the ministry's own people, to whom everybody is a stranger.
 */
static const char *
colleagues_address(const struct session *s)
{
	const char *address = s->p->has_envelope ? s->p->envelope.from_address.p : "";

	return s->voice == ZONE_FORWARDED && s->v->address[0] == '\0' && strchr(address, '@') != NULL && !judge_is_ours(s->j, address) ? address : NULL;
}

/* The domain of an address in lower case, "" when anybody can have one there. */
static void
take_domain(struct search *f)
{
	const char *colleague = colleagues_address(f->s), *at = strrchr(colleague != NULL ? colleague : f->s->v->address, '@');
	size_t      i, n = at == NULL ? 0 : strlen(at + 1);

	f->same_house = colleague != NULL;

	f->domain[0] = '\0';
	if (n == 0 || n >= sizeof f->domain)
		return;
	for (i = 0; i <= n; i++)
		f->domain[i] = (char)tolower((unsigned char)at[1 + i]);
	if (judge_is_webmail(f->s->j, f->domain))
		f->domain[0] = '\0';
}

/* --- gathering ----------------------------------------------------------------------------------------------------- */

/* People write for their clubs and firms from any address; authorities have their own. */
static int
is_association(const struct judge *j, const char *name)
{
	const char *class = name_class(j, name);

	return class != NULL && (strcmp(class, "organisasjon") == 0 || strcmp(class, "virksomhet") == 0);
}

/* "Storvik kommune har ingen merknader", in a mail from a house: of its own name only, private persons speak of others so. */
static void
named_as_subject(struct search *f, const struct signal *one)
{
	const char *name = strcmp(one->extra.p, NAMED_AS_US) == 0 ? without_tail(f->s, one->value.p) : one->value.p;
	char        key[NAME_KEY_BYTES];

	if (name == NULL || letters_are_short(name, strlen(name)))
		return;	/* "NVE viser til": the signature has the whole name, or nobody does */
	name_key(f->s->j, name, key);
	if (f->domain[0] == '\0' ? f->has_role && is_association(f->s->j, name) :
	    name_class(f->s->j, name) != NULL || is_listed(f->s, key) || domain_is_of(f->domain, key))
		found(f, name, FROM_PHRASE, 25, one, "answers");	/* a club's leader may write from home */
}

/* The first line of a document, and a club or firm by its words but the first ("Ulvøy velforening"): it is its letter. */
static int
heads_letter(const struct session *s, const struct signal *one)
{
	const char *name = one->value.p;
	char        first[NAME_BYTES];

	if (strcmp(one->extra.p, "1") != 0 || !name_looks_real(name) || strncasecmp(name, "til ", 4) == 0 || strncasecmp(name, "om ", 3) == 0)
		return 0;
	(void)snprintf(first, sizeof first, "%.*s", (int)strcspn(name, " "), name);
	return name_class(s->j, first) == NULL && is_association(s->j, name) && name_looks_like_house(s->j, name);
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
		if (s->voice == ZONE_FORWARDED && (one->zone == ZONE_BODY || (one->zone == ZONE_SIGNATURE && !f->same_house)))
			continue;	/* of who passed it on */
		if (one->kind == SIGNAL_SIGNATURE_LINE && ((voice_signature(s) & IN(one->zone)) != 0 || one->zone == ZONE_SIGNATURE))
			signature_line(f, one, MAIL_POINTS);
		else if (one->kind == SIGNAL_SIGNATURE_LINE && one->zone == ZONE_ATTACHMENT)
			signature_line(f, one, 8);
		else if (one->kind == SIGNAL_FROM_ORGANISATION && strncmp(one->extra.p, NAMED_MARK, strlen(NAMED_MARK)) == 0)
			continue;	/* gather_subjects(), gather_named() */
		else if (one->kind == SIGNAL_ON_BEHALF_OF && found_together(f, one, FROM_BEHALF, one->zone == ZONE_ATTACHMENT ? 20 : BEHALF_POINTS, "on-behalf-of"))
			continue;
		else if (one->kind == SIGNAL_FROM_ORGANISATION && found_together(f, one, FROM_PHRASE, one->zone == ZONE_ATTACHMENT ? 12 : 25, "answer-from"))
			continue;
		else if (one->kind == SIGNAL_ON_BEHALF_OF && (!is_private_name(s, one->value.p) || is_domains_own(f, one->value.p)))
			found(f, one->value.p, FROM_BEHALF, one->zone == ZONE_ATTACHMENT ? 20 : BEHALF_POINTS, one, "on-behalf-of");
		else if (one->kind == SIGNAL_FROM_ORGANISATION && !is_private_name(s, one->value.p))
			found(f, one->value.p, FROM_PHRASE, one->zone == ZONE_ATTACHMENT ? 12 : 25, one, "answer-from");
		else if (one->kind == SIGNAL_LETTERHEAD && name_class(s->j, one->value.p) != NULL && strlen(one->value.p) < 80 &&
		    !name_is_contact(one->value.p) && !name_is_prose(one->value.p))
			found(f, one->value.p, FROM_LETTERHEAD, heads_letter(s, one) ? 20 : 5, one, "letterhead");
	}
}

/* What a sentence begins with is asked only where nothing else names a house: a signature has the whole of its name. */
static void
gather_subjects(struct search *f)
{
	const struct session *s = f->s;
	size_t                i;

	if (judge_find(s, SIGNAL_AUTOMATIC, "machine-sender", IN(ZONE_HEADER)) != NULL)
		return;	/* of a page where many sign the same words */
	for (i = 0; i < f->n; i++)
		if (f->names[i].points >= MAIL_POINTS + 20)
			return;
	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_FROM_ORGANISATION && one->zone == s->voice &&
		    (strcmp(one->extra.p, NAMED_AS_SUBJECT) == 0 || strcmp(one->extra.p, NAMED_AS_US) == 0))
			named_as_subject(f, one);
	}
}

/* "Postmottak Storvik kommune": behind the name of the mailbox stands whose it is. */
static const char *
behind_mailbox(const struct session *s, const char *name)
{
	size_t      n = strcspn(name, " ");
	const char *rest = name + n + strspn(name + n, " -:");

	return *rest != '\0' && name_says(s->j, name, "mailbox-word") && name_class(s->j, rest) != NULL ? rest : name;
}

static void
gather_display(struct search *f)
{
	const char *name = behind_mailbox(f->s, f->s->v->contact);
	char        key[NAME_KEY_BYTES];
	size_t      i;

	if (name[0] == '\0' || name_is_contact(name))
		return;
	name_key(f->s->j, name, key);
	for (i = 0; i < f->n && strcmp(f->names[i].key, key) != 0; i++)
		;
	/* A machine's name ("Opprop", "Skjemamottak") is nobody's, unless the mail itself says so too. */
	if (i == f->n && judge_find(f->s, SIGNAL_AUTOMATIC, "machine-sender", IN(ZONE_HEADER)) != NULL)
		return;
	/* What looks like a person's name is an organisation's when it stands among them, or in the domain. */
	if (is_own_mailbox(f->s, name) ? is_listed(f->s, key) :
	    !name_is_person(f->s->j, name) || i < f->n || is_listed(f->s, key) || domain_names(f->domain, key))
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

/* One of the list's addresses is in this domain. */
static int
has_mail_at(const struct conf_invited *inv, const char *domain)
{
	const char *at;
	size_t      i;

	for (i = 0; i < inv->n_emails; i++)
		if ((at = strrchr(inv->emails[i], '@')) != NULL && strcasecmp(at + 1, domain) == 0)
			return 1;
	return 0;
}

/* The only one of all lists who has an address in the sender's domain. Courts share one, and so do clubs of a town. */
static int
is_alone_at(const struct search *f, const struct known_name *one)
{
	size_t i;

	if (f->domain[0] == '\0' || !has_mail_at(one->invited, f->domain))
		return 0;
	for (i = 0; i < f->s->j->n_names; i++)
		if (strcmp(f->s->j->names[i].key, one->key) != 0 && has_mail_at(f->s->j->names[i].invited, f->domain))
			return 0;
	return 1;
}

/* "Ulvøy tingrett", from ulvoy.kommune.no: only the municipality's bodies write from there. */
static int
is_other_in_town(const struct search *f, const char *name)
{
	const char *class = name_class(f->s->j, name);

	return strstr(f->domain, ".kommune.") != NULL && (class == NULL || strcmp(class, "kommune") != 0);
}

/* Address, domain or organisation number stand in the list of the invited. */
static void
gather_invited(struct search *f)
{
	struct session *s = f->s;
	int             at_work = f->has_role || !name_is_person(s->j, s->v->contact);
	size_t          i;

	for (i = 0; i < s->j->n_names; i++) {
		const struct conf_invited *inv = s->j->names[i].invited;
		const struct signal       *orgnr = inv->orgnr[0] == '\0' ? NULL : judge_find(s, SIGNAL_ORGNR, inv->orgnr, IN_ALL & ~IN(ZONE_QUOTED));

		if (s->v->address[0] != '\0' && in_list(inv->emails, inv->n_emails, s->v->address))
			found(f, inv->name, FROM_INVITED, 60, NULL, "invited-address");
		else if (f->domain[0] != '\0' && in_domains(inv, f->domain))
			found(f, inv->name, FROM_INVITED, 50, NULL, "invited-domain");
		else if (at_work && is_alone_at(f, &s->j->names[i]))
			found(f, inv->name, FROM_MAIL_DOMAIN, 15, NULL, "invited-address-domain");
		if (orgnr != NULL)
			found(f, inv->name, FROM_ORGNR, 60, orgnr, "invited-orgnr");
		if (domain_is_of(f->domain, s->j->names[i].key) && !is_other_in_town(f, inv->name))
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

/* --- saying who it is --------------------------------------------------------------------------------------------- */

/* The person: the first line of the signature, when it is a name; else the display name; else nothing better is known. */
static const char *
person_name(struct session *s)
{
	const char *signed_by = "";
	size_t      i;

	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *one = &s->p->signals[i];

		if (one->kind == SIGNAL_SIGNATURE_LINE && (voice_signature(s) & IN(one->zone)) != 0 && name_is_person(s->j, one->value.p)) {
			signed_by = one->value.p;
			break;
		}
	}
	if (name_is_person(s->j, s->v->contact)) {
		/* "Kari Berg" signs "Kari Anne Berg": the fuller name, but never somebody else's. */
		return s->v->contact;
	}
	return signed_by[0] != '\0' ? judge_copy(s, signed_by, strlen(signed_by)) : s->v->contact;
}

/* Several municipalities are called so: without a number only the domain tells which one writes. */
static int
is_namesake(const struct session *s, const struct name *n)
{
	size_t first = strcspn(n->key, " ");

	return n->class != NULL && strcmp(n->class, "kommune") == 0 && word_lists_has(s->j->words, "namesake", n->key, first);
}

/* The part of the house that signs: in small letters, or by a word of its own that says what it is; a town is none. */
static int
is_part(const struct judge *j, const char *p)
{
	return name_begins_small(p) || name_says(j, p, "unit") || name_class(j, p) != NULL;
}

/* "Storvik kommune, oppvekst" as it is signed; whose answer it is remains the house's. */
static const char *
as_signed(const struct search *f, const struct name *best)
{
	size_t i, n = strlen(best->written);

	if ((best->sources & (FROM_PHRASE | FROM_BEHALF | FROM_DISPLAY)) != 0)
		return best->written;	/* it calls itself so */
	for (i = 0; i < f->n; i++) {
		const struct name *line = &f->names[i];

		if ((line->sources & FROM_SIGNATURE) != 0 && line->best >= MAIL_POINTS && line->written != NULL && strncmp(line->written, best->written, n) == 0 &&
		    strncmp(line->written + n, ", ", 2) == 0 && strpbrk(line->written + n + 2, ",;|/0123456789") == NULL &&
		    is_part(f->s->j, line->written + n + 2))
			return line->written;
	}
	return best->written;
}

static void
set_organisation(const struct search *f, const struct name *n, const char *domain)
{
	struct session      *s = f->s;
	struct verdict      *v = s->v;
	const struct signal *orgnr = judge_find(s, SIGNAL_ORGNR, NULL, IN_ALL & ~IN(ZONE_QUOTED));

	v->responder = n->invited != NULL ? judge_copy(s, n->invited->name, strlen(n->invited->name)) : as_signed(f, n);
	v->responder_key = n->known != NULL ? judge_say(s, "o:%s", n->known->orgnr) : is_namesake(s, n) ? judge_say(s, "o:%s@%s", n->key, domain) :
	    judge_say(s, "o:%s", n->key);
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

/*
 * A petition's tool writes for everybody: who signs stands in the mail as a name beside an address, and is the only one who does.
 * NULL when the sender is a person, or nobody or several are named.
 */
static const struct signal *
person_behind_tool(const struct session *s, const char *by_custom)
{
	const struct signal *one = NULL;
	size_t               i;

	if (name_is_person(s->j, by_custom))
		return NULL;
	for (i = 0; i < s->p->n_signals; i++) {
		const struct signal *p = &s->p->signals[i];

		if (p->kind != SIGNAL_PERSON || (IN_VOICE(s) & IN(p->zone)) == 0 || !name_is_person(s->j, p->value.p))
			continue;
		if (one != NULL && (strcmp(one->value.p, p->value.p) != 0 || strcmp(one->extra.p, p->extra.p) != 0))
			return NULL;
		one = p;
	}
	return one;
}

static void
set_person(struct session *s)
{
	struct verdict      *v = s->v;
	const char          *name = person_name(s), *address = v->address;
	const struct signal *behind = person_behind_tool(s, name);
	char                 key[NAME_KEY_BYTES];

	if (behind != NULL) {
		name = judge_copy(s, behind->value.p, behind->value.n);
		address = judge_copy(s, behind->extra.p, strcspn(behind->extra.p, "|"));
	}
	v->responder = name;
	name_key(s->j, v->responder, key);
	if (v->responder[0] == '\0' || name_is_contact(v->responder)) {
		v->responder = v->address;
		judge_tell_at(s, "responder", v->responder, "address-only", 5, ZONE_HEADER, 0, 0, v->address);
	} else if (behind != NULL)
		judge_tell(s, "responder", v->responder, "person-named", 30, behind, address);
	else
		judge_tell_at(s, "responder", v->responder, "person", 30, ZONE_HEADER, 0, 0, address);
	/* Two people may bear one name: the address is part of who a person is. */
	v->responder_key = v->responder[0] == '\0' ? "" : judge_say(s, "p:%s|%s", key, address);
	v->responder_class = "privatperson";
	if (v->responder[0] == '\0')
		judge_review(s, "unknown-responder", "neither name nor address tells who answers", "");
}

/* An organisation may be meant, but too little says so: a person looks, and is told which. */
static void
review_unsure(struct search *f)
{
	const struct name *likely = NULL, *n;

	for (n = f->names; n < f->names + f->n; n++) {
		int telling = n->invited != NULL || n->known != NULL ||
		    ((n->class != NULL || f->has_role) && n->written != NULL && name_looks_real(n->written));

		if (telling && n->best >= MAIL_POINTS && (n->sources & (FROM_SIGNATURE | FROM_PHRASE | FROM_DISPLAY | FROM_TEXT)) != 0 &&
		    (likely == NULL || n->points > likely->points))
			likely = n;
	}
	if (likely != NULL)
		judge_review(f->s, "unknown-responder", "a person, or the organisation that the mail names", likely->written);
	else if (f->has_role && f->domain[0] != '\0')
		judge_review(f->s, "unknown-responder", "somebody at work signs, and no name of the house is in the mail", judge_say(f->s, "%s", f->domain));
}

/* "Jeg svarer som privatperson": whatever stands below the name. */
static int
says_private(const struct search *f)
{
	const struct signal *said = judge_find(f->s, SIGNAL_PHRASE, "as-person", IN_VOICE(f->s));
	size_t               i;

	for (i = 0; i < f->n; i++)
		if ((f->names[i].sources & FROM_BEHALF) != 0)
			return 0;
	if (said != NULL)
		judge_tell(f->s, "responder", f->s->v->contact, "as-person", 60, said, said->extra.p);
	return said != NULL;
}

#define FROM_NUMBER	(FROM_ORGNR | FROM_REGISTER)
#define FROM_WORDS	(FROM_SIGNATURE | FROM_DISPLAY | FROM_PHRASE | FROM_BEHALF | FROM_LETTERHEAD)

/* Nothing but a number in the mail says that it is this one. */
static int
is_by_number(const struct name *n)
{
	return (n->sources & FROM_NUMBER) != 0 && (n->sources & ~(unsigned)(FROM_NUMBER | FROM_LIST)) == 0;
}

/* A house by its words, or one whose name the sender's domain is made of. */
static int
is_named_house(const struct name *n)
{
	return (n->sources & FROM_WORDS) != 0 && (n->class != NULL || (n->sources & FROM_DOMAIN) != 0);
}

/* The number is one organisation's, and the mail's words name another: a slip of the hand, or somebody who poses as it. */
static void
review_number(struct search *f, const struct name *best)
{
	const struct name *n;
	struct verdict    *v = f->s->v;

	for (n = f->names; n < f->names + f->n; n++) {
		const struct name *other = is_by_number(best) ? best : n;

		if (n == best || n->written == NULL || (other == best ? !is_named_house(n) : !is_by_number(n)))
			continue;
		judge_review(f->s, "unknown-responder", "the organisation number is another's than the name in the mail", judge_say(f->s, "%s; %s",
		    best->written, n->written));
		if (other == n && best->known == NULL && (best->invited == NULL || best->invited->orgnr[0] == '\0'))
			v->orgnr = "";
		return;
	}
}

void
judge_responder(struct session *s)
{
	struct search      f = { .s = s, .has_role = signs_with_role(s), .signs_contact = signs_contact(s) };
	const struct name *best;
	int                private;

	take_domain(&f);
	f.own_mailbox = is_own_mailbox(s, s->v->contact);
	gather_signals(&f);
	found_signers(&f);
	gather_display(&f);
	gather_subjects(&f);
	gather_named(&f);
	gather_invited(&f);
	gather_registered(&f);
	gather_municipality(&f);
	private = says_private(&f);
	best = private ? NULL : chosen_name(&f);
	if (best == NULL) {
		set_person(s);
		if (!private)
			review_unsure(&f);
		return;
	}
	set_organisation(&f, best, f.domain);
	set_invited(s, best->key);
	tell_joint(&f, best);
	review_number(&f, best);
	/* The person behind an organisation's address: who signed. */
	if (name_is_person(s->j, person_name(s)))
		s->v->contact = person_name(s);
}
