#!/usr/bin/env python3
"""The ledger: what a server shows against what is stored. A scripted server shows what a real one does on bad days; Dovecot does the rest."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile")]

import dovecot
import tap
import test_line
from server import Server
from tap import check, equal
from test_line import configure, mail, user, when

MISSING = "SELECT sum(missing) FROM completeness"


def scripted(mails):
    """A mailbox of these UIDs, and a daemon for it."""
    script = Server(test_line.server.certs, {uid: mail(uid) for uid in mails})
    return script, configure({"m": ("noen@dep.example", dict(url=script.url()))})


def copies(d):
    return [uid for uid, in d.query("SELECT uid FROM copies ORDER BY uid")]


def gone(d):
    return [uid for uid, in d.query("SELECT uid FROM copies WHERE state = 'gone from server' ORDER BY uid")]


def test_appears_below_the_cursor():
    script, d = scripted([1, 2, 5, 9])
    with script:
        equal(d.once(), 0, "exit status")
        equal(copies(d), [1, 2, 5, 9], "copies")
        script.mails.update({3: mail(3), 4: mail(4), 7: mail(7)})
        equal(d.once(), 0, "exit status")
        equal(copies(d), [1, 2, 3, 4, 5, 7, 9], "copies")
        equal(d.value(MISSING), 0, "missing")
        before = d.views()
        equal(d.once(), 0, "exit status")
        test_line.daemon.same_views(d.views(), before)


def test_many_below_the_cursor():
    """More than one record names."""
    script, d = scripted([1, 4000])
    with script:
        equal(d.once(), 0, "exit status")
        script.mails.update({uid: mail(uid) for uid in range(1001, 1300, 2)})
        equal(d.once(), 0, "exit status")
        equal(len(copies(d)), 152, "copies")
        equal(d.value(MISSING), 0, "missing")


def test_shown_and_never_delivered():
    """Exactly the one that the server owes is missing, for as long as it does."""
    script, d = scripted(range(1, 9))

    def send_body(number, uid):
        if uid != 6:
            Server.send_body(script, number, uid)
    script.send_body = send_body
    with script:
        equal(d.once(), 75, "exit status")
        equal(d.query("SELECT seen, stored, excluded, missing FROM completeness"), [(8, 5, 0, 3)], "the ledger")
        check("does not deliver" in d.log(), "the log tells")
        del script.send_body
        equal(d.once(), 0, "exit status")
        equal(d.query("SELECT seen, stored, excluded, missing FROM completeness"), [(8, 8, 0, 0)], "the ledger")


def test_vanished_before_it_was_fetched():
    """It was shown, so it is told as excluded, not forgotten."""
    script, d = scripted(range(1, 5))

    def send_body(number, uid):
        if uid == 3:
            script.conn.close()
            raise OSError("gone")
        Server.send_body(script, number, uid)
    script.send_body = send_body
    with script:
        equal(d.once(), 75, "exit status")
        equal(d.value(MISSING), 2, "missing")
        del script.send_body, script.mails[3]
        equal(d.once(), 0, "exit status")
        equal(d.query("SELECT seen, stored, excluded, missing FROM completeness"), [(4, 3, 1, 0)], "the ledger")
        equal(d.value("SELECT count(*) FROM events WHERE action = 'excluded' AND detail LIKE '%uid=3 reason=vanished%'"), 1, "the reason")


def test_expunged_later():
    script, d = scripted(range(1, 7))
    with script:
        equal(d.once(), 0, "exit status")
        answers = d.value("SELECT count(*) FROM responses")
        del script.mails[2], script.mails[6]
        equal(d.once(), 0, "exit status")
        equal(gone(d), [2, 6], "gone")
        equal(d.value("SELECT count(*) FROM responses"), answers, "answers")
        equal(d.value(MISSING), 0, "missing")
        script.mails[2] = mail(2)
        equal(d.once(), 0, "exit status")
        equal(gone(d), [6], "one was only hidden")
        equal(len(copies(d)), 6, "copies")


def odd(change, words):
    script, d = scripted(range(1, 41))
    with script:
        equal(d.once(), 0, "exit status")
        before = d.views()
        change(script)
        d.once()
        test_line.daemon.same_views({v: r if v != "completeness" else before[v] for v, r in d.views().items()}, before)
        check(words in d.log(), f"the log does not say {words!r}")
        equal(d.value("SELECT sum(stored) FROM completeness"), 40, "stored")


def test_suddenly_empty():
    odd(lambda script: script.mails.clear(), "ledger-odd mailbox=m the server's list is short: 40 of 40")


def test_another_uidvalidity_and_empty():
    def change(script):
        script.mails.clear()
        script.uidvalidity = 8
    odd(change, "ledger-odd mailbox=m under another UIDVALIDITY the server shows fewer: 40 of 40")


def test_a_list_shorter_than_it_says():
    def change(script):
        script.do_uid_search = lambda tag, args: (script.send("* SEARCH 1 2 3\r\n"), script.ok(tag))
    odd(change, "the server says that there are 40 mails but shows 3")


def test_uidvalidity_there_and_back():
    """As after a failover: every mail is known again by its content, and known under its old UID when the old server is back."""
    script, d = scripted(range(1, 8))
    with script:
        equal(d.once(), 0, "exit status")
        before = d.views()
        script.uidvalidity = 9
        script.mails = {uid + 100: mail(uid) for uid in range(1, 8)}
        equal(d.once(), 0, "exit status")
        equal(d.query("SELECT uidvalidity, seen, stored, missing FROM completeness ORDER BY 1"), [(7, 7, 7, 0), (9, 7, 7, 0)], "ledgers")
        equal(d.value("SELECT count(*) FROM copies WHERE uidvalidity = 7 AND state = 'gone from server'"), 7, "old copies gone")
        for view in ("submissions", "counts", "review", "attachments"):
            equal(d.views()[view], before[view], view)
        script.uidvalidity = 7
        script.mails = {uid: mail(uid) for uid in range(1, 8)}
        equal(d.once(), 0, "exit status")
        equal(d.query("SELECT uidvalidity, count(*) FROM copies WHERE state = 'filed' GROUP BY 1"), [(7, 7)], "the old ones are there again")
        equal(d.views()["counts"], before["counts"], "counts")


def moved_to(d, before, after):
    with open(d.conf) as f:
        text = f.read()
    check(before in text, f"{before} is not in the configuration")
    with open(d.conf, "w") as f:
        f.write(text.replace(before, after))


def test_url_leads_to_another_mailbox():
    """With the same UIDVALIDITY, by chance: nothing of it is taken for what is stored, and somebody is told."""
    script, d = scripted(range(1, 6))
    with script, Server(test_line.server.certs, {uid: mail(uid + 20) for uid in range(1, 9)}) as other:
        equal(d.once(), 0, "exit status")
        before = d.views()
        moved_to(d, script.url(), other.url())
        for _ in range(2):
            equal(d.once(), 75, "exit status")
            check("uid=1 is another mail than the one stored under it" in d.log(), "nobody is told")
            equal(d.query("SELECT state FROM mailboxes"), [("failed",)], "the mailbox's state")
            for view in ("submissions", "responses", "copies", "counts"):
                equal(d.views()[view], before[view], view)
        moved_to(d, other.url(), script.url())
        script.mails[6] = mail(6)
        equal(d.once(), 0, "exit status")
        equal(copies(d), [1, 2, 3, 4, 5, 6], "copies")


def test_url_leads_to_the_same_mailbox():
    """Under another name of the server: read once more, and everything is known."""
    script, d = scripted(range(1, 6))
    with script:
        equal(d.once(), 0, "exit status")
        moved_to(d, "://127.0.0.1:", "://localhost:")
        script.mails[9] = mail(9)
        for _ in range(2):
            equal(d.once(), 0, "exit status")
            equal(copies(d), [1, 2, 3, 4, 5, 9], "copies")
        equal(d.log().count(" reading-again "), 1, "read once more, once")
        equal(d.value("SELECT count(*) FROM events WHERE action = 'copy'"), 6, "lines of the journal")
        equal(d.value(MISSING), 0, "missing")


def test_verify_server():
    who, other = user(), user()
    for n in range(3):
        test_line.server.deliver(who, mail(n), when(n))

    def verify():
        r = subprocess.run([tap.program("hoering"), "-c", d.conf, "verify", "--server"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           timeout=100)
        return r.returncode, r.stdout + r.stderr
    with configure({"m": (who, {}), "empty": (other, {})}) as d:
        equal(d.once(), 0, "exit status")
        status, words = verify()
        equal(status, 69, "exit status without a daemon")
        d.start()
        d.wait_for("SELECT count(*) FROM mailboxes WHERE state IN ('level', 'idle')", 2)
        status, words = verify()
        check(status == 0 and "every mail that the servers show is stored" in words, f"{status} {words}")
        d.query("SELECT 1")
        test_line.server.deliver(who, mail(3), when(3))
        status, words = verify()
        equal(status, 0, f"exit status {words}")
        equal(d.value("SELECT seen FROM completeness WHERE mailbox = 'm'"), 4, "seen")
        equal(d.stop(), 0, "exit status")
    with configure({"m": (who, {}), "dead": (other, dict(url=f"imaps://127.0.0.1:{dovecot.free_port()}/INBOX"))}) as d:
        d.start()
        d.wait_for("SELECT count(*) FROM mailboxes WHERE name = 'm' AND state = 'level'", 1)
        status, words = verify()
        check(status == 65 and "FAULT: mailbox dead could not be compared" in words and "mailbox m " not in words, f"{status} {words}")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]

if __name__ == "__main__":
    test_line.work = tempfile.mkdtemp(prefix="hoering-ledger-")
    try:
        try:
            test_line.server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip ledger: {e}")
            sys.exit(0)
        with test_line.server:
            tap.run(TESTS)
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(test_line.work, ignore_errors=True)
    tap.finish()
