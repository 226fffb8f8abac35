"""A token endpoint over TLS, as strict as the standards let it be: client credentials, device code, refresh with rotation; and tokeninfo
for Dovecot. Remembers what it was asked; what it answers next can be replaced."""
import base64
import hashlib
import http.server
import json
import os
import secrets
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Refused(Exception):
    """(status, error, description, headers)"""


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data))), ("Connection", "close"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        """Dovecot's tokeninfo."""
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        user = self.server.endpoint.access.get(query.get("access_token", [""])[0])
        self.server.endpoint.looked_up.append(user)
        self.answer(200, {"active": True, "username": user, "scope": "mail"} if user else {"active": False})

    def do_POST(self):
        e = self.server.endpoint
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
        with e.lock:
            e.asked.append((time.monotonic(), self.path, form))
            script = e.script.pop(0) if e.script else None
        try:
            if script is not None:
                return script(self, form)
            with e.lock:
                body = e.device(form) if self.path == "/device" else e.token(form)
            self.answer(200, body, (("Cache-Control", "no-store"),))
        except Refused as r:
            status, error, words, headers = r.args
            self.answer(status, {"error": error, "error_description": words}, headers)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass


class TlsServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def finish_request(self, request, address):
        request.settimeout(30)
        try:
            request = self.context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            return
        try:
            super().finish_request(request, address)
            request.unwrap()
        except (OSError, ValueError):
            pass

    def handle_error(self, request, address):
        pass


class Endpoint:
    lifetime = 3600
    interval = 1
    rotation = "strict"     # the old refresh token is void at once; "grace": as soon as the new one is used; "none": it stays
    user = "tjeneste@dep.example"

    def __init__(self, certs, cert="good"):
        self.clients = {}       # client_id: secret, or the path of a certificate
        self.refresh = {}       # token: {"state": "new" | "used" | "void", "before": token or None, "client": …}
        self.devices = {}       # device_code: {"approved": bool, "last": time, "interval": s}
        self.access = {}        # token: user
        self.asked, self.script, self.looked_up, self.assertions = [], [], [], set()
        self.lock = threading.Lock()
        self.server = TlsServer(("127.0.0.1", 0), Handler)
        self.server.endpoint = self
        self.server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.context.load_cert_chain(f"{certs}/{cert}.crt", f"{certs}/{cert}.key")
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def url(self, path="/token"):
        return f"https://127.0.0.1:{self.port}{path}"

    # who asks

    def authenticate(self, form):
        """RFC 6749, 2.3.1, or RFC 7523, 3."""
        known = self.clients.get(form.get("client_id"))
        if known is None:
            raise Refused(401, "invalid_client", "unknown client", ())
        if known == "public":
            return
        if "client_assertion" in form:
            if form.get("client_assertion_type") != JWT_BEARER:
                raise Refused(400, "invalid_request", "client_assertion_type", ())
            return self.verify_assertion(form["client_assertion"], form["client_id"], known)
        if form.get("client_secret") != known:
            raise Refused(401, "invalid_client", "wrong secret", ())

    def verify_assertion(self, assertion, client, certificate):
        def need(condition, words):
            if not condition:
                raise Refused(401, "invalid_client", f"assertion: {words}", ())
        head, claims, signature = assertion.split(".")
        header, body = json.loads(unbase64url(head)), json.loads(unbase64url(claims))
        der = subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], check=True, capture_output=True).stdout
        public = subprocess.run(["openssl", "x509", "-in", certificate, "-pubkey", "-noout"], check=True, capture_output=True).stdout
        now = time.time()
        need("=" not in assertion, "padding")
        need(body["iss"] == body["sub"] == client, "iss, sub")
        need(body["aud"] == self.url(), "aud")
        need(body["nbf"] <= now + 5 and now < body["exp"] <= now + 900, "nbf, exp")
        need(body["jti"] not in self.assertions, "used before")
        self.assertions.add(body["jti"])
        if header["alg"] == "PS256":
            need(unbase64url(header["x5t#S256"]) == hashlib.sha256(der).digest(), "x5t#S256")
            options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
        else:
            need(header["alg"] == "RS256" and unbase64url(header["x5t"]) == hashlib.sha1(der).digest(), "x5t")
            options = []
        with tempfile.TemporaryDirectory() as d:
            for name, content in (("key", public), ("sig", unbase64url(signature)), ("data", f"{head}.{claims}".encode())):
                with open(f"{d}/{name}", "wb") as f:
                    f.write(content)
            r = subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{d}/key", *options, "-signature", f"{d}/sig", f"{d}/data"],
                               capture_output=True)
        need(r.returncode == 0, "signature")

    # what is given

    def new_access(self):
        token = "at-hemmelig-" + secrets.token_hex(20)
        self.access[token] = self.user
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}

    def new_refresh(self, client, before=None):
        token = "rt-hemmelig-" + secrets.token_hex(20)
        self.refresh[token] = {"state": "new", "before": before, "client": client}
        return token

    def token(self, form):
        self.authenticate(form)
        grant = form.get("grant_type")
        if grant == "client_credentials":
            return self.new_access()
        if grant == "refresh_token":
            return self.use_refresh(form)
        if grant == DEVICE_GRANT:
            return self.poll_device(form)
        raise Refused(400, "unsupported_grant_type", str(grant), ())

    def use_refresh(self, form):
        token = form["refresh_token"]
        entry = self.refresh.get(token)
        if entry is None or entry["state"] == "void" or entry["client"] != form["client_id"]:
            if entry is not None:   # somebody uses it twice: a thief, so the whole family is void (RFC 9700, 4.14.2)
                for other in self.refresh.values():
                    other["state"] = "void"
            raise Refused(400, "invalid_grant", "AADSTS700082: the refresh token is void", ())
        if self.rotation == "none":
            return self.new_access()
        if self.rotation == "strict":
            entry["state"] = "void"
        if entry["before"] in self.refresh:
            self.refresh[entry["before"]]["state"] = "void"
        return dict(self.new_access(), refresh_token=self.new_refresh(form["client_id"], token))

    def device(self, form):
        self.authenticate(form)
        code = "dc-hemmelig-" + secrets.token_hex(20)
        self.devices[code] = {"approved": False, "last": 0, "interval": self.interval}
        return {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": self.url("/activate"), "expires_in": 600,
                "interval": self.interval}

    def poll_device(self, form):
        d = self.devices.get(form.get("device_code"))
        if d is None:
            raise Refused(400, "expired_token", "unknown code", ())
        now, last = time.monotonic(), d["last"]
        d["last"] = now
        if now - last < d["interval"] - 0.05:
            d["interval"] += 5
            raise Refused(400, "slow_down", "", ())
        if not d["approved"]:
            raise Refused(400, "authorization_pending", "", ())
        del self.devices[form["device_code"]]
        return dict(self.new_access(), refresh_token=self.new_refresh(form["client_id"]))

    def approve(self):
        with self.lock:
            for d in self.devices.values():
                d["approved"] = True


def make_client_certificate(folder, name):
    """An RSA key and a self-signed certificate, as an administrator makes them for an application."""
    with open(f"{folder}/{name}.tmpl", "w") as f:
        f.write(f'cn = "{name}"\nsigning_key\nexpiration_days = 30\n')
    for args in (["--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--no-text", "--outfile", f"{folder}/{name}.key"],
                 ["--generate-self-signed", "--load-privkey", f"{folder}/{name}.key", "--template", f"{folder}/{name}.tmpl", "--no-text",
                  "--outfile", f"{folder}/{name}.crt"]):
        subprocess.run(["certtool", *args], check=True, stdin=subprocess.DEVNULL, capture_output=True)
    os.chmod(f"{folder}/{name}.key", 0o600)
    return f"{folder}/{name}.crt", f"{folder}/{name}.key"
