"""Both agents of the feed as processes of their own, in a folder of their own, on loopback ports: peoplefeed beside an identity
provider's registry, and peopled fed by it. Keys are made by openssl: what is tested is not what makes them."""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time

from . import client, servers

IDP = "https://idp.example.edu/idp"
SP = "https://sp.example.edu/people"
SUFFIX = servers.SUFFIX
PEOPLE = f"ou=People,{SUFFIX}"
RELEASED = ["uid", "cn", "sn", "mail", "title", "eduPersonUniqueId"]


class Failed(Exception):
    """An agent did not do what it should; the text holds what it wrote."""


def peoplefeed_binary():
    """The release binary, or what PEOPLEFEED names."""
    return os.environ.get("PEOPLEFEED", str(servers.REPOSITORY / ".build/release/peoplefeed"))


class Keys:
    """A key, its self-signed certificate and its pin."""
    def __init__(self, folder, name):
        self.certificate, self.key = folder / f"{name}.crt", folder / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        self.key.chmod(0o600)
        public = subprocess.run(["openssl", "x509", "-in", self.certificate, "-noout", "-pubkey"], check=True, capture_output=True)
        octets = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.stdout, check=True,
                                capture_output=True)
        self.pin = "sha256:" + hashlib.sha256(octets.stdout).hexdigest()


def person(number, **more):
    """A person of the registry: {attribute: [values]}. `eduPersonUniqueId` says who it is, `uid` names the entry."""
    values = {"eduPersonUniqueId": [f"{number:08d}@example.edu"], "uid": [f"u{number:07d}"], "cn": [f"Pérson {number}"],
              "sn": ["Person"], "mail": [f"u{number}@example.edu"], "eduPersonEntitlement": [SP]}
    return {**values, **more}


def records(people):
    """The people as LDIF content records."""
    lines = ["version: 1", ""]
    for each in people:
        lines.append(f"dn: uid={each['uid'][0]},{PEOPLE}")
        for name, values in each.items():
            lines += [f"{name}:: {base64.b64encode(value.encode()).decode()}" for value in values]
        lines.append("")
    return "\n".join(lines)


class Process:
    """A daemon, its configuration and its log."""
    def __init__(self, folder, program, configuration):
        self.folder, self.program, self.configuration = folder, program, configuration
        self.name = os.path.basename(program)
        self.file, self.log = folder / f"{self.name}.json5", folder / f"{self.name}.log"
        self.process, self.port = None, None

    def write_configuration(self):
        self.file.write_text(json.dumps(self.configuration, indent=1))

    def launch(self):
        """Starts it, and waits for nothing."""
        self.write_configuration()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.program, "serve", "--config", self.file], stdout=subprocess.PIPE, stderr=log)
        self.is_ready = False

    def wait_until_ready(self):
        if not self.is_ready and not self.process.stdout.readline().startswith(b"ready"):
            raise Failed(f"{self.name} did not get ready: {self.log_text()[-2000:]}")
        self.is_ready = True

    def start(self):
        self.launch()
        self.wait_until_ready()
        return self

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self):
        self.end(signal.SIGKILL)

    def stop(self):
        """SIGTERM; returns the exit status."""
        return self.end(signal.SIGTERM)

    def end(self, number):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process = None
        return status

    def reload(self):
        self.write_configuration()
        self.process.send_signal(signal.SIGHUP)

    def run(self, *arguments, input=None, timeout=60):
        """A subcommand with the same configuration: the CompletedProcess, output as text."""
        command = [self.program, arguments[0], "--config", self.file, *map(str, arguments[1:])]
        return subprocess.run(command, input=input, capture_output=True, text=True, timeout=timeout)


class Agents:
    """The two, configured for each other; nothing runs yet."""
    def __init__(self, update="subscription", every="1s", name="agents", **options):
        self.folder = servers.temporary_folder(name)
        self.keys = {each: Keys(self.folder, each) for each in ("idp", "sp")}
        self.feed_port, self.listener_port, self.port = (servers.free_port() for _ in range(3))
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.registry = self.folder / "registry.ldif"
        self.feed = Process(self.folder, peoplefeed_binary(), {
            "entityID": IDP, "data": "feed-data", "listener": f"https://127.0.0.1:{self.feed_port}", "certificate": "idp.crt",
            "key": "idp.key", "registry": {"ldif": "registry.ldif", "otherSubjects": ["uid"]},
            "serviceProviders": [{"entityID": SP, "keys": [self.keys["sp"].pin], "attributes": list(RELEASED)}],
        })
        self.people = Process(self.folder, servers.peopled_binary(), {
            "suffix": SUFFIX, "data": "people-data", "listeners": [{"url": self.url}],
            "serviceProvider": {"entityID": SP, "certificate": "sp.crt", "key": "sp.key",
                                "listener": f"https://127.0.0.1:{self.listener_port}"},
            "identityProviders": [{
                "entityID": IDP, "endpoint": f"https://127.0.0.1:{self.feed_port}", "keys": [self.keys["idp"].pin],
                "update": update, "every": every, "attributes": list(RELEASED), "subject": "eduPersonUniqueId", **options,
            }],
        })
        self.people.port = self.port

    @property
    def identity_provider(self):
        """peopled's configuration of the identity provider, to be changed."""
        return self.people.configuration["identityProviders"][0]

    @property
    def service_provider(self):
        """peoplefeed's configuration of the service provider, to be changed."""
        return self.feed.configuration["serviceProviders"][0]

    def write(self, people):
        """Puts these people in the registry, all at once."""
        new = self.folder / "registry.new"
        new.write_text(records(people))
        new.rename(self.registry)

    def served(self, attributes=("*", ), user="(objectClass=person)"):
        """Who is served, by ldapsearch: {dn: {attribute: sorted values}}."""
        command = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", self.url, "-b", PEOPLE, "-s", "one", user, *attributes]
        found = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if found.returncode != 0:
            raise Failed(f"ldapsearch: {found.stderr}")
        entries = {}
        for text in found.stdout.strip().split("\n\n") if found.stdout.strip() else []:
            values = {}
            for line in text.splitlines():
                name, _, value = line.partition(":")
                value = base64.b64decode(value[2:]).decode() if value.startswith(":") else value.strip()
                values.setdefault(name, []).append(value)
            dn = values.pop("dn")[0]
            entries[dn] = {name: sorted(each) for name, each in values.items()}
        return entries

    def expected(self, people, released=RELEASED):
        """What of these people should be served: {dn: {attribute: sorted values}}."""
        return {f"uid={each['uid'][0]},{PEOPLE}": {name: sorted(each[name]) for name in released if name in each}
                for each in people}

    def differences(self, people, released=RELEASED):
        """What is served otherwise than it should be, as text; empty where nothing is."""
        expected = self.expected(people, released)
        served = {dn: {name: values for name, values in entry.items() if name != "objectClass"}
                  for dn, entry in self.served().items()}
        wrong = [f"missing: {dn}" for dn in expected.keys() - served.keys()]
        wrong += [f"too many: {dn}" for dn in served.keys() - expected.keys()]
        wrong += [f"{dn}: expected {expected[dn]}, found {served[dn]}" for dn in expected.keys() & served.keys()
                  if expected[dn] != served[dn]]
        return "\n".join(sorted(wrong)[:10])

    def wait_until_served(self, people, seconds=30, released=RELEASED):
        """Waits until exactly these people are served as they should be."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                wrong = self.differences(people, released)
            except Failed as problem:
                wrong = str(problem)
            if not wrong:
                return
            if time.monotonic() > deadline:
                raise Failed(f"after {seconds} s:\n{wrong}\n{self.logs()}")
            time.sleep(0.05)

    def status(self):
        """The first source of `peopled status --json`."""
        found = self.people.run("status", "--json")
        if found.returncode != 0:
            raise Failed(f"peopled status: {found.stderr}")
        return json.loads(found.stdout)["sources"][0]

    def logs(self):
        return "\n".join(f"-- {each.name}\n" + "\n".join(each.log_text().splitlines()[-25:]) for each in (self.feed, self.people))

    def connection(self):
        return client.Connection(self.port)

    def start(self):
        self.feed.start()
        self.people.start()
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.people.kill()
            self.feed.kill()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
