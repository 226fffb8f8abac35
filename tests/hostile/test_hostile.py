#!/usr/bin/env python3
"""hoering-fetch against servers that are sick or hostile: no credential before a proven TLS, nothing passed over, always an end."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certs
import fetcher
import tap
from fetcher import ARCHIVED, EXCLUDED, FAILED, MAIL, RETRY_CONFIG, RETRY_LATER, RETRY_SOON, ROUND, SETTLE, SETTLED, Fetcher
from server import HangUp, Server
from tap import check, equal

PASSWORD = "kjempehemmelig"
CA = None
work = None
MAILS = {n: b"Subject: nr %d\r\n\r\n" % n + b"tekst\r\n" * n for n in range(1, 11)}


def configure(url, **keys):
    folder = tempfile.mkdtemp(dir=work)
    given = dict(address="aar@dep.example", url=url, user="aar", tls_ca_file=f"{CA}/ca.crt",
                 password_file=fetcher.password_file(folder, PASSWORD))
    given.update({k: v for k, v in keys.items() if k != "poll"})
    if "token_command" in given:
        del given["password_file"]
    return fetcher.configuration(folder, {"m": given}, poll=keys.get("poll", "3600s"))


def start(server, **keys):
    return Fetcher(configure(server.url(), **keys))


def told_nothing(server):
    """The proof: the server's own record of what it was told."""
    for form in (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), b"LOGIN", b"AUTHENTICATE", b"aar"):
        check(form not in server.said, f"the server was told {form!r}: {server.said!r}")


def refused(kind, code, words="", seconds=10, silent=True, mails=MAILS, **keys):
    """hoering-fetch fails with this class and these words, in time, and (silent) without a credential."""
    with kind(CA, mails) as server, start(server, **keys) as f:
        record = f.failure(seconds)
        equal(record.code, code, f"retry class ({record.words})")
        check(words in record.words, record.words)
        if silent:
            told_nothing(server)
        return record


# before login

def test_preauth():
    class Preauth(Server):
        def greeting(self):
            self.send("* PREAUTH you are root\r\n")
    refused(Preauth, RETRY_CONFIG, "before we said")

    class PreauthPlain(Preauth):
        tls = "imap"
    refused(PreauthPlain, RETRY_CONFIG, "before we said")


def test_starttls_stripped():
    class Stripped(Server):
        tls = "imap"
        def do_starttls(self, tag, args):
            self.send(f"{tag} BAD what is that\r\n")
    refused(Stripped, RETRY_CONFIG, "STARTTLS")

    class No(Stripped):
        def do_starttls(self, tag, args):
            self.send(f"{tag} NO not now\r\n")
    refused(No, RETRY_CONFIG, "STARTTLS")


def test_plaintext_injected_after_starttls():
    class Injected(Server):
        tls = "imap"
        def do_starttls(self, tag, args):
            self.send(f"{tag} OK go on\r\n* CAPABILITY IMAP4rev1 EVIL\r\n")
            self.start_tls()
    refused(Injected, RETRY_SOON, "plain text")


def test_starttls_then_plain():
    class Plain(Server):
        tls = "imap"
        def do_starttls(self, tag, args):
            self.ok(tag)
            self.send("* OK let us go on in plain text\r\n")
            self.wait_for_ever()
    refused(Plain, RETRY_SOON, "TLS")


def test_no_tls_on_imaps():
    class NoTls(Server):
        def conversation(self):
            self.send("* OK plain text here\r\n")
            self.wait_for_ever()
    refused(NoTls, RETRY_SOON, "TLS")


def test_certificates():
    for name in ("self-signed", "expired", "wrong-host", "not-yet-valid"):
        for scheme in ("imaps", "imap"):
            kind = type("Bad", (Server,), {"tls": scheme, "__init__": lambda self, *a, n=name: Server.__init__(self, *a, cert=n)})
            refused(kind, RETRY_CONFIG, "certificate")


def test_old_tls():
    if shutil.which("gnutls-serv") is None:
        raise tap.Skip("gnutls-serv (gnutls-bin) is not installed")
    import dovecot
    port = dovecot.free_port()
    serv = subprocess.Popen(["gnutls-serv", "--echo", "-p", str(port), "--x509certfile", f"{CA}/good.crt", "--x509keyfile", f"{CA}/good.key",
                             "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    try:
        time.sleep(0.5)
        with Fetcher(configure(f"imaps://127.0.0.1:{port}/")) as f:
            record = f.failure()
            check("TLS" in record.words, record.words)
    finally:
        serv.terminate()
        said = serv.communicate()[0]
    check(PASSWORD.encode() not in said, "the credential left")


def test_garbage_greetings():
    for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\1\2\3\r\n", b"* BYE go away\r\n", b"x" * 100000, b"* OK " + b"y" * 50000 + b"\r\n",
                     b"\r\n"):
        class Garbage(Server):
            def greeting(self):
                self.send(greeting)
                self.wait_for_ever()
        refused(Garbage, RETRY_SOON)


def test_busy():
    class Busy(Server):
        def greeting(self):
            self.send("* BYE [UNAVAILABLE] too many\r\n")
            raise HangUp
    refused(Busy, RETRY_LATER)


EXCHANGE = "Request is throttled. Suggested Backoff Time: 299961 milliseconds"


def test_throttled():
    """At the greeting, at the login, at a command; in RFC 5530's words, Gmail's and Exchange's, who says for how long."""
    def at(stage, answer):
        def says(self, tag="*", args=""):
            self.send(f"{tag} {answer}\r\n")
            if tag == "*":
                raise HangUp
        return type("Throttled", (Server,), {stage: says})
    for words in ("BYE [THROTTLED] slower", "BYE [LIMIT] too many", f"BYE {EXCHANGE}", "BYE Too many simultaneous connections. (Failure)"):
        refused(at("greeting", words), RETRY_LATER)
    for words in ("NO [THROTTLED] slower", "NO [LIMIT] too many", "NO [INUSE] locked", f"NO {EXCHANGE}", f"BAD {EXCHANGE}"):
        for stage in ("do_login", "do_examine", "do_uid_search"):
            kind = at(stage, words)
            with kind(CA, MAILS) as s, start(s) as f:
                if stage == "do_uid_search":
                    f.begin()
                record = f.failure(10)
                equal(record.code, RETRY_LATER, f"{stage} {words}: {record.words}")
                equal(record.uidnext, 300 if "Suggested" in words else 0, f"{stage} {words}: seconds")
    equal(refused(at("do_examine", f"BAD {EXCHANGE.replace('299961', '9' * 30)}"), RETRY_LATER, silent=False).uidnext, 86400, "nobody waits for ever")


def test_greeting_that_crashes_libetpan():
    """libetpan never sees a greeting: what follows is an ordinary session."""
    class Evil(Server):
        def greeting(self):
            self.send("* OK [PERMANENTFLAGS (\x01)] hello\r\n")
    with Evil(CA, MAILS) as server, start(server) as f:
        f.begin()
        equal(len(f.round()), len(MAILS), "mails")


def hasty(server):
    """A build with 30 times less patience, so that the tests need not wait for minutes; all else is the same."""
    return Fetcher(configure(server.url()), program="hoering-fetch-hasty")


def silent_at(stage, after_select=False):
    def silent(self, *_):
        self.wait_for_ever()
    with type("Silent", (Server,), {stage: silent})(CA, MAILS) as server, hasty(server) as f:
        started = time.monotonic()
        if after_select:
            f.begin()
        record = f.failure(20)
        equal(record.code, RETRY_SOON, stage)
        check("slow" in record.words, f"{stage}: {record.words}")
        check(time.monotonic() - started < 15, f"{stage} took too long")


def test_silent_after_connect():
    silent_at("conversation")


def test_silent_greeting():
    silent_at("greeting")


def test_silent_capability():
    silent_at("do_capability")


def test_silent_login():
    silent_at("do_login")


def test_silent_examine():
    silent_at("do_examine")


def test_silent_search():
    silent_at("do_uid_search", after_select=True)


def test_silent_fetch():
    silent_at("do_uid_fetch", after_select=True)


def test_one_byte_at_a_time():
    class Trickle(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{100000}}\r\n")
            while True:
                self.send("x")
                time.sleep(0.05)
    with Trickle(CA, {1: b"x" * 100000}) as server, hasty(server) as f:
        f.begin()
        record = f.failure(30)
        check("slow" in record.words, record.words)


# login

def test_login_disabled():
    class Disabled(Server):
        capabilities = "IMAP4rev1 LOGINDISABLED"
    refused(Disabled, RETRY_CONFIG, "does not allow passwords")


def test_login_refused_without_echo():
    class Echo(Server):
        def do_login(self, tag, args):
            self.send(f"{tag} NO [AUTHENTICATIONFAILED] I know that {args} is wrong\r\n")
    record = refused(Echo, RETRY_CONFIG, silent=False)
    check(PASSWORD not in record.words, record.words)

    class Later(Server):
        def do_login(self, tag, args):
            self.send(f"{tag} NO [UNAVAILABLE] directory down\r\n")
    refused(Later, RETRY_LATER, silent=False)


class Xoauth2(Server):
    capabilities = "IMAP4rev1 AUTH=XOAUTH2 SASL-IR"
    accept = True

    def do_authenticate(self, tag, args):
        self.token = base64.b64decode(args.split(" ")[1])
        if self.accept:
            return self.ok(tag)
        self.send("+ " + base64.b64encode(b'{"status":"401"}').decode() + "\r\n")
        self.line()
        self.send(f"{tag} NO failed\r\n")


def test_xoauth2():
    xoauth2("eyJ" + "x" * 3000)


def test_xoauth2_short_token():
    """Its copies are small blocks, which the allocator keeps apart."""
    for n in (20, 60, 200, 600, 1000):
        xoauth2("kortlivet-" + "abcdefghij" * (n // 10))


def xoauth2(token):
    with open(f"{work}/token", "w") as out:
        out.write(token)
    with Xoauth2(CA, MAILS) as server, start(server, auth="xoauth2", token_command=f"cat {work}/token") as f:
        f.begin()
        equal(len(f.round()), len(MAILS), "mails")
        equal(server.token, b"user=aar\1auth=Bearer " + token.encode() + b"\1\1", "what the server was told")
        if tap.sanitized():
            return      # it keeps what is freed, to tell who uses it
        try:
            maps, memory = open(f"/proc/{f.pid}/maps").read().splitlines(), open(f"/proc/{f.pid}/mem", "rb", 0)
        except PermissionError:
            return
        for line in maps:
            start_, end = (int(x, 16) for x in line.split()[0].split("-"))
            if "rw" in line.split()[1] and end - start_ < 1 << 30:
                content = os.pread(memory.fileno(), end - start_, start_)
                for form in (token.encode(), server.token, base64.b64encode(server.token)):
                    check(form not in content, f"the token is still in memory: {line}")


def test_xoauth2_refused():
    kind = type("Refusing", (Xoauth2,), {"accept": False})
    refused(kind, RETRY_LATER, silent=False, auth="xoauth2", token_command="echo abc")


# the folder

def test_no_uidvalidity():
    class None_(Server):
        def do_examine(self, tag, args):
            self.send("* 1 EXISTS\r\n")
            self.ok(tag)
    refused(None_, RETRY_CONFIG, "UIDVALIDITY", silent=False)


def test_after_that_cannot_be():
    refused(type("NoKeyword", (Server,), {"permanent": "\\Seen"}), RETRY_CONFIG, "keyword", silent=False, after="keyword")
    refused(type("NoMove", (Server,), {"capabilities": "IMAP4rev1"}), RETRY_CONFIG, "MOVE", silent=False, after="move:X")

    class ReadOnly(Server):
        def do_select(self, tag, args):
            self.send("* 0 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n")
            self.ok(tag, "[READ-ONLY] done")
    refused(ReadOnly, RETRY_CONFIG, "read-only", silent=False, after="keyword")


def test_crashes_of_libetpan_cost_the_process():
    class Evil(Server):
        def do_examine(self, tag, args):
            self.send("* OK [PERMANENTFLAGS (\x01)] x\r\n")
            self.ok(tag)
    with Evil(CA, MAILS) as server, start(server) as f:
        while (record := f.next(10)) is not None:
            equal(record.kind, FAILED, "record")
        f.wait()


def test_shows_none():
    class None_(Server):
        def do_uid_search(self, tag, args):
            self.send("* SEARCH\r\n")
            self.ok(tag)
    with None_(CA, MAILS) as server, start(server) as f:
        f.begin()
        check("shows none" in f.failure().words, "words")


# fetching

def in_round(kind, words, code=RETRY_SOON, mails=MAILS, seconds=20):
    """The round ends in FAILED; what was told before it is a run of UIDs from the first."""
    with kind(CA, mails) as server, start(server) as f:
        f.begin()
        told = []
        while (record := f.next(seconds)) is not None and record.kind == MAIL:
            told.append((record.uid, f.content(record)))
            f.send(ARCHIVED, uid=record.uid, uidvalidity=f.uidvalidity)
        check(record is not None, f"ended with {f.wait()} and no word")
        equal(record.kind, FAILED, "record")
        check(words in record.words, record.words)
        equal(record.code, code, "retry class")
        uids = sorted(mails)
        equal([u for u, _ in told], uids[:len(told)], "told before")
        check(all(c == mails[u] for u, c in told), "bytes")
        return told


def test_never_delivered():
    class Withheld(Server):
        def send_body(self, number, uid):
            if uid != 4:
                Server.send_body(self, number, uid)
    equal(len(in_round(Withheld, "UID 4")), 3, "told before the mail that does not come")


def test_nil_is_not_delivered():
    class Nil(Server):
        def send_body(self, number, uid):
            if uid != 4:
                return Server.send_body(self, number, uid)
            self.send(f"* {number} FETCH (UID {uid} BODY[] NIL)\r\n")
    equal(len(in_round(Nil, "UID 4")), 3, "told")


def test_empty_mail():
    mails = {1: b"", 2: b"Subject: x\r\n\r\n"}
    with Server(CA, mails) as server, start(server) as f:
        f.begin()
        equal([c for _, c in f.round()], [b"", mails[2]], "bytes")


def test_delivered_when_asked_again():
    class Hiccup(Server):
        asked = 0
        def send_body(self, number, uid):
            self.asked += 1
            if not (uid == 4 and self.asked <= 10):
                Server.send_body(self, number, uid)
    with Hiccup(CA, MAILS) as server, start(server) as f:
        f.begin()
        got = f.round()
        equal([r.uid for r, _ in got], sorted(MAILS), "in order all the same")
        check(all(c == MAILS[r.uid] for r, c in got), "bytes")


def test_no_after_some():
    """A tagged NO that libetpan hides: the two that came are kept, the others asked again."""
    class No(Server):
        rounds = 0
        def do_uid_fetch(self, tag, args):
            if "BODY" not in args:
                return Server.do_uid_fetch(self, tag, args)
            self.rounds += 1
            wanted = self.wanted(args)
            for uid in wanted[:2] if self.rounds == 1 else wanted:
                self.send_body(uid, uid)
            self.send(f"{tag} {'NO some could not be read' if self.rounds == 1 else 'OK done'}\r\n")
    with No(CA, MAILS) as server, start(server) as f:
        f.begin()
        equal([r.uid for r, _ in f.round()], sorted(MAILS), "UIDs")


def test_vanished():
    class Expunged(Server):
        def do_uid_fetch(self, tag, args):
            if "BODY" in args:
                self.mails.pop(4, None)
            Server.do_uid_fetch(self, tag, args)
    with Expunged(CA, MAILS) as server, start(server) as f:
        f.begin()
        got = f.round()
        equal([(r.kind, r.uid) for r, _ in got], [(EXCLUDED if u == 4 else MAIL, u) for u in sorted(MAILS)], "records")
        equal(got[3][0].words, "vanished", "reason")


def test_out_of_order():
    class Backwards(Server):
        def do_uid_fetch(self, tag, args):
            for uid in reversed(self.wanted(args)):
                (self.send_body if "BODY" in args else self.send_facts)(uid, uid)
            self.ok(tag)
    with Backwards(CA, MAILS) as server, start(server) as f:
        f.begin()
        got = f.round()
        equal([r.uid for r, _ in got], sorted(MAILS), "told in order")
        check(all(c == MAILS[r.uid] for r, c in got), "bytes")


def test_twice_and_never_asked_for():
    class Twice(Server):
        def send_body(self, number, uid):
            Server.send_body(self, number, uid)
            if uid == 4:
                Server.send_body(self, number, uid)
    in_round(Twice, "twice")

    class Unasked(Server):
        def send_body(self, number, uid):
            Server.send_body(self, number, uid)
            if uid == 4:
                self.send("* 99 FETCH (UID 4711 BODY[] {5}\r\nhallo)\r\n")
    in_round(Unasked, "nobody asked for")

    class Wrapped(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid + (1 << 32)}0 BODY[] {{5}}\r\nhallo)\r\n")
    in_round(Wrapped, "")

    class NoUid(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (BODY[] {{5}}\r\nhallo)\r\n")
    in_round(NoUid, "nobody asked for")

    class TwoBodies(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{5}}\r\nhallo BODY[] {{5}}\r\nhallo)\r\n")
    in_round(TwoBodies, "nobody asked for")

    class OtherPart(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[TEXT] {{5}}\r\nhallo)\r\n")
    in_round(OtherPart, "nobody asked for")

    class FactsUnasked(Server):
        def send_facts(self, number, uid):
            self.send(f'* {number} FETCH (UID {uid + 100} INTERNALDATE "01-Jun-2022 12:00:00 +0200" RFC822.SIZE 5)\r\n')
    in_round(FactsUnasked, "nobody asked for")


def test_flags_may_come_unasked():
    class Chatty(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (FLAGS (\\Seen))\r\n* 10 EXISTS\r\n* 0 RECENT\r\n")
            Server.send_body(self, number, uid)
            self.send(f"* {number} FETCH (UID {uid} FLAGS (\\Seen))\r\n")
    with Chatty(CA, MAILS) as server, start(server) as f:
        f.begin()
        equal([c for _, c in f.round()], [MAILS[u] for u in sorted(MAILS)], "bytes")


def test_quoted_bodies():
    class Quoted(Server):
        def send_body(self, number, uid):
            text = self.mails[uid].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            self.send(f"* {number} FETCH (UID {uid} BODY[] \"".encode() + text + b'")\r\n')
    mails = {1: b'Subject: "quoted" \\ text', 2: b"Subject: x"}
    with Quoted(CA, mails) as server, start(server) as f:
        f.begin()
        equal([c for _, c in f.round()], [mails[1], mails[2]], "bytes")


def test_sizes_that_lie():
    class Small(Server):
        def send_facts(self, number, uid):
            self.send(f'* {number} FETCH (UID {uid} INTERNALDATE "01-Jun-2022 12:00:00 +0200" RFC822.SIZE 1)\r\n')
    mails = {n: b"Subject: x\r\n\r\n" + b"y" * (3 << 20) for n in range(1, 40)}
    with Small(CA, mails) as server, start(server) as f:
        f.begin()
        got = f.round(60)
        equal([len(c) for _, c in got], [len(m) for m in mails.values()], "sizes")

    class TooLarge(Server):
        def send_facts(self, number, uid):
            self.send(f'* {number} FETCH (UID {uid} INTERNALDATE "01-Jun-2022 12:00:00 +0200" RFC822.SIZE 4000000000)\r\n')
    with TooLarge(CA, MAILS) as server, start(server) as f:
        f.begin()
        equal({r.words for r, _ in f.round()}, {"too-large"}, "excluded")


def test_larger_than_it_said():
    class Surprise(Server):
        def send_body(self, number, uid):
            if uid != 2:
                return Server.send_body(self, number, uid)
            n = 201 << 20
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{{n}}}\r\n")
            for _ in range(201):
                self.send(b"z" * (1 << 20))
            self.send(")\r\n")
    with Surprise(CA, {u: MAILS[u] for u in (1, 2, 3)}) as server, start(server) as f:
        f.begin()
        got = f.round(120)
        equal([(r.kind, r.uid, r.words) for r, _ in got], [(MAIL, 1, ""), (EXCLUDED, 2, "too-large"), (MAIL, 3, "")], "records")


def test_literals_that_lie():
    class Endless(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{4294967295}}\r\n")
            while True:
                self.send(b"z" * (1 << 20))
    with Endless(CA, {1: b"x"}) as server, start(server) as f:
        f.begin()
        check("more than any honest" in f.failure(120).words, "words")

    class Short(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{1000}}\r\nnot a thousand bytes")
            raise HangUp
    in_round(Short, "closed")

    class Wrapped(Server):
        def send_body(self, number, uid):
            self.send(f"* {number} FETCH (UID {uid} BODY[] {{4294967299}}\r\nabcdefg)\r\n")
    in_round(Wrapped, "")


def test_floods():
    class Lines(Server):
        def do_uid_search(self, tag, args):
            while True:
                self.send(b"* OK nothing new\r\n" * 1000)
    in_round(Lines, "more than any honest")

    class OneLine(Server):
        def do_uid_search(self, tag, args):
            while True:
                self.send(b"x" * 65536)
    in_round(OneLine, "")


def test_bye_and_garbage():
    class Bye(Server):
        def do_uid_fetch(self, tag, args):
            self.send("* BYE [UNAVAILABLE] maintenance\r\n")
            raise HangUp
    with Bye(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.failure()

    class Garbage(Server):
        def do_uid_search(self, tag, args):
            self.send(bytes(range(256)) * 4 + b"\r\n")
            self.wait_for_ever()
    in_round(Garbage, "")

    class WrongTag(Server):
        def do_uid_search(self, tag, args):
            self.send("* SEARCH 1 2\r\nA999 OK done\r\n")
    in_round(WrongTag, "")


def test_words_are_harmless():
    class Terminal(Server):
        def do_examine(self, tag, args):
            self.send(f"{tag} NO \x1b[2J\x07 rm -rf \xe6\r\n".encode("latin-1"))
    record = refused(Terminal, RETRY_CONFIG, silent=False)
    check(all(0x20 <= ord(c) < 0x7f for c in record.words), record.words)


# waiting

def test_line_before_go_ahead():
    """libetpan hangs on this; our IDLE does not."""
    class Early(Server):
        def do_idle(self, tag, args):
            self.mails[11] = b"Subject: new\r\n\r\n"
            self.send("* 11 EXISTS\r\n+ idling\r\n")
            self.line()
            self.ok(tag)
            self.do_idle = lambda t, a: Server.do_idle(self, t, a)
    with Early(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.round()
        equal([r.uid for r, _ in f.round(5)], [11], "the new mail")


def test_news_in_one_packet():
    class Packed(Server):
        def do_idle(self, tag, args):
            self.mails[11] = b"Subject: new\r\n\r\n"
            self.send("+ idling\r\n* 11 EXISTS\r\n* 1 RECENT\r\n")
            self.line()
            self.ok(tag)
            self.do_idle = lambda t, a: Server.do_idle(self, t, a)
    with Packed(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.round()
        equal([r.uid for r, _ in f.round(5)], [11], "the new mail")


def test_idle_refused():
    class Refused(Server):
        def do_idle(self, tag, args):
            self.send(f"{tag} NO not for you\r\n")
    with Refused(CA, MAILS) as server, start(server, poll="1s") as f:
        f.begin()
        f.round()
        server.mails[11] = b"Subject: new\r\n\r\n"
        equal([r.uid for r, _ in f.round(5)], [11], "polled instead")
        equal(f.quit(), 0, "exit status")


def test_hangs_up_while_idle():
    class Gone(Server):
        def idling(self):
            raise HangUp
    with Gone(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.round()
        equal(f.failure(5).code, RETRY_SOON, "retry class")

    class Bye(Server):
        def idling(self):
            self.send("* BYE Autologout\r\n")
            self.wait_for_ever()
    with Bye(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.round()
        check("Autologout" in f.failure(5).words, "words")


def test_idle_is_renewed():
    class Counting(Server):
        idles = 0
        def idling(self):
            self.idles += 1
    with Counting(CA, MAILS) as server, hasty(server) as f:     # nine minutes are 18 seconds
        f.begin()
        f.round()
        tap.wait_until(lambda: server.idles >= 2, 25, "a second IDLE")
        equal(f.quit(), 0, "exit status")


# settling

def test_settle_refused_is_told():
    class NoStore(Server):
        def do_uid_store(self, tag, args):
            self.send(f"{tag} NO read-only today\r\n")
    with NoStore(CA, MAILS) as server, start(server, after="keyword") as f:
        f.begin()
        f.round()
        f.send(SETTLE, uid=3, uidvalidity=f.uidvalidity)
        record = f.expect(SETTLED)
        equal((record.uid, record.code), (3, 1), "settled")
        check("read-only today" in record.words, record.words)
        equal(f.quit(), 0, "and it goes on")


def test_after_leave_changes_nothing():
    with Server(CA, MAILS) as server, start(server) as f:
        f.begin()
        f.round()
        f.send(SETTLE, uid=3, uidvalidity=f.uidvalidity)
        equal(f.expect(SETTLED).code, 0, "settled")
        f.quit()
        for command in (b"STORE", b"MOVE", b"COPY", b"EXPUNGE", b"SELECT", b"BODY["):
            check(command not in server.said, f"{command} was sent")
        check(b"EXAMINE" in server.said and b"BODY.PEEK[]" in server.said, "EXAMINE and BODY.PEEK[]")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    if shutil.which("certtool") is None:
        print("skip hostile: certtool (gnutls-bin) is not installed")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-hostile-")
    CA = f"{work}/certs"
    try:
        certs.make(CA)
        tap.run(TESTS, patient=[t for t in TESTS if "silent" in t.__name__ or "one_byte" in t.__name__ or "renewed" in t.__name__])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
