#!/usr/bin/env python3
"""make.py: writes the demo's mails from texts/ — what a newcomer reads to see how they came about.

    demo-mails/make.py

Needs LibreOffice Writer and Calc (headless) and faketime(1); the demo itself needs neither, for the results are
committed. Writes <address>/NN-what-it-shows.eml (numbered by time of arrival) and arrivals.tsv: for each mail its
INTERNALDATE, what it shows, and what the views should say of it. An empty cell: nothing is held against it there.

What a cell holds: review and relation may name several that are right, with "|" between; counts as in `submissions`;
consultation "NULL" is undecided; persons are "name <address>" with "; " between, "*" at the one who speaks;
registration a verdict that stands at one of them at least; word stands in an attachment only, and `search` finds it;
attachments are those that are not inline; added is a word of what a member added to its form letter.
"""
import csv
import datetime
import functools
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
import document
import mail

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["path", "internal_date", "shows", "kind", "consultation", "responder", "relation", "related_to", "counts",
           "deadline_verdict", "position", "language", "campaign", "added", "orgnr", "registration", "persons",
           "attachments", "word", "review"]
NAMES = "|".join(COLUMNS)


@functools.cache
def documents(name):
    """The document of that name: its text in texts/documents, its suffix the format."""
    stem, _, suffix = name.rpartition(".")
    source = HERE / "texts/documents" / (stem + (".csv" if suffix == "xls" else ".txt"))
    return document.convert(source, suffix)


def arrivals(sources):
    """Every delivery as (path, arrival, source), numbered in each mailbox by time of arrival."""
    found = []
    for source in sources.values():
        for value in source.all("In"):
            where, _, at = value.partition(" ")
            found.append((datetime.datetime.fromisoformat(at), where, source))
    numbers, out = {}, []
    for at, where, source in sorted(found, key=lambda f: (f[0], f[1])):
        folder, _, shows = where.partition("/")
        numbers[folder] = numbers.get(folder, 0) + 1
        out.append((where, f"{folder}/{numbers[folder]:02d}-{shows}.eml", at, source))
    return out


def expected(where, path, at, source, paths):
    """The row of arrivals.tsv: what the source expects, and what follows from its being there twice."""
    row = dict(re.findall(rf"\b({NAMES})=(.*?)(?= (?:{NAMES})=|$)", source.one("Expect")))
    row.update(path=path, internal_date=at.isoformat(), shows=source.one("Shows"))
    first = source.all("In")[0].partition(" ")[0]
    if where != first:
        row.update(relation="copy", related_to=first, counts="0")
        row.pop("deadline_verdict", None)
    if row["kind"] == "response":
        row.setdefault("relation", "original")
        row.setdefault("counts", "1")
    if "related_to" in row:
        row["related_to"] = paths[row["related_to"]]
    people = [[v.strip() for v in p.split("|")] for p in source.all("Person")]
    row["persons"] = "; ".join(f"{n} <{a}>" + ("*" if s else "") for n, a, s in people)
    row["attachments"] = "; ".join(v.split("|")[1].strip() for v in source.all("Attach") + source.all("AttachMail"))
    return row


def main():
    sources = {p.stem: mail.Source(p) for p in sorted((HERE / "texts").glob("20*/*.txt"))}
    found = arrivals(sources)
    paths = {where: path for where, path, _, _ in found}
    for folder in {path.partition("/")[0] for path in paths.values()}:
        shutil.rmtree(HERE / folder, ignore_errors=True)
        (HERE / folder).mkdir()
    with open(HERE / "arrivals.tsv", "w", encoding="utf-8", newline="") as f:
        table = csv.DictWriter(f, COLUMNS, restval="", delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE,
                               quotechar=None)
        table.writeheader()
        for where, path, at, source in found:
            (HERE / path).write_bytes(mail.build(source, documents, sources, path.partition("/")[0], at))
            table.writerow(expected(where, path, at, source, paths))
    print(f"{len(found)} mails")


if __name__ == "__main__":
    main()
