"""peopled's subcommands as people and scripts meet them: messages, exit statuses, and what a failure leaves behind."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import unittest

from . import ber, client, fixtures, servers
from .fixtures import PEOPLE, SUFFIX, search
from .servers import run_peopled

# The exit statuses that `peopled --help` lists.
REFUSED, USAGE, INPUT_OUTPUT, DISK_FULL, DAMAGED, LOCKED, ADDRESS, NO_INDEX = 1, 2, 3, 4, 5, 6, 7, 8
ROOT = f"dn: {SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\ndc: example\no: Example\n\n"
UNIT = f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: People\n\n"


def person(uid, *lines):
    return "\n".join([
        f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {uid}", f"sn: {uid}", *lines
    ]) + "\n\n"


class Case(unittest.TestCase):
    """A temporary folder, and helpers that say what went wrong."""
    def setUp(self):
        self.folder = servers.temporary_folder("commands")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"

    def file(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def succeed(self, *arguments, **options):
        ended = run_peopled(*arguments, **options)
        self.assertEqual(ended.returncode, 0, f"{arguments}: {ended.stderr.decode(errors='replace')}")
        return ended

    def fail_with(self, status, *arguments, **options):
        """The one sentence it said."""
        ended = run_peopled(*arguments, **options)
        said = ended.stderr.decode(errors="replace")
        self.assertEqual(ended.returncode, status, f"{arguments}: {said}")
        return said

    def export(self):
        return self.succeed("export", "--data", self.data).stdout

    def peopled(self, *ldif, options=()):
        """A server over self.data; stopped at the end of the test."""
        server = servers.Peopled(*ldif, data=self.data, options=options)
        self.addCleanup(shutil.rmtree, server.folder, ignore_errors=True)
        server.start()
        self.addCleanup(server.stop)
        return server


class Usage(Case):
    def test_help(self):
        for words in (["--help"], *[[name, "--help"]
                                    for name in ("serve", "import", "apply", "export", "check", "search")]):
            self.assertIn(b"usage: peopled", self.succeed(*words).stdout)

    def test_mistakes_name_what_was_meant(self):
        self.assertIn("import", self.fail_with(USAGE, "inport"))
        self.assertIn("--data", self.fail_with(USAGE, "export", "--dota", "x"))
        self.fail_with(USAGE)


# What is wrong, the line it must be said of (of the record's first to the exact one), and what must be named.
BAD_RECORDS = {
    "no_separator": (person("a") + "this is no attribute line\n", (17, 17), ""),
    "bad_base64": (person("a", "description:: !!!"), (16, 16), "base64"),
    "bad_number": (person("a", "objectClass: posixAccount", "uidNumber: twelve", "gidNumber: 1",
                          "homeDirectory: /"), (17, 17), "uidNumber"),
    "bad_time": (person("a", "objectClass: schacEntryMetadata",
                        "schacExpiryDate: tomorrow"), (17, 17), "schacExpiryDate"),
    "bad_name": (person("a", "manager: nobody"), (16, 16), "manager"),
    "two_values_of_a_single_valued_attribute": (person("a", "displayName: one",
                                                       "displayName: two"), (11, 17), "displayName"),
    "rdn_not_in_the_entry": (f"dn: uid=b,{PEOPLE}\nobjectClass: inetOrgPerson\ncn: b\nsn: b\n\n", (11, 11), "uid"),
    "same_name_twice": (person("a") + person("A"), (17, 17), ""),
    "outside_the_suffix": ("dn: dc=elsewhere,dc=org\nobjectClass: domain\ndc: elsewhere\n\n", (11, 11), SUFFIX),
    "url_value": (person("a", "jpegPhoto:< file:///etc/passwd"), (16, 16), ":<"),
    "not_utf8": (person("a").encode() + b"dn: cn=\xff\xfe," + PEOPLE.encode() + b"\nobjectClass: person\n\n", (17, 17),
                 ""),
}


class Imports(Case):
    def test_bad_records_name_file_and_line_and_change_nothing(self):
        good = self.file("good.ldif", ROOT + UNIT + person("kept"))
        self.succeed("import", "--data", self.data, good)
        before = self.export()
        for name, (text, (first, last), mention) in BAD_RECORDS.items():
            with self.subTest(name):
                path = self.file(f"{name}.ldif",
                                 (ROOT + UNIT).encode() + (text if isinstance(text, bytes) else text.encode()))
                said = self.fail_with(REFUSED, "import", "--data", self.data, path)
                self.assertRegex(said, rf"{name}\.ldif:\d+")
                self.assertIn(mention, said)
                self.assertTrue(first <= int(re.search(rf"{name}\.ldif:(\d+)", said).group(1)) <= last, said)
                self.assertNotIn("twelve", said)
                self.assertEqual(self.export(), before)

    def test_first_import_that_fails_leaves_no_index(self):
        self.fail_with(REFUSED, "import", "--data", self.data, self.file("bad.ldif", ROOT + "nonsense\n"))
        self.fail_with(NO_INDEX, "export", "--data", self.data)

    def test_import_replaces_what_was_imported(self):
        self.succeed("import", "--data", self.data, self.file("one.ldif", ROOT + UNIT + person("a") + person("b")))
        self.succeed("import", "--data", self.data, self.file("two.ldif", ROOT + UNIT + person("b") + person("c")))
        names = [dn for dn, _ in fixtures.parse_ldif(self.export().decode())]
        self.assertIn(f"uid=c,{PEOPLE}", names)
        self.assertNotIn(f"uid=a,{PEOPLE}", names)

    def test_several_files_are_one_import(self):
        self.succeed("import", "--data", self.data, self.file("one.ldif", ROOT + UNIT),
                     self.file("two.ldif", person("a")))
        self.assertIn(f"dn: uid=a,{PEOPLE}".encode(), self.export())

    def test_carriage_returns_comments_folding_and_version(self):
        text = ("version: 1\n# comment\n" + ROOT + UNIT +
                person("a", "description: fol", " ded", "#comment", "title: x"))
        self.succeed("import", "--data", self.data, self.file("crlf.ldif", text.replace("\n", "\r\n")))
        entries = fixtures.by_name(fixtures.parse_ldif(self.export().decode()))
        self.assertEqual(entries[fixtures.canonical_dn(f"uid=a,{PEOPLE}")]["description"], [b"folded"])

    def test_unknown_names_are_taken_and_warned_of_once(self):
        people = "".join(person(f"u{n}", "favouriteTea: Assam", "objectClass: teaDrinker") for n in range(20))
        ended = self.succeed("import", "--data", self.data, self.file("tea.ldif", ROOT + UNIT + people))
        said = ended.stderr.decode()
        self.assertEqual(said.lower().count("favouritetea"), 1, said)
        server = self.peopled()
        status, entries, _ = search(server.url, "(favouriteTea=ASSAM)", "favouriteTea")
        self.assertEqual((status, len(entries)), (0, 20))

    def test_strict_refuses_unknown_names(self):
        path = self.file("tea.ldif", ROOT + UNIT + person("a", "favouriteTea: Assam"))
        self.assertIn("favouriteTea", self.fail_with(REFUSED, "import", "--strict", "--data", self.data, path))

    def test_missing_parents_and_suffix_are_made(self):
        path = self.file("bare.ldif", f"dn: uid=a,ou=Deep,ou=Deeper,{PEOPLE}\nobjectClass: account\nuid: a\n\n")
        self.succeed("import", "--data", self.data, path)
        server = self.peopled()
        status, entries, _ = search(server.url, "(uid=a)", "1.1")
        self.assertEqual((status, len(entries)), (0, 1))
        self.assertEqual(search(server.url, "-s", "base", base=f"ou=Deep,ou=Deeper,{PEOPLE}")[0], 0)

    def test_missing_file(self):
        self.assertIn("none.ldif", self.fail_with(INPUT_OUTPUT, "import", "--data", self.data,
                                                  self.folder / "none.ldif"))

    def test_unreadable_file(self):
        path = self.file("secret.ldif", ROOT)
        path.chmod(0)
        if os.getuid() != 0:
            said = self.fail_with(INPUT_OUTPUT, "import", "--data", self.data, path)
        else:
            # root may read every file, so somebody else tries, with a copy that everybody may run.
            self.folder.chmod(0o755)
            self.data.mkdir()
            self.data.chmod(0o777)
            binary = shutil.copy(servers.peopled_binary(), self.folder)
            ended = subprocess.run([binary, "import", "--data", self.data, path],
                                   capture_output=True,
                                   text=True,
                                   user="nobody")
            self.assertEqual(ended.returncode, INPUT_OUTPUT, ended.stderr)
            said = ended.stderr
        self.assertIn("secret.ldif", said)

    def test_folder_instead_of_a_file(self):
        self.fail_with(INPUT_OUTPUT, "import", "--data", self.data, self.folder)

    def test_full_disk_leaves_the_old_directory(self):
        mount = self.folder / "small"
        mount.mkdir()
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount],
                                              capture_output=True).returncode:
            self.skipTest("mounting a small tmpfs needs root")
        self.addCleanup(subprocess.run, ["umount", "-l", mount], capture_output=True)
        self.data = mount / "data"
        self.succeed("import", "--data", self.data, self.file("small.ldif", ROOT + UNIT + person("kept")))
        before = self.export()
        server = self.peopled()
        large = self.file("large.ldif",
                          ROOT + UNIT + "".join(person(f"u{n}", f"description: {n * 7919 ** 9}") for n in range(20000)))
        said = self.fail_with(DISK_FULL, "import", "--data", self.data, large)
        self.assertEqual(len(said.strip().splitlines()[-1:]), 1)
        self.assertEqual(self.export(), before)
        self.assertEqual(len(search(server.url, "(uid=kept)")[1]), 1)
        self.succeed("check", "--data", self.data)
        self.succeed("import", "--data", self.data, self.file("again.ldif", ROOT + UNIT + person("later")))


class Applies(Case):
    def setUp(self):
        super().setUp()
        self.succeed("import", "--data", self.data, self.file("start.ldif", ROOT + UNIT + person("a") + person("b")))

    def change(self, text):
        return self.file("changes.ldif", text)

    def test_every_kind_of_change(self):
        self.succeed(
            "apply", "--data", self.data,
            self.change(
                f"dn: uid=c,{PEOPLE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: c\ncn: C\nsn: C\n\n"
                f"dn: uid=a,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Changed\n-\nadd: title\ntitle: Dean\n-\n\n"
                f"dn: uid=b,{PEOPLE}\nchangetype: delete\n\n"))
        entries = fixtures.by_name(fixtures.parse_ldif(self.export().decode()))
        self.assertEqual(entries[fixtures.canonical_dn(f"uid=a,{PEOPLE}")]["sn"], [b"Changed"])
        self.assertEqual(entries[fixtures.canonical_dn(f"uid=a,{PEOPLE}")]["title"], [b"Dean"])
        self.assertIn(fixtures.canonical_dn(f"uid=c,{PEOPLE}"), entries)
        self.assertNotIn(fixtures.canonical_dn(f"uid=b,{PEOPLE}"), entries)

    def test_rename(self):
        self.succeed("apply", "--data", self.data,
                     self.change(f"dn: uid=a,{PEOPLE}\nchangetype: modrdn\nnewrdn: uid=z\ndeleteoldrdn: 1\n\n"))
        entries = fixtures.by_name(fixtures.parse_ldif(self.export().decode()))
        self.assertEqual(entries[fixtures.canonical_dn(f"uid=z,{PEOPLE}")]["uid"], [b"z"])
        self.assertNotIn(fixtures.canonical_dn(f"uid=a,{PEOPLE}"), entries)

    def test_a_bad_change_changes_nothing(self):
        before = self.export()
        for bad in (f"dn: uid=nobody,{PEOPLE}\nchangetype: delete\n\n",
                    f"dn: uid=b,{PEOPLE}\nchangetype: modify\ndelete: title\n-\n\n",
                    f"dn: uid=b,{PEOPLE}\nchangetype: add\nobjectClass: person\nuid: b\n\n",
                    f"dn: uid=b,{PEOPLE}\nchangetype: paint\n\n"):
            path = self.change(f"dn: uid=a,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Changed\n-\n\n" + bad)
            self.assertRegex(self.fail_with(REFUSED, "apply", "--data", self.data, path), r"changes\.ldif:\d+")
            self.assertEqual(self.export(), before)

    def stream(self, *arguments):
        return subprocess.Popen([servers.peopled_binary(), "apply", "--data", self.data, *arguments, "-"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_a_stream_is_durable_while_it_lasts_and_is_seen_meanwhile(self):
        server = self.peopled()
        with self.stream() as stream:
            for number in range(1, 4):
                stream.stdin.write(f"dn: uid=s{number},{PEOPLE}\nchangetype: add\nobjectClass: account\nuid: s{number}\n\n")
                stream.stdin.flush()
                self.assertEqual(stream.stdout.readline(), f"durable {number}\n")
                deadline = time.monotonic() + 1
                while not search(server.url, f"(uid=s{number})")[1]:
                    self.assertLess(time.monotonic(), deadline, "the change is not visible after a second")
            rest, errors = stream.communicate(
                "".join(f"dn: uid=s{n},{PEOPLE}\nchangetype: delete\n\n" for n in (1, 2, 3)), timeout=20)
        self.assertEqual((rest, stream.returncode), ("durable 6\n", 0), errors)
        self.assertIn("applied: 3 added, 0 modified, 0 renamed, 3 deleted", errors)
        self.assertNotIn(b"uid=s", self.export())
        self.succeed("check", "--data", self.data)

    def test_a_stream_ends_at_the_first_bad_change_and_keeps_all_before_it(self):
        good = "".join(f"dn: uid={uid},{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: Changed\n-\n\n" for uid in "ab")
        for bad in (f"dn: uid=nobody,{PEOPLE}\nchangetype: delete\n\n", f"dn: uid=b,{PEOPLE}\nchangetype: paint\n\n",
                    f"dn: uid=b,{PEOPLE}\nsn: no change\n\n",
                    f"dn: uid=b,{PEOPLE}\nchangetype: modrdn\nnewrdn: cn=\\zz\ndeleteoldrdn: 1\n\n"):
            with self.subTest(bad):
                with self.stream() as stream:
                    never = f"dn: uid=a,{PEOPLE}\nchangetype: delete\n\n"
                    rest, errors = stream.communicate(good + bad + never, timeout=20)
                self.assertEqual((rest, stream.returncode), ("durable 2\n", REFUSED), errors)
                self.assertRegex(errors, r"standard input:1[3-6]")
                entries = fixtures.by_name(fixtures.parse_ldif(self.export().decode()))
                for uid in "ab":
                    self.assertEqual(entries[fixtures.canonical_dn(f"uid={uid},{PEOPLE}")]["sn"], [b"Changed"])

    def test_a_stream_takes_names_that_the_schema_lacks(self):
        with self.stream() as stream:
            rest, errors = stream.communicate(
                f"dn: uid=a,{PEOPLE}\nchangetype: modify\nreplace: sn\nsn: New\n-\n\n"
                f"dn: uid=b,{PEOPLE}\nchangetype: modify\nadd: shoeSize\nshoeSize: 43\n-\n\n"
                f"dn: uid=a,{PEOPLE}\nchangetype: modify\nadd: shoeSize\nshoeSize: 38\n-\n\n", timeout=20)
        self.assertEqual((rest.splitlines()[-1], stream.returncode), ("durable 3", 0), errors)
        self.assertIn("shoeSize", errors)
        self.assertEqual(self.export().count(b"shoeSize: "), 2)
        with self.stream("--strict") as stream:
            _, errors = stream.communicate(f"dn: uid=b,{PEOPLE}\nchangetype: modify\nadd: hatSize\nhatSize: 7\n-\n\n",
                                           timeout=20)
        self.assertEqual(stream.returncode, REFUSED, errors)

    def test_a_stream_and_files_do_not_mix(self):
        self.fail_with(USAGE, "apply", "--data", self.data, "-", self.change("dn: x\nchangetype: delete\n\n"))

    def test_a_served_directory_shows_changes_within_a_second(self):
        server = self.peopled()
        with client.Connection(server.port) as connection:
            for number in range(5):
                path = self.change(
                    f"dn: uid=a,{PEOPLE}\nchangetype: modify\nreplace: title\ntitle: Title {number}\n-\n\n")
                self.succeed("apply", "--data", self.data, path)
                applied = time.monotonic()
                while True:
                    found = connection.search(PEOPLE, 2, ("equal", "title", f"title {number}".encode()), ["title"])
                    waited = time.monotonic() - applied
                    if found.entries:
                        break
                    self.assertLess(waited, 1, "the change is not visible after a second")
                    time.sleep(0.01)
                self.assertEqual(found.entries[0][1]["title"], [f"Title {number}".encode()])

    def test_a_served_directory_shows_an_import_within_a_second(self):
        server = self.peopled()
        self.succeed("import", "--data", self.data, self.file("new.ldif", ROOT + UNIT + person("new")))
        deadline = time.monotonic() + 1
        while not search(server.url, "(uid=new)")[1]:
            self.assertLess(time.monotonic(), deadline, "the import is not visible after a second")
        self.assertEqual(search(server.url, "(uid=a)")[1], [])

    def test_many_applies_stay_readable(self):
        for number in range(40):
            self.succeed(
                "apply", "--data", self.data,
                self.change(f"dn: uid=n{number},{PEOPLE}\nchangetype: add\nobjectClass: account\nuid: n{number}\n\n"))
        self.succeed("check", "--data", self.data)
        self.assertEqual(self.export().count(b"dn: uid=n"), 40)

    def test_a_paged_search_stays_consistent_while_data_changes(self):
        self.succeed("import", "--data", self.data,
                     self.file("many.ldif", ROOT + UNIT + "".join(person(f"u{n:03d}") for n in range(100))))
        server = self.peopled()
        with client.Connection(server.port) as connection:
            filter = ("present", "uid")
            first = connection.search(PEOPLE, 1, filter, ["uid"], controls=[client.paged_control(30)])
            changes = "".join(f"dn: uid=u{n:03d},{PEOPLE}\nchangetype: delete\n\n" for n in range(0, 100, 2))
            self.succeed("apply", "--data", self.data, self.change(changes))
            time.sleep(0.5)
            names, cookie = [dn for dn, _ in first.entries], client.page_cookie(first)
            while cookie:
                page = connection.search(PEOPLE, 1, filter, ["uid"], controls=[client.paged_control(30, cookie)])
                self.assertEqual(page.code, 0, page.diagnostic)
                names, cookie = names + [dn for dn, _ in page.entries], client.page_cookie(page)
            self.assertEqual((len(names), len(set(names))), (100, 100),
                             "the pages show the directory the first page saw")
            self.assertEqual(len(connection.search(PEOPLE, 1, filter, ["1.1"]).entries), 50)


class Damage(Case):
    def setUp(self):
        super().setUp()
        self.succeed("import", "--data", self.data, fixtures.PEOPLE_LDIF)

    def segments(self):
        return [path for path in self.data.rglob("*") if path.is_file() and path.stat().st_size > 4096]

    def test_check_finds_nothing_wrong(self):
        self.succeed("check", "--data", self.data)

    def test_a_flipped_bit_is_found_and_never_served_wrong(self):
        path = max(self.segments(), key=lambda found: found.stat().st_size)
        whole = path.read_bytes()
        for at in (0, 9, 64, len(whole) // 3, len(whole) // 2, len(whole) - 1):
            with self.subTest(at):
                path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1:])
                said = self.fail_with(DAMAGED, "check", "--data", self.data)
                self.assertIn(path.name, said)
        path.write_bytes(whole)

    def test_a_truncated_file_is_not_served(self):
        path = max(self.segments(), key=lambda found: found.stat().st_size)
        os.truncate(path, path.stat().st_size // 2)
        said = self.fail_with(DAMAGED, "serve", "--data", self.data, "--listen",
                              f"ldap://127.0.0.1:{servers.free_port()}")
        self.assertIn(path.name, said)

    def test_a_missing_file_is_not_served(self):
        path = max(self.segments(), key=lambda found: found.stat().st_size)
        path.unlink()
        ended = run_peopled("serve", "--data", self.data, "--listen", f"ldap://127.0.0.1:{servers.free_port()}")
        self.assertIn(ended.returncode, (DAMAGED, INPUT_OUTPUT))
        self.assertIn(path.name, ended.stderr.decode())

    def test_an_import_mends_it(self):
        path = max(self.segments(), key=lambda found: found.stat().st_size)
        os.truncate(path, 100)
        self.succeed("import", "--data", self.data, fixtures.PEOPLE_LDIF)
        self.succeed("check", "--data", self.data)

    def test_no_index(self):
        self.fail_with(NO_INDEX, "serve", "--data", self.folder / "nothing", "--listen",
                       f"ldap://127.0.0.1:{servers.free_port()}")


class Serving(Case):
    def test_ready_line_and_end(self):
        server = self.peopled(fixtures.PEOPLE_LDIF)
        self.assertEqual(servers.listening_addresses(server.process.pid), {("127.0.0.1", server.port)})
        with client.Connection(server.port) as idle:
            self.assertEqual(idle.search("", 0, ("present", "objectClass")).code, 0)
            process = server.process
            process.terminate()
            rest = process.stdout.read()
            self.assertEqual(process.wait(timeout=15), 0)
            self.assertEqual(rest, b"", "one line on standard output, and no more")

    def test_port_in_use(self):
        self.succeed("import", "--data", self.data, fixtures.PEOPLE_LDIF)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            said = self.fail_with(ADDRESS, "serve", "--data", self.data, "--listen", f"ldap://127.0.0.1:{port}")
        self.assertIn(str(port), said)

    def test_serve_imports_where_there_is_no_index_and_warns_of_another_file(self):
        path = self.file("seed.ldif", ROOT + UNIT + person("a"))
        server = self.peopled(options=["--ldif", str(path)])
        self.assertEqual(len(search(server.url, "(uid=a)")[1]), 1)
        self.assertEqual(server.stop(), 0)
        path.write_text(ROOT + UNIT + person("other"))
        again = self.peopled(options=["--ldif", str(path)])
        self.assertEqual(len(search(again.url, "(uid=a)")[1]), 1, "what was imported is served")
        self.assertIn("seed.ldif", again.log_text())

    def test_several_listeners(self):
        other = servers.free_port()
        server = self.peopled(fixtures.PEOPLE_LDIF, options=["--listen", f"ldap://127.0.0.1:{other}"])
        for port in (server.port, other):
            self.assertEqual(search(f"ldap://127.0.0.1:{port}", "-s", "base")[0], 0)

    def test_json_log(self):
        server = self.peopled(fixtures.PEOPLE_LDIF, options=["--log-format", "json"])
        self.exercise(server)
        server.stop()
        lines = server.log_text().splitlines()
        self.assertGreater(len(lines), 0)
        for line in lines:
            self.assertIsInstance(json.loads(line), dict, line)

    def test_no_password_or_value_in_logs(self):
        for format in ("text", "json"):
            server = self.peopled(fixtures.PEOPLE_LDIF, options=["--log-format", format])
            self.exercise(server)
            server.stop()
            text = server.log_text()
            for secret in ("ssha512-demo", "Wr0ng-Passw0rd", "clear-demo", "Smith-Jones"):
                self.assertNotIn(secret, text)

    def exercise(self, server):
        dn = f"uid=ssha512,{PEOPLE}"
        with client.Connection(server.port) as connection:
            for password in ("ssha512-demo", "Wr0ng-Passw0rd", "with\nnewline\x1e"):
                connection.bind(dn, password)
            connection.bind("cn=new\nline \x1e\"quoted\"," + SUFFIX, "Wr0ng-Passw0rd")
            connection.search(SUFFIX, 2, ("equal", "sn", b"Smith-Jones"))
            connection.compare(f"uid=clear,{PEOPLE}", "userPassword", b"clear-demo")
        with socket.create_connection(("127.0.0.1", server.port)) as hostile:
            hostile.sendall(b"GET / HTTP/1.0\r\n\r\n\x1e\n" + b"\xff" * 100)
        time.sleep(0.2)


class ConfigurationFiles(Case):
    EXAMPLE = servers.REPOSITORY / "Config/peopled.json5"

    def test_the_example_works(self):
        self.succeed("import", "--config", self.EXAMPLE, "--data", self.data, fixtures.PEOPLE_LDIF)
        self.succeed("check", "--config", self.EXAMPLE, "--data", self.data)
        server = self.peopled(options=["--config", str(self.EXAMPLE)])
        self.assertEqual(servers.listening_addresses(server.process.pid), {("127.0.0.1", server.port)},
                         "--listen overrides")
        status, _, error = fixtures.run_tool("ldapdelete", "-x", "-H", server.url, f"uid=clear,{PEOPLE}")
        self.assertEqual(status, 53)
        self.assertIn("ldap://directory.example.edu", error, "the upstream is named")

    def test_writes_are_referred_where_that_is_configured(self):
        path = self.file("refer.json5", """{ upstream: "ldap://directory.example.edu", writes: "referral" }""")
        server = self.peopled(fixtures.PEOPLE_LDIF, options=["--config", str(path)])
        with client.Connection(server.port) as connection:
            connection.send(ber.octets(f"uid=clear,{PEOPLE}", 0x4A))
            answer = connection.result()
        self.assertEqual(answer.code, 10)
        self.assertTrue(answer.referrals[0].startswith("ldap://directory.example.edu"), answer.referrals)

    def test_mistakes_are_explained(self):
        for text, mention in (("{ sufix: 'dc=x' }", "suffix"), ("{ limits: { conections: 5 } }", "connections"),
                              ("{ suffix: 5 }", "suffix"), ("{ listeners: [ { url: 'http://x' } ] }",
                                                            "http"), ("{", "peopled.json5")):
            with self.subTest(text):
                path = self.file("peopled.json5", text)
                said = self.fail_with(REFUSED, "serve", "--config", path, "--data", self.data)
                self.assertIn(mention, said)


class OfflineSearch(Case):
    def setUp(self):
        super().setUp()
        self.succeed("import", "--data", self.data, fixtures.PEOPLE_LDIF)

    def test_finds_what_the_server_finds(self):
        server = self.peopled()
        for text in ("(uid=clear)", "(cn=*smith*)", "(&(objectClass=posixAccount)(uidNumber>=20150))", "(mail=nobody)"):
            found = fixtures.parse_ldif(self.succeed("search", "--data", self.data, text, "cn").stdout.decode())
            self.assertEqual(fixtures.by_name(found), fixtures.by_name(search(server.url, text, "cn")[1]), text)

    def test_explain_says_why_nothing_matched(self):
        said = self.succeed("search", "--data", self.data, "--explain", "(&(uid=clear)(favouriteTea=green))")
        self.assertIn("favouriteTea", (said.stdout + said.stderr).decode())

    def test_bad_filter(self):
        self.fail_with(REFUSED, "search", "--data", self.data, "(uid=clear")


class Locks(Case):
    def test_two_writers_at_once_lose_nothing(self):
        self.succeed("import", "--data", self.data, self.file("start.ldif", ROOT + UNIT))
        started = []
        for number in range(8):
            path = self.file(f"change{number}.ldif",
                             f"dn: uid=n{number},{PEOPLE}\nchangetype: add\nobjectClass: account\nuid: n{number}\n\n")
            started.append(
                subprocess.Popen([servers.peopled_binary(), "apply", "--data", self.data, path],
                                 stderr=subprocess.PIPE))
        statuses = [process.wait(timeout=60) for process in started]
        for process in started:
            process.stderr.close()
        self.assertLessEqual(set(statuses), {0, LOCKED})
        self.assertIn(0, statuses)
        self.assertEqual(self.export().count(b"dn: uid=n"), statuses.count(0),
                         "what was acknowledged is there, and nothing else")
