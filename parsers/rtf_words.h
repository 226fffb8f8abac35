/*
 * The control words of RTF that matter for text, and what each does.
 * Owns the table; private to rtf.c.
 */
#ifndef HOERING_PARSERS_RTF_WORDS_H
#define HOERING_PARSERS_RTF_WORDS_H

enum rtf_place { RTF_TEXT = 0, RTF_SKIPPED, RTF_FONTS, RTF_TITLE, RTF_AUTHOR, RTF_CREATED, RTF_COMMENT, RTF_FOOTNOTE };

enum rtf_act {
	RTF_ENTER,	/* the group's text goes to `place`; `text` stands before it */
	RTF_BREAK,	/* the end of a line or cell: `text` */
	RTF_LETTER,	/* a letter with a name: `text` */
	RTF_UNICODE, RTF_UC, RTF_FONT, RTF_CHARSET, RTF_CODEPAGE, RTF_ANSI_PAGE,
	RTF_FIXED_PAGE,	/* the code page is `number` */
	RTF_PAGES,
	RTF_TIME,	/* of when it was created, where the group says so: `number` 0 is the year, 4 the minute */
	RTF_DEFAULT_FONT, RTF_PLAIN, RTF_HIDDEN, RTF_DELETED, RTF_REVISED, RTF_FROM_HTML, RTF_HTML_TAG, RTF_HTML_OFF, RTF_BIN
};

struct rtf_word {
	const char    *name;
	enum rtf_act   act;
	enum rtf_place place;
	const char    *text;
	unsigned       number;
};

/* NULL for a word that says nothing about text. */
const struct rtf_word *rtf_word(const char *name);

#endif
