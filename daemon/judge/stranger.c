/*
 * Who writes in an organisation's name from where it is not known to write: anybody can sign as it from webmail, so that what it
 * has answered is neither taken back nor replaced on such a mail's word.
 */
#include <string.h>
#include <strings.h>

#include "base/domain.h"
#include "daemon/judge/family_parts.h"

static const char *
domain_at(const char *address)
{
	const char *at = address == NULL ? NULL : strrchr(address, '@');

	return at == NULL ? "" : at + 1;
}

/* The same, or one below the other. */
static int
is_one_house(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	if (n < m)
		return is_one_house(b, a);
	return m > 0 && strcasecmp(a + n - m, b) == 0 && (n == m || a[n - m - 1] == '.');
}

/* The list has the address, or the domain where that is a house's own. */
static int
lists(const struct judge *j, const struct conf_invited *inv, const char *address)
{
	const char *domain = domain_at(address);
	size_t      i;

	for (i = 0; i < inv->n_domains; i++)
		if (is_one_house(inv->domains[i], domain))
			return 1;
	for (i = 0; i < inv->n_emails; i++)
		if (strcasecmp(inv->emails[i], address) == 0 || (!judge_is_webmail(j, domain) && is_one_house(domain_at(inv->emails[i]), domain)))
			return 1;
	return 0;
}

/* The domain is made of the organisation's name, or a list has it for the organisation. `key`: a name, or a number. */
static int
is_known_by(const struct judge *j, const char *key, const char *address)
{
	const char *domain = domain_at(address);
	size_t      i;

	for (i = 0; i < j->n_names; i++) {
		const struct conf_invited *inv = j->names[i].invited;

		if ((strcmp(j->names[i].key, key) == 0 || same_string(inv->orgnr, key)) && lists(j, inv, address))
			return 1;
	}
	return !judge_is_webmail(j, domain) && domain_is_of(domain, key);
}

int
is_of_stranger(const struct judge *j, const struct relative *earlier, const struct relative *r)
{
	const char *key = r->responder_key, *from = domain_at(r->kin_sender), *before = domain_at(earlier->kin_sender);

	if (key == NULL || strncmp(key, "o:", 2) != 0 || before[0] == '\0' || same_string(earlier->kin_sender, r->kin_sender))
		return 0;
	return !(is_one_house(before, from) && !judge_is_webmail(j, from)) && !is_known_by(j, key + 2, r->kin_sender);
}
