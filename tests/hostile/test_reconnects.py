#!/usr/bin/env python3
"""test_reconnects.py [N]: servers that end every connection, each in its own way, N times in all (a few hundred by itself, ten thousand
by tests/hostile/run): memory and descriptors of hoeringd stay flat, no child is left, and another mailbox is served all the time."""
import os
import shutil
import socket
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
import certs
import daemon
import fetcher
import tap
from server import HangUp, Server
from tap import check, equal

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 400
GROWTH_KB = 512     # of hoeringd's memory between a tenth of the way and its end


class Bye(Server):
    def greeting(self):
        self.send("* BYE not today\r\n")
        raise HangUp


class PlainBye(Bye):
    tls = "plain"


class Reset(Server):
    tls = "plain"
    def conversation(self):
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise HangUp


class Garbage(Server):
    tls = "plain"
    def greeting(self):
        self.send(b"\x00\xff" * 1000 + b"\r\n")


class NoLogin(Server):
    tls = "plain"
    def do_login(self, tag, args):
        self.send(f"{tag} NO [AUTHENTICATIONFAILED] no\r\n")


class AfterSelect(Server):
    """Serves a round, then hangs up while idling."""
    tls = "plain"
    def idling(self):
        raise HangUp


KINDS = [Bye, PlainBye, Reset, Garbage, NoLogin, AfterSelect]


def figures(pid):
    """(descriptors, resident kB, children that are dead)."""
    with open(f"/proc/{pid}/status") as f:
        rss = [int(line.split()[1]) for line in f if line.startswith("VmRSS")][0]
    zombies = 0
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        for child in f.read().split():
            try:
                with open(f"/proc/{child}/stat") as s:
                    zombies += s.read().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                pass
    return len(os.listdir(f"/proc/{pid}/fd")), rss, zombies


def highest(pid):
    """The highest of twenty looks: connections come and go."""
    looks = []
    for _ in range(20):
        looks.append(figures(pid))
        time.sleep(0.02)
    return tuple(max(x) for x in zip(*looks))


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def configure(work, servers):
    os.makedirs(f"{work}/honest/new")
    for sub in ("cur", "tmp"):
        os.mkdir(f"{work}/honest/{sub}")
    password = fetcher.password_file(work)
    boxes = {"honest": dict(address="honest@dep.example", url=f"maildir:{work}/honest")}
    for s in servers:
        name = type(s).__name__.lower()
        boxes[name] = dict(address=f"{name}@dep.example", url=s.url(), user="aar", password_file=password, tls_ca_file=f"{work}/certs/ca.crt")
        if s.tls == "plain":
            boxes[name].update(tls="none")
    return fetcher.configuration(work, boxes, poll="1s")


def deliver(work, n):
    write(f"{work}/honest/tmp/{n}", f"From: noen@example.no\nSubject: nr {n}\nDate: Wed, 01 Jun 2022 12:00:00 +0200\n\nVi mener {n}.\n")
    os.utime(f"{work}/honest/tmp/{n}", (1654077600, 1654077600))
    os.rename(f"{work}/honest/tmp/{n}", f"{work}/honest/new/{n}.x.test")


def test_reconnects():
    work = tempfile.mkdtemp(prefix="hoering-reconnects-")
    try:
        certs.make(f"{work}/certs")
        servers = [k(f"{work}/certs") for k in KINDS]
        conf = configure(work, servers)
        total = lambda: sum(s.connections for s in servers)
        with Hasty(conf, f"{work}/hoeringd.db") as d:
            d.start()
            started, looks, n = time.monotonic(), [], 0
            while total() < COUNT:
                check(d.process.poll() is None, f"hoeringd ended: {d.log()[-500:]}")
                check(time.monotonic() - started < 30 + COUNT / 5, f"only {total()} connections")
                if total() * 10 // COUNT > n:
                    n += 1
                    deliver(work, n)
                    looks.append(highest(d.process.pid))
                time.sleep(0.02)
            before, after = looks[len(looks) // 4], highest(d.process.pid)      # once what is read again and again is in memory
            d.wait_for(f"SELECT stored = {n} AND missing = 0 FROM completeness WHERE mailbox = 'honest'", 1)
            seconds = time.monotonic() - started
            check(min(s.connections for s in servers) >= COUNT // 50, f"connections {[s.connections for s in servers]}")
            equal(d.stop(), 0, "exit status")
        words = (f"{total()} connections in {seconds:.0f} s; at each tenth of the way: descriptors {' '.join(str(l[0]) for l in looks)}, "
                 f"memory {' '.join(str(l[1]) for l in looks)} kB; at the end {after[0]}, {after[1]} kB")
        check(after[0] <= before[0] + 2 * len(KINDS), words)    # how many of them happen to be connected
        check(tap.sanitized() or after[1] <= before[1] + GROWTH_KB, words)
        check(after[2] <= len(KINDS), f"{after[2]} dead children")
        if COUNT >= 10000:
            print(words)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class Hasty(daemon.Daemon):
    def command(self, *options):
        return [tap.program("hoeringd-hasty"), "-c", self.conf, *options]


if __name__ == "__main__":
    if shutil.which("certtool") is None:
        print("skip reconnects: certtool (gnutls-bin) is not installed")
        sys.exit(0)
    del sys.argv[1:]    # the number is no test's name
    tap.run([test_reconnects])
    tap.finish()
