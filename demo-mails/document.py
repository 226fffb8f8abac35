"""A letter written as plain text becomes a real document: flat ODF made here, then PDF, DOCX or ODT by LibreOffice.

Owns the small letter markup and the call of the office suite; knows nothing of mail.

The markup: "Key: value" lines (Title, Author, Created; Head, Foot, Ref and To may come again), an empty line, then
paragraphs: "# heading", "- bullet", "| cell | cell |" for a row of a table, anything else as running text.
A source that ends in .csv becomes a workbook instead.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
from xml.sax.saxutils import escape

FILTERS = {"pdf": "pdf:writer_pdf_Export", "docx": "docx:MS Word 2007 XML", "odt": "odt:writer8",
           "xls": "xls:MS Excel 97"}

NAMESPACES = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in (
    ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"), ("meta", "meta"),
    ("fo", "xsl-fo-compatible"))) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'

STYLES = """
<style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.25cm"/>
 <style:text-properties style:font-name="Liberation Serif" fo:font-size="11pt" fo:language="nb" fo:country="NO"/>
</style:default-style>
<style:style style:name="Standard" style:family="paragraph" style:class="text"/>
<style:style style:name="Head" style:family="paragraph" style:parent-style-name="Standard">
 <style:paragraph-properties fo:margin-bottom="0cm"/>
 <style:text-properties style:font-name="Liberation Sans" fo:font-size="9pt" fo:color="#204060"/></style:style>
<style:style style:name="Line" style:family="paragraph" style:parent-style-name="Standard">
 <style:paragraph-properties fo:margin-bottom="0cm"/></style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"
 style:parent-style-name="Standard" style:default-outline-level="1">
 <style:paragraph-properties fo:margin-top="0.35cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"/>
 <style:text-properties style:font-name="Liberation Sans" fo:font-size="13pt" fo:font-weight="bold"/></style:style>
"""

FONTS = "".join(f'<style:font-face style:name="{f}" style:font-family-generic="{g}"/>' for f, g in (
    ("Liberation Serif", "roman"), ("Liberation Sans", "swiss")))


def paragraph(style, words):
    return f'<text:p text:style-name="{style}">{escape(words)}</text:p>'


def table(rows):
    width = max(len(r) for r in rows)
    cells = lambda r: "".join('<table:table-cell office:value-type="string">' + paragraph("Line", c)
                              + "</table:table-cell>" for c in r + [""] * (width - len(r)))
    return (f'<table:table><table:table-column table:number-columns-repeated="{width}"/>'
            + "".join(f"<table:table-row>{cells(r)}</table:table-row>" for r in rows)
            + "</table:table>" + paragraph("Line", ""))


def split_row(line):
    """The cells of "| a | b |"; a first cell may be empty."""
    return [c.strip() for c in line.strip().removeprefix("|").removesuffix("|").split("|")]


def body(lines):
    """The paragraphs of a letter; bullets and table rows that stand together belong together."""
    out, i = [], 0
    while i < len(lines):
        mark = lines[i][:1]
        run = []
        while mark in "-|" and i < len(lines) and lines[i][:1] == mark:
            run.append(lines[i])
            i += 1
        if mark == "-":
            out.append("<text:list>" + "".join("<text:list-item>" + paragraph("Line", r[1:].strip())
                       + "</text:list-item>" for r in run) + "</text:list>" + paragraph("Line", ""))
        elif mark == "|":
            out.append(table([split_row(r) for r in run]))
        else:
            line, i = lines[i], i + 1
            out.append('<text:h text:style-name="Heading_20_1" text:outline-level="1">' + escape(line[1:].strip())
                       + "</text:h>" if mark == "#" else paragraph("Standard", line))
    return "".join(out)


def read_letter(source):
    """Returns (keys, paragraphs): keys maps each name to the list of its values."""
    head, _, rest = source.read_text("utf-8").partition("\n\n")
    keys = {}
    for line in head.splitlines():
        name, _, value = line.partition(":")
        keys.setdefault(name, []).append(value.strip())
    return keys, [line for line in rest.splitlines() if line.strip()]


def flat_odf(source):
    """Returns the letter as a flat OpenDocument text, and the time it claims to have been written."""
    keys, lines = read_letter(source)
    created = keys["Created"][0]
    heads = "".join(paragraph("Head", h) for h in keys.get("Head", []))
    feet = "".join(paragraph("Head", f) for f in keys.get("Foot", []))
    refs = table([split_row("|" + r) for r in keys["Ref"]]) if "Ref" in keys else ""
    to = "".join(paragraph("Line", t) for t in keys.get("To", [])) + paragraph("Line", "")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {NAMESPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>{escape(keys["Title"][0])}</dc:title>
<meta:initial-creator>{escape(keys["Author"][0])}</meta:initial-creator>
<dc:creator>{escape(keys["Author"][0])}</dc:creator>
<meta:creation-date>{created}</meta:creation-date><dc:date>{created}</dc:date></office:meta>
<office:font-face-decls>{FONTS}</office:font-face-decls>
<office:styles>{STYLES}</office:styles>
<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm"
 fo:page-height="29.7cm" fo:margin="2.2cm"/><style:header-style><style:header-footer-properties
 fo:margin-bottom="0.8cm"/></style:header-style><style:footer-style><style:header-footer-properties
 fo:margin-top="0.6cm"/></style:footer-style></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4">
<style:header>{heads}</style:header><style:footer>{feet}<text:p text:style-name="Head">Side
 <text:page-number text:select-page="current">1</text:page-number> av <text:page-count>1</text:page-count></text:p>
</style:footer></style:master-page></office:master-styles>
<office:body><office:text>{to}{refs}{body(lines)}</office:text></office:body></office:document>
""", created


def convert(source, suffix):
    """
    Returns the bytes of `source` as a document of that suffix, made by the office suite. faketime(1) sets the suite's
    clock, so that a letter of 2007 does not say that it was made today.
    """
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        command = ["soffice", "--headless", "--norestore", "--convert-to", FILTERS[suffix], "--outdir", str(tmp)]
        if source.suffix == ".csv":
            copy, created = tmp / source.name, "2007-06-19T09:00:00"
            shutil.copy(source, copy)
            command.append("--infilter=CSV:59,34,UTF8")
        else:
            copy = tmp / (source.stem + ".fodt")
            text, created = flat_odf(source)
            copy.write_text(text, "utf-8")
        subprocess.run(["faketime", "-f", "@" + created.replace("T", " "), *command, str(copy)], check=True,
                       env=dict(os.environ, HOME=str(tmp), TZ="Europe/Oslo"), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=180)
        return copy.with_suffix("." + suffix).read_bytes()
