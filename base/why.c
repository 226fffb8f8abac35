#include "base/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum outcome
why_set(struct why *w, enum outcome o, const char *fmt, ...)
{
	va_list ap;

	if (w == NULL)
		return o;
	w->code = 0;
	va_start(ap, fmt);
	(void)vsnprintf(w->text, sizeof w->text, fmt, ap);
	va_end(ap);
	return o;
}

enum outcome
why_errno(struct why *w, enum outcome o, const char *fmt, ...)
{
	va_list ap;
	int     saved = errno;
	size_t  n;

	if (w == NULL)
		return o;
	w->code = saved;
	va_start(ap, fmt);
	(void)vsnprintf(w->text, sizeof w->text, fmt, ap);
	va_end(ap);
	n = strlen(w->text);
	(void)snprintf(w->text + n, sizeof w->text - n, ": %s", strerror(saved));
	errno = saved;
	return o;
}

int
why_disk_full(const struct why *w)
{
	return w->code == ENOSPC || w->code == EDQUOT;
}
