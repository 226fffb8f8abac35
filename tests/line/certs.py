"""Certificates made at test time with certtool: an authority, and servers it vouches for rightly or not."""
import os
import subprocess


def _certtool(*args):
    r = subprocess.run(["certtool", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if r.returncode != 0:
        raise RuntimeError(f"certtool {' '.join(args)}: {r.stderr}")


def _make(folder, name, template, ca=None):
    key, cert, lines = (f"{folder}/{name}.{s}" for s in ("key", "crt", "tmpl"))
    with open(lines, "w") as f:
        f.write(template)
    _certtool("--generate-privkey", "--key-type", "ecdsa", "--no-text", "--outfile", key)
    if ca is None:
        _certtool("--generate-self-signed", "--load-privkey", key, "--template", lines, "--no-text", "--outfile", cert)
    else:
        _certtool("--generate-certificate", "--load-privkey", key, "--template", lines, "--no-text", "--outfile", cert,
                  "--load-ca-certificate", f"{folder}/{ca}.crt", "--load-ca-privkey", f"{folder}/{ca}.key")
    return cert, key


SERVER = 'cn = "{name}"\n{names}\ntls_www_server\nsigning_key\nencryption_key\n{dates}\n'
VALID = "expiration_days = 30"
OVER = 'activation_date = "2020-01-01 00:00:00"\nexpiration_date = "2021-01-01 00:00:00"'
COMING = 'activation_date = "2090-01-01 00:00:00"\nexpiration_date = "2091-01-01 00:00:00"'

# variant: (loopback address it serves, template fields, signed by the authority)
VARIANTS = {
    "good": ("127.0.0.1", dict(names='dns_name = "localhost"\nip_address = "127.0.0.1"', dates=VALID), True),
    "self-signed": ("127.0.0.2", dict(names='ip_address = "127.0.0.2"', dates=VALID), False),
    "expired": ("127.0.0.3", dict(names='ip_address = "127.0.0.3"', dates=OVER), True),
    "wrong-host": ("127.0.0.4", dict(names='dns_name = "imap.other.example"\nip_address = "192.0.2.1"', dates=VALID), True),
    "not-yet-valid": ("127.0.0.5", dict(names='ip_address = "127.0.0.5"', dates=COMING), True),
}


def make(folder):
    """ca.crt and VARIANT.crt/.key in `folder`."""
    os.makedirs(folder, exist_ok=True)
    _make(folder, "ca", f'cn = "Test authority"\nca\ncert_signing_key\n{VALID}\n')
    for name, (_, fields, signed) in VARIANTS.items():
        _make(folder, name, SERVER.format(name=name, **fields), "ca" if signed else None)
