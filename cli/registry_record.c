#include "cli/registry_record.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "config/utf8.h"

int
registry_more(struct registry_input *in, uint8_t *buf, unsigned size, struct why *why)
{
	int n = gzread(in->gz, buf, size), code = Z_OK;

	if (n < 0)
		(void)why_set(why, OUTCOME_REFUSED, "%s: %s", in->path, gzerror(in->gz, &code));
	return n;
}

enum registry_field
registry_field_of(const char *path)
{
	static const struct { const char *path; enum registry_field field; } known[] = {
		{ "organisasjonsnummer", REG_ORGNR }, { "navn", REG_NAME }, { "organisasjonsform.kode", REG_FORM },
		{ "organisasjonsform", REG_FORM }, { "hjemmeside", REG_HOMEPAGE }, { "epostadresse", REG_EMAIL },
		{ "naeringskode1.kode", REG_INDUSTRY }, { "naeringskode1", REG_INDUSTRY }, { "overordnetEnhet", REG_PARENT },
		{ "historiskeNavn", REG_FORMER }, { "historiskeNavn.navn", REG_FORMER }, { "slettedato", REG_GONE },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcasecmp(known[i].path, path) == 0)
			return known[i].field;
	return REG_FIELDS;
}

/* Latin-1, which old extracts are written in, made UTF-8: every byte from 0x80 becomes two. */
static size_t
from_latin1(const uint8_t *p, size_t n, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < n && used + 2 < size; i++)
		if (p[i] < 0x80)
			out[used++] = (char)p[i];
		else {
			out[used++] = (char)(0xc0 | p[i] >> 6);
			out[used++] = (char)(0x80 | (p[i] & 0x3f));
		}
	return used;
}

void
registry_put(struct registry_input *in, enum registry_field f, const uint8_t *p, size_t n)
{
	char  *value;
	size_t used, room;

	if (f == REG_FIELDS || n == 0)
		return;
	value = in->record.value[f];
	used = f == REG_FORMER ? strlen(value) : 0;
	if (used > 0 && used + 2 < REG_VALUE_BYTES)
		value[used++] = '\n';
	room = REG_VALUE_BYTES - used;
	if (utf8_sound((const char *)p, n) != n)
		n = from_latin1(p, n, value + used, room);
	else {
		n = n < room - 1 ? n : room - 1;
		memcpy(value + used, p, n);
		n = utf8_sound(value + used, n);	/* a character cut in two */
	}
	value[used + n] = '\0';
}

enum outcome
registry_give(struct registry_input *in, struct why *why)
{
	enum outcome o = in->each(in->arg, &in->record, why);

	in->n_records++;
	for (size_t i = 0; i < REG_FIELDS; i++)
		in->record.value[i][0] = '\0';
	return o;
}
