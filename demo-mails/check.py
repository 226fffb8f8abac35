#!/usr/bin/env python3
"""check.py: holds the committed mails against arrivals.tsv with parsers that are not ours.

Python's email package reads every mail, pdftotext and zipfile every document. Exit status 1 and a line for each thing
that is not as it should be: line ends, defects, the time in the topmost Received, names and words of attachments.
"""
import csv
import email
import email.policy
import email.utils
import datetime
import io
import pathlib
import re
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
# What mail programs do all the same to a file name (RFC 2047 in a quoted string); it is in the set because of that.
WANTED_DEFECTS = {"encoded word inside quoted string", "missing trailing whitespace after encoded-word"}
LIMIT_MAIL, LIMIT_ALL = 100_000, 2_000_000     # what a clone of the project should have to carry for a demo


def document_text(name, data):
    """The words of a document, or None for a format that is not looked into."""
    if name.endswith(".pdf"):
        return subprocess.run(["pdftotext", "-", "-"], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
    if name.endswith((".docx", ".odt")):
        member = "word/document.xml" if name.endswith(".docx") else "content.xml"
        return re.sub("<[^>]+>", " ", zipfile.ZipFile(io.BytesIO(data)).read(member).decode())
    return None


def check(row, raw):
    """Yields what is wrong with one mail."""
    if raw.replace(b"\r\n", b"").count(b"\n") or raw.replace(b"\r\n", b"").count(b"\r"):
        yield "line ends other than CRLF"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield "a line longer than RFC 5322 allows"
    if len(raw) > LIMIT_MAIL:
        yield "too large for a demo"
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        for defect in part.defects + [d for h in part.values() for d in getattr(h, "defects", ())]:
            if str(defect) not in WANTED_DEFECTS:
                yield f"{part.get_content_type()}: {defect!r}"
        if len(part.get_boundary() or "") > 70:
            yield "a boundary longer than RFC 2046 allows"
    top = email.utils.parsedate_to_datetime(message["Received"].rpartition(";")[2].strip())
    if top != datetime.datetime.fromisoformat(row["internal_date"]):
        yield f"topmost Received says {top}"
    for name in ("Message-ID", "Subject", "From", "Date"):
        if not str(message[name] or "").strip() or "\ufffd" in message[name]:
            yield f"{name} does not decode"
    body = message.get_body(("plain", "html"))
    words = body.get_content() if body else ""
    if not words.strip() or "\ufffd" in words:
        yield "the body does not decode"
    files = [p for p in message.walk() if p.get_content_disposition() == "attachment"]
    if [p.get_filename() for p in files] != [n for n in row["attachments"].split("; ") if n]:
        yield f"attachments are {[p.get_filename() for p in files]}"
    texts = [document_text(p.get_filename(), p.get_content()) for p in files if not p.is_multipart()]
    if row["word"] and (row["word"] in words or not any(t and row["word"] in t for t in texts)):
        yield f"{row['word']!r} does not stand in an attachment alone"
    for name in ("responder", "added"):
        inside = [words, message["From"], *(t or "" for t in texts),
                  *(str(p.get_payload(0)["From"]) for p in files if p.is_multipart())]
        if row[name] and not any(row[name] in t for t in inside):
            yield f"{name} {row[name]!r} stands nowhere"


def main():
    wrong, total, seen = 0, 0, set()
    with open(HERE / "arrivals.tsv", encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        raw = (HERE / row["path"]).read_bytes()
        total += len(raw)
        seen.add(row["path"])
        for problem in check(row, raw):
            wrong += 1
            print(f"{row['path']}: {problem}")
    for path in HERE.glob("*@*/*.eml"):
        if str(path.relative_to(HERE)) not in seen:
            wrong += 1
            print(f"{path.relative_to(HERE)}: not in arrivals.tsv")
    if total > LIMIT_ALL:
        wrong += 1
        print(f"{total} bytes of mails: too large for a demo")
    print(f"{len(rows)} mails, {total} bytes, {wrong} wrong")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
