#!/usr/bin/env python3
"""test_commands.py [NAME …]: every command of hoering(1) on the demo's mails, first without a daemon, then with one."""
import contextlib, fcntl, gzip, hashlib, json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "line"))
from tap import Skip, check, equal, finish, program, run, wait_until

HOERING, HOERINGD = program("hoering"), program("hoeringd")
WORK = tempfile.mkdtemp(prefix="hoering-cli-")
os.chmod(WORK, 0o755)
CONF, DATA = f"{WORK}/hoeringd.conf", f"{WORK}/data"
DATABASE = f"{DATA}/hoeringd.db"
MAILBOXES = {"aar": "aar@aid.dep.no", "hmr": "hmr@hod.dep.no", "opptrappingsplan": "HOD-opptrappingsplanpsykiskhelse@hod.dep.no", "kaes": "kaes@hod.dep.no"}
MAILS = sorted(os.path.join(d, f) for a in MAILBOXES.values() for d, _, fs in os.walk(f"{ROOT}/demo-mails/{a}") for f in fs if f.endswith(".eml"))
VIEWS = ["responses", "versions", "submissions", "copies", "attachments", "registrations", "automatic", "review", "unanswered", "late", "counts", "campaigns",
         "campaign_members", "completeness"]


def write_conf():
    for name in MAILBOXES:
        for part in ("cur", "new", "tmp"):
            os.makedirs(f"{WORK}/boxes/{name}/{part}", exist_ok=True)
    shutil.copytree(f"{ROOT}/config/consultations.d", f"{WORK}/consultations.d")
    os.mkdir(DATA, 0o750)
    with open(CONF, "w", encoding="utf-8") as f:
        f.write(f'database = "{DATABASE}";\narchive = "{DATA}/archive";\npoll = "1h";\nmailboxes = {{\n')
        for name, address in MAILBOXES.items():
            f.write(f'  {name} = {{ address = "{address}"; url = "maildir:{WORK}/boxes/{name}"; }};\n')
        f.write("};\n")


def hoering(*args, conf=CONF, **more):
    return subprocess.run([HOERING, "-c", conf, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="surrogateescape",
                          timeout=120, **more)


def good(*args, **more):
    r = hoering(*args, **more)
    check(r.returncode == 0, f"hoering {' '.join(args)}: {r.returncode}: {r.stderr[-300:]}")
    return r.stdout


def bad(status, words, *args, **more):
    r = hoering(*args, **more)
    equal(r.returncode, status, f"hoering {' '.join(args)}: {r.stderr.strip()[-200:]}: exit status")
    check(words in r.stderr, f"{words!r} is not in {r.stderr!r}")


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def query(sql, *values):
    with contextlib.closing(sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()


def sha_of(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def mail(part):
    return next(m for m in MAILS if part in m)


def id_of(part):
    return str(query("SELECT id FROM submissions WHERE sha256 = ?", sha_of(mail(part)))[0][0])


def everything():
    """All views, submissions by their SHA-256: what has to be equal after a restore."""
    with contextlib.closing(sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        sha = dict(db.execute("SELECT id, sha256 FROM submissions").fetchall())
        named = {"id", "submission", "related_to", "template_submission", "answer", "ended_by"}

        def value(view, key, v):
            return sha.get(v, v) if key in named and not (view == "campaigns" and key == "id") else v
        return {v: sorted(repr({k: value(v, k, r[k]) for k in r.keys() if k != "last_checked"}) for r in db.execute(f"SELECT * FROM {v}")) for v in VIEWS}


def test_usage():
    bad(64, "usage:", "why")
    bad(64, "no command", "sing")
    bad(64, "usage:", "status", "--xml")
    check("refile" in subprocess.run([HOERING, "--help"], capture_output=True, text=True).stdout, "no help")


def test_mistake_in_configuration():
    broken = f"{WORK}/broken.conf"
    with open(CONF, encoding="utf-8") as f, open(broken, "w", encoding="utf-8") as g:
        g.write(f.read() + "nonsense = 1;\n")
    with open(broken, encoding="utf-8") as f:
        line = len(f.readlines())
    bad(78, f"broken.conf:{line}: unknown setting", "status", conf=broken)


def test_a_maildir_that_is_not_there():
    """It is a mistake in the configuration: the daemon starts for no mailbox at all."""
    os.rename(f"{WORK}/boxes/hmr", f"{WORK}/boxes/away")
    r = subprocess.run([HOERINGD, "-f", "-c", CONF, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    os.rename(f"{WORK}/boxes/away", f"{WORK}/boxes/hmr")
    check(r.returncode == 78 and f"{WORK}/boxes/hmr: No such file" in r.stderr and not os.path.exists(DATABASE), f"{r.returncode} {r.stderr}")


BAD_RULES = [  # a file's name, what stands in its last line, what is said of it
    ("words", "ingen tabulator", "the line is no group, TAB, word"),
    ("phrases", "ingen tabulator", "the phrase is no group, TAB, phrase"),
    ("sentences", "ingen tabulator", "write a sort of text"),
    ("sentences", "answer\tnb", "write a sort of text"),
    ("sentences", "banana\tnb\tHei.", "there is no sort banana; the sorts of text are answer, "),
]
GOOD_RULES = [("words", "# ingen tabulator"), ("phrases", "# ingen tabulator"), ("sentences", "# ingen tabulator"), ("sentences", "answer\tnb\tIngen tabulator.")]


def with_rules(rules):
    conf = f"{rules}.conf"
    with open(CONF, encoding="utf-8") as f, open(conf, "w", encoding="utf-8") as g:
        g.write(f'rules = "{rules}";\n' + f.read())
    return conf


def own_rules(name, *lines, builtin=True):
    """A folder with that file alone, the installed one with more lines; the configuration and the number of the last line."""
    rules = tempfile.mkdtemp(dir=WORK, prefix="rules-")
    content = open(f"{ROOT}/config/rules/{name}", encoding="utf-8").read() if builtin else ""
    content += "".join(f"{line}\n" for line in lines)
    with open(f"{rules}/{name}", "w", encoding="utf-8") as f:
        f.write(content)
    return with_rules(rules), content.count("\n")


def daemon_says(conf, *options):
    r = subprocess.run([HOERINGD, "-c", conf, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return r.returncode, r.stdout, r.stderr


def test_a_mistake_in_rules_of_ones_own():
    """It is told with file and line by whoever would use them, and nothing is started."""
    for name, line, words in BAD_RULES:
        conf, number = own_rules(name, line)
        said = f"/{name}:{number}: {words}"
        for options in (["--check"], ["--once"], ["-f"]):
            status, out, err = daemon_says(conf, *options)
            check(status == 78 and said in err and "ready" not in out, f"{name} {line!r} {options}: {status} {out!r} {err!r}")
        for command in (["replay", "--dry-run", "--all"], ["replay", "--all"], ["import", mail("03-no-remarks"), "--mailbox", "kaes"]):
            bad(78, said, *command, conf=conf)
        check(not os.path.exists(DATABASE), f"{name} {line!r}: a database was made")


def test_rules_of_ones_own_without_a_mistake():
    for name, line in GOOD_RULES:
        status, out, err = daemon_says(own_rules(name, line)[0], "--check")
        check(status == 0 and "everything is ready" in out, f"{name} {line!r}: {status} {out!r} {err!r}")


def test_sentences_of_ones_own_have_each_sort():
    conf, number = own_rules("sentences", "# to slag av mange", "answer\tnb\tJa.", "elsewhere\tnb\tNei.", "", builtin=False)
    status, _, err = daemon_says(conf, "--check")
    check(status == 78 and f"/sentences:{number}: no line up to here is of the sort " in err and "no-remarks, " in err, f"{status} {err!r}")
    for lines in ([], ["# ingen", ""]):
        status, out, err = daemon_says(own_rules("sentences", *lines, builtin=False)[0], "--check")
        check(status == 0 and "everything is ready" in out, f"an empty file: {status} {out!r} {err!r}")


def test_no_database_yet():
    bad(66, DATABASE, "status")


def test_parse():
    r = subprocess.run([HOERING, "parse", "--json", mail("01-everything-in-a-pdf"), "/does/not/exist", mail("03-no-remarks")], capture_output=True, text=True)
    equal(r.returncode, 66, "exit status")
    out = json.loads(r.stdout)
    equal(set(out), {mail("01-everything-in-a-pdf"), mail("03-no-remarks")}, "files answered")
    check("lysbrygge" not in out[mail("01-everything-in-a-pdf")]["text"], "a mail's text is its own")
    equal(out[mail("01-everything-in-a-pdf")]["attachments"][0]["name"], "Høringsuttalelse - vår ref. DV 07-112.pdf", "attachment")


def test_parse_tells_a_document_by_its_content():
    path = f"{WORK}/brev.html"
    with open(path, "w", encoding="utf-8") as f:
        f.write("<html><body><p>Subject: ikke en e-post, men et <b>dokument</b></p></body></html>")
    out = json.loads(subprocess.run([HOERING, "parse", "--json", path], capture_output=True, text=True).stdout)
    check("dokument" in out[path]["text"] and out[path]["found_type"] == "text/html", f"not read as a document: {out}")


def test_parse_survives_names_that_are_no_utf8():
    path = os.fsencode(WORK) + b"/h\xf8ring \"1\".eml"
    shutil.copy(mail("03-no-remarks"), path)
    out = json.loads(subprocess.run([HOERING, "parse", "--json", path], capture_output=True).stdout)
    check(os.fsdecode(path) in out, f"key is {list(out)!r}")


def test_import_without_a_daemon():
    for name, address in MAILBOXES.items():
        good("import", f"{ROOT}/demo-mails/{address}", "--mailbox", name)
    equal(query("SELECT count(*) FROM copies")[0][0], len(MAILS), "copies")
    equal(query("SELECT count(*) FROM submissions WHERE state = 'filed'")[0][0], len({sha_of(m) for m in MAILS}), "filed")


def test_import_again_changes_nothing():
    before, n = everything(), query("SELECT count(*) FROM copies WHERE mailbox = 'kaes'")[0][0]
    out = good("import", f"{ROOT}/demo-mails/{MAILBOXES['kaes']}", "--mailbox", "kaes")
    check(f"\n0 taken in, {n} known already, 0 not taken\n" in out, out)
    equal(everything(), before, "views")


def test_import_of_what_is_no_mail():
    empty = f"{WORK}/empty.eml"
    open(empty, "w").close()
    bad(65, "an empty file is no mail", "import", empty, "--mailbox", "kaes")
    bad(66, "No such file", "import", f"{WORK}/nowhere", "--mailbox", "kaes")
    folder = f"{WORK}/strange"
    os.mkdir(folder)
    os.mkfifo(f"{folder}/pipe.eml")
    os.symlink(MAILS[0], f"{folder}/link.eml")
    for name in ("pipe", "link"):
        bad(66, f"{name}.eml: no regular file: not read", "import", folder, "--mailbox", "kaes")
    bad(66, "pipe.eml: no regular file", "import", f"{folder}/pipe.eml", "--mailbox", "kaes")
    bad(65, "defines no mailbox", "import", MAILS[0], "--mailbox", "nobody")
    bad(64, "usage:", "import", MAILS[0])


def test_import_of_an_mbox():
    with open(f"{WORK}/old.mbox", "wb") as box:
        for name in ("03-no-remarks", "08-late-answer"):
            with open(mail(name), "rb") as f:
                content = f.read()
            box.write(b"From x@y.no Tue Apr 26 10:00:00 2022\n" + content + (b"" if content.endswith(b"\n") else b"\n") + b"\n")
    before = query("SELECT count(*) FROM submissions")
    out = good("import", f"{WORK}/old.mbox", "--mailbox", "hmr")
    check("\n0 taken in, 2 known already, 0 not taken\n" in out, out)
    equal(query("SELECT count(*) FROM submissions"), before, "distinct originals (the same bytes as before)")


def test_status():
    out = good("status")
    check("NOT RUNNING" in out and "opptrappingsplan-2022" in out and "to review" in out, out[:300])
    got = json.loads(good("status", "--json"))
    equal(got["running"], False, "running")
    equal({m["name"] for m in got["mailboxes"]}, set(MAILBOXES), "mailboxes")
    equal(sum(r["n"] for r in got["review"]), query("SELECT count(*) FROM review")[0][0], "reviews")
    want = dict(query("SELECT consultation, responses FROM counts WHERE consultation IS NOT NULL"))
    equal({d["consultation"]: d["responses"] for d in got["deadlines"]}, want, "responses")


def test_statement():
    out = good("statement", "strategiplan-2007")
    check(re.search(r"^As of \(UTC\): +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", out, re.M), out[:900])
    rows = query("SELECT (SELECT count(*) FROM responses WHERE consultation = 'strategiplan-2007'),"
                 " (SELECT count(*) FROM submissions WHERE consultation = 'strategiplan-2007' AND counts = 0),"
                 " (SELECT hash FROM events ORDER BY id DESC LIMIT 1)")
    counted, not_counted, head = rows[0]
    check(f"count as answers      {counted}\n" in out and f"do not count          {not_counted}\n" in out and head in out, out)
    for sha, in query("SELECT sha256 FROM submissions WHERE consultation = 'strategiplan-2007'"):
        equal(out.count(sha[:16]), 1, f"times that {sha[:16]} is told")
    bad(65, "no consultation", "statement", "nonsense")
    check("received (Europe/Oslo)" in out, "whose clock is it")
    check("NOTE: hoeringd is not running" in out and verify_first not in out, out[:2000])
    for name in MAILBOXES:
        check(f"NOTE: mailbox {name}\n      was never looked at; its server was last compared never" in out, out[:2000])


verify_first = "Run hoering verify first."


def test_statement_of_what_is_not_whole():
    """The end of the journal, and whether the originals are there: what can be seen without reading all of it."""
    path, lines = journal_lines()
    for wrong in (lines[:-1], lines[:-1] + [lines[-1][:-9]], lines[:5] + lines[6:], []):
        with open(path, "wb") as f:
            f.writelines(wrong)
        out = good("statement", "strategiplan-2007")
        check(re.search("^NOTE: the journal .*" + verify_first, out, re.M), out[:2000])
    with open(path, "wb") as f:
        f.writelines(lines)
    check(verify_first not in good("statement", "strategiplan-2007"), "the journal is whole again")
    sha = sha_of(mail("03-no-remarks"))
    original = f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml"
    os.rename(original, f"{WORK}/away.eml")
    check(f"NOTE: 1 of the originals filed here are missing from the archive or have another length. {verify_first}" in good("statement", "strategiplan-2007"), "missing")
    shutil.copy(f"{WORK}/away.eml", original)
    os.truncate(original, 20)
    check(f"NOTE: 1 of the originals filed here are missing from the archive or have another length. {verify_first}" in good("statement", "strategiplan-2007"), "cut")
    os.rename(f"{WORK}/away.eml", original)
    check(verify_first not in good("statement", "strategiplan-2007"), "the archive is whole again")


def test_why():
    out = good("why", id_of("03-no-remarks"))
    check("no remarks" in out and "Evidence" in out and "strategiplan-2007" in out and "Copies" in out, out)
    check(re.search("^because +(nothing|the same|it) ", out, re.M), "the relation is not told in words")
    equal(good("why", sha_of(mail("03-no-remarks"))[:12]), out, "by SHA-256")
    bad(65, "no submission", "why", "99999999")


def test_why_tells_what_would_have_changed_it():
    def changes(part):
        out = good("why", id_of(part))
        check("What would have changed it" in out, out[-500:])
        return [re.split(r"  +", l) for l in out[out.index("What would have changed it"):].splitlines()[2:]]
    rows = changes("09-names-no-consultation")
    check(["consultation", "-", "strategiplan-2007"] not in [r[:3] for r in rows], rows)
    rows = changes("08-answer-in-the-wrong-mailbox")
    check(any(r[0] == "consultation" and r[2] == "-" and "case reference 2021/4593" in r[3] for r in rows), f"the number alone decided: {rows}")
    rows = changes("10-corrected-version")
    first = id_of("02-first-version")
    check(["relation", f"revision of submission {first}", "original", f"without submission {first}"] in rows, rows)
    # Much of its text is the first's: without the words it is still a version of it, and somebody is asked.
    check(["review", "-", "possible-revision", "without its words that it replaces another"] in rows, rows)
    rows = changes("08-ten-minutes-past-midnight")
    check(["deadline", "late", "on time", "received before 2007-06-22T22:00:00Z"] in rows, rows)
    for m in MAILS:
        good("why", sha_of(m))


def test_replay_with_the_same_rules_changes_nothing():
    before = everything()
    for options in (["--all"], ["--all", "--parse"], [], [id_of("03-no-remarks"), sha_of(mail("10-corrected-version"))[:10]]):
        events = query("SELECT count(*) FROM events")
        check("0 submissions would change" in good("replay", "--dry-run", *options), "a rehearsal")
        equal(query("SELECT count(*) FROM events"), events, "events after a rehearsal")
        check("0 submissions changed" in good("replay", *options), "a replay")
        equal(everything(), before, f"views after replay {options}")
    actor, action, detail = query("SELECT actor, action, detail FROM events ORDER BY id DESC LIMIT 1")[0]
    check(actor.startswith("uid=") and action == "replay" and id_of("03-no-remarks") in detail, (actor, action, detail))
    bad(65, "no submission", "replay", "999999")
    bad(65, "no submission", "replay", "--dry-run", "999999")
    bad(64, "usage:", "replay", "--all", "1")


def new_configuration():
    """Beside the old one, the same database: the deadline four days earlier, the case another one."""
    folder = f"{WORK}/new"
    shutil.copytree(f"{WORK}/consultations.d", f"{folder}/consultations.d")
    shutil.copy(CONF, folder)
    path = f"{folder}/consultations.d/opptrappingsplan-2022.conf"
    with open(path, encoding="utf-8") as f:
        content = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(content.replace('deadline  = "2022-05-27"', 'deadline  = "2022-05-20"').replace("21/4593", "21/4711"))
    return f"{folder}/hoeringd.conf"


def test_replay_shows_what_a_new_configuration_would_change():
    before, conf = everything(), new_configuration()
    rehearsed = json.loads(good("replay", "--dry-run", "--all", "--json", conf=conf))
    check({"deadline", "consultation"} <= {c["verdict"] for c in rehearsed}, rehearsed)
    equal(everything(), before, "views after the rehearsal")
    parsed = json.loads(good("replay", "--dry-run", "--all", "--parse", "--json", conf=conf))
    equal(parsed, rehearsed, "parsed again too")
    older = "no replay of all is on record"
    check(older not in good("statement", "opptrappingsplan-2022"), "nothing has changed")
    in_status, advice = (lambda c=CONF: {d["consultation"] for d in json.loads(good("status", "--json", conf=c))["deadlines"] if d["changed_at"]}), "older than"
    check(in_status() == set() and advice not in good("status"), "status: nothing has changed")
    good("replay", id_of("03-no-remarks"), conf=conf)
    check(older in good("statement", "opptrappingsplan-2022", conf=conf), "the verdicts are of an earlier configuration")
    equal(in_status(conf), {"opptrappingsplan-2022", "strategiplan-2007"}, "status says so")
    check(re.search("^NOTE: opptrappingsplan-2022 is judged by a configuration older than .*: hoering replay --dry-run --all$", good("status", conf=conf), re.M), "status")
    good("replay", "--all", conf=conf)
    check(older not in good("statement", "opptrappingsplan-2022", conf=conf), "all of it was judged again")
    check(in_status(conf) == set() and advice not in good("status", conf=conf), "status: all of it was judged again")
    for c in rehearsed:
        if c["verdict"] in ("deadline", "consultation"):
            column = {"deadline": "deadline_verdict", "consultation": "consultation"}[c["verdict"]]
            got = query(f"SELECT {column} FROM {'responses WHERE id' if column != 'consultation' else 'submissions WHERE id'} = ?", c["submission"])
            equal(got[0][0] if got else None, c["after"] if got else None, f"submission {c['submission']}")
    check(everything() != before, "nothing changed")
    good("replay", "--all")
    equal(everything(), before, "views with the old configuration again")


def test_replay_shows_what_a_new_rule_would_change():
    """In a rules folder of one's own municipalities are associations."""
    before, rules, conf = everything(), f"{WORK}/rules", f"{WORK}/own-rules.conf"
    shutil.copytree(f"{ROOT}/config/rules", rules)
    with open(f"{rules}/words", encoding="utf-8") as f:
        content = f.read()
    with open(f"{rules}/words", "w", encoding="utf-8") as f:
        f.write(content.replace("class:kommune\t*kommune", "class:organisasjon\t*kommune"))
    with open(CONF, encoding="utf-8") as f, open(conf, "w", encoding="utf-8") as g:
        g.write(f'rules = "{rules}";\n' + f.read())
    rehearsed = json.loads(good("replay", "--dry-run", "--all", "--json", conf=conf))
    check(rehearsed and {(c["verdict"], c["before"], c["after"]) for c in rehearsed} == {("class", "kommune", "organisasjon")}, rehearsed)
    check("kommune" in good("replay", "--dry-run", "--all", conf=conf), "the difference is not printed for people")
    equal(everything(), before, "views after the rehearsal")
    good("replay", "--all", conf=conf)
    equal(query("SELECT count(*) FROM responses WHERE responder_class = 'kommune'"), [(0,)], "municipalities left")
    good("replay", "--all")
    equal(everything(), before, "views with the old rules again")


def test_replay_tells_of_other_rules():
    """They act while a mail is parsed: judged again without, nothing is seen of them, and that is said."""
    said = "were parsed with other rules than these"
    conf, rules = f"{WORK}/own-phrases.conf", f"{WORK}/own-phrases"
    os.mkdir(rules)
    with open(f"{ROOT}/config/rules/phrases", encoding="utf-8") as f, open(f"{rules}/phrases", "w", encoding="utf-8") as g:
        g.write(f.read() + "\nno-remarks\tjubelhimmelen\n")
    with open(CONF, encoding="utf-8") as f, open(conf, "w", encoding="utf-8") as g:
        g.write(f'rules = "{rules}";\n' + f.read())
    n = query("SELECT count(*) FROM submissions")[0][0]
    for options, told in ((["--dry-run", "--all"], True), (["--all"], True), (["--dry-run", "--all", "--parse"], False)):
        r = hoering("replay", *options, "--json", conf=conf)
        equal((r.returncode, f"{n} submissions {said}" in r.stderr), (0, told), f"replay {options}: {r.stderr}")
        check(said not in hoering("replay", *options).stderr, f"replay {options} with the same rules")
    with open(f"{rules}/sentences", "w", encoding="utf-8") as g:
        g.write("# none\n")
    with open(f"{rules}/phrases", "w", encoding="utf-8") as g, open(f"{ROOT}/config/rules/phrases", encoding="utf-8") as f:
        g.write(f.read())
    check(said in hoering("replay", "--dry-run", "--all", conf=conf).stderr, "sentences of one's own")
    os.remove(f"{rules}/sentences")
    check(said not in hoering("replay", "--dry-run", "--all", conf=conf).stderr, "the same phrases in a folder of one's own")


REGISTER = [
    {"organisasjonsnummer": "964966842", "navn": "GRANHOLT KOMMUNE", "organisasjonsform.kode": "KOMM", "hjemmeside": "www.granholt.kommune.example",
     "historiskeNavn": "Gamle Granholt herad"},
    {"organisasjonsnummer": "974760673", "navn": "GRANHOLT KOMMUNE HELSE; OG OMSORG", "organisasjonsform.kode": "BEDR", "overordnetEnhet": "964966842"},
    {"organisasjonsnummer": "983887406", "navn": "FRIVILLIGSENTRALEN I SØRBYGD", "organisasjonsform.kode": "FLI", "naeringskode1.kode": "94.991"},
    {"organisasjonsnummer": "123456785", "navn": "KARI \"HATT\" NORDMANN", "organisasjonsform.kode": "ENK", "epostadresse": "kari@gmail.com"},
    {"organisasjonsnummer": "123456786", "navn": "FEIL KONTROLLSIFFER", "organisasjonsform.kode": "AS"},
]
REGISTER_COLUMNS = ["navn", "postadresse", "organisasjonsnummer", "organisasjonsform.kode", "hjemmeside", "epostadresse", "naeringskode1.kode",
                    "overordnetEnhet", "historiskeNavn"]


def write_csv(path, delimiter, start=""):
    quoted = lambda v: '"' + v.replace('"', '""') + '"'
    lines = [delimiter.join(REGISTER_COLUMNS)] + [delimiter.join(quoted(e.get(c, "Storgata 1\nInngang B" if c == "postadresse" else "")) for c in REGISTER_COLUMNS)
                                                  for e in REGISTER]
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(start + "\r\n".join(lines) + "\r\n")


def write_json(path):
    nested = []
    for e in REGISTER:
        n = {k: v for k, v in e.items() if "." not in k and k != "historiskeNavn"}
        n |= {k.split(".")[0]: {"beskrivelse": "navn", "kode": v} for k, v in e.items() if "." in k}
        if "historiskeNavn" in e:
            n["historiskeNavn"] = [{"navn": e["historiskeNavn"], "fraDato": "1964-01-01"}]
        nested.append(n | {"forretningsadresse": {"adresse": ["Storgata 1"], "poststed": "STORVIK"}, "antallAnsatte": 7, "konkurs": False, "x": None})
    with gzip.open(path, "wt", encoding="utf-8") as f:
        json.dump(nested, f)


def registered():
    with contextlib.closing(sqlite3.connect(f"file:{DATABASE}.registry?mode=ro", uri=True)) as db:
        return db.execute("SELECT * FROM organisation ORDER BY 1").fetchall(), db.execute("SELECT * FROM known ORDER BY 1, 2, 3").fetchall()


def test_registry_in_every_form():
    write_csv(f"{WORK}/comma.csv", ",")
    write_csv(f"{WORK}/semicolon.csv", ";", "\ufeff")
    write_json(f"{WORK}/enheter.json.gz")
    seen = []
    for name in ("comma.csv", "semicolon.csv", "enheter.json.gz"):
        out = good("registry", "load", f"{WORK}/{name}")
        check("4 organisations" in out and "1 entries" in out, out)
        seen.append(registered())
    equal(seen[1], seen[0], "with semicolons and a mark")
    equal(seen[2], seen[0], "as JSON")
    organisations, known = seen[0]
    equal([(o[0], o[3]) for o in organisations], [(123456785, "virksomhet"), (964966842, "kommune"), (974760673, "kommune"), (983887406, "organisasjon")], "classes")
    check((0, "gamle granholt herad", 964966842) in known and (2, "granholt.kommune.example", 964966842) in known, known)
    check(not any(k[1] == "gmail.com" for k in known) and (3, "kari@gmail.com", 123456785) in known, known)
    actor, action, detail = query("SELECT actor, action, detail FROM events ORDER BY id DESC LIMIT 1")[0]
    check(actor.startswith("uid=") and action == "registry" and "organisations=4" in detail, (actor, action, detail))


def test_registry_that_is_none():
    before = registered()
    for name, content in (("cut.json", b'[{"organisasjonsnummer": "964966842", "navn": "X"'), ("cut.csv", b'organisasjonsnummer,navn\n964966842,"X'),
                          ("other.csv", b"a,b,c\n1,2,3\n"), ("empty.csv", b""), ("cut.json.gz", gzip.compress(b"[]" * 5000)[:40]),
                          ("none.json", b"[]"), ("deep.json", b"[" * 100000)):
        with open(f"{WORK}/{name}", "wb") as f:
            f.write(content)
        bad(66, name, "registry", "load", f"{WORK}/{name}")
    bad(66, "nowhere", "registry", "load", f"{WORK}/nowhere.csv")
    bad(64, "usage:", "registry", "drop")
    equal(registered(), before, "the register before")
    check(not os.path.exists(f"{DATABASE}.registry.partial"), "half a register lies about")


def test_registry_is_known_to_the_judge():
    changes = json.loads(good("replay", "--all", "--json"))
    told = {(c["submission"], c["verdict"]): c["after"] for c in changes}
    granholt, centre = id_of("aar@aid.dep.no/02-same-answer"), id_of("09-names-no-consultation")
    equal(told.get((int(granholt), "orgnr")), "964966842", "number by name")
    check(re.search(r"^class +organisasjon$.*^org.nr. +983887406$", good("why", centre), re.M | re.S), "a centre that has the look of a person")
    check("register-domain" in good("why", granholt), "the domain is not told")
    before = everything()
    good("restore")
    equal(everything(), before, "views after a restore: the register is found again")
    os.unlink(f"{DATABASE}.registry")
    good("replay", "--all")
    equal(query("SELECT orgnr FROM responses WHERE id = ?", granholt), [(None,)], "number without a register")
    good("registry", "load", f"{WORK}/comma.csv")
    good("replay", "--all")


def test_show():
    out = good("show", id_of("03-no-remarks"))
    row = query("SELECT subject, from_address FROM submissions WHERE id = ?", int(id_of("03-no-remarks")))[0]
    check(all(x in out for x in row), out[:500])
    check("merknad" in out, "no text")
    for m in MAILS:
        shown = good("show", sha_of(m))
        check(not any(ord(c) < 32 and c not in "\n\t" or 127 <= ord(c) < 160 for c in shown), f"control characters from {m}")


def test_extract():
    folder = f"{WORK}/out"
    good("extract", id_of("01-everything-in-a-pdf"), folder)
    names = sorted(os.listdir(folder))
    equal(names, [f"{id_of('01-everything-in-a-pdf')}.eml", "Høringsuttalelse - vår ref. DV 07-112.pdf"], "files")
    equal(sha_of(f"{folder}/{names[0]}"), sha_of(mail("01-everything-in-a-pdf")), "the original")
    good("extract", id_of("01-everything-in-a-pdf"), folder)
    equal(len(os.listdir(folder)), 4, "files after the second time")
    check("Høringsuttalelse - vår ref. DV 07-112-2.pdf" in os.listdir(folder), f"no number: {os.listdir(folder)}")


def test_extract_gives_every_attachment():
    for number, (submission,) in enumerate(query("SELECT DISTINCT submission FROM attachments WHERE parent = 0")):
        folder = f"{WORK}/each{number}"
        r = hoering("extract", str(submission), folder)
        got = {sha_of(f"{folder}/{f}") for f in os.listdir(folder)}
        want = {s for (s,) in query("SELECT sha256 FROM attachments WHERE submission = ? AND parent = 0", submission)}
        check(want <= got, f"submission {submission}: {len(want - got)} attachments are missing: {r.stderr}")


def test_decisions_without_a_daemon():
    submission = id_of("09-names-no-consultation")
    good("refile", submission, "opptrappingsplan-2022", "--reason", "ringte og spurte")
    equal(query("SELECT consultation FROM submissions WHERE id = ?", submission), [("opptrappingsplan-2022",)], "consultation")
    equal(query("SELECT count(*) FROM review WHERE submission = ? AND reason = 'no-consultation'", submission), [(0,)], "reviews left")
    at, actor, action, object_, detail = query("SELECT at, actor, action, object, detail FROM events ORDER BY id DESC LIMIT 1")[0]
    check(actor.startswith(f"uid={os.getuid()}(") and action == "refile" and object_ == sha_of(mail("09-names-no-consultation")), (actor, action))
    good("relate", id_of("12-attached-message"), "supplement", id_of("05-answer-in-an-odt"), "--reason", "hører til")
    equal(query("SELECT relation, related_to FROM submissions WHERE id = ?", id_of("12-attached-message")), [("supplement", int(id_of("05-answer-in-an-odt")))], "relation")
    good("kind", id_of("01-question"), "other", "--reason", "ikke et spørsmål")
    equal(query("SELECT kind FROM submissions WHERE id = ?", id_of("01-question")), [("other",)], "kind")
    check("ringte" in good("why", submission), "the decision is not shown")


def test_decisions_that_cannot_be():
    before = query("SELECT count(*) FROM events")
    bad(64, "--reason", "kind", "1", "other")
    bad(64, "--reason", "kind", "1", "other", "--reason", "  ")
    bad(65, "kind", "kind", "1", "letter", "--reason", "x")
    bad(65, "consultation", "refile", "1", "nowhere-1999", "--reason", "x")
    bad(65, "relat", "relate", "1", "copy", "1", "--reason", "x")
    for other in ("2", "1", "999999", sha_of(mail("03-no-remarks"))[:12], "", "--", "- "):
        bad(65, "write - in the place of the other", "relate", "--reason", "x", "--", "1", "original", other)
    bad(65, "", "kind", "999999", "other", "--reason", "x")
    equal(query("SELECT count(*) FROM events"), before, "events")


def respondents():
    return query("SELECT sum(respondents) FROM counts")[0][0]


def replayed_and_restored():
    before = everything()
    good("replay", "--all")
    equal(everything(), before, "views after a replay")
    good("restore")
    equal(everything(), before, "views after a restore")


def test_join_and_split():
    two, centre = id_of("aar@aid.dep.no/02-same-answer"), id_of("03-nynorsk-in-the-body")
    before, n = everything(), respondents()
    name = lambda i: query("SELECT organisation FROM responses WHERE id = ?", i)[0][0]
    first, second = name(two), name(centre)
    check(first != second, "not two to begin with")
    bad(65, "not one", "split", two, centre, "--reason", "x")
    bad(65, "same submission", "join", two, two, "--reason", "x")
    good("join", two, centre, "--reason", "ett og samme selskap")
    equal([name(two), name(centre)], [second, second], "names")
    equal(respondents(), n - 1, "respondents")
    check("operator-join" in good("why", two) and first in good("why", two), "why does not tell")
    bad(65, "one already", "join", two, centre, "--reason", "x")
    replayed_and_restored()
    third = id_of("01-everything-in-a-pdf")
    good("join", third, two, "--reason", "det tredje navnet")
    equal(name(third), second, "the name of those joined before")
    equal(respondents(), n - 2, "respondents")
    replayed_and_restored()
    good("split", two, centre, "--reason", "likevel ikke")
    equal([name(two), name(centre), name(third)], [first, second, first], "names after the split")
    good("split", two, third, "--reason", "heller ikke dette")
    equal(everything(), before, "views after both joins are taken back")
    replayed_and_restored()


def test_split_of_what_the_rules_have_joined():
    first, later, n = id_of("02-first-version"), id_of("10-corrected-version"), respondents()
    before = everything()
    good("split", later, first, "--reason", "to foreninger med samme navn")
    equal(query("SELECT relation, counts FROM submissions WHERE id = ?", later), [("original", 1)], "no revision of another's answer")
    equal(respondents(), n + 1, "respondents")
    replayed_and_restored()
    good("join", later, first, "--reason", "samme likevel")
    equal(everything(), before, "views after joining them again")
    replayed_and_restored()


def files_hold(words):
    """Which of the words stand anywhere in the files of database, archive and journal."""
    found = set()
    for folder, _, names in os.walk(DATA):
        for name in names:
            if ".before-restore-" in name:
                continue
            with open(os.path.join(folder, name), "rb") as f:
                content = f.read()
            found |= {w for w in words if w.encode() in content or w.lower().encode() in content}
    return found


PRIVATE = """From: Gunnhild Tussevik <tussevik@gratispost.example>
To: HOD-opptrappingsplanpsykiskhelse@hod.dep.no
Subject: Innspill til opptrappingsplan for psykisk helse 21/4593
Message-ID: <kvitebjorn-17@gratispost.example>
Date: Fri, 13 May 2022 10:00:00 +0200
Received: from a by b; Fri, 13 May 2022 10:00:01 +0200
Content-Type: text/plain; charset=utf-8

Jeg viser til brevet og har sprengbetennelse i knehasen, noe jeg vil fortelle om i dette svaret.
Det var en lang vei til hjelp, og den burde ha vore kortere for alle som kommer etter meg.

Hilsen
Gunnhild Tussevik
"""
SECRETS = ["Tussevik", "kvitebjorn", "sprengbetennelse", "knehasen"]


def import_text(name, text, mailbox="opptrappingsplan"):
    path = f"{WORK}/{name}.eml"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    good("import", path, "--mailbox", mailbox)
    return sha_of(path)


def counts():
    return query("SELECT consultation, submissions, responses, respondents, on_time, late, no_remarks, unanswered FROM counts ORDER BY 1")


def test_decisions_of_every_kind_outlive_replay_and_restore():
    two, centre = id_of("aar@aid.dep.no/02-same-answer"), id_of("03-nynorsk-in-the-body")
    good("join", two, centre, "--reason", "ett selskap")
    good("split", id_of("10-corrected-version"), id_of("02-first-version"), "--reason", "to foreninger")
    made = [r for r in query("SELECT DISTINCT action FROM events WHERE action IN ('refile', 'relate', 'kind', 'join', 'split') ORDER BY 1")]
    equal(made, [("join",), ("kind",), ("refile",), ("relate",), ("split",)], "decisions made")

    def in_force():
        one = lambda column, part: query(f"SELECT {column} FROM submissions WHERE sha256 = ?", sha_of(mail(part)))[0][0]
        equal(one("consultation", "09-names-no-consultation"), "opptrappingsplan-2022", "refile")
        equal(one("relation", "12-attached-message"), "supplement", "relate")
        equal(one("kind", "01-question"), "other", "kind")
        equal(one("responder", "aar@aid.dep.no/02-same-answer"), one("responder", "03-nynorsk-in-the-body"), "join")
        equal([one("relation", p) for p in ("02-first-version", "10-corrected-version")], ["original", "original"], "split")
    in_force()
    before = everything()
    for options in (["--all"], ["--all", "--parse"]):
        good("replay", *options)
        in_force()
        equal(everything(), before, f"views after replay {options}")
    good("restore")
    in_force()
    equal(everything(), before, "views after a restore")
    good("split", two, centre, "--reason", "likevel ikke")
    good("join", id_of("10-corrected-version"), id_of("02-first-version"), "--reason", "samme likevel")
    replayed_and_restored()


NAMELESS = """From: Torbjorn Vatnamot <vatnamot@gratispost.example>
To: hmr@hod.dep.no
Subject: noen ord
Message-ID: <nameless-1@gratispost.example>
Date: Fri, 4 Nov 2022 10:00:00 +0100
Received: from a by b; Fri, 4 Nov 2022 10:00:01 +0100
Content-Type: text/plain; charset=utf-8

Hei. Her kommer noen ord om brua over elva, som trenger nytt rekkverk etter flommen, og om stien ned til vannet.
Det hadde vært fint om noen kunne se på det i løpet av våren, for barna leker der hver dag.

Hilsen
Torbjorn Vatnamot
"""


def test_refile_to_none():
    """It and its copies belong to no consultation, because somebody says so: NULL everywhere, and nobody is asked any more."""
    sha = import_text("nameless", NAMELESS)
    copy = import_text("nameless-copy", NAMELESS.replace("from a", "from z").replace("nameless-1", "nameless-2"))
    both = lambda: query("SELECT s.consultation, s.relation, s.state, (SELECT count(*) FROM review r WHERE r.submission = s.id AND r.reason LIKE '%-consultation')"
                         " FROM submissions s WHERE sha256 IN (?, ?) ORDER BY sha256 = ?", sha, copy, copy)
    none = lambda: query("SELECT submissions FROM counts WHERE consultation IS NULL")[0][0]
    said = lambda: re.search(r"Filed under no consultation: (\d+)", good("statement", "strategiplan-2007"))[1]
    equal([b[0] for b in both()], [None, None], "undecided")
    check(sum(b[3] for b in both()) > 0, "nobody is asked")
    before = none()
    good("kind", sha[:12], "response", "--reason", "et svar")
    good("kind", copy[:12], "response", "--reason", "et svar")
    check("belongs to no consultation" in good("refile", sha[:12], "-", "--reason", "hører ikke hit"), "what was decided")

    def settled(states):
        equal(both(), [(None, relation, state, 0) for relation, state in zip(["original", "copy"], states)], "decided")
        equal([none(), int(said())], [before, before], "counted as filed under none")
        equal([v for v in VIEWS if any("consultation': '-'" in row for row in everything()[v])], [], "views that have a consultation -")
    settled(["filed", "filed"])
    check("- " in good("why", copy[:12]), "why of the copy")
    replayed_and_restored()
    settled(["filed", "filed"])
    good("erase", sha[:12], "--reason", "bedt om")
    settled(["erased", "filed"])
    check("when the one or the other was erased" in good("why", copy[:12]), "why of what was erased beside it")
    replayed_and_restored()
    settled(["erased", "filed"])
    good("erase", copy[:12], "--reason", "bedt om")
    settled(["erased", "erased"])


def test_erase():
    sha = import_text("private", PRIVATE)
    copy = import_text("private-copy", PRIVATE.replace("from a", "from z"))
    id_ = lambda s: query("SELECT id FROM submissions WHERE sha256 = ?", s)[0][0]
    equal(query("SELECT relation, related_to FROM submissions WHERE sha256 = ?", copy), [("copy", id_(sha))], "the copy")
    before = counts()
    equal(files_hold(SECRETS), set(SECRETS), "words in the files before")
    bad(64, "--reason", "erase", str(id_(sha)))
    good("erase", str(id_(copy)), "--reason", "bedt om sletting")
    good("erase", sha[:12], "--reason", "bedt om sletting")
    bad(65, "erased already", "erase", sha[:12], "--reason", "x")
    equal(files_hold(SECRETS), set(), "words in the files after")
    equal(counts(), before, "counts")
    equal(query("SELECT state, kind, counts, subject, from_name, from_address, message_id, responder FROM submissions WHERE sha256 = ?", sha),
          [("erased", "response", 1, None, None, None, None, None)], "what is left")
    equal(query("SELECT relation, related_to FROM submissions WHERE sha256 = ?", copy), [("copy", id_(sha))], "the copy's place")
    check(" 0 faults" in good("verify"), "verify accepts a tombstone")
    why = good("why", sha[:12])
    check("when the one or the other was erased" in why and "an operator has decided it" not in why, why)
    good("show", sha[:12])
    replayed_and_restored()
    equal(counts(), before, "counts after a restore")
    good("replay", "--all", "--parse")
    check(" 0 faults" in good("verify"), "verify after all that")


def test_decisions_on_what_is_erased():
    name = query("SELECT sha256 FROM submissions WHERE state = 'erased' AND kind = 'response' AND counts = 1 AND consultation IS NOT NULL LIMIT 1")[0][0]
    row = lambda: query("SELECT kind, counts, consultation FROM submissions WHERE sha256 = ?", name)[0]
    kind, counted, consultation = row()
    good("kind", name[:12], "inquiry", "--reason", "likevel ikke et svar")
    equal(row(), ("inquiry", 0, consultation), "another kind")
    replayed_and_restored()
    good("kind", name[:12], kind, "--reason", "jo")
    good("refile", name[:12], "-", "--reason", "ingen")
    equal(row(), (kind, 1, None), "its old kind, and no consultation")
    replayed_and_restored()
    good("refile", name[:12], consultation, "--reason", "jo")
    equal(row(), (kind, counted, consultation), "as it was")


def test_erase_leaves_what_rests_on_it():
    text = PRIVATE.replace("Tussevik", "Solgard").replace("kvitebjorn", "svartebjorn").replace("tussevik", "solgard")
    first = import_text("solgard-1", text)
    second = import_text("solgard-2", text.replace("svartebjorn-17", "svartebjorn-18").replace("Innspill", "Korrigert versjon: Innspill")
                         .replace("fortelle om", "fortelle mer om").replace("13 May", "16 May").replace("knehasen", "knehasen (dette erstatter tidligere innsendt svar)"))
    row = lambda: query("SELECT first_received_at, version, deadline_verdict FROM responses WHERE id = (SELECT id FROM submissions WHERE sha256 = ?)", second)
    kin = lambda: query("SELECT relation, related_to FROM submissions WHERE sha256 = ?", second)
    equal(kin(), [("revision", query("SELECT id FROM submissions WHERE sha256 = ?", first)[0][0])], "a revision")
    before, was, numbers = row(), kin(), counts()
    good("erase", first[:12], "--reason", "bare den første")
    equal([row(), kin(), counts()], [before, was, numbers], "the revision after its predecessor was erased")
    check("Solgard" in files_hold(["Solgard"]), "the other mail of the same person was not asked for")
    replayed_and_restored()
    equal([row(), kin(), counts()], [before, was, numbers], "the same after a restore")
    good("erase", second[:12], "--reason", "den også")
    equal(files_hold(["Solgard", "svartebjorn"]), set(), "words in the files")
    equal(counts(), numbers, "counts")
    replayed_and_restored()


def test_erased_mail_comes_again():
    n, before = query("SELECT count(*) FROM copies")[0][0], counts()
    sha = import_text("again", PRIVATE, "hmr")
    equal(query("SELECT count(*) FROM copies")[0][0], n + 1, "the copy is told")
    equal(counts(), before, "counts after the same bytes")
    other = import_text("again-otherwise", PRIVATE.replace("10:00:01", "10:07:09"), "hmr")
    equal(query("SELECT state, relation, counts FROM submissions WHERE sha256 = ?", other), [("erased", "copy", 0)], "known by what it says")
    equal(query("SELECT responses FROM counts WHERE consultation = 'opptrappingsplan-2022'")[0][0],
          [c[2] for c in before if c[0] == "opptrappingsplan-2022"][0], "responses")
    for s in (sha, other):
        check(not os.path.exists(f"{DATA}/archive/{s[:2]}/{s[2:]}.eml"), "it is in the archive again")
    equal(files_hold(SECRETS), set(), "words in the files")
    replayed_and_restored()
    equal(files_hold(SECRETS), set(), "words in the files after a restore")
    path = f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml"
    shutil.copy(f"{WORK}/private.eml", path)
    r = hoering("verify")
    check(r.returncode == 65 and "was erased" in r.stdout, r.stdout)
    good("import", mail("03-no-remarks"), "--mailbox", "hmr")  # whoever opens the line takes away what a crash left
    check(not os.path.exists(path), "an erased original stays in the archive")


def once_says(conf=CONF):
    r = subprocess.run([HOERINGD, "-f", "-c", conf, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    equal(r.returncode, 0, f"exit status of --once: {r.stderr[-300:]}")
    return r.stderr


def test_erase_key():
    path, came, state = f"{DATA}/archive/erase.key", 0, lambda s: query("SELECT state FROM submissions WHERE sha256 = ?", s)[0][0]
    with open(path, "rb") as f:
        key = f.read()

    def put(content):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        if content is not None:
            with open(path, "wb") as f:
                f.write(content)
    try:
        for content, words in ((None, "is missing"), (b"", "is empty"), (key[:9], "is no key"), (bytes(32), "is another key")):
            put(content)
            r = hoering("verify")
            check(r.returncode == 65 and words in r.stdout and "--new-key" in r.stdout and " 1 faults" in r.stdout, f"{content!r}: {r.returncode} {r.stdout}")
            r = hoering("backup", f"{WORK}/keyless")
            check(r.returncode == 65 and words in r.stdout and not os.path.exists(f"{WORK}/keyless"), f"backup, {content!r}: {r.returncode} {r.stdout} {r.stderr}")
            log = once_says()
            check("erase-key-wrong" in log and words in log, f"{content!r}: {log}")
            bad(65, words, "erase", id_of("03-no-remarks"), "--reason", "x")
            came += 1
            sha = import_text(f"keyless-{came}", PRIVATE.replace("10:00:01", f"10:4{came}:00"), "hmr")
            equal(state(sha), "filed", "mail goes on being filed")
            equal(open(path, "rb").read() if os.path.exists(path) else None, content, "the key's file")
            put(key)
            check("erase-key-wrong" not in once_says(), "a warning with the right key")
            good("replay", "--all", "--parse")
            equal(state(sha), "erased", "with the key back it is known")
        check(" 0 faults" in good("verify"), "verify with the key")
        bad(65, "needs no other", "erase", "--new-key", "--reason", "x")
        bad(64, "--reason", "erase", "--new-key")
        bad(64, "", "kind", "--new-key", "--reason", "x")
        put(b"")
        bad(65, "is empty", "erase", "--new-key", "--reason", "x")
        put(None)
        good("erase", "--new-key", "--reason", "tapt i brannen")
        check(os.path.getsize(path) == 32 and open(path, "rb").read() != key, "a new key")
        check(" 0 faults" in good("verify") and "erase-key-wrong" not in once_says(), "the new key")
        put(key)
        check("is another key" in hoering("verify").stdout, "the old one is not the new one")
        good("erase", "--new-key", "--reason", "funnet igjen")
        check(" 0 faults" in good("verify"), "the old key again")
        before = everything()
        good("restore")
        after = everything()
        equal([v for v in VIEWS if v != "completeness" and after[v] != before[v]], [], "views that a restore has changed")    # rounds are not in the journal
    finally:
        put(key)
        shutil.rmtree(f"{WORK}/keyless.partial", ignore_errors=True)


def test_erase_key_of_an_older_journal():
    """One that tells no key: the daemon adds it, and from then on a loss is found."""
    good("backup", f"{WORK}/older")
    conf, log = from_backup(f"{WORK}/older"), f"{WORK}/older/archive/journal/000000000001.log"
    with open(log) as f:
        lines = [line.rstrip("\n").split("\t")[1:6] for line in f]
    before = "0" * 64
    with open(log, "w") as f:
        for n, fields in enumerate((l for l in lines if l[2] != "erase-key"), 1):
            line = "\t".join([str(n), *fields])
            before = hashlib.sha256((before + line).encode()).hexdigest()
            f.write(f"{line}\t{before}\n")
    os.unlink(f"{WORK}/older/hoeringd.db")
    good("restore", conf=conf)
    once_says(conf)
    check(" 0 faults" in good("verify", conf=conf), "verify")
    with open(log) as f:
        equal([line.split("\t")[3] for line in f].count("erase-key"), 1, "lines of the key")
    with open(f"{WORK}/other.key", "wb") as f:
        f.write(bytes(32))
    os.replace(f"{WORK}/other.key", f"{WORK}/older/archive/erase.key")
    check("is another key" in hoering("verify", conf=conf).stdout, "another key is not found")


def test_hangup_before_there_is_anything_to_reload():
    """While it says what is wrong with its configuration, more than the pipe holds: it cannot end before somebody reads."""
    conf = f"{WORK}/mistakes.conf"
    with open(conf, "w") as f:
        f.writelines(f"nonsense{n} = {n};\n" for n in range(5000))
    d = subprocess.Popen([HOERINGD, "-f", "-c", conf], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        d.stderr.read(1)
        d.send_signal(signal.SIGHUP)
        d.communicate(timeout=60)
        equal(d.returncode, 78, "exit status")
    finally:
        d.kill()
        d.wait()


def test_verify():
    out = good("verify")
    check(f"{len({sha_of(m) for m in MAILS})} originals" in out and " 0 faults" in out, out)


def test_verify_finds_a_changed_original():
    sha = sha_of(mail("03-no-remarks"))
    path = f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml"
    with open(path, "rb") as f:
        content = f.read()
    os.chmod(path, 0o640)
    for wrong in (content[:-1] + b"X", content[:-9]):
        with open(path, "wb") as f:
            f.write(wrong)
        r = hoering("verify")
        check(r.returncode == 65 and "1 faults" in r.stdout and id_of("03-no-remarks") in r.stdout, f"{r.returncode} {r.stdout}")
    bad(65, "damaged", "extract", id_of("03-no-remarks"), f"{WORK}/damaged")
    with open(path, "wb") as f:
        f.write(content)
    os.chmod(path, 0o440)
    good("verify")


def test_verify_finds_a_changed_event():
    keep = f"{WORK}/keep.db"
    with contextlib.closing(sqlite3.connect(DATABASE)) as db, contextlib.closing(sqlite3.connect(keep)) as copy:
        db.backup(copy)
    with contextlib.closing(sqlite3.connect(DATABASE)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE event SET actor = 'uid=0(nobody)' WHERE id = 5")
        db.commit()
    r = hoering("verify")
    check(r.returncode == 65 and "event 5 " in r.stdout, f"{r.returncode} {r.stdout}")
    with contextlib.closing(sqlite3.connect(keep)) as copy, contextlib.closing(sqlite3.connect(DATABASE)) as db:
        copy.backup(db)
    good("verify")


def test_verify_finds_a_changed_copy():
    """Each line of the journal that brings a copy has its row, with all it says, and no row is without one."""
    keep, of = f"{WORK}/keep.db", "FROM copy WHERE mailbox = 'hmr' ORDER BY uid LIMIT 1"
    (uidvalidity, uid, submission), = query(f"SELECT uidvalidity, uid, submission {of}")
    place, row = f"hmr/{uidvalidity}/{uid}", f"mailbox = 'hmr' AND uidvalidity = {uidvalidity} AND uid = {uid}"
    with contextlib.closing(sqlite3.connect(DATABASE)) as db, contextlib.closing(sqlite3.connect(keep)) as copy:
        db.backup(copy)
    event = f"(SELECT event FROM copy WHERE {row})"
    for change, words in ((f"UPDATE copy SET uid = 9999 WHERE {row}", [f"brings the copy {place}, ", f"has hmr/{uidvalidity}/9999"]),
                          (f"UPDATE copy SET mailbox = 'aar', uid = 9999 WHERE {row}", [f"brings the copy {place}, ", f"has aar/{uidvalidity}/9999"]),
                          (f"UPDATE copy SET uidvalidity = 77 WHERE {row}", [f"brings the copy {place}, ", f"has hmr/77/{uid}"]),
                          (f"UPDATE copy SET received = received + 86400 WHERE {row}", [f"brings the copy {place}, received ", f"has {place}, received "]),
                          (f"UPDATE copy SET submission = (SELECT min(id) FROM submission WHERE id <> {submission}) WHERE {row}",
                           [f"has {place}, ", f"original {query('SELECT sha256 FROM submission WHERE id <> ? ORDER BY id', submission)[0][0]}"]),
                          (f"DELETE FROM copy WHERE {row}", [f"brings the copy {place}, ", "does not have it"]),
                          (f"INSERT INTO copy SELECT mailbox, uidvalidity, 9999, submission, received, NULL, state, settled_how, event FROM copy WHERE {row}",
                           [f"has hmr/{uidvalidity}/9999"]),
                          (f"INSERT INTO copy SELECT mailbox, uidvalidity, 9999, submission, received, NULL, state, settled_how,"
                           f" (SELECT min(id) FROM event WHERE action <> 'copy') FROM copy WHERE {row}", [f"no line of the journal brings the copy hmr/{uidvalidity}/9999"]),
                          (f"UPDATE copy SET event = (SELECT max(event) FROM copy) WHERE {row}", [f"has {place}, "]),
                          (f"UPDATE submission SET received = received + 86400 WHERE id = {submission}", [f"submission {submission} was received at another"])):
        with contextlib.closing(sqlite3.connect(DATABASE)) as db:
            db.execute(change)
            db.commit()
        r = hoering("verify")
        check(r.returncode == 65 and all(w in r.stdout for w in words), f"{change}: {r.returncode} {r.stdout} {r.stderr}")
        with contextlib.closing(sqlite3.connect(keep)) as copy, contextlib.closing(sqlite3.connect(DATABASE)) as db:
            copy.backup(db)
    good("verify")


def journal_lines():
    (name,) = os.listdir(f"{DATA}/archive/journal")
    path = f"{DATA}/archive/journal/{name}"
    with open(path, "rb") as f:
        return path, f.read().splitlines(keepends=True)


def test_verify_finds_a_shortened_journal():
    path, lines = journal_lines()
    for short in (lines[:-20], lines[:-1], lines[:-1] + [lines[-1][:-9]], []):
        with open(path, "wb") as f:
            f.writelines(short)
        r = hoering("verify")
        check(r.returncode == 65 and " 1 faults" in r.stdout and "lines are missing" in r.stdout, f"{r.returncode} {r.stdout}")
    with open(path, "wb") as f:
        f.writelines(lines)
    good("verify")


def test_shortened_journal_stays_as_it_is():
    """What the database knows was whole once: nothing cuts such a line off as if a crash had left it."""
    path, lines = journal_lines()
    for short in (lines[:-1] + [lines[-1][:-9]], lines[:-1] + [lines[-1][:-1]], lines[:-1]):
        with open(path, "wb") as f:
            f.writelines(short)
        r = subprocess.run([HOERINGD, "-f", "-c", CONF, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        check(r.returncode == 69 and "lines are missing there" in r.stderr, f"{r.returncode} {r.stderr}")
        bad(66, "has lost lines", "restore")
        with open(path, "rb") as f:
            equal(f.read(), b"".join(short), "the journal")
    with open(path, "wb") as f:
        f.writelines(lines)
    good("verify")


def test_verify_of_a_database_that_is_behind():
    """Lines that hoeringd would catch up are no fault, unless what they speak of is gone."""
    def line(before, action, what, detail):
        seq = int(before.split(b"\t")[0]) + 1
        words = f"{seq}\t2026-01-01T00:00:00Z\thoeringd\t{action}\t{what}\t{detail}".encode()
        return words + b"\t" + hashlib.sha256(before.rstrip(b"\n").split(b"\t")[6] + words).hexdigest().encode() + b"\n"

    path, lines = journal_lines()
    place = "mailbox=kaes uidvalidity=9 uid=1 received=1653000000 bytes=1"
    for last, status, words in ((line(lines[-1], "configuration", "0" * 64, "x=1"), 0, "1 lines behind the journal"),
                                (line(lines[-1], "copy", sha_of(mail("03-no-remarks")), place), 0, "1 lines behind the journal"),
                                (line(lines[-1], "copy", "ab" * 32, place), 65, "FAULT"),
                                ((gone := line(lines[-1], "copy", "ab" * 32, place)) + line(gone, "erase", "ab" * 32, "x=1"), 0, "2 lines behind"),
                                (line(lines[-1], "configuration", "0" * 64, "x=1").replace(b"x=1", b"x=2"), 65, "FAULT: journal")):
        with open(path, "ab") as f:
            f.write(last)
        r = hoering("verify")
        check(r.returncode == status and words in r.stdout and ("behind" in r.stdout) == (status == 0), f"{r.returncode} {r.stdout}")
        with open(path, "wb") as f:
            f.writelines(lines)
    good("verify")


def test_restore_gives_the_same_views():
    before = everything()
    good("restore")
    equal(everything(), before, "views")
    check(any(".before-restore-" in f for f in os.listdir(DATA)), "the old database is not there")
    check(" 0 faults" in good("verify"), "verify after restore")


def test_restore_of_a_lost_database():
    before = everything()
    for part in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(DATABASE + part)
    good("restore")
    equal(everything(), before, "views")


def test_database_that_cannot_be_read():
    """One that is damaged, or none at all, is not read at a second try either: what helps is said. The daemon fills an empty one."""
    before, parts = everything(), ("", "-wal", "-shm")
    with contextlib.closing(sqlite3.connect(DATABASE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,), (pages,) = db.execute("PRAGMA page_size").fetchone(), db.execute("PRAGMA page_count").fetchone()
    with open(DATABASE, "rb") as f:
        whole = f.read()

    def put(content):
        for part in parts[1:]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(DATABASE + part)
        with open(DATABASE, "wb") as f:
            f.write(content)
    for content in (b"no database " * 1000, whole[:page] + b"\xff" * (pages - 1) * page, whole[:5 * page]):
        put(content)
        for command in (["verify"], ["status"], ["statement", "strategiplan-2007"], ["why", sha_of(MAILS[0])]):
            bad(66, "hoering restore builds it again", *command)
        r = subprocess.run([HOERINGD, "-f", "-c", CONF, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        check(r.returncode != 0 and "hoering restore builds it again" in r.stderr, f"hoeringd: {r.returncode} {r.stderr[-500:]}")
    good("restore")
    equal(everything(), before, "views after the restore")
    put(b"")
    for command in ("verify", "status"):
        bad(66, "is empty: hoeringd fills it", command)
    r = subprocess.run([HOERINGD, "-f", "-c", CONF, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    check(r.returncode == 0, r.stderr[-500:])
    after = everything()
    equal({v: sorted(set(after[v]) ^ set(before[v])) for v in VIEWS if after[v] != before[v] and v != "completeness"}, {}, "views of the one that the daemon has filled")


def test_consultation_without_a_file():
    """What is filed under one stands in the journal: it is stated from the database, with what is not known of it."""
    path, kept, n = f"{WORK}/consultations.d/strategiplan-2007.conf", f"{WORK}/strategiplan-2007.away", id_of("03-no-remarks")
    good("import", mail("03-no-remarks"), "--mailbox", "hmr")
    good("refile", n, "strategiplan-2007", "--reason", "hører dit")
    before = everything()
    check("does not know this consultation" not in good("statement", "strategiplan-2007"), "it is known")
    os.rename(path, kept)
    good("import", mail("03-no-remarks"), "--mailbox", "hmr")
    check("NOTE: the configuration does not know this consultation any more" in good("statement", "strategiplan-2007"), "it was known")
    for _ in range(2):
        good("restore")
        out = good("statement", "strategiplan-2007")
        counted = query("SELECT submissions, responses FROM counts WHERE consultation = 'strategiplan-2007'")[0]
        check("NOTE: the configuration does not know this consultation, nor" in out and f"in all                {counted[0]}\n" in out and
              f"count as answers      {counted[1]}\n" in out and counted[0] > 0 and f"\n{n:>2}  " in out, out)
        check("strategiplan-2007" in good("status"), "status")
    os.rename(kept, path)
    good("restore")
    after = everything()
    equal({v: sorted(set(after[v]) ^ set(before[v])) for v in VIEWS if after[v] != before[v] and v != "completeness"}, {},
          "views with the file again")     # when a server was last asked is in no journal


def from_backup(folder):
    """A configuration that looks at the backup."""
    conf = f"{WORK}/backup.conf"
    with open(CONF, encoding="utf-8") as f, open(conf, "w", encoding="utf-8") as g:
        g.write(f.read().replace(DATABASE, f"{folder}/hoeringd.db").replace(f"{DATA}/archive", f"{folder}/archive"))
    return conf


def same_as_backup(folder, views):
    global DATABASE
    conf, there = from_backup(folder), DATABASE
    check(" 0 faults" in good("verify", conf=conf), "verify of the backup")
    DATABASE = f"{folder}/hoeringd.db"
    seen = lambda: {v: rows for v, rows in everything().items() if v != "completeness"}  # when a server was last asked is in no journal
    views = {v: rows for v, rows in views.items() if v != "completeness"}
    try:
        equal(seen(), views, "views of the backup")
        good("restore", conf=conf)
        equal(seen(), views, "views after a restore from the backup")
        os.unlink(f"{folder}/hoeringd.db")
        good("restore", conf=conf)
        equal(seen(), views, "views after a restore from archive and journal of the backup alone")
    finally:
        DATABASE = there


def test_backup():
    out = good("backup", f"{WORK}/backup/")
    check("0 faults" in out and f"{len({sha_of(m) for m in MAILS})} originals linked" in out, out)
    check(not os.path.exists(f"{WORK}/backup.partial") and os.path.exists(f"{WORK}/backup/hoeringd.db.registry"), os.listdir(WORK))
    bad(73, "there already", "backup", f"{WORK}/backup")
    same_as_backup(f"{WORK}/backup", everything())


def test_backup_of_what_is_damaged():
    sha = sha_of(mail("03-no-remarks"))
    path = f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml"
    os.rename(path, f"{WORK}/away.eml")
    bad(65, "not whole", "backup", f"{WORK}/bad")
    check(os.path.exists(f"{WORK}/bad.partial") and not os.path.exists(f"{WORK}/bad"), "a bad backup has a good one's name")
    os.rename(f"{WORK}/away.eml", path)
    # What the failed one has left is in nobody's way, unless somebody has put something there, or it is no leftover at all.
    open(f"{WORK}/bad.partial/mine", "w").close()
    bad(66, "move it away", "backup", f"{WORK}/bad")
    os.unlink(f"{WORK}/bad.partial/mine")
    at = os.open(f"{WORK}/bad.partial", os.O_RDONLY)
    fcntl.flock(at, fcntl.LOCK_EX)
    bad(75, "another hoering backup", "backup", f"{WORK}/bad")
    os.close(at)
    check("0 faults" in good("backup", f"{WORK}/bad"), "a second try")
    check(not os.path.exists(f"{WORK}/bad.partial") and " 0 faults" in good("verify"), "the second try's leftovers")


@contextlib.contextmanager
def small_disk(size):
    if os.geteuid() != 0:
        raise Skip("only root can mount a disk")
    disk = tempfile.mkdtemp(dir=WORK)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], capture_output=True).returncode != 0:
        raise Skip("a small disk cannot be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def fill(disk):
    with contextlib.suppress(OSError), open(f"{disk}/filler", "wb", buffering=0) as f:
        while f.write(b"x" * 4096):
            pass


def paused_for_want_of_room(disk, conf, database):
    """A mail for which there is no room, on a disk that still takes the word of it. Leaves the disk with room and the mail filed."""
    os.truncate(f"{disk}/filler", os.path.getsize(f"{disk}/filler") - (1 << 20))
    path = f"{WORK}/boxes/kaes/new/large"
    with open(path, "w", encoding="utf-8") as f:
        f.write("From: a@stor.no\nTo: kaes@hod.dep.no\nSubject: stor\nDate: Fri, 20 May 2022 10:00:00 +0200\n\n" + "stor post\n" * 500000)

    def said(sql):
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    with open(f"{WORK}/log", "w") as log:
        d = subprocess.Popen([HOERINGD, "-f", "-c", conf], stdin=subprocess.DEVNULL, stderr=log, text=True)
    try:
        wait_until(lambda: said("SELECT state FROM mailboxes WHERE name = 'kaes'") == [("paused",)], 40, "the mailbox is told as paused")
    finally:
        d.send_signal(signal.SIGTERM)
        d.communicate(timeout=30)
        os.unlink(f"{disk}/filler")
    r = subprocess.run([HOERINGD, "-f", "-c", conf, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    equal((r.returncode, said(f"SELECT state FROM submissions WHERE sha256 = '{sha_of(path)}'")), (0, [("filed",)]), "with room")
    os.unlink(path)


def test_full_disk():
    """Whatever meets it says so and can be done again when there is room: 75, never advice to move something."""
    with small_disk("64m") as disk:
        backup = f"{disk}/data"
        good("backup", backup)
        conf, database = from_backup(backup), f"{backup}/hoeringd.db"
        good("verify", conf=conf)
        once = lambda: subprocess.run([HOERINGD, "-f", "-c", conf, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        equal(once().returncode, 0, "with room")
        with open(database, "rb") as f:
            content = f.read()
        for leave in (0, 8192, 40000, 300000):
            fill(disk)
            if leave:
                os.truncate(f"{disk}/filler", os.path.getsize(f"{disk}/filler") - leave)
            bad(75, "the disk is full", "restore", conf=conf)
            bad(75, "the disk is full", "backup", f"{disk}/copy", conf=conf)
            if leave == 0:
                r = once()
                check(r.returncode == 75 and "the disk is full" in r.stderr, f"{r.returncode} {r.stderr}")
            with open(database, "rb") as f:
                check(f.read() == content, "the old database was touched")
        paused_for_want_of_room(disk, conf, database)
        good("backup", f"{disk}/copy", conf=conf)
        good("restore", conf=conf)
        equal(once().returncode, 0, "with room again")


def folder_of_data():
    return sorted(f for f in os.listdir(DATA) if ".before-restore-" not in f)


def test_restore_that_fails_leaves_the_old_database():
    before, files, aside = everything(), folder_of_data(), len(os.listdir(DATA))
    with open(DATABASE, "rb") as f:
        content = f.read()
    path, lines = journal_lines()
    with open(path, "wb") as f:
        f.writelines(lines[:5] + lines[6:])
    r = hoering("restore")
    check(r.returncode == 66 and "line number 6" in r.stderr, f"{r.returncode} {r.stderr}")
    with open(path, "wb") as f:
        f.writelines(lines)
    sha = sha_of(mail("03-no-remarks"))
    os.rename(f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml", f"{WORK}/kept.eml")
    r = hoering("restore")
    check(r.returncode == 65 and "1 originals are missing" in r.stderr and "restored" not in r.stdout, f"{r.returncode} {r.stderr}")
    with open(DATABASE, "rb") as f:
        check(f.read() == content, "the old database was touched")
    equal((folder_of_data(), len(os.listdir(DATA))), (files, aside), "files in the folder")
    # Where there is no old one, one without what is damaged is better than none; it does not pass for success.
    os.mkdir(f"{WORK}/away")
    for part in ("", "-wal", "-shm"):
        os.rename(DATABASE + part, f"{WORK}/away/hoeringd.db{part}")
    r = hoering("restore")
    check(r.returncode == 65 and "1 originals are missing" in r.stderr, f"{r.returncode} {r.stderr}")
    equal(query("SELECT kind FROM submissions WHERE sha256 = ?", sha), [("unparsed",)], "the kind of what is missing")
    os.rename(f"{WORK}/kept.eml", f"{DATA}/archive/{sha[:2]}/{sha[2:]}.eml")
    good("restore")
    equal((everything(), folder_of_data()), (before, files), "views and files")
    if os.geteuid() == 0:
        good("status", user=65534, group=os.stat(DATABASE).st_gid, extra_groups=[])


def test_restore_needs_archive_and_lock():
    with open(DATABASE + ".lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        bad(75, "hoeringd is running", "restore")
    check(os.path.exists(DATABASE), "the database is gone")
    os.rename(f"{DATA}/archive", f"{DATA}/elsewhere")
    bad(66, "nothing to restore from", "restore")
    os.rename(f"{DATA}/elsewhere", f"{DATA}/archive")


def said():
    with open(f"{WORK}/log", errors="replace") as f:
        return f.read()


@contextlib.contextmanager
def daemon():
    with open(f"{WORK}/log", "w") as log:
        d = subprocess.Popen([HOERINGD, "-f", "-c", CONF], stdin=subprocess.DEVNULL, stderr=log, text=True)
    try:
        wait_until(lambda: json.loads(good("status", "--json"))["running"], 20, "the daemon listens")
        yield d
    finally:
        d.send_signal(signal.SIGTERM)
        d.communicate(timeout=30)


def test_with_a_daemon():
    submission = id_of("11-wrong-case-number")
    with daemon() as d:
        check("hoeringd is running" in good("status"), "not running")
        good("refile", submission, "opptrappingsplan-2022", "--reason", "siffer byttet om")
        wait_until(lambda: query("SELECT consultation FROM submissions WHERE id = ?", submission) == [("opptrappingsplan-2022",)], 10, "refiled")
        bad(65, "consultation", "refile", submission, "nowhere-1999", "--reason", "x")
        bad(75, "running", "restore")
        wait_until(lambda: query("SELECT count(*) FROM mailboxes WHERE last_success IS NULL") == [(0,)], 20, "the first round")
        before = everything()
        for options in (["--all"], ["--all", "--parse"]):
            check("0 submissions changed" in good("replay", *options), f"replay {options} by the daemon")
            after = everything()
            equal({v: sorted(set(after[v]) ^ set(before[v])) for v in VIEWS if after[v] != before[v]}, {}, f"views after replay {options} by the daemon")
        check(len(json.loads(good("replay", "--dry-run", "--all", "--json", conf=f"{WORK}/new/hoeringd.conf"))) > 0, "no rehearsal beside the daemon")
        bad(75, "another configuration", "replay", "--all", conf=f"{WORK}/new/hoeringd.conf")
        path = f"{WORK}/new.eml"
        with open(path, "w", encoding="utf-8") as f:
            f.write("From: Kari <kari@ny.no>\nTo: kaes@hod.dep.no\nSubject: 21/4593\nMessage-ID: <ny@ny.no>\nDate: Fri, 20 May 2022 10:00:00 +0200\n\nHei\n")
        good("import", path, "--mailbox", "kaes")
        wait_until(lambda: query("SELECT state FROM submissions WHERE sha256 = ?", sha_of(path)) == [("filed",)], 20, "filed")
        with open(CONF, "r+", encoding="utf-8") as f:
            own = f.read()
            f.write(f'control = "{WORK}/elsewhere.sock";\n')
            f.flush()
            d.send_signal(signal.SIGHUP)
            wait_until(lambda: "control cannot change" in said(), 20, "another control socket is refused")
            f.truncate(len(own.encode()))
        for conf, told in ((own_rules("phrases", "ingen tabulator")[0], "reload-refused"), (own_rules("phrases", "# ingen tabulator")[0], "reloaded"), (None, "reloaded")):
            times = said().count(told)
            shutil.copy(conf, CONF) if conf else write_text(CONF, own)
            d.send_signal(signal.SIGHUP)
            wait_until(lambda: said().count(told) > times, 20, f"rules of one's own: {told}")
        check(re.search("reload-refused .*/phrases:[0-9]+: the phrase is no group", said()), "the mistake in the rules is not in the log")
        with contextlib.closing(sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM submissions").fetchall()
            good("erase", sha_of(path)[:12], "--reason", "ved siden av en leser")
            equal(query("SELECT state FROM submissions WHERE sha256 = ?", sha_of(path)), [("erased",)], "state")
            check(not os.path.exists(f"{DATA}/archive/{sha_of(path)[:2]}/{sha_of(path)[2:]}.eml"), "the original")
            wait_until(lambda: "scrub-later" in said(), 20, "the reader is told of")
        check(" 0 faults" in good("verify"), "verify beside the daemon")
        check("0 faults" in good("backup", f"{WORK}/running"), "backup beside the daemon")
        same_as_backup(f"{WORK}/running", everything())
    check("NOT RUNNING" in good("status"), "still running")


def test_relations_that_contradict():
    """What is decided stands until it is taken back: nothing is what is decided to be its own copy or version, also through others."""
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        ids = []
        for n, name in enumerate("abc"):
            path = f"{folder}/{name}.eml"
            with open(path, "w", encoding="utf-8") as f:
                f.write(f"From: {name}@ring{n}.no\nTo: kaes@hod.dep.no\nSubject: Høringssvar 21/4593\nMessage-ID: <{name}@ring.no>\n"
                        f"Date: Fri, 20 May 2022 1{n}:00:00 +0200\n\nVi viser til høringen og mener {name}.\n")
            good("import", path, "--mailbox", "kaes")
            ids.append(str(query("SELECT id FROM submissions WHERE sha256 = ?", sha_of(path))[0][0]))
            good("kind", ids[-1], "response", "--reason", "et svar")
    a, b, c = ids
    good("relate", a, "copy", b, "--reason", "x")
    good("relate", b, "revision", c, "--reason", "x")
    events = query("SELECT count(*) FROM events")
    bad(65, f"submission {a} is a copy of {b}", "relate", b, "copy", a, "--reason", "x")
    bad(65, f"submission {b} is a revision of {c}", "relate", c, "supplement", a, "--reason", "x")
    automatic = str(query("SELECT submission FROM automatic LIMIT 1")[0][0])
    for relation in ("revision", "supplement", "withdrawal"):
        bad(65, "is no answer", "relate", c, relation, automatic, "--reason", "x")
    equal(query("SELECT count(*) FROM events"), events, "events")
    good("relate", b, "original", "-", "--reason", "likevel ikke")
    good("relate", c, "supplement", a, "--reason", "x")
    for i in ids:
        good("relate", i, "original", "-", "--reason", "x")
        good("kind", i, "other", "--reason", "x")


def test_show_of_a_long_name():
    path, name = f"{WORK}/long.eml", "Høringsuttalelse " + "å" * 300 + ".pdf"
    with open(path, "w", encoding="utf-8") as f:
        f.write("From: a@b.no\nSubject: x\nDate: Fri, 20 May 2022 10:00:00 +0200\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                f'--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="{name}"\n\nx\n--b--\n')
    good("import", path, "--mailbox", "kaes")
    out = good("show", sha_of(path))
    (row,) = [l for l in out.splitlines() if "ååå" in l]
    check("å… " in row and len(row) < 140, row)


def test_import_takes_a_file_at_its_word():
    with open(f"{WORK}/note.txt", "w", encoding="utf-8") as f:
        f.write("husk melk\n")
    good("import", f"{WORK}/note.txt", "--mailbox", "kaes")
    equal(query("SELECT kind, counts, (SELECT count(*) FROM review WHERE submission = s.id) > 0 FROM submissions s WHERE sha256 = ?",
                sha_of(f"{WORK}/note.txt")), [("other", 0, 1)], "what is no mail")


LETTER = """From: {name} <{address}>
To: HOD-opptrappingsplanpsykiskhelse@hod.dep.no
Subject: Innspill til opptrappingsplan for psykisk helse 21/4593
Message-ID: <{address}-{n}@gratispost.example>
Date: Fri, 13 May 2022 10:00:00 +0200
Received: from a by b; Fri, {n} May 2022 10:00:01 +0200
Content-Type: text/plain; charset=utf-8

Vi viser til opptrappingsplanen. {words}

Med vennlig hilsen
{name}
"""


def test_a_spelling_is_one_responder():
    def letter(n, name, address, words):
        sha = import_text(f"spelling-{n}", LETTER.format(n=n, name=name, address=address, words=words))
        return str(query("SELECT id FROM submissions WHERE sha256 = ?", sha)[0][0])
    house = letter(2, "Tindlaget Nord", "post@tindlaget.example", "Laget ønsker flere turkort og merkede stier ved sykehusene, og vil gjerne drive dem.")
    first = letter(3, "Tindlaget avdeling Ytre Fjell", "ytre@fjellvakta.example", "Avdelingen savner en plan for hyttene, som står tomme store deler av året.")
    second = letter(4, "Tindlaget avdeling Ytre Fjell", "ytre@fjellvakta.example", "Kursene for ungdom må ha fast støtte, ellers blir de borte når ildsjelene flytter.")
    far = letter(5, "Ytterlaget på Fjell", "far@ytterlaget.example", "Bussen til dalen går to ganger i uka, og den burde gå hver dag hele vinteren.")
    name = lambda *ids: [query("SELECT responder FROM submissions WHERE id = ?", i)[0][0] for i in ids]
    one, other, third = name(house, second, far)
    equal([len({one, other, third}), name(first)], [3, [other]], "three to begin with")
    good("restore")     # what the daemon has seen of empty mailboxes is known to no restore
    before = everything()
    good("join", first, house, "--reason", "en avdeling")
    equal(name(first, second), [one, one], "joined by its spelling")
    good("split", second, house, "--reason", "tilbake")
    equal(everything(), before, "views after the join is taken back by the other mail of the spelling")
    check(all("reason=tilbake" in good("why", i) for i in (first, second)), "why does not tell the split")
    replayed_and_restored()
    good("join", first, house, "--reason", "jo")
    equal(name(first, second), [one, one], "joined again")
    replayed_and_restored()
    good("split", first, house, "--reason", "nei")
    good("join", second, house, "--reason", "jo, begge")
    equal(name(first, second), [one, one], "joined by the other")
    replayed_and_restored()
    good("join", far, house, "--reason", "også dette")
    good("split", far, first, "--reason", "ikke dette")
    equal(name(house, first, second, far), [one, one, one, third], "parted from one that was joined with the same")
    good("split", house, first, "--reason", "ingen av dem")
    equal(everything(), before, "views after all are taken back")
    replayed_and_restored()


def test_another_user():
    if os.geteuid() != 0:
        raise Skip("only root can become somebody else")
    nobody = {"user": 65534, "group": os.stat(DATABASE).st_gid, "extra_groups": []}
    check("NOT RUNNING" in good("status", **nobody), "a member of the group cannot look")
    good("why", id_of("03-no-remarks"), **nobody)
    bad(77, "only the owner", "kind", "1", "other", "--reason", "x", **nobody)
    bad(77, "only the owner", "restore", **nobody)
    stranger = {"user": 65534, "group": 65534, "extra_groups": []}
    bad(66, "", "status", **stranger)


write_conf()
try:
    run([f for n, f in list(globals().items()) if n.startswith("test_")])
finally:
    shutil.rmtree(WORK, ignore_errors=True)
finish()
