#!/usr/bin/env python3
"""hoering-fetch reading a maildir or a folder of .eml files: each file once, its time of receipt, nothing changed, nothing else opened."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fetcher
import tap
from daemon import Daemon
from fetcher import ARCHIVED, EXCLUDED, FAILED, MAIL, POLL, RETRY_SOON, ROUND, SETTLE, SETTLED, Fetcher
from tap import check, equal

work = None


def mail(n, received="Thu, 7 Jun 2007 14:22:44 +0200"):
    head = b"Received: from x by y;\r\n\t%s\r\n" % received.encode() if received else b""
    return head + b"Subject: nr %d\r\n\r\ntekst\r\n" % n


def folder(kind, poll="3600s"):
    """An empty one and its hoeringd.conf."""
    base = tempfile.mkdtemp(dir=work)
    path = f"{base}/mail"
    for sub in ("new", "cur", "tmp") if kind == "maildir" else ("",):
        os.makedirs(f"{path}/{sub}")
    return path, fetcher.configuration(base, {"m": dict(address="aar@dep.example", url=f"maildir:{path}")}, poll=poll)


def put(path, content, age=60):
    with open(path, "wb") as f:
        f.write(content)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def snapshot(path):
    return sorted((base, f, os.stat(f"{base}/{f}").st_mtime_ns, os.stat(f"{base}/{f}").st_size) for base, _, files in os.walk(path) for f in files)


def test_folder_of_files():
    path, conf = folder("eml")
    for n in range(5):
        put(f"{path}/{n:06}.eml", mail(n))
    put(f"{path}/.hidden.eml", mail(90))
    put(f"{path}/README.md", b"no mail")
    put(f"{path}/STOR.EML", mail(5))
    os.mkdir(f"{path}/folder.eml")
    os.mkfifo(f"{path}/pipe.eml")
    os.symlink("/etc/passwd", f"{path}/link.eml")
    before = sorted(os.listdir(path))
    with Fetcher(conf) as f:
        selected = f.begin()
        equal(selected.uidvalidity, 1, "UIDVALIDITY")
        got = f.round()
        equal([c for _, c in got], [mail(n) for n in range(6)], "mails in order of their names")
        equal({r.internal_at for r, _ in got}, {1181218964}, "time of the topmost Received")
        equal(len({r.words for r, _ in got}), 6, "keys")
        check(all(len(r.words) == 32 for r, _ in got), "a key has 32 digits")
        equal({r.uid for r, _ in got}, {0}, "UIDs are hoeringd's to give")
        keys = {r.words for r, _ in got}
        told = "not-read mailbox=m links=1 others=2 names=2: "
        equal(f.stderr().count(told), 1, f"what is skipped is told: {f.stderr()}")
        put(f"{path}/new.eml", mail(7))
        f.send(POLL)
        equal([c for _, c in f.round()], [mail(7)], "only the new file")
        equal(f.stderr().count("not-read"), 1, "and not said again")
        os.symlink("/etc/hosts", f"{path}/more.eml")
        f.send(POLL)
        equal(f.round(), [], "a link is no mail")
        check("not-read mailbox=m links=2 others=2 names=2: " in f.stderr(), f.stderr())
        equal(f.quit(), 0, "exit status")
    os.unlink(f"{path}/new.eml")
    os.unlink(f"{path}/more.eml")
    equal(sorted(os.listdir(path)), before, "the folder")
    with Fetcher(conf) as f:
        f.begin()
        equal({r.words for r, _ in f.round()}, keys, "the same keys after a restart")


def test_maildir():
    path, conf = folder("maildir")
    put(f"{path}/new/1000.a.host", mail(1))
    put(f"{path}/cur/1001.b.host:2,S", mail(2))
    put(f"{path}/tmp/1002.c.host", mail(3))
    put(f"{path}/dovecot-uidlist", b"no mail")
    before = snapshot(path)
    with Fetcher(conf) as f:
        f.begin()
        got = f.round()
        equal([c for _, c in got], [mail(1), mail(2)], "mails")
        equal(snapshot(path), before, "the maildir")
        check("not-read" not in f.stderr(), "nothing is skipped")
        os.rename(f"{path}/new/1000.a.host", f"{path}/cur/1000.a.host:2,RS")
        os.rename(f"{path}/cur/1001.b.host:2,S", f"{path}/cur/1001.b.host:2,FS")
        f.send(POLL)
        equal(f.round(), [], "moved and flagged mails are no new mails")
        f.send(SETTLE, uid=1, uidvalidity=1)
        equal(f.expect(SETTLED).code, 0, "settled")
        f.quit()
    with Fetcher(conf) as f:
        f.begin()
        equal({r.words for r, _ in f.round()}, {r.words for r, _ in got}, "the same keys after moving and a restart")


def test_time_without_received():
    path, conf = folder("eml")
    put(f"{path}/a.eml", mail(1, received=None), age=1000)
    put(f"{path}/b.eml", mail(1, received="i morgen tidlig"), age=2000)
    with Fetcher(conf) as f:
        f.begin()
        got = f.round()
        for (r, _), name in zip(got, "ab"):
            equal(r.internal_at, int(os.stat(f"{path}/{name}.eml").st_mtime), "the file's time")


def test_many_within_the_window():
    path, conf = folder("eml")
    for n in range(500):
        put(f"{path}/{n:06}.eml", mail(n))
    with Fetcher(conf) as f:
        f.begin()
        first = [f.expect(MAIL) for _ in range(fetcher.WINDOW)]
        try:
            check(f.expect(MAIL, 0.5) is None, "")
        except AssertionError as e:
            check("said nothing" in str(e), str(e))
        for r in first:
            f.content(r)
            f.send(ARCHIVED, words=r.words, uid=1)
        equal(len(f.round()), 500 - fetcher.WINDOW, "the rest")


def test_polls():
    path, conf = folder("eml", poll="1s")
    with Fetcher(conf) as f:
        f.begin()
        equal(f.round(), [], "an empty folder")
        put(f"{path}/x.eml", mail(1))
        got = []
        tap.wait_until(lambda: got.extend(f.round(5)) or got, 10, "the mail")
        equal([c for _, c in got], [mail(1)], "polled")


def test_file_still_being_written():
    path, conf = folder("eml")
    whole = mail(1) + b"x" * 3000
    f_out = open(f"{path}/x.eml", "wb", buffering=0)
    f_out.write(whole[:1000])
    with Fetcher(conf) as f:
        f.begin()
        time.sleep(0.3)
        f_out.write(whole[1000:])
        f_out.close()
        equal([c for _, c in f.round()], [whole], "the whole mail")


def huge(path, size=201 << 20):
    with open(path, "wb") as f:
        f.truncate(size)


def test_too_large():
    path, conf = folder("eml")
    put(f"{path}/a.eml", mail(1))
    huge(f"{path}/b.eml")
    put(f"{path}/c.eml", mail(3))
    with Fetcher(conf) as f:
        f.begin()
        got = f.round()
        equal([r.kind for r, _ in got], [MAIL, EXCLUDED, MAIL], "each file is told")
        key = hashlib.sha256(b"b.eml").hexdigest()[:32]
        equal((got[1][0].words, got[1][0].size), (f"too-large {key}", 201 << 20), "what is excluded")
        check(f"key={key} is the file " in f.stderr() and "b.eml" in f.stderr(), f.stderr())
        f.send(POLL)
        equal(f.round(), [], "once")


def test_too_large_is_counted():
    path, conf = folder("eml")
    figures = "SELECT seen || ' ' || stored || ' ' || excluded || ' ' || missing FROM completeness WHERE mailbox = 'm'"
    put(f"{path}/a.eml", mail(1))
    huge(f"{path}/b.eml")
    with Daemon(conf, os.path.dirname(conf) + "/hoeringd.db") as d:
        for _ in range(2):  # a restart excludes nothing twice
            equal(d.once(), 0, d.log()[-800:])
            equal(d.value(figures), "2 1 1 0", "seen, stored, excluded, missing")
        equal(d.value("SELECT count(*) FROM events WHERE action = 'excluded' AND detail LIKE '%reason=too-large key=%'"), 1, "its line")
        r = subprocess.run([tap.program("hoering"), "-c", conf, "restore"], capture_output=True, text=True, timeout=60)
        equal((r.returncode, d.value(figures)), (0, "2 1 1 0"), f"restored: {r.stderr}")
        put(f"{path}/b.eml", mail(2))
        equal(d.once(), 0, d.log()[-800:])
        equal(d.value(figures), "2 2 0 0", "a smaller one in its place is stored, and counted once")


def test_locked_to_the_folder():
    path, conf = folder("eml")
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        with open(f"/proc/{f.pid}/status") as s:
            status = dict(line.split(":", 1) for line in s)
        equal(status["Seccomp"].strip(), "2", "seccomp")
        equal(status["NoNewPrivs"].strip(), "1", "no new privileges")
        # The name leads elsewhere now.
        os.rmdir(path)
        os.symlink("/etc", path)
        f.send(POLL)
        record = f.failure()
        check("was replaced" in record.words, record.words)
        equal(record.code, RETRY_SOON, "it is opened anew soon")


def test_replaced_folder():
    """Whatever of it is another one now: told, so that the next process opens what is there."""
    for kind, sub in (("eml", ""), ("maildir", ""), ("maildir", "/new"), ("maildir", "/cur")):
        path, conf = folder(kind)
        place = f"{path}/new/1" if kind == "maildir" else f"{path}/1.eml"
        put(place, mail(1))
        with Fetcher(conf) as f:
            f.begin()
            equal([c for _, c in f.round()], [mail(1)], f"{kind}{sub}")
            os.rename(path + sub, path + sub + ".old")
            shutil.copytree(path + sub + ".old", path + sub)
            f.send(POLL)
            check("was replaced" in f.failure().words, f"{kind}{sub}")


def test_replaced_under_the_daemon():
    path, conf = folder("eml", poll="1s")
    put(f"{path}/1.eml", mail(1))
    with Daemon(conf, os.path.dirname(conf) + "/hoeringd.db") as d:
        d.start()
        d.wait_for("SELECT count(*) FROM copies", 1)
        os.rename(path, path + ".old")
        d.wait_for("SELECT count(*) FROM mailboxes WHERE state = 'failed' AND last_error LIKE '%No such file%'", 1, 60)
        equal(d.stop(), 0, "exit status")
        os.mkdir(path)
        put(f"{path}/2.eml", mail(2))
        d.start()
        d.wait_for("SELECT count(*) FROM copies", 2)
        os.rename(path, path + ".older")
        os.mkdir(path)
        put(f"{path}/3.eml", mail(3))
        d.wait_for("SELECT count(*) FROM copies", 3, 60)
        equal(d.stop(), 0, "exit status")


def test_no_folder():
    path, conf = folder("eml")
    shutil.rmtree(path)
    r = subprocess.run([tap.program("hoering-fetch"), "-c", conf, "-m", "m", "--check"], capture_output=True, text=True)
    equal(r.returncode, 78, r.stdout + r.stderr)
    os.makedirs(path)
    r = subprocess.run([tap.program("hoering-fetch"), "-c", conf, "-m", "m", "--check"], capture_output=True, text=True)
    equal(r.returncode, 0, r.stdout + r.stderr)
    check("ok" in r.stdout, r.stdout)


def test_one_archive_one_writer():
    """Two databases have each a lock of its own; the archive they share has one too."""
    path, conf = folder("eml")
    put(f"{path}/a.eml", mail(1))
    base = os.path.dirname(conf)
    other = f"{base}/other.conf"
    with open(conf, encoding="utf-8") as f, open(other, "w", encoding="utf-8") as g:
        g.write(f.read().replace("hoeringd.db", "other.db") + 'control = "other.sock";\n')
    with Daemon(conf, f"{base}/hoeringd.db") as d:
        d.start()
        d.wait_for("SELECT count(*) FROM copies", 1)
        for status, program, *options in ((69, "hoeringd", "-f", "--once"), (66, "hoering", "import", f"{path}/a.eml", "--mailbox", "m"), (66, "hoering", "restore")):
            r = subprocess.run([tap.program(program), "-c", other, *options], capture_output=True, text=True, timeout=60)
            check("one writer at a time" in r.stderr, f"{program} {options}: {r.stderr}")
            equal(r.returncode, status, f"{program} {options}: {r.stderr}")
        equal(d.stop(), 0, "exit status")
        r = subprocess.run([tap.program("hoering"), "-c", other, "restore"], capture_output=True, text=True, timeout=60)
        equal(r.returncode, 0, r.stderr)


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-maildir-")
    try:
        tap.run(TESTS)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
