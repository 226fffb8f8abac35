#include "daemon/sha256.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/fault.h"
#include "base/fd.h"

static void
to_hex(struct sha256_ctx *ctx, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];
	size_t  i;

	sha256_digest(ctx, sizeof sum, sum);
	for (i = 0; i < sizeof sum; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[2 * sizeof sum] = '\0';
}

int
sha256_copy(int in, uint64_t size_bytes, int out, char hex[SHA256_HEX])
{
	struct sha256_ctx ctx;
	uint8_t           buf[64 << 10];
	uint64_t          done = 0;
	ssize_t           got;

	sha256_init(&ctx);
	while (done < size_bytes) {
		size_t want = size_bytes - done < sizeof buf ? (size_t)(size_bytes - done) : sizeof buf;

		got = pread(in, buf, want, (off_t)done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return -1;
		sha256_update(&ctx, (size_t)got, buf);
		if (out != -1 && (FAULT_HALF("archive-write", out, buf, (size_t)got) || fd_write_full(out, buf, (size_t)got) == -1))
			return -1;
		done += (uint64_t)got;
	}
	to_hex(&ctx, hex);
	return 0;
}

void
sha256_bytes(const void *p, size_t n, char hex[SHA256_HEX])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, n, p);
	to_hex(&ctx, hex);
}

int
sha256_is_hex(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}
