#!/usr/bin/env python3
"""test_demo.py [NAME …]: the demo's mails through a private Dovecot, and the views held against demo-mails/arrivals.tsv, mail by mail. Then a
second round, which must change nothing; and the log, which must not hold a word of anybody's."""
import contextlib, csv, datetime, hashlib, os, re, shutil, sqlite3, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import dovecot
from tap import check, equal, finish, program, run

MAILBOXES = {"aar": "aar@aid.dep.no", "hmr": "hmr@hod.dep.no", "opptrappingsplan": "HOD-opptrappingsplanpsykiskhelse@hod.dep.no",
             "kaes": "kaes@hod.dep.no"}
WORK = tempfile.mkdtemp(prefix="hoering-demo-")
with open(os.path.join(ROOT, "demo-mails", "arrivals.tsv"), encoding="utf-8") as f:
    ROWS = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
for row in ROWS:
    with open(os.path.join(ROOT, "demo-mails", row["path"]), "rb") as f:
        row["content"] = f.read()
    row["sha256"] = hashlib.sha256(row["content"]).hexdigest()
SHA = {row["path"]: row["sha256"] for row in ROWS}


def round_of(server):
    conf = f"{WORK}/hoeringd.conf"
    if not os.path.exists(conf):
        shutil.copytree(os.path.join(ROOT, "config", "consultations.d"), f"{WORK}/consultations.d")
        with os.fdopen(os.open(f"{WORK}/password", os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            print(dovecot.PASSWORD, file=f)
        with open(conf, "w", encoding="utf-8") as f:
            f.write('database = "hoeringd.db";\narchive = "archive";\nmailboxes = {\n')
            for name, address in MAILBOXES.items():
                f.write(f'  {name} = {{ address = "{address}"; url = "{server.url()}"; user = "{address}"; password_file = "password"; '
                        f'tls_ca_file = "{server.certs}/ca.crt"; }};\n')
            f.write("};\n")
    return subprocess.run([program("hoeringd"), "-c", conf, "-f", "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def query(sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{WORK}/hoeringd.db?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return [dict(r) for r in db.execute(sql, values)]


def facts(row):
    """What the views say of one mail, by the names of arrivals.tsv's columns."""
    s = query("SELECT s.*, o.sha256 AS other FROM submissions s LEFT JOIN submissions o ON o.id = s.related_to WHERE s.sha256 = ?", row["sha256"])
    equal(len(s), 1, "rows in submissions")
    s = s[0]
    r = (query("SELECT * FROM responses WHERE id = ?", s["id"]) or [{}])[0]
    persons = query("SELECT * FROM registrations WHERE submission = ?", s["id"])
    return s["id"], {
        "kind": s["kind"], "consultation": s["consultation"] or "NULL", "responder": s["responder"], "relation": s["relation"],
        "related_to": {v: k for k, v in SHA.items()}.get(s["other"]), "counts": str(s["counts"]),
        "deadline_verdict": r.get("deadline_verdict"), "position": r.get("position"), "language": r.get("language"), "orgnr": r.get("orgnr"),
        "persons": {f"{p['person']} <{p['email']}>{'*' if p['speaker'] else ''}" for p in persons},
        "registration": {p["verdict"] for p in persons},
        "review": {x["reason"] for x in query("SELECT reason FROM review WHERE submission = ?", s["id"])},
        "attachments": {a["filename"] for a in query("SELECT filename FROM attachments WHERE submission = ? AND inline = 0 AND parent = 0", s["id"])}}


def hold(row):
    submission, got = facts(row)
    counted = got["counts"] == "1"
    for column in ("kind", "consultation", "responder", "relation", "related_to", "counts"):
        if row[column]:
            check(got[column] in row[column].split("|"), f"{column}: {got[column]!r} instead of {row[column]!r}")
    for column in ("deadline_verdict", "position", "language", "orgnr"):
        if row[column] and counted:
            equal(got[column], row[column], column)
    for column in ("registration", "review"):
        if row[column]:
            check(got[column] & set(row[column].split("|")), f"{column}: {got[column]!r} instead of {row[column]!r}")
    if row["persons"]:
        equal(got["persons"], set(row["persons"].split("; ")), "persons")
    if row["attachments"]:
        equal(got["attachments"], set(row["attachments"].split("; ")), "attachments")
    if row["word"]:
        found = query("SELECT rowid FROM search WHERE search MATCH ?", row["word"])
        check(submission in {f["rowid"] for f in found}, f"search does not find {row['word']!r}")


def mail_test(row):
    def one():
        hold(row)
    one.__name__ = "test_" + row["path"]
    return one


def snapshot():
    return {v: sorted(map(str, query(f"SELECT * FROM {v}"))) for v in
            ("responses", "submissions", "copies", "attachments", "registrations", "review", "automatic", "unanswered", "events")}


def test_every_mail_is_accounted_for():
    rows = query("SELECT * FROM completeness")
    equal(sum(r["stored"] for r in rows), len(ROWS), "stored")
    equal([(r["mailbox"], r["missing"], r["excluded"]) for r in rows if r["missing"] or r["excluded"]], [], "missing or excluded")


def test_originals_are_kept_byte_for_byte():
    for row in ROWS:
        with open(f"{WORK}/archive/{row['sha256'][:2]}/{row['sha256'][2:]}.eml", "rb") as f:
            equal(f.read(), row["content"], row["path"])


def test_received_is_internaldate():
    at = lambda r: datetime.datetime.fromisoformat(r["internal_date"]).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    have = {r["sha256"]: r["received_at"] for r in query("SELECT * FROM submissions")}
    equal({r["path"]: have[r["sha256"]] for r in ROWS}, {r["path"]: at(r) for r in ROWS}, "received_at")


def test_invited_who_have_not_answered():
    equal([r["organisation"] for r in query("SELECT * FROM unanswered")], ["Norsk Ergoterapeutforbund"], "unanswered")


def test_the_log_holds_no_words_of_senders():
    foreign = [s for row in ROWS for s in (row["responder"],) if s]
    foreign += [r["from_address"] for r in query("SELECT DISTINCT from_address FROM submissions") if r["from_address"]]
    foreign += [r["subject"] for r in query("SELECT DISTINCT subject FROM submissions") if len(r["subject"] or "") > 12]
    equal([s for s in foreign if s in LOG], [], "in the log")
    line = re.compile(r": filed submission=\d+ mailbox=\w+ uid=\d+ sha=[0-9a-f]{12} kind=\w+ consultation=[-\w]+ relation=\w+( of=\d+)? "
                      r"verdict=(on-time|late|unknown) review=\d+ ms=\d+$", re.M)
    equal(len(line.findall(LOG)), len(ROWS), "lines of filing in the contract's form")


try:
    server = dovecot.Dovecot()
    for address in MAILBOXES.values():
        server.user(address)
    for row in ROWS:
        server.deliver(row["path"].split("/")[0], row["content"], datetime.datetime.fromisoformat(row["internal_date"]).timestamp())
    server.start()
    first = round_of(server)
    LOG = first.stderr

    def test_one_round():
        equal(first.returncode, 0, "exit status; " + LOG[-500:])

    def test_second_round_changes_nothing():
        before = snapshot()
        equal(round_of(server).returncode, 0, "exit status")
        equal(snapshot(), before, "the views")

    run([test_one_round, test_every_mail_is_accounted_for, test_originals_are_kept_byte_for_byte, test_received_is_internaldate,
         *map(mail_test, ROWS), test_invited_who_have_not_answered, test_the_log_holds_no_words_of_senders, test_second_round_changes_nothing])
finally:
    with contextlib.suppress(NameError):
        server.close()
    shutil.rmtree(WORK, ignore_errors=True)
finish()
