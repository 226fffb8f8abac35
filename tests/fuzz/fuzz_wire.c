/* libFuzzer harness: the reader of records, on what a parser that has been taken over might send. */
#include <stdint.h>
#include <stdlib.h>

#include "parsers/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct parsed parsed;
	struct why    why;
	uint8_t      *shorter;

	if (parsed_read(p, n, &parsed, &why) == OUTCOME_OK && n > 0) {
		shorter = malloc(n);
		if (shorter == NULL || wire_without_text(p, n, shorter) > n)
			abort();
		free(shorter);
	}
	parsed_free(&parsed);
	return 0;
}
