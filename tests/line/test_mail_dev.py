#!/usr/bin/env python3
"""All of ../shared/mail-dev through the daemon over IMAPS: every mail accounted for, none twice, and how much was judged rightly."""
import datetime
import json
import os
import shutil
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
from tap import equal

MAIL_DEV = os.path.join(os.path.dirname(tap.ROOT), "shared", "mail-dev")
server = None
work = None


def test_mail_dev():
    with open(f"{MAIL_DEV}/truth.json", encoding="utf-8") as f:
        truth = json.load(f)
    folder = tempfile.mkdtemp(dir=work)
    fetcher.password_file(folder)
    for address in truth["mailboxes"]:
        server.user(address)
    for m in truth["messages"]:
        with open(f"{MAIL_DEV}/{m['file']}", "rb") as f:
            server.deliver(m["mailbox"], f.read(), datetime.datetime.fromisoformat(m["received"]).timestamp())
    tools = os.path.dirname(MAIL_DEV)
    subprocess.run([sys.executable, f"{tools}/make_conf.py", MAIL_DEV, folder, "--data", folder, "--url", server.url(), "--password-file",
                    f"{folder}/password", "--ca-file", f"{server.certs}/ca.crt"], check=True)
    d = Daemon(f"{folder}/hoeringd.conf", f"{folder}/hoeringd.db")
    started = time.monotonic()
    equal(d.once(), 0, "exit status; " + d.log()[-500:])
    took = time.monotonic() - started
    wanted = {}
    for m in truth["messages"]:
        wanted[m["mailbox"]] = wanted.get(m["mailbox"], 0) + 1
    got = {address: (seen, stored, excluded, missing) for address, seen, stored, excluded, missing in d.query(
        "SELECT m.address, c.seen, c.stored, c.excluded, c.missing FROM completeness c JOIN mailboxes m ON m.name = c.mailbox")}
    equal(got, {a: (n, n, 0, 0) for a, n in wanted.items()}, "completeness")
    equal(d.query("SELECT mailbox, uid, count(*) FROM copies GROUP BY 1, 2 HAVING count(*) > 1"), [], "copies told twice")
    equal(d.value("SELECT count(*) FROM copies WHERE state = 'archived'"), 0, "left unfiled")
    before = d.views()
    equal(d.once(), 0, "one more round")
    daemon.same_views(d.views(), before)
    score = subprocess.run([sys.executable, f"{tools}/score.py", f"{folder}/hoeringd.db", MAIL_DEV], capture_output=True, text=True)
    print(f"# {len(truth['messages'])} mails in {took:.1f} s")
    print("\n".join("# " + line for line in (score.stdout + score.stderr).splitlines()))
    equal(score.returncode, 0, "score.py")


if __name__ == "__main__":
    if not os.path.isdir(MAIL_DEV):
        print("skip mail-dev: ../shared/mail-dev is not there")
        sys.exit(0)
    work = tempfile.mkdtemp(prefix="hoering-mail-dev-")
    try:
        try:
            server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip mail-dev: {e}")
            sys.exit(0)
        with server:
            tap.run([test_mail_dev])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
