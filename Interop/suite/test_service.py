"""peopled as a service: what it tells systemd, the units in Config, privileges, core dumps, and who may read its files."""

import http.client
import json
import os
import pwd
import re
import resource
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import time
import unittest

from . import agents, fixtures, servers
from .client import Connection
from .servers import run_peopled
from .test_listeners import REFUSED, Case, port_of

INPUT_OUTPUT = 3
UNITS = servers.REPOSITORY / "Config"


def tool(name):
    """A program of the machine, or else unpacked by Interop/install; and the environment that it runs in."""
    found = shutil.which(name)
    if found:
        return found, os.environ
    environment = servers.slapd_environment()
    environment["LD_LIBRARY_PATH"] += "".join(f":{path}" for path in servers.PACKAGES.glob("usr/lib/*/systemd"))
    for folder in ("usr/bin", "bin", "usr/sbin"):
        if (servers.PACKAGES / folder / name).exists():
            return str(servers.PACKAGES / folder / name), environment
    raise unittest.SkipTest(f"{name} is not there; Interop/install tests fetches it")


class Notifications(Case):
    """The protocol of sd_notify(3), on a socket of our own."""
    def setUp(self):
        super().setUp()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.settimeout(10)
        self.addCleanup(self.manager.close)

    def notified(self, address=None, **more):
        address = address or str(self.folder / "notify")
        self.manager.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        return self.serve("--listen", "ldap://127.0.0.1:0", environment={**os.environ, "NOTIFY_SOCKET": address, **more})

    def message(self):
        return dict(line.split("=", 1) for line in self.manager.recv(4096).decode().splitlines())

    def test_ready_reload_and_stop(self):
        server = self.notified()
        ready = self.message()
        self.assertEqual((ready["READY"], ready["STATUS"]), ("1", f"serving on {server.urls[0]}"))
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        server.send_signal(signal.SIGHUP)
        reloading = self.message()
        self.assertEqual(reloading["RELOADING"], "1")
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.assertTrue(before <= int(reloading["MONOTONIC_USEC"]) <= after)
        self.assertEqual(self.message()["READY"], "1")
        server.terminate()
        self.assertEqual(self.message()["STOPPING"], "1")
        self.assertEqual(server.wait(timeout=15), 0)

    def test_the_watchdog_is_fed_while_the_reactors_turn(self):
        server = self.notified("@peopled-test-%d" % os.getpid(), WATCHDOG_USEC="400000")
        self.assertEqual(self.message()["READY"], "1")
        started = time.monotonic()
        for _ in range(3):
            self.assertEqual(self.message(), {"WATCHDOG": "1"})
        self.assertLess(time.monotonic() - started, 5)
        # A process that is stopped is stuck.
        server.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        self.manager.settimeout(0.6)
        try:
            with self.assertRaises(TimeoutError):
                for _ in range(3):
                    self.manager.recv(100)
        finally:
            server.send_signal(signal.SIGCONT)
        self.manager.settimeout(10)
        self.assertEqual(self.message(), {"WATCHDOG": "1"})

    def test_a_manager_that_is_gone_does_no_harm(self):
        server = self.serve("--listen", "ldap://127.0.0.1:0",
                            environment={**os.environ, "NOTIFY_SOCKET": str(self.folder / "nobody")})
        self.assertEqual(fixtures.search(server.urls[0], "-s", "base")[0], 0)


class Units(unittest.TestCase):
    """The units in Config, judged by systemd's own tools; no systemd need run."""
    def setUp(self):
        self.folder = servers.temporary_folder("units")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name in ("peopled.service", "peopled.socket", "peoplefeed.service"):
            text = (UNITS / name).read_text().replace("/usr/local/bin/peoplefeed", agents.peoplefeed_binary())
            (self.folder / name).write_text(text.replace("/usr/local/bin/peopled", servers.peopled_binary()))

    def analyze(self, *words):
        program, environment = tool("systemd-analyze")
        ended = subprocess.run([program, *map(str, words)], capture_output=True, text=True, env=environment, timeout=60)
        return ended.returncode, ended.stdout + ended.stderr

    def test_they_are_well_formed(self):
        units = [self.folder / name for name in ("peopled.service", "peopled.socket", "peoplefeed.service")]
        status, said = self.analyze("verify", "--man=no", *units)
        complaints = [line for line in said.splitlines() if "people" in line]
        self.assertEqual((status, complaints), (0, []), said)

    def test_the_sandbox_is_tight(self):
        for name in ("peopled.service", "peoplefeed.service"):
            status, said = self.analyze("security", "--offline=true", "--threshold=15", self.folder / name)
            self.assertEqual(status, 0, said)
            for setting in ("DynamicUser=yes", "NoNewPrivileges=yes", "MemoryDenyWriteExecute=yes", "LimitCORE=0", "UMask=0077",
                            "CapabilityBoundingSet=\n", "SystemCallFilter=@system-service"):
                self.assertIn(setting, (self.folder / name).read_text())

    def group(self, name):
        """The system calls of one of systemd's groups."""
        status, said = self.analyze("syscall-filter", name)
        self.assertEqual(status, 0, said)
        calls = set()
        for word in (line.strip() for line in said.splitlines()[1:]):
            if word.startswith("@"):
                calls |= self.group(word)
            elif word and not word.startswith("#"):
                calls.add(word)
        return calls

    def allowed(self, unit):
        """The system calls that a unit's filter lets through."""
        allowed = set()
        for line in re.findall(r"^SystemCallFilter=(.*)$", (self.folder / unit).read_text(), re.MULTILINE):
            named = set()
            for word in line.removeprefix("~").split():
                named |= self.group(word) if word.startswith("@") else {word}
            allowed = allowed - named if line.startswith("~") else allowed | named
        self.assertGreater(len(allowed), 100)
        return allowed

    def test_the_system_call_filter_lets_all_work_pass(self):
        allowed = self.allowed("peopled.service")
        used = self.used_calls()
        self.assertIn("accept4", used)
        self.assertEqual(used - allowed, set(), "used by peopled, and not let through by its unit")

    def used_calls(self):
        """The system calls of a server's life: start, searches, binds, a publication, a reload, its end."""
        strace, environment = tool("strace")
        data, trace = self.folder / "data", self.folder / "trace"
        imported = run_peopled("import", "--data", data, fixtures.PEOPLE_LDIF)
        self.assertEqual(imported.returncode, 0)
        command = [strace, "-f", "-qq", "-o", str(trace), servers.peopled_binary(), "serve", "--data", str(data),
                   "--listen", "ldap://127.0.0.1:0", "--listen", f"ldapi://{self.folder}/ldapi"]
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        environment = {**environment, "NOTIFY_SOCKET": "@peopled-nobody", "WATCHDOG_USEC": "300000"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment)
        self.addCleanup(process.stdout.close)
        urls = process.stdout.readline().decode().split()[1:]
        if not urls:
            process.wait(timeout=10)
            self.skipTest("strace may not trace here: " + (self.folder / "log").read_text())
        traced = int((self.folder / "trace").read_text().split()[0])
        try:
            for url in urls:
                self.assertEqual(fixtures.search(url, "(cn=*a*)")[0], 0)
            with Connection(port_of(urls[0])) as connection:
                for uid in ("ssha512", "crypt6", "pbkdf2", "clear"):
                    connection.bind(f"uid={uid},{fixtures.PEOPLE}", f"{uid}-demo")
            change = f"dn: uid=clear,{fixtures.PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Dean\n"
            run_peopled("apply", "--data", data, "-", input=change.encode())
            time.sleep(1.5)
            os.kill(traced, signal.SIGHUP)
            time.sleep(0.5)
        finally:
            os.kill(traced, signal.SIGTERM)
            self.assertEqual(process.wait(timeout=30), 0)
        return self.traced(trace)

    def traced(self, trace):
        """The system calls of a trace."""
        # What begins before the program does is the starter's: execve of the first line.
        return set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", trace.read_text(), re.MULTILINE))

    def test_the_system_call_filter_lets_all_of_peoplefeeds_work_pass(self):
        allowed = self.allowed("peoplefeed.service")
        strace, environment = tool("strace")
        trace = self.folder / "trace"
        both = agents.Agents(update="changelog")
        with both:
            both.write([agents.person(number) for number in range(3)])
            both.feed.write_configuration()
            log = open(self.folder / "log", "ab")
            self.addCleanup(log.close)
            process = subprocess.Popen(
                [strace, "-f", "-qq", "-o", str(trace), both.feed.program, "serve", "--config", both.feed.file],
                stdout=subprocess.PIPE, stderr=log, env={**environment, "NOTIFY_SOCKET": "@nobody", "WATCHDOG_USEC": "300000"})
            self.addCleanup(process.stdout.close)
            if not process.stdout.readline():
                process.wait(timeout=10)
                self.skipTest("strace may not trace here: " + (self.folder / "log").read_text())
            traced = int(trace.read_text().split()[0])
            try:
                self.feed_life(both, traced)
            finally:
                os.kill(traced, signal.SIGTERM)
                self.assertEqual(process.wait(timeout=30), 0)
        used = self.traced(trace)
        self.assertIn("accept4", used)
        self.assertEqual(used - allowed, set(), "used by peoplefeed, and not let through by its unit")

    def feed_life(self, both, process):
        """Calls, files, changes, a push that fails, a reload."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(both.keys["sp"].certificate, both.keys["sp"].key)

        def call(name, **request):
            connection = http.client.HTTPSConnection("127.0.0.1", both.feed_port, context=context, timeout=30)
            connection.request("POST", f"/v1/{name}", json.dumps({"entityID": agents.SP, **request}))
            answer = json.loads(connection.getresponse().read())
            self.assertEqual(answer["code"], "success", answer)
            if "retrieval" in answer:
                connection.request("GET", answer["retrieval"].split(str(both.feed_port), 1)[1])
                connection.getresponse().read()
            connection.close()
            return answer
        start = call("initialize", mechanisms=["snapshot", "changelog", "subscription"], attributes=["cn"])["transactionID"]
        call("snapshot")
        change = "dn: eduPersonUniqueId=00000001@example.edu\nchangetype: modify\nreplace: cn\ncn: Other\n"
        made = both.feed.run("change", "-", input=change)
        self.assertEqual(made.returncode, 0, made.stderr)
        call("changelog", transactionID=start)
        call("subscription", action="subscribe", transactionID=start, listener=f"https://127.0.0.1:{servers.free_port()}/")
        both.write([agents.person(number, cn=["New"]) for number in range(4)])
        time.sleep(1.5)
        os.kill(process, signal.SIGHUP)
        time.sleep(0.5)


@unittest.skipUnless(os.getuid() == 0, "becoming another user needs root")
class Privileges(Case):
    """Started by root, with a user to become."""
    def own(self, user="nobody"):
        """An index that the user owns, where it can be reached."""
        data = self.folder / "data"
        shutil.copytree(self.data, data)
        account = pwd.getpwnam(user)
        for path in (data, *data.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        return data

    def status(self, process):
        return dict(line.split(":\t", 1) for line in open(f"/proc/{process.pid}/status").read().splitlines() if ":\t" in line)

    def test_low_ports_are_bound_and_then_root_is_given_up_for_good(self):
        listening = 389
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", listening))
            except OSError:
                listening = 0
        listeners = f'[{{ url: "ldap://127.0.0.1:{listening}" }}, {{ url: "ldapi://{self.folder}/ldapi", mode: "0660" }}]'
        configuration = self.configuration(f'{{ user: "nobody", listeners: {listeners} }}')
        server = self.serve("--config", configuration, "--log-level", "debug", data=self.own())
        nobody = pwd.getpwnam("nobody")
        status = self.status(server)
        self.assertEqual(status["Uid"].split(), [str(nobody.pw_uid)] * 4)
        self.assertEqual(status["Gid"].split(), [str(nobody.pw_gid)] * 4)
        self.assertNotIn("0", status["Groups"].split())
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual((self.folder / "ldapi").stat().st_uid, nobody.pw_uid)
        for url in server.urls:
            self.assertEqual(fixtures.search(url, "(uid=clear)")[0], 0)
        self.assertIn("event=user-changed", self.log_text())

    def test_core_dumps_are_off(self):
        resource_before = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (resource_before[1], resource_before[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, resource_before)
        configuration = self.configuration('{ user: "nobody", listeners: [{ url: "ldap://127.0.0.1:0" }] }')
        server = self.serve("--config", configuration, "--log-level", "debug", data=self.own())
        limits = open(f"/proc/{server.pid}/limits").read()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        # Who may not be dumped belongs to root in /proc: its own user may not look into it.
        self.assertEqual(os.stat(f"/proc/{server.pid}/mem").st_uid, 0)
        self.assertIn("event=core-dumps-off", self.log_text())

    def test_a_user_that_cannot_read_the_directory_is_told(self):
        configuration = self.configuration('{ user: "nobody", listeners: [{ url: "ldap://127.0.0.1:0" }] }')
        ended = run_peopled("serve", "--config", configuration, "--data", self.data, timeout=20)
        self.assertEqual(ended.returncode, INPUT_OUTPUT)
        self.assertIn(f"chown -R nobody {self.data}", ended.stderr.decode())

    def test_what_root_changes_the_servers_user_can_read(self):
        data = self.own()
        configuration = self.configuration('{ user: "nobody", listeners: [{ url: "ldap://127.0.0.1:0" }] }')
        server = self.serve("--config", configuration, data=data)
        change = f"dn: uid=clear,{fixtures.PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Dean\n"
        self.assertEqual(run_peopled("apply", "--data", data, "-", input=change.encode()).returncode, 0)
        self.found(server, "(title=Dean)")
        self.assertEqual(run_peopled("import", "--data", data, fixtures.PEOPLE_LDIF).returncode, 0)
        self.assertEqual({path.stat().st_uid for path in data.rglob("*")}, {pwd.getpwnam("nobody").pw_uid})

    def found(self, server, filter):
        for _ in range(60):
            if fixtures.search(server.urls[0], filter, "1.1")[1]:
                return
            time.sleep(0.1)
        self.fail(f"{filter} is not found: {self.log_text()}")

    def test_the_first_import_of_serve_is_the_users(self):
        ldif = shutil.copy(fixtures.PEOPLE_LDIF, self.folder)
        os.chmod(ldif, 0o644)
        configuration = self.configuration('{ user: "nobody", listeners: [{ url: "ldap://127.0.0.1:0" }] }')
        server = self.serve("--config", configuration, "--ldif", ldif, data=self.folder / "new")
        self.assertEqual(fixtures.search(server.urls[0], "(uid=clear)", "1.1")[0], 0)
        self.assertEqual((self.folder / "new").stat().st_uid, pwd.getpwnam("nobody").pw_uid)

    def test_nobody_else_becomes_somebody(self):
        configuration = self.configuration('{ user: "daemon", listeners: [{ url: "ldap://127.0.0.1:0" }] }')
        binary = shutil.copy(servers.peopled_binary(), self.folder)
        ended = subprocess.run([binary, "serve", "--config", configuration, "--data", self.own()], capture_output=True,
                               text=True, user="nobody", timeout=20)
        self.assertEqual(ended.returncode, REFUSED, ended.stderr)
        self.assertIn('only root can become "daemon"', ended.stderr)

    def test_root_without_a_user_is_warned(self):
        self.serve("--listen", "ldap://127.0.0.1:0")
        self.assertTrue(self.logged("event=running-as-root"))


class FilesAtRest(unittest.TestCase):
    """Whatever the umask, what peopled makes is its owner's alone."""
    def test_everything_in_the_data_directory_is_private(self):
        for mask in (0o000, 0o022, 0o277):
            if mask == 0o277 and os.getuid() != 0:
                continue
            with self.subTest(oct(mask)):
                folder = servers.temporary_folder("modes")
                self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
                before = os.umask(mask)
                try:
                    self.exercise(folder / "data")
                finally:
                    os.umask(before)
                seen = [folder / "data", *(folder / "data").rglob("*")]
                self.assertGreater(len(seen), 5)
                for path in seen:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    self.assertEqual(mode & 0o077, 0, f"{path}: {mode:o}")
                    self.assertEqual(mode & ~(0o700 if path.is_dir() else 0o600), 0, f"{path}: {mode:o}")

    def exercise(self, data):
        """Every command that writes."""
        self.succeed("import", "--data", data, fixtures.PEOPLE_LDIF)
        for number in range(3):
            change = f"dn: uid=clear,{fixtures.PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Dean {number}\n"
            self.succeed("apply", "--data", data, "-", input=change.encode())
        self.succeed("compact", "--data", data)
        self.succeed("import", "--data", data, fixtures.PEOPLE_LDIF)

    def succeed(self, *words, **options):
        ended = run_peopled(*words, **options)
        self.assertEqual(ended.returncode, 0, ended.stderr.decode(errors="replace"))
