"""The benchmark's own programs: every mode asks what it says, of a small directory, and finds what it should."""

import shutil
import subprocess
import sys
import unittest

from . import servers

BENCHMARK = servers.INTEROP / "benchmark"
MODES = "eq eq1 and base compare bind bindpw sub3 sub5 submiss suball presub page".split()


class Benchmark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = servers.temporary_folder("benchmark")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        compiler = shutil.which("cc") or shutil.which("clang")
        for program in ("load", "floor"):
            subprocess.run([
                compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", cls.folder / program, BENCHMARK / f"{program}.c"
            ],
                           check=True)
        ldif = cls.folder / "people.ldif"
        with open(ldif, "wb") as out:
            subprocess.run([sys.executable, BENCHMARK / "generate-people.py", "2400", "--passwords"],
                           stdout=out,
                           check=True)
        cls.ldif = ldif

    def check(self, port, *words):
        for mode in MODES:
            for depth in ("1", "16"):
                ended = subprocess.run(
                    [self.folder / "load", "-p",
                     str(port), "-n", "2400", "-t", "0.1", "-d", depth, *words, mode],
                    capture_output=True,
                    text=True,
                    timeout=60)
                self.assertEqual(ended.returncode, 0, f"{mode} at depth {depth}: {ended.stdout}{ended.stderr}")

    def test_every_mode_finds_what_it_should_in_peopled(self):
        with servers.Peopled(self.ldif) as peopled:
            self.check(peopled.port)

    def test_every_mode_finds_what_it_should_in_slapd(self):
        with servers.Slapd(self.ldif, quick=True, indexes=["objectClass eq", "uid,mail,cn,title eq,sub"]) as slapd:
            self.check(slapd.port)
