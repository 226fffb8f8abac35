#!/usr/bin/env python3
"""test_judged.py [NAME …]: who answered what, once, and why: mails of each sort through the daemon, and what the views and `hoering why` say of them."""
import contextlib, os, shutil, sqlite3, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "line"))
from tap import check, equal, finish, program, run

HOERING, HOERINGD = program("hoering"), program("hoeringd")
WORK = tempfile.mkdtemp(prefix="hoering-judged-")
PROSE = ("Vi mener at forslaget vil gi bedre tjenester for dem som trenger det mest, og at kommunene bør få midler til å følge det opp. "
         "Det er viktig at ordningen evalueres etter tre år, og at brukerne tas med når den skal utformes.")


class World:
    """A configuration of its own with three mailboxes, all folders of .eml files; mails are received one after the other."""

    def __init__(self, invited=()):
        self.base = tempfile.mkdtemp(dir=WORK)
        self.conf, self.database, self.n = f"{self.base}/hoeringd.conf", f"{self.base}/data/hoeringd.db", 0
        for name in ("svar", "ogsaa", "moete", "consultations.d", "data"):
            os.mkdir(f"{self.base}/{name}")
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(f'database = "{self.database}";\narchive = "{self.base}/data/archive";\npoll = "1h";\nmailboxes = {{\n' + "".join(
                f'  {m} = {{ address = "{m}@dep.example"; url = "maildir:{self.base}/{m}"; }};\n' for m in ("svar", "ogsaa", "moete")) + "};\n")
        with open(f"{self.base}/consultations.d/plan.conf", "w", encoding="utf-8") as f:
            f.write('title = "Opptrappingsplan for psykisk helse";\ncase = "21/4593";\nopened = "2022-04-26";\ndeadline = "2022-05-27";\n'
                    'mailboxes = [ "svar", "ogsaa" ];\ninvited = "invited.tsv";\n'
                    'registration = { mailboxes = [ "moete" ]; deadline = "2022-05-20"; max_persons = 2; };\n')
        with open(f"{self.base}/consultations.d/invited.tsv", "w", encoding="utf-8") as f:
            f.write("".join(f"{name}\n" for name in invited or ("Ulvøy kommune",)))

    def mail(self, text, mailbox="svar", sender="Kari Berg <kari@epost.example>", subject="Høringssvar, sak 21/4593"):
        self.n += 1
        at = f"{2 + self.n // 1000:02} May 2022 {8 + self.n % 1000 // 60:02}:{self.n % 60:02}:00 +0000"	# one a minute
        with open(f"{self.base}/{mailbox}/{self.n:05}.eml", "w", encoding="utf-8", newline="") as f:
            f.write(f"Received: from a by b; {at}\r\nFrom: {sender}\r\nTo: {mailbox}@dep.example\r\nSubject: {subject}\r\nDate: {at}\r\n"
                    f"Message-ID: <{self.n}@epost.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: 8bit\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n")
        os.utime(f.name, (1651400000, 1651400000))

    def round(self):
        r = subprocess.run([HOERINGD, "-f", "-c", self.conf, "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=500)
        equal(r.returncode, 0, f"hoeringd --once: {r.stderr[-500:]}")

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def hoering(self, *args):
        r = subprocess.run([HOERING, "-c", self.conf, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
        equal(r.returncode, 0, f"hoering {' '.join(args)}: {r.stderr[-300:]}")
        return r.stdout


def test_sent_three_hundred_times():
    """One sender, one text, a new Message-ID each time: one answer. A petition's tool with other names: as many as there are names."""
    w = World()
    for n in range(300):
        w.mail(PROSE + "\n\nHilsen\nKari Berg")
    for n in range(210):
        w.mail("Jeg ber om at forslaget trekkes, fordi det vil ramme barna som venter på hjelp i dag.",
               sender=f"Tor {chr(65 + n // 26)}{chr(97 + n % 26)}nes <skjema@opprop.example>")
    w.round()
    equal(w.query("SELECT submissions, responses, respondents, distinct_texts FROM counts WHERE consultation = 'plan'"), [(510, 211, 211, 2)], "counts")
    equal(w.query("SELECT copies FROM responses WHERE address = 'kari@epost.example'"), [(300,)], "copies")
    equal(w.query("SELECT count(*), count(DISTINCT related_to) FROM submissions WHERE from_address = 'kari@epost.example' AND relation IN ('copy', 'resend')"),
          [(299, 1)], "each is related to the first")


def test_known_by_its_mailbox():
    """A bare yes to the mailbox for sign-ups is one, a bare no declines, and of what is neither a person is asked."""
    w = World()
    w.mail("Bekreftes!\n\nHilsen\nBo Lie", mailbox="moete", sender="Bo Lie <bo@ulvoy.example>", subject="SV: Invitasjon")
    w.mail("Den datoen passer ikke.\n\nHilsen\nAne Vik", mailbox="moete", sender="Ane Vik <ane@soervik.example>", subject="SV: Invitasjon")
    w.mail("Hilsen fra heia.\n\nPer Dal", mailbox="moete", sender="Per Dal <per@heia.example>", subject="SV: Invitasjon")
    w.round()
    equal(w.query("SELECT id, kind FROM submissions ORDER BY 1"), [(1, "registration"), (2, "decline"), (3, "other")], "kinds")
    equal(w.query("SELECT person FROM registrations"), [("Bo Lie",)], "registrations")
    equal(w.query("SELECT submission FROM review WHERE reason = 'unknown-kind'"), [(3,)], "who is looked at")


def test_who_is_replaced():
    """Both mails are kept, the later one a revision; the one who is replaced is no longer signed up, and why tells so."""
    w = World()
    boss = {"mailbox": "moete", "sender": "Bo Lie <bo@ulvoy.example>", "subject": "Påmelding"}
    w.mail("Vi melder på Kari Nordmann (kari@ulvoy.example) og Ola Dahl (ola@ulvoy.example).", **boss)
    w.mail("I stedet for Kari Nordmann kommer Per Hansen (per@ulvoy.example).", **boss)
    w.round()
    equal(w.query("SELECT submission, person, verdict FROM registrations ORDER BY 1, 2"), [(1, "Ola Dahl", "ok"), (2, "Per Hansen", "ok")], "registrations")
    equal(w.query("SELECT id, kind, relation, related_to FROM submissions ORDER BY 1"),
          [(1, "registration", "original", None), (2, "registration", "revision", 1)], "submissions")
    equal(w.query("SELECT * FROM review WHERE reason = 'possible-revision'"), [], "review")
    told = w.hoering("why", "2")
    check("somebody comes in the place of a person whom it signed up" in told and "person-leaves" in told and "Kari Nordmann" in told, told)
    w.mail("Vi melder også på Eva Moe (eva@ulvoy.example).", **boss)
    w.mail("Kari Nordmann er syk. Nina Lund (nina@ulvoy.example) kommer i hennes sted.", **boss)
    w.round()
    equal(w.query("SELECT submission, reason FROM review WHERE reason IN ('over-limit', 'possible-revision') ORDER BY 1"), [(3, "over-limit"), (4, "possible-revision")],
          "too many, and nobody of that name is left")
    w.mail("Ola Dahl kan dessverre ikke komme likevel.", **boss)
    w.round()
    equal(w.query("SELECT person, verdict FROM registrations WHERE person <> 'Nina Lund' ORDER BY 1"), [("Eva Moe", "ok"), ("Per Hansen", "ok")], "one cancels, one gets the place")


def test_several_together():
    """One answer of three, sent by two of them: counted once, found by each name, and each that was invited has answered."""
    w = World(invited=("Ulvøy kommune", "Norsk Sykepleierforbund", "Fagforbundet", "Voksne for Barn"))
    text = "Ulvøy kommune, Norsk Sykepleierforbund og Fagforbundet avgir med dette felles høringsuttalelse.\n\n" + PROSE
    w.mail(text + "\n\nKopi til: Voksne for Barn", sender="Ulvøy kommune <post@ulvoy.kommune.example>")
    w.mail(text + "\n\nKopi til: Voksne for Barn", sender="Fagforbundet <post@fagforbundet.example>", mailbox="ogsaa")
    w.round()
    equal(w.query("SELECT responses, respondents, unanswered FROM counts WHERE consultation = 'plan'"), [(1, 1, 1)], "counts")
    equal(w.query("SELECT organisation FROM unanswered"), [("Voksne for Barn",)], "who only got a copy has not answered")
    ((answer,),) = w.query("SELECT id FROM responses")	# the mailboxes are read in any order
    equal(w.query("SELECT submission, organisation, together, invited FROM signatories ORDER BY 2"),
          [(answer, n, 1, 1) for n in ("Fagforbundet", "Norsk Sykepleierforbund", "Ulvøy kommune")], "signatories")
    equal(w.query("SELECT organisation, together_with FROM responses"), [("Ulvøy kommune", "Fagforbundet; Norsk Sykepleierforbund")], "together with")
    check(all(n in w.hoering("why", str(answer)) for n in ("joint-answer", "Norsk Sykepleierforbund", "Fagforbundet")), "why tells them")


def test_who_says_that_it_is_automatic():
    w = World()
    w.mail("Hei")
    w.round()
    w.hoering("kind", "1", "auto_reply", "--reason", "bare en hilsen")
    ((why,),) = w.query("SELECT why FROM automatic WHERE submission = 1 AND kind = 'auto_reply'")
    check(why.startswith("decided by uid=") and why.removeprefix("decided by ") == w.query("SELECT actor FROM events WHERE action = 'kind'")[0][0], why)


def test_imported_what_a_mailbox_has():
    """One original, one more copy: nothing else in counts changes."""
    w = World()
    for n in range(3):
        w.mail(PROSE + "\n\nHilsen\nKari Berg" + str(n), sender=f"Kari Berg{n} <kari{n}@epost.example>")
    w.round()
    before = w.query("SELECT * FROM counts")
    mbox = f"{w.base}/alt.mbox"
    with open(mbox, "w", encoding="utf-8", newline="") as out:
        for n in range(1, 4):
            with open(f"{w.base}/svar/{n:05}.eml", encoding="utf-8", newline="") as f:
                out.write("From x Mon May  2 08:00:00 2022\r\n" + f.read() + "\r\n")
    w.hoering("import", f"{w.base}/svar", mbox, "--mailbox", "svar")
    equal(w.query("SELECT * FROM counts"), before, "counts")
    equal(w.query("SELECT count(*) FROM submissions"), [(3,)], "originals")
    equal(w.query("SELECT id, copies FROM responses ORDER BY 1"), [(n, 2) for n in (1, 2, 3)], "one more copy of each, however often imported")


def test_erased():
    """Who has signed with others has still answered, who was signed up still is; the one who was replaced stands there again."""
    w = World(invited=("Ulvøy kommune", "Norsk Sykepleierforbund", "Fagforbundet", "Voksne for Barn"))
    boss = {"mailbox": "moete", "sender": "Bo Lie <bo@sund.example>", "subject": "Påmelding"}
    w.mail("Ulvøy kommune, Norsk Sykepleierforbund og Fagforbundet avgir med dette felles høringsuttalelse.\n\n" + PROSE, sender="Ulvøy kommune <post@ulvoy.example>")
    w.mail("Vi melder på Kari Nordmann (kari@sund.example) og Ola Dahl (ola@sund.example).", **boss)
    w.mail("I stedet for Kari Nordmann kommer Per Hansen (per@sund.example).", **boss)
    w.round()
    before = w.query("SELECT * FROM counts")
    for (n,) in w.query("SELECT id FROM submissions WHERE kind = 'response' OR relation = 'revision'"):
        w.hoering("erase", str(n), "--reason", "bedt om sletting")
    names = lambda: w.query("SELECT person FROM registrations ORDER BY 1")
    for _ in range(2):
        equal(w.query("SELECT * FROM counts"), before, "counts")
        equal(w.query("SELECT organisation FROM unanswered"), [("Voksne for Barn",)], "unanswered")
        equal(names(), [("Kari Nordmann",), ("Ola Dahl",)], "signed up")
        w.hoering("restore")
        w.round()


try:
    run([f for n, f in list(globals().items()) if n.startswith("test_")])
finally:
    shutil.rmtree(WORK, ignore_errors=True)
finish()
