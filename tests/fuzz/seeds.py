#!/usr/bin/env python3
"""seeds.py NAME FOLDER BUILD: small sound inputs for the harness fuzz-NAME: the documents and mails of tests/corpus, documents made by
tests/parse/make.py, and for `wire` the records that BUILD's hoering-parse writes of those mails."""
import base64
import email
import glob
import gzip
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "..", "corpus")
sys.path[:0] = [os.path.join(HERE, "..", "parse"), os.path.join(HERE, "..", "line")]
import client
import make
import scan

TEXTS = ["Høringssvar – sak 21/4593\n\nVi støtter forslaget.\n\nMed vennlig hilsen\nÅse Øydegård\n> sitert\n> tekst\n-- \nSjøholt kommune\norg.nr. 974 760 673\n",
         "Vår ref.: 2022/117-4\nDeres ref.: 21/4593\n\nKommunen har ingen merknader.\nbegin 644 a.txt\n%:&5I(0H`\n`\nend\n",
         "=ybegin line=128 size=3 name=a b.bin\n\x8b\x8c=}\n=yend size=3\n"]


def files(pattern):
    for path in sorted(glob.glob(os.path.join(CORPUS, pattern))):
        with open(path, "rb") as f:
            yield f.read()


def attribute(level, number, data):
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xffff)


def tnef():
    yield (struct.pack("<IH", 0x223e9f78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000)) + attribute(1, 0x0002800c, b"Svar i brev\0") +
           attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, b"notat.txt\0") + attribute(2, 0x0006800f, b"notat"))


def archive():
    members = {"svar.txt": b"Vi mener ja", "mappe/indre.zip": make.zipped({"dypt.txt": "innerst"})}
    yield make.zipped(members)
    yield make.packed(members, "7zip")
    yield make.packed(members, "gnutar")
    yield gzip.compress(b"pakket", mtime=0)


def pkcs7():
    for content in files("mails/*.eml"):
        for part in email.message_from_bytes(content).walk():
            if "pkcs7" in part.get_content_type():
                yield part.get_payload(decode=True)


def msg():
    inner = make.msg_tree(False, "Indre", "Indre tekst")
    yield make.msg("Emne", "Se vedlagt.", ("Kari", "kari@sjoholt.example"), [("svar.txt", b"ja"), ("brev.msg", inner)])


def cards():
    yield "BEGIN:VCALENDAR\r\nSUMMARY:Innspillsmøte om\r\n planen\\, Ærfjord\r\nEND:VCALENDAR\r\n".encode()
    yield "BEGIN:VCARD\nFN:Åse Øydegård\nNOTE:en\\nto\nEND:VCARD\n".encode()


def flat():
    for kind, body in (("text", '<text:p>Ja<text:s text:c="3"/><text:note><text:note-body><text:p>en</text:p></text:note-body></text:note></text:p>'),
                       ("spreadsheet", '<table:table table:name="Ark"><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table>')):
        yield make.flat_odf(kind, body, "<style:header><text:p>brev</text:p></style:header>")


def wire(build):
    server = client.Server(os.path.join(build, "hoering-parse"))
    for content in [*files("mails/*.eml"), b"Subject: a\n\nb", *(b"From: a@b.no\nSubject: =?utf-8?q?h=C3=B8ring?=\n\n" + t.encode() for t in TEXTS)]:
        yield server.ask(content)[3]
    for name in ("svar.docx", "svar.pdf", "tall.ods"):
        yield server.ask(next(files("documents/" + name)), client.DOCUMENT, name.encode())[3]
    server.close()


def own(name, build):
    yield from files(f"found/{name}/*")     # what once crashed or hung our code
    if name == "mail":
        yield from files("mails/*.eml")
        yield b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhei\n--b\nContent-Type: text/plain; name=\"=?utf-8?B?w6Y=?= =?utf-8?B?w7g=?=\"\n" \
              b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"tekst") + b"\n--b--\n"
    elif name == "wire":
        yield from wire(build)
    elif name == "plain":
        yield from (t.encode() for t in TEXTS)
        yield "\ufeffTekst".encode("utf-16le")
    elif name == "document":
        yield from files("documents/svar.*")
        for seeds in (cards, flat, archive, msg, tnef):
            yield from seeds()
    else:
        pattern = {"ooxml": "documents/*.xlsx", "odf": "documents/*.od?"}.get(name, f"documents/*.{name}")
        yield from files(pattern)
        made = {"card": cards, "flat": flat, "tnef": tnef, "archive": archive, "pkcs7": pkcs7, "msg": msg, "ppt": lambda: [make.ppt(["En", "To"])], "doc": lambda: [make.word6(["En", "To"])],
                "ooxml": lambda: [make.pptx(["En"])], "odf": lambda: [make.odp(["En"])], "pdf": lambda: [scan.text_pdf(["En"])]}
        yield from made.get(name, list)()


if __name__ == "__main__":
    name, folder, build = sys.argv[1:]
    n = 0
    for n, content in enumerate(own(name, build), 1):
        with open(os.path.join(folder, f"seed-{n}"), "wb") as f:
            f.write(content)
    sys.exit(0 if n else f"no seeds for {name}")
