/*
 * How a function says that it failed, and the reason that travels with it.
 * Owns the outcome classes and a fixed buffer for one reason; knows nothing of
 * mail, databases or servers.
 */
#ifndef HOERING_BASE_WHY_H
#define HOERING_BASE_WHY_H

/* Named by what the failure costs, and so by what the caller does next. */
enum outcome {
	OUTCOME_OK = 0,
	OUTCOME_BAD,	/* this one message or record is bad: it costs only itself */
	OUTCOME_DEFER,	/* our situation (disk full, busy, no memory): same work again later */
	OUTCOME_LOST,	/* the other side is gone or broke the protocol: drop it, start another */
	OUTCOME_REFUSED	/* a person asked for something that cannot be: say why, change nothing */
};

/* One reason: plain ASCII or UTF-8 of our own making, foreign bytes already escaped. */
struct why {
	int  code;		/* errno, a library's own code, or 0 */
	char text[400];
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Sets the reason and returns `o`, so that a function can end with `return why_set(...)`. `w` may be NULL. */
enum outcome why_set(struct why *w, enum outcome o, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with ": " and the text of errno added, errno kept in code. */
enum outcome why_errno(struct why *w, enum outcome o, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* 1 when the reason is that there is no room: somebody must make some, and the same can be done then. */
int why_disk_full(const struct why *w);

#endif
