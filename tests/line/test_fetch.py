#!/usr/bin/env python3
"""hoering-fetch against a real Dovecot: every byte arrives, in order, within the window, once; IDLE, polling, settling, secrets."""
import calendar
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dovecot
import fetcher
import tap
from fetcher import ARCHIVED, EXCLUDED, FAILED, MAIL, POLL, QUIT, ROUND, SELECTED, SETTLE, SETTLED, Fetcher
from tap import check, equal

server = None
work = None
users = 0


def mailbox(*folders, **keys):
    """A new user on the server, and hoeringd.conf for him: (user, path)."""
    global users
    users += 1
    user = server.user(f"postmottak{users}@dep.example", *folders)
    folder = f"{work}/{users}"
    os.mkdir(folder)
    given = dict(address=user, url=server.url(), user=user, tls_ca_file=f"{server.certs}/ca.crt")
    given.update({k: v for k, v in keys.items() if k != "poll"})
    if not any(k in given for k in ("password_credential", "password_command", "password_file")):
        given["password_file"] = fetcher.password_file(folder)
    return user, fetcher.configuration(folder, {"m": given}, poll=keys.get("poll", "3600s"))


def mail(n, size=200):
    body = b"".join(b"%05d linje %d i en liten h\xf8ringsuttalelse\r\n" % (n, k) for k in range(size // 40 + 1))
    return b"From: noen@example.no\r\nSubject: nr %d\r\nMessage-ID: <%d@example.no>\r\n\r\n" % (n, n) + body


def test_bytes_dates_and_order():
    user, conf = mailbox()
    odd = [mail(1), mail(2, 300000), b"\r\n", b"Subject: uten tekst\r\n\r\n", mail(3) + b"\r\n.\r\n)\r\n1 OK FETCH done\r\n{12}\r\n",
           b"X: " + b"a" * 100000 + b"\r\n\r\n" + bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"") + b"\r\n"]
    dates = [calendar.timegm((2007, 6, 22, 21, 59, 59)), 0, 951782400, 1653688799, 1653688800, 4102444799]
    for content, when in zip(odd, dates):
        server.deliver(user, content, when)
    with Fetcher(conf) as f:
        selected = f.begin()
        equal(selected.exists, len(odd), "EXISTS")
        got = f.round()
        equal([r.uid for r, _ in got], list(range(1, len(odd) + 1)), "UIDs in order")
        equal([r.internal_at for r, _ in got], dates, "INTERNALDATE")
        for (_, content), sent in zip(got, odd):
            check(content == sent, f"a mail of {len(sent)} bytes came as {len(content)}")
        equal(f.last_round.uid, len(odd), "ROUND's UID")
        equal(f.quit(), 0, "exit status")


def test_line_ends_of_the_server():
    """Dovecot sends what it stores with LF as CR LF: that is what is archived."""
    user, conf = mailbox()
    server.deliver(user, mail(1).replace(b"\r\n", b"\n"))
    with Fetcher(conf) as f:
        f.begin()
        equal(f.round()[0][1], mail(1), "bytes")


def test_many_mails_within_the_window():
    user, conf = mailbox()
    for n in range(300):
        server.deliver(user, mail(n))
    with Fetcher(conf) as f:
        f.begin()
        waiting = []
        while True:     # nothing is answered until the fetcher stops by itself
            try:
                waiting.append(f.expect(MAIL, 1 if waiting else 20))
            except AssertionError as e:
                check("said nothing" in str(e), str(e))
                break
        check(0 < len(waiting) <= fetcher.WINDOW, f"{len(waiting)} unanswered mails")
        got = [(r.uid, f.content(r)) for r in waiting]
        for record in waiting:
            f.send(ARCHIVED, uid=record.uid, uidvalidity=f.uidvalidity)
        got += [(r.uid, c) for r, c in f.round()]
        equal([u for u, _ in got], list(range(1, 301)), "UIDs")
        equal([c for _, c in got], [mail(n) for n in range(300)], "bytes")


def test_window_of_bytes():
    user, conf = mailbox()
    for n in range(4):
        server.deliver(user, mail(n, 20 << 20))
    with Fetcher(conf) as f:
        f.begin()
        first = [f.expect(MAIL), f.expect(MAIL)]
        try:
            third = f.expect(MAIL, 1)
        except AssertionError:
            third = None
        check(third is None, "more than 64 MB are under way")
        for record in first:
            f.content(record)
            f.send(ARCHIVED, uid=record.uid, uidvalidity=f.uidvalidity)
        equal([r.uid for r, _ in f.round()], [3, 4], "the rest")


def test_one_large_mail():
    """Streamed: the process stays small."""
    user, conf = mailbox()
    server.deliver(user, mail(1, 100 << 20))
    with Fetcher(conf) as f:
        f.begin()
        record = f.expect(MAIL, 60)
        with open(f"/proc/{f.pid}/status") as s:
            peak = [int(line.split()[1]) for line in s if line.startswith("VmHWM")][0]
        check(f.content(record) == mail(1, 100 << 20), "the bytes differ")
        limit = 400 if tap.sanitized() else 30
        check(peak < limit * 1024, f"peak memory {peak} KB")


def test_too_large_is_told():
    user, conf = mailbox()
    server.deliver(user, mail(1))
    base = server.maildir(user)
    server.deliver(user, b"Subject: stor\r\n\r\n" + b"x" * 70 + b"\r\n")
    path = server.files(user)[-1]
    with open(path, "r+b") as f:    # a sparse file of 201 MB, without touching a disk block of it
        f.seek(0, 2)
        f.truncate(201 << 20)
    server.deliver(user, mail(3))
    with Fetcher(conf) as f:
        f.begin()
        got = f.round(60)
        equal([(r.kind, r.uid) for r, _ in got], [(MAIL, 1), (EXCLUDED, 2), (MAIL, 3)], "records")
        equal(got[1][0].words, "too-large", "reason")
        check(got[1][0].size >= 201 << 20, "the size is told")


def test_cursor_goes_on():
    user, conf = mailbox()
    for n in range(5):
        server.deliver(user, mail(n))
    with Fetcher(conf) as f:
        f.begin(cursor=3)
        equal([r.uid for r, _ in f.round()], [4, 5], "above the cursor")
    with Fetcher(conf) as f:
        f.begin(cursor=5)
        equal(f.round(), [], "nothing new: n:* names the last mail, which is not new")


def test_killed_in_the_middle():
    """The UIDs told are a run from the first: whatever is not told stays above the cursor."""
    user, conf = mailbox()
    for n in range(50):
        server.deliver(user, mail(n))
    with Fetcher(conf) as f:
        f.begin()
        told = [f.expect(MAIL).uid for _ in range(7)]
        os.kill(f.pid, signal.SIGKILL)
        while (record := f.next()) is not None:
            told.append(record.uid)
    equal(told, list(range(1, len(told) + 1)), "told")
    with Fetcher(conf) as f:
        f.begin(cursor=told[-1])
        equal([r.uid for r, _ in f.round()], list(range(len(told) + 1, 51)), "the rest")


def test_uidvalidity_change():
    user, conf = mailbox()
    server.deliver(user, mail(1))
    server.deliver(user, mail(2))
    with Fetcher(conf) as f:
        before = f.begin().uidvalidity
        f.round()
        f.quit()
    after = server.new_uidvalidity(user)
    with Fetcher(conf) as f:
        equal(f.begin().uidvalidity, after, "UIDVALIDITY")
        check(after != before, "it did not change")
        equal(sorted(c for _, c in f.round()), sorted([mail(1), mail(2)]), "read again")


def test_idle_wakes():
    """The poll is an hour away."""
    user, conf = mailbox()
    server.deliver(user, mail(1))
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        for n in (2, 3, 4):
            time.sleep(0.3)
            server.deliver(user, mail(n))
            started = time.monotonic()
            equal([c for _, c in f.round(10)], [mail(n)], "new mail")
            check(time.monotonic() - started < 5, "IDLE was slow")
        check("idle" in f.states, f"states: {f.states}")
        equal(f.quit(), 0, "QUIT during IDLE")


def test_polls_without_idle():
    user, conf = mailbox(idle=False, poll="1s")
    with Fetcher(conf) as f:
        f.begin()
        equal(f.round(), [], "an empty mailbox")
        server.deliver(user, mail(1))
        got = []
        tap.wait_until(lambda: got.extend(f.round(5)) or got, 10, "the mail")
        equal([c for _, c in got], [mail(1)], "polled")
        check("idle" not in f.states and "polling" in f.states, f"states: {f.states}")


def test_told_to_look():
    user, conf = mailbox(idle=False)
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        server.deliver(user, mail(1))
        f.send(POLL)
        equal([c for _, c in f.round(5)], [mail(1)], "after POLL")
        equal(f.quit(), 0, "QUIT while waiting")


def settle(f, uids, uidvalidity=None):
    for uid in uids:
        f.send(SETTLE, uid=uid, uidvalidity=uidvalidity or f.uidvalidity)
    return {r.uid: (r.code, r.words) for r in (f.expect(SETTLED) for _ in uids)}


def flags(user, folder="INBOX"):
    c = server.imap_client(user)
    try:
        c.select(folder, readonly=True)
        _, found = c.uid("FETCH", "1:*", "(FLAGS)")
        return {int(line.split(b"UID ")[1].split(b" ")[0].rstrip(b")")): line for line in found if line}
    finally:
        c.logout()


def test_keyword():
    user, conf = mailbox(after="keyword")
    for n in range(1, 6):
        server.deliver(user, mail(n))
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        check(not any(b"Hoeringd-Filed" in line for line in flags(user).values()), "flagged before SETTLE")
        equal(settle(f, [2, 4]), {2: (0, "keyword"), 4: (0, "keyword")}, "settled")
        got = flags(user)
        equal([u for u, line in got.items() if b"Hoeringd-Filed" in line], [2, 4], "flagged")
        check(not any(b"\\Seen" in line for line in got.values()), "reading marked a mail as seen")
        equal(settle(f, [2]), {2: (0, "keyword")}, "again")
        equal(settle(f, [99]), {99: (0, "gone")}, "a mail that is gone")
        equal(settle(f, [1], f.uidvalidity + 1), {1: (0, "gone")}, "of another UIDVALIDITY")
        check(b"Hoeringd-Filed" not in flags(user)[1], "a mail of another UIDVALIDITY was flagged")
        server.deliver(user, mail(6))
        equal([c for _, c in f.round(5)], [mail(6)], "IDLE goes on after settling")


def move(conf, user):
    for n in range(1, 6):
        server.deliver(user, mail(n))
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        equal(len(server.files(user, "S&APg-knader")), 0, "moved before SETTLE")
        equal(settle(f, [1, 2, 5]), {u: (0, "moved") for u in (1, 2, 5)}, "settled")
        equal(sorted(flags(user)), [3, 4], "left in the inbox")
        equal(sorted(open(p, "rb").read() for p in server.files(user, "S&APg-knader")), [mail(1), mail(2), mail(5)], "in the other folder")
        equal(settle(f, [1, 3]), {1: (0, "gone"), 3: (0, "moved")}, "again")
        equal(len(server.files(user, "S&APg-knader")), 4, "nothing twice")


def test_move():
    user, conf = mailbox("S&APg-knader", after="move:Søknader")
    move(conf, user)


def test_move_without_MOVE():
    """COPY, then \\Deleted and UID EXPUNGE of just those."""
    global server
    real = server
    with dovecot.Dovecot("imap_capability = IMAP4rev1 LITERAL+ IDLE UIDPLUS\n") as server:
        try:
            user, conf = mailbox("S&APg-knader", after="move:Søknader")
            other = server.deliver(user, mail(90))
            c = server.imap_client(user)
            c.select("INBOX")
            c.uid("STORE", "1", "+FLAGS", "(\\Deleted)")    # somebody else's deletion is not ours to carry out
            c.logout()
            with Fetcher(conf) as f:
                f.begin()
                f.round()
                server.deliver(user, mail(91))
                f.round(5)
                equal(settle(f, [2]), {2: (0, "moved")}, "settled")
            equal(sorted(flags(user)), [1], "left in the inbox")
            equal(len(server.files(user, "S&APg-knader")), 1, "copied")
            check(other, "")
        finally:
            server = real


def test_move_needs_the_folder():
    user, conf = mailbox(after="move:Finnes ikke")
    with Fetcher(conf) as f:
        record = f.failure()
        equal(record.code, fetcher.RETRY_CONFIG, "retry class")
        check("STATUS" in record.words, record.words)
    check(not os.path.exists(server.maildir(user, ".Finnes ikke")), "the folder was made")


def test_folder_with_norwegian_name():
    user, conf = mailbox("H&APg-ringer &- svar", url=server.url(folder="Høringer%20&%20svar"))
    server.deliver(user, mail(1), folder="H&APg-ringer &- svar")
    with Fetcher(conf) as f:
        f.begin()
        equal([c for _, c in f.round()], [mail(1)], "from the folder")


def test_starttls():
    user, conf = mailbox(url=server.url("imap"))
    server.deliver(user, mail(1))
    with Fetcher(conf) as f:
        f.begin()
        equal([c for _, c in f.round()], [mail(1)], "over STARTTLS")
    check(any(user in line and "TLS" in line for line in server.log().splitlines() if "Login:" in line), "Dovecot saw no TLS")


def test_plain_to_loopback():
    user, conf = mailbox(url=server.url("imap"), tls="none")
    server.deliver(user, mail(1))
    with Fetcher(conf) as f:
        f.begin()
        equal([c for _, c in f.round()], [mail(1)], "in plain text")


def test_host_name_and_two_addresses():
    user, conf = mailbox(url=server.url(host="localhost"))
    with Fetcher(conf) as f:
        f.begin()
        f.round()


def refused(name, scheme):
    user, conf = mailbox(url=server.url(scheme, variant=name))
    with Fetcher(conf) as f:
        record = f.failure()
        equal(record.code, fetcher.RETRY_CONFIG, "retry class")
        check("certificate" in record.words, record.words)
        return record.words, server.log()


def test_bad_certificates():
    """Dovecot logs each attempt to log in; there is none."""
    for name, words in (("self-signed", "not trusted"), ("expired", "expired"), ("wrong-host", "does not match"),
                        ("not-yet-valid", "not yet")):
        for scheme in ("imaps", "imap"):
            before = len(server.log())
            said, _ = refused(name, scheme)
            check(words in said.lower() or "NOT trusted" in said, f"{name}: {said}")
            said = tap.wait_until(lambda: [x for x in server.log()[before:].splitlines() if "imap-login" in x], 5, "Dovecot's line")
            check(all("no auth attempts" in x for x in said), f"{name}: {said}")


def test_authority_unknown():
    """The good certificate, but not our authority: the system's trust does not know it."""
    _, conf = mailbox(tls_ca_file="")
    with Fetcher(conf) as f:
        equal(f.failure().code, fetcher.RETRY_CONFIG, "retry class")


def test_wrong_password():
    user, _ = mailbox()
    folder = tempfile.mkdtemp(dir=work)
    conf = fetcher.configuration(folder, {"m": dict(address=user, url=server.url(), user=user, tls_ca_file=f"{server.certs}/ca.crt",
                                                    password_file=fetcher.password_file(folder, "feil passord"))})
    with Fetcher(conf) as f:
        record = f.failure()
        equal(record.code, fetcher.RETRY_CONFIG, "retry class")
        check("feil" not in record.words, record.words)
        equal(f.status, 78, "exit status")


def test_folder_missing():
    _, conf = mailbox(url=server.url(folder="Borte"))
    with Fetcher(conf) as f:
        equal(f.failure().code, fetcher.RETRY_CONFIG, "retry class")


def test_secret_of_a_command():
    quoted = dovecot.PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
    user, conf = mailbox(password_command=f"printf '%s\\nsecond line\\n' \"{quoted}\"; echo noise >&2")
    with Fetcher(conf) as f:
        f.begin()
        f.round()


def test_secret_of_a_credential():
    user, conf = mailbox(password_credential="aar")
    folder = tempfile.mkdtemp(dir=work)
    with open(f"{folder}/aar", "w") as f:
        f.write(dovecot.PASSWORD)
    with Fetcher(conf, env={"CREDENTIALS_DIRECTORY": folder}) as f:
        f.begin()
        f.round()
    with Fetcher(conf) as f:
        record = f.failure()
        equal(record.code, fetcher.RETRY_CONFIG, "retry class")
        check("CREDENTIALS_DIRECTORY" in record.words, record.words)


def test_secret_refused():
    folder = tempfile.mkdtemp(dir=work)
    path = fetcher.password_file(folder)
    os.chmod(path, 0o640)
    cases = [(dict(password_file=path), "others can read it"), (dict(password_file=f"{folder}/none"), "No such file"),
             (dict(password_file="/dev/null"), "regular"), (dict(password_command="echo feil: \x1b[31mrødt >&2; exit 3"), "exit status 3"),
             (dict(password_command="true"), "empty"), (dict(password_command="head -c 100000 /dev/zero | tr '\\0' x"), "longer")]
    for keys, words in cases:
        _, conf = mailbox(**keys)
        with Fetcher(conf) as f:
            record = f.failure()
            check(words in record.words, f"{keys}: {record.words}")
            equal(record.code, fetcher.RETRY_CONFIG, "retry class")
            check("\x1b" not in record.words, "a control character came through")


def test_command_says_later():
    _, conf = mailbox(password_command="exit 75")
    with Fetcher(conf) as f:
        equal(f.failure().code, fetcher.RETRY_LATER, "retry class")


def test_locked_and_forgetful():
    """After login: seccomp, no new privileges, and the password is nowhere in its memory, arguments or environment."""
    user, conf = mailbox()
    with Fetcher(conf) as f:
        f.begin()
        f.round()
        with open(f"/proc/{f.pid}/status") as s:
            status = dict(line.split(":", 1) for line in s)
        equal(status["Seccomp"].strip(), "2", "seccomp")
        equal(status["NoNewPrivs"].strip(), "1", "no new privileges")
        needle = dovecot.PASSWORD.encode()
        try:
            maps = open(f"/proc/{f.pid}/maps").read().splitlines()
            memory = open(f"/proc/{f.pid}/mem", "rb", 0)
        except PermissionError:
            return      # not even its owner may look: that is the proof
        for part in ("cmdline", "environ"):
            check(needle not in open(f"/proc/{f.pid}/{part}", "rb").read(), f"the password is in {part}")
        for line in maps:
            span, rights = line.split()[:2]
            if rights.startswith("r") and "[v" not in line:
                start, end = (int(x, 16) for x in span.split("-"))
                if end - start > 1 << 30:
                    raise tap.Skip("the memory of a sanitized build is too large to search")
                try:
                    content = os.pread(memory.fileno(), end - start, start)
                except OSError:
                    continue
                for form in (needle, needle.replace(b"\\", b"\\\\").replace(b'"', b'\\"')):
                    check(form not in content, f"the password is still in memory: {line}")


def run_check(conf, env=None):
    r = subprocess.run([tap.program("hoering-fetch"), "-c", conf, "-m", "m", "--check"], capture_output=True, text=True, timeout=60,
                       env=dict(os.environ, **(env or {})))
    return r.returncode, r.stdout + r.stderr


def test_check():
    user, conf = mailbox("Arkiv", after="move:Arkiv")
    server.deliver(user, mail(1))
    status, out = run_check(conf)
    equal(status, 0, out)
    check(out.count(": ok\n") >= 6 and "after" in out, out)
    check(not any(b"\\Seen" in line for line in flags(user).values()), "--check changed a mail")
    equal(len(server.files(user)), 1, "--check moved a mail")
    for keys, wanted, words in ((dict(url=server.url(variant="expired")), 78, "expired"), (dict(url=server.url(folder="Borte")), 78, "EXAMINE"),
                                (dict(url="imaps://127.0.0.1:9/"), 75, "connect"), (dict(password_file="/nowhere"), 78, "No such file")):
        _, conf = mailbox(**keys)
        status, out = run_check(conf)
        equal(status, wanted, out)
        check(words in out, out)


def recent(user):
    """What the next one to open the folder is told to be new."""
    c = server.imap_client(user)
    try:
        c.select("INBOX", readonly=True)
        return int(c.response("RECENT")[1][0])
    finally:
        c.logout()


def test_check_takes_nothing_from_others():
    """Mails stay new to everybody else, whatever `after` is."""
    for keys, words in ((dict(after="keyword"), 'after = "keyword": not checked'), (dict(after="move:Arkiv"), 'after = "move": ok'), ({}, "ok")):
        user, conf = mailbox("Arkiv", **keys)
        server.deliver(user, mail(1))
        server.deliver(user, mail(2))
        status, out = run_check(conf)
        equal(status, 0, out)
        check(words in out, out)
        equal(len(os.listdir(f"{server.maildir(user)}/new")), 2, f"{keys}: files in new/")
        equal(recent(user), 2, f"{keys}: \\Recent")
    user, conf = mailbox(after="move:Borte")
    status, out = run_check(conf)
    equal(status, 78, out)
    check("STATUS" in out, out)


def test_daemon_gone():
    _, conf = mailbox()
    f = Fetcher(conf)
    f.begin()
    f.round()
    f.sock.close()
    f.wait(10)
    os.close(f.errors)


def test_all_of_mail_dev():
    """1,200 mails with their documents: every byte, over TLS."""
    source = os.path.join(os.path.dirname(tap.ROOT), "shared", "mail-dev")
    if not os.path.isdir(source):
        raise tap.Skip("../shared/mail-dev is not there")
    for address in sorted(a for a in os.listdir(source) if "@" in a):
        user, conf = mailbox()
        names = sorted(os.listdir(f"{source}/{address}"))
        for name in names:
            with open(f"{source}/{address}/{name}", "rb") as m:
                server.deliver(user, m.read())
        with Fetcher(conf) as f:
            f.begin()
            got = f.round(60)
            equal(len(got), len(names), f"mails of {address}")
            for name, (record, content) in zip(names, got):
                with open(f"{source}/{address}/{name}", "rb") as m:
                    check(content == m.read(), f"{address}/{name} differs")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-fetch-test-")
    try:
        try:
            server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip fetch: {e}")
            sys.exit(0)
        with server:
            tap.run(TESTS)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
