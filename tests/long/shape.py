"""The Scottish shape through hoeringd --once, from two maildirs: what came out against the published figures."""
import hashlib, os, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "line"))
import scotland
import tap
from daemon import Daemon
from tap import check, equal

CONF = """database = "hoeringd.db";
archive = "archive";
timezone = "Europe/Oslo";
consultations = "consultations.d";
mailboxes = {{
  havbruk = {{ address = "havbruk@nfd.example"; url = "maildir:{folder}/havbruk"; }};
  postmottak = {{ address = "postmottak@nfd.example"; url = "maildir:{folder}/postmottak"; }};
}};
"""
CONSULTATION = """title = "{title}";
case = "{case}";
opened = "{opened}";
letters = [ "{opened}" ];
deadline = "{deadline}";
mailboxes = [ "havbruk" ];
"""


def lay_out(folder, share, seed=1):
    """Maildirs and configuration; one mail in nine went to the ministry's general mailbox. Returns {sha256: what}."""
    os.makedirs(f"{folder}/consultations.d")
    with open(f"{folder}/hoeringd.conf", "w") as f:
        f.write(CONF.format(folder=folder))
    with open(f"{folder}/consultations.d/{scotland.CONSULTATION['id']}.conf", "w") as f:
        f.write(CONSULTATION.format(**scotland.CONSULTATION))
    for box in ("havbruk", "postmottak"):
        for sub in ("cur", "new", "tmp"):
            os.makedirs(f"{folder}/{box}/{sub}")
    what = {}
    for i, m in enumerate(scotland.mails(seed, share)):
        path = f"{folder}/{'postmottak' if i % 9 == 4 else 'havbruk'}/cur/{i:06d}:2,"
        with open(path, "wb") as f:
            f.write(m.bytes)
        os.utime(path, (m.received.timestamp(), m.received.timestamp()))
        what[hashlib.sha256(m.bytes).hexdigest()] = m.what
    return what


class Peak(threading.Thread):
    """The greatest VmHWM of the daemon, in MB, as long as it runs."""
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.mb = pid, 0.0
        self.start()

    def run(self):
        while True:
            try:
                with open(f"/proc/{self.pid}/status") as f:
                    for line in f:
                        if line.startswith("VmHWM:"):
                            self.mb = max(self.mb, int(line.split()[1]) / 1024)
            except OSError:
                return
            time.sleep(0.1)


def file_all(folder, seconds):
    """One round. Returns seconds and peak memory."""
    d = Daemon(f"{folder}/hoeringd.conf", f"{folder}/hoeringd.db")
    started = time.monotonic()
    with open(d.log_path, "ab") as log:
        p = subprocess.Popen(d.command("-f", "--once"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        peak = Peak(p.pid)
        try:
            equal(p.wait(seconds), 0, "exit status; " + d.log()[-500:])
        finally:
            p.kill()
    return d, time.monotonic() - started, peak.mb


def hold_against(d, what, share):
    """Each figure, and that no campaign has a member of another kind."""
    want = scotland.figures(share)
    kinds = {sha: kind for sha, kind in d.query("SELECT sha256, kind FROM submissions")}
    wrong = [sha[:8] for sha, w in what.items() if kinds.get(sha) != ("withdrawal" if w == "withdrawal" else "response")]
    check(not wrong, f"{len(wrong)} mails of another kind: {wrong[:5]}")
    mixed = {}
    for campaign, sha in d.query("SELECT m.campaign, s.sha256 FROM campaign_members m JOIN submissions s ON s.id = m.submission"):
        mixed.setdefault(campaign, {}).setdefault(what[sha], 0)
        mixed[campaign][what[sha]] += 1
    equal(sorted(sorted(c.values()) for c in mixed.values()), sorted([n] for n in want["campaigns"]), f"campaigns {mixed}")
    equal(sorted(n for n, in d.query("SELECT members FROM campaigns")), want["campaigns"], "campaigns' members")
    row = d.query("SELECT submissions, responses, respondents, campaign_members, on_time, late, no_remarks FROM counts WHERE consultation = ?",
                  scotland.CONSULTATION["id"])[0]
    equal(row, (want["submissions"], want["responses"], want["responses"], want["campaign_members"], want["responses"], 0, 0), "counts")
    equal(d.value("SELECT count(*) FROM submissions WHERE relation = 'withdrawal'"), want["withdrawn"], "withdrawals")
    equal(d.value("SELECT count(*) FROM responses"), want["responses"], "responses of all consultations")
    equal(d.query("SELECT sum(missing), sum(excluded), sum(stored) FROM completeness"), [(0, 0, want["submissions"])], "completeness")
