"""Measures peopled beside slapd and the floor on this machine, and prints a document for RESULTS.md.

Ratios of neighbouring measurements travel between machines, rates do not: the load generator shares the cores.
The document is written to standard output, what happens meanwhile to standard error. Nothing else should run.

    Interop/benchmark/run > results.md                      everything; some 15 minutes on two cores
    Interop/benchmark/run --quick                           the same with little data, to see that it works
    Interop/benchmark/run --only rates --modes eq,base --reactors 1
    Interop/benchmark/run --only updates,interference --rounds 9 --seed 7
"""

import argparse
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

from suite import servers

from . import (access, allocations, binds, feed, growth, imports, interference, memory, needles, programs, rates, startup, tls,
               updates)
from .report import Report, machine, title, versions

# In this order: the imports leave behind what the others serve.
PARTS = {
    "imports": imports, "startup": startup, "rates": rates, "access": access, "tls": tls, "binds": binds, "growth": growth,
    "needles": needles, "interference": interference, "updates": updates, "feed": feed, "memory": memory,
    "allocations": allocations
}
INDEXES = [
    "objectClass eq,pres", "uid,mail,employeeNumber,eduPersonPrincipalName,eduPersonUniqueId,eduPersonAffiliation,"
    "eduPersonEntitlement eq,pres,sub", "cn,sn,givenName,displayName,title eq,pres,sub"
]
# What makes slapd's database fast to write and to read, at the cost of what a crash leaves.
DATABASE_FLAGS = "nometasync writemap mapasync"
QUICK = {"people": 2400, "large": 12000, "rounds": 2, "seconds": 0.2, "minute": 3, "idle": 500, "imports": 1}


class Run:
    """What the parts share: the options, the people, their data directories, and where the figures go."""
    def __init__(self, chosen, report):
        self.chosen, self.report = chosen, report
        self.people = programs.People(chosen.people, chosen.seed)
        self.large = programs.People(chosen.large, chosen.seed)
        self.folder = servers.temporary_folder("benchmark")
        self.directories, self.loaded_slapd = {}, None
        self.copies = 0
        self.part = ""

    def say(self, text):
        print(f"{self.part}: {text}", file=sys.stderr, flush=True)

    # Servers

    def data(self, people):
        """The data directory of these people, imported when it is first asked for."""
        if people not in self.directories:
            self.say(f"importing {people.count:,} people")
            imports.into_peopled(people, self.folder / f"import-{people.count}")
            self.keep(people, self.folder / f"import-{people.count}")
        return self.directories[people]

    def keep(self, people, data):
        self.directories[people] = data

    def copy_of(self, people):
        """A data directory to change: what is never written to again is linked, not copied."""
        def link_or_copy(source, target):
            return os.link(source, target) if source.endswith(".segment") else shutil.copy2(source, target)

        self.copies += 1
        copy = self.folder / f"copy-{self.copies}"
        shutil.copytree(self.data(people), copy, copy_function=link_or_copy)
        return copy

    def peopled(self, people, data=None, environment=None, access=None):
        """A server to be started by `with`."""
        return programs.Peopled(data=data or self.data(people),
                                reactors=self.chosen.reactors,
                                environment=environment,
                                access=access)

    def empty_slapd(self):
        return servers.Slapd(indexes=INDEXES, database_flags=DATABASE_FLAGS)

    def keep_slapd(self, slapd):
        self.loaded_slapd = slapd

    def slapd(self):
        """slapd with the fewer people, to be started by `with`, which also removes it."""
        slapd, self.loaded_slapd = self.loaded_slapd, None
        if slapd is None:
            slapd = self.empty_slapd()
            self.say(f"{self.people.count:,} people into slapd")
            imports.into_slapd(self.people, slapd)
        return slapd

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.loaded_slapd:
            shutil.rmtree(self.loaded_slapd.folder, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(prog="Interop/benchmark/run",
                                     description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)

    def listed(words):
        return words.split(",")

    add = parser.add_argument
    add("--quick", action="store_true", help="small data and short runs: proves the benchmark, measures nothing")
    add("--only", type=listed, default=list(PARTS), metavar="PARTS", help="some of " + ", ".join(PARTS))
    add("--modes", type=listed, default=[], help="some modes of the rates, as --modes eq,sub3; see the head of load.c")
    add("--people", type=int, help="people in the smaller directory, as --people 50000 (100000)")
    add("--large", type=int, help="people in the larger one (1000000)")
    add("--seed", type=int, default=0, help="of the people, as --seed 7: other names (0)")
    add("--rounds", type=int, help="how often each figure is measured (5)")
    add("--seconds", type=float, help="how long each time (2)")
    add("--minute", type=float, help="seconds that a minute of load or of updates takes (60)")
    add("--imports", type=int, help="imports of the smaller directory (3)")
    add("--idle", type=int, help="idle connections whose memory is measured (10000)")
    add("--connections", type=int, default=8, help="of the load generator (8)")
    add("--reactors", type=int, default=0, help="of peopled, as --reactors 1 (0: its default, one a core)")
    chosen = parser.parse_args()
    defaults = {"people": 100_000, "large": 1_000_000, "rounds": 5, "seconds": 2, "minute": 60, "idle": 10_000,
                "imports": 3}
    for name, value in (QUICK if chosen.quick else defaults).items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    unknown = [part for part in chosen.only if part not in PARTS]
    if unknown:
        parser.error(f"--only: there is no {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return chosen


def processor_ticks():
    """Time of all processors, by kind (proc_stat(5))."""
    return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


def stolen(before, after):
    """The share of that time in which the host ran something else."""
    passed = [later - earlier for earlier, later in zip(before, after)]
    return passed[7] / max(sum(passed), 1)


def minutes(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def measure(run, parts):
    """Each part in turn; one that fails is told in the document and does not end the run."""
    for at, part in enumerate(parts):
        left = sum(PARTS[name].estimate(run.chosen) for name in parts[at:])
        run.part = part
        run.say(f"begins, {at + 1} of {len(parts)}; about {minutes(left)} left")
        try:
            PARTS[part].measure(run, run.report)
        except KeyboardInterrupt:
            run.report.failed(part, "interrupted")
            return
        except Exception as error:
            traceback.print_exc()
            run.report.failed(part, str(error) or type(error).__name__)


def main():
    chosen = arguments()
    if not Path(servers.peopled_binary()).exists():
        sys.exit(f"{servers.peopled_binary()} is not there: swift build -c release --product peopled")
    programs.end_on_signals()
    programs.build()
    report = Report(title())
    run = Run(chosen, report)
    report.note(f"{machine()}; {versions()}. peopled ran with {chosen.reactors or os.cpu_count()} reactors"
                f"{'' if chosen.reactors else ' (its default)'}, slapd with 4 threads. {chosen.rounds} rounds of "
                f"{chosen.seconds:g} s, {chosen.connections} connections; people of seed {chosen.seed}"
                f"{'; a quick run, whose figures mean nothing' if chosen.quick else ''}.")
    started, busy, host = time.monotonic(), os.getloadavg()[0], processor_ticks()
    try:
        measure(run, [part for part in PARTS if part in chosen.only])
    finally:
        run.close()
    took = minutes(time.monotonic() - started)
    report.note(f"Load average of the machine before it began: {busy:.2f}. It took {took}, in which "
                f"{stolen(host, processor_ticks()):.1%} of the processors' time went to other machines of the host.")
    print(report.text(), end="")
    sys.exit(1 if report.failures else 0)


main()
