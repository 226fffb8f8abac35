#include "daemon/token/form.h"

#include <string.h>

#include "daemon/token/wipe.h"

#define MAX_SECRETS 4	/* a client's, an assertion, a refresh token, a device code */
#define RUN_BYTES   6	/* of letters and digits, of a secret: too long for chance */

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

/* --- does it stand in their words ------------------------------------------------------------------------------------- */

static int
hex_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %XX, and '+' as `plus`, become what they stand for; nothing gets longer. */
static void
percent_decode(char *text, char plus)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '%' && hex_of(p[1]) >= 0 && hex_of(p[2]) >= 0 && (hex_of(p[1]) | hex_of(p[2])) != 0) {	/* no secret holds a NUL */
			*to++ = (char)(hex_of(p[1]) << 4 | hex_of(p[2]));
			p += 2;
		} else
			*to++ = *p == '+' ? plus : *p;
	}
	*to = '\0';
}

/* base64 and base64url are one. */
static void
one_alphabet(char *text)
{
	for (; *text != '\0'; text++)
		*text = *text == '-' ? '+' : *text == '_' ? '/' : *text;
}

/*
 * The digits of base64 that depend on the secret alone when it stands `shift` bytes behind a group's beginning, whatever stands before and
 * behind it ("client:secret"). NULL when there is no memory.
 */
static char *
base64_within(const char *secret, unsigned shift)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t   n = strlen(secret), first = (shift * 8 + 5) / 6, end = (shift + n) * 8 / 6;
	char    *out = wipe_calloc(end + 1, 1), *to = out;

	for (size_t i = first; out != NULL && i < end; i++) {
		unsigned digit = 0;

		for (size_t bit = i * 6; bit < i * 6 + 6; bit++)
			digit = digit << 1 | (((unsigned char)secret[bit / 8 - shift] >> (7 - bit % 8)) & 1);
		*to++ = digits[digit];
	}
	return out;
}

/* The secret's longest run of letters and digits: escaped for JSON, HTML or anything else it stands there unchanged. */
static int
holds_run(const char *words, const char *secret)
{
	static const char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char       *p, *longest = secret;
	char             *run;
	size_t            n, most = 0;
	int               found;

	for (p = secret; *p != '\0'; p += n > 0 ? n : 1) {
		n = strspn(p, alphanumeric);
		if (n > most) {
			most = n;
			longest = p;
		}
	}
	if (most < RUN_BYTES)
		return 0;
	run = wipe_calloc(most + 1, 1);
	if (run == NULL)
		return 1;
	memcpy(run, longest, most);
	found = strcasestr(words, run) != NULL;
	wipe_free(run);
	return found;
}

/* In words that are as they are, or decoded. No memory to look: it may. */
static int
holds(const char *words, const char *secret)
{
	char *digits = wipe_strdup(words), *pattern;
	int   found = digits == NULL || strstr(words, secret) != NULL || holds_run(words, secret);

	if (digits != NULL)
		one_alphabet(digits);
	for (unsigned shift = 0; shift < 3 && !found; shift++) {
		pattern = base64_within(secret, shift);
		found = pattern == NULL || (pattern[0] != '\0' && strstr(digits, pattern) != NULL);
		wipe_free(pattern);
	}
	wipe_free(digits);
	return found;
}

int
form_reveals(const struct form *f, const char *words)
{
	static const char pluses[] = "+ ";
	int               found = 0;

	for (size_t i = 0; i < f->n_secrets && !found; i++) {
		found = holds(words, f->secrets[i]);
		for (size_t k = 0; k < 2 && !found; k++) {
			char *decoded = wipe_strdup(words);

			if (decoded != NULL)
				percent_decode(decoded, pluses[k]);
			found = decoded == NULL || holds(decoded, f->secrets[i]);
			wipe_free(decoded);
		}
	}
	return found;
}
