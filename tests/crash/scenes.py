"""What is interrupted: each scene is a quiet beginning, an act that is stopped or fails at some step, and what is held to be the end."""
import email.message
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "line"), os.path.join(HERE, "..", "hostile")]

import fetcher
import scan
import tap
from daemon import Daemon
from server import Server

CONSULTATION = """title = "Opptrappingsplan for psykisk helse";
case = "21/4593";
opened = "2022-04-26";
deadline = "%s";
"""


def when(n):
    return 1652342400 + 60 * n      # 12 May 2022


def mail(n, message_id=None, **headers):
    """An answer; every third is one that comes again with a new Message-ID."""
    text = n - 1 if n % 3 == 2 else n
    m = email.message.EmailMessage()
    m["Received"] = f"from a by b; Thu, 12 May 2022 10:{n % 60:02}:00 +0200"
    m["From"] = f"Forening nr {text} <post@forening{text}.example>"
    m["To"] = "postmottak@dep.example"
    m["Subject"] = f"Høringssvar 21/4593 fra forening nr {text}"
    m["Message-ID"] = f"<{n}@forening{text}.example>"
    for name, value in headers.items():
        m[name.replace("_", "-")] = value
    m.set_content("Vi viser til høringsbrevet og støtter forslaget.\n\n" + "".join(
        f"Punkt {k} av {text}: dette må med i den endelige planen, fordi {k * 7919 + text} andre har sagt det før oss.\n" for k in range(6)))
    return m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Scene:
    """Its folder holds configuration, database, archive; its users' mail is in Dovecot's folder. Both are put back for every run."""
    victims = ("hoeringd", "hoering-fetch")
    mailboxes = {"m": {}}
    folders = ()
    mails = 6

    def __init__(self, server, work):
        self.server, self.work = server, work
        self.name = type(self).__name__.replace("_", "-").lower()
        self.folder = f"{work}/{self.name}"
        self.users = {}

    # the beginning

    def begin(self):
        os.makedirs(self.folder)
        given = {}
        for name, keys in self.mailboxes.items():
            self.users[name] = self.server.user(f"{self.name}-{name}@dep.example", *self.folders)
            given[name] = dict(address=self.users[name], url=self.server.url(), user=self.users[name], tls_ca_file=f"{self.server.certs}/ca.crt",
                               password_file=fetcher.password_file(self.folder), **keys)
        self.given = given
        self.configure("2022-05-27")
        self.fill()
        for user in self.users.values():    # UIDs and UIDVALIDITY are given now, once for all runs
            client = self.server.imap_client(user)
            client.select("INBOX")
            client.logout()
        time.sleep(0.2)
        self.quiet_beginning()
        if os.path.exists(self.daemon.log_path):
            os.unlink(self.daemon.log_path)
        self.copy(self.folder, self.folder + ".begin")
        for user in self.users.values():
            self.copy(f"{self.server.dir}/mail/{user}", f"{self.folder}.begin-{user}")

    def configure(self, deadline):
        self.conf = fetcher.configuration(self.folder, self.given, more="workers = 1;")
        with open(f"{self.folder}/consultations.d/opptrappingsplan-2022.conf", "w", encoding="utf-8") as f:
            f.write(CONSULTATION % deadline)
        self.daemon = Daemon(self.conf, f"{self.folder}/hoeringd.db")

    def fill(self):
        for n in range(self.mails):
            self.server.deliver(next(iter(self.users.values())), mail(n), when(n))

    def quiet_beginning(self):
        pass

    @staticmethod
    def copy(source, target):
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)

    def put_back(self):
        self.copy(self.folder + ".begin", self.folder)
        for user in self.users.values():
            for _ in range(20):     # a session of the run before may still be ending in there
                try:
                    self.copy(f"{self.folder}.begin-{user}", f"{self.server.dir}/mail/{user}")
                    break
                except subprocess.CalledProcessError:
                    time.sleep(0.1)

    # the act, and how it goes on after it was disturbed

    def act(self):
        return self.daemon.once(60)

    def resume(self):
        status = self.daemon.once(60)
        tap.equal(status, 0, "exit status of the quiet round")

    def hoering(self, *arguments):
        with open(self.daemon.log_path, "ab") as log:
            return subprocess.run([tap.program("hoering"), "-c", self.conf, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  timeout=60).returncode

    def decided(self, status, *actions):
        """After a decision: its lines are in the journal, all of them, when it was promised, and none is when it was not."""
        with open(self.daemon.log_path, encoding="utf-8", errors="replace") as f:
            promised = re.search(r"^(noted, and carried out later|submission \d+ )", f.read(), re.M) is not None
        if status >= 0:     # else it was killed between the line and the answer, maybe
            found = []
            for path in sorted(glob.glob(f"{self.folder}/archive/journal/*.log")):
                with open(path) as f:
                    found += [line.split("\t")[3] for line in f]
            tap.equal([a for a in found if a in ("relate", "refile", "kind", "erase", "erase-key")], list(actions) if promised else [], f"decisions, {status}")
        return status

    # the end

    def on_server(self):
        """{mailbox: [(folder, SHA-256, keywords)]}"""
        found = {}
        for name, user in self.users.items():
            found[name] = sorted((folder, hashlib.sha256(open(path, "rb").read()).hexdigest(), re.sub("[^a-z]", "", path.rpartition(",")[2]))
                                 for folder in ("", *self.folders) for path in self.server.files(user, folder))
        return found

    def end(self):
        tap.equal(self.hoering("verify"), 0, "exit status of hoering verify")
        return self.daemon.views(), self.on_server()


class First_fetch(Scene):
    pass


class New_mail(Scene):
    def quiet_beginning(self):
        self.resume()
        for n in range(self.mails, self.mails + 4):
            self.server.deliver(self.users["m"], mail(n), when(n))


class Two_mailboxes(Scene):
    mailboxes = {"aar": {}, "hmr": {}}

    def fill(self):
        for n in range(self.mails):
            for i, user in enumerate(self.users.values()):
                self.server.deliver(user, mail(n), when(n) + i)


class After_move(Scene):
    mailboxes = {"m": dict(after="move:Filed")}
    folders = ("Filed",)


class After_keyword(Scene):
    mailboxes = {"m": dict(after="keyword")}


class New_uidvalidity(Scene):
    def quiet_beginning(self):
        self.resume()
        self.server.new_uidvalidity(self.users["m"])
        self.server.deliver(self.users["m"], mail(self.mails), when(self.mails))


class Expunged(Server):
    """UID 3 and 5 are told, and gone when they are asked for: at every connection the same."""
    uidvalidity = 7
    gone = (3, 5)

    def conversation(self):
        self.asked = False
        super().conversation()

    def do_uid_fetch(self, tag, args):
        for number, uid in enumerate(self.wanted(args), 1):
            if "BODY" not in args:
                self.send_facts(number, uid)
            elif uid in self.gone:
                self.asked = True
            else:
                self.send_body(number, uid)
        self.ok(tag)

    def do_uid_search(self, tag, args):
        self.send("* SEARCH" + "".join(f" {u}" for u in self.wanted(args) if not (self.asked and u in self.gone)) + "\r\n")
        self.ok(tag)

    def do_select(self, tag, args):
        self.send(f"* FLAGS (\\Seen)\r\n* {len(self.mails) - 2} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {self.uidvalidity}] x\r\n"
                  f"* OK [UIDNEXT {max(self.mails) + 1}] x\r\n* OK [PERMANENTFLAGS ({self.permanent})] x\r\n")
        self.ok(tag, "[READ-WRITE] done")

    do_examine = do_select


class Expunge_during_fetch(Scene):
    def begin(self):
        self.script = Expunged(self.server.certs, {n + 1: mail(n) for n in range(self.mails)})
        self.mailboxes = {"m": {}}
        super().begin()

    def configure(self, deadline):
        self.given["m"]["url"] = self.script.url()
        super().configure(deadline)


class Maildir(Scene):
    def configure(self, deadline):
        self.given["m"] = dict(address=self.users["m"], url=f"maildir:{self.server.maildir(self.users['m'])}")
        super().configure(deadline)


class Reload(Scene):
    """Another deadline while the daemon runs: what is late is on time now."""

    def quiet_beginning(self):
        self.configure("2022-05-01")
        self.resume()
        with open(f"{self.folder}/undecided.eml", "wb") as f:
            f.write(mail(30).replace(b"21/4593", b"ukjent sak"))

    def act(self):
        d = self.daemon
        d.start()
        ended = lambda: d.process.poll() is not None
        try:
            tap.wait_until(lambda: ended() or "level mailbox=m" in d.log() or "fetch-failed" in d.log(), 30, "level")
            self.configure("2022-05-27")
            self.daemon = d
            if not ended():
                d.process.send_signal(1)
            tap.wait_until(lambda: ended() or "reloaded " in d.log() or "reload-refused" in d.log(), 30, "reloaded")
            time.sleep(0.1)
        finally:
            status = d.process.poll()
            if status is None:
                status = d.stop()
            d.process = None
        return status

    def resume(self):
        log = self.daemon.log_path
        if os.path.exists(f"{self.folder}/undecided.eml"):
            self.configure("2022-05-27")
        self.daemon.log_path = log
        super().resume()


class Decision(Scene):
    victims = ("hoering",)

    def quiet_beginning(self):
        self.resume()

    def decide(self):
        some = self.daemon.value("SELECT sha256 FROM submissions ORDER BY sha256 LIMIT 1")
        return self.hoering("refile", some, "-", "--reason", "hører ikke hit")

    def act(self):
        return self.decided(self.decide(), "refile")

    def resume(self):
        super().resume()
        if os.path.exists(f"{self.folder}.begin"):
            tap.equal(self.decide(), 0, "exit status of the decision")    # a person who was told nothing says it again


class Replay(Scene):
    """Everything parsed and judged again under another deadline: who was late is on time."""
    victims = ("hoering",)

    def quiet_beginning(self):
        self.configure("2022-05-01")
        self.resume()

    def act(self):
        self.configure("2022-05-27")
        return self.hoering("replay", "--parse", "--all")

    def resume(self):
        super().resume()
        if os.path.exists(f"{self.folder}.begin"):
            tap.equal(self.act(), 0, "exit status of the replay")


class Erase(Scene):
    """One that others rest on."""
    victims = ("hoering",)

    def quiet_beginning(self):
        self.resume()

    def erase(self):
        return self.hoering("erase", hashlib.sha256(mail(1)).hexdigest(), "--reason", "ba om det")

    def act(self):
        return self.decided(self.erase(), "erase-key", "relate", "erase")

    def resume(self):
        super().resume()
        if os.path.exists(f"{self.folder}.begin"):
            tap.check(self.erase() in (0, 65), "exit status of the erasure")    # 65: it was erased by the one that was stopped

    def end(self):
        tap.equal(self.left(), [], "originals that were erased")
        return super().end()

    def left(self):
        gone = [s for s, in self.daemon.query("SELECT sha256 FROM submissions WHERE state = 'erased'")]
        return [s for s in gone if os.path.exists(f"{self.folder}/archive/{s[:2]}/{s[2:]}.eml")]


class Erased_again(Erase):
    """What was erased comes once more, in another mail: nobody asks for it, it is erased by itself."""
    victims = ("hoeringd", "hoering-fetch")

    def fill(self):
        for n in (0, 1, 3, 4):
            self.server.deliver(self.users["m"], mail(n), when(n))

    def quiet_beginning(self):
        Scene.resume(self)
        tap.equal(self.erase(), 0, "exit status of the erasure")
        self.server.deliver(self.users["m"], mail(2), when(9))

    def act(self):
        return Scene.act(self)

    def resume(self):
        Scene.resume(self)

    def end(self):
        tap.equal(self.daemon.query("SELECT state FROM submissions WHERE sha256 = ?", hashlib.sha256(mail(2)).hexdigest()), [("erased",)], "its state")
        return super().end()


class Restore(Scene):
    victims = ("hoering",)

    def quiet_beginning(self):
        self.resume()

    def act(self):
        return self.hoering("restore")

    def resume(self):
        if os.path.exists(f"{self.folder}.begin"):
            tap.equal(self.act(), 0, "exit status of the restore")
        super().resume()


class Import(Scene):
    victims = ("hoering",)
    mailboxes = {"m": {}}

    def quiet_beginning(self):
        self.resume()
        os.mkdir(f"{self.folder}/old")
        for n in range(20, 24):
            with open(f"{self.folder}/old/{n}.eml", "wb") as f:
                f.write(mail(n))
            os.utime(f"{self.folder}/old/{n}.eml", (when(n), when(n)))

    def act(self):
        return self.hoering("import", f"{self.folder}/old", "--mailbox", "m")

    def resume(self):
        if os.path.exists(f"{self.folder}.begin"):
            tap.equal(self.act(), 0, "exit status of the import")
        super().resume()


class Later_pass(Scene):
    """A scanned answer, filed already, is read by OCR in the running daemon."""
    victims = ("hoeringd",)
    mails = 1

    def fill(self):
        super().fill()
        m = email.message.EmailMessage()
        m["From"] = "Sjøholt kommune <post@sjoholt.example>"
        m["To"], m["Subject"], m["Message-ID"] = "postmottak@dep.example", "Brev fra kommunen", "<skann@sjoholt.example>"
        m.set_content("Se vedlegget.\n")
        m.add_attachment(scan.png(["Høringssvar, sak 21/4593", "", "Vi støtter forslaget."], 100), maintype="image", subtype="png",
                         filename="svar.png")
        self.server.deliver(self.users["m"], m.as_bytes(), when(self.mails))

    def quiet_beginning(self):
        super().resume()
        tap.equal(self.waiting(), 1, "scans that wait")

    def waiting(self):
        return self.daemon.value("SELECT count(*) FROM submission WHERE scanned = 1")

    def act(self):
        d = self.daemon
        d.start()
        try:
            tap.wait_until(lambda: d.process.poll() is not None or self.waiting() == 0 or "paused " in d.log() or "parser-start " in d.log(), 120,
                           "the later pass")
            time.sleep(0.1)
        finally:
            status = d.process.poll()
            if status is None:
                status = d.stop()
            d.process = None
        return status

    def resume(self):
        if self.waiting():
            os.unlink(self.daemon.log_path)     # what was said of the fault
            tap.equal(self.act(), 0, "exit status of the quiet pass")
            tap.equal(self.waiting(), 0, "scans that wait after it")
        super().resume()


SCENES = [First_fetch, New_mail, Two_mailboxes, After_move, After_keyword, New_uidvalidity, Expunge_during_fetch, Maildir, Reload, Decision,
          Replay, Erase, Erased_again, Restore, Import, Later_pass]
