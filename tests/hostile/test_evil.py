#!/usr/bin/env python3
"""A hoering-fetch that was taken over by its server, under a real hoeringd: it reaches neither the database, the archive, another mailbox's
credential nor another process, and what it says of mails is believed only as far as it can be checked. The other mailbox never notices."""
import hashlib
import os
import shutil
import stat
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
import daemon
import dovecot
import fetcher
import tap
from tap import check, equal

KILLED = "ended by signal 31"   # SIGSYS: seccomp
FAILED = "evil-failed"
DENIED = "Permission denied"
NOT_AS_IT_SAYS = "not as it says"


def acts(folder):
    """act: (what it is done to, how it must end)."""
    db, archive, credential, control = (f"{folder}/{x}" for x in ("hoeringd.db", "archive", "password", "hoeringd.sock"))
    table = []
    for target in (db, db + "-wal", archive + "/journal", credential, "/etc/passwd", "/proc/self/mem"):
        table += [("read", target, DENIED), ("write", target, DENIED), ("stat", target, DENIED)]
    for target in (db, credential):
        table += [("unlink", target, None), ("rename", target, None), ("chmod", target, None)]
    table += [("list", archive, DENIED), ("list", folder, DENIED), ("create", f"{archive}/evil", DENIED), ("create", f"{folder}/evil", DENIED),
              ("descriptors", "", FAILED), ("environment", dovecot.PASSWORD, FAILED), ("parent-memory", "", DENIED), ("tgkill", "", None)]
    table += [(act, "", KILLED) for act in ("kill", "kill-siblings", "ptrace", "peek", "pidfd", "fork", "socket", "namespace", "io_uring",
                                            "mmap-exec")]
    table += [("exec", "/bin/true", KILLED), ("control", control, KILLED), ("dumpable", "", FAILED), ("raise-limit", "", FAILED)]
    table += [(act, "", NOT_AS_IT_SAYS) for act in ("unsealed", "wrong-size", "no-mail", "socket-for-mail", "before-selected")]
    table += [("garbage", "", "a record that is none"), ("orders", "", "a record that is none")]
    return table


def ended_well(words, wanted):
    if "evil-succeeded" in words or "evil-unknown" in words:
        return False
    return wanted in words if wanted else KILLED in words or FAILED in words


def snapshot(folder):
    """Every file's mode and content, but what the daemon itself changes."""
    found = {}
    for base, _, files in os.walk(folder):
        for f in files:
            path = os.path.join(base, f)
            st = os.lstat(path)
            if stat.S_ISREG(st.st_mode) and not f.startswith("hoeringd."):
                with open(path, "rb") as content:
                    found[os.path.relpath(path, folder)] = (st.st_mode, hashlib.sha256(content.read()).hexdigest())
    return found


def programs(folder):
    """A folder where hoeringd finds the evil one in the place of hoering-fetch."""
    os.mkdir(folder)
    for name, source in (("hoeringd", "hoeringd"), ("hoering-parse", "hoering-parse"), ("hoering-fetch", "hoering-fetch-evil")):
        shutil.copy(tap.program(source), f"{folder}/{name}")
    os.environ["HOERING_BUILD"] = folder


def in_earnest(server, folder):
    """Without the lock the same acts succeed: what fails behind it fails because of it."""
    for act, what in (("read", f"{folder}/hoeringd.db"), ("write", f"{folder}/hoeringd.db"), ("stat", f"{folder}/password"),
                      ("list", f"{folder}/archive"), ("kill", ""), ("socket", ""), ("pidfd", ""), ("mmap-exec", ""), ("dumpable", "")):
        apart = tempfile.mkdtemp(dir=folder)
        conf = fetcher.configuration(apart, {"m": dict(address="x@dep.example", url=server.url(), user=f"evil:{act}:{what}",
                                                       tls_ca_file=f"{server.certs}/ca.crt", password_command="echo x")})
        with fetcher.Fetcher(conf, env={"HOERING_UNLOCKED": "1"}) as f:
            check("evil-succeeded" in f.failure().words, f"{act} without the lock")
        shutil.rmtree(apart)


def test_evil(server, work):
    folder = f"{work}/data"
    os.mkdir(folder)
    programs(f"{work}/programs")
    user = server.user("aar@dep.example")
    server.deliver(user, b"From: Kari <kari@example.no>\r\nSubject: Innspill\r\n\r\nVi mener noe.\r\n")
    common = dict(url=server.url(), tls_ca_file=f"{server.certs}/ca.crt")
    honest = dict(common, address=user, user=user, password_file=fetcher.password_file(folder))
    conf = fetcher.configuration(folder, {"aar": honest})
    with daemon.Daemon(conf, f"{folder}/hoeringd.db") as d:
        equal(d.once(), 0, f"the honest mailbox alone: {d.log()[-500:]}")
        in_earnest(server, folder)
        before = snapshot(folder)
        server.deliver(user, b"From: Ola <ola@example.no>\r\nSubject: Et til\r\n\r\nVi mener noe annet.\r\n")
        table = acts(folder)
        boxes = {"aar": honest}
        for n, (act, what, _) in enumerate(table):
            boxes[f"e{n}"] = dict(common, address=f"e{n}@dep.example", user=f"evil:{act}:{what}", password_command="echo another")
        fetcher.configuration(folder, boxes)
        equal(d.once(), 75, "the evil ones failed")
        said = dict(d.query("SELECT address, last_error FROM mailboxes"))
        wrong = [(act, what, said[f"e{n}@dep.example"]) for n, (act, what, wanted) in enumerate(table)
                 if not ended_well(said[f"e{n}@dep.example"] or "", wanted)]
        equal(wrong, [], f"of {len(table)} acts these did not end as they must")
        equal(d.query("SELECT count(*) FROM copies WHERE mailbox <> 'aar'"), [(0,)], "copies of evil mailboxes")
        equal(d.query("SELECT stored, missing FROM completeness WHERE mailbox = 'aar'"), [(2, 0)], "the honest mailbox")
        equal(said[user] or "", "", "the honest mailbox's last error")
        after = snapshot(folder)
        changed = [p for p in before if p not in after or (after[p] != before[p] and not p.startswith("archive/journal"))]
        equal(changed, [], "files that are gone or changed")
        check(not os.path.exists(f"{folder}/evil") and not os.path.exists(f"{folder}/archive/evil"), "a file was made")
        check("hemmelig" not in d.log(), "a secret in the log")


if __name__ == "__main__":
    if shutil.which("certtool") is None:
        print("skip evil: certtool (gnutls-bin) is not installed")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-evil-")
    try:
        with dovecot.Dovecot() as server:
            def test_a_fetcher_that_was_taken_over():
                test_evil(server, work)
            tap.run([test_a_fetcher_that_was_taken_over])
    except tap.Skip as e:
        print(f"skip evil: {e}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
