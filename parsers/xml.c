#include "parsers/xml.h"

#include <glib.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define DEPTH_MOST 10000u	/* of elements heard; tables in tables are tens */

struct listener {
	const struct xml_handler *h;
	void                     *ctx;
	unsigned                  depth;
	int                       too_deep;
};

static const char *
or_empty(const xmlChar *s)
{
	return s == NULL ? "" : (const char *)s;
}

static void
on_start(void *p, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns, const xmlChar **ns,
    int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct listener   *l = p;
	struct xml_element e = { (const char *)name, or_empty(uri), attributes, n_attributes };

	(void)prefix;
	(void)n_ns;
	(void)ns;
	(void)n_defaulted;
	if (++l->depth > DEPTH_MOST)
		l->too_deep = 1;
	else if (l->h->start != NULL)
		l->h->start(l->ctx, &e);
}

static void
on_end(void *p, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct listener *l = p;

	(void)prefix;
	if (l->depth-- <= DEPTH_MOST && l->h->end != NULL)
		l->h->end(l->ctx, (const char *)name, or_empty(uri));
}

static void
on_characters(void *p, const xmlChar *s, int n)
{
	struct listener *l = p;

	if (l->h->characters != NULL && n > 0 && l->depth <= DEPTH_MOST)
		l->h->characters(l->ctx, (const char *)s, (size_t)n);
}

/*
 * No handler for declarations of entities and none to look one up: what a document type declares is never expanded
 * (billion laughs), never fetched, and its references are dropped. That is why the library's own ceilings, which end a document at
 * 256 elements within each other, are not needed.
 */
int
xml_read(const uint8_t *p, size_t n, const struct xml_handler *h, void *ctx)
{
	struct listener  l = { .h = h, .ctx = ctx };
	xmlSAXHandler    sax;
	xmlParserCtxtPtr parser;

	if (n == 0 || n > G_MAXINT)
		return 0;
	parser = xmlCreateMemoryParserCtxt((const char *)p, (int)n);
	if (parser == NULL)
		return 0;
	memset(&sax, 0, sizeof sax);
	sax.initialized = XML_SAX2_MAGIC;
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.characters = on_characters;
	sax.ignorableWhitespace = on_characters;
	sax.cdataBlock = on_characters;
	*parser->sax = sax;
	parser->userData = &l;
	(void)xmlCtxtUseOptions(parser, XML_PARSE_RECOVER | XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	parser->sax2 = 1;
	(void)xmlParseDocument(parser);
	return parser->wellFormed && !l.too_deep;
}

char *
xml_attribute(const struct xml_element *e, const char *name)
{
	const uint8_t **a = e->attributes;
	int             i;

	for (i = 0; i < e->n_attributes; i++, a += 5)	/* name, prefix, URI, value, end of value */
		if (strcmp((const char *)a[0], name) == 0)
			return g_strndup((const char *)a[3], (gsize)(a[4] - a[3]));
	return NULL;
}

int
xml_is_ns(const char *ns, const char *word)
{
	return strstr(ns, word) != NULL;
}
