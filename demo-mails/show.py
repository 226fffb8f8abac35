#!/usr/bin/env python3
"""show.py BUILD: the demo. A private Dovecot with the mails of this folder, one round of hoeringd over IMAPS, the views as tables."""
import csv, datetime, os, shutil, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "line"))
import dovecot

BUILD = os.path.abspath(sys.argv[1])
DATA = os.path.join(ROOT, "demo-data")
MAILBOXES = {"aar": "aar@aid.dep.no", "hmr": "hmr@hod.dep.no", "opptrappingsplan": "HOD-opptrappingsplanpsykiskhelse@hod.dep.no",
             "kaes": "kaes@hod.dep.no"}
SHOWN = [
    ("What was received, and what came of it", "SELECT * FROM counts"),
    ("Nothing lost: what the servers showed is stored", "SELECT * FROM completeness"),
    ("The answers that count, one row each", "SELECT id, consultation, organisation, position, deadline_verdict AS verdict, version, copies, "
     "review FROM responses ORDER BY consultation, received_at"),
    ("How everything else is related to them", "SELECT id, kind, consultation, responder, relation, related_to FROM submissions "
     "WHERE relation <> 'original' ORDER BY id"),
    ("Late", "SELECT id, organisation, received_local, hours_late FROM late"),
    ("Invited, and has not answered", "SELECT * FROM unanswered"),
    ("Signed up for the meeting (a sign-up is not an answer)", "SELECT organisation, person, email, speaker, verdict FROM registrations"),
    ("Set apart, never dropped", "SELECT submission, kind, why FROM automatic"),
    ("What a person must decide", "SELECT submission, reason, candidates, detail FROM review"),
    ("A word that stands in an attachment only: lysbrygge*", "SELECT rowid AS submission, organisation, snippet(search, 2, '»', '«', '…', 8) AS found FROM search "
     "WHERE search MATCH 'lysbrygge*'"),
]


def say(title):
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n## {title}", flush=True)


def deliver(server):
    with open(os.path.join(ROOT, "demo-mails", "arrivals.tsv"), encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    for address in MAILBOXES.values():
        server.user(address)
    for r in rows:
        with open(os.path.join(ROOT, "demo-mails", r["path"]), "rb") as f:
            server.deliver(r["path"].split("/")[0], f.read(), datetime.datetime.fromisoformat(r["internal_date"]).timestamp())
    return len(rows)


def configure(server):
    """The sample consultations, and these mailboxes on the private server."""
    shutil.rmtree(DATA, ignore_errors=True)
    os.makedirs(DATA)
    shutil.copytree(os.path.join(ROOT, "config", "consultations.d"), os.path.join(DATA, "consultations.d"))
    shutil.copy(os.path.join(server.certs, "ca.crt"), os.path.join(DATA, "ca.crt"))
    secret = os.path.join(DATA, "password")
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        print(dovecot.PASSWORD, file=f)
    with open(os.path.join(DATA, "hoeringd.conf"), "w", encoding="utf-8") as f:
        print('database = "hoeringd.db";\narchive = "archive";\ncontrol = "s";\ntimezone = "Europe/Oslo";\nmailboxes = {', file=f)
        for name, address in MAILBOXES.items():
            print(f'  {name} = {{ address = "{address}"; url = "{server.url()}"; user = "{address}"; password_file = "password"; '
                  'tls_ca_file = "ca.crt"; };', file=f)
        print("};", file=f)


def main():
    server = dovecot.Dovecot()
    n = deliver(server)
    configure(server)
    conf = os.path.join(DATA, "hoeringd.conf")
    with server:
        say(f"{n} mails in four mailboxes of a private Dovecot; is everything ready?")
        subprocess.run([os.path.join(BUILD, "hoeringd"), "-c", conf, "--check"], check=True)
        say("One round over IMAPS: hoeringd --once (its log, shortened)")
        r = subprocess.run([os.path.join(BUILD, "hoeringd"), "-c", conf, "-f", "--once"], stderr=subprocess.PIPE, text=True)
        lines = r.stderr.splitlines()
        print("\n".join(lines if r.returncode else lines[:4] + ["…"] + lines[-4:]))
        if r.returncode:
            sys.exit(r.returncode)
    database = os.path.join(DATA, "hoeringd.db")
    for title, query in SHOWN:
        say(title)
        subprocess.run(["sqlite3", "-readonly", "-box", database, query], check=True)
    first = subprocess.run(["sqlite3", "-readonly", database, "SELECT min(submission) FROM review"], capture_output=True, text=True).stdout.strip()
    shown, program = os.path.relpath(database), os.path.relpath(os.path.join(BUILD, "hoering"))
    say("Ask for yourself")
    print(f"  sqlite3 -readonly {shown} -box \"SELECT * FROM responses WHERE consultation = 'opptrappingsplan-2022'\"\n"
          f"  sqlite3 -readonly {shown} .schema        # the views; hoeringd-schema(7) says what each column means\n"
          f"  {program} -c {os.path.relpath(conf)} status\n"
          f"  {program} -c {os.path.relpath(conf)} why {first or 1}\n"
          f"  {program} -c {os.path.relpath(conf)} verify")


main()
