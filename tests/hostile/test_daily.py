#!/usr/bin/env python3
"""What hoeringd does once a day by itself, with days of two seconds: it compares what each server shows with what is stored, on the connection
that is there, and writes the end of the audit trail into the log. A server that never answers that question costs its own mailbox's
connection, not the others' day; and it is asked again."""
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
import certs
import daemon
import fetcher
import tap
from server import Server
from tap import check, equal

work = None


def mail(n):
    return f"From: Nr {n} <{n}@example.no>\r\nSubject: Innspill {n}\r\nDate: Wed, 01 Jun 2022 12:00:00 +0200\r\n\r\nVi mener {n}.\r\n".encode()


class Lasting(Server):
    """One connection that stays; it tells at every command how many there are now."""
    lists = 0

    def do_noop(self, tag, args):
        self.send(f"* {len(self.mails)} EXISTS\r\n")
        self.ok(tag)

    def do_uid_search(self, tag, args):
        self.lists += 1
        super().do_uid_search(tag, args)


class Slow(Lasting):
    """Is silent when it is asked for its list on a connection that has lasted."""
    stuck = 0

    def conversation(self):
        self.here = 0
        super().conversation()

    def do_uid_search(self, tag, args):
        self.here += 1
        if self.here > 2:       # the first list and the first round are answered
            self.stuck += 1
            self.wait_for_ever()
        super().do_uid_search(tag, args)


class Daily(daemon.Daemon):
    def command(self, *options):
        return [tap.program("hoeringd"), "-c", self.conf, *options]


def configure(boxes):
    folder = tempfile.mkdtemp(dir=work)
    password = fetcher.password_file(folder)
    conf = fetcher.configuration(folder, {name: dict(address=f"{name}@dep.example", url=s.url(), user=name, password_file=password,
                                                     tls_ca_file=f"{work}/certs/ca.crt") for name, s in boxes.items()})
    return Daily(conf, f"{folder}/hoeringd.db")


def compared(d, box):
    return d.log().count(f" ledger mailbox={box} ")


def test_compared_once_a_day():
    """A mail below the cursor and one that is gone, which no news tells of: found on the connection that is there."""
    with Lasting(f"{work}/certs", {n: mail(n) for n in (1, 2, 5, 9)}) as s, configure({"m": s}) as d:
        d.start()
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 4)
        first = tap.wait_until(lambda: d.value("SELECT last_checked FROM completeness"), 60, "the first comparison")
        s.mails[3] = mail(3)
        del s.mails[5]
        d.wait_for("SELECT count(*) FROM copies WHERE uid = 3 AND state = 'filed'", 1, 60)
        d.wait_for("SELECT state FROM copies WHERE uid = 5", "gone from server", 60)
        d.wait_for("SELECT missing FROM completeness", 0)
        tap.wait_until(lambda: d.value("SELECT last_checked FROM completeness") > first, 60, "the next day's time")
        equal(s.connections, 1, "connections")
        lists = s.lists
        tap.wait_until(lambda: s.lists >= lists + 2, 60, "it goes on every day")
        equal(d.stop(), 0, "exit status")


def test_head_of_the_trail_once_a_day():
    with Lasting(f"{work}/certs", {1: mail(1)}) as s, configure({"m": s}) as d:
        d.start()
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 1)
        head = d.query("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1")[0]
        tap.wait_until(lambda: d.log().count(f" audit line={head[0]} hash={head[1]}") >= 2, 60, "told again the next day")
        equal(d.stop(), 0, "exit status")


def test_slow_mailbox():
    """It is waited for as long as any server is, told, and asked again; the other's days go on."""
    with Slow(f"{work}/certs", {1: mail(1)}) as slow, Lasting(f"{work}/certs", {1: mail(1)}) as s, configure({"slow": slow, "m": s}) as d:
        d.start()
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 2)
        tap.wait_until(lambda: slow.stuck >= 1, 60, "the slow one is asked")
        lists = s.lists
        tap.wait_until(lambda: s.lists >= lists + 1, 60, "the other is compared while the slow one is waited for")
        tap.wait_until(lambda: "fetch-failed mailbox=slow " in d.log(), 60, "the log tells")
        before = slow.stuck
        tap.wait_until(lambda: slow.connections >= 2 and slow.stuck > before, 60, "asked again")
        check("mailbox=m " not in "".join(x for x in d.log().splitlines() if "fetch-failed" in x), "the other mailbox noticed")
        equal(d.stop(), 0, "exit status")


def test_asked_to_wait():
    """A server that says for how long it wants to be left alone is left alone for as long, and no longer than anybody waits by himself."""
    class Exchange(Server):
        ms = 150000

        def do_login(self, tag, args):
            self.send(f"{tag} BAD Request is throttled. Suggested Backoff Time: {self.ms} milliseconds\r\n")
    with Exchange(f"{work}/certs") as s, Exchange(f"{work}/certs") as greedy, configure({"m": s, "greedy": greedy}) as d:
        greedy.ms = 10 ** 12
        d.start()
        tap.wait_until(lambda: d.log().count("fetch-failed") >= 2, 60, "both have failed")
        waits = dict(re.findall(r"fetch-failed mailbox=(\w+) .* next try in (\d+) s", d.log()))
        equal(waits, {"m": "150", "greedy": "1800"}, "seconds")     # by itself it would be 48 to 72
        equal(d.stop(), 0, "exit status")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    if shutil.which("certtool") is None:
        print("skip daily: certtool (gnutls-bin) is not installed")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-daily-")
    try:
        try:
            os.mkdir(f"{work}/programs")    # where hoeringd finds the impatient one in the place of hoering-fetch
            for name, source in (("hoeringd", "hoeringd-daily"), ("hoering-parse", "hoering-parse"), ("hoering-fetch", "hoering-fetch-hasty")):
                shutil.copy(tap.program(source), f"{work}/programs/{name}")
            os.environ["HOERING_BUILD"] = f"{work}/programs"
            certs.make(f"{work}/certs")
        except tap.Skip as e:
            print(f"skip daily: {e}")
            sys.exit(0)
        tap.run(TESTS)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(work, ignore_errors=True)
    tap.finish()
