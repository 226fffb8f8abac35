/* The wrapped functions of hoering-parse-evil, and the real ones behind them (ld(1), --wrap). */
#ifndef HOERING_TESTS_PARSE_EVIL_H
#define HOERING_TESTS_PARSE_EVIL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

struct builder;
struct task;

void __real_child_run(const struct task *t);
void __wrap_child_run(const struct task *t);
int  __real_build_content(struct builder *b, uint32_t position, const uint8_t *p, size_t n);
int  __wrap_build_content(struct builder *b, uint32_t position, const uint8_t *p, size_t n);
int  __real_html_text(struct builder *b, const char *p, size_t n, struct textbuf *out);
int  __wrap_html_text(struct builder *b, const char *p, size_t n, struct textbuf *out);
int  __real_setrlimit64(__rlimit_resource_t what, const struct rlimit64 *l);
int  __wrap_setrlimit64(__rlimit_resource_t what, const struct rlimit64 *l);

#endif
