#!/usr/bin/env python3
"""A hoering-token that was taken over by its server: it reads no other account's secret and nothing of hoeringd's, starts no program, touches
no process, and still finds its server by name. Each act succeeds without the lock, so that what fails fails because of it."""
import os
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certs
import tap
import test_token
from tap import check, equal
from test_token import Account, server

KILLED = -31    # SIGSYS: seccomp
OTHERS = "et annet kontos hemmelighet"


def landlock():
    import ctypes
    return ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


def evil(a, act, what="", locked=True):
    return a.run(program="hoering-token-evil", env=dict({"EVIL": f"{act} {what}"}, **({} if locked else {"EVIL_UNLOCKED": "1"})))


def succeeds(r):
    return "evil-succeeded" in r.stderr


def fails(r, *ends):
    return r.returncode in ends or ("evil-failed" in r.stderr and 0 in ends)


def test_files():
    if not landlock():
        raise tap.Skip("this kernel has no Landlock")
    with server() as s:
        a, other = Account(s), Account(s)
        outside = tempfile.mkdtemp(dir=test_token.work)
        db = f"{outside}/hoeringd.db"
        with open(db, "w") as f:
            f.write("alle svar")
        for act, what in (("read", db), ("write", db), ("read", f"{other.folder}/secret"), ("read", f"{a.folder}/konto.conf"), ("list", outside),
                          ("read", "/etc/passwd"), ("write", f"{a.folder}/secret"), ("create", f"{outside}/ny"), ("list", "/proc")):
            r = evil(a, act, what)
            check(fails(r, 0) and "ermission denied" in r.stderr, f"{act} {what}: {r.returncode} {r.stderr}")
            check(succeeds(evil(a, act, what, locked=False)), f"{act} {what} without the lock")
            if act == "create":
                os.unlink(what)
        for act in ("unlink", "rename"):
            check(fails(evil(a, act, db), 0), act)
        equal(open(db).read(), "alle svar", "the database")
        check(succeeds(evil(a, "read", f"{a.folder}/secret")), "its own secret")
        check(succeeds(evil(a, "create", f"{a.folder}/store/ny")), "its own store")


def test_processes():
    with server() as s:
        a = Account(s)
        for act, what in (("exec", "/bin/true"), ("fork", ""), ("kill", ""), ("ptrace", ""), ("peek", ""), ("io_uring", ""), ("listen", ""),
                          ("chmod", f"{a.folder}/secret")):
            r = evil(a, act, what)
            check(fails(r, KILLED, 0) and not succeeds(r), f"{act}: {r.returncode} {r.stderr}")
        for act in ("dumpable", "raise-limit", "mmap-exec"):
            r = evil(a, act)
            check(fails(r, KILLED, 0) and not succeeds(r), f"{act}: {r.returncode} {r.stderr}")
            check(succeeds(evil(a, act, locked=False)) or act == "raise-limit", f"{act} without the lock")
        check(succeeds(evil(a, "kill", locked=False)) and succeeds(evil(a, "fork", locked=False)), "without the lock")


def test_programs_of_this_machine():
    """A socket such as hoeringd's, over which decisions are given."""
    with server() as s, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        a = Account(s)
        path = f"{test_token.work}/control"
        control.bind(path)
        control.listen(1)
        check(fails(evil(a, "connect", path), 0, KILLED), "the control socket")
        check(succeeds(evil(a, "connect", path, locked=False)), "without the lock")


def test_names():
    """The resolver works behind the lock, with the thread that libcurl starts for it."""
    with server() as s:
        a = Account(s, token_endpoint=s.url().replace("127.0.0.1", "localhost"))
        check(succeeds(evil(a, "look-up", "localhost")), "localhost")
        r = a.run()
        check(r.returncode == 0 or "localhost" in r.stderr and "resolve" not in r.stderr.lower(), f"{r.returncode} {r.stderr}")
        a = Account(s, token_endpoint="https://finnes-ikke.invalid/token")
        r = a.run()
        check(r.returncode == 75 and "finnes-ikke.invalid" in r.stderr, f"{r.returncode} {r.stderr}")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    if shutil.which("certtool") is None or shutil.which("openssl") is None:
        print("skip locked: certtool or openssl is not installed")
        sys.exit(0)
    test_token.work = tempfile.mkdtemp(prefix="hoering-locked-")
    test_token.CA = f"{test_token.work}/certs"
    try:
        certs.make(test_token.CA)
        tap.run(TESTS)
    finally:
        shutil.rmtree(test_token.work, ignore_errors=True)
    tap.finish()
