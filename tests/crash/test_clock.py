#!/usr/bin/env python3
"""The machine's wall clock is set, by a day, to 1970, to 2100, while hoeringd runs: mail goes on being filed with the times of its receipt,
what waits is tried again, deadlines end, IDLE is renewed; in the end all is as without it."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "line"), os.path.join(HERE, "..", "hostile")]

import dovecot
import scenes
import tap
import test_line
from daemon import same_views
from server import Server
from tap import check, equal
from test_line import configure, user

DAY = 86400
CLOCK = None


def set_clock(to=None, by=0):
    shift = by if to is None else int(to - time.time())
    with open(CLOCK, "r+b") as f:
        f.write(struct.pack("=q", shift))


JUMPS = [dict(by=-DAY), dict(by=DAY), dict(to=90 * DAY), dict(to=4102444800 + 90 * DAY), dict(by=0)]


def says(d, year):
    """The daemon has seen the clock: a line of its log is of that year."""
    return any(x.startswith(year) for x in d.log().splitlines())


def hoering(d, *arguments):
    r = subprocess.run([tap.program("hoering"), "-c", d.conf, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
    return r.returncode, r.stdout + r.stderr


def test_mail_goes_on():
    """Answers around the deadline, under clocks on both sides of it, are on time or late by when the server received them."""
    who = user("Filed")
    set_clock()
    with configure({"m": (who, dict(after="keyword"))}).start() as d:
        n = 0
        for jump in JUMPS:
            set_clock(**jump)
            for _ in range(3):
                test_line.server.deliver(who, scenes.mail(n), scenes.when(n) + (30 * DAY if n % 6 == 3 else 0))
                n += 1
            d.wait_for("SELECT count(*) FROM copies WHERE state = 'settled'", n, 60)
            status, words = hoering(d, "verify", "--server")
            equal(status, 0, words)
        check(says(d, "1970-") and says(d, "2100-"), "the daemon did not see the clock")
        equal(d.stop(), 0, "exit status")
        equal(hoering(d, "verify")[0], 0, "exit status of hoering verify")
        views = d.views()
        equal(hoering(d, "restore")[0], 0, "exit status of hoering restore")
        same_views(d.views(), views)
        quiet = configure({"m": (who, {})})
        equal(quiet.once(), 0, "exit status")
        same_views({k: v if k != "copies" else [] for k, v in d.views().items()}, {k: v if k != "copies" else [] for k, v in quiet.views().items()})
        check(d.value("SELECT count(*) FROM late") > 0 and d.value("SELECT count(*) FROM responses WHERE deadline_verdict = 'on time'") > 0, "both verdicts")
        equal(d.value("SELECT count(*) FROM submissions WHERE received_at NOT LIKE '2022-%'"), 0, "times of receipt by our own clock")


def test_failures_are_tried_again():
    """The pauses between two tries are of the monotonic clock: no jump holds them up."""
    class Bye(Server):
        def greeting(self):
            self.send("* BYE not today\r\n")
            self.conn.close()
    set_clock()
    with Bye(test_line.server.certs) as s, configure({"m": ("noen@dep.example", dict(url=s.url()))}).start() as d:
        for jump in JUMPS:
            set_clock(**jump)
            before = s.connections
            tap.wait_until(lambda: s.connections >= before + 2, 60, f"tried again after {jump}")
        equal(d.stop(), 0, "exit status")


class Idling(Server):
    idles = 0

    def idling(self):
        self.idles += 1


class Mute(Server):
    """Says nothing any more when it is asked for mails."""
    asked = 0

    def do_uid_fetch(self, tag, args):
        self.asked += 1
        self.wait_for_ever()


def test_deadlines_and_idle():
    """Set back while a server is silent, and while IDLE waits to be renewed."""
    set_clock()
    with Mute(test_line.server.certs, {1: scenes.mail(1)}) as mute, Idling(test_line.server.certs) as idling, \
            configure({"mute": ("m@dep.example", dict(url=mute.url())), "idling": ("i@dep.example", dict(url=idling.url()))}).start() as d:
        tap.wait_until(lambda: mute.asked >= 1 and idling.idles >= 1, 60, "both are there")
        set_clock(to=90 * DAY)
        before, renewed = mute.asked, idling.idles
        tap.wait_until(lambda: mute.asked > before, 60, "the silent one was given up, and tried again")
        tap.wait_until(lambda: idling.idles > renewed, 60, "IDLE was renewed")
        set_clock(to=4102444800 + 90 * DAY)
        before = mute.asked
        tap.wait_until(lambda: mute.asked > before, 60, "the silent one was given up, and tried again")
        equal(idling.connections, 1, "connections of the one that idles")
        check("fetch-failed mailbox=mute" in d.log() and "fetch-failed mailbox=idling" not in d.log(), "who has failed")
        equal(d.stop(), 0, "exit status")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    build = os.path.join(os.environ.get("HOERING_BUILD", os.path.join(tap.ROOT, "build")), "tests", "crash")
    test_line.work = tempfile.mkdtemp(prefix="hoering-clock-")
    CLOCK = f"{test_line.work}/clock"
    try:
        try:
            os.environ["HOERING_BUILD"] = build
            os.mkdir(f"{test_line.work}/programs")
            for name, source in (("hoeringd", "hoeringd"), ("hoering", "hoering"), ("hoering-parse", "hoering-parse"), ("hoering-fetch", "hoering-fetch-clock")):
                shutil.copy(tap.program(source), f"{test_line.work}/programs/{name}")
            os.environ["HOERING_BUILD"] = f"{test_line.work}/programs"
            with open(CLOCK, "wb") as f:
                f.write(bytes(8))
            os.environ["HOERING_CLOCK"] = CLOCK
            test_line.server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip clock: {e}")
            sys.exit(0)
        with test_line.server:
            tap.run(TESTS)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(test_line.work, ignore_errors=True)
    tap.finish()
