"""The benchmark's own programs: every mode asks what it says, of a small directory, and finds what it should."""

import shutil
import subprocess
import sys
import unittest

from benchmark import allocations, programs, report

from . import servers

MODES = "eq eq1 and base compare bind bindpw sub1 sub2 sub2miss sub3 sub5 submiss suball presub page worst".split()
SEED = 7


class Benchmark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = servers.temporary_folder("benchmark")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        programs.build(cls.folder)
        cls.people = programs.People(2400, SEED, cls.folder)

    def load(self, server, mode, **options):
        return programs.load(server, self.people, mode, 0.1, program=self.folder / "load", **options)

    def check(self, server):
        """Every answer is checked by the generator; `load` fails where one was wrong."""
        for mode in MODES:
            for depth in (1, 16):
                self.assertGreater(self.load(server, mode, depth=depth).requests, 0)

    def test_every_mode_finds_what_it_should_in_peopled(self):
        with servers.Peopled(self.people.ldif()) as peopled:
            self.check(peopled)
            self.assertEqual(self.load(peopled, "eq", depth=16, requests=1000).requests, 1000)
            with self.assertRaises(programs.Failed, msg="the people of another seed are not there"):
                programs.load(peopled, programs.People(2400, SEED + 1), "sub5", 0.1, program=self.folder / "load")

    def test_every_mode_finds_what_it_should_in_slapd(self):
        indexes = ["objectClass eq", "uid,mail,cn,title eq,sub"]
        with servers.Slapd(self.people.ldif(), quick=True, indexes=indexes) as slapd:
            self.check(slapd)

    def test_the_floor_sends_what_peopled_sends(self):
        with servers.Peopled(self.people.ldif()) as peopled:
            octets = programs.entry_octets(peopled, self.people)
        with programs.Floor(octets, self.folder / "floor") as floor:
            self.assertEqual(programs.entry_octets(floor, self.people), octets)
            for mode in ("eq", "base", "compare", "bind"):
                self.load(floor, mode, depth=16)

    def test_a_request_allocates_nothing(self):
        with allocations.Counted(self.people, self.folder) as server:
            found, beyond = allocations.counted(server)
        figures = report.table(allocations.HEAD, allocations.rows(found))
        print(figures, flush=True)
        self.assertEqual(beyond, [], "\n" + figures)
        self.assertTrue(all(calls.releases > 0 for _, _, calls in found), "nothing was counted")

    def test_the_whole_benchmark(self):
        """With next to no data it prints a document that has every part and no failure."""
        short = ["--quick", "--rounds", "1", "--seconds", "0.1", "--minute", "1"]
        ended = subprocess.run([sys.executable, "-B", "-m", "benchmark", *short],
                               cwd=servers.INTEROP,
                               capture_output=True,
                               text=True,
                               timeout=600)
        self.assertEqual(ended.returncode, 0, ended.stderr + ended.stdout)
        for title in "Imports Start-up Rates Growth Needles latency Steady Private Allocations".split():
            self.assertRegex(ended.stdout, f"(?m)^### .*{title}")
