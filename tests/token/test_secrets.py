#!/usr/bin/env python3
"""Where secrets are while everything runs: mailboxes with a password in a file, from a command and as a credential, one with a token of
hoering-token. Looked at in each process of the daemon at each moment: arguments, environment, memory of all but hoering-fetch before its login;
and the logs, every file that is written, and a core that is forced."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "line"), os.path.join(HERE, "..", "hostile")]
import certs
import daemon
import fetcher
import tap
from endpoint import Endpoint
from server import Server
from tap import check, equal

MARK = "merkehemmelig"          # in each password and secret; the endpoint's own tokens hold "-hemmelig-"
MARKS = [MARK.encode(), b"at-hemmelig-", b"rt-hemmelig-"]
work = None


class Mailbox(Server):
    """Any password or token will do; `slow`: the answer to LOGIN or AUTHENTICATE comes when the test says so."""
    capabilities = "IMAP4rev1 IDLE UIDPLUS MOVE SASL-IR AUTH=XOAUTH2"

    def __init__(self, *args):
        super().__init__(*args)
        self.go, self.logins = threading.Event(), 0

    def do_login(self, tag, args):
        self.logins += 1
        self.go.wait(60)
        self.ok(tag)

    do_authenticate = do_login


def private(path, text, mode=0o600):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def boxes(end, servers):
    """The configuration's mailboxes, each with its own way to its secret; and the environment that goes with them."""
    os.makedirs(f"{work}/accounts")
    os.makedirs(f"{work}/credentials")
    private(f"{work}/credentials/c", f"{MARK}-credential")
    secret = private(f"{work}/accounts/secret", f"{MARK}-klient")
    end.clients["klient"] = f"{MARK}-klient"
    private(f"{work}/accounts/konto.conf", f'flow = "client_credentials"; client_id = "klient"; token_endpoint = "{end.url()}"; '
            f'tls_ca_file = "{work}/certs/ca.crt"; store = "{work}/store/konto"; client_secret_file = "{secret}";\n', 0o644)
    ways = {"file": dict(password_file=private(f"{work}/password", f"{MARK}-file")),
            "command": dict(password_command=f"cat {private(f'{work}/for-command', f'{MARK}-command')}"),
            "credential": dict(password_credential="c"),
            "token": dict(auth="xoauth2", token_command=f"{tap.program('hoering-token')} -d {work}/accounts konto")}
    return {name: dict(address=f"{name}@dep.example", user=name, url=s.url(), tls_ca_file=f"{work}/certs/ca.crt", **ways[name])
            for name, s in zip(ways, servers)}


def below(pid):
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            for child in f.read().split():
                found += [int(child), *below(child)]
    except OSError:
        pass
    return found


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return b""      # it has ended


def name_of(pid):
    return read(f"/proc/{pid}/comm").decode().strip()


def marks_in(content):
    return [m.decode() for m in MARKS if m in content]


def memory(pid):
    """All that is writable there; None when it has ended or may not be read."""
    try:
        with open(f"/proc/{pid}/maps") as f:
            maps = [line.split() for line in f]
        parts = []
        with open(f"/proc/{pid}/mem", "rb", 0) as mem:
            for line in maps:
                start, end = (int(x, 16) for x in line[0].split("-"))
                if line[1].startswith("rw") and end - start < 1 << 28:
                    parts.append(os.pread(mem.fileno(), end - start, start))
        return b"".join(parts)
    except OSError:
        return None


class Watcher(threading.Thread):
    """Arguments and environment of all processes below the daemon, as often as it can."""
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.over, self.found, self.names, self.looks = pid, False, [], set(), 0

    def run(self):
        while not self.over:
            for pid in [self.pid, *below(self.pid)]:
                self.names.add(name_of(pid))
                for part in ("cmdline", "environ"):
                    marks = marks_in(read(f"/proc/{pid}/{part}"))
                    if marks:
                        self.found.append((name_of(pid), part, marks))
            self.looks += 1
            time.sleep(0.005)


def files_with_marks():
    """Below our folder, all but those in which we have put them ourselves, and the store that holds the tokens."""
    mine = {f"{work}/password", f"{work}/for-command", f"{work}/credentials/c", f"{work}/accounts/secret", f"{work}/store/konto"}
    return [(path, marks) for base, _, names in os.walk(work) for path in (os.path.join(base, n) for n in names)
            if path not in mine and (marks := marks_in(read(path)))]


def no_core(pid, what):
    """No limit above 0; and when it is made to fail it leaves none."""
    limits = read(f"/proc/{pid}/limits").decode()
    check([line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]], f"{what}: {limits}")


def test_nowhere_but_where_it_must_be():
    with Endpoint(f"{work}/certs") as end:
        class Slow(type(end)):
            def token(self, form):
                time.sleep(1)       # so that hoering-token can be looked at while it asks
                return super().token(form)
        end.__class__ = Slow
        servers = [Mailbox(f"{work}/certs", {1: b"Subject: 1\r\n\r\ntekst\r\n"}) for _ in range(4)]
        conf = fetcher.configuration(work, boxes(end, servers))
        os.environ["CREDENTIALS_DIRECTORY"] = f"{work}/credentials"
        with daemon.Daemon(conf, f"{work}/hoeringd.db") as d:
            with open(d.log_path, "ab") as log:     # cores are allowed as far as who starts it can allow them
                d.process = subprocess.Popen(["bash", "-c", "ulimit -c unlimited; exec \"$@\"", "-", *d.command("-f")], stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log, cwd=work)
            w = Watcher(d.process.pid)
            w.start()
            tap.wait_until(lambda: all(s.logins for s in servers), 60, "all are at their login")
            fetchers = d.children("hoering-fetch")
            equal(len(fetchers), 4, "fetchers")
            mem = memory(d.process.pid)
            if mem is not None:
                equal(marks_in(mem), [], "in hoeringd's memory")
            for pid in [d.process.pid, *below(d.process.pid)]:
                no_core(pid, name_of(pid))
            before = [memory(pid) for pid in fetchers]
            if None not in before:      # that the marks can be found at all
                check(all(marks_in(m) for m in before), "each fetcher holds its secret before its login")
                check(all(len({word for word in (b"-file", b"-command", b"-credential") if MARK.encode() + word in m}) <= 1 for m in before), "and no other's")
            for s in servers:
                s.go.set()
            d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 4)
            d.wait_for("SELECT count(*) FROM mailboxes WHERE state = 'level'", 4)
            for pid in [d.process.pid, *below(d.process.pid)]:
                mem = memory(pid)
                if mem is not None and not tap.sanitized():
                    equal(marks_in(mem), [], f"in the memory of {name_of(pid)} after the login")
            if not tap.sanitized():     # the sanitizer has a handler of its own
                for pid in (fetchers[0], d.process.pid):
                    os.kill(pid, signal.SIGSEGV)
                check(not os.WCOREDUMP(os.waitpid(d.process.pid, 0)[1]), "a core of hoeringd")
                d.process.returncode, d.process = -11, None
            w.over = True
            w.join()
            check(w.looks > 10 and {"hoeringd", "hoering-fetch", "hoering-token"} <= w.names, f"seen: {w.looks} times, {w.names}")
            equal(w.found, [], "in arguments and environments")
        equal(files_with_marks(), [], "in files")
        check(not [n for n in os.listdir(work) if n.startswith("core")], "a core")


if __name__ == "__main__":
    if shutil.which("certtool") is None or shutil.which("openssl") is None:
        print("skip secrets: certtool or openssl is not installed")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-secrets-")
    try:
        certs.make(f"{work}/certs")
        tap.run([test_nowhere_but_where_it_must_be])
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(work, ignore_errors=True)
    tap.finish()
