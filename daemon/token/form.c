#include "daemon/token/form.h"

#include <string.h>

#include "daemon/token/wipe.h"

#define MAX_SECRETS 4	/* a client's, an assertion, a refresh token, a device code */

struct form {
	char  *text;
	size_t n, size;
	char  *secrets[MAX_SECRETS];
	size_t n_secrets;
	int    broken;
};

struct form *
form_new(void)
{
	return wipe_calloc(1, sizeof(struct form));
}

void
form_free(struct form *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n_secrets; i++)
		wipe_free(f->secrets[i]);
	wipe_free(f->text);
	wipe_free(f);
}

static void
put(struct form *f, char c)
{
	char *bigger;

	if (f->n + 1 >= f->size) {
		bigger = wipe_realloc(f->text, f->size * 2 + 1024);
		if (bigger == NULL) {
			f->broken = 1;
			return;
		}
		f->text = bigger;
		f->size = f->size * 2 + 1024;
	}
	f->text[f->n++] = c;
	f->text[f->n] = '\0';
}

static void
put_encoded(struct form *f, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *value != '\0' && !f->broken; value++) {
		unsigned char c = (unsigned char)*value;

		if (strchr(plain, *value) != NULL) {
			put(f, *value);
			continue;
		}
		put(f, '%');
		put(f, hex[c >> 4]);
		put(f, hex[c & 15]);
	}
}

void
form_add(struct form *f, const char *name, const char *value)
{
	if (f->n > 0)
		put(f, '&');
	put_encoded(f, name);
	put(f, '=');
	put_encoded(f, value);
}

void
form_add_secret(struct form *f, const char *name, const char *value)
{
	char *copy = f->n_secrets < MAX_SECRETS ? wipe_strdup(value) : NULL;

	if (copy == NULL)
		f->broken = 1;
	else
		f->secrets[f->n_secrets++] = copy;
	form_add(f, name, value);
}

const char *
form_text(const struct form *f, size_t *n)
{
	*n = f->n;
	return f->broken || f->text == NULL ? NULL : f->text;
}

int
form_reveals(const struct form *f, const char *words)
{
	for (size_t i = 0; i < f->n_secrets; i++)
		if (strstr(words, f->secrets[i]) != NULL)
			return 1;
	return 0;
}
