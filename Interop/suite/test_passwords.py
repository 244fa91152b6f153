"""Passwords: hashes that we make verified by OpenLDAP, those of others by us, application passwords, and what a refusal's time tells."""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import time
import unittest

from . import client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX
from .servers import run_peopled

PASSWORD = "Käse & brot"
# The schemes that slapd has too, with its contributed modules, at a cost that tests can bear.
COMMON = {
    "SSHA": None, "SSHA256": None, "SSHA512": None, "SHA256-CRYPT": 5000, "SHA512-CRYPT": 5000, "BCRYPT": 5, "YESCRYPT": 2,
    "PBKDF2-SHA1": 5000, "PBKDF2-SHA256": 5000, "PBKDF2-SHA512": 5000
}
OWN = {"SCRAM-SHA-256": 5000, "SCRAM-SHA-512": 5000}
SUCCESS, REFUSED, USAGE, DAMAGED = 0, 1, 2, 5
INVALID_CREDENTIALS = 49
UNLIKELY = re.compile(rb"^[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){6}\n$")


def hash_of(password, scheme, cost=None):
    words = ["password", "hash", "--scheme", scheme, *(["--cost", cost] if cost else [])]
    made = run_peopled(*words, input=password.encode() + b"\n")
    if made.returncode != SUCCESS:
        raise AssertionError(made.stderr.decode())
    return made.stdout.decode().strip()


def people(passwords):
    """LDIF of the suffix and of people by uid with their values of userPassword."""
    text = f"dn: {SUFFIX}\nobjectClass: domain\ndc: example\n\ndn: {PEOPLE}\nobjectClass: organizationalUnit\nou: People\n\n"
    for uid, values in passwords.items():
        text += f"dn: uid={uid},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n"
        text += "".join(f"userPassword: {value}\n" for value in values) + "\n"
    return text


def whoami(url, uid, password):
    return fixtures.run_tool("ldapwhoami", "-x", "-H", url, "-D", f"uid={uid},{PEOPLE}", "-w", password)[0]


class WithPBKDF2(servers.Slapd):
    def configuration_text(self, *arguments):
        return super().configuration_text(*arguments).replace("moduleload pw-sha2", "moduleload pw-sha2\nmoduleload pw-pbkdf2")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = servers.temporary_folder("passwords")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"

    def path(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def run_whole(self, *words):
        ended = run_peopled(*words, "--data", self.data)
        self.assertEqual(ended.returncode, SUCCESS, ended.stderr.decode(errors="replace"))
        return ended.stdout.decode()

    def refused(self, *words, status=REFUSED):
        ended = run_peopled(*words, "--data", self.data)
        self.assertEqual(ended.returncode, status, (words, ended.stdout, ended.stderr))
        return ended.stderr.decode()


class Hashes(Case):
    def verified(self, server, hashes):
        for uid in hashes:
            self.assertEqual(whoami(server.url, uid, PASSWORD), SUCCESS, hashes[uid])
            self.assertEqual(whoami(server.url, uid, PASSWORD + "x"), INVALID_CREDENTIALS, hashes[uid])

    def test_slapd_and_peopled_verify_what_password_hash_makes(self):
        hashes = {scheme.lower(): hash_of(PASSWORD, scheme, cost) for scheme, cost in COMMON.items()}
        ldif = self.path("hashes.ldif", people({uid: [value] for uid, value in hashes.items()}))
        with WithPBKDF2(ldif) as slapd:
            self.verified(slapd, hashes)
        hashes |= {scheme.lower(): hash_of(PASSWORD, scheme, cost) for scheme, cost in OWN.items()}
        ldif.write_text(people({uid: [value] for uid, value in hashes.items()}))
        with servers.Peopled(ldif) as peopled:
            self.verified(peopled, hashes)

    def test_peopled_verifies_what_slappasswd_mkpasswd_and_passlib_make(self):
        hashes = {}
        modules = servers.PACKAGES / "usr/lib/ldap"
        for scheme in ("SSHA", "SMD5", "SSHA256", "SSHA512", "PBKDF2-SHA256", "PBKDF2-SHA512"):
            module = modules / ("pw-pbkdf2.la" if "PBKDF2" in scheme else "pw-sha2.la")
            words = [servers.slapd_program("slappasswd"), "-o", f"module-load={module}", "-h", f"{{{scheme}}}", "-s", PASSWORD]
            made = subprocess.run(words, capture_output=True, text=True, env=servers.slapd_environment())
            self.assertEqual(made.returncode, 0, made.stderr)
            hashes["slappasswd-" + scheme.lower()] = made.stdout.strip()
        for method in ("sha256crypt", "sha512crypt", "bcrypt", "yescrypt", "gost-yescrypt", "scrypt", "md5crypt"):
            words = [servers.PACKAGES / "usr/bin/mkpasswd", "-m", method, "-s"]
            # The dearest one would cost every refusal of this site as much.
            words += {"yescrypt": ["-R", "1"], "gost-yescrypt": ["-R", "1"], "scrypt": ["-R", "6"]}.get(method, [])
            made = subprocess.run(words, input=PASSWORD, capture_output=True, text=True)
            self.assertEqual(made.returncode, 0, (method, made.stderr))
            hashes["mkpasswd-" + method] = "{CRYPT}" + made.stdout.strip()
        from passlib import hash as passlib
        for name in ("ldap_salted_sha1", "ldap_salted_sha256", "ldap_salted_sha512", "ldap_pbkdf2_sha1", "ldap_pbkdf2_sha256",
                     "ldap_pbkdf2_sha512", "ldap_sha256_crypt", "ldap_sha512_crypt"):
            hasher = getattr(passlib, name)
            if "rounds" in hasher.setting_kwds:
                hasher = hasher.using(rounds=5000)
            hashes["passlib-" + name] = hasher.hash(PASSWORD)
        ldif = self.path("hashes.ldif", people({uid: [value] for uid, value in hashes.items()}))
        with servers.Peopled(ldif) as peopled:
            self.verified(peopled, hashes)

    def test_an_argon2_hash_is_imported_and_warned_of_once(self):
        argon2 = "{ARGON2}$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY"
        made = run_peopled("password", "hash", "--scheme", "ARGON2", "--cost", "8", input=b"password\n")
        is_there = made.returncode == SUCCESS
        ldif = self.path("argon2.ldif", people({"a": [argon2], "b": [argon2]}))
        imported = run_peopled("import", "--data", self.data, ldif)
        self.assertEqual(imported.returncode, SUCCESS)
        self.assertEqual(imported.stderr.decode().count("ARGON2"), 0 if is_there else 1, imported.stderr.decode())
        with servers.Peopled(data=self.data) as peopled:
            for password in ("password", argon2, argon2[8:]):
                expected = SUCCESS if is_there and password == "password" else INVALID_CREDENTIALS
                self.assertEqual(whoami(peopled.url, "a", password), expected)

    def test_a_stored_hash_is_no_password(self):
        value = hash_of(PASSWORD, "SCRAM-SHA-256", 5000)
        bare = value.replace("{SCRAM-SHA-256}", "SCRAM-SHA-256$")
        ldif = self.path("scram.ldif", people({"a": [value], "b": [bare], "c": [bare[:-1]]}))
        with servers.Peopled(ldif) as peopled:
            for uid, stored in (("a", value), ("b", bare), ("c", bare[:-1])):
                self.assertEqual(whoami(peopled.url, uid, stored), INVALID_CREDENTIALS)
            self.assertEqual(whoami(peopled.url, "b", PASSWORD), SUCCESS)
            self.assertEqual(whoami(peopled.url, "c", PASSWORD), INVALID_CREDENTIALS)

    def test_bad_hash_requests_are_refused_with_advice(self):
        for words, said in (
            (["--scheme", "SSHA-512"], "did you mean SSHA512?"),
            (["--scheme", "BCRYPT", "--cost", "15"], "4 to 14"),
            (["--scheme", "SSHA", "--cost", "5"], "has no cost"),
            (["--cost", "many"], "whole number"),
            (["secret"], "standard input"),
        ):
            ended = run_peopled("password", "hash", *words, input=b"x\n")
            self.assertIn(ended.returncode, (REFUSED, USAGE))
            self.assertIn(said, ended.stderr.decode())
            self.assertEqual(ended.stdout, b"")
        self.assertEqual(run_peopled("password", "hash", input=b"\n").returncode, REFUSED)
        self.assertEqual(run_peopled("password", "hash", "--scheme", "BCRYPT", input=b"x" * 73).returncode, REFUSED)


class RefusalTimes(Case):
    """The measurement that issue 4 asks for: the time of a 49 for nobody, for somebody without a password, for a wrong password."""

    ROUNDS = 25

    def medians(self, port):
        names = {"unknown": f"uid=nobody,{PEOPLE}", "outside": "uid=a,dc=elsewhere", "no password": f"uid=none,{PEOPLE}",
                 "wrong password": f"uid=some0,{PEOPLE}"}
        times = {kind: [] for kind in names}
        with client.Connection(port) as connection:
            for round in range(self.ROUNDS):
                for kind, dn in names.items():
                    begun = time.perf_counter()
                    result = connection.bind(dn, f"wrong{round}")
                    times[kind].append(time.perf_counter() - begun)
                    self.assertEqual((result.code, result.matched, result.diagnostic), (INVALID_CREDENTIALS, "", ""))
        return {kind: statistics.median(values) for kind, values in times.items()}

    def test_refusals_take_the_same_time_with_a_slow_scheme_and_with_a_fast_one(self):
        # Failed binds slow the next ones down, which would hide what is measured here.
        undelayed = self.path("peopled.json5", "{ binds: { delays: { longest: 0, shared: 0 } } }")
        for scheme, cost in (("SHA512-CRYPT", 20000), ("SSHA", None)):
            with self.subTest(scheme=scheme):
                stored = {f"some{number}": [hash_of("right", scheme, cost)] for number in range(3)} | {"none": []}
                ldif = self.path(f"{scheme}.ldif", people(stored))
                with servers.Peopled(ldif, options=["--config", str(undelayed)]) as peopled:
                    # A busy machine can take one measurement apart, but not three in the same way, as a missing decoy would.
                    self.assertTrue(any(self.are_alike(scheme, self.medians(peopled.port)) for _ in range(3)))

    def are_alike(self, scheme, medians):
        print(f"{scheme}: " + ", ".join(f"{kind} {1e6 * median:.0f} us" for kind, median in medians.items()), flush=True)
        # A millisecond and a third more. Without a decoy it would be a hundredfold.
        return max(medians.values()) < 1.33 * min(medians.values()) + 0.001


class ApplicationPasswords(Case):
    def setUp(self):
        super().setUp()
        self.ldif = self.path("people.ldif", people({"alice": ["{SSHA}x"], "bob": []}))
        self.run_whole("import", self.ldif)
        self.store = self.data / "register/application-passwords"

    def listed(self, *words):
        return json.loads(self.run_whole("password", "list", "--json", *words))

    def labels(self, person):
        return [row["label"] for row in self.listed(person)]

    def add(self, person, label, *words):
        added = run_peopled("password", "add", person, "--label", label, *words, "--data", self.data)
        self.assertEqual(added.returncode, SUCCESS, added.stderr)
        self.assertRegex(added.stdout, UNLIKELY)
        return added.stdout.decode().strip()

    def test_they_are_added_listed_and_revoked(self):
        secret = self.add("alice", "nextcloud", "--expires", "90d")
        self.add(f"uid=alice,{PEOPLE}", "mail on the phone")
        self.add("bob", "nextcloud", "--expires", "2099-12-31")
        rows = self.listed("alice")
        self.assertEqual([row["label"] for row in rows], ["nextcloud", "mail on the phone"])
        self.assertAlmostEqual(rows[0]["expires"] - time.time(), 90 * 86400, delta=60)
        self.assertNotIn("expires", rows[1])
        self.assertEqual({row["dn"] for row in rows}, {f"uid=alice,{PEOPLE}"})
        self.assertEqual(len(self.listed()), 3)
        table = self.run_whole("password", "list")
        self.assertIn("2099-12-31 00:00:00Z", table)
        for path in self.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        self.run_whole("password", "revoke", "alice", rows[0]["id"])
        self.assertEqual(self.labels("alice"), ["mail on the phone"])
        self.run_whole("password", "revoke", "alice", "--label", "mail on the phone")
        self.run_whole("password", "revoke", "bob", "--all")
        self.assertEqual(self.listed(), [])

    def test_a_running_server_takes_them_and_forgets_them_at_once(self):
        server = servers.Peopled(data=self.data)
        self.addCleanup(shutil.rmtree, server.folder, ignore_errors=True)
        server.start()
        self.addCleanup(server.stop)
        first = self.add("bob", "nextcloud")
        self.assertEqual(whoami(server.url, "bob", first), SUCCESS)
        self.assertEqual(whoami(server.url, "alice", first), INVALID_CREDENTIALS)
        # Over a connection that stays, so that nothing but the command lies between two binds.
        with client.Connection(server.port) as connection:
            for number in range(8):
                secret = self.add("bob", f"number {number}")
                self.assertEqual(connection.bind(f"uid=bob,{PEOPLE}", secret).code, SUCCESS)
                self.run_whole("password", "revoke", "bob", "--label", f"number {number}")
                self.assertEqual(connection.bind(f"uid=bob,{PEOPLE}", secret).code, INVALID_CREDENTIALS)
                self.assertEqual(connection.bind(f"uid=bob,{PEOPLE}", first).code, SUCCESS)
        damaged = next(self.store.iterdir())
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[:-2])
        self.assertEqual(whoami(server.url, "bob", first), INVALID_CREDENTIALS)
        damaged.write_bytes(whole)
        self.assertEqual(whoami(server.url, "bob", first), SUCCESS)
        self.assertEqual(server.stop(), SUCCESS)
        self.assertAlmostEqual(self.listed("bob")[0]["lastUse"], time.time(), delta=60)

    def test_imports_and_compaction_leave_them_alone(self):
        self.add("alice", "nextcloud")
        before = self.listed()
        self.run_whole("import", self.ldif)
        change = self.path("change.ldif", f"dn: uid=alice,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Other\n")
        self.run_whole("apply", change)
        self.run_whole("compact")
        self.assertEqual(self.listed(), before)
        self.run_whole("check")

    def test_those_of_people_who_left_are_shown_and_removed(self):
        self.add("alice", "nextcloud")
        self.add("bob", "nextcloud")
        self.run_whole("import", self.path("left.ldif", people({"bob": []})))
        self.assertIn("not in the directory", self.run_whole("password", "list"))
        self.run_whole("password", "revoke", "--gone")
        self.assertEqual([row["dn"] for row in self.listed()], [f"uid=bob,{PEOPLE}"])

    def test_bad_requests_are_refused_with_advice(self):
        self.add("alice", "nextcloud")
        for words, status, said in (
            (["add", "alice"], USAGE, "--label"),
            (["add", "--label", "x"], USAGE, "a uid, a DN or an entryUUID"),
            (["add", "alice", "--label", "nextcloud"], REFUSED, "already"),
            (["add", "nobody", "--label", "x"], REFUSED, "nobody with uid nobody"),
            (["add", "uid=nobody,dc=x", "--label", "x"], REFUSED, "no entry"),
            (["add", "*", "--label", "x"], REFUSED, "nobody with uid *"),
            (["add", "alice", "--label", "x", "--expires", "2000-01-01"], REFUSED, "expired already"),
            (["add", "alice", "--label", "x", "--expires", "soon"], USAGE, "90d"),
            (["revoke", "alice", "nextcloud"], USAGE, "--label nextcloud"),
            (["revoke", "alice", "aaaaaaaa"], REFUSED, "no such application password"),
            (["revoke", "alice"], USAGE, "--all"),
            (["revoke", "bob", "--all"], REFUSED, "no such application password"),
        ):
            self.assertIn(said, self.refused("password", *words, status=status))
        self.assertEqual(self.labels("alice"), ["nextcloud"])

    def test_check_finds_what_was_damaged(self):
        self.add("alice", "nextcloud")
        file = next(self.store.iterdir())
        whole = file.read_bytes()
        for place in range(0, len(whole), 37):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            checked = run_peopled("check", "--data", self.data)
            self.assertEqual(checked.returncode, DAMAGED)
            self.assertIn(f"{file}: its checksum or form is wrong", checked.stdout.decode())
            self.assertIn("is damaged", self.refused("password", "add", "alice", "--label", "x", status=DAMAGED))
        file.write_bytes(whole)
        self.run_whole("check")

    def test_a_kill_at_any_call_leaves_the_old_or_the_new(self):
        library = self.folder / "kill.so"
        source = servers.INTEROP / "crash/kill.c"
        subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)

        def run_killed(*words, **settings):
            environment = {**os.environ, "LD_PRELOAD": str(library), **{name: str(value) for name, value in settings.items()}}
            return run_peopled(*words, "--data", self.data, env=environment).returncode

        for words in (["add", "alice", "--label", "first"], ["add", "alice", "--label", "second"],
                      ["revoke", "alice", "--label", "first"], ["revoke", "alice", "--all"]):
            before, saved = self.labels("alice"), self.folder / "saved"
            shutil.rmtree(saved, ignore_errors=True)
            shutil.copytree(self.data, saved)
            count = self.folder / "count"
            self.assertEqual(run_killed("password", *words, KILL_COUNT=count), SUCCESS)
            after, calls = self.labels("alice"), int(count.read_text())
            done = self.folder / "done"
            shutil.rmtree(done, ignore_errors=True)
            shutil.copytree(self.data, done)
            self.assertGreater(calls, 5)
            seen = set()
            for call in range(1, calls + 1):
                shutil.rmtree(self.data)
                shutil.copytree(saved, self.data)
                self.assertEqual(run_killed("password", *words, KILL_AT=call, KILL_TORN=1), -signal.SIGKILL)
                found = self.labels("alice")
                self.assertIn(found, (before, after), f"{words} killed at call {call}")
                seen.add(found == after)
            self.run_whole("check")
            self.assertEqual(seen, {False, True}, words)
            shutil.rmtree(self.data)
            shutil.copytree(done, self.data)
