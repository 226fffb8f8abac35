#!/usr/bin/env python3
"""surge.py BUILD MAILS

So many mails wait in ten mailboxes when the daemon starts: every third answer comes to two of them, the copy often in the mailbox that is read first.
All are archived before most are filed; what counts does not depend on who was read first; the daemon's memory is flat; the log and `hoering
status` say how far it is. ./check runs it small (test_surge below); this in full."""
import email.message
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "line"))
import tap
from daemon import Daemon
from shape import Peak
from tap import check, equal

BOXES = 10
DEADLINE = 1653688800   # the end of 27 May 2022 in Oslo
CONSULTATION = 'title = "Opptrappingsplan for psykisk helse"; case = "21/4593"; opened = "2022-04-26"; deadline = "2022-05-27";\n'
WORDS = """tiltak kommune helse skole arbeid bruker familie terapi ventetid forebygging fagfolk rettighet tilbud barn ungdom voksen distrikt sykehus
økonomi plan ansvar samarbeid erfaring kunnskap frivillig pårørende oppfølging bolig lærer nærmiljø digital støtte trygghet""".split()


def answer(n):
    """Of organisation nr n, in its own words."""
    r = random.Random(n)
    m = email.message.EmailMessage()
    m["From"] = f"Forening nr {n} <post@forening{n}.example>"
    m["To"] = "postmottak@dep.example"
    m["Subject"] = f"Høringssvar 21/4593 fra forening nr {n}"
    m["Message-ID"] = f"<{n}@forening{n}.example>"
    m.set_content("Vi viser til høringsbrevet.\n\n" + "\n".join(" ".join(r.choice(WORDS) for _ in range(9)) + f" {r.getrandbits(30):x}." for _ in range(12)))
    return m.as_bytes()


def deliver(work, box, name, content, at):
    """Received then: the topmost Received header says so."""
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))
    path = f"{work}/box{box}/new/{name}"
    with open(path, "wb") as f:
        f.write(f"Received: from a by b; {when}\n".encode() + content)
    os.utime(path, (at, at))


def lay_out(work, mails):
    """[(answer, received first, how many)]; received in the order of n, the last tenth after the deadline."""
    r = random.Random(1)
    for box in range(BOXES):
        for sub in ("cur", "new", "tmp"):
            os.makedirs(f"{work}/box{box}/{sub}")
    os.makedirs(f"{work}/consultations.d")
    with open(f"{work}/consultations.d/plan.conf", "w", encoding="utf-8") as f:
        f.write(CONSULTATION)
    with open(f"{work}/hoeringd.conf", "w") as f:
        f.write('database = "hoeringd.db"; archive = "archive"; timezone = "Europe/Oslo"; consultations = "consultations.d";\nmailboxes = {\n' + "".join(
            f'  box{i} = {{ address = "box{i}@dep.example"; url = "maildir:{work}/box{i}"; }};\n' for i in range(BOXES)) + "};\n")
    answers, written, n = [], 0, 0
    total = mails * 3 // 4
    while written < mails:
        at = DEADLINE - 3 * (total * 9 // 10 - n)
        content, box = answer(n), r.randrange(BOXES)
        deliver(work, box, f"{n}a", content, at)
        copies = 1
        if n % 3 == 0 and written + 1 < mails:
            deliver(work, (box + r.choice([1, BOXES - 1])) % BOXES, f"{n}b", content, at + 1)
            copies = 2
        answers.append((n, at, copies))
        written += copies
        n += 1
    return answers


def value(d, sql):
    try:
        return d.value(sql) or 0
    except Exception:
        return 0        # no database yet


def run(work, mails, patience_s):
    answers = lay_out(work, mails)
    d = Daemon(f"{work}/hoeringd.conf", f"{work}/hoeringd.db")
    started = time.monotonic()
    said = []
    with d.start():
        peak = Peak(d.process.pid)
        archived_at = filed_then = None
        while (filed := value(d, "SELECT count(*) FROM copies WHERE state = 'filed'")) < mails:
            check(d.process.poll() is None, d.log()[-500:])
            check(time.monotonic() - started < patience_s, f"{filed} filed after {patience_s} s")
            if archived_at is None and value(d, "SELECT count(*) FROM copies") == mails:
                archived_at, filed_then = time.monotonic() - started, value(d, "SELECT count(*) FROM copies WHERE state = 'filed'")
            if filed > 0:
                status = subprocess.run([tap.program("hoering"), "-c", d.conf, "status", "--json"], capture_output=True, text=True)
                said.append(json.loads(status.stdout)["backlog"])
            time.sleep(0.1 if mails < 10000 else 15)	# asking costs as well
        seconds = time.monotonic() - started
        tap.wait_until(lambda: value(d, "SELECT count(*) FROM submission WHERE unjudged > 0") == 0, 600, "all judged")
        tap.wait_until(lambda: " waiting=0" in d.log(), 120, "the log says that nothing waits any more")
        equal(d.stop(), 0, "exit status")
    check(archived_at is not None and filed_then < mails / 2, f"when all were archived, {filed_then} were filed")
    backlog = [b if isinstance(b, dict) else b[0] for b in said]
    check(any(int(b["unparsed"]) > mails / 4 for b in backlog), "hoering status does not say how many wait")
    check(sum(" backlog " in line for line in d.log().splitlines()) >= 2, "the log does not say how far it is")
    hold_against(d, answers, mails)
    check(tap.sanitized() or peak.mb < 64, f"hoeringd's peak is {peak.mb:.0f} MB")
    return seconds, archived_at, filed_then, peak.mb


def hold_against(d, answers, mails):
    """Each answer once, in order of receipt, the first received the original, and the deadline as of then."""
    found = d.query("SELECT r.address, strftime('%s', r.first_received_at), r.copies, r.deadline_verdict FROM responses r ORDER BY r.first_received_at, r.id")
    equal(len(found), len(answers), "responses")
    for (address, at, copies, verdict), (n, when, many) in zip(found, answers):
        if (address, int(at), copies, verdict) != (f"post@forening{n}.example", when, many, "on time" if when < DEADLINE else "late"):
            raise AssertionError(f"answer {n}: {(address, int(at), copies, verdict)} instead of {(when, many)}")
    equal(d.query("SELECT sum(stored), sum(missing), sum(excluded) FROM completeness"), [(mails, 0, 0)], "completeness")


def test_surge():
    work = tempfile.mkdtemp(prefix="hoering-surge-")
    try:
        run(work, 600, 600)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        os.environ["HOERING_BUILD"] = os.path.abspath(sys.argv[1])
        folder = tempfile.mkdtemp(prefix="hoering-surge-")
        try:
            mails = int(sys.argv[2])
            seconds, archived, filed, mb = run(folder, mails, 6 * 3600)
            print(f"{mails} mails in {BOXES} mailboxes: all archived after {archived:.0f} s, when {filed} were filed; all filed after {seconds:.0f} s; "
                  f"hoeringd's peak {mb:.0f} MB")
        finally:
            if os.environ.get("KEEP"):
                print(f"kept: {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
    else:
        os.environ["HOERING_BUILD"] = os.path.join(os.environ.get("HOERING_BUILD", os.path.join(tap.ROOT, "build")), "tests", "crash")   # its minutes are short
        tap.run([test_surge])
        tap.finish()
