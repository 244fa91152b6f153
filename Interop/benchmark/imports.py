"""Imports: peopled and `slapadd -q` from the same LDIF, their time and memory, and how it grows with the people."""

import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass

from suite import servers

from .programs import Failed
from .report import quantity, ratios, spread, table

TIMES_FASTER, TIMES_LONGER, MOST_MEMORY, TIMES_LARGER = 35, 11, 2.5, 2.5
LARGE_RUNS = 2


@dataclass(frozen=True)
class Import:
    seconds: float
    memory: float  # the most that was resident at a time, in GiB


def estimate(chosen):
    small, large = chosen.people / 25e3, chosen.large / 25e3
    return chosen.imports * small + LARGE_RUNS * large + chosen.people / 3e3


def timed(*command):
    """Runs an import to its end."""
    started = time.monotonic()
    process = subprocess.Popen(list(map(str, command)),
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE,
                               env=servers.slapd_environment())
    errors = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{command[0]}: {errors[-500:]}")
    return Import(time.monotonic() - started, used.ru_maxrss / 2**20)


def into_peopled(people, data):
    """One import into a data directory that is not there yet."""
    return timed(servers.peopled_binary(), "import", "--data", data, people.ldif())


def into_slapd(people, slapd):
    return timed(servers.slapd_program("slapadd"), "-f", slapd.configuration, "-q", "-l", people.ldif())


def size_of(folder):
    """Octets on the disk; slapd's database has holes."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def repeated(run, people, count):
    """So many imports, the last of which the other measurements use."""
    found = []
    for number in range(count):
        run.say(f"{people.count:,} people into peopled, {number + 1} of {count}")
        data = run.folder / f"import-{people.count}"
        shutil.rmtree(data, ignore_errors=True)
        found.append(into_peopled(people, data))
    run.keep(people, data)
    return found


def measure(run, report):
    small, large = run.people, run.large
    for people in (small, large):
        run.say(f"making the LDIF of {people.count:,} people")
        people.ldif()
    ours = repeated(run, small, run.chosen.imports)
    run.say(f"{small.count:,} people into slapd")
    slapd = run.empty_slapd()
    theirs = into_slapd(small, slapd)
    run.keep_slapd(slapd)
    ours_large = repeated(run, large, LARGE_RUNS)

    seconds, seconds_large = [each.seconds for each in ours], [each.seconds for each in ours_large]
    octets, octets_slapd = size_of(run.data(small)), size_of(slapd.folder / "db")
    octets_large = size_of(run.data(large))
    report.at_least(f"import of {small.count:,} people: time of `slapadd -q` ÷ peopled's", TIMES_FASTER,
                    [theirs.seconds / each for each in seconds], "{:.1f}")
    report.at_most(f"import of {large.count:,}: time ÷ that of {small.count:,}", TIMES_LONGER,
                   ratios(seconds_large, [statistics.median(seconds)] * len(seconds_large)), "{:.1f}")
    report.at_most(f"import of {large.count:,}: memory, GiB", MOST_MEMORY, [each.memory for each in ours_large])
    report.at_most("index on disk ÷ LDIF", TIMES_LARGER,
                   [octets / small.ldif().stat().st_size, octets_large / large.ldif().stat().st_size])

    def row(name, people, imports, octets):
        speed = people.count / statistics.median(each.seconds for each in imports)
        return [
            name, f"{people.count:,}", spread([each.seconds for each in imports]), quantity(speed),
            spread([each.memory for each in imports]), f"{octets / 1e6:,.0f}",
            f"{people.ldif().stat().st_size / 1e6:,.0f}"
        ]

    report.section("Imports", "slapd indexes the attributes of the searches above, peopled every one.",
                   table(["server", "people", "seconds", "entries/s", "memory GiB", "on disk MB", "LDIF MB"], [
                       row("peopled", small, ours, octets), row("`slapadd -q`", small, [theirs], octets_slapd),
                       row("peopled", large, ours_large, octets_large)
                   ]))
