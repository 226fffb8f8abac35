/*
 * A message inside an Outlook message, made into a .msg file of its own, so that it has bytes like any attachment.
 * Knows how the two differ; reads nothing of what the message says.
 */
#ifndef HOERING_PARSERS_MSG_INNER_H
#define HOERING_PARSERS_MSG_INNER_H

#include "parsers/ole.h"

/* `inner`: the storage of the message; `outer`: the file it is in, for the names of properties. p is NULL when it is too much. */
struct stream msg_inner_file(struct builder *b, GsfInfile *inner, GsfInfile *outer);

#endif
