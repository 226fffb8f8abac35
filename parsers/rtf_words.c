#include "parsers/rtf_words.h"

#include <stdlib.h>
#include <string.h>

/* Sorted by name (strcmp), for bsearch(). */
static const struct rtf_word words[] = {
	{ "annotation", RTF_ENTER, RTF_COMMENT, NULL, 0 },
	{ "ansi", RTF_FIXED_PAGE, RTF_TEXT, NULL, 1252 },
	{ "ansicpg", RTF_ANSI_PAGE, RTF_TEXT, NULL, 0 },
	{ "atnauthor", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "atnid", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "author", RTF_ENTER, RTF_AUTHOR, NULL, 0 },
	{ "bin", RTF_BIN, RTF_TEXT, NULL, 0 },
	{ "bullet", RTF_LETTER, RTF_TEXT, "•", 0 },
	{ "cell", RTF_BREAK, RTF_TEXT, "\t", 0 },
	{ "colortbl", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "column", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "cpg", RTF_CODEPAGE, RTF_TEXT, NULL, 0 },
	{ "creatim", RTF_ENTER, RTF_CREATED, NULL, 0 },
	{ "datafield", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "deff", RTF_DEFAULT_FONT, RTF_TEXT, NULL, 0 },
	{ "deleted", RTF_DELETED, RTF_TEXT, NULL, 0 },
	{ "dy", RTF_TIME, RTF_TEXT, NULL, 2 },
	{ "emdash", RTF_LETTER, RTF_TEXT, "—", 0 },
	{ "emspace", RTF_LETTER, RTF_TEXT, " ", 0 },
	{ "endash", RTF_LETTER, RTF_TEXT, "–", 0 },
	{ "enspace", RTF_LETTER, RTF_TEXT, " ", 0 },
	{ "f", RTF_FONT, RTF_TEXT, NULL, 0 },
	{ "fcharset", RTF_CHARSET, RTF_TEXT, NULL, 0 },
	{ "fldinst", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "fonttbl", RTF_ENTER, RTF_FONTS, NULL, 0 },
	{ "footer", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "footerf", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "footerl", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "footerr", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "footnote", RTF_ENTER, RTF_FOOTNOTE, NULL, 0 },
	{ "fromhtml", RTF_FROM_HTML, RTF_TEXT, NULL, 0 },
	{ "header", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "headerf", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "headerl", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "headerr", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "hr", RTF_TIME, RTF_TEXT, NULL, 3 },
	{ "htmlrtf", RTF_HTML_OFF, RTF_TEXT, NULL, 0 },
	{ "htmltag", RTF_HTML_TAG, RTF_TEXT, NULL, 0 },
	{ "info", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "ldblquote", RTF_LETTER, RTF_TEXT, "“", 0 },
	{ "line", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "listtable", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "lquote", RTF_LETTER, RTF_TEXT, "‘", 0 },
	{ "mac", RTF_FIXED_PAGE, RTF_TEXT, NULL, 10000 },
	{ "min", RTF_TIME, RTF_TEXT, NULL, 4 },
	{ "mo", RTF_TIME, RTF_TEXT, NULL, 1 },
	{ "nestcell", RTF_BREAK, RTF_TEXT, "\t", 0 },
	{ "nestrow", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "nofpages", RTF_PAGES, RTF_TEXT, NULL, 0 },
	{ "nonesttables", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "nonshppict", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "objdata", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "page", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "par", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "pc", RTF_FIXED_PAGE, RTF_TEXT, NULL, 437 },
	{ "pca", RTF_FIXED_PAGE, RTF_TEXT, NULL, 850 },
	{ "pict", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "plain", RTF_PLAIN, RTF_TEXT, NULL, 0 },
	{ "qmspace", RTF_LETTER, RTF_TEXT, " ", 0 },
	{ "rdblquote", RTF_LETTER, RTF_TEXT, "”", 0 },
	{ "revised", RTF_REVISED, RTF_TEXT, NULL, 0 },
	{ "revtbl", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "row", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "rquote", RTF_LETTER, RTF_TEXT, "’", 0 },
	{ "sect", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "shpinst", RTF_ENTER, RTF_TEXT, NULL, 0 },
	{ "shptxt", RTF_ENTER, RTF_TEXT, "\n", 0 },
	{ "softline", RTF_BREAK, RTF_TEXT, "\n", 0 },
	{ "sp", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "stylesheet", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "tab", RTF_BREAK, RTF_TEXT, "\t", 0 },
	{ "tc", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "title", RTF_ENTER, RTF_TITLE, NULL, 0 },
	{ "u", RTF_UNICODE, RTF_TEXT, NULL, 0 },
	{ "uc", RTF_UC, RTF_TEXT, NULL, 0 },
	{ "v", RTF_HIDDEN, RTF_TEXT, NULL, 0 },
	{ "xe", RTF_ENTER, RTF_SKIPPED, NULL, 0 },
	{ "yr", RTF_TIME, RTF_TEXT, NULL, 0 },
};

static int
by_name(const void *name, const void *word)
{
	return strcmp(name, ((const struct rtf_word *)word)->name);
}

const struct rtf_word *
rtf_word(const char *name)
{
	return bsearch(name, words, sizeof words / sizeof words[0], sizeof words[0], by_name);
}
