#!/usr/bin/env python3
"""Mails made to exhaust whoever reads them, through a running hoeringd: each is archived and costs at most its limits (parsers/limits.h), the
mails around it are filed as if it were not there, and the daemon itself stays small."""
import base64
import email.message
import hashlib
import io
import os
import random
import re
import shutil
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fetcher
import scan
import tap
from daemon import Daemon
from tap import check, equal

MEGABYTE = 1 << 20
DAEMON_MB = 64
CONSULTATION = 'title = "Opptrappingsplan for psykisk helse"; case = "21/4593"; opened = "2022-04-26"; deadline = "2022-05-27"; mailboxes = [ "m" ];\n'
work = d = box = peak_mb = None
sent = {}           # name: SHA-256


def limit(name):
    """A number of limits.h."""
    with open(os.path.join(tap.ROOT, "parsers", "limits.h")) as f:
        number, shift = re.search(rf"#define {name}\s+\(?(\d+)u(?: << (\d+))?", f.read()).groups()
    return int(number) << int(shift or 0)


def head(n):
    m = email.message.EmailMessage()
    m["Received"] = f"from a by b; Thu, 12 May 2022 10:{n:02}:00 +0200"
    m["From"] = f"Forening {n} <post@forening{n}.example>"
    m["Subject"] = "Høringssvar 21/4593"
    m["Message-ID"] = f"<{n}@forening{n}.example>"
    return m.as_bytes().strip() + b"\n"


def sound(n):
    return head(n) + f"Content-Type: text/plain; charset=utf-8\n\nVi mener at punkt {n} i planen bør endres.\n\nHilsen\nForening {n}\n".encode()


def part(content, kind, name):
    return (f"Content-Type: {kind}; name={name}\nContent-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment; filename={name}\n\n").encode() + base64.encodebytes(content)


def with_parts(n, *parts):
    return (head(n) + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=XX\n\n--XX\nContent-Type: text/plain\n\nSe vedleggene.\n" +
            b"".join(b"--XX\n" + p + b"\n" for p in parts) + b"--XX--\n")


def nested(n, lines):
    return head(n) + b"MIME-Version: 1.0\n" + "".join(lines(i) for i in range(10000)).encode() + b"Content-Type: text/plain\n\nbunnen\n"


def bomb():
    """Five times a zip of sixteen of the one before, as 42.zip is: some kilobytes that would unfold to terabytes."""
    content, name = bytes(32 * MEGABYTE), "null.bin"
    for level in range(6):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            for i in range(1 if level == 0 else 16):
                z.writestr(zipfile.ZipInfo(f"{i}-{name}"), content, zipfile.ZIP_DEFLATED)
        content, name = packed.getvalue(), f"{level}.zip"
    check(len(content) < 42 << 10, f"a bomb of {len(content)} bytes")
    return content


def many_objects(count):
    """A PDF whose one page has text, among that many objects."""
    text = b"BT /F 12 Tf 50 700 Td (Lavterskeltilbud) Tj ET"
    first = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
             b"<</Length %d>>stream\n%s\nendstream" % (len(text), text), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, at = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for i in range(count):
        at.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (i + 1, first[i] if i < len(first) else b"[%d 0 R]" % (i % count + 1)))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1) + b"".join(b"%010d 00000 n \n" % a for a in at))
    out.write(b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (count + 1, start))
    return out.getvalue()


def endless():
    """A PDF of some kilobytes, whose page shows a form that shows twenty times one that shows twenty times … 4 * 10^15 of the last."""
    kids = b"/Resources << /XObject << /F %d 0 R >> >>"
    form = lambda i, content: b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] " + kids % i + b" /Length %d >> stream\n%s\nendstream" % (len(content), content)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " + kids % 5 + b" >>"
    return scan.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, scan.stream(b"/F Do"),
                     *(form(6 + i, b"/F Do " * 20) for i in range(12)), form(17, b"0 0 m 1 1 l n")])


def laughs():
    entities = "".join(f'<!ENTITY l{i} "{(f"&l{i - 1};" if i else "lol") * 10}">' for i in range(10))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("word/document.xml", f'<?xml version="1.0"?><!DOCTYPE d [{entities}]><w:document xmlns:w="http://schemas.openxmlformats.org/'
                   'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>latteren &l9; forstummer</w:t></w:r></w:p></w:body></w:document>')
    return packed.getvalue()


def new_words(seed, size):
    """Words of six letters, hardly one of them twice."""
    letters = "abcdefghijklmnopqrstuvwxyz012345"
    noise = random.Random(seed).randbytes(size)
    text = noise.translate(bytes(ord(letters[i % 32]) for i in range(256)))
    return b" ".join(text[i:i + 6] for i in range(0, size, 6))


HOSTILE = {
    "60-megabytes": lambda n: with_parts(n, part(random.Random(42).randbytes(45 * MEGABYTE), "application/octet-stream", "stor.bin")),
    "60-megabytes-of-text": lambda n: head(n) + b"Content-Type: text/plain\n\n" + b"".join(b"Punkt %d skal endres.\n" % i for i in range(2600000)),
    "nothing-but-new-words": lambda n: with_parts(n, *(part(new_words(i, 7 * MEGABYTE), "text/plain", f"{i}.txt") for i in range(3))),
    "much-text": lambda n: with_parts(n, *(part(b"Vi mener at dette punktet skal endres. " * 180000, "text/plain", f"{i}.txt") for i in range(3))),
    "1000-attachments": lambda n: with_parts(n, *(part(b"Punkt %d skal endres." % i, "text/plain", f"{i}.txt") for i in range(1000))),
    "10000-multiparts": lambda n: nested(n, lambda i: f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"),
    "10000-mails-in-mails": lambda n: nested(n, lambda i: f"Content-Type: message/rfc822\n\nSubject: {i}\n"),
    "zip-bomb": lambda n: with_parts(n, part(bomb(), "application/zip", "42.zip")),
    "million-objects": lambda n: with_parts(n, part(many_objects(1000000), "application/pdf", "mange.pdf")),
    "endless": lambda n: with_parts(n, part(endless(), "application/pdf", "evig.pdf"), part("Før fristen.".encode(), "text/plain", "etter.txt")),
    "billion-laughs": lambda n: with_parts(n, part(laughs(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "latter.docx")),
}


def put(name, content):
    sent[name] = hashlib.sha256(content).hexdigest()
    with open(f"{box}/tmp/{name}", "wb") as f:
        f.write(content)
    os.rename(f"{box}/tmp/{name}", f"{box}/new/{len(sent):02}.{name}")


def run_daemon():
    """Each hostile mail with a sound one before it, and one after all, in one round; the daemon's peak is the kernel's own figure."""
    global d, box, peak_mb
    box = f"{work}/box"
    for sub in ("new", "cur", "tmp"):
        os.makedirs(f"{box}/{sub}")
    for name, make in HOSTILE.items():
        put(f"before-{name}", sound(len(sent)))
        put(name, make(len(sent)))
    put("after-all", sound(len(sent)))
    d = Daemon(fetcher.configuration(work, {"m": dict(address="m@dep.example", url=f"maildir:{box}")}), f"{work}/hoeringd.db")
    with open(f"{work}/consultations.d/o.conf", "w") as f:
        f.write(CONSULTATION)
    with d.start():
        d.wait_for("SELECT count(*) FROM copies WHERE state <> 'archived'", len(sent), 500)
        with open(f"/proc/{d.process.pid}/status") as f:
            peak_mb = int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1]) >> 10
        equal(d.stop(), 0, "exit status")


def one(name, columns):
    rows = d.query(f"SELECT {columns} FROM submissions WHERE sha256 = ?", sent[name])
    equal(len(rows), 1, f"rows of {name}")
    return rows[0]


def attachments(name):
    return d.query("SELECT filename, text_status, bytes FROM attachments WHERE submission = ? ORDER BY position", *one(name, "id"))


def test_all_is_archived():
    equal(d.query("SELECT sum(seen), sum(stored), sum(missing) FROM completeness"), [(len(sent), len(sent), 0)], "completeness")
    for name, sha256 in sent.items():
        with open(f"{work}/archive/{sha256[:2]}/{sha256[2:]}.eml", "rb") as f:
            equal(hashlib.file_digest(f, "sha256").hexdigest(), sha256, f"the original of {name}")


def test_the_mails_around_are_filed():
    for name in sent:
        if name.startswith(("before-", "after-")):
            equal(one(name, "kind, consultation"), ("response", "o"), name)


def test_the_daemon_stays_small():
    print(f"# hoeringd's peak: {peak_mb} MB")
    check(peak_mb < DAEMON_MB, f"{peak_mb} MB of memory")


def test_nothing_passes_its_limits():
    rows = d.query("SELECT s.sha256, length(r.records), (SELECT count(*) FROM attachments a WHERE a.submission = s.id), length(search.text),"
                   " search.text FROM submissions s JOIN records r ON r.submission = s.id JOIN search ON search.rowid = s.id")
    equal(len(rows), len(sent), "mails with records")
    for sha256, records, parts, size, text in rows:
        name = next(n for n, s in sent.items() if s == sha256)
        words = len(set(re.findall(r"\w+", text)))
        check(records <= limit("LIMIT_RECORDS_BYTES") and parts <= limit("LIMIT_PARTS") and words <= limit("LIMIT_MESSAGE_WORDS") and
              size <= limit("LIMIT_MESSAGE_TEXT") + parts, f"{name}: {records} bytes of records, {parts} parts, {size} bytes of text, {words} words")


def test_what_is_sound_is_kept():
    equal([(f, b) for f, _, b in attachments("60-megabytes")], [("stor.bin", 45 * MEGABYTE)], "60 MB")
    equal([(f, s) for f, s, _ in attachments("1000-attachments")], [(f"{i}.txt", "ok") for i in range(1000)], "1,000 attachments")
    equal(d.query("SELECT rowid FROM search WHERE search MATCH 'forstummer'"), [one("billion-laughs", "id")], "the text around the laughs")
    equal(attachments("zip-bomb")[0][:2], ("42.zip", "too large"), "the bomb")
    (name, status, _), = attachments("million-objects")
    equal(name, "mange.pdf", "the PDF")
    if status == "ok":      # a slow machine comes to the end of its seconds first
        equal(d.query("SELECT rowid FROM search WHERE search MATCH 'lavterskeltilbud'"), [one("million-objects", "id")], "the text of the PDF")
    # Its reader is stopped when its processor seconds are spent, and the mail is read again without it. Where others keep the machine so busy
    # that the seconds on the wall are spent first, the mail stays half read, and somebody is told.
    check(attachments("endless") == [("evig.pdf", "corrupt", len(endless())), ("etter.txt", "ok", 13)] or one("endless", "(SELECT count(*) FROM review"
          " WHERE submission = submissions.id)") > (0,), f"the endless PDF: {attachments('endless')}")
    for name in HOSTILE:
        kind, reasons = one(name, "kind, (SELECT count(*) FROM review WHERE submission = submissions.id)")
        check(kind == "response" or reasons > 0, f"{name}: {kind}, and no review")


if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-hostile-mail-")
    try:
        try:
            run_daemon()
        except tap.Skip as e:
            print(f"skip hostile-mail: {e}")
            sys.exit(0)
        tap.run([v for k, v in list(globals().items()) if k.startswith("test_")])
        if os.environ.get("KEEP"):
            print(d.log())
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(work, ignore_errors=True)
    tap.finish()
