/*
 * One consultation: its file in the folder of consultations, and how they are held against each other.
 * Owns the rules for titles, dates and lists of one case; judges no mail.
 */
#ifndef HOERING_CONFIG_CONSULTATION_H
#define HOERING_CONFIG_CONSULTATION_H

#include "config/conf.h"
#include "config/source.h"

/* Every file NAME.conf in the folder into conf->consultations, sorted by name; `root` and `key` tell where the folder is named. */
void consultations_read(struct source *root, const char *key, const char *folder, struct conf *conf);

#endif
