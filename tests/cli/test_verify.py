#!/usr/bin/env python3
"""hoering verify --rate and --resume: a reading of the archive that is slow, is stopped anywhere, goes on, and misses nothing."""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
import fetcher
import tap
from daemon import Daemon
from tap import check, equal

MAILS = 24
work = None
d = None


def verify(*options):
    """(exit status, output)"""
    r = subprocess.run([tap.program("hoering"), "-c", d.conf, "verify", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return r.returncode, r.stdout + r.stderr


def begin():
    """A maildir, read once."""
    global d
    for sub in ("cur", "new", "tmp"):
        os.makedirs(f"{work}/mails/{sub}")
    for n in range(MAILS):
        path = f"{work}/mails/new/{n}.x.test"
        with open(path, "w") as f:
            f.write(f"From: Nr {n} <{n}@example.no>\nSubject: 21/4593 fra {n}\nDate: Thu, 12 May 2022 10:{n:02}:00 +0200\n\nVi mener {n}.\n" +
                    f"{random.Random(n).getrandbits(2000):x}\n" * 4)
        os.utime(path, (1652342400 + n, 1652342400 + n))
    conf = fetcher.configuration(work, {"m": dict(address="m@dep.example", url=f"maildir:{work}/mails")})
    d = Daemon(conf, f"{work}/hoeringd.db")
    equal(d.once(), 0, "exit status")


def originals():
    """[(SHA-256, path, bytes)] in the order in which they are read."""
    return [(sha, f"{work}/archive/{sha[:2]}/{sha[2:]}.eml", size) for sha, size in d.query("SELECT sha256, bytes FROM submission ORDER BY sha256")]


def damage(path):
    os.chmod(path, 0o640)
    with open(path, "r+b") as f:
        f.seek(20)
        f.write(b"#")


def mend(path):
    with open(path, "r+b") as f:
        f.seek(20)
        f.write(keep[path][20:21])
    os.chmod(path, 0o440)


def position(state):
    """(SHA-256 read last, originals, bytes) as the file says."""
    try:
        with open(state) as f:
            _, _, sha, n, size, _ = f.readline().split()
        return sha, int(n), int(size)
    except (OSError, ValueError):
        return "", 0, 0


def start(*options):
    return subprocess.Popen([tap.program("hoering"), "-c", d.conf, "verify", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def read_to(state, n, rate):
    """A run that is killed when it has read at least n originals; what it said, and whether it was still there to be killed."""
    p = start("--rate", str(rate), "--resume", state)
    tap.wait_until(lambda: position(state)[1] >= n or p.poll() is not None, 120, f"{n} originals read")
    p.send_signal(signal.SIGKILL)
    said = p.communicate()[0]
    return said, p.returncode == -signal.SIGKILL


def test_killed_and_taken_up_again():
    """Damage on both sides of the place where it was killed is found; what was read before is not read again."""
    state = f"{work}/state"
    them = originals()
    damage(them[1][1])
    damage(them[-2][1])
    said, killed = read_to(state, 4, 1024)
    check(killed, f"it has ended by itself: {said}")
    check(f"{them[1][0]}"[:12] in said or "damaged" in said, f"the first half's damage is told at once: {said}")
    at = position(state)
    check(4 <= at[1] < MAILS - 2, f"killed at {at}")
    equal(at[0], them[at[1] - 1][0], "the last one read")
    mend(them[1][1])                # so that only the memory of it can tell
    damage(them[2][1])              # was whole when it was read: this pass cannot know
    status, said = verify("--resume", state)
    equal(status, 65, f"exit status: {said}")
    check(f"goes on behind {at[0][:12]}" in said, said)
    check("(found before)" in said and " 2 faults" in said and f"{MAILS} originals" in said, said)
    check(them[-2][1] in said and them[1][1] in said and them[2][1] not in said, said)
    check(not os.path.exists(state), "the file of a reading that is done")
    for one in (them[2], them[-2]):
        mend(one[1])
    equal(verify("--resume", state)[0], 0, "a new reading")


def test_killed_again_and_again():
    """Wherever it is killed, the sum is each original once."""
    state = f"{work}/again"
    read, killed = 0, True
    while killed and read < MAILS - 6:
        said, killed = read_to(state, read + 3, 4096)
        check(not killed or position(state)[1] >= read + 3, "it goes on, not back")
        read = position(state)[1]
    if killed:
        status, said = verify("--resume", state)
        equal(status, 0, "exit status")
    check(f"{MAILS} originals" in said and " 0 faults" in said, said)


def test_pace():
    """At no moment has it read more than the rate allows since it began, and one mail: true on any machine, however fast or slow."""
    state = f"{work}/pace"
    rate, largest = 8192, max(size for _, _, size in originals())
    total = sum(size for _, _, size in originals())
    began = time.monotonic()
    p = start("--rate", "8K", "--resume", state)
    looks = 0
    while p.poll() is None:
        size = position(state)[2]
        allowed = rate * (time.monotonic() - began) + largest
        check(size <= allowed, f"{size} bytes read where {allowed:.0f} are allowed")
        looks += 1
        time.sleep(0.02)
    seconds = time.monotonic() - began
    equal(p.wait(), 0, p.communicate()[0])
    check(looks > 3 and seconds >= (total - largest) / rate, f"{total} bytes in {seconds:.2f} s, {looks} looks")


def test_erased_meanwhile():
    """What is erased while a slow reading is on its way is not missed."""
    state = f"{work}/erased"
    last = originals()[-1]
    p = start("--rate", "6K", "--resume", state)
    tap.wait_until(lambda: position(state)[1] >= 2, 60, "it has begun")
    r = subprocess.run([tap.program("hoering"), "-c", d.conf, "erase", last[0], "--reason", "ba om det"], capture_output=True, text=True)
    equal(r.returncode, 0, r.stdout + r.stderr)
    said = p.communicate()[0]
    check(p.returncode == 0 and " 0 faults" in said and not os.path.exists(last[1]), said)


def test_files_that_are_none():
    state = f"{work}/none"
    with open(state, "w") as f:
        f.write("noe helt annet\n" * 20)
    status, said = verify("--resume", state)
    check(status != 0 and "no file of hoering verify" in said, f"{status} {said}")
    os.unlink(state)
    read_to(state, 2, 1024)
    with open(state) as f:
        text = f.read()
    with open(state, "w") as f:
        f.write(text.replace(f"{work}/archive", f"{work}/another"))
    status, said = verify("--resume", state)
    check(status != 0 and "belongs to another archive" in said, f"{status} {said}")
    os.unlink(state)
    p = start("--rate", "1K", "--resume", state)
    tap.wait_until(lambda: position(state)[1] >= 1, 60, "it has begun")
    status, said = verify("--resume", state)
    p.kill()
    p.communicate()
    check(status != 0 and "another hoering verify" in said, f"{status} {said}")
    for rate in ("0", "-5", "fort", "20X", "20MM", "99999999999999999999G"):
        equal(verify("--rate", rate)[0], 64, rate)


def test_disk_full():
    """Where the file cannot be kept it says so and does not go on as if it were."""
    if not os.path.exists("/dev/full") or os.geteuid() != 0:
        raise tap.Skip("needs root")
    disk = tempfile.mkdtemp(dir=work)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", disk], capture_output=True).returncode != 0:
        raise tap.Skip("a small disk cannot be mounted here")
    try:
        with open(f"{disk}/filler", "wb", buffering=0) as f:
            try:
                while f.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        status, said = verify("--resume", f"{disk}/state")
        check(status == 75 and "No space left" in said, f"{status} {said}")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_renamed_mailbox():
    """The name is the identity: under another one all of its mails come again, as copies. It is the last, the others know the old name alone."""
    def seen():
        return d.query("SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM responses), (SELECT count(*) FROM copies),"
                       " (SELECT sum(copies) FROM responses)")[0]
    for number, in d.query("SELECT id FROM submissions WHERE state <> 'erased' LIMIT 2"):
        r = subprocess.run([tap.program("hoering"), "-c", d.conf, "kind", str(number), "response", "--reason", "et svar"], capture_output=True, text=True)
        equal(r.returncode, 0, r.stderr)
    (submissions, responses, copies, behind), old = seen(), d.query("SELECT count(*) FROM copies WHERE mailbox = 'm'")
    with open(d.conf, encoding="utf-8") as f:
        text = f.read()
    check(len(re.findall(r"\bm = \{", text)) == 1 and responses >= 2, f"{responses} {text}")
    with open(d.conf, "w", encoding="utf-8") as f:
        f.write(re.sub(r"\bm = \{", "nytt = {", text))
    equal(d.once(), 0, "exit status")
    again = d.query("SELECT count(*) FROM copies WHERE mailbox = 'nytt'")[0][0]
    erased = d.query("SELECT count(*) FROM submissions WHERE state = 'erased'")[0][0]
    check(again > 0 and submissions - erased <= again, f"{again} of {submissions}, {erased} erased")
    equal(seen(), (submissions, responses, copies + again, behind + responses), "submissions, responses, copies, copies behind responses")
    equal(d.query("SELECT count(*) FROM copies WHERE mailbox = 'm'"), old, "copies under the old name")
    equal(d.query("SELECT state FROM mailboxes WHERE name = 'm'"), [("not configured",)], "the old name")
    equal(verify()[0], 0, "verify")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-verify-")
    try:
        try:
            begin()
            keep = {}
            for _, path, _ in originals():
                with open(path, "rb") as f:
                    keep[path] = f.read()
        except tap.Skip as e:
            print(f"skip verify: {e}")
            sys.exit(0)
        tap.run(TESTS)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
