"""Certificates for tests, made with the openssl command: what is tested is not what makes them."""

import datetime
import shutil
import subprocess

from . import servers

CONFIGURATION = """
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copyall
certificate = ca.crt
private_key = ca.key
[any]
commonName = supplied
organizationName = optional
"""

ELLIPTIC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


class Authority:
    """A certificate authority in a folder of its own, which `remove` takes away."""
    def __init__(self):
        self.folder = servers.temporary_folder("authority")
        self.certificate = self.folder / "ca.crt"
        (self.folder / "ca.cnf").write_text(CONFIGURATION)
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("1000\n")
        self.openssl("req", "-x509", "-newkey", *ELLIPTIC, "-nodes", "-days", "3650", "-subj", "/CN=Test Authority",
                     "-keyout", "ca.key", "-out", "ca.crt", "-addext", "keyUsage=keyCertSign,cRLSign")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", begin=-1, end=365, key_type=ELLIPTIC):
        """A certificate and its key: (certificate, key), as paths. `begin` and `end` are days from now."""
        self.openssl("req", "-new", "-newkey", *key_type, "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr", "-addext", f"subjectAltName={names}")
        self.openssl("ca", "-batch", "-config", "ca.cnf", "-notext", "-in", f"{name}.csr", "-out", f"{name}.crt",
                     "-startdate", moment(begin), "-enddate", moment(end))
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    def openssl(self, *words):
        ended = subprocess.run(["openssl", *map(str, words)], cwd=self.folder, capture_output=True, text=True)
        if ended.returncode:
            raise servers.ServerFailed("openssl: " + ended.stderr)
        return ended.stdout


def moment(days):
    """So many days from now, as openssl has it."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
