#!/usr/bin/env python3
"""Scanned answers through a running hoeringd: filed at once without text, read by OCR in the later pass, found and judged anew by what it says.
The case number stands in the scans alone. Nothing waits for the pass, and one that is killed is done again, once."""
import email.message
import os
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import daemon
import dovecot
import fetcher
import scan
import tap
from daemon import Daemon
from tap import check, equal

CONSULTATION = 'title = "Opptrappingsplan for psykisk helse"; case = "21/4593"; opened = "2022-04-26"; deadline = "2022-05-27";\n'
LETTER = ["Sjøholt kommune", "", "Høringssvar, sak 21/4593", "", "Vi viser til høringsbrevet om opptrappingsplanen.",
          "Kommunen støtter forslaget om lavterskeltilbud.", "", "Med vennlig hilsen", "Sjøholt kommune"]
GARBLED = ["Ytterøy kommune", "", "Høringssvar, sak 21/4593", "", "Kommunestyret har behandlet forslaget og takker for muligheten til å uttale seg.",
           "Vi ber departementet vurdere hvordan små steder kan dele på fagfolk,", "slik at ingen ungdom faller utenfor tilbudet. Fastlegen,",
           "barnehagen og familievernet bør møtes oftere, og ventetiden må", "måles hvert år. Rådmannen viser til erfaringene med ambulante grupper."]
FILES = [("garbled", "application", lambda: scan.image_pdf(GARBLED, shift=-29)),
         ("pdf", "application", lambda: scan.image_pdf(LETTER, ["Side to", "", "Kommunen ber om flere helsesykepleiere i skolen."])),
         ("png", "image", lambda: scan.png(["Storvik kommune", "", "Høringssvar, sak 21/4593", "", "Fritidsklubben bør få varig tilskudd.",
                                            "", "Med vennlig hilsen", "Storvik kommune"])),
         ("tiff", "image", lambda: scan.tiff(["Ytre Vik kommune", "", "Høringssvar, sak 21/4593", "", "Skolehelsetjenesten må styrkes."]))]
server = work = None
scans = {}


def mail(n, sort=None):
    m = email.message.EmailMessage()
    m["Received"] = f"from a by b; Thu, 12 May 2022 10:{n:02}:00 +0200"
    m["From"] = f"Kommune {n} <post@kommune{n}.example>"
    m["To"] = "postmottak@dep.example"
    m["Message-ID"] = f"<{n}@kommune{n}.example>"
    m["Subject"] = "Brev fra kommunen" if sort else f"Høringssvar 21/4593 fra kommune {n}"
    m.set_content("Se vedlegget.\n" if sort else f"Vi støtter forslaget om tiltak nummer {n}.\n")
    if sort:
        kind = next(k for s, k, _ in FILES if s == sort)
        m.add_attachment(scans[sort], maintype=kind, subtype="pdf" if sort == "garbled" else sort, filename=f"skann{n}.{sort}")
    return m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def deliver(user, n, sort=None):
    server.deliver(user, mail(n, sort), 1652342400 + 60 * n)


def configure(user):
    folder = tempfile.mkdtemp(dir=work)
    conf = fetcher.configuration(folder, {"m": dict(address=user, url=server.url(), user=user, tls_ca_file=f"{server.certs}/ca.crt",
                                                    password_file=fetcher.password_file(folder))})
    with open(f"{folder}/consultations.d/opptrapping.conf", "w", encoding="utf-8") as f:
        f.write(CONSULTATION)
    return Daemon(conf, f"{folder}/hoeringd.db")


def reader(d):
    """The server of the later pass, once it is there."""
    def found():
        for pid in d.children("hoering-parse"):
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if b"--ocr" in f.read().split(b"\0"):
                    return pid
    return tap.wait_until(found, 30, "the server of the later pass")


def hold(d):
    """Stops the later pass where it is: a server that stands still answers nothing, whatever its child has read."""
    pid = reader(d)
    os.kill(pid, signal.SIGSTOP)
    check("read-again" not in d.log(), "the pass was over before it could be held")
    return pid


def needs_ocr(d):
    if "no-ocr" in d.log():
        raise tap.Skip("no OCR here")


def read_again(d):
    return d.log().count("read-again submission=")


def state_of(d, n):
    """What is said of mail n: its attachment's text, its consultation, why it is in review."""
    (submission, consultation), = d.query("SELECT id, consultation FROM submissions WHERE message_id = ?", f"{n}@kommune{n}.example")
    status, = d.query("SELECT text_status FROM attachments WHERE submission = ?", submission)
    return status[0], consultation, sorted(r for r, in d.query("SELECT reason FROM review WHERE submission = ?", submission))


def test_scans_are_read_later():
    user = server.user("ocr1@dep.example")
    deliver(user, 1, "pdf")
    deliver(user, 2, "png")
    deliver(user, 4, "tiff")
    deliver(user, 5, "garbled")
    with configure(user).start() as d:
        pid = hold(d)
        d.wait_for("SELECT count(*) FROM copies WHERE state <> 'archived'", 4)
        for n in (1, 2, 4, 5):
            status, consultation, reasons = state_of(d, n)
            equal((status, consultation), ("garbled" if n == 5 else "empty", None), f"mail {n} before the pass")
            check("no-consultation" in reasons and "unreadable" in reasons, f"mail {n} before the pass: {reasons}")
        equal(d.query("SELECT rowid FROM search WHERE search MATCH 'lavterskeltilbud OR fritidsklubben'"), [], "found before it was read")

        deliver(user, 3)                # nothing waits for the pass
        d.wait_for("SELECT count(*) FROM responses WHERE consultation = 'opptrapping'", 1)
        equal(read_again(d), 0, "the pass ended while it was held")

        os.kill(pid, signal.SIGCONT)
        tap.wait_until(lambda: read_again(d) == 4 or "no-ocr" in d.log(), 240, "all read again")
        needs_ocr(d)
        for n, words in ((1, ("lavterskeltilbud", "helsesykepleiere")), (2, ("fritidsklubben",)), (4, ("skolehelsetjenesten",)), (5, ("familievernet",))):
            status, consultation, reasons = state_of(d, n)
            equal((status, consultation), ("ok", "opptrapping"), f"mail {n} after the pass")
            check("no-consultation" not in reasons and "unreadable" not in reasons, f"mail {n} after the pass: {reasons}")
            for word in words:
                equal(d.query("SELECT s.message_id FROM search JOIN submissions s ON s.id = search.rowid WHERE search MATCH ?", word),
                      [(f"{n}@kommune{n}.example",)], word)
        equal(d.query("SELECT submissions, responses, review FROM counts WHERE consultation = 'opptrapping'")[0][:2], (5, 5), "counts")
        equal(d.stop(), 0, "exit status")


def test_killed_in_the_pass():
    user = server.user("ocr2@dep.example")
    deliver(user, 1, "pdf")
    deliver(user, 2, "png")
    deliver(user, 3)

    def finish(d):
        tap.wait_until(lambda: read_again(d) == 2 or "no-ocr" in d.log(), 240, "both read again")
        equal(d.stop(), 0, "exit status")
    with configure(user).start() as d:
        finish(d)
        needs_ocr(d)
        wanted = d.views()
    with configure(user).start() as d:
        held = hold(d)
        d.wait_for("SELECT count(*) FROM copies WHERE state <> 'archived'", 3)
        d.kill()
        tap.wait_until(lambda: not os.path.exists(f"/proc/{held}"), 30, "the end of the pass with the daemon")
        finish(d.start())
        daemon.same_views(d.views(), wanted)
        d.start()                       # once more: nothing is left to read
        tap.wait_until(lambda: d.log().count("level mailbox=m") >= 3, 30, "level")
        equal(d.stop(), 0, "exit status")
        equal(read_again(d), 2, "each scan read once")
        daemon.same_views(d.views(), wanted)


if __name__ == "__main__":
    work = tempfile.mkdtemp(prefix="hoering-ocr-")
    try:
        try:
            scans = {sort: make() for sort, _, make in FILES}
            server = dovecot.Dovecot()
        except tap.Skip as e:
            print(f"skip ocr: {e}")
            sys.exit(0)
        with server:
            tap.run([test_scans_are_read_later, test_killed_in_the_pass])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tap.finish()
