"""Runs the interoperability suite: python3 -m suite [--counts FILE] [name...]

A name selects: a module (tools), a class (tools.Search) or a test (tools.Search.test_base_scope).
"""

import argparse
import sys
import time
import unittest
from pathlib import Path

from . import servers

# Debian's python-ldap, unpacked by Interop/install.
sys.path.insert(0, str(servers.PACKAGES / "usr/lib/python3/dist-packages"))
HERE = Path(__file__).parent


class Report(unittest.TestResult):
    """One line a test as it ends, and the details of what failed at the end."""
    def __init__(self):
        super().__init__()
        self.started = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def line(self, verdict, test):
        name = test.id().removeprefix("suite.test_")
        print(f"{verdict} {name} ({time.monotonic() - self.started:.1f} s)", flush=True)

    def addSuccess(self, test):
        self.line("passed ", test)

    def addError(self, test, error):
        super().addError(test, error)
        self.line("FAILED ", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.line("FAILED ", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(f"skipped ({reason})", test)


def main():
    parser = argparse.ArgumentParser(prog="python3 -m suite", description=__doc__.splitlines()[0])
    parser.add_argument("--counts", help="write 'passed failed' to this file")
    parser.add_argument("names", nargs="*", help="modules, classes or tests; all without")
    chosen = parser.parse_args()
    loader = unittest.defaultTestLoader
    if chosen.names:
        tests = loader.loadTestsFromNames(["suite.test_" + name.removeprefix("test_") for name in chosen.names])
    else:
        modules = sorted(path.stem for path in HERE.glob("test_*.py"))
        tests = loader.loadTestsFromNames(["suite." + module for module in modules])
    report = Report()
    tests.run(report)
    broken = report.failures + report.errors
    for test, details in broken:
        print(f"\n---- {test.id()}\n{details}", file=sys.stderr)
    failed = len(broken)
    passed = report.testsRun - len(report.skipped) - failed
    if chosen.counts:
        Path(chosen.counts).write_text(f"{max(passed, 0)} {failed}\n")
    print(f"{max(passed, 0)} passed, {failed} failed" + (f", {len(report.skipped)} skipped" if report.skipped else ""))
    sys.exit(1 if failed or report.testsRun == 0 else 0)


main()
