"""A mail's source text (texts/*/*.txt) becomes the bytes of a mail, as the program named in it would have written them.

Owns the encodings, the names of attachments and the MIME structure; what a mail should be judged to be passes through.

A source is "Key: value" lines, an empty line, the body; in the body one line is one line of the writer's (programs
break it as they do), "@@name.txt" is the body of another source, "=== type" begins a further part of a report.
The keys: In (folder/what-it-shows, time of arrival; again for each mailbox), Shows, Expect, Person (see make.py);
Client (clients.py), Text (charset, transfer encoding, "flowed"), Html (outlook, gmail, plain), Logo, Sent, From, To,
Subject, Reply (a source or a <Message-ID>), ReturnPath, Report, Attach (document | file name | how the name is
written), AttachMail (source | file name | how).
"""
import base64
import datetime
import html
import quopri
import random
import re
import struct
import textwrap
import urllib.parse
import zlib
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.utils import format_datetime, parseaddr

import clients

TYPES = {"pdf": "application/pdf", "odt": "application/vnd.oasis.opendocument.text", "xls": "application/vnd.ms-excel",
         "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


class Source:
    """One source file, read; its values as they stand, lists for keys that may come again."""

    def __init__(self, path):
        self.name, self.path = path.stem, path
        head, _, self.body = path.read_text("utf-8").partition("\n\n")
        self.keys = {}
        for line in head.splitlines():
            key, _, value = line.partition(":")
            self.keys.setdefault(key, []).append(value.strip())
        self.body = re.sub(r"^@@(\S+)\n", lambda m: Source(path.with_name(m[1])).body, self.body, flags=re.M)
        self.body, *self.sections = re.split(r"^=== ", self.body, flags=re.M)
        self.charset, self.encoding, *more = self.one("Text").split()
        self.flowed = "flowed" in more
        self.client = clients.CLIENTS[self.one("Client")]
        self.address = parseaddr(self.one("From"))[1]

    def one(self, key, default=None):
        return self.keys.get(key, [default])[0]

    def all(self, key):
        return self.keys.get(key, [])

    def dice(self, what):
        return random.Random(f"{self.path.parent.name}/{self.name}/{what}")

    def message_id(self):
        return "<" + clients.fill(self.client["id"], self.dice("id"), self.address) + ">"


def encoded(words, charset, name=""):
    """RFC 2047, only where it is needed; folded."""
    if words.isascii():
        return Header(words, "us-ascii", maxlinelen=76, header_name=name).encode(linesep="\r\n")
    how = Charset(charset)
    how.header_encoding = BASE64 if charset == "utf-8" and len(words) > 40 else QP
    return Header(words, how, maxlinelen=74, header_name=name).encode(linesep="\r\n")


def mailbox(value, charset):
    name, address = parseaddr(value)
    if not name:
        return address
    return (f'"{name}"' if name.isascii() else encoded(name, charset, "From")) + f" <{address}>"


def name_lines(name, how, charset):
    """The Content-Type and Content-Disposition parameters of a file name, in one of the ways found in the wild."""
    percent = lambda s: urllib.parse.quote(s.encode(charset), safe="")
    words = '"' + encoded(name, charset).replace("\r\n ", "\r\n\t") + '"'
    if how == "2231":
        return "", f";\r\n\tfilename*={charset}''{percent(name)}"
    if how == "2047":
        return f";\r\n\tname={words}", f";\r\n\tfilename={words}"
    if how == "both":
        return f";\r\n\tname={words}", f";\r\n\tfilename*={charset}''{percent(name)}"
    assert how == "split", how
    half = len(name) // 2
    return "", f";\r\n\tfilename*0*={charset}''{percent(name[:half])};\r\n\tfilename*1*={percent(name[half:])}"


def transfer(data, encoding):
    """Bytes with CRLF line ends, in the transfer encoding."""
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def plain(source, words):
    """The body as the program breaks its lines; format=flowed leaves a space where a line goes on."""
    out = []
    for line in words.rstrip("\n").split("\n"):
        pieces = textwrap.wrap(line, source.client["wrap"] - 1, break_long_words=False) if source.client["wrap"] else [line]
        out.append((" \r\n" if source.flowed else "\r\n").join(pieces or [""]))
    return "\r\n".join(out) + "\r\n"


def as_html(source, words, logo):
    """The body as HTML in the manner of the program."""
    paragraphs = [html.escape(p, quote=False).split("\n") for p in words.strip().split("\n\n")]
    manner = source.one("Html")
    if manner == "gmail":
        inner = "<div><br></div>".join("".join(f"<div>{line}</div>" for line in p) for p in paragraphs)
        return f'<div dir="ltr">{inner}</div>\r\n'
    if manner == "plain":
        inner = "\r\n".join("<tr><td><p>" + "<br>".join(p) + "</p></td></tr>" for p in paragraphs)
        return f'<html><body><table width="600" cellpadding="8">\r\n{inner}\r\n</table></body></html>\r\n'
    assert manner == "outlook", manner
    inner = "<p class=MsoNormal>&nbsp;<o:p></o:p></p>\r\n".join(
        f"<p class=MsoNormal>{'<br>'.join(p)}<o:p></o:p></p>\r\n" for p in paragraphs)
    if logo:
        inner += f'<p class=MsoNormal><img width=96 height=32 src="cid:{logo}" alt="Logo"></p>\r\n'
    return ('<html xmlns:o="urn:schemas-microsoft-com:office:office">\r\n<head>\r\n<meta http-equiv="Content-Type" '
            f'content="text/html; charset={source.charset}">\r\n<style>\r\n<!--\r\np.MsoNormal {{margin:0cm; '
            'font-size:11.0pt; font-family:"Calibri",sans-serif;}\r\n-->\r\n</style>\r\n</head>\r\n<body lang="NO-BOK">\r\n'
            f'<div class="WordSection1">\r\n{inner}</div>\r\n</body>\r\n</html>\r\n')


def logo_png(width=96, height=32):
    """A small picture for a signature: two coloured fields."""
    rows = b"".join(b"\0" + b"".join(b"\x20\x40\x60" if x < y + 32 else b"\xd8\xe4\xec" for x in range(width))
                    for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def text_part(source, words, subtype, flowed=False):
    more = "; format=flowed" if flowed else ""
    head = (f'Content-Type: text/{subtype}; charset="{source.charset}"{more}\r\n'
            f"Content-Transfer-Encoding: {source.encoding}\r\n\r\n")
    return head.encode() + transfer(words.encode(source.charset), source.encoding)


def file_part(kind, names, data, encoding="base64", disposition="attachment", more=""):
    return (f"Content-Type: {kind}{names[0]}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}"
            f"Content-Disposition: {disposition}{names[1]}\r\n\r\n").encode() + transfer(data, encoding)


def multipart(source, subtype, parts, more=""):
    """Several parts as one; each kind of multipart of a mail has its own boundary."""
    boundary = clients.fill(source.client["boundary"], source.dice(subtype), source.address)
    out = f'Content-Type: multipart/{subtype}{more};\r\n\tboundary="{boundary}"\r\n\r\n'.encode()
    if source.one("Client") not in ("exchange", "gmail", "elements"):
        out += b"This is a multi-part message in MIME format.\r\n\r\n"
    return out + b"".join(f"--{boundary}\r\n".encode() + p + b"\r\n" for p in parts) + f"--{boundary}--\r\n".encode()


def content(source, documents, sources):
    """The mail from its Content-Type on. documents: (file, suffix) -> bytes; sources: name -> Source."""
    logo = "image001.png@01D86B7A." + source.address.split("@")[0][:4].upper() if source.one("Logo") else None
    entity = text_part(source, plain(source, source.body), "plain", source.flowed)
    if source.one("Html"):
        entity = multipart(source, "alternative", [entity, text_part(source, as_html(source, source.body, logo), "html")])
    if logo:
        picture = file_part("image/png", ('; name="image001.png"', '; filename="image001.png"'), logo_png(),
                            disposition="inline", more=f"Content-ID: <{logo}>\r\n")
        entity = multipart(source, "related", [entity, picture], '; type="multipart/alternative"')
    attached = []
    for value in source.all("Attach"):
        document, name, how = (v.strip() for v in value.split("|"))
        suffix = document.rpartition(".")[2]
        attached.append(file_part(TYPES[suffix], name_lines(name, how, source.charset), documents(document)))
    for value in source.all("AttachMail"):
        inner, name, how = (v.strip() for v in value.split("|"))
        attached.append(file_part("message/rfc822", name_lines(name, how, source.charset),
                                  build(sources[inner], documents, sources), encoding="8bit"))
    if source.sections:
        report = [f"Content-Type: {s.partition(chr(10))[0]}\r\n\r\n".encode()
                  + s.partition("\n")[2].replace("\n", "\r\n").encode() for s in source.sections]
        return multipart(source, "report", [entity] + report, f"; report-type={source.one('Report')}")
    return multipart(source, "mixed", [entity] + attached) if attached else entity


def build(source, documents, sources, address=None, arrival=None):
    """The mail as it lies in the mailbox `address` since `arrival`, or, without them, as it lies inside another."""
    sent = source.one("Sent")
    sent = (datetime.datetime.fromisoformat(sent) if sent
            else arrival - datetime.timedelta(seconds=source.dice("sent").randrange(7, 50)))
    lines = []
    if arrival:
        lines.append("Return-Path: <" + source.one("ReturnPath", source.address) + ">")
        lines += clients.received(source.dice(address), source.address, address, sent, arrival)
    to = ", ".join(t.strip() for t in source.one("To").split(";"))
    lines += ["Date: " + format_datetime(sent), "From: " + mailbox(source.one("From"), source.charset), "To: " + to,
              "Message-ID: " + source.message_id(),
              "Subject: " + encoded(source.one("Subject"), source.charset, "Subject")]
    reply = source.one("Reply")
    if reply:
        reply = reply if reply.startswith("<") else sources[reply].message_id()
        lines += ["In-Reply-To: " + reply, "References: " + reply]
    dice = source.dice("headers")
    lines += [clients.fill(line, dice, source.address) for line in source.client["headers"]] + ["MIME-Version: 1.0"]
    return "\r\n".join(lines).encode() + b"\r\n" + content(source, documents, sources)
