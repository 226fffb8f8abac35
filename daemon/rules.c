#include "daemon/rules.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/judge/words.h"
#include "daemon/spawn.h"
#include "parsers/limits.h"

#define PATIENCE_S	LIMIT_CHILD_WALL_S	/* rules that take longer are longer than the patience with a parser that starts with them */

/* What it says before it ends, "" when nothing. -1: it says nothing and does not end. */
static int
listen_to(int sock, char *said, size_t size)
{
	struct pollfd wait = { .fd = sock, .events = POLLIN };
	ssize_t       n;
	int           ready;

	do
		ready = poll(&wait, 1, (int)(PATIENCE_S * 1000));
	while (ready == -1 && errno == EINTR);
	if (ready != 1)
		return -1;
	n = recv(sock, said, size - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	return 0;
}

/* hoering-parse --check reads phrases and sentences: it ends with EX_OK, or with EX_CONFIG after the mistake was said. */
static enum outcome
ask_parser(const char *dir, struct why *why)
{
	const char *const argv[] = { "hoering-parse", "--check", "--rules", dir, NULL };
	const char *const keep[] = { "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", NULL };
	char              path[1024], said[sizeof why->text];
	struct spawn      s = { .path = path, .argv = argv, .keep_env = keep, .extra_fd = -1 };
	int               sock, status = 0, ended;
	pid_t             pid;

	if (spawn_find("hoering-parse", path, sizeof path, why) != OUTCOME_OK || spawn_start(&s, &pid, &sock, why) != OUTCOME_OK)
		return OUTCOME_DEFER;
	ended = listen_to(sock, said, sizeof said) == 0;
	if (!ended)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	fd_close(&sock);
	if (!ended)
		return why_set(why, OUTCOME_REFUSED, "%s: reading these rules takes more than %u s", dir, PATIENCE_S);
	if (!WIFEXITED(status) || (WEXITSTATUS(status) != EX_OK && WEXITSTATUS(status) != EX_CONFIG))
		return why_set(why, OUTCOME_DEFER, "%s: hoering-parse has ended while it read these rules", dir);
	return WEXITSTATUS(status) == EX_OK ? OUTCOME_OK : why_set(why, OUTCOME_REFUSED, "%s", said);
}

enum outcome
rules_check(const char *dir, struct why *why)
{
	struct word_lists *words = NULL;
	enum outcome       o;

	if (dir[0] == '\0')
		return OUTCOME_OK;
	o = word_lists_load(dir, &words, why);
	if (o != OUTCOME_OK)
		return o;
	word_lists_free(words);
	return ask_parser(dir, why);
}
