"""A scripted IMAP server: honest by default, each part to be replaced by something hostile; remembers every byte it was told."""
import os
import re
import socket
import ssl
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))


class HangUp(Exception):
    """Ends the connection here."""


class Server:
    """One honest mailbox. Subclasses override what they lie about. `mails`: {uid: bytes}."""
    tls = "imaps"               # or "imap" (STARTTLS offered) or "plain"
    capabilities = "IMAP4rev1 IDLE UIDPLUS MOVE"
    permanent = "\\Deleted \\Seen \\*"
    uidvalidity = 7
    max_tls = None

    def __init__(self, certs, mails=None, cert="good"):
        self.mails = dict(mails or {})
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{certs}/{cert}.crt", f"{certs}/{cert}.key")
        self.said = b""         # by the client, in the clear or decrypted
        self.connections = 0
        self.selected = False
        self.readable = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def url(self, folder="INBOX"):
        return f"{'imaps' if self.tls == 'imaps' else 'imap'}://127.0.0.1:{self.port}/{folder}"

    def serve(self):
        while True:
            try:
                self.conn, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.buffer = b""
            self.secure = False
            try:
                self.conversation()
            except (HangUp, OSError, ssl.SSLError):
                pass
            finally:
                try:
                    self.conn.close()
                except OSError:
                    pass

    # the wire

    def send(self, data):
        self.conn.sendall(data if isinstance(data, bytes) else data.encode())

    def recv(self):
        data = self.conn.recv(65536)
        if not data:
            raise HangUp
        self.said += data
        return data

    def line(self):
        while b"\r\n" not in self.buffer:
            self.buffer += self.recv()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode(errors="replace")

    def start_tls(self):
        self.conn = self.context.wrap_socket(self.conn, server_side=True)
        self.secure = True

    def wait_for_ever(self):
        while True:
            self.recv()

    # the conversation

    def conversation(self):
        if self.tls == "imaps":
            self.start_tls()
        self.greeting()
        while True:
            tag, _, rest = self.line().partition(" ")
            name, _, args = rest.partition(" ")
            if name.upper() == "UID":
                name, _, args = args.partition(" ")
                name = "uid_" + name
            handler = getattr(self, "do_" + name.lower(), None)
            if handler is None:
                self.send(f"{tag} BAD unknown\r\n")
            else:
                handler(tag, args)

    def ok(self, tag, words="done"):
        self.send(f"{tag} OK {words}\r\n")

    def greeting(self):
        self.send("* OK hello\r\n")

    def do_capability(self, tag, args):
        self.send(f"* CAPABILITY {self.capabilities}{' STARTTLS' if self.tls == 'imap' and not self.secure else ''}\r\n")
        self.ok(tag)

    def do_starttls(self, tag, args):
        self.ok(tag)
        self.start_tls()

    def do_login(self, tag, args):
        self.ok(tag)

    def do_noop(self, tag, args):
        self.ok(tag)

    def do_select(self, tag, args):
        self.send(f"* FLAGS (\\Seen)\r\n* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {self.uidvalidity}] x\r\n"
                  f"* OK [UIDNEXT {max(self.mails, default=0) + 1}] x\r\n* OK [PERMANENTFLAGS ({self.permanent})] x\r\n")
        self.ok(tag, "[READ-WRITE] done")

    do_examine = do_select

    def do_status(self, tag, args):
        self.send(f"* STATUS {args.split(' ')[0]} (UIDVALIDITY 9)\r\n")
        self.ok(tag)

    def wanted(self, args):
        """The UIDs of a set that are there, ascending."""
        found = set()
        for part in re.match(r"(?:UID )?([0-9*:,]+)", args)[1].split(","):
            low, _, high = part.partition(":")
            top = max(self.mails, default=0)
            low, high = (top if x == "*" else int(x) for x in (low, high or low))
            found |= {u for u in self.mails if min(low, high) <= u <= max(low, high)}
        return sorted(found)

    def do_uid_search(self, tag, args):
        self.send("* SEARCH" + "".join(f" {u}" for u in self.wanted(args)) + "\r\n")
        self.ok(tag)

    def do_uid_fetch(self, tag, args):
        for number, uid in enumerate(self.wanted(args), 1):
            if "BODY" in args:
                self.send_body(number, uid)
            else:
                self.send_facts(number, uid)
        self.ok(tag)

    def send_facts(self, number, uid):
        self.send(f'* {number} FETCH (UID {uid} INTERNALDATE "01-Jun-2022 12:00:00 +0200" RFC822.SIZE {len(self.mails[uid])})\r\n')

    def send_body(self, number, uid):
        self.send(f"* {number} FETCH (UID {uid} BODY[] {{{len(self.mails[uid])}}}\r\n".encode() + self.mails[uid] + b")\r\n")

    def do_uid_store(self, tag, args):
        self.ok(tag)

    def do_uid_move(self, tag, args):
        for uid in self.wanted(args):
            del self.mails[uid]
        self.ok(tag)

    def do_idle(self, tag, args):
        self.send("+ idling\r\n")
        self.idling()
        if self.line().upper() != "DONE":
            raise HangUp
        self.ok(tag)

    def idling(self):
        pass

    def do_logout(self, tag, args):
        self.send("* BYE bye\r\n")
        self.ok(tag)
        raise HangUp
