"""What the tests install must stay harmless: no service is started or enabled, and nobody edits the machine's /etc."""

import subprocess
import unittest

from . import servers

STATE = servers.INTEROP / "suite/machine-state"
BEFORE = servers.WORKSPACE / "state-before"
# What any package installation rebuilds by itself.
REBUILT = ("/etc/ld.so.cache", "/etc/alternatives/", "/etc/mailcap", "/etc/mtab")


def parse(text):
    """(digests by path in /etc, what is started at boot)"""
    files, started = {}, set()
    for line in text.splitlines():
        digest, _, path = line.partition("  ")
        if path:
            files[path] = digest
        else:
            started.add(line)
    return files, started


def owned_by_package(path):
    return subprocess.run(["dpkg-query", "-S", path], capture_output=True).returncode == 0


class Installation(unittest.TestCase):
    def test_etc_is_as_it_was(self):
        if not BEFORE.exists():
            self.skipTest("Interop/test records the state before; run that")
        now = subprocess.run(["/bin/bash", str(STATE)], capture_output=True, text=True).stdout
        (files_before, _), (files_now, _) = parse(BEFORE.read_text()), parse(now)
        changed = [
            path for path in files_now if files_now[path] != files_before.get(path) and not path.startswith(REBUILT) and
            not (path not in files_before and owned_by_package(path))
        ]
        removed = [path for path in files_before if path not in files_now and not path.startswith(REBUILT)]
        self.assertEqual((changed, removed), ([], []))

    def test_nothing_new_starts_at_boot(self):
        if not BEFORE.exists():
            self.skipTest("Interop/test records the state before; run that")
        now = subprocess.run(["/bin/bash", str(STATE)], capture_output=True, text=True).stdout
        self.assertEqual(parse(now)[1] - parse(BEFORE.read_text())[1], set())

    def test_slapd_is_not_installed_by_us(self):
        """The unpacked slapd leaves no trace in Debian's package database, in /etc or among the services."""
        if not (servers.PACKAGES / "usr/sbin/slapd").exists():
            self.skipTest("the machine's own slapd is used")
        status = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status}", "slapd"], capture_output=True, text=True)
        if status.stdout == "installed":
            self.skipTest("the machine has a slapd of its own")
        enabled = subprocess.run(["bash", "-c", "ls /etc/rc?.d/S*slapd /etc/systemd/system/*/slapd.service"],
                                 capture_output=True,
                                 text=True)
        self.assertEqual(enabled.stdout, "")

    def test_the_slapd_of_the_suite_listens_on_loopback_only(self):
        with servers.Slapd() as slapd:
            self.assertEqual(servers.listening_addresses(slapd.process.pid), {("127.0.0.1", slapd.port)})

    def test_installed_packages_bring_no_service(self):
        """What Interop/install installs for real, as opposed to unpacking it, has no service in it."""
        for package in ("libssl-dev", "pkg-config", "ldap-utils", "python3"):
            listed = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True).stdout
            services = [
                path for path in listed.splitlines()
                if path.startswith(("/etc/init.d/", "/lib/systemd/system/", "/usr/lib/systemd/system/"))
            ]
            self.assertEqual(services, [], package)
