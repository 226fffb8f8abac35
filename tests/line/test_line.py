#!/usr/bin/env python3
"""The whole line: a real Dovecot, hoeringd with its fetchers and parsers, and what an operator then reads in the views."""
import email.message
import glob
import os
import random
import shutil
import signal

import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import daemon
import dovecot
import fetcher
import tap
from daemon import Daemon
from tap import check, equal

MAIL_DEV = os.path.join(os.path.dirname(tap.ROOT), "shared", "mail-dev")
server = None
work = None
n_users = 0


def user(*folders):
    global n_users
    n_users += 1
    return server.user(f"line{n_users}@dep.example", *folders)


def configure(mailboxes, more="", poll="3600s"):
    """A folder with hoeringd.conf for {name: (user, keys)} and the two consultations of the samples."""
    folder = tempfile.mkdtemp(dir=work)
    password = fetcher.password_file(folder)
    given = {}
    for name, (who, keys) in mailboxes.items():
        given[name] = dict(address=who, url=server.url(), user=who, tls_ca_file=f"{server.certs}/ca.crt", password_file=password)
        given[name].update(keys)
    shutil.copytree(os.path.join(tap.ROOT, "config", "consultations.d"), f"{folder}/consultations.d")
    for path in glob.glob(f"{folder}/consultations.d/*.conf"):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for line in text.splitlines():      # their mailboxes are other ones than ours
            if line.strip().startswith("mailboxes") or line.strip().startswith("registration"):
                text = text.replace(line + "\n", "")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    conf = fetcher.configuration(folder, given, poll=poll, more=more)
    return Daemon(conf, f"{folder}/hoeringd.db")


def mail(n, body="Vi viser til høringsbrevet og støtter forslaget."):
    m = email.message.EmailMessage()
    m["Received"] = f"from a by b; Thu, 12 May 2022 10:{n % 60:02}:00 +0200"
    m["From"] = f"Forening nr {n} <post@forening{n}.example>"
    m["To"] = "postmottak@dep.example"
    m["Subject"] = f"Høringssvar 21/4593 fra forening nr {n}"
    m["Message-ID"] = f"<{n}@forening{n}.example>"
    m.set_content(f"{body}\n\nDette er innspill nummer {n}, og det skal telles én gang.\n" + "".join(
        f"Punkt {k}: {random.Random(n * 100 + k).getrandbits(64):x} er viktig for oss.\n" for k in range(n % 7)))
    return m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def when(n):
    return 1652342400 + 60 * n      # 12 May 2022


def test_check_by_an_admin():
    """As the README says: root, and credentials that root alone can read."""
    who = user()
    folder = tempfile.mkdtemp(dir=work)
    fetcher.password_file(folder)
    os.mkdir(f"{folder}/credentials", 0o700)
    os.rename(f"{folder}/password", f"{folder}/credentials/m")
    conf = fetcher.configuration(folder, {"m": dict(address=who, url=server.url(), user=who, tls_ca_file=f"{server.certs}/ca.crt",
                                                    password_credential="m")})
    command = [tap.program("hoeringd"), "-c", conf, "--check"]
    r = subprocess.run(command, env=dict(os.environ, CREDENTIALS_DIRECTORY=f"{folder}/credentials"), capture_output=True, text=True, timeout=60)
    check(r.returncode == 0 and "everything is ready" in r.stdout, f"{r.returncode} {r.stdout} {r.stderr}")
    equal(sorted(os.listdir(folder)), ["consultations.d", "credentials", "hoeringd.conf"], "--check made something")
    r = subprocess.run(command, capture_output=True, text=True, timeout=60)
    check(r.returncode == 78 and "CREDENTIALS_DIRECTORY is not set" in r.stdout, f"{r.returncode} {r.stdout} {r.stderr}")


# TLS

def refused_certificate(variant, scheme):
    good, bad = user(), user()
    server.deliver(good, mail(1), when(1))
    server.deliver(bad, mail(2), when(2))
    d = configure({"good": (good, {}), "bad": (bad, dict(url=server.url(scheme, variant=variant)))})
    before = len(server.log())
    equal(d.once(), 75, "exit status")
    equal(d.query("SELECT mailbox, count(*) FROM copies GROUP BY 1"), [("good", 1)], "only the good one was read")
    equal(d.value("SELECT count(*) FROM mailboxes WHERE last_error LIKE '%certificate%'"), 1, "the view tells")
    lines = server.log()[before:].splitlines()
    check(any("Login: user=<" + good in x for x in lines), "the good mailbox logged in")
    check(not any(bad in x for x in lines), f"the bad one's user reached the server: {[x for x in lines if bad in x]}")


def test_tls_self_signed():
    refused_certificate("self-signed", "imaps")
    refused_certificate("self-signed", "imap")


def test_tls_expired():
    refused_certificate("expired", "imaps")


def test_tls_wrong_host():
    refused_certificate("wrong-host", "imaps")


def hostile(kind):
    sys.path.insert(0, os.path.join(tap.ROOT, "tests", "hostile"))
    from server import Server
    return type("Hostile", (Server,), kind(Server))


def refused_server(overrides):
    good = user()
    server.deliver(good, mail(1), when(1))
    with hostile(lambda base: overrides)(server.certs, {1: mail(9)}) as evil:
        d = configure({"good": (good, {}), "bad": ("hemmelig@dep.example", dict(url=evil.url()))})
        equal(d.once(), 75, "exit status")
        equal(d.query("SELECT mailbox, count(*) FROM copies GROUP BY 1"), [("good", 1)], "only the good one was read")
        check(evil.connections > 0, "nobody came")
        for word in (dovecot.PASSWORD.encode(), b"LOGIN", b"AUTHENTICATE", b"hemmelig@"):
            check(word not in evil.said, f"the server was told {evil.said!r}")


def test_starttls_stripped():
    refused_server({"tls": "imap", "do_starttls": lambda self, tag, args: self.send(f"{tag} BAD no such command\r\n")})


def test_preauth():
    refused_server({"tls": "imap", "greeting": lambda self: self.send("* PREAUTH welcome\r\n")})


# mail arrives

def test_idle_makes_a_row():
    """The poll is an hour away."""
    who = user()
    server.deliver(who, mail(1), when(1))
    with configure({"m": (who, {})}).start() as d:
        d.wait_for("SELECT count(*) FROM responses", 1)
        tap.wait_until(lambda: "level mailbox=m" in d.log(), 10, "level with the server")
        time.sleep(0.5)     # IDLE has begun
        server.deliver(who, mail(2), when(2))
        started = time.monotonic()
        d.wait_for("SELECT count(*) FROM responses", 2, 20)
        check(time.monotonic() - started < 10, "it took too long")
        equal(d.stop(), 0, "exit status")


def test_uidvalidity_change():
    who = user()
    for n in range(5):
        server.deliver(who, mail(n), when(n))
    d = configure({"m": (who, {})})
    equal(d.once(), 0, "exit status")
    before = d.views()
    server.new_uidvalidity(who)
    server.deliver(who, mail(5), when(5))
    equal(d.once(), 0, "exit status")
    after = d.views()
    equal(len(after["submissions"]), 6, "each original once")
    equal(len(after["responses"]), 6, "answers")
    check(set(before["submissions"]) <= set(after["submissions"]), "an original changed")
    equal(d.query("SELECT uidvalidity, seen, stored, missing FROM completeness ORDER BY uidvalidity")[-1][1:], (6, 6, 0), "the new ledger")
    equal(d.value("SELECT count(*) FROM completeness"), 2, "ledgers")


# settling

def flags(who):
    c = server.imap_client(who)
    try:
        c.select("INBOX", readonly=True)
        return [line for line in c.uid("FETCH", "1:*", "(FLAGS)")[1] if line]
    finally:
        c.logout()


def settled_only_after_commit(after, folder, is_settled):
    """The parsers are stopped: mail is archived, and nothing more may happen. Then they go on."""
    who = user(*folder)
    server.deliver(who, mail(10), when(10))
    with configure({"m": (who, dict(after=after))}, more="workers = 1;").start() as d:
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'settled'", 1)
        parsers = tap.wait_until(lambda: d.children("hoering-parse"), 20, "parsers")
        time.sleep(0.3)
        for pid in parsers:
            os.kill(pid, signal.SIGSTOP)
        for n in range(3):
            server.deliver(who, mail(n), when(n))
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'archived'", 3)
        time.sleep(1.5)
        equal(d.value("SELECT count(*) FROM copies WHERE state = 'archived'"), 3, "copies filed although nobody parsed them")
        equal(is_settled(who), 1, "mails touched before they were filed")
        for pid in parsers:
            os.kill(pid, signal.SIGCONT)
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'settled'", 4)
        equal(is_settled(who), 4, "mails settled on the server")
        equal(d.value("SELECT count(*) FROM responses"), 4, "answers")
        equal(d.stop(), 0, "exit status")
    equal(d.once(), 0, "exit status of one more round")
    equal(is_settled(who), 4, "one more round changes nothing")
    equal(d.query("SELECT missing FROM completeness"), [(0,)], "missing")


def test_keyword_only_after_commit():
    settled_only_after_commit("keyword", [], lambda who: sum(b"Hoeringd-Filed" in line for line in flags(who)))


def test_move_only_after_commit():
    settled_only_after_commit("move:Filed", ["Filed"], lambda who: len(server.files(who, "Filed")))


def test_once_settles_everything():
    """The highest UID is a mail known already and is filed first: those below it are settled all the same."""
    who = user("Filed")
    d = configure({"m": (who, dict(after="move:Filed"))})
    server.deliver(who, mail(0), when(0))
    equal(d.once(), 0, "exit status")
    for n in range(1, 6):
        server.deliver(who, mail(n, "Et langt svar. " * 60000), when(n))
    server.deliver(who, mail(0), when(6))
    equal(d.once(), 0, "exit status")
    equal((len(server.files(who)), len(server.files(who, "Filed"))), (0, 7), "mails in the inbox and in Filed")
    equal(d.query("SELECT DISTINCT state FROM copies"), [("settled",)], "states")
    equal(d.query("SELECT seen, stored, missing FROM completeness"), [(7, 7, 0)], "completeness")


def test_folder_goes_away():
    """What cannot be moved is filed, shown by status and told once; it is moved when the folder is there again."""
    who = user("Filed")
    c = server.imap_client(who)
    with configure({"m": (who, dict(after="move:Filed"))}, poll="2s") as d:
        d.start()
        d.wait_for("SELECT count(*) FROM mailboxes WHERE state = 'level'", 1)
        c.delete("Filed")
        for n in range(3):
            server.deliver(who, mail(n), when(n))
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 3)
        d.wait_for("SELECT count(*) FROM mailboxes WHERE last_error <> ''", 1)
        server.deliver(who, mail(4), when(4))
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'filed'", 4)
        equal(d.log().count("settle-failed"), 1, "lines of the log")
        c.create("Filed")
        d.wait_for("SELECT count(*) FROM copies WHERE state = 'settled'", 4)
        equal(len(server.files(who, "Filed")), 4, "moved")
        equal(d.stop(), 0, "exit status")


def test_control_is_no_socket():
    """A path that is something else is left alone."""
    d = configure({"m": (user(), {})})
    precious = os.path.join(os.path.dirname(d.conf), "precious")
    with open(precious, "w") as f:
        f.write("kept")
    with open(d.conf) as f:
        text = f.read()
    with open(d.conf, "w") as f:
        f.write(f'control = "{precious}";\n' + text)
    check(d.once() != 0, "it started")
    with open(precious) as f:
        equal(f.read(), "kept", "the file")


# kill -9

def mails_for_kill():
    """200 mails: real ones when they are there."""
    names = sorted(glob.glob(f"{MAIL_DEV}/*@*/*.eml"))
    if names:
        for name in random.Random(5).sample(names, 200):
            with open(name, "rb") as f:
                yield f.read()
    else:
        for n in range(200):
            yield mail(n)


KILLED = {}


def undisturbed():
    """The mailbox of 200 mails, and what the views say after a quiet round."""
    if not KILLED:
        who = user()
        for n, content in enumerate(mails_for_kill()):
            server.deliver(who, content, when(n))
        d = configure({"m": (who, {})})
        equal(d.once(), 0, "exit status")
        equal(d.value("SELECT stored FROM completeness"), 200, "stored")
        KILLED.update(who=who, views=d.views())
    return KILLED["who"], KILLED["views"]


def killed(victim, moments):
    """Ends that program by SIGKILL whenever so many copies are archived; then one quiet round, and one more."""
    who, wanted = undisturbed()
    with configure({"m": (who, {})}) as d:
        for moment in moments:
            d.start()
            tap.wait_until(lambda: (d.value("SELECT count(*) FROM copies") or 0) >= moment, 60, f"{moment} copies")
            if victim == "hoeringd":
                d.kill()
                continue
            pids = tap.wait_until(lambda: d.children(victim), 10, victim)
            os.kill(random.choice(pids), signal.SIGKILL)
            if moment != moments[-1]:
                d.kill()
        if d.process is not None:       # it goes on by itself, without help
            d.wait_for("SELECT count(*) FROM copies", 200, 60)
            d.wait_for("SELECT count(*) FROM copies WHERE state = 'archived'", 0, 60)
            equal(d.stop(), 0, "exit status")
        else:
            equal(d.once(), 0, "exit status of the round that goes on")
        daemon.same_views(d.views(), wanted)
        equal(d.once(), 0, "exit status of one more round")
        daemon.same_views(d.views(), wanted)


def test_kill_hoeringd():
    killed("hoeringd", (1, 40, 90, 140, 190))


def test_kill_fetch():
    killed("hoering-fetch", (1, 60, 120))


def test_kill_parse():
    killed("hoering-parse", (1, 60, 120))


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-line-")
    try:
        try:
            server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip line: {e}")
            sys.exit(0)
        with server:
            tap.run(TESTS)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(work, ignore_errors=True)
    tap.finish()
