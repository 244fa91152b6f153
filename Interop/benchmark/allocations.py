"""Allocations: how many a request makes once a server runs steadily, which should be none; and retains and releases.

    Interop/benchmark/allocations                     fails, with the figures, where there are more than there may be
    Interop/benchmark/allocations --people 100000 --requests 50000
"""

import argparse
import mmap
import os
import struct
import sys
import time
from dataclasses import dataclass

from suite import servers

from .programs import FOLDER, Peopled, People, build, load
from .report import table

# The most allocations a request may make, by mode: none, but for a rare one that has to do with something else.
NONE = 0.01
LIMITS = {"eq": NONE, "eq1": NONE, "and": NONE, "base": NONE, "sub3": NONE, "bind": NONE, "compare": NONE}
DEPTHS = (1, 16)
REQUESTS = 4000
ATTEMPTS = 4
LIBRARY = "allocations.so"


def estimate(chosen):
    return 15


@dataclass(frozen=True)
class Calls:
    """A request's, on the average."""

    allocations: float
    retains: float
    releases: float


class Counted:
    """peopled under the counting library; `of` measures a mode."""
    def __init__(self, people, folder, reactors=0, data=None):
        build(folder, programs=("load", ), shared=("allocations", ))
        self.people, self.program = people, folder / "load"
        self.file = servers.temporary_folder("allocations") / "counts"
        self.file.write_bytes(bytes(24))
        environment = {**os.environ, "LD_PRELOAD": str(folder / LIBRARY), "COUNTS": str(self.file)}
        ldif = [] if data else [people.ldif()]
        self.server = Peopled(*ldif, data=data, reactors=reactors, environment=environment)

    def __enter__(self):
        self.server.__enter__()
        with open(self.file, "r+b") as file:
            self.counts = mmap.mmap(file.fileno(), 24)
        return self

    def __exit__(self, *problem):
        self.server.__exit__(*problem)
        self.counts.close()
        self.file.unlink()
        self.file.parent.rmdir()

    def during(self, mode, depth, requests):
        """What happened while so many requests were made, connections included."""
        before = self.settled()
        load(self.server, self.people, mode, 0, depth=depth, requests=requests, program=self.program)
        return [after - earlier for earlier, after in zip(before, self.settled())]

    def settled(self):
        """The counts once they stand still: the ends of connections are noticed after the generator's."""
        before, now = None, struct.unpack("=3Q", self.counts[:])
        while now != before:
            time.sleep(0.03)
            before, now = now, struct.unpack("=3Q", self.counts[:])
        return now

    def of(self, mode, depth, requests=REQUESTS):
        """Of one request: what twice as many took more, so that connecting is not in it. Repeated where it is more
        than allowed: what the process does once in a while (150 allocations at once) may fall into it."""
        self.during(mode, depth, requests)
        for _ in range(ATTEMPTS):
            once, twice = self.during(mode, depth, requests), self.during(mode, depth, 2 * requests)
            calls = Calls(*(max(0, many - few) / requests for few, many in zip(once, twice)))
            if calls.allocations < LIMITS[mode]:
                break
        return calls


HEAD = ["mode", "depth", "allocations", "allowed", "retains", "releases"]


def counted(server, requests=REQUESTS):
    """All modes: ([(mode, depth, calls)], those beyond their limit among them)."""
    found = [(mode, depth, server.of(mode, depth, requests)) for mode in LIMITS for depth in DEPTHS]
    return found, [each for each in found if each[2].allocations >= LIMITS[each[0]]]


def rows(found):
    return [[
        mode, depth, f"{calls.allocations:.3f}", f"< {LIMITS[mode]:g}", f"{calls.retains:.1f}", f"{calls.releases:.1f}"
    ] for mode, depth, calls in found]


def measure(run, report):
    run.say("counting")
    with Counted(run.people, FOLDER, reactors=run.chosen.reactors, data=run.data(run.people)) as server:
        found, _ = counted(server)
    for mode, limit in LIMITS.items():
        report.at_most(f"`{mode}`: allocations a request", limit,
                       [calls.allocations for each, _, calls in found if each == mode], "{:.3f}")
    report.section("Allocations, retains and releases a request",
                   f"Counted by a preloaded library (`allocations.c`), in the steady state: what {2 * REQUESTS:,} "
                   f"requests took more than {REQUESTS:,}.", table(HEAD, rows(found)))


def main():
    parser = argparse.ArgumentParser(prog="Interop/benchmark/allocations",
                                     description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=4800, help="in the directory (4800)")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"the fewer of the two numbers ({REQUESTS})")
    parser.add_argument("--reactors", type=int, default=0, help="of peopled (0: one a core)")
    chosen = parser.parse_args()
    with Counted(People(chosen.people), FOLDER, reactors=chosen.reactors) as server:
        found, beyond = counted(server, chosen.requests)
    print(table(HEAD, rows(found)))
    for mode, depth, calls in beyond:
        print(f"{mode}, depth {depth}: {calls.allocations:.3f} allocations a request; {LIMITS[mode]:g} may be",
              file=sys.stderr)
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
