#!/usr/bin/env python3
"""The daemon runs on while its database and its disk are in other hands: readers who stay, a writer, .backup, a full disk, steps that fail once.
With the programs of tests/crash, whose pauses are a hundredth and whose limits of the write-ahead log too."""
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "line")]

import dovecot
import scenes
import tap
import test_line
from daemon import same_views
from tap import check, equal
from test_line import configure, user

FILED = "SELECT count(*) FROM copies WHERE state = 'filed'"


def deliver(who, first, n):
    for i in range(first, first + n):
        test_line.server.deliver(who, scenes.mail(i), scenes.when(i))


def as_a_quiet_run(d, who):
    """What the disturbed daemon has is what another one finds in the same mailbox."""
    quiet = configure({"m": (who, {})})
    equal(quiet.once(), 0, "exit status")
    same_views(d.views(), quiet.views())
    with open(d.log_path, "ab") as log:
        equal(subprocess.run([tap.program("hoering"), "-c", d.conf, "verify"], stdout=log, stderr=log).returncode, 0, "exit status of hoering verify")


def test_reader_who_stays():
    who = user()
    deliver(who, 0, 20)
    with configure({"m": (who, {})}).start() as d:
        d.wait_for(FILED, 20)
        reader = sqlite3.connect(f"file:{d.database}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM submissions").fetchone()
        for i in range(20, 120, 20):
            deliver(who, i, 20)
            d.wait_for(FILED, i + 20)
        equal(reader.execute("SELECT count(*) FROM submissions").fetchone(), before, "the reader's own view")
        lines = [x for x in d.log().splitlines() if " database-log " in x]
        check(1 <= len(lines) <= 8, f"told {len(lines)} times")
        grown = os.path.getsize(d.database + "-wal")
        reader.close()
        deliver(who, 120, 4)
        d.wait_for(FILED, 124)
        tap.wait_until(lambda: os.path.getsize(d.database + "-wal") < grown, 60, "the file beside the database shrinks again")
        equal(d.stop(), 0, "exit status")
        as_a_quiet_run(d, who)


def heavy(n):
    """Much to index: some 300 KB of words that no other mail has."""
    r = random.Random(n)
    words = "\n".join(" ".join(f"ord{r.getrandbits(40):x}" for _ in range(8)) for _ in range(2500))
    return scenes.mail(3 * n).replace(b"\r\n\r\n", b"\r\n\r\n" + words.encode().replace(b"\n", b"\r\n") + b"\r\n", 1)


def test_reader_who_stays_too_long():
    """At the limit the intake pauses and says why; nothing is added any more; it goes on by itself the moment the reader ends."""
    who = user()
    deliver(who, 0, 2)
    limit = (2 << 30) // 100
    with configure({"m": (who, {})}).start() as d:
        d.wait_for(FILED, 2)
        reader = sqlite3.connect(f"file:{d.database}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM submissions").fetchone()
        told, n = "still reads it in one transaction: nothing is lost, mail stays on the servers", 0
        while told not in d.log():
            check(n < 100, "the limit is never reached")
            for _ in range(4):
                test_line.server.deliver(who, heavy(100 + n), scenes.when(n))
                n += 1
            tap.wait_until(lambda: told in d.log() or d.value(FILED) >= n + 2, 120, "filed, or paused")
        size = os.path.getsize(d.database + "-wal")
        check(size > limit, f"paused at {size} bytes")
        for _ in range(8):
            test_line.server.deliver(who, heavy(100 + n), scenes.when(n))
            n += 1
        tap.wait_until(lambda: d.log().count(told) >= 5, 60, "it tries again and again")
        most = os.path.getsize(d.database + "-wal")
        check(most < size + (1 << 20), f"{size} bytes beside the database when it paused, {most} some tries later")
        check(d.value(FILED) < n + 2, "nothing was held back")
        equal(subprocess.run([tap.program("hoering"), "-c", d.conf, "status"], capture_output=True).returncode, 0, "exit status of hoering status")
        reader.close()
        d.wait_for(FILED, n + 2, 120)
        tap.wait_until(lambda: os.path.getsize(d.database + "-wal") < size, 30, "the file beside the database shrinks again")
        equal(d.stop(), 0, "exit status")
        as_a_quiet_run(d, who)


def test_write_lock_for_long():
    """Longer than the daemon waits for it: it pauses, and goes on by itself."""
    who = user()
    deliver(who, 0, 5)
    with configure({"m": (who, {})}).start() as d:
        d.wait_for(FILED, 5)
        writer = sqlite3.connect(d.database, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        deliver(who, 5, 5)
        tap.wait_until(lambda: " paused " in d.log(), 30, "the daemon says that it pauses")
        equal(d.value(FILED), 5, "filed meanwhile")
        equal(subprocess.run([tap.program("hoering"), "-c", d.conf, "status"], capture_output=True, timeout=60).returncode, 0, "exit status of hoering status")
        writer.execute("ROLLBACK")
        writer.close()
        d.wait_for(FILED, 10, 60)
        equal(d.stop(), 0, "exit status")
        as_a_quiet_run(d, who)


def test_decisions_under_a_write_lock():
    """What is in the journal is promised, and carried out by the daemon itself once it can be; what is not there is refused, and never done."""
    who = user()
    deliver(who, 0, 5)
    with configure({"m": (who, {})}).start() as d:
        d.wait_for(FILED, 5)

        def hoering(*words):
            r = subprocess.run([tap.program("hoering"), "-c", d.conf, *words, "--reason", "x"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
            return r.returncode, r.stdout + r.stderr
        journal = f"{os.path.dirname(d.database)}/archive/journal/000000000001.log"
        actions = lambda: [line.split("\t")[3] for line in open(journal)]
        original, other = [s for s, in d.query("SELECT sha256 FROM submissions WHERE id IN (1, 4) ORDER BY id")]
        path = f"{os.path.dirname(d.database)}/archive/{original[:2]}/{original[2:]}.eml"
        with contextlib.closing(sqlite3.connect(d.database, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            status, words = hoering("erase", original)
            equal((status, words.startswith("noted, and carried out later: ")), (0, True), f"answer: {words}")
            equal((actions().count("erase"), os.path.exists(path)), (1, True), "its line, its original")
            status, words = hoering("kind", other, "inquiry")
            equal((status, actions().count("kind")), (75, 0), f"one that comes before it is carried out: {words}")
            tap.wait_until(lambda: "carrying out what is in the journal" in d.log(), 60, "the daemon says that it waits")
            check(" scrubbed " not in d.log(), "said to be gone while it is there")
            writer.execute("ROLLBACK")
        d.wait_for("SELECT count(*) FROM submissions WHERE state = 'erased'", 1, 60)
        tap.wait_until(lambda: " scrubbed " in d.log(), 60, "the files are written anew")
        check(not os.path.exists(path), "the original")
        equal(d.value("SELECT count(*) FROM events WHERE action = 'kind'"), 0, "decisions that were refused")
        equal(d.stop(), 0, "exit status")
        equal(subprocess.run([tap.program("hoering"), "-c", d.conf, "verify"], capture_output=True, timeout=60).returncode, 0, "exit status of hoering verify")


def test_write_lock_at_the_start():
    """It ends with a clear line, for systemd to start it again; once the lock is gone it runs."""
    who = user()
    deliver(who, 0, 3)
    d = configure({"m": (who, {})})
    equal(d.once(), 0, "exit status")
    deliver(who, 3, 3)
    with contextlib.closing(sqlite3.connect(d.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        equal(d.once(), 69, "exit status")
        check("database is locked" in d.log().splitlines()[-1], d.log()[-300:])
        writer.execute("ROLLBACK")
    equal(d.once(), 0, "exit status")
    equal(d.value(FILED), 6, "filed")
    as_a_quiet_run(d, who)


def test_backup_in_the_middle():
    who = user()
    deliver(who, 0, 30)
    with configure({"m": (who, {})}) as d:
        copies = 0
        d.start()
        tap.wait_until(lambda: d.value("SELECT count(*) FROM copies"), 20, "the first copy")
        while d.value(FILED) < 30:
            target = f"{os.path.dirname(d.database)}/copy{copies}.db"
            if shutil.which("sqlite3"):     # as an operator does it
                r = subprocess.run(["sqlite3", "-readonly", d.database, f".backup {target}-shell"], capture_output=True, text=True)
                equal(r.returncode, 0, f"exit status of .backup {r.stderr}")
                with contextlib.closing(sqlite3.connect(f"{target}-shell")) as c:
                    equal(c.execute("PRAGMA integrity_check").fetchone(), ("ok",), "the shell's copy")
            source, backup = sqlite3.connect(f"file:{d.database}?mode=ro", uri=True), sqlite3.connect(target)
            source.backup(backup, pages=20, sleep=0.001)
            equal(backup.execute("PRAGMA integrity_check").fetchone(), ("ok",), "the copy")
            source.close(), backup.close()
            copies += 1
        check(copies > 0, "no backup was made in the middle")
        equal(d.stop(), 0, "exit status")
        as_a_quiet_run(d, who)


def test_disk_full():
    """A disk of 6 MB that somebody fills, and clears again."""
    who = user()
    deliver(who, 0, 3)
    d = configure({"m": (who, {})})
    folder = os.path.dirname(d.database)
    disk = tempfile.mkdtemp(dir=test_line.work)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", disk], capture_output=True).returncode != 0:
        raise tap.Skip("a small disk cannot be mounted here")
    try:
        with open(d.conf, encoding="utf-8") as f:
            text = f.read()
        with open(d.conf, "w", encoding="utf-8") as f:
            f.write(text.replace(f'"{folder}/hoeringd.db"', f'"{disk}/hoeringd.db"').replace(f'"{folder}/archive"', f'"{disk}/archive"'))
        d.database = f"{disk}/hoeringd.db"
        with d.start():
            d.wait_for(FILED, 3)
            with open(f"{disk}/filler", "wb", buffering=0) as f:
                try:
                    while f.write(b"x" * 4096):
                        pass
                except OSError:
                    pass
            deliver(who, 3, 12)
            line = tap.wait_until(lambda: [x for x in d.log().splitlines() if " paused " in x], 20, "the daemon says that it pauses")[0]
            check("mail stays on the servers" in line, line)
            time.sleep(1)
            check(d.process.poll() is None, "the daemon has ended")
            os.unlink(f"{disk}/filler")
            d.wait_for(FILED, 15, 60)
            equal(d.stop(), 0, "exit status")
            as_a_quiet_run(d, who)
    finally:
        subprocess.run(["umount", disk], check=True)


def goes_on_by_itself(program, step, code):
    who = user()
    deliver(who, 0, 6)
    os.environ["HOERING_FAULT"] = f"{program} error {step} {code}"
    try:
        with configure({"m": (who, {})}) as d:
            d.start()
            d.wait_for(FILED, 6, 40)
            equal(d.stop(), 0, "exit status")
            del os.environ["HOERING_FAULT"]
            as_a_quiet_run(d, who)
    finally:
        os.environ.pop("HOERING_FAULT", None)


def steps(program):
    who = user()
    deliver(who, 0, 6)
    d = configure({"m": (who, {})})
    path = f"{os.path.dirname(d.conf)}/steps"
    os.environ["HOERING_FAULT"] = f"{program} count {path}"
    equal(d.once(), 0, "exit status")
    del os.environ["HOERING_FAULT"]
    with open(path) as f:
        return [line.split() for line in f]


def test_goes_on_by_itself():
    """No second start: a step of the running daemon fails once, and all is filed in the end."""
    found = {}
    all_steps = steps("hoeringd")
    opened = min(int(n) for n, _, name in all_steps if name == "fetcher-conf")
    for n, kind, name in all_steps:
        if int(n) > opened:
            found.setdefault(name, (n, kind))
    for i, (name, (n, kind)) in enumerate(sorted(found.items())):
        code = (["SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR"] if kind == "s" else ["ENOSPC", "EIO", "EMFILE", "ENOMEM"])[i % 3]
        try:
            goes_on_by_itself("hoeringd", n, code)
        except AssertionError as e:
            raise AssertionError(f"{name}, step {n}, {code}: {e}")
    print(f"# {len(found)} kinds of steps failed once in a running daemon")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    os.environ["HOERING_BUILD"] = os.path.join(os.environ.get("HOERING_BUILD", os.path.join(tap.ROOT, "build")), "tests", "crash")
    test_line.work = tempfile.mkdtemp(prefix="hoering-database-")
    try:
        try:
            tap.program("hoeringd")
            test_line.server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip database: {e}")
            sys.exit(0)
        with test_line.server:
            tap.run(TESTS)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(test_line.work, ignore_errors=True)
    tap.finish()
