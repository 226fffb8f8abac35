#!/usr/bin/env python3
"""test_docs.py: the manual pages, the samples and the unit against the code: what one has, the other tells, and examples work."""
import os, re, shutil, sqlite3, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "line"))
from tap import Skip, check, equal, finish, program, run


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def sources(*folders):
    return "\n".join(text(os.path.relpath(os.path.join(d, f), ROOT)) for folder in folders for d, _, fs in sorted(os.walk(os.path.join(ROOT, folder)))
                     for f in sorted(fs) if f.endswith(".c"))


def words_of(mdoc):
    """Words of a page without its macros."""
    return set(re.findall(r"[A-Za-z0-9_.-]+", mdoc))


def section(page, heading):
    found = re.search(rf"^\.S[hs] {re.escape(heading)}\n(.*?)(?=^\.S[hs] |\Z)", page, re.M | re.S)
    check(found, f"no section {heading}")
    return found.group(1)


def schema():
    """A database with our tables and views, empty."""
    db = sqlite3.connect(":memory:")
    db.executescript(text("daemon/store/schema.sql") + text("daemon/store/views.sql"))
    return db


def test_pages_are_sound():
    if shutil.which("mandoc") is None:
        raise Skip("mandoc is not installed")
    for page in sorted(os.listdir(f"{ROOT}/man")):
        out = subprocess.run(["mandoc", "-Tlint", "-Wstyle", f"{ROOT}/man/{page}"], capture_output=True, text=True).stdout
        wrong = [l for l in out.splitlines() if "referenced manual not found" not in l]
        check(not wrong, "; ".join(wrong[:5]))


def test_every_view_and_column_is_told():
    page, db = text("man/hoeringd-schema.7"), schema()
    views = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")] + ["search"]
    for view in views:
        told = words_of(section(page, view))
        columns = [c[0] for c in db.execute(f"SELECT * FROM {view}").description]
        if view == "late":
            columns = ["hours_late"]
        check(set(columns) <= told, f"{view}: {sorted(set(columns) - told)} are not told")


def test_nothing_is_told_that_is_not_there():
    page, db = text("man/hoeringd-schema.7"), schema()
    views = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")] + ["search"]
    body = page[page.index(".Ss responses"):page.index(".Sh Kinds")]
    equal(sorted(re.findall(r"^\.Ss (\w+)", body, re.M)), sorted(views), "views")
    for view in views:
        told = {c for l in re.findall(r"^\.It Va (.*)", section(page, view), re.M) for c in re.split(r"[ ,]+", l)}
        there = {c[0] for c in db.execute(f"SELECT * FROM {view}").description}
        check(told <= there, f"{view}: {sorted(told - there)} are not there")


def test_version_of_the_schema():
    number = schema().execute("PRAGMA user_version").fetchone()[0]
    check(f"is their version, {number} in this manual" in text("man/hoeringd-schema.7").replace("\n", " "), f"user_version is {number}")


def test_kinds_relations_and_reasons():
    page = text("man/hoeringd-schema.7")
    listed = lambda heading: set(re.findall(r"^\.It Li (\S+)", section(page, heading), re.M))
    verdict = text("daemon/judge/verdict.c")
    tables = [set(re.findall(r'"([^"]+)"', t)) for t in re.findall(r"\[\w*\] = {(.*?)};", verdict, re.S)]
    check(listed("Kinds") in tables, f"kinds: {listed('Kinds')} is none of {tables}")
    check(listed("Relations") in tables, f"relations: {listed('Relations')} is none of {tables}")
    judge = sources("daemon/judge", "daemon/store")
    given = set(re.findall(r'review\w*\(\w+, "([a-z-]+)"', judge)) | set(re.findall(r'review = "([a-z-]+)"', judge))
    check(len(given) >= 8, f"only {given} found")
    equal(sorted(listed("Reasons for review")), sorted(given), "reasons")


def test_text_status_and_states():
    page = words_of(text("man/hoeringd-schema.7"))
    statuses = re.search(r"status_names\[\w*\] = {(.*?)};", text("parsers/wire.c"), re.S)
    check(statuses, "no names of text status")
    for words in re.findall(r'"([a-z ]+)"', statuses.group(1)):
        check(set(words.split()) <= page, f"text status {words} is not told")


def test_every_state_of_a_mailbox_is_told():
    code = sources("daemon")
    set_by = re.findall(r"fetcher_set_state\(([^;]*)\);", code) + [w for w in re.findall(r"report_step\([^,]+, ([^,]+),", code)]
    states = {w for call in set_by for w in re.findall(r'"([a-z ]+)"', call)} | {"not configured"}
    check(len(states) >= 14, f"only {sorted(states)} found")
    told = section(text("man/hoeringd-schema.7"), "mailboxes")
    told = told[told.index(".It Va state"):told.index(".It Va last_success")]
    equal(sorted({w.strip() for l in re.findall(r"^\.Li (.*)", told, re.M) for w in l.split(",") if w.strip()}), sorted(states), "states")


def test_one_folder_for_credentials():
    for path in ("README.md", "man/hoeringd.8", "systemd/hoeringd.service.in"):
        found = set(re.findall(r"LoadCredential(?:Encrypted)?=\w+:(/.*)/", text(path)))
        equal(found, {"/etc/hoeringd/credentials"}, path)
    check("d /etc/hoeringd/credentials 0700 root root" in text("systemd/hoeringd.tmpfiles"), "tmpfiles does not make it")


def test_every_field_of_a_filing_is_told():
    code = text("daemon/intake.c")
    line = code[code.index("log_info(id, "):]
    fields = set(re.findall(r"(\w+)=%", line[:line.index(";")]))
    check({"submission", "review", "ms"} <= fields, f"only {fields} found")
    (example,) = re.findall(r"^\.Dl filed (.*)", text("man/hoeringd.8"), re.M)
    equal(sorted(set(re.findall(r"(\w+)=", example)) - {"of"}), sorted(fields - {"of"}), "fields")


def test_examples_in_sql_work():
    db, page = schema(), text("man/hoeringd-schema.7")
    examples = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", section(page, "EXAMPLES"), re.M | re.S)
    check(len(examples) >= 12, f"only {len(examples)} examples")
    for e in examples:
        for statement in e.replace("\\e", "\\").split(";\n"):
            if statement.strip():
                db.execute(statement)


def test_every_setting_is_told():
    page, sample = text("man/hoeringd.conf.5"), text("config/hoeringd.conf.sample") + text("config/consultations.d/opptrappingsplan-2022.conf")
    told = set(re.findall(r"^\.It Ic (\w+)", page, re.M)) | set(re.findall(r"\bIc (\w+)", page))
    keys = {k for f in ("load", "mailbox", "consultation") for l in re.findall(r'KEYS\s+"([^"]+)"', text(f"config/{f}.c")) for k in l.split()}
    check(len(keys) > 30, f"only {keys}")
    check(keys <= told, f"hoeringd.conf(5) does not tell {sorted(keys - told)}")
    shown = set(re.findall(r"^[ #]*(\w+) *=", sample, re.M)) | set(re.findall(r"(\w+) = ", sample)) | words_of(sample)
    check(keys <= shown, f"the samples do not show {sorted(keys - shown)}")


def test_every_message_of_the_log_is_told():
    page = text("man/hoeringd.8")
    told = {w for l in re.findall(r"^\.It Li (.*)", page, re.M) for w in re.split(r"[ ,]+", l)}
    given = set(re.findall(r'log_(?:info|warn|warnx|filed)\((?:\s*|in, )"([a-z-]+)["\s]', sources("daemon")))
    given |= {w for call in re.findall(r"log_filed\(in, ([^;]*)\);", sources("daemon")) for w in re.findall(r'"([a-z-]+)"', call)}
    given |= {w for w in ("fatal", "bug") if re.search(rf"\b{w}\(", sources("daemon"))}
    check(len(given) > 15, f"only {given}")
    check(given <= told, f"hoeringd(8) does not tell {sorted(given - told)}")
    check(told <= given | {"unparsed"}, f"hoeringd(8) tells {sorted(told - given)}, which nothing logs")


def test_every_command_is_told():
    page, main = text("man/hoering.1"), text("cli/main.c")
    commands = re.findall(r'^\t{ "(\w+)", "', main, re.M)
    check(len(commands) >= 11, f"only {commands}")
    told = re.findall(r"^\.It Ic (\w+)", page, re.M)
    equal(sorted(told), sorted(commands), "commands in hoering(1)")
    out = subprocess.run([program("hoering"), "--help"], capture_output=True, text=True).stdout
    check(all(f"  {c} " in out for c in commands), "--help lists not all")


def test_the_unit():
    if shutil.which("systemd-analyze") is None:
        raise Skip("systemd-analyze is not installed")
    with tempfile.TemporaryDirectory() as folder:
        unit = f"{folder}/hoeringd.service"
        with open(unit, "w", encoding="utf-8") as f:
            f.write(text("systemd/hoeringd.service.in").replace("@SBINDIR@/hoeringd", program("hoeringd")))
        r = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
        check(r.returncode == 0 and not r.stderr.strip(), r.stderr)
        r = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True)
        check(r.returncode == 0, "exposure over 2.0: " + r.stdout[-200:])
        filtered = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True).stdout
    allowed = text("systemd/hoeringd.service.in")
    check(filtered and all(c in allowed for c in ("seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")),
          "the unit forbids what the programs lock themselves with")


def test_the_unit_starts_again_on_a_full_disk():
    """EX_TEMPFAIL is none of those that end it, and there is no limit to the tries."""
    unit = dict(l.split("=", 1) for l in text("systemd/hoeringd.service.in").splitlines() if re.match(r"(Restart|StartLimit)", l))
    equal((unit["Restart"], unit["RestartSec"], unit["StartLimitIntervalSec"]), ("on-failure", "10", "0"), "the unit")
    check("75" not in unit["RestartPreventExitStatus"].split(), unit["RestartPreventExitStatus"])


def test_user_and_folder():
    for tool, name in (("systemd-sysusers", "sysusers"), ("systemd-tmpfiles", "tmpfiles")):
        if shutil.which(tool) is None:
            raise Skip(f"{tool} is not installed")
    r = subprocess.run(["systemd-sysusers", "--dry-run", f"{ROOT}/systemd/hoeringd.sysusers"], capture_output=True, text=True)
    check(r.returncode == 0, r.stderr)


run([f for n, f in list(globals().items()) if n.startswith("test_")])
finish()
