/*
 * XML inside documents, heard element by element: no entities, no network, no tree.
 * Owns the parser's settings; knows no vocabulary.
 */
#ifndef HOERING_PARSERS_XML_H
#define HOERING_PARSERS_XML_H

#include <stddef.h>
#include <stdint.h>

/* One element as it begins: local name, name space, and its attributes for xml_attribute(). */
struct xml_element {
	const char     *name;
	const char     *ns;		/* "" when none */
	const uint8_t **attributes;	/* private */
	int             n_attributes;
};

struct xml_handler {
	void (*start)(void *ctx, const struct xml_element *e);
	void (*end)(void *ctx, const char *name, const char *ns);
	void (*characters)(void *ctx, const char *p, size_t n);
};

/* 1 when it was well-formed to its end and heard whole; what was heard before a fault stays heard, and what is too deep is passed by. */
int xml_read(const uint8_t *p, size_t n, const struct xml_handler *h, void *ctx);

/* The value of the attribute with that local name, in any name space: a new string, or NULL. */
char *xml_attribute(const struct xml_element *e, const char *name);

/* 1 when the name space's URI contains `word`: office formats changed theirs with every standard body. */
int xml_is_ns(const char *ns, const char *word);

#endif
