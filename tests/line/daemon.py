"""hoeringd as an operator has it: a configuration, a process, and the stock queries on its database."""
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import time

import tap

# Columns that hold the id of a submission: ids may differ between two runs, the SHA-256 behind them may not.
IDS = {"submission", "related_to", "template_submission"}
# Times of our own clock, and ids of nothing that outlives a run.
VOLATILE = {"last_checked", "last_success", "last_error", "next_attempt", "lag_s", "at", "hash"}
VIEWS = ["responses", "submissions", "copies", "consultations", "attachments", "unanswered", "late", "registrations", "campaigns",
         "campaign_members", "automatic", "review", "counts", "completeness"]


class Daemon:
    def __init__(self, conf, database):
        self.conf, self.database = conf, database
        self.log_path = os.path.join(os.path.dirname(conf), "hoeringd.log")
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def command(self, *options):
        return [tap.program("hoeringd"), "-c", self.conf, *options]

    def start(self):
        """In the foreground, its log in a file."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command("-f"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def once(self, seconds=1800):
        with open(self.log_path, "ab") as log:
            return subprocess.run(self.command("-f", "--once"), stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=seconds).returncode

    def stop(self, seconds=30):
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def log(self):
        try:
            with open(self.log_path, errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def children(self, name):
        """The processes of that program below this daemon, by the kernel's own list."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            try:
                with open(f"/proc/{pid}/task/{pid}/children") as f:
                    below = [int(x) for x in f.read().split()]
                for child in below:
                    with open(f"/proc/{child}/comm") as f:
                        if f.read().strip() == name:
                            found.append(child)
                todo += below
            except OSError:
                continue
        return found

    def query(self, sql, *values):
        c = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return c.execute(sql, values).fetchall()
        finally:
            c.close()

    def value(self, sql, *values):
        """One value; None as long as there is no database."""
        try:
            return self.query(sql, *values)[0][0]
        except sqlite3.OperationalError as e:
            if "unable to open" in str(e) or "no such table" in str(e):
                return None
            raise

    def wait_for(self, sql, wanted, seconds=30):
        try:
            tap.wait_until(lambda: self.value(sql) == wanted, seconds, sql)
        except AssertionError:
            raise AssertionError(f"{sql}: {self.value(sql)!r} instead of {wanted!r} after {seconds} s; {self.log()[-800:]}")

    def views(self):
        """What every view says, with ids replaced by what they stand for: {view: sorted rows}."""
        sha = dict(self.query("SELECT id, sha256 FROM submissions"))
        campaign = {}
        for one, in self.query("SELECT id FROM campaigns"):
            members = sorted(sha[s] for s, in self.query("SELECT submission FROM campaign_members WHERE campaign = ?", one))
            campaign[one] = hashlib.sha256(" ".join(members).encode()).hexdigest()
        result = {}
        for view in VIEWS:
            c = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
            cursor = c.execute(f"SELECT * FROM {view}")
            names = [d[0] for d in cursor.description]

            def plain(name, value):
                if value is None or name in VOLATILE:
                    return ""
                if name == "campaign" or (view == "campaigns" and name == "id"):
                    return campaign[value]
                if name in IDS or (name == "id" and view in ("responses", "submissions", "late")):
                    return sha[value]
                if view == "review" and name in ("candidates", "detail"):
                    return re.sub(r"\bsubmission (\d+)", lambda m: "submission " + sha.get(int(m[1]), m[1]), str(value))
                return str(value)
            result[view] = sorted(tuple(plain(n, v) for n, v in zip(names, row)) for row in cursor)
            c.close()
        return result


def same_views(got, wanted):
    for view in VIEWS:
        if got[view] != wanted[view]:
            extra = [r for r in got[view] if r not in wanted[view]]
            lost = [r for r in wanted[view] if r not in got[view]]
            raise AssertionError(f"{view}: {len(got[view])} rows instead of {len(wanted[view])}; only here {extra[:1]}, only there {lost[:1]}")
