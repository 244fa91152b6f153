"""The two servers: peopled as it was built, and Debian's slapd in a temporary folder of its own, on loopback ports."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
INTEROP = REPOSITORY / "Interop"
WORKSPACE = Path(os.environ.get("PEOPLED_INTEROP_DIRECTORY", REPOSITORY / ".build/interop"))
PACKAGES = WORKSPACE / "packages/root"
SUFFIX = "dc=example,dc=edu"
START_TIMEOUT = 60


def peopled_binary():
    """The release binary, or what PEOPLED names."""
    return os.environ.get("PEOPLED", str(REPOSITORY / ".build/release/peopled"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening_addresses(process_id):
    """The TCP addresses a process listens on: {(address, port)}, from /proc."""
    inodes = set()
    for descriptor in Path(f"/proc/{process_id}/fd").iterdir():
        target = os.readlink(descriptor)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for row in Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[3] == "0A" and columns[9] in inodes:
                address, port = columns[1].split(":")
                words = bytes.fromhex(address)
                packed = b"".join(words[at:at + 4][::-1] for at in range(0, len(words), 4))
                found.add((socket.inet_ntop(family, packed), int(port, 16)))
    return found


def temporary_folder(name):
    return Path(tempfile.mkdtemp(prefix=f"peopled-{name}-"))


class ServerFailed(Exception):
    """A server did not start or stop as it should; the text holds what it wrote."""


def run_peopled(*arguments, input=None, timeout=120, env=None):
    """One run of a subcommand: the CompletedProcess, output as bytes."""
    return subprocess.run([peopled_binary(), *map(str, arguments)],
                          input=input,
                          capture_output=True,
                          timeout=timeout,
                          env=env)


class Peopled:
    """peopled serving a data directory, which is imported first when LDIF files are given."""
    def __init__(self, *ldif, data=None, options=(), environment=None):
        self.folder = temporary_folder("served")
        self.data = Path(data) if data else self.folder / "data"
        self.port = free_port()
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.options = list(options)
        self.environment = environment
        self.process = None
        if ldif:
            imported = run_peopled("import", "--data", self.data, *ldif)
            if imported.returncode != 0:
                shutil.rmtree(self.folder, ignore_errors=True)
                raise ServerFailed("peopled import: " + imported.stderr.decode(errors="replace"))

    def start(self, listens=True):
        """`listens`: at `url`; otherwise where the options say."""
        self.log = open(self.folder / "log", "ab")
        where = ["--listen", self.url] if listens else []
        command = [peopled_binary(), "serve", "--data", str(self.data), *where, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=self.environment)
        line = self.process.stdout.readline()
        if not line.startswith(b"ready"):
            self.process.wait(timeout=10)
            raise ServerFailed(f"peopled serve did not get ready: {line!r} {self.log_text()}")
        return self

    def log_text(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        self.process = None
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def slapd_program(name="slapd"):
    """slapd and its tools, unpacked by Interop/install, else those the machine has."""
    unpacked = PACKAGES / "usr/sbin" / name
    return str(unpacked if unpacked.exists() else Path("/usr/sbin") / name)


def slapd_environment():
    libraries = PACKAGES / "usr/lib/x86_64-linux-gnu"
    found = [str(path) for path in (libraries, *PACKAGES.glob("usr/lib/*-linux-gnu")) if path.exists()]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(found)}


class Slapd:
    """slapd with back-mdb over a database of its own; userPassword is for binding and given to nobody."""

    SCHEMA = ("core", "cosine", "inetorgperson", "openldap")
    OWN_SCHEMA = ("rfc2307bis", "eduperson", "schac", "uctrust")

    def __init__(self, ldif=None, indexes=(), overlays=(), schema=(), suffix=SUFFIX, quick=False, database_flags=""):
        self.folder = temporary_folder("slapd")
        self.port = free_port()
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.suffix = suffix
        self.process = None
        (self.folder / "db").mkdir()
        self.configuration = self.folder / "slapd.conf"
        self.configuration.write_text(self.configuration_text(indexes, overlays, schema, database_flags))
        if ldif:
            try:
                self.load(ldif, quick)
            except ServerFailed:
                shutil.rmtree(self.folder, ignore_errors=True)
                raise

    def configuration_text(self, indexes, overlays, schema, database_flags=""):
        etc = PACKAGES / "etc/ldap/schema"
        modules = PACKAGES / "usr/lib/ldap"
        if not etc.exists():
            etc, modules = Path("/etc/ldap/schema"), Path("/usr/lib/ldap")
        files = [etc / f"{name}.schema" for name in self.SCHEMA]
        files += [INTEROP / "slapd" / f"{name}.schema" for name in self.OWN_SCHEMA] + list(schema)
        lines = [f"include {path}" for path in files]
        lines += [f"modulepath {modules}", "moduleload back_mdb", "moduleload pw-sha2"]
        lines += [f"moduleload {overlay.split()[0]}" for overlay in overlays]
        lines += [
            f"pidfile {self.folder}/slapd.pid",
            f"argsfile {self.folder}/slapd.args",
            "threads 4",
            "loglevel 0",
            "attributeoptions lang- x-",
            "sizelimit unlimited",
            "sizelimit size.prtotal=unlimited",
            "timelimit unlimited",
            "database mdb",
            f'suffix "{self.suffix}"',
            f'rootdn "cn=slapd-root,{self.suffix}"',
            "rootpw secret",
            f"directory {self.folder}/db",
            "maxsize 17179869184",
            *([f"envflags {database_flags}"] if database_flags else []),
            "dbnosync",
            *[f"index {index}" for index in indexes],
            "access to attrs=userPassword by anonymous auth by * none",
            "access to * by * read",
        ]
        for overlay in overlays:
            lines += overlay.replace(overlay.split()[0], f"overlay {overlay.split()[0]}", 1).split("\n")
        return "\n".join(lines) + "\n"

    def tool(self, name, *arguments, input=None, timeout=900):
        """slapadd, slapcat and so on, with this server's configuration."""
        command = [slapd_program(name), "-f", str(self.configuration), *map(str, arguments)]
        return subprocess.run(command, input=input, capture_output=True, env=slapd_environment(), timeout=timeout)

    def load(self, ldif, quick=False):
        """slapadd, with schema checks unless quick."""
        added = self.tool("slapadd", *(["-q"] if quick else []), "-l", ldif)
        if added.returncode != 0:
            raise ServerFailed("slapadd: " + added.stderr.decode(errors="replace"))

    def export(self):
        """slapcat's output, as bytes."""
        written = self.tool("slapcat")
        if written.returncode != 0:
            raise ServerFailed("slapcat: " + written.stderr.decode(errors="replace"))
        return written.stdout

    def start(self):
        command = [slapd_program(), "-h", self.url, "-f", str(self.configuration), "-d", "0"]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=slapd_environment())
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerFailed("slapd: " + (self.folder / "log").read_text(errors="replace"))
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise ServerFailed("slapd does not answer")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.log.close()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
