/* learn FILE NAME: at build time, the model of a file of sentences as C, so that no program learns when it starts. */
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

#include "parsers/learnt.h"

int
main(int argc, char **argv)
{
	struct learnt *l = NULL;
	struct why     why = { 0, "" };
	char          *text = NULL;
	gsize          n = 0;
	size_t         i, k;

	if (argc != 3 || !g_file_get_contents(argv[1], &text, &n, NULL)) {
		(void)fprintf(stderr, "usage: learn FILE NAME; and FILE must be readable\n");
		return EXIT_FAILURE;
	}
	if (learnt_learn(argv[1], text, n, NULL, &l, &why) != OUTCOME_OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		g_free(text);
		return EXIT_FAILURE;
	}
	(void)printf("#include \"parsers/learnt.h\"\nstatic const char *const sorts[] = {");
	for (i = 0; i < l->n_sorts; i++)
		(void)printf(" \"%s\",", l->sorts[i]);
	(void)printf(" NULL };\nstatic const uint32_t terms[] = {\n");
	for (i = 0; i < l->n_terms; i++)
		(void)printf("%uu,\n", l->terms[i]);
	(void)printf("0 };\nstatic const int16_t weights[] = {\n");
	for (i = 0; i < l->n_terms; i++)
		for (k = 0; k < l->n_sorts; k++)
			(void)printf("%d,%s", l->weights[i * l->n_sorts + k], k + 1 == l->n_sorts ? "\n" : "");
	(void)printf("0 };\nextern const struct learnt %s;\nconst struct learnt %s = { sorts, terms, weights, %zu, %zu, %uu };\n", argv[2], argv[2],
	    l->n_sorts, l->n_terms, l->print);
	learnt_free(l);
	g_free(text);
	return EXIT_SUCCESS;
}
