"""A private Dovecot 2.3 on loopback: random ports, its own folder, maildirs, its own users. Works as root and as anybody."""
import glob
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import certs
import tap

PASSWORD = "hemmelig \\ \"passord\" 9"

CONFIG = """
protocols = imap
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
instance_name = test-{pid}
listen = {listen}
ssl = yes
ssl_cert = <{certs}/good.crt
ssl_key = <{certs}/good.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %u
auth_verbose = yes
auth_username_format = %u
auth_failure_delay = 0 secs
first_valid_uid = 1
mail_max_userip_connections = 1000
mail_location = maildir:~/Maildir
mail_log_prefix = "%s(%u): "
{users}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=anybody {dir}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  {chroot}
}}
service anvil {{
  # the penalty for wrong passwords would slow all later tests down
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
  {chroot}
}}
{extra}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dovecot:
    def __init__(self, extra=""):
        if shutil.which("dovecot") is None and not os.path.exists("/usr/sbin/dovecot"):
            raise tap.Skip("Dovecot is not installed")
        self.dir = tempfile.mkdtemp(prefix="hoering-dovecot-")
        os.chmod(self.dir, 0o755)
        self.certs = f"{self.dir}/certs"
        self.extra = extra
        self.imap, self.imaps = free_port(), free_port()
        self.process = None
        self.delivered = 0
        self.owner = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        certs.make(self.certs)
        for sub in ("mail", "state"):
            os.mkdir(f"{self.dir}/{sub}")
            os.chown(f"{self.dir}/{sub}", self.owner.pw_uid, self.owner.pw_gid)
        with open(f"{self.dir}/users", "w") as f:   # one password for whatever user has a maildir
            print(f"anybody:{PASSWORD}", file=f)
        os.chmod(f"{self.dir}/users", 0o644)

    def configure(self):
        me = pwd.getpwuid(os.geteuid()).pw_name
        group = self.owner.pw_gid
        users, chroot = "", ""
        if os.geteuid() != 0:
            users = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {grp.getgrgid(group).gr_name}"
            chroot = "chroot ="
        locals_ = "".join(f"local {address} {{\n  ssl_cert = <{self.certs}/{name}.crt\n  ssl_key = <{self.certs}/{name}.key\n}}\n"
                          for name, (address, _, _) in certs.VARIANTS.items() if name != "good")
        with open(f"{self.dir}/dovecot.conf", "w") as f:
            f.write(CONFIG.format(dir=self.dir, pid=os.getpid(), certs=self.certs, imap=self.imap, imaps=self.imaps, users=users,
                                  uid=self.owner.pw_uid, gid=group, chroot=chroot, extra=locals_ + self.extra,
                                  listen=", ".join(address for address, _, _ in certs.VARIANTS.values())))

    def start(self):
        self.configure()
        self.process = subprocess.Popen([shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", f"{self.dir}/dovecot.conf"],
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            tap.wait_until(self.listening, 20, "Dovecot listens")
        except AssertionError as e:
            said = self.log()[-500:]
            self.close()
            raise RuntimeError(f"{e}: {said}")
        return self

    def listening(self):
        try:
            with socket.create_connection(("127.0.0.1", self.imap), timeout=5) as s:
                return s.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def log(self):
        try:
            with open(f"{self.dir}/dovecot.log", errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    # mailboxes

    def user(self, name, *folders):
        """A user with an INBOX and these folders."""
        for folder in ("", *("." + f for f in folders)):
            for sub in ("new", "cur", "tmp"):
                os.makedirs(self.maildir(name, folder) + "/" + sub)
        self.own(f"{self.dir}/mail/{name}")
        return name

    def own(self, path):
        if os.geteuid() == 0:
            for base, folders, files in os.walk(path):
                for one in [base] + [f"{base}/{f}" for f in folders + files]:
                    os.chown(one, self.owner.pw_uid, self.owner.pw_gid)

    def maildir(self, user, folder=""):
        return f"{self.dir}/mail/{user}/Maildir" + (f"/{folder}" if folder else "")

    def deliver(self, user, content, when=None, folder=""):
        """As a delivery agent does. INTERNALDATE is the file's time."""
        self.delivered += 1
        when = time.time() if when is None else when
        base = self.maildir(user, "." + folder if folder else "")
        name = f"{1000000000 + self.delivered}.M{self.delivered}P{os.getpid()}.test"
        with open(f"{base}/tmp/{name}", "wb") as f:
            f.write(content)
        os.utime(f"{base}/tmp/{name}", (when, when))
        if os.geteuid() == 0:
            os.chown(f"{base}/tmp/{name}", self.owner.pw_uid, self.owner.pw_gid)
        os.rename(f"{base}/tmp/{name}", f"{base}/new/{name}")
        return name

    def files(self, user, folder=""):
        base = self.maildir(user, "." + folder if folder else "")
        return sorted(glob.glob(f"{base}/new/*") + glob.glob(f"{base}/cur/*"))

    def new_uidvalidity(self, user):
        """As after a restore of the mail store: same mails, another UIDVALIDITY, other UIDs."""
        base = self.maildir(user)
        with open(f"{base}/dovecot-uidlist") as f:
            lines = f.read().split("\n")
        head = lines[0].split(" ")
        head[1] = f"V{int(head[1][1:]) + 1}"
        head[2] = "N1"
        for path in glob.glob(f"{base}/dovecot*"):
            os.unlink(path)
        with open(f"{base}/dovecot-uidlist", "w") as f:
            print(" ".join(head), file=f)
        self.own(base)
        return int(head[1][1:])

    def imap_client(self, user):
        """For looking at the server as a third party."""
        import imaplib
        c = imaplib.IMAP4("127.0.0.1", self.imap)
        c.login(user, PASSWORD)
        return c

    def url(self, scheme="imaps", folder="INBOX", variant="good", host=None):
        host = host or certs.VARIANTS[variant][0]
        return f"{scheme}://{host}:{self.imaps if scheme == 'imaps' else self.imap}/{folder}"
