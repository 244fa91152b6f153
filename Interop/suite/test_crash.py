"""What is left when peopled is killed, or its files change under it: the old directory or the new one, whole, or a refusal.

Kills come from Interop/crash/kill.c, preloaded into the real program: it dies at the N-th call that changes files, for every N.
Power cuts, which also lose what was not synchronized, are tried by the unit tests (StoreFaultTests) on a simulated disk.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

from . import servers
from .fixtures import PEOPLE, SUFFIX, search
from .servers import run_peopled

SUCCESS, DAMAGED, DISK_FULL, MAPPED_FILE_LOST = 0, 5, 4, 10
# What differs from run to run, because it says when and by which change.
TIMES = re.compile(r"^(createTimestamp|modifyTimestamp|entryCSN|contextCSN):.*\n", re.MULTILINE)


def people(numbers, version=0):
    text = f"dn: {SUFFIX}\nobjectClass: domain\ndc: example\n\n"
    text += f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: People\n\n"
    for number in numbers:
        text += f"dn: uid=p{number},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: p{number}\n"
        text += f"cn: Person {number}\nsn: Family {number % 5}\ndescription: version {version}\n\n"
    return text


def changes(number):
    """A new person, a changed one and, from the third on, one who leaves."""
    text = f"dn: uid=n{number},{PEOPLE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: n{number}\n"
    text += f"cn: New {number}\nsn: New\n\n"
    text += f"dn: uid=p{number % 6},{PEOPLE}\nchangetype: modify\nreplace: description\ndescription: change {number}\n-\n\n"
    if number > 2:
        text += f"dn: uid=n{number - 2},{PEOPLE}\nchangetype: delete\n\n"
    return text


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = servers.temporary_folder("crash")
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        cls.library = cls.shared / "kill.so"
        source = servers.INTEROP / "crash/kill.c"
        subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-o", cls.library, source], check=True)
        cls.old = cls.shared / "old.ldif"
        cls.old.write_text(people(range(12)))
        cls.new = cls.shared / "new.ldif"
        cls.new.write_text(people(range(6, 20), version=1))
        cls.later = cls.shared / "later.ldif"
        cls.later.write_text(f"dn: uid=later,{PEOPLE}\nchangetype: add\nobjectClass: account\nuid: later\n")
        cls.base = cls.shared / "base"
        cls.run_whole("import", "--data", cls.base, cls.old)
        for number in range(3):
            cls.run_whole("apply", "--data", cls.base, cls.change(number))

    @classmethod
    def change(cls, number):
        path = cls.shared / f"change-{number}.ldif"
        path.write_text(changes(number))
        return path

    @classmethod
    def run_whole(cls, *arguments):
        ended = run_peopled(*arguments)
        if ended.returncode != SUCCESS:
            raise AssertionError(f"{arguments}: {ended.returncode} {ended.stderr.decode(errors='replace')}")
        return ended.stdout.decode()

    def setUp(self):
        self.folder = servers.temporary_folder("crash")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"

    def restore(self):
        shutil.rmtree(self.data, ignore_errors=True)
        if self.base.exists():
            shutil.copytree(self.base, self.data)

    def export(self, data=None):
        return TIMES.sub("", self.run_whole("export", "--data", data or self.data))


class Killed(Case):
    def run_killed(self, *arguments, **settings):
        environment = {**os.environ, "LD_PRELOAD": str(self.library), **{name: str(value) for name, value in settings.items()}}
        return run_peopled(*arguments, env=environment).returncode

    def try_every_call(self, *arguments):
        """Kills `peopled arguments` at each of its calls in turn."""
        before = self.export(self.base)
        self.restore()
        count = self.folder / "count"
        self.assertEqual(self.run_killed(*arguments, KILL_COUNT=count), SUCCESS)
        after, calls = self.export(), int(count.read_text())
        self.assertGreater(calls, 10)
        seen = set()
        for call in range(1, calls + 1):
            for torn in (False, True):
                self.restore()
                status = self.run_killed(*arguments, KILL_AT=call, **({"KILL_TORN": 1} if torn else {}))
                self.assertEqual(status, -signal.SIGKILL, f"call {call}")
                found = self.export()
                self.assertIn(found, (before, after), f"killed at call {call}")
                seen.add(found == after)
                self.run_whole("check", "--data", self.data)
                self.assertEqual(self.export(), found)
            # A writer goes on from there.
            self.run_whole("apply", "--data", self.data, self.later)
            self.assertIn("uid=later,", self.export())
            self.run_whole("check", "--data", self.data)
        return seen, before == after

    def test_import_leaves_the_old_or_the_new_directory(self):
        seen, _ = self.try_every_call("import", "--data", self.data, self.new)
        self.assertEqual(seen, {False, True})

    def test_apply_leaves_the_old_or_the_new_directory(self):
        seen, _ = self.try_every_call("apply", "--data", self.data, self.change(3))
        self.assertEqual(seen, {False, True})

    def test_compaction_leaves_the_same_directory(self):
        _, is_same = self.try_every_call("compact", "--data", self.data)
        self.assertTrue(is_same)

    def test_every_acknowledged_change_survives_kills_at_any_moment(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        self.restore()
        states = {2: self.export()}
        acknowledged, kills = 2, 0
        twin = self.folder / "twin"
        shutil.copytree(self.data, twin)
        begun = time.monotonic()
        self.run_whole("apply", "--data", self.data, self.later)
        usual = time.monotonic() - begun
        self.restore()
        while kills < 60 and acknowledged < 100:
            number = acknowledged + 1
            if number not in states:
                self.run_whole("apply", "--data", twin, self.change(number))
                states[number] = self.export(twin)
            words = ["apply", "--data", self.data, self.change(number)]
            started = subprocess.Popen([servers.peopled_binary(), *map(str, words)], stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 2.5 * usual))
            started.kill()
            status = started.wait()
            found = self.export()
            what = f"seed {seed}, change {number}, status {status}"
            if status == SUCCESS:
                self.assertEqual(found, states[number], what)
                acknowledged = number
                continue
            kills += 1
            self.assertIn(found, (states[number - 1], states[number]), what)
            # Not acknowledged, and yet there: it counts from now on.
            if found == states[number]:
                acknowledged = number
        self.assertGreater(kills, 10)
        self.assertGreater(acknowledged, 5)
        self.run_whole("check", "--data", self.data)

    def test_a_killed_stream_keeps_all_that_it_called_durable_and_no_more_than_it_was_given(self):
        seed = int(os.environ.get("PEOPLED_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))
        chance = random.Random(seed)
        for kill in range(12):
            self.restore()
            stream = subprocess.Popen([servers.peopled_binary(), "apply", "--data", self.data, "-"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            sent, until = 0, time.monotonic() + chance.uniform(0.1, 0.8)
            while time.monotonic() < until:
                record = f"dn: uid=p1,{PEOPLE}\nchangetype: modify\nreplace: description\ndescription: sent {sent + 1}\n-\n\n"
                stream.stdin.write(record.encode())
                stream.stdin.flush()
                sent += 1
                time.sleep(chance.choice((0, 0, 0.02)))
            stream.kill()
            lines = stream.stdout.read().splitlines()
            stream.wait()
            stream.stdin.close()
            stream.stdout.close()
            durable = int(lines[-1].split()[1]) if lines else 0
            found = re.search(r"description: sent (\d+)", self.export())
            what = f"seed {seed}, kill {kill}: {durable} durable, {sent} sent"
            self.assertGreaterEqual(int(found[1]) if found else 0, durable, what)
            self.assertLessEqual(int(found[1]) if found else 0, sent, what)
        self.run_whole("check", "--data", self.data)

    def test_first_import_leaves_nothing_or_all(self):
        count = self.folder / "count"
        self.assertEqual(self.run_killed("import", "--data", self.data, self.new, KILL_COUNT=count), SUCCESS)
        after = self.export()
        for call in range(1, int(count.read_text()) + 1):
            shutil.rmtree(self.data)
            self.assertEqual(self.run_killed("import", "--data", self.data, self.new, KILL_AT=call), -signal.SIGKILL)
            ended = run_peopled("export", "--data", self.data)
            # 8: there is no index yet.
            self.assertIn(ended.returncode, (SUCCESS, 8), ended.stderr)
            if ended.returncode == SUCCESS:
                self.assertEqual(TIMES.sub("", ended.stdout.decode()), after)
            self.run_whole("import", "--data", self.data, self.new)
            self.assertEqual(self.export(), after)


class Damaged(Case):
    def test_flipped_octets_are_refused_or_harmless(self):
        """A sample; the unit tests (StoreDamageTests) flip every octet of a smaller index."""
        expected = self.export(self.base)
        self.restore()
        refused = 0
        for path in sorted(self.data.rglob("*")):
            if not path.is_file() or path.name == "lock":
                continue
            whole = path.read_bytes()
            for offset in range(len(path.name) % 3, len(whole), max(1, len(whole) // 40)):
                path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x20]) + whole[offset + 1:])
                ended = run_peopled("export", "--data", self.data)
                what = f"{path.name} octet {offset}: {ended.stderr.decode(errors='replace')}"
                self.assertIn(ended.returncode, (SUCCESS, DAMAGED), what)
                if ended.returncode == SUCCESS:
                    self.assertEqual(TIMES.sub("", ended.stdout.decode()), expected, what)
                refused += ended.returncode == DAMAGED
                self.assertEqual(run_peopled("check", "--data", self.data).returncode, DAMAGED, what)
            path.write_bytes(whole)
        self.assertGreater(refused, 50)

    def test_a_segment_cut_short_under_a_server_ends_it(self):
        self.restore()
        server = servers.Peopled(data=self.data)
        self.addCleanup(shutil.rmtree, server.folder, ignore_errors=True)
        server.start()
        segment = next(self.data.rglob("*.segment"))
        os.truncate(segment, 0)
        try:
            search(server.url, "-s", "sub", "(description=*)")
        except Exception:
            pass
        status = server.process.wait(timeout=10)
        log = server.log_text()
        server.stop()
        self.assertEqual(status, MAPPED_FILE_LOST, log)
        self.assertIn("became unreadable", log)


class FullDisk(Case):
    def test_an_import_that_does_not_fit_leaves_the_old_directory_served(self):
        """On a real file system of 2 MiB, in a mount namespace of its own."""
        disk = self.folder / "disk"
        disk.mkdir()
        large = self.folder / "large.ldif"
        large.write_text(people(range(6000)))
        program = servers.peopled_binary()
        script = f"""
            mount -t tmpfs -o size=2m none {disk} || exit 99
            {program} import --data {disk}/data {self.old} || exit 98
            {program} export --data {disk}/data >{self.folder}/before || exit 97
            {program} import --data {disk}/data {large}
            echo $? >{self.folder}/status
            {program} export --data {disk}/data >{self.folder}/after || exit 96
            {program} check --data {disk}/data || exit 95
            {program} import --data {disk}/data {self.new} || exit 94
        """
        namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        ended = subprocess.run([*namespace, "sh", "-c", script], capture_output=True, text=True, timeout=120)
        if ended.returncode in (1, 99) and not (self.folder / "before").exists():
            self.skipTest("no mount namespace here")
        self.assertEqual(ended.returncode, SUCCESS, ended.stderr)
        self.assertEqual(int((self.folder / "status").read_text()), DISK_FULL, ended.stderr)
        self.assertIn("No space left on the device while writing", ended.stderr)
        self.assertEqual((self.folder / "after").read_text(), (self.folder / "before").read_text())
