"""hoeringd's end of descriptor 3, in Python: starts hoering-fetch for one mailbox and talks protocol.h with it."""
import fcntl
import os
import select
import signal
import socket
import struct
import time

import dovecot
import tap

STATE, SELECTED, MAIL, EXCLUDED, ROUND, SETTLED, FAILED = range(1, 8)
CURSOR, ARCHIVED, SETTLE, POLL, QUIT = range(64, 69)
NAMES = {STATE: "STATE", SELECTED: "SELECTED", MAIL: "MAIL", EXCLUDED: "EXCLUDED", ROUND: "ROUND", SETTLED: "SETTLED", FAILED: "FAILED"}
RETRY_SOON, RETRY_LATER, RETRY_CONFIG = 1, 2, 3
FORM = struct.Struct("<6IqQ232s")
WINDOW = 64


class Record:
    def __init__(self, data, fd=-1):
        (self.kind, self.code, self.uidvalidity, self.uid, self.exists, self.uidnext, self.internal_at, self.size,
         words) = FORM.unpack(data)
        self.words = words.split(b"\0")[0].decode("ascii")
        self.fd = fd

    def __repr__(self):
        return f"{NAMES.get(self.kind, self.kind)}(code={self.code} uid={self.uid} {self.words!r})"


def configuration(folder, mailboxes, poll="3600s", more=""):
    """hoeringd.conf for these mailboxes: {name: {key: value}}; `more`: further lines."""
    os.makedirs(f"{folder}/consultations.d", exist_ok=True)
    lines = [f'database = "{folder}/hoeringd.db";', f'archive = "{folder}/archive";', 'timezone = "Europe/Oslo";', f'poll = "{poll}";',
             'consultations = "consultations.d";', more, "mailboxes = {"]
    for name, keys in mailboxes.items():
        lines.append(f"  {name} = {{")
        for key, value in keys.items():
            if isinstance(value, bool):
                value = "true" if value else "false"
            else:
                value = '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
            lines.append(f"    {key} = {value};")
        lines.append("  };")
    lines.append("};")
    path = f"{folder}/hoeringd.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return path


def password_file(folder, password=dovecot.PASSWORD):
    path = f"{folder}/password"
    with open(path, "w", encoding="utf-8") as f:
        f.write(password + "\n")
    os.chmod(path, 0o600)
    return path


class Fetcher:
    def __init__(self, conf, mailbox="m", env=None, program="hoering-fetch"):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.errors = os.memfd_create("stderr")
        program = tap.program(program)
        self.pid = os.posix_spawn(program, [program, "-c", conf, "-m", mailbox], dict(os.environ, **(env or {})), file_actions=[
            (os.POSIX_SPAWN_DUP2, theirs.fileno(), 3), (os.POSIX_SPAWN_DUP2, self.errors, 2)])
        theirs.close()
        self.sock = ours
        self.status = None
        self.states = []

    def close(self):
        self.sock.close()
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.wait(5)
        os.close(self.errors)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def wait(self, seconds=10):
        """The exit status, or minus the signal."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"hoering-fetch did not end within {seconds} s")
            else:
                time.sleep(0.01)
        return self.status

    def stderr(self):
        return os.pread(self.errors, 1 << 20, 0).decode(errors="replace")

    def send(self, kind, uid=0, uidvalidity=0, words=""):
        try:
            self.sock.send(FORM.pack(kind, 0, uidvalidity, uid, 0, 0, 0, 0, words.encode()))
        except BrokenPipeError:
            pass    # it has ended; what it said before is still to be read

    def next(self, seconds=120):
        """The next record; None when hoering-fetch closed. STATE records are remembered and passed over."""
        end = time.monotonic() + seconds
        while True:
            if not select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"hoering-fetch said nothing for {seconds} s; states so far: {self.states}")
            try:
                data, fds, _, _ = socket.recv_fds(self.sock, FORM.size, 4)
            except ConnectionResetError:
                continue    # told once when it ended without reading all of ours; its own words come after
            if not data:
                return None
            record = Record(data, fds[0] if fds else -1)
            if record.kind != STATE:
                return record
            self.states.append(record.words)

    def expect(self, kind, seconds=120):
        record = self.next(seconds)
        if record is None:
            raise AssertionError(f"hoering-fetch ended (status {self.wait()}) instead of {NAMES[kind]}; {self.stderr()}")
        if record.kind != kind:
            raise AssertionError(f"{record} instead of {NAMES[kind]}")
        return record

    def begin(self, cursor=0):
        selected = self.expect(SELECTED)
        self.uidvalidity = selected.uidvalidity
        self.send(CURSOR, uid=cursor, uidvalidity=selected.uidvalidity)
        return selected

    def round(self, seconds=30, answer=True):
        """All that comes until ROUND: [(record, bytes)]. Every mail is answered at once."""
        got = []
        while True:
            record = self.next(seconds)
            if record is None or record.kind == FAILED:
                raise AssertionError(f"{record} instead of ROUND; status {self.wait()}; {self.stderr()}")
            if record.kind == ROUND:
                self.last_round = record
                return got
            if record.kind not in (MAIL, EXCLUDED):
                raise AssertionError(f"{record} in a round")
            got.append((record, self.content(record)))
            if answer:
                self.send(ARCHIVED, uid=record.uid, uidvalidity=record.uidvalidity, words=record.words)

    def content(self, record):
        if record.fd == -1:
            return None
        seals = fcntl.fcntl(record.fd, fcntl.F_GET_SEALS)
        tap.equal(seals, 15, "seals of the memfd")
        size = os.fstat(record.fd).st_size
        tap.equal(size, record.size, "size told")
        data = os.pread(record.fd, size, 0) if size else b""
        os.close(record.fd)
        record.fd = -1
        return data

    def failure(self, seconds=30):
        """The FAILED record, and that hoering-fetch ends after it."""
        record = self.expect(FAILED, seconds)
        tap.equal(self.next(5), None, "after FAILED")
        self.wait()
        return record

    def quit(self):
        self.send(QUIT)
        while self.next(10) is not None:
            pass
        return self.wait()
