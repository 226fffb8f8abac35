#!/usr/bin/env python3
"""run.py BUILD SET WORK [--misses N] [--keep-records]

A mail set through hoering-parse and the judge alone (no mailbox, archive or database), held against its truth.json: for work
on the rules. The measure of the whole is the acceptance check over the daemon; this one asks the same of the judge.
BUILD: where hoering-parse and judge_file are; SET: a folder with truth.json; WORK: a folder to write to.
--keep-records judges again without parsing again. Python 3 standard library."""
import argparse, array, collections, datetime, json, os, re, socket, struct, subprocess, sys, unicodedata

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KIND = {"spam": {"spam", "newsletter"}}
AUTOMATIC = {"auto_reply", "bounce", "receipt", "spam", "newsletter"}


def fold(s):
    return re.sub(r"\W+", " ", unicodedata.normalize("NFKC", s or "").casefold()).strip()


def parse_all(build, files, out):
    """Each file through one hoering-parse server; records to out/N.rec."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    fd = theirs.fileno()
    server = subprocess.Popen([f"{build}/hoering-parse", "--server"], pass_fds=[3] if fd == 3 else [],
                              preexec_fn=None if fd == 3 else lambda: os.dup2(fd, 3), close_fds=fd == 3)
    theirs.close()
    ends = collections.Counter()
    for n, name in enumerate(files):
        mail = os.open(name, os.O_RDONLY)
        socket.send_fds(ours, [struct.pack("<QI512s4x", n, 0, b"")], [mail])
        os.close(mail)
        answer, fds, _, _ = socket.recv_fds(ours, 64, 1)
        _, end, detail, cpu = struct.unpack_from("<QIiI", answer)
        ends[end] += 1
        if end != 0:
            print(f"{name}: the child ended with {end} ({detail})")
        data = b""
        if fds:
            data = os.pread(fds[0], os.fstat(fds[0]).st_size, 0)
            os.close(fds[0])
        with open(f"{out}/{n}.rec", "wb") as f:
            f.write(data)
    ours.close()
    server.wait()
    print("parsed:", dict(ends))


class Score:
    def __init__(self):
        self.asked, self.right, self.misses = collections.Counter(), collections.Counter(), collections.defaultdict(list)

    def ask(self, q, good, m=None, want=None, got=None):
        self.asked[q] += 1
        self.right[q] += bool(good)
        if not good and m:
            self.misses[q].append(f"{m['file']}: want {want!r}, got {got!r}")

    def show(self, misses):
        for q in sorted(self.asked):
            print(f"{self.right[q]:7d} /{self.asked[q]:7d}  {100 * self.right[q] / self.asked[q]:6.2f} %  {q}")
            for x in self.misses[q][:misses]:
                print("           ", x[:230])


def each_alone(sc, messages, got):
    for n, m in enumerate(messages):
        s, k = got[n], m["class"]
        sc.ask("1 kind", s["kind"] in KIND.get(k, {k}), m, k, s["kind"])
        sc.ask(f"1 kind: {k}", s["kind"] in KIND.get(k, {k}))
        sc.ask("1 no answer among automatic mail", not (k == "response" and s["kind"] in AUTOMATIC), m, k, s["kind"])
        if k in ("response", "registration", "extension_request", "inquiry", "decline"):
            asks = {r["reason"] for r in s["reviews"]} & {"no-consultation", "ambiguous-consultation"}
            open_ = asks and not s["consultation"] or not s["consultation"]
            sc.ask("2 consultation decided without review", not open_, m, m["consultation"], (s["consultation"], sorted(asks)))
            sc.ask(f"2 decided: reference {m['ref_place'] or '-'}", not open_)
            if not open_:
                sc.ask("2 consultation right, of those decided", s["consultation"] == m["consultation"], m, m["consultation"], s["consultation"])
                sc.ask(f"2 right: reference {m['ref_place'] or '-'}", s["consultation"] == m["consultation"])
        if k == "response":
            want = m["organisation"] or m["person"]
            sc.ask("3 responder", fold(want) == fold(s["responder"]), m, want, s["responder"])
            sc.ask("8 language", s["language"][:2] == m["language"], m, m["language"], s["language"])
            if m["no_remarks"]:
                sc.ask("8 no remarks (recall)", s["position"] == "no remarks", m, True, s["position"])
            if s["position"] == "no remarks":
                sc.ask("8 no remarks (precision)", m["no_remarks"], m, False, s["position"])
        if k == "registration" and m.get("persons") is not None:
            coming = [p for p in s["persons"] if p["verdict"] != "leaves"]
            want, have = {fold(p["email"]) for p in m["persons"]}, {fold(p["email"]) for p in coming}
            for e in want:
                sc.ask("6 persons found (recall)", e in have, m, e, sorted(have))
            for e in have:
                sc.ask("6 persons right (precision)", e in want, m, sorted(want), e)
            sc.ask("6 speaker", {fold(p["email"]) for p in m["persons"] if p["speaker"]} ==
                   {fold(p["email"]) for p in coming if p["speaker"]}, m, sorted(want), s["persons"])


def families(sc, messages, got):
    ids = {m["id"]: n for n, m in enumerate(messages)}
    up, kin = {}, {}

    def find(p, x):
        p.setdefault(x, x)
        while p[x] != x:
            x = p[x]
        return x
    for n, s in got.items():
        if s["related_to"]:
            o = s["related_to"] - 1
            if s["relation"] in ("copy", "resend", "forward"):
                up[find(up, n)] = find(up, o)
            if s["relation"] in ("copy", "resend", "forward", "revision"):
                kin[find(kin, n)] = find(kin, o)
    answers = [n for n, m in enumerate(messages) if m["class"] == "response"]
    for n in answers:
        m, s = messages[n], got[n]
        if m["duplicate_kind"] and m["duplicate_of"] in ids:
            good = find(up, n) == find(up, ids[m["duplicate_of"]])
            sc.ask("4 same answer recognised (recall)", good, m, m["duplicate_of"], (s["relation"], s["relation_rule"], s["consultation"]))
            sc.ask(f"4 recognised: {m['duplicate_kind']}", good)
        if m["supersedes"] in ids:
            o = ids[m["supersedes"]]
            sc.ask("4 revision recognised", find(kin, n) == find(kin, o) and find(up, n) != find(up, o), m, m["supersedes"],
                   (s["relation"], s["relation_rule"], s["consultation"], s["responder_key"], got[o]["responder_key"], got[o]["consultation"]))
        if m["supplement_to"] in ids:
            sc.ask("4 supplement recognised", s["relation"] == "supplement", m, m["supplement_to"], (s["relation"], s["relation_rule"]))
    groups = collections.defaultdict(list)
    for n in answers:
        groups[find(up, n)].append(n)
    for g in groups.values():
        for a in g:
            for b in g:
                if a < b:
                    sc.ask("4 same answer: pairs right (precision)", messages[a]["answer"] == messages[b]["answer"], messages[b],
                           messages[a]["id"], (got[b]["relation"], got[b]["relation_rule"]))
    for n in answers:
        if got[n]["relation"] == "revision":
            m = messages[n]
            sc.ask("4 revision right, of those claimed (precision)", m["supersedes"] or m["supplement_to"] or
                   any(messages[k]["answer"] == m["answer"] and messages[k]["supersedes"] for k in answers), m, None, got[n]["relation_rule"])
    rows = collections.defaultdict(list)
    for n in answers:
        rows[messages[n]["answer"]].append(n)
    gone = {messages[ids[m["supersedes"]]]["answer"] for m in messages if m["supersedes"] in ids} | {m["answer"] for m in messages if m["supplement_to"]}
    for a, ns in rows.items():
        count = sum(got[n]["counts"] for n in ns)
        sc.ask("4 each answer is one row" if a not in gone else "4 replaced or supplementing answers are no row",
               count == (a not in gone), messages[ns[0]], a not in gone, [(messages[n]["id"], got[n]["relation"], got[n]["relation_rule"]) for n in ns])
    for n in answers:
        m, s = messages[n], got[n]
        if s["counts"] and s["consultation"] == m["consultation"]:
            first = m
            while first["supersedes"] in ids:
                first = messages[ids[first["supersedes"]]]
            late = min((messages[k]["received"], messages[k]["late"]) for k in rows[first["answer"]])[1]
            sc.ask("8 deadline verdict", (s["deadline"] == "late") == late, m, late, s["deadline"])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("build"); ap.add_argument("set"); ap.add_argument("work")
    ap.add_argument("--misses", type=int, default=0); ap.add_argument("--keep-records", action="store_true")
    o = ap.parse_args()
    maker = f"{ROOT}/../shared/make_conf.py"
    if not os.path.exists(f"{o.set}/truth.json") or not os.path.exists(maker):
        print("skipped: no mail set with truth.json there, or nothing to make its configuration with")
        return 77
    messages = json.load(open(f"{o.set}/truth.json", encoding="utf-8"))["messages"]
    os.makedirs(f"{o.work}/records", exist_ok=True)
    if not o.keep_records:
        parse_all(o.build, [f"{o.set}/{m['file']}" for m in messages], f"{o.work}/records")
    subprocess.run([sys.executable, maker, o.set, f"{o.work}/conf", "--data", o.work, "--url", f"maildir:{os.path.abspath(o.set)}/{{address}}"], check=True)
    with open(f"{o.work}/manifest", "w", encoding="utf-8") as f:
        for n, m in enumerate(messages):
            at = int(datetime.datetime.fromisoformat(m["received"]).timestamp())
            print(n + 1, f"{o.work}/records/{n}.rec", at, n + 1, m["mailbox"].split("@")[0].lower(), sep="\t", file=f)
    run = subprocess.run([f"{o.build}/judge_file", f"{o.work}/conf/hoeringd.conf", f"{o.work}/manifest", "--evidence"],
                         check=True, stdout=subprocess.PIPE, text=True)
    with open(f"{o.work}/verdicts.jsonl", "w", encoding="utf-8") as f:
        f.write(run.stdout)
    got = {}
    for line in run.stdout.splitlines():
        v = json.loads(line)
        got[v["id"] - 1] = v
    sc = Score()
    each_alone(sc, messages, got)
    families(sc, messages, got)
    sc.show(o.misses)
    return 0


sys.exit(main())
