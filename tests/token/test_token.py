#!/usr/bin/env python3
"""hoering-token against a real token endpoint over TLS: every flow, every refusal, and that no refresh token is ever lost."""
import base64
import email.utils
import html
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certs
import endpoint
import tap
from endpoint import Endpoint, Refused
from tap import check, equal

CA = None
work = None
SECRET = "klient-hemmelig ~æ&=+%"


class Account:
    """One account's files in a folder of their own."""
    def __init__(self, server, flow="client_credentials", ca=None, **keys):
        self.folder = tempfile.mkdtemp(dir=work)
        self.server = server
        self.store = f"{self.folder}/store/konto"
        given = dict(flow=flow, client_id="klient", token_endpoint=server.url(), tls_ca_file=ca or f"{CA}/ca.crt", store=self.store,
                     scope="mail offline_access")
        if flow == "device_code":
            given["device_endpoint"] = server.url("/device")
            server.clients.setdefault("klient", "public")
        elif not any(k.startswith(("key_", "client_secret")) for k in keys):
            server.clients["klient"] = SECRET
            given["client_secret_file"] = self.file("secret", SECRET + "\nsecond line\n")
        given.update(keys)
        self.write("".join(f"{k} = {json.dumps(v, ensure_ascii=False)};\n" for k, v in given.items()))

    def file(self, name, content, mode=0o600):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as f:
            f.write(content)
        os.chmod(f"{self.folder}/{name}", mode)
        return f"{self.folder}/{name}"

    def write(self, text):
        self.file("konto.conf", text, 0o644)

    def command(self, *options, program="hoering-token"):
        return [tap.program(program), "-d", self.folder, *options, "konto"]

    def run(self, *options, program="hoering-token", env=None):
        return subprocess.run(self.command(*options, program=program), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, **(env or {})))

    def start(self, *options, program="hoering-token", env=None):
        return subprocess.Popen(self.command(*options, program=program), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=dict(os.environ, **(env or {})))

    def token(self, *options, **keys):
        r = self.run(*options, **keys)
        equal(r.returncode, 0, f"exit status ({r.stderr.strip()})")
        equal(r.stderr, "", "stderr")
        return r.stdout.removesuffix("\n")

    def fails(self, status, *words, **keys):
        r = self.run(**keys)
        equal(r.returncode, status, f"exit status ({r.stderr.strip()})")
        equal(r.stdout, "", "stdout")
        for w in words:
            check(w in r.stderr, f"{w!r} is not in {r.stderr!r}")
        check("hemmelig" not in r.stderr, f"a secret in {r.stderr!r}")
        return r.stderr

    def saved(self):
        with open(self.store) as f:
            return json.loads(f.read().rstrip("\0"))     # a file that was recovered may still have the room it had taken

    def change(self, **keys):
        """As if time had passed."""
        s = dict(self.saved(), **keys)
        with open(self.store, "w") as f:
            json.dump(s, f)

    def expire(self):
        self.change(obtained_at=int(time.time()) - 3600, expires_at=int(time.time()) - 1)

    def sign_in(self):
        """A person has: the store holds a refresh token that the server knows."""
        os.makedirs(os.path.dirname(self.store), 0o700, exist_ok=True)
        token = self.server.new_refresh("klient")
        with open(self.store, "w") as f:
            json.dump({"version": 1, "endpoint": self.server.url(), "client_id": "klient", "scope": "mail offline_access",
                       "obtained_at": 0, "expires_at": 0, "wait_until": 0, "access_token": "", "refresh_token": token}, f)
        os.chmod(self.store, 0o600)
        return token


def server(**keys):
    s = Endpoint(CA)
    for k, v in keys.items():
        setattr(s, k, v)
    return s


# client credentials

def test_client_secret():
    with server() as s:
        a = Account(s)
        token = a.token()
        equal(s.access.get(token), s.user, "the token's user")
        form = s.asked[0][2]
        equal(form, {"grant_type": "client_credentials", "scope": "mail offline_access", "client_id": "klient", "client_secret": SECRET},
              "what was asked")
        equal([a.token() for _ in range(5)], [token] * 5, "the token is remembered")
        equal(len(s.asked), 1, "questions")
        check(a.token("--renew") != token and len(s.asked) == 2, "--renew asks")
        equal(oct(os.stat(a.store).st_mode & 0o7777), "0o600", "mode of the store")
        r = a.run("--check")
        check(r.returncode == 0 and "good until 20" in r.stdout and "hemmelig" not in r.stdout + r.stderr, r.stdout + r.stderr)


def test_secret_as_credential():
    with server() as s:
        a = Account(s, client_secret_credential="graph")
        s.clients["klient"] = SECRET
        a.file("graph", SECRET)
        check(a.token(env={"CREDENTIALS_DIRECTORY": a.folder}) in s.access, "token")
        a.expire()
        a.fails(78, "CREDENTIALS_DIRECTORY is not set")


def test_wrong_secret():
    with server() as s:
        a = Account(s)
        s.clients["klient"] = "another"
        a.fails(78, "invalid_client", "wrong secret")


def test_certificate():
    crt, key = endpoint.make_client_certificate(work, "klient")
    other, _ = endpoint.make_client_certificate(work, "andre")
    with server() as s:
        s.clients["klient"] = crt
        for kind in ("PS256", "RS256"):
            a = Account(s, key_file=key, certificate_file=crt, assertion=kind)
            check(a.token() in s.access, kind)
            check("client_secret" not in s.asked[-1][2], "no secret is sent")
            a.token("--renew")      # another assertion: the server takes each once
        Account(s, key_file=key, certificate_file=other).fails(78, "belongs to another key")
        Account(s, key_file=crt, certificate_file=crt).fails(78, "others can read it")
        Account(s, key_file=f"{CA}/ca.key", certificate_file=crt).fails(78)      # an elliptic curve
        os.chmod(key, 0o640)
        Account(s, key_file=key, certificate_file=crt).fails(78, "others can read it")
        os.chmod(key, 0o600)
        s.clients["klient"] = other
        Account(s, key_file=key, certificate_file=crt).fails(78, "invalid_client", "x5t")


def test_renewed_before_expiry():
    with server() as s:
        a = Account(s)
        token, now = a.token(), int(time.time())
        a.change(obtained_at=now - 3000, expires_at=now + 600)
        equal(a.token(), token, "ten minutes are enough")
        a.change(obtained_at=now - 3400, expires_at=now + 200)
        check(a.token() != token, "three are not")
        token = a.token()
        a.change(obtained_at=now - 90, expires_at=now + 30)
        equal(a.token(), token, "of a token for two minutes, half a minute is enough")
        a.change(obtained_at=now + 7200, expires_at=now + 10800)
        check(a.token() != token, "a clock that was set back")


def test_answers_that_differ():
    """Lifetimes as text or not told at all, token types in any case."""
    with server() as s:
        a = Account(s)
        for more, life in (({"expires_in": "600"}, 600), ({}, 300), ({"expires_in": 1e12}, 86400), ({"expires_in": -5}, 300),
                           ({"expires_in": 599.9}, 599), ({"expires_in": None}, 300)):
            s.script.append(lambda h, f, m=more: h.answer(200, dict({"access_token": "abc", "token_type": "bEARER"}, **m)))
            equal(a.token("--renew"), "abc", "token")
            saved = a.saved()
            equal(saved["expires_at"] - saved["obtained_at"], life, f"lifetime of {more}")


# refresh tokens

def test_rotation():
    with server() as s:
        a = Account(s, "device_code")
        a.fails(78, "--login konto")
        first = a.sign_in()
        seen = {first}
        for _ in range(10):
            token = a.token()
            equal(s.access.get(token), s.user, "token")
            seen.add(a.saved()["refresh_token"])
            a.expire()
        equal(len(seen), 11, "each refresh token is used once")
        equal([f["refresh_token"] for _, _, f in s.asked][0], first, "the first")
        s.rotation = "none"
        kept = a.saved()["refresh_token"]
        a.token()
        equal(a.saved()["refresh_token"], kept, "no new one: the old one stays")
        a.expire()
        for entry in s.refresh.values():
            entry["state"] = "void"
        a.fails(78, "sign in again (hoering-token --login konto)", "invalid_grant")
        equal(a.saved()["refresh_token"], kept, "what was refused is still there to be looked at")


def test_processes_at_once():
    """The server would void the whole family if a refresh token came twice."""
    with server() as s:
        a = Account(s, "device_code")
        a.sign_in()
        for _ in range(3):
            n = len(s.asked)
            several = [a.start() for _ in range(8)]
            out = [p.communicate(timeout=60) for p in several]
            equal([p.returncode for p in several], [0] * 8, f"exit statuses {out}")
            equal(len({o for o, _ in out}), 1, "tokens")
            equal(len(s.asked) - n, 1, "questions")
            a.expire()


def test_lock_is_waited_for_not_for_ever():
    with server() as s:
        a = Account(s)
        s.script.append(lambda h, f: time.sleep(4))
        slow = a.start()
        tap.wait_until(lambda: s.asked, 10, "the first asks")
        a.fails(75, "another hoering-token", program="hoering-token-hasty")
        slow.kill()
        slow.communicate()
        check(a.token() in s.access, "the lock ended with the process")


def cut_steps(a):
    path = f"{a.folder}/steps"
    check(a.token(program="hoering-token-cut", env={"CUT_COUNT": path}) in a.server.access, "token")
    with open(path) as f:
        return f.read().splitlines()


def test_killed_at_each_step():
    """With a server that lets the old refresh token be until the new one is used, none is ever lost; with one that does not, only
    before the first byte could be written."""
    with server() as s:
        a = Account(s, "device_code")
        a.sign_in()
        steps = cut_steps(a)
        check([w for w in steps if w.startswith("before")] ==
              ["before open", "before open", "before open", "before open", "before fallocate", "before write", "before truncate", "before fsync",
               "before rename", "before fsync"], f"the steps are {steps}")
        written = steps.index("after write") + 1
        for rotation in ("grace", "strict"):
            for n in range(1, len(steps) + 1):
                s.rotation = rotation
                a = Account(s, "device_code")
                a.sign_in()
                p = a.run(program="hoering-token-cut", env={"CUT": str(n)})
                equal(p.returncode, -signal.SIGKILL, f"step {n}")
                equal(p.stdout, "", "no token is given out before it is safe")
                asked = s.asked[-1][2].get("refresh_token")
                if rotation == "strict" and "before fallocate" in steps[:n - 1] and steps.index("after fallocate") + 1 < n < written:
                    a.fails(78, "sign in again")
                    continue
                for _ in range(3):
                    check(a.token() in s.access, f"step {n} ({steps[n - 1]}, {rotation}): the refresh token is lost; last asked with {asked}")
                    a.expire()
                equal(sorted(os.listdir(os.path.dirname(a.store))), ["konto", "konto.lock"], "nothing is left behind")


def test_killed_while_recovering():
    """The next file is there, whole; and again it is killed at each step of putting it in place."""
    with server() as s:
        a = Account(s, "device_code")
        a.sign_in()
        steps = cut_steps(a)
        for n in range(1, 9):
            a = Account(s, "device_code")
            a.sign_in()
            a.run(program="hoering-token-cut", env={"CUT": str(steps.index("after write") + 1)})
            check(os.path.exists(a.store + ".new"), "the next file")
            a.run(program="hoering-token-cut", env={"CUT": str(n)})
            check(a.token() in s.access, f"step {n}")


def test_no_room_on_the_disk():
    """Found out before the server is asked: it would give up the old refresh token for nothing."""
    with server() as s:
        a = Account(s, "device_code")
        before = a.sign_in()
        r = subprocess.run(["bash", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "-", *a.command()], capture_output=True, text=True)
        equal((r.returncode, r.stdout), (75, ""), f"exit status ({r.stderr})")
        check("no room" in r.stderr and "not asked" in r.stderr, r.stderr)
        equal(s.asked, [], "questions")
        equal(a.saved()["refresh_token"], before, "refresh token")
        check(a.token() in s.access, "and then it goes on")


def test_store_of_others():
    with server() as s:
        a = Account(s, "device_code")
        a.sign_in()
        os.chmod(a.store, 0o640)
        a.fails(78, "others can read it")
        os.chmod(a.store, 0o600)
        os.chmod(os.path.dirname(a.store), 0o770)
        a.fails(78, "others can write")
        os.chmod(os.path.dirname(a.store), 0o700)
        with open(a.store, "r+") as f:
            f.truncate(50)
        a.fails(78, "is damaged", "--login konto")
        equal(s.asked, [], "questions")
        os.rename(a.store, a.store + "x")
        os.symlink(a.store + "x", a.store)
        a.fails(78)
        b = Account(s)
        b.token()
        with open(b.store, "w") as f:
            f.write("{")
        check(b.token() in s.access, "a damaged store without a refresh token is made anew")


def test_store_of_another_client():
    with server() as s:
        a = Account(s, "device_code")
        a.sign_in()
        a.token()
        asked = len(s.asked)
        a.change(client_id="en annen")
        a.fails(78, "sign-in of another client")
        r = a.run("--login")
        check(a.saved()["client_id"] == "en annen" and len(s.asked) == asked and r.returncode == 78, "nor does a new sign-in overwrite it")
        b = Account(s)
        b.token()
        b.change(client_id="en annen")
        check(b.token() in s.access, "what can be had again is")
        s.clients["klient"] = "public"
        a.change(client_id="klient", scope="another")
        check(a.saved()["access_token"] != a.token(), "another scope needs another token")


# the device flow

def test_login():
    with server() as s:
        a = Account(s, "device_code")
        p = a.start("--login")
        tap.wait_until(lambda: len([1 for _, path, _ in s.asked if path == "/token"]) >= 2, 20, "two questions")
        check(not os.path.exists(a.store), "nothing is stored yet")
        with s.lock:
            for d in s.devices.values():
                d["last"] = time.monotonic() + 0.5      # the next comes too early: slow_down
        tap.wait_until(lambda: any(d["interval"] > 1 for d in s.devices.values()), 20, "slow_down")
        slowed = time.monotonic()
        s.approve()
        out, err = p.communicate(timeout=60)
        equal((p.returncode, err), (0, ""), out)
        check(s.url("/activate") in out and "WDJB-MJHT" in out and "Signed in" in out and "hemmelig" not in out, out)
        check(time.monotonic() - slowed >= 5, "slow_down means five seconds more")
        polls = [t for t, path, _ in s.asked if path == "/token"]
        check(all(b - a >= 0.99 for a, b in zip(polls, polls[1:])), f"questions came too soon: {polls}")
        equal(set(s.asked[0][2]), {"client_id", "scope"}, "what the device endpoint was asked")
        check(a.token() in s.access, "token")
        a.expire()
        check(a.token() in s.access, "refreshed")


def test_login_refused():
    with server() as s:
        for error, words in (("access_denied", "access_denied"), ("expired_token", "expired_token"), ("invalid_scope", "invalid_scope")):
            def no(h, form, e=error):
                raise Refused(400, e, "nei", ())
            s.script = [lambda h, f: h.answer(200, s.device(f)), no]
            a = Account(s, "device_code")
            r = a.run("--login")
            check(r.returncode == 78 and words in r.stderr, r.stderr)
            check(not os.path.exists(a.store), "store")
        s.script = [lambda h, f: h.answer(200, s.device(f)), lambda h, f: h.answer(200, s.new_access())]
        r = Account(s, "device_code").run("--login")
        check(r.returncode == 78 and "offline_access" in r.stderr, r.stderr)
        s.script = [lambda h, f: h.answer(200, {"device_code": "x", "user_code": "a\x1b[31m", "verification_uri": "https://x/"})]
        r = Account(s, "device_code").run("--login")
        check(r.returncode == 75 and "\x1b" not in r.stdout + r.stderr, r.stderr)
        s.script = [lambda h, f: h.answer(200, dict(s.device(f), expires_in=0))]
        r = Account(s, "device_code").run("--login")
        check(r.returncode == 78 and "in time" in r.stderr, r.stderr)
        r = Account(s).run("--login")
        check(r.returncode == 78 and "client_credentials" in r.stderr, r.stderr)


# servers that are busy, sick or hostile

def test_retry_after():
    with server() as s:
        a = Account(s)
        for value in ("1800", email.utils.formatdate(time.time() + 1800, usegmt=True)):
            for status in (429, 503):
                s.script = [lambda h, f, v=value, c=status: h.answer(c, {"error": "throttled"}, (("Retry-After", v),))]
                a.fails(75, "throttled")
                n = len(s.asked)
                a.fails(75, "not to be asked again")
                equal(len(s.asked), n, "questions while waiting")
                check(1700 < a.saved()["wait_until"] - time.time() <= 1800, "wait_until")
                a.change(wait_until=int(time.time()) - 1)
                token = a.token()
                equal(len(s.asked), n + 1, "then it is asked")
                a.change(access_token="")
        s.script = [lambda h, f: h.answer(429, b"", (("Retry-After", "99999999999"),))]
        a.fails(75)
        check(a.saved()["wait_until"] - time.time() <= 3600, "nobody is sent away for years")
        now = int(time.time())
        a.change(access_token=token, obtained_at=now - 3500, expires_at=now + 100)
        equal(a.token(), token, "while the server is busy, the old one does as long as it is good")
        a.change(wait_until=0)
        s.script = [lambda h, f: h.answer(500, b"<html>")]
        equal(a.token(), token, "and when it is sick")
        check(a.saved()["wait_until"] > now, "a sick server is left alone for a while")


def test_words_of_the_server():
    with server() as s:
        a = Account(s)
        s.script = [lambda h, f: h.answer(400, {"error": "invalid_\x1b[31mscope", "error_description": "æ\x07\nnext" + "y" * 5000})]
        said = a.fails(78, "\\x1b[31m")
        check(said.isascii() and said.count("\n") == 1 and len(said) < 600, said)
        s.script = [lambda h, f: h.answer(400, {"error": "invalid_client", "error_description": f"not {f['client_secret']}!"})]
        a.fails(78, "repeats a secret")
        # And in each form in which it can be sent: nothing of it is told, nor when it is one of several things encoded together.
        raw = SECRET.encode()
        lower = "".join(chr(b) if b < 128 and chr(b).isalnum() else f"%{b:02x}" for b in raw)
        mixed = "".join(f"%{b:02X}" for b in raw)
        for form in (urllib.parse.quote(SECRET, safe=""), lower, mixed, urllib.parse.quote_plus(SECRET), urllib.parse.quote_plus(SECRET, safe="~&="),
                     base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("="),
                     urllib.parse.quote(base64.b64encode(raw).decode(), safe=""),
                     *(base64.b64encode(b"klient:"[:n] + raw + b":x").decode() for n in range(5, 8))):
            for error in ({"error": "invalid_client", "error_description": f"bad: {form}, sorry"}, {"error": f"x{form}x"}):
                s.script = [lambda h, f, e=error: h.answer(400, e)]
                said = a.fails(78, "repeats a secret")
                check(form[:12] not in said, f"{form!r} in {said!r}")
        for form in (json.dumps(SECRET), html.escape(SECRET), SECRET.upper()):
            s.script = [lambda h, f, x=form: h.answer(400, {"error": "invalid_client", "error_description": x})]
            a.fails(78, "repeats a secret")
        s.script = [lambda h, f: h.answer(400, {"error": "invalid_client", "error_description": "100 % of klient%20 a2xpZW50 is not secret%"})]
        a.fails(78, "a2xpZW50 is not secret")
        for status, words in ((429, "is too busy (status 429"), (500, "is broken or too busy (status 500"), (503, "(status 503")):
            a.change(wait_until=0) if os.path.exists(a.store) else None
            s.script = [lambda h, f, c=status: h.answer(c, b"<html>try later</html>", (("Retry-After", "90"),))]
            said = a.fails(75, words, "not to be asked again for 90 s")
            check("address" not in said, said)
        a.change(wait_until=0)
        s.script = [lambda h, f: h.answer(404, b"<html>no such page</html>")]
        a.fails(78, "status 404")
        s.script = [lambda h, f: h.answer(302, b"", (("Location", s.url("/token")),))]
        n = len(s.asked)
        a.fails(78, "status 302")
        equal(len(s.asked), n + 1, "a secret follows no redirection")


def test_garbage():
    good = {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600}
    bodies = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}" * 2, json.dumps(good).encode() + b"x", b'{"access_token":"a","access_token":"b"}',
              b"[" * 30000, b'{"access_token":"a\\u0000b","token_type":"Bearer"}']
    bodies += [dict(good, **x) for x in ({"access_token": ""}, {"access_token": "a b"}, {"access_token": "a\nb"}, {"access_token": "å"},
               {"access_token": 5}, {"access_token": "x" * 20000}, {"token_type": "mac"}, {"token_type": None}, {"refresh_token": "a b"},
               {"refresh_token": 7}, {"refresh_token": "x" * 30000})]
    with server() as s:
        a = Account(s)
        for body in bodies:
            s.script = [lambda h, f: h.answer(200, body)]
            a.fails(75, "server's answer")
        check(not os.path.exists(a.store), "store")
        s.script = [lambda h, f: h.answer(200, dict(good, access_token="x" * 15000))]
        equal(a.token(), "x" * 15000, "a long token")


def endless(h, what):
    h.send_response(200)
    h.flush_headers()
    if what == "headers":
        while True:
            h.wfile.write(b"X-More: " + b"y" * 1000 + b"\r\n")
    h.end_headers()
    while True:
        h.wfile.write(b"{" + b" " * 10000 if what == "body" else b" ")
        if what == "drops":
            time.sleep(0.2)


def test_endless_answers():
    with server() as s:
        a = Account(s)
        for what in ("body", "headers"):
            s.script = [lambda h, f: endless(h, what)]
            a.fails(75, "longer than any token's")


def test_silent_servers():
    """With a tenth of the patience."""
    with server() as s:
        a = Account(s)
        for script in (lambda h, f: endless(h, "drops"), lambda h, f: time.sleep(30), lambda h, f: h.connection.close()):
            s.script = [script]
            started = time.monotonic()
            a.fails(75, program="hoering-token-hasty")
            check(time.monotonic() - started < 8, "took long")
    import socket
    with socket.create_server(("127.0.0.1", 0)) as deaf:     # accepts, and never says a word
        s.url = lambda path="/token": f"https://127.0.0.1:{deaf.getsockname()[1]}{path}"
        started = time.monotonic()
        Account(s).fails(75, program="hoering-token-hasty")
        check(time.monotonic() - started < 8, "took long")
        address = deaf.getsockname()[1]
    s.url = lambda path="/token": f"https://127.0.0.1:{address}{path}"
    Account(s).fails(75)     # nobody listens


def test_certificates_of_the_server():
    for name in ("self-signed", "expired", "not-yet-valid", "wrong-host"):
        with Endpoint(CA, name) as s:
            Account(s).fails(78, "nothing was sent")
            equal(s.asked, [], name)
    with server() as s:     # a good one, of an authority that is not trusted
        os.makedirs(f"{work}/other", exist_ok=True)
        certs._make(f"{work}/other", "ca", f'cn = "Other authority"\nca\ncert_signing_key\n{certs.VALID}\n')
        Account(s, ca=f"{work}/other/ca.crt").fails(78, "nothing was sent")
        equal(s.asked, [], "questions")
        Account(s, ca=f"{work}/nothing.crt").fails(78)


# the file of the account

def test_mistakes():
    with server() as s:
        a = Account(s)
        head = 'flow = "client_credentials";\nclient_id = "x";\n'
        end = f'store = "store/konto"; token_endpoint = "{s.url()}";\n'
        proof = 'client_secret_file = "secret";\n'
        for text, words in ((head + end, "konto.conf:1: flow = \"client_credentials\" needs client_secret_file"),
                            (head + proof, "konto.conf:1: tenant (of Microsoft 365) or token_endpoint"),
                            (head + proof + 'tenant = "a/b";\n', "konto.conf:4: tenant is \"a/b\""),
                            (head + proof + end + 'tenant = "dep.example";\n', "konto.conf:5: tenant beside"),
                            (head + proof + 'token_endpoint = "http://x/";\n', "konto.conf:4: token_endpoint is"),
                            (head + proof + 'token_endpoint = "https://u:p@x/";\n', "konto.conf:4: token_endpoint is"),
                            (head + proof + end + 'client_secrets = "x";\n', "konto.conf:5: unknown setting"),
                            (head + proof + end + 'key_file = "k";\n', "konto.conf:5: key_file beside client_secret_file"),
                            (head + end + 'key_file = "k";\n', "konto.conf:4: a key needs certificate_file"),
                            (head + end + proof + 'assertion = "RS256";\n', "konto.conf:1: certificate_file, key_id and assertion go"),
                            (head + end + 'key_file = "k";\nkey_id = "1";\nassertion = "HS256";\n', "konto.conf:6: assertion is"),
                            ('flow = "password";\nclient_id = "x";\n' + proof + end, "konto.conf:1: flow is \"password\""),
                            ('client_id = "x";\n' + proof + end, "flow is missing here"),
                            ('flow = "device_code";\n' + end, "client_id is missing here"),
                            ('flow = "device_code";\nclient_id = "x";\n' + end, "needs device_endpoint"),
                            (head + proof + end + "}", "konto.conf:5: syntax error")):
            a.write(text)
            a.fails(78, words)
        for name in ("../konto", "", ".konto", "a/b", "a" * 65, "a\x1b"):
            r = subprocess.run([tap.program("hoering-token"), "-d", a.folder, name], capture_output=True, text=True)
            check(r.returncode == 78 and "letters, digits" in r.stderr, r.stderr)
        equal(subprocess.run([tap.program("hoering-token")], capture_output=True).returncode, 64, "usage")
        a.write(head + end + proof)
        a.file("secret", "")
        a.fails(78, "first line is empty")
        a.file("secret", "x" * 20000)
        a.fails(78, "longer than")
        a.file("secret", SECRET, 0o644)
        a.fails(78, "others can read it")
        equal(s.asked, [], "questions")


# what stays secret

def test_process_while_it_asks():
    with server() as s:
        a = Account(s)
        s.script = [lambda h, f: time.sleep(20)]
        p = subprocess.Popen(["bash", "-c", "ulimit -c unlimited; exec \"$@\"", "-", *a.command()], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             cwd=a.folder)
        tap.wait_until(lambda: s.asked, 10, "it asks")
        with open(f"/proc/{p.pid}/cmdline", "rb") as f:
            check(b"hemmelig" not in f.read(), "a secret in the arguments")
        with open(f"/proc/{p.pid}/limits") as f:
            check([l.split()[4:6] for l in f if l.startswith("Max core")] == [["0", "0"]], "core dumps are allowed")
        if os.geteuid() != 0:
            equal(os.stat(f"/proc/{p.pid}/environ").st_uid, 0, "dumpable")
        p.send_signal(signal.SIGABRT)
        status = os.waitpid(p.pid, 0)[1]
        p.returncode = status
        check(os.WIFSIGNALED(status) and not os.WCOREDUMP(status), "a core was dumped")
        p.stdout.close()
        p.stderr.close()


def memory_of(pid):
    with open(f"/proc/{pid}/maps") as f:
        maps = f.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            start, end = (int(x, 16) for x in line.split()[0].split("-"))
            if "rw" in line.split()[1] and end - start < 1 << 30:
                yield line, os.pread(mem.fileno(), end - start, start)


def test_nothing_is_left_in_memory():
    if tap.sanitized():
        raise tap.Skip("the address sanitizer keeps what is freed")
    crt, key = f"{work}/klient.crt", f"{work}/klient.key"
    with server() as s:
        if not os.path.exists(crt):
            endpoint.make_client_certificate(work, "klient")
        with open(key) as f:
            pem = [l.strip() for l in f if len(l) > 60][8:]     # the first lines are the public part
        for a in (Account(s), Account(s, "device_code"), Account(s, key_file=key, certificate_file=crt)):
            if "device_code" in open(f"{a.folder}/konto.conf").read():
                s.clients["klient"] = "public"
                a.sign_in()
            elif "key_file" in open(f"{a.folder}/konto.conf").read():
                s.clients["klient"] = crt
            p = a.start(program="hoering-token-cut", env={"CUT": "end"})
            try:
                pid, status = os.waitpid(p.pid, os.WUNTRACED)
                check(os.WIFSTOPPED(status), f"it ended with {status:#x}")
                for line, content in memory_of(p.pid):
                    for secret in (b"hemmelig", *[l.encode() for l in pem], s.asked[-1][2].get("client_assertion", "hemmelig").encode()[-100:]):
                        at = content.find(secret)
                        check(at == -1, f"{line}: {content[max(0, at - 60):at + 60]!r}")
            except PermissionError:
                raise tap.Skip("another process's memory may not be read here")
            finally:
                p.kill()
                os.waitpid(p.pid, 0)
                p.returncode = 0
                p.stdout.close()
                p.stderr.close()


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    missing = [p for p in ("certtool", "openssl") if shutil.which(p) is None]
    if missing:
        print(f"skip token: {', '.join(missing)} not installed")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-token-")
    CA = f"{work}/certs"
    try:
        certs.make(CA)
        tap.run(TESTS, patient=[t for t in TESTS if "silent" in t.__name__ or t.__name__ == "test_login"])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
