/* Documents that were not sent but lie in somebody's cloud: the address of the house in the sender's own words. */
#include "parsers/links.h"
#include "parsers/signals_parts.h"

void
links_note(struct notes *n, const struct stretch *s)
{
	char   host[LINK_HOST_BYTES];
	size_t at;

	for (at = link_next(s->text, s->end, s->at, host); at < s->end; at = link_next(s->text, s->end, at + 1, host))
		note_once(n, SIGNAL_LINK_ATTACHMENT, s, at, host, "");
}
