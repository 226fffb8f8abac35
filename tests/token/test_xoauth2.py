#!/usr/bin/env python3
"""The whole of signing in: hoering-token asks a token endpoint, hoering-fetch logs in with XOAUTH2, Dovecot's own oauth2 passdb asks the
endpoint whose token it is."""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import daemon
import dovecot
import fetcher
import tap
from endpoint import Endpoint
from fetcher import RETRY_CONFIG, RETRY_LATER, Fetcher
from tap import check, equal

EXTRA = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""
# The domain of the token's user must be that of the mailbox: one service signs in to all mailboxes of its ministry.
OAUTH2 = """
tokeninfo_url = {url}?access_token=
tls_ca_cert_file = {ca}
username_attribute = username
username_format = %d
active_attribute = active
active_value = true
"""

work = None
server = None
end = None
MAIL = b"Subject: nr 1\r\n\r\ntekst\r\n"


def account(name, flow="client_credentials"):
    """An account for hoering-token; the folder it is in."""
    folder = f"{work}/accounts"
    os.makedirs(folder, exist_ok=True)
    keys = dict(flow=flow, client_id="klient", token_endpoint=end.url(), tls_ca_file=f"{server.certs}/ca.crt", store=f"{work}/store/{name}")
    if flow == "device_code":
        keys["device_endpoint"] = end.url("/device")
    else:
        keys["client_secret_file"] = f"{folder}/secret"
        with open(f"{folder}/secret", "w") as f:
            f.write("klienthemmelighet")
        os.chmod(f"{folder}/secret", 0o600)
    with open(f"{folder}/{name}.conf", "w") as f:
        f.write("".join(f'{k} = "{v}";\n' for k, v in keys.items()))
    return folder


def mailbox(user, token_command, **keys):
    folder = tempfile.mkdtemp(dir=work)
    given = dict(address=user, url=server.url(), user=user, tls_ca_file=f"{server.certs}/ca.crt", auth="xoauth2", token_command=token_command)
    return fetcher.configuration(folder, {"m": dict(given, **keys)})


def token_command(name):
    return f"{tap.program('hoering-token')} -d {account(name)} {name}"


def test_logs_in():
    user = server.user("aar@dep.example")
    server.deliver(user, MAIL)
    end.user = user
    with Fetcher(mailbox(user, token_command("aar"))) as f:
        f.begin()
        equal([c for _, c in f.round()], [MAIL], "mails")
        equal(f.quit(), 0, "exit status")
    equal(end.looked_up[-1], user, "Dovecot asked whose token it is")
    check(f"user=<{user}>, method=XOAUTH2" in server.log(), "Dovecot's log")


def test_shared_mailboxes():
    """One account, its token for a service of the ministry; user = the mailbox."""
    end.user = "tjeneste@dep.example"
    command, asked = token_command("felles"), len(end.asked)
    for name in ("hmr@dep.example", "kaes@dep.example"):
        server.deliver(server.user(name), MAIL)
        with Fetcher(mailbox(name, command)) as f:
            f.begin()
            equal(len(f.round()), 1, f"mails of {name}")
            f.quit()
    equal(len(end.asked) - asked, 1, "questions for two mailboxes")
    server.user("post@another.example")
    with Fetcher(mailbox("post@another.example", command)) as f:
        record = f.failure()
        equal(record.code, RETRY_LATER, record.words)
        check("does not accept" in record.words, record.words)


def test_bad_token():
    user = server.user("feil@dep.example")
    with Fetcher(mailbox(user, "echo at-hemmelig-that-nobody-gave")) as f:
        record = f.failure()
        check("does not accept" in record.words and "hemmelig" not in record.words + f.stderr(), record.words)
    end.user = user
    command = token_command("utlopt")
    with Fetcher(mailbox(user, command)) as f:
        f.begin()
        f.quit()
    end.access.clear()      # withdrawn: what is remembered is worth nothing
    with Fetcher(mailbox(user, command)) as f:
        check("does not accept" in f.failure().words, "words")
    with Fetcher(mailbox(user, command.replace("hoering-token ", "hoering-token --renew "))) as f:
        f.begin()
        f.quit()


def test_words_reach_the_person():
    """What hoering-token says is what hoering-fetch says, as far as it goes, and the class of the failure too."""
    user = server.user("ord@dep.example")
    account("innlogging", "device_code")
    end.clients["klient"] = "another"
    with Fetcher(mailbox(user, token_command("sperret"))) as f:
        record = f.failure()
        equal(record.code, RETRY_CONFIG, "retry class")
        check("invalid_client: wrong secret" in record.words, record.words)
    with Fetcher(mailbox(user, f"{tap.program('hoering-token')} -d {account('x')} innlogging")) as f:
        check("hoering-token --login innlogging" in f.failure().words, "words")
    end.clients["klient"] = "klienthemmelighet"
    end.script.append(lambda h, form: h.answer(429, {"error": "throttled"}, (("Retry-After", "600"),)))
    with Fetcher(mailbox(user, token_command("travel"))) as f:
        record = f.failure()
        equal(record.code, RETRY_LATER, record.words)


def test_daemon():
    """From the token to the row."""
    user = server.user("slutt@dep.example")
    server.deliver(user, b"From: Kari <kari@example.no>\r\nSubject: Innspill\r\n\r\nVi mener noe.\r\n")
    end.user = user
    conf = mailbox(user, token_command("slutt"))
    with daemon.Daemon(conf, f"{os.path.dirname(conf)}/hoeringd.db") as d:
        equal(d.once(), 0, f"exit status {d.log()}")
        equal(d.query("SELECT stored, missing FROM completeness"), [(1, 0)], "completeness")
        check("hemmelig" not in d.log(), "a secret in the log")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]

if __name__ == "__main__":
    if shutil.which("certtool") is None:
        print("skip xoauth2: certtool is not installed")
        sys.exit(0)
    try:
        server = dovecot.Dovecot()
    except tap.Skip as e:
        print(f"skip xoauth2: {e}")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-xoauth2-")
    os.chmod(work, 0o755)
    try:
        with Endpoint(server.certs) as end:
            end.clients["klient"] = "klienthemmelighet"
            server.extra = EXTRA.format(folder=server.dir)
            with open(f"{server.dir}/oauth2.conf", "w") as out:
                out.write(OAUTH2.format(url=end.url("/tokeninfo"), ca=f"{server.certs}/ca.crt"))
            with server:
                tap.run(TESTS)
                if os.environ.get("TRACE"):
                    print(server.log())
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
