#!/usr/bin/env python3
"""test_evil_parser.py: hoeringd with a parser that has been taken over (the test build hoering-parse-evil in its place). A mail whose parser
hangs, crashes, floods, lies in its records, leaks descriptors or leaves costs itself: archived, filed as `unparsed`, in review; the mails around
it are filed as if it were not there."""
import contextlib, hashlib, os, shutil, sqlite3, subprocess, tempfile

from tap import check, equal, finish, program, run

ACTS = ["loop", "flood", "flood-unsignalled", "garbage", "quit", "crash", "eat-memory", "fork", "exec", "descriptors"]
WORK = tempfile.mkdtemp(prefix="hoering-evil-")
BIN, BOX, DATA = f"{WORK}/bin", f"{WORK}/box", f"{WORK}/data"


def good(n):
    return (f"Received: from a by b; Thu, 12 May 2022 10:{n:02}:00 +0200\r\nFrom: Forening {n} <post@forening{n}.example>\r\nSubject: Innspill 21/4593\r\n"
            f"Message-ID: <{n}@forening{n}.example>\r\n\r\nVi viser til sak 21/4593 og mener at punkt {n} bør endres.\r\n\r\nHilsen\r\nForening {n}\r\n").encode()


def evil(act):
    return f"X-Evil: {act}\n\nbody of {act}\n".encode()


def query(sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{DATA}/hoeringd.db?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()


def sha(content):
    return hashlib.sha256(content).hexdigest()


def set_up():
    for folder in (BIN, BOX, DATA, f"{WORK}/consultations.d"):
        os.mkdir(folder)
    for name in ("hoeringd", "hoering-fetch"):
        shutil.copy(program(name), f"{BIN}/{name}")
    shutil.copy(program("hoering-parse-evil"), f"{BIN}/hoering-parse")
    with open(f"{WORK}/consultations.d/o.conf", "w") as f:
        f.write('title = "Opptrappingsplan for psykisk helse"; case = "21/4593"; opened = "2022-04-26"; deadline = "2022-05-27"; mailboxes = [ "m" ];\n')
    with open(f"{WORK}/hoeringd.conf", "w") as f:
        f.write(f'database = "{DATA}/hoeringd.db"; archive = "{DATA}/archive"; workers = 2;\n'
                f'mailboxes = {{ m = {{ address = "m@dep.example"; url = "maildir:{BOX}"; }}; }};\n')
    for i, act in enumerate(ACTS):
        for j, content in enumerate((good(i), evil(act))):
            with open(f"{BOX}/{i:02}{j}.eml", "wb") as f:
                f.write(content)


def test_one_round():
    r = subprocess.run([f"{BIN}/hoeringd", "-c", f"{WORK}/hoeringd.conf", "-f", "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       errors="replace", timeout=300)
    equal(r.returncode, 0, "exit status; " + r.stderr[-600:])


def test_everything_is_archived():
    equal(query("SELECT sum(seen), sum(stored), sum(missing) FROM completeness"), [(2 * len(ACTS), 2 * len(ACTS), 0)], "completeness")
    for content in [good(i) for i in range(len(ACTS))] + [evil(a) for a in ACTS]:
        with open(f"{DATA}/archive/{sha(content)[:2]}/{sha(content)[2:]}.eml", "rb") as f:
            equal(f.read(), content, "the original")


def test_the_mails_around_are_filed():
    rows = query("SELECT kind, consultation FROM submissions WHERE sha256 IN (%s)" % ",".join("?" * len(ACTS)), *[sha(good(i)) for i in range(len(ACTS))])
    equal(rows, [("response", "o")] * len(ACTS), "kind and consultation")


def act_test(act):
    def one():
        rows = query("SELECT s.kind, r.reason FROM submissions s LEFT JOIN review r ON r.submission = s.id AND r.reason = 'unparsed' WHERE s.sha256 = ?", sha(evil(act)))
        if act in ("descriptors",):     # tries, is refused, and then reads the mail like any other
            check(rows and rows[0][0] is not None, "it is not filed")
        else:
            equal(rows, [("unparsed", "unparsed")], "kind and review")
    one.__name__ = "test_" + act
    return one


try:
    set_up()
    run([test_one_round, test_everything_is_archived, test_the_mails_around_are_filed, *map(act_test, ACTS)])
finally:
    shutil.rmtree(WORK, ignore_errors=True)
finish()
