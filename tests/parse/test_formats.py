#!/usr/bin/env python3
"""test_formats.py HOERING-PARSE: the formats test_parse.py has no document of an office suite for, made by make.py."""
import gzip
import html
import os
import struct
import sys
import zlib

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line")]
import client
import make
import scan
import tap
from tap import check, equal

server = None


def document(name, data):
    """(the part of the document itself, its text, everything)"""
    r = client.read(server.ask(data, client.DOCUMENT, name.encode())[3])
    check(r["complete"], f"{name}: the records are not whole")
    return r["parts"][0], r["texts"].get(1, ""), r


def text_of(name, data, status="ok"):
    part, text, r = document(name, data)
    equal(part["status"], status, f"{name}: status, {text[:60]!r}")
    return text, {w["code"] for w in r["warnings"]}


def test_ppt():
    text, _ = text_of("x.ppt", make.ppt(["Høringssvar – lavterskeltilbud", "Ærfjord mener nei"]))
    equal(text, "Høringssvar – lavterskeltilbud\nÆrfjord mener nei", "text")


def test_comments_of_slides_and_boxes_of_sheets():
    comment = make.record(12000, make.record(4026, "Kari".encode("utf-16le")) + make.record(4026, "Merknadens ord".encode("utf-16le"), 1 << 4), 15)
    extension = make.record(5000, make.record(5002, make.record(4026, "___PPT10".encode("utf-16le")) + make.record(5003, comment), 15), 15)
    equal(text_of("x.ppt", make.ppt(["Lysarkets ord"], more=extension))[0], "Lysarkets ord\nMerknadens ord", "ppt")
    p = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    text, _ = text_of("x.pptx", make.pptx(["Lysarkets ord"], {"ppt/comments/comment1.xml": f"<p:cmLst {p}><p:cm><p:text>Merknadens ord</p:text></p:cm></p:cmLst>"}))
    equal(text, "Lysarkets ord\nMerknadens ord", "pptx")
    biff = lambda kind, content: struct.pack("<HH", kind, len(content)) + content
    box = lambda n, *pieces: biff(0x1b6, struct.pack("<10xHH4x", n, 0)) + b"".join(biff(0x3c, piece) for piece in pieces)
    book = (biff(0x809, struct.pack("<HH12x", 0x600, 5)) + box(8, b"\0Boks p\xe5 ") + box(18, b"\0Merknad", b"\1" + " på Ærfjord".encode("utf-16le")) +
            box(9, b"\0For") + biff(0x0a, b""))
    equal(text_of("x.xls", make.ole({"Workbook": book}))[0], "Boks på \nMerknad på Ærfjord\nFor", "xls")


def test_dates_of_sheets():
    """A cell that shows a date is a number and a format."""
    biff = lambda kind, content: struct.pack("<HH", kind, len(content)) + content
    formats = {0: "General", 164: 'dd.mm.yyyy;@', 165: '0" dager"', 166: "[Red]0.00", 14: ""}
    cell = lambda row, xf, value: biff(0x203, struct.pack("<HHHd", row, 0, xf, value))
    book = (biff(0x809, struct.pack("<HH12x", 0x600, 5)) + b"".join(biff(0x41e, struct.pack("<HHB", i, len(f), 0) + f.encode()) for i, f in formats.items() if f) +
            b"".join(biff(0xe0, struct.pack("<HH16x", 0, i)) for i in formats) + b"".join(cell(i, i, 44708.5) for i in range(5)) + biff(0x0a, b""))
    want = ["44708.5", "27.05.2022", "44708.5", "44708.5", "27.05.2022"]
    equal(text_of("x.xls", make.ole({"Workbook": book}))[0].split("\n"), want, "xls")
    s = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    codes = "".join(f'<numFmt numFmtId="{i}" formatCode="{html.escape(f)}"/>' for i, f in formats.items() if f)
    styles = "".join(f'<xf numFmtId="{i}"/>' for i in formats)
    rows = "".join(f'<row><c s="{i}"><v>44708.5</v></c></row>' for i in range(5))
    data = make.zipped({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>', "xl/workbook.xml": f"<workbook {s}><workbookPr/></workbook>",
        "xl/styles.xml": f'<styleSheet {s}><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {s}><sheetData>{rows}</sheetData></worksheet>"})
    equal([line.strip() for line in text_of("x.xlsx", data)[0].split("\n")], want, "xlsx")


def test_rtf_asides():
    """What stands in footnotes, comments and boxes is read, and none of it stands within the sentence it belongs to."""
    rtf = (r"{\rtf1\ansi Kommunen{{\super\chftn{\*\footnote\chftn\pard\plain \s28\loch Fotnotens ord.}}} st\'f8tter{\*\atnid K}{\*\atnauthor Kari}\chatn"
           r"{\*\annotation{\*\atndate 665128960}\loch Merknadens ord} forslaget.\par{\shp{\*\shpinst\shpleft0{\sp{\sn fillColor}{\sv 13606770}}"
           r"{\shptxt\loch Boksens ord\par}}}{\*\ukjent\loch Ingens ord}Slutt.}")
    text, warnings = text_of("x.rtf", rtf.encode())
    for words in ("Kommunen støtter forslaget.", "Fotnotens ord.", "Merknadens ord", "Boksens ord", "Slutt."):
        check(words in text, f"{words!r} in {text!r}")
    check(not any(w in text for w in ("Ingens", "13606770", "665128960")), text)
    check("comments" in warnings, warnings)


def test_odf_asides():
    """The same, the number of a footnote grows to no word, and sheets have their names; all that in one file of XML too."""
    note = lambda kind, s: f'<text:note><text:note-citation>1</text:note-citation><text:note-body>{kind}</text:note-body></text:note>{s}'
    body = ("<text:p>Kommunen" + note("<text:p>Fotnotens ord.</text:p>", " støtter") + "<office:annotation><dc:creator>Kari</dc:creator><text:p>Merknadens ord</text:p>"
            "</office:annotation> forslaget.</text:p>")
    head = "<style:header><text:p>Sjøholt kommune</text:p></style:header>"
    sheet = '<table:table table:name="Ark på Sjøholt"><table:table-row><table:table-cell><text:p>Celle</text:p></table:table-cell></table:table-row></table:table>'
    for kind, content in (("text", body), ("spreadsheet", sheet), ("presentation", f"<draw:page>{body}</draw:page>")):
        for data in (make.odf(kind, content, head), make.flat_odf(kind, content, head)):
            part, text, r = document("uten-navn", data)
            equal((part["status"], part["title"]), ("ok", "Høringssvar"), kind)
            for words in ("Kommunen støtter forslaget.", "Fotnotens ord.", "[kommentar] Merknadens ord") if content is not sheet else ("Ark på Sjøholt", "Celle"):
                check(words in text, f"{kind}: {words!r} in {text!r}")
            check("Sjøholt kommune" in text and "Kari" not in text and ("comments" in {w["code"] for w in r["warnings"]}) == (content is not sheet), text)


def test_soft_hyphens():
    """They say where a word may be broken: it is one word for whoever searches."""
    equal(text_of("x.txt", "psykisk\u00adhelse\u00advern og lav\u00ad\nterskeltilbud".encode())[0], "psykiskhelsevern og lavterskeltilbud", "a text")


def test_pptx_odp():
    slides = ["Første lysark", "Andre: blåbærsyltetøy"]
    for name, data in (("x.pptx", make.pptx(slides)), ("x.odp", make.odp(slides))):
        text, _ = text_of(name, data)
        check(all(s in text for s in slides), f"{name}: {text!r}")
        equal(text_of("uten-navn", data)[0], text, "the same by its content")


def test_word6():
    text, _ = text_of("x.doc", make.word6(["Høringssvar fra Ærfjord", "Vi støtter forslaget."]))
    equal(text, "Høringssvar fra Ærfjord\nVi støtter forslaget.", "text")


def test_docx():
    """What stands in tables, headers, footnotes and content controls is read; tracked changes are read as accepted, and told."""
    run = lambda s: f"<w:r><w:t>{s}</w:t></w:r>"
    paragraph = lambda s: f"<w:p>{run(s)}</w:p>"
    body = (paragraph("Brødtekst") + f"<w:tbl><w:tr><w:tc>{paragraph('celle a')}</w:tc><w:tc>{paragraph('celle b')}</w:tc></w:tr></w:tbl>" +
            f"<w:sdt><w:sdtContent>{paragraph('innholdskontroll')}</w:sdtContent></w:sdt>"
            f"<w:p>{run('Vi ')}<w:ins>{run('støtter')}</w:ins><w:del><w:r><w:delText>avviser</w:delText></w:r></w:del>{run(' forslaget.')}</w:p>")
    other = lambda kind, inner: f"<w:{kind} {make.W}>{inner}</w:{kind}>"
    data = make.docx(body, header1=other("hdr", paragraph("topptekst")), footnotes=other("footnotes", f'<w:footnote w:id="2">{paragraph("fotnote")}</w:footnote>'),
                     comments=other("comments", f'<w:comment w:id="0">{paragraph("merknad i margen")}</w:comment>'))
    text, warnings = text_of("x.docx", data)
    for words in ("Brødtekst", "celle a", "celle b", "innholdskontroll", "Vi støtter forslaget.", "topptekst", "fotnote", "merknad i margen"):
        check(words in text, f"{words!r} in {text!r}")
    check("avviser" not in text, f"a deletion in {text!r}")
    check({"tracked-changes", "comments"} <= warnings, f"{warnings}")
    equal(text_of("x.docx", make.docx(paragraph("bare tekst"))), ("bare tekst", set()), "a plain one")


def test_deleted_wholes():
    """A deleted end of a paragraph joins it with the next one; a deleted row is gone; in a flat OpenDocument deletions stand where they stood."""
    run = lambda s: f"<w:r><w:t>{s}</w:t></w:r>"
    row = lambda s, props="": f"<w:tr>{props}<w:tc><w:p>{run(s)}</w:p></w:tc></w:tr>"
    gone = '<w:del w:id="1" w:author="K"/>'
    body = (f"<w:p><w:pPr><w:rPr>{gone}</w:rPr></w:pPr>{run('sammen')}</w:p><w:p>{run('satt ord')}</w:p>"
            f"<w:tbl>{row('første')}{row('slettet', f'<w:trPr>{gone}</w:trPr>')}{row('siste')}</w:tbl><w:p>{run('slutt')}</w:p>")
    text, warnings = text_of("x.docx", make.docx(body))
    equal((text.split(), "tracked-changes" in warnings), (["sammensatt", "ord", "første", "siste", "slutt"], True), "docx")
    region = lambda i, kind: f'<text:changed-region text:id="c{i}"><text:{kind}/></text:changed-region>'
    span = lambda i, s: f'<text:change-start text:change-id="c{i}"/>{s}<text:change-end text:change-id="c{i}"/>'
    body = (f"<text:tracked-changes>{region(1, 'deletion')}{region(2, 'insertion')}</text:tracked-changes>"
            f"<text:p>Vi er {span(1, 'imot')}{span(2, 'for')}. sam{span(1, '</text:p><text:p>')}men</text:p>")
    text, warnings = text_of("x.fodt", make.flat_odf("text", body))
    check("Vi er for. sammen" in text and "imot" not in text and "tracked-changes" in warnings, f"{text!r} {warnings}")


def test_encrypted_office():
    equal(document("x.docx", make.ole({"EncryptedPackage": bytes(64), "EncryptionInfo": bytes(64)}))[0]["status"], "encrypted", "a protected docx")


def test_msg():
    """Body and sender, files, and a message in a message, each part below the one it came in."""
    inner = make.msg_tree(False, "Indre emne", "Indre tekst fra Ærfjord", ("Ola", "ola@aerfjord.example"), [("dypt.txt", b"Aller innerst")])
    data = make.msg("Videresendt høringssvar", "Se vedlagt.", ("Kari Nordmann", "kari@sjoholt.example"), [("svar.txt", b"Vi mener ja"), ("brev.msg", inner)])
    _, text, r = document("x.msg", data)
    equal(text.strip("\0\n "), "Se vedlagt.", "body")
    equal((r["envelope"]["subject"], r["envelope"]["from_address"]), ("Videresendt høringssvar", "kari@sjoholt.example"), "head")
    equal([(p["parent"], p["filename"], p["status"]) for p in r["parts"][1:]],
          [(1, "svar.txt", "ok"), (1, "brev.msg", "ok"), (3, "dypt.txt", "ok")], "parts")
    check("Vi mener ja" in r["texts"][2] and "Indre tekst fra Ærfjord" in r["texts"][3] and "Aller innerst" in r["texts"][4], f"{r['texts']}")


def test_msg_link():
    """An attachment that is only an address is a link, and the address is its text."""
    tree = make.msg_tree(True, "Svar", "Se vedlagt.", attachments=[("Svar.docx", b"")])
    link = tree["__attach_version1.0_#00000000"]
    del link["__substg1.0_37010102"]
    link["__substg1.0_370D001F"] = "https://kommunen.sharepoint.example/Svar.docx".encode("utf-16le")
    _, _, r = document("x.msg", make.ole(tree))
    equal([(p["filename"], p["status"]) for p in r["parts"][1:]], [("Svar.docx", "link only")], "parts")
    check("https://kommunen.sharepoint.example/Svar.docx" in r["texts"][2], r["texts"])


def test_archives():
    members = {"svar.txt": "Høringssvar fra Ærfjord".encode(), "indre.zip": make.zipped({"dypt.txt": "Aller innerst"})}
    for form, name in (("7zip", "x.7z"), ("gnutar", "x.tar"), ("cpio_newc", "x.cpio")):
        _, _, r = document(name, make.packed(members, form))
        if form == "cpio_newc":     # nobody sends it: listed, not read
            equal([p["status"] for p in r["parts"]], ["unsupported"], form)
            continue
        equal([(p["parent"], p["filename"], p["status"]) for p in r["parts"][1:]],
              [(1, "svar.txt", "ok"), (1, "indre.zip", "ok"), (3, "dypt.txt", "ok")], form)
        equal((r["texts"][2], r["texts"][4]), ("Høringssvar fra Ærfjord", "Aller innerst"), form)
    _, _, r = document("svar.txt.gz", gzip.compress("pakket tekst".encode()))
    equal([(p["filename"], p["status"]) for p in r["parts"][1:]], [("svar.txt", "ok")], "gz")


def test_archives_in_part():
    """What cannot be unpacked says why, and its neighbours are read; names are in the code page of who packed them."""
    def members(data):
        part, _, r = document("x.zip", data)
        return part["status"], [(p["filename"], p["status"], r["texts"].get(p["position"], "")) for p in r["parts"][1:]]
    plain = make.zipped({"a.txt": "første svar " * 9, "b.txt": "andre svar"})
    for method, status in ((9, "unsupported"), (97, "unsupported")):      # Deflate64, WavPack
        data = bytearray(plain)
        struct.pack_into("<H", data, 8, method)
        struct.pack_into("<H", data, data.index(b"PK\1\2") + 10, method)
        equal(members(bytes(data)), ("unsupported", [("a.txt", status, ""), ("b.txt", "ok", "andre svar")]), f"method {method}")
    data = bytearray(plain)
    data[data.index(b"PK\1\2") + 16] ^= 1            # the checksum, in both places
    data[14] ^= 1
    status, got = members(bytes(data))
    equal((status, got[0][1], got[1]), ("corrupt", "corrupt", ("b.txt", "ok", "andre svar")), "a checksum")
    for page, name in (("cp850", "Høringssvar ÆØÅ blåbær.txt"), ("cp1252", "Høringssvar – Åfjord.txt"), ("utf-8", "Høringssvar Åfjord.txt")):
        given = name.encode(page)
        data = make.zipped({"x" * len(given): "svar"}).replace(b"x" * len(given), given)
        equal(members(data), ("ok", [(name, "ok", "svar")]), page)
    # 7z, with its header under a password: the marks of a header that is packed, by AES (7zFormat.txt)
    packed = bytes.fromhex("17060001092000070b0100012406f10701000c200000")
    start = struct.pack("<QQI", 32, len(packed), zlib.crc32(packed))
    equal(document("x.7z", b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + bytes(32) + packed)[0]["status"], "encrypted", "7z")


def test_text_under_another_name():
    """A letter is read whatever its label and its name say; a signature is what it says."""
    letter = "Høringssvar fra Ærfjord kommune.\nVi støtter forslaget, og ber om at det følges opp.\n".encode()
    for name in ("svar.png", "svar.pdf", "svar.doc", "svar.docx", "svar.zip", "svar.msg", "svar.7z"):
        part, text, _ = document(name, letter)
        equal((part["found_type"], part["status"], text), ("text/plain", "ok", letter.decode().strip()), name)
    for begin in (b"#include <stdio.h>\n", b"#!/bin/sh\n"):
        equal(document("svar.doc", begin + letter)[0]["status"], "ok", "what looks like a program")
    equal(document("svar.pdf", bytes([1, 2, 3, 0xfe]) * 99)[0]["status"], "corrupt", "no letter")
    for page in (b"<p>Vi st&oslash;tter forslaget.</p>", b"\xef\xbb\xbf\r\n<!DOCTYPE html><title>x</title>Vi st&oslash;tter forslaget."):
        part, text, _ = document("svar.txt", page)
        equal((part["found_type"], text), ("text/html", "Vi støtter forslaget."), "a page named as text")
    equal(document("svar.txt", b"<ola@nordmann.example> skrev: <p>")[0]["found_type"], "text/plain", "an address")
    equal(document("svar.asc", b"-----BEGIN PGP SIGNATURE-----\n\niQEzBAEB\n-----END PGP SIGNATURE-----\n")[0]["found_type"], "application/pgp-signature", "PGP")


def test_pages_and_dates():
    """As the document says, or as there are slides."""
    says = lambda **k: "".join(f"<{name}>{value}</{name}>" for name, value in k.items())
    app = '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">%s</Properties>'
    word = make.zipped({"word/document.xml": f"<w:document {make.W}><w:body/></w:document>", "docProps/app.xml": app % says(Words=3, Pages=7, Lines=9)})
    statistic = make.META.replace("</office:meta>", '<meta:document-statistic meta:page-count="4" meta:word-count="9"/></office:meta>')
    time = r"{\rtf1\ansi{\info{\title Svar}{\creatim\yr2011\mo2\dy3\hr4\min5}{\revtim\yr2019\mo9\dy9}{\nofpages12}}Tekst\yr7}"
    summary = lambda number, value: (struct.pack("<HHI16sI", 0xfffe, 0, 2, bytes(16), 1) + bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9" if number == 14 else
              "02d5cdd59c2e1b10939708002b2cf9ae") + struct.pack("<IIIIIIi", 48, 24, 1, number, 16, 3, value))
    for name, data, pages in (("x.docx", word, 7), ("x.rtf", time.encode(), 12), ("x.pptx", make.pptx(["En", "To"]), 2), ("x.odp", make.odp(["En", "To", "Tre"]), 3),
                              ("x.fodt", make.flat_odf("text", "<text:p>x</text:p>").replace(make.META.encode(), statistic.encode()), 4), ("x.odt", make.odf("text", ""), 0),
                              ("x.ppt", make.ole({"PowerPoint Document": bytes(8), "\5SummaryInformation": summary(14, 0), "\5DocumentSummaryInformation": summary(7, 5)}), 5),
                              ("x.doc", make.ole({"WordDocument": bytes(768), "\5SummaryInformation": summary(14, 6)}), 6)):
        part, _, _ = document(name, data)
        equal(part["pages"], pages, name)
        equal(part["created"], 1296705900 if name == "x.rtf" else None, name)


def test_large_and_deep():
    """Of what is too much the beginning is read, and what stands below something too deep."""
    paragraph = "<w:p><w:r><w:t>Kommunen støtter forslaget.</w:t></w:r></w:p>"
    text, warnings = text_of("x.docx", make.docx(paragraph + "<w:p></w:p>" * 3000000), "too large")
    check(text.startswith("Kommunen støtter forslaget.") and "limit-archive" in warnings, f"{text[:60]} {warnings}")
    deep = lambda n: "<w:sdt><w:sdtContent>" * n + paragraph.replace("støtter", "avviser") + "</w:sdtContent></w:sdt>" * n + paragraph
    equal(text_of("x.docx", make.docx(deep(500))), ("Kommunen avviser forslaget.\nKommunen støtter forslaget.", set()), "500 deep")
    equal(text_of("x.docx", make.docx(deep(30000))), ("Kommunen støtter forslaget.", {"xml-damaged"}), "30,000 deep")


def test_calendar_and_card():
    text, _ = text_of("x.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Innspillsmøte på Ærfjord\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode())
    check("Innspillsmøte på Ærfjord" in text, text)
    text, _ = text_of("x.vcf", "BEGIN:VCARD\r\nFN:Åse Øydegård\r\nEND:VCARD\r\n".encode())
    check("Åse Øydegård" in text, text)
    text, _ = text_of("x.ics", "BEGIN:VCALENDAR\r\nSUMMARY:Innspillsmøte om opptrappings\r\n planen\\, Ærfjord\r\nDESCRIPTION:En\\nTo\r\nEND:VCALENDAR\r\n".encode())
    for words in ("Innspillsmøte om opptrappingsplanen, Ærfjord\n", "DESCRIPTION:En\nTo\n"):
        check(words in text, f"{words!r} in {text!r}")


def test_old_cards():
    """Version 2.1: quoted-printable in a character set of its own, over several lines; pictures are no text."""
    card = (b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=98yg=C3=A5rd;=C3=\r\n=85se\r\n"
            b"FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=C5se=\r\n =D8yg=E5rd\r\nPHOTO;ENCODING=BASE64:/9j/4AAQSkZJRg\r\n ABAQAAAQABAAD\r\n\r\n"
            b"LOGO:data:image/png;base64,iVBORw0KGgo\r\nNOTE:a\\, b=20c\r\nEND:VCARD\r\n")
    text, _ = text_of("x.vcf", card)
    for words in (":Øygård;Åse\n", ":ÅseØygård\n", "NOTE:a, b=20c\n"):
        check(words in text, f"{words!r} in {text!r}")
    check("9j" not in text and "ABAQ" not in text and "iVBOR" not in text, text)


def test_cut():
    """A file that ends too early is corrupt, and what was read of it is kept."""
    big = lambda seed: "".join(f"<w:p><w:r><w:t>avsnitt {i * seed % 7919}</w:t></w:r></w:p>" for i in range(2000))
    whole = make.docx("<w:p><w:r><w:t>Vi støtter forslaget.</w:t></w:r></w:p>", header1=f"<w:hdr {make.W}>{big(31)}</w:hdr>")
    text, warnings = text_of("x.docx", whole[:len(whole) - 4000], "corrupt")
    check("Vi støtter forslaget." in text and "damaged" in warnings, f"{text[:80]!r} {warnings}")
    whole = make.pptx(["Lysark"], {"ppt/notesSlides/notesSlide1.xml": '<p:notes xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
                                   'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:t>Notat</a:t></p:notes>', "ppt/media/bilde.bin": os.urandom(9000)})
    text, warnings = text_of("x.pptx", whole[:len(whole) - 5000], "corrupt")
    check("Notat" in text and "damaged" in warnings, f"{text!r} {warnings}")
    for rtf in (rb"{\rtf1\ansi Vi st\'f8tter{\b  forslaget", rb"{\rtf1\ansi Vi st\'f8tter forslaget{\pict\bin4294967295 xx}}"):
        text, warnings = text_of("x.rtf", rtf, "corrupt")
        check("Vi støtter forslaget" in text and "damaged" in warnings, f"{text!r} {warnings}")


def test_pdf():
    """Form fields and annotations are read; text whose letters are private is garbled, not truth."""
    page = (b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> /Annots [6 0 R 7 0 R] >>")
    show = lambda s: scan.stream(b"BT /F 12 Tf 60 700 Td (" + s + b") Tj ET")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (navn) /V (utfylt felt) /Rect [60 600 300 620] /P 3 0 R >>"
    note = b"<< /Type /Annot /Subtype /Text /Contents (merknad i margen) /Rect [60 500 80 520] /P 3 0 R >>"
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    text, _ = text_of("x.pdf", scan.pdf([catalogue, pages, page, show(b"sidens egen tekst"), font, field, note]))
    for words in ("sidens egen tekst", "utfylt felt", "merknad i margen"):
        check(words in text, f"{words!r} in {text!r}")
    private = (b"/CIDInit /ProcSet findresource begin begincmap /CMapName /P def 1 begincodespacerange <00> <FF> endcodespacerange\n"
               b"1 beginbfrange <20> <FF> <E020> endbfrange endcmap end")
    wrong = font[:-2] + b"/ToUnicode 8 0 R >>"
    part, _, _ = document("x.pdf", scan.pdf([catalogue, pages, page.replace(b"/Annots [6 0 R 7 0 R]", b""), show(b"Dette kan ingen lese, for tabellen er gal. " * 5),
                                             wrong, b"null", b"null", scan.stream(private)]))
    equal(part["status"], "garbled", "a table of private letters")


LETTER = ("Kommunestyret i Ærfjord har behandlet forslaget til opptrappingsplan og takker for muligheten til å uttale seg om det. Vi mener at tilbudet må "
          "bygges ut der folk bor, og at fritidsklubber, skolehelsetjeneste og lavterskeltilbud bør få varige tilskudd. Kommunen ber departementet "
          "om å vurdere hvordan små steder med lange avstander kan dele på fagfolk, slik at ingen ungdom faller utenfor. Rådmannen viser videre til erfaringene "
          "med ambulante grupper, som kjenner både familien, barnehagen og fastlegen, og foreslår årlige målinger av ventetid.")


def test_pdf_tables():
    """A table from shapes to letters that is wrong is noticed by what it makes of a language; its letters are kept out of the text, what was filled in is not."""
    def shown(letter, text=LETTER):
        """The text with every byte said to be letter(byte)."""
        lines = b" ".join(b"(" + text[i:i + 80].encode("cp1252") + b") Tj T*" for i in range(0, len(text), 80))
        return document("x.pdf", scan.pdf([
            b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> /Annots [7 0 R] >>",
            scan.stream(b"BT /F 12 Tf 20 TL 60 700 Td " + lines + b" ET"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>", scan.to_unicode(letter, text),
            b"<< /Type /Annot /Subtype /Text /Contents (merknad i margen) /Rect [60 500 80 520] /P 3 0 R >>"]))
    sami = ("Sámediggi giitá vejolašvuođas buktit cealkámuša evttohussii. Mii oaivvildit ahte fálaldat galgá leat doppe gos olbmot orrot, ja ahte "
            "mánát ja nuorat galget oažžut veahki iežaset gillii. Gielddat dárbbašit eanet ruđa jus galget sáhttit doaibmat nu mo galggašii, ja mii "
            "ávžžuhit departemeantta árvvoštallat movt dan dahkat").translate(str.maketrans("đŋč", "dnc")).encode("cp1252", "ignore").decode("cp1252")
    for text in (LETTER, sami, "Tabell 1: " + "AB12-CD34 77 KR 450 " * 40, "Enig Uenig Vet ikke " * 40, "Svar: XQZ KWV\n" * 4):
        part, got, _ = shown(lambda c: c, text)
        equal(part["status"], "ok", got[:60])
    for name, letter in (("shifted", lambda c: chr(ord(c) - 29) if ord(c) > 0x40 else c), ("other letters", lambda c: chr((ord(c) - 97 + 11) % 26 + 97) if "a" <= c <= "z" else c),
                         ("a common letter is none", lambda c: " " if c in "tif" else c), ("control characters", lambda c: "\3" if c in "æøå" else c)):
        part, got, _ = shown(letter)
        equal((part["status"], got), ("garbled", "[kommentar] merknad i margen"), name)
    part, got, _ = shown(lambda c: "!#%&"[ord(c) % 4])
    equal((part["status"], got), ("ok", "[kommentar] merknad i margen"), "signs for letters")


def test_pdf_choices():
    """Of a list what was chosen, of a box that it was marked."""
    annotation = lambda kind, more: b"<< /Type /Annot /Subtype /Widget /FT /%s /Rect [60 600 300 620] /P 3 0 R %s >>" % (kind, more)
    fields = [annotation(b"Ch", b"/T (a) /Ff 131072 /Opt [(helt enig) (delvis enig) (uenig)] /V (delvis enig)"),
              annotation(b"Ch", b"/T (b) /Ff 2097152 /Opt [(skole) (helse) (fritid)] /V [(skole) (fritid)] /I [0 2]"),
              annotation(b"Ch", b"/T (c) /Ff 393216 /Opt [(by)] /V (skrevet selv)"),
              annotation(b"Btn", b"/T (Vi samtykker) /V /Ja /AS /Ja /AP << /N << /Ja 4 0 R /Off 4 0 R >> >>"),
              annotation(b"Btn", b"/T (Vi nekter) /V /Off /AS /Off /AP << /N << /Ja 4 0 R /Off 4 0 R >> >>")]
    places = b" ".join(b"%d 0 R" % (i + 5) for i in range(len(fields)))
    text, _ = text_of("x.pdf", scan.pdf([
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] >> >>" % places, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [%s] >>" % places,
        scan.stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")] + fields))
    equal(sorted(text.split("\n")), sorted(["delvis enig", "skole", "fritid", "skrevet selv", "[x] Vi samtykker"]), "fields")


def test_protected_pdf():
    equal(text_of("x.pdf", make.protected_pdf("Alle kan lese dette"))[0].strip(), "Alle kan lese dette", "an owner's password alone")
    equal(text_of("x.pdf", make.protected_pdf("Ingen kan lese dette", b"bruker"), "encrypted")[0], "", "a user's password")


def test_known_bugs():
    """As hoeringd(8) says under BUGS."""
    show = scan.stream(b"BT /F 12 Tf 60 700 Td <4E2D6587> Tj ET")
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>"
    inner = b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    text_of("x.pdf", scan.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, show, font, inner]), "empty")
    numbered = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>punkt</w:t></w:r></w:p>'
    equal(text_of("x.docx", make.docx(numbered))[0], "punkt", "a numbered paragraph")


def test_rtf():
    """Code pages and Unicode are letters; objects, pictures and binary bytes are no text."""
    data = (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
            rb"\f0 bl\'e5b\'e6r \u268?\uc0\u353 \uc1 {\f1 \'ef\'f0\'e8\'e2\'e5\'f2}\par{\object\objemb{\*\objdata 0105000002000000}{\result synlig}}"
            rb"{\pict\pngblip 89504e47}\bin5 {}\}{ etter}")
    text, _ = text_of("x.rtf", data)
    for words in ("blåbær Čš", "привет", "synlig", "etter"):
        check(words in text, f"{words!r} in {text!r}")
    check("0105" not in text and "8950" not in text, text)


if __name__ == "__main__":
    server = client.Server(sys.argv.pop(1))
    tap.run([v for k, v in list(globals().items()) if k.startswith("test_")])
    equal(server.close(), 0, "end of the server")
    tap.finish()
